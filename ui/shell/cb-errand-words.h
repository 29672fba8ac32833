/* SPDX-License-Identifier: Apache-2.0 */

/* What is read for one thing that is to be done: what it is, and how it stands with its day. */

#pragma once

#include "records/cb-errand.h"

G_BEGIN_DECLS

/* "Order", "Promise". Static, translated. */
const char *cb_errand_words_kind (CbMatterKind kind);

/* How far it is: "In hand". Static, translated. */
const char *cb_errand_words_state (CbMatterState state);

/* "Promise · Tomas Wren", "Hold for them": what kind of thing, and whose word. */
char *cb_errand_words_dup_kind (CbErrand *errand);

/* The words of it, and for whom when it is not the customer. */
char *cb_errand_words_dup_what (CbErrand *errand);

/* "today", "was due on Thursday", "here since today: not told yet" */
char *cb_errand_words_dup_when (CbErrand *errand, gint64 now_us);

/* Somebody has to look at it: its day is over. */
gboolean cb_errand_words_is_late (CbErrand *errand, gint64 now_us);

/* "It is 12 June": when a day that matters is, whatever is to be done before; NULL of anything
 * else.
 */
char *cb_errand_words_dup_day (CbErrand *errand, gint64 now_us);

G_END_DECLS
