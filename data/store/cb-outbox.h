/* SPDX-License-Identifier: Apache-2.0 */

/* What the sync engine gets of the store, and all it gets: the operations that may leave now, in
 * the bytes frozen for them, and a place to say what became of each. No table, no record, no SQL.
 * Immutable; any thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* --- a batch, in the order in which it must be sent --- */

typedef struct
{
  const char *op_id; /* borrowed from the batch */
  GBytes *line;      /* one line of JSON without its newline; borrowed */
  gboolean is_first; /* no batch held it before: nobody can know of it yet */
} CbBatchOp;

typedef struct _CbBatch CbBatch;

CbBatch *cb_batch_ref (CbBatch *self);

/* The last reference wipes the lines. */
void cb_batch_unref (CbBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbBatch, cb_batch_unref)

guint cb_batch_get_length (CbBatch *self);
const CbBatchOp *cb_batch_get_op (CbBatch *self, guint index);

/* When the next operation that is not in this batch becomes ready, in wall time: 0 is now, -1
 * never. */
gint64 cb_batch_get_next_ready_us (CbBatch *self);

/* For the store and for tests that stand in for it. `ops` are copied, the lines referenced. */
CbBatch *cb_batch_new (const CbBatchOp *ops, guint n_ops, gint64 next_ready_us);

/* --- what became of an operation --- */

typedef enum
{
  CB_SETTLED_ACCEPTED, /* applied, duplicate, merged */
  CB_SETTLED_RETRY,    /* not before `not_before_us` */
  CB_SETTLED_PARKED,   /* refused with `code`; a person looks at it */
  CB_SETTLED_CONFLICT, /* parked, and the service's text is in `body` */
  CB_SETTLED_GONE,     /* the customer is erased: forget them here too */
  CB_SETTLED_UNSENT,   /* it certainly never left; only for what was `is_first` */
} CbSettled;

typedef struct
{
  char *op_id;
  char *code;    /* may be NULL */
  char *body;    /* the service's current body as JSON; may be NULL; personal */
  char *version; /* which one that is; may be NULL */
  gint64 n;      /* the service's change number; 0 when it gave none */
  gint64 not_before_us;
  CbSettled settled;
} CbSettlement;

CbSettlement *cb_settlement_new (const char *op_id, CbSettled settled);
void cb_settlement_free (CbSettlement *settlement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSettlement, cb_settlement_free)

/* --- what a terminal is at the service --- */

typedef struct _CbEnrolment CbEnrolment;

typedef struct
{
  const char *service_url;
  const char *terminal_id;
  const char *store_name;
  const char *ca_pem; /* NULL: the system's own */
  const char *pins;   /* "sha256//…;sha256//…" or NULL */
  const char *incarnation;
  GBytes *secret_key; /* Ed25519, 64 bytes as libsodium has it */
  GBytes *chain_key;  /* 32 bytes; only needed when saving */
  GBytes *order_key;  /* 32 bytes: by what the service signs orders; NULL when it gave none */
} CbEnrolmentFields;

CbEnrolment *cb_enrolment_new (const CbEnrolmentFields *fields);
CbEnrolment *cb_enrolment_ref (CbEnrolment *self);

/* The last reference wipes the keys. */
void cb_enrolment_unref (CbEnrolment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbEnrolment, cb_enrolment_unref)

/* Borrowed from the enrolment. */
const CbEnrolmentFields *cb_enrolment_peek (CbEnrolment *self);

G_END_DECLS
