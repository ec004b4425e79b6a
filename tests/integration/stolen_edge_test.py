"""The edge is stolen with everything on it, after the whole story and in the middle of one. Canaries from documents, file names, people,
mail addresses and every private key are looked for in all its bytes, in the usual encodings: none may be there."""
import base64
import sys
import unittest

import harness
import pki
from harness import wait_until
from link import age_encrypt
from search import bech32_bytes, forms, hits, memory_of, search

sys.path.insert(0, str(harness.ROOT / "tests" / "documents"))
import make  # noqa: E402

CASE = "SOC-2026-00930"
SUBJECT = "Wilhelmina Kanariesdochter"
PROVIDER = "Dr. Canarina Zangvogel"
MESSAGE = "Graag uw kanarieverslag voor eind december."
FILE_NAME = "Kanarieverslag Zangvogel 1971.pdf"
NOTE = b"%PDF-1.7\n% kanarie-in-klare-tekst-4d9b2e met lange regels " + b"en nog meer " * 20000


class StolenEdge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        handler = cls.sluis.staff("sofie")
        cls.request = cls.sluis.open_request(handler, CASE, subject=SUBJECT, name=PROVIDER, mail="canarina.zangvogel@praktijk.example",
                                             message=MESSAGE, items=["medical-report", "specialist-letter"])
        cls.uploader = cls.sluis.uploader(cls.request["link"])
        report = cls.sluis.folder / FILE_NAME
        report.write_bytes(make.documents()["Medisch verslag.pdf"].read_bytes())
        cls.sent = cls.sluis.send(cls.request["link"], report, item=cls.uploader.items[0])
        cls.plain_answer, cls.plain_upload = cls.uploader.send(NOTE, FILE_NAME)
        for upload in (cls.sent[0]["upload"], cls.plain_upload):
            assert cls.sluis.outcome(cls.request["link"], upload)["state"] == "filed"
        # A second one stays where it is: sealed, waiting for core, which is stopped; and a third half sent.
        cls.sluis.core.stop()
        cls.waiting, _ = cls.uploader.send(NOTE, FILE_NAME, item=cls.uploader.items[1])
        assert cls.waiting.status == 201, cls.waiting
        half = cls.uploader.create(200000, item=cls.uploader.items[1]).headers["location"].rsplit("/", 1)[-1]
        assert cls.uploader.patch(half, 0, age_encrypt(cls.uploader.recipient, NOTE)[:120000]).status == 204
        cls.secrets = cls.everything_secret()

    @classmethod
    def everything_secret(cls):
        core = cls.sluis.core_folder
        identity = next(line for line in (core / "kek.age").read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
        signer = (core / "log.skey").read_text().strip()
        secrets = {
            "document text": "kanarie-in-klare-tekst-4d9b2e", "file name": FILE_NAME, "file stem": "Kanarieverslag Zangvogel",
            "subject": SUBJECT, "subject's last name": "Kanariesdochter", "party": PROVIDER, "party's last name": "Zangvogel",
            "party's mail": "canarina.zangvogel@praktijk.example", "handler": "Sofie Canariemaes",
            "handler's mail": "sofie.canary@stad.example", "message": MESSAGE, "case number": CASE, "password": harness.PASSWORD,
            "link secret": cls.uploader.secret, "link": cls.request["link"].split(".")[-1], "manifest key": cls.uploader.manifest_key,
            "key-encryption identity": identity, "its bytes": bech32_bytes(identity),
            "core's log key": signer, "its seed": base64.b64decode(signer.split("+", 4)[4])[1:],
            "console's key": pki.private_bytes(core / "console.key"), "core's client key": pki.private_bytes(core / "link.key"),
        }
        secrets.update({f"canary {number}": text for number, text in enumerate(make.CANARIES)})
        return secrets

    def test_nothing_readable_lies_on_the_edge(self):
        self.assertTrue(any((self.sluis.edge_folder / "state").rglob("*")))
        self.assertEqual(search(self.sluis.edge_folder, self.secrets), {})

    def test_nothing_readable_stands_in_its_log(self):
        self.assertEqual(hits((self.sluis.logs / "edge.log").read_bytes(), self.secrets), [])

    def test_nothing_readable_is_in_its_memory(self):
        # Its own request buffers hold what came over the wire: the access token and ciphertext, neither of them in the list.
        pages = b"\0".join(memory_of(self.sluis.edge.process.pid))
        self.assertIn(b"sluis.example/edge", pages, "the name of its log, which it holds: the search does see its memory")
        self.assertEqual(hits(pages, self.secrets), [])

    def database_bytes(self):
        return b"".join(file.read_bytes() for file in (self.sluis.edge_folder / "state").rglob("*") if file.is_file())

    def test_the_edge_does_hold_the_waiting_ciphertext(self):
        """So the drill looked at a full edge, not at an empty one."""
        self.assertIn(b"age-encryption.org/v1\n-> X25519 ", self.database_bytes())

    def test_the_same_search_finds_every_secret_in_every_form_when_it_is_there(self):
        planted = self.sluis.folder / "planted"
        planted.mkdir()
        for number, (name, secret) in enumerate(self.secrets.items()):
            raw = secret.encode() if isinstance(secret, str) else secret
            for shift in range(3):
                (planted / f"{number}-{shift}").write_bytes(base64.b64encode(b"\1" * shift + raw + b"\2" * (3 - shift)))
                self.assertTrue(search(planted, {name: secret}), f"{name} in base64, shifted by {shift}")
                (planted / f"{number}-{shift}").unlink()
            for how, text in forms(secret).items():
                self.assertIn(f"{name} as {how}", hits(b"before" + text + b"after", {name: secret}))

    def test_the_same_search_finds_keys_in_cores_folder_and_the_names_where_they_belong(self):
        found = " ".join(word for words in search(self.sluis.core_folder, self.secrets).values() for word in words)
        for name in ("key-encryption identity", "core's log key"):
            self.assertIn(name, found)
        mails = " ".join(word for words in search(self.sluis.mail.folder, self.secrets).values() for word in words)
        self.assertIn("party's mail", mails)

    def test_what_waited_is_filed_when_core_comes_back(self):
        self.sluis.start_core()
        upload = self.waiting.json["upload"]
        self.assertEqual(self.sluis.outcome(self.request["link"], upload)["state"], "filed")
        wait_until(lambda: self.uploader.get(f"/api/v1/uploads/{upload}").json["state"] == "taken", "the edge to let go")


if __name__ == "__main__":
    unittest.main()
