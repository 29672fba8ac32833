/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-service.h"

#include <string.h>

/* One customer and what is said of them. */
typedef struct
{
  CbTestService *book;
  char *customer;
} Visit;

static void
visit_clear (Visit *visit)
{
  g_assert_cmpuint (cb_test_service_count_problems (visit->book), ==, 0);
  cb_test_service_free (visit->book);
  g_free (visit->customer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Visit, visit_clear)

static Visit
visit_new (void)
{
  return (Visit){ .book = cb_test_service_new (), .customer = cb_id_new () };
}

/* Says yes; the id of the yes. Free it. */
static char *
agree (Visit *visit, const char *purpose, const char *saw)
{
  g_autofree char *op = cb_id_new ();

  cb_test_service_expect (
    visit->book, cb_test_grant (op, visit->customer, purpose, "*", "tapped", saw), "applied");
  return g_steal_pointer (&op);
}

/* Says no more; the id of the withdrawal. Free it. */
static char *
withdraw (Visit *visit, const char *purpose)
{
  g_autofree char *op = cb_id_new ();

  cb_test_service_expect (visit->book, cb_test_withdraw (op, visit->customer, purpose, "*"),
                          "applied");
  return g_steal_pointer (&op);
}

static void
note (Visit *visit,
      const char *scope,
      const char *purpose,
      const char *grant,
      const char *text,
      const char *answer)
{
  g_autofree char *id = cb_id_new ();
  const CbTestPut put = { .customer = visit->customer,
                          .scope = scope,
                          .purpose = purpose,
                          .grant = grant,
                          .text = text };

  cb_test_service_expect (visit->book, cb_test_note (id, &put), answer);
}

static void
card (Visit *visit, const char *scope, const char *purpose, const char *grant, const char *answer)
{
  const CbTestPut put = { .customer = visit->customer,
                          .scope = scope,
                          .purpose = purpose,
                          .grant = grant,
                          .text = "Mara" };

  cb_test_service_expect (visit->book, cb_test_card (&put), answer);
}

static gboolean
dump_has (Visit *visit, const char *text)
{
  g_autofree char *dump = cb_test_service_dump (visit->book);

  return strstr (dump, text) != NULL;
}

/* --- what a yes carries --- */

static void
test_nothing_without_a_yes (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *invented = cb_id_new ();

  note (&visit, "store", NULL, NULL, "CANARY", "refused:consent_missing");
  note (&visit, "store", "shop", invented, "CANARY", "refused:consent_missing");
  card (&visit, "store", "shop", invented, "refused:consent_missing");
  g_assert_cmpuint (cb_test_service_count (visit.book, NULL), ==, 0);
}

static void
test_shop_carries_the_shop_alone (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);

  note (&visit, "store", "shop", shop, "38 narrow", "applied");
  card (&visit, "store", "shop", shop, "applied");
  note (&visit, "company", "shop", shop, "CANARY", "refused:consent_missing");
  note (&visit, "request", "shop", shop, "CANARY", "refused:consent_missing");
  note (&visit, "company", "everywhere", shop, "CANARY", "refused:consent_missing");
  g_assert_false (dump_has (&visit, "CANARY"));
}

static void
test_everywhere_carries_both (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *everywhere = agree (&visit, "everywhere", NULL);

  note (&visit, "store", "everywhere", everywhere, "38 narrow", "applied");
  note (&visit, "company", "everywhere", everywhere, "navy", "applied");
  card (&visit, "company", "everywhere", everywhere, "applied");
  note (&visit, "request", "everywhere", everywhere, "x", "refused:consent_missing");
}

/* A request rests on what was asked for and on nothing else, moves on from the version it names,
 * and is deleted with what it rests on. */
static void
test_request_rests_on_itself (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *id = cb_id_new ();
  g_autofree char *first = cb_id_new ();
  g_autofree char *second = cb_id_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *asked = agree (&visit, "asked", NULL);
  g_autofree char *taken_back = NULL;
  CbTestPut put = { .op = first,
                    .customer = visit.customer,
                    .scope = "request",
                    .purpose = "shop",
                    .grant = shop,
                    .text = "CANARY boots" };

  cb_test_service_expect (visit.book, cb_test_request (id, &put), "refused:consent_missing");
  put.purpose = "asked";
  put.grant = asked;
  cb_test_service_expect (visit.book, cb_test_request (id, &put), "applied");
  put.op = second;
  cb_test_service_expect (visit.book, cb_test_request (id, &put), "conflict");
  put.base = first;
  cb_test_service_expect (visit.book, cb_test_request (id, &put), "applied");
  g_assert_true (dump_has (&visit, "\"kind\":\"request\""));
  taken_back = withdraw (&visit, "asked");
  g_assert_false (dump_has (&visit, "CANARY"));
}

