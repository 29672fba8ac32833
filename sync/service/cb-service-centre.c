/* SPDX-License-Identifier: Apache-2.0 */

/* What goes out from the centre: the pages that terminals ask for, and what is decided here on a
 * customer's word. A decision is an operation like a terminal's, so that one set of rules applies
 * it. */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-service.h"

#include "base/cb-json.h"
#include "service/cb-cursor.h"
#include "service/cb-judge.h"
#include "wire/cb-ack.h"
#include "wire/cb-changes.h"
#include "wire/cb-codes.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"

#include <sodium.h>
#include <string.h>

/* --- telling --- */

static void
write_rows (GPtrArray *rows, GString *reply)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const CbChangeRow *row = rows->pdata[i];

      if (row->purpose == NULL)
        cb_changes_write_erased (row->n, row->customer, reply);
      else
        cb_changes_write_withdrawn (row->n, row->customer, row->purpose, row->channel,
                                    row->withdrawal, reply);
    }
}

/* A page that is not full is the end: the cursor passes over what concerns others. */
static void
write_page (CbService *self, GPtrArray *rows, gint64 head, GString *reply)
{
  const gboolean is_full = rows->len == CB_LIMIT_CHANGES;
  const CbChangeRow *last = is_full ? rows->pdata[rows->len - 1] : NULL;
  g_autofree char *cursor =
    cb_cursor_make (cb_service_get_identity (self), last != NULL ? last->n : head);

  write_rows (rows, reply);
  cb_changes_write_trailer (cursor, is_full, head, reply);
}

static gboolean
look_for_arrived (CbService *self,
                  const CbTerminalRow *terminal,
                  gint64 after,
                  gboolean *has_arrived,
                  GError **error)
{
  CbStorage *storage = cb_service_get_storage (self);
  gint64 head = 0;
  g_autoptr (GPtrArray) arrived =
    storage->methods->list_arrived (storage, terminal, after, 1, &head, error);

  *has_arrived = arrived != NULL && arrived->len > 0;
  return arrived != NULL;
}

CbTold
cb_service_tell_waiting (CbService *self,
                         const CbTerminalRow *terminal,
                         const char *cursor,
                         CbNewsFound *found,
                         GString *reply,
                         GError **error)
{
  CbStorage *storage = cb_service_get_storage (self);
  g_autoptr (GPtrArray) rows = NULL;
  gboolean is_behind = FALSE;
  gboolean has_arrived = FALSE;
  gint64 after = 0;
  gint64 head = 0;

  if (cursor != NULL &&
      cb_cursor_read (cursor, cb_service_get_identity (self), &after) != CB_CURSOR_GOOD)
    return CB_TOLD_OF_OTHERS;
  rows =
    storage->methods->list_changes (storage, terminal->id, after, CB_LIMIT_CHANGES, &head, error);
  if (rows == NULL)
    return CB_TOLD_NOTHING;
  if (after > head)
    {
      g_critical (
        "a terminal was told more than this database knows: it is older than it was;"
        " stop every service on it and run counterbook-profiled restored");
      return CB_TOLD_AHEAD;
    }
  if (!storage->methods->note_heard (storage, terminal, after,
                                     cb_clock_get_now_us (cb_service_get_clock (self)),
                                     cursor != NULL ? &is_behind : NULL, error))
    return CB_TOLD_NOTHING;
  if (is_behind)
    {
      g_message (
        "a terminal asks for what it said it had kept: it was put back, or stands twice;"
        " it begins anew (%s)",
        terminal->id);
      return CB_TOLD_BEHIND;
    }

  if (found != NULL && !look_for_arrived (self, terminal, after, &has_arrived, error))
    return CB_TOLD_NOTHING;

  write_page (self, rows, head, reply);
  if (has_arrived)
    cb_changes_mark_arrived (reply);
  if (found != NULL)
    *found = (CbNewsFound){ .has_any = rows->len > 0 || has_arrived, .head = head };
  return CB_TOLD;
}

