/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-preference-editor.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "shell/cb-messages.h"
#include "shell/cb-words.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-choice.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-field.h"
#include "widgets/cb-wrap-layout.h"

struct _CbPreferenceEditor
{
  GtkWidget parent_instance;

  GtkWidget *content;
  CbBanner *banner;
  GtkWidget *facets;
  CbField *value;
  CbField *garment;
  CbField *maker;
  GtkWidget *polarities;
  GtkWidget *provenances;
  GtkWidget *save;

  CbChoice *facet;
  CbChoice *polarity;
  CbChoice *provenance;
  CbStore *store;
  CbDraftShelf *shelf;
  CbStaff *author;
  char *customer_id;
  char *preference_id;
  char *purpose;
  CbUnsaved *unsaved; /* what is being saved */
  gboolean is_saving;
};

enum
{
  SIGNAL_SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbPreferenceEditor, cb_preference_editor, GTK_TYPE_WIDGET)

/* --- the draft --- */

static CbPreferenceDraft *
build_draft (CbPreferenceEditor *self)
{
  CbPreferenceDraft *draft = cb_preference_draft_new ();

  draft->id = g_strdup (self->preference_id);
  draft->purpose = g_strdup (self->purpose);
  draft->value = cb_field_dup_text (self->value);
  draft->garment = cb_field_dup_text (self->garment);
  draft->maker = cb_field_dup_text (self->maker);
  draft->facet = (CbFacet) cb_choice_get_selected (self->facet);
  draft->polarity = (CbPolarity) cb_choice_get_selected (self->polarity);
  draft->provenance = (CbProvenance) cb_choice_get_selected (self->provenance);
  return draft;
}

static void
put_draft (CbPreferenceEditor *self)
{
  cb_draft_shelf_put (self->shelf, self->author, self->customer_id,
                      cb_unsaved_new_preference (build_draft (self)));
}

/* --- saving --- */

static void
on_set_preference_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbPreferenceEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbPreference) saved =
    cb_store_set_preference_finish (CB_STORE (source), result, &error);

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
check_length (CbField *field)
{
  if (strlen (cb_field_get_text (field)) <= CB_VALUE_MAX)
    return TRUE;
  cb_field_set_error (field, _ ("This is too long to be kept."));
  gtk_widget_grab_focus (GTK_WIDGET (field));
  return FALSE;
}

static gboolean
check (CbPreferenceEditor *self)
{
  g_autofree char *value = cb_field_dup_text (self->value);

  if (value == NULL)
    {
      cb_field_set_error (self->value, _ ("Write what they said."));
      gtk_widget_grab_focus (GTK_WIDGET (self->value));
      return FALSE;
    }
  return check_length (self->value) && check_length (self->garment) && check_length (self->maker);
}

static void
save (CbPreferenceEditor *self)
{
  g_autofree char *about = NULL;
  CbPreferenceDraft *draft;

  if (self->is_saving || !check (self))
    return;
  draft = build_draft (self);
  draft->ends_draft = TRUE;
  self->unsaved = cb_unsaved_new_preference (build_draft (self));
  about = cb_unsaved_dup_about (self->unsaved);
  self->is_saving = TRUE;
  gtk_widget_set_sensitive (self->save, FALSE);
  cb_draft_shelf_hand_over (self->shelf, self->author, self->customer_id, about);
  cb_store_set_preference_async (self->store, self->customer_id, draft, NULL,
                                 on_set_preference_done, g_object_ref (self));
}

static gboolean
save_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  save (CB_PREFERENCE_EDITOR (widget));
  return TRUE;
}

static CbChoice *
add_choice (GtkWidget *box, const char *label)
{
  GtkWidget *choice = cb_choice_new (label);

  gtk_box_append (GTK_BOX (box), choice);
  return CB_CHOICE (choice);
}

static void
build_choices (CbPreferenceEditor *self)
{
  self->facet = add_choice (self->facets, _ ("What it is about"));
  for (guint i = CB_FACET_SIZE; i <= CB_FACET_OTHER; i++)
    cb_choice_append (self->facet, cb_words_facet ((CbFacet) i));
  self->polarity = add_choice (self->polarities, _ ("What they think of it"));
  for (guint i = CB_POLARITY_LIKE; i <= CB_POLARITY_NEVER; i++)
    cb_choice_append (self->polarity, cb_words_polarity ((CbPolarity) i));
  self->provenance = add_choice (self->provenances, _ ("How we know"));
  for (guint i = CB_PROVENANCE_SAID; i <= CB_PROVENANCE_OBSERVED; i++)
    cb_choice_append (self->provenance, cb_words_provenance ((CbProvenance) i));
  cb_choice_set_selected (self->facet, CB_FACET_SIZE);
  cb_choice_set_selected (self->polarity, CB_POLARITY_LIKE);
  cb_choice_set_selected (self->provenance, CB_PROVENANCE_SAID);
}

