/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "turned/cb-purpose-card.h"

#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "records/cb-drafts.h"
#include "turned/cb-channel-row.h"
#include "turned/cb-turned-words.h"
#include "widgets/cb-wrapping.h"

typedef enum
{
  FACT_WHAT_FOR,
  FACT_YOU_GET,
  FACT_HOW_LONG,
  FACT_WHO,
  FACT_WHERE,
  FACT_CONTACT,
  N_FACTS,
} Fact;

struct _CbPurposeCard
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *title;
  GtkLabel *before;
  GtkGrid *facts;
  GtkToggleButton *yes;
  GtkToggleButton *no;
  GtkLabel *withdrawal;
  GtkWidget *channels;
  GtkLabel *channels_title;

  GtkLabel *labels[N_FACTS];
  GtkLabel *values[N_FACTS];
  GPtrArray *rows; /* of CbChannelRow, borrowed from the widget tree */
  const CbPurpose *purpose;
  char *language;
  CbVerdict verdict;
  gboolean has_contact;
};

enum
{
  SIGNAL_ANSWERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const struct
{
  CbNoticePart label;
  CbNoticePurposePart value;
} fact_parts[N_FACTS] = {
  [FACT_WHAT_FOR] = { CB_NOTICE_LABEL_WHAT_FOR, CB_NOTICE_WHAT_FOR },
  [FACT_YOU_GET] = { CB_NOTICE_LABEL_YOU_GET, CB_NOTICE_YOU_GET },
  [FACT_HOW_LONG] = { CB_NOTICE_LABEL_HOW_LONG, CB_NOTICE_HOW_LONG },
  [FACT_WHO] = { CB_NOTICE_LABEL_WHO, CB_NOTICE_WHO },
  [FACT_WHERE] = { CB_NOTICE_LABEL_WHERE, CB_NOTICE_WHERE },
  [FACT_CONTACT] = { CB_NOTICE_LABEL_CONTACT, CB_NOTICE_CONTACT },
};

static const struct
{
  CbChannel channel;
  CbNoticePart name;
  gboolean needs_email;
  gboolean needs_phone;
} channels[] = {
  { CB_CHANNEL_EMAIL, CB_NOTICE_CHANNEL_EMAIL, TRUE, FALSE },
  { CB_CHANNEL_SMS, CB_NOTICE_CHANNEL_SMS, FALSE, TRUE },
  { CB_CHANNEL_PHONE, CB_NOTICE_CHANNEL_PHONE, FALSE, TRUE },
  { CB_CHANNEL_MESSENGER, CB_NOTICE_CHANNEL_MESSENGER, FALSE, TRUE },
};

G_DEFINE_FINAL_TYPE (CbPurposeCard, cb_purpose_card, GTK_TYPE_WIDGET)

/* --- words --- */

static void
set_part (CbPurposeCard *self, GtkLabel *label, CbNoticePart part, const char *controller)
{
  g_autofree char *text =
    cb_notice_dup_text (cb_notice_get_current (), part, self->language, controller);

  gtk_label_set_label (label, text);
}

static void
set_purpose_part (CbPurposeCard *self,
                  GtkLabel *label,
                  CbNoticePurposePart part,
                  const char *controller)
{
  g_autofree char *text = cb_notice_dup_purpose_text (
    cb_notice_get_current (), cb_purpose_get_id (self->purpose), part, self->language, controller);

  gtk_label_set_label (label, text);
}

/* The button says yes or no; whoever cannot see beside what hears that too. */
static void
name_answer (CbPurposeCard *self, GtkToggleButton *button, CbNoticePart part)
{
  const CbNotice *notice = cb_notice_get_current ();
  const char *title =
    cb_notice_get_title (notice, cb_purpose_get_id (self->purpose), self->language);
  g_autofree char *answer = cb_notice_dup_text (notice, part, self->language, NULL);
  g_autofree char *label = g_strdup_printf ("%s: %s", answer, title);

  gtk_button_set_label (GTK_BUTTON (button), answer);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
say_before (CbPurposeCard *self)
{
  gboolean was_yes = self->verdict == CB_VERDICT_ALLOWED;
  gboolean was_no = self->verdict == CB_VERDICT_REFUSED || self->verdict == CB_VERDICT_WITHDRAWN;
  g_autofree char *answer = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->before), was_yes || was_no);
  if (!was_yes && !was_no)
    return;
  answer = cb_notice_dup_text (cb_notice_get_current (), was_yes ? CB_NOTICE_YES : CB_NOTICE_NO,
                               self->language, NULL);
  text = g_strdup_printf ("%s %s", cb_turned_words (CB_TURNED_UNTIL_NOW, self->language), answer);
  gtk_label_set_label (self->before, text);
}

