/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-pin-pad.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _CbPinPad
{
  GtkWidget parent_instance;

  GtkWidget *dots;
  GtkWidget *keys;

  char digits[CB_PIN_DIGITS + 1];
  guint count;
};

enum
{
  SIGNAL_COMPLETE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbPinPad, cb_pin_pad, GTK_TYPE_WIDGET)

static void
show_count (CbPinPad *self)
{
  g_autofree char *label = NULL;
  guint i = 0;

  for (GtkWidget *dot = gtk_widget_get_first_child (self->dots); dot != NULL;
       dot = gtk_widget_get_next_sibling (dot), i++)
    {
      if (i < self->count)
        gtk_widget_add_css_class (dot, "cb-filled");
      else
        gtk_widget_remove_css_class (dot, "cb-filled");
    }
  label = g_strdup_printf (_ ("%u of %u digits"), self->count, (guint) CB_PIN_DIGITS);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dots), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
add_digit (CbPinPad *self, char digit)
{
  if (self->count == CB_PIN_DIGITS)
    return;
  self->digits[self->count++] = digit;
  show_count (self);
  if (self->count == CB_PIN_DIGITS)
    g_signal_emit (self, signals[SIGNAL_COMPLETE], 0);
}

static void
take_digit_back (CbPinPad *self)
{
  if (self->count == 0)
    return;
  self->digits[--self->count] = '\0';
  show_count (self);
}

static void
on_digit_clicked (CbPinPad *self, GtkButton *key)
{
  add_digit (self, *gtk_button_get_label (key));
}

static void
on_delete_clicked (CbPinPad *self)
{
  take_digit_back (self);
}

char *
cb_pin_pad_take_pin (CbPinPad *self)
{
  char *pin;

  g_return_val_if_fail (CB_IS_PIN_PAD (self), NULL);

  pin = g_strdup (self->digits);
  cb_pin_pad_clear (self);
  return pin;
}

void
cb_pin_pad_clear (CbPinPad *self)
{
  g_return_if_fail (CB_IS_PIN_PAD (self));

  explicit_bzero (self->digits, sizeof self->digits);
  self->count = 0;
  show_count (self);
}

gboolean
cb_pin_pad_press_key (CbPinPad *self, guint keyval)
{
  int value;

  g_return_val_if_fail (CB_IS_PIN_PAD (self), FALSE);

  if (!gtk_widget_is_sensitive (GTK_WIDGET (self)))
    return FALSE;
  if (keyval == GDK_KEY_BackSpace || keyval == GDK_KEY_Delete)
    {
      take_digit_back (self);
      return TRUE;
    }
  value = g_unichar_digit_value (gdk_keyval_to_unicode (keyval));
  if (value < 0)
    return FALSE;
  add_digit (self, (char) ('0' + value));
  return TRUE;
}

static void
cb_pin_pad_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_PIN_PAD);

  G_OBJECT_CLASS (cb_pin_pad_parent_class)->dispose (object);
}

static void
cb_pin_pad_finalize (GObject *object)
{
  CbPinPad *self = CB_PIN_PAD (object);

  explicit_bzero (self->digits, sizeof self->digits);

  G_OBJECT_CLASS (cb_pin_pad_parent_class)->finalize (object);
}

static void
cb_pin_pad_class_init (CbPinPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_pin_pad_dispose;
  object_class->finalize = cb_pin_pad_finalize;

  signals[SIGNAL_COMPLETE] = g_signal_new ("complete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-pin-pad.ui");
  gtk_widget_class_bind_template_child (widget_class, CbPinPad, dots);
  gtk_widget_class_bind_template_child (widget_class, CbPinPad, keys);
  gtk_widget_class_bind_template_callback (widget_class, on_digit_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-pin-pad");
}

static void
cb_pin_pad_init (CbPinPad *self)
{
  GtkLayoutManager *layout;

  gtk_widget_init_template (GTK_WIDGET (self));
  layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);

  /* A keypad is laid out the same way in every script. */
  gtk_widget_set_direction (self->keys, GTK_TEXT_DIR_LTR);
  gtk_widget_set_direction (self->dots, GTK_TEXT_DIR_LTR);
  show_count (self);
}

GtkWidget *
cb_pin_pad_new (void)
{
  return g_object_new (CB_TYPE_PIN_PAD, NULL);
}
