#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzzer with clang, whatever compiler the rest is built with: libFuzzer is clang's, and the
# code under it must be compiled for it.
#
#   build-fuzzer.sh OUTPUT DEPFILE FOLDER ROOT SOURCE...     objects go into FOLDER
set -euo pipefail

output=$1 depfile=$2 folder=$3 root=$4
shift 4
packages=(gio-2.0 gio-unix-2.0 json-c libsodium libcsv libcurl zlib)
for package in "${packages[@]}"; do
  # libcsv has no .pc file on Debian.
  pkg-config --exists "$package" || packages=("${packages[@]/$package/}")
done
# shellcheck disable=SC2046,SC2068
flags=(-std=gnu17 -g -O1 -fno-omit-frame-pointer -D_GNU_SOURCE
  -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
  -I"$root/data" -I"$root/sync" -I"$root/tests/fuzz"
  $(pkg-config --cflags ${packages[@]}))

rm -rf "$folder"
mkdir -p "$folder"
compile () {
  local source name
  source=$(realpath "$1")
  name=$(echo "${source#"$root"/}" | tr / -)
  clang "${@:2}" -MMD -MF "$folder/$name.d" -MT "$output" -c "$source" -o "$folder/$name.o"
}
export -f compile
export folder root output
printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -I '{}' bash -c 'compile "$@"' _ '{}' "${flags[@]}"
# shellcheck disable=SC2046,SC2068
clang -fsanitize=fuzzer,address,undefined "$folder"/*.o $(pkg-config --libs ${packages[@]}) -lcsv -o "$output"
cat "$folder"/*.d >"$depfile"
