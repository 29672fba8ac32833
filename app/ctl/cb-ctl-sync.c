/* SPDX-License-Identifier: Apache-2.0 */

/* enrol and sync: what needs the store's own thread, the engine and a main loop. The book is closed
 * meanwhile and opened again for what is told afterwards. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-output.h"
#include "engine/cb-engine.h"
#include "engine/cb-transport.h"
#include "store/cb-store.h"
#include "store/cb-wipe.h"
#include "vault/cb-seal.h"

#define CA_MAX (1024 * 1024)

/* --- a store, an engine and a loop --- */

typedef struct
{
  CbStore *store;
  CbTransport *transport;
  CbEngine *engine;
  GMainLoop *loop;
  GCancellable *cancellable;
  guint signals[2];
  gboolean is_done;
  GError *error;
} Session;

static gboolean
on_signal (gpointer data)
{
  Session *session = data;

  g_cancellable_cancel (session->cancellable);
  return G_SOURCE_CONTINUE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  Session *session = data;

  session->is_done = cb_store_open_finish (CB_STORE (source), result, &session->error);
  g_main_loop_quit (session->loop);
}

static void
session_start (Session *session, CbCtl *ctl)
{
  session->loop = g_main_loop_new (NULL, FALSE);
  session->cancellable = g_cancellable_new ();
  session->signals[0] = g_unix_signal_add (SIGINT, on_signal, session);
  session->signals[1] = g_unix_signal_add (SIGTERM, on_signal, session);
  session->store = cb_store_new (ctl->home, ctl->state_root, ctl->clock);
  session->transport = cb_transport_new (NULL);
  cb_store_open_async (session->store, NULL, on_opened, session);
  g_main_loop_run (session->loop);
}

static void
session_make_engine (Session *session, CbCtl *ctl)
{
  const CbEngineParts parts = {
    .outbox_port = &cb_outbox_port_store,
    .outbox = G_OBJECT (session->store),
    .send_port = &cb_transport_send_port,
    .sender = G_OBJECT (session->transport),
    .state = cb_store_get_sync_state (session->store),
    .clock = ctl->clock,
    .timers = cb_timers_system (),
    .random = cb_random_system (),
  };

  session->is_done = FALSE;
  session->engine = cb_engine_new (&parts);
}

/* The reverse of the start; what the outbox was asked to write is written before it closes. */
static void
session_end (Session *session)
{
  g_clear_object (&session->engine);
  cb_transport_close (session->transport);
  g_clear_object (&session->transport);
  cb_store_close (session->store);
  g_clear_object (&session->store);
  g_source_remove (session->signals[0]);
  g_source_remove (session->signals[1]);
  g_clear_object (&session->cancellable);
  g_main_loop_unref (session->loop);
}

/* --- enrol --- */

static char *
read_certificates (CbCtl *ctl, GError **error)
{
  const char *path = cb_ctl_get_option (ctl, "ca");
  char *pem = cb_files_read (path, CA_MAX, NULL, error);

  if (pem == NULL)
    {
      g_prefix_error_literal (error, "the file of --ca: ");
      return NULL;
    }
  if (strstr (pem, "-----BEGIN CERTIFICATE-----") != NULL && g_utf8_validate (pem, -1, NULL))
    return pem;
  g_free (pem);
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                       "the file of --ca holds no certificate in PEM");
  return NULL;
}

static gboolean
check_pins (const char *pins, GError **error)
{
  g_auto (GStrv) each = pins != NULL ? g_strsplit (pins, ";", -1) : NULL;

  for (guint i = 0; each != NULL && each[i] != NULL; i++)
    {
      gsize length = 0;
      g_autofree guchar *digest = g_str_has_prefix (each[i], "sha256//")
                                    ? g_base64_decode (each[i] + strlen ("sha256//"), &length)
                                    : NULL;

      if (length != 32)
        {
          g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE,
                               "--pin takes sha256//…, the digest of a key in base64");
          return FALSE;
        }
    }
  return TRUE;
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer data)
{
  Session *session = data;

  session->is_done = cb_engine_enrol_finish (CB_ENGINE (source), result, &session->error);
  g_main_loop_quit (session->loop);
}

static gboolean
enrol (CbCtl *ctl, const char *code, const char *ca, GError **error)
{
  Session session = { 0 };
  gboolean is_done;

  session_start (&session, ctl);
  if (session.is_done)
    {
      session_make_engine (&session, ctl);
      cb_engine_enrol_async (session.engine, cb_ctl_get_option (ctl, "service"), code, ca,
                             cb_ctl_get_option (ctl, "pin"), session.cancellable, on_enrolled,
                             &session);
      g_main_loop_run (session.loop);
    }
  is_done = session.is_done;
  session_end (&session);
  if (session.error != NULL)
    g_propagate_error (error, session.error);
  return is_done;
}

