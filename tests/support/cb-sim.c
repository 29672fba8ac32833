/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-sim-private.h"

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "service/cb-admission.h"
#include "support/cb-seeded-ids.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define YEAR (365 * CB_US_PER_DAY)

/* After the faults: within this time everything must have been sent, heard and put right. Waiting
 * for a yes that another terminal has to offer again takes a quarter of an hour. */
#define HEALING (90 * MINUTE)

CbSimTally cb_sim_tally;

/* Nobody pulls the plug of this machine: a simulated one goes off between two calls. */
int fsync (int fd);
int fdatasync (int fd);

int
fsync (int fd)
{
  return 0;
}

int
fdatasync (int fd)
{
  return 0;
}

const char *
cb_sim_mutant_name (CbSimMutant mutant)
{
  static const char *const names[] = {
    [CB_SIM_SOUND] = "sound",
    [CB_SIM_NO_RETRY] = "a-retry-is-not-armed",
    [CB_SIM_ACCEPTS_UNHEARD] = "accepted-before-there-is-an-answer",
    [CB_SIM_CURSOR_FIRST] = "the-cursor-is-kept-before-its-page",
    [CB_SIM_NO_LEDGER] = "the-ledger-is-lost-with-the-database",
    [CB_SIM_NO_NEW_HISTORY] = "no-new-history-after-a-restore",
    [CB_SIM_NO_DEDUPLICATION] = "an-operation-has-as-many-effects-as-it-has-arrivals",
    [CB_SIM_BATCH_FAILS] = "one-bad-operation-spoils-its-batch",
    [CB_SIM_CLEARS_ALL] = "an-answer-clears-all-that-waits",
    [CB_SIM_WATERMARK] = "what-is-older-than-the-newest-counts-as-known",
    [CB_SIM_CLIENT_CLOCK] = "a-terminals-clock-decides",
    [CB_SIM_PRUNES] = "the-erased-are-forgotten",
    [CB_SIM_OLD_NAME] = "a-terminal-that-was-put-back-goes-on",
  };

  return names[mutant];
}

/* --- numbers --- */

gboolean
cb_sim_chance (CbSim *self, gdouble of)
{
  return g_rand_double (self->random) < of;
}

gint64
cb_sim_between (CbSim *self, gint64 from_us, gint64 to_us)
{
  return from_us + (gint64) (g_rand_double (self->random) * (gdouble) (to_us - from_us));
}

void
cb_sim_complain (CbSim *self, const char *format, ...)
{
  va_list args;

  if (self->trouble->len > 0)
    return;
  va_start (args, format);
  g_string_vprintf (self->trouble, format, args);
  va_end (args);
}

void
cb_sim_trace (CbSim *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (g_getenv ("CB_SIM_TRACE") == NULL)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("%8.3f s  %s",
                  (gdouble) cb_virtual_time_get_elapsed_us (self->time) / CB_US_PER_SECOND, text);
}

/* --- the mould --- */

CbSimMould *
cb_sim_mould_new (void)
{
  CbSimMould *self = g_new0 (CbSimMould, 1);
  g_autoptr (CbClock) clock = cb_clock_new_manual (CB_SIM_START_US);
  g_autoptr (GError) error = NULL;
  g_autofree char *database = NULL;
  CbService *service = NULL;

  umask (077);
  g_assert_cmpint (sodium_init (), >=, 0);
  cb_seed_ids (1);
  self->folder = g_dir_make_tmp ("cb-sim-XXXXXX", NULL);
  database = g_build_filename (self->folder, "service", "profiles.db", NULL);
  service = cb_sim_make_service (database, clock);
  for (guint i = 0; i < CB_SIM_STORES; i++)
    {
      CbTestBook shop = { 0 };
      g_autofree char *target = i == CB_SIM_SPARE ? g_build_filename (self->folder, "spare", NULL)
                                                  : g_strdup_printf ("%s/till%u", self->folder, i);

      cb_test_book_set_up (&shop);
      cb_sim_enrol (service, shop.book);
      self->staff[i] = g_object_ref (shop.associate);
      self->managers[i] = g_object_ref (shop.manager);
      g_assert_finalize_object (g_steal_pointer (&shop.book));
      cb_sim_copy_tree (shop.root, target);
      shop.book = cb_book_open (shop.home, shop.state_root, shop.clock, &error);
      cb_test_book_tear_down (&shop);
    }
  cb_service_free (service);
  return self;
}

