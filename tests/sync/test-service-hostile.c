/* SPDX-License-Identifier: Apache-2.0 */

/* Text that others collected to break programs with, where it lies beside the checkout. What is
 * valid comes back from the service as it went in; what is not is refused, clearly and alone. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"
#include "base/cb-json.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-service.h"
#include "wire/cb-envelope.h"

#include <string.h>

#define CUSTOMER "0123456789abcdef0123456789abcdef"
#define DUMP_LIMIT (64 << 20)

/* A file or folder of that collection, or NULL when it is not there; the test is then skipped. */
static char *
find_shared (const char *name)
{
  const char *shared = g_getenv ("CB_TEST_SHARED");
  char *path = g_build_filename (shared != NULL ? shared : "../shared/testdata", name, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  g_test_skip ("the collection is not beside this checkout");
  return NULL;
}

/* --- JSON that parsers disagree on --- */

/* Valid JSON that this wire does not take: two readers may understand two things. */
static const char *const not_taken[] = {
  "y_object_duplicated_key.json",
  "y_object_duplicated_key_and_value.json",
  "y_object_escaped_null_in_key.json",
  "y_string_null_escape.json",
  NULL,
};

/* An operation with the text as the last member of its body. */
static GBytes *
embed (const char *text, gsize length)
{
  const CbTestPut put = { .customer = CUSTOMER,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = CUSTOMER,
                          .text = "x" };
  g_autofree char *plain = cb_test_note (CUSTOMER, &put);
  GByteArray *line = g_byte_array_new ();

  g_assert_true (g_str_has_suffix (plain, "}}"));
  g_byte_array_append (line, (const guint8 *) plain, (guint) strlen (plain) - 2);
  g_byte_array_append (line, (const guint8 *) ",\"x\":", 5);
  g_byte_array_append (line, (const guint8 *) text, (guint) length);
  g_byte_array_append (line, (const guint8 *) "}}", 2);
  return g_byte_array_free_to_bytes (line);
}

/* Layout is no matter of the value, but a line has none. */
static void
put_on_one_line (char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\n')
      text[i] = ' ';
}

static void
check_json (const char *name, char *text, gsize length)
{
  g_autoptr (GBytes) alone = g_bytes_new (text, length);
  g_autoptr (GBytes) line = NULL;
  g_autoptr (CbEnvelope) bare = cb_envelope_parse (alone, NULL);
  g_autoptr (CbEnvelope) envelope = NULL;
  g_autofree char *op = cb_envelope_find_op (alone);

  g_assert_null (bare);
  if (*name == 'y')
    put_on_one_line (text, length);
  line = embed (text, length);
  envelope = cb_envelope_parse (line, NULL);
  g_test_message ("%s: %s", name, envelope != NULL ? "taken" : "refused");
  if (*name == 'n')
    g_assert_null (envelope);
  if (*name == 'y')
    g_assert_cmpint (envelope != NULL, !=, g_strv_contains (not_taken, name));
}

static void
test_json_parsers_disagree_on (void)
{
  g_autofree char *folder = find_shared ("bad-jsontestsuite/files/test_parsing");
  g_autoptr (GDir) directory = NULL;
  const char *name = NULL;
  guint n_files = 0;

  if (folder == NULL)
    return;
  directory = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;
      gsize length = 0;

      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      check_json (name, text, length);
      n_files++;
    }
  g_assert_cmpuint (n_files, >, 300);
}

/* --- texts --- */

/* A customer who agreed; the id of the yes. Free it. */
static char *
agree (CbTestService *service)
{
  char *grant = cb_id_new ();

  cb_test_service_expect (service, cb_test_grant (grant, CUSTOMER, "shop", "*", "tapped", NULL),
                          "applied");
  return grant;
}

/* What the service holds, by id of the note. */
static GHashTable *
read_back (CbTestService *service)
{
  GHashTable *texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *dump = cb_test_service_dump (service);
  g_auto (GStrv) lines = g_strsplit (dump, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (JsonObject) row =
        *lines[i] != '\0' ? cb_json_parse (lines[i], strlen (lines[i]), DUMP_LIMIT, NULL) : NULL;
      const char *text = cb_json_get_string (cb_json_get_object (row, "body"), "text");

      if (text != NULL)
        g_hash_table_insert (texts, g_strdup (cb_json_get_string (row, "id")), g_strdup (text));
    }
  return texts;
}

