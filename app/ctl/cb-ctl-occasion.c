/* SPDX-License-Identifier: Apache-2.0 */

/* occasion: days that matter to customers, those that come back and events with their steps. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include <stdio.h>
#include <string.h>

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-records.h"

#define LIST_DAYS 56
#define LIST_LIMIT 1000
#define DAYS_BEFORE_MAX 3650

static gboolean
fail_record (GError **error, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, why);
  return FALSE;
}

/* --- add --- */

/* "05-17" comes back, "2027-06-12" is an event. */
static gboolean
fill_date (const char *text, CbOccasionDraft *draft, GError **error)
{
  int n_read = 0;

  draft->kind = CB_OCCASION_EVENT;
  if (text != NULL && cb_ctl_read_date (text, &draft->year, &draft->month, &draft->day))
    return TRUE;
  draft->kind = CB_OCCASION_YEARLY;
  draft->year = 0;
  if (text != NULL && strlen (text) == 5 &&
      sscanf (text, "%2d-%2d%n", &draft->month, &draft->day, &n_read) == 2 && n_read == 5)
    return TRUE;
  return fail_record (error,
                      "the record's date is a month and a day such as 05-17, which comes "
                      "back, or the day of an event such as 2027-06-12");
}

static gint64
get_days_before (const CbOccasionDraft *draft, gint64 n_days)
{
  g_autoptr (GDateTime) noon =
    g_date_time_new_local (draft->year, draft->month, draft->day, 12, 0, 0);
  g_autoptr (GDateTime) day = noon != NULL ? g_date_time_add_days (noon, (gint) -n_days) : NULL;

  return day == NULL
           ? 0
           : cb_clock_date_end_us (g_date_time_get_year (day), g_date_time_get_month (day),
                                   g_date_time_get_day_of_month (day));
}

static gboolean
fill_step (JsonObject *row, CbOccasionDraft *draft, GError **error)
{
  static const char *const known[] = { "text", "date", "days_before", NULL };
  CbOccasionStep *step = cb_occasion_step_new (NULL, NULL, 0, 0);
  gint64 n_days = cb_json_get_int (row, "days_before", -1);

  g_ptr_array_add (draft->steps, step);
  if (!cb_ctl_check_members (row, known, error) ||
      !cb_ctl_take_string (row, "text", &step->text, error) ||
      !cb_ctl_take_day_end (row, "date", &step->due_us, error))
    return FALSE;
  if (step->due_us == 0 && n_days >= 0 && n_days <= DAYS_BEFORE_MAX)
    step->due_us = get_days_before (draft, n_days);
  return step->due_us != 0 ||
         fail_record (error, "a step has a date, or a number of days_before the event");
}

