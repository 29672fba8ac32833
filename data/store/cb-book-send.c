/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "store/cb-arrival-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"

/* --- one syncer at a time --- */

gboolean
cb_book_take_sync_lock (CbBook *self, GError **error)
{
  g_autofree char *path = NULL;

  if (self->sync_lock >= 0)
    return TRUE;
  path = g_build_filename (self->state_directory, "sync.lock", NULL);
  self->sync_lock = cb_files_lock (path, TRUE, FALSE, error);
  return self->sync_lock >= 0;
}

void
cb_book_end_sync (CbBook *self)
{
  if (self->sync_lock >= 0)
    close (self->sync_lock);
  self->sync_lock = -1;
}

gboolean
cb_book_forget_waits (CbBook *self, GError **error)
{
  return cb_book_take_sync_lock (self, error) && cb_door_forget_waits (self->door, error);
}

/* --- taking --- */

/* The key of the customer whose operation was opened last: most of a batch are of a few. */
typedef struct
{
  const char *customer; /* borrowed; NULL: none */
  CbKey key;
} LastKey;

static void
last_key_clear (LastKey *last)
{
  sodium_memzero (&last->key, sizeof last->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LastKey, last_key_clear)

static gboolean
find_key (CbBook *self, const CbLeaving *leaving, LastKey *last, CbKey *key, GError **error)
{
  if (g_str_equal (leaving->kind, "erase"))
    {
      *key = self->keys->book;
      return TRUE;
    }
  if (g_strcmp0 (last->customer, leaving->customer) != 0)
    {
      last->customer = NULL;
      if (!cb_book_get_customer_key (self, leaving->customer, &last->key, error))
        return FALSE;
      last->customer = leaving->customer;
    }
  *key = last->key;
  return TRUE;
}

static GBytes *
open_line (CbBook *self, const CbLeaving *leaving, LastKey *last, GError **error)
{
  g_auto (CbKey) key = { 0 };
  gsize length;
  const void *sealed = g_bytes_get_data (leaving->sealed, &length);
  char *line;

  if (!find_key (self, leaving, last, &key, error))
    return NULL;
  line = cb_unseal_text (&key, "outbox.bytes", leaving->op_id, sealed, length, error);
  if (line == NULL)
    return NULL;
  return g_bytes_new_with_free_func (line, strlen (line), (GDestroyNotify) cb_text_wipe, line);
}

/* A line that does not open is parked where a person sees it, and stands in nobody's way. */
static gboolean
park_damaged (CbBook *self, const char *op_id, GError **error)
{
  g_autoptr (CbSettlement) settlement = cb_settlement_new (op_id, CB_SETTLED_PARKED);

  g_message ("an operation does not open and is parked");
  settlement->code = g_strdup ("damaged");
  return cb_door_settle (self->door, settlement, 0, error);
}

/* TRUE: the rest goes without it. What a disk would not read this time is sound, and waits. */
static gboolean
pass_over (CbBook *self, const char *op_id, GError **why)
{
  /* An erasure by another process between the taking and now takes the key along. */
  if (g_error_matches (*why, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    return TRUE;
  if (!g_error_matches (*why, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
    return FALSE;
  g_clear_error (why);
  return park_damaged (self, op_id, why);
}

static CbBatch *
open_batch (CbBook *self, GPtrArray *leaving, gint64 next_ready_us, GError **error)
{
  g_autoptr (GArray) ops = g_array_new (FALSE, FALSE, sizeof (CbBatchOp));
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_auto (LastKey) last = { 0 };

  for (guint i = 0; i < leaving->len; i++)
    {
      const CbLeaving *one = g_ptr_array_index (leaving, i);
      g_autoptr (GError) local_error = NULL;
      GBytes *line = open_line (self, one, &last, &local_error);
      CbBatchOp op = { .op_id = one->op_id, .line = line, .is_first = one->is_first };

      if (line != NULL)
        {
          g_ptr_array_add (lines, line);
          g_array_append_val (ops, op);
        }
      else if (!pass_over (self, one->op_id, &local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }
  return cb_batch_new ((const CbBatchOp *) (gpointer) ops->data, ops->len, next_ready_us);
}

CbBatch *
cb_book_take_batch (CbBook *self, guint max_ops, gsize max_bytes, GError **error)
{
  g_autoptr (GPtrArray) leaving = NULL;
  g_autoptr (CbBatch) batch = NULL;
  gint64 next_ready_us = -1;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_take_sync_lock (self, error))
    return NULL;
  leaving = cb_door_take (self->door, max_ops, max_bytes, &next_ready_us, error);
  if (leaving == NULL || !cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  batch = open_batch (self, leaving, next_ready_us, error);
  if (batch == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&batch) : NULL;
}

/* --- settling --- */

static gboolean
settle_at_door (CbBook *self, GPtrArray *settlements, gint64 now_us, GError **error)
{
  if (!cb_door_begin (self->door, error))
    return FALSE;
  for (guint i = 0; i < settlements->len; i++)
    {
      if (!cb_door_settle (self->door, g_ptr_array_index (settlements, i), now_us, error))
        {
          cb_door_rollback (self->door);
          return FALSE;
        }
    }
  return cb_door_commit (self->door, error);
}

typedef struct
{
  char *customer;
  char *act;
  char *kind;
  char *record;
  char *purpose;
  char *state;
} Owner;

static void
owner_clear (Owner *owner)
{
  g_free (owner->customer);
  g_free (owner->act);
  g_free (owner->kind);
  g_free (owner->record);
  g_free (owner->purpose);
  g_free (owner->state);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Owner, owner_clear)

static gboolean
read_owner (CbBook *self, const char *op_id, Owner *owner, GError **error)
{
  static const char SQL_GET_OWNER[] =
    "SELECT customer, act, kind, record, purpose, state FROM outbox WHERE op_id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_OWNER);
  g_autoptr (GError) local_error = NULL;

  if (cb_stmt_bind_text (stmt, 1, op_id), cb_stmt_next (stmt, &local_error))
    {
      owner->customer = g_strdup (cb_stmt_text (stmt, 0));
      owner->act = g_strdup (cb_stmt_text (stmt, 1));
      owner->kind = g_strdup (cb_stmt_text (stmt, 2));
      owner->record = g_strdup (cb_stmt_text (stmt, 3));
      owner->purpose = g_strdup (cb_stmt_text (stmt, 4));
      owner->state = g_strdup (cb_stmt_text (stmt, 5));
    }
  return !cb_error_hand_on (&local_error, error);
}

/* Theirs as far as the answer says; who wrote it comes with the records. */
static CbArrival *
read_theirs (const CbSettlement *settlement, const Owner *owner, gint64 now_us)
{
  const CbPurpose *purpose = cb_purpose_find (owner->purpose);
  JsonObject *body = cb_json_parse (settlement->body, strlen (settlement->body), G_MAXINT, NULL);
  CbArrivedRecord *record;
  CbArrival *arrival;

  if (body == NULL)
    return NULL;
  arrival = cb_arrival_new (owner->customer);
  record = cb_arrival_add_record (arrival, owner->kind, owner->record, body);
  g_strlcpy (record->version, settlement->version, sizeof record->version);
  record->scope = g_strdup (purpose != NULL ? cb_purpose_get_scope (purpose) : "store");
  record->by = g_strdup ("system");
  record->n = settlement->n;
  record->at_us = now_us;
  return arrival;
}

/* The door parks no operation for a version older than the one that the service had of it: a
 * service that was put back lost ours, and theirs is what ours came after. */
static gboolean
is_lost_there (const Owner *owner)
{
  return g_str_equal (owner->state, "waiting") || g_str_equal (owner->state, "sent");
}

/* Field by field where that is possible; else both are kept until somebody chooses. */
static gboolean
settle_conflict (CbBook *self, const CbSettlement *settlement, const Owner *owner, GError **error)
{
  CbArrival *arrival;
  const CbArrivedRecord *theirs;
  g_autofree char *key = g_strdup_printf ("%s/%s", owner->kind, owner->record);
  gboolean is_settled = FALSE;
  gboolean is_good;

  if (settlement->body == NULL || settlement->version == NULL || !g_str_equal (owner->act, "put"))
    return TRUE;
  arrival = read_theirs (settlement, owner, cb_clock_get_now_us (self->clock));
  if (arrival == NULL)
    return TRUE;
  theirs = g_ptr_array_index (arrival->records, 0);
  is_settled = is_lost_there (owner);
  is_good = is_settled
              ? cb_book_rebase (self, owner->customer, key, theirs, error)
              : cb_book_keep_theirs (self, settlement->op_id, owner->customer, theirs, error) &&
                  cb_book_meet (self, owner->customer, key, theirs, &is_settled, error);
  is_good = is_good && (!is_settled || cb_book_reckon_outbox (self, owner->customer, error));
  cb_arrival_free (arrival);
  return is_good;
}

static gboolean
settle_in_book (CbBook *self, const CbSettlement *settlement, gboolean *gone, GError **error)
{
  g_auto (Owner) owner = { NULL };

  if (!read_owner (self, settlement->op_id, &owner, error))
    return FALSE;
  if (owner.customer == NULL)
    return TRUE;
  cb_book_touch (self, owner.customer);
  if (settlement->settled == CB_SETTLED_CONFLICT)
    return settle_conflict (self, settlement, &owner, error);
  if (settlement->settled != CB_SETTLED_GONE)
    return TRUE;
  *gone = TRUE;
  return cb_book_record_gone (self, owner.customer, error);
}

static gboolean
must_write (GPtrArray *settlements)
{
  for (guint i = 0; i < settlements->len; i++)
    {
      const CbSettlement *settlement = g_ptr_array_index (settlements, i);

      if (settlement->settled == CB_SETTLED_GONE || settlement->settled == CB_SETTLED_CONFLICT)
        return TRUE;
    }
  return FALSE;
}

gboolean
cb_book_settle (CbBook *self, GPtrArray *settlements, GError **error)
{
  gint64 now_us = cb_clock_get_now_us (self->clock);
  gboolean gone = FALSE;
  g_auto (CbTransaction) transaction = NULL;

  /* The door's transaction is the one that counts; ours only writes when there is more to keep. */
  if (!settle_at_door (self, settlements, now_us, error))
    return FALSE;
  if (!(must_write (settlements) ? cb_book_begin (self, error) : cb_book_begin_read (self, error)))
    return FALSE;
  transaction = self->db;
  for (guint i = 0; i < settlements->len; i++)
    {
      if (!settle_in_book (self, g_ptr_array_index (settlements, i), &gone, error))
        return FALSE;
    }
  self->is_outbox_touched = TRUE;
  self->n_accepted = -1;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  if (!gone)
    return TRUE;
  cb_book_try_to_reach_copies (self);
  return cb_book_rotate_if_due (self, error);
}