/* A basis that calls one yes by another's name names none. */
static void
test_basis_is_what_it_says (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *everywhere = agree (&visit, "everywhere", NULL);

  note (&visit, "store", "shop", everywhere, "CANARY", "refused:consent_missing");
  note (&visit, "store", "everywhere", shop, "CANARY", "refused:consent_missing");
}

static void
test_request_carries_requests (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *op = cb_id_new ();

  cb_test_service_expect (
    visit.book, cb_test_grant (op, visit.customer, "asked", "*", "request", NULL), "applied");
  note (&visit, "request", "asked", op, "hold the boots", "applied");
  note (&visit, "store", "asked", op, "x", "refused:consent_missing");
}

static void
test_nothing_rests_on_news (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *news = agree (&visit, "news", NULL);

  note (&visit, "store", "news", news, "x", "refused:schema_invalid");
  note (&visit, "store", "shop", news, "x", "refused:consent_missing");
}

static void
test_spoken_suffices_for_the_shop_alone (void)
{
  g_auto (Visit) visit = visit_new ();
  const char *const too_wide[] = { "everywhere", "news", "invitations" };

  cb_test_service_expect (
    visit.book, cb_test_grant (NULL, visit.customer, "shop", "*", "spoken", NULL), "applied");
  for (guint i = 0; i < G_N_ELEMENTS (too_wide); i++)
    cb_test_service_expect (visit.book,
                            cb_test_grant (NULL, visit.customer, too_wide[i], "*", "spoken", NULL),
                            "refused:schema_invalid");
}

#define BY_GUARDIAN(method, proof)                                                                    \
  "{\"purpose\":\"shop\",\"channel\":null,\"evidence\":{\"entity\":\"guardian\",\"method\":\"" method \
  "\",\"notice\":\"counter\",\"version\":1,\"language\":\"en\",\"proof\":" proof "}}"

static void
test_guardian_is_told_from_the_customer (void)
{
  static const struct
  {
    const char *body;
    const char *answer;
  } rows[] = {
    { BY_GUARDIAN ("spoken", "\"form 17\""), "refused:schema_invalid" },
    { BY_GUARDIAN ("signed", "null"), "refused:schema_invalid" },
    { BY_GUARDIAN ("signed", "\"form 17\""), "applied" },
  };
  g_auto (Visit) visit = visit_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *yes = cb_test_grant (NULL, visit.customer, "shop", "*", "signed", NULL);

      cb_test_service_expect (visit.book, cb_test_op_with (yes, "body", rows[i].body),
                              rows[i].answer);
    }
}

static void
test_yes_of_another_customer_does_not_count (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);

  g_free (visit.customer);
  visit.customer = cb_id_new ();
  note (&visit, "store", "shop", shop, "CANARY", "refused:consent_missing");
}

static void
test_yes_of_another_shop_does_not_count (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);

  cb_test_service_set_store (visit.book, "Lower Quay");
  note (&visit, "store", "shop", shop, "CANARY", "refused:consent_missing");
}

static void
test_older_yes_still_counts (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *first = agree (&visit, "shop", NULL);
  g_autofree char *second = agree (&visit, "shop", NULL);

  note (&visit, "store", "shop", first, "a", "applied");
  note (&visit, "store", "shop", second, "b", "applied");
}

/* --- withdrawal --- */

static void
test_withdrawal_deletes_what_rested_on_it (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *over = NULL;

  note (&visit, "store", "shop", shop, "CANARY", "applied");
  card (&visit, "store", "shop", shop, "applied");
  over = withdraw (&visit, "shop");
  g_assert_false (dump_has (&visit, "CANARY"));
  g_assert_false (dump_has (&visit, "Mara"));
  g_assert_false (dump_has (&visit, "R-EVIDENCE"));
  g_assert_true (dump_has (&visit, "\"state\":\"withdrawn\""));
  g_assert_true (dump_has (&visit, over));
  g_assert_cmpuint (cb_test_service_count (visit.book, NULL), ==, 1);
  note (&visit, "store", "shop", shop, "CANARY", "refused:consent_withdrawn");
}

