#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages that Counterbook needs and this machine lacks. The one list of them.
#
#   app/install.sh [--list] [build] [run] [display] [test]     all four groups when none is named
#
# Asks nothing, as root or with sudo; says nothing when nothing is missing. Debian 12 and 13.
set -euo pipefail

# What compiles the three programs.
build=(
  gcc
  gettext
  libc6-dev
  libcsv-dev
  libcurl4-openssl-dev
  libglib2.0-dev
  libgtk-4-bin # gtk4-builder-tool
  libgtk-4-dev
  libjson-c-dev
  libpq-dev
  libqrencode-dev
  libsodium-dev
  libsoup-3.0-dev
  libsqlite3-dev
  meson
  ninja-build
  pkgconf
  zlib1g-dev
)

# What they want beside their libraries. A counter meets every script there is: Noto's core fonts cover
# all but Chinese, Japanese and Korean, its CJK font those three, both with true bold weights.
run=(
  ca-certificates
  fonts-noto-cjk
  fonts-noto-core
  glib-networking # TLS for the service
  librsvg2-common # symbolic icons
  tzdata
)

# A display, a message bus and an accessibility bus for a machine that has none, and a hand to use them.
display=(
  at-spi2-core
  dbus-daemon
  gir1.2-atspi-2.0
  python3
  python3-gi
  xdotool
  xvfb
)

# What the tests use besides.
test=(
  cage # what counterbook-kiosk.service runs the terminal in; it does not start without xwayland
  clang # libFuzzer is its own
  libclang-rt-dev
  locales # the sources of a locale that test_env is given
  openssl
  postgresql # the tests make servers of their own; of the system's they touch nothing
  procps
  python3-jsonschema
  python3-yaml
  strace
  systemd # its opinion of the unit
  util-linux
  xwayland
)

# The formatting check speaks for one version only, so it is installed where that is the version.
debian=$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID:-}")
[ "$debian" != 12 ] || test+=(clang-format)

list=no
if [ "${1:-}" = --list ]; then
  list=yes
  shift
fi
[ $# -gt 0 ] || set -- build run display test

wanted=()
for group in "$@"; do
  case $group in
    build | run | display | test)
      declare -n packages=$group
      wanted+=("${packages[@]}")
      ;;
    *)
      echo "install.sh: no group is called '$group': build, run, display, test" >&2
      exit 2
      ;;
  esac
done
if [ $list = yes ]; then
  printf '%s\n' "${wanted[@]}"
  exit
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install.sh: not a Debian; these packages' counterparts are needed: ${wanted[*]}" >&2
  exit
fi

present=" $(dpkg-query -W -f '${db:Status-Status}/${Package} ' "${wanted[@]}" 2>/dev/null || true)"
missing=()
for package in "${wanted[@]}"; do
  [[ $present == *" installed/$package "* ]] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install.sh: neither root nor sudo here; missing: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
  [ -t 0 ] || as_root+=(-n)
fi

echo "Installing ${#missing[@]} Debian packages and what they need: ${missing[*]}"
# Debian's package would also make a database of the machine's own and start it, which nobody asked for.
config=/etc/postgresql-common/createcluster.conf
if [[ " ${missing[*]} " == *" postgresql "* ]] && [ ! -e $config ]; then
  "${as_root[@]}" mkdir -p "${config%/*}"
  echo 'create_main_cluster = false' | "${as_root[@]}" tee $config >/dev/null
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt () {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
}
# An outdated list of some other source does not matter as long as the packages can be had.
apt update || true
if ! apt install --no-install-recommends "${missing[@]}"; then
  tail -n 25 "$log" >&2
  echo "install.sh: the packages could not be installed" >&2
  exit 1
fi
