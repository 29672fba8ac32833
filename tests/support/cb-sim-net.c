/* SPDX-License-Identifier: Apache-2.0 */

/* The network and the service behind it. A request arrives later, twice, never, or after a younger
 * one; so does its answer, which may also be cut. Nothing here knows what it carries, but for the
 * poison: some operations come in spoilt, each time. */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-sim-private.h"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "engine/cb-exchange.h"
#include "engine/cb-transport-error.h"
#include "service/cb-admission.h"
#include "service/cb-inflate.h"
#include "service/cb-place.h"
#include "wire/cb-lines.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

#define MILLISECOND G_GINT64_CONSTANT (1000)
#define SECOND G_GINT64_CONSTANT (1000000)
#define BODY_LIMIT (1 << 20)

/* --- a request on its way --- */

typedef struct
{
  CbSim *sim;
  CbSimTill *till;
  CbRequest *request;
  GTask *task;    /* NULL: nobody waits for the answer */
  CbReply *reply; /* once there is one */
  GError *error;
  guint timer;
} Flight;

typedef struct
{
  CbReply *reply;
  GError *error;
} Landing;

static void
landing_free (gpointer data)
{
  Landing *landing = data;

  g_clear_pointer (&landing->reply, cb_reply_free);
  g_clear_error (&landing->error);
  g_free (landing);
}

static void
land (Flight *flight, CbReply *reply, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&flight->task);
  Landing *landing = NULL;

  if (task == NULL)
    {
      g_clear_pointer (&reply, cb_reply_free);
      g_clear_error (&error);
      return;
    }
  landing = g_new0 (Landing, 1);
  landing->reply = reply;
  landing->error = error;
  g_task_return_pointer (task, landing, landing_free);
}

static void
flight_free (Flight *flight)
{
  CbTimers timers = cb_virtual_time_get_timers (flight->sim->time);

  if (flight->timer != 0)
    timers.remove (timers.data, flight->timer);
  g_clear_object (&flight->task);
  g_clear_pointer (&flight->request, cb_request_unref);
  g_clear_pointer (&flight->reply, cb_reply_free);
  g_clear_error (&flight->error);
  g_free (flight);
}

static void
end_flight (Flight *flight)
{
  g_ptr_array_remove_fast (flight->sim->flights, flight);
}

static void
wait_for (Flight *flight, gint64 delay_us, CbTimerFunc func)
{
  CbTimers timers = cb_virtual_time_get_timers (flight->sim->time);

  flight->timer = timers.add (timers.data, delay_us, func, flight);
}

/* --- the service's door, without a socket --- */

static char *
find_header (const CbRequest *request, const char *name)
{
  const gsize length = strlen (name);

  for (guint i = 0; i < request->headers->len; i++)
    {
      const char *line = g_ptr_array_index (request->headers, i);

      if (g_str_has_prefix (line, name) && line[length] == ':')
        return g_strdup (line + length + 2);
    }
  return NULL;
}

static void
set_body (CbReply *reply, GString *text)
{
  g_bytes_unref (reply->body);
  reply->body = g_string_free_to_bytes (text);
}

static void
set_object (CbReply *reply, JsonObject *object)
{
  g_autofree char *line = cb_json_to_line (object);

  set_body (reply, g_string_new (line));
  json_object_put (object);
}