static void
test_withdrawal_of_everywhere_falls_back_to_the_shop (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *everywhere = agree (&visit, "everywhere", NULL);
  g_autofree char *over = NULL;
  g_autofree char *dump = NULL;

  note (&visit, "store", "everywhere", everywhere, "STAYS", "applied");
  note (&visit, "company", "everywhere", everywhere, "GOES", "applied");
  card (&visit, "company", "everywhere", everywhere, "applied");
  over = withdraw (&visit, "everywhere");
  dump = cb_test_service_dump (visit.book);
  g_assert_nonnull (strstr (dump, "STAYS"));
  g_assert_null (strstr (dump, "GOES"));
  g_assert_nonnull (strstr (dump, "Mara"));
  g_assert_null (
    strstr (dump, "\"scope\":\"company\",\"store\":\"Port Halden\",\"purpose\":\"shop\""));
  g_assert_nonnull (strstr (dump, "\"kind\":\"customer\",\"customer\":"));
  g_assert_cmpuint (cb_test_service_count (visit.book, NULL), ==, 4);
}

static void
test_withdrawal_of_everywhere_without_the_shop_deletes_all (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *everywhere = agree (&visit, "everywhere", NULL);
  g_autofree char *over = NULL;

  note (&visit, "store", "everywhere", everywhere, "GOES", "applied");
  card (&visit, "company", "everywhere", everywhere, "applied");
  over = withdraw (&visit, "everywhere");
  g_assert_cmpuint (cb_test_service_count (visit.book, NULL), ==, 1);
}

static void
test_withdrawal_leaves_other_purposes (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *news = agree (&visit, "news", NULL);
  g_autofree char *over = withdraw (&visit, "news");

  note (&visit, "store", "shop", shop, "STAYS", "applied");
  g_assert_true (dump_has (&visit, "STAYS"));
}

static void
test_stale_yes_is_refused (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *first = withdraw (&visit, "shop");
  g_autofree char *again = NULL;
  g_autofree char *second = NULL;

  cb_test_service_expect (visit.book,
                          cb_test_grant (NULL, visit.customer, "shop", "*", "tapped", NULL),
                          "refused:stale_grant");
  again = agree (&visit, "shop", first);
  note (&visit, "store", "shop", again, "a", "applied");
  note (&visit, "store", "shop", shop, "a", "refused:consent_withdrawn");
  second = withdraw (&visit, "shop");
  cb_test_service_expect (visit.book,
                          cb_test_grant (NULL, visit.customer, "shop", "*", "tapped", first),
                          "refused:stale_grant");
}

static void
test_late_withdrawal_spares_the_yes_that_saw_it (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *over = cb_id_new ();
  g_autofree char *before = agree (&visit, "shop", NULL);
  g_autofree char *after = agree (&visit, "shop", over);

  note (&visit, "store", "shop", before, "GOES", "applied");
  note (&visit, "store", "shop", after, "STAYS", "applied");
  cb_test_service_expect (visit.book, cb_test_withdraw (over, visit.customer, "shop", "*"),
                          "applied");
  g_assert_false (dump_has (&visit, "GOES"));
  g_assert_true (dump_has (&visit, "STAYS"));
  g_assert_true (dump_has (&visit, "\"state\":\"given\""));
  note (&visit, "store", "shop", after, "b", "applied");
}

static void
test_withdrawal_of_the_unknown_is_taken (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *over = withdraw (&visit, "shop");

  cb_test_service_expect (visit.book,
                          cb_test_grant (NULL, visit.customer, "shop", "*", "tapped", NULL),
                          "refused:stale_grant");
  cb_test_service_expect (
    visit.book, cb_test_withdraw (NULL, visit.customer, "purpose-of-tomorrow", "*"), "applied");
}

