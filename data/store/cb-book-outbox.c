/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-review-private.h"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "records/cb-operation.h"

static char *
make_key (const CbQueued *queued)
{
  if (g_str_equal (queued->kind, "consent"))
    return g_strdup_printf ("consent/%s/%s/%s", queued->customer, queued->purpose,
                            cb_channel_to_id (queued->channel));
  if (g_str_equal (queued->kind, "erase"))
    return g_strdup_printf ("customer/%s", queued->customer);
  return g_strdup_printf ("%s/%s", queued->kind, queued->record);
}

/* --- adding --- */

static gboolean
add_row (CbBook *self,
         CbStaff *actor,
         const char *op_id,
         const CbQueued *queued,
         gint64 turn,
         GBytes *sealed,
         GError **error)
{
  static const char SQL_ADD_OPERATION[] =
    "INSERT INTO outbox (op_id, turn, key, kind, act, record, customer, purpose, channel, author,"
    " base, lane, state, bytes, created_us)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_OPERATION);
  g_autofree char *key = make_key (queued);

  cb_stmt_bind_text (stmt, 1, op_id);
  if (sealed != NULL)
    cb_stmt_bind_int (stmt, 2, turn);
  cb_stmt_bind_text (stmt, 3, key);
  cb_stmt_bind_text (stmt, 4, queued->kind);
  cb_stmt_bind_text (stmt, 5, queued->act);
  cb_stmt_bind_text (stmt, 6, queued->record);
  cb_stmt_bind_text (stmt, 7, queued->customer);
  cb_stmt_bind_text (stmt, 8, queued->purpose);
  cb_stmt_bind_text (stmt, 9, cb_channel_to_id (queued->channel));
  cb_stmt_bind_text (stmt, 10, cb_book_actor_id (actor));
  cb_stmt_bind_text (stmt, 11, queued->base);
  cb_stmt_bind_int (stmt, 12, queued->lane);
  cb_stmt_bind_text (stmt, 13, sealed != NULL ? "waiting" : "held");
  cb_stmt_bind_bytes (stmt, 14, sealed);
  cb_stmt_bind_int (stmt, 15, cb_clock_get_now_us (self->clock));
  self->is_outbox_touched = TRUE;
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_hold (CbBook *self, CbStaff *actor, const CbQueued *queued, GError **error)
{
  g_autofree char *op_id = cb_id_new ();

  return add_row (self, actor, op_id, queued, 0, NULL, error);
}

gboolean
cb_book_queue (CbBook *self, CbStaff *actor, const CbQueued *queued, GError **error)
{
  static const char SQL_UPDATE_HELD[] =
    "UPDATE outbox SET purpose = ?3, author = ?4"
    " WHERE customer = ?1 AND key = ?2 AND state = 'held'";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_UPDATE_HELD);
  g_autofree char *key = make_key (queued);

  cb_stmt_bind_text (stmt, 1, queued->customer);
  cb_stmt_bind_text (stmt, 2, key);
  cb_stmt_bind_text (stmt, 3, queued->purpose);
  cb_stmt_bind_text (stmt, 4, cb_book_actor_id (actor));
  if (!cb_stmt_run (stmt, error))
    return FALSE;
  return cb_db_get_changes (self->db) > 0 || cb_book_hold (self, actor, queued, error);
}

/* Erase operations outlive the customer's key and carry random ids only: they are under the book's.
 */
static GBytes *
seal_line (CbBook *self,
           const char *kind,
           const char *customer,
           const char *op_id,
           GBytes *line,
           GError **error)
{
  g_auto (CbKey) key;

  if (g_str_equal (kind, "erase"))
    key = self->keys->book;
  else if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  return cb_seal (&key, "outbox.bytes", op_id, g_bytes_get_data (line, NULL),
                  g_bytes_get_size (line));
}

