/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-import-words.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-when.h"

/* Word for word the store's reasons; what is not among them is said in general. */
static const char *const reasons[] = {
  N_ ("the row is empty"),
  N_ ("the line is too long"),
  N_ ("a quotation mark is never closed"),
  N_ ("there are no headings, and nothing in the row reads as a person"),
  N_ ("the row has no name, organisation, email or phone"),
  N_ ("the card has no name, organisation, email or phone"),
  N_ ("the row has no email address and no phone number"),
  N_ ("the row says neither yes nor no: they count as not asked"),
  N_ ("a yes given elsewhere is not kept: they count as not asked until they answer here"),
  N_ ("it may belong to a record here that is damaged: nothing is added or changed until that "
      "record is repaired"),
  N_ ("a yes without its wording and its day is none: they count as not asked"),
};

const char *
cb_import_words_reason (const char *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      if (g_strcmp0 (reasons[i], reason) == 0)
        return _ (reasons[i]);
    }
  return _ ("this entry could not be read");
}

char *
cb_import_words_dup_number (guint64 number)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, number);
}

char *
cb_import_words_dup_line (guint64 line)
{
  g_autofree char *number = cb_import_words_dup_number (line);

  return g_strdup_printf (_ ("Line %s"), number);
}

char *
cb_import_words_dup_file (CbImportFile *file, gint64 now_us)
{
  g_autofree char *size = g_format_size (cb_import_file_get_size (file));
  g_autofree char *day = cb_when_dup_day (cb_import_file_get_modified_us (file), now_us);

  return g_strdup_printf ("%s · %s", size, day);
}

static char *
join_counts (const CbImportProgress *progress, const char *format)
{
  g_autofree char *added = cb_import_words_dup_number (progress->n_added);
  g_autofree char *merged = cb_import_words_dup_number (progress->n_merged);
  g_autofree char *rejected = cb_import_words_dup_number (progress->n_rejected);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (format, added, merged, rejected);
#pragma GCC diagnostic pop
}

char *
cb_import_words_dup_before (const CbImportProgress *progress, gboolean is_optouts)
{
  return join_counts (progress, is_optouts ? _ ("New: %s · on the list already: %s · left out: %s")
                                           : _ ("New: %s · here already: %s · left out: %s"));
}

char *
cb_import_words_dup_after (const CbImportProgress *progress, gboolean is_optouts)
{
  return join_counts (progress, is_optouts
                                  ? _ ("Put on the list: %s · were on it: %s · left out: %s")
                                  : _ ("Added: %s · merged: %s · left out: %s"));
}
