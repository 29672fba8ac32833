/* SPDX-License-Identifier: Apache-2.0 */

/* Nothing of one customer reaches the next by way of the widgets: not by undo, not by what was
 * copied or selected, not by what an input method would learn. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-world.h"
#include "customer/cb-customer-page.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-window.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-field.h"
#include "widgets/cb-sheet.h"

#define SECRET "Ellingsen's sister"

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

/* --- at the counter --- */

static GtkWidget *
find_type (Fixture *fixture, GType type)
{
  return cb_ui_find_type (GTK_WIDGET (fixture->window), type);
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
sign_in (Fixture *fixture)
{
  GtkWidget *lock;

  CB_UI_UNTIL (button (fixture, "Test Associate") != NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button (fixture, "Test Associate")), TRUE);
  lock = find_type (fixture, CB_TYPE_LOCK_PAGE);
  for (const char *digit = CB_TEST_PIN; *digit != '\0'; digit++)
    cb_ui_press (lock, GDK_KEY_0 + (guint) (*digit - '0'), 0);
  CB_UI_UNTIL (find_type (fixture, CB_TYPE_COUNTER_PAGE) != NULL &&
               cb_store_is_index_ready (fixture->world.store));
  cb_ui_settle ();
}

static void
open_customer (Fixture *fixture, const char *id)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-customer",
                                  g_variant_new_string (id));
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->window), "What they allow"));
  cb_ui_settle ();
}

static GtkTextView *
composer (Fixture *fixture)
{
  return GTK_TEXT_VIEW (find_type (fixture, GTK_TYPE_TEXT_VIEW));
}

static char *
dup_composed (Fixture *fixture)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (composer (fixture));
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
assert_composed (Fixture *fixture, const char *expected)
{
  g_autofree char *composed = dup_composed (fixture);

  g_assert_cmpstr (composed, ==, expected);
}

/* As the keyboard does it: later GTKs remember nothing that a program put in. */
static void
type (GtkWidget *text, const char *letters)
{
  gtk_widget_grab_focus (text);
  g_signal_emit_by_name (text, "insert-at-cursor", letters);
  cb_ui_settle ();
}

static GtkWidget *
search_text (Fixture *fixture)
{
  GtkWidget *counter = find_type (fixture, CB_TYPE_COUNTER_PAGE);

  return cb_ui_find_type (counter, GTK_TYPE_TEXT);
}

/* --- undo --- */

static void
undo (GtkWidget *text)
{
  gtk_widget_activate_action (text, "text.undo", NULL);
  cb_ui_settle ();
}

static void
test_undo_of_notes (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  open_customer (fixture, fixture->world.mara);
  type (GTK_WIDGET (composer (fixture)), SECRET);
  assert_composed (fixture, SECRET);
  open_customer (fixture, fixture->world.jurgen);
  undo (GTK_WIDGET (composer (fixture)));
  assert_composed (fixture, "");
  gtk_widget_activate_action (GTK_WIDGET (composer (fixture)), "text.redo", NULL);
  assert_composed (fixture, "");

  /* Nor does it reach behind the draft of the customer themselves. */
  open_customer (fixture, fixture->world.mara);
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->window), "Not saved yet"));
  undo (GTK_WIDGET (composer (fixture)));
  assert_composed (fixture, SECRET);
}

static void
test_undo_of_search (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  type (search_text (fixture), "mara");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (fixture))), ==, "mara");
  open_customer (fixture, fixture->world.mara);

  /* One step back is the same visit: the name may have had a namesake. */
  act (fixture, "back");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (fixture))), ==, "mara");
  g_signal_emit_by_name (search_text (fixture), "backspace");
  type (search_text (fixture), "j");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (fixture))), ==, "j");
  undo (search_text (fixture));
  undo (search_text (fixture));
  g_assert_null (strstr (gtk_editable_get_text (GTK_EDITABLE (search_text (fixture))), "mara"));

  type (search_text (fixture), "mara");
  act (fixture, "search");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (fixture))), ==, "");
  undo (search_text (fixture));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (fixture))), ==, "");
}

/* By the button of that label; NULL is the form of a size or taste. */
static GtkWidget *
open_form (Fixture *fixture, const char *opener)
{
  if (opener != NULL)
    cb_ui_click (button (fixture, opener));
  else
    g_signal_emit_by_name (find_type (fixture, CB_TYPE_CUSTOMER_PAGE), "edit-preference", NULL);
  CB_UI_UNTIL (find_type (fixture, CB_TYPE_FIELD) != NULL);
  cb_ui_settle ();
  return cb_ui_find_type (find_type (fixture, CB_TYPE_FIELD), GTK_TYPE_TEXT);
}

static void
assert_form_is_empty (Fixture *fixture, const char *opener)
{
  GtkWidget *text = open_form (fixture, opener);

  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (text)), ==, "");
  undo (text);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (text)), ==, "");
  g_assert_false (cb_ui_shows (GTK_WIDGET (fixture->window), SECRET));
}