static guint
give_token (CbSim *sim, const char *terminal, const CbRequest *request, CbReply *reply)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (request->body, &length);
  g_autoptr (JsonObject) asked = cb_json_parse (text, length, BODY_LIMIT, NULL);
  const char *nonce = cb_json_get_string (asked, "nonce");
  const char *signature = cb_json_get_string (asked, "signature");
  JsonObject *object = json_object_new_object ();
  g_autofree char *given = NULL;
  g_autofree guchar *bytes = NULL;
  g_auto (CbTerminalRow) row = { 0 };
  gsize n_bytes = 0;

  if (nonce == NULL)
    {
      given = cb_admission_make_nonce (sim->service, terminal);
      cb_json_set_string (object, "nonce", given);
      set_object (reply, object);
      return 200;
    }
  bytes = g_base64_decode (signature, &n_bytes);
  g_assert_cmpuint (n_bytes, ==, crypto_sign_BYTES);
  if (cb_admission_make_token (sim->service, terminal, nonce, bytes, &row, &given, NULL) !=
      CB_ADMISSION_GRANTED)
    {
      json_object_put (object);
      return 401;
    }
  cb_json_set_string (object, "token", given);
  cb_json_set_int (object, "expires_s", CB_TOKEN_LIFE_US / SECOND);
  set_object (reply, object);
  return 200;
}

static guint
give_config (CbSim *sim, CbReply *reply)
{
  const gint64 now_us = cb_clock_get_now_us (cb_service_get_clock (sim->service));
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / SECOND);
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  GString *text = g_string_new (NULL);

  g_string_printf (text,
                   "{\"limits\":{\"max_ops\":500,\"max_bytes\":1048576,\"max_op_bytes\":65536},"
                   "\"schema\":{\"min\":1,\"max\":1},\"time\":\"%s\",\"poll_s\":60}",
                   time);
  set_body (reply, text);
  return 200;
}

/* --- mistakes in what the service is told --- */

/* Has something newer come from that terminal? Then this counts as known. */
static gboolean
is_below_watermark (CbSim *sim, const char *terminal, JsonObject *operation)
{
  const gint64 seq = cb_json_get_int (operation, "seq", 0);
  const gint64 newest = (gint64) GPOINTER_TO_SIZE (g_hash_table_lookup (sim->newest, terminal));

  if (seq <= newest)
    return TRUE;
  g_hash_table_insert (sim->newest, g_strdup (terminal), GSIZE_TO_POINTER ((gsize) seq));
  return FALSE;
}

static char *
format_wall (gint64 at_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (at_us / SECOND);

  return g_date_time_format (at, "%Y-%m-%dT%H:%M:%S");
}

void
cb_sim_net_note_yes (CbSimTill *till, const char *key)
{
  g_hash_table_insert (till->sim->yeses, g_strdup_printf ("%u/%s", till->index, key),
                       format_wall (cb_clock_get_now_us (till->clock)));
}

gboolean
cb_sim_net_is_later (CbSimTill *till, const char *key)
{
  g_autofree char *own = g_strdup_printf ("%u/%s", till->index, key);
  const char *yes = g_hash_table_lookup (till->sim->yeses, own);
  const char *end = g_hash_table_lookup (till->sim->ends, key);

  return yes != NULL && end != NULL && strncmp (yes, end, strlen (yes)) > 0;
}

/* A yes that by its terminal's clock is later than the newest end is made to name it. */
static void
let_clock_decide (CbSim *sim, JsonObject *operation)
{
  JsonObject *body = cb_json_get_object (operation, "body");
  const char *act = cb_json_get_string (operation, "act");
  const char *wall = cb_json_get_string (cb_json_get_object (operation, "at"), "wall");
  g_autofree char *key = g_strconcat (cb_json_get_string (operation, "customer"), "/",
                                      cb_json_get_string (body, "purpose"), NULL);
  const char *end = g_hash_table_lookup (sim->ends, key);
  const gsize length = strlen (wall);

  if (g_strcmp0 (act, "withdraw") == 0)
    g_hash_table_insert (sim->ends, g_strdup (key),
                         g_strconcat (wall, " ", cb_json_get_string (operation, "op"), NULL));
  else if (g_strcmp0 (act, "grant") == 0 && end != NULL && strncmp (wall, end, length) > 0)
    cb_json_set_string (body, "saw", end + length + 1);
}

static gboolean
misreads (CbSim *sim)
{
  return sim->mutant == CB_SIM_WATERMARK || sim->mutant == CB_SIM_CLIENT_CLOCK;
}

