/* SPDX-License-Identifier: Apache-2.0 */

/* What is erased stays erased, and what is sealed shows nobody. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "db/cb-db.h"

static gboolean
is_gone (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (test->book, test->manager, customer, &error);

  if (dossier != NULL)
    return FALSE;
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  return TRUE;
}

static void
erase (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_erase (test->book, test->manager, customer, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
}

static void
test_erase_is_first (void)
{
  CbTestBook test = { 0 };
  g_autofree char *gone = NULL;
  g_autofree char *stays = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  JsonObject *first;

  cb_test_book_set_up (&test);
  gone = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  stays = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, gone, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, stays, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  note = cb_test_book_add_note (&test, gone, NULL, "navy");
  erase (&test, gone);
  g_assert_true (is_gone (&test, gone));
  g_assert_false (is_gone (&test, stays));
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 3);
  first = g_ptr_array_index (sent, 0);
  g_assert_cmpstr (cb_json_get_string (first, "kind"), ==, "erase");
  g_assert_cmpstr (cb_json_get_string (first, "customer"), ==, gone);
  cb_test_book_tear_down (&test);
}

/* Copies the database (with its WAL) away, or back. */
static void
copy_database (CbTestBook *test, const char *from, const char *to)
{
  static const char *const names[] = { "counterbook.db", "counterbook.db-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *source = g_build_filename (test->root, from, names[i], NULL);
      g_autofree char *target = g_build_filename (test->root, to, names[i], NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      g_unlink (target);
      if (g_file_get_contents (source, &bytes, &length, NULL))
        g_assert_true (g_file_set_contents (target, bytes, length, NULL));
    }
}

/* Somebody puts yesterday's file back, but not the state beside it: the old store key is gone with
 * the rotation, so the old copy can't be opened at all. */
static void
test_copy_put_back_does_not_open (void)
{
  CbTestBook test = { 0 };
  g_autofree char *copy = NULL;
  g_autofree char *customer = NULL;
  g_autoptr (CbBook) book = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  copy = g_build_filename (test.root, "copy", NULL);
  g_mkdir (copy, 0700);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_finalize_object (test.book);
  copy_database (&test, "home", "copy");
  test.book = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  erase (&test, customer);
  g_assert_finalize_object (test.book);
  copy_database (&test, "copy", "home");
  book = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_null (book);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
  g_clear_error (&error);

  /* With all of the state put back too, except the ledger, the ledger still convicts. */
  test.book = g_object_new (CB_TYPE_BOOK, NULL);
  cb_test_book_tear_down (&test);
}

static void
test_ledger_convicts (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *ledger = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  /* As if the power had gone between the ledger and the commit. */
  ledger = g_build_filename (test.state_root, cb_book_get_store_id (test.book), "tombstones", NULL);
  line = g_strdup_printf ("%s request 1\ntorn", customer);
  g_assert_true (g_file_set_contents (ledger, line, -1, NULL));
  cb_test_book_reopen (&test);
  g_assert_true (is_gone (&test, customer));
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 1);
  cb_test_book_reopen (&test);
  cb_test_book_tear_down (&test);
}

static gpointer
open_in_thread (gpointer data)
{
  CbTestBook *test = data;
  g_autoptr (GError) error = NULL;
  CbBook *book = cb_book_open (test->home, test->state_root, test->clock, &error);

  g_assert_no_error (error);
  return book;
}

/* Whoever opens the store between the ledger and the commit of another process waits for it, and
 * then finds nothing left to erase: the operation that tells the service is the other's. */
