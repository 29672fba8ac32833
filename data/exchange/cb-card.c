/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-card.h"

#include <string.h>

#include "base/cb-fold.h"
#include "vault/cb-seal.h"

#define LANGUAGE_MAX 35

static GPtrArray *
new_texts (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);
}

CbCard *
cb_card_new (guint64 line)
{
  CbCard *card = g_new0 (CbCard, 1);

  card->line = line;
  card->emails = new_texts ();
  card->phones = new_texts ();
  card->late_phones = new_texts ();
  return card;
}

void
cb_card_free (CbCard *card)
{
  cb_text_wipe (card->given);
  cb_text_wipe (card->family);
  cb_text_wipe (card->additional);
  cb_text_wipe (card->full);
  cb_text_wipe (card->nickname);
  cb_text_wipe (card->organisation);
  g_free (card->language);
  g_ptr_array_unref (card->emails);
  g_ptr_array_unref (card->phones);
  g_ptr_array_unref (card->late_phones);
  g_free (card);
}

/* --- cleaning --- */

/* One line: white space and control characters of any kind become single spaces. */
static char *
clean (const char *text)
{
  GString *cleaned = g_string_sized_new (strlen (text));
  gboolean is_space = FALSE;

  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          is_space = TRUE;
          continue;
        }
      if (c == 0xfeff)
        continue;
      if (is_space && cleaned->len > 0)
        g_string_append_c (cleaned, ' ');
      is_space = FALSE;
      g_string_append_unichar (cleaned, c);
    }
  return g_string_free (cleaned, FALSE);
}

static void
cut (char *text, gsize most)
{
  if (strlen (text) > most)
    {
      char *end = g_utf8_find_prev_char (text, text + most + 1);

      *end = '\0';
      g_strchomp (text);
    }
}

void
cb_card_set (char **field, const char *text)
{
  char *cleaned;

  if (*field != NULL)
    return;
  cleaned = clean (text);
  cut (cleaned, CB_NAME_MAX);
  if (*cleaned != '\0')
    *field = cleaned;
  else
    g_free (cleaned);
}

/* --- ways to reach somebody --- */

static gboolean
has_email (GPtrArray *list, const char *email)
{
  g_autofree char *folded = cb_fold (email);

  for (guint i = 0; i < list->len; i++)
    {
      g_autofree char *known = cb_fold (g_ptr_array_index (list, i));

      if (g_str_equal (known, folded))
        return TRUE;
    }
  return FALSE;
}

static char *
fold_number (const char *phone)
{
  char *folded = cb_fold_phone (phone, NULL);

  return folded != NULL ? folded : cb_fold (phone);
}

static gboolean
has_phone (GPtrArray *list, const char *phone)
{
  g_autofree char *folded = fold_number (phone);

  for (guint i = 0; i < list->len; i++)
    {
      g_autofree char *known = fold_number (g_ptr_array_index (list, i));

      if (g_str_equal (known, folded))
        return TRUE;
    }
  return FALSE;
}

/* Takes the text. */
static void
put (GPtrArray *list, char *text, gboolean is_first)
{
  if (*text == '\0' || strlen (text) > CB_CONTACT_MAX)
    cb_text_wipe (text);
  else
    g_ptr_array_insert (list, is_first ? 0 : -1, text);
}

static void
add_one_email (CbCard *card, const char *text, gboolean is_first)
{
  const char *from = strchr (text, '<');
  const char *to = from != NULL ? strchr (from, '>') : NULL;
  g_autofree char *inner = NULL;
  char *email;

  if (to != NULL && memchr (from, '@', (gsize) (to - from)) != NULL)
    text = inner = g_strndup (from + 1, (gsize) (to - from - 1));
  while (*text == ' ')
    text++;
  if (g_ascii_strncasecmp (text, "mailto:", 7) == 0)
    text += 7;
  email = clean (text);
  if (has_email (card->emails, email))
    cb_text_wipe (email);
  else
    put (card->emails, email, is_first && !card->has_first_email);
  card->has_first_email |= is_first;
}

