/* SPDX-License-Identifier: Apache-2.0 */

/* A directory of a test's own, removed with everything in it when the scope ends. */

#pragma once

#include <glib.h>
#include <glib/gstdio.h>

G_BEGIN_DECLS

typedef char TestDir;

static inline TestDir *
test_dir_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("counterbook-test-XXXXXX", &error);

  g_assert_no_error (error);

  return path;
}

static inline void
test_dir_empty (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!g_file_test (child, G_FILE_TEST_IS_SYMLINK) && g_file_test (child, G_FILE_TEST_IS_DIR))
        test_dir_empty (child);
      g_remove (child);
    }
}

static inline void
test_dir_free (TestDir *path)
{
  test_dir_empty (path);
  g_remove (path);
  g_free (path);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestDir, test_dir_free)

G_END_DECLS
