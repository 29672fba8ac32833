/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-customer-page.h"

#include <glib/gi18n-lib.h>

#include "base/cb-error.h"
#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "customer/cb-columns-layout.h"
#include "customer/cb-note-row.h"
#include "customer/cb-person-panel.h"
#include "customer/cb-preference-row.h"
#include "shell/cb-messages.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"
#include "visit/cb-ask-strip.h"
#include "visit/cb-composer.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-page-layout.h"
#include "widgets/cb-wrapping.h"

/* Which of the drafts on the shelf is the composer's. */
#define DRAFT "note"

struct _CbCustomerPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkStack *stack;
  CbEmptyState *failed;
  GtkLabel *name;
  GtkLabel *full_name;
  CbBanner *banner;
  CbPersonPanel *person;
  CbAskStrip *strip;
  GtkStack *timeline;
  GtkListView *notes_view;
  CbComposer *composer;
  GtkStack *tastes;
  GtkListView *preferences_view;

  CbStore *store;
  CbDraftShelf *shelf;
  GListStore *notes;
  GListStore *preferences;
  GCancellable *loading;
  GCancellable *finding; /* the drafts */
  CbDossier *dossier;
  char *customer_id;
  CbStaff *author; /* whose drafts go onto the shelf */
  char *spoken_of; /* the saved note whose fate the composer tells, or NULL */
};

enum
{
  SIGNAL_TURN,
  SIGNAL_EDIT_PREFERENCE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbCustomerPage, cb_customer_page, GTK_TYPE_WIDGET)

static gint64
now_us (CbCustomerPage *self)
{
  return cb_clock_get_now_us (cb_store_get_clock (self->store));
}

/* --- the lists --- */

static gboolean
is_same_note (CbNote *one, CbNote *other)
{
  return g_strcmp0 (cb_note_get_id (one), cb_note_get_id (other)) == 0 &&
         cb_note_get_life (one) == cb_note_get_life (other) &&
         cb_note_get_delivery (one) == cb_note_get_delivery (other) &&
         cb_note_get_ends_us (one) == cb_note_get_ends_us (other);
}

/* Replaces only what changed, so that the list keeps its place and an unveiled note stays so. */
static void
set_notes (CbCustomerPage *self, GPtrArray *notes)
{
  guint old = g_list_model_get_n_items (G_LIST_MODEL (self->notes));
  guint head = 0;
  guint tail = 0;

  while (head < MIN (old, notes->len))
    {
      g_autoptr (CbNote) shown = g_list_model_get_item (G_LIST_MODEL (self->notes), head);

      if (!is_same_note (shown, g_ptr_array_index (notes, head)))
        break;
      head++;
    }
  while (tail < MIN (old, notes->len) - head)
    {
      g_autoptr (CbNote) shown = g_list_model_get_item (G_LIST_MODEL (self->notes), old - 1 - tail);

      if (!is_same_note (shown, g_ptr_array_index (notes, notes->len - 1 - tail)))
        break;
      tail++;
    }
  if (old != notes->len || head < old)
    g_list_store_splice (self->notes, head, old - head - tail, notes->pdata + head,
                         notes->len - head - tail);
  /* The list keeps its place when something comes in above; a new note is to be seen. */
  if (head == 0 && notes->len > old)
    gtk_widget_activate_action (GTK_WIDGET (self->notes_view), "list.scroll-to-item", "u", 0);
  gtk_stack_set_visible_child_name (self->timeline, notes->len > 0 ? "notes" : "none");
}

static int
compare_preferences (gconstpointer a, gconstpointer b)
{
  CbPreference *one = *(CbPreference *const *) a;
  CbPreference *other = *(CbPreference *const *) b;
  gint64 one_us = cb_preference_get_confirmed_us (one);
  gint64 other_us = cb_preference_get_confirmed_us (other);

  if (cb_preference_get_facet (one) != cb_preference_get_facet (other))
    return (int) cb_preference_get_facet (one) - (int) cb_preference_get_facet (other);
  return one_us > other_us ? -1 : one_us < other_us;
}

