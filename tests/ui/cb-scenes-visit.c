/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gi18n-lib.h>

#include "base/cb-error.h"
#include "cb-hand.h"
#include "cb-scenes.h"
#include "customer/cb-correction.h"
#include "customer/cb-day-editor.h"
#include "customer/cb-errand-editor.h"
#include "customer/cb-matters.h"
#include "customer/cb-preference-editor.h"
#include "customer/cb-tastes.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-messages.h"
#include "visit/cb-ask-strip.h"
#include "visit/cb-board-page.h"
#include "visit/cb-composer.h"
#include "visit/cb-counter-page.h"
#include "visit/cb-new-customer.h"
#include "widgets/cb-switch.h"

#define ASSOCIATE "Tomas Wren"
#define CLUMSY "Leïla Marchand"
#define LOCKED_OUT "Jonas Adler"
#define LONG_NAME "Wilhelmina"
#define LONG_NOTE                                                                                  \
  "Her sister marries in June. Navy, not wool; she tried the long coat and found the sleeves a "   \
  "little short. Please ask the workshop whether they can be let out, and ring before Thursday. "  \
  "She liked the plain dress best, the one without the belt, in the lighter of the two blues."

/* --- lock --- */

static void
opening (CbScreens *screens)
{
  cb_hand_await (screens, _ ("Opening the book …"));
}

static void
lock (CbScreens *screens)
{
  cb_window_start (screens->window);
  cb_hand_await (screens, ASSOCIATE);
}

static void
lock_half_a_pin (CbScreens *screens)
{
  cb_hand_choose_person (screens, ASSOCIATE);
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_LOCK_PAGE), "482");
}

static void
lock_wrong_pin (CbScreens *screens)
{
  cb_hand_choose_person (screens, CLUMSY);
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_LOCK_PAGE), "111111");
  CB_UI_UNTIL (!cb_ui_shows (cb_hand_whole (screens), _ ("Enter your PIN")) &&
               !cb_ui_shows (cb_hand_whole (screens), _ ("One moment")));
}

/* The lock-out is in the book: it takes its wrong PINs once. */
static void
lock_locked_out (CbScreens *screens)
{
  GtkWidget *lock_page = cb_hand_page (screens, CB_TYPE_LOCK_PAGE);
  GtkLabel *message =
    GTK_LABEL (gtk_widget_get_template_child (lock_page, CB_TYPE_LOCK_PAGE, "message"));
  g_auto (GStrv) ends = g_strsplit (_ ("Too many wrong PINs. Locked until %s."), "%s", 2);

  cb_hand_choose_person (screens, LOCKED_OUT);
  for (guint i = 0; i < 12 && !g_str_has_prefix (gtk_label_get_text (message), ends[0]); i++)
    {
      cb_hand_press_digits (lock_page, "111111");
      CB_UI_UNTIL (!g_str_equal (gtk_label_get_text (message), _ ("One moment")));
    }
  g_assert_true (g_str_has_prefix (gtk_label_get_text (message), ends[0]));
}

/* --- counter --- */

/* A book of this size is read before anybody sees it; a large one is not. */
static void
counter_reading (CbScreens *screens)
{
  GtkWidget *page = cb_hand_page (screens, CB_TYPE_COUNTER_PAGE);

  gtk_widget_set_visible (
    GTK_WIDGET (gtk_widget_get_template_child (page, CB_TYPE_COUNTER_PAGE, "progress")), TRUE);
  cb_hand_await (screens, _ ("Still reading the book: not everybody can be found yet."));
}

static void
counter (CbScreens *screens)
{
  cb_hand_choose_person (screens, ASSOCIATE);
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_LOCK_PAGE), CB_TEST_PIN);
  cb_hand_page (screens, CB_TYPE_COUNTER_PAGE);
  CB_UI_UNTIL (cb_store_is_index_ready (screens->store));
}

