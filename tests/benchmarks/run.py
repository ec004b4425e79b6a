"""Benchmarks with the peers that are installed, side by side in one run. Prints ratios; asserts nothing.

    run.py --build build/release [--mebibytes 1024] [--rounds 5]

Rounds are interleaved, so that a busy moment hits all alike; each figure is the median, with the best behind it.
"""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def scratch_folder() -> str:
    """tmpfs when there is one: the disk is not what is measured."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()


def seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def raw_openssl() -> float | None:
    """MB/s of OpenSSL's ChaCha20-Poly1305 in chunks of 64 KiB, on one core: the limit of what we build on."""
    done = subprocess.run(
        ["openssl", "speed", "-seconds", "2", "-bytes", "65536", "-evp", "chacha20-poly1305"], capture_output=True, text=True, check=False
    )
    found = re.search(r"^ChaCha20-Poly1305\s+([0-9.]+)k", done.stdout, re.MULTILINE | re.IGNORECASE)
    return float(found.group(1)) / 1000 if found else None


def measure(runs: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, command in runs.items():
            taken[name].append(seconds(command))
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()

    sluis = str((arguments.build / "bin" / "sluis").resolve())
    age = shutil.which("age")
    if age is None:
        print("bench: the peer age(1) is not installed", file=sys.stderr)
        return 1
    size = arguments.mebibytes * 1024 * 1024
    with tempfile.TemporaryDirectory(prefix="sluis-bench-", dir=scratch_folder()) as folder:
        plain, sealed, key = (os.path.join(folder, name) for name in ("plain", "sealed.age", "key.txt"))
        with open(plain, "wb") as stream:
            block = os.urandom(1024 * 1024)
            for _ in range(arguments.mebibytes):
                stream.write(block)
        subprocess.run([sluis, "age", "keygen", "-o", key], check=True, capture_output=True)
        recipient = re.search(r"age1[a-z0-9]+", pathlib.Path(key).read_text(encoding="ascii")).group(0)
        subprocess.run([age, "-r", recipient, "-o", sealed, plain], check=True)
        taken = measure(
            {
                "sluis encrypt": [sluis, "age", "encrypt", "-r", recipient, "-o", "/dev/null", plain],
                "age   encrypt": [age, "-r", recipient, "-o", "/dev/null", plain],
                "sluis decrypt": [sluis, "age", "decrypt", "-i", key, "-o", "/dev/null", sealed],
                "age   decrypt": [age, "-d", "-i", key, "-o", "/dev/null", sealed],
            },
            arguments.rounds,
        )
    raw = raw_openssl()
    print(f"\n{arguments.mebibytes} MiB, from {scratch_folder()} to /dev/null, {arguments.rounds} interleaved rounds\n")
    rates = {name: size / 1e6 / statistics.median(values) for name, values in taken.items()}
    for name, values in taken.items():
        print(f"  {name}   {rates[name]:7.0f} MB/s   best {size / 1e6 / min(values):7.0f}")
    if raw is not None:
        print(f"  OpenSSL, 64 KiB  {raw:7.0f} MB/s")
    print()
    print(f"  encrypt: {rates['sluis encrypt'] / rates['age   encrypt']:.2f} x age")
    print(f"  decrypt: {rates['sluis decrypt'] / rates['age   decrypt']:.2f} x age")
    if raw is not None:
        print(f"  encrypt: {rates['sluis encrypt'] / raw:.2f} x raw OpenSSL, decrypt: {rates['sluis decrypt'] / raw:.2f} x raw OpenSSL")
    return 0


if __name__ == "__main__":
    sys.exit(main())
