/* SPDX-License-Identifier: Apache-2.0 */

/* consent and permission: what can be asked, what was answered, and what that permits now. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-output.h"
#include "ctl/cb-ctl-records.h"

/* --- purposes --- */

static gboolean
run_purposes (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const CbPurpose *const *purposes = cb_purposes_get_all ();
  const CbNotice *notice = cb_notice_get_current ();

  *answer = json_object_new_array ();
  for (guint i = 0; purposes[i] != NULL; i++)
    {
      JsonObject *row = json_object_new_object ();

      cb_json_set_string (row, "id", cb_purpose_get_id (purposes[i]));
      cb_json_set_string (row, "title", cb_purpose_get_title (purposes[i], "en"));
      cb_json_set_string (row, "scope", cb_purpose_get_scope (purposes[i]));
      cb_ctl_set_strings (row, "channels", cb_purpose_get_channels (purposes[i]));
      cb_json_set_string (row, "notice", cb_notice_get_id (notice));
      cb_json_set_int (row, "version", cb_notice_get_version (notice));
      json_object_array_add (*answer, row);
    }
  return TRUE;
}

/* --- when and how often --- */

/* What the command line says of it; nothing of it is none. */
static gboolean
read_conditions (CbCtl *ctl, CbConditions *conditions, GError **error)
{
  const char *hours = cb_ctl_get_option (ctl, "quiet");
  const char *day = cb_ctl_get_option (ctl, "pause-until");

  *conditions = (CbConditions) CB_CONDITIONS_NONE;
  conditions->at_most = (guint) cb_ctl_get_number (ctl, "at-most", 0);
  conditions->per_days = (guint) cb_ctl_get_number (ctl, "per-days", 0);
  if ((hours != NULL &&
       !cb_conditions_read_hours (hours, &conditions->quiet_from, &conditions->quiet_to)) ||
      (day != NULL && !cb_conditions_read_day (day, &conditions->paused_until)))
    {
      g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE,
                           "--quiet takes hours such as 20:30-09:00, --pause-until a day such as "
                           "2026-12-01");
      return FALSE;
    }
  cb_circumstance_from_id (cb_ctl_get_option (ctl, "only-when"), &conditions->only_when);
  return TRUE;
}

static gboolean
check_conditions (CbCtl *ctl, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  CbConditions conditions;

  if (!read_conditions (ctl, &conditions, error))
    return FALSE;
  if (cb_conditions_check (&conditions, &local_error))
    return TRUE;
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, local_error->message);
  return FALSE;
}

static gboolean
run_limit (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbConditionsDraft draft = {
    .purpose = cb_ctl_get_purpose (ctl),
    .channel = cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE),
    .method = cb_ctl_get_method (ctl, "method", CB_METHOD_SPOKEN),
  };

  if (!read_conditions (ctl, &draft.conditions, error) ||
      !cb_book_set_conditions (ctl->book, ctl->actor, ctl->word, &draft, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "customer", ctl->word);
  cb_json_set_string (*answer, "purpose", draft.purpose);
  cb_json_set_string (*answer, "channel", cb_ctl_name_channel (draft.channel));
  cb_conditions_encode (&draft.conditions, *answer);
  return TRUE;
}

static JsonObject *
encode_said (const CbSaidConditions *said, CbCtl *ctl)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "purpose", said->purpose);
  cb_json_set_string (object, "channel", cb_ctl_name_channel (said->channel));
  cb_conditions_encode (&said->conditions, object);
  cb_json_set_string (object, "method", cb_method_to_id (said->method));
  cb_ctl_set_staff (object, "staff", ctl, said->staff_id);
  cb_ctl_set_time (object, "at", said->at_us);
  return object;
}

/* --- permission and show --- */

static gboolean
run_permission (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbChannel channel = cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE);
  g_autoptr (CbPermission) permission = cb_book_look_up_permission (
    ctl->book, ctl->actor, ctl->word, cb_ctl_get_purpose (ctl), channel,
    cb_ctl_get_circumstance (ctl, "because", CB_CIRCUMSTANCE_NONE), error);

  if (permission == NULL)
    return FALSE;
  *answer = cb_ctl_encode_permission (permission, ctl);
  return TRUE;
}

static gboolean
add_permission (CbCtl *ctl,
                JsonObject *list,
                const char *purpose,
                CbChannel channel,
                GError **error)
{
  g_autoptr (CbPermission) permission = cb_book_permit (ctl->book, ctl->actor, ctl->word, purpose,
                                                        channel, CB_CIRCUMSTANCE_NONE, error);

  if (permission == NULL)
    return FALSE;
  json_object_array_add (list, cb_ctl_encode_permission (permission, ctl));
  return TRUE;
}

