/* SPDX-License-Identifier: Apache-2.0 */

/* Nothing of one customer reaches the next by way of the widgets: not by undo, not by what was
 * copied or selected, not by what an input method would learn. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-counter.h"
#include "customer/cb-customer-page.h"
#include "shell/cb-lock-page.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-field.h"
#include "widgets/cb-sheet.h"

#define SECRET "Ellingsen's sister"

/* --- at the counter --- */

static GtkTextView *
composer (CbUiCounter *counter)
{
  return GTK_TEXT_VIEW (cb_ui_counter_find_type (counter, GTK_TYPE_TEXT_VIEW));
}

static char *
dup_composed (CbUiCounter *counter)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (composer (counter));
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
assert_composed (CbUiCounter *counter, const char *expected)
{
  g_autofree char *composed = dup_composed (counter);

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
search_text (CbUiCounter *counter)
{
  GtkWidget *page = cb_ui_counter_find_type (counter, CB_TYPE_COUNTER_PAGE);

  return cb_ui_find_type (page, GTK_TYPE_TEXT);
}

/* --- undo --- */

static void
undo (GtkWidget *text)
{
  gtk_widget_activate_action (text, "text.undo", NULL);
  cb_ui_settle ();
}

static void
test_undo_of_notes (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  cb_ui_counter_open_customer (counter, counter->world.mara);
  type (GTK_WIDGET (composer (counter)), SECRET);
  assert_composed (counter, SECRET);
  cb_ui_counter_open_customer (counter, counter->world.jurgen);
  undo (GTK_WIDGET (composer (counter)));
  assert_composed (counter, "");
  gtk_widget_activate_action (GTK_WIDGET (composer (counter)), "text.redo", NULL);
  assert_composed (counter, "");

  /* Nor does it reach behind the draft of the customer themselves. */
  cb_ui_counter_open_customer (counter, counter->world.mara);
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (counter->window), "Not saved yet"));
  undo (GTK_WIDGET (composer (counter)));
  assert_composed (counter, SECRET);
}

static void
test_undo_of_search (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  type (search_text (counter), "mara");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (counter))), ==, "mara");
  cb_ui_counter_open_customer (counter, counter->world.mara);

  /* One step back is the same visit: the name may have had a namesake. */
  cb_ui_counter_act (counter, "back");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (counter))), ==, "mara");
  g_signal_emit_by_name (search_text (counter), "backspace");
  type (search_text (counter), "j");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (counter))), ==, "j");
  undo (search_text (counter));
  undo (search_text (counter));
  g_assert_null (strstr (gtk_editable_get_text (GTK_EDITABLE (search_text (counter))), "mara"));

  type (search_text (counter), "mara");
  cb_ui_counter_act (counter, "search");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (counter))), ==, "");
  undo (search_text (counter));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (search_text (counter))), ==, "");
}

/* By the button of that label; NULL is the form of a size or taste. */
static GtkWidget *
open_form (CbUiCounter *counter, const char *opener)
{
  if (opener != NULL)
    cb_ui_click (cb_ui_counter_find_button (counter, opener));
  else
    g_signal_emit_by_name (cb_ui_counter_find_type (counter, CB_TYPE_CUSTOMER_PAGE),
                           "edit-preference", NULL);
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_FIELD) != NULL);
  cb_ui_settle ();
  return cb_ui_find_type (cb_ui_counter_find_type (counter, CB_TYPE_FIELD), GTK_TYPE_TEXT);
}

static void
assert_form_is_empty (CbUiCounter *counter, const char *opener)
{
  GtkWidget *text = open_form (counter, opener);

  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (text)), ==, "");
  undo (text);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (text)), ==, "");
  g_assert_false (cb_ui_shows (GTK_WIDGET (counter->window), SECRET));
}

