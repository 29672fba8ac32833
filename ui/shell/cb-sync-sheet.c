/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-sync-sheet.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-conflict-view.h"
#include "shell/cb-messages.h"
#include "shell/cb-outbox-row.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"
#include "widgets/cb-aside-layout.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"

struct _CbSyncSheet
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *contact;
  GtkWidget *about;
  GtkLabel *counts;
  GtkLabel *problem;
  GtkWidget *retry_all;
  GtkStack *stack;
  GtkListView *list;
  GtkLabel *more;
  CbEmptyState *empty;
  CbConflictView *conflict;

  CbStore *store;
  GListStore *items;
  GCancellable *listing;
  gboolean is_stale; /* something changed while the list was being read */
  char *asked_about; /* the operation whose row asks; NULL when none does */
  char *compared;    /* the operation whose two readings are shown; NULL when the list is */
  const char *what;  /* in words; static */
};

G_DEFINE_FINAL_TYPE (CbSyncSheet, cb_sync_sheet, GTK_TYPE_WIDGET)

static CbRole
get_role (CbSyncSheet *self)
{
  CbStaff *actor = cb_store_get_actor (self->store);

  return actor != NULL ? cb_staff_get_role (actor) : CB_ROLE_ASSOCIATE;
}

/* --- what is done about a refusal --- */

static void
show_problem (CbSyncSheet *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

static void
on_retry_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbSyncSheet) self = user_data;
  g_autoptr (GError) error = NULL;

  const gboolean done = cb_store_retry_finish (CB_STORE (source), result, &error);

  /* The sheet was closed meanwhile. */
  if (self->store == NULL)
    return;
  if (!done)
    show_problem (self, cb_messages_for (error, CB_DURING_CHANGE));
  /* What was asked for is done at once, not when a timer comes round. */
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "app.sync-now", NULL);
}

static void
on_discard_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbSyncSheet) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cb_store_discard_finish (CB_STORE (source), result, &error) && self->store != NULL)
    show_problem (self, cb_messages_for (error, CB_DURING_CHANGE));
}

static void
on_retry_all (CbSyncSheet *self)
{
  show_problem (self, NULL);
  cb_store_retry_async (self->store, NULL, NULL, on_retry_done, g_object_ref (self));
}

static void
on_row_retry (CbSyncSheet *self, CbOutboxRow *row)
{
  show_problem (self, NULL);
  cb_store_retry_async (self->store, cb_outbox_item_get_id (cb_outbox_row_get_item (row)), NULL,
                        on_retry_done, g_object_ref (self));
}

static void
on_row_asked (CbSyncSheet *self, CbOutboxRow *row)
{
  g_free (self->asked_about);
  self->asked_about = g_strdup (cb_outbox_item_get_id (cb_outbox_row_get_item (row)));
  cb_outbox_row_set_asking (row, TRUE);
}

static void
on_row_taken_back (CbSyncSheet *self, CbOutboxRow *row)
{
  g_clear_pointer (&self->asked_about, g_free);
  cb_outbox_row_set_asking (row, FALSE);
}

static void
on_row_discard (CbSyncSheet *self, CbOutboxRow *row)
{
  g_clear_pointer (&self->asked_about, g_free);
  show_problem (self, NULL);
  cb_store_discard_async (self->store, cb_outbox_item_get_id (cb_outbox_row_get_item (row)), NULL,
                          on_discard_done, g_object_ref (self));
}

/* --- two readings --- */

static void
show_list (CbSyncSheet *self)
{
  g_clear_pointer (&self->compared, g_free);
  cb_conflict_view_set (self->conflict, NULL, NULL, 0);
  gtk_widget_set_visible (self->about, TRUE);
  gtk_stack_set_visible_child_name (
    self->stack, g_list_model_get_n_items (G_LIST_MODEL (self->items)) > 0 ? "list" : "empty");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
on_conflict_left (CbSyncSheet *self)
{
  show_list (self);
}

static void
on_load_conflict_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbSyncSheet) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbConflict) conflict =
    cb_store_load_conflict_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  if (conflict == NULL)
    {
      show_problem (self, cb_messages_for (error, CB_DURING_READ));
      return;
    }
  g_free (self->compared);
  self->compared = g_strdup (conflict->op_id);
  /* One thing at a time: what is to be read needs the room. */
  gtk_widget_set_visible (self->about, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "conflict");
  cb_conflict_view_set (self->conflict, conflict, self->what,
                        cb_clock_get_now_us (cb_store_get_clock (self->store)));
}