void
cb_sim_mould_free (CbSimMould *self)
{
  cb_test_remove_tree (self->folder);
  for (guint i = 0; i < CB_SIM_STORES; i++)
    {
      g_object_unref (self->staff[i]);
      g_object_unref (self->managers[i]);
    }
  g_free (self->folder);
  g_free (self);
}

/* --- the world --- */

static void
set_up_till (CbSim *self, guint index)
{
  CbSimTill *till = &self->tills[index];
  gint64 wrong_us = 0;

  if (cb_sim_chance (self, 0.3))
    wrong_us = cb_sim_between (self, -YEAR, YEAR);
  till->sim = self;
  till->index = index;
  till->folder = g_strdup_printf ("%s/till%u", self->folder, index);
  till->home = g_build_filename (till->folder, "home", NULL);
  till->state = g_build_filename (till->folder, "state", NULL);
  till->clock = cb_virtual_time_add_clock (self->time, CB_SIM_START_US + wrong_us);
  till->sync_state = cb_sync_state_new ();
  till->since = g_ptr_array_new_with_free_func (g_free);
  till->staff = self->mould->staff[index];
  till->manager = self->mould->managers[index];
}

CbSim *
cb_sim_new (const CbSimMould *mould, guint64 seed, CbSimMutant mutant)
{
  CbSim *self = g_new0 (CbSim, 1);

  cb_seed_ids (seed);
  self->mould = mould;
  self->seed = seed;
  self->mutant = mutant;
  self->random = g_rand_new_with_seed ((guint32) (seed ^ (seed >> 32)));
  self->folder = g_dir_make_tmp ("cb-sim-XXXXXX", NULL);
  cb_sim_copy_tree (mould->folder, self->folder);
  self->database = g_build_filename (self->folder, "service", "profiles.db", NULL);
  self->time = cb_virtual_time_new (CB_SIM_START_US);
  self->poisoned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->newest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->yeses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->people = g_ptr_array_new_with_free_func (g_free);
  self->erased = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->withdrawn = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->trouble = g_string_new (NULL);
  self->drop = cb_sim_chance (self, 0.8) ? 0.15 : 0;
  self->doubling = cb_sim_chance (self, 0.8) ? 0.1 : 0;
  self->poison = cb_sim_chance (self, 0.3) ? 0.05 : 0;
  for (guint i = 0; i < CB_SIM_MACHINES; i++)
    set_up_till (self, i);
  return self;
}

void
cb_sim_free (CbSim *self)
{
  for (guint i = 0; i < CB_SIM_MACHINES; i++)
    {
      CbSimTill *till = &self->tills[i];

      cb_sim_till_close (till);
    }
  cb_sim_net_clear (self);
  cb_sim_service_close (self);
  for (guint i = 0; i < CB_SIM_MACHINES; i++)
    {
      CbSimTill *till = &self->tills[i];

      g_clear_object (&till->outbox);
      g_clear_object (&till->sender);
      g_clear_object (&till->sync_state);
      g_ptr_array_unref (till->since);
      g_free (till->folder);
      g_free (till->home);
      g_free (till->state);
    }
  g_ptr_array_unref (self->flights);
  cb_virtual_time_free (self->time);
  cb_test_remove_tree (self->folder);
  g_hash_table_unref (self->poisoned);
  g_hash_table_unref (self->newest);
  g_hash_table_unref (self->ends);
  g_hash_table_unref (self->yeses);
  g_ptr_array_unref (self->people);
  g_hash_table_unref (self->erased);
  g_hash_table_unref (self->withdrawn);
  g_hash_table_unref (self->words);
  g_string_free (self->trouble, TRUE);
  g_rand_free (self->random);
  g_free (self->database);
  g_free (self->folder);
  g_free (self);
}

/* --- what happens --- */

/* One of them, as likely as its weight. */
guint
cb_sim_pick (CbSim *self, const guint *weights, guint n_weights)
{
  guint sum = 0;
  guint at = 0;
  gint drawn = 0;

  for (guint i = 0; i < n_weights; i++)
    sum += weights[i];
  drawn = g_rand_int_range (self->random, 0, (gint32) sum);
  while (drawn >= (gint) weights[at])
    drawn -= (gint) weights[at++];
  return at;
}