/* Something arrived: it is said in one tap, and how they were told in another. */
static void
counter_tell (CbScreens *screens)
{
  cb_hand_await (screens, _ ("Today"));
  cb_hand_press (screens, _ ("Tell them"));
  cb_hand_await (screens, _ ("Told them here"));
  CB_UI_UNTIL (cb_ui_shows (cb_hand_whole (screens), _ ("Rang them")) ||
               cb_ui_shows (cb_hand_whole (screens), _ ("Nothing on file to reach them")));
}

static void
counter_not_told (CbScreens *screens)
{
  cb_hand_fill_disk ();
  cb_hand_press (screens, _ ("Told them here"));
  cb_hand_await (screens, _ ("Not done, and nothing has changed. Try again."));
  cb_hand_free_disk ();
}

static void
board (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_act (screens, "board");
  cb_hand_page (screens, CB_TYPE_BOARD_PAGE);
  cb_hand_await (screens, _ ("Kept"));
}

static void
board_not_done (CbScreens *screens)
{
  cb_hand_fill_disk ();
  cb_hand_press (screens, _ ("Kept"));
  cb_hand_await (screens, _ ("Not done, and nothing has changed. Try again."));
  cb_hand_free_disk ();
}

static void
board_empty (CbScreens *screens)
{
  const CbHandEmpty empty = {
    "empty",
    "cb-check-symbolic",
    _ ("Nothing is to be done"),
    _ ("What customers ask for and what is promised to them stands here by its day."),
    _ ("Back to the counter"),
  };

  cb_hand_show_empty (screens, CB_TYPE_BOARD_PAGE, "stack", &empty);
}

static void
counter_again (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Back to the counter"));
  cb_hand_page (screens, CB_TYPE_COUNTER_PAGE);
  cb_hand_await (screens, _ ("Today"));
}

static void
counter_namesakes (CbScreens *screens)
{
  GtkWidget *page = cb_hand_page (screens, CB_TYPE_COUNTER_PAGE);

  gtk_widget_set_visible (
    GTK_WIDGET (gtk_widget_get_template_child (page, CB_TYPE_COUNTER_PAGE, "progress")), FALSE);
  cb_hand_search (screens, "mara");
  cb_hand_await (screens, "Ellison");
}

static void
counter_many (CbScreens *screens)
{
  cb_hand_search (screens, "a");
  cb_hand_await (screens, "Aubrac");
}

static void
counter_long_name (CbScreens *screens)
{
  cb_hand_search (screens, LONG_NAME);
  cb_hand_await (screens, LONG_NAME);
}

static void
counter_nobody (CbScreens *screens)
{
  cb_hand_search (screens, CB_LONG_GIVEN " " CB_LONG_FAMILY);
  cb_hand_await (screens, _ ("Not on this terminal"));
}

/* --- a new customer --- */

static void
new_customer (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Add as a new customer"));
  cb_hand_page (screens, CB_TYPE_NEW_CUSTOMER);
}

static void
new_customer_full (CbScreens *screens)
{
  GtkWidget *form = cb_hand_page (screens, CB_TYPE_NEW_CUSTOMER);

  cb_hand_set_entry (screens, form, 0, CB_LONG_GIVEN);
  cb_hand_set_entry (screens, form, 1, CB_LONG_FAMILY);
  cb_hand_set_entry (screens, form, 2, "Frau Professor Doktor von Hohenstein-Wolfenbüttel");
  cb_hand_set_entry (screens, form, 3, "+49 30 901820 11223");
  cb_hand_set_entry (screens, form, 4, CB_LONG_EMAIL);
}

static void
new_customer_nothing (CbScreens *screens)
{
  GtkWidget *form = cb_hand_page (screens, CB_TYPE_NEW_CUSTOMER);

  for (guint i = 0; i < 5; i++)
    cb_hand_set_entry (screens, form, i, "");
  cb_hand_press (screens, _ ("Add customer"));
  cb_hand_await (screens, _ ("A name, a phone number or an email is needed."));
}

