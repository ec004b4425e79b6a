"""A disk that fails under edge and core: nothing is acknowledged that is not kept, nothing acknowledged is lost, and when the disk is well
again everything goes on by itself."""
import contextlib
import errno
import hashlib
import pathlib
import tempfile
import time
import unittest

import harness
from harness import wait_until
from link import age_encrypt

PLAIN = b"%PDF-1.7\n" + bytes(range(256)) * 12_000  # 3 MB: several commits at the edge


class Disk:
    """What `failing_disk.cpp` reads before each write and sync."""

    def __init__(self, folder):
        self.order = pathlib.Path(folder) / "order"
        self.environment = {"LD_PRELOAD": str(harness.BUILD / "lib/failing_disk.so"), "SLUIS_DISK": str(self.order),
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}

    @contextlib.contextmanager
    def failing(self, what, code, path):
        made = self.order.with_suffix(".new")
        made.write_text(f"{what} {code} {path}")
        made.rename(self.order)
        try:
            yield
        finally:
            self.order.unlink()


class FailingDisk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.disk = Disk(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.sluis = cls.enterClassContext(harness.Installation(environment=cls.disk.environment))
        cls.handler = cls.sluis.staff("karim")
        cls.requests = 0

    def setUp(self):
        type(self).requests += 1
        self.request = self.sluis.open_request(self.handler, f"SV-2026-{self.requests:05}", **harness.SITE_REPORT)
        self.uploader = self.sluis.uploader(self.request["link"])
        self.sealed = age_encrypt(self.uploader.recipient, PLAIN)
        # One piece of the edge's is left: it has read all of the body when it says no, and no client misses the answer.
        self.most = len(self.sealed) - 200_000

    def created(self):
        answer = self.uploader.create(len(self.sealed))
        self.assertEqual(answer.status, 201, answer)
        return answer.headers["location"].rsplit("/", 1)[-1]

    def offset(self, upload):
        return int(self.uploader.head(upload).headers["upload-offset"])

    def order(self, upload):
        return self.uploader.seal_body(hashlib.sha256(self.sealed).digest(), PLAIN, f"{upload}.pdf")

    def seal(self, upload):
        return self.uploader.seal(upload, self.order(upload))

    def assert_refused(self, answer, status, kind):
        self.assertEqual((answer.status, answer.headers["content-type"].split(";")[0]), (status, "application/problem+json"), answer)
        self.assertEqual(answer.json["type"], f"urn:sluis:problem:{kind}")

    def assert_filed_as_it_was(self, upload):
        self.assertEqual(self.sluis.outcome(self.request["link"], upload)["state"], "filed")
        filed = [one for one in self.handler.get(f"/api/v1/dossiers/{self.request['dossier']}")["documents"] if one["state"] == "filed"]
        self.assertEqual(len(filed), 1)
        body = self.handler.call("GET", f"/api/v1/documents/{filed[0]['id']}/content").body
        self.assertEqual(hashlib.sha256(body).digest(), hashlib.sha256(PLAIN).digest())
        for zone, act in ((self.sluis.edge_folder, "upload.sealed"), (self.sluis.core_folder, "document.filed")):
            leaves = [leaf for database in harness.databases(zone / "state")
                      for (leaf,) in harness.query(database, "SELECT CAST(leaf AS TEXT) FROM log_entry")
                      if f'"{act}"' in leaf and upload in leaf]
            self.assertEqual(len(leaves), 1, act)

    # The edge.

    def test_bytes_that_cannot_be_synced_are_not_acknowledged(self):
        upload = self.created()
        self.assertEqual(self.uploader.patch(upload, 0, self.sealed[:self.most]).status, 204)
        with self.disk.failing("sync", errno.EIO, "/edge/state/vault/"):
            self.assert_refused(self.uploader.patch(upload, self.most, self.sealed[self.most:]), 503, "unavailable")
            self.assertEqual(self.offset(upload), self.most)
        self.assertEqual(self.uploader.patch(upload, self.most, self.sealed[self.most:]).status, 204)
        self.assertEqual(self.seal(upload).status, 201)
        self.assert_filed_as_it_was(upload)

    def test_a_full_disk_keeps_what_was_acknowledged(self):
        upload = self.created()
        self.assertEqual(self.uploader.patch(upload, 0, self.sealed[:self.most]).status, 204)
        with self.disk.failing("write", errno.ENOSPC, "/edge/state/vault/"):
            self.assert_refused(self.uploader.patch(upload, self.most, self.sealed[self.most:]), 507, "no-space")
            self.assertEqual(self.offset(upload), self.most)
        self.assertEqual(self.uploader.patch(upload, self.most, self.sealed[self.most:]).status, 204)
        self.assertEqual(self.seal(upload).status, 201)
        self.assert_filed_as_it_was(upload)

    def test_a_row_that_cannot_be_written_acknowledges_nothing(self):
        upload = self.created()
        for what, code, status, kind in (("sync", errno.EIO, 503, "unavailable"), ("write", errno.ENOSPC, 507, "no-space")):
            with self.subTest(what=what), self.disk.failing(what, code, "/edge/state/edge.db"):
                self.assert_refused(self.uploader.patch(upload, 0, self.sealed), status, kind)
        self.assertEqual(self.offset(upload), 0)
        self.assertEqual(self.uploader.patch(upload, 0, self.sealed).status, 204)
        for what, code, status, kind in (("sync", errno.EIO, 503, "unavailable"), ("write", errno.ENOSPC, 507, "no-space")):
            with self.subTest(what=what), self.disk.failing(what, code, "/edge/state/edge.db"):
                self.assert_refused(self.seal(upload), status, kind)
                self.assertEqual(self.uploader.get(f"/api/v1/uploads/{upload}").json["state"], "receiving")
        order = self.order(upload)
        first, again = self.uploader.seal(upload, order), self.uploader.seal(upload, order)
        self.assertEqual((first.status, again.status), (201, 200))
        self.assert_filed_as_it_was(upload)

    def test_a_creation_that_fails_leaves_nothing(self):
        vault = self.sluis.edge_folder / "state/vault"
        before = {file.name for file in vault.rglob("*") if file.is_file()}
        for what, path in (("sync", "/edge/state/vault/"), ("sync", "/edge/state/edge.db")):
            with self.subTest(path=path), self.disk.failing(what, errno.EIO, path):
                self.assert_refused(self.uploader.create(len(self.sealed)), 503, "unavailable")
        self.assertEqual(self.uploader.posting().json["uploads"], [])
        left = {file.name for file in vault.rglob("*") if file.is_file()} - before
        self.sluis.edge.stop()
        self.uploader.close()
        self.sluis.start_edge()  # a file that could not be removed goes now
        self.assertLessEqual(len(left), 2)
        self.assertEqual([name for name in left if list(vault.rglob(name))], [])
        self.assertEqual(self.uploader.create(len(self.sealed)).status, 201)

    def test_a_kill_while_the_disk_fails_loses_nothing_acknowledged(self):
        upload = self.created()
        self.assertEqual(self.uploader.patch(upload, 0, self.sealed).status, 204)
        with self.disk.failing("sync", errno.EIO, "/edge/state/edge.db"):
            order = self.order(upload)
            self.assert_refused(self.uploader.seal(upload, order), 503, "unavailable")
            self.sluis.edge.kill()
        self.uploader.close()
        self.sluis.start_edge()
        self.assertEqual(self.offset(upload), len(self.sealed))
        self.assertIn(self.uploader.seal(upload, order).status, (200, 201))
        self.assert_filed_as_it_was(upload)

    def in_vault(self, upload):
        return self.sluis.edge_folder / "state/vault" / upload[:2] / upload

    def test_at_its_start_the_edge_puts_files_and_rows_in_step(self):
        whole, short, missing = self.created(), self.created(), self.created()
        for upload in (whole, short, missing):
            self.assertEqual(self.uploader.patch(upload, 0, self.sealed).status, 204)
        self.sluis.edge.kill()
        self.uploader.close()
        with self.in_vault(short).open("r+b") as file:
            file.truncate(self.most)
        self.in_vault(missing).unlink()
        started, forgotten = self.in_vault("ab" * 16), self.in_vault("cd" * 16)
        for file in (started, forgotten):
            file.parent.mkdir(exist_ok=True)
        started.write_bytes(b"")  # a creation that was cut short
        forgotten.write_bytes(b"the database was put back from a copy that is older than this")
        with self.in_vault(whole).open("ab") as file:
            file.write(b"written, and never acknowledged")
        self.sluis.start_edge()
        self.assertFalse(started.exists())
        self.assertTrue(forgotten.exists())
        self.assertFalse(self.in_vault(short).exists())
        self.assertEqual([self.uploader.head(upload).status for upload in (short, missing)], [410, 410])
        self.assertEqual(self.offset(whole), len(self.sealed))
        reasons = [leaf for (leaf,) in harness.query(self.sluis.edge_folder / "state/edge.db", "SELECT CAST(leaf AS TEXT) FROM log_entry")
                   if '"reason":"lost"' in leaf and (short in leaf or missing in leaf)]
        self.assertEqual(len(reasons), 2)

    def test_a_sealed_file_that_the_disk_lost_is_asked_for_again(self):
        self.sluis.core.stop()
        for lost in (lambda file: file.unlink(), lambda file: file.write_bytes(file.read_bytes()[:self.most])):
            answer, upload = self.uploader.send(PLAIN, "verslag.pdf", ciphertext=self.sealed)
            self.assertEqual(answer.status, 201, answer)
            lost(self.in_vault(upload))
            self.sluis.start_core()
            outcome = self.sluis.outcome(self.request["link"], upload)
            self.assertEqual((outcome["state"], outcome["code"]), ("redo", "damaged"))
            self.sluis.core.stop()
        self.sluis.start_core()
        type(self).handler = self.sluis.staff("karim")

    # Core.

    def files_when_the_disk_is_well(self, what, code, path):
        with self.disk.failing(what, code, path):
            answer, upload = self.uploader.send(PLAIN, "verslag.pdf", ciphertext=self.sealed)
            self.assertEqual(answer.status, 201, answer)
            log = self.sluis.logs / "core.log"
            seen = log.stat().st_size
            wait_until(lambda: b".delayed" in log.read_bytes()[seen:] or b"unread" in log.read_bytes()[seen:], "core to meet the fault")
            time.sleep(1)
            self.assertIsNone(self.uploader.get(f"/api/v1/uploads/{upload}").json["outcome"])
        self.assert_filed_as_it_was(upload)

    def test_a_case_store_that_cannot_sync_files_later(self):
        self.files_when_the_disk_is_well("sync", errno.EIO, "/core/state/cases/")

    def test_a_full_case_store_files_later(self):
        self.files_when_the_disk_is_well("write", errno.ENOSPC, "/core/state/cases/")

    def test_a_database_that_cannot_sync_files_later(self):
        self.files_when_the_disk_is_well("sync", errno.EIO, "/core/state/core.db")

    def test_a_full_database_files_later(self):
        self.files_when_the_disk_is_well("write", errno.ENOSPC, "/core/state/core.db")


if __name__ == "__main__":
    unittest.main()
