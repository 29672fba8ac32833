/* SPDX-License-Identifier: Apache-2.0 */

/* The power goes at every operation of every act: nothing that was acknowledged is lost, nothing is
 * half there. And the proof is proved: without what keeps it so, it finds the loss. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "cb-test-cut.h"
#include "store/cb-book-private.h"

/* What a whole long run has to cut at least. */
#define CUTS_LONG 200000

/* Nothing survives, all does, and some. */
#define SEEDS 3
#define SEEDS_LONG 120
#define STRIDE 3

/* Under a sanitizer everything takes some thirty times as long, and what it looks for is in the
 * code that each cut goes through, not in where it falls. */
#define STRIDE_SANITIZED 29

static gboolean
is_long (void)
{
  return g_getenv ("CB_TEST_LONG") != NULL;
}

static gboolean
is_sanitized (void)
{
  return g_getenv ("CB_TEST_SANITIZED") != NULL;
}

static guint n_all;

static void
cut (const CbTestPlan *plan)
{
  guint stride = is_sanitized () ? STRIDE_SANITIZED : is_long () ? 1 : STRIDE;
  guint n_seeds = is_long () && !is_sanitized () ? SEEDS_LONG : SEEDS;
  static const char *const kinds[] = { [CB_DISK_EXT4] = "ext4", [CB_DISK_STRICT] = "strict" };
  CbTestCutsOfKinds all = { 0 };

  cb_test_cut_run (plan, stride, n_seeds, TRUE, all);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const CbTestCuts *cuts = &all[i];

      n_all += cuts->n_cuts;
      g_test_message (
        "%s, %s: %u operations, %u cuts, %u images (%u opened as a book, %u cut again"
        " on the way), %u lost, %u damaged, %.1f s",
        plan->name, kinds[i], cuts->n_operations, cuts->n_cuts, cuts->n_images, cuts->n_books,
        cuts->n_doubles, cuts->n_lost, cuts->n_damaged, cuts->seconds);
      g_assert_cmpuint (cuts->n_lost, ==, 0);
      g_assert_cmpuint (cuts->n_damaged, ==, 0);
    }
}

static void
test_first (void)
{
  CbTestPlan plan = {
    .name = "the first day",
    .acts = cb_test_first_acts,
    .n_acts = cb_test_n_first_acts,
  };

  cut (&plan);
}

static void
test_counter (void)
{
  CbTestPlan plan = {
    .name = "the counter",
    .set_up = cb_test_world_set_up,
    .acts = cb_test_counter_acts,
    .n_acts = cb_test_n_counter_acts,
  };

  cut (&plan);
}

/* Put right, taken out, asked for and promised. */
static void
test_later (void)
{
  CbTestPlan plan = {
    .name = "later",
    .set_up = cb_test_world_set_up,
    .acts = cb_test_later_acts,
    .n_acts = cb_test_n_later_acts,
  };

  cut (&plan);
}

static void
test_erasure (void)
{
  CbTestPlan plan = {
    .name = "erasure",
    .set_up = cb_test_world_set_up,
    .acts = cb_test_erasure_acts,
    .n_acts = cb_test_n_erasure_acts,
  };

  cut (&plan);
}

static void
test_migration (void)
{
  CbTestPlan plan = {
    .name = "migration",
    .set_up = cb_test_world_set_up_old,
    .acts = cb_test_migration_acts,
    .n_acts = cb_test_n_migration_acts,
  };

  cut (&plan);
}

/* A table is made anew that answers refer to. */
static void
test_answered (void)
{
  CbTestPlan plan = {
    .name = "migration of answers",
    .set_up = cb_test_world_set_up_answered,
    .acts = cb_test_answered_acts,
    .n_acts = cb_test_n_answered_acts,
  };

  cut (&plan);
}

/* --- the proof is proved: what is broken on purpose is found --- */

static void
run_on_book (CbTestWorld *world, const char *sql)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_db_run (world->test.book->db, sql, &error));
  g_assert_no_error (error);
}

static void
sync_normally (CbTestWorld *world)
{
  run_on_book (world, "PRAGMA synchronous=NORMAL");
}

