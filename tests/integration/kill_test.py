"""kill -9 of the edge or of core at random moments while uploads of all sizes run in every protocol: no acknowledged offset shrinks, no
acknowledged upload is lost, none is filed twice, and at the end every receipt verifies. SLUIS_KILLS (50), SLUIS_EDGE_KILLS (200) and
SLUIS_SEED (printed) choose the run."""
import base64
import concurrent.futures
import hashlib
import http.client
import json
import os
import random
import ssl
import threading
import time
import unittest

import harness
from harness import wait_until
from link import age_encrypt

KILLS = int(os.environ.get("SLUIS_KILLS") or 50)
EDGE_KILLS = int(os.environ.get("SLUIS_EDGE_KILLS") or 200)
SIZES = [1, 100, 65_000, 300_000, 1_500_000, 12_000_000]
SEED = int(os.environ.get("SLUIS_SEED") or random.SystemRandom().randrange(1 << 32))
UPLOADERS = 3
DEAD = (OSError, http.client.HTTPException, ssl.SSLError)


class Tus:
    in_pieces = True

    def __init__(self, uploader):
        self.uploader = uploader

    def create(self, size):
        return self.uploader.create(size)

    def append(self, upload, offset, piece, _last):
        return self.uploader.patch(upload, offset, piece)

    def head(self, upload):
        return self.uploader.head(upload)


class Resumable(Tus):
    """IETF resumable uploads, as they are said once they are an RFC."""

    def create(self, size):
        metadata = "item " + base64.b64encode(self.uploader.items[0].encode()).decode()
        return self.uploader.request("POST", "/api/v1/uploads", b"", {
            "Upload-Complete": "?0", "Upload-Length": str(size), "Upload-Metadata": metadata})

    def append(self, upload, offset, piece, last):
        return self.uploader.request("PATCH", f"/api/v1/uploads/{upload}", piece, {
            "Upload-Offset": str(offset), "Upload-Complete": "?1" if last else "?0", "Content-Type": "application/partial-upload"})

    def head(self, upload):
        return self.uploader.request("HEAD", f"/api/v1/uploads/{upload}")


class Whole(Tus):
    """PUT of everything with its digest: all of it counts, or nothing."""
    in_pieces = False

    def append(self, upload, offset, piece, _last):
        assert offset == 0, "a part of a content with a digest was kept"
        digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        return self.uploader.request("PUT", f"/api/v1/uploads/{upload}/content", piece, {"Content-Digest": f"sha-256=:{digest}:"})