static void
misread (CbSim *sim, const char *terminal, JsonObject *operation, GString *into, GString *known)
{
  g_autofree char *line = NULL;

  if (sim->mutant == CB_SIM_WATERMARK && is_below_watermark (sim, terminal, operation))
    {
      g_string_append_printf (known,
                              "{\"op\":\"%s\",\"st\":\"duplicate\",\"was\":\"applied\",\"n\":1}\n",
                              cb_json_get_string (operation, "op"));
      return;
    }
  if (sim->mutant == CB_SIM_CLIENT_CLOCK)
    let_clock_decide (sim, operation);
  line = cb_json_to_line (operation);
  g_string_append_printf (into, "%s\n", g_strchomp (line));
}

/* --- the lines of a push --- */

static gboolean
is_spoilt (CbSim *sim, JsonObject *operation)
{
  const char *id = cb_json_get_string (operation, "op");
  const gboolean is_record = g_strcmp0 (cb_json_get_string (operation, "act"), "put") == 0;

  if (is_record && sim->is_lying && cb_sim_chance (sim, sim->poison) &&
      g_hash_table_add (sim->poisoned, g_strdup (id)))
    cb_sim_tally.n_poisoned++;
  return g_hash_table_contains (sim->poisoned, id);
}

/* Some operations are spoilt on the way, each of them every time. */
static gboolean
copy_line (CbSim *sim, const char *terminal, GBytes *line, GString *into, GString *known)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (line, &length);
  g_autoptr (JsonObject) operation = cb_json_parse (text, length, BODY_LIMIT, NULL);

  if (is_spoilt (sim, operation))
    {
      g_string_append_printf (into, "{\"op\":\"%s\",\"nothing\":1}\n",
                              cb_json_get_string (operation, "op"));
      return TRUE;
    }
  if (misreads (sim))
    misread (sim, terminal, operation, into, known);
  else
    g_string_append_printf (into, "%.*s\n", (int) length, text);
  return FALSE;
}

