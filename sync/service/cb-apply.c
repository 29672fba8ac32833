/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-apply.h"

#include "wire/cb-codes.h"

#include <string.h>

/* --- answers to the terminal --- */

static CbAck *
answer_n (CbAckState state, const CbEnvelope *envelope, gint64 n)
{
  CbAck *ack = cb_ack_new (state, envelope->op);

  ack->n = n;
  return ack;
}

static CbAck *
answer_refused (const CbEnvelope *envelope, const char *code)
{
  CbAck *ack = cb_ack_new (CB_ACK_REFUSED, envelope->op);

  ack->code = g_strdup (code);
  return ack;
}

static CbAck *
answer_gone (const CbEnvelope *envelope, gint64 n)
{
  CbAck *ack = answer_n (CB_ACK_GONE, envelope, n);

  ack->customer = g_strdup (envelope->customer);
  return ack;
}

static CbAck *
answer_conflict (const CbEnvelope *envelope, const CbRecordRow *current)
{
  CbAck *ack = answer_n (CB_ACK_CONFLICT, envelope, current->n);

  ack->version = g_strdup (current->version);
  ack->body = g_strdup (current->body);
  return ack;
}

/* The end of every operation that had an effect, in the same transaction. */
static CbAck *
finish (CbApply *self, const CbEnvelope *envelope, gint64 n, GError **error)
{
  if (!self->storage->methods->add_applied (self->storage, envelope, n, error))
    return NULL;
  return answer_n (CB_ACK_APPLIED, envelope, n);
}

/* --- what rested on a yes that has ended --- */

/* A yes to `everywhere` includes the shop: what rested on it stays with the shop where the customer
 * agreed to that, a card in the shop's scope, a note or preference only if it was the shop's. */
static gboolean
finds_refuge (CbApply *self, CbRecordRow *row, GError **error)
{
  g_auto (CbGrantRow) shop = { 0 };
  const gboolean is_card = strcmp (row->kind, "customer") == 0;

  if (strcmp (row->purpose, "everywhere") != 0)
    return FALSE;
  if (strcmp (row->scope, "store") != 0 && !is_card)
    return FALSE;
  if (!self->storage->methods->find_standing (self->storage, row->customer, "shop", CB_CHANNEL_ANY,
                                              row->store, &shop, error))
    return FALSE;

  g_free (row->scope);
  row->scope = g_strdup ("store");
  g_free (row->purpose);
  row->purpose = g_strdup ("shop");
  memcpy (row->grant, shop.op, sizeof row->grant);
  return TRUE;
}

