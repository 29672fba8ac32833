/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-outbox-row.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-when.h"
#include "shell/cb-words.h"

struct _CbOutboxRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *reason;
  GtkLabel *when;
};

G_DEFINE_FINAL_TYPE (CbOutboxRow, cb_outbox_row, GTK_TYPE_WIDGET)

static const char *
choose_icon (CbOutboxItem *item)
{
  switch (cb_outbox_item_get_state (item))
    {
    case CB_DELIVERY_PARKED:
      return "cb-attention-symbolic";
    case CB_DELIVERY_HELD:
    case CB_DELIVERY_LOCAL:
      return "cb-home-symbolic";
    case CB_DELIVERY_ACCEPTED:
      return "cb-check-symbolic";
    case CB_DELIVERY_WAITING:
    case CB_DELIVERY_SENT:
      return "cb-clock-symbolic";
    }
  g_return_val_if_reached (NULL);
}

static const char *
state_words (CbOutboxItem *item)
{
  switch (cb_outbox_item_get_state (item))
    {
    case CB_DELIVERY_PARKED:
      return _ ("refused");
    case CB_DELIVERY_HELD:
    case CB_DELIVERY_LOCAL:
      return _ ("stays here for now");
    case CB_DELIVERY_ACCEPTED:
      return _ ("sent");
    case CB_DELIVERY_WAITING:
      return _ ("waiting to send");
    case CB_DELIVERY_SENT:
      return _ ("sent, not yet confirmed");
    }
  g_return_val_if_reached (NULL);
}

static char *
dup_reason (CbOutboxItem *item)
{
  g_autofree char *reason = cb_words_dup_reason (item);

  if (cb_outbox_item_get_state (item) != CB_DELIVERY_PARKED)
    return g_steal_pointer (&reason);
  return g_strdup_printf (_ ("Head office refused it (%s). Nothing is lost. A manager can look at "
                             "it."),
                          cb_outbox_item_get_code (item) != NULL ? cb_outbox_item_get_code (item)
                                                                 : _ ("no reason given"));
}

void
cb_outbox_row_set_item (CbOutboxRow *self, CbOutboxItem *item, gint64 now_us)
{
  g_autofree char *title = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *when = NULL;

  g_return_if_fail (CB_IS_OUTBOX_ROW (self));
  g_return_if_fail (CB_IS_OUTBOX_ITEM (item));

  /* Translators: what an operation carries, and where it is on its way. */
  title = g_strdup_printf (_ ("%s · %s"), cb_words_operation (item), state_words (item));
  reason = dup_reason (item);
  when = cb_when_dup_short (cb_outbox_item_get_created_us (item), now_us);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->reason, reason);
  gtk_label_set_label (self->when, when);
  gtk_image_set_from_icon_name (self->icon, choose_icon (item));
}

static void
cb_outbox_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_OUTBOX_ROW);

  G_OBJECT_CLASS (cb_outbox_row_parent_class)->dispose (object);
}

static void
cb_outbox_row_class_init (CbOutboxRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_outbox_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-outbox-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, title);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, reason);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, when);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-outbox-row");
}

static void
cb_outbox_row_init (CbOutboxRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_outbox_row_new (void)
{
  return g_object_new (CB_TYPE_OUTBOX_ROW, NULL);
}
