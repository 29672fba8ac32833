/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-private.h"

#include "base/cb-id.h"

#include <sodium.h>
#include <string.h>

/* The server's numbers for its types, fixed for ever. */
#define TYPE_BYTEA 17
#define TYPE_INT8 20
#define TYPE_TEXT 25
#define TYPE_UUID 2950
#define TYPE_BYTEA_ARRAY 1001
#define TYPE_TEXT_ARRAY 1009
#define TYPE_INT8_ARRAY 1016
#define TYPE_UUID_ARRAY 2951

#define UUID_BYTES 16
#define ARRAY_HEAD_BYTES 20

CbPgQuery *
cb_pg_query (CbPg *self, const char *sql)
{
  CbPgQuery *query = g_new0 (CbPgQuery, 1);

  query->db = self;
  query->sql = sql;
  query->row = -1;
  return query;
}

static void
param_clear (CbPgParam *param)
{
  if (param->bytes == NULL)
    return;
  sodium_memzero (param->bytes->data, param->bytes->len);
  g_byte_array_unref (param->bytes);
}

/* A row that is still on its way would be read by the next statement. */
void
cb_pg_query_free (CbPgQuery *self)
{
  if (self->is_streamed)
    cb_pg_drop (self->db);
  for (guint i = 0; i < self->n_params; i++)
    param_clear (&self->params[i]);
  PQclear (self->result);
  g_free (self);
}

void
cb_pg_query_set_result (CbPgQuery *query, PGresult *result)
{
  PQclear (query->result);
  query->result = result;
  query->row = -1;
}

/* --- values --- */

static CbPgParam *
add_param (CbPgQuery *self, guint32 type, guint32 element)
{
  CbPgParam *param = &self->params[self->n_params];

  g_assert (self->n_params < CB_PG_MAX_PARAMS);
  self->n_params++;
  *param = (CbPgParam){ .type = type, .element = element, .bytes = g_byte_array_new () };
  return param;
}

static void
append (CbPgParam *param, const void *bytes, gsize length)
{
  g_byte_array_append (param->bytes, bytes, (guint) length);
}

static void
append_int32 (CbPgParam *param, guint32 value)
{
  const guint32 swapped = GUINT32_TO_BE (value);

  append (param, &swapped, sizeof swapped);
}

static void
bind (CbPgQuery *self, guint32 type, const void *bytes, gsize length)
{
  CbPgParam *param = add_param (self, type, 0);

  param->is_null = bytes == NULL;
  if (bytes != NULL)
    append (param, bytes, length);
}

/* FALSE for none, and for what is no id. */
static gboolean
read_id (const char *id, guint8 *bytes)
{
  return id != NULL && strlen (id) == CB_ID_LENGTH &&
         sodium_hex2bin (bytes, UUID_BYTES, id, CB_ID_LENGTH, NULL, NULL, NULL) == 0;
}

void
cb_pg_bind_id (CbPgQuery *self, const char *id)
{
  guint8 bytes[UUID_BYTES];

  bind (self, TYPE_UUID, read_id (id, bytes) ? bytes : NULL, sizeof bytes);
}

void
cb_pg_bind_text (CbPgQuery *self, const char *text)
{
  bind (self, TYPE_TEXT, text, text != NULL ? strlen (text) : 0);
}

void
cb_pg_bind_int (CbPgQuery *self, gint64 value)
{
  const gint64 swapped = GINT64_TO_BE (value);

  bind (self, TYPE_INT8, &swapped, sizeof swapped);
}

void
cb_pg_bind_bytes (CbPgQuery *self, const void *bytes, gsize length)
{
  bind (self, TYPE_BYTEA, bytes, length);
}

/* --- arrays --- */

void
cb_pg_bind_columns (CbPgQuery *self, const char *types)
{
  for (; *types != '\0'; types++)
    {
      const guint8 head[ARRAY_HEAD_BYTES] = { 0 };
      CbPgParam *param = NULL;

      switch (*types)
        {
        case 'u':
          param = add_param (self, TYPE_UUID_ARRAY, TYPE_UUID);
          break;
        case 't':
          param = add_param (self, TYPE_TEXT_ARRAY, TYPE_TEXT);
          break;
        case 'i':
          param = add_param (self, TYPE_INT8_ARRAY, TYPE_INT8);
          break;
        case 'b':
          param = add_param (self, TYPE_BYTEA_ARRAY, TYPE_BYTEA);
          break;
        default:
          g_assert_not_reached ();
        }
      append (param, head, sizeof head);
    }
}

static void
put (CbPgQuery *self, guint column, const void *bytes, gsize length)
{
  CbPgParam *param = &self->params[column];

  g_assert (column < self->n_params && param->element != 0);
  param->n_elements++;
  param->is_null = param->is_null || bytes == NULL;
  append_int32 (param, bytes != NULL ? (guint32) length : G_MAXUINT32);
  if (bytes != NULL)
    append (param, bytes, length);
}

void
cb_pg_put_id (CbPgQuery *self, guint column, const char *id)
{
  guint8 bytes[UUID_BYTES];

  put (self, column, read_id (id, bytes) ? bytes : NULL, sizeof bytes);
}

