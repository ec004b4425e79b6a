"""Uploads: ours, a sink that only writes and syncs, and the peers, side by side in one run. Prints tables, ratios first; asserts nothing.

    uploads.py --build build/release [--rounds 3] [--only sluis,sink] [--results FILE] [--tools FOLDER]

Each round takes every server in turn, started anew in an empty folder on the disk of the temporary folder, so that a busy moment hits all
alike, and waits a while for other programs to be quiet. Figures are medians of the rounds.
"""
import argparse
import base64
import datetime
import hashlib
import json
import math
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
HANDSHAKE_SECONDS, HANDSHAKE_THREADS = 3, 4
WARM_COUNT = 64
SETTLE_SECONDS = 1.0
QUIET_SHARE = 0.15  # of the cores
BUSY_SHARE = 0.25  # above it no aim is judged


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


def busy_seconds() -> float:
    """Of all cores together, since the machine started: everything but idle and waiting."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_for_quiet(patience: float) -> None:
    """Until others leave the cores alone, but not for ever."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before, began = busy_seconds(), time.monotonic()
        time.sleep(0.4)
        if busy_seconds() - before < QUIET_SHARE * os.cpu_count() * (time.monotonic() - began):
            return


def name_of(kind: type[servers.Server], sealed: bool) -> str:
    return kind.name + (", sealed" if sealed else "")


class Bench:
    def __init__(self, folder: pathlib.Path, scratch: pathlib.Path, programs: dict[str, pathlib.Path], patience: float):
        self.folder, self.programs, self.patience = folder, programs, patience
        folder.chmod(0o711)  # apache serves as nobody when it is started by root
        self.keys = servers.Keys(folder / "keys")
        self.bodies = Bodies(scratch)
        self.missing: dict[str, str] = {}
        self.figures: dict[str, dict[str, list[float]]] = {}  # server → figure → a value a round
        self.others: list[float] = []  # the share of the cores that others had, a value a run
        self._started = 0

    def note(self, server: str, **figures: float) -> None:
        for name, value in figures.items():
            if not math.isnan(value):
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
        wait_for_quiet(self.patience)
        server.forget_peak()
        before, busy, load, began = server.cpu_seconds(), busy_seconds(), children_seconds(), time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        cpu, elapsed = server.cpu_seconds() - before, time.monotonic() - began
        self.others.append(max(0.0, busy_seconds() - busy - cpu - (children_seconds() - load)) / elapsed / os.cpu_count())
        if done.returncode:
            raise RuntimeError(f"{server.name}, {mode}: {done.stderr[-1000:]}\n{server.log()}")
        return {**json.loads(done.stdout), "cpu": cpu, "peak": server.peak()}

    def small(self, kind: type[servers.Server], sealed: bool = False) -> None:
        with self.server(kind) as server:
            self.load(server, "small", SMALL_BYTES, count=WARM_COUNT, connections=SMALL_CONNECTIONS)
            seal = {"seal": self.bodies.seals[SMALL_BYTES]} if sealed else {}
            done = self.load(server, "small", SMALL_BYTES, count=SMALL_COUNT, connections=SMALL_CONNECTIONS, **seal)
            self.note(name_of(kind, sealed), small_rate=SMALL_COUNT / done["seconds"], small_p50=done["p50"], small_p99=done["p99"],
                      small_cpu=1000 * done["cpu"] / SMALL_COUNT, small_peak=done["peak"] / KIB)

    def big(self, kind: type[servers.Server], sealed: bool = False) -> None:
        with self.server(kind) as server:
            seal = {"seal": self.bodies.seals[GIB]} if sealed else {}
            done = self.load(server, "big", GIB, **seal)
            self.note(name_of(kind, sealed), big_rate=GIB / 1e6 / done["seconds"], big_cpu=done["cpu"], big_peak=done["peak"] / KIB)

    def held(self, server: servers.Server, mode: str, size: int, count: int) -> tuple[int, float]:
        """How many connections lived, and KiB of resident memory for each; no number when some died: what they had counts on."""
        command = self.command(server, mode, size, count=count)
        before = server.resident()
        load = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        held = json.loads(load.stdout.readline())["held"]
        time.sleep(SETTLE_SECONDS)
        after = server.resident()
        rest, _ = load.communicate("\n")
        alive = json.loads(rest)["alive"]
        return alive, (after - before) / held if held and alive == held else math.nan

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

    def measure_all(self, measure, kinds: list[type[servers.Server]]) -> None:
        for kind in kinds:
            if kind.name in self.missing:
                continue
            try:
                measure(kind)
                if kind is servers.Edge and measure in (self.small, self.big):
                    measure(kind, sealed=True)
            except (servers.Missing, RuntimeError, OSError, ValueError) as failure:
                self.missing[kind.name] = f"{measure.__name__}: {failure}"
        print(f"  {measure.__name__} done", file=sys.stderr, flush=True)

    def one_round(self, kinds: list[type[servers.Server]]) -> None:
        """One kind of load after the other, and each on all servers in turn: what is compared is measured within the same minute."""
        for measure in (self.small, self.big, self.handshakes):
            self.measure_all(measure, kinds)

    def in_order(self) -> dict[str, dict[str, list[float]]]:
        order = [kind.name for kind in servers.ALL]
        return dict(sorted(self.figures.items(), key=lambda entry: (order.index(entry[0].split(",")[0]), entry[0])))


