#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Plays a visit to the demo shop through the terminal's own window, as a colleague and a customer would,
and checks after it that what was captured, allowed and sent is what the service holds, and nothing else.

    play.py --build BUILD --home STORE --database SERVICE.DB --output FOLDER

It wants a display with an accessibility bus of its own (tests/support/with-display), and a store that is
enrolled with the service over that database. "Unplug" stops that service, "plug" starts it on the same
port. A PNG of each screen is left in FOLDER. Exit 0 only if all of it is true.
"""

import argparse
import ctypes
import json
import os
import re
import signal
import subprocess
import sys

from window import GLib, Lost, Window, until

WHO = {"given": "Mara", "family": "Ellingsen"}
ASSOCIATE, PIN = "Tomas Wren", "482915"
MANAGER = "Ines Obermatt"
NOTE = "Sister's wedding in June, navy, not wool, 38 narrow."
TASTE = "navy"
SHOP = "Remember me in this shop"
EVERYWHERE = "Know me in every shop and online"
PATIENCE = 30


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)


# --- the service, which can be unplugged ---


class Service:
    def __init__(self, program, database, url):
        self.program = program
        self.option = "sqlite:" + database
        self.address = url.split("//", 1)[1]
        self.process = None

    def _find_other(self):
        """The one that was started for this shop by whoever plays the visit."""
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if self.option in words and "--listen" in words:
                return int(entry)
        return None

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process.stdout.close()
            self.process = None
            return
        other = self._find_other()
        if other is not None:
            os.kill(other, signal.SIGTERM)
            until(lambda: self._find_other() is None, "the service does not stop", PATIENCE)

    def start(self):
        self.process = subprocess.Popen([self.program, "--database", self.option, "--listen", self.address],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        preexec_fn=die_with_parent)
        if not self.process.stdout.readline().startswith("listening on "):
            raise Lost("the service does not start")

    def dump(self):
        done = subprocess.run([self.program, "--database", self.option, "dump"], check=True,
                              stdout=subprocess.PIPE, timeout=PATIENCE)
        return [json.loads(line) for line in done.stdout.decode().splitlines()]


# --- the store, as a script sees it ---


class Store:
    def __init__(self, program, home):
        self.command = [program, "--json", "--home", home]

    def ask(self, *words, who=MANAGER, given=""):
        done = subprocess.run([*self.command, "--as", who, *words], check=True, input=given.encode(),
                              stdout=subprocess.PIPE, timeout=PATIENCE)
        return json.loads(done.stdout)

    def find(self, family):
        rows = self.ask("customer", "find", "--text-stdin", given=family)
        return next(row["id"] for row in rows if row["family"] == family)

    def show(self, customer):
        return self.ask("customer", "show", customer)

    def outbox_of(self, customer):
        return [row for row in self.ask("outbox", "list") if row["customer"] == customer]


# --- what is checked ---


class Findings:
    """Each claim beside what was found; the visit was good when all of them held."""

    def __init__(self):
        self.are_good = True

    def head(self, title):
        print("\n" + title, flush=True)

    def say(self, text):
        print("  " + text, flush=True)

    def claim(self, text, is_true):
        self.are_good = self.are_good and bool(is_true)
        print(("  ✓ " if is_true else "  ✗ NOT SO: ") + text, flush=True)


# --- the visit ---


class Visit:
    def __init__(self, arguments):
        self.output = arguments.output
        self.store = Store(os.path.join(arguments.build, "app/ctl/counterbookctl"), arguments.home)
        self.service = Service(os.path.join(arguments.build, "sync/service/counterbook-profiled"),
                               arguments.database, self.store.ask("status")["service"])
        self.findings = Findings()
        self.customer = self.store.find(WHO["family"])
        self.pictures = 0
        self.terminal = subprocess.Popen(
            [os.path.join(arguments.build, "app/counterbook"), "--home", arguments.home, "--light",
             "--size", "1280x800"], preexec_fn=die_with_parent)
        self.window = Window(self.terminal)

    def end(self):
        self.terminal.terminate()
        code = self.terminal.wait(PATIENCE)
        self.service.stop()
        self.findings.claim("the terminal ends well", code == 0)

    def picture(self, name):
        self.pictures += 1
        self.window.picture(os.path.join(self.output, f"{self.pictures:02}-{name}.png"))

    def chip(self, words):
        return self.window.find(re.compile(words), ("push button",), PATIENCE)

    def enter_pin(self):
        for digit in PIN:
            self.window.press(digit)

    # Each step is what a hand does and what an eye then sees.

    def sign_in(self):
        window = self.window
        window.find(ASSOCIATE)
        self.picture("lock")
        window.press(ASSOCIATE)
        self.enter_pin()
        window.find("Find a customer", ("text",))
        self.chip("^All sent")
        self.picture("counter")
        self.findings.say(f"{ASSOCIATE} signs in; everything agreed to before has been sent")

    def unplug(self):
        self.service.stop()
        self.findings.say("the network is unplugged")

    def find(self):
        window = self.window
        window.type(WHO["given"].lower())
        name = f"{WHO['given']} {WHO['family']}"
        row = window.find(name, ("label",))
        self.picture("found")
        found = [node.name for node in window.nodes() if node.role == "label" and WHO["given"] in node.name]
        self.findings.claim(f"“{WHO['given'].lower()}” finds two, told apart: {', '.join(found)}", len(found) == 2)
        self.findings.claim("the first is who was meant", row.box[1] <= min(
            node.box[1] for node in window.nodes() if node.role == "label" and WHO["given"] in node.name))
        window.key("Return")
        window.find(name, ("heading",))

    def write(self):
        self.window.enter("Note", NOTE)
        self.window.key("ctrl+Return")
        saved = self.window.find(re.compile("^Saved "), ("status bar", "label"))
        self.picture("note")
        self.findings.say(f"a note is typed; the screen says: {saved.name}")

    def prefer(self):
        window = self.window
        window.press("Add a size or taste")
        window.press("Colour")
        window.enter("In their words", TASTE)
        self.picture("preference")
        window.press("Save preference")
        window.find_gone("Save preference")
        window.find(TASTE, ("label",))
        self.findings.say(f"a colour is added: {TASTE}")

    def ask(self):
        window = self.window
        window.press("Ask for consent")
        window.find(SHOP, ("label",))
        self.picture("turned")
        window.press(re.compile("^Yes"), within=SHOP)
        window.press("More choices")
        window.press(re.compile("^No"), within=EVERYWHERE)
        self.picture("turned-more")
        window.press("Done")
        window.find("Hand the screen back")
        self.picture("receipt")
        self.findings.say(f"the screen is turned; the customer taps yes to “{SHOP}” and no to “{EVERYWHERE}”")

    def take_back(self):
        window = self.window
        window.press("Hand the screen back")
        window.find("Enter your PIN to go on")
        self.picture("cover")
        self.enter_pin()
        window.find("Ask for consent")
        self.waiting = self.chip(r"^Waiting to send \(\d+\)$").name
        self.picture("waiting")
        self.findings.say(f"the chip says: {self.waiting}")

    def plug_and_sync(self):
        window = self.window
        window.press(re.compile("^Waiting to send"))
        window.find("Send now")
        self.picture("sheet-waiting")
        self.service.start()
        self.findings.say("the network is plugged in again")
        window.press("Send now")
        sent = self.chip_in_sheet()
        self.picture("sheet-sent")
        window.key("Escape")
        window.find_gone("Send now")
        self.picture("customer")
        self.findings.say(f"the chip says: {sent}")

    def chip_in_sheet(self):
        """Behind the sheet nothing is on top; what the chip says can still be read."""
        def read():
            return next((node.name for node in self.window.nodes()
                         if node.role == "push button" and node.name.startswith("All sent")), None)
        return until(read, "the chip does not say that all is sent", PATIENCE)

    def lock(self):
        self.window.key("ctrl+l")
        self.window.find("Who is at the counter?")
        self.picture("locked")
        names = [node.name for node in self.window.nodes()]
        self.findings.claim("locked, the window holds nothing of the visit",
                            not any(word in name for name in names for word in (WHO["family"], NOTE, TASTE)))

    def play(self):
        os.makedirs(self.output, exist_ok=True)
        self.findings.head("The visit")
        for step in (self.sign_in, self.unplug, self.find, self.write, self.prefer, self.ask, self.take_back):
            step()
        self.before = self.store.outbox_of(self.customer)
        self.held_before = self.service.dump()
        self.plug_and_sync()
        self.lock()


# --- afterwards ---


def tell_captured(visit, shown):
    findings = visit.findings
    findings.head("Captured")
    for note in shown["notes"]:
        findings.say(f"note        {note['text']}")
    for one in shown["preferences"]:
        findings.say(f"preference  {one['facet']}: {one['value']} ({one['polarity']})")
    findings.claim("the note is kept once, word for word, as hers",
                   [note["text"] for note in shown["notes"]].count(NOTE) == 1)
    findings.claim("the colour is kept", ("colour", TASTE) in [(one["facet"], one["value"])
                                                              for one in shown["preferences"]])


def tell_allowed(visit, shown):
    findings = visit.findings
    findings.head("Allowed")
    verdicts = {one["purpose"]: one for one in shown["permissions"] if one["channel"] is None}
    for purpose in ("shop", "everywhere", "news", "invitations"):
        findings.say(f"{purpose:12}{verdicts[purpose]['verdict']:12}{verdicts[purpose]['reason']}")
    findings.claim("this shop may, every shop may not, and nothing else was answered",
                   [verdicts[purpose]["verdict"] for purpose in ("shop", "everywhere", "news", "invitations")]
                   == ["allowed", "refused", "not-asked", "not-asked"])


def tell_sent(visit, shown):
    findings = visit.findings
    findings.head("Sent")
    # "sent" is tried and not answered: the network was away.
    waiting = {row["id"]: row for row in visit.before if row["state"] in ("waiting", "sent")}
    now = {row["id"]: row for row in visit.store.outbox_of(visit.customer)}
    for row in waiting.values():
        findings.say(f"{row['kind']:12}{row['reason']:28}{now[row['id']]['state']}")
    findings.claim(f"what waited is what the chip said: {visit.waiting}",
                   visit.waiting == f"Waiting to send ({len(waiting)})")
    findings.claim("the service has acknowledged each of them",
                   all(now[name]["state"] == "accepted" for name in waiting))
    findings.claim("every record of hers says that it was sent",
                   all(one["sync"] == "accepted" for one in shown["notes"] + shown["preferences"]))
    status = visit.store.ask("status")
    findings.claim("nothing is left waiting or refused", (status["waiting"], status["parked"]) == (0, 0))


def tell_held(visit, shown):
    findings = visit.findings
    findings.head("What the service now holds of her")
    rows = {(row["kind"], row["id"]): row for row in visit.service.dump() if row["customer"] == visit.customer}
    for row in rows.values():
        what = row["body"].get("text") or row["body"].get("value") or row["body"].get("state") or row["body"]["given"]
        findings.say(f"{row['kind']:12}{row['scope'] or '-':9}{what}")
    records = {key: row for key, row in rows.items() if key[0] != "consent"}
    expected = {("customer", visit.customer)}
    expected |= {("note", note["id"]) for note in shown["notes"]}
    expected |= {("preference", one["id"]) for one in shown["preferences"]}
    findings.claim("exactly the records she agreed to, each once", set(records) == expected)
    findings.claim("all of them for this store alone", {row["scope"] for row in records.values()} == {"store"})
    texts = {row["id"]: row["body"] for row in records.values()}
    findings.claim("each as it stands here",
                   all(texts.get(note["id"], {}).get("text") == note["text"] for note in shown["notes"])
                   and all(texts.get(one["id"], {}).get("value") == one["value"] for one in shown["preferences"])
                   and texts.get(visit.customer, {}).get("family") == WHO["family"])
    answers = {row["id"].split("/")[1]: row["body"]["state"] for key, row in rows.items() if key[0] == "consent"}
    findings.claim("her yes and her no", answers == {"shop": "given", "everywhere": "refused"})
    findings.claim("while the network was away it held nothing of hers",
                   not any(row["customer"] == visit.customer for row in visit.held_before))
    here = {row["customer"] for row in visit.store.ask("outbox", "list") if row["state"] == "accepted"}
    findings.claim("and nobody else's unasked for", {row["customer"] for row in visit.service.dump()} <= here)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    for name in ("build", "home", "database", "output"):
        parser.add_argument("--" + name, required=True)
    visit = Visit(parser.parse_args())
    try:
        visit.play()
        shown = visit.store.show(visit.customer)
        for tell in (tell_captured, tell_allowed, tell_sent, tell_held):
            tell(visit, shown)
    except (Lost, GLib.Error) as lost:
        visit.picture("lost")
        visit.findings.claim(str(lost), False)
    finally:
        visit.end()
    good = visit.findings.are_good
    print(f"\n{'All of it is true' if good else 'Not all of it is true'}; "
          f"{visit.pictures} pictures are in {visit.output}", flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