gboolean
cb_book_send (CbBook *self,
              CbStaff *actor,
              const char *op_id,
              const CbQueued *queued,
              const char *scope,
              JsonObject *body,
              GError **error)
{
  g_autofree char *key = make_key (queued);
  gint64 turn = cb_book_next_turn (self, error);
  CbOperation operation = {
    .id = op_id,
    .key = key,
    .customer = queued->customer,
    .kind = queued->kind,
    .act = queued->act,
    .scope = scope,
    .by = cb_book_actor_id (actor),
    .seq = turn,
    .wall_us = cb_clock_get_now_us (self->clock),
    .monotonic_us = cb_clock_get_monotonic_us (self->clock),
    .boot_id = cb_clock_get_boot_id (self->clock),
    .body = body,
  };
  g_autoptr (GBytes) line = turn != 0 ? cb_operation_encode (&operation, error) : NULL;
  g_autoptr (GBytes) sealed = NULL;

  if (line == NULL)
    return FALSE;
  sealed = seal_line (self, queued->kind, queued->customer, op_id, line, error);
  return sealed != NULL && add_row (self, actor, op_id, queued, turn, sealed, error);
}

/* --- releasing what is held --- */

#define ROW_COLUMNS                                                                                \
  "op_id, key, kind, act, record, purpose, channel, author, base, state, created_us,"              \
  " EXISTS (SELECT 1 FROM outbox AS later WHERE later.customer = outbox.customer"                  \
  "  AND later.key = outbox.key AND later.act = 'put' AND later.rowid > outbox.rowid)"

typedef struct
{
  char *op_id;
  char *key;
  char *kind;
  char *act;
  char *record;
  char *purpose;
  char *channel;
  char *author;
  char *base;
  char *state;
  gint64 created_us;
  gboolean is_superseded; /* by a later version of the same record */
  guint tries;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->op_id);
  g_free (row->key);
  g_free (row->kind);
  g_free (row->act);
  g_free (row->record);
  g_free (row->purpose);
  g_free (row->channel);
  g_free (row->author);
  g_free (row->base);
  g_free (row->state);
  g_free (row);
}

static Row *
row_from_stmt (CbStmt *stmt)
{
  Row *row = g_new0 (Row, 1);

  row->op_id = g_strdup (cb_stmt_text (stmt, 0));
  row->key = g_strdup (cb_stmt_text (stmt, 1));
  row->kind = g_strdup (cb_stmt_text (stmt, 2));
  row->act = g_strdup (cb_stmt_text (stmt, 3));
  row->record = g_strdup (cb_stmt_text (stmt, 4));
  row->purpose = g_strdup (cb_stmt_text (stmt, 5));
  row->channel = g_strdup (cb_stmt_text (stmt, 6));
  row->author = g_strdup (cb_stmt_text (stmt, 7));
  row->base = g_strdup (cb_stmt_text (stmt, 8));
  row->state = g_strdup (cb_stmt_text (stmt, 9));
  row->created_us = cb_stmt_int (stmt, 10);
  row->is_superseded = cb_stmt_int (stmt, 11) != 0;
  row->tries = (guint) cb_stmt_int (stmt, 12);
  return row;
}

static GPtrArray *
read_rows (CbBook *self, const char *sql, const char *customer, const char *key, GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  if (key != NULL)
    cb_stmt_bind_text (stmt, 2, key);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (rows, row_from_stmt (stmt));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&rows);
}

/* The card goes first when both are freed at once: it was held first. */
static GPtrArray *
list_rows (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_LIST_OPERATIONS[] =
    "SELECT " ROW_COLUMNS
    ", tries FROM outbox WHERE customer = ?1 AND act IN ('put', 'refuse')"
    " ORDER BY kind <> 'customer', created_us, rowid";

  return read_rows (self, SQL_LIST_OPERATIONS, customer, NULL, error);
}

static JsonObject *
encode_body (CbBook *self, const char *customer, Row *row, GError **error)
{
  const CbRecordKind *kind = cb_book_find_kind (row->kind);
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  return kind->encode (self, &key, row->record, error);
}

