"""The whole story in a real browser on real documents: asked on the console, mailed, handed in on the link, filed, read, and proved."""
import json
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "integration"), str(ROOT / "tests" / "documents")]
import harness  # noqa: E402
import make  # noqa: E402
import pki  # noqa: E402
from mail_sink import raw_of  # noqa: E402

CASE = "SOC-2026-00950"
SUBJECT = "Maria Canarie-Janssens"
PARTY = {"name": "Dr. Els Wouters", "mail": "els.wouters@praktijk.example"}
ACT_SECONDS = 240


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.saved = cls.sluis.folder / "saved"
        cls.saved.mkdir()
        case_type = json.loads((cls.sluis.core_folder / "policies/medical-unfitness.json").read_text())
        role = next(party for party in case_type["parties"] if party["id"] == "treating-provider")
        document = next(document for document in case_type["documents"] if document["id"] == "medical-report")
        cls.files = [path for path in make.documents().values() if path.suffix in (".pdf", ".jpg", ".png")]
        cls.settings = {
            "console_url": cls.sluis.console_url, "screenshots": str(ROOT / "build/screenshots"), "saved": str(cls.saved),
            "pins": [pki.spki_pin(cls.sluis.edge_folder / "public.pem"), pki.spki_pin(cls.sluis.core_folder / "console.pem")],
            "handler": {"user": "sofie", "password": harness.PASSWORD}, "doctor": {"user": "dr.peeters", "password": harness.PASSWORD},
            "dossier": {"case_type": case_type["title"]["nl"], "number": CASE, "subject": SUBJECT, "doctor": "dr.peeters"},
            "party": {**PARTY, "role": role["title"]["nl"]}, "document": document["title"]["nl"],
            "message": "Graag uw verslag over de arbeidsgeschiktheid.", "files": [str(path) for path in cls.files],
        }
        cls.asked = cls.play("ask")
        cls.invitation = cls.sluis.mail.wait_for(PARTY["mail"])[0]
        cls.settings["link"] = cls.sluis.link_of(cls.invitation)
        cls.sluis.shown(cls.settings["link"])
        cls.handed_in = cls.play("hand_in")
        cls.read = cls.play("read")
        cls.withdrawn = cls.play("withdraw")

    @classmethod
    def play(cls, act):
        file = cls.sluis.folder / "settings.json"
        file.write_text(json.dumps(cls.settings))
        done = subprocess.run(["node", ROOT / "tests/browser/story.mjs", act, file], capture_output=True, text=True, timeout=ACT_SECONDS)
        if done.returncode:
            raise AssertionError(f"act {act}: {done.stdout[-2000:]}{done.stderr[-6000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def test_no_page_broke_its_policy_wrote_an_error_or_had_to_be_scrolled_sideways(self):
        for act in (self.asked, self.handed_in, self.read, self.withdrawn):
            self.assertEqual(act["complaints"], [])

    def test_the_invitation_holds_the_case_number_and_no_name_of_the_person_concerned(self):
        words = raw_of(self.invitation)
        self.assertIn(CASE, words)
        self.assertNotIn("Janssens", words)

    def test_the_page_says_who_asks_what_and_about_which_case_but_not_about_whom(self):
        for words in (CASE, "Sofie Canariemaes", self.settings["document"], self.settings["message"], PARTY["name"]):
            self.assertIn(words, self.handed_in["request"])
        self.assertNotIn("Janssens", self.handed_in["request"])

    def test_every_acceptance_receipt_from_the_page_verifies(self):
        self.check_receipts(self.handed_in["accepted"], "edge", "upload.sealed")

    def test_every_filing_receipt_from_the_page_verifies_with_its_inclusion_proof(self):
        self.check_receipts(self.handed_in["filed"], "core", "document.filed")

    def check_receipts(self, receipts, log, act):
        self.assertEqual(set(receipts), {path.name for path in self.files})
        uploads = set()
        for name, file in receipts.items():
            with self.subTest(name):
                done = self.sluis.verify_receipt(file, log)
                self.assertEqual(done.returncode, 0, done.stderr)
                leaf = harness.receipt_leaf(pathlib.Path(file).read_text())
                self.assertEqual(leaf["act"], act)
                uploads.add(leaf["upload"])
        self.assertEqual(len(uploads), len(self.files))

    def test_the_page_recomputed_the_receipts_and_shows_the_state_later_on_another_computer(self):
        self.assertEqual(self.handed_in["recomputed"], len(self.files))
        self.assertEqual(self.handed_in["later"], len(self.files))

    def test_the_advising_doctor_reads_every_document_byte_for_byte(self):
        for path in self.files:
            with self.subTest(path.name):
                self.assertEqual(pathlib.Path(self.read["documents"][path.name]).read_bytes(), path.read_bytes())

    def test_the_handler_sees_that_they_came_and_neither_names_nor_content(self):
        self.assertEqual(self.read["handler_downloads"], 0)
        for path in self.files:
            self.assertNotIn(path.name, self.read["handler"])

    def test_the_page_that_was_left_open_says_by_itself_that_the_consent_is_withdrawn(self):
        self.assertIn("ingetrokken", self.withdrawn["uploader"])
        documents = self.sluis.staff("dr.peeters").get("/api/v1/dossiers")
        self.assertEqual([one["consent"] for one in documents if one["caseNumber"] == CASE], ["withdrawn"])

    def test_the_handler_was_mailed_the_case_number_only(self):
        for mail in self.sluis.mail.wait_for("sofie.canary@stad.example", containing=CASE):
            for name in ("Janssens", "Wouters", *[path.stem for path in self.files]):
                self.assertNotIn(name, raw_of(mail))


if __name__ == "__main__":
    unittest.main()
