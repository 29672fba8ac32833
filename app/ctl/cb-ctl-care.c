/* SPDX-License-Identifier: Apache-2.0 */

/* What looks after what customers told us: what they would like in return, what helped them, how
 * they were contacted, where they belong, and whether a taste still holds. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-output.h"
#include "ctl/cb-ctl-records.h"
#include "vault/cb-seal.h"

#define UNUSED_DAYS 180
#define LIST_LIMIT 1000

/* --- in return --- */

static gboolean
run_add_wish (CbCtl *ctl, JsonObject **answer, GError **error)
{
  char *text = cb_ctl_read_text (error);
  g_autoptr (CbWish) wish = NULL;

  if (text == NULL)
    return FALSE;
  wish = cb_book_add_wish (ctl->book, ctl->actor, ctl->word, text, error);
  cb_text_wipe (text);
  if (wish == NULL)
    return FALSE;
  *answer = cb_ctl_encode_wish (wish, ctl);
  return TRUE;
}

static gboolean
run_remove_wish (CbCtl *ctl, JsonObject **answer, GError **error)
{
  if (!cb_book_remove_wish (ctl->book, ctl->actor, ctl->word, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "removed", ctl->word);
  return TRUE;
}

/* --- used for you --- */

static gboolean
run_used (CbCtl *ctl, JsonObject **answer, GError **error)
{
  if (!cb_book_mark_used (ctl->book, ctl->actor, ctl->word, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "used", ctl->word);
  return TRUE;
}

static gboolean
run_unused (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) list = cb_book_list_unused (
    ctl->book, ctl->actor, (guint) cb_ctl_get_number (ctl, "days", UNUSED_DAYS),
    (guint) cb_ctl_get_number (ctl, "limit", LIST_LIMIT), error);

  if (list == NULL)
    return FALSE;
  *answer = cb_ctl_encode_list (list, (CbCtlEncodeFunc) cb_ctl_encode_used, ctl);
  return TRUE;
}

static gboolean
run_confirm (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (CbPreference) preference =
    cb_book_confirm_preference (ctl->book, ctl->actor, ctl->word, error);

  if (preference == NULL)
    return FALSE;
  *answer = cb_ctl_encode_preference (preference, ctl);
  return TRUE;
}

/* --- the contact log --- */

static gboolean
run_log (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const CbReachDraft draft = {
    .purpose = cb_ctl_get_purpose (ctl),
    .request = cb_ctl_get_option (ctl, "request"),
    .channel = cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE),
    .circumstance = cb_ctl_get_circumstance (ctl, "because", CB_CIRCUMSTANCE_NONE),
    .outcome = cb_ctl_get_outcome (ctl, "outcome", CB_OUTCOME_REACHED),
  };
  g_autofree char *id = cb_book_log_reach (ctl->book, ctl->actor, ctl->word, &draft, error);

  if (id == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "id", id);
  return TRUE;
}

/* --- whose address it is --- */

static gboolean
run_code (CbCtl *ctl, JsonObject **answer, GError **error)
{
  gint64 ends_us = 0;
  char *code = cb_book_make_address_code (
    ctl->book, ctl->actor, ctl->word, cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE),
    (guint) cb_ctl_get_number (ctl, "number", 1), &ends_us, error);

  if (code == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "code", code);
  cb_ctl_set_time (*answer, "ends", ends_us);
  cb_text_wipe (code);
  return TRUE;
}

static gboolean
run_confirm_address (CbCtl *ctl, JsonObject **answer, GError **error)
{
  char *code = cb_ctl_read_secret (error);
  gboolean is_confirmed;

  if (code == NULL)
    return FALSE;
  is_confirmed = cb_book_confirm_address (ctl->book, ctl->actor, ctl->word, code, error);
  cb_text_wipe (code);
  if (!is_confirmed)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "customer", ctl->word);
  cb_json_set_boolean (*answer, "confirmed", TRUE);
  return TRUE;
}

/* --- where they belong --- */