static void
test_channels_are_answered_one_by_one (void)
{
  g_auto (Visit) visit = visit_new ();
  CbTestService *book = visit.book;
  g_autofree char *over = cb_id_new ();

  cb_test_service_expect (
    book, cb_test_grant (NULL, visit.customer, "news", "email", "tapped", NULL), "applied");
  cb_test_service_expect (book, cb_test_grant (NULL, visit.customer, "news", "sms", "tapped", NULL),
                          "applied");
  cb_test_service_expect (book, cb_test_withdraw (over, visit.customer, "news", "email"),
                          "applied");
  g_assert_true (dump_has (&visit, "\"state\":\"given\",\"channel\":\"sms\""));
  g_assert_true (dump_has (&visit, "\"state\":\"withdrawn\",\"channel\":\"email\""));

  /* The channel's next yes names the channel's own withdrawal, also when all news ended later. */
  cb_test_service_expect (book, cb_test_withdraw (NULL, visit.customer, "news", "*"), "applied");
  cb_test_service_expect (
    book, cb_test_grant (NULL, visit.customer, "news", "email", "tapped", over), "applied");

  /* No more news at all. */
  cb_test_service_expect (book, cb_test_withdraw (NULL, visit.customer, "news", "*"), "applied");
  g_assert_false (dump_has (&visit, "\"state\":\"given\""));
}

/* --- a no --- */

static void
test_no_is_kept (void)
{
  g_auto (Visit) visit = visit_new ();

  cb_test_service_expect (visit.book, cb_test_refuse (NULL, visit.customer, "everywhere", "*"),
                          "applied");
  g_assert_true (dump_has (&visit, "\"state\":\"refused\""));
  g_free (agree (&visit, "everywhere", NULL));
  g_assert_true (dump_has (&visit, "\"state\":\"given\""));
}

static void
test_no_to_something_given_ends_it (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *no = cb_id_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);

  note (&visit, "store", "shop", shop, "GOES", "applied");
  cb_test_service_expect (visit.book, cb_test_refuse (no, visit.customer, "shop", "*"), "applied");
  g_assert_false (dump_has (&visit, "GOES"));
  g_assert_false (dump_has (&visit, "R-EVIDENCE"));
  cb_test_service_expect (visit.book,
                          cb_test_grant (NULL, visit.customer, "shop", "*", "tapped", NULL),
                          "refused:stale_grant");
  g_free (agree (&visit, "shop", no));
}

/* --- erasure --- */

static void
test_erasure_removes_everything_for_ever (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *early = cb_test_grant (NULL, visit.customer, "news", "*", "tapped", NULL);
  g_autofree char *ledger = g_build_filename (visit.book->directory, "erasures.log", NULL);
  g_autofree char *text = NULL;

  cb_test_service_expect (visit.book, g_strdup (early), "applied");
  note (&visit, "store", "shop", shop, "CANARY", "applied");
  cb_test_service_expect (visit.book, cb_test_erase (NULL, visit.customer), "applied");
  g_assert_cmpuint (cb_test_service_count (visit.book, NULL), ==, 0);

  note (&visit, "store", "shop", shop, "CANARY", "gone");
  cb_test_service_expect (
    visit.book, cb_test_grant (NULL, visit.customer, "shop", "*", "tapped", NULL), "gone");
  cb_test_service_expect (visit.book, cb_test_withdraw (NULL, visit.customer, "shop", "*"), "gone");
  /* A duplicate must not hide that its customer is gone. */
  cb_test_service_expect (visit.book, g_strdup (early), "gone");
  cb_test_service_expect (visit.book, cb_test_erase (NULL, visit.customer), "applied");

  g_assert_true (g_file_get_contents (ledger, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, visit.customer));
}

static void
test_erasure_of_the_unknown_is_taken (void)
{
  g_auto (Visit) visit = visit_new ();

  cb_test_service_expect (visit.book, cb_test_erase (NULL, visit.customer), "applied");
  cb_test_service_expect (
    visit.book, cb_test_grant (NULL, visit.customer, "shop", "*", "tapped", NULL), "gone");
}

static void
test_ledger_is_replayed (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *ledger = g_build_filename (visit.book->directory, "erasures.log", NULL);
  g_autofree char *text = g_strdup_printf ("half a li\n%s 7\n", visit.customer);

  note (&visit, "store", "shop", shop, "CANARY", "applied");
  g_assert_true (g_file_set_contents (ledger, text, -1, NULL));
  cb_test_service_reopen (visit.book);
  g_assert_cmpuint (cb_test_service_count (visit.book, NULL), ==, 0);
  note (&visit, "store", "shop", shop, "CANARY", "gone");
}

/* --- versions --- */

