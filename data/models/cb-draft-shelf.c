/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "models/cb-draft-shelf.h"

#include <sodium.h>
#include <string.h>

#include "base/cb-error.h"
#include "vault/cb-seal.h"

#define NONCE_BYTES crypto_secretbox_NONCEBYTES
#define TAG_BYTES crypto_secretbox_MACBYTES

/* Written so long after the last change, and at the latest so long after the first: whoever types
 * without a pause does not lose more than that. A write costs the store a few milliseconds. */
#define PAUSE_US (400 * 1000)
#define LATEST_US (2 * G_USEC_PER_SEC)

/* A store that was busy or had no room is asked again. */
#define RETRY_S 10

typedef struct
{
  CbStaff *author;
  char *customer;
  char *about;
  GBytes *sealed;
  guint number; /* of the put it is from */
  gboolean is_waiting;
} Draft;

struct _CbDraftShelf
{
  GObject parent_instance;

  CbStore *store;
  unsigned char *key; /* sodium_malloc; no access between uses */
  GHashTable *drafts; /* place -> Draft */
  guint n_puts;
  gint64 first_us; /* the oldest change that waits, by the monotonic clock; 0: none */
  guint pause_source;
  guint retry_source;
};

enum
{
  SIGNAL_KEPT,
  SIGNAL_NOT_KEPT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbDraftShelf, cb_draft_shelf, G_TYPE_OBJECT)

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  g_clear_object (&draft->author);
  g_free (draft->customer);
  g_free (draft->about);
  g_bytes_unref (draft->sealed);
  g_free (draft);
}

static char *
dup_place (CbStaff *author, const char *customer_id, const char *about)
{
  return g_strjoin (" ", cb_staff_get_id (author), customer_id != NULL ? customer_id : "-", about,
                    NULL);
}

/* --- sealed in memory --- */

static GBytes *
seal (CbDraftShelf *self, const CbUnsaved *unsaved)
{
  char *text = cb_unsaved_to_text (unsaved);
  gsize length = strlen (text);
  guint8 *sealed = g_malloc (NONCE_BYTES + TAG_BYTES + length);

  randombytes_buf (sealed, NONCE_BYTES);
  sodium_mprotect_readonly (self->key);
  crypto_secretbox_easy (sealed + NONCE_BYTES, (const guint8 *) text, length, sealed, self->key);
  sodium_mprotect_noaccess (self->key);
  cb_text_wipe (text);
  return g_bytes_new_take (sealed, NONCE_BYTES + TAG_BYTES + length);
}

static CbUnsaved *
open_seal (CbDraftShelf *self, GBytes *bytes)
{
  gsize length;
  const guint8 *sealed = g_bytes_get_data (bytes, &length);
  char *text = g_malloc0 (length - NONCE_BYTES - TAG_BYTES + 1);
  CbUnsaved *unsaved;
  int failed;

  sodium_mprotect_readonly (self->key);
  failed = crypto_secretbox_open_easy ((guint8 *) text, sealed + NONCE_BYTES, length - NONCE_BYTES,
                                       sealed, self->key);
  sodium_mprotect_noaccess (self->key);
  g_assert (failed == 0);
  /* Too long to be read back is too long to be kept: the store has said so already. */
  unsaved = cb_unsaved_from_text (text, NULL);
  cb_text_wipe (text);
  return unsaved;
}

/* --- to the store --- */

typedef struct
{
  CbDraftShelf *shelf;
  char *place;
  guint number;
} Write;

static void
write_free (Write *written)
{
  g_object_unref (written->shelf);
  g_free (written->place);
  g_free (written);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Write, write_free)

static gboolean
on_retry_due (gpointer user_data)
{
  CbDraftShelf *self = user_data;

  self->retry_source = 0;
  cb_draft_shelf_flush (self);
  return G_SOURCE_REMOVE;
}

/* Who may not write, what is too long and who is gone stay so. */
static gboolean
may_pass (const GError *error)
{
  return !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN) &&
         !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID) &&
         !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
}

