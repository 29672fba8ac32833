/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-import-files.h"

#include <glib/gi18n-lib.h>

#include "manager/cb-import-words.h"
#include "shell/cb-messages.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-wrapping.h"

enum
{
  KIND_BOOK,
  KIND_OPTOUTS,
};

struct _CbImportFiles
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkWidget *kinds;
  GtkLabel *about;
  GtkStack *stack;
  GtkListBox *list;
  GtkLabel *place;
  CbEmptyState *empty;

  CbChoice *kind;
  CbStore *store;
  char *folder;
  GPtrArray *files; /* of CbImportFile, as the rows of the list */
  GCancellable *listing;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbImportFiles, cb_import_files, GTK_TYPE_WIDGET)

gboolean
cb_import_files_is_optouts (CbImportFiles *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_FILES (self), FALSE);

  return cb_choice_get_selected (self->kind) == KIND_OPTOUTS;
}

static void
on_kind_changed (CbImportFiles *self)
{
  gtk_label_set_label (
    self->about,
    cb_import_files_is_optouts (self)
      ? _ ("Addresses and numbers of people who asked for no messages, from a mailing program or a "
           "list of your own. Of each a code is kept that nobody can read back, so that they are "
           "not contacted by mistake.")
      : _ ("Contacts from another program: vCard, or a table (CSV). Whom you know already is not "
           "added twice. Nothing of it leaves this terminal before its owner agrees."));
}

/* --- the list --- */

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  cb_wrapping_follow_label (GTK_LABEL (label));
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_file (CbImportFiles *self, CbImportFile *file)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gint64 now_us = cb_clock_get_now_us (cb_store_get_clock (self->store));
  g_autofree char *about = cb_import_words_dup_file (file, now_us);
  GtkWidget *detail = new_label (about, "cb-small");

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (detail, "cb-quiet");
  gtk_box_append (GTK_BOX (box), new_label (cb_import_file_get_name (file), "cb-name"));
  gtk_box_append (GTK_BOX (box), detail);
  gtk_list_box_append (self->list, box);
}

static void
empty_list (CbImportFiles *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
}

static void
show_none (CbImportFiles *self)
{
  g_autofree char *where = g_filename_display_name (self->folder);
  g_autofree char *body = g_strdup_printf (
    _ ("Put the file into the folder %s, or have it put there, then look again."), where);

  cb_empty_state_set (self->empty, "cb-note-symbolic", _ ("No file is here yet"), body,
                      _ ("Look again"));
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
show_files (CbImportFiles *self, GPtrArray *files)
{
  empty_list (self);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  self->files = g_ptr_array_ref (files);
  for (guint i = 0; i < files->len; i++)
    add_file (self, g_ptr_array_index (files, i));
  if (files->len > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else
    show_none (self);
}

static void
on_list_files_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files =
    cb_store_list_import_files_finish (CB_STORE (source), result, &error);
  CbImportFiles *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (files != NULL)
    {
      show_files (self, files);
      return;
    }
  cb_empty_state_set (self->empty, "cb-attention-symbolic", _ ("The folder could not be read"),
                      cb_messages_for (error, CB_DURING_READ), _ ("Try again"));
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

void
cb_import_files_look (CbImportFiles *self)
{
  g_return_if_fail (CB_IS_IMPORT_FILES (self));

  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  self->listing = g_cancellable_new ();
  cb_store_list_import_files_async (self->store, self->folder, self->listing, on_list_files_done,
                                    self);
}

static void
on_row_activated (CbImportFiles *self, GtkListBoxRow *row)
{
  int index = gtk_list_box_row_get_index (row);

  if (index >= 0 && (guint) index < self->files->len)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, g_ptr_array_index (self->files, (guint) index));
}

void
cb_import_files_set_store (CbImportFiles *self, CbStore *store, const char *folder)
{
  g_autofree char *where = g_filename_display_name (folder);
  g_autofree char *place = g_strdup_printf (_ ("Files in %s"), where);

  g_set_object (&self->store, store);
  g_free (self->folder);
  self->folder = g_strdup (folder);
  gtk_label_set_label (self->place, place);
}

static void
cb_import_files_dispose (GObject *object)
{
  CbImportFiles *self = CB_IMPORT_FILES (object);

  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_object (&self->store);
  g_clear_pointer (&self->folder, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_IMPORT_FILES);

  G_OBJECT_CLASS (cb_import_files_parent_class)->dispose (object);
}

static void
cb_import_files_class_init (CbImportFilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_import_files_dispose;
  g_type_ensure (CB_TYPE_EMPTY_STATE);

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, CB_TYPE_IMPORT_FILE);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-import-files.ui");
  gtk_widget_class_bind_template_child (widget_class, CbImportFiles, content);
  gtk_widget_class_bind_template_child (widget_class, CbImportFiles, kinds);
  gtk_widget_class_bind_template_child (widget_class, CbImportFiles, about);
  gtk_widget_class_bind_template_child (widget_class, CbImportFiles, stack);
  gtk_widget_class_bind_template_child (widget_class, CbImportFiles, list);
  gtk_widget_class_bind_template_child (widget_class, CbImportFiles, place);
  gtk_widget_class_bind_template_child (widget_class, CbImportFiles, empty);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, cb_import_files_look);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-import-files");
}

static void
cb_import_files_init (CbImportFiles *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));

  self->kind = CB_CHOICE (cb_choice_new (_ ("What is it?")));
  cb_choice_append (self->kind, _ ("An old book"));
  cb_choice_append (self->kind, _ ("Who is not to be contacted"));
  gtk_box_append (GTK_BOX (self->kinds), GTK_WIDGET (self->kind));
  g_signal_connect_object (self->kind, "notify::selected", G_CALLBACK (on_kind_changed), self,
                           G_CONNECT_SWAPPED);
  cb_choice_set_selected (self->kind, KIND_BOOK);
}
