"""HTTP/1.1 over TLS, byte by byte: sends exactly what a test says, reads interim answers (1xx) and final ones, and can stop in the middle,
close or reset. And `EdgeCase`: one edge and core a class, with links to upload on. Python's library only."""
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re
import socket
import ssl
import struct
import sys
import termios
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import harness  # noqa: E402
from console import tls  # noqa: E402
from link import age_encrypt  # noqa: E402

UPLOADS = "/api/v1/uploads"
NOBODY = UPLOADS + "/" + "0123456789abcdef" * 2
TUS_BYTES = "application/offset+octet-stream"
PARTIAL = "application/partial-upload"
PROBLEM = "https://iana.org/assignments/http-problem-types#"
ANSWER_SECONDS = 20
TAKEOVER_SECONDS = 0.5
QUIET = "content-security", "strict-", "x-content", "referrer", "cross-origin", "permissions", "date"  # in every answer, said in no failure
UINT64_PLUS = str((1 << 64) + 1)


class Closed(AssertionError):
    """The connection ended where an answer was due."""


class Answer:
    def __init__(self, status, fields, body, interim, method):
        self.status, self.fields, self.body, self.interim, self.method = status, fields, body, interim, method

    def all(self, name):
        return [value for key, value in self.fields if key == name.lower()]

    def get(self, name):
        """The one value of a field; None without it. Said twice is an error of whoever answers."""
        values = self.all(name)
        assert len(values) < 2, f"{name} is there {len(values)} times: {self!r}"
        return values[0] if values else None

    def number(self, name):
        value = self.get(name)
        assert value is not None and re.fullmatch(r"[0-9]+", value), f"{name}: {value!r} in {self!r}"
        return int(value)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def path(self):
        """Location, absolute or relative, as a path."""
        place = self.get("location")
        assert place, f"no Location: {self!r}"
        return re.sub(r"^https://[^/]+", "", place) if place.startswith("https://") else place

    def interims(self, status):
        return [one for one in self.interim if one.status == status]

    def __repr__(self):
        fields = {name: value for name, value in self.fields if not name.startswith(QUIET)}
        return f"{self.method}: {self.status} {fields} {self.body[:300]!r}" + "".join(f"\n  before it: {one!r}" for one in self.interim)


class Wire:
    """One connection."""

    def __init__(self, port, context):
        self.raw = socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS)
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(self.raw, server_hostname="localhost")
        self.buffer = b""
        self.methods = []  # of the requests whose answer has not been read

    def send(self, data):
        """All of it, or as much as the other side takes before it answers and goes."""
        with contextlib.suppress(OSError):
            self.socket.sendall(data)
        return self

    def ask(self, method, target, fields=(), body=b""):
        """Head and body as they are given; Content-Length is the caller's. What has the value None is left out."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in fields if value is not None]
        self.methods.append(method)
        return self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def _more(self):
        try:
            piece = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError) as error:
            raise Closed(f"broken off: {error}; so far {self.buffer[:500]!r}") from error
        if not piece:
            raise Closed(f"closed; so far {self.buffer[:500]!r}")
        self.buffer += piece

    def _take(self, size):
        while len(self.buffer) < size:
            self._more()
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def _head(self):
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        version, status, *_ = first.split(" ", 2)
        assert version == "HTTP/1.1" and re.fullmatch("[1-5][0-9][0-9]", status), first
        fields = []
        for line in lines:
            name, colon, value = line.partition(":")
            assert colon and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name), f"no field: {line!r}"
            fields.append((name.lower(), value.strip(" \t")))
        return int(status), fields

    def interim(self, *statuses):
        """The next answer, which must be one of these interim ones; asked for before the request has ended."""
        found, fields = self._head()
        assert found in statuses, f"{found} {fields} instead of {statuses}"
        return Answer(found, fields, b"", [], "interim")

    def answer(self):
        method, interim = self.methods.pop(0), []
        while True:
            status, fields = self._head()
            if status >= 200:
                break
            interim.append(Answer(status, fields, b"", [], "interim"))
        answer = Answer(status, fields, b"", interim, method)
        if method != "HEAD" and status not in (204, 304):
            assert answer.get("transfer-encoding") is None, answer
            answer.body = self._take(answer.number("content-length"))
        return answer

    @property
    def is_closed(self):
        """Waits for the end of the connection, a short while, so that what goes on is seen as going on."""
        self.socket.settimeout(3)
        try:
            while self.socket.recv(65536):
                pass
            return True
        except TimeoutError:
            return False
        except OSError:
            return True

    @property
    def unsent(self):
        """Bytes that the other side's kernel has not yet acknowledged."""
        return struct.unpack("i", fcntl.ioctl(self.socket, termios.TIOCOUTQ, b"\0" * 4))[0]

    def cut(self):
        """The end of the connection, orderly for TCP, in the middle of everything for HTTP."""
        self.socket.close()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


