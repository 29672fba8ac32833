/* SPDX-License-Identifier: Apache-2.0 */

/* What the operator of a terminal decides: $XDG_CONFIG_HOME/counterbook/counterbook.conf, then the
 * command line. A file that is absent, unreadable or half wrong gives defaults for what is wrong.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint veil_after_s; /* 15 to 300; 45 */
  guint lock_after_s; /* a minute to 15; 300 */
} CbSettings;

CbSettings cb_settings_read (const char *path);

/* Where files are put that a manager brings in: `folder` of the group `import`, else a folder
 * "Counterbook" among this user's documents. Free it. */
char *cb_settings_dup_import_folder (const char *path);

/* Free it. */
char *cb_settings_dup_path (void);

G_END_DECLS
