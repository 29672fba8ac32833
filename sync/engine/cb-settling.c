/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-settling.h"

/* What a service can reasonably ask of one operation. */
#define RETRY_LIMIT_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

GHashTable *
cb_settling_new_waits (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* How often it has waited, this time counted. */
static guint
count_wait (CbSettling *self, const char *op_id)
{
  const guint tries = GPOINTER_TO_UINT (g_hash_table_lookup (self->waits, op_id)) + 1;

  g_hash_table_replace (self->waits, g_strdup (op_id), GUINT_TO_POINTER (tries));

  return tries;
}

/* An answer to a repeated operation means what the first answer meant. */
static CbAckState
meaning_of (const CbAck *ack)
{
  if (ack->state != CB_ACK_DUPLICATE)
    return ack->state;

  return ack->was == CB_ACK_UNKNOWN || ack->was == CB_ACK_DUPLICATE ? CB_ACK_APPLIED : ack->was;
}

static CbSettlement *
settle_later (CbSettling *self, const char *op_id, const CbAck *ack)
{
  const guint tries = count_wait (self, op_id);
  const gint64 asked_us = ack != NULL ? MIN (ack->after_ms, RETRY_LIMIT_US / 1000) * 1000 : 0;
  const gint64 wait_us = MAX (asked_us, cb_backoff_operation (tries - 1, self->random));
  CbSettlement *settlement = cb_settlement_new (op_id, CB_SETTLED_RETRY);

  settlement->not_before_us = self->now_us + wait_us;
  settlement->code = ack != NULL ? g_strdup (ack->code) : NULL;

  return settlement;
}

/* The outbox counts how often this happens and parks the operation in the end: its count outlives
 * this process. */
static CbSettlement *
settle_unknown (CbSettling *self, const char *op_id)
{
  CbSettlement *settlement = settle_later (self, op_id, NULL);

  settlement->code = g_strdup (CB_CODE_UNKNOWN_ANSWER);

  return settlement;
}

static CbSettlement *
settle_finally (CbSettling *self, const char *op_id, const CbAck *ack, CbSettled settled)
{
  CbSettlement *settlement = cb_settlement_new (op_id, settled);

  g_hash_table_remove (self->waits, op_id);
  settlement->n = ack->n;
  settlement->code = g_strdup (ack->code);
  settlement->body = g_strdup (ack->body);
  settlement->version = g_strdup (ack->version);

  /* A person who looks at it must be told something. */
  if (settled == CB_SETTLED_PARKED && settlement->code == NULL)
    settlement->code = g_strdup (CB_CODE_UNKNOWN_ANSWER);
  if (settled == CB_SETTLED_CONFLICT && settlement->code == NULL)
    settlement->code = g_strdup (CB_CODE_CONFLICT);

  return settlement;
}

static CbSettlement *
settle_one (CbSettling *self, const char *op_id, const CbAck *ack)
{
  switch (meaning_of (ack))
    {
    case CB_ACK_APPLIED:
    case CB_ACK_DUPLICATE:
    case CB_ACK_MERGED:
      return settle_finally (self, op_id, ack, CB_SETTLED_ACCEPTED);

    case CB_ACK_CONFLICT:
      return settle_finally (self, op_id, ack, CB_SETTLED_CONFLICT);

    case CB_ACK_REFUSED:
      return settle_finally (self, op_id, ack, CB_SETTLED_PARKED);

    case CB_ACK_GONE:
      return settle_finally (self, op_id, ack, CB_SETTLED_GONE);

    /* It stays ready; what it waits for is on its way, or a person's to mend. */
    case CB_ACK_BLOCKED:
    case CB_ACK_RETRY:
      return settle_later (self, op_id, ack);

    case CB_ACK_UNKNOWN:
      break;
    }

  return settle_unknown (self, op_id);
}

/* Borrowed acknowledgements by operation id. The first word on an operation stands. */
static GHashTable *
index_acks (const CbWindow *window, const CbAckList *acks)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < acks->acks->len; i++)
    {
      CbAck *ack = g_ptr_array_index (acks->acks, i);
      const char *op_id = ack->op;

      /* An operation whose id the service could not read is named by its line. */
      if (op_id == NULL && ack->line >= 1 && ack->line <= window->to - window->from)
        op_id = cb_batch_get_op (window->batch, window->from + ack->line - 1)->op_id;

      if (op_id != NULL && !g_hash_table_contains (index, op_id))
        g_hash_table_insert (index, (gpointer) op_id, ack);
    }

  return index;
}

GPtrArray *
cb_settling_from_acks (CbSettling *self, const CbWindow *window, const CbAckList *acks)
{
  g_autoptr (GHashTable) index = index_acks (window, acks);
  GPtrArray *settlements = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);

  for (guint i = window->from; i < window->to; i++)
    {
      const char *op_id = cb_batch_get_op (window->batch, i)->op_id;
      const CbAck *ack = g_hash_table_lookup (index, op_id);

      if (ack != NULL)
        g_ptr_array_add (settlements, settle_one (self, op_id, ack));
      else if (acks->is_complete)
        g_ptr_array_add (settlements, settle_unknown (self, op_id));
    }

  return settlements;
}

GPtrArray *
cb_settling_unsent (CbBatch *batch)
{
  GPtrArray *settlements = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);

  for (guint i = 0; i < cb_batch_get_length (batch); i++)
    {
      const CbBatchOp *op = cb_batch_get_op (batch, i);

      if (op->is_first)
        g_ptr_array_add (settlements, cb_settlement_new (op->op_id, CB_SETTLED_UNSENT));
    }

  return settlements;
}

CbSettlement *
cb_settling_park (const CbWindow *window, const char *code)
{
  const CbBatchOp *op = cb_batch_get_op (window->batch, window->from);
  CbSettlement *settlement = cb_settlement_new (op->op_id, CB_SETTLED_PARKED);

  settlement->code = g_strdup (code);

  return settlement;
}
