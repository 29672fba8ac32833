/* SPDX-License-Identifier: Apache-2.0 */

/* One visit through the window: sign in, find, write, turn, hand back, lock. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "cb-ui-counter.h"
#include "customer/cb-customer-page.h"
#include "models/cb-shown-words.h"
#include "shell/cb-cover-page.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-staff-tile.h"
#include "shell/cb-veil.h"
#include "turned/cb-turned-page.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-sheet.h"

static void
search (CbUiCounter *counter, const char *text)
{
  GtkWidget *page = cb_ui_counter_find_type (counter, CB_TYPE_COUNTER_PAGE);

  gtk_editable_set_text (GTK_EDITABLE (cb_ui_find_type (page, GTK_TYPE_ENTRY)), text);
}

static void
open_mara (CbUiCounter *counter)
{
  search (counter, "mara");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "Mara Ellingsen"));
  cb_ui_counter_act (counter, "write");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "What they allow"));
}

static void
test_wrong_pin (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_choose_person (counter, "Test Associate");
  cb_ui_counter_enter_pin (counter, CB_TYPE_LOCK_PAGE, "739264");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "not the right PIN"));
  g_assert_true (cb_ui_counter_shows (counter, "left"));
  g_assert_null (cb_store_get_actor (counter->world.store));
  g_assert_false (cb_window_is_in_use (counter->window));
}

static void
test_visit (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  open_mara (counter);
  g_assert_true (cb_ui_counter_shows (counter, "07700 900112"));
  cb_ui_counter_act (counter, "back");
  g_assert_true (cb_ui_find_button (GTK_WIDGET (counter->window), "Ask for consent") == NULL);
}

static guint
count_shown (CbUiCounter *counter)
{
  CbTestBook *book = &counter->world.book;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = cb_book_list_audit (book->book, book->privacy, 0, 1000, &error);
  guint n_shown = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const CbAuditRow *row = rows->pdata[i];

      n_shown += g_str_equal (row->action, "note.found") &&
                 g_strcmp0 (row->customer, counter->world.mara) == 0;
    }
  return n_shown;
}

static void
wait_ms (guint ms)
{
  gint64 end_us = g_get_monotonic_time () + ms * G_GINT64_CONSTANT (1000);

  CB_UI_UNTIL (g_get_monotonic_time () >= end_us);
}

/* Whose words of a note stood in the answer is told of it; a flash while somebody types on is no
 * reading, and neither is what is behind another page. */
static void
test_found_words (CbUiCounter *counter, gconstpointer data)
{
  CbTestBook *book = &counter->world.book;
  g_autoptr (CbNote) note = NULL;

  cb_test_book_answer (book, counter->world.mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  note = cb_test_book_add_note (book, counter->world.mara, NULL, "likes velvet");
  cb_ui_counter_sign_in (counter, "Test Associate");
  search (counter, "velvet");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "likes velvet"));
  wait_ms (200);
  search (counter, "mara");
  CB_UI_UNTIL (!cb_ui_counter_shows (counter, "likes velvet"));
  wait_ms (CB_SHOWN_WORDS_MS + 400);
  g_assert_cmpuint (count_shown (counter), ==, 0);

  /* The row stays while the word grows. */
  search (counter, "velv");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "likes velvet"));
  wait_ms (CB_SHOWN_WORDS_MS / 2);
  search (counter, "velve");
  wait_ms (CB_SHOWN_WORDS_MS / 2);
  search (counter, "velvet");
  /* With a pause, since looking adds a row itself. */
  CB_UI_UNTIL ((wait_ms (20), count_shown (counter) == 1));
  search (counter, "");
  search (counter, "velvet");
  wait_ms (CB_SHOWN_WORDS_MS + 400);
  g_assert_cmpuint (count_shown (counter), ==, 1);
}

static void
test_not_here (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  search (counter, "Nobody Such");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "Not on this terminal"));
  cb_ui_click (cb_ui_counter_find_button (counter, "Add as a new customer"));
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "Given name"));
  cb_ui_click (cb_ui_counter_find_button (counter, "Add customer"));
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "Nobody Such"));
  g_assert_true (cb_ui_counter_shows (counter, "What they allow"));
}

