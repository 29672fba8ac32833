/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "turned/cb-record-page.h"

#include "base/cb-error.h"
#include "shell/cb-when.h"
#include "turned/cb-record-item.h"
#include "turned/cb-record-row.h"
#include "turned/cb-turned-words.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-field.h"
#include "widgets/cb-wrapping.h"

#define VIEW_IDENTIFY "identify"
#define VIEW_RECORD "record"
#define VIEW_CONFIRM "confirm"
#define VIEW_ERASED "erased"

struct _CbRecordPage
{
  GtkWidget parent_instance;

  GtkStack *views;
  GtkScrolledWindow *identify_scroller;
  GtkLabel *identify_title;
  GtkLabel *identify_say;
  CbField *receipt;
  GtkLabel *or_label;
  CbField *email;
  CbField *phone;
  CbField *card;
  CbBanner *problem;
  GtkLabel *identify_else;
  GtkButton *identify_answers;
  GtkButton *go_on;
  CbBanner *record_problem;
  GtkListView *list;
  GtkButton *answers;
  GtkButton *erase;
  GtkLabel *confirm_title;
  GtkLabel *confirm_goes;
  GtkLabel *confirm_stays;
  CbBanner *confirm_problem;
  GtkButton *keep;
  GtkButton *erase_now;
  GtkLabel *erased_title;
  GtkLabel *erased_say;
  GtkLabel *erased_copies;
  GtkButton *hand_back;

  CbStore *store;
  char *customer_id; /* NULL: nobody's */
  char *language;
  gboolean is_shown; /* that it is them */
  gboolean is_erased;
  GCancellable *asked; /* of what is on the way from the store; nothing of it comes after a cover */
};

enum
{
  SIGNAL_ANSWERS,
  SIGNAL_HANDED_BACK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbRecordPage, cb_record_page, GTK_TYPE_WIDGET)

/* --- words --- */

static const char *
word (CbRecordPage *self, CbTurnedWord which)
{
  return cb_turned_words (which, self->language);
}

static void
set_words (CbRecordPage *self)
{
  gtk_label_set_label (self->identify_title, word (self, CB_TURNED_IDENTIFY));
  gtk_label_set_label (self->identify_say, word (self, CB_TURNED_IDENTIFY_SAY));
  g_object_set (self->receipt, "caption", word (self, CB_TURNED_RECEIPT_NUMBER), NULL);
  gtk_label_set_label (self->or_label, word (self, CB_TURNED_OR_TWO));
  g_object_set (self->email, "caption", word (self, CB_TURNED_EMAIL), NULL);
  g_object_set (self->phone, "caption", word (self, CB_TURNED_PHONE), NULL);
  g_object_set (self->card, "caption", word (self, CB_TURNED_CARD), NULL);
  gtk_label_set_label (self->identify_else, word (self, CB_TURNED_IDENTIFY_ELSE));
  gtk_button_set_label (self->identify_answers, word (self, CB_TURNED_ANSWERS));
  gtk_button_set_label (self->go_on, word (self, CB_TURNED_GO_ON));
  gtk_button_set_label (self->answers, word (self, CB_TURNED_ANSWERS));
  gtk_button_set_label (self->erase, word (self, CB_TURNED_ERASE));
  gtk_label_set_label (self->confirm_title, word (self, CB_TURNED_ERASE_ASK));
  gtk_label_set_label (self->confirm_goes, word (self, CB_TURNED_ERASE_GOES));
  gtk_label_set_label (self->confirm_stays, word (self, CB_TURNED_ERASE_STAYS));
  gtk_button_set_label (self->keep, word (self, CB_TURNED_KEEP));
  gtk_button_set_label (self->erase_now, word (self, CB_TURNED_ERASE));
  gtk_label_set_label (self->erased_title, word (self, CB_TURNED_ERASED));
  gtk_label_set_label (self->erased_say, word (self, CB_TURNED_ERASED_SAY));
  gtk_label_set_label (self->erased_copies, word (self, CB_TURNED_ERASED_COPIES));
  gtk_button_set_label (self->hand_back, word (self, CB_TURNED_HAND_BACK));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  word (self, CB_TURNED_EVERYTHING), -1);
}

