"""A member of staff at the console: JSON over HTTPS with the session cookie, as gateway/README.md writes it."""
import http.client
import json
import ssl


def tls(certificate_authority):
    context = ssl.create_default_context(cafile=str(certificate_authority))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Refused(Exception):
    def __init__(self, method, path, answer):
        super().__init__(f"{method} {path}: {answer!r}")
        self.answer = answer


class Console:
    def __init__(self, port, certificate_authority, host="localhost"):
        self.port = port
        self.host = host
        self.cookie = None
        self._context = tls(certificate_authority)

    def sign_in(self, user, password):
        answer = self.call("POST", "/api/v1/session", {"user": user, "password": password})
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        return answer.json

    def request(self, method, path, body=None, headers=None):
        """Any answer. One connection a request: a restart of core between two calls is nothing special."""
        connection = http.client.HTTPSConnection(self.host, self.port, context=self._context, timeout=30)
        try:
            fields = dict(headers or {})
            if self.cookie and "Cookie" not in fields:
                fields["Cookie"] = self.cookie
            data = None
            if body is not None:
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                fields.setdefault("Content-Type", "application/json")
            connection.request(method, path, data, fields)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def call(self, method, path, body=None):
        answer = self.request(method, path, body)
        if answer.status >= 300:
            raise Refused(method, path, answer)
        return answer

    def get(self, path):
        return self.call("GET", path).json

    def post(self, path, body):
        answer = self.call("POST", path, body)
        return answer.json if answer.body else None
