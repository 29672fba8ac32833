/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-language.h"

#include <libintl.h>
#include <locale.h>

/* From the folder of the program in a build tree. */
#define BUILT "../ui/po"

static char *
dup_built_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *built = folder != NULL ? g_build_filename (folder, BUILT, NULL) : NULL;

  if (built == NULL || !g_file_test (built, G_FILE_TEST_IS_DIR))
    return NULL;
  return g_steal_pointer (&built);
}

void
cb_language_prepare (const char *installed)
{
  g_autofree char *built = dup_built_folder ();

  /* A locale that the machine has not got leaves us with English words, but with every letter. */
  if (setlocale (LC_ALL, "") == NULL && setlocale (LC_ALL, "C.UTF-8") == NULL)
    g_message ("language: this machine has neither the locale that is asked for nor C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, built != NULL ? built : installed);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
