/* SPDX-License-Identifier: Apache-2.0 */

/* The customer's own screen: nothing nudged, nothing recorded before Done, in their language. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-world.h"
#include "consent/cb-notice.h"
#include "store/cb-book-private.h"
#include "turned/cb-purpose-card.h"
#include "turned/cb-turned-page.h"
#include "turned/cb-turned-words.h"
#include "widgets/cb-qr.h"

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
load (Fixture *fixture, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CbDossier *dossier;

  cb_store_load_dossier_async (fixture->world.store, id, NULL, on_done, &result);
  CB_UI_UNTIL (result != NULL);
  dossier = cb_store_load_dossier_finish (fixture->world.store, result, &error);
  g_assert_no_error (error);
  return dossier;
}

static CbVerdict
verdict (Fixture *fixture, const char *purpose, CbChannel channel)
{
  g_autoptr (CbDossier) dossier = load (fixture, fixture->world.mara);
  GPtrArray *permissions = cb_dossier_get_permissions (dossier);

  for (guint i = 0; i < permissions->len; i++)
    {
      CbPermission *permission = g_ptr_array_index (permissions, i);

      if (cb_permission_get_channel (permission) == channel &&
          g_strcmp0 (cb_permission_get_purpose (permission), purpose) == 0)
        return cb_permission_get_verdict (permission);
    }
  g_assert_not_reached ();
}

/* What the store knows of cards without an answer, once all that was asked of it is done. */
static char *
dup_unanswered (Fixture *fixture)
{
  g_autoptr (CbDossier) dossier = load (fixture, fixture->world.mara);
  CbTestBook *book = &fixture->world.book;
  g_autoptr (GPtrArray) list =
    cb_book_list_unanswered (book->book, book->manager, fixture->world.mara, NULL);
  GString *purposes = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const CbUnanswered *unanswered = g_ptr_array_index (list, i);

      g_string_append_printf (purposes, "%s/%s/%s ", unanswered->purpose, unanswered->language,
                              unanswered->medium);
      g_assert_cmpstr (unanswered->staff_id, ==, cb_staff_get_id (book->associate));
    }
  return g_string_free (purposes, FALSE);
}

#define ASSERT_UNANSWERED(fixture, expected)                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *cb_unanswered = dup_unanswered (fixture);                                     \
                                                                                                   \
    g_assert_cmpstr (cb_unanswered, ==, expected);                                                 \
  }                                                                                                \
  G_STMT_END

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;

  cb_ui_world_set_up (&fixture->world, NULL);
  cb_ui_world_sign_in (&fixture->world);
  dossier = load (fixture, fixture->world.mara);
  fixture->page = CB_TURNED_PAGE (cb_turned_page_new (fixture->world.store));
  g_signal_connect_swapped (fixture->page, "handed-back", G_CALLBACK (on_handed_back), fixture);
  fixture->window = cb_ui_world_show (GTK_WIDGET (fixture->page), 1280, 4000);
  cb_turned_page_show (fixture->page, dossier, "shop");
  cb_ui_settle ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (fixture->window);
  cb_ui_world_tear_down (&fixture->world, NULL);
}

static GtkWidget *
button (Fixture *fixture, const char *label)
{
  return cb_ui_find_button (GTK_WIDGET (fixture->page), label);
}

/* The card of a purpose, once more choices are shown. */
static GtkWidget *
card (Fixture *fixture, const char *purpose)
{
  GtkWidget *found = cb_ui_find_type (GTK_WIDGET (fixture->page), CB_TYPE_PURPOSE_CARD);

  while (found != NULL &&
         g_strcmp0 (cb_purpose_card_get_purpose (CB_PURPOSE_CARD (found)), purpose) != 0)
    found = gtk_widget_get_next_sibling (found);
  g_assert_nonnull (found);
  return found;
}

static void
assert_even (GtkWidget *root)
{
  GtkWidget *yes = cb_ui_find_button (root, "Yes");
  GtkWidget *no = cb_ui_find_button (root, "No");

  g_assert_cmpint (gtk_widget_get_width (yes), ==, gtk_widget_get_width (no));
  g_assert_cmpint (gtk_widget_get_height (yes), ==, gtk_widget_get_height (no));
  g_assert_cmpint (gtk_widget_get_height (yes), >=, 56);
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (yes)));
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (no)));
  g_assert_false (gtk_widget_has_focus (yes));
  g_assert_false (gtk_widget_has_focus (no));
}

