/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "store/cb-import-private.h"

/* How many people behind one number are looked at: a company's switchboard must not make every
 * further entry slower. The mark still knows an entry that was added before. */
#define CANDIDATES_MAX 64

/* --- names that agree --- */

static char *
join_words (const char *text)
{
  g_auto (GStrv) words = cb_fold_words (text);

  return g_strjoinv (" ", words);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* "Doe John" is "John Doe". */
static char *
sort_words (const char *given, const char *family)
{
  g_autofree char *both = g_strdup_printf ("%s %s", given, family);
  g_auto (GStrv) words = cb_fold_words (both);

  qsort (words, g_strv_length (words), sizeof (char *), compare_texts);
  return g_strjoinv (" ", words);
}

gboolean
cb_import_are_same_words (const char *given_a,
                          const char *family_a,
                          const char *given_b,
                          const char *family_b)
{
  g_autofree char *a = sort_words (given_a, family_a);
  g_autofree char *b = sort_words (given_b, family_b);

  return g_str_equal (a, b);
}

static CbAgreement
compare_names (const char *given_a, const char *family_a, const char *given_b, const char *family_b)
{
  g_autofree char *ga = join_words (given_a);
  g_autofree char *fa = join_words (family_a);
  g_autofree char *gb = join_words (given_b);
  g_autofree char *fb = join_words (family_b);
  gboolean have_given = *ga != '\0' && *gb != '\0';
  gboolean have_family = *fa != '\0' && *fb != '\0';

  if ((*ga == '\0' && *fa == '\0') || (*gb == '\0' && *fb == '\0'))
    return CB_AGREEMENT_SILENT;
  if (cb_import_are_same_words (ga, fa, gb, fb))
    return CB_AGREEMENT_WHOLLY;
  if ((have_given && !g_str_equal (ga, gb)) || (have_family && !g_str_equal (fa, fb)))
    return CB_AGREEMENT_NONE;
  return have_given || have_family ? CB_AGREEMENT_PARTLY : CB_AGREEMENT_NONE;
}

/* --- the mark of an entry --- */

static void
add_normal (CbBook *self, GPtrArray *texts, const char *kind, char **values)
{
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    g_ptr_array_add (texts, cb_book_normalise_contact (self, kind, values[i]));
}

/* Over the name and every way to reach them, so that the same entry is known again whatever else
 * shares its number, and also when it has a name alone. */
GBytes *
cb_book_mark_entry (CbBook *self, const CbCustomerDraft *draft)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *given = join_words (draft->given);
  g_autofree char *family = join_words (draft->family);
  GBytes *mark;

  add_normal (self, texts, "email", draft->emails);
  add_normal (self, texts, "phone", draft->phones);
  g_ptr_array_sort (texts, compare_texts);
  g_string_append_printf (all, "%s\n%s", given, family);
  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (all, "\n%s", (const char *) g_ptr_array_index (texts, i));
  mark = cb_book_hash_contact (&self->keys->local, "imported", all->str);
  explicit_bzero (all->str, all->len);
  return mark;
}

/* --- finding who it is --- */

static gboolean
find_marked (CbBook *self, GBytes *mark, CbMatch *match, GError **error)
{
  static const char SQL_FIND_MARK[] = "SELECT customer FROM imported WHERE mark = ?1 LIMIT 1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FIND_MARK);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_bytes (stmt, 1, mark);
  if (cb_stmt_next (stmt, &local_error))
    {
      match->customer = g_strdup (cb_stmt_text (stmt, 0));
      match->agreement = CB_AGREEMENT_WHOLLY;
    }
  return !cb_error_hand_on (&local_error, error);
}

/* What is left of a record in which something is damaged; NULL, and `is_damaged`, when nothing. */
static CbCustomer *
read_in_part (CbBook *self, const char *customer, gboolean *is_damaged, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  CbCustomer *card;

  cb_book_begin_in_part (self);
  card = cb_book_read_customer (self, customer, &local_error);
  if (card == NULL)
    cb_book_pass_over (self, &local_error);
  *is_damaged = cb_book_end_in_part (self) > 0;
  cb_error_hand_on (&local_error, error);
  return card;
}

/* Whoever was brought in before is known by the mark alone, and damaged since then perhaps. */
static gboolean
is_whole (CbBook *self, CbMatch *match, GError **error)
{
  g_autoptr (CbCustomer) card = read_in_part (self, match->customer, &match->is_damaged, error);

  return card != NULL || match->is_damaged;
}

static gboolean
weigh (CbBook *self,
       const CbCustomerDraft *draft,
       const char *customer,
       CbMatch *match,
       GError **error)
{
  gboolean is_damaged;
  g_autoptr (CbCustomer) card = read_in_part (self, customer, &is_damaged, error);
  CbAgreement agreement;

  if (card == NULL)
    {
      match->is_damaged |= is_damaged;
      return is_damaged;
    }
  agreement = compare_names (draft->given, draft->family, cb_customer_get_given (card),
                             cb_customer_get_family (card));
  if (is_damaged)
    match->is_damaged |= agreement != CB_AGREEMENT_NONE;
  else if ((int) agreement > match->agreement)
    {
      g_free (match->customer);
      match->customer = g_strdup (customer);
      match->agreement = agreement;
    }
  return TRUE;
}