static gboolean
set_version (CbBook *self, Row *row, const char *version, GError **error)
{
  const CbRecordKind *kind = cb_book_find_kind (row->kind);
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, kind->set_version);

  cb_stmt_bind_text (stmt, 1, row->record);
  cb_stmt_bind_text (stmt, 2, version);
  return cb_stmt_run (stmt, error);
}

static gboolean
freeze_row (CbBook *self, const char *customer, Row *row, gint64 turn, GBytes *line, GError **error)
{
  static const char SQL_FREEZE[] =
    "UPDATE outbox SET state = 'waiting', turn = ?2, bytes = ?3, purpose = ?4, not_before_us = 0"
    " WHERE op_id = ?1";
  g_autoptr (GBytes) sealed = seal_line (self, row->kind, customer, row->op_id, line, error);
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FREEZE);

  if (sealed == NULL)
    return FALSE;
  cb_stmt_bind_text (stmt, 1, row->op_id);
  cb_stmt_bind_int (stmt, 2, turn);
  cb_stmt_bind_bytes (stmt, 3, sealed);
  cb_stmt_bind_text (stmt, 4, row->purpose);
  return cb_stmt_run (stmt, error);
}

/* The bytes that will be sent, and their turn. */
static GBytes *
encode_row (CbBook *self,
            const char *customer,
            Row *row,
            JsonObject *body,
            CbPermission *permission,
            gint64 *turn,
            GError **error)
{
  CbOperation operation = {
    .id = row->op_id,
    .key = row->key,
    .customer = customer,
    .kind = row->kind,
    .act = row->act,
    .base = row->base,
    .scope = cb_purpose_get_scope (cb_purpose_find (row->purpose)),
    .purpose = cb_permission_get_basis (permission),
    .grant = cb_permission_get_grant (permission),
    .by = row->author,
    .wall_us = row->created_us,
    .monotonic_us = cb_clock_get_monotonic_us (self->clock),
    .boot_id = cb_clock_get_boot_id (self->clock),
    .body = body,
  };

  *turn = cb_book_next_turn (self, error);
  operation.seq = *turn;
  return *turn != 0 ? cb_operation_encode (&operation, error) : NULL;
}

static gboolean
release (CbBook *self, const char *customer, Row *row, CbPermission *permission, GError **error)
{
  g_autoptr (JsonObject) body = encode_body (self, customer, row, error);
  gint64 turn;
  g_autoptr (GBytes) line =
    body != NULL ? encode_row (self, customer, row, body, permission, &turn, error) : NULL;

  return line != NULL && freeze_row (self, customer, row, turn, line, error) &&
         set_version (self, row, row->op_id, error);
}

gboolean
cb_book_put (CbBook *self,
             CbStaff *actor,
             const CbQueued *queued,
             CbPermission *permission,
             JsonObject *body,
             GError **error)
{
  g_autofree char *op_id = cb_id_new ();
  g_autofree char *key = make_key (queued);
  Row row = {
    .op_id = op_id,
    .key = key,
    .kind = (char *) queued->kind,
    .act = (char *) queued->act,
    .record = (char *) queued->record,
    .purpose = (char *) queued->purpose,
    .author = (char *) cb_book_actor_id (actor),
    .created_us = cb_clock_get_now_us (self->clock),
  };
  g_autoptr (GBytes) line = NULL;
  g_autoptr (GBytes) sealed = NULL;
  gint64 turn;

  if (!cb_permission_is_allowed (permission))
    return add_row (self, actor, op_id, queued, 0, NULL, error);
  line = encode_row (self, queued->customer, &row, body, permission, &turn, error);
  sealed = line != NULL ? seal_line (self, row.kind, queued->customer, op_id, line, error) : NULL;
  return sealed != NULL && add_row (self, actor, op_id, queued, turn, sealed, error) &&
         set_version (self, &row, op_id, error);
}

