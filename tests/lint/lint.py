# SPDX-License-Identifier: Apache-2.0
"""What the checks share: walking the tree, reading C without its comments, and speaking TAP.

A check is a function that takes a Tree and gives Complaints. run () holds it against the project and
against the examples in bad/NAME.txt, each of which must draw the complaint that it expects, or none.
A check that stopped finding anything thereby fails like any other test.

An example file is a row of cases:

    === what is wrong, as a sentence        begins a case
    expect: words of the complaint          any number of them; none means that the case is in order
    --- ui/shell/cb-x.c                     begins a file of the little tree the case is made of

The marks ‹› are taken out when a case is unpacked, so that an example does not trip a check itself;
a line that begins with ‹×100› is unpacked a hundred times.
"""

import os
import re
import sys
import tempfile
from typing import NamedTuple

LAYERS = ("data", "sync", "ui", "app")
HERE = os.path.dirname(os.path.abspath(__file__))
BAD = os.path.join(HERE, "bad")


class Complaint(NamedTuple):
    path: str
    line: int
    text: str


class Skip(Exception):
    """The check cannot be held on this machine; the reason is the message."""


class Tree:
    """The project's own files under a root, by path from that root; nothing built, nothing hidden."""

    def __init__(self, root):
        self.root = root
        self.paths = sorted(self._walk())

    def _walk(self):
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if not self._foreign(folder, name)]
            for name in files:
                path = os.path.join(folder, name)
                if not os.path.islink(path):
                    yield os.path.relpath(path, self.root)

    def _foreign(self, folder, name):
        if name in (".git", "__pycache__") or os.path.join(folder, name) == BAD:
            return True
        return folder == self.root and name.startswith("build")

    def files(self, *endings, under=("",)):
        return [path for path in self.paths
                if path.endswith(endings or ("",)) and path.startswith(tuple(under))]

    def absolute(self, path):
        return os.path.join(self.root, path)

    def has(self, path):
        return os.path.exists(self.absolute(path))

    def read(self, path):
        with open(self.absolute(path), encoding="utf-8", errors="replace") as file:
            return file.read()


C_TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*" r'|"(?:\\.|[^"\\\n])*"' r"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(source, strings=True):
    """The source with comments blanked, lines and columns kept; string contents too unless wanted."""

    def replace(match):
        token = match.group()
        if token.startswith("/"):
            return blank(token)
        return token if strings else token[0] + blank(token[1:-1]) + token[-1]

    return C_TOKEN.sub(replace, source)


def without_sql_comments(source):
    token = re.compile(r"/\*.*?\*/|--[^\n]*|'(?:''|[^'])*'", re.DOTALL)
    return token.sub(lambda match: blank(match.group()), source)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def matches(path, text, pattern, say, flags=0):
    """A complaint for each match; say is a text with the match's groups in it as {0}, {1} …"""
    return [Complaint(path, line_of(text, match.start()), say.format(match.group(), *match.groups()))
            for match in re.finditer(pattern, text, flags)]


def call_arguments(source, position):
    """What stands between the parentheses that open at or after a position."""
    start = source.find("(", position)
    depth = 0
    for place in range(start, len(source)):
        depth += {"(": 1, ")": -1}.get(source[place], 0)
        if depth == 0:
            return source[start + 1:place]
    return source[start + 1:]


REPEATED = re.compile(r"‹×(\d+)›")


class Example(NamedTuple):
    title: str
    expected: list
    files: dict


def examples(name):
    path = os.path.join(BAD, name + ".txt")
    found = []
    with open(path, encoding="utf-8") as file:
        lines = file.read().replace("‹›", "").splitlines(keepends=True)
    current = None
    for line in lines:
        if line.startswith("=== "):
            found.append(Example(line[4:].strip(), [], {}))
            current = None
        elif line.startswith("--- ") and found:
            current = line[4:].strip()
            found[-1].files[current] = ""
        elif current is not None:
            times = REPEATED.match(line)
            found[-1].files[current] += line[times.end():] * int(times.group(1)) if times else line
        elif line.startswith("expect: "):
            found[-1].expected.append(line[8:].strip())
    return found


def judge_example(example, check):
    """What is wrong with what a check says of an example, as lines; none when it is right."""
    with tempfile.TemporaryDirectory(prefix="cb-lint-") as root:
        for path, text in example.files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        said = [complaint.text for complaint in check(Tree(root))]
    wrong = ["did not complain: " + words for words in example.expected
             if not any(words in text for text in said)]
    wrong += ["complained without reason: " + text for text in said
              if not any(words in text for words in example.expected)]
    return wrong


def run(name, check):
    """Hold one check, as a TAP test whose first case is the project itself."""
    root = os.environ.get("CB_TEST_SOURCE_ROOT") or os.path.dirname(os.path.dirname(HERE))
    cases = examples(name)
    if not any(case.expected for case in cases):
        sys.exit(f"bad/{name}.txt has no example that must draw a complaint")
    print(f"1..{1 + len(cases)}")
    failed = False

    def report(number, title, troubles, skipped=None):
        nonlocal failed
        failed = failed or bool(troubles)
        print(f"{'not ok' if troubles else 'ok'} {number} - {title}"
              + (f" # SKIP {skipped}" if skipped else ""))
        sys.stdout.flush()
        for trouble in troubles:
            print(trouble, file=sys.stderr)

    skipped, troubles = None, []
    try:
        troubles = [f"{path}:{line}: {text}" for path, line, text in sorted(check(Tree(root)))]
    except Skip as reason:
        skipped = str(reason)
    report(1, f"/{name}/the-project-keeps-to-it", troubles, skipped)
    for number, case in enumerate(cases, 2):
        title = f"/{name}/" + re.sub(r"[^\w]+", "-", case.title)
        report(number, title, [] if skipped else judge_example(case, check), skipped)
    sys.exit(1 if failed else 0)