static void
test_ledger_beside_an_erasure (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = cb_id_new ();
  g_autofree char *ledger = NULL;
  g_autofree char *line = g_strdup_printf ("\n%s request 1\n", customer);
  g_autofree char *path = NULL;
  g_autofree char *add = g_strdup_printf (
    "INSERT INTO tombstone (customer, reason, requested_us, executed_us, origin)"
    " VALUES ('%s', 'request', 1, 1, 'here')",
    customer);
  g_autoptr (CbDb) other = NULL;
  g_autoptr (CbBook) book = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  GThread *opening;

  cb_test_book_set_up (&test);
  ledger = g_build_filename (test.state_root, cb_book_get_store_id (test.book), "tombstones", NULL);
  path = g_build_filename (test.home, "counterbook.db", NULL);
  other = cb_db_open (path, FALSE, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_db_begin (other, &error));
  g_assert_true (cb_db_run (other, add, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (ledger, line, -1, NULL));
  opening = g_thread_new ("opening", open_in_thread, &test);
  /* Long enough to come as far as the lock; on a slower machine nothing is seen, and nothing fails.
   */
  g_usleep (G_USEC_PER_SEC / 2);
  g_assert_true (cb_db_commit (other, &error));
  g_clear_object (&other);
  book = g_thread_join (opening);
  g_assert_nonnull (book);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  g_clear_object (&book);
  cb_test_book_tear_down (&test);
}

/* What a power cut leaves at the end of the ledger, half a line or its length alone, is no part of
 * the lines that follow. */
static void
test_ledger_behind_a_torn_line (void)
{
  static const char torn[] = "0123456789abcdef0123456789abcdef re\0\0\0\0";
  CbTestBook test = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *ledger = NULL;
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GString) put_back = g_string_new (NULL);
  gsize length;

  cb_test_book_set_up (&test);
  first = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  second = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  ledger = g_build_filename (test.state_root, cb_book_get_store_id (test.book), "tombstones", NULL);
  g_assert_true (g_file_set_contents (ledger, torn, 35, NULL));
  erase (&test, first);
  g_assert_true (g_file_get_contents (ledger, &text, &length, NULL));
  line = g_strdup_printf ("\n%s request ", first);
  g_assert_nonnull (strstr (text, line));
  g_string_append_len (put_back, torn, sizeof torn);
  g_string_append_printf (put_back, "\n%s request 1\n", second);
  g_assert_true (g_file_set_contents (ledger, put_back->str, (gssize) put_back->len, NULL));
  cb_test_book_reopen (&test);
  g_assert_true (is_gone (&test, second));
  cb_test_book_tear_down (&test);
}

static void
test_gone_at_the_service (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  batch = cb_book_take_batch (test.book, 1, 1 << 20, &error);
  g_assert_no_error (error);
  g_ptr_array_add (settlements,
                   cb_settlement_new (cb_batch_get_op (batch, 0)->op_id, CB_SETTLED_GONE));
  g_assert_true (cb_book_settle (test.book, settlements, &error));
  g_assert_no_error (error);
  g_assert_true (is_gone (&test, customer));
  after = cb_test_book_push (&test);
  g_assert_cmpuint (after->len, ==, 0);
  cb_test_book_tear_down (&test);
}

/* Every personal field carries a word of its own; no file of the store or the state shows one. */
static void
test_nothing_readable_on_disk (void)
{
  static const char *const canaries[] = { "Zqgivencanary",  "Zqfamilycanary", "zqpreferredcanary",
                                          "zqemailcanary",  "07700900888",    "zqnotecanary",
                                          "zqrolecanary",   "zqvaluecanary",  "zqgarment",
                                          "zqmaker",        "zqproofcanary",  "zqtheirscanary",
                                          "Test Associate", "zqfind" };
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbCustomerDraft) card = cb_customer_draft_new ();
  g_autoptr (CbNoteDraft) note = cb_note_draft_new ();
  g_autoptr (CbPreferenceDraft) preference = cb_preference_draft_new ();
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  CbAnswerDraft *answer = cb_answer_draft_new ();
  g_autoptr (CbNote) saved = NULL;
  g_autoptr (CbPreference) set = NULL;
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *receipt = NULL;
  g_autoptr (GError) error = NULL;
  CbSettlement *conflict;
  const char *emails[] = { "zqemailcanary@example.com", NULL };
  const char *phones[] = { "07700900888", NULL };
  guint done;
  guint total;

  cb_test_book_set_up (&test);
  card->given = g_strdup (canaries[0]);
  card->family = g_strdup (canaries[1]);
  card->preferred = g_strdup (canaries[2]);
  card->emails = g_strdupv ((char **) emails);
  card->phones = g_strdupv ((char **) phones);
  customer = cb_book_add_customer (test.book, test.associate, card, &error);
  g_assert_no_error (error);
  note->text = g_strdup ("zqnotecanary navy");
  note->for_role = g_strdup ("zqrolecanary");
  saved = cb_book_add_note (test.book, test.associate, customer, note, &error);
  g_assert_no_error (error);
  preference->value = g_strdup ("zqvaluecanary");
  preference->garment = g_strdup ("zqgarment");
  preference->maker = g_strdup ("zqmaker");
  set = cb_book_set_preference (test.book, test.associate, customer, preference, &error);
  g_assert_no_error (error);
  answer->purpose = g_strdup ("everywhere");
  answer->method = CB_METHOD_SIGNED;
  answer->proof = g_strdup ("zqproofcanary");
  g_ptr_array_add (answers, answer);
  receipt = cb_book_record_answers (test.book, test.associate, customer, answers, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_start_index (test.book, &error));
  while (cb_book_grow_index (test.book, &done, &total, &error))
    ;
  g_assert_no_error (error);
  found = cb_book_find (test.book, test.associate, "zqfamily", 5, &error);
  g_assert_cmpuint (found->len, ==, 1);
  batch = cb_book_take_batch (test.book, 500, 1 << 20, &error);
  g_assert_cmpuint (cb_batch_get_length (batch), ==, 4);
  conflict = cb_settlement_new (cb_batch_get_op (batch, 3)->op_id, CB_SETTLED_CONFLICT);
  conflict->code = g_strdup ("conflict");
  conflict->body = g_strdup ("{\"value\":\"zqtheirscanary\"}");
  g_ptr_array_add (settlements, conflict);
  g_assert_true (cb_book_settle (test.book, settlements, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (canaries); i++)
    g_assert_cmpuint (cb_test_count_files_with (test.root, canaries[i]), ==, 0);
  /* The search itself must be able to find: a random id of the customer is in the clear. */
  g_assert_cmpuint (cb_test_count_files_with (test.root, customer), >=, 1);
  cb_test_book_tear_down (&test);
}

