/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-scan.h"

#include "wire/cb-limits.h"

#include <string.h>

/* Where the reader stands. `at` never passes `end`, and nothing behind `end` is read. */
typedef struct
{
  const char *at;
  const char *end;
  guint depth;
  CbScanned found;
  gsize wanted; /* the length of found.member */
} Scan;

static gboolean scan_value (Scan *scan);

static gboolean
looks_at (const Scan *scan, char wanted)
{
  return scan->at < scan->end && *scan->at == wanted;
}

static gboolean
looks_at_digit (const Scan *scan)
{
  return scan->at < scan->end && g_ascii_isdigit (*scan->at);
}

static gboolean
take (Scan *scan, char wanted)
{
  if (!looks_at (scan, wanted))
    return FALSE;
  scan->at++;
  return TRUE;
}

static void
skip_space (Scan *scan)
{
  while (scan->at < scan->end && memchr (" \t\r\n", *scan->at, 4) != NULL)
    scan->at++;
}

static gboolean
scan_word (Scan *scan, const char *word)
{
  const gsize length = strlen (word);

  if ((gsize) (scan->end - scan->at) < length || memcmp (scan->at, word, length) != 0)
    return FALSE;
  scan->at += length;
  return TRUE;
}

static gboolean
scan_digits (Scan *scan)
{
  if (!looks_at_digit (scan))
    return FALSE;
  while (looks_at_digit (scan))
    scan->at++;
  return TRUE;
}

static gboolean
scan_number (Scan *scan)
{
  take (scan, '-');
  if (!take (scan, '0') && !scan_digits (scan))
    return FALSE;
  if (take (scan, '.') && !scan_digits (scan))
    return FALSE;
  if (!looks_at (scan, 'e') && !looks_at (scan, 'E'))
    return TRUE;

  scan->at++;
  if (!take (scan, '+'))
    take (scan, '-');
  return scan_digits (scan);
}

/* The code unit that four hexadecimal digits write, or -1. */
static int
scan_unit (Scan *scan)
{
  int unit = 0;

  if (scan->end - scan->at < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*scan->at++);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }
  return unit;
}

/* Behind a backslash. An escaped NUL would cut a C string, half a pair is no character. */
static gboolean
scan_escape (Scan *scan)
{
  int unit = 0;

  if (scan->at == scan->end)
    return FALSE;
  if (*scan->at != 'u')
    return memchr ("\"\\/bfnrt", *scan->at++, 8) != NULL;

  scan->at++;
  unit = scan_unit (scan);
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      if (!scan_word (scan, "\\u"))
        return FALSE;
      unit = scan_unit (scan);
      return unit >= 0xdc00 && unit <= 0xdfff;
    }
  return unit > 0 && (unit < 0xdc00 || unit > 0xdfff);
}

static gboolean
scan_string (Scan *scan)
{
  if (!take (scan, '"'))
    return FALSE;
  while (scan->at < scan->end)
    {
      const char next = *scan->at++;

      if (next == '"')
        return TRUE;
      if ((guchar) next < 0x20 || (next == '\\' && !scan_escape (scan)))
        return FALSE;
    }
  return FALSE;
}

static gboolean
is_wanted (const Scan *scan, const char *name)
{
  return scan->depth == 1 && scan->found.member != NULL &&
         (gsize) (scan->at - name) == scan->wanted + 2 &&
         memcmp (name + 1, scan->found.member, scan->wanted) == 0;
}

static gboolean
scan_member (Scan *scan)
{
  gboolean is_found = FALSE;
  const char *start = NULL;

  skip_space (scan);
  start = scan->at;
  if (!scan_string (scan))
    return FALSE;
  is_found = is_wanted (scan, start);
  skip_space (scan);
  if (!take (scan, ':'))
    return FALSE;
  scan->found.n_members++;
  skip_space (scan);
  start = scan->at;
  if (!scan_value (scan))
    return FALSE;
  if (is_found)
    {
      scan->found.value = start;
      scan->found.value_length = (gsize) (scan->at - start);
    }
  skip_space (scan);
  return TRUE;
}

static gboolean
scan_members (Scan *scan)
{
  take (scan, '{');
  skip_space (scan);
  if (take (scan, '}'))
    return TRUE;
  do
    if (!scan_member (scan))
      return FALSE;
  while (take (scan, ','));
  return take (scan, '}');
}

static gboolean
scan_element (Scan *scan)
{
  skip_space (scan);
  if (!scan_value (scan))
    return FALSE;
  skip_space (scan);
  return TRUE;
}

static gboolean
scan_elements (Scan *scan)
{
  take (scan, '[');
  skip_space (scan);
  if (take (scan, ']'))
    return TRUE;
  do
    if (!scan_element (scan))
      return FALSE;
  while (take (scan, ','));
  return take (scan, ']');
}

static gboolean
scan_nested (Scan *scan)
{
  gboolean is_good = FALSE;

  if (scan->depth == CB_LIMIT_DEPTH)
    return FALSE;
  scan->depth++;
  is_good = looks_at (scan, '{') ? scan_members (scan) : scan_elements (scan);
  scan->depth--;
  return is_good;
}

static gboolean
scan_plain (Scan *scan)
{
  if (looks_at (scan, '"'))
    return scan_string (scan);
  if (looks_at (scan, '-') || looks_at_digit (scan))
    return scan_number (scan);
  return scan_word (scan, "true") || scan_word (scan, "false") || scan_word (scan, "null");
}

static gboolean
scan_value (Scan *scan)
{
  return looks_at (scan, '{') || looks_at (scan, '[') ? scan_nested (scan) : scan_plain (scan);
}

static gboolean
scan_whole (Scan *scan)
{
  skip_space (scan);
  if (!looks_at (scan, '{') || !scan_value (scan))
    return FALSE;
  skip_space (scan);
  return scan->at == scan->end;
}

gboolean
cb_scan_object (const char *text, gsize length, CbScanned *scanned)
{
  Scan scan = { .at = text, .end = text + length };

  if (scanned != NULL && scanned->member != NULL)
    {
      scan.found.member = scanned->member;
      scan.wanted = strlen (scanned->member);
    }
  if (!g_utf8_validate_len (text, length, NULL) || !scan_whole (&scan))
    return FALSE;
  if (scanned != NULL)
    *scanned = scan.found;
  return TRUE;
}

gboolean
cb_scan_find (const char *text,
              gsize length,
              const char *member,
              const char **value,
              gsize *value_length)
{
  Scan scan = { .at = text,
                .end = text + length,
                .found = { .member = member },
                .wanted = strlen (member) };

  if (!scan_whole (&scan) || scan.found.value == NULL)
    return FALSE;
  *value = scan.found.value;
  *value_length = scan.found.value_length;
  return TRUE;
}
