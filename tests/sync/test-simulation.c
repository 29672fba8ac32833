/* SPDX-License-Identifier: Apache-2.0 */

/* The two ends in a world of one seed: faults first, then healing, after which everything must be
 * where it belongs. A seed that fails says its number and is run again alone with
 *
 *   CB_SIM_SEED=NUMBER test-simulation -p /simulation/sound/first
 *
 * or, with a second number behind a hyphen, together with those that follow it;
 * and the mistakes that somebody could make here must be seen. */

#include "support/cb-sim.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

#define N_SEEDS 2000
#define N_SEEDS_LONG 100000
#define N_SEEDS_SANITIZED 60 /* where everything takes many times as long */

/* A mistake that this many worlds do not show would not be noticed. */
#define N_SEEDS_MUTANT 400

/* The worlds are small and many, each in one thread, and most of what they cost is opening stores:
 * SQLite needs to lock and count nothing for that, and no world needs a disk. */
static void
make_light (void)
{
  static const char in_memory[] = "/dev/shm";
  const guint64 enough = 64 << 20;
  g_autoptr (GFile) place = g_file_new_for_path (in_memory);
  g_autoptr (GFileInfo) info =
    g_file_query_filesystem_info (place, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);

  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_MULTITHREAD), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0), ==, SQLITE_OK);
  if (info != NULL &&
      g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) >= enough &&
      access (in_memory, W_OK) == 0)
    g_setenv ("TMPDIR", in_memory, FALSE);
}

static guint
count_seeds (void)
{
  if (g_getenv ("CB_TEST_SANITIZED") != NULL)
    return N_SEEDS_SANITIZED;
  return g_getenv ("CB_TEST_LONG") != NULL ? N_SEEDS_LONG : N_SEEDS;
}

static char *
run_seed (const CbSimMould *mould, guint64 seed, CbSimMutant mutant)
{
  CbSim *sim = cb_sim_new (mould, seed, mutant);
  char *trouble = cb_sim_run (sim);

  cb_sim_free (sim);
  return trouble;
}

/* Half of the seeds, or those that somebody asks for. */
static void
choose (guint half, guint64 *first, guint64 *last)
{
  const guint n_seeds = count_seeds () / 2;
  const char *wanted = g_getenv ("CB_SIM_SEED");
  char *behind = NULL;

  *first = half * n_seeds + 1;
  *last = (half + 1) * n_seeds;
  if (wanted == NULL)
    return;
  *first = g_ascii_strtoull (wanted, &behind, 10);
  *last = *behind == '-' ? g_ascii_strtoull (behind + 1, NULL, 10) : *first;
}

static void
test_sound (gconstpointer half)
{
  CbSimMould *mould = cb_sim_mould_new ();
  guint64 first = 0;
  guint64 last = 0;
  guint n_failed = 0;

  choose (GPOINTER_TO_UINT (half), &first, &last);
  for (guint64 seed = first; seed <= last; seed++)
    {
      g_autofree char *trouble = run_seed (mould, seed, CB_SIM_SOUND);

      if (trouble == NULL)
        continue;
      g_test_message ("seed %" G_GUINT64_FORMAT ": %s", seed, trouble);
      n_failed++;
    }
  g_test_message (
    "%u acts, %u requests, %u lost, %u doubled, %u crashes, %u of the service, "
    "%u restores of the service, %u of terminals, %u erasures, %u withdrawals, %u poisoned, %u parked",
    cb_sim_tally.n_acts, cb_sim_tally.n_requests, cb_sim_tally.n_lost, cb_sim_tally.n_doubled,
    cb_sim_tally.n_crashes, cb_sim_tally.n_service_crashes, cb_sim_tally.n_service_restores,
    cb_sim_tally.n_till_restores, cb_sim_tally.n_erasures, cb_sim_tally.n_withdrawals,
    cb_sim_tally.n_poisoned, cb_sim_tally.n_parked);
  g_assert_cmpuint (n_failed, ==, 0);
  cb_sim_mould_free (mould);
}

static void
test_mutant (gconstpointer data)
{
  const CbSimMutant mutant = GPOINTER_TO_UINT (data);
  CbSimMould *mould = cb_sim_mould_new ();
  /* A service that notices says so; what it leads to is to be seen all the same. */
  const GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK & ~G_LOG_LEVEL_CRITICAL);
  gboolean is_caught = FALSE;
  guint64 seed = 0;

  while (!is_caught && seed < N_SEEDS_MUTANT)
    {
      g_autofree char *trouble = run_seed (mould, ++seed, mutant);

      is_caught = trouble != NULL;
      if (is_caught)
        g_test_message ("seed %" G_GUINT64_FORMAT ": %s", seed, trouble);
    }
  g_assert_true (is_caught);
  cb_sim_mould_free (mould);
  g_log_set_always_fatal (fatal);
}

/* What is told to whoever runs the programs is of no use by the hundred thousand. */
static void
leave_out_news (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if ((level & G_LOG_FLAG_FATAL) != 0)
    g_log_default_handler (domain, level, message, data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  make_light ();
  g_log_set_default_handler (leave_out_news, NULL);

  g_test_add_data_func ("/simulation/sound/first", GUINT_TO_POINTER (0), test_sound);
  g_test_add_data_func ("/simulation/sound/second", GUINT_TO_POINTER (1), test_sound);
  for (guint i = CB_SIM_SOUND + 1; i < CB_SIM_N_MUTANTS; i++)
    {
      g_autofree char *path = g_strconcat ("/simulation/noticed/", cb_sim_mutant_name (i), NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_mutant);
    }
  return g_test_run ();
}
