/* SPDX-License-Identifier: Apache-2.0 */

/* Typing and Ctrl+Enter is a complete capture; nothing of one note reaches the next. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-world.h"
#include "visit/cb-composer.h"

typedef struct
{
  GtkWidget *composer;
  GtkWindow *window;
  GtkTextView *text;
  guint n_submitted;
} Fixture;

static void
on_submit (Fixture *fixture)
{
  fixture->n_submitted++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->composer = cb_composer_new ();
  fixture->window = cb_ui_world_show (fixture->composer, 700, 400);
  fixture->text = GTK_TEXT_VIEW (cb_ui_find_type (fixture->composer, GTK_TYPE_TEXT_VIEW));
  g_signal_connect_swapped (fixture->composer, "submit", G_CALLBACK (on_submit), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
}

static void
type (Fixture *fixture, const char *text)
{
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (fixture->text), text, -1);
}

static void
test_defaults (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbNoteDraft) draft = NULL;

  type (fixture, "Sister's wedding in June, navy, not wool.");
  g_assert_true (cb_ui_press (fixture->composer, GDK_KEY_Return, GDK_CONTROL_MASK));
  g_assert_cmpuint (fixture->n_submitted, ==, 1);

  draft = cb_composer_dup_draft (CB_COMPOSER (fixture->composer));
  g_assert_cmpstr (draft->text, ==, "Sister's wedding in June, navy, not wool.");
  g_assert_cmpstr (draft->purpose, ==, "shop");
  g_assert_null (draft->for_role);
  g_assert_cmpint (draft->visit, ==, CB_VISIT_ADVICE);
  g_assert_cmpint (draft->intent, ==, CB_INTENT_PROFILE);
  g_assert_cmpint (draft->discretion, ==, CB_DISCRETION_MENTION);
  g_assert_cmpint (draft->provenance, ==, CB_PROVENANCE_SAID);
}

static void
test_enter_is_a_line (Fixture *fixture, gconstpointer data)
{
  type (fixture, "One");
  g_assert_false (cb_ui_press (fixture->composer, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_submitted, ==, 0);
}

static void
test_blank (Fixture *fixture, gconstpointer data)
{
  type (fixture, " \n ");
  cb_ui_press (fixture->composer, GDK_KEY_Return, GDK_CONTROL_MASK);
  g_assert_cmpuint (fixture->n_submitted, ==, 0);
  g_assert_true (cb_composer_is_empty (CB_COMPOSER (fixture->composer)));
}

static void
test_too_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (CB_NOTE_MAX + 1, 'a');

  type (fixture, text);
  cb_ui_press (fixture->composer, GDK_KEY_Return, GDK_CONTROL_MASK);
  g_assert_cmpuint (fixture->n_submitted, ==, 0);
  cb_ui_settle ();
  g_assert_true (cb_ui_shows (fixture->composer, "too long"));
  g_assert_false (cb_composer_is_empty (CB_COMPOSER (fixture->composer)));
}

static void
test_foreign_lines (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbNoteDraft) draft = NULL;

  type (fixture, "one\r\ntwo\rthree\n");
  draft = cb_composer_dup_draft (CB_COMPOSER (fixture->composer));
  g_assert_cmpstr (draft->text, ==, "one\ntwo\nthree");
}

static void
test_switches (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbNoteDraft) draft = NULL;

  type (fixture, "A scarf");
  cb_ui_click (cb_ui_find_button (fixture->composer, "They want"));
  cb_ui_settle ();
  cb_ui_click (cb_ui_find_button (fixture->composer, "It is a gift"));
  cb_ui_settle ();
  g_assert_null (cb_ui_find_button (fixture->composer, "This visit only"));
  cb_ui_click (cb_ui_find_button (fixture->composer, "Themselves"));
  cb_ui_settle ();
  cb_ui_click (cb_ui_find_button (fixture->composer, "daughter"));
  cb_ui_settle ();

  draft = cb_composer_dup_draft (CB_COMPOSER (fixture->composer));
  g_assert_cmpint (draft->intent, ==, CB_INTENT_GIFT);
  g_assert_cmpstr (draft->for_role, ==, "daughter");
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNoteDraft) back = NULL;

  draft->text = g_strdup ("Für die Nachbarin 太田");
  draft->for_role = g_strdup ("neighbour");
  draft->purpose = g_strdup ("everywhere");
  draft->visit = CB_VISIT_REPAIR;
  draft->intent = CB_INTENT_TELL_ME;
  draft->discretion = CB_DISCRETION_PRIVATE;
  draft->provenance = CB_PROVENANCE_OBSERVED;
  cb_composer_set_draft (CB_COMPOSER (fixture->composer), draft);
  back = cb_composer_dup_draft (CB_COMPOSER (fixture->composer));

  g_assert_cmpstr (back->text, ==, draft->text);
  g_assert_cmpstr (back->for_role, ==, draft->for_role);
  g_assert_cmpstr (back->purpose, ==, draft->purpose);
  g_assert_cmpint (back->visit, ==, draft->visit);
  g_assert_cmpint (back->intent, ==, draft->intent);
  g_assert_cmpint (back->discretion, ==, draft->discretion);
  g_assert_cmpint (back->provenance, ==, draft->provenance);
}

static void
test_no_way_back (Fixture *fixture, gconstpointer data)
{
  GtkTextBuffer *buffer;

  type (fixture, "About somebody else");
  cb_composer_set_draft (CB_COMPOSER (fixture->composer), NULL);
  buffer = gtk_text_view_get_buffer (fixture->text);
  g_assert_false (gtk_text_buffer_get_can_undo (buffer));
  gtk_text_buffer_undo (buffer);
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), ==, 0);
}

/* GTK may hold on to a buffer in which something was selected. */
static void
assert_empty (GtkTextBuffer *buffer)
{
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), ==, 0);
  g_assert_false (gtk_text_buffer_get_can_undo (buffer));
  g_assert_false (gtk_text_buffer_get_can_redo (buffer));
}

static GtkTextBuffer *
type_and_select (Fixture *fixture)
{
  GtkTextBuffer *buffer = g_object_ref (gtk_text_view_get_buffer (fixture->text));
  GtkTextIter start;
  GtkTextIter end;

  type (fixture, "About somebody else");
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &start, &end);
  gtk_text_buffer_delete_selection (buffer, TRUE, TRUE);
  type (fixture, "And once more");
  return buffer;
}

static void
test_nothing_stays (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GtkTextBuffer) first = type_and_select (fixture);
  g_autoptr (GtkTextBuffer) second = NULL;

  cb_composer_set_draft (CB_COMPOSER (fixture->composer), NULL);
  assert_empty (first);
  second = type_and_select (fixture);
  g_assert_true (first != second);
  gtk_window_set_child (fixture->window, NULL);
  cb_ui_settle ();
  assert_empty (second);
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/composer/type-and-ctrl-enter-is-complete", test_defaults);
  ADD ("/composer/enter-is-a-new-line", test_enter_is_a_line);
  ADD ("/composer/blank-is-not-saved", test_blank);
  ADD ("/composer/too-long-is-said-and-kept", test_too_long);
  ADD ("/composer/lines-of-other-systems-become-ours", test_foreign_lines);
  ADD ("/composer/a-switch-opens-and-closes", test_switches);
  ADD ("/composer/a-draft-comes-back-as-it-was", test_round_trip);
  ADD ("/composer/undo-does-not-reach-the-note-before", test_no_way_back);
  ADD ("/composer/nothing-stays-of-what-was-selected", test_nothing_stays);
#undef ADD

  return g_test_run ();
}
