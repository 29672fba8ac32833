/* SPDX-License-Identifier: Apache-2.0 */

/* What is done to the store as a whole: status, erasure, the audit's check. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-output.h"
#include "ctl/cb-ctl-records.h"
#include "ctl/cb-ctl-retention.h"
#include "db/cb-migration.h"

#define CLEANING_PATIENCE_US (30 * G_USEC_PER_SEC)
#define AUDIT_LIMIT 100000
#define CLEANING_NAP_US (200 * 1000)

/* --- status --- */

static void
set_counts (JsonObject *object, const CbOutboxCounts *counts)
{
  cb_json_set_int (object, "waiting", counts->waiting);
  cb_json_set_int (object, "held", counts->held);
  cb_json_set_int (object, "accepted", counts->accepted);
  cb_json_set_int (object, "parked", counts->parked);
  cb_ctl_set_time (object, "oldest_waiting", counts->oldest_us);
  cb_ctl_set_time (object, "last_accepted", counts->last_accepted_us);
}

static gboolean
run_status (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbOutboxCounts counts = { 0 };
  CbTimeState time;
  g_autoptr (CbEnrolment) enrolment = NULL;
  g_autoptr (GError) local_error = NULL;
  const CbEnrolmentFields *fields;

  if (!cb_book_count_outbox (ctl->book, &counts, error) ||
      !cb_book_judge_time (ctl->book, &time, error))
    return FALSE;
  enrolment = cb_book_load_enrolment (ctl->book, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  fields = enrolment != NULL ? cb_enrolment_peek (enrolment) : NULL;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "store", cb_book_get_store_id (ctl->book));
  cb_json_set_string (*answer, "name", cb_book_get_name (ctl->book));
  /* An open store has been migrated. */
  cb_json_set_int (*answer, "schema", cb_migration_get_latest ());
  cb_json_set_int (*answer, "keep_unasked", cb_book_get_keep_unasked_days (ctl->book));
  cb_json_set_boolean (*answer, "enrolled", fields != NULL);
  cb_json_set_string (*answer, "service", fields != NULL ? fields->service_url : NULL);
  cb_json_set_string (*answer, "terminal", fields != NULL ? fields->terminal_id : NULL);
  set_counts (*answer, &counts);
  cb_ctl_set_time_state (*answer, &time);
  return TRUE;
}

/* --- erase, audit --- */

/* The copies that were made here for the customer and could not be removed: a person has to. */
static void
add_left (JsonObject *answer, GPtrArray *left)
{
  JsonObject *paths;

  if (left->len == 0)
    return;
  paths = json_object_new_array ();
  for (guint i = 0; i < left->len; i++)
    json_object_array_add (paths, json_object_new_string (g_ptr_array_index (left, i)));
  json_object_object_add (answer, "copies_left", paths);
}

/* Those that are not where they were put: somebody may know where they are now. */
static void
add_missing (CbCtl *ctl, JsonObject *answer)
{
  g_autoptr (GPtrArray) missing = cb_book_take_missing_copies (ctl->book);
  JsonObject *list;

  if (missing->len == 0)
    return;
  list = json_object_new_array ();
  for (guint i = 0; i < missing->len; i++)
    {
      const CbMissingCopy *copy = missing->pdata[i];
      JsonObject *row = json_object_new_object ();

      cb_json_set_string (row, "mark", copy->mark);
      cb_json_set_string (row, "was", copy->place);
      cb_ctl_set_time (row, "made", copy->made_us);
      json_object_array_add (list, row);
    }
  json_object_object_add (answer, "copies_missing", list);
}

gboolean
cb_ctl_clean (CbCtl *ctl, const char **result, GError **error)
{
  gint64 deadline_us = g_get_monotonic_time () + CLEANING_PATIENCE_US;
  g_autoptr (GError) local_error = NULL;
  gboolean passed = TRUE;

  while (!cb_book_clean (ctl->book, &passed, &local_error))
    {
      if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY) ||
          g_get_monotonic_time () > deadline_us)
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&local_error),
                                      "it is erased, but the cleaning has to wait: ");
          return FALSE;
        }
      g_clear_error (&local_error);
      g_usleep (CLEANING_NAP_US);
    }
  *result = passed ? "pass" : "fail";
  if (passed)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
                       "it is erased, but something of theirs was still found in the store's "
                       "files; see counterbookctl doctor");
  return FALSE;
}

