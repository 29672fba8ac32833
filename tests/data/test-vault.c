/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "vault/cb-seal.h"
#include "vault/cb-vault.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test-dir.h"

#define LIMIT 4096
#define CUSTOMER "00112233445566778899aabbccddeeff"

/* A store whose vault was made, with one customer's key as the database would hold it. */
typedef struct
{
  TestDir *root;
  char *store_id;
  char *directory;
  char *key_path;
  char *next_path;
  char *device_path;
  char *code;
  CbKey key;
  GBytes *wrapped;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbVault) vault = NULL;

  fixture->root = test_dir_new ();
  fixture->store_id = cb_id_new ();
  fixture->directory = g_build_filename (fixture->root, fixture->store_id, NULL);
  fixture->key_path = g_build_filename (fixture->directory, "store.key", NULL);
  fixture->next_path = g_build_filename (fixture->directory, "store.key.next", NULL);
  fixture->device_path = g_build_filename (fixture->root, "device.key", NULL);

  vault = cb_vault_new (fixture->root, fixture->store_id);
  fixture->code = cb_vault_create (vault, &error);
  g_assert_no_error (error);

  cb_key_random (&fixture->key);
  fixture->wrapped = cb_vault_wrap (vault, CUSTOMER, &fixture->key);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_dir_free (fixture->root);
  g_free (fixture->store_id);
  g_free (fixture->directory);
  g_free (fixture->key_path);
  g_free (fixture->next_path);
  g_free (fixture->device_path);
  cb_text_wipe (fixture->code);
  g_bytes_unref (fixture->wrapped);
}

static mode_t
mode_of (const char *path)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);

  return status.st_mode & 07777;
}

static gboolean
exists (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Opens the customer's key with a vault of its own. */
static void
assert_opens (Fixture *fixture, guint64 epoch)
{
  g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GError) error = NULL;
  g_auto (CbKey) key = { 0 };

  g_assert_true (cb_vault_unlock (vault, epoch, &error));
  g_assert_no_error (error);
  g_assert_true (cb_vault_unwrap (vault, CUSTOMER, fixture->wrapped, &key, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (key.bytes, sizeof key.bytes, fixture->key.bytes, sizeof key.bytes);
}

static void
assert_unlock_fails (Fixture *fixture, guint64 epoch, CbStoreError code)
{
  g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GError) error = NULL;

  g_assert_false (cb_vault_unlock (vault, epoch, &error));
  g_assert_error (error, CB_STORE_ERROR, (gint) code);
  g_assert_false (cb_vault_is_unlocked (vault));
}

static gboolean
recover (Fixture *fixture, guint64 epoch, const char *code, GError **error)
{
  g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);

  return cb_vault_unlock_with_recovery (vault, epoch, code, error);
}

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mode_of (fixture->directory), ==, 0700);
  g_assert_cmpint (mode_of (fixture->key_path), ==, 0600);
  g_assert_cmpint (mode_of (fixture->device_path), ==, 0600);
  g_assert_false (exists (fixture->next_path));
  assert_opens (fixture, 1);

  g_assert_null (cb_vault_create (vault, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED);
  g_assert_false (cb_vault_is_unlocked (vault));
  assert_opens (fixture, 1);
}

