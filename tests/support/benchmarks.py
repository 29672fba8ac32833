#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmarks that meson knows of in a build: runs them one after the other, quietly.

    benchmarks.py BUILD [NAME ...]

Each prints one JSON object as its last line; those lines, with the benchmark's name in front, are all that
goes to standard output. What else a benchmark has to say goes to standard error.
"""

import json
import os
import subprocess
import sys


def run(benchmark):
    environment = {**os.environ, **benchmark["env"]}
    try:
        done = subprocess.run(benchmark["cmd"], env=environment, cwd=benchmark["workdir"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False,
                              timeout=benchmark["timeout"] or None)
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    lines = done.stdout.strip().splitlines() or [""]
    sys.stderr.write("".join(line + "\n" for line in lines[:-1]))
    if done.returncode != 0:
        return None, f"ended with {done.returncode}"
    try:
        result = json.loads(lines[-1])
    except ValueError:
        result = None
    if not isinstance(result, dict):
        return None, "did not end with one JSON object"
    return result, None


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
        print("bench.sh: " + benchmark["name"], file=sys.stderr, flush=True)
        result, problem = run(benchmark)
        if problem:
            failures += 1
            print(f"bench.sh: {benchmark['name']}: {problem}", file=sys.stderr)
            continue
        print(json.dumps({"benchmark": benchmark["name"], **result}, ensure_ascii=False), flush=True)
    if not benchmarks:
        print("bench.sh: this build has no benchmarks", file=sys.stderr)
    sys.exit(1 if failures or not benchmarks else 0)


main()