/* --- what it begins with --- */

static void
show_preference (CbPreferenceEditor *self, CbPreference *preference)
{
  self->preference_id = g_strdup (cb_preference_get_id (preference));
  self->purpose = g_strdup (cb_preference_get_purpose (preference));
  cb_field_set_text (self->value, cb_preference_get_value (preference));
  cb_field_set_text (self->garment, cb_preference_get_garment (preference));
  cb_field_set_text (self->maker, cb_preference_get_maker (preference));
  cb_choice_set_selected (self->facet, cb_preference_get_facet (preference));
  cb_choice_set_selected (self->polarity, cb_preference_get_polarity (preference));
  cb_choice_set_selected (self->provenance, cb_preference_get_provenance (preference));
}

static void
show_draft (CbPreferenceEditor *self, const CbPreferenceDraft *draft)
{
  cb_field_set_text (self->value, draft->value);
  cb_field_set_text (self->garment, draft->garment);
  cb_field_set_text (self->maker, draft->maker);
  cb_choice_set_selected (self->facet, draft->facet);
  cb_choice_set_selected (self->polarity, draft->polarity);
  cb_choice_set_selected (self->provenance, draft->provenance);
}

/* What is changed from now on is changed by hand. */
static void
watch (CbPreferenceEditor *self)
{
  GObject *fields[] = { G_OBJECT (self->value), G_OBJECT (self->garment), G_OBJECT (self->maker) };
  GObject *choices[] = { G_OBJECT (self->facet), G_OBJECT (self->polarity),
                         G_OBJECT (self->provenance) };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_signal_connect_object (fields[i], "changed", G_CALLBACK (put_draft), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    g_signal_connect_object (choices[i], "notify::selected", G_CALLBACK (put_draft), self,
                             G_CONNECT_SWAPPED);
}

static void
cb_preference_editor_dispose (GObject *object)
{
  g_clear_object (&CB_PREFERENCE_EDITOR (object)->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_PREFERENCE_EDITOR);

  G_OBJECT_CLASS (cb_preference_editor_parent_class)->dispose (object);
}

static void
cb_preference_editor_finalize (GObject *object)
{
  CbPreferenceEditor *self = CB_PREFERENCE_EDITOR (object);

  g_clear_pointer (&self->unsaved, cb_unsaved_free);
  g_clear_object (&self->shelf);
  g_clear_object (&self->author);
  g_clear_pointer (&self->customer_id, g_free);
  g_clear_pointer (&self->preference_id, g_free);
  g_clear_pointer (&self->purpose, g_free);

  G_OBJECT_CLASS (cb_preference_editor_parent_class)->finalize (object);
}

static gboolean
cb_preference_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CB_PREFERENCE_EDITOR (widget)->value));
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-preference-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, content);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, banner);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, facets);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, value);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, garment);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, maker);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, polarities);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, provenances);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceEditor, save);
  gtk_widget_class_bind_template_callback (widget_class, save);
}

static void
cb_preference_editor_class_init (CbPreferenceEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_preference_editor_dispose;
  object_class->finalize = cb_preference_editor_finalize;
  widget_class->grab_focus = cb_preference_editor_grab_focus;
  g_type_ensure (CB_TYPE_BANNER);
  g_type_ensure (CB_TYPE_FIELD);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);

  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, save_by_key, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-preference-editor");
}

static void
cb_preference_editor_init (CbPreferenceEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  build_choices (self);
}

GtkWidget *
cb_preference_editor_new (CbStore *store,
                          CbDraftShelf *shelf,
                          const char *customer_id,
                          CbPreference *preference,
                          const CbPreferenceDraft *draft)
{
  CbPreferenceEditor *self = g_object_new (CB_TYPE_PREFERENCE_EDITOR, NULL);

  self->store = g_object_ref (store);
  self->shelf = g_object_ref (shelf);
  self->author = g_object_ref (cb_store_get_actor (store));
  self->customer_id = g_strdup (customer_id);
  if (preference != NULL)
    show_preference (self, preference);
  if (draft != NULL)
    show_draft (self, draft);
  watch (self);
  return GTK_WIDGET (self);
}