static gboolean
fill_steps (JsonObject *record, CbOccasionDraft *draft, GError **error)
{
  JsonObject *rows = NULL;

  if (!json_object_object_get_ex (record, "steps", &rows) || rows == NULL)
    return TRUE;
  if (!json_object_is_type (rows, json_type_array))
    return fail_record (error, "the record's steps are no list");
  if (draft->kind != CB_OCCASION_EVENT && json_object_array_length (rows) > 0)
    return fail_record (error, "only an event has steps");
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      if (!fill_step (json_object_array_get_idx (rows, i), draft, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
fill_draft (JsonObject *record, CbOccasionDraft *draft, GError **error)
{
  g_autofree char *date = NULL;
  g_autofree char *provenance = NULL;

  if (!cb_ctl_take_string (record, "text", &draft->text, error) ||
      !cb_ctl_take_string (record, "for", &draft->for_role, error) ||
      !cb_ctl_take_string (record, "date", &date, error) ||
      !cb_ctl_take_string (record, "provenance", &provenance, error) ||
      !fill_date (date, draft, error))
    return FALSE;
  if (provenance != NULL && !cb_provenance_from_id (provenance, &draft->provenance))
    return fail_record (error, "the record's provenance is said, asked or observed");
  return fill_steps (record, draft, error);
}

static gboolean
run_add (CbCtl *ctl, JsonObject **answer, GError **error)
{
  static const char *const known[] = { "text", "date", "for", "provenance", "steps", NULL };
  g_autoptr (JsonObject) record = cb_ctl_read_record (known, error);
  g_autoptr (CbOccasionDraft) draft = cb_occasion_draft_new ();
  g_autoptr (CbOccasion) occasion = NULL;

  if (record == NULL || !fill_draft (record, draft, error))
    return FALSE;
  occasion = cb_book_add_occasion (ctl->book, ctl->actor, ctl->word, draft, error);
  if (occasion == NULL)
    return FALSE;
  *answer = cb_ctl_encode_occasion (occasion, ctl);
  return TRUE;
}

/* --- list, and what becomes of them --- */

static gboolean
run_list (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) list = cb_book_list_occasions (
    ctl->book, ctl->actor, (guint) cb_ctl_get_number (ctl, "days", LIST_DAYS),
    (guint) cb_ctl_get_number (ctl, "limit", LIST_LIMIT), error);

  if (list == NULL)
    return FALSE;
  *answer = cb_ctl_encode_list (list, (CbCtlEncodeFunc) cb_ctl_encode_occasion, ctl);
  return TRUE;
}

static gboolean
run_done (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (CbOccasion) occasion =
    cb_book_do_step (ctl->book, ctl->actor, ctl->word, !cb_ctl_has_option (ctl, "undo"), error);

  if (occasion == NULL)
    return FALSE;
  *answer = cb_ctl_encode_occasion (occasion, ctl);
  return TRUE;
}

static gboolean
run_confirm (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (CbOccasion) occasion =
    cb_book_confirm_occasion (ctl->book, ctl->actor, ctl->word, error);

  if (occasion == NULL)
    return FALSE;
  *answer = cb_ctl_encode_occasion (occasion, ctl);
  return TRUE;
}

static gboolean
run_remove (CbCtl *ctl, JsonObject **answer, GError **error)
{
  if (!cb_book_remove_occasion (ctl->book, ctl->actor, ctl->word, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "removed", ctl->word);
  return TRUE;
}

/* --- the table --- */

static const CbCtlOption add_options[] = {
  { "record-stdin", NULL,
    "{\"text\",\"date\",\"for\",\"provenance\",\"steps\":[{\"text\",\"date\"|\"days_before\"}]}; a "
    "date such as 05-17 comes back every year, one such as 2027-06-12 is an event, which alone has "
    "steps",
    TRUE },
  { NULL },
};

static const CbCtlOption list_options[] = {
  { "days", "N", "from today on; 56" },
  { "limit", "N", "at most so many; 1000" },
  { NULL },
};

static const CbCtlOption done_options[] = {
  { "undo", NULL, "it was not done after all" },
  { NULL },
};

#define WHO_SERVES (CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER))

const CbCtlCommand cb_ctl_occasion_commands[] = {
  {
    .family = "occasion",
    .verb = "add",
    .words = "CUSTOMER",
    .summary = "Keep a day that comes back, or an event with its steps, which ends by itself.",
    .options = add_options,
    .roles = WHO_SERVES,
    .run = run_add,
  },
  {
    .family = "occasion",
    .verb = "list",
    .summary = "What is to be looked at soon: the next step of an event, else the day; logged.",
    .options = list_options,
    .roles = WHO_SERVES,
    .run = run_list,
  },
  {
    .family = "occasion",
    .verb = "done",
    .words = "STEP",
    .summary = "A step of an event was done.",
    .options = done_options,
    .roles = WHO_SERVES,
    .run = run_done,
  },
  {
    .family = "occasion",
    .verb = "confirm",
    .words = "ID",
    .summary = "They said it again: it is still right.",
    .roles = WHO_SERVES,
    .run = run_confirm,
  },
  {
    .family = "occasion",
    .verb = "remove",
    .words = "ID",
    .summary = "It is not right, or no longer theirs: it goes at once, with its steps.",
    .roles = WHO_SERVES,
    .run = run_remove,
  },
  { NULL },
};
