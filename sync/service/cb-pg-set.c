/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-set.h"

#include <sodium.h>
#include <string.h>

void
cb_set_grant_drop_evidence (CbSetGrant *grant)
{
  if (grant->evidence != NULL)
    sodium_memzero (grant->evidence, strlen (grant->evidence));
  g_clear_pointer (&grant->evidence, g_free);
}

static void
grant_free (CbSetGrant *grant)
{
  g_free (grant->purpose);
  g_free (grant->channel);
  g_free (grant->store);
  g_free (grant->source);
  g_free (grant->captured);
  cb_set_grant_drop_evidence (grant);
  g_free (grant);
}

static void
answer_free (CbSetAnswer *answer)
{
  cb_answer_row_clear (&answer->row);
  g_free (answer);
}

static void
record_free (CbSetRecord *record)
{
  cb_record_row_clear (&record->row);
  g_free (record->author);
  g_free (record->captured);
  g_free (record->source);
  g_free (record);
}

static void
customer_free (CbSetCustomer *customer)
{
  g_ptr_array_unref (customer->grants);
  g_ptr_array_unref (customer->answers);
  g_ptr_array_unref (customer->records);
  g_free (customer->erased);
  g_free (customer);
}

/* A record's place is its key and whose it is; both are in the row. */
static guint
hash_record (gconstpointer data)
{
  const CbRecordRow *row = data;

  return g_str_hash (row->key) * 31 + g_str_hash (row->customer);
}

static gboolean
is_same_record (gconstpointer left, gconstpointer right)
{
  const CbRecordRow *one = left;
  const CbRecordRow *other = right;

  return strcmp (one->key, other->key) == 0 && strcmp (one->customer, other->customer) == 0;
}

CbPgSet *
cb_pg_set_new (void)
{
  CbPgSet *self = g_new0 (CbPgSet, 1);

  G_STATIC_ASSERT (G_STRUCT_OFFSET (CbSetRecord, row) == 0);
  self->customers =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) customer_free);
  self->applied = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  self->records = g_hash_table_new (hash_record, is_same_record);
  return self;
}

void
cb_pg_set_free (CbPgSet *self)
{
  g_hash_table_unref (self->records);
  g_hash_table_unref (self->applied);
  g_hash_table_unref (self->customers);
  g_free (self);
}

CbSetCustomer *
cb_pg_set_get_customer (CbPgSet *self, const char *id)
{
  CbSetCustomer *customer = g_hash_table_lookup (self->customers, id);

  if (customer != NULL)
    return customer;
  customer = g_new0 (CbSetCustomer, 1);
  g_strlcpy (customer->id, id, sizeof customer->id);
  customer->grants = g_ptr_array_new_with_free_func ((GDestroyNotify) grant_free);
  customer->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  customer->records = g_ptr_array_new_with_free_func ((GDestroyNotify) record_free);
  g_hash_table_insert (self->customers, customer->id, customer);
  return customer;
}

/* --- adding --- */

CbSetApplied *
cb_pg_set_add_applied (CbPgSet *self, const char *op)
{
  CbSetApplied *applied = g_new0 (CbSetApplied, 1);

  g_strlcpy (applied->op, op, sizeof applied->op);
  g_hash_table_replace (self->applied, applied->op, applied);
  return applied;
}

CbSetErased *
cb_pg_set_add_erased (CbPgSet *self, const char *customer)
{
  CbSetCustomer *whose = cb_pg_set_get_customer (self, customer);

  if (whose->erased == NULL)
    whose->erased = g_new0 (CbSetErased, 1);
  g_strlcpy (whose->erased->customer, customer, sizeof whose->erased->customer);
  return whose->erased;
}

CbSetGrant *
cb_pg_set_add_grant (CbPgSet *self, const char *customer)
{
  CbSetGrant *grant = g_new0 (CbSetGrant, 1);

  g_strlcpy (grant->customer, customer, sizeof grant->customer);
  g_ptr_array_add (cb_pg_set_get_customer (self, customer)->grants, grant);
  return grant;
}

