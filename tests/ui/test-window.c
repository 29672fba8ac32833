/* SPDX-License-Identifier: Apache-2.0 */

/* One visit through the window: sign in, find, write, turn, hand back, lock. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "cb-ui-world.h"
#include "customer/cb-customer-page.h"
#include "shell/cb-cover-page.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-staff-tile.h"
#include "shell/cb-veil.h"
#include "shell/cb-window.h"
#include "turned/cb-turned-page.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-sheet.h"

typedef struct
{
  CbUiWorld world;
  CbWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  cb_ui_world_set_up (&fixture->world, NULL);
  fixture->window = cb_window_new (NULL, fixture->world.store);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1024, 768);
  gtk_window_present (GTK_WINDOW (fixture->window));
  cb_window_start (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  cb_ui_world_tear_down (&fixture->world, NULL);
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return cb_ui_shows (GTK_WIDGET (fixture->window), text);
}

static GtkWidget *
button (Fixture *fixture, const char *label)
{
  return cb_ui_find_button (GTK_WIDGET (fixture->window), label);
}

static void
act (Fixture *fixture, const char *name)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), name, NULL);
  cb_ui_settle ();
}

static void
enter_pin (Fixture *fixture, GType page, const char *pin)
{
  GtkWidget *widget = cb_ui_find_type (GTK_WIDGET (fixture->window), page);

  for (const char *digit = pin; *digit != '\0'; digit++)
    g_assert_true (cb_ui_press (widget, GDK_KEY_0 + (guint) (*digit - '0'), 0));
}

static void
sign_in (Fixture *fixture)
{
  CB_UI_UNTIL (button (fixture, "Test Associate") != NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button (fixture, "Test Associate")), TRUE);
  enter_pin (fixture, CB_TYPE_LOCK_PAGE, CB_TEST_PIN);
  CB_UI_UNTIL (cb_ui_find_type (GTK_WIDGET (fixture->window), CB_TYPE_COUNTER_PAGE) != NULL &&
               shows (fixture, "Type anywhere"));
  CB_UI_UNTIL (cb_store_is_index_ready (fixture->world.store));
}

static void
search (Fixture *fixture, const char *text)
{
  GtkWidget *counter = cb_ui_find_type (GTK_WIDGET (fixture->window), CB_TYPE_COUNTER_PAGE);

  gtk_editable_set_text (GTK_EDITABLE (cb_ui_find_type (counter, GTK_TYPE_ENTRY)), text);
}

static void
open_mara (Fixture *fixture)
{
  search (fixture, "mara");
  CB_UI_UNTIL (shows (fixture, "Mara Ellingsen"));
  act (fixture, "write");
  CB_UI_UNTIL (shows (fixture, "What they allow"));
}

static void
test_wrong_pin (Fixture *fixture, gconstpointer data)
{
  CB_UI_UNTIL (button (fixture, "Test Associate") != NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button (fixture, "Test Associate")), TRUE);
  enter_pin (fixture, CB_TYPE_LOCK_PAGE, "739264");
  CB_UI_UNTIL (shows (fixture, "not the right PIN"));
  g_assert_true (shows (fixture, "left"));
  g_assert_null (cb_store_get_actor (fixture->world.store));
  g_assert_false (cb_window_is_in_use (fixture->window));
}

static void
test_visit (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  open_mara (fixture);
  g_assert_true (shows (fixture, "07700 900112"));
  act (fixture, "back");
  g_assert_true (cb_ui_find_button (GTK_WIDGET (fixture->window), "Ask for consent") == NULL);
}

static void
test_not_here (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  search (fixture, "Nobody Such");
  CB_UI_UNTIL (shows (fixture, "Not on this terminal"));
  cb_ui_click (button (fixture, "Add as a new customer"));
  CB_UI_UNTIL (shows (fixture, "Given name"));
  cb_ui_click (button (fixture, "Add customer"));
  CB_UI_UNTIL (shows (fixture, "Nobody Such"));
  g_assert_true (shows (fixture, "What they allow"));
}

static void
test_form_keeps_words (Fixture *fixture, gconstpointer data)
{
  GtkWidget *sheet;

  sign_in (fixture);
  search (fixture, "Nobody Such");
  CB_UI_UNTIL (button (fixture, "Add as a new customer") != NULL);
  cb_ui_click (button (fixture, "Add as a new customer"));
  CB_UI_UNTIL (shows (fixture, "Given name"));
  sheet = cb_ui_find_type (GTK_WIDGET (fixture->window), CB_TYPE_SHEET);
  gtk_editable_set_text (GTK_EDITABLE (cb_ui_find_type (sheet, GTK_TYPE_ENTRY)), "Noboda");
  act (fixture, "back");
  CB_UI_UNTIL (!shows (fixture, "Given name"));
  cb_ui_click (button (fixture, "Add as a new customer"));
  CB_UI_UNTIL (shows (fixture, "Given name"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (cb_ui_find_type (sheet, GTK_TYPE_ENTRY))),
                   ==, "Noboda");
}

/* However the program ends, nothing of it stays behind. */
static void
test_sheet_open_at_the_end (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  act (fixture, "keys");
  g_assert_true (shows (fixture, "One step back"));
}

