/* SPDX-License-Identifier: Apache-2.0 */

/* The sheet of what is on its way: why, what was refused, and what somebody does about it. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-world.h"

#include <string.h>

#include "base/cb-error.h"
#include "records/cb-dossier.h"
#include "shell/cb-outbox-row.h"
#include "shell/cb-sync-sheet.h"

/* Says of the next operation that may leave that it was refused. */
static void
refuse_next (CbUiWorld *world, const char *code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBatch) batch = cb_book_take_batch (world->book.book, 1, 1 << 20, &error);
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  CbSettlement *settlement;

  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (batch), ==, 1);
  settlement = cb_settlement_new (cb_batch_get_op (batch, 0)->op_id,
                                  code != NULL ? CB_SETTLED_PARKED : CB_SETTLED_ACCEPTED);
  settlement->code = g_strdup (code);
  g_ptr_array_add (settlements, settlement);
  g_assert_true (cb_book_settle (world->book.book, settlements, &error));
  cb_book_end_sync (world->book.book);
}

/* Mara agreed; the service has her card and her yes, and refused her note. */
static void
fill (CbUiWorld *world, guint n_more)
{
  g_autoptr (CbNote) note = NULL;

  cb_test_book_answer (&world->book, world->mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  refuse_next (world, NULL);
  refuse_next (world, NULL);
  note = cb_test_book_add_note (&world->book, world->mara, NULL, "navy, not wool");
  refuse_next (world, "too_large");
  for (guint i = 0; i < n_more; i++)
    {
      g_autoptr (CbNote) other =
        cb_test_book_add_note (&world->book, world->mara, NULL, "one of many");
    }
}

/* The same of one that was changed at head office too, where it says this. */
static void
meet_next (CbUiWorld *world, const char *theirs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBatch) batch = cb_book_take_batch (world->book.book, 1, 1 << 20, &error);
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  CbSettlement *settlement;

  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (batch), ==, 1);
  settlement = cb_settlement_new (cb_batch_get_op (batch, 0)->op_id, CB_SETTLED_CONFLICT);
  settlement->code = g_strdup ("conflict");
  settlement->body = g_strdup (theirs);
  settlement->version = g_strdup ("2468b95aa9294773959c97a301d5d81d");
  settlement->n = 7;
  g_ptr_array_add (settlements, settlement);
  g_assert_true (cb_book_settle (world->book.book, settlements, &error));
  cb_book_end_sync (world->book.book);
}

