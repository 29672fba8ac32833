/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "vault/cb-seal.h"
#include "vault/cb-vault.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test-dir.h"

#define LIMIT 4096
#define CUSTOMER "00112233445566778899aabbccddeeff"
#define WRAPPED_BYTES (CB_KEY_BYTES + CB_SEAL_OVERHEAD)

/* What a transaction changes as one: the epoch and the keys wrapped in it. In a file that is
 * replaced whole, so that another process can be the one that commits. */
typedef struct
{
  guint64 epoch;
  guint8 wrapped[WRAPPED_BYTES];
} Database;

typedef struct
{
  TestDir *root;
  char *store_id;
  char *directory;
  char *key_path;
  char *next_path;
  char *device_path;
  char *database_path;
  char *code;
  CbKey key;
} Fixture;

static void
commit (Fixture *fixture, guint64 epoch, GBytes *wrapped)
{
  Database database = { .epoch = epoch };

  g_assert_cmpuint (g_bytes_get_size (wrapped), ==, WRAPPED_BYTES);
  memcpy (database.wrapped, g_bytes_get_data (wrapped, NULL), WRAPPED_BYTES);
  g_assert_true (cb_files_write (fixture->database_path, &database, sizeof database, NULL));
}

static GBytes *
read_database (Fixture *fixture, guint64 *epoch)
{
  gsize length = 0;
  g_autofree char *bytes = cb_files_read (fixture->database_path, LIMIT, &length, NULL);
  Database database;

  g_assert_cmpuint (length, ==, sizeof database);
  memcpy (&database, bytes, sizeof database);
  *epoch = database.epoch;

  return g_bytes_new (database.wrapped, WRAPPED_BYTES);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = NULL;
  g_autoptr (GBytes) wrapped = NULL;

  fixture->root = test_dir_new ();
  fixture->store_id = cb_id_new ();
  fixture->directory = g_build_filename (fixture->root, fixture->store_id, NULL);
  fixture->key_path = g_build_filename (fixture->directory, "store.key", NULL);
  fixture->next_path = g_build_filename (fixture->directory, "store.key.next", NULL);
  fixture->device_path = g_build_filename (fixture->root, "device.key", NULL);
  fixture->database_path = g_build_filename (fixture->root, "database", NULL);

  vault = cb_vault_new (fixture->root, fixture->store_id);
  fixture->code = cb_vault_create (vault, NULL);
  g_assert_nonnull (fixture->code);

  cb_key_random (&fixture->key);
  wrapped = cb_vault_wrap (vault, CUSTOMER, &fixture->key);
  commit (fixture, 1, wrapped);
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
  g_free (fixture->database_path);
  cb_text_wipe (fixture->code);
}

