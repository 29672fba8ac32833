/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gi18n-lib.h>

#include "cb-hand.h"
#include "cb-scenes.h"
#include "customer/cb-customer-page.h"
#include "shell/cb-cover-page.h"
#include "shell/cb-veil.h"
#include "turned/cb-purpose-card.h"
#include "turned/cb-turned-page.h"

/* --- the turned screen --- */

static void
turn (CbScreens *screens, const char *typed, const char *name)
{
  cb_hand_act (screens, "back");
  cb_hand_open_customer (screens, typed, name);
  cb_hand_act (screens, "turn");
  cb_hand_page (screens, CB_TYPE_TURNED_PAGE);
}

static void
take_back (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_COVER_PAGE), CB_TEST_PIN);
  cb_hand_page (screens, CB_TYPE_CUSTOMER_PAGE);
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
  cb_hand_press_part (screens, CB_TYPE_TURNED_PAGE, "more");
}

static void
answer (CbScreens *screens, guint number, const char *answer_part)
{
  GtkWidget *card = cb_hand_nth (screens, CB_TYPE_PURPOSE_CARD, number);

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
    cb_hand_page (screens, CB_TYPE_TURNED_PAGE), CB_TYPE_TURNED_PAGE, "scroller"));
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
turned_not_kept (CbScreens *screens)
{
  GtkWidget *page = cb_hand_page (screens, CB_TYPE_TURNED_PAGE);
  GtkWidget *done = GTK_WIDGET (gtk_widget_get_template_child (page, CB_TYPE_TURNED_PAGE, "done"));
  g_autofree char *label = g_strdup (gtk_button_get_label (GTK_BUTTON (done)));

  cb_hand_press_in_vain (screens, label);
}

static void
turned_veil (CbScreens *screens)
{
  cb_window_veil (screens->window);
}

static void
turned_receipt (CbScreens *screens)
{
  cb_ui_press (cb_hand_page (screens, CB_TYPE_VEIL), GDK_KEY_x, 0);
  cb_hand_press_part (screens, CB_TYPE_TURNED_PAGE, "done");
  CB_UI_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (gtk_widget_get_template_child (
    cb_hand_page (screens, CB_TYPE_TURNED_PAGE), CB_TYPE_TURNED_PAGE, "hand_back"))));
}

static void
cover (CbScreens *screens)
{
  cb_hand_press_part (screens, CB_TYPE_TURNED_PAGE, "hand_back");
  cb_hand_page (screens, CB_TYPE_COVER_PAGE);
}

static void
cover_wrong_pin (CbScreens *screens)
{
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_COVER_PAGE), "111111");
  CB_UI_UNTIL (!cb_ui_shows (cb_hand_whole (screens), _ ("Enter your PIN to go on")) &&
               !cb_ui_shows (cb_hand_whole (screens), _ ("One moment")));
}

static void
customer_agreed (CbScreens *screens)
{
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_COVER_PAGE), CB_TEST_PIN);
  cb_hand_page (screens, CB_TYPE_CUSTOMER_PAGE);
}

static void
veil (CbScreens *screens)
{
  cb_window_veil (screens->window);
}

static void
keys_customer (CbScreens *screens)
{
  cb_ui_press (cb_hand_page (screens, CB_TYPE_VEIL), GDK_KEY_x, 0);
  cb_hand_act (screens, "keys");
}

static void
keys_counter (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_act (screens, "search");
  cb_hand_act (screens, "keys");
}

const CbScene cb_scenes_turned[] = {
  CB_SCENE (turned_french),
  CB_SCENE (turned_german),
  CB_SCENE (turned_spanish),
  CB_SCENE (turned_english),
  CB_SCENE (turned_more),
  CB_SCENE (turned_answered),
  CB_SCENE (turned_channels),
  CB_SCENE (turned_not_kept),
  CB_SCENE (turned_veil),
  CB_SCENE (turned_receipt),
  CB_SCENE (cover),
  CB_SCENE (cover_wrong_pin),
  CB_SCENE (customer_agreed),
  CB_SCENE (veil),
  CB_SCENE (keys_customer),
  CB_SCENE (keys_counter),
  { NULL, NULL },
};
