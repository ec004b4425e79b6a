"""An uploader with a link, written from the contract and not from our code: keys by HKDF, age files by `age`, tus by http.client.
Slow and plain on purpose, and able to misbehave, which `sluis send` is not."""
import base64
import hashlib
import hmac
import http.client
import json
import ssl
import subprocess
import time

from console import Answer, tls

CHUNK = 64 * 1024


def hkdf(secret, salt, information):
    """RFC 5869 with SHA-256, one block."""
    key = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(key, information + b"\x01", hashlib.sha256).digest()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def age_encrypt(recipient, plain, *options):
    return subprocess.run(["age", "-r", recipient, *options], input=plain, capture_output=True, check=True).stdout


class Uploader:
    def __init__(self, link, certificate_authority, shown):
        """`shown`: what `sluis credential show --json` prints; it opens the envelope, which Python's library cannot (AES-GCM)."""
        edge, fragment = link.split("#")
        self.grant, secret = fragment.split(".")
        self.secret = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        salt = self.grant.encode()
        self.token = base64url(hkdf(self.secret, salt, b"sluis/v1/access"))
        self.manifest_key = hkdf(self.secret, salt, b"sluis/v1/manifest")
        self.recipient = shown["recipients"][0] if shown else None
        self.items = [item["code"] for item in shown["items"]] if shown else []
        self.host, port = edge.split("/")[2].split(":")
        self.port = int(port)
        self._context = tls(certificate_authority)
        self._connection = None

    def request(self, method, path, body=None, headers=None, token=True):
        """One request on a kept connection; any failure closes it. What only asks is asked again when the edge has closed an idle one."""
        if self._connection is not None and method in ("GET", "HEAD"):
            try:
                return self._request_once(method, path, body, headers, token)
            except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError):
                pass
        return self._request_once(method, path, body, headers, token)

    def _request_once(self, method, path, body, headers, token):
        if self._connection is None:
            self._connection = http.client.HTTPSConnection(self.host, self.port, context=self._context, timeout=30)
        fields = {"Authorization": f"Bearer {self.token}"} if token else {}
        fields.update(headers or {})
        try:
            self._connection.request(method, path, body, fields)
            response = self._connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
            if response.will_close:
                self.close()
            return answer
        except BaseException:
            self.close()
            raise

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def posting(self):
        return self.request("GET", "/api/v1/posting")

    def create(self, size, item=None, body=None, metadata=None):
        if metadata is None:
            metadata = "item " + base64.b64encode((item or self.items[0]).encode()).decode()
        fields = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata}
        if body is not None:
            fields["Content-Type"] = "application/offset+octet-stream"
        return self.request("POST", "/api/v1/uploads", body if body is not None else b"", fields)

    def patch(self, upload, offset, body):
        return self.request("PATCH", f"/api/v1/uploads/{upload}", body, {
            "Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"})

    def head(self, upload):
        return self.request("HEAD", f"/api/v1/uploads/{upload}", headers={"Tus-Resumable": "1.0.0"})

    def seal_body(self, ciphertext_sha256, plain, name, item=None, **other):
        manifest = {
            "v": 1, "grant": self.grant, "item": item or self.items[0], "name": name, "type": "application/pdf", "size": len(plain),
            "sha256": hashlib.sha256(plain).hexdigest(), "supersedes": None, "note": "",
            "sealedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        manifest.update(other)
        text = json.dumps(manifest).encode()
        mac = hmac.new(self.manifest_key, hashlib.sha256(text).digest() + ciphertext_sha256, hashlib.sha256).hexdigest()
        sealed = base64.b64encode(age_encrypt(self.recipient, text)).decode()
        return {"manifest": sealed, "mac": mac, "sha256": ciphertext_sha256.hex()}

    def seal(self, upload, body):
        return self.request("POST", f"/api/v1/uploads/{upload}/seal", json.dumps(body).encode(), {"Content-Type": "application/json"})

    def send(self, plain, name, item=None, ciphertext=None):
        """The whole way without a stumble. Gives the answer to the seal, and the upload's id."""
        sealed = ciphertext if ciphertext is not None else age_encrypt(self.recipient, plain)
        created = self.create(len(sealed), item)
        assert created.status == 201, created
        upload = created.headers["location"].rsplit("/", 1)[-1]
        done = self.patch(upload, 0, sealed)
        assert done.status == 204, done
        answer = self.seal(upload, self.seal_body(hashlib.sha256(sealed).digest(), plain, name, item))
        return answer, upload

    def delete(self, upload):
        return self.request("DELETE", f"/api/v1/uploads/{upload}", headers={"Tus-Resumable": "1.0.0"})

    def get(self, path):
        return self.request("GET", path)
