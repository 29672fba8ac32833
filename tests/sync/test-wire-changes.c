/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib.h>
#include <string.h>

#include "wire/cb-changes.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"

#define WHO "3f8590c97a07477c81905ed61e1ece7a"
#define OTHER "445375b21d8af8b26e589ffeb3287a92"
#define NO "bfdac9662e88427f85671e821f858058"

static CbChangesPage *
parse (const char *text, gsize length, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  return cb_changes_page_parse (bytes, error);
}

static GString *
write_page (void)
{
  GString *text = g_string_new (NULL);

  cb_changes_write_erased (17, WHO, text);
  cb_changes_write_withdrawn (19, OTHER, "news", "email", NO, text);
  cb_changes_write_trailer ("abc_-09", TRUE, 41, text);
  return text;
}

static void
test_what_is_written_is_read (void)
{
  g_autoptr (GString) text = write_page ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbChangesPage) page = parse (text->str, text->len, &error);
  const CbIncoming *erased;
  const CbIncoming *withdrawn;

  g_assert_no_error (error);
  g_assert_cmpuint (page->changes->len, ==, 2);
  erased = page->changes->pdata[0];
  g_assert_cmpint (erased->sort, ==, CB_INCOMING_ERASED);
  g_assert_cmpint (erased->n, ==, 17);
  g_assert_cmpstr (erased->customer, ==, WHO);
  withdrawn = page->changes->pdata[1];
  g_assert_cmpint (withdrawn->sort, ==, CB_INCOMING_WITHDRAWN);
  g_assert_cmpint (withdrawn->n, ==, 19);
  g_assert_cmpstr (withdrawn->customer, ==, OTHER);
  g_assert_cmpstr (withdrawn->purpose, ==, "news");
  g_assert_cmpstr (withdrawn->channel, ==, "email");
  g_assert_cmpstr (withdrawn->withdrawal, ==, NO);
  g_assert_cmpstr (page->cursor, ==, "abc_-09");
  g_assert_true (page->has_more);
  g_assert_cmpint (page->head, ==, 41);
  g_assert_false (page->has_arrived);
}

static void
test_records_came_as_well (void)
{
  g_autoptr (GString) text = write_page ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbChangesPage) page = NULL;

  cb_changes_mark_arrived (text);
  page = parse (text->str, text->len, &error);
  g_assert_no_error (error);
  g_assert_true (page->has_arrived);
  g_assert_cmpuint (page->changes->len, ==, 2);
  g_assert_cmpint (page->head, ==, 41);
}

/* Half a page has no cursor that it would be right to keep. */
static void
test_every_cut_is_seen (void)
{
  g_autoptr (GString) text = write_page ();

  for (gsize i = 0; i < text->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CbChangesPage) page = parse (text->str, i, &error);

      g_assert_null (page);
      g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_what_is_not_understood_is_no_page (void)
{
#define END "{\"cursor\":\"c\",\"more\":false,\"head\":9}\n"
#define ERASED(n) "{\"n\":" n ",\"t\":\"erased\",\"customer\":\"" WHO "\"}\n"
  static const char *const wrong[] = {
    ERASED ("5") ERASED ("5") END,
    ERASED ("5") ERASED ("4") END,
    ERASED ("0") END,
    ERASED ("-3") END,
    ERASED ("5") END END,
    END ERASED ("5"),
    ERASED ("5"),
    "{\"n\":5,\"t\":\"erased\"}\n" END,
    "{\"n\":5,\"t\":\"erased\",\"customer\":\"../../etc\"}\n" END,
    "{\"n\":5,\"t\":\"promoted\",\"customer\":\"" WHO "\"}\n" END,
    "{\"n\":5,\"t\":\"withdrawn\",\"customer\":\"" WHO "\"}\n" END,
    "{\"n\":5,\"t\":\"withdrawn\",\"customer\":\"" WHO
    "\",\"purpose\":\"NEWS\",\"channel\":\"*\","
    "\"withdrawal\":\"" NO "\"}\n" END,
    "{\"n\":5,\"t\":\"withdrawn\",\"customer\":\"" WHO
    "\",\"purpose\":\"news\",\"channel\":\"\","
    "\"withdrawal\":\"" NO "\"}\n" END,
    "{\"n\":5,\"t\":\"withdrawn\",\"customer\":\"" WHO
    "\",\"purpose\":\"news\",\"channel\":\"*\","
    "\"withdrawal\":\"no\"}\n" END,
    "{\"more\":false,\"head\":9}\n",
    "{\"cursor\":\"\",\"more\":false,\"head\":9}\n",
    "{\"cursor\":\"a&limit=1\",\"more\":false,\"head\":9}\n",
    "<html>\n",
    "\n" END,
    "[]\n",
    "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CbChangesPage) page = parse (wrong[i], strlen (wrong[i]), &error);

      g_test_message ("%u: %s", i, wrong[i]);
      g_assert_null (page);
      g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_members_of_later_are_passed_over (void)
{
  static const char text[] = "{\"n\":5,\"t\":\"erased\",\"customer\":\"" WHO
                             "\",\"why\":\"request\"}\n"
                             "{\"cursor\":\"c\",\"more\":false,\"head\":9,\"horizon\":2}\n";
  g_autoptr (CbChangesPage) page = parse (text, strlen (text), NULL);

  g_assert_nonnull (page);
  g_assert_cmpuint (page->changes->len, ==, 1);
}

static void
test_as_many_as_a_page_holds (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i <= CB_LIMIT_CHANGES + 1; i++)
    {
      gsize length = text->len;
      g_autoptr (CbChangesPage) page = NULL;

      cb_changes_write_erased (i, WHO, text);
      if (i < CB_LIMIT_CHANGES)
        continue;
      length = text->len;
      cb_changes_write_trailer ("c", FALSE, i, text);
      page = parse (text->str, text->len, NULL);
      g_assert_cmpint (page != NULL, ==, i == CB_LIMIT_CHANGES);
      g_string_truncate (text, length);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/changes/what-is-written-is-read", test_what_is_written_is_read);
  g_test_add_func ("/wire/changes/records-came-as-well", test_records_came_as_well);
  g_test_add_func ("/wire/changes/every-cut-is-seen", test_every_cut_is_seen);
  g_test_add_func ("/wire/changes/what-is-not-understood-is-no-page",
                   test_what_is_not_understood_is_no_page);
  g_test_add_func ("/wire/changes/members-of-later-are-passed-over",
                   test_members_of_later_are_passed_over);
  g_test_add_func ("/wire/changes/as-many-as-a-page-holds", test_as_many_as_a_page_holds);
  return g_test_run ();
}
