#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Canaries that go through the real window: typed with keys, shown, sent, locked away. Run under with-display."""

import os
import re
import time

import cb_app
from cb_app import check
from cb_canaries import Person, Shop, memory_of
from cb_counter import Counter

# What a locked terminal's memory may still be told of: a moment for what is drawn and freed later.
SETTLING_S = 10


class Told(Counter):
    """The same with the canaries' people."""

    def __init__(self, shop):
        self.texts = shop.canaries.texts
        super().__init__(shop.terminal, os.path.join(shop.world.folder(shop.terminal.name, "log"), "window.log"))

    def open_person(self, person):
        self.open(self.texts[person.name + ".card.family"], self.texts[person.name + ".card.preferred"])

    def write(self, text):
        self.window.enter("Note", text)
        self.window.key("ctrl+Return")
        self.window.find(re.compile("^Saved "), ("status bar", "label"))


def at_the_counter():
    """Typed, found, shown, sent; then locked; then the program is killed with all of it on the screen."""
    with cb_app.World() as world:
        shop = Shop(world, "window")
        canaries, terminal = shop.canaries, shop.terminal
        person = Person(terminal, canaries, "one")
        agreed = Person(terminal, canaries, "two")
        gone = Person(terminal, canaries, "gone")
        terminal.answer(agreed.id, "shop")
        counter = Told(shop)
        try:
            counter.sign_in()
            counter.open_person(gone)
            counter.write("Said " + canaries.word("gone.window.note") + " once.")
            counter.window.enter("Note", "A draft of " + canaries.word("gone.window.draft"))
            counter.window.key("ctrl+k")
            counter.open_person(person)
            # What is taken out again can be brought back by an undo, until somebody else is there.
            counter.window.enter("Note", canaries.word("window.undone"))
            counter.window.key("ctrl+a", "BackSpace")
            counter.write("Said " + canaries.word("window.note") + " today.")
            counter.window.enter("Note", "A draft of " + canaries.word("window.draft"))
            shop.check_terminal()
            seen = canaries.found_in(memory_of(counter.process.pid))
            check(seen >= {"one.card.family", "window.note", "gone.card.family"},
                  "the search of memory finds too little")
            terminal.ctl("erase", gone.id, "--reason", "request", by="Head")
            counter.lock()
            check_clean(counter, canaries)
            shop.check_terminal()
            counter.sign_in()
            counter.open_person(agreed)
            counter.process.kill()
            counter.process.wait()
            shop.check_terminal()
            check("window.note" in canaries.found_in(terminal.ctl("customer", "show", person.id, by="Hand").out),
                  "the note that was typed is not kept")
        finally:
            counter.end()
        up, down = shop.wire()
        expected = canaries.only("one.asked", "two.asked", "gone.asked", "two.shop", "two.card")
        check(up <= expected and not down, f"{', '.join(sorted(up - expected))}: left without a yes")


def check_clean(counter, canaries):
    """Locked, the process holds nothing of any customer; what the screen still holds goes in a moment. Who may
    sign in is shown."""
    end = time.monotonic() + SETTLING_S
    while left := canaries.found_in(memory_of(counter.process.pid)) - canaries.only("staff"):
        if time.monotonic() > end:
            raise AssertionError(f"{', '.join(sorted(left))}: still in a locked terminal's memory")
        time.sleep(0.5)


cb_app.run([("/canaries/window/locked-away", at_the_counter)])
