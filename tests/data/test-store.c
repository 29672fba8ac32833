/* SPDX-License-Identifier: Apache-2.0 */

/* The store on its own thread: order, signals, sessions, and what is told to the screen. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "store/cb-store.h"

typedef struct
{
  CbTestBook book;
  CbStore *store;
  GAsyncResult *result;
  guint n_changed;
  gboolean has_work;
  gboolean is_index_ready;
} Fixture;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->result);
  fixture->result = g_object_ref (result);
}

static gboolean
on_too_long (gpointer data)
{
  g_assert_not_reached ();
  return G_SOURCE_REMOVE;
}

/* A guard against waiting for ever, not a measure: the machine may have much else to do. */
#define PATIENCE_S 120

#define WAIT_UNTIL(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint too_long = g_timeout_add_seconds (PATIENCE_S, on_too_long, NULL);                        \
                                                                                                   \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (too_long);                                                                    \
  }                                                                                                \
  G_STMT_END

static GAsyncResult *
await (Fixture *fixture)
{
  WAIT_UNTIL (fixture->result != NULL);
  return g_steal_pointer (&fixture->result);
}

static void
on_changed (Fixture *fixture, const char *customer)
{
  fixture->n_changed++;
}

static void
on_work_ready (Fixture *fixture)
{
  fixture->has_work = TRUE;
}

static void
on_index_progress (Fixture *fixture, guint done, guint total)
{
  fixture->is_index_ready = cb_store_is_index_ready (fixture->store);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&fixture->book);
  fixture->store = cb_store_new (fixture->book.home, fixture->book.state_root, fixture->book.clock);
  g_signal_connect_swapped (fixture->store, "changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect_swapped (fixture->store, "work-ready", G_CALLBACK (on_work_ready), fixture);
  g_signal_connect_swapped (fixture->store, "index-progress", G_CALLBACK (on_index_progress),
                            fixture);
  cb_store_open_async (fixture->store, NULL, on_done, fixture);
  result = await (fixture);
  g_assert_true (cb_store_open_finish (fixture->store, result, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cb_store_close (fixture->store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->store);
  cb_test_book_tear_down (&fixture->book);
}

static gboolean
sign_in (Fixture *fixture, const char *pin, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CbStaff) staff = NULL;

  cb_store_sign_in_async (fixture->store, cb_staff_get_id (fixture->book.associate), g_strdup (pin),
                          NULL, on_done, fixture);
  result = await (fixture);
  staff = cb_store_sign_in_finish (fixture->store, result, NULL, NULL, error);
  return staff != NULL;
}

static void
list_staff_often (Fixture *fixture)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GAsyncResult) listed = NULL;
      g_autoptr (GPtrArray) staff = NULL;
      g_autoptr (GError) error = NULL;

      cb_store_list_staff_async (fixture->store, NULL, on_done, fixture);
      listed = await (fixture);
      staff = cb_store_list_staff_finish (fixture->store, listed, &error);
      g_assert_no_error (error);
    }
}

/* Whoever opens it may look at the outcome later than the worker has counted. */
static void
test_counts_after_a_late_finish (void)
{
  Fixture fixture = { 0 };
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GError) error = NULL;
  CbSyncState *state;

  cb_test_book_set_up (&fixture.book);
  fixture.store = cb_store_new (fixture.book.home, fixture.book.state_root, fixture.book.clock);
  state = cb_store_get_sync_state (fixture.store);
  cb_store_open_async (fixture.store, NULL, on_done, &fixture);
  opened = await (&fixture);
  list_staff_often (&fixture);
  g_assert_false (cb_sync_state_is_counted (state));
  g_assert_true (cb_store_open_finish (fixture.store, opened, &error));
  WAIT_UNTIL (cb_sync_state_is_counted (state));
  g_clear_object (&opened);
  tear_down (&fixture, NULL);
}

/* Whoever signs in may look at the outcome later than the worker could have an index. */
static void
test_index_after_a_late_finish (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) signed_in = NULL;
  g_autoptr (CbStaff) staff = NULL;
  g_autoptr (GError) error = NULL;

  cb_store_sign_in_async (fixture->store, cb_staff_get_id (fixture->book.associate),
                          g_strdup ("482915"), NULL, on_done, fixture);
  signed_in = await (fixture);
  list_staff_often (fixture);
  g_assert_false (cb_store_is_index_ready (fixture->store));
  staff = cb_store_sign_in_finish (fixture->store, signed_in, NULL, NULL, &error);
  g_assert_no_error (error);
  WAIT_UNTIL (cb_store_is_index_ready (fixture->store));
}

static GPtrArray *
find (Fixture *fixture, const char *typed, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cb_store_find_async (fixture->store, typed, 20, NULL, on_done, fixture);
  result = await (fixture);
  return cb_store_find_finish (fixture->store, result, error);
}

