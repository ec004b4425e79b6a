"""Releases on the running programs: a document that was filed is released to a contractor, who lists, fetches and opens it with keys
derived here from the link's secret and with Debian's age; the edge keeps nothing readable of it; withdrawn and expired ones are gone."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import time
import unittest

import harness
from harness import wait_until
from link import hkdf
from search import hits, search

FILE_NAME = "Kanariewerfplan Kanaalplein 1907.pdf"
CANARY = b"%PDF-1.7\n% kanarie-vrijgave-77aa1f in klare tekst\n"
NOBODY_ID = "0" * 32


def bech32(prefix, data):
    """BIP 173, as age writes its keys."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[at:at + 5], 2) for at in range(0, len(bits), 5)]
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    checksum = 1
    for value in expanded + values + [0] * 6:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    checksum ^= 1
    return prefix + "1" + "".join(alphabet[value] for value in values + [checksum >> 5 * (5 - place) & 31 for place in range(6)])


# Python's library has no AES-GCM; Node's has. Argument: {"key","nonce","sealed","tag","associated"} in hex.
GCM = """const h = (n) => Buffer.from(what[n], "hex"); const what = JSON.parse(process.argv[1]);
const open = require("node:crypto").createDecipheriv("aes-256-gcm", h("key"), h("nonce")); open.setAAD(h("associated")); open.setAuthTag(h("tag"));
process.stdout.write(Buffer.concat([open.update(h("sealed")), open.final()]));"""


def open_gcm(key, envelope, associated):
    parts = {"key": key, "nonce": envelope[:12], "sealed": envelope[12:-16], "tag": envelope[-16:], "associated": associated}
    argument = json.dumps({name: value.hex() for name, value in parts.items()})
    return subprocess.run(["node", "-e", GCM, argument], capture_output=True, check=True).stdout


class Reader:
    """The holder of a link who reads: keys by HKDF, description by AES-GCM, file by age."""

    def __init__(self, uploader):
        self.uploader = uploader
        salt = uploader.grant.encode()
        self.envelope_key = hkdf(uploader.secret, salt, b"sluis/v1/envelope")
        self.identity = bech32("age-secret-key-", hkdf(uploader.secret, salt, b"sluis/v1/reader")).upper()

    def list(self):
        answer = self.uploader.get("/api/v1/releases")
        assert answer.status == 200, answer
        return answer.json["releases"]

    def get(self, release, headers=None, method="GET"):
        return self.uploader.request(method, f"/api/v1/releases/{release}", headers=headers)

    def description(self, listed):
        sealed = base64.b64decode(listed["description"])
        associated = self.uploader.grant.encode() + (1).to_bytes(8, "big")
        return json.loads(open_gcm(self.envelope_key, sealed, associated))

    def open(self, folder, file):
        key = folder / "reader.key"
        key.write_text(self.identity + "\n")
        return subprocess.run(["age", "-d", "-i", key], input=file, capture_output=True, check=True).stdout


class Case:
    """One dossier in which a site report was filed, and two parties with links."""

    def __init__(self, sluis, number, plain=CANARY + b"en nog meer regels " * 9000):
        self.sluis = sluis
        self.plain = plain
        self.handler = sluis.staff("sofie")
        self.request = sluis.open_request(self.handler, number, **harness.SITE_REPORT)
        self.uploader = sluis.uploader(self.request["link"])
        self.reader = Reader(self.uploader)
        answer, upload = self.uploader.send(plain, FILE_NAME)
        assert answer.status == 201, answer
        assert sluis.outcome(self.request["link"], upload)["state"] == "filed"
        self.document = self.page()["documents"][0]["id"]

    def page(self):
        return self.handler.get(f"/api/v1/dossiers/{self.request['dossier']}")

    def try_release(self, who=None, request=None, days=7.0, document=None):
        body = {"request": request or self.request["request"], "expiresAt": harness.in_days(days)}
        return (who or self.handler).request("POST", f"/api/v1/documents/{document or self.document}/releases", body)

    def release(self, **other):
        answer = self.try_release(**other)
        assert answer.status == 201, answer
        return answer.json["id"]

    def withdraw(self, release, who=None):
        return (who or self.handler).request("DELETE", f"/api/v1/releases/{release}", {})

    def listed(self, release, seconds=30):
        return wait_until(lambda: next((one for one in self.reader.list() if one["id"] == release), None), "the release on the edge", seconds)

    def files(self):
        return [file for file in (self.sluis.edge_folder / "state/releases").rglob("*") if file.is_file()]

    def files_of(self, release):
        return [file for file in self.files() if file.name.startswith(release)]

    def curl(self, *arguments, check=True):
        return subprocess.run(["curl", "-sS", "--cacert", self.sluis.ca, "-H", f"Authorization: Bearer {self.uploader.token}", *arguments],
                              capture_output=True, check=check)

    def address(self, release):
        return f"{self.sluis.edge_url}/api/v1/releases/{release}"


