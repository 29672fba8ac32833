/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/cb-error.h"
#include "cb-screens.h"
#include "customer/cb-customer-page.h"
#include "customer/cb-preference-editor.h"
#include "shell/cb-cover-page.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-messages.h"
#include "shell/cb-veil.h"
#include "turned/cb-purpose-card.h"
#include "turned/cb-turned-page.h"
#include "visit/cb-ask-strip.h"
#include "visit/cb-composer.h"
#include "visit/cb-counter-page.h"
#include "visit/cb-new-customer.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-field.h"
#include "widgets/cb-sheet.h"
#include "widgets/cb-switch.h"

#define ASSOCIATE "Tomas Wren"
#define CLUMSY "Leïla Marchand"
#define LOCKED_OUT "Jonas Adler"
#define MANAGER "Ines Obermatt"
#define MANAGER_PIN "904172"
#define OLD_BOOK "contacts of the old till, exported in November.csv"
#define LONG_NAME "Wilhelmina"

/* As long as such things get outside of novels. */
#define LONG_GIVEN "Maximiliane Friederike Annegret"
#define LONG_FAMILY "Freifrau von Hohenstein-Wolfenbüttel"
#define LONG_EMAIL "maximiliane.friederike.hohenstein-wolfenbuettel@example.com"
#define LONG_NOTE                                                                                  \
  "Her sister marries in June. Navy, not wool; she tried the long coat and found the sleeves a "   \
  "little short. Please ask the workshop whether they can be let out, and ring before Thursday. "  \
  "She liked the plain dress best, the one without the belt, in the lighter of the two blues."

/* --- a hand and an eye --- */

static GtkWidget *
whole (CbScreens *screens)
{
  return GTK_WIDGET (screens->window);
}

static GtkWidget *
find_nth (GtkWidget *root, GType type, guint *left)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && (*left)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_nth (child, type, left);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The one of that type that is on the screen, counted from 0; waits for it. */
static GtkWidget *
nth (CbScreens *screens, GType type, guint number)
{
  GtkWidget *found = NULL;
  guint left = number;

  CB_UI_UNTIL ((left = number, found = find_nth (whole (screens), type, &left)) != NULL);
  return found;
}

static GtkWidget *
page (CbScreens *screens, GType type)
{
  return nth (screens, type, 0);
}

static void
await (CbScreens *screens, const char *text)
{
  CB_UI_UNTIL (cb_ui_shows (whole (screens), text));
}

/* Whose label it is and not only part of it: "Add customer" is not "Add as a new customer". */
static GtkWidget *
find_button (GtkWidget *root, const char *label)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (GTK_IS_BUTTON (root) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
press (CbScreens *screens, const char *label)
{
  GtkWidget *button = NULL;

  CB_UI_UNTIL ((button = find_button (whole (screens), label)) != NULL);
  cb_ui_click (button);
  cb_ui_settle ();
}

static void
press_icon (CbScreens *screens, const char *icon)
{
  GtkWidget *button;
  guint number = 0;

  do
    button = nth (screens, GTK_TYPE_BUTTON, number++);
  while (g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (button)), icon) != 0);
  cb_ui_click (button);
  cb_ui_settle ();
}

static void
press_part (CbScreens *screens, GType type, const char *part)
{
  cb_ui_click (GTK_WIDGET (gtk_widget_get_template_child (page (screens, type), type, part)));
  cb_ui_settle ();
}

static void
act (CbScreens *screens, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (screens->window), action, NULL);
  cb_ui_settle ();
}

static void
press_digits (GtkWidget *widget, const char *digits)
{
  for (; *digits != '\0'; digits++)
    cb_ui_press (widget, GDK_KEY_0 + (guint) (*digits - '0'), 0);
}

static void
set_entry (CbScreens *screens, GtkWidget *within, guint number, const char *text)
{
  guint left = number;

  gtk_editable_set_text (GTK_EDITABLE (find_nth (within, GTK_TYPE_ENTRY, &left)), text);
}

static void
write_note (CbScreens *screens, const char *text)
{
  GtkTextView *view = GTK_TEXT_VIEW (page (screens, GTK_TYPE_TEXT_VIEW));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), text, -1);
}

/* --- lock --- */

static void
opening (CbScreens *screens)
{
  await (screens, _ ("Opening the book …"));
}

static void
lock (CbScreens *screens)
{
  cb_window_start (screens->window);
  await (screens, ASSOCIATE);
}

static void
choose_person (CbScreens *screens, const char *name)
{
  GtkWidget *tile = NULL;

  CB_UI_UNTIL ((tile = cb_ui_find_button (whole (screens), name)) != NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (tile), TRUE);
}

