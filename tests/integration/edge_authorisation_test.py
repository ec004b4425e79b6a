"""Who gets what answer from the edge: every route of its API description, for every kind of caller. Core is played by the test, which puts
the postings; so a grant can be in any state. What is not yours and what never was look alike to the byte."""
import base64
import hashlib
import http.client
import json
import os
import secrets
import socket
import ssl
import subprocess
import unittest

import harness
from console import Answer, tls
from link import age_encrypt, base64url

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
ANYONE = "anyone", "garbage", "link secret", "basic", "session cookie", "two tokens", "own", "other", "expired", "withdrawn", "paused", "closed"
STRANGERS = ANYONE[:6]
ENDED = ANYONE[8:]


class Core:
    """Core's side of the inner listener."""

    def __init__(self, sluis):
        self.port = sluis.edge_ports["inner"]
        self.context = tls(sluis.ca)
        self.context.load_cert_chain(sluis.core_folder / "link.pem", sluis.core_folder / "link.key")

    def put(self, path, body):
        connection = http.client.HTTPConnection("edge-inner", self.port, timeout=30)
        connection.sock = self.context.wrap_socket(socket.create_connection(("127.0.0.1", self.port)), server_hostname="edge-inner")
        try:
            connection.request("PUT", path, json.dumps(body), {"Content-Type": "application/json"})
            return connection.getresponse().status
        finally:
            connection.close()


class Grant:
    """A grant that the test has made up, with one item and one upload of each kind."""

    def __init__(self, core):
        self.core = core
        self.id, self.item, self.token = secrets.token_hex(16), secrets.token_hex(16), secrets.token_bytes(32)
        self.version = 0
        self.uploads = {}

    def publish(self, state="open", expires_in_days=30):
        self.version += 1
        status = self.core.put(f"/inner/v1/postings/{self.id}", {
            "grant": self.id, "version": self.version, "tokenHash": hashlib.sha256(self.token).hexdigest(), "state": state, "epoch": 1,
            "expiresAt": harness.in_days(expires_in_days), "policy": "0" * 64, "envelope": base64.b64encode(b"sealed").decode(),
            "limits": {"fileBytesMax": 1 << 30, "filesMax": 100, "bytesMax": 1 << 34, "openUploadsMax": 50},
            "items": [{"code": self.item, "fileBytesMax": 1 << 30, "filesMax": 100}]})
        assert status == 204, status

    @property
    def headers(self):
        return {"Authorization": f"Bearer {base64url(self.token)}"}


