/* SPDX-License-Identifier: Apache-2.0 */

/* Six dots and ten keys. It holds the digits no longer than it must and shows none of them. Signal
 * "complete": the sixth digit was given; take the PIN. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_PIN_DIGITS 6

#define CB_TYPE_PIN_PAD (cb_pin_pad_get_type ())
G_DECLARE_FINAL_TYPE (CbPinPad, cb_pin_pad, CB, PIN_PAD, GtkWidget)

GtkWidget *cb_pin_pad_new (void);

/* The digits so far, to be wiped by the caller; the pad is empty afterwards. */
char *cb_pin_pad_take_pin (CbPinPad *self);
void cb_pin_pad_clear (CbPinPad *self);

/* A key of the keyboard: TRUE when it was a digit or took one back. */
gboolean cb_pin_pad_press_key (CbPinPad *self, guint keyval);

G_END_DECLS
