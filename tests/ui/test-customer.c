/* SPDX-License-Identifier: Apache-2.0 */

/* The customer's page over a real store: "Saved" after the commit, drafts that wait for their
 * customer, a spoken yes, gifts veiled. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-page.h"
#include "customer/cb-note-row.h"
#include "db/cb-db.h"
#include "visit/cb-ask-strip.h"
#include "visit/cb-composer.h"

static void
open_customer (CbUiPage *fixture, const char *id)
{
  cb_customer_page_open (fixture->page, id);
  CB_UI_UNTIL (cb_customer_page_get_dossier (fixture->page) != NULL);
  cb_ui_settle ();
}

static GtkTextBuffer *
text_of (CbUiPage *fixture)
{
  GtkWidget *view = cb_ui_find_type (GTK_WIDGET (fixture->page), GTK_TYPE_TEXT_VIEW);

  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
}

static char *
dup_typed (CbUiPage *fixture)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (text_of (fixture), &start, &end);
  return gtk_text_buffer_get_text (text_of (fixture), &start, &end, FALSE);
}

static void
type (CbUiPage *fixture, const char *text)
{
  gtk_text_buffer_insert_at_cursor (text_of (fixture), text, -1);
}

static void
save (CbUiPage *fixture)
{
  GtkWidget *composer = cb_ui_find_type (GTK_WIDGET (fixture->page), CB_TYPE_COMPOSER);

  g_assert_true (cb_ui_press (composer, GDK_KEY_Return, GDK_CONTROL_MASK));
}

static void
test_saved (CbUiPage *fixture, gconstpointer data)
{
  g_autofree char *typed = NULL;

  open_customer (fixture, fixture->world.mara);
  type (fixture, "Two pairs, no more.");
  save (fixture);
  /* The commit is on another thread; until it is reported nothing may claim it. */
  g_assert_false (cb_ui_shows (GTK_WIDGET (fixture->page), "Saved"));
  typed = dup_typed (fixture);
  g_assert_cmpstr (typed, ==, "Two pairs, no more.");

  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Saved"));
  g_assert_cmpint (gtk_text_buffer_get_char_count (text_of (fixture)), ==, 0);
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Two pairs, no more."));
  g_assert_true (cb_ui_shows (GTK_WIDGET (fixture->page), "ask by"));
}

/* As a disk does it: nobody is told. */
static void
damage (CbUiPage *fixture, const char *sql, const char *customer)
{
  g_autofree char *path = g_build_filename (fixture->world.book.home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, fixture->world.book.clock, &error);
  g_autoptr (CbStmt) stmt = NULL;

  g_assert_no_error (error);
  stmt = cb_db_prepare (db, sql);
  cb_stmt_bind_text (stmt, 1, customer);
  g_assert_true (cb_stmt_run (stmt, &error));
  g_assert_no_error (error);
}

/* What is left is shown, it is said that it is not all, and a note is kept all the same. */
static void
test_damaged (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);

  damage (fixture, "UPDATE customer SET card = zeroblob(length(card)) WHERE id = ?1",
          fixture->world.mara);
  open_customer (fixture, fixture->world.mara);
  g_assert_true (cb_ui_shows (page, "Part of this record cannot be read here"));
  g_assert_true (cb_ui_shows (page, "Nothing was deleted."));
  g_assert_true (cb_ui_shows (page, "Name cannot be read here"));
  g_assert_true (cb_ui_shows (page, "07700 900112"));
  type (fixture, "Two pairs, no more.");
  save (fixture);
  CB_UI_UNTIL (cb_ui_shows (page, "Two pairs, no more."));
  open_customer (fixture, fixture->world.jurgen);
  CB_UI_UNTIL (cb_ui_shows (page, "Jürgen"));
  g_assert_false (cb_ui_shows (page, "cannot be read here"));
}

/* Of whose key is damaged nothing is left; it is said who can help. */
static void
test_damaged_wholly (CbUiPage *fixture, gconstpointer data)
{
  damage (fixture, "UPDATE customer SET key = zeroblob(length(key)) WHERE id = ?1",
          fixture->world.mara);
  cb_customer_page_open (fixture->page, fixture->world.mara);
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "This record cannot be shown"));
  g_assert_true (cb_ui_shows (GTK_WIDGET (fixture->page), "Nothing was deleted."));
  g_assert_true (
    cb_ui_shows (GTK_WIDGET (fixture->page), "Tell whoever looks after the terminal."));
}

static void
on_locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cb_store_lock_finish (CB_STORE (source), result, &error);
  g_assert_no_error (error);
}

