/* SPDX-License-Identifier: Apache-2.0 */

/* What the retailer's other systems are told, and what they bring. */

#define G_LOG_DOMAIN "Counterbook"

#include <sodium.h>
#include <string.h>

#include "base/cb-json.h"
#include "service/cb-admission.h"
#include "service/cb-judge.h"
#include "service/cb-keys.h"
#include "service/cb-rate.h"
#include "service/cb-told.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-told.h"
#include "wire/cb-changes.h"
#include "wire/cb-protocol-error.h"

#define MARA CB_TEST_TOLD_CUSTOMER
#define ALL CB_TEST_TOLD_ALL
#define SHOP CB_TEST_TOLD_SHOP
#define ASKED CB_TEST_TOLD_ASKED
#define NURIA "4a8590c97a07477c81905ed61e1ece7b"
#define NEWS "521fc6ecee194c669df48bcdd8e07aa5"
#define NO "bfdac9662e88427f85671e821f858058"
#define CARD CB_TEST_TOLD_CARD
#define AT "2026-11-21T19:04:05Z"
#define DAY (24 * 60 * 60 * CB_US_PER_SECOND)

/* --- asking --- */

static char *
read_profile (CbTestService *book, const char *customer, gboolean has_notes)
{
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const gboolean is_there =
    cb_told_write_profile (book->service, customer, has_notes, reply, &error);

  g_assert_no_error (error);
  g_assert_true (is_there == (reply->len > 0));
  return g_string_free (reply, FALSE);
}

static char *
read_consents (CbTestService *book, const char *customer)
{
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (!cb_told_write_consents (book->service, customer, reply, &error))
    g_string_truncate (reply, 0);
  g_assert_no_error (error);
  return g_string_free (reply, FALSE);
}

/* --- the profile --- */

static void
test_profile (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *text = read_profile (book, MARA, TRUE);
  g_autofree char *without = read_profile (book, MARA, FALSE);
  g_autoptr (JsonObject) object = cb_json_parse (text, strlen (text), 65536, NULL);
  JsonObject *card = cb_json_get_object (object, "card");

  g_assert_cmpstr (cb_json_get_string (object, "customer"), ==, MARA);
  g_assert_cmpstr (cb_json_get_string (object, "until"), ==, "2028-11-21T19:04:05.123Z");
  g_assert_cmpstr (cb_json_get_string (card, "id"), ==, MARA);
  g_assert_cmpstr (cb_json_get_string (card, "version"), ==, CARD);
  g_assert_cmpstr (cb_json_get_string (cb_json_get_object (card, "body"), "given"), ==, "Mara");
  g_assert_cmpuint (json_object_array_length (cb_json_get_array (object, "preferences")), ==, 1);
  g_assert_cmpuint (json_object_array_length (cb_json_get_array (object, "notes")), ==, 1);
  g_assert_nonnull (strstr (text, "told in every shop"));
  g_assert_null (strstr (text, "for this shop alone"));
  g_assert_null (strstr (text, "ring when it is here"));
  g_assert_null (strstr (text, "Port Halden"));

  /* Notes are for who was given them. */
  g_assert_nonnull (strstr (without, "38 narrow"));
  g_assert_null (strstr (without, "\"notes\""));
  g_assert_null (strstr (without, "told in every shop"));
}

static void
assert_nobody (CbTestService *book, const char *customer)
{
  g_autofree char *profile = read_profile (book, customer, TRUE);
  g_autofree char *consents = read_consents (book, customer);

  g_assert_cmpstr (profile, ==, "");
  g_assert_cmpstr (consents, ==, "");
}

/* Unknown, known to a shop, and erased are one and the same. */
static void
test_nobody (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();

  assert_nobody (book, NURIA);
  cb_test_told_grant (book, SHOP, "shop", "*");
  cb_test_told_grant (book, ASKED, "asked", "*");
  cb_test_told_put_card (book, "store", "shop", SHOP);
  assert_nobody (book, MARA);
}

static void
test_erased (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();

  cb_test_told_grant (book, NEWS, "news", "phone");
  cb_test_told_expect (book, "news", "phone", "allowed");
  cb_test_service_expect (book, cb_test_erase (NULL, MARA), "applied");
  assert_nobody (book, MARA);
  cb_test_told_expect (book, "news", "phone", "not-asked");
}

