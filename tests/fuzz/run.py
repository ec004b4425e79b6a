#!/usr/bin/python3
"""Runs every fuzz target for a while, as many at once as there are processors, and says of each what it did.

    tests/fuzz/run.py [--build build/fuzz] [--seconds 600] [TARGET…]

What a target learns stays in BUILD/corpus/TARGET and is where the next run begins; the committed seeds are read as well. An input that
breaks a target is kept as BUILD/found/TARGET-…, and belongs among the seeds once it is mended. Ends with "N passed, N failed".
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
INPUT_BYTES_MAX = 256 * 1024  # twice the largest header


def run(build, seconds, target):
    corpus, found = build / "corpus" / target, build / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.run(
        [build / "bin" / f"fuzz_{target}", f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}", "-len_control=50", "-timeout=10",
         "-rss_limit_mb=1024", "-print_final_stats=1", f"-artifact_prefix={found}/{target}-", corpus, HERE / "seeds" / target],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=dict(os.environ, ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1"))
    return target, process.returncode, process.stdout


def figure(pattern, output):
    found = re.findall(pattern, output)
    return int(found[-1]) if found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent.parent / "build" / "fuzz")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("targets", nargs="*")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    targets = arguments.targets or sorted(path.name.removeprefix("fuzz_") for path in (build / "bin").glob("fuzz_*"))
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for target, code, output in pool.map(lambda name: run(build, arguments.seconds, name), targets):
            runs = figure(r"stat::number_of_executed_units:\s*(\d+)", output)
            edges, memory = figure(r"cov: (\d+)", output), figure(r"stat::peak_rss_mb:\s*(\d+)", output)
            good = code == 0 and runs > 0
            print(f"  {'ok  ' if good else 'FAIL'} {target:9} {arguments.seconds} s, {runs:>11,} inputs, {edges:>5} edges, {memory:>4} MiB",
                  flush=True)
            if not good:
                print("\n".join("       | " + line for line in output.splitlines()[-60:]), flush=True)
            passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
