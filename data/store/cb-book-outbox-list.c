/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* What a person or a script is told about what is refused needs no more than this many rows. */
#define LIST_MAX 100000

CbDelivery
cb_book_read_delivery (CbBook *self,
                       const char *customer,
                       const char *key,
                       char **code,
                       GError **error)
{
  static const char SQL_GET_DELIVERY[] =
    "SELECT state, code FROM outbox WHERE customer = ?1 AND key = ?2 ORDER BY rowid DESC LIMIT 1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_DELIVERY);
  CbDelivery delivery = CB_DELIVERY_LOCAL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, key);
  if (!cb_stmt_next (stmt, error))
    return CB_DELIVERY_LOCAL;
  cb_delivery_from_id (cb_stmt_text (stmt, 0), &delivery);
  if (code != NULL)
    *code = g_strdup (cb_stmt_text (stmt, 1));
  return delivery;
}

static const char *
explain (CbDelivery state, CbVerdict verdict, const char *act, const char *code)
{
  if (state == CB_DELIVERY_PARKED)
    return "the service refused it; it waits for a person";
  if (g_str_equal (act, "withdraw") || g_str_equal (act, "erase"))
    return "a withdrawal or an erasure may always leave";
  if (state == CB_DELIVERY_HELD && g_str_equal (act, "refuse"))
    return "a no goes only where something of theirs is kept";
  if (state == CB_DELIVERY_HELD && verdict == CB_VERDICT_ALLOWED)
    return "it waits for an earlier answer";
  return cb_verdict_get_reason (verdict);
}

/* What an operation rests on, asked once a listing about each customer, purpose and channel. */
static CbPermission *
find_permission (CbBook *self,
                 GHashTable *known,
                 const char *customer,
                 const char *purpose,
                 CbChannel channel,
                 GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s/%s/%d", customer, purpose, (int) channel);
  CbPermission *permission = g_hash_table_lookup (known, key);

  if (permission != NULL)
    return permission;
  permission = cb_book_read_permission (self, customer, purpose, channel, error);
  if (permission != NULL)
    g_hash_table_insert (known, g_steal_pointer (&key), permission);
  return permission;
}

/* `permission` is borrowed, NULL for what needs none; FALSE on error. */
static gboolean
read_basis (CbBook *self,
            GHashTable *known,
            CbStmt *stmt,
            CbPermission **permission,
            GError **error)
{
  const char *purpose = cb_stmt_text (stmt, 4);
  const char *act = cb_stmt_text (stmt, 5);
  CbChannel channel = CB_CHANNEL_NONE;

  *permission = NULL;
  if (g_str_equal (act, "grant"))
    cb_channel_from_id (cb_stmt_text (stmt, 10), &channel);
  if (purpose == NULL || (!g_str_equal (act, "put") && channel == CB_CHANNEL_NONE))
    return TRUE;
  *permission = find_permission (self, known, cb_stmt_text (stmt, 3), purpose, channel, error);
  if (*permission == NULL)
    return FALSE;
  /* A yes to a channel leaves whether or not there is an address yet; on a list it does not. */
  if (channel != CB_CHANNEL_NONE &&
      cb_permission_get_verdict (*permission) != CB_VERDICT_SUPPRESSED)
    *permission = NULL;
  return TRUE;
}

static CbOutboxItem *
item_from_row (CbBook *self, GHashTable *known, CbStmt *stmt, GError **error)
{
  const char *act = cb_stmt_text (stmt, 5);
  CbPermission *permission = NULL;
  CbDelivery state = CB_DELIVERY_HELD;
  CbVerdict verdict = CB_VERDICT_ALLOWED;
  CbOutboxItemFields fields = { 0 };

  cb_delivery_from_id (cb_stmt_text (stmt, 6), &state);
  if (!read_basis (self, known, stmt, &permission, error))
    return NULL;
  if (permission != NULL)
    verdict = cb_permission_get_verdict (permission);
  /* What has run out since it was freed may not leave, whatever its row says. */
  if (verdict != CB_VERDICT_ALLOWED && (state == CB_DELIVERY_WAITING || state == CB_DELIVERY_SENT))
    state = CB_DELIVERY_HELD;
  fields = (CbOutboxItemFields){
    .id = cb_stmt_text (stmt, 0),
    .kind = cb_stmt_text (stmt, 1),
    .act = act,
    .record_id = cb_stmt_text (stmt, 2),
    .customer_id = cb_stmt_text (stmt, 3),
    .purpose = cb_stmt_text (stmt, 4),
    .state = state,
    .verdict = verdict,
    .basis = permission != NULL ? cb_permission_get_basis (permission) : NULL,
    .grant = permission != NULL ? cb_permission_get_grant (permission) : NULL,
    .since_us = permission != NULL ? cb_permission_get_since_us (permission) : 0,
    .reason = explain (state, verdict, act, cb_stmt_text (stmt, 7)),
    .code = cb_stmt_text (stmt, 7),
    .created_us = cb_stmt_int (stmt, 8),
    .tries = (guint) cb_stmt_int (stmt, 9),
    .is_choice = cb_stmt_int (stmt, 11) != 0,
  };
  return cb_outbox_item_new (&fields);
}