static gboolean
run_erase (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const char *result = NULL;
  CbEraseReason reason = cb_ctl_get_erase_reason (ctl, "reason", CB_ERASE_REQUEST);

  g_autoptr (GPtrArray) left = NULL;

  if (!cb_book_erase (ctl->book, ctl->actor, ctl->word, reason, error))
    return FALSE;
  left = cb_book_reach_copies (ctl->book, ctl->word, error);
  if (left == NULL || !cb_ctl_clean (ctl, &result, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "erased", ctl->word);
  cb_json_set_string (*answer, "selfcheck", result);
  add_left (*answer, left);
  add_missing (ctl, *answer);
  return TRUE;
}

static gboolean
run_verify (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const char *seen = cb_ctl_get_option (ctl, "head");
  g_autofree char *head = NULL;
  guint n_rows = 0;
  gint64 gap = 0;

  if (!cb_book_verify_audit (ctl->book, &n_rows, error) ||
      !cb_book_find_audit_gap (ctl->book, &gap, error) ||
      (seen != NULL && !cb_book_check_audit_head (ctl->book, seen, error)))
    return FALSE;
  if (gap > 0)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                   "rows of the audit are missing before row %" G_GINT64_FORMAT, gap);
      return FALSE;
    }
  head = cb_book_dup_audit_head (ctl->book, error);
  if (head == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_boolean (*answer, "whole", TRUE);
  cb_json_set_int (*answer, "rows", n_rows);
  cb_json_set_string (*answer, "head", head);
  return TRUE;
}

static JsonObject *
encode_audit_row (CbAuditRow *row, CbCtl *ctl)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_int (object, "seq", row->seq);
  cb_ctl_set_time (object, "at", row->at_us);
  cb_json_set_string (object, "staff", row->staff);
  cb_json_set_string (object, "action", row->action);
  cb_json_set_string (object, "customer", row->customer);
  cb_json_set_string (object, "object", row->object);
  cb_json_set_string (object, "code", row->code);
  return object;
}

static gboolean
run_export_audit (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) rows =
    cb_book_list_audit (ctl->book, ctl->actor, cb_ctl_get_number (ctl, "after", 0),
                        (guint) cb_ctl_get_number (ctl, "limit", AUDIT_LIMIT), error);

  if (rows == NULL)
    return FALSE;
  *answer = cb_ctl_encode_list (rows, (CbCtlEncodeFunc) encode_audit_row, ctl);
  return TRUE;
}

static const CbCtlOption verify_options[] = {
  { "head", "REF", "what an earlier run answered and was kept elsewhere: it must still stand" },
  { NULL },
};

static const CbCtlOption audit_options[] = {
  { "after", "N", "go on behind this row" },
  { "limit", "N", "at most so many; 100000" },
  { NULL },
};

static const CbCtlOption erase_options[] = {
  { "reason", "request|withdrawal|objection|minor|mistake|retention", "why", TRUE },
  { NULL },
};

const CbCtlCommand cb_ctl_store_commands[] = {
  {
    .family = "status",
    .summary = "The store, its counts of what waits and was acknowledged, and its service.",
    .run = run_status,
  },
  {
    .family = "erase",
    .words = "CUSTOMER",
    .summary = "Erase a customer at once and everywhere; it can't be undone. Waits until the "
               "file is cleaned and was looked through.",
    .options = erase_options,
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY),
    .run = run_erase,
  },
  {
    .family = "audit",
    .verb = "verify",
    .summary = "Walk the chain of audit rows; fails at the first that does not fit, and where rows "
               "are missing.",
    .options = verify_options,
    .roles = CB_CTL_BY (PRIVACY),
    .run = run_verify,
  },
  {
    .family = "audit",
    .verb = "export",
    .summary = "Who did what, and when: ids and codes alone, in their order; logged.",
    .options = audit_options,
    .roles = CB_CTL_BY (PRIVACY),
    .run = run_export_audit,
  },
  { NULL },
};
