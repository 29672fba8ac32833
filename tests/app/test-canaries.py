#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A text that exists nowhere else stands in every personal field. Where it turns up afterwards says what the
programs let out: into files, logs and memory that outlives a session, over the wire, and at the service."""

import json
import subprocess
import time

import cb_app
from cb_app import check
from cb_canaries import Person, Shop, check_search_finds, memory_of, passed


# --- on this machine -------------------------------------------------------------------------------------------


class Holder:
    """A terminal's store with somebody signed in."""

    def __init__(self, terminal, staff="Hand"):
        self.process = subprocess.Popen([cb_app.program("CB_TEST_HOLD"), terminal.home, staff],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE,
                                        # As the terminal sets them for itself.
                                        env={**terminal.environment, "G_SLICE": "always-malloc",
                                             "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"})

    def tell(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        check(cb_app.wait_for_output(self.process, cb_app.PATIENCE), "the store did not answer")
        answer = self.process.stdout.readline().decode().split(None, 1)
        check(answer and answer[0] == "ok", "the store answered: " + " ".join(answer))
        return int(answer[1])

    def sign_in(self):
        return self.tell("sign-in " + cb_app.PIN.decode().strip())

    def holds(self, canaries):
        return canaries.found_in(memory_of(self.process.pid))

    def settle(self, canaries):
        """Locked, it has a moment for what follows on an erasure."""
        end = time.monotonic() + cb_app.PATIENCE
        while left := self.holds(canaries):
            check(time.monotonic() < end, f"{', '.join(sorted(left))}: still in memory when locked")
            time.sleep(0.2)

    def kill(self):
        self.process.kill()
        out, err = self.process.communicate()
        return out + err


def on_disk():
    """In no file of the store, the state folder or a temporary folder, and in nothing that was said: after
    capture, reading, search, sync, a session, its lock, and a crash of each."""
    with cb_app.World() as world:
        shop = Shop(world, "on-disk")
        canaries, terminal = shop.canaries, shop.terminal
        person = Person(terminal, canaries, "one")
        agreed = Person(terminal, canaries, "two")
        check_search_finds(world, terminal, canaries)
        shop.check_terminal()
        terminal.answer(agreed.id, "shop", "yes", "signed", "--proof", canaries.word("two.consent.proof"))
        for customer in (person.id, agreed.id):
            shown = terminal.ctl("customer", "show", customer, by="Head").out
            check(len(canaries.found_in(shown)) > 10, "a record that is shown is not shown")
            found = terminal.ctl("customer", "find", "--text-stdin", by="Hand",
                                 given=canaries.texts["one.card.family"].encode()).json
            check([row["id"] for row in found] == [person.id], "a person is not found by their name")
        shop.check_terminal()
        terminal.sync()
        shop.check_terminal()
        refuse_everything(terminal, canaries, person.id)
        shop.check_terminal()
        crash_capture(terminal, canaries, person.id)
        shop.check_terminal()
        hold_and_crash(shop, person.id)
        shop.service.kill()
        check(terminal.run("sync").code == 1, "a sync without a service is a success")
        n_files, n_bytes = shop.check_terminal()
        database = open(terminal.database, "rb").read()
        check(person.id.encode() in database, "the search looks at the wrong file")
        cb_app.say(f"{len(canaries.texts)} canaries in none of {n_files} files and outputs, {n_bytes} bytes")


def refuse_everything(terminal, canaries, customer):
    """A refusal does not repeat what it refuses."""
    long = (canaries.word("refused.long") + " ") * 1000
    for words, given in (
            (("note", "add", customer, "--text-stdin"), long.encode()),
            (("note", "add", customer, "--text-stdin"), canaries.word("refused.bytes").encode() + b"\xff"),
            (("customer", "add", "--record-stdin"), {"given": long}),
            (("customer", "add", "--record-stdin"), {"given": [canaries.word("refused.type")]}),
            (("customer", "add", "--record-stdin"), {canaries.word("refused.member"): "x"}),
            (("customer", "add", "--record-stdin"), ('{"given": "' + canaries.word("refused.json")).encode()),
            (("customer", "add", "--record-stdin"), {"given": "x", "emails": [canaries.word("refused.email") + "\a"]}),
            (("preference", "set", customer, "--record-stdin"), {"facet": canaries.word("refused.facet")}),
            (("preference", "set", customer, "--record-stdin"), {"facet": "size", "value": long}),
            (("customer", "find", "--text-stdin"), canaries.word("refused.find").encode() + b"\xff")):
        result = terminal.run(*words, by="Hand", given=given)
        check(result.code in (1, 2), f"{' '.join(words[:2])} took what it should refuse")
        result.complaint()


def crash_capture(terminal, canaries, customer):
    """Killed while a note is read, sealed or written, at a few moments of its life."""
    for number in range(12):
        process = terminal.start("note", "add", customer, "--text-stdin", by="Hand")
        try:
            process.stdin.write(f"Again {canaries.word(f'crash.note-{number}')}.\n".encode())
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.stdin = None
        time.sleep(0.002 * number)
        process.kill()
        out, err = process.communicate()
        terminal.said += [out, err]


def hold_and_crash(shop, customer):
    """Signed in, with everything in memory: none of it is swapped to a file; locked, none is left in memory."""
    canaries, terminal = shop.canaries, shop.terminal
    holder = Holder(terminal)
    holder.sign_in()
    check(holder.tell("find " + canaries.texts["one.card.family"]) >= 1, "a session does not find a person")
    holder.tell(f"note {customer} {canaries.word('session.note')} was said.")
    check(holder.holds(canaries) >= {"one.card.family", "two.shop.note"},
          "an index in memory holds no words, or the search of memory finds none")
    shop.check_terminal()
    holder.tell("lock")
    left = holder.holds(canaries)
    check(not left, f"{', '.join(sorted(left))}: still in memory when locked")
    shop.check_terminal()
    holder.sign_in()
    terminal.said.append(holder.kill())
    shop.check_terminal()


def erased_in_memory():
    """Found, read, written about and half written about, then erased by the same session and by another
    program: nothing of them, and of nobody else, is left in memory when it is locked. Until then the look
    through the store's files needs their words."""
    with cb_app.World() as world:
        shop = Shop(world, "erased-in-memory")
        canaries, terminal = shop.canaries, shop.terminal
        people = {name: Person(terminal, canaries, name) for name in ("one", "two", "three")}
        holder = Holder(terminal, "Head")
        holder.sign_in()
        for person in people.values():
            check(holder.tell("find " + canaries.texts[person.name + ".card.family"]) >= 1, "nobody is found")
            holder.tell(f"note {person.id} Also {canaries.name(person.name + '.session.note')} was said.")
            holder.tell(f"draft {person.id} Perhaps {canaries.name(person.name + '.session.draft')} too.")
            check(holder.tell("show " + person.id) >= 1, "a page shows no notes")
        wanted = {"one.card.given", "two.card.family", "three.session.note"}
        missing = wanted - holder.holds(canaries)
        check(not missing, f"{', '.join(sorted(missing))}: not in a session's memory, or not found in it")
        holder.tell("leave")
        holder.tell("erase " + people["one"].id)
        terminal.ctl("erase", people["two"].id, "--reason", "request", by="Head")
        check(holder.tell("find " + canaries.texts["two.card.family"]) == 0, "an erased customer is found")
        check(holder.tell("find " + canaries.texts["three.card.family"]) >= 1, "nobody is found any more")
        holder.tell("lock")
        holder.settle(canaries)
        terminal.said.append(holder.kill())
        shop.check_terminal()
        cb_app.say(f"{len(canaries.only('one.', 'two.'))} canaries of two who were erased, "
                   f"{len(canaries.texts)} in all, in no memory of a locked session")


# --- over the wire ---------------------------------------------------------------------------------------------


def unanswered():
    """Nobody was asked: nothing of them passes, in either direction, and the service holds nothing."""
    with cb_app.World() as world:
        shop = Shop(world, "unanswered")
        canaries, terminal = shop.canaries, shop.terminal
        person = Person(terminal, canaries, "one")
        asked_for = canaries.only("one.asked")
        terminal.sync()
        up, down = shop.wire()
        check(up == asked_for, f"{', '.join(sorted(up ^ asked_for))}: a request's words alone should have left")
        check(not down, "the service gave back what it was told")
        dumped, stored = shop.held()
        check(dumped == asked_for and stored == asked_for, "the service holds what nobody agreed to")
        check({row["scope"] for row in shop.service.dump("note").values()} == {"request"}, "a note is too wide")

        # What was put off, or answered with no, lets nothing out either.
        terminal.answer(person.id, "shop", "later")
        terminal.answer(person.id, "everywhere", "no")
        terminal.sync()
        check(shop.wire() == (asked_for, set()) and shop.held() == (asked_for, asked_for), "a no let something out")
        shop.check_terminal()
        cb_app.say(f"{len(canaries.texts)} canaries, {sum(map(len, passed(shop.record)))} bytes on the wire, of "
                   f"which a request's {len(asked_for)}")


def shop_alone():
    """A yes to the shop lets that shop's records go, marked for it; taken back, they are gone; erased, all is."""
    with cb_app.World() as world:
        shop = Shop(world, "shop-alone")
        canaries, terminal, service = shop.canaries, shop.terminal, shop.service
        person = Person(terminal, canaries, "one")
        Person(terminal, canaries, "other")
        terminal.answer(person.id, "shop", "yes", "signed", "--proof", canaries.word("one.consent.proof"))
        terminal.sync()
        requests = canaries.only("one.asked", "other.asked")
        agreed = canaries.only("one.card", "one.shop", "one.consent")
        up, down = shop.wire()
        check(up == requests | agreed, f"{', '.join(sorted(up ^ (requests | agreed)))}: left, or did not")
        check(not down, "the service gave back what it was told")
        dumped, stored = shop.held()
        check(dumped == stored == requests | agreed, "the service holds too much or too little")
        check_marks(shop, person, agreed)

        terminal.ctl("consent", "withdraw", person.id, "--purpose", "shop", by="Hand")
        terminal.sync()
        check(shop.held()[0] == requests, "after the withdrawal the dump holds too much or too little")
        shop.wait_until_files_hold(requests)
        check(shop.wire() == (up, set()), "a withdrawal repeats what it takes back")

        terminal.answer(person.id, "shop")
        terminal.sync()
        agreed -= canaries.only("one.consent")
        check(shop.held()[0] == requests | agreed, "a new yes brings the records back, and only them")
        terminal.ctl("erase", person.id, "--reason", "request", by="Head")
        terminal.sync()
        left = canaries.only("other.asked")
        check(shop.held()[0] == left, "after the erasure the dump holds too much or too little")
        shop.wait_until_files_hold(left)
        check(person.id not in json.dumps(service.dump()), "an erased customer's id is in the dump")
        check(terminal.show(person.id) is None, "an erased customer is still shown")
        service.check()
        service.stop()
        check(shop.held()[1] == left, "a service that ended left more behind")
        shop.check_terminal()
        cb_app.say(f"{len(agreed)} of {len(canaries.texts)} canaries were agreed to; none of them is left")


def check_marks(shop, person, agreed):
    """Each agreed record is the store's, under its name."""
    seen = set()
    for record in shop.service.dump().values():
        fields = shop.canaries.found_in(json.dumps(record, ensure_ascii=False).encode()) & agreed
        if not fields:
            continue
        seen |= fields
        check(record["customer"] == person.id, "a record is another customer's")
        check((record["scope"], record["store"], record["purpose"]) == ("store", shop.service.STORE, "shop"),
              "a record is not marked for the store alone")
    check(seen == agreed, "an agreed record is not in the dump")


cb_app.run([
    ("/canaries/disk/in-no-file-and-no-log", on_disk),
    ("/canaries/memory/of-no-one-who-is-erased-or-locked-away", erased_in_memory),
    ("/canaries/wire/nothing-of-whom-nobody-asked", unanswered),
    ("/canaries/wire/a-yes-to-the-shop-lets-its-records-go", shop_alone),
])
