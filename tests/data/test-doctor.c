/* SPDX-License-Identifier: Apache-2.0 */

/* Each finding is provoked, says what it means for the shop, and nothing of anybody in it. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <string.h>

#include "base/cb-error.h"
#include "base/cb-volume.h"
#include "cb-test-book.h"
#include "store/cb-book-private.h"
#include "store/cb-doctor.h"

#define PAGE 4096

static const char *const of_an_open_store[] = {
  "store", "device-key", "disk", "backup", "space", "integrity", "audit", "erasures", "clock", NULL,
};
static const char *const of_one_found_damaged[] = {
  "store",    "device-key", "disk", "backup-before-damage", "backup", "space", "integrity", "audit",
  "erasures", "clock",      NULL,
};
static const char *const of_a_closed_one[] = {
  "store", "device-key", "disk", "backup", "space", NULL,
};

/* What is told of each is whole, in words, and of nobody. */
static void
check_findings (GPtrArray *findings, const char *const *expected)
{
  g_assert_cmpuint (findings->len, ==, g_strv_length ((char **) expected));
  for (guint i = 0; i < findings->len; i++)
    {
      const CbFinding *finding = g_ptr_array_index (findings, i);

      g_assert_cmpstr (finding->what, ==, expected[i]);
      g_assert_cmpuint (strlen (finding->says), >, 5);
      g_assert_true (g_str_has_suffix (finding->means, "."));
      g_assert_null (strstr (finding->says, "Zq"));
      g_assert_null (strstr (finding->says, "Test Shop"));
    }
}

static CbFindingState
find_state (GPtrArray *findings, const char *what)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const CbFinding *finding = g_ptr_array_index (findings, i);

      if (g_str_equal (finding->what, what))
        return finding->state;
    }
  g_assert_not_reached ();
}

static CbFindingState
look (CbTestBook *test, const char *what)
{
  g_autoptr (GPtrArray) findings =
    cb_doctor_examine (test->home, test->state_root, test->clock, test->book, NULL);

  check_findings (findings, findings->len > G_N_ELEMENTS (of_an_open_store) - 1
                              ? of_one_found_damaged
                              : of_an_open_store);
  return find_state (findings, what);
}

static void
set_up (CbTestBook *test)
{
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;

  cb_test_book_set_up (test);
  customer =
    cb_test_book_add_customer (test, "Zqgivenly", "Zqfamily", "zq@example.com", "07700 900123");
  note = cb_test_book_add_note (test, customer, NULL, "Zqnoteword");
}

static void
damage (const char *path, gsize at, gsize length)
{
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize all;

  g_assert_true (g_file_get_contents (path, &bytes, &all, &error));
  g_assert_cmpuint (at + length, <=, all);
  memset (bytes + at, 0x5a, length);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) all, &error));
}

static void
test_sound (void)
{
  CbTestBook test = { 0 };

  set_up (&test);
  g_assert_cmpint (look (&test, "store"), ==, CB_FINDING_GOOD);
  g_assert_cmpint (look (&test, "integrity"), ==, CB_FINDING_GOOD);
  g_assert_cmpint (look (&test, "audit"), ==, CB_FINDING_GOOD);
  g_assert_cmpint (look (&test, "erasures"), ==, CB_FINDING_GOOD);
  g_assert_cmpint (look (&test, "clock"), ==, CB_FINDING_GOOD);
  cb_test_book_tear_down (&test);
}

static void
test_backup (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&test);
  g_assert_cmpint (look (&test, "backup"), ==, CB_FINDING_WARNING);
  g_assert_true (cb_book_back_up_managed (test.book, &error));
  g_assert_cmpint (look (&test, "backup"), ==, CB_FINDING_GOOD);
  cb_clock_advance (test.clock, 3 * CB_US_PER_DAY);
  g_assert_cmpint (look (&test, "backup"), ==, CB_FINDING_WARNING);
  /* One byte, far behind the head. */
  path = cb_book_dup_managed_path (test.book);
  damage (path, 20000, 1);
  g_assert_cmpint (look (&test, "backup"), ==, CB_FINDING_BAD);
  cb_test_book_tear_down (&test);
}

