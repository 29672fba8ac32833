/* SPDX-License-Identifier: Apache-2.0 */

/* consent and permission: what can be asked, what was answered, and what that permits now. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "ctl/cb-ctl-arguments.h"
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

/* --- permission and show --- */

static gboolean
run_permission (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbChannel channel = cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE);
  g_autoptr (CbPermission) permission =
    cb_book_permit (ctl->book, ctl->actor, ctl->word, cb_ctl_get_purpose (ctl), channel, error);

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
  g_autoptr (CbPermission) permission =
    cb_book_permit (ctl->book, ctl->actor, ctl->word, purpose, channel, error);

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

static gboolean
run_show (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const CbPurpose *const *purposes = cb_purposes_get_all ();
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; purposes[i] != NULL; i++)
    {
      if (!add_purpose (ctl, list, purposes[i], error))
        return FALSE;
    }
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "customer", ctl->word);
  json_object_object_add (*answer, "permissions", g_steal_pointer (&list));
  return TRUE;
}

/* --- record and withdraw --- */

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
  draft->proof = g_strdup (cb_ctl_get_option (ctl, "proof"));
  draft->language = g_strdup (cb_ctl_get_option (ctl, "language"));
  receipt = cb_book_record_answers (ctl->book, ctl->actor, ctl->word, answers, error);
  if (receipt == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "receipt", receipt);
  return TRUE;
}

static gboolean
run_withdraw (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const char *purpose = cb_ctl_get_purpose (ctl);
  CbChannel channel = cb_ctl_get_channel (ctl, "channel", CB_CHANNEL_NONE);

  if (!cb_book_withdraw (ctl->book, ctl->actor, ctl->word, purpose, channel, error))
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
  { NULL },
};

static const CbCtlOption record_options[] = {
  { "purpose", PURPOSES, "what was asked", TRUE },
  { "channel", CHANNELS, "by which way; else it is about keeping and sharing" },
  { "answer", "yes|no|later", "what the customer said; later counts as no", TRUE },
  { "method", "tapped|signed|spoken|own-phone", "by which act of theirs", TRUE },
  { "proof", "REF", "the number of the paper or the code on the slip" },
  { "language", "L", "of the notice they saw; the customer's own" },
  { NULL },
};

static const CbCtlOption withdraw_options[] = {
  { "purpose", PURPOSES, "of this one; else of everything they agreed to" },
  { "channel", CHANNELS, "of this way alone; else of all" },
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
    .summary = "The verdict on every purpose and channel, with its reason.",
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
    .run = run_record,
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
