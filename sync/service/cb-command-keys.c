/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-commands.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

int
cb_command_key_add (const CbPlace *place, const char *name, CbScopes scopes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, TRUE, &error);
  g_auto (CbKeyRow) row = { 0 };
  char *key = NULL;

  if (service == NULL)
    return cb_command_fail (error);
  key = cb_keys_make (service, name, scopes, &row, &error);
  if (key == NULL)
    return cb_command_fail (error);
  printf ("%s\n", key);
  sodium_memzero (key, strlen (key));
  g_free (key);
  return CB_EXIT_DONE;
}

static gboolean
on_key (const CbKeyRow *row, gpointer data)
{
  g_autoptr (GDateTime) made = g_date_time_new_from_unix_utc (row->made_us / CB_US_PER_SECOND);
  g_autofree char *since = g_date_time_format (made, "%FT%TZ");

  printf ("%s\t%s\t%s\t%s\t%s\n", row->id, row->name, row->scopes,
          row->revoked_us > 0 ? "revoked" : "in use", since);
  return TRUE;
}

int
cb_command_keys (const CbPlace *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, FALSE, &error);
  CbStorage *storage = NULL;

  if (service == NULL)
    return cb_command_fail (error);
  storage = cb_service_get_storage (service);
  return storage->methods->walk_keys (storage, on_key, NULL, &error) ? CB_EXIT_DONE
                                                                     : cb_command_fail (error);
}

int
cb_command_key_revoke (const CbPlace *place, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, FALSE, &error);

  if (service != NULL && cb_keys_revoke (service, id, &error))
    return CB_EXIT_DONE;
  if (error != NULL)
    return cb_command_fail (error);
  g_printerr ("counterbook-profiled: there is no such key\n");
  return CB_EXIT_FAILED;
}
