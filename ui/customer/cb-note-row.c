/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-note-row.h"

#include <glib/gi18n-lib.h>

#include "consent/cb-purpose.h"
#include "shell/cb-review-words.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"
#include "widgets/cb-wrap-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbNoteRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *meta;
  GtkLabel *text;
  GtkButton *unveil;
  GtkWidget *tags;
  GtkImage *icon;
  GtkLabel *fate;
  GtkLabel *outcome;
  GtkWidget *acts;
  GtkWidget *helped;
  GtkLabel *used;
  GtkWidget *correct;

  CbNote *note;
};

enum
{
  SIGNAL_HELPED,
  SIGNAL_CORRECT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbNoteRow, cb_note_row, GTK_TYPE_WIDGET)

static void
clear_tags (CbNoteRow *self)
{
  GtkWidget *tag;

  while ((tag = gtk_widget_get_first_child (self->tags)) != NULL)
    gtk_box_remove (GTK_BOX (self->tags), tag);
}

static void
add_tag (CbNoteRow *self, const char *words)
{
  GtkWidget *tag = gtk_label_new (words);

  gtk_widget_add_css_class (tag, "cb-tag");
  gtk_label_set_ellipsize (GTK_LABEL (tag), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (self->tags), tag);
}

/* Only what departs from the composer's defaults is said. */
static void
fill_tags (CbNoteRow *self, CbNote *note)
{
  clear_tags (self);
  if (cb_note_get_intent (note) != CB_INTENT_PROFILE)
    add_tag (self, cb_words_intent (cb_note_get_intent (note)));
  if (cb_note_get_discretion (note) != CB_DISCRETION_MENTION)
    add_tag (self, cb_words_discretion (cb_note_get_discretion (note)));
  if (cb_note_get_for_role (note) != NULL)
    {
      g_autofree char *who =
        g_strdup_printf (_ ("For their %s"), cb_words_for_role (cb_note_get_for_role (note)));

      add_tag (self, who);
    }
  if (cb_note_get_provenance (note) != CB_PROVENANCE_SAID)
    add_tag (self, cb_words_provenance (cb_note_get_provenance (note)));
  if (g_strcmp0 (cb_note_get_purpose (note), CB_PURPOSE_SHOP) != 0)
    add_tag (self, cb_words_purpose (cb_note_get_purpose (note)));
  gtk_widget_set_visible (self->tags, gtk_widget_get_first_child (self->tags) != NULL);
}

static const char *
fate_icon (CbNote *note)
{
  if (cb_note_get_delivery (note) == CB_DELIVERY_PARKED ||
      cb_note_get_life (note) == CB_LIFE_REVIEW)
    return "cb-attention-symbolic";
  if (cb_note_get_delivery (note) == CB_DELIVERY_ACCEPTED)
    return "cb-check-symbolic";
  if (cb_note_get_life (note) == CB_LIFE_UNASKED || cb_note_get_life (note) == CB_LIFE_TONIGHT)
    return "cb-home-symbolic";
  return "cb-clock-symbolic";
}

static void
fill_meta (CbNoteRow *self, CbNote *note, gint64 now_us)
{
  g_autofree char *when = cb_when_dup_moment (cb_note_get_created_us (note), now_us);
  const char *author = cb_note_get_author_name (note);
  /* Translators: author, moment and kind of visit of a note. */
  g_autofree char *meta =
    g_strdup_printf (_ ("%s · %s · %s"), author != NULL ? author : _ ("A former colleague"), when,
                     cb_words_visit (cb_note_get_visit (note)));

  gtk_label_set_label (self->meta, meta);
}

/* What a manager made of it, and that its author changed it. */
static void
fill_outcome (CbNoteRow *self, CbNote *note, gint64 now_us)
{
  g_autofree char *outcome = cb_review_words_dup_outcome (note, now_us);
  gboolean is_returned = cb_note_get_review (note) == CB_REVIEW_RETURNED;

  gtk_label_set_label (self->outcome, outcome != NULL ? outcome : "");
  gtk_widget_set_visible (GTK_WIDGET (self->outcome), outcome != NULL);
  if (is_returned)
    gtk_widget_add_css_class (GTK_WIDGET (self->outcome), "cb-strong");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->outcome), "cb-strong");
}

