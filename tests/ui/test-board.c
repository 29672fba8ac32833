/* SPDX-License-Identifier: Apache-2.0 */

/* What is to be done, on the counter and on the board: moved in one tap, told by a permitted way
 * alone, and in the log of contacts. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-counter.h"
#include "consent/cb-purpose.h"
#include "customer/cb-customer-page.h"
#include "customer/cb-day-editor.h"
#include "customer/cb-errand-editor.h"
#include "customer/cb-matters.h"
#include "visit/cb-board-page.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-field.h"

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

/* --- written down on the screen --- */

static GtkWidget *
open_form (CbUiCounter *counter, const char *signal, GType type)
{
  GtkWidget *page;

  cb_ui_counter_open_customer (counter, counter->world.mara);
  page = cb_ui_counter_find_type (counter, CB_TYPE_CUSTOMER_PAGE);
  g_signal_emit_by_name (cb_ui_find_type (page, CB_TYPE_MATTERS), signal);
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, type) != NULL);
  cb_ui_settle ();
  return cb_ui_counter_find_type (counter, type);
}

static GtkWidget *
open_editor (CbUiCounter *counter)
{
  return open_form (counter, "add", CB_TYPE_ERRAND_EDITOR);
}

static CbField *
get_field (GtkWidget *editor, const char *part)
{
  return CB_FIELD (gtk_widget_get_template_child (editor, G_OBJECT_TYPE (editor), part));
}

static void
fill (GtkWidget *editor, const char *part, const char *text)
{
  cb_field_set_text (get_field (editor, part), text);
}

/* The pills of the kind, or of the day. */
static void
choose (GtkWidget *editor, const char *part, guint index)
{
  GtkWidget *box =
    GTK_WIDGET (gtk_widget_get_template_child (editor, G_OBJECT_TYPE (editor), part));

  cb_choice_set_selected (CB_CHOICE (cb_ui_find_type (box, CB_TYPE_CHOICE)), index);
}

static const CbMatterFields *
find_matter (CbDossier *dossier, const char *text)
{
  GPtrArray *matters = cb_dossier_get_requests (dossier);

  for (guint i = 0; i < matters->len; i++)
    {
      const CbMatterFields *fields = cb_matter_get_fields (g_ptr_array_index (matters, i));

      if (g_str_equal (fields->text, text))
        return fields;
    }
  return NULL;
}

static gboolean
is_asked (CbDossier *dossier)
{
  GPtrArray *permissions = cb_dossier_get_permissions (dossier);

  for (guint i = 0; i < permissions->len; i++)
    {
      CbPermission *permission = g_ptr_array_index (permissions, i);

      if (g_str_equal (cb_permission_get_purpose (permission), CB_PURPOSE_ASKED) &&
          cb_permission_get_channel (permission) == CB_CHANNEL_NONE)
        return cb_permission_is_allowed (permission);
    }
  return FALSE;
}

/* What they ask for is their answer to `asked`: it is recorded with it, once, and the board and the
 * page show it. */
static void
test_request_added (CbUiCounter *counter, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;
  const CbMatterFields *fields;
  GtkWidget *editor = open_editor (counter);

  fill (editor, "text", "zqboot in 38");
  fill (editor, "role", "daughter");
  cb_ui_counter_click (counter, "Write it down");
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_ERRAND_EDITOR) == NULL);
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "zqboot in 38"));
  dossier = load (counter);
  fields = find_matter (dossier, "zqboot in 38");
  g_assert_nonnull (fields);
  g_assert_cmpint (fields->kind, ==, CB_MATTER_TELL_ME);
  g_assert_cmpstr (fields->for_role, ==, "daughter");
  g_assert_cmpint (fields->due_us, ==, 0);
  g_assert_null (fields->promised_by);
  g_assert_true (is_asked (dossier));
  cb_ui_counter_act (counter, "back");
  cb_ui_counter_act (counter, "board");
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "zqboot in 38"));
}

/* A promise has its day: today until another is chosen. */
static void
test_promise_added (CbUiCounter *counter, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;
  const CbMatterFields *fields;
  gint64 now_us = cb_clock_get_now_us (counter->world.book.clock);
  GtkWidget *editor = open_editor (counter);

  fill (editor, "text", "zqring");
  choose (editor, "kinds", 1);
  choose (editor, "days", 0);
  cb_ui_counter_click (counter, "Write it down");
  g_assert_true (cb_ui_counter_shows (counter, "A promise needs its day"));
  choose (editor, "days", 2);
  cb_ui_counter_click (counter, "Write it down");
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_ERRAND_EDITOR) == NULL);
  dossier = load (counter);
  fields = find_matter (dossier, "zqring");
  g_assert_nonnull (fields);
  g_assert_cmpint (fields->kind, ==, CB_MATTER_PROMISE);
  g_assert_cmpint (fields->due_us, ==, cb_clock_day_end_us (now_us, 1));
  g_assert_cmpstr (fields->promised_by, ==, cb_staff_get_id (counter->world.book.associate));
}

