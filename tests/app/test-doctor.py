#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""doctor says how a store stands and what that means for the shop, to whoever may know; also of one that does not
open."""

import os
import shutil
import subprocess

import cb_app
from cb_app import check

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


cb_app.run([
    ("/doctor/well/says-so", a_store_that_is_well),
    ("/doctor/roles/for-admin", whoever_may_not_know),
    ("/doctor/backup/that-does-not-open", a_backup_that_does_not_open),
    ("/doctor/store/that-does-not-open", a_store_that_does_not_open),
])