/* The shop keeps the card on its own yes; the others have nothing any more. */
static void
test_withdrawn_profile (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *dump = NULL;
  g_autofree char *profile = NULL;

  cb_test_service_expect (book, cb_test_withdraw (NO, MARA, "everywhere", "*"), "applied");
  dump = cb_test_service_dump (book);
  g_assert_nonnull (strstr (dump, "mara@example.com"));
  profile = read_profile (book, MARA, TRUE);
  g_assert_cmpstr (profile, ==, "");
  cb_test_told_expect (book, "everywhere", "*", "withdrawn");
}

static void
test_lapsed_profile (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  cb_clock_advance (book->clock, 730 * DAY);
  before = read_profile (book, MARA, FALSE);
  g_assert_nonnull (strstr (before, "Ellingsen"));
  cb_clock_advance (book->clock, 2 * DAY);
  after = read_profile (book, MARA, FALSE);
  g_assert_cmpstr (after, ==, "");
  cb_test_told_expect (book, "everywhere", "*", "expired");
}

/* A machine can't keep a secret, nor does a note outlive its day because nobody said so here. */
static void
test_withheld_notes (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  const CbTestPut put = { NULL, MARA, "company", "everywhere", ALL, NULL, "x" };
  g_autofree char *secret = cb_test_note ("55555555555555555555555555555555", &put);
  g_autofree char *old = cb_test_note ("66666666666666666666666666666666", &put);
  g_autofree char *text = NULL;

  cb_test_service_expect (
    book, cb_test_op_with (secret, "body", "{\"text\":\"a ring\",\"discretion\":\"private\"}"),
    "applied");
  cb_test_service_expect (
    book,
    cb_test_op_with (old, "body", "{\"text\":\"back soon\",\"ends\":\"2026-11-20T00:00:00Z\"}"),
    "applied");
  text = read_profile (book, MARA, TRUE);
  g_assert_nonnull (strstr (text, "told in every shop"));
  g_assert_null (strstr (text, "a ring"));
  g_assert_null (strstr (text, "back soon"));
}

/* --- consents --- */

static JsonObject *
find_answer (JsonObject *consents, const char *purpose, const char *channel)
{
  JsonObject *answers = cb_json_get_array (consents, "answers");

  for (gsize i = 0; i < json_object_array_length (answers); i++)
    {
      JsonObject *answer = json_object_array_get_idx (answers, i);

      if (g_strcmp0 (cb_json_get_string (answer, "purpose"), purpose) == 0 &&
          g_strcmp0 (cb_json_get_string (answer, "channel"), channel) == 0)
        return answer;
    }
  return NULL;
}

static void
test_consents (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) consents = NULL;
  JsonObject *yes = NULL;
  JsonObject *no = NULL;

  cb_test_told_grant (book, NEWS, "news", "email");
  cb_test_told_grant (book, NULL, "news", "sms");
  cb_test_service_expect (book, cb_test_withdraw (NO, MARA, "news", "sms"), "applied");
  text = read_consents (book, MARA);
  consents = cb_json_parse (text, strlen (text), 65536, NULL);
  g_assert_cmpuint (json_object_array_length (cb_json_get_array (consents, "answers")), ==, 3);

  yes = find_answer (consents, "news", "email");
  g_assert_cmpstr (cb_json_get_string (yes, "state"), ==, "given");
  g_assert_cmpstr (cb_json_get_string (yes, "verdict"), ==, "allowed");
  g_assert_cmpstr (cb_json_get_string (yes, "grant"), ==, NEWS);
  g_assert_cmpstr (cb_json_get_string (yes, "at"), ==, "2026-11-21T19:04:05.123Z");
  g_assert_cmpuint (strlen (cb_json_get_string (yes, "words_sha256")), ==, 64);
  g_assert_cmpstr (cb_json_get_string (cb_json_get_object (yes, "evidence"), "receipt"), ==,
                   "R-EVIDENCE");

  /* What proved a yes goes with it. */
  no = find_answer (consents, "news", "sms");
  g_assert_cmpstr (cb_json_get_string (no, "state"), ==, "withdrawn");
  g_assert_cmpstr (cb_json_get_string (no, "withdrawal"), ==, NO);
  g_assert_null (cb_json_get_object (no, "evidence"));

  g_assert_null (find_answer (consents, "shop", NULL));
  g_assert_null (find_answer (consents, "asked", NULL));
}

