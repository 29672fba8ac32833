/* SPDX-License-Identifier: Apache-2.0 */

/* The door for a till: a socket of this user's own, over which `counterbook --customer-from-stdin`
 * hands the number of a scanned card to the terminal that is running. One line goes in, one word
 * comes out; neither names anybody, and nothing of the record leaves by it. */

#pragma once

#include "shell/cb-window.h"

G_BEGIN_DECLS

#define CB_TYPE_TILL (cb_till_get_type ())
G_DECLARE_FINAL_TYPE (CbTill, cb_till, CB, TILL, GObject)

/* Listens for the store of that directory as long as it lives; where it cannot, it says so in the
 * log and the terminal goes on without. */
CbTill *cb_till_new (CbWindow *window, const char *home);

/* The other side: reads one line from standard input and hands it over. The status to exit with:
 * 0 opened, 1 not, with one line on standard error that says why. */
int cb_till_hand_over (const char *home);

G_END_DECLS