static void
test_naughty_strings_come_back (void)
{
  g_autofree char *path = find_shared ("bad-blns/files/blns.json");
  g_autoptr (CbTestService) service = NULL;
  g_autoptr (JsonObject) strings = NULL;
  g_autoptr (GHashTable) sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) held = NULL;
  g_autofree char *grant = NULL;
  g_autofree char *text = NULL;
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer said = NULL;

  if (path == NULL)
    return;
  service = cb_test_service_new ();
  grant = agree (service);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  strings = json_tokener_parse (text);
  for (gsize i = 0; i < json_object_array_length (strings); i++)
    {
      const char *string = json_object_get_string (json_object_array_get_idx (strings, i));
      char *note = cb_id_new ();
      const CbTestPut put = { .customer = CUSTOMER,
                              .scope = "store",
                              .purpose = "shop",
                              .grant = grant,
                              .text = string };

      cb_test_service_expect (service, cb_test_note (note, &put),
                              *string != '\0' ? "applied" : "refused:schema_invalid");
      if (*string != '\0')
        g_hash_table_insert (sent, note, (gpointer) string);
      else
        g_free (note);
    }

  held = read_back (service);
  g_assert_cmpuint (g_hash_table_size (held), ==, g_hash_table_size (sent));
  g_hash_table_iter_init (&iter, sent);
  while (g_hash_table_iter_next (&iter, &id, &said))
    g_assert_cmpstr (g_hash_table_lookup (held, id), ==, said);
}

/* The bytes as a JSON string, whatever they are; controls are left out. */
static char *
quote (const char *bytes)
{
  GString *quoted = g_string_new ("\"");

  for (; *bytes != '\0'; bytes++)
    {
      if (*bytes == '"' || *bytes == '\\')
        g_string_append_c (quoted, '\\');
      if ((guchar) *bytes >= 0x20)
        g_string_append_c (quoted, *bytes);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/* A note with those bytes as its text. */
static char *
note_of_bytes (const char *grant, const char *bytes)
{
  g_autofree char *id = cb_id_new ();
  g_autofree char *quoted = quote (bytes);
  const CbTestPut put = { .customer = CUSTOMER,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = grant,
                          .text = "TEXT" };
  g_autofree char *line = cb_test_note (id, &put);
  g_auto (GStrv) halves = g_strsplit (line, "\"TEXT\"", 2);

  return g_strjoinv (quoted, halves);
}

static void
test_utf8_is_judged_line_by_line (void)
{
  g_autofree char *path = find_shared ("bad-utf8-kuhn/files/UTF-8-test.txt");
  g_autoptr (CbTestService) service = NULL;
  g_autofree char *grant = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length = 0;

  if (path == NULL)
    return;
  service = cb_test_service_new ();
  grant = agree (service);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0')
      text[i] = '\n';
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    cb_test_service_expect (service, note_of_bytes (grant, lines[i]),
                            *lines[i] != '\0' && g_utf8_validate (lines[i], -1, NULL)
                              ? "applied"
                              : "refused:schema_invalid");
}

/* Our own, for the collection's copy has been mended by somebody. */
static void
test_bytes_that_are_no_text_are_refused (void)
{
  const char *const bad[] = {
    "\x80",
    "\xbf",
    "\xc0\x80",
    "\xc1\xbf",
    "\xc2",
    "\xc2 ",
    "\xe0\x80\x80",
    "\xe0\x9f\xbf",
    "\xe2\x82",
    "\xed\xa0\x80",
    "\xed\xbf\xbf",
    "\xed\xa0\x80\xed\xb0\x80",
    "\xf0\x80\x80\x80",
    "\xf0\x8f\xbf\xbf",
    "\xf4\x90\x80\x80",
    "\xf5\x80\x80\x80",
    "\xf8\x88\x80\x80\x80",
    "\xfc\x84\x80\x80\x80\x80",
    "\xfe",
    "\xff",
    "caf\xe9",
  };
  const char *const good[] = {
    "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf",
  };
  g_autoptr (CbTestService) service = cb_test_service_new ();
  g_autofree char *grant = agree (service);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    cb_test_service_expect (service, note_of_bytes (grant, bad[i]), "refused:schema_invalid");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    cb_test_service_expect (service, note_of_bytes (grant, good[i]), "applied");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/hostile/json-that-parsers-disagree-on", test_json_parsers_disagree_on);
  g_test_add_func ("/service/hostile/naughty-strings-come-back", test_naughty_strings_come_back);
  g_test_add_func ("/service/hostile/utf8-is-judged-line-by-line",
                   test_utf8_is_judged_line_by_line);
  g_test_add_func ("/service/hostile/bytes-that-are-no-text-are-refused",
                   test_bytes_that_are_no_text_are_refused);

  return g_test_run ();
}