static void
test_forms_of_others (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  cb_ui_counter_open_customer (counter, counter->world.mara);
  type (open_form (counter, NULL), SECRET);
  cb_ui_counter_open_customer (counter, counter->world.jurgen);
  assert_form_is_empty (counter, NULL);
  cb_ui_counter_act (counter, "search");

  /* A card that was begun is offered, not shown: somebody else may be standing there. */
  type (open_form (counter, "New customer"), SECRET);
  cb_ui_counter_open_customer (counter, counter->world.jurgen);
  cb_ui_counter_act (counter, "search");
  assert_form_is_empty (counter, "New customer");
  g_assert_nonnull (cb_ui_counter_find_button (counter, "Bring it back"));
}

/* --- what was copied or selected --- */

static void
begin_with_secret (CbUiCounter *counter)
{
  GtkTextBuffer *buffer;
  GtkTextIter start;
  GtkTextIter end;

  cb_ui_counter_open_customer (counter, counter->world.mara);
  if (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (composer (counter))) == 0)
    type (GTK_WIDGET (composer (counter)), SECRET);
  buffer = gtk_text_view_get_buffer (composer (counter));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &start, &end);
  g_signal_emit_by_name (composer (counter), "copy-clipboard");
  cb_ui_settle ();
}

static gboolean
is_empty (GdkClipboard *clipboard)
{
  return gdk_clipboard_get_content (clipboard) == NULL;
}

static void
assert_clipboards (CbUiCounter *counter, gboolean are_empty)
{
  GtkWidget *window = GTK_WIDGET (counter->window);

  g_assert_cmpint (is_empty (gtk_widget_get_clipboard (window)), ==, are_empty);
  g_assert_cmpint (is_empty (gtk_widget_get_primary_clipboard (window)), ==, are_empty);
}

static void
test_copied (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  begin_with_secret (counter);
  assert_clipboards (counter, FALSE);
  cb_ui_counter_open_customer (counter, counter->world.jurgen);
  assert_clipboards (counter, TRUE);
  begin_with_secret (counter);
  assert_clipboards (counter, FALSE);
  cb_ui_counter_act (counter, "turn");
  assert_clipboards (counter, TRUE);
}

static void
test_copied_at_counter (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_sign_in (counter, "Test Associate");
  begin_with_secret (counter);
  cb_ui_counter_act (counter, "search");
  assert_clipboards (counter, TRUE);
  begin_with_secret (counter);
  assert_clipboards (counter, FALSE);
  cb_window_lock (counter->window);
  assert_clipboards (counter, TRUE);
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
test_learns_nothing (CbUiCounter *counter, gconstpointer data)
{
  gboolean pastes = TRUE;

  cb_ui_counter_sign_in (counter, "Test Associate");
  open_form (counter, "New customer");
  /* The search, the composer and whom a note is for, four by which a customer shows who they are;
   * five fields of a card. */
  g_assert_cmpuint (check_editables (GTK_WIDGET (counter->window)), ==, 12);
  cb_ui_counter_open_customer (counter, counter->world.mara);
  open_form (counter, NULL);
  g_assert_cmpuint (check_editables (GTK_WIDGET (counter->window)), ==, 10);
  cb_ui_counter_act (counter, "lock");
  g_assert_cmpuint (check_editables (GTK_WIDGET (counter->window)), ==, 0);

  g_object_get (gtk_settings_get_default (), "gtk-enable-primary-paste", &pastes, NULL);
  g_assert_false (pastes);
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test)                                                                            \
  g_test_add (path, CbUiCounter, NULL, cb_ui_counter_set_up, test, cb_ui_counter_tear_down)
  ADD ("/traces/undo-reaches-no-other-note", test_undo_of_notes);
  ADD ("/traces/undo-reaches-no-other-search", test_undo_of_search);
  ADD ("/traces/a-form-shows-nobody-else", test_forms_of_others);
  ADD ("/traces/what-was-copied-stays-with-its-customer", test_copied);
  ADD ("/traces/what-was-copied-stays-behind-at-the-counter", test_copied_at_counter);
  ADD ("/traces/what-is-typed-is-learnt-by-nobody", test_learns_nothing);
#undef ADD

  return g_test_run ();
}