/* Mara's note says one thing here and another at head office. */
static void
fill_conflict (CbUiWorld *world)
{
  g_autoptr (CbNote) note = NULL;

  cb_test_book_answer (&world->book, world->mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  refuse_next (world, NULL);
  refuse_next (world, NULL);
  note = cb_test_book_add_note (&world->book, world->mara, NULL, "navy, not wool");
  meet_next (world,
             "{\"text\":\"navy, and wool\",\"kind\":\"advice\",\"intent\":\"profile\","
             "\"discretion\":\"mention\",\"provenance\":\"said\",\"for\":null}");
}

static GtkWindow *
show_sheet (CbUiWorld *world, CbStaff *staff)
{
  GtkWidget *sheet;
  GtkWindow *window;

  cb_ui_world_sign_in_as (world, staff);
  sheet = cb_sync_sheet_new (world->store);
  window = cb_ui_world_show (sheet, 700, 700);
  CB_UI_UNTIL (cb_ui_find_type (sheet, CB_TYPE_OUTBOX_ROW) != NULL);
  cb_ui_settle ();
  return window;
}

static guint
count_parked (CbUiWorld *world)
{
  CbOutboxCounts counts;

  g_assert_true (cb_book_count_outbox (world->book.book, &counts, NULL));
  return counts.parked;
}

static guint
count_notes (CbUiWorld *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (world->book.book, world->book.manager, world->mara, &error);

  g_assert_no_error (error);
  return cb_dossier_get_notes (dossier)->len;
}

static void
test_who_may_not_is_told_who_may (CbUiWorld *world, gconstpointer data)
{
  GtkWindow *window;
  GtkWidget *sheet;

  fill (world, 0);
  window = show_sheet (world, world->book.associate);
  sheet = gtk_window_get_child (window);
  g_assert_true (cb_ui_shows (sheet, "A note · refused"));
  g_assert_true (cb_ui_shows (sheet, "It is longer than head office takes."));
  g_assert_true (cb_ui_shows (sheet, "Nothing is lost. A manager decides what becomes of it."));
  g_assert_null (cb_ui_find_button (sheet, "Try again"));
  g_assert_null (cb_ui_find_button (sheet, "Keep it here only"));
  gtk_window_destroy (window);
}

static void
test_keeping_asks_first (CbUiWorld *world, gconstpointer data)
{
  GtkWindow *window;
  GtkWidget *sheet;

  fill (world, 0);
  window = show_sheet (world, world->book.manager);
  sheet = gtk_window_get_child (window);

  cb_ui_click (cb_ui_find_button (sheet, "Keep it here only"));
  cb_ui_settle ();
  g_assert_true (
    cb_ui_shows (sheet, "Head office will not get it. The record stays here, as it is."));
  g_assert_null (cb_ui_find_button (sheet, "Try again"));
  g_assert_true (gtk_widget_has_focus (cb_ui_find_button (sheet, "Leave it on the list")));
  g_assert_cmpuint (count_parked (world), ==, 1);

  cb_ui_click (cb_ui_find_button (sheet, "Leave it on the list"));
  cb_ui_settle ();
  g_assert_nonnull (cb_ui_find_button (sheet, "Try again"));
  g_assert_null (cb_ui_find_button (sheet, "Do not send it"));

  cb_ui_click (cb_ui_find_button (sheet, "Keep it here only"));
  cb_ui_settle ();
  cb_ui_click (cb_ui_find_button (sheet, "Do not send it"));
  CB_UI_UNTIL (count_parked (world) == 0);
  CB_UI_UNTIL (!cb_ui_shows (sheet, "A note · refused"));
  g_assert_cmpuint (count_notes (world), ==, 1);
  gtk_window_destroy (window);
}

/* While somebody is asked, other operations come and go; the question stays where it is. */
static void
test_a_question_outlives_a_refresh (CbUiWorld *world, gconstpointer data)
{
  GtkWindow *window;
  GtkWidget *sheet;
  g_autoptr (CbNote) other = NULL;

  fill (world, 0);
  window = show_sheet (world, world->book.manager);
  sheet = gtk_window_get_child (window);
  cb_ui_click (cb_ui_find_button (sheet, "Keep it here only"));
  other = cb_test_book_add_note (&world->book, world->mara, NULL, "meanwhile");
  g_object_notify (G_OBJECT (cb_store_get_sync_state (world->store)), "waiting");
  CB_UI_UNTIL (cb_ui_shows (sheet, "A note · waiting to send"));
  g_assert_nonnull (cb_ui_find_button (sheet, "Do not send it"));
  g_assert_true (gtk_widget_has_focus (cb_ui_find_button (sheet, "Leave it on the list")));
  gtk_window_destroy (window);
}

static void
test_trying_again (CbUiWorld *world, gconstpointer data)
{
  GtkWindow *window;
  GtkWidget *sheet;

  fill (world, 0);
  window = show_sheet (world, world->book.manager);
  sheet = gtk_window_get_child (window);
  cb_ui_click (cb_ui_find_button (sheet, "Try again"));
  CB_UI_UNTIL (cb_ui_shows (sheet, "A note · waiting to send"));
  g_assert_true (
    cb_ui_shows (sheet, "May leave: they agreed to being remembered in this shop, today."));
  g_assert_cmpuint (count_parked (world), ==, 0);
  gtk_window_destroy (window);
}

/* How often the record was read, as the audit has it. */
static guint
count_reads (CbUiWorld *world)
{
  g_autoptr (GPtrArray) rows =
    cb_book_list_audit (world->book.book, world->book.privacy, 0, 1000, NULL);
  guint count = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    count += g_str_equal (((CbAuditRow *) rows->pdata[i])->action, "customer.read");
  return count;
}

static GtkWindow *
show_comparison (CbUiWorld *world)
{
  GtkWindow *window = show_sheet (world, world->book.manager);
  GtkWidget *sheet = gtk_window_get_child (window);

  g_assert_null (cb_ui_find_button (sheet, "Try again"));
  g_assert_false (cb_ui_shows (sheet, "navy, and wool"));
  cb_ui_click (cb_ui_find_button (sheet, "Compare the two"));
  CB_UI_UNTIL (cb_ui_find_button (sheet, "Take theirs") != NULL);
  return window;
}

static void
test_two_readings (CbUiWorld *world, gconstpointer data)
{
  GtkWindow *window;
  GtkWidget *sheet;

  guint n_reads;

  fill_conflict (world);
  n_reads = count_reads (world);
  window = show_comparison (world);
  sheet = gtk_window_get_child (window);
  g_assert_cmpuint (count_reads (world), ==, n_reads + 1);
  g_assert_true (cb_ui_shows (sheet, "navy, and wool"));
  g_assert_true (cb_ui_shows (sheet, "navy, not wool"));
  g_assert_true (cb_ui_shows (sheet, "What it says · differs"));
  g_assert_true (cb_ui_shows (sheet, "How we know"));
  g_assert_nonnull (cb_ui_find_button (sheet, "Keep both, as two notes"));
  g_assert_true (gtk_widget_has_focus (cb_ui_find_button (sheet, "Leave it on the list")));

  cb_ui_click (cb_ui_find_button (sheet, "Leave it on the list"));
  CB_UI_UNTIL (cb_ui_find_button (sheet, "Compare the two") != NULL);
  g_assert_cmpuint (count_parked (world), ==, 1);
  g_assert_false (cb_ui_shows (sheet, "navy, and wool"));
  gtk_window_destroy (window);
}

static void
choose (CbUiWorld *world, const char *button)
{
  GtkWindow *window;
  GtkWidget *sheet;

  fill_conflict (world);
  window = show_comparison (world);
  sheet = gtk_window_get_child (window);
  cb_ui_click (cb_ui_find_button (sheet, button));
  CB_UI_UNTIL (count_parked (world) == 0);
  CB_UI_UNTIL (cb_ui_find_button (sheet, "Take theirs") == NULL);
  gtk_window_destroy (window);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
read_notes (CbUiWorld *world)
{
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (world->book.book, world->book.manager, world->mara, NULL);
  GPtrArray *notes = cb_dossier_get_notes (dossier);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  for (guint i = 0; i < notes->len; i++)
    g_ptr_array_add (texts, (char *) cb_note_get_text (notes->pdata[i]));
  g_ptr_array_sort (texts, compare_texts);
  g_ptr_array_add (texts, NULL);
  return g_strjoinv (" | ", (char **) texts->pdata);
}

static void
test_keep_ours (CbUiWorld *world, gconstpointer data)
{
  g_autofree char *notes = NULL;

  choose (world, "Keep what is here");
  notes = read_notes (world);
  g_assert_cmpstr (notes, ==, "navy, not wool");
}

static void
test_take_theirs (CbUiWorld *world, gconstpointer data)
{
  g_autofree char *notes = NULL;

  choose (world, "Take theirs");
  notes = read_notes (world);
  g_assert_cmpstr (notes, ==, "navy, and wool");
}

static void
test_keep_both (CbUiWorld *world, gconstpointer data)
{
  g_autofree char *notes = NULL;

  choose (world, "Keep both, as two notes");
  notes = read_notes (world);
  g_assert_cmpstr (notes, ==, "navy, and wool | navy, not wool");
}

/* Who has no customer's data is told who may, and the store says no to them as well. */
static void
test_readings_are_not_for_everybody (CbUiWorld *world, gconstpointer data)
{
  CbStaff *const others[] = { world->book.associate, world->book.admin };

  fill_conflict (world);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) list = NULL;
      GtkWindow *window = show_sheet (world, others[i]);

      g_assert_null (cb_ui_find_button (gtk_window_get_child (window), "Compare the two"));
      g_assert_true (cb_ui_shows (gtk_window_get_child (window),
                                  "Nothing is lost. A manager decides what becomes of it."));
      gtk_window_destroy (window);
      list = cb_book_list_conflicts (world->book.book, others[i], &error);
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
    }
}

