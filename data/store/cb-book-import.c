/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "store/cb-import-private.h"

/* Imported cards that nobody has agreed to are kept so long. */
#define KEEP_DAYS 365

/* How many people behind one number are looked at: a company's switchboard must not make every
 * further entry slower. The mark still knows an entry that was added before. */
#define CANDIDATES_MAX 64

typedef struct
{
  char *customer; /* NULL: nobody yet */
  int agreement;
} Match;

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

typedef enum
{
  DISAGREE,
  SILENT, /* one of them has no name */
  PARTLY, /* what both have is the same */
  WHOLLY,
} Agreement;

static gboolean
are_same_words (const char *given_a,
                const char *family_a,
                const char *given_b,
                const char *family_b)
{
  g_autofree char *a = sort_words (given_a, family_a);
  g_autofree char *b = sort_words (given_b, family_b);

  return g_str_equal (a, b);
}

static Agreement
compare_names (const char *given_a, const char *family_a, const char *given_b, const char *family_b)
{
  g_autofree char *ga = join_words (given_a);
  g_autofree char *fa = join_words (family_a);
  g_autofree char *gb = join_words (given_b);
  g_autofree char *fb = join_words (family_b);
  gboolean have_given = *ga != '\0' && *gb != '\0';
  gboolean have_family = *fa != '\0' && *fb != '\0';

  if ((*ga == '\0' && *fa == '\0') || (*gb == '\0' && *fb == '\0'))
    return SILENT;
  if (are_same_words (ga, fa, gb, fb))
    return WHOLLY;
  if ((have_given && !g_str_equal (ga, gb)) || (have_family && !g_str_equal (fa, fb)))
    return DISAGREE;
  return have_given || have_family ? PARTLY : DISAGREE;
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
static GBytes *
mark_entry (CbBook *self, const CbCustomerDraft *draft)
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
find_marked (CbBook *self, GBytes *mark, Match *match, GError **error)
{
  static const char SQL_FIND_MARK[] = "SELECT customer FROM imported WHERE mark = ?1 LIMIT 1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FIND_MARK);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_bytes (stmt, 1, mark);
  if (cb_stmt_next (stmt, &local_error))
    {
      match->customer = g_strdup (cb_stmt_text (stmt, 0));
      match->agreement = WHOLLY;
    }
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
weigh (CbBook *self,
       const CbCustomerDraft *draft,
       const char *customer,
       Match *match,
       GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);
  Agreement agreement;

  if (card == NULL)
    return FALSE;
  agreement = compare_names (draft->given, draft->family, cb_customer_get_given (card),
                             cb_customer_get_family (card));
  if ((int) agreement > match->agreement)
    {
      g_free (match->customer);
      match->customer = g_strdup (customer);
      match->agreement = agreement;
    }
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
                Match *match,
                GError **error)
{
  for (guint i = 0; values != NULL && values[i] != NULL && match->agreement < WHOLLY; i++)
    {
      g_autoptr (GBytes) hash = hash_value (self, kind, values[i]);
      g_autoptr (GPtrArray) candidates = list_candidates (self, hash, error);

      if (candidates == NULL)
        return FALSE;
      for (guint j = 0; j < candidates->len && match->agreement < WHOLLY; j++)
        {
          if (!weigh (self, draft, g_ptr_array_index (candidates, j), match, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
find_match (CbBook *self, const CbCustomerDraft *draft, GBytes *mark, Match *match, GError **error)
{
  *match = (Match){ NULL, DISAGREE };
  if (!find_marked (self, mark, match, error))
    return FALSE;
  return match->customer != NULL ||
         (find_by_values (self, draft, "email", draft->emails, match, error) &&
          find_by_values (self, draft, "phone", draft->phones, match, error));
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

      if (compare_names (draft->given, draft->family, known->given, known->family) != DISAGREE)
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
static gboolean
was_seen (CbBook *self, CbImport *import, const CbCustomerDraft *draft, GBytes *mark)
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

/* --- filling what is missing --- */

static gboolean
has_value (CbBook *self, const char *kind, const char *const *known, const char *value)
{
  g_autofree char *normal = cb_book_normalise_contact (self, kind, value);

  for (guint i = 0; known[i] != NULL; i++)
    {
      g_autofree char *other = cb_book_normalise_contact (self, kind, known[i]);

      if (g_str_equal (normal, other))
        return TRUE;
    }
  return FALSE;
}

static gboolean
fill_contacts (CbBook *self,
               const CbKey *key,
               const char *customer,
               const char *kind,
               const char *const *known,
               char **values,
               gboolean *is_changed,
               GError **error)
{
  guint position = g_strv_length ((char **) known);

  for (guint i = 0; values != NULL && values[i] != NULL && position < CB_CONTACTS_MAX; i++)
    {
      if (has_value (self, kind, known, values[i]))
        continue;
      if (!cb_book_add_contact (self, key, customer, kind, position++, values[i], error))
        return FALSE;
      *is_changed = TRUE;
    }
  return TRUE;
}

static gboolean
is_missing (const char *known, const char *text)
{
  return (known == NULL || *known == '\0') && text != NULL && *text != '\0';
}

static gboolean
fill_names (CbBook *self,
            const CbKey *key,
            CbCustomer *card,
            const CbCustomerDraft *draft,
            gboolean *is_changed,
            GError **error)
{
  const char *given = cb_customer_get_given (card);
  const char *family = cb_customer_get_family (card);
  const char *language = cb_customer_get_language (card);
  g_autoptr (CbCustomerDraft) filled = NULL;

  /* The same words in other places are no missing name. */
  gboolean is_same = (*given != '\0' || *family != '\0') &&
                     are_same_words (given, family, draft->given != NULL ? draft->given : "",
                                     draft->family != NULL ? draft->family : "");

  if (is_same || (!is_missing (given, draft->given) && !is_missing (family, draft->family)))
    {
      if (!is_missing (language, draft->language))
        return TRUE;
    }
  filled = cb_customer_draft_new ();
  filled->given = g_strdup (!is_same && is_missing (given, draft->given) ? draft->given : given);
  filled->family =
    g_strdup (!is_same && is_missing (family, draft->family) ? draft->family : family);
  filled->preferred = g_strdup (cb_customer_get_preferred (card));
  filled->language = g_strdup (is_missing (language, draft->language) ? draft->language : language);
  *is_changed = TRUE;
  return cb_book_set_card (self, key, cb_customer_get_id (card), filled, error);
}

/* A card that is still held is encoded as it stands when it is freed; one that has left is followed
 * by an operation of its own, under the yes that its owner gave to it. */
static gboolean
queue_card (CbBook *self, CbStaff *actor, CbCustomer *card, GError **error)
{
  static const char SQL_HAS_HELD[] =
    "SELECT EXISTS (SELECT 1 FROM outbox WHERE customer = ?1 AND kind = 'customer'"
    " AND act = 'put' AND state = 'held')";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_HELD);
  const char *id = cb_customer_get_id (card);
  CbQueued queued = {
    .kind = "customer",
    .act = "put",
    .record = id,
    .customer = id,
    .purpose = CB_PURPOSE_SHOP,
    .base = cb_customer_get_version (card),
    .lane = 1,
  };

  cb_stmt_bind_text (stmt, 1, id);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) != 0)
    return TRUE;
  return cb_book_hold (self, actor, &queued, error) && cb_book_reckon_outbox (self, id, error);
}

static gboolean
merge (CbBook *self,
       CbStaff *actor,
       const char *customer,
       const CbCustomerDraft *draft,
       GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);
  gboolean is_changed = FALSE;
  g_auto (CbKey) key;

  if (card == NULL || !cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  /* Whose record is restricted asked for it to be left as it is. */
  if (cb_customer_is_restricted (card))
    return TRUE;
  if (!fill_names (self, &key, card, draft, &is_changed, error) ||
      !fill_contacts (self, &key, customer, "email", cb_customer_get_emails (card), draft->emails,
                      &is_changed, error) ||
      !fill_contacts (self, &key, customer, "phone", cb_customer_get_phones (card), draft->phones,
                      &is_changed, error))
    return FALSE;
  if (!is_changed)
    return TRUE;
  cb_book_touch (self, customer);
  return queue_card (self, actor, card, error) &&
         cb_book_audit (self, actor, "customer.merge", customer, customer, "import", error);
}

/* --- one entry --- */

static gboolean
add_imported (CbBook *self, CbImport *import, const char *customer, GBytes *mark, GError **error)
{
  static const char SQL_ADD_IMPORTED[] =
    "INSERT INTO imported (customer, basis, imported_us, keep_until_us, mark)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_IMPORTED);
  gint64 now_us = cb_clock_get_now_us (self->clock);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, import->basis);
  cb_stmt_bind_int (stmt, 3, now_us);
  cb_stmt_bind_int (stmt, 4,
                    import->keep_until_us != 0 ? import->keep_until_us
                                               : cb_clock_day_end_us (now_us, KEEP_DAYS));
  cb_stmt_bind_bytes (stmt, 5, mark);
  return cb_stmt_run (stmt, error);
}

typedef struct
{
  guint64 n_added;
  guint64 n_merged;
  GArray *rejected;
} Tally;

static void
reject (Tally *tally, const CbEntry *entry, const char *reason)
{
  CbRejected rejected = { entry->line, reason };

  g_array_append_val (tally->rejected, rejected);
}

static gboolean
keep (CbBook *self,
      CbStaff *actor,
      CbImport *import,
      const CbCustomerDraft *draft,
      Tally *tally,
      GError **error)
{
  g_autoptr (GBytes) mark = mark_entry (self, draft);
  g_autofree char *id = NULL;
  Match match;
  gboolean is_done;

  if (!find_match (self, draft, mark, &match, error))
    return FALSE;
  if (import->is_dry_run)
    {
      gboolean is_known = was_seen (self, import, draft, mark) || match.customer != NULL;

      g_free (match.customer);
      *(is_known ? &tally->n_merged : &tally->n_added) += 1;
      return TRUE;
    }
  if (match.customer != NULL)
    {
      is_done = merge (self, actor, match.customer, draft, error);
      g_free (match.customer);
      tally->n_merged++;
      return is_done;
    }
  id = cb_id_new ();
  tally->n_added++;
  return cb_book_write_customer (self, actor, id, draft, "import", error) &&
         add_imported (self, import, id, mark, error);
}

static gboolean
take_entry (CbBook *self,
            CbStaff *actor,
            CbImport *import,
            CbEntry *entry,
            Tally *tally,
            GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (entry->draft == NULL)
    {
      reject (tally, entry, entry->reason);
      return TRUE;
    }
  if (!cb_book_check_customer (entry->draft, &local_error))
    {
      reject (tally, entry, g_intern_string (local_error->message));
      return TRUE;
    }
  return keep (self, actor, import, entry->draft, tally, error);
}

/* --- one piece --- */

static void
entry_clear (gpointer data)
{
  cb_entry_clear (data);
}

/* The file is read before the transaction begins: a slow medium holds no lock. */
static GArray *
read_entries (CbImport *import)
{
  GArray *entries = g_array_sized_new (FALSE, FALSE, sizeof (CbEntry), import->piece_entries);
  CbEntry entry;

  g_array_set_clear_func (entries, entry_clear);
  while (entries->len < import->piece_entries && !import->is_at_end)
    {
      if (cb_entries_next (import->entries, &entry, &import->failure))
        g_array_append_val (entries, entry);
      else
        import->is_at_end = TRUE;
    }
  return entries;
}

static void
add_up (CbImport *import, const Tally *tally, guint n_read)
{
  import->n_read += n_read;
  import->n_added += tally->n_added;
  import->n_merged += tally->n_merged;
  g_array_append_vals (import->rejected, tally->rejected->data, tally->rejected->len);
}

static gboolean
take_entries (CbBook *self, CbStaff *actor, CbImport *import, GArray *entries, GError **error)
{
  g_autoptr (GArray) rejected = g_array_new (FALSE, FALSE, sizeof (CbRejected));
  Tally tally = { .rejected = rejected };
  g_auto (CbTransaction) transaction = NULL;

  if (import->is_dry_run ? !cb_book_begin_read (self, error) : !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  for (guint i = 0; i < entries->len; i++)
    {
      CbEntry *entry = &g_array_index (entries, CbEntry, i);

      if (!take_entry (self, actor, import, entry, &tally, error))
        return FALSE;
    }
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  add_up (import, &tally, entries->len);
  return TRUE;
}

gboolean
cb_book_import_piece (CbBook *self,
                      CbStaff *actor,
                      CbImport *import,
                      gboolean *more,
                      GError **error)
{
  g_autoptr (GArray) entries = NULL;

  *more = FALSE;
  if (!cb_book_require (self, actor, CB_ACT_IMPORT, error))
    return FALSE;
  entries = read_entries (import);
  if (entries->len > 0 && !take_entries (self, actor, import, entries, error))
    return FALSE;
  if (import->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&import->failure));
      return FALSE;
    }
  *more = !import->is_at_end;
  return TRUE;
}

/* --- the end of a card that nobody agreed to --- */

/* Asked again after so many days, when more is known of somebody than the old book said. */
#define ASK_AGAIN_DAYS 30

static gboolean
put_off (CbBook *self, gint64 now_us, GError **error)
{
  static const char SQL_PUT_OFF[] =
    "UPDATE imported SET keep_until_us = ?2 WHERE keep_until_us <= ?1 AND ("
    " EXISTS (SELECT 1 FROM customer AS c WHERE c.id = imported.customer AND c.restricted = 1)"
    " OR EXISTS (SELECT 1 FROM note AS n WHERE n.customer = imported.customer)"
    " OR EXISTS (SELECT 1 FROM preference AS p WHERE p.customer = imported.customer)"
    " OR EXISTS (SELECT 1 FROM permission_now AS v WHERE v.customer = imported.customer"
    "  AND v.verdict = 'allowed'))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_PUT_OFF);

  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_int (stmt, 2, cb_clock_day_end_us (now_us, ASK_AGAIN_DAYS));
  return cb_stmt_run (stmt, error);
}

static GPtrArray *
list_ended (CbBook *self, gint64 now_us, guint most, GError **error)
{
  static const char SQL_LIST_ENDED_CARDS[] =
    "SELECT customer FROM imported WHERE keep_until_us <= ?1 ORDER BY keep_until_us LIMIT ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_ENDED_CARDS);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_int (stmt, 2, most);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list, g_strdup (cb_stmt_text (stmt, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

gboolean
cb_book_end_imported (CbBook *self, guint most, guint *n_ended, GError **error)
{
  gint64 now_us = cb_clock_get_now_us (self->clock);
  g_autoptr (GPtrArray) ended = NULL;

  if (!put_off (self, now_us, error))
    return FALSE;
  ended = list_ended (self, now_us, most, error);
  for (guint i = 0; ended != NULL && i < ended->len; i++)
    {
      if (!cb_book_end_customer (self, g_ptr_array_index (ended, i), error))
        return FALSE;
    }
  *n_ended += ended != NULL ? ended->len : 0;
  return ended != NULL;
}
