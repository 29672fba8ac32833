/* SPDX-License-Identifier: Apache-2.0 */

/* A store that is destroyed by order: nothing of anybody is left, also when a crash came between,
 * and nobody else's store is harmed. */

#include "cb-test-book.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base/cb-error.h"
#include "store/cb-doctor.h"
#include "store/cb-restore.h"
#include "store/cb-store.h"
#include "store/cb-wipe.h"

typedef struct
{
  CbTestBook book;
  char *customer;
  char *erased;
  char *copy;      /* a page that was made for her */
  char *carried;   /* what lies there is another's by now */
  char *elsewhere; /* a back-up that somebody put away */
} Fixture;

static void
set_up (Fixture *test, gconstpointer data)
{
  g_autoptr (CbNote) note = NULL;
  g_autofree char *mark = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test->book);
  test->copy = g_build_filename (test->book.root, "hers.html", NULL);
  test->carried = g_build_filename (test->book.root, "hers.vcf", NULL);
  test->elsewhere = g_build_filename (test->book.root, "elsewhere.backup", NULL);
  test->customer = cb_test_book_add_customer (&test->book, "Mara", "Testperson", NULL, NULL);
  test->erased = cb_test_book_add_customer (&test->book, "Inez", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test->book, test->customer, NULL, "zq7canary navy");
  mark = cb_book_access (test->book.book, test->book.privacy, test->customer, CB_EXPORT_HTML,
                         test->copy, &error);
  g_assert_no_error (error);
  other = cb_book_export (test->book.book, test->book.privacy, test->customer, CB_EXPORT_VCARD,
                          test->carried, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (test->carried, "somebody's own", -1, NULL));
  g_assert_true (
    cb_book_erase (test->book.book, test->book.manager, test->erased, CB_ERASE_REQUEST, &error));
  g_assert_true (
    cb_book_back_up (test->book.book, test->book.admin, test->elsewhere, NULL, &error));
  g_assert_true (cb_book_back_up_managed (test->book.book, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *test, gconstpointer data)
{
  cb_test_book_tear_down (&test->book);
  g_free (test->customer);
  g_free (test->erased);
  g_free (test->copy);
  g_free (test->carried);
  g_free (test->elsewhere);
}

/* Names of files below, as paths from there, in no order. */
static void
list_files (const char *root, const char *below, GPtrArray *list)
{
  g_autofree char *folder = g_build_filename (root, below, NULL);
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path =
        *below != '\0' ? g_build_filename (below, name, NULL) : g_strdup (name);
      g_autofree char *whole = g_build_filename (root, path, NULL);

      if (g_file_test (whole, G_FILE_TEST_IS_DIR))
        list_files (root, path, list);
      else
        g_ptr_array_add (list, g_steal_pointer (&path));
    }
}

/* Locks, and the ids of those who were erased. */
static void
assert_nothing_left (Fixture *test)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) home = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *ledger = NULL;

  list_files (test->book.home, "", home);
  g_assert_cmpuint (home->len, ==, 1);
  g_assert_cmpstr (home->pdata[0], ==, "wiped");

  list_files (test->book.state_root, "", kept);
  for (guint i = 0; i < kept->len; i++)
    {
      const char *name = kept->pdata[i];

      if (g_str_has_suffix (name, "/tombstones"))
        ledger = g_build_filename (test->book.state_root, name, NULL);
      else if (!g_str_has_suffix (name, ".lock"))
        {
          g_test_message ("left: %s", name);
          g_test_fail ();
        }
    }
  g_assert_nonnull (ledger);
  g_assert_cmpuint (cb_test_count_files_with (test->book.state_root, test->erased), ==, 1);
  g_assert_cmpuint (cb_test_count_files_with (test->book.state_root, test->customer), ==, 0);
  g_assert_false (g_file_test (test->copy, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (test->carried, G_FILE_TEST_EXISTS));
}

static void
assert_does_not_open (Fixture *test)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cb_book_open (test->book.home, test->book.state_root, test->book.clock, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_WIPED);
}

