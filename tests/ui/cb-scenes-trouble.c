/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gi18n-lib.h>

#include "base/cb-error.h"
#include "cb-hand.h"
#include "cb-scenes.h"
#include "customer/cb-customer-page.h"
#include "db/cb-db.h"
#include "shell/cb-lock-page.h"
#include "visit/cb-counter-page.h"

/* --- a disk that takes nothing --- */

static void
show_room (CbScreens *screens, CbRoom room)
{
  GtkWidget *page;

  cb_hand_act (screens, "search");
  page = cb_hand_page (screens, CB_TYPE_COUNTER_PAGE);
  cb_counter_page_reset (CB_COUNTER_PAGE (page));
  cb_counter_page_show_room (CB_COUNTER_PAGE (page), room);
}

static void
room_little (CbScreens *screens)
{
  show_room (screens, CB_ROOM_LITTLE);
}

static void
room_none (CbScreens *screens)
{
  show_room (screens, CB_ROOM_NONE);
}

static void
room_read_only (CbScreens *screens)
{
  show_room (screens, CB_ROOM_READ_ONLY);
}

/* --- values that do not open any more --- */

/* In the book of the customer whose page is open, as a disk does it, and nobody is told. */
static char *
damage (CbScreens *screens, const char *set)
{
  GtkWidget *page = cb_hand_page (screens, CB_TYPE_CUSTOMER_PAGE);
  CbDossier *dossier = cb_customer_page_get_dossier (CB_CUSTOMER_PAGE (page));
  g_autofree char *id = g_strdup (cb_customer_get_id (cb_dossier_get_customer (dossier)));
  g_autofree char *path = g_build_filename (screens->home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, screens->clock, &error);
  g_autoptr (CbStmt) stmt = NULL;

  g_assert_no_error (error);
  stmt = cb_db_prepare (db, set);
  cb_stmt_bind_text (stmt, 1, id);
  g_assert_true (cb_stmt_run (stmt, &error));
  g_assert_no_error (error);
  cb_hand_act (screens, "search");
  return g_steal_pointer (&id);
}

/* Some of what they said, and how to reach them. */
static void
customer_damaged (CbScreens *screens)
{
  show_room (screens, CB_ROOM_ENOUGH);
  cb_hand_open_customer (screens, "quill", "Peter Quill");
  g_free (damage (screens,
                  "UPDATE note SET body = zeroblob(length(body)) WHERE rowid ="
                  " (SELECT min(rowid) FROM note WHERE customer = ?1)"));
  cb_hand_open_customer (screens, "quill", "Peter Quill");
  cb_hand_await (screens, _ ("Part of this record cannot be read here"));
}

/* Who it is can be told by their number alone. */
static void
counter_damaged (CbScreens *screens)
{
  cb_hand_open_customer (screens, "osei", "Samuel Osei");
  g_free (damage (screens, "UPDATE customer SET card = zeroblob(length(card)) WHERE id = ?1"));
  cb_hand_search (screens, "0645");
  cb_hand_await (screens, _ ("Name cannot be read here"));
}

static void
customer_damaged_name (CbScreens *screens)
{
  cb_hand_open_customer (screens, "0645", _ ("Name cannot be read here"));
  cb_hand_await (screens, _ ("Part of this record cannot be read here"));
}

static void
customer_damaged_wholly (CbScreens *screens)
{
  g_autofree char *id = NULL;

  cb_hand_open_customer (screens, "ibarra", "Rosa Ibarra");
  id = damage (screens, "UPDATE customer SET key = zeroblob(length(key)) WHERE id = ?1");
  g_action_group_activate_action (G_ACTION_GROUP (screens->window), "show-customer",
                                  g_variant_new_string (id));
  cb_hand_await (screens, _ ("This record cannot be shown"));
}

/* --- what cannot be read --- */

static void
counter_failed (CbScreens *screens)
{
  const CbHandEmpty empty = { "failed", "cb-attention-symbolic", _ ("The search did not work"),
                              _ ("This could not be read. Nothing is lost. Try again."),
                              _ ("Try again") };

  cb_hand_act (screens, "search");
  cb_hand_show_empty (screens, CB_TYPE_COUNTER_PAGE, "stack", &empty);
}

/* Somebody erased it meanwhile. */
static void
customer_failed (CbScreens *screens)
{
  g_action_group_activate_action (G_ACTION_GROUP (screens->window), "show-customer",
                                  g_variant_new_string ("erased-meanwhile"));
  cb_hand_await (screens, _ ("This record cannot be shown"));
}

static void
lock_nobody (CbScreens *screens)
{
  const CbHandEmpty empty = { "nobody", "cb-person-symbolic", _ ("Nobody can sign in yet"),
                              _ ("Whoever looks after this terminal adds the staff with "
                                 "“counterbookctl staff add”."),
                              NULL };

  cb_window_lock (screens->window);
  CB_UI_UNTIL (cb_store_get_actor (screens->store) == NULL);
  cb_ui_settle ();
  cb_hand_show_empty (screens, CB_TYPE_LOCK_PAGE, "people", &empty);
}

static void
lock_failed (CbScreens *screens)
{
  const CbHandEmpty empty = { "nobody", "cb-attention-symbolic", _ ("The names could not be read"),
                              _ ("This could not be read. Nothing is lost. Try again."),
                              _ ("Try again") };

  cb_hand_show_empty (screens, CB_TYPE_LOCK_PAGE, "people", &empty);
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
TROUBLE (trouble_lost, CB_STORE_ERROR_LOST)
TROUBLE (trouble_no_key, CB_STORE_ERROR_NO_KEY)
TROUBLE (trouble_wiped, CB_STORE_ERROR_WIPED)
TROUBLE (trouble_too_new, CB_STORE_ERROR_TOO_NEW)
TROUBLE (trouble_corrupt, CB_STORE_ERROR_CORRUPT)
TROUBLE (trouble_busy, CB_STORE_ERROR_BUSY)
TROUBLE (trouble_full, CB_STORE_ERROR_FULL)
TROUBLE (trouble_read_only, CB_STORE_ERROR_READ_ONLY)
TROUBLE (trouble_failed, CB_STORE_ERROR_FAILED)
#undef TROUBLE

const CbScene cb_scenes_trouble[] = {
  CB_SCENE (room_little),
  CB_SCENE (room_none),
  CB_SCENE (room_read_only),
  CB_SCENE (customer_damaged),
  CB_SCENE (counter_damaged),
  CB_SCENE (customer_damaged_name),
  CB_SCENE (customer_damaged_wholly),
  CB_SCENE (counter_failed),
  CB_SCENE (customer_failed),
  CB_SCENE (lock_nobody),
  CB_SCENE (lock_failed),
  CB_SCENE (trouble_no_store),
  CB_SCENE (trouble_lost),
  CB_SCENE (trouble_wiped),
  CB_SCENE (trouble_no_key),
  CB_SCENE (trouble_too_new),
  CB_SCENE (trouble_corrupt),
  CB_SCENE (trouble_busy),
  CB_SCENE (trouble_full),
  CB_SCENE (trouble_read_only),
  CB_SCENE (trouble_failed),
  { NULL, NULL },
};
