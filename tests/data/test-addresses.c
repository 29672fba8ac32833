/* SPDX-License-Identifier: Apache-2.0 */

/* Marketing goes only where the owner of the address said the code that came there. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"

#define DAY CB_US_PER_DAY

static char *
add_customer (CbTestBook *test)
{
  char *customer =
    cb_test_book_add_customer (test, "Mara", "Testperson", "m@example.com", "+44 7700 900123");

  cb_test_book_answer (test, customer, "news", CB_CHANNEL_EMAIL, CB_ANSWER_YES, CB_METHOD_TAPPED);
  return customer;
}

static char *
make_code (CbTestBook *test, const char *customer, CbChannel channel)
{
  g_autoptr (GError) error = NULL;
  gint64 ends_us = 0;
  char *code =
    cb_book_make_address_code (test->book, test->associate, customer, channel, 1, &ends_us, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (strlen (code), ==, 6);
  g_assert_cmpint (ends_us, ==, cb_clock_get_now_us (test->clock) + 7 * DAY);
  return code;
}

static gboolean
say (CbTestBook *test, const char *customer, const char *code)
{
  g_autoptr (GError) error = NULL;
  gboolean is_right = cb_book_confirm_address (test->book, test->associate, customer, code, &error);

  if (!is_right)
    g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  return is_right;
}

/* Another one of as many digits. */
static char *
spoil (const char *code)
{
  char *other = g_strdup (code);

  other[2] = other[2] == '9' ? '0' : (char) (other[2] + 1);
  return other;
}

static void
assert_verdict (CbTestBook *test, const char *customer, CbChannel channel, CbVerdict verdict)
{
  g_assert_cmpstr (cb_verdict_to_id (cb_test_book_verdict (test, customer, "news", channel)), ==,
                   cb_verdict_to_id (verdict));
}

static void
test_is_confirmed (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *code = NULL;
  g_autofree char *wrong = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  g_autoptr (GError) error = NULL;
  const CbReachFields *reach;

  cb_test_book_set_up (&test);
  customer = add_customer (&test);
  assert_verdict (&test, customer, CB_CHANNEL_EMAIL, CB_VERDICT_UNCONFIRMED);
  code = make_code (&test, customer, CB_CHANNEL_EMAIL);
  wrong = spoil (code);
  g_assert_cmpuint (cb_test_count_files_with (test.root, code), ==, 0);
  g_assert_false (say (&test, customer, wrong));
  assert_verdict (&test, customer, CB_CHANNEL_EMAIL, CB_VERDICT_UNCONFIRMED);
  g_assert_true (say (&test, customer, code));
  assert_verdict (&test, customer, CB_CHANNEL_EMAIL, CB_VERDICT_ALLOWED);
  /* Good once. */
  g_assert_false (say (&test, customer, code));
  /* That it was sent is in the log, and no contact that a frequency counts. */
  dossier = cb_book_load_dossier (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_dossier_get_reaches (dossier)->len, ==, 1);
  reach = cb_reach_get_fields (g_ptr_array_index (cb_dossier_get_reaches (dossier), 0));
  g_assert_cmpint (reach->outcome, ==, CB_OUTCOME_CODE);
  g_assert_nonnull (reach->permitted_by);
  cb_test_book_tear_down (&test);
}

static void
test_code_runs_out (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *wrong = NULL;

  cb_test_book_set_up (&test);
  customer = add_customer (&test);
  first = make_code (&test, customer, CB_CHANNEL_EMAIL);
  cb_clock_advance (test.clock, 7 * DAY);
  g_assert_false (say (&test, customer, first));
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 1);
  second = make_code (&test, customer, CB_CHANNEL_EMAIL);
  wrong = spoil (second);
  for (guint i = 0; i < 5; i++)
    g_assert_false (say (&test, customer, wrong));
  g_assert_false (say (&test, customer, second));
  /* A new one takes the place of the last. */
  g_free (second);
  second = make_code (&test, customer, CB_CHANNEL_EMAIL);
  third = make_code (&test, customer, CB_CHANNEL_EMAIL);
  if (!g_str_equal (second, third))
    g_assert_false (say (&test, customer, second));
  g_assert_true (say (&test, customer, third));
  cb_test_book_tear_down (&test);
}

