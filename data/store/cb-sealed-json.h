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

/* Only the texts of a few members (`members` ends in NULL), in their order: NULL for one that is
 * absent or no text. They borrow from what is returned, which is to be wiped as
 * cb_sealed_texts_wipe() does it. Several times as fast as the object. */
typedef struct
{
  char *bytes;
  gsize length;
} CbSealedTexts;

gboolean cb_sealed_json_open_texts (const CbKey *key,
                                    const char *column,
                                    const char *id,
                                    CbStmt *stmt,
                                    int number,
                                    const char *const *members,
                                    const char **texts,
                                    CbSealedTexts *opened,
                                    GError **error);
void cb_sealed_texts_wipe (CbSealedTexts *opened);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbSealedTexts, cb_sealed_texts_wipe)

G_END_DECLS
