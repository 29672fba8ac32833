#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds Counterbook for testing and runs the tests; works without a display, asks nothing.
#
#   tests/run.sh [--long] [--sanitize] [--no-install] [SUITE|TEST ...]
#
#   --long         also what takes more than a few seconds a test, at full repetition
#   --sanitize     with the address, leak and undefined-behaviour sanitizers
#   --no-install   do not install Debian packages that are missing
#   SUITE          data, sync, ui, app or lint; all of them when nothing is named
#
# The last line says how many cases passed, failed and were skipped; the exit status is 0 only if some
# passed and none failed.
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."

# Whatever goes wrong before a test has run is a failure like any other, and the last line says so.
counted=no
log=
finish () {
  local status=$?
  rm -f "$log"
  if [ $counted = no ] && [ $status -ne 2 ]; then
    echo "Counted: no test ran."
    echo "0 passed, 1 failed, 0 skipped"
  fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

usage () {
  sed -n '4,/^set -/{/^set -/d;s/^# \{0,1\}//p}' "$0"
}

install=yes long=no sanitize=no wanted=()
for argument in "$@"; do
  case $argument in
    --long) long=yes ;;
    --sanitize) sanitize=yes ;;
    --no-install) install=no ;;
    --help | -h)
      counted=yes
      usage
      exit
      ;;
    -*)
      usage >&2
      exit 2
      ;;
    *) wanted+=("$argument") ;;
  esac
done

[ $install = no ] || app/install.sh

# A test's time limit is for a quiet machine; this one may be busy with others.
build=build-tests werror=false multiplier=2
# Lines for a backtrace are all that is asked of its symbols; compiling them takes a fifth of the time.
options=(-Dbuildtype=debugoptimized -Dc_args=-g1)
[ -z "${CI:-}" ] || werror=true
if [ $sanitize = yes ]; then
  # Instrumented code confuses the optimiser's warnings, so they are not fatal here.
  build=build-sanitize werror=false multiplier=8
  # This build also shows that each file names the headers that it uses.
  options+=(-Db_sanitize=address,undefined -Db_pch=false)
fi
options+=("-Dwerror=$werror")

# What a later GTK calls deprecated is looked for wherever there is one; Debian 12's holds to the floor.
if pkg-config --atleast-version=4.18 gtk4; then
  options+=(-Dgtk_api=4_18)
fi
if [ $long = yes ]; then
  export CB_TEST_LONG=1
  multiplier=$((multiplier * 10))
fi

log=$(mktemp)
quietly () {
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log"
    echo "run.sh: failed: $*"
    exit 1
  fi
}

cores=$(nproc)
if [ -f $build/build.ninja ]; then
  options+=(--reconfigure)
else
  rm -rf $build
fi
quietly meson setup "${options[@]}" $build
quietly ninja -C $build -j "$cores"
grep -E 'warning:' "$log" || true

names=()
if [ ${#wanted[@]} -gt 0 ]; then
  selected=$(/usr/bin/python3 tests/support/results.py select $build "${wanted[@]}") || exit 2
  mapfile -t names <<<"$selected"
fi

# Three times as many as there are cores: a test with a window, a disk or a peer spends half its time waiting, and
# towards the end it is mostly those.
rm -f $build/meson-logs/testlog.json
status=0
meson test -C $build --no-rebuild --num-processes "$((cores * 3))" \
  --timeout-multiplier $multiplier ${names[@]+"${names[@]}"} || status=$?
counted=yes
/usr/bin/python3 tests/support/results.py count $build $status