/* Held again, under a new id: bytes that may have been sent are never encoded again, and an
 * acknowledgement of the old id finds no row. The base is what the service may have by now. */
static gboolean
take_back (CbBook *self, Row *row, const char *purpose, GError **error)
{
  static const char SQL_TAKE_BACK[] =
    "UPDATE outbox SET op_id = ?2, state = 'held', turn = NULL, bytes = NULL, theirs = NULL,"
    " code = NULL, tries = 0, not_before_us = 0, settled_us = NULL, base = ?3, purpose = ?4"
    " WHERE op_id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_TAKE_BACK);
  g_autofree char *fresh = cb_id_new ();
  gboolean was_sent =
    row->tries > 0 || g_str_equal (row->state, "sent") || g_str_equal (row->state, "accepted");
  const char *base = was_sent ? row->op_id : row->base;

  cb_stmt_bind_text (stmt, 1, row->op_id);
  cb_stmt_bind_text (stmt, 2, fresh);
  cb_stmt_bind_text (stmt, 3, base);
  cb_stmt_bind_text (stmt, 4, purpose);
  if (!cb_stmt_run (stmt, error) || !set_version (self, row, base, error))
    return FALSE;
  if (was_sent)
    {
      g_free (row->base);
      row->base = g_steal_pointer (&row->op_id);
    }
  g_free (row->op_id);
  row->op_id = g_steal_pointer (&fresh);
  g_free (row->state);
  row->state = g_strdup ("held");
  row->tries = 0;
  if (purpose != row->purpose)
    {
      g_free (row->purpose);
      row->purpose = g_strdup (purpose);
    }
  self->n_accepted = -1;
  return TRUE;
}

/* --- reckoning --- */

static gboolean
widen_card (CbBook *self, const char *customer, Row *row, GError **error)
{
  CbQueued queued = {
    .kind = "customer",
    .act = "put",
    .record = customer,
    .customer = customer,
    .purpose = CB_PURPOSE_EVERYWHERE,
    .base = row->op_id,
    .lane = 1,
  };

  /* What is acknowledged stays as evidence; the wider card is an operation of its own. */
  if (!g_str_equal (row->state, "accepted"))
    return take_back (self, row, CB_PURPOSE_EVERYWHERE, error);
  return cb_book_hold (self, NULL, &queued, error);
}

static gboolean
narrow_card (CbBook *self, Row *row, gboolean is_known_under_shop, GError **error)
{
  static const char SQL_NARROW[] = "UPDATE outbox SET purpose = 'shop' WHERE op_id = ?1";
  g_autoptr (CbStmt) stmt = NULL;

  if (!is_known_under_shop || !g_str_equal (row->state, "accepted"))
    return take_back (self, row, CB_PURPOSE_SHOP, error);
  /* The service falls back to the yes for this shop by itself. */
  stmt = cb_db_prepare (self->db, SQL_NARROW);
  cb_stmt_bind_text (stmt, 1, row->op_id);
  return cb_stmt_run (stmt, error);
}

/* A card is shared as widely as its owner agreed to. Answers through `again` whether the rows have
 * to be read anew. */
static gboolean
reckon_card_scope (CbBook *self,
                   const char *customer,
                   GPtrArray *rows,
                   CbPermission *shop,
                   CbPermission *everywhere,
                   gboolean *again,
                   GError **error)
{
  Row *newest = NULL;
  gboolean is_wide;

  *again = FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      Row *row = g_ptr_array_index (rows, i);

      if (g_str_equal (row->kind, "customer"))
        newest = row;
    }
  if (newest == NULL || g_str_equal (newest->state, "parked"))
    return TRUE;
  is_wide = g_str_equal (newest->purpose, CB_PURPOSE_EVERYWHERE);
  if (is_wide == cb_permission_is_allowed (everywhere))
    return TRUE;
  *again = TRUE;
  if (is_wide)
    return narrow_card (self, newest, cb_permission_is_allowed (shop), error);
  return widen_card (self, customer, newest, error);
}

