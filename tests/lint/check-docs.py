#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each layer says in a README of half a screen what it is; links between the papers lead somewhere;
every source file names its licence."""

import os
import re

import lint

SPDX = "SPDX-License-Identifier: Apache-2.0"
PAPERS = ("README.md", "data/README.md", "data/schema/README.md", "sync/README.md", "ui/README.md",
          "app/README.md", "tests/README.md")


def check_links(tree, path):
    text = re.sub(r"```.*?```", lambda match: lint.blank(match.group()), tree.read(path), flags=re.DOTALL)
    for match in re.finditer(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", text):
        target = match.group(1)
        if re.match(r"[a-z]+:", target):
            continue
        if not tree.has(os.path.normpath(os.path.join(os.path.dirname(path), target))):
            yield lint.Complaint(path, lint.line_of(text, match.start()), f"{target} is not there")


def check(tree):
    complaints = []
    for path in PAPERS:
        folder = os.path.dirname(path) or "."
        if tree.files(under=("" if folder == "." else folder + "/",)) and not tree.has(path):
            complaints.append(lint.Complaint(path, 1, "is missing"))
    for path in tree.files(".md"):
        complaints += check_links(tree, path)
    for path in tree.files(".c", ".h", ".py", ".sh", "with-display"):
        if SPDX not in "".join(tree.read(path).splitlines(keepends=True)[:3]):
            complaints.append(lint.Complaint(path, 1, "does not name its licence in the first lines"))
    return complaints


if __name__ == "__main__":
    lint.run("docs", check)
