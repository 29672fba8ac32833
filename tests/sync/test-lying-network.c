/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-both-ends.h"

/* An exchange of three operations between the real ends, spoilt at each of its bytes and in every
 * way that the proxy knows; then the terminal syncs once through a clear network, and what was
 * saved is compared with what stands at the service. Each byte with CB_TEST_LONG, else every so
 * many. */

#define YEAR_US (G_GINT64_CONSTANT (365) * CB_US_PER_DAY)

static gboolean
is_long (void)
{
  return g_getenv ("CB_TEST_LONG") != NULL;
}

static void
set_up (CbBothEnds *ends, gconstpointer data)
{
  cb_both_ends_set_up (ends);
}

static void
tear_down (CbBothEnds *ends, gconstpointer data)
{
  cb_both_ends_tear_down (ends);
}

static void
heal (CbBothEnds *ends)
{
  cb_chaos_set_mode (ends->chaos, "pass");
  g_assert_cmpint (cb_both_ends_sync (ends), ==, -1);
}

/* Spoilt as the mode says, looked at, healed. The code with which the spoilt cycle ended. */
static int
spoil (CbBothEnds *ends, const char *mode)
{
  int code = 0;

  cb_both_ends_restart (ends);
  cb_both_ends_save_three (ends);
  cb_chaos_set_mode (ends->chaos, mode);
  code = cb_both_ends_sync (ends);
  cb_both_ends_check (ends);
  heal (ends);

  return code;
}

static int
spoil_at (CbBothEnds *ends, const char *name, gsize at, const char *only)
{
  g_autofree char *mode =
    g_strdup_printf ("%s=%zu%s%s", name, at, only != NULL ? "@" : "", only != NULL ? only : "");

  return spoil (ends, mode);
}

/* Compared now and then, and with both ends anew before there is so much of it that comparing takes
 * longer than the rest. */
static void
look_back (CbBothEnds *ends, guint n_cycles)
{
  if (n_cycles % 16 != 0)
    return;

  cb_both_ends_judge (ends);
  if (n_cycles % 256 != 240)
    return;

  cb_both_ends_tear_down (ends);
  cb_both_ends_set_up (ends);
}

/* How many bytes of requests and of replies an exchange has that goes well. */
static void
measure (CbBothEnds *ends, gsize *asked, gsize *replied)
{
  cb_both_ends_restart (ends);
  cb_both_ends_save_three (ends);
  cb_chaos_set_mode (ends->chaos, "pass");
  g_assert_cmpint (cb_both_ends_sync (ends), ==, -1);
  cb_chaos_count (ends->chaos, asked, replied);
  g_assert_cmpuint (*asked, >, 1000);
  g_assert_cmpuint (*replied, >, 1000);
}

/* --- cut at each byte --- */

typedef struct
{
  const char *name; /* of the mode */
  guint stride;
  guint long_stride;
  gboolean is_request;
  gboolean is_final; /* else libcurl gets in on another connection where a request got no answer */
} Cut;

static const Cut cuts[] = {
  { "cut", 149, 1, FALSE, TRUE },   { "cut-request", 191, 1, TRUE, TRUE },
  { "reset", 461, 7, FALSE, TRUE }, { "reset-request", 467, 7, TRUE, TRUE },
  { "cut", 479, 7, FALSE, FALSE },  { "cut-request", 487, 7, TRUE, FALSE },
};

#define SLACK 64

static int
cut_at (CbBothEnds *ends, const Cut *cut, gsize at)
{
  g_autofree char *mode = g_strdup_printf ("%s=%zu%s", cut->name, at, cut->is_final ? "!" : "");

  return spoil (ends, mode);
}

static void
test_cut_at_each_byte (CbBothEnds *ends, gconstpointer data)
{
  const Cut *cut = data;
  const gsize stride = is_long () ? cut->long_stride : cut->stride;
  gsize asked = 0;
  gsize replied = 0;
  gsize length = 0;
  guint n_cycles = 0;
  guint n_failed = 0;

  measure (ends, &asked, &replied);
  length = cut->is_request ? asked : replied;
  for (gsize at = 0; at < length; at += stride, n_cycles++)
    {
      const int code = cut_at (ends, cut, at);

      /* Ids and numbers make an exchange a few bytes shorter or longer than the one measured. */
      if (code != -1 || (cut->is_final && at + SLACK < length))
        g_assert_cmpint (code, ==, CB_TRANSPORT_ERROR_UNREACHED);
      n_failed += code != -1;
      look_back (ends, n_cycles);
    }
  cb_both_ends_judge (ends);
  g_test_message ("%u of %u cycles cut within %zu bytes", n_failed, n_cycles, length);
}

