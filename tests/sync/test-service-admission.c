/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-admission.h"
#include "support/cb-test-service.h"
#include "wire/cb-codes.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

typedef struct
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
} Keys;

static Keys
keys_new (void)
{
  Keys keys;

  crypto_sign_keypair (keys.public_key, keys.secret_key);
  return keys;
}

static CbAdmission
enrol (CbTestService *book, const char *code, const Keys *keys, CbTerminalRow *terminal)
{
  g_autoptr (GError) error = NULL;
  CbAdmission admission =
    cb_admission_enrol (book->service, code, keys->public_key, terminal, &error);

  g_assert_no_error (error);
  return admission;
}

/* A terminal of the store "Lower Quay"; its id. Free it. */
static char *
add_terminal (CbTestService *book, const Keys *keys)
{
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autofree char *code = cb_admission_make_code (book->service, "Lower Quay", NULL);

  g_assert_cmpint (enrol (book, code, keys, &terminal), ==, CB_ADMISSION_GRANTED);
  return g_strdup (terminal.id);
}

static void
sign (const char *terminal, const char *nonce, const Keys *keys, guint8 *signature)
{
  g_autofree char *message = cb_codes_token_message (terminal, nonce);

  crypto_sign_detached (signature, NULL, (const guchar *) message, strlen (message),
                        keys->secret_key);
}

/* The answer to a nonce signed with those keys. */
static CbAdmission
answer_nonce (CbTestService *book,
              const char *terminal,
              const char *nonce,
              const Keys *keys,
              char **token)
{
  g_auto (CbTerminalRow) row = { 0 };
  g_autofree char *drawn = NULL;
  g_autoptr (GError) error = NULL;
  guint8 signature[crypto_sign_BYTES];
  CbAdmission admission = CB_ADMISSION_FAILED;

  sign (terminal, nonce, keys, signature);
  admission =
    cb_admission_make_token (book->service, terminal, nonce, signature, &row, &drawn, &error);
  g_assert_no_error (error);
  if (token != NULL)
    *token = g_steal_pointer (&drawn);
  return admission;
}

static char *
get_token (CbTestService *book, const char *terminal, const Keys *keys)
{
  g_autofree char *nonce = cb_admission_make_nonce (book->service, terminal);
  char *token = NULL;

  g_assert_cmpint (answer_nonce (book, terminal, nonce, keys, &token), ==, CB_ADMISSION_GRANTED);
  return token;
}

static CbAdmission
check (CbTestService *book, const char *token)
{
  g_auto (CbTerminalRow) terminal = { 0 };

  return cb_admission_check_token (book->service, token, &terminal, NULL);
}

/* --- codes --- */

static void
test_code_enrols_once (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *code = cb_admission_make_code (book->service, "Lower Quay", NULL);
  const Keys first = keys_new ();
  const Keys second = keys_new ();
  g_auto (CbTerminalRow) terminal = { 0 };
  g_auto (CbTerminalRow) other = { 0 };

  g_assert_cmpint (enrol (book, code, &first, &terminal), ==, CB_ADMISSION_GRANTED);
  g_assert_cmpstr (terminal.store, ==, "Lower Quay");
  g_assert_true (cb_id_is_valid (terminal.id));
  g_assert_cmpint (enrol (book, code, &second, &other), ==, CB_ADMISSION_CODE);
  g_assert_cmpint (enrol (book, code, &first, &other), ==, CB_ADMISSION_CODE);
}

static void
test_code_holds_ten_minutes (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *early = cb_admission_make_code (book->service, "Lower Quay", NULL);
  g_autofree char *late = cb_admission_make_code (book->service, "Lower Quay", NULL);
  const Keys keys = keys_new ();
  g_auto (CbTerminalRow) terminal = { 0 };

  cb_clock_advance (book->clock, 10 * 60 * CB_US_PER_SECOND - 1);
  g_assert_cmpint (enrol (book, early, &keys, &terminal), ==, CB_ADMISSION_GRANTED);
  cb_clock_advance (book->clock, 1);
  g_assert_cmpint (enrol (book, late, &keys, &terminal), ==, CB_ADMISSION_CODE);
}

static void
test_code_is_read_as_typed (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  const char *const wrong[] = {
    "",
    "-",
    "A",
    "AAAA-AAAA-AAAA-AAA",
    "AAAA-AAAA-AAAA-AAAAA",
    "AAAA-AAAA-AAAA-AAA\xc3\xa9",
    "AAAA/AAAA/AAAA/AAAA",
    "UUUU-UUUU-UUUU-UUUU",
    "AAAA-AAAA-AAAA-AAAA",
  };

  for (guint i = 0; i < 50; i++)
    {
      g_auto (CbTerminalRow) terminal = { 0 };
      g_autofree char *code = cb_admission_make_code (book->service, "Lower Quay", NULL);
      g_autofree char *lower = g_ascii_strdown (code, -1);
      g_autofree char *typed = g_strdelimit (g_strdup_printf (" %s ", lower), "-", ' ');

      g_strdelimit (typed, "0", 'o');
      g_strdelimit (typed, "1", i % 2 == 0 ? 'l' : 'I');
      g_assert_cmpint (enrol (book, typed, &keys, &terminal), ==, CB_ADMISSION_GRANTED);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_auto (CbTerminalRow) terminal = { 0 };

      g_assert_cmpint (enrol (book, wrong[i], &keys, &terminal), ==, CB_ADMISSION_CODE);
    }
}

