/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-review-page.h"

#include <glib/gi18n-lib.h>

#include "customer/cb-columns-layout.h"
#include "customer/cb-note-row.h"
#include "manager/cb-review-row.h"
#include "manager/cb-review-verdict.h"
#include "shell/cb-messages.h"
#include "shell/cb-review-words.h"
#include "shell/cb-words.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-page-layout.h"
#include "widgets/cb-wrapping.h"

/* Nobody reads more at a time, and a list view of GTK 4.8 makes up to 200 rows. */
#define SHOWN 100

struct _CbReviewPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkStack *stack;
  CbEmptyState *empty;
  GtkLabel *count;
  GtkListView *list;
  GtkWidget *pane;
  CbNoteRow *words;
  CbReviewVerdict *verdict;
  GtkLabel *name;
  GtkLabel *cause;
  GtkLabel *age;
  GtkLabel *author;

  CbStore *store;
  GListStore *reviews;
  GtkSingleSelection *selection;
  GCancellable *listing;
  GCancellable *reading;
  CbReview *review; /* the one that is read; NULL: none */
  char *next;       /* what is to be read after a decision; NULL: the first */
  gboolean failed;  /* the empty state is one of trouble */
};

enum
{
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbReviewPage, cb_review_page, GTK_TYPE_WIDGET)

static gint64
now_us (CbReviewPage *self)
{
  return cb_clock_get_now_us (cb_store_get_clock (self->store));
}

static void
stop (GCancellable **cancellable)
{
  g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
}

/* --- the one that is read --- */

static void
show_pane (CbReviewPage *self, CbReview *review)
{
  const CbReviewFields *fields = review != NULL ? cb_review_get_fields (review) : NULL;
  g_autofree char *age = fields != NULL ? cb_review_words_dup_age (fields, now_us (self)) : NULL;
  g_autofree char *author = NULL;

  g_set_object (&self->review, review);
  gtk_widget_set_visible (self->pane, fields != NULL);
  cb_note_row_set_note (self->words, fields != NULL ? fields->note : NULL, now_us (self));
  if (fields != NULL)
    {
      const char *name =
        fields->author_name != NULL ? fields->author_name : _ ("A former colleague");
      g_autofree char *isolated = cb_words_dup_isolated (name);

      cb_note_row_unveil (self->words);
      /* Translators: the name of an associate. */
      author = g_strdup_printf (_ ("Written by %s"), isolated);
    }
  gtk_label_set_label (self->name, fields == NULL ? ""
                                   : *fields->customer_name != '\0'
                                     ? fields->customer_name
                                     : cb_messages_for_no_name (FALSE));
  gtk_label_set_label (self->cause, fields != NULL ? cb_review_words_cause (fields->cause) : "");
  gtk_label_set_label (self->age, age != NULL ? age : "");
  gtk_label_set_label (self->author, author != NULL ? author : "");
  cb_review_verdict_set_note (self->verdict, fields != NULL ? fields->note : NULL);
}

static void
on_read_review_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbReview) review = cb_store_read_review_finish (CB_STORE (source), result, &error);
  CbReviewPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  show_pane (self, review);
  if (review == NULL)
    cb_review_verdict_say (self->verdict, cb_messages_for (error, CB_DURING_READ), TRUE);
}

static void
read_selected (CbReviewPage *self)
{
  CbReview *chosen = gtk_single_selection_get_selected_item (self->selection);
  const char *note = chosen != NULL ? cb_review_get_fields (chosen)->note_id : NULL;

  if (self->review != NULL && g_strcmp0 (cb_review_get_fields (self->review)->note_id, note) == 0)
    return;
  stop (&self->reading);
  if (note == NULL)
    {
      show_pane (self, NULL);
      return;
    }
  self->reading = g_cancellable_new ();
  cb_store_read_review_async (self->store, note, self->reading, on_read_review_done, self);
}

/* --- what waits --- */

