"""What an operator types: a set-up that both programs accept, configuration that is checked with words, exit codes."""
import json
import pathlib
import subprocess
import tempfile
import unittest

import harness
from harness import PROGRAMS


def run(program, *arguments, **options):
    return subprocess.run([PROGRAMS / program, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sluis-test-")))

    def set_up(self, *more):
        folder = self.folder / "installation"
        done = run("sluis", "init", "--folder", folder, "--organisation", "Stad Voorbeeld", "--public-host", "upload.stad.example",
                   "--console-host", "console.stad.example", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return folder

    def test_both_programs_accept_what_init_writes(self):
        folder = self.set_up()
        for program, config in (("sluis-edge", "edge/edge.json"), ("sluis-core", "core/core.json")):
            done = run(program, "--config", folder / config, "--check")
            self.assertEqual(done.returncode, 0, f"{program}: {done.stderr}")

    def test_init_gives_the_edge_no_key_that_opens_and_keeps_keys_private(self):
        folder = self.set_up()
        edge = b"".join(file.read_bytes() for file in (folder / "edge").rglob("*") if file.is_file())
        self.assertNotIn(b"AGE-SECRET-KEY", edge)
        self.assertIn("AGE-SECRET-KEY", (folder / "core" / "kek.age").read_text())
        for key in [*folder.rglob("*.key"), *folder.rglob("*.skey"), folder / "core" / "kek.age"]:
            self.assertEqual(key.stat().st_mode & 0o077, 0, key)

    def test_a_passphrase_protects_the_key_encryption_identity(self):
        secret = self.folder / "passphrase"
        secret.write_text("zeven kanaries in een kooi\n")
        folder = self.set_up("--passphrase-file", secret)
        identity = (folder / "core" / "kek.age").read_bytes()
        self.assertTrue(identity.startswith(b"age-encryption.org/v1\n-> scrypt "))
        self.assertEqual(run("sluis-core", "--config", folder / "core/core.json", "--check").returncode, 0)

    def test_init_does_not_write_over_an_installation(self):
        folder = self.set_up()
        before = (folder / "core" / "kek.age").read_bytes()
        done = run("sluis", "init", "--folder", folder, "--organisation", "x", "--public-host", "a.example", "--console-host", "b.example")
        self.assertEqual(done.returncode, 1)
        self.assertEqual((folder / "core" / "kek.age").read_bytes(), before)

    def test_check_says_everything_that_is_wrong_with_its_path(self):
        folder = self.set_up()
        for program, config, spoil in (("sluis-edge", "edge/edge.json", {"public.port": "x", "log.key": "none.skey"}),
                                       ("sluis-core", "core/core.json", {"console.port": -1, "edge.url": 7})):
            file = folder / config
            value = json.loads(file.read_text())
            for path, wrong in spoil.items():
                section, field = path.split(".")
                value[section][field] = wrong
            file.write_text(json.dumps(value))
            done = run(program, "--config", file, "--check")
            self.assertEqual(done.returncode, 1, f"{program}: {done.stdout}")
            for path in spoil:
                with self.subTest(program=program, path=path):
                    self.assertIn(path.split(".")[1], done.stderr + done.stdout)

    def test_exit_codes_tell_wrong_usage_from_refusal(self):
        self.assertEqual(run("sluis").returncode, 2)
        self.assertEqual(run("sluis", "fly").returncode, 2)
        self.assertEqual(run("sluis", "send").returncode, 2)
        for program in ("sluis-edge", "sluis-core"):
            self.assertEqual(run(program).returncode, 2, program)
            self.assertEqual(run(program, "--config", self.folder / "none.json").returncode, 1, program)
        done = run("sluis", "receipt", "verify", self.folder / "none", "--key", "x+00000000+AA==")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, "one line")

    def test_the_programs_stop_cleanly_on_sigterm_and_start_again_on_the_same_state(self):
        with harness.Installation() as sluis:
            for _ in range(2):
                self.assertEqual(sluis.core.stop(), 0)
                self.assertEqual(sluis.edge.stop(), 0)
                sluis.start_edge()
                sluis.start_core()
            self.assertEqual(sluis.staff("sofie").get("/api/v1/session")["user"], "sofie")

    def test_a_second_demo_leaves_the_first_alone(self):
        state = self.folder / "demo"
        first = subprocess.Popen([PROGRAMS / "sluis", "demo", "--json", "--port", "0", "--state", state], stdout=subprocess.PIPE, text=True)
        try:
            said = json.loads(first.stdout.readline())
            made = sorted(str(file) for file in state.rglob("*"))
            port = said["edge"].rsplit(":", 1)[1]
            for arguments, why in ((("--port", "0", "--state", state), "another sluis demo is running"),
                                   (("--port", port, "--state", self.folder / "other"), f"port {port} is in use")):
                second = run("sluis", "demo", *arguments)
                self.assertEqual((second.returncode, len(second.stderr.splitlines())), (1, 1), second.stderr)
                self.assertIn(why, second.stderr)
            self.assertTrue(set(made) <= {str(file) for file in state.rglob("*")})
            self.assertFalse((self.folder / "other").exists())
        finally:
            first.terminate()
            first.stdout.close()
            first.wait()
        again = subprocess.Popen([PROGRAMS / "sluis", "demo", "--json", "--port", "0", "--state", state], stdout=subprocess.PIPE, text=True)
        try:
            self.assertIn("edge", json.loads(again.stdout.readline()))
        finally:
            again.terminate()
            again.stdout.close()
            again.wait()


if __name__ == "__main__":
    unittest.main()