/* The last one from before the damage is told of, with how long it stays; and that it is gone. */
static void
test_backup_before_damage (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *good = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&test);
  customer = cb_test_book_add_customer (&test, "Given", "Family", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "words");
  g_assert_true (cb_book_back_up_managed (test.book, &error));
  g_assert_cmpint (look (&test, "backup"), ==, CB_FINDING_GOOD);
  {
    g_autoptr (CbStmt) stmt =
      cb_db_prepare (test.book->db, "UPDATE note SET body = randomblob (length (body))");

    g_assert_true (cb_stmt_run (stmt, &error));
  }
  cb_clock_advance (test.clock, CB_US_PER_DAY);
  g_assert_true (cb_book_back_up_managed (test.book, &error));
  g_assert_no_error (error);
  g_assert_cmpint (look (&test, "integrity"), ==, CB_FINDING_BAD);
  g_assert_cmpint (look (&test, "backup"), ==, CB_FINDING_GOOD);
  g_assert_cmpint (look (&test, "backup-before-damage"), ==, CB_FINDING_WARNING);
  good = cb_book_dup_managed_path (test.book);
  g_assert_cmpint (g_unlink (good), ==, 0);
  g_assert_cmpint (look (&test, "backup-before-damage"), ==, CB_FINDING_BAD);
  cb_test_book_tear_down (&test);
}

static void
test_device_key (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;

  set_up (&test);
  path = g_build_filename (test.state_root, "device.key", NULL);
  g_assert_cmpint (look (&test, "device-key"), !=, CB_FINDING_BAD);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_cmpint (look (&test, "device-key"), ==, CB_FINDING_BAD);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  cb_test_book_tear_down (&test);
}

/* Page by page, until one is hit that the shop can open without. */
static void
test_damaged_page (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  guint n_open = 0;
  guint n_closed = 0;

  set_up (&test);
  path = g_build_filename (test.home, "counterbook.db", NULL);
  g_assert_true (cb_db_checkpoint (test.book->db, TRUE, NULL));
  g_assert_finalize_object (test.book);
  for (gsize page = 0; page < 24; page++)
    {
      g_autofree char *bytes = NULL;
      g_autoptr (GError) why = NULL;
      g_autoptr (GPtrArray) findings = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      damage (path, page * PAGE, PAGE);
      test.book = cb_book_open (test.home, test.state_root, test.clock, &why);
      findings = cb_doctor_examine (test.home, test.state_root, test.clock, test.book, why);
      check_findings (findings, test.book != NULL ? of_an_open_store : of_a_closed_one);
      if (test.book != NULL)
        g_assert_cmpint (find_state (findings, "integrity"), ==, CB_FINDING_BAD);
      else
        g_assert_cmpint (find_state (findings, "store"), ==, CB_FINDING_BAD);
      n_open += test.book != NULL;
      n_closed += test.book == NULL;
      g_clear_object (&test.book);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
    }
  g_test_message ("it opened without %u of these pages and did not without %u", n_open, n_closed);
  g_assert_cmpuint (n_open, >, 0);
  g_assert_cmpuint (n_closed, >, 0);
  test.book = cb_book_open (test.home, test.state_root, test.clock, NULL);
  cb_test_book_tear_down (&test);
}

static void
test_clock_far_off (void)
{
  CbTestBook test = { 0 };

  set_up (&test);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), >=, 0);
  cb_clock_set_now_us (test.clock, CB_TEST_MORNING_US + 30 * CB_US_PER_DAY);
  g_assert_cmpint (look (&test, "clock"), ==, CB_FINDING_BAD);
  cb_clock_set_now_us (test.clock, CB_TEST_MORNING_US);
  g_assert_cmpint (look (&test, "clock"), ==, CB_FINDING_GOOD);
  cb_test_book_tear_down (&test);
}

static void
test_erasures (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  gboolean passed;

  set_up (&test);
  for (guint i = 0; i < 2; i++)
    {
      g_free (customer);
      customer = cb_test_book_add_customer (&test, "Zqothergiven", "Zqfamily", NULL, NULL);
      g_assert_true (cb_book_erase (test.book, test.manager, customer, CB_ERASE_REQUEST, &error));
      g_assert_cmpint (look (&test, "erasures"), ==, CB_FINDING_WARNING);
      if (i == 1)
        {
          path = g_build_filename (test.home, "left", NULL);
          g_assert_true (g_file_set_contents (path, "Zqothergiven", -1, NULL));
        }
      g_assert_true (cb_book_clean (test.book, &passed, &error));
      g_assert_cmpint (look (&test, "erasures"), ==, i == 0 ? CB_FINDING_GOOD : CB_FINDING_BAD);
    }
  cb_test_book_tear_down (&test);
}

