/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-changes.h"

#include "base/cb-json.h"
#include "wire/cb-limits.h"
#include "wire/cb-lines.h"
#include "wire/cb-protocol-error.h"
#include "wire/cb-scan.h"

#include <string.h>

/* Ids and codes need no escaping. A line is far shorter; whoever sends a longer one means ill. */
#define LINE_LIMIT 512
#define CODE_LIMIT 40

/* --- writing --- */

void
cb_changes_write_erased (gint64 n, const char *customer, GString *into)
{
  g_string_append_printf (
    into, "{\"n\":%" G_GINT64_FORMAT ",\"t\":\"erased\",\"customer\":\"%s\"}\n", n, customer);
}

void
cb_changes_write_withdrawn (gint64 n,
                            const char *customer,
                            const char *purpose,
                            const char *channel,
                            const char *withdrawal,
                            GString *into)
{
  g_string_append_printf (into,
                          "{\"n\":%" G_GINT64_FORMAT
                          ",\"t\":\"withdrawn\",\"customer\":\"%s\","
                          "\"purpose\":\"%s\",\"channel\":\"%s\",\"withdrawal\":\"%s\"}\n",
                          n, customer, purpose, channel, withdrawal);
}

void
cb_changes_write_trailer (const char *cursor, gboolean has_more, gint64 head, GString *into)
{
  g_string_append_printf (into, "{\"cursor\":\"%s\",\"more\":%s,\"head\":%" G_GINT64_FORMAT "}\n",
                          cursor, has_more ? "true" : "false", head);
}

void
cb_changes_mark_arrived (GString *page)
{
  static const char END[] = "}\n";

  g_assert (g_str_has_suffix (page->str, END));
  g_string_truncate (page, page->len - strlen (END));
  g_string_append (page, ",\"arrived\":true}\n");
}

/* --- reading --- */

static gboolean
is_code (const char *code)
{
  gsize length = code != NULL ? strspn (code, "abcdefghijklmnopqrstuvwxyz-") : 0;

  return length > 0 && length <= CODE_LIMIT && code[length] == '\0';
}

static gboolean
is_channel (const char *channel)
{
  return g_strcmp0 (channel, "*") == 0 || is_code (channel);
}

static gboolean
is_id (const char *id)
{
  return id != NULL && cb_id_is_valid (id);
}

static CbIncoming *
read_change (JsonObject *object, gint64 after)
{
  const char *sort = cb_json_get_string (object, "t");
  const char *customer = cb_json_get_string (object, "customer");
  const char *purpose = cb_json_get_string (object, "purpose");
  const char *channel = cb_json_get_string (object, "channel");
  const char *withdrawal = cb_json_get_string (object, "withdrawal");
  const gint64 n = cb_json_get_int (object, "n", 0);

  if (n <= after || !is_id (customer))
    return NULL;
  if (g_strcmp0 (sort, "erased") == 0)
    return cb_incoming_new_erased (n, customer);
  if (g_strcmp0 (sort, "withdrawn") == 0 && is_code (purpose) && is_channel (channel) &&
      is_id (withdrawal))
    return cb_incoming_new_withdrawn (n, customer, purpose, channel, withdrawal);
  return NULL;
}

/* What may stand in an address behind "cursor=". */
static gboolean
is_cursor (const char *cursor)
{
  gsize length = cursor != NULL ? strspn (cursor, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_") : 0;

  return length > 0 && length <= CB_CURSOR_MAX && cursor[length] == '\0';
}

gboolean
cb_changes_read_trailer (JsonObject *object, char **cursor, gboolean *has_more, gint64 *head)
{
  const char *said = cb_json_get_string (object, "cursor");

  if (!is_cursor (said))
    return FALSE;
  *cursor = g_strdup (said);
  *has_more = cb_json_get_boolean (object, "more", FALSE);
  *head = MAX (0, cb_json_get_int (object, "head", 0));
  return TRUE;
}

static gboolean
read_line (CbChangesPage *page, GBytes *line)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (line, &length);
  g_autoptr (JsonObject) object = NULL;
  const CbIncoming *last =
    page->changes->len > 0 ? page->changes->pdata[page->changes->len - 1] : NULL;
  CbIncoming *change = NULL;

  if (page->cursor != NULL || length > LINE_LIMIT || !cb_scan_object (text, length, NULL))
    return FALSE;
  object = cb_json_parse (text, length, LINE_LIMIT, NULL);
  if (object == NULL)
    return FALSE;
  if (cb_json_get_string (object, "t") == NULL)
    {
      page->has_arrived = cb_json_get_boolean (object, "arrived", FALSE);
      return cb_changes_read_trailer (object, &page->cursor, &page->has_more, &page->head);
    }
  change = read_change (object, last != NULL ? last->n : 0);
  if (change != NULL)
    g_ptr_array_add (page->changes, change);
  return change != NULL;
}

/* Did the reply end with its last newline? A trailer without one may have been cut. */
static gboolean
ends_whole (GBytes *reply)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (reply, &length);

  return length > 0 && text[length - 1] == '\n';
}

CbChangesPage *
cb_changes_page_parse (GBytes *reply, GError **error)
{
  g_autoptr (CbChangesPage) page = g_new0 (CbChangesPage, 1);
  g_autoptr (GPtrArray) lines = NULL;
  gboolean is_good = ends_whole (reply);

  page->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incoming_free);
  if (is_good)
    lines = cb_lines_split (reply, CB_LIMIT_CHANGES + 1, NULL);
  for (guint i = 0; is_good && lines != NULL && i < lines->len; i++)
    is_good = read_line (page, lines->pdata[i]);
  if (is_good && page->cursor != NULL)
    return g_steal_pointer (&page);
  g_set_error_literal (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID,
                       "cannot read a page of changes");
  return NULL;
}

void
cb_changes_page_free (CbChangesPage *self)
{
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_free (self->cursor);
  g_free (self);
}
