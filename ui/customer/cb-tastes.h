/* SPDX-License-Identifier: Apache-2.0 */

/* A customer's sizes and tastes, by facet and with the last confirmed first, under their heading.
 * Signal "edit" (CbPreference, or NULL for a new one): it shall be put right. Signal "confirm"
 * (CbPreference): they said it again. */

#pragma once

#include <gtk/gtk.h>

#include "base/cb-clock.h"
#include "records/cb-preference.h"

G_BEGIN_DECLS

#define CB_TYPE_TASTES (cb_tastes_get_type ())
G_DECLARE_FINAL_TYPE (CbTastes, cb_tastes, CB, TASTES, GtkWidget)

GtkWidget *cb_tastes_new (void);

/* Once, before anything is shown: what a row says of time is reckoned from its now. */
void cb_tastes_set_clock (CbTastes *self, CbClock *clock);

/* `preferences`, of CbPreference, are referenced. */
void cb_tastes_set_preferences (CbTastes *self, GPtrArray *preferences);

/* Drops every preference at once; what is shown in their stead waits for the next. */
void cb_tastes_clear (CbTastes *self);

G_END_DECLS
