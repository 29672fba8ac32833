/* SPDX-License-Identifier: Apache-2.0 */

/* The whole record on the customer's own screen: asked for who they are first, every word of it,
 * nobody else's, and gone when they say so. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "cb-ui-world.h"
#include "store/cb-book-private.h"
#include "turned/cb-purpose-card.h"
#include "turned/cb-record-page.h"
#include "turned/cb-turned-page.h"
#include "turned/cb-turned-words.h"
#include "widgets/cb-field.h"

#define EMAIL "mara@example.com"
#define PHONE "07700 900112"
#define NOTE "likes brass buttons"
#define GIFT "a scarf for the twin"

typedef struct
{
  CbUiWorld world;
  CbTurnedPage *page;
  GtkWindow *window;
  guint n_handed_back;
} Fixture;

static void
on_handed_back (Fixture *fixture)
{
  fixture->n_handed_back++;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static CbDossier *
load (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CbDossier *dossier;

  cb_store_load_dossier_async (fixture->world.store, fixture->world.mara, NULL, on_done, &result);
  CB_UI_UNTIL (result != NULL);
  dossier = cb_store_load_dossier_finish (fixture->world.store, result, &error);
  g_assert_no_error (error);
  return dossier;
}

static void
add_note (Fixture *fixture, const char *customer, CbIntent intent, const char *text)
{
  CbTestBook *book = &fixture->world.book;
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbNote) note = NULL;

  draft->text = g_strdup (text);
  draft->intent = intent;
  note = cb_book_add_note (book->book, book->other, customer, draft, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  cb_ui_world_set_up (&fixture->world, NULL);
  add_note (fixture, fixture->world.mara, CB_INTENT_VISIT, NOTE);
  add_note (fixture, fixture->world.mara, CB_INTENT_GIFT, GIFT);
  add_note (fixture, fixture->world.jurgen, CB_INTENT_VISIT, "waits for the tall hat");
  if (data != NULL)
    cb_ui_world_sign_in_as (&fixture->world, fixture->world.book.manager);
  else
    cb_ui_world_sign_in (&fixture->world);
  fixture->page = CB_TURNED_PAGE (cb_turned_page_new (fixture->world.store));
  g_signal_connect_swapped (fixture->page, "handed-back", G_CALLBACK (on_handed_back), fixture);
  fixture->window = cb_ui_world_show (GTK_WIDGET (fixture->page), 1280, 4000);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  cb_ui_world_tear_down (&fixture->world, NULL);
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return cb_ui_shows (GTK_WIDGET (fixture->page), text);
}

static gboolean
says (Fixture *fixture, CbTurnedWord word)
{
  return shows (fixture, cb_turned_words (word, "en"));
}

static GtkWidget *
part (Fixture *fixture, const char *name)
{
  GtkWidget *page = cb_ui_find_type (GTK_WIDGET (fixture->page), CB_TYPE_RECORD_PAGE);

  g_assert_nonnull (page);
  return GTK_WIDGET (gtk_widget_get_template_child (page, CB_TYPE_RECORD_PAGE, name));
}

static void
press (Fixture *fixture, const char *name)
{
  CB_UI_UNTIL (gtk_widget_get_mapped (part (fixture, name)) &&
               gtk_widget_is_sensitive (part (fixture, name)));
  cb_ui_click (part (fixture, name));
}

static void
press_word (Fixture *fixture, CbTurnedWord word)
{
  cb_ui_click (cb_ui_find_button (GTK_WIDGET (fixture->page), cb_turned_words (word, "en")));
}

static void
turn (Fixture *fixture)
{
  g_autoptr (CbDossier) dossier = load (fixture);

  cb_turned_page_show (fixture->page, dossier, "shop");
  cb_ui_settle ();
  press_word (fixture, CB_TURNED_EVERYTHING);
  cb_ui_settle ();
}

static void
type (Fixture *fixture, const char *name, const char *text)
{
  cb_field_set_text (CB_FIELD (part (fixture, name)), text);
}

static void
show_who_it_is (Fixture *fixture)
{
  type (fixture, "email", EMAIL);
  type (fixture, "phone", PHONE);
  press (fixture, "go_on");
  CB_UI_UNTIL (shows (fixture, NOTE));
}

static gboolean
is_in_book (Fixture *fixture)
{
  CbTestBook *book = &fixture->world.book;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbCustomer) card = NULL;

  g_assert_true (cb_book_begin_read (book->book, &error));
  card = cb_book_read_customer (book->book, fixture->world.mara, &error);
  cb_db_rollback (book->book->db);
  if (card == NULL)
    g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  return card != NULL;
}

/* --- who it is --- */