class Releases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.case = Case(cls.sluis, "SV-2026-00101")
        cls.release = cls.case.release()
        cls.listed = cls.case.listed(cls.release)
        cls.file = cls.case.reader.get(cls.release).body

    def fetch(self, headers=None, method="GET"):
        return self.case.reader.get(self.release, headers, method)

    def test_the_contractor_lists_it_and_only_its_own_keys_say_what_it_is(self):
        self.assertEqual(set(self.listed), {"id", "size", "sha256", "expiresAt", "description"})
        described = self.case.reader.description(self.listed)
        self.assertEqual(described["name"], FILE_NAME)
        self.assertEqual(described["release"], self.release)
        self.assertEqual(described["size"], len(self.case.plain))
        self.assertEqual(described["sha256"], hashlib.sha256(self.case.plain).hexdigest())
        self.assertEqual(described["file"], {"size": len(self.file), "sha256": hashlib.sha256(self.file).hexdigest()})

    def test_the_whole_file_opens_with_age_and_the_readers_identity(self):
        answer = self.fetch()
        self.assertEqual(answer.status, 200)
        digest = hashlib.sha256(answer.body).hexdigest()
        self.assertEqual(digest, self.listed["sha256"])
        self.assertEqual(len(answer.body), self.listed["size"])
        self.assertEqual(answer.headers["etag"], f'"{digest}"')
        self.assertEqual(answer.headers["accept-ranges"], "bytes")
        self.assertEqual(answer.headers["content-type"], "application/octet-stream")
        self.assertTrue(answer.headers["content-disposition"].startswith("attachment"))
        self.assertEqual(self.case.reader.open(self.sluis.folder, answer.body), self.case.plain)

    def test_byte_ranges_are_parts_of_that_file(self):
        size = len(self.file)
        for range_, first, last in [("bytes=0-0", 0, 0), ("bytes=5-99", 5, 99), (f"bytes={size - 7}-", size - 7, size - 1),
                                    ("bytes=-10", size - 10, size - 1), (f"bytes=100-{size * 2}", 100, size - 1)]:
            with self.subTest(range_):
                answer = self.fetch({"Range": range_})
                self.assertEqual(answer.status, 206)
                self.assertEqual(answer.headers["content-range"], f"bytes {first}-{last}/{size}")
                self.assertEqual(answer.body, self.file[first:last + 1])
        for range_ in ("bytes=0-1,5-6", "items=1-2", "bytes=9-5", "nonsense"):
            with self.subTest(range_):
                answer = self.fetch({"Range": range_})
                self.assertEqual((answer.status, answer.body), (200, self.file))
        beyond = self.fetch({"Range": f"bytes={size}-"})
        self.assertEqual(beyond.status, 416)
        self.assertEqual(beyond.headers["content-range"], f"bytes */{size}")
        self.assertEqual(beyond.headers["content-type"], "application/problem+json")

    def test_conditions_hold_to_the_strong_tag(self):
        tag = f'"{self.listed["sha256"]}"'
        self.assertEqual(self.fetch({"Range": "bytes=1-2", "If-Range": tag}).status, 206)
        self.assertEqual(self.fetch({"Range": "bytes=1-2", "If-Range": '"other"'}).status, 200)
        self.assertEqual(self.fetch({"Range": "bytes=1-2", "If-Range": f"W/{tag}"}).status, 200)
        not_modified = self.fetch({"If-None-Match": tag})
        self.assertEqual((not_modified.status, not_modified.body, not_modified.headers["etag"]), (304, b"", tag))
        self.assertEqual(self.fetch({"If-None-Match": '"other"'}).status, 200)
        head = self.fetch({"Range": "bytes=1-2"}, "HEAD")
        self.assertEqual((head.status, head.body, head.headers["content-length"]), (200, b"", str(len(self.file))))

    def test_curl_fetches_parts_and_goes_on_where_it_stopped(self):
        part = self.case.curl("-r", "10-19", self.case.address(self.release)).stdout
        self.assertEqual(part, self.file[10:20])
        target = self.sluis.folder / "resumed.age"
        target.write_bytes(self.file[:70_000])
        self.case.curl("-C", "-", "-o", str(target), self.case.address(self.release))
        self.assertEqual(target.read_bytes(), self.file)

    def test_the_edge_holds_neither_content_nor_name(self):
        secrets = {"content": "kanarie-vrijgave-77aa1f", "name": FILE_NAME, "stem": "Kanariewerfplan Kanaalplein", "case": "SV-2026-00101",
                   "identity": self.case.reader.identity, "envelope key": self.case.reader.envelope_key}
        self.assertTrue(self.case.files_of(self.release))
        self.assertEqual(search(self.sluis.edge_folder, secrets), {})
        self.assertEqual(hits((self.sluis.logs / "edge.log").read_bytes(), secrets), [])

    def test_somebody_elses_release_is_not_there(self):
        other = Case(self.sluis, "SV-2026-00102")
        self.assertEqual(other.reader.list(), [])
        foreign = other.reader.get(self.release)
        unknown = other.reader.get(NOBODY_ID)
        self.assertEqual((foreign.status, foreign.body), (unknown.status, unknown.body))
        self.assertEqual(foreign.status, 404)
        nobody = other.uploader.request("GET", f"/api/v1/releases/{self.release}", token=False)
        self.assertEqual(nobody.status, 401)
        self.assertEqual(other.uploader.request("GET", "/api/v1/releases", token=False).status, 401)

    def test_only_who_may_read_releases_and_only_within_the_dossier(self):
        stranger = self.sluis.staff("karim")
        dpo = self.sluis.staff("dpo")
        self.assertEqual(self.case.try_release(who=stranger).status, 404)
        self.assertEqual(self.case.try_release(who=dpo).status, 404)
        self.assertEqual(self.case.withdraw(self.release, who=stranger).status, 404)
        self.assertEqual(self.case.try_release(document=NOBODY_ID).status, 404)
        self.assertEqual(self.case.try_release(request=NOBODY_ID).status, 422)
        self.assertEqual(self.case.try_release(days=-1).status, 422)
        self.assertEqual(self.case.try_release(days=500).status, 422)
        elsewhere = Case(self.sluis, "SV-2026-00103")
        self.assertEqual(self.case.try_release(request=elsewhere.request["request"]).status, 422)
        refused = self.case.handler.request("POST", f"/api/v1/documents/{self.case.document}/releases", b"{nonsense")
        self.assertEqual((refused.status, refused.headers["content-type"]), (422, "application/problem+json"))

    def test_acts_and_readings_stand_in_the_logs(self):
        acts = [entry["act"] for entry in self.case.page()["timeline"]]
        self.assertIn("document.released", acts)
        leaves = [json.loads(bytes(row[0])) for row in harness.query(self.sluis.edge_folder / "state/edge.db", "SELECT leaf FROM log_entry")]
        of_it = [leaf["act"] for leaf in leaves if leaf.get("release") == self.release]
        self.assertEqual(of_it, ["release.published", "release.read"])

    def test_withdrawn_it_is_gone_from_the_edge(self):
        release = self.case.release()
        self.case.listed(release)
        self.assertEqual(len(self.case.files_of(release)), 1)
        self.assertEqual(self.case.withdraw(release).status, 204)
        self.assertEqual(self.case.withdraw(release).status, 204)
        wait_until(lambda: self.case.reader.get(release).status == 404, "the release to go")
        wait_until(lambda: not self.case.files_of(release), "its file to go")
        self.assertNotIn(release, [one["id"] for one in self.case.reader.list()])
        states = {one["id"]: one["state"] for one in self.case.page()["releases"]}
        self.assertEqual((states[release], states[self.release]), ("withdrawn", "ready"))
        self.assertEqual(self.fetch().status, 200)

    def test_expired_it_is_gone_from_the_edge(self):
        release = self.case.release(days=15 / 86400)
        self.case.listed(release, seconds=13)
        wait_until(lambda: self.case.reader.get(release).status == 404, "the release to expire")
        wait_until(lambda: not self.case.files_of(release), "its file to go", 60)
        self.assertEqual(next(one["state"] for one in self.case.page()["releases"] if one["id"] == release), "expired")

    def test_sluis_receive_fetches_and_decrypts_and_overwrites_nothing(self):
        into = self.sluis.folder / "received"
        into.mkdir()
        (into / FILE_NAME).write_bytes(b"something else")
        (into / f"{self.release}.part").write_bytes(self.file[:50_000])
        done = self.receive(into)
        self.assertEqual(done.returncode, 0, done.stderr)
        line = next(line for line in map(json.loads, done.stdout.splitlines()) if line["release"] == self.release)
        file = pathlib.Path(line["file"])
        self.assertEqual(file.name, FILE_NAME.replace(".pdf", " (2).pdf"))
        self.assertEqual(file.read_bytes(), self.case.plain)
        self.assertEqual((into / FILE_NAME).read_bytes(), b"something else")
        self.assertEqual([left.name for left in into.iterdir() if left.name.endswith(".part") or left.name.startswith(".")], [])

    def test_sluis_receive_goes_on_after_an_interruption(self):
        into = self.sluis.folder / "resumed"
        into.mkdir()
        (into / f"{self.release}.part").write_bytes(self.file[:50_000])
        self.assertEqual(self.receive(into).returncode, 0)
        log = (self.sluis.logs / "edge.log").read_text()
        fetched = [json.loads(line) for line in log.splitlines() if '"release.fetched"' in line and self.release in line]
        self.assertIn((50_000, len(self.file) - 50_000), [(one["first"], one["bytes"]) for one in fetched])
        self.assertEqual((into / FILE_NAME).read_bytes(), self.case.plain)

    def test_sluis_receive_keeps_nothing_that_is_not_what_was_released(self):
        into = self.sluis.folder / "changed"
        into.mkdir()
        (into / f"{self.release}.part").write_bytes(os.urandom(50_000))
        done = self.receive(into)
        self.assertEqual(done.returncode, 1)
        self.assertIn("not the file that was released", done.stderr)
        self.assertEqual([left.name for left in into.iterdir()], [])
        self.assertEqual(self.receive(into).returncode, 0)
        self.assertEqual((into / FILE_NAME).read_bytes(), self.case.plain)

    def test_sluis_receive_says_what_is_wrong(self):
        self.assertEqual(self.sluis.sluis("receive", check=False).returncode, 2)
        wrong = self.case.request["link"][:-4] + "AAAA"
        done = self.sluis.sluis("receive", "--credential", wrong, "--ca", self.sluis.ca, "--into", self.sluis.folder / "none", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1)

    def receive(self, into):
        return self.sluis.sluis("receive", "--credential", self.case.request["link"], "--ca", self.sluis.ca, "--into", into, "--json",
                                check=False)


