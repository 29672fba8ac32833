/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-import-result.h"

#include <glib/gi18n-lib.h>

#include "manager/cb-import-row.h"
#include "manager/cb-import-words.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbImportResult
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *title;
  GtkLabel *file;
  GtkLabel *counts;
  GtkLabel *what_next;
  GtkWidget *rejected_box;
  GtkListView *list;
  GtkWidget *copy;
  GtkLabel *rest;
  GtkWidget *delete_file;
  GtkWidget *done;

  GListStore *rejected;
  gboolean is_delete_asked;
};

enum
{
  SIGNAL_DONE,
  SIGNAL_ANOTHER,
  SIGNAL_DELETE_FILE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbImportResult, cb_import_result, GTK_TYPE_WIDGET)

/* --- the list of what was left out --- */

static void
on_setup (CbImportResult *self, GtkListItem *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, cb_import_row_new (FALSE));
}

static void
on_bind (CbImportResult *self, GtkListItem *item)
{
  cb_import_row_set_line (CB_IMPORT_ROW (gtk_list_item_get_child (item)),
                          gtk_list_item_get_item (item));
}

/* Lines and reasons: nothing of anybody. */
static void
on_copy_clicked (CbImportResult *self)
{
  GListModel *lines = G_LIST_MODEL (self->rejected);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (lines); i++)
    {
      g_autoptr (CbImportLine) line = g_list_model_get_item (lines, i);

      g_string_append_printf (text, "%" G_GUINT64_FORMAT "\t%s\n", cb_import_line_get_line (line),
                              cb_import_words_reason (cb_import_line_get_reason (line)));
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
  gtk_button_set_label (GTK_BUTTON (self->copy), _ ("Copied"));
}

/* --- the summary --- */

static const char *
choose_title (const CbImportProgress *progress, const char *trouble)
{
  if (trouble != NULL)
    return _ ("It ended before its time");
  return progress->is_whole ? _ ("It is in") : _ ("Stopped");
}

static const char *
choose_next (const CbImportProgress *progress, gboolean is_optouts, const char *trouble)
{
  if (trouble != NULL)
    return trouble;
  if (!progress->is_whole)
    return _ (
      "What was brought in so far is whole and stays. Bring the file in again to go on: "
      "nobody is added twice.");
  return is_optouts ? _ (
                        "Whoever has one of these addresses or numbers is not contacted there, "
                        "now or when they become a customer.")
                    : _ (
                        "All of it stays on this terminal. Ask each of them when they are next "
                        "here.");
}

void
cb_import_result_show (CbImportResult *self,
                       const CbImportProgress *progress,
                       const char *file_name,
                       gboolean is_optouts,
                       const char *trouble)
{
  g_autofree char *counts = NULL;
  guint n_rejected;

  g_return_if_fail (CB_IS_IMPORT_RESULT (self));

  n_rejected = progress->rejected != NULL ? progress->rejected->len : 0;
  counts = cb_import_words_dup_after (progress, is_optouts);
  gtk_label_set_label (self->title, choose_title (progress, trouble));
  gtk_label_set_label (self->file, file_name);
  gtk_label_set_label (self->counts, counts);
  gtk_label_set_label (self->what_next, choose_next (progress, is_optouts, trouble));
  gtk_button_set_label (GTK_BUTTON (self->copy), _ ("Copy the list"));
  g_list_store_splice (self->rejected, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rejected)),
                       n_rejected > 0 ? progress->rejected->pdata : NULL, n_rejected);
  gtk_widget_set_visible (self->rejected_box, n_rejected > 0);
  cb_import_result_set_file_deleted (self, FALSE);
}

void
cb_import_result_set_file_deleted (CbImportResult *self, gboolean is_deleted)
{
  g_return_if_fail (CB_IS_IMPORT_RESULT (self));

  gtk_label_set_label (
    self->rest,
    is_deleted ? _ ("The file is deleted from the folder.")
               : _ ("The file still lies in the folder, and anybody at this machine can read it."));
  self->is_delete_asked = FALSE;
  gtk_button_set_label (GTK_BUTTON (self->delete_file), _ ("Delete the file"));
  gtk_widget_set_visible (self->delete_file, !is_deleted);
}

static gboolean
cb_import_result_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (CB_IMPORT_RESULT (widget)->done);
}

static void
on_done_clicked (CbImportResult *self)
{
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
on_another_clicked (CbImportResult *self)
{
  g_signal_emit (self, signals[SIGNAL_ANOTHER], 0);
}

/* What cannot be undone is asked once more, by the same button. */
static void
on_delete_clicked (CbImportResult *self)
{
  if (!self->is_delete_asked)
    {
      self->is_delete_asked = TRUE;
      gtk_button_set_label (GTK_BUTTON (self->delete_file), _ ("Yes, delete it for good"));
      return;
    }
  g_signal_emit (self, signals[SIGNAL_DELETE_FILE], 0);
}

static void
cb_import_result_dispose (GObject *object)
{
  CbImportResult *self = CB_IMPORT_RESULT (object);

  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->rejected);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_IMPORT_RESULT);

  G_OBJECT_CLASS (cb_import_result_parent_class)->dispose (object);
}

static guint
add_signal (gpointer klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
cb_import_result_class_init (CbImportResultClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_import_result_dispose;
  widget_class->grab_focus = cb_import_result_grab_focus;

  signals[SIGNAL_DONE] = add_signal (klass, "done");
  signals[SIGNAL_ANOTHER] = add_signal (klass, "another");
  signals[SIGNAL_DELETE_FILE] = add_signal (klass, "delete-file");

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-import-result.ui");
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, content);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, title);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, file);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, counts);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, what_next);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, rejected_box);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, list);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, copy);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, rest);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, delete_file);
  gtk_widget_class_bind_template_child (widget_class, CbImportResult, done);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_done_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_another_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-import-result");
}

static void
cb_import_result_init (CbImportResult *self)
{
  g_autoptr (GtkSelectionModel) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  self->rejected = g_list_store_new (CB_TYPE_IMPORT_LINE);
  selection =
    GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->rejected))));
  gtk_list_view_set_model (self->list, selection);
}
