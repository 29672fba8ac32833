#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Replies that are lost after the service has committed, connections that are cut at any byte in either
direction, a service that is killed in mid-batch: each record is in the dump exactly once, and the outbox ends
with everything accepted."""

import math
import os
import re
import threading
import time

import cb_app
from cb_app import check

PUSH = b"POST /v1/sync/push "
PATHS = ("/token", "/v1/sync/config", "/v1/sync/changes", "/v1/sync/push", "/v1/sync/records")
METHOD = re.compile(rb"[A-Z]+ /")


class Pair:
    """A terminal, its service and the proxy between them, and every note that was written."""

    def __init__(self, world):
        self.service = world.service()
        self.record = os.path.join(world.root, "record")
        self.proxy = world.proxy(self.service.port, seed=cb_app.SEED % (1 << 31), record=self.record)
        self.terminal = world.terminal()
        self.terminal.enrol(self.service, self.proxy.url)
        self.customer = self.terminal.add_customer()
        self.terminal.answer(self.customer, "shop")
        self.texts = {}

    def write(self, count, size=120):
        self.texts.update(self.terminal.fill(self.customer, count, size))

    def sync_badly(self, mode):
        """Sync while the proxy goes wrong; gives the exit status, which is a success or a failure told in one
        line, and never takes the rest of the minute."""
        self.proxy.set(mode)
        start = time.monotonic()
        result = self.terminal.run("sync")
        check(time.monotonic() - start < cb_app.PATIENCE, "a cycle took more than its minute")
        if result.code != 0:
            check(result.code == 1, f"sync ended with {result.code}")
            result.complaint()
        self.proxy.set("pass")
        return result.code

    def arrived(self):
        """The ids of the notes that are at the service; each once, with its text."""
        notes = self.service.dump("note")
        for note, record in notes.items():
            check(self.texts.get(note) == record["body"]["text"], f"note {note} arrived with another text")
        return set(notes)

    def accepted(self):
        """The ids of the notes of which the terminal believes that they arrived."""
        return set(self.terminal.ask("SELECT record FROM outbox WHERE kind = 'note' AND state = 'accepted'"))

    def finish(self):
        """Undisturbed, one cycle brings everything over."""
        self.terminal.sync()
        check(self.arrived() == set(self.texts), "a note did not arrive")
        check(self.accepted() == set(self.texts), "the terminal does not know of all notes that they arrived")
        check(self.terminal.ask("SELECT DISTINCT state FROM outbox") == ["accepted"], "an operation is left over")
        check(len(self.service.dump("customer")) == 1, "the customer is not there once")
        self.service.check()
        self.terminal.check_whole()

    def n_recorded(self):
        return len(cb_app.recorded(self.record))

    def passed(self, since):
        """What came to the proxy since so many pieces: bytes of requests, bytes of replies, and where in these
        those to pushes lie; they end at nothing when no push was answered."""
        asked = replied = begin = end = 0
        is_push = False
        for direction, piece in cb_app.recorded(self.record)[since:]:
            if direction == ">":
                # What comes in pieces begins like a request in the first of them alone.
                if METHOD.match(piece):
                    is_push = piece.startswith(PUSH)
                if is_push:
                    begin = begin or replied
                asked += len(piece)
            else:
                replied += len(piece)
                if is_push:
                    end = replied
        return asked, replied, (begin, end)

    def measure(self, count):
        """What passes in a cycle that goes well."""
        since = self.n_recorded()
        self.write(count)
        self.terminal.sync()
        asked, replied, pushed = self.passed(since)
        check(pushed[1], "no push was answered")
        return asked, replied, pushed


def after_the_commit():
    """200 replies are lost after the service has committed, each at a random byte."""
    with cb_app.World() as world:
        pair = Pair(world)
        dice = cb_app.dice("after-the-commit")
        pair.measure(3)
        _, _, (before, end) = pair.measure(3)
        lost = resent = n_finished = rounds = 0
        for rounds, _ in enumerate(cb_app.rounds(200, 30, 12), 1):
            known = pair.accepted()
            resent += len(set(pair.texts) - known)
            pair.write(dice.randrange(1, 4))
            # What was left over makes the reply longer; the cut is drawn over all of it, and over nothing of
            # what the terminal asks for afterwards: that loses no acknowledgement.
            length = end - before + 70 * len(set(pair.texts) - known)
            since = pair.n_recorded()
            code = pair.sync_badly(f"cut={before + dice.randrange(length)}")
            # What is said before a push is not always as long; a cut that came earlier lost no answer.
            _, _, (_, is_answered) = pair.passed(since)
            if code == 0 or not is_answered:
                continue
            check(pair.arrived() == set(pair.texts), "the service had not committed")
            # All acknowledgements may have come through, and the end of the reply not.
            lost += pair.accepted() < set(pair.texts)
            if dice.random() < 0.2:
                pair.finish()
                n_finished += 1
        pair.finish()
        check(pair.terminal.states() == {"accepted": len(pair.texts) + 2}, "the outbox does not tell that")
        cb_app.say(f"{lost} replies were lost after the commit, {resent} notes were sent again; "
                   f"{len(pair.texts)} notes are there once")
        check(lost * 3 >= rounds and resent * 3 >= rounds, "too few replies were lost to prove anything")


def anywhere():
    """Cut at random bytes of a large batch, in both directions, and by chance; spoilt in every other way too."""
    with cb_app.World() as world:
        pair = Pair(world)
        dice = cb_app.dice("anywhere")
        pair.measure(3)
        asked, replied, _ = pair.measure(300)
        failed = 0
        rounds = 0
        for rounds, _ in enumerate(cb_app.rounds(200, 20, 9), 1):
            pair.write(dice.randrange(1, 30) if rounds % 20 else 300)
            # As many cuts among the first bytes, where the handshake is, as later.
            mode = dice.choice((
                f"cut={int(math.exp(dice.uniform(0, math.log(replied))))}",
                f"cut={dice.randrange(replied)}",
                f"cut-request={int(math.exp(dice.uniform(0, math.log(asked))))}",
                f"cut-request={dice.randrange(asked)}",
                f"reset={dice.randrange(replied)}",
                f"reset-request={dice.randrange(asked)}",
                f"corrupt={dice.randrange(replied)}",
                f"corrupt-request={dice.randrange(asked // 2)}",
                f"duplicate={dice.choice('12')}",
                f"portal={dice.choice(('200', '302'))}@{dice.choice(PATHS)}",
                f"{dice.choice(('longer', 'shorter', 'chunked'))}={dice.randrange(1, 200)}@{dice.choice(PATHS)}",
                "cut-random=0.2",
                "drop=0.5",
                "refuse",
            ))
            failed += pair.sync_badly(mode)
            check(pair.arrived() <= set(pair.texts) and pair.accepted() <= pair.arrived(),
                  "the terminal believes that a note arrived which did not")
        pair.finish()
        cb_app.say(f"{failed} of {rounds} cycles were spoilt; {len(pair.texts)} notes are there once")
        check(failed >= rounds // 3, "too few cycles were spoilt to prove anything")


def kill_after(pair, n_bytes, seconds):
    """Kill the service when so many bytes more have passed the proxy and the seconds thereafter, or when told
    that it is too late; gives what tells so."""
    target = os.path.getsize(pair.record) + n_bytes
    is_over = threading.Event()

    def watch():
        while os.path.getsize(pair.record) < target and not is_over.wait(0.0002):
            pass
        is_over.wait(seconds)
        pair.service.kill()

    thread = threading.Thread(target=watch)
    thread.start()

    def end():
        is_over.set()
        thread.join()

    return end


def service_killed():
    """SIGKILL of the service while a large batch is pushed; it starts again and the terminal goes on."""
    with cb_app.World() as world:
        pair = Pair(world)
        dice = cb_app.dice("service-killed")
        asked, replied, _ = pair.measure(300)
        failed = unheard = rounds = 0
        for rounds, _ in enumerate(cb_app.rounds(100, 10, 6), 1):
            pair.write(300)
            end = kill_after(pair, dice.randrange(asked + replied), dice.uniform(0, 0.02))
            result = pair.terminal.run("sync")
            end()
            check(result.code in (0, 1), f"sync ended with {result.code}")
            pair.service.start()
            arrived, accepted = pair.arrived(), pair.accepted()
            check(accepted <= arrived, "a note was acknowledged and is gone with the service")
            failed += result.code
            unheard += bool(arrived - accepted)
            if dice.random() < 0.5:
                pair.finish()
        pair.finish()
        cb_app.say(f"the service was killed {rounds} times, {failed} times before the cycle was over, {unheard} "
                   f"times between a commit and its reply; {len(pair.texts)} notes are there once")
        check(failed >= rounds // 4, "too few kills struck a cycle to prove anything")


cb_app.run([
    ("/lost-replies/after-the-commit/each-record-once", after_the_commit),
    ("/lost-replies/spoilt-anywhere/each-record-once", anywhere),
    ("/lost-replies/service-killed/each-record-once", service_killed),
])