static void
test_even (Fixture *fixture, gconstpointer data)
{
  const char *purposes[] = { "shop", "everywhere", "news", "invitations" };

  g_assert_false (gtk_widget_is_sensitive (button (fixture, "Done")));
  cb_ui_click (button (fixture, "More choices"));
  cb_ui_settle ();
  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    assert_even (card (fixture, purposes[i]));
  g_assert_false (gtk_widget_is_sensitive (button (fixture, "Done")));
}

static void
test_one_card_first (Fixture *fixture, gconstpointer data)
{
  g_assert_true (cb_ui_shows (GTK_WIDGET (fixture->page), "Remember me in this shop"));
  g_assert_false (cb_ui_shows (GTK_WIDGET (fixture->page), "Offers and invitations"));
  g_assert_true (cb_ui_shows (GTK_WIDGET (fixture->page), "Test Shop answers for"));
}

static void
test_answers (Fixture *fixture, gconstpointer data)
{
  cb_ui_click (button (fixture, "More choices"));
  cb_ui_settle ();
  cb_ui_click (cb_ui_find_button (card (fixture, "shop"), "Yes"));
  cb_ui_click (cb_ui_find_button (card (fixture, "everywhere"), "No"));
  g_assert_cmpint (verdict (fixture, "shop", CB_CHANNEL_NONE), ==, CB_VERDICT_NOT_ASKED);

  cb_ui_click (button (fixture, "Done"));
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Your answers of today"));
  g_assert_cmpint (verdict (fixture, "shop", CB_CHANNEL_NONE), ==, CB_VERDICT_ALLOWED);
  g_assert_cmpint (verdict (fixture, "everywhere", CB_CHANNEL_NONE), ==, CB_VERDICT_REFUSED);
  g_assert_cmpint (verdict (fixture, "news", CB_CHANNEL_NONE), ==, CB_VERDICT_NOT_ASKED);
  g_assert_cmpuint (fixture->n_handed_back, ==, 0);
  g_assert_true (gtk_widget_get_mapped (cb_ui_find_type (GTK_WIDGET (fixture->page), CB_TYPE_QR)));
  cb_ui_click (button (fixture, "Hand the screen back"));
  g_assert_cmpuint (fixture->n_handed_back, ==, 1);
}

static void
test_channels (Fixture *fixture, gconstpointer data)
{
  GtkWidget *news;

  cb_ui_click (button (fixture, "More choices"));
  cb_ui_settle ();
  news = card (fixture, "news");
  g_assert_false (cb_ui_shows (news, "Text message"));
  cb_ui_click (cb_ui_find_button (news, "Yes"));
  cb_ui_settle ();
  g_assert_true (cb_ui_shows (news, "Text message"));
  g_assert_true (cb_ui_shows (news, "Email"));

  cb_ui_click (button (fixture, "Done"));
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Your answers of today"));
  /* A yes to the purpose is no yes to a way of contact. */
  g_assert_cmpint (verdict (fixture, "news", CB_CHANNEL_NONE), ==, CB_VERDICT_ALLOWED);
  g_assert_cmpint (verdict (fixture, "news", CB_CHANNEL_EMAIL), !=, CB_VERDICT_ALLOWED);
  g_assert_cmpint (verdict (fixture, "news", CB_CHANNEL_SMS), !=, CB_VERDICT_ALLOWED);
}

static void
test_withdraws (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;

  cb_ui_click (button (fixture, "Yes"));
  cb_ui_click (button (fixture, "Done"));
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Your answers of today"));

  dossier = load (fixture, fixture->world.mara);
  cb_turned_page_show (fixture->page, dossier, "shop");
  cb_ui_settle ();
  g_assert_true (cb_ui_shows (GTK_WIDGET (fixture->page), "Your answer until now: Yes"));
  assert_even (card (fixture, "shop"));
  cb_ui_click (button (fixture, "No"));
  cb_ui_settle ();
  g_assert_true (cb_ui_shows (GTK_WIDGET (fixture->page), "we no longer use it"));
  cb_ui_click (button (fixture, "Done"));
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Your answers of today"));
  g_assert_cmpint (verdict (fixture, "shop", CB_CHANNEL_NONE), !=, CB_VERDICT_ALLOWED);
}

