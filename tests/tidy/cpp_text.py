"""C++ as text: what a rule may look at without a compiler. Comments and the insides of literals become spaces, so that lines and
columns stay where they were; then statements and function bodies can be found by counting brackets. Works on the house format."""
import re

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<delimiter>[^()\s\\]{0,16})\(.*?\)(?P=delimiter)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.S,
)


def blank(source):
    """The code alone. A literal keeps its quotes; an include keeps its path, since rules ask for it."""
    def erase(match):
        text = match.group(0)
        if text.startswith("/"):
            return re.sub(r"[^\n]", " ", text)
        line = source[source.rfind("\n", 0, match.start()) + 1:match.start()]
        if re.match(r"\s*#\s*include\s*$", line):
            return text
        return text[0] + re.sub(r"[^\n]", " ", text[1:-1]) + text[-1]
    return TOKEN.sub(erase, source)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def includes(code):
    """(line, path) of every include, quotes or angles."""
    found = re.finditer(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', code, re.M)
    return [(line_of(code, match.start()), match.group(1)) for match in found]


def statements_with(code, word):
    """(line, text) of each statement that holds `word`: from the last ; { } before it to the first ; or block brace after it.

    A brace that opens an initialiser belongs to the statement, and so do brackets of any kind inside it.
    """
    for match in re.finditer(rf"\b{word}\b", code):
        start = match.start()
        depth = 0
        while start > 0:
            character = code[start - 1]
            if character in ")]":
                depth += 1
            elif character in "([":
                depth -= 1
            elif character in ";{}" and depth <= 0:
                break
            start -= 1
        end = match.end()
        depth = 0
        # Parentheses that were opened before the word and are still open must close before the statement can end.
        for character in code[start:match.start()]:
            depth += (character in "([") - (character in ")]")
        while end < len(code):
            character = code[end]
            if character in "([{":
                if character == "{" and depth == 0 and opens_block(code, end):
                    break
                depth += 1
            elif character in ")]}":
                depth -= 1
            elif character == ";" and depth <= 0:
                break
            end += 1
        yield line_of(code, match.start()), code[start:end].strip()


def opens_block(code, brace):
    """Is this the brace of a block (`if (…) {`, `-> T {`), and not of an initialiser (`T{1}`, `= {1}`)? The format tells: a space."""
    before = code[:brace]
    if not before or not before[-1].isspace():
        return False
    last = before.rstrip()[-1:]
    return last not in "=,(" and not before.rstrip().endswith("return")


def functions(code):
    """(first line, last line, head) of each function body at namespace or class level."""
    code = re.sub(r"^[ \t]*#.*$", lambda match: " " * len(match.group(0)), code, flags=re.M)
    stack = []  # (kind, where the head began)
    head = 0
    position = 0
    while position < len(code):
        character = code[position]
        inside = stack[-1][0] if stack else "scope"
        if character == "{":
            if inside == "scope" and (position == 0 or not code[position - 1].isspace()):
                stack.append(("initialiser", head))  # a_{1}: the head goes on after it
            elif inside == "scope":
                stack.append((kind_of(code[head:position]), head))
                head = position + 1
            else:
                stack.append(("block", head))
        elif character == "}" and stack:
            kind, began = stack.pop()
            if kind == "function":
                text = code[began:position]
                yield line_of(code, began + len(text) - len(text.lstrip())), line_of(code, position), " ".join(text.split("{")[0].split())
            if kind == "initialiser":
                head = began
            elif not stack or stack[-1][0] == "scope":
                head = position + 1
        elif character == ";" and inside == "scope":
            head = position + 1
        position += 1


def kind_of(head):
    words = re.sub(r"\[\[.*?\]\]", " ", head)
    words = re.sub(r"\b(public|private|protected)\s*:", " ", words).strip()
    if re.search(r"\b(namespace|extern)\b[^()]*$", words) or words == "":
        return "scope"
    if re.match(r"(template\s*<.*>\s*)?(struct|class|union)\b[^()]*$", words, re.S):
        return "scope"
    if re.match(r"(typedef\s+)?enum\b", words) or words.endswith("="):
        return "block"
    return "function" if ")" in words else "block"
