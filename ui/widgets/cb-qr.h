/* SPDX-License-Identifier: Apache-2.0 */

/* A QR code (ISO/IEC 18004) to be read off the screen by a telephone or a scanner: dark on white
 * with its quiet zone in every theme, each module as large as the others. To assistive technology
 * it is a picture; what it says has to stand beside it in letters too. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_QR (cb_qr_get_type ())
G_DECLARE_FINAL_TYPE (CbQr, cb_qr, CB, QR, GtkWidget)

GtkWidget *cb_qr_new (void);

/* Shown with correction of level Q, which a finger on a scratched screen leaves readable. NULL
 * shows nothing and takes no room; so does what is too long for any code. */
void cb_qr_set_text (CbQr *self, const char *text);

/* For a screen reader. */
void cb_qr_set_label (CbQr *self, const char *label);

G_END_DECLS
