/* SPDX-License-Identifier: Apache-2.0 */

/* A card that a customer was shown and that went away without an answer: evidence of what was
 * asked, and nothing that anybody said. Any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *id;
  char *purpose;
  char *notice; /* the words: id, version and language of the notice */
  guint version;
  char *language;
  char *medium;   /* "screen", "paper", "read-aloud", "own-phone" */
  char *staff_id; /* who had asked */
  gint64 shown_us;
} CbUnanswered;

CbUnanswered *cb_unanswered_copy (const CbUnanswered *other);
void cb_unanswered_free (CbUnanswered *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbUnanswered, cb_unanswered_free)

G_END_DECLS
