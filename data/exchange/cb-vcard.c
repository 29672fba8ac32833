/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-vcard.h"

#include <string.h>

#include "exchange/cb-card.h"
#include "exchange/cb-vcard-property.h"
#include "vault/cb-seal.h"

/* Cards in cards: deeper than anybody writes them, and what a hostile file may make us hold. */
#define DEPTH_MAX 16

/* A property of a card that we keep is never so long; what is beyond it is dropped. */
#define PROPERTY_MAX (64 * 1024)

typedef struct
{
  CbCard *card;
  gsize indent;       /* white space before its BEGIN, and so before each of its lines */
  gboolean is_bare_n; /* N without a semicolon: some programs keep a nickname there */
} Open;

struct _CbVcard
{
  CbLines *lines;
  GPtrArray *open; /* of Open *, the innermost last */
  GQueue *ready;   /* of CbEntry * */

  GString *pending;    /* the property that is being put together; "" is none */
  gboolean is_skipped; /* of which only the head is kept */
  gboolean is_quoted_printable;
  gboolean is_soft; /* its last line ended in "=": the next one belongs to it */
  gboolean is_base64;
  gboolean is_unicode;
};

static void
open_free (gpointer data)
{
  Open *one = data;

  g_clear_pointer (&one->card, cb_card_free);
  g_free (one);
}

CbVcard *
cb_vcard_new (CbLines *lines)
{
  CbVcard *self = g_new0 (CbVcard, 1);

  self->lines = lines;
  self->open = g_ptr_array_new_with_free_func (open_free);
  self->ready = g_queue_new ();
  self->pending = g_string_new (NULL);
  return self;
}

static void
entry_free (gpointer data)
{
  cb_entry_clear (data);
  g_free (data);
}

void
cb_vcard_free (CbVcard *self)
{
  g_ptr_array_unref (self->open);
  g_queue_free_full (self->ready, entry_free);
  explicit_bzero (self->pending->str, self->pending->allocated_len);
  g_string_free (self->pending, TRUE);
  g_free (self);
}

/* --- cards --- */

static Open *
get_innermost (CbVcard *self)
{
  return self->open->len > 0 ? g_ptr_array_index (self->open, self->open->len - 1) : NULL;
}

/* Becky! writes the nickname into N; everybody else writes semicolons there. A single N beside
 * another FN is such a nickname. */
static void
settle_bare_name (Open *one)
{
  CbCard *card = one->card;

  if (one->is_bare_n && card->full != NULL && card->family != NULL &&
      !g_str_equal (card->full, card->family))
    g_clear_pointer (&card->family, cb_text_wipe);
}

static void
close_card (CbVcard *self, guint number)
{
  Open *one = g_ptr_array_index (self->open, number);
  CbEntry *entry = g_new0 (CbEntry, 1);

  settle_bare_name (one);
  entry->line = one->card->line;
  entry->draft = cb_card_make_draft (one->card);
  if (entry->draft == NULL)
    entry->reason = "the card has no name, organisation, email or phone";
  g_queue_push_tail (self->ready, entry);
  g_ptr_array_remove_index (self->open, number);
}

static void
begin_card (CbVcard *self, guint64 number, gsize indent)
{
  Open *one = g_new0 (Open, 1);

  /* So many cards that were never ended: the oldest has all that will come. */
  if (self->open->len >= DEPTH_MAX)
    close_card (self, 0);
  one->card = cb_card_new (number);
  one->indent = indent;
  g_ptr_array_add (self->open, one);
}

static void
end_card (CbVcard *self)
{
  if (self->open->len > 0)
    close_card (self, self->open->len - 1);
}

/* --- properties --- */

static void
set_part (char **field, const CbVcardProperty *property, guint number)
{
  char *text = cb_vcard_property_dup_part (property, number);

  if (text != NULL)
    cb_card_set (field, text);
  cb_text_wipe (text);
}

static void
read_name (Open *one, const CbVcardProperty *property)
{
  CbCard *card = one->card;

  if (card->family != NULL || card->given != NULL)
    return;
  set_part (&card->family, property, 0);
  set_part (&card->given, property, 1);
  set_part (&card->additional, property, 2);
  one->is_bare_n = memchr (property->value, ';', property->length) == NULL;
}

