/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-files.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test-dir.h"

#define BIG (96 * 1024)
#define LIMIT (1024 * 1024)

static mode_t
mode_of (const char *path)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);

  return status.st_mode & 07777;
}

static void
assert_content (const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  g_autofree char *content = cb_files_read (path, LIMIT, &length, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (content, ==, expected);
  g_assert_cmpuint (length, ==, strlen (expected));
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;

  return count;
}

/* Ends a child without running what the parent registered. */
static void
wait_for (pid_t child, gboolean killed)
{
  int status = 0;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (killed)
    g_assert_true (WIFSIGNALED (status));
  else
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static void
test_directory (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *deep = g_build_filename (root, "one", "two", "three", NULL);
  g_autofree char *middle = g_build_filename (root, "one", "two", NULL);
  g_autofree char *file = g_build_filename (root, "file", NULL);
  g_autofree char *below_file = g_build_filename (file, "x", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_files_ensure_directory (deep, &error));
  g_assert_no_error (error);
  g_assert_cmpint (mode_of (deep), ==, 0700);
  g_assert_cmpint (mode_of (middle), ==, 0700);
  g_assert_true (cb_files_ensure_directory (deep, &error));

  g_assert_cmpint (chmod (deep, 0755), ==, 0);
  g_assert_cmpint (chmod (middle, 0755), ==, 0);
  g_assert_true (cb_files_ensure_directory (deep, &error));
  g_assert_true (cb_files_ensure_directory (middle, &error));
  g_assert_cmpint (mode_of (deep), ==, 0700);
  g_assert_cmpint (mode_of (middle), ==, 0755);

  g_assert_true (cb_files_write (file, "x", 1, &error));
  g_assert_false (cb_files_ensure_directory (below_file, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_IO);
}

static void
test_write (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *path = g_build_filename (root, "file", NULL);
  g_autofree char *absent = g_build_filename (root, "absent", "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_files_write (path, "one", 3, &error));
  assert_content (path, "one");
  g_assert_cmpint (mode_of (path), ==, 0600);

  g_assert_true (cb_files_write (path, "", 0, &error));
  assert_content (path, "");
  g_assert_true (cb_files_write (path, "three", 5, &error));
  assert_content (path, "three");
  g_assert_cmpuint (count_entries (root), ==, 1);

  g_assert_false (cb_files_write (absent, "x", 1, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
}

/* Two writers that are killed at random moments, and a reader: every look finds one whole file. */
static void
test_write_is_whole (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *path = g_build_filename (root, "file", NULL);
  g_autofree char *one = g_strnfill (BIG, 'a');
  g_autofree char *other = g_strnfill (BIG, 'b');
  const char *texts[2] = { one, other };

  g_assert_true (cb_files_write (path, texts[0], BIG, NULL));

  for (guint round = 0; round < 12; round++)
    {
      pid_t writers[2];

      for (guint w = 0; w < 2; w++)
        {
          writers[w] = fork ();
          if (writers[w] == 0)
            for (guint i = 0;; i++)
              if (!cb_files_write (path, texts[(i + w) % 2], BIG, NULL))
                _exit (1);
        }

      for (guint look = 0; look < 20; look++)
        {
          gsize length = 0;
          g_autofree char *content = cb_files_read (path, LIMIT, &length, NULL);

          g_assert_nonnull (content);
          g_assert_true (strcmp (content, texts[0]) == 0 || strcmp (content, texts[1]) == 0);
          g_usleep ((gulong) g_test_rand_int_range (0, 800));
        }

      for (guint w = 0; w < 2; w++)
        {
          kill (writers[w], SIGKILL);
          wait_for (writers[w], TRUE);
        }
    }

  /* What was cut off does not pile up, and the next writer gets past it. */
  g_assert_cmpuint (count_entries (root), <=, 2);
  g_assert_true (cb_files_write (path, "end", 3, NULL));
  assert_content (path, "end");
  g_assert_cmpuint (count_entries (root), ==, 1);
}

static void
test_create_once (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *path = g_build_filename (root, "key", NULL);
  g_autofree char *absent = g_build_filename (root, "absent", "key", NULL);
  g_autoptr (GError) error = NULL;
  pid_t children[8];
  guint makers = 0;
  int made_pipe[2];
  char byte = 0;
  gboolean made = TRUE;

  g_assert_cmpint (pipe (made_pipe), ==, 0);

  for (guint c = 0; c < G_N_ELEMENTS (children); c++)
    {
      children[c] = fork ();
      if (children[c] == 0)
        {
          char content = (char) ('a' + c);

          if (!cb_files_create (path, &content, 1, &made, NULL))
            _exit (1);
          if (made && write (made_pipe[1], &content, 1) != 1)
            _exit (1);
          _exit (0);
        }
    }
  for (guint c = 0; c < G_N_ELEMENTS (children); c++)
    wait_for (children[c], FALSE);
  close (made_pipe[1]);

  while (read (made_pipe[0], &byte, 1) == 1)
    {
      char expected[2] = { byte, '\0' };

      makers++;
      assert_content (path, expected);
    }
  close (made_pipe[0]);
  g_assert_cmpuint (makers, ==, 1);
  g_assert_cmpint (mode_of (path), ==, 0600);
  g_assert_cmpuint (count_entries (root), ==, 1);

  g_assert_false (cb_files_create (absent, "x", 1, &made, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  g_assert_false (made);
}

static void
test_append (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *path = g_build_filename (root, "ledger", NULL);
  g_autoptr (GError) error = NULL;
  pid_t children[4];
  struct stat status;

  g_assert_true (cb_files_append (path, "one\n", 4, &error));
  g_assert_true (cb_files_append (path, "two\n", 4, &error));
  assert_content (path, "one\ntwo\n");
  g_assert_cmpint (mode_of (path), ==, 0600);

  for (guint c = 0; c < G_N_ELEMENTS (children); c++)
    {
      children[c] = fork ();
      if (children[c] == 0)
        {
          for (guint i = 0; i < 25; i++)
            if (!cb_files_append (path, "more\n", 5, NULL))
              _exit (1);
          _exit (0);
        }
    }
  for (guint c = 0; c < G_N_ELEMENTS (children); c++)
    wait_for (children[c], FALSE);

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, 8 + 4 * 25 * 5);
}

/* A disk without room, played by the device made for it. */
static void
test_full (void)
{
  g_autoptr (GError) error = NULL;

  if (access ("/dev/full", W_OK) != 0)
    {
      g_test_skip ("there is no /dev/full here");
      return;
    }

  g_assert_false (cb_files_append ("/dev/full", "x", 1, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL);
}

/* A real file that may not grow any more: what was half added is taken back. */
static void
test_append_takes_back (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *path = g_build_filename (root, "ledger", NULL);
  pid_t child = 0;

  g_assert_true (cb_files_append (path, "whole\n", 6, NULL));

  child = fork ();
  if (child == 0)
    {
      struct rlimit limit = { .rlim_cur = 10, .rlim_max = 10 };

      signal (SIGXFSZ, SIG_IGN);
      if (setrlimit (RLIMIT_FSIZE, &limit) != 0 || cb_files_append (path, "too long\n", 9, NULL))
        _exit (1);
      _exit (0);
    }
  wait_for (child, FALSE);

  assert_content (path, "whole\n");
}

static void
test_read_refuses (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *path = g_build_filename (root, "file", NULL);
  g_autofree char *pipe_path = g_build_filename (root, "pipe", NULL);
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  g_autofree char *content = NULL;

  g_assert_null (cb_files_read (path, LIMIT, &length, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  g_assert_null (strstr (error->message, root));
  g_clear_error (&error);

  g_assert_true (cb_files_write (path, "12345", 5, NULL));
  g_assert_null (cb_files_read (path, 4, &length, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_IO);
  g_clear_error (&error);

  content = cb_files_read (path, 5, &length, &error);
  g_assert_cmpstr (content, ==, "12345");

  g_assert_null (cb_files_read (root, LIMIT, &length, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_IO);
  g_clear_error (&error);

  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_null (cb_files_read (pipe_path, LIMIT, &length, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_IO);
}

/* The descriptor keeps the unlinked file within reach, as undeletion would. */
static void
assert_only_zeros (int fd, gssize length)
{
  char bytes[16] = { 0 };

  g_assert_cmpint (pread (fd, bytes, sizeof bytes, 0), ==, length);
  for (gssize i = 0; i < length; i++)
    g_assert_cmpint (bytes[i], ==, 0);
}

static void
test_erase (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *old = g_build_filename (root, "old", NULL);
  g_autofree char *fresh = g_build_filename (root, "new", NULL);
  g_autoptr (GError) error = NULL;
  int fd = -1;

  g_assert_true (cb_files_write (old, "secret", 6, NULL));
  g_assert_true (cb_files_write (fresh, "fresh", 5, NULL));
  fd = open (old, O_RDONLY);
  g_assert_true (cb_files_move_over (fresh, old, &error));
  g_assert_no_error (error);
  assert_only_zeros (fd, 6);
  close (fd);
  assert_content (old, "fresh");
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));

  fd = open (old, O_RDONLY);
  g_assert_true (cb_files_erase (old, &error));
  g_assert_no_error (error);
  assert_only_zeros (fd, 5);
  close (fd);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (cb_files_erase (old, &error));

  g_assert_false (cb_files_move_over (fresh, old, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
}

/* What a process of its own is told when it tries to take the lock. */
static gboolean
child_gets_lock (const char *path, gboolean exclusive)
{
  int status = 0;
  pid_t child = fork ();

  if (child == 0)
    {
      g_autoptr (GError) error = NULL;
      int fd = cb_files_lock (path, exclusive, FALSE, &error);

      if (fd < 0 && !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY))
        _exit (2);
      _exit (fd >= 0 ? 0 : 1);
    }

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), <, 2);

  return WEXITSTATUS (status) == 0;
}

static void
test_lock (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *path = g_build_filename (root, "lock", NULL);
  g_autofree char *absent = g_build_filename (root, "absent", "lock", NULL);
  g_autoptr (GError) error = NULL;
  int fd = cb_files_lock (path, TRUE, FALSE, &error);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (mode_of (path), ==, 0600);
  g_assert_false (child_gets_lock (path, TRUE));
  g_assert_false (child_gets_lock (path, FALSE));
  close (fd);

  g_assert_true (child_gets_lock (path, TRUE));

  fd = cb_files_lock (path, FALSE, TRUE, &error);
  g_assert_cmpint (fd, >=, 0);
  g_assert_true (child_gets_lock (path, FALSE));
  g_assert_false (child_gets_lock (path, TRUE));
  close (fd);

  g_assert_cmpint (cb_files_lock (absent, TRUE, FALSE, &error), ==, -1);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
}

static void
test_lock_dies_with_holder (void)
{
  g_autoptr (TestDir) root = test_dir_new ();
  g_autofree char *path = g_build_filename (root, "lock", NULL);
  int ready[2];
  char byte = 0;
  pid_t child = 0;
  int fd = -1;

  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  if (child == 0)
    {
      if (cb_files_lock (path, TRUE, FALSE, NULL) < 0 || write (ready[1], "x", 1) != 1)
        _exit (1);
      while (TRUE)
        pause ();
    }

  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  g_assert_cmpint (cb_files_lock (path, TRUE, FALSE, NULL), ==, -1);
  kill (child, SIGKILL);
  wait_for (child, TRUE);

  fd = cb_files_lock (path, TRUE, TRUE, NULL);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  close (ready[0]);
  close (ready[1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/files/directory/is-made-private", test_directory);
  g_test_add_func ("/files/write/replaces", test_write);
  g_test_add_func ("/files/write/is-whole-whoever-is-killed", test_write_is_whole);
  g_test_add_func ("/files/create/has-one-maker", test_create_once);
  g_test_add_func ("/files/append/loses-nothing", test_append);
  g_test_add_func ("/files/append/takes-back-half-an-entry", test_append_takes_back);
  g_test_add_func ("/files/full/is-said-so", test_full);
  g_test_add_func ("/files/read/refuses-what-is-no-small-file", test_read_refuses);
  g_test_add_func ("/files/erase/overwrites", test_erase);
  g_test_add_func ("/files/lock/excludes", test_lock);
  g_test_add_func ("/files/lock/dies-with-its-holder", test_lock_dies_with_holder);

  return g_test_run ();
}
