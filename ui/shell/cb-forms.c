/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-forms.h"

#include <glib/gi18n-lib.h>

#include "customer/cb-day-editor.h"
#include "customer/cb-errand-editor.h"
#include "customer/cb-preference-editor.h"
#include "vault/cb-seal.h"
#include "visit/cb-new-customer.h"

struct _CbForms
{
  GObject parent_instance;

  CbStore *store;
  CbDraftShelf *shelf;
  CbSheet *sheet; /* weak */
  GCancellable *finding;
  char *typed; /* what the last new card was begun for; NULL: none since the last customer */
};

enum
{
  SIGNAL_ADDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbForms, cb_forms, G_TYPE_OBJECT)

static void
stop_finding (CbForms *self)
{
  g_cancellable_cancel (self->finding);
  g_clear_object (&self->finding);
}

/* The draft to begin with, or NULL. */
static CbUnsaved *
take_about (GPtrArray *drafts, const char *about)
{
  for (guint i = 0; i < drafts->len; i++)
    {
      g_autofree char *one = cb_unsaved_dup_about (g_ptr_array_index (drafts, i));

      if (g_str_equal (one, about))
        return g_ptr_array_steal_index (drafts, i);
    }
  return NULL;
}

static gboolean
may_open (CbForms *self)
{
  return self->sheet != NULL && cb_store_get_actor (self->store) != NULL;
}

/* --- about a customer --- */

typedef struct
{
  CbForms *forms;
  char *customer_id;
  CbPreference *preference; /* or NULL */
  CbCustomer *card;         /* or NULL */
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->forms);
  g_free (opening->customer_id);
  g_clear_object (&opening->preference);
  g_clear_object (&opening->card);
  g_free (opening);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static Opening *
opening_new (CbForms *self, const char *customer_id)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->forms = g_object_ref (self);
  opening->customer_id = g_strdup (customer_id);
  return opening;
}

static void
begin_opening (CbForms *self, Opening *opening, GAsyncReadyCallback callback)
{
  self->finding = g_cancellable_new ();
  cb_draft_shelf_find_async (self->shelf, cb_store_get_actor (self->store), opening->customer_id,
                             self->finding, callback, opening);
}

static void
on_saved (CbForms *self)
{
  if (self->sheet != NULL)
    cb_sheet_close (self->sheet);
}

/* Onto the sheet, and its button where it stays in sight. */
static void
open_form (CbForms *self, const char *title, GtkWidget *form)
{
  g_autoptr (GtkWidget) action = cb_form_take_action (CB_FORM (form));

  g_signal_connect_object (form, "saved", G_CALLBACK (on_saved), self, G_CONNECT_SWAPPED);
  cb_sheet_open (self->sheet, title, form);
  cb_sheet_set_action (self->sheet, action);
}

static void
on_find_preference_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GPtrArray) drafts = cb_draft_shelf_find_finish (CB_DRAFT_SHELF (source), result, NULL);
  CbForms *self = opening->forms;
  CbPreference *preference = opening->preference;
  g_autofree char *about = NULL;
  g_autoptr (CbUnsaved) unsaved = NULL;
  GtkWidget *editor;

  if (drafts == NULL || !may_open (self))
    return;
  about = preference != NULL ? g_strdup_printf ("preference/%s", cb_preference_get_id (preference))
                             : g_strdup ("preference");
  unsaved = take_about (drafts, about);
  editor = cb_preference_editor_new (self->store, self->shelf, opening->customer_id, preference,
                                     unsaved != NULL ? unsaved->preference : NULL);
  open_form (self, preference != NULL ? _ ("Put a size or taste right") : _ ("A size or taste"),
             editor);
}

void
cb_forms_open_preference (CbForms *self, const char *customer_id, CbPreference *preference)
{
  Opening *opening;

  g_return_if_fail (CB_IS_FORMS (self));
  g_return_if_fail (customer_id != NULL);

  stop_finding (self);
  if (!may_open (self))
    return;
  opening = opening_new (self, customer_id);
  opening->preference = preference != NULL ? g_object_ref (preference) : NULL;
  begin_opening (self, opening, on_find_preference_done);
}

/* A new one, with what was begun of it. */
static void
open_new (Opening *opening, GPtrArray *drafts, const char *about)
{
  CbForms *self = opening->forms;
  gboolean is_day = g_str_equal (about, CB_UNSAVED_DAY);
  g_autoptr (CbUnsaved) unsaved = NULL;
  GtkWidget *editor;

  if (drafts == NULL || !may_open (self))
    return;
  unsaved = take_about (drafts, about);
  editor = is_day ? cb_day_editor_new (self->store, self->shelf, opening->customer_id, unsaved)
                  : cb_errand_editor_new (self->store, self->shelf, opening->customer_id, unsaved);
  open_form (self, is_day ? _ ("A day that matters") : _ ("A request or promise"), editor);
}

static void
on_find_errand_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GPtrArray) drafts = cb_draft_shelf_find_finish (CB_DRAFT_SHELF (source), result, NULL);

  open_new (opening, drafts, CB_UNSAVED_ERRAND);
}