static void
lock_half_a_pin (CbScreens *screens)
{
  choose_person (screens, ASSOCIATE);
  press_digits (page (screens, CB_TYPE_LOCK_PAGE), "482");
}

static void
lock_wrong_pin (CbScreens *screens)
{
  choose_person (screens, CLUMSY);
  press_digits (page (screens, CB_TYPE_LOCK_PAGE), "111111");
  CB_UI_UNTIL (!cb_ui_shows (whole (screens), _ ("Enter your PIN")) &&
               !cb_ui_shows (whole (screens), _ ("One moment")));
}

/* The lock-out is in the book: it takes its wrong PINs once. */
static void
lock_locked_out (CbScreens *screens)
{
  GtkWidget *lock_page = page (screens, CB_TYPE_LOCK_PAGE);
  GtkLabel *message =
    GTK_LABEL (gtk_widget_get_template_child (lock_page, CB_TYPE_LOCK_PAGE, "message"));
  g_auto (GStrv) ends = g_strsplit (_ ("Too many wrong PINs. Locked until %s."), "%s", 2);

  choose_person (screens, LOCKED_OUT);
  for (guint i = 0; i < 12 && !g_str_has_prefix (gtk_label_get_text (message), ends[0]); i++)
    {
      press_digits (lock_page, "111111");
      CB_UI_UNTIL (!g_str_equal (gtk_label_get_text (message), _ ("One moment")));
    }
  g_assert_true (g_str_has_prefix (gtk_label_get_text (message), ends[0]));
}

/* --- counter --- */

static void
counter (CbScreens *screens)
{
  choose_person (screens, ASSOCIATE);
  press_digits (page (screens, CB_TYPE_LOCK_PAGE), CB_TEST_PIN);
  page (screens, CB_TYPE_COUNTER_PAGE);
  CB_UI_UNTIL (cb_store_is_index_ready (screens->store));
}

static void
search (CbScreens *screens, const char *text)
{
  act (screens, "search");
  set_entry (screens, page (screens, CB_TYPE_COUNTER_PAGE), 0, text);
}

static void
counter_namesakes (CbScreens *screens)
{
  search (screens, "mara");
  await (screens, "Ellison");
}

static void
counter_many (CbScreens *screens)
{
  search (screens, "a");
  await (screens, "Aubrac");
}

static void
counter_long_name (CbScreens *screens)
{
  search (screens, LONG_NAME);
  await (screens, LONG_NAME);
}

static void
counter_nobody (CbScreens *screens)
{
  search (screens, LONG_GIVEN " " LONG_FAMILY);
  await (screens, _ ("Not on this terminal"));
}

/* --- a new customer --- */

static void
new_customer (CbScreens *screens)
{
  press (screens, _ ("Add as a new customer"));
  page (screens, CB_TYPE_NEW_CUSTOMER);
}

static void
new_customer_full (CbScreens *screens)
{
  GtkWidget *form = page (screens, CB_TYPE_NEW_CUSTOMER);

  set_entry (screens, form, 0, LONG_GIVEN);
  set_entry (screens, form, 1, LONG_FAMILY);
  set_entry (screens, form, 2, "Frau Professor Doktor von Hohenstein-Wolfenbüttel");
  set_entry (screens, form, 3, "+49 30 901820 11223");
  set_entry (screens, form, 4, LONG_EMAIL);
}

static void
new_customer_nothing (CbScreens *screens)
{
  GtkWidget *form = page (screens, CB_TYPE_NEW_CUSTOMER);

  for (guint i = 0; i < 5; i++)
    set_entry (screens, form, i, "");
  press (screens, _ ("Add customer"));
  await (screens, _ ("A name, a phone number or an email is needed."));
}

/* --- a customer --- */

static void
open_customer (CbScreens *screens, const char *typed, const char *name)
{
  search (screens, typed);
  await (screens, name);
  act (screens, "write");
  page (screens, CB_TYPE_COMPOSER);
  await (screens, _ ("What they allow"));
  cb_ui_settle ();
}

static void
customer (CbScreens *screens)
{
  open_customer (screens, "quill", "Peter Quill");
}

static void
customer_long_name (CbScreens *screens)
{
  open_customer (screens, LONG_NAME, LONG_NAME);
}

static void
customer_arabic (CbScreens *screens)
{
  open_customer (screens, "layla.alhariri", "ليلى");
}

static void
customer_empty (CbScreens *screens)
{
  open_customer (screens, "osei", "Samuel Osei");
}

