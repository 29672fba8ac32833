/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-fuzz.h"

#include "base/cb-id.h"
#include "base/cb-json.h"
#include "engine/cb-calls.h"
#include "engine/cb-wiped-buffer.h"
#include "service/cb-inflate.h"
#include "wire/cb-ack.h"
#include "wire/cb-changes.h"
#include "wire/cb-envelope.h"
#include "wire/cb-limits.h"
#include "wire/cb-lines.h"
#include "wire/cb-records.h"
#include "wire/cb-spans.h"

#include <string.h>

/* Of an acknowledgement that was read, what is written says the same. */
static void
check_ack (const CbAck *ack)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GString) again = g_string_new (NULL);
  g_autoptr (CbAck) read = NULL;

  g_assert (ack->op != NULL || ack->line > 0);
  g_assert (ack->op == NULL || cb_id_is_valid (ack->op));
  if (cb_ack_state_to_id (ack->state) == NULL)
    return;
  cb_ack_write (ack, line);
  g_assert (line->len > 0 && line->str[line->len - 1] == '\n');
  g_assert (memchr (line->str, '\n', line->len) == line->str + line->len - 1);
  read = cb_ack_parse (line->str, line->len - 1, NULL);
  g_assert (read != NULL && read->state == ack->state);
  g_assert (g_strcmp0 (read->op, ack->op) == 0);
  cb_ack_write (read, again);
  g_assert (g_string_equal (line, again));
}

void
cb_fuzz_acks (const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) reply = g_bytes_new (bytes, length);
  g_autoptr (CbAckList) list = cb_ack_list_parse (reply);

  g_assert (list != NULL);
  g_assert (list->is_complete || list->head == 0);
  for (guint i = 0; i < list->acks->len; i++)
    check_ack (list->acks->pdata[i]);
}

/* What points into the line stays in it. */
static void
check_slice (GBytes *line, const char *slice, gsize length)
{
  gsize whole;
  const char *from = g_bytes_get_data (line, &whole);

  g_assert (slice >= from && slice + length <= from + whole);
  g_assert (g_utf8_validate_len (slice, length, NULL));
}

static void
check_operation (GBytes *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbEnvelope) envelope = cb_envelope_parse (line, &error);
  g_autofree char *op = cb_envelope_find_op (line);

  g_assert ((envelope == NULL) == (error != NULL));
  g_assert (op == NULL || cb_id_is_valid (op));
  if (envelope == NULL)
    return;
  g_assert (g_bytes_get_size (line) <= CB_LIMIT_OP_BYTES);
  g_assert (cb_id_is_valid (envelope->op) && cb_id_is_valid (envelope->customer));
  g_assert (g_strcmp0 (op, envelope->op) == 0);
  g_assert (envelope->kind != CB_KIND_CONSENT ||
            (envelope->purpose != NULL && envelope->channel != NULL));
  g_assert (envelope->act != CB_ACT_PUT || envelope->body != NULL);
  if (envelope->act == CB_ACT_PUT)
    check_slice (line, envelope->body, envelope->body_length);
  if (envelope->act == CB_ACT_GRANT && envelope->evidence != NULL)
    g_assert (g_utf8_validate_len (envelope->evidence, envelope->evidence_length, NULL));
}

void
cb_fuzz_operations (const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) body = g_bytes_new (bytes, length);
  g_autoptr (GPtrArray) lines = cb_lines_split (body, CB_LIMIT_OPS, NULL);

  for (guint i = 0; lines != NULL && i < lines->len; i++)
    check_operation (lines->pdata[i]);
}

