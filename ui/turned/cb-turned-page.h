/* SPDX-License-Identifier: Apache-2.0 */

/* What the customer reads and taps themselves, in their language, about themselves alone. First the
 * one card that is needed now; more choices on their wish. Nothing is marked, nothing is recorded
 * before Done. From there, or at once, the whole of their
 * record (CbRecordPage). Signal "handed-back": they are through, or it was taken from them; whoever
 * goes on needs a PIN. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_TURNED_PAGE (cb_turned_page_get_type ())
G_DECLARE_FINAL_TYPE (CbTurnedPage, cb_turned_page, CB, TURNED_PAGE, GtkWidget)

GtkWidget *cb_turned_page_new (CbStore *store);

/* `purpose` is the one that is asked about first. */
void cb_turned_page_show (CbTurnedPage *self, CbDossier *dossier, const char *purpose);

/* The whole record instead. `is_shown`: a document that an associate saw showed that it is theirs.
 */
void cb_turned_page_show_record (CbTurnedPage *self,
                                 CbDossier *dossier,
                                 const char *purpose,
                                 gboolean is_shown);

/* It leaves their hands: of the whole record nothing stays, and whoever comes back to it from the
 * cover shows anew that it is theirs. */
void cb_turned_page_cover (CbTurnedPage *self);

/* Whether they had their record erased since it was turned. */
gboolean cb_turned_page_is_erased (CbTurnedPage *self);

/* Drops everything about the customer. What was asked and has no answer is recorded as unanswered;
 * so it is when the page goes with its window. */
void cb_turned_page_clear (CbTurnedPage *self);

/* The language that is shown, as a notice has it. Borrowed. */
const char *cb_turned_page_get_language (CbTurnedPage *self);

G_END_DECLS
