/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-outbox.h"

#include <string.h>

#include "vault/cb-seal.h"

/* --- batch --- */

struct _CbBatch
{
  gatomicrefcount references;
  GArray *ops; /* CbBatchOp, owning */
  gint64 next_ready_us;
};

static void
clear_op (gpointer data)
{
  CbBatchOp *op = data;

  g_free ((char *) op->op_id);
  g_bytes_unref (op->line);
}

CbBatch *
cb_batch_new (const CbBatchOp *ops, guint n_ops, gint64 next_ready_us)
{
  CbBatch *self = g_new0 (CbBatch, 1);

  g_atomic_ref_count_init (&self->references);
  self->next_ready_us = next_ready_us;
  self->ops = g_array_sized_new (FALSE, FALSE, sizeof (CbBatchOp), n_ops);
  g_array_set_clear_func (self->ops, clear_op);
  for (guint i = 0; i < n_ops; i++)
    {
      CbBatchOp op = {
        .op_id = g_strdup (ops[i].op_id),
        .line = g_bytes_ref (ops[i].line),
        .is_first = ops[i].is_first,
      };

      g_array_append_val (self->ops, op);
    }
  return self;
}

CbBatch *
cb_batch_ref (CbBatch *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
cb_batch_unref (CbBatch *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_array_unref (self->ops);
  g_free (self);
}

guint
cb_batch_get_length (CbBatch *self)
{
  return self->ops->len;
}

const CbBatchOp *
cb_batch_get_op (CbBatch *self, guint index)
{
  g_return_val_if_fail (index < self->ops->len, NULL);

  return &g_array_index (self->ops, CbBatchOp, index);
}

gint64
cb_batch_get_next_ready_us (CbBatch *self)
{
  return self->next_ready_us;
}

/* --- settlement --- */

CbSettlement *
cb_settlement_new (const char *op_id, CbSettled settled)
{
  CbSettlement *settlement = g_new0 (CbSettlement, 1);

  settlement->op_id = g_strdup (op_id);
  settlement->settled = settled;
  return settlement;
}

void
cb_settlement_free (CbSettlement *settlement)
{
  g_free (settlement->op_id);
  g_free (settlement->code);
  g_free (settlement->version);
  if (settlement->body != NULL)
    cb_text_wipe (settlement->body);
  g_free (settlement);
}

/* --- enrolment --- */

struct _CbEnrolment
{
  gatomicrefcount references;
  CbEnrolmentFields fields;
};

static void
wipe_bytes (gpointer data)
{
  GByteArray *array = data;

  memset (array->data, 0, array->len);
  g_byte_array_unref (array);
}

/* A copy that is ours alone, so that wiping it takes it from nobody else. */
static GBytes *
copy_secret (GBytes *secret)
{
  GByteArray *array;
  gsize length;
  const guint8 *data;

  if (secret == NULL)
    return NULL;
  data = g_bytes_get_data (secret, &length);
  array = g_byte_array_sized_new (length);
  g_byte_array_append (array, data, length);
  return g_bytes_new_with_free_func (array->data, array->len, wipe_bytes, array);
}

CbEnrolment *
cb_enrolment_new (const CbEnrolmentFields *fields)
{
  CbEnrolment *self = g_new0 (CbEnrolment, 1);

  g_atomic_ref_count_init (&self->references);
  self->fields = (CbEnrolmentFields){
    .service_url = g_strdup (fields->service_url),
    .terminal_id = g_strdup (fields->terminal_id),
    .store_name = g_strdup (fields->store_name),
    .ca_pem = g_strdup (fields->ca_pem),
    .pins = g_strdup (fields->pins),
    .incarnation = g_strdup (fields->incarnation),
    .secret_key = copy_secret (fields->secret_key),
    .chain_key = copy_secret (fields->chain_key),
    .order_key = copy_secret (fields->order_key),
  };
  return self;
}

CbEnrolment *
cb_enrolment_ref (CbEnrolment *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
cb_enrolment_unref (CbEnrolment *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free ((char *) self->fields.service_url);
  g_free ((char *) self->fields.terminal_id);
  g_free ((char *) self->fields.store_name);
  g_free ((char *) self->fields.ca_pem);
  g_free ((char *) self->fields.pins);
  g_free ((char *) self->fields.incarnation);
  g_clear_pointer (&self->fields.secret_key, g_bytes_unref);
  g_clear_pointer (&self->fields.chain_key, g_bytes_unref);
  g_clear_pointer (&self->fields.order_key, g_bytes_unref);
  g_free (self);
}

const CbEnrolmentFields *
cb_enrolment_peek (CbEnrolment *self)
{
  return &self->fields;
}