/* Another card lies half written; its draft waits to be brought back. */
static void
new_customer_begun (CbScreens *screens)
{
  cb_hand_set_entry (screens, cb_hand_page (screens, CB_TYPE_NEW_CUSTOMER), 0, CB_LONG_GIVEN);
  cb_hand_act (screens, "back");
  cb_hand_search (screens, "Yolanda Quist");
  cb_hand_press (screens, _ ("Add as a new customer"));
  cb_hand_await (screens, _ ("You began another card and did not save it."));
}

static void
new_customer_not_saved (CbScreens *screens)
{
  cb_hand_press_in_vain (screens, _ ("Add customer"));
}

/* --- a customer --- */

static void
customer (CbScreens *screens)
{
  cb_hand_open_customer (screens, "quill", "Peter Quill");
}

static void
customer_long_name (CbScreens *screens)
{
  cb_hand_open_customer (screens, LONG_NAME, LONG_NAME);
}

static void
customer_arabic (CbScreens *screens)
{
  cb_hand_open_customer (screens, "layla.alhariri", "ليلى");
}

/* What may be nobody else's business is veiled until it is tapped. */
static void
customer_gift (CbScreens *screens)
{
  cb_hand_open_customer (screens, "fontanelli", "Chiara Fontanelli");
}

static void
customer_gift_shown (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Show the gift note"));
}

static void
customer_private (CbScreens *screens)
{
  cb_hand_open_customer (screens, "henrik", "Henrik Aubrac");
}

/* A yes that is bound to something: until a day, and so often. */
static void
customer_paused (CbScreens *screens)
{
  cb_hand_open_customer (screens, "ferran", "Ferran Soler");
}

static void
customer_often (CbScreens *screens)
{
  cb_hand_open_customer (screens, "ibarra", "Rosa Ibarra");
}

static void
card_change (CbScreens *screens)
{
  cb_hand_open_customer (screens, LONG_NAME, LONG_NAME);
  cb_hand_act (screens, "change-card");
  cb_hand_page (screens, CB_TYPE_NEW_CUSTOMER);
}

static void
customer_empty (CbScreens *screens)
{
  cb_hand_open_customer (screens, "osei", "Samuel Osei");
}

static void
composer_typing (CbScreens *screens)
{
  cb_hand_open_customer (screens, "ellingsen", "Mara Ellingsen");
  cb_hand_write_note (screens, LONG_NOTE);
}

static void
open_switch (CbScreens *screens, guint number)
{
  cb_composer_close_options (CB_COMPOSER (cb_hand_page (screens, CB_TYPE_COMPOSER)));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (cb_hand_nth (screens, CB_TYPE_SWITCH, number)),
                                TRUE);
}

#define SWITCH(name, number)                                                                       \
  static void name (CbScreens *screens) { open_switch (screens, number); }
SWITCH (composer_visit, 0)
SWITCH (composer_intent, 1)
SWITCH (composer_discretion, 2)
SWITCH (composer_for, 3)
SWITCH (composer_provenance, 4)
SWITCH (composer_purpose, 5)
#undef SWITCH

static void
composer_too_long (CbScreens *screens)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cb_composer_close_options (CB_COMPOSER (cb_hand_page (screens, CB_TYPE_COMPOSER)));
  while (text->len < 20000)
    g_string_append (text, LONG_NOTE " ");
  cb_hand_write_note (screens, text->str);
  cb_hand_press (screens, _ ("Save note"));
  cb_hand_await (screens, _ ("Not saved: the note is too long. Shorten it or make two of it."));
}

static void
composer_not_saved (CbScreens *screens)
{
  cb_hand_write_note (screens, LONG_NOTE);
  cb_hand_press_in_vain (screens, _ ("Save note"));
}

static void
composer_disk_full (CbScreens *screens)
{
  g_autoptr (GError) error = g_error_new_literal (CB_STORE_ERROR, CB_STORE_ERROR_FULL, "full");

  cb_composer_set_status (CB_COMPOSER (cb_hand_page (screens, CB_TYPE_COMPOSER)),
                          cb_messages_for (error, CB_DURING_SAVE), TRUE);
}

