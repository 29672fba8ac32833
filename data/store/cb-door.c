/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-door.h"

#include "base/cb-error.h"
#include "store/cb-book-private.h"

#define VIEW "leaving"

/* Tries after which an answer that nobody understands is a person's business. */
#define TRIES_MAX 20

/* How long the yes of a record that the service lost may be another terminal's to offer again, and
 * how often that is tried. */
#define LOST_US (35 * CB_US_PER_DAY)
#define LOST_PAUSE_US (15 * 60 * CB_US_PER_SECOND)

typedef enum
{
  STATEMENT_BEGIN,
  STATEMENT_COMMIT,
  STATEMENT_ROLLBACK,
  STATEMENT_TAKE,
  STATEMENT_MARK_SENT,
  STATEMENT_MORE,
  STATEMENT_NEXT_READY,
  STATEMENT_ACCEPT,
  STATEMENT_PUT_OFF,
  STATEMENT_PARK,
  STATEMENT_WAIT_FOR_YES,
  STATEMENT_UNSEND,
  STATEMENT_FORGET_WAITS,
} Statement;

static const char *const statements[] = {
  [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
  [STATEMENT_COMMIT] = "COMMIT",
  [STATEMENT_ROLLBACK] = "ROLLBACK",
  [STATEMENT_TAKE] =
    "SELECT op_id, kind, customer, bytes, state = 'waiting' FROM leaving"
    " WHERE not_before_us <= ?1 ORDER BY lane, turn LIMIT ?2",
  [STATEMENT_MARK_SENT] = "UPDATE outbox SET state = 'sent' WHERE op_id = ?1",
  [STATEMENT_MORE] =
    "SELECT 1 FROM leaving WHERE state = 'waiting' AND not_before_us <= ?1"
    " ORDER BY lane, turn LIMIT 1",
  [STATEMENT_NEXT_READY] = "SELECT min(not_before_us) FROM leaving WHERE not_before_us > ?1",
  [STATEMENT_ACCEPT] =
    "UPDATE outbox SET state = 'accepted', code = NULL, n = ?2, settled_us = ?3"
    " WHERE op_id = ?1 AND state IN ('waiting', 'sent')",
  [STATEMENT_PUT_OFF] =
    "UPDATE outbox SET tries = tries + 1, code = ?3, not_before_us = ?2, state = CASE"
    " WHEN ?3 = 'unknown_answer' AND tries + 1 >= ?4 THEN 'parked' ELSE 'waiting' END"
    " WHERE op_id = ?1 AND state IN ('waiting', 'sent')",
  /* What was accepted once and lost since may rest on a yes that another terminal has yet to offer
   * again; and a version older than the one that the service had of it is no news. */
  [STATEMENT_PARK] =
    "UPDATE outbox SET state = 'parked', code = ?2, theirs = ?3, n = ?4"
    " WHERE op_id = ?1 AND state IN ('waiting', 'sent')"
    " AND NOT (?2 = 'consent_missing' AND n > 0 AND settled_us > ?5)"
    " AND NOT (?2 = 'conflict' AND n > ?4)",
  [STATEMENT_WAIT_FOR_YES] =
    "UPDATE outbox SET state = 'waiting', tries = tries + 1, code = ?2, not_before_us = ?3"
    " WHERE op_id = ?1 AND state IN ('waiting', 'sent')",
  [STATEMENT_UNSEND] = "UPDATE outbox SET state = 'waiting' WHERE op_id = ?1 AND state = 'sent'",
  [STATEMENT_FORGET_WAITS] = "UPDATE outbox SET not_before_us = 0 WHERE state = 'waiting'",
};

struct _CbDoor
{
  GObject parent_instance;
  CbDb *db;
  gboolean is_compiling; /* the fixed list alone */
};

G_DEFINE_FINAL_TYPE (CbDoor, cb_door, G_TYPE_OBJECT)

void
cb_leaving_free (CbLeaving *leaving)
{
  g_free (leaving->op_id);
  g_free (leaving->kind);
  g_free (leaving->customer);
  g_bytes_unref (leaving->sealed);
  g_free (leaving);
}

/* --- the authorizer --- */

static gboolean
is_one_of (const char *name, const char *const *names)
{
  return name != NULL && g_strv_contains (names, name);
}

/* The views that `leaving` is made of: a read inside them reports the innermost one. */
static gboolean
may_read (const char *table, const char *column, const char *view)
{
  static const char *const views[] = {
    VIEW, "shop_within_everywhere", "permission_now", "consent_now", "suppressed_now", NULL,
  };
  static const char *const behind[] = {
    "outbox",         "consent_event",
    "customer",       "shop_within_everywhere",
    "permission_now", "suppressed_now",
    "consent_now",    "suppression",
    "contact",        NULL,
  };
  static const char *const books[] = { "op_id", "state",      "tries", "code",
                                       "n",     "settled_us", "ROWID", NULL };
  static const char *const card[] = { "id", "restricted", "last_visit_us", NULL };
  static const char *const answers[] = { "seq",   "id",     "customer", "purpose", "channel",
                                         "state", "notice", "version",  "at_us",   NULL };

  static const char *const hashes[] = { "customer", "local_hash", "chain_hash", NULL };

  if (g_strcmp0 (table, VIEW) == 0)
    return view == NULL;
  /* Columns that say nothing about anybody, whatever asks. */
  if (g_strcmp0 (table, "customer") == 0 && !is_one_of (column, card))
    return FALSE;
  if (g_strcmp0 (table, "consent_event") == 0 && !is_one_of (column, answers))
    return FALSE;
  if (g_strcmp0 (table, "contact") == 0 && !is_one_of (column, hashes))
    return FALSE;
  if (view != NULL)
    return is_one_of (view, views) && is_one_of (table, behind);
  return g_strcmp0 (table, "outbox") == 0 && is_one_of (column, books);
}

static gboolean
may_update (const char *table, const char *column)
{
  static const char *const books[] = { "state", "tries",      "code",   "not_before_us",
                                       "n",     "settled_us", "theirs", NULL };

  return g_strcmp0 (table, "outbox") == 0 && is_one_of (column, books);
}

static gboolean
may_call (const char *function)
{
  static const char *const functions[] = { "cb_now", "cb_valid_until", "cb_is_outdated", "min",
                                           "max",    "count",          "coalesce",       NULL };

  return is_one_of (function, functions);
}

static int
authorize (void *data,
           int action,
           const char *first,
           const char *second,
           const char *database,
           const char *view)
{
  CbDoor *self = data;
  gboolean allowed = FALSE;

  if (!self->is_compiling)
    return SQLITE_DENY;
  switch (action)
    {
    case SQLITE_SELECT:
    case SQLITE_TRANSACTION:
      allowed = TRUE;
      break;
    case SQLITE_READ:
      allowed = may_read (first, second, view);
      break;
    case SQLITE_UPDATE:
      allowed = may_update (first, second);
      break;
    case SQLITE_FUNCTION:
      allowed = may_call (second);
      break;
    default:
      break;
    }
  return allowed ? SQLITE_OK : SQLITE_DENY;
}

gboolean
cb_door_try (CbDoor *self, const char *sql, gboolean sealed, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int code;

  self->is_compiling = !sealed;
  code = sqlite3_prepare_v2 (cb_db_get_handle (self->db), sql, -1, &stmt, NULL);
  self->is_compiling = FALSE;
  sqlite3_finalize (stmt);
  if (code == SQLITE_OK)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN, "not through this door (%d)", code);
  return FALSE;
}

