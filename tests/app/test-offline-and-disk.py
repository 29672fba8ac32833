#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No network, no room on the disk, a store of another version, a key that is gone: what was saved stays, what
can't be saved is told in one line, and everything works again when the cause is gone."""

import hashlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess

import cb_app
from cb_app import check

DISK_BYTES = 3 << 20
# A kilobyte of text that does not compress to nothing anywhere on its way.
FILLING = "".join(chr(0x4e00 + number * 37 % 20000) for number in range(2600))


def digests(*folders):
    """What every file below the folders holds; a reader of a WAL may leave its index there."""
    found = {}
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                if not name.endswith(("-shm", ".lock")):
                    with open(os.path.join(path, name), "rb") as file:
                        found[os.path.join(path, name)] = hashlib.sha256(file.read()).hexdigest()
    return found


def check_refused(terminal, *expected, by="Hand"):
    """Every command fails in one line that names one of the causes."""
    for words, given in ((("status",), b""), (("customer", "list"), b""), (("sync",), b""),
                         (("note", "add", "0" * 32, "--text-stdin"), b"x\n"), (("outbox", "list"), b""),
                         (("init", "--store", "Another name"), b"")):
        result = terminal.run(*words, by=None if words[0] == "init" else by, given=given)
        check(result.code == 1, f"{words[0]} ended with {result.code}")
        line = result.complaint()
        check(any(part in line for part in expected), f"{words[0]} says: {line}")


# --- no network ------------------------------------------------------------------------------------------------


def service_down():
    """Writing goes on; each sync fails at once and plainly; nothing waiting is touched."""
    with cb_app.World() as world:
        service = world.service()
        terminal = world.terminal()
        terminal.enrol(service)
        customer = terminal.add_customer()
        terminal.answer(customer, "shop")
        first = terminal.add_note(customer, "before")
        terminal.sync()
        service.kill()
        notes = [terminal.add_note(customer, f"note {number}") for number in range(5)]
        before = terminal.outbox()
        frozen = terminal.ask("SELECT hex(bytes) || state || tries || coalesce(turn, 0) FROM outbox ORDER BY op_id")
        for _ in range(3):
            result = terminal.run("sync")
            check(result.code == 1, f"sync ended with {result.code}")
            result.complaint()
        check(terminal.outbox() == before, "the outbox changed")
        check(terminal.ask("SELECT hex(bytes) || state || tries || coalesce(turn, 0) FROM outbox ORDER BY op_id")
              == frozen, "a frozen operation changed")
        check({note["id"] for note in terminal.show(customer)["notes"]} == {first, *notes}, "a note is gone")
        terminal.ctl("consent", "withdraw", customer, "--purpose", "shop", by="Hand")
        terminal.answer(customer, "shop")
        service.start()
        terminal.sync()
        check(set(service.dump("note")) == {first, *notes}, "what was written meanwhile did not arrive")
        check(set(terminal.states()) == {"accepted"}, "an operation is left over")
        service.check()


# --- no room on the disk ---------------------------------------------------------------------------------------


