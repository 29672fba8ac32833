/* SPDX-License-Identifier: Apache-2.0 */

/* A manager reads notes through the window: by keys and by buttons, one after the other, and the
 * author sees what became of theirs. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-counter.h"
#include "customer/cb-correction.h"
#include "customer/cb-timeline.h"
#include "manager/cb-review-page.h"
#include "widgets/cb-choice.h"

typedef struct
{
  CbUiCounter counter;
  CbNote *notes[3];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "zqfirst", "zqsecond and loud", "zqthird" };
  CbTestBook *test = &fixture->counter.world.book;
  g_autoptr (GError) error = NULL;

  cb_ui_world_set_up (&fixture->counter.world, NULL);
  g_assert_true (cb_book_set_review_sample (test->book, test->manager, 100, &error));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      fixture->notes[i] = cb_test_book_add_note (test, fixture->counter.world.mara, NULL, texts[i]);
      cb_clock_advance (test->clock, CB_US_PER_SECOND);
    }
  cb_ui_counter_open (&fixture->counter, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->notes); i++)
    g_clear_object (&fixture->notes[i]);
  cb_ui_counter_tear_down (&fixture->counter, NULL);
}

static GtkWidget *
open_page (Fixture *fixture)
{
  cb_ui_counter_sign_in (&fixture->counter, "Test Manager");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Read 3 notes"));
  cb_ui_counter_click (&fixture->counter, "Read 3 notes");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "zqfirst"));
  return cb_ui_counter_find_type (&fixture->counter, CB_TYPE_REVIEW_PAGE);
}

static CbReviewState
state_of (Fixture *fixture, guint i)
{
  CbTestBook *test = &fixture->counter.world.book;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  GPtrArray *notes;

  g_assert_true (cb_book_refresh (test->book, &error));
  dossier = cb_book_load_dossier (test->book, test->manager, fixture->counter.world.mara, &error);
  g_assert_no_error (error);
  notes = cb_dossier_get_notes (dossier);
  for (guint n = 0; n < notes->len; n++)
    {
      CbNote *note = g_ptr_array_index (notes, n);

      if (g_str_equal (cb_note_get_id (note), cb_note_get_id (fixture->notes[i])))
        return cb_note_get_review (note);
    }
  g_return_val_if_reached (CB_REVIEW_NONE);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = open_page (fixture);

  /* The list is read by the eyes and one note at a time is open. */
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "zqsecond"));
  g_assert_true (cb_ui_press (page, GDK_KEY_a, 0));
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "zqsecond"));
  g_assert_cmpint (state_of (fixture, 0), ==, CB_REVIEW_APPROVED);
  g_assert_true (cb_ui_press (page, GDK_KEY_R, GDK_SHIFT_MASK));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Why it goes back"));
  /* While a reason is chosen no letter decides anything. */
  g_assert_false (cb_ui_press (page, GDK_KEY_a, 0));
  g_assert_false (cb_ui_press (page, GDK_KEY_a, GDK_CONTROL_MASK));
  cb_ui_counter_click (&fixture->counter, "Return it");
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Choose a reason first."));
  cb_choice_set_selected (CB_CHOICE (cb_ui_find_type (page, CB_TYPE_CHOICE)), 2);
  cb_ui_counter_click (&fixture->counter, "Return it");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "zqthird"));
  g_assert_cmpint (state_of (fixture, 1), ==, CB_REVIEW_RETURNED);
  g_assert_true (cb_ui_press (page, GDK_KEY_e, 0));
  cb_choice_set_selected (CB_CHOICE (cb_ui_find_type (page, CB_TYPE_CHOICE)), 6);
  cb_ui_counter_click (&fixture->counter, "Hand it on");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Handed on · here since"));
  g_assert_cmpint (state_of (fixture, 2), ==, CB_REVIEW_ESCALATED);
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "zqthird"));
  g_assert_true (cb_ui_press (page, GDK_KEY_a, 0));
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "No note waits to be read"));
  cb_ui_counter_click (&fixture->counter, "Back to the counter");
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "zqthird"));
}