static void
test_form_keeps_words (CbUiCounter *counter, gconstpointer data)
{
  GtkWidget *sheet;

  cb_ui_counter_sign_in (counter, "Test Associate");
  search (counter, "Nobody Such");
  CB_UI_UNTIL (cb_ui_counter_find_button (counter, "Add as a new customer") != NULL);
  cb_ui_click (cb_ui_counter_find_button (counter, "Add as a new customer"));
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "Given name"));
  sheet = cb_ui_find_type (GTK_WIDGET (counter->window), CB_TYPE_SHEET);
  gtk_editable_set_text (GTK_EDITABLE (cb_ui_find_type (sheet, GTK_TYPE_ENTRY)), "Noboda");
  cb_ui_counter_act (counter, "back");
  CB_UI_UNTIL (!cb_ui_counter_shows (counter, "Given name"));
  cb_ui_click (cb_ui_counter_find_button (counter, "Add as a new customer"));
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "Given name"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (cb_ui_find_type (sheet, GTK_TYPE_ENTRY))),
                   ==, "Noboda");
}

/* However the program ends, nothing of it stays behind. */
static void
test_sheet_open_at_the_end (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  cb_ui_counter_act (counter, "keys");
  g_assert_true (cb_ui_counter_shows (counter, "One step back"));
}

static void
test_turning_back_needs_the_pin (CbUiCounter *counter, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (counter->window);

  cb_ui_counter_sign_in (counter, "Test Associate");
  open_mara (counter);
  cb_ui_counter_act (counter, "turn");
  g_assert_nonnull (cb_ui_counter_find_button (counter, "Ask me later"));
  g_assert_false (cb_ui_counter_shows (counter, "What they allow"));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (counter->window)) == NULL);

  cb_ui_counter_act (counter, "search");
  cb_ui_counter_act (counter, "write");
  g_assert_false (cb_ui_counter_shows (counter, "What they allow"));
  cb_ui_counter_act (counter, "back");
  g_assert_nonnull (cb_ui_find_type (window, CB_TYPE_COVER_PAGE));
  g_assert_true (cb_ui_counter_shows (counter, "Please hand the screen back"));
  g_assert_false (cb_ui_counter_shows (counter, "Mara"));

  cb_ui_counter_enter_pin (counter, CB_TYPE_COVER_PAGE, "739264");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "not the right PIN"));
  cb_ui_counter_enter_pin (counter, CB_TYPE_COVER_PAGE, CB_TEST_PIN);
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "What they allow"));
}

/* --- a question that goes away --- */

static guint
count_unanswered (CbUiCounter *counter)
{
  CbTestBook *book = &counter->world.book;
  g_autoptr (GPtrArray) list =
    cb_book_list_unanswered (book->book, book->manager, counter->world.mara, NULL);

  return list->len;
}

static void
turn_to_mara (CbUiCounter *counter)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  open_mara (counter);
  cb_ui_counter_act (counter, "turn");
  g_assert_nonnull (cb_ui_counter_find_button (counter, "Ask me later"));
}

/* Until the associate has the screen again it may still be answered. */
static void
test_handed_back_unanswered (CbUiCounter *counter, gconstpointer data)
{
  turn_to_mara (counter);
  cb_ui_counter_act (counter, "back");
  cb_ui_settle ();
  g_assert_cmpuint (count_unanswered (counter), ==, 0);
  cb_ui_counter_enter_pin (counter, CB_TYPE_COVER_PAGE, CB_TEST_PIN);
  CB_UI_UNTIL (count_unanswered (counter) == 1);
}

static void
test_back_to_the_question (CbUiCounter *counter, gconstpointer data)
{
  turn_to_mara (counter);
  cb_ui_counter_act (counter, "back");
  cb_ui_settle ();
  cb_ui_counter_click (counter, "Back to my answers");
  cb_ui_counter_click (counter, "Yes");
  cb_ui_counter_click (counter, "Done");
  cb_ui_counter_click (counter, "Hand the screen back");
  cb_ui_counter_enter_pin (counter, CB_TYPE_COVER_PAGE, CB_TEST_PIN);
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "What they allow"));
  cb_ui_counter_act (counter, "lock");
  CB_UI_UNTIL (cb_ui_counter_find_button (counter, "Test Associate") != NULL);
  g_assert_cmpuint (count_unanswered (counter), ==, 0);
}