static guint
count_rows (GtkWidget *root)
{
  guint count = CB_IS_OUTBOX_ROW (root);

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    count += count_rows (child);
  return count;
}

/* However long the queue, the sheet reads and shows the oldest of it. */
static void
test_a_long_queue (CbUiWorld *world, gconstpointer data)
{
  const guint n_waiting = g_getenv ("CB_TEST_LONG") != NULL ? 10000 : 500;
  g_autofree char *more = g_strdup_printf ("and %u more", n_waiting - CB_STORE_OUTBOX_SHOWN);
  GtkWindow *window;
  GtkWidget *sheet;
  gint64 start_us;

  fill (world, n_waiting);
  cb_ui_world_sign_in_as (world, world->book.manager);
  CB_UI_UNTIL (cb_sync_state_get_waiting (cb_store_get_sync_state (world->store)) == n_waiting);
  start_us = g_get_monotonic_time ();
  sheet = cb_sync_sheet_new (world->store);
  window = cb_ui_world_show (sheet, 700, 700);
  CB_UI_UNTIL (cb_ui_find_type (sheet, CB_TYPE_OUTBOX_ROW) != NULL);
  g_test_message ("with %u waiting open after %d ms", n_waiting,
                  (int) ((g_get_monotonic_time () - start_us) / 1000));
  CB_UI_UNTIL (cb_ui_shows (sheet, more));
  /* The list keeps a few beside those in view. */
  g_assert_cmpuint (count_rows (sheet), <=, 2 * CB_STORE_OUTBOX_SHOWN);
  gtk_window_destroy (window);
}

#define ADD(path, func)                                                                            \
  g_test_add ("/sync-sheet/" path, CbUiWorld, NULL, cb_ui_world_set_up, func, cb_ui_world_tear_down)

int
main (int argc, char **argv)
{
  cb_ui_world_init (&argc, &argv);
  ADD ("who-may-not-is-told-who-may", test_who_may_not_is_told_who_may);
  ADD ("keeping-asks-first", test_keeping_asks_first);
  ADD ("a-question-outlives-a-refresh", test_a_question_outlives_a_refresh);
  ADD ("trying-again", test_trying_again);
  ADD ("two-readings-side-by-side", test_two_readings);
  ADD ("ours-is-kept", test_keep_ours);
  ADD ("theirs-is-taken", test_take_theirs);
  ADD ("both-are-kept", test_keep_both);
  ADD ("readings-are-not-for-everybody", test_readings_are_not_for_everybody);
  ADD ("a-long-queue-in-part", test_a_long_queue);
  return g_test_run ();
}
