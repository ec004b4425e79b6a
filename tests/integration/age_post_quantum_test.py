"""Post-quantum keys (mlkem768x25519). Where OpenSSL is 3.5 or newer they go both ways with the age library that the portal has; where it is
older, each use says what it needs. `make debian13` runs this where it is newer."""
import os
import pathlib
import subprocess
import unittest

from age_interop_test import HEADER, NO_MATCH, ROOT, SLUIS, USAGE, WithKeys, age, content_of, sluis

NEEDS = "needs OpenSSL 3.5 or newer, and this is 3."


class PostQuantum(WithKeys):
    def setUp(self):
        super().setUp()
        self.plain = content_of(200_000)
        self.file = self.write("file.age", age("-r", self.recipient, input=self.plain).stdout)
        self.out = self.folder / "out"

    def test_it_works_or_says_what_it_needs(self):
        made = subprocess.run([SLUIS, "age", "keygen", "--pq"], capture_output=True, text=True)
        if made.returncode == 0:
            self.check_that_it_works()
        else:
            self.assertEqual(made.returncode, USAGE)
            self.assertIn(NEEDS, made.stderr)
            self.check_that_it_says_what_it_needs()

    def check_that_it_says_what_it_needs(self):
        vectors = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "age-testkit"
        told = 0
        for vector in sorted(vectors.glob("hybrid_*")):
            fields, _, file = vector.read_bytes().partition(b"\n\n")
            if b"\n-> mlkem768x25519 " not in file or b"compressed:" in fields:
                continue
            done = subprocess.run([SLUIS, "age", "decrypt", "-i", self.identity, "-o", self.out], input=file, capture_output=True)
            with self.subTest(vector=vector.name):
                self.assertIn(done.returncode, (NO_MATCH, HEADER))
                self.assertEqual(done.returncode == NO_MATCH, NEEDS in done.stderr.decode())
                told += done.returncode == NO_MATCH
        self.assertGreaterEqual(told, 3)
        identity = self.write("pq.txt", b"AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG\n")
        for arguments in (("encrypt", "-r", "age1pq1qqqq", self.file), ("decrypt", "-i", identity, self.file)):
            self.assertIn(NEEDS, sluis(*arguments, code=USAGE).stderr.decode())
        self.assertFalse(self.out.exists())

    def check_that_it_works(self):
        identity = self.folder / "pq.txt"
        recipient = sluis("keygen", "--pq", "-o", identity).stderr.decode().split("Public key: ")[1].strip()
        self.assertEqual(sluis("keygen", "-y", identity).stdout.decode().strip(), recipient)
        sealed = sluis("encrypt", "-r", recipient, input=self.plain).stdout
        self.assertEqual(sluis("decrypt", "-i", identity, input=sealed).stdout, self.plain)
        sluis("decrypt", "-i", self.identity, input=sealed, code=NO_MATCH)
        sluis("encrypt", "-r", recipient, "-r", self.recipient, input=b"", code=USAGE)
        script = self.write("typage.mjs", b"""
            import { Encrypter, Decrypter } from "age-encryption";
            import { readFileSync, writeFileSync } from "node:fs";
            const [recipient, identityFile, sealedFile, plainFile, ours] = process.argv.slice(2);
            const identity = readFileSync(identityFile, "utf8").split("\\n").find((line) => line.startsWith("AGE-SECRET-KEY"));
            const decrypter = new Decrypter();
            decrypter.addIdentity(identity);
            writeFileSync(plainFile, await decrypter.decrypt(readFileSync(ours)));
            const encrypter = new Encrypter();
            encrypter.addRecipient(recipient);
            writeFileSync(sealedFile, await encrypter.encrypt(readFileSync(plainFile)));
        """)
        os.symlink(ROOT / "portal" / "node_modules", self.folder / "node_modules")
        theirs, opened = self.folder / "theirs.age", self.folder / "opened"
        subprocess.run(["node", script, recipient, identity, theirs, opened, self.write("ours.age", sealed)], check=True, timeout=60)
        self.assertEqual(opened.read_bytes(), self.plain)
        self.assertEqual(sluis("decrypt", "-i", identity, theirs).stdout, self.plain)


if __name__ == "__main__":
    unittest.main()
