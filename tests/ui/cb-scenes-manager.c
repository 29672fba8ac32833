/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cb-hand.h"
#include "cb-scenes.h"
#include "customer/cb-note-row.h"
#include "manager/cb-import-page.h"
#include "manager/cb-review-page.h"
#include "shell/cb-lock-page.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-choice.h"

#define MANAGER "Ines Obermatt"
#define MANAGER_PIN "904172"
#define OLD_BOOK "contacts of the old till, exported in November.csv"
#define HEADINGS "First Name,Last Name,E-mail,Phone\n"

/* --- what head office refused --- */

static void
counter_manager (CbScreens *screens)
{
  cb_window_lock (screens->window);
  CB_UI_UNTIL (cb_store_get_actor (screens->store) == NULL);
  cb_hand_choose_person (screens, MANAGER);
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_LOCK_PAGE), MANAGER_PIN);
  cb_hand_page (screens, CB_TYPE_COUNTER_PAGE);
  CB_UI_UNTIL (cb_store_is_index_ready (screens->store));
}

static void
sync_manager (CbScreens *screens)
{
  cb_hand_act (screens, "sync");
  CB_UI_UNTIL (cb_hand_find_button (cb_hand_whole (screens), _ ("Keep it here only")) != NULL);
}

static void
sync_asking (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Keep it here only"));
  CB_UI_UNTIL (cb_hand_find_button (cb_hand_whole (screens), _ ("Do not send it")) != NULL);
}

static void
sync_not_done (CbScreens *screens)
{
  cb_hand_fill_disk ();
  cb_hand_press (screens, _ ("Do not send it"));
  cb_hand_await (screens, _ ("Not done, and nothing has changed. Try again."));
  cb_hand_free_disk ();
}

/* The next note that may leave was changed there too. */
static void
meet_next_note (CbBook *book, const char *theirs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBatch) batch = cb_book_take_batch (book, 100, 1 << 20, &error);
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);

  g_assert_no_error (error);
  for (guint i = 0; i < cb_batch_get_length (batch) && settlements->len == 0; i++)
    {
      const CbBatchOp *op = cb_batch_get_op (batch, i);
      gsize length;
      const char *line = g_bytes_get_data (op->line, &length);
      CbSettlement *settlement;

      if (g_strstr_len (line, (gssize) length, "\"kind\":\"note\"") == NULL)
        continue;
      settlement = cb_settlement_new (op->op_id, CB_SETTLED_CONFLICT);
      settlement->code = g_strdup ("conflict");
      settlement->body = g_strdup (theirs);
      settlement->version = g_strdup ("2468b95aa9294773959c97a301d5d81d");
      settlement->n = 7;
      g_ptr_array_add (settlements, settlement);
    }
  g_assert_cmpuint (settlements->len, ==, 1);
  g_assert_true (cb_book_settle (book, settlements, &error));
  cb_book_end_sync (book);
}

static void
sync_compared (CbScreens *screens)
{
  static const char THEIRS[] =
    "{\"text\":\"Her sister marries in May. A navy coat, and nothing of wool.\",\"kind\":\"advice\","
    "\"intent\":\"profile\",\"discretion\":\"silent\",\"provenance\":\"said\",\"for\":null}";
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBook) book =
    cb_book_open (screens->home, screens->state_root, screens->clock, &error);
  CbOutboxCounts counts;

  g_assert_no_error (error);
  meet_next_note (book, THEIRS);
  g_assert_true (cb_book_count_outbox (book, &counts, &error));
  cb_book_close (book);
  cb_sync_state_set_counts (cb_store_get_sync_state (screens->store), &counts);
  cb_hand_await (screens, _ ("Compare the two"));
  cb_hand_press (screens, _ ("Compare the two"));
  cb_hand_await (screens, _ ("Take theirs"));
}

/* --- notes that a manager reads --- */

static void
review (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_act (screens, "review");
  cb_hand_page (screens, CB_TYPE_REVIEW_PAGE);
  cb_hand_await (screens, _ ("Approve · A"));
  cb_hand_page (screens, CB_TYPE_NOTE_ROW);
}

static void
review_returning (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Return · R"));
  cb_hand_await (screens, _ ("Return it"));
}

static void
review_no_reason (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Return it"));
  cb_hand_await (screens, _ ("Choose a reason first."));
}

static void
review_redacting (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Cancel"));
  cb_hand_press (screens, _ ("Take words out · X"));
  cb_choice_set_selected (CB_CHOICE (cb_hand_page (screens, CB_TYPE_CHOICE)), 1);
  cb_hand_set_entry (screens, cb_hand_page (screens, CB_TYPE_REVIEW_PAGE), 0,
                     "Please stay with what " CB_LONG_GIVEN " said herself.");
}