void
cb_pg_put_text (CbPgQuery *self, guint column, const char *text)
{
  put (self, column, text, text != NULL ? strlen (text) : 0);
}

void
cb_pg_put_slice (CbPgQuery *self, guint column, const char *text, gsize length)
{
  put (self, column, text, length);
}

void
cb_pg_put_int (CbPgQuery *self, guint column, gint64 value)
{
  const gint64 swapped = GINT64_TO_BE (value);

  put (self, column, &swapped, sizeof swapped);
}

void
cb_pg_put_bytes (CbPgQuery *self, guint column, const void *bytes, gsize length)
{
  put (self, column, bytes, length);
}

/* Dimensions, has NULLs, type of the elements, length, first index. */
static void
finish_array (CbPgParam *param)
{
  const guint32 head[] = { GUINT32_TO_BE (param->n_elements > 0 ? 1 : 0),
                           GUINT32_TO_BE (param->is_null ? 1 : 0), GUINT32_TO_BE (param->element),
                           GUINT32_TO_BE (param->n_elements), GUINT32_TO_BE (1) };

  G_STATIC_ASSERT (sizeof head == ARRAY_HEAD_BYTES);
  memcpy (param->bytes->data, head, sizeof head);
  if (param->n_elements == 0)
    g_byte_array_set_size (param->bytes, 3 * sizeof head[0]);
}

int
cb_pg_query_collect (CbPgQuery *query, Oid *types, const char **values, int *lengths, int *formats)
{
  for (guint i = 0; i < query->n_params; i++)
    {
      CbPgParam *param = &query->params[i];

      if (param->element != 0)
        finish_array (param);
      types[i] = param->type;
      values[i] = param->is_null && param->element == 0 ? NULL : (const char *) param->bytes->data;
      if (values[i] == NULL && !param->is_null)
        values[i] = ""; /* an empty text is no NULL */
      lengths[i] = (int) param->bytes->len;
      formats[i] = 1;
    }
  return (int) query->n_params;
}

/* --- rows --- */

static gboolean
next_streamed (CbPgQuery *self, GError **error)
{
  PGresult *result = PQgetResult (cb_pg_get_handle (self->db));
  const ExecStatusType status = PQresultStatus (result);

  cb_pg_query_set_result (self, result);
  self->row = 0;
  if (status == PGRES_SINGLE_TUPLE)
    return TRUE;
  if (status != PGRES_TUPLES_OK)
    return cb_pg_fail (self->db, result, error);

  /* The end; what follows is nothing, and has to be read. */
  PQclear (PQgetResult (cb_pg_get_handle (self->db)));
  self->is_streamed = FALSE;
  return FALSE;
}

gboolean
cb_pg_next (CbPgQuery *self, GError **error)
{
  if (self->is_streamed)
    return next_streamed (self, error);
  if (self->result == NULL && !cb_pg_execute (self, error))
    return FALSE;
  return ++self->row < PQntuples (self->result);
}

gboolean
cb_pg_next_first (CbPgQuery *self, GError **error)
{
  g_autoptr (GPtrArray) queries = g_ptr_array_new ();

  g_ptr_array_add (queries, self);
  return cb_pg_run_first (self->db, queries, error) && cb_pg_next (self, error);
}

gboolean
cb_pg_stream (CbPgQuery *self, GError **error)
{
  if (!cb_pg_send (self, error))
    return FALSE;
  self->is_streamed = TRUE;
  return PQsetSingleRowMode (cb_pg_get_handle (self->db)) == 1 ||
         cb_pg_fail (self->db, NULL, error);
}

gboolean
cb_pg_query_run (CbPgQuery *self, GError **error)
{
  return cb_pg_execute (self, error);
}

const char *
cb_pg_text (CbPgQuery *self, int column)
{
  return PQgetisnull (self->result, self->row, column)
           ? NULL
           : PQgetvalue (self->result, self->row, column);
}

char *
cb_pg_dup_text (CbPgQuery *self, int column)
{
  return g_strdup (cb_pg_text (self, column));
}

char *
cb_pg_dup_id (CbPgQuery *self, int column)
{
  char id[CB_ID_LENGTH + 1] = "";

  cb_pg_copy_id (self, column, id);
  return g_strdup (id);
}

gint64
cb_pg_int (CbPgQuery *self, int column)
{
  gint64 value = 0;

  return cb_pg_copy_bytes (self, column, &value, sizeof value) ? GINT64_FROM_BE (value) : 0;
}

void
cb_pg_copy_id (CbPgQuery *self, int column, char *id)
{
  guint8 bytes[UUID_BYTES];

  if (cb_pg_copy_bytes (self, column, bytes, sizeof bytes))
    sodium_bin2hex (id, CB_ID_LENGTH + 1, bytes, sizeof bytes);
  else
    *id = '\0';
}

gboolean
cb_pg_copy_bytes (CbPgQuery *self, int column, void *bytes, gsize length)
{
  const char *found = cb_pg_text (self, column);

  if (found == NULL || (gsize) PQgetlength (self->result, self->row, column) != length)
    return FALSE;
  memcpy (bytes, found, length);
  return TRUE;
}
