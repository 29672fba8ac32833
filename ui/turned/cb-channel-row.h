/* SPDX-License-Identifier: Apache-2.0 */

/* One way of contact within a purpose: its name, Yes and No of one size, neither marked. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_CHANNEL_ROW (cb_channel_row_get_type ())
G_DECLARE_FINAL_TYPE (CbChannelRow, cb_channel_row, CB, CHANNEL_ROW, GtkWidget)

GtkWidget *cb_channel_row_new (CbChannel channel);

CbChannel cb_channel_row_get_channel (CbChannelRow *self);
void cb_channel_row_set_words (CbChannelRow *self,
                               const char *name,
                               const char *yes,
                               const char *no);

/* FALSE while nothing was tapped. */
gboolean cb_channel_row_get_answer (CbChannelRow *self, CbAnswer *answer);

G_END_DECLS
