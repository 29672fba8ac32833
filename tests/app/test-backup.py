#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A back-up is made, put back, and put back on another machine; cut short at any moment there is the old store or
the new one, whole."""

import os
import shutil
import sqlite3
import subprocess

import cb_app
import cb_kills
from cb_app import check
from cb_canaries import Canaries, Person, check_none

NEVER_LEFT = ("restore", "replaced")


def back_up(terminal, path, by="Warden"):
    return terminal.ctl("backup", path, by=by).json


def put_back(terminal, path, *options, by="Warden", given=b"", code=0):
    return terminal.ctl("restore", path, *options, by=by, given=given, code=code)


def notes(terminal, customer):
    shown = terminal.show(customer)
    return None if shown is None else {note["text"] for note in shown["notes"]}


def managed(terminal):
    return os.path.join(terminal.home, "backups", "counterbook.backup")


def check_managed_opens(terminal):
    """By the keys that there are now, and not only by those that were lost."""
    found = {row["what"]: row for row in terminal.ctl("doctor", by="Warden").json["findings"]}["backup"]
    check(found["state"] == "good", f"the managed back-up: {found['says']}")


def check_tidy(terminal):
    """Nothing that a restore needs on its way is left behind it."""
    left = [name for name in os.listdir(terminal.home) if name in NEVER_LEFT]
    left += [name for name in os.listdir(terminal.state) if name.startswith("store.key") and name != "store.key"]
    check(not left, f"{', '.join(left)}: left behind")


def incarnation(terminal):
    return terminal.ask("SELECT value FROM setting WHERE key = 'incarnation'")[0]


class Shop:
    """A store with somebody in it, and a back-up of it."""

    def __init__(self, world, name="terminal"):
        self.terminal = world.terminal(name, keep_unasked=7)
        self.file = os.path.join(world.folder("elsewhere"), "FILE")
        self.kept = self.terminal.add_customer()
        self.gone = self.terminal.add_customer()
        self.terminal.add_note(self.kept, "before")
        self.terminal.add_note(self.gone, "hers")


# --- put back --------------------------------------------------------------------------------------------------


def put_back_here():
    """What was saved before is there, what was saved after is not, who was erased since stays erased, and the
    audit goes on where it was."""
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        made = back_up(terminal, shop.file)
        check(made["store"] == terminal.id and made["bytes"] > 0, "the back-up does not say what it is of")
        check(oct(os.stat(shop.file).st_mode & 0o777) == "0o600", "others may read the back-up")
        terminal.add_note(shop.kept, "after")
        late = terminal.add_customer()
        terminal.ctl("erase", shop.gone, "--reason", "request", by="Head")
        terminal.ctl("erase", late, "--reason", "mistake", by="Head")
        rows, old = terminal.verify_audit()["rows"], incarnation(terminal)
        answer = put_back(terminal, shop.file).json
        check(answer["erased"] == 1 and answer["whole"] and not answer["needs_pins"], f"it says {answer}")
        check(notes(terminal, shop.kept) == {"before"}, "the notes are not the back-up's")
        check(terminal.show(shop.gone) is None, "who was erased is back")
        check(sorted(terminal.ask("SELECT customer FROM tombstone")) == sorted([shop.gone, late]),
              "a tombstone is gone")
        check(terminal.verify_audit()["rows"] > rows, "audit rows are gone")
        check(incarnation(terminal) != old, "the incarnation is the old one")
        with open(os.path.join(terminal.state, "incarnation"), encoding="ascii") as file:
            check(file.read() == incarnation(terminal), "the sentinel is of another incarnation")
        check(shop.gone in terminal.ask("SELECT record FROM outbox WHERE kind = 'erase'"), "the service is not told")
        terminal.check_whole()
        check_tidy(terminal)
        # Twice is no different, and what is written goes on.
        terminal.add_note(shop.kept, "again")
        put_back(terminal, shop.file)
        check(notes(terminal, shop.kept) == {"before"}, "the second time is another")
        terminal.add_note(shop.kept, "on")
        check(notes(terminal, shop.kept) == {"before", "on"}, "nothing can be written")
        terminal.check_whole()


def put_back_elsewhere():
    """Another machine, without the device key: the recovery code opens it, and PINs are set anew."""
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        back_up(terminal, shop.file)
        terminal.ctl("erase", shop.gone, "--reason", "request", by="Head")
        later = shop.file + "-2"
        back_up(terminal, later)
        for name in ("home", "data", "state"):
            shutil.rmtree(world.folder("terminal", name))
        os.makedirs(world.folder("terminal", "home"), exist_ok=True)
        for given in (b"", b"\n", b"7AJRK-FNCK6-JH7XM-S01AX-K40Z3-6ACYZ-KQASC-07NSW\n", b"nonsense\n"):
            result = terminal.run("restore", later, by="Warden", given=given)
            check(result.code == 1, f"without its code it ended with {result.code}")
            result.complaint()
            check(not os.path.exists(terminal.database), "a store was made")
        answer = put_back(terminal, later, given=terminal.recovery + b"\n").json
        check(answer["needs_pins"], "nobody is told about the PINs")
        check(notes(terminal, shop.kept) == {"before"} and terminal.show(shop.gone) is None, "it is another store")
        with open(os.path.join(terminal.state, "tombstones"), encoding="ascii") as file:
            check(shop.gone in file.read(), "the ledger was not made anew")
        head = [row["id"] for row in terminal.ctl("staff", "list").json if row["name"] == "Head"][0]
        terminal.ctl("staff", "pin", head, "--pin-stdin", by="Warden", given=b"735192\n")
        # The older one, on the same new machine: the ledger knows who was erased.
        answer = put_back(terminal, shop.file, "--code-stdin", by=None, given=terminal.recovery + b"\n").json
        check(answer["erased"] == 1, "the ledger was not replayed")
        check(terminal.show(shop.gone) is None, "who was erased is back")
        terminal.check_whole()
        check_tidy(terminal)


def erasures(terminal):
    return {row["what"]: row for row in terminal.ctl("doctor", by="Warden").json["findings"]}["erasures"]


def wipe_machine(world):
    for name in ("home", "data", "state"):
        shutil.rmtree(world.folder("terminal", name))
    os.makedirs(world.folder("terminal", "home"), exist_ok=True)


def what_happened_since():
    """A machine that never knew says so, until the service has told it."""
    with cb_app.World() as world:
        service = world.service()
        shop = Shop(world)
        terminal = shop.terminal
        terminal.enrol(service)
        for customer in (shop.kept, shop.gone):
            terminal.answer(customer, "shop")
        terminal.sync()
        back_up(terminal, shop.file)
        check("unheard_since" not in put_back(terminal, shop.file).json, "its own store did not tell it")
        terminal.ctl("erase", shop.gone, "--reason", "request", by="Head")
        terminal.ctl("consent", "withdraw", shop.kept, "--purpose", "shop", by="Hand")
        terminal.sync()
        wipe_machine(world)
        answer = put_back(terminal, shop.file, given=terminal.recovery + b"\n").json
        check(answer["unheard_since"] == answer["made"] and "confirm-erasures" in answer["means"], "it says nothing")
        check(terminal.show(shop.gone) is not None, "there was nothing to warn of")
        found = erasures(terminal)
        check(found["state"] == "bad" and answer["made"][:10] in found["says"], f"doctor says {found}")
        terminal.sync()
        check(terminal.show(shop.gone) is None, "who was erased is still there")
        verdict = terminal.ctl("permission", shop.kept, "--purpose", "shop", by="Hand").json["verdict"]
        check(verdict == "withdrawn", f"what was taken back is {verdict}")
        check("not known" not in erasures(terminal)["says"], "it does not believe the service")
        # Over a store that is sound and another's, it is as unknown.
        terminal.ctl("retention", "run", by="Head")
        again = put_back(terminal, shop.file, "--code-stdin", by=None, given=terminal.recovery + b"\n").json
        check("unheard_since" not in again, "its own store did not tell it")
        service.check()


def nobody_tells_since():
    """Without a service a person has to."""
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        back_up(terminal, shop.file)
        wipe_machine(world)
        terminal.ctl("init", "--store", "Another")
        answer = put_back(terminal, shop.file, given=terminal.recovery + b"\n").json
        check("unheard_since" in answer, "another store is believed to know")
        check("unheard_since" in put_back(terminal, shop.file, "--code-stdin", by=None, given=terminal.recovery + b"\n").json, "one that does not know is believed")
        for by in ("Hand", "Warden"):
            check(terminal.run("retention", "confirm-erasures", by=by).code == 4, f"{by} may say so")
        check(erasures(terminal)["state"] == "bad", "it was believed")
        head = [row["id"] for row in terminal.ctl("staff", "list").json if row["name"] == "Head"][0]
        terminal.ctl("staff", "pin", head, "--pin-stdin", by="Warden", given=b"735192\n")
        terminal.ctl("retention", "confirm-erasures", by="Head")
        check(erasures(terminal)["state"] == "good", f"it says {erasures(terminal)}")
        check("erasures.confirm" in terminal.ask("SELECT action FROM audit"), "nobody will know who said so")
        check("unheard_since" not in put_back(terminal, shop.file, "--code-stdin", by=None, given=terminal.recovery + b"\n").json, "one that knows is not believed")


def over_a_damaged_store():
    """What can't be read does not stand in the way of what replaces it."""
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        back_up(terminal, shop.file)
        terminal.ctl("erase", shop.gone, "--reason", "request", by="Head")
        with open(terminal.database, "r+b") as file:
            length = file.seek(0, os.SEEK_END)
            for place in range(8192, length, 4096):
                file.seek(place)
                file.write(os.urandom(3000))
        answer = put_back(terminal, shop.file).json
        check(not answer["whole"] and answer["erased"] == 1, f"it says {answer}")
        check(notes(terminal, shop.kept) == {"before"} and terminal.show(shop.gone) is None, "it is another store")
        terminal.check_whole()
        with open(terminal.database, "wb") as file:
            file.write(b"no database\n" * 1000)
        put_back(terminal, shop.file)
        check(notes(terminal, shop.kept) == {"before"} and terminal.show(shop.gone) is None, "it is another store")
        check_tidy(terminal)


