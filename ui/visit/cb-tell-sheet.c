/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-tell-sheet.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-errand-words.h"
#include "shell/cb-messages.h"
#include "shell/cb-words.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbTellSheet
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *who;
  GtkLabel *what;
  GtkLabel *problem;
  GtkWidget *ways;

  CbStore *store;
  CbErrand *errand;
  GCancellable *listing;
};

enum
{
  SIGNAL_TOLD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbTellSheet, cb_tell_sheet, GTK_TYPE_WIDGET)

static void
show_problem (CbTellSheet *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

/* --- told --- */

static void
on_move_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbTellSheet) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbMatter) moved = cb_store_move_request_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  gtk_widget_set_sensitive (self->ways, TRUE);
  if (moved == NULL)
    show_problem (self, cb_messages_for (error, CB_DURING_CHANGE));
  else
    g_signal_emit (self, signals[SIGNAL_TOLD], 0);
}

static void
tell (CbTellSheet *self, CbChannel channel)
{
  CbMatter *matter = cb_errand_get_fields (self->errand)->matter;

  gtk_widget_set_sensitive (self->ways, FALSE);
  show_problem (self, NULL);
  cb_store_move_request_async (self->store, cb_matter_get_fields (matter)->id, CB_MATTER_TOLD,
                               channel, NULL, on_move_done, g_object_ref (self));
}

static void
on_here_clicked (CbTellSheet *self)
{
  tell (self, CB_CHANNEL_NONE);
}

static void
on_way_clicked (CbTellSheet *self, GtkWidget *button)
{
  tell (self, (CbChannel) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "cb-channel")));
}

/* --- the ways --- */

static const char *
told_words (CbChannel channel)
{
  switch (channel)
    {
    case CB_CHANNEL_NONE:
      return _ ("Told them here");
    case CB_CHANNEL_EMAIL:
      return _ ("Wrote an email");
    case CB_CHANNEL_SMS:
      return _ ("Sent a text");
    case CB_CHANNEL_PHONE:
      return _ ("Rang them");
    case CB_CHANNEL_POST:
      return _ ("Wrote a letter");
    case CB_CHANNEL_MESSENGER:
      return _ ("Wrote by messenger");
    }
  g_return_val_if_reached (NULL);
}

static void
add_way (CbTellSheet *self, CbPermission *way, gint64 now_us)
{
  CbChannel channel = cb_permission_get_channel (way);
  g_autofree char *verdict = cb_words_dup_verdict (way, now_us);
  g_autofree char *text = NULL;
  GtkWidget *child;

  if (cb_permission_is_allowed (way))
    {
      child = gtk_button_new_with_label (told_words (channel));
      g_object_set_data (G_OBJECT (child), "cb-channel", GUINT_TO_POINTER (channel));
      g_signal_connect_object (child, "clicked", G_CALLBACK (on_way_clicked), self,
                               G_CONNECT_SWAPPED);
    }
  else
    {
      /* Translators: a way such as "Email", and why nobody may be told by it. */
      text = g_strdup_printf (_ ("%s: %s"), cb_words_channel (channel), verdict);
      child = gtk_label_new (text);
      gtk_widget_add_css_class (child, "cb-quiet");
      gtk_label_set_wrap (GTK_LABEL (child), TRUE);
      gtk_label_set_xalign (GTK_LABEL (child), 0.0f);
    }
  gtk_box_append (GTK_BOX (self->ways), child);
}

/* What is permitted first: the rest is read when somebody wonders. */
static void
show_ways (CbTellSheet *self, GPtrArray *ways)
{
  gint64 now_us = cb_clock_get_now_us (cb_store_get_clock (self->store));

  for (guint pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < ways->len; i++)
        {
          CbPermission *way = g_ptr_array_index (ways, i);

          if (cb_permission_is_allowed (way) == (pass == 0))
            add_way (self, way, now_us);
        }
    }
}

static void
on_list_ways_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ways = cb_store_list_ways_finish (CB_STORE (source), result, &error);
  CbTellSheet *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (ways == NULL)
    show_problem (self, cb_messages_for (error, CB_DURING_READ));
  else
    show_ways (self, ways);
}

/* --- the type --- */

static void
cb_tell_sheet_dispose (GObject *object)
{
  CbTellSheet *self = CB_TELL_SHEET (object);

  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  g_clear_object (&self->errand);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_TELL_SHEET);

  G_OBJECT_CLASS (cb_tell_sheet_parent_class)->dispose (object);
}

static void
cb_tell_sheet_class_init (CbTellSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_tell_sheet_dispose;
  signals[SIGNAL_TOLD] = g_signal_new ("told", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-tell-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, CbTellSheet, content);
  gtk_widget_class_bind_template_child (widget_class, CbTellSheet, who);
  gtk_widget_class_bind_template_child (widget_class, CbTellSheet, what);
  gtk_widget_class_bind_template_child (widget_class, CbTellSheet, problem);
  gtk_widget_class_bind_template_child (widget_class, CbTellSheet, ways);
  gtk_widget_class_bind_template_callback (widget_class, on_here_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-tell-sheet");
}

static void
cb_tell_sheet_init (CbTellSheet *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_tell_sheet_new (CbStore *store, CbErrand *errand)
{
  CbTellSheet *self = g_object_new (CB_TYPE_TELL_SHEET, NULL);
  const CbErrandFields *fields = cb_errand_get_fields (errand);
  g_autofree char *what = cb_errand_words_dup_what (errand);

  self->store = g_object_ref (store);
  self->errand = g_object_ref (errand);
  gtk_label_set_label (self->who, fields->customer_name);
  gtk_label_set_label (self->what, what);
  self->listing = g_cancellable_new ();
  cb_store_list_ways_async (store, fields->customer_id, self->listing, on_list_ways_done, self);
  return GTK_WIDGET (self);
}
