#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""app sees ui, sync and data; ui and sync see data; a library or a dangerous call has one home.

The include directories already stop a wrong project include from compiling. They cannot stop
<sqlite3.h>, which lies in /usr/include for everybody, nor a call that belongs into one file.
"""

import re

import lint

SEES = {
    "data": {"data"},
    "sync": {"sync", "data"},
    "ui": {"ui", "data"},
    "app": {"app", "ui", "sync", "data"},
}

# Where a library's headers may be included.
LIBRARIES = [
    (r"sqlite3(ext)?\.h", ("data/db/", "data/store/", "sync/service/", "tests/")),
    (r"curl/.*", ("sync/engine/", "tests/")),
    (r"(gtk|gdk|gsk)/.*", ("ui/", "app/", "tests/ui/", "tests/app/", "tests/bench/", "tests/support/")),
    (r"libsoup/.*", ("sync/service/", "tests/")),
    (r"sodium(/.*)?(\.h)?", ("data/", "sync/", "tests/")),
    (r"json-c/.*", ("data/", "sync/", "app/ctl/", "tests/")),
    (r"(libpq-fe|libpq/.*|postgres.*)(\.h)?", ("sync/service/", "tests/")),
    (r"adwaita\.h", ()),
]

# Where a call may stand; what is wrong with it elsewhere.
CALLS = [
    (r"\b(g_thread_(?:try_)?new|g_thread_pool_new\w*|pthread_create|thrd_create)\b",
     ("data/base/cb-worker.c", "sync/engine/", "tests/"),
     "{0}: the program has three threads, made in data/base/cb-worker.c and sync/engine"),
    (r"\b(sqlite3_open\w*)\b", ("data/db/", "sync/service/", "tests/"),
     "{0}: a database is opened in data/db and sync/service alone"),
    (r"\b(g_task_run_in_thread\w*)\b", (),
     "{0} hands work to a pool of threads nobody named; give it to a CbWorker"),
    (r"\b(g_error)\s*\(", (), "g_error () ends the program; a failure is reported and survived"),
    (r"(?<![\w>.])(goto)\s+\w+\s*;", (), "goto: let the cleanup attributes do it"),
]


def layer_of(path):
    layer = path.split("/")[0]
    return layer if layer in lint.LAYERS else None


def wrong_quoted(tree, path, header):
    """What is wrong with a quoted include of the project's own, or None."""
    layer = layer_of(path)
    if ".." in header.split("/"):
        return f'"{header}" climbs out of its layer'
    homes = {home for home in lint.LAYERS if tree.has(f"{home}/{header}")}
    if layer and homes and not homes & SEES[layer]:
        return f'"{header}" belongs to {"/".join(sorted(homes))}, which {layer} must not see'
    first = header.split("/")[0]
    if layer and first in lint.LAYERS and first not in SEES[layer]:
        return f'"{header}" belongs to {first}, which {layer} must not see'
    if layer == "ui" and re.match(r"store/cb-book", header):
        return f'"{header}" is the book that sync works from; the screen has the store\'s own interface'
    beside = tree.has(path.rsplit("/", 1)[0] + "/" + header)
    if layer and not homes and beside:
        return f'"{header}" is included by its path from the layer, not by its bare name'
    return None


def check_includes(tree, path, source):
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', source, re.MULTILINE):
        line, header = lint.line_of(source, match.start()), match.group(2)
        for pattern, homes in LIBRARIES:
            if re.fullmatch(pattern, header) and not path.startswith(homes or ("\0",)):
                where = ", ".join(homes) or "no folder yet"
                yield lint.Complaint(path, line, f"<{header}> is for {where}")
        wrong = wrong_quoted(tree, path, header) if match.group(1) == '"' else None
        if wrong:
            yield lint.Complaint(path, line, wrong)


def check(tree):
    complaints = []
    for path in tree.files(".c", ".h"):
        source = lint.without_comments(tree.read(path))
        complaints += check_includes(tree, path, source)
        code = lint.without_comments(source, strings=False)
        for pattern, homes, say in CALLS:
            if not path.startswith(homes or ("\0",)):
                complaints += lint.matches(path, code, pattern, say.replace("{0}", "{1}"))
    return complaints


if __name__ == "__main__":
    lint.run("layers", check)
