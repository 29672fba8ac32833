/* SPDX-License-Identifier: Apache-2.0 */

/* "From the old book: still right?", answered through the window. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-counter.h"
#include "widgets/cb-field.h"

typedef struct
{
  CbUiCounter counter;
  char *ada;
} Fixture;

static void
import_ada (Fixture *fixture)
{
  CbTestBook *test = &fixture->counter.world.book;
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

static void
set_up (Fixture *fixture, gconstpointer data)
{
  cb_ui_world_set_up (&fixture->counter.world, NULL);
  import_ada (fixture);
  cb_ui_counter_open (&fixture->counter, NULL);
  cb_ui_counter_sign_in (&fixture->counter, "Test Associate");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->ada, g_free);
  cb_ui_counter_tear_down (&fixture->counter, NULL);
}

static void
test_right (Fixture *fixture, gconstpointer data)
{
  cb_ui_counter_open_customer (&fixture->counter, fixture->counter.world.mara);
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "From the old book"));
  cb_ui_counter_open_customer (&fixture->counter, fixture->ada);
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "From the old book: still right?"));
  cb_ui_counter_click (&fixture->counter, "Still right");
  CB_UI_UNTIL (!cb_ui_counter_shows (&fixture->counter, "From the old book"));
  /* The next thing is to write. */
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_window_get_focus (GTK_WINDOW (fixture->counter.window))));
  cb_ui_counter_open_customer (&fixture->counter, fixture->counter.world.mara);
  cb_ui_counter_open_customer (&fixture->counter, fixture->ada);
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "From the old book"));
}

static void
test_put_right (Fixture *fixture, gconstpointer data)
{
  GtkWidget *field;

  cb_ui_counter_open_customer (&fixture->counter, fixture->ada);
  cb_ui_counter_click (&fixture->counter, "Put it right");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Put their card right"));
  field = cb_ui_find_type (GTK_WIDGET (fixture->counter.window), CB_TYPE_FIELD);
  g_assert_cmpstr (cb_field_get_text (CB_FIELD (field)), ==, "Ada");
  gtk_editable_set_text (GTK_EDITABLE (cb_ui_find_type (field, GTK_TYPE_ENTRY)), "Adele");
  cb_ui_counter_click (&fixture->counter, "Save the card");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Adele Sample"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "020 7946 0101"));
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "From the old book"));
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "Put their card right"));
}

static void
test_taken_out (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->counter.world.book;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = NULL;

  cb_ui_counter_open_customer (&fixture->counter, fixture->ada);
  cb_ui_counter_click (&fixture->counter, "Take them out");
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "for good?"));
  cb_ui_counter_click (&fixture->counter, "Keep them");
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "still right?"));
  cb_ui_counter_click (&fixture->counter, "Take them out");
  cb_ui_counter_click (&fixture->counter, "Yes, for good");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Type anywhere"));
  dossier = cb_book_load_dossier (test->book, test->associate, fixture->ada, &error);
  g_assert_null (dossier);
}

static void
test_not_taken_out (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->counter.world.book;
  g_autoptr (CbNote) note = cb_test_book_add_note (test, fixture->ada, NULL, "navy");

  cb_ui_counter_open_customer (&fixture->counter, fixture->ada);
  cb_ui_counter_click (&fixture->counter, "Take them out");
  cb_ui_counter_click (&fixture->counter, "Yes, for good");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "A manager can erase it"));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "still right?"));
  /* What was said about one is not said about the next. */
  cb_ui_counter_open_customer (&fixture->counter, fixture->counter.world.mara);
  cb_ui_counter_open_customer (&fixture->counter, fixture->ada);
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "A manager can erase it"));
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
