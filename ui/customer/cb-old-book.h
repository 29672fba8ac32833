/* SPDX-License-Identifier: Apache-2.0 */

/* "From the old book: still right?" One tap with the customer in front: it is right, it is put
 * right (action "win.change-card"), or they are taken out, which takes two. Shown only while it is
 * to be asked. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_OLD_BOOK (cb_old_book_get_type ())
G_DECLARE_FINAL_TYPE (CbOldBook, cb_old_book, CB, OLD_BOOK, GtkWidget)

GtkWidget *cb_old_book_new (void);

/* Once, before anything is shown. */
void cb_old_book_set_store (CbOldBook *self, CbStore *store);

/* NULL while nobody is shown. */
void cb_old_book_set_dossier (CbOldBook *self, CbDossier *dossier);

G_END_DECLS
