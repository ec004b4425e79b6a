"""Keys that survive people: rotation while core serves and killed at any moment, recovery on an empty machine, the drill, destruction."""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import harness
from harness import wait_until

PLAIN = b"%PDF-1.7\nkanarie-sleutels-4711\n" + b"Verslag. " * 30_000
KILLS = int(os.environ.get("SLUIS_KEY_KILLS", "6"))


def files_of(folder):
    """Content by name; what SQLite keeps beside a database while somebody reads it is nobody's work."""
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.rglob("*"))
            if file.is_file() and not file.name.endswith(("-shm", "-wal"))}


def occurs(folder, needle):
    return [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() and needle in file.read_bytes()]


class Keys(unittest.TestCase):
    def setUp(self):
        self.offline = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.recovery, recipient = harness.recovery_key(self.offline)
        self.sluis = self.enterContext(harness.Installation(recovery=recipient))
        self.config = self.sluis.core_folder / "core.json"
        self.kek = self.sluis.core_folder / "kek.age"
        self.handler = self.sluis.staff("karim")
        self.cases = []

    def file_document(self, number=None, plain=PLAIN):
        number = number or f"SV-2026-{len(self.cases):05}"
        request = self.sluis.open_request(self.handler, number, **harness.SITE_REPORT)
        _, upload = self.sluis.uploader(request["link"]).send(plain, "verslag.pdf")
        self.assertEqual(self.sluis.outcome(request["link"], upload)["state"], "filed")
        self.cases.append((number, request))
        return request

    def keys(self, *words, check=True):
        return self.sluis.sluis("keys", *words, "--config", self.config, check=check)

    def reads(self, request, plain=PLAIN):
        document = self.handler.get(f"/api/v1/dossiers/{request['dossier']}")["documents"][0]
        return self.handler.call("GET", f"/api/v1/documents/{document['id']}/content").body == plain

    def sealed_cells(self):
        database = self.sluis.core_folder / "state/core.db"
        return [bytes(value) for table, column in (("compartment", "sealed_identity"), ("issued_grant", "sealed_keys"),
                                                   ("issued_grant", "sealed_identity"), ("outbox", "sealed_body"))
                for (value,) in harness.query(database, f"SELECT {column} FROM {table} WHERE length({column}) > 0")]

    def opens(self, identity, sealed):
        return subprocess.run(["age", "-d", "-i", identity], input=sealed, capture_output=True).returncode == 0

    def assert_sealed_to_the_new_key_alone(self, old):
        cells = self.sealed_cells()
        self.assertGreater(len(cells), 0)
        for sealed in cells:
            self.assertTrue(self.opens(self.kek, sealed))
            self.assertTrue(self.opens(self.recovery, sealed))
            self.assertFalse(self.opens(old, sealed))

    def restart_core(self):
        self.sluis.start_core()
        self.handler = self.sluis.staff("karim")

    # Rotation.

    def test_a_rotation_while_core_serves(self):
        request = self.file_document()
        old = self.offline / "old.age"
        shutil.copy(self.kek, old)
        before = self.sealed_cells()
        done = self.keys("rotate")
        self.assertIn("opens nothing any more", done.stdout)
        self.assertNotEqual(old.read_bytes(), self.kek.read_bytes())
        self.assertEqual(self.kek.stat().st_mode & 0o077, 0)
        self.assert_sealed_to_the_new_key_alone(old)
        self.assertTrue(self.reads(request))
        self.assertTrue(self.reads(self.file_document()))
        self.sluis.core.stop()
        for sealed in before:  # not in the database, its log, or a free page
            self.assertEqual(occurs(self.sluis.core_folder / "state", sealed[:150]), [])
        self.restart_core()
        self.assertTrue(self.reads(request))
        acts = [leaf for (leaf,) in harness.query(self.sluis.core_folder / "state/core.db", "SELECT CAST(leaf AS TEXT) FROM log_entry")
                if '"keys.rotated"' in leaf]
        self.assertEqual(len(acts), 1)

    def test_a_rotation_that_is_killed_goes_on(self):
        request = self.file_document()
        self.sluis.core.stop()
        old = self.offline / "old.age"
        shutil.copy(self.kek, old)
        program = [harness.PROGRAMS / "sluis-core", "--config", self.config, "--keys", "rotate"]
        killed = tries = 0
        while killed < KILLS and tries < 20 * KILLS:  # one that was done before the kill began another rotation
            tries += 1
            process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0, 0.06))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
            for sealed in self.sealed_cells():  # readable at each moment, by what the file holds
                self.assertTrue(self.opens(self.kek, sealed))
        self.assertEqual(killed, KILLS)
        self.keys("rotate")
        self.assert_sealed_to_the_new_key_alone(old)
        self.restart_core()
        self.assertTrue(self.reads(request))

    # Recovery.

    def test_recovery_on_an_empty_machine(self):
        request = self.file_document()
        self.sluis.core.stop()
        backup = self.offline / "backup"
        shutil.copytree(self.sluis.core_folder, backup, ignore=shutil.ignore_patterns("kek.age"))
        shutil.rmtree(self.sluis.core_folder)
        shutil.copytree(backup, self.sluis.core_folder)
        self.assertNotEqual(self.sluis.sluis("keys", "rotate", "--config", self.config, check=False).returncode, 0)
        done = self.keys("recover", "--recovery-key", self.recovery)
        self.assertIn("recovered", done.stdout)
        self.restart_core()
        self.assertTrue(self.reads(request))
        self.assertTrue(self.reads(self.file_document()))
        again = self.keys("recover", "--recovery-key", self.recovery, check=False)
        self.assertEqual((again.returncode, len(again.stderr.splitlines())), (1, 1))

    def test_the_wrong_recovery_key_recovers_nothing(self):
        self.file_document()
        self.sluis.core.stop()
        kept = self.offline / "kek.age"
        shutil.move(self.kek, kept)
        stranger = self.offline / "stranger.age"
        subprocess.run(["age-keygen", "-o", stranger], check=True, capture_output=True)
        before = files_of(self.sluis.core_folder)
        done = self.keys("recover", "--recovery-key", stranger, check=False)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1))
        self.assertEqual(files_of(self.sluis.core_folder), before)
        shutil.move(kept, self.kek)
        self.restart_core()

    def test_the_drill_proves_it_and_touches_nothing(self):
        request = self.file_document()
        self.file_document()
        before = files_of(self.sluis.core_folder / "state/cases")
        done = self.keys("drill", "--recovery-key", self.recovery)  # core serves
        self.assertRegex(done.stdout, r"and 2 documents come back .* 0 keys and 0 documents do not")
        self.sluis.core.stop()
        self.assertEqual(files_of(self.sluis.core_folder / "state/cases"), before)
        state = files_of(self.sluis.core_folder)
        self.keys("drill", "--recovery-key", self.recovery)
        self.assertEqual(files_of(self.sluis.core_folder), state)
        # It can fail: a payload that lost a byte, another's key.
        payload = next((self.sluis.core_folder / "state/cases").rglob("*.payload"))
        content = payload.read_bytes()
        payload.write_bytes(content[:-1])
        broken = self.keys("drill", "--recovery-key", self.recovery, check=False)
        self.assertEqual(broken.returncode, 1)
        self.assertIn("1 documents do not", broken.stdout)
        payload.write_bytes(content)
        stranger = self.offline / "stranger.age"
        subprocess.run(["age-keygen", "-o", stranger], check=True, capture_output=True)
        other = self.keys("drill", "--recovery-key", stranger, check=False)
        self.assertEqual(other.returncode, 1)
        self.assertIn("this is not the recovery key that the configuration names", other.stdout)
        self.restart_core()
        self.assertTrue(self.reads(request))

    def test_a_recovery_key_named_while_core_serves_counts_from_the_next_rotation_on(self):
        self.file_document()
        (self.offline / "later").mkdir()
        later, recipient = harness.recovery_key(self.offline / "later")
        config = json.loads(self.config.read_text())
        config["keys"]["recovery"] = recipient
        self.config.write_text(json.dumps(config))
        before = self.keys("drill", "--recovery-key", later, check=False)
        self.assertEqual(before.returncode, 1)
        self.assertIn("comes back after `sluis keys rotate`", before.stdout)
        self.assertIn(f"and to the recovery key {recipient}", self.keys("rotate").stdout)
        self.assertIn("0 keys and 0 documents do not", self.keys("drill", "--recovery-key", later).stdout)

    # Destruction.

    def test_a_destroyed_dossier_opens_nowhere_and_the_others_do(self):
        doomed, spared = self.file_document(), self.file_document()
        state = self.sluis.core_folder / "state"
        number = self.cases[0][0]
        running = self.keys("destroy", "--dossier", number, check=False)
        self.assertEqual((running.returncode, len(running.stderr.splitlines())), (1, 1))
        document = self.handler.get(f"/api/v1/dossiers/{doomed['dossier']}")["documents"][0]["id"]
        self.sluis.core.stop()
        headers = [file.read_bytes() for file in (state / "cases").rglob(f"{document}.header")]
        sealed = [bytes(value) for (value,) in harness.query(
            state / "core.db", f"SELECT sealed_identity FROM compartment WHERE dossier_id = '{doomed['dossier']}'")]
        sealed += [bytes(value) for row in harness.query(
            state / "core.db", f"SELECT sealed_keys, sealed_identity FROM issued_grant WHERE dossier_id = '{doomed['dossier']}'")
            for value in row if value]
        self.assertEqual((len(headers), len(sealed) >= 3), (1, True))
        for secret in [*headers, *sealed]:
            self.assertNotEqual(occurs(state, secret[:150]), [])
        certificate = self.offline / "certificate.tlog-proof"
        self.keys("destroy", "--dossier", number, "--certificate", certificate)
        for secret in [*headers, *sealed]:
            # The header's lines, and each sealed body: wherever the bytes may have been copied to.
            for piece in (secret[:150], secret[-60:]):
                self.assertEqual(occurs(state, piece), [])
        self.assertEqual(self.sluis.verify_receipt(certificate, "core").returncode, 0)
        leaf = harness.receipt_leaf(certificate.read_text())
        self.assertEqual((leaf["act"], leaf["dossier"], leaf["documents"]), ("keys.destroyed", doomed["dossier"], 1))
        self.restart_core()
        self.assertEqual(self.handler.request("GET", f"/api/v1/documents/{document}/content").status, 404)
        self.assertTrue(self.reads(spared))
        uploader = self.sluis.uploader(spared["link"])
        self.assertEqual(uploader.posting().json["state"], "open")
        uploader.token = self.token_of(doomed["link"])
        wait_until(lambda: uploader.posting().json["state"] == "closed", "the link to close")
        self.assertEqual(uploader.create(1000).status, 403)
        self.keys("drill", "--recovery-key", self.recovery)

    def token_of(self, link):
        from link import Uploader
        return Uploader(link, self.sluis.ca, None).token

    def test_the_recovery_key_is_made_by_two_people(self):
        parts = [self.offline / "first", self.offline / "second"]
        for part, words in zip(parts, ("een halve sleutel ", "en een andere helft"), strict=True):
            part.write_text(words + "\n")
        made = self.offline / "made"
        key = self.offline / "two.age"
        words = ["init", "--folder", made, "--organisation", "Stad", "--public-host", "localhost", "--console-host", "localhost",
                 "--recovery-key", key]
        self.assertEqual(self.sluis.sluis(*words, "--first-part-file", parts[0], "--second-part-file", parts[0], check=False).returncode, 1)
        self.assertFalse(key.exists())
        self.sluis.sluis(*words, "--first-part-file", parts[0], "--second-part-file", parts[1])
        self.assertEqual(key.stat().st_mode & 0o077, 0)
        both = self.offline / "both"
        both.write_text("een halve sleutel en een andere helft")
        opened = self.sluis.sluis("age", "decrypt", "--passphrase-file", both, key).stdout
        identity = self.offline / "identity"
        identity.write_text(opened)
        recipient = subprocess.run(["age-keygen", "-y", identity], check=True, capture_output=True, text=True).stdout.strip()
        self.assertEqual(json.loads((made / "core/core.json").read_text())["keys"]["recovery"], recipient)
        half = self.keys("drill", "--recovery-key", key, "--passphrase-file", parts[0], check=False)
        self.assertEqual((half.returncode, len(half.stderr.splitlines())), (1, 1))
        self.assertIn("the passphrase does not open it", half.stderr)
        # It is not this installation's recovery key: it opens, and nothing comes back with it.
        self.file_document()
        other = self.keys("drill", "--recovery-key", key, "--passphrase-file", parts[0], "--second-passphrase-file", parts[1], check=False)
        self.assertEqual((other.returncode, other.stderr), (1, ""))
        self.assertIn("0 keys and 0 documents come back", other.stdout)

    def test_a_refused_init_leaves_nothing_behind(self):
        words = ["init", "--organisation", "Stad", "--public-host", "localhost", "--console-host", "localhost"]
        parts = [self.offline / "first", self.offline / "second"]
        for part, half in zip(parts, ("een halve sleutel ", "en een andere helft"), strict=True):
            part.write_text(half + "\n")
        key, full = self.offline / "orphan.age", self.offline / "full"
        full.mkdir()
        (full / "something").write_text("")
        done = self.sluis.sluis(*words, "--folder", full, "--recovery-key", key, "--first-part-file", parts[0], "--second-part-file", parts[1],
                                check=False)
        self.assertEqual((done.returncode, key.exists()), (1, False))
        short, made = self.offline / "short", self.offline / "never"
        short.write_text("te kort\n")
        done = self.sluis.sluis(*words, "--folder", made, "--passphrase-file", short, check=False)
        self.assertEqual((done.returncode, made.exists()), (1, False))

    def test_wrong_words_are_told(self):
        for words in ([], ["melt"], ["drill"], ["destroy"], ["rotate", "--now", "yes"]):
            with self.subTest(words=words):
                self.assertEqual(self.keys(*words, check=False).returncode, 2)
        nobody = self.sluis.sluis("keys", "rotate", "--config", self.sluis.folder / "none.json", check=False)
        self.assertEqual((nobody.returncode, json.dumps(nobody.stdout)), (1, '""'))


if __name__ == "__main__":
    unittest.main()
