#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every text that can be typed comes out as it went in, byte for byte: as a note, as a name, as a preference,
through the command line, the store, the wire and the service. What is no text is refused in one clear line,
and nothing of it is kept."""

import base64
import json


import cb_app
from cb_app import check

TOGETHER = 2
# What a person would call nothing at all.
BLANK = " \t\n"
COUNTED = ("customer", "note", "preference", "contact", "outbox", "audit")


def own_strings():
    with open(cb_app.fixture("strings.json"), encoding="utf-8") as file:
        return json.load(file)


def naughty_strings():
    with open(cb_app.shared("bad-blns", "files", "blns.json"), encoding="utf-8") as file:
        return json.load(file)


def stress_lines():
    with open(cb_app.shared("bad-utf8-kuhn", "files", "UTF-8-test.txt"), "rb") as file:
        return file.read().split(b"\n")


def is_text(data):
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def has_word(text):
    return text.strip(BLANK) != ""


class Shop:
    """A terminal with a service; one customer for all notes and preferences, and one for each name."""

    def __init__(self, world):
        self.service = world.service()
        self.terminal = world.terminal()
        self.terminal.enrol(self.service)
        self.keeper = self.terminal.add_customer()
        self.terminal.answer(self.keeper, "shop")
        self.expected = {}  # id of a record -> what of its body is expected

    def keep(self, texts):
        """Each as a note; in one of the three parts of a name, and of a preference. Which one chance decides,
        unless everything is asked for: then each stands in each."""
        step = 1 if cb_app.LONG else 3
        first = cb_app.dice("parts").randrange(step)
        queue = [(self.keep_note, text) for text in texts]
        for start in range(0, len(texts), step):
            three = [texts[(start + first + part) % len(texts)] for part in range(3)]
            queue += [(self.keep_preference, three), (self.keep_name, three)]

        def work(_):
            while queue:
                try:
                    keep, what = queue.pop()
                except IndexError:
                    return
                keep(what)

        cb_app.in_threads(TOGETHER, work)

    def keep_note(self, text):
        self.expected[self.terminal.add_note(self.keeper, text)] = {"text": text}

    def keep_preference(self, texts):
        parts = dict(zip(("value", "garment", "maker"), texts))
        self.expected[self.terminal.set_preference(self.keeper, {"facet": "other", **parts})] = parts

    def keep_name(self, texts):
        parts = dict(zip(("given", "family", "preferred"), texts))
        customer = self.terminal.add_customer(parts)
        self.expected[customer] = parts
        self.terminal.answer(customer, "shop", "yes", "spoken")

    def check_here(self):
        shown = self.terminal.show(self.keeper)
        found = {record["id"]: record for record in (*shown["notes"], *shown["preferences"])}
        for card in self.terminal.ctl("customer", "list", "--limit", "100000", by="Head").json:
            found[card["id"]] = card
        del found[self.keeper]
        self.compare(found, "in the store")

    def check_there(self):
        self.terminal.sync()
        check(not self.terminal.states().get("parked"), "the service refused a text")
        found = {key: record["body"] for key, record in self.service.dump().items() if key in self.expected}
        self.compare(found, "at the service")

    def compare(self, found, where):
        check(set(found) == set(self.expected), f"{len(set(self.expected) - set(found))} records are not {where}")
        for record, fields in self.expected.items():
            for field, text in fields.items():
                check(found[record][field] == text,
                      f"{field} {where} is {cb_app.digest(found[record][field] or '')}, not {cb_app.digest(text)}")

    def count(self):
        return [self.terminal.ask(f"SELECT count(*) FROM {table}")[0] for table in COUNTED]

    def refuse(self, data, inner=True):
        """Refused as a note and, unless it is only blank, within a record; counted by the caller."""
        attempts = [(("note", "add", self.keeper, "--text-stdin"), data + b"\n")]
        if inner:
            quoted = b'"' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
            attempts += [
                (("customer", "add", "--record-stdin"), b'{"given":' + quoted + b"}"),
                (("preference", "set", self.keeper, "--record-stdin"), b'{"facet":"other","value":' + quoted + b"}"),
                (("customer", "find", "--text-stdin"), data),
            ]
        for words, given in attempts:
            result = self.terminal.run(*words, by="Hand", given=given)
            check(result.code == 1, f"{' '.join(words[:2])} of {cb_app.digest(data)} ended with {result.code}")
            check(len(result.complaint()) > 10, "a refusal does not say why")


def come_through(texts):
    kept = sorted({text for text in texts if has_word(text) and "\0" not in text})
    blank = sorted({text for text in texts if not has_word(text)})
    with cb_app.World() as world:
        shop = Shop(world)
        shop.keep(kept)
        before = shop.count()
        for text in blank:
            shop.refuse(text.encode(), inner=False)
        check(shop.count() == before, "something of a refused text was kept")
        shop.check_here()
        shop.check_there()
        shop.terminal.check_whole()
        cb_app.say(f"{len(kept)} texts came through as note, name and preference; {len(blank)} blank ones were "
                   "refused")


def own():
    come_through(own_strings())


def naughty():
    """The strings that are known to break input fields."""
    come_through(naughty_strings())


def stress():
    """The lines of the UTF-8 stress file: what is text comes through, what is none is refused."""
    lines = stress_lines()
    come_through([line.decode() for line in lines if is_text(line)])
    bad = sorted({line for line in lines if not is_text(line)})
    refuse_all(bad)


def no_text():
    with open(cb_app.fixture("not-text.json"), encoding="utf-8") as file:
        refuse_all([base64.b64decode(entry["base64"]) for entry in json.load(file)])


def refuse_all(bad):
    with cb_app.World() as world:
        shop = Shop(world)
        before = shop.count()
        for data in bad:
            shop.refuse(data)
        for escape in (b"\\u0000", b"\\ud800", b"\\udfff", b"\\ud800\\u0041", b"\\x41", b"\\q"):
            for words, head in ((("customer", "add"), b'{"given":"'),
                                (("preference", "set", shop.keeper), b'{"facet":"other","value":"')):
                result = shop.terminal.run(*words, "--record-stdin", by="Hand", given=head + b"a" + escape + b'b"}')
                check(result.code == 1, f"a record with {escape.decode()} ended with {result.code}")
                result.complaint()
        check(shop.count() == before, "something of a refused text was kept")
        shop.terminal.check_whole()
        cb_app.say(f"{len(bad)} that are no text were refused everywhere")


cb_app.run([
    ("/roundtrip/texts-made-up-here/come-through", own),
    ("/roundtrip/naughty-strings/come-through", naughty),
    ("/roundtrip/stress-file/comes-through-or-is-refused", stress),
    ("/roundtrip/what-is-no-text/is-refused", no_text),
])