void
cb_card_add_email (CbCard *card, const char *text, gboolean is_first)
{
  const char *at = strchr (text, '@');
  g_auto (GStrv) several = NULL;

  if (at == NULL || strchr (at + 1, '@') == NULL)
    {
      add_one_email (card, text, is_first);
      return;
    }
  several = g_strsplit_set (text, ",;", -1);
  for (guint i = 0; several[i] != NULL; i++)
    add_one_email (card, several[i], is_first && i == 0);
}

/* "tel:+44-20-7946-0018;ext=12" as people write it. */
static char *
read_phone (const char *text)
{
  g_autofree char *cleaned = clean (text);
  const char *number = cleaned;
  const char *extension;
  const char *end;

  if (g_str_has_prefix (number, "=\"") || (*number == '\'' && number[1] != '\0'))
    number += *number == '=' ? 2 : 1; /* how spreadsheets are told that a number is text */
  if (g_ascii_strncasecmp (number, "tel:", 4) != 0)
    return g_strndup (number, strcspn (number, "\""));
  number += 4;
  end = number + strcspn (number, ";");
  extension = strstr (end, ";ext=");
  if (extension == NULL)
    return g_strndup (number, (gsize) (end - number));
  extension += strlen (";ext=");
  return g_strdup_printf ("%.*s ext. %.*s", (int) (end - number), number,
                          (int) strcspn (extension, ";"), extension);
}

void
cb_card_add_phone (CbCard *card, const char *text, gboolean is_first, gboolean is_late)
{
  char *phone = read_phone (text);

  if (has_phone (card->phones, phone) || has_phone (card->late_phones, phone))
    cb_text_wipe (phone);
  else
    put (is_late ? card->late_phones : card->phones, phone, is_first && !card->has_first_phone);
  card->has_first_phone |= is_first;
}

void
cb_card_set_language (CbCard *card, const char *text, guint rank)
{
  g_autofree char *tag = clean (text);
  gsize primary = strcspn (tag, "-_");

  if (card->language_rank != 0 && card->language_rank <= rank)
    return;
  if (primary < 2 || primary > 3 || strlen (tag) > LANGUAGE_MAX)
    return;
  for (const char *c = tag; *c != '\0'; c++)
    {
      if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
        return;
    }
  g_free (card->language);
  card->language = g_steal_pointer (&tag);
  card->language_rank = rank;
}

/* --- a name of one piece --- */