static void
composer_saved (CbScreens *screens)
{
  cb_hand_write_note (screens, "Navy, not wool, 38 narrow.");
  cb_hand_press (screens, _ ("Save note"));
  cb_hand_page (screens, CB_TYPE_ASK_STRIP);
}

static void
ask_strip (CbScreens *screens)
{
  cb_ask_strip_set_expanded (CB_ASK_STRIP (cb_hand_page (screens, CB_TYPE_ASK_STRIP)), TRUE);
}

static void
ask_not_recorded (CbScreens *screens)
{
  cb_hand_press_in_vain (screens, _ ("They said no"));
}

/* Their own note of today, in the same visit. */
static void
note_helped (CbScreens *screens)
{
  cb_hand_press (screens, _ ("It helped"));
  cb_hand_await (screens, _ ("Noted: it helped."));
}

static void
note_correct (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Correct it"));
  cb_hand_await (screens, _ ("Save the correction"));
}

static void
note_not_corrected (CbScreens *screens)
{
  GtkTextView *text = GTK_TEXT_VIEW (
    cb_ui_find_type (cb_hand_page (screens, CB_TYPE_CORRECTION), GTK_TYPE_TEXT_VIEW));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (text), "Navy, never wool, 38 narrow.", -1);
  cb_hand_press_in_vain (screens, _ ("Save the correction"));
}

static void
note_corrected (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Save the correction"));
  cb_hand_await (screens, "never wool");
}

/* What they ask for, and the day that somebody types. */
static void
errand_new (CbScreens *screens)
{
  cb_hand_press_icon (screens, "cb-plus-symbolic");
  cb_hand_page (screens, CB_TYPE_ERRAND_EDITOR);
}

static void
errand_nothing (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Write it down"));
  cb_hand_await (screens, _ ("Write what is to be done."));
}

static void
errand_day_over (CbScreens *screens)
{
  GtkWidget *editor = cb_hand_page (screens, CB_TYPE_ERRAND_EDITOR);

  cb_hand_set_entry (screens, editor, 0,
                     "Ring when the long coat with the wide sleeves is back from the workshop");
  cb_hand_press (screens, _ ("Another day"));
  cb_hand_set_entry (screens, editor, 1, "2001-02-03");
  cb_hand_press (screens, _ ("Write it down"));
  cb_hand_await (screens, _ ("That day is over. Choose one from today on."));
}

static void
errand_promise (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Promise"));
  cb_hand_press (screens, _ ("In a week"));
  cb_hand_await (screens, _ ("It is your word, and stays open until it is kept."));
}

static void
errand_not_saved (CbScreens *screens)
{
  cb_hand_press_in_vain (screens, _ ("Write it down"));
}

static void
errand_saved (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Write it down"));
  cb_hand_await (screens, "wide sleeves");
}

/* A day that matters: one that is over, one that comes back. */
static void
day_new (CbScreens *screens)
{
  g_signal_emit_by_name (cb_hand_page (screens, CB_TYPE_MATTERS), "add-day");
  cb_hand_page (screens, CB_TYPE_DAY_EDITOR);
}

static void
day_over (CbScreens *screens)
{
  GtkWidget *editor = cb_hand_page (screens, CB_TYPE_DAY_EDITOR);

  cb_hand_set_entry (screens, editor, 0,
                     "The wedding of her sister, in the old chapel above the harbour");
  cb_hand_set_entry (screens, editor, 1, "2001-02-03");
  cb_hand_press (screens, _ ("Write the day down"));
  cb_hand_await (screens, _ ("That day is over. Choose one from today on."));
}

static void
day_yearly (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Every year"));
  cb_hand_press (screens, _ ("Write the day down"));
  cb_hand_await (screens, "old chapel");
}

static void
preference_new (CbScreens *screens)
{
  g_signal_emit_by_name (cb_hand_page (screens, CB_TYPE_TASTES), "edit", NULL);
  cb_hand_page (screens, CB_TYPE_PREFERENCE_EDITOR);
}

