/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"

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
read_last_mac (CbBook *self, GBytes **mac, GError **error)
{
  static const char SQL_LAST_MAC[] = "SELECT mac FROM audit ORDER BY seq DESC LIMIT 1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LAST_MAC);
  g_autoptr (GError) local_error = NULL;

  *mac = cb_stmt_next (stmt, &local_error) ? cb_stmt_dup_bytes (stmt, 0) : NULL;
  return !cb_error_hand_on (&local_error, error);
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
chain (CbBook *self, const Row *row, GError **error)
{
  g_autoptr (GBytes) previous = NULL;

  if (!read_last_mac (self, &previous, error))
    return NULL;
  return reckon_mac (self, previous, row->at_us, row->staff, row->action, row->customer,
                     row->object, row->code);
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
  return TRUE;
}

gboolean
cb_book_audit_reading (CbBook *self,
                       gint64 at_us,
                       const char *staff,
                       const char *customer,
                       GError **error)
{
  Row row = {
    .at_us = at_us,
    .staff = staff,
    .action = "customer.read",
    .customer = customer,
    .object = customer,
  };
  g_autoptr (GBytes) mac = chain (self, &row, error);

  return mac != NULL && add_row (self, &row, mac, error);
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
  Row row = {
    .at_us = cb_clock_get_now_us (self->clock),
    .staff = actor != NULL ? cb_staff_get_id (actor) : NULL,
    .action = action,
    .customer = customer,
    .object = object,
    .code = code,
  };
  g_autoptr (GBytes) mac = chain (self, &row, error);

  return mac != NULL && add_row (self, &row, mac, error);
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
  g_autoptr (GError) why = NULL;
  gboolean is_another;
  gboolean fits = TRUE;
  gint64 common;
  gint64 own;

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

void
cb_audit_row_free (CbAuditRow *row)
{
  g_free (row->staff);
  g_free (row->action);
  g_free (row->customer);
  g_free (row->object);
  g_free (row->code);
  g_clear_pointer (&row->mac, g_bytes_unref);
  g_free (row);
}

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
  g_autoptr (GBytes) mac = chain (self, &row, error);

  return mac != NULL && add_row (self, &row, mac, error);
}

/* The first row behind a gap can't be told to be right, for what it was chained to is gone; those
 * behind it can, by what stands in it. */
gboolean
cb_book_refill_audit (CbBook *self, GPtrArray *rows, guint *n_kept, guint *n_lost, GError **error)
{
  GBytes *previous = NULL;
  gboolean has_gap = FALSE;
  gint64 last = 0;
  gint64 last_kept = 0;

  *n_kept = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      const CbAuditRow *row = g_ptr_array_index (rows, i);
      gboolean fits = row->seq == last + 1 && fits_behind (self, row, previous);

      if (row->seq == last)
        continue;
      if (!fits && !has_gap && !cb_book_audit (self, NULL, "audit.gap", NULL, NULL, NULL, error))
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
  return !cb_error_hand_on (&local_error, error);
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
