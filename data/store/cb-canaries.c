/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-canaries.h"

#include <sodium.h>
#include <string.h>

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"

#define WORDS 32
#define WORD_MAX 48
/* Shorter ones stand in any gigabyte of random bytes. */
#define WORD_MIN 7

/* The random nonce that a sealed value begins with. */
#define WINDOW 24
#define NUMBERS_MAX 4096
#define FILE_MAX (1024 * 1024)
#define TAIL_MAX (WORD_MAX - 1)
#define PIECE_MAX (256 * 1024)

/* Odd, with its bits well spread: a window's number is its polynomial in this, modulo 2^64. */
#define FACTOR G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)
#define FILTER_BITS 16

typedef struct
{
  guint8 length;
  char bytes[WORD_MAX];
} Word;

struct _CbCanaries
{
  char *path;
  Word *words; /* WORDS, in locked memory; NULL until the first */
  guint n_words;
  GString *unsaved;
  guint n_numbers;

  /* while scanning */
  GHashTable *numbers; /* guint64 * */
  guint8 filter[(1 << FILTER_BITS) / 8];
  guint64 leaving[256]; /* what a byte has contributed when it leaves the window */
  char *piece;          /* the tail of the bytes before, then bytes */
  gsize n_tail;
  guint64 n_scanned;
  guint n_found;
};

CbCanaries *
cb_canaries_new (const char *path)
{
  CbCanaries *self = g_new0 (CbCanaries, 1);
  guint64 power = 1;

  if (sodium_init () < 0)
    g_assert_not_reached ();
  self->path = g_strdup (path);
  self->unsaved = g_string_new (NULL);
  for (guint i = 0; i < WINDOW; i++)
    power *= FACTOR;
  for (guint i = 0; i < 256; i++)
    self->leaving[i] = i * power;
  return self;
}

static void
wipe (CbCanaries *self)
{
  /* sodium_free() wipes. */
  g_clear_pointer (&self->words, sodium_free);
  if (self->piece != NULL)
    sodium_memzero (self->piece, TAIL_MAX + PIECE_MAX);
  g_clear_pointer (&self->piece, g_free);
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  self->n_words = 0;
  self->n_tail = 0;
}

void
cb_canaries_free (CbCanaries *self)
{
  wipe (self);
  g_string_free (self->unsaved, TRUE);
  g_free (self->path);
  g_free (self);
}

/* --- adding --- */

static void
add_word (CbCanaries *self, const char *bytes, gsize length)
{
  Word *word;

  if (self->words == NULL)
    {
      self->words = sodium_malloc (WORDS * sizeof (Word));
      g_assert (self->words != NULL);
    }
  for (guint i = 0; i < self->n_words; i++)
    {
      if (self->words[i].length == length && memcmp (self->words[i].bytes, bytes, length) == 0)
        return;
    }
  word = &self->words[self->n_words++];
  word->length = (guint8) length;
  memcpy (word->bytes, bytes, length);
}

/* Random ids say nothing of anybody, and outlive them. */
static gboolean
is_id (const char *bytes, gsize length)
{
  gsize n = 0;

  while (n < length && g_ascii_isxdigit (bytes[n]))
    n++;
  return n == length && length == CB_ID_LENGTH;
}

static gboolean
is_in (const char *text, const char *bytes, gsize length)
{
  return text != NULL && memmem (text, strlen (text), bytes, length) != NULL;
}

/* What lies between the characters of words, of addresses and of numbers as they are typed. */
static gsize
measure_word (const char *bytes, gsize length)
{
  gsize n = 0;

  while (n < length && ((guchar) bytes[n] >= 0x80 || g_ascii_isalnum (bytes[n]) ||
                        strchr ("@.+-_", bytes[n]) != NULL))
    n++;
  return n;
}

/* The longest that is not yet taken: few texts have many words, and each is looked through again.
 */
void
cb_canaries_add_words (CbCanaries *self, const char *text, gsize length, const char *clear)
{
  for (gsize wanted = WORD_MAX; wanted >= WORD_MIN; wanted--)
    {
      for (gsize at = 0; at < length && self->n_words < WORDS;)
        {
          gsize n = measure_word (text + at, length - at);
          gsize taken = MIN (n, WORD_MAX);

          if (taken == wanted && !is_id (text + at, taken) && !is_in (clear, text + at, taken))
            add_word (self, text + at, taken);
          at += n + 1;
        }
    }
}

gboolean
cb_canaries_has_room (CbCanaries *self)
{
  return self->n_words < WORDS;
}

void
cb_canaries_spare (CbCanaries *self, const char *clear)
{
  for (guint i = self->n_words; i > 0; i--)
    {
      Word *word = &self->words[i - 1];

      if (is_in (clear, word->bytes, word->length))
        *word = self->words[--self->n_words];
    }
}

static guint64
reckon (const guint8 *bytes)
{
  guint64 number = 0;

  for (guint i = 0; i < WINDOW; i++)
    number = number * FACTOR + bytes[i];
  return number;
}

