/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-private.h"

#include "base/cb-error.h"
#include "service/cb-pg-address.h"
#include "service/cb-storage.h"

#include <string.h>

/* After a vain try to connect, so that a database that is away holds nobody up. */
#define CONNECT_PAUSE_US G_USEC_PER_SEC
#define STATE_BYTES 6

struct _CbPg
{
  char *address;
  PGconn *handle;      /* NULL: not connected */
  GHashTable *names;   /* of the prepared statements, by their SQL's address */
  gint64 next_try_us;  /* not before, on the monotonic clock */
  gboolean was_online; /* so that coming back is told */
  gboolean is_bound;
};

/* What the service asks of a session; the operator's own settings are kept where they are
 * stricter. A commit answers when it is on disk, whatever the server was told. Whatever is looked
 * up here has an index: left to itself, the server reads a new database's tables whole, batch after
 * batch, by the plans that it made when they were empty, at four times the cost. */
static const char SQL_SET_UP[] =
  "SET search_path = counterbook, pg_temp;"
  "SET client_min_messages = warning;"
  "SET lock_timeout = '3s';"
  "SET statement_timeout = '30s';"
  "SET idle_in_transaction_session_timeout = '30s';"
  "SET enable_seqscan = off;"
  "SET jit = off;"
  "SELECT set_config ('synchronous_commit', 'on', false)"
  " WHERE current_setting ('synchronous_commit') = 'off'";

/* --- errors --- */

typedef struct
{
  const char *state; /* or its beginning */
  GQuark (*domain) (void);
  int code;
} Meaning;

/* The first that fits. */
static const Meaning meanings[] = {
  { "08", cb_storage_error_quark, CB_STORAGE_ERROR_AWAY },
  { "25006", cb_storage_error_quark, CB_STORAGE_ERROR_AWAY },  /* no longer the one that writes */
  { "57P", cb_storage_error_quark, CB_STORAGE_ERROR_AWAY },    /* shutting down, starting */
  { "25P03", cb_storage_error_quark, CB_STORAGE_ERROR_AWAY },  /* idle for too long */
  { "40", cb_storage_error_quark, CB_STORAGE_ERROR_AGAIN },    /* deadlock, serialization */
  { "23505", cb_storage_error_quark, CB_STORAGE_ERROR_AGAIN }, /* somebody else was quicker */
  { "55P03", cb_store_error_quark, CB_STORE_ERROR_BUSY },      /* lock_timeout */
  { "57014", cb_store_error_quark, CB_STORE_ERROR_BUSY },      /* statement_timeout */
  { "53100", cb_store_error_quark, CB_STORE_ERROR_FULL },
  { "53", cb_store_error_quark, CB_STORE_ERROR_BUSY }, /* connections, memory */
  { "58", cb_store_error_quark, CB_STORE_ERROR_IO },
  { "XX", cb_store_error_quark, CB_STORE_ERROR_CORRUPT },
};

static const Meaning *
find_meaning (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_str_has_prefix (state, meanings[i].state))
      return &meanings[i];
  return NULL;
}

/* Without a code it was not the server who said so, and what it would say next is not to be relied
 * on. */
static gboolean
is_lost (CbPg *self, const char *state, const Meaning *meaning)
{
  if (self->handle == NULL || *state == '\0' || PQstatus (self->handle) == CONNECTION_BAD)
    return TRUE;
  return meaning != NULL && meaning->domain == cb_storage_error_quark &&
         meaning->code == CB_STORAGE_ERROR_AWAY;
}

/* The server's words may quote a value; its code does not. A lost connection is forgotten here. */
gboolean
cb_pg_fail (CbPg *self, const PGresult *result, GError **error)
{
  const char *told = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  g_autofree char *state = g_strdup (told != NULL ? told : "");
  const Meaning *meaning = find_meaning (state);

  if (is_lost (self, state, meaning))
    {
      cb_pg_drop (self);
      g_set_error (error, CB_STORAGE_ERROR, CB_STORAGE_ERROR_AWAY,
                   "the connection to the database was lost%s%s", *state != '\0' ? ": " : "",
                   state);
    }
  else
    g_set_error (error, meaning != NULL ? meaning->domain () : CB_STORE_ERROR,
                 meaning != NULL ? meaning->code : CB_STORE_ERROR_FAILED,
                 "the database could not run a statement: %s", state);
  return FALSE;
}