# --- refused ---------------------------------------------------------------------------------------------------


def refused():
    """What is no back-up, is cut, is another's, is newer, or comes at the wrong time or from the wrong hand,
    leaves everything as it is."""
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        back_up(terminal, shop.file)
        with open(shop.file, "rb") as file:
            whole = file.read()
        other = world.terminal("other")
        back_up(other, shop.file + "-other")
        bad = {"cut": whole[:-1], "half": whole[:len(whole) // 2], "head": whole[:300], "empty": b"",
               "text": b"no back-up\n" * 500, "changed": whole[:9000] + b"\x00\x01" + whole[9002:],
               "long": whole + b"x", "database": open(terminal.database, "rb").read()}
        for name, data in bad.items():
            path = os.path.join(os.path.dirname(shop.file), name)
            with open(path, "wb") as file:
                file.write(data)
            result = terminal.run("restore", path, by="Warden")
            check(result.code == 1, f"{name} ended with {result.code}")
            result.complaint()
            check(notes(terminal, shop.kept) == {"before"}, f"{name}: the store has changed")
            check_tidy(terminal)
        for path in (shop.file + "-other", shop.file + "-none", os.path.dirname(shop.file)):
            result = terminal.run("restore", path, by="Warden")
            check(result.code == 1, f"it ended with {result.code}")
            result.complaint()
        for by, code in (("Head", 4), ("Hand", 4), ("Seal", 4), (None, 4), ("Nobody", 4)):
            put_back(terminal, shop.file, by=by, code=code)
        for by in ("Head", "Hand", "Seal", None):
            terminal.ctl("backup", shop.file, by=by, code=4)
        terminal.ctl("restore", by="Warden", code=2)
        check(notes(terminal, shop.kept) == {"before"}, "the store has changed")
        check_tidy(terminal)


def newer_store():
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        version = terminal.ask("PRAGMA user_version")[0]
        back_up(terminal, shop.file)
        with sqlite3.connect(terminal.database) as database:
            database.execute(f"PRAGMA user_version={version + 7}")
        database.close()
        result = terminal.run("restore", shop.file, by="Warden")
        check(result.code == 0, "a store of a newer version can't be replaced by an older back-up")
        check(notes(terminal, shop.kept) == {"before"}, "it is another store")


def terminal_is_running():
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        back_up(terminal, shop.file)
        holder = subprocess.Popen([cb_app.program("CB_TEST_HOLD"), terminal.home], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=terminal.environment)
        holder.stdin.write(b"sign-in " + cb_app.PIN)
        holder.stdin.flush()
        check(holder.stdout.readline().startswith(b"ok"), "nobody signs in")
        # Made beside it, not put back under it.
        back_up(terminal, shop.file + "-2")
        for words in (("restore", shop.file), ("restore", shop.file, "--code-stdin"), ("reseal", "--code-stdin")):
            result = terminal.run(*words, by="Warden", given=terminal.recovery + b"\n")
            check(result.code == 1 and "the terminal is running" in result.complaint(),
                  f"{words[0]} ended with {result.code}")
        holder.stdin.close()
        holder.wait(cb_app.PATIENCE)
        holder.stdout.close()
        holder.stderr.close()
        put_back(terminal, shop.file)
        check_tidy(terminal)


# --- the device key is lost ------------------------------------------------------------------------------------


def device_key_lost():
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        path = os.path.join(terminal.state_root, "device.key")
        # There is one of before, sealed for the key that is lost.
        terminal.ctl("erase", shop.gone, "--reason", "request", by="Head")
        os.unlink(path)
        for given in (b"", b"7AJRK-FNCK6-JH7XM-S01AX-K40Z3-6ACYZ-KQASC-07NSW\n"):
            result = terminal.run("reseal", given=given)
            check(result.code == 1, f"without its code it ended with {result.code}")
            result.complaint()
            check(not os.path.exists(path), "a device key was made")
        check(terminal.ctl("reseal", given=terminal.recovery + b"\n").json["needs_pins"], "PINs are not told")
        check(notes(terminal, shop.kept) == {"before"}, "it is another store")
        terminal.check_whole()
        check_managed_opens(terminal)
        # A new code: the old one has had its day.
        terminal.ctl("reseal", by="Head", code=4)
        terminal.ctl("reseal", code=4)
        fresh = terminal.ctl("reseal", "--new-code", by="Warden").json["recovery"].encode()
        os.unlink(path)
        for words in (("reseal",), ("restore", managed(terminal))):
            result = terminal.run(*words, given=terminal.recovery + b"\n")
            check(result.code == 1, f"the old code still opens it: {words[0]}")
            result.complaint()
        terminal.ctl("reseal", given=fresh + b"\n")
        check(notes(terminal, shop.kept) == {"before"}, "it is another store")
        check_managed_opens(terminal)
        terminal.check_whole()


# --- cut short -------------------------------------------------------------------------------------------------


def killed_while_made():
    """At every call that changes a file: the file is the one that was there, or the new one."""
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        back_up(terminal, shop.file)
        terminal.add_note(shop.kept, "after")
        with open(shop.file, "rb") as file:
            before = file.read()
        for nth in cb_kills.moments():
            done = cb_kills.run_to(terminal, nth, ("backup", shop.file), by="Warden")
            with open(shop.file, "rb") as file:
                now = file.read()
            if done:
                break
            check(now == before or len(now) >= len(before), "half a back-up has its name")
            if now != before:
                before = now
        check(now != before or done, "it never gets done")
        put_back(terminal, shop.file)
        check(notes(terminal, shop.kept) == {"before", "after"}, "it is another store")
        check(sorted(os.listdir(os.path.dirname(shop.file))) == ["FILE"], "something is left beside it")
        cb_app.say(f"a back-up died at {nth - 1} moments")


def killed_while_put_back():
    """At every call that changes a file: the next command finds the old store or the new one, whole."""
    with cb_app.World() as world:
        shop = Shop(world)
        terminal = shop.terminal
        back_up(terminal, shop.file)
        terminal.ctl("erase", shop.gone, "--reason", "request", by="Head")
        n_old = n_new = 0
        terminal.add_note(shop.kept, "after")
        for nth in cb_kills.moments():
            done = cb_kills.run_to(terminal, nth, ("restore", shop.file), by="Warden")
            found = notes(terminal, shop.kept)
            check(found in ({"before"}, {"before", "after"}), "neither the old store nor the new one is there")
            check(terminal.show(shop.gone) is None, "who was erased is back")
            terminal.check_whole()
            check_tidy(terminal)
            if done:
                check(found == {"before"}, "it was not put back")
                break
            if found == {"before"}:
                n_new += 1
                terminal.add_note(shop.kept, "after")
            else:
                n_old += 1
        check(n_old and n_new, "one of both never was there")
        cb_app.say(f"a restore died at {nth - 1} moments: {n_old} times the old store was there, {n_new} the new")


# --- nobody is given away --------------------------------------------------------------------------------------


def shows_nobody():
    """In a back-up, beside it while it is made, in what is said, and in the store's folders, is no canary."""
    with cb_app.World() as world:
        canaries = Canaries("backup")
        terminal = world.terminal(keep_unasked=7)
        person = Person(terminal, canaries, "one")
        path = os.path.join(world.folder("elsewhere"), "FILE")
        back_up(terminal, path)
        with open(path, "rb") as file:
            data = file.read()
        check(person.id.encode() not in data and terminal.id.encode() not in data, "it says whose it is")
        check_none(canaries, world.files())
        put_back(terminal, path)
        check_none(canaries, world.files())
        check_none(canaries, enumerate(terminal.said))
        check(len(canaries.found_in(terminal.ctl("customer", "show", person.id, by="Head").out)) > 10,
              "nobody was put back")


cb_app.run([
    ("/restore/here/goes-back-and-keeps-what-was-erased", put_back_here),
    ("/restore/elsewhere/by-the-recovery-code", put_back_elsewhere),
    ("/restore/since/is-told-by-the-service", what_happened_since),
    ("/restore/since/is-told-by-a-person", nobody_tells_since),
    ("/restore/damaged/is-replaced-all-the-same", over_a_damaged_store),
    ("/restore/bad/is-refused-and-changes-nothing", refused),
    ("/restore/newer-store/can-be-replaced", newer_store),
    ("/restore/running-terminal/is-told", terminal_is_running),
    ("/reseal/device-key-lost/by-the-recovery-code", device_key_lost),
    ("/backup/killed/is-the-old-or-the-new", killed_while_made),
    ("/restore/killed/is-the-old-or-the-new", killed_while_put_back),
    ("/backup/canaries/shows-nobody", shows_nobody),
])
