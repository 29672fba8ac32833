/* SPDX-License-Identifier: Apache-2.0 */

/* What a manager reads about a file that is brought in. */

#pragma once

#include <glib.h>

#include "records/cb-import-file.h"
#include "store/cb-store-import.h"

G_BEGIN_DECLS

/* Why an entry was left out: the store's own reason, translated. */
const char *cb_import_words_reason (const char *reason);

/* "12,400" as it is written here. */
char *cb_import_words_dup_number (guint64 number);

/* "Line 12" */
char *cb_import_words_dup_line (guint64 line);

/* "34 kB · 3 March" */
char *cb_import_words_dup_file (CbImportFile *file, gint64 now_us);

/* "1,240 are new · 37 are here already · 5 are left out", before and after. */
char *cb_import_words_dup_before (const CbImportProgress *progress, gboolean is_optouts);
char *cb_import_words_dup_after (const CbImportProgress *progress, gboolean is_optouts);

G_END_DECLS
