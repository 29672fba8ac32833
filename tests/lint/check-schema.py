#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Migrations are numbered without a gap, hold statements alone, and never change once released; a column of
a terminal's store that somebody with a copy of the file could read is one that is listed here.

The runner owns the transaction and the version number; a released file is one whose sum stands in
tests/fixtures/schema/SHA256SUMS.
"""

import hashlib
import re

import lint

FOLDERS = ("data/schema/", "sync/service/schema/", "sync/service/schema-postgresql/")
SUMS = "tests/fixtures/schema/SHA256SUMS"

# Its types are strict by themselves.
POSTGRESQL = FOLDERS[2]

# What a copy of a terminal's store shows without its key: random ids, codes of closed lists, counters, the
# store's own settings, keyed hashes. Whatever a person said or is called is sealed, in a BLOB.
SEALED = FOLDERS[0]
IDS = ("id", "customer", "record", "op_id", "key", "base", "version", "request", "receipt", "saw", "author",
       "staff", "object", "place", "promised_by", "answers",
       "occasion", "done_by", "reviewer",
       "permitted_by", "note", "preference", "associate", "contact", "event", "withdrawal")
CODES = ("kind", "role", "state", "act", "life", "purpose", "channel", "visit", "intent", "discretion",
         "provenance", "facet", "notice", "language", "medium", "outcome", "entity", "method", "reason", "origin",
         "action", "code", "basis", "what", "format", "selfcheck", "cause")
OWN = ("name", "value", "pin_hash", "key")
# The shop's own catalogue is nobody's.
CATALOGUE = ("sku", "title", "brand", "garment", "colour", "size")
COUNTERS = ("failed", "lane", "n", "position", "restricted", "seq", "tries", "turn", "tz_minutes", "value",
            "version")
# These names mean an id, a code or a setting in these tables alone.
NAMED = {**{name: ("product",) for name in CATALOGUE}, "name": ("counter", "vault_key"), "value": ("setting", "counter")}
# Where one of these names may stand is listed column by column; from the first version behind this one on, what
# is called like an id has to be bound to be one.
READABLE = "tests/lint/readable-columns.list"
LAST_UNBOUND = 19
# What outlives a customer on purpose: the erasure that is on its way, that it happened, who did what, and
# where the copies lie that it has to reach.
OUTLIVES = ("outbox", "outbox_anew", "tombstone", "audit", "copy")
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
    if path.startswith(POSTGRESQL):
        return
    for match in re.finditer(r"\bCREATE\s+TABLE\s+(\w+)([^;]*);", sql, re.IGNORECASE):
        if not re.search(r"\)[^)]*\bSTRICT\b[^)]*$", match.group(2), re.IGNORECASE):
            yield lint.Complaint(path, lint.line_of(sql, match.start()),
                                 f"the table {match.group(1)} is not STRICT")


def find_columns(sql):
    """(table, name, type, place) of each column that is no BLOB, made with its table or added later."""
    for table in re.finditer(r"\bCREATE\s+TABLE\s+(\w+)\s*\(([^;]*);", sql, re.IGNORECASE):
        for column in re.finditer(r"(?:^|[(,])\s*(\w+)\s+(TEXT|INTEGER|REAL|ANY)\b", table.group(2),
                                  re.IGNORECASE | re.MULTILINE):
            yield table.group(1), column.group(1), column.group(2).upper(), table.start(2) + column.start(1)
    for column in re.finditer(r"\bALTER\s+TABLE\s+(\w+)\s+ADD\s+(?:COLUMN\s+)?(\w+)\s+(TEXT|INTEGER|REAL|ANY)\b",
                              sql, re.IGNORECASE):
        yield column.group(1), column.group(2), column.group(3).upper(), column.start(2)


def list_readable(tree):
    """Each column by itself; None where a tree has no list."""
    if not tree.has(READABLE):
        return None
    lines = [line.strip() for line in tree.read(READABLE).splitlines()]
    return {line for line in lines if line and not line.startswith("#")}


def is_bound(sql, place):
    """Whether nothing but an id fits: it is of another table's, or has an id's length."""
    column = re.match(r"[^,\n]*", sql[place:]).group()
    return re.search(r"\bREFERENCES\b|\blength\s*\(", column, re.IGNORECASE) is not None


def check_listed(path, text, readable):
    sql = lint.without_sql_comments(text)
    number = re.match(r"\d*", path.rsplit("/", 1)[1]).group()
    for table, name, kind, place in find_columns(sql):
        if kind == "INTEGER" and name.endswith("_us"):
            continue
        if f"{table}.{name}" not in readable:
            yield lint.Complaint(path, lint.line_of(sql, place),
                                 f"{table}.{name} can be read without a key, and is not in {READABLE}")
        if kind == "TEXT" and name in IDS and int(number or 0) > LAST_UNBOUND and not is_bound(sql, place):
            yield lint.Complaint(path, lint.line_of(sql, place),
                                 f"{table}.{name} is called like an id and takes any text: REFERENCES, or CHECK (length (…))")


def check_columns(path, text):
    sql = lint.without_sql_comments(text)
    for table, name, kind, place in find_columns(sql):
        listed = COUNTERS if kind == "INTEGER" else IDS + CODES + OWN + CATALOGUE
        if kind == "INTEGER" and name.endswith("_us"):
            continue
        if name not in listed or table not in NAMED.get(name, (table,)):
            yield lint.Complaint(path, lint.line_of(sql, place),
                                 f"{table}.{name} can be read without a key: seal it, or list it")


def check_erasure(path, text):
    sql = lint.without_sql_comments(text)
    for table in re.finditer(r"\bCREATE\s+TABLE\s+(\w+)\s*\(([^;]*);", sql, re.IGNORECASE):
        column = re.search(r"^\s*customer\s[^,\n]*", table.group(2), re.MULTILINE)
        if column and table.group(1) not in OUTLIVES and "ON DELETE CASCADE" not in column.group():
            yield lint.Complaint(path, lint.line_of(sql, table.start()),
                                 f"{table.group(1)} is not erased with its customer")


def check_frozen(tree):
    if not tree.has(SUMS):
        return
    released = set()
    for number, line in enumerate(tree.read(SUMS).splitlines(), 1):
        if not line.strip():
            continue
        match = re.fullmatch(r"([0-9a-f]{64}) [ *](\S+)", line)
        if not match:
            yield lint.Complaint(SUMS, number, "is not a line of sha256sum's")
            continue
        path = match.group(2)
        path = path if "/" in path else FOLDERS[0] + path
        if path in released:
            yield lint.Complaint(SUMS, number, f"{path} was released already")
        released.add(path)
        if not tree.has(path):
            yield lint.Complaint(SUMS, number, f"{path} was released and is gone")
        else:
            with open(tree.absolute(path), "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != match.group(1):
                    yield lint.Complaint(path, 1, "was released and has changed since")
    for path in tree.files(".sql", under=FOLDERS[:1]):
        if path not in released:
            yield lint.Complaint(path, 1, "is not among the released ones: run tests/fixtures/schema/add-version.py")


def check(tree):
    paths = tree.files(".sql", under=FOLDERS)
    readable = list_readable(tree)
    complaints = [*check_numbers(paths), *check_frozen(tree)]
    for path in paths:
        complaints += check_statements(path, tree.read(path))
        if path.startswith(SEALED):
            complaints += check_columns(path, tree.read(path))
            complaints += check_erasure(path, tree.read(path))
            if readable is not None:
                complaints += check_listed(path, tree.read(path), readable)
    return complaints


if __name__ == "__main__":
    lint.run("schema", check)
