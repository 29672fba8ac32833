/* SPDX-License-Identifier: Apache-2.0 */

/* A manager brings files in on the screen: chosen, looked at, brought in, what was left out read;
 * stopped, failed, and out of anybody else's reach. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "cb-ui-counter.h"
#include "manager/cb-import-page.h"
#include "manager/cb-import-words.h"
#include "widgets/cb-choice.h"

typedef struct
{
  CbUiCounter counter;
  char *folder;
} Fixture;

static void
write_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (fixture->folder, 0700);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static gboolean
has_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  cb_ui_world_set_up (&fixture->counter.world, NULL);
  fixture->folder = g_build_filename (fixture->counter.world.book.root, "files", NULL);
  cb_ui_counter_open (&fixture->counter, fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cb_ui_counter_tear_down (&fixture->counter, NULL);
  g_free (fixture->folder);
}

static void
open_page (Fixture *fixture)
{
  cb_ui_counter_sign_in (&fixture->counter, "Test Manager");
  cb_ui_click (cb_ui_counter_find_button (&fixture->counter, "Bring in an old book"));
  cb_ui_settle ();
}

static void
choose (Fixture *fixture, const char *name)
{
  GtkWidget *list;

  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, name));
  list = cb_ui_find_type (cb_ui_counter_find_type (&fixture->counter, CB_TYPE_IMPORT_PAGE),
                          GTK_TYPE_LIST_BOX);
  for (int i = 0;; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), i);

      g_assert_nonnull (row);
      if (cb_ui_shows (GTK_WIDGET (row), name))
        {
          g_signal_emit_by_name (list, "row-activated", row);
          return;
        }
    }
}

#define BOOK                                                                                       \
  "First Name,Last Name,E-mail,Phone\n"                                                            \
  "Ada,Sample,ada@example.org,020 7946 0101\n"                                                     \
  "Mara,Ellingsen,,07700 900112\n"                                                                 \
  ",,,\n"

static void
test_whole_way (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "book.csv", BOOK);
  write_file (fixture, ".hidden.csv", BOOK);
  open_page (fixture);
  choose (fixture, "book.csv");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "New: 1 · here already: 1 · left out: 1"));
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "hidden"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Ada Sample"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "020 7946 0101"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Line 2"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "the row is empty"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "last day"));
  cb_ui_counter_click (&fixture->counter, "A contract");
  cb_ui_counter_click (&fixture->counter, "3 months");
  cb_ui_counter_click (&fixture->counter, "Bring them in");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "It is in"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Added: 1 · merged: 1 · left out: 1"));
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Line 4"));
  cb_ui_counter_click (&fixture->counter, "Copy the list");
  g_assert_nonnull (cb_ui_counter_find_button (&fixture->counter, "Copied"));
  /* Asked once more before it is gone. */
  cb_ui_counter_click (&fixture->counter, "Delete the file");
  g_assert_true (has_file (fixture, "book.csv"));
  cb_ui_counter_click (&fixture->counter, "Yes, delete it for good");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "deleted from the folder"));
  g_assert_false (has_file (fixture, "book.csv"));
  cb_ui_counter_click (&fixture->counter, "Done");
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Type anywhere"));
}

static void
test_opt_outs (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "gone.csv",
              "Email,Status\nghost@example.com,unsubscribed\nkeen@example.com,subscribed\n");
  open_page (fixture);
  cb_ui_counter_click (&fixture->counter, "Who is not to be contacted");
  choose (fixture, "gone.csv");
  CB_UI_UNTIL (
    cb_ui_counter_shows (&fixture->counter, "New: 1 · on the list already: 0 · left out: 1"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Rows that say yes: 1"));
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "On what the shop keeps them"));
  cb_ui_counter_click (&fixture->counter, "Bring them in");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Put on the list: 1"));
  cb_ui_counter_click (&fixture->counter, "Another file");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Files in"));
}

static void
test_nothing_here (Fixture *fixture, gconstpointer data)
{
  open_page (fixture);
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "No file is here yet"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, fixture->folder));
  write_file (fixture, "picture.vcf", "\x89PNG\r\n\x1a\n\x01\x02\x03\x04\x05\x06\x07\x08");
  cb_ui_counter_click (&fixture->counter, "Look again");
  choose (fixture, "picture.vcf");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "neither vCard nor a table"));
  cb_ui_counter_click (&fixture->counter, "Another file");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Files in"));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->counter.window), "back", NULL);
  cb_ui_settle ();
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Type anywhere"));
}

