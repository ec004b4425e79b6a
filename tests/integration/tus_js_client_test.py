"""tus-js-client, the client of the protocol's makers, against the edge: its ways to upload, and in the end the seal, whose digest says that
the bytes are those of the file, and core's filing of it."""
import hashlib
import json
import os
import subprocess
import unittest

import harness
from link import age_encrypt

SCRIPT = harness.ROOT / "tests/integration/tus_js_client.mjs"
MIB = 1 << 20


class TusJsClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = harness.Installation().__enter__()
        cls.addClassCleanup(cls.sluis.__exit__)
        handler = cls.sluis.staff("karim")
        cls.request = cls.sluis.open_request(handler, "SV-2026-9700", **{**harness.SITE_REPORT, "items": ["photo"]})
        cls.uploader = cls.sluis.uploader(cls.request["link"])
        cls.plain = b"%PDF-1.7\n" + os.urandom(12 * MIB)
        cls.sealed = age_encrypt(cls.uploader.recipient, cls.plain)
        cls.file = cls.sluis.folder / "sealed.age"
        cls.file.write_bytes(cls.sealed)

    def client(self, **order):
        order = {"endpoint": f"{self.sluis.edge_url}/api/v1/uploads", "token": self.uploader.token, "file": str(self.file), "options": {}, **order}
        done = subprocess.run(["node", SCRIPT, json.dumps(order)], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "NODE_EXTRA_CA_CERTS": str(self.sluis.ca)})
        answer = json.loads(done.stdout) if done.stdout else {"error": done.stderr}
        self.assertNotIn("error", answer)
        return answer

    def assert_filed(self, answer):
        upload = answer["url"].rsplit("/", 1)[-1]
        head = self.uploader.head(upload)
        self.assertEqual((head.headers["upload-offset"], head.headers["upload-length"]), (str(len(self.sealed)),) * 2)
        body = self.uploader.seal_body(hashlib.sha256(self.sealed).digest(), self.plain, f"{upload}.pdf")
        self.assertEqual(self.uploader.seal(upload, body).status, 201)
        self.assertEqual(self.sluis.outcome(self.request["link"], upload)["state"], "filed")
        return head

    def test_a_file_in_one_piece(self):
        self.assert_filed(self.client())

    def test_a_file_in_chunks_that_is_paused_and_goes_on(self):
        answer = self.client(options={"chunkSize": MIB}, pauseAt=4 * MIB)
        self.assertGreaterEqual(answer["paused"], 4 * MIB)
        self.assert_filed(answer)

    def test_metadata_in_any_script_comes_back(self):
        answer = self.client(options={"metadata": {"nonlatin": "słońce", "number": "100", "filename": "hello.txt"}})
        head = self.assert_filed(answer)
        self.assertEqual(head.headers["upload-metadata"], "nonlatin c8WCb8WEY2U=,number MTAw,filename aGVsbG8udHh0")

    def test_bytes_with_the_creation(self):
        self.assert_filed(self.client(options={"uploadDataDuringCreation": True, "chunkSize": 5 * MIB}))

    def test_a_stream_whose_length_is_said_at_the_end(self):
        self.assert_filed(self.client(stream=True, options={"uploadLengthDeferred": True, "chunkSize": 3 * MIB}))

    def test_the_protocol_of_the_ietf_as_it_was_built_in(self):
        self.assert_filed(self.client(options={"protocol": "ietf-draft-05", "chunkSize": 5 * MIB}))

    def test_an_upload_that_is_taken_back_is_gone(self):
        answer = self.client(terminate=True)
        self.assertEqual(self.uploader.head(answer["url"].rsplit("/", 1)[-1]).status, 410)


if __name__ == "__main__":
    unittest.main()
