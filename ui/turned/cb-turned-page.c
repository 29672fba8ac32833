/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "turned/cb-turned-page.h"

#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "exchange/cb-receipt-code.h"
#include "turned/cb-purpose-card.h"
#include "turned/cb-record-page.h"
#include "turned/cb-turned-words.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-page-layout.h"
#include "widgets/cb-qr.h"
#include "widgets/cb-wrap-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbTurnedPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *name;
  GtkWidget *languages;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  CbBanner *banner;
  GtkLabel *head;
  GtkWidget *cards;
  GtkButton *more;
  GtkButton *everything;
  CbRecordPage *record;
  GtkLabel *foot;
  GtkButton *later;
  GtkButton *done;
  GtkLabel *receipt_title;
  GtkWidget *receipt_lines;
  GtkLabel *receipt_body;
  GtkLabel *receipt_code_label;
  GtkLabel *receipt_code;
  CbQr *receipt_qr;
  GtkLabel *receipt_scan;
  GtkButton *change;
  GtkButton *hand_back;

  CbChoice *language_choice;
  CbStore *store;
  CbDossier *dossier;
  CbStaff *asker; /* who turned the screen */
  char *language;
  char *purpose;
  GHashTable *answered; /* purposes: char *, recorded or on the way */
  char **sending;       /* those on the way alone; may be NULL */
};

enum
{
  SIGNAL_HANDED_BACK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbTurnedPage, cb_turned_page, GTK_TYPE_WIDGET)

/* --- words --- */

static void
set_notice_label (CbTurnedPage *self, GtkLabel *label, CbNoticePart part)
{
  g_autofree char *text = cb_notice_dup_text (cb_notice_get_current (), part, self->language,
                                              cb_store_get_name (self->store));

  gtk_label_set_label (label, text);
}

static void
set_notice_button (CbTurnedPage *self, GtkButton *button, CbNoticePart part)
{
  g_autofree char *text = cb_notice_dup_text (cb_notice_get_current (), part, self->language, NULL);

  gtk_button_set_label (button, text);
}

static CbPurposeCard *
next_card (CbTurnedPage *self, CbPurposeCard *card)
{
  GtkWidget *next = card == NULL ? gtk_widget_get_first_child (self->cards)
                                 : gtk_widget_get_next_sibling (GTK_WIDGET (card));

  return next != NULL ? CB_PURPOSE_CARD (next) : NULL;
}

static void
set_words (CbTurnedPage *self)
{
  const char *shop = cb_store_get_name (self->store);

  set_notice_label (self, self->head, CB_NOTICE_HEAD);
  set_notice_label (self, self->foot, CB_NOTICE_FOOT);
  set_notice_button (self, self->more, CB_NOTICE_MORE);
  set_notice_button (self, self->later, CB_NOTICE_LATER);
  gtk_button_set_label (self->everything, cb_turned_words (CB_TURNED_EVERYTHING, self->language));
  cb_record_page_set_language (self->record, self->language);
  gtk_button_set_label (self->done, cb_turned_words (CB_TURNED_DONE, self->language));
  gtk_button_set_label (self->change, cb_turned_words (CB_TURNED_CHANGE, self->language));
  gtk_button_set_label (self->hand_back, cb_turned_words (CB_TURNED_HAND_BACK, self->language));
  set_notice_label (self, self->receipt_title, CB_NOTICE_RECEIPT_TITLE);
  set_notice_label (self, self->receipt_body, CB_NOTICE_RECEIPT_BODY);
  set_notice_label (self, self->receipt_code_label, CB_NOTICE_RECEIPT_CODE);
  cb_qr_set_label (self->receipt_qr, gtk_label_get_text (self->receipt_code_label));
  gtk_label_set_label (self->receipt_scan, cb_turned_words (CB_TURNED_SCAN, self->language));
  for (CbPurposeCard *card = next_card (self, NULL); card != NULL; card = next_card (self, card))
    cb_purpose_card_set_language (card, self->language, shop);
}

static void
on_language_chosen (CbTurnedPage *self)
{
  const char *const *languages = cb_notice_get_languages (cb_notice_get_current ());
  guint chosen = cb_choice_get_selected (self->language_choice);

  if (chosen == CB_CHOICE_NONE || self->dossier == NULL)
    return;
  g_free (self->language);
  self->language = g_strdup (languages[chosen]);
  set_words (self);
}

