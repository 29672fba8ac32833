/* SPDX-License-Identifier: Apache-2.0 */

/* What a person reads: days, states, and an answer for every error. */

#define G_LOG_DOMAIN "Counterbook"

#include <gio/gio.h>

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "shell/cb-messages.h"
#include "shell/cb-outbox-words.h"
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
  assert_day (NOW_US + 9 * CB_US_PER_DAY, "11\u00a0March");
  assert_day (NOW_US - 90 * CB_US_PER_DAY, "2\u00a0December 2025");
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
  g_autoptr (CbSyncState) new = cb_sync_state_new ();
  g_autofree char *uncounted = cb_words_dup_sync (new, NOW_US);
  g_autofree char *nothing = dup_chip (0, 0, 0);
  g_autofree char *waiting = dup_chip (3, 0, NOW_US);
  g_autofree char *sent = dup_chip (0, 0, NOW_US);
  g_autofree char *refused = dup_chip (2, 1, NOW_US);

  g_assert_cmpstr (uncounted, ==, "Counting …");
  g_assert_cmpstr (nothing, ==, "Nothing to send");
  g_assert_cmpstr (waiting, ==, "Waiting to send (3)");
  g_assert_cmpstr (sent, ==, "All sent 10:00");
  g_assert_cmpstr (refused, ==, "Needs a person (1)");
}

static void
on_counted (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  guint *n_told = user_data;

  g_assert_true (cb_sync_state_is_counted (CB_SYNC_STATE (object)));
  *n_told += 1;
}

/* Else a chip over an empty outbox would say "Counting …" until something happens. */
static void
test_first_count_is_told (void)
{
  g_autoptr (CbSyncState) state = cb_sync_state_new ();
  CbOutboxCounts none = { 0 };
  guint n_told = 0;

  g_signal_connect (state, "notify::waiting", G_CALLBACK (on_counted), &n_told);
  g_assert_false (cb_sync_state_is_counted (state));
  cb_sync_state_set_counts (state, &none);
  g_assert_cmpuint (n_told, ==, 1);
  cb_sync_state_set_counts (state, &none);
  g_assert_cmpuint (n_told, ==, 1);
}

/* What will not go by itself does not "wait to send". */
static void
test_chip_in_trouble (void)
{
  static const struct
  {
    CbContact contact;
    const char *chip;
    gboolean is_problem;
  } cases[] = {
    { CB_CONTACT_REACHED, "Waiting to send (3)", FALSE },
    { CB_CONTACT_SYNCING, "Waiting to send (3)", FALSE },
    { CB_CONTACT_UNREACHABLE, "Waiting to send (3)", FALSE },
    { CB_CONTACT_BUSY, "Waiting to send (3)", FALSE },
    { CB_CONTACT_TROUBLE, "Waiting to send (3)", FALSE },
    { CB_CONTACT_PORTAL, "Sign in to the network (3)", TRUE },
    { CB_CONTACT_UNTRUSTED, "Cannot send (3)", TRUE },
    { CB_CONTACT_AUTH_REQUIRED, "Cannot send (3)", TRUE },
    { CB_CONTACT_REVOKED, "Cannot send (3)", TRUE },
    { CB_CONTACT_UPDATE_NEEDED, "Cannot send (3)", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CbSyncState) state = cb_sync_state_new ();
      CbOutboxCounts counts = { .waiting = 3, .last_accepted_us = NOW_US };
      g_autofree char *chip = NULL;
      g_autofree char *contact = NULL;
      g_autofree char *empty = NULL;

      cb_sync_state_set_counts (state, &counts);
      cb_sync_state_set_contact (state, cases[i].contact, NOW_US);
      chip = cb_words_dup_sync (state, NOW_US);
      contact = cb_words_dup_contact (state, NOW_US);
      g_assert_cmpstr (chip, ==, cases[i].chip);
      g_assert_cmpint (cb_words_sync_is_problem (state), ==, cases[i].is_problem);
      g_assert_cmpstr (contact, !=, "");

      /* Nothing waits: nothing is wrong that anybody at the counter has to hear of. */
      counts.waiting = 0;
      cb_sync_state_set_counts (state, &counts);
      empty = cb_words_dup_sync (state, NOW_US);
      g_assert_cmpstr (empty, ==, "All sent 10:00");
    }
}

static CbOutboxItem *
make_item (const char *act, CbDelivery state, const char *code, const char *basis)
{
  const CbOutboxItemFields fields = {
    .id = "0123456789abcdef0123456789abcdef",
    .kind = g_str_equal (act, "put") ? "note" : "consent",
    .act = act,
    .record_id = "1",
    .customer_id = "2",
    .purpose = "shop",
    .state = state,
    .verdict = state == CB_DELIVERY_HELD ? CB_VERDICT_WITHDRAWN : CB_VERDICT_ALLOWED,
    .basis = basis,
    .since_us = NOW_US,
    .reason =
      cb_verdict_get_reason (state == CB_DELIVERY_HELD ? CB_VERDICT_WITHDRAWN : CB_VERDICT_ALLOWED),
    .code = code,
  };

  return cb_outbox_item_new (&fields);
}

