/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-day-editor.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "shell/cb-words.h"
#include "widgets/cb-wrapping.h"

/* A leap year has every day that there is. */
#define ANY_YEAR 2024

/* As they stand in the choice. */
static const CbOccasionKind kinds[] = { CB_OCCASION_EVENT, CB_OCCASION_YEARLY };

struct _CbDayEditor
{
  CbForm parent_instance;

  GtkWidget *content;
  CbBanner *banner;
  CbField *text;
  GtkWidget *kinds;
  CbField *date;
  CbField *role;
  GtkWidget *provenances;
  GtkLabel *how_long;
  GtkWidget *save;

  CbChoice *kind;
  CbChoice *provenance;
};

G_DEFINE_FINAL_TYPE (CbDayEditor, cb_day_editor, CB_TYPE_FORM)

static CbOccasionKind
get_kind (CbDayEditor *self)
{
  guint kind = cb_choice_get_selected (self->kind);

  return kind < G_N_ELEMENTS (kinds) ? kinds[kind] : CB_OCCASION_EVENT;
}

/* The words below are about that many. */
G_STATIC_ASSERT (CB_EVENT_KEPT_DAYS == 30);

static void
on_kind_chosen (CbDayEditor *self)
{
  gboolean is_event = get_kind (self) == CB_OCCASION_EVENT;

  g_object_set (self->date, "hint",
                is_event ? _ ("Year, month, day: 2027-03-31") : _ ("Month, day: 03-31"), NULL);
  cb_field_set_error (self->date, NULL);
  gtk_label_set_label (
    self->how_long,
    is_event ? _ ("It stays in this shop, and is gone 30 days after the day by itself.")
             : _ ("It stays in this shop. No year is kept: nobody needs to know how old anybody "
                  "is."));
}

/* --- the date --- */

/* A month and a day, else as they are written here; a year that somebody typed with them is not
 * kept. */
static gboolean
parse_yearly (const char *text, GDate *date)
{
  g_autofree char *in_any_year = g_strdup_printf ("%s %d", text, ANY_YEAR);
  int month;
  int day;
  char rest;

  if (sscanf (text, "%2d-%2d%c", &month, &day, &rest) != 2)
    return cb_form_parse_date (text, date) || cb_form_parse_date (in_any_year, date);
  g_date_clear (date, 1);
  if (month > 0 && day > 0 &&
      g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) ANY_YEAR))
    g_date_set_dmy (date, (GDateDay) day, (GDateMonth) month, (GDateYear) ANY_YEAR);
  return g_date_valid (date);
}

static gboolean
parse (CbDayEditor *self, GDate *date)
{
  g_autofree char *text = cb_field_dup_text (self->date);

  g_date_clear (date, 1);
  if (text == NULL)
    return FALSE;
  return get_kind (self) == CB_OCCASION_EVENT ? cb_form_parse_date (text, date)
                                              : parse_yearly (text, date);
}

/* --- the form --- */

static CbUnsaved *
build (CbForm *form)
{
  CbDayEditor *self = CB_DAY_EDITOR (form);
  CbOccasionDraft *draft = cb_occasion_draft_new ();
  GDate date;

  draft->text = cb_field_dup_text (self->text);
  draft->for_role = cb_field_dup_text (self->role);
  draft->typed_date = cb_field_dup_text (self->date);
  draft->kind = get_kind (self);
  draft->provenance = (CbProvenance) cb_choice_get_selected (self->provenance);
  if (!parse (self, &date))
    return cb_unsaved_new_occasion (draft);
  draft->year = draft->kind == CB_OCCASION_EVENT ? g_date_get_year (&date) : 0;
  draft->month = (int) g_date_get_month (&date);
  draft->day = g_date_get_day (&date);
  return cb_unsaved_new_occasion (draft);
}

static gboolean
check_date (CbDayEditor *self)
{
  CbForm *form = CB_FORM (self);
  gboolean is_event = get_kind (self) == CB_OCCASION_EVENT;
  gint64 end_us;
  GDate date;

  if (!parse (self, &date))
    return cb_form_refuse (form, self->date,
                           is_event ? _ ("Write a day, for example 2027-03-31.")
                                    : _ ("Write a month and a day, for example 03-31."));
  if (!is_event)
    return TRUE;
  end_us = cb_clock_date_end_us (g_date_get_year (&date), (int) g_date_get_month (&date),
                                 g_date_get_day (&date));
  if (end_us <= cb_form_get_now_us (form))
    return cb_form_refuse (form, self->date, _ ("That day is over. Choose one from today on."));
  return end_us <= cb_clock_day_end_us (cb_form_get_now_us (form), CB_EVENT_DAYS_MAX) ||
         cb_form_refuse (form, self->date, _ ("That day is too far ahead: five years at most."));
}

