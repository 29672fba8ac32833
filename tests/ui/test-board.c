/* SPDX-License-Identifier: Apache-2.0 */

/* What is to be done, on the counter and on the board: moved in one tap, told by a permitted way
 * alone, and in the log of contacts. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-counter.h"
#include "visit/cb-board-page.h"

static void
add (CbUiCounter *counter, CbMatterKind kind, const char *text)
{
  CbTestBook *test = &counter->world.book;
  g_autoptr (CbMatterDraft) draft = cb_matter_draft_new ();
  g_autoptr (CbMatter) added = NULL;
  g_autoptr (GError) error = NULL;

  draft->kind = kind;
  draft->text = g_strdup (text);
  if (kind == CB_MATTER_PROMISE)
    draft->due_us = cb_clock_day_end_us (cb_clock_get_now_us (test->clock), 0);
  added = cb_book_add_request (test->book, test->associate, counter->world.mara, draft, &error);
  g_assert_no_error (error);
}

static void
set_up (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_world_set_up (&counter->world, NULL);
  add (counter, CB_MATTER_PROMISE, "zqpromise");
  add (counter, CB_MATTER_ORDER, "zqorder");
  cb_ui_counter_open (counter, NULL);
  cb_ui_counter_sign_in (counter, "Test Associate");
}

static CbDossier *
load (CbUiCounter *counter)
{
  CbTestBook *test = &counter->world.book;
  g_autoptr (GError) error = NULL;
  CbDossier *dossier;

  g_assert_true (cb_book_refresh (test->book, &error));
  dossier = cb_book_load_dossier (test->book, test->manager, counter->world.mara, &error);
  g_assert_no_error (error);
  return dossier;
}

static void
test_today (CbUiCounter *counter, gconstpointer data)
{
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "zqpromise"));
  g_assert_false (cb_ui_counter_shows (counter, "zqorder"));
  cb_ui_counter_click (counter, "Kept");
  CB_UI_UNTIL (!cb_ui_counter_shows (counter, "zqpromise"));
  g_assert_false (cb_ui_counter_shows (counter, "Today"));
}

static void
test_told (CbUiCounter *counter, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;
  const CbReachFields *reach;

  cb_ui_counter_click (counter, "Requests and promises");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "zqorder"));
  cb_ui_counter_click (counter, "It is here");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "not told yet"));
  cb_ui_counter_click (counter, "Tell them");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "Rang them"));
  g_assert_true (cb_ui_counter_shows (counter, "Nothing on file to reach them"));
  g_assert_false (cb_ui_counter_shows (counter, "Wrote a letter"));
  cb_ui_counter_click (counter, "Rang them");
  CB_UI_UNTIL (!cb_ui_counter_shows (counter, "How were they told?"));
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "Told today"));
  dossier = load (counter);
  g_assert_cmpuint (cb_dossier_get_reaches (dossier)->len, ==, 1);
  reach = cb_reach_get_fields (g_ptr_array_index (cb_dossier_get_reaches (dossier), 0));
  g_assert_cmpint (reach->channel, ==, CB_CHANNEL_PHONE);
  g_assert_cmpint (reach->outcome, ==, CB_OUTCOME_REACHED);
}

/* From a row to its customer, and nothing of the list is left behind. */
static void
test_opened (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_counter_click (counter, "Requests and promises");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "zqorder"));
  cb_ui_counter_open_customer (counter, counter->world.jurgen);
  g_assert_false (cb_ui_counter_shows (counter, "zqorder"));
  g_assert_false (cb_ui_counter_shows (counter, "zqpromise"));
}

#define ADD(name, function)                                                                        \
  g_test_add (name, CbUiCounter, NULL, set_up, function, cb_ui_counter_tear_down)

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);
  ADD ("/board/today", test_today);
  ADD ("/board/told", test_told);
  ADD ("/board/opened", test_opened);
  return g_test_run ();
}
