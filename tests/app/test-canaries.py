#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A text that exists nowhere else stands in every personal field. Where it turns up afterwards says what the
programs let out: into files, logs and memory that outlives a session, over the wire, and at the service."""

import base64
import json
import os
import re
import stat
import subprocess
import time
import zlib

import cb_app
from cb_app import check

ELSEWHERE = ("/tmp", "/var/tmp", "/dev/shm")


# What every canary begins with: where no stem is, no canary is.
STEM, PHONE_STEM = "zqxk", "7351"


class Canaries:
    """Made-up texts by the name of the field they were put into."""

    def __init__(self, name):
        self._dice = cb_app.dice(name)
        self._stems = {form for stem in (STEM, PHONE_STEM) for form in forms(stem)}
        self.texts = {}

    def word(self, field):
        self.texts[field] = STEM + "".join(self._dice.choice("bcdfghjklmnpqrstvwxz") for _ in range(12))
        return self.texts[field]

    def email(self, field):
        return self.word(field) + "@example.test"

    def phone(self, field):
        """Its last digits are the canary: what stands before them may be told in many ways."""
        self.texts[field] = PHONE_STEM + "".join(self._dice.choice("123456789") for _ in range(5))
        return "0" + self.texts[field]

    def only(self, *prefixes):
        return {field for field in self.texts if field.startswith(prefixes)}

    def found_in(self, data):
        """The fields whose canary is in the bytes, plain or in another dress."""
        if not any(stem in data for stem in self._stems):
            return set()
        return {field for field, text in self.texts.items() if any(form in data for form in forms(text))}


def forms(text):
    plain = text.encode()
    yield plain
    yield plain.upper()
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield plain.hex().encode()
    for shift in range(3):
        # Without the characters that the neighbours have a part in.
        bits = 8 * shift, 8 * (shift + len(plain))
        encoded = base64.b64encode(b"\0" * shift + plain + b"\0\0")
        yield encoded[-(-bits[0] // 6):bits[1] // 6]


class Person:
    """A customer with a canary in each field, by the way of one answer to each purpose."""

    def __init__(self, terminal, canaries, name):
        self.name = name
        self.terminal = terminal
        self.id = terminal.add_customer({
            "given": canaries.word(name + ".card.given"),
            "family": canaries.word(name + ".card.family"),
            "preferred": canaries.word(name + ".card.preferred"),
            "language": "en",
            "emails": [canaries.email(name + ".card.email"), canaries.email(name + ".card.email-2")],
            "phones": [canaries.phone(name + ".card.phone")],
        })
        for purpose, options in (("shop", ()), ("everywhere", ()), ("asked", ()),
                                 ("visit", ("--intent", "visit"))):
            kept_for = "shop" if purpose == "visit" else purpose
            terminal.add_note(self.id, "Said " + canaries.word(f"{name}.{purpose}.note") + " of it.",
                              "--for", canaries.word(f"{name}.{purpose}.for"), "--purpose", kept_for, *options)
        for purpose in ("shop", "everywhere"):
            terminal.set_preference(self.id, {
                "facet": "size", "purpose": purpose,
                "value": canaries.word(f"{name}.{purpose}.value"),
                "garment": canaries.word(f"{name}.{purpose}.garment"),
                "maker": canaries.word(f"{name}.{purpose}.maker"),
            })


def everything_around(world, terminal):
    """(where, bytes) of all that a terminal leaves where others could look."""
    yield from world.files(terminal.name)
    for number, said in enumerate(terminal.said):
        yield f"what command {number} said", said


def newly_made_elsewhere(since):
    """Files that anybody made in the common temporary folders since then."""
    for folder in ELSEWHERE:
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode) and status.st_ctime >= since and status.st_size < 1 << 26:
                    with open(entry.path, "rb") as file:
                        yield entry.path, file.read()
            except OSError:
                continue


def check_none(canaries, places, fields=None):
    n_files = n_bytes = 0
    for where, data in places:
        n_files += 1
        n_bytes += len(data)
        found = canaries.found_in(data) & (fields if fields is not None else set(canaries.texts))
        check(not found, f"{', '.join(sorted(found))}: found in {where}")
    return n_files, n_bytes


def check_search_finds(world, terminal, canaries):
    """A search that finds nothing proves something only if it would have found it."""
    path = os.path.join(terminal.environment["TMPDIR"], "planted")
    for field, text in canaries.texts.items():
        for shift in range(3):
            for form in (*forms(text), base64.b64encode(b"abc"[shift:] + text.encode() + b"de")):
                with open(path, "wb") as file:
                    file.write(b"\1\2\3" + form + b"\4\5")
                found = {name for _, data in world.files(terminal.name, "tmp") for name in canaries.found_in(data)}
                check(field in found, "the search does not find what was planted")
    os.unlink(path)


def passed(record):
    """The two directions of what went over the wire, compressed bodies opened."""
    pieces = cb_app.recorded(record)
    both = []
    for wanted in "><":
        data = b"".join(piece for direction, piece in pieces if direction == wanted)
        opened = b""
        for match in re.finditer(rb"\x1f\x8b\x08", data):
            try:
                opened += zlib.decompressobj(31).decompress(data[match.start():])
            except zlib.error:
                continue
        both.append(data + opened)
    return both


class Shop:
    """A terminal, a service, and a proxy between them that writes down what passes."""

    def __init__(self, world, name):
        self.world = world
        self.since = time.time()
        self.canaries = Canaries(name)
        self.service = world.service()
        self.record = os.path.join(world.folder("wire"), "record")
        self.proxy = world.proxy(self.service.port, record=self.record)
        self.terminal = world.terminal(keep_unasked=7)
        self.terminal.environment["G_MESSAGES_DEBUG"] = "all"
        staff = self.canaries.word("staff.name")
        self.terminal.ctl("staff", "add", staff, "--role", "associate", "--pin-stdin", by="Warden",
                          given=b"590317\n")
        self.terminal.enrol(self.service, self.proxy.url)

    def check_terminal(self):
        n_files, n_bytes = check_none(self.canaries, everything_around(self.world, self.terminal))
        check_none(self.canaries, newly_made_elsewhere(self.since))
        check_none(self.canaries, self.world.files("service", "log"))
        return n_files, n_bytes

    def wire(self):
        """The canaries that were seen going up, and coming down."""
        return tuple(self.canaries.found_in(data) for data in passed(self.record))

    def held(self):
        """The canaries in the service's dump, and in its files."""
        files = b"".join(data for _, data in self.world.files("service"))
        return self.canaries.found_in(self.service.dump_bytes()), self.canaries.found_in(files)

    def wait_until_files_hold(self, fields):
        """What was deleted leaves the service's files when it is idle."""
        end = time.monotonic() + cb_app.PATIENCE
        while self.held()[1] != fields:
            left = self.held()[1] - fields
            check(time.monotonic() < end, f"{', '.join(sorted(left))}: still in the service's files")
            time.sleep(0.2)


