/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

/* What sync/SCALING.md reckons with: bytes and processor time of the service and of the PostgreSQL
 * below it, for 200 shops of ten customers with what a customer leaves behind: a card, two yeses,
 * four notes, three preferences. Processor time, for a wall clock says most about the neighbours.
 * Runs under with-postgresql. */

#include "base/cb-id.h"
#include "cb-bench.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-pg.h"
#include "support/cb-test-service.h"

#include <libpq-fe.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SHOPS 200
#define CUSTOMERS 10 /* of a shop, in one batch */
#define NOTES 4
#define PREFERENCES 3
#define OPS_OF_ONE (2 + 1 + NOTES + PREFERENCES)
#define OPS (SHOPS * CUSTOMERS * OPS_OF_ONE)
#define NOTE_BYTES 180
#define QUESTIONS 4000
#define LOOKS 2000
#define LISTENING_SHOPS 100 /* of the terminals that wait at one service */
#define PARTITIONS 8
#define SINGLES 300
#define ROUNDS 3

static const char SQL_BYTES[] =
  "SELECT sum (pg_total_relation_size (c.oid))::bigint FROM pg_class AS c"
  " JOIN pg_namespace AS s ON s.oid = c.relnamespace"
  " WHERE s.nspname = 'counterbook' AND c.relkind = 'r'";
static const char SQL_INDEX_BYTES[] =
  "SELECT sum (pg_indexes_size (c.oid))::bigint FROM pg_class AS c"
  " JOIN pg_namespace AS s ON s.oid = c.relnamespace"
  " WHERE s.nspname = 'counterbook' AND c.relkind = 'r'";
static const char SQL_WAL_BYTES[] = "SELECT pg_wal_lsn_diff (pg_current_wal_lsn (), '0/0')::bigint";
static const char SQL_BACKEND[] =
  "SELECT pid FROM pg_stat_activity WHERE datname = current_database ()"
  " AND pid <> pg_backend_pid () AND backend_type = 'client backend' ORDER BY backend_start LIMIT 1";

/* Each table by what it is looked up by, as the schema is made for. */
static const char *const partitioned[][2] = {
  { "record", "customer" }, { "consent", "customer" }, { "consent_grant", "customer" },
  { "applied", "op" },      { "erased", "customer" },
};

/* --- what customers leave behind --- */

static char *
make_text (guint number, gsize bytes)
{
  GString *text = g_string_new (NULL);

  while (text->len < bytes)
    {
      g_autofree char *word = cb_bench_make_name (number++);

      g_string_append_printf (text, "%s ", word);
    }
  return g_string_free (text, FALSE);
}

static void
add_line (GString *batch, char *line)
{
  g_string_append_printf (batch, "%s\n", line);
  g_free (line);
}

static void
add_record (GString *batch, const char *customer, const char *grant, guint number, guint which)
{
  g_autofree char *id = cb_id_new ();
  g_autofree char *text = make_text (number * 31 + which, which == 0 ? 8 : NOTE_BYTES);
  const CbTestPut put = { .customer = customer,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = grant,
                          .text = text };

  if (which == 0)
    add_line (batch, cb_test_card (&put));
  else if (which <= NOTES)
    add_line (batch, cb_test_note (id, &put));
  else
    add_line (batch, cb_test_preference (id, &put));
}

static char *
make_batch (guint shop)
{
  GString *batch = g_string_new (NULL);

  for (guint i = 0; i < CUSTOMERS; i++)
    {
      g_autofree char *customer = cb_id_new ();
      g_autofree char *grant = cb_id_new ();

      add_line (batch, cb_test_grant (grant, customer, "shop", "*", "tapped", NULL));
      add_line (batch, cb_test_grant (NULL, customer, "news", "email", "tapped", NULL));
      for (guint which = 0; which <= NOTES + PREFERENCES; which++)
        add_record (batch, customer, grant, shop * CUSTOMERS + i, which);
    }
  return g_string_free (batch, FALSE);
}

static GPtrArray *
make_batches (void)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func (g_free);

  for (guint shop = 0; shop < SHOPS; shop++)
    g_ptr_array_add (batches, make_batch (shop));
  return batches;
}

static double
count_bytes (GPtrArray *batches)
{
  double bytes = 0;

  for (guint i = 0; i < batches->len; i++)
    bytes += (double) strlen (batches->pdata[i]);
  return bytes;
}

/* --- processor time --- */

static double
spent_here_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double
spent_by_us (gint64 process)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", process);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  const char *behind = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  /* The name may hold anything; the fields behind it are numbers, the 14th and 15th the time. */
  behind = strrchr (text, ')');
  g_assert_nonnull (behind);
  words = g_strsplit (behind + 2, " ", 15);
  return (double) (g_ascii_strtoll (words[11], NULL, 10) + g_ascii_strtoll (words[12], NULL, 10)) *
         1e6 / (double) sysconf (_SC_CLK_TCK);
}

typedef struct
{
  double service;
  double database;
} Spent;

static Spent
begin (gint64 backend)
{
  return (Spent){ spent_here_us (), spent_by_us (backend) };
}