static void
composer_typing (CbScreens *screens)
{
  open_customer (screens, "ellingsen", "Mara Ellingsen");
  write_note (screens, LONG_NOTE);
}

static void
open_switch (CbScreens *screens, guint number)
{
  cb_composer_close_options (CB_COMPOSER (page (screens, CB_TYPE_COMPOSER)));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (nth (screens, CB_TYPE_SWITCH, number)), TRUE);
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

  cb_composer_close_options (CB_COMPOSER (page (screens, CB_TYPE_COMPOSER)));
  while (text->len < 20000)
    g_string_append (text, LONG_NOTE " ");
  write_note (screens, text->str);
  press (screens, _ ("Save note"));
  await (screens, _ ("Not saved: the note is too long. Shorten it or make two of it."));
}

/* No file may grow any more. */
static void
composer_not_saved (CbScreens *screens)
{
  struct rlimit before;
  struct rlimit none;

  write_note (screens, LONG_NOTE);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
  setrlimit (RLIMIT_FSIZE, &none);
  press (screens, _ ("Save note"));
  CB_UI_UNTIL (gtk_widget_is_sensitive (find_button (whole (screens), _ ("Save note"))));
  setrlimit (RLIMIT_FSIZE, &before);
}

static void
composer_disk_full (CbScreens *screens)
{
  g_autoptr (GError) error = g_error_new_literal (CB_STORE_ERROR, CB_STORE_ERROR_FULL, "full");

  cb_composer_set_status (CB_COMPOSER (page (screens, CB_TYPE_COMPOSER)),
                          cb_messages_for (error, CB_DURING_SAVE), TRUE);
}

static void
composer_saved (CbScreens *screens)
{
  write_note (screens, "Navy, not wool, 38 narrow.");
  press (screens, _ ("Save note"));
  page (screens, CB_TYPE_ASK_STRIP);
}

static void
ask_strip (CbScreens *screens)
{
  cb_ask_strip_set_expanded (CB_ASK_STRIP (page (screens, CB_TYPE_ASK_STRIP)), TRUE);
}

static void
preference_new (CbScreens *screens)
{
  press_icon (screens, "cb-plus-symbolic");
  page (screens, CB_TYPE_PREFERENCE_EDITOR);
}

static void
preference_nothing (CbScreens *screens)
{
  press (screens, _ ("Save preference"));
  await (screens, _ ("Write what they said."));
}

/* --- the turned screen --- */

static void
turn (CbScreens *screens, const char *typed, const char *name)
{
  act (screens, "back");
  open_customer (screens, typed, name);
  act (screens, "turn");
  page (screens, CB_TYPE_TURNED_PAGE);
}

static void
take_back (CbScreens *screens)
{
  act (screens, "back");
  press_digits (page (screens, CB_TYPE_COVER_PAGE), CB_TEST_PIN);
  page (screens, CB_TYPE_CUSTOMER_PAGE);
}

static void
turned_french (CbScreens *screens)
{
  turn (screens, "thibault", "Agnès Thibault");
}

static void
turned_german (CbScreens *screens)
{
  take_back (screens);
  turn (screens, "renn", "Tobias Renn");
}

static void
turned_spanish (CbScreens *screens)
{
  take_back (screens);
  turn (screens, "beltr", "Nuria Beltrán");
}

static void
turned_english (CbScreens *screens)
{
  take_back (screens);
  turn (screens, "ellingsen", "Mara Ellingsen");
}

static void
turned_more (CbScreens *screens)
{
  press_part (screens, CB_TYPE_TURNED_PAGE, "more");
}

static void
answer (CbScreens *screens, guint number, const char *answer_part)
{
  GtkWidget *card = nth (screens, CB_TYPE_PURPOSE_CARD, number);

  gtk_toggle_button_set_active (
    GTK_TOGGLE_BUTTON (gtk_widget_get_template_child (card, CB_TYPE_PURPOSE_CARD, answer_part)),
    TRUE);
}

static void
turned_answered (CbScreens *screens)
{
  answer (screens, 0, "yes");
  answer (screens, 1, "no");
  answer (screens, 2, "yes");
}

/* The lower end, where the ways of contact are. */
static void
turned_channels (CbScreens *screens)
{
  GtkScrolledWindow *scroller = GTK_SCROLLED_WINDOW (gtk_widget_get_template_child (
    page (screens, CB_TYPE_TURNED_PAGE), CB_TYPE_TURNED_PAGE, "scroller"));
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
turned_veil (CbScreens *screens)
{
  cb_window_veil (screens->window);
}

static void
turned_receipt (CbScreens *screens)
{
  cb_ui_press (page (screens, CB_TYPE_VEIL), GDK_KEY_x, 0);
  press_part (screens, CB_TYPE_TURNED_PAGE, "done");
  CB_UI_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (gtk_widget_get_template_child (
    page (screens, CB_TYPE_TURNED_PAGE), CB_TYPE_TURNED_PAGE, "hand_back"))));
}

