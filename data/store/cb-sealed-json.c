/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-sealed-json.h"

#include <string.h>

GBytes *
cb_sealed_json_new (const CbKey *key, const char *column, const char *id, JsonObject *object)
{
  char *line = cb_json_to_line (object);
  GBytes *sealed = cb_seal_text (key, column, id, line);

  cb_text_wipe (line);
  return sealed;
}

JsonObject *
cb_sealed_json_open (const CbKey *key,
                     const char *column,
                     const char *id,
                     CbStmt *stmt,
                     int number,
                     GError **error)
{
  gsize length;
  const void *sealed = cb_stmt_blob (stmt, number, &length);
  char *line = cb_unseal_text (key, column, id, sealed, length, error);
  JsonObject *object = NULL;

  if (line == NULL)
    return NULL;
  object = cb_json_parse (line, strlen (line), G_MAXINT, error);
  cb_text_wipe (line);
  return object;
}