static Spent
end (gint64 backend, Spent from, guint n)
{
  const Spent to = begin (backend);

  return (Spent){ (to.service - from.service) / n, (to.database - from.database) / n };
}

/* --- one database --- */

static void
divide (const char *address, const char *table, const char *column)
{
  GString *sql = g_string_new ("SET search_path = counterbook;");

  g_string_append_printf (sql,
                          "ALTER TABLE %s RENAME TO whole;"
                          "CREATE TABLE %s (LIKE whole INCLUDING ALL) PARTITION BY HASH (%s);",
                          table, table, column);
  for (guint i = 0; i < PARTITIONS; i++)
    g_string_append_printf (sql,
                            "CREATE TABLE %s_%u PARTITION OF %s"
                            " FOR VALUES WITH (MODULUS %d, REMAINDER %u);",
                            table, i, table, PARTITIONS, i);
  g_string_append (sql, "DROP TABLE whole;");
  cb_test_pg_run (address, sql->str);
  g_string_free (sql, TRUE);
}

static CbTestService *
open_book (gboolean is_divided, gint64 *backend)
{
  CbTestService *book = cb_test_service_new ();

  for (guint i = 0; is_divided && i < G_N_ELEMENTS (partitioned); i++)
    divide (book->place.address, partitioned[i][0], partitioned[i][1]);
  *backend = cb_test_pg_ask (book->place.address, SQL_BACKEND);
  return book;
}

static void
push (CbTestService *book, guint shop, const char *batch)
{
  g_autofree char *store = g_strdup_printf ("Shop %u", shop);
  g_autoptr (GBytes) body = g_bytes_new_static (batch, strlen (batch));
  g_autoptr (GError) error = NULL;
  guint n_ops = 0;

  cb_test_service_set_store (book, store);
  g_string_truncate (book->reply, 0);
  cb_service_push (book->service, &book->terminal, body, book->reply, &n_ops, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_ops, ==, CUSTOMERS * OPS_OF_ONE);
}

static Spent
push_all (CbTestService *book, gint64 backend, GPtrArray *batches)
{
  const Spent from = begin (backend);
  Spent spent;

  for (guint i = 0; i < batches->len; i++)
    push (book, i, batches->pdata[i]);
  spent = end (backend, from, OPS);
  g_assert_cmpint (
    cb_test_pg_ask (book->place.address, "SELECT count (*) FROM counterbook.applied"), ==, OPS);
  return spent;
}

/* A terminal that has heard everything asks again. */
static Spent
ask (CbTestService *book, gint64 backend)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autofree char *cursor = NULL;
  Spent from;

  g_assert_cmpint (cb_service_tell_changes (book->service, &book->terminal, NULL, reply, NULL), ==,
                   CB_TOLD);
  cursor = g_strndup (strstr (reply->str, "\"cursor\":\"") + 10,
                      strcspn (strstr (reply->str, "\"cursor\":\"") + 10, "\""));
  from = begin (backend);
  for (guint i = 0; i < QUESTIONS; i++)
    {
      g_string_truncate (reply, 0);
      g_assert_cmpint (
        cb_service_tell_changes (book->service, &book->terminal, cursor, reply, NULL), ==, CB_TOLD);
    }
  return end (backend, from, QUESTIONS);
}

/* The service looks whom of those who wait something new may concern, once a second: a hundred
 * operations have come since. */
static Spent
look (CbTestService *book, gint64 backend)
{
  CbStorage *storage = cb_service_get_storage (book->service);
  g_autoptr (GPtrArray) stores = g_ptr_array_new_with_free_func (g_free);
  gint64 head = 0;
  Spent from;

  for (guint i = 0; i < LISTENING_SHOPS; i++)
    g_ptr_array_add (stores, g_strdup_printf ("Shop %u", i));
  g_assert_true (cb_service_read_head (book->service, &head, NULL));
  from = begin (backend);
  for (guint i = 0; i < LOOKS; i++)
    {
      g_autoptr (GPtrArray) moved =
        storage->methods->list_moved (storage, stores, head - 100, &head, NULL);

      g_assert_nonnull (moved);
    }
  return end (backend, from, LOOKS);
}

/* --- a transaction of one operation, which holds the counter until it is on disk --- */

static double
push_one_by_one_us (CbTestService *book)
{
  const gint64 from_us = g_get_monotonic_time ();

  for (guint i = 0; i < SINGLES; i++)
    {
      g_autofree char *customer = cb_id_new ();
      g_autofree char *line = cb_test_grant (NULL, customer, "shop", "*", "tapped", NULL);
      g_autoptr (CbAckList) acks = cb_test_service_push (book, line);

      g_assert_cmpuint (acks->acks->len, ==, 1);
    }
  return (double) (g_get_monotonic_time () - from_us) / SINGLES;
}