static gboolean
check (CbForm *form)
{
  CbDayEditor *self = CB_DAY_EDITOR (form);
  g_autofree char *text = cb_field_dup_text (self->text);

  if (text == NULL)
    return cb_form_refuse (form, self->text, _ ("Write what day it is."));
  return cb_form_check_length (form, self->text, CB_VALUE_MAX) && check_date (self) &&
         cb_form_check_length (form, self->role, CB_ROLE_MAX);
}

static void
send (CbForm *form,
      CbStore *store,
      const char *customer_id,
      CbUnsaved *unsaved,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  unsaved->occasion->ends_draft = TRUE;
  cb_store_add_occasion_async (store, customer_id, g_steal_pointer (&unsaved->occasion), NULL,
                               callback, user_data);
}

static gboolean
receive (CbStore *store, GAsyncResult *result, GError **error)
{
  g_autoptr (CbOccasion) saved = cb_store_add_occasion_finish (store, result, error);

  return saved != NULL;
}

/* --- what it begins with --- */

static void
build_choices (CbDayEditor *self)
{
  self->kind = cb_form_add_choice (self->kinds, _ ("How often it is"));
  cb_choice_append (self->kind, _ ("Once"));
  cb_choice_append (self->kind, _ ("Every year"));
  self->provenance = cb_form_add_choice (self->provenances, _ ("How we know"));
  for (guint i = CB_PROVENANCE_SAID; i <= CB_PROVENANCE_OBSERVED; i++)
    cb_choice_append (self->provenance, cb_words_provenance ((CbProvenance) i));
  g_signal_connect_object (self->kind, "notify::selected", G_CALLBACK (on_kind_chosen), self,
                           G_CONNECT_SWAPPED);
  cb_choice_set_selected (self->kind, 0);
  cb_choice_set_selected (self->provenance, CB_PROVENANCE_SAID);
}

static void
show_draft (CbDayEditor *self, const CbOccasionDraft *draft)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (kinds[i] == draft->kind)
        cb_choice_set_selected (self->kind, i);
    }
  cb_choice_set_selected (self->provenance, draft->provenance);
  cb_field_set_text (self->text, draft->text);
  cb_field_set_text (self->date, draft->typed_date);
  cb_field_set_text (self->role, draft->for_role);
}

static void
cb_day_editor_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_DAY_EDITOR);

  G_OBJECT_CLASS (cb_day_editor_parent_class)->dispose (object);
}

static gboolean
cb_day_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CB_DAY_EDITOR (widget)->text));
}

static void
cb_day_editor_class_init (CbDayEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  CbFormClass *form_class = CB_FORM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_day_editor_dispose;
  widget_class->grab_focus = cb_day_editor_grab_focus;
  form_class->build = build;
  form_class->check = check;
  form_class->send = send;
  form_class->receive = receive;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-day-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, content);
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, banner);
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, text);
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, kinds);
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, date);
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, role);
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, provenances);
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, how_long);
  gtk_widget_class_bind_template_child (widget_class, CbDayEditor, save);
  gtk_widget_class_bind_template_callback_full (widget_class, "save", G_CALLBACK (cb_form_save));
  gtk_widget_class_set_css_name (widget_class, "cb-day-editor");
}

static void
cb_day_editor_init (CbDayEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  cb_form_set_parts (CB_FORM (self), self->banner, self->save);
  build_choices (self);
}

GtkWidget *
cb_day_editor_new (CbStore *store,
                   CbDraftShelf *shelf,
                   const char *customer_id,
                   const CbUnsaved *unsaved)
{
  CbDayEditor *self = g_object_new (CB_TYPE_DAY_EDITOR, NULL);
  CbForm *form = CB_FORM (self);

  cb_form_begin (form, store, shelf, customer_id);
  if (unsaved != NULL)
    show_draft (self, unsaved->occasion);
  cb_form_watch_field (form, self->text);
  cb_form_watch_field (form, self->date);
  cb_form_watch_field (form, self->role);
  cb_form_watch_choice (form, self->kind);
  cb_form_watch_choice (form, self->provenance);
  return GTK_WIDGET (self);
}