/* A code is a message: who did not say yes gets none. */
static void
test_code_needs_a_yes (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *other = NULL;
  g_autofree char *code = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ends_us;
  static const struct
  {
    CbChannel channel;
    guint number;
    int code;
  } rows[] = {
    { CB_CHANNEL_SMS, 1, CB_STORE_ERROR_REFUSED },
    { CB_CHANNEL_PHONE, 1, CB_STORE_ERROR_INVALID },
    { CB_CHANNEL_EMAIL, 2, CB_STORE_ERROR_NOT_FOUND },
    { CB_CHANNEL_EMAIL, 0, CB_STORE_ERROR_NOT_FOUND },
  };

  cb_test_book_set_up (&test);
  customer = add_customer (&test);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      none = cb_book_make_address_code (test.book, test.associate, customer, rows[i].channel,
                                        rows[i].number, &ends_us, &error);
      g_assert_null (none);
      g_assert_error (error, CB_STORE_ERROR, rows[i].code);
      g_clear_error (&error);
    }
  /* Nobody else's code confirms it. */
  other = cb_test_book_add_customer (&test, "Nuria", "Testperson", "n@example.com", NULL);
  cb_test_book_answer (&test, other, "news", CB_CHANNEL_EMAIL, CB_ANSWER_YES, CB_METHOD_TAPPED);
  code = make_code (&test, other, CB_CHANNEL_EMAIL);
  g_assert_false (say (&test, customer, code));
  assert_verdict (&test, customer, CB_CHANNEL_EMAIL, CB_VERDICT_UNCONFIRMED);
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_EMAIL, CB_ANSWER_NO, CB_METHOD_SPOKEN);
  none = cb_book_make_address_code (test.book, test.associate, customer, CB_CHANNEL_EMAIL, 1,
                                    &ends_us, &error);
  g_assert_null (none);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  cb_test_book_tear_down (&test);
}

/* Which of several it is: a verdict on the channel alone would leave that to chance. */
static void
test_which_is_said (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *code = NULL;
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autoptr (CbDossier) before = NULL;
  g_autoptr (CbDossier) after = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ends_us;

  cb_test_book_set_up (&test);
  draft->given = g_strdup ("Mara");
  draft->emails = g_strsplit ("one@example.com two@example.com", " ", -1);
  customer = cb_book_add_customer (test.book, test.associate, draft, &error);
  g_assert_no_error (error);
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_EMAIL, CB_ANSWER_YES, CB_METHOD_TAPPED);
  before = cb_book_load_dossier (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_null (cb_dossier_get_confirmed (before)[0]);
  code = cb_book_make_address_code (test.book, test.associate, customer, CB_CHANNEL_EMAIL, 2,
                                    &ends_us, &error);
  g_assert_no_error (error);
  g_assert_true (say (&test, customer, code));
  after = cb_book_load_dossier (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length ((char **) cb_dossier_get_confirmed (after)), ==, 1);
  g_assert_cmpstr (cb_dossier_get_confirmed (after)[0], ==, "two@example.com");
  cb_test_book_tear_down (&test);
}