static void
set_preferences (CbCustomerPage *self, GPtrArray *preferences)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (preferences->len);

  for (guint i = 0; i < preferences->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (preferences, i));
  g_ptr_array_sort (sorted, compare_preferences);
  g_list_store_splice (self->preferences, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (self->preferences)), sorted->pdata,
                       sorted->len);
  gtk_stack_set_visible_child_name (self->tastes, sorted->len > 0 ? "tastes" : "none");
}

static void
on_setup_note (CbCustomerPage *self, GtkListItem *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, cb_note_row_new ());
}

static void
on_bind_note (CbCustomerPage *self, GtkListItem *item)
{
  cb_note_row_set_note (CB_NOTE_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item),
                        now_us (self));
}

static void
on_unbind_note (CbCustomerPage *self, GtkListItem *item)
{
  cb_note_row_set_note (CB_NOTE_ROW (gtk_list_item_get_child (item)), NULL, 0);
}

static void
on_setup_preference (CbCustomerPage *self, GtkListItem *item)
{
  gtk_list_item_set_child (item, cb_preference_row_new ());
}

static void
on_bind_preference (CbCustomerPage *self, GtkListItem *item)
{
  cb_preference_row_set_preference (CB_PREFERENCE_ROW (gtk_list_item_get_child (item)),
                                    gtk_list_item_get_item (item), now_us (self));
}

static void
on_unbind_preference (CbCustomerPage *self, GtkListItem *item)
{
  cb_preference_row_set_preference (CB_PREFERENCE_ROW (gtk_list_item_get_child (item)), NULL, 0);
}

/* --- asking --- */

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