def checksum(algorithm, data):
    return f"{algorithm} {b64(hashlib.new(algorithm, data).digest())}"


def digest(algorithm, data):
    """A member of Content-Digest and Repr-Digest (RFC 9530)."""
    return f"{algorithm}=:{b64(hashlib.new(algorithm.replace('-', ''), data).digest())}:"


def changed(data):
    return data[:-1] + bytes([data[-1] ^ 1])


class EdgeCase(unittest.TestCase):
    """A fresh edge and core a class. `small` and `large` are age files for the grant; an upload of another size is never right."""

    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.context = tls(cls.sluis.ca)
        cls.handler = cls.sluis.staff("karim")
        cls.links = [cls.new_link(*items) for items in (["site-report"], ["site-report"], ["site-report", "drawing"])]
        cls.owner, cls.other, cls.with_two_items = cls.links
        cls.item = cls.owner.items[0]
        cls.small = age_encrypt(cls.owner.recipient, os.urandom(3000))
        cls.large = age_encrypt(cls.owner.recipient, os.urandom(3_000_000))
        posting = cls.owner.posting().json
        cls.size_max = posting["items"][0]["fileBytesMax"]
        cls.open_max = posting["limits"]["openUploadsMax"]

    @classmethod
    def new_link(cls, *items):
        asked = cls.sluis.open_request(cls.handler, f"CON-{time.time_ns()}", **{**harness.SITE_REPORT, "items": items})
        return cls.sluis.uploader(asked["link"])

    def tearDown(self):
        """Nothing is left to count against the limits of a link."""
        wire = None
        for link in self.links:
            for one in link.posting().json["uploads"]:
                if one["state"] == "receiving":
                    wire = wire or self.connect()
                    wire.ask("DELETE", f"{UPLOADS}/{one['id']}", [*self.bearer(link), ("Tus-Resumable", "1.0.0")]).answer()

    def connect(self):
        wire = Wire(self.owner.port, self.context)
        self.addCleanup(wire.cut)
        return wire

    def bearer(self, link=None):
        return [("Authorization", f"Bearer {(link or self.owner).token}")]

    # Requests: `fields` wins over what is usual; None leaves a field out, a list says it several times.

    def head_of(self, usual, fields):
        named = {name.lower(): (name, value) for name, value in usual}
        named.update({name.lower(): (name, value) for name, value in (fields or {}).items()})
        return [(name, one) for name, value in named.values() for one in (value if isinstance(value, list) else [value])]

    def begin(self, method, target, usual, fields=None, body=None, wire=None, sent=None):
        """Sends a request, of its body only `sent` bytes; the answer is for the caller to read."""
        length = [("Content-Length", len(body))] if body is not None else []
        head = self.head_of([*self.bearer(), *length, *usual], fields)
        return (wire or self.connect()).ask(method, target, head, (body or b"")[:sent])

    def call(self, method, target, usual, fields=None, body=None, wire=None):
        """One request and its answer; without `wire` on a connection of its own."""
        used = wire or self.connect()
        answer = self.begin(method, target, usual, fields, body, used).answer()
        if wire is None:
            used.cut()
        return answer

    def tus(self, method, target, fields=None, body=None, wire=None):
        answer = self.call(method, target, [("Tus-Resumable", "1.0.0")], fields, body, wire)
        self.assertEqual(answer.get("Tus-Resumable"), "1.0.0", f"tus: in every answer: {answer!r}")
        return answer

    def tus_create(self, size=None, fields=None, body=None):
        usual = {"Upload-Length": len(self.small) if size is None else size, "Upload-Metadata": f"item {b64(self.item)}"}
        if body is not None:
            usual["Content-Type"] = TUS_BYTES
        return self.tus("POST", UPLOADS, {**usual, **(fields or {})}, body if body is not None else b"")

    def tus_new(self, size=None, fields=None, body=None):
        answer = self.tus_create(size, fields, body)
        self.assertEqual(answer.status, 201, answer)
        return answer.path

    def tus_deferred(self, **fields):
        return self.tus_new(None, {"Upload-Length": None, "Upload-Defer-Length": "1", **fields})

    def tus_patch(self, path, offset, body, fields=None, wire=None):
        return self.tus("PATCH", path, {"Upload-Offset": offset, "Content-Type": TUS_BYTES, **(fields or {})}, body, wire)

    def tus_begin_patch(self, path, offset, body, sent, fields=None):
        usual = [("Tus-Resumable", "1.0.0"), ("Upload-Offset", offset), ("Content-Type", TUS_BYTES)]
        return self.begin("PATCH", path, usual, fields, body, sent=sent)

    def tus_head(self, path, fields=None):
        return self.tus("HEAD", path, fields)

    def offset(self, path):
        answer = self.tus_head(path)
        self.assertIn(answer.status, (200, 204), answer)
        return answer.number("Upload-Offset")

    # Resumable uploads for HTTP; `version` None: as it will be once it is an RFC.

    def ietf(self, method, target, fields=None, body=None, version="8", wire=None):
        return self.call(method, target, [("Upload-Draft-Interop-Version", version)], fields, body, wire)

    def ietf_create(self, complete="?0", length=None, body=b"", version="8", **fields):
        usual = {"Upload-Complete": complete, "Upload-Length": length, **fields}
        return self.ietf("POST", UPLOADS, {name.replace("_", "-"): value for name, value in usual.items()}, body, version)

    def ietf_new(self, length=None, body=b"", version="8", **fields):
        answer = self.ietf_create("?0", length, body, version, **fields)
        self.assertIn(answer.status, (200, 201), answer)
        return answer.path

    def ietf_patch(self, path, offset, body, complete="?0", fields=None, version="8", wire=None):
        usual = {"Upload-Offset": offset, "Upload-Complete": complete, "Content-Type": PARTIAL}
        return self.ietf("PATCH", path, {**usual, **(fields or {})}, body, version, wire)

    def ietf_begin_patch(self, path, offset, body, sent, complete="?0", fields=None, version="8"):
        usual = [("Upload-Draft-Interop-Version", version), ("Upload-Offset", offset), ("Upload-Complete", complete),
                 ("Content-Type", PARTIAL)]
        return self.begin("PATCH", path, usual, fields, body, sent=sent)

    def ietf_state(self, path, version="8"):
        """Offset, completeness and length, as HEAD tells them."""
        answer = self.ietf("HEAD", path, version=version)
        self.assertIn(answer.status, (200, 204), answer)
        length = answer.get("Upload-Length")
        return answer.number("Upload-Offset"), answer.get("Upload-Complete"), None if length is None else int(length)

    def assert_refused(self, answer, *statuses):
        self.assertIn(answer.status, statuses or range(400, 500), answer)
        if answer.body:
            self.assertEqual(answer.get("Content-Type").split(";")[0], "application/problem+json")
            self.assertEqual(answer.json["status"], answer.status)

    def assert_problem(self, answer, name, *statuses):
        self.assert_refused(answer, *statuses)
        self.assertEqual(answer.json["type"], PROBLEM + name)

    def settle(self, wire):
        """All that was sent lies before the edge, and it has answered somebody else since: what is there to be read has been seen."""
        harness.wait_until(lambda: wire.unsent == 0, "the bytes to be acknowledged", 10)
        for _ in range(3):  # as many turns on the edge's pool as a body waits for before it is read
            self.tus_head(NOBODY)

    def assert_gone(self, path):
        answer = self.tus_head(path)
        self.assertEqual(answer.status, 410, answer)
        self.assertIsNone(answer.get("Upload-Offset"))

    def assert_holds(self, path, content):
        """Bytes of the upload, proved by its seal: the edge compares the digest of the whole."""
        seal = self.owner.seal_body(hashlib.sha256(content).digest(), b"plain", "verslag.pdf")
        self.assertEqual(self.owner.seal(path.rsplit("/", 1)[-1], seal).status, 201)

    def listed(self, link=None):
        return {one["id"] for one in (link or self.owner).posting().json["uploads"] if one["state"] == "receiving"}

    @contextlib.contextmanager
    def nothing_created(self):
        before = self.listed()
        yield
        self.assertEqual(self.listed(), before, "an upload was created")

    @contextlib.contextmanager
    def within(self, seconds):
        began = time.monotonic()
        yield
        self.assertLess(time.monotonic() - began, seconds)