/* Titles that stand before a name, folded, without their dot. "M" is as often a first name's. */
static gboolean
is_title (const char *word)
{
  static const char *const titles[] = {
    "mr",  "mrs",  "ms",  "miss", "mx",     "dr",  "prof", "sir", "herr",   "frau",
    "hr",  "fr",   "mme", "mlle", "madame", "sra", "srta", "sig", "signor", "signora",
    "dhr", "mevr", "mw",  "don",  "dona",   "med", "dipl", "ing", "mag",
  };
  g_autofree char *folded = cb_fold (word);
  gboolean has_dot = g_str_has_suffix (folded, ".");

  if (has_dot)
    folded[strlen (folded) - 1] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      if (g_str_equal (titles[i], folded) && (has_dot || strlen (folded) > 1))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_one_of (const char *word, const char *const *list)
{
  g_autofree char *folded = cb_fold (word);
  gsize length = strcspn (folded, ".");

  folded[length] = '\0';
  return g_strv_contains (list, folded);
}

/* Where the family name begins: at the last word, before it what belongs to it. */
static guint
find_family (char **words, guint n_words, guint first)
{
  static const char *const particles[] = {
    "af",  "al", "bin", "da",    "das", "de",  "dei", "del", "della", "den", "der",
    "di",  "do", "dos", "du",    "el",  "ibn", "la",  "le",  "mc",    "op",  "ten",
    "ter", "'t", "van", "vande", "vom", "von", "y",   "zu",  "zum",   "zur", NULL,
  };
  static const char *const suffixes[] = { "jr", "sr", "ii", "iii", "iv", "phd", "md", NULL };
  guint at = n_words - 1;

  if (at > first + 1 && is_one_of (words[at], suffixes))
    at--;
  while (at > first + 1 && !g_unichar_isupper (g_utf8_get_char (words[at - 1])) &&
         is_one_of (words[at - 1], particles))
    at--;
  return at;
}

static char *
join (char **words, guint from, guint to)
{
  GString *joined = g_string_new (NULL);

  for (guint i = from; i < to; i++)
    g_string_append_printf (joined, "%s%s", i > from ? " " : "", words[i]);
  return g_string_free (joined, FALSE);
}

static void
split_full (CbCard *card)
{
  const char *comma = strchr (card->full, ',');
  g_auto (GStrv) words = NULL;
  guint n_words;
  guint first = 0;
  guint at;

  if (comma != NULL && comma > card->full && comma[1] == ' ' && strchr (comma + 1, ',') == NULL)
    {
      card->family = g_strndup (card->full, (gsize) (comma - card->full));
      cb_card_set (&card->given, comma + 1);
      return;
    }
  words = g_strsplit (card->full, " ", -1);
  n_words = g_strv_length (words);
  while (n_words - first > 2 && is_title (words[first]))
    first++;
  if (n_words - first < 2)
    {
      card->given = g_strdup (card->full);
      return;
    }
  at = find_family (words, n_words, first);
  card->given = join (words, first, at);
  card->family = join (words, at, n_words);
}

static gboolean
is_organisation (CbCard *card)
{
  g_autofree char *full = cb_fold (card->full);
  g_autofree char *organisation = cb_fold (card->organisation);

  return card->is_company || g_str_equal (full, organisation);
}

static gboolean
looks_like_number (const char *text)
{
  gboolean has_digit = FALSE;

  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    {
      if (g_unichar_isalpha (g_utf8_get_char (next)))
        return FALSE;
      has_digit |= g_unichar_isdigit (g_utf8_get_char (next));
    }
  return has_digit;
}

/* Programs that need a name fill in the address or the number when there is none. */
static void
drop_contact_for_name (CbCard *card)
{
  const char *full = card->full;

  if (full != NULL && ((strchr (full, '@') != NULL && has_email (card->emails, full)) ||
                       (looks_like_number (full) &&
                        (has_phone (card->phones, full) || has_phone (card->late_phones, full)))))
    g_clear_pointer (&card->full, cb_text_wipe);
}

static void
settle_name (CbCard *card)
{
  drop_contact_for_name (card);
  if (card->given != NULL || card->family != NULL)
    return;
  if (card->full != NULL && is_organisation (card))
    card->family = g_strdup (card->full);
  else if (card->full != NULL)
    split_full (card);
  else if (card->additional != NULL)
    card->given = g_strdup (card->additional);
  else if (card->nickname != NULL)
    card->given = g_strdup (card->nickname);
  else if (card->organisation != NULL)
    card->family = g_strdup (card->organisation);
}

/* --- the draft --- */

static void
take_some (GStrvBuilder *builder, GPtrArray *list, guint *room)
{
  for (guint i = 0; i<list->len && * room> 0; i++, (*room)--)
    g_strv_builder_add (builder, g_ptr_array_index (list, i));
}

static char **
take_texts (GPtrArray *list, GPtrArray *then)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint room = CB_CONTACTS_MAX;

  take_some (builder, list, &room);
  if (then != NULL)
    take_some (builder, then, &room);
  return g_strv_builder_end (builder);
}

/* "none" in the column of addresses is kept beside a name, as the file has it, but is nobody alone.
 */
static gboolean
can_be_reached (CbCard *card)
{
  for (guint i = 0; i < card->emails->len; i++)
    {
      if (strchr (g_ptr_array_index (card->emails, i), '@') != NULL)
        return TRUE;
    }
  return card->phones->len > 0 || card->late_phones->len > 0;
}

/* A nickname is not made the way to address somebody: that is theirs to say, and what an old book
 * calls people is not always meant for their ears. It is the name only where there is no other. */
CbCustomerDraft *
cb_card_make_draft (CbCard *card)
{
  CbCustomerDraft *draft;

  settle_name (card);
  if (card->given == NULL && card->family == NULL && !can_be_reached (card))
    return NULL;
  draft = cb_customer_draft_new ();
  draft->given = g_steal_pointer (&card->given);
  draft->family = g_steal_pointer (&card->family);
  draft->language = g_steal_pointer (&card->language);
  draft->emails = take_texts (card->emails, NULL);
  draft->phones = take_texts (card->phones, card->late_phones);
  return draft;
}