/* A no is remembered and not asked again. */
static gboolean
may_be_asked (CbDossier *dossier, const char *purpose)
{
  CbPermission *permission = find_permission (dossier, purpose);

  if (permission == NULL)
    return FALSE;
  switch (cb_permission_get_verdict (permission))
    {
    case CB_VERDICT_NOT_ASKED:
    case CB_VERDICT_LATER:
    case CB_VERDICT_EXPIRED:
    case CB_VERDICT_OUTDATED:
      return TRUE;
    case CB_VERDICT_ALLOWED:
    case CB_VERDICT_REFUSED:
    case CB_VERDICT_WITHDRAWN:
    case CB_VERDICT_UNCONFIRMED:
    case CB_VERDICT_NO_ADDRESS:
    case CB_VERDICT_NO_CHANNEL:
    case CB_VERDICT_RESTRICTED:
    case CB_VERDICT_SUPPRESSED:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
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

static const char *
notice_language (CbCustomerPage *self)
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
show_strip (CbCustomerPage *self)
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
  reminder = dup_reminder (ends_us, now_us (self));
  script = cb_notice_dup_purpose_text (cb_notice_get_current (), purpose, CB_NOTICE_SCRIPT,
                                       notice_language (self), cb_store_get_name (self->store));
  cb_ask_strip_set (self->strip, reminder, script,
                    cb_purpose_is_spoken_enough (cb_purpose_find (purpose)));
  gtk_widget_set_visible (GTK_WIDGET (self->strip), TRUE);
}

const char *
cb_customer_page_get_purpose (CbCustomerPage *self)
{
  const char *purpose = NULL;
  gint64 ends_us;

  g_return_val_if_fail (CB_IS_CUSTOMER_PAGE (self), NULL);

  if (self->dossier != NULL)
    purpose = find_unasked (self->dossier, &ends_us);
  return purpose != NULL ? purpose : CB_PURPOSE_SHOP;
}

static void
say (CbCustomerPage *self, const char *status, gboolean is_problem)
{
  g_clear_pointer (&self->spoken_of, g_free);
  cb_composer_set_status (self->composer, status, is_problem);
}

/* Where the note just saved is, and when it ends. An answer changes that, and what stands under the
 * text must not stay behind. */
static void
tell_fate (CbCustomerPage *self, CbNote *note)
{
  g_autofree char *time = cb_when_dup_time (cb_note_get_created_us (note));
  g_autofree char *fate = cb_words_dup_note_fate (note, now_us (self));
  g_autofree char *status = NULL;
  g_autofree char *id = g_strdup (cb_note_get_id (note));

  /* Translators: a time of day, then where the note is and when it ends. */
  status = g_strdup_printf (_ ("Saved %s · %s"), time, fate);
  say (self, status, FALSE);
  self->spoken_of = g_steal_pointer (&id);
}

static void
tell_fate_again (CbCustomerPage *self)
{
  GPtrArray *notes = cb_dossier_get_notes (self->dossier);

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

static void
on_record_answers_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbCustomerPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *receipt = cb_store_record_answers_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  cb_ask_strip_set_busy (self->strip, FALSE);
  if (receipt == NULL)
    {
      cb_banner_show (self->banner, CB_BANNER_PROBLEM, cb_messages_for (error, CB_DURING_ANSWER),
                      NULL);
      return;
    }
  say (self, _ ("Their answer is recorded."), FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
on_strip_answered (CbCustomerPage *self, guint answer)
{
  GPtrArray *answers;
  CbAnswerDraft *draft;

  if (self->dossier == NULL)
    return;
  draft = cb_answer_draft_new ();
  draft->purpose = g_strdup (cb_customer_page_get_purpose (self));
  draft->language = g_strdup (notice_language (self));
  draft->answer = (CbAnswer) answer;
  draft->method = CB_METHOD_SPOKEN;
  answers = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_ptr_array_add (answers, draft);
  cb_ask_strip_set_busy (self->strip, TRUE);
  cb_store_record_answers_async (self->store, self->customer_id, answers, NULL,
                                 on_record_answers_done, g_object_ref (self));
}

/* Asking and writing take turns: there is room for the words of one of them. */
static void
on_strip_expanded (CbCustomerPage *self, gboolean is_expanded)
{
  cb_composer_set_compact (self->composer, is_expanded);
}

static void
on_begun (CbCustomerPage *self)
{
  cb_ask_strip_set_expanded (self->strip, FALSE);
}

static void
on_turn_clicked (CbCustomerPage *self)
{
  if (self->dossier != NULL)
    g_signal_emit (self, signals[SIGNAL_TURN], 0, cb_customer_page_get_purpose (self));
}

/* --- reading --- */

static void
show_names (CbCustomerPage *self)
{
  CbCustomer *customer = cb_dossier_get_customer (self->dossier);
  g_autofree char *display = cb_customer_dup_display_name (customer);
  g_autofree char *full = g_strstrip (
    g_strjoin (" ", cb_customer_get_given (customer), cb_customer_get_family (customer), NULL));
  gboolean differs = *full != '\0' && g_strcmp0 (display, full) != 0;

  gtk_label_set_label (self->name, *display != '\0' ? display : _ ("No name yet"));
  gtk_label_set_label (self->full_name, differs ? full : "");
  gtk_widget_set_visible (GTK_WIDGET (self->full_name), differs);
}

static void
show_dossier (CbCustomerPage *self, CbDossier *dossier)
{
  gboolean is_first = self->dossier == NULL;

  g_set_object (&self->dossier, dossier);
  show_names (self);
  cb_person_panel_set_dossier (self->person, dossier, now_us (self));
  set_notes (self, cb_dossier_get_notes (dossier));
  set_preferences (self, cb_dossier_get_preferences (dossier));
  tell_fate_again (self);
  show_strip (self);
  gtk_stack_set_visible_child_name (self->stack, "customer");
  if (is_first)
    gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
on_load_dossier_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = cb_store_load_dossier_finish (CB_STORE (source), result, &error);
  CbCustomerPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (dossier != NULL)
    {
      show_dossier (self, dossier);
      return;
    }
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    cb_draft_shelf_forget (self->shelf, self->customer_id);
  cb_empty_state_set (self->failed, "cb-attention-symbolic", _ ("This record cannot be shown"),
                      cb_messages_for (error, CB_DURING_READ), _ ("Try again"));
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
load (CbCustomerPage *self)
{
  if (self->customer_id == NULL)
    return;
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->loading = g_cancellable_new ();
  cb_store_load_dossier_async (self->store, self->customer_id, self->loading, on_load_dossier_done,
                               self);
}

static void
on_store_changed (CbCustomerPage *self, const char *customer_id)
{
  if (self->customer_id != NULL &&
      (customer_id == NULL || g_strcmp0 (customer_id, self->customer_id) == 0))
    load (self);
}

/* --- writing --- */

typedef struct
{
  CbCustomerPage *page;
  CbStaff *author;
  char *customer_id;
  CbUnsaved *unsaved; /* goes back onto the shelf when it can't be saved */
} SaveJob;

static void
save_job_free (SaveJob *job)
{
  g_object_unref (job->page);
  g_object_unref (job->author);
  g_free (job->customer_id);
  g_clear_pointer (&job->unsaved, cb_unsaved_free);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SaveJob, save_job_free)

static void
show_saved (CbCustomerPage *self, CbNote *note)
{
  cb_composer_set_draft (self->composer, NULL);
  tell_fate (self, note);
  if (cb_note_get_life (note) == CB_LIFE_UNASKED)
    cb_ask_strip_set_expanded (self->strip, TRUE);
}

static void
on_add_note_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SaveJob) job = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbNote) note = cb_store_add_note_finish (CB_STORE (source), result, &error);
  CbCustomerPage *self = job->page;

  if (self->store == NULL)
    return;
  if (note == NULL)
    cb_draft_shelf_put (self->shelf, job->author, job->customer_id,
                        g_steal_pointer (&job->unsaved));
  /* The page may have gone on. */
  if (g_strcmp0 (self->customer_id, job->customer_id) != 0)
    return;
  cb_composer_set_busy (self->composer, FALSE);
  if (note != NULL)
    show_saved (self, note);
  else
    say (self, cb_messages_for (error, CB_DURING_SAVE), TRUE);
}

static void
on_submit (CbCustomerPage *self)
{
  CbNoteDraft *draft;
  SaveJob *job;

  if (self->dossier == NULL || self->author == NULL)
    return;
  job = g_new0 (SaveJob, 1);
  job->page = g_object_ref (self);
  job->author = g_object_ref (self->author);
  job->customer_id = g_strdup (self->customer_id);
  job->unsaved = cb_unsaved_new_note (cb_composer_dup_draft (self->composer));
  draft = cb_composer_dup_draft (self->composer);
  draft->ends_draft = TRUE;
  cb_composer_set_busy (self->composer, TRUE);
  cb_draft_shelf_hand_over (self->shelf, self->author, self->customer_id, DRAFT);
  cb_store_add_note_async (self->store, self->customer_id, draft, NULL, on_add_note_done, job);
}

static void
on_add_preference_clicked (CbCustomerPage *self)
{
  if (self->dossier != NULL)
    g_signal_emit (self, signals[SIGNAL_EDIT_PREFERENCE], 0, NULL);
}

static void
on_preference_activated (CbCustomerPage *self, guint position)
{
  g_autoptr (CbPreference) preference =
    g_list_model_get_item (G_LIST_MODEL (self->preferences), position);

  if (preference != NULL)
    g_signal_emit (self, signals[SIGNAL_EDIT_PREFERENCE], 0, preference);
}

/* --- what the window asks --- */

static void
on_note_changed (CbCustomerPage *self)
{
  if (self->customer_id != NULL && self->author != NULL)
    cb_draft_shelf_put (self->shelf, self->author, self->customer_id,
                        cb_unsaved_new_note (cb_composer_dup_draft (self->composer)));
}

static void
tell_draft (CbCustomerPage *self, const char *customer_id, const char *about, gboolean is_kept)
{
  if (self->customer_id != NULL && g_strcmp0 (customer_id, self->customer_id) == 0 &&
      g_str_equal (about, DRAFT))
    cb_composer_tell_draft (self->composer, is_kept);
}

static void
on_draft_kept (CbCustomerPage *self, const char *customer_id, const char *about)
{
  tell_draft (self, customer_id, about, TRUE);
}

static void
on_draft_not_kept (CbCustomerPage *self, const char *customer_id, const char *about)
{
  tell_draft (self, customer_id, about, FALSE);
}

/* Before the record itself is there, so that nobody can have begun another. */
static void
on_find_drafts_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) drafts = cb_draft_shelf_find_finish (CB_DRAFT_SHELF (source), result, NULL);
  CbCustomerPage *self = user_data;

  for (guint i = 0; drafts != NULL && i < drafts->len; i++)
    {
      CbUnsaved *unsaved = g_ptr_array_index (drafts, i);

      if (unsaved->note == NULL || !cb_composer_is_empty (self->composer))
        continue;
      cb_composer_set_draft (self->composer, unsaved->note);
      say (self, _ ("Not saved yet"), FALSE);
    }
}