static void
test_asks_first (Fixture *fixture, gconstpointer data)
{
  turn (fixture);
  g_assert_true (says (fixture, CB_TURNED_IDENTIFY));
  g_assert_false (shows (fixture, NOTE));
  press (fixture, "go_on");
  CB_UI_UNTIL (says (fixture, CB_TURNED_TOO_LITTLE));
  type (fixture, "email", "somebody@example.org");
  type (fixture, "phone", PHONE);
  g_assert_false (says (fixture, CB_TURNED_TOO_LITTLE));
  press (fixture, "go_on");
  CB_UI_UNTIL (says (fixture, CB_TURNED_NOT_SHOWN));
  g_assert_false (shows (fixture, NOTE));
  show_who_it_is (fixture);
  g_assert_true (shows (fixture, EMAIL));
  g_assert_false (shows (fixture, "tall hat"));
  /* What they typed is not left for the next. */
  g_assert_cmpstr (cb_field_get_text (CB_FIELD (part (fixture, "email"))), ==, "");
  g_assert_cmpstr (cb_field_get_text (CB_FIELD (part (fixture, "phone"))), ==, "");
}

static void
test_tries_are_few (Fixture *fixture, gconstpointer data)
{
  turn (fixture);
  for (int i = 0; i < 5; i++)
    {
      type (fixture, "receipt", "1");
      press (fixture, "go_on");
      CB_UI_UNTIL (says (fixture, CB_TURNED_NOT_SHOWN));
    }
  type (fixture, "email", EMAIL);
  type (fixture, "phone", PHONE);
  press (fixture, "go_on");
  CB_UI_UNTIL (says (fixture, CB_TURNED_WAIT));
  g_assert_false (shows (fixture, NOTE));
}

static void
test_document (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = load (fixture);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CbProof *proof = cb_proof_new ();

  proof->document = CB_DOCUMENT_PASSPORT;
  cb_store_identify_async (fixture->world.store, fixture->world.mara, proof, NULL, on_done,
                           &result);
  CB_UI_UNTIL (result != NULL);
  g_assert_true (cb_store_identify_finish (fixture->world.store, result, NULL, &error));
  cb_turned_page_show_record (fixture->page, dossier, "shop", TRUE);
  CB_UI_UNTIL (shows (fixture, NOTE));
  /* Nothing was asked of them. */
  g_assert_null (cb_ui_find_type (GTK_WIDGET (fixture->page), CB_TYPE_PURPOSE_CARD));
  press (fixture, "answers");
  cb_ui_settle ();
  g_assert_nonnull (cb_ui_find_type (GTK_WIDGET (fixture->page), CB_TYPE_PURPOSE_CARD));
  press_word (fixture, CB_TURNED_EVERYTHING);
  CB_UI_UNTIL (shows (fixture, NOTE));
}

/* --- what they read --- */

static void
test_veiled (Fixture *fixture, gconstpointer data)
{
  turn (fixture);
  show_who_it_is (fixture);
  g_assert_false (shows (fixture, GIFT));
  press_word (fixture, CB_TURNED_VEILED);
  g_assert_true (shows (fixture, GIFT));
  g_assert_null (
    cb_ui_find_button (GTK_WIDGET (fixture->page), cb_turned_words (CB_TURNED_VEILED, "en")));
}

static void
test_language (Fixture *fixture, gconstpointer data)
{
  turn (fixture);
  cb_ui_click (cb_ui_find_button (GTK_WIDGET (fixture->page), "Deutsch"));
  g_assert_true (shows (fixture, cb_turned_words (CB_TURNED_IDENTIFY, "de")));
  show_who_it_is (fixture);
  g_assert_true (shows (fixture, "Wer wir sind"));
  cb_ui_click (cb_ui_find_button (GTK_WIDGET (fixture->page), "Español"));
  CB_UI_UNTIL (shows (fixture, "Quiénes somos"));
  g_assert_false (shows (fixture, "Wer wir sind"));
}

/* Whoever takes it from the cover is perhaps somebody else. */
static void
test_covered (Fixture *fixture, gconstpointer data)
{
  turn (fixture);
  show_who_it_is (fixture);
  cb_turned_page_cover (fixture->page);
  cb_ui_settle ();
  g_assert_false (shows (fixture, NOTE));
  g_assert_false (shows (fixture, EMAIL));
  g_assert_true (says (fixture, CB_TURNED_IDENTIFY));
  press_word (fixture, CB_TURNED_ANSWERS);
  press_word (fixture, CB_TURNED_EVERYTHING);
  cb_ui_settle ();
  g_assert_true (says (fixture, CB_TURNED_IDENTIFY));
}

/* The right answer to who it is arrives when the screen was taken away already. */
static void
test_covered_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;

  turn (fixture);
  type (fixture, "email", EMAIL);
  type (fixture, "phone", PHONE);
  press (fixture, "go_on");
  cb_turned_page_cover (fixture->page);
  dossier = load (fixture);
  cb_ui_settle ();
  g_assert_true (says (fixture, CB_TURNED_IDENTIFY));
  g_assert_false (shows (fixture, NOTE));
  g_assert_true (gtk_widget_is_sensitive (part (fixture, "go_on")));
}

