"""The edge is stolen with everything on it, after the whole story and in the middle of one. Canaries from documents, file names, people,
mail addresses and every private key are looked for in all its bytes, in the usual encodings: none may be there."""
import base64
import pathlib
import sys
import unittest
import urllib.parse

import harness
import pki
from harness import wait_until
from link import age_encrypt

sys.path.insert(0, str(harness.ROOT / "tests" / "documents"))
import make  # noqa: E402

CASE = "SOC-2026-00930"
SUBJECT = "Wilhelmina Kanariesdochter"
PROVIDER = "Dr. Canarina Zangvogel"
MESSAGE = "Graag uw kanarieverslag voor eind december."
FILE_NAME = "Kanarieverslag Zangvogel 1971.pdf"
NOTE = b"%PDF-1.7\n% kanarie-in-klare-tekst-4d9b2e met lange regels " + b"en nog meer " * 20000


def forms(secret):
    """{what: bytes} of one text or key, as it could lie about: raw, hex, base64 at any alignment, UTF-16, percent- and JSON-escaped."""
    raw = secret.encode() if isinstance(secret, str) else secret
    found = {"raw": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw)
        # Characters that share bits with a neighbour are left out: what stays occurs in every base64 of a text that holds the secret.
        inner = padded[(0, 2, 3)[shift]:-4 if len(padded) > 12 else None].rstrip(b"=")
        found[f"base64+{shift}"] = inner
        found[f"base64url+{shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    if isinstance(secret, str):
        found["utf-16le"] = secret.encode("utf-16le")
        found["utf-16be"] = secret.encode("utf-16be")
        found["percent"] = urllib.parse.quote(secret).encode()
        found["plus"] = urllib.parse.quote_plus(secret).encode()
        found["lower"] = secret.lower().encode()
        found["upper"] = secret.upper().encode()
    return {how: text for how, text in found.items() if len(text) >= 6}


def hits(data, secrets):
    return sorted({f"{name} as {how}" for name, secret in secrets.items() for how, text in forms(secret).items() if text in data})


def search(folder, secrets):
    """{file: hits} over every file of the folder, its database and the write-ahead log included."""
    found = {}
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if file.is_file():
            there = hits(file.read_bytes(), secrets)
            if there:
                found[str(file.relative_to(folder))] = there
    return found


SHADOW_BYTES = 1 << 36  # no region of ours is so large; a sanitizer's shadow is, and holds no byte of the program


def memory_of(process):
    """Every readable private page of a running program."""
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            if "r" not in rights or "[v" in line:
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            if end - start >= SHADOW_BYTES:
                continue
            try:
                memory.seek(start)
                yield memory.read(end - start)
            except (OSError, OverflowError, ValueError):
                continue


def bech32_bytes(text):
    """The 32 bytes behind AGE-SECRET-KEY-1…; the checksum is somebody else's to check."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{alphabet.index(character):05b}" for character in text.lower().split("1")[1][:-6])
    return bytes(int(bits[at:at + 8], 2) for at in range(0, 256, 8))


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
