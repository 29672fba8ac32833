/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-ack.h"

#include "base/cb-id.h"
#include "base/cb-json.h"
#include "wire/cb-codes.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"
#include "wire/cb-scan.h"

#include <sodium.h>
#include <string.h>

/* A conflict carries a record's body back, so an answer may be longer than an operation. */
#define LINE_LIMIT (2 * CB_LIMIT_OP_BYTES)

#define CODE_LIMIT 40

static const char *const states[] = {
  NULL, "applied", "duplicate", "merged", "conflict", "refused", "blocked", "gone", "retry",
};

CbAck *
cb_ack_new (CbAckState state, const char *op)
{
  CbAck *self = g_new0 (CbAck, 1);

  self->state = state;
  self->op = g_strdup (op);
  return self;
}

void
cb_ack_free (CbAck *self)
{
  if (self->body != NULL)
    sodium_memzero (self->body, strlen (self->body));
  g_free (self->body);
  g_free (self->op);
  g_free (self->version);
  g_free (self->code);
  g_free (self->by);
  g_free (self->customer);
  g_free (self);
}

const char *
cb_ack_state_to_id (CbAckState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (states), NULL);

  return states[state];
}

CbAckState
cb_ack_state_from_id (const char *id)
{
  for (guint i = 1; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (states[i], id) == 0)
      return (CbAckState) i;
  return CB_ACK_UNKNOWN;
}

/* Every text but the body is an id or a code, so nothing in it needs escaping. */
static void
write_word (GString *into, const char *member, const char *word)
{
  if (word != NULL)
    g_string_append_printf (into, ",\"%s\":\"%s\"", member, word);
}

void
cb_ack_write (const CbAck *self, GString *into)
{
  if (self->op != NULL)
    g_string_append_printf (into, "{\"op\":\"%s\"", self->op);
  else
    g_string_append_printf (into, "{\"op\":null,\"line\":%u", self->line);

  write_word (into, "st", cb_ack_state_to_id (self->state));
  write_word (into, "was", cb_ack_state_to_id (self->was));
  write_word (into, "code", self->code);
  write_word (into, "by", self->by);
  write_word (into, "customer", self->customer);
  if (self->n > 0)
    g_string_append_printf (into, ",\"n\":%" G_GINT64_FORMAT, self->n);
  write_word (into, "version", self->version);
  if (self->body != NULL)
    g_string_append_printf (into, ",\"body\":%s", self->body);
  if (self->state == CB_ACK_RETRY)
    g_string_append_printf (into, ",\"after_ms\":%" G_GINT64_FORMAT, self->after_ms);
  g_string_append (into, "}\n");
}

static CbAck *
fail (GError **error, const char *why)
{
  g_set_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID,
               "cannot read an acknowledgement: %s", why);
  return NULL;
}

static gboolean
is_id_or_absent (const char *id)
{
  return id == NULL || cb_id_is_valid (id);
}

/* The line, checked as a text that both ends read alike. */
static JsonObject *
parse_line (const char *line, gsize length)
{
  if (length > LINE_LIMIT || !cb_scan_object (line, length, NULL))
    return NULL;
  return cb_json_parse (line, length, LINE_LIMIT, NULL);
}

static gboolean
read_whose (CbAck *self, JsonObject *object)
{
  const gint64 line = cb_json_get_int (object, "line", 0);
  const char *op = cb_json_get_string (object, "op");

  if (op != NULL)
    self->op = g_strdup (op);
  else if (line > 0 && line <= G_MAXINT)
    self->line = (guint) line;
  return self->op != NULL ? cb_id_is_valid (self->op) : self->line > 0;
}

/* A code goes into the audit: a plain word, or none. */
static char *
dup_code (JsonObject *object)
{
  const char *code = cb_json_get_string (object, "code");

  if (code == NULL || *code == '\0' || strlen (code) > CODE_LIMIT ||
      code[strspn (code, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
    return NULL;
  return g_strdup (code);
}

static void
read_rest (CbAck *self, JsonObject *object, const char *line, gsize length)
{
  const char *body = NULL;
  gsize body_length = 0;

  self->was = cb_ack_state_from_id (cb_json_get_string (object, "was"));
  self->n = MAX (0, cb_json_get_int (object, "n", 0));
  self->after_ms = MAX (0, cb_json_get_int (object, "after_ms", 0));
  self->version = g_strdup (cb_json_get_string (object, "version"));
  self->by = g_strdup (cb_json_get_string (object, "by"));
  self->customer = g_strdup (cb_json_get_string (object, "customer"));
  self->code = dup_code (object);
  if (cb_scan_find (line, length, "body", &body, &body_length) && *body == '{')
    self->body = g_strndup (body, body_length);
}

CbAck *
cb_ack_parse (const char *line, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = parse_line (line, length);
  g_autoptr (CbAck) self = NULL;

  if (object == NULL)
    return fail (error, "it is no JSON object");
  if (cb_json_get_string (object, "st") == NULL)
    return fail (error, "it has no state");

  self = cb_ack_new (cb_ack_state_from_id (cb_json_get_string (object, "st")), NULL);
  if (!read_whose (self, object))
    return fail (error, "it names no operation");

  read_rest (self, object, line, length);
  if (!is_id_or_absent (self->version) || !is_id_or_absent (self->by) ||
      !is_id_or_absent (self->customer))
    return fail (error, "an id in it is none");
  return g_steal_pointer (&self);
}

/* --- a whole answer --- */

void
cb_ack_list_free (CbAckList *self)
{
  g_ptr_array_unref (self->acks);
  g_free (self);
}

/* TRUE when the line is a trailer, whether or not it counts right. */
static gboolean
read_trailer (CbAckList *self, const char *line, gsize length)
{
  g_autoptr (JsonObject) object = parse_line (line, length);
  gint64 end = -1;

  if (object == NULL || cb_json_get_string (object, "st") != NULL)
    return FALSE;
  end = cb_json_get_int (object, "end", -1);
  if (end < 0)
    return FALSE;

  self->is_complete = end == (gint64) self->acks->len;
  if (self->is_complete)
    self->head = MAX (0, cb_json_get_int (object, "head", 0));
  return TRUE;
}

CbAckList *
cb_ack_list_parse (GBytes *reply)
{
  CbAckList *self = g_new0 (CbAckList, 1);
  gsize length = 0;
  const char *bytes = g_bytes_get_data (reply, &length);
  const char *text = bytes != NULL ? bytes : ""; /* no bytes have no address */
  const char *end = text + length;
  const char *newline = NULL;

  self->acks = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_ack_free);

  /* A line that lacks its newline may have been cut. */
  while (text < end && (newline = memchr (text, '\n', (gsize) (end - text))) != NULL)
    {
      CbAck *ack = cb_ack_parse (text, (gsize) (newline - text), NULL);

      if (ack == NULL)
        {
          if (read_trailer (self, text, (gsize) (newline - text)) && newline + 1 != end)
            {
              self->is_complete = FALSE;
              self->head = 0;
            }
          break;
        }
      g_ptr_array_add (self->acks, ack);
      text = newline + 1;
    }
  return self;
}

void
cb_ack_list_write_trailer (guint n_acks, gint64 head, GString *into)
{
  g_string_append_printf (into, "{\"end\":%u,\"head\":%" G_GINT64_FORMAT "}\n", n_acks, head);
}
