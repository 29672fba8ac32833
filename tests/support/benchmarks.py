#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmarks that meson knows of in a build: runs them one after the other, quietly.

    benchmarks.py BUILD [NAME ...]

Each prints one JSON object a line, at least one; those lines, with the benchmark's name in front, are all that
goes to standard output. What else a benchmark has to say goes to standard error. Those of the suite "long"
run when they are named, or with CB_BENCH_LONG in the environment.
"""

import json
import os
import subprocess
import sys


def read_result(line):
    try:
        result = json.loads(line)
    except ValueError:
        return None
    return result if isinstance(result, dict) else None


def is_put_off(benchmark, wanted):
    is_long = any(suite.split(":")[-1] == "long" for suite in benchmark["suite"])
    return is_long and benchmark["name"] not in wanted and not os.environ.get("CB_BENCH_LONG")


def run(benchmark):
    environment = {**os.environ, **benchmark["env"]}
    try:
        done = subprocess.run(benchmark["cmd"], env=environment, cwd=benchmark["workdir"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False,
                              timeout=benchmark["timeout"] or None)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [], str(error)
    results = []
    for line in done.stdout.splitlines():
        result = read_result(line)
        if result is None:
            sys.stderr.write(line + "\n")
        else:
            results.append(result)
    if done.returncode != 0:
        return results, f"ended with {done.returncode}"
    return results, None if results else "printed no JSON object"


def main():
    build, wanted = sys.argv[1], sys.argv[2:]
    with open(os.path.join(build, "meson-info", "intro-benchmarks.json"), encoding="utf-8") as info:
        benchmarks = json.load(info)
    unknown = set(wanted) - {benchmark["name"] for benchmark in benchmarks}
    if unknown:
        sys.exit("bench.sh: no benchmark is called " + ", ".join(sorted(unknown)))
    failures = 0
    for benchmark in benchmarks:
        if wanted and benchmark["name"] not in wanted:
            continue
        if is_put_off(benchmark, wanted):
            print(f"bench.sh: {benchmark['name']} takes long and waits for its name or CB_BENCH_LONG",
                  file=sys.stderr)
            continue
        print("bench.sh: " + benchmark["name"], file=sys.stderr, flush=True)
        results, problem = run(benchmark)
        for result in results:
            print(json.dumps({"benchmark": benchmark["name"], **result}, ensure_ascii=False), flush=True)
        if problem:
            failures += 1
            print(f"bench.sh: {benchmark['name']}: {problem}", file=sys.stderr)
    if not benchmarks:
        print("bench.sh: this build has no benchmarks", file=sys.stderr)
    sys.exit(1 if failures or not benchmarks else 0)


main()
