/* SPDX-License-Identifier: Apache-2.0 */

/* At every start: an older copy of the database that was put back does not know what was decided
 * since, and must not bring it back. */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-service-private.h"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "service/cb-apply.h"
#include "wire/cb-limits.h"

#include <string.h>

/* --- erasures --- */

static gboolean
replay_ids (CbService *self, GPtrArray *ids, GError **error)
{
  CbApply apply = { .storage = self->storage, .ledger = self->ledger, .origin = { "", "" } };

  if (!self->storage->methods->get_head (self->storage, &apply.head, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!cb_apply_erasure (&apply, ids->pdata[i], error))
      return FALSE;
  return self->storage->methods->note_purge (self->storage, error) &&
         self->storage->methods->commit (self->storage, &apply.head, error);
}

static gboolean
replay_erasures (CbService *self, GError **error)
{
  g_autoptr (GPtrArray) known = cb_ledger_read (self->ledger, error);
  g_autoptr (GPtrArray) ids = NULL;

  if (known == NULL)
    return FALSE;
  ids = self->storage->methods->list_unerased (self->storage, known, error);
  if (ids == NULL)
    return FALSE;
  if (ids->len == 0)
    return TRUE;
  if (self->storage->methods->begin (self->storage, NULL, ids, error) &&
      replay_ids (self, ids, error))
    return TRUE;

  self->storage->methods->rollback (self->storage);
  return FALSE;
}

/* --- ends --- */

/* The operation that ended a yes, as far as it takes to end it once more. It keeps its id and its
 * hash, so that the terminal that offers its own bytes again is told that they were applied. */
static CbEnvelope *
envelope_from_end (const CbLedgerEnd *end, GError **error)
{
  g_autoptr (JsonObject) operation = json_object_new_object ();
  JsonObject *body = json_object_new_object ();
  g_autofree char *key =
    g_strconcat ("consent/", end->customer, "/", end->purpose, "/", end->channel, NULL);
  g_autofree char *line = NULL;
  g_autoptr (GBytes) bytes = NULL;
  CbEnvelope *envelope = NULL;

  cb_json_set_string (operation, "op", end->op);
  cb_json_set_string (operation, "key", key);
  cb_json_set_string (operation, "customer", end->customer);
  cb_json_set_string (operation, "kind", "consent");
  cb_json_set_string (operation, "act", "withdraw");
  cb_json_set_string (body, "purpose", end->purpose);
  cb_json_set_string (body, "channel", strcmp (end->channel, "*") == 0 ? NULL : end->channel);
  json_object_object_add (operation, "body", body);
  line = cb_json_to_line (operation);
  bytes = g_bytes_new (line, strlen (line));
  envelope = cb_envelope_parse (bytes, error);
  if (envelope != NULL)
    memcpy (envelope->hash, end->hash, sizeof envelope->hash);
  return envelope;
}

/* In the order in which they came; what the database knows is a duplicate. */
static gboolean
replay_some (CbService *self, GPtrArray *ends, guint from, guint to, GError **error)
{
  g_autoptr (GPtrArray) envelopes = g_ptr_array_new ();
  gboolean is_good = TRUE;

  for (guint i = from; is_good && i < to; i++)
    {
      CbEnvelope *envelope = envelope_from_end (ends->pdata[i], error);

      is_good = envelope != NULL;
      if (is_good)
        g_ptr_array_add (envelopes, envelope);
    }
  if (is_good)
    return cb_service_replay (self, envelopes, error);
  g_ptr_array_foreach (envelopes, (GFunc) cb_envelope_free, NULL);
  return FALSE;
}

/* The last of them is in the database, or the database is older. */
static gboolean
lacks_last (CbService *self, GPtrArray *ends, gboolean *lacks, GError **error)
{
  CbStorage *storage = self->storage;
  g_autoptr (GPtrArray) envelopes =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_envelope_free);
  g_autoptr (GError) local = NULL;
  CbAppliedRow applied = { 0 };
  CbEnvelope *last = envelope_from_end (ends->pdata[ends->len - 1], error);

  if (last == NULL)
    return FALSE;
  g_ptr_array_add (envelopes, last);
  if (storage->methods->begin (storage, envelopes, NULL, &local))
    *lacks = !storage->methods->find_applied (storage, last->op, &applied, &local);
  storage->methods->rollback (storage);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
replay_ends (CbService *self, GError **error)
{
  g_autoptr (GPtrArray) ends = cb_ledger_read_ends (self->ledger, error);
  gboolean lacks = FALSE;

  if (ends == NULL)
    return FALSE;
  if (ends->len == 0)
    return TRUE;
  if (!lacks_last (self, ends, &lacks, error))
    return FALSE;
  for (guint i = 0; lacks && i < ends->len; i += CB_LIMIT_OPS)
    if (!replay_some (self, ends, i, MIN (ends->len, i + CB_LIMIT_OPS), error))
      return FALSE;
  return TRUE;
}

/* --- terminals and keys --- */

/* The id is of one or the other; the copy may be older than either. */
static gboolean
shut_out (CbService *self, const char *id, GError **error)
{
  const CbStorageMethods *methods = self->storage->methods;
  const gint64 now_us = cb_clock_get_now_us (self->clock);
  g_autoptr (GError) local = NULL;

  if (methods->revoke_terminal (self->storage, id, now_us, &local) || local != NULL ||
      methods->revoke_key (self->storage, id, now_us, &local) || local != NULL)
    return !cb_error_hand_on (&local, error);
  return TRUE;
}

static gboolean
order_wipe (CbService *self, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;

  self->storage->methods->order_wipe (self->storage, id, cb_clock_get_now_us (self->clock), &local);
  return !cb_error_hand_on (&local, error);
}

static gboolean
shut_out_all (CbService *self, GPtrArray *ids, GPtrArray *wipes, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    if (!shut_out (self, ids->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < wipes->len; i++)
    if (!order_wipe (self, wipes->pdata[i], error))
      return FALSE;
  return self->storage->methods->commit (self->storage, NULL, error);
}

static gboolean
replay_revoked (CbService *self, GError **error)
{
  CbStorage *storage = self->storage;
  g_autoptr (GPtrArray) ids = cb_ledger_read_revoked (self->ledger, error);
  g_autoptr (GPtrArray) wipes = ids != NULL ? cb_ledger_read_wipes (self->ledger, error) : NULL;

  if (wipes == NULL)
    return FALSE;
  if (ids->len == 0)
    return TRUE;
  if (storage->methods->begin (storage, NULL, NULL, error) &&
      shut_out_all (self, ids, wipes, error))
    return TRUE;
  storage->methods->rollback (storage);
  return FALSE;
}

gboolean
cb_service_note_revoked (CbService *self, const char *id, GError **error)
{
  return cb_ledger_add_revoked (self->ledger, id, error);
}

gboolean
cb_service_note_wipe (CbService *self, const char *id, GError **error)
{
  return cb_ledger_add_wipe (self->ledger, id, error);
}

gboolean
cb_service_replay_ledger (CbService *self, GError **error)
{
  return replay_revoked (self, error) && replay_erasures (self, error) && replay_ends (self, error);
}
