"""SIGTERM in the middle of everything: requests, uploads, filing, sign-ins. Both programs end by themselves, with exit code 0, soon."""
import contextlib
import hashlib
import http.client
import os
import random
import signal
import threading
import time
import unittest

import harness
from console import Refused
from link import age_encrypt

ROUNDS = int(os.environ.get("SLUIS_STOPS", "12"))
STOP_SECONDS = 15  # running requests get 10


class Stops(unittest.TestCase):
    def setUp(self):
        self.sluis = self.enterContext(harness.Installation())
        handler = self.sluis.staff("karim")
        self.requests = [self.sluis.open_request(handler, f"SV-2026-{number:05}", **harness.SITE_REPORT) for number in range(3)]
        self.over = threading.Event()
        self.served = 0

    def repeat(self, work):
        """`work` again and again; a program that is away, or leaves while it answers, is what this test is about."""
        while not self.over.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException, Refused, KeyError):
                work()
                self.served += 1

    def upload(self, uploader):
        plain = os.urandom(random.choice([10, 70_000, 900_000]))
        sealed = age_encrypt(uploader.recipient, plain)
        upload = uploader.create(len(sealed)).headers["location"].rsplit("/", 1)[-1]
        uploader.patch(upload, 0, sealed)
        uploader.seal(upload, uploader.seal_body(hashlib.sha256(sealed).digest(), plain, "verslag.pdf"))
        uploader.delete(uploader.create(1000).headers["location"].rsplit("/", 1)[-1])

    def staff_work(self):
        console = self.sluis.staff("karim")
        console.get("/api/v1/dossiers")
        console.get("/api/v1/inbox")

    def test_both_programs_end_cleanly_at_any_moment(self):
        uploaders = [self.sluis.uploader(request["link"]) for request in self.requests]
        work = [lambda one=one: self.upload(one) for one in uploaders] + [self.staff_work, self.staff_work]
        threads = [threading.Thread(target=self.repeat, args=(one,)) for one in work]
        for thread in threads:
            thread.start()
        try:
            for number in range(ROUNDS):
                for program, start in (("edge", self.sluis.start_edge), ("core", self.sluis.start_core)):
                    time.sleep(random.uniform(0, 0.5))
                    began = time.monotonic()
                    self.assertEqual(getattr(self.sluis, program).stop(), 0, f"{program}, round {number}")
                    self.assertLess(time.monotonic() - began, STOP_SECONDS, f"{program}, round {number}")
                    start()
        finally:
            self.over.set()
            for thread in threads:
                thread.join()
        self.assertGreater(self.served, ROUNDS, "too little happened between the stops to show anything")

    def test_a_reload_asked_for_in_the_last_moment_holds_up_nobody(self):
        for number in range(ROUNDS):
            for name in ("edge", "core"):
                program = getattr(self.sluis, name)
                for asked in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP, signal.SIGHUP):
                    program.process.send_signal(asked)
                self.assertEqual(program.stop(), 0, f"{name}, round {number}")
                getattr(self.sluis, f"start_{name}")()


if __name__ == "__main__":
    unittest.main()
