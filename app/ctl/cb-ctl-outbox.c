/* SPDX-License-Identifier: Apache-2.0 */

/* outbox: what is on its way to the service, why it may or may not leave, and what to do about what
 * was refused. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-output.h"

static JsonObject *
encode_item (CbOutboxItem *item)
{
  JsonObject *row = json_object_new_object ();

  cb_json_set_string (row, "id", cb_outbox_item_get_id (item));
  cb_json_set_string (row, "kind", cb_outbox_item_get_kind (item));
  cb_json_set_string (row, "act", cb_outbox_item_get_act (item));
  cb_json_set_string (row, "record", cb_outbox_item_get_record_id (item));
  cb_json_set_string (row, "customer", cb_outbox_item_get_customer_id (item));
  cb_json_set_string (row, "purpose", cb_outbox_item_get_purpose (item));
  cb_json_set_string (row, "basis", cb_outbox_item_get_basis (item));
  cb_json_set_string (row, "grant", cb_outbox_item_get_grant (item));
  cb_json_set_string (row, "state", cb_delivery_to_id (cb_outbox_item_get_state (item)));
  cb_json_set_string (row, "reason", cb_outbox_item_get_reason (item));
  cb_json_set_string (row, "code", cb_outbox_item_get_code (item));
  cb_ctl_set_time (row, "created", cb_outbox_item_get_created_us (item));
  cb_json_set_int (row, "tries", cb_outbox_item_get_tries (item));
  return row;
}

static gboolean
run_list (CbCtl *ctl, JsonObject **answer, GError **error)
{
  guint limit = (guint) cb_ctl_get_number (ctl, "limit", G_MAXUINT);
  g_autoptr (GPtrArray) items = cb_book_list_outbox (ctl->book, limit, error);

  if (items == NULL)
    return FALSE;
  *answer = json_object_new_array ();
  for (guint i = 0; i < items->len; i++)
    json_object_array_add (*answer, encode_item (g_ptr_array_index (items, i)));
  return TRUE;
}

static gboolean
check_which (CbCtl *ctl, GError **error)
{
  if ((ctl->word != NULL) != cb_ctl_has_option (ctl, "all"))
    return TRUE;
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE,
                       "name one OPERATION, or give --all");
  return FALSE;
}

static gboolean
run_retry (CbCtl *ctl, JsonObject **answer, GError **error)
{
  guint n = 1;

  if (ctl->word != NULL ? !cb_book_retry (ctl->book, ctl->actor, ctl->word, error)
                        : !cb_book_retry_all (ctl->book, ctl->actor, &n, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_int (*answer, "retried", n);
  return TRUE;
}

static gboolean
run_discard (CbCtl *ctl, JsonObject **answer, GError **error)
{
  if (!cb_book_discard (ctl->book, ctl->actor, ctl->word, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "discarded", ctl->word);
  return TRUE;
}

/* --- what was changed here and elsewhere --- */

static JsonObject *
encode_conflict (const CbConflict *conflict)
{
  JsonObject *row = json_object_new_object ();

  cb_json_set_string (row, "id", conflict->op_id);
  cb_json_set_string (row, "customer", conflict->customer);
  cb_json_set_string (row, "kind", conflict->kind);
  cb_json_set_string (row, "record", conflict->record);
  json_object_object_add (row, "mine", json_object_get (conflict->mine));
  json_object_object_add (row, "theirs", json_object_get (conflict->theirs));
  return row;
}

static gboolean
run_conflicts (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) conflicts = cb_book_list_conflicts (ctl->book, ctl->actor, error);

  if (conflicts == NULL)
    return FALSE;
  *answer = json_object_new_array ();
  for (guint i = 0; i < conflicts->len; i++)
    json_object_array_add (*answer, encode_conflict (g_ptr_array_index (conflicts, i)));
  return TRUE;
}

static gboolean
read_keep (CbCtl *ctl, CbKeep *keep)
{
  static const char *const words[] = { "mine", "theirs", "both" };
  const char *said = cb_ctl_get_option (ctl, "keep");

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_strcmp0 (said, words[i]) == 0)
        {
          *keep = (CbKeep) i;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
check_keep (CbCtl *ctl, GError **error)
{
  CbKeep keep;

  if (read_keep (ctl, &keep))
    return TRUE;
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--keep is mine, theirs or both");
  return FALSE;
}

static gboolean
run_resolve (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbKeep keep = CB_KEEP_MINE;

  read_keep (ctl, &keep);
  if (!cb_book_resolve (ctl->book, ctl->actor, ctl->word, keep, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "resolved", ctl->word);
  return TRUE;
}

static const CbCtlOption resolve_options[] = {
  { "keep", "WHICH", "mine, theirs, or of a note both" },
  { NULL },
};

static const CbCtlOption retry_options[] = {
  { "all", NULL, "everything that was refused" },
  { NULL },
};

static const CbCtlOption list_options[] = {
  { "limit", "N", "at most so many" },
  { NULL },
};

const CbCtlCommand cb_ctl_outbox_commands[] = {
  {
    .family = "outbox",
    .verb = "list",
    .summary =
      "Every operation that is kept, ids only: what waits first, what was acknowledged last.",
    .options = list_options,
    .run = run_list,
  },
  {
    .family = "outbox",
    .verb = "retry",
    .words = "[OPERATION]",
    .summary = "Send what the service refused once more: one by its id, or --all.",
    .options = retry_options,
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY) | CB_CTL_BY (ADMIN),
    .check = check_which,
    .run = run_retry,
  },
  {
    .family = "outbox",
    .verb = "discard",
    .words = "OPERATION",
    .summary = "Keep a refused record here alone. An answer or an erasure has to arrive.",
    .roles = CB_CTL_BY (MANAGER),
    .run = run_discard,
  },
  {
    .family = "outbox",
    .verb = "conflicts",
    .summary = "What was changed here and at another terminal in the same place, both readings.",
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY) | CB_CTL_BY (ADMIN),
    .run = run_conflicts,
  },
  {
    .family = "outbox",
    .verb = "resolve",
    .words = "OPERATION",
    .summary = "Say which of two readings stays; of a note both can.",
    .options = resolve_options,
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY) | CB_CTL_BY (ADMIN),
    .check = check_keep,
    .run = run_resolve,
  },
  { NULL },
};