static void
set_veiled (CbNoteRow *self, gboolean is_veiled)
{
  gboolean is_gift = self->note != NULL && cb_note_get_intent (self->note) == CB_INTENT_GIFT;

  gtk_label_set_label (self->text,
                       is_veiled || self->note == NULL ? "" : cb_note_get_text (self->note));
  gtk_widget_set_visible (GTK_WIDGET (self->text), !is_veiled && self->note != NULL &&
                                                     *cb_note_get_text (self->note) != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->unveil), is_veiled);
  gtk_button_set_label (self->unveil,
                        is_gift ? _ ("Show the gift note") : _ ("Show the private note"));
}

static gboolean
is_delicate (CbNote *note)
{
  return cb_note_get_intent (note) == CB_INTENT_GIFT ||
         cb_note_get_discretion (note) == CB_DISCRETION_PRIVATE;
}

void
cb_note_row_set_note (CbNoteRow *self, CbNote *note, gint64 now_us)
{
  g_autofree char *fate = NULL;

  g_return_if_fail (CB_IS_NOTE_ROW (self));

  g_set_object (&self->note, note);
  if (note == NULL)
    {
      gtk_label_set_label (self->text, "");
      gtk_label_set_label (self->outcome, "");
      return;
    }
  fate = cb_words_dup_note_fate (note, now_us);
  fill_meta (self, note, now_us);
  fill_tags (self, note);
  fill_outcome (self, note, now_us);
  gtk_label_set_label (self->fate, fate);
  gtk_image_set_from_icon_name (self->icon, fate_icon (note));
  set_veiled (self, is_delicate (note));
}

void
cb_note_row_set_acts (CbNoteRow *self, guint n_used, gboolean may_correct)
{
  g_autofree char *used =
    g_strdup_printf (ngettext ("Helped %u time", "Helped %u times", n_used), n_used);

  g_return_if_fail (CB_IS_NOTE_ROW (self));

  gtk_widget_set_visible (self->acts, TRUE);
  gtk_label_set_label (self->used, n_used > 0 ? used : "");
  gtk_widget_set_visible (GTK_WIDGET (self->used), n_used > 0);
  gtk_widget_set_visible (self->correct, may_correct);
}

static void
on_helped (CbNoteRow *self)
{
  g_signal_emit (self, signals[SIGNAL_HELPED], 0);
}

static void
on_correct (CbNoteRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CORRECT], 0);
}

void
cb_note_row_unveil (CbNoteRow *self)
{
  g_return_if_fail (CB_IS_NOTE_ROW (self));

  set_veiled (self, FALSE);
}

static void
on_unveil_clicked (CbNoteRow *self)
{
  set_veiled (self, FALSE);
}

static void
cb_note_row_dispose (GObject *object)
{
  g_clear_object (&CB_NOTE_ROW (object)->note);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_NOTE_ROW);

  G_OBJECT_CLASS (cb_note_row_parent_class)->dispose (object);
}

static void
cb_note_row_class_init (CbNoteRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_note_row_dispose;
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);
  signals[SIGNAL_HELPED] = g_signal_new ("helped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CORRECT] = g_signal_new ("correct", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-note-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, meta);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, text);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, unveil);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, tags);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, fate);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, outcome);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, acts);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, helped);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, used);
  gtk_widget_class_bind_template_child (widget_class, CbNoteRow, correct);
  gtk_widget_class_bind_template_callback (widget_class, on_helped);
  gtk_widget_class_bind_template_callback (widget_class, on_correct);
  gtk_widget_class_bind_template_callback (widget_class, on_unveil_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-note-row");
}

static void
cb_note_row_init (CbNoteRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_note_row_new (void)
{
  return g_object_new (CB_TYPE_NOTE_ROW, NULL);
}
