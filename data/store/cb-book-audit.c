/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"

#define GAP "audit.gap"
#define END "end"

/* Of a row's hash, for whoever keeps it elsewhere. */
#define HEAD_BYTES 16

static void
append_field (GString *row, const char *text)
{
  /* Lengths before the texts, so that no two rows read alike. */
  g_string_append_printf (row, "%zd:", text != NULL ? (gssize) strlen (text) : (gssize) -1);
  if (text != NULL)
    g_string_append (row, text);
}

static GBytes *
reckon_mac (CbBook *self,
            GBytes *previous,
            gint64 at_us,
            const char *staff,
            const char *action,
            const char *customer,
            const char *object,
            const char *code)
{
  static const char HEX[] = "0123456789abcdef";
  g_autoptr (GString) row = g_string_sized_new (256);

  if (previous != NULL)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (previous, &length);

      for (gsize i = 0; i < length; i++)
        {
          g_string_append_c (row, HEX[bytes[i] >> 4]);
          g_string_append_c (row, HEX[bytes[i] & 15]);
        }
    }
  g_string_append_printf (row, "|%" G_GINT64_FORMAT "|", at_us);
  append_field (row, staff);
  append_field (row, action);
  append_field (row, customer);
  append_field (row, object);
  append_field (row, code);
  return cb_keyed_hash (&self->keys->audit, "audit", row->str);
}

static gboolean
read_last_mac (CbBook *self, GBytes **mac, gint64 *end, GError **error)
{
  static const char SQL_LAST_MAC[] =
    "SELECT (SELECT mac FROM audit ORDER BY seq DESC LIMIT 1),"
    " coalesce((SELECT value FROM counter WHERE name = 'audit'), 0)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LAST_MAC);

  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *mac = cb_stmt_is_null (stmt, 0) ? NULL : cb_stmt_dup_bytes (stmt, 0);
  *end = cb_stmt_int (stmt, 1);
  return TRUE;
}

/* --- its end --- */

/* Rows that are taken from the end leave a chain that fits. A keyed number of the last row is kept
 * apart from it, which nobody makes for another row without the key. */
static gint64
reckon_end (CbBook *self, GBytes *mac)
{
  g_autofree char *text =
    mac != NULL ? g_base64_encode (g_bytes_get_data (mac, NULL), g_bytes_get_size (mac)) : NULL;
  g_autoptr (GBytes) hash = NULL;
  guint64 number;

  if (text == NULL)
    return 0;
  hash = cb_keyed_hash (&self->keys->audit, "audit-end", text);
  memcpy (&number, g_bytes_get_data (hash, NULL), sizeof number);
  return (gint64) (GUINT64_FROM_LE (number) >> 1);
}

static gboolean
write_end (CbBook *self, GBytes *mac, GError **error)
{
  static const char SQL_SET_END[] =
    "INSERT INTO counter (name, value) VALUES ('audit', ?1)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_END);

  cb_stmt_bind_int (stmt, 1, reckon_end (self, mac));
  return cb_stmt_run (stmt, error);
}

/* The row as it is chained to the one before it. */
typedef struct
{
  gint64 at_us;
  const char *staff;
  const char *action;
  const char *customer;
  const char *object;
  const char *code;
} Row;

static GBytes *
chain_to (CbBook *self, GBytes *previous, const Row *row)
{
  return reckon_mac (self, previous, row->at_us, row->staff, row->action, row->customer,
                     row->object, row->code);
}

static GBytes *
chain (CbBook *self, const Row *row, GError **error)
{
  g_autoptr (GBytes) previous = NULL;
  gint64 end;

  return read_last_mac (self, &previous, &end, error) ? chain_to (self, previous, row) : NULL;
}

static gboolean
add_row (CbBook *self, const Row *row, GBytes *mac, GError **error)
{
  static const char SQL_ADD_AUDIT[] =
    "INSERT INTO audit (at_us, staff, action, customer, object, code, mac)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_AUDIT);

  cb_stmt_bind_int (stmt, 1, row->at_us);
  cb_stmt_bind_text (stmt, 2, row->staff);
  cb_stmt_bind_text (stmt, 3, row->action);
  cb_stmt_bind_text (stmt, 4, row->customer);
  cb_stmt_bind_text (stmt, 5, row->object);
  cb_stmt_bind_text (stmt, 6, row->code);
  cb_stmt_bind_bytes (stmt, 7, mac);
  if (!cb_stmt_run (stmt, error))
    return FALSE;
  self->audit_seq = sqlite3_last_insert_rowid (cb_db_get_handle (self->db));
  return write_end (self, mac, error);
}