static gboolean
is_on_its_way (Row *row)
{
  return g_str_equal (row->state, "waiting") || g_str_equal (row->state, "sent") ||
         g_str_equal (row->state, "accepted");
}

/* A refusal tells the service nothing about anybody it does not know, so it waits for a yes. */
static gboolean
release_refusal (CbBook *self, const char *customer, Row *row, CbPermission *shop, GError **error)
{
  g_autoptr (JsonObject) body = NULL;
  gint64 turn;
  CbOperation operation = { 0 };
  g_autoptr (GBytes) line = NULL;

  if (!g_str_equal (row->state, "held") || !cb_permission_is_allowed (shop))
    return TRUE;
  body = json_object_new_object ();
  cb_json_set_string (body, "purpose", row->purpose);
  cb_json_set_string (body, "channel", g_str_equal (row->channel, "*") ? NULL : row->channel);
  turn = cb_book_next_turn (self, error);
  if (turn == 0)
    return FALSE;
  operation = (CbOperation){
    .id = row->op_id,
    .key = row->key,
    .customer = customer,
    .kind = row->kind,
    .act = row->act,
    .scope = cb_purpose_get_scope (cb_purpose_find (row->purpose)),
    .by = row->author,
    .seq = turn,
    .wall_us = row->created_us,
    .monotonic_us = cb_clock_get_monotonic_us (self->clock),
    .boot_id = cb_clock_get_boot_id (self->clock),
    .body = body,
  };
  line = cb_operation_encode (&operation, error);
  return line != NULL && freeze_row (self, customer, row, turn, line, error);
}

/* The service forgets each version it had; a later yes sends the last one, once. */
static gboolean
drop_row (CbBook *self, Row *row, GError **error)
{
  static const char SQL_DROP_ROW[] = "DELETE FROM outbox WHERE op_id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_DROP_ROW);

  cb_stmt_bind_text (stmt, 1, row->op_id);
  self->n_accepted = -1;
  return cb_stmt_run (stmt, error);
}

static gboolean
reckon_row (CbBook *self, const char *customer, Row *row, CbPermission *shop, GError **error)
{
  g_autoptr (CbPermission) permission = NULL;

  if (g_str_equal (row->act, "refuse"))
    return release_refusal (self, customer, row, shop, error);
  permission = cb_book_read_permission (self, customer, row->purpose, CB_CHANNEL_NONE, error);
  if (permission == NULL)
    return FALSE;
  if (cb_permission_is_allowed (permission))
    return !g_str_equal (row->state, "held") || release (self, customer, row, permission, error);
  if (!is_on_its_way (row))
    return TRUE;
  return row->is_superseded ? drop_row (self, row, error)
                            : take_back (self, row, row->purpose, error);
}

gboolean
cb_book_reckon_outbox (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (CbPermission) shop =
    cb_book_read_permission (self, customer, CB_PURPOSE_SHOP, CB_CHANNEL_NONE, error);
  g_autoptr (CbPermission) everywhere =
    shop == NULL
      ? NULL
      : cb_book_read_permission (self, customer, CB_PURPOSE_EVERYWHERE, CB_CHANNEL_NONE, error);
  g_autoptr (GPtrArray) rows = everywhere == NULL ? NULL : list_rows (self, customer, error);
  gboolean again;

  if (rows == NULL || !reckon_card_scope (self, customer, rows, shop, everywhere, &again, error))
    return FALSE;
  if (again)
    {
      g_clear_pointer (&rows, g_ptr_array_unref);
      rows = list_rows (self, customer, error);
    }
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      if (!reckon_row (self, customer, g_ptr_array_index (rows, i), shop, error))
        return FALSE;
    }
  self->is_outbox_touched = TRUE;
  return rows != NULL;
}