static void
preference_nothing (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Save preference"));
  cb_hand_await (screens, _ ("Write what they said."));
}

static void
preference_long (CbScreens *screens)
{
  GtkWidget *editor = cb_hand_page (screens, CB_TYPE_PREFERENCE_EDITOR);

  cb_hand_set_entry (screens, editor, 0, "thirty-eight and a half, narrow at the heel");
  cb_hand_set_entry (screens, editor, 1, "lace-up walking boots for the mountains");
  cb_hand_set_entry (screens, editor, 2, CB_LONG_FAMILY " & Töchter");
}

static void
preference_not_saved (CbScreens *screens)
{
  cb_hand_press_in_vain (screens, _ ("Save preference"));
}

/* The long one is kept, and its row stands in the narrow column. */
static void
preference_saved (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Save preference"));
  cb_hand_await (screens, "thirty-eight");
}

static void
preference_change (CbScreens *screens)
{
  GtkWidget *tastes = cb_hand_page (screens, CB_TYPE_TASTES);

  g_signal_emit_by_name (gtk_widget_get_template_child (tastes, CB_TYPE_TASTES, "view"), "activate",
                         0u);
  cb_hand_page (screens, CB_TYPE_PREFERENCE_EDITOR);
}

const CbScene cb_scenes_visit[] = {
  CB_SCENE (opening),
  CB_SCENE (lock),
  CB_SCENE (lock_half_a_pin),
  CB_SCENE (lock_wrong_pin),
  CB_SCENE (lock_locked_out),
  CB_SCENE (counter),
  CB_SCENE (counter_tell),
  CB_SCENE (counter_not_told),
  CB_SCENE (board),
  CB_SCENE (board_not_done),
  CB_SCENE (board_empty),
  CB_SCENE (counter_again),
  CB_SCENE (counter_reading),
  CB_SCENE (counter_namesakes),
  CB_SCENE (counter_many),
  CB_SCENE (counter_long_name),
  CB_SCENE (counter_nobody),
  CB_SCENE (new_customer),
  CB_SCENE (new_customer_full),
  CB_SCENE (new_customer_nothing),
  CB_SCENE (new_customer_begun),
  CB_SCENE (new_customer_not_saved),
  CB_SCENE (customer),
  CB_SCENE (customer_long_name),
  CB_SCENE (customer_arabic),
  CB_SCENE (customer_gift),
  CB_SCENE (customer_gift_shown),
  CB_SCENE (customer_private),
  CB_SCENE (customer_paused),
  CB_SCENE (customer_often),
  CB_SCENE (card_change),
  CB_SCENE (customer_empty),
  CB_SCENE (composer_typing),
  CB_SCENE (composer_visit),
  CB_SCENE (composer_intent),
  CB_SCENE (composer_discretion),
  CB_SCENE (composer_for),
  CB_SCENE (composer_provenance),
  CB_SCENE (composer_purpose),
  CB_SCENE (composer_too_long),
  CB_SCENE (composer_not_saved),
  CB_SCENE (composer_disk_full),
  CB_SCENE (composer_saved),
  CB_SCENE (ask_strip),
  CB_SCENE (ask_not_recorded),
  CB_SCENE (note_helped),
  CB_SCENE (note_correct),
  CB_SCENE (note_not_corrected),
  CB_SCENE (note_corrected),
  CB_SCENE (errand_new),
  CB_SCENE (errand_nothing),
  CB_SCENE (errand_day_over),
  CB_SCENE (errand_promise),
  CB_SCENE (errand_not_saved),
  CB_SCENE (errand_saved),
  CB_SCENE (day_new),
  CB_SCENE (day_over),
  CB_SCENE (day_yearly),
  CB_SCENE (preference_new),
  CB_SCENE (preference_nothing),
  CB_SCENE (preference_long),
  CB_SCENE (preference_not_saved),
  CB_SCENE (preference_saved),
  CB_SCENE (preference_change),
  { NULL, NULL },
};