static void
test_key_keeps_its_terminal (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *first = add_terminal (book, &keys);
  g_autofree char *second = add_terminal (book, &keys);

  g_assert_cmpstr (first, ==, second);
}

static void
test_revoked_key_cannot_come_back (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *code = cb_admission_make_code (book->service, "Lower Quay", NULL);
  const Keys fresh = keys_new ();
  g_auto (CbTerminalRow) row = { 0 };
  g_auto (CbTerminalRow) other = { 0 };

  g_assert_true (cb_admission_revoke (book->service, terminal, NULL));
  g_assert_cmpint (enrol (book, code, &keys, &row), ==, CB_ADMISSION_REVOKED);
  /* The code was not used up by it. */
  g_assert_cmpint (enrol (book, code, &fresh, &other), ==, CB_ADMISSION_GRANTED);
  g_assert_cmpstr (other.id, !=, terminal);
}

/* --- nonces and tokens --- */

static void
test_token_is_got_by_signing (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *token = get_token (book, terminal, &keys);
  g_autofree char *other = get_token (book, terminal, &keys);

  g_assert_cmpstr (token, !=, other);
  g_assert_cmpint (check (book, token), ==, CB_ADMISSION_GRANTED);
  g_assert_cmpint (check (book, other), ==, CB_ADMISSION_GRANTED);
  g_assert_cmpint (check (book, ""), ==, CB_ADMISSION_TOKEN);
  g_assert_cmpint (check (book, terminal), ==, CB_ADMISSION_TOKEN);
}

static void
test_token_holds_a_quarter_of_an_hour (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *token = get_token (book, terminal, &keys);

  cb_clock_advance (book->clock, 15 * 60 * CB_US_PER_SECOND - 1);
  g_assert_cmpint (check (book, token), ==, CB_ADMISSION_GRANTED);
  cb_clock_advance (book->clock, 1);
  g_assert_cmpint (check (book, token), ==, CB_ADMISSION_TOKEN);
}

static void
test_nonce_is_used_once (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *nonce = cb_admission_make_nonce (book->service, terminal);

  g_assert_cmpint (answer_nonce (book, terminal, nonce, &keys, NULL), ==, CB_ADMISSION_GRANTED);
  g_assert_cmpint (answer_nonce (book, terminal, nonce, &keys, NULL), ==, CB_ADMISSION_NONCE);
  cb_test_service_reopen (book);
  g_assert_cmpint (answer_nonce (book, terminal, nonce, &keys, NULL), ==, CB_ADMISSION_NONCE);
}

static void
test_nonce_holds_two_minutes (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *nonce = cb_admission_make_nonce (book->service, terminal);

  cb_clock_advance (book->clock, 2 * 60 * CB_US_PER_SECOND);
  g_assert_cmpint (answer_nonce (book, terminal, nonce, &keys, NULL), ==, CB_ADMISSION_NONCE);
}

static void
test_nonce_belongs_to_its_terminal (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  const Keys others = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *other = add_terminal (book, &others);
  g_autofree char *nonce = cb_admission_make_nonce (book->service, other);
  const char *const invented[] = { "", "AAAA", "not base64!" };

  g_assert_cmpint (answer_nonce (book, terminal, nonce, &keys, NULL), ==, CB_ADMISSION_NONCE);
  for (guint i = 0; i < G_N_ELEMENTS (invented); i++)
    g_assert_cmpint (answer_nonce (book, terminal, invented[i], &keys, NULL), ==,
                     CB_ADMISSION_NONCE);
}

static void
test_every_spoilt_nonce_is_refused (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *nonce = cb_admission_make_nonce (book->service, terminal);

  for (gsize i = 0; i < strlen (nonce); i++)
    {
      g_autofree char *spoilt = g_strdup (nonce);

      spoilt[i] = spoilt[i] == 'A' ? 'B' : 'A';
      g_assert_cmpint (answer_nonce (book, terminal, spoilt, &keys, NULL), ==, CB_ADMISSION_NONCE);
    }
}