/* What counts as known is answered in `known`. */
static GBytes *
read_lines (CbSim *sim,
            const char *terminal,
            const CbRequest *request,
            GString *known,
            gboolean *has_spoilt)
{
  g_autofree char *encoding = find_header (request, "Content-Encoding");
  g_autoptr (GBytes) plain =
    encoding != NULL ? cb_inflate (request->body, BODY_LIMIT, NULL) : g_bytes_ref (request->body);
  g_autoptr (GPtrArray) lines = cb_lines_split (plain, 500, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    if (copy_line (sim, terminal, lines->pdata[i], text, known))
      *has_spoilt = TRUE;
  return g_string_free_to_bytes (text);
}

static guint
take_push (CbSim *sim, CbTerminalRow *terminal, const CbRequest *request, CbReply *reply)
{
  gboolean has_spoilt = FALSE;
  guint n_ops = 0;
  GString *text = g_string_new (NULL);
  g_autoptr (GBytes) body = read_lines (sim, terminal->id, request, text, &has_spoilt);
  g_autoptr (GError) error = NULL;

  if (sim->mutant == CB_SIM_BATCH_FAILS && has_spoilt)
    {
      g_string_free (text, TRUE);
      return 503;
    }
  cb_service_push (sim->service, terminal, body, text, &n_ops, &error);
  g_assert_no_error (error);
  if (sim->mutant == CB_SIM_NO_DEDUPLICATION)
    cb_sim_service_edit (sim, "DELETE FROM applied");
  set_body (reply, text);
  return 200;
}

typedef CbTold (*TellFunc) (CbService *service,
                            const CbTerminalRow *terminal,
                            const char *cursor,
                            GString *reply,
                            GError **error);

static guint
tell (CbSim *sim, TellFunc func, const CbTerminalRow *terminal, const char *url, CbReply *reply)
{
  const char *cursor = strstr (url, "cursor=");
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const CbTold told =
    func (sim->service, terminal, cursor != NULL ? cursor + 7 : NULL, text, &error);

  g_assert_no_error (error);
  set_body (reply, text);
  return told == CB_TOLD ? 200 : 410;
}

static void
read_own (CbSim *sim, const char *url, CbSpans *own)
{
  const char *said = strstr (url, "own=");
  g_autofree char *text =
    said != NULL ? g_strndup (said + 4, strcspn (said + 4, "&")) : g_strdup ("");

  g_assert_true (*text == '\0' || cb_spans_parse (own, text));
  /* The mistake: whoever has the terminal's name knows all that was sent under it. */
  if (sim->mutant == CB_SIM_OLD_NAME)
    *own = (CbSpans){ .spans = { { 1, G_MAXINT64 - 1 } }, .n_spans = 1 };
}

static guint
answer_terminal (CbSim *sim, const CbRequest *request, CbReply *reply)
{
  g_autofree char *header = find_header (request, "Authorization");
  g_autofree char *incarnation = find_header (request, "Counterbook-Incarnation");
  g_auto (CbTerminalRow) terminal = { 0 };
  const CbAdmission admission =
    header == NULL
      ? CB_ADMISSION_TOKEN
      : cb_admission_check_token (sim->service, header + strlen ("Bearer "), &terminal, NULL);

  if (admission != CB_ADMISSION_GRANTED)
    return admission == CB_ADMISSION_REVOKED ? 403 : 401;
  if (incarnation != NULL)
    g_strlcpy (terminal.incarnation, incarnation, sizeof terminal.incarnation);
  if (strstr (request->url, "/v1/sync/config") != NULL)
    return give_config (sim, reply);
  if (strstr (request->url, "/v1/sync/push") != NULL)
    return take_push (sim, &terminal, request, reply);
  if (strstr (request->url, "/v1/sync/changes") != NULL)
    return tell (sim, cb_service_tell_changes, &terminal, request->url, reply);
  read_own (sim, request->url, &terminal.own);
  if (strstr (request->url, "/v1/sync/records") != NULL)
    return tell (sim, cb_service_tell_records, &terminal, request->url, reply);
  return 404;
}

static void
trace_answer (CbSim *sim, const CbRequest *request, const CbReply *reply)
{
  const char *path = strstr (request->url, "/v1/");
  gsize length = 0;
  const char *body = g_bytes_get_data (reply->body, &length);

  cb_sim_trace (sim, "%s: %u %.*s", path, reply->status, (int) MIN (length, 4000), body);
}

/* NULL when the service is down. */
static CbReply *
serve (CbSim *sim, const CbRequest *request)
{
  const char *place = strstr (request->url, "/v1/terminals/");
  CbReply *reply = NULL;

  if (sim->service == NULL)
    return NULL;
  reply = cb_reply_new ();
  reply->epoch = g_strdup (cb_service_get_identity (sim->service)->epoch);
  reply->elapsed_us = 100 * MILLISECOND;
  if (place != NULL)
    {
      g_autofree char *terminal = g_strndup (place + strlen ("/v1/terminals/"), CB_ID_LENGTH);

      reply->status = give_token (sim, terminal, request, reply);
    }
  else
    reply->status = answer_terminal (sim, request, reply);
  trace_answer (sim, request, reply);
  return reply;
}

/* --- there and back --- */

static GError *
unreached (void)
{
  return g_error_new_literal (CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED, "simulated");
}

static void
on_back (gpointer data)
{
  Flight *flight = data;

  flight->timer = 0;
  land (flight, g_steal_pointer (&flight->reply), g_steal_pointer (&flight->error));
  end_flight (flight);
}

static void
come_back (Flight *flight, CbReply *reply, GError *error, gint64 delay_us)
{
  flight->reply = reply;
  flight->error = error;
  wait_for (flight, delay_us, on_back);
}

static GError *
error_from (const CbReply *reply)
{
  CbTransportError code = CB_TRANSPORT_ERROR_UNREACHED;
  const char *word = reply->status == 403 ? "terminal_revoked" : NULL;

  if (!cb_transport_error_from_status (reply->status, TRUE, word, &code))
    return NULL;
  return g_error_new (CB_TRANSPORT_ERROR, code, "simulated %u", reply->status);
}

/* What came before the cut is there. */
static void
cut (CbSim *sim, CbReply *reply)
{
  g_autoptr (GBytes) whole = reply->body;
  const gsize length = g_bytes_get_size (whole);
  const gsize left = length > 0 ? (gsize) g_rand_int_range (sim->random, 0, (gint32) length) : 0;

  reply->body = g_bytes_new_from_bytes (whole, 0, left);
}

static gint64
one_way (CbSim *sim)
{
  if (!sim->is_lying)
    return 20 * MILLISECOND;
  return cb_sim_chance (sim, 0.1) ? cb_sim_between (sim, SECOND, 15 * SECOND)
                                  : cb_sim_between (sim, MILLISECOND, 400 * MILLISECOND);
}

static void
on_there (gpointer data)
{
  Flight *flight = data;
  CbSim *sim = flight->sim;
  CbReply *reply = serve (sim, flight->request);
  GError *error = NULL;

  flight->timer = 0;
  if (reply == NULL || (sim->is_lying && cb_sim_chance (sim, sim->drop)))
    {
      cb_sim_tally.n_lost++;
      g_clear_pointer (&reply, cb_reply_free);
      come_back (flight, NULL, unreached (), 5 * SECOND);
      return;
    }
  error = error_from (reply);
  if (error == NULL && sim->is_lying && cb_sim_chance (sim, sim->drop))
    {
      cut (sim, reply);
      error = unreached ();
    }
  come_back (flight, reply, error, one_way (sim));
}

static Flight *
take_off (CbSimTill *till, CbRequest *request, GTask *task)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->sim = till->sim;
  flight->till = till;
  flight->request = cb_request_ref (request);
  flight->task = task;
  g_ptr_array_add (till->sim->flights, flight);
  return flight;
}