class Medical(unittest.TestCase):
    def test_only_the_advising_doctor_releases_and_a_withdrawn_consent_ends_it(self):
        with harness.Installation() as sluis:
            handler, doctor = sluis.staff("sofie"), sluis.staff("dr.peeters")
            request = sluis.open_request(handler, "SOC-2026-00951")
            uploader = sluis.uploader(request["link"])
            answer, upload = uploader.send(CANARY, "medisch.pdf")
            self.assertEqual(answer.status, 201)
            self.assertEqual(sluis.outcome(request["link"], upload)["state"], "filed")
            document = handler.get(f"/api/v1/dossiers/{request['dossier']}")["documents"][0]["id"]
            reader = Reader(uploader)
            path = f"/api/v1/documents/{document}/releases"
            body = {"request": request["request"], "expiresAt": harness.in_days(300)}
            self.assertEqual(handler.request("POST", path, body).status, 404)
            made = doctor.request("POST", path, body)
            self.assertEqual(made.status, 201, made)
            self.assertLess(made.json["expiresAt"], harness.in_days(151), "no longer than the consent it rests on")
            release = made.json["id"]
            wait_until(lambda: reader.list(), "the release on the edge")
            self.assertEqual(reader.open(sluis.folder, reader.get(release).body), CANARY)
            handler.post(f"/api/v1/consents/{request['consent']}/withdraw", {"reason": ""})
            wait_until(lambda: reader.get(release).status == 404, "the release to go with the consent")
            wait_until(lambda: not [file for file in (sluis.edge_folder / "state/releases").rglob("*") if file.is_file()], "its file to go")
            self.assertEqual(doctor.request("POST", path, body).status, 404)


