/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "turned/cb-channel-row.h"

struct _CbChannelRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *name;
  GtkToggleButton *yes;
  GtkToggleButton *no;

  CbChannel channel;
};

G_DEFINE_FINAL_TYPE (CbChannelRow, cb_channel_row, GTK_TYPE_WIDGET)

static void
name_button (GtkToggleButton *button, const char *answer, const char *about)
{
  g_autofree char *label = g_strdup_printf ("%s: %s", answer, about);

  gtk_button_set_label (GTK_BUTTON (button), answer);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

CbChannel
cb_channel_row_get_channel (CbChannelRow *self)
{
  g_return_val_if_fail (CB_IS_CHANNEL_ROW (self), CB_CHANNEL_NONE);

  return self->channel;
}

void
cb_channel_row_set_words (CbChannelRow *self, const char *name, const char *yes, const char *no)
{
  g_return_if_fail (CB_IS_CHANNEL_ROW (self));

  gtk_label_set_label (self->name, name);
  name_button (self->yes, yes, name);
  name_button (self->no, no, name);
}

gboolean
cb_channel_row_get_answer (CbChannelRow *self, CbAnswer *answer)
{
  g_return_val_if_fail (CB_IS_CHANNEL_ROW (self), FALSE);

  if (gtk_toggle_button_get_active (self->yes))
    *answer = CB_ANSWER_YES;
  else if (gtk_toggle_button_get_active (self->no))
    *answer = CB_ANSWER_NO;
  else
    return FALSE;
  return TRUE;
}

static void
cb_channel_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CHANNEL_ROW);

  G_OBJECT_CLASS (cb_channel_row_parent_class)->dispose (object);
}

static void
cb_channel_row_class_init (CbChannelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_channel_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-channel-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbChannelRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbChannelRow, name);
  gtk_widget_class_bind_template_child (widget_class, CbChannelRow, yes);
  gtk_widget_class_bind_template_child (widget_class, CbChannelRow, no);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-channel-row");
}

static void
cb_channel_row_init (CbChannelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_channel_row_new (CbChannel channel)
{
  CbChannelRow *self = g_object_new (CB_TYPE_CHANNEL_ROW, NULL);

  self->channel = channel;
  return GTK_WIDGET (self);
}