static gboolean
settle_record (CbApply *self, CbRecordRow *row, GError **error)
{
  const CbStorageMethods *methods = self->storage->methods;
  g_autoptr (GError) local = NULL;

  if (finds_refuge (self, row, &local))
    {
      row->n = ++self->head;
      return methods->move_record (self->storage, row, error);
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->has_purged = TRUE;
  return methods->delete_record (self->storage, row->customer, row->key, error);
}

static gboolean
settle_records (CbApply *self, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) rows = self->storage->methods->list_adrift (self->storage, customer, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!settle_record (self, rows->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* --- withdrawal --- */

/* Reads the newest answer, or begins an empty one, with whom and what it is about filled in. */
static gboolean
load_answer (CbApply *self,
             const CbEnvelope *envelope,
             const char *channel,
             CbAnswerRow *row,
             GError **error)
{
  g_autoptr (GError) local = NULL;

  self->storage->methods->find_answer (self->storage, envelope->customer, envelope->purpose,
                                       channel, row, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  row->customer = g_strdup (envelope->customer);
  row->purpose = g_strdup (envelope->purpose);
  row->channel = g_strdup (channel);
  return TRUE;
}

static gboolean
store_answer (CbApply *self,
              const CbEnvelope *envelope,
              const char *state,
              CbAnswerRow *row,
              GError **error)
{
  g_free (row->state);
  row->state = g_strdup (state);
  /* What every shop was to be told, because an older copy forgot whose customer it was, every shop
   * may still have to hear. */
  if (g_strcmp0 (row->store, CB_STORE_EVERY) != 0)
    {
      g_free (row->store);
      row->store = g_strdup (self->origin.store);
    }
  g_strlcpy (row->version, envelope->op, sizeof row->version);
  row->n = ++self->head;
  return self->storage->methods->put_answer (self->storage, row, error);
}

/* Ends what was agreed on one channel. A yes that saw this very withdrawal was given after it,
 * however late the withdrawal arrives, and stands. */
static gboolean
end_channel (CbApply *self,
             const CbEnvelope *envelope,
             const char *channel,
             const char *state,
             GError **error)
{
  const CbStorageMethods *methods = self->storage->methods;
  g_auto (CbAnswerRow) row = { 0 };
  g_auto (CbGrantRow) standing = { 0 };
  g_autoptr (GError) local = NULL;

  if (!methods->end_grants (self->storage, envelope->customer, envelope->purpose, channel,
                            envelope->op, error) ||
      !load_answer (self, envelope, channel, &row, error))
    return FALSE;

  g_strlcpy (row.withdrawal, envelope->op, sizeof row.withdrawal);
  if (methods->find_standing (self->storage, envelope->customer, envelope->purpose, channel, NULL,
                              &standing, &local))
    return store_answer (self, envelope, "given", &row, error);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  self->has_purged = self->has_purged || row.evidence != NULL || *row.grant != '\0';
  cb_answer_row_drop_evidence (&row);
  return store_answer (self, envelope, state, &row, error);
}

/* Is there a yes on that channel to end? */
static gboolean
is_given (CbApply *self, const CbEnvelope *envelope, const char *channel, GError **error)
{
  g_auto (CbAnswerRow) row = { 0 };

  return self->storage->methods->find_answer (self->storage, envelope->customer, envelope->purpose,
                                              channel, &row, error) &&
         strcmp (row.state, "given") == 0;
}

/* Without a channel it is about the whole purpose, so every yes on a channel ends with it. Channels
 * that ended before keep their own withdrawal: the next yes will name that one. */
static gboolean
end_answer (CbApply *self, const CbEnvelope *envelope, const char *state, GError **error)
{
  g_autoptr (GPtrArray) channels = NULL;

  if (!end_channel (self, envelope, envelope->channel, state, error))
    return FALSE;
  if (strcmp (envelope->channel, CB_CHANNEL_ANY) != 0)
    return TRUE;

  channels = self->storage->methods->list_channels (self->storage, envelope->customer,
                                                    envelope->purpose, error);
  if (channels == NULL)
    return FALSE;
  for (guint i = 0; i < channels->len; i++)
    {
      g_autoptr (GError) local = NULL;

      if (strcmp (channels->pdata[i], CB_CHANNEL_ANY) != 0 &&
          is_given (self, envelope, channels->pdata[i], &local) &&
          !end_channel (self, envelope, channels->pdata[i], state, error))
        return FALSE;
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return TRUE;
}

/* What is replayed from the ledger is in it. A purpose of a later version may be any word; nobody
 * can have agreed to one that is two. */
static void
note_end (CbApply *self, const CbEnvelope *envelope)
{
  if (!self->is_replay && strpbrk (envelope->purpose, " \r\n") == NULL &&
      strpbrk (envelope->channel, " \r\n") == NULL)
    cb_ledger_note_end (self->ledger, envelope);
}

static CbAck *
apply_withdrawal (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  if (!end_answer (self, envelope, "withdrawn", error) ||
      !settle_records (self, envelope->customer, error))
    return NULL;
  note_end (self, envelope);
  return finish (self, envelope, self->head, error);
}

/* --- yes and no --- */

static CbAck *
apply_grant (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  g_auto (CbAnswerRow) row = { 0 };

  if (!load_answer (self, envelope, envelope->channel, &row, error))
    return NULL;
  if (*row.withdrawal != '\0' && g_strcmp0 (row.withdrawal, envelope->saw) != 0)
    return answer_refused (envelope, CB_CODE_STALE_GRANT);

  cb_answer_row_drop_evidence (&row);
  row.evidence = g_strndup (envelope->evidence, envelope->evidence_length);
  g_strlcpy (row.grant, envelope->op, sizeof row.grant);
  if (!store_answer (self, envelope, "given", &row, error) ||
      !self->storage->methods->add_grant (self->storage, envelope, &self->origin, self->head,
                                          error))
    return NULL;
  return finish (self, envelope, self->head, error);
}

/* A terminal that knows of a yes sends its end as a withdrawal. One that did not know sends a no,
 * and the customer means the same. */
static CbAck *
apply_refusal (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  g_auto (CbAnswerRow) row = { 0 };

  if (!load_answer (self, envelope, envelope->channel, &row, error))
    return NULL;
  if (g_strcmp0 (row.state, "given") == 0)
    {
      if (!end_answer (self, envelope, "refused", error) ||
          !settle_records (self, envelope->customer, error))
        return NULL;
      note_end (self, envelope);
      return finish (self, envelope, self->head, error);
    }

  cb_answer_row_drop_evidence (&row);
  if (envelope->evidence != NULL)
    row.evidence = g_strndup (envelope->evidence, envelope->evidence_length);
  if (!store_answer (self, envelope, "refused", &row, error))
    return NULL;
  return finish (self, envelope, self->head, error);
}

/* --- records --- */

/* Why the yes that a record names does not carry it; NULL with no error when it does. */
static const char *
judge_unknown_basis (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  g_auto (CbAnswerRow) answer = { 0 };

  if (!self->storage->methods->find_answer (
        self->storage, envelope->customer, envelope->basis_purpose, CB_CHANNEL_ANY, &answer, error))
    return CB_CODE_CONSENT_MISSING;
  return strcmp (answer.state, "withdrawn") == 0 ? CB_CODE_CONSENT_WITHDRAWN
                                                 : CB_CODE_CONSENT_MISSING;
}

static const char *
judge_basis (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  g_auto (CbGrantRow) grant = { 0 };
  g_autoptr (GError) local = NULL;

  if (envelope->basis_purpose == NULL)
    return CB_CODE_CONSENT_MISSING;
  if (!self->storage->methods->find_grant (self->storage, envelope->customer, envelope->basis_grant,
                                           &grant, &local))
    {
      if (local == NULL)
        return judge_unknown_basis (self, envelope, error);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  if (strcmp (grant.purpose, envelope->basis_purpose) != 0)
    return CB_CODE_CONSENT_MISSING;
  if (grant.is_ended)
    return CB_CODE_CONSENT_WITHDRAWN;
  if (!cb_codes_purpose_carries (grant.purpose, envelope->scope))
    return CB_CODE_CONSENT_MISSING;

  /* "Remember me in this shop" was said to one shop. */
  if (strcmp (grant.purpose, "shop") == 0 && strcmp (grant.store, self->origin.store) != 0)
    return CB_CODE_CONSENT_MISSING;
  return NULL;
}

/* What another shop holds for itself is not changed from here, nor told by a conflict. */
static gboolean
is_of_other_shop (const CbApply *self, const CbRecordRow *current)
{
  return strcmp (current->scope, "company") != 0 &&
         strcmp (current->store, self->origin.store) != 0;
}

static CbAck *
apply_record (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  const CbStorageMethods *methods = self->storage->methods;
  g_auto (CbRecordRow) current = { 0 };
  g_autoptr (GError) local = NULL;
  const char *code = judge_basis (self, envelope, &local);

  if (local == NULL && code != NULL)
    return answer_refused (envelope, code);
  if (local == NULL &&
      methods->find_record (self->storage, envelope->customer, envelope->key, &current, &local))
    {
      if (is_of_other_shop (self, &current))
        return answer_refused (envelope, CB_CODE_FORBIDDEN);
      if (g_strcmp0 (current.version, envelope->base) != 0)
        return answer_conflict (envelope, &current);
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  if (!methods->put_record (self->storage, envelope, &self->origin, ++self->head,
                            *current.version == '\0', error))
    return NULL;
  return finish (self, envelope, self->head, error);
}

/* --- erasure --- */

gboolean
cb_apply_erasure (CbApply *self, const char *customer, GError **error)
{
  const CbStorageMethods *methods = self->storage->methods;

  self->has_purged = TRUE;
  return methods->forget_customer (self->storage, customer, error) &&
         methods->add_erased (self->storage, customer, ++self->head, self->now_us, error);
}

static CbAck *
apply_erasure_operation (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 n = 0;

  if (self->storage->methods->find_erased (self->storage, envelope->customer, &n, &local))
    return finish (self, envelope, n, error);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  if (!cb_ledger_add (self->ledger, envelope->customer, self->head + 1, error) ||
      !cb_apply_erasure (self, envelope->customer, error))
    return NULL;
  return finish (self, envelope, self->head, error);
}

/* --- one operation --- */

/* An answer that the past gives: erased customers first, for a duplicate's answer must not hide
 * that its customer is gone. NULL without an error when the past is silent. */
static CbAck *
answer_from_past (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  const CbStorageMethods *methods = self->storage->methods;
  CbAppliedRow applied = { 0 };
  g_autoptr (GError) local = NULL;
  CbAck *ack = NULL;
  gint64 n = 0;

  if (envelope->act != CB_ACT_ERASE &&
      methods->find_erased (self->storage, envelope->customer, &n, &local))
    return answer_gone (envelope, n);
  if (local == NULL && methods->find_applied (self->storage, envelope->op, &applied, &local))
    {
      if (memcmp (applied.hash, envelope->hash, sizeof applied.hash) != 0)
        return answer_refused (envelope, CB_CODE_ID_REUSE);
      ack = answer_n (CB_ACK_DUPLICATE, envelope, applied.n);
      ack->was = CB_ACK_APPLIED;
      return ack;
    }
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

CbAck *
cb_apply_operation (CbApply *self, const CbEnvelope *envelope, GError **error)
{
  g_autoptr (GError) local = NULL;
  CbAck *past = answer_from_past (self, envelope, &local);

  if (past != NULL)
    return past;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  switch (envelope->act)
    {
    case CB_ACT_PUT:
      return apply_record (self, envelope, error);
    case CB_ACT_GRANT:
      return apply_grant (self, envelope, error);
    case CB_ACT_REFUSE:
      return apply_refusal (self, envelope, error);
    case CB_ACT_WITHDRAW:
      return apply_withdrawal (self, envelope, error);
    case CB_ACT_ERASE:
      return apply_erasure_operation (self, envelope, error);
    }
  return NULL;
}