#define SELECT_ITEM                                                                                \
  "SELECT op_id, kind, record, customer, purpose, act, state, code, created_us, tries, channel,"   \
  " state = 'parked' AND code = 'conflict' AND theirs IS NOT NULL"                                 \
  " FROM outbox"

static gboolean
add_items (CbBook *self,
           GHashTable *known,
           const char *sql,
           guint most,
           GPtrArray *items,
           GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_int (stmt, 1, most);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      CbOutboxItem *item = item_from_row (self, known, stmt, &local_error);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  return !cb_error_hand_on (&local_error, error);
}

static GPtrArray *
list_by (CbBook *self, const char *const *queries, guint most_each, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) known =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  for (guint i = 0; queries[i] != NULL; i++)
    {
      if (!add_items (self, known, queries[i], most_each, items, error))
        return NULL;
    }
  return g_steal_pointer (&items);
}

GPtrArray *
cb_book_list_outbox (CbBook *self, guint limit, GError **error)
{
  static const char SQL_LIST_OUTBOX[] = SELECT_ITEM
    " ORDER BY state = 'accepted', lane, turn IS NULL, turn, created_us, rowid LIMIT ?1";
  static const char *const queries[] = { SQL_LIST_OUTBOX, NULL };

  return list_by (self, queries, MIN (limit, LIST_MAX), error);
}

/* Each by an index of its own: a queue of 10,000 costs no more than a short one. The held are in
 * the order of capture. */
GPtrArray *
cb_book_list_open (CbBook *self, guint most_each, GError **error)
{
  static const char SQL_LIST_REFUSED[] = SELECT_ITEM
    " WHERE state = 'parked' AND state IN ('held', 'parked') ORDER BY rowid"
    " LIMIT ?1";
  static const char SQL_LIST_WAITING[] =
    SELECT_ITEM " WHERE state IN ('waiting', 'sent') ORDER BY lane, turn LIMIT ?1";
  static const char SQL_LIST_HELD[] =
    SELECT_ITEM " WHERE state = 'held' AND state IN ('held', 'parked') ORDER BY rowid LIMIT ?1";
  static const char *const queries[] = {
    SQL_LIST_REFUSED,
    SQL_LIST_WAITING,
    SQL_LIST_HELD,
    NULL,
  };

  return list_by (self, queries, most_each, error);
}

static gboolean
count_accepted (CbBook *self, GError **error)
{
  static const char SQL_COUNT_ACCEPTED[] =
    "SELECT count(*), coalesce(max(settled_us), 0) FROM outbox WHERE state = 'accepted'";
  g_autoptr (CbStmt) stmt = NULL;

  if (self->n_accepted >= 0)
    return TRUE;
  stmt = cb_db_prepare (self->db, SQL_COUNT_ACCEPTED);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  self->n_accepted = cb_stmt_int (stmt, 0);
  self->last_accepted_us = cb_stmt_int (stmt, 1);
  return TRUE;
}

gboolean
cb_book_count_accepted (CbBook *self, guint *n_accepted, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return FALSE;
  transaction = self->db;
  if (!count_accepted (self, error))
    return FALSE;
  *n_accepted = (guint) self->n_accepted;
  return TRUE;
}

gboolean
cb_book_count_outbox (CbBook *self, CbOutboxCounts *counts, GError **error)
{
  static const char SQL_COUNT_OPEN[] =
    "SELECT (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sent')),"
    " count(*) FILTER (WHERE state = 'held'),"
    " count(*) FILTER (WHERE state = 'parked')"
    " FROM outbox WHERE state IN ('held', 'parked')";
  static const char SQL_COUNT_LEAVING[] =
    "SELECT count(*), coalesce(min(created_us), 0) FROM leaving";
  g_autoptr (CbStmt) open = NULL;
  g_autoptr (CbStmt) leaving = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return FALSE;
  transaction = self->db;
  open = cb_db_prepare (self->db, SQL_COUNT_OPEN);
  leaving = cb_db_prepare (self->db, SQL_COUNT_LEAVING);
  if (!cb_stmt_next (open, error) || !cb_stmt_next (leaving, error) ||
      !count_accepted (self, error))
    return FALSE;
  counts->waiting = (guint) cb_stmt_int (leaving, 0);
  counts->held = (guint) (cb_stmt_int (open, 1) + cb_stmt_int (open, 0) - cb_stmt_int (leaving, 0));
  counts->parked = (guint) cb_stmt_int (open, 2);
  counts->accepted = (guint) self->n_accepted;
  counts->oldest_us = cb_stmt_int (leaving, 1);
  counts->last_accepted_us = self->last_accepted_us;
  return TRUE;
}
