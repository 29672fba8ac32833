/* SPDX-License-Identifier: Apache-2.0 */

/* import, suppressions import, catalogue import, purchases import: the shop's existing book comes
 * in, its list of those who are not to be contacted, what it sells and what its till sold. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include <stdio.h>

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-records.h"
#include "store/cb-import.h"

/* A file that takes longer is one whose progress somebody wants to see. */
#define PROGRESS_EVERY_US (2 * G_USEC_PER_SEC)

/* Random ids spread each entry's rows over the whole file: pages written for many at once are
 * written once. */
#define PIECE_ENTRIES 2000

/* Moved into the file after so many pieces: a page that several of them wrote is moved once. */
#define PIECES_A_CHECKPOINT 4

#define LIST_LIMIT 1000

/* --- the day until which --- */

static gboolean
check_import (CbCtl *ctl, GError **error)
{
  const char *date = cb_ctl_get_option (ctl, "keep-until");

  if (date == NULL || cb_ctl_read_day_end (date) > cb_clock_get_now_us (ctl->clock))
    return TRUE;
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE,
                       "--keep-until takes a day from today on, as 2027-01-31");
  return FALSE;
}

/* --- progress --- */

static void
tell_progress (CbImport *import, gint64 *next_us)
{
  guint64 size = cb_import_get_size (import);
  guint64 position = cb_import_get_position (import);

  if (g_get_monotonic_time () < *next_us)
    return;
  *next_us = g_get_monotonic_time () + PROGRESS_EVERY_US;
  fprintf (stderr, "counterbookctl: %" G_GUINT64_FORMAT " read", cb_import_get_n_read (import));
  if (size > 0)
    fprintf (stderr, ", %d %%", (int) MIN (position * 100 / size, 100));
  fputc ('\n', stderr);
}

/* --- the import --- */

static JsonObject *
encode_rejected (GArray *list)
{
  JsonObject *rows = json_object_new_array ();

  for (guint i = 0; i < list->len; i++)
    {
      const CbRejected *one = &g_array_index (list, CbRejected, i);
      JsonObject *row = json_object_new_object ();

      cb_json_set_int (row, "line", (gint64) one->line);
      cb_json_set_string (row, "reason", one->reason);
      json_object_array_add (rows, row);
    }
  return rows;
}

static JsonObject *
encode_import (CbImport *import)
{
  JsonObject *answer = json_object_new_object ();

  cb_json_set_int (answer, "read", (gint64) cb_import_get_n_read (import));
  cb_json_set_int (answer, "added", (gint64) cb_import_get_n_added (import));
  cb_json_set_int (answer, "merged", (gint64) cb_import_get_n_merged (import));
  json_object_object_add (answer, "rejected", encode_rejected (cb_import_get_rejected (import)));
  return answer;
}

static gboolean
take_pieces (CbCtl *ctl, CbImport *import, GError **error)
{
  gint64 next_us = g_get_monotonic_time () + PROGRESS_EVERY_US;
  gboolean more = TRUE;

  for (guint n = 1; more; n++)
    {
      gboolean is_outbox_touched;

      if (!cb_book_import_piece (ctl->book, ctl->actor, import, &more, error))
        {
          g_prefix_error (error,
                          "%" G_GUINT64_FORMAT " read, %" G_GUINT64_FORMAT
                          " added, %" G_GUINT64_FORMAT " merged, then: ",
                          cb_import_get_n_read (import), cb_import_get_n_added (import),
                          cb_import_get_n_merged (import));
          return FALSE;
        }
      /* Nobody here follows them, and the list would be searched for each further one. */
      g_ptr_array_unref (cb_book_take_touched (ctl->book, &is_outbox_touched));
      if (n % PIECES_A_CHECKPOINT == 0 || !more)
        cb_book_do_idle (ctl->book);
      tell_progress (import, &next_us);
    }
  return TRUE;
}

static gboolean
finish_import (CbCtl *ctl, CbImport *import, JsonObject **answer, GError **error)
{
  if (import == NULL || !take_pieces (ctl, import, error))
    return FALSE;
  if (cb_import_get_n_read (import) == 0)
    fputs ("counterbookctl: there is no entry in this file\n", stderr);
  *answer = encode_import (import);
  return TRUE;
}

