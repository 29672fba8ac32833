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
  g_autoptr (GString) row = g_string_new (NULL);

  if (previous != NULL)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (previous, &length);

      for (gsize i = 0; i < length; i++)
        g_string_append_printf (row, "%02x", bytes[i]);
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

gboolean
cb_book_audit (CbBook *self,
               CbStaff *actor,
               const char *action,
               const char *customer,
               const char *object,
               const char *code,
               GError **error)
{
  static const char SQL_ADD_AUDIT[] =
    "INSERT INTO audit (at_us, staff, action, customer, object, code, mac)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_AUDIT);
  const char *staff = actor != NULL ? cb_staff_get_id (actor) : NULL;
  gint64 now_us = cb_clock_get_now_us (self->clock);
  g_autoptr (GBytes) previous = NULL;
  g_autoptr (GBytes) mac = NULL;

  if (!read_last_mac (self, &previous, error))
    return FALSE;
  mac = reckon_mac (self, previous, now_us, staff, action, customer, object, code);
  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_text (stmt, 2, staff);
  cb_stmt_bind_text (stmt, 3, action);
  cb_stmt_bind_text (stmt, 4, customer);
  cb_stmt_bind_text (stmt, 5, object);
  cb_stmt_bind_text (stmt, 6, code);
  cb_stmt_bind_bytes (stmt, 7, mac);
  if (!cb_stmt_run (stmt, error))
    return FALSE;
  self->audit_seq = sqlite3_last_insert_rowid (cb_db_get_handle (self->db));
  return TRUE;
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
