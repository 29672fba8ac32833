/* SPDX-License-Identifier: Apache-2.0 */

/* The connection and its queries among themselves. */

#pragma once

#include "service/cb-pg.h"

G_BEGIN_DECLS

#define CB_PG_MAX_PARAMS 16

/* A value, or an array of them in the server's binary form. */
typedef struct
{
  guint32 type;
  guint32 element; /* of an array */
  GByteArray *bytes;
  guint32 n_elements;
  gboolean is_null;
} CbPgParam;

struct _CbPgQuery
{
  CbPg *db;
  const char *sql;
  CbPgParam params[CB_PG_MAX_PARAMS];
  guint n_params;
  PGresult *result; /* NULL until it ran */
  int row;
  gboolean is_streamed;
};

/* cb-pg.c, for cb-pg-query.c */
PGconn *cb_pg_get_handle (CbPg *self);
gboolean cb_pg_execute (CbPgQuery *query, GError **error);
gboolean cb_pg_send (CbPgQuery *query, GError **error);
gboolean cb_pg_fail (CbPg *self, const PGresult *result, GError **error);
void cb_pg_drop (CbPg *self);

/* cb-pg-query.c, for cb-pg.c */
void cb_pg_query_set_result (CbPgQuery *query, PGresult *result);
int cb_pg_query_collect (CbPgQuery *query,
                         Oid *types,
                         const char **values,
                         int *lengths,
                         int *formats);

G_END_DECLS