class EdgeAuthorisation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = harness.Installation()
        cls.addClassCleanup(cls.sluis.__exit__)
        cls.sluis.start_edge()
        cls.core = Core(cls.sluis)
        cls.context = tls(cls.sluis.ca)
        key = subprocess.run(["age-keygen"], check=True, capture_output=True, text=True).stdout
        cls.recipient = next(line.split(": ")[1] for line in key.splitlines() if "public key" in line)
        cls.body = age_encrypt(cls.recipient, os.urandom(3000))
        cls.manifest = base64.b64encode(age_encrypt(cls.recipient, b"{}")).decode()
        cls.grants = {name: Grant(cls.core) for name in ("own", "other", *ENDED)}
        for name, grant in cls.grants.items():
            grant.publish()
            for kind in ("unfinished", "patched", "whole", "complete", "sealed", "deleted"):
                grant.uploads[kind] = cls.begin(grant)
            cls.call("PATCH", f"/api/v1/uploads/{grant.uploads['complete']}", {**grant.headers, **BYTES, "Upload-Offset": "0"}, cls.body)
            cls.call("PATCH", f"/api/v1/uploads/{grant.uploads['sealed']}", {**grant.headers, **BYTES, "Upload-Offset": "0"}, cls.body)
            assert cls.seal(grant.headers, grant.uploads["sealed"]).status == 201
        cls.grants["expired"].publish(expires_in_days=-1)
        for state in ("withdrawn", "paused", "closed"):
            cls.grants[state].publish(state)
        cls.callers = {
            "anyone": {}, "garbage": {"Authorization": f"Bearer {base64url(os.urandom(32))}"},
            "link secret": {"Authorization": f"Bearer {base64url(os.urandom(16))}"},
            "basic": {"Authorization": "Basic " + base64.b64encode(b"sofie:" + harness.PASSWORD.encode()).decode()},
            "session cookie": {"Cookie": f"__Host-session={base64url(cls.grants['own'].token)}"},
            "two tokens": {"Authorization": "Bearer " + ", ".join(base64url(cls.grants[name].token) for name in ("own", "other"))},
            **{name: grant.headers for name, grant in cls.grants.items()},
        }

    @classmethod
    def begin(cls, grant):
        answer = cls.call("POST", "/api/v1/uploads", {**grant.headers, **TUS, "Upload-Length": str(len(cls.body))}, b"")
        assert answer.status == 201, answer
        return answer.headers["location"].rsplit("/", 1)[-1]

    @classmethod
    def seal(cls, headers, upload):
        order = {"manifest": cls.manifest, "mac": "0" * 64, "sha256": hashlib.sha256(cls.body).hexdigest()}
        return cls.call("POST", f"/api/v1/uploads/{upload}/seal", {**headers, "Content-Type": "application/json"}, json.dumps(order).encode())

    @classmethod
    def call(cls, method, path, headers, body=None):
        connection = http.client.HTTPSConnection("localhost", cls.sluis.edge_ports["public"], context=cls.context, timeout=30)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        except (ConnectionError, ssl.SSLError):
            raise AssertionError(f"no answer to {method} {path}") from None
        finally:
            connection.close()

    def ask(self, route, headers, uploads):
        """One request of the route, on the uploads that are named."""
        digest = base64.b64encode(hashlib.sha256(self.body).digest()).decode()
        one = "/api/v1/uploads/"
        requests = {
            "post /api/v1/uploads": lambda: self.call("POST", "/api/v1/uploads", {**headers, **TUS, "Upload-Length": "500"}, b""),
            "head /api/v1/uploads/{id}": lambda: self.call("HEAD", one + uploads["unfinished"], {**headers, **TUS}),
            "get /api/v1/uploads/{id}": lambda: self.call("GET", one + uploads["unfinished"], headers),
            "patch /api/v1/uploads/{id}": lambda: self.call("PATCH", one + uploads["patched"], {**headers, **BYTES, "Upload-Offset": "0"},
                                                            self.body[:100]),
            "delete /api/v1/uploads/{id}": lambda: self.call("DELETE", one + uploads["deleted"], {**headers, **TUS}),
            "put /api/v1/uploads/{id}/content": lambda: self.call("PUT", one + uploads["whole"] + "/content",
                                                                  {**headers, "Content-Digest": f"sha-256=:{digest}:"}, self.body),
            "post /api/v1/uploads/{id}/seal": lambda: self.seal(headers, uploads["complete"]),
            "get /api/v1/uploads/{id}/receipt": lambda: self.call("GET", one + uploads["sealed"] + "/receipt", headers),
        }
        if route in requests:
            return requests[route]()
        method, path = route.split(" ")
        return self.call(method.upper(), path.replace("{id}", uploads["unfinished"]), headers)

    # What each route answers to whom, on the caller's own uploads. An upload that a grant had begun before it ended is gone.
    def declared(self):
        open_to_all = {"get /healthz": 200, "get /.well-known/security.txt": 404, "get /api/v1/openapi.json": 200,
                       "options /api/v1/uploads": 204, "options /api/v1/uploads/{id}": 204}
        table = {route: dict.fromkeys(ANYONE, status) for route, status in open_to_all.items()}
        for route, (lives, ended) in {
            "get /api/v1/posting": (200, 200),
            "post /api/v1/uploads": (201, 403),
            "head /api/v1/uploads/{id}": (200, 410),
            "get /api/v1/uploads/{id}": (200, 200),
            "patch /api/v1/uploads/{id}": (204, 410),
            "delete /api/v1/uploads/{id}": (204, 410),
            "put /api/v1/uploads/{id}/content": (204, 410),
            "post /api/v1/uploads/{id}/seal": (201, 410),
            "get /api/v1/uploads/{id}/receipt": (200, 200),
            "get /api/v1/releases": (200, 200),
            "get /api/v1/releases/{id}": (404, 404),  # none is released here: releases_test.py
        }.items():
            table[route] = {**dict.fromkeys(STRANGERS, 401), **dict.fromkeys(("own", "other"), lives), **dict.fromkeys(ENDED, ended)}
        return table

    def test_every_route_answers_every_caller_as_declared(self):
        described = self.call("GET", "/api/v1/openapi.json", {}).json["paths"]
        routes = {f"{method} {path}": operation for path, methods in described.items()
                  for method, operation in methods.items() if method != "parameters"}
        table = self.declared()
        self.assertEqual(set(table), set(routes), "the table and the description name the same routes")
        for route, row in table.items():
            self.assertEqual(set(row), set(self.callers))
            for caller, status in row.items():
                with self.subTest(route=route, caller=caller):
                    grant = self.grants.get(caller, self.grants["own"])
                    answer = self.ask(route, self.callers[caller], grant.uploads)
                    self.assertEqual(answer.status, status, answer)
                    self.assertIn(str(answer.status), routes[route]["responses"], "an answer that the description does not name")
                    if status >= 400 and not route.startswith("head"):
                        self.assertEqual(answer.headers["content-type"], "application/problem+json")

    def test_an_upload_of_another_is_one_that_never_was(self):
        nowhere = dict.fromkeys(self.grants["own"].uploads, secrets.token_hex(16))
        for route in self.declared():
            if "{id}" not in route or route.startswith("options"):
                continue
            for caller in ("other", *ENDED):
                with self.subTest(route=route, caller=caller):
                    theirs = self.ask(route, self.callers[caller], self.grants["own"].uploads)
                    never = self.ask(route, self.callers[caller], nowhere)
                    self.assertEqual(theirs.status, 404)
                    self.assertEqual((theirs.status, theirs.body, self.plain(theirs)), (never.status, never.body, self.plain(never)))

    def test_all_wrong_tokens_are_refused_alike(self):
        for route, row in self.declared().items():
            if row["anyone"] != 401:
                continue
            answers = [self.ask(route, self.callers[caller], self.grants["own"].uploads) for caller in STRANGERS]
            self.assertEqual(len({(answer.status, answer.body, self.plain(answer)) for answer in answers}), 1, route)

    def test_an_order_of_core_is_not_taken_on_the_public_side(self):
        for path in ("/inner/v1/status", f"/inner/v1/postings/{self.grants['own'].id}", "/inner/v1/log"):
            for caller, headers in self.callers.items():
                with self.subTest(path=path, caller=caller):
                    self.assertEqual(self.call("GET", path, headers).status, 404)

    @staticmethod
    def plain(answer):
        return tuple(sorted((name, value) for name, value in answer.headers.items() if name != "date"))


if __name__ == "__main__":
    unittest.main()