/* --- permission --- */

static void
test_permission (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();

  cb_test_told_expect (book, "everywhere", "*", "allowed");
  cb_test_told_expect (book, "everywhere", "email", "no-channel");
  cb_test_told_expect (book, "news", "email", "not-asked");
  cb_test_told_grant (book, NEWS, "news", "email");
  cb_test_told_expect (book, "news", "email", "allowed");
  /* A no on one way reroutes to no other, and a yes neither. */
  cb_test_told_expect (book, "news", "phone", "not-asked");
  cb_test_told_expect (book, "invitations", "email", "not-asked");
  cb_test_service_expect (book, cb_test_refuse (NULL, MARA, "invitations", "email"), "applied");
  cb_test_told_expect (book, "invitations", "email", "refused");
  cb_test_service_expect (book, cb_test_withdraw (NO, MARA, "news", "email"), "applied");
  cb_test_told_expect (book, "news", "email", "withdrawn");

  /* What a shop was asked is not even asked about. */
  cb_test_told_expect (book, "shop", "*", "not-asked");
  cb_test_told_expect (book, "asked", "*", "not-asked");
}

static void
test_addresses (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (CbTestService) of_shop = cb_test_service_new ();

  cb_test_told_grant (book, ALL, "everywhere", "*");
  cb_test_told_grant (book, NULL, "news", "email");
  cb_test_told_grant (book, NULL, "news", "sms");
  cb_test_told_grant (book, NULL, "news", "phone");
  cb_test_told_grant (book, NULL, "news", "post");
  cb_test_told_expect (book, "news", "email", "no-address");
  cb_test_told_put_card (book, "company", "everywhere", ALL);
  cb_test_told_expect (book, "news", "email", "allowed");
  cb_test_told_expect (book, "news", "phone", "allowed");
  /* That number's owner has not said that it is theirs. */
  cb_test_told_expect (book, "news", "sms", "unconfirmed");
  cb_test_told_expect (book, "news", "post", "no-address");

  /* That a shop has an address is the shop's. */
  cb_test_told_grant (of_shop, SHOP, "shop", "*");
  cb_test_told_grant (of_shop, NULL, "news", "email");
  cb_test_told_put_card (of_shop, "store", "shop", SHOP);
  cb_test_told_expect (of_shop, "news", "email", "no-address");
}

static void
test_time_of_a_yes (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *plain = cb_test_grant (NULL, MARA, "news", "email", "tapped", NULL);
  g_autofree char *old = cb_test_grant (NULL, MARA, "invitations", "email", "tapped", NULL);
  g_autoptr (JsonObject) object = json_tokener_parse (plain);
  g_autoptr (JsonObject) outdated = json_tokener_parse (old);
  JsonObject *evidence = cb_json_get_object (cb_json_get_object (object, "body"), "evidence");

  cb_json_set_string (evidence, "valid_until", "2026-11-22T00:00:00Z");
  cb_test_service_expect (book, cb_json_to_line (object), "applied");
  cb_test_told_expect (book, "news", "email", "allowed");
  cb_clock_advance (book->clock, DAY);
  cb_test_told_expect (book, "news", "email", "expired");

  /* Words that nobody here has are no proof. */
  evidence = cb_json_get_object (cb_json_get_object (outdated, "body"), "evidence");
  cb_json_set_string (evidence, "notice", "of-before");
  cb_test_service_expect (book, cb_json_to_line (outdated), "applied");
  cb_test_told_expect (book, "invitations", "email", "outdated");
}

