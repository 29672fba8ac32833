/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-errand-editor.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-errand-words.h"
#include "widgets/cb-wrapping.h"

/* The days that one tap chooses, and the one that is typed. */
typedef enum
{
  DAY_NONE,
  DAY_TODAY,
  DAY_TOMORROW,
  DAY_IN_A_WEEK,
  DAY_OTHER,
} Day;

static const guint days_ahead[] = {
  [DAY_TODAY] = 0,
  [DAY_TOMORROW] = 1,
  [DAY_IN_A_WEEK] = 7,
};

/* As they stand in the choice: what is heard most often first. */
static const CbMatterKind kinds[] = {
  CB_MATTER_TELL_ME, CB_MATTER_PROMISE,    CB_MATTER_HOLD,  CB_MATTER_ORDER,
  CB_MATTER_REPAIR,  CB_MATTER_ALTERATION, CB_MATTER_OTHER,
};

struct _CbErrandEditor
{
  CbForm parent_instance;

  GtkWidget *content;
  CbBanner *banner;
  GtkWidget *kinds;
  CbField *text;
  GtkWidget *days;
  CbField *date;
  CbField *role;
  GtkLabel *rests_on;
  GtkWidget *save;

  CbChoice *kind;
  CbChoice *day;
};

G_DEFINE_FINAL_TYPE (CbErrandEditor, cb_errand_editor, CB_TYPE_FORM)

/* --- the day --- */

/* 0: no day. */
static gint64
parse_date (const char *text)
{
  GDate date;

  return cb_form_parse_date (text, &date)
           ? cb_clock_date_end_us (g_date_get_year (&date), (int) g_date_get_month (&date),
                                   g_date_get_day (&date))
           : 0;
}

static gint64
get_due_us (CbErrandEditor *self)
{
  guint day = cb_choice_get_selected (self->day);

  if (day == DAY_OTHER)
    return parse_date (cb_field_get_text (self->date));
  if (day == DAY_NONE || day > DAY_OTHER)
    return 0;
  return cb_clock_day_end_us (cb_form_get_now_us (CB_FORM (self)), days_ahead[day]);
}

static char *
dup_date (gint64 end_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local ((end_us - 1) / G_USEC_PER_SEC);

  return g_date_time_format (at, "%Y-%m-%d");
}

static void
show_due (CbErrandEditor *self, gint64 due_us)
{
  g_autofree char *text = NULL;

  for (Day day = DAY_TODAY; day < DAY_OTHER; day++)
    {
      if (due_us == cb_clock_day_end_us (cb_form_get_now_us (CB_FORM (self)), days_ahead[day]))
        {
          cb_choice_set_selected (self->day, day);
          return;
        }
    }
  cb_choice_set_selected (self->day, due_us != 0 ? DAY_OTHER : DAY_NONE);
  if (due_us == 0)
    return;
  text = dup_date (due_us);
  cb_field_set_text (self->date, text);
}

static void
on_day_chosen (CbErrandEditor *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->date), cb_choice_get_selected (self->day) == DAY_OTHER);
}

/* --- the draft --- */

static CbMatterKind
get_kind (CbErrandEditor *self)
{
  guint kind = cb_choice_get_selected (self->kind);

  return kind < G_N_ELEMENTS (kinds) ? kinds[kind] : CB_MATTER_OTHER;
}

/* Nobody promises without a day: one that has none is for today until it is said otherwise. */
static void
on_kind_chosen (CbErrandEditor *self)
{
  gboolean is_promise = get_kind (self) == CB_MATTER_PROMISE;

  if (is_promise && cb_choice_get_selected (self->day) == DAY_NONE)
    cb_choice_set_selected (self->day, DAY_TODAY);
  gtk_label_set_label (
    self->rests_on,
    is_promise ? _ ("It is your word, and stays open until it is kept.")
               : _ ("They ask for it, so it is kept until it is done and they may be told: nothing "
                    "else follows from it."));
}

static CbUnsaved *
build (CbForm *form)
{
  CbErrandEditor *self = CB_ERRAND_EDITOR (form);
  CbMatterDraft *draft = cb_matter_draft_new ();

  draft->text = cb_field_dup_text (self->text);
  draft->for_role = cb_field_dup_text (self->role);
  draft->kind = get_kind (self);
  draft->due_us = get_due_us (self);
  return cb_unsaved_new_matter (draft);
}

/* --- saving --- */

