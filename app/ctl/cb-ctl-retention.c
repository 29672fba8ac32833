/* SPDX-License-Identifier: Apache-2.0 */

/* retention: what ends by itself, said beforehand and ended on its day. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl-retention.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-output.h"
#include "ctl/cb-ctl.h"

#define DAYS_DEFAULT 30
#define DAYS_MAX 3650
#define LIMIT_DEFAULT 1000

/* --- what time it is --- */

void
cb_ctl_set_time_state (JsonObject *object, const CbTimeState *state)
{
  JsonObject *clock = json_object_new_object ();

  cb_json_set_string (clock, "state", cb_time_doubt_to_id (state->doubt));
  cb_json_set_int (clock, "off_s", state->jump_us / CB_US_PER_SECOND);
  cb_json_set_boolean (clock, "confirmed", state->is_confirmed);
  cb_ctl_set_time (clock, "last_believed", state->latest_us);
  json_object_object_add (object, "clock", clock);
}

static gboolean
require_belief (CbCtl *ctl, GError **error)
{
  CbTimeState state;

  if (!cb_book_judge_time (ctl->book, &state, error))
    return FALSE;
  if (state.doubt == CB_TIME_BELIEVED)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
               "the clock has jumped %s by more than two days, so nothing is deleted: set it right"
               " or, if it is, say so with 'retention confirm-time'",
               state.doubt == CB_TIME_AHEAD ? "ahead" : "back");
  return FALSE;
}

static gboolean
run_confirm_time (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbTimeState state;

  if (!cb_book_confirm_time (ctl->book, ctl->actor, error) ||
      !cb_book_judge_time (ctl->book, &state, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_ctl_set_time_state (*answer, &state);
  return TRUE;
}

static gboolean
run_confirm_erasures (CbCtl *ctl, JsonObject **answer, GError **error)
{
  if (!cb_book_confirm_erasures (ctl->book, ctl->actor, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_boolean (*answer, "confirmed", TRUE);
  return TRUE;
}

/* --- what ends --- */

static gboolean
run_retention (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const char *result = NULL;
  gint n_ended = 0;
  gint n_now;

  if (!require_belief (ctl, error))
    return FALSE;
  /* A run ends a bounded number of cards. */
  do
    {
      n_now = cb_book_run_retention (ctl->book, error);
      n_ended += MAX (n_now, 0);
    }
  while (n_now > 0);
  if (n_now < 0 || !cb_ctl_clean (ctl, &result, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_int (*answer, "ended", n_ended);
  return TRUE;
}

static JsonObject *
encode_ending (const CbEnding *ending)
{
  JsonObject *one = json_object_new_object ();

  cb_json_set_string (one, "kind", ending->kind);
  cb_json_set_string (one, "id", ending->id);
  cb_json_set_string (one, "customer", ending->customer);
  cb_json_set_string (one, "why", ending->why);
  cb_ctl_set_time (one, "ends", ending->ends_us);
  return one;
}

static gboolean
run_list (CbCtl *ctl, JsonObject **answer, GError **error)
{
  guint days = (guint) CLAMP (cb_ctl_get_number (ctl, "days", DAYS_DEFAULT), 1, DAYS_MAX);
  guint most = (guint) CLAMP (cb_ctl_get_number (ctl, "limit", LIMIT_DEFAULT), 1, G_MAXINT);
  g_autoptr (GPtrArray) list = cb_book_list_ends (ctl->book, ctl->actor, days - 1, most, error);

  if (list == NULL)
    return FALSE;
  *answer = json_object_new_array ();
  for (guint i = 0; i < list->len; i++)
    json_object_array_add (*answer, encode_ending (g_ptr_array_index (list, i)));
  return TRUE;
}

static const CbCtlOption list_options[] = {
  { "days", "N", "what ends within so many days (else 30); 1 is tonight" },
  { "limit", "N", "at most so many (else 1000)" },
  { NULL },
};

const CbCtlCommand cb_ctl_retention_commands[] = {
  {
    .family = "retention",
    .verb = "run",
    .summary = "End what has had its day; a running terminal does it by itself.",
    .run = run_retention,
  },
  {
    .family = "retention",
    .verb = "list",
    .summary = "What will end by itself, the first to end first: ids, kinds and days.",
    .options = list_options,
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY),
    .run = run_list,
  },
  {
    .family = "retention",
    .verb = "confirm-time",
    .summary = "Say that this machine's date and time are right, after they have jumped.",
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (ADMIN),
    .run = run_confirm_time,
  },
  {
    .family = "retention",
    .verb = "confirm-erasures",
    .summary =
      "Say that who was erased and what was taken back after an older back-up is so again, "
      "where no service can tell it.",
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY),
    .run = run_confirm_erasures,
  },
  { NULL },
};