# --- on this machine -------------------------------------------------------------------------------------------


class Holder:
    """A terminal's store with somebody signed in."""

    def __init__(self, terminal):
        self.process = subprocess.Popen([cb_app.program("CB_TEST_HOLD"), terminal.home],
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

    def memory(self):
        """All that the process could write, read as its keeper may."""
        data = []
        with open(f"/proc/{self.process.pid}/maps", encoding="utf-8") as maps:
            ranges = [line.split()[:2] for line in maps if not line.rstrip().endswith(("[vvar]", "[vsyscall]"))]
        with open(f"/proc/{self.process.pid}/mem", "rb", buffering=0) as memory:
            for span, mode in ranges:
                start, end = (int(part, 16) for part in span.split("-"))
                if "rw" not in mode or end - start > 1 << 28:
                    continue
                try:
                    memory.seek(start)
                    data.append(memory.read(end - start))
                except OSError:
                    continue
        return b"\0".join(data)

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
    holder.tell("sign-in " + cb_app.PIN.decode().strip())
    check(holder.tell("find " + canaries.texts["one.card.family"]) >= 1, "a session does not find a person")
    holder.tell(f"note {customer} {canaries.word('session.note')} was said.")
    check(canaries.found_in(holder.memory()) >= {"one.card.family", "two.shop.note"},
          "an index in memory holds no words, or the search of memory finds none")
    shop.check_terminal()
    holder.tell("lock")
    if "ASAN_OPTIONS" not in os.environ:  # the sanitizer keeps what is freed, to catch who still uses it
        left = canaries.found_in(holder.memory())
        check(not left, f"{', '.join(sorted(left))}: still in memory when locked")
    shop.check_terminal()
    holder.tell("sign-in " + cb_app.PIN.decode().strip())
    terminal.said.append(holder.kill())
    shop.check_terminal()


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
        fields = shop.canaries.found_in(json.dumps(record).encode()) & agreed
        if not fields:
            continue
        seen |= fields
        check(record["customer"] == person.id, "a record is another customer's")
        check((record["scope"], record["store"], record["purpose"]) == ("store", shop.service.STORE, "shop"),
              "a record is not marked for the store alone")
    check(seen == agreed, "an agreed record is not in the dump")


cb_app.run([
    ("/canaries/disk/in-no-file-and-no-log", on_disk),
    ("/canaries/wire/nothing-of-whom-nobody-asked", unanswered),
    ("/canaries/wire/a-yes-to-the-shop-lets-its-records-go", shop_alone),
])
