"""What one link, or many strangers, can make the edge hold: and that nobody is kept out by his own interrupted tries."""
import http.client
import pathlib
import resource
import tempfile
import time
import unittest

import harness
from console import tls

DEBIAN_SOFT_LIMIT = 1024


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (DEBIAN_SOFT_LIMIT // 4, hard))  # a small machine: what the programs inherit
        try:
            cls.sluis = cls.enterClassContext(harness.Installation())
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
        cls.handler = cls.sluis.staff("sofie")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sluis-test-")))
        self.asked = self.sluis.open_request(self.handler, f"LIM-{time.time_ns()}")
        self.uploader = self.sluis.uploader(self.asked["link"])

    def file(self, name, content=b"%PDF-1.4 a report"):
        file = self.folder / name
        file.write_bytes(content)
        return file

    def test_more_connections_than_the_descriptors_it_was_started_with(self):
        context, open_ones = tls(self.sluis.ca), []
        try:
            for number in range(DEBIAN_SOFT_LIMIT // 2):
                source = (f"127.0.1.{number // 32 + 1}", 0)
                connection = http.client.HTTPSConnection("localhost", self.uploader.port, context=context, timeout=20, source_address=source)
                connection.request("GET", "/healthz")
                answer = connection.getresponse()
                self.assertEqual(answer.status, 200, f"connection {number}")
                answer.read()
                open_ones.append(connection)
            # With all of them there, files can still be opened.
            answer, _ = self.uploader.send(b"%PDF-1.4 in the crowd", "druk.pdf")
            self.assertEqual(answer.status, 201)
        finally:
            for connection in open_ones:
                connection.close()

    def test_interrupted_tries_give_way(self):
        shown = self.uploader.posting().json
        most = min(shown["limits"]["openUploadsMax"], shown["items"][0]["filesMax"])
        left = [self.uploader.create(1000) for _ in range(most)]
        self.assertEqual({answer.status for answer in left}, {201})
        self.assertEqual(self.uploader.create(1000).status, 403)
        self.sluis.edge.kill()
        self.uploader.close()
        # Nothing came for half a minute: an age of it is made here, not waited for.
        harness.execute(self.sluis.edge_folder / "state/edge.db", "UPDATE upload SET touched_at = touched_at - 30000000")
        self.sluis.start_edge()
        sent = self.sluis.send(self.asked["link"], self.file("verslag.pdf"))
        self.assertEqual(len(sent), 1)

    def test_core_taking_files_makes_no_room_for_more(self):
        shown = self.uploader.posting().json
        most = shown["items"][0]["filesMax"]
        uploads = [self.uploader.send(b"%PDF-1.4 page " + str(number).encode(), f"{number}.pdf")[1] for number in range(most)]
        for upload in uploads:
            self.assertEqual(self.sluis.outcome(self.asked["link"], upload)["state"], "filed")
        harness.wait_until(lambda: {one["state"] for one in self.uploader.posting().json["uploads"]} == {"taken"}, "core has them all")
        self.assertEqual(self.uploader.create(1000).status, 403)

    def test_a_receipt_is_never_written_over_another_file(self):
        document = self.file("verslag.pdf")
        precious = self.file("precious", b"not a receipt")
        (self.folder / "verslag.pdf.tlog-proof").symlink_to(precious)
        [sent] = self.sluis.send(self.asked["link"], document)
        self.assertEqual(sent["receipt"], str(self.folder / "verslag.pdf.2.tlog-proof"))
        self.assertEqual(precious.read_bytes(), b"not a receipt")
        self.assertEqual(self.sluis.verify_receipt(sent["receipt"], "edge").returncode, 0)

    def test_no_place_for_the_receipt_means_nothing_is_sent(self):
        document = self.file("verslag.pdf")
        for number in range(1, 1001):
            (self.folder / f"verslag.pdf{'' if number == 1 else f'.{number}'}.tlog-proof").touch()
        done = self.sluis.sluis("send", "--credential", self.asked["link"], "--ca", self.sluis.ca, document, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing was sent", done.stderr)
        self.assertEqual(self.uploader.posting().json["uploads"], [])

    def test_a_full_disk_is_told_as_one(self):
        self.sluis.edge.kill()
        self.uploader.close()
        self.sluis.disk_reserve = 1 << 50  # more than there is
        self.sluis.start_edge()
        try:
            done = self.sluis.sluis("send", "--credential", self.asked["link"], "--ca", self.sluis.ca, self.file("a.pdf"), check=False)
        finally:
            self.sluis.edge.kill()
            self.sluis.disk_reserve = harness.DISK_RESERVE
            self.sluis.start_edge()
        self.assertEqual(done.returncode, 1)
        self.assertIn("507", done.stderr)
        self.assertNotIn("reached", done.stderr)


if __name__ == "__main__":
    unittest.main()