static void
test_redacting (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = open_page (fixture);
  GtkWidget *timeline;
  GtkTextBuffer *buffer;

  g_assert_true (cb_ui_press (page, GDK_KEY_x, 0));
  cb_choice_set_selected (CB_CHOICE (cb_ui_find_type (page, CB_TYPE_CHOICE)), 0);
  cb_ui_counter_click (&fixture->counter, "Take them out for good");
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "Nothing is deleted yet."));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (cb_ui_find_type (page, GTK_TYPE_TEXT_VIEW)));
  gtk_text_buffer_set_text (buffer, "", 0);
  cb_ui_counter_click (&fixture->counter, "Take them out for good");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "zqsecond"));
  g_assert_cmpint (state_of (fixture, 0), ==, CB_REVIEW_REDACTED);
  cb_ui_counter_open_customer (&fixture->counter, fixture->counter.world.mara);
  /* The oldest is the last of the list. */
  timeline = cb_ui_counter_find_type (&fixture->counter, CB_TYPE_TIMELINE);
  gtk_widget_activate_action (cb_ui_find_type (timeline, GTK_TYPE_LIST_VIEW), "list.scroll-to-item",
                              "u", 2u);
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "took words out: about another person."));
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "zqfirst"));
}

/* An associate has no such page, and sees beside their own note what became of it. */
static void
test_author (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->counter.world.book;
  g_autoptr (CbReviewDraft) draft =
    cb_review_draft_new (CB_REVIEW_RETURNED, CB_REVIEW_REASON_OPINION);
  g_autoptr (GError) error = NULL;

  draft->remark = g_strdup ("what she said is enough");
  g_assert_true (
    cb_book_review (test->book, test->manager, cb_note_get_id (fixture->notes[1]), draft, &error));
  g_assert_no_error (error);
  cb_ui_counter_sign_in (&fixture->counter, "Test Associate");
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "Read "));
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "Notes to read"));
  cb_ui_counter_open_customer (&fixture->counter, fixture->counter.world.mara);
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "an opinion, not a fact."));
  g_assert_true (cb_ui_counter_shows (&fixture->counter, "what she said is enough"));
}

/* The author puts right what came back, through the window, and says that a note helped. */
static void
test_corrected (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->counter.world.book;
  g_autoptr (CbReviewDraft) draft =
    cb_review_draft_new (CB_REVIEW_RETURNED, CB_REVIEW_REASON_OPINION);
  g_autoptr (GError) error = NULL;
  GtkWidget *form;

  cb_clock_advance (test->clock, 2 * CB_US_PER_DAY);
  g_assert_true (
    cb_book_review (test->book, test->manager, cb_note_get_id (fixture->notes[1]), draft, &error));
  g_assert_no_error (error);
  cb_ui_counter_sign_in (&fixture->counter, "Test Associate");
  cb_ui_counter_open_customer (&fixture->counter, fixture->counter.world.mara);
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "an opinion, not a fact."));
  /* The others had their day. */
  cb_ui_counter_click (&fixture->counter, "Correct it");
  form = cb_ui_counter_find_type (&fixture->counter, CB_TYPE_CORRECTION);
  gtk_text_buffer_set_text (
    gtk_text_view_get_buffer (GTK_TEXT_VIEW (cb_ui_find_type (form, GTK_TYPE_TEXT_VIEW))),
    "zqsecond", -1);
  cb_ui_counter_click (&fixture->counter, "Save the correction");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Corrected today"));
  g_assert_false (cb_ui_counter_shows (&fixture->counter, "zqsecond and loud"));
  g_assert_null (cb_ui_find_button (GTK_WIDGET (fixture->counter.window), "Correct it"));
  cb_ui_counter_click (&fixture->counter, "It helped");
  CB_UI_UNTIL (cb_ui_counter_shows (&fixture->counter, "Helped 1 time"));
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);
  ADD ("/review-page/keys", test_keys);
  ADD ("/review-page/redacting", test_redacting);
  ADD ("/review-page/author", test_author);
  ADD ("/review-page/corrected", test_corrected);
  return g_test_run ();
}