static void
test_cleared (Fixture *fixture, gconstpointer data)
{
  turn (fixture);
  show_who_it_is (fixture);
  cb_turned_page_clear (fixture->page);
  cb_ui_settle ();
  g_assert_false (shows (fixture, NOTE));
  turn (fixture);
  g_assert_true (says (fixture, CB_TURNED_IDENTIFY));
}

/* --- gone --- */

static guint
count_unanswered (Fixture *fixture)
{
  CbTestBook *book = &fixture->world.book;
  g_autoptr (GPtrArray) list =
    cb_book_list_unanswered (book->book, book->manager, fixture->world.mara, NULL);

  return list != NULL ? list->len : 0;
}

static void
test_erased (Fixture *fixture, gconstpointer data)
{
  turn (fixture);
  show_who_it_is (fixture);
  press (fixture, "erase");
  g_assert_true (says (fixture, CB_TURNED_ERASE_ASK));
  g_assert_true (is_in_book (fixture));
  press (fixture, "keep");
  g_assert_true (shows (fixture, NOTE));
  g_assert_false (cb_turned_page_is_erased (fixture->page));
  press (fixture, "erase");
  press (fixture, "erase_now");
  CB_UI_UNTIL (says (fixture, CB_TURNED_ERASED));
  g_assert_false (is_in_book (fixture));
  g_assert_false (shows (fixture, NOTE));
  g_assert_false (says (fixture, CB_TURNED_ERASED_COPIES));
  g_assert_true (cb_turned_page_is_erased (fixture->page));
  press (fixture, "hand_back");
  g_assert_cmpuint (fixture->n_handed_back, ==, 1);
  /* The cover takes nothing of that away, and nobody is asked any more. */
  cb_turned_page_cover (fixture->page);
  g_assert_true (says (fixture, CB_TURNED_ERASED));
  cb_turned_page_clear (fixture->page);
  g_assert_false (cb_turned_page_is_erased (fixture->page));
  g_assert_cmpuint (count_unanswered (fixture), ==, 0);
}

static void
test_erased_elsewhere (Fixture *fixture, gconstpointer data)
{
  CbTestBook *book = &fixture->world.book;
  g_autoptr (GError) error = NULL;

  turn (fixture);
  show_who_it_is (fixture);
  press (fixture, "erase");
  g_assert_true (
    cb_book_erase (book->book, book->manager, fixture->world.mara, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  press (fixture, "erase_now");
  CB_UI_UNTIL (says (fixture, CB_TURNED_ERASED));
}

/* Made for them, and carried away. */
static void
test_copy_is_missing (Fixture *fixture, gconstpointer data)
{
  CbTestBook *book = &fixture->world.book;
  g_autofree char *path = g_build_filename (book->root, "copy.html", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *mark =
    cb_book_access (book->book, book->manager, fixture->world.mara, CB_EXPORT_HTML, path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (mark);
  g_assert_cmpint (g_unlink (path), ==, 0);
  turn (fixture);
  show_who_it_is (fixture);
  press (fixture, "erase");
  press (fixture, "erase_now");
  CB_UI_UNTIL (says (fixture, CB_TURNED_ERASED));
  g_assert_true (says (fixture, CB_TURNED_ERASED_COPIES));
}

/* An associate may not erase: what was shown too long ago opens nothing. */
static void
test_too_long_ago (Fixture *fixture, gconstpointer data)
{
  turn (fixture);
  show_who_it_is (fixture);
  press (fixture, "erase");
  cb_store_part (fixture->world.store);
  press (fixture, "erase_now");
  CB_UI_UNTIL (says (fixture, CB_TURNED_IDENTIFY));
  g_assert_true (is_in_book (fixture));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);
  ADD ("/record/asks-first", test_asks_first);
  /* Who may read everything themselves shows it to nobody unasked. */
  g_test_add ("/record/asks-first/manager", Fixture, "manager", set_up, test_asks_first, tear_down);
  ADD ("/record/tries-are-few", test_tries_are_few);
  ADD ("/record/document", test_document);
  ADD ("/record/veiled", test_veiled);
  ADD ("/record/language", test_language);
  ADD ("/record/covered", test_covered);
  ADD ("/record/covered/meanwhile", test_covered_meanwhile);
  g_test_add ("/record/covered/meanwhile/manager", Fixture, "manager", set_up,
              test_covered_meanwhile, tear_down);
  ADD ("/record/cleared", test_cleared);
  ADD ("/record/erased", test_erased);
  ADD ("/record/erased/elsewhere", test_erased_elsewhere);
  ADD ("/record/erased/copy-is-missing", test_copy_is_missing);
  ADD ("/record/erased/too-long-ago", test_too_long_ago);
  return g_test_run ();
}