gboolean
cb_book_reckon_record (CbBook *self,
                       const char *customer,
                       const char *kind,
                       const char *record,
                       GError **error)
{
  static const char SQL_LIST_HELD[] =
    "SELECT " ROW_COLUMNS ", tries FROM outbox WHERE customer = ?1 AND key = ?2 AND state = 'held'";
  g_autofree char *key = g_strdup_printf ("%s/%s", kind, record);
  g_autoptr (GPtrArray) rows = read_rows (self, SQL_LIST_HELD, customer, key, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      if (!reckon_row (self, customer, g_ptr_array_index (rows, i), NULL, error))
        return FALSE;
    }
  return rows != NULL;
}

gboolean
cb_book_hold_anew (CbBook *self, const char *customer, const char *op_id, GError **error)
{
  static const char SQL_GET_OPERATION[] =
    "SELECT " ROW_COLUMNS ", 0 FROM outbox WHERE customer = ?1 AND op_id = ?2";
  g_autoptr (GPtrArray) rows = read_rows (self, SQL_GET_OPERATION, customer, op_id, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      Row *row = g_ptr_array_index (rows, i);

      if (!take_back (self, row, row->purpose, error))
        return FALSE;
    }
  return rows != NULL;
}

/* Did the service know of a yes to this shop before the change of that number? One that was heard
 * came from there. */
static gboolean
is_shop_told (CbBook *self, const char *customer, gint64 before, gboolean *is_told, GError **error)
{
  static const char SQL_IS_SHOP_UNTOLD[] =
    "SELECT 1 FROM outbox AS g WHERE g.customer = ?1 AND g.act = 'grant' AND g.purpose = 'shop'"
    " AND g.channel = '*' AND NOT EXISTS (SELECT 1 FROM outbox AS t WHERE t.customer = ?1"
    "  AND t.act = 'grant' AND t.purpose = 'shop' AND t.channel = '*' AND t.state = 'accepted'"
    "  AND t.n < ?2) LIMIT 1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_SHOP_UNTOLD);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, before);
  *is_told = !cb_stmt_next (stmt, &local_error);
  return !cb_error_hand_on (&local_error, error);
}

gboolean
cb_book_rest_on_shop (CbBook *self, const char *customer, gint64 before, GError **error)
{
  static const char SQL_LIST_RESTING[] =
    "SELECT " ROW_COLUMNS
    ", tries FROM outbox WHERE customer = ?1 AND act = 'put'"
    " AND state IN ('waiting', 'sent', 'accepted') AND (purpose = 'shop' OR kind = 'customer')";
  g_autoptr (CbPermission) shop =
    cb_book_read_permission (self, customer, CB_PURPOSE_SHOP, CB_CHANNEL_NONE, error);
  g_autoptr (GPtrArray) rows = NULL;
  gboolean is_told = FALSE;

  if (shop == NULL || !is_shop_told (self, customer, before, &is_told, error))
    return FALSE;
  if (is_told || !cb_permission_is_allowed (shop))
    return TRUE;
  rows = read_rows (self, SQL_LIST_RESTING, customer, NULL, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      Row *row = g_ptr_array_index (rows, i);

      if (!row->is_superseded && !take_back (self, row, CB_PURPOSE_SHOP, error))
        return FALSE;
    }
  return rows != NULL;
}