static void
test_rotation_keeps_everything (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbBook) other = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  g_autoptr (CbDossier) theirs = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  other = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (cb_book_rotate (test.book, &error));
      g_assert_no_error (error);
    }
  /* Another process that was open all the time follows, and may rotate next. */
  theirs = cb_book_load_dossier (other, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_rotate (other, &error));
  g_assert_no_error (error);
  g_clear_object (&other);
  dossier = cb_book_load_dossier (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_dossier_get_notes (dossier)->len, ==, 1);
  cb_test_book_reopen (&test);
  cb_test_book_tear_down (&test);
}

static char *
read_setting (CbTestBook *test, const char *sql)
{
  g_autofree char *path = g_build_filename (test->home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, test->clock, &error);
  g_autoptr (CbStmt) stmt = NULL;

  g_assert_no_error (error);
  stmt = cb_db_prepare (db, sql);
  g_assert_true (cb_stmt_next (stmt, &error));
  return g_strdup (cb_stmt_text (stmt, 0));
}

static void
change_setting (CbTestBook *test, const char *sql)
{
  g_autofree char *path = g_build_filename (test->home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, test->clock, &error);

  g_assert_no_error (error);
  g_assert_true (cb_db_run (db, sql, &error));
}

static void
test_rotation_is_made_up_for (void)
{
  static const char SQL_GET_EPOCH[] = "SELECT value FROM setting WHERE key = 'key-epoch'";
  static const char SQL_GET_ROTATION[] = "SELECT value FROM setting WHERE key = 'rotation'";
  static const char SQL_IS_DUE[] = "UPDATE setting SET value = 'due' WHERE key = 'rotation'";
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *rotation = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *again = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  erase (&test, customer);
  rotation = read_setting (&test, SQL_GET_ROTATION);
  g_assert_cmpstr (rotation, ==, "done");
  before = read_setting (&test, SQL_GET_EPOCH);
  /* As the erasure's transaction leaves it when the process dies right behind it. */
  change_setting (&test, SQL_IS_DUE);
  cb_test_book_reopen (&test);
  after = read_setting (&test, SQL_GET_EPOCH);
  g_assert_cmpstr (after, !=, before);
  cb_test_book_reopen (&test);
  again = read_setting (&test, SQL_GET_EPOCH);
  g_assert_cmpstr (again, ==, after);
  cb_test_book_tear_down (&test);
}

