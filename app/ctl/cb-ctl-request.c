/* SPDX-License-Identifier: Apache-2.0 */

/* request, promise: what customers asked for and what we said we would do, by when, and how far it
 * is. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-records.h"

#define LIST_LIMIT 1000

/* --- add --- */

static gboolean
fill_common (JsonObject *record, CbMatterDraft *draft, GError **error)
{
  return cb_ctl_take_string (record, "text", &draft->text, error) &&
         cb_ctl_take_string (record, "for", &draft->for_role, error) &&
         cb_ctl_take_day_end (record, "due", &draft->due_us, error);
}

static gboolean
fill_request (JsonObject *record, CbMatterDraft *draft, GError **error)
{
  g_autofree char *kind = NULL;

  if (!fill_common (record, draft, error) || !cb_ctl_take_string (record, "kind", &kind, error))
    return FALSE;
  if (kind == NULL ||
      (cb_matter_kind_from_id (kind, &draft->kind) && draft->kind != CB_MATTER_PROMISE))
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                       "the record's kind is hold, order, repair, alteration, tell-me or other");
  return FALSE;
}

static gboolean
fill_promise (CbCtl *ctl, JsonObject *record, CbMatterDraft *draft, GError **error)
{
  g_autofree char *by = NULL;
  g_autoptr (CbStaff) staff = NULL;

  draft->kind = CB_MATTER_PROMISE;
  if (!fill_common (record, draft, error) ||
      !cb_ctl_take_string (record, "request", &draft->answers, error) ||
      !cb_ctl_take_string (record, "by", &by, error))
    return FALSE;
  if (by == NULL)
    return TRUE;
  staff = cb_book_find_staff (ctl->book, by, error);
  if (staff == NULL)
    return FALSE;
  draft->promised_by = g_strdup (cb_staff_get_id (staff));
  return TRUE;
}

static gboolean
add (CbCtl *ctl, const CbMatterDraft *draft, JsonObject **answer, GError **error)
{
  g_autoptr (CbMatter) request =
    cb_book_add_request (ctl->book, ctl->actor, ctl->word, draft, error);

  if (request == NULL)
    return FALSE;
  *answer = cb_ctl_encode_request (request, ctl);
  return TRUE;
}

static gboolean
run_add_request (CbCtl *ctl, JsonObject **answer, GError **error)
{
  static const char *const known[] = { "kind", "text", "for", "due", NULL };
  g_autoptr (JsonObject) record = cb_ctl_read_record (known, error);
  g_autoptr (CbMatterDraft) draft = cb_matter_draft_new ();

  return record != NULL && fill_request (record, draft, error) && add (ctl, draft, answer, error);
}

static gboolean
run_add_promise (CbCtl *ctl, JsonObject **answer, GError **error)
{
  static const char *const known[] = { "text", "for", "due", "by", "request", NULL };
  g_autoptr (JsonObject) record = cb_ctl_read_record (known, error);
  g_autoptr (CbMatterDraft) draft = cb_matter_draft_new ();

  return record != NULL && fill_promise (ctl, record, draft, error) &&
         add (ctl, draft, answer, error);
}

/* --- list and move --- */

static gboolean
run_list (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) list =
    cb_book_list_requests (ctl->book, ctl->actor, cb_ctl_has_option (ctl, "all"),
                           (guint) cb_ctl_get_number (ctl, "limit", LIST_LIMIT), error);

  if (list == NULL)
    return FALSE;
  *answer = cb_ctl_encode_list (list, (CbCtlEncodeFunc) cb_ctl_encode_request, ctl);
  return TRUE;
}

static gboolean
check_move (CbCtl *ctl, GError **error)
{
  CbMatterState state;

  if (cb_matter_state_from_id (ctl->second_word, &state))
    return TRUE;
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE,
                       "STATE is open, in-hand, ready, told, done, broken or cancelled");
  return FALSE;
}

static gboolean
run_move (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbMatterState state = CB_MATTER_OPEN;
  CbChannel channel = cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE);
  g_autoptr (CbMatter) request = NULL;

  cb_matter_state_from_id (ctl->second_word, &state);
  request = cb_book_move_request (ctl->book, ctl->actor, ctl->word, state, channel, error);
  if (request == NULL)
    return FALSE;
  *answer = cb_ctl_encode_request (request, ctl);
  return TRUE;
}

/* --- the table --- */

static const CbCtlOption request_options[] = {
  { "record-stdin", NULL,
    "{\"kind\",\"text\",\"for\",\"due\"}; text is needed, due is the day by which, kind is "
    "hold, order, repair, alteration, tell-me or other",
    TRUE },
  { NULL },
};

static const CbCtlOption promise_options[] = {
  { "record-stdin", NULL,
    "{\"text\",\"for\",\"due\",\"by\",\"request\"}; text and due are needed, by is whose word it is "
    "(else whoever writes it), request the id of what it is about",
    TRUE },
  { NULL },
};

static const CbCtlOption list_options[] = {
  { "all", NULL, "what is closed and not yet ended too" },
  { "limit", "N", "at most so many; 1000" },
  { NULL },
};

static const CbCtlOption move_options[] = {
  { "channel", "email|sms|phone|post|messenger",
    "how they were told, where they did not stand here; refused where it is not permitted" },
  { NULL },
};

#define WHO_SERVES (CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER))

const CbCtlCommand cb_ctl_request_commands[] = {
  {
    .family = "request",
    .verb = "add",
    .words = "CUSTOMER",
    .summary = "Write down what a customer asks us to do; the request is what it rests on, and no "
               "card is shown.",
    .options = request_options,
    .roles = WHO_SERVES,
    .run = run_add_request,
  },
  {
    .family = "request",
    .verb = "list",
    .summary = "What is to be done for whom, by its day; logged.",
    .options = list_options,
    .roles = WHO_SERVES,
    .run = run_list,
  },
  {
    .family = "request",
    .verb = "move",
    .words = "ID STATE",
    .summary = "Say how far a request or a promise is: open, in-hand, ready, told, done, broken, "
               "cancelled; 30 days after it is closed it ends.",
    .options = move_options,
    .roles = WHO_SERVES,
    .check = check_move,
    .run = run_move,
  },
  {
    .family = "promise",
    .verb = "add",
    .words = "CUSTOMER",
    .summary = "Write down what we said we would do, by when, and whose word it is.",
    .options = promise_options,
    .roles = WHO_SERVES,
    .run = run_add_promise,
  },
  { NULL },
};