/* A card in a card has lines of its own. */
static void read_nested (CbVcard *self, Open *one, const CbVcardProperty *property);

static void
read_whole (CbVcard *self, Open *one, const CbVcardProperty *property)
{
  CbCard *card = one->card;
  char *text = cb_vcard_property_dup_text (property);
  gboolean is_first = property->preference == 1;

  if (g_str_equal (property->name, "FN"))
    cb_card_set (&card->full, text);
  else if (g_str_equal (property->name, "EMAIL"))
    cb_card_add_email (card, text, is_first);
  else if (g_str_equal (property->name, "LANG"))
    cb_card_set_language (card, text, property->preference);
  else if (g_str_equal (property->name, "KIND"))
    card->is_company |= g_ascii_strncasecmp (text, "org", 3) == 0;
  else if (g_str_equal (property->name, "X-ABSHOWAS"))
    card->is_company |= g_ascii_strncasecmp (text, "company", 7) == 0;
  else
    cb_card_add_phone (card, text, is_first && !property->is_late, property->is_late);
  cb_text_wipe (text);
}

static void
read_property (CbVcard *self, Open *one, const CbVcardProperty *property)
{
  if (g_str_equal (property->name, "N"))
    read_name (one, property);
  else if (g_str_equal (property->name, "NICKNAME"))
    set_part (&one->card->nickname, property, 0);
  else if (g_str_equal (property->name, "ORG"))
    set_part (&one->card->organisation, property, 0);
  else if (g_str_equal (property->name, "AGENT"))
    read_nested (self, one, property);
  else
    read_whole (self, one, property);
}

/* Everything else (photos, notes, birthdays, addresses) is passed over as it is read. */
static gboolean
is_kept (const char *name)
{
  static const char *const kept[] = {
    "AGENT",    "EMAIL", "FN",  "KIND",       "LANG",     "N",
    "NICKNAME", "ORG",   "TEL", "X-ABSHOWAS", "X-MS-TEL", NULL,
  };

  return g_strv_contains (kept, name);
}

static void
flush (CbVcard *self)
{
  g_auto (CbVcardProperty) property = { 0 };
  Open *one = get_innermost (self);
  GString *line = self->pending;

  if (line->len == 0)
    return;
  self->pending = g_string_new (NULL);
  if (!self->is_skipped && one != NULL && cb_vcard_property_parse (&property, line->str, line->len))
    {
      /* The bytes are no longer those that the label speaks of. */
      if (self->is_unicode && !property.is_quoted_printable && !property.is_base64)
        g_clear_pointer (&property.charset, g_free);
      read_property (self, one, &property);
    }
  explicit_bzero (line->str, line->len);
  g_string_free (line, TRUE);
}

/* --- lines --- */

static gboolean
is_marker (const char *text, const char *marker)
{
  gsize length = strlen (marker);

  return g_ascii_strncasecmp (text, marker, length) == 0 &&
         strspn (text + length, " \t\r;") == strlen (text + length);
}

static void
note_soft_break (CbVcard *self, const char *text, gsize length)
{
  while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
    length--;
  self->is_soft = self->is_quoted_printable && length > 0 && text[length - 1] == '=';
}

static void
append (CbVcard *self, const char *text, gsize length)
{
  gsize room = self->pending->len < PROPERTY_MAX ? PROPERTY_MAX - self->pending->len : 0;

  if (self->is_soft && !self->is_skipped)
    {
      g_strchomp (self->pending->str);
      g_string_truncate (self->pending, strlen (self->pending->str) - 1);
    }
  if (!self->is_skipped)
    g_string_append_len (self->pending, text, (gssize) MIN (length, room));
  note_soft_break (self, text, length);
}

static void
begin_property (CbVcard *self, const CbLine *line, const char *text, gsize length)
{
  g_auto (CbVcardProperty) property = { 0 };
  gboolean is_property = cb_vcard_property_parse (&property, text, length);
  g_autofree char *name = g_ascii_strup (text, (gssize) strcspn (text, ":;"));
  const char *dot = strrchr (name, '.');

  self->is_unicode = line->is_unicode;
  self->is_skipped = !is_kept (dot != NULL ? dot + 1 : name);
  self->is_quoted_printable = is_property && property.is_quoted_printable;
  self->is_base64 = is_property && property.is_base64;
  self->is_soft = FALSE;
  g_string_append_len (
    self->pending, text,
    (gssize) (self->is_skipped ? strcspn (text, ":;") : MIN (length, PROPERTY_MAX)));
  note_soft_break (self, text, length);
}