static void
show_view (CbRecordPage *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->views, name);
}

static gboolean
is_in_view (CbRecordPage *self, const char *name)
{
  return g_str_equal (gtk_stack_get_visible_child_name (self->views), name);
}

static void
reset_fields (CbRecordPage *self)
{
  cb_field_reset (self->receipt);
  cb_field_reset (self->email);
  cb_field_reset (self->phone);
  cb_field_reset (self->card);
}

static void
ask_who_it_is (CbRecordPage *self)
{
  self->is_shown = FALSE;
  show_view (self, VIEW_IDENTIFY);
  gtk_widget_grab_focus (GTK_WIDGET (self->receipt));
}

/* --- everything --- */

static void
drop_record (CbRecordPage *self)
{
  g_cancellable_cancel (self->asked);
  g_clear_object (&self->asked);
  gtk_list_view_set_model (self->list, NULL);
  cb_banner_hide (self->record_problem);
}

static void
show_parts (CbRecordPage *self, GPtrArray *parts)
{
  g_autoptr (GtkSelectionModel) model =
    GTK_SELECTION_MODEL (gtk_no_selection_new (cb_record_items_new (parts)));

  gtk_list_view_set_model (self->list, model);
}

static void
on_show_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbRecordPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) parts = cb_store_show_everything_finish (CB_STORE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->customer_id == NULL)
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->erase), parts != NULL);
  if (parts != NULL)
    show_parts (self, parts);
  else if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN))
    ask_who_it_is (self);
  else
    cb_banner_show (self->record_problem, CB_BANNER_PROBLEM, word (self, CB_TURNED_NOT_READ), NULL);
}

static void
read_record (CbRecordPage *self)
{
  drop_record (self);
  show_view (self, VIEW_RECORD);
  gtk_widget_set_sensitive (GTK_WIDGET (self->erase), FALSE);
  self->asked = g_cancellable_new ();
  cb_store_show_everything_async (self->store, self->customer_id, self->language, self->asked,
                                  on_show_done, g_object_ref (self));
}

static void
on_setup (CbRecordPage *self, GtkListItem *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, cb_record_row_new ());
}

static void
on_bind (CbRecordPage *self, GtkListItem *item)
{
  cb_record_row_set_item (CB_RECORD_ROW (gtk_list_item_get_child (item)),
                          gtk_list_item_get_item (item), self->language);
}

static void
on_unbind (CbRecordPage *self, GtkListItem *item)
{
  cb_record_row_set_item (CB_RECORD_ROW (gtk_list_item_get_child (item)), NULL, NULL);
}

/* --- who it is --- */

static void
set_asking (CbRecordPage *self, gboolean is_asking)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->go_on), !is_asking);
}

static void
tell_problem (CbRecordPage *self, const GError *error, gint64 wait_until_us)
{
  g_autofree char *when = NULL;
  g_autofree char *text = NULL;

  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID))
    text = g_strdup (word (self, CB_TURNED_TOO_LITTLE));
  else if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED))
    text = g_strdup (word (self, CB_TURNED_NOT_SHOWN));
  else if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_THROTTLED))
    {
      when = cb_when_dup_time (wait_until_us);
      text = g_strdup_printf ("%s %s", word (self, CB_TURNED_WAIT), when);
    }
  else
    text = g_strdup (word (self, CB_TURNED_NOT_READ));
  cb_banner_show (self->problem, CB_BANNER_PROBLEM, text, NULL);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->identify_scroller), 0.0);
}

