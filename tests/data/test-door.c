/* SPDX-License-Identifier: Apache-2.0 */

/* Whatever SQL a stranger brings, the door shows nothing but what may leave. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "db/cb-db.h"
#include "store/cb-door.h"

typedef struct
{
  const char *what;
  const char *sql;
} Attempt;

/* Each of these gets past a lock that only looks at the name of a view, or at columns. */
static const Attempt attempts[] = {
  { "plain note", "SELECT body FROM note" },
  { "plain customer", "SELECT card FROM customer" },
  { "customer's key", "SELECT key FROM customer" },
  { "contacts", "SELECT value, local_hash FROM contact" },
  { "who has which address", "SELECT customer, local_hash FROM contact" },
  { "the list of opt-outs", "SELECT chain_hash FROM suppression" },
  { "whom it means", "SELECT customer FROM suppressed_now" },
  { "preferences", "SELECT body FROM preference" },
  { "drafts", "SELECT body FROM draft" },
  { "consent history", "SELECT proof FROM consent_event" },
  { "staff", "SELECT pin_hash FROM staff" },
  { "store's keys", "SELECT wrapped FROM vault_key" },
  { "audit", "SELECT customer FROM audit" },
  { "held bytes past the view", "SELECT bytes FROM outbox" },
  { "their text", "SELECT theirs FROM outbox" },
  { "row count", "SELECT count(*) FROM note" },
  { "joined without a column", "SELECT l.op_id FROM leaving AS l JOIN note" },
  { "crossed without a column", "SELECT l.op_id FROM leaving AS l, customer" },
  { "exists", "SELECT op_id FROM leaving WHERE EXISTS (SELECT 1 FROM note)" },
  { "scalar subquery", "SELECT (SELECT body FROM note LIMIT 1) FROM leaving" },
  { "union", "SELECT bytes FROM leaving UNION ALL SELECT body FROM note" },
  { "recursive",
    "WITH RECURSIVE r(x) AS (SELECT body FROM note UNION ALL SELECT x FROM r) SELECT x FROM r" },
  { "nested view", "SELECT * FROM permission_now" },
  { "innermost view", "SELECT * FROM consent_now" },
  { "schema", "SELECT sql FROM sqlite_schema" },
  { "temp view", "CREATE TEMP VIEW leaving AS SELECT body AS bytes FROM note" },
  { "temp table", "CREATE TEMP TABLE t AS SELECT body FROM note" },
  { "trigger", "CREATE TEMP TRIGGER t AFTER UPDATE ON outbox BEGIN SELECT 1; END" },
  { "attach", "ATTACH ':memory:' AS other" },
  { "pragma", "PRAGMA writable_schema=ON" },
  { "function", "SELECT load_extension('x')" },
  { "update a note", "UPDATE note SET ends_us = 0" },
  { "rewrite bytes", "UPDATE outbox SET bytes = x'00'" },
  { "free what is held", "UPDATE outbox SET purpose = 'asked'" },
  { "insert", "INSERT INTO outbox (op_id) VALUES ('x')" },
  { "delete", "DELETE FROM outbox" },
  { "returning", "UPDATE outbox SET state = 'sent' RETURNING bytes" },
};

/* To an authorizer these names are the views' own: the third lock is for the third of them, which
 * the second can't tell from the real one. */
static const Attempt spoofs[] = {
  { "spoofed with", "WITH leaving AS (SELECT body AS bytes FROM note) SELECT bytes FROM leaving" },
  { "spoofed nested",
    "WITH basis_now AS (SELECT proof FROM consent_event) SELECT proof FROM basis_now" },
  { "spoofed past the verdict",
    "WITH leaving AS (SELECT bytes FROM outbox) SELECT bytes FROM leaving" },
  { "the view itself", "SELECT op_id, bytes FROM leaving" },
  { "spoofed list",
    "WITH suppressed_now AS (SELECT value FROM contact) SELECT value FROM suppressed_now" },
};

static void
assert_refused (CbDoor *door, const Attempt *attempt, gboolean sealed)
{
  g_autoptr (GError) error = NULL;

  if (cb_door_try (door, attempt->sql, sealed, &error))
    {
      g_test_message ("the door let through: %s (%s)", attempt->what,
                      sealed ? "sealed" : "compiling");
      g_test_fail ();
      return;
    }
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
}

