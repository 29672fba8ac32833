/* SPDX-License-Identifier: Apache-2.0 */

/* The retailer's other systems contact somebody, and are counted. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-json.h"
#include "service/cb-admission.h"
#include "service/cb-told.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-told.h"

#define MARA CB_TEST_TOLD_CUSTOMER
#define ALL CB_TEST_TOLD_ALL
#define SHOP CB_TEST_TOLD_SHOP
#define ASKED CB_TEST_TOLD_ASKED
#define NEWS "521fc6ecee194c669df48bcdd8e07aa5"
#define DAY (24 * 60 * 60 * CB_US_PER_SECOND)

static void
expect_contact (CbTestService *book,
                const char *op,
                const char *channel,
                const char *verdict,
                const char *next)
{
  const CbContactWish wish = { op, "news", channel, CB_CIRCUMSTANCE_NONE };
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (cb_told_write_contact (book->service, MARA, &wish, reply, &error), ==,
                   CB_WISH_JUDGED);
  g_assert_no_error (error);
  answer = json_tokener_parse (reply->str);
  g_assert_cmpstr (cb_json_get_string (answer, "verdict"), ==, verdict);
  g_assert_cmpstr (cb_json_get_string (answer, "next"), ==, next);
}

static guint
count_contacts (CbTestService *book)
{
  CbStorage *storage = cb_service_get_storage (book->service);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbToldRow) told = storage->methods->read_told (storage, MARA, &error);

  g_assert_no_error (error);
  return told->contacts->len;
}

static void
test_as_often_as_agreed (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();

  cb_test_told_grant_bound (book, "[{\"channel\":\"email\",\"at_most\":2,\"per_days\":30}]",
                            "null");
  cb_test_told_grant (book, NULL, "news", "phone");
  expect_contact (book, ALL, "email", "allowed", NULL);
  cb_clock_advance (book->clock, DAY);
  expect_contact (book, SHOP, "email", "allowed", NULL);
  expect_contact (book, ASKED, "email", "too-often", "2026-12-21T18:04:05.000Z");
  /* A limit on one way is none on another. */
  expect_contact (book, NEWS, "phone", "allowed", NULL);
  g_assert_cmpuint (count_contacts (book), ==, 3);
  cb_clock_advance (book->clock, 29 * DAY - 1);
  expect_contact (book, ASKED, "email", "too-often", "2026-12-21T18:04:05.000Z");
  cb_clock_advance (book->clock, 1);
  expect_contact (book, ASKED, "email", "allowed", NULL);
}

/* Whoever only looks is not counted, and hears no. */
static void
test_looking_is_not_counted (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();

  cb_test_told_grant_bound (book, "[{\"channel\":\"email\",\"at_most\":2,\"per_days\":30}]",
                            "null");
  cb_test_told_expect (book, "news", "email", "too-often");
  expect_contact (book, ALL, "email", "allowed", NULL);
  cb_test_told_expect (book, "news", "email", "too-often");
  expect_contact (book, SHOP, "email", "allowed", NULL);
}

/* A limit on all ways counts them all. */
static void
test_as_often_by_any_way (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();

  cb_test_told_grant_bound (book, "[{\"channel\":null,\"at_most\":1,\"per_days\":7}]", "null");
  cb_test_told_grant (book, NULL, "news", "phone");
  expect_contact (book, ALL, "phone", "allowed", NULL);
  expect_contact (book, SHOP, "email", "too-often", "2026-11-28T18:04:05.000Z");
}

static void
test_contact_again (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  const CbContactWish other = { ALL, "news", "phone", CB_CIRCUMSTANCE_NONE };
  g_autoptr (GString) reply = g_string_new (NULL);

  cb_test_told_grant_bound (book, "[{\"channel\":\"email\",\"at_most\":1,\"per_days\":30}]",
                            "null");
  expect_contact (book, ALL, "email", "allowed", NULL);
  expect_contact (book, ALL, "email", "allowed", NULL);
  g_assert_cmpuint (count_contacts (book), ==, 1);
  expect_contact (book, SHOP, "email", "too-often", "2026-12-21T18:04:05.000Z");
  g_assert_cmpint (cb_told_write_contact (book->service, MARA, &other, reply, NULL), ==,
                   CB_WISH_ID_USED);
  g_assert_cmpuint (reply->len, ==, 0);
  g_assert_cmpuint (count_contacts (book), ==, 1);
}

