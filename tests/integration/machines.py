"""A contractor's programs: an uploader that shows an access token with its proof, or a certificate, in place of a link's token; and the
identity provider whose tokens they are (identity_provider.mjs)."""
import json
import pathlib
import select
import socket
import subprocess

from console import tls
from link import Uploader

PEER = pathlib.Path(__file__).with_name("identity_provider.mjs")


class IdentityProvider:
    def __init__(self, folder, authority):
        authority.server(folder / "idp.pem", folder / "idp.key", "localhost")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {"port": port, "key": str(folder / "idp.key"), "certificate": str(folder / "idp.pem"), "ca": str(authority.certificate),
                    "client": {"key": str(folder / "own.key"), "certificate": str(folder / "own.pem")}}
        self._errors = open(folder / "idp.err", "w+b")
        self._node = subprocess.Popen(["node", PEER, json.dumps(settings)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=self._errors)
        ready = self._read()
        self.issuer = ready["issuer"]
        self.keys = ready["keys"]

    def _read(self):
        ready, _, _ = select.select([self._node.stdout], [], [], 60)
        line = self._node.stdout.readline() if ready else b""
        if not line:
            self._errors.seek(0)
            raise AssertionError("no word of the identity provider: " + self._errors.read().decode("utf-8", "replace")[-3000:])
        return json.loads(line)

    def _ask(self, act, **words):
        self._node.stdin.write(json.dumps({"do": act, **words}).encode() + b"\n")
        self._node.stdin.flush()
        return self._read()

    def token(self, client, audience, **words):
        answer = self._ask("token", client=client, audience=audience, **words)
        assert "access_token" in answer, answer
        return answer["access_token"]

    def mint(self, claims, **words):
        return self._ask("mint", claims=claims, **words)

    def proof(self, method, uri, token, **words):
        return self._ask("proof", method=method, uri=uri, token=token, **words)

    def close(self):
        self._node.stdin.close()
        self._node.wait(30)
        self._node.stdout.close()
        self._errors.close()


class Machine(Uploader):
    """`shows(method, uri)` gives the headers that say who it is; `certificate` is (file, key) of the TLS connection."""

    def __init__(self, sluis, link, shows=None, certificate=None):
        super().__init__(link, sluis.ca, sluis.shown(link))
        self.port = sluis.edge_ports["machines"]
        self._context = tls(sluis.ca)
        if certificate:
            self._context.load_cert_chain(*certificate)
        self._shows = shows or (lambda method, uri: {})
        self.names_grant = False

    def request(self, method, path, body=None, headers=None, token=True):
        return self._request_once(method, path, body, headers, token)  # a proof is for one request: nothing is asked again

    def _request_once(self, method, path, body, headers, token):
        fields = self._shows(method, f"https://{self.host}:{self.port}{path.split('?')[0]}") if token else {}
        if self.names_grant:
            fields = {**fields, "Sluis-Grant": self.grant}
        return super()._request_once(method, path, body, {**fields, **(headers or {})}, False)