static gboolean
add_chained (CbBook *self, const Row *row, GError **error)
{
  g_autoptr (GBytes) mac = chain (self, row, error);

  return mac != NULL && add_row (self, row, mac, error);
}

/* Whoever works here was added, and that was written down: an audit without any row is one that was
 * taken away whole, and its mark with it. */
static gboolean
has_lived (CbBook *self, gboolean *answer, GError **error)
{
  static const char SQL_HAS_STAFF[] = "SELECT EXISTS (SELECT 1 FROM staff)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_STAFF);

  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *answer = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

/* What was taken from the end can't be told; that it was stays for good, where it would have stood.
 * Answers, through `last`, which row the next one follows. */
static gboolean
mark_missing_end (CbBook *self, GBytes **last, GError **error)
{
  const Row row = {
    .at_us = cb_clock_get_now_us (self->clock),
    .action = GAP,
    .code = END,
  };
  g_autoptr (GBytes) found = NULL;
  gboolean is_missing = FALSE;
  gint64 end;

  if (!read_last_mac (self, &found, &end, error) ||
      (found == NULL && !has_lived (self, &is_missing, error)))
    return FALSE;
  if (!is_missing && end == reckon_end (self, found))
    {
      *last = g_steal_pointer (&found);
      return TRUE;
    }
  *last = chain_to (self, found, &row);
  return add_row (self, &row, *last, error);
}

static gboolean
add_behind_end (CbBook *self, const Row *row, GError **error)
{
  g_autoptr (GBytes) last = NULL;
  g_autoptr (GBytes) mac = NULL;

  if (!mark_missing_end (self, &last, error))
    return FALSE;
  mac = chain_to (self, last, row);
  return add_row (self, row, mac, error);
}

gboolean
cb_book_audit_reading (CbBook *self,
                       gint64 at_us,
                       const char *staff,
                       const char *customer,
                       const char *action,
                       GError **error)
{
  Row row = {
    .at_us = at_us,
    .staff = staff,
    .action = action,
    .customer = customer,
    .object = customer,
  };

  return add_behind_end (self, &row, error);
}

gboolean
cb_book_audit (CbBook *self,
               CbStaff *actor,
               const char *action,
               const char *customer,
               const char *object,
               const char *code,
               GError **error)
{
  const Row row = {
    .at_us = cb_clock_get_now_us (self->clock),
    .staff = actor != NULL ? cb_staff_get_id (actor) : NULL,
    .action = action,
    .customer = customer,
    .object = object,
    .code = code,
  };

  return add_behind_end (self, &row, error);
}

/* --- the rows of a store that is replaced --- */

static gboolean
read_number (CbBook *self, const char *sql, gint64 *number, GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);

  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *number = cb_stmt_int (stmt, 0);
  return TRUE;
}

/* Each chains the one before it, so that one row in common means that all before it are. */
static gboolean
find_common (CbBook *self, gint64 *common, gint64 *own, GError **error)
{
  static const char SQL_LAST_IN_COMMON[] =
    "SELECT coalesce(max(a.seq), 0) FROM main.audit AS a"
    " JOIN replaced.audit AS r ON r.seq = a.seq AND r.mac = a.mac";
  static const char SQL_LAST_OWN[] = "SELECT coalesce(max(seq), 0) FROM main.audit";

  return read_number (self, SQL_LAST_IN_COMMON, common, error) &&
         read_number (self, SQL_LAST_OWN, own, error);
}

/* A row that follows on the last one is taken as it is, or it does not fit. One of a history that
 * went another way is chained anew. */
static gboolean
carry_row (CbBook *self, CbStmt *rows, gboolean is_another, gboolean *fits, GError **error)
{
  Row row = {
    .at_us = cb_stmt_int (rows, 0),
    .staff = cb_stmt_text (rows, 1),
    .action = cb_stmt_text (rows, 2),
    .customer = cb_stmt_text (rows, 3),
    .object = cb_stmt_text (rows, 4),
    .code = cb_stmt_text (rows, 5),
  };
  g_autoptr (GBytes) kept = cb_stmt_dup_bytes (rows, 6);
  g_autoptr (GBytes) mac = chain (self, &row, error);

  if (mac == NULL)
    return FALSE;
  *fits = is_another || (kept != NULL && g_bytes_equal (kept, mac));
  return !*fits || add_row (self, &row, mac, error);
}

