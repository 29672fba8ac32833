#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A terminal that somebody carried away while it was in use: shut out by an order, its window locks and says why, and
nothing is left on its disk. Run under with-display."""

import os
import re

import cb_app
from cb_app import check
from cb_counter import Counter

LABELS = ("status bar", "label", "heading")
CANARY = "zq7canary"


def in_use():
    with cb_app.World() as world:
        service = world.service()
        terminal = world.terminal(keep_unasked=7)
        terminal.enrol(service)
        terminal.add_customer({"given": "Mara", "family": "Ellingsen"})
        counter = Counter(terminal, os.path.join(world.folder("terminal", "log"), "window.log"))
        try:
            counter.sign_in()
            counter.open("Ellingsen", "Mara Ellingsen")
            counter.window.enter("Note", f"{CANARY} navy")
            counter.window.find(re.compile("^Kept as a draft"), LABELS)
            identity = terminal.status()["terminal"]
            check(service.run("revoke", "--wipe", identity) == 0, "the terminal could not be shut out")
            # There is something to hear, so nobody has to wait until its time is up.
            check(service.run("erase", "0" * 32) == 0, "nobody could be erased")
            counter.window.find("This terminal was shut out", LABELS)
            for folder in (terminal.home, terminal.state_root):
                left = [name for _, _, names in os.walk(folder) for name in names
                        if name not in ("wiped", "tombstones") and not name.endswith((".lock", ".log"))]
                check(not left, f"left: {left}")
            check(counter.process.poll() is None, "the window is gone")
            counter.kill()

            # Started again, it says the same.
            counter = Counter(terminal, os.path.join(world.folder("terminal", "log"), "window.log"))
            counter.window.find("This terminal was shut out", LABELS)
        finally:
            counter.end()


cb_app.run([
    ("/wiped/window/in-use", in_use),
])