static void
test_conditions (void)
{
  /* It is 18:04 in London. */
  static const struct
  {
    const char *conditions;
    const char *zone;
    const char *verdict;
    const char *next;
  } cases[] = {
    { "[]", "null", "allowed", NULL },
    { "[{\"channel\":\"sms\",\"at_most\":1,\"per_days\":30}]", "null", "allowed", NULL },
    { "[{\"channel\":null,\"quiet_from\":\"17:30\",\"quiet_to\":\"09:00\"}]", "\"Europe/London\"",
      "quiet", "2026-11-22T09:00:00.000Z" },
    { "[{\"channel\":\"email\",\"quiet_from\":\"21:00\",\"quiet_to\":\"09:00\"}]",
      "\"Europe/London\"", "allowed", NULL },
    { "[{\"channel\":\"email\",\"quiet_from\":\"17:30\",\"quiet_to\":\"17:45\"}]", "null", "quiet",
      NULL },
    { "[{\"channel\":\"email\",\"paused_until\":\"2026-12-01\"}]", "\"Europe/London\"", "paused",
      "2026-12-02T00:00:00.000Z" },
    { "[{\"channel\":\"email\",\"paused_until\":\"2026-11-01\"}]", "\"Europe/London\"", "allowed",
      NULL },
    { "[{\"channel\":\"email\",\"at_most\":1,\"per_days\":30}]", "null", "too-often", NULL },
    { "[{\"channel\":\"email\",\"only_when\":\"arrived\"}]", "null", "unmet", NULL },
    { "[{\"channel\":\"email\",\"only_when\":\"arrived\"},"
      "{\"channel\":null,\"paused_until\":\"2026-12-01\"}]",
      "\"Europe/London\"", "paused", "2026-12-02T00:00:00.000Z" },
    { "[{\"channel\":\"email\",\"quiet_from\":\"26:00\",\"quiet_to\":\"09:00\"}]", "null", "paused",
      NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CbTestService) book = cb_test_told_new_book ();
      g_autoptr (JsonObject) answer = NULL;

      cb_test_told_grant_bound (book, cases[i].conditions, cases[i].zone);
      answer = cb_test_told_ask (book, "news", "email", CB_CIRCUMSTANCE_NONE);
      g_assert_cmpstr (cb_json_get_string (answer, "verdict"), ==, cases[i].verdict);
      g_assert_cmpstr (cb_json_get_string (answer, "next"), ==, cases[i].next);
    }
}

static void
test_occasion (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autoptr (JsonObject) answer = NULL;

  cb_test_told_grant_bound (book, "[{\"channel\":\"email\",\"only_when\":\"arrived\"}]", "null");
  answer = cb_test_told_ask (book, "news", "email", CB_CIRCUMSTANCE_ARRIVED);
  g_assert_true (cb_json_get_boolean (answer, "allowed", FALSE));
}

/* --- news --- */

static char *
read_news (CbTestService *book, const char *cursor, char **next)
{
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *trailer = NULL;
  gboolean has_news = FALSE;

  g_assert_cmpint (cb_told_write_news (book->service, cursor, reply, &has_news, &error), ==,
                   CB_TOLD);
  g_assert_no_error (error);
  trailer = strstr (reply->str, "{\"cursor\":");
  g_assert_nonnull (trailer);
  g_assert_true (has_news == (trailer > reply->str));
  if (next != NULL)
    {
      g_autoptr (JsonObject) object = json_tokener_parse (trailer);

      *next = g_strdup (cb_json_get_string (object, "cursor"));
    }
  g_string_truncate (reply, trailer - reply->str);
  return g_string_free (reply, FALSE);
}

static void
test_news (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *cursor = NULL;
  g_autofree char *end = NULL;
  g_autofree char *first = read_news (book, NULL, &cursor);
  g_autofree char *none = read_news (book, cursor, NULL);
  g_autofree char *second = NULL;
  g_autofree char *rest = NULL;

  /* Nothing of the shop, nothing of what it was asked; a profile once. */
  g_assert_cmpstr (first, ==,
                   "{\"n\":1,\"t\":\"answer\",\"customer\":\"" MARA
                   "\",\"purpose\":\"everywhere\",\"channel\":null,\"state\":\"given\"}\n"
                   "{\"n\":4,\"t\":\"profile\",\"customer\":\"" MARA "\"}\n");
  g_assert_cmpstr (none, ==, "");

  cb_test_told_grant (book, NEWS, "news", "email");
  cb_test_service_expect (book, cb_test_withdraw (NO, MARA, "news", "email"), "applied");
  cb_test_service_expect (book, cb_test_erase (NULL, NURIA), "applied");
  second = read_news (book, cursor, &end);
  g_assert_cmpstr (second, ==,
                   "{\"n\":10,\"t\":\"answer\",\"customer\":\"" MARA
                   "\",\"purpose\":\"news\",\"channel\":\"email\",\"state\":\"withdrawn\"}\n"
                   "{\"n\":11,\"t\":\"erased\",\"customer\":\"" NURIA "\"}\n");
  cb_test_service_expect (book, cb_test_erase (NULL, MARA), "applied");
  rest = read_news (book, end, NULL);
  g_assert_cmpstr (rest, ==, "{\"n\":12,\"t\":\"erased\",\"customer\":\"" MARA "\"}\n");
}

