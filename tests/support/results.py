#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What tests/run.sh asks of meson's own records.

    results.py select BUILD [SUITE|TEST ...]   the names of the tests meant, one a line
    results.py count BUILD STATUS              the closing line; exit 1 when it is not a success

A test that speaks TAP counts case by case, any other as one. An executable that ends badly after its last
case was fine, or before its first, counts as one failure more; so does a run that meson cut short.
"""

import json
import os
import re
import sys

CASE = re.compile(r"^(not ok|ok)\b[^#]*(?:#\s*(\w+))?", re.IGNORECASE)
ERROR_LINES = 60
NONE_PLANNED = re.compile(r"^1\.\.0\b")


def registered(build):
    with open(os.path.join(build, "meson-info", "intro-tests.json"), encoding="utf-8") as info:
        return json.load(info)


def suites_of(test):
    return {suite.split(":")[-1] for suite in test["suite"]}


def select(build, wanted):
    tests = registered(build)
    names = []
    for want in wanted:
        plain = want.removeprefix("test-")
        found = [test["name"] for test in tests
                 if want in suites_of(test) or want == test["name"]
                 or plain == test["name"].removeprefix("test-")]
        if not found:
            known = sorted({suite for test in tests for suite in suites_of(test)})
            sys.exit(f"run.sh: neither a suite nor a test is called '{want}'; "
                     f"the suites are {', '.join(known)}")
        names += [name for name in found if name not in names]
    print("\n".join(names))


def cases_of(output):
    """(passed, failed, skipped) of what a TAP test printed; a case to be done later is no success."""
    passed = failed = skipped = 0
    for line in output.splitlines():
        if NONE_PLANNED.match(line):
            skipped += 1
        case = CASE.match(line)
        if not case:
            continue
        remark = (case.group(2) or "").upper()
        if case.group(1).lower() == "not ok":
            failed += 1
        elif remark == "SKIP":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def count_test(entry, speaks_tap):
    result = entry["result"]
    if not speaks_tap:
        return {"OK": (1, 0, 0), "SKIP": (0, 0, 1)}.get(result, (0, 1, 0))
    passed, failed, skipped = cases_of(entry.get("stdout", ""))
    if result not in ("OK", "SKIP") and failed == 0:
        failed = 1
    if result == "OK" and passed + failed + skipped == 0:
        failed = 1
    return passed, failed, skipped


def show(entry):
    """What a failed test had to say: the cases that failed, and the end of its complaints."""
    print(f"── failed: {entry['name']} ({entry['result'].lower()}, {entry['duration']:.1f} s)")
    for line in entry.get("stdout", "").splitlines():
        if line.startswith(("not ok", "Bail out!", "# ERROR", "# not ok")):
            print("   " + line)
    for line in entry.get("stderr", "").splitlines()[-ERROR_LINES:]:
        print("   " + line)


def count(build, status):
    protocols = {test["name"]: test["protocol"] for test in registered(build)}
    entries = []
    log = os.path.join(build, "meson-logs", "testlog.json")
    if os.path.exists(log):
        with open(log, encoding="utf-8", errors="replace") as lines:
            entries = [json.loads(line) for line in lines if line.strip()]
    total = [0, 0, 0]
    for entry in entries:
        name = re.split(r" / |:", entry["name"])[-1]
        tally = count_test(entry, protocols.get(name) == "tap")
        total = [old + new for old, new in zip(total, tally)]
        if tally[1] or entry["result"] not in ("OK", "SKIP"):
            show(entry)
    if status != 0 and total[1] == 0:
        print(f"── failed: meson test itself ended with {status}")
        total[1] = 1
    print(f"Counted: each case of {len(entries)} test programs and scripts; "
          f"all they said is in {build}/meson-logs/testlog.txt.")
    print("{} passed, {} failed, {} skipped".format(*total))
    return 0 if total[0] > 0 and total[1] == 0 else 1


if __name__ == "__main__":
    if sys.argv[1] == "select":
        select(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(count(sys.argv[2], int(sys.argv[3])))