class Sender(threading.Thread):
    """A persistent uploader: sends documents one after another, resumes after every broken line, and writes down what was acknowledged."""

    def __init__(self, uploader, seed, stop):
        super().__init__(daemon=True)
        self.uploader = uploader
        self.random = random.Random(seed)
        self.stop = stop
        self.acknowledged = {}  # upload → (plaintext, receipt)
        self.failure = None
        self.resumed = 0
        self.sent = {"Tus": 0, "Resumable": 0, "Whole": 0}

    def run(self):
        try:
            while not self.stop.is_set():
                self.send_one()
        except Exception as failure:  # told by the test, with its words
            self.failure = failure

    def again(self, call):
        """Until an answer comes: the server may be dead at any moment, and 5xx is a server that is about to be."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = call()
                if answer.status < 500 and answer.status != 429:
                    return answer
            except DEAD:
                self.resumed += 1
            time.sleep(0.05)
        raise AssertionError("no answer from the edge for a minute")

    def send_one(self):
        plain = b"%PDF-1.7\n" + self.random.randbytes(self.random.choice(SIZES))
        body = age_encrypt(self.uploader.recipient, plain)
        way = self.random.choice([Tus, Resumable, Whole])(self.uploader)
        created = self.again(lambda: way.create(len(body)))
        if created.status == 403:  # the limits of the grant, until core has taken what is there
            time.sleep(0.2)
            return
        assert created.status == 201, created
        upload = created.headers["location"].rsplit("/", 1)[-1]
        offset = 0
        while offset < len(body):
            end = min(len(body), offset + self.random.randrange(20_000, 3_000_000)) if way.in_pieces else len(body)
            try:
                answer = way.append(upload, offset, body[offset:end], end == len(body))
            except DEAD:
                answer = None
            if answer is not None and answer.status in (201, 204):
                assert int(answer.headers.get("upload-offset", len(body))) == end, answer
                offset = end
                continue
            assert answer is None or answer.status in (409, 423) or answer.status >= 500, answer
            self.resumed += 1
            known = int(self.again(lambda: way.head(upload)).headers["upload-offset"])
            assert offset <= known <= len(body), f"{offset} was acknowledged, now it is {known}"
            offset = known
        seal = self.uploader.seal_body(hashlib.sha256(body).digest(), plain, f"{upload}.pdf")
        answer = self.again(lambda: self.uploader.seal(upload, seal))
        assert answer.status in (200, 201), answer
        self.acknowledged[upload] = (hashlib.sha256(plain).hexdigest(), answer.json["receipt"])
        self.sent[way.__class__.__name__] += 1
        self.stop.wait(self.random.uniform(0, 1.0))  # checking each afterwards costs more than sending it


class Kills(unittest.TestCase):
    def test_kills_of_edge_and_core_lose_nothing_acknowledged_and_file_nothing_twice(self):
        self.run_kills(KILLS, 1.0, ["edge", "edge", "core", "both"])

    def test_kills_of_the_edge_never_shrink_an_offset_and_leave_every_byte_in_place(self):
        self.run_kills(EDGE_KILLS, 0.4, ["edge"])

    def run_kills(self, kills, pause_max, victims):
        print(f"seed {SEED}, {kills} kills", flush=True)
        chance = random.Random(SEED)
        with harness.Installation() as sluis:
            handler = sluis.staff("karim")
            requests = [sluis.open_request(handler, f"SV-2026-{9400 + number}", **{**harness.SITE_REPORT, "items": ["photo"]})
                        for number in range(UPLOADERS)]
            stop = threading.Event()
            senders = [Sender(sluis.uploader(request["link"]), chance.randrange(1 << 32), stop) for request in requests]
            for sender in senders:
                sender.start()
            began = time.monotonic()
            killed = self.kill_at_random(sluis, chance, kills, pause_max, victims)
            stop.set()
            for sender in senders:
                sender.join(120)
                self.assertFalse(sender.is_alive(), "a sender hangs")
            failures = [sender.failure for sender in senders if sender.failure]
            self.assertEqual(failures, [], f"seed {SEED}")
            total = sum(len(sender.acknowledged) for sender in senders)
            ways = {way: sum(sender.sent[way] for sender in senders) for way in senders[0].sent}
            print(f"killed {killed}; {total} uploads acknowledged {ways}, {sum(sender.resumed for sender in senders)} broken lines, "
                  f"{time.monotonic() - began:.0f} s", flush=True)
            self.assertGreater(total, UPLOADERS, "too little happened between the kills to show anything")
            with concurrent.futures.ThreadPoolExecutor(UPLOADERS) as pool:
                list(pool.map(lambda one: self.check_one(sluis, *one), zip(requests, senders, strict=True)))
            self.check_stores(sluis)

    @staticmethod
    def kill_at_random(sluis, chance, kills, pause_max, victims):
        killed = {"edge": 0, "core": 0, "both": 0}
        for _ in range(kills):
            time.sleep(chance.uniform(0.02, pause_max))
            victim = chance.choice(victims)
            killed[victim] += 1
            for name in ("edge", "core") if victim == "both" else (victim,):
                getattr(sluis, name).kill()
            time.sleep(chance.choice([0, 0, 0.2 * pause_max]))
            if victim in ("edge", "both"):
                sluis.start_edge()
            if victim in ("core", "both"):
                sluis.start_core()
        return killed

    def check_one(self, sluis, request, sender):
        """Everything acknowledged on this link is filed once, with the bytes that were sent, and both receipts verify."""
        waiting = set(sender.acknowledged)
        def outcomes():
            for upload in list(waiting):
                answer = sender.again(lambda upload=upload: sender.uploader.get(f"/api/v1/uploads/{upload}"))
                self.assertEqual(answer.status, 200, f"{upload} is lost, seed {SEED}: {answer}")
                if not answer.json["outcome"]:
                    return False
                waiting.discard(upload)
            return True
        wait_until(outcomes, f"an outcome for every acknowledged upload (seed {SEED})", 120)
        reader = sluis.staff("karim")
        listed = reader.get(f"/api/v1/dossiers/{request['dossier']}")["documents"]
        filed = [document for document in listed if document["state"] == "filed"]
        leaves = {}
        for upload, (_, accepted) in sender.acknowledged.items():
            outcome = sluis.outcome(request["link"], upload)
            self.assertEqual(outcome["state"], "filed", f"{upload}, seed {SEED}: {outcome}")
            leaves[upload] = harness.receipt_leaf(outcome["receipt"])
            for text, log in ((accepted, "edge"), (outcome["receipt"], "core")):
                file = sluis.folder / f"{upload}.tlog-proof"
                file.write_text(text)
                done = sluis.verify_receipt(file, log)
                self.assertEqual(done.returncode, 0, f"{upload}, seed {SEED}: {done.stderr}")
        self.assertEqual(len({leaf["document"] for leaf in leaves.values()}), len(leaves), f"one document for two uploads, seed {SEED}")
        # An upload that was sealed while its answer got lost is filed as well, but each only once.
        names = [document["name"] for document in filed]
        self.assertEqual(len(names), len(set(names)), f"filed twice, seed {SEED}")
        self.assertLessEqual({f"{upload}.pdf" for upload in sender.acknowledged}, set(names), f"seed {SEED}")
        for document in filed:
            upload = document["name"].removesuffix(".pdf")
            if upload in sender.acknowledged:
                body = reader.call("GET", f"/api/v1/documents/{document['id']}/content").body
                self.assertEqual(hashlib.sha256(body).hexdigest(), sender.acknowledged[upload][0], f"{upload}, seed {SEED}")

    def check_stores(self, sluis):
        """After a clean stop the databases are whole, and each filing stands in core's log once."""
        self.assertEqual(sluis.core.stop(), 0)
        self.assertEqual(sluis.edge.stop(), 0)
        filings = []
        for zone in (sluis.edge_folder, sluis.core_folder):
            for database in harness.databases(zone / "state"):
                self.assertEqual(harness.query(database, "PRAGMA integrity_check"), [("ok",)])
                leaves = [json.loads(row[0]) for row in harness.query(database, "SELECT leaf FROM log_entry ORDER BY seq")]
                self.assertEqual([leaf["seq"] for leaf in leaves], list(range(len(leaves))))
                filings += [leaf["upload"] for leaf in leaves if leaf["act"] == "document.filed"]
        self.assertEqual(len(filings), len(set(filings)), f"a filing is logged twice, seed {SEED}")


if __name__ == "__main__":
    unittest.main()
