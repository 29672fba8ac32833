/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-entries.h"

#include <string.h>

#include "base/cb-fold.h"

#define SALT "counterbook/expected/1"

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char *
cb_test_entry_join (const CbEntry *entry)
{
  const CbCustomerDraft *draft = entry->draft;
  g_autofree char *emails = NULL;
  g_autofree char *phones = NULL;

  if (draft == NULL)
    return g_strdup_printf ("- %s", entry->reason);
  emails = g_strjoinv (" ", draft->emails);
  phones = g_strjoinv (" ", draft->phones);
  return g_strdup_printf ("%s|%s|%s|%s|%s", draft->given != NULL ? draft->given : "",
                          draft->family != NULL ? draft->family : "",
                          draft->language != NULL ? draft->language : "", emails, phones);
}

static void
append_sorted (GString *all, char **values, char *(*fold) (const char *) )
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; values[i] != NULL; i++)
    {
      char *folded = fold (values[i]);

      g_ptr_array_add (list, folded != NULL ? folded : g_strdup (values[i]));
    }
  g_ptr_array_sort (list, compare_texts);
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (all, "\n%s", (char *) g_ptr_array_index (list, i));
  g_string_append (all, "\n;");
}

static char *
fold_phone (const char *phone)
{
  return cb_fold_phone (phone, NULL);
}

char *
cb_test_entry_hash (const CbEntry *entry, const char *file)
{
  g_autoptr (GString) all = g_string_new (SALT);

  g_string_append_printf (all, "\n%s\n", file);
  if (entry->draft == NULL)
    g_string_append (all, "rejected");
  else
    {
      g_string_append_printf (all, "%s\n%s", entry->draft->given != NULL ? entry->draft->given : "",
                              entry->draft->family != NULL ? entry->draft->family : "");
      append_sorted (all, entry->draft->emails, cb_fold_email);
      append_sorted (all, entry->draft->phones, fold_phone);
    }
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, all->str, (gssize) all->len);
}

static gboolean
may_be_book (const char *name)
{
  return strstr (name, ".vcf") != NULL || g_str_has_suffix (name, ".csv") ||
         g_str_has_suffix (name, ".bab");
}

static void
add_books (GPtrArray *list, const char *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        add_books (list, path);
      else if (may_be_book (name))
        g_ptr_array_add (list, g_steal_pointer (&path));
    }
}

GPtrArray *
cb_test_list_books (const char *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_prefix (name, "vcard-") || g_str_has_prefix (name, "contacts-") ||
          g_str_has_prefix (name, "bad-csv-"))
        add_books (list, path);
    }
  g_ptr_array_sort (list, compare_texts);
  return list;
}

const char *
cb_test_need_shared (void)
{
  const char *shared = g_getenv ("CB_TEST_SHARED");

  if (shared != NULL && g_file_test (shared, G_FILE_TEST_IS_DIR))
    return shared;
  g_test_skip ("the folder of files that other programs wrote is not beside this checkout");
  return NULL;
}

char *
cb_test_get_fixture (const char *name)
{
  return g_build_filename (g_getenv ("CB_TEST_SOURCE_ROOT"), "tests", "fixtures", "import", name,
                           NULL);
}