static void
on_identify_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbRecordPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 wait_until_us = 0;
  gboolean is_them = cb_store_identify_finish (CB_STORE (source), result, &wait_until_us, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->customer_id == NULL)
    return;
  set_asking (self, FALSE);
  if (!is_them)
    {
      tell_problem (self, error, wait_until_us);
      return;
    }
  self->is_shown = TRUE;
  reset_fields (self);
  read_record (self);
}

static void
on_go_on (CbRecordPage *self)
{
  CbProof *proof;

  if (self->customer_id == NULL || !gtk_widget_get_sensitive (GTK_WIDGET (self->go_on)))
    return;
  proof = cb_proof_new ();
  proof->receipt = cb_field_dup_text (self->receipt);
  proof->email = cb_field_dup_text (self->email);
  proof->phone = cb_field_dup_text (self->phone);
  proof->card = cb_field_dup_text (self->card);
  cb_banner_hide (self->problem);
  set_asking (self, TRUE);
  drop_record (self);
  self->asked = g_cancellable_new ();
  cb_store_identify_async (self->store, self->customer_id, proof, self->asked, on_identify_done,
                           g_object_ref (self));
}

static void
on_typed (CbRecordPage *self)
{
  cb_banner_hide (self->problem);
}

static void
on_answers_clicked (CbRecordPage *self)
{
  g_signal_emit (self, signals[SIGNAL_ANSWERS], 0);
}

/* --- gone --- */

static void
set_erasing (CbRecordPage *self, gboolean is_erasing)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->erase_now), !is_erasing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->keep), !is_erasing);
}

static void
show_erased (CbRecordPage *self, guint n_missing)
{
  self->is_erased = TRUE;
  drop_record (self);
  gtk_widget_set_visible (GTK_WIDGET (self->erased_copies), n_missing > 0);
  show_view (self, VIEW_ERASED);
  gtk_widget_grab_focus (GTK_WIDGET (self->hand_back));
}

static void
on_erase_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbRecordPage) self = user_data;
  g_autoptr (GError) error = NULL;
  guint n_missing = 0;
  gboolean is_erased =
    cb_store_erase_customer_finish (CB_STORE (source), result, &n_missing, &error);

  if (self->customer_id == NULL)
    return;
  set_erasing (self, FALSE);
  if (is_erased || g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    show_erased (self, n_missing);
  else if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN))
    ask_who_it_is (self);
  else
    cb_banner_show (self->confirm_problem, CB_BANNER_PROBLEM, word (self, CB_TURNED_NOT_ERASED),
                    NULL);
}

static void
on_erase_clicked (CbRecordPage *self)
{
  cb_banner_hide (self->confirm_problem);
  show_view (self, VIEW_CONFIRM);
  gtk_widget_grab_focus (GTK_WIDGET (self->keep));
}

static void
on_keep_clicked (CbRecordPage *self)
{
  show_view (self, VIEW_RECORD);
}

static void
on_erase_now_clicked (CbRecordPage *self)
{
  if (self->customer_id == NULL)
    return;
  cb_banner_hide (self->confirm_problem);
  set_erasing (self, TRUE);
  cb_store_erase_customer_async (self->store, self->customer_id, CB_ERASE_REQUEST, NULL,
                                 on_erase_done, g_object_ref (self));
}

static void
on_hand_back_clicked (CbRecordPage *self)
{
  g_signal_emit (self, signals[SIGNAL_HANDED_BACK], 0);
}

/* --- what the turned screen asks --- */

void
cb_record_page_set_store (CbRecordPage *self, CbStore *store)
{
  g_return_if_fail (CB_IS_RECORD_PAGE (self));
  g_return_if_fail (self->store == NULL);

  self->store = g_object_ref (store);
}

void
cb_record_page_start (CbRecordPage *self, const char *customer_id, gboolean is_shown)
{
  g_return_if_fail (CB_IS_RECORD_PAGE (self));

  if (g_strcmp0 (self->customer_id, customer_id) != 0)
    {
      cb_record_page_clear (self);
      self->customer_id = g_strdup (customer_id);
    }
  self->is_shown |= is_shown;
  if (self->is_shown)
    read_record (self);
  else
    ask_who_it_is (self);
}