static void
test_pages_of_news (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *cursor = NULL;
  guint n_told = 0;
  guint n_pages = 0;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GString) lines = g_string_new (NULL);
      g_autoptr (CbAckList) acks = NULL;

      for (guint k = 0; k < 500; k++)
        {
          g_autofree char *customer = g_strdup_printf ("%032x", i * 500 + k + 1);
          g_autofree char *line = cb_test_erase (NULL, customer);

          g_string_append_printf (lines, "%s\n", line);
        }
      acks = cb_test_service_push (book, lines->str);
      g_assert_true (acks->is_complete);
    }
  for (;;)
    {
      g_autofree char *next = NULL;
      g_autofree char *page = read_news (book, cursor, &next);
      g_auto (GStrv) lines = g_strsplit (page, "\n", -1);

      if (*page == '\0')
        break;
      n_told += g_strv_length (lines) - 1;
      n_pages++;
      g_free (cursor);
      cursor = g_steal_pointer (&next);
    }
  g_assert_cmpuint (n_told, ==, 2500);
  g_assert_cmpuint (n_pages, ==, 3);
}

static void
test_cursors_of_others (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autoptr (CbTestService) other = cb_test_told_new_book ();
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autofree char *cursor = NULL;
  g_autofree char *page = read_news (other, NULL, &cursor);
  gboolean has_news = FALSE;

  g_assert_cmpint (cb_told_write_news (book->service, cursor, reply, &has_news, NULL), ==,
                   CB_TOLD_OF_OTHERS);
  g_assert_cmpint (cb_told_write_news (book->service, "", reply, &has_news, NULL), ==,
                   CB_TOLD_OF_OTHERS);
  g_assert_cmpuint (reply->len, ==, 0);
}

/* --- a no from elsewhere --- */

static CbOptOutEnd
opt_out (CbTestService *book, const char *op, const char *purpose, const char *channel)
{
  const CbOptOut no = { op, purpose, channel, AT };
  g_autoptr (GError) error = NULL;
  const CbOptOutEnd end = cb_service_opt_out (book->service, MARA, &no, &error);

  if (end == CB_OPT_OUT_FAILED)
    g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
  else
    g_assert_no_error (error);
  return end;
}

/* What a terminal of the shop hears at its next pull, as lines. */
static char *
hear (CbTestService *book)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES] = { 7 };
  g_autofree char *code = cb_admission_make_code (book->service, "Port Halden", NULL);
  g_auto (CbTerminalRow) terminal = { 0 };
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (cb_admission_enrol (book->service, code, public_key, &terminal, &error), ==,
                   CB_ADMISSION_GRANTED);
  g_assert_cmpint (cb_service_tell_changes (book->service, &terminal, NULL, reply, &error), ==,
                   CB_TOLD);
  g_assert_no_error (error);
  return g_string_free (reply, FALSE);
}

static void
test_opt_out_reaches_the_counter (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *heard = NULL;

  cb_test_told_grant (book, NEWS, "news", "email");
  cb_test_told_grant (book, NULL, "news", "phone");
  g_assert_cmpint (opt_out (book, NO, "news", "email"), ==, CB_OPT_OUT_DONE);
  cb_test_told_expect (book, "news", "email", "withdrawn");
  cb_test_told_expect (book, "news", "phone", "allowed");
  heard = hear (book);
  g_assert_nonnull (strstr (heard, "\"t\":\"withdrawn\",\"customer\":\"" MARA
                                   "\",\"purpose\":\"news\",\"channel\":\"email\""));
  g_assert_null (strstr (heard, "phone"));
}

