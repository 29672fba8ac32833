/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "store/cb-import-private.h"

#define CACHE_MB 64

/* Whoever takes so many at once has the file to itself, and keeps the cache from piece to piece. */
#define BULK_ENTRIES 1000

/* --- one entry --- */

static gboolean
add_imported (CbBook *self, CbImport *import, const char *customer, GBytes *mark, GError **error)
{
  static const char SQL_ADD_IMPORTED[] =
    "INSERT INTO imported (customer, basis, imported_us, keep_until_us, mark)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_IMPORTED);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, import->basis);
  cb_stmt_bind_int (stmt, 3, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_int (stmt, 4, import->keep_until_us);
  cb_stmt_bind_bytes (stmt, 5, mark);
  return cb_stmt_run (stmt, error);
}

/* A piece that fails and is not kept leaves its samples: they are what was read, and nothing
 * follows them. */
void
cb_import_sample (CbImport *import,
                  guint64 line,
                  CbFate fate,
                  const CbCustomerDraft *draft,
                  const char *reason)
{
  if (import->samples->len < import->n_samples)
    g_ptr_array_add (import->samples, cb_import_line_new (line, fate, draft, reason));
}

void
cb_tally_reject (CbTally *tally, guint64 line, const char *reason)
{
  CbRejected rejected = { line, reason };

  g_array_append_val (tally->rejected, rejected);
}

/* Neither written over what is left of that record nor put beside it as a second one. */
static void
refuse (CbImport *import, CbEntry *entry, CbTally *tally)
{
  static const char DAMAGED[] =
    "it may belong to a record here that is damaged: nothing is added or "
    "changed until that record is repaired";

  cb_tally_reject (tally, entry->line, DAMAGED);
  cb_import_sample (import, entry->line, CB_FATE_REJECTED, entry->draft, DAMAGED);
}

static gboolean
keep (CbBook *self,
      CbStaff *actor,
      CbImport *import,
      CbEntry *entry,
      CbTally *tally,
      GError **error)
{
  const CbCustomerDraft *draft = entry->draft;
  g_autoptr (GBytes) mark = cb_book_mark_entry (self, draft);
  g_autofree char *id = NULL;
  CbMatch match;
  gboolean is_done;
  gboolean is_known;

  if (!cb_book_find_match (self, draft, mark, &match, error))
    return FALSE;
  if (match.is_damaged)
    {
      g_free (match.customer);
      refuse (import, entry, tally);
      return TRUE;
    }
  if (import->is_dry_run)
    {
      is_known = cb_book_was_seen (self, import, draft, mark) || match.customer != NULL;
      g_free (match.customer);
      *(is_known ? &tally->n_merged : &tally->n_added) += 1;
      cb_import_sample (import, entry->line, is_known ? CB_FATE_MERGED : CB_FATE_ADDED, draft,
                        NULL);
      return TRUE;
    }
  if (match.customer != NULL)
    {
      is_done = cb_book_merge_entry (self, actor, match.customer, draft, error);
      g_free (match.customer);
      tally->n_merged++;
      cb_import_sample (import, entry->line, CB_FATE_MERGED, draft, NULL);
      return is_done;
    }
  id = cb_id_new ();
  tally->n_added++;
  cb_import_sample (import, entry->line, CB_FATE_ADDED, draft, NULL);
  return cb_book_write_customer (self, actor, id, draft, "import", error) &&
         add_imported (self, import, id, mark, error) && cb_book_mark_unconfirmed (self, id, error);
}

static gboolean
take_entry (CbBook *self,
            CbStaff *actor,
            CbImport *import,
            CbEntry *entry,
            CbTally *tally,
            GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (entry->draft == NULL)
    {
      cb_tally_reject (tally, entry->line, entry->reason);
      cb_import_sample (import, entry->line, CB_FATE_REJECTED, NULL, entry->reason);
      return TRUE;
    }
  if (!cb_book_check_customer (entry->draft, &local_error))
    {
      const char *reason = g_intern_string (local_error->message);

      cb_tally_reject (tally, entry->line, reason);
      cb_import_sample (import, entry->line, CB_FATE_REJECTED, entry->draft, reason);
      return TRUE;
    }
  return keep (self, actor, import, entry, tally, error);
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
goods_clear (gpointer data)
{
  cb_goods_row_clear (data);
}

static GArray *
read_goods (CbImport *import)
{
  GArray *rows = g_array_sized_new (FALSE, FALSE, sizeof (CbGoodsRow), import->piece_entries);
  CbGoodsRow row;

  g_array_set_clear_func (rows, goods_clear);
  while (rows->len < import->piece_entries && !import->is_at_end)
    {
      if (cb_goods_next (import->goods, &row, &import->failure))
        g_array_append_val (rows, row);
      else
        import->is_at_end = TRUE;
    }
  return rows;
}

static GArray *
read_piece (CbImport *import)
{
  if (import->goods != NULL)
    return read_goods (import);
  return import->optouts != NULL ? cb_import_read_optouts (import) : read_entries (import);
}

static void
add_up (CbImport *import, const CbTally *tally)
{
  import->n_read += tally->n_read;
  import->n_added += tally->n_added;
  import->n_merged += tally->n_merged;
  import->n_not_asked += tally->n_not_asked;
  g_array_append_vals (import->rejected, tally->rejected->data, tally->rejected->len);
}

/* The day does not change with each entry, and reckoning it is not free. */
static void
settle_end (CbBook *self, CbImport *import)
{
  if (import->keep_until_us == 0)
    import->keep_until_us =
      cb_clock_day_end_us (cb_clock_get_now_us (self->clock), CB_IMPORTED_KEEP_DAYS);
}

static gboolean
take_one (CbBook *self,
          CbStaff *actor,
          CbImport *import,
          GArray *piece,
          guint i,
          CbTally *tally,
          GError **error)
{
  if (import->goods != NULL && import->is_catalogue)
    return cb_book_take_product (self, import, &g_array_index (piece, CbGoodsRow, i), tally, error);
  if (import->goods != NULL)
    return cb_book_take_purchase (self, actor, import, &g_array_index (piece, CbGoodsRow, i), tally,
                                  error);
  if (import->optouts != NULL)
    return cb_book_take_optout (self, actor, import, &g_array_index (piece, CbOptout, i), tally,
                                error);
  return take_entry (self, actor, import, &g_array_index (piece, CbEntry, i), tally, error);
}

static gboolean
take_piece (CbBook *self, CbStaff *actor, CbImport *import, GArray *piece, GError **error)
{
  g_autoptr (GArray) rejected = g_array_new (FALSE, FALSE, sizeof (CbRejected));
  CbTally tally = { .n_read = piece->len, .rejected = rejected };
  g_auto (CbTransaction) transaction = NULL;

  if (import->is_dry_run ? !cb_book_begin_read (self, error) : !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  for (guint i = 0; i < piece->len; i++)
    {
      if (!take_one (self, actor, import, piece, i, &tally, error))
        return FALSE;
    }
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  add_up (import, &tally);
  return TRUE;
}

/* Random ids put each entry's rows all over the file. */
static gboolean
take_cached_piece (CbBook *self, CbStaff *actor, CbImport *import, GArray *piece, GError **error)
{
  gboolean is_taken;

  if (!cb_db_set_cache_mb (self->db, CACHE_MB, error))
    return FALSE;
  is_taken = take_piece (self, actor, import, piece, error);
  if (!is_taken || import->is_at_end || import->piece_entries < BULK_ENTRIES)
    cb_db_set_cache_mb (self->db, 0, NULL);
  return is_taken;
}

gboolean
cb_book_import_piece (CbBook *self,
                      CbStaff *actor,
                      CbImport *import,
                      gboolean *more,
                      GError **error)
{
  g_autoptr (GArray) piece = NULL;

  *more = FALSE;
  if (!cb_book_require (self, actor, CB_ACT_IMPORT, error))
    return FALSE;
  piece = read_piece (import);
  settle_end (self, import);
  if (piece->len > 0 && !take_cached_piece (self, actor, import, piece, error))
    return FALSE;
  if (import->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&import->failure));
      return FALSE;
    }
  *more = !import->is_at_end;
  return TRUE;
}
