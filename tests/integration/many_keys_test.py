"""The keys of a whole city: ten thousand compartments, whose keys are sealed anew while rotation is killed at random moments.

    SLUIS_COMPARTMENTS   how many (default 10000; a dossier has two)
    SLUIS_KEY_KILLS      how many kills (default 20)
"""
import concurrent.futures
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
from harness import PROGRAMS

COMPARTMENTS = int(os.environ.get("SLUIS_COMPARTMENTS", "10000"))
KILLS = int(os.environ.get("SLUIS_KEY_KILLS", "20"))
LOOKED_AT = 40  # cells after each kill; all of them at the end


class City(unittest.TestCase):
    """An installation with a recovery key and many dossiers."""

    def setUp(self):
        self.offline = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.recovery, recipient = harness.recovery_key(self.offline)
        self.sluis = self.enterContext(harness.Installation(recovery=recipient))
        self.config = self.sluis.core_folder / "core.json"
        self.kek = self.sluis.core_folder / "kek.age"
        self.database = self.sluis.core_folder / "state/core.db"

    def open_dossiers(self):
        """Through the console, as handlers do, sixteen at a time: core commits in groups."""
        def some(numbers):
            handler = self.sluis.staff("karim")
            for number in numbers:
                handler.post("/api/v1/dossiers", {"caseType": "medical-unfitness", "caseNumber": f"SV-2026-{number:05}",
                                                  "subject": "Maria Canarie-Janssens", "advisingDoctor": "dr.peeters"})
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            for done in [pool.submit(some, range(start, COMPARTMENTS // 2, 16)) for start in range(16)]:
                done.result()

    def cells(self):
        return [bytes(value) for (value,) in harness.query(self.database, "SELECT sealed_identity FROM compartment ORDER BY rowid")]

    def opens(self, identity, sealed):
        return subprocess.run(["age", "-d", "-i", identity], input=sealed, capture_output=True).returncode == 0

    def drill(self, identity):
        """Opens every sealed key there is with this identity, as if it were the recovery key: exit code and what it says."""
        return self.sluis.sluis("keys", "drill", "--recovery-key", identity, "--config", self.config, check=False)

    def rotate(self):
        """Seconds from the command's start to its end: the start of the program and two passes over all keys, of which the second
        finds nothing to do."""
        began = time.monotonic()
        self.assertIn("opens nothing any more", self.sluis.sluis("keys", "rotate", "--config", self.config).stdout)
        return time.monotonic() - began


class ManyKeys(City):
    def check_some(self, chance):
        """Readable at each moment by what the file of identities holds and by the recovery key. How many of them the old key opens."""
        cells = self.cells()
        self.assertEqual(len(cells), COMPARTMENTS)
        looked_at = chance.sample(cells, LOOKED_AT)
        for sealed in looked_at:
            self.assertTrue(self.opens(self.kek, sealed))
            self.assertTrue(self.opens(self.recovery, sealed))
        return sum(self.opens(self.old, sealed) for sealed in looked_at)

    def test_rotations_that_are_killed_lose_no_key(self):
        self.open_dossiers()
        self.sluis.core.stop()
        self.old = self.offline / "old.age"
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        program = [PROGRAMS / "sluis-core", "--config", self.config, "--keys", "rotate"]
        one_rotation = self.rotate()
        killed = in_the_middle = finished = 0
        shutil.copy(self.kek, self.old)
        while killed < KILLS:
            process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, one_rotation))
            process.send_signal(signal.SIGKILL)
            code = process.wait()
            if code == 0:  # it was done before: the next one is another rotation
                shutil.copy(self.kek, self.old)
                finished += 1
                continue
            self.assertEqual(code, -signal.SIGKILL)
            killed += 1
            with self.subTest(seed=seed, kill=killed):
                in_the_middle += 0 < self.check_some(chance) < LOOKED_AT
        self.assertGreater(in_the_middle, 0)
        self.rotate()
        self.assertEqual(self.check_some(chance), 0)

        drilled = self.drill(self.recovery)
        self.assertEqual(drilled.returncode, 0, drilled.stdout + drilled.stderr)
        self.assertIn(f"{COMPARTMENTS} keys and 0 documents come back", drilled.stdout)
        useless = self.drill(self.old)  # opens every single key there is: none
        self.assertEqual(useless.returncode, 1)
        self.assertIn(f"{COMPARTMENTS} keys and 0 documents do not", useless.stdout)
        print(f"\n{killed} kills of a rotation of {COMPARTMENTS} keys, {in_the_middle} in the middle, {finished} came too late; one rotation "
              f"takes {one_rotation:.2f} s\n{drilled.stdout}{useless.stdout[-400:]}", flush=True)

        self.sluis.start_core()
        print(f"while core serves: {self.rotate():.2f} s", flush=True)
        self.assertEqual(self.drill(self.recovery).returncode, 0)


if __name__ == "__main__":
    unittest.main()
