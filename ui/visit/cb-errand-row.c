/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-errand-row.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-errand-words.h"
#include "shell/cb-messages.h"
#include "shell/cb-words.h"
#include "widgets/cb-aside-layout.h"
#include "widgets/cb-wrap-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbErrandRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkButton *open;
  GtkLabel *name;
  GtkLabel *kind;
  GtkLabel *what;
  GtkLabel *when;
  GtkWidget *acts;
  GtkWidget *arrived;
  GtkWidget *tell;
  GtkWidget *broken;
  GtkButton *done;

  CbErrand *errand;
};

enum
{
  SIGNAL_OPENED,
  SIGNAL_MOVED,
  SIGNAL_TELL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbErrandRow, cb_errand_row, GTK_TYPE_WIDGET)

CbErrand *
cb_errand_row_get_errand (CbErrandRow *self)
{
  g_return_val_if_fail (CB_IS_ERRAND_ROW (self), NULL);

  return self->errand;
}

static void
on_open (CbErrandRow *self)
{
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

static void
move (CbErrandRow *self, CbMatterState state)
{
  g_signal_emit (self, signals[SIGNAL_MOVED], 0, (int) state);
}

static void
on_arrived (CbErrandRow *self)
{
  move (self, CB_MATTER_READY);
}

static void
on_tell (CbErrandRow *self)
{
  g_signal_emit (self, signals[SIGNAL_TELL], 0);
}

static void
on_broken (CbErrandRow *self)
{
  move (self, CB_MATTER_BROKEN);
}

static void
on_done (CbErrandRow *self)
{
  move (self, CB_MATTER_DONE);
}

/* Each button says whose it is, to those who do not see the row. */
static void
name_button (GtkWidget *button, const char *label, const char *who)
{
  /* Translators: what a button does, and for whom: a name. */
  g_autofree char *text = g_strdup_printf (_ ("%s: %s"), label, who);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
show_acts (CbErrandRow *self, CbMatter *matter, const char *who)
{
  CbMatterState state;
  gboolean is_promise;

  gtk_widget_set_visible (self->acts, matter != NULL);
  if (matter == NULL)
    return;
  state = cb_matter_get_fields (matter)->state;
  is_promise = cb_matter_get_fields (matter)->kind == CB_MATTER_PROMISE;
  gtk_widget_set_visible (self->arrived,
                          !is_promise && (state == CB_MATTER_OPEN || state == CB_MATTER_IN_HAND));
  gtk_widget_set_visible (self->tell, state == CB_MATTER_READY);
  gtk_widget_set_visible (self->broken, is_promise);
  gtk_button_set_label (self->done, is_promise ? _ ("Kept") : _ ("Done"));
  name_button (self->arrived, _ ("It is here"), who);
  name_button (self->tell, _ ("Tell them"), who);
  name_button (self->broken, _ ("Not kept"), who);
  name_button (GTK_WIDGET (self->done), gtk_button_get_label (self->done), who);
}

static void
show (CbErrandRow *self, gint64 now_us)
{
  const CbErrandFields *fields = cb_errand_get_fields (self->errand);
  const char *name =
    *fields->customer_name != '\0' ? fields->customer_name : cb_messages_for_no_name (FALSE);
  g_autofree char *who = cb_words_dup_isolated (name);
  g_autofree char *kind = cb_errand_words_dup_kind (self->errand);
  g_autofree char *what = cb_errand_words_dup_what (self->errand);
  g_autofree char *when = cb_errand_words_dup_when (self->errand, now_us);

  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->kind, kind);
  gtk_label_set_label (self->what, what);
  gtk_label_set_label (self->when, when);
  if (cb_errand_words_is_late (self->errand, now_us))
    gtk_widget_add_css_class (GTK_WIDGET (self->when), "cb-late-day");
  name_button (GTK_WIDGET (self->open), _ ("Open the record"), who);
  show_acts (self, fields->matter, who);
}

static void
cb_errand_row_dispose (GObject *object)
{
  g_clear_object (&CB_ERRAND_ROW (object)->errand);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_ERRAND_ROW);

  G_OBJECT_CLASS (cb_errand_row_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-errand-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, open);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, name);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, kind);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, what);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, when);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, acts);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, arrived);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, tell);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, broken);
  gtk_widget_class_bind_template_child (widget_class, CbErrandRow, done);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_arrived);
  gtk_widget_class_bind_template_callback (widget_class, on_tell);
  gtk_widget_class_bind_template_callback (widget_class, on_broken);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
}

static void
cb_errand_row_class_init (CbErrandRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_errand_row_dispose;
  g_type_ensure (CB_TYPE_ASIDE_LAYOUT);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);
  signals[SIGNAL_OPENED] =
    g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MOVED] = g_signal_new ("moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_TELL] =
    g_signal_new ("tell", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-errand-row");
}

static void
cb_errand_row_init (CbErrandRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_errand_row_new (CbErrand *errand, gint64 now_us)
{
  CbErrandRow *self = g_object_new (CB_TYPE_ERRAND_ROW, NULL);

  self->errand = g_object_ref (errand);
  show (self, now_us);
  return GTK_WIDGET (self);
}
