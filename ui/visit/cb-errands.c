/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-errands.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-messages.h"
#include "visit/cb-errand-row.h"

/* What a day has, and what a board shows at once. */
#define TODAY_MOST 20
#define BOARD_MOST 60

struct _CbErrands
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *problem;
  GtkWidget *rows;
  GtkLabel *more;

  CbStore *store;
  gboolean is_today;
  GCancellable *listing;
};

enum
{
  SIGNAL_CUSTOMER_CHOSEN,
  SIGNAL_TELL,
  SIGNAL_LISTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbErrands, cb_errands, GTK_TYPE_WIDGET)

static void
show_problem (CbErrands *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

/* --- one tap --- */

static void
on_move_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbErrands) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbMatter) moved = cb_store_move_request_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  show_problem (self, moved == NULL ? cb_messages_for (error, CB_DURING_CHANGE) : NULL);
  cb_errands_read (self);
}

static void
on_row_moved (CbErrands *self, int state, CbErrandRow *row)
{
  CbMatter *matter = cb_errand_get_fields (cb_errand_row_get_errand (row))->matter;

  gtk_widget_set_sensitive (GTK_WIDGET (row), FALSE);
  cb_store_move_request_async (self->store, cb_matter_get_fields (matter)->id,
                               (CbMatterState) state, CB_CHANNEL_NONE, NULL, on_move_done,
                               g_object_ref (self));
}

static void
on_row_opened (CbErrands *self, CbErrandRow *row)
{
  g_signal_emit (self, signals[SIGNAL_CUSTOMER_CHOSEN], 0,
                 cb_errand_get_fields (cb_errand_row_get_errand (row))->customer_id);
}

static void
on_row_tell (CbErrands *self, CbErrandRow *row)
{
  g_signal_emit (self, signals[SIGNAL_TELL], 0, cb_errand_row_get_errand (row));
}

/* --- reading --- */

static void
remove_rows (CbErrands *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->rows)) != NULL)
    gtk_box_remove (GTK_BOX (self->rows), row);
}

static void
show_errands (CbErrands *self, GPtrArray *errands)
{
  gint64 now_us = cb_clock_get_now_us (cb_store_get_clock (self->store));
  guint most = self->is_today ? TODAY_MOST : BOARD_MOST;

  remove_rows (self);
  for (guint i = 0; i < MIN (errands->len, most); i++)
    {
      GtkWidget *row = cb_errand_row_new (g_ptr_array_index (errands, i), now_us);

      g_signal_connect_object (row, "opened", G_CALLBACK (on_row_opened), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (row, "moved", G_CALLBACK (on_row_moved), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (row, "tell", G_CALLBACK (on_row_tell), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (self->rows), row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->more), errands->len > most);
  g_signal_emit (self, signals[SIGNAL_LISTED], 0, MIN (errands->len, most));
}

static void
on_list_errands_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) errands = cb_store_list_errands_finish (CB_STORE (source), result, &error);
  CbErrands *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (errands != NULL)
    {
      show_errands (self, errands);
      return;
    }
  remove_rows (self);
  show_problem (self, cb_messages_for (error, CB_DURING_READ));
  g_signal_emit (self, signals[SIGNAL_LISTED], 0, 1);
}

static void
stop (CbErrands *self)
{
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
}

/* The board is for who serves; the others have no list. */
static gboolean
may_read (CbErrands *self)
{
  CbStaff *actor = self->store != NULL ? cb_store_get_actor (self->store) : NULL;

  return actor != NULL && (cb_staff_get_role (actor) == CB_ROLE_ASSOCIATE ||
                           cb_staff_get_role (actor) == CB_ROLE_MANAGER);
}

void
cb_errands_read (CbErrands *self)
{
  g_return_if_fail (CB_IS_ERRANDS (self));

  stop (self);
  if (!may_read (self))
    return;
  self->listing = g_cancellable_new ();
  cb_store_list_errands_async (self->store, self->is_today,
                               (self->is_today ? TODAY_MOST : BOARD_MOST) + 1, self->listing,
                               on_list_errands_done, self);
}

void
cb_errands_clear (CbErrands *self)
{
  g_return_if_fail (CB_IS_ERRANDS (self));

  stop (self);
  show_problem (self, NULL);
  remove_rows (self);
}

static void
on_store_changed (CbErrands *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    cb_errands_read (self);
}

void
cb_errands_set_store (CbErrands *self, CbStore *store, gboolean today)
{
  g_return_if_fail (CB_IS_ERRANDS (self));

  self->store = g_object_ref (store);
  self->is_today = today;
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
cb_errands_dispose (GObject *object)
{
  CbErrands *self = CB_ERRANDS (object);

  stop (self);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_ERRANDS);

  G_OBJECT_CLASS (cb_errands_parent_class)->dispose (object);
}

static void
cb_errands_class_init (CbErrandsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_errands_dispose;
  signals[SIGNAL_CUSTOMER_CHOSEN] = g_signal_new ("customer-chosen", type, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TELL] = g_signal_new ("tell", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, CB_TYPE_ERRAND);
  signals[SIGNAL_LISTED] = g_signal_new ("listed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-errands.ui");
  gtk_widget_class_bind_template_child (widget_class, CbErrands, content);
  gtk_widget_class_bind_template_child (widget_class, CbErrands, problem);
  gtk_widget_class_bind_template_child (widget_class, CbErrands, rows);
  gtk_widget_class_bind_template_child (widget_class, CbErrands, more);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-errands");
}

static void
cb_errands_init (CbErrands *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
