/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-outbox-row.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-outbox-words.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"
#include "widgets/cb-wrapping.h"

struct _CbOutboxRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *reason;
  GtkLabel *advice;
  GtkLabel *when;
  GtkWidget *choices;
  GtkWidget *retry;
  GtkWidget *compare;
  GtkWidget *keep;
  GtkWidget *question;
  GtkWidget *back;

  CbOutboxItem *item;
  gboolean may_choose;
};

enum
{
  SIGNAL_RETRY,
  SIGNAL_COMPARE,
  SIGNAL_ASKED,
  SIGNAL_TAKEN_BACK,
  SIGNAL_DISCARD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

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

static void
on_retry (CbOutboxRow *self)
{
  g_signal_emit (self, signals[SIGNAL_RETRY], 0);
}

static void
on_compare (CbOutboxRow *self)
{
  g_signal_emit (self, signals[SIGNAL_COMPARE], 0);
}

static void
on_keep (CbOutboxRow *self)
{
  g_signal_emit (self, signals[SIGNAL_ASKED], 0);
  /* What changes nothing is nearest to hand. */
  gtk_widget_grab_focus (self->back);
}

static void
on_back (CbOutboxRow *self)
{
  g_signal_emit (self, signals[SIGNAL_TAKEN_BACK], 0);
  gtk_widget_grab_focus (self->keep);
}

static void
on_discard (CbOutboxRow *self)
{
  g_signal_emit (self, signals[SIGNAL_DISCARD], 0);
}

/* As the store has it: who may not is told who may. */
static void
show_choices (CbOutboxRow *self, CbRole role)
{
  const gboolean can_retry = cb_outbox_words_can_retry (self->item);
  const gboolean can_compare = cb_outbox_words_can_compare (self->item);
  const gboolean can_keep = cb_outbox_words_can_discard (self->item);
  const char *advice = cb_outbox_words_advice (self->item);
  const gboolean is_refused = advice != NULL;

  gtk_widget_set_visible (self->retry, can_retry && role != CB_ROLE_ASSOCIATE);
  gtk_widget_set_visible (self->compare,
                          can_compare && (role == CB_ROLE_MANAGER || role == CB_ROLE_PRIVACY));
  gtk_widget_set_visible (self->keep, can_keep && role == CB_ROLE_MANAGER);
  self->may_choose = gtk_widget_get_visible (self->retry) ||
                     gtk_widget_get_visible (self->compare) || gtk_widget_get_visible (self->keep);
  if (is_refused && !self->may_choose)
    advice = _ ("Nothing is lost. A manager decides what becomes of it.");
  gtk_label_set_label (self->advice, is_refused ? advice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->advice), is_refused);
}

void
cb_outbox_row_set_item (CbOutboxRow *self, CbOutboxItem *item, CbRole role, gint64 now_us)
{
  g_autofree char *title = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *when = NULL;

  g_return_if_fail (CB_IS_OUTBOX_ROW (self));
  g_return_if_fail (CB_IS_OUTBOX_ITEM (item));

  g_set_object (&self->item, item);
  /* Translators: what an operation carries, and where it is on its way. */
  title = g_strdup_printf (_ ("%s · %s"), cb_words_operation (item), cb_outbox_words_state (item));
  reason = cb_outbox_words_dup_why (item, now_us);
  when = cb_when_dup_short (cb_outbox_item_get_created_us (item), now_us);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->reason, reason);
  gtk_label_set_label (self->when, when);
  gtk_image_set_from_icon_name (self->icon, choose_icon (item));
  show_choices (self, role);
  cb_outbox_row_set_asking (self, FALSE);
}

CbOutboxItem *
cb_outbox_row_get_item (CbOutboxRow *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ROW (self), NULL);

  return self->item;
}

void
cb_outbox_row_set_asking (CbOutboxRow *self, gboolean is_asking)
{
  g_return_if_fail (CB_IS_OUTBOX_ROW (self));

  gtk_widget_set_visible (self->choices, self->may_choose && !is_asking);
  gtk_widget_set_visible (self->question, self->may_choose && is_asking);
}

static void
cb_outbox_row_dispose (GObject *object)
{
  CbOutboxRow *self = CB_OUTBOX_ROW (object);

  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_OUTBOX_ROW);

  G_OBJECT_CLASS (cb_outbox_row_parent_class)->dispose (object);
}

static void
install_signals (GType type)
{
  static const char *const names[] = {
    [SIGNAL_RETRY] = "retry",           [SIGNAL_COMPARE] = "compare", [SIGNAL_ASKED] = "asked",
    [SIGNAL_TAKEN_BACK] = "taken-back", [SIGNAL_DISCARD] = "discard",
  };

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] =
      g_signal_new (names[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cb_outbox_row_class_init (CbOutboxRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_outbox_row_dispose;
  install_signals (G_TYPE_FROM_CLASS (klass));

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-outbox-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, title);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, reason);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, advice);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, when);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, choices);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, retry);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, compare);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, keep);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, question);
  gtk_widget_class_bind_template_child (widget_class, CbOutboxRow, back);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_compare);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-outbox-row");
}

static void
cb_outbox_row_init (CbOutboxRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_outbox_row_new (void)
{
  return g_object_new (CB_TYPE_OUTBOX_ROW, NULL);
}
