/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-empty-state.h"

#include "widgets/cb-wrapping.h"

struct _CbEmptyState
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *body;
  GtkButton *action;
};

enum
{
  SIGNAL_ACTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbEmptyState, cb_empty_state, GTK_TYPE_WIDGET)

static void
on_action_clicked (CbEmptyState *self)
{
  g_signal_emit (self, signals[SIGNAL_ACTED], 0);
}

void
cb_empty_state_set (CbEmptyState *self,
                    const char *icon_name,
                    const char *title,
                    const char *body,
                    const char *action)
{
  g_return_if_fail (CB_IS_EMPTY_STATE (self));

  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon_name != NULL);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->body, body != NULL ? body : "");
  gtk_widget_set_visible (GTK_WIDGET (self->body), body != NULL);
  gtk_button_set_label (self->action, action != NULL ? action : "");
  gtk_widget_set_visible (GTK_WIDGET (self->action), action != NULL);
}

static void
cb_empty_state_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_EMPTY_STATE);

  G_OBJECT_CLASS (cb_empty_state_parent_class)->dispose (object);
}

static void
cb_empty_state_class_init (CbEmptyStateClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_empty_state_dispose;

  signals[SIGNAL_ACTED] = g_signal_new ("acted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-empty-state.ui");
  gtk_widget_class_bind_template_child (widget_class, CbEmptyState, content);
  gtk_widget_class_bind_template_child (widget_class, CbEmptyState, icon);
  gtk_widget_class_bind_template_child (widget_class, CbEmptyState, title);
  gtk_widget_class_bind_template_child (widget_class, CbEmptyState, body);
  gtk_widget_class_bind_template_child (widget_class, CbEmptyState, action);
  gtk_widget_class_bind_template_callback (widget_class, on_action_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-empty-state");
}

static void
cb_empty_state_init (CbEmptyState *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_empty_state_new (void)
{
  return g_object_new (CB_TYPE_EMPTY_STATE, NULL);
}
