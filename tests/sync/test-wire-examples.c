/* SPDX-License-Identifier: Apache-2.0 */

/* The examples in sync/PROTOCOL.md, read by the code that they describe. What a name begins with
 * says what it is an example of. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-json.h"
#include "records/cb-operation.h"
#include "wire/cb-ack.h"
#include "wire/cb-changes.h"
#include "wire/cb-envelope.h"
#include "wire/cb-limits.h"
#include "wire/cb-records.h"

#include <string.h>

#define FENCE "```json example="

typedef struct
{
  char *name;
  char *text;
} Example;

static void
example_free (gpointer data)
{
  Example *example = data;

  g_free (example->name);
  g_free (example->text);
  g_free (example);
}

static char *
read_contract (void)
{
  const char *root = g_getenv ("CB_TEST_SOURCE_ROOT");
  g_autofree char *path = g_build_filename (root != NULL ? root : ".", "sync", "PROTOCOL.md", NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static GPtrArray *
load_examples (void)
{
  GPtrArray *examples = g_ptr_array_new_with_free_func (example_free);
  g_autofree char *text = read_contract ();
  const char *at = text;

  while ((at = strstr (at, FENCE)) != NULL)
    {
      Example *example = g_new0 (Example, 1);
      const char *line_end = strchr (at, '\n');
      const char *end = strstr (at, "\n```\n");

      g_assert_nonnull (end);
      at += strlen (FENCE);
      example->name = g_strndup (at, (gsize) (line_end - at));
      example->text = g_strndup (line_end + 1, (gsize) (end - line_end - 1));
      g_ptr_array_add (examples, example);
      at = end;
    }
  return examples;
}

/* An example stands on several lines where the wire has one. */
static char *
on_one_line (const char *text)
{
  return g_strdelimit (g_strdup (text), "\n", ' ');
}

static void
check_operation (const Example *example)
{
  g_autofree char *line = on_one_line (example->text);
  g_autoptr (GBytes) bytes = g_bytes_new (line, strlen (line));
  g_autoptr (GError) error = NULL;
  g_autoptr (CbEnvelope) envelope = cb_envelope_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_nonnull (envelope);
}

/* What is read of it and written again says the same. */
static void
check_ack (const Example *example)
{
  g_autofree char *line = on_one_line (example->text);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbAck) ack = cb_ack_parse (line, strlen (line), &error);
  g_autoptr (JsonObject) shown = cb_json_parse (line, strlen (line), CB_LIMIT_BYTES, NULL);
  g_autoptr (JsonObject) again = NULL;
  GString *written = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_cmpint (ack->state, !=, CB_ACK_UNKNOWN);
  cb_ack_write (ack, written);
  again = cb_json_parse (written->str, written->len, CB_LIMIT_BYTES, NULL);
  g_assert_true (json_object_equal (shown, again));
  g_string_free (written, TRUE);
}

