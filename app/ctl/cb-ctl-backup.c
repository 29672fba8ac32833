/* SPDX-License-Identifier: Apache-2.0 */

/* What an operator does for the store to outlive its machine. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "ctl/cb-ctl-output.h"

/* --- backup --- */

static gboolean
run_backup (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbBackup backup;

  if (!cb_book_back_up (ctl->book, ctl->actor, ctl->word, &backup, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "store", backup.store_id);
  cb_ctl_set_time (*answer, "made", backup.made_us);
  cb_json_set_int (*answer, "schema", backup.schema);
  cb_json_set_int (*answer, "bytes", (gint64) backup.length);
  return TRUE;
}

const CbCtlCommand cb_ctl_backup_commands[] = {
  {
    .family = "backup",
    .words = "FILE",
    .summary = "Write the whole store into one sealed file, and open it again to be sure. This "
               "machine's device key opens it, or the recovery code; neither is in it.",
    .roles = CB_CTL_BY (ADMIN),
    .run = run_backup,
  },
  { NULL },
};