static void
on_keep_draft_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Write) written = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_kept = cb_store_keep_draft_finish (CB_STORE (source), result, &error);
  CbDraftShelf *self = written->shelf;
  Draft *draft = g_hash_table_lookup (self->drafts, written->place);
  g_autofree char *customer = NULL;
  g_autofree char *about = NULL;

  /* Put anew, handed over or forgotten since. */
  if (draft == NULL || draft->number != written->number)
    return;
  customer = g_strdup (draft->customer);
  about = g_strdup (draft->about);
  if (is_kept)
    g_hash_table_remove (self->drafts, written->place);
  else
    {
      g_message ("a draft is in memory alone: %s", error->message);
      draft->is_waiting = may_pass (error);
      if (draft->is_waiting && self->retry_source == 0)
        self->retry_source = g_timeout_add_seconds (RETRY_S, on_retry_due, self);
    }
  g_signal_emit (self, signals[is_kept ? SIGNAL_KEPT : SIGNAL_NOT_KEPT], 0, customer, about);
}

static void
write_draft (CbDraftShelf *self, const char *place, Draft *draft)
{
  CbUnsaved *unsaved = open_seal (self, draft->sealed);
  Write *written;

  draft->is_waiting = FALSE;
  if (unsaved == NULL)
    return;
  written = g_new0 (Write, 1);
  written->shelf = g_object_ref (self);
  written->place = g_strdup (place);
  written->number = draft->number;
  cb_store_keep_draft_async (self->store, draft->author, draft->customer, unsaved, NULL,
                             on_keep_draft_done, written);
}

void
cb_draft_shelf_flush (CbDraftShelf *self)
{
  GHashTableIter iter;
  gpointer place;
  gpointer draft;

  g_return_if_fail (CB_IS_DRAFT_SHELF (self));

  g_clear_handle_id (&self->pause_source, g_source_remove);
  self->first_us = 0;
  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, &place, &draft))
    {
      if (((Draft *) draft)->is_waiting)
        write_draft (self, place, draft);
    }
}

static gboolean
on_pause (gpointer user_data)
{
  CbDraftShelf *self = user_data;

  self->pause_source = 0;
  cb_draft_shelf_flush (self);
  return G_SOURCE_REMOVE;
}

static void
plan_write (CbDraftShelf *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 due_us;

  if (self->first_us == 0)
    self->first_us = now_us;
  due_us = MIN (now_us + PAUSE_US, self->first_us + LATEST_US);
  g_clear_handle_id (&self->pause_source, g_source_remove);
  self->pause_source = g_timeout_add ((guint) (MAX (due_us - now_us, 0) / 1000), on_pause, self);
}

/* --- what screens ask --- */

void
cb_draft_shelf_put (CbDraftShelf *self,
                    CbStaff *author,
                    const char *customer_id,
                    CbUnsaved *unsaved)
{
  g_autoptr (CbUnsaved) taken = unsaved;
  Draft *draft;

  g_return_if_fail (CB_IS_DRAFT_SHELF (self));
  g_return_if_fail (CB_IS_STAFF (author));

  draft = g_new0 (Draft, 1);
  draft->author = g_object_ref (author);
  draft->customer = g_strdup (customer_id);
  draft->about = cb_unsaved_dup_about (unsaved);
  draft->sealed = seal (self, unsaved);
  draft->number = ++self->n_puts;
  draft->is_waiting = TRUE;
  g_hash_table_replace (self->drafts, dup_place (author, customer_id, draft->about), draft);
  plan_write (self);
}

void
cb_draft_shelf_hand_over (CbDraftShelf *self,
                          CbStaff *author,
                          const char *customer_id,
                          const char *about)
{
  g_autofree char *place = NULL;

  g_return_if_fail (CB_IS_DRAFT_SHELF (self));
  g_return_if_fail (CB_IS_STAFF (author));

  place = dup_place (author, customer_id, about);
  g_hash_table_remove (self->drafts, place);
}

static gboolean
is_about_customer (gpointer place, gpointer draft, gpointer customer_id)
{
  return g_strcmp0 (((Draft *) draft)->customer, customer_id) == 0;
}