static void
bring_draft_back (CbCustomerPage *self)
{
  g_set_object (&self->author, cb_store_get_actor (self->store));
  if (self->author == NULL)
    return;
  self->finding = g_cancellable_new ();
  cb_draft_shelf_find_async (self->shelf, self->author, self->customer_id, self->finding,
                             on_find_drafts_done, self);
}

void
cb_customer_page_close (CbCustomerPage *self)
{
  g_return_if_fail (CB_IS_CUSTOMER_PAGE (self));

  cb_draft_shelf_flush (self->shelf);
  g_cancellable_cancel (self->finding);
  g_clear_object (&self->finding);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->dossier);
  g_clear_pointer (&self->customer_id, g_free);
  g_clear_object (&self->author);
  g_clear_pointer (&self->spoken_of, g_free);
  g_list_store_remove_all (self->notes);
  g_list_store_remove_all (self->preferences);
  cb_person_panel_set_dossier (self->person, NULL, 0);
  cb_composer_set_busy (self->composer, FALSE);
  cb_composer_set_draft (self->composer, NULL);
  cb_banner_hide (self->banner);
  cb_ask_strip_set (self->strip, "", "", FALSE);
  cb_ask_strip_set_expanded (self->strip, FALSE);
  cb_ask_strip_set_busy (self->strip, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->strip), FALSE);
  gtk_label_set_label (self->name, "");
  gtk_label_set_label (self->full_name, "");
}

