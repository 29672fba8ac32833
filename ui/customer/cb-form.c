/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-form.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "shell/cb-messages.h"
#include "widgets/cb-clamp-layout.h"

typedef struct
{
  CbBanner *banner; /* of the template */
  GtkWidget *save;  /* of the template */
  CbStore *store;
  CbDraftShelf *shelf;
  CbStaff *author;
  char *customer_id;
  CbUnsaved *unsaved; /* what is being saved */
  gboolean is_saving;
} CbFormPrivate;

enum
{
  SIGNAL_SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CbForm, cb_form, GTK_TYPE_WIDGET)

static CbFormPrivate *
get_private (CbForm *self)
{
  return cb_form_get_instance_private (self);
}

void
cb_form_set_parts (CbForm *self, CbBanner *banner, GtkWidget *save)
{
  CbFormPrivate *priv = get_private (self);

  priv->banner = banner;
  priv->save = save;
}

void
cb_form_begin (CbForm *self, CbStore *store, CbDraftShelf *shelf, const char *customer_id)
{
  CbFormPrivate *priv = get_private (self);

  g_return_if_fail (priv->store == NULL);

  priv->store = g_object_ref (store);
  priv->shelf = g_object_ref (shelf);
  priv->author = g_object_ref (cb_store_get_actor (store));
  priv->customer_id = g_strdup (customer_id);
}

gint64
cb_form_get_now_us (CbForm *self)
{
  return cb_clock_get_now_us (cb_store_get_clock (get_private (self)->store));
}

/* --- the draft --- */

static void
put_draft (CbForm *self)
{
  CbFormPrivate *priv = get_private (self);

  cb_draft_shelf_put (priv->shelf, priv->author, priv->customer_id,
                      CB_FORM_GET_CLASS (self)->build (self));
}

void
cb_form_watch_field (CbForm *self, CbField *field)
{
  g_signal_connect_object (field, "changed", G_CALLBACK (put_draft), self, G_CONNECT_SWAPPED);
}

void
cb_form_watch_choice (CbForm *self, CbChoice *choice)
{
  g_signal_connect_object (choice, "notify::selected", G_CALLBACK (put_draft), self,
                           G_CONNECT_SWAPPED);
}

/* --- saving --- */

static void
on_send_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbForm) self = user_data;
  CbFormPrivate *priv = get_private (self);
  g_autoptr (GError) error = NULL;
  gboolean is_saved = CB_FORM_GET_CLASS (self)->receive (CB_STORE (source), result, &error);

  priv->is_saving = FALSE;
  if (!is_saved)
    cb_draft_shelf_put (priv->shelf, priv->author, priv->customer_id,
                        g_steal_pointer (&priv->unsaved));
  g_clear_pointer (&priv->unsaved, cb_unsaved_free);
  if (priv->store == NULL)
    return;
  gtk_widget_set_sensitive (priv->save, TRUE);
  if (is_saved)
    g_signal_emit (self, signals[SIGNAL_SAVED], 0);
  else
    cb_banner_show (priv->banner, CB_BANNER_PROBLEM, cb_messages_for (error, CB_DURING_SAVE), NULL);
}

void
cb_form_save (CbForm *self)
{
  CbFormPrivate *priv = get_private (self);
  CbFormClass *klass = CB_FORM_GET_CLASS (self);
  g_autoptr (CbUnsaved) unsaved = NULL;
  g_autofree char *about = NULL;

  g_return_if_fail (CB_IS_FORM (self));

  if (priv->is_saving)
    return;
  cb_banner_hide (priv->banner);
  if (!klass->check (self))
    return;
  unsaved = klass->build (self);
  priv->unsaved = klass->build (self);
  about = cb_unsaved_dup_about (unsaved);
  priv->is_saving = TRUE;
  gtk_widget_set_sensitive (priv->save, FALSE);
  cb_draft_shelf_hand_over (priv->shelf, priv->author, priv->customer_id, about);
  klass->send (self, priv->store, priv->customer_id, unsaved, on_send_done, g_object_ref (self));
}

GtkWidget *
cb_form_take_action (CbForm *self)
{
  GtkWidget *save = g_object_ref (get_private (self)->save);

  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (save)), save);
  return save;
}

static gboolean
save_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  cb_form_save (CB_FORM (widget));
  return TRUE;
}

/* --- what is wrong --- */

gboolean
cb_form_refuse (CbForm *self, CbField *field, const char *why)
{
  cb_field_set_error (field, why);
  gtk_widget_grab_focus (GTK_WIDGET (field));
  return FALSE;
}

gboolean
cb_form_refuse_choice (CbForm *self, CbChoice *choice, const char *why)
{
  cb_banner_show (get_private (self)->banner, CB_BANNER_PROBLEM, why, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (choice));
  return FALSE;
}

gboolean
cb_form_check_length (CbForm *self, CbField *field, gsize most)
{
  return strlen (cb_field_get_text (field)) <= most ||
         cb_form_refuse (self, field, _ ("This is too long to be kept."));
}

/* A day, a month and a year, the month by its number or its name: what is missing GLib makes up. */
static gboolean
is_whole (const char *text)
{
  gboolean has_letters = FALSE;
  gboolean was_digit = FALSE;
  guint n_numbers = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gboolean is_digit = g_ascii_isdigit (*at);

      n_numbers += is_digit && !was_digit ? 1 : 0;
      has_letters = has_letters || g_unichar_isalpha (g_utf8_get_char (at));
      was_digit = is_digit;
    }
  return n_numbers >= (has_letters ? 2 : 3);
}

gboolean
cb_form_parse_date (const char *text, GDate *date)
{
  int year;
  int month;
  int day;
  char rest;

  g_date_clear (date, 1);
  if (sscanf (text, "%4d-%2d-%2d%c", &year, &month, &day, &rest) != 3)
    {
      if (is_whole (text))
        g_date_set_parse (date, text);
    }
  else if (year > 0 && month > 0 && day > 0 &&
           g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    g_date_set_dmy (date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return g_date_valid (date);
}

/* --- the type --- */

CbChoice *
cb_form_add_choice (GtkWidget *box, const char *label)
{
  GtkWidget *choice = cb_choice_new (label);

  gtk_box_append (GTK_BOX (box), choice);
  return CB_CHOICE (choice);
}

static void
cb_form_dispose (GObject *object)
{
  g_clear_object (&get_private (CB_FORM (object))->store);

  G_OBJECT_CLASS (cb_form_parent_class)->dispose (object);
}

static void
cb_form_finalize (GObject *object)
{
  CbFormPrivate *priv = get_private (CB_FORM (object));

  g_clear_pointer (&priv->unsaved, cb_unsaved_free);
  g_clear_object (&priv->shelf);
  g_clear_object (&priv->author);
  g_clear_pointer (&priv->customer_id, g_free);

  G_OBJECT_CLASS (cb_form_parent_class)->finalize (object);
}

static void
cb_form_class_init (CbFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_form_dispose;
  object_class->finalize = cb_form_finalize;
  g_type_ensure (CB_TYPE_BANNER);
  g_type_ensure (CB_TYPE_FIELD);

  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, save_by_key, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
}

static void
cb_form_init (CbForm *self)
{
}
