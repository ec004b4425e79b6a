"""A real SMTP server (aiosmtpd) that keeps what it gets in a Maildir, and a reader for it."""
import email
import email.policy
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailSink:
    def __init__(self, folder):
        self.folder = folder / "mail"
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._log = open(folder / "mail.log", "ab")
        self._process = None

    def start(self):
        self._process = subprocess.Popen(
            ["/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}", "-c", "aiosmtpd.handlers.Mailbox", self.folder],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the mail sink did not start; is python3-aiosmtpd there?")

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None
        self._log.close()

    def all(self):
        """Parsed mails, oldest first."""
        found = sorted((file for part in ("new", "cur") for file in (self.folder / part).glob("*")), key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in found]

    def to(self, address):
        return [mail for mail in self.all() if address in str(mail["To"])]

    def wait_for(self, address, count=1, seconds=30, containing=""):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [mail for mail in self.to(address) if containing in text_of(mail)]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"no mail number {count} to {address}; there are {[str(mail['To']) for mail in self.all()]}")


def text_of(mail):
    """Subject and every text part, decoded: what a person sees."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), *parts])


def raw_of(mail):
    """Every header and the decoded text: what a mail server on the way sees."""
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), text_of(mail)])
