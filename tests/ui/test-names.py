#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every scene of the terminal, as assistive technology is told of it: each control has a name and a role, and in
a window of another language no sentence is left in English.

    test-names.py PROGRAM [LOOK …]      PROGRAM is test-screens; the looks are walked through
"""

import os
import re
import subprocess
import sys

ROOT = os.environ["CB_TEST_SOURCE_ROOT"]
BUILD = os.environ["CB_TEST_BUILD_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "app", "demo"))

from eye import FOCUSABLE, Node  # noqa: E402  (it lies where the demo needs it)
from window import BUTTONS, Window, until  # noqa: E402

CONTROLS = BUTTONS + ("text", "combo box", "slider", "spin button", "switch", "link", "heading")
NO_ROLES = ("unknown", "invalid", "redundant object")
SKIPPED = 77

# What a customer reads is in their own language, whatever the program's is.
THE_CUSTOMERS = re.compile(r"turned|record")
ALL = ["light", "german", "french", "spanish"]
QUICK = ["german"]
# Listening to a scene takes longer than showing it, and many times as long under a sanitizer. Two that follow each other
# are mostly states of one page: a short run listens to every other one, the long one to all.
STEP = 6 if "CB_TEST_SANITIZED" in os.environ else 1 if os.environ.get("CB_TEST_LONG") else 2
# Somebody in the shop is called as their role is, and somebody's size is the example of one.
NAMES = {"Administrator", "38 narrow", "boot"}
PLACEHOLDER = re.compile(r"%(?:\d+\$)?[-0]?[a-zA-Z]")


# --- the catalogue ---


def sentences(language):
    """The English sentences that the language says differently, as patterns of what is shown for them."""
    path = os.path.join(ROOT, "ui/po", language + ".po")
    with open(path, encoding="utf-8") as file:
        blocks = file.read().split("\n\n")
    found = []
    for block in blocks:
        source = re.search(r'^msgid ((?:".*"\n?)+)', block, re.MULTILINE)
        said = re.search(r'^msgstr(?:\[0\])? ((?:".*"\n?)+)', block, re.MULTILINE)
        if not source or not said:
            continue
        english, other = (re.sub(r'"\n?"?', "", part.group(1)).strip() for part in (source, said))
        if english and english != other and re.search(r"[^\W\d_]{2,}", PLACEHOLDER.sub("", english)):
            found.append(pattern_of(english))
    return found


def pattern_of(sentence):
    parts = [re.escape(part.replace('\\"', '"').replace("\\n", "\n")) for part in PLACEHOLDER.split(sentence)]
    # A lone joint between two names, "%s by %s", may well stand in what a customer said.
    if len(parts) > 1 and sum(len(re.findall(r"[^\W\d_]{2,}", part)) for part in parts) < 2:
        return re.compile(r"(?!)")
    return re.compile(".+".join(parts))


# --- what is wrong with a scene ---


def unnamed(nodes):
    """The controls that nobody could call by a name, each with what is wrong with it."""
    for node in nodes:
        if node.role in NO_ROLES:
            yield node, f"something focusable has the role “{node.role}”"
        elif not node.name.strip():
            yield node, f"a {node.role} has no name"
        elif re.fullmatch(r"[\w-]+-symbolic", node.name):
            yield node, f"a {node.role} is called after its picture, {node.name}"


class English:
    """The sentences that are said otherwise in a language; most of what is shown is shown in scene after scene."""

    def __init__(self, patterns):
        self.patterns = patterns
        self.known = {}

    def __contains__(self, name):
        if name not in self.known:
            self.known[name] = any(pattern.fullmatch(name) for pattern in self.patterns)
        return self.known[name]


def left_in_english(names, english):
    for name in names - NAMES:
        if name in english:
            yield f"“{name}” is English"


def is_focusable(node):
    return node.has_state(FOCUSABLE)


def controls(nodes):
    """Those that have a place. A heading is none, but is listened for."""
    for node in nodes:
        if node.role in CONTROLS or (is_focusable(node) and node.role in NO_ROLES):
            if node.box is not None:
                yield node


# --- the walk ---


def judge(window, scene, english):
    nodes = until(lambda: [node for node in [window.nodes()] if len(node) > 2],
                  "assistive technology is told of nothing")[0]
    # Whether it can be used now is asked last: that is a question to the program for each.
    found = [complaint for node, complaint in unnamed(controls(nodes)) if window.is_shown(node)]
    if not THE_CUSTOMERS.match(scene):
        # The customer's own screen may lie behind this one.
        names = {node.name for node in nodes if node.name in english and window.is_shown(node)}
        found += left_in_english(names, english)
    return found


def scenes_of(program):
    """Those that the program says it has."""
    scenes = subprocess.run([program, "--scenes"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    if not scenes:
        raise SystemExit("the program says that it has no scenes")
    return scenes[::STEP]


def differences(look, walked, scenes):
    """A walk that ends early, or that says other scenes than there are, has seen less than it should."""
    if walked == scenes:
        return
    yield f"{look}: {len(walked)} scenes were walked through, and there are {len(scenes)}"
    for scene in sorted(set(scenes) - set(walked)):
        yield f"{look}: {scene} was not looked at"


def walk_through(program, look, language, scenes):
    """None when this machine cannot make the language's locale; else what is wrong."""
    english = English(sentences(language) if language else [])
    process = subprocess.Popen([program, "--walk", look, str(STEP)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    window, walked, wrong = None, [], []
    for line in process.stdout:
        if not re.fullmatch(r"[a-z0-9-]+\n", line):
            continue
        window = window or Window(process)
        scene = line.strip()
        walked.append(scene)
        wrong += [f"{look}: {scene}: {complaint}" for complaint in judge(window, scene, english)]
        process.stdin.write("\n")
        process.stdin.flush()
    code = process.wait(60)
    if code == SKIPPED:
        return None
    if code != 0:
        wrong.append(f"{look}: the walk ended with {code} after {len(walked)} scenes")
    return wrong + list(differences(look, walked, scenes))


# --- that it can fail ---


def finds_the_nameless():
    bad = [Node(None, "push button", "", None), Node(None, "text", "cb-search-symbolic", None),
           Node(None, "unknown", "Save", None)]
    good = [Node(None, "push button", "Save note", None)]
    return len(list(unnamed(bad))) == 3 and not list(unnamed(good))


def finds_english():
    english = English(sentences("de"))
    bad = {"Save note", "Waiting to send (3)", "Yes, since 3 March"}
    good = {"Notiz sichern", "Wartet auf das Senden (3)", "Tomas Wren", "A dress by Alder"}
    return len(list(left_in_english(bad, english))) == 3 and not list(left_in_english(good, english))


def finds_the_missing():
    scenes = ["lock", "counter", "customer"]
    bad = [[], scenes[:2], ["lock", "lock", "counter"]]
    return all(list(differences("light", walked, scenes)) for walked in bad) and not list(
        differences("light", scenes, scenes))


def report(number, path, troubles, skipped=""):
    for trouble in troubles:
        print("# " + trouble)
    print(f"{'not ok' if troubles else 'ok'} {number} - {path}{' # SKIP ' + skipped if skipped else ''}", flush=True)
    return bool(troubles)


def main():
    program = sys.argv[1]
    looks = sys.argv[2:] or (ALL if os.environ.get("CB_TEST_LONG") else QUICK)
    languages = {"german": "de", "french": "fr", "spanish": "es"}
    scenes = scenes_of(program)
    print(f"1..{3 + len(looks)}", flush=True)
    failed = report(1, "/names/the-nameless-are-found", [] if finds_the_nameless() else ["they are not"])
    failed |= report(2, "/names/english-is-found", [] if finds_english() else ["it is not"])
    failed |= report(3, "/names/a-walk-cut-short-is-found", [] if finds_the_missing() else ["it is not"])
    for number, look in enumerate(looks, 4):
        wrong = walk_through(program, look, languages.get(look.split("-")[0]), scenes)
        if wrong is None:
            report(number, "/names/" + look, [], "this machine cannot make the locale")
            continue
        failed |= report(number, f"/names/{look}-in-{len(scenes)}-scenes", wrong)
    sys.exit(1 if failed else 0)


main()
