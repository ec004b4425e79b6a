"""What is not a whole age file for this grant is refused with a problem, by the edge when it can tell without a key and by core when it
takes one; and nothing of it is kept."""
import base64
import hashlib
import os
import subprocess
import unittest

import harness
from harness import wait_until
from link import age_encrypt

PLAIN = b"%PDF-1.7\n" + b"Werfverslag. " * 11000  # more than two chunks


def raw64(size):
    return base64.b64encode(os.urandom(size)).rstrip(b"=").decode()


def header(*stanzas):
    lines = ["age-encryption.org/v1"]
    for arguments in stanzas:
        lines += [f"-> {arguments}", raw64(32)]
    return "\n".join([*lines, f"--- {raw64(32)}", ""]).encode()


def payload(plain_size):
    chunks = max(1, -(-plain_size // 65536))
    return os.urandom(16 + plain_size + 16 * chunks)


def another_recipient():
    made = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True)
    return next(line.split()[-1] for line in made.stdout.splitlines() if "public key" in line)


class RefusedBodies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.handler = cls.sluis.staff("karim")
        cls.request = cls.sluis.open_request(cls.handler, "SV-2026-00920", **harness.SITE_REPORT)
        cls.uploader = cls.sluis.uploader(cls.request["link"])

    def vault(self):
        """Files of the edge's state that hold anything but its database."""
        found = set()
        for file in (self.sluis.edge_folder / "state").rglob("*"):
            if file.is_file() and not file.name.endswith(("-wal", "-shm")) and file.read_bytes()[:15] != b"SQLite format 3":
                found.add(str(file.relative_to(self.sluis.edge_folder)))
        return found

    def assert_problem(self, answer, status, *types):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["content-type"].split(";")[0], "application/problem+json")
        problem = answer.json
        self.assertEqual(problem["status"], status)
        self.assertIn(problem["type"], [f"urn:sluis:problem:{name}" for name in types])
        self.assertTrue(problem["title"])

    def assert_edge_refuses(self, body, *types):
        """Sent after its creation in pieces, and with it; gone both times."""
        before = self.vault()
        created = self.uploader.create(len(body))
        if created.status != 201:  # an impossible size can be told from the length alone
            self.assert_problem(created, 422, *types)
            return
        upload = created.headers["location"].rsplit("/", 1)[-1]
        answer, offset = None, 0
        while offset < len(body):
            piece = body[offset:offset + 100_000]
            answer = self.uploader.patch(upload, offset, piece)
            if answer.status != 204:
                break
            offset += len(piece)
        if answer.status == 204:  # every byte taken: then the seal must refuse
            answer = self.uploader.seal(upload, self.uploader.seal_body(hashlib.sha256(body).digest(), PLAIN, "verslag.pdf"))
        self.assert_problem(answer, 422, *types)
        self.assertEqual(self.uploader.head(upload).status, 410, "the upload is still there")
        with_body = self.uploader.create(len(body), body=body)
        if with_body.status == 201:
            upload = with_body.headers["location"].rsplit("/", 1)[-1]
            with_body = self.uploader.seal(upload, self.uploader.seal_body(hashlib.sha256(body).digest(), PLAIN, "verslag.pdf"))
        self.assert_problem(with_body, 422, *types)
        wait_until(lambda: self.vault() == before, "the vault to be as it was", 5)

    def test_plaintext_is_refused(self):
        self.assert_edge_refuses(PLAIN, "not-encrypted")

    def test_a_pdf_is_refused(self):
        self.assert_edge_refuses(b"%PDF-1.7\n" + os.urandom(5000), "not-encrypted")

    def test_a_file_for_a_passphrase_is_refused(self):
        self.assert_edge_refuses(header(f"scrypt {raw64(16)} 18") + payload(1000), "not-encrypted")

    def test_a_file_for_an_ssh_key_is_refused(self):
        self.assert_edge_refuses(header(f"ssh-ed25519 {raw64(4)} {raw64(32)}") + payload(1000), "not-encrypted")

    def test_a_file_that_an_ssh_key_opens_as_well_is_refused(self):
        self.assert_edge_refuses(header(f"X25519 {raw64(32)}", f"ssh-ed25519 {raw64(4)} {raw64(32)}") + payload(1000), "not-encrypted")

    def test_an_armored_file_is_refused(self):
        self.assert_edge_refuses(age_encrypt(self.uploader.recipient, PLAIN, "-a"), "not-encrypted")

    def test_a_malformed_stanza_is_refused(self):
        self.assert_edge_refuses(header(f"X25519 {raw64(31)}") + payload(1000), "not-encrypted", "damaged")

    def test_a_header_cut_short_is_refused(self):
        self.assert_edge_refuses(header(f"X25519 {raw64(32)}")[:-20], "not-encrypted", "damaged")

    def test_a_header_without_end_is_refused(self):
        self.assert_edge_refuses(b"age-encryption.org/v1\n" + b"-> grease\n\n" * 30000, "not-encrypted", "too-large")

    def test_a_size_that_no_plaintext_has_is_refused(self):
        for rest in (5, 16, 31, 16 + 65552 + 1, 16 + 65552 + 15):
            with self.subTest(rest=rest):
                self.assert_edge_refuses(header(f"X25519 {raw64(32)}") + os.urandom(rest), "not-encrypted", "damaged")

    def test_an_empty_upload_is_refused(self):
        created = self.uploader.create(0)
        if created.status == 201:
            upload = created.headers["location"].rsplit("/", 1)[-1]
            created = self.uploader.seal(upload, self.uploader.seal_body(hashlib.sha256(b"").digest(), b"", "leeg.pdf"))
        self.assertIn(created.status, (400, 422), created)

    def test_a_digest_that_does_not_fit_is_refused_at_the_seal_and_the_upload_deleted(self):
        before = self.vault()
        body = age_encrypt(self.uploader.recipient, PLAIN)
        answer, upload = self.uploader_sends(body, hashlib.sha256(body + b"x").digest())
        self.assert_problem(answer, 422, "damaged")
        self.assertEqual(self.uploader.head(upload).status, 410)
        wait_until(lambda: self.vault() == before, "the vault to be as it was", 5)

    def test_a_seal_before_all_bytes_came_is_a_conflict_and_loses_nothing(self):
        body = age_encrypt(self.uploader.recipient, PLAIN)
        upload = self.uploader.create(len(body)).headers["location"].rsplit("/", 1)[-1]
        self.assertEqual(self.uploader.patch(upload, 0, body[:70000]).status, 204)
        seal = self.uploader.seal_body(hashlib.sha256(body).digest(), PLAIN, "verslag.pdf")
        self.assert_problem(self.uploader.seal(upload, seal), 409, "incomplete")
        self.assertEqual(self.uploader.patch(upload, 70000, body[70000:]).status, 204)
        self.assertEqual(self.uploader.seal(upload, seal).status, 201)
        self.assertEqual(self.uploader.seal(upload, seal).status, 200, "the same seal again is the same answer")
        other = self.uploader.seal_body(hashlib.sha256(body).digest(), PLAIN, "anders.pdf")
        self.assert_problem(self.uploader.seal(upload, other), 409, "conflict")
        self.assertEqual(self.sluis.outcome(self.request["link"], upload)["state"], "filed")

    # Only a key tells that these are wrong: the edge takes them, core refuses them.

    def uploader_sends(self, body, digest=None, plain=PLAIN, **manifest):
        upload = self.uploader.create(len(body)).headers["location"].rsplit("/", 1)[-1]
        assert self.uploader.patch(upload, 0, body).status == 204
        seal = self.uploader.seal_body(digest or hashlib.sha256(body).digest(), plain, "verslag.pdf", **manifest)
        return self.uploader.seal(upload, seal), upload

    def assert_core_refuses(self, answer, upload):
        self.assertEqual(answer.status, 201, answer)
        outcome = self.sluis.outcome(self.request["link"], upload)
        self.assertIn(outcome["state"], ("refused", "redo"))
        self.assertTrue(outcome["reason"]["nl"])
        self.assertIsNone(outcome["receipt"])
        filed = [entry for entry in self.handler.get(f"/api/v1/dossiers/{self.request['dossier']}")["documents"] if entry["state"] == "filed"]
        self.assertLessEqual(len(filed), 1, "only the good one of the other test")

    def test_core_refuses_a_file_cut_short_in_the_middle_of_a_chunk(self):
        self.assert_core_refuses(*self.uploader_sends(age_encrypt(self.uploader.recipient, PLAIN)[:-1000]))

    def test_core_refuses_a_file_cut_short_at_the_end_of_a_chunk(self):
        body = age_encrypt(self.uploader.recipient, PLAIN)
        head = body.index(b"\n--- ") + 1 + 48
        self.assert_core_refuses(*self.uploader_sends(body[:head + 16 + 2 * 65552]))

    def test_core_refuses_a_file_with_one_flipped_bit(self):
        body = bytearray(age_encrypt(self.uploader.recipient, PLAIN))
        body[-5000] ^= 1
        self.assert_core_refuses(*self.uploader_sends(bytes(body)))

    def test_core_refuses_a_file_for_another_key(self):
        self.assert_core_refuses(*self.uploader_sends(age_encrypt(another_recipient(), PLAIN)))

    def test_core_refuses_a_seal_of_somebody_without_the_links_secret(self):
        kept = self.uploader.manifest_key
        self.uploader.manifest_key = os.urandom(32)
        try:
            sent = self.uploader_sends(age_encrypt(self.uploader.recipient, PLAIN))
        finally:
            self.uploader.manifest_key = kept
        self.assert_core_refuses(*sent)

    def test_core_refuses_a_manifest_about_other_bytes_another_grant_or_another_item(self):
        for wrong in ({"sha256": "0" * 64}, {"size": 1}, {"grant": "0" * 32}, {"item": "0" * 32}):
            with self.subTest(wrong):
                self.assert_core_refuses(*self.uploader_sends(age_encrypt(self.uploader.recipient, PLAIN), **wrong))


if __name__ == "__main__":
    unittest.main()