CbSetAnswer *
cb_pg_set_add_answer (CbPgSet *self, const char *customer)
{
  CbSetAnswer *answer = g_new0 (CbSetAnswer, 1);

  answer->row.customer = g_strdup (customer);
  g_ptr_array_add (cb_pg_set_get_customer (self, customer)->answers, answer);
  return answer;
}

static CbSetRecord *
look_up_record (CbPgSet *self, const char *customer, const char *key)
{
  const CbRecordRow wanted = { .customer = (char *) customer, .key = (char *) key };

  return g_hash_table_lookup (self->records, &wanted);
}

CbSetRecord *
cb_pg_set_add_record (CbPgSet *self, const char *customer, const char *key)
{
  CbSetRecord *record = look_up_record (self, customer, key);

  if (record != NULL)
    return record;
  record = g_new0 (CbSetRecord, 1);
  record->row.customer = g_strdup (customer);
  record->row.key = g_strdup (key);
  g_ptr_array_add (cb_pg_set_get_customer (self, customer)->records, record);
  g_hash_table_add (self->records, record);
  return record;
}

/* --- finding --- */

CbSetApplied *
cb_pg_set_find_applied (CbPgSet *self, const char *op)
{
  return g_hash_table_lookup (self->applied, op);
}

CbSetGrant *
cb_pg_set_find_grant (CbPgSet *self, const char *customer, const char *op)
{
  GPtrArray *grants = cb_pg_set_get_customer (self, customer)->grants;

  for (guint i = 0; i < grants->len; i++)
    if (strcmp (((CbSetGrant *) grants->pdata[i])->op, op) == 0)
      return grants->pdata[i];
  return NULL;
}

CbSetAnswer *
cb_pg_set_find_answer (CbPgSet *self,
                       const char *customer,
                       const char *purpose,
                       const char *channel)
{
  GPtrArray *answers = cb_pg_set_get_customer (self, customer)->answers;

  for (guint i = 0; i < answers->len; i++)
    {
      CbSetAnswer *answer = answers->pdata[i];

      if (strcmp (answer->row.purpose, purpose) == 0 && strcmp (answer->row.channel, channel) == 0)
        return answer;
    }
  return NULL;
}

CbSetRecord *
cb_pg_set_find_record (CbPgSet *self, const char *customer, const char *key)
{
  CbSetRecord *record = look_up_record (self, customer, key);

  return record != NULL && !record->is_gone ? record : NULL;
}

/* --- at the end --- */

static void
drop_records (CbPgSet *self, CbSetCustomer *customer)
{
  for (guint i = 0; i < customer->records->len; i++)
    g_hash_table_remove (self->records, customer->records->pdata[i]);
  g_ptr_array_set_size (customer->records, 0);
}

void
cb_pg_set_forget (CbPgSet *self, const char *id)
{
  CbSetCustomer *customer = cb_pg_set_get_customer (self, id);

  drop_records (self, customer);
  g_ptr_array_set_size (customer->answers, 0);
  g_ptr_array_set_size (customer->grants, 0);
  customer->is_forgotten = TRUE;
}

static void
settle_customer (CbSetCustomer *customer)
{
  for (guint i = 0; i < customer->grants->len; i++)
    {
      CbSetGrant *grant = customer->grants->pdata[i];

      grant->is_stored = TRUE;
      grant->is_changed = FALSE;
    }
  for (guint i = 0; i < customer->answers->len; i++)
    {
      CbSetAnswer *answer = customer->answers->pdata[i];

      answer->row.is_stored = TRUE;
      answer->is_changed = FALSE;
    }
  for (guint i = 0; i < customer->records->len; i++)
    {
      CbSetRecord *record = customer->records->pdata[i];

      record->is_stored = !record->is_gone;
      record->is_put = record->is_moved = FALSE;
    }
  if (customer->erased != NULL)
    customer->erased->is_stored = TRUE;
  customer->is_forgotten = FALSE;
}

void
cb_pg_set_settle (CbPgSet *self)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->customers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    settle_customer (value);
  g_hash_table_iter_init (&iter, self->applied);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((CbSetApplied *) value)->is_stored = TRUE;
  self->is_purge_noted = FALSE;
}