static void
sync_never (CbTestWorld *world)
{
  run_on_book (world, "PRAGMA synchronous=OFF");
}

static void
find_out (const char *name, CbTestPlan *plan)
{
  CbTestCutsOfKinds all = { 0 };
  guint n_cuts = 0;
  guint n_lost = 0;
  guint n_damaged = 0;

  plan->name = name;
  cb_test_cut_run (plan, 3, SEEDS, FALSE, all);
  cb_disk_ignore (0);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      n_cuts += all[i].n_cuts;
      n_lost += all[i].n_lost;
      n_damaged += all[i].n_damaged;
    }
  g_test_message ("%s: of %u cuts %u lost something, %u left damage", name, n_cuts, n_lost,
                  n_damaged);
  g_assert_cmpuint (n_lost, >, 0);
}

static void
test_normal_is_found (void)
{
  CbTestPlan plan = {
    .set_up = cb_test_world_set_up,
    .acts = cb_test_counter_acts,
    .n_acts = 6,
    .break_it = sync_normally,
  };

  find_out ("synchronous=NORMAL", &plan);
}

static void
test_off_is_found (void)
{
  CbTestPlan plan = {
    .set_up = cb_test_world_set_up,
    .acts = cb_test_counter_acts,
    .n_acts = 8,
    .break_it = sync_never,
  };

  find_out ("synchronous=OFF", &plan);
}

static void
test_deaf_disk_is_found (void)
{
  CbTestPlan plan = {
    .set_up = cb_test_world_set_up,
    .acts = cb_test_counter_acts,
    .n_acts = 6,
  };

  cb_disk_ignore (CB_DISK_SYNCS_DATABASE);
  find_out ("a disk that does not sync the database", &plan);
}

static void
test_key_not_synced_is_found (void)
{
  CbTestPlan plan = {
    .set_up = cb_test_world_set_up,
    .acts = cb_test_erasure_acts,
    .n_acts = 3,
  };

  cb_disk_ignore (CB_DISK_SYNCS_FILES);
  find_out ("our own files not synced", &plan);
}

static void
test_directory_not_synced_is_found (void)
{
  CbTestPlan plan = {
    .acts = cb_test_first_acts,
    .n_acts = 2,
  };

  cb_disk_ignore (CB_DISK_SYNCS_DIRECTORIES);
  find_out ("directories not synced", &plan);
}

/* What the product says on the way is not what this is about. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) == 0)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_standard_streams (level, fields, n_fields, data);
}

static int
finish (gboolean is_whole)
{
  int code = g_test_run ();

  g_print ("# %u cut points in all\n", n_all);
  /* A part that somebody asked for by its path is no whole run. */
  if (is_long () && !is_sanitized () && is_whole && n_all < CUTS_LONG)
    return 1;
  return code;
}

int
main (int argc, char **argv)
{
  const gboolean is_whole = argc == 1;

  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
  g_test_add_func ("/power-cut/first-day/nothing-is-lost", test_first);
  g_test_add_func ("/power-cut/counter/nothing-is-lost", test_counter);
  g_test_add_func ("/power-cut/later/nothing-is-lost", test_later);
  g_test_add_func ("/power-cut/erasure/nothing-is-lost", test_erasure);
  g_test_add_func ("/power-cut/migration/nothing-is-lost", test_migration);
  g_test_add_func ("/power-cut/migration/no-answer-is-lost", test_answered);
  /* That the proof proves something is of the test, not of the program, and is seen without a
   * sanitizer. */
  if (is_sanitized ())
    return finish (is_whole);
  g_test_add_func ("/power-cut/proof/finds-synchronous-normal", test_normal_is_found);
  g_test_add_func ("/power-cut/proof/finds-synchronous-off", test_off_is_found);
  g_test_add_func ("/power-cut/proof/finds-a-disk-that-does-not-sync", test_deaf_disk_is_found);
  g_test_add_func ("/power-cut/proof/finds-a-key-that-is-not-synced", test_key_not_synced_is_found);
  g_test_add_func ("/power-cut/proof/finds-a-directory-that-is-not-synced",
                   test_directory_not_synced_is_found);
  return finish (is_whole);
}
