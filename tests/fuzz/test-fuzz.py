#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""libFuzzer on every parser that meets the network or a file, under ASan and UBSan, each for ten seconds.

    test-fuzz.py [FUZZER]      CB_FUZZ_SECONDS=3600 for longer; CB_FUZZ_KEEP=FOLDER keeps what was learnt

The seeds are the examples of PROTOCOL.md, the address books that the import tests read, and corpus/.
"""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.environ["CB_TEST_SOURCE_ROOT"]
HERE = os.path.join(ROOT, "tests", "fuzz")
BOOKS = os.path.join(ROOT, "tests", "fixtures", "import")
SECONDS = int(os.environ.get("CB_FUZZ_SECONDS", "10"))
# A slow input is a finding too: a parser that takes seconds for a few kilobytes holds up a shop.
SLOW = 25
# Fewer than these in ten seconds, and nothing was tried.
FEWEST_RUNS = 100

EXAMPLE = re.compile(r"^```json example=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TARGETS = {
    "acks": ("wire", ("ack", "answer")),
    "operations": ("wire", ("op",)),
    "changes": ("wire", ("page",)),
    "records": ("wire", ("records",)),
    "packed": (None, ()),
    "replies": ("wire", ("document",)),
    "vcard": ("vcard", ()),
    "csv": ("table", ()),
    "goods": ("table", ()),
    "optouts": ("table", ()),
    "spans": (None, ()),
}


def examples(kinds):
    """Of PROTOCOL.md, as they travel: one line each. An answer is many lines already."""
    with open(os.path.join(ROOT, "sync", "PROTOCOL.md"), encoding="utf-8") as file:
        for name, text in EXAMPLE.findall(file.read()):
            kind = name.split("-")[0]
            if kind in kinds:
                yield name, text if kind in ("answer", "page", "records") else re.sub(r"\n\s*", "", text) + "\n"


def lay_seeds(target, folder):
    dictionary, kinds = TARGETS[target]
    for name, text in examples(kinds):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    seeds = [os.path.join(HERE, "corpus", target)]
    if target in ("vcard", "csv"):
        seeds.append(BOOKS)
    options = [f"-dict={HERE}/{dictionary}.dict"] if dictionary else []
    return options, [path for path in seeds if os.path.isdir(path)]


def fuzz(fuzzer, target, seconds, folder, options, seeds):
    """The status, how many inputs were tried, and what was said."""
    command = [fuzzer, f"-max_total_time={seconds}", f"-timeout={SLOW}", "-rss_limit_mb=2048", "-max_len=8192",
               f"-artifact_prefix={folder}/found-", *options, os.path.join(folder, "corpus"), *seeds]
    environment = dict(os.environ, CB_FUZZ_TARGET=target)
    # The C library leaks what it makes of it whenever json-c asks for the locale "C".
    environment.pop("LOCPATH", None)
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         timeout=seconds + 120, check=False)
    said = run.stdout.decode("utf-8", "replace")
    done = re.search(r"^Done (\d+) runs", said, re.MULTILINE)
    return run.returncode, int(done.group(1)) if done else 0, said


def try_target(fuzzer, target):
    with tempfile.TemporaryDirectory() as folder:
        corpus = os.path.join(folder, "corpus")
        os.mkdir(corpus)
        options, seeds = lay_seeds(target, corpus)
        status, runs, said = fuzz(fuzzer, target, SECONDS, folder, options, seeds)
        if "CB_FUZZ_KEEP" in os.environ:
            subprocess.run(["cp", "-r", corpus, os.path.join(os.environ["CB_FUZZ_KEEP"], target)], check=True)
    print(f"# {target}: {runs} inputs")
    if status != 0:
        # The inputs are the fuzzer's own and the fixtures', all of them invented.
        return [line for line in said.splitlines() if not line.startswith(("#", '"', "INFO:"))][-60:]
    return [] if runs >= FEWEST_RUNS else [f"only {runs} inputs were tried"]


def finds_a_fault(fuzzer):
    """A fuzzer that could not find four bytes would find nothing."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "corpus"))
        status, _, said = fuzz(fuzzer, "self", 60, folder, [], [])
    return [] if status != 0 and "fuzz_self" in said else ["it does not"]


def main():
    if len(sys.argv) == 1:
        print("1..0 # SKIP there is no clang here, to which libFuzzer belongs; app/install.sh test installs it")
        return
    fuzzer = sys.argv[1]
    failed = False
    print(f"1..{1 + len(TARGETS)}", flush=True)
    cases = [("the-fuzzer-finds-a-fault", lambda: finds_a_fault(fuzzer))]
    cases += [(target, lambda target=target: try_target(fuzzer, target)) for target in TARGETS]
    for number, (name, case) in enumerate(cases, 1):
        troubles = case()
        for trouble in troubles:
            print("# " + trouble)
        print(f"{'not ok' if troubles else 'ok'} {number} - /fuzz/{name}", flush=True)
        failed |= bool(troubles)
    sys.exit(1 if failed else 0)


main()