static void
test_why_it_leaves (void)
{
  static const struct
  {
    const char *act;
    CbDelivery state;
    const char *basis;
    const char *words;
  } cases[] = {
    { "put", CB_DELIVERY_WAITING, "shop",
      "May leave: they agreed to being remembered in this shop, today." },
    { "put", CB_DELIVERY_SENT, "everywhere",
      "May leave: their yes to all shops and online, today, covers this shop." },
    { "put", CB_DELIVERY_HELD, NULL, "The customer took the agreement back." },
    { "grant", CB_DELIVERY_WAITING, NULL,
      "Their yes to “This shop”, which everything under it needs." },
    { "refuse", CB_DELIVERY_WAITING, NULL,
      "Their no to “This shop”, so that nobody asks them again." },
    { "withdraw", CB_DELIVERY_WAITING, NULL,
      "They took “This shop” back. That may always leave, and goes first." },
    { "erase", CB_DELIVERY_WAITING, NULL, "An erasure may always leave, and goes first." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CbOutboxItem) item =
        make_item (cases[i].act, cases[i].state, NULL, cases[i].basis);
      g_autofree char *why = cb_outbox_words_dup_why (item, NOW_US);

      g_assert_cmpstr (why, ==, cases[i].words);
      g_assert_null (cb_outbox_words_advice (item));
      g_assert_false (cb_outbox_words_can_discard (item));
      g_assert_false (cb_outbox_words_can_retry (item));
    }
}

/* Every code of the protocol has words of its own, and something that can be done. */
static void
test_refusals (void)
{
  static const char *const codes[] = {
    "schema_invalid", "consent_missing", "consent_withdrawn", "stale_grant",
    "forbidden",      "too_large",       "id_reuse",          "poison",
    "unknown_answer", "damaged",         "conflict",
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (CbOutboxItem) note = make_item ("put", CB_DELIVERY_PARKED, codes[i], NULL);
      g_autoptr (CbOutboxItem) no = make_item ("withdraw", CB_DELIVERY_PARKED, codes[i], NULL);
      g_autofree char *why = cb_outbox_words_dup_why (note, NOW_US);

      g_assert_null (strstr (why, codes[i]));
      g_assert_nonnull (cb_outbox_words_advice (note));
      g_assert_true (cb_outbox_words_can_discard (note));
      g_assert_false (cb_outbox_words_can_discard (no));
    }
}

static void
test_a_new_refusal (void)
{
  g_autoptr (CbOutboxItem) unheard = make_item ("put", CB_DELIVERY_PARKED, "moon_phase", NULL);
  g_autoptr (CbOutboxItem) silent = make_item ("put", CB_DELIVERY_PARKED, NULL, NULL);
  g_autofree char *why = cb_outbox_words_dup_why (unheard, NOW_US);
  g_autofree char *none = cb_outbox_words_dup_why (silent, NOW_US);

  g_assert_cmpstr (why, ==, "Head office refused it (moon_phase).");
  g_assert_cmpstr (none, ==, "Head office refused it and gave no reason.");
  g_assert_nonnull (cb_outbox_words_advice (unheard));
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

      for (guint during = CB_DURING_OPEN; during <= CB_DURING_IMPORT; during++)
        {
          const char *message = cb_messages_for (error, (CbDuring) during);

          g_assert_nonnull (message);
          g_assert_null (strstr (message, "zzz"));
        }
      g_assert_nonnull (cb_messages_title_for (error));
    }
}

/* At the minute it says the lock is over, not still on. */
static void
test_locked_until (void)
{
  g_autoptr (GError) error = g_error_new_literal (CB_STORE_ERROR, CB_STORE_ERROR_THROTTLED, "zzz");
  g_autofree char *early = cb_messages_dup_sign_in (error, 0, NOW_US + CB_US_PER_SECOND);
  g_autofree char *sharp = cb_messages_dup_sign_in (error, 0, NOW_US + 60 * CB_US_PER_SECOND);

  g_assert_nonnull (strstr (early, "10:01"));
  g_assert_nonnull (strstr (sharp, "10:01"));
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
  g_test_add_func ("/words/the-chip-is-told-of-the-first-count", test_first_count_is_told);
  g_test_add_func ("/words/the-chip-in-trouble", test_chip_in_trouble);
  g_test_add_func ("/words/outbox/why-it-may-leave", test_why_it_leaves);
  g_test_add_func ("/words/outbox/every-refusal-has-advice", test_refusals);
  g_test_add_func ("/words/outbox/an-unheard-of-refusal-too", test_a_new_refusal);
  g_test_add_func ("/words/initials-of-any-script", test_initials);
  g_test_add_func ("/words/every-error-has-a-sentence", test_messages);
  g_test_add_func ("/words/locked-until-the-minute-it-is-over", test_locked_until);
  g_test_add_func ("/words/an-unknown-error-has-one-too", test_foreign_errors);

  return g_test_run ();
}