static gboolean
run_import (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const char *date = cb_ctl_get_option (ctl, "keep-until");
  CbImportOptions options = {
    .basis = cb_ctl_get_option (ctl, "basis"),
    .keep_until_us = date != NULL ? cb_ctl_read_day_end (date) : 0,
    .is_dry_run = cb_ctl_has_option (ctl, "dry-run"),
    .piece_entries = PIECE_ENTRIES,
  };
  CbExchangeFormat format = CB_EXCHANGE_AUTO;
  g_autoptr (CbImport) import = NULL;

  cb_exchange_format_from_id (cb_ctl_get_option (ctl, "format"), &format);
  import = cb_import_open (ctl->word, format, &options, error);
  return finish_import (ctl, import, answer, error);
}

/* Nobody's yes comes from a list: how many rows have one is said, so that it is not looked for. */
static gboolean
run_import_suppressions (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbImportOptions options = {
    .is_dry_run = cb_ctl_has_option (ctl, "dry-run"),
    .piece_entries = PIECE_ENTRIES,
  };
  g_autoptr (CbImport) import = cb_import_open_suppressions (ctl->word, &options, error);

  if (!finish_import (ctl, import, answer, error))
    return FALSE;
  cb_json_set_int (*answer, "not_asked", (gint64) cb_import_get_n_not_asked (import));
  return TRUE;
}

static gboolean
run_import_catalogue (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbImportOptions options = {
    .is_dry_run = cb_ctl_has_option (ctl, "dry-run"),
    .piece_entries = PIECE_ENTRIES,
  };
  g_autoptr (CbImport) import = cb_import_open_catalogue (ctl->word, &options, error);

  return finish_import (ctl, import, answer, error);
}

static gboolean
run_import_purchases (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbImportOptions options = {
    .is_dry_run = cb_ctl_has_option (ctl, "dry-run"),
    .piece_entries = PIECE_ENTRIES,
  };
  g_autoptr (CbImport) import = cb_import_open_purchases (ctl->word, &options, error);

  return finish_import (ctl, import, answer, error);
}

static gboolean
run_list_catalogue (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) list =
    cb_book_list_products (ctl->book, (guint) cb_ctl_get_number (ctl, "limit", LIST_LIMIT),
                           cb_ctl_get_option (ctl, "after"), error);

  if (list == NULL)
    return FALSE;
  *answer = cb_ctl_encode_list (list, (CbCtlEncodeFunc) cb_ctl_encode_product, ctl);
  return TRUE;
}

/* --- the table --- */

static const CbCtlOption import_options[] = {
  { "format", "vcard|csv|auto", "what the file is; auto, by what it holds" },
  { "dry-run", NULL, "say what would become of each entry, and change nothing" },
  { "basis", "consent|contract|legitimate-interest", "on what the shop keeps them; recorded" },
  { "keep-until", "DATE", "the last day, such as 2027-01-31; twelve months unless given" },
  { NULL },
};

static const CbCtlOption goods_options[] = {
  { "dry-run", NULL, "say what would become of each row, and change nothing" },
  { NULL },
};

static const CbCtlOption catalogue_options[] = {
  { "limit", "N", "at most so many; 1000" },
  { "after", "ID", "go on behind this one" },
  { NULL },
};

static const CbCtlOption suppressions_options[] = {
  { "dry-run", NULL, "say what would become of each row, and change nothing" },
  { NULL },
};

const CbCtlCommand cb_ctl_import_commands[] = {
  {
    .family = "import",
    .words = "FILE",
    .summary = "Bring in an old book, vCard or CSV; nothing of it leaves before its owner agrees.",
    .options = import_options,
    .roles = CB_CTL_BY (MANAGER),
    .check = check_import,
    .run = run_import,
  },
  {
    .family = "suppressions",
    .verb = "import",
    .words = "FILE",
    .summary =
      "Bring in a list of those who are not to be contacted; of each a keyed hash is kept.",
    .options = suppressions_options,
    .roles = CB_CTL_BY (MANAGER),
    .run = run_import_suppressions,
  },
  {
    .family = "catalogue",
    .verb = "import",
    .words = "FILE",
    .summary = "Bring in what the shop sells, a table by its headings; what is known is brought up "
               "to date.",
    .options = goods_options,
    .roles = CB_CTL_BY (MANAGER),
    .run = run_import_catalogue,
  },
  {
    .family = "catalogue",
    .verb = "list",
    .summary = "What the shop sells, by its number, a page at a time.",
    .options = catalogue_options,
    .run = run_list_catalogue,
  },
  {
    .family = "purchases",
    .verb = "import",
    .words = "FILE",
    .summary =
      "Bring in what the till sold and took back, a table by its headings; lines of nobody are "
      "rejected, the same file again adds nothing.",
    .options = goods_options,
    .roles = CB_CTL_BY (MANAGER),
    .run = run_import_purchases,
  },
  { NULL },
};