/* The store may refuse for whatever reason; here because nobody is signed in any more. */
static void
test_refused_keeps_words (CbUiPage *fixture, gconstpointer data)
{
  g_autofree char *typed = NULL;

  open_customer (fixture, fixture->world.mara);
  type (fixture, "Words that matter");
  cb_store_lock_async (fixture->world.store, NULL, on_locked, NULL);
  CB_UI_UNTIL (cb_store_get_actor (fixture->world.store) == NULL);
  save (fixture);
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Not saved"));
  typed = dup_typed (fixture);
  g_assert_cmpstr (typed, ==, "Words that matter");
  CB_UI_UNTIL (cb_draft_shelf_get_length (fixture->shelf) == 0);
}

static void
test_draft_waits (CbUiPage *fixture, gconstpointer data)
{
  g_autofree char *other = NULL;
  g_autofree char *mine = NULL;

  open_customer (fixture, fixture->world.mara);
  type (fixture, "half a thought about");
  open_customer (fixture, fixture->world.jurgen);
  other = dup_typed (fixture);
  g_assert_cmpstr (other, ==, "");
  g_assert_false (gtk_text_buffer_get_can_undo (text_of (fixture)));

  open_customer (fixture, fixture->world.mara);
  mine = dup_typed (fixture);
  g_assert_cmpstr (mine, ==, "half a thought about");
  g_assert_true (cb_ui_shows (GTK_WIDGET (fixture->page), "Not saved yet"));
}

/* As another process sees it. */
static guint
count_kept (CbUiPage *fixture, const char *customer)
{
  CbTestBook *book = &fixture->world.book;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) drafts =
    cb_book_list_drafts (book->book, book->associate, customer, &error);

  g_assert_no_error (error);
  return drafts->len;
}

static void
test_kept (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);
  g_autofree char *typed = NULL;

  open_customer (fixture, fixture->world.mara);
  g_assert_cmpuint (count_kept (fixture, fixture->world.mara), ==, 0);
  type (fixture, "half a thought");
  g_assert_cmpuint (cb_draft_shelf_get_length (fixture->shelf), ==, 1);
  CB_UI_UNTIL (cb_ui_shows (page, "Kept as a draft"));
  g_assert_cmpuint (count_kept (fixture, fixture->world.mara), ==, 1);
  g_assert_cmpuint (cb_draft_shelf_get_length (fixture->shelf), ==, 0);

  /* Somebody else at the same shelf finds nothing of it. */
  cb_customer_page_close (fixture->page);
  cb_ui_world_sign_in_as (&fixture->world, fixture->world.book.other);
  open_customer (fixture, fixture->world.mara);
  typed = dup_typed (fixture);
  g_assert_cmpstr (typed, ==, "");
  g_assert_false (cb_ui_shows (page, "Not saved yet"));
}

static void
test_saving_ends_it (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);

  open_customer (fixture, fixture->world.mara);
  type (fixture, "a whole thought");
  CB_UI_UNTIL (cb_ui_shows (page, "Kept as a draft"));
  type (fixture, ", and more");
  save (fixture);
  CB_UI_UNTIL (cb_ui_shows (page, "Saved"));
  g_assert_cmpuint (cb_draft_shelf_get_length (fixture->shelf), ==, 0);
  g_assert_cmpuint (count_kept (fixture, fixture->world.mara), ==, 0);
  type (fixture, "x");
  CB_UI_UNTIL (count_kept (fixture, fixture->world.mara) == 1);
  gtk_text_buffer_set_text (text_of (fixture), "", 0);
  CB_UI_UNTIL (count_kept (fixture, fixture->world.mara) == 0);
}

static void
test_closed_is_blank (CbUiPage *fixture, gconstpointer data)
{
  open_customer (fixture, fixture->world.mara);
  type (fixture, "something");
  cb_customer_page_close (fixture->page);
  cb_ui_settle ();
  g_assert_false (cb_ui_shows (GTK_WIDGET (fixture->page), "Mara"));
  g_assert_false (cb_ui_shows (GTK_WIDGET (fixture->page), "07700"));
  g_assert_null (cb_customer_page_get_dossier (fixture->page));
  g_assert_cmpint (gtk_text_buffer_get_char_count (text_of (fixture)), ==, 0);
}

static void
test_spoken_yes (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);

  open_customer (fixture, fixture->world.mara);
  type (fixture, "Likes navy.");
  save (fixture);
  CB_UI_UNTIL (cb_ui_find_button (page, "They said yes") != NULL);
  g_assert_true (cb_ui_shows (page, "May I write down your sizes"));
  cb_ui_click (cb_ui_find_button (page, "They said yes"));
  CB_UI_UNTIL (cb_ui_shows (page, "Yes, since today"));
  CB_UI_UNTIL (cb_ui_shows (page, "waiting to send"));
  g_assert_null (cb_ui_find_button (page, "They said yes"));
}

