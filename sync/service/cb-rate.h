/* SPDX-License-Identifier: Apache-2.0 */

/* How often somebody may ask: a bucket a caller, which fills by so much a second up to so much.
 * Time is given. Only who was admitted has one, so that nobody unknown can fill the memory. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CbRate CbRate;

CbRate *cb_rate_new (guint per_second, guint burst);
void cb_rate_free (CbRate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbRate, cb_rate_free)

/* TRUE when it is their turn, and takes it. */
gboolean cb_rate_take (CbRate *self, const char *caller, gint64 now_us);

G_END_DECLS