def machine() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    processor = found.group(1) if found else platform.machine()
    disk = subprocess.run(["stat", "-f", "-c", "%T", tempfile.gettempdir()], capture_output=True, text=True, check=True).stdout.strip()
    library = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.split(" (")[0].strip()
    system = re.search(r'PRETTY_NAME="([^"]+)"', pathlib.Path("/etc/os-release").read_text()).group(1)
    return f"{os.cpu_count()} × {processor}, {disk}, {system}, {library}"


def run(build: pathlib.Path, rounds: int, only: list[str], results: pathlib.Path | None, tools: pathlib.Path | None = None,
        patience: float = 10) -> int:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    bin_folder, tools = (build / "bin").resolve(), (tools or build / "bin").resolve()
    programs = {"sluis-edge": bin_folder / "sluis-edge", "upload_load": tools / "upload_load", "upload_sink": tools / "upload_sink"}
    kinds = [kind for kind in servers.ALL if not only or kind.name in only]
    if not kinds:
        print(f"uploads: no server of that name; there are {', '.join(kind.name for kind in servers.ALL)}", file=sys.stderr)
        return 2
    if shutil.which("age") is None:
        print("uploads: age(1) is not installed", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="sluis-bench-") as folder, \
            tempfile.TemporaryDirectory(prefix="sluis-bench-", dir=scratch_folder()) as scratch:
        bench = Bench(pathlib.Path(folder), pathlib.Path(scratch), programs, patience)
        try:
            for number in range(rounds):
                first = number % len(kinds)
                bench.one_round(kinds[first:] + kinds[:first])
                keep(bench, results)
            bench.measure_all(bench.memory, [kind for kind in kinds if kind.memory])
        except KeyboardInterrupt:
            print("uploads: interrupted", file=sys.stderr)
        print(keep(bench, results))
    return 0


def keep(bench: Bench, results: pathlib.Path | None) -> str:
    rounds = max((len(values) for figures in bench.figures.values() for values in figures.values()), default=0)
    others = statistics.median(bench.others) if bench.others else 0
    title = f"{datetime.date.today().isoformat()}, {machine()}, load on the same cores, {rounds} interleaved rounds, their medians; "
    text = tables.text_of(f"{title}other programs had {100 * others:.0f} % of the cores", bench.in_order(), bench.missing,
                          others > BUSY_SHARE)
    if results:
        results.write_text(text, encoding="utf-8")
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="names of servers, by commas")
    parser.add_argument("--results", type=pathlib.Path, help="a file for the tables, in Markdown")
    parser.add_argument("--tools", type=pathlib.Path, help="where upload_load and upload_sink are, when not in the build")
    parser.add_argument("--patience", type=float, default=10, help="seconds that each run waits for other programs to be quiet")
    given = parser.parse_args()
    only = [name for name in given.only.split(",") if name]
    return run(given.build, given.rounds, only, given.results, given.tools, given.patience)


if __name__ == "__main__":
    sys.exit(main())
