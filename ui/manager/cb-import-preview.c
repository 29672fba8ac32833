/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-import-preview.h"

#include <glib/gi18n-lib.h>

#include "manager/cb-import-row.h"
#include "manager/cb-import-words.h"
#include "shell/cb-when.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-column-layout.h"
#include "widgets/cb-wrapping.h"

static const struct
{
  const char *basis;
  const char *label;
} bases[] = {
  { NULL, N_ ("Not said") },
  { "consent", N_ ("They agreed") },
  { "contract", N_ ("A contract") },
  { "legitimate-interest", N_ ("Legitimate interest") },
};

static const guint months[] = { 3, 6, 12 };

struct _CbImportPreview
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkAdjustment *scrolled;
  GtkLabel *file;
  GtkLabel *counts;
  GtkLabel *not_asked;
  GtkWidget *samples_heading;
  GtkWidget *samples;
  GtkLabel *more;
  GtkWidget *choices;
  GtkLabel *until;
  GtkWidget *accept;

  CbChoice *basis;
  CbChoice *keep;
  gint64 now_us;
};

enum
{
  SIGNAL_ACCEPTED,
  SIGNAL_ANOTHER,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbImportPreview, cb_import_preview, GTK_TYPE_WIDGET)

/* --- how it is kept --- */

static gint64
get_keep_until_us (CbImportPreview *self)
{
  guint chosen = cb_choice_get_selected (self->keep);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (self->now_us / CB_US_PER_SECOND);
  g_autoptr (GDateTime) day = NULL;

  if (chosen == CB_CHOICE_NONE)
    return 0;
  day = g_date_time_add_months (now, (int) months[chosen]);
  return cb_clock_day_end_us (g_date_time_to_unix (day) * CB_US_PER_SECOND, 0);
}

void
cb_import_preview_fill (CbImportPreview *self, CbImportOptions *options)
{
  guint basis;

  g_return_if_fail (CB_IS_IMPORT_PREVIEW (self));

  basis = cb_choice_get_selected (self->basis);
  options->basis = basis != CB_CHOICE_NONE ? bases[basis].basis : NULL;
  options->keep_until_us = get_keep_until_us (self);
}

static void
on_keep_changed (CbImportPreview *self)
{
  g_autofree char *day = NULL;
  g_autofree char *text = NULL;

  if (self->now_us == 0)
    return;
  day = cb_when_dup_last_day (get_keep_until_us (self), self->now_us);
  text = g_strdup_printf (_ ("Who has not agreed by then is forgotten: last day %s."), day);
  gtk_label_set_label (self->until, text);
}

/* --- what was understood --- */

static void
show_samples (CbImportPreview *self, const CbImportProgress *progress)
{
  GtkWidget *row;
  g_autofree char *number = NULL;
  g_autofree char *more = NULL;

  while ((row = gtk_widget_get_first_child (self->samples)) != NULL)
    gtk_box_remove (GTK_BOX (self->samples), row);
  for (guint i = 0; i < progress->samples->len; i++)
    {
      row = cb_import_row_new (TRUE);
      cb_import_row_set_line (CB_IMPORT_ROW (row), g_ptr_array_index (progress->samples, i));
      gtk_box_append (GTK_BOX (self->samples), row);
    }
  gtk_widget_set_visible (self->samples_heading, progress->samples->len > 0);
  number = cb_import_words_dup_number (progress->n_read - progress->samples->len);
  more = g_strdup_printf (_ ("and %s more"), number);
  gtk_label_set_label (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), progress->n_read > progress->samples->len);
}

static void
show_not_asked (CbImportPreview *self, const CbImportProgress *progress)
{
  g_autofree char *number = cb_import_words_dup_number (progress->n_not_asked);
  g_autofree char *text = g_strdup_printf (
    _ ("Rows that say yes: %s. A yes comes from the customer alone, so they count as not asked."),
    number);

  gtk_label_set_label (self->not_asked, text);
  gtk_widget_set_visible (GTK_WIDGET (self->not_asked), progress->n_not_asked > 0);
}

void
cb_import_preview_show (CbImportPreview *self,
                        const CbImportProgress *progress,
                        const char *file_name,
                        gboolean is_optouts,
                        gint64 now_us)
{
  g_autofree char *counts = NULL;

  g_return_if_fail (CB_IS_IMPORT_PREVIEW (self));

  self->now_us = now_us;
  gtk_adjustment_set_value (self->scrolled, 0);
  counts = cb_import_words_dup_before (progress, is_optouts);
  gtk_label_set_label (self->file, file_name);
  gtk_label_set_label (self->counts,
                       progress->n_read > 0 ? counts : _ ("There is no entry in this file."));
  show_not_asked (self, progress);
  show_samples (self, progress);
  gtk_widget_set_visible (self->choices, !is_optouts);
  gtk_widget_set_visible (GTK_WIDGET (self->until), !is_optouts);
  gtk_widget_set_sensitive (self->accept, progress->n_added + progress->n_merged > 0);
  on_keep_changed (self);
}

static void
on_accept_clicked (CbImportPreview *self)
{
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0);
}

static void
on_another_clicked (CbImportPreview *self)
{
  g_signal_emit (self, signals[SIGNAL_ANOTHER], 0);
}

static CbChoice *
add_choice (CbImportPreview *self, const char *caption)
{
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *heading = gtk_label_new (caption);
  GtkWidget *choice = cb_choice_new (caption);

  gtk_widget_add_css_class (group, "cb-group");
  gtk_widget_add_css_class (heading, "cb-heading");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_box_append (GTK_BOX (group), heading);
  gtk_box_append (GTK_BOX (group), choice);
  gtk_box_append (GTK_BOX (self->choices), group);
  return CB_CHOICE (choice);
}

static void
add_choices (CbImportPreview *self)
{
  self->basis = add_choice (self, _ ("On what the shop keeps them"));
  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    cb_choice_append (self->basis, _ (bases[i].label));
  cb_choice_set_selected (self->basis, 0);
  self->keep = add_choice (self, _ ("Kept, until they agree, for at most"));
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    {
      g_autofree char *label = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u month", "%u months", months[i]), months[i]);

      cb_choice_append (self->keep, label);
    }
  cb_choice_set_selected (self->keep, G_N_ELEMENTS (months) - 1);
  g_signal_connect_object (self->keep, "notify::selected", G_CALLBACK (on_keep_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
cb_import_preview_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_IMPORT_PREVIEW);

  G_OBJECT_CLASS (cb_import_preview_parent_class)->dispose (object);
}

static void
cb_import_preview_class_init (CbImportPreviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_import_preview_dispose;

  signals[SIGNAL_ACCEPTED] = g_signal_new ("accepted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ANOTHER] = g_signal_new ("another", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CB_TYPE_COLUMN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-import-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, content);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, scrolled);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, file);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, counts);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, not_asked);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, samples_heading);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, samples);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, more);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, choices);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, until);
  gtk_widget_class_bind_template_child (widget_class, CbImportPreview, accept);
  gtk_widget_class_bind_template_callback (widget_class, on_accept_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_another_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-import-preview");
}

static void
cb_import_preview_init (CbImportPreview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  add_choices (self);
}
