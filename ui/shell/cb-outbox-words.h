/* SPDX-License-Identifier: Apache-2.0 */

/* What a person reads about one operation on its way: why it may leave, why it stays, or what was
 * said against it and what can be done. It names nobody. */

#pragma once

#include <glib.h>

#include "records/cb-outbox-item.h"

G_BEGIN_DECLS

/* Where it is: "waiting to send". Static. */
const char *cb_outbox_words_state (CbOutboxItem *item);

/* Why it may or may not leave, or why it was refused. Free it. */
char *cb_outbox_words_dup_why (CbOutboxItem *item, gint64 now_us);

/* What somebody can do about a refusal; NULL for anything else. Static. */
const char *cb_outbox_words_advice (CbOutboxItem *item);

/* Trying again makes sense; keeping it here alone is possible. Both only for what was refused. */
gboolean cb_outbox_words_can_retry (CbOutboxItem *item);
gboolean cb_outbox_words_can_compare (CbOutboxItem *item);
gboolean cb_outbox_words_can_discard (CbOutboxItem *item);

G_END_DECLS
