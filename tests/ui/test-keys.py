#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The keys of every screen, pressed on the keyboard of a display, in the real program over a demo shop."""

import os
import re
import subprocess
import sys
import tempfile
import time

ROOT = os.environ["CB_TEST_SOURCE_ROOT"]
BUILD = os.environ["CB_TEST_BUILD_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "app", "demo"))

from window import Window, until  # noqa: E402  (it lies where the demo needs it)

ASSOCIATE, PIN = "Tomas Wren", "482915"

# Of quiet, until the veil and until the lock. A program that watches its memory is several times slower.
QUIET = (25, 80) if "CB_TEST_SANITIZED" in os.environ else (5, 12)
HEADING = ("heading",)
FIELD = ("text",)


class Shop:
    def __init__(self, folder):
        self.home = os.path.join(folder, "store")
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(folder, "state"),
                                XDG_CONFIG_HOME=os.path.join(folder, "config"))
        subprocess.run([os.path.join(BUILD, "app/ctl/counterbookctl"), "--home", self.home, "init", "--demo"],
                       check=True, stdout=subprocess.DEVNULL, env=self.environment)

    def open(self, *options):
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "app/counterbook"), "--home", self.home, "--size", "1280x800", *options],
            env=self.environment)
        self.window = Window(self.process)
        return self.window

    def close(self):
        self.process.terminate()
        return self.process.wait(20)


def sign_in(window):
    window.press(ASSOCIATE)
    window.key(*PIN)
    window.find("Find a customer", FIELD)


def text_of(window, name):
    return window.text_of(window.find(name, FIELD))


def expect(condition, what):
    until(condition, what)


def digits_sign_in(window):
    sign_in(window)


def typing_searches_from_anywhere(window):
    window.press("New customer")
    window.find("Add customer")
    window.key("Escape")
    window.find_gone("Add customer")
    window.key("Tab", "Tab")
    window.type("ellingsen")
    window.find("Mara Ellingsen", ("label",))


def enter_opens(window):
    window.key("Return")
    window.find("Mara Ellingsen", HEADING)


def typing_is_the_note(window):
    window.type("Two pairs, no more.")
    expect(lambda: text_of(window, "Note") == "Two pairs, no more.", "what is typed is the note")


def escape_keeps_the_text(window):
    window.key("Escape")
    window.find("Find a customer", FIELD)
    window.key("Return")
    window.find("Mara Ellingsen", HEADING)
    expect(lambda: text_of(window, "Note") == "Two pairs, no more.", "the text is still there")


def control_enter_saves(window):
    window.key("ctrl+Return")
    window.find(re.compile("^Saved "))
    expect(lambda: text_of(window, "Note") == "", "the sheet is blank")


def f1_shows_the_keys(window):
    window.key("F1")
    window.find("Save the note")
    window.key("Escape")
    window.find_gone("Save the note")


def control_k_searches(window):
    window.key("ctrl+k")
    window.find("Find a customer", FIELD)
    window.type("aubrac sol")
    window.find("Solène Aubrac", ("label",))


def control_n_writes(window):
    window.key("ctrl+n")
    window.find("Solène Aubrac", HEADING)
    window.type("Bonjour")
    expect(lambda: text_of(window, "Note") == "Bonjour", "the note has the focus")


def control_t_turns(window):
    window.key("ctrl+t")
    window.find("Se souvenir de moi dans ce magasin", ("label",))
    window.key("ctrl+k", "ctrl+n")
    time.sleep(0.3)
    window.find("Se souvenir de moi dans ce magasin", ("label",))


def escape_from_the_turned_screen_asks_for_the_pin(window):
    window.key("Escape")
    window.find("Enter your PIN to go on")
    window.key(*PIN)
    window.find("Solène Aubrac", HEADING)


def control_l_locks(window):
    window.key("ctrl+l")
    window.find("Who is at the counter?")
    expect(lambda: not any("Solène" in node.name or "Bonjour" in node.name for node in window.nodes()),
           "nothing of the visit is left")


def a_draft_comes_back(window):
    sign_in(window)
    window.type("aubrac sol")
    window.find("Solène Aubrac", ("label",))
    window.key("Return")
    expect(lambda: text_of(window, "Note") == "Bonjour", "the draft is back")


def quiet_veils_then_locks(window):
    window.find("Touch to go on", seconds=QUIET[1])
    window.key("x")
    window.find_gone("Touch to go on")
    expect(lambda: text_of(window, "Note") == "", "the key that lifts the veil types nothing")
    window.find("Who is at the counter?", seconds=2 * QUIET[1])


def open_somebody(window):
    sign_in(window)
    window.type("beltr")
    window.find("Nuria Beltrán", ("label",))
    window.key("Return")
    window.find("Nuria Beltrán", HEADING)


FIRST = [digits_sign_in, typing_searches_from_anywhere, enter_opens, typing_is_the_note, escape_keeps_the_text,
         control_enter_saves, f1_shows_the_keys, control_k_searches, control_n_writes, control_t_turns,
         escape_from_the_turned_screen_asks_for_the_pin, control_l_locks, a_draft_comes_back]
SECOND = [open_somebody, quiet_veils_then_locks]


def play(steps, window, number, broken):
    """Each step stands on the one before it."""
    for step in steps:
        number += 1
        path = "/keys/" + step.__name__.replace("_", "-")
        if broken:
            print(f"not ok {number} - {path} # after a step that failed")
            continue
        try:
            step(window)
            print(f"ok {number} - {path}", flush=True)
        except Exception as problem:  # whatever it is, it is this step's failure
            print(f"# {type(problem).__name__}: {problem}")
            print(f"not ok {number} - {path}", flush=True)
            broken = True
    return number, broken


def main():
    print(f"1..{len(FIRST) + len(SECOND) + 1}", flush=True)
    with tempfile.TemporaryDirectory(prefix="cb-keys-") as folder:
        shop = Shop(folder)
        number, broken = play(FIRST, shop.open(), 0, False)
        ended_well = shop.close() == 0
        number, broken_too = play(SECOND, shop.open("--veil-after", str(QUIET[0]), "--lock-after", str(QUIET[1])), number, False)
        ended_well = shop.close() == 0 and ended_well
    print(f"{'ok' if ended_well else 'not ok'} {number + 1} - /keys/the-program-ends-well")
    sys.exit(1 if broken or broken_too or not ended_well else 0)


main()