static void
test_lock (Fixture *fixture, gconstpointer data)
{
  CbVault *vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GError) error = NULL;
  g_auto (CbKey) key = { 0 };

  g_assert_true (cb_vault_unlock (vault, 1, &error));
  g_assert_true (cb_vault_is_unlocked (vault));
  g_assert_cmpuint (cb_vault_get_key_epoch (vault), ==, 1);

  cb_vault_lock (vault);
  g_assert_false (cb_vault_is_unlocked (vault));
  g_assert_cmpuint (cb_vault_get_key_epoch (vault), ==, 0);
  g_assert_false (cb_vault_unwrap (vault, CUSTOMER, fixture->wrapped, &key, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
  g_clear_error (&error);

  g_assert_true (cb_vault_unlock (vault, 1, &error));
  g_assert_true (cb_vault_unlock (vault, 1, &error));
  g_assert_true (cb_vault_unwrap (vault, CUSTOMER, fixture->wrapped, &key, &error));
  g_assert_finalize_object (vault);
}

static void
test_wrap_binds_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GBytes) no_key = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (CbKey) key = { 0 };

  g_assert_cmpuint (g_bytes_get_size (fixture->wrapped), ==, CB_KEY_BYTES + CB_SEAL_OVERHEAD);
  g_assert_true (cb_vault_unlock (vault, 1, &error));
  g_assert_false (cb_vault_unwrap (vault, "book", fixture->wrapped, &key, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  g_clear_error (&error);

  no_key = g_bytes_new_static ("short", 5);
  g_assert_false (cb_vault_unwrap (vault, CUSTOMER, no_key, &key, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
}

static void
test_no_device_key (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->device_path);
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_NO_KEY);
  g_assert_false (exists (fixture->device_path));
}

static void
test_no_store_key (Fixture *fixture, gconstpointer data)
{
  assert_unlock_fails (fixture, 2, CB_STORE_ERROR_NO_KEY);
  assert_unlock_fails (fixture, 0, CB_STORE_ERROR_NO_KEY);
  g_remove (fixture->key_path);
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_NO_KEY);
  g_assert_false (exists (fixture->key_path));
}

static void
test_damaged_device_key (Fixture *fixture, gconstpointer data)
{
  guint8 other[CB_KEY_BYTES] = { 0 };

  g_assert_true (cb_files_write (fixture->device_path, other, sizeof other, NULL));
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_NO_KEY);

  g_assert_true (cb_files_write (fixture->device_path, other, sizeof other - 1, NULL));
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_CORRUPT);
  g_assert_true (cb_files_write (fixture->device_path, "", 0, NULL));
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_CORRUPT);
}

static void
test_credential (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_build_filename (fixture->root, "credentials", NULL);
  g_autofree char *path = g_build_filename (directory, "counterbook.key", NULL);
  g_autofree char *key = cb_files_read (fixture->device_path, LIMIT, NULL, NULL);

  g_assert_true (cb_files_ensure_directory (directory, NULL));
  g_setenv ("CREDENTIALS_DIRECTORY", directory, TRUE);

  /* A directory for somebody else's credentials: the file counts. */
  assert_opens (fixture, 1);

  g_assert_true (cb_files_write (path, key, CB_KEY_BYTES, NULL));
  g_remove (fixture->device_path);
  assert_opens (fixture, 1);

  /* A bad credential is never made up for by the file. */
  g_assert_true (cb_files_write (fixture->device_path, key, CB_KEY_BYTES, NULL));
  g_assert_true (cb_files_write (path, key, CB_KEY_BYTES - 1, NULL));
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_CORRUPT);

  g_unsetenv ("CREDENTIALS_DIRECTORY");
  assert_opens (fixture, 1);
}

static void
test_every_byte (Fixture *fixture, gconstpointer data)
{
  gsize length = 0;
  g_autofree char *bytes = cb_files_read (fixture->key_path, LIMIT, &length, NULL);

  g_assert_cmpuint (length, >, 200);

  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);

      bytes[i] ^= 1;
      g_assert_true (g_file_set_contents (fixture->key_path, bytes, (gssize) length, NULL));
      g_assert_false (cb_vault_unlock (vault, 1, NULL));
      bytes[i] ^= 1;
    }

  for (gsize shorter = 0; shorter < length; shorter += 7)
    {
      g_assert_true (g_file_set_contents (fixture->key_path, bytes, (gssize) shorter, NULL));
      assert_unlock_fails (fixture, 1, CB_STORE_ERROR_CORRUPT);
    }

  g_assert_true (g_file_set_contents (fixture->key_path, bytes, (gssize) length, NULL));
  assert_opens (fixture, 1);

  bytes[7]++;
  g_assert_true (g_file_set_contents (fixture->key_path, bytes, (gssize) length, NULL));
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_TOO_NEW);
}