static void
on_find_day_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GPtrArray) drafts = cb_draft_shelf_find_finish (CB_DRAFT_SHELF (source), result, NULL);

  open_new (opening, drafts, CB_UNSAVED_DAY);
}

void
cb_forms_open_errand (CbForms *self, const char *customer_id)
{
  g_return_if_fail (CB_IS_FORMS (self));
  g_return_if_fail (customer_id != NULL);

  stop_finding (self);
  if (may_open (self))
    begin_opening (self, opening_new (self, customer_id), on_find_errand_done);
}

void
cb_forms_open_day (CbForms *self, const char *customer_id)
{
  g_return_if_fail (CB_IS_FORMS (self));
  g_return_if_fail (customer_id != NULL);

  stop_finding (self);
  if (may_open (self))
    begin_opening (self, opening_new (self, customer_id), on_find_day_done);
}

static void
on_find_change_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GPtrArray) drafts = cb_draft_shelf_find_finish (CB_DRAFT_SHELF (source), result, NULL);
  CbForms *self = opening->forms;
  CbUnsaved *unsaved;
  GtkWidget *form;

  if (drafts == NULL || !may_open (self))
    return;
  unsaved = take_about (drafts, "customer");
  form = cb_new_customer_new_for (self->store, self->shelf, opening->card);
  if (unsaved != NULL)
    cb_new_customer_offer (CB_NEW_CUSTOMER (form), unsaved, TRUE);
  g_signal_connect_object (form, "added", G_CALLBACK (on_saved), self, G_CONNECT_SWAPPED);
  cb_sheet_open (self->sheet, _ ("Put their card right"), form);
}

void
cb_forms_open_card (CbForms *self, CbCustomer *card)
{
  Opening *opening;

  g_return_if_fail (CB_IS_FORMS (self));
  g_return_if_fail (CB_IS_CUSTOMER (card));

  stop_finding (self);
  if (!may_open (self))
    return;
  opening = opening_new (self, cb_customer_get_id (card));
  opening->card = g_object_ref (card);
  begin_opening (self, opening, on_find_change_done);
}

/* --- a new customer --- */

static void
on_added (CbForms *self, const char *customer_id)
{
  g_autofree char *id = g_strdup (customer_id);

  if (self->sheet != NULL)
    cb_sheet_close (self->sheet);
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, id);
}

typedef struct
{
  CbForms *forms;
  char *typed;
} Beginning;

static void
beginning_free (Beginning *beginning)
{
  g_object_unref (beginning->forms);
  cb_text_wipe (beginning->typed);
  g_free (beginning);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Beginning, beginning_free)

static void
on_find_card_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Beginning) beginning = user_data;
  g_autoptr (GPtrArray) drafts = cb_draft_shelf_find_finish (CB_DRAFT_SHELF (source), result, NULL);
  CbForms *self = beginning->forms;
  gboolean is_same;
  CbUnsaved *unsaved;
  GtkWidget *form;

  if (drafts == NULL || !may_open (self))
    return;
  is_same = g_strcmp0 (self->typed, beginning->typed) == 0;
  unsaved = take_about (drafts, "customer");
  form = cb_new_customer_new (self->store, self->shelf, beginning->typed);
  if (unsaved != NULL)
    cb_new_customer_offer (CB_NEW_CUSTOMER (form), unsaved, is_same);
  g_clear_pointer (&self->typed, cb_text_wipe);
  self->typed = g_steal_pointer (&beginning->typed);
  g_signal_connect_object (form, "added", G_CALLBACK (on_added), self, G_CONNECT_SWAPPED);
  cb_sheet_open (self->sheet, _ ("New customer"), form);
}

void
cb_forms_open_new_customer (CbForms *self, const char *typed)
{
  Beginning *beginning;

  g_return_if_fail (CB_IS_FORMS (self));

  stop_finding (self);
  if (!may_open (self))
    return;
  beginning = g_new0 (Beginning, 1);
  beginning->forms = g_object_ref (self);
  beginning->typed = g_strdup (typed != NULL ? typed : "");
  self->finding = g_cancellable_new ();
  cb_draft_shelf_find_async (self->shelf, cb_store_get_actor (self->store), NULL, self->finding,
                             on_find_card_done, beginning);
}

void
cb_forms_leave (CbForms *self)
{
  g_return_if_fail (CB_IS_FORMS (self));

  stop_finding (self);
  g_clear_pointer (&self->typed, cb_text_wipe);
}

/* --- the type --- */

static void
cb_forms_dispose (GObject *object)
{
  CbForms *self = CB_FORMS (object);

  cb_forms_leave (self);
  g_clear_weak_pointer (&self->sheet);
  g_clear_object (&self->shelf);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (cb_forms_parent_class)->dispose (object);
}

static void
cb_forms_class_init (CbFormsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_forms_dispose;

  signals[SIGNAL_ADDED] = g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cb_forms_init (CbForms *self)
{
}

CbForms *
cb_forms_new (CbStore *store, CbDraftShelf *shelf, CbSheet *sheet)
{
  CbForms *self = g_object_new (CB_TYPE_FORMS, NULL);

  self->store = g_object_ref (store);
  self->shelf = g_object_ref (shelf);
  g_set_weak_pointer (&self->sheet, sheet);
  return self;
}