/* "Write to me no more" means every purpose, and "leave me alone" every way. */
static void
test_opt_out_of_all (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();

  cb_test_told_grant (book, NULL, "news", "email");
  cb_test_told_grant (book, NULL, "news", "phone");
  cb_test_told_grant (book, NULL, "invitations", "email");
  g_assert_cmpint (opt_out (book, NO, NULL, "email"), ==, CB_OPT_OUT_DONE);
  cb_test_told_expect (book, "news", "email", "withdrawn");
  cb_test_told_expect (book, "invitations", "email", "withdrawn");
  cb_test_told_expect (book, "news", "phone", "allowed");
  g_assert_cmpint (opt_out (book, NEWS, NULL, NULL), ==, CB_OPT_OUT_DONE);
  cb_test_told_expect (book, "news", "phone", "withdrawn");
  cb_test_told_expect (book, "everywhere", "*", "allowed");
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

static void
test_opt_out_again (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gint64 head = 0;
  gint64 later = 0;

  cb_test_told_grant (book, NEWS, "news", "email");
  g_assert_cmpint (opt_out (book, NO, "news", "email"), ==, CB_OPT_OUT_DONE);
  before = read_consents (book, MARA);
  cb_service_read_head (book->service, &head, NULL);
  cb_clock_advance (book->clock, 60 * CB_US_PER_SECOND);
  g_assert_cmpint (opt_out (book, NO, "news", "email"), ==, CB_OPT_OUT_DONE);
  after = read_consents (book, MARA);
  cb_service_read_head (book->service, &later, NULL);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (head, ==, later);

  /* The same id for another moment is another no, or a mistake. */
  {
    const CbOptOut no = { NO, "news", "email", "2026-11-21T20:00:00Z" };

    g_assert_cmpint (cb_service_opt_out (book->service, MARA, &no, NULL), ==, CB_OPT_OUT_ID_USED);
  }
}

static void
test_opt_out_of_the_erased (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();

  cb_test_service_expect (book, cb_test_erase (NULL, MARA), "applied");
  g_assert_cmpint (opt_out (book, NO, "news", "email"), ==, CB_OPT_OUT_GONE);
  g_assert_cmpuint (cb_test_service_count (book, MARA), ==, 0);
}

static void
test_opt_out_of_nothing (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  const CbOptOut no_time = { NO, "news", "email", "yesterday" };
  gint64 head = 0;
  gint64 later = 0;

  cb_service_read_head (book->service, &head, NULL);
  g_assert_cmpint (opt_out (book, NULL, "news", "email"), ==, CB_OPT_OUT_FAILED);
  g_assert_cmpint (opt_out (book, "x", "news", "email"), ==, CB_OPT_OUT_FAILED);
  g_assert_cmpint (opt_out (book, NO, "newsletter", "email"), ==, CB_OPT_OUT_FAILED);
  g_assert_cmpint (opt_out (book, NO, "news", "pigeon"), ==, CB_OPT_OUT_FAILED);
  g_assert_cmpint (opt_out (book, NO, "everywhere", "email"), ==, CB_OPT_OUT_FAILED);
  g_assert_cmpint (opt_out (book, NO, "shop", NULL), ==, CB_OPT_OUT_FAILED);
  g_assert_cmpint (cb_service_opt_out (book->service, MARA, &no_time, NULL), ==, CB_OPT_OUT_FAILED);
  cb_service_read_head (book->service, &later, NULL);
  g_assert_cmpint (head, ==, later);
}

/* --- keys --- */

static void
test_keys (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbKeyRow) made = { 0 };
  g_auto (CbKeyRow) found = { 0 };
  g_auto (CbKeyRow) other = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *key =
    cb_keys_make (book->service, "Web shop", CB_SCOPE_PROFILE | CB_SCOPE_OPT_OUTS, &made, &error);
  g_autofree char *wrong = g_strdup (key);

  g_assert_no_error (error);
  g_assert_cmpuint (strlen (key), ==, 47);
  g_assert_true (cb_keys_check (book->service, key, &found, &error));
  g_assert_cmpstr (found.id, ==, made.id);
  g_assert_cmpstr (found.name, ==, "Web shop");
  g_assert_cmpstr (found.scopes, ==, "profile,opt-outs");

  wrong[46] = wrong[46] != 'A' ? 'A' : 'B';
  g_assert_false (cb_keys_check (book->service, wrong, &other, &error));
  g_assert_false (cb_keys_check (book->service, "", &other, &error));
  g_assert_no_error (error);

  g_assert_true (cb_keys_revoke (book->service, made.id, &error));
  g_assert_false (cb_keys_check (book->service, key, &other, &error));
  g_assert_false (cb_keys_revoke (book->service, MARA, &error));
  g_assert_no_error (error);
}

