/* SPDX-License-Identifier: Apache-2.0 */

/* The day's back-up keeps nobody waiting: what is asked for while the whole store is looked through
 * for it is done before that ends. The look stands still in here until it has been; whoever made it
 * on the thread that serves would stand still with it. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "store/cb-book-private.h"
#include "store/cb-store.h"

#define SETTLED_US (G_GINT64_CONSTANT (601) * G_USEC_PER_SEC)
#define PATIENCE_US (G_GINT64_CONSTANT (30) * G_USEC_PER_SEC)

gboolean __real_cb_book_is_sound (CbBook *self, GError **error);
gboolean __wrap_cb_book_is_sound (CbBook *self, GError **error);
gint64 __real_g_get_monotonic_time (void);
gint64 __wrap_g_get_monotonic_time (void);

static struct
{
  GMutex mutex;
  GCond cond;
  gint64 ahead_us; /* by this the machine's clock is put forward */
  gboolean waits_for_closing;
  gboolean is_looking;
  gboolean may_go_on;
  gboolean was_in_time;
  gboolean was_broken_off;
  guint n_looks;
} look;

gint64
__wrap_g_get_monotonic_time (void)
{
  gint64 ahead_us;

  g_mutex_lock (&look.mutex);
  ahead_us = look.ahead_us;
  g_mutex_unlock (&look.mutex);
  return __real_g_get_monotonic_time () + ahead_us;
}

gboolean
__wrap_cb_book_is_sound (CbBook *self, GError **error)
{
  gint64 until_us = __real_g_get_monotonic_time () + PATIENCE_US;
  g_autoptr (GError) local_error = NULL;
  gboolean is_sound;

  g_mutex_lock (&look.mutex);
  look.n_looks++;
  look.is_looking = TRUE;
  g_cond_broadcast (&look.cond);
  look.was_in_time = TRUE;
  while (look.was_in_time && !look.may_go_on && !look.waits_for_closing)
    look.was_in_time = g_cond_wait_until (&look.cond, &look.mutex, until_us);
  g_mutex_unlock (&look.mutex);
  while (look.waits_for_closing && !g_cancellable_is_cancelled (self->given_up) &&
         __real_g_get_monotonic_time () < until_us)
    g_usleep (1000);
  is_sound = __real_cb_book_is_sound (self, &local_error);
  look.was_broken_off = local_error != NULL;
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  g_mutex_lock (&look.mutex);
  look.is_looking = FALSE;
  g_mutex_unlock (&look.mutex);
  return is_sound;
}

/* --- a shop in the evening --- */

typedef struct
{
  CbTestBook test;
  char *backup;
  char *customer;
  CbStore *store;
  GAsyncResult *result;
} Fixture;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->result);
  fixture->result = g_object_ref (result);
}

static GAsyncResult *
await (Fixture *fixture)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (&fixture->result);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  look.ahead_us = 0;
  look.waits_for_closing = FALSE;
  look.is_looking = FALSE;
  look.may_go_on = FALSE;
  look.n_looks = 0;
  cb_test_book_set_up (&fixture->test);
  fixture->backup = cb_book_dup_managed_path (fixture->test.book);
  fixture->customer = cb_test_book_add_customer (&fixture->test, "Mara", "Testperson", NULL, NULL);
  fixture->store = cb_store_new (fixture->test.home, fixture->test.state_root, fixture->test.clock);
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
  g_clear_pointer (&fixture->customer, g_free);
  g_clear_pointer (&fixture->backup, g_free);
  cb_test_book_tear_down (&fixture->test);
}

/* It has been open for long enough, and nobody is signed in. */
static void
let_it_begin (void)
{
  gint64 until_us = __real_g_get_monotonic_time () + PATIENCE_US;
  gboolean is_looking = FALSE;

  g_mutex_lock (&look.mutex);
  look.ahead_us = SETTLED_US;
  g_mutex_unlock (&look.mutex);
  while (!is_looking)
    {
      g_assert_cmpint (__real_g_get_monotonic_time (), <, until_us);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
      g_mutex_lock (&look.mutex);
      is_looking = look.is_looking;
      g_mutex_unlock (&look.mutex);
    }
}

