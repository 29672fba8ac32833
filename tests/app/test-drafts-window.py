#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is typed and not saved, through the real window: killed, ended, locked, another customer, somebody else
at the counter. Run under with-display."""

import os
import re
import time

import cb_app
from cb_app import check
from cb_counter import Counter

BUTTONS = ("push button", "toggle button", "radio button", "check box")
LABELS = ("status bar", "label")
FIRST = ("Ellingsen", "Mara Ellingsen")
SECOND = ("Prosser", "Dafydd Prosser")


def count_drafts(terminal):
    return terminal.ask("SELECT count(*) FROM draft")[0]


def await_drafts(terminal, count):
    end = time.monotonic() + cb_app.PATIENCE
    while count_drafts(terminal) != count:
        check(time.monotonic() < end, f"{count_drafts(terminal)} drafts are kept, not {count}")
        time.sleep(0.05)


class Shop:
    def __init__(self, world):
        self.terminal = world.terminal(keep_unasked=7)
        self.first = self.terminal.add_customer({"given": "Mara", "family": "Ellingsen"})
        self.second = self.terminal.add_customer({"given": "Dafydd", "family": "Prosser"})
        self.log = os.path.join(world.folder("terminal", "log"), "window.log")
        self.counter = None

    def begin(self, name="Hand"):
        self.counter = Counter(self.terminal, self.log)
        self.counter.sign_in(name)
        return self.counter

    def end(self):
        if self.counter is not None:
            self.counter.end()

    def type_note(self, text, whole):
        """Until the last key has been taken: one that is still on its way to the program is nobody's text."""
        self.counter.window.enter("Note", text)
        end = time.monotonic() + cb_app.PATIENCE
        while self.counter.composed() != whole:
            check(time.monotonic() < end, "what is typed does not arrive")

    def check_composed(self, expected):
        composed = self.counter.composed()
        check(composed == expected,
              f"the composer holds {len(composed)} characters ({cb_app.digest(composed)}), not {len(expected)}")


def open_and_write(counter, text):
    counter.open(*FIRST)
    counter.window.enter("Note", text)
    counter.window.find(re.compile("^Kept as a draft"), LABELS)


def killed():
    """Typed, reported as kept, killed with SIGKILL; signed in again, it is there, for this customer alone."""
    text = f"Sister's wedding in June; navy, not wool {cb_app.SEED}"
    with cb_app.World() as world:
        shop = Shop(world)
        try:
            counter = shop.begin()
            counter.open(*FIRST)
            counter.window.press(re.compile("They want"))
            counter.window.press("It is a gift")
            counter.window.enter("Note", text)
            counter.window.find(re.compile("^Kept as a draft"), LABELS)
            counter.kill()
            check(count_drafts(shop.terminal) == 1, "the draft that was reported as kept is not there")

            counter = shop.begin()
            counter.open(*FIRST)
            counter.window.find("Not saved yet", LABELS)
            shop.check_composed(text)
            counter.window.find(re.compile("It is a gift"), BUTTONS)
            counter.window.key("ctrl+k")
            counter.open(*SECOND)
            shop.check_composed("")
            counter.window.key("ctrl+z")
            shop.check_composed("")

            # Saved, it is a draft no more, and nothing comes back after another kill.
            counter.window.key("ctrl+k")
            counter.open(*FIRST)
            shop.check_composed(text)
            counter.window.key("ctrl+Return")
            counter.window.find(re.compile("^Saved "), LABELS)
            check(count_drafts(shop.terminal) == 0, "what was saved is still a draft")
            counter.kill()
            shop.begin().open(*FIRST)
            shop.check_composed("")
            notes = shop.terminal.show(shop.first)["notes"]
            check([note["text"] for note in notes] == [text], "the note is not there once")
            check(not shop.terminal.show(shop.second)["notes"], "another customer has a note")
        finally:
            shop.end()
        shop.terminal.check_whole()


def ended():
    """No pause after the last key: ended in good order, locked, and gone to another customer."""
    with cb_app.World() as world:
        shop = Shop(world)
        try:
            counter = shop.begin()
            counter.open(*FIRST)
            shop.type_note("ended in haste", "ended in haste")
            counter.process.terminate()
            check(counter.process.wait(cb_app.PATIENCE) == 0, "the terminal did not end in good order")
            check(count_drafts(shop.terminal) == 1, "what was typed last is not kept")

            counter = shop.begin()
            counter.open(*FIRST)
            shop.check_composed("ended in haste")
            shop.type_note("; and locked", "ended in haste; and locked")
            counter.lock()
            counter.kill()
            counter = shop.begin("Head")
            counter.open(*FIRST)
            shop.check_composed("")
            counter.lock()
            counter.sign_in("Hand")
            counter.open(*FIRST)
            shop.check_composed("ended in haste; and locked")
        finally:
            shop.end()


def forms():
    """The form of a size or taste, and of a new customer, are kept through a kill as well."""
    with cb_app.World() as world:
        shop = Shop(world)
        try:
            counter = shop.begin()
            counter.open(*FIRST)
            counter.window.press("Add a size or taste")
            counter.window.enter("In their words", "38 narr")
            await_drafts(shop.terminal, 1)
            counter.kill()

            counter = shop.begin()
            counter.open(*FIRST)
            counter.window.press("Add a size or taste")
            check(counter.text_of("In their words") == "38 narr", "the form of a size has lost its words")
            counter.window.press("Save preference")
            await_drafts(shop.terminal, 0)
            counter.window.key("ctrl+k")
            counter.window.press("New customer")
            counter.window.enter("Given name", "Solveig")
            await_drafts(shop.terminal, 1)
            counter.kill()

            # Another person may be standing there now: nothing is shown before it is asked for.
            counter = shop.begin()
            counter.window.press("New customer")
            check(counter.text_of("Given name") == "", "another's card stands in a new form")
            counter.window.press("Bring it back")
            check(counter.text_of("Given name") == "Solveig", "the form of a customer has lost its words")
            counter.window.press("Add customer")
            counter.window.find(re.compile("Solveig"), ("heading",))
            await_drafts(shop.terminal, 0)
        finally:
            shop.end()


cb_app.run([
    ("/drafts/window/a-kill-loses-nothing-that-was-kept", killed),
    ("/drafts/window/an-end-loses-nothing", ended),
    ("/drafts/window/forms-as-well", forms),
])