/* An earlier text goes in the bytes it had. */
static gboolean
free_refused (CbBook *self, Row *row, GError **error)
{
  static const char SQL_SEND_AGAIN[] =
    "UPDATE outbox SET state = 'waiting', code = NULL, tries = 0, not_before_us = 0"
    " WHERE op_id = ?1";
  g_autoptr (CbStmt) stmt = NULL;

  if (!row->is_superseded)
    return take_back (self, row, row->purpose, error);
  stmt = cb_db_prepare (self->db, SQL_SEND_AGAIN);
  cb_stmt_bind_text (stmt, 1, row->op_id);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_free_refused (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_LIST_REFUSED[] =
    "SELECT " ROW_COLUMNS
    ", 0 FROM outbox WHERE customer = ?1 AND act = 'put'"
    " AND state = 'parked' AND code IN ('consent_missing', 'consent_withdrawn')";
  g_autoptr (GPtrArray) rows = read_rows (self, SQL_LIST_REFUSED, customer, NULL, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      if (!free_refused (self, g_ptr_array_index (rows, i), error))
        return FALSE;
    }
  return rows != NULL;
}

static gboolean
drop_answers (CbBook *self,
              const char *sql,
              const char *customer,
              const char *purpose,
              const char *channel,
              GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, purpose);
  cb_stmt_bind_text (stmt, 3, channel);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_drop_grants (CbBook *self,
                     const char *customer,
                     const char *purpose,
                     const char *channel,
                     GError **error)
{
  static const char SQL_DROP_GRANTS[] =
    "DELETE FROM outbox WHERE customer = ?1 AND kind = 'consent' AND act IN ('grant', 'refuse')"
    " AND purpose = ?2 AND channel = ?3 AND state <> 'accepted'";

  return drop_answers (self, SQL_DROP_GRANTS, customer, purpose, channel, error);
}

gboolean
cb_book_drop_refusals (CbBook *self,
                       const char *customer,
                       const char *purpose,
                       const char *channel,
                       GError **error)
{
  static const char SQL_DROP_REFUSALS[] =
    "DELETE FROM outbox WHERE customer = ?1 AND kind = 'consent'"
    " AND ((act = 'refuse' AND state <> 'accepted') OR (act = 'grant' AND state = 'parked'))"
    " AND purpose = ?2 AND channel = ?3";

  return drop_answers (self, SQL_DROP_REFUSALS, customer, purpose, channel, error);
}

gboolean
cb_book_drop_record (CbBook *self,
                     const char *customer,
                     const char *kind,
                     const char *record,
                     GError **error)
{
  static const char SQL_DROP_RECORD[] = "DELETE FROM outbox WHERE customer = ?1 AND key = ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_DROP_RECORD);
  g_autofree char *key = g_strdup_printf ("%s/%s", kind, record);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, key);
  self->is_outbox_touched = TRUE;
  self->n_accepted = -1;
  return cb_stmt_run (stmt, error);
}

/* --- words that were changed --- */

/* What the service acknowledged is known by its id alone from here on. */
static gboolean
strip_bytes (CbBook *self, Row *row, GError **error)
{
  static const char SQL_STRIP[] =
    "UPDATE outbox SET bytes = zeroblob (0), theirs = NULL, settled_us = NULL WHERE op_id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_STRIP);

  cb_stmt_bind_text (stmt, 1, row->op_id);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_rewrite_record (CbBook *self,
                        CbStaff *actor,
                        const char *customer,
                        const char *kind,
                        const char *record,
                        GError **error)
{
  static const char SQL_LIST_OF_RECORD[] =
    "SELECT " ROW_COLUMNS
    ", tries FROM outbox WHERE customer = ?1 AND key = ?2 AND act = 'put' ORDER BY rowid";
  g_autofree char *key = g_strdup_printf ("%s/%s", kind, record);
  g_autoptr (GPtrArray) rows = read_rows (self, SQL_LIST_OF_RECORD, customer, key, error);
  Row *newest = NULL;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      newest = g_ptr_array_index (rows, i);
      if (g_str_equal (newest->state, "accepted")
            ? !strip_bytes (self, newest, error)
            : !g_str_equal (newest->state, "held") &&
                !take_back (self, newest, newest->purpose, error))
        return FALSE;
    }
  if (newest != NULL && g_str_equal (newest->state, "accepted"))
    {
      const CbQueued queued = {
        .kind = kind,
        .act = "put",
        .record = record,
        .customer = customer,
        .purpose = newest->purpose,
        .base = newest->op_id,
        .lane = 1,
      };

      if (!cb_book_hold (self, actor, &queued, error))
        return FALSE;
    }
  self->is_outbox_touched = TRUE;
  return rows != NULL && cb_book_reckon_record (self, customer, kind, record, error);
}