/* The veil is no end; the lock that follows it is, from whichever side it comes. */
static void
test_locked_unanswered (CbUiCounter *counter, gconstpointer data)
{
  gboolean is_elsewhere = data != NULL;

  turn_to_mara (counter);
  cb_window_veil (counter->window);
  cb_ui_settle ();
  g_assert_cmpuint (count_unanswered (counter), ==, 0);
  if (is_elsewhere)
    cb_store_lock_async (counter->world.store, NULL, NULL, NULL);
  else
    cb_window_lock (counter->window);
  CB_UI_UNTIL (count_unanswered (counter) == 1);
  g_assert_null (cb_store_get_actor (counter->world.store));
  g_assert_false (cb_ui_counter_shows (counter, "Mara"));
}

static void
test_later_and_locked (CbUiCounter *counter, gconstpointer data)
{
  GtkWidget *cover = NULL;

  turn_to_mara (counter);
  cb_ui_counter_click (counter, "Ask me later");
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_COVER_PAGE) != NULL);
  g_set_weak_pointer (&cover, cb_ui_counter_find_type (counter, CB_TYPE_COVER_PAGE));
  cb_window_lock (counter->window);
  CB_UI_UNTIL (cb_ui_counter_find_button (counter, "Test Associate") != NULL);
  cb_ui_settle ();
  g_assert_null (cover);
  g_assert_cmpuint (count_unanswered (counter), ==, 0);
}

static void
test_lock_drops_pages (CbUiCounter *counter, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (counter->window);
  GtkWidget *customer = NULL;
  GtkWidget *page = NULL;

  cb_ui_counter_sign_in (counter, "Test Associate");
  open_mara (counter);
  g_set_weak_pointer (&customer, cb_ui_find_type (window, CB_TYPE_CUSTOMER_PAGE));
  g_set_weak_pointer (&page, cb_ui_find_type (window, CB_TYPE_COUNTER_PAGE));
  g_assert_nonnull (customer);
  cb_ui_counter_act (counter, "lock");
  CB_UI_UNTIL (cb_store_get_actor (counter->world.store) == NULL);
  CB_UI_UNTIL (cb_ui_counter_find_button (counter, "Test Associate") != NULL);
  g_assert_null (customer);
  g_assert_null (page);
  g_assert_false (cb_ui_counter_shows (counter, "Mara"));
}

static void
test_draft_outlives_lock (CbUiCounter *counter, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (counter->window);
  GtkWidget *view;

  cb_ui_counter_sign_in (counter, "Test Associate");
  open_mara (counter);
  view = cb_ui_find_type (window, GTK_TYPE_TEXT_VIEW);
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "half", -1);
  cb_ui_counter_act (counter, "lock");
  CB_UI_UNTIL (cb_store_get_actor (counter->world.store) == NULL);
  cb_ui_counter_sign_in (counter, "Test Associate");
  open_mara (counter);
  g_assert_true (cb_ui_counter_shows (counter, "Not saved yet"));
}

static void
test_veil (CbUiCounter *counter, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (counter->window);

  cb_window_veil (counter->window);
  g_assert_null (cb_ui_find_type (window, CB_TYPE_VEIL));
  cb_ui_counter_sign_in (counter, "Test Associate");
  open_mara (counter);
  cb_window_veil (counter->window);
  cb_ui_settle ();
  g_assert_nonnull (cb_ui_find_type (window, CB_TYPE_VEIL));
  g_assert_true (cb_ui_press (cb_ui_find_type (window, CB_TYPE_VEIL), GDK_KEY_x, 0));
  g_assert_null (cb_ui_find_type (window, CB_TYPE_VEIL));
  g_assert_false (cb_ui_shows (window, "x "));
}