gboolean
cb_book_carry_audit (CbBook *self, guint *n_carried, gboolean *is_whole, GError **error)
{
  static const char SQL_LIST_REPLACED[] =
    "SELECT at_us, staff, action, customer, object, code, mac FROM replaced.audit"
    " WHERE seq > ?1 ORDER BY seq";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_REPLACED);
  g_autoptr (GBytes) last = NULL;
  g_autoptr (GError) why = NULL;
  gboolean is_another;
  gboolean fits = TRUE;
  gint64 common;
  gint64 own;

  if (!mark_missing_end (self, &last, error))
    return FALSE;
  *is_whole = find_common (self, &common, &own, NULL);
  if (!*is_whole)
    return TRUE;
  is_another = own > common;
  cb_stmt_bind_int (rows, 1, common);
  while (fits && cb_stmt_next (rows, &why))
    {
      if (is_another && *n_carried == 0 &&
          !cb_book_audit (self, NULL, "audit.carry", NULL, NULL, NULL, error))
        return FALSE;
      if (!carry_row (self, rows, is_another, &fits, error))
        return FALSE;
      *n_carried += fits ? 1 : 0;
    }
  *is_whole = fits && why == NULL;
  return TRUE;
}

/* --- the rows of a store that was damaged --- */

static gboolean
fits_behind (CbBook *self, const CbAuditRow *row, GBytes *previous)
{
  g_autoptr (GBytes) mac = reckon_mac (self, previous, row->at_us, row->staff, row->action,
                                       row->customer, row->object, row->code);

  return g_bytes_equal (mac, row->mac);
}

static gboolean
put_back_row (CbBook *self, const CbAuditRow *kept, GError **error)
{
  Row row = {
    .at_us = kept->at_us,
    .staff = kept->staff,
    .action = kept->action,
    .customer = kept->customer,
    .object = kept->object,
    .code = kept->code,
  };

  return add_chained (self, &row, error);
}

/* The first row behind a gap can't be told to be right, for what it was chained to is gone; those
 * behind it can, by what stands in it. */
gboolean
cb_book_refill_audit (CbBook *self, GPtrArray *rows, guint *n_kept, guint *n_lost, GError **error)
{
  const Row gap = { .at_us = cb_clock_get_now_us (self->clock), .action = GAP };
  GBytes *previous = NULL;
  gboolean has_gap = FALSE;
  gint64 last = 0;
  gint64 last_kept = 0;

  *n_kept = 0;
  /* The end of the damaged one says nothing of this one's. */
  if (!write_end (self, NULL, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const CbAuditRow *row = g_ptr_array_index (rows, i);
      gboolean fits = row->seq == last + 1 && fits_behind (self, row, previous);

      if (row->seq == last)
        continue;
      if (!fits && !has_gap && !add_chained (self, &gap, error))
        return FALSE;
      has_gap = has_gap || !fits;
      if (fits && !put_back_row (self, row, error))
        return FALSE;
      *n_kept += fits;
      last_kept = fits ? row->seq : last_kept;
      previous = row->mac;
      last = row->seq;
    }
  *n_lost += (guint) (last_kept - *n_kept) + (last != last_kept);
  return TRUE;
}

/* --- walking it --- */

static gboolean
check_end (CbBook *self, GBytes *walked, GError **error)
{
  g_autoptr (GBytes) last = NULL;
  gint64 end;

  if (!read_last_mac (self, &last, &end, error))
    return FALSE;
  /* A store has written down that it was opened. */
  if (walked != NULL && end == reckon_end (self, walked))
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                       "the end of the audit is missing");
  return FALSE;
}

static gboolean
walk_chain (CbBook *self, guint *n_rows, GError **error)
{
  static const char SQL_LIST_AUDIT[] =
    "SELECT seq, at_us, staff, action, customer, object, code, mac FROM audit ORDER BY seq";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_AUDIT);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) previous = NULL;

  while (cb_stmt_next (stmt, &local_error))
    {
      g_autoptr (GBytes) kept = cb_stmt_dup_bytes (stmt, 7);
      g_autoptr (GBytes) mac = reckon_mac (
        self, previous, cb_stmt_int (stmt, 1), cb_stmt_text (stmt, 2), cb_stmt_text (stmt, 3),
        cb_stmt_text (stmt, 4), cb_stmt_text (stmt, 5), cb_stmt_text (stmt, 6));

      if (kept == NULL || !g_bytes_equal (kept, mac))
        {
          g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                       "the audit does not fit together at row %" G_GINT64_FORMAT,
                       cb_stmt_int (stmt, 0));
          return FALSE;
        }
      g_clear_pointer (&previous, g_bytes_unref);
      previous = g_steal_pointer (&kept);
      (*n_rows)++;
    }
  return !cb_error_hand_on (&local_error, error) && check_end (self, previous, error);
}