static void
choose_language (CbTurnedPage *self, const char *wanted)
{
  const CbNotice *notice = cb_notice_get_current ();
  const char *const *languages = cb_notice_get_languages (notice);
  const char *picked = cb_notice_pick_language (notice, wanted);

  for (guint i = 0; languages[i] != NULL; i++)
    {
      if (g_strcmp0 (languages[i], picked) == 0)
        cb_choice_set_selected (self->language_choice, i);
    }
  g_free (self->language);
  self->language = g_strdup (picked);
  set_words (self);
}

/* --- cards --- */

static void
on_answered (CbTurnedPage *self)
{
  gboolean any = FALSE;
  CbAnswer answer;

  for (CbPurposeCard *card = next_card (self, NULL); card != NULL; card = next_card (self, card))
    any |= cb_purpose_card_get_answer (card, &answer);
  gtk_widget_set_sensitive (GTK_WIDGET (self->done), any && self->sending == NULL);
}

static void
add_card (CbTurnedPage *self, const char *purpose)
{
  GtkWidget *card = cb_purpose_card_new (purpose, self->dossier);

  g_signal_connect_object (card, "answered", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->cards), card);
}

static void
clear_cards (CbTurnedPage *self)
{
  GtkWidget *card;

  while ((card = gtk_widget_get_first_child (self->cards)) != NULL)
    gtk_box_remove (GTK_BOX (self->cards), card);
}

static void
on_more_clicked (CbTurnedPage *self)
{
  const CbPurpose *const *all = cb_purposes_get_all ();

  for (guint i = 0; all[i] != NULL; i++)
    {
      if (cb_purpose_is_on_card (all[i]) &&
          g_strcmp0 (cb_purpose_get_id (all[i]), self->purpose) != 0)
        add_card (self, cb_purpose_get_id (all[i]));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->more), FALSE);
  set_words (self);
}

/* --- the whole record --- */

static void
show_record (CbTurnedPage *self, gboolean is_shown)
{
  const char *customer_id = cb_customer_get_id (cb_dossier_get_customer (self->dossier));

  gtk_stack_set_visible_child_name (self->stack, "record");
  cb_record_page_start (self->record, customer_id, is_shown);
}

static void
on_everything_clicked (CbTurnedPage *self)
{
  if (self->dossier != NULL)
    show_record (self, FALSE);
}

/* Who began with the record was not asked anything yet. */
static void
on_record_answers (CbTurnedPage *self)
{
  if (self->dossier == NULL)
    return;
  if (next_card (self, NULL) == NULL)
    {
      add_card (self, self->purpose);
      set_words (self);
    }
  gtk_stack_set_visible_child_name (self->stack, "ask");
}

static void
on_record_handed_back (CbTurnedPage *self)
{
  g_signal_emit (self, signals[SIGNAL_HANDED_BACK], 0);
}

/* --- recording --- */

static void
empty (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static void
add_receipt_line (CbTurnedPage *self, const CbAnswerDraft *draft)
{
  const CbNotice *notice = cb_notice_get_current ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *about = gtk_label_new (NULL);
  GtkWidget *answer = gtk_label_new (NULL);
  g_autofree char *name = NULL;
  g_autofree char *said = NULL;

  if (draft->channel == CB_CHANNEL_NONE)
    name = g_strdup (cb_notice_get_title (notice, draft->purpose, self->language));
  else
    name = cb_purpose_card_dup_channel_name (draft->channel, self->language);
  said = cb_notice_dup_text (notice, draft->answer == CB_ANSWER_YES ? CB_NOTICE_YES : CB_NOTICE_NO,
                             self->language, NULL);
  gtk_label_set_label (GTK_LABEL (about), name);
  gtk_label_set_label (GTK_LABEL (answer), said);
  gtk_label_set_wrap (GTK_LABEL (about), TRUE);
  gtk_label_set_xalign (GTK_LABEL (about), 0.0f);
  gtk_widget_set_hexpand (about, TRUE);
  gtk_widget_add_css_class (answer, "cb-strong");
  gtk_widget_add_css_class (line, "cb-receipt-line");
  if (draft->channel != CB_CHANNEL_NONE)
    gtk_widget_add_css_class (line, "cb-channel-line");
  gtk_box_append (GTK_BOX (line), about);
  gtk_box_append (GTK_BOX (line), answer);
  gtk_box_append (GTK_BOX (self->receipt_lines), line);
}

static GPtrArray *
collect (CbTurnedPage *self)
{
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);

  for (CbPurposeCard *card = next_card (self, NULL); card != NULL; card = next_card (self, card))
    cb_purpose_card_collect (card, answers);
  return answers;
}