static gboolean
tell_enrolment (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (CbEnrolment) enrolment = NULL;
  const CbEnrolmentFields *fields;

  if (!cb_ctl_open_book (ctl, error))
    return FALSE;
  enrolment = cb_book_load_enrolment (ctl->book, error);
  if (enrolment == NULL)
    return FALSE;
  fields = cb_enrolment_peek (enrolment);
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "terminal", fields->terminal_id);
  cb_json_set_string (*answer, "store", fields->store_name);
  cb_json_set_string (*answer, "service", fields->service_url);
  return TRUE;
}

static gboolean
check_enrol (CbCtl *ctl, GError **error)
{
  g_autofree char *url = cb_transport_check_url (cb_ctl_get_option (ctl, "service"), error);

  return url != NULL && check_pins (cb_ctl_get_option (ctl, "pin"), error);
}

static gboolean
run_enrol (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autofree char *ca = NULL;
  gboolean is_done;
  char *code;

  if (cb_ctl_has_option (ctl, "ca"))
    {
      ca = read_certificates (ctl, error);
      if (ca == NULL)
        return FALSE;
    }
  code = cb_ctl_read_secret (error);
  if (code == NULL)
    return FALSE;
  cb_ctl_close_book (ctl);
  is_done = enrol (ctl, code, ca, error);
  cb_text_wipe (code);
  return is_done && tell_enrolment (ctl, answer, error);
}

/* --- sync --- */

static void
on_synced (GObject *source, GAsyncResult *result, gpointer data)
{
  Session *session = data;

  session->is_done = cb_engine_run_once_finish (CB_ENGINE (source), result, &session->error);
  g_main_loop_quit (session->loop);
}

/* Who waited a minute for another process in vain is told so. */
static void
explain_waiting (CbCtl *ctl, const char *store_id, GError **error)
{
  g_autofree char *path = g_build_filename (ctl->state_root, store_id, "sync.lock", NULL);
  g_autoptr (GError) local_error = NULL;
  int lock = cb_files_lock (path, TRUE, FALSE, &local_error);

  if (lock >= 0)
    close (lock);
  else if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY))
    g_prefix_error_literal (error, "another process is syncing this store: ");
}

/* The one sentence that whoever stands there needs. */
static void
explain_wipe (CbCtl *ctl, GError **error)
{
  if (cb_wipe_is_decided (ctl->home))
    g_prefix_error_literal (error, "the service had this terminal's store destroyed: ");
}

static gboolean
sync_once (CbCtl *ctl, const char *store_id, GError **error)
{
  Session session = { 0 };
  gboolean is_done;

  session_start (&session, ctl);
  if (session.is_done)
    {
      session_make_engine (&session, ctl);
      cb_engine_run_once_async (session.engine, session.cancellable, on_synced, &session);
      g_main_loop_run (session.loop);
    }
  is_done = session.is_done;
  session_end (&session);
  if (is_done)
    return TRUE;
  g_propagate_error (error, session.error);
  explain_waiting (ctl, store_id, error);
  explain_wipe (ctl, error);
  return FALSE;
}

static gboolean
run_sync (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autofree char *store_id = g_strdup (cb_book_get_store_id (ctl->book));
  guint n_before = 0;
  CbOutboxCounts after = { 0 };

  if (!cb_book_count_accepted (ctl->book, &n_before, error))
    return FALSE;
  cb_ctl_close_book (ctl);
  if (!sync_once (ctl, store_id, error) || !cb_ctl_open_book (ctl, error) ||
      !cb_book_count_outbox (ctl->book, &after, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_int (*answer, "sent", (gint64) after.accepted - (gint64) n_before);
  cb_json_set_int (*answer, "waiting", after.waiting);
  cb_json_set_int (*answer, "held", after.held);
  cb_json_set_int (*answer, "accepted", after.accepted);
  cb_json_set_int (*answer, "parked", after.parked);
  cb_ctl_set_time (*answer, "last_accepted", after.last_accepted_us);
  return TRUE;
}

/* --- the table --- */

static const CbCtlOption enrol_options[] = {
  { "service", "URL", "https; http on this machine alone", TRUE },
  { "code-stdin", NULL, "the one-time code on standard input", TRUE },
  { "ca", "FILE", "certificates to trust instead of the system's, in PEM" },
  { "pin", "sha256//…", "the service's key, or several with ; between them" },
  { NULL },
};

static const CbCtlOption sync_options[] = {
  { "once", NULL, "one whole cycle, which is what it does anyway" },
  { NULL },
};

const CbCtlCommand cb_ctl_sync_commands[] = {
  {
    .family = "enrol",
    .summary = "Make this terminal known to a service by a one-time code.",
    .options = enrol_options,
    .roles = CB_CTL_BY (ADMIN),
    .check = check_enrol,
    .run = run_enrol,
  },
  {
    .family = "sync",
    .summary = "Send everything that may leave, within a minute. It fails when the service is not "
               "reached, and nothing is lost.",
    .options = sync_options,
    .run = run_sync,
  },
  { NULL },
};
