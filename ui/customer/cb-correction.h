/* SPDX-License-Identifier: Apache-2.0 */

/* An author puts the words of a note of theirs right. Signal "saved": it is on the disk. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_CORRECTION (cb_correction_get_type ())
G_DECLARE_FINAL_TYPE (CbCorrection, cb_correction, CB, CORRECTION, GtkWidget)

GtkWidget *cb_correction_new (CbStore *store, CbNote *note);

G_END_DECLS
