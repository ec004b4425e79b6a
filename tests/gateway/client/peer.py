"""Foreign peers for the client's tests: Python's own HTTPS server and aiosmtpd. Prints one line, {"port":…,"folder":…}, and stays
until its standard input ends.  peer.py https FOLDER | peer.py https-mutual FOLDER | peer.py smtp | smtp-refusing | smtp-busy FOLDER"""
import hashlib
import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import threading


def certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:edge.example", "-keyout", folder / f"{name}.key",
                    "-out", folder / f"{name}.pem"], check=True, stderr=subprocess.DEVNULL)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_any(self):
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length or 0))
        if self.path == "/echo":
            seen = {"method": self.command, "length": length, "sha256": hashlib.sha256(body).hexdigest(),
                    "host": self.headers["Host"], "fields": {k.lower(): v for k, v in self.headers.items()},
                    "client": dict(x[0] for x in (self.connection.getpeercert() or {}).get("subject", []))}
            self.reply(200, json.dumps(seen).encode(), X_ODD="  spaced  ")
        elif self.path == "/redirect":
            self.reply(302, b"", Location="/echo")
        elif self.path == "/cookie":
            self.reply(200, (self.headers.get("Cookie") or "").encode(), Set_Cookie="a=1; Secure; HttpOnly; Path=/")
        elif self.path.startswith("/bytes/"):
            self.reply(200, b"x" * int(self.path[7:]))
        elif self.path == "/error":
            self.reply(404, b"not here")
        elif self.path == "/hang":
            threading.Event().wait(30)
        elif self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"x" * 50)
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_any


def serve_https(folder, mutual):
    for name in ("server", "client", "stranger"):
        certificate(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(folder / "client.pem")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def serve_smtp(folder, answer):
    from aiosmtpd.controller import Controller

    class Sink:
        async def handle_RCPT(self, _server, _session, envelope, address, _options):
            if answer:
                return answer
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, _server, _session, envelope):
            (folder / "envelope.json").write_text(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos}))
            (folder / "mail.eml").write_bytes(envelope.original_content)
            return "250 kept"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # aiosmtpd does not choose one itself
    Controller(Sink(), hostname="127.0.0.1", port=port).start()
    return port


SMTP = {"smtp": None, "smtp-refusing": "550 no such mailbox", "smtp-busy": "450 come back later"}


def main():
    kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    port = serve_smtp(folder, SMTP[kind]) if kind.startswith("smtp") else serve_https(folder, "mutual" in kind)
    print(json.dumps({"port": port}), flush=True)
    sys.stdin.read()


main()