/* --- the fixed list --- */

/* SQLite compiles a statement again by itself when the schema has changed under it; that is the
 * fixed list's text too, so the list may be compiled while one of its statements runs. */
static gboolean
step (CbDoor *self, CbStmt *stmt, gboolean *row, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  self->is_compiling = TRUE;
  *row = cb_stmt_next (stmt, &local_error);
  self->is_compiling = FALSE;
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
run (CbDoor *self, CbStmt *stmt, GError **error)
{
  gboolean row;

  return step (self, stmt, &row, error);
}

/* Compiled when it is first wanted: most programs send nothing. */
static CbStmt *
lend (CbDoor *self, Statement which)
{
  CbStmt *stmt;

  self->is_compiling = TRUE;
  stmt = cb_db_prepare (self->db, statements[which]);
  self->is_compiling = FALSE;
  return stmt;
}

static gboolean
run_plain (CbDoor *self, Statement which, GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, which);

  return run (self, stmt, error);
}

CbDoor *
cb_door_open (const char *home, CbClock *clock, GError **error)
{
  g_autoptr (CbDoor) self = g_object_new (CB_TYPE_DOOR, NULL);

  self->db = cb_book_open_connection (home, FALSE, clock, error);
  if (self->db == NULL)
    return NULL;
  /* Before the authorizer: setting one expires what is prepared. */
  if (sqlite3_set_authorizer (cb_db_get_handle (self->db), authorize, self) != SQLITE_OK)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED, "the door has no lock");
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* Where the end of memory kept a transaction from being taken back, that is done first. */
gboolean
cb_door_begin (CbDoor *self, GError **error)
{
  cb_door_rollback (self);
  return run_plain (self, STATEMENT_BEGIN, error);
}

