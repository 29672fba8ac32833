/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-commands.h"

#include "service/cb-admission.h"
#include "service/cb-dump.h"
#include "service/cb-http.h"
#include "service/cb-ledger.h"

#include <glib-unix.h>
#include <sodium.h>
#include <stdio.h>

/* A dump is written in pieces of this size. */
#define PIECE_BYTES 65536

int
cb_command_fail (const GError *error)
{
  g_printerr ("counterbook-profiled: %s\n", error->message);
  return CB_EXIT_FAILED;
}

CbService *
cb_command_open (const CbPlace *place, gboolean create, GError **error)
{
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  CbStorage *storage = cb_place_open (place, create, error);

  return storage != NULL ? cb_service_new (storage, place->path, clock, error) : NULL;
}

/* --- serve --- */

static gboolean
on_stopped (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  CbHttp *http;
  GMainLoop *loop;
} Running;

static gboolean
on_signal (gpointer data)
{
  Running *running = data;

  cb_http_stop (running->http, on_stopped, running->loop);
  return G_SOURCE_REMOVE;
}

static void
run (CbHttp *http)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *uri = cb_http_dup_uri (http);
  Running running = { .http = http, .loop = loop };
  const guint term_id = g_unix_signal_add (SIGTERM, on_signal, &running);
  const guint int_id = g_unix_signal_add (SIGINT, on_signal, &running);

  printf ("listening on %s\n", uri);
  fflush (stdout);
  g_main_loop_run (loop);

  for (guint i = 0; i < 2; i++)
    {
      GSource *source = g_main_context_find_source_by_id (NULL, i == 0 ? term_id : int_id);

      if (source != NULL)
        g_source_destroy (source);
    }
}

int
cb_command_serve (const CbPlace *place, GSocketAddress *address, GTlsCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, TRUE, &error);
  g_autoptr (CbHttp) http = NULL;

  if (service == NULL)
    return cb_command_fail (error);
  http = cb_http_new (service);
  if (!cb_http_listen (http, address, certificate, &error))
    return cb_command_fail (error);

  run (http);
  g_clear_pointer (&http, cb_http_free);
  if (cb_service_wants_rewrite (service) && !cb_service_rewrite (service, &error))
    g_message ("deleted rows still stand in the files: %s", error->message);
  return CB_EXIT_DONE;
}

/* --- terminals --- */

int
cb_command_enrol (const CbPlace *place, const char *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, TRUE, &error);
  g_autofree char *code = NULL;

  if (service == NULL)
    return cb_command_fail (error);
  code = cb_admission_make_code (service, store, &error);
  if (code == NULL)
    return cb_command_fail (error);
  printf ("%s\n", code);
  return CB_EXIT_DONE;
}

int
cb_command_revoke (const CbPlace *place, const char *terminal, gboolean wants_wipe)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, FALSE, &error);

  if (service != NULL && (wants_wipe ? cb_admission_order_wipe (service, terminal, &error)
                                     : cb_admission_revoke (service, terminal, &error)))
    return CB_EXIT_DONE;
  if (error != NULL)
    return cb_command_fail (error);
  g_printerr ("counterbook-profiled: there is no such terminal\n");
  return CB_EXIT_FAILED;
}

static gboolean
on_terminal (const CbTerminalRow *row, gpointer data)
{
  const gint64 *head = data;
  g_autoptr (GDateTime) heard = g_date_time_new_from_unix_utc (row->heard_us / CB_US_PER_SECOND);
  g_autofree char *since = row->heard_us > 0 ? g_date_time_format (heard, "%FT%TZ") : NULL;

  printf ("%s\t%s\t%s\t%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "\t%s\n", row->id, row->store,
          row->wipe_us > 0  ? "to be wiped"
          : row->is_revoked ? "revoked"
                            : "in use",
          row->heard_n, *head, since != NULL ? since : "never");
  return TRUE;
}

