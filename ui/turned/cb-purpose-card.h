/* SPDX-License-Identifier: Apache-2.0 */

/* One purpose as the customer reads it: what for, what they get, how long, who, where; Yes and No
 * of one size, neither marked. Where each way of contact needs a yes of its own they follow a yes.
 * Signal "answered": something was tapped. It records nothing itself. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-dossier.h"

G_BEGIN_DECLS

#define CB_TYPE_PURPOSE_CARD (cb_purpose_card_get_type ())
G_DECLARE_FINAL_TYPE (CbPurposeCard, cb_purpose_card, CB, PURPOSE_CARD, GtkWidget)

/* `dossier` tells which ways of contact there are, and what was answered before. */
GtkWidget *cb_purpose_card_new (const char *purpose, CbDossier *dossier);

/* `controller` is who answers for the data: the shop. */
void cb_purpose_card_set_language (CbPurposeCard *self,
                                   const char *language,
                                   const char *controller);

const char *cb_purpose_card_get_purpose (CbPurposeCard *self);

/* FALSE while nothing was tapped. */
gboolean cb_purpose_card_get_answer (CbPurposeCard *self, CbAnswer *answer);

/* What a way of contact is called in the notice. Free it. */
char *cb_purpose_card_dup_channel_name (CbChannel channel, const char *language);

/* Adds one CbAnswerDraft for each thing that was tapped. */
void cb_purpose_card_collect (CbPurposeCard *self, GPtrArray *answers);

G_END_DECLS
