/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite-storage-private.h"

static const char SQL_FIND_GRANT[] =
  "SELECT op, purpose, store, ended_by IS NOT NULL FROM consent_grant"
  " WHERE customer = ?1 AND op = ?2";
static const char SQL_FIND_STANDING[] =
  "SELECT op, purpose, store, 0 FROM consent_grant"
  " WHERE customer = ?1 AND purpose = ?2 AND channel = ?3 AND ended_by IS NULL"
  " AND (?4 IS NULL OR store = ?4) ORDER BY n DESC LIMIT 1";
static const char SQL_ADD_GRANT[] =
  "INSERT INTO consent_grant (customer, op, purpose, channel, store, saw, n, source, captured,"
  " evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char SQL_END_GRANTS[] =
  "UPDATE consent_grant SET ended_by = ?4, evidence = NULL"
  " WHERE customer = ?1 AND purpose = ?2 AND channel = ?3 AND ended_by IS NULL"
  " AND saw IS NOT ?4";
static const char SQL_FIND_ANSWER[] =
  "SELECT state, grant_op, withdrawal, evidence, store, version, n FROM consent"
  " WHERE customer = ?1 AND purpose = ?2 AND channel = ?3";
static const char SQL_LIST_CHANNELS[] =
  "SELECT channel FROM consent WHERE customer = ?1 AND purpose = ?2 ORDER BY channel";
/* Two statements for the reason given in cb-sqlite-book.c. */
static const char SQL_ADD_ANSWER[] =
  "INSERT INTO consent (customer, purpose, channel, state, grant_op, withdrawal, evidence, store,"
  " version, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char SQL_EDIT_ANSWER[] =
  "UPDATE consent SET state = ?4, grant_op = ?5, withdrawal = ?6, evidence = ?7, store = ?8,"
  " version = ?9, n = ?10 WHERE customer = ?1 AND purpose = ?2 AND channel = ?3";

static gboolean
grant_from_row (CbQuery *query, CbGrantRow *row, GError **error)
{
  if (!cb_query_next (query, error))
    return FALSE;
  cb_query_copy_id (query, 0, row->op);
  row->purpose = cb_query_dup_text (query, 1);
  row->store = cb_query_dup_text (query, 2);
  row->is_ended = cb_query_int (query, 3) != 0;
  return TRUE;
}

static gboolean
find_grant (CbStorage *self, const char *customer, const char *op, CbGrantRow *row, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_GRANT);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, op);
  return grant_from_row (query, row, error);
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
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_STANDING);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, purpose);
  cb_query_bind_text (query, 3, channel);
  cb_query_bind_text (query, 4, store);
  return grant_from_row (query, row, error);
}

static gboolean
add_grant (CbStorage *self,
           const CbEnvelope *envelope,
           const CbOrigin *origin,
           gint64 n,
           GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_ADD_GRANT);

  cb_query_bind_text (query, 1, envelope->customer);
  cb_query_bind_text (query, 2, envelope->op);
  cb_query_bind_text (query, 3, envelope->purpose);
  cb_query_bind_text (query, 4, envelope->channel);
  cb_query_bind_text (query, 5, origin->store);
  cb_query_bind_text (query, 6, envelope->saw);
  cb_query_bind_int (query, 7, n);
  cb_query_bind_text (query, 8, origin->source);
  cb_query_bind_text (query, 9, envelope->wall);
  cb_query_bind_slice (query, 10, envelope->evidence, envelope->evidence_length);
  return cb_query_run (query, error);
}

static gboolean
end_grants (CbStorage *self,
            const char *customer,
            const char *purpose,
            const char *channel,
            const char *withdrawal,
            GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_END_GRANTS);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, purpose);
  cb_query_bind_text (query, 3, channel);
  cb_query_bind_text (query, 4, withdrawal);
  return cb_query_run (query, error);
}

static gboolean
find_answer (CbStorage *self,
             const char *customer,
             const char *purpose,
             const char *channel,
             CbAnswerRow *row,
             GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_ANSWER);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, purpose);
  cb_query_bind_text (query, 3, channel);
  if (!cb_query_next (query, error))
    return FALSE;

  row->is_stored = TRUE;
  row->state = cb_query_dup_text (query, 0);
  cb_query_copy_id (query, 1, row->grant);
  cb_query_copy_id (query, 2, row->withdrawal);
  row->evidence = cb_query_dup_text (query, 3);
  row->store = cb_query_dup_text (query, 4);
  cb_query_copy_id (query, 5, row->version);
  row->n = cb_query_int (query, 6);
  return TRUE;
}

static GPtrArray *
list_channels (CbStorage *self, const char *customer, const char *purpose, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_LIST_CHANNELS);
  g_autoptr (GPtrArray) channels = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local = NULL;

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, purpose);
  while (cb_query_next (query, &local))
    g_ptr_array_add (channels, cb_query_dup_text (query, 0));
  if (local == NULL)
    return g_steal_pointer (&channels);

  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static const char *
id_or_null (const char *id)
{
  return *id != '\0' ? id : NULL;
}

static gboolean
put_answer (CbStorage *self, const CbAnswerRow *row, GError **error)
{
  g_autoptr (CbQuery) query =
    cb_sqlite_query (cb_sqlite_of (self), row->is_stored ? SQL_EDIT_ANSWER : SQL_ADD_ANSWER);

  cb_query_bind_text (query, 1, row->customer);
  cb_query_bind_text (query, 2, row->purpose);
  cb_query_bind_text (query, 3, row->channel);
  cb_query_bind_text (query, 4, row->state);
  cb_query_bind_text (query, 5, id_or_null (row->grant));
  cb_query_bind_text (query, 6, id_or_null (row->withdrawal));
  cb_query_bind_text (query, 7, row->evidence);
  cb_query_bind_text (query, 8, row->store);
  cb_query_bind_text (query, 9, row->version);
  cb_query_bind_int (query, 10, row->n);
  return cb_query_run (query, error);
}

void
cb_sqlite_fill_answers (CbStorageMethods *methods)
{
  methods->find_grant = find_grant;
  methods->find_standing = find_standing;
  methods->add_grant = add_grant;
  methods->end_grants = end_grants;
  methods->find_answer = find_answer;
  methods->list_channels = list_channels;
  methods->put_answer = put_answer;
}
