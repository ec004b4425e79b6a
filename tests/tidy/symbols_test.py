"""What is not in the edge cannot be taken over with the edge: its symbol table is read, and core's, to show that the reading works."""
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = pathlib.Path(os.environ.get("SLUIS_BUILD", ROOT / "build/release")) / "bin"

FORBIDDEN = {
    "opening age files": r"\bcrypto::open::",
    "core's composition": r"\bgateway::core\b",
    "core's tables": r"\bstorage::core\b",
    "the keyring": r"Keyring",
    "the router": r"\bRouter\b",
    "the console": r"\bconsole\b|\bConsole",
    "the notifier": r"Notifier",
    "calling out": r"\bcurl_|gateway::client::",
}
WANTED_IN_EDGE = [r"\bgateway::edge\b", r"\bstorage::edge\b", r"\bcrypto::age::"]


def symbols(program):
    done = subprocess.run(["nm", "-C", "--defined-only", PROGRAMS / program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def libraries(program):
    done = subprocess.run(["objdump", "-p", PROGRAMS / program], capture_output=True, text=True, check=True)
    return re.findall(r"NEEDED\s+(\S+)", done.stdout)


class Symbols(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.edge = symbols("sluis-edge")
        cls.core = symbols("sluis-core")

    def test_the_edge_has_nothing_that_opens_routes_tells_or_serves_staff(self):
        for what, pattern in FORBIDDEN.items():
            with self.subTest(what):
                self.assertEqual([line for line in self.edge if re.search(pattern, line)][:10], [])

    def test_no_program_for_use_reads_uploads_back(self):
        """The code of SLUIS_TEST_READBACK; what is looked for is what that build has."""
        source = (ROOT / "gateway/edge/test_readback.hpp").read_text()
        self.assertIn("namespace gateway::edge::readback", source)
        self.assertEqual([line for line in self.edge if "gateway::edge::readback" in line], [])

    def test_the_same_search_finds_all_of_it_in_core(self):
        for what, pattern in FORBIDDEN.items():
            with self.subTest(what):
                self.assertTrue(any(re.search(pattern, line) for line in self.core), f"nothing in core matches {pattern}: rename it here too")

    def test_the_edge_is_not_stripped(self):
        for pattern in WANTED_IN_EDGE:
            self.assertTrue(any(re.search(pattern, line) for line in self.edge), pattern)

    def test_the_edge_links_no_library_that_calls_out(self):
        self.assertFalse([name for name in libraries("sluis-edge") if "curl" in name])
        self.assertTrue([name for name in libraries("sluis-core") if "curl" in name], "the same search finds it in core")


if __name__ == "__main__":
    unittest.main()