gboolean
cb_book_verify_audit (CbBook *self, guint *n_rows, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  *n_rows = 0;
  if (!cb_book_begin_read (self, error))
    return FALSE;
  transaction = self->db;
  return walk_chain (self, n_rows, error);
}

gboolean
cb_book_find_audit_gap (CbBook *self, gint64 *seq, GError **error)
{
  static const char SQL_FIND_GAP[] =
    "SELECT coalesce(min(seq), 0) FROM audit WHERE action = 'audit.gap' AND code = 'end'";

  return read_number (self, SQL_FIND_GAP, seq, error);
}

/* --- what is kept of it elsewhere --- */

static char *
make_head (gint64 seq, const guint8 *mac)
{
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_append_printf (head, "%" G_GINT64_FORMAT "-", seq);
  for (guint i = 0; i < HEAD_BYTES; i++)
    g_string_append_printf (head, "%02x", mac[i]);
  return g_string_free (g_steal_pointer (&head), FALSE);
}

static gboolean
read_head (CbBook *self, gint64 seq, char **head, GError **error)
{
  static const char SQL_GET_MAC[] =
    "SELECT seq, mac FROM audit WHERE ?1 = 0 OR seq = ?1 ORDER BY seq DESC LIMIT 1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_MAC);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_int (stmt, 1, seq);
  if (cb_stmt_next (stmt, &local_error))
    {
      gsize length;
      const guint8 *mac = cb_stmt_blob (stmt, 1, &length);

      if (length >= HEAD_BYTES)
        *head = make_head (cb_stmt_int (stmt, 0), mac);
    }
  return !cb_error_hand_on (&local_error, error);
}

char *
cb_book_dup_audit_head (CbBook *self, GError **error)
{
  g_autofree char *head = NULL;

  if (!read_head (self, 0, &head, error))
    return NULL;
  return head != NULL ? g_steal_pointer (&head) : g_strdup ("");
}

gboolean
cb_book_check_audit_head (CbBook *self, const char *head, GError **error)
{
  g_autofree char *found = NULL;
  gint64 seq = g_ascii_strtoll (head, NULL, 10);

  if (seq > 0 && !read_head (self, seq, &found, error))
    return FALSE;
  if (found != NULL && g_str_equal (found, head))
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                       "the row that ended the audit then is not in it any more");
  return FALSE;
}

static CbAuditRow *
audit_row_from (CbStmt *stmt)
{
  CbAuditRow *row = g_new0 (CbAuditRow, 1);

  row->seq = cb_stmt_int (stmt, 0);
  row->at_us = cb_stmt_int (stmt, 1);
  row->staff = g_strdup (cb_stmt_text (stmt, 2));
  row->action = g_strdup (cb_stmt_text (stmt, 3));
  row->customer = g_strdup (cb_stmt_text (stmt, 4));
  row->object = g_strdup (cb_stmt_text (stmt, 5));
  row->code = g_strdup (cb_stmt_text (stmt, 6));
  row->mac = cb_stmt_dup_bytes (stmt, 7);
  return row;
}

GPtrArray *
cb_book_list_audit (CbBook *self, CbStaff *actor, gint64 after, guint limit, GError **error)
{
  static const char SQL_PAGE_AUDIT[] =
    "SELECT seq, at_us, staff, action, customer, object, code, mac FROM audit WHERE seq > ?1"
    " ORDER BY seq LIMIT ?2";
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_audit_row_free);
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (GError) local_error = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_AUDIT, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_audit (self, actor, "audit.export", NULL, NULL, NULL, error))
    return NULL;
  stmt = cb_db_prepare (self->db, SQL_PAGE_AUDIT);
  cb_stmt_bind_int (stmt, 1, after);
  cb_stmt_bind_int (stmt, 2, limit);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list, audit_row_from (stmt));
  if (cb_error_hand_on (&local_error, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}