static void
test_turning_back_needs_the_pin (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  sign_in (fixture);
  open_mara (fixture);
  act (fixture, "turn");
  g_assert_nonnull (button (fixture, "Ask me later"));
  g_assert_false (shows (fixture, "What they allow"));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) == NULL);

  act (fixture, "search");
  act (fixture, "write");
  g_assert_false (shows (fixture, "What they allow"));
  act (fixture, "back");
  g_assert_nonnull (cb_ui_find_type (window, CB_TYPE_COVER_PAGE));
  g_assert_true (shows (fixture, "Please hand the screen back"));
  g_assert_false (shows (fixture, "Mara"));

  enter_pin (fixture, CB_TYPE_COVER_PAGE, "739264");
  CB_UI_UNTIL (shows (fixture, "not the right PIN"));
  enter_pin (fixture, CB_TYPE_COVER_PAGE, CB_TEST_PIN);
  CB_UI_UNTIL (shows (fixture, "What they allow"));
}

static void
test_lock_drops_pages (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);
  GtkWidget *customer = NULL;
  GtkWidget *counter = NULL;

  sign_in (fixture);
  open_mara (fixture);
  g_set_weak_pointer (&customer, cb_ui_find_type (window, CB_TYPE_CUSTOMER_PAGE));
  g_set_weak_pointer (&counter, cb_ui_find_type (window, CB_TYPE_COUNTER_PAGE));
  g_assert_nonnull (customer);
  act (fixture, "lock");
  CB_UI_UNTIL (cb_store_get_actor (fixture->world.store) == NULL);
  CB_UI_UNTIL (button (fixture, "Test Associate") != NULL);
  g_assert_null (customer);
  g_assert_null (counter);
  g_assert_false (shows (fixture, "Mara"));
}

static void
test_draft_outlives_lock (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);
  GtkWidget *view;

  sign_in (fixture);
  open_mara (fixture);
  view = cb_ui_find_type (window, GTK_TYPE_TEXT_VIEW);
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "half", -1);
  act (fixture, "lock");
  CB_UI_UNTIL (cb_store_get_actor (fixture->world.store) == NULL);
  sign_in (fixture);
  open_mara (fixture);
  g_assert_true (shows (fixture, "Not saved yet"));
}

static void
test_veil (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  cb_window_veil (fixture->window);
  g_assert_null (cb_ui_find_type (window, CB_TYPE_VEIL));
  sign_in (fixture);
  open_mara (fixture);
  cb_window_veil (fixture->window);
  cb_ui_settle ();
  g_assert_nonnull (cb_ui_find_type (window, CB_TYPE_VEIL));
  g_assert_true (cb_ui_press (cb_ui_find_type (window, CB_TYPE_VEIL), GDK_KEY_x, 0));
  g_assert_null (cb_ui_find_type (window, CB_TYPE_VEIL));
  g_assert_false (cb_ui_shows (window, "x "));
}

static void
test_trouble (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY, "no key");

  cb_window_show_trouble (fixture->window, error);
  cb_ui_settle ();
  g_assert_true (shows (fixture, "The key is not here"));
  g_assert_false (shows (fixture, "no key"));
  g_assert_null (button (fixture, "Test Associate"));
}

/* And no width needs more height than a smaller one: GTK looks for a width by halving. */
static void
test_smallest (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);
  int before = G_MAXINT;
  int width;
  int height;

  sign_in (fixture);
  open_mara (fixture);
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
test_smallest_twice (Fixture *fixture, gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();

  g_object_set (settings, "gtk-xft-dpi", 192 * 1024, NULL);
  test_smallest (fixture, data);
  g_object_set (settings, "gtk-xft-dpi", 96 * 1024, NULL);
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/window/a-wrong-pin-says-how-many-tries-are-left", test_wrong_pin);
  ADD ("/window/one-visit", test_visit);
  ADD ("/window/who-is-not-here-can-be-added", test_not_here);
  ADD ("/window/a-form-closed-keeps-its-words", test_form_keeps_words);
  ADD ("/window/a-sheet-may-lie-open-at-the-end", test_sheet_open_at_the_end);
  ADD ("/window/the-turned-screen-is-left-by-pin", test_turning_back_needs_the_pin);
  ADD ("/window/locking-drops-every-page", test_lock_drops_pages);
  ADD ("/window/a-draft-outlives-the-lock", test_draft_outlives_lock);
  ADD ("/window/the-veil-is-lifted-by-any-key", test_veil);
  ADD ("/window/trouble-is-explained", test_trouble);
  ADD ("/window/fits-the-smallest-screen", test_smallest);
  ADD ("/window/fits-the-smallest-screen-at-twice-the-text", test_smallest_twice);
#undef ADD

  return g_test_run ();
}