/* --- the sender --- */

#define SIM_TYPE_SENDER (sim_sender_get_type ())
G_DECLARE_FINAL_TYPE (SimSender, sim_sender, SIM, SENDER, GObject)

struct _SimSender
{
  GObject parent_instance;
  CbSimTill *till;
};

G_DEFINE_FINAL_TYPE (SimSender, sim_sender, G_TYPE_OBJECT)

static void
sim_sender_class_init (SimSenderClass *klass)
{
}

static void
sim_sender_init (SimSender *self)
{
}

GObject *
cb_sim_sender_new (CbSimTill *till)
{
  SimSender *self = g_object_new (SIM_TYPE_SENDER, NULL);

  self->till = till;
  return G_OBJECT (self);
}

static void
send_async (GObject *sender,
            CbRequest *request,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  CbSimTill *till = SIM_SENDER (sender)->till;
  CbSim *sim = till->sim;
  GTask *task = g_task_new (sender, cancellable, callback, user_data);
  Flight *flight = take_off (till, request, task);

  cb_sim_tally.n_requests++;
  if (sim->is_cut_off[till->index])
    {
      CbReply *reply = cb_reply_new ();

      reply->never_left = TRUE;
      come_back (flight, reply, unreached (), SECOND);
      return;
    }
  if (sim->is_lying && cb_sim_chance (sim, sim->doubling))
    {
      cb_sim_tally.n_doubled++;
      wait_for (take_off (till, request, NULL), one_way (sim) + one_way (sim), on_there);
    }
  if (sim->is_lying && cb_sim_chance (sim, sim->drop))
    {
      cb_sim_tally.n_lost++;
      come_back (flight, NULL, unreached (), 5 * SECOND);
      return;
    }
  wait_for (flight, one_way (sim), on_there);
}

