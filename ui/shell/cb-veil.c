/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-veil.h"

#include "widgets/cb-page-layout.h"

struct _CbVeil
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *shop;
  GtkLabel *invitation;
};

enum
{
  SIGNAL_LIFTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbVeil, cb_veil, GTK_TYPE_WIDGET)

void
cb_veil_set_words (CbVeil *self, const char *shop, const char *invitation)
{
  g_return_if_fail (CB_IS_VEIL (self));

  gtk_label_set_label (self->shop, shop);
  gtk_label_set_label (self->invitation, invitation);
}

static void
on_released (CbVeil *self)
{
  g_signal_emit (self, signals[SIGNAL_LIFTED], 0);
}

static gboolean
on_key_pressed (CbVeil *self)
{
  g_signal_emit (self, signals[SIGNAL_LIFTED], 0);
  return TRUE;
}

static void
cb_veil_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_VEIL);

  G_OBJECT_CLASS (cb_veil_parent_class)->dispose (object);
}

static void
cb_veil_class_init (CbVeilClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_veil_dispose;

  signals[SIGNAL_LIFTED] = g_signal_new ("lifted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-veil.ui");
  gtk_widget_class_bind_template_child (widget_class, CbVeil, content);
  gtk_widget_class_bind_template_child (widget_class, CbVeil, shop);
  gtk_widget_class_bind_template_child (widget_class, CbVeil, invitation);
  gtk_widget_class_bind_template_callback (widget_class, on_released);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-veil");
}

static void
cb_veil_init (CbVeil *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_veil_new (void)
{
  return g_object_new (CB_TYPE_VEIL, NULL);
}
