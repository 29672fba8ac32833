/* SPDX-License-Identifier: Apache-2.0 */

/* A manager brings files in on the screen: chosen, looked at, brought in, what was left out read;
 * stopped, failed, and out of anybody else's reach. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "cb-ui-world.h"
#include "manager/cb-import-page.h"
#include "manager/cb-import-words.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-window.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-choice.h"

typedef struct
{
  CbUiWorld world;
  CbWindow *window;
  char *folder;
} Fixture;

static GtkWidget *
root (Fixture *fixture)
{
  return GTK_WIDGET (fixture->window);
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return cb_ui_shows (root (fixture), text);
}

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
  cb_ui_world_set_up (&fixture->world, NULL);
  fixture->folder = g_build_filename (fixture->world.book.root, "files", NULL);
  fixture->window = cb_window_new (NULL, fixture->world.store);
  cb_window_set_import_folder (fixture->window, fixture->folder);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1024, 768);
  gtk_window_present (GTK_WINDOW (fixture->window));
  cb_window_start (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  cb_ui_settle ();
  cb_ui_world_tear_down (&fixture->world, NULL);
  g_free (fixture->folder);
}

static void
sign_in (Fixture *fixture, const char *name, const char *pin)
{
  GtkWidget *lock;

  CB_UI_UNTIL (cb_ui_find_button (root (fixture), name) != NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (cb_ui_find_button (root (fixture), name)), TRUE);
  lock = cb_ui_find_type (root (fixture), CB_TYPE_LOCK_PAGE);
  for (const char *digit = pin; *digit != '\0'; digit++)
    g_assert_true (cb_ui_press (lock, GDK_KEY_0 + (guint) (*digit - '0'), 0));
  CB_UI_UNTIL (shows (fixture, "Type anywhere"));
}

static void
open_page (Fixture *fixture)
{
  sign_in (fixture, "Test Manager", CB_TEST_PIN);
  cb_ui_click (cb_ui_find_button (root (fixture), "Bring in an old book"));
  cb_ui_settle ();
}

static void
choose (Fixture *fixture, const char *name)
{
  GtkWidget *list;

  CB_UI_UNTIL (shows (fixture, name));
  list = cb_ui_find_type (cb_ui_find_type (root (fixture), CB_TYPE_IMPORT_PAGE), GTK_TYPE_LIST_BOX);
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

static void
press (Fixture *fixture, const char *label)
{
  GtkWidget *button = NULL;

  CB_UI_UNTIL ((button = cb_ui_find_button (root (fixture), label)) != NULL);
  cb_ui_click (button);
  cb_ui_settle ();
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
  CB_UI_UNTIL (shows (fixture, "New: 1 · here already: 1 · left out: 1"));
  g_assert_false (shows (fixture, "hidden"));
  g_assert_true (shows (fixture, "Ada Sample"));
  g_assert_true (shows (fixture, "020 7946 0101"));
  g_assert_true (shows (fixture, "Line 2"));
  g_assert_true (shows (fixture, "the row is empty"));
  g_assert_true (shows (fixture, "last day"));
  press (fixture, "A contract");
  press (fixture, "3 months");
  press (fixture, "Bring them in");
  CB_UI_UNTIL (shows (fixture, "It is in"));
  g_assert_true (shows (fixture, "Added: 1 · merged: 1 · left out: 1"));
  CB_UI_UNTIL (shows (fixture, "Line 4"));
  press (fixture, "Copy the list");
  g_assert_nonnull (cb_ui_find_button (root (fixture), "Copied"));
  /* Asked once more before it is gone. */
  press (fixture, "Delete the file");
  g_assert_true (has_file (fixture, "book.csv"));
  press (fixture, "Yes, delete it for good");
  CB_UI_UNTIL (shows (fixture, "deleted from the folder"));
  g_assert_false (has_file (fixture, "book.csv"));
  press (fixture, "Done");
  g_assert_true (shows (fixture, "Type anywhere"));
}

static void
test_opt_outs (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "gone.csv",
              "Email,Status\nghost@example.com,unsubscribed\nkeen@example.com,subscribed\n");
  open_page (fixture);
  press (fixture, "Who is not to be contacted");
  choose (fixture, "gone.csv");
  CB_UI_UNTIL (shows (fixture, "New: 1 · on the list already: 0 · left out: 1"));
  g_assert_true (shows (fixture, "Rows that say yes: 1"));
  g_assert_false (shows (fixture, "On what the shop keeps them"));
  press (fixture, "Bring them in");
  CB_UI_UNTIL (shows (fixture, "Put on the list: 1"));
  press (fixture, "Another file");
  CB_UI_UNTIL (shows (fixture, "Files in"));
}

static void
test_nothing_here (Fixture *fixture, gconstpointer data)
{
  open_page (fixture);
  CB_UI_UNTIL (shows (fixture, "No file is here yet"));
  g_assert_true (shows (fixture, fixture->folder));
  write_file (fixture, "picture.vcf", "\x89PNG\r\n\x1a\n\x01\x02\x03\x04\x05\x06\x07\x08");
  press (fixture, "Look again");
  choose (fixture, "picture.vcf");
  CB_UI_UNTIL (shows (fixture, "neither vCard nor a table"));
  press (fixture, "Another file");
  CB_UI_UNTIL (shows (fixture, "Files in"));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "back", NULL);
  cb_ui_settle ();
  g_assert_true (shows (fixture, "Type anywhere"));
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
    fixture->world.book.book, fixture->world.book.manager, 100000, NULL, &error);

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
  CB_UI_UNTIL (shows (fixture, "and 3,992 more") || shows (fixture, "and 3992 more"));
  press (fixture, "Bring them in");
  CB_UI_UNTIL (shows (fixture, "read so far"));
  press (fixture, "Stop");
  CB_UI_UNTIL (shows (fixture, "Stopped"));
  n_first = count_customers (fixture) - n_before;
  g_assert_cmpuint (n_first, >, 0);
  g_assert_cmpuint (n_first, <, 4000);
  g_assert_cmpuint (n_first % 100, ==, 0);
  press (fixture, "Another file");
  choose (fixture, "long.csv");
  press (fixture, "Bring them in");
  CB_UI_UNTIL (shows (fixture, "It is in"));
  g_assert_cmpuint (count_customers (fixture) - n_before, ==, 4000);
}

/* The terminal is locked while a file comes in: it ends between two pieces. */
static void
test_locked (Fixture *fixture, gconstpointer data)
{
  write_long_file (fixture);
  open_page (fixture);
  choose (fixture, "long.csv");
  press (fixture, "Bring them in");
  CB_UI_UNTIL (shows (fixture, "read so far"));
  cb_window_lock (fixture->window);
  CB_UI_UNTIL (cb_ui_find_button (root (fixture), "Test Manager") != NULL);
  cb_ui_settle ();
  g_assert_null (cb_ui_find_type (root (fixture), CB_TYPE_IMPORT_PAGE));
}

static void
test_associates (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture, "Test Associate", CB_TEST_PIN);
  g_assert_null (cb_ui_find_button (root (fixture), "Bring in an old book"));
  g_assert_null (cb_ui_find_type (root (fixture), CB_TYPE_IMPORT_PAGE));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "import"));
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
