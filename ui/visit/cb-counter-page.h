/* SPDX-License-Identifier: Apache-2.0 */

/* The one search field and what it finds on this terminal. Signals: "customer-chosen" (id), and
 * "new-customer" (what was typed) when the person in front is not in the book yet; "tell"
 * (CbErrand) when something arrived and somebody wants to say so. Below the field: what is for
 * today. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_FOUND_MAX 20

#define CB_TYPE_COUNTER_PAGE (cb_counter_page_get_type ())
G_DECLARE_FINAL_TYPE (CbCounterPage, cb_counter_page, CB, COUNTER_PAGE, GtkWidget)

GtkWidget *cb_counter_page_new (CbStore *store);

/* Focuses the field with its text selected, so that typing starts a new search. */
void cb_counter_page_start (CbCounterPage *self);

/* Empties it, for the next visit. */
void cb_counter_page_reset (CbCounterPage *self);

/* Sends a key that nobody wanted to the field. */
gboolean cb_counter_page_take_key (CbCounterPage *self, GtkEventControllerKey *controller);

/* The id of the chosen row, borrowed; NULL when there is none. */
const char *cb_counter_page_get_chosen (CbCounterPage *self);

/* Says above the search what the disk lets nobody do. */
void cb_counter_page_show_room (CbCounterPage *self, CbRoom room);

G_END_DECLS