void
cb_customer_page_open (CbCustomerPage *self, const char *customer_id)
{
  g_return_if_fail (CB_IS_CUSTOMER_PAGE (self));
  g_return_if_fail (customer_id != NULL);

  if (g_strcmp0 (self->customer_id, customer_id) == 0)
    {
      load (self);
      return;
    }
  cb_customer_page_close (self);
  self->customer_id = g_strdup (customer_id);
  bring_draft_back (self);
  gtk_stack_set_visible_child_name (self->stack, "reading");
  load (self);
}

const char *
cb_customer_page_get_customer_id (CbCustomerPage *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER_PAGE (self), NULL);

  return self->customer_id;
}

CbDossier *
cb_customer_page_get_dossier (CbCustomerPage *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER_PAGE (self), NULL);

  return self->dossier;
}

void
cb_customer_page_write (CbCustomerPage *self)
{
  g_return_if_fail (CB_IS_CUSTOMER_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

gboolean
cb_customer_page_step_back (CbCustomerPage *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER_PAGE (self), FALSE);

  return cb_composer_close_options (self->composer);
}

/* --- the type --- */

static void
cb_customer_page_dispose (GObject *object)
{
  CbCustomerPage *self = CB_CUSTOMER_PAGE (object);

  g_cancellable_cancel (self->finding);
  g_clear_object (&self->finding);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->author);
  if (self->notes_view != NULL)
    gtk_list_view_set_model (self->notes_view, NULL);
  if (self->preferences_view != NULL)
    gtk_list_view_set_model (self->preferences_view, NULL);
  g_clear_object (&self->notes);
  g_clear_object (&self->preferences);
  g_clear_object (&self->dossier);
  g_clear_object (&self->shelf);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CUSTOMER_PAGE);

  G_OBJECT_CLASS (cb_customer_page_parent_class)->dispose (object);
}

