/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-review-verdict.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-review-words.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-field.h"
#include "widgets/cb-wrap-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbReviewVerdict
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *status;
  GtkWidget *choices;
  GtkWidget *approve;
  GtkWidget *give_back;
  GtkWidget *redact;
  GtkWidget *escalate;
  GtkWidget *form;
  GtkLabel *question;
  CbChoice *reasons;
  GtkWidget *keeping;
  GtkTextView *kept;
  CbField *remark;
  GtkButton *confirm;

  CbNote *note;
  CbReviewState wanted; /* what the form is about; CB_REVIEW_NONE while it is closed */
};

enum
{
  SIGNAL_DECIDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbReviewVerdict, cb_review_verdict, GTK_TYPE_WIDGET)

void
cb_review_verdict_say (CbReviewVerdict *self, const char *text, gboolean is_problem)
{
  g_return_if_fail (CB_IS_REVIEW_VERDICT (self));

  gtk_label_set_label (self->status, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), text != NULL);
  if (is_problem)
    gtk_widget_add_css_class (GTK_WIDGET (self->status), "cb-problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), "cb-problem");
}

/* --- the words that stay --- */

/* A buffer of its own for every note, and the one before is emptied: no undo reaches back into it,
 * and a selection keeps nothing of it. */
static void
set_kept (CbReviewVerdict *self, const char *text)
{
  g_autoptr (GtkTextBuffer) before = g_object_ref (gtk_text_view_get_buffer (self->kept));
  g_autoptr (GtkTextBuffer) buffer = gtk_text_buffer_new (NULL);

  gtk_text_view_reset_im_context (self->kept);
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_set_enable_undo (buffer, TRUE);
  gtk_text_view_set_buffer (self->kept, buffer);
  gtk_text_buffer_set_enable_undo (before, FALSE);
  gtk_text_buffer_set_text (before, "", 0);
}

static char *
dup_kept (CbReviewVerdict *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->kept);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* --- the form --- */

static void
close_form (CbReviewVerdict *self)
{
  self->wanted = CB_REVIEW_NONE;
  gtk_widget_set_visible (self->form, FALSE);
  gtk_widget_set_visible (self->choices, TRUE);
  cb_choice_set_selected (self->reasons, CB_CHOICE_NONE);
  cb_field_reset (self->remark);
  set_kept (self, "");
}

static void
open_form (CbReviewVerdict *self, CbReviewState wanted)
{
  gboolean is_redacting = wanted == CB_REVIEW_REDACTED;

  if (self->note == NULL)
    return;
  self->wanted = wanted;
  cb_review_verdict_say (self, NULL, FALSE);
  gtk_label_set_label (self->question, wanted == CB_REVIEW_RETURNED ? _ ("Why it goes back")
                                       : is_redacting               ? _ ("Why words are taken out")
                                                                    : _ ("Why it is handed on"));
  gtk_button_set_label (self->confirm, wanted == CB_REVIEW_RETURNED ? _ ("Return it")
                                       : is_redacting               ? _ ("Take them out for good")
                                                                    : _ ("Hand it on"));
  gtk_widget_set_visible (self->keeping, is_redacting);
  set_kept (self, is_redacting ? cb_note_get_text (self->note) : "");
  gtk_widget_set_visible (self->choices, FALSE);
  gtk_widget_set_visible (self->form, TRUE);
  gtk_widget_child_focus (GTK_WIDGET (self->reasons), GTK_DIR_TAB_FORWARD);
}

gboolean
cb_review_verdict_step_back (CbReviewVerdict *self)
{
  g_return_val_if_fail (CB_IS_REVIEW_VERDICT (self), FALSE);

  if (self->wanted == CB_REVIEW_NONE)
    return FALSE;
  close_form (self);
  gtk_widget_grab_focus (self->approve);
  return TRUE;
}

/* --- deciding --- */

static void
decide (CbReviewVerdict *self, CbReviewDraft *draft)
{
  g_signal_emit (self, signals[SIGNAL_DECIDED], 0, draft);
}

static void
on_approve (CbReviewVerdict *self)
{
  if (self->note != NULL && gtk_widget_get_sensitive (self->content))
    decide (self, cb_review_draft_new (CB_REVIEW_APPROVED, CB_REVIEW_REASON_OTHER));
}