int
cb_command_terminals (const CbPlace *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, FALSE, &error);
  CbStorage *storage = NULL;
  gint64 head = 0;

  if (service == NULL)
    return cb_command_fail (error);
  storage = cb_service_get_storage (service);
  if (!cb_service_read_head (service, &head, &error) ||
      !storage->methods->walk_terminals (storage, on_terminal, &head, &error))
    return cb_command_fail (error);
  return CB_EXIT_DONE;
}

/* --- decisions --- */

/* What was deleted leaves the files too; beside a live service that service does it. */
static int
settle (CbService *service)
{
  g_autoptr (GError) error = NULL;

  if (!cb_service_rewrite (service, &error))
    g_message ("deleted rows still stand in the files: %s", error->message);
  return CB_EXIT_DONE;
}

int
cb_command_erase (const CbPlace *place, const char *customer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, FALSE, &error);

  if (service == NULL || !cb_service_erase (service, customer, &error))
    return cb_command_fail (error);
  return settle (service);
}

int
cb_command_withdraw (const CbPlace *place,
                     const char *customer,
                     const char *purpose,
                     const char *channel)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, FALSE, &error);

  if (service == NULL || !cb_service_withdraw (service, customer, purpose, channel, &error))
    return cb_command_fail (error);
  return settle (service);
}

/* --- restored --- */

int
cb_command_restored (const CbPlace *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  g_autoptr (CbService) service = NULL;
  CbStorage *storage = cb_place_open_restored (place, &error);

  if (storage != NULL)
    service = cb_service_new (storage, place->path, clock, &error);
  if (service == NULL)
    return cb_command_fail (error);
  printf ("epoch: %s\n", cb_service_get_identity (service)->epoch);
  return settle (service);
}

/* --- dump --- */

typedef struct
{
  GString *text;
  gboolean is_good;
} Dump;

static gboolean
flush (Dump *dump)
{
  dump->is_good = fwrite (dump->text->str, 1, dump->text->len, stdout) == dump->text->len;
  sodium_memzero (dump->text->str, dump->text->len);
  g_string_truncate (dump->text, 0);
  return dump->is_good;
}

static gboolean
on_record (const CbRecordRow *row, gpointer data)
{
  Dump *dump = data;

  cb_dump_record (row, dump->text);
  return dump->text->len < PIECE_BYTES || flush (dump);
}

static gboolean
on_answer (const CbAnswerRow *row, gpointer data)
{
  Dump *dump = data;

  cb_dump_answer (row, dump->text);
  return dump->text->len < PIECE_BYTES || flush (dump);
}

int
cb_command_dump (const CbPlace *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, FALSE, &error);
  Dump dump = { .is_good = TRUE };
  CbStorage *storage = NULL;

  if (service == NULL)
    return cb_command_fail (error);
  storage = cb_service_get_storage (service);
  dump.text = g_string_new (NULL);
  if (storage->methods->walk (storage, on_record, on_answer, &dump, &error) && dump.is_good)
    flush (&dump);
  g_string_free (dump.text, TRUE);

  if (error != NULL)
    return cb_command_fail (error);
  if (dump.is_good && fflush (stdout) == 0)
    return CB_EXIT_DONE;
  g_printerr ("counterbook-profiled: the dump could not be written whole\n");
  return CB_EXIT_FAILED;
}

/* --- check --- */

static void
on_report (const char *line, gboolean is_problem, gpointer data)
{
  guint *n_problems = data;

  printf ("%s%s\n", is_problem ? "PROBLEM: " : "", line);
  if (is_problem)
    (*n_problems)++;
}

/* Opening has replayed the ledger and compared the epoch; what is left is what the rows say. */
int
cb_command_check (const CbPlace *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbService) service = cb_command_open (place, FALSE, &error);
  CbStorage *storage = NULL;
  guint n_problems = 0;

  if (service == NULL)
    return cb_command_fail (error);
  storage = cb_service_get_storage (service);
  printf ("epoch: %s\n", cb_service_get_identity (service)->epoch);
  if (!storage->methods->inspect (storage, on_report, &n_problems, &error))
    return cb_command_fail (error);

  printf ("%s\n", n_problems == 0 ? "all is well" : "not all is well");
  return n_problems == 0 ? CB_EXIT_DONE : CB_EXIT_FAILED;
}