static gboolean
run_set (CbCtl *ctl, JsonObject **answer, GError **error)
{
  static const char *const known[] = { "home", "associate", "zone", NULL };
  g_autoptr (JsonObject) record = cb_ctl_read_record (known, error);
  g_autoptr (CbStaff) staff = NULL;
  g_autofree char *home = NULL;
  g_autofree char *associate = NULL;
  g_autofree char *zone = NULL;
  CbBelongingDraft draft = { 0 };

  if (record == NULL || !cb_ctl_take_string (record, "home", &home, error) ||
      !cb_ctl_take_string (record, "associate", &associate, error) ||
      !cb_ctl_take_string (record, "zone", &zone, error))
    return FALSE;
  if (associate != NULL)
    {
      staff = cb_book_find_staff (ctl->book, associate, error);
      if (staff == NULL)
        return FALSE;
      draft.associate = cb_staff_get_id (staff);
    }
  draft.home = home;
  draft.zone = zone;
  if (!cb_book_set_belonging (ctl->book, ctl->actor, ctl->word, &draft, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "id", ctl->word);
  return TRUE;
}

/* --- the table --- */

static const CbCtlOption wish_options[] = {
  { "text-stdin", NULL, "what they would like in return, on standard input", TRUE },
  { NULL },
};

static const CbCtlOption unused_options[] = {
  { "days", "N", "written down at least so long ago; 180" },
  { "limit", "N", "at most so many; 1000" },
  { NULL },
};

static const CbCtlOption log_options[] = {
  { "purpose", "asked|news|invitations", "what for", TRUE },
  { "channel", "email|sms|phone|post|messenger", "by which way", TRUE },
  { "outcome", "reached|message|no-answer", "what came of it", TRUE },
  { "request", "ID", "the request it was about" },
  { "because", "arrived|near", "why then, where they agreed for an occasion" },
  { NULL },
};

static const CbCtlOption code_options[] = {
  { "channel", "email|sms|messenger", "by which way it goes there", TRUE },
  { "number", "N", "the so-manieth of their addresses; 1" },
  { NULL },
};

static const CbCtlOption confirm_options[] = {
  { "code-stdin", NULL, "the code, on standard input", TRUE },
  { NULL },
};

static const CbCtlOption set_options[] = {
  { "record-stdin", NULL,
    "{\"home\",\"associate\",\"zone\"}: the shop they call theirs, who usually serves them, and the "
    "time zone of their hours; what is left out is nothing in particular, and the shop's zone",
    TRUE },
  { NULL },
};

#define WHO_SERVES (CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER))

const CbCtlCommand cb_ctl_care_commands[] = {
  {
    .family = "wish",
    .verb = "add",
    .words = "CUSTOMER",
    .summary = "Write down what a customer would like in return.",
    .options = wish_options,
    .roles = WHO_SERVES,
    .run = run_add_wish,
  },
  {
    .family = "wish",
    .verb = "remove",
    .words = "ID",
    .summary = "They thought better of it, or it was granted.",
    .roles = WHO_SERVES,
    .run = run_remove_wish,
  },
  {
    .family = "note",
    .verb = "used",
    .words = "ID",
    .summary = "A note helped its customer.",
    .roles = WHO_SERVES,
    .run = run_used,
  },
  {
    .family = "note",
    .verb = "unused",
    .summary = "Notes that never helped, oldest first, proposed for deletion; logged.",
    .options = unused_options,
    .roles = CB_CTL_BY (MANAGER),
    .run = run_unused,
  },
  {
    .family = "preference",
    .verb = "used",
    .words = "ID",
    .summary = "A preference helped its customer.",
    .roles = WHO_SERVES,
    .run = run_used,
  },
  {
    .family = "preference",
    .verb = "confirm",
    .words = "ID",
    .summary = "They said it again: it is still right, and fades a year from now.",
    .roles = WHO_SERVES,
    .run = run_confirm,
  },
  {
    .family = "contact",
    .verb = "log",
    .words = "CUSTOMER",
    .summary =
      "Log that a customer was contacted; where it is not permitted, that is what is logged, and "
      "the command is refused.",
    .options = log_options,
    .roles = WHO_SERVES,
    .run = run_log,
  },
  {
    .family = "contact",
    .verb = "code",
    .words = "CUSTOMER",
    .summary = "Make the code that goes to an address of theirs, for its owner to confirm it.",
    .options = code_options,
    .roles = WHO_SERVES,
    .run = run_code,
  },
  {
    .family = "contact",
    .verb = "confirm",
    .words = "CUSTOMER",
    .summary = "They say the code that came there: the address is theirs.",
    .options = confirm_options,
    .roles = WHO_SERVES,
    .run = run_confirm_address,
  },
  {
    .family = "customer",
    .verb = "set",
    .words = "CUSTOMER",
    .summary =
      "Say which shop a customer calls theirs, who usually serves them, and by whose clock "
      "they live.",
    .options = set_options,
    .roles = WHO_SERVES,
    .run = run_set,
  },
  { NULL },
};