/* --- nothing more comes --- */

static void
test_stalls (CbBothEnds *ends, gconstpointer data)
{
  const gsize n_points = is_long () ? 40 : 2;
  gsize asked = 0;
  gsize replied = 0;

  measure (ends, &asked, &replied);
  for (gsize i = 0; i < n_points; i++)
    {
      g_assert_cmpint (spoil_at (ends, "stall", replied * (2 * i + 1) / (2 * n_points), NULL), ==,
                       CB_TRANSPORT_ERROR_TIMED_OUT);
      g_assert_cmpint (spoil_at (ends, "stall-request", asked * (2 * i + 1) / (2 * n_points), NULL),
                       ==, CB_TRANSPORT_ERROR_TIMED_OUT);
    }
  g_assert_cmpint (spoil_at (ends, "stall", 0, "/v1/sync/push"), ==, CB_TRANSPORT_ERROR_TIMED_OUT);
  cb_both_ends_judge (ends);
}

/* --- delivered twice --- */

static void
test_delivered_twice (CbBothEnds *ends, gconstpointer data)
{
  static const char *const only[] = { "/v1/sync/push", "/v1/sync/changes", "/v1/sync/records",
                                      "/v1/sync/config" };

  for (guint i = 0; i < G_N_ELEMENTS (only); i++)
    for (gsize which = 1; which <= 2; which++)
      g_assert_cmpint (spoil_at (ends, "duplicate", which, only[i]), ==, -1);
  g_assert_cmpint (spoil_at (ends, "duplicate", 1, NULL), ==, -1);
  cb_both_ends_judge (ends);

  /* A nonce is good for one token: whoever hears the second answer to it has to begin again. */
  g_assert_cmpint (spoil_at (ends, "duplicate", 2, NULL), !=, -1);
  cb_both_ends_judge (ends);
}

/* --- other bytes --- */

static void
test_a_bit_of_a_reply (CbBothEnds *ends, gconstpointer data)
{
  const gsize stride = is_long () ? 1 : 127;
  gsize asked = 0;
  gsize replied = 0;
  guint n_failed = 0;
  guint n_cycles = 0;

  measure (ends, &asked, &replied);
  for (gsize at = 0; at < replied; at += stride, n_cycles++)
    {
      n_failed += spoil_at (ends, "corrupt", at, NULL) != -1;
      look_back (ends, n_cycles);
    }
  cb_both_ends_judge (ends);
  g_test_message ("%u of %u cycles failed for a bit", n_failed, n_cycles);
  g_assert_cmpuint (n_failed, >=, n_cycles / 4);
}

/* No bit of a body of a request has an effect: the exchange ends there. */
static void
test_a_bit_of_a_request (CbBothEnds *ends, gconstpointer data)
{
  const gsize stride = is_long () ? 1 : 97;
  gsize at = 0;

  for (guint n_cycles = 0;
       spoil_at (ends, "corrupt-request", at, NULL) == CB_TRANSPORT_ERROR_UNREACHED; n_cycles++)
    {
      look_back (ends, n_cycles);
      at += stride;
    }
  g_test_message ("%zu bytes of bodies", at);
  g_assert_cmpuint (at, >, 500);
  cb_both_ends_judge (ends);
}

/* The terminal says by these numbers what it need not be told again. */
static void
test_another_number (CbBothEnds *ends, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *mode =
        g_strdup_printf ("corrupt-text=\"n\":%u@/v1/sync/push", ends->n_operations + 1 + i);

      g_assert_cmpint (spoil (ends, mode), ==, CB_TRANSPORT_ERROR_UNREACHED);
      cb_both_ends_judge (ends);
    }
}

static void
withdraw_elsewhere (CbBothEnds *ends, const char *customer)
{
  g_assert_cmpint (cb_service_fixture_run (ends->service, NULL, "withdraw", customer, "shop", NULL),
                   ==, 0);
}

