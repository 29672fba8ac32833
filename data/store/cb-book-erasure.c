/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-review-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"

/* One line an erasure: the customer's random id, the reason, the time; of words that were taken out
 * of a note, the note's. It lies in the state folder,
 * apart from the database, so that it convicts a database that was put back. */
#define LEDGER "tombstones"
#define LEDGER_MAX (64 * 1024 * 1024)

static char *
get_ledger_path (CbBook *self)
{
  return g_build_filename (self->state_directory, LEDGER, NULL);
}

/* The ledger is written before the transaction commits: dying in between erases at the next
 * opening, which is the side to err on. The line feed in front ends what a power cut may have left
 * of a line that was never reported; without it this line would be part of that one. */
gboolean
cb_book_append_to_ledger (CbBook *self, const char *id, const char *reason, GError **error)
{
  g_autofree char *path = get_ledger_path (self);
  g_autofree char *line = g_strdup_printf ("\n%s %s %" G_GINT64_FORMAT "\n", id, reason,
                                           cb_clock_get_now_us (self->clock));

  return cb_files_append (path, line, strlen (line), error);
}

static gboolean
add_tombstone (CbBook *self,
               const char *customer,
               const char *reason,
               const char *origin,
               GError **error)
{
  static const char SQL_ADD_TOMBSTONE[] =
    "INSERT INTO tombstone (customer, reason, requested_us, executed_us, origin)"
    " VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (customer) DO NOTHING";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_TOMBSTONE);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, reason);
  cb_stmt_bind_int (stmt, 3, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_text (stmt, 4, origin);
  return cb_stmt_run (stmt, error);
}

/* Everything hangs on the customer's row; the outbox does not, since erase operations outlive it.
 */
gboolean
cb_book_forget (CbBook *self,
                const char *customer,
                const char *reason,
                const char *origin,
                GError **error)
{
  static const char SQL_FORGET_CUSTOMER[] = "DELETE FROM customer WHERE id = ?1";
  static const char SQL_FORGET_OPERATIONS[] = "DELETE FROM outbox WHERE customer = ?1";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_FORGET_CUSTOMER);
  g_autoptr (CbStmt) operations = cb_db_prepare (self->db, SQL_FORGET_OPERATIONS);

  cb_stmt_bind_text (rows, 1, customer);
  cb_stmt_bind_text (operations, 1, customer);
  self->n_accepted = -1;
  self->is_outbox_touched = TRUE;
  cb_book_touch (self, customer);
  if (!cb_book_gather_canaries (self, customer, error) || !cb_stmt_run (rows, error))
    return FALSE;
  cb_book_forget_customer_key (self);
  return cb_stmt_run (operations, error) && add_tombstone (self, customer, reason, origin, error) &&
         cb_book_want_rotation (self, error);
}

static gboolean
send_erase (CbBook *self,
            CbStaff *actor,
            const char *customer,
            CbEraseReason reason,
            GError **error)
{
  g_autofree char *op_id = cb_id_new ();
  g_autoptr (JsonObject) body = json_object_new_object ();
  CbQueued queued = {
    .kind = "erase",
    .act = "erase",
    .record = customer,
    .customer = customer,
    .lane = 0,
  };

  cb_json_set_string (body, "reason", cb_erase_reason_to_id (reason));
  return cb_book_send (self, actor, op_id, &queued, NULL, body, error);
}

static gboolean
remember_objection (CbBook *self,
                    CbStaff *actor,
                    const char *customer,
                    CbEraseReason reason,
                    GError **error)
{
  return reason != CB_ERASE_OBJECTION || cb_book_suppress_contacts (self, actor, customer, error);
}

gboolean
cb_book_erase (CbBook *self,
               CbStaff *actor,
               const char *customer,
               CbEraseReason reason,
               GError **error)
{
  const char *code = cb_erase_reason_to_id (reason);
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require_theirs (self, actor, CB_ACT_ERASE, customer, error) ||
      !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error) ||
      !remember_objection (self, actor, customer, reason, error) ||
      !cb_book_append_to_ledger (self, customer, code, error) ||
      !cb_book_forget (self, customer, code, "here", error) ||
      !send_erase (self, actor, customer, reason, error) ||
      !cb_book_audit (self, actor, "customer.erase", customer, customer, code, error))
    return FALSE;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  cb_book_try_to_reach_copies (self);
  return cb_book_rotate_if_due (self, error);
}

/* Whether anything of a customer was ever on its way: most imported cards never are. */
static gboolean
may_be_at_service (CbBook *self, const char *customer, gboolean *may_be, GError **error)
{
  static const char SQL_MAY_BE_AT_SERVICE[] =
    "SELECT EXISTS (SELECT 1 FROM customer WHERE id = ?1 AND version IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM consent_event WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM outbox WHERE customer = ?1 AND state <> 'held')";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_MAY_BE_AT_SERVICE);

  cb_stmt_bind_text (stmt, 1, customer);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *may_be = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

gboolean
cb_book_end_customer (CbBook *self,
                      CbStaff *actor,
                      const char *customer,
                      CbEraseReason reason,
                      GError **error)
{
  const char *code = cb_erase_reason_to_id (reason);
  gboolean may_be = TRUE;

  return may_be_at_service (self, customer, &may_be, error) &&
         remember_objection (self, actor, customer, reason, error) &&
         cb_book_append_to_ledger (self, customer, code, error) &&
         cb_book_forget (self, customer, code, "here", error) &&
         (!may_be || send_erase (self, actor, customer, reason, error)) &&
         cb_book_audit (self, actor, "customer.erase", customer, customer, code, error);
}