static void
test_later (Fixture *fixture, gconstpointer data)
{
  cb_ui_click (button (fixture, "Ask me later"));
  CB_UI_UNTIL (fixture->n_handed_back == 1);
  g_assert_cmpint (verdict (fixture, "shop", CB_CHANNEL_NONE), ==, CB_VERDICT_LATER);
}

static void
test_languages (Fixture *fixture, gconstpointer data)
{
  cb_ui_click (button (fixture, "Deutsch"));
  cb_ui_settle ();
  g_assert_true (cb_ui_shows (GTK_WIDGET (fixture->page), "In diesem Geschäft an mich denken"));
  g_assert_nonnull (button (fixture, "Ja"));
  g_assert_nonnull (button (fixture, "Fertig"));
  g_assert_cmpstr (cb_turned_page_get_language (fixture->page), ==, "de");
}

static void
test_cleared (Fixture *fixture, gconstpointer data)
{
  cb_turned_page_clear (fixture->page);
  cb_ui_settle ();
  g_assert_false (cb_ui_shows (GTK_WIDGET (fixture->page), "Mara"));
  g_assert_null (cb_ui_find_type (GTK_WIDGET (fixture->page), CB_TYPE_PURPOSE_CARD));
  g_assert_null (cb_ui_find_type (GTK_WIDGET (fixture->page), CB_TYPE_QR));
}

/* --- what goes away without an answer --- */

static void
test_unanswered (Fixture *fixture, gconstpointer data)
{
  ASSERT_UNANSWERED (fixture, "");
  cb_turned_page_clear (fixture->page);
  ASSERT_UNANSWERED (fixture, "shop/en/screen ");
  g_assert_cmpint (verdict (fixture, "shop", CB_CHANNEL_NONE), ==, CB_VERDICT_NOT_ASKED);
  /* There is nothing there any more that could be. */
  cb_turned_page_clear (fixture->page);
  gtk_window_destroy (g_steal_pointer (&fixture->window));
  ASSERT_UNANSWERED (fixture, "shop/en/screen ");
}

/* What was tapped and not handed in is no answer. In the language in which they read it. */
static void
test_unanswered_cards (Fixture *fixture, gconstpointer data)
{
  cb_ui_click (button (fixture, "More choices"));
  cb_ui_settle ();
  cb_ui_click (cb_ui_find_button (card (fixture, "news"), "Yes"));
  cb_ui_click (button (fixture, "Deutsch"));
  cb_ui_settle ();
  cb_turned_page_clear (fixture->page);
  ASSERT_UNANSWERED (fixture,
                     "shop/de/screen everywhere/de/screen news/de/screen invitations/de/screen ");
  g_assert_cmpint (verdict (fixture, "news", CB_CHANNEL_NONE), ==, CB_VERDICT_NOT_ASKED);
}

static void
test_unanswered_with_the_window (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (g_steal_pointer (&fixture->window));
  ASSERT_UNANSWERED (fixture, "shop/en/screen ");
}

static void
test_unanswered_by_the_one_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbDossier) jurgen = load (fixture, fixture->world.jurgen);

  cb_turned_page_show (fixture->page, jurgen, "news");
  ASSERT_UNANSWERED (fixture, "shop/en/screen ");
}

/* Whoever answered has, also when the page goes before it is on the disk. */
static void
test_answered_is_not_unanswered (Fixture *fixture, gconstpointer data)
{
  gboolean is_slow = data != NULL;

  cb_ui_click (button (fixture, "No"));
  cb_ui_click (button (fixture, "Done"));
  if (!is_slow)
    CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Your answers of today"));
  cb_turned_page_clear (fixture->page);
  ASSERT_UNANSWERED (fixture, "");
  g_assert_cmpint (verdict (fixture, "shop", CB_CHANNEL_NONE), ==, CB_VERDICT_REFUSED);
}

static void
test_later_is_not_unanswered (Fixture *fixture, gconstpointer data)
{
  gboolean is_slow = data != NULL;

  cb_ui_click (button (fixture, "More choices"));
  cb_ui_settle ();
  cb_ui_click (button (fixture, "Ask me later"));
  if (!is_slow)
    CB_UI_UNTIL (fixture->n_handed_back == 1);
  cb_turned_page_clear (fixture->page);
  ASSERT_UNANSWERED (fixture, "");
  g_assert_cmpint (verdict (fixture, "shop", CB_CHANNEL_NONE), ==, CB_VERDICT_LATER);
}

