"""The servers of the upload benchmarks, each started as its manual says, on a free port of loopback and in a folder of its own: ours, the
sink that only writes and syncs, and the peers. All have the same certificate (P-256) and speak TLS 1.3."""
import base64
import hashlib
import http.client
import json
import os
import pathlib
import secrets
import select
import shutil
import signal
import socket
import ssl
import subprocess
import time

PEERS = pathlib.Path(__file__).resolve().parent / "peers"
START_SECONDS = 30
CONNECTIONS = 16_384  # what a server that has a setting for it is set to
ANY_SIZE = 1 << 40
KEPT_BYTES = 64 << 10  # logs stay readable


class Missing(Exception):
    """Why a server cannot take part on this machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid: int) -> list[int]:
    found, left = [], [pid]
    while left:
        process = left.pop()
        found.append(process)
        for task in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
            try:
                left += [int(child) for child in task.read_text().split()]
            except FileNotFoundError:
                pass
    return found


class Server:
    """One run. `protocol` and `path` are what the load is told."""

    name = ""
    protocol = "put"
    path = "/files"
    memory = True  # whether its memory is of interest

    def __init__(self, folder: pathlib.Path, keys: "Keys", programs: dict[str, pathlib.Path]):
        self.folder, self.keys, self.programs = folder, keys, programs
        folder.mkdir()
        self.port = 0
        self.process: subprocess.Popen | None = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *failure):
        self.stop()

    def start(self) -> None:
        raise NotImplementedError

    def grants(self, count: int) -> list[str]:
        """Lines for the load's --grants."""
        return []

    def run(self, command: list, environment: dict | None = None) -> dict:
        """Starts it and gives the line of JSON it prints when it is ready."""
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment)
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            raise Missing(f"does not start: {self.log()}")
        return json.loads(line)

    def run_on(self, port: int, command: list) -> None:
        """Starts one that is told its port and says nothing."""
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                self.port = port
                return
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise Missing(f"does not start: {self.log()}")

    def log(self) -> str:
        text = (self.folder / "log").read_text("utf-8", "replace")
        return (text or "it says nothing")[-800:].replace(str(self.folder), "").strip()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            family = descendants(self.process.pid)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                for pid in family:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                self.process.wait()
        if self.process and self.process.stdout:
            self.process.stdout.close()
        self.process = None
        # Emptied, not deleted: ext4 without a journal looks at every file deleted within the last minute when it makes a new one.
        for file in self.folder.rglob("*"):
            if file.is_file() and file.stat().st_size > KEPT_BYTES:
                os.truncate(file, 0)

    # What it costs: it and its children, those that ended included.

    def cpu_seconds(self) -> float:
        ticks = 0
        for pid in descendants(self.process.pid):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(int(field) for field in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def forget_peak(self) -> None:
        for pid in descendants(self.process.pid):
            pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")

    def _kibibytes(self, field: str) -> int:
        total = 0
        for pid in descendants(self.process.pid):
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    total += int(line.split()[1])
        return total

    def resident(self) -> int:
        return self._kibibytes("VmRSS")

    def peak(self) -> int:
        return self._kibibytes("VmHWM")


class Keys:
    """Certificates, made by tests/integration/pki.py."""

    def __init__(self, folder: pathlib.Path):
        import pki  # on the path because uploads.py put it there
        folder.mkdir()
        authority = pki.Authority(folder)
        self.ca = authority.certificate
        self.certificate, self.key = folder / "public.pem", folder / "public.key"
        authority.server(self.certificate, self.key, "localhost")
        self.inner_certificate, self.inner_key = folder / "inner.pem", folder / "inner.key"
        authority.server(self.inner_certificate, self.inner_key, "edge-inner")
        self.core_certificate, self.core_key = folder / "core.pem", folder / "core.key"
        self.core_pin = authority.client(self.core_certificate, self.core_key, "sluis-core")
        self.log_key = folder / "log.skey"
        self.log_key.write_text(pki.note_key("sluis.example/edge")[0] + "\n")
        self.log_key.chmod(0o600)


class Edge(Server):
    """sluis-edge. The postings come as core would send them: by the inner listener."""

    name = "sluis"
    protocol = "tus"
    path = "/api/v1/uploads"

    def start(self):
        config = self.folder / "edge.json"
        config.write_text(json.dumps({
            "state": "state",
            "public": {"address": "127.0.0.1", "port": 0, "hosts": ["localhost"], "certificate": str(self.keys.certificate),
                       "key": str(self.keys.key)},
            "inner": {"address": "127.0.0.1", "port": 0, "hosts": ["edge-inner"], "certificate": str(self.keys.inner_certificate),
                      "key": str(self.keys.inner_key), "clientCa": str(self.keys.ca), "client": self.keys.core_pin},
            "log": {"key": str(self.keys.log_key)}, "diskReserveBytes": 1 << 20,
        }))
        config.chmod(0o600)
        ready = self.run([self.programs["sluis-edge"], "--config", config])
        self.port, self.inner = ready["public"], ready["inner"]

    def grants(self, count):
        context = ssl.create_default_context(cafile=str(self.keys.ca))
        context.load_cert_chain(self.keys.core_certificate, self.keys.core_key)
        secured = context.wrap_socket(socket.create_connection(("127.0.0.1", self.inner)), server_hostname="edge-inner")
        connection = http.client.HTTPConnection("edge-inner", self.inner)
        connection.sock = secured
        lines = []
        for _ in range(count):
            grant, item, token = secrets.token_hex(16), secrets.token_hex(16), secrets.token_bytes(32)
            limits = {"fileBytesMax": 16 << 30, "filesMax": 1_000_000, "bytesMax": ANY_SIZE, "openUploadsMax": 1_000_000}
            posting = {
                "grant": grant, "version": 1, "tokenHash": hashlib.sha256(token).hexdigest(), "state": "open", "epoch": 1,
                "expiresAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400)), "policy": "0" * 64,
                "envelope": base64.b64encode(b"sealed").decode(), "limits": limits,
                "items": [{"code": item, "fileBytesMax": limits["fileBytesMax"], "filesMax": limits["filesMax"]}],
            }
            connection.request("PUT", f"/inner/v1/postings/{grant}", json.dumps(posting), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 204:
                raise RuntimeError(f"posting: {answer.status} {text[:300]!r}")
            lines.append(base64.urlsafe_b64encode(token).rstrip(b"=").decode() + " item " + base64.b64encode(item.encode()).decode())
        connection.close()
        return lines


class Sink(Server):
    name = "sink"
    memory = False  # a thread and a buffer a connection

    def start(self):
        files = self.folder / "files"
        files.mkdir()
        self.port = self.run([self.programs["upload_sink"], "--certificate", self.keys.certificate, "--key", self.keys.key,
                              "--folder", files])["port"]


def installed(name: str) -> str:
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise Missing("not installed")
    return found


class Nginx(Server):
    name = "nginx"

    def start(self):
        port = free_port()
        program = installed("nginx")
        for made in ("files", "temporary"):
            (self.folder / made).mkdir()
        (self.folder / "nginx.conf").write_text(f"""
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
pid {self.folder}/pid;
error_log {self.folder}/log;
worker_processes auto;
worker_rlimit_nofile {CONNECTIONS + 1024};
events {{ worker_connections {CONNECTIONS}; }}
http {{
    access_log off;
    client_body_temp_path {self.folder}/temporary;
    client_max_body_size 0;
    keepalive_requests 1000000;
    server {{
        listen 127.0.0.1:{port} ssl backlog=1024;
        ssl_certificate {self.keys.certificate};
        ssl_certificate_key {self.keys.key};
        ssl_protocols TLSv1.3;
        ssl_session_tickets off;
        root {self.folder};
        location /files {{ dav_methods PUT; create_full_put_path on; }}
    }}
}}
""")
        self.run_on(port, [program, "-p", self.folder, "-e", self.folder / "log", "-c", self.folder / "nginx.conf"])


class Apache(Server):
    name = "apache"

    def start(self):
        port = free_port()
        program = installed("apache2")
        files = self.folder / "files"
        files.mkdir()
        if os.geteuid() == 0:  # it refuses to serve as root
            shutil.chown(files, "nobody", "nogroup")
            shutil.chown(self.folder, "nobody", "nogroup")
        modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
                            for name in ("mpm_event", "authz_core", "ssl", "dav", "dav_fs"))
        (self.folder / "apache.conf").write_text(f"""
ServerRoot {self.folder}
ServerName localhost
PidFile {self.folder}/pid
DefaultRuntimeDir {self.folder}
ErrorLog {self.folder}/log
{modules}
{"User nobody" if os.geteuid() == 0 else ""}
{"Group nogroup" if os.geteuid() == 0 else ""}
Listen 127.0.0.1:{port}
ServerLimit 24
ThreadsPerChild 64
MaxRequestWorkers 1536
AsyncRequestWorkerFactor 8
MaxKeepAliveRequests 0
LimitRequestBody 0
DocumentRoot {self.folder}
DavLockDB {self.folder}/locks
SSLEngine on
SSLCertificateFile {self.keys.certificate}
SSLCertificateKeyFile {self.keys.key}
SSLProtocol TLSv1.3
SSLSessionTickets off
<Directory {files}>
    Dav On
    Require all granted
</Directory>
""")
        self.run_on(port, [program, "-DFOREGROUND", "-f", self.folder / "apache.conf"])


class TusServer(Server):
    name = "@tus/server"
    protocol = "tus"

    def start(self):
        node = installed("node")
        bring_modules()
        files = self.folder / "files"
        files.mkdir()
        command = [node, PEERS / "server.mjs", self.keys.certificate, self.keys.key, files]
        self.port = self.run(command, {**os.environ, "NODE_ENV": "production"})["port"]

    def grants(self, count):
        return ["none filename " + base64.b64encode(b"report.age").decode()]


def bring_modules() -> None:
    """npm ci, when the lockfile is newer than what is there; as the Makefile does for the portal."""
    done, lockfile = PEERS / "node_modules/.package-lock.json", PEERS / "package-lock.json"
    if done.exists() and done.stat().st_mtime >= lockfile.stat().st_mtime:
        return
    ran = subprocess.run([installed("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=PEERS, capture_output=True, text=True,
                         check=False)
    if ran.returncode:
        raise Missing(f"npm ci: {ran.stderr.strip()[-300:]}")
    done.touch()


ALL = [Edge, Sink, Nginx, Apache, TusServer]