gboolean
cb_book_record_gone (CbBook *self, const char *customer, GError **error)
{
  const char *code = cb_erase_reason_to_id (CB_ERASE_REQUEST);

  return cb_book_append_to_ledger (self, customer, code, error) &&
         cb_book_forget (self, customer, code, "service", error) &&
         cb_book_audit (self, NULL, "customer.erase", customer, customer, "service", error);
}

/* --- the ledger against a database that was put back --- */

static gboolean
has_tombstone (CbBook *self, const char *customer, gboolean *has, GError **error)
{
  static const char SQL_HAS_TOMBSTONE[] =
    "SELECT EXISTS (SELECT 1 FROM tombstone WHERE customer = ?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_TOMBSTONE);

  cb_stmt_bind_text (stmt, 1, customer);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *has = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

/* Whether it is still to be done is asked behind the lock: a line without a tombstone may be that
 * of a process which is erasing at this moment, and whose operation must stay. */
static gboolean
replay (CbBook *self, const char *customer, const char *reason, guint *n_erased, GError **error)
{
  CbEraseReason known = CB_ERASE_REQUEST;
  gboolean has;
  gboolean is_there;
  g_auto (CbTransaction) transaction = NULL;

  cb_erase_reason_from_id (reason, &known);
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!has_tombstone (self, customer, &has, error))
    return FALSE;
  if (has)
    return TRUE;
  is_there = cb_book_require_customer (self, customer, NULL);
  if (!cb_book_forget (self, customer, reason, "ledger", error) ||
      !send_erase (self, NULL, customer, known, error) ||
      !cb_book_audit (self, NULL, "customer.erase", customer, customer, "ledger", error))
    return FALSE;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  if (is_there && n_erased != NULL)
    (*n_erased)++;
  return TRUE;
}

/* Where the length of the file was kept and what was written was not, a power cut leaves zeros: the
 * lines behind them count all the same. */
static char **
split_ledger (char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\0')
        text[i] = '\n';
    }
  return g_strsplit (text, "\n", -1);
}

/* The lines of the ledger; none when there is no ledger. */
static GStrv
read_ledger (CbBook *self, GError **error)
{
  g_autofree char *path = get_ledger_path (self);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_new0 (char *, 1);
  text = cb_files_read (path, LEDGER_MAX, &length, error);
  return text != NULL ? split_ledger (text, length) : NULL;
}

/* A line torn by a power cut names nobody whose erasure was ever reported as done. */
static GStrv
split_line (const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, " ", 3);

  return g_strv_length (fields) == 3 && cb_id_is_valid (fields[0]) ? g_steal_pointer (&fields)
                                                                   : NULL;
}

static gboolean
is_result (const char *word)
{
  return g_str_equal (word, CB_LEDGER_PASS) || g_str_equal (word, CB_LEDGER_FAIL);
}

gboolean
cb_book_note_in_ledger (CbBook *self, GHashTable *erased, const char *result, GError **error)
{
  g_autofree char *path = get_ledger_path (self);
  g_autoptr (GString) text = g_string_new ("\n");
  GHashTableIter iter;
  gpointer customer;

  g_hash_table_iter_init (&iter, erased);
  while (g_hash_table_iter_next (&iter, &customer, NULL))
    g_string_append_printf (text, "%s %s %" G_GINT64_FORMAT "\n", (const char *) customer, result,
                            cb_clock_get_now_us (self->clock));
  return cb_files_append (path, text->str, text->len, error);
}

gboolean
cb_book_replay_ledger (CbBook *self, guint *n_erased, GError **error)
{
  g_auto (GStrv) lines = read_ledger (self, error);

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = split_line (lines[i]);
      gboolean has = TRUE;

      if (fields == NULL || is_result (fields[1]))
        continue;
      if (g_str_equal (fields[1], CB_LEDGER_REDACT))
        {
          if (!cb_book_replay_redaction (self, fields[0], error))
            return FALSE;
          continue;
        }
      if (!has_tombstone (self, fields[0], &has, error) ||
          (!has && !replay (self, fields[0], fields[1], n_erased, error)))
        return FALSE;
    }
  return lines != NULL;
}

static GHashTable *
read_ledger_ids (CbBook *self, GError **error)
{
  g_auto (GStrv) lines = read_ledger (self, error);
  GHashTable *ids;

  if (lines == NULL)
    return NULL;
  ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = split_line (lines[i]);

      if (fields != NULL)
        g_hash_table_add (ids, g_strdup (fields[0]));
    }
  return ids;
}

gboolean
cb_book_complete_ledger (CbBook *self, const char *select, GError **error)
{
  g_autoptr (GHashTable) ids = read_ledger_ids (self, error);
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, select);
  g_autoptr (GString) text = g_string_new ("\n");
  g_autofree char *path = get_ledger_path (self);
  g_autoptr (GError) local_error = NULL;

  while (ids != NULL && cb_stmt_next (rows, &local_error))
    {
      const char *id = cb_stmt_text (rows, 0);

      if (cb_id_is_valid (id) && g_hash_table_add (ids, g_strdup (id)))
        g_string_append_printf (text, "%s %s %" G_GINT64_FORMAT "\n", id, cb_stmt_text (rows, 1),
                                cb_stmt_int (rows, 2));
    }
  if (ids == NULL || (text->len > 1 && !cb_files_append (path, text->str, text->len, error)))
    return FALSE;
  return !cb_error_hand_on (&local_error, error);
}

gboolean
cb_book_settle_ledger (CbBook *self, guint *n_erased, GError **error)
{
  static const char SQL_LIST_OWN[] =
    "SELECT customer, reason, executed_us FROM tombstone"
    " UNION ALL SELECT note, '" CB_LEDGER_REDACT "', redacted_us FROM redaction";

  return cb_book_complete_ledger (self, SQL_LIST_OWN, error) &&
         cb_book_replay_ledger (self, n_erased, error);
}
