/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-writing.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-messages.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"

/* Which of the drafts on the shelf is the composer's. */
#define DRAFT "note"

struct _CbWriting
{
  GObject parent_instance;

  CbStore *store;
  CbDraftShelf *shelf;
  CbComposer *composer;  /* weak */
  GCancellable *finding; /* the drafts */
  char *customer_id;     /* NULL while nobody is shown */
  CbStaff *author;       /* whose drafts go onto the shelf */
  gboolean may_save;     /* the record has been read */
  char *spoken_of;       /* the saved note whose fate the composer tells, or NULL */
};

enum
{
  SIGNAL_SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbWriting, cb_writing, G_TYPE_OBJECT)

/* --- what stands under the text --- */

static void
say (CbWriting *self, const char *status, gboolean is_problem)
{
  g_clear_pointer (&self->spoken_of, g_free);
  cb_composer_set_status (self->composer, status, is_problem);
}

/* Where the note just saved is, and when it ends. An answer changes that, and what stands under the
 * text must not stay behind. */
static void
tell_fate (CbWriting *self, CbNote *note)
{
  g_autofree char *time = cb_when_dup_time (cb_note_get_created_us (note));
  g_autofree char *fate =
    cb_words_dup_note_fate (note, cb_clock_get_now_us (cb_store_get_clock (self->store)));
  g_autofree char *status = NULL;
  g_autofree char *id = g_strdup (cb_note_get_id (note));

  /* Translators: a time of day, then where the note is and when it ends. */
  status = g_strdup_printf (_ ("Saved %s · %s"), time, fate);
  say (self, status, FALSE);
  self->spoken_of = g_steal_pointer (&id);
}

static void
tell_fate_again (CbWriting *self, CbDossier *dossier)
{
  GPtrArray *notes = cb_dossier_get_notes (dossier);

  /* Whoever has begun the next note is told of that one. */
  if (!cb_composer_is_empty (self->composer))
    g_clear_pointer (&self->spoken_of, g_free);
  for (guint i = 0; self->spoken_of != NULL && i < notes->len; i++)
    {
      CbNote *note = g_ptr_array_index (notes, i);

      if (g_str_equal (cb_note_get_id (note), self->spoken_of))
        {
          tell_fate (self, note);
          return;
        }
    }
}

void
cb_writing_say (CbWriting *self, const char *status)
{
  g_return_if_fail (CB_IS_WRITING (self));

  say (self, status, FALSE);
}

void
cb_writing_complain (CbWriting *self, const char *status)
{
  g_return_if_fail (CB_IS_WRITING (self));

  say (self, status, TRUE);
}

void
cb_writing_set_dossier (CbWriting *self, CbDossier *dossier)
{
  g_return_if_fail (CB_IS_WRITING (self));
  g_return_if_fail (CB_IS_DOSSIER (dossier));

  self->may_save = TRUE;
  tell_fate_again (self, dossier);
}

/* --- saving --- */

typedef struct
{
  CbWriting *writing;
  CbStaff *author;
  char *customer_id;
  CbUnsaved *unsaved; /* goes back onto the shelf when it can't be saved */
} SaveJob;

static void
save_job_free (SaveJob *job)
{
  g_object_unref (job->writing);
  g_object_unref (job->author);
  g_free (job->customer_id);
  g_clear_pointer (&job->unsaved, cb_unsaved_free);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SaveJob, save_job_free)

static void
show_saved (CbWriting *self, CbNote *note)
{
  cb_composer_set_draft (self->composer, NULL);
  tell_fate (self, note);
  g_signal_emit (self, signals[SIGNAL_SAVED], 0, note);
}

static void
on_add_note_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SaveJob) job = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbNote) note = cb_store_add_note_finish (CB_STORE (source), result, &error);
  CbWriting *self = job->writing;

  if (note == NULL)
    cb_draft_shelf_put (self->shelf, job->author, job->customer_id,
                        g_steal_pointer (&job->unsaved));
  /* The page may have gone, or gone on. */
  if (self->composer == NULL || g_strcmp0 (self->customer_id, job->customer_id) != 0)
    return;
  cb_composer_set_busy (self->composer, FALSE);
  if (note != NULL)
    show_saved (self, note);
  else
    say (self, cb_messages_for (error, CB_DURING_SAVE), TRUE);
}

