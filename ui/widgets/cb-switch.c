/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-switch.h"

#include <glib/gi18n-lib.h>

struct _CbSwitch
{
  GtkToggleButton parent_instance;

  GtkLabel *caption;
  GtkLabel *value;
};

G_DEFINE_FINAL_TYPE (CbSwitch, cb_switch, GTK_TYPE_TOGGLE_BUTTON)

void
cb_switch_set_value (CbSwitch *self, const char *value)
{
  g_autofree char *label = NULL;

  g_return_if_fail (CB_IS_SWITCH (self));

  /* Translators: what a switch decides, and what it stands at. */
  label = g_strdup_printf (_ ("%s: %s"), gtk_label_get_label (self->caption), value);
  gtk_label_set_label (self->value, value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
cb_switch_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_SWITCH);

  G_OBJECT_CLASS (cb_switch_parent_class)->dispose (object);
}

static void
cb_switch_class_init (CbSwitchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_switch_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-switch.ui");
  gtk_widget_class_bind_template_child (widget_class, CbSwitch, caption);
  gtk_widget_class_bind_template_child (widget_class, CbSwitch, value);
}

static void
cb_switch_init (CbSwitch *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_switch_new (const char *caption)
{
  CbSwitch *self = g_object_new (CB_TYPE_SWITCH, NULL);

  gtk_label_set_label (self->caption, caption);
  return GTK_WIDGET (self);
}
