#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""doctor says how a store stands and what that means for the shop, to whoever may know; also of one that does not
open."""

import os
import shutil
import sqlite3
import subprocess

import cb_app
import cb_kills
from cb_app import check
from cb_canaries import Canaries, Person, check_none

OF_AN_OPEN_STORE = ["store", "device-key", "disk", "backup", "space", "integrity", "audit", "erasures", "clock"]
OF_A_CLOSED_ONE = OF_AN_OPEN_STORE[:5]
PAGE = 4096


def managed(terminal):
    return os.path.join(terminal.home, "backups", "counterbook.backup")


def findings(terminal, by="Warden", expected=None):
    answer = terminal.ctl("doctor", by=by).json
    check(answer["state"] in ("good", "warning", "bad"), f"its state is {answer['state']}")
    check([row["what"] for row in answer["findings"]] == (expected or OF_AN_OPEN_STORE), "it looked at something else")
    for row in answer["findings"]:
        check(set(row) == {"what", "state", "says", "means"} and row["says"] and row["means"].endswith("."),
              f"{row['what']}: not told in a sentence")
    return {row["what"]: row for row in answer["findings"]}


def states(found):
    return {what: row["state"] for what, row in found.items()}


def overwrite(path, at, length, byte=b"\x5a"):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(byte * length)


def a_store_that_is_well():
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        customer = terminal.add_customer({"given": "Zqgivenly", "family": "Zqfamily"})
        terminal.add_note(customer, "zqnote")
        found = findings(terminal)
        check(found["backup"]["state"] == "warning", "a store without a back-up is well")
        terminal.ctl("erase", terminal.add_customer(), "--reason", "mistake", by="Head")
        found = states(findings(terminal))
        for what in ("store", "backup", "integrity", "audit", "erasures", "clock"):
            check(found[what] == "good", f"{what} is {found[what]}")
        told = terminal.ctl("doctor", by="Warden").out.decode()
        check("Zq" not in told and "zqnote" not in told, "it names somebody")
        lines = subprocess.run([cb_app.program("CB_TEST_CTL"), "--home", terminal.home, "--as", "Warden", "doctor"],
                               env=terminal.environment, stdout=subprocess.PIPE, check=True).stdout.decode()
        check("device-key" in lines and "back-up opens to its end" in lines, "people are told something else")
        terminal.check_whole()


def whoever_may_not_know():
    with cb_app.World() as world:
        terminal = world.terminal()
        for by in (None, "Head", "Hand", "Seal"):
            result = terminal.run("doctor", by=by)
            check(result.code == 4, f"it ended with {result.code}")
            result.complaint()
        terminal.ctl("doctor", "file", by="Warden", code=2)
        shutil.rmtree(terminal.home)
        result = terminal.run("doctor", by="Warden")
        check(result.code == 1 and "no store" in result.complaint(), "without a store it says something else")


def a_backup_that_does_not_open():
    with cb_app.World() as world:
        terminal = world.terminal()
        terminal.ctl("erase", terminal.add_customer(), "--reason", "mistake", by="Head")
        overwrite(managed(terminal), os.path.getsize(managed(terminal)) // 2, 1)
        found = findings(terminal)["backup"]
        check(found["state"] == "bad" and "does not open" in found["says"], f"it says {found}")
        os.truncate(managed(terminal), 5000)
        check(findings(terminal)["backup"]["state"] == "bad", "a part of a back-up is well")


def the_last_good_backup():
    """A back-up of a damaged store takes no good one's place, and who is erased is in neither."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        customer, other = terminal.add_customer(), terminal.add_customer()
        terminal.add_note(customer, "zqnote")
        good = os.path.join(world.folder("elsewhere"), "FILE")
        terminal.ctl("erase", terminal.add_customer(), "--reason", "mistake", by="Head")
        terminal.ctl("backup", good, by="Warden")
        with open(managed(terminal), "rb") as file:
            sealed = file.read()
        database = sqlite3.connect(terminal.database)
        database.execute("UPDATE note SET body = randomblob(length(body))")
        database.commit()
        database.close()
        since = os.path.join(os.path.dirname(managed(terminal)), "counterbook-since-damage.backup")
        # Put back is a damaged store too, and the back-up that follows on it is of that.
        damaged = os.path.join(world.folder("elsewhere"), "DAMAGED")
        terminal.ctl("backup", damaged, by="Warden")
        terminal.ctl("restore", damaged, by="Warden")
        with open(managed(terminal), "rb") as file:
            check(file.read() == sealed, "the last good one was written over")
        check(os.path.exists(since), "there is no back-up of today")
        expected = OF_AN_OPEN_STORE[:3] + ["backup-before-damage"] + OF_AN_OPEN_STORE[3:]
        found = findings(terminal, expected=expected)
        check(states(found)["backup-before-damage"] == "warning", f"it says {found['backup-before-damage']}")
        check(states(found)["integrity"] == "bad" and states(found)["backup"] == "good", "the rest is told wrong")
        terminal.ctl("erase", other, "--reason", "request", by="Head")
        check(not os.path.exists(managed(terminal)), "who is erased is in a back-up still")
        found = findings(terminal, expected=expected)["backup-before-damage"]
        check(found["state"] == "bad" and "no back-up from before" in found["says"], f"it says {found}")
        terminal.ctl("doctor", "--repair", by="Warden")
        terminal.ctl("erase", terminal.add_customer(), "--reason", "mistake", by="Head")
        check(os.path.exists(managed(terminal)) and not os.path.exists(since), "a sound store is told as damaged")
        check(states(findings(terminal))["backup"] == "good", "its back-up does not open")


