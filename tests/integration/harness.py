"""An installation on loopback in a folder of its own: certificate authority, mail sink, edge, core, and people. The real programs,
started as an operator would. `with Installation() as sluis:` leaves nothing running.

    SLUIS_BUILD   the build whose programs are used (default build/release)
    SLUIS_KEEP    keep the folder after the test
"""
import base64
import json
import os
import pathlib
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import pki
from console import Console
from link import Uploader
from mail_sink import MailSink, text_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SLUIS_BUILD", ROOT / "build/release"))
PROGRAMS = BUILD / "bin"
START_SECONDS = 60  # a sanitizer build on a busy machine; a release takes a tenth of a second
DISK_RESERVE = 1 << 20  # bytes

PASSWORD = "correct-horse-42-battery"
STAFF = [
    {"user": "sofie", "name": "Sofie Canariemaes", "mail": "sofie.canary@stad.example", "roles": ["handler"], "password": PASSWORD},
    {"user": "karim", "name": "Karim Haddad", "mail": "karim.haddad@stad.example", "roles": ["handler"], "password": PASSWORD},
    {"user": "dr.peeters", "name": "Dr. An Peeters", "mail": "an.peeters@stad.example", "roles": ["advising-doctor"], "password": PASSWORD},
    {"user": "dr.claes", "name": "Dr. Jef Claes", "mail": "jef.claes@stad.example", "roles": ["advising-doctor"], "password": PASSWORD},
    {"user": "dpo", "name": "Jan Claes", "mail": "fg@stad.example", "roles": ["dpo"], "password": PASSWORD},
    {"user": "ops", "name": "Ine Operator", "mail": "ops@stad.example", "roles": ["operator"], "password": PASSWORD},
]

# A request without consent, for what has nothing to do with one.
SITE_REPORT = {"caseType": "city-renewal", "subject": "Heraanleg Kanaalplein", "advisingDoctor": None, "role": "contractor",
               "name": "Bouwwerken De Smet", "items": ["site-report"], "consent": None, "message": "Graag het werfverslag van deze week."}


def in_days(days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + days * 86400))