static gboolean
add_purpose (CbCtl *ctl, JsonObject *list, const CbPurpose *purpose, GError **error)
{
  const char *const *channels = cb_purpose_get_channels (purpose);
  const char *id = cb_purpose_get_id (purpose);

  if (!add_permission (ctl, list, id, CB_CHANNEL_NONE, error))
    return FALSE;
  for (guint i = 0; channels[i] != NULL; i++)
    {
      CbChannel channel = CB_CHANNEL_NONE;

      cb_channel_from_id (channels[i], &channel);
      if (!add_permission (ctl, list, id, channel, error))
        return FALSE;
    }
  return TRUE;
}

/* What was put to them and went away without an answer. */
static JsonObject *
encode_unanswered (const CbUnanswered *unanswered, CbCtl *ctl)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "purpose", unanswered->purpose);
  cb_json_set_string (object, "notice", unanswered->notice);
  cb_json_set_int (object, "version", unanswered->version);
  cb_json_set_string (object, "language", unanswered->language);
  cb_json_set_string (object, "medium", unanswered->medium);
  cb_ctl_set_staff (object, "staff", ctl, unanswered->staff_id);
  cb_ctl_set_time (object, "shown", unanswered->shown_us);
  return object;
}

static gboolean
run_show (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const CbPurpose *const *purposes = cb_purposes_get_all ();
  g_autoptr (JsonObject) list = json_object_new_array ();
  g_autoptr (GPtrArray) said = NULL;
  g_autoptr (GPtrArray) unanswered = NULL;

  for (guint i = 0; purposes[i] != NULL; i++)
    {
      if (!add_purpose (ctl, list, purposes[i], error))
        return FALSE;
    }
  said = cb_book_list_conditions (ctl->book, ctl->actor, ctl->word, error);
  if (said != NULL)
    unanswered = cb_book_list_unanswered (ctl->book, ctl->actor, ctl->word, error);
  if (unanswered == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "customer", ctl->word);
  json_object_object_add (*answer, "permissions", g_steal_pointer (&list));
  json_object_object_add (*answer, "conditions",
                          cb_ctl_encode_list (said, (CbCtlEncodeFunc) encode_said, ctl));
  json_object_object_add (
    *answer, "unanswered",
    cb_ctl_encode_list (unanswered, (CbCtlEncodeFunc) encode_unanswered, ctl));
  return TRUE;
}

/* --- record and withdraw --- */

/* What a guardian's yes rests on is not typed where other users of this machine see it. */
static gboolean
check_record (CbCtl *ctl, GError **error)
{
  if (cb_ctl_has_option (ctl, "proof") &&
      (cb_ctl_has_option (ctl, "proof-stdin") ||
       cb_ctl_get_entity (ctl, "by", CB_ENTITY_CUSTOMER) == CB_ENTITY_GUARDIAN))
    {
      g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE,
                           "the proof comes once, and a guardian's by --proof-stdin");
      return FALSE;
    }
  return check_conditions (ctl, error);
}

static gboolean
read_proof (CbCtl *ctl, CbAnswerDraft *draft, GError **error)
{
  draft->proof = cb_ctl_has_option (ctl, "proof-stdin")
                   ? cb_ctl_read_text (error)
                   : g_strdup (cb_ctl_get_option (ctl, "proof"));
  return draft->proof != NULL || !cb_ctl_has_option (ctl, "proof-stdin");
}

static gboolean
run_record (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbAnswerDraft *draft = cb_answer_draft_new ();
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_autofree char *receipt = NULL;

  g_ptr_array_add (answers, draft);
  draft->purpose = g_strdup (cb_ctl_get_purpose (ctl));
  draft->channel = cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE);
  draft->answer = cb_ctl_get_answer (ctl, "answer", CB_ANSWER_LATER);
  draft->method = cb_ctl_get_method (ctl, "method", CB_METHOD_SPOKEN);
  draft->entity = cb_ctl_get_entity (ctl, "by", CB_ENTITY_CUSTOMER);
  draft->language = g_strdup (cb_ctl_get_option (ctl, "language"));
  if (!read_proof (ctl, draft, error) || !read_conditions (ctl, &draft->conditions, error))
    return FALSE;
  draft->has_conditions = !cb_conditions_are_none (&draft->conditions);
  receipt = cb_book_record_answers (ctl->book, ctl->actor, ctl->word, answers, error);
  if (receipt == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "receipt", receipt);
  return TRUE;
}

