"""What core was told in confidence is wiped after use: after the whole story none of it is left in its memory but for what core must
keep, and that is locked. And there are no core dumps."""
import pathlib
import subprocess
import unittest

import harness
from harness import wait_until
from search import bech32_bytes, hits, memory_of, sanitized

PLAIN = b"%PDF-1.7\n" + (b"% zangkanarie-in-core-7c1e5a\n" + b"en nog meer regels " * 100) * 200  # in each chunk, many times
PASSWORD = harness.PASSWORD


class CoreMemory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        handler, doctor = cls.sluis.staff("sofie"), cls.sluis.staff("dr.peeters")
        request = cls.sluis.open_request(handler, "SOC-2026-00941")
        cls.link = request["link"]
        cls.uploader = cls.sluis.uploader(cls.link)
        _, upload = cls.uploader.send(PLAIN, "verslag.pdf")
        assert cls.sluis.outcome(request["link"], upload)["state"] == "filed"
        document = wait_until(lambda: doctor.get(f"/api/v1/dossiers/{request['dossier']}")["documents"], "the document")[0]
        assert doctor.call("GET", f"/api/v1/documents/{document['id']}/content").body == PLAIN
        cls.sluis.staff("sofie")  # a password a moment ago
        cls.kek = cls.sluis.core_folder / "kek.age"
        cls.identity = next(line for line in cls.kek.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
        cls.process = cls.sluis.core.process.pid

    def setUp(self):
        if sanitized(harness.PROGRAMS / "sluis-core"):
            self.skipTest("a sanitizer keeps what is freed, and locks nothing")

    def unlocked(self):
        pages = b"\0".join(memory_of(self.process, locked=False))
        self.assertIn(b"sluis.example/core", pages, "the name of its log: the search does see its memory")
        return pages

    def sealed_identities(self):
        """Of compartments and links, opened with Debian's age."""
        database = self.sluis.core_folder / "state/core.db"
        for table in ("compartment", "issued_grant"):
            for (sealed,) in harness.query(database, f"SELECT sealed_identity FROM {table} WHERE length(sealed_identity) > 0"):
                opened = subprocess.run(["age", "-d", "-i", self.kek], input=bytes(sealed), capture_output=True, check=True).stdout
                yield table, opened.decode().strip()

    def test_keys_are_nowhere_but_in_locked_memory(self):
        secrets = {"key-encryption identity": self.identity, "its bytes": bech32_bytes(self.identity)}
        for number, (table, identity) in enumerate(self.sealed_identities()):
            self.assertTrue(identity.startswith("AGE-SECRET-KEY-1"))
            secrets[f"{table} identity {number}"] = identity
            secrets[f"{table} bytes {number}"] = bech32_bytes(identity)
        self.assertGreater(len(secrets), 5)
        self.assertEqual(hits(self.unlocked(), secrets), [])
        held = b"\0".join(memory_of(self.process))
        self.assertIn(bech32_bytes(self.identity), held, "core holds it, locked: the search does see its memory")

    def test_what_opens_a_link_is_wiped(self):
        secrets = {"link secret": self.uploader.secret, "link": self.link.split(".")[-1], "manifest key": self.uploader.manifest_key}
        self.assertEqual(hits(self.unlocked(), secrets), [])

    def test_passwords_are_wiped(self):
        self.assertEqual(hits(self.unlocked(), {"password": PASSWORD}), [])

    def test_the_document_is_wiped(self):
        self.assertEqual(hits(self.unlocked(), {"document text": "zangkanarie-in-core-7c1e5a"}), [])

    def test_there_is_no_core_dump(self):
        limits = pathlib.Path(f"/proc/{self.process}/limits").read_text()
        line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        self.assertEqual(line.split()[4:6], ["0", "0"])


if __name__ == "__main__":
    unittest.main()
