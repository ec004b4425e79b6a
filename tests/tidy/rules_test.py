"""Each rule catches a bad snippet, lets a good one pass, and finds nothing in the tree."""
import pathlib
import subprocess
import unittest

import rules

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

AWAIT = "gateway/http/x.cpp"
# rule, path, bad snippets, good snippets
CASES = [
    (rules.co_await_stands_alone, AWAIT, [
        "auto n = co_await read(stream, Span{data, size});",
        "co_await write(stream, {head, body});",
        "co_await offload(pool, [&] { return 1; });",
        "use(co_await first(), co_await second());",
        "auto [error, count] = co_await read(stream);",
        "auto&& [error, count] = co_await read(stream);",
        "if (auto error = co_await write(Message{text}); error) {\n    stop();\n}",
        "co_await send(buffers[0]);",
        "co_return co_await answer(Response{200});",
        "for (auto part = co_await next(Range{0, 1}); part;) {\n}",
    ], [
        "auto job = [&] { return 1; };\nauto done = co_await offload(pool, std::move(job));\nauto& [a, b] = done;",
        "while (co_await more()) {\n    step();\n}",
        "if (const auto error = co_await write(stream, head)) {\n    co_return;\n}",
        "Span span{data, size};\nconst auto n = co_await read(stream, span);",
        "// co_await x({1})\nauto text = \"co_await {\";",
        "auto f() -> awaitable<int> {\n    co_await g();\n}",
        "switch (kind) {\ncase 1:\n    co_await one();\n    break;\n}",
    ]),
    (rules.coroutines_in_their_place, "storage/vault.cpp", ["int f() {\n    co_return 1;\n}"], ["int f() {  // co_return\n    return 1;\n}"]),
    (rules.no_capturing_coroutine_lambda, AWAIT,
        ["auto f = [this](int n) -> asio::awaitable<void> {\n};", "auto f = [&]() -> asio::awaitable<int> {\n};"],
        ["auto f = [](int n) -> asio::awaitable<void> {\n};", "auto f = [&]() -> int {\n};", "table[index] = g();\nawaitable<int> h() {\n}"]),
    (rules.file_name, "gateway/string_utils.cpp", [""], []),
    (rules.file_name, "gateway/manager.hpp", [""], []),
    (rules.file_name, "portal/src/common.ts", [""], []),
    (rules.file_name, "gateway/routes.cpp", [], [""]),
    (rules.file_length, "gateway/x.hpp", ["//\n" * 151], ["//\n" * 150]),
    (rules.file_length, "gateway/x.cpp", ["//\n" * 401], ["//\n" * 400]),
    (rules.line_length, "gateway/x.cpp", ["x" * 141], ["x" * 140]),
    (rules.function_length, "gateway/x.cpp", [
        "namespace a {\nvoid f() {\n" + "    g();\n" * 69 + "}\n}\n",
        "struct A {\n    A() : a_{1}, b_{2} {\n" + "        g();\n" * 69 + "    }\n};\n",
        "class B {\npublic:\n    int f(int a = 1) const noexcept {\n" + "        if (a) {\n        }\n" * 35 + "    }\n};\n",
    ], [
        "namespace a {\nvoid f() {\n" + "    g();\n" * 68 + "}\n}\n",
        "struct A {\n" + "    int a;\n" * 100 + "};\n",
        "const char* const schema[] = {\n" + "    \"x\",\n" * 100 + "};\n",
        "namespace a {\n" + "void f() {\n    g();\n}\n" * 60 + "}\n",
        "enum class E {\n" + "    a,\n" * 100 + "};\n",
    ]),
    (rules.include_rules, "gateway/edge/x.cpp", [
        '#include "../core/a.hpp"', '#include "gateway/edge/../core/a.hpp"', "#include <boost/beast/http.hpp>", "#include <sqlite3.h>",
        "#include <curl/curl.h>", "#include <sodium.h>", "#include <openssl/evp.h>", "#  include <sqlite3.h>",
    ], ['#include "gateway/edge/a.hpp"', "#include <nlohmann/json.hpp>", "#include <boost/asio.hpp>", "// #include <sqlite3.h>"]),
    (rules.include_rules, "gateway/edge/x.hpp", ["#include <nlohmann/json.hpp>"], ["#include <nlohmann/json_fwd.hpp>"]),
    (rules.include_rules, "storage/connection.cpp", [], ["#include <sqlite3.h>"]),
    (rules.header_opens_with_purpose, "gateway/x.hpp", ["#pragma once\n"], ["// What it is for.\n#pragma once\n"]),
    (rules.no_unfinished_business, "gateway/x.cpp", ["// TO" "DO: later"], ["// to do is another word"]),
    (rules.no_machine_in_files, "portal/package-lock.json", ['"resolved": ' '"https://mirror.example/a.tgz",'], ['"integrity": "sha512-x"']),
    (rules.no_machine_in_files, "README.md", ["see /wo" "rk/main/x", "in ../sha" "red/design/y", "/ro" "ot/.config"],
     ["import \"../shared/ui.tsx\"", "a /network/ path", "https://a.example/roots/"]),
]


def tree():
    """Tracked files and new ones that are not ignored, with their text; pictures and the like are left out."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    files = {}
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and not path.is_symlink():
            try:
                files[name] = path.read_text("utf-8")
            except UnicodeDecodeError:
                continue
    return files


class RulesCatchWhatTheyAreFor(unittest.TestCase):
    def test_each_rule_catches_a_bad_snippet_and_lets_a_good_one_pass(self):
        for rule, path, bad, good in CASES:
            for snippet in bad:
                with self.subTest(rule=rule.__name__, bad=snippet[:80]):
                    self.assertTrue(rule(path, snippet), "not caught")
            for snippet in good:
                with self.subTest(rule=rule.__name__, good=snippet[:80]):
                    self.assertEqual(rule(path, snippet), [])

    def test_every_rule_has_a_bad_snippet(self):
        proved = {rule for rule, _, bad, _ in CASES if bad}
        self.assertEqual(set(rules.FILE_RULES) - proved, set())

    def test_a_folder_without_readme_is_found(self):
        paths = {"crypto/README.md": "| `age/` | ", "crypto/age/a.cpp": "", "crypto/open/b.cpp": ""}
        self.assertEqual([folder for folder, _ in rules.folders_have_readme(paths)], ["crypto/open"])


class TheTreeObeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = tree()

    def test_there_is_a_tree(self):
        self.assertGreater(len([name for name in self.files if name.endswith((".cpp", ".hpp"))]), 50)

    def test_folders_have_a_readme(self):
        self.assertEqual(rules.folders_have_readme(self.files), [])


def obeys(rule):
    def test(self):
        found = [f"{name}:{line}: {words}" for name, text in sorted(self.files.items()) for line, words in rule(name, text)]
        self.assertEqual(found, [], "\n" + "\n".join(found))
    return test


for each in rules.FILE_RULES:
    setattr(TheTreeObeys, f"test_{each.__name__}", obeys(each))

if __name__ == "__main__":
    unittest.main()
