#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The pictures of the main README, taken while the demo visit is played through the real program.
#
#   make-screenshots.sh SOURCE_ROOT
set -euo pipefail
cd "$1"
env -u DISPLAY -u WAYLAND_DISPLAY app/run.sh --no-install
cp build/demo/13-customer.png ui/screenshots/customer.png
cp build/demo/06-turned.png ui/screenshots/turned.png
