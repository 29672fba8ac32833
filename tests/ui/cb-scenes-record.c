/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gi18n-lib.h>

#include "cb-hand.h"
#include "cb-scenes.h"
#include "customer/cb-customer-page.h"
#include "shell/cb-cover-page.h"
#include "turned/cb-record-page.h"
#include "turned/cb-record-row.h"
#include "turned/cb-turned-words.h"
#include "visit/cb-counter-page.h"

#define MANAGER_PIN "904172"

/* --- the whole record, on the turned screen --- */

static GtkWidget *
part (CbScreens *screens, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (cb_hand_page (screens, CB_TYPE_RECORD_PAGE),
                                                    CB_TYPE_RECORD_PAGE, name));
}

static void
press (CbScreens *screens, const char *name)
{
  CB_UI_UNTIL (gtk_widget_get_mapped (part (screens, name)) &&
               gtk_widget_is_sensitive (part (screens, name)));
  cb_hand_press_part (screens, CB_TYPE_RECORD_PAGE, name);
}

static void
show_sheet (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_open_customer (screens, "ellingsen", "Mara Ellingsen");
  cb_hand_press (screens, _ ("Show them everything"));
}

static void
record_identify (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Turn the screen"));
  cb_hand_page (screens, CB_TYPE_RECORD_PAGE);
}

static void
record_not_shown (CbScreens *screens)
{
  GtkWidget *page = cb_hand_page (screens, CB_TYPE_RECORD_PAGE);

  cb_hand_set_entry (screens, page, 1, "somebody.else@example.com");
  cb_hand_set_entry (screens, page, 2, "020 7946 0000");
  press (screens, "go_on");
  cb_hand_await (screens, cb_turned_words (CB_TURNED_NOT_SHOWN, "en"));
}

static void
take_back (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_COVER_PAGE), CB_TEST_PIN);
  cb_hand_page (screens, CB_TYPE_CUSTOMER_PAGE);
}

static GtkAdjustment *
height (CbScreens *screens)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (part (screens, "list")));
}

static void
show_document (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Show them everything"));
  cb_hand_press (screens, _ ("Passport"));
  cb_hand_press (screens, _ ("Turn the screen"));
  cb_hand_nth (screens, CB_TYPE_RECORD_ROW, 0);
}

static void
record (CbScreens *screens)
{
  take_back (screens);
  show_document (screens);
}

static void
record_further (CbScreens *screens)
{
  gtk_adjustment_set_value (height (screens), gtk_adjustment_get_page_size (height (screens)));
}

static void
record_end (CbScreens *screens)
{
  gtk_adjustment_set_value (height (screens), gtk_adjustment_get_upper (height (screens)));
}

static void
record_confirm (CbScreens *screens)
{
  press (screens, "erase");
}

static void
record_kept (CbScreens *screens)
{
  press (screens, "keep");
  take_back (screens);
}

/* --- its end --- */

static void
record_erased (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_open_customer (screens, "beltr", "Nuria Beltrán");
  show_document (screens);
  press (screens, "erase");
  press (screens, "erase_now");
  CB_UI_UNTIL (gtk_widget_get_mapped (part (screens, "hand_back")));
}

/* There is no record to go back to. */
static void
counter_after_erasure (CbScreens *screens)
{
  press (screens, "hand_back");
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_COVER_PAGE), MANAGER_PIN);
  cb_hand_page (screens, CB_TYPE_COUNTER_PAGE);
}

const CbScene cb_scenes_record[] = {
  CB_SCENE (show_sheet),     CB_SCENE (record_identify), CB_SCENE (record_not_shown),
  CB_SCENE (record),         CB_SCENE (record_further),  CB_SCENE (record_end),
  CB_SCENE (record_confirm), CB_SCENE (record_kept),     { NULL, NULL },
};

const CbScene cb_scenes_erased[] = {
  CB_SCENE (record_erased),
  CB_SCENE (counter_after_erasure),
  { NULL, NULL },
};
