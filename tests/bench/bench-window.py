#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From exec to the first frame, and the most memory resident until then, of the terminal on the demo shop
beside a bare GTK window, in turns, on one display and with the same rendering. Which of the two is printed
is the argument: paint or memory."""

import os
import subprocess
import sys
import tempfile
import time

from bench_line import line

ROUNDS = 15


def measure(command, environment):
    """Milliseconds until it says something, and the peak of its resident memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, env=environment)
    said = process.stdout.readline()
    milliseconds = (time.monotonic() - start) * 1000
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if not said or process.returncode != 0:
        sys.exit(f"{os.path.basename(command[0])} ended with {process.returncode}")
    return milliseconds, usage.ru_maxrss / 1024


def main():
    what = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="cb-bench-") as folder:
        environment = {**os.environ, "HOME": folder, "XDG_DATA_HOME": folder + "/data",
                       "XDG_STATE_HOME": folder + "/state"}
        environment.pop("G_DEBUG", None)
        environment.pop("MALLOC_CHECK_", None)
        home = os.path.join(folder, "store")
        subprocess.run([os.environ["CB_TEST_CTL"], "--home", home, "init", "--demo"], check=True,
                       stdout=subprocess.DEVNULL, env=environment)
        ours, floor = [], []
        for _ in range(ROUNDS):
            floor.append(measure([os.environ["CB_BENCH_BARE_WINDOW"]], environment))
            ours.append(measure([os.environ["CB_TEST_COUNTERBOOK"], "--home", home,
                                 "--exit-after-startup"], environment))
    index, name, unit = (0, "first-paint", "ms") if what == "paint" else (1, "resident-memory", "MB")
    line(name, unit, [one[index] for one in ours], [one[index] for one in floor])


main()
