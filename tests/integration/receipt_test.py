"""`sluis receipt verify` on receipts that another implementation made: the Merkle tree in Python, the signature by openssl."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SLUIS_BUILD", ROOT / "build/release"))
SLUIS = pathlib.Path(os.environ.get("SLUIS_BIN", BUILD / "bin")) / "sluis"
ORIGIN = "upload.stad.example/log"


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(content):
    return base64.b64encode(content).decode()


def split(count):
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    """RFC 6962 section 2.1."""
    if len(leaves) == 1:
        return sha256(b"\0", leaves[0])
    k = split(len(leaves))
    return sha256(b"\1", root(leaves[:k]), root(leaves[k:]))


def path(index, leaves):
    """RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [root(leaves[k:])]
    return path(index - k, leaves[k:]) + [root(leaves[:k])]


class Log:
    """An Ed25519 key of openssl's and the entries it signs for."""

    def __init__(self, folder, name=ORIGIN):
        self.name = name
        self.key = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:8]}.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True, capture_output=True)
        der = subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        self.typed = b"\1" + der[-32:]
        self.id = sha256(name.encode(), b"\n", self.typed)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(self.typed)}"

    def sign(self, text):
        with tempfile.NamedTemporaryFile() as message:
            message.write(text.encode())
            message.flush()
            done = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", message.name], check=True,
                                  capture_output=True)
        return f"{text}\n\u2014 {self.name} {b64(self.id + done.stdout)}\n"

    def receipt(self, index, leaves):
        checkpoint = self.sign(f"{self.name}\n{len(leaves)}\n{b64(root(leaves))}\n")
        hashes = "".join(b64(node) + "\n" for node in path(index, leaves))
        return f"c2sp.org/tlog-proof@v1\nextra {b64(leaves[index])}\nindex {index}\n{hashes}\n{checkpoint}"


def leaf(number):
    return json.dumps({"act": "upload.sealed", "log": ORIGIN, "seq": number, "sha256": hashlib.sha256(b"%d" % number).hexdigest(), "size": 7,
                       "ts": "2026-11-24T18:39:09.000000Z", "upload": f"{number:032x}", "v": 1}, separators=(",", ":")).encode()


class ReceiptVerify(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sluis-test-")))
        self.log = Log(self.folder)

    def verify(self, text, *keys, more=()):
        file = self.folder / "receipt.tlog-proof"
        file.write_text(text, encoding="utf-8")
        words = [word for key in keys for word in ("--key", str(key))]
        return subprocess.run([SLUIS, "receipt", "verify", file, *words, *more], capture_output=True, text=True, timeout=60)

    def assert_refused(self, done):
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertNotIn("is valid.", done.stdout)

    def test_receipts_of_every_place_in_small_logs_are_valid(self):
        for count in (1, 2, 3, 7, 8, 13):
            leaves = [leaf(number) for number in range(count)]
            for index in range(count):
                with self.subTest(count=count, index=index):
                    done = self.verify(self.log.receipt(index, leaves), self.log.vkey, more=("--json",))
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(json.loads(done.stdout), {
                        "valid": True, "log": ORIGIN, "index": index, "treeSize": count, "root": root(leaves).hex(),
                        "leaf": json.loads(leaves[index])})

    def test_it_says_what_is_proved(self):
        leaves = [leaf(number) for number in range(5)]
        done = self.verify(self.log.receipt(3, leaves), self.log.vkey)
        self.assertEqual(done.returncode, 0, done.stderr)
        for part in ("The receipt is valid.", "upload.sealed", "2026-11-24T18:39:09", f"{3:032x}", hashlib.sha256(b"3").hexdigest(), ORIGIN,
                     "3, in a log of 5"):
            self.assertIn(part, done.stdout)

    def test_the_key_may_be_in_a_file_and_stand_beside_others(self):
        file = self.folder / "edge-log.vkey"
        file.write_text(self.log.vkey + "\n")
        receipt = self.log.receipt(0, [leaf(0)])
        other = Log(self.folder, "other.example/log")
        self.assertEqual(self.verify(receipt, file).returncode, 0)
        self.assertEqual(self.verify(receipt, other.vkey, file).returncode, 0)
        self.assert_refused(self.verify(receipt, other.vkey))

    def test_a_changed_receipt_is_refused(self):
        leaves = [leaf(number) for number in range(6)]
        receipt = self.log.receipt(2, leaves)
        lines = receipt.split("\n")
        for number, line in enumerate(lines):
            if not line:
                continue
            changed = list(lines)
            changed[number] = line[:-3] + ("A" if line[-3] != "A" else "B") + line[-2:] if len(line) > 3 else line + "1"
            with self.subTest(line=line):
                self.assert_refused(self.verify("\n".join(changed), self.log.vkey))
        self.assert_refused(self.verify(receipt.replace("index 2", "index 3"), self.log.vkey))
        self.assert_refused(self.verify(receipt + "x", self.log.vkey))
        self.assert_refused(self.verify("", self.log.vkey))
        self.assertFalse(json.loads(self.verify(receipt + "x", self.log.vkey, more=("--json",)).stdout)["valid"])

    def test_a_log_cannot_speak_for_another(self):
        other = Log(self.folder, "other.example/log")
        leaves = [leaf(0)]
        text = f"{ORIGIN}\n1\n{b64(root(leaves))}\n"
        forged = f"c2sp.org/tlog-proof@v1\nextra {b64(leaves[0])}\nindex 0\n\n{other.sign(text)}"
        self.assert_refused(self.verify(forged, other.vkey, self.log.vkey))
        self.assert_refused(self.verify(forged, other.vkey))

    def test_what_a_leaf_says_does_not_move_the_terminal(self):
        hostile = json.dumps({"act": "\x1b[2Jupload.sealed\u009b", "upload": "a\nb"}).encode()
        done = self.verify(self.log.receipt(0, [hostile]), self.log.vkey)
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("\x1b", done.stdout)
        self.assertNotIn("a\nb", done.stdout)

    def test_wrong_usage_is_told_from_a_bad_receipt(self):
        for words in ((), ("verify",), ("verify", "x"), ("verify", "--key", "x"), ("verify", "x", "--key"), ("forge", "x"),
                      ("verify", "x", "y", "--key", "z")):
            with self.subTest(words=words):
                self.assertEqual(subprocess.run([SLUIS, "receipt", *words], capture_output=True).returncode, 2)


if __name__ == "__main__":
    unittest.main()
