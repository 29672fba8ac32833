#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""10,000 notes of 600 bytes from a terminal to the service over loopback, both ends synced to disk, beside
the same bytes moved by a bare curl and SQLite loop, in turns. Records a second; ours is a whole
`counterbookctl sync`: exec, opening the store, token, push, every acknowledgement settled."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "app"))

import cb_app  # noqa: E402
from bench_line import line  # noqa: E402

NOTES, SIZE, CUSTOMERS, ROUNDS = 10_000, 600, 100, 3


def push_ours(world, name):
    """Seconds for a whole sync, and the bytes of what it moved."""
    service = world.service("service-" + name)
    terminal = world.terminal("terminal-" + name)
    terminal.enrol(service)
    for _ in range(CUSTOMERS):
        customer = terminal.add_customer()
        terminal.answer(customer, "shop")
        terminal.fill(customer, NOTES // CUSTOMERS, SIZE)
    start = time.monotonic()
    terminal.sync()
    seconds = time.monotonic() - start
    held = service.dump_bytes().splitlines()
    notes = [one for one in held if b'"kind":"note"' in one]
    cb_app.check(len(notes) == NOTES, f"the service holds {len(notes)} notes of {NOTES}")
    return seconds, notes


def push_bare(world, name, notes):
    folder = world.folder("bare-" + name)
    lines = os.path.join(folder, "lines")
    with open(lines, "wb") as out:
        out.write(b"\n".join(notes) + b"\n")
    done = subprocess.run([os.environ["CB_BENCH_BARE_PUSH"], folder, lines, "500"], check=True,
                          stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def main():
    ours, floor = [], []
    with cb_app.World() as world:
        for turn in range(ROUNDS):
            seconds, notes = push_ours(world, str(turn))
            ours.append((NOTES + 2 * CUSTOMERS) / seconds)
            floor.append(push_bare(world, str(turn), notes))
    line("push-10000", "records/s", ours, floor)


main()
