/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-import-page.h"

#include <glib/gi18n-lib.h>

#include "base/cb-error.h"
#include "manager/cb-import-files.h"
#include "manager/cb-import-preview.h"
#include "manager/cb-import-result.h"
#include "manager/cb-import-words.h"
#include "shell/cb-messages.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-page-layout.h"
#include "widgets/cb-wrapping.h"

/* As many entries as show whether a file was understood, and fit on a screen. */
#define SAMPLES 8

struct _CbImportPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkStack *stack;
  CbImportFiles *files;
  GtkLabel *doing;
  GtkProgressBar *bar;
  GtkLabel *so_far;
  GtkWidget *stop;
  CbImportPreview *preview;
  CbImportResult *result;
  CbEmptyState *failed;

  CbStore *store;
  CbImportFile *file;
  GCancellable *running; /* NULL when nothing is under way */
  gboolean is_dry_run;
  gboolean is_gone; /* out of the window, and perhaps still referred to by what was under way */
  CbImportProgress last; /* counts alone */
};

enum
{
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbImportPage, cb_import_page, GTK_TYPE_WIDGET)

static void
show_step (CbImportPage *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
}

static gboolean
is_on_step (CbImportPage *self, const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0;
}

/* --- what is under way --- */

static void
on_told (const CbImportProgress *progress, gpointer user_data)
{
  CbImportPage *self = user_data;
  g_autofree char *number = cb_import_words_dup_number (progress->n_read);
  g_autofree char *text = g_strdup_printf (_ ("%s read so far"), number);

  self->last = *progress;
  gtk_label_set_label (self->so_far, text);
  if (progress->fraction >= 0)
    gtk_progress_bar_set_fraction (self->bar, progress->fraction);
  else
    gtk_progress_bar_pulse (self->bar);
}

static void
show_preview (CbImportPage *self, const CbImportProgress *progress)
{
  cb_import_preview_show (self->preview, progress, cb_import_file_get_name (self->file),
                          cb_import_files_is_optouts (self->files),
                          cb_clock_get_now_us (cb_store_get_clock (self->store)));
  show_step (self, "preview");
}

static void
show_result (CbImportPage *self, const CbImportProgress *progress, const char *trouble)
{
  cb_import_result_show (self->result, progress, cb_import_file_get_name (self->file),
                         cb_import_files_is_optouts (self->files), trouble);
  show_step (self, "result");
  gtk_widget_grab_focus (GTK_WIDGET (self->result));
}

/* The file is not to blame for a full disk. */
static gboolean
is_of_the_book (const GError *error)
{
  return g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL) ||
         g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN) ||
         g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
}

static void
show_failed (CbImportPage *self, const GError *error)
{
  cb_empty_state_set (self->failed, "cb-attention-symbolic",
                      is_of_the_book (error) ? _ ("Nothing was brought in")
                                             : _ ("This file could not be read"),
                      cb_messages_for (error, CB_DURING_IMPORT), _ ("Another file"));
  show_step (self, "failed");
}

static void
on_import_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbImportPage) self = user_data;
  g_auto (CbImportProgress) progress = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean is_done = cb_store_import_finish (CB_STORE (source), result, &progress, &error);

  g_clear_object (&self->running);
  if (self->is_gone || !is_on_step (self, "running"))
    return;
  if (is_done && self->is_dry_run && !progress.is_whole)
    cb_import_page_start (self);
  else if (is_done && self->is_dry_run)
    show_preview (self, &progress);
  else if (is_done)
    show_result (self, &progress, NULL);
  else if (self->is_dry_run || self->last.n_read == 0)
    show_failed (self, error);
  else
    show_result (self, &self->last, cb_messages_for (error, CB_DURING_IMPORT));
}