static void
let_it_go_on (void)
{
  g_mutex_lock (&look.mutex);
  /* Nothing of what was asked for meanwhile had to wait for it. */
  g_assert_true (look.is_looking);
  g_assert_true (look.was_in_time);
  look.may_go_on = TRUE;
  g_cond_broadcast (&look.cond);
  g_mutex_unlock (&look.mutex);
}

static void
await_backup (Fixture *fixture)
{
  gint64 until_us = __real_g_get_monotonic_time () + PATIENCE_US;

  while (!g_file_test (fixture->backup, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (__real_g_get_monotonic_time (), <, until_us);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
sign_in (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CbStaff) staff = NULL;
  g_autoptr (GError) error = NULL;

  cb_store_sign_in_async (fixture->store, cb_staff_get_id (fixture->test.associate),
                          g_strdup ("482915"), NULL, on_done, fixture);
  result = await (fixture);
  staff = cb_store_sign_in_finish (fixture->store, result, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (staff);
}

static void
save (Fixture *fixture)
{
  CbNoteDraft *draft = cb_note_draft_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;

  draft->text = g_strdup ("navy");
  cb_store_add_note_async (fixture->store, fixture->customer, draft, NULL, on_done, fixture);
  result = await (fixture);
  note = cb_store_add_note_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (note);
}

static void
load (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  g_autoptr (GError) error = NULL;

  cb_store_load_dossier_async (fixture->store, fixture->customer, NULL, on_done, fixture);
  result = await (fixture);
  dossier = cb_store_load_dossier_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_dossier_get_notes (dossier)->len, ==, 1);
}

static void
test_nobody_waits (Fixture *fixture, gconstpointer data)
{
  CbBackup backup;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_is_backup_due (fixture->test.book));
  let_it_begin ();
  sign_in (fixture);
  save (fixture);
  load (fixture);
  g_assert_false (g_file_test (fixture->backup, G_FILE_TEST_EXISTS));
  let_it_go_on ();
  await_backup (fixture);
  g_assert_cmpuint (look.n_looks, ==, 1);
  g_assert_true (cb_book_check_backup (fixture->test.book, fixture->backup, &backup, &error));
  g_assert_no_error (error);
  g_assert_false (cb_book_is_backup_due (fixture->test.book));
}

/* Otherwise it could take the place of the one that is made after the erasure. */
static void
test_an_erasure_is_cleaned_behind_it (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean passed;

  let_it_begin ();
  g_assert_true (cb_book_erase (fixture->test.book, fixture->test.manager, fixture->customer,
                                CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  g_assert_false (cb_book_clean (fixture->test.book, &passed, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  g_clear_error (&error);
  let_it_go_on ();
  await_backup (fixture);
  cb_store_close (fixture->store);
  g_assert_false (cb_book_is_cleaning_due (fixture->test.book));
}

/* Whoever closes in the evening does not wait for it either; the one of before stays. */
static void
test_closing_gives_it_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = NULL;
  g_autofree char *path = g_path_get_dirname (fixture->backup);
  const char *name;

  g_mutex_lock (&look.mutex);
  look.waits_for_closing = TRUE;
  g_mutex_unlock (&look.mutex);
  let_it_begin ();
  cb_store_close (fixture->store);
  g_assert_true (look.was_broken_off);
  g_assert_cmpuint (look.n_looks, ==, 1);
  folder = g_dir_open (path, 0, NULL);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_assert_cmpstr (name, ==, "");
  g_assert_true (cb_book_is_backup_due (fixture->test.book));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/aside/back-up/nobody-waits", test_nobody_waits);
  ADD ("/aside/back-up/an-erasure-is-cleaned-behind-it", test_an_erasure_is_cleaned_behind_it);
  ADD ("/aside/back-up/closing-gives-it-up", test_closing_gives_it_up);
  return g_test_run ();
}
