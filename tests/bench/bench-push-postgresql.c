/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

/* 10,000 notes of 600 bytes into PostgreSQL in batches of 500, both synced to disk: by the service,
 * from the bytes that came in to the answer that goes out, and beside it by one bare
 * jsonb_to_recordset () a batch, in turns. Rows a second. Runs under with-postgresql. */

#include "base/cb-id.h"
#include "cb-bench.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-pg.h"
#include "support/cb-test-service.h"

#include <libpq-fe.h>
#include <string.h>

#define N_NOTES 10000
#define N_CUSTOMERS 100
#define BATCH 500
#define TEXT_BYTES 300 /* with the envelope around it some 600 */
#define ROUNDS 7

static const char SQL_TABLE[] =
  "CREATE TABLE bare (op uuid, customer uuid, key text, kind text, scope text, by text, basis jsonb,"
  " at jsonb, schema integer, body jsonb, PRIMARY KEY (customer, key))";
static const char SQL_INSERT[] =
  "INSERT INTO bare SELECT op, customer, key, kind, scope, by, basis, at, schema, body"
  " FROM jsonb_to_recordset ($1::jsonb) AS x (op uuid, customer uuid, key text, kind text,"
  " scope text, by text, basis jsonb, at jsonb, schema integer, body jsonb)";

typedef struct
{
  char *answers;      /* the lines that say yes */
  GPtrArray *batches; /* lines of notes */
} Load;

static char *
make_text (guint number)
{
  GString *text = g_string_new (NULL);

  while (text->len < TEXT_BYTES)
    {
      g_autofree char *word = cb_bench_make_name (number++);

      g_string_append_printf (text, "%s ", word);
    }
  return g_string_free (text, FALSE);
}

static void
load_init (Load *load)
{
  char *customers[N_CUSTOMERS];
  char *grants[N_CUSTOMERS];
  GString *answers = g_string_new (NULL);
  GString *batch = g_string_new (NULL);

  load->batches = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < N_CUSTOMERS; i++)
    {
      g_autofree char *line = NULL;

      customers[i] = cb_id_new ();
      grants[i] = cb_id_new ();
      line = cb_test_grant (grants[i], customers[i], "shop", "*", "tapped", NULL);
      g_string_append_printf (answers, "%s\n", line);
    }
  for (guint i = 0; i < N_NOTES; i++)
    {
      g_autofree char *id = cb_id_new ();
      g_autofree char *text = make_text (i);
      const CbTestPut put = { .customer = customers[i % N_CUSTOMERS],
                              .scope = "store",
                              .purpose = "shop",
                              .grant = grants[i % N_CUSTOMERS],
                              .text = text };
      g_autofree char *line = cb_test_note (id, &put);

      g_string_append_printf (batch, "%s\n", line);
      if ((i + 1) % BATCH == 0)
        {
          g_ptr_array_add (load->batches, g_strdup (batch->str));
          g_string_truncate (batch, 0);
        }
    }
  load->answers = g_string_free (answers, FALSE);
  g_string_free (batch, TRUE);
  for (guint i = 0; i < N_CUSTOMERS; i++)
    {
      g_free (customers[i]);
      g_free (grants[i]);
    }
}

static void
load_clear (Load *load)
{
  g_free (load->answers);
  g_ptr_array_unref (load->batches);
}

static double
push_ours (const Load *load)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  gint64 start = 0;
  double seconds = 0;

  cb_ack_list_free (cb_test_service_push (book, load->answers));
  start = g_get_monotonic_time ();
  for (guint i = 0; i < load->batches->len; i++)
    {
      const char *text = load->batches->pdata[i];
      g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
      g_autoptr (GError) error = NULL;
      guint n_ops = 0;

      g_string_truncate (book->reply, 0);
      cb_service_push (book->service, &book->terminal, body, book->reply, &n_ops, &error);
      g_assert_no_error (error);
    }
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_assert_cmpint (cb_test_pg_ask (book->place.address, "SELECT count (*) FROM counterbook.record"),
                   ==, N_NOTES);
  return N_NOTES / seconds;
}

/* The lines as one array, which is what costs the client least. */
static char *
make_array (const char *lines)
{
  g_auto (GStrv) parts = g_strsplit (lines, "\n", -1);
  g_autofree char *joined = NULL;
  const guint n_parts = g_strv_length (parts);

  g_clear_pointer (&parts[n_parts - 1], g_free); /* behind the last newline */
  joined = g_strjoinv (",", parts);
  return g_strconcat ("[", joined, "]", NULL);
}

static double
push_bare (const Load *load)
{
  g_autofree char *address = cb_test_pg_new_address ();
  PGconn *handle = PQconnectdb (address);
  gint64 start = 0;
  double seconds = 0;

  PQclear (PQexec (handle, SQL_TABLE));
  PQclear (PQprepare (handle, "bare", SQL_INSERT, 1, NULL));
  start = g_get_monotonic_time ();
  for (guint i = 0; i < load->batches->len; i++)
    {
      g_autofree char *array = make_array (load->batches->pdata[i]);
      PGresult *result =
        PQexecPrepared (handle, "bare", 1, (const char *const *) &array, NULL, NULL, 0);

      g_assert_cmpstr (PQresultErrorMessage (result), ==, "");
      PQclear (result);
    }
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  PQfinish (handle);
  g_assert_cmpint (cb_test_pg_ask (address, "SELECT count (*) FROM bare"), ==, N_NOTES);
  return N_NOTES / seconds;
}

int
main (void)
{
  CbSamples ours;
  CbSamples floor;
  Load load = { 0 };

  cb_samples_init (&ours);
  cb_samples_init (&floor);
  load_init (&load);
  for (guint i = 0; i < ROUNDS; i++)
    {
      cb_samples_add (&ours, push_ours (&load));
      cb_samples_add (&floor, push_bare (&load));
    }
  cb_bench_print_rates ("push-10000-postgresql", "records/s", &ours, &floor);
  cb_samples_clear (&ours);
  cb_samples_clear (&floor);
  load_clear (&load);
  return 0;
}