static guint
find_next (CbReviewPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->reviews));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CbReview) one = g_list_model_get_item (G_LIST_MODEL (self->reviews), i);

      if (g_strcmp0 (cb_review_get_fields (one)->note_id, self->next) == 0)
        return i;
    }
  return 0;
}

static void
show_count (CbReviewPage *self, guint n)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u waits", "%u wait", n), n);

  gtk_label_set_label (self->count, n > 0 ? text : "");
}

static void
show_reviews (CbReviewPage *self, GPtrArray *reviews)
{
  gboolean had_focus = gtk_widget_get_focus_child (GTK_WIDGET (self->stack)) != NULL;

  g_list_store_splice (self->reviews, 0, g_list_model_get_n_items (G_LIST_MODEL (self->reviews)),
                       reviews->pdata, reviews->len);
  show_count (self, reviews->len);
  if (reviews->len == 0)
    {
      show_pane (self, NULL);
      self->failed = FALSE;
      cb_empty_state_set (
        self->empty, "cb-check-symbolic", _ ("No note waits to be read"),
        _ ("Some come here by lot, and those that may need a second pair of eyes. "
           "Your own are for another manager."),
        _ ("Back to the counter"));
      gtk_stack_set_visible_child_name (self->stack, "empty");
      if (had_focus)
        gtk_widget_child_focus (GTK_WIDGET (self->empty), GTK_DIR_TAB_FORWARD);
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "work");
  gtk_single_selection_set_selected (self->selection, find_next (self));
  g_clear_pointer (&self->next, g_free);
  read_selected (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
on_list_reviews_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) reviews = cb_store_list_reviews_finish (CB_STORE (source), result, &error);
  CbReviewPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reviews != NULL)
    {
      show_reviews (self, reviews);
      return;
    }
  self->failed = TRUE;
  cb_empty_state_set (self->empty, "cb-attention-symbolic", _ ("The list could not be read"),
                      cb_messages_for (error, CB_DURING_READ), _ ("Try again"));
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
list_reviews (CbReviewPage *self)
{
  stop (&self->listing);
  self->listing = g_cancellable_new ();
  cb_store_list_reviews_async (self->store, SHOWN, self->listing, on_list_reviews_done, self);
}

static void
on_empty_acted (CbReviewPage *self)
{
  if (self->failed)
    cb_review_page_start (self);
  else
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

/* --- deciding --- */

/* The one behind it, else the one before. */
static char *
dup_next (CbReviewPage *self)
{
  guint at = gtk_single_selection_get_selected (self->selection);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->reviews));
  g_autoptr (CbReview) next = NULL;

  if (n < 2 || at == GTK_INVALID_LIST_POSITION)
    return NULL;
  next = g_list_model_get_item (G_LIST_MODEL (self->reviews), at + 1 < n ? at + 1 : at - 1);
  return next != NULL ? g_strdup (cb_review_get_fields (next)->note_id) : NULL;
}

typedef struct
{
  CbReviewPage *page;
  CbReviewState state;
} Deciding;

static const char *
done_words (CbReviewState state)
{
  switch (state)
    {
    case CB_REVIEW_APPROVED:
      return _ ("Approved.");
    case CB_REVIEW_RETURNED:
      return _ ("Returned: its author is told beside the note.");
    case CB_REVIEW_REDACTED:
      return _ ("The words are taken out, here and wherever they went.");
    case CB_REVIEW_ESCALATED:
      return _ ("Handed on.");
    case CB_REVIEW_NONE:
    case CB_REVIEW_WAITING:
      break;
    }
  g_return_val_if_reached (NULL);
}

static void
on_review_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Deciding *deciding = user_data;
  g_autoptr (CbReviewPage) self = deciding->page;
  g_autoptr (GError) error = NULL;
  gboolean done = cb_store_review_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  cb_review_verdict_set_busy (self->verdict, FALSE);
  if (!done)
    {
      cb_review_verdict_say (self->verdict, cb_messages_for (error, CB_DURING_CHANGE), TRUE);
      return;
    }
  g_free (self->next);
  self->next = dup_next (self);
  /* It is decided: no key reaches it any more, and one that is left is read as it is now. */
  show_pane (self, NULL);
  cb_review_verdict_say (self->verdict, done_words (deciding->state), FALSE);
  list_reviews (self);
}