static void
test_little_space (void)
{
  const gint64 mega = 1 << 20;

  g_assert_cmpint (cb_doctor_judge_space (10 * mega, 0), ==, CB_FINDING_BAD);
  g_assert_cmpint (cb_doctor_judge_space (0, 0), ==, CB_FINDING_BAD);
  g_assert_cmpint (cb_doctor_judge_space (100 * mega, 0), ==, CB_FINDING_WARNING);
  g_assert_cmpint (cb_doctor_judge_space (1000 * mega, 0), ==, CB_FINDING_GOOD);
  g_assert_cmpint (cb_doctor_judge_space (1000 * mega, 400 * mega), ==, CB_FINDING_WARNING);
  g_assert_cmpint (cb_doctor_judge_space (-1, 0), ==, CB_FINDING_WARNING);
}

/* --- what the kernel says of disks --- */

static void
make_device (const char *sys, const char *numbers, const char *uuid, const char *const *parts)
{
  g_autofree char *folder = g_build_filename (sys, "dev", "block", numbers, NULL);
  g_autofree char *dm = g_build_filename (folder, "dm", NULL);
  g_autofree char *file = g_build_filename (dm, "uuid", NULL);

  g_assert_cmpint (g_mkdir_with_parents (dm, 0700), ==, 0);
  if (uuid != NULL)
    g_assert_true (g_file_set_contents (file, uuid, -1, NULL));
  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      g_autofree char *slaves = g_build_filename (folder, "slaves", NULL);
      g_autofree char *link = g_build_filename (slaves, parts[i], NULL);
      g_autofree char *target = g_build_filename (sys, "dev", "block", parts[i], NULL);
      g_autoptr (GFile) file_of_link = g_file_new_for_path (link);

      g_assert_cmpint (g_mkdir_with_parents (slaves, 0700), ==, 0);
      g_assert_true (g_file_make_symbolic_link (file_of_link, target, NULL, NULL));
    }
}

static void
test_volumes (void)
{
  static const char *const on_sealed[] = { "253:0", NULL };
  static const char *const on_both[] = { "253:0", "8:1", NULL };
  static const char *const on_itself[] = { "253:9", NULL };
  g_autofree char *sys = g_dir_make_tmp ("cb-volumes-XXXXXX", NULL);

  make_device (sys, "8:1", NULL, NULL);
  make_device (sys, "253:0", "CRYPT-LUKS2-0123", NULL);
  make_device (sys, "253:1", "LVM-0123", on_sealed);
  make_device (sys, "253:2", "LVM-0124", on_both);
  make_device (sys, "253:9", "LVM-0125", on_itself);
  g_assert_cmpint (cb_volume_judge (sys, 8, 1), ==, CB_VOLUME_PLAIN);
  g_assert_cmpint (cb_volume_judge (sys, 253, 0), ==, CB_VOLUME_ENCRYPTED);
  g_assert_cmpint (cb_volume_judge (sys, 253, 1), ==, CB_VOLUME_ENCRYPTED);
  g_assert_cmpint (cb_volume_judge (sys, 253, 2), ==, CB_VOLUME_PLAIN);
  g_assert_cmpint (cb_volume_judge (sys, 253, 9), !=, CB_VOLUME_ENCRYPTED);
  g_assert_cmpint (cb_volume_judge (sys, 7, 7), ==, CB_VOLUME_UNKNOWN);
  g_assert_cmpint (cb_volume_get_free (sys), >=, 0);
  g_assert_cmpint (cb_volume_get_free ("/nonexistent"), ==, -1);
  g_assert_cmpint (cb_volume_find ("/nonexistent"), ==, CB_VOLUME_UNKNOWN);
  cb_test_remove_tree (sys);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doctor/backup/from-before-the-damage", test_backup_before_damage);
  g_test_add_func ("/doctor/sound/is-good", test_sound);
  g_test_add_func ("/doctor/backup/absent-old-or-broken", test_backup);
  g_test_add_func ("/doctor/device-key/others-may-read-it", test_device_key);
  g_test_add_func ("/doctor/damage/a-page-at-a-time", test_damaged_page);
  g_test_add_func ("/doctor/clock/far-off", test_clock_far_off);
  g_test_add_func ("/doctor/erasures/due-done-or-failed", test_erasures);
  g_test_add_func ("/doctor/space/little", test_little_space);
  g_test_add_func ("/doctor/volumes/by-the-kernels-word", test_volumes);
  return g_test_run ();
}
