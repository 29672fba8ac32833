/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-found-row.h"

#include "shell/cb-messages.h"
#include "shell/cb-words.h"
#include "widgets/cb-wrapping.h"

struct _CbFoundRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *name;
  GtkLabel *matched;
  GtkLabel *detail;
};

typedef enum
{
  PROP_FOUND = 1,
} CbFoundRowProperty;

static GParamSpec *props[PROP_FOUND + 1];

G_DEFINE_FINAL_TYPE (CbFoundRow, cb_found_row, GTK_TYPE_WIDGET)

static void
add_mark (PangoAttrList *attributes, PangoAttribute *attribute, CbFound *found, guint before)
{
  attribute->start_index = cb_found_get_mark_start (found) + before;
  attribute->end_index = cb_found_get_mark_end (found) + before;
  pango_attr_list_insert (attributes, attribute);
}

/* Underlined and bold: never by colour alone. So many bytes stand before what was found. */
static void
mark (GtkLabel *label, CbFound *found, guint before)
{
  g_autoptr (PangoAttrList) attributes = cb_wrapping_new_attributes ();

  if (cb_found_get_mark_end (found) > cb_found_get_mark_start (found))
    {
      add_mark (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD), found, before);
      add_mark (attributes, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), found, before);
    }
  gtk_label_set_attributes (label, attributes);
}

/* Apart from the row's direction: a number that begins with its + does so in Arabic too. */
static void
show_matched (CbFoundRow *self, CbFound *found)
{
  const char *matched = cb_found_get_matched (found);
  g_autofree char *isolated = cb_words_dup_isolated (matched != NULL ? matched : "");

  gtk_label_set_label (self->matched, isolated);
  gtk_widget_set_visible (GTK_WIDGET (self->matched), matched != NULL);
  if (matched != NULL)
    mark (self->matched, found, (guint) (strstr (isolated, matched) - isolated));
}

static void
set_found (CbFoundRow *self, CbFound *found)
{
  g_autoptr (PangoAttrList) unmarked = cb_wrapping_new_attributes ();
  const char *name;

  if (found == NULL)
    return;
  name = cb_found_get_name (found);
  if (*name == '\0')
    name = cb_messages_for_no_name (cb_found_is_damaged (found));
  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->detail,
                       cb_found_get_detail (found) != NULL ? cb_found_get_detail (found) : "");
  gtk_label_set_attributes (self->name, unmarked);
  show_matched (self, found);
  if (cb_found_get_matched (found) == NULL)
    mark (self->name, found, 0);
}

static void
cb_found_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((CbFoundRowProperty) id)
    {
    case PROP_FOUND:
      set_found (CB_FOUND_ROW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_found_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_FOUND_ROW);

  G_OBJECT_CLASS (cb_found_row_parent_class)->dispose (object);
}

static void
cb_found_row_class_init (CbFoundRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = cb_found_row_set_property;
  object_class->dispose = cb_found_row_dispose;

  props[PROP_FOUND] = g_param_spec_object ("found", NULL, NULL, CB_TYPE_FOUND,
                                           G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-found-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbFoundRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbFoundRow, name);
  gtk_widget_class_bind_template_child (widget_class, CbFoundRow, matched);
  gtk_widget_class_bind_template_child (widget_class, CbFoundRow, detail);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-found-row");
}

static void
cb_found_row_init (CbFoundRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}
