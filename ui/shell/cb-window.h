/* SPDX-License-Identifier: Apache-2.0 */

/* The one window. It decides which screen is shown and who may see it: lock, counter, customer, the
 * turned screen, the cover. Pages know nothing of it; they speak by signals and the actions win.*.
 * Signal "activity": somebody touched something; whoever measures quiet listens. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_WINDOW (cb_window_get_type ())
G_DECLARE_FINAL_TYPE (CbWindow, cb_window, CB, WINDOW, GtkApplicationWindow)

/* `application` may be NULL in tests. */
CbWindow *cb_window_new (GtkApplication *application, CbStore *store);

/* Where files are put that a manager brings in; without it there is nothing to bring in. Before
 * anybody signs in. */
void cb_window_set_import_folder (CbWindow *self, const char *folder);

/* The store is open: shows the lock screen. */
void cb_window_start (CbWindow *self);

/* The store did not open: shows why, and nothing else. */
void cb_window_show_trouble (CbWindow *self, const GError *error);

/* Draws the veil over a customer's words; nothing happens where there are none. */
void cb_window_veil (CbWindow *self);

/* Drops every page with its words and locks the store. */
void cb_window_lock (CbWindow *self);

/* What became of a card that was scanned elsewhere, at the till. */
typedef enum
{
  CB_SCAN_OPENED,
  CB_SCAN_LOCKED,  /* nobody is signed in */
  CB_SCAN_TURNED,  /* a customer has the screen */
  CB_SCAN_UNKNOWN, /* nobody's card has this number, or several have */
  CB_SCAN_FAILED,
} CbScan;

/* Opens whose card has the number. What was being written of somebody else is kept as a draft. */
void cb_window_open_scanned_async (CbWindow *self,
                                   const char *number,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CbScan cb_window_open_scanned_finish (CbWindow *self, GAsyncResult *result);

/* FALSE when there is nobody to veil or to lock out. */
gboolean cb_window_is_in_use (CbWindow *self);

G_END_DECLS