class Killed(unittest.TestCase):
    """A large document, and a kill as soon as a part of it lies on the edge."""

    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.case = Case(cls.sluis, "SV-2026-00104", plain=CANARY + os.urandom(24 << 20))

    def half_way(self):
        def partly():
            sizes = [file.stat().st_size for file in self.case.files() if file.exists()]
            return any(0 < size < len(self.case.plain) for size in sizes)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if partly():
                    return True
            except FileNotFoundError:
                continue
        raise AssertionError("no release came under way")

    def arrives_once(self, release):
        listed = self.case.listed(release, 60)
        self.assertEqual([one["id"] for one in self.case.reader.list()].count(release), 1)
        body = self.case.reader.get(release).body
        self.assertEqual(hashlib.sha256(body).hexdigest(), listed["sha256"])
        self.assertEqual(self.case.reader.open(self.sluis.folder, body), self.case.plain)
        self.assertEqual(len(self.case.files_of(release)), 1)
        leaves = [json.loads(bytes(row[0])) for row in harness.query(self.sluis.edge_folder / "state/edge.db", "SELECT leaf FROM log_entry")]
        published = [leaf for leaf in leaves if leaf.get("release") == release and leaf["act"] == "release.published"]
        self.assertEqual(len(published), 1)

    def test_the_edge_is_killed_half_way(self):
        release = self.case.release()
        self.half_way()
        self.sluis.edge.kill()
        self.sluis.start_edge()
        self.arrives_once(release)

    def test_core_is_killed_half_way(self):
        release = self.case.release()
        self.half_way()
        self.sluis.core.kill()
        self.sluis.start_core()
        self.case.handler = self.sluis.staff("sofie")
        self.arrives_once(release)

    def test_the_edge_was_away_when_it_was_released_and_withdrawn(self):
        kept, withdrawn = self.case.release(), self.case.release()
        self.arrives_once(withdrawn)
        self.sluis.edge.kill()
        late = self.case.release()
        self.assertEqual(self.case.withdraw(withdrawn).status, 204)
        self.sluis.start_edge()
        self.arrives_once(late)
        self.arrives_once(kept)
        wait_until(lambda: self.case.reader.get(withdrawn).status == 404, "the withdrawn one to go")
        wait_until(lambda: not self.case.files_of(withdrawn), "its file to go")


if __name__ == "__main__":
    unittest.main()
