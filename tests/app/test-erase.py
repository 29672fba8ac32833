#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An erasure is waited for: the file is cleaned, the managed back-up is made anew, and all of it is looked through;
cut short at any moment, what is left to do is done later."""

import os
import subprocess

import cb_app
import cb_kills
from cb_app import check
from cb_canaries import Canaries, Person, check_none


def results(terminal):
    return terminal.ask("SELECT coalesce(selfcheck, 'due') FROM tombstone ORDER BY customer")


def managed(terminal):
    return os.path.join(terminal.home, "backups", "counterbook.backup")


def waits_for_all_of_it():
    with cb_app.World() as world:
        canaries = Canaries("erase")
        terminal = world.terminal(keep_unasked=7)
        kept, gone = Person(terminal, canaries, "kept"), Person(terminal, canaries, "gone")
        answer = terminal.ctl("erase", gone.id, "--reason", "request", by="Head").json
        check(answer["selfcheck"] == "pass", f"it says {answer}")
        check(results(terminal) == ["pass"], "the tombstone says something else")
        check(terminal.ask("SELECT code FROM audit WHERE action = 'erasure.check'") == ["pass"], "the audit does not say")
        check(os.path.getsize(managed(terminal)) > 4096, "there is no back-up")
        check(not os.path.exists(os.path.join(terminal.state, "cleaning")), "the numbers are left")
        check(terminal.ask("PRAGMA freelist_count") == [0], "free pages are left")
        check_none(canaries, world.files())
        check(terminal.show(kept.id) is not None and terminal.show(gone.id) is None, "the wrong one is gone")
        terminal.check_whole()
        # The back-up is of the store as it is now.
        terminal.ctl("restore", managed(terminal), by="Warden")
        check(terminal.show(kept.id) is not None and terminal.show(gone.id) is None, "the back-up is of another time")
        check(set(results(terminal)) == {"pass"}, "after the restore something is due")


def beside_a_terminal():
    """Somebody is signed in at the terminal: it is cleaned all the same."""
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        gone = terminal.add_customer()
        terminal.add_note(gone, "hers")
        holder = subprocess.Popen([cb_app.program("CB_TEST_HOLD"), terminal.home], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=terminal.environment)
        holder.stdin.write(b"sign-in " + cb_app.PIN)
        holder.stdin.flush()
        check(holder.stdout.readline().startswith(b"ok"), "nobody signs in")
        answer = terminal.ctl("erase", gone, "--reason", "request", by="Head").json
        check(answer["selfcheck"] == "pass" and results(terminal) == ["pass"], f"it says {answer}")
        holder.stdin.close()
        check(holder.wait(cb_app.PATIENCE) == 0, "the terminal did not end well")
        holder.stdout.close()
        holder.stderr.close()
        terminal.check_whole()


def killed():
    with cb_app.World() as world:
        terminal = world.terminal(keep_unasked=7)
        kept = terminal.add_customer()
        terminal.add_note(kept, "kept")
        n_not = n_due = n_done = 0
        gone = None
        for nth in cb_kills.moments(20):
            if gone is None:
                gone = terminal.add_customer()
                terminal.add_note(gone, "hers " + "w" * 500)
            done = cb_kills.run_to(terminal, nth, ("erase", gone, "--reason", "request"), by="Head")
            # As it is, before another command goes on with it.
            states = results(terminal)
            is_there = terminal.ask("SELECT count(*) FROM customer WHERE id = ?1", gone) == [1]
            check(not (is_there and done), "somebody is there after their erasure")
            terminal.check_whole()
            if terminal.show(gone) is not None:
                n_not += 1
                continue
            gone = None
            n_due += "due" in states or is_there
            n_done += "due" not in states and not is_there
            terminal.ctl("retention", "run")
            check(set(results(terminal)) <= {"pass"}, "it was not finished")
            check(terminal.show(kept) is not None, "somebody else is gone")
            if done:
                break
        check(n_due > 0, "no kill came between")
        check(terminal.ask("PRAGMA freelist_count") == [0], "free pages are left")
        cb_app.say(f"an erasure died at {nth - 1} moments: {n_not} times before it, {n_due} with the cleaning due")


cb_app.run([
    ("/erase/whole/waits-for-all-of-it", waits_for_all_of_it),
    ("/erase/terminal/beside-it", beside_a_terminal),
    ("/erase/killed/is-finished-later", killed),
])
