/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "turned/cb-record-row.h"

#include "shell/cb-words.h"
#include "turned/cb-turned-words.h"
#include "vault/cb-seal.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-wrapping.h"

/* Wide enough for most labels in any of the languages; the others wrap. */
#define LABEL_EMS 11.0

/* As wide as the cards. */
#define PAGE_EMS 46.0

struct _CbRecordRow
{
  GtkWidget parent_instance;

  GtkWidget *lines;
  CbRecordItem *item;
};

G_DEFINE_FINAL_TYPE (CbRecordRow, cb_record_row, GTK_TYPE_WIDGET)

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  cb_wrapping_follow_label (GTK_LABEL (label));
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add (CbRecordRow *self, GtkWidget *widget)
{
  gtk_box_append (GTK_BOX (self->lines), widget);
}

static void
add_heading (CbRecordRow *self, const char *text)
{
  GtkWidget *heading = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING,
                                     "label", text, "xalign", 0.0, NULL);

  cb_wrapping_follow_label (GTK_LABEL (heading));
  gtk_accessible_update_property (GTK_ACCESSIBLE (heading), GTK_ACCESSIBLE_PROPERTY_LEVEL, 2, -1);
  gtk_widget_add_css_class (heading, "cb-record-heading");
  add (self, heading);
}

/* As wide as the one above it, whatever stands in it. */
static GtkWidget *
new_label_column (const char *text)
{
  GtkWidget *column = g_object_new (GTK_TYPE_BOX, "layout-manager",
                                    g_object_new (CB_TYPE_CLAMP_LAYOUT, "maximum", LABEL_EMS, NULL),
                                    "valign", GTK_ALIGN_START, NULL);

  gtk_box_append (GTK_BOX (column), new_label (text, "cb-record-label"));
  return column;
}

/* A date is no word of any direction, and keeps its order. */
static void
add_pair (CbRecordRow *self, const CbPagePart *part)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  g_autofree char *name = cb_words_dup_isolated (part->label);
  char *text = cb_words_dup_isolated (part->text);
  GtkWidget *value = new_label (text, NULL);

  cb_text_wipe (text);
  gtk_widget_set_valign (value, GTK_ALIGN_START);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (line, "cb-record-pair");
  gtk_box_append (GTK_BOX (line), new_label_column (name));
  gtk_box_append (GTK_BOX (line), value);
  add (self, line);
}

static void
add_part (CbRecordRow *self, const CbPagePart *part)
{
  switch (part->kind)
    {
    case CB_PAGE_HEADING:
      add_heading (self, part->text);
      break;
    case CB_PAGE_ENTRY:
      if (part->text != NULL)
        add (self, new_label (part->text, "cb-strong"));
      break;
    case CB_PAGE_SAY:
      add (self, new_label (part->text, NULL));
      break;
    case CB_PAGE_SAID:
      add (self, new_label (part->text, "cb-record-said"));
      break;
    case CB_PAGE_PAIR:
      add_pair (self, part);
      break;
    case CB_PAGE_END:
      break;
    }
}

static void
add_parts (CbRecordRow *self)
{
  guint n_parts;
  const CbPagePart *const *parts = cb_record_item_get_parts (self->item, &n_parts);

  for (guint i = 0; i < n_parts; i++)
    add_part (self, parts[i]);
  if (parts[0]->kind == CB_PAGE_ENTRY)
    gtk_widget_add_css_class (GTK_WIDGET (self), "cb-record-entry");
}

static void
empty (CbRecordRow *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->lines)) != NULL)
    gtk_box_remove (GTK_BOX (self->lines), child);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "cb-record-entry");
}

static void
on_uncover_clicked (CbRecordRow *self)
{
  cb_record_item_uncover (self->item);
  empty (self);
  add_parts (self);
}

static void
add_cover (CbRecordRow *self, const char *language)
{
  GtkWidget *button = gtk_button_new_with_label (cb_turned_words (CB_TURNED_VEILED, language));

  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), TRUE);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_uncover_clicked), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (GTK_WIDGET (self), "cb-record-entry");
  add (self, button);
}

void
cb_record_row_set_item (CbRecordRow *self, CbRecordItem *item, const char *language)
{
  g_return_if_fail (CB_IS_RECORD_ROW (self));

  empty (self);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  if (cb_record_item_is_covered (item))
    add_cover (self, language);
  else
    add_parts (self);
}

static void
cb_record_row_dispose (GObject *object)
{
  CbRecordRow *self = CB_RECORD_ROW (object);

  g_clear_object (&self->item);
  g_clear_pointer (&self->lines, gtk_widget_unparent);

  G_OBJECT_CLASS (cb_record_row_parent_class)->dispose (object);
}

static void
cb_record_row_class_init (CbRecordRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_record_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-record-row");
}

static void
cb_record_row_init (CbRecordRow *self)
{
  g_object_set (gtk_widget_get_layout_manager (GTK_WIDGET (self)), "maximum", PAGE_EMS, NULL);
  self->lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (self->lines, "cb-record-lines");
  gtk_widget_set_parent (self->lines, GTK_WIDGET (self));
}

GtkWidget *
cb_record_row_new (void)
{
  return g_object_new (CB_TYPE_RECORD_ROW, NULL);
}
