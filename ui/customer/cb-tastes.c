/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-tastes.h"

#include "customer/cb-preference-row.h"

struct _CbTastes
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkStack *stack;
  GtkListView *view;

  CbClock *clock;
  GListStore *preferences;
};

enum
{
  SIGNAL_EDIT,
  SIGNAL_CONFIRM,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbTastes, cb_tastes, GTK_TYPE_WIDGET)

static int
compare_preferences (gconstpointer a, gconstpointer b)
{
  CbPreference *one = *(CbPreference *const *) a;
  CbPreference *other = *(CbPreference *const *) b;
  gint64 one_us = cb_preference_get_confirmed_us (one);
  gint64 other_us = cb_preference_get_confirmed_us (other);

  if (cb_preference_get_facet (one) != cb_preference_get_facet (other))
    return (int) cb_preference_get_facet (one) - (int) cb_preference_get_facet (other);
  return one_us > other_us ? -1 : one_us < other_us;
}

void
cb_tastes_set_preferences (CbTastes *self, GPtrArray *preferences)
{
  g_autoptr (GPtrArray) sorted = NULL;

  g_return_if_fail (CB_IS_TASTES (self));

  sorted = g_ptr_array_sized_new (preferences->len);
  for (guint i = 0; i < preferences->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (preferences, i));
  g_ptr_array_sort (sorted, compare_preferences);
  g_list_store_splice (self->preferences, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (self->preferences)), sorted->pdata,
                       sorted->len);
  gtk_stack_set_visible_child_name (self->stack, sorted->len > 0 ? "tastes" : "none");
}

static void
on_row_confirmed (GtkListItem *item, CbPreferenceRow *row)
{
  GtkWidget *self = gtk_widget_get_ancestor (GTK_WIDGET (row), CB_TYPE_TASTES);

  if (self != NULL && gtk_list_item_get_item (item) != NULL)
    g_signal_emit (self, signals[SIGNAL_CONFIRM], 0, gtk_list_item_get_item (item));
}

static void
on_setup (CbTastes *self, GtkListItem *item)
{
  GtkWidget *row = cb_preference_row_new ();

  g_signal_connect_object (row, "confirmed", G_CALLBACK (on_row_confirmed), item,
                           G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (CbTastes *self, GtkListItem *item)
{
  cb_preference_row_set_preference (CB_PREFERENCE_ROW (gtk_list_item_get_child (item)),
                                    gtk_list_item_get_item (item),
                                    cb_clock_get_now_us (self->clock));
}

static void
on_unbind (CbTastes *self, GtkListItem *item)
{
  cb_preference_row_set_preference (CB_PREFERENCE_ROW (gtk_list_item_get_child (item)), NULL, 0);
}

static void
on_add_clicked (CbTastes *self)
{
  g_signal_emit (self, signals[SIGNAL_EDIT], 0, NULL);
}

static void
on_activated (CbTastes *self, guint position)
{
  g_autoptr (CbPreference) preference =
    g_list_model_get_item (G_LIST_MODEL (self->preferences), position);

  if (preference != NULL)
    g_signal_emit (self, signals[SIGNAL_EDIT], 0, preference);
}

void
cb_tastes_clear (CbTastes *self)
{
  g_return_if_fail (CB_IS_TASTES (self));

  g_list_store_remove_all (self->preferences);
}

void
cb_tastes_set_clock (CbTastes *self, CbClock *clock)
{
  g_return_if_fail (CB_IS_TASTES (self));

  g_set_object (&self->clock, clock);
}

static void
cb_tastes_dispose (GObject *object)
{
  CbTastes *self = CB_TASTES (object);

  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
  g_clear_object (&self->preferences);
  g_clear_object (&self->clock);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_TASTES);

  G_OBJECT_CLASS (cb_tastes_parent_class)->dispose (object);
}

static void
cb_tastes_class_init (CbTastesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_tastes_dispose;

  signals[SIGNAL_EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, CB_TYPE_PREFERENCE);
  signals[SIGNAL_CONFIRM] = g_signal_new ("confirm", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, CB_TYPE_PREFERENCE);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-tastes.ui");
  gtk_widget_class_bind_template_child (widget_class, CbTastes, content);
  gtk_widget_class_bind_template_child (widget_class, CbTastes, stack);
  gtk_widget_class_bind_template_child (widget_class, CbTastes, view);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
cb_tastes_init (CbTastes *self)
{
  g_autoptr (GtkSelectionModel) unselectable = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->preferences = g_list_store_new (CB_TYPE_PREFERENCE);
  unselectable =
    GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->preferences))));
  gtk_list_view_set_model (self->view, unselectable);
}

GtkWidget *
cb_tastes_new (void)
{
  return g_object_new (CB_TYPE_TASTES, NULL);
}