char *
cb_purpose_card_dup_channel_name (CbChannel channel, const char *language)
{
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    {
      if (channels[i].channel == channel)
        return cb_notice_dup_text (cb_notice_get_current (), channels[i].name, language, NULL);
    }
  g_return_val_if_reached (NULL);
}

static void
word_channels (CbPurposeCard *self)
{
  const CbNotice *notice = cb_notice_get_current ();
  g_autofree char *yes = cb_notice_dup_text (notice, CB_NOTICE_YES, self->language, NULL);
  g_autofree char *no = cb_notice_dup_text (notice, CB_NOTICE_NO, self->language, NULL);

  gtk_label_set_label (
    self->channels_title,
    cb_turned_words (self->has_contact ? CB_TURNED_HOW_REACHED : CB_TURNED_NO_CONTACT,
                     self->language));
  for (guint i = 0; i < self->rows->len; i++)
    {
      CbChannelRow *row = g_ptr_array_index (self->rows, i);
      g_autofree char *name =
        cb_purpose_card_dup_channel_name (cb_channel_row_get_channel (row), self->language);

      cb_channel_row_set_words (row, name, yes, no);
    }
}

void
cb_purpose_card_set_language (CbPurposeCard *self, const char *language, const char *controller)
{
  g_return_if_fail (CB_IS_PURPOSE_CARD (self));

  g_free (self->language);
  self->language = g_strdup (language);
  for (guint i = 0; i < N_FACTS; i++)
    {
      if (self->labels[i] == NULL)
        continue;
      set_part (self, self->labels[i], fact_parts[i].label, controller);
      set_purpose_part (self, self->values[i], fact_parts[i].value, controller);
    }
  set_purpose_part (self, self->title, CB_NOTICE_TITLE, controller);
  set_part (self, self->withdrawal, CB_NOTICE_WITHDRAWAL, controller);
  name_answer (self, self->yes, CB_NOTICE_YES);
  name_answer (self, self->no, CB_NOTICE_NO);
  say_before (self);
  word_channels (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_label (self->title), -1);
}

/* --- answers --- */

static void
on_toggled (CbPurposeCard *self)
{
  gboolean is_yes = gtk_toggle_button_get_active (self->yes);
  gboolean takes_back =
    gtk_toggle_button_get_active (self->no) && self->verdict == CB_VERDICT_ALLOWED;

  gtk_widget_set_visible (GTK_WIDGET (self->withdrawal), takes_back);
  gtk_widget_set_visible (self->channels, is_yes && cb_purpose_get_contact (self->purpose) ==
                                                      CB_PURPOSE_CONTACT_CHANNEL);
  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0);
}

const char *
cb_purpose_card_get_purpose (CbPurposeCard *self)
{
  g_return_val_if_fail (CB_IS_PURPOSE_CARD (self), NULL);

  return cb_purpose_get_id (self->purpose);
}

gboolean
cb_purpose_card_get_answer (CbPurposeCard *self, CbAnswer *answer)
{
  g_return_val_if_fail (CB_IS_PURPOSE_CARD (self), FALSE);

  if (gtk_toggle_button_get_active (self->yes))
    *answer = CB_ANSWER_YES;
  else if (gtk_toggle_button_get_active (self->no))
    *answer = CB_ANSWER_NO;
  else
    return FALSE;
  return TRUE;
}

static void
add_answer (CbPurposeCard *self, GPtrArray *answers, CbChannel channel, CbAnswer answer)
{
  CbAnswerDraft *draft = cb_answer_draft_new ();

  draft->purpose = g_strdup (cb_purpose_get_id (self->purpose));
  draft->language = g_strdup (self->language);
  draft->channel = channel;
  draft->answer = answer;
  draft->method = CB_METHOD_TAPPED;
  g_ptr_array_add (answers, draft);
}

void
cb_purpose_card_collect (CbPurposeCard *self, GPtrArray *answers)
{
  CbAnswer answer;

  g_return_if_fail (CB_IS_PURPOSE_CARD (self));

  if (!cb_purpose_card_get_answer (self, &answer))
    return;
  add_answer (self, answers, CB_CHANNEL_NONE, answer);
  for (guint i = 0; i < self->rows->len && answer == CB_ANSWER_YES; i++)
    {
      CbChannelRow *row = g_ptr_array_index (self->rows, i);
      CbAnswer on_channel;

      if (cb_channel_row_get_answer (row, &on_channel))
        add_answer (self, answers, cb_channel_row_get_channel (row), on_channel);
    }
}