static void
review_not_done (CbScreens *screens)
{
  GtkTextView *kept = GTK_TEXT_VIEW (cb_hand_page (screens, GTK_TYPE_TEXT_VIEW));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (kept), "", 0);
  cb_hand_fill_disk ();
  cb_hand_press (screens, _ ("Take them out for good"));
  cb_hand_await (screens, _ ("Not done, and nothing has changed. Try again."));
  cb_hand_free_disk ();
}

static void
review_redacted (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Take them out for good"));
  cb_hand_await (screens, _ ("The words are taken out, here and wherever they went."));
}

static void
review_empty (CbScreens *screens)
{
  const CbHandEmpty empty = {
    "empty",
    "cb-check-symbolic",
    _ ("No note waits to be read"),
    _ ("Some come here by lot, and those that may need a second pair of eyes. "
       "Your own are for another manager."),
    _ ("Back to the counter"),
  };

  cb_hand_show_empty (screens, CB_TYPE_REVIEW_PAGE, "stack", &empty);
}

static void
review_failed (CbScreens *screens)
{
  const CbHandEmpty empty = {
    "empty",
    "cb-attention-symbolic",
    _ ("The list could not be read"),
    _ ("This could not be read. Nothing is lost. Try again."),
    _ ("Try again"),
  };

  cb_hand_show_empty (screens, CB_TYPE_REVIEW_PAGE, "stack", &empty);
}

/* --- what a manager brings in --- */

static char *
dup_path (CbScreens *screens)
{
  return g_build_filename (screens->import_folder, OLD_BOOK, NULL);
}

static void
write_file (CbScreens *screens, const char *text)
{
  g_autofree char *path = dup_path (screens);
  g_autoptr (GError) error = NULL;

  g_unlink (path);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
import_no_file (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_press (screens, _ ("Bring in an old book"));
  cb_hand_await (screens, _ ("No file is here yet"));
}

static void
import_files (CbScreens *screens)
{
  write_file (screens, HEADINGS
              "Ada,Sample,ada@example.org,020 7946 0101\n"
              "Mara,Ellingsen,,07700 900417\n"
              "" CB_LONG_GIVEN "," CB_LONG_FAMILY "," CB_LONG_EMAIL
              ",+49 30 901820 11223\n"
              ",,,\n");
  cb_hand_press (screens, _ ("Look again"));
  cb_hand_await (screens, OLD_BOOK);
}

static void
activate_file (CbScreens *screens)
{
  GtkListBox *list = GTK_LIST_BOX (cb_hand_page (screens, GTK_TYPE_LIST_BOX));

  g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (list, 0));
}

static void
import_preview (CbScreens *screens)
{
  activate_file (screens);
  CB_UI_UNTIL (cb_hand_find_button (cb_hand_whole (screens), _ ("Bring them in")) != NULL);
}

static gboolean
is_told (CbScreens *screens)
{
  GtkWidget *page = cb_hand_page (screens, CB_TYPE_IMPORT_PAGE);
  GObject *so_far = gtk_widget_get_template_child (page, CB_TYPE_IMPORT_PAGE, "so_far");

  return *gtk_label_get_text (GTK_LABEL (so_far)) != '\0';
}

/* A picture in each of the entries, as such books have them: nobody keeps it, and it takes its
 * time to read: three hundred of them fill what is read ahead three times. */
static gboolean
offer (int pipe, guint number)
{
  g_autofree char *picture = g_strnfill (700, 'A');
  g_autofree char *line = g_strdup_printf ("Ada,Sample %04u,,,%s\n", number, picture);
  gsize length = strlen (line);

  return write (pipe, line, length) == (gssize) length;
}

static void
feed (int pipe, guint first, guint count)
{
  for (guint i = first; i < first + count; i++)
    CB_UI_UNTIL (offer (pipe, i));
}

/* The file is a pipe by now, so that it is as long as the scene. */
static void
run_from_pipe (CbScreens *screens, guint first)
{
  g_autofree char *path = dup_path (screens);
  static const char headings[] = "First Name,Last Name,E-mail,Phone,Photo\n";

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  screens->pipe = open (path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  g_assert_cmpint (screens->pipe, >, 0);
  g_assert_cmpint (write (screens->pipe, headings, strlen (headings)), >, 0);
  cb_hand_press (screens, _ ("Bring them in"));
  feed (screens->pipe, first, 300);
  CB_UI_UNTIL (is_told (screens));
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (cb_hand_page (screens, GTK_TYPE_PROGRESS_BAR)),
                                 0.42);
}

static void
import_running (CbScreens *screens)
{
  run_from_pipe (screens, 0);
}

static void
import_stopping (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Stop"));
}

static void
end_pipe (CbScreens *screens)
{
  close (screens->pipe);
  screens->pipe = 0;
}

static void
import_stopped (CbScreens *screens)
{
  end_pipe (screens);
  cb_hand_await (screens, _ ("Stopped"));
}