static void
on_submit (CbWriting *self)
{
  CbNoteDraft *draft;
  SaveJob *job;

  if (!self->may_save || self->author == NULL)
    return;
  job = g_new0 (SaveJob, 1);
  job->writing = g_object_ref (self);
  job->author = g_object_ref (self->author);
  job->customer_id = g_strdup (self->customer_id);
  job->unsaved = cb_unsaved_new_note (cb_composer_dup_draft (self->composer));
  draft = cb_composer_dup_draft (self->composer);
  draft->ends_draft = TRUE;
  cb_composer_set_busy (self->composer, TRUE);
  cb_draft_shelf_hand_over (self->shelf, self->author, self->customer_id, DRAFT);
  cb_store_add_note_async (self->store, self->customer_id, draft, NULL, on_add_note_done, job);
}

/* --- what is not saved yet --- */

static void
on_changed (CbWriting *self)
{
  if (self->customer_id != NULL && self->author != NULL)
    cb_draft_shelf_put (self->shelf, self->author, self->customer_id,
                        cb_unsaved_new_note (cb_composer_dup_draft (self->composer)));
}

static void
tell_draft (CbWriting *self, const char *customer_id, const char *about, gboolean is_kept)
{
  if (self->composer != NULL && self->customer_id != NULL &&
      g_strcmp0 (customer_id, self->customer_id) == 0 && g_str_equal (about, DRAFT))
    cb_composer_tell_draft (self->composer, is_kept);
}

static void
on_draft_kept (CbWriting *self, const char *customer_id, const char *about)
{
  tell_draft (self, customer_id, about, TRUE);
}

static void
on_draft_not_kept (CbWriting *self, const char *customer_id, const char *about)
{
  tell_draft (self, customer_id, about, FALSE);
}

/* Before the record itself is there, so that nobody can have begun another. */
static void
on_find_drafts_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) drafts = cb_draft_shelf_find_finish (CB_DRAFT_SHELF (source), result, NULL);
  CbWriting *self = user_data;

  for (guint i = 0; drafts != NULL && self->composer != NULL && i < drafts->len; i++)
    {
      CbUnsaved *unsaved = g_ptr_array_index (drafts, i);

      if (unsaved->note == NULL || !cb_composer_is_empty (self->composer))
        continue;
      cb_composer_set_draft (self->composer, unsaved->note);
      say (self, _ ("Not saved yet"), FALSE);
    }
}

static void
bring_draft_back (CbWriting *self)
{
  g_set_object (&self->author, cb_store_get_actor (self->store));
  if (self->author == NULL)
    return;
  self->finding = g_cancellable_new ();
  cb_draft_shelf_find_async (self->shelf, self->author, self->customer_id, self->finding,
                             on_find_drafts_done, self);
}

void
cb_writing_open (CbWriting *self, const char *customer_id)
{
  g_return_if_fail (CB_IS_WRITING (self));
  g_return_if_fail (customer_id != NULL);
  g_return_if_fail (self->customer_id == NULL);

  self->customer_id = g_strdup (customer_id);
  bring_draft_back (self);
}

static void
forget_customer (CbWriting *self)
{
  g_cancellable_cancel (self->finding);
  g_clear_object (&self->finding);
  g_clear_pointer (&self->customer_id, g_free);
  g_clear_object (&self->author);
  g_clear_pointer (&self->spoken_of, g_free);
  self->may_save = FALSE;
}

void
cb_writing_close (CbWriting *self)
{
  g_return_if_fail (CB_IS_WRITING (self));
  g_return_if_fail (self->composer != NULL);

  cb_draft_shelf_flush (self->shelf);
  forget_customer (self);
  cb_composer_set_busy (self->composer, FALSE);
  cb_composer_set_draft (self->composer, NULL);
}

/* --- the type --- */

static void
cb_writing_dispose (GObject *object)
{
  CbWriting *self = CB_WRITING (object);

  forget_customer (self);
  g_clear_weak_pointer (&self->composer);
  g_clear_object (&self->shelf);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (cb_writing_parent_class)->dispose (object);
}

static void
cb_writing_class_init (CbWritingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_writing_dispose;

  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, CB_TYPE_NOTE);
}

static void
cb_writing_init (CbWriting *self)
{
}

CbWriting *
cb_writing_new (CbStore *store, CbDraftShelf *shelf, CbComposer *composer)
{
  CbWriting *self = g_object_new (CB_TYPE_WRITING, NULL);

  self->store = g_object_ref (store);
  self->shelf = g_object_ref (shelf);
  g_set_weak_pointer (&self->composer, composer);
  g_signal_connect_object (composer, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (composer, "submit", G_CALLBACK (on_submit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shelf, "kept", G_CALLBACK (on_draft_kept), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shelf, "not-kept", G_CALLBACK (on_draft_not_kept), self,
                           G_CONNECT_SWAPPED);
  return self;
}