static void
cover (CbScreens *screens)
{
  press_part (screens, CB_TYPE_TURNED_PAGE, "hand_back");
  page (screens, CB_TYPE_COVER_PAGE);
}

static void
cover_wrong_pin (CbScreens *screens)
{
  press_digits (page (screens, CB_TYPE_COVER_PAGE), "111111");
  CB_UI_UNTIL (!cb_ui_shows (whole (screens), _ ("Enter your PIN to go on")) &&
               !cb_ui_shows (whole (screens), _ ("One moment")));
}

static void
customer_agreed (CbScreens *screens)
{
  press_digits (page (screens, CB_TYPE_COVER_PAGE), CB_TEST_PIN);
  page (screens, CB_TYPE_CUSTOMER_PAGE);
}

static void
veil (CbScreens *screens)
{
  cb_window_veil (screens->window);
}

static void
keys_customer (CbScreens *screens)
{
  cb_ui_press (page (screens, CB_TYPE_VEIL), GDK_KEY_x, 0);
  act (screens, "keys");
}

static void
keys_counter (CbScreens *screens)
{
  act (screens, "back");
  act (screens, "search");
  act (screens, "keys");
}

/* --- on the way to head office --- */

static void
sync_sheet (CbScreens *screens)
{
  act (screens, "back");
  act (screens, "sync");
  CB_UI_UNTIL (!cb_ui_shows (whole (screens), _ ("Reading the list …")));
}

static void
tell_contact (CbScreens *screens, CbContact contact)
{
  cb_sync_state_set_contact (cb_store_get_sync_state (screens->store), contact,
                             cb_clock_get_now_us (screens->clock));
  cb_ui_settle ();
}

#define CONTACT(name, contact)                                                                     \
  static void name (CbScreens *screens) { tell_contact (screens, contact); }
CONTACT (sync_never, CB_CONTACT_NEVER)
CONTACT (sync_syncing, CB_CONTACT_SYNCING)
CONTACT (sync_reached, CB_CONTACT_REACHED)
CONTACT (sync_unreachable, CB_CONTACT_UNREACHABLE)
CONTACT (sync_portal, CB_CONTACT_PORTAL)
CONTACT (sync_untrusted, CB_CONTACT_UNTRUSTED)
CONTACT (sync_auth_required, CB_CONTACT_AUTH_REQUIRED)
CONTACT (sync_revoked, CB_CONTACT_REVOKED)
CONTACT (sync_update_needed, CB_CONTACT_UPDATE_NEEDED)
CONTACT (sync_trouble, CB_CONTACT_TROUBLE)
#undef CONTACT

/* What the chip says at other counts; the store counts again with the next act. */
static void
chip (CbScreens *screens, guint waiting, guint parked)
{
  gint64 now_us = cb_clock_get_now_us (screens->clock);
  CbOutboxCounts counts = { .waiting = waiting,
                            .parked = parked,
                            .accepted = 12,
                            .last_accepted_us = now_us };

  cb_sync_state_set_counts (cb_store_get_sync_state (screens->store), &counts);
  cb_ui_settle ();
}

static void
chip_all_sent (CbScreens *screens)
{
  tell_contact (screens, CB_CONTACT_REACHED);
  act (screens, "back");
  chip (screens, 0, 0);
}

static void
chip_refused (CbScreens *screens)
{
  chip (screens, 3, 1);
}

/* --- what a manager brings in --- */

static void
counter_manager (CbScreens *screens)
{
  cb_window_lock (screens->window);
  CB_UI_UNTIL (cb_store_get_actor (screens->store) == NULL);
  choose_person (screens, MANAGER);
  press_digits (page (screens, CB_TYPE_LOCK_PAGE), MANAGER_PIN);
  page (screens, CB_TYPE_COUNTER_PAGE);
  CB_UI_UNTIL (cb_store_is_index_ready (screens->store));
}

static void
import_no_file (CbScreens *screens)
{
  press (screens, _ ("Bring in an old book"));
  await (screens, _ ("No file is here yet"));
}