static void
on_row_compare (CbSyncSheet *self, CbOutboxRow *row)
{
  CbOutboxItem *item = cb_outbox_row_get_item (row);

  show_problem (self, NULL);
  self->what = cb_words_operation (item);
  cb_store_load_conflict_async (self->store, cb_outbox_item_get_id (item), NULL,
                                on_load_conflict_done, g_object_ref (self));
}

static void
on_resolve_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbSyncSheet) self = user_data;
  g_autoptr (GError) error = NULL;
  const gboolean is_done = cb_store_resolve_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  if (is_done)
    {
      show_list (self);
      gtk_widget_activate_action (GTK_WIDGET (self), "app.sync-now", NULL);
      return;
    }
  cb_conflict_view_set_busy (self->conflict, FALSE);
  cb_conflict_view_show_problem (self->conflict, cb_messages_for (error, CB_DURING_CHANGE));
}

static void
on_chosen (CbSyncSheet *self, guint keep)
{
  if (self->compared == NULL)
    return;
  cb_conflict_view_set_busy (self->conflict, TRUE);
  cb_conflict_view_show_problem (self->conflict, NULL);
  cb_store_resolve_async (self->store, self->compared, (CbKeep) keep, NULL, on_resolve_done,
                          g_object_ref (self));
}

/* --- rows --- */

static void
on_setup (CbSyncSheet *self, GtkListItem *item)
{
  GtkWidget *row = cb_outbox_row_new ();

  g_signal_connect_object (row, "retry", G_CALLBACK (on_row_retry), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "compare", G_CALLBACK (on_row_compare), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "asked", G_CALLBACK (on_row_asked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "taken-back", G_CALLBACK (on_row_taken_back), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "discard", G_CALLBACK (on_row_discard), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (CbSyncSheet *self, GtkListItem *list_item)
{
  CbOutboxRow *row = CB_OUTBOX_ROW (gtk_list_item_get_child (list_item));
  CbOutboxItem *item = gtk_list_item_get_item (list_item);

  cb_outbox_row_set_item (row, item, get_role (self),
                          cb_clock_get_now_us (cb_store_get_clock (self->store)));
  cb_outbox_row_set_asking (row, g_strcmp0 (self->asked_about, cb_outbox_item_get_id (item)) == 0);
}

static gboolean
is_same (CbOutboxItem *one, CbOutboxItem *other)
{
  return g_str_equal (cb_outbox_item_get_id (one), cb_outbox_item_get_id (other)) &&
         cb_outbox_item_get_state (one) == cb_outbox_item_get_state (other) &&
         cb_outbox_item_get_verdict (one) == cb_outbox_item_get_verdict (other) &&
         cb_outbox_item_is_choice (one) == cb_outbox_item_is_choice (other) &&
         g_strcmp0 (cb_outbox_item_get_code (one), cb_outbox_item_get_code (other)) == 0;
}

static gboolean
is_same_at (CbSyncSheet *self, guint position, CbOutboxItem *item)
{
  g_autoptr (CbOutboxItem) old = g_list_model_get_item (G_LIST_MODEL (self->items), position);

  return is_same (old, item);
}

/* Only the span that changed: rows that stay keep their place, their focus and their question. */
static void
replace_items (CbSyncSheet *self, GPtrArray *found)
{
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  guint n_new = found->len;
  guint from = 0;

  while (from < n_old && from < n_new && is_same_at (self, from, g_ptr_array_index (found, from)))
    from++;
  while (n_old > from && n_new > from &&
         is_same_at (self, n_old - 1, g_ptr_array_index (found, n_new - 1)))
    {
      n_old--;
      n_new--;
    }
  if (n_old > from || n_new > from)
    g_list_store_splice (self->items, from, n_old - from, found->pdata + from, n_new - from);
}

static void
show_how_many_more (CbSyncSheet *self)
{
  CbSyncState *state = cb_store_get_sync_state (self->store);
  const guint all = cb_sync_state_get_waiting (state) + cb_sync_state_get_held (state) +
                    cb_sync_state_get_parked (state);
  const guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  const gboolean is_cut = shown >= CB_STORE_OUTBOX_SHOWN && all > shown;

  if (is_cut)
    {
      g_autofree char *text =
        g_strdup_printf (ngettext ("and %u more", "and %u more", all - shown), all - shown);

      gtk_label_set_label (self->more, text);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->more), is_cut);
}

static void read_outbox (CbSyncSheet *self);

static void
on_list_outbox_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = cb_store_list_outbox_finish (CB_STORE (source), result, &error);
  CbSyncSheet *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->listing);
  if (found == NULL)
    {
      cb_empty_state_set (self->empty, "cb-attention-symbolic", _ ("The list could not be read"),
                          cb_messages_for (error, CB_DURING_READ), _ ("Try again"));
      gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }
  replace_items (self, found);
  if (found->len == 0)
    cb_empty_state_set (self->empty, "cb-check-symbolic", _ ("Nothing is on its way"),
                        _ ("What a customer agrees to share appears here until head office has "
                           "confirmed it."),
                        NULL);
  /* Whoever compares goes on comparing while the list changes behind it. */
  if (self->compared == NULL)
    gtk_stack_set_visible_child_name (self->stack, found->len > 0 ? "list" : "empty");
  show_how_many_more (self);
  if (self->is_stale)
    read_outbox (self);
}

