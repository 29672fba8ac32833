#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Canaries that go through the real window: typed with keys, shown, sent, locked away. Run under with-display."""

import os
import re
import subprocess
import sys
import time

sys.path.insert(1, os.path.join(os.environ["CB_TEST_SOURCE_ROOT"], "app", "demo"))

import cb_app  # noqa: E402  (the path has to be said first)
from cb_app import check  # noqa: E402
from cb_canaries import Person, Shop, memory_of  # noqa: E402

# What a locked terminal's memory may still be told of: a moment for what is drawn and freed later.
SETTLING_S = 10


class Counter:
    """The terminal's window, and what is done at it."""

    def __init__(self, shop):
        # What is a warning to the eye and hand of this test is no fault of the program's.
        os.environ.pop("G_DEBUG", None)
        from window import Window

        self.shop = shop
        terminal = shop.terminal
        self.log = os.path.join(shop.world.folder(terminal.name, "log"), "window.log")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [cb_app.program("CB_TEST_COUNTERBOOK"), "--home", terminal.home, "--light", "--size", "1280x800"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=terminal.environment)
        self.window = Window(self.process)

    def sign_in(self):
        self.window.find("Hand")
        self.window.press("Hand")
        for digit in cb_app.PIN.decode().strip():
            self.window.press(digit)
        self.window.find("Find a customer", ("text",))

    def open(self, person):
        texts = self.shop.canaries.texts
        self.window.type(texts[person.name + ".card.family"])
        self.window.find(re.compile(texts[person.name + ".card.preferred"]), ("label",))
        self.window.key("Return")
        self.window.find(re.compile(texts[person.name + ".card.preferred"]), ("heading",))

    def write(self, text):
        self.window.enter("Note", text)
        self.window.key("ctrl+Return")
        self.window.find(re.compile("^Saved "), ("status bar", "label"))

    def lock(self):
        self.window.key("ctrl+l")
        self.window.find("Who is at the counter?")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def at_the_counter():
    """Typed, found, shown, sent; then locked; then the program is killed with all of it on the screen."""
    with cb_app.World() as world:
        shop = Shop(world, "window")
        canaries, terminal = shop.canaries, shop.terminal
        person = Person(terminal, canaries, "one")
        agreed = Person(terminal, canaries, "two")
        terminal.answer(agreed.id, "shop")
        counter = Counter(shop)
        try:
            counter.sign_in()
            counter.open(person)
            counter.write("Said " + canaries.word("window.note") + " today.")
            counter.window.enter("Note", "A draft of " + canaries.word("window.draft"))
            shop.check_terminal()
            seen = canaries.found_in(memory_of(counter.process.pid))
            check(seen >= {"one.card.family", "window.note"}, "the search of memory finds too little")
            counter.lock()
            check_clean(counter, canaries)
            shop.check_terminal()
            counter.sign_in()
            counter.open(agreed)
            counter.process.kill()
            counter.process.wait()
            shop.check_terminal()
            check("window.note" in canaries.found_in(terminal.ctl("customer", "show", person.id, by="Hand").out),
                  "the note that was typed is not kept")
        finally:
            counter.end()
        up, down = shop.wire()
        expected = canaries.only("one.asked", "two.asked", "two.shop", "two.card")
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
