/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-preference-editor.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-words.h"
#include "widgets/cb-wrap-layout.h"

struct _CbPreferenceEditor
{
  CbForm parent_instance;

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
  char *preference_id;
  char *purpose;
};

G_DEFINE_FINAL_TYPE (CbPreferenceEditor, cb_preference_editor, CB_TYPE_FORM)

/* --- the draft --- */

static CbUnsaved *
build (CbForm *form)
{
  CbPreferenceEditor *self = CB_PREFERENCE_EDITOR (form);
  CbPreferenceDraft *draft = cb_preference_draft_new ();

  draft->id = g_strdup (self->preference_id);
  draft->purpose = g_strdup (self->purpose);
  draft->value = cb_field_dup_text (self->value);
  draft->garment = cb_field_dup_text (self->garment);
  draft->maker = cb_field_dup_text (self->maker);
  draft->facet = (CbFacet) cb_choice_get_selected (self->facet);
  draft->polarity = (CbPolarity) cb_choice_get_selected (self->polarity);
  draft->provenance = (CbProvenance) cb_choice_get_selected (self->provenance);
  return cb_unsaved_new_preference (draft);
}

/* --- saving --- */

static gboolean
check (CbForm *form)
{
  CbPreferenceEditor *self = CB_PREFERENCE_EDITOR (form);
  g_autofree char *value = cb_field_dup_text (self->value);

  if (value == NULL)
    return cb_form_refuse (form, self->value, _ ("Write what they said."));
  return cb_form_check_length (form, self->value, CB_VALUE_MAX) &&
         cb_form_check_length (form, self->garment, CB_VALUE_MAX) &&
         cb_form_check_length (form, self->maker, CB_VALUE_MAX);
}

static void
send (CbForm *form,
      CbStore *store,
      const char *customer_id,
      CbUnsaved *unsaved,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  unsaved->preference->ends_draft = TRUE;
  cb_store_set_preference_async (store, customer_id, g_steal_pointer (&unsaved->preference), NULL,
                                 callback, user_data);
}

static gboolean
receive (CbStore *store, GAsyncResult *result, GError **error)
{
  g_autoptr (CbPreference) saved = cb_store_set_preference_finish (store, result, error);

  return saved != NULL;
}

static void
build_choices (CbPreferenceEditor *self)
{
  self->facet = cb_form_add_choice (self->facets, _ ("What it is about"));
  for (guint i = CB_FACET_SIZE; i <= CB_FACET_OTHER; i++)
    cb_choice_append (self->facet, cb_words_facet ((CbFacet) i));
  self->polarity = cb_form_add_choice (self->polarities, _ ("What they think of it"));
  for (guint i = CB_POLARITY_LIKE; i <= CB_POLARITY_NEVER; i++)
    cb_choice_append (self->polarity, cb_words_polarity ((CbPolarity) i));
  self->provenance = cb_form_add_choice (self->provenances, _ ("How we know"));
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

static void
cb_preference_editor_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_PREFERENCE_EDITOR);

  G_OBJECT_CLASS (cb_preference_editor_parent_class)->dispose (object);
}

static void
cb_preference_editor_finalize (GObject *object)
{
  CbPreferenceEditor *self = CB_PREFERENCE_EDITOR (object);

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
  gtk_widget_class_bind_template_callback_full (widget_class, "save", G_CALLBACK (cb_form_save));
}

static void
cb_preference_editor_class_init (CbPreferenceEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  CbFormClass *form_class = CB_FORM_CLASS (klass);

  object_class->dispose = cb_preference_editor_dispose;
  object_class->finalize = cb_preference_editor_finalize;
  widget_class->grab_focus = cb_preference_editor_grab_focus;
  form_class->build = build;
  form_class->check = check;
  form_class->send = send;
  form_class->receive = receive;
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);

  bind_template (widget_class);
  gtk_widget_class_set_css_name (widget_class, "cb-preference-editor");
}

static void
cb_preference_editor_init (CbPreferenceEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_form_set_parts (CB_FORM (self), self->banner, self->save);
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
  CbForm *form = CB_FORM (self);

  cb_form_begin (form, store, shelf, customer_id);
  if (preference != NULL)
    show_preference (self, preference);
  if (draft != NULL)
    show_draft (self, draft);
  cb_form_watch_field (form, self->value);
  cb_form_watch_field (form, self->garment);
  cb_form_watch_field (form, self->maker);
  cb_form_watch_choice (form, self->facet);
  cb_form_watch_choice (form, self->polarity);
  cb_form_watch_choice (form, self->provenance);
  return GTK_WIDGET (self);
}