/* The same user's other store: same device key, another store id. */
static void
test_other_store (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other_id = cb_id_new ();
  g_autofree char *other_path = g_build_filename (fixture->root, other_id, "store.key", NULL);
  g_autoptr (CbVault) other = cb_vault_new (fixture->root, other_id);
  g_autofree char *other_code = cb_vault_create (other, NULL);
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  g_autofree char *bytes = cb_files_read (other_path, LIMIT, &length, NULL);

  g_assert_nonnull (other_code);
  g_assert_cmpstr (other_code, !=, fixture->code);
  assert_opens (fixture, 1);

  g_assert_true (cb_files_write (fixture->key_path, bytes, length, NULL));
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_CORRUPT);
  g_assert_false (recover (fixture, 1, other_code, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
}

static void
wait_for (pid_t child, int expected)
{
  int status = 0;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  if (expected >= 0)
    g_assert_cmpint (WEXITSTATUS (status), ==, expected);
}

/* Eight first starts of one user at one moment. */
static void
test_one_device_key (void)
{
  for (guint round = 0; round < 5; round++)
    {
      g_autoptr (TestDir) root = test_dir_new ();
      char *ids[8] = { NULL };
      pid_t children[8];

      for (guint c = 0; c < G_N_ELEMENTS (children); c++)
        {
          ids[c] = cb_id_new ();
          children[c] = fork ();
          if (children[c] == 0)
            {
              g_autoptr (CbVault) vault = cb_vault_new (root, ids[c]);

              _exit (cb_vault_create (vault, NULL) != NULL ? 0 : 1);
            }
        }

      for (guint c = 0; c < G_N_ELEMENTS (children); c++)
        wait_for (children[c], 0);
      for (guint c = 0; c < G_N_ELEMENTS (children); c++)
        {
          g_autoptr (CbVault) vault = cb_vault_new (root, ids[c]);

          g_assert_true (cb_vault_unlock (vault, 1, NULL));
          g_free (ids[c]);
        }
    }
}

/* Four processes that make one store: one gets to show a code. */
static void
test_one_store_key (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *id = cb_id_new ();
  g_autoptr (CbVault) vault = cb_vault_new (root, id);
  pid_t children[4];
  guint makers = 0;

  for (guint c = 0; c < G_N_ELEMENTS (children); c++)
    {
      children[c] = fork ();
      if (children[c] == 0)
        {
          g_autoptr (CbVault) own = cb_vault_new (root, id);

          _exit (cb_vault_create (own, NULL) != NULL ? 0 : 1);
        }
    }
  for (guint c = 0; c < G_N_ELEMENTS (children); c++)
    {
      int status = 0;

      g_assert_cmpint (waitpid (children[c], &status, 0), ==, children[c]);
      makers += WIFEXITED (status) && WEXITSTATUS (status) == 0 ? 1 : 0;
    }

  g_assert_cmpuint (makers, ==, 1);
  g_assert_true (cb_vault_unlock (vault, 1, NULL));
}

static void
test_recovery (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lower = g_ascii_strdown (fixture->code, -1);
  g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GError) error = NULL;
  g_auto (CbKey) key = { 0 };

  g_remove (fixture->device_path);
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_NO_KEY);

  g_assert_true (cb_vault_unlock_with_recovery (vault, 1, lower, &error));
  g_assert_no_error (error);
  g_assert_true (cb_vault_unwrap (vault, CUSTOMER, fixture->wrapped, &key, &error));
  g_assert_cmpmem (key.bytes, sizeof key.bytes, fixture->key.bytes, sizeof key.bytes);
  g_assert_cmpint (mode_of (fixture->device_path), ==, 0600);

  /* From now on without the code; and the code is good for another time. */
  assert_opens (fixture, 1);
  g_remove (fixture->device_path);
  g_assert_true (recover (fixture, 1, fixture->code, &error));
  assert_opens (fixture, 1);
}

