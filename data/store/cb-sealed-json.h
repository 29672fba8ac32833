/* SPDX-License-Identifier: Apache-2.0 */

/* A sealed column that holds a JSON object: the words of a note, a preference, a card. */

#pragma once

#include "base/cb-json.h"
#include "db/cb-db.h"
#include "vault/cb-seal.h"

G_BEGIN_DECLS

GBytes *cb_sealed_json_new (const CbKey *key,
                            const char *column,
                            const char *id,
                            JsonObject *object);

/* From a column of a row. CB_STORE_ERROR_CORRUPT when it does not open. */
JsonObject *cb_sealed_json_open (const CbKey *key,
                                 const char *column,
                                 const char *id,
                                 CbStmt *stmt,
                                 int number,
                                 GError **error);

G_END_DECLS
