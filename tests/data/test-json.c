/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-json.h"

#include <string.h>

#define LIMIT 65536

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = cb_json_parse (text, strlen (text), LIMIT, &error);

  g_assert_no_error (error);
  g_assert_nonnull (object);

  return object;
}

static void
assert_refused (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = cb_json_parse (text, length, LIMIT, &error);

  g_assert_null (object);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
}

static void
test_accepts (void)
{
  static const char *const texts[] = {
    "{}",
    "[]",
    " \r\n\t{\"a\":1} \n",
    "{\"a\":[1,-2,0,-0,1.5,1e3,-1.5E-3,true,false,null,\"x\"]}",
    "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\udc5f\"}",
    "{\"NaN Infinity 'quoted' 01 1. \":\"NaN Infinity 'quoted' 01 1. // /* [[[\"}",
    "12",
    "-0.5e+10",
    "\"x\"",
    "true",
    "{\"\":\"\xf0\x9f\x91\x9f\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonObject) object = parse (texts[i]);
      g_autofree char *line = cb_json_to_line (object);
      g_autoptr (JsonObject) again = parse (line);

      g_assert_true (json_object_equal (object, again));
      g_assert_null (strchr (line, '\n'));
    }
}

static void
test_refuses (void)
{
  static const char *const texts[] = {
    "",
    "   ",
    "null",
    "nul",
    "{",
    "}",
    "{\"a\":1",
    "{\"a\":1}x",
    "{\"a\":1}{\"a\":1}",
    "{\"a\":1},",
    "[1,]",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":'x'}",
    "[NaN]",
    "[Infinity]",
    "[-Infinity]",
    "[nan]",
    "[01]",
    "[-01]",
    "[1.]",
    "[.5]",
    "[-.5]",
    "[1e]",
    "[1e+]",
    "[0x10]",
    "[+1]",
    "[-]",
    "[1.2.3]",
    "[1 2]",
    "[True]",
    "/* c */ {}",
    "{} // c",
    "[\"a\nb\"]",
    "[\"a\tb\"]",
    "[\"\\u0000\"]",
    "{\"\\u0000\":1}",
    "[\"\\ud800\"]",
    "[\"\\udc00\"]",
    "[\"\\ud83dx\"]",
    "[\"\\ud83d\\u0041\"]",
    "[\"\\u12\"]",
    "[\"\\x41\"]",
    "[\"\\",
    "[\"\xff\"]",
    "[\"\xc0\xaf\"]",
    "[\"\xed\xa0\x80\"]",
    "[\"cut \xe2\x82\"]",
    "\xef\xbb\xbf{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], strlen (texts[i]));

  assert_refused ("{}\0", 3);
  assert_refused ("[\"a\0b\"]", 7);
}

static char *
nest (guint depth, const char *inside)
{
  g_autofree char *open = g_strnfill (depth, '[');
  g_autofree char *close = g_strnfill (depth, ']');

  return g_strconcat (open, inside, close, NULL);
}

static void
test_depth (void)
{
  static const char *const insides[] = { "", "1", "\"[[[[\"", "true" };

  for (guint i = 0; i < G_N_ELEMENTS (insides); i++)
    {
      g_autofree char *deepest = nest (32, insides[i]);
      g_autofree char *too_deep = nest (33, insides[i]);
      g_autoptr (JsonObject) object = parse (deepest);

      assert_refused (too_deep, strlen (too_deep));
    }
}

static void
test_length (void)
{
  g_autofree char *filler = g_strnfill (LIMIT, 'x');
  g_autofree char *fits = g_strdup_printf ("\"%.*s\"", LIMIT - 2, filler);
  g_autofree char *too_long = g_strdup_printf ("\"%.*s\"", LIMIT - 1, filler);
  g_autoptr (JsonObject) object = parse (fits);
  g_autoptr (JsonObject) part = NULL;

  g_assert_cmpuint (strlen (fits), ==, LIMIT);
  assert_refused (too_long, strlen (too_long));

  /* Only as many bytes as were named are read. */
  part = cb_json_parse ("{}garbage", 2, LIMIT, NULL);
  g_assert_nonnull (part);
}

static void
test_messages (void)
{
  const char *text = "{\"name\":\"Secret Person\"";
  g_autoptr (GError) error = NULL;

  g_assert_null (cb_json_parse (text, strlen (text), LIMIT, &error));
  g_assert_null (strstr (error->message, "Secret"));
}

static void
test_members (void)
{
  g_autoptr (JsonObject) object = parse (
    "{\"s\":\"text\",\"i\":-7,\"big\":9007199254740993,\"d\":1.5,\"t\":true,\"n\":null,"
    "\"o\":{\"x\":1},\"a\":[1]}");
  g_autoptr (JsonObject) array = parse ("[1]");

  g_assert_cmpstr (cb_json_get_string (object, "s"), ==, "text");
  g_assert_null (cb_json_get_string (object, "i"));
  g_assert_null (cb_json_get_string (object, "n"));
  g_assert_null (cb_json_get_string (object, "absent"));
  g_assert_null (cb_json_get_string (array, "s"));
  g_assert_null (cb_json_get_string (NULL, "s"));

  g_assert_cmpint (cb_json_get_int (object, "i", 3), ==, -7);
  g_assert_cmpint (cb_json_get_int (object, "big", 3), ==, G_GINT64_CONSTANT (9007199254740993));
  g_assert_cmpint (cb_json_get_int (object, "d", 3), ==, 3);
  g_assert_cmpint (cb_json_get_int (object, "s", 3), ==, 3);
  g_assert_cmpint (cb_json_get_int (object, "absent", 3), ==, 3);

  g_assert_true (cb_json_get_boolean (object, "t", FALSE));
  g_assert_true (cb_json_get_boolean (object, "i", TRUE));
  g_assert_false (cb_json_get_boolean (object, "absent", FALSE));

  g_assert_nonnull (cb_json_get_object (object, "o"));
  g_assert_null (cb_json_get_object (object, "a"));
  g_assert_nonnull (cb_json_get_array (object, "a"));
  g_assert_null (cb_json_get_array (object, "o"));
}

static void
test_line (void)
{
  g_autoptr (JsonObject) object = json_object_new_object ();
  g_autofree char *line = NULL;

  cb_json_set_string (object, "url", "https://example.com/a");
  cb_json_set_string (object, "nothing", NULL);
  cb_json_set_string (object, "lines", "one\ntwo");
  cb_json_set_int (object, "number", G_MININT64);
  cb_json_set_boolean (object, "yes", TRUE);
  cb_json_set_boolean (object, "no", FALSE);
  line = cb_json_to_line (object);

  g_assert_cmpstr (line, ==,
                   "{\"url\":\"https://example.com/a\",\"nothing\":null,\"lines\":\"one\\ntwo\","
                   "\"number\":-9223372036854775808,\"yes\":true,\"no\":false}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/parse/accepts-every-kind-of-value", test_accepts);
  g_test_add_func ("/json/parse/refuses-what-is-no-json", test_refuses);
  g_test_add_func ("/json/parse/stops-at-depth", test_depth);
  g_test_add_func ("/json/parse/stops-at-length", test_length);
  g_test_add_func ("/json/parse/quotes-nothing", test_messages);
  g_test_add_func ("/json/member/has-its-type-or-is-absent", test_members);
  g_test_add_func ("/json/line/is-one-plain-line", test_line);

  return g_test_run ();
}