CbTold
cb_service_tell_changes (CbService *self,
                         const CbTerminalRow *terminal,
                         const char *cursor,
                         GString *reply,
                         GError **error)
{
  return cb_service_tell_waiting (self, terminal, cursor, NULL, reply, error);
}

/* What a page says of it, for no page may be told more than is told. */
gboolean
cb_service_read_head (CbService *self, gint64 *head, GError **error)
{
  CbStorage *storage = cb_service_get_storage (self);
  g_autoptr (GPtrArray) rows = storage->methods->list_changes (storage, "", 0, 1, head, error);

  return rows != NULL;
}

/* --- deciding --- */

static char *
format_now (CbService *self)
{
  const gint64 now_us = cb_clock_get_now_us (cb_service_get_clock (self));
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}

static JsonObject *
make_operation (CbService *self, const char *key, const char *customer)
{
  JsonObject *operation = json_object_new_object ();
  JsonObject *at = json_object_new_object ();
  g_autofree char *op = cb_id_new ();
  g_autofree char *now = format_now (self);

  cb_json_set_string (operation, "op", op);
  cb_json_set_int (operation, "seq", 0);
  cb_json_set_string (operation, "key", key);
  cb_json_set_string (operation, "customer", customer);
  cb_json_set_string (operation, "base", NULL);
  cb_json_set_int (operation, "schema", CB_SCHEMA_MAX);
  cb_json_set_string (operation, "scope", NULL);
  cb_json_set_string (operation, "basis", NULL);
  cb_json_set_string (operation, "by", "system");
  cb_json_set_string (at, "wall", now);
  cb_json_set_string (at, "boot", NULL);
  cb_json_set_int (at, "mono", 0);
  cb_json_set_string (at, "tz", "UTC");
  json_object_object_add (operation, "at", at);
  return operation;
}

/* Lines as the batch of a terminal that stands in no shop. NULL when none was applied. */
static CbAckList *
decide_lines (CbService *self, const GString *lines, GError **error)
{
  static char nowhere[] = "";
  const CbTerminalRow centre = { .store = nowhere };
  g_autoptr (GBytes) body = g_bytes_new (lines->str, lines->len);
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GBytes) answer = NULL;
  guint n_ops = 0;

  if (!cb_service_push (self, &centre, body, reply, &n_ops, error))
    return NULL;
  answer = g_bytes_new (reply->str, reply->len);
  return cb_ack_list_parse (answer);
}

static gboolean
decide (CbService *self, JsonObject *operation, GError **error)
{
  g_autofree char *line = cb_json_to_line (operation);
  g_autoptr (GString) lines = g_string_new (line);
  g_autoptr (CbAckList) acks = decide_lines (self, lines, error);
  const CbAck *ack = NULL;

  if (acks == NULL)
    return FALSE;
  ack = acks->is_complete && acks->acks->len == 1 ? acks->acks->pdata[0] : NULL;
  if (ack != NULL && (ack->state == CB_ACK_APPLIED || ack->state == CB_ACK_GONE))
    return TRUE;
  g_set_error_literal (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID,
                       "no customer's id, or no purpose and channel");
  return FALSE;
}

gboolean
cb_service_erase (CbService *self, const char *customer, GError **error)
{
  g_autofree char *key = g_strconcat ("customer/", customer, NULL);
  g_autoptr (JsonObject) operation = make_operation (self, key, customer);
  JsonObject *body = json_object_new_object ();

  cb_json_set_string (operation, "kind", "erase");
  cb_json_set_string (operation, "act", "erase");
  cb_json_set_string (body, "reason", "request");
  json_object_object_add (operation, "body", body);
  return decide (self, operation, error);
}

