#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No name that GTK 4.18 marks as deprecated, in C or in a .ui file, where no compiler looks.

The names are in deprecated.list. Building with -Dgtk_api=4_18 on Debian 13 says the same of the C files;
this says it on Debian 12 too. libadwaita and the windowing backends' own functions are not used at all.
"""

import os
import re

import lint

NEVER = [
    (r"\b(adw_\w+|Adw[A-Z]\w+)", "libadwaita is not used"),
    (r"\b(gdk_(?:x11|wayland|broadway)_\w+)", "the program does not talk to a windowing backend"),
    (r"\b(G_APPLICATION_FLAGS_NONE)\b", "deprecated since GLib 2.74: G_APPLICATION_DEFAULT_FLAGS"),
]
NAME = re.compile(r"\b(?:gtk|gdk|gsk)_[a-z0-9_]+\b|\bGtk[A-Z]\w+|\bGTK_TYPE_[A-Z0-9_]+")


def known():
    """What to say of each name; a class also answers to its GTK_TYPE_ macro."""
    table = {}
    with open(os.path.join(lint.HERE, "deprecated.list"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            name, version, *instead = line.split(maxsplit=2)
            remark = f"{name} is deprecated since GTK {version}"
            if instead:
                remark += ": " + instead[0].strip()
            table[name] = remark
            if name.startswith("Gtk"):
                table["GTK_TYPE_" + re.sub(r"(?<!^)([A-Z])", r"_\1", name[3:]).upper()] = remark
    return table


def check(tree):
    table = known()
    complaints = []
    for path in tree.files(".c", ".h", ".ui", under=("ui/", "app/", "tests/")):
        text = tree.read(path)
        if path.endswith(".ui"):
            text = re.sub(r"<!--.*?-->", lambda match: lint.blank(match.group()), text, flags=re.DOTALL)
        else:
            text = lint.without_comments(text)
        for match in NAME.finditer(text):
            if match.group() in table:
                complaints.append(
                    lint.Complaint(path, lint.line_of(text, match.start()), table[match.group()]))
        for pattern, say in NEVER:
            complaints += lint.matches(path, text, pattern, "{1}: " + say)
    return complaints


if __name__ == "__main__":
    lint.run("deprecated", check)
