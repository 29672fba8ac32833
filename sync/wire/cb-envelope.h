/* SPDX-License-Identifier: Apache-2.0 */

/* One operation as it arrived: parsed, and valid as far as that can be told without a database.
 * Texts are borrowed from the envelope. The body is kept as the exact bytes of the line, so members
 * this version does not know survive. Personal: never log any of it but ids and codes. Pure; any
 * thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_ENVELOPE_HASH_BYTES 32

typedef enum
{
  CB_KIND_CUSTOMER,
  CB_KIND_NOTE,
  CB_KIND_PREFERENCE,
  CB_KIND_REQUEST,
  CB_KIND_CONSENT,
  CB_KIND_ERASE,
} CbKind;

typedef enum
{
  CB_ACT_PUT,
  CB_ACT_GRANT,
  CB_ACT_REFUSE,
  CB_ACT_WITHDRAW,
  CB_ACT_ERASE,
} CbAct;

typedef struct
{
  CbKind kind;
  CbAct act;
  const char *op;
  gint64 seq;
  const char *key;
  const char *customer;
  const char *base; /* NULL: a first version */
  gint64 schema;
  const char *scope;         /* put: "request", "store", "company"; else NULL or the purpose's */
  const char *basis_purpose; /* put: NULL when no basis was named */
  const char *basis_grant;
  const char *by;
  const char *wall;
  const char *body; /* JSON, body_length bytes, not terminated */
  gsize body_length;

  /* Consents. */
  const char *purpose;
  const char *channel;  /* "*" when it is about none */
  const char *saw;      /* the withdrawal the terminal knew of, or NULL */
  const char *evidence; /* JSON, evidence_length bytes; NULL when there is none */
  gsize evidence_length;

  guint8 hash[CB_ENVELOPE_HASH_BYTES]; /* SHA-256 of the line */
} CbEnvelope;

/* NULL with CB_PROTOCOL_ERROR. Withdrawals and erasures are read with patience: whatever says
 * unmistakably whose and what is enough. */
CbEnvelope *cb_envelope_parse (GBytes *line, GError **error);
void cb_envelope_free (CbEnvelope *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbEnvelope, cb_envelope_free)

/* The operation's id in a line that could not be parsed, as far as it can be read. NULL if not. */
char *cb_envelope_find_op (GBytes *line);

/* "customer" …, as in keys and dumps. */
const char *cb_kind_to_id (CbKind kind);

G_END_DECLS