void
cb_record_page_set_language (CbRecordPage *self, const char *language)
{
  g_return_if_fail (CB_IS_RECORD_PAGE (self));

  if (g_strcmp0 (self->language, language) == 0)
    return;
  g_free (self->language);
  self->language = g_strdup (language);
  set_words (self);
  cb_banner_hide (self->problem);
  if (self->customer_id != NULL && is_in_view (self, VIEW_RECORD))
    read_record (self);
}

void
cb_record_page_cover (CbRecordPage *self)
{
  g_return_if_fail (CB_IS_RECORD_PAGE (self));

  if (self->customer_id == NULL || self->is_erased)
    return;
  cb_store_part (self->store);
  drop_record (self);
  reset_fields (self);
  cb_banner_hide (self->problem);
  set_asking (self, FALSE);
  self->is_shown = FALSE;
  show_view (self, VIEW_IDENTIFY);
}

gboolean
cb_record_page_is_erased (CbRecordPage *self)
{
  g_return_val_if_fail (CB_IS_RECORD_PAGE (self), FALSE);

  return self->is_erased;
}

void
cb_record_page_clear (CbRecordPage *self)
{
  g_return_if_fail (CB_IS_RECORD_PAGE (self));

  if (self->customer_id != NULL)
    cb_store_part (self->store);
  drop_record (self);
  reset_fields (self);
  cb_banner_hide (self->problem);
  cb_banner_hide (self->confirm_problem);
  set_asking (self, FALSE);
  set_erasing (self, FALSE);
  g_clear_pointer (&self->customer_id, g_free);
  self->is_shown = FALSE;
  self->is_erased = FALSE;
  show_view (self, VIEW_IDENTIFY);
}

/* --- the type --- */

static void
cb_record_page_dispose (GObject *object)
{
  CbRecordPage *self = CB_RECORD_PAGE (object);

  g_cancellable_cancel (self->asked);
  g_clear_object (&self->asked);
  g_clear_pointer (&self->customer_id, g_free);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_RECORD_PAGE);

  G_OBJECT_CLASS (cb_record_page_parent_class)->dispose (object);
}

static void
cb_record_page_finalize (GObject *object)
{
  g_free (CB_RECORD_PAGE (object)->language);

  G_OBJECT_CLASS (cb_record_page_parent_class)->finalize (object);
}

static void
bind_identify (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, identify_scroller);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, identify_title);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, identify_say);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, receipt);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, or_label);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, email);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, phone);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, card);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, problem);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, identify_else);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, identify_answers);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, go_on);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_go_on);
  gtk_widget_class_bind_template_callback (widget_class, on_answers_clicked);
}

static void
bind_record (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, record_problem);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, list);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, answers);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, erase);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_erase_clicked);
}

static void
bind_erasure (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, confirm_title);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, confirm_goes);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, confirm_stays);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, confirm_problem);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, keep);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, erase_now);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, erased_title);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, erased_say);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, erased_copies);
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, hand_back);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_erase_now_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_hand_back_clicked);
}

static void
cb_record_page_class_init (CbRecordPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cb_record_page_dispose;
  object_class->finalize = cb_record_page_finalize;
  g_type_ensure (CB_TYPE_BANNER);
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_FIELD);

  signals[SIGNAL_ANSWERS] =
    g_signal_new ("answers", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_HANDED_BACK] =
    g_signal_new ("handed-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-record-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbRecordPage, views);
  bind_identify (widget_class);
  bind_record (widget_class);
  bind_erasure (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-record-page");
}

static void
cb_record_page_init (CbRecordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  cb_record_page_set_language (self, "en");
}

GtkWidget *
cb_record_page_new (void)
{
  return g_object_new (CB_TYPE_RECORD_PAGE, NULL);
}
