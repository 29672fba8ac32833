/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-cover-page.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-messages.h"
#include "shell/cb-pin-pad.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-column-layout.h"
#include "widgets/cb-page-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbCoverPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *thanks;
  GtkLabel *back_words;
  GtkLabel *prompt;
  GtkLabel *message;
  CbPinPad *pad;

  CbStore *store;
  gboolean is_checking;
};

enum
{
  SIGNAL_RESUMED,
  SIGNAL_BACK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbCoverPage, cb_cover_page, GTK_TYPE_WIDGET)

static void
show_message (CbCoverPage *self, const char *text, gboolean is_problem)
{
  gtk_label_set_label (self->message, text);
  if (is_problem)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "cb-problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "cb-problem");
}

void
cb_cover_page_show (CbCoverPage *self, const char *thanks, const char *back)
{
  CbStaff *actor;

  g_return_if_fail (CB_IS_COVER_PAGE (self));

  actor = cb_store_get_actor (self->store);
  gtk_label_set_label (self->thanks, thanks);
  gtk_label_set_label (self->back_words, back);
  gtk_label_set_label (self->prompt, actor != NULL ? cb_staff_get_name (actor) : "");
  show_message (self, _ ("Enter your PIN to go on"), FALSE);
  cb_pin_pad_clear (self->pad);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_sign_in_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbCoverPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  guint tries_left = 0;
  gint64 wait_us = 0;
  g_autoptr (CbStaff) actor =
    cb_store_sign_in_finish (CB_STORE (source), result, &tries_left, &wait_us, &error);

  self->is_checking = FALSE;
  if (self->store == NULL)
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->pad), TRUE);
  if (actor != NULL)
    {
      g_signal_emit (self, signals[SIGNAL_RESUMED], 0);
      return;
    }
  message = cb_messages_dup_sign_in (error, tries_left, wait_us);
  show_message (self, message, TRUE);
}

static void
on_pin_complete (CbCoverPage *self)
{
  CbStaff *actor = cb_store_get_actor (self->store);

  if (actor == NULL || self->is_checking)
    return;
  self->is_checking = TRUE;
  show_message (self, _ ("One moment"), FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pad), FALSE);
  cb_store_sign_in_async (self->store, cb_staff_get_id (actor), cb_pin_pad_take_pin (self->pad),
                          NULL, on_sign_in_done, g_object_ref (self));
}

static void
on_back_clicked (CbCoverPage *self)
{
  cb_pin_pad_clear (self->pad);
  g_signal_emit (self, signals[SIGNAL_BACK], 0);
}

static gboolean
on_key_pressed (CbCoverPage *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  return cb_pin_pad_press_key (self->pad, keyval);
}

static void
cb_cover_page_dispose (GObject *object)
{
  g_clear_object (&CB_COVER_PAGE (object)->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_COVER_PAGE);

  G_OBJECT_CLASS (cb_cover_page_parent_class)->dispose (object);
}

static guint
add_signal (gpointer klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
cb_cover_page_class_init (CbCoverPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_cover_page_dispose;
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_COLUMN_LAYOUT);
  g_type_ensure (CB_TYPE_PIN_PAD);
  signals[SIGNAL_RESUMED] = add_signal (klass, "resumed");
  signals[SIGNAL_BACK] = add_signal (klass, "back");

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-cover-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCoverPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbCoverPage, thanks);
  gtk_widget_class_bind_template_child (widget_class, CbCoverPage, back_words);
  gtk_widget_class_bind_template_child (widget_class, CbCoverPage, prompt);
  gtk_widget_class_bind_template_child (widget_class, CbCoverPage, message);
  gtk_widget_class_bind_template_child (widget_class, CbCoverPage, pad);
  gtk_widget_class_bind_template_callback (widget_class, on_pin_complete);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-cover-page");
}

static void
cb_cover_page_init (CbCoverPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_cover_page_new (CbStore *store)
{
  CbCoverPage *self = g_object_new (CB_TYPE_COVER_PAGE, NULL);

  self->store = g_object_ref (store);
  return GTK_WIDGET (self);
}
