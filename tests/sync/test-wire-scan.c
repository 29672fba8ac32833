/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-limits.h"
#include "wire/cb-scan.h"

#include <string.h>

static gboolean
scans (const char *text)
{
  return cb_scan_object (text, strlen (text), NULL);
}

static void
test_whole_objects_pass (void)
{
  const char *const good[] = {
    "{}",
    " {\t\"a\" : null , \"b\":[ ] } \r\n",
    "{\"a\":[1,-0,0.5,1e9,1E+9,1.25e-3,true,false,null,\"\",{}]}",
    "{\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\":\"\\ud83d\\ude00\"}",
    "{\"é\":\"日本語 👍\"}",
    "{\"a\":1,\"a\":2}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_test_message ("%s", good[i]);
      g_assert_true (scans (good[i]));
    }
}

static void
test_anything_else_fails (void)
{
  const char *const bad[] = {
    "",
    " ",
    "[]",
    "1",
    "\"a\"",
    "null",
    "{",
    "}",
    "{}}",
    "{} x",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":[1,]}",
    "{\"a\":[1 2]}",
    "{\"a\":01}",
    "{\"a\":-}",
    "{\"a\":-01}",
    "{\"a\":1.}",
    "{\"a\":.5}",
    "{\"a\":1.e3}",
    "{\"a\":1e}",
    "{\"a\":1e+}",
    "{\"a\":+1}",
    "{\"a\":0x10}",
    "{\"a\":NaN}",
    "{\"a\":Infinity}",
    "{\"a\":-Infinity}",
    "{\"a\":True}",
    "{\"a\":nul}",
    "{\"a\":nulll}",
    "{\"a\":\"\n\"}",
    "{\"a\":\"\x01\"}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}",
    "{\"a\":\"\\u12g4\"}",
    "{\"a\":\"\\u0000\"}",
    "{\"\\u0000\":1}",
    "{\"a\":\"\\ud800\"}",
    "{\"a\":\"\\ud800\\u0041\"}",
    "{\"a\":\"\\ud800x\"}",
    "{\"a\":\"\\udc00\"}",
    "{\"a\":\"\\",
    "{\"a\":\"",
    "{\"a\":\"\xff\"}",
    "{\"a\":\"\xc0\xaf\"}",
    "{\"a\":\"\xed\xa0\x80\"}",
    "/* */{}",
    "{}//",
    "\xef\xbb\xbf{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *shown = g_strescape (bad[i], NULL);

      g_test_message ("%s", shown);
      g_assert_false (scans (bad[i]));
    }
  g_assert_false (cb_scan_object ("{\"a\":\"\0\"}", 9, NULL));
}

/* What is cut anywhere is no object, and nothing behind the cut is read. */
static void
test_every_cut_fails (void)
{
  const char text[] = "{\"a\":[1.5e+7,\"\\ud83d\\ude00é\",{\"b\":true}],\"c\":null}";

  for (gsize i = 0; i < strlen (text); i++)
    {
      g_autofree char *cut = g_memdup2 (text, i + 1);

      g_assert_false (cb_scan_object (cut, i, NULL));
    }
  g_assert_true (scans (text));
}

static char *
nest (guint depth)
{
  GString *text = g_string_new ("{\"a\":");

  for (guint i = 1; i < depth; i++)
    g_string_append_c (text, '[');
  g_string_append_c (text, '1');
  for (guint i = 1; i < depth; i++)
    g_string_append_c (text, ']');
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

static void
test_depth_is_bounded (void)
{
  g_autofree char *deepest = nest (CB_LIMIT_DEPTH);
  g_autofree char *deeper = nest (CB_LIMIT_DEPTH + 1);
  g_autofree char *abyss = nest (100000);

  g_assert_true (scans (deepest));
  g_assert_false (scans (deeper));
  g_assert_false (scans (abyss));
}

static void
test_members_are_counted (void)
{
  const char text[] = "{\"a\":{\"b\":[{\"c\":1},{\"c\":2}]},\"a\":3}";
  CbScanned scanned = { 0 };

  g_assert_true (cb_scan_object (text, strlen (text), &scanned));
  g_assert_cmpuint (scanned.n_members, ==, 5);
}

static char *
find (const char *text, const char *member)
{
  const char *value = NULL;
  gsize length = 0;

  if (!cb_scan_find (text, strlen (text), member, &value, &length))
    return NULL;
  return g_strndup (value, length);
}

static void
test_members_are_found_as_they_stand (void)
{
  const char text[] =
    "{ \"x\":{\"body\":1}, \"body\" : {\"t\": 1.50e+3, \"b\":[\"}\"]} ,\"z\":\"e\\\"\" }";
  g_autofree char *body = find (text, "body");
  g_autofree char *last = find (text, "z");

  g_assert_cmpstr (body, ==, "{\"t\": 1.50e+3, \"b\":[\"}\"]}");
  g_assert_cmpstr (last, ==, "\"e\\\"\"");
  g_assert_null (find (text, "t"));
  g_assert_null (find ("{}", "t"));
  g_assert_null (find ("{\"b\\u006fdy\":1}", "body"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/scan/whole-objects-pass", test_whole_objects_pass);
  g_test_add_func ("/wire/scan/anything-else-fails", test_anything_else_fails);
  g_test_add_func ("/wire/scan/every-cut-fails", test_every_cut_fails);
  g_test_add_func ("/wire/scan/depth-is-bounded", test_depth_is_bounded);
  g_test_add_func ("/wire/scan/members-are-counted", test_members_are_counted);
  g_test_add_func ("/wire/scan/members-are-found-as-they-stand",
                   test_members_are_found_as_they_stand);

  return g_test_run ();
}