static void
test_spoken_no (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);

  open_customer (fixture, fixture->world.mara);
  type (fixture, "Likes navy.");
  save (fixture);
  CB_UI_UNTIL (cb_ui_find_button (page, "They said no") != NULL);
  cb_ui_click (cb_ui_find_button (page, "They said no"));
  CB_UI_UNTIL (cb_ui_shows (page, "do not ask again"));
  CB_UI_UNTIL (cb_ui_shows (page, "Ends with the day"));
  g_assert_null (cb_ui_find_button (page, "Ask aloud"));
}

static void
test_gift_is_veiled (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);

  open_customer (fixture, fixture->world.mara);
  type (fixture, "A scarf as a surprise");
  cb_ui_click (cb_ui_find_button (page, "They want"));
  cb_ui_settle ();
  cb_ui_click (cb_ui_find_button (page, "It is a gift"));
  save (fixture);
  CB_UI_UNTIL (cb_ui_find_button (page, "Show the gift note") != NULL);
  g_assert_false (cb_ui_shows (page, "A scarf as a surprise"));
  cb_ui_click (cb_ui_find_button (page, "Show the gift note"));
  cb_ui_settle ();
  g_assert_true (cb_ui_shows (page, "A scarf as a surprise"));
}

/* What scrolls only when nothing else helps. */
static GtkWidget *
whole_of (CbUiPage *fixture)
{
  GtkWidget *viewport = cb_ui_find_type (GTK_WIDGET (fixture->page), GTK_TYPE_VIEWPORT);

  return gtk_viewport_get_child (GTK_VIEWPORT (viewport));
}

static void
test_fits (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *whole;
  int width;
  int height;

  open_customer (fixture, fixture->world.mara);
  whole = whole_of (fixture);
  gtk_widget_measure (whole, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (whole, GTK_ORIENTATION_VERTICAL, 1024, &height, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, 1024);
  g_assert_cmpint (height, <=, 700);
}

/* GTK looks for a width by halving; a page that needs more height when it gets wider hangs it. */
static void
test_wider_is_lower (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);
  GtkWidget *whole;
  int before = G_MAXINT;
  int width;

  open_customer (fixture, fixture->world.mara);
  type (fixture, "Something to be asked about");
  save (fixture);
  CB_UI_UNTIL (cb_ui_find_button (page, "They said yes") != NULL);
  whole = whole_of (fixture);
  gtk_widget_measure (whole, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  for (; width < 2000; width += 3)
    {
      int height;

      gtk_widget_measure (whole, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
      g_assert_cmpint (height, <=, before);
      before = height;
    }
}

/* A window as low as it can be asks how wide its page must be; what contradicts itself there is a
 * warning, and fatal here. */
static void
test_width_for_height (CbUiPage *fixture, gconstpointer data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);
  int least;
  int lowest;

  open_customer (fixture, fixture->world.mara);
  gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_measure (page, GTK_ORIENTATION_VERTICAL, -1, &lowest, NULL, NULL, NULL);
  for (int height = lowest; height < 1200; height++)
    {
      int width;

      gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, height, &width, NULL, NULL, NULL);
      g_assert_cmpint (width, ==, least);
    }
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test)                                                                            \
  g_test_add (path, CbUiPage, NULL, cb_ui_page_set_up, test, cb_ui_page_tear_down)
  ADD ("/customer/saved-is-said-after-the-commit", test_saved);
  ADD ("/customer/what-cannot-be-saved-is-still-there", test_refused_keeps_words);
  ADD ("/customer/a-draft-waits-for-its-customer", test_draft_waits);
  ADD ("/customer/a-draft-is-on-the-disk-when-it-says-so", test_kept);
  ADD ("/customer/saving-ends-the-draft", test_saving_ends_it);
  ADD ("/customer/a-closed-page-knows-nobody", test_closed_is_blank);
  ADD ("/customer/a-spoken-yes-is-one-tap", test_spoken_yes);
  ADD ("/customer/a-spoken-no-is-not-asked-again", test_spoken_no);
  ADD ("/customer/a-gift-is-veiled-until-tapped", test_gift_is_veiled);
  ADD ("/customer/damaged/what-is-left-is-shown", test_damaged);
  ADD ("/customer/damaged/wholly", test_damaged_wholly);
  ADD ("/customer/fits-the-smallest-screen", test_fits);
  ADD ("/customer/wider-never-needs-more-height", test_wider_is_lower);
  ADD ("/customer/how-wide-does-not-depend-on-how-high", test_width_for_height);
#undef ADD

  return g_test_run ();
}