static void
test_nothing_is_left (Fixture *test, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_test (test->copy, G_FILE_TEST_EXISTS));
  g_assert_true (cb_book_wipe (test->book.book, &error));
  g_assert_no_error (error);
  assert_nothing_left (test);
  assert_does_not_open (test);
  assert_nothing_left (test);
}

/* Each file that a crash may have left, by itself and beside all others. */
static void
test_goes_on_after_a_crash (Fixture *test, gconstpointer data)
{
  const char *store_id = cb_book_get_store_id (test->book.book);
  g_autofree char *key = g_build_filename (test->book.state_root, store_id, "store.key", NULL);

  g_assert_true (cb_wipe_decide (test->book.home, store_id, NULL));
  cb_book_close (test->book.book);
  if (data != NULL)
    g_assert_cmpint (g_unlink (key), ==, 0);
  assert_does_not_open (test);
  if (data == NULL)
    {
      assert_nothing_left (test);
      return;
    }
  /* Without its key nobody knows where copies lie. */
  g_assert_true (g_file_test (test->copy, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (test->copy), ==, 0);
  assert_nothing_left (test);
}

static void
test_folder_that_was_given_by_mistake (Fixture *test, gconstpointer data)
{
  g_autofree char *own = g_build_filename (test->book.home, "letter.txt", NULL);
  g_autofree char *folder = g_build_filename (test->book.home, "photographs", NULL);

  g_assert_true (g_file_set_contents (own, "of mine", -1, NULL));
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (cb_book_wipe (test->book.book, NULL));
  g_assert_true (g_file_test (own, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
}

/* Another store of the same user needs the device key. */
static void
test_other_store_goes_on (Fixture *test, gconstpointer data)
{
  const CbBookOptions options = { .name = "Lower Quay", .keep_unasked_days = -1 };
  g_autofree char *home = g_build_filename (test->book.root, "other", NULL);
  g_autofree char *code = NULL;
  g_autofree char *key = g_build_filename (test->book.state_root, "device.key", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBook) other =
    cb_book_create (home, test->book.state_root, test->book.clock, &options, &code, &error);

  g_assert_no_error (error);
  cb_book_close (other);
  g_clear_object (&other);
  g_assert_true (cb_book_wipe (test->book.book, NULL));
  g_assert_true (g_file_test (key, G_FILE_TEST_EXISTS));
  other = cb_book_open (home, test->book.state_root, test->book.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_wipe (other, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (key, G_FILE_TEST_EXISTS));
}

static void
test_new_store_begins (Fixture *test, gconstpointer data)
{
  const CbBookOptions options = { .name = "Port Halden", .keep_unasked_days = -1 };
  g_autofree char *code = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBook) fresh = NULL;

  g_assert_true (cb_book_wipe (test->book.book, NULL));
  fresh = cb_book_create (test->book.home, test->book.state_root, test->book.clock, &options, &code,
                          &error);
  g_assert_no_error (error);
  g_assert_nonnull (code);
  cb_book_close (fresh);
  g_clear_object (&fresh);
  fresh = cb_book_open (test->book.home, test->book.state_root, test->book.clock, &error);
  g_assert_no_error (error);
}

/* What lies elsewhere opens by the recovery code alone: the key of this machine is gone. */
static void
test_back_up_elsewhere (Fixture *test, gconstpointer data)
{
  CbRestored restored;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBook) put_back = NULL;

  g_assert_true (cb_book_wipe (test->book.book, NULL));
  put_back = cb_restore (test->book.home, test->book.state_root, test->book.clock, test->elsewhere,
                         NULL, NULL, &restored, &error);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
}

static void
test_doctor_says_so (Fixture *test, gconstpointer data)
{
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) why = NULL;
  gboolean is_told = FALSE;

  g_assert_true (cb_book_wipe (test->book.book, NULL));
  g_assert_null (cb_book_open (test->book.home, test->book.state_root, test->book.clock, &why));
  findings =
    cb_doctor_examine (test->book.home, test->book.state_root, test->book.clock, NULL, why);
  for (guint i = 0; i < findings->len; i++)
    {
      const CbFinding *finding = findings->pdata[i];

      is_told = is_told || strstr (finding->means, "shut this terminal out") != NULL;
    }
  g_assert_true (is_told);
}

/* --- the store that a window has open --- */

typedef struct
{
  CbStore *store;
  GAsyncResult *result;
  guint n_wiped;
  guint n_sessions;
} Window;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Window *) data)->result = g_object_ref (result);
}