static void
on_return (CbReviewVerdict *self)
{
  open_form (self, CB_REVIEW_RETURNED);
}

static void
on_redact (CbReviewVerdict *self)
{
  open_form (self, CB_REVIEW_REDACTED);
}

static void
on_escalate (CbReviewVerdict *self)
{
  open_form (self, CB_REVIEW_ESCALATED);
}

static void
on_confirm (CbReviewVerdict *self)
{
  guint reason = cb_choice_get_selected (self->reasons);
  g_autofree char *kept = NULL;
  CbReviewDraft *draft;

  if (reason == CB_CHOICE_NONE)
    {
      cb_review_verdict_say (self, _ ("Choose a reason first."), TRUE);
      gtk_widget_child_focus (GTK_WIDGET (self->reasons), GTK_DIR_TAB_FORWARD);
      return;
    }
  kept = dup_kept (self);
  if (self->wanted == CB_REVIEW_REDACTED && g_strcmp0 (kept, cb_note_get_text (self->note)) == 0)
    {
      cb_review_verdict_say (self, _ ("Nothing is deleted yet."), TRUE);
      gtk_widget_grab_focus (GTK_WIDGET (self->kept));
      return;
    }
  draft = cb_review_draft_new (self->wanted, (CbReviewReason) reason);
  draft->remark = cb_field_dup_text (self->remark);
  if (self->wanted == CB_REVIEW_REDACTED)
    draft->kept = g_steal_pointer (&kept);
  decide (self, draft);
}

gboolean
cb_review_verdict_take_key (CbReviewVerdict *self, guint keyval)
{
  g_return_val_if_fail (CB_IS_REVIEW_VERDICT (self), FALSE);

  if (self->note == NULL || self->wanted != CB_REVIEW_NONE ||
      !gtk_widget_get_sensitive (self->content))
    return FALSE;
  switch (gdk_keyval_to_lower (keyval))
    {
    case GDK_KEY_a:
      on_approve (self);
      return TRUE;
    case GDK_KEY_r:
      on_return (self);
      return TRUE;
    case GDK_KEY_x:
      on_redact (self);
      return TRUE;
    case GDK_KEY_e:
      on_escalate (self);
      return TRUE;
    default:
      return FALSE;
    }
}

void
cb_review_verdict_set_busy (CbReviewVerdict *self, gboolean is_busy)
{
  g_return_if_fail (CB_IS_REVIEW_VERDICT (self));

  gtk_widget_set_sensitive (self->content, !is_busy);
}

void
cb_review_verdict_set_note (CbReviewVerdict *self, CbNote *note)
{
  g_return_if_fail (CB_IS_REVIEW_VERDICT (self));

  g_set_object (&self->note, note);
  close_form (self);
  gtk_widget_set_sensitive (self->choices, note != NULL);
}

/* --- the type --- */

static void
cb_review_verdict_dispose (GObject *object)
{
  g_clear_object (&CB_REVIEW_VERDICT (object)->note);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_REVIEW_VERDICT);

  G_OBJECT_CLASS (cb_review_verdict_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-review-verdict.ui");
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, content);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, status);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, choices);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, approve);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, give_back);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, redact);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, escalate);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, form);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, question);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, reasons);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, keeping);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, kept);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, remark);
  gtk_widget_class_bind_template_child (widget_class, CbReviewVerdict, confirm);
  gtk_widget_class_bind_template_callback (widget_class, on_approve);
  gtk_widget_class_bind_template_callback (widget_class, on_return);
  gtk_widget_class_bind_template_callback (widget_class, on_redact);
  gtk_widget_class_bind_template_callback (widget_class, on_escalate);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm);
  gtk_widget_class_bind_template_callback (widget_class, cb_review_verdict_step_back);
}

static void
cb_review_verdict_class_init (CbReviewVerdictClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_review_verdict_dispose;
  g_type_ensure (CB_TYPE_CHOICE);
  g_type_ensure (CB_TYPE_FIELD);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);
  signals[SIGNAL_DECIDED] = g_signal_new ("decided", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-review-verdict");
}

static void
cb_review_verdict_init (CbReviewVerdict *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  for (guint i = 0; i < CB_REVIEW_N_REASONS; i++)
    cb_choice_append (self->reasons, cb_review_words_reason ((CbReviewReason) i));
}