/* What is wrong is said beside it, nothing is saved, and nothing that was typed is gone. */
static void
test_not_added (CbUiCounter *counter, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;
  GtkWidget *editor = open_editor (counter);
  CbField *text = CB_FIELD (gtk_widget_get_template_child (editor, CB_TYPE_ERRAND_EDITOR, "text"));

  fill (editor, "text", "  ");
  cb_ui_counter_click (counter, "Write it down");
  g_assert_true (cb_ui_counter_shows (counter, "Write what is to be done."));
  fill (editor, "text", "zqlate");
  choose (editor, "days", 4);
  cb_ui_counter_click (counter, "Write it down");
  g_assert_true (cb_ui_counter_shows (counter, "Write a day"));
  fill (editor, "date", "2001-02-03");
  cb_ui_counter_click (counter, "Write it down");
  g_assert_true (cb_ui_counter_shows (counter, "That day is over."));
  fill (editor, "date", "2001-02-30");
  cb_ui_counter_click (counter, "Write it down");
  g_assert_true (cb_ui_counter_shows (counter, "Write a day"));
  fill (editor, "date", "2999-02-03");
  cb_ui_counter_click (counter, "Write it down");
  g_assert_true (cb_ui_counter_shows (counter, "too far ahead"));
  g_assert_cmpstr (cb_field_get_text (text), ==, "zqlate");
  dossier = load (counter);
  g_assert_null (find_matter (dossier, "zqlate"));
}

/* Half written it waits for its author, beside its customer. */
static void
test_draft_kept (CbUiCounter *counter, gconstpointer data)
{
  GtkWidget *editor = open_editor (counter);
  CbField *text;

  fill (editor, "text", "zqhalf");
  choose (editor, "kinds", 3);
  choose (editor, "days", 3);
  cb_ui_counter_act (counter, "back");
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_ERRAND_EDITOR) == NULL);
  editor = open_editor (counter);
  text = CB_FIELD (gtk_widget_get_template_child (editor, CB_TYPE_ERRAND_EDITOR, "text"));
  g_assert_cmpstr (cb_field_get_text (text), ==, "zqhalf");
  cb_ui_counter_click (counter, "Write it down");
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_ERRAND_EDITOR) == NULL);
  editor = open_editor (counter);
  text = CB_FIELD (gtk_widget_get_template_child (editor, CB_TYPE_ERRAND_EDITOR, "text"));
  g_assert_cmpstr (cb_field_get_text (text), ==, "");
}

/* --- days that matter --- */

static GtkWidget *
open_day (CbUiCounter *counter)
{
  return open_form (counter, "add-day", CB_TYPE_DAY_EDITOR);
}

static const CbOccasionFields *
find_day (CbDossier *dossier, const char *text)
{
  GPtrArray *days = cb_dossier_get_occasions (dossier);

  for (guint i = 0; i < days->len; i++)
    {
      const CbOccasionFields *fields = cb_occasion_get_fields (g_ptr_array_index (days, i));

      if (g_str_equal (fields->text, text))
        return fields;
    }
  return NULL;
}

static char *
dup_day (CbUiCounter *counter, guint days_ahead)
{
  gint64 end_us = cb_clock_day_end_us (cb_clock_get_now_us (counter->world.book.clock), days_ahead);
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (end_us / G_USEC_PER_SEC - 1);

  return g_date_time_format (at, "%Y-%m-%d");
}

/* An event is on the page, for this shop alone, and has its end with it. */
static void
test_event_added (CbUiCounter *counter, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;
  g_autofree char *day = dup_day (counter, 42);
  const CbOccasionFields *fields;
  gint64 now_us = cb_clock_get_now_us (counter->world.book.clock);
  gint64 day_end_us = cb_clock_day_end_us (now_us, 42);
  GtkWidget *editor = open_day (counter);

  fill (editor, "text", "zqwedding");
  fill (editor, "date", day);
  fill (editor, "role", "sister");
  choose (editor, "provenances", CB_PROVENANCE_ASKED);
  cb_ui_counter_click (counter, "Write the day down");
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_DAY_EDITOR) == NULL);
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "zqwedding"));
  dossier = load (counter);
  fields = find_day (dossier, "zqwedding");
  g_assert_nonnull (fields);
  g_assert_cmpint (fields->kind, ==, CB_OCCASION_EVENT);
  g_assert_cmpint (cb_clock_date_end_us (fields->year, fields->month, fields->day), ==, day_end_us);
  g_assert_cmpstr (fields->for_role, ==, "sister");
  g_assert_cmpint (fields->provenance, ==, CB_PROVENANCE_ASKED);
  g_assert_cmpint (fields->ends_us, <=, cb_clock_day_end_us (day_end_us, 29));
}

