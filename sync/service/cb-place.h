/* SPDX-License-Identifier: Apache-2.0 */

/* Where the service keeps its book, as --database and --state say: sqlite:PATH with everything
 * beside the file, or a PostgreSQL with a folder on this machine for what has to lie outside of it.
 */

#pragma once

#include "service/cb-storage.h"

G_BEGIN_DECLS

typedef struct
{
  char *address; /* of a PostgreSQL, or NULL */
  char *path;    /* the file, or what the epoch and the ledger of erasures stand beside */
} CbPlace;

void cb_place_clear (CbPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbPlace, cb_place_clear)

/* `state` may be NULL. Why it will not do, or NULL when it does. */
const char *cb_place_parse (CbPlace *place, const char *database, const char *state);

/* Makes the folder where there is none. */
CbStorage *cb_place_open (const CbPlace *place, gboolean create, GError **error);

/* The database was put back from a back-up: a new history begins in it. */
CbStorage *cb_place_open_restored (const CbPlace *place, GError **error);

G_END_DECLS
