/* SPDX-License-Identifier: Apache-2.0 */

/* When and how often customers may be contacted: their own clock with its changes in spring and
 * autumn, pauses that end, how often at most, and occasions; and that the one verdict knows them.
 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "consent/cb-conditions.h"
#include "records/cb-operation.h"
#include "store/cb-book-private.h"

#define DAY CB_US_PER_DAY
#define HOUR (3600 * CB_US_PER_SECOND)
#define MINUTES(hours, minutes) ((hours) *60 + (minutes))

/* --- their own clock --- */

/* "2026-03-29T01:00:00Z" */
static gint64
moment (const char *text)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_iso8601 (text, NULL);

  g_assert_nonnull (at);
  return g_date_time_to_unix (at) * CB_US_PER_SECOND;
}

static void
test_quiet_hours (void)
{
  static const struct
  {
    const char *zone;
    int from;
    int to;
    const char *now;
    const char *end; /* NULL: it isn't quiet */
  } rows[] = {
    /* Over midnight; the first minute is quiet and the last one is not. */
    { "Asia/Tokyo", MINUTES (20, 0), MINUTES (9, 0), "2026-03-02T10:59:59Z", NULL },
    { "Asia/Tokyo", MINUTES (20, 0), MINUTES (9, 0), "2026-03-02T11:00:00Z",
      "2026-03-03T00:00:00Z" },
    { "Asia/Tokyo", MINUTES (20, 0), MINUTES (9, 0), "2026-03-02T23:59:59Z",
      "2026-03-03T00:00:00Z" },
    { "Asia/Tokyo", MINUTES (20, 0), MINUTES (9, 0), "2026-03-03T00:00:00Z", NULL },
    /* Within a day. */
    { "America/New_York", MINUTES (12, 30), MINUTES (14, 0), "2026-03-02T17:45:00Z",
      "2026-03-02T19:00:00Z" },
    { "America/New_York", MINUTES (12, 30), MINUTES (14, 0), "2026-03-02T12:45:00Z", NULL },
    { "Asia/Kathmandu", MINUTES (0, 0), MINUTES (7, 15), "2026-03-02T00:00:00Z",
      "2026-03-02T01:30:00Z" },
    /* The night that is an hour shorter, the one before, and one where nobody changes clocks. */
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (8, 0), "2026-03-28T21:30:00Z",
      "2026-03-29T06:00:00Z" },
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (8, 0), "2026-03-27T21:30:00Z",
      "2026-03-28T07:00:00Z" },
    { "Africa/Lagos", MINUTES (22, 0), MINUTES (8, 0), "2026-03-28T21:30:00Z",
      "2026-03-29T07:00:00Z" },
    /* It ends in the hour that is left out: with it. */
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (2, 30), "2026-03-29T00:30:00Z",
      "2026-03-29T01:00:00Z" },
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (2, 30), "2026-03-29T01:00:00Z", NULL },
    { "Europe/Berlin", MINUTES (2, 10), MINUTES (2, 50), "2026-03-29T01:15:00Z", NULL },
    /* The night that is an hour longer. */
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (8, 0), "2026-10-24T21:00:00Z",
      "2026-10-25T07:00:00Z" },
    /* It ends in the hour that comes twice: twice. */
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (2, 30), "2026-10-24T23:30:00Z",
      "2026-10-25T00:30:00Z" },
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (2, 30), "2026-10-25T00:45:00Z", NULL },
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (2, 30), "2026-10-25T01:15:00Z",
      "2026-10-25T01:30:00Z" },
    { "Europe/Berlin", MINUTES (22, 0), MINUTES (2, 30), "2026-10-25T01:30:00Z", NULL },
    { "Europe/Berlin", -1, -1, "2026-10-25T01:30:00Z", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CbConditions conditions = CB_CONDITIONS_NONE;
      g_autoptr (GTimeZone) zone = cb_conditions_new_zone (rows[i].zone);
      gint64 expected_us = rows[i].end != NULL ? moment (rows[i].end) : 0;

      g_assert_nonnull (zone);
      conditions.quiet_from = rows[i].from;
      conditions.quiet_to = rows[i].to;
      g_test_message ("%s at %s", rows[i].zone, rows[i].now);
      g_assert_cmpint (cb_conditions_get_quiet_end_us (&conditions, zone, moment (rows[i].now)), ==,
                       expected_us);
    }
}

