/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-sync-chip.h"

#include "shell/cb-words.h"

struct _CbSyncChip
{
  GtkButton parent_instance;

  GtkImage *icon;
  GtkLabel *label;

  CbSyncState *state;
  CbClock *clock;
};

G_DEFINE_FINAL_TYPE (CbSyncChip, cb_sync_chip, GTK_TYPE_BUTTON)

static const char *
choose_icon (CbSyncState *state)
{
  if (cb_words_sync_is_problem (state))
    return "cb-attention-symbolic";
  if (cb_sync_state_get_waiting (state) > 0 || cb_sync_state_get_last_accepted_us (state) == 0)
    return "cb-clock-symbolic";
  return "cb-check-symbolic";
}

static void
show_state (CbSyncChip *self)
{
  g_autofree char *text = cb_words_dup_sync (self->state, cb_clock_get_now_us (self->clock));

  gtk_label_set_label (self->label, text);
  gtk_image_set_from_icon_name (self->icon, choose_icon (self->state));
  if (cb_words_sync_is_problem (self->state))
    gtk_widget_add_css_class (GTK_WIDGET (self), "cb-problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "cb-problem");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
cb_sync_chip_set_state (CbSyncChip *self, CbSyncState *state, CbClock *clock)
{
  g_return_if_fail (CB_IS_SYNC_CHIP (self));

  g_set_object (&self->state, state);
  g_set_object (&self->clock, clock);
  g_signal_connect_object (state, "notify", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  show_state (self);
}

static void
cb_sync_chip_dispose (GObject *object)
{
  CbSyncChip *self = CB_SYNC_CHIP (object);

  if (self->state != NULL)
    g_signal_handlers_disconnect_by_data (self->state, self);
  g_clear_object (&self->state);
  g_clear_object (&self->clock);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_SYNC_CHIP);

  G_OBJECT_CLASS (cb_sync_chip_parent_class)->dispose (object);
}

static void
cb_sync_chip_class_init (CbSyncChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_sync_chip_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-sync-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, CbSyncChip, icon);
  gtk_widget_class_bind_template_child (widget_class, CbSyncChip, label);
}

static void
cb_sync_chip_init (CbSyncChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_sync_chip_new (void)
{
  return g_object_new (CB_TYPE_SYNC_CHIP, NULL);
}