static void
test_scopes (void)
{
  static const char *const wrong[] = { "", ",", "profile,", "Profile", "profile, notes", "all" };
  g_autofree char *all = cb_scopes_write (
    cb_scopes_read ("opt-outs,contacts,profile,changes,notes,metrics,consents,permission,profile"));

  g_assert_cmpstr (all, ==, "profile,notes,consents,permission,changes,opt-outs,metrics,contacts");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpint (cb_scopes_read (wrong[i]), ==, 0);
}

static void
test_rate (void)
{
  g_autoptr (CbRate) rate = cb_rate_new (10, 20);
  gint64 now_us = 5 * CB_US_PER_SECOND;

  for (guint i = 0; i < 20; i++)
    g_assert_true (cb_rate_take (rate, "a", now_us));
  g_assert_false (cb_rate_take (rate, "a", now_us));
  g_assert_true (cb_rate_take (rate, "b", now_us));
  now_us += CB_US_PER_SECOND / 10;
  g_assert_true (cb_rate_take (rate, "a", now_us));
  g_assert_false (cb_rate_take (rate, "a", now_us));

  /* However long nobody asked, a burst is a burst; and a clock that goes back gives nothing. */
  now_us += 3600 * CB_US_PER_SECOND;
  for (guint i = 0; i < 20; i++)
    g_assert_true (cb_rate_take (rate, "a", now_us));
  g_assert_false (cb_rate_take (rate, "a", now_us));
  g_assert_false (cb_rate_take (rate, "a", 0));
}

#define ADD(path, func) g_test_add_func ("/told/" path, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("profile/is-what-everywhere-covers", test_profile);
  ADD ("profile/of-a-shop-alone-is-nobodys", test_nobody);
  ADD ("profile/of-the-erased-is-gone", test_erased);
  ADD ("profile/goes-with-its-yes", test_withdrawn_profile);
  ADD ("profile/lapses-with-its-yes", test_lapsed_profile);
  ADD ("profile/keeps-back-what-is-private-or-over", test_withheld_notes);
  ADD ("consents/are-told-with-what-proves-them", test_consents);
  ADD ("permission/is-a-yes-of-that-purpose-and-way", test_permission);
  ADD ("permission/needs-an-address-its-owner-confirmed", test_addresses);
  ADD ("permission/ends-with-its-time-and-its-words", test_time_of_a_yes);
  ADD ("permission/obeys-the-conditions", test_conditions);
  ADD ("permission/of-an-occasion", test_occasion);
  ADD ("news/are-what-others-may-know", test_news);
  ADD ("news/come-in-pages", test_pages_of_news);
  ADD ("news/by-their-own-cursor-alone", test_cursors_of_others);
  ADD ("opt-out/reaches-the-counter", test_opt_out_reaches_the_counter);
  ADD ("opt-out/of-all-there-is", test_opt_out_of_all);
  ADD ("opt-out/said-twice-is-once", test_opt_out_again);
  ADD ("opt-out/of-the-erased-leaves-nothing", test_opt_out_of_the_erased);
  ADD ("opt-out/of-nothing-is-refused", test_opt_out_of_nothing);
  ADD ("keys/are-made-found-and-revoked", test_keys);
  ADD ("keys/have-scopes", test_scopes);
  ADD ("keys/have-a-rate", test_rate);
  return g_test_run ();
}
