/* SPDX-License-Identifier: Apache-2.0 */

/* What the forms of a customer's page have in common: what is half written waits on the shelf,
 * saving ends it, and what could not be saved is there again. A form is a template with a banner
 * and a button; it says what stands in it, what is wrong with it, and which call of the store saves
 * it. Signal "saved": it is on the disk. */

#pragma once

#include <gtk/gtk.h>

#include "models/cb-draft-shelf.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-field.h"

G_BEGIN_DECLS

#define CB_TYPE_FORM (cb_form_get_type ())
G_DECLARE_DERIVABLE_TYPE (CbForm, cb_form, CB, FORM, GtkWidget)

struct _CbFormClass
{
  GtkWidgetClass parent_class;

  /* What stands in it now, however wrong. */
  CbUnsaved *(*build) (CbForm *self);

  /* Says what is wrong beside it, and goes there. */
  gboolean (*check) (CbForm *self);

  /* Takes the draft out of `unsaved`; what is saved ends it. */
  void (*send) (CbForm *self,
                CbStore *store,
                const char *customer_id,
                CbUnsaved *unsaved,
                GAsyncReadyCallback callback,
                gpointer user_data);
  gboolean (*receive) (CbStore *store, GAsyncResult *result, GError **error);
};

/* The parts of the template, before anything else. */
void cb_form_set_parts (CbForm *self, CbBanner *banner, GtkWidget *save);

/* Whose it is. Somebody is signed in, and is its author from now on. */
void cb_form_begin (CbForm *self, CbStore *store, CbDraftShelf *shelf, const char *customer_id);

/* What is changed from now on is changed by hand, and put onto the shelf. */
void cb_form_watch_field (CbForm *self, CbField *field);
void cb_form_watch_choice (CbForm *self, CbChoice *choice);

/* Once it has begun. */
gint64 cb_form_get_now_us (CbForm *self);

void cb_form_save (CbForm *self);

/* Its button, taken out of it: for a place that does not scroll away. Unref it. */
GtkWidget *cb_form_take_action (CbForm *self);

/* A choice at the end of a box, by its accessible name. */
CbChoice *cb_form_add_choice (GtkWidget *box, const char *label);

/* Both answer FALSE. */
gboolean cb_form_refuse (CbForm *self, CbField *field, const char *why);
gboolean cb_form_refuse_choice (CbForm *self, CbChoice *choice, const char *why);

/* Whether it is short enough to be kept; says so else. */
gboolean cb_form_check_length (CbForm *self, CbField *field, gsize most);

/* As it is written everywhere alike, else as it is written here. Day, month and year: none of them
 * is guessed. */
gboolean cb_form_parse_date (const char *text, GDate *date);

G_END_DECLS
