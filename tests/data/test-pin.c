/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "vault/cb-vault.h"

#include <string.h>

#include "test-dir.h"

#define STAFF "0123456789abcdef0123456789abcdef"
#define OTHER_STAFF "0123456789abcdef0123456789abcdee"
#define PIN "480679"
#define OTHER_PIN "480678"

typedef struct
{
  TestDir *root;
  char *device_path;
  CbVault *vault;
} Fixture;

/* A vault that stays locked: PINs need the device key alone. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *store_id = cb_id_new ();
  guint8 key[CB_KEY_BYTES] = { 1, 2, 3 };

  fixture->root = test_dir_new ();
  fixture->device_path = g_build_filename (fixture->root, "device.key", NULL);
  fixture->vault = cb_vault_new (fixture->root, store_id);
  g_assert_true (cb_files_write (fixture->device_path, key, sizeof key, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->vault);
  test_dir_free (fixture->root);
  g_free (fixture->device_path);
}

static char *
hash_pin (Fixture *fixture, const char *staff_id, const char *pin)
{
  g_autoptr (GError) error = NULL;
  char *hash = cb_vault_hash_pin (fixture->vault, staff_id, pin, &error);

  g_assert_no_error (error);

  return hash;
}

static gboolean
check_pin (Fixture *fixture, const char *staff_id, const char *pin, const char *hash)
{
  g_autoptr (GError) error = NULL;
  gboolean right = cb_vault_check_pin (fixture->vault, staff_id, pin, hash, &error);

  g_assert_no_error (error);

  return right;
}

static void
test_check (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hash = hash_pin (fixture, STAFF, PIN);
  g_autofree char *again = hash_pin (fixture, STAFF, PIN);

  g_assert_false (cb_vault_is_unlocked (fixture->vault));
  g_assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
  g_assert_null (strstr (hash, PIN));
  g_assert_cmpstr (hash, !=, again);

  g_assert_true (check_pin (fixture, STAFF, PIN, hash));
  g_assert_false (check_pin (fixture, STAFF, OTHER_PIN, hash));
  g_assert_false (check_pin (fixture, STAFF, "", hash));
  g_assert_false (check_pin (fixture, OTHER_STAFF, PIN, hash));
}

/* Somebody carries the database to another computer and tries all the million PINs. */
static void
test_needs_device_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hash = hash_pin (fixture, STAFF, PIN);
  g_autoptr (GError) error = NULL;
  guint8 other[CB_KEY_BYTES] = { 1, 2, 4 };

  g_assert_true (cb_files_write (fixture->device_path, other, sizeof other, NULL));
  g_assert_false (check_pin (fixture, STAFF, PIN, hash));

  g_remove (fixture->device_path);
  g_assert_false (cb_vault_check_pin (fixture->vault, STAFF, PIN, hash, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
  g_clear_error (&error);

  g_assert_null (cb_vault_hash_pin (fixture->vault, STAFF, PIN, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
}

/* No wrong PIN, so it must not be counted as one. */
static void
test_damaged_hash (Fixture *fixture, gconstpointer data)
{
  static const char *const damaged[] = {
    "",
    "x",
    "$argon2id$",
    "$argon2i$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA",
    "$argon2id$v=19$m=65536,t=2,p=1$",
    "$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D",
  };

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cb_vault_check_pin (fixture->vault, STAFF, PIN, damaged[i], &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
    }
}

static void
test_acceptable (void)
{
  static const char *const good[] = { PIN,      "480678", "739164", "902746",
                                      "573820", "318075", "260491" };
  static const char *const bad[] = {
    /* not six digits */
    "",
    "1",
    "12345",
    "1234567",
    "48061a",
    " 480679",
    "480679 ",
    "-48061",
    "٤٨٠٦٧٩",
    "480 679",
    /* one digit, counting */
    "000000",
    "111111",
    "999999",
    "123456",
    "654321",
    "012345",
    "890123",
    "321098",
    "024680",
    "135791",
    "975319",
    /* patterns */
    "121212",
    "909090",
    "123123",
    "481481",
    "112233",
    "884422",
    "111222",
    "999000",
    "123321",
    "480084",
    "100001",
    /* years */
    "198412",
    "841984",
    "198484",
    "200655",
    "552006",
    "202099",
    "191919",
    /* commonest */
    "159753",
    "147258",
    "789456",
    "314159",
    "112358",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (cb_pin_is_acceptable (good[i], &error));
      g_assert_no_error (error);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cb_pin_is_acceptable (bad[i], &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
      g_assert_true (*bad[i] == '\0' || strlen (bad[i]) == 1 ||
                     strstr (error->message, bad[i]) == NULL);
    }
}

/* Rules that leave too few would help who guesses, and drive people to write them down. */
static void
test_enough_are_left (void)
{
  guint good = 0;

  for (guint i = 0; i < 1000000; i++)
    {
      char pin[8];

      g_snprintf (pin, sizeof pin, "%06u", i);
      if (cb_pin_is_acceptable (pin, NULL))
        good++;
    }

  g_test_message ("%u of 1000000 PINs are acceptable", good);
  g_assert_cmpuint (good, >, 900000);
  g_assert_cmpuint (good, <, 980000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("CREDENTIALS_DIRECTORY");

  g_test_add ("/pin/check/right-wrong-and-somebody-else", Fixture, NULL, set_up, test_check,
              tear_down);
  g_test_add ("/pin/check/needs-the-device-key", Fixture, NULL, set_up, test_needs_device_key,
              tear_down);
  g_test_add ("/pin/check/a-damaged-hash-is-no-wrong-pin", Fixture, NULL, set_up, test_damaged_hash,
              tear_down);
  g_test_add_func ("/pin/rules/refuse-what-is-guessed-first", test_acceptable);
  g_test_add_func ("/pin/rules/leave-enough", test_enough_are_left);

  return g_test_run ();
}
