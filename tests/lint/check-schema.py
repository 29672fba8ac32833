#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Migrations are numbered without a gap, hold statements alone, and never change once released.

The runner owns the transaction and the version number; a released file is one whose sum stands in
tests/fixtures/schema/SHA256SUMS.
"""

import hashlib
import re

import lint

FOLDERS = ("data/schema/", "sync/service/schema/")
SUMS = "tests/fixtures/schema/SHA256SUMS"
BANNED = [
    (r"(?:^|;)\s*(BEGIN(?:\s+(?:DEFERRED|IMMEDIATE|EXCLUSIVE))?(?:\s+TRANSACTION)?)\s*;",
     "{1}: the runner begins the transaction"),
    (r"(?:^|;)\s*(COMMIT|ROLLBACK|END\s+TRANSACTION|SAVEPOINT|RELEASE)\b",
     "{1}: the runner ends the transaction"),
    (r"\b(PRAGMA)\b", "PRAGMA: the runner sets the version, the connection everything else"),
    (r"\b(IF\s+NOT\s+EXISTS)\b", "IF NOT EXISTS hides that two histories met"),
]


def check_numbers(paths):
    numbers = {}
    for path in paths:
        folder, name = path.rsplit("/", 1)
        match = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.sql", name)
        if not match:
            yield lint.Complaint(path, 1, "is not called NNNN-slug.sql")
            continue
        numbers.setdefault(folder, []).append((int(match.group(1)), path))
    for found in numbers.values():
        for expected, (number, path) in enumerate(sorted(found), 1):
            if number != expected:
                yield lint.Complaint(path, 1, f"is number {number} where {expected} should follow")
                break


def check_statements(path, text):
    sql = lint.without_sql_comments(text)
    for pattern, say in BANNED:
        yield from lint.matches(path, sql, pattern, say, re.IGNORECASE | re.MULTILINE)
    for match in re.finditer(r"\bCREATE\s+TABLE\s+(\w+)([^;]*);", sql, re.IGNORECASE):
        if not re.search(r"\)[^)]*\bSTRICT\b[^)]*$", match.group(2), re.IGNORECASE):
            yield lint.Complaint(path, lint.line_of(sql, match.start()),
                                 f"the table {match.group(1)} is not STRICT")


def check_frozen(tree):
    if not tree.has(SUMS):
        return
    for number, line in enumerate(tree.read(SUMS).splitlines(), 1):
        if not line.strip():
            continue
        match = re.fullmatch(r"([0-9a-f]{64}) [ *](\S+)", line)
        if not match:
            yield lint.Complaint(SUMS, number, "is not a line of sha256sum's")
            continue
        path = match.group(2)
        path = path if "/" in path else FOLDERS[0] + path
        if not tree.has(path):
            yield lint.Complaint(SUMS, number, f"{path} was released and is gone")
        else:
            with open(tree.absolute(path), "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != match.group(1):
                    yield lint.Complaint(path, 1, "was released and has changed since")


def check(tree):
    paths = tree.files(".sql", under=FOLDERS)
    complaints = [*check_numbers(paths), *check_frozen(tree)]
    for path in paths:
        complaints += check_statements(path, tree.read(path))
    return complaints


if __name__ == "__main__":
    lint.run("schema", check)