static void
run (CbImportPage *self, gboolean is_dry_run)
{
  CbImportOrder order = {
    .path = cb_import_file_get_path (self->file),
    .is_optouts = cb_import_files_is_optouts (self->files),
    .options = { .is_dry_run = is_dry_run, .n_samples = is_dry_run ? SAMPLES : 0 },
  };
  const char *format =
    is_dry_run ? _ ("Reading %s: nothing is brought in yet.") : _ ("Bringing in %s.");
  g_autofree char *doing = NULL;

  if (self->running != NULL)
    return;
  if (!is_dry_run)
    cb_import_preview_fill (self->preview, &order.options);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  doing = g_strdup_printf (format, cb_import_file_get_name (self->file));
#pragma GCC diagnostic pop
  self->is_dry_run = is_dry_run;
  self->last = (CbImportProgress){ 0 };
  self->running = g_cancellable_new ();
  gtk_label_set_label (self->doing, doing);
  gtk_label_set_label (self->so_far, "");
  gtk_progress_bar_set_fraction (self->bar, 0);
  gtk_widget_set_sensitive (self->stop, TRUE);
  show_step (self, "running");
  cb_store_import_async (self->store, &order, on_told, self, self->running, on_import_done,
                         g_object_ref (self));
}

static void
stop (CbImportPage *self)
{
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  gtk_widget_set_sensitive (self->stop, FALSE);
}

/* --- steps --- */

void
cb_import_page_start (CbImportPage *self)
{
  g_return_if_fail (CB_IS_IMPORT_PAGE (self));

  if (self->running != NULL)
    {
      show_step (self, "running");
      return;
    }
  cb_import_files_look (self->files);
  show_step (self, "files");
}

gboolean
cb_import_page_step_back (CbImportPage *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_PAGE (self), FALSE);

  if (self->running != NULL)
    stop (self);
  else if (is_on_step (self, "files") || is_on_step (self, "result"))
    return FALSE;
  else
    cb_import_page_start (self);
  return TRUE;
}

static void
on_file_chosen (CbImportPage *self, CbImportFile *file)
{
  g_set_object (&self->file, file);
  run (self, TRUE);
}

static void
on_accepted (CbImportPage *self)
{
  run (self, FALSE);
}

static void
on_done (CbImportPage *self)
{
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbImportPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_file_delete_finish (G_FILE (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_message ("a file that was brought in could not be deleted");
  else if (!self->is_gone)
    cb_import_result_set_file_deleted (self->result, TRUE);
}

static void
on_delete_file (CbImportPage *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (cb_import_file_get_path (self->file));

  g_file_delete_async (file, G_PRIORITY_DEFAULT, NULL, on_deleted, g_object_ref (self));
}

static void
cb_import_page_unroot (GtkWidget *widget)
{
  CbImportPage *self = CB_IMPORT_PAGE (widget);

  self->is_gone = TRUE;
  if (self->running != NULL)
    g_cancellable_cancel (self->running);

  GTK_WIDGET_CLASS (cb_import_page_parent_class)->unroot (widget);
}

static void
cb_import_page_dispose (GObject *object)
{
  CbImportPage *self = CB_IMPORT_PAGE (object);

  g_clear_object (&self->running);
  g_clear_object (&self->file);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_IMPORT_PAGE);

  G_OBJECT_CLASS (cb_import_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-import-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, files);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, doing);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, bar);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, so_far);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, stop);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, preview);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, result);
  gtk_widget_class_bind_template_child (widget_class, CbImportPage, failed);
  gtk_widget_class_bind_template_callback (widget_class, on_file_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_accepted);
  gtk_widget_class_bind_template_callback (widget_class, cb_import_page_start);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_file);
  gtk_widget_class_bind_template_callback (widget_class, stop);
}

static void
cb_import_page_class_init (CbImportPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_import_page_dispose;
  widget_class->unroot = cb_import_page_unroot;
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_EMPTY_STATE);
  g_type_ensure (CB_TYPE_IMPORT_FILES);
  g_type_ensure (CB_TYPE_IMPORT_PREVIEW);
  g_type_ensure (CB_TYPE_IMPORT_RESULT);

  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-import-page");
}

static void
cb_import_page_init (CbImportPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_import_page_new (CbStore *store, const char *folder)
{
  CbImportPage *self = g_object_new (CB_TYPE_IMPORT_PAGE, NULL);

  self->store = g_object_ref (store);
  cb_import_files_set_store (self->files, store, folder);
  return GTK_WIDGET (self);
}