static void
test_same_operation_has_one_effect (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *id = cb_id_new ();
  g_autofree char *op = cb_id_new ();
  CbTestPut put = { .op = op,
                    .customer = visit.customer,
                    .scope = "store",
                    .purpose = "shop",
                    .grant = shop,
                    .text = "first" };

  cb_test_service_expect (visit.book, cb_test_note (id, &put), "applied");
  cb_test_service_expect (visit.book, cb_test_note (id, &put), "duplicate");
  put.text = "other";
  cb_test_service_expect (visit.book, cb_test_note (id, &put), "refused:id_reuse");
  g_assert_true (dump_has (&visit, "first"));
  g_assert_false (dump_has (&visit, "other"));
}

static void
test_edit_names_the_version_it_saw (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *id = cb_id_new ();
  g_autofree char *first = cb_id_new ();
  g_autofree char *second = cb_id_new ();
  CbTestPut put = { .op = first,
                    .customer = visit.customer,
                    .scope = "store",
                    .purpose = "shop",
                    .grant = shop,
                    .base = second,
                    .text = "first" };

  /* What the service never had may rest on any version. */
  cb_test_service_expect (visit.book, cb_test_note (id, &put), "applied");
  put.op = second;
  put.base = first;
  put.text = "second";
  cb_test_service_expect (visit.book, cb_test_note (id, &put), "applied");

  put.op = NULL;
  put.text = "third";
  cb_test_service_expect (visit.book, cb_test_note (id, &put), "conflict");
  g_assert_nonnull (strstr (visit.book->reply->str, "\"text\":\"second\""));
  g_assert_nonnull (strstr (visit.book->reply->str, second));
  put.base = NULL;
  cb_test_service_expect (visit.book, cb_test_note (id, &put), "conflict");
  g_assert_false (dump_has (&visit, "third"));
}

static void
test_another_shops_record_is_neither_changed_nor_told (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *here = agree (&visit, "shop", NULL);
  g_autofree char *id = cb_id_new ();
  g_autofree char *there = NULL;
  CbTestPut put = { .customer = visit.customer,
                    .scope = "store",
                    .purpose = "shop",
                    .grant = here,
                    .text = "SECRET" };

  cb_test_service_expect (visit.book, cb_test_note (id, &put), "applied");
  cb_test_service_set_store (visit.book, "Lower Quay");
  there = agree (&visit, "shop", NULL);
  put.grant = there;
  put.text = "other";
  cb_test_service_expect (visit.book, cb_test_note (id, &put), "refused:forbidden");
  g_assert_null (strstr (visit.book->reply->str, "SECRET"));
}

static void
test_unknown_members_survive (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  g_autofree char *id = cb_id_new ();
  const CbTestPut put = { .customer = visit.customer,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = shop,
                          .text = "x" };
  g_autofree char *plain = cb_test_note (id, &put);
  g_auto (GStrv) halves = g_strsplit (plain, "\"text\":\"x\"", 2);
  const char *odd = "\"text\":\"x\",\"later\" : [1.50e+3, {\"a\":\"\\u00e9\"}]";

  cb_test_service_expect (visit.book, g_strjoinv (odd, halves), "applied");
  g_assert_true (dump_has (&visit, odd));
}

/* --- batches --- */

static void
test_one_bad_line_spoils_one_operation (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *shop = agree (&visit, "shop", NULL);
  GString *text = g_string_new (NULL);
  g_autoptr (CbAckList) list = NULL;
  guint n_applied = 0;

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *id = cb_id_new ();
      const CbTestPut put = { .customer = visit.customer,
                              .scope = "store",
                              .purpose = "shop",
                              .grant = shop,
                              .text = "n" };
      g_autofree char *line = cb_test_note (id, &put);

      g_string_append_printf (text, "%.*s\n", i == 250 ? 40 : G_MAXINT, line);
    }
  list = cb_test_service_push (visit.book, text->str);
  g_string_free (text, TRUE);
  g_assert_true (list->is_complete);
  g_assert_cmpuint (list->acks->len, ==, 500);
  for (guint i = 0; i < list->acks->len; i++)
    n_applied += ((CbAck *) list->acks->pdata[i])->state == CB_ACK_APPLIED;
  g_assert_cmpuint (n_applied, ==, 499);
  g_assert_cmpint (((CbAck *) list->acks->pdata[250])->state, ==, CB_ACK_REFUSED);
  g_assert_cmpuint (((CbAck *) list->acks->pdata[250])->line, ==, 251);
  g_assert_cmpuint (cb_test_service_count (visit.book, NULL), ==, 500);
}