static void
test_strangers (void)
{
  CbTestBook test = { 0 };
  g_autoptr (CbDoor) door = NULL;
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", "m@example.com", NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  door = cb_door_open (test.home, test.clock, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
    {
      assert_refused (door, &attempts[i], TRUE);
      assert_refused (door, &attempts[i], FALSE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (spoofs); i++)
    assert_refused (door, &spoofs[i], TRUE);
  g_clear_object (&door);
  cb_test_book_tear_down (&test);
}

/* The tests above would prove nothing if the locks refused everything always. */
static void
test_locks_are_real (void)
{
  CbTestBook test = { 0 };
  g_autoptr (CbDoor) door = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  door = cb_door_open (test.home, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_door_try (door, "SELECT op_id, bytes FROM leaving", FALSE, &error));
  g_assert_no_error (error);
  g_assert_true (cb_door_try (door, spoofs[2].sql, FALSE, &error));
  g_clear_object (&door);
  cb_test_book_tear_down (&test);
}

/* SQLite compiles statements anew by itself when the schema changes: the door must survive that. */
static void
test_schema_change (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) other = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  path = g_build_filename (test.home, "counterbook.db", NULL);
  other = cb_db_open (path, FALSE, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_db_run (other, "CREATE TABLE extra (x INTEGER) STRICT", &error));
  g_clear_object (&other);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 2);
  cb_test_book_tear_down (&test);
}

static void
test_one_syncer (void)
{
  CbTestBook test = { 0 };
  g_autoptr (CbBook) other = NULL;
  g_autoptr (CbBatch) mine = NULL;
  g_autoptr (CbBatch) theirs = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  other = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  mine = cb_book_take_batch (test.book, 10, 1000, &error);
  g_assert_no_error (error);
  theirs = cb_book_take_batch (other, 10, 1000, &error);
  g_assert_null (theirs);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  g_clear_error (&error);
  cb_book_end_sync (test.book);
  theirs = cb_book_take_batch (other, 10, 1000, &error);
  g_assert_no_error (error);
  g_clear_object (&other);
  cb_test_book_tear_down (&test);
}

static void
test_batches_are_bounded (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbBatch) small = NULL;
  g_autoptr (CbBatch) tiny = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (CbNote) note = cb_test_book_add_note (&test, customer, NULL, "navy");
    }
  small = cb_book_take_batch (test.book, 3, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (small), ==, 3);
  g_assert_cmpint (cb_batch_get_next_ready_us (small), ==, 0);
  /* One always goes, or a record over the budget would stand for ever. */
  tiny = cb_book_take_batch (test.book, 500, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (tiny), ==, 1);
  cb_test_book_tear_down (&test);
}

static CbSettlement *
settle_one (CbTestBook *test, CbSettled settled, const char *code, gint64 not_before_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBatch) batch = cb_book_take_batch (test->book, 1, 1 << 20, &error);
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  CbSettlement *settlement;

  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (batch), ==, 1);
  settlement = cb_settlement_new (cb_batch_get_op (batch, 0)->op_id, settled);
  settlement->code = g_strdup (code);
  settlement->not_before_us = not_before_us;
  g_ptr_array_add (settlements, settlement);
  g_assert_true (cb_book_settle (test->book, settlements, &error));
  g_assert_no_error (error);
  return settlement;
}

