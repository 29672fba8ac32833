/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-arrival.h"

static void
yes_free (gpointer data)
{
  CbArrivedYes *yes = data;

  g_free (yes->purpose);
  g_free (yes->saw);
  json_object_put (yes->evidence);
  g_free (yes);
}

static void
record_free (gpointer data)
{
  CbArrivedRecord *record = data;

  g_free (record->kind);
  g_free (record->scope);
  g_free (record->by);
  json_object_put (record->body);
  g_free (record);
}

CbArrival *
cb_arrival_new (const char *customer)
{
  CbArrival *self = g_new0 (CbArrival, 1);

  g_strlcpy (self->customer, customer, sizeof self->customer);
  self->yeses = g_ptr_array_new_with_free_func (yes_free);
  self->records = g_ptr_array_new_with_free_func (record_free);
  return self;
}

void
cb_arrival_free (CbArrival *self)
{
  g_ptr_array_unref (self->yeses);
  g_ptr_array_unref (self->records);
  g_free (self);
}

void
cb_arrival_add_yes (CbArrival *self,
                    const char *op,
                    const char *purpose,
                    const char *saw,
                    gint64 at_us,
                    JsonObject *evidence)
{
  CbArrivedYes *yes = g_new0 (CbArrivedYes, 1);

  g_strlcpy (yes->op, op, sizeof yes->op);
  yes->purpose = g_strdup (purpose);
  yes->saw = g_strdup (saw);
  yes->at_us = at_us;
  yes->evidence = evidence;
  g_ptr_array_add (self->yeses, yes);
}

CbArrivedRecord *
cb_arrival_add_record (CbArrival *self, const char *kind, const char *id, JsonObject *body)
{
  CbArrivedRecord *record = g_new0 (CbArrivedRecord, 1);

  record->kind = g_strdup (kind);
  g_strlcpy (record->id, id, sizeof record->id);
  record->body = body;
  g_ptr_array_add (self->records, record);
  return record;
}