static gboolean
is_any (CbTurnedPage *self, CbPurposeCard *card)
{
  return TRUE;
}

static gboolean
is_tapped (CbTurnedPage *self, CbPurposeCard *card)
{
  CbAnswer answer;

  return cb_purpose_card_get_answer (card, &answer);
}

static gboolean
is_unanswered (CbTurnedPage *self, CbPurposeCard *card)
{
  return !g_hash_table_contains (self->answered, cb_purpose_card_get_purpose (card));
}

/* Of the cards that are shown. Free it. */
static char **
list_purposes (CbTurnedPage *self, gboolean (*is_meant) (CbTurnedPage *, CbPurposeCard *))
{
  g_autoptr (GStrvBuilder) purposes = g_strv_builder_new ();

  for (CbPurposeCard *card = next_card (self, NULL); card != NULL; card = next_card (self, card))
    {
      if (is_meant (self, card))
        g_strv_builder_add (purposes, cb_purpose_card_get_purpose (card));
    }
  return g_strv_builder_end (purposes);
}

/* A receipt's id is read aloud and typed in again, so it stands in groups of four. */
static char *
dup_grouped (const char *receipt)
{
  g_autoptr (GString) grouped = g_string_new (NULL);

  for (guint i = 0; receipt[i] != '\0'; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (grouped, ' ');
      g_string_append_c (grouped, receipt[i]);
    }
  return g_string_free (g_steal_pointer (&grouped), FALSE);
}

static void
show_receipt (CbTurnedPage *self, const char *receipt)
{
  g_autofree char *code = dup_grouped (receipt);
  g_autofree char *to_scan = cb_receipt_code_make (receipt);
  g_autoptr (GPtrArray) answers = collect (self);

  empty (self->receipt_lines);
  for (guint i = 0; i < answers->len; i++)
    add_receipt_line (self, g_ptr_array_index (answers, i));
  gtk_label_set_label (self->receipt_code, code);
  cb_qr_set_text (self->receipt_qr, to_scan);
  gtk_stack_set_visible_child_name (self->stack, "receipt");
  gtk_widget_grab_focus (GTK_WIDGET (self->hand_back));
}

/* An answer on the way is one, however soon the page goes. */
static void
begin_recording (CbTurnedPage *self, char **purposes)
{
  self->sending = purposes;
  for (guint i = 0; purposes[i] != NULL; i++)
    g_hash_table_add (self->answered, g_strdup (purposes[i]));
  gtk_widget_set_sensitive (self->cards, FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->later), FALSE);
  on_answered (self);
}

static void
end_recording (CbTurnedPage *self, gboolean was_kept)
{
  for (guint i = 0; !was_kept && self->sending[i] != NULL; i++)
    g_hash_table_remove (self->answered, self->sending[i]);
  g_clear_pointer (&self->sending, g_strfreev);
  gtk_widget_set_sensitive (self->cards, TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->later), TRUE);
  on_answered (self);
}

static void
on_record_answers_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbTurnedPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *receipt = cb_store_record_answers_finish (CB_STORE (source), result, &error);

  if (self->store == NULL || self->dossier == NULL || self->sending == NULL)
    return;
  end_recording (self, receipt != NULL);
  if (receipt != NULL)
    show_receipt (self, receipt);
  else
    cb_banner_show (self->banner, CB_BANNER_PROBLEM,
                    cb_turned_words (CB_TURNED_NOT_KEPT, self->language), NULL);
}

