"""Consent withdrawn while the upload waits on the edge: nobody opens it, everybody is told, the log says why."""
import json
import unittest

import harness
from harness import wait_until
from mail_sink import raw_of

CASE = "SOC-2026-00912"
REASON = "Ingetrokken aan het loket"


class Withdrawal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Core looks at the edge once when it starts and then not for five minutes: the upload waits.
        cls.sluis = cls.enterClassContext(harness.Installation(pull_seconds=300))
        cls.handler = cls.sluis.staff("sofie")
        # The certificate needs no consent; its request was withdrawn all the same.
        cls.request = cls.sluis.open_request(cls.handler, CASE, items=["medical-report", "unfitness-certificate"])
        cls.uploader = cls.sluis.uploader(cls.request["link"])
        cls.plain = b"%PDF-1.7 wat niemand meer mag lezen: kanarie-ingetrokken-9911\n" * 40
        answer, cls.upload = cls.uploader.send(cls.plain, "ingetrokken-verslag.pdf")
        assert answer.status == 201, answer
        answer, cls.certificate = cls.uploader.send(cls.plain + b"attest", "ingetrokken-attest.pdf", item=cls.uploader.items[1])
        assert answer.status == 201, answer
        cls.waiting = cls.handler.get(f"/api/v1/dossiers/{cls.request['dossier']}")["documents"]
        cls.half = cls.uploader.create(100000).headers["location"].rsplit("/", 1)[-1]
        cls.handler.post(f"/api/v1/consents/{cls.request['consent']}/withdraw", {"reason": REASON})
        cls.closed = wait_until(lambda: (posting := cls.uploader.posting().json)["state"] == "withdrawn" and posting, "the posting to close")
        cls.sluis.core.stop()
        cls.sluis.pull_seconds = 1
        cls.sluis.start_core()
        cls.outcome = cls.sluis.outcome(cls.request["link"], cls.upload)
        cls.handler = cls.sluis.staff("sofie")

    def test_the_upload_was_waiting_when_the_consent_went(self):
        self.assertEqual([document for document in self.waiting if document["state"] == "filed"], [])

    def test_the_uploader_is_told(self):
        self.assertEqual(self.outcome["state"], "withdrawn")
        self.assertEqual(self.outcome["upload"], self.upload)
        self.assertIsNone(self.outcome["receipt"])
        self.assertTrue(self.outcome["reason"]["nl"])

    def test_what_needed_no_consent_is_stopped_with_its_request(self):
        outcome = self.sluis.outcome(self.request["link"], self.certificate)
        self.assertEqual((outcome["state"], outcome["receipt"]), ("withdrawn", None))

    def test_the_link_takes_nothing_more_and_the_unfinished_upload_is_gone(self):
        self.assertEqual(self.closed["state"], "withdrawn")
        refused = self.uploader.create(1000)
        self.assertEqual((refused.status, refused.json["type"]), (403, "urn:sluis:problem:forbidden"))
        self.assertIn(self.uploader.head(self.half).status, (403, 404, 410))

    def test_nothing_was_filed_and_nobody_can_read_it(self):
        for user in ("sofie", "dr.peeters"):
            documents = self.sluis.staff(user).get(f"/api/v1/dossiers/{self.request['dossier']}")["documents"]
            self.assertEqual([document for document in documents if document["state"] == "filed"], [])
            for document in documents:
                self.assertEqual(self.sluis.staff(user).request("GET", f"/api/v1/documents/{document['id']}/content").status, 404)

    def test_the_request_reads_as_closed_and_the_timeline_says_who(self):
        page = self.handler.get(f"/api/v1/dossiers/{self.request['dossier']}")
        self.assertEqual(page["requests"][0]["state"], "closed")
        by = {entry["act"]: entry["by"] for entry in page["timeline"]}
        self.assertEqual(by["consent.withdrawn"], "Sofie Canariemaes")
        self.assertEqual(by["document.refused"], "Dr. Els Wouters")

    def test_the_handler_is_told_in_the_inbox_and_by_mail_without_names(self):
        wait_until(lambda: [notice for notice in self.handler.get("/api/v1/inbox") if notice["caseNumber"] == CASE], "a notice")
        for mail in self.sluis.mail.wait_for("sofie.canary@stad.example", containing=CASE):
            for name in ("Janssens", "Wouters", "ingetrokken-verslag"):
                self.assertNotIn(name, raw_of(mail))

    def test_the_log_says_why_and_holds_no_filing(self):
        entries = [json.loads(row[0]) for database in harness.databases(self.sluis.core_folder / "state")
                   for row in harness.query(database, "SELECT leaf FROM log_entry ORDER BY seq")]
        acts = [entry["act"] for entry in entries]
        self.assertNotIn("document.filed", acts)
        self.assertTrue([act for act in acts if act.startswith("consent.with")], acts)
        about = [entry for entry in entries if entry.get("upload") == self.upload]
        self.assertTrue(about, acts)
        self.assertTrue(any("consent" in json.dumps(entry) or "withdrawn" in json.dumps(entry) for entry in about), about)

    def test_the_edge_no_longer_has_the_ciphertext(self):
        def gone():
            return self.uploader.get(f"/api/v1/uploads/{self.upload}").json["state"] == "taken"
        wait_until(gone, "the edge to let go")


if __name__ == "__main__":
    unittest.main()
