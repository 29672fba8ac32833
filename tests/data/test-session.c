/* SPDX-License-Identifier: Apache-2.0 */

/* Who may do what; PINs; staff. */

#define G_LOG_DOMAIN "Counterbook"

#include <sodium.h>
#include <string.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "db/cb-db.h"

#define RIGHT "482915"
#define WRONG "739264"

static void
assert_wrong (CbTestBook *test, guint tries_left)
{
  g_autoptr (GError) error = NULL;
  guint left;
  gint64 until_us;

  g_assert_null (cb_book_sign_in (test->book, cb_staff_get_id (test->associate), WRONG, &left,
                                  &until_us, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_WRONG_PIN);
  g_assert_cmpuint (left, ==, tries_left);
}

static void
assert_throttled (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  guint left;
  gint64 until_us;

  g_assert_null (cb_book_sign_in (test->book, cb_staff_get_id (test->associate), RIGHT, &left,
                                  &until_us, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_THROTTLED);
  g_assert_cmpint (until_us, >, cb_clock_get_now_us (test->clock));
}

static void
assert_right (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbStaff) staff = NULL;
  guint left;
  gint64 until_us;

  staff = cb_book_sign_in (test->book, cb_staff_get_id (test->associate), RIGHT, &left, &until_us,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpint (cb_staff_get_role (staff), ==, CB_ROLE_ASSOCIATE);
}

static void
test_wrong_pins (void)
{
  CbTestBook test = { 0 };

  cb_test_book_set_up (&test);
  for (guint i = 1; i <= 4; i++)
    assert_wrong (&test, 10 - i);
  assert_right (&test);
  for (guint i = 1; i <= 5; i++)
    assert_wrong (&test, 10 - i);
  assert_throttled (&test);
  /* The wait is kept across a restart. */
  cb_test_book_reopen (&test);
  assert_throttled (&test);
  cb_clock_advance (test.clock, 31 * CB_US_PER_SECOND);
  assert_right (&test);
  cb_test_book_tear_down (&test);
}

static void
test_lock_out (void)
{
  CbTestBook test = { 0 };

  cb_test_book_set_up (&test);
  for (guint i = 1; i <= 10; i++)
    {
      assert_wrong (&test, 10 - i);
      if (i < 10)
        cb_clock_advance (test.clock, 600 * CB_US_PER_SECOND);
    }
  cb_clock_advance (test.clock, 29 * 60 * CB_US_PER_SECOND);
  assert_throttled (&test);
  cb_clock_advance (test.clock, 2 * 60 * CB_US_PER_SECOND);
  assert_right (&test);
  cb_test_book_tear_down (&test);
}

/* What somebody would try for every one of a million PINs, had it a chance. */
static gboolean
fits (const char *hash, const char *staff, const char *pin, const guint8 *key, gsize key_length)
{
  guint8 keyed[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;

  crypto_auth_hmacsha256_init (&state, key, key_length);
  crypto_auth_hmacsha256_update (&state, (const guint8 *) staff, strlen (staff) + 1);
  crypto_auth_hmacsha256_update (&state, (const guint8 *) pin, strlen (pin));
  crypto_auth_hmacsha256_final (&state, keyed);
  return crypto_pwhash_str_verify (hash, (const char *) keyed, sizeof keyed) == 0;
}

static guint
count_with_bytes (const char *folder, const guint8 *bytes, gsize length)
{
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_files = 0;

  while ((name = g_dir_read_name (listing)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *contents = NULL;
      gsize size;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n_files += count_with_bytes (path, bytes, length);
      else if (g_file_get_contents (path, &contents, &size, NULL))
        n_files += memmem (contents, size, bytes, length) != NULL;
    }
  return n_files;
}

/* Somebody has the database, knows how this program works and whose PIN it is: with the device key
 * it is found, and in what they have the device key is not. */
static void
test_stolen (void)
{
  static const char SQL_GET_HASH[] = "SELECT pin_hash FROM staff WHERE id = ?1";
  static const guint8 nothing[32] = { 0 };
  CbTestBook test = { 0 };
  const char *staff;
  g_autofree char *path = NULL;
  g_autofree char *device_path = NULL;
  g_autofree char *device_key = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *base64 = NULL;
  g_autofree char *joined = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  staff = cb_staff_get_id (test.associate);
  device_path = g_build_filename (test.state_root, "device.key", NULL);
  g_assert_true (g_file_get_contents (device_path, &device_key, &length, &error));
  path = g_build_filename (test.home, "counterbook.db", NULL);
  {
    g_autoptr (CbDb) db = cb_db_open (path, FALSE, test.clock, &error);
    g_autoptr (CbStmt) stmt = NULL;

    g_assert_no_error (error);
    stmt = cb_db_prepare (db, SQL_GET_HASH);
    cb_stmt_bind_text (stmt, 1, staff);
    g_assert_true (cb_stmt_next (stmt, &error));
    hash = g_strdup (cb_stmt_text (stmt, 0));
  }
  g_assert_true (fits (hash, staff, RIGHT, (const guint8 *) device_key, length));
  g_assert_false (fits (hash, staff, WRONG, (const guint8 *) device_key, length));
  g_assert_false (fits (hash, staff, RIGHT, nothing, sizeof nothing));
  g_assert_false (fits (hash, staff, RIGHT, (const guint8 *) staff, strlen (staff)));
  joined = g_strconcat (staff, RIGHT, NULL);
  g_assert_cmpint (crypto_pwhash_str_verify (hash, RIGHT, strlen (RIGHT)), !=, 0);
  g_assert_cmpint (crypto_pwhash_str_verify (hash, joined, strlen (joined)), !=, 0);

  hex = g_malloc0 (2 * length + 1);
  sodium_bin2hex (hex, 2 * length + 1, (const guint8 *) device_key, length);
  base64 = g_base64_encode ((const guint8 *) device_key, length);
  g_assert_cmpuint (count_with_bytes (test.state_root, (const guint8 *) device_key, length), ==, 1);
  g_assert_cmpuint (count_with_bytes (test.home, (const guint8 *) device_key, length), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.home, hex), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.home, base64), ==, 0);
  cb_test_book_tear_down (&test);
}

typedef gboolean (*Act) (CbTestBook *test, CbStaff *actor, const char *customer, GError **error);

static gboolean
act_show (CbTestBook *test, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbDossier) dossier = cb_book_load_dossier (test->book, actor, customer, error);

  return dossier != NULL;
}

static gboolean
act_note (CbTestBook *test, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNote) note = NULL;

  draft->text = g_strdup ("navy");
  note = cb_book_add_note (test->book, actor, customer, draft, error);
  return note != NULL;
}