/* One reading at a time: while a long queue is sent the counts change many times a second. */
static void
read_outbox (CbSyncSheet *self)
{
  self->is_stale = self->listing != NULL;
  if (self->is_stale)
    return;
  self->listing = g_cancellable_new ();
  cb_store_list_outbox_async (self->store, self->listing, on_list_outbox_done, self);
}

static char *
dup_waiting (CbSyncState *state, gint64 now_us)
{
  const guint n = cb_sync_state_get_waiting (state);
  const gint64 oldest_us = cb_sync_state_get_oldest_us (state);
  g_autofree char *since = NULL;

  if (n == 0 || oldest_us == 0)
    return g_strdup_printf (_ ("Waiting %u"), n);
  since = cb_when_dup_short (oldest_us, now_us);
  /* Translators: how many wait, and the time or day since when the oldest does. */
  return g_strdup_printf (_ ("Waiting %u, the oldest since %s"), n, since);
}

static void
on_state_changed (CbSyncSheet *self)
{
  CbSyncState *state = cb_store_get_sync_state (self->store);
  gint64 now_us = cb_clock_get_now_us (cb_store_get_clock (self->store));
  g_autofree char *contact = cb_words_dup_contact (state, now_us);
  g_autofree char *waiting = dup_waiting (state, now_us);
  /* Translators: the first is "Waiting 12, the oldest since 10:42". */
  g_autofree char *counts = g_strdup_printf (
    _ ("%s · stays here %u · refused %u · confirmed %u"), waiting, cb_sync_state_get_held (state),
    cb_sync_state_get_parked (state), cb_sync_state_get_accepted (state));

  gtk_label_set_label (self->contact, contact);
  gtk_label_set_label (self->counts, counts);
  gtk_widget_set_visible (self->retry_all, cb_sync_state_get_parked (state) > 1 &&
                                             get_role (self) != CB_ROLE_ASSOCIATE);
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
  g_clear_pointer (&self->asked_about, g_free);
  g_clear_pointer (&self->compared, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_SYNC_SHEET);

  G_OBJECT_CLASS (cb_sync_sheet_parent_class)->dispose (object);
}

static void
cb_sync_sheet_class_init (CbSyncSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_sync_sheet_dispose;
  g_type_ensure (CB_TYPE_ASIDE_LAYOUT);
  g_type_ensure (CB_TYPE_CONFLICT_VIEW);
  g_type_ensure (CB_TYPE_EMPTY_STATE);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-sync-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, content);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, contact);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, about);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, counts);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, problem);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, retry_all);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, stack);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, list);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, more);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, empty);
  gtk_widget_class_bind_template_child (widget_class, CbSyncSheet, conflict);
  gtk_widget_class_bind_template_callback (widget_class, read_outbox);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_all);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_conflict_left);
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
