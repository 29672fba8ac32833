/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-show-sheet.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-messages.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbShowSheet
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkWidget *ways;
  GtkLabel *problem;
  GtkButton *turn;

  CbChoice *choice; /* its places are those of CbDocument */
  CbStore *store;
  char *customer_id;
};

enum
{
  SIGNAL_TURN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbShowSheet, cb_show_sheet, GTK_TYPE_WIDGET)

static const char *
way_words (CbDocument document)
{
  switch (document)
    {
    case CB_DOCUMENT_NONE:
      return _ ("They type it");
    case CB_DOCUMENT_PASSPORT:
      return _ ("Passport");
    case CB_DOCUMENT_IDENTITY_CARD:
      return _ ("Identity card");
    case CB_DOCUMENT_DRIVING_LICENCE:
      return _ ("Driving licence");
    case CB_DOCUMENT_OTHER:
      return _ ("Another document");
    }
  g_return_val_if_reached (NULL);
}

static void
show_problem (CbShowSheet *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

static void
on_identify_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbShowSheet) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_them = cb_store_identify_finish (CB_STORE (source), result, NULL, &error);

  if (self->store == NULL)
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->turn), TRUE);
  if (is_them)
    g_signal_emit (self, signals[SIGNAL_TURN], 0, TRUE);
  else
    show_problem (self, cb_messages_for (error, CB_DURING_READ));
}

static void
on_turn_clicked (CbShowSheet *self)
{
  guint chosen = cb_choice_get_selected (self->choice);
  CbProof *proof;

  if (chosen == CB_CHOICE_NONE || chosen == CB_DOCUMENT_NONE)
    {
      g_signal_emit (self, signals[SIGNAL_TURN], 0, FALSE);
      return;
    }
  proof = cb_proof_new ();
  proof->document = (CbDocument) chosen;
  show_problem (self, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->turn), FALSE);
  cb_store_identify_async (self->store, self->customer_id, proof, NULL, on_identify_done,
                           g_object_ref (self));
}

static void
cb_show_sheet_dispose (GObject *object)
{
  CbShowSheet *self = CB_SHOW_SHEET (object);

  g_clear_pointer (&self->customer_id, g_free);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_SHOW_SHEET);

  G_OBJECT_CLASS (cb_show_sheet_parent_class)->dispose (object);
}

static void
cb_show_sheet_class_init (CbShowSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_show_sheet_dispose;
  signals[SIGNAL_TURN] = g_signal_new ("turn", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-show-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, CbShowSheet, content);
  gtk_widget_class_bind_template_child (widget_class, CbShowSheet, ways);
  gtk_widget_class_bind_template_child (widget_class, CbShowSheet, problem);
  gtk_widget_class_bind_template_child (widget_class, CbShowSheet, turn);
  gtk_widget_class_bind_template_callback (widget_class, on_turn_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-show-sheet");
}

static void
cb_show_sheet_init (CbShowSheet *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  self->choice = CB_CHOICE (cb_choice_new (_ ("How they show that it is them")));
  for (guint i = CB_DOCUMENT_NONE; i <= CB_DOCUMENT_OTHER; i++)
    cb_choice_append (self->choice, way_words ((CbDocument) i));
  cb_choice_set_selected (self->choice, CB_DOCUMENT_NONE);
  gtk_box_append (GTK_BOX (self->ways), GTK_WIDGET (self->choice));
}

GtkWidget *
cb_show_sheet_new (CbStore *store, const char *customer_id)
{
  CbShowSheet *self = g_object_new (CB_TYPE_SHOW_SHEET, NULL);

  self->store = g_object_ref (store);
  self->customer_id = g_strdup (customer_id);
  return GTK_WIDGET (self);
}