static void
test_session (Fixture *fixture, gconstpointer data)
{
  g_autofree char *customer =
    cb_test_book_add_customer (&fixture->book, "Mara", "Testperson", NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (find (fixture, "mara", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (sign_in (fixture, "739264", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_WRONG_PIN);
  g_clear_error (&error);
  g_assert_true (sign_in (fixture, "482915", &error));
  g_assert_no_error (error);
  WAIT_UNTIL (fixture->is_index_ready);
  found = find (fixture, "mara", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (cb_found_get_customer_id (g_ptr_array_index (found, 0)), ==, customer);

  cb_store_lock_async (fixture->store, NULL, on_done, fixture);
  g_assert_null (cb_store_get_actor (fixture->store));
  result = await (fixture);
  g_assert_true (cb_store_lock_finish (fixture->store, result, &error));
  g_assert_false (cb_store_is_index_ready (fixture->store));
  g_assert_null (find (fixture, "mara", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
}

/* A read that is asked for after a write sees it, and the screen is told after the commit. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autofree char *customer =
    cb_test_book_add_customer (&fixture->book, "Mara", "Testperson", NULL, NULL);
  CbNoteDraft *draft = cb_note_draft_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sign_in (fixture, "482915", &error));
  draft->text = g_strdup ("navy");
  cb_store_add_note_async (fixture->store, customer, draft, NULL, NULL, NULL);
  cb_store_load_dossier_async (fixture->store, customer, NULL, on_done, fixture);
  result = await (fixture);
  dossier = cb_store_load_dossier_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_dossier_get_notes (dossier)->len, ==, 1);
  WAIT_UNTIL (fixture->n_changed > 0);
}

static void
test_counts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *customer =
    cb_test_book_add_customer (&fixture->book, "Mara", "Testperson", NULL, NULL);
  CbSyncState *state = cb_store_get_sync_state (fixture->store);
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  CbAnswerDraft *draft = cb_answer_draft_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *receipt = NULL;

  g_assert_true (sign_in (fixture, "482915", &error));
  g_assert_false (fixture->has_work);
  draft->purpose = g_strdup ("shop");
  draft->method = CB_METHOD_TAPPED;
  g_ptr_array_add (answers, draft);
  cb_store_record_answers_async (fixture->store, customer, answers, NULL, on_done, fixture);
  result = await (fixture);
  receipt = cb_store_record_answers_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  WAIT_UNTIL (fixture->has_work);
  g_assert_cmpuint (cb_sync_state_get_waiting (state), ==, 2);
  g_assert_cmpuint (cb_sync_state_get_held (state), ==, 0);
}

/* The engine needs nobody signed in. */
static void
test_locked_store_syncs (Fixture *fixture, gconstpointer data)
{
  g_autofree char *customer =
    cb_test_book_add_customer (&fixture->book, "Mara", "Testperson", NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_answer (&fixture->book, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  cb_store_take_batch_async (fixture->store, 500, 1 << 20, NULL, on_done, fixture);
  result = await (fixture);
  batch = cb_store_take_batch_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (batch), ==, 2);
}

static CbEnrolment *
load_enrolment (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CbEnrolment *enrolment;

  cb_store_load_enrolment_async (fixture->store, NULL, on_done, fixture);
  result = await (fixture);
  enrolment = cb_store_load_enrolment_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  return enrolment;
}

static void
test_enrolment (Fixture *fixture, gconstpointer data)
{
  g_autofree char *customer =
    cb_test_book_add_customer (&fixture->book, "Mara", "Testperson", "m@example.com", NULL);
  guint8 secret[64];
  guint8 chain[32];
  CbEnrolmentFields fields = {
    .service_url = "http://127.0.0.1:1",
    .terminal_id = "00112233445566778899aabbccddeeff",
    .store_name = "Named by the service",
  };
  g_autoptr (GBytes) secret_key = NULL;
  g_autoptr (GBytes) chain_key = NULL;
  g_autoptr (CbEnrolment) enrolment = NULL;
  g_autoptr (CbEnrolment) loaded = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  memset (secret, 7, sizeof secret);
  memset (chain, 9, sizeof chain);
  secret_key = g_bytes_new (secret, sizeof secret);
  chain_key = g_bytes_new (chain, sizeof chain);
  fields.secret_key = secret_key;
  fields.chain_key = chain_key;
  g_assert_null (load_enrolment (fixture));
  enrolment = cb_enrolment_new (&fields);
  cb_store_save_enrolment_async (fixture->store, enrolment, NULL, on_done, fixture);
  result = await (fixture);
  g_assert_true (cb_store_save_enrolment_finish (fixture->store, result, &error));
  g_assert_no_error (error);
  loaded = load_enrolment (fixture);
  g_assert_nonnull (loaded);
  g_assert_true (g_bytes_equal (cb_enrolment_peek (loaded)->secret_key, secret_key));
  g_assert_cmpstr (cb_enrolment_peek (loaded)->terminal_id, ==, "00112233445566778899aabbccddeeff");
  g_assert_cmpstr (cb_enrolment_peek (loaded)->store_name, ==, "Named by the service");
  g_assert_nonnull (cb_enrolment_peek (loaded)->incarnation);
  cb_test_book_reopen (&fixture->book);
  g_assert_cmpstr (cb_book_get_name (fixture->book.book), ==, "Named by the service");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/store/session/index-grows-and-lock-drops-it", test_session);
  ADD ("/store/session/index-is-told-after-a-late-finish", test_index_after_a_late_finish);
  ADD ("/store/order/a-read-after-a-write-sees-it", test_order);
  ADD ("/store/counts/are-told-after-the-commit", test_counts);
  g_test_add_func ("/store/counts/are-told-after-a-late-finish", test_counts_after_a_late_finish);
  ADD ("/store/locked/still-syncs", test_locked_store_syncs);
  ADD ("/store/enrolment/is-kept-sealed", test_enrolment);
  return g_test_run ();
}