def remove_database(terminal):
    for name in ("", "-wal", "-shm"):
        if os.path.exists(terminal.database + name):
            os.unlink(terminal.database + name)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def a_store_that_is_gone():
    """Its back-up is all there is of it: nothing takes its place unasked, and everything says how it comes back."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        customer = terminal.add_customer()
        note = terminal.add_note(customer, "zqnote")
        terminal.ctl("erase", terminal.add_customer(), "--reason", "mistake", by="Head")
        sealed, first = read(managed(terminal)), terminal.id
        for is_empty in (False, True):
            remove_database(terminal)
            if is_empty:
                open(terminal.database, "wb").close()
            for words in (("status",), ("customer", "list"), ("init", "--store", "Another"), ("doctor", "--repair")):
                result = terminal.run(*words, by=None if words[0] == "init" else "Warden")
                check(result.code == 1, f"{words[0]} ended with {result.code}")
                check("restore " + managed(terminal) in result.complaint(), f"{words[0]} says: {result.complaint()}")
            found = findings(terminal, expected=OF_A_CLOSED_ONE)
            check(found["store"]["state"] == "bad" and "restore" in found["store"]["says"], f"it says {found['store']}")
            check(found["backup"]["state"] == "good", f"it says {found['backup']}")
            check(read(managed(terminal)) == sealed, "the back-up was changed")
        terminal.ctl("restore", managed(terminal), by="Warden")
        check([row["id"] for row in terminal.show(customer)["notes"]] == [note], "the note did not come back")
        # Begun anew on purpose, and what was is put aside; one that is another's later, too.
        sealed = read(managed(terminal))
        remove_database(terminal)
        made = terminal.ctl("init", "--store", "Another", "--anew").json
        check(made["store"] != first and "recovery" in made, "it is the same store")
        aside = [name for name in os.listdir(terminal.home) if name.startswith("backups-until-")]
        check(len(aside) == 1, f"beside the store lie {sorted(os.listdir(terminal.home))}")
        check(read(os.path.join(terminal.home, aside[0], "counterbook.backup")) == sealed, "it was changed")
        terminal.ctl("staff", "add", "Warden", "--role", "admin", "--pin-stdin", given=cb_app.PIN)
        terminal.ctl("staff", "add", "Head", "--role", "manager", "--pin-stdin", by="Warden", given=cb_app.PIN)
        with open(managed(terminal), "wb") as file:
            file.write(sealed)
        terminal.ctl("erase", terminal.add_customer(by="Head"), "--reason", "mistake", by="Head")
        check(findings(terminal)["backup"]["state"] == "good", "the new store has no back-up")
        foreign = [name for name in os.listdir(os.path.dirname(managed(terminal))) if name.startswith("of-store-" + first)]
        check(len(foreign) == 1, "another store's back-up was written over")
        check(read(os.path.join(os.path.dirname(managed(terminal)), foreign[0])) == sealed, "it was changed")


def a_store_that_does_not_open():
    """Nobody can be asked for their role then; nothing of the file is changed."""
    with cb_app.World() as world:
        terminal = world.terminal()
        terminal.add_note(terminal.add_customer(), "zqnote")
        overwrite(terminal.database, 0, 100)
        with open(terminal.database, "rb") as file:
            before = file.read()
        found = findings(terminal, expected=OF_A_CLOSED_ONE)["store"]
        check(found["state"] == "bad" and "repair" in found["means"], f"it says {found}")
        with open(terminal.database, "rb") as file:
            check(file.read() == before, "the damaged file was changed")
    with cb_app.World() as world:
        terminal = world.terminal()
        os.remove(os.path.join(terminal.state_root, "device.key"))
        found = findings(terminal, expected=OF_A_CLOSED_ONE)
        check(found["device-key"]["state"] == "bad" and "reseal" in found["store"]["means"], f"it says {found}")


# --- repair ----------------------------------------------------------------------------------------------------


def repair(terminal, by="Warden"):
    answer = terminal.ctl("doctor", "--repair", by=by).json
    check(answer["repaired"] and answer["means"].endswith("."), f"it says {answer['repaired']}")
    return answer


def copies(terminal):
    """Store and state, to begin again from."""
    folders = terminal.home, terminal.state_root
    for folder in folders:
        shutil.copytree(folder, folder + "-before")

    def begin_again():
        for folder in folders:
            shutil.rmtree(folder)
            shutil.copytree(folder + "-before", folder)
    return begin_again


def a_damaged_store():
    with cb_app.World() as world:
        canaries = Canaries("repair")
        terminal = world.terminal(keep_unasked=7)
        kept, gone = Person(terminal, canaries, "kept"), Person(terminal, canaries, "gone")
        texts = {note["text"] for note in terminal.show(kept.id)["notes"]}
        check(terminal.ctl("doctor", "--repair", by="Warden").json["repaired"] is False, "a sound store was repaired")
        overwrite(terminal.database, 0, 100)
        with open(terminal.database, "rb") as file:
            damaged = file.read()
        for by in (None, "Head", "Nobody"):
            check(terminal.run("doctor", "--repair", by=by).code == 4, "somebody else may repair")
            with open(terminal.database, "rb") as file:
                check(file.read() == damaged, "the damaged file was changed")
        answer = repair(terminal)
        check(answer["lost"] == 0 and answer["keys_renewed"] == 0, f"it says {answer['tables']}")
        check({"table": "customer", "saved": 2, "lost": 0} in answer["tables"], f"it says {answer['tables']}")
        with open(os.path.join(answer["kept"], "counterbook.db"), "rb") as file:
            check(file.read() == damaged, "the damaged file was not kept")
        check({note["text"] for note in terminal.show(kept.id)["notes"]} == texts, "notes are gone")
        check("store.repair" in terminal.ask("SELECT action FROM audit"), "nobody will know")
        terminal.check_whole()
        check(states(findings(terminal))["integrity"] == "good", "it is not well afterwards")
        # Whoever is erased is erased of what was kept, too.
        answer = terminal.ctl("erase", gone.id, "--reason", "request", by="Head").json
        check(answer["selfcheck"] == "pass" and not os.path.exists(os.path.join(terminal.home, "damaged")),
              "the damaged file still holds somebody")
        check_none(canaries, world.files())
        terminal.add_note(kept.id, "goes on")


def what_a_repair_lost():
    """It may be in the last back-up, which no later one takes the place of."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        customer = terminal.add_customer()
        note = terminal.add_note(customer, "zqnote")
        terminal.ctl("erase", terminal.add_customer(), "--reason", "mistake", by="Head")
        sealed = read(managed(terminal))
        database = sqlite3.connect(terminal.database)
        database.execute("UPDATE note SET body = randomblob(length(body))")
        database.commit()
        database.close()
        answer = repair(terminal)
        check(answer["lost"] > 0, f"it says {answer['tables']}")
        check(not terminal.show(customer)["notes"], "the note is still there")
        again = os.path.join(world.folder("elsewhere"), "AGAIN")
        terminal.ctl("backup", again, by="Warden")
        terminal.ctl("restore", again, by="Warden")
        check(read(managed(terminal)) == sealed, "what still holds the note was written over")
        expected = OF_AN_OPEN_STORE[:3] + ["backup-before-damage"] + OF_AN_OPEN_STORE[3:]
        check(findings(terminal, expected=expected)["backup-before-damage"]["state"] == "warning", "nobody is told of it")
        terminal.ctl("restore", managed(terminal), by="Warden")
        check([row["id"] for row in terminal.show(customer)["notes"]] == [note], "the note did not come back")


