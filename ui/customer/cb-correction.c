/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-correction.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-messages.h"
#include "vault/cb-seal.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbCorrection
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkTextView *text;
  GtkLabel *problem;
  GtkWidget *save;

  CbStore *store;
  char *note;
};

enum
{
  SIGNAL_SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbCorrection, cb_correction, GTK_TYPE_WIDGET)

static void
on_correct_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbCorrection) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbNote) saved = cb_store_correct_note_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  gtk_widget_set_sensitive (self->save, TRUE);
  if (saved != NULL)
    {
      g_signal_emit (self, signals[SIGNAL_SAVED], 0);
      return;
    }
  gtk_label_set_label (self->problem, cb_messages_for (error, CB_DURING_SAVE));
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static void
on_save (CbCorrection *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start;
  GtkTextIter end;
  char *text;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gtk_widget_set_sensitive (self->save, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  cb_store_correct_note_async (self->store, self->note, text, NULL, on_correct_done,
                               g_object_ref (self));
  cb_text_wipe (text);
}

/* Whoever once selected something in a buffer has it for as long as the program runs: it goes
 * empty. */
static void
empty (CbCorrection *self)
{
  GtkTextBuffer *buffer;

  if (self->text == NULL)
    return;
  buffer = gtk_text_view_get_buffer (self->text);
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  gtk_text_buffer_set_text (buffer, "", 0);
}

static void
cb_correction_dispose (GObject *object)
{
  CbCorrection *self = CB_CORRECTION (object);

  empty (self);
  g_clear_object (&self->store);
  g_clear_pointer (&self->note, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CORRECTION);

  G_OBJECT_CLASS (cb_correction_parent_class)->dispose (object);
}

static void
cb_correction_class_init (CbCorrectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_correction_dispose;
  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-correction.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCorrection, content);
  gtk_widget_class_bind_template_child (widget_class, CbCorrection, text);
  gtk_widget_class_bind_template_child (widget_class, CbCorrection, problem);
  gtk_widget_class_bind_template_child (widget_class, CbCorrection, save);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-correction");
}

static void
cb_correction_init (CbCorrection *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_correction_new (CbStore *store, CbNote *note)
{
  CbCorrection *self = g_object_new (CB_TYPE_CORRECTION, NULL);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

  self->store = g_object_ref (store);
  self->note = g_strdup (cb_note_get_id (note));
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  gtk_text_buffer_set_text (buffer, cb_note_get_text (note), -1);
  gtk_text_buffer_set_enable_undo (buffer, TRUE);
  return GTK_WIDGET (self);
}
