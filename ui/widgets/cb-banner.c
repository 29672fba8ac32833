/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-banner.h"

#include "widgets/cb-wrapping.h"

struct _CbBanner
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkWidget *frame;
  GtkImage *icon;
  GtkLabel *label;
  GtkButton *action;
};

enum
{
  SIGNAL_ACTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbBanner, cb_banner, GTK_TYPE_WIDGET)

static void
on_action_clicked (CbBanner *self)
{
  cb_banner_hide (self);
  g_signal_emit (self, signals[SIGNAL_ACTED], 0);
}

static void
on_dismiss_clicked (CbBanner *self)
{
  cb_banner_hide (self);
}

void
cb_banner_show (CbBanner *self, CbBannerKind kind, const char *text, const char *action)
{
  gboolean is_problem = kind == CB_BANNER_PROBLEM;

  g_return_if_fail (CB_IS_BANNER (self));

  gtk_label_set_label (self->label, text);
  gtk_image_set_from_icon_name (self->icon,
                                is_problem ? "cb-attention-symbolic" : "cb-note-symbolic");
  if (is_problem)
    gtk_widget_add_css_class (self->frame, "cb-problem");
  else
    gtk_widget_remove_css_class (self->frame, "cb-problem");
  gtk_button_set_label (self->action, action != NULL ? action : "");
  gtk_widget_set_visible (GTK_WIDGET (self->action), action != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

void
cb_banner_hide (CbBanner *self)
{
  g_return_if_fail (CB_IS_BANNER (self));

  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

/* A banner that is not there must not be found by the Tab key or by a screen reader. */
static void
on_child_revealed (CbBanner *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), gtk_revealer_get_child_revealed (self->revealer) ||
                                               gtk_revealer_get_reveal_child (self->revealer));
}

static void
cb_banner_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_BANNER);

  G_OBJECT_CLASS (cb_banner_parent_class)->dispose (object);
}

static void
cb_banner_class_init (CbBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_banner_dispose;

  signals[SIGNAL_ACTED] = g_signal_new ("acted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, CbBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, CbBanner, frame);
  gtk_widget_class_bind_template_child (widget_class, CbBanner, icon);
  gtk_widget_class_bind_template_child (widget_class, CbBanner, label);
  gtk_widget_class_bind_template_child (widget_class, CbBanner, action);
  gtk_widget_class_bind_template_callback (widget_class, on_action_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_dismiss_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_child_revealed);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-banner");
}

static void
cb_banner_init (CbBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_banner_new (void)
{
  return g_object_new (CB_TYPE_BANNER, NULL);
}
