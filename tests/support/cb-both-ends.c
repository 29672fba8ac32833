/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-both-ends.h"

#include "base/cb-json.h"

#include <string.h>

#define PATIENCE_US (G_GINT64_CONSTANT (65) * G_USEC_PER_SEC)
#define LINE_LIMIT (1 << 20)

static const CbNetLimits limits = {
  .connect_timeout_ms = 10000,
  .stall_timeout_s = 1,
  .total_timeout_s = 30,
};

/* --- one cycle --- */

static void
on_once (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CbBothEndsCycle *cycle = user_data;

  cb_engine_run_once_finish (CB_ENGINE (source), result, &cycle->error);
  cycle->is_back = TRUE;
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
spin_until (const gboolean *is_back)
{
  const gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  const guint ticker = g_timeout_add (100, tick, NULL);

  while (!*is_back && g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (ticker);
  g_assert_true (*is_back);
}

void
cb_both_ends_begin (CbBothEnds *self, CbBothEndsCycle *cycle)
{
  *cycle = (CbBothEndsCycle){ 0 };
  cb_engine_run_once_async (self->engine, NULL, on_once, cycle);
}

int
cb_both_ends_await (CbBothEndsCycle *cycle)
{
  int code = -1;

  spin_until (&cycle->is_back);
  if (cycle->error != NULL)
    code = cycle->error->code;
  g_clear_error (&cycle->error);

  return code;
}

int
cb_both_ends_sync (CbBothEnds *self)
{
  CbBothEndsCycle cycle;

  cb_both_ends_begin (self, &cycle);

  return cb_both_ends_await (&cycle);
}

/* --- making it --- */

static void
make_engine (CbBothEnds *self)
{
  const CbEngineParts parts = {
    .outbox_port = &cb_outbox_port_store,
    .outbox = G_OBJECT (self->store),
    .send_port = &cb_transport_send_port,
    .sender = G_OBJECT (self->transport = cb_transport_new (&limits)),
    .state = cb_store_get_sync_state (self->store),
    .clock = self->shop.clock,
    .timers = cb_timers_system (),
    .random = cb_random_system (),
  };

  self->engine = cb_engine_new (&parts);
}

/* What is still under way holds it until the main loop has been told. */
static void
let_go (gpointer object)
{
  gpointer left = object;

  g_object_add_weak_pointer (object, &left);
  g_object_unref (object);
  for (guint i = 0; i < 5000 && left != NULL; i++)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_null (left);
}

static void
drop_engine (CbBothEnds *self)
{
  let_go (g_steal_pointer (&self->engine));
  cb_transport_close (self->transport);
  let_go (g_steal_pointer (&self->transport));
}

void
cb_both_ends_restart (CbBothEnds *self)
{
  drop_engine (self);
  make_engine (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cb_store_open_finish (CB_STORE (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
open_store (CbBothEnds *self)
{
  gboolean is_open = FALSE;

  self->store = cb_store_new (self->shop.home, self->shop.state_root, self->shop.clock);
  cb_store_open_async (self->store, NULL, on_opened, &is_open);
  spin_until (&is_open);
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cb_engine_enrol_finish (CB_ENGINE (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
enrol (CbBothEnds *self)
{
  g_autofree char *code = cb_service_fixture_enrol (self->service, "Port Halden");
  gboolean is_enrolled = FALSE;

  cb_engine_enrol_async (self->engine, cb_chaos_get_url (self->chaos), code, NULL, NULL, NULL,
                         on_enrolled, &is_enrolled);
  spin_until (&is_enrolled);
}

char *
cb_both_ends_add_customer (CbBothEnds *self)
{
  g_autofree char *email = g_strdup_printf ("nobody%u@example.com", self->n_others);
  char *customer = cb_test_book_add_customer (&self->shop, "Planted", "Person", email, NULL);

  cb_test_book_answer (&self->shop, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  self->n_operations += 2;
  self->n_others += 2;
  g_assert_cmpint (cb_both_ends_sync (self), ==, -1);

  return customer;
}

void
cb_both_ends_set_up (CbBothEnds *self)
{
  self->service = cb_service_fixture_new ();
  self->chaos = cb_chaos_new (cb_service_fixture_get_port (self->service), 11, NULL);
  self->saved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->n_operations = 0;
  self->n_others = 0;
  self->n_texts = 0;
  cb_test_book_set_up (&self->shop);
  cb_clock_set_now_us (self->shop.clock, g_get_real_time ());
  open_store (self);
  make_engine (self);
  enrol (self);
  self->customer = cb_both_ends_add_customer (self);
  cb_both_ends_save_three (self);
  g_assert_cmpint (cb_both_ends_sync (self), ==, -1);
  cb_both_ends_judge (self);
}

void
cb_both_ends_tear_down (CbBothEnds *self)
{
  drop_engine (self);
  cb_store_close (self->store);
  let_go (g_steal_pointer (&self->store));
  cb_test_book_tear_down (&self->shop);
  g_hash_table_unref (self->saved);
  g_free (self->customer);
  cb_chaos_free (self->chaos);
  cb_service_fixture_free (self->service);
}

/* --- what is saved --- */

static char *
make_text (CbBothEnds *self)
{
  return g_strdup_printf ("number %u, planted for the network to lose", self->n_texts++);
}

static void
save_note (CbBothEnds *self)
{
  char *text = make_text (self);
  g_autoptr (CbNote) note = cb_test_book_add_note (&self->shop, self->customer, "shop", text);

  g_hash_table_replace (self->saved, g_strdup (cb_note_get_id (note)), text);
}

static void
save_preference (CbBothEnds *self)
{
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) preference = NULL;
  g_autoptr (GError) error = NULL;

  draft->value = make_text (self);
  draft->garment = g_strdup ("boot");
  preference =
    cb_book_set_preference (self->shop.book, self->shop.associate, self->customer, draft, &error);
  g_assert_no_error (error);
  g_hash_table_replace (self->saved, g_strdup (cb_preference_get_id (preference)),
                        g_strdup (draft->value));
}

void
cb_both_ends_save_three (CbBothEnds *self)
{
  save_note (self);
  save_preference (self);
  save_note (self);
  self->n_operations += 3;
}

/* --- comparing --- */

/* What the service holds, by id; nothing twice. */
static GHashTable *
read_service (CbBothEnds *self)
{
  g_autoptr (GPtrArray) lines = cb_service_fixture_dump (self->service);
  GHashTable *rows =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_object_put);

  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = lines->pdata[i];
      JsonObject *row = cb_json_parse (line, strlen (line), LINE_LIMIT, NULL);

      g_assert_nonnull (row);
      g_assert_true (g_hash_table_insert (rows, g_strdup (cb_json_get_string (row, "id")), row));
    }

  return rows;
}

static const char *
get_words (JsonObject *row)
{
  JsonObject *body = cb_json_get_object (row, "body");
  const char *text = cb_json_get_string (body, "text");

  return text != NULL ? text : cb_json_get_string (body, "value");
}

static GPtrArray *
list_outbox (CbBothEnds *self)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *items = cb_book_list_outbox (self->shop.book, G_MAXUINT, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, self->n_operations);

  return items;
}

static gboolean
is_accepted (CbOutboxItem *item)
{
  return cb_outbox_item_get_state (item) == CB_DELIVERY_ACCEPTED;
}

void
cb_both_ends_check (CbBothEnds *self)
{
  g_autoptr (GHashTable) rows = read_service (self);
  g_autoptr (GPtrArray) items = list_outbox (self);
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer row = NULL;
  guint n_others = 0;

  for (guint i = 0; i < items->len; i++)
    {
      const char *record = cb_outbox_item_get_record_id (items->pdata[i]);

      g_assert_cmpint (cb_outbox_item_get_state (items->pdata[i]), !=, CB_DELIVERY_PARKED);
      if (is_accepted (items->pdata[i]) && g_hash_table_contains (self->saved, record))
        g_assert_true (g_hash_table_contains (rows, record));
    }

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    {
      const char *words = g_hash_table_lookup (self->saved, id);

      /* A preference may still have the value before. */
      n_others += words == NULL;
      if (words != NULL && g_strcmp0 (cb_json_get_string (row, "kind"), "note") == 0)
        g_assert_cmpstr (get_words (row), ==, words);
    }
  g_assert_cmpuint (n_others, ==, self->n_others);
}

/* Each operation was given one number by the service, and the terminal knows which. */
static void
judge_numbers (CbBothEnds *self, GHashTable *rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) known = cb_book_list_known_numbers (self->shop.book, &error);
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer row = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < known->len; i++)
    {
      const gint64 n = g_array_index (known, gint64, i);

      g_assert_cmpint (n, >, 0);
      g_assert_cmpint (n, <=, self->n_operations);
      g_assert_true (g_hash_table_add (numbers, GINT_TO_POINTER ((int) n)));
    }

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      const int n = (int) cb_json_get_int (row, "n", 0);

      g_assert_cmpint (n, <=, (int) self->n_operations);
      g_assert_true (g_hash_table_contains (numbers, GINT_TO_POINTER (n)));
    }
}

static void
judge_outbox (CbBothEnds *self, GHashTable *rows)
{
  g_autoptr (GPtrArray) items = list_outbox (self);
  CbSyncState *state = cb_store_get_sync_state (self->store);
  CbOutboxCounts counts = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < items->len; i++)
    {
      const char *record = cb_outbox_item_get_record_id (items->pdata[i]);

      g_assert_true (is_accepted (items->pdata[i]));
      g_assert_true (!g_hash_table_contains (self->saved, record) ||
                     g_hash_table_contains (rows, record));
    }

  g_assert_true (cb_book_count_outbox (self->shop.book, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (counts.accepted, ==, self->n_operations);
  g_assert_cmpuint (counts.waiting + counts.held + counts.parked, ==, 0);
  g_assert_cmpint (cb_sync_state_get_contact (state), ==, CB_CONTACT_REACHED);
}

void
cb_both_ends_judge (CbBothEnds *self)
{
  g_autoptr (GHashTable) rows = read_service (self);
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer words = NULL;

  g_assert_cmpuint (g_hash_table_size (rows), ==, g_hash_table_size (self->saved) + self->n_others);
  g_hash_table_iter_init (&iter, self->saved);
  while (g_hash_table_iter_next (&iter, &id, &words))
    {
      g_assert_true (g_hash_table_contains (rows, id));
      g_assert_cmpstr (get_words (g_hash_table_lookup (rows, id)), ==, words);
    }

  judge_outbox (self, rows);
  judge_numbers (self, rows);
  g_assert_cmpint (cb_service_fixture_run (self->service, NULL, "check", NULL), ==, 0);
}
