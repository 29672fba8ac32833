/* SPDX-License-Identifier: Apache-2.0 */

/* How often a note or a preference helped the customer, and when last. Ids and times alone. Any
 * thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *record; /* id of the note or preference */
  char *customer;
  guint n;
  gint64 last_us; /* of one that never helped, when it was written down */
} CbUsed;

CbUsed *cb_used_new (const char *record, const char *customer, guint n, gint64 last_us);
void cb_used_free (CbUsed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbUsed, cb_used_free)

G_END_DECLS