static void
test_forms_of_others (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  open_customer (fixture, fixture->world.mara);
  type (open_form (fixture, NULL), SECRET);
  open_customer (fixture, fixture->world.jurgen);
  assert_form_is_empty (fixture, NULL);
  act (fixture, "search");

  /* A card that was begun is offered, not shown: somebody else may be standing there. */
  type (open_form (fixture, "New customer"), SECRET);
  open_customer (fixture, fixture->world.jurgen);
  act (fixture, "search");
  assert_form_is_empty (fixture, "New customer");
  g_assert_nonnull (button (fixture, "Bring it back"));
}

/* --- what was copied or selected --- */

static void
begin_with_secret (Fixture *fixture)
{
  GtkTextBuffer *buffer;
  GtkTextIter start;
  GtkTextIter end;

  open_customer (fixture, fixture->world.mara);
  if (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (composer (fixture))) == 0)
    type (GTK_WIDGET (composer (fixture)), SECRET);
  buffer = gtk_text_view_get_buffer (composer (fixture));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &start, &end);
  g_signal_emit_by_name (composer (fixture), "copy-clipboard");
  cb_ui_settle ();
}

static gboolean
is_empty (GdkClipboard *clipboard)
{
  return gdk_clipboard_get_content (clipboard) == NULL;
}

static void
assert_clipboards (Fixture *fixture, gboolean are_empty)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  g_assert_cmpint (is_empty (gtk_widget_get_clipboard (window)), ==, are_empty);
  g_assert_cmpint (is_empty (gtk_widget_get_primary_clipboard (window)), ==, are_empty);
}

static void
test_copied (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  begin_with_secret (fixture);
  assert_clipboards (fixture, FALSE);
  open_customer (fixture, fixture->world.jurgen);
  assert_clipboards (fixture, TRUE);
  begin_with_secret (fixture);
  assert_clipboards (fixture, FALSE);
  act (fixture, "turn");
  assert_clipboards (fixture, TRUE);
}

static void
test_copied_at_counter (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  begin_with_secret (fixture);
  act (fixture, "search");
  assert_clipboards (fixture, TRUE);
  begin_with_secret (fixture);
  assert_clipboards (fixture, FALSE);
  cb_window_lock (fixture->window);
  assert_clipboards (fixture, TRUE);
}

/* --- what would be learnt --- */

static guint
check_editables (GtkWidget *root)
{
  GtkInputHints wanted =
    GTK_INPUT_HINT_NO_EMOJI | GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_PRIVATE;
  guint n_found = 0;

  if (GTK_IS_TEXT (root))
    {
      g_assert_cmpint (gtk_text_get_input_hints (GTK_TEXT (root)), ==, wanted);
      g_assert_false (gtk_text_get_enable_emoji_completion (GTK_TEXT (root)));
      g_assert_false (gtk_text_get_truncate_multiline (GTK_TEXT (root)));
      n_found++;
    }
  if (GTK_IS_TEXT_VIEW (root))
    {
      g_assert_cmpint (gtk_text_view_get_input_hints (GTK_TEXT_VIEW (root)), ==, wanted);
      n_found++;
    }
  /* Nothing that is not edited is there to be selected. */
  if (GTK_IS_LABEL (root))
    g_assert_false (gtk_label_get_selectable (GTK_LABEL (root)));
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n_found += check_editables (child);
  return n_found;
}

static void
test_learns_nothing (Fixture *fixture, gconstpointer data)
{
  gboolean pastes = TRUE;

  sign_in (fixture);
  open_form (fixture, "New customer");
  /* The search, the composer and whom a note is for; five fields of a card. */
  g_assert_cmpuint (check_editables (GTK_WIDGET (fixture->window)), ==, 8);
  open_customer (fixture, fixture->world.mara);
  open_form (fixture, NULL);
  g_assert_cmpuint (check_editables (GTK_WIDGET (fixture->window)), ==, 6);
  act (fixture, "lock");
  g_assert_cmpuint (check_editables (GTK_WIDGET (fixture->window)), ==, 0);

  g_object_get (gtk_settings_get_default (), "gtk-enable-primary-paste", &pastes, NULL);
  g_assert_false (pastes);
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/traces/undo-reaches-no-other-note", test_undo_of_notes);
  ADD ("/traces/undo-reaches-no-other-search", test_undo_of_search);
  ADD ("/traces/a-form-shows-nobody-else", test_forms_of_others);
  ADD ("/traces/what-was-copied-stays-with-its-customer", test_copied);
  ADD ("/traces/what-was-copied-stays-behind-at-the-counter", test_copied_at_counter);
  ADD ("/traces/what-is-typed-is-learnt-by-nobody", test_learns_nothing);
#undef ADD

  return g_test_run ();
}