static gboolean
run_dismiss (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const char *const purposes[] = { cb_ctl_get_purpose (ctl), NULL };
  g_autoptr (CbDismissal) dismissal = cb_dismissal_new (purposes);
  guint n_recorded;

  dismissal->method = cb_ctl_get_method (ctl, "method", CB_METHOD_TAPPED);
  dismissal->language = g_strdup (cb_ctl_get_option (ctl, "language"));
  if (!cb_book_record_dismissed (ctl->book, ctl->actor, ctl->word, dismissal, &n_recorded, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "customer", ctl->word);
  cb_json_set_string (*answer, "purpose", purposes[0]);
  cb_json_set_boolean (*answer, "recorded", n_recorded > 0);
  return TRUE;
}

static gboolean
run_withdraw (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const char *purpose = cb_ctl_get_purpose (ctl);
  CbChannel channel = cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE);

  if (!cb_book_withdraw_by (ctl->book, ctl->actor, ctl->word,
                            cb_ctl_get_entity (ctl, "by", CB_ENTITY_CUSTOMER), purpose, channel,
                            error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "customer", ctl->word);
  cb_json_set_string (*answer, "purpose", purpose);
  cb_json_set_string (*answer, "channel", cb_ctl_name_channel (channel));
  cb_json_set_boolean (*answer, "withdrawn", TRUE);
  return TRUE;
}

/* --- the table --- */

#define PURPOSES "asked|shop|everywhere|news|invitations"
#define CHANNELS "email|sms|phone|post|messenger"

static const CbCtlOption permission_options[] = {
  { "purpose", PURPOSES, "what for", TRUE },
  { "channel", CHANNELS, "by which way; else it is about keeping and sharing" },
  { "because", "arrived|near", "why now, where they agreed for an occasion" },
  { NULL },
};

#define CONDITIONS                                                                                 \
  { "at-most", "N", "so many times, with --per-days" }, { "per-days", "N", "in so many days" },    \
    { "quiet", "HH:MM-HH:MM", "not at these hours of their own clock" },                           \
    { "pause-until", "DATE", "not until that day is over where they are" },                        \
  {                                                                                                \
    "only-when", "arrived|near", "only when what they wait for is here, or they are near"          \
  }

static const CbCtlOption limit_options[] = {
  { "purpose", "asked|news|invitations", "what for", TRUE },
  { "channel", CHANNELS, "by this way alone; else by any" },
  { "method", "tapped|signed|spoken|own-phone",
    "by which act of theirs; a spoken word suffices for less than before", TRUE },
  CONDITIONS,
  { NULL },
};

static const CbCtlOption record_options[] = {
  { "purpose", PURPOSES, "what was asked", TRUE },
  { "channel", CHANNELS, "by which way; else it is about keeping and sharing" },
  { "answer", "yes|no|later", "what they said; later counts as no", TRUE },
  { "by", "customer|guardian",
    "who said it; a guardian's yes for a child needs --proof-stdin and is never spoken" },
  { "method", "tapped|signed|spoken|own-phone", "by which act of theirs", TRUE },
  { "proof", "REF", "the number of the paper or the code on the slip" },
  { "proof-stdin", NULL, "the same on standard input: on which paper or file it rests" },
  { "language", "L", "of the notice they saw; the customer's own" },
  CONDITIONS,
  { NULL },
};

static const CbCtlOption dismiss_options[] = {
  { "purpose", PURPOSES, "what was asked", TRUE },
  { "method", "tapped|signed|spoken|own-phone",
    "by which act they would have answered: says whether it was a screen, a paper, a voice or "
    "their phone",
    TRUE },
  { "language", "L", "of the notice they saw; the customer's own" },
  { NULL },
};

static const CbCtlOption withdraw_options[] = {
  { "purpose", PURPOSES,
    "of this one; else of all they agreed to, but not of what is in hand for them (asked)" },
  { "channel", CHANNELS, "of this way alone; else of all" },
  { "by", "customer|guardian", "who said it" },
  { NULL },
};

#define EVERYBODY_BUT_ADMINS (CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY))

const CbCtlCommand cb_ctl_consent_commands[] = {
  {
    .family = "consent",
    .verb = "purposes",
    .summary = "What a customer can be asked for.",
    .needs_no_store = TRUE,
    .run = run_purposes,
  },
  {
    .family = "consent",
    .verb = "show",
    .words = "CUSTOMER",
    .summary = "The verdict on every purpose and channel, with its reason; what stayed unanswered.",
    .roles = EVERYBODY_BUT_ADMINS,
    .run = run_show,
  },
  {
    .family = "consent",
    .verb = "record",
    .words = "CUSTOMER",
    .summary = "Record what a customer answered. A spoken yes suffices for this shop alone.",
    .options = record_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .check = check_record,
    .run = run_record,
  },
  {
    .family = "consent",
    .verb = "dismiss",
    .words = "CUSTOMER",
    .summary = "Record that they were asked and that no answer came: once a day, and not where an "
               "answer stands. It is no answer.",
    .options = dismiss_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .run = run_dismiss,
  },
  {
    .family = "consent",
    .verb = "limit",
    .words = "CUSTOMER",
    .summary = "Record when and how often they may be contacted for a purpose, in place of what "
               "was said of that before; nothing said is no limit.",
    .options = limit_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .check = check_conditions,
    .run = run_limit,
  },
  {
    .family = "consent",
    .verb = "withdraw",
    .words = "CUSTOMER",
    .summary = "Take a yes back; it overtakes everything else on the way to the service.",
    .options = withdraw_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .run = run_withdraw,
  },
  {
    .family = "permission",
    .words = "CUSTOMER",
    .summary = "May we, now, and why; the verdict is no failure.",
    .options = permission_options,
    .roles = EVERYBODY_BUT_ADMINS,
    .run = run_permission,
  },
  { NULL },
};