static GAsyncResult *
await (Window *window)
{
  while (window->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (&window->result);
}

static void
on_wiped (CbStore *store, Window *window)
{
  g_assert_null (cb_store_get_actor (store));
  window->n_wiped++;
}

static void
open_window (Fixture *test, Window *window)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cb_book_close (test->book.book);
  window->store = cb_store_new (test->book.home, test->book.state_root, test->book.clock);
  g_signal_connect (window->store, "wiped", G_CALLBACK (on_wiped), window);
  cb_store_open_async (window->store, NULL, on_done, window);
  result = await (window);
  g_assert_true (cb_store_open_finish (window->store, result, &error));
  g_assert_no_error (error);
}

static void
sign_in (Fixture *test, Window *window)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbStaff) staff = NULL;

  cb_store_sign_in_async (window->store, cb_staff_get_id (test->book.associate),
                          g_strdup ("482915"), NULL, on_done, window);
  result = await (window);
  staff = cb_store_sign_in_finish (window->store, result, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_window_is_over (Window *window)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  while (window->n_wiped == 0)
    g_main_context_iteration (NULL, TRUE);
  cb_store_list_staff_async (window->store, NULL, on_done, window);
  result = await (window);
  g_assert_null (cb_store_list_staff_finish (window->store, result, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_WIPED);
  g_assert_cmpuint (window->n_wiped, ==, 1);
  cb_store_close (window->store);
  g_clear_object (&window->store);
}

static void
test_window_is_over (Fixture *test, gconstpointer data)
{
  Window window = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  open_window (test, &window);
  sign_in (test, &window);
  cb_store_wipe_async (window.store, on_done, &window);
  result = await (&window);
  g_assert_true (cb_store_wipe_finish (window.store, result, &error));
  g_assert_no_error (error);
  assert_nothing_left (test);
  assert_window_is_over (&window);
}

/* Whoever syncs from the command line meets the order; the window has the same store open. */
static void
test_window_notices (Fixture *test, gconstpointer data)
{
  Window window = { 0 };
  g_autoptr (CbBook) other = NULL;

  open_window (test, &window);
  sign_in (test, &window);
  other = cb_book_open (test->book.home, test->book.state_root, test->book.clock, NULL);
  g_assert_true (cb_book_wipe (other, NULL));
  assert_window_is_over (&window);
  assert_nothing_left (test);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) ADD_WITH (name, NULL, function)
#define ADD_WITH(name, data, function)                                                             \
  g_test_add ("/wipe/" name, Fixture, data, set_up, function, tear_down)
  ADD ("leaves-nothing", test_nothing_is_left);
  ADD ("goes-on-after-a-crash", test_goes_on_after_a_crash);
  ADD_WITH ("goes-on-without-a-key", "", test_goes_on_after_a_crash);
  ADD ("leaves-what-is-not-ours", test_folder_that_was_given_by_mistake);
  ADD ("other-store-goes-on", test_other_store_goes_on);
  ADD ("new-store-begins", test_new_store_begins);
  ADD ("back-up-elsewhere-takes-the-code", test_back_up_elsewhere);
  ADD ("doctor-says-so", test_doctor_says_so);
  ADD ("window/is-over", test_window_is_over);
  ADD ("window/notices-another-process", test_window_notices);
#undef ADD
#undef ADD_WITH

  return g_test_run ();
}
