/* SPDX-License-Identifier: Apache-2.0 */

/* What an associate reads for the vocabularies of a record: short, plain, translated. The strings
 * are static unless the name says dup. */

#pragma once

#include <gio/gio.h>

#include "records/cb-note.h"
#include "records/cb-outbox-item.h"
#include "records/cb-permission.h"
#include "records/cb-preference.h"
#include "records/cb-terms.h"
#include "store/cb-sync-state.h"

G_BEGIN_DECLS

const char *cb_words_role (CbRole role);
const char *cb_words_visit (CbVisit visit);
const char *cb_words_intent (CbIntent intent);
const char *cb_words_discretion (CbDiscretion discretion);
const char *cb_words_provenance (CbProvenance provenance);
const char *cb_words_facet (CbFacet facet);
const char *cb_words_polarity (CbPolarity polarity);
const char *cb_words_channel (CbChannel channel);

/* What a purpose is called among colleagues. */
const char *cb_words_purpose (const char *purpose);

/* For whom: a known role's translation, else the role as it was typed; NULL is the customer. */
const char *cb_words_for_role (const char *role);

/* The roles that are offered, NULL-terminated; their ids are English. */
const char *const *cb_words_known_roles (void);

/* Up to two letters for a person without a picture. */
char *cb_words_dup_initials (const char *name);

/* One line about a verdict: "yes, since 3 March". */
char *cb_words_dup_verdict (CbPermission *permission, gint64 now_us);

/* Where a note is and when it ends. */
char *cb_words_dup_note_fate (CbNote *note, gint64 now_us);

/* "confirmed today · fades in March" */
char *cb_words_dup_preference_age (CbPreference *preference, gint64 now_us);

/* What an operation on its way carries, and why it may or may not leave. */
const char *cb_words_operation (CbOutboxItem *item);
char *cb_words_dup_reason (CbOutboxItem *item);

/* What the chip says, and what the last contact with the service was like. */
char *cb_words_dup_sync (CbSyncState *state, gint64 now_us);
char *cb_words_dup_contact (CbSyncState *state, gint64 now_us);

/* The chip says that somebody has to do something. */
gboolean cb_words_sync_is_problem (CbSyncState *state);

/* The text between invisible marks, so that a name of either direction keeps its order within a
 * sentence of the other. */
char *cb_words_dup_isolated (const char *text);

/* The same of an email address, which may go on in the next line before its @ and its dots. */
char *cb_words_dup_address (const char *address);

G_END_DECLS