static void
test_recovery_refuses (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestDir) elsewhere = test_dir_new ();
  g_autoptr (CbVault) stranger = cb_vault_new (elsewhere, fixture->store_id);
  g_autofree char *strange_code = cb_vault_create (stranger, NULL);
  g_autoptr (GError) error = NULL;

  g_remove (fixture->device_path);

  g_assert_false (recover (fixture, 1, strange_code, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
  g_assert_null (strstr (error->message, strange_code));
  g_clear_error (&error);

  g_assert_false (recover (fixture, 1, "not a code", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_false (recover (fixture, 2, fixture->code, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
  g_clear_error (&error);

  /* Nothing was made for somebody who could not show the code. */
  g_assert_false (exists (fixture->device_path));
  test_dir_empty (fixture->directory);
  g_assert_false (recover (fixture, 1, fixture->code, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
}

/* What recovery rests on: everything but the device's own two parts, which it makes anew. */
static void
test_recovery_every_byte (Fixture *fixture, gconstpointer data)
{
  gsize length = 0;
  g_autofree char *bytes = cb_files_read (fixture->key_path, LIMIT, &length, NULL);
  const gsize device_id = 16;
  const gsize recovery_public = 32;
  const gsize device_wrapped = length - 72;

  g_remove (fixture->device_path);

  for (gsize i = 0; i < device_wrapped; i++)
    {
      if (i >= device_id && i < recovery_public)
        continue;

      bytes[i] ^= 1;
      g_assert_true (g_file_set_contents (fixture->key_path, bytes, (gssize) length, NULL));
      g_assert_false (recover (fixture, 1, fixture->code, NULL));
      bytes[i] ^= 1;
    }

  g_assert_true (g_file_set_contents (fixture->key_path, bytes, (gssize) length, NULL));
  g_assert_true (recover (fixture, 1, fixture->code, NULL));
  assert_opens (fixture, 1);
}

/* A device key of another store of this user is used and never replaced. */
static void
test_recovery_keeps_device_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other_id = cb_id_new ();
  g_autoptr (CbVault) other = cb_vault_new (fixture->root, other_id);
  g_autofree char *other_code = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_remove (fixture->device_path);
  other_code = cb_vault_create (other, NULL);
  before = cb_files_read (fixture->device_path, LIMIT, NULL, NULL);
  assert_unlock_fails (fixture, 1, CB_STORE_ERROR_NO_KEY);

  g_assert_true (recover (fixture, 1, fixture->code, NULL));
  after = cb_files_read (fixture->device_path, LIMIT, NULL, NULL);
  g_assert_cmpmem (before, CB_KEY_BYTES, after, CB_KEY_BYTES);
  assert_opens (fixture, 1);
  g_assert_true (cb_vault_unlock (other, 1, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("CREDENTIALS_DIRECTORY");

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/vault/create/makes-everything-once", test_create);
  ADD ("/vault/lock/closes", test_lock);
  ADD ("/vault/wrap/binds-the-name", test_wrap_binds_name);
  ADD ("/vault/unlock/needs-the-device-key", test_no_device_key);
  ADD ("/vault/unlock/needs-the-store-key-of-that-epoch", test_no_store_key);
  ADD ("/vault/unlock/tells-another-device-from-damage", test_damaged_device_key);
  ADD ("/vault/unlock/takes-the-credential-first", test_credential);
  ADD ("/vault/file/any-flipped-byte-is-refused", test_every_byte);
  ADD ("/vault/file/belongs-to-one-store", test_other_store);
  g_test_add_func ("/vault/processes/end-with-one-device-key", test_one_device_key);
  g_test_add_func ("/vault/processes/end-with-one-store-key", test_one_store_key);
  ADD ("/vault/recovery/opens-without-the-device-key", test_recovery);
  ADD ("/vault/recovery/refuses-and-makes-nothing", test_recovery_refuses);
  ADD ("/vault/recovery/any-flipped-byte-is-refused", test_recovery_every_byte);
  ADD ("/vault/recovery/keeps-a-device-key-that-is-there", test_recovery_keeps_device_key);
#undef ADD

  return g_test_run ();
}