/* What is a no is no contact, and nothing is kept of whoever is not there. */
static void
test_no_is_no_contact (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();

  expect_contact (book, ALL, "email", "not-asked", NULL);
  g_assert_cmpuint (count_contacts (book), ==, 0);
  cb_test_told_grant (book, NULL, "news", "email");
  expect_contact (book, ALL, "email", "allowed", NULL);
  cb_test_service_expect (book, cb_test_erase (NULL, MARA), "applied");
  g_assert_cmpuint (count_contacts (book), ==, 0);
  expect_contact (book, SHOP, "email", "not-asked", NULL);
  g_assert_cmpuint (count_contacts (book), ==, 0);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

static gpointer
erase_meanwhile (gpointer data)
{
  CbTestService *book = data;
  g_autoptr (CbService) service = cb_test_service_open_other (book);
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_service_erase (service, MARA, &error));
  g_assert_no_error (error);
  return NULL;
}

/* Whom a contact is being written down of is erased at the same time: that waits, and leaves
 * nothing of it. */
static void
test_erased_meanwhile (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  CbStorage *storage = cb_service_get_storage (book->service);
  const CbContactRow row = { ALL, "news", "email", 1 };
  g_autoptr (GError) error = NULL;
  GThread *thread = NULL;

  cb_test_told_grant (book, NULL, "news", "email");
  g_assert_true (storage->methods->begin (storage, NULL, NULL, &error));
  g_assert_true (storage->methods->lock_customer (storage, MARA, &error));
  thread = g_thread_new ("eraser", erase_meanwhile, book);
  g_usleep (300 * G_TIME_SPAN_MILLISECOND);
  g_assert_true (storage->methods->add_contact (storage, MARA, &row, &error));
  g_assert_true (storage->methods->commit (storage, NULL, &error));
  g_assert_no_error (error);
  g_thread_join (thread);
  g_assert_cmpuint (count_contacts (book), ==, 0);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

#define N_SYSTEMS 4

typedef struct
{
  CbTestService *book;
  guint n_allowed;
} Sender;

static gpointer
send_ten (gpointer data)
{
  Sender *sender = data;
  g_autoptr (CbService) service = cb_test_service_open_other (sender->book);

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *op = cb_id_new ();
      const CbContactWish wish = { op, "news", "email", CB_CIRCUMSTANCE_NONE };
      g_autoptr (GString) reply = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (cb_told_write_contact (service, MARA, &wish, reply, &error), ==,
                       CB_WISH_JUDGED);
      g_assert_no_error (error);
      sender->n_allowed += g_str_has_prefix (reply->str, "{\"allowed\":true,");
    }
  return NULL;
}

/* However many systems want to at the same time, together they contact nobody more often. */
static void
test_many_at_once (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  Sender senders[N_SYSTEMS];
  GThread *threads[N_SYSTEMS];
  guint n_allowed = 0;

  cb_test_told_grant_bound (book, "[{\"channel\":\"email\",\"at_most\":10,\"per_days\":30}]",
                            "null");
  for (guint i = 0; i < N_SYSTEMS; i++)
    {
      senders[i] = (Sender){ .book = book };
      threads[i] = g_thread_new ("sender", send_ten, &senders[i]);
    }
  for (guint i = 0; i < N_SYSTEMS; i++)
    {
      g_thread_join (threads[i]);
      n_allowed += senders[i].n_allowed;
    }
  g_assert_cmpuint (n_allowed, ==, 10);
  g_assert_cmpuint (count_contacts (book), ==, 10);
}

static void
test_contacts_are_forgotten (void)
{
  g_autoptr (CbTestService) book = cb_test_told_new_book ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  cb_test_told_grant (book, NULL, "news", "email");
  expect_contact (book, ALL, "email", "allowed", NULL);
  cb_clock_advance (book->clock, 365 * DAY - 1);
  before = cb_admission_make_code (book->service, "Port Halden", NULL);
  g_assert_cmpuint (count_contacts (book), ==, 1);
  cb_clock_advance (book->clock, 1);
  after = cb_admission_make_code (book->service, "Port Halden", NULL);
  g_assert_cmpuint (count_contacts (book), ==, 0);
}

#define ADD(path, function) g_test_add_func ("/contact/" path, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("as-often-as-agreed", test_as_often_as_agreed);
  ADD ("by-any-way-counts", test_as_often_by_any_way);
  ADD ("said-twice-is-once", test_contact_again);
  ADD ("many-at-once-are-counted", test_many_at_once);
  ADD ("a-no-is-none", test_no_is_no_contact);
  ADD ("looking-is-not-counted", test_looking_is_not_counted);
  ADD ("goes-with-whoever-is-erased-meanwhile", test_erased_meanwhile);
  ADD ("is-forgotten-in-time", test_contacts_are_forgotten);

  return g_test_run ();
}