class Disk:
    """A small file system of its own."""

    def __init__(self, world):
        self.path = world.folder("disk")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "tmpfs", self.path],
                              stderr=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise cb_app.Skip("no small file system can be mounted here")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=False)

    def fill(self, leave=0):
        """With a file of another's; all but so many bytes."""
        with open(os.path.join(self.path, "of-another"), "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
            size = file.tell()
            file.truncate(max(0, size - leave))

    def free(self):
        os.unlink(os.path.join(self.path, "of-another"))


def write_until_full(terminal, customer, texts):
    """Writes until there is no more room; each note that was reported goes into `texts`."""
    for number in range(2000):
        text = f"{number} " + FILLING
        result = terminal.run("note", "add", customer, "--text-stdin", by="Hand", given=text.encode() + b"\n")
        if result.code != 0:
            check(result.code == 1, f"note add ended with {result.code}")
            return result.complaint()
        texts[result.json["id"]] = text
    raise AssertionError("the disk does not get full")


def check_notes(terminal, customer, texts):
    found = {note["id"]: note["text"] for note in terminal.show(customer)["notes"]}
    check(found == texts, f"{len(found)} notes are there, {len(texts)} were reported")


def disk_full():
    """The store's disk is full: a note is refused and nothing of it is kept; what was saved stays; with room
    again it goes on."""
    with cb_app.World() as world, Disk(world) as disk:
        terminal = world.terminal(keep_unasked=7, home=os.path.join(disk.path, "store"))
        customer = terminal.add_customer()
        terminal.answer(customer, "shop")
        texts = {}
        texts[terminal.add_note(customer, "first")] = "first"
        line = write_until_full(terminal, customer, texts)
        check("full" in line or "space" in line, f"a full disk is told as: {line}")
        for leave in (0, 512, 4096, 20000, 50000):
            if leave:
                disk.fill(leave)
            refused_or_whole(terminal, customer, texts)
            if leave:
                disk.free()
        subprocess.run(["mount", "-o", f"remount,size={4 * DISK_BYTES}", disk.path], check=True)
        texts[terminal.add_note(customer, "last")] = "last"
        check_notes(terminal, customer, texts)
        terminal.check_whole()
        cb_app.say(f"{len(texts)} notes were kept by a disk of {DISK_BYTES >> 20} MiB; {line}")


def refused_or_whole(terminal, customer, texts):
    """With next to no room each act either fails in a line, or is kept."""
    for words, given in ((("note", "add", customer, "--text-stdin"), FILLING.encode() + b"\n"),
                         (("customer", "add", "--record-stdin"), {"given": FILLING[:300]}),
                         (("preference", "set", customer, "--record-stdin"),
                          {"facet": "other", "value": FILLING[:300]}),
                         (("consent", "withdraw", customer, "--purpose", "everywhere"), b"")):
        result = terminal.run(*words, by="Hand", given=given)
        check(result.code in (0, 1), f"{' '.join(words[:2])} ended with {result.code}")
        if result.code == 1:
            result.complaint()
        elif words[0] == "note":
            texts[result.json["id"]] = FILLING
    result = terminal.run("customer", "show", customer, by="Head")
    check(result.code in (0, 1), f"customer show ended with {result.code}")
    if result.code == 0:
        found = {note["id"]: note["text"] for note in result.json["notes"]}
        check(found == texts, f"{len(found)} notes are there, {len(texts)} were reported")
    else:
        # A record that is read is written down; where that can't be, it is not read.
        check("full" in result.complaint() or "space" in result.complaint(), f"reading fails without a cause: {result.complaint()}")


def read_only():
    """A disk that can only be read is told as one, with what helps; the two folders open on another disk."""
    with cb_app.World() as world, Disk(world) as disk:
        terminal = world.terminal(keep_unasked=7, home=os.path.join(disk.path, "store"))
        customer = terminal.add_customer()
        texts = {terminal.add_note(customer, "first"): "first"}
        subprocess.run(["mount", "-o", "remount,ro", disk.path], check=True)
        before = digests(terminal.home)
        check_refused(terminal, "can only be read")
        told = {finding["what"]: finding for finding in terminal.ctl("doctor", by="Warden").json["findings"]}
        for what in ("store", "space"):
            check(told[what]["state"] == "bad", f"of a disk that can only be read the {what} is {told[what]['state']}")
            check("sound disk" in told[what]["means"], f"what helps is not told: {told[what]['means']}")
        check(digests(terminal.home) == before, "a file was changed")
        terminal.home = shutil.copytree(terminal.home, world.folder("another-disk") + "/store")
        check_notes(terminal, customer, texts)
        texts[terminal.add_note(customer, "second")] = "second"
        check_notes(terminal, customer, texts)
        terminal.check_whole()


def state_full():
    """The disk of the keys is full: an erasure is done or refused, and the key is changed when there is room."""
    with cb_app.World() as world, Disk(world) as disk:
        terminal = world.terminal(keep_unasked=7)
        elsewhere = os.path.join(disk.path, "state")
        shutil.copytree(terminal.state_root, elsewhere, copy_function=shutil.copy2)
        shutil.rmtree(terminal.state_root)
        os.symlink(elsewhere, terminal.state_root)
        kept = terminal.add_customer()
        terminal.add_note(kept, "kept")
        victims = [terminal.add_customer() for _ in range(4)]
        disk.fill()
        for victim in victims:
            result = terminal.run("erase", victim, "--reason", "request", by="Head")
            check(result.code in (0, 1), f"erase ended with {result.code}")
            if result.code == 1:
                check("space" in result.complaint() or "full" in result.complaint(), "a full disk is not named")
            check([note["text"] for note in terminal.show(kept)["notes"]] == ["kept"], "another customer is gone")
        disk.free()
        for victim in victims:
            if terminal.show(victim) is not None:
                terminal.ctl("erase", victim, "--reason", "request", by="Head")
        check([note["text"] for note in terminal.show(kept)["notes"]] == ["kept"], "another customer is gone")
        check(terminal.ask("SELECT value FROM setting WHERE key = 'rotation'") == ["done"], "the key is not changed")
        check(sorted(name for name in os.listdir(terminal.state) if name.startswith("store.key")) == ["store.key"],
              "something was left beside the store key")
        terminal.check_whole()


def service_full():
    """The service's disk is full: nothing is acknowledged that is not kept; with room again all arrives, once."""
    with cb_app.World() as world, Disk(world) as disk:
        service = world.service(folder=disk.path)
        terminal = world.terminal()
        terminal.enrol(service)
        customer = terminal.add_customer()
        terminal.answer(customer, "shop")
        texts = terminal.fill(customer, 20)
        terminal.sync()
        for leave in (0, 4096, 40000, 200000):
            texts.update(terminal.fill(customer, 300))
            disk.fill(leave)
            result = terminal.run("sync")
            check(result.code in (0, 1), f"sync ended with {result.code}")
            if result.code == 1:
                result.complaint()
            disk.free()
            accepted = set(terminal.ask("SELECT record FROM outbox WHERE state = 'accepted' AND kind = 'note'"))
            check(accepted <= set(service.dump("note")), "a note was acknowledged and is not kept")
            check(not terminal.states().get("parked"), "an operation was parked for want of room")
        terminal.sync()
        check({key: row["body"]["text"] for key, row in service.dump("note").items()} == texts,
              "a note did not arrive")
        check(set(terminal.states()) == {"accepted"}, "an operation is left over")
        service.check()
        # Before the disk goes.
        service.end()


def file_limit():
    """Where no disk can be filled: files may grow no further. The same is asked for."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        customer = terminal.add_customer()
        texts = {terminal.add_note(customer, "first"): "first"}
        size = os.path.getsize(terminal.database)

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        for number in range(3):
            result = terminal.run("note", "add", customer, "--text-stdin", by="Hand", preexec_fn=limit,
                                  given=(FILLING * 2)[:2600].encode() + b"%d\n" % number, restore_signals=False)
            if result.code == 0:
                texts[result.json["id"]] = (FILLING * 2)[:2600] + str(number)
                continue
            check(result.code == 1, f"note add ended with {result.code}")
            result.complaint()
        check_notes(terminal, customer, texts)
        texts[terminal.add_note(customer, "last")] = "last"
        check_notes(terminal, customer, texts)
        terminal.check_whole()


# --- not ours to open ------------------------------------------------------------------------------------------


def set_version(terminal, version):
    # Closed again before any file is looked at: whoever else opens and closes a database's file in the same
    # process takes the locks from under it.
    database = sqlite3.connect(terminal.database)
    database.execute(f"PRAGMA user_version={version}")
    database.commit()
    database.close()


def newer_schema():
    """A store that a newer version wrote is refused and left as it is."""
    with cb_app.World() as world:
        terminal = world.terminal()
        terminal.add_customer()
        version = terminal.ask("PRAGMA user_version")[0]
        for newer in (version + 1, 10000, 0x7fffffff):
            set_version(terminal, newer)
            before = digests(terminal.home, terminal.state_root)
            check_refused(terminal, f"schema version {newer}")
            check(digests(terminal.home, terminal.state_root) == before, "a newer store was written to")
        set_version(terminal, version)
        check(terminal.status()["schema"] == version, "the store does not open as before")


def device_key_gone():
    """Without the device key nothing opens and nothing is made anew; with it everything does."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        customer = terminal.add_customer()
        terminal.add_note(customer, "kept")
        path = os.path.join(terminal.state_root, "device.key")
        with open(path, "rb") as file:
            key = file.read()
        for wrong in (None, b"", key[:-1], bytes(len(key)), os.urandom(len(key))):
            os.unlink(path)
            if wrong is not None:
                with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                    file.write(wrong)
            before = digests(terminal.home, terminal.state_root)
            check_refused(terminal, "device key", "store key")
            check(digests(terminal.home, terminal.state_root) == before, "files changed without the device key")
            if wrong is None:
                check(not os.path.exists(path), "a device key was made")
                with open(path, "wb") as file:
                    file.write(b"")
        with open(path, "wb") as file:
            file.write(key)
        check([note["text"] for note in terminal.show(customer)["notes"]] == ["kept"], "the note is gone")


def store_key_gone():
    """The same for the store's own key; and a store that is another's does not open with ours."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        customer = terminal.add_customer()
        other = world.terminal("other")
        path = os.path.join(terminal.state, "store.key")
        with open(path, "rb") as file:
            key = file.read()
        with open(os.path.join(other.state, "store.key"), "rb") as file:
            foreign = file.read()
        for wrong in (b"", key[:-1], key[:100] + bytes([key[100] ^ 1]) + key[101:], foreign):
            with open(path, "wb") as file:
                file.write(wrong)
            before = digests(terminal.home, terminal.state_root)
            check_refused(terminal, "store key", "key")
            check(digests(terminal.home, terminal.state_root) == before, "files changed without the store key")
        with open(path, "wb") as file:
            file.write(key)
        check(terminal.show(customer) is not None, "the customer is gone")


def no_store():
    """An empty file, a text and a damaged database are no store; init alone makes one, of the empty file."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        with open(terminal.database, "rb") as file:
            whole = file.read()
        for content, is_empty in ((b"", True), (b"no database\n" * 1000, False), (whole[:5000], False),
                                  (whole[:16] + b"\xff" * 4096 + whole[4112:], False)):
            for name in ("", "-wal", "-shm"):
                if os.path.exists(terminal.database + name):
                    os.unlink(terminal.database + name)
            with open(terminal.database, "wb") as file:
                file.write(content)
            for words in (("status",), ("customer", "list"), ("sync",)):
                result = terminal.run(*words, by="Hand")
                check(result.code == 1, f"{words[0]} ended with {result.code}")
                result.complaint()
            result = terminal.run("init", "--store", "A shop of its own")
            check(result.code == (0 if is_empty else 1), f"init ended with {result.code}")
            if not is_empty:
                result.complaint()
                with open(terminal.database, "rb") as file:
                    check(file.read() == content, "what is no store was written to")


cb_app.run([
    ("/offline/service-down/loses-nothing", service_down),
    ("/disk/full/refuses-in-a-line-and-goes-on", disk_full),
    ("/disk/read-only/is-told-and-left-for-a-sound-one", read_only),
    ("/disk/full/of-keys-finishes-the-rotation-later", state_full),
    ("/disk/full/of-the-service-acknowledges-nothing", service_full),
    ("/disk/limit/refuses-in-a-line-and-goes-on", file_limit),
    ("/store/newer-schema/is-left-alone", newer_schema),
    ("/store/no-device-key/is-left-alone", device_key_gone),
    ("/store/no-store-key/is-left-alone", store_key_gone),
    ("/store/no-store-at-all/is-told", no_store),
])