gboolean
cb_door_commit (CbDoor *self, GError **error)
{
  if (run_plain (self, STATEMENT_COMMIT, error))
    return TRUE;
  cb_door_rollback (self);
  return FALSE;
}

void
cb_door_rollback (CbDoor *self)
{
  if (cb_db_is_in_transaction (self->db))
    run_plain (self, STATEMENT_ROLLBACK, NULL);
}

/* --- taking --- */

static gboolean
read_leaving (CbDoor *self, guint max_ops, gsize max_bytes, GPtrArray *list, GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, STATEMENT_TAKE);
  gsize n_bytes = 0;
  gboolean row;

  cb_stmt_bind_int (stmt, 1, cb_clock_get_now_us (cb_db_get_clock (self->db)));
  cb_stmt_bind_int (stmt, 2, max_ops);
  while (step (self, stmt, &row, error))
    {
      CbLeaving *leaving;

      if (!row)
        return TRUE;
      leaving = g_new0 (CbLeaving, 1);
      leaving->op_id = g_strdup (cb_stmt_text (stmt, 0));
      leaving->kind = g_strdup (cb_stmt_text (stmt, 1));
      leaving->customer = g_strdup (cb_stmt_text (stmt, 2));
      leaving->sealed = cb_stmt_dup_bytes (stmt, 3);
      leaving->is_first = cb_stmt_int (stmt, 4) != 0;
      /* One always goes, however long: the service says whether it is too long. */
      n_bytes += g_bytes_get_size (leaving->sealed);
      if (list->len > 0 && n_bytes > max_bytes)
        {
          cb_leaving_free (leaving);
          return TRUE;
        }
      g_ptr_array_add (list, leaving);
    }
  return FALSE;
}

static gboolean
mark_sent (CbDoor *self, GPtrArray *list, GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, STATEMENT_MARK_SENT);

  for (guint i = 0; i < list->len; i++)
    {
      CbLeaving *leaving = g_ptr_array_index (list, i);

      if (!leaving->is_first)
        continue;
      cb_stmt_bind_text (stmt, 1, leaving->op_id);
      if (!run (self, stmt, error))
        return FALSE;
      cb_stmt_again (stmt);
    }
  return TRUE;
}

static gboolean
read_one (CbDoor *self,
          Statement which,
          gint64 now_us,
          gboolean *found,
          gint64 *value,
          GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, which);

  cb_stmt_bind_int (stmt, 1, now_us);
  if (!step (self, stmt, found, error))
    return FALSE;
  *found = *found && !cb_stmt_is_null (stmt, 0);
  *value = *found ? cb_stmt_int (stmt, 0) : 0;
  return TRUE;
}

static gboolean
read_next_ready (CbDoor *self, gint64 *next_ready_us, GError **error)
{
  gint64 now_us = cb_clock_get_now_us (cb_db_get_clock (self->db));
  gboolean found;
  gint64 value;

  *next_ready_us = 0;
  if (!read_one (self, STATEMENT_MORE, now_us, &found, &value, error))
    return FALSE;
  if (found)
    return TRUE;
  if (!read_one (self, STATEMENT_NEXT_READY, now_us, &found, &value, error))
    return FALSE;
  *next_ready_us = found ? value : -1;
  return TRUE;
}