/* --- building --- */

static GtkLabel *
new_fact_label (const char *css_class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));

  gtk_widget_add_css_class (GTK_WIDGET (label), css_class);
  cb_wrapping_follow_label (label);
  gtk_label_set_xalign (label, 0.0f);
  gtk_label_set_yalign (label, 0.0f);
  return label;
}

static void
build_facts (CbPurposeCard *self)
{
  gboolean is_outreach = cb_purpose_get_contact (self->purpose) == CB_PURPOSE_CONTACT_CHANNEL;

  for (guint i = 0; i < N_FACTS; i++)
    {
      if (i == FACT_CONTACT && !is_outreach)
        continue;
      self->labels[i] = new_fact_label ("cb-fact");
      self->values[i] = new_fact_label ("cb-value");
      gtk_label_set_width_chars (self->labels[i], 10);
      gtk_label_set_max_width_chars (self->labels[i], 16);
      gtk_widget_set_hexpand (GTK_WIDGET (self->values[i]), TRUE);
      gtk_grid_attach (self->facts, GTK_WIDGET (self->labels[i]), 0, (int) i, 1, 1);
      gtk_grid_attach (self->facts, GTK_WIDGET (self->values[i]), 1, (int) i, 1, 1);
    }
}

static gboolean
is_any (const char *const *values)
{
  return values != NULL && values[0] != NULL;
}

static void
build_channels (CbPurposeCard *self, CbCustomer *customer)
{
  gboolean has_email = is_any (cb_customer_get_emails (customer));
  gboolean has_phone = is_any (cb_customer_get_phones (customer));

  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    {
      GtkWidget *row;

      if (!cb_purpose_has_channel (self->purpose, cb_channel_to_id (channels[i].channel)) ||
          (channels[i].needs_email && !has_email) || (channels[i].needs_phone && !has_phone))
        continue;
      row = cb_channel_row_new (channels[i].channel);
      g_ptr_array_add (self->rows, row);
      gtk_box_append (GTK_BOX (self->channels), row);
    }
  self->has_contact = self->rows->len > 0;
}

static CbVerdict
find_verdict (CbDossier *dossier, const char *purpose)
{
  GPtrArray *permissions = cb_dossier_get_permissions (dossier);

  for (guint i = 0; i < permissions->len; i++)
    {
      CbPermission *permission = g_ptr_array_index (permissions, i);

      if (cb_permission_get_channel (permission) == CB_CHANNEL_NONE &&
          g_strcmp0 (cb_permission_get_purpose (permission), purpose) == 0)
        return cb_permission_get_verdict (permission);
    }
  return CB_VERDICT_NOT_ASKED;
}

static void
cb_purpose_card_dispose (GObject *object)
{
  CbPurposeCard *self = CB_PURPOSE_CARD (object);

  g_ptr_array_set_size (self->rows, 0);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_PURPOSE_CARD);

  G_OBJECT_CLASS (cb_purpose_card_parent_class)->dispose (object);
}

static void
cb_purpose_card_finalize (GObject *object)
{
  CbPurposeCard *self = CB_PURPOSE_CARD (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->language, g_free);

  G_OBJECT_CLASS (cb_purpose_card_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-purpose-card.ui");
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, content);
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, title);
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, before);
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, facts);
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, yes);
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, no);
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, withdrawal);
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, channels);
  gtk_widget_class_bind_template_child (widget_class, CbPurposeCard, channels_title);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
cb_purpose_card_class_init (CbPurposeCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_purpose_card_dispose;
  object_class->finalize = cb_purpose_card_finalize;

  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-purpose-card");
}

static void
cb_purpose_card_init (CbPurposeCard *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_purpose_card_new (const char *purpose, CbDossier *dossier)
{
  CbPurposeCard *self = g_object_new (CB_TYPE_PURPOSE_CARD, NULL);

  self->purpose = cb_purpose_find (purpose);
  g_assert (self->purpose != NULL);
  self->verdict = find_verdict (dossier, purpose);
  build_facts (self);
  build_channels (self, cb_dossier_get_customer (dossier));
  return GTK_WIDGET (self);
}
