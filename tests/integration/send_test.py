"""`sluis send`: many files at once, on a line that breaks, killed and started again, and on documents that change under its hands."""
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import harness
from harness import wait_until
from slow_line import SlowLine
from terminal import Terminal

MIB = 1 << 20
DRAWING = dict(harness.SITE_REPORT, items=["drawing"])


def heed_ctrl_c():
    """A shell starts what runs in its background deaf to it, and that is inherited."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Send(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.handler = cls.sluis.staff("karim")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sluis-test-")))
        self.asked = self.sluis.open_request(self.handler, f"SEND-{time.time_ns()}", **DRAWING)
        self.uploader = self.sluis.uploader(self.asked["link"])
        self.line = SlowLine(self.sluis.edge_ports["public"])
        self.addCleanup(self.line.close)
        self.state = self.sluis.folder / "user-state/sluis/send"
        shutil.rmtree(self.state, ignore_errors=True)  # what a test that failed left
        seed = random.randrange(1 << 32)
        print(f"seed {seed} ", end="", flush=True)
        self.random = random.Random(seed)

    def file(self, name, size):
        file = self.folder / name
        file.write_bytes(self.random.randbytes(size))
        return file

    def command(self, *arguments):
        return [harness.PROGRAMS / "sluis", "send", "--credential", self.line.link(self.asked["link"]), "--ca", self.sluis.ca, *arguments]

    def start(self, *arguments):
        process = subprocess.Popen(self.command(*arguments), preexec_fn=heed_ctrl_c, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.sluis.surroundings)
        return self.addCleanup(self.end, process) or process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def finish(self, process, code=0):
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, err)
        return [json.loads(line) for line in out.splitlines()], err

    def uploads(self):
        return self.uploader.posting().json["uploads"]

    def receiving(self, least=1):
        """The uploads under way, once each has at least so many bytes on the edge's disk."""
        def found():
            some = [one for one in self.uploads() if one["state"] == "receiving"]
            return some and all(one["offset"] >= least for one in some) and some
        return wait_until(found, f"{least} bytes on the edge")

    def kept(self):
        return sorted(self.state.iterdir()) if self.state.exists() else []

    def expect_arrived(self, file, said, content=None):
        """Receipt beside it, and the same bytes in core's case store."""
        content = file.read_bytes() if content is None else content
        self.assertEqual((said["file"], said["bytes"], said["sha256"]), (str(file), len(content), hashlib.sha256(content).hexdigest()))
        self.assertEqual(pathlib.Path(said["receipt"]).parent, file.parent)
        done = self.sluis.verify_receipt(said["receipt"], "edge")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(harness.receipt_leaf(pathlib.Path(said["receipt"]).read_text())["upload"], said["upload"])
        self.assertEqual(self.sluis.outcome(self.asked["link"], said["upload"], 60)["state"], "filed")
        listed = self.handler.get(f"/api/v1/dossiers/{self.asked['dossier']}")["documents"]
        document = next(one for one in listed if one["name"] == file.name and one["state"] == "filed")
        answer = self.handler.call("GET", f"/api/v1/documents/{document['id']}/content")
        self.assertEqual(hashlib.sha256(answer.body).digest(), hashlib.sha256(content).digest())

    # Several at once.

    def test_three_files_at_once(self):
        files = [self.file(f"{number}.dwg", 3 * MIB) for number in range(3)]
        self.line.bytes_per_second = 8 * MIB
        process = self.start("--json", *files)
        wait_until(lambda: len([one for one in self.uploads() if one["state"] == "receiving"]) == 3, "three uploads side by side")
        kept = self.kept()
        self.assertEqual(self.state.stat().st_mode & 0o7777, 0o700)
        self.assertEqual({file.stat().st_mode & 0o7777 for file in kept}, {0o600}, kept)
        said, err = self.finish(process)
        self.assertEqual((len(said), err), (3, ""))
        for one in said:
            self.assertEqual(set(one), {"file", "upload", "receipt", "sha256", "bytes"})
            self.expect_arrived(pathlib.Path(one["file"]), one)
        self.assertEqual(self.kept(), [])

    def test_one_at_a_time_when_asked(self):
        files = [self.file(f"{number}.dwg", 300_000) for number in range(4)]
        self.line.bytes_per_second = 2 * MIB
        process = self.start("--json", "--parallel", "1", *files)
        most = 0
        while process.poll() is None:
            most = max(most, len([one for one in self.uploads() if one["state"] == "receiving"]))
        said, _ = self.finish(process)
        self.assertEqual(([one["file"] for one in said], most), ([str(file) for file in files], 1))

    def test_a_refused_file_does_not_stop_the_others(self):
        empty = self.file("empty.dwg", 0)
        missing = self.folder / "missing.dwg"
        good = [self.file("a.dwg", 1000), self.file("b.dwg", 2000)]
        said, err = self.finish(self.start("--json", empty, good[0], missing, self.folder, good[1]), code=1)
        by_file = {one["file"]: one for one in said}
        for file in good:
            self.expect_arrived(file, by_file[str(file)])
        self.assertEqual({file: by_file[str(file)]["error"]["type"] for file in (empty, missing, self.folder)},
                         {empty: "empty", missing: "unreadable", self.folder: "unreadable"})
        self.assertEqual(set(by_file[str(empty)]), {"file", "error"})
        self.assertEqual(set(by_file[str(empty)]["error"]), {"type", "title"})
        lines = err.splitlines()
        self.assertEqual(len(lines), 3, err)
        for file in (empty, missing, self.folder):
            self.assertEqual(len([line for line in lines if line.startswith(f"sluis send: {file}: ")]), 1, err)
        self.assertEqual(self.kept(), [])

    def test_wrong_usage_is_told_before_anything_is_asked(self):
        file = self.file("a.dwg", 10)
        for wrong in (["--parallel", "0"], ["--parallel", "17"], ["--parallel", "x"], ["--patience", "-1"], ["--patience"], [file],
                      ["--supersedes", "0" * 32]):
            with self.subTest(wrong):
                _, err = self.finish(self.start(file, *wrong), code=2)
                self.assertEqual(len(err.splitlines()), 1)
        self.assertEqual(self.line.connections, 0)

    # Broken off and gone on with.

    def kill_in_the_middle(self, *arguments, least=8 * MIB, how=signal.SIGKILL):
        process = self.start("--json", *arguments)
        receiving = self.receiving(least)
        process.send_signal(how)
        _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, -how)
        return receiving, err

    def test_killed_in_the_middle_of_a_large_file_it_goes_on_where_the_edge_is(self):
        file = self.folder / "large.dwg"
        with open(file, "wb") as written:  # 200 MiB with holes
            for at in range(0, 200, 20):
                written.seek(at * MIB)
                written.write(self.random.randbytes(5 * MIB + 17))
            written.truncate(200 * MIB + 12345)
        size = file.stat().st_size
        self.line.bytes_per_second = 40 * MIB
        [before], _ = self.kill_in_the_middle(file, least=64 * MIB)
        self.assertEqual(sorted(one.name for one in self.folder.iterdir()), ["large.dwg"], "no receipt without a receipt")
        kept = self.kept()
        self.assertEqual(sorted({one.suffix for one in kept}), [".json", ".lock"])
        self.assertEqual({one.stat().st_mode & 0o7777 for one in kept}, {0o600})
        for secret in ("large.dwg", self.asked["link"].split(".")[-1]):
            self.assertNotIn(secret, kept[0].read_text())
        sent_first, self.line.bytes_per_second = self.line.sent_up, None
        [said], _ = self.finish(self.start("--json", file))
        sent_then = self.line.sent_up - sent_first
        self.assertEqual(said["upload"], before["id"])
        self.assertLess(sent_then, size - 60 * MIB)
        self.assertEqual(len(self.uploads()), 1)
        self.assertEqual(said["receipt"], f"{file}.tlog-proof")
        self.expect_arrived(file, said)
        self.assertEqual(self.kept(), [])

    def test_several_files_go_on_after_a_kill(self):
        files = [self.file(f"{number}.dwg", 24 * MIB + number) for number in range(3)]
        self.line.bytes_per_second = 12 * MIB
        before, _ = self.kill_in_the_middle(*files)
        self.assertEqual(len(before), 3)
        sent_first, self.line.bytes_per_second = self.line.sent_up, None
        said, _ = self.finish(self.start("--json", *files))
        self.assertEqual({one["upload"] for one in said}, {one["id"] for one in before})
        self.assertLess(self.line.sent_up - sent_first, 72 * MIB - 20 * MIB)
        for one in said:
            self.expect_arrived(pathlib.Path(one["file"]), one)
        self.assertEqual(self.kept(), [])

    def test_ctrl_c_ends_it_at_once_and_says_how_to_go_on(self):
        file = self.file("a.dwg", 24 * MIB)
        self.line.bytes_per_second = 4 * MIB
        [before], err = self.kill_in_the_middle(file, how=signal.SIGINT)
        self.assertIn("the same command goes on from there", err)
        self.line.bytes_per_second = None
        [said], _ = self.finish(self.start("--json", file))
        self.assertEqual(said["upload"], before["id"])

    def test_killed_between_seal_and_receipt_it_gets_the_receipt_and_sends_nothing(self):
        file = self.file("a.dwg", 20 * MIB)
        self.line.bytes_per_second = 16 * MIB
        process = self.start("--json", file)
        self.receiving(8 * MIB)
        kept = {one: one.read_bytes() for one in self.kept() if one.suffix == ".json"}
        [said], _ = self.finish(process)
        for one, content in kept.items():  # as a kill before its removal leaves it
            one.write_bytes(content)
        pathlib.Path(said["receipt"]).unlink()
        sent_first = self.line.sent_up
        [again], _ = self.finish(self.start("--json", file))
        self.assertEqual(again, said)
        self.assertLess(self.line.sent_up - sent_first, MIB)
        self.assertEqual(len(self.uploads()), 1)
        self.expect_arrived(file, again)
        self.assertEqual(self.kept(), [])

    def test_a_second_run_keeps_its_hands_off(self):
        file = self.file("a.dwg", 24 * MIB)
        self.line.bytes_per_second = 16 * MIB
        process = self.start("--json", file)
        self.receiving()
        [refused], _ = self.finish(self.start("--json", file), code=1)
        self.assertEqual(refused["error"]["type"], "in-use")
        [said], _ = self.finish(process)
        self.expect_arrived(file, said)

    # The line and the server.

    def test_a_line_that_breaks_again_and_again_costs_a_few_bytes(self):
        file = self.file("a.dwg", 48 * MIB)
        self.line.bytes_per_second = 24 * MIB
        process = self.start("--json", file)
        for least in (1, 8 * MIB, 16 * MIB):
            self.receiving(least)
            self.line.cut()
        [said], err = self.finish(process)
        self.assertEqual(err, "")
        self.assertLess(self.line.sent_up, 80 * MIB)
        self.assertEqual(len(self.uploads()), 1)
        self.expect_arrived(file, said)

    def test_the_edge_stops_and_starts_again_meanwhile(self):
        file = self.file("a.dwg", 48 * MIB)
        self.line.bytes_per_second = 24 * MIB
        process = self.start("--json", file)
        [before] = self.receiving(8 * MIB)
        self.uploader.close()
        self.sluis.edge.kill()
        time.sleep(2)  # long enough for it to find nobody there, more than once
        self.assertIsNone(process.poll())
        self.sluis.start_edge()
        [said], err = self.finish(process)
        self.assertEqual((said["upload"], err), (before["id"], ""))
        self.expect_arrived(file, said)

    def test_patience_ends_and_a_later_run_goes_on(self):
        file = self.file("a.dwg", 24 * MIB)
        self.line.bytes_per_second = 16 * MIB
        process = self.start("--json", "--patience", "2", file)
        [before] = self.receiving(8 * MIB)
        self.line.dead = True
        self.line.cut()
        [refused], err = self.finish(process, code=1)
        self.assertEqual(refused["error"]["type"], "unreachable")
        self.assertIn("goes on later", err)
        self.line.dead, self.line.bytes_per_second = False, None
        [said], _ = self.finish(self.start("--json", file))
        self.assertEqual(said["upload"], before["id"])
        self.expect_arrived(file, said)

    def test_what_the_edge_gave_up_is_sent_anew(self):
        file = self.file("a.dwg", 24 * MIB)
        self.line.bytes_per_second = 16 * MIB
        [before], _ = self.kill_in_the_middle(file)
        self.assertEqual(self.uploader.delete(before["id"]).status, 204)
        self.line.bytes_per_second = None
        [said], _ = self.finish(self.start("--json", file))
        self.assertNotEqual(said["upload"], before["id"])
        self.expect_arrived(file, said)

    # Documents that change.

    def test_a_file_that_changes_while_it_is_sent_is_told_and_leaves_nothing(self):
        file, good = self.file("a.dwg", 32 * MIB), self.file("b.dwg", 1000)
        changes = {
            "other bytes of the same size": lambda: os.pwrite(descriptor, b"another byte", 30 * MIB),
            "longer": lambda: os.pwrite(descriptor, b"more", file.stat().st_size),
            "shorter": lambda: os.truncate(descriptor, 20 * MIB),
        }
        for change, make in changes.items():
            with self.subTest(change), contextlib.ExitStack() as stack:
                descriptor = os.open(file, os.O_WRONLY)
                stack.callback(os.close, descriptor)
                self.line.bytes_per_second = 24 * MIB
                process = self.start("--json", "--quiet", file, good)
                [upload] = [one["id"] for one in self.receiving(8 * MIB)]
                make()
                said, err = self.finish(process, code=1)
                by_file = {one["file"]: one for one in said}
                self.assertEqual(by_file[str(file)]["error"], {"type": "changed", "title": "it was changed while it was sent"})
                self.assertIn("upload", by_file[str(good)])
                self.assertEqual(err.splitlines(), [f"sluis send: {file}: it was changed while it was sent"])
                self.assertEqual([one["state"] for one in self.uploads() if one["id"] == upload], ["aborted"])
                self.assertFalse((self.folder / "a.dwg.tlog-proof").exists())
                self.assertEqual(self.kept(), [])

    def test_a_file_that_changed_between_two_runs_is_sent_anew_even_when_it_looks_the_same(self):
        file = self.file("a.dwg", 24 * MIB)
        looks = file.stat()
        for change, at in (("before what was sent", 100), ("behind it", 24 * MIB - 100)):
            with self.subTest(change):
                self.line.bytes_per_second = 16 * MIB
                [before], _ = self.kill_in_the_middle(file)
                with open(file, "r+b") as changed:
                    changed.seek(at)
                    changed.write(self.random.randbytes(50))
                os.utime(file, ns=(looks.st_atime_ns, looks.st_mtime_ns))
                self.line.bytes_per_second = None
                [said], _ = self.finish(self.start("--json", file))
                self.assertNotEqual(said["upload"], before["id"])
                self.assertEqual([one["state"] for one in self.uploads() if one["id"] == before["id"]], ["aborted"])
                done = self.sluis.outcome(self.asked["link"], said["upload"])
                self.assertEqual((done["state"], said["sha256"]), ("filed", hashlib.sha256(file.read_bytes()).hexdigest()))
                self.assertEqual(self.kept(), [])

    def test_a_request_that_closes_meanwhile_refuses_and_leaves_nothing(self):
        handler = self.sluis.staff("sofie")
        asked = self.sluis.open_request(handler, f"SEND-{time.time_ns()}")
        self.asked, self.uploader = asked, self.sluis.uploader(asked["link"])
        file = self.file("a.pdf", 20 * MIB)
        self.line.bytes_per_second = 4 * MIB
        process = self.start("--json", file)
        self.receiving()
        handler.post(f"/api/v1/consents/{asked['consent']}/withdraw", {"reason": "Ingetrokken"})
        [refused], err = self.finish(process, code=1)
        self.assertEqual(refused["error"]["type"], "forbidden")
        self.assertEqual(len(err.splitlines()), 1)
        self.assertEqual(self.kept(), [])

    # What is shown.

    def test_a_terminal_shows_a_line_for_each_file_and_one_for_all(self):
        files = [self.file("drawing.dwg", 12 * MIB), self.file("a name that is far too long for so narrow a terminal.dwg", 12 * MIB)]
        self.line.bytes_per_second = 12 * MIB
        for columns in (100, 40):
            with self.subTest(columns=columns):
                shown = Terminal(columns, 24)
                code = shown.run(self.command(*files), self.sluis.surroundings)
                self.assertEqual(code, 0, shown.text)
                pictures = shown.pictures()
                self.assertTrue(any(re.search(r"0 of 2 files .* MiB of 24\.0 MiB .*MiB/s", picture[-1]) for picture in pictures)
                                or columns == 40, pictures[-3:])
                self.assertTrue(any(re.match(r"drawing\.dwg +[#.]+ +\d+%", line) for picture in pictures for line in picture), pictures[-3:])
                self.assertTrue(any(len(picture) == 3 for picture in pictures), pictures[-3:])
                self.assertLess(max(len(line) for picture in pictures for line in picture), columns)
                self.assertLessEqual(len(pictures), 10 * shown.seconds + 2)

    def test_a_terminal_is_told_of_a_broken_line_in_the_files_own_line(self):
        file = self.file("drawing.dwg", 24 * MIB)
        self.line.bytes_per_second = 12 * MIB
        shown = Terminal(100, 24)

        def break_the_line():
            self.receiving(8 * MIB)
            self.line.dead = True
            self.line.cut()
            time.sleep(1.5)
            self.line.dead = False
        code = shown.run(self.command(file), self.sluis.surroundings, meanwhile=break_the_line)
        self.assertEqual(code, 0, shown.text)
        self.assertTrue(any("no connection, again in 0:0" in picture[0] for picture in shown.pictures()), shown.text[-2000:])

    def test_no_terminal_no_escape_sequences_and_quiet_says_nothing(self):
        file = self.file("a.dwg", MIB)
        done = subprocess.run(self.command(file), capture_output=True, text=True, env=self.sluis.surroundings)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("a.dwg arrived safely.", done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        done = subprocess.run(self.command("--quiet", file), capture_output=True, text=True, env=self.sluis.surroundings)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertTrue((self.folder / "a.dwg.2.tlog-proof").exists())
        shown = Terminal(100, 24)
        self.assertEqual(shown.run(self.command("--quiet", file), self.sluis.surroundings), 0)
        self.assertEqual(shown.text, "")


if __name__ == "__main__":
    unittest.main()