void
cb_draft_shelf_forget (CbDraftShelf *self, const char *customer_id)
{
  g_return_if_fail (CB_IS_DRAFT_SHELF (self));
  g_return_if_fail (customer_id != NULL);

  g_hash_table_foreach_remove (self->drafts, is_about_customer, (gpointer) customer_id);
}

guint
cb_draft_shelf_get_length (CbDraftShelf *self)
{
  g_return_val_if_fail (CB_IS_DRAFT_SHELF (self), 0);

  return g_hash_table_size (self->drafts);
}

/* --- finding --- */

typedef struct
{
  CbStaff *author;
  char *customer;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_object_unref (search->author);
  g_free (search->customer);
  g_free (search);
}

static void
drop_about (GPtrArray *list, const char *about)
{
  for (guint i = 0; i < list->len; i++)
    {
      g_autofree char *other = cb_unsaved_dup_about (g_ptr_array_index (list, i));

      if (!g_str_equal (other, about))
        continue;
      g_ptr_array_remove_index (list, i);
      return;
    }
}

/* What was put since the store was asked, or what it could not take. */
static void
lay_over (CbDraftShelf *self, const Search *search, GPtrArray *list)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Draft *draft = value;
      CbUnsaved *unsaved;

      if (g_strcmp0 (draft->customer, search->customer) != 0 ||
          !g_str_equal (cb_staff_get_id (draft->author), cb_staff_get_id (search->author)))
        continue;
      drop_about (list, draft->about);
      unsaved = open_seal (self, draft->sealed);
      if (unsaved != NULL && !cb_unsaved_is_empty (unsaved))
        g_ptr_array_add (list, unsaved);
      else
        g_clear_pointer (&unsaved, cb_unsaved_free);
    }
}

static void
on_list_drafts_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *list = cb_store_list_drafts_finish (CB_STORE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (list == NULL)
    {
      g_message ("the drafts cannot be read: %s", error->message);
      list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_unsaved_free);
    }
  lay_over (g_task_get_source_object (task), g_task_get_task_data (task), list);
  g_task_return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref);
}

void
cb_draft_shelf_find_async (CbDraftShelf *self,
                           CbStaff *author,
                           const char *customer_id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task;
  Search *search;

  g_return_if_fail (CB_IS_DRAFT_SHELF (self));
  g_return_if_fail (CB_IS_STAFF (author));

  task = g_task_new (self, cancellable, callback, user_data);
  search = g_new0 (Search, 1);
  search->author = g_object_ref (author);
  search->customer = g_strdup (customer_id);
  g_task_set_source_tag (task, cb_draft_shelf_find_async);
  g_task_set_task_data (task, search, search_free);
  cb_store_list_drafts_async (self->store, author, customer_id, cancellable, on_list_drafts_done,
                              task);
}

GPtrArray *
cb_draft_shelf_find_finish (CbDraftShelf *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cb_draft_shelf_find_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- the type --- */

static void
cb_draft_shelf_finalize (GObject *object)
{
  CbDraftShelf *self = CB_DRAFT_SHELF (object);

  g_clear_handle_id (&self->pause_source, g_source_remove);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_clear_pointer (&self->drafts, g_hash_table_unref);
  g_clear_pointer (&self->key, sodium_free);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (cb_draft_shelf_parent_class)->finalize (object);
}

static guint
add_signal (gpointer klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
cb_draft_shelf_class_init (CbDraftShelfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_draft_shelf_finalize;

  signals[SIGNAL_KEPT] = add_signal (klass, "kept");
  signals[SIGNAL_NOT_KEPT] = add_signal (klass, "not-kept");
}

static void
cb_draft_shelf_init (CbDraftShelf *self)
{
  g_assert (sodium_init () >= 0);
  self->key = sodium_malloc (crypto_secretbox_KEYBYTES);
  g_assert (self->key != NULL);
  crypto_secretbox_keygen (self->key);
  sodium_mprotect_noaccess (self->key);
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, draft_free);
}

CbDraftShelf *
cb_draft_shelf_new (CbStore *store)
{
  CbDraftShelf *self = g_object_new (CB_TYPE_DRAFT_SHELF, NULL);

  self->store = g_object_ref (store);
  return self;
}
