/* SPDX-License-Identifier: Apache-2.0 */

/* A terminal or the service is put back to an older state, goes on in two places, is wiped, or is
 * put back twice; while something waits or nothing does; and somebody was erased in between or
 * nobody was. After each both ends agree, as cb-sim-judge.c says, and nobody who was erased is
 * anywhere. */

#include "support/cb-sim-private.h"

#include <sodium.h>

#define MINUTE (G_GINT64_CONSTANT (60) * 1000000)

typedef enum
{
  BLOW_RESTORED,
  BLOW_CLONED,
  BLOW_WIPED,
  BLOW_TWICE,
  N_BLOWS,
} Blow;

typedef struct
{
  gboolean at_service; /* else at the first terminal */
  Blow blow;
  gboolean has_backlog;
  gboolean has_erasure;
} Case;

static CbSimMould *mould;

static void
pass (CbSim *sim, gint64 us)
{
  cb_virtual_time_run (sim->time, us);
}

/* --- what people do --- */

static const char *
arrive (CbSimTill *till)
{
  const char *customer = cb_sim_arrive (till);

  cb_sim_say_yes (till, customer, "shop");
  return customer;
}

static void
note_if_known (CbSimTill *till, const char *customer)
{
  if (cb_sim_knows (till, customer))
    cb_sim_note (till, customer);
}

/* Where the service is struck it is the only one to know: its ledger has to hold it. */
static void
erase (CbSim *sim, const Case *which, const char *customer)
{
  if (which->at_service)
    cb_sim_erase_at_centre (sim, customer);
  else
    cb_sim_erase (&sim->tills[1], customer);
}

static void
cut_off (CbSimTill *till, gboolean is_off)
{
  till->sim->is_cut_off[till->index] = is_off;
}

/* --- what machines do --- */

static void
take_copy (CbSim *sim, const Case *which)
{
  if (which->at_service)
    cb_sim_copy_service (sim);
  else
    cb_sim_copy_till (&sim->tills[0]);
}

static void
put_back (CbSim *sim, const Case *which)
{
  if (which->at_service)
    cb_sim_put_service_back (sim);
  else
    cb_sim_put_till_back (&sim->tills[0], CB_SIM_DISK);
}

static void
strike (CbSim *sim, const Case *which)
{
  switch (which->blow)
    {
    case BLOW_CLONED:
      if (which->at_service)
        cb_sim_move_service (sim);
      else
        cb_sim_clone_till (&sim->tills[0]);
      break;
    case BLOW_WIPED:
      if (which->at_service)
        cb_sim_wipe_service (sim);
      else
        cb_sim_wipe_till (&sim->tills[0]);
      break;
    case BLOW_RESTORED:
    case BLOW_TWICE:
    case N_BLOWS:
    default:
      put_back (sim, which);
      break;
    }
}

/* Later: once more; or the one that the other stood in for is there again. */
static void
strike_again (CbSim *sim, const Case *which)
{
  if (which->blow == BLOW_TWICE)
    put_back (sim, which);
  else if (which->blow == BLOW_CLONED && which->at_service)
    cb_sim_move_service_home (sim);
}

/* --- a case --- */

/* Everybody who works writes about everybody they know. */
static void
work (CbSim *sim)
{
  for (guint i = 0; i < CB_SIM_MACHINES; i++)
    for (guint k = 0; k < sim->people->len; k++)
      note_if_known (&sim->tills[i], sim->people->pdata[k]);
  pass (sim, MINUTE);
}

static void
test_case (gconstpointer data)
{
  const Case *which = data;
  CbSim *sim = cb_sim_new (mould, 1 + g_str_hash (g_test_get_path ()), CB_SIM_SOUND);
  CbSimTill *first = &sim->tills[0];
  CbSimTill *second = &sim->tills[1];
  g_autofree char *trouble = NULL;
  const char *guest = NULL;

  cb_sim_begin (sim);
  pass (sim, MINUTE);
  guest = arrive (first);
  arrive (second);
  pass (sim, 2 * MINUTE);

  /* What waits at the copy has gone by the time the copy is put back. */
  cut_off (first, which->has_backlog);
  work (sim);
  take_copy (sim, which);
  cut_off (first, FALSE);
  pass (sim, MINUTE);
  work (sim);
  if (which->has_erasure)
    erase (sim, which, guest);
  pass (sim, 2 * MINUTE);
  g_assert_cmpint (cb_sim_knows (first, guest), ==, !which->has_erasure);

  cut_off (first, which->has_backlog);
  work (sim);
  strike (sim, which);
  work (sim);
  cut_off (first, FALSE);
  work (sim);
  strike_again (sim, which);
  work (sim);

  trouble = cb_sim_heal (sim);
  g_assert_cmpstr (trouble, ==, NULL);
  g_assert_cmpint (cb_sim_knows (first, guest), ==, !which->has_erasure);
  g_assert_cmpint (cb_sim_knows (second, guest), ==, !which->has_erasure);
  cb_sim_free (sim);
}

static void
add_case (gboolean at_service, Blow blow, gboolean has_backlog, gboolean has_erasure)
{
  static const char *const blows[N_BLOWS] = { "put-back", "cloned", "wiped", "put-back-twice" };
  Case *which = g_new (Case, 1);
  g_autofree char *path = g_strdup_printf (
    "/restore/%s/%s/%s/%s", at_service ? "service" : "terminal", blows[blow],
    has_backlog ? "backlog" : "idle", has_erasure ? "erased-in-between" : "nobody-erased");

  *which = (Case){ at_service, blow, has_backlog, has_erasure };
  g_test_add_data_func_full (path, which, test_case, g_free);
}

static void
leave_out_news (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if ((level & G_LOG_FLAG_FATAL) != 0)
    g_log_default_handler (domain, level, message, data);
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  g_log_set_default_handler (leave_out_news, NULL);
  mould = cb_sim_mould_new ();
  for (guint i = 0; i < 2 * N_BLOWS * 4; i++)
    add_case (i / (N_BLOWS * 4) == 1, i / 4 % N_BLOWS, i / 2 % 2 == 1, i % 2 == 1);
  status = g_test_run ();
  cb_sim_mould_free (mould);
  return status;
}