GPtrArray *
cb_door_take (CbDoor *self, guint max_ops, gsize max_bytes, gint64 *next_ready_us, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_leaving_free);

  if (!cb_door_begin (self, error))
    return NULL;
  if (read_leaving (self, max_ops, max_bytes, list, error) && mark_sent (self, list, error) &&
      read_next_ready (self, next_ready_us, error) && cb_door_commit (self, error))
    return g_steal_pointer (&list);
  cb_door_rollback (self);
  return NULL;
}

gboolean
cb_door_forget_waits (CbDoor *self, GError **error)
{
  return run_plain (self, STATEMENT_FORGET_WAITS, error);
}

/* --- settling --- */

static gboolean
accept (CbDoor *self, const CbSettlement *settlement, gint64 now_us, GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, STATEMENT_ACCEPT);

  cb_stmt_bind_text (stmt, 1, settlement->op_id);
  cb_stmt_bind_int (stmt, 2, settlement->n);
  cb_stmt_bind_int (stmt, 3, now_us);
  return run (self, stmt, error);
}

static gboolean
put_off (CbDoor *self, const CbSettlement *settlement, GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, STATEMENT_PUT_OFF);

  cb_stmt_bind_text (stmt, 1, settlement->op_id);
  cb_stmt_bind_int (stmt, 2, settlement->not_before_us);
  cb_stmt_bind_text (stmt, 3, settlement->code);
  cb_stmt_bind_int (stmt, 4, TRIES_MAX);
  return run (self, stmt, error);
}

static gboolean
wait_for_yes (CbDoor *self, const CbSettlement *settlement, gint64 now_us, GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, STATEMENT_WAIT_FOR_YES);

  cb_stmt_bind_text (stmt, 1, settlement->op_id);
  cb_stmt_bind_text (stmt, 2, settlement->code);
  cb_stmt_bind_int (stmt, 3, now_us + LOST_PAUSE_US);
  return run (self, stmt, error);
}

static gboolean
waits_for_yes (const CbSettlement *settlement)
{
  return g_strcmp0 (settlement->code, "consent_missing") == 0;
}

static gboolean
park (CbDoor *self, const CbSettlement *settlement, gint64 now_us, GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, STATEMENT_PARK);

  cb_stmt_bind_text (stmt, 1, settlement->op_id);
  cb_stmt_bind_text (stmt, 2, settlement->code);
  cb_stmt_bind_bytes (stmt, 3, NULL);
  cb_stmt_bind_int (stmt, 4, settlement->n);
  cb_stmt_bind_int (stmt, 5, now_us - LOST_US);
  if (!run (self, stmt, error))
    return FALSE;
  return cb_db_get_changes (self->db) > 0 || !waits_for_yes (settlement) ||
         wait_for_yes (self, settlement, now_us, error);
}

static gboolean
unsend (CbDoor *self, const CbSettlement *settlement, GError **error)
{
  g_autoptr (CbStmt) stmt = lend (self, STATEMENT_UNSEND);

  cb_stmt_bind_text (stmt, 1, settlement->op_id);
  return run (self, stmt, error);
}

gboolean
cb_door_settle (CbDoor *self, const CbSettlement *settlement, gint64 now_us, GError **error)
{
  switch (settlement->settled)
    {
    case CB_SETTLED_ACCEPTED:
      return accept (self, settlement, now_us, error);
    case CB_SETTLED_RETRY:
      return put_off (self, settlement, error);
    case CB_SETTLED_PARKED:
    case CB_SETTLED_CONFLICT:
      return park (self, settlement, now_us, error);
    case CB_SETTLED_UNSENT:
      return unsend (self, settlement, error);
    case CB_SETTLED_GONE:
      /* Forgetting a person is the book's. */
      return TRUE;
    default:
      g_return_val_if_reached (FALSE);
    }
}

static void
cb_door_finalize (GObject *object)
{
  CbDoor *self = CB_DOOR (object);

  if (self->db != NULL)
    cb_db_close (self->db);
  g_clear_object (&self->db);

  G_OBJECT_CLASS (cb_door_parent_class)->finalize (object);
}

static void
cb_door_class_init (CbDoorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_door_finalize;
}

static void
cb_door_init (CbDoor *self)
{
}
