"""The house rules that a machine can check, one function a rule: (path, text) → findings. A finding is (line, what is wrong).
Each rule is proved on a bad and a good snippet in rules_test.py."""
import re

from cpp_text import blank, functions, includes, statements_with

HEADER_LINES_MAX = 150
SOURCE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
PRODUCT = ("crypto/", "policies/", "storage/", "gateway/", "certs/")
CODE = (".cpp", ".hpp")
BANNED_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc", "data", "info"}

# Coroutines live where the network is. offload.hpp is the bridge from a coroutine to a thread.
COROUTINE_PLACES = ("gateway/http/", "gateway/edge/", "gateway/core/console/", "tests/gateway/")
COROUTINE_FILES = {"gateway/offload.hpp", "gateway/core/main.cpp"}

# Who may include a C library. A new file here is a decision: one more place where a return code can be forgotten.
SODIUM_FILES = {
    "crypto/secret.cpp", "crypto/random.cpp", "crypto/note.cpp", "crypto/password.cpp", "crypto/age/recipient.cpp",
    "crypto/open/identity.cpp", "crypto/open/unwrap.cpp", "crypto/encoding.cpp", "crypto/age/hybrid.cpp", "crypto/open/hybrid.cpp",
}
OPENSSL_FILES = {
    "crypto/digest.cpp", "crypto/checksum.cpp", "crypto/envelope.cpp", "crypto/age/stream.cpp", "crypto/age/recipient.cpp", "crypto/open/open.cpp",
    "crypto/open/envelope.cpp", "crypto/open/identity.cpp", "crypto/open/hybrid.cpp", "crypto/age/hybrid.cpp", "crypto/jws.cpp", "crypto/jwk.cpp",
    "certs/authority.cpp",
}


def co_await_stands_alone(path, text):
    """GCC 12 miscompiles a co_await beside a braced temporary, a lambda or another co_await: a double free, silently."""
    if not path.endswith(CODE):
        return []
    found = []
    for line, statement in statements_with(blank(text), "co_await"):
        # auto [ec, n] = co_await …: names of trivially destructible results are harmless, others are not told apart: bind first.
        if re.match(r"(const\s+)?auto\s*&{0,2}\s*\[", statement):
            found.append((line, "bind the result of co_await to a name before taking it apart"))
            continue
        checked = re.sub(r"^\s*(\[\[\w+\]\]\s*)+", "", statement)
        if len(re.findall(r"\bco_await\b", checked)) > 1:
            found.append((line, "two co_await in one statement"))
        if "{" in checked:
            found.append((line, "a brace in a statement with co_await"))
        if "[" in checked:
            found.append((line, "a bracket (lambda or subscript) in a statement with co_await"))
    return found


def coroutines_in_their_place(path, text):
    if not path.endswith(CODE) or path.startswith(COROUTINE_PLACES) or path in COROUTINE_FILES:
        return []
    lines = blank(text).split("\n")
    return [(number, "a coroutine outside gateway/http, gateway/edge and gateway/core/console")
            for number, line in enumerate(lines, 1) if re.search(r"\bco_(await|return|yield)\b", line)]


def no_capturing_coroutine_lambda(path, text):
    """A capturing lambda that is a coroutine reads captures that are gone after its first suspension."""
    if not path.endswith(CODE):
        return []
    code = blank(text)
    found = []
    for match in re.finditer(r"\[(?P<captures>[^\[\]\n]*)\]\s*(\([^{};]*\))?[^{};()]*(->\s*[^{};]*?awaitable[^{};]*)\{", code):
        if match.group("captures").strip():
            found.append((code.count("\n", 0, match.start()) + 1, "a capturing lambda is a coroutine"))
    return found


def file_name(path, text):
    stem = path.rsplit("/", 1)[-1].split(".")[0]
    words = set(re.split(r"[_-]", stem.lower())) | {stem.lower()}
    bad = words & BANNED_NAMES if path.endswith((*CODE, ".ts", ".tsx", ".mjs", ".py")) else set()
    return [(1, f"a file named {word}: say what it is about") for word in sorted(bad)]


def file_length(path, text):
    lines = text.count("\n")
    if path.endswith(".hpp") and not path.startswith("tests/"):  # a fixture is all header
        limit = HEADER_LINES_MAX
    elif path.endswith((".hpp", ".cpp", ".ts", ".tsx", ".mjs", ".py")):
        limit = SOURCE_LINES_MAX
    else:
        return []
    return [(limit, f"{lines} lines, at most {limit}")] if lines > limit else []