static gboolean
check_day (CbErrandEditor *self)
{
  CbForm *form = CB_FORM (self);
  gint64 due_us = get_due_us (self);
  guint day = cb_choice_get_selected (self->day);

  if (day == DAY_OTHER && due_us == 0)
    return cb_form_refuse (form, self->date, _ ("Write a day, for example 2027-03-31."));
  if (due_us != 0 && due_us <= cb_form_get_now_us (CB_FORM (self)))
    return cb_form_refuse (form, self->date, _ ("That day is over. Choose one from today on."));
  if (due_us > cb_clock_day_end_us (cb_form_get_now_us (CB_FORM (self)), CB_DUE_DAYS_MAX))
    return cb_form_refuse (form, self->date, _ ("That day is too far ahead: three years at most."));
  if (day != DAY_NONE || get_kind (self) != CB_MATTER_PROMISE)
    return TRUE;
  return cb_form_refuse_choice (form, self->day, _ ("A promise needs its day: choose by when."));
}

static gboolean
check (CbForm *form)
{
  CbErrandEditor *self = CB_ERRAND_EDITOR (form);
  g_autofree char *text = cb_field_dup_text (self->text);

  if (text == NULL)
    return cb_form_refuse (form, self->text, _ ("Write what is to be done."));
  return cb_form_check_length (form, self->text, CB_NOTE_MAX) &&
         cb_form_check_length (form, self->role, CB_ROLE_MAX) && check_day (self);
}

static void
send (CbForm *form,
      CbStore *store,
      const char *customer_id,
      CbUnsaved *unsaved,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  unsaved->matter->ends_draft = TRUE;
  cb_store_add_request_async (store, customer_id, g_steal_pointer (&unsaved->matter), NULL,
                              callback, user_data);
}

static gboolean
receive (CbStore *store, GAsyncResult *result, GError **error)
{
  g_autoptr (CbMatter) saved = cb_store_add_request_finish (store, result, error);

  return saved != NULL;
}

/* --- what it begins with --- */

static void
build_choices (CbErrandEditor *self)
{
  self->kind = cb_form_add_choice (self->kinds, _ ("What kind of thing it is"));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    cb_choice_append (self->kind, cb_errand_words_kind (kinds[i]));
  self->day = cb_form_add_choice (self->days, _ ("By when"));
  cb_choice_append (self->day, _ ("No day"));
  cb_choice_append (self->day, _ ("Today"));
  cb_choice_append (self->day, _ ("Tomorrow"));
  cb_choice_append (self->day, _ ("In a week"));
  cb_choice_append (self->day, _ ("Another day"));
}

static void
show_draft (CbErrandEditor *self, const CbMatterDraft *draft)
{
  cb_field_set_text (self->text, draft->text);
  cb_field_set_text (self->role, draft->for_role);
  show_due (self, draft->due_us);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (kinds[i] == draft->kind)
        cb_choice_set_selected (self->kind, i);
    }
}

static void
cb_errand_editor_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_ERRAND_EDITOR);

  G_OBJECT_CLASS (cb_errand_editor_parent_class)->dispose (object);
}

static gboolean
cb_errand_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CB_ERRAND_EDITOR (widget)->text));
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-errand-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, content);
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, banner);
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, kinds);
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, text);
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, days);
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, date);
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, role);
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, rests_on);
  gtk_widget_class_bind_template_child (widget_class, CbErrandEditor, save);
  gtk_widget_class_bind_template_callback_full (widget_class, "save", G_CALLBACK (cb_form_save));
}

static void
cb_errand_editor_class_init (CbErrandEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  CbFormClass *form_class = CB_FORM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_errand_editor_dispose;
  widget_class->grab_focus = cb_errand_editor_grab_focus;
  form_class->build = build;
  form_class->check = check;
  form_class->send = send;
  form_class->receive = receive;

  bind_template (widget_class);
  gtk_widget_class_set_css_name (widget_class, "cb-errand-editor");
}

static void
cb_errand_editor_init (CbErrandEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
  cb_form_set_parts (CB_FORM (self), self->banner, self->save);
  build_choices (self);
  g_signal_connect_object (self->day, "notify::selected", G_CALLBACK (on_day_chosen), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->kind, "notify::selected", G_CALLBACK (on_kind_chosen), self,
                           G_CONNECT_SWAPPED);
  cb_choice_set_selected (self->day, DAY_NONE);
  cb_choice_set_selected (self->kind, 0);
}

GtkWidget *
cb_errand_editor_new (CbStore *store,
                      CbDraftShelf *shelf,
                      const char *customer_id,
                      const CbUnsaved *unsaved)
{
  CbErrandEditor *self = g_object_new (CB_TYPE_ERRAND_EDITOR, NULL);
  CbForm *form = CB_FORM (self);

  cb_form_begin (form, store, shelf, customer_id);
  if (unsaved != NULL)
    show_draft (self, unsaved->matter);
  cb_form_watch_field (form, self->text);
  cb_form_watch_field (form, self->date);
  cb_form_watch_field (form, self->role);
  cb_form_watch_choice (form, self->kind);
  cb_form_watch_choice (form, self->day);
  return GTK_WIDGET (self);
}
