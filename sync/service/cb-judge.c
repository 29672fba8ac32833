/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-judge.h"

#include "base/cb-clock.h"
#include "base/cb-json.h"
#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "wire/cb-codes.h"
#include "wire/cb-limits.h"

#include <string.h>

/* What is asked, and all that answers it. */
typedef struct
{
  const CbToldRow *told;
  const CbPurpose *purpose;
  const char *channel;
  CbCircumstance circumstance;
  gint64 now_us;
  JsonObject *evidence; /* of the yes */
  CbJudgement *judgement;
} Case;

gboolean
cb_judge_is_told (const char *purpose)
{
  const char *scope = cb_codes_purpose_scope (purpose);

  return scope != NULL && (strcmp (scope, "company") == 0 || strcmp (scope, "outreach") == 0);
}

gint64
cb_judge_read_time (const char *text)
{
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  return time != NULL
           ? g_date_time_to_unix (time) * CB_US_PER_SECOND + g_date_time_get_microsecond (time)
           : 0;
}

static const CbAnswerRow *
find_answer (const CbToldRow *told, const char *purpose, const char *channel)
{
  for (guint i = 0; i < told->answers->len; i++)
    {
      const CbAnswerRow *row = told->answers->pdata[i];

      if (strcmp (row->purpose, purpose) == 0 && strcmp (row->channel, channel) == 0)
        return row;
    }
  return NULL;
}

static JsonObject *
parse (const char *text)
{
  return text != NULL ? cb_json_parse (text, strlen (text), CB_LIMIT_OP_BYTES, NULL) : NULL;
}

/* --- how long a yes holds --- */

/* What was written with them says when they were last there. */
static gint64
find_last_visit_us (const CbToldRow *told)
{
  gint64 last_us = 0;

  for (guint i = 0; i < told->records->len; i++)
    {
      const CbRecordRow *row = told->records->pdata[i];

      if (strcmp (row->kind, "customer") != 0)
        last_us = MAX (last_us, cb_judge_read_time (row->captured));
    }
  return last_us;
}

/* The yes says itself until when; what counts from the last visit counts from what came since. */
static gint64
find_end_us (const Case *self, const CbAnswerRow *answer)
{
  gint64 until_us = cb_judge_read_time (cb_json_get_string (self->evidence, "valid_until"));
  gint64 from_us = cb_judge_read_time (answer->captured);

  if (cb_purpose_get_valid_from (self->purpose) == CB_PURPOSE_FROM_LAST_VISIT)
    from_us = MAX (from_us, find_last_visit_us (self->told));
  else if (until_us > 0)
    return until_us;
  return MAX (until_us, cb_purpose_get_valid_until_us (self->purpose, from_us));
}

static CbVerdict
judge_yes (Case *self, const CbAnswerRow *answer)
{
  const char *notice = cb_json_get_string (self->evidence, "notice");
  const gint64 version = cb_json_get_int (self->evidence, "version", 0);
  const gint64 until_us = find_end_us (self, answer);

  if (until_us <= self->now_us)
    return CB_VERDICT_EXPIRED;
  if (version < 1 || version > G_MAXINT ||
      cb_notice_is_outdated_for (notice, (guint) version, cb_purpose_get_id (self->purpose)))
    return CB_VERDICT_OUTDATED;
  self->judgement->until_us = until_us;
  return CB_VERDICT_ALLOWED;
}

static CbVerdict
judge_answer (Case *self)
{
  const CbAnswerRow *answer =
    find_answer (self->told, cb_purpose_get_id (self->purpose), self->channel);

  if (answer == NULL)
    return CB_VERDICT_NOT_ASKED;
  if (strcmp (answer->state, "refused") == 0)
    return CB_VERDICT_REFUSED;
  if (strcmp (answer->state, "given") != 0)
    return CB_VERDICT_WITHDRAWN;
  self->evidence = parse (answer->evidence);
  return self->evidence != NULL ? judge_yes (self, answer) : CB_VERDICT_OUTDATED;
}

/* --- where to --- */

/* The member of a card that a channel needs; NULL where a card has none for it. */
static const char *
get_member (const char *channel)
{
  if (strcmp (channel, "email") == 0)
    return "emails";
  return strcmp (channel, "post") != 0 ? "phones" : NULL;
}

static gboolean
has_text (JsonObject *array, const char *text)
{
  const gsize n = array != NULL ? json_object_array_length (array) : 0;

  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (json_object_get_string (json_object_array_get_idx (array, i)), text) == 0)
      return TRUE;
  return FALSE;
}

/* Somebody else's address is typed in a moment: what is sent to one needs its owner's word. */
static gboolean
needs_confirmation (const Case *self)
{
  return cb_purpose_is_marketing (self->purpose) && strcmp (self->channel, "phone") != 0;
}

static CbVerdict
judge_address (const Case *self)
{
  const char *member = get_member (self->channel);
  const CbRecordRow *first = self->told->records->len > 0 ? self->told->records->pdata[0] : NULL;
  g_autoptr (JsonObject) card =
    first != NULL && strcmp (first->kind, "customer") == 0 ? parse (first->body) : NULL;
  JsonObject *values = member != NULL ? cb_json_get_array (card, member) : NULL;
  JsonObject *verified = cb_json_get_array (card, "verified");
  const gsize n = values != NULL ? json_object_array_length (values) : 0;

  if (n == 0)
    return CB_VERDICT_NO_ADDRESS;
  if (!needs_confirmation (self))
    return CB_VERDICT_ALLOWED;
  for (gsize i = 0; i < n; i++)
    if (has_text (verified, json_object_get_string (json_object_array_get_idx (values, i))))
      return CB_VERDICT_ALLOWED;
  return CB_VERDICT_UNCONFIRMED;
}

