#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The harness is tested too: a runner that miscounts or a display that stays behind spoils every result."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DISPLAY = os.path.join(HERE, "with-display")
PATIENCE = 10


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def counted(entries, status=0, protocol="tap"):
    """What results.py says of a made-up run: its exit status and its last line."""
    with tempfile.TemporaryDirectory(prefix="cb-harness-") as build:
        os.mkdir(build + "/meson-info")
        os.mkdir(build + "/meson-logs")
        with open(build + "/meson-info/intro-tests.json", "w", encoding="utf-8") as info:
            json.dump([{"name": "unit", "suite": ["counterbook:data"], "protocol": protocol}], info)
        with open(build + "/meson-logs/testlog.json", "w", encoding="utf-8") as log:
            for result, output in entries:
                log.write(json.dumps({"name": "counterbook:data / unit", "result": result, "duration": 0.1,
                                      "stdout": output}) + "\n")
        done = subprocess.run([sys.executable, HERE + "/results.py", "count", build, str(status)],
                              stdout=subprocess.PIPE, text=True, check=False)
        return done.returncode, done.stdout.splitlines()[-1]


def cases_are_counted_one_by_one():
    output = "1..3\n# Start of a tests\nok 1 /a/b\nok 2 /a/c # SKIP no such text here\nok 3 /a/d\n"
    return counted([("OK", output)]) == (0, "2 passed, 0 failed, 1 skipped")


def a_failed_case_fails_the_run():
    return counted([("FAIL", "1..2\nok 1 /a\nnot ok 2 /b\n")], 1) == (1, "1 passed, 1 failed, 0 skipped")


def a_crash_after_the_last_good_case_is_a_failure():
    return counted([("ERROR", "1..2\nok 1 /a\nok 2 /b\n")], 1) == (1, "2 passed, 1 failed, 0 skipped")


def a_timeout_before_the_first_case_is_a_failure():
    return counted([("TIMEOUT", "")], 1) == (1, "0 passed, 1 failed, 0 skipped")


def a_program_without_cases_is_a_failure():
    return counted([("OK", "")]) == (1, "0 passed, 1 failed, 0 skipped")


def no_test_at_all_is_no_success():
    return counted([]) == (1, "0 passed, 0 failed, 0 skipped")


def a_run_cut_short_is_a_failure():
    return counted([("OK", "1..1\nok 1 /a\n")], 2) == (1, "1 passed, 1 failed, 0 skipped")


def an_exit_status_counts_as_one():
    return counted([("OK", "not ok, but only words\n"), ("SKIP", "")], 0, "exitcode") == (
        0, "1 passed, 0 failed, 1 skipped")


def start_display(*command):
    return subprocess.Popen([DISPLAY, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)


WORLD = ["sh", "-c", "echo $DISPLAY $XDG_RUNTIME_DIR; exec sleep 60"]


def world_of(process):
    display, runtime = process.stdout.readline().split()
    return "/tmp/.X11-unix/X" + display[1:], os.path.dirname(runtime)


def gone(world):
    return until(lambda: not any(os.path.exists(path) for path in world))


def a_display_goes_away_with_its_command():
    for how in (signal.SIGKILL, signal.SIGTERM):
        with start_display(*WORLD) as process:
            world = world_of(process)
            there = all(os.path.exists(path) for path in world)
            process.send_signal(how)
        if not there or process.returncode != -how or not gone(world):
            return False
    return True


def two_displays_are_two():
    with start_display(*WORLD) as one, start_display(*WORLD) as other:
        worlds = world_of(one), world_of(other)
        one.kill()
        other.kill()
    return worlds[0] != worlds[1] and all(gone(world) for world in worlds)


def a_command_keeps_its_exit_status():
    with start_display("sh", "-c", "exit 7") as process:
        pass
    return process.returncode == 7


def unknown_words_are_refused():
    for command in (["tests/run.sh", "--no-such"], ["app/run.sh", "--no-such"],
                    ["app/install.sh", "no-such"], ["tests/bench.sh", "--no-such"]):
        done = subprocess.run([os.path.join(ROOT, command[0]), *command[1:]], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if done.returncode != 2:
            return False
    return True


CASES = [
    cases_are_counted_one_by_one,
    a_failed_case_fails_the_run,
    a_crash_after_the_last_good_case_is_a_failure,
    a_timeout_before_the_first_case_is_a_failure,
    a_program_without_cases_is_a_failure,
    no_test_at_all_is_no_success,
    a_run_cut_short_is_a_failure,
    an_exit_status_counts_as_one,
    a_display_goes_away_with_its_command,
    two_displays_are_two,
    a_command_keeps_its_exit_status,
    unknown_words_are_refused,
]


def main():
    print(f"1..{len(CASES)}")
    failed = 0
    for number, case in enumerate(CASES, 1):
        good = case()
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - /harness/{case.__name__.replace('_', '-')}", flush=True)
    sys.exit(1 if failed else 0)


main()
