"""`sluis age` beside Debian's age: each opens what the other made, from nothing to five gigabytes, in constant memory; and what the command
promises of its own: exit codes, no half file, re-wrapped headers.

    SLUIS_BIN     the folder with the programs (default: bin of SLUIS_BUILD, or build/release/bin)
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import pty
import signal
import subprocess
import tempfile
import termios
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SLUIS_BUILD", ROOT / "build/release"))
SLUIS = pathlib.Path(os.environ.get("SLUIS_BIN", BUILD / "bin")) / "sluis"
GIB = 1 << 30
BLOCK = 1 << 20
RSS_MAX_KIB = 16 * 1024
NO_MATCH, HEADER_MAC, HEADER, PAYLOAD, ARMOR, LIMIT, IO = range(3, 10)
USAGE = 2


def sanitized():
    """A sanitizer keeps shadow memory and is slow; its build is measured on nothing."""
    content = SLUIS.read_bytes()
    return b"__asan_init" in content or b"__tsan_init" in content


def sluis(*arguments, code=0, **options):
    done = subprocess.run([SLUIS, "age", *map(str, arguments)], capture_output=True, timeout=120, **options)
    if done.returncode != code:
        raise AssertionError(f"sluis age {arguments}: {done.returncode} instead of {code}: {done.stderr.decode()}")
    if code != 0 and len(done.stderr.splitlines()) != 1:
        raise AssertionError(f"one line says what is wrong, not {done.stderr!r}")
    return done


def age(*arguments, **options):
    return subprocess.run(["age", *map(str, arguments)], capture_output=True, check=True, timeout=120, **options)


def content_of(size):
    """Bytes that no compressor likes, the same for the same size."""
    return hashlib.shake_128(str(size).encode()).digest(size)


class WithKeys(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sluis-test-")))
        self.identity, self.recipient = self.keys("key.txt")

    def keys(self, name):
        file = self.folder / name
        done = sluis("keygen", "-o", file)
        return file, done.stderr.decode().split("Public key: ")[1].strip()

    def write(self, name, content):
        file = self.folder / name
        file.write_bytes(content)
        return file


class Interoperation(WithKeys):
    SIZES = (0, 1, 65535, 65536, 65537, 1 << 20)

    def test_age_opens_what_sluis_sealed(self):
        for size in self.SIZES:
            with self.subTest(size=size):
                plain = content_of(size)
                sealed = sluis("encrypt", "-r", self.recipient, input=plain).stdout
                self.assertEqual(age("-d", "-i", self.identity, input=sealed).stdout, plain)

    def test_sluis_opens_what_age_sealed(self):
        for size in self.SIZES:
            with self.subTest(size=size):
                plain = content_of(size)
                sealed = age("-r", self.recipient, input=plain).stdout
                self.assertEqual(sluis("decrypt", "-i", self.identity, input=sealed).stdout, plain)

    def test_armor_goes_both_ways(self):
        for size in self.SIZES:
            with self.subTest(size=size):
                plain = content_of(size)
                ours = sluis("encrypt", "-a", "-r", self.recipient, input=plain).stdout
                self.assertTrue(ours.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n"))
                self.assertEqual(age("-d", "-i", self.identity, input=ours).stdout, plain)
                theirs = age("-a", "-r", self.recipient, input=plain).stdout
                self.assertEqual(sluis("decrypt", "-i", self.identity, input=theirs).stdout, plain)
                self.assertEqual(sluis("decrypt", "-i", self.identity, input=theirs.replace(b"\n", b"\r\n")).stdout, plain)

    def test_keys_of_one_are_keys_of_the_other(self):
        public = subprocess.run(["age-keygen", "-y", self.identity], capture_output=True, text=True, check=True).stdout.strip()
        self.assertEqual(public, self.recipient)
        theirs = self.folder / "theirs.txt"
        subprocess.run(["age-keygen", "-o", theirs], capture_output=True, check=True)
        public = subprocess.run(["age-keygen", "-y", theirs], capture_output=True, text=True, check=True).stdout
        self.assertEqual(sluis("keygen", "-y", theirs).stdout.decode(), public)
        sealed = sluis("encrypt", "-i", theirs, input=b"a report").stdout
        self.assertEqual(age("-d", "-i", theirs, input=sealed).stdout, b"a report")

    def test_several_recipients_and_a_file_of_them(self):
        other, other_recipient = self.keys("other.txt")
        recipients = self.write("recipients.txt", f"# the team\n\n{other_recipient}\n".encode())
        sealed = sluis("encrypt", "-r", self.recipient, "-R", recipients, input=b"a report").stdout
        for identity in (self.identity, other):
            self.assertEqual(age("-d", "-i", identity, input=sealed).stdout, b"a report")
        sealed = age("-R", recipients, "-r", self.recipient, input=b"a report").stdout
        self.assertEqual(sluis("decrypt", "-i", other, input=sealed).stdout, b"a report")

    def on_a_terminal(self, command, *lines):
        """age asks for passphrases at a terminal and nowhere else; so do we, without --passphrase-file."""
        process, terminal = pty.fork()
        if process == 0:
            os.execvp(command[0], command)
        said = b""
        for line in lines:
            while not said.rstrip().endswith(b":"):
                said += os.read(terminal, 1024)
            time.sleep(0.05)  # age flushes its input when it starts to ask
            os.write(terminal, line + b"\n")
            said = b""
        try:
            while part := os.read(terminal, 1024):
                said += part
        except OSError:
            pass  # the end of a terminal
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said

    def test_passphrases_go_both_ways(self):
        secret = self.write("passphrase", b"zeven kanaries\n")
        plain = self.write("plain", b"a report")
        ours, theirs, back = (self.folder / name for name in ("ours.age", "theirs.age", "back"))
        sluis("encrypt", "--passphrase-file", secret, "-o", ours, plain)
        code, said = self.on_a_terminal(["age", "-d", "-o", back, ours], b"zeven kanaries")
        self.assertEqual((code, back.read_bytes()), (0, b"a report"), said)
        code, said = self.on_a_terminal(["age", "-p", "-o", theirs, plain], b"zeven kanaries", b"zeven kanaries")
        self.assertEqual(code, 0, said)
        self.assertEqual(sluis("decrypt", "--passphrase-file", secret, theirs).stdout, b"a report")
        code, said = self.on_a_terminal([SLUIS, "age", "decrypt", theirs], b"zeven kanaries")
        self.assertEqual((code, said.strip()), (0, b"a report"))
        code, said = self.on_a_terminal([SLUIS, "age", "encrypt", "-p", "-o", back, plain], b"een", b"twee", b"drie", b"drie")
        self.assertEqual(code, 0, said)  # mistyped once
        sluis("decrypt", "--passphrase-file", self.write("third", b"drie"), back)
        code, said = self.on_a_terminal([SLUIS, "age", "encrypt", "-p", "-o", ours, plain], b"een", b"twee", b"a", b"b", b"c", b"d")
        self.assertEqual(code, USAGE, said)
        sluis("decrypt", "--passphrase-file", self.write("wrong", b"acht kanaries"), ours, code=NO_MATCH)

    def test_an_identity_file_may_be_sealed_with_a_passphrase(self):
        secret = self.write("passphrase", b"zeven kanaries\n")
        sealed = age("-r", self.recipient, input=b"a report").stdout
        for more in ((), ("-a",)):
            sluis("encrypt", *more, "--passphrase-file", secret, "-o", self.folder / "sealed.txt", self.identity)
            opened = sluis("decrypt", "-i", self.folder / "sealed.txt", "--passphrase-file", secret, input=sealed)
            self.assertEqual(opened.stdout, b"a report")


class Large(WithKeys):
    """Five gigabytes through pipes: made, sealed, opened and hashed as they go, so that this test needs neither memory nor disk."""

    def setUp(self):
        super().setUp()
        self.size = 5 * GIB if not sanitized() else 64 * BLOCK

    def make(self, stream):
        """What goes in; every block is another one. Returns its SHA-256."""
        digest = hashlib.sha256()
        block = bytearray(content_of(BLOCK))
        with stream:
            for number in range(self.size // BLOCK):
                block[:8] = number.to_bytes(8, "big")
                digest.update(block)
                stream.write(block)
        return digest.hexdigest()

    def hash_of(self, stream):
        digest = hashlib.sha256()
        block = memoryview(bytearray(BLOCK))
        with stream:
            while size := stream.readinto(block):
                digest.update(block[:size])
        return digest.hexdigest()

    def peak_of(self, process):
        """The most memory it has had, in KiB, as far as it lives to be asked. (wait4 would count what Python had when it forked.)"""
        peak = 0
        while process.poll() is None:
            try:
                status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            except (FileNotFoundError, ProcessLookupError):
                break
            if f"Name:\t{SLUIS.name}\n" in status:  # no longer Python
                peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))])
            time.sleep(0.01)
        return peak

    def check(self, sealing, opening):
        """Bytes through both commands; the memory of ours is looked at."""
        seal = subprocess.Popen(sealing, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        opened = subprocess.Popen(opening, stdin=seal.stdout, stdout=subprocess.PIPE, bufsize=0)
        seal.stdout.close()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            made = pool.submit(self.make, seal.stdin)
            peak = pool.submit(self.peak_of, seal if sealing[0] == SLUIS else opened)
            came = self.hash_of(opened.stdout)
        self.assertEqual(came, made.result())
        self.assertEqual((seal.wait(), opened.wait()), (0, 0))
        self.expect_small(peak.result())

    def expect_small(self, peak):
        self.assertGreater(peak, 0)
        if not sanitized():
            self.assertLessEqual(peak, RSS_MAX_KIB)

    def test_sluis_seals_it_for_age(self):
        self.check([SLUIS, "age", "encrypt", "-r", self.recipient], ["age", "-d", "-i", self.identity])

    def test_sluis_opens_it_from_age(self):
        self.check(["age", "-r", self.recipient], [SLUIS, "age", "decrypt", "-i", self.identity])

    def test_a_file_of_a_known_size_takes_no_more_memory(self):
        plain, sealed = self.folder / "plain", self.folder / "sealed"
        size = 300 * BLOCK + 1
        with plain.open("wb") as file:
            file.truncate(size)
        process = subprocess.Popen([SLUIS, "age", "encrypt", "-r", self.recipient, "-o", sealed, plain])
        peak = self.peak_of(process)
        self.assertEqual(process.returncode, 0)
        self.expect_small(peak)
        self.assertEqual(sealed.stat().st_size, 168 + 16 + size + 16 * (size // 65536 + 1))
        back = self.folder / "back"
        age("-d", "-i", self.identity, "-o", back, sealed)
        self.assertEqual(back.stat().st_size, size)


class Promises(WithKeys):
    def setUp(self):
        super().setUp()
        self.plain = content_of(200_000)
        self.file = self.write("file.age", age("-r", self.recipient, input=self.plain).stdout)
        self.out = self.folder / "out"

    def left_over(self):
        return [file.name for file in self.folder.iterdir() if file.name.startswith("out")]

    def test_each_class_of_failure_has_its_exit_code_and_leaves_no_file(self):
        good = self.file.read_bytes()
        other, _ = self.keys("other.txt")
        armored = age("-a", "-r", self.recipient, input=self.plain).stdout
        spoilt = {
            "no match": (NO_MATCH, other, good),
            "header MAC": (HEADER_MAC, self.identity, good.replace(b"\n--- ", b"\n-> grease\n\n--- ", 1)),
            "not an age file": (HEADER, self.identity, b"%PDF-1.7\n"),
            "nothing": (HEADER, self.identity, b""),
            "header cut": (HEADER, self.identity, good[:100]),
            "payload cut at a chunk": (PAYLOAD, self.identity, good[:168 + 16 + 65552]),
            "payload cut": (PAYLOAD, self.identity, good[:-1]),
            "payload lengthened": (PAYLOAD, self.identity, good + b"x"),
            "payload changed": (PAYLOAD, self.identity, good[:-1] + bytes([good[-1] ^ 1])),
            "armor cut": (ARMOR, self.identity, armored[:-5]),
            "armor changed": (ARMOR, self.identity, armored.replace(b"\n", b"\n\n", 20)),
            "endless header": (LIMIT, self.identity, b"age-encryption.org/v1\n-> a " + b"x" * 1_000_000),
        }
        for name, (code, identity, content) in spoilt.items():
            with self.subTest(name):
                sluis("decrypt", "-i", identity, "-o", self.out, input=content, code=code)
                self.assertEqual(self.left_over(), [])

    def test_each_class_is_told_in_words(self):
        plain = self.write("plain", content_of(100_000))
        sealed, torn, locked, words = (self.folder / name for name in ("sealed", "torn", "locked", "words"))
        sluis("encrypt", "-r", self.recipient, "-o", sealed, plain)
        torn.write_bytes(sealed.read_bytes()[:-1])
        words.write_text("correct horse battery")
        sluis("encrypt", "--passphrase-file", words, "-o", locked, plain)
        words.write_text("another horse")
        for said, code, arguments in (
            ("the content is damaged or cut short", PAYLOAD, ("decrypt", "-i", self.identity, torn)),
            ("sealed with a passphrase", NO_MATCH, ("decrypt", "-i", self.identity, locked)),
            ("sealed with a passphrase", NO_MATCH, ("decrypt", "--passphrase-file", words, locked)),
            ("is the file that is read", USAGE, ("encrypt", "-r", self.recipient, "-o", plain, plain)),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(said, sluis(*arguments, code=code).stderr.decode())
        self.assertEqual(plain.read_bytes(), content_of(100_000))

    def test_a_secret_key_in_the_wrong_place_is_not_said_again(self):
        plain = self.write("plain", b"content")
        secret = next(line for line in self.identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
        for arguments in (("-R", self.identity), ("-r", secret), ("-r", secret.lower())):
            with self.subTest(arguments=arguments[0]):
                said = sluis("encrypt", *arguments, plain, code=USAGE).stderr.decode()
                self.assertIn("secret key", said)
                self.assertNotIn(secret[20:40].lower(), said.lower())

    def test_what_cannot_be_read_or_written_is_said(self):
        sluis("decrypt", "-i", self.identity, self.folder / "none", code=IO)
        sluis("decrypt", "-i", self.folder / "none", self.file, code=IO)
        sluis("encrypt", "-r", self.recipient, "-o", self.folder / "none" / "out", self.file, code=IO)
        sluis("encrypt", "-r", self.recipient, self.folder, code=IO)
        if os.path.exists("/dev/full"):
            sluis("encrypt", "-r", self.recipient, "-o", "/dev/full", self.file, code=IO)

    def test_wrong_usage_is_told_from_refusal(self):
        for arguments in ((), ("fly",), ("encrypt", self.file), ("encrypt", "-r", "age1nonsense", self.file), ("encrypt", "-r"),
                          ("encrypt", "-x", self.file), ("decrypt", self.file), ("decrypt", "-r", self.recipient, self.file),
                          ("encrypt", "-p", "-r", self.recipient, self.file), ("encrypt", "-r", self.recipient, self.file, self.file),
                          ("encrypt", "-r", self.recipient, "-r", self.recipient, self.file), ("rewrap", self.file)):
            with self.subTest(arguments=arguments):
                sluis(*arguments, code=USAGE)

    def test_an_output_is_replaced_only_by_a_whole_one(self):
        self.out.write_bytes(b"before")
        sluis("decrypt", "-i", self.identity, "-o", self.out, input=self.file.read_bytes()[:-1], code=PAYLOAD)
        self.assertEqual(self.out.read_bytes(), b"before")
        sluis("decrypt", "-i", self.identity, "-o", self.out, self.file)
        self.assertEqual(self.out.read_bytes(), self.plain)
        sluis("encrypt", "-r", self.recipient, "-o", self.out, self.out, code=USAGE)  # it may be the only copy
        self.assertEqual(self.out.read_bytes(), self.plain)
        sluis("encrypt", "-r", self.recipient, "-o", self.out, self.file)
        sluis("rewrap", "-i", self.identity, "-r", self.recipient, "-o", self.out, self.out)  # in place: nothing is lost by that
        self.assertEqual(age("-d", "-i", self.identity, "-o", "-", input=age("-d", "-i", self.identity, self.out).stdout).stdout, self.plain)
        self.assertEqual(self.left_over(), ["out"])

    def test_a_signal_leaves_no_half_file(self):
        """Sent the moment the file appears: between that and the wait for input is where a signal is easily missed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) * 20:
            # A shell starts what runs in the background with SIGINT ignored, and children inherit that.
            process = subprocess.Popen([SLUIS, "age", "encrypt", "-r", self.recipient, "-o", self.out], stdin=subprocess.PIPE,
                                       stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
            self.addCleanup(process.kill)
            deadline = time.monotonic() + 30
            while not self.left_over():
                self.assertLess(time.monotonic(), deadline, "the output was never begun")
            process.send_signal(number)
            self.assertEqual(process.wait(30), -number)
            process.stdin.close()
            process.stderr.close()
            self.assertEqual(self.left_over(), [])

    def test_a_signal_gives_the_terminal_its_echo_back(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process, terminal = pty.fork()
            if process == 0:
                signal.signal(number, signal.SIG_DFL)
                os.execv(SLUIS, [SLUIS, "age", "encrypt", "-p", "-o", self.out, self.file])
            with open(terminal, "r+b", buffering=0) as screen:
                self.assertIn(b"assphrase", screen.read(1000))
                self.assertFalse(termios.tcgetattr(screen)[3] & termios.ECHO)
                os.kill(process, number)
                _, status = os.waitpid(process, 0)
                self.assertEqual(os.waitstatus_to_exitcode(status), -number)
                self.assertTrue(termios.tcgetattr(screen)[3] & termios.ECHO)
            self.assertEqual(self.left_over(), [])

    def test_keys_are_private_and_not_written_over(self):
        self.assertEqual(self.identity.stat().st_mode & 0o077, 0)
        before = self.identity.read_bytes()
        sluis("keygen", "-o", self.identity, code=IO)
        self.assertEqual(self.identity.read_bytes(), before)

    def test_inspect_needs_no_key(self):
        for content, armored in ((self.file.read_bytes(), False), (age("-a", "-r", self.recipient, input=self.plain).stdout, True)):
            said = json.loads(sluis("inspect", "--json", input=content).stdout)
            self.assertEqual(said, {"version": "age-encryption.org/v1", "armor": armored, "stanza_types": ["X25519"],
                                    "sizes": {"header": 168, "payload": 16 + 200_000 + 4 * 16, "plain": 200_000}})
        words = sluis("inspect", self.file).stdout.decode()
        self.assertIn("X25519", words)
        self.assertIn("200000 bytes", words)
        sluis("inspect", input=self.file.read_bytes()[:168 + 16 + 65552 + 16], code=PAYLOAD)
        sluis("inspect", input=b"a letter", code=HEADER)

    def test_rewrap_makes_a_new_header_and_keeps_the_payload(self):
        other, other_recipient = self.keys("other.txt")
        sluis("rewrap", "-i", self.identity, "-r", other_recipient, "-o", self.out, self.file)
        self.assertEqual(self.out.read_bytes()[168:], self.file.read_bytes()[168:])
        self.assertEqual(age("-d", "-i", other, self.out).stdout, self.plain)
        sluis("decrypt", "-i", self.identity, self.out, code=NO_MATCH)
        sluis("rewrap", "-i", other, "-r", self.recipient, "-o", self.folder / "out2", self.file, code=NO_MATCH)
        sluis("rewrap", "-i", self.identity, "-r", other_recipient, "-o", self.folder / "out2", input=self.file.read_bytes()[:184],
              code=PAYLOAD)
        self.assertEqual(self.left_over(), ["out"])


if __name__ == "__main__":
    unittest.main()
