#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments: what was reported as saved is there, once and whole; a store key that was being
changed still opens everything."""

import collections
import json
import os
import statistics
import subprocess
import threading
import time

import cb_app
from cb_app import check

TOGETHER = 2
# Most of a short program's life goes before its first write, so every other kill is aimed at what follows.
LATE_PART = 0.5


class Life:
    """How long one run of a command takes, measured anew among the kills: a busy machine changes it."""

    def __init__(self):
        self._seconds = collections.deque(maxlen=9)
        self._lock = threading.Lock()

    def add(self, seconds):
        with self._lock:
            self._seconds.append(seconds)

    def draw(self, dice):
        """A moment to die at, now and then after the end."""
        with self._lock:
            life = statistics.median(self._seconds)
        start = LATE_PART if dice.random() < 0.5 else 0
        return life * dice.uniform(start, 1.15)


def run_and_kill(terminal, words, by, given, after):
    """Start a command, kill it after so many seconds; give what it answered and whether the kill struck."""
    process = terminal.start(*words, by=by)
    end = time.monotonic() + after
    try:
        if given is not None:
            process.stdin.write(given)
        process.stdin.close()
    except BrokenPipeError:
        pass
    process.stdin = None
    try:
        process.wait(max(0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
    out, err = process.communicate()
    struck = process.returncode == -9
    check(struck or process.returncode == 0, f"a command ended with {process.returncode}: "
          + err.decode("utf-8", "replace").strip())
    try:
        return json.loads(out), struck
    except ValueError:
        check(struck, "a command that was not killed gave no answer")
        return None, struck


# --- notes -----------------------------------------------------------------------------------------------------


class Notes:
    """Notes written by programs that are killed."""

    def __init__(self, terminal, dice):
        self.terminal = terminal
        self.dice = dice
        self.life = Life()
        self.customers = [terminal.add_customer() for _ in range(4)]
        terminal.answer(self.customers[0], "shop")
        self.lock = threading.Lock()
        self.numbers = iter(range(1 << 30))
        self.written = {}  # text -> customer
        self.reported = {}  # id -> text
        self.n_struck = 0

    def write_one(self, after=None):
        with self.lock:
            text = f"note {next(self.numbers)} {self.dice.getrandbits(64):x} " + "w" * self.dice.randrange(800)
            customer = self.dice.choice(self.customers)
            after = after or self.life.draw(self.dice)
            self.written[text] = customer
        answer, struck = run_and_kill(self.terminal, ("note", "add", customer, "--text-stdin"), "Hand",
                                      text.encode() + b"\n", after)
        with self.lock:
            self.n_struck += struck
            if answer:
                check(answer["id"] not in self.reported, "two notes were given one id")
                self.reported[answer["id"]] = text

    def measure(self):
        start = time.monotonic()
        self.write_one(cb_app.PATIENCE)
        self.life.add(time.monotonic() - start)

    def check(self):
        """Everything reported is there, once, with its text; what was not reported is whole or absent."""
        found = {}
        n_found = 0
        for customer in self.customers:
            for note in self.terminal.show(customer)["notes"]:
                n_found += 1
                check(self.written.get(note["text"]) == customer,
                      f"note {note['id']} holds what nobody wrote: {cb_app.digest(note['text'])}")
                found[note["id"]] = note["text"]
        check(len(found) == n_found and len(set(found.values())) == n_found, "a note is there twice")
        for note, text in self.reported.items():
            check(note in found, f"note {note} was reported as saved and is gone")
            check(found[note] == text, f"note {note} has another text than was saved")
        return n_found


def note_add():
    """SIGKILL at random moments of `note add`."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        notes = Notes(terminal, cb_app.dice("note-add"))
        for _ in range(5):
            notes.measure()
        notes.n_struck = 0
        turns = cb_app.rounds(500, 60, 12)
        turn_lock = threading.Lock()
        done = [0]

        def kill_some(index):
            while True:
                with turn_lock:
                    if next(turns, None) is None:
                        return
                    done[0] += 1
                    number = done[0]
                if index == 0 and number % 20 < TOGETHER:
                    notes.measure()
                notes.write_one()

        cb_app.in_threads(TOGETHER, kill_some)
        n_found = notes.check()
        cb_app.say(f"{done[0]} runs of note add, {notes.n_struck} of them killed; {len(notes.reported)} notes "
                   f"reported, {n_found} there, {n_found - len(notes.reported)} saved and not yet reported")
        check(notes.n_struck > done[0] // 3, "too few kills struck to prove anything")
        check(len(notes.reported) > done[0] // 20, "too few notes were reported to prove anything")
        terminal.check_whole()
        check(not terminal.states().get("parked"), "an operation was parked")


# --- the store key ---------------------------------------------------------------------------------------------


def setting(terminal, key):
    return next(iter(terminal.ask("SELECT value FROM setting WHERE key = ?", key)), None)


class People:
    """Customers with a note each, some of them to be erased."""

    def __init__(self, terminal, count):
        self.terminal = terminal
        self.texts = {}
        names = [f"Person {number}" for number in range(count)]
        lock = threading.Lock()

        def make_some(_):
            while True:
                with lock:
                    if not names:
                        return
                    name = names.pop()
                customer = terminal.add_customer({"given": name, "family": "Kept", "phones": ["020 7946 0018"]})
                terminal.add_note(customer, "about " + name)
                with lock:
                    self.texts[customer] = name

        cb_app.in_threads(TOGETHER, make_some)

    def check_whole(self, customer):
        """True when the person is there and whole, False when gone; anything between is a failure."""
        record = self.terminal.show(customer)
        if record is None:
            return False
        name = self.texts[customer]
        check(record["given"] == name and record["family"] == "Kept" and len(record["phones"]) == 1
              and [note["text"] for note in record["notes"]] == ["about " + name],
              f"customer {customer} is neither whole nor gone")
        return True


def check_rotated(terminal):
    """The key was changed after the last erasure: with the old one what was erased could be read."""
    actions = terminal.ask("SELECT action FROM audit ORDER BY seq")
    erased = max((i for i, action in enumerate(actions) if action == "customer.erase"), default=-1)
    rotated = max((i for i, action in enumerate(actions) if action == "keys.rotate"), default=-1)
    check(rotated > erased, "an erasure was not followed by a new store key")


def erase():
    """SIGKILL at random moments of `erase`, which changes the store key."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        dice = cb_app.dice("erase")
        n_full = 100
        people = People(terminal, n_full + 20)
        everybody = sorted(people.texts)
        kept, spare, victims = everybody[:14], everybody[14:20], everybody[20:]
        life = Life()
        for customer in spare[:3]:
            start = time.monotonic()
            terminal.ctl("erase", customer, "--reason", "request", by="Head")
            life.add(time.monotonic() - start)
        counts = collections.Counter()
        for number in cb_app.rounds(n_full, 30, 12):
            victim = victims[number]
            answer, struck = run_and_kill(terminal, ("erase", victim, "--reason", "request"), "Head", None,
                                          life.draw(dice))
            counts["next keys left behind"] += os.path.exists(os.path.join(terminal.state, "store.key.next"))
            counts["rotations left to do"] += setting(terminal, "rotation") == "due"
            is_there = people.check_whole(victim)
            check(not (answer and is_there), "an erasure was reported and the customer is still there")
            check(people.check_whole(dice.choice(kept)), "another customer is gone")
            counts["struck" if struck else "done"] += 1
            counts["left whole" if is_there else "gone"] += 1
            if not is_there:
                check_rotated(terminal)
            if number % 10 == 9:
                start = time.monotonic()
                terminal.ctl("erase", terminal.add_customer(), "--reason", "mistake", by="Head")
                life.add(time.monotonic() - start)
        cb_app.say("erasures: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
        check(counts["struck"] >= 10 and counts["gone"] >= 5, "too few kills struck to prove anything")
        finish_erasures(terminal, people, victims, kept + spare[3:])


def finish_erasures(terminal, people, victims, kept):
    """Whoever was left can be erased after all that, and the rest opens."""
    for victim in victims:
        if people.check_whole(victim):
            terminal.ctl("erase", victim, "--reason", "request", by="Head")
            check(not people.check_whole(victim), "an erased customer is still there")
    for customer in kept:
        check(people.check_whole(customer), "another customer is gone")
    leftovers = sorted(name for name in os.listdir(terminal.state) if name.startswith("store.key"))
    check(leftovers == ["store.key"], "beside the store key lies " + ", ".join(leftovers))
    check_rotated(terminal)
    terminal.check_whole()


def erase_beside_notes():
    """SIGKILL of erasures while other programs go on writing, one of them with the store open all the time."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        dice = cb_app.dice("erase-beside-notes")
        notes = Notes(terminal, dice)
        filled = terminal.add_customer()
        texts = {}
        life = Life()
        start = time.monotonic()
        terminal.ctl("erase", terminal.add_customer(), "--reason", "mistake", by="Head")
        life.add((time.monotonic() - start) * 1.5)
        is_over = threading.Event()
        victims = []

        def work(index):
            try:
                if index == 0:
                    texts.update(terminal.fill(filled, 6000 if cb_app.LONG else 1500, 60, 2))
                elif index == 1:
                    while not is_over.is_set():
                        notes.write_one(cb_app.PATIENCE)
                else:
                    while not is_over.is_set():
                        victims.append(terminal.add_customer())
                        run_and_kill(terminal, ("erase", victims[-1], "--reason", "request"), "Head", None,
                                     life.draw(dice))
            finally:
                is_over.set()

        cb_app.in_threads(3, work)
        check(len(notes.reported) == len(notes.written), "a note was refused while a key changed")
        check_filled(terminal, filled, texts)
        notes.check()
        for victim in victims:
            if terminal.show(victim):
                terminal.ctl("erase", victim, "--reason", "request", by="Head")
        notes.check()
        check_filled(terminal, filled, texts)
        check_rotated(terminal)
        terminal.check_whole()
        cb_app.say(f"{len(texts) + len(notes.reported)} notes were written beside {len(victims)} erasures")


def check_filled(terminal, customer, texts):
    found = {note["id"]: note["text"] for note in terminal.show(customer)["notes"]}
    check(found == texts, "of notes that were written while a key changed, some are not as they were")


def init():
    """SIGKILL at random moments of `init`: said again, it makes a store that works."""
    with cb_app.World() as world:
        dice = cb_app.dice("init")
        life = Life()
        model = world.terminal("model")
        for number in range(3):
            start = time.monotonic()
            run_and_kill_init(world, model, f"first-{number}", cb_app.PATIENCE)
            life.add(time.monotonic() - start)
        for number in cb_app.rounds(100, 10, 5):
            home, environment = run_and_kill_init(world, model, f"shop-{number}", life.draw(dice))
            terminal = world.terminal(f"shop-{number}", home=home)
            check(terminal.environment == environment, "the second try was made elsewhere")
            customer = terminal.add_customer()
            terminal.add_note(customer, "kept")
            check(len(terminal.show(customer)["notes"]) == 1, "a note is gone")
            check(len(os.listdir(terminal.state_root)) <= 4, "a store key of nobody's was left behind")


def run_and_kill_init(world, model, name, after):
    environment = world.environment(name)
    home = os.path.join(environment["XDG_DATA_HOME"], "counterbook")
    command = [model.command()[0], "--home", home, "init", "--store", "A shop of its own", "--region", "GB"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=environment)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait()
    return home, environment


cb_app.run([
    ("/kill/note-add/what-was-reported-is-there", note_add),
    ("/kill/erase/everybody-else-opens", erase),
    ("/kill/erase/beside-notes-that-are-written", erase_beside_notes),
    ("/kill/init/said-again-it-works", init),
])