static void
refuse_code (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;
  gint64 ends_us;

  g_assert_null (cb_book_make_address_code (test->book, test->associate, customer, CB_CHANNEL_EMAIL,
                                            1, &ends_us, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
}

/* Who wants nothing to come now gets no code either, and nobody gets one after the other. */
static void
test_code_is_no_way_round (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GError) error = NULL;
  CbConditionsDraft draft = {
    .purpose = "news",
    .channel = CB_CHANNEL_NONE,
    .method = CB_METHOD_TAPPED,
    .conditions = CB_CONDITIONS_NONE,
  };

  cb_test_book_set_up (&test);
  customer = add_customer (&test);
  g_assert_true (cb_conditions_read_day ("2026-03-04", &draft.conditions.paused_until));
  g_assert_true (cb_book_set_conditions (test.book, test.associate, customer, &draft, &error));
  g_assert_no_error (error);
  refuse_code (&test, customer);
  cb_clock_advance (test.clock, 3 * DAY);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *code = make_code (&test, customer, CB_CHANNEL_EMAIL);

      g_assert_nonnull (code);
    }
  refuse_code (&test, customer);
  cb_clock_advance (test.clock, DAY);
  g_free (make_code (&test, customer, CB_CHANNEL_EMAIL));
  cb_test_book_tear_down (&test);
}

/* An address that is put in its place is not the one that was confirmed. */
static void
test_changed_is_unconfirmed (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *code = NULL;
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = add_customer (&test);
  code = make_code (&test, customer, CB_CHANNEL_EMAIL);
  g_assert_true (say (&test, customer, code));
  draft->given = g_strdup ("Mara");
  draft->family = g_strdup ("Testperson");
  draft->emails = g_strsplit ("other@example.com", " ", -1);
  g_assert_true (cb_book_change_customer (test.book, test.associate, customer, draft, &error));
  g_assert_no_error (error);
  assert_verdict (&test, customer, CB_CHANNEL_EMAIL, CB_VERDICT_UNCONFIRMED);
  cb_test_book_tear_down (&test);
}

/* What is the last card that left says of it; NULL when none did. */
static JsonObject *
push_verified (CbTestBook *test, guint *n_cards)
{
  g_autoptr (GPtrArray) sent = cb_test_book_push (test);
  JsonObject *verified = NULL;

  *n_cards = 0;
  for (guint i = 0; i < sent->len; i++)
    {
      JsonObject *operation = g_ptr_array_index (sent, i);

      if (!g_str_equal (cb_json_get_string (operation, "kind"), "customer"))
        continue;
      (*n_cards)++;
      g_clear_pointer (&verified, json_object_put);
      verified =
        json_object_get (cb_json_get_array (cb_json_get_object (operation, "body"), "verified"));
    }
  return verified;
}

/* Whoever sends at the centre must know it too. */
static void
test_is_told (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *code = NULL;
  g_autoptr (JsonObject) before = NULL;
  g_autoptr (JsonObject) after = NULL;
  g_autoptr (JsonObject) again = NULL;
  guint n_cards = 0;

  cb_test_book_set_up (&test);
  customer = add_customer (&test);
  cb_test_book_answer (&test, customer, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  before = push_verified (&test, &n_cards);
  g_assert_cmpuint (n_cards, ==, 1);
  g_assert_null (before);
  code = make_code (&test, customer, CB_CHANNEL_EMAIL);
  g_assert_true (say (&test, customer, code));
  after = push_verified (&test, &n_cards);
  g_assert_cmpuint (n_cards, ==, 1);
  g_assert_cmpuint (json_object_array_length (after), ==, 1);
  g_assert_cmpstr (json_object_get_string (json_object_array_get_idx (after, 0)), ==,
                   "m@example.com");
  again = push_verified (&test, &n_cards);
  g_assert_cmpuint (n_cards, ==, 0);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/addresses/confirmed/by-the-code-that-came-there", test_is_confirmed);
  g_test_add_func ("/addresses/code/runs-out", test_code_runs_out);
  g_test_add_func ("/addresses/code/needs-a-yes", test_code_needs_a_yes);
  g_test_add_func ("/addresses/confirmed/which-is-said", test_which_is_said);
  g_test_add_func ("/addresses/confirmed/is-told-with-the-card", test_is_told);
  g_test_add_func ("/addresses/code/is-no-way-round", test_code_is_no_way_round);
  g_test_add_func ("/addresses/changed/is-unconfirmed", test_changed_is_unconfirmed);
  return g_test_run ();
}
