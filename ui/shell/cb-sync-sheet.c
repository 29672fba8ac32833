/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-sync-sheet.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-messages.h"
#include "shell/cb-outbox-row.h"
#include "shell/cb-words.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"

struct _CbSyncSheet
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *contact;
  GtkLabel *counts;
  GtkStack *stack;
  GtkListView *list;
  CbEmptyState *empty;

  CbStore *store;
  GListStore *items;
  GCancellable *listing;
};

G_DEFINE_FINAL_TYPE (CbSyncSheet, cb_sync_sheet, GTK_TYPE_WIDGET)

/* What needs a person stands first, what stays here last. */
static int
rank (CbOutboxItem *item)
{
  switch (cb_outbox_item_get_state (item))
    {
    case CB_DELIVERY_PARKED:
      return 0;
    case CB_DELIVERY_WAITING:
    case CB_DELIVERY_SENT:
      return 1;
    case CB_DELIVERY_HELD:
    case CB_DELIVERY_LOCAL:
    case CB_DELIVERY_ACCEPTED:
      return 2;
    }
  g_return_val_if_reached (2);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  CbOutboxItem *one = *(CbOutboxItem *const *) a;
  CbOutboxItem *other = *(CbOutboxItem *const *) b;
  gint64 one_us = cb_outbox_item_get_created_us (one);
  gint64 other_us = cb_outbox_item_get_created_us (other);
  int apart = rank (one) - rank (other);

  if (apart != 0)
    return apart;
  return one_us < other_us ? -1 : one_us > other_us;
}

static void
on_setup (CbSyncSheet *self, GtkListItem *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, cb_outbox_row_new ());
}

static void
on_bind (CbSyncSheet *self, GtkListItem *item)
{
  cb_outbox_row_set_item (CB_OUTBOX_ROW (gtk_list_item_get_child (item)),
                          gtk_list_item_get_item (item),
                          cb_clock_get_now_us (cb_store_get_clock (self->store)));
}

static void
on_list_outbox_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = cb_store_list_outbox_finish (CB_STORE (source), result, &error);
  CbSyncSheet *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (found == NULL)
    {
      cb_empty_state_set (self->empty, "cb-attention-symbolic", _ ("The list could not be read"),
                          cb_messages_for (error, CB_DURING_READ), _ ("Try again"));
      gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }
  g_ptr_array_sort (found, compare_items);
  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)),
                       found->pdata, found->len);
  if (found->len == 0)
    cb_empty_state_set (self->empty, "cb-check-symbolic", _ ("Nothing is on its way"),
                        _ ("What a customer agrees to share appears here until head office has "
                           "confirmed it."),
                        NULL);
  gtk_stack_set_visible_child_name (self->stack, found->len > 0 ? "list" : "empty");
}

static void
read_outbox (CbSyncSheet *self)
{
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  self->listing = g_cancellable_new ();
  cb_store_list_outbox_async (self->store, self->listing, on_list_outbox_done, self);
}

static void
on_state_changed (CbSyncSheet *self)
{
  CbSyncState *state = cb_store_get_sync_state (self->store);
  gint64 now_us = cb_clock_get_now_us (cb_store_get_clock (self->store));
  g_autofree char *contact = cb_words_dup_contact (state, now_us);
  g_autofree char *counts =
    g_strdup_printf (_ ("Waiting %u · stays here %u · refused %u · confirmed %u"),
                     cb_sync_state_get_waiting (state), cb_sync_state_get_held (state),
                     cb_sync_state_get_parked (state), cb_sync_state_get_accepted (state));

  gtk_label_set_label (self->contact, contact);
  gtk_label_set_label (self->counts, counts);
  read_outbox (self);
}

static void
cb_sync_sheet_dispose (GObject *object)
{
  CbSyncSheet *self = CB_SYNC_SHEET (object);

  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->items);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_SYNC_SHEET);

  G_OBJECT_CLASS (cb_sync_sheet_parent_class)->dispose (object);
}

static void
cb_sync_sheet_class_init (CbSyncSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_sync_sheet_dispose;
  g_type_ensure (CB_TYPE_EMPTY_STATE);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-sync-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, content);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, contact);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, counts);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, stack);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, list);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, empty);
  gtk_widget_class_bind_template_callback (widget_class, read_outbox);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-sync-sheet");
}

static void
cb_sync_sheet_init (CbSyncSheet *self)
{
  g_autoptr (GtkSelectionModel) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->items = g_list_store_new (CB_TYPE_OUTBOX_ITEM);
  selection =
    GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->items))));
  gtk_list_view_set_model (self->list, selection);
}

GtkWidget *
cb_sync_sheet_new (CbStore *store)
{
  CbSyncSheet *self = g_object_new (CB_TYPE_SYNC_SHEET, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (cb_store_get_sync_state (store), "notify", G_CALLBACK (on_state_changed),
                           self, G_CONNECT_SWAPPED);
  on_state_changed (self);
  return GTK_WIDGET (self);
}
