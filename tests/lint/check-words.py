#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The project speaks of itself alone: no unfinished business without an issue, no one machine's paths.

What stands here can be read by anybody for years. The folder that a checkout happens to lie in, the
mirror that a package happened to come from, or a promise to do something later mean nothing to them.
"""

import os
import re

import lint

TEXT = (".c", ".h", ".ui", ".sql", ".css", ".py", ".sh", ".md", ".yaml", ".json", ".build", ".txt", ".in",
        ".desktop", ".service", ".xml", ".list", ".supp", "with-display", ".ci/run")
# Paths under these are the system's, not somebody's.
SYSTEM = ("/", "/etc", "/home", "/mnt", "/opt", "/root", "/srv", "/tmp", "/usr", "/usr/local", "/usr/src",
          "/var", "/var/tmp")

WORDS = [
    (r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b(?!\s*\(?#\d)", "{1} without the number of an issue"),
    (r"(?i)\b(not (?:yet )?implemented|place[h]older implementation|in a real (?:system|deployment)"
     r"|in production (?:you|this) would)", "unfinished by its own words: {1}"),
    (r"(?i)\b(deb\.debian\.org|registry\.npmjs\.org|pypi\.org|crates\.io|proxy\.golang\.org)\b",
     "{1}: where a package is fetched from is the machine's business"),
    (r"(?<![\w.])(/(?:home|root|Users)/[A-Za-z]\w*)", "{1}: a path of one machine"),
    (r"(?<![\w.])(/tmp/\w(?:[\w.-]*\w)?)", "{1}: a fixed name in a folder that everybody may write to"),
]


def own_paths(tree):
    """The checkout's own folder, and the one above when it is no system folder."""
    root = os.path.realpath(os.environ.get("CB_TEST_SOURCE_ROOT") or tree.root)
    above = os.path.dirname(root)
    found = [root] if root not in SYSTEM else []
    return found + ([above] if above not in SYSTEM else [])


def check(tree):
    patterns = WORDS + [
        (r"(?<![\w.])(" + re.escape(path) + r")(?=/|\b)", "the folder of this very checkout")
        for path in own_paths(tree)]
    complaints = []
    for path in tree.files(*TEXT):
        text = tree.read(path)
        for pattern, say in patterns:
            complaints += lint.matches(path, text, pattern, say)
    return complaints


if __name__ == "__main__":
    lint.run("words", check)