static void
on_decided (CbReviewPage *self, CbReviewDraft *draft)
{
  Deciding *deciding = g_new0 (Deciding, 1);

  deciding->page = g_object_ref (self);
  deciding->state = draft->state;
  cb_review_verdict_set_busy (self->verdict, TRUE);
  cb_store_review_async (self->store, cb_review_get_fields (self->review)->note_id, draft, NULL,
                         on_review_done, deciding);
}

/* --- keys, rows --- */

static gboolean
on_key_pressed (CbReviewPage *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_META_MASK)) != 0)
    return FALSE;
  return cb_review_verdict_take_key (self->verdict, keyval);
}

static void
on_open_clicked (CbReviewPage *self)
{
  if (self->review != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-customer", "s",
                                cb_review_get_fields (self->review)->customer_id);
}

static void
on_setup (CbReviewPage *self, GtkListItem *item)
{
  gtk_list_item_set_child (item, cb_review_row_new ());
}

static void
on_bind (CbReviewPage *self, GtkListItem *item)
{
  cb_review_row_set_review (CB_REVIEW_ROW (gtk_list_item_get_child (item)),
                            gtk_list_item_get_item (item), now_us (self));
}

static void
on_unbind (CbReviewPage *self, GtkListItem *item)
{
  cb_review_row_set_review (CB_REVIEW_ROW (gtk_list_item_get_child (item)), NULL, 0);
}

/* --- what the window asks --- */

void
cb_review_page_start (CbReviewPage *self)
{
  g_return_if_fail (CB_IS_REVIEW_PAGE (self));

  gtk_stack_set_visible_child_name (self->stack, "reading");
  cb_review_verdict_say (self->verdict, NULL, FALSE);
  list_reviews (self);
}

void
cb_review_page_clear (CbReviewPage *self)
{
  g_return_if_fail (CB_IS_REVIEW_PAGE (self));

  stop (&self->listing);
  stop (&self->reading);
  g_clear_pointer (&self->next, g_free);
  g_list_store_remove_all (self->reviews);
  show_pane (self, NULL);
}

gboolean
cb_review_page_step_back (CbReviewPage *self)
{
  g_return_val_if_fail (CB_IS_REVIEW_PAGE (self), FALSE);

  return cb_review_verdict_step_back (self->verdict);
}

/* --- the type --- */

static void
cb_review_page_dispose (GObject *object)
{
  CbReviewPage *self = CB_REVIEW_PAGE (object);

  stop (&self->listing);
  stop (&self->reading);
  g_clear_pointer (&self->next, g_free);
  g_clear_object (&self->review);
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->reviews);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_REVIEW_PAGE);

  G_OBJECT_CLASS (cb_review_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-review-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, empty);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, count);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, list);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, pane);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, words);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, name);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, cause);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, age);
  gtk_widget_class_bind_template_child (widget_class, CbReviewPage, author);
  gtk_widget_class_bind_template_callback (widget_class, on_empty_acted);
  gtk_widget_class_bind_template_callback (widget_class, on_decided);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_open_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
}

static void
cb_review_page_class_init (CbReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_review_page_dispose;
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_COLUMNS_LAYOUT);
  g_type_ensure (CB_TYPE_EMPTY_STATE);
  g_type_ensure (CB_TYPE_NOTE_ROW);
  g_type_ensure (CB_TYPE_REVIEW_VERDICT);
  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-review-page");
}

static void
cb_review_page_init (CbReviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  self->reviews = g_list_store_new (CB_TYPE_REVIEW);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->reviews)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (read_selected),
                           self, G_CONNECT_SWAPPED);
}

GtkWidget *
cb_review_page_new (CbStore *store)
{
  CbReviewPage *self = g_object_new (CB_TYPE_REVIEW_PAGE, NULL);

  self->store = g_object_ref (store);
  return GTK_WIDGET (self);
}
