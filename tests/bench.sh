#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds a release and runs the benchmarks, one after the other.
#
#   tests/bench.sh [--no-install] [NAME ...]
#
# Standard output has JSON lines and nothing else, one or more a benchmark. Each measures its own floor
# in the same run: only those ratios can be compared between machines. search-1m, a shop of 1,000,000
# people, runs when it is named or CB_BENCH_LONG is set.
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."

install=yes names=()
for argument in "$@"; do
  case $argument in
    --no-install) install=no ;;
    --help | -h)
      sed -n '4,/^set -/{/^set -/d;s/^# \{0,1\}//p}' "$0"
      exit
      ;;
    -*)
      echo "bench.sh: unknown option $argument" >&2
      exit 2
      ;;
    *) names+=("$argument") ;;
  esac
done

build=build-bench
{
  [ $install = no ] || app/install.sh
  options=(-Dbuildtype=release -Dbench=true)
  if [ -f $build/build.ninja ]; then
    options+=(--reconfigure)
  else
    rm -rf $build
  fi
  meson setup "${options[@]}" $build
  ninja -C $build -j "$(nproc)"
} >&2

exec /usr/bin/python3 tests/support/benchmarks.py $build ${names[@]+"${names[@]}"}