def beside_a_terminal():
    with cb_app.World() as world:
        terminal = world.terminal()
        holder = subprocess.Popen([cb_app.program("CB_TEST_HOLD"), terminal.home], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=terminal.environment)
        holder.stdin.write(b"sign-in " + cb_app.PIN)
        holder.stdin.flush()
        check(holder.stdout.readline().startswith(b"ok"), "nobody signs in")
        overwrite(terminal.database, 0, 100)
        result = terminal.run("doctor", "--repair", by="Warden")
        check(result.code == 1 and "running" in result.complaint(), "it was repaired under a terminal")
        holder.kill()
        holder.wait()
        for pipe in (holder.stdin, holder.stdout, holder.stderr):
            pipe.close()
        repair(terminal)
        terminal.check_whole()


def killed():
    """There is the damaged store or the repaired one, and the next repair ends well."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        customer = terminal.add_customer()
        terminal.add_note(customer, "kept")
        overwrite(terminal.database, 0, 100)
        begin_again = copies(terminal)
        n_before = n_after = 0
        for nth in cb_kills.moments(25):
            begin_again()
            done = cb_kills.run_to(terminal, nth, ("doctor", "--repair"), by="Warden")
            answer = terminal.ctl("doctor", "--repair", by="Warden").json
            n_before += answer["repaired"]
            n_after += not answer["repaired"]
            check([note["text"] for note in terminal.show(customer)["notes"]] == ["kept"], "the note is gone")
            check(os.listdir(os.path.join(terminal.home, "damaged")), "the damaged file is gone")
            terminal.check_whole()
            if done:
                break
        check(n_before > 0 and n_after > 0, "no kill came between")
        cb_app.say(f"a repair died at {nth - 1} moments: {n_before} times before it, {n_after} after")


cb_app.run([
    ("/doctor/well/says-so", a_store_that_is_well),
    ("/doctor/roles/for-admin", whoever_may_not_know),
    ("/doctor/backup/that-does-not-open", a_backup_that_does_not_open),
    ("/doctor/backup/the-last-good-one", the_last_good_backup),
    ("/doctor/store/that-is-gone", a_store_that_is_gone),
    ("/doctor/store/that-does-not-open", a_store_that_does_not_open),
    ("/doctor/repair/saves-what-is-right", a_damaged_store),
    ("/doctor/repair/what-it-lost", what_a_repair_lost),
    ("/doctor/repair/beside-a-terminal", beside_a_terminal),
    ("/doctor/repair/killed", killed),
])
