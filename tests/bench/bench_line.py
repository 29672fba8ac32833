# SPDX-License-Identifier: Apache-2.0
"""The one JSON line that a benchmark prints last, as cb-bench.c prints it."""

import json
import os
import platform
import statistics


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


def line(name, unit, ours, floor):
    median, floor_median = statistics.median(ours), statistics.median(floor)
    print(json.dumps({
        "name": name, "unit": unit, "ours": round(median, 2), "floor": round(floor_median, 2),
        "ratio": round(median / floor_median, 3), "p99": round(percentile(ours, 99), 2),
        "floor_p99": round(percentile(floor, 99), 2), "n": len(ours),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores"}))
