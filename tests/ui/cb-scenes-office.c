/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "cb-hand.h"
#include "cb-scenes.h"
#include "shell/cb-lock-page.h"
#include "visit/cb-counter-page.h"

#define MANAGER "Ines Obermatt"
#define MANAGER_PIN "904172"
#define OLD_BOOK "contacts of the old till, exported in November.csv"

/* --- on the way to head office --- */

static void
sync_sheet (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_act (screens, "sync");
  CB_UI_UNTIL (!cb_ui_shows (cb_hand_whole (screens), _ ("Reading the list …")));
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
  cb_hand_act (screens, "back");
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
  cb_hand_choose_person (screens, MANAGER);
  cb_hand_press_digits (cb_hand_page (screens, CB_TYPE_LOCK_PAGE), MANAGER_PIN);
  cb_hand_page (screens, CB_TYPE_COUNTER_PAGE);
  CB_UI_UNTIL (cb_store_is_index_ready (screens->store));
}

static void
import_no_file (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Bring in an old book"));
  cb_hand_await (screens, _ ("No file is here yet"));
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
                       "" CB_LONG_GIVEN "," CB_LONG_FAMILY "," CB_LONG_EMAIL
                       ",+49 30 901820 11223\n"
                       ",,,\n",
                       -1, &error);
  g_assert_no_error (error);
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

static void
import_result (CbScreens *screens)
{
  cb_hand_press (screens, _ ("Bring them in"));
  cb_hand_await (screens, _ ("It is in"));
}

/* Gone between the list and the choice. */
static void
import_failed (CbScreens *screens)
{
  g_autofree char *path = g_build_filename (screens->import_folder, OLD_BOOK, NULL);

  cb_hand_press (screens, _ ("Another file"));
  cb_hand_await (screens, OLD_BOOK);
  g_assert_cmpint (g_unlink (path), ==, 0);
  activate_file (screens);
  cb_hand_await (screens, _ ("This file could not be read"));
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

const CbScene cb_scenes_office[] = {
  CB_SCENE (sync_sheet),         CB_SCENE (sync_never),         CB_SCENE (sync_syncing),
  CB_SCENE (sync_reached),       CB_SCENE (sync_unreachable),   CB_SCENE (sync_portal),
  CB_SCENE (sync_untrusted),     CB_SCENE (sync_auth_required), CB_SCENE (sync_revoked),
  CB_SCENE (sync_update_needed), CB_SCENE (sync_trouble),       CB_SCENE (chip_all_sent),
  CB_SCENE (chip_refused),       CB_SCENE (counter_manager),    CB_SCENE (import_no_file),
  CB_SCENE (import_files),       CB_SCENE (import_preview),     CB_SCENE (import_result),
  CB_SCENE (import_failed),      CB_SCENE (trouble_no_store),   CB_SCENE (trouble_no_key),
  CB_SCENE (trouble_too_new),    CB_SCENE (trouble_corrupt),    CB_SCENE (trouble_busy),
  CB_SCENE (trouble_full),       CB_SCENE (trouble_failed),     { NULL, NULL },
};