static void
check_answer (const Example *example)
{
  g_autofree char *text = g_strconcat (example->text, "\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (CbAckList) list = cb_ack_list_parse (bytes);

  g_assert_true (list->is_complete);
  g_assert_cmpuint (list->acks->len, >, 0);
}

/* What it says is what would be written. */
static void
check_page (const Example *example)
{
  g_autofree char *text = g_strconcat (example->text, "\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GString) written = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbChangesPage) page = cb_changes_page_parse (bytes, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < page->changes->len; i++)
    {
      const CbIncoming *change = page->changes->pdata[i];

      if (change->sort == CB_INCOMING_ERASED)
        cb_changes_write_erased (change->n, change->customer, written);
      else
        cb_changes_write_withdrawn (change->n, change->customer, change->purpose, change->channel,
                                    change->withdrawal, written);
    }
  cb_changes_write_trailer (page->cursor, page->has_more, page->head, written);
  if (page->has_arrived)
    cb_changes_mark_arrived (written);
  g_assert_cmpstr (written->str, ==, text);
}

static void
write_arrival (const CbArrival *arrival, GString *into)
{
  for (guint i = 0; i < arrival->yeses->len; i++)
    {
      const CbArrivedYes *yes = arrival->yeses->pdata[i];
      g_autofree char *evidence = cb_json_to_line (yes->evidence);
      g_autofree char *at = cb_operation_format_time (yes->at_us);
      const CbRecordsYes line = {
        arrival->customer, yes->op, yes->purpose, yes->saw, at, evidence,
      };

      cb_records_write_yes (&line, into);
    }
  for (guint i = 0; i < arrival->records->len; i++)
    {
      const CbArrivedRecord *record = arrival->records->pdata[i];
      g_autofree char *key = g_strdup_printf ("%s/%s", record->kind, record->id);
      g_autofree char *body = cb_json_to_line (record->body);
      g_autofree char *at = cb_operation_format_time (record->at_us);
      const CbRecordsRecord line = {
        arrival->customer, key, record->scope, record->version, record->n, record->by, at, body,
      };

      cb_records_write_record (&line, into);
    }
}

static void
check_records (const Example *example)
{
  g_autofree char *text = g_strconcat (example->text, "\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GString) written = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbRecordsPage) page = cb_records_page_parse (bytes, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < page->arrivals->len; i++)
    write_arrival (page->arrivals->pdata[i], written);
  cb_changes_write_trailer (page->cursor, page->has_more, page->head, written);
  g_assert_cmpstr (written->str, ==, text);
}

static void
check_document (const Example *example)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object =
    cb_json_parse (example->text, strlen (example->text), CB_LIMIT_BYTES, &error);

  g_assert_no_error (error);
  g_assert_true (json_object_is_type (object, json_type_object));
}

/* A line each, of which the trailer is read as everywhere. */
static void
check_news (const Example *example)
{
  g_auto (GStrv) lines = g_strsplit (example->text, "\n", -1);
  const guint n = g_strv_length (lines);
  g_autoptr (JsonObject) trailer = json_tokener_parse (lines[n - 1]);
  g_autofree char *cursor = NULL;
  gboolean has_more = FALSE;
  gint64 head = 0;

  for (guint i = 0; i < n - 1; i++)
    {
      g_autoptr (JsonObject) object =
        cb_json_parse (lines[i], strlen (lines[i]), CB_LIMIT_BYTES, NULL);

      g_assert_nonnull (cb_json_get_string (object, "t"));
    }
  g_assert_true (cb_changes_read_trailer (trailer, &cursor, &has_more, &head));
}

typedef struct
{
  const char *prefix;
  void (*check) (const Example *example);
} Family;

static const Family families[] = {
  { "op-", check_operation }, { "ack-", check_ack },           { "answer-", check_answer },
  { "page-", check_page },    { "document-", check_document }, { "records-", check_records },
  { "news-", check_news },
};

static void
test_examples_hold (void)
{
  g_autoptr (GPtrArray) examples = load_examples ();

  g_assert_cmpuint (examples->len, >, 0);
  for (guint i = 0; i < examples->len; i++)
    {
      const Example *example = examples->pdata[i];
      gboolean is_known = FALSE;

      g_test_message ("%s", example->name);
      for (guint k = 0; k < G_N_ELEMENTS (families); k++)
        if (g_str_has_prefix (example->name, families[k].prefix))
          {
            families[k].check (example);
            is_known = TRUE;
          }
      g_assert_true (is_known);
    }
}

/* Every act and every answer that there is has an example. */
static void
test_nothing_is_left_out (void)
{
  const char *const wanted[] = {
    "op-customer",         "op-note",          "op-preference",    "op-request",    "op-grant",
    "op-refuse",           "op-withdraw",      "op-erase",         "ack-applied",   "ack-duplicate",
    "ack-conflict",        "ack-gone",         "ack-refused",      "ack-blocked",   "ack-retry",
    "answer-whole",        "page-whole",       "page-waiting",     "records-whole", "news-whole",
    "document-permission", "document-opt-out", "document-contact",
  };
  g_autofree char *text = read_contract ();

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autofree char *fence = g_strconcat (FENCE, wanted[i], "\n", NULL);

      g_test_message ("%s", wanted[i]);
      g_assert_nonnull (strstr (text, fence));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/examples/hold", test_examples_hold);
  g_test_add_func ("/wire/examples/nothing-is-left-out", test_nothing_is_left_out);

  return g_test_run ();
}