def line_length(path, text):
    if not path.endswith(CODE):
        return []
    return [(number, f"{len(line)} columns, at most 140") for number, line in enumerate(text.split("\n"), 1) if len(line) > 140]


def function_length(path, text):
    if not path.endswith(CODE) or not path.startswith(PRODUCT):
        return []
    return [(first, f"{last - first + 1} lines, at most {FUNCTION_LINES_MAX}: {head[:60]}")
            for first, last, head in functions(blank(text)) if last - first + 1 > FUNCTION_LINES_MAX]


def include_rules(path, text):
    """Who may include what, as far as the layers' include roots do not already say so."""
    if not path.endswith(CODE):
        return []
    found = []
    for line, name in includes(blank(text)):
        if name.startswith("../") or "/../" in name:
            found.append((line, "an include that climbs: layers are named from their root"))
        if name.startswith("boost/beast") and not path.startswith(("gateway/http/", "tests/gateway/http/")):
            found.append((line, "Beast stays in gateway/http"))
        if name == "sqlite3.h" and path not in ("storage/connection.cpp", "tests/storage/connection_test.cpp"):
            found.append((line, "sqlite3.h stays in storage/connection.cpp"))
        if name.startswith("curl/") and not path.startswith("gateway/client/"):
            found.append((line, "libcurl stays in gateway/client"))
        if name == "nlohmann/json.hpp" and path.endswith(".hpp") and not path.startswith("tests/"):
            found.append((line, "nlohmann/json is for sources; a header gets along with json_fwd.hpp"))
        if name == "sodium.h" and path not in SODIUM_FILES and not path.startswith("tests/"):
            found.append((line, "sodium.h is wrapped in the files listed in tests/tidy/rules.py"))
        if name.startswith("openssl/") and path not in OPENSSL_FILES and not path.startswith(("gateway/http/", "tests/")):
            found.append((line, "openssl is wrapped in gateway/http and the files listed in tests/tidy/rules.py"))
    return found


def header_opens_with_purpose(path, text):
    if not path.endswith(".hpp"):
        return []
    return [] if text.startswith("//") else [(1, "a header opens with a comment on its purpose")]


def no_unfinished_business(path, text):
    if not path.endswith((*CODE, ".ts", ".tsx", ".py")) or path.startswith("tests/tidy/"):
        return []
    return [(number, "unfinished") for number, line in enumerate(text.split("\n"), 1)
            if re.search(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", line)]


MACHINE_PATHS = re.compile(r"(?<![\w.$])/(?:wo" r"rk|ro" r"ot|home/\w+)/|/tmp/br" r"ief"
                           r"|\.\./sha" r"red/(?:design|reference|drafts|vectors|standards)\b")
REGISTRY_LINES = re.compile(r'"resolved"\s*:|^\s*registry\s*=|^\s*deb(-src)?\s+\[?\S*\s*https?://|--registry[= ]|index-url', re.M)


def no_machine_in_files(path, text):
    """Where a developer's machine keeps things, and which mirror it asks, is nobody else's business and breaks theirs."""
    found = []
    for pattern, words in ((MACHINE_PATHS, "a path of one machine"), (REGISTRY_LINES, "names a package registry")):
        if path.startswith("tests/tidy/"):
            continue
        found += [(text.count("\n", 0, match.start()) + 1, f"{words}: {match.group(0).strip()}") for match in pattern.finditer(text)]
    return found


FILE_RULES = [
    co_await_stands_alone, coroutines_in_their_place, no_capturing_coroutine_lambda, file_name, file_length, line_length,
    function_length, include_rules, header_opens_with_purpose, no_unfinished_business, no_machine_in_files,
]


def folders_have_readme(paths):
    """Every folder of the product has a README.md, or its parent's README has a row for it (`name/`); portal/ and tests/ speak for
    what is in them. Takes {path: text}."""
    found = []
    tops = tuple(place.rstrip("/") for place in PRODUCT) + ("portal", "tests")
    folders = {path.rsplit("/", 1)[0] for path in paths if path.split("/")[0] in tops and "/" in path}
    for folder in sorted(folders):
        parts = folder.split("/")
        above = ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
        if f"{folder}/README.md" in paths:
            continue
        if parts[0] in ("portal", "tests"):
            said = any(f"{place}/README.md" in paths for place in above)
        else:
            said = any(f"`{folder[len(place) + 1:].split('/')[0]}/`" in paths.get(f"{place}/README.md", "") for place in above[1:])
        if not said:
            found.append((folder, "no README.md here, nor a row for it in its parent's"))
    return found