gboolean
cb_book_agrees_with (CbBook *self,
                     const CbCustomerDraft *draft,
                     const char *customer,
                     gboolean *agrees,
                     GError **error)
{
  CbMatch match = { NULL, CB_AGREEMENT_NONE, FALSE };

  if (!weigh (self, draft, customer, &match, error))
    return FALSE;
  *agrees = match.customer != NULL || match.is_damaged;
  g_free (match.customer);
  return TRUE;
}

static GPtrArray *
list_candidates (CbBook *self, GBytes *hash, GError **error)
{
  static const char SQL_FIND_CONTACT[] =
    "SELECT customer FROM contact WHERE local_hash = ?1 ORDER BY rowid LIMIT ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FIND_CONTACT);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_bytes (stmt, 1, hash);
  cb_stmt_bind_int (stmt, 2, CANDIDATES_MAX);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list, g_strdup (cb_stmt_text (stmt, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

static GBytes *
hash_value (CbBook *self, const char *kind, const char *value)
{
  char *normal = cb_book_normalise_contact (self, kind, value);
  GBytes *hash = cb_book_hash_contact (&self->keys->local, kind, normal);

  cb_text_wipe (normal);
  return hash;
}

static gboolean
find_by_values (CbBook *self,
                const CbCustomerDraft *draft,
                const char *kind,
                char **values,
                CbMatch *match,
                GError **error)
{
  for (guint i = 0; values != NULL && values[i] != NULL && match->agreement < CB_AGREEMENT_WHOLLY;
       i++)
    {
      g_autoptr (GBytes) hash = hash_value (self, kind, values[i]);
      g_autoptr (GPtrArray) candidates = list_candidates (self, hash, error);

      if (candidates == NULL)
        return FALSE;
      for (guint j = 0; j < candidates->len && match->agreement < CB_AGREEMENT_WHOLLY; j++)
        {
          if (!weigh (self, draft, g_ptr_array_index (candidates, j), match, error))
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
cb_book_find_match (CbBook *self,
                    const CbCustomerDraft *draft,
                    GBytes *mark,
                    CbMatch *match,
                    GError **error)
{
  *match = (CbMatch){ NULL, CB_AGREEMENT_NONE, FALSE };
  if (!find_marked (self, mark, match, error))
    return FALSE;
  if (match->customer != NULL)
    return is_whole (self, match, error);
  if (!find_by_values (self, draft, "email", draft->emails, match, error) ||
      !find_by_values (self, draft, "phone", draft->phones, match, error))
    return FALSE;
  /* Whoever is meant for certain is not in doubt because of somebody else of that number. */
  match->is_damaged &= match->agreement != CB_AGREEMENT_WHOLLY;
  return TRUE;
}

/* --- a dry run's memory --- */

static CbCustomerDraft *
copy_names (const CbCustomerDraft *draft)
{
  CbCustomerDraft *names = cb_customer_draft_new ();

  names->given = g_strdup (draft->given);
  names->family = g_strdup (draft->family);
  return names;
}

static gboolean
is_seen (CbImport *import, GBytes *hash, const CbCustomerDraft *draft)
{
  GPtrArray *list = g_hash_table_lookup (import->seen, hash);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const CbCustomerDraft *known = g_ptr_array_index (list, i);

      if (compare_names (draft->given, draft->family, known->given, known->family) !=
          CB_AGREEMENT_NONE)
        return TRUE;
    }
  return FALSE;
}

/* Takes the hash. */
static void
remember (CbImport *import, GBytes *hash, const CbCustomerDraft *draft)
{
  GPtrArray *list = g_hash_table_lookup (import->seen, hash);

  if (list == NULL)
    {
      list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_customer_draft_free);
      g_hash_table_insert (import->seen, g_bytes_ref (hash), list);
    }
  if (list->len < CANDIDATES_MAX)
    g_ptr_array_add (list, copy_names (draft));
  g_bytes_unref (hash);
}

/* Whether an earlier entry of the same file would have been this person; remembers this one. */
gboolean
cb_book_was_seen (CbBook *self, CbImport *import, const CbCustomerDraft *draft, GBytes *mark)
{
  g_autoptr (GPtrArray) hashes = g_ptr_array_new ();
  gboolean is_known = is_seen (import, mark, draft);

  for (guint i = 0; draft->emails != NULL && draft->emails[i] != NULL; i++)
    g_ptr_array_add (hashes, hash_value (self, "email", draft->emails[i]));
  for (guint i = 0; draft->phones != NULL && draft->phones[i] != NULL; i++)
    g_ptr_array_add (hashes, hash_value (self, "phone", draft->phones[i]));
  for (guint i = 0; i < hashes->len; i++)
    is_known |= is_seen (import, g_ptr_array_index (hashes, i), draft);
  for (guint i = 0; i < hashes->len; i++)
    remember (import, g_ptr_array_index (hashes, i), draft);
  remember (import, g_bytes_ref (mark), draft);
  return is_known;
}