static void
cb_customer_page_finalize (GObject *object)
{
  CbCustomerPage *self = CB_CUSTOMER_PAGE (object);

  g_clear_pointer (&self->customer_id, g_free);
  g_clear_pointer (&self->spoken_of, g_free);

  G_OBJECT_CLASS (cb_customer_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-customer-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, failed);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, name);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, full_name);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, banner);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, person);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, strip);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, notes_view);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, composer);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, tastes);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, preferences_view);
  gtk_widget_class_bind_template_callback (widget_class, load);
  gtk_widget_class_bind_template_callback (widget_class, on_turn_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_strip_answered);
  gtk_widget_class_bind_template_callback (widget_class, on_strip_expanded);
  gtk_widget_class_bind_template_callback (widget_class, on_begun);
  gtk_widget_class_bind_template_callback (widget_class, on_note_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_submit);
  gtk_widget_class_bind_template_callback (widget_class, on_add_preference_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_preference_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_note);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_note);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind_note);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_preference);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_preference);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind_preference);
}

static void
add_signals (GType type)
{
  signals[SIGNAL_TURN] = g_signal_new ("turn", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_EDIT_PREFERENCE] =
    g_signal_new ("edit-preference", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  CB_TYPE_PREFERENCE);
}

static void
cb_customer_page_class_init (CbCustomerPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_customer_page_dispose;
  object_class->finalize = cb_customer_page_finalize;
  g_type_ensure (CB_TYPE_ASK_STRIP);
  g_type_ensure (CB_TYPE_BANNER);
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_COLUMNS_LAYOUT);
  g_type_ensure (CB_TYPE_COMPOSER);
  g_type_ensure (CB_TYPE_EMPTY_STATE);
  g_type_ensure (CB_TYPE_PERSON_PANEL);

  add_signals (G_TYPE_FROM_CLASS (klass));
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-customer-page");
}

static GtkSelectionModel *
unselectable (GListStore *model)
{
  return GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (model))));
}

static void
cb_customer_page_init (CbCustomerPage *self)
{
  g_autoptr (GtkSelectionModel) notes = NULL;
  g_autoptr (GtkSelectionModel) preferences = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));

  self->notes = g_list_store_new (CB_TYPE_NOTE);
  self->preferences = g_list_store_new (CB_TYPE_PREFERENCE);
  notes = unselectable (self->notes);
  preferences = unselectable (self->preferences);
  gtk_list_view_set_model (self->notes_view, notes);
  gtk_list_view_set_model (self->preferences_view, preferences);
}

GtkWidget *
cb_customer_page_new (CbStore *store, CbDraftShelf *shelf)
{
  CbCustomerPage *self = g_object_new (CB_TYPE_CUSTOMER_PAGE, NULL);

  self->store = g_object_ref (store);
  cb_person_panel_set_store (self->person, store);
  self->shelf = g_object_ref (shelf);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (shelf, "kept", G_CALLBACK (on_draft_kept), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shelf, "not-kept", G_CALLBACK (on_draft_not_kept), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