def wait_until(found, what, seconds=30):
    """The first true value of found(); asks often, since nothing here says when."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


def sanitizer_reports(logs):
    """What a sanitizer build said on stderr: a program that is killed right after has no exit code to say it with."""
    reports = []
    for log in sorted(logs.glob("*.log")):
        found = re.search(r"(?:WARNING: ThreadSanitizer|ERROR: \w+Sanitizer|: runtime error: )", log.read_text("utf-8", "replace"))
        if found:
            reports.append(f"{log.name}: {found.string[max(found.start() - 200, 0):found.start() + 6000]}")
    return reports


class Program:
    """One run of a program that prints a JSON line when it is ready."""

    def __init__(self, command, log, environment):
        self._log = open(log, "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log,
                                        env={**os.environ, **environment})
        self.log = log

    def wait_ready(self):
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            self.kill()
            raise AssertionError(f"not ready, exit code {self.process.returncode}: {self.log.read_text('utf-8', 'replace')[-3000:]}")
        return json.loads(line)

    def kill(self):
        self.process.kill()
        self._ended()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.process.args[0]} did not stop on SIGTERM within 30 s")
        self._ended()
        return self.process.returncode

    def _ended(self):
        self.process.wait()
        self.process.stdout.close()
        self._log.close()


def recovery_key(folder):
    """An offline key as age-keygen makes it: its file and its recipient."""
    file = folder / "recovery.age"
    subprocess.run(["age-keygen", "-o", file], check=True, capture_output=True)
    return file, subprocess.run(["age-keygen", "-y", file], check=True, capture_output=True, text=True).stdout.strip()


class Installation:
    def __init__(self, pull_seconds=1, case_types=None, environment=None, recovery=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluis-test-"))
        self.pull_seconds = pull_seconds
        self.recovery = recovery  # recipient
        self.disk_reserve = DISK_RESERVE
        self.machines = False  # a listener for machines
        self.issuers = []  # of their access tokens
        self.environment = environment or {}  # of the programs, besides ours
        self.edge_folder = self.folder / "edge"
        self.core_folder = self.folder / "core"
        self.logs = self.folder / "logs"
        for made in (self.edge_folder, self.core_folder, self.logs):
            made.mkdir(mode=0o700)
        self._case_types = pathlib.Path(case_types) if case_types else BUILD / "share/sluis/policies"
        self.edge = self.core = None
        self._uploaders = []
        self.edge_ports = {"public": 0, "inner": 0}
        self.console_port = 0
        self.mail = MailSink(self.folder)
        self._make_keys()

    def __enter__(self):
        try:
            self.mail.start()
            self.start_edge()
            self.write_core_config()
            self.add_staff(STAFF)
            self.start_core()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure):
        for uploader in self._uploaders:
            uploader.close()
        reds = []
        for program in (self.core, self.edge):
            if program and program.process.poll() is None:
                program.kill()
            elif program and program.process.returncode not in (0, None, -signal.SIGKILL):
                reds.append(f"{program.process.args[0]} ended by itself with {program.process.returncode}: "
                            + program.log.read_text("utf-8", "replace")[-3000:])
        reds += sanitizer_reports(self.logs)
        self.mail.stop()
        if failure and failure[0] or reds or "SLUIS_KEEP" in os.environ:
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder)
        if reds and not (failure and failure[0]):
            raise AssertionError("\n".join(reds))

    # Set-up.

    def _make_keys(self):
        self.authority = pki.Authority(self.folder)
        self.ca = self.authority.certificate
        edge, core = self.edge_folder, self.core_folder
        self.authority.server(edge / "public.pem", edge / "public.key", "localhost")
        self.authority.server(edge / "inner.pem", edge / "inner.key", "edge-inner")
        self.authority.server(core / "console.pem", core / "console.key", "localhost")
        self.core_pin = self.authority.client(core / "link.pem", core / "link.key", "sluis-core")
        for zone in (edge, core):
            shutil.copy(self.ca, zone / "ca.pem")
        self.vkeys = {}
        for zone, name in ((edge, "edge"), (core, "core")):
            signer, self.vkeys[name] = pki.note_key(f"sluis.example/{name}")
            (zone / "log.skey").write_text(signer + "\n")
            (zone / "log.skey").chmod(0o600)
        subprocess.run(["age-keygen", "-o", core / "kek.age"], check=True, capture_output=True)
        (core / "kek.age").chmod(0o600)
        shutil.copytree(self._case_types, core / "policies")

    def write_edge_config(self):
        self._write(self.edge_folder / "edge.json", {
            "state": "state",
            "public": {"address": "127.0.0.1", "port": self.edge_ports["public"], "hosts": ["localhost"], "certificate": "public.pem",
                       "key": "public.key"},
            "inner": {"address": "127.0.0.1", "port": self.edge_ports["inner"], "hosts": ["edge-inner"], "certificate": "inner.pem",
                      "key": "inner.key", "clientCa": "ca.pem", "client": self.core_pin},
            "log": {"key": "log.skey"}, "diskReserveBytes": self.disk_reserve,
            **({"machines": {"address": "127.0.0.1", "port": self.edge_ports.get("machines", 0), "clientCa": "ca.pem"}}
               if self.machines else {}),
        })

    def write_core_config(self):
        self._write(self.core_folder / "core.json", {
            "state": "state",
            "console": {"address": "127.0.0.1", "port": self.console_port, "hosts": ["localhost"], "certificate": "console.pem",
                        "key": "console.key"},
            "edge": {"url": f"https://edge-inner:{self.edge_ports['inner']}", "connectTo": f"127.0.0.1:{self.edge_ports['inner']}",
                     "ca": "ca.pem", "certificate": "link.pem", "key": "link.key", "log": self.vkeys["edge"],
                     "public": f"https://localhost:{self.edge_ports['public']}"},
            "log": {"key": "log.skey"},
            "keys": {"identity": "kek.age", **({"recovery": self.recovery} if self.recovery else {})},
            "mail": {"url": self.mail.url, "from": "sluis@stad.example"},
            "organisation": "Stad Voorbeeld", "policies": "policies", "pullSeconds": self.pull_seconds,
            **({"issuers": self.issuers} if self.issuers else {}),
        })

    @staticmethod
    def _write(file, value):
        file.write_text(json.dumps(value, indent=1))
        file.chmod(0o600)

    def add_staff(self, people):
        lines = "".join(json.dumps(person) + "\n" for person in people)
        done = subprocess.run([PROGRAMS / "sluis-core", "--config", self.core_folder / "core.json", "--add-staff"], input=lines, text=True,
                              capture_output=True)
        if done.returncode:
            raise AssertionError(f"--add-staff: exit code {done.returncode}: {done.stderr[-2000:]}")

    # Programs. The ports of the first start are kept, so that a restart is found where the first was.

    def start_edge(self):
        self.write_edge_config()
        self.edge = Program([PROGRAMS / "sluis-edge", "--config", self.edge_folder / "edge.json"], self.logs / "edge.log", self.environment)
        ready = self.edge.wait_ready()
        self.edge_ports = {name: ready[name] for name in ("public", "inner", "machines") if name in ready}
        self.write_edge_config()

    def start_core(self):
        self.write_core_config()
        self.core = Program([PROGRAMS / "sluis-core", "--config", self.core_folder / "core.json"], self.logs / "core.log", self.environment)
        self.console_port = self.core.wait_ready()["console"]
        self.write_core_config()

    @property
    def surroundings(self):
        """Of the command line: what it keeps for its user stays in this installation's folder."""
        return {**os.environ, "XDG_STATE_HOME": str(self.folder / "user-state")}

    def sluis(self, *arguments, check=True, **options):
        """The command line."""
        done = subprocess.run([PROGRAMS / "sluis", *arguments], capture_output=True, text=True, env=self.surroundings, **options)
        if check and done.returncode:
            raise AssertionError(f"sluis {' '.join(map(str, arguments))}: exit code {done.returncode}: {done.stderr[-2000:]}")
        return done

    # People.

    @property
    def edge_url(self):
        return f"https://localhost:{self.edge_ports['public']}"

    @property
    def console_url(self):
        return f"https://localhost:{self.console_port}"

    def staff(self, user):
        console = Console(self.console_port, self.ca)
        console.sign_in(user, PASSWORD)
        return console

    def open_request(self, handler, case_number, **other):
        """Dossier, party, consent where one is needed, request; waits for the invitation. Gives what a test asks for next."""
        wanted = dict(caseType="medical-unfitness", subject="Maria Canarie-Janssens", advisingDoctor="dr.peeters",
                      role="treating-provider", name="Dr. Els Wouters", mail=f"els.wouters.{case_number.lower()}@praktijk.example",
                      items=["medical-report"], consent="secrecy-release", message="Graag uw verslag over de arbeidsgeschiktheid.")
        wanted.update(other)
        dossier = handler.post("/api/v1/dossiers", {
            "caseType": wanted["caseType"], "caseNumber": case_number, "subject": wanted["subject"],
            "advisingDoctor": wanted["advisingDoctor"]})["id"]
        party = handler.post(f"/api/v1/dossiers/{dossier}/parties",
                             {"role": wanted["role"], "name": wanted["name"], "mail": wanted["mail"]})["id"]
        consent = None
        if wanted["consent"]:
            consent = handler.post(f"/api/v1/dossiers/{dossier}/consents", {
                "kind": wanted["consent"], "party": party, "evidence": "signed-paper-scan", "note": "Formulier in het dossier",
                "from": in_days(-1), "until": in_days(150)})["id"]
        request = handler.post(f"/api/v1/dossiers/{dossier}/requests", {
            "party": party, "items": [{"type": item, "required": True} for item in wanted["items"]], "deadline": in_days(14),
            "message": wanted["message"], "language": "nl"})
        link = self.link_of(self.mail.wait_for(wanted["mail"])[-1])
        return {"dossier": dossier, "party": party, "consent": consent, "request": request["id"], "grant": request["grant"], "link": link,
                "mail": wanted["mail"], "caseNumber": case_number}

    def link_of(self, mail):
        words = [word.strip("<>().,\"") for word in text_of(mail).split() if "/u#" in word]
        assert words, f"no link in the mail: {text_of(mail)[:500]}"
        return words[0]

    def shown(self, link):
        """What a client learns from its link, once the edge has the posting."""
        def ask():
            done = self.sluis("credential", "show", link, "--ca", self.ca, "--json", check=False)
            return done.returncode == 0 and json.loads(done.stdout)
        return wait_until(ask, "the posting on the edge")

    def uploader(self, link):
        self._uploaders.append(Uploader(link, self.ca, self.shown(link)))
        return self._uploaders[-1]

    def outcome(self, link, upload, seconds=30):
        def ask():
            done = self.sluis("credential", "outcome", link, "--upload", upload, "--ca", self.ca, check=False)
            return done.returncode == 0 and json.loads(done.stdout)
        return wait_until(ask, "the outcome on the uploader's link", seconds)

    def send(self, link, *files, item=None):
        """`sluis send`; one object a file, in their order: {"file","upload","receipt","sha256","bytes"}."""
        done = self.sluis("send", "--credential", link, "--ca", self.ca, *(["--item", item] if item else []), "--json", *files)
        said = {one["file"]: one for one in map(json.loads, done.stdout.splitlines())}
        return [said[str(file)] for file in files]

    def verify_receipt(self, file, log):
        return self.sluis("receipt", "verify", file, "--key", self.vkeys[log], check=False)


def receipt_leaf(text):
    """The log entry inside a .tlog-proof file: the line `extra <base64>`."""
    line = next(line for line in text.splitlines() if line.startswith("extra "))
    return json.loads(base64.b64decode(line.split(" ", 1)[1]))


def databases(folder):
    """The SQLite files of a state folder, known by their first bytes."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            with file.open("rb") as stream:
                if stream.read(15) == b"SQLite format 3":
                    found.append(file)
    return found


def execute(database, sql):
    """A change behind the back of a program that does not run."""
    connection = sqlite3.connect(database)
    try:
        with connection:
            connection.execute(sql)
    finally:
        connection.close()


def query(database, sql):
    """Rows, read with another SQLite than the programs', while they run or not."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
