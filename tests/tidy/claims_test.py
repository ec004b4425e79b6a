"""Each claim of the README names a test that is there; each test it names holds at least one test."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TEST = re.compile(r"^\s*def test_|TEST_CASE\(", re.MULTILINE)


def claims(readme: str) -> list[tuple[str, list[str]]]:
    section = readme.split("## What we claim, and the test behind it", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [(row[0].strip(), re.findall(r"`([^`]+)`", row[-1])) for row in rows if row[0].strip() != "claim"]


def faults(readme: str, root: pathlib.Path) -> list[str]:
    found = []
    for claim, tests in claims(readme):
        if not tests:
            found.append(f"no test is named for: {claim}")
        for test in tests:
            file = root / test
            if not file.is_file() or not TEST.search(file.read_text(encoding="utf-8")):
                found.append(f"{test} is missing or tests nothing: {claim}")
    return found


class Claims(unittest.TestCase):
    def test_every_claim_of_the_readme_names_a_test_that_is_there(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        self.assertGreater(len(claims(readme)), 10)
        self.assertEqual(faults(readme, ROOT), [])

    def test_a_claim_without_its_test_is_found(self):
        heading = "## What we claim, and the test behind it\n\n| claim | test |\n|---|---|\n"
        self.assertTrue(faults(heading + "| flies | `tests/wings_test.py` |\n", ROOT))
        self.assertTrue(faults(heading + "| flies | none |\n", ROOT))


if __name__ == "__main__":
    unittest.main()