/* The same without anything but the row. */
static double
commit_one_by_one_us (const char *address)
{
  PGconn *handle = PQconnectdb (address);
  gint64 from_us = 0;

  PQclear (PQexec (handle, "CREATE TABLE IF NOT EXISTS bare (value bigint)"));
  from_us = g_get_monotonic_time ();
  for (guint i = 0; i < SINGLES; i++)
    {
      PGresult *result = PQexec (handle, "INSERT INTO bare VALUES (1)");

      g_assert_cmpint (PQresultStatus (result), ==, PGRES_COMMAND_OK);
      PQclear (result);
    }
  PQfinish (handle);
  return (double) (g_get_monotonic_time () - from_us) / SINGLES;
}

/* --- the figures --- */

typedef enum
{
  AT_REST,
  IN_INDEXES,
  IN_THE_LOG,
  PUSH_SERVICE,
  PUSH_DATABASE,
  ASK_SERVICE,
  ASK_DATABASE,
  LOOK_SERVICE,
  LOOK_DATABASE,
  DIVIDED_DATABASE,
  COMMIT_BARE,
  COMMIT,
  N_FIGURES
} Figure;

/* Beside each the floor: the bytes as they came in, or for the tables in parts those in one. What
 * has no other is beside itself. */
static const struct
{
  const char *name;
  const char *unit;
  int floor; /* -1: the operations' own bytes */
} figures[N_FIGURES] = {
  [AT_REST] = { "scale/at-rest", "bytes/op", -1 },
  [IN_INDEXES] = { "scale/indexes", "bytes/op", AT_REST },
  [IN_THE_LOG] = { "scale/wal", "bytes/op", -1 },
  [PUSH_SERVICE] = { "scale/push/service", "cpu-us/op", PUSH_DATABASE },
  [PUSH_DATABASE] = { "scale/push/database", "cpu-us/op", PUSH_DATABASE },
  [ASK_SERVICE] = { "scale/ask/service", "cpu-us", ASK_DATABASE },
  [ASK_DATABASE] = { "scale/ask/database", "cpu-us", ASK_DATABASE },
  [LOOK_SERVICE] = { "scale/look/service", "cpu-us", LOOK_DATABASE },
  [LOOK_DATABASE] = { "scale/look/database", "cpu-us", LOOK_DATABASE },
  [COMMIT_BARE] = { "scale/commit/bare", "us", COMMIT_BARE },
  [COMMIT] = { "scale/commit/one-op", "us", COMMIT_BARE },
  [DIVIDED_DATABASE] = { "scale/push/partitioned", "cpu-us/op", PUSH_DATABASE },
};

static void
measure_whole (GPtrArray *batches, CbSamples *samples)
{
  gint64 backend = 0;
  g_autoptr (CbTestService) book = open_book (FALSE, &backend);
  const char *address = book->place.address;
  const gint64 log_before = cb_test_pg_ask (address, SQL_WAL_BYTES);
  const Spent pushed = push_all (book, backend, batches);
  const gint64 log = cb_test_pg_ask (address, SQL_WAL_BYTES) - log_before;
  const Spent asked = ask (book, backend);
  const Spent looked = look (book, backend);

  cb_samples_add (&samples[AT_REST], (double) cb_test_pg_ask (address, SQL_BYTES) / OPS);
  cb_samples_add (&samples[IN_INDEXES], (double) cb_test_pg_ask (address, SQL_INDEX_BYTES) / OPS);
  cb_samples_add (&samples[IN_THE_LOG], (double) log / OPS);
  cb_samples_add (&samples[PUSH_SERVICE], pushed.service);
  cb_samples_add (&samples[PUSH_DATABASE], pushed.database);
  cb_samples_add (&samples[ASK_SERVICE], asked.service);
  cb_samples_add (&samples[ASK_DATABASE], asked.database);
  cb_samples_add (&samples[LOOK_SERVICE], looked.service);
  cb_samples_add (&samples[LOOK_DATABASE], looked.database);
  cb_samples_add (&samples[COMMIT_BARE], commit_one_by_one_us (address));
  cb_samples_add (&samples[COMMIT], push_one_by_one_us (book));
}

static void
measure_divided (GPtrArray *batches, CbSamples *samples)
{
  gint64 backend = 0;
  g_autoptr (CbTestService) book = open_book (TRUE, &backend);

  cb_samples_add (&samples[DIVIDED_DATABASE], push_all (book, backend, batches).database);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

int
main (void)
{
  g_autoptr (GPtrArray) batches = make_batches ();
  CbSamples samples[N_FIGURES];
  CbSamples raw;

  cb_samples_init (&raw);
  cb_samples_add (&raw, count_bytes (batches) / OPS);
  for (guint i = 0; i < N_FIGURES; i++)
    cb_samples_init (&samples[i]);
  for (guint i = 0; i < ROUNDS; i++)
    {
      measure_whole (batches, samples);
      measure_divided (batches, samples);
    }
  for (guint i = 0; i < N_FIGURES; i++)
    cb_bench_print (figures[i].name, figures[i].unit, &samples[i],
                    figures[i].floor < 0 ? &raw : &samples[figures[i].floor]);
  for (guint i = 0; i < N_FIGURES; i++)
    cb_samples_clear (&samples[i]);
  cb_samples_clear (&raw);
  return 0;
}
