/* SPDX-License-Identifier: Apache-2.0 */

/* One answer to a search: the name, the matching part marked, and what tells namesakes apart. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-found.h"

G_BEGIN_DECLS

#define CB_TYPE_FOUND_ROW (cb_found_row_get_type ())
G_DECLARE_FINAL_TYPE (CbFoundRow, cb_found_row, CB, FOUND_ROW, GtkWidget)

G_END_DECLS
