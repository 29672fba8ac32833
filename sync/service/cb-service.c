/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-service-private.h"

#include "base/cb-error.h"
#include "service/cb-apply.h"
#include "wire/cb-ack.h"
#include "wire/cb-codes.h"
#include "wire/cb-limits.h"
#include "wire/cb-lines.h"
#include "wire/cb-protocol-error.h"

#include <string.h>

/* After which an operation that the database stumbled over may come again. */
#define RETRY_AFTER_MS 60000

/* How often a batch is tried that others were in the way of. */
#define TRIES 4

/* One line of a batch on its way to an answer. */
typedef struct
{
  CbEnvelope *envelope; /* NULL when the line was no valid operation: then it has its answer */
  CbAck *ack;
} Item;

/* A batch under way. */
typedef struct
{
  CbService *service;
  GPtrArray *items;
  GPtrArray *envelopes; /* borrowed from the items */
  CbApply apply;
  gint64 first_head; /* what the numbers of this batch follow */
} Batch;

static void
item_free (Item *item)
{
  g_clear_pointer (&item->envelope, cb_envelope_free);
  g_clear_pointer (&item->ack, cb_ack_free);
  g_free (item);
}

static void
batch_clear (Batch *batch)
{
  g_clear_pointer (&batch->items, g_ptr_array_unref);
  g_clear_pointer (&batch->envelopes, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

/* --- reading --- */

static CbAck *
refuse_line (GBytes *line, guint number, const GError *why)
{
  g_autofree char *op = cb_envelope_find_op (line);
  CbAck *ack = cb_ack_new (CB_ACK_REFUSED, op);

  if (op == NULL)
    ack->line = number;
  ack->code = g_strdup (g_error_matches (why, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_TOO_LARGE)
                          ? CB_CODE_TOO_LARGE
                          : CB_CODE_SCHEMA_INVALID);
  return ack;
}

static void
read_items (Batch *batch, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      g_autoptr (GError) error = NULL;
      Item *item = g_new0 (Item, 1);

      item->envelope = cb_envelope_parse (lines->pdata[i], &error);
      if (item->envelope == NULL)
        item->ack = refuse_line (lines->pdata[i], i + 1, error);
      else
        g_ptr_array_add (batch->envelopes, item->envelope);
      g_ptr_array_add (batch->items, item);
    }
}

/* --- applying --- */

static void
roll_back (Batch *batch)
{
  batch->service->storage->methods->rollback (batch->service->storage);
  cb_ledger_drop_ends (batch->service->ledger);
  for (guint i = 0; i < batch->items->len; i++)
    {
      Item *item = batch->items->pdata[i];

      if (item->envelope != NULL)
        g_clear_pointer (&item->ack, cb_ack_free);
    }
}

static gboolean
begin (Batch *batch, GError **error)
{
  CbStorage *storage = batch->service->storage;

  if (!storage->methods->begin (storage, batch->envelopes, NULL, error) ||
      !storage->methods->get_head (storage, &batch->first_head, error))
    return FALSE;
  batch->apply.head = batch->first_head;
  return TRUE;
}

/* The commit may have moved the numbers of this batch. */
static void
move_numbers (Batch *batch, gint64 by)
{
  for (guint i = 0; by != 0 && i < batch->items->len; i++)
    {
      CbAck *ack = ((Item *) batch->items->pdata[i])->ack;

      if (ack != NULL && ack->n > batch->first_head)
        ack->n += by;
    }
}

/* The ledger knows before the database does: what it alone knows is carried out at the next start,
 * the other way round it would be lost. The counter comes last: whoever reads it sees everything up
 * to it. */
static gboolean
commit (Batch *batch, GError **error)
{
  CbStorage *storage = batch->service->storage;
  gint64 head = batch->apply.head;

  if (batch->apply.has_purged && !storage->methods->note_purge (storage, error))
    return FALSE;
  if (!cb_ledger_write_ends (batch->service->ledger, error) ||
      !storage->methods->commit (storage, &head, error))
    return FALSE;
  move_numbers (batch, head - batch->apply.head);
  batch->apply.head = head;
  return TRUE;
}

static gboolean
apply_items (Batch *batch, GError **error)
{
  for (guint i = 0; i < batch->items->len; i++)
    {
      Item *item = batch->items->pdata[i];

      if (item->envelope == NULL)
        continue;
      item->ack = cb_apply_operation (&batch->apply, item->envelope, error);
      if (item->ack == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_batch (Batch *batch, GError **error)
{
  if (begin (batch, error) && apply_items (batch, error) && commit (batch, error))
    return TRUE;

  roll_back (batch);
  return FALSE;
}

/* --- applying after the database stumbled --- */

/* A stumble that another operation would meet too. */
static gboolean
concerns_all (const GError *error)
{
  return g_error_matches (error, CB_STORAGE_ERROR, CB_STORAGE_ERROR_AWAY) ||
         g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY) ||
         g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL) ||
         g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_IO) ||
         g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
}

static CbAck *
answer_retry (const CbEnvelope *envelope)
{
  CbAck *ack = cb_ack_new (CB_ACK_RETRY, envelope->op);

  ack->code = g_strdup (CB_CODE_INTERNAL);
  ack->after_ms = RETRY_AFTER_MS;
  return ack;
}

/* The stuck operation that this one builds on: of the same record, or the yes it rests on. */
static const char *
find_blocker (GHashTable *stuck, const CbEnvelope *envelope)
{
  const char *by = NULL;

  if (envelope->act == CB_ACT_WITHDRAW || envelope->act == CB_ACT_ERASE)
    return NULL;
  by = g_hash_table_lookup (stuck, envelope->key);
  if (by == NULL && envelope->basis_grant != NULL)
    by = g_hash_table_lookup (stuck, envelope->basis_grant);
  return by;
}

static CbAck *
answer_blocked (const CbEnvelope *envelope, const char *by)
{
  CbAck *ack = cb_ack_new (CB_ACK_BLOCKED, envelope->op);

  ack->by = g_strdup (by);
  return ack;
}

/* Back to before an operation that the database stumbled over. */
static gboolean
give_up (Batch *batch, Item *item, GHashTable *stuck, gint64 head, GError **error)
{
  CbStorage *storage = batch->service->storage;
  const CbEnvelope *envelope = item->envelope;

  batch->apply.head = head;
  g_clear_pointer (&item->ack, cb_ack_free);
  item->ack = answer_retry (envelope);
  g_hash_table_insert (stuck, (gpointer) envelope->op, (gpointer) envelope->op);
  if (envelope->key != NULL)
    g_hash_table_insert (stuck, (gpointer) envelope->key, (gpointer) envelope->op);
  return storage->methods->back_to_mark (storage, error);
}

/* Applies one operation under a mark; `stuck` names those that could not be, by key and by id. */
static gboolean
apply_marked (Batch *batch, Item *item, GHashTable *stuck, GError **error)
{
  CbStorage *storage = batch->service->storage;
  const CbEnvelope *envelope = item->envelope;
  const gint64 head = batch->apply.head;
  const char *by = find_blocker (stuck, envelope);
  g_autoptr (GError) local = NULL;

  if (by != NULL)
    {
      item->ack = answer_blocked (envelope, by);
      return TRUE;
    }

  if (!storage->methods->mark (storage, error))
    return FALSE;
  item->ack = cb_apply_operation (&batch->apply, envelope, &local);
  if (item->ack != NULL && storage->methods->keep_mark (storage, &local))
    return TRUE;
  if (concerns_all (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  g_message ("operation %s could not be applied: %s", envelope->op, local->message);
  return give_up (batch, item, stuck, head, error);
}

static gboolean
apply_one_by_one (Batch *batch, GError **error)
{
  g_autoptr (GHashTable) stuck = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean is_good = begin (batch, error);

  for (guint i = 0; is_good && i < batch->items->len; i++)
    {
      Item *item = batch->items->pdata[i];

      if (item->envelope != NULL)
        is_good = apply_marked (batch, item, stuck, error);
    }
  if (is_good && commit (batch, error))
    return TRUE;

  roll_back (batch);
  return FALSE;
}

/* Others who were in the way are gone in a moment. */
static gboolean
apply_patiently (Batch *batch, GError **error)
{
  for (guint i = 1; i < TRIES; i++)
    {
      g_autoptr (GError) local = NULL;

      if (apply_batch (batch, &local))
        return TRUE;
      if (!g_error_matches (local, CB_STORAGE_ERROR, CB_STORAGE_ERROR_AGAIN))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return apply_batch (batch, error);
}

static gboolean
apply_with_care (Batch *batch, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (apply_patiently (batch, &local))
    return TRUE;
  if (concerns_all (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return apply_one_by_one (batch, error);
}

/* --- counting --- */

static void
count_answer (CbService *self, const CbAck *ack)
{
  g_autofree char *name = NULL;
  gpointer count = NULL;

  if (ack->code == NULL)
    {
      self->n_answers[ack->state]++;
      return;
    }
  name = g_strconcat (cb_ack_state_to_id (ack->state), "/", ack->code, NULL);
  count = g_hash_table_lookup (self->coded, name);
  g_hash_table_insert (self->coded, g_steal_pointer (&name),
                       GSIZE_TO_POINTER (GPOINTER_TO_SIZE (count) + 1));
}

void
cb_service_walk_counts (CbService *self, CbCountFunc on_count, gpointer data)
{
  g_autoptr (GList) names =
    g_list_sort (g_hash_table_get_keys (self->coded), (GCompareFunc) strcmp);

  /* A refusal and a postponement always say why. */
  for (guint i = CB_ACK_APPLIED; i <= CB_ACK_RETRY; i++)
    if (i != CB_ACK_REFUSED && i != CB_ACK_RETRY)
      on_count (cb_ack_state_to_id ((CbAckState) i), "", self->n_answers[i], data);
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_auto (GStrv) parts = g_strsplit (l->data, "/", 2);

      on_count (parts[0], parts[1], GPOINTER_TO_SIZE (g_hash_table_lookup (self->coded, l->data)),
                data);
    }
}

/* --- the service --- */

gboolean
cb_service_push (CbService *self,
                 const CbTerminalRow *terminal,
                 GBytes *body,
                 GString *reply,
                 guint *n_ops,
                 GError **error)
{
  g_autoptr (GPtrArray) lines = cb_lines_split (body, CB_LIMIT_OPS, error);
  g_auto (Batch) batch = {
    .service = self,
    .items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free),
    .envelopes = g_ptr_array_new (),
    .apply = { .storage = self->storage,
               .ledger = self->ledger,
               .origin = { terminal->store, terminal->incarnation },
               .now_us = cb_clock_get_now_us (self->clock) },
  };

  if (lines == NULL)
    return FALSE;
  read_items (&batch, lines);
  *n_ops = batch.items->len;
  if (!apply_with_care (&batch, error))
    return FALSE;

  if (batch.apply.has_purged)
    self->wants_scrub = self->wants_rewrite = TRUE;
  for (guint i = 0; i < batch.items->len; i++)
    {
      const CbAck *ack = ((Item *) batch.items->pdata[i])->ack;

      count_answer (self, ack);
      cb_ack_write (ack, reply);
    }
  cb_ack_list_write_trailer (batch.items->len, batch.apply.head, reply);
  return TRUE;
}

gboolean
cb_service_replay (CbService *self, GPtrArray *envelopes, GError **error)
{
  g_auto (Batch) batch = {
    .service = self,
    .items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free),
    .envelopes = g_ptr_array_ref (envelopes),
    .apply = { .storage = self->storage,
               .ledger = self->ledger,
               .origin = { CB_STORE_EVERY, "" },
               .is_replay = TRUE,
               .now_us = cb_clock_get_now_us (self->clock) },
  };

  for (guint i = 0; i < envelopes->len; i++)
    {
      Item *item = g_new0 (Item, 1);

      item->envelope = envelopes->pdata[i];
      g_ptr_array_add (batch.items, item);
    }
  if (apply_patiently (&batch, error))
    {
      self->wants_scrub = self->wants_scrub || batch.apply.has_purged;
      return TRUE;
    }
  return FALSE;
}

CbService *
cb_service_new (CbStorage *storage, const char *database, CbClock *clock, GError **error)
{
  g_autoptr (CbService) self = g_new0 (CbService, 1);

  self->storage = storage;
  self->clock = g_object_ref (clock);
  self->coded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ledger = cb_ledger_open (database);

  /* The last run may have ended between a deletion and its scrubbing. */
  self->wants_scrub = TRUE;
  if (!cb_service_replay_ledger (self, error))
    return NULL;
  self->wants_rewrite = storage->methods->is_purge_noted (storage, NULL);
  return g_steal_pointer (&self);
}

void
cb_service_free (CbService *self)
{
  self->storage->methods->close (self->storage);
  cb_ledger_free (self->ledger);
  g_hash_table_unref (self->coded);
  g_object_unref (self->clock);
  g_free (self);
}

CbStorage *
cb_service_get_storage (CbService *self)
{
  return self->storage;
}

CbClock *
cb_service_get_clock (CbService *self)
{
  return self->clock;
}

gboolean
cb_service_is_well (CbService *self, GError **error)
{
  return self->storage->methods->ping (self->storage, error);
}

const CbIdentity *
cb_service_get_identity (CbService *self)
{
  return self->storage->methods->get_identity (self->storage);
}

gboolean
cb_service_wants_scrub (CbService *self)
{
  return self->wants_scrub;
}

gboolean
cb_service_scrub (CbService *self, GError **error)
{
  if (!self->storage->methods->scrub (self->storage, error))
    return FALSE;
  self->wants_scrub = FALSE;
  return TRUE;
}

gboolean
cb_service_wants_rewrite (CbService *self)
{
  return self->wants_rewrite;
}

gboolean
cb_service_rewrite (CbService *self, GError **error)
{
  if (!self->storage->methods->rewrite (self->storage, error))
    return FALSE;
  self->wants_scrub = self->wants_rewrite = FALSE;
  return TRUE;
}
