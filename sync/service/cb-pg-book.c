/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

#include "base/cb-error.h"

#include <string.h>

static const char SQL_LIST_UNERASED[] =
  "SELECT c.customer FROM unnest ($1) WITH ORDINALITY AS c (customer, place)"
  " WHERE NOT EXISTS (SELECT 1 FROM erased AS e WHERE e.customer = c.customer) ORDER BY c.place";

/* --- what was done --- */

static gboolean
find_applied (CbStorage *self, const char *op, CbAppliedRow *row, GError **error)
{
  const CbSetApplied *applied = cb_pg_set_find_applied (cb_pg_set_of (self), op);

  if (applied != NULL)
    *row = applied->row;
  return applied != NULL;
}

static gboolean
add_applied (CbStorage *self, const CbEnvelope *envelope, gint64 n, GError **error)
{
  CbSetApplied *applied = cb_pg_set_add_applied (cb_pg_set_of (self), envelope->op);

  memcpy (applied->row.hash, envelope->hash, sizeof applied->row.hash);
  applied->row.n = n;
  return TRUE;
}

static gboolean
find_erased (CbStorage *self, const char *customer, gint64 *n, GError **error)
{
  const CbSetErased *erased = cb_pg_set_get_customer (cb_pg_set_of (self), customer)->erased;

  if (erased != NULL)
    *n = erased->n;
  return erased != NULL;
}

static gboolean
add_erased (CbStorage *self, const char *customer, gint64 n, gint64 now_us, GError **error)
{
  CbSetErased *erased = cb_pg_set_add_erased (cb_pg_set_of (self), customer);

  erased->n = n;
  erased->at_us = now_us;
  return TRUE;
}

static GPtrArray *
list_unerased (CbStorage *self, GPtrArray *customers, GError **error)
{
  g_autoptr (GPtrArray) unerased = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_LIST_UNERASED);
  g_autoptr (GError) local = NULL;

  if (customers->len == 0)
    return g_steal_pointer (&unerased);
  cb_pg_bind_columns (query, "u");
  for (guint i = 0; i < customers->len; i++)
    cb_pg_put_id (query, 0, customers->pdata[i]);
  while (cb_pg_next (query, &local))
    {
      CbIdText id = "";

      cb_pg_copy_id (query, 0, id);
      g_ptr_array_add (unerased, g_strdup (id));
    }
  return cb_error_hand_on (&local, error) ? NULL : g_steal_pointer (&unerased);
}

static gboolean
forget_customer (CbStorage *self, const char *customer, GError **error)
{
  cb_pg_set_forget (cb_pg_set_of (self), customer);
  return TRUE;
}

/* --- records --- */

static gboolean
find_record (CbStorage *self,
             const char *customer,
             const char *key,
             CbRecordRow *row,
             GError **error)
{
  const CbSetRecord *record = cb_pg_set_find_record (cb_pg_set_of (self), customer, key);

  if (record == NULL)
    return FALSE;
  row->scope = g_strdup (record->row.scope);
  row->store = g_strdup (record->row.store);
  row->purpose = g_strdup (record->row.purpose);
  memcpy (row->grant, record->row.grant, sizeof row->grant);
  memcpy (row->version, record->row.version, sizeof row->version);
  row->n = record->row.n;
  row->body = g_strdup (record->row.body);
  return TRUE;
}

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

static gboolean
put_record (CbStorage *self,
            const CbEnvelope *envelope,
            const CbOrigin *origin,
            gint64 n,
            gboolean is_new,
            GError **error)
{
  CbSetRecord *record =
    cb_pg_set_add_record (cb_pg_set_of (self), envelope->customer, envelope->key);
  CbRecordRow *row = &record->row;

  set_text (&row->kind, cb_kind_to_id (envelope->kind));
  set_text (&row->scope, envelope->scope);
  set_text (&row->store, origin->store);
  set_text (&row->purpose, envelope->basis_purpose);
  g_strlcpy (row->grant, envelope->basis_grant, sizeof row->grant);
  g_strlcpy (row->version, envelope->op, sizeof row->version);
  row->n = n;
  cb_record_row_set_body (row, envelope->body, envelope->body_length);
  set_text (&record->author, envelope->by);
  set_text (&record->captured, envelope->wall);
  set_text (&record->source, origin->source);
  record->schema = envelope->schema;
  record->is_gone = FALSE;
  record->is_put = TRUE;
  return TRUE;
}

static int
compare_keys (gconstpointer left, gconstpointer right)
{
  const CbRecordRow *const *one = left;
  const CbRecordRow *const *other = right;

  return strcmp ((*one)->key, (*other)->key);
}

static gboolean
is_adrift (CbPgSet *set, const CbSetRecord *record)
{
  const CbSetGrant *grant = NULL;

  if (record->is_gone)
    return FALSE;
  grant = cb_pg_set_find_grant (set, record->row.customer, record->row.grant);
  return grant != NULL && *grant->ended_by != '\0';
}

static GPtrArray *
list_adrift (CbStorage *self, const char *customer, GError **error)
{
  CbPgSet *set = cb_pg_set_of (self);
  GPtrArray *records = cb_pg_set_get_customer (set, customer)->records;
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_record_row_free);

  for (guint i = 0; i < records->len; i++)
    {
      const CbSetRecord *record = records->pdata[i];
      CbRecordRow *row = NULL;

      if (!is_adrift (set, record))
        continue;
      row = g_new0 (CbRecordRow, 1);
      row->customer = g_strdup (customer);
      row->key = g_strdup (record->row.key);
      row->kind = g_strdup (record->row.kind);
      row->scope = g_strdup (record->row.scope);
      row->store = g_strdup (record->row.store);
      row->purpose = g_strdup (record->row.purpose);
      g_ptr_array_add (rows, row);
    }
  g_ptr_array_sort (rows, compare_keys);
  return rows;
}

static gboolean
move_record (CbStorage *self, const CbRecordRow *row, GError **error)
{
  CbSetRecord *record = cb_pg_set_find_record (cb_pg_set_of (self), row->customer, row->key);

  if (record == NULL)
    return TRUE;
  set_text (&record->row.scope, row->scope);
  set_text (&record->row.purpose, row->purpose);
  memcpy (record->row.grant, row->grant, sizeof record->row.grant);
  record->row.n = row->n;
  record->is_moved = TRUE;
  return TRUE;
}

static gboolean
delete_record (CbStorage *self, const char *customer, const char *key, GError **error)
{
  CbSetRecord *record = cb_pg_set_find_record (cb_pg_set_of (self), customer, key);

  if (record == NULL)
    return TRUE;
  record->is_gone = TRUE;
  record->is_put = record->is_moved = FALSE;
  cb_record_row_set_body (&record->row, NULL, 0);
  return TRUE;
}

void
cb_pg_fill_book (CbStorageMethods *methods)
{
  methods->find_applied = find_applied;
  methods->add_applied = add_applied;
  methods->find_erased = find_erased;
  methods->add_erased = add_erased;
  methods->list_unerased = list_unerased;
  methods->forget_customer = forget_customer;
  methods->find_record = find_record;
  methods->put_record = put_record;
  methods->list_adrift = list_adrift;
  methods->move_record = move_record;
  methods->delete_record = delete_record;
}