static gboolean
exists (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A vault as a program that has just started would have it: unlocked, the first key opened. */
static CbVault *
start (Fixture *fixture)
{
  CbVault *vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wrapped = NULL;
  guint64 epoch = 0;
  g_auto (CbKey) key = { 0 };

  wrapped = read_database (fixture, &epoch);
  g_assert_true (cb_vault_unlock (vault, epoch, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (cb_vault_get_key_epoch (vault), ==, epoch);
  g_assert_true (cb_vault_unwrap (vault, CUSTOMER, wrapped, &key, &error));
  g_assert_no_error (error);

  return vault;
}

static void
assert_opens (Fixture *fixture, CbVault *vault)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wrapped = NULL;
  guint64 epoch = 0;
  g_auto (CbKey) key = { 0 };

  wrapped = read_database (fixture, &epoch);
  g_assert_true (cb_vault_unwrap (vault, CUSTOMER, wrapped, &key, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (key.bytes, sizeof key.bytes, fixture->key.bytes, sizeof key.bytes);
}

/* Whatever files are there: the key of the other epoch opens nothing, or can't be had at all. */
static void
assert_other_epoch_opens_nothing (Fixture *fixture, guint64 other_epoch)
{
  g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GBytes) wrapped = NULL;
  guint64 epoch = 0;
  g_auto (CbKey) key = { 0 };

  wrapped = read_database (fixture, &epoch);
  g_assert_cmpuint (other_epoch, !=, epoch);
  if (cb_vault_unlock (vault, other_epoch, NULL))
    g_assert_false (cb_vault_unwrap (vault, CUSTOMER, wrapped, &key, NULL));
}

static void
commit_next (Fixture *fixture, CbVault *vault, guint64 next_epoch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wrapped = NULL;
  g_autoptr (GBytes) rewrapped = NULL;
  guint64 epoch = 0;

  wrapped = read_database (fixture, &epoch);
  rewrapped = cb_vault_rewrap (vault, CUSTOMER, wrapped, &error);
  g_assert_no_error (error);
  commit (fixture, next_epoch, rewrapped);
}

static void
rotate (Fixture *fixture, CbVault *vault)
{
  g_autoptr (GError) error = NULL;
  guint64 next_epoch = 0;

  g_assert_true (cb_vault_prepare_rotation (vault, &next_epoch, &error));
  g_assert_no_error (error);
  commit_next (fixture, vault, next_epoch);
  g_assert_true (cb_vault_finish_rotation (vault, &error));
  g_assert_no_error (error);
}

/* A whole rotation after whatever happened: one key file is left, and it opens. */
static void
assert_rotates (Fixture *fixture)
{
  g_autoptr (CbVault) vault = start (fixture);
  g_autoptr (CbVault) later = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name = NULL;

  rotate (fixture, vault);
  assert_opens (fixture, vault);
  later = start (fixture);
  assert_opens (fixture, later);

  dir = g_dir_open (fixture->directory, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_true (g_str_equal (name, "store.key") || g_str_equal (name, "rotate.lock"));
}

static void
test_rotation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = start (fixture);
  guint64 epoch = 0;
  g_autoptr (GBytes) before = read_database (fixture, &epoch);
  g_auto (CbKey) key = { 0 };

  rotate (fixture, vault);
  g_assert_cmpuint (cb_vault_get_key_epoch (vault), ==, 2);
  g_assert_false (exists (fixture->next_path));
  assert_opens (fixture, vault);

  /* What was wrapped before is lost, which is what a rotation is for. */
  g_assert_false (cb_vault_unwrap (vault, CUSTOMER, before, &key, NULL));
  assert_other_epoch_opens_nothing (fixture, 1);

  for (guint i = 0; i < 5; i++)
    rotate (fixture, vault);
  g_assert_cmpuint (cb_vault_get_key_epoch (vault), ==, 7);
  assert_rotates (fixture);
}

static void
test_old_file_is_overwritten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = start (fixture);
  char bytes[LIMIT] = { 0 };
  int fd = open (fixture->key_path, O_RDONLY);
  gssize length = 0;

  rotate (fixture, vault);
  length = pread (fd, bytes, sizeof bytes, 0);
  g_assert_cmpint (length, >, 200);
  for (gssize i = 0; i < length; i++)
    g_assert_cmpint (bytes[i], ==, 0);
  close (fd);
}

static void
test_old_file_put_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = start (fixture);
  g_autoptr (CbVault) later = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  g_autofree char *old = cb_files_read (fixture->key_path, LIMIT, &length, NULL);

  rotate (fixture, vault);
  g_assert_true (cb_files_write (fixture->key_path, old, length, NULL));
  g_assert_false (cb_vault_unlock (later, 2, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
}

/* The points at which the program may die, in order. */
typedef enum
{
  CRASH_WHILE_WRITING,
  CRASH_PREPARED,
  CRASH_COMMITTED,
  CRASH_FINISHED
} Crash;

static void
crash_at (Fixture *fixture, Crash crash)
{
  g_autoptr (CbVault) vault = start (fixture);
  guint64 next_epoch = 0;

  if (crash == CRASH_WHILE_WRITING)
    {
      g_autofree char *part = g_strconcat (fixture->next_path, ".part", NULL);

      g_assert_true (g_file_set_contents (part, "CBSTKEY", 7, NULL));
      return;
    }

  g_assert_true (cb_vault_prepare_rotation (vault, &next_epoch, NULL));
  if (crash >= CRASH_COMMITTED)
    commit_next (fixture, vault, next_epoch);
  if (crash >= CRASH_FINISHED)
    g_assert_true (cb_vault_finish_rotation (vault, NULL));
}

static void
test_crash (Fixture *fixture, gconstpointer data)
{
  Crash crash = (Crash) GPOINTER_TO_INT (data);
  guint64 epoch = crash >= CRASH_COMMITTED ? 2 : 1;

  crash_at (fixture, crash);
  assert_other_epoch_opens_nothing (fixture, crash >= CRASH_COMMITTED ? 1 : 2);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (CbVault) vault = start (fixture);

      g_assert_cmpuint (cb_vault_get_key_epoch (vault), ==, epoch);
      assert_opens (fixture, vault);
    }
  if (crash >= CRASH_COMMITTED)
    g_assert_false (exists (fixture->next_path));

  assert_rotates (fixture);
}

static void
test_crash_twice (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (CbVault) vault = NULL;

      crash_at (fixture, CRASH_PREPARED);
      crash_at (fixture, CRASH_PREPARED);
      crash_at (fixture, CRASH_COMMITTED);
      crash_at (fixture, CRASH_COMMITTED);
      crash_at (fixture, CRASH_WHILE_WRITING);
      vault = start (fixture);
      assert_opens (fixture, vault);
    }

  assert_rotates (fixture);
}

static void
test_crash_then_recovery (Fixture *fixture, gconstpointer data)
{
  Crash crash = (Crash) GPOINTER_TO_INT (data);
  g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (GError) error = NULL;

  crash_at (fixture, crash);
  g_remove (fixture->device_path);
  g_assert_true (
    cb_vault_unlock_with_recovery (vault, crash >= CRASH_COMMITTED ? 2 : 1, fixture->code, &error));
  g_assert_no_error (error);
  assert_opens (fixture, vault);
  assert_rotates (fixture);

  /* The rotation after it was sealed to the same code. */
  g_remove (fixture->device_path);
  g_assert_true (
    cb_vault_unlock_with_recovery (vault, crash >= CRASH_COMMITTED ? 3 : 2, fixture->code, &error));
  assert_opens (fixture, vault);
}

/* Given up, though the transaction may have been done after all: whichever it was, the database
 * opens, and the key that was made is used for the next rotation. */
static void
test_abandon (Fixture *fixture, gconstpointer data)
{
  gboolean was_done = GPOINTER_TO_INT (data);
  g_autoptr (CbVault) vault = start (fixture);
  g_autoptr (CbVault) later = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      guint64 next_epoch = 0;

      g_assert_true (cb_vault_prepare_rotation (vault, &next_epoch, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (next_epoch, ==, 2);
      if (was_done && i == 2)
        commit_next (fixture, vault, next_epoch);
      cb_vault_abandon_rotation (vault);
      g_assert_cmpuint (cb_vault_get_key_epoch (vault), ==, 1);
    }

  later = start (fixture);
  assert_opens (fixture, later);
  g_assert_cmpuint (cb_vault_get_key_epoch (later), ==, was_done ? 2 : 1);
  assert_rotates (fixture);
}

static void
test_lock_forgets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = start (fixture);
  guint64 next_epoch = 0;

  g_assert_true (cb_vault_prepare_rotation (vault, &next_epoch, NULL));
  commit_next (fixture, vault, next_epoch);
  cb_vault_lock (vault);
  g_assert_true (cb_vault_unlock (vault, next_epoch, NULL));
  assert_opens (fixture, vault);
  assert_rotates (fixture);
}

/* Others start while a rotation is under way, before and after its transaction. */
static void
test_readers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = start (fixture);
  g_autoptr (CbVault) before = NULL;
  g_autoptr (CbVault) between = NULL;
  g_autoptr (CbVault) after = NULL;
  g_autoptr (GError) error = NULL;
  guint64 next_epoch = 0;

  g_assert_true (cb_vault_prepare_rotation (vault, &next_epoch, NULL));
  before = start (fixture);
  assert_opens (fixture, before);
  g_assert_true (exists (fixture->next_path));

  g_assert_false (cb_vault_prepare_rotation (before, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  g_clear_error (&error);

  commit_next (fixture, vault, next_epoch);
  between = start (fixture);
  assert_opens (fixture, between);
  g_assert_true (exists (fixture->next_path));

  g_assert_true (cb_vault_finish_rotation (vault, &error));
  after = start (fixture);
  assert_opens (fixture, after);

  /* The one that still holds the old key may not rotate on top of it. */
  g_assert_false (cb_vault_prepare_rotation (before, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  g_assert_true (cb_vault_unlock (before, next_epoch, NULL));
  assert_opens (fixture, before);
  rotate (fixture, before);
  assert_rotates (fixture);
}

/* Programs start at every moment of many rotations. One that does not get its key was told an epoch
 * that is no longer the database's, and nothing else can be the reason. */
static void
test_readers_meanwhile (Fixture *fixture, gconstpointer data)
{
  guint n_opened = 0;
  int status = 0;
  pid_t child = fork ();

  if (child == 0)
    {
      g_autoptr (CbVault) own = start (fixture);

      for (guint i = 0; i < 150; i++)
        rotate (fixture, own);
      _exit (0);
    }

  while (waitpid (child, &status, WNOHANG) == 0)
    {
      g_autoptr (CbVault) vault = cb_vault_new (fixture->root, fixture->store_id);
      g_autoptr (GBytes) wrapped = NULL;
      g_autoptr (GBytes) wrapped_now = NULL;
      guint64 epoch = 0;
      guint64 epoch_now = 0;
      g_auto (CbKey) key = { 0 };

      wrapped = read_database (fixture, &epoch);
      if (cb_vault_unlock (vault, epoch, NULL))
        {
          n_opened++;
          g_assert_true (cb_vault_unwrap (vault, CUSTOMER, wrapped, &key, NULL));
          continue;
        }

      wrapped_now = read_database (fixture, &epoch_now);
      g_assert_cmpuint (epoch_now, >, epoch);
    }

  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  g_assert_cmpuint (n_opened, >, 0);
  g_test_message ("%u starts opened", n_opened);
  assert_rotates (fixture);
}

/* The worst of moments: a process reads the epoch, another commits the next one and dies, and the
 * first goes on with what it read. The key that the database needs by now must survive that. */
static void
test_stale_epoch (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) stale = cb_vault_new (fixture->root, fixture->store_id);
  g_autoptr (CbVault) rotator = start (fixture);
  g_autoptr (CbVault) later = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wrapped = NULL;
  guint64 epoch = 0;

  crash_at (fixture, CRASH_COMMITTED);

  g_assert_true (cb_vault_unlock (stale, 1, NULL));
  g_assert_true (exists (fixture->next_path));

  /* Even when it rotates itself: its transaction finds keys that it cannot open. */
  g_assert_true (cb_vault_prepare_rotation (stale, NULL, NULL));
  wrapped = read_database (fixture, &epoch);
  g_assert_cmpuint (epoch, ==, 2);
  g_assert_null (cb_vault_rewrap (stale, CUSTOMER, wrapped, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  cb_vault_abandon_rotation (stale);
  g_assert_true (exists (fixture->next_path));

  later = start (fixture);
  assert_opens (fixture, later);
  assert_rotates (fixture);
}

static void
test_damaged_next (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CbVault) vault = start (fixture);
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  g_autofree char *bytes = NULL;

  crash_at (fixture, CRASH_PREPARED);
  bytes = cb_files_read (fixture->next_path, LIMIT, &length, NULL);
  bytes[length - 1] ^= 1;
  g_assert_true (cb_files_write (fixture->next_path, bytes, length, NULL));

  /* It might be the one that is needed: a person has to look, nothing is thrown away. */
  g_assert_false (cb_vault_prepare_rotation (vault, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  g_assert_true (exists (fixture->next_path));
  assert_opens (fixture, vault);

  g_remove (fixture->next_path);
  assert_rotates (fixture);
}

/* Killed at any moment at all, again and again, with the next process picking up. */
static void
test_killed (Fixture *fixture, gconstpointer data)
{
  guint64 reached = 0;

  for (guint round = 0; round < 60; round++)
    {
      pid_t child = fork ();
      int status = 0;

      if (child == 0)
        {
          g_autoptr (CbVault) own = start (fixture);

          while (TRUE)
            rotate (fixture, own);
        }

      g_usleep ((gulong) g_test_rand_int_range (500, 12000));
      kill (child, SIGKILL);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);

      {
        g_autoptr (CbVault) vault = start (fixture);

        assert_opens (fixture, vault);
        g_assert_cmpuint (cb_vault_get_key_epoch (vault), >=, reached);
        reached = cb_vault_get_key_epoch (vault);
      }
    }

  g_test_message ("%u rounds, %u rotations", 60, (guint) reached);
  g_assert_cmpuint (reached, >, 1);
  assert_rotates (fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("CREDENTIALS_DIRECTORY");

#define ADD(path, data, test)                                                                      \
  g_test_add (path, Fixture, GINT_TO_POINTER (data), set_up, test, tear_down)
  ADD ("/rotation/whole/leaves-one-key", 0, test_rotation);
  ADD ("/rotation/whole/overwrites-the-old-file", 0, test_old_file_is_overwritten);
  ADD ("/rotation/whole/an-old-file-put-back-opens-nothing", 0, test_old_file_put_back);
  ADD ("/rotation/crash/while-writing", CRASH_WHILE_WRITING, test_crash);
  ADD ("/rotation/crash/prepared", CRASH_PREPARED, test_crash);
  ADD ("/rotation/crash/committed", CRASH_COMMITTED, test_crash);
  ADD ("/rotation/crash/finished", CRASH_FINISHED, test_crash);
  ADD ("/rotation/crash/again-and-again", 0, test_crash_twice);
  ADD ("/rotation/crash/killed-at-any-moment", 0, test_killed);
  ADD ("/rotation/recovery/after-a-crash-prepared", CRASH_PREPARED, test_crash_then_recovery);
  ADD ("/rotation/recovery/after-a-crash-committed", CRASH_COMMITTED, test_crash_then_recovery);
  ADD ("/rotation/recovery/after-a-whole-one", CRASH_FINISHED, test_crash_then_recovery);
  ADD ("/rotation/abandon/goes-on-with-the-old-key", FALSE, test_abandon);
  ADD ("/rotation/abandon/loses-nothing-if-it-was-done", TRUE, test_abandon);
  ADD ("/rotation/lock/leaves-it-to-the-next-unlock", 0, test_lock_forgets);
  ADD ("/rotation/processes/readers-come-at-any-time", 0, test_readers);
  ADD ("/rotation/processes/readers-while-it-rotates", 0, test_readers_meanwhile);
  ADD ("/rotation/processes/a-stale-epoch-loses-nothing", 0, test_stale_epoch);
  ADD ("/rotation/next/a-damaged-one-is-left-alone", 0, test_damaged_next);
#undef ADD

  return g_test_run ();
}
