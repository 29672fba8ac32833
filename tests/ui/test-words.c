/* SPDX-License-Identifier: Apache-2.0 */

/* What a person reads: days, states, and an answer for every error. */

#define G_LOG_DOMAIN "Counterbook"

#include <gio/gio.h>

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "shell/cb-messages.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"

/* 2026-03-02 10:00 UTC, a Monday. */
#define NOW_US (G_GINT64_CONSTANT (1772445600) * 1000000)
#define HOUR_US (G_GINT64_CONSTANT (3600) * 1000000)

static void
assert_day (gint64 at_us, const char *expected)
{
  g_autofree char *day = cb_when_dup_day (at_us, NOW_US);

  g_assert_cmpstr (day, ==, expected);
}

static void
test_days (void)
{
  assert_day (NOW_US, "today");
  assert_day (NOW_US - 9 * HOUR_US, "today");
  assert_day (NOW_US - 11 * HOUR_US, "yesterday");
  assert_day (NOW_US + CB_US_PER_DAY, "tomorrow");
  assert_day (NOW_US + 3 * CB_US_PER_DAY, "Thursday");
  assert_day (NOW_US + 9 * CB_US_PER_DAY, "11 March");
  assert_day (NOW_US - 90 * CB_US_PER_DAY, "2 December 2025");
}

/* What ends at midnight is still there on the day before. */
static void
test_last_day (void)
{
  g_autofree char *today = cb_when_dup_last_day (NOW_US + 14 * HOUR_US, NOW_US);
  g_autofree char *thursday = cb_when_dup_last_day (NOW_US + 86 * HOUR_US, NOW_US);

  g_assert_cmpstr (today, ==, "today");
  g_assert_cmpstr (thursday, ==, "Thursday");
}

static char *
dup_chip (guint waiting, guint parked, gint64 last_us)
{
  g_autoptr (CbSyncState) state = cb_sync_state_new ();
  CbOutboxCounts counts = { .waiting = waiting, .parked = parked, .last_accepted_us = last_us };

  cb_sync_state_set_counts (state, &counts);
  return cb_words_dup_sync (state, NOW_US);
}

/* From acknowledgements, never from being connected. */
static void
test_chip (void)
{
  g_autofree char *nothing = dup_chip (0, 0, 0);
  g_autofree char *waiting = dup_chip (3, 0, NOW_US);
  g_autofree char *sent = dup_chip (0, 0, NOW_US);
  g_autofree char *refused = dup_chip (2, 1, NOW_US);

  g_assert_cmpstr (nothing, ==, "Waiting to send (0)");
  g_assert_cmpstr (waiting, ==, "Waiting to send (3)");
  g_assert_cmpstr (sent, ==, "All sent 10:00");
  g_assert_cmpstr (refused, ==, "Needs a person (1)");
}

static void
test_initials (void)
{
  static const struct
  {
    const char *name;
    const char *initials;
  } cases[] = {
    { "Tomas Wren", "TW" },  { "Leïla Marchand", "LM" },    { "Ōta", "Ō" }, { "", "" },
    { "太田 健二", "太健" }, { "Ada King Lovelace", "AL" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *initials = cb_words_dup_initials (cases[i].name);

      g_assert_cmpstr (initials, ==, cases[i].initials);
    }
}

static void
test_messages (void)
{
  for (int code = CB_STORE_ERROR_FAILED; code <= CB_STORE_ERROR_NO_STORE; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (CB_STORE_ERROR, code, "zzz for the log");

      for (guint during = CB_DURING_OPEN; during <= CB_DURING_ANSWER; during++)
        {
          const char *message = cb_messages_for (error, (CbDuring) during);

          g_assert_nonnull (message);
          g_assert_null (strstr (message, "zzz"));
        }
      g_assert_nonnull (cb_messages_title_for (error));
    }
}

static void
test_foreign_errors (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "zzz");

  g_assert_nonnull (cb_messages_for (error, CB_DURING_SAVE));
  g_assert_nonnull (cb_messages_for (NULL, CB_DURING_OPEN));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/words/days-are-called-as-people-call-them", test_days);
  g_test_add_func ("/words/the-last-day-is-the-one-before-midnight", test_last_day);
  g_test_add_func ("/words/the-chip-speaks-from-acknowledgements", test_chip);
  g_test_add_func ("/words/initials-of-any-script", test_initials);
  g_test_add_func ("/words/every-error-has-a-sentence", test_messages);
  g_test_add_func ("/words/an-unknown-error-has-one-too", test_foreign_errors);

  return g_test_run ();
}