/* From whatever step, with a file that is there again. */
static void
begin_again (CbScreens *screens, const char *text)
{
  write_file (screens, text);
  cb_hand_press (screens, _ ("Another file"));
  cb_hand_await (screens, OLD_BOOK);
}

/* The disk is full when a part of it is in: of others than before, whom it would not add again. */
static void
import_ended (CbScreens *screens)
{
  guint next = 2000;

  begin_again (screens, HEADINGS "Ada,Sample,ada@example.org,020 7946 0101\n");
  import_preview (screens);
  run_from_pipe (screens, 1000);
  cb_hand_fill_disk ();
  /* Whoever reads stops reading then. */
  CB_UI_UNTIL ((offer (screens->pipe, next++),
                cb_ui_shows (cb_hand_whole (screens), _ ("It ended before its time"))));
  cb_hand_free_disk ();
  end_pipe (screens);
}

static void
import_result (CbScreens *screens)
{
  begin_again (screens, HEADINGS
               "Ada,Sample,ada@example.org,020 7946 0101\n"
               "Mara,Ellingsen,,07700 900417\n"
               "" CB_LONG_GIVEN "," CB_LONG_FAMILY "," CB_LONG_EMAIL
               ",+49 30 901820 11223\n"
               ",,,\n");
  import_preview (screens);
  cb_hand_press (screens, _ ("Bring them in"));
  cb_hand_await (screens, _ ("It is in"));
}

static void
import_delete (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Delete the file"));
  cb_hand_await (screens, _ ("Yes, delete it for good"));
}

static void
import_deleted (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Yes, delete it for good"));
  cb_hand_await (screens, _ ("The file is deleted from the folder."));
}

/* --- those who are not to be contacted --- */

static void
optouts_files (CbScreens *screens)
{
  begin_again (screens, "email\nada@example.org\n" CB_LONG_EMAIL "\nnobody at all\n");
  cb_choice_set_selected (CB_CHOICE (cb_hand_page (screens, CB_TYPE_CHOICE)), 1);
}

static void
optouts_preview (CbScreens *screens)
{
  activate_file (screens);
  CB_UI_UNTIL (cb_hand_find_button (cb_hand_whole (screens), _ ("Bring them in")) != NULL);
}

static void
optouts_result (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Bring them in"));
  cb_hand_await (screens, _ ("It is in"));
}

/* --- what cannot be brought in --- */

/* Gone between the list and the choice. */
static void
import_failed (CbScreens *screens)
{
  g_autofree char *path = dup_path (screens);

  begin_again (screens, HEADINGS);
  g_assert_cmpint (g_unlink (path), ==, 0);
  activate_file (screens);
  cb_hand_await (screens, _ ("This file could not be read"));
}

static void
import_folder_failed (CbScreens *screens)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rmdir (screens->import_folder), ==, 0);
  g_file_set_contents (screens->import_folder, "no folder", -1, &error);
  g_assert_no_error (error);
  cb_hand_press (screens, _ ("Another file"));
  cb_hand_await (screens, _ ("The folder could not be read"));
}

/* --- who was brought in --- */

static void
old_book (CbScreens *screens)
{
  cb_hand_open_customer (screens, "maximiliane", CB_LONG_FAMILY);
  cb_hand_await (screens, _ ("From the old book: still right?"));
}

static void
old_book_removing (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Take them out"));
  cb_hand_await (screens, _ ("Take them out of the book for good?"));
}

static void
old_book_not_removed (CbScreens *screens)
{
  cb_hand_fill_disk ();
  cb_hand_press (screens, _ ("Yes, for good"));
  cb_hand_await (screens, _ ("They are still in the book. Try again."));
  cb_hand_free_disk ();
}

const CbScene cb_scenes_manager[] = {
  CB_SCENE (counter_manager),
  CB_SCENE (sync_manager),
  CB_SCENE (sync_asking),
  CB_SCENE (sync_not_done),
  CB_SCENE (sync_compared),
  CB_SCENE (review),
  CB_SCENE (review_returning),
  CB_SCENE (review_no_reason),
  CB_SCENE (review_redacting),
  CB_SCENE (review_not_done),
  CB_SCENE (review_redacted),
  CB_SCENE (review_empty),
  CB_SCENE (review_failed),
  CB_SCENE (import_no_file),
  CB_SCENE (import_files),
  CB_SCENE (import_preview),
  CB_SCENE (import_running),
  CB_SCENE (import_stopping),
  CB_SCENE (import_stopped),
  CB_SCENE (import_ended),
  CB_SCENE (import_result),
  CB_SCENE (import_delete),
  CB_SCENE (import_deleted),
  CB_SCENE (optouts_files),
  CB_SCENE (optouts_preview),
  CB_SCENE (optouts_result),
  CB_SCENE (import_failed),
  CB_SCENE (import_folder_failed),
  CB_SCENE (old_book),
  CB_SCENE (old_book_removing),
  CB_SCENE (old_book_not_removed),
  { NULL, NULL },
};
