# SPDX-License-Identifier: Apache-2.0
"""Texts that exist nowhere else, the people they are put into, and the places where they must not turn up."""

import base64
import os
import re
import stat
import time
import unicodedata
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
        self._stems = re.compile(b"|".join(re.escape(form) for stem in (STEM, PHONE_STEM) for form in forms(stem)))
        self._fields = {}
        self._lengths = set()
        self.texts = {}

    def _add(self, field, text):
        self.texts[field] = text
        for form in forms(text):
            self._fields[form] = field
            self._lengths.add(len(form))
        return text

    def word(self, field):
        return self._add(field, STEM + "".join(self._dice.choice("bcdfghjklmnpqrstvwxz") for _ in range(12)))

    def name(self, field):
        """A word that is another one when it is folded, as it is for a search."""
        return self._add(field, STEM + "".join(self._dice.choice("bcdfghjklmnp\u00f6\u00e9\u015b\u0161")
                                               for _ in range(9)) + "\u00e5xq")

    def email(self, field):
        return self.word(field) + "@example.test"

    def phone(self, field):
        """Its last digits are the canary: what stands before them may be told in many ways."""
        return "0" + self._add(field, PHONE_STEM + "".join(self._dice.choice("123456789") for _ in range(5)))

    def only(self, *prefixes):
        return {field for field in self.texts if field.startswith(prefixes)}

    def found_in(self, data):
        """The fields whose canary is in the bytes, plain or in another dress."""
        places = {match.start() for match in self._stems.finditer(data)}
        words = (data[place:place + length] for place in places for length in self._lengths)
        return {self._fields[word] for word in words if word in self._fields}


def folded(text):
    """As a search compares it."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).lower()


def forms(text):
    """Each begins with the form of the text's stem."""
    plain = text.encode()
    yield plain
    yield text.upper().encode()
    yield folded(text).encode()
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        yield text.encode(encoding)
        yield folded(text).encode(encoding)
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
            "given": canaries.name(name + ".card.given"),
            "family": canaries.word(name + ".card.family"),
            "preferred": canaries.word(name + ".card.preferred"),
            "language": "en",
            "emails": [canaries.email(name + ".card.email"), canaries.email(name + ".card.email-2")],
            "phones": [canaries.phone(name + ".card.phone")],
        })
        for purpose, options in (("shop", ()), ("everywhere", ()), ("asked", ()),
                                 ("visit", ("--intent", "visit"))):
            kept_for = "shop" if purpose == "visit" else purpose
            terminal.add_note(self.id, "Said " + canaries.name(f"{name}.{purpose}.note") + " of it.",
                              "--for", canaries.word(f"{name}.{purpose}.for"), "--purpose", kept_for, *options)
        for purpose in ("shop", "everywhere"):
            terminal.set_preference(self.id, {
                "facet": "size", "purpose": purpose,
                "value": canaries.name(f"{name}.{purpose}.value"),
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


def memory_of(pid):
    """All that the process could write, as a core of it would hold it; read as its keeper may."""
    data = []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        ranges = [line.split()[:2] for line in maps if not line.rstrip().endswith(("[vvar]", "[vsyscall]"))]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for span, mode in ranges:
            start, end = (int(part, 16) for part in span.split("-"))
            if "rw" not in mode:
                continue
            if end - start > 1 << 28:
                check("CB_TEST_SANITIZED" in os.environ, "a mapping is too large to be looked through")
                continue
            try:
                memory.seek(start)
                data.append(memory.read(end - start))
            except OSError:
                continue
    return b"\0".join(data)
