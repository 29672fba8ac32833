/* SPDX-License-Identifier: Apache-2.0 */

/* The floor under pushing: the same bytes moved by nothing but curl and SQLite. A child takes
 * batches off a socket and writes each line as a row, one transaction a batch, synced; the parent
 * posts the batches and marks its own rows as sent, one transaction a batch, synced. No protocol,
 * no checks.
 *
 *   bare-push FOLDER LINES-FILE BATCH     prints records a second */

#define G_LOG_DOMAIN "Counterbook"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"

static sqlite3 *
open_database (const char *folder, const char *name, const char *table)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL, NULL);
  g_assert_cmpint (sqlite3_exec (db, table, NULL, NULL, NULL), ==, SQLITE_OK);
  return db;
}

static void
insert_lines (sqlite3 *db, const char *body, gsize length)
{
  sqlite3_stmt *stmt;
  const char *end = body + length;

  sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  sqlite3_prepare_v2 (db, "INSERT INTO record (line) VALUES (?1)", -1, &stmt, NULL);
  for (const char *line = body; line < end;)
    {
      const char *stop = memchr (line, '\n', end - line);
      const char *next = stop != NULL ? stop : end;

      sqlite3_bind_blob (stmt, 1, line, next - line, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_DONE);
      sqlite3_reset (stmt);
      line = next + 1;
    }
  sqlite3_finalize (stmt);
  g_assert_cmpint (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
}

/* One request after another on one connection: headers up to the blank line, then the length said.
 */
static void
serve_connection (int connection, sqlite3 *db)
{
  g_autoptr (GString) got = g_string_new (NULL);
  char buffer[65536];

  for (;;)
    {
      char *body = strstr (got->str, "\r\n\r\n");
      char *length_at = strcasestr (got->str, "content-length:");
      gsize length = length_at != NULL ? strtoul (length_at + 15, NULL, 10) : 0;
      gsize head = body != NULL ? (gsize) (body + 4 - got->str) : 0;
      gssize n;

      if (body != NULL && got->len >= head + length)
        {
          insert_lines (db, got->str + head, length);
          g_string_erase (got, 0, head + length);
          g_assert_cmpint (write (connection, REPLY, strlen (REPLY)), ==, strlen (REPLY));
          continue;
        }
      n = read (connection, buffer, sizeof buffer);
      if (n <= 0)
        return;
      g_string_append_len (got, buffer, n);
    }
}

static int
listen_somewhere (guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  getsockname (listener, (struct sockaddr *) &address, &length);
  *port = ntohs (address.sin_port);
  return listener;
}

static void
serve (int listener, const char *folder)
{
  int one = 1;
  sqlite3 *db;
  int connection;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  db =
    open_database (folder, "server.db", "CREATE TABLE record (id INTEGER PRIMARY KEY, line BLOB)");
  connection = accept (listener, NULL, NULL);
  setsockopt (connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  serve_connection (connection, db);
  sqlite3_close (db);
  _exit (0);
}

static size_t
swallow (char *bytes, size_t size, size_t n, void *data)
{
  return size * n;
}

static void
mark_sent (sqlite3 *db, guint from, guint to)
{
  g_autofree char *sql = g_strdup_printf (
    "BEGIN IMMEDIATE; UPDATE record SET sent = 1 WHERE id > %u AND id <= %u; COMMIT", from, to);

  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static sqlite3 *
fill_client (const char *folder, char **lines, guint n_lines)
{
  sqlite3 *db = open_database (
    folder, "client.db", "CREATE TABLE record (id INTEGER PRIMARY KEY, line BLOB, sent INTEGER)");
  sqlite3_stmt *stmt;

  sqlite3_exec (db, "BEGIN", NULL, NULL, NULL);
  sqlite3_prepare_v2 (db, "INSERT INTO record (line, sent) VALUES (?1, 0)", -1, &stmt, NULL);
  for (guint i = 0; i < n_lines; i++)
    {
      sqlite3_bind_text (stmt, 1, lines[i], -1, SQLITE_STATIC);
      sqlite3_step (stmt);
      sqlite3_reset (stmt);
    }
  sqlite3_finalize (stmt);
  sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  return db;
}

static GString *
read_batch (sqlite3 *db, guint from, guint batch)
{
  GString *body = g_string_new (NULL);
  sqlite3_stmt *stmt;

  sqlite3_prepare_v2 (db, "SELECT line FROM record WHERE id > ?1 ORDER BY id LIMIT ?2", -1, &stmt,
                      NULL);
  sqlite3_bind_int (stmt, 1, from);
  sqlite3_bind_int (stmt, 2, batch);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    g_string_append_printf (body, "%s\n", sqlite3_column_text (stmt, 0));
  sqlite3_finalize (stmt);
  return body;
}

static void
push (CURL *curl, sqlite3 *db, guint n_lines, guint batch)
{
  for (guint from = 0; from < n_lines; from += batch)
    {
      g_autoptr (GString) body = read_batch (db, from, batch);

      curl_easy_setopt (curl, CURLOPT_POSTFIELDS, body->str);
      curl_easy_setopt (curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) body->len);
      g_assert_cmpint (curl_easy_perform (curl), ==, CURLE_OK);
      mark_sent (db, from, from + batch);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  g_autofree char *url = NULL;
  g_auto (GStrv) lines = NULL;
  struct curl_slist *headers = curl_slist_append (NULL, "Expect:");
  guint batch;
  guint n_lines;
  guint16 port;
  int listener;
  CURL *curl;
  sqlite3 *db;
  gint64 start_us;

  g_assert_cmpint (argc, ==, 4);
  g_assert_true (g_file_get_contents (argv[2], &text, NULL, NULL));
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  n_lines = g_strv_length (lines);
  batch = (guint) strtoul (argv[3], NULL, 10);
  listener = listen_somewhere (&port);
  if (fork () == 0)
    serve (listener, argv[1]);
  db = fill_client (argv[1], lines, n_lines);
  url = g_strdup_printf ("http://127.0.0.1:%u/", port);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  curl = curl_easy_init ();
  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, swallow);
  start_us = g_get_monotonic_time ();
  push (curl, db, n_lines, batch);
  g_print ("%.0f\n", n_lines / ((g_get_monotonic_time () - start_us) / 1e6));
  curl_easy_cleanup (curl);
  curl_slist_free_all (headers);
  sqlite3_close (db);
  return 0;
}
