/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-ask-strip.h"

#include <glib/gi18n-lib.h>

#include "widgets/cb-aside-layout.h"
#include "widgets/cb-column-layout.h"
#include "widgets/cb-wrap-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbAskStrip
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *reminder;
  GtkToggleButton *expand;
  GtkWidget *words;
  GtkLabel *script;
  GtkWidget *buttons;
  GtkWidget *answers;
};

enum
{
  SIGNAL_ANSWERED,
  SIGNAL_TURN,
  SIGNAL_EXPANDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbAskStrip, cb_ask_strip, GTK_TYPE_WIDGET)

static void
on_yes_clicked (CbAskStrip *self)
{
  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, (guint) CB_ANSWER_YES);
}

static void
on_no_clicked (CbAskStrip *self)
{
  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, (guint) CB_ANSWER_NO);
}

static void
on_turn_clicked (CbAskStrip *self)
{
  g_signal_emit (self, signals[SIGNAL_TURN], 0);
}

static void
on_expand_toggled (CbAskStrip *self)
{
  gboolean is_open = gtk_toggle_button_get_active (self->expand);

  gtk_widget_set_visible (self->words, is_open);
  gtk_button_set_label (GTK_BUTTON (self->expand), is_open ? _ ("Not now") : _ ("Ask aloud"));
  g_signal_emit (self, signals[SIGNAL_EXPANDED], 0, is_open);
}

void
cb_ask_strip_set (CbAskStrip *self,
                  const char *reminder,
                  const char *script,
                  gboolean is_spoken_enough)
{
  g_return_if_fail (CB_IS_ASK_STRIP (self));

  gtk_widget_set_visible (self->answers, is_spoken_enough);
  gtk_label_set_label (self->reminder, reminder);
  gtk_label_set_label (self->script, script);
}

void
cb_ask_strip_set_expanded (CbAskStrip *self, gboolean is_expanded)
{
  g_return_if_fail (CB_IS_ASK_STRIP (self));

  gtk_toggle_button_set_active (self->expand, is_expanded);
}

void
cb_ask_strip_set_busy (CbAskStrip *self, gboolean is_busy)
{
  g_return_if_fail (CB_IS_ASK_STRIP (self));

  gtk_widget_set_sensitive (self->buttons, !is_busy);
}

static void
cb_ask_strip_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_ASK_STRIP);

  G_OBJECT_CLASS (cb_ask_strip_parent_class)->dispose (object);
}

static void
cb_ask_strip_class_init (CbAskStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_ask_strip_dispose;
  g_type_ensure (CB_TYPE_ASIDE_LAYOUT);
  g_type_ensure (CB_TYPE_COLUMN_LAYOUT);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);

  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_TURN] =
    g_signal_new ("turn", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EXPANDED] = g_signal_new ("expanded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_BOOLEAN);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-ask-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, CbAskStrip, content);
  gtk_widget_class_bind_template_child (widget_class, CbAskStrip, reminder);
  gtk_widget_class_bind_template_child (widget_class, CbAskStrip, expand);
  gtk_widget_class_bind_template_child (widget_class, CbAskStrip, words);
  gtk_widget_class_bind_template_child (widget_class, CbAskStrip, script);
  gtk_widget_class_bind_template_child (widget_class, CbAskStrip, buttons);
  gtk_widget_class_bind_template_child (widget_class, CbAskStrip, answers);
  gtk_widget_class_bind_template_callback (widget_class, on_yes_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_no_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_turn_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_expand_toggled);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-ask-strip");
}

static void
cb_ask_strip_init (CbAskStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_ask_strip_new (void)
{
  return g_object_new (CB_TYPE_ASK_STRIP, NULL);
}