/* --- connecting --- */

CbPg *
cb_pg_new (const char *address)
{
  CbPg *self = g_new0 (CbPg, 1);

  self->address = g_strdup (address);
  self->names = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
cb_pg_drop (CbPg *self)
{
  g_clear_pointer (&self->handle, PQfinish);
  g_hash_table_remove_all (self->names);
}

void
cb_pg_free (CbPg *self)
{
  cb_pg_drop (self);
  g_hash_table_unref (self->names);
  g_free (self->address);
  g_free (self);
}

PGconn *
cb_pg_get_handle (CbPg *self)
{
  return self->handle;
}

static void
hear_nothing (void *data, const PGresult *result)
{
}

/* What libpq says names hosts, ports and roles, no value; in one line. */
static gboolean
fail_to_connect (CbPg *self, GError **error)
{
  g_autofree char *why = g_strstrip (g_strdup (PQerrorMessage (self->handle)));

  g_strdelimit (why, "\n\t", ' ');
  g_set_error (error, CB_STORAGE_ERROR, CB_STORAGE_ERROR_AWAY, "cannot reach the database: %s",
               why);
  cb_pg_drop (self);
  self->next_try_us = g_get_monotonic_time () + CONNECT_PAUSE_US;
  return FALSE;
}

gboolean
cb_pg_connect (CbPg *self, GError **error)
{
  if (self->handle != NULL)
    return TRUE;
  if (self->is_bound)
    return cb_pg_fail (self, NULL, error);
  if (g_get_monotonic_time () < self->next_try_us)
    {
      g_set_error_literal (error, CB_STORAGE_ERROR, CB_STORAGE_ERROR_AWAY,
                           "the database was not there a moment ago");
      return FALSE;
    }

  self->handle = cb_pg_address_open (self->address);
  if (PQstatus (self->handle) != CONNECTION_OK)
    return fail_to_connect (self, error);
  PQsetNoticeReceiver (self->handle, hear_nothing, NULL);
  if (!cb_pg_run (self, SQL_SET_UP, error))
    {
      cb_pg_drop (self);
      return FALSE;
    }
  self->next_try_us = 0;
  if (self->was_online)
    g_message ("connected to the database again");
  self->was_online = TRUE;
  return TRUE;
}

/* --- running --- */

gboolean
cb_pg_run (CbPg *self, const char *sql, GError **error)
{
  PGresult *result = NULL;
  gboolean is_good = FALSE;

  if (!cb_pg_connect (self, error))
    return FALSE;
  result = PQexec (self->handle, sql);
  is_good = PQresultStatus (result) == PGRES_COMMAND_OK ||
            PQresultStatus (result) == PGRES_TUPLES_OK || cb_pg_fail (self, result, error);
  PQclear (result);
  return is_good;
}

void
cb_pg_rollback (CbPg *self)
{
  PGresult *result = NULL;

  self->is_bound = FALSE;
  if (self->handle == NULL || PQtransactionStatus (self->handle) == PQTRANS_IDLE)
    return;
  result = PQexec (self->handle, "ROLLBACK");
  if (PQresultStatus (result) != PGRES_COMMAND_OK)
    cb_pg_drop (self);
  PQclear (result);
}

void
cb_pg_set_bound (CbPg *self, gboolean is_bound)
{
  self->is_bound = is_bound;
}

/* The statement's name with the server, which may have to hear of it first. NULL with an error. */
static const char *
prepare (CbPgQuery *query, int n_params, const Oid *types, GError **error)
{
  CbPg *self = query->db;
  const char *known = g_hash_table_lookup (self->names, query->sql);
  g_autofree char *name = NULL;
  PGresult *result = NULL;
  gboolean is_good = FALSE;

  if (known != NULL)
    return known;
  name = g_strdup_printf ("cb%u", g_hash_table_size (self->names));
  result = PQprepare (self->handle, name, query->sql, n_params, types);
  is_good = PQresultStatus (result) == PGRES_COMMAND_OK || cb_pg_fail (self, result, error);
  PQclear (result);
  if (!is_good)
    return NULL;
  g_hash_table_insert (self->names, (gpointer) query->sql, g_strdup (name));
  return g_hash_table_lookup (self->names, query->sql);
}

/* Has it prepared, and sends it where that is asked for. */
static gboolean
hand_over (CbPgQuery *query, gboolean is_sent, GError **error)
{
  Oid types[CB_PG_MAX_PARAMS];
  const char *values[CB_PG_MAX_PARAMS];
  int lengths[CB_PG_MAX_PARAMS];
  int formats[CB_PG_MAX_PARAMS];
  const int n_params = cb_pg_query_collect (query, types, values, lengths, formats);
  const char *name = prepare (query, n_params, types, error);

  if (name == NULL)
    return FALSE;
  return !is_sent ||
         PQsendQueryPrepared (query->db->handle, name, n_params, values, lengths, formats, 1) ==
           1 ||
         cb_pg_fail (query->db, NULL, error);
}

gboolean
cb_pg_send (CbPgQuery *query, GError **error)
{
  return cb_pg_connect (query->db, error) && hand_over (query, TRUE, error);
}

static gboolean
is_good_result (const PGresult *result)
{
  const ExecStatusType status = PQresultStatus (result);

  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

gboolean
cb_pg_execute (CbPgQuery *query, GError **error)
{
  CbPg *self = query->db;
  PGresult *result = NULL;

  if (!cb_pg_send (query, error))
    return FALSE;
  result = PQgetResult (self->handle);
  cb_pg_query_set_result (query, result);
  if (!is_good_result (result))
    {
      /* After a failure too one more answer ends the statement. */
      if (PQstatus (self->handle) == CONNECTION_OK)
        PQclear (PQgetResult (self->handle));
      return cb_pg_fail (self, result, error);
    }
  PQclear (PQgetResult (self->handle));
  return TRUE;
}

/* --- many at once --- */

static gboolean
send_all (CbPg *self, GPtrArray *queries, GError **error)
{
  for (guint i = 0; i < queries->len; i++)
    if (!hand_over (queries->pdata[i], FALSE, error))
      return FALSE;
  if (PQenterPipelineMode (self->handle) != 1)
    return cb_pg_fail (self, NULL, error);
  for (guint i = 0; i < queries->len; i++)
    if (!hand_over (queries->pdata[i], TRUE, error))
      return FALSE;
  return PQpipelineSync (self->handle) == 1 || cb_pg_fail (self, NULL, error);
}

/* Reads every answer, also those behind one that failed; the first failure is the one to tell. */
static gboolean
read_all (CbPg *self, GPtrArray *queries, GError **error)
{
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < queries->len && self->handle != NULL; i++)
    {
      PGresult *result = PQgetResult (self->handle);

      cb_pg_query_set_result (queries->pdata[i], result);
      if (result == NULL || PQstatus (self->handle) == CONNECTION_BAD)
        cb_pg_fail (self, result, first == NULL ? &first : NULL);
      else if (!is_good_result (result) && first == NULL)
        cb_pg_fail (self, result, &first);
      if (self->handle != NULL)
        PQclear (PQgetResult (self->handle));
    }
  if (self->handle != NULL)
    {
      PQclear (PQgetResult (self->handle)); /* of the sync */
      if (PQexitPipelineMode (self->handle) != 1)
        cb_pg_drop (self);
    }
  return !cb_error_hand_on (&first, error);
}

gboolean
cb_pg_run_all (CbPg *self, GPtrArray *queries, GError **error)
{
  if (!cb_pg_connect (self, error))
    return FALSE;
  if (send_all (self, queries, error))
    return read_all (self, queries, error);

  /* Half a pipeline is of no use to anybody. */
  if (self->handle != NULL && PQpipelineStatus (self->handle) != PQ_PIPELINE_OFF)
    cb_pg_drop (self);
  return FALSE;
}

gboolean
cb_pg_run_first (CbPg *self, GPtrArray *queries, GError **error)
{
  const gboolean is_free =
    self->handle != NULL && PQtransactionStatus (self->handle) == PQTRANS_IDLE;
  g_autoptr (GError) local = NULL;

  if (cb_pg_run_all (self, queries, &local))
    return TRUE;
  if (is_free && g_error_matches (local, CB_STORAGE_ERROR, CB_STORAGE_ERROR_AWAY))
    return cb_pg_run_all (self, queries, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
cb_pg_ask (CbPg *self, const char *sql, gint64 *answer, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (self, sql);

  if (!cb_pg_next (query, error))
    return FALSE;
  *answer = cb_pg_int (query, 0);
  return TRUE;
}
