/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-old-book.h"

#include <glib/gi18n-lib.h>

#include "base/cb-error.h"

struct _CbOldBook
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkWidget *asking;
  GtkWidget *removing;
  GtkWidget *keep;
  GtkLabel *message;

  CbStore *store;
  char *customer_id;
};

G_DEFINE_FINAL_TYPE (CbOldBook, cb_old_book, GTK_TYPE_WIDGET)

static void
set_busy (CbOldBook *self, gboolean is_busy)
{
  gtk_widget_set_sensitive (self->content, !is_busy);
}

static void
say (CbOldBook *self, const char *text)
{
  gtk_label_set_label (self->message, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
}

static void
show_removing (CbOldBook *self, gboolean is_removing)
{
  gtk_widget_set_visible (self->asking, !is_removing);
  gtk_widget_set_visible (self->removing, is_removing);
}

/* The page may show somebody else by now. */
static gboolean
is_still_about (CbOldBook *self, const char *customer_id)
{
  return self->store != NULL && g_strcmp0 (self->customer_id, customer_id) == 0;
}

typedef struct
{
  CbOldBook *old_book;
  char *customer_id;
} Answer;

static void
answer_free (Answer *answer)
{
  g_object_unref (answer->old_book);
  g_free (answer->customer_id);
  g_free (answer);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static Answer *
answer_new (CbOldBook *self)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->old_book = g_object_ref (self);
  answer->customer_id = g_strdup (self->customer_id);
  return answer;
}

/* --- it is right --- */

static void
on_confirm_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = cb_store_confirm_customer_finish (CB_STORE (source), result, &error);
  CbOldBook *self = answer->old_book;

  if (!is_still_about (self, answer->customer_id))
    return;
  set_busy (self, FALSE);
  if (!is_done)
    say (self, _ ("This was not recorded. Nothing is lost. Try again."));
  else
    /* What was asked for goes with the focus on it; the next thing is to write. */
    gtk_widget_activate_action (GTK_WIDGET (self), "win.write", NULL);
}

static void
on_right_clicked (CbOldBook *self)
{
  say (self, NULL);
  set_busy (self, TRUE);
  cb_store_confirm_customer_async (self->store, self->customer_id, NULL, on_confirm_done,
                                   answer_new (self));
}

/* --- they do not want to be in it --- */

static void
on_remove_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = cb_store_remove_imported_finish (CB_STORE (source), result, &error);
  CbOldBook *self = answer->old_book;

  if (!is_still_about (self, answer->customer_id))
    return;
  set_busy (self, FALSE);
  show_removing (self, FALSE);
  if (is_done)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.search", NULL);
  else if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN))
    say (self, _ ("More is known of them than the old book said. A manager can erase it."));
  else
    say (self, _ ("They are still in the book. Try again."));
}

static void
on_remove_clicked (CbOldBook *self)
{
  say (self, NULL);
  show_removing (self, TRUE);
  gtk_widget_grab_focus (self->keep);
}

static void
on_keep_clicked (CbOldBook *self)
{
  show_removing (self, FALSE);
}

static void
on_remove_for_good_clicked (CbOldBook *self)
{
  set_busy (self, TRUE);
  cb_store_remove_imported_async (self->store, self->customer_id, NULL, on_remove_done,
                                  answer_new (self));
}

/* --- what is shown --- */

static gboolean
may_answer (CbOldBook *self, CbDossier *dossier)
{
  CbStaff *actor = self->store != NULL ? cb_store_get_actor (self->store) : NULL;

  if (dossier == NULL || actor == NULL || cb_dossier_get_unconfirmed_us (dossier) == 0)
    return FALSE;
  return !cb_customer_is_restricted (cb_dossier_get_customer (dossier)) &&
         (cb_staff_get_role (actor) == CB_ROLE_ASSOCIATE ||
          cb_staff_get_role (actor) == CB_ROLE_MANAGER);
}

void
cb_old_book_set_dossier (CbOldBook *self, CbDossier *dossier)
{
  const char *id = NULL;

  g_return_if_fail (CB_IS_OLD_BOOK (self));

  if (dossier != NULL)
    id = cb_customer_get_id (cb_dossier_get_customer (dossier));
  if (g_strcmp0 (id, self->customer_id) != 0)
    {
      g_free (self->customer_id);
      self->customer_id = g_strdup (id);
      say (self, NULL);
      show_removing (self, FALSE);
      set_busy (self, FALSE);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), may_answer (self, dossier));
}

void
cb_old_book_set_store (CbOldBook *self, CbStore *store)
{
  g_return_if_fail (CB_IS_OLD_BOOK (self));

  g_set_object (&self->store, store);
}

static void
cb_old_book_dispose (GObject *object)
{
  g_clear_object (&CB_OLD_BOOK (object)->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_OLD_BOOK);

  G_OBJECT_CLASS (cb_old_book_parent_class)->dispose (object);
}

static void
cb_old_book_finalize (GObject *object)
{
  g_clear_pointer (&CB_OLD_BOOK (object)->customer_id, g_free);

  G_OBJECT_CLASS (cb_old_book_parent_class)->finalize (object);
}

static void
cb_old_book_class_init (CbOldBookClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_old_book_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_old_book_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-old-book.ui");
  gtk_widget_class_bind_template_child (widget_class, CbOldBook, content);
  gtk_widget_class_bind_template_child (widget_class, CbOldBook, asking);
  gtk_widget_class_bind_template_child (widget_class, CbOldBook, removing);
  gtk_widget_class_bind_template_child (widget_class, CbOldBook, keep);
  gtk_widget_class_bind_template_child (widget_class, CbOldBook, message);
  gtk_widget_class_bind_template_callback (widget_class, on_right_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_for_good_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-old-book");
}

static void
cb_old_book_init (CbOldBook *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_old_book_new (void)
{
  return g_object_new (CB_TYPE_OLD_BOOK, NULL);
}