/* What a damaged disk leaves of a nonce stands everywhere, and is no sign of anybody. */
static gboolean
is_of_one_byte (const guint8 *bytes)
{
  return memcmp (bytes, bytes + 1, WINDOW - 1) == 0;
}

void
cb_canaries_add_sealed (CbCanaries *self, const char *customer, const void *sealed, gsize length)
{
  if (sealed == NULL || length < WINDOW || self->n_numbers >= NUMBERS_MAX ||
      is_of_one_byte (sealed))
    return;
  self->n_numbers++;
  g_string_append_printf (self->unsaved, "%s %016" G_GINT64_MODIFIER "x\n", customer,
                          reckon (sealed));
}

gboolean
cb_canaries_save (CbCanaries *self, GError **error)
{
  if (self->unsaved->len == 0)
    return TRUE;
  if (!cb_files_append (self->path, self->unsaved->str, self->unsaved->len, error))
    return FALSE;
  g_string_truncate (self->unsaved, 0);
  return TRUE;
}

/* --- looking for them --- */

static void
look_for (CbCanaries *self, guint64 number)
{
  guint place = (guint) (number >> (64 - FILTER_BITS));

  self->filter[place / 8] |= (guint8) (1 << place % 8);
  g_hash_table_add (self->numbers, g_memdup2 (&number, sizeof number));
}

static void
read_lines (CbCanaries *self, const char *text, GHashTable *erased)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint64 number;

      if (strlen (lines[i]) != CB_ID_LENGTH + 1 + 16)
        continue;
      lines[i][CB_ID_LENGTH] = '\0';
      if (g_hash_table_contains (erased, lines[i]) &&
          g_ascii_string_to_unsigned (lines[i] + CB_ID_LENGTH + 1, 16, 0, G_MAXUINT64, &number,
                                      NULL))
        look_for (self, number);
    }
}

gboolean
cb_canaries_begin_scan (CbCanaries *self, GHashTable *erased, GError **error)
{
  g_autofree char *text = NULL;

  g_clear_pointer (&self->numbers, g_hash_table_unref);
  self->numbers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  memset (self->filter, 0, sizeof self->filter);
  self->n_tail = 0;
  self->n_scanned = 0;
  self->n_found = 0;
  if (self->piece == NULL)
    self->piece = g_malloc (TAIL_MAX + PIECE_MAX);
  if (!cb_canaries_save (self, error))
    return FALSE;
  if (!g_file_test (self->path, G_FILE_TEST_EXISTS))
    return TRUE;
  text = cb_files_read (self->path, FILE_MAX, NULL, error);
  if (text != NULL)
    read_lines (self, text, erased);
  return text != NULL;
}

guint
cb_canaries_count (CbCanaries *self)
{
  return self->n_words + (self->numbers != NULL ? g_hash_table_size (self->numbers) : 0);
}

static guint
count_words (CbCanaries *self, const char *bytes, gsize length)
{
  guint n = 0;

  for (guint i = 0; i < self->n_words; i++)
    n += memmem (bytes, length, self->words[i].bytes, self->words[i].length) != NULL;
  return n;
}

static guint
count_numbers (CbCanaries *self, const guint8 *bytes, gsize length)
{
  guint64 number;
  guint n = 0;

  if (length < WINDOW || g_hash_table_size (self->numbers) == 0)
    return 0;
  number = reckon (bytes);
  for (gsize at = WINDOW;; at++)
    {
      guint place = (guint) (number >> (64 - FILTER_BITS));

      if ((self->filter[place / 8] >> place % 8 & 1) != 0 &&
          g_hash_table_contains (self->numbers, &number))
        n++;
      if (at == length)
        return n;
      number = number * FACTOR + bytes[at] - self->leaving[bytes[at - WINDOW]];
    }
}

static void
scan_piece (CbCanaries *self, const char *bytes, gsize length)
{
  gsize all = self->n_tail + length;
  gsize kept = MIN (all, TAIL_MAX);

  memcpy (self->piece + self->n_tail, bytes, length);
  self->n_found +=
    count_words (self, self->piece, all) + count_numbers (self, (const guint8 *) self->piece, all);
  memmove (self->piece, self->piece + all - kept, kept);
  self->n_tail = kept;
  self->n_scanned += length;
}

void
cb_canaries_scan (CbCanaries *self, const void *bytes, gsize length)
{
  for (gsize at = 0; at < length; at += PIECE_MAX)
    scan_piece (self, (const char *) bytes + at, MIN (PIECE_MAX, length - at));
}

void
cb_canaries_end_piece (CbCanaries *self)
{
  self->n_tail = 0;
}

guint64
cb_canaries_get_scanned (CbCanaries *self)
{
  return self->n_scanned;
}

guint
cb_canaries_get_found (CbCanaries *self)
{
  return self->n_found;
}

gboolean
cb_canaries_forget (CbCanaries *self, GError **error)
{
  wipe (self);
  g_string_truncate (self->unsaved, 0);
  self->n_numbers = 0;
  return cb_files_erase (self->path, error);
}