static JsonObject *
make_withdrawal (CbService *self, const char *customer, const char *purpose, const char *channel)
{
  g_autofree char *key = g_strconcat ("consent/", customer, "/", purpose, "/",
                                      channel != NULL ? channel : CB_CHANNEL_ANY, NULL);
  JsonObject *operation = make_operation (self, key, customer);
  JsonObject *body = json_object_new_object ();

  cb_json_set_string (operation, "kind", "consent");
  cb_json_set_string (operation, "act", "withdraw");
  cb_json_set_string (body, "purpose", purpose);
  cb_json_set_string (body, "channel", channel);
  json_object_object_add (operation, "body", body);
  return operation;
}

gboolean
cb_service_withdraw (CbService *self,
                     const char *customer,
                     const char *purpose,
                     const char *channel,
                     GError **error)
{
  g_autoptr (JsonObject) operation = make_withdrawal (self, customer, purpose, channel);

  return decide (self, operation, error);
}

/* --- a no from elsewhere --- */

static const char *const outreach[] = { "news", "invitations", NULL };

/* One no may end several yeses, each by an operation of its own: the same ones when it comes again.
 */
static char *
derive_op (const CbOptOut *no, const char *purpose)
{
  g_autofree char *text =
    g_strjoin ("\n", no->op, purpose, no->channel != NULL ? no->channel : CB_CHANNEL_ANY, NULL);
  guint8 hash[CB_ID_LENGTH / 2];
  char *op = g_malloc (CB_ID_LENGTH + 1);

  crypto_generichash (hash, sizeof hash, (const guchar *) text, strlen (text), NULL, 0);
  return sodium_bin2hex (op, CB_ID_LENGTH + 1, hash, sizeof hash);
}

static void
write_no (CbService *self,
          const char *customer,
          const char *purpose,
          const CbOptOut *no,
          GString *lines)
{
  g_autoptr (JsonObject) operation = make_withdrawal (self, customer, purpose, no->channel);
  g_autofree char *op = derive_op (no, purpose);
  g_autofree char *line = NULL;

  cb_json_set_string (operation, "op", op);
  cb_json_set_string (cb_json_get_object (operation, "at"), "wall", no->at);
  line = cb_json_to_line (operation);
  g_string_append_printf (lines, "%s\n", line);
}

static gboolean
is_opt_out (const CbOptOut *no)
{
  const char *purpose = no->purpose != NULL ? no->purpose : outreach[0];
  const char *channel = no->channel != NULL ? no->channel : CB_CHANNEL_ANY;

  return no->op != NULL && cb_id_is_valid (no->op) && cb_judge_read_time (no->at) > 0 &&
         cb_judge_is_told (purpose) && cb_codes_purpose_takes_channel (purpose, channel);
}

static CbOptOutEnd
read_end (const CbAckList *acks, GError **error)
{
  for (guint i = 0; i < acks->acks->len; i++)
    {
      const CbAck *ack = acks->acks->pdata[i];

      if (ack->state == CB_ACK_GONE)
        return CB_OPT_OUT_GONE;
      if (g_strcmp0 (ack->code, CB_CODE_ID_REUSE) == 0)
        return CB_OPT_OUT_ID_USED;
      if (ack->state != CB_ACK_APPLIED && ack->state != CB_ACK_DUPLICATE)
        {
          g_set_error_literal (error, CB_STORAGE_ERROR, CB_STORAGE_ERROR_AGAIN,
                               "the database stumbled over a withdrawal");
          return CB_OPT_OUT_FAILED;
        }
    }
  return CB_OPT_OUT_DONE;
}

CbOptOutEnd
cb_service_opt_out (CbService *self, const char *customer, const CbOptOut *no, GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (CbAckList) acks = NULL;

  if (!is_opt_out (no))
    {
      g_set_error_literal (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID,
                           "an id, a time, and a purpose and channel that go together");
      return CB_OPT_OUT_FAILED;
    }
  for (guint i = 0; no->purpose == NULL && outreach[i] != NULL; i++)
    write_no (self, customer, outreach[i], no, lines);
  if (no->purpose != NULL)
    write_no (self, customer, no->purpose, no, lines);
  acks = decide_lines (self, lines, error);
  return acks != NULL ? read_end (acks, error) : CB_OPT_OUT_FAILED;
}