static void
import_files (CbScreens *screens)
{
  g_autofree char *path = g_build_filename (screens->import_folder, OLD_BOOK, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path,
                       "First Name,Last Name,E-mail,Phone\n"
                       "Ada,Sample,ada@example.org,020 7946 0101\n"
                       "Mara,Ellingsen,,07700 900417\n"
                       "" LONG_GIVEN "," LONG_FAMILY "," LONG_EMAIL
                       ",+49 30 901820 11223\n"
                       ",,,\n",
                       -1, &error);
  g_assert_no_error (error);
  press (screens, _ ("Look again"));
  await (screens, OLD_BOOK);
}

static void
import_preview (CbScreens *screens)
{
  GtkListBox *list = GTK_LIST_BOX (page (screens, GTK_TYPE_LIST_BOX));

  g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (list, 0));
  CB_UI_UNTIL (find_button (whole (screens), _ ("Bring them in")) != NULL);
}

static void
import_result (CbScreens *screens)
{
  press (screens, _ ("Bring them in"));
  await (screens, _ ("It is in"));
}

/* --- a book that does not open --- */

static void
show_trouble (CbScreens *screens, CbStoreError code)
{
  g_autoptr (GError) error = g_error_new_literal (CB_STORE_ERROR, (int) code, "for the picture");

  cb_window_show_trouble (screens->window, error);
}

#define TROUBLE(name, code)                                                                        \
  static void name (CbScreens *screens) { show_trouble (screens, code); }
TROUBLE (trouble_no_store, CB_STORE_ERROR_NO_STORE)
TROUBLE (trouble_no_key, CB_STORE_ERROR_NO_KEY)
TROUBLE (trouble_too_new, CB_STORE_ERROR_TOO_NEW)
TROUBLE (trouble_corrupt, CB_STORE_ERROR_CORRUPT)
TROUBLE (trouble_busy, CB_STORE_ERROR_BUSY)
TROUBLE (trouble_full, CB_STORE_ERROR_FULL)
TROUBLE (trouble_failed, CB_STORE_ERROR_FAILED)
#undef TROUBLE

#define SCENE(name)                                                                                \
  {                                                                                                \
#name, name                                                                                    \
  }

static const CbScene scenes[] = {
  SCENE (opening),
  SCENE (lock),
  SCENE (lock_half_a_pin),
  SCENE (lock_wrong_pin),
  SCENE (lock_locked_out),
  SCENE (counter),
  SCENE (counter_namesakes),
  SCENE (counter_many),
  SCENE (counter_long_name),
  SCENE (counter_nobody),
  SCENE (new_customer),
  SCENE (new_customer_full),
  SCENE (new_customer_nothing),
  SCENE (customer),
  SCENE (customer_long_name),
  SCENE (customer_arabic),
  SCENE (customer_empty),
  SCENE (composer_typing),
  SCENE (composer_visit),
  SCENE (composer_intent),
  SCENE (composer_discretion),
  SCENE (composer_for),
  SCENE (composer_provenance),
  SCENE (composer_purpose),
  SCENE (composer_too_long),
  SCENE (composer_not_saved),
  SCENE (composer_disk_full),
  SCENE (composer_saved),
  SCENE (ask_strip),
  SCENE (preference_new),
  SCENE (preference_nothing),
  SCENE (turned_french),
  SCENE (turned_german),
  SCENE (turned_spanish),
  SCENE (turned_english),
  SCENE (turned_more),
  SCENE (turned_answered),
  SCENE (turned_channels),
  SCENE (turned_veil),
  SCENE (turned_receipt),
  SCENE (cover),
  SCENE (cover_wrong_pin),
  SCENE (customer_agreed),
  SCENE (veil),
  SCENE (keys_customer),
  SCENE (keys_counter),
  SCENE (sync_sheet),
  SCENE (sync_never),
  SCENE (sync_syncing),
  SCENE (sync_reached),
  SCENE (sync_unreachable),
  SCENE (sync_portal),
  SCENE (sync_untrusted),
  SCENE (sync_auth_required),
  SCENE (sync_revoked),
  SCENE (sync_update_needed),
  SCENE (sync_trouble),
  SCENE (chip_all_sent),
  SCENE (chip_refused),
  SCENE (counter_manager),
  SCENE (import_no_file),
  SCENE (import_files),
  SCENE (import_preview),
  SCENE (import_result),
  SCENE (trouble_no_store),
  SCENE (trouble_no_key),
  SCENE (trouble_too_new),
  SCENE (trouble_corrupt),
  SCENE (trouble_busy),
  SCENE (trouble_full),
  SCENE (trouble_failed),
  { NULL, NULL },
};

const CbScene *
cb_screens_get_scenes (void)
{
  return scenes;
}