static void
write_long_file (Fixture *fixture)
{
  g_autoptr (GString) table = g_string_new ("First Name,Last Name,E-mail\n");

  for (guint i = 0; i < 4000; i++)
    g_string_append_printf (table, "Given%u,Family%u,person%u@example.org\n", i, i, i);
  write_file (fixture, "long.csv", table->str);
}

static guint
count_customers (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = cb_book_list_customers (
    fixture->counter.world.book.book, fixture->counter.world.book.manager, 100000, NULL, &error);

  g_assert_no_error (error);
  return list->len;
}

/* Stopped in the middle: the screen lives, what is in is whole, and going on adds nobody twice. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  guint n_before = count_customers (fixture);
  guint n_first;

  write_long_file (fixture);
  open_page (fixture);
  choose (fixture, "long.csv");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "and 3,992 more") ||
               cb_ui_counter_shows (&fixture->counter, "and 3992 more"));
  cb_ui_counter_click (&fixture->counter, "Bring them in");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "read so far"));
  cb_ui_counter_click (&fixture->counter, "Stop");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Stopped"));
  n_first = count_customers (fixture) - n_before;
  g_assert_cmpuint (n_first, >, 0);
  g_assert_cmpuint (n_first, <, 4000);
  g_assert_cmpuint (n_first % 100, ==, 0);
  cb_ui_counter_click (&fixture->counter, "Another file");
  choose (fixture, "long.csv");
  cb_ui_counter_click (&fixture->counter, "Bring them in");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "It is in"));
  g_assert_cmpuint (count_customers (fixture) - n_before, ==, 4000);
}

/* The terminal is locked while a file comes in: it ends between two pieces. */
static void
test_locked (Fixture *fixture, gconstpointer data)
{
  write_long_file (fixture);
  open_page (fixture);
  choose (fixture, "long.csv");
  cb_ui_counter_click (&fixture->counter, "Bring them in");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "read so far"));
  cb_window_lock (fixture->counter.window);
  CB_UI_UNTIL (cb_ui_counter_find_button (&fixture->counter, "Test Manager") != NULL);
  cb_ui_settle ();
  g_assert_null (cb_ui_counter_find_type (&fixture->counter, CB_TYPE_IMPORT_PAGE));
}

static void
test_associates (Fixture *fixture, gconstpointer data)
{
  cb_ui_counter_sign_in (&fixture->counter, "Test Associate");
  g_assert_null (cb_ui_counter_find_button (&fixture->counter, "Bring in an old book"));
  g_assert_null (cb_ui_counter_find_type (&fixture->counter, CB_TYPE_IMPORT_PAGE));
  g_assert_false (
    g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->counter.window), "import"));
}

/* Every reason that the reading gives has words here. */
static void
test_reasons (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "Name,Email\n,\n\"open,x\nVera,v@example.com\n",
    "one\ntwo\n",
    "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n",
    "Name,Shoe\n,44\n",
  };
  const char *unknown = cb_import_words_reason (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (texts[i], -1, NULL);
      g_autoptr (CbEntries) entries = cb_entries_new (stream, CB_EXCHANGE_AUTO);
      guint n_rejected = 0;

      for (;;)
        {
          g_auto (CbEntry) entry = { 0 };

          if (!cb_entries_next (entries, &entry, NULL))
            break;
          n_rejected += entry.draft == NULL;
          if (entry.draft == NULL)
            g_assert_cmpstr (cb_import_words_reason (entry.reason), !=, unknown);
        }
      g_assert_cmpuint (n_rejected, >, 0);
    }
}

int
main (int argc, char **argv)
{
  cb_ui_world_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/import-page/from-the-file-to-the-summary", test_whole_way);
  ADD ("/import-page/those-not-to-be-contacted", test_opt_outs);
  ADD ("/import-page/nothing-here-and-no-such-file", test_nothing_here);
  ADD ("/import-page/stopped-it-is-whole", test_stopped);
  ADD ("/import-page/locked-it-ends", test_locked);
  ADD ("/import-page/managers-only", test_associates);
  ADD ("/import-page/reasons-have-words", test_reasons);
  return g_test_run ();
}