static void
test_audit_notices (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *path = NULL;
  g_autoptr (CbDb) db = NULL;
  g_autoptr (GError) error = NULL;
  guint n_rows;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_true (cb_book_verify_audit (test.book, &n_rows, &error));
  path = g_build_filename (test.home, "counterbook.db", NULL);
  db = cb_db_open (path, FALSE, test.clock, &error);
  g_assert_no_error (error);
  g_assert_false (cb_db_run (db, "UPDATE audit SET code = 'x' WHERE seq = 2", NULL));
  g_assert_true (cb_db_run (db, "DROP TRIGGER audit_is_append_only_update", &error));
  g_assert_true (cb_db_run (db, "UPDATE audit SET code = 'x' WHERE seq = 2", &error));
  g_clear_object (&db);
  g_assert_false (cb_book_verify_audit (test.book, &n_rows, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  cb_test_book_tear_down (&test);
}

/* Rows that are taken from its end leave a chain that fits, and going on does not cover it. */
static void
test_audit_end (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *later = NULL;
  g_autofree char *path = NULL;
  g_autofree char *head = NULL;
  g_autofree char *after = NULL;
  g_autoptr (CbDb) db = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gint64 gap = -1;
  guint n_rows;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  head = cb_book_dup_audit_head (test.book, &error);
  g_assert_true (cb_book_check_audit_head (test.book, head, &error));
  g_assert_no_error (error);
  path = g_build_filename (test.home, "counterbook.db", NULL);
  db = cb_db_open (path, FALSE, test.clock, &error);
  g_assert_true (cb_db_run (db, "DROP TRIGGER audit_is_append_only_delete", &error));
  g_assert_true (
    cb_db_run (db, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", &error));
  g_assert_no_error (error);
  g_clear_object (&db);
  g_assert_false (cb_book_verify_audit (test.book, &n_rows, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (cb_book_check_audit_head (test.book, head, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  g_clear_error (&error);

  later = cb_test_book_add_customer (&test, "Yan", "Testperson", NULL, NULL);
  g_assert_true (cb_book_verify_audit (test.book, &n_rows, &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_find_audit_gap (test.book, &gap, &error));
  g_assert_cmpint (gap, ==, n_rows - 1);
  after = cb_book_dup_audit_head (test.book, &error);
  g_assert_true (cb_book_check_audit_head (test.book, after, &error));
  g_assert_false (cb_book_check_audit_head (test.book, head, NULL));
  g_assert_null (cb_book_list_audit (test.book, test.manager, 0, 10, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  rows = cb_book_list_audit (test.book, test.privacy, gap - 1, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpstr (((CbAuditRow *) g_ptr_array_index (rows, 0))->action, ==, "audit.gap");
  g_assert_cmpstr (((CbAuditRow *) g_ptr_array_index (rows, 1))->customer, ==, later);
  g_assert_cmpstr (((CbAuditRow *) g_ptr_array_index (rows, 2))->action, ==, "audit.export");
  cb_test_book_tear_down (&test);
}

static void
test_other_process_is_noticed (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbBook) other = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GPtrArray) erased = NULL;
  g_autoptr (GError) error = NULL;
  guint done;
  guint total;

  cb_test_book_set_up (&test);
  other = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_start_index (other, &error));
  while (cb_book_grow_index (other, &done, &total, &error))
    ;
  before = cb_book_find (other, test.associate, "mara", 5, &error);
  g_assert_cmpuint (before->len, ==, 0);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_true (cb_book_refresh (other, &error));
  after = cb_book_find (other, test.associate, "mara", 5, &error);
  g_assert_cmpuint (after->len, ==, 1);
  erase (&test, customer);
  g_assert_true (cb_book_refresh (other, &error));
  g_assert_no_error (error);
  erased = cb_book_find (other, test.associate, "mara", 5, &error);
  g_assert_cmpuint (erased->len, ==, 0);
  g_clear_object (&other);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/erasure/operation/is-first-and-alone", test_erase_is_first);
  g_test_add_func ("/erasure/copy/put-back-does-not-open", test_copy_put_back_does_not_open);
  g_test_add_func ("/erasure/ledger/convicts-what-was-put-back", test_ledger_convicts);
  g_test_add_func ("/erasure/ledger/leaves-an-erasure-of-this-moment-to-its-process",
                   test_ledger_beside_an_erasure);
  g_test_add_func ("/erasure/ledger/goes-on-behind-a-torn-line", test_ledger_behind_a_torn_line);
  g_test_add_func ("/erasure/service/what-is-gone-there-goes-here", test_gone_at_the_service);
  g_test_add_func ("/sealing/disk/nothing-is-readable", test_nothing_readable_on_disk);
  g_test_add_func ("/sealing/rotation/keeps-everything", test_rotation_keeps_everything);
  g_test_add_func ("/sealing/rotation/is-made-up-for-after-a-crash", test_rotation_is_made_up_for);
  g_test_add_func ("/audit/change/is-noticed", test_audit_notices);
  g_test_add_func ("/audit/end/is-missed-for-good", test_audit_end);
  g_test_add_func ("/processes/another/is-noticed", test_other_process_is_noticed);
  return g_test_run ();
}