static gboolean
act_list (CbTestBook *test, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) list = cb_book_list_customers (test->book, actor, 10, NULL, error);

  return list != NULL;
}

static gboolean
act_withdraw (CbTestBook *test, CbStaff *actor, const char *customer, GError **error)
{
  return cb_book_withdraw (test->book, actor, customer, "shop", CB_CHANNEL_NONE, error);
}

static gboolean
act_staff (CbTestBook *test, CbStaff *actor, const char *customer, GError **error)
{
  g_autofree char *id =
    cb_book_add_staff (test->book, actor, "Somebody", CB_ROLE_ASSOCIATE, RIGHT, error);

  return id != NULL;
}

static gboolean
act_erase (CbTestBook *test, CbStaff *actor, const char *customer, GError **error)
{
  g_autofree char *other = cb_test_book_add_customer (test, "Gone", "Testperson", NULL, NULL);

  return cb_book_erase (test->book, actor, other, CB_ERASE_REQUEST, error);
}

static void
test_roles (void)
{
  static const struct
  {
    const char *what;
    Act act;
    gboolean associate;
    gboolean manager;
    gboolean privacy;
    gboolean admin;
  } table[] = {
    { "show", act_show, TRUE, TRUE, TRUE, FALSE },
    { "note", act_note, TRUE, TRUE, FALSE, FALSE },
    { "list", act_list, FALSE, TRUE, FALSE, FALSE },
    { "withdraw", act_withdraw, TRUE, TRUE, FALSE, FALSE },
    { "staff", act_staff, FALSE, FALSE, FALSE, TRUE },
    { "erase", act_erase, FALSE, TRUE, TRUE, FALSE },
  };
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      CbStaff *actors[] = { test.associate, test.manager, test.privacy, test.admin, NULL };
      gboolean expected[] = { table[i].associate, table[i].manager, table[i].privacy,
                              table[i].admin, FALSE };

      for (guint j = 0; j < G_N_ELEMENTS (actors); j++)
        {
          g_autoptr (GError) error = NULL;
          gboolean done = table[i].act (&test, actors[j], customer, &error);

          g_test_message ("%s by actor %u", table[i].what, j);
          if (expected[j])
            g_assert_no_error (error);
          g_assert_cmpint (done, ==, expected[j]);
          if (!done)
            g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
        }
    }
  cb_test_book_tear_down (&test);
}

