/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-field.h"

struct _CbField
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *caption;
  GtkEntry *entry;
  GtkLabel *hint;

  char *hint_text;
};

typedef enum
{
  PROP_CAPTION = 1,
  PROP_PLACEHOLDER,
  PROP_HINT,
  PROP_PURPOSE,
} CbFieldProperty;

enum
{
  SIGNAL_CHANGED,
  SIGNAL_ACTIVATE,
  N_SIGNALS,
};

static GParamSpec *props[PROP_PURPOSE + 1];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbField, cb_field, GTK_TYPE_WIDGET)

static void
show_hint (CbField *self, const char *text, gboolean is_error)
{
  gtk_label_set_label (self->hint, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint), text != NULL);
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self), "cb-problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "cb-problem");
  gtk_accessible_update_state (
    GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
    is_error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
on_entry_changed (CbField *self)
{
  cb_field_set_error (self, NULL);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_entry_activate (CbField *self)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0);
}

const char *
cb_field_get_text (CbField *self)
{
  g_return_val_if_fail (CB_IS_FIELD (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

char *
cb_field_dup_text (CbField *self)
{
  g_autofree char *text = g_strstrip (g_strdup (cb_field_get_text (self)));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/* Turned off, undo forgets; a field that never had it goes without. */
static void
replace_text (GtkEditable *editable, const char *text)
{
  gboolean had_undo = gtk_editable_get_enable_undo (editable);

  gtk_editable_set_enable_undo (editable, FALSE);
  gtk_editable_set_text (editable, text);
  gtk_editable_set_enable_undo (editable, had_undo);
}

void
cb_field_set_text (CbField *self, const char *text)
{
  g_return_if_fail (CB_IS_FIELD (self));

  replace_text (GTK_EDITABLE (self->entry), text != NULL ? text : "");
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}

void
cb_field_set_error (CbField *self, const char *error)
{
  g_return_if_fail (CB_IS_FIELD (self));

  show_hint (self, error != NULL ? error : self->hint_text, error != NULL);
}

void
cb_field_reset (CbField *self)
{
  g_return_if_fail (CB_IS_FIELD (self));

  cb_field_reset_editable (GTK_EDITABLE (self->entry));
  cb_field_set_error (self, NULL);
}

void
cb_field_reset_editable (GtkEditable *editable)
{
  replace_text (editable, "");
}

static gboolean
cb_field_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CB_FIELD (widget)->entry));
}

static void
set_caption (CbField *self, const char *caption)
{
  gtk_label_set_label (self->caption, caption != NULL ? caption : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  caption != NULL ? caption : "", -1);
}

/* A number whose groups stand in the order of right-to-left text is another number. */
static void
set_direction (CbField *self, GtkInputPurpose purpose)
{
  gboolean is_left_to_right =
    purpose == GTK_INPUT_PURPOSE_PHONE || purpose == GTK_INPUT_PURPOSE_EMAIL;

  gtk_widget_set_direction (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))),
                            is_left_to_right ? GTK_TEXT_DIR_LTR : GTK_TEXT_DIR_NONE);
}

static void
cb_field_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CbField *self = CB_FIELD (object);

  switch ((CbFieldProperty) id)
    {
    case PROP_CAPTION:
      set_caption (self, g_value_get_string (value));
      break;
    case PROP_PLACEHOLDER:
      gtk_entry_set_placeholder_text (self->entry, g_value_get_string (value));
      break;
    case PROP_HINT:
      g_free (self->hint_text);
      self->hint_text = g_value_dup_string (value);
      show_hint (self, self->hint_text, FALSE);
      break;
    case PROP_PURPOSE:
      gtk_entry_set_input_purpose (self->entry, g_value_get_enum (value));
      set_direction (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_field_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_FIELD);

  G_OBJECT_CLASS (cb_field_parent_class)->dispose (object);
}

static void
cb_field_finalize (GObject *object)
{
  g_clear_pointer (&CB_FIELD (object)->hint_text, g_free);

  G_OBJECT_CLASS (cb_field_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  props[PROP_CAPTION] = g_param_spec_string ("caption", NULL, NULL, NULL, flags);
  props[PROP_PLACEHOLDER] = g_param_spec_string ("placeholder", NULL, NULL, NULL, flags);
  props[PROP_HINT] = g_param_spec_string ("hint", NULL, NULL, NULL, flags);
  props[PROP_PURPOSE] = g_param_spec_enum ("purpose", NULL, NULL, GTK_TYPE_INPUT_PURPOSE,
                                           GTK_INPUT_PURPOSE_FREE_FORM, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static guint
add_signal (GObjectClass *object_class, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (object_class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                       NULL, G_TYPE_NONE, 0);
}

static void
cb_field_class_init (CbFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = cb_field_set_property;
  object_class->dispose = cb_field_dispose;
  object_class->finalize = cb_field_finalize;
  widget_class->grab_focus = cb_field_grab_focus;

  install_properties (object_class);
  signals[SIGNAL_CHANGED] = add_signal (object_class, "changed");
  signals[SIGNAL_ACTIVATE] = add_signal (object_class, "activate");

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-field.ui");
  gtk_widget_class_bind_template_child (widget_class, CbField, content);
  gtk_widget_class_bind_template_child (widget_class, CbField, caption);
  gtk_widget_class_bind_template_child (widget_class, CbField, entry);
  gtk_widget_class_bind_template_child (widget_class, CbField, hint);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-field");
}

static void
cb_field_init (CbField *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_field_new (void)
{
  return g_object_new (CB_TYPE_FIELD, NULL);
}
