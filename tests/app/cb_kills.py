# SPDX-License-Identifier: Apache-2.0
"""Every moment at which a command could die: it is run again and again, killed at its first, second, third …
call that changes a file, until it gets to its end."""

import os
import shutil
import subprocess

import cb_app
from cb_app import check

CALLS = ("write", "pwrite64", "rename", "renameat2", "fsync", "fdatasync", "ftruncate", "unlink", "mkdir", "rmdir",
         "linkat")


def strace():
    found = shutil.which("strace")
    if not found:
        raise cb_app.Skip("strace is not installed")
    if "ASAN_OPTIONS" in os.environ:
        raise cb_app.Skip("the leak checker and strace trace the same program")
    return found


def run_to(terminal, nth, words, by=None, given=b""):
    """Run a command that dies at its nth changing call; gives its result when it got to its end first."""
    command = [strace(), "-f", "-qq", "-o", os.devnull, "-e", "trace=" + ",".join(CALLS),
               "-e", f"inject={','.join(CALLS)}:signal=SIGKILL:when={nth}", *terminal.command(*words, by=by)]
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=terminal.environment, timeout=cb_app.PATIENCE, check=False)
    terminal.said.append(done.stderr)
    if done.returncode in (-9, 137):
        return None
    check(done.returncode == 0, f"{words[0]} ended with {done.returncode}: "
          + done.stderr.decode("utf-8", "replace").strip())
    return cb_app.Result(done.returncode, done.stdout, done.stderr)
