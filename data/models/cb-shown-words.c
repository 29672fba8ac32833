/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "models/cb-shown-words.h"

#include "records/cb-found.h"

#define STAND_US (CB_SHOWN_WORDS_MS * G_GINT64_CONSTANT (1000))

struct _CbShownWords
{
  GObject parent_instance;

  CbStore *store;
  GHashTable *since; /* customer -> gint64 of the monotonic clock; those on the screen */
  GHashTable *told;  /* of customers */
  guint source;
};

G_DEFINE_FINAL_TYPE (CbShownWords, cb_shown_words, G_TYPE_OBJECT)

static GHashTable *
new_since (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
on_log_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbShownWords) self = user_data;
  g_autoptr (GError) error = NULL;

  if (cb_store_log_shown_finish (CB_STORE (source), result, &error))
    return;
  g_message ("who saw words of notes could not be written down: %s", error->message);
  g_hash_table_remove_all (self->told);
}

/* Those that have stood long enough, ending in NULL. */
static GPtrArray *
take_read (CbShownWords *self, gint64 now_us)
{
  GPtrArray *read = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer customer;
  gpointer since;

  g_hash_table_iter_init (&iter, self->since);
  while (g_hash_table_iter_next (&iter, &customer, &since))
    {
      if (now_us - *(gint64 *) since < STAND_US)
        continue;
      g_ptr_array_add (read, g_strdup (customer));
      g_hash_table_add (self->told, g_strdup (customer));
      g_hash_table_iter_remove (&iter);
    }
  g_ptr_array_add (read, NULL);
  return read;
}

static void schedule (CbShownWords *self);

static gboolean
on_stood (gpointer user_data)
{
  CbShownWords *self = user_data;
  g_autoptr (GPtrArray) read = take_read (self, g_get_monotonic_time ());

  self->source = 0;
  if (read->len > 1)
    cb_store_log_shown_async (self->store, (const char *const *) read->pdata, NULL, on_log_done,
                              g_object_ref (self));
  schedule (self);
  return G_SOURCE_REMOVE;
}

/* For the one that has stood longest. */
static void
schedule (CbShownWords *self)
{
  GHashTableIter iter;
  gpointer since;
  gint64 first_us = G_MAXINT64;

  g_clear_handle_id (&self->source, g_source_remove);
  g_hash_table_iter_init (&iter, self->since);
  while (g_hash_table_iter_next (&iter, NULL, &since))
    first_us = MIN (first_us, *(gint64 *) since);
  if (first_us < G_MAXINT64)
    {
      gint64 wait_us = MAX (first_us + STAND_US - g_get_monotonic_time (), 0);

      self->source = g_timeout_add ((guint) (wait_us / 1000 + 1), on_stood, self);
    }
}

void
cb_shown_words_show (CbShownWords *self, GListModel *found)
{
  g_autoptr (GHashTable) before = NULL;
  gint64 now_us = g_get_monotonic_time ();

  g_return_if_fail (CB_IS_SHOWN_WORDS (self));

  before = self->since;
  self->since = new_since ();
  for (guint i = 0; found != NULL && i < g_list_model_get_n_items (found); i++)
    {
      g_autoptr (CbFound) one = g_list_model_get_item (found, i);
      const char *customer = cb_found_get_customer_id (one);
      const gint64 *since = g_hash_table_lookup (before, customer);

      if (cb_found_is_note (one) && !g_hash_table_contains (self->told, customer))
        g_hash_table_replace (self->since, g_strdup (customer),
                              g_memdup2 (since != NULL ? since : &now_us, sizeof now_us));
    }
  schedule (self);
}

static void
cb_shown_words_finalize (GObject *object)
{
  CbShownWords *self = CB_SHOWN_WORDS (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->since, g_hash_table_unref);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (cb_shown_words_parent_class)->finalize (object);
}

static void
cb_shown_words_class_init (CbShownWordsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_shown_words_finalize;
}

static void
cb_shown_words_init (CbShownWords *self)
{
  self->since = new_since ();
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

CbShownWords *
cb_shown_words_new (CbStore *store)
{
  CbShownWords *self = g_object_new (CB_TYPE_SHOWN_WORDS, NULL);

  self->store = g_object_ref (store);
  return self;
}