static void
test_put_off_and_parked (void)
{
  CbTestBook test = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (CbBatch) rest = NULL;
  g_autoptr (GError) error = NULL;
  CbOutboxCounts counts;

  cb_test_book_set_up (&test);
  first = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  second = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, first, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, second, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  settle_one (&test, CB_SETTLED_PARKED, "schema_invalid", 0);
  settle_one (&test, CB_SETTLED_RETRY, "busy", CB_TEST_MORNING_US + 5 * CB_US_PER_SECOND);
  rest = cb_book_take_batch (test.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  /* One is refused and one waits its turn; the two of the other customer are not delayed. */
  g_assert_cmpuint (cb_batch_get_length (rest), ==, 2);
  g_assert_cmpint (cb_batch_get_next_ready_us (rest), ==,
                   CB_TEST_MORNING_US + 5 * CB_US_PER_SECOND);
  g_assert_true (cb_book_count_outbox (test.book, &counts, NULL));
  g_assert_cmpuint (counts.parked, ==, 1);
  g_assert_cmpuint (counts.waiting, ==, 3);
  cb_test_book_tear_down (&test);
}

static CbDelivery
read_delivery (CbTestBook *test, const char *op_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = cb_book_list_outbox (test->book, 100, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < items->len; i++)
    {
      CbOutboxItem *item = g_ptr_array_index (items, i);

      if (g_str_equal (cb_outbox_item_get_id (item), op_id))
        return cb_outbox_item_get_state (item);
    }
  g_assert_not_reached ();
}

/* "Sent" is taken back only from what was handed out for the first time. */
static void
test_unsent (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *op_id = NULL;
  g_autoptr (CbBatch) first = NULL;
  g_autoptr (CbBatch) again = NULL;
  g_autoptr (CbBatch) third = NULL;
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  first = cb_book_take_batch (test.book, 1, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_true (cb_batch_get_op (first, 0)->is_first);
  op_id = g_strdup (cb_batch_get_op (first, 0)->op_id);
  g_assert_cmpint (read_delivery (&test, op_id), ==, CB_DELIVERY_SENT);

  g_ptr_array_add (settlements, cb_settlement_new (op_id, CB_SETTLED_UNSENT));
  g_assert_true (cb_book_settle (test.book, settlements, &error));
  g_assert_cmpint (read_delivery (&test, op_id), ==, CB_DELIVERY_WAITING);

  again = cb_book_take_batch (test.book, 1, 1 << 20, &error);
  g_assert_true (cb_batch_get_op (again, 0)->is_first);
  third = cb_book_take_batch (test.book, 1, 1 << 20, &error);
  g_assert_cmpstr (cb_batch_get_op (third, 0)->op_id, ==, op_id);
  g_assert_false (cb_batch_get_op (third, 0)->is_first);
  cb_test_book_tear_down (&test);
}

/* The second text about one thing never arrives before the first. */
static void
test_put_off_keeps_order (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) first = NULL;
  g_autoptr (CbPreference) second = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (CbBatch) none = NULL;
  g_autoptr (CbBatch) both = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  before = cb_test_book_push (&test);
  draft->value = g_strdup ("38");
  first = cb_book_set_preference (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  settle_one (&test, CB_SETTLED_RETRY, "busy", CB_TEST_MORNING_US + 60 * CB_US_PER_SECOND);
  g_free (draft->value);
  draft->value = g_strdup ("39");
  second = cb_book_set_preference (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  none = cb_book_take_batch (test.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (none), ==, 0);
  g_assert_cmpint (cb_batch_get_next_ready_us (none), ==,
                   CB_TEST_MORNING_US + 60 * CB_US_PER_SECOND);
  g_assert_true (cb_book_forget_waits (test.book, &error));
  both = cb_book_take_batch (test.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (both), ==, 2);
  cb_test_book_tear_down (&test);
}

static void
test_unknown_answers (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  CbOutboxCounts counts;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "invitations", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  for (guint i = 0; i < 19; i++)
    settle_one (&test, CB_SETTLED_RETRY, "unknown_answer", 0);
  g_assert_true (cb_book_count_outbox (test.book, &counts, NULL));
  g_assert_cmpuint (counts.parked, ==, 0);
  settle_one (&test, CB_SETTLED_RETRY, "unknown_answer", 0);
  g_assert_true (cb_book_count_outbox (test.book, &counts, NULL));
  g_assert_cmpuint (counts.parked, ==, 1);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/strangers-sql/is-refused", test_strangers);
  g_test_add_func ("/door/locks/refuse-not-just-everything", test_locks_are_real);
  g_test_add_func ("/door/schema/a-change-does-not-jam-it", test_schema_change);
  g_test_add_func ("/door/lock/one-process-syncs", test_one_syncer);
  g_test_add_func ("/door/batches/are-bounded", test_batches_are_bounded);
  g_test_add_func ("/door/settled/one-refused-delays-no-other", test_put_off_and_parked);
  g_test_add_func ("/door/settled/what-is-put-off-keeps-its-place", test_put_off_keeps_order);
  g_test_add_func ("/door/settled/what-never-left-is-not-sent", test_unsent);
  g_test_add_func ("/door/settled/unknown-answers-end-with-a-person", test_unknown_answers);
  return g_test_run ();
}