static void
on_done_clicked (CbTurnedPage *self)
{
  g_autoptr (GPtrArray) answers = collect (self);

  if (answers->len == 0 || self->sending != NULL)
    return;
  cb_banner_hide (self->banner);
  begin_recording (self, list_purposes (self, is_tapped));
  cb_store_record_answers_async (
    self->store, cb_customer_get_id (cb_dossier_get_customer (self->dossier)),
    g_steal_pointer (&answers), NULL, on_record_answers_done, g_object_ref (self));
}

static void
on_later_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbTurnedPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *receipt = cb_store_record_answers_finish (CB_STORE (source), result, &error);

  if (self->store == NULL || self->dossier == NULL || self->sending == NULL)
    return;
  end_recording (self, receipt != NULL);
  if (receipt != NULL)
    g_signal_emit (self, signals[SIGNAL_HANDED_BACK], 0);
  else
    cb_banner_show (self->banner, CB_BANNER_PROBLEM,
                    cb_turned_words (CB_TURNED_NOT_KEPT, self->language), NULL);
}

/* "Ask me later" is remembered too, so that the next colleague knows; it counts as no. It is said
 * to all that is on the screen. */
static void
on_later_clicked (CbTurnedPage *self)
{
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  CbAnswerDraft *draft = cb_answer_draft_new ();

  draft->purpose = g_strdup (self->purpose);
  draft->language = g_strdup (self->language);
  draft->answer = CB_ANSWER_LATER;
  draft->method = CB_METHOD_TAPPED;
  g_ptr_array_add (answers, draft);
  cb_banner_hide (self->banner);
  begin_recording (self, list_purposes (self, is_any));
  cb_store_record_answers_async (self->store,
                                 cb_customer_get_id (cb_dossier_get_customer (self->dossier)),
                                 answers, NULL, on_later_recorded, g_object_ref (self));
}

static void
on_change_clicked (CbTurnedPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, "ask");
}

static void
on_hand_back_clicked (CbTurnedPage *self)
{
  g_signal_emit (self, signals[SIGNAL_HANDED_BACK], 0);
}

/* --- going away --- */

static void
on_dismissed_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cb_store_record_dismissed_finish (CB_STORE (source), result, &error))
    g_message ("what stayed unanswered: %s", error->message);
}

/* What was asked and not answered is known too, and nobody has to do anything for it. */
static void
record_dismissed (CbTurnedPage *self)
{
  g_auto (GStrv) purposes = list_purposes (self, is_unanswered);
  CbDismissal *dismissal;

  if (self->dossier == NULL || self->asker == NULL || purposes[0] == NULL ||
      cb_record_page_is_erased (self->record))
    return;
  dismissal = cb_dismissal_new ((const char *const *) purposes);
  dismissal->language = g_strdup (self->language);
  dismissal->method = CB_METHOD_TAPPED;
  cb_store_record_dismissed_async (self->store, self->asker,
                                   cb_customer_get_id (cb_dossier_get_customer (self->dossier)),
                                   dismissal, NULL, on_dismissed_recorded, NULL);
}

static void
forget_customer (CbTurnedPage *self)
{
  g_hash_table_remove_all (self->answered);
  g_clear_pointer (&self->sending, g_strfreev);
  g_clear_object (&self->asker);
  g_clear_object (&self->dossier);
  g_clear_pointer (&self->purpose, g_free);
}

/* --- what the window asks --- */

static void
begin (CbTurnedPage *self, CbDossier *dossier, const char *purpose)
{
  CbCustomer *customer;
  g_autofree char *name = NULL;

  cb_turned_page_clear (self);
  customer = cb_dossier_get_customer (dossier);
  name = cb_customer_dup_display_name (customer);
  self->dossier = g_object_ref (dossier);
  g_set_object (&self->asker, cb_store_get_actor (self->store));
  self->purpose = g_strdup (purpose);
  gtk_label_set_label (self->name, name);
  gtk_widget_set_visible (GTK_WIDGET (self->name), *name != '\0');
  choose_language (self, cb_customer_get_language (customer));
}

void
cb_turned_page_show (CbTurnedPage *self, CbDossier *dossier, const char *purpose)
{
  g_return_if_fail (CB_IS_TURNED_PAGE (self));

  begin (self, dossier, purpose);
  add_card (self, purpose);
  set_words (self);
  on_answered (self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0.0);
}

