/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-choice.h"

#include "widgets/cb-wrap-layout.h"

struct _CbChoice
{
  GtkWidget parent_instance;

  GPtrArray *pills; /* of GtkToggleButton, borrowed from the widget tree */
  guint selected;
};

typedef enum
{
  PROP_SELECTED = 1,
  PROP_LABEL,
} CbChoiceProperty;

static GParamSpec *props[PROP_LABEL + 1];

G_DEFINE_FINAL_TYPE (CbChoice, cb_choice, GTK_TYPE_WIDGET)

static void
on_pill_toggled (GtkToggleButton *pill, CbChoice *self)
{
  guint index;

  if (!gtk_toggle_button_get_active (pill) || !g_ptr_array_find (self->pills, pill, &index))
    return;
  self->selected = index;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}

void
cb_choice_append (CbChoice *self, const char *label)
{
  GtkWidget *pill = gtk_toggle_button_new_with_label (label);

  g_return_if_fail (CB_IS_CHOICE (self));

  gtk_widget_add_css_class (pill, "cb-pill");
  if (self->pills->len > 0)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (pill), g_ptr_array_index (self->pills, 0));
  gtk_widget_set_parent (pill, GTK_WIDGET (self));
  g_ptr_array_add (self->pills, pill);
  g_signal_connect_object (pill, "toggled", G_CALLBACK (on_pill_toggled), self, 0);
}

guint
cb_choice_get_selected (CbChoice *self)
{
  g_return_val_if_fail (CB_IS_CHOICE (self), CB_CHOICE_NONE);

  return self->selected;
}

void
cb_choice_set_selected (CbChoice *self, guint selected)
{
  g_return_if_fail (CB_IS_CHOICE (self));

  if (selected < self->pills->len)
    {
      gtk_toggle_button_set_active (g_ptr_array_index (self->pills, selected), TRUE);
      return;
    }
  self->selected = CB_CHOICE_NONE;
  for (guint i = 0; i < self->pills->len; i++)
    gtk_toggle_button_set_active (g_ptr_array_index (self->pills, i), FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}

/* The focus goes to the pill that is chosen, so that the arrow keys start from there. */
static gboolean
cb_choice_grab_focus (GtkWidget *widget)
{
  CbChoice *self = CB_CHOICE (widget);

  if (self->pills->len == 0)
    return FALSE;
  return gtk_widget_grab_focus (
    g_ptr_array_index (self->pills, self->selected < self->pills->len ? self->selected : 0));
}

static void
cb_choice_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CbChoice *self = CB_CHOICE (object);

  switch ((CbChoiceProperty) id)
    {
    case PROP_SELECTED:
      g_value_set_uint (value, self->selected);
      break;
    case PROP_LABEL:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_choice_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CbChoice *self = CB_CHOICE (object);

  switch ((CbChoiceProperty) id)
    {
    case PROP_SELECTED:
      cb_choice_set_selected (self, g_value_get_uint (value));
      break;
    case PROP_LABEL:
      if (g_value_get_string (value) != NULL)
        gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        g_value_get_string (value), -1);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_choice_dispose (GObject *object)
{
  CbChoice *self = CB_CHOICE (object);
  GtkWidget *child;

  g_ptr_array_set_size (self->pills, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (cb_choice_parent_class)->dispose (object);
}

static void
cb_choice_finalize (GObject *object)
{
  g_clear_pointer (&CB_CHOICE (object)->pills, g_ptr_array_unref);

  G_OBJECT_CLASS (cb_choice_parent_class)->finalize (object);
}

static void
cb_choice_class_init (CbChoiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = cb_choice_get_property;
  object_class->set_property = cb_choice_set_property;
  object_class->dispose = cb_choice_dispose;
  object_class->finalize = cb_choice_finalize;
  widget_class->grab_focus = cb_choice_grab_focus;

  props[PROP_SELECTED] =
    g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, CB_CHOICE_NONE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_LABEL] =
    g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);

  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "cb-choice");
}

static void
cb_choice_init (CbChoice *self)
{
  self->pills = g_ptr_array_new ();
  self->selected = CB_CHOICE_NONE;
}

GtkWidget *
cb_choice_new (const char *label)
{
  return g_object_new (CB_TYPE_CHOICE, "label", label, NULL);
}