static void
test_pause (void)
{
  static const struct
  {
    const char *zone;
    int until;
    const char *now;
    const char *end;
  } rows[] = {
    { "Europe/Berlin", 20260328, "2026-03-02T10:00:00Z", "2026-03-28T23:00:00Z" },
    { "Europe/Berlin", 20260329, "2026-03-02T10:00:00Z", "2026-03-29T22:00:00Z" },
    { "Europe/Berlin", 20260329, "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z" },
    { "Europe/Berlin", 20260329, "2026-03-29T22:00:00Z", NULL },
    { "Europe/Berlin", 20261025, "2026-10-25T00:00:00Z", "2026-10-25T23:00:00Z" },
    { "Asia/Tokyo", 20260329, "2026-03-29T14:59:59Z", "2026-03-29T15:00:00Z" },
    { "Asia/Tokyo", 20260329, "2026-03-29T15:00:00Z", NULL },
    { "Pacific/Kiritimati", 20261231, "2026-12-31T09:59:59Z", "2026-12-31T10:00:00Z" },
    { "Asia/Tokyo", 0, "2026-03-29T15:00:00Z", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CbConditions conditions = CB_CONDITIONS_NONE;
      g_autoptr (GTimeZone) zone = cb_conditions_new_zone (rows[i].zone);
      gint64 expected_us = rows[i].end != NULL ? moment (rows[i].end) : 0;

      conditions.paused_until = rows[i].until;
      g_test_message ("%s at %s", rows[i].zone, rows[i].now);
      g_assert_cmpint (cb_conditions_get_pause_end_us (&conditions, zone, moment (rows[i].now)), ==,
                       expected_us);
    }
}

static void
test_zones (void)
{
  static const char *const wrong[] = {
    "",        "Nowhere/Atall",   "../../etc/passwd",        "/etc/passwd", "Europe//Berlin",
    "Europe/", "Europe/Berlin\n", "Europe/../Europe/Berlin",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (cb_conditions_new_zone (wrong[i]));
}

/* --- what is said --- */

static CbConditions
read_conditions (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = cb_json_parse (text, strlen (text), 4096, &error);
  CbConditions conditions;

  g_assert_no_error (error);
  g_assert_true (cb_conditions_decode (object, &conditions, &error));
  g_assert_no_error (error);
  return conditions;
}

static void
test_json (void)
{
  static const char whole[] =
    "{\"at_most\":2,\"per_days\":30,\"quiet_from\":\"20:30\",\"quiet_to\":\"09:00\","
    "\"paused_until\":\"2026-12-01\",\"only_when\":\"arrived\"}";
  static const char none[] =
    "{\"at_most\":null,\"per_days\":null,\"quiet_from\":null,"
    "\"quiet_to\":null,\"paused_until\":null,\"only_when\":null}";
  static const char *const wrong[] = {
    "{\"at_most\":1}",
    "{\"per_days\":1}",
    "{\"at_most\":101,\"per_days\":1}",
    "{\"at_most\":1,\"per_days\":366}",
    "{\"at_most\":-1,\"per_days\":30}",
    "{\"quiet_from\":\"20:00\"}",
    "{\"quiet_to\":\"20:00\"}",
    "{\"quiet_from\":\"24:00\",\"quiet_to\":\"09:00\"}",
    "{\"quiet_from\":\"9:00\",\"quiet_to\":\"20:00\"}",
    "{\"quiet_from\":\"09:00\",\"quiet_to\":\"09:00\"}",
    "{\"paused_until\":\"2026-02-29\"}",
    "{\"paused_until\":\"2026-2-9\"}",
    "{\"only_when\":\"often\"}",
  };
  static const char *const texts[] = { whole, none };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      CbConditions conditions = read_conditions (texts[i]);
      g_autoptr (JsonObject) again = json_object_new_object ();
      g_autofree char *line = NULL;

      cb_conditions_encode (&conditions, again);
      line = cb_json_to_line (again);
      g_assert_cmpstr (line, ==, texts[i]);
      g_assert_true (cb_conditions_are_none (&conditions) == (i == 1));
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) object = cb_json_parse (wrong[i], strlen (wrong[i]), 4096, NULL);
      CbConditions conditions;

      g_test_message ("%s", wrong[i]);
      g_assert_false (cb_conditions_decode (object, &conditions, &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
    }
}

#define NIGHT "\"quiet_from\":\"20:00\",\"quiet_to\":\"08:00\""

/* Today is 2026-03-02. */
static void
test_within (void)
{
  static const struct
  {
    const char *now;
    const char *before;
    gboolean is_within;
  } rows[] = {
    { "{}", "{}", TRUE },
    { "{\"at_most\":1,\"per_days\":30}", "{}", TRUE },
    { "{}", "{\"at_most\":1,\"per_days\":30}", FALSE },
    { "{\"at_most\":1,\"per_days\":60}", "{\"at_most\":1,\"per_days\":30}", TRUE },
    { "{\"at_most\":1,\"per_days\":7}", "{\"at_most\":1,\"per_days\":30}", FALSE },
    { "{\"at_most\":2,\"per_days\":30}", "{\"at_most\":1,\"per_days\":30}", FALSE },
    { "{" NIGHT "}", "{\"quiet_from\":\"21:00\",\"quiet_to\":\"07:00\"}", TRUE },
    { "{\"quiet_from\":\"21:00\",\"quiet_to\":\"08:00\"}", "{" NIGHT "}", FALSE },
    { "{\"quiet_from\":\"00:00\",\"quiet_to\":\"23:59\"}", "{" NIGHT "}", FALSE },
    { "{}", "{" NIGHT "}", FALSE },
    { "{\"paused_until\":\"2026-03-09\"}", "{" NIGHT "}", FALSE },
    { "{\"paused_until\":\"2026-03-09\"," NIGHT "}", "{" NIGHT "}", TRUE },
    { "{}", "{\"paused_until\":\"2026-03-02\"}", FALSE },
    { "{}", "{\"paused_until\":\"2026-03-01\"}", TRUE },
    { "{\"paused_until\":\"2026-03-05\"}", "{\"paused_until\":\"2026-03-04\"}", TRUE },
    { "{\"only_when\":\"near\"}", "{}", TRUE },
    { "{\"only_when\":\"near\"}", "{\"only_when\":\"arrived\"}", FALSE },
    { "{}", "{\"only_when\":\"near\"}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CbConditions now = read_conditions (rows[i].now);
      CbConditions before = read_conditions (rows[i].before);

      g_test_message ("%s within %s", rows[i].now, rows[i].before);
      g_assert_true (cb_conditions_are_within (&now, &before, 20260302) == rows[i].is_within);
    }
}

/* --- the verdict --- */

static char *
add_reachable (CbTestBook *test, const char *zone)
{
  char *customer = cb_test_book_add_customer (test, "Mara", "Testperson", NULL, "+44 7700 900123");
  const CbBelongingDraft belonging = { .zone = zone };
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_set_belonging (test->book, test->associate, customer, &belonging, &error));
  g_assert_no_error (error);
  cb_test_book_answer (test, customer, "news", CB_CHANNEL_PHONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  return customer;
}

static gboolean
limit_by (CbTestBook *test,
          const char *customer,
          const char *purpose,
          CbChannel channel,
          CbMethod method,
          const char *text,
          GError **error)
{
  const CbConditionsDraft draft = {
    .purpose = purpose,
    .channel = channel,
    .conditions = read_conditions (text),
    .method = method,
  };

  return cb_book_set_conditions (test->book, test->associate, customer, &draft, error);
}

static void
limit (CbTestBook *test,
       const char *customer,
       const char *purpose,
       CbChannel channel,
       const char *text)
{
  g_autoptr (GError) error = NULL;

  limit_by (test, customer, purpose, channel, CB_METHOD_TAPPED, text, &error);
  g_assert_no_error (error);
}

static gint64
next_of (CbTestBook *test, const char *customer, CbVerdict verdict)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbPermission) permission = cb_book_permit (
    test->book, test->associate, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (cb_verdict_to_id (cb_permission_get_verdict (permission)), ==,
                   cb_verdict_to_id (verdict));
  g_assert_true (cb_permission_is_allowed (permission) == (verdict == CB_VERDICT_ALLOWED));
  return cb_permission_get_next_us (permission);
}

static gboolean
reach (CbTestBook *test,
       const char *customer,
       const char *purpose,
       CbChannel channel,
       CbCircumstance circumstance,
       CbOutcome outcome)
{
  const CbReachDraft draft = {
    .purpose = purpose,
    .channel = channel,
    .circumstance = circumstance,
    .outcome = outcome,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *id = cb_book_log_reach (test->book, test->associate, customer, &draft, &error);

  if (id == NULL)
    g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  return id != NULL;
}

static void
test_frequency (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  gint64 first_us;

  cb_test_book_set_up (&test);
  customer = add_reachable (&test, "UTC");
  limit (&test, customer, "news", CB_CHANNEL_PHONE, "{\"at_most\":2,\"per_days\":30}");
  g_assert_cmpint (next_of (&test, customer, CB_VERDICT_ALLOWED), ==, 0);
  first_us = cb_clock_get_now_us (test.clock);
  g_assert_true (
    reach (&test, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE, CB_OUTCOME_NO_ANSWER));
  cb_clock_advance (test.clock, 10 * DAY);
  g_assert_true (
    reach (&test, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE, CB_OUTCOME_REACHED));
  /* From then on it waits for the first of the two to be as long ago. */
  g_assert_cmpint (next_of (&test, customer, CB_VERDICT_TOO_OFTEN), ==, first_us + 30 * DAY);
  g_assert_false (
    reach (&test, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE, CB_OUTCOME_REACHED));
  cb_clock_advance (test.clock, 20 * DAY - 1);
  next_of (&test, customer, CB_VERDICT_TOO_OFTEN);
  /* What was refused was no contact and counts for nothing. */
  cb_clock_advance (test.clock, 1);
  next_of (&test, customer, CB_VERDICT_ALLOWED);
  cb_test_book_tear_down (&test);
}

/* What is said of a purpose counts all its ways; what is said of one way counts that one. */
static void
test_frequency_of_all_ways (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = add_reachable (&test, "UTC");
  cb_test_book_answer (&test, customer, "invitations", CB_CHANNEL_PHONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  limit (&test, customer, "news", CB_CHANNEL_NONE, "{\"at_most\":1,\"per_days\":7}");
  limit (&test, customer, "news", CB_CHANNEL_POST, "{\"at_most\":1,\"per_days\":1}");
  g_assert_true (reach (&test, customer, "invitations", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE,
                        CB_OUTCOME_REACHED));
  next_of (&test, customer, CB_VERDICT_ALLOWED);
  g_assert_true (
    reach (&test, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE, CB_OUTCOME_MESSAGE));
  next_of (&test, customer, CB_VERDICT_TOO_OFTEN);
  g_assert_true (reach (&test, customer, "invitations", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE,
                        CB_OUTCOME_REACHED));
  cb_test_book_tear_down (&test);
}

static void
test_hours_of_theirs (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  const CbBelongingDraft moved = { .zone = "Europe/London" };
  const CbBelongingDraft nowhere = { .zone = "Nowhere/Atall" };
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  /* Ten in the morning, which is seven in the evening there. */
  customer = add_reachable (&test, "Asia/Tokyo");
  limit (&test, customer, "news", CB_CHANNEL_NONE,
         "{\"quiet_from\":\"19:00\",\"quiet_to\":\"09:07\"}");
  g_assert_cmpint (next_of (&test, customer, CB_VERDICT_QUIET), ==,
                   CB_TEST_MORNING_US + 14 * HOUR + HOUR / 60 * 7);
  g_assert_false (
    reach (&test, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE, CB_OUTCOME_REACHED));
  g_assert_cmpuint (cb_test_count_files_with (test.root, "Asia/Tokyo"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "09:07"), ==, 0);
  /* They moved. */
  g_assert_true (cb_book_set_belonging (test.book, test.associate, customer, &moved, &error));
  g_assert_no_error (error);
  next_of (&test, customer, CB_VERDICT_ALLOWED);
  cb_clock_advance (test.clock, 9 * HOUR);
  next_of (&test, customer, CB_VERDICT_QUIET);
  g_assert_false (cb_book_set_belonging (test.book, test.associate, customer, &nowhere, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  cb_test_book_tear_down (&test);
}

static void
test_pause_ends (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = add_reachable (&test, "Europe/Berlin");
  limit (&test, customer, "news", CB_CHANNEL_PHONE, "{\"paused_until\":\"2026-03-29\"}");
  g_assert_cmpint (next_of (&test, customer, CB_VERDICT_PAUSED), ==,
                   moment ("2026-03-29T22:00:00Z"));
  cb_clock_advance (test.clock, moment ("2026-03-29T21:59:59Z") - CB_TEST_MORNING_US);
  next_of (&test, customer, CB_VERDICT_PAUSED);
  cb_clock_advance (test.clock, CB_US_PER_SECOND);
  next_of (&test, customer, CB_VERDICT_ALLOWED);
  cb_test_book_tear_down (&test);
}

/* Less is as easy as a word; more is a yes. */
static void
test_more_needs_their_act (void)
{
  static const char once[] = "{\"at_most\":1,\"per_days\":30}";
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GPtrArray) said = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = add_reachable (&test, "UTC");
  g_assert_true (
    limit_by (&test, customer, "news", CB_CHANNEL_PHONE, CB_METHOD_SPOKEN, once, &error));
  g_assert_no_error (error);
  g_assert_false (
    limit_by (&test, customer, "news", CB_CHANNEL_PHONE, CB_METHOD_SPOKEN, "{}", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  g_clear_error (&error);
  said = cb_book_list_conditions (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (said->len, ==, 1);
  g_clear_pointer (&said, g_ptr_array_unref);
  g_assert_true (
    limit_by (&test, customer, "news", CB_CHANNEL_PHONE, CB_METHOD_OWN_PHONE, "{}", &error));
  said = cb_book_list_conditions (test.book, test.associate, customer, &error);
  g_assert_cmpuint (said->len, ==, 0);
  /* Of their own matter they decide by a word. */
  g_assert_true (
    limit_by (&test, customer, "asked", CB_CHANNEL_PHONE, CB_METHOD_SPOKEN, once, &error));
  g_assert_true (
    limit_by (&test, customer, "asked", CB_CHANNEL_PHONE, CB_METHOD_SPOKEN, "{}", &error));
  g_assert_no_error (error);
  g_assert_false (
    limit_by (&test, customer, "shop", CB_CHANNEL_NONE, CB_METHOD_TAPPED, once, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  cb_test_book_tear_down (&test);
}

/* A text when it arrives is no text when they are near, and none at any time. */
static void
test_occasion (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatterDraft) asked = cb_matter_draft_new ();
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbMatter) told = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = add_reachable (&test, "UTC");
  limit (&test, customer, "news", CB_CHANNEL_PHONE, "{\"only_when\":\"arrived\"}");
  next_of (&test, customer, CB_VERDICT_UNMET);
  g_assert_false (
    reach (&test, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NEAR, CB_OUTCOME_REACHED));
  g_assert_true (
    reach (&test, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_ARRIVED, CB_OUTCOME_REACHED));
  /* Telling them that what they asked for is there is that occasion. */
  asked->text = g_strdup ("ring when the boots are in");
  request = cb_book_add_request (test.book, test.associate, customer, asked, &error);
  g_assert_no_error (error);
  limit (&test, customer, "asked", CB_CHANNEL_NONE, "{\"only_when\":\"arrived\"}");
  g_assert_false (
    reach (&test, customer, "asked", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE, CB_OUTCOME_REACHED));
  told = cb_book_move_request (test.book, test.associate, cb_matter_get_fields (request)->id,
                               CB_MATTER_TOLD, CB_CHANNEL_PHONE, &error);
  g_assert_no_error (error);
  cb_test_book_tear_down (&test);
}

/* A no is said as a no, whatever else stands in the way; of two conditions the stronger is. */
static void
test_order (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = add_reachable (&test, "UTC");
  limit (&test, customer, "news", CB_CHANNEL_PHONE,
         "{\"quiet_from\":\"09:00\",\"quiet_to\":\"12:00\"}");
  g_assert_cmpint (next_of (&test, customer, CB_VERDICT_QUIET), ==, CB_TEST_MORNING_US + 2 * HOUR);
  limit (&test, customer, "news", CB_CHANNEL_NONE,
         "{\"quiet_from\":\"08:00\",\"quiet_to\":\"13:00\"}");
  g_assert_cmpint (next_of (&test, customer, CB_VERDICT_QUIET), ==, CB_TEST_MORNING_US + 3 * HOUR);
  limit (&test, customer, "news", CB_CHANNEL_NONE, "{\"paused_until\":\"2026-03-04\"}");
  g_assert_cmpint (next_of (&test, customer, CB_VERDICT_PAUSED), ==,
                   moment ("2026-03-05T00:00:00Z"));
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_PHONE, CB_ANSWER_NO, CB_METHOD_SPOKEN);
  next_of (&test, customer, CB_VERDICT_WITHDRAWN);
  /* What was said of when stands until something else is said of it. */
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_PHONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  next_of (&test, customer, CB_VERDICT_PAUSED);
  cb_test_book_tear_down (&test);
}

/* --- what goes along --- */

/* The newest yes to news by phone among what leaves. */
static JsonObject *
find_grant (GPtrArray *sent)
{
  for (guint i = sent->len; i > 0; i--)
    {
      JsonObject *op = g_ptr_array_index (sent, i - 1);
      JsonObject *body = cb_json_get_object (op, "body");

      if (g_strcmp0 (cb_json_get_string (op, "act"), "grant") == 0 &&
          g_strcmp0 (cb_json_get_string (body, "channel"), "phone") == 0)
        return op;
    }
  return NULL;
}

static void
test_goes_along_with_the_yes (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) third = NULL;
  JsonObject *before;
  JsonObject *after;
  JsonObject *evidence;
  JsonObject *row;

  cb_test_book_set_up (&test);
  customer = add_reachable (&test, "Asia/Tokyo");
  first = cb_test_book_push (&test);
  before = find_grant (first);
  g_assert_nonnull (before);
  g_assert_null (cb_json_get_array (
    cb_json_get_object (cb_json_get_object (before, "body"), "evidence"), "conditions"));
  cb_clock_advance (test.clock, DAY);
  limit (&test, customer, "news", CB_CHANNEL_PHONE, "{\"at_most\":1,\"per_days\":30}");
  second = cb_test_book_push (&test);
  g_assert_cmpuint (second->len, ==, 1);
  after = find_grant (second);
  evidence = cb_json_get_object (cb_json_get_object (after, "body"), "evidence");
  row = json_object_array_get_idx (cb_json_get_array (evidence, "conditions"), 0);
  g_assert_cmpstr (cb_json_get_string (evidence, "zone"), ==, "Asia/Tokyo");
  g_assert_cmpstr (cb_json_get_string (row, "channel"), ==, "phone");
  g_assert_cmpint (cb_json_get_int (row, "at_most", 0), ==, 1);
  /* The same yes: the same receipt and the same end, under an id of its own. */
  g_assert_cmpstr (cb_json_get_string (after, "op"), !=, cb_json_get_string (before, "op"));
  before = cb_json_get_object (cb_json_get_object (before, "body"), "evidence");
  g_assert_cmpstr (cb_json_get_string (evidence, "receipt"), ==,
                   cb_json_get_string (before, "receipt"));
  g_assert_cmpstr (cb_json_get_string (evidence, "valid_until"), ==,
                   cb_json_get_string (before, "valid_until"));
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_PHONE, CB_ANSWER_NO, CB_METHOD_SPOKEN);
  limit (&test, customer, "news", CB_CHANNEL_PHONE, "{\"at_most\":1,\"per_days\":60}");
  third = cb_test_book_push (&test);
  g_assert_null (find_grant (third));
  cb_test_book_tear_down (&test);
}

/* Said with the yes, they are there with it. */
static void
test_said_with_the_yes (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *receipt = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  CbAnswerDraft *draft = cb_answer_draft_new ();
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *evidence;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "+44 7700 900123");
  g_ptr_array_add (answers, draft);
  draft->purpose = g_strdup ("news");
  draft->channel = CB_CHANNEL_PHONE;
  draft->method = CB_METHOD_TAPPED;
  draft->has_conditions = TRUE;
  draft->conditions = read_conditions ("{\"at_most\":1,\"per_days\":30}");
  draft->answer = CB_ANSWER_NO;
  none = cb_book_record_answers (test.book, test.associate, customer, answers, &error);
  g_assert_null (none);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  draft->answer = CB_ANSWER_YES;
  receipt = cb_book_record_answers (test.book, test.associate, customer, answers, &error);
  g_assert_no_error (error);
  sent = cb_test_book_push (&test);
  evidence = cb_json_get_object (cb_json_get_object (find_grant (sent), "body"), "evidence");
  g_assert_nonnull (cb_json_get_array (evidence, "conditions"));
  /* Who named no clock of theirs has the shop's, and who reads it elsewhere knows which. */
  g_assert_cmpstr (cb_json_get_string (evidence, "zone"), ==, cb_operation_get_time_zone ());
  g_assert_true (
    reach (&test, customer, "news", CB_CHANNEL_PHONE, CB_CIRCUMSTANCE_NONE, CB_OUTCOME_REACHED));
  next_of (&test, customer, CB_VERDICT_TOO_OFTEN);
  cb_test_book_tear_down (&test);
}

/* --- what the answers themselves hold to --- */

static gboolean
try_sql (CbTestBook *test, const char *sql, const char *customer)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (test->book->db, sql);
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  g_assert_true (cb_db_begin (test->book->db, &error));
  g_assert_no_error (error);
  cb_stmt_bind_text (stmt, 1, customer);
  is_done = cb_stmt_run (stmt, &error);
  if (is_done)
    cb_db_commit (test->book->db, &error);
  else
    cb_db_rollback (test->book->db);
  return is_done;
}

#define EVENT_BY(entity, notice)                                                                   \
  "INSERT INTO consent_event (id, customer, purpose, channel, state, entity, method, notice,"      \
  " version, language, staff, at_us, tz_minutes) VALUES (lower (hex (randomblob (16))), ?1,"       \
  " 'shop', '*', 'given', '" entity "', 'tapped', '" notice "', 1, 'en', 'staff', cb_now (), 0)"

/* The table itself has no place for a yes of staff, and none for an answer that is altered. */
static void
test_no_yes_of_staff (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_false (try_sql (&test, EVENT_BY ("controller", "counter"), customer));
  g_assert_false (try_sql (&test, EVENT_BY ("system", "counter"), customer));
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_NOT_ASKED);
  g_assert_true (try_sql (&test, EVENT_BY ("guardian", "counter"), customer));
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_ALLOWED);
  g_assert_false (
    try_sql (&test, "UPDATE consent_event SET state = 'refused' WHERE customer = ?1", customer));
  limit (&test, customer, "news", CB_CHANNEL_NONE, "{\"at_most\":1,\"per_days\":7}");
  g_assert_false (try_sql (
    &test, "UPDATE consent_condition SET purpose = 'asked' WHERE customer = ?1", customer));
  cb_test_book_tear_down (&test);
}

/* A yes to words that are not today's permits nothing, sends nothing, and is asked for again. */
static void
test_other_words (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) again = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_true (try_sql (&test, EVENT_BY ("customer", "leaflet"), customer));
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_OUTDATED);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  g_assert_cmpint (cb_note_get_life (note), ==, CB_LIFE_UNASKED);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_ALLOWED);
  again = cb_test_book_push (&test);
  g_assert_cmpuint (again->len, >, 1);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conditions/clock/quiet-hours", test_quiet_hours);
  g_test_add_func ("/conditions/clock/pause", test_pause);
  g_test_add_func ("/conditions/clock/zones", test_zones);
  g_test_add_func ("/conditions/said/as-json", test_json);
  g_test_add_func ("/conditions/said/within", test_within);
  g_test_add_func ("/conditions/verdict/frequency", test_frequency);
  g_test_add_func ("/conditions/verdict/frequency-of-all-ways", test_frequency_of_all_ways);
  g_test_add_func ("/conditions/verdict/hours-of-theirs", test_hours_of_theirs);
  g_test_add_func ("/conditions/verdict/pause-ends", test_pause_ends);
  g_test_add_func ("/conditions/verdict/more-needs-their-act", test_more_needs_their_act);
  g_test_add_func ("/conditions/verdict/occasion", test_occasion);
  g_test_add_func ("/conditions/verdict/order", test_order);
  g_test_add_func ("/conditions/sync/goes-along-with-the-yes", test_goes_along_with_the_yes);
  g_test_add_func ("/conditions/sync/said-with-the-yes", test_said_with_the_yes);
  g_test_add_func ("/conditions/answers/no-yes-of-staff", test_no_yes_of_staff);
  g_test_add_func ("/conditions/answers/other-words", test_other_words);
  return g_test_run ();
}
