"""Every file of the age testkit through `sluis age decrypt`: whole, byte by byte, and in pieces of random sizes. The exit code tells the
class of what is wrong, and what was let out is what the vector says may be."""
import hashlib
import os
import pathlib
import random
import subprocess
import tempfile
import threading
import unittest
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SLUIS_BUILD", ROOT / "build/release"))
SLUIS = pathlib.Path(os.environ.get("SLUIS_BIN", BUILD / "bin")) / "sluis"
VECTORS = ROOT / "tests" / "vectors" / "age-testkit"
CLASSES = {"success": 0, "no match": 3, "HMAC failure": 4, "header failure": 5, "payload failure": 6, "armor failure": 7}
LIMIT, USAGE = 8, 2
NEEDS = "needs OpenSSL 3.5 or newer"
BYTE_BY_BYTE_MAX = 8 * 1024  # of a larger file the first and last 4 KiB go byte by byte

# Armor is known by its first line: with anything before that, the command takes the file for one that is no age file at all.
NOT_ARMOR_AT_ALL = {"armor_garbage_leading", "armor_whitespace_begin"}


class Vector:
    def __init__(self, path):
        head, _, self.file = path.read_bytes().partition(b"\n\n")
        fields = [line.split(": ", 1) for line in head.decode().splitlines()]
        self.name = path.name
        self.identities = [value for key, value in fields if key == "identity"]
        self.passphrases = [value for key, value in fields if key == "passphrase"]
        single = dict(fields)
        self.expect, self.payload = single["expect"], single.get("payload")
        if single.get("compressed") == "zlib":
            self.file = zlib.decompress(self.file)


def post_quantum():
    """Whether the OpenSSL that runs has ML-KEM: the command makes a key, or says why not."""
    done = subprocess.run([SLUIS, "age", "keygen", "--pq"], capture_output=True, text=True)
    if done.returncode not in (0, USAGE) or (done.returncode == USAGE) != (NEEDS in done.stderr):
        raise AssertionError(f"neither a key nor the reason: {done}")
    return done.returncode == 0


def whole(file):
    return [len(file)]


def byte_by_byte(file):
    if len(file) <= BYTE_BY_BYTE_MAX:
        return [1] * len(file)
    half = BYTE_BY_BYTE_MAX // 2
    return [1] * half + [len(file) - 2 * half] + [1] * half


def pieces(generator):
    def split(file):
        sizes = []
        while sum(sizes) < len(file):
            sizes.append(generator.choice((1, 17, 4096, 65552, 300000)) + generator.randrange(100))
        return sizes
    return split


def decrypt(arguments, file, sizes):
    """A pipe gives no more at once than was written; the sizes are those of the writes."""
    process = subprocess.Popen([SLUIS, "age", "decrypt", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               bufsize=0)

    def feed():
        at = 0
        try:
            for size in sizes:
                while size > 0 and at < len(file):
                    written = process.stdin.write(file[at:at + size])
                    at, size = at + written, size - written
        except BrokenPipeError:
            pass  # it has seen enough
        finally:
            process.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    errors = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read().decode()))
    reader.start()
    plain = process.stdout.read()
    feeder.join()
    reader.join()
    process.stdout.close()
    process.stderr.close()
    return process.wait(), plain, errors[0]


class Testkit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = [Vector(path) for path in sorted(VECTORS.iterdir())]
        cls.post_quantum = post_quantum()

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sluis-test-")))

    def tries(self, vector):
        """The arguments that bring the vector's keys along: all identities at once, passphrases one after the other."""
        if vector.identities:
            file = self.folder / "identities"
            file.write_text("\n".join(vector.identities) + "\n")
            yield ["-i", file]
        for number, passphrase in enumerate(vector.passphrases):
            file = self.folder / f"passphrase-{number}"
            file.write_text(passphrase + "\n")
            yield ["--passphrase-file", file]
        if not vector.identities and not vector.passphrases:
            other = self.folder / "other"
            if not other.exists():
                subprocess.run([SLUIS, "age", "keygen", "-o", other], check=True, capture_output=True)
            yield ["-i", other]

    def check(self, vector, split):
        for arguments in self.tries(vector):
            code, plain, error = decrypt(arguments, vector.file, split(vector.file))
            if code == 0:
                break
        needs_ml_kem = not self.post_quantum and any(identity.startswith("AGE-SECRET-KEY-PQ-1") for identity in vector.identities)
        if needs_ml_kem and code == USAGE:
            self.assertIn(NEEDS, error)
            self.assertEqual(plain, b"")
            return "needs ML-KEM"
        expected = {CLASSES[vector.expect]}
        if vector.name in ("scrypt_work_factor_23", "scrypt_work_factor_overflow"):
            expected = {LIMIT}  # the testkit has no class for a passphrase that costs more than we spend
        if vector.name in NOT_ARMOR_AT_ALL:
            expected = {CLASSES["header failure"]}
        self.assertIn(code, expected, error)
        self.assertEqual(len(error.splitlines()), 0 if code == 0 else 1, error)
        self.assertEqual(hashlib.sha256(plain).hexdigest(), vector.payload or hashlib.sha256(b"").hexdigest())
        return vector.expect

    def run_all(self, split):
        seen = {}
        for vector in self.vectors:
            with self.subTest(vector.name):
                outcome = self.check(vector, split)
                seen[outcome] = seen.get(outcome, 0) + 1
        self.assertEqual(sum(seen.values()), 143, seen)
        self.assertEqual("needs ML-KEM" in seen, not self.post_quantum)
        if self.post_quantum:
            self.assertEqual(seen, {"success": 26, "no match": 13, "HMAC failure": 1, "header failure": 62, "payload failure": 19,
                                    "armor failure": 22})

    def test_whole(self):
        self.run_all(whole)

    def test_byte_by_byte(self):
        self.run_all(byte_by_byte)

    def test_in_pieces_of_random_sizes(self):
        seed = random.randrange(1 << 32)
        with self.subTest(seed=seed):
            self.run_all(pieces(random.Random(seed)))


if __name__ == "__main__":
    unittest.main()
