#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever a person reads in the window can be read in every language of ui/po/LINGUAS.

The template is what the sources say; each catalogue has a translation of each sentence, none of them a
guess, with the same placeholders and the same end. A sentence in C that nobody marked is found too.
`ninja -C build update-po` brings the files up to the sources; the empty translations are then to be filled.
"""

import os
import re
import subprocess
import tempfile
from typing import NamedTuple

import lint

PO = "ui/po/"
UPDATE = os.path.join(os.path.dirname(os.path.dirname(lint.HERE)), PO, "update.sh")

# What the customer reads is chosen by their language, not by the program's.
OTHERWISE_TRANSLATED = ("ui/turned/cb-turned-words.c",)
MARKED = re.compile(r"\b(?:N?_|N?C_|g_dngettext|g_dpgettext2)\s*\($")
FOR_LOGS = re.compile(r"\b(?:g_message|g_debug|g_warning|g_critical|g_info)\s*\($")
# A sentence of the store's own, which is compared with and not shown.
COMPARED = re.compile(r"\bg_(?:strcmp0|str_equal)\s*\($")
SENTENCE = re.compile(r"[^\W\d_]{2,},? [^\W\d_]{2,}")
ENDS = ("…", ".", ":", "?", "!")
# Two translators' words for one sentence, put one behind the other by a merge, begin alike.
REPEATED = 20


class Entry(NamedTuple):
    line: int
    context: str
    source: str
    plural: str
    translations: list
    is_fuzzy: bool


def unquote(text):
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match.group(1), match.group(1)), text)


def entries(text):
    """The entries of a catalogue, its head among them."""
    found, fields, field, is_fuzzy, start = [], {}, None, False, 1

    def finish():
        if "msgid" in fields:
            found.append(Entry(start, fields.get("msgctxt", ""), fields["msgid"], fields.get("msgid_plural", ""),
                               [fields[key] for key in sorted(fields) if key.startswith("msgstr")], is_fuzzy))

    for number, line in enumerate(text.splitlines() + [""], 1):
        if not line.strip():
            finish()
            fields, field, is_fuzzy, start = {}, None, False, number + 1
        elif line.startswith("#,"):
            is_fuzzy = is_fuzzy or "fuzzy" in line
        elif match := re.match(r'(msg\w+(?:\[\d\])?) "(.*)"$', line):
            field = match.group(1)
            fields[field] = unquote(match.group(2))
        elif field and (match := re.match(r'"(.*)"$', line)):
            fields[field] += unquote(match.group(1))
    return found


def by_source(found):
    return {(entry.context, entry.source): entry for entry in found if entry.source}


def languages(tree):
    lines = tree.read(PO + "LINGUAS").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def updated(tree, folder):
    """The files as the sources would have them."""
    done = subprocess.run([UPDATE, tree.root, folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if done.returncode != 0:
        return None, [lint.Complaint(PO + "update.sh", 1, "does not run: " + done.stdout.strip())]
    return {name: open(os.path.join(folder, name), encoding="utf-8").read() for name in os.listdir(folder)}, []


def check_template(tree, template):
    path = PO + "counterbook.pot"
    said = by_source(entries(tree.read(path))) if tree.has(path) else {}
    wanted = by_source(entries(template))
    for _, source in sorted(wanted.keys() - said.keys()):
        yield lint.Complaint(path, 1, f"“{source}” of the sources is missing: ninja update-po")
    for key in sorted(said.keys() - wanted.keys()):
        yield lint.Complaint(path, said[key].line, f"“{key[1]}” is no longer in the sources: ninja update-po")


def check_entry(path, entry):
    def complain(text):
        return lint.Complaint(path, entry.line, f"“{entry.source}” {text}")

    if entry.is_fuzzy:
        yield complain("has a translation that is a guess")
    elif not entry.translations or not all(entry.translations):
        yield complain("is not translated")
    for translation in filter(None, entry.translations):
        if translation == entry.source and SENTENCE.search(entry.source):
            yield complain("is left in English")
        if len(translation) > 2 * REPEATED and translation.count(translation[:REPEATED]) > 1:
            yield complain("says it twice")
        if [end for end in ENDS if entry.source.endswith(end) != translation.endswith(end)] \
                and not translation.endswith(entry.source[-1]) and entry.source[-1] not in "?":
            yield complain(f"and its translation “{translation}” end differently")
        if entry.source.endswith(" …") and not re.search(r"\s…$", translation):
            yield complain(f"has a space before its dots, and “{translation}” has none")


def check_placeholders(tree, path):
    done = subprocess.run(["msgfmt", "--check-format", "--check-domain", "-o", os.devnull, tree.absolute(path)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        yield lint.Complaint(path, 1, "msgfmt refuses it: " + done.stdout.strip().splitlines()[0])


def check_catalogue(tree, language, wanted):
    path = f"{PO}{language}.po"
    if not tree.has(path):
        yield lint.Complaint(path, 1, "is missing")
        return
    text = tree.read(path)
    found = by_source(entries(text))
    for key in sorted(wanted.keys() - found.keys()):
        yield lint.Complaint(path, 1, f"“{key[1]}” is missing: ninja update-po")
    for entry in found.values():
        yield from check_entry(path, entry)
    if "#~" in text:
        yield lint.Complaint(path, 1, "keeps sentences that are gone: ninja update-po")
    yield from check_placeholders(tree, path)


def literals(source):
    """Each run of string literals as (position, what stands before it, its text)."""
    token = r'"(?:\\.|[^"\\\n])*"'
    for match in re.finditer(token + r"(?:\s*" + token + ")*", source):
        text = "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', match.group()))
        yield match.start(), source[:match.start()].rstrip(), unquote(text)


def opening_call(before):
    """The text up to the parenthesis within which a literal stands."""
    depth = 0
    for place in range(len(before) - 1, max(-1, len(before) - 2000), -1):
        depth += {")": 1, "(": -1}.get(before[place], 0)
        if depth < 0:
            return before[:place + 1]
    return ""


def check_marks(tree):
    for path in tree.files(".c", under=("ui/",)):
        if path in OTHERWISE_TRANSLATED:
            continue
        source = lint.without_comments(tree.read(path))
        for position, before, text in literals(source):
            call = opening_call(before)
            if SENTENCE.search(text) and not any(mark.search(call) for mark in (MARKED, FOR_LOGS, COMPARED)):
                yield lint.Complaint(path, lint.line_of(source, position), f"“{text}” is not marked for translation")


def check(tree):
    complaints = list(check_marks(tree))
    if not tree.has(PO + "LINGUAS"):
        return complaints + [lint.Complaint(PO + "LINGUAS", 1, "is missing")]
    with tempfile.TemporaryDirectory(prefix="cb-po-") as folder:
        files, troubles = updated(tree, folder)
    if troubles:
        return complaints + troubles
    complaints += check_template(tree, files["counterbook.pot"])
    wanted = by_source(entries(files["counterbook.pot"]))
    for language in languages(tree):
        complaints += check_catalogue(tree, language, wanted)
    return complaints


if __name__ == "__main__":
    lint.run("catalogues", check)
