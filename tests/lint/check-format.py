#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every .c and .h is as clang-format 14 leaves it.

Another version formats differently, so the check is held only where version 14 is, which is Debian 12.
"""

import re
import shutil
import subprocess

import lint

VERSION = "14"


def formatter():
    for name in ("clang-format-" + VERSION, "clang-format"):
        program = shutil.which(name)
        if not program:
            continue
        said = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout
        if re.search(r"version " + VERSION + r"\.", said):
            return program
    raise lint.Skip(f"clang-format {VERSION} is not here, and another version would format differently")


def check(tree):
    program = formatter()
    paths = tree.files(".c", ".h")
    if not paths:
        return []
    style = "file:" + tree.absolute(".clang-format")
    done = subprocess.run([program, "--dry-run", "--style=" + style, "--ferror-limit=0", *paths],
                          cwd=tree.root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    first = {}
    for line in done.stderr.splitlines():
        match = re.match(r"(.+?):(\d+):\d+: (?:warning|error): ", line)
        if match:
            first.setdefault(match.group(1), int(match.group(2)))
    complaints = [lint.Complaint(path, line, "clang-format would change this file from here on")
                  for path, line in first.items()]
    if done.returncode != 0 and not complaints:
        complaints.append(lint.Complaint(".clang-format", 1, done.stderr.strip().splitlines()[-1]))
    return complaints


if __name__ == "__main__":
    lint.run("format", check)