/* One answered, the others that stood there not; and an answer looked at again asks for nothing. */
static void
test_one_of_several (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbDossier) dossier = NULL;

  cb_ui_click (button (fixture, "More choices"));
  cb_ui_settle ();
  cb_ui_click (cb_ui_find_button (card (fixture, "everywhere"), "Yes"));
  cb_ui_click (cb_ui_find_button (card (fixture, "news"), "No"));
  cb_ui_click (button (fixture, "Done"));
  CB_UI_UNTIL (cb_ui_shows (GTK_WIDGET (fixture->page), "Your answers of today"));
  cb_turned_page_clear (fixture->page);
  /* `shop` is in `everywhere`. */
  ASSERT_UNANSWERED (fixture, "invitations/en/screen ");

  dossier = load (fixture, fixture->world.mara);
  cb_turned_page_show (fixture->page, dossier, "everywhere");
  cb_turned_page_clear (fixture->page);
  ASSERT_UNANSWERED (fixture, "invitations/en/screen ");
}

/* An answer that the disk did not take is none. */
static void
test_not_kept (Fixture *fixture, gconstpointer data)
{
  CbTestBook *book = &fixture->world.book;
  g_autoptr (GError) error = NULL;

  cb_ui_click (button (fixture, "Yes"));
  cb_db_run (book->book->db,
             "CREATE TRIGGER refuse BEFORE INSERT ON consent_event BEGIN SELECT"
             " RAISE(ABORT, 'full'); END",
             &error);
  g_assert_no_error (error);
  cb_ui_click (button (fixture, "Done"));
  CB_UI_UNTIL (gtk_widget_is_sensitive (button (fixture, "Done")));
  cb_turned_page_clear (fixture->page);
  ASSERT_UNANSWERED (fixture, "shop/en/screen ");
}

static void
test_words_are_whole (void)
{
  const char *const *languages = cb_notice_get_languages (cb_notice_get_current ());

  for (guint i = 0; languages[i] != NULL; i++)
    {
      g_assert_cmpstr (cb_turned_words_language_name (languages[i]), !=, languages[i]);
      for (guint word = CB_TURNED_DONE; word <= CB_TURNED_CHANGE; word++)
        {
          const char *text = cb_turned_words ((CbTurnedWord) word, languages[i]);

          g_assert_cmpuint (strlen (text), >, 0);
          if (g_strcmp0 (languages[i], "en") != 0)
            g_assert_cmpstr (text, !=, cb_turned_words ((CbTurnedWord) word, "en"));
        }
    }
}

int
main (int argc, char *argv[])
{
  cb_ui_world_init (&argc, &argv);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/turned/yes-and-no-are-of-one-size-and-neither-is-marked", test_even);
  ADD ("/turned/one-card-comes-first", test_one_card_first);
  ADD ("/turned/nothing-is-recorded-before-done", test_answers);
  ADD ("/turned/a-channel-needs-a-yes-of-its-own", test_channels);
  ADD ("/turned/taking-back-is-as-many-taps-as-giving", test_withdraws);
  ADD ("/turned/later-is-remembered", test_later);
  ADD ("/turned/the-customer-chooses-the-language", test_languages);
  ADD ("/turned/nothing-stays-behind", test_cleared);
  ADD ("/turned/what-goes-unanswered-is-known", test_unanswered);
  ADD ("/turned/every-card-that-goes-unanswered-is-known", test_unanswered_cards);
  ADD ("/turned/unanswered-when-the-window-closes", test_unanswered_with_the_window);
  ADD ("/turned/unanswered-when-it-turns-to-another", test_unanswered_by_the_one_before);
  ADD ("/turned/one-of-several-is-answered", test_one_of_several);
  ADD ("/turned/an-answer-that-was-not-kept-is-none", test_not_kept);
#undef ADD
#define ADD(path, data, test) g_test_add (path, Fixture, data, set_up, test, tear_down)
  ADD ("/turned/answered-is-not-unanswered", NULL, test_answered_is_not_unanswered);
  ADD ("/turned/answered-and-gone-at-once-is-not-unanswered", "", test_answered_is_not_unanswered);
  ADD ("/turned/later-is-not-unanswered", NULL, test_later_is_not_unanswered);
  ADD ("/turned/later-and-gone-at-once-is-not-unanswered", "", test_later_is_not_unanswered);
#undef ADD
  g_test_add_func ("/turned/every-language-has-every-word", test_words_are_whole);

  return g_test_run ();
}
