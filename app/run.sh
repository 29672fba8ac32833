#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds Counterbook and opens the demo shop: a terminal and the central service beside it.
#
#   app/run.sh [--build-only] [--no-install] [--reset-demo]
#
#   --build-only   install what is missing and build into build/, then stop
#   --no-install   do not install Debian packages that are missing
#   --reset-demo   throw the demo shop away first; nothing else on this machine is touched
#
# Without a display it plays the demo visit in a virtual one instead, in a shop made for that, and exits 0
# only if all of it came true; the pictures are in build/demo/.
set -euo pipefail
cd "$(dirname "$0")/.."

usage () {
  sed -n '4,/^set -/{/^set -/d;s/^# \{0,1\}//p}' "$0"
}

install=yes build_only=no reset=no
for argument in "$@"; do
  case $argument in
    --build-only) build_only=yes ;;
    --no-install) install=no ;;
    --reset-demo) reset=yes ;;
    --help | -h)
      usage
      exit
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done

headless=no
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || headless=yes

# ── Install and build ──

build=build
if [ ! -f $build/build.ninja ]; then
  echo "The first run installs Debian packages and builds a release: a few minutes. The next one starts at once."
fi
if [ $install = yes ]; then
  groups=(build run)
  [ $headless = no ] || groups+=(display)
  app/install.sh "${groups[@]}"
fi

log=$(mktemp)
quietly () {
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    echo "run.sh: failed: $*" >&2
    exit 1
  fi
}
trap 'rm -f "$log"' EXIT

options=(-Dbuildtype=release -Dbench=false)
if [ -f $build/build.ninja ]; then
  options+=(--reconfigure)
else
  rm -rf $build
fi
quietly meson setup "${options[@]}" $build
quietly ninja -C $build -j "$(nproc)" programs
if [ $build_only = yes ]; then
  echo "Built: $build/app/counterbook, $build/app/ctl/counterbookctl and $build/sync/service/counterbook-profiled"
  exit
fi

# ── The shop: the terminal's store and the service's database ──

umask 077
ctl=$build/app/ctl/counterbookctl
profiled=$build/sync/service/counterbook-profiled
shop=${XDG_DATA_HOME:-$HOME/.local/share}/counterbook-demo
if [ $headless = yes ]; then
  # The visit is played in a shop of its own, keys and all.
  shop=$PWD/$build/demo/shop
  export XDG_STATE_HOME=$shop/state
  reset=yes
fi
state=${XDG_STATE_HOME:-$HOME/.local/state}/counterbook
database=$shop/service/service.db

mkdir -p "$shop"
exec {lock}>"$shop.lock"
if ! flock -n "$lock"; then
  echo "run.sh: the demo shop is open already" >&2
  exit 1
fi

# A shop that was only half made is made anew: the mark is written last. The store's keys lie apart from it,
# under the state directory, beside those of any other store of this user.
if [ $reset = yes ] || [ ! -f "$shop/made" ]; then
  id=$("$ctl" --home "$shop/store" --json status 2>/dev/null |
    sed -n 's/.*"store": *"\([0-9a-f]\{32\}\)".*/\1/p') || true
  [ -z "$id" ] || rm -rf "${state:?}/$id"
  rm -rf "${shop:?}"
fi
mkdir -p "$shop/service"

service= terminal=
close_shop () {
  local pid
  for pid in $terminal $service; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -f "$log"
}
trap close_shop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The terminal keeps the address it enrolled with, so the port that was free the first time is asked for
# again. What is started here ends with this script, however that ends.
start_service () {
  local port=0 tries
  [ ! -f "$shop/port" ] || port=$(<"$shop/port")
  : >"$shop/service.log"
  setpriv --pdeathsig TERM "$profiled" --database "sqlite:$database" \
    --listen "127.0.0.1:$port" >"$shop/service.log" 2>&1 {lock}>&- &
  service=$!
  for ((tries = 0; tries < 100; tries++)); do
    url=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$shop/service.log" | head -n 1)
    if [ -n "$url" ]; then
      echo "${url##*:}" >"$shop/port"
      return
    fi
    kill -0 "$service" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 5 "$shop/service.log" >&2
  echo "run.sh: the service did not start on port $port; what it said is in $shop/service.log" >&2
  exit 1
}

make_shop () {
  local store="Fennick & Vale, Port Halden"
  echo "Making the demo shop in $shop"
  "$ctl" --home "$shop/store" init --demo >/dev/null
  "$profiled" --database "sqlite:$database" enrol --store "$store" |
    "$ctl" --home "$shop/store" --as Administrator enrol --service "$url" --code-stdin >/dev/null
  touch "$shop/made"
}

start_service
[ -f "$shop/made" ] || make_shop

if [ $headless = yes ]; then
  echo "No display here: playing the demo visit in a virtual one."
  setpriv --pdeathsig TERM tests/support/with-display --size 1280x800 /usr/bin/python3 -B app/demo/play.py \
    --build "$build" --home "$shop/store" --database "$database" --output "$build/demo" &
  terminal=$!
  status=0
  wait "$terminal" || status=$?
  terminal=
  exit $status
fi

cat <<EOT
Fennick & Vale, Port Halden. The people in it are invented.
  PINs       Tomas 482915 · Leïla 739264 · Jonas 615038 · manager Ines 904172 · privacy Ruth 357806 · admin 260491
  terminal   $shop/store
  service    $url, database $database, log $shop/service.log
  anew       app/run.sh --reset-demo
Closing the window stops the service.
EOT
setpriv --pdeathsig TERM "$build/app/counterbook" --home "$shop/store" &
terminal=$!
status=0
wait "$terminal" || status=$?
terminal=
exit $status