static void
test_wrong_signature_is_refused (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  const Keys others = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *unknown = cb_id_new ();
  g_autofree char *nonce = cb_admission_make_nonce (book->service, terminal);
  g_autofree char *stray = cb_admission_make_nonce (book->service, unknown);

  g_assert_cmpint (answer_nonce (book, terminal, nonce, &others, NULL), ==, CB_ADMISSION_SIGNATURE);
  /* That a terminal is not known looks the same. */
  g_assert_cmpint (answer_nonce (book, unknown, stray, &keys, NULL), ==, CB_ADMISSION_SIGNATURE);
  /* The nonce was not used up by it. */
  g_assert_cmpint (answer_nonce (book, terminal, nonce, &keys, NULL), ==, CB_ADMISSION_GRANTED);
}

static void
test_revoked_is_shut_out_at_once (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *token = get_token (book, terminal, &keys);
  g_autofree char *nonce = cb_admission_make_nonce (book->service, terminal);
  g_autofree char *unknown = cb_id_new ();

  g_assert_true (cb_admission_revoke (book->service, terminal, NULL));
  g_assert_cmpint (check (book, token), ==, CB_ADMISSION_REVOKED);
  g_assert_cmpint (answer_nonce (book, terminal, nonce, &keys, NULL), ==, CB_ADMISSION_REVOKED);
  g_assert_true (cb_admission_revoke (book->service, terminal, NULL));
  g_assert_false (cb_admission_revoke (book->service, unknown, NULL));
}

/* The order is from when it was first given, and shuts out as well. */
static void
test_wipe_is_ordered_once (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  CbStorage *storage = cb_service_get_storage (book->service);
  const Keys keys = keys_new ();
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *token = get_token (book, terminal, &keys);
  g_autofree char *unknown = cb_id_new ();
  g_auto (CbTerminalRow) before = { 0 };
  g_auto (CbTerminalRow) after = { 0 };
  g_auto (CbTerminalRow) by_token = { 0 };

  g_assert_true (cb_admission_revoke (book->service, terminal, NULL));
  g_assert_true (storage->methods->find_terminal (storage, terminal, &before, NULL));
  g_assert_cmpint (before.wipe_us, ==, 0);
  g_assert_true (cb_admission_order_wipe (book->service, terminal, NULL));
  g_assert_true (storage->methods->find_terminal (storage, terminal, &after, NULL));
  g_assert_cmpint (after.wipe_us, ==, cb_clock_get_now_us (book->clock));
  cb_clock_advance (book->clock, 60 * CB_US_PER_SECOND);
  g_assert_true (cb_admission_order_wipe (book->service, terminal, NULL));
  g_assert_cmpint (cb_admission_check_token (book->service, token, &by_token, NULL), ==,
                   CB_ADMISSION_REVOKED);
  g_assert_cmpint (by_token.wipe_us, ==, after.wipe_us);
  g_assert_false (cb_admission_order_wipe (book->service, unknown, NULL));
}

/* What would let somebody in stands nowhere as it is. */
static void
test_secrets_are_not_stored (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const Keys keys = keys_new ();
  g_autofree char *code = cb_admission_make_code (book->service, "Lower Quay", NULL);
  g_auto (GStrv) groups = g_strsplit (code, "-", -1);
  g_autofree char *bare = g_strjoinv ("", groups);
  g_autofree char *terminal = add_terminal (book, &keys);
  g_autofree char *token = get_token (book, terminal, &keys);
  g_autoptr (GDir) directory = g_dir_open (book->directory, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (book->directory, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length = 0;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      g_assert_null (memmem (bytes, length, code, strlen (code)));
      g_assert_null (memmem (bytes, length, bare, strlen (bare)));
      g_assert_null (memmem (bytes, length, token, strlen (token)));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add_func ("/service/admission/" path, func)
  ADD ("code/enrols-once", test_code_enrols_once);
  ADD ("code/holds-ten-minutes", test_code_holds_ten_minutes);
  ADD ("code/is-read-as-typed", test_code_is_read_as_typed);
  ADD ("key/keeps-its-terminal", test_key_keeps_its_terminal);
  ADD ("key/cannot-come-back-once-revoked", test_revoked_key_cannot_come_back);
  ADD ("token/is-got-by-signing", test_token_is_got_by_signing);
  ADD ("token/holds-a-quarter-of-an-hour", test_token_holds_a_quarter_of_an_hour);
  ADD ("nonce/is-used-once", test_nonce_is_used_once);
  ADD ("nonce/holds-two-minutes", test_nonce_holds_two_minutes);
  ADD ("nonce/belongs-to-its-terminal", test_nonce_belongs_to_its_terminal);
  ADD ("nonce/every-spoilt-one-is-refused", test_every_spoilt_nonce_is_refused);
  ADD ("wrong-signature-is-refused", test_wrong_signature_is_refused);
  ADD ("revoked-is-shut-out-at-once", test_revoked_is_shut_out_at_once);
  ADD ("wipe-is-ordered-once", test_wipe_is_ordered_once);
  ADD ("secrets-are-not-stored", test_secrets_are_not_stored);
#undef ADD

  return g_test_run ();
}
