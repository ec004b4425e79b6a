"""Uploads: ours, a sink that only writes and syncs, and the peers, side by side in one run. Prints tables, ratios first; asserts nothing.

    uploads.py --build build/release [--rounds 3] [--only sluis,sink] [--results FILE] [--tools FOLDER]

Each round takes every server in turn, started anew in an empty folder on the disk of the temporary folder, so that a busy moment hits all
alike. Figures are medians of the rounds.
"""
import argparse
import base64
import datetime
import hashlib
import json
import os
import pathlib
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/integration"))
import servers  # noqa: E402
import tables  # noqa: E402

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
SMALL_COUNT, SMALL_BYTES, SMALL_CONNECTIONS = 1000, 100 * KIB, 16
HELD_COUNT, HELD_BYTES = 1000, MIB
IDLE_COUNT = 10_000
HANDSHAKE_SECONDS, HANDSHAKE_THREADS = 5, 4
WARM_COUNT = 64
SETTLE_SECONDS = 1.0


def scratch_folder() -> str:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()


class Bodies:
    """Age files of exact sizes, real ones, and for each the seal that fits."""

    def __init__(self, folder: pathlib.Path):
        made = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout
        self.recipient = re.search(r"age1[a-z0-9]+", made).group(0)
        self.folder = folder
        self.files, self.seals = {}, {}
        for size in (SMALL_BYTES, HELD_BYTES, GIB):
            self._make(size)

    def _encrypt(self, plain_bytes: int, file: pathlib.Path) -> int:
        source = subprocess.Popen(["head", "-c", str(plain_bytes), "/dev/zero"], stdout=subprocess.PIPE)
        subprocess.run(["age", "-r", self.recipient, "-o", file], stdin=source.stdout, check=True)
        source.stdout.close()
        source.wait()
        return file.stat().st_size

    def _make(self, size: int) -> None:
        file = self.folder / f"{size}.age"
        header_and_nonce = self._encrypt(0, file) - 16
        rest = size - header_and_nonce
        if self._encrypt(rest - 16 * -(-rest // (64 * KIB + 16)), file) != size:
            raise RuntimeError(f"age made a file that is not of {size} bytes")
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        manifest = subprocess.run(["age", "-r", self.recipient], input=b"{}" * 200, capture_output=True, check=True).stdout
        seal = self.folder / f"{size}.seal"
        seal.write_text(json.dumps({"manifest": base64.b64encode(manifest).decode(), "mac": "0" * 64, "sha256": digest}))
        self.files[size], self.seals[size] = file, seal


class Bench:
    def __init__(self, folder: pathlib.Path, scratch: pathlib.Path, programs: dict[str, pathlib.Path]):
        self.folder, self.programs = folder, programs
        folder.chmod(0o711)  # apache serves as nobody when it is started by root
        self.keys = servers.Keys(folder / "keys")
        self.bodies = Bodies(scratch)
        self.missing: dict[str, str] = {}
        self.figures: dict[str, dict[str, list[float]]] = {}  # server → figure → a value a round
        self._started = 0

    def note(self, server: str, **figures: float) -> None:
        for name, value in figures.items():
            self.figures.setdefault(server, {}).setdefault(name, []).append(value)

    def server(self, kind: type[servers.Server]) -> servers.Server:
        self._started += 1
        return kind(self.folder / f"{kind.__name__.lower()}-{self._started}", self.keys, self.programs)

    def command(self, server: servers.Server, mode: str, size: int = 0, **options) -> list[str]:
        words = [str(self.programs["upload_load"]), mode, "--port", str(server.port), "--ca", str(self.keys.ca), "--protocol",
                 server.protocol, "--path", server.path]
        if size:
            words += ["--body", str(self.bodies.files[size])]
            lines = server.grants(options.get("connections", 1))
            if lines:
                grants = server.folder / "grants"
                grants.write_text("".join(line + "\n" for line in lines))
                words += ["--grants", str(grants)]
        for name, value in options.items():
            words += [f"--{name}", str(value)]
        return words

    def load(self, server: servers.Server, mode: str, size: int = 0, **options) -> dict:
        """One run of the load and what it cost the server."""
        command = self.command(server, mode, size, **options)
        os.sync()  # what servers that do not sync left behind is no burden of the next
        server.forget_peak()
        before = server.cpu_seconds()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{server.name}, {mode}: {done.stderr[-1000:]}\n{server.log()}")
        return {**json.loads(done.stdout), "cpu": server.cpu_seconds() - before, "peak": server.peak()}

    def throughput(self, kind: type[servers.Server], sealed: bool) -> None:
        name = kind.name + (", sealed" if sealed else "")
        with self.server(kind) as server:
            self.load(server, "small", SMALL_BYTES, count=WARM_COUNT, connections=SMALL_CONNECTIONS)
            seal = {"seal": self.bodies.seals[SMALL_BYTES]} if sealed else {}
            small = self.load(server, "small", SMALL_BYTES, count=SMALL_COUNT, connections=SMALL_CONNECTIONS, **seal)
            self.note(name, small_rate=SMALL_COUNT / small["seconds"], small_p50=small["p50"], small_p99=small["p99"],
                      small_cpu=1000 * small["cpu"] / SMALL_COUNT, small_peak=small["peak"] / KIB)
            seal = {"seal": self.bodies.seals[GIB]} if sealed else {}
            big = self.load(server, "big", GIB, **seal)
            self.note(name, big_rate=GIB / 1e6 / big["seconds"], big_cpu=big["cpu"], big_peak=big["peak"] / KIB)

    def held(self, server: servers.Server, mode: str, size: int, count: int) -> tuple[int, float]:
        """How many connections lived, and KiB of resident memory for each."""
        command = self.command(server, mode, size, count=count)
        before = server.resident()
        load = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        load.stdout.readline()
        time.sleep(SETTLE_SECONDS)
        after = server.resident()
        rest, _ = load.communicate("\n")
        alive = json.loads(rest)["alive"]
        return alive, (after - before) / max(alive, 1)

    def memory(self, kind: type[servers.Server]) -> None:
        with self.server(kind) as server:
            time.sleep(SETTLE_SECONDS)
            self.note(kind.name, idle_memory=server.resident() / KIB)
            alive, each = self.held(server, "hold", HELD_BYTES, HELD_COUNT)
            self.note(kind.name, held_alive=alive, held_each=each)
        with self.server(kind) as server:
            time.sleep(SETTLE_SECONDS)
            alive, each = self.held(server, "idle", 0, IDLE_COUNT)
            self.note(kind.name, idle_alive=alive, idle_each=each)

    def handshakes(self, kind: type[servers.Server]) -> None:
        with self.server(kind) as server:
            done = self.load(server, "handshakes", seconds=HANDSHAKE_SECONDS, connections=HANDSHAKE_THREADS)
            self.note(kind.name, handshakes=done["handshakes"] / done["seconds"], handshakes_core=done["handshakes"] / done["cpu"])

    def one_round(self, kinds: list[type[servers.Server]]) -> None:
        for kind in kinds:
            if kind.name in self.missing:
                continue
            try:
                self.throughput(kind, sealed=False)
                if kind is servers.Edge:
                    self.throughput(kind, sealed=True)
                if kind.memory:
                    self.memory(kind)
                self.handshakes(kind)
            except servers.Missing as missing:
                self.missing[kind.name] = str(missing)

    def medians(self) -> dict[str, dict[str, float]]:
        return {server: {name: statistics.median(values) for name, values in figures.items()} for server, figures in self.figures.items()}


def machine() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    processor = found.group(1) if found else platform.machine()
    disk = subprocess.run(["stat", "-f", "-c", "%T", tempfile.gettempdir()], capture_output=True, text=True, check=True).stdout.strip()
    library = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.split(" (")[0].strip()
    system = re.search(r'PRETTY_NAME="([^"]+)"', pathlib.Path("/etc/os-release").read_text()).group(1)
    return f"{os.cpu_count()} × {processor}, {disk}, {system}, {library}"


def run(build: pathlib.Path, rounds: int, only: list[str], results: pathlib.Path | None, tools: pathlib.Path | None = None) -> int:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    bin_folder, tools = (build / "bin").resolve(), (tools or build / "bin").resolve()
    programs = {"sluis-edge": bin_folder / "sluis-edge", "upload_load": tools / "upload_load", "upload_sink": tools / "upload_sink"}
    kinds = [kind for kind in servers.ALL if not only or kind.name in only]
    if shutil.which("age") is None:
        print("uploads: age(1) is not installed", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="sluis-bench-") as folder, \
            tempfile.TemporaryDirectory(prefix="sluis-bench-", dir=scratch_folder()) as scratch:
        bench = Bench(pathlib.Path(folder), pathlib.Path(scratch), programs)
        for number in range(rounds):
            bench.one_round(kinds)
            print(f"  round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    title = f"{datetime.date.today().isoformat()}, {machine()}, load on the same cores, median of {rounds} interleaved rounds"
    text = tables.text_of(title, bench.medians(), bench.missing)
    print(text)
    if results:
        results.write_text(text, encoding="utf-8")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="names of servers, by commas")
    parser.add_argument("--results", type=pathlib.Path, help="a file for the tables, in Markdown")
    parser.add_argument("--tools", type=pathlib.Path, help="where upload_load and upload_sink are, when not in the build")
    given = parser.parse_args()
    return run(given.build, given.rounds, [name for name in given.only.split(",") if name], given.results, given.tools)


if __name__ == "__main__":
    sys.exit(main())