static void
continue_property (CbVcard *self, const char *text, gsize length)
{
  gsize value;

  append (self, text, length);
  if (self->is_skipped || self->is_quoted_printable)
    return;
  /* The head itself may be folded, and what it says known only now. */
  value = cb_vcard_find_value (self->pending->str, self->pending->len);
  if (value > 0 && value + length + 1 > self->pending->len)
    {
      g_auto (CbVcardProperty) property = { 0 };

      cb_vcard_property_parse (&property, self->pending->str, self->pending->len);
      self->is_quoted_printable = property.is_quoted_printable;
      note_soft_break (self, text, length);
    }
}

static gboolean
is_agent_pending (CbVcard *self)
{
  return g_ascii_strncasecmp (self->pending->str, "AGENT", 5) == 0;
}

/* BEGIN and END, unless they are words of a folded note. */
static gboolean
read_marker (CbVcard *self, const CbLine *line, const char *text, gsize indent)
{
  Open *one = get_innermost (self);

  if (is_marker (text, "BEGIN:VCARD") && (indent == 0 || one == NULL || is_agent_pending (self)))
    {
      flush (self);
      begin_card (self, line->number, indent);
      return TRUE;
    }
  if (is_marker (text, "END:VCARD") && one != NULL && (indent == 0 || one->indent >= indent))
    {
      flush (self);
      end_card (self);
      return TRUE;
    }
  return FALSE;
}

static void
read_line (CbVcard *self, const CbLine *line)
{
  Open *one = get_innermost (self);
  const char *text = g_str_has_prefix (line->text, "\xef\xbb\xbf") ? line->text + 3 : line->text;
  gsize length = line->length - (gsize) (text - line->text);
  gsize indent = strspn (text, " \t");

  if (read_marker (self, line, text + indent, indent))
    return;
  if (one == NULL)
    return;
  if (self->is_soft && self->pending->len > 0)
    {
      continue_property (self, text, length);
      return;
    }
  if (one->indent > 0 && indent >= one->indent)
    {
      text += one->indent;
      length -= one->indent;
      indent -= one->indent;
    }
  if (length == indent || (indent > 0 && self->pending->len == 0))
    flush (self);
  else if (indent > 0)
    continue_property (self, text + 1, length - 1);
  else if (memchr (text, ':', length) != NULL || strchr (text, ';') != NULL)
    {
      flush (self);
      begin_property (self, line, text, length);
    }
  else if (self->is_base64 && !self->is_skipped)
    append (self, text, length);
}

/* A card within a property's value, as 3.0 has it: its lines are escaped into one. */
static void
read_nested (CbVcard *self, Open *one, const CbVcardProperty *property)
{
  char *text = cb_vcard_property_dup_text (property);
  char *start = text + strspn (text, " \t\n");
  guint depth = self->open->len;
  guint64 number = one->card->line;

  if (g_ascii_strncasecmp (start, "BEGIN:VCARD", 11) == 0)
    {
      char *rest = start;
      char *next;

      while ((next = strsep (&rest, "\n")) != NULL)
        {
          CbLine line = { .text = next,
                          .length = strlen (next),
                          .number = number,
                          .is_unicode = TRUE };

          read_line (self, &line);
        }
      flush (self);
      while (self->open->len > depth)
        end_card (self);
    }
  cb_text_wipe (text);
}

gboolean
cb_vcard_next (CbVcard *self, CbEntry *entry, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree CbEntry *ready = NULL;
  CbLine line;

  while (g_queue_is_empty (self->ready) && cb_lines_next (self->lines, &line, &local_error))
    read_line (self, &line);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (g_queue_is_empty (self->ready))
    {
      flush (self);
      while (self->open->len > 0)
        end_card (self);
    }
  ready = g_queue_pop_head (self->ready);
  if (ready == NULL)
    return FALSE;
  *entry = *ready;
  return TRUE;
}
