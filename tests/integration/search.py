"""Looks for secrets in files and in the memory of programs, in every form in which they might lie about."""
import base64
import pathlib
import urllib.parse


def forms(secret):
    """{what: bytes} of one text or key, as it could lie about: raw, hex, base64 at any alignment, UTF-16, percent- and JSON-escaped."""
    raw = secret.encode() if isinstance(secret, str) else secret
    found = {"raw": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw)
        # Characters that share bits with a neighbour are left out: what stays occurs in every base64 of a text that holds the secret.
        inner = padded[(0, 2, 3)[shift]:-4 if len(padded) > 12 else None].rstrip(b"=")
        found[f"base64+{shift}"] = inner
        found[f"base64url+{shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    if isinstance(secret, str):
        found["utf-16le"] = secret.encode("utf-16le")
        found["utf-16be"] = secret.encode("utf-16be")
        found["percent"] = urllib.parse.quote(secret).encode()
        found["plus"] = urllib.parse.quote_plus(secret).encode()
        found["lower"] = secret.lower().encode()
        found["upper"] = secret.upper().encode()
    return {how: text for how, text in found.items() if len(text) >= 6}


def hits(data, secrets):
    return sorted({f"{name} as {how}" for name, secret in secrets.items() for how, text in forms(secret).items() if text in data})


def search(folder, secrets):
    """{file: hits} over every file of the folder, its database and the write-ahead log included."""
    found = {}
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if file.is_file():
            there = hits(file.read_bytes(), secrets)
            if there:
                found[str(file.relative_to(folder))] = there
    return found


SHADOW_BYTES = 1 << 36  # no region of ours is so large; a sanitizer's shadow is, and holds no byte of the program


def sanitized(program):
    content = program.read_bytes()
    return b"__asan_init" in content or b"__tsan_init" in content


def regions(process):
    """(start, end, whether it is locked in memory) of what a running program can read."""
    span = None
    with open(f"/proc/{process}/smaps") as maps:
        for line in maps:
            words = line.split()
            if not words[0].endswith(":"):
                span = words[0] if "r" in words[1] and "[v" not in line else None
            elif words[0] == "VmFlags:" and span:
                start, end = (int(part, 16) for part in span.split("-"))
                yield start, end, "lo" in words[1:]


def memory_of(process, locked=True):
    """Every readable page of a running program; without those that are locked when that is asked for."""
    with open(f"/proc/{process}/mem", "rb", 0) as memory:
        for start, end, is_locked in regions(process):
            if end - start >= SHADOW_BYTES or (is_locked and not locked):
                continue
            try:
                memory.seek(start)
                yield memory.read(end - start)
            except (OSError, OverflowError, ValueError):
                continue


def bech32_bytes(text):
    """The 32 bytes behind AGE-SECRET-KEY-1…; the checksum is somebody else's to check."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{alphabet.index(character):05b}" for character in text.lower().split("1")[1][:-6])
    return bytes(int(bits[at:at + 8], 2) for at in range(0, 256, 8))
