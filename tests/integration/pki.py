"""Certificates and log keys for a test installation, made by openssl and by hand: nothing of ours has a say in what it is checked with."""
import base64
import hashlib
import subprocess

DAYS = "30"


def openssl(*arguments, text=None):
    return subprocess.run(["openssl", *arguments], input=text, capture_output=True, check=True, text=isinstance(text, str)).stdout


class Authority:
    """A certificate authority of P-256 keys in one folder."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self.key = folder / "ca.key"
        self._new_key(self.key)
        openssl("req", "-x509", "-new", "-key", self.key, "-out", self.certificate, "-days", DAYS, "-subj", "/CN=Test authority",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def server(self, certificate, key, host):
        self._issue(certificate, key, host, f"subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\n")

    def client(self, certificate, key, name):
        """Gives the pin: hex SHA-256 of the certificate."""
        self._issue(certificate, key, name, "extendedKeyUsage=clientAuth\n")
        return hashlib.sha256(openssl("x509", "-in", certificate, "-outform", "DER")).hexdigest()

    def _issue(self, certificate, key, name, extensions):
        self._new_key(key)
        request = self.folder / f"{key.name}.csr"
        openssl("req", "-new", "-key", key, "-out", request, "-subj", f"/CN={name}")
        extension_file = self.folder / f"{key.name}.ext"
        extension_file.write_text("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n" + extensions)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-out", certificate,
                "-days", DAYS, "-extfile", extension_file)
        request.unlink()
        extension_file.unlink()

    @staticmethod
    def _new_key(key):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        key.chmod(0o600)


def private_bytes(key):
    """The private scalar of a P-256 key file, 32 bytes."""
    der = openssl("ec", "-in", key, "-outform", "DER")
    return der[7:39]  # SEC 1: SEQUENCE, version 1, OCTET STRING of 32


def spki_pin(certificate):
    """What Chromium's --ignore-certificate-errors-spki-list takes: base64 SHA-256 of the public key."""
    public = openssl("x509", "-in", certificate, "-pubkey", "-noout")
    der = openssl("pkey", "-pubin", "-outform", "DER", text=public)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def note_key(name):
    """(signer text, verifier text) of a C2SP signed-note key: Ed25519, key id = SHA-256(name LF 0x01 public)[:4]."""
    pem = openssl("genpkey", "-algorithm", "ED25519")
    seed = openssl("pkey", "-outform", "DER", text=pem)[-32:]
    public = openssl("pkey", "-pubout", "-outform", "DER", text=pem)[-32:]
    identity = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4].hex()
    return (f"PRIVATE+KEY+{name}+{identity}+{base64.b64encode(bytes([1]) + seed).decode()}",
            f"{name}+{identity}+{base64.b64encode(bytes([1]) + public).decode()}")
