"""Benchmarks with the peers that are installed, side by side in one run. Prints ratios; asserts nothing.

    run.py --build build/release [--mebibytes 1024] [--rounds 5] [--keys 10000] [--upload-rounds 3] [--results FILE]

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

import uploads


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


def one_core(command: list[str]) -> list[str]:
    return ["taskset", "-c", str(min(os.sched_getaffinity(0))), *command]


def hostile_header(sluis: str, key: str, folder: str) -> None:
    """195 MB that are all header: how soon it is refused, beside a file that is opened."""
    hostile, small = os.path.join(folder, "hostile.age"), os.path.join(folder, "small.age")
    with open(hostile, "wb") as stream:
        stream.write(b"age-encryption.org/v1\n-> a ")
        for _ in range(195):
            stream.write(b"x" * 1_000_000)
    recipient = re.search(r"age1[a-z0-9]+", pathlib.Path(key).read_text(encoding="ascii")).group(0)
    subprocess.run([sluis, "age", "encrypt", "-r", recipient, "-o", small], input=b"a report", check=True)
    times: dict[str, list[float]] = {hostile: [], small: []}
    for _ in range(20):
        for file, taken in times.items():
            begin = time.perf_counter()
            subprocess.run([sluis, "age", "decrypt", "-i", key, file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            taken.append(time.perf_counter() - begin)
    refused, opened = (1000 * statistics.median(taken) for taken in times.values())
    os.unlink(hostile)
    print(f"  a header of 195 MB is refused in {refused:.1f} ms of which a program's start, and a small file opened, takes {opened:.1f} ms")


def library(sluis: str) -> None:
    """What the library takes for the small things, without a program's start."""
    program = pathlib.Path(sluis).parent / "age_bench"
    print(subprocess.run([program], check=True, capture_output=True, text=True).stdout, end="")


def rotation(build: pathlib.Path, keys: int) -> None:
    """`sluis keys rotate` over many compartments, made through the console."""
    environment = dict(os.environ, SLUIS_BUILD=str(build.resolve()), SLUIS_COMPARTMENTS=str(keys))
    done = subprocess.run([sys.executable, "-m", "unittest", "rotation.Rotation"], cwd=pathlib.Path(__file__).resolve().parent,
                          env=environment, capture_output=True, text=True, check=False)
    print(next((line for line in done.stdout.splitlines() if "keys/s" in line), f"  keys rotate: not measured\n{done.stderr[-500:]}"))


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
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--upload-rounds", type=int, default=3)
    parser.add_argument("--results", type=pathlib.Path, help="a file for the tables of the uploads, in Markdown")
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
        commands = {
            "sluis encrypt": [sluis, "age", "encrypt", "-r", recipient, "-o", "/dev/null", plain],
            "age   encrypt": [age, "-r", recipient, "-o", "/dev/null", plain],
            "sluis decrypt": [sluis, "age", "decrypt", "-i", key, "-o", "/dev/null", sealed],
            "age   decrypt": [age, "-d", "-i", key, "-o", "/dev/null", sealed],
        }
        taken = measure({f"{name}, one core": one_core(command) for name, command in commands.items()} | commands, arguments.rounds)
        for name in (plain, sealed):
            os.unlink(name)
        raw = raw_openssl()
        hostile_header(sluis, key, folder)
        library(sluis)
    rotation(arguments.build, arguments.keys)
    print(f"\n{arguments.mebibytes} MiB, from {scratch_folder()} to /dev/null, {arguments.rounds} interleaved rounds\n")
    rates = {name: size / 1e6 / statistics.median(values) for name, values in taken.items()}
    for name, values in taken.items():
        print(f"  {name:24} {rates[name]:7.0f} MB/s   best {size / 1e6 / min(values):7.0f}")
    if raw is not None:
        print(f"  {'OpenSSL, 64 KiB chunks':24} {raw:7.0f} MB/s")
    print()
    for cores in (", one core", ""):
        encrypt, decrypt = (rates[f"sluis {way}crypt{cores}"] for way in ("en", "de"))
        beside = [encrypt / rates[f"age   encrypt{cores}"], decrypt / rates[f"age   decrypt{cores}"]]
        words = f"  {cores.removeprefix(', ') or 'all cores':9} encrypt {beside[0]:.2f} x age, decrypt {beside[1]:.2f} x age"
        print(words + (f"; {encrypt / raw:.2f} and {decrypt / raw:.2f} x raw OpenSSL on one core" if raw is not None else ""))
    print()
    return uploads.run(arguments.build, arguments.upload_rounds, [], arguments.results)


if __name__ == "__main__":
    sys.exit(main())
