/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-errand-editor.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "shell/cb-errand-words.h"
#include "shell/cb-messages.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-field.h"
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
  GtkWidget parent_instance;

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
  CbStore *store;
  CbDraftShelf *shelf;
  CbStaff *author;
  char *customer_id;
  CbUnsaved *unsaved; /* what is being saved */
  gboolean is_saving;
};

enum
{
  SIGNAL_SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbErrandEditor, cb_errand_editor, GTK_TYPE_WIDGET)

static gint64
now_us (CbErrandEditor *self)
{
  return cb_clock_get_now_us (cb_store_get_clock (self->store));
}

/* --- the day --- */

/* As it is written everywhere alike, else as it is written here. 0: no day. */
static gint64
parse_date (const char *text)
{
  int year;
  int month;
  int day;
  char rest;
  GDate date;

  if (sscanf (text, "%4d-%2d-%2d%c", &year, &month, &day, &rest) == 3)
    return cb_clock_date_end_us (year, month, day);
  g_date_clear (&date, 1);
  g_date_set_parse (&date, text);
  return g_date_valid (&date)
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
  return cb_clock_day_end_us (now_us (self), days_ahead[day]);
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
      if (due_us == cb_clock_day_end_us (now_us (self), days_ahead[day]))
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

static CbMatterDraft *
build_draft (CbErrandEditor *self)
{
  CbMatterDraft *draft = cb_matter_draft_new ();

  draft->text = cb_field_dup_text (self->text);
  draft->for_role = cb_field_dup_text (self->role);
  draft->kind = get_kind (self);
  draft->due_us = get_due_us (self);
  return draft;
}

static void
put_draft (CbErrandEditor *self)
{
  cb_draft_shelf_put (self->shelf, self->author, self->customer_id,
                      cb_unsaved_new_matter (build_draft (self)));
}

/* --- saving --- */

static void
on_add_request_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbErrandEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbMatter) saved = cb_store_add_request_finish (CB_STORE (source), result, &error);

  self->is_saving = FALSE;
  if (saved == NULL)
    cb_draft_shelf_put (self->shelf, self->author, self->customer_id,
                        g_steal_pointer (&self->unsaved));
  g_clear_pointer (&self->unsaved, cb_unsaved_free);
  if (self->store == NULL)
    return;
  gtk_widget_set_sensitive (self->save, TRUE);
  if (saved != NULL)
    g_signal_emit (self, signals[SIGNAL_SAVED], 0);
  else
    cb_banner_show (self->banner, CB_BANNER_PROBLEM, cb_messages_for (error, CB_DURING_SAVE), NULL);
}

static gboolean
refuse (CbField *field, const char *why)
{
  cb_field_set_error (field, why);
  gtk_widget_grab_focus (GTK_WIDGET (field));
  return FALSE;
}

static gboolean
check_day (CbErrandEditor *self)
{
  gint64 due_us = get_due_us (self);
  guint day = cb_choice_get_selected (self->day);

  if (day == DAY_OTHER && due_us == 0)
    return refuse (self->date, _ ("Write a day, for example 2027-03-31."));
  if (due_us != 0 && due_us <= now_us (self))
    return refuse (self->date, _ ("That day is over. Choose one from today on."));
  if (due_us > cb_clock_day_end_us (now_us (self), CB_DUE_DAYS_MAX))
    return refuse (self->date, _ ("That day is too far ahead: three years at most."));
  if (day != DAY_NONE || get_kind (self) != CB_MATTER_PROMISE)
    return TRUE;
  cb_banner_show (self->banner, CB_BANNER_PROBLEM, _ ("A promise needs its day: choose by when."),
                  NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->day));
  return FALSE;
}

static gboolean
check (CbErrandEditor *self)
{
  g_autofree char *text = cb_field_dup_text (self->text);

  cb_banner_hide (self->banner);
  if (text == NULL)
    return refuse (self->text, _ ("Write what is to be done."));
  if (strlen (text) > CB_NOTE_MAX)
    return refuse (self->text, _ ("This is too long to be kept."));
  if (strlen (cb_field_get_text (self->role)) > CB_ROLE_MAX)
    return refuse (self->role, _ ("This is too long to be kept."));
  return check_day (self);
}

static void
save (CbErrandEditor *self)
{
  CbMatterDraft *draft;

  if (self->is_saving || !check (self))
    return;
  draft = build_draft (self);
  draft->ends_draft = TRUE;
  self->unsaved = cb_unsaved_new_matter (build_draft (self));
  self->is_saving = TRUE;
  gtk_widget_set_sensitive (self->save, FALSE);
  cb_draft_shelf_hand_over (self->shelf, self->author, self->customer_id, CB_UNSAVED_ERRAND);
  cb_store_add_request_async (self->store, self->customer_id, draft, NULL, on_add_request_done,
                              g_object_ref (self));
}

static gboolean
save_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  save (CB_ERRAND_EDITOR (widget));
  return TRUE;
}

/* --- what it begins with --- */

static CbChoice *
add_choice (GtkWidget *box, const char *label)
{
  GtkWidget *choice = cb_choice_new (label);

  gtk_box_append (GTK_BOX (box), choice);
  return CB_CHOICE (choice);
}

static void
build_choices (CbErrandEditor *self)
{
  self->kind = add_choice (self->kinds, _ ("What kind of thing it is"));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    cb_choice_append (self->kind, cb_errand_words_kind (kinds[i]));
  self->day = add_choice (self->days, _ ("By when"));
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

/* What is changed from now on is changed by hand. */
static void
watch (CbErrandEditor *self)
{
  GObject *fields[] = { G_OBJECT (self->text), G_OBJECT (self->date), G_OBJECT (self->role) };
  GObject *choices[] = { G_OBJECT (self->kind), G_OBJECT (self->day) };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_signal_connect_object (fields[i], "changed", G_CALLBACK (put_draft), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    g_signal_connect_object (choices[i], "notify::selected", G_CALLBACK (put_draft), self,
                             G_CONNECT_SWAPPED);
}

static void
cb_errand_editor_dispose (GObject *object)
{
  g_clear_object (&CB_ERRAND_EDITOR (object)->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_ERRAND_EDITOR);

  G_OBJECT_CLASS (cb_errand_editor_parent_class)->dispose (object);
}

static void
cb_errand_editor_finalize (GObject *object)
{
  CbErrandEditor *self = CB_ERRAND_EDITOR (object);

  g_clear_pointer (&self->unsaved, cb_unsaved_free);
  g_clear_object (&self->shelf);
  g_clear_object (&self->author);
  g_clear_pointer (&self->customer_id, g_free);

  G_OBJECT_CLASS (cb_errand_editor_parent_class)->finalize (object);
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
  gtk_widget_class_bind_template_callback (widget_class, save);
}

static void
cb_errand_editor_class_init (CbErrandEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_errand_editor_dispose;
  object_class->finalize = cb_errand_editor_finalize;
  widget_class->grab_focus = cb_errand_editor_grab_focus;
  g_type_ensure (CB_TYPE_BANNER);
  g_type_ensure (CB_TYPE_FIELD);

  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, save_by_key, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-errand-editor");
}

static void
cb_errand_editor_init (CbErrandEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
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

  self->store = g_object_ref (store);
  self->shelf = g_object_ref (shelf);
  self->author = g_object_ref (cb_store_get_actor (store));
  self->customer_id = g_strdup (customer_id);
  if (unsaved != NULL)
    show_draft (self, unsaved->matter);
  watch (self);
  return GTK_WIDGET (self);
}
