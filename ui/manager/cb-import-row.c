/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-import-row.h"

#include <glib/gi18n-lib.h>

#include "manager/cb-import-words.h"
#include "shell/cb-words.h"
#include "widgets/cb-wrapping.h"

struct _CbImportRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *number;
  GtkLabel *name;
  GtkLabel *values;
  GtkLabel *fate;
};

G_DEFINE_FINAL_TYPE (CbImportRow, cb_import_row, GTK_TYPE_WIDGET)

static char *
join_values (CbImportLine *line)
{
  const char *const *values = cb_import_line_get_values (line);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) isolated = NULL;

  for (guint i = 0; values[i] != NULL; i++)
    {
      g_autofree char *one = cb_words_dup_isolated (values[i]);

      g_strv_builder_add (builder, one);
    }
  isolated = g_strv_builder_end (builder);
  return g_strjoinv (" · ", isolated);
}

static const char *
fate_words (CbFate fate)
{
  switch (fate)
    {
    case CB_FATE_ADDED:
      return _ ("new");
    case CB_FATE_MERGED:
      return _ ("here already");
    case CB_FATE_REJECTED:
      return _ ("left out");
    }
  g_return_val_if_reached (NULL);
}

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

void
cb_import_row_set_line (CbImportRow *self, CbImportLine *line)
{
  g_autofree char *number = NULL;
  g_autofree char *values = NULL;
  gboolean is_rejected;

  g_return_if_fail (CB_IS_IMPORT_ROW (self));

  is_rejected = cb_import_line_get_fate (line) == CB_FATE_REJECTED;
  number = cb_import_words_dup_line (cb_import_line_get_line (line));
  values = join_values (line);
  gtk_label_set_label (self->number, number);
  show_text (self->name, is_rejected ? cb_import_words_reason (cb_import_line_get_reason (line))
                                     : cb_import_line_get_name (line));
  show_text (self->values, values);
  gtk_label_set_label (self->fate, fate_words (cb_import_line_get_fate (line)));
}

static void
cb_import_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_IMPORT_ROW);

  G_OBJECT_CLASS (cb_import_row_parent_class)->dispose (object);
}

static void
cb_import_row_class_init (CbImportRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_import_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-import-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbImportRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbImportRow, number);
  gtk_widget_class_bind_template_child (widget_class, CbImportRow, name);
  gtk_widget_class_bind_template_child (widget_class, CbImportRow, values);
  gtk_widget_class_bind_template_child (widget_class, CbImportRow, fate);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-import-row");
}

static void
cb_import_row_init (CbImportRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_import_row_new (gboolean shows_fate)
{
  CbImportRow *self = g_object_new (CB_TYPE_IMPORT_ROW, NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->fate), shows_fate);
  return GTK_WIDGET (self);
}
