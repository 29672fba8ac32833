/* SPDX-License-Identifier: Apache-2.0 */

/* "From the old book: still right?", answered through the window. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-world.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-window.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-field.h"

typedef struct
{
  CbUiWorld world;
  CbWindow *window;
  char *ada;
} Fixture;

static void
import_ada (Fixture *fixture)
{
  CbTestBook *test = &fixture->world.book;
  const char *text = "First Name,Last Name,E-mail,Phone\nAda,Sample,,020 7946 0101\n";
  CbImportOptions options = { 0 };
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, -1, NULL);
  g_autoptr (CbImport) book = cb_import_new (stream, CB_EXCHANGE_AUTO, &options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  gboolean more;

  g_assert_true (cb_book_import_piece (test->book, test->manager, book, &more, &error));
  g_assert_false (more);
  list = cb_book_list_customers (test->book, test->manager, 10, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      CbCustomer *customer = g_ptr_array_index (list, i);

      if (g_str_equal (cb_customer_get_given (customer), "Ada"))
        fixture->ada = g_strdup (cb_customer_get_id (customer));
    }
  g_assert_nonnull (fixture->ada);
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
click (Fixture *fixture, const char *label)
{
  CB_UI_UNTIL (button (fixture, label) != NULL);
  cb_ui_click (button (fixture, label));
  cb_ui_settle ();
}

static void
open_customer (Fixture *fixture, const char *id)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-customer",
                                  g_variant_new_string (id));
  CB_UI_UNTIL (shows (fixture, "What they allow"));
  cb_ui_settle ();
}

static void
sign_in (Fixture *fixture)
{
  GtkWidget *lock;

  CB_UI_UNTIL (button (fixture, "Test Associate") != NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button (fixture, "Test Associate")), TRUE);
  lock = cb_ui_find_type (GTK_WIDGET (fixture->window), CB_TYPE_LOCK_PAGE);
  for (const char *digit = CB_TEST_PIN; *digit != '\0'; digit++)
    cb_ui_press (lock, GDK_KEY_0 + (guint) (*digit - '0'), 0);
  CB_UI_UNTIL (shows (fixture, "Type anywhere"));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  cb_ui_world_set_up (&fixture->world, NULL);
  import_ada (fixture);
  fixture->window = cb_window_new (NULL, fixture->world.store);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1024, 768);
  gtk_window_present (GTK_WINDOW (fixture->window));
  cb_window_start (fixture->window);
  sign_in (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->ada, g_free);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  cb_ui_world_tear_down (&fixture->world, NULL);
}

static void
test_right (Fixture *fixture, gconstpointer data)
{
  open_customer (fixture, fixture->world.mara);
  g_assert_false (shows (fixture, "From the old book"));
  open_customer (fixture, fixture->ada);
  CB_UI_UNTIL (shows (fixture, "From the old book: still right?"));
  click (fixture, "Still right");
  CB_UI_UNTIL (!shows (fixture, "From the old book"));
  /* The next thing is to write. */
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_window_get_focus (GTK_WINDOW (fixture->window))));
  open_customer (fixture, fixture->world.mara);
  open_customer (fixture, fixture->ada);
  g_assert_false (shows (fixture, "From the old book"));
}

static void
test_put_right (Fixture *fixture, gconstpointer data)
{
  GtkWidget *field;

  open_customer (fixture, fixture->ada);
  click (fixture, "Put it right");
  CB_UI_UNTIL (shows (fixture, "Put their card right"));
  field = cb_ui_find_type (GTK_WIDGET (fixture->window), CB_TYPE_FIELD);
  g_assert_cmpstr (cb_field_get_text (CB_FIELD (field)), ==, "Ada");
  gtk_editable_set_text (GTK_EDITABLE (cb_ui_find_type (field, GTK_TYPE_ENTRY)), "Adele");
  click (fixture, "Save the card");
  CB_UI_UNTIL (shows (fixture, "Adele Sample"));
  g_assert_true (shows (fixture, "020 7946 0101"));
  g_assert_false (shows (fixture, "From the old book"));
  g_assert_false (shows (fixture, "Put their card right"));
}

static void
test_taken_out (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->world.book;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = NULL;

  open_customer (fixture, fixture->ada);
  click (fixture, "Take them out");
  g_assert_true (shows (fixture, "for good?"));
  click (fixture, "Keep them");
  g_assert_true (shows (fixture, "still right?"));
  click (fixture, "Take them out");
  click (fixture, "Yes, for good");
  CB_UI_UNTIL (shows (fixture, "Type anywhere"));
  dossier = cb_book_load_dossier (test->book, test->associate, fixture->ada, &error);
  g_assert_null (dossier);
}

static void
test_not_taken_out (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->world.book;
  g_autoptr (CbNote) note = cb_test_book_add_note (test, fixture->ada, NULL, "navy");

  open_customer (fixture, fixture->ada);
  click (fixture, "Take them out");
  click (fixture, "Yes, for good");
  CB_UI_UNTIL (shows (fixture, "A manager can erase it"));
  g_assert_true (shows (fixture, "still right?"));
  /* What was said about one is not said about the next. */
  open_customer (fixture, fixture->world.mara);
  open_customer (fixture, fixture->ada);
  g_assert_false (shows (fixture, "A manager can erase it"));
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/old-book/still-right-is-one-tap", test_right);
  ADD ("/old-book/a-card-is-put-right", test_put_right);
  ADD ("/old-book/whoever-does-not-want-to-be-in-it-is-taken-out", test_taken_out);
  ADD ("/old-book/more-is-a-manager's-to-erase", test_not_taken_out);
#undef ADD

  return g_test_run ();
}
