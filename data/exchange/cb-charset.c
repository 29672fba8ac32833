/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-charset.h"

#include <string.h>

/* Names out of a file go to iconv (), which loads a module for each: these and no others. Spelt
 * without case and punctuation. */
static const char *const known_charsets[][2] = {
  { "big5", "BIG5" },
  { "cp1250", "WINDOWS-1250" },
  { "cp1251", "WINDOWS-1251" },
  { "cp1252", "WINDOWS-1252" },
  { "cp437", "CP437" },
  { "cp850", "CP850" },
  { "cp852", "CP852" },
  { "cp866", "CP866" },
  { "cp932", "CP932" },
  { "euccn", "EUC-CN" },
  { "eucjp", "EUC-JP" },
  { "euckr", "EUC-KR" },
  { "gb18030", "GB18030" },
  { "gb2312", "GBK" },
  { "gbk", "GBK" },
  { "iso2022jp", "ISO-2022-JP" },
  { "iso88591", "WINDOWS-1252" },
  { "iso885910", "ISO-8859-10" },
  { "iso885911", "ISO-8859-11" },
  { "iso885913", "ISO-8859-13" },
  { "iso885914", "ISO-8859-14" },
  { "iso885915", "ISO-8859-15" },
  { "iso885916", "ISO-8859-16" },
  { "iso88592", "ISO-8859-2" },
  { "iso88593", "ISO-8859-3" },
  { "iso88594", "ISO-8859-4" },
  { "iso88595", "ISO-8859-5" },
  { "iso88596", "ISO-8859-6" },
  { "iso88597", "ISO-8859-7" },
  { "iso88598", "ISO-8859-8" },
  { "iso88599", "ISO-8859-9" },
  { "koi8r", "KOI8-R" },
  { "koi8u", "KOI8-U" },
  { "ksc56011987", "EUC-KR" },
  { "latin1", "WINDOWS-1252" },
  { "macintosh", "MACINTOSH" },
  { "macroman", "MACINTOSH" },
  { "shiftjis", "CP932" },
  { "sjis", "CP932" },
  { "tis620", "TIS-620" },
  { "windows1250", "WINDOWS-1250" },
  { "windows1251", "WINDOWS-1251" },
  { "windows1252", "WINDOWS-1252" },
  { "windows1253", "WINDOWS-1253" },
  { "windows1254", "WINDOWS-1254" },
  { "windows1255", "WINDOWS-1255" },
  { "windows1256", "WINDOWS-1256" },
  { "windows1257", "WINDOWS-1257" },
  { "windows1258", "WINDOWS-1258" },
  { "windows31j", "CP932" },
  { "windows874", "TIS-620" },
};

/* 0x80 to 0x9f; the five that Windows leaves undefined stay the control characters they are in ISO
 * 8859-1. */
static const guint16 windows_1252[] = {
  0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
  0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
  0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

static const char *
find_charset (const char *charset)
{
  char plain[16] = { 0 };
  gsize length = 0;

  for (const char *c = charset; c != NULL && *c != '\0' && length + 1 < sizeof plain; c++)
    {
      if (g_ascii_isalnum (*c))
        plain[length++] = g_ascii_tolower (*c);
    }
  for (guint i = 0; i < G_N_ELEMENTS (known_charsets); i++)
    {
      if (g_str_equal (known_charsets[i][0], plain))
        return known_charsets[i][1];
    }
  return NULL;
}

static char *
decode_windows_1252 (const char *bytes, gsize length)
{
  GString *text = g_string_sized_new (length + length / 4 + 1);

  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = (guint8) bytes[i];

      if (byte < 0x80)
        g_string_append_c (text, (char) byte);
      else
        g_string_append_unichar (text, byte < 0xa0 ? windows_1252[byte - 0x80] : byte);
    }
  return g_string_free (text, FALSE);
}

static gboolean
is_ascii (const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if ((guint8) bytes[i] >= 0x80)
        return FALSE;
    }
  return TRUE;
}

static char *
drop_nul (char *text, gsize length)
{
  gsize kept = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] != '\0')
        text[kept++] = text[i];
    }
  text[kept] = '\0';
  return text;
}

char *
cb_charset_decode (const char *bytes, gsize length, const char *charset)
{
  const char *known = find_charset (charset);
  gboolean is_plain = is_ascii (bytes, length) && memchr (bytes, 0x1b, length) == NULL;
  g_autofree char *copy = NULL;
  char *text = NULL;
  gsize written = 0;

  if (memchr (bytes, '\0', length) != NULL)
    {
      copy = g_malloc (length + 1);
      memcpy (copy, bytes, length);
      drop_nul (copy, length);
      bytes = copy;
      length = strlen (copy);
    }
  if (is_plain || (!is_ascii (bytes, length) && g_utf8_validate_len (bytes, length, NULL)))
    return g_strndup (bytes, length);
  if (known != NULL && !g_str_equal (known, "WINDOWS-1252"))
    text = g_convert (bytes, (gssize) length, "UTF-8", known, NULL, &written, NULL);
  return text != NULL ? drop_nul (text, written) : decode_windows_1252 (bytes, length);
}

void
cb_charset_append_utf16 (GString *text,
                         const guint8 *bytes,
                         gsize length,
                         gboolean is_big_endian,
                         gunichar *high)
{
  for (gsize i = 0; i + 1 < length; i += 2)
    {
      gunichar unit = is_big_endian ? (gunichar) (bytes[i] << 8 | bytes[i + 1])
                                    : (gunichar) (bytes[i + 1] << 8 | bytes[i]);
      gboolean is_low = unit >= 0xdc00 && unit <= 0xdfff;

      if (*high != 0)
        g_string_append_unichar (text, is_low ? 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00)
                                              : 0xfffd);
      else if (is_low)
        g_string_append_unichar (text, 0xfffd);
      if (is_low || unit == 0 || unit == 0xfeff)
        {
          *high = 0;
          continue;
        }
      *high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
      if (*high == 0)
        g_string_append_unichar (text, unit);
    }
}