/* What was said elsewhere is heard of whom it was said, and of nobody else. */
static void
assert_withdrawn (CbBothEnds *ends, const char *customer)
{
  g_assert_cmpint (cb_test_book_verdict (&ends->shop, customer, "shop", CB_CHANNEL_NONE), !=,
                   CB_VERDICT_ALLOWED);
  g_assert_cmpint (cb_test_book_verdict (&ends->shop, ends->customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_ALLOWED);
}

static void
test_a_bit_of_a_withdrawal (CbBothEnds *ends, gconstpointer data)
{
  const gsize stride = is_long () ? 1 : 101;
  gsize at = 0;
  int code = 0;

  do
    {
      g_autofree char *customer = cb_both_ends_add_customer (ends);
      g_autofree char *mode = g_strdup_printf ("corrupt=%zu@/v1/sync/changes", at);

      withdraw_elsewhere (ends, customer);
      cb_both_ends_restart (ends);
      cb_chaos_set_mode (ends->chaos, mode);
      code = cb_both_ends_sync (ends);
      heal (ends);
      assert_withdrawn (ends, customer);
      at += stride;
    }
  while (code != -1 || at < 400);
  g_test_message ("%zu bytes of replies to changes", at);
}

/* An id with another digit is an id. */
static void
test_another_customer (CbBothEnds *ends, gconstpointer data)
{
  g_autofree char *customer = cb_both_ends_add_customer (ends);
  const gsize end = strcspn (customer + 8, "023456789bcd") + 8;
  g_autofree char *mode =
    g_strdup_printf ("corrupt-text=%.*s@/v1/sync/changes", (int) end + 1, customer);

  g_assert_cmpuint (end, <, strlen (customer));
  withdraw_elsewhere (ends, customer);
  cb_both_ends_restart (ends);
  cb_chaos_set_mode (ends->chaos, mode);
  g_assert_cmpint (cb_both_ends_sync (ends), ==, CB_TRANSPORT_ERROR_UNREACHED);
  heal (ends);
  assert_withdrawn (ends, customer);
}

/* --- somebody else answers --- */

static void
test_portal (CbBothEnds *ends, gconstpointer data)
{
  static const char *const only[] = {
    NULL, "/token", "/v1/sync/config", "/v1/sync/changes", "/v1/sync/push", "/v1/sync/records"
  };

  for (guint i = 0; i < G_N_ELEMENTS (only); i++)
    for (gsize status = 200; status <= 302; status += 102)
      g_assert_cmpint (spoil_at (ends, "portal", status, only[i]), ==, CB_TRANSPORT_ERROR_PORTAL);
  cb_both_ends_judge (ends);
}

/* --- other lengths --- */

static void
test_other_lengths (CbBothEnds *ends, gconstpointer data)
{
  static const char *const only[] = { "/token", "/v1/sync/config", "/v1/sync/changes",
                                      "/v1/sync/push", "/v1/sync/records" };
  static const gsize lengths[] = { 1, 100000, 2, 40 };
  const guint n_lengths = is_long () ? G_N_ELEMENTS (lengths) : 2;

  for (guint i = 0; i < G_N_ELEMENTS (only); i++)
    for (guint k = 0; k < n_lengths; k++)
      {
        g_assert_cmpint (spoil_at (ends, "longer", lengths[k], only[i]), ==,
                         CB_TRANSPORT_ERROR_UNREACHED);
        g_assert_cmpint (spoil_at (ends, "shorter", lengths[k], only[i]), ==,
                         CB_TRANSPORT_ERROR_UNREACHED);
        g_assert_cmpint (spoil_at (ends, "chunked", lengths[k], only[i]), ==,
                         CB_TRANSPORT_ERROR_UNREACHED);
      }
  cb_both_ends_judge (ends);
}

/* --- the service stands still, or dies --- */

typedef struct
{
  CbBothEnds *ends;
  gboolean is_kill;
  guint source;
} Strike;

static gboolean
on_strike (gpointer data)
{
  Strike *strike = data;

  strike->source = 0;
  if (strike->is_kill)
    cb_service_fixture_kill (strike->ends->service);
  else
    cb_service_fixture_freeze (strike->ends->service);

  return G_SOURCE_REMOVE;
}

/* At some moment of a cycle, or behind it. */
static int
strike_within (Strike *strike, guint within_ms)
{
  CbBothEndsCycle cycle;
  int code = 0;

  cb_both_ends_restart (strike->ends);
  cb_both_ends_save_three (strike->ends);
  cb_both_ends_begin (strike->ends, &cycle);
  strike->source =
    g_timeout_add ((guint) g_test_rand_int_range (0, (gint32) within_ms), on_strike, strike);
  code = cb_both_ends_await (&cycle);
  if (strike->source != 0)
    {
      g_source_remove (strike->source);
      on_strike (strike);
    }

  return code;
}

static void
test_service_stands_still (CbBothEnds *ends, gconstpointer data)
{
  Strike strike = { .ends = ends };
  guint n_failed = 0;

  for (guint round = 0; round < (is_long () ? 60 : 5); round++)
    {
      const int code = strike_within (&strike, 15);

      g_assert_true (code == -1 || code == CB_TRANSPORT_ERROR_TIMED_OUT);
      n_failed += code != -1;
      /* What lies in its sockets is read now, and whoever sent it has gone. */
      cb_service_fixture_thaw (ends->service);
      heal (ends);
    }
  g_test_message ("%u cycles found the service still", n_failed);
  cb_both_ends_judge (ends);
}

static void
test_service_dies (CbBothEnds *ends, gconstpointer data)
{
  Strike strike = { .ends = ends, .is_kill = TRUE };
  guint n_failed = 0;

  for (guint round = 0; round < (is_long () ? 200 : 12); round++)
    {
      n_failed += strike_within (&strike, 30) != -1;
      cb_service_fixture_start (ends->service);
      cb_both_ends_check (ends);
      if (round % 3 == 0)
        heal (ends);
    }
  heal (ends);
  g_test_message ("%u cycles found the service dead", n_failed);
  cb_both_ends_judge (ends);
}

/* --- the clock --- */

/* Between saving and syncing, forth and back and the other way round; no clock decides anything. */
static void
test_clock_leaps (CbBothEnds *ends, gconstpointer data)
{
  static const gint64 steps_us[] = { YEAR_US, -YEAR_US, -YEAR_US, YEAR_US };

  for (guint i = 0; i < G_N_ELEMENTS (steps_us); i++)
    {
      cb_both_ends_save_three (ends);
      cb_clock_set_now_us (ends->shop.clock, cb_clock_get_now_us (ends->shop.clock) + steps_us[i]);
      /* As it is there already, and once more lost on the way. */
      if (i % 2 == 0)
        cb_chaos_set_mode (ends->chaos, "cut=0@/v1/sync/push");
      g_assert_cmpint (cb_both_ends_sync (ends), ==,
                       i % 2 == 0 ? CB_TRANSPORT_ERROR_UNREACHED : -1);
      cb_both_ends_restart (ends);
      heal (ends);
      cb_both_ends_judge (ends);
      cb_both_ends_save_three (ends);
      heal (ends);
      cb_both_ends_judge (ends);
    }
}

#define ADD(path, data, func)                                                                      \
  g_test_add ("/lying-network/" path, CbBothEnds, data, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cb_transport_prepare_process ();

  ADD ("reply/cut-at-each-byte", &cuts[0], test_cut_at_each_byte);
  ADD ("request/cut-at-each-byte", &cuts[1], test_cut_at_each_byte);
  ADD ("reply/reset-at-each-byte", &cuts[2], test_cut_at_each_byte);
  ADD ("request/reset-at-each-byte", &cuts[3], test_cut_at_each_byte);
  ADD ("reply/cut-and-asked-again", &cuts[4], test_cut_at_each_byte);
  ADD ("request/cut-and-asked-again", &cuts[5], test_cut_at_each_byte);
  ADD ("stalls-for-ever", NULL, test_stalls);
  ADD ("delivered-twice", NULL, test_delivered_twice);
  ADD ("reply/a-bit-flipped", NULL, test_a_bit_of_a_reply);
  ADD ("request/a-bit-flipped", NULL, test_a_bit_of_a_request);
  ADD ("reply/another-number", NULL, test_another_number);
  ADD ("withdrawal/a-bit-flipped", NULL, test_a_bit_of_a_withdrawal);
  ADD ("withdrawal/another-customer", NULL, test_another_customer);
  ADD ("portal", NULL, test_portal);
  ADD ("lengths-that-are-not-so", NULL, test_other_lengths);
  ADD ("service-stands-still", NULL, test_service_stands_still);
  ADD ("service-dies", NULL, test_service_dies);
  ADD ("clock-leaps-a-year", NULL, test_clock_leaps);

  return g_test_run ();
}