static void
test_trouble (CbUiCounter *counter, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY, "no key");

  cb_window_show_trouble (counter->window, error);
  cb_ui_settle ();
  g_assert_true (cb_ui_counter_shows (counter, "The key is not here"));
  g_assert_false (cb_ui_counter_shows (counter, "no key"));
  g_assert_null (cb_ui_counter_find_button (counter, "Test Associate"));
}

/* And no width needs more height than a smaller one: GTK looks for a width by halving. */
/* Nothing ends by itself until somebody who may says that the date is right. */
static void
test_clock_that_jumped (CbUiCounter *counter, gconstpointer data)
{
  CbClock *clock = counter->world.book.clock;

  cb_ui_counter_sign_in (counter, "Test Associate");
  cb_clock_set_now_us (clock, CB_TEST_MORNING_US + 400 * CB_US_PER_DAY);
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "it says 6\u00a0April 2027"));
  g_assert_true (cb_ui_counter_shows (counter, "Until a manager confirms"));
  g_assert_null (cb_ui_counter_find_button (counter, "The date is right"));
  cb_ui_counter_act (counter, "lock");

  cb_ui_counter_sign_in (counter, "Test Manager");
  cb_ui_counter_click (counter, "The date is right");
  CB_UI_UNTIL (cb_store_get_time_doubt (counter->world.store) == CB_TIME_BELIEVED);
  CB_UI_UNTIL (!cb_ui_counter_shows (counter, "has jumped"));
}

static void
test_smallest (CbUiCounter *counter, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (counter->window);
  int before = G_MAXINT;
  int width;
  int height;

  cb_ui_counter_sign_in (counter, "Test Associate");
  open_mara (counter);
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, 1024);
  gtk_widget_measure (window, GTK_ORIENTATION_VERTICAL, 1024, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, <=, 768);
  for (; width < 2400; width += 5)
    {
      gtk_widget_measure (window, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
      g_assert_cmpint (height, <=, before);
      before = height;
    }
}

/* At twice the size of text the smallest screen still holds it. */
static void
test_smallest_twice (CbUiCounter *counter, gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();

  g_object_set (settings, "gtk-xft-dpi", 192 * 1024, NULL);
  test_smallest (counter, data);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024, NULL);
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test)                                                                            \
  g_test_add (path, CbUiCounter, NULL, cb_ui_counter_set_up, test, cb_ui_counter_tear_down)
  ADD ("/window/a-wrong-pin-says-how-many-tries-are-left", test_wrong_pin);
  ADD ("/window/one-visit", test_visit);
  ADD ("/window/whose-words-were-found-is-told", test_found_words);
  ADD ("/window/who-is-not-here-can-be-added", test_not_here);
  ADD ("/window/a-form-closed-keeps-its-words", test_form_keeps_words);
  ADD ("/window/a-sheet-may-lie-open-at-the-end", test_sheet_open_at_the_end);
  ADD ("/window/the-turned-screen-is-left-by-pin", test_turning_back_needs_the_pin);
  ADD ("/window/handed-back-without-an-answer", test_handed_back_unanswered);
  ADD ("/window/handed-back-by-mistake-and-answered", test_back_to_the_question);
  ADD ("/window/locked-without-an-answer", test_locked_unanswered);
  g_test_add ("/window/locked-elsewhere-without-an-answer", CbUiCounter, "", cb_ui_counter_set_up,
              test_locked_unanswered, cb_ui_counter_tear_down);
  ADD ("/window/later-and-locked-is-later", test_later_and_locked);
  ADD ("/window/locking-drops-every-page", test_lock_drops_pages);
  ADD ("/window/a-draft-outlives-the-lock", test_draft_outlives_lock);
  ADD ("/window/the-veil-is-lifted-by-any-key", test_veil);
  ADD ("/window/trouble-is-explained", test_trouble);
  ADD ("/window/a-clock-that-jumped-is-confirmed-by-a-manager", test_clock_that_jumped);
  ADD ("/window/fits-the-smallest-screen", test_smallest);
  ADD ("/window/fits-the-smallest-screen-at-twice-the-text", test_smallest_twice);
#undef ADD

  return g_test_run ();
}
