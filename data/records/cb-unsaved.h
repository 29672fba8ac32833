/* SPDX-License-Identifier: Apache-2.0 */

/* What somebody began to write about a customer and has not saved: exactly one of the five. It is
 * kept as it stands, however wrong or long: only saving checks it. Freeing wipes the texts. */

#pragma once

#include "records/cb-drafts.h"

G_BEGIN_DECLS

/* In bytes, serialised. More than that is not written by hand. */
#define CB_UNSAVED_MAX (256 * 1024)

/* What a request or promise that is not saved yet is about. */
#define CB_UNSAVED_ERRAND "errand"

/* What a day that matters and is not saved yet is about. */
#define CB_UNSAVED_DAY "day"

typedef struct
{
  CbNoteDraft *note;
  CbPreferenceDraft *preference;
  CbCustomerDraft *customer; /* of somebody who is not in the book yet, or is to be put right */
  CbMatterDraft *matter;     /* a new request or promise */
  CbOccasionDraft *occasion; /* a new day that matters; its steps are not kept */
} CbUnsaved;

/* They take the draft. */
CbUnsaved *cb_unsaved_new_note (CbNoteDraft *draft);
CbUnsaved *cb_unsaved_new_preference (CbPreferenceDraft *draft);
CbUnsaved *cb_unsaved_new_customer (CbCustomerDraft *draft);
CbUnsaved *cb_unsaved_new_matter (CbMatterDraft *draft);
CbUnsaved *cb_unsaved_new_occasion (CbOccasionDraft *draft);
void cb_unsaved_free (CbUnsaved *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbUnsaved, cb_unsaved_free)

/* Nothing in it that anybody would miss: the switches alone are not worth keeping. */
gboolean cb_unsaved_is_empty (const CbUnsaved *self);

/* Which of a customer's drafts it is: "note", "customer", "errand", "day", "preference" for a new
 * one and "preference/ID" for one to be put right. Free it. */
char *cb_unsaved_dup_about (const CbUnsaved *self);

/* One line of JSON. It is personal: cb_text_wipe() it. */
char *cb_unsaved_to_text (const CbUnsaved *self);
CbUnsaved *cb_unsaved_from_text (const char *text, GError **error);

G_END_DECLS
