# SPDX-License-Identifier: Apache-2.0
"""A command dies at a call that changes a file: the first, the second, the third … until it gets to its end.
The calls come one by one at full repetition, else in growing strides that hit others each time."""

import os
import shutil
import subprocess

import cb_app
from cb_app import check

CALLS = ("write", "pwrite64", "rename", "renameat", "renameat2", "fsync", "fdatasync", "ftruncate", "unlink", "mkdir",
         "rmdir", "linkat")


def moments(stride=5):
    dice = cb_app.dice("kills")
    nth = 1
    while nth < 5000:
        yield nth
        nth += 1 if cb_app.LONG else dice.randrange(1, 2 * stride)


def run_to(terminal, nth, words, by=None, given=b""):
    """Run a command that dies at its nth changing call; gives its result when it got to its end before."""
    strace = shutil.which("strace")
    check(strace, "strace is missing; app/install.sh names it")
    calls = ",".join(CALLS)
    command = [strace, "-f", "-qq", "-o", os.devnull, "-e", "trace=" + calls,
               "-e", f"inject={calls}:signal=SIGKILL:when={nth}", *terminal.command(*words, by=by)]
    # Who looks for leaks traces the program too, and one alone can.
    environment = dict(terminal.environment)
    if "ASAN_OPTIONS" in environment:
        environment["ASAN_OPTIONS"] += ":detect_leaks=0"
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                          timeout=cb_app.PATIENCE, check=False)
    terminal.said.append(done.stderr)
    if done.returncode in (-9, 137):
        return None
    check(done.returncode == 0, f"{words[0]} ended with {done.returncode}: "
          + done.stderr.decode("utf-8", "replace").strip())
    return cb_app.Result(done.returncode, done.stdout, done.stderr)