static void
test_staff (void)
{
  CbTestBook test = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CbStaff) found = NULL;
  g_autoptr (CbStaff) disabled = NULL;

  cb_test_book_set_up (&test);
  found = cb_book_find_staff (test.book, "test associate", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cb_staff_get_id (found), ==, cb_staff_get_id (test.associate));
  g_assert_null (cb_book_find_staff (test.book, "Nobody", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (
    cb_book_add_staff (test.book, test.admin, "Weak", CB_ROLE_ASSOCIATE, "111111", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (
    cb_book_disable_staff (test.book, test.admin, cb_staff_get_id (test.associate), &error));
  disabled = cb_book_find_staff (test.book, cb_staff_get_id (test.associate), &error);
  g_assert_true (cb_staff_is_disabled (disabled));
  g_assert_false (act_list (&test, disabled, NULL, &error));
  g_clear_error (&error);
  g_assert_false (
    cb_book_disable_staff (test.book, test.admin, cb_staff_get_id (test.admin), &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  cb_test_book_tear_down (&test);
}

static void
test_reading_is_logged (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GPtrArray) said = NULL;
  g_autoptr (GError) error = NULL;
  guint before;
  guint after;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_true (cb_book_verify_audit (test.book, &before, &error));
  g_assert_true (act_show (&test, test.associate, customer, &error));
  g_assert_true (cb_book_verify_audit (test.book, &after, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (after, ==, before + 1);
  /* So is when they may be contacted. */
  said = cb_book_list_conditions (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_verify_audit (test.book, &after, &error));
  g_assert_cmpuint (after, ==, before + 2);
  g_assert_true (cb_book_restrict_customer (test.book, test.manager, customer, TRUE, &error));
  g_assert_null (cb_book_list_conditions (test.book, test.associate, customer, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

static void
test_answers_need_the_customers_act (void)
{
  static const struct
  {
    const char *purpose;
    CbChannel channel;
    CbStoreError code;
  } table[] = {
    { "everywhere", CB_CHANNEL_NONE, CB_STORE_ERROR_REFUSED },
    { "news", CB_CHANNEL_EMAIL, CB_STORE_ERROR_REFUSED },
    { "invitations", CB_CHANNEL_NONE, CB_STORE_ERROR_REFUSED },
    { "asked", CB_CHANNEL_NONE, CB_STORE_ERROR_REFUSED },
    { "shop", CB_CHANNEL_EMAIL, CB_STORE_ERROR_INVALID },
    { "weather", CB_CHANNEL_NONE, CB_STORE_ERROR_INVALID },
  };
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GPtrArray) answers =
        g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
      CbAnswerDraft *draft = cb_answer_draft_new ();
      g_autoptr (GError) error = NULL;

      draft->purpose = g_strdup (table[i].purpose);
      draft->channel = table[i].channel;
      draft->answer = CB_ANSWER_YES;
      draft->method = CB_METHOD_SPOKEN;
      g_ptr_array_add (answers, draft);
      g_assert_null (cb_book_record_answers (test.book, test.associate, customer, answers, &error));
      g_assert_error (error, CB_STORE_ERROR, (int) table[i].code);
      g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                       CB_VERDICT_NOT_ASKED);
    }
  cb_test_book_tear_down (&test);
}

static void
test_contact_verdicts (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *bare = NULL;

  cb_test_book_set_up (&test);
  customer =
    cb_test_book_add_customer (&test, "Mara", "Testperson", "m@example.com", "07700 900123");
  bare = cb_test_book_add_customer (&test, "Bare", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_EMAIL, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_PHONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, bare, "news", CB_CHANNEL_PHONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "news", CB_CHANNEL_EMAIL), ==,
                   CB_VERDICT_UNCONFIRMED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "news", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_ALLOWED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "news", CB_CHANNEL_SMS), ==,
                   CB_VERDICT_NOT_ASKED);
  g_assert_cmpint (cb_test_book_verdict (&test, bare, "news", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_NO_ADDRESS);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_NO_CHANNEL);
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_NONE, CB_ANSWER_NO, CB_METHOD_TAPPED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "news", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_WITHDRAWN);
  cb_test_book_tear_down (&test);
}

static void
test_later_is_no (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_LATER, CB_METHOD_TAPPED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_LATER);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_LATER, CB_METHOD_TAPPED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_ALLOWED);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/pin/wrong-ones-cost-time-and-a-restart-saves-none", test_wrong_pins);
  g_test_add_func ("/session/pin/ten-lock-for-half-an-hour", test_lock_out);
  g_test_add_func ("/session/pin/a-stolen-database-tells-none", test_stolen);
  g_test_add_func ("/session/roles/are-checked-in-the-store", test_roles);
  g_test_add_func ("/session/staff/found-refused-disabled", test_staff);
  g_test_add_func ("/session/reading/is-logged", test_reading_is_logged);
  g_test_add_func ("/session/consent/needs-the-customers-own-act",
                   test_answers_need_the_customers_act);
  g_test_add_func ("/session/consent/each-channel-has-its-verdict", test_contact_verdicts);
  g_test_add_func ("/session/consent/later-counts-as-no-and-undoes-no-yes", test_later_is_no);
  return g_test_run ();
}
