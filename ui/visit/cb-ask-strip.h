/* SPDX-License-Identifier: Apache-2.0 */

/* Reminds that something is kept here only because nobody has asked yet, and holds the words to
 * say. A spoken answer is one tap; nothing is marked. Signals: "answered" (CbAnswer) for a spoken
 * yes or no, "turn" when the customer shall read and tap themselves, and "expanded" (gboolean) when
 * the words lie open or closed. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_ASK_STRIP (cb_ask_strip_get_type ())
G_DECLARE_FINAL_TYPE (CbAskStrip, cb_ask_strip, CB, ASK_STRIP, GtkWidget)

GtkWidget *cb_ask_strip_new (void);

/* `reminder` is one line; `script` is read aloud, in the customer's language. Where a spoken answer
 * is not enough there is only the screen to turn. */
void cb_ask_strip_set (CbAskStrip *self,
                       const char *reminder,
                       const char *script,
                       gboolean is_spoken_enough);
void cb_ask_strip_set_expanded (CbAskStrip *self, gboolean is_expanded);
void cb_ask_strip_set_busy (CbAskStrip *self, gboolean is_busy);

G_END_DECLS
