#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Files end by line 900 and functions by line 100; class_init lists things and may be longer."""

import re

import lint

FILE_LINES = 900
FUNCTION_LINES = 100
FUNCTION = re.compile(r"^(\w+) \([^;{]*\)\s*\n\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)


def check(tree):
    complaints = []
    for path in tree.files(".c", ".h", ".ui", ".py", ".sh", ".sql", ".css", "with-display"):
        text = tree.read(path)
        lines = text.count("\n")
        if lines > FILE_LINES:
            complaints.append(lint.Complaint(path, FILE_LINES, f"has {lines} lines: split it by role"))
        if not path.endswith(".c"):
            continue
        for match in FUNCTION.finditer(lint.without_comments(text, strings=False)):
            length = match.group(2).count("\n")
            if length > FUNCTION_LINES and not match.group(1).endswith("class_init"):
                complaints.append(lint.Complaint(
                    path, lint.line_of(text, match.start()),
                    f"{match.group(1)} has {length} lines: split it"))
    return complaints


if __name__ == "__main__":
    lint.run("size", check)
