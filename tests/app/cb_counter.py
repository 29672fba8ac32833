# SPDX-License-Identifier: Apache-2.0
"""A terminal's window with somebody at it, for tests that run under with-display."""

import os
import re
import subprocess
import sys

import cb_app

sys.path.insert(1, os.path.join(os.environ["CB_TEST_SOURCE_ROOT"], "app", "demo"))


class Counter:
    """The terminal's window, and what is done at it."""

    def __init__(self, terminal, log, *options, surroundings=None, before=None):
        # What is a warning to the eye and hand of this test is no fault of the program's.
        os.environ.pop("G_DEBUG", None)
        from window import Window

        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                [cb_app.program("CB_TEST_COUNTERBOOK"), "--home", terminal.home, "--light", "--size", "1280x800",
                 *options],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=before,
                env={**terminal.environment, **(surroundings or {})})
        self.window = Window(self.process)

    def sign_in(self, name="Hand"):
        self.window.find(name)
        self.window.press(name)
        for digit in cb_app.PIN.decode().strip():
            self.window.press(digit)
        self.window.find("Find a customer", ("text",))

    def open(self, typed, shown):
        """Types into the search, and opens the first that it finds."""
        self.window.type(typed)
        self.window.find(re.compile(re.escape(shown)), ("label",))
        self.window.key("Return")
        self.window.find(re.compile(re.escape(shown)), ("heading",))

    def text_of(self, name):
        """What stands in the field of that name."""
        return self.window.text_of(self.window.find(name, ("text",)))

    def composed(self):
        return self.text_of("Note")

    def lock(self):
        self.window.key("ctrl+l")
        self.window.find("Who is at the counter?")

    def kill(self):
        """As the power goes."""
        self.process.kill()
        self.process.wait()

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