/* Of a day that comes back nobody keeps the year, typed or not. What is missing is not guessed. */
static void
test_yearly_added (CbUiCounter *counter, gconstpointer data)
{
  static const char *const wrong[] = { "02-30", "1961-02-29x", "29", "February" };
  static const char *const typed[] = { "02-29", "1960-02-29", "29 February", "2/29" };
  g_autoptr (CbDossier) dossier = NULL;
  GtkWidget *editor = open_day (counter);

  fill (editor, "text", "zqyearly");
  choose (editor, "kinds", 1);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      fill (editor, "date", wrong[i]);
      cb_ui_counter_click (counter, "Write the day down");
      g_assert_true (cb_ui_counter_shows (counter, "Write a month and a day"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autofree char *text = g_strdup_printf ("zqyearly %u", i);

      editor = open_day (counter);
      fill (editor, "text", text);
      choose (editor, "kinds", 1);
      fill (editor, "date", typed[i]);
      cb_ui_counter_click (counter, "Write the day down");
      CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_DAY_EDITOR) == NULL);
    }
  dossier = load (counter);
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autofree char *text = g_strdup_printf ("zqyearly %u", i);
      const CbOccasionFields *fields = find_day (dossier, text);

      g_assert_nonnull (fields);
      g_assert_cmpint (fields->kind, ==, CB_OCCASION_YEARLY);
      g_assert_cmpint (fields->year, ==, 0);
      g_assert_cmpint (fields->month, ==, 2);
      g_assert_cmpint (fields->day, ==, 29);
    }
}

static void
test_day_not_added (CbUiCounter *counter, gconstpointer data)
{
  static const struct
  {
    const char *date;
    const char *said;
  } wrong[] = {
    { "", "Write a day" },
    { "2001-02-30", "Write a day" },
    { "12 June", "Write a day" },
    { "12.06.", "Write a day" },
    { "0000-00-00", "Write a day" },
    { "2001-02-03", "That day is over." },
    { "2999-02-03", "five years at most" },
  };
  g_autoptr (CbDossier) dossier = NULL;
  GtkWidget *editor = open_day (counter);

  cb_ui_counter_click (counter, "Write the day down");
  g_assert_true (cb_ui_counter_shows (counter, "Write what day it is."));
  fill (editor, "text", "zqwrong");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      fill (editor, "date", wrong[i].date);
      cb_ui_counter_click (counter, "Write the day down");
      g_assert_true (cb_ui_counter_shows (counter, wrong[i].said));
    }
  g_assert_cmpstr (cb_field_get_text (get_field (editor, "text")), ==, "zqwrong");
  dossier = load (counter);
  g_assert_null (find_day (dossier, "zqwrong"));
}

/* Half written it waits, its date as far as it was typed; a request that was begun is another. */
static void
test_day_kept (CbUiCounter *counter, gconstpointer data)
{
  g_autofree char *day = dup_day (counter, 3);
  GtkWidget *editor = open_day (counter);

  fill (editor, "text", "zqhalf");
  fill (editor, "date", "2027-0");
  cb_ui_counter_act (counter, "back");
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_DAY_EDITOR) == NULL);
  editor = open_editor (counter);
  g_assert_cmpstr (cb_field_get_text (get_field (editor, "text")), ==, "");
  cb_ui_counter_act (counter, "back");
  editor = open_day (counter);
  g_assert_cmpstr (cb_field_get_text (get_field (editor, "text")), ==, "zqhalf");
  g_assert_cmpstr (cb_field_get_text (get_field (editor, "date")), ==, "2027-0");
  fill (editor, "date", day);
  cb_ui_counter_click (counter, "Write the day down");
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_DAY_EDITOR) == NULL);
  editor = open_day (counter);
  g_assert_cmpstr (cb_field_get_text (get_field (editor, "text")), ==, "");
  g_assert_cmpstr (cb_field_get_text (get_field (editor, "date")), ==, "");
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
  ADD ("/board/request-added", test_request_added);
  ADD ("/board/promise-added", test_promise_added);
  ADD ("/board/not-added", test_not_added);
  ADD ("/board/draft-kept", test_draft_kept);
  ADD ("/board/event-added", test_event_added);
  ADD ("/board/yearly-day-added", test_yearly_added);
  ADD ("/board/day-not-added", test_day_not_added);
  ADD ("/board/day-kept-half-written", test_day_kept);
  return g_test_run ();
}