/* --- when and how often --- */

/* The strongest reason is the one that is said, with the latest moment of its kind. */
static void
bar (CbJudgement *judgement, CbVerdict verdict, gint64 next_us)
{
  if (judgement->verdict == verdict)
    judgement->next_us = MAX (judgement->next_us, next_us);
  else if (judgement->verdict == CB_VERDICT_ALLOWED || verdict < judgement->verdict)
    {
      judgement->verdict = verdict;
      judgement->next_us = next_us;
    }
}

/* Whose clock can't be read is left alone: nobody knows whether it is night there. */
static void
judge_clock (const Case *self, const CbConditions *conditions, GTimeZone *zone)
{
  gint64 pause_us = conditions->paused_until > 0 ? -1 : 0;
  gint64 quiet_us = conditions->quiet_from >= 0 ? -1 : 0;

  if (zone != NULL)
    {
      pause_us = cb_conditions_get_pause_end_us (conditions, zone, self->now_us);
      quiet_us = cb_conditions_get_quiet_end_us (conditions, zone, self->now_us);
    }
  if (pause_us != 0)
    bar (self->judgement, CB_VERDICT_PAUSED, MAX (pause_us, 0));
  if (quiet_us != 0)
    bar (self->judgement, CB_VERDICT_QUIET, MAX (quiet_us, 0));
}

/* Counted is what was written down here. Who only looks is not counted, and whom nobody counts may
 * not contact somebody who said how often. */
static void
judge_frequency (const Case *self, JsonObject *row, const CbConditions *conditions)
{
  const char *channel = cb_json_get_string (row, "channel");
  const gint64 window_us = conditions->per_days * CB_US_PER_DAY;
  guint n = 0;

  if (conditions->at_most == 0)
    return;
  if (!self->told->is_counted)
    bar (self->judgement, CB_VERDICT_TOO_OFTEN, 0);
  for (guint i = 0; self->told->is_counted && i < self->told->contacts->len; i++)
    {
      const CbContactRow *made = &g_array_index (self->told->contacts, CbContactRow, i);

      if (strcmp (made->purpose, cb_purpose_get_id (self->purpose)) != 0 ||
          (channel != NULL && strcmp (made->channel, channel) != 0) ||
          made->at_us <= self->now_us - window_us)
        continue;
      if (++n == conditions->at_most)
        bar (self->judgement, CB_VERDICT_TOO_OFTEN, made->at_us + window_us);
    }
}

/* What this version cannot read binds as strongly as anything could. */
static void
judge_row (const Case *self, JsonObject *row, GTimeZone *zone)
{
  CbConditions conditions;

  if (!cb_conditions_decode (row, &conditions, NULL))
    {
      bar (self->judgement, CB_VERDICT_PAUSED, 0);
      return;
    }
  judge_clock (self, &conditions, zone);
  if (conditions.only_when != CB_CIRCUMSTANCE_NONE && conditions.only_when != self->circumstance)
    bar (self->judgement, CB_VERDICT_UNMET, 0);
  judge_frequency (self, row, &conditions);
}

static gboolean
concerns (const Case *self, JsonObject *row)
{
  const char *channel = cb_json_get_string (row, "channel");

  return channel == NULL || strcmp (channel, self->channel) == 0;
}

static void
judge_conditions (const Case *self)
{
  JsonObject *rows = cb_json_get_array (self->evidence, "conditions");
  const gsize n = rows != NULL ? json_object_array_length (rows) : 0;
  const char *name = cb_json_get_string (self->evidence, "zone");
  g_autoptr (GTimeZone) zone = name != NULL ? cb_conditions_new_zone (name) : NULL;

  for (gsize i = 0; i < n; i++)
    {
      JsonObject *row = json_object_array_get_idx (rows, i);

      if (concerns (self, row))
        judge_row (self, row, zone);
    }
}

/* --- the verdict --- */

void
cb_judge (const CbToldRow *told,
          const char *purpose,
          const char *channel,
          CbCircumstance circumstance,
          gint64 now_us,
          CbJudgement *judgement)
{
  Case self = {
    .told = told,
    .purpose = cb_judge_is_told (purpose) ? cb_purpose_find (purpose) : NULL,
    .channel = channel,
    .circumstance = circumstance,
    .now_us = now_us,
    .judgement = judgement,
  };
  const gboolean is_contact = strcmp (channel, CB_CHANNEL_ANY) != 0;

  *judgement = (CbJudgement){ .verdict = CB_VERDICT_NOT_ASKED };
  if (self.purpose == NULL)
    return;
  if (is_contact && !cb_purpose_has_channel (self.purpose, channel))
    {
      judgement->verdict = CB_VERDICT_NO_CHANNEL;
      return;
    }
  judgement->verdict = judge_answer (&self);
  if (judgement->verdict == CB_VERDICT_ALLOWED && is_contact)
    judgement->verdict = judge_address (&self);
  if (judgement->verdict == CB_VERDICT_ALLOWED && is_contact)
    judge_conditions (&self);
  json_object_put (self.evidence);
}