typedef enum
{
  EVENT_ACT,
  EVENT_CRASH,
  EVENT_SERVICE_CRASH,
  EVENT_SERVICE_COPY,
  EVENT_SERVICE_RESTORE,
  EVENT_CENTRE,
  EVENT_CUT,
  EVENT_COPY,
  EVENT_RESTORE,
  EVENT_CLONE,
  EVENT_WIPE,
} Event;

static const guint event_weights[CB_SIM_N_EVENTS] = { 72, 7, 4, 4, 3, 3, 7, 4, 3, 1, 1 };

static void
cut_or_mend (CbSimTill *till)
{
  gboolean *is_cut_off = &till->sim->is_cut_off[till->index];

  *is_cut_off = !*is_cut_off;
  cb_sim_trace (till->sim, "till %u: %s", till->index,
                *is_cut_off ? "is cut off" : "is there again");
}

static void
happen (CbSim *self)
{
  const gboolean has_twin = self->tills[CB_SIM_TWIN].book != NULL;
  const int n_machines = has_twin ? CB_SIM_MACHINES : CB_SIM_TILLS;
  CbSimTill *till = &self->tills[g_rand_int_range (self->random, 0, n_machines)];

  switch ((Event) cb_sim_pick (self, self->events, CB_SIM_N_EVENTS))
    {
    case EVENT_ACT:
      cb_sim_act (till);
      break;
    case EVENT_CRASH:
      cb_sim_crash_till (till);
      break;
    case EVENT_SERVICE_CRASH:
      cb_sim_crash_service (self);
      break;
    case EVENT_SERVICE_COPY:
      cb_sim_copy_service (self);
      break;
    case EVENT_SERVICE_RESTORE:
      cb_sim_put_service_back (self);
      break;
    case EVENT_CENTRE:
      cb_sim_decide_at_centre (self);
      break;
    case EVENT_CUT:
      cut_or_mend (till);
      break;
    case EVENT_COPY:
      cb_sim_copy_till (till);
      break;
    case EVENT_RESTORE:
      cb_sim_put_till_back (till, cb_sim_chance (self, 0.5) ? CB_SIM_DATABASE : CB_SIM_DISK);
      break;
    case EVENT_CLONE:
      cb_sim_clone_till (till);
      break;
    case EVENT_WIPE:
      cb_sim_wipe_till (till);
      break;
    }
}

/* Each world has its own mixture, for what goes wrong together is rare in the average one (Groce
 * and others, "Swarm testing", ISSTA 2012). What the first stands for happens in each. */
static void
mix (CbSim *self, const guint *from, guint n, guint *into)
{
  static const guint factors[] = { 0, 1, 1, 4 };

  into[0] = from[0];
  for (guint i = 1; i < n; i++)
    into[i] = from[i] * factors[g_rand_int_range (self->random, 0, G_N_ELEMENTS (factors))];
}

/* --- a run --- */

static void
go_wrong (CbSim *self)
{
  const int n_events = g_rand_int_range (self->random, 8, 32);

  mix (self, cb_sim_act_weights, CB_SIM_N_ACTS, self->acts);
  mix (self, event_weights, CB_SIM_N_EVENTS, self->events);
  self->is_lying = TRUE;
  for (int i = 0; i < n_events; i++)
    {
      cb_virtual_time_run (self->time, cb_sim_between (self, 0, 20 * SECOND));
      happen (self);
    }
}

char *
cb_sim_heal (CbSim *self)
{
  cb_sim_trace (self, "everything is mended");
  self->is_lying = FALSE;
  memset (self->is_cut_off, 0, sizeof self->is_cut_off);
  for (gint64 waited_us = 0; waited_us < HEALING; waited_us += 5 * MINUTE)
    {
      cb_virtual_time_run (self->time, 5 * MINUTE);
      g_string_truncate (self->trouble, 0);
      cb_sim_judge (self);
      if (self->trouble->len == 0)
        return NULL;
    }
  return g_strdup (self->trouble->str);
}

void
cb_sim_begin (CbSim *self)
{
  cb_sim_service_open (self, FALSE);
  for (guint i = 0; i < CB_SIM_TILLS; i++)
    {
      cb_sim_till_open (&self->tills[i]);
      cb_sim_till_start (&self->tills[i]);
    }
}

char *
cb_sim_run (CbSim *self)
{
  cb_sim_begin (self);
  go_wrong (self);
  return cb_sim_heal (self);
}