static gboolean
send_finish (GObject *sender, GAsyncResult *result, CbReply **reply, GError **error)
{
  Landing *landing = g_task_propagate_pointer (G_TASK (result), error);
  gboolean is_good = FALSE;

  if (landing == NULL)
    return FALSE;
  *reply = g_steal_pointer (&landing->reply);
  is_good = landing->error == NULL;
  if (!is_good)
    g_propagate_error (error, g_steal_pointer (&landing->error));
  landing_free (landing);
  return is_good;
}

const CbSendPort cb_sim_send_port = {
  .send_async = send_async,
  .send_finish = send_finish,
};

/* The requests go on; only nobody hears what became of them. */
void
cb_sim_net_give_up (CbSim *self, CbSimTill *till)
{
  for (guint i = 0; i < self->flights->len; i++)
    {
      Flight *flight = g_ptr_array_index (self->flights, i);

      if (flight->till == till)
        land (flight, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "off"));
    }
}

void
cb_sim_net_clear (CbSim *self)
{
  g_ptr_array_set_size (self->flights, 0);
}

/* --- the service --- */

void
cb_sim_service_edit (CbSim *self, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (self->database, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

void
cb_sim_service_open (CbSim *self, gboolean is_restored)
{
  g_autofree char *address = g_strconcat ("sqlite:", self->database, NULL);
  g_auto (CbPlace) place = { 0 };
  g_autoptr (GError) error = NULL;
  CbStorage *storage = NULL;

  g_assert_null (cb_place_parse (&place, address, NULL));
  storage =
    is_restored ? cb_place_open_restored (&place, &error) : cb_place_open (&place, FALSE, &error);
  g_assert_no_error (error);
  self->service =
    cb_service_new (storage, place.path, cb_virtual_time_get_clock (self->time), &error);
  g_assert_no_error (error);
  if (self->flights == NULL)
    self->flights = g_ptr_array_new_with_free_func ((GDestroyNotify) flight_free);
}

/* In a folder that is not there yet. */
CbService *
cb_sim_make_service (const char *database, CbClock *clock)
{
  g_autofree char *address = g_strconcat ("sqlite:", database, NULL);
  g_auto (CbPlace) place = { 0 };
  g_autoptr (GError) error = NULL;
  CbService *service = NULL;

  g_assert_null (cb_place_parse (&place, address, NULL));
  g_mkdir_with_parents (place.path, 0700);
  g_rmdir (place.path);
  service = cb_service_new (cb_place_open (&place, TRUE, &error), place.path, clock, &error);
  g_assert_no_error (error);
  return service;
}

void
cb_sim_enrol (CbService *service, CbBook *book)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  g_autofree char *code = cb_admission_make_code (service, "Port Halden", NULL);
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (GBytes) chain_key =
    g_bytes_new (cb_service_get_identity (service)->chain_key, CB_CHAIN_KEY_BYTES);
  g_autoptr (CbEnrolment) enrolment = NULL;
  g_autoptr (GError) error = NULL;
  CbEnrolmentFields fields = { .service_url = "http://127.0.0.1:1", .store_name = "Port Halden" };

  crypto_sign_keypair (public_key, secret_key);
  secret = g_bytes_new (secret_key, sizeof secret_key);
  g_assert_cmpint (cb_admission_enrol (service, code, public_key, &terminal, &error), ==,
                   CB_ADMISSION_GRANTED);
  fields.terminal_id = terminal.id;
  fields.secret_key = secret;
  fields.chain_key = chain_key;
  enrolment = cb_enrolment_new (&fields);
  g_assert_true (cb_book_save_enrolment (book, enrolment, &error));
  g_assert_no_error (error);
}

void
cb_sim_service_close (CbSim *self)
{
  g_clear_pointer (&self->service, cb_service_free);
}
