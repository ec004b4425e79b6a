"""The main job on real documents: a doctor's report travels from the link through the blind edge into the case store, and comes out
the same; everybody who must know is told, and what they hold as proof verifies."""
import hashlib
import json
import pathlib
import sys
import unittest

import harness
from harness import wait_until
from mail_sink import raw_of, text_of

sys.path.insert(0, str(harness.ROOT / "tests" / "documents"))
import make  # noqa: E402

CASE = "SOC-2026-00911"
SUBJECT = "Maria Canarie-Janssens"


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.folder = cls.sluis.folder / "doctor"
        cls.folder.mkdir()
        cls.files, cls.office = [], []
        for name, path in make.documents().items():
            copy = cls.folder / name
            copy.write_bytes(path.read_bytes())
            (cls.office if copy.suffix in (".odt", ".docx") else cls.files).append(copy)
        cls.handler = cls.sluis.staff("sofie")
        cls.request = cls.sluis.open_request(cls.handler, CASE, subject=SUBJECT)
        cls.sluis.shown(cls.request["link"])
        cls.sent = cls.sluis.send(cls.request["link"], *cls.files)
        cls.outcomes = [cls.sluis.outcome(cls.request["link"], sent["upload"]) for sent in cls.sent]

    def dossier(self):
        return self.handler.get(f"/api/v1/dossiers/{self.request['dossier']}")

    def test_the_invitation_names_the_case_by_its_number_only(self):
        mail = self.sluis.mail.to(self.request["mail"])[0]
        words = raw_of(mail)
        self.assertIn(CASE, words)
        self.assertNotIn(SUBJECT, words)
        self.assertNotIn("Janssens", words)

    def test_every_file_gets_an_acceptance_receipt_that_verifies_offline(self):
        for file, sent in zip(self.files, self.sent, strict=True):
            with self.subTest(file.name):
                receipt = pathlib.Path(sent["receipt"])
                self.assertTrue(receipt.is_file())
                done = self.sluis.verify_receipt(receipt, "edge")
                self.assertEqual(done.returncode, 0, done.stderr)
                leaf = harness.receipt_leaf(receipt.read_text())
                self.assertEqual((leaf["act"], leaf["upload"], leaf["grant"]), ("upload.sealed", sent["upload"], self.request["grant"]))
                self.assertNotIn(file.stem, receipt.read_text())

    def test_an_altered_receipt_and_a_wrong_key_are_refused_with_exit_code_1(self):
        text = pathlib.Path(self.sent[0]["receipt"]).read_text()
        good = self.folder / "good.tlog-proof"
        good.write_text(text)
        self.assertEqual(self.sluis.verify_receipt(good, "core").returncode, 1, "the key of another log")
        lines = text.splitlines(keepends=True)
        index = next(number for number, line in enumerate(lines) if line.startswith("index "))
        lines[index] = f"index {int(lines[index].split()[1]) + 1}\n"
        bad = self.folder / "bad.tlog-proof"
        bad.write_text("".join(lines))
        self.assertEqual(self.sluis.verify_receipt(bad, "edge").returncode, 1)

    def test_every_outcome_says_filed_and_its_receipt_verifies_with_cores_key(self):
        for sent, outcome in zip(self.sent, self.outcomes, strict=True):
            self.assertEqual((outcome["state"], outcome["upload"]), ("filed", sent["upload"]))
            receipt = self.folder / f"{sent['upload']}.filed.tlog-proof"
            receipt.write_text(outcome["receipt"])
            done = self.sluis.verify_receipt(receipt, "core")
            self.assertEqual(done.returncode, 0, done.stderr)
            leaf = harness.receipt_leaf(outcome["receipt"])
            accepted = harness.receipt_leaf(pathlib.Path(sent["receipt"]).read_text())
            self.assertEqual((leaf["act"], leaf["upload"], leaf["sha256"]), ("document.filed", sent["upload"], accepted["sha256"]))
            self.assertEqual(leaf["edgeIndex"], accepted["seq"])
            self.assertEqual(leaf["consent"], self.request["consent"])

    def test_the_advising_doctor_downloads_every_document_byte_for_byte(self):
        doctor = self.sluis.staff("dr.peeters")
        listed = doctor.get(f"/api/v1/dossiers/{self.request['dossier']}")["documents"]
        self.assertEqual(sorted(document["name"] for document in listed), sorted(file.name for file in self.files))
        by_name = {file.name: file for file in self.files}
        for document in listed:
            with self.subTest(document["name"]):
                self.assertEqual(document["state"], "filed")
                answer = doctor.call("GET", f"/api/v1/documents/{document['id']}/content")
                self.assertEqual(hashlib.sha256(answer.body).digest(), hashlib.sha256(by_name[document["name"]].read_bytes()).digest())
                self.assertTrue(answer.headers["content-disposition"].startswith("attachment"))
                self.assertEqual(answer.headers.get("x-content-type-options"), "nosniff")

    def test_a_contractor_hands_in_office_documents_without_consent_and_the_handler_reads_them(self):
        karim = self.sluis.staff("karim")
        request = self.sluis.open_request(karim, "SV-2026-00911", **harness.SITE_REPORT)
        self.sluis.shown(request["link"])
        for sent in self.sluis.send(request["link"], *self.office):
            self.assertEqual(self.sluis.outcome(request["link"], sent["upload"])["state"], "filed")
        listed = karim.get(f"/api/v1/dossiers/{request['dossier']}")["documents"]
        self.assertEqual(len(listed), len(self.office))
        contents = {document["name"]: karim.call("GET", f"/api/v1/documents/{document['id']}/content").body for document in listed}
        self.assertEqual(contents, {file.name: file.read_bytes() for file in self.office})
        self.assertEqual(self.handler.request("GET", f"/api/v1/dossiers/{request['dossier']}").status, 404, "another handler's dossier")

    def test_the_handler_sees_that_documents_came_but_not_their_names_nor_their_content(self):
        listed = self.dossier()["documents"]
        self.assertEqual(len(listed), len(self.files))
        for document in listed:
            self.assertEqual((document["state"], document["name"], document["mayRead"]), ("filed", None, False))
            answer = self.handler.request("GET", f"/api/v1/documents/{document['id']}/content")
            self.assertEqual(answer.status, 404)

    def test_the_handlers_mail_holds_the_case_number_and_no_names(self):
        mails = self.sluis.mail.wait_for("sofie.canary@stad.example", containing=CASE)
        for mail in mails:
            words = raw_of(mail)
            for name in (SUBJECT, "Janssens", "Wouters", *[file.name for file in self.files], *[file.stem for file in self.files]):
                self.assertNotIn(name, words)
            self.assertIn(self.sluis.console_url if self.sluis.console_url in text_of(mail) else CASE, words)

    def test_the_handlers_inbox_says_so_and_can_be_ticked_off(self):
        notices = wait_until(lambda: [notice for notice in self.handler.get("/api/v1/inbox") if notice["caseNumber"] == CASE and
                                      not notice["done"]], "a notice")
        self.handler.post(f"/api/v1/inbox/{notices[0]['id']}/done", {})
        self.assertTrue(all(notice["done"] for notice in self.handler.get("/api/v1/inbox") if notice["id"] == notices[0]["id"]))

    def test_the_request_counts_what_it_received(self):
        request = self.dossier()["requests"][0]
        self.assertEqual(request["items"][0]["received"], len(self.files))
        self.assertIn(request["state"], ("complete", "closed"))

    def test_once_filed_the_edge_keeps_no_ciphertext(self):
        uploader = self.sluis.uploader(self.request["link"])
        def taken():
            uploads = uploader.posting().json["uploads"]
            return len(uploads) == len(self.files) and all(upload["state"] == "taken" for upload in uploads)
        wait_until(taken, "the edge to let go")
        kept = sum(file.stat().st_size for file in (self.sluis.edge_folder / "state").rglob("*") if file.is_file())
        self.assertLess(kept, sum(file.stat().st_size for file in self.files) / 2)

    def test_logs_hold_events_and_no_names(self):
        for log in (self.sluis.logs / "edge.log", self.sluis.logs / "core.log"):
            text = log.read_text()
            for line in text.splitlines():
                json.loads(line)
            for name in (SUBJECT, "Janssens", "Wouters", "praktijk.example", "stad.example", *[file.name for file in self.files]):
                self.assertNotIn(name, text)


if __name__ == "__main__":
    unittest.main()
