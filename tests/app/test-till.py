#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A card that the till scanned opens at the terminal that is running, and says why where it does not. Run under
with-display."""

import glob
import os
import re
import stat
import subprocess
import time

import cb_app
from cb_app import check
from cb_counter import Counter

NUMBER = "1785 0017"


class Shop:
    def __enter__(self):
        self.world = cb_app.World().__enter__()
        self.terminal = self.world.terminal(keep_unasked=7)
        self.terminal.add_customer({"given": "Mara", "family": "Ellingsen", "numbers": [NUMBER]})
        # Whom the first four digits of the card would find, while they are typed.
        self.terminal.add_customer({"given": "Dafydd", "family": "Prosser", "phones": ["07700 901785"]})
        self.log = os.path.join(self.world.folder("terminal", "log"), "window.log")
        self.counter = None
        return self

    def __exit__(self, *exception):
        if self.counter is not None:
            self.counter.end()
        self.world.__exit__(*exception)

    def open(self):
        self.counter = Counter(self.terminal, self.log)
        self.counter.window.find("Who is at the counter?")
        until(self.sockets, "the terminal opens no door for the till")
        return self.counter

    def sockets(self):
        return glob.glob(os.path.join(self.terminal.environment["XDG_RUNTIME_DIR"], "counterbook", "*.till"))

    def scan(self, line, code, why=""):
        done = subprocess.run(
            [cb_app.program("CB_TEST_COUNTERBOOK"), "--home", self.terminal.home, "--customer-from-stdin"],
            input=line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.terminal.environment,
            timeout=cb_app.PATIENCE, check=False)
        complaint = done.stderr.decode()
        check(done.returncode == code, f"{done.returncode}, not {code}: {complaint}")
        check(why in complaint and (why or not complaint), f"not “{why}” but: {complaint}")
        check(complaint.count("\n") == (1 if code else 0), "not one line says why")
        check(not done.stdout, "something stands on standard output")
        check("1785" not in complaint and "Ellingsen" not in complaint, "the reason names somebody")


def until(condition, what):
    end = time.monotonic() + cb_app.PATIENCE
    while not condition():
        check(time.monotonic() < end, what)
        time.sleep(0.05)


def opens():
    """At the counter, over somebody else's page, whose words are kept; by however the number is written."""
    with Shop() as shop:
        counter = shop.open()
        window = counter.window
        counter.sign_in()
        shop.scan(b"17850017\n", 0)
        window.find("Mara Ellingsen", ("heading",))
        window.key("ctrl+k")
        counter.open("Prosser", "Dafydd Prosser")
        window.enter("Note", "half a sentence")
        shop.scan(b" 1785-0017 \r\n", 0)
        window.find("Mara Ellingsen", ("heading",))
        check(counter.composed() == "", "the words about one customer stand at another's")
        window.key("ctrl+k")
        counter.open("Prosser", "Dafydd Prosser")
        check(counter.composed() == "half a sentence", "what was being written is lost")


def into_the_field():
    """A scanner that types into the search is quicker than the list: what it ends with opens whose card it is, and
    nobody who was found on the way."""
    with Shop() as shop:
        counter = shop.open()
        window = counter.window
        counter.sign_in()
        for _ in range(5):
            window.key(*"17850017", "Return")
            window.find("Mara Ellingsen", ("heading",))
            window.key("ctrl+k")
            window.find("Find a customer", ("text",))
        window.key(*"1785", "Return")
        window.find("Dafydd Prosser", ("heading",))
        window.key("ctrl+k")
        window.key(*"ellingsen", "Return")
        window.find("Mara Ellingsen", ("heading",))
        window.key("ctrl+k")
        window.key(*"17850018", "Return")
        window.find("Not on this terminal")


def says_why():
    """Not running, locked, nobody's number, no number, before another customer's eyes."""
    with Shop() as shop:
        shop.scan(b"17850017\n", 1, "no terminal of this store is running")
        counter = shop.open()
        window = counter.window
        shop.scan(b"17850017\n", 1, "nobody is signed in")
        window.find("Who is at the counter?")
        counter.sign_in()
        shop.scan(b"4711\n", 1, "no one customer")
        shop.scan(b"\xff\xfe\n", 1, "could not look for it")
        for line in (b"", b"\n", b"  \n", b"1" * 500 + b"\n"):
            shop.scan(line, 1, "no line with a card's number")
        window.find("Find a customer", ("text",))
        counter.open("Prosser", "Dafydd Prosser")
        window.key("ctrl+t")
        window.find_gone("Note", ("text",))
        shop.scan(b"17850017\n", 1, "a customer has the terminal's screen")
        check(window.look(re.compile("Ellingsen")) is None, "one customer is shown to another")
        window.key("Escape")
        window.find("Enter your PIN to go on")
        shop.scan(b"17850017\n", 1, "a customer has the terminal's screen")


def is_private():
    """The socket is this user's own, goes with the program, and what a killed one left is in nobody's way."""
    with Shop() as shop:
        counter = shop.open()
        path = shop.sockets()[0]
        check(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700, "others may look into its folder")
        counter.kill()
        check(shop.sockets() == [path], "a program that was killed has tidied up")
        counter = shop.open()
        counter.sign_in()
        shop.scan(b"17850017\n", 0)
        counter.process.terminate()
        check(counter.process.wait(cb_app.PATIENCE) == 0, "the terminal did not end well")
        check(not shop.sockets(), "the socket is left behind")


cb_app.run([
    ("/till/a-scanned-card-opens", opens),
    ("/till/a-card-scanned-into-the-field-opens", into_the_field),
    ("/till/what-does-not-open-says-why", says_why),
    ("/till/its-door-is-this-users", is_private),
])