/* A page is whole, its numbers rise, and its words can stand in an address and a statement. */
void
cb_fuzz_changes (const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) reply = g_bytes_new (bytes, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbChangesPage) page = cb_changes_page_parse (reply, &error);
  gint64 last = 0;

  g_assert ((page == NULL) == (error != NULL));
  if (page == NULL)
    return;
  g_assert (page->changes->len <= CB_LIMIT_CHANGES && strlen (page->cursor) <= CB_CURSOR_MAX);
  for (guint i = 0; i < page->changes->len; i++)
    {
      const CbIncoming *change = page->changes->pdata[i];

      g_assert (change->n > last && cb_id_is_valid (change->customer));
      g_assert (change->sort == CB_INCOMING_ERASED ||
                (change->purpose != NULL && change->channel != NULL &&
                 cb_id_is_valid (change->withdrawal)));
      last = change->n;
    }
}

/* Whatever is told of somebody has an id, a time and an object. */
void
cb_fuzz_records (const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) reply = g_bytes_new (bytes, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbRecordsPage) page = cb_records_page_parse (reply, &error);

  g_assert ((page == NULL) == (error != NULL));
  for (guint i = 0; page != NULL && i < page->arrivals->len; i++)
    {
      const CbArrival *arrival = page->arrivals->pdata[i];

      g_assert (cb_id_is_valid (arrival->customer));
      for (guint k = 0; k < arrival->yeses->len; k++)
        {
          const CbArrivedYes *yes = arrival->yeses->pdata[k];

          g_assert (cb_id_is_valid (yes->op) && yes->at_us > 0 && yes->evidence != NULL);
        }
      for (guint k = 0; k < arrival->records->len; k++)
        {
          const CbArrivedRecord *record = arrival->records->pdata[k];

          g_assert (cb_id_is_valid (record->id) && cb_id_is_valid (record->version) &&
                    record->n > 0 && record->at_us > 0 && record->body != NULL);
        }
    }
}

void
cb_fuzz_packed (const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) packed = g_bytes_new (bytes, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = cb_inflate (packed, CB_LIMIT_SMALL_BYTES, &error);

  g_assert ((body == NULL) == (error != NULL));
  g_assert (body == NULL || g_bytes_get_size (body) <= CB_LIMIT_SMALL_BYTES);
}

/* Every small document that a service sends; each reader gets the same bytes. */
void
cb_fuzz_replies (const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) reply = g_bytes_new (bytes, length);
  g_autoptr (CbEnrolled) enrolled = cb_calls_read_enrolled (reply, NULL);
  g_autofree char *nonce = cb_calls_read_nonce (reply, NULL);
  CbServiceLimits limits = { 0 };
  gint64 lasts_us = 0;
  char *token = cb_calls_read_token (reply, &lasts_us, NULL);

  if (enrolled != NULL)
    g_assert (*enrolled->terminal_id != '\0' && g_bytes_get_size (enrolled->chain_key) == 32);
  g_assert (token == NULL || lasts_us > 0);
  if (cb_calls_read_limits (reply, &limits, NULL))
    g_assert (limits.max_ops > 0 && limits.max_ops <= CB_LIMIT_OPS && limits.max_bytes > 0 &&
              limits.max_bytes <= CB_LIMIT_BYTES && limits.time_us >= 0);
  cb_wiped_free (token);
}

/* What was read is written as it came, but for zeros in front; and says no more than it says. */
void
cb_fuzz_spans (const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  CbSpans spans = { .n_spans = 0 };
  CbSpans again = { .n_spans = 0 };
  g_autofree char *written = NULL;

  if (!cb_spans_parse (&spans, text))
    return;
  g_assert (spans.n_spans <= CB_SPANS_MAX);
  written = cb_spans_format (&spans);
  g_assert (strlen (written) <= length);
  g_assert (cb_spans_parse (&again, written));
  g_assert (memcmp (&spans, &again, sizeof spans) == 0);
  for (guint i = 0; i < spans.n_spans; i++)
    {
      g_assert (cb_spans_contain (&spans, spans.spans[i].from));
      g_assert (cb_spans_contain (&spans, spans.spans[i].to));
      g_assert (!cb_spans_contain (&spans, spans.spans[i].to + 1));
    }
}
