/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

#include <string.h>

static void
tell_grant (const CbSetGrant *grant, CbGrantRow *row)
{
  memcpy (row->op, grant->op, sizeof row->op);
  row->purpose = g_strdup (grant->purpose);
  row->store = g_strdup (grant->store);
  row->is_ended = *grant->ended_by != '\0';
}

static gboolean
find_grant (CbStorage *self, const char *customer, const char *op, CbGrantRow *row, GError **error)
{
  const CbSetGrant *grant = cb_pg_set_find_grant (cb_pg_set_of (self), customer, op);

  if (grant != NULL)
    tell_grant (grant, row);
  return grant != NULL;
}

static gboolean
is_about (const CbSetGrant *grant, const char *purpose, const char *channel)
{
  return *grant->ended_by == '\0' && strcmp (grant->purpose, purpose) == 0 &&
         strcmp (grant->channel, channel) == 0;
}

static gboolean
find_standing (CbStorage *self,
               const char *customer,
               const char *purpose,
               const char *channel,
               const char *store,
               CbGrantRow *row,
               GError **error)
{
  GPtrArray *grants = cb_pg_set_get_customer (cb_pg_set_of (self), customer)->grants;
  const CbSetGrant *newest = NULL;

  for (guint i = 0; i < grants->len; i++)
    {
      const CbSetGrant *grant = grants->pdata[i];

      if (is_about (grant, purpose, channel) &&
          (store == NULL || strcmp (grant->store, store) == 0) &&
          (newest == NULL || grant->n > newest->n))
        newest = grant;
    }
  if (newest != NULL)
    tell_grant (newest, row);
  return newest != NULL;
}

static gboolean
add_grant (CbStorage *self,
           const CbEnvelope *envelope,
           const CbOrigin *origin,
           gint64 n,
           GError **error)
{
  CbSetGrant *grant = cb_pg_set_add_grant (cb_pg_set_of (self), envelope->customer);

  g_strlcpy (grant->op, envelope->op, sizeof grant->op);
  grant->purpose = g_strdup (envelope->purpose);
  grant->channel = g_strdup (envelope->channel);
  grant->store = g_strdup (origin->store);
  grant->source = g_strdup (origin->source);
  grant->captured = g_strdup (envelope->wall);
  if (envelope->evidence != NULL)
    grant->evidence = g_strndup (envelope->evidence, envelope->evidence_length);
  g_strlcpy (grant->saw, envelope->saw != NULL ? envelope->saw : "", sizeof grant->saw);
  grant->n = n;
  return TRUE;
}

static gboolean
end_grants (CbStorage *self,
            const char *customer,
            const char *purpose,
            const char *channel,
            const char *withdrawal,
            GError **error)
{
  GPtrArray *grants = cb_pg_set_get_customer (cb_pg_set_of (self), customer)->grants;

  for (guint i = 0; i < grants->len; i++)
    {
      CbSetGrant *grant = grants->pdata[i];

      if (!is_about (grant, purpose, channel) || strcmp (grant->saw, withdrawal) == 0)
        continue;
      g_strlcpy (grant->ended_by, withdrawal, sizeof grant->ended_by);
      cb_set_grant_drop_evidence (grant);
      grant->is_changed = TRUE;
    }
  return TRUE;
}

static gboolean
find_answer (CbStorage *self,
             const char *customer,
             const char *purpose,
             const char *channel,
             CbAnswerRow *row,
             GError **error)
{
  const CbSetAnswer *answer =
    cb_pg_set_find_answer (cb_pg_set_of (self), customer, purpose, channel);

  if (answer == NULL)
    return FALSE;
  row->is_stored = TRUE;
  row->state = g_strdup (answer->row.state);
  memcpy (row->grant, answer->row.grant, sizeof row->grant);
  memcpy (row->withdrawal, answer->row.withdrawal, sizeof row->withdrawal);
  row->evidence = g_strdup (answer->row.evidence);
  row->store = g_strdup (answer->row.store);
  memcpy (row->version, answer->row.version, sizeof row->version);
  row->n = answer->row.n;
  return TRUE;
}

static int
compare_texts (gconstpointer left, gconstpointer right)
{
  return strcmp (*(const char *const *) left, *(const char *const *) right);
}

static GPtrArray *
list_channels (CbStorage *self, const char *customer, const char *purpose, GError **error)
{
  GPtrArray *answers = cb_pg_set_get_customer (cb_pg_set_of (self), customer)->answers;
  GPtrArray *channels = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < answers->len; i++)
    {
      const CbSetAnswer *answer = answers->pdata[i];

      if (strcmp (answer->row.purpose, purpose) == 0)
        g_ptr_array_add (channels, g_strdup (answer->row.channel));
    }
  g_ptr_array_sort (channels, compare_texts);
  return channels;
}

static gboolean
put_answer (CbStorage *self, const CbAnswerRow *row, GError **error)
{
  CbPgSet *set = cb_pg_set_of (self);
  CbSetAnswer *answer = cb_pg_set_find_answer (set, row->customer, row->purpose, row->channel);

  if (answer == NULL)
    {
      answer = cb_pg_set_add_answer (set, row->customer);
      answer->row.purpose = g_strdup (row->purpose);
      answer->row.channel = g_strdup (row->channel);
    }
  g_free (answer->row.state);
  answer->row.state = g_strdup (row->state);
  memcpy (answer->row.grant, row->grant, sizeof row->grant);
  memcpy (answer->row.withdrawal, row->withdrawal, sizeof row->withdrawal);
  cb_answer_row_drop_evidence (&answer->row);
  answer->row.evidence = g_strdup (row->evidence);
  g_free (answer->row.store);
  answer->row.store = g_strdup (row->store);
  memcpy (answer->row.version, row->version, sizeof row->version);
  answer->row.n = row->n;
  answer->is_changed = TRUE;
  return TRUE;
}

void
cb_pg_fill_answers (CbStorageMethods *methods)
{
  methods->find_grant = find_grant;
  methods->find_standing = find_standing;
  methods->add_grant = add_grant;
  methods->end_grants = end_grants;
  methods->find_answer = find_answer;
  methods->list_channels = list_channels;
  methods->put_answer = put_answer;
}