void
cb_turned_page_show_record (CbTurnedPage *self,
                            CbDossier *dossier,
                            const char *purpose,
                            gboolean is_shown)
{
  g_return_if_fail (CB_IS_TURNED_PAGE (self));

  begin (self, dossier, purpose);
  on_answered (self);
  show_record (self, is_shown);
}

void
cb_turned_page_cover (CbTurnedPage *self)
{
  g_return_if_fail (CB_IS_TURNED_PAGE (self));

  cb_record_page_cover (self->record);
}

gboolean
cb_turned_page_is_erased (CbTurnedPage *self)
{
  g_return_val_if_fail (CB_IS_TURNED_PAGE (self), FALSE);

  return cb_record_page_is_erased (self->record);
}

void
cb_turned_page_clear (CbTurnedPage *self)
{
  g_return_if_fail (CB_IS_TURNED_PAGE (self));

  record_dismissed (self);
  cb_record_page_clear (self->record);
  clear_cards (self);
  empty (self->receipt_lines);
  cb_banner_hide (self->banner);
  gtk_label_set_label (self->name, "");
  gtk_label_set_label (self->receipt_code, "");
  cb_qr_set_text (self->receipt_qr, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->more), TRUE);
  gtk_stack_set_visible_child_name (self->stack, "ask");
  gtk_widget_set_sensitive (self->cards, TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->later), TRUE);
  forget_customer (self);
}

const char *
cb_turned_page_get_language (CbTurnedPage *self)
{
  g_return_val_if_fail (CB_IS_TURNED_PAGE (self), NULL);

  return self->language;
}

static void
build_languages (CbTurnedPage *self)
{
  const char *const *languages = cb_notice_get_languages (cb_notice_get_current ());

  self->language_choice = CB_CHOICE (cb_choice_new (cb_turned_words (CB_TURNED_SPOKEN_FOR, "en")));
  for (guint i = 0; languages[i] != NULL; i++)
    cb_choice_append (self->language_choice, cb_turned_words_language_name (languages[i]));
  g_signal_connect_object (self->language_choice, "notify::selected",
                           G_CALLBACK (on_language_chosen), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->languages), GTK_WIDGET (self->language_choice));
}

static void
cb_turned_page_dispose (GObject *object)
{
  CbTurnedPage *self = CB_TURNED_PAGE (object);

  /* The window may close while a customer has the screen. */
  if (self->dossier != NULL)
    record_dismissed (self);
  forget_customer (self);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_TURNED_PAGE);

  G_OBJECT_CLASS (cb_turned_page_parent_class)->dispose (object);
}

static void
cb_turned_page_finalize (GObject *object)
{
  CbTurnedPage *self = CB_TURNED_PAGE (object);

  g_clear_pointer (&self->language, g_free);
  g_clear_pointer (&self->answered, g_hash_table_unref);

  G_OBJECT_CLASS (cb_turned_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-turned-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, name);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, languages);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, banner);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, head);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, cards);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, more);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, everything);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, record);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, foot);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, later);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, done);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, receipt_title);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, receipt_lines);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, receipt_body);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, receipt_code_label);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, receipt_code);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, receipt_qr);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, receipt_scan);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, change);
  gtk_widget_class_bind_template_child (widget_class, CbTurnedPage, hand_back);
  gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_everything_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_record_answers);
  gtk_widget_class_bind_template_callback (widget_class, on_record_handed_back);
  gtk_widget_class_bind_template_callback (widget_class, on_later_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_done_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_change_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_hand_back_clicked);
}

static void
cb_turned_page_class_init (CbTurnedPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_turned_page_dispose;
  object_class->finalize = cb_turned_page_finalize;
  g_type_ensure (CB_TYPE_BANNER);
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_QR);
  g_type_ensure (CB_TYPE_RECORD_PAGE);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);

  signals[SIGNAL_HANDED_BACK] =
    g_signal_new ("handed-back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-turned-page");
}

static void
cb_turned_page_init (CbTurnedPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  self->answered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  build_languages (self);
}

GtkWidget *
cb_turned_page_new (CbStore *store)
{
  CbTurnedPage *self = g_object_new (CB_TYPE_TURNED_PAGE, NULL);

  self->store = g_object_ref (store);
  cb_record_page_set_store (self->record, store);
  return GTK_WIDGET (self);
}
