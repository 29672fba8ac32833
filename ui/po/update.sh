#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Brings the template and the catalogues up to what the sources say: `ninja -C build update-po`.
#
#   update.sh SOURCE_ROOT [FOLDER]
#
# FOLDER is where the result is put, ui/po itself when none is named. A sentence that is new has an empty
# translation afterwards, one that has changed too: nothing is guessed. There are no line numbers and no dates
# in the files, and the sentences are sorted, so that two people's sentences meet in a merge only when they are
# neighbours in the alphabet.
set -euo pipefail
cd "$1"
into=${2:-ui/po}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Which files speak is not listed anywhere, so none can be forgotten.
find app ui \( -path app/main.c -o -path 'ui/*.c' -o -path 'ui/*.ui' \) >"$work/found"
LC_ALL=C sort "$work/found" >"$work/files"

xgettext --files-from="$work/files" --from-code=UTF-8 --package-name=counterbook \
  --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 \
  --keyword=g_dngettext:2,3 --keyword=ngettext:1,2 \
  --flag=_:1:pass-c-format --flag=N_:1:pass-c-format --flag=C_:2:pass-c-format --flag=g_strdup_printf:1:c-format \
  --add-comments=Translators: --no-location --sort-output --output="$work/all.pot" 2>"$work/said" ||
  { cat "$work/said" >&2 && exit 1; }

sed -e '/^"POT-Creation-Date:/d' -e '/^"PO-Revision-Date:/d' -e '/^"Report-Msgid-Bugs-To:/d' \
  -e '/^"Last-Translator:/d' -e '/^"Language-Team:/d' -e '/^"Plural-Forms:/d' \
  -e '1,/^#$/c\# SPDX-License-Identifier: Apache-2.0\n#' "$work/all.pot" >"$work/counterbook.pot"

sed 's/#.*//' ui/po/LINGUAS | while read -r language; do
  [ -f "ui/po/$language.po" ] || continue
  msgmerge --quiet --no-fuzzy-matching --no-location --sort-output \
    --output-file="$work/merged.po" "ui/po/$language.po" "$work/counterbook.pot"
  msgattrib --no-obsolete --no-location --sort-output --output-file="$work/$language.po" "$work/merged.po"
  sed -i '/^"POT-Creation-Date:/d' "$work/$language.po"
done
# French sets these signs off by a space that never breaks; nobody has to know how to type one.
[ ! -f "$work/fr.po" ] ||
  sed -i -e 's/ \([?!;]\)/\xe2\x80\xaf\1/g' -e '/^msgstr\|^"/s/ \([:»]\)/\xc2\xa0\1/g' -e 's/« /«\xc2\xa0/g' "$work/fr.po"
rm -f "$work/merged.po" "$work/all.pot"
cp "$work"/*.po* "$into"
