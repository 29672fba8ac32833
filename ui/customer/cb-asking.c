/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-asking.h"

#include <glib/gi18n-lib.h>

#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "shell/cb-when.h"

struct _CbAsking
{
  GObject parent_instance;

  CbStore *store;
  CbAskStrip *strip; /* weak */
  CbDossier *dossier;
};

enum
{
  SIGNAL_RECORDED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbAsking, cb_asking, G_TYPE_OBJECT)

/* --- what is to be asked --- */

static CbPermission *
find_permission (CbDossier *dossier, const char *purpose)
{
  GPtrArray *permissions = cb_dossier_get_permissions (dossier);

  for (guint i = 0; i < permissions->len; i++)
    {
      CbPermission *permission = g_ptr_array_index (permissions, i);

      if (cb_permission_get_channel (permission) == CB_CHANNEL_NONE &&
          g_strcmp0 (cb_permission_get_purpose (permission), purpose) == 0)
        return permission;
    }
  return NULL;
}

static gboolean
may_be_asked (CbDossier *dossier, const char *purpose)
{
  CbPermission *permission = find_permission (dossier, purpose);

  return permission != NULL && cb_verdict_may_be_asked (cb_permission_get_verdict (permission));
}

/* The unasked record that ends first: its purpose and its end; NULL when there is none. */
static const char *
find_unasked (CbDossier *dossier, gint64 *ends_us)
{
  GPtrArray *notes = cb_dossier_get_notes (dossier);
  GPtrArray *preferences = cb_dossier_get_preferences (dossier);
  const char *purpose = NULL;

  *ends_us = G_MAXINT64;
  for (guint i = 0; i < notes->len; i++)
    {
      CbNote *note = g_ptr_array_index (notes, i);

      if (cb_note_get_life (note) != CB_LIFE_UNASKED || cb_note_get_ends_us (note) >= *ends_us)
        continue;
      *ends_us = cb_note_get_ends_us (note);
      purpose = cb_note_get_purpose (note);
    }
  for (guint i = 0; i < preferences->len; i++)
    {
      CbPreference *preference = g_ptr_array_index (preferences, i);

      if (cb_preference_get_life (preference) != CB_LIFE_UNASKED ||
          cb_preference_get_ends_us (preference) >= *ends_us)
        continue;
      *ends_us = cb_preference_get_ends_us (preference);
      purpose = cb_preference_get_purpose (preference);
    }
  return purpose;
}

const char *
cb_asking_get_purpose (CbAsking *self)
{
  const char *purpose = NULL;
  gint64 ends_us;

  g_return_val_if_fail (CB_IS_ASKING (self), NULL);

  if (self->dossier != NULL)
    purpose = find_unasked (self->dossier, &ends_us);
  return purpose != NULL ? purpose : CB_PURPOSE_SHOP;
}

/* --- the words to say --- */

static const char *
notice_language (CbAsking *self)
{
  CbCustomer *customer = cb_dossier_get_customer (self->dossier);

  return cb_notice_pick_language (cb_notice_get_current (), cb_customer_get_language (customer));
}

static char *
dup_reminder (gint64 ends_us, gint64 at_us)
{
  g_autofree char *day = NULL;

  if (ends_us <= cb_clock_day_end_us (at_us, 0))
    return g_strdup (_ ("Not asked yet. Ask today, or it is gone tonight."));
  day = cb_when_dup_last_day (ends_us, at_us);
  return g_strdup_printf (_ ("Not asked yet. Ask by %s, or it is gone."), day);
}

static void
show_strip (CbAsking *self)
{
  gint64 ends_us;
  const char *purpose = find_unasked (self->dossier, &ends_us);
  g_autofree char *reminder = NULL;
  g_autofree char *script = NULL;

  if (purpose == NULL || !may_be_asked (self->dossier, purpose))
    {
      gtk_widget_set_visible (GTK_WIDGET (self->strip), FALSE);
      cb_ask_strip_set_expanded (self->strip, FALSE);
      return;
    }
  reminder = dup_reminder (ends_us, cb_clock_get_now_us (cb_store_get_clock (self->store)));
  script = cb_notice_dup_purpose_text (cb_notice_get_current (), purpose, CB_NOTICE_SCRIPT,
                                       notice_language (self), cb_store_get_name (self->store));
  cb_ask_strip_set (self->strip, reminder, script,
                    cb_purpose_is_spoken_enough (cb_purpose_find (purpose)));
  gtk_widget_set_visible (GTK_WIDGET (self->strip), TRUE);
}

/* --- the answer --- */

static void
on_record_answers_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbAsking) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *receipt = cb_store_record_answers_finish (CB_STORE (source), result, &error);

  if (self->strip == NULL)
    return;
  cb_ask_strip_set_busy (self->strip, FALSE);
  if (receipt != NULL)
    g_signal_emit (self, signals[SIGNAL_RECORDED], 0);
  else
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
on_answered (CbAsking *self, guint answer)
{
  GPtrArray *answers;
  CbAnswerDraft *draft;

  if (self->dossier == NULL)
    return;
  draft = cb_answer_draft_new ();
  draft->purpose = g_strdup (cb_asking_get_purpose (self));
  draft->language = g_strdup (notice_language (self));
  draft->answer = (CbAnswer) answer;
  draft->method = CB_METHOD_SPOKEN;
  answers = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_ptr_array_add (answers, draft);
  cb_ask_strip_set_busy (self->strip, TRUE);
  cb_store_record_answers_async (self->store,
                                 cb_customer_get_id (cb_dossier_get_customer (self->dossier)),
                                 answers, NULL, on_record_answers_done, g_object_ref (self));
}

void
cb_asking_set_dossier (CbAsking *self, CbDossier *dossier)
{
  g_return_if_fail (CB_IS_ASKING (self));
  g_return_if_fail (self->strip != NULL);

  g_set_object (&self->dossier, dossier);
  if (dossier != NULL)
    {
      show_strip (self);
      return;
    }
  cb_ask_strip_set (self->strip, "", "", FALSE);
  cb_ask_strip_set_expanded (self->strip, FALSE);
  cb_ask_strip_set_busy (self->strip, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->strip), FALSE);
}

/* --- the type --- */

static void
cb_asking_dispose (GObject *object)
{
  CbAsking *self = CB_ASKING (object);

  g_clear_weak_pointer (&self->strip);
  g_clear_object (&self->dossier);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (cb_asking_parent_class)->dispose (object);
}

static void
cb_asking_class_init (CbAskingClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_asking_dispose;

  signals[SIGNAL_RECORDED] =
    g_signal_new ("recorded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cb_asking_init (CbAsking *self)
{
}

CbAsking *
cb_asking_new (CbStore *store, CbAskStrip *strip)
{
  CbAsking *self = g_object_new (CB_TYPE_ASKING, NULL);

  self->store = g_object_ref (store);
  g_set_weak_pointer (&self->strip, strip);
  g_signal_connect_object (strip, "answered", G_CALLBACK (on_answered), self, G_CONNECT_SWAPPED);
  return self;
}