static void
test_yes_and_what_rests_on_it_in_one_batch (void)
{
  g_auto (Visit) visit = visit_new ();
  g_autofree char *op = cb_id_new ();
  g_autofree char *id = cb_id_new ();
  const CbTestPut put = { .customer = visit.customer,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = op,
                          .text = "GOES" };
  g_autofree char *yes = cb_test_grant (op, visit.customer, "shop", "*", "spoken", NULL);
  g_autofree char *said = cb_test_note (id, &put);
  g_autofree char *over = cb_test_withdraw (NULL, visit.customer, "shop", "*");
  g_autofree char *text = g_strjoin ("\n", yes, said, over, NULL);
  g_autoptr (CbAckList) list = cb_test_service_push (visit.book, text);

  g_assert_cmpuint (list->acks->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (((CbAck *) list->acks->pdata[i])->state, ==, CB_ACK_APPLIED);
  g_assert_cmpint (list->head, ==, 3);
  g_assert_false (dump_has (&visit, "GOES"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add_func ("/service/rules/" path, func)
  ADD ("nothing-without-a-yes", test_nothing_without_a_yes);
  ADD ("shop-carries-the-shop-alone", test_shop_carries_the_shop_alone);
  ADD ("everywhere-carries-both", test_everywhere_carries_both);
  ADD ("request-rests-on-itself", test_request_rests_on_itself);
  ADD ("a-basis-is-what-it-says", test_basis_is_what_it_says);
  ADD ("a-request-carries-requests", test_request_carries_requests);
  ADD ("nothing-rests-on-news", test_nothing_rests_on_news);
  ADD ("spoken-suffices-for-the-shop-alone", test_spoken_suffices_for_the_shop_alone);
  ADD ("guardian-is-told-from-the-customer", test_guardian_is_told_from_the_customer);
  ADD ("a-yes-of-another-customer-does-not-count", test_yes_of_another_customer_does_not_count);
  ADD ("a-yes-of-another-shop-does-not-count", test_yes_of_another_shop_does_not_count);
  ADD ("an-older-yes-still-counts", test_older_yes_still_counts);
  ADD ("withdrawal/deletes-what-rested-on-it", test_withdrawal_deletes_what_rested_on_it);
  ADD ("withdrawal/of-everywhere-falls-back-to-the-shop",
       test_withdrawal_of_everywhere_falls_back_to_the_shop);
  ADD ("withdrawal/of-everywhere-without-the-shop-deletes-all",
       test_withdrawal_of_everywhere_without_the_shop_deletes_all);
  ADD ("withdrawal/leaves-other-purposes", test_withdrawal_leaves_other_purposes);
  ADD ("withdrawal/stale-yes-is-refused", test_stale_yes_is_refused);
  ADD ("withdrawal/late-one-spares-the-yes-that-saw-it",
       test_late_withdrawal_spares_the_yes_that_saw_it);
  ADD ("withdrawal/of-the-unknown-is-taken", test_withdrawal_of_the_unknown_is_taken);
  ADD ("channels-are-answered-one-by-one", test_channels_are_answered_one_by_one);
  ADD ("a-no-is-kept", test_no_is_kept);
  ADD ("a-no-to-something-given-ends-it", test_no_to_something_given_ends_it);
  ADD ("erasure/removes-everything-for-ever", test_erasure_removes_everything_for_ever);
  ADD ("erasure/of-the-unknown-is-taken", test_erasure_of_the_unknown_is_taken);
  ADD ("erasure/ledger-is-replayed", test_ledger_is_replayed);
  ADD ("same-operation-has-one-effect", test_same_operation_has_one_effect);
  ADD ("an-edit-names-the-version-it-saw", test_edit_names_the_version_it_saw);
  ADD ("another-shops-record-is-neither-changed-nor-told",
       test_another_shops_record_is_neither_changed_nor_told);
  ADD ("unknown-members-survive", test_unknown_members_survive);
  ADD ("batch/one-bad-line-spoils-one-operation", test_one_bad_line_spoils_one_operation);
  ADD ("batch/yes-and-what-rests-on-it", test_yes_and_what_rests_on_it_in_one_batch);
#undef ADD

  return g_test_run ();
}
