/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl-demo-acts.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-input.h"
#include "vault/cb-seal.h"

/* --- words of the data --- */

static gboolean
fail_word (const char *member, GError **error)
{
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
               "the demo shop's data has no such word for %s", member);
  return FALSE;
}

#define CB_DEMO_DEFINE_TERM(Type, name)                                                            \
  static gboolean take_##name (JsonObject *act, const char *member, Type *value, GError **error)   \
  {                                                                                                \
    const char *id = cb_json_get_string (act, member);                                             \
                                                                                                   \
    return id == NULL || cb_##name##_from_id (id, value) || fail_word (member, error);             \
  }

CB_DEMO_DEFINE_TERM (CbVisit, visit)
CB_DEMO_DEFINE_TERM (CbIntent, intent)
CB_DEMO_DEFINE_TERM (CbDiscretion, discretion)
CB_DEMO_DEFINE_TERM (CbProvenance, provenance)
CB_DEMO_DEFINE_TERM (CbFacet, facet)
CB_DEMO_DEFINE_TERM (CbPolarity, polarity)
CB_DEMO_DEFINE_TERM (CbAnswer, answer)
CB_DEMO_DEFINE_TERM (CbMethod, method)
CB_DEMO_DEFINE_TERM (CbChannel, channel)
CB_DEMO_DEFINE_TERM (CbOutcome, outcome)
CB_DEMO_DEFINE_TERM (CbEraseReason, erase_reason)
CB_DEMO_DEFINE_TERM (CbMatterKind, matter_kind)
CB_DEMO_DEFINE_TERM (CbMatterState, matter_state)

/* --- what can happen --- */

/* Who does it and to whom; the customer is NULL until they arrive. */
typedef struct
{
  CbStaff *by;
  const char *key;
  const char *customer;
} Scene;

static gboolean
arrive (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  char *id;

  if (!cb_ctl_take_string (person, "given", &draft->given, error) ||
      !cb_ctl_take_string (person, "family", &draft->family, error) ||
      !cb_ctl_take_string (person, "preferred", &draft->preferred, error) ||
      !cb_ctl_take_string (person, "language", &draft->language, error) ||
      !cb_ctl_take_strings (person, "emails", &draft->emails, error) ||
      !cb_ctl_take_strings (person, "phones", &draft->phones, error))
    return FALSE;
  id = cb_book_add_customer (demo->book, scene->by, draft, error);
  if (id != NULL)
    g_hash_table_insert (demo->customers, g_strdup (scene->key), id);
  return id != NULL;
}

static gboolean
note (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNote) saved = NULL;

  if (!take_visit (act, "kind", &draft->visit, error) ||
      !take_intent (act, "intent", &draft->intent, error) ||
      !take_discretion (act, "discretion", &draft->discretion, error) ||
      !take_provenance (act, "provenance", &draft->provenance, error) ||
      !cb_ctl_take_string (act, "text", &draft->text, error) ||
      !cb_ctl_take_string (act, "for", &draft->for_role, error) ||
      !cb_ctl_take_string (act, "purpose", &draft->purpose, error))
    return FALSE;
  saved = cb_book_add_note (demo->book, scene->by, scene->customer, draft, error);
  return saved != NULL;
}

static gboolean
preference (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) saved = NULL;

  if (!take_facet (act, "facet", &draft->facet, error) ||
      !take_polarity (act, "polarity", &draft->polarity, error) ||
      !take_provenance (act, "provenance", &draft->provenance, error) ||
      !cb_ctl_take_string (act, "value", &draft->value, error) ||
      !cb_ctl_take_string (act, "garment", &draft->garment, error) ||
      !cb_ctl_take_string (act, "maker", &draft->maker, error) ||
      !cb_ctl_take_string (act, "purpose", &draft->purpose, error))
    return FALSE;
  saved = cb_book_set_preference (demo->book, scene->by, scene->customer, draft, error);
  return saved != NULL;
}

static gboolean
fill_answer (JsonObject *row, CbAnswerDraft *draft, GError **error)
{
  return take_channel (row, "channel", &draft->channel, error) &&
         take_answer (row, "answer", &draft->answer, error) &&
         take_method (row, "method", &draft->method, error) &&
         cb_ctl_take_string (row, "purpose", &draft->purpose, error) &&
         cb_ctl_take_string (row, "proof", &draft->proof, error);
}

/* What one card asked and the customer answered, under one receipt. */
static gboolean
answers (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  JsonObject *rows = cb_json_get_array (act, "answers");
  g_autoptr (GPtrArray) drafts =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_autofree char *receipt = NULL;

  for (gsize i = 0; rows != NULL && i < json_object_array_length (rows); i++)
    {
      CbAnswerDraft *draft = cb_answer_draft_new ();

      g_ptr_array_add (drafts, draft);
      if (!fill_answer (json_object_array_get_idx (rows, i), draft, error))
        return FALSE;
    }
  receipt = cb_book_record_answers (demo->book, scene->by, scene->customer, drafts, error);
  return receipt != NULL;
}

static gboolean
withdraw (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  CbChannel channel = CB_CHANNEL_NONE;

  return take_channel (act, "channel", &channel, error) &&
         cb_book_withdraw (demo->book, scene->by, scene->customer,
                           cb_json_get_string (act, "purpose"), channel, error);
}

/* A code went to their address, and they read it out. */
static gboolean
confirm (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  CbChannel channel = CB_CHANNEL_NONE;
  gint64 ends_us;
  gboolean is_confirmed;
  char *code;

  if (!take_channel (act, "channel", &channel, error))
    return FALSE;
  code =
    cb_book_make_address_code (demo->book, scene->by, scene->customer, channel, 1, &ends_us, error);
  if (code == NULL)
    return FALSE;
  is_confirmed = cb_book_confirm_address (demo->book, scene->by, scene->customer, code, error);
  cb_text_wipe (code);
  return is_confirmed;
}

/* "paused_for" counts days from the day it was said; the rest is as the record has it. */
static gboolean
limit (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  gint64 now_us = cb_clock_get_now_us (demo->clock);
  int n_days = (int) cb_json_get_int (act, "paused_for", 0);
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now_us / CB_US_PER_SECOND);
  g_autoptr (GDateTime) day = g_date_time_add_days (today, n_days);
  g_autofree char *until = g_date_time_format (day, "%Y-%m-%d");
  CbConditionsDraft draft = { .purpose = cb_json_get_string (act, "purpose") };

  return take_channel (act, "channel", &draft.channel, error) &&
         take_method (act, "method", &draft.method, error) &&
         cb_conditions_decode (act, &draft.conditions, error) &&
         (n_days == 0 || cb_conditions_read_day (until, &draft.conditions.paused_until)) &&
         cb_book_set_conditions (demo->book, scene->by, scene->customer, &draft, error);
}

/* The end of the day that lies so many days after the one it was said on; 0: no day was named. */
static gint64
take_due (CbDemo *demo, JsonObject *object)
{
  gint64 n_days = cb_json_get_int (object, "in", -1);

  return n_days >= 0 ? cb_clock_day_end_us (cb_clock_get_now_us (demo->clock), (guint) n_days) : 0;
}

/* What they ask for, or what is promised to them: "kind" tells. "matter" names it for what becomes
 * of it later, "answers" the request that a promise is about. */
static gboolean
ask (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  const char *name = cb_json_get_string (act, "matter");
  const char *answered = cb_json_get_string (act, "answers");
  g_autoptr (CbMatterDraft) draft = cb_matter_draft_new ();
  g_autoptr (CbMatter) saved = NULL;

  if (!take_matter_kind (act, "kind", &draft->kind, error) ||
      !cb_ctl_take_string (act, "text", &draft->text, error) ||
      !cb_ctl_take_string (act, "for", &draft->for_role, error))
    return FALSE;
  draft->due_us = take_due (demo, act);
  if (answered != NULL)
    draft->answers = g_strdup (g_hash_table_lookup (demo->matters, answered));
  saved = cb_book_add_request (demo->book, scene->by, scene->customer, draft, error);
  if (saved != NULL && name != NULL)
    g_hash_table_insert (demo->matters, g_strdup (name),
                         g_strdup (cb_matter_get_fields (saved)->id));
  return saved != NULL;
}

static gboolean
move (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  const char *name = cb_json_get_string (act, "matter");
  const char *id = name != NULL ? g_hash_table_lookup (demo->matters, name) : NULL;
  CbMatterState state = CB_MATTER_OPEN;
  CbChannel channel = CB_CHANNEL_NONE;
  g_autoptr (CbMatter) moved = NULL;

  if (id == NULL)
    return fail_word ("matter", error);
  if (!take_matter_state (act, "state", &state, error) ||
      !take_channel (act, "channel", &channel, error))
    return FALSE;
  moved = cb_book_move_request (demo->book, scene->by, id, state, channel, error);
  return moved != NULL;
}

static gboolean
add_step (CbDemo *demo, JsonObject *row, CbOccasionDraft *draft, GError **error)
{
  CbOccasionStep *step = cb_occasion_step_new (NULL, NULL, take_due (demo, row), 0);

  g_ptr_array_add (draft->steps, step);
  return cb_ctl_take_string (row, "text", &step->text, error);
}

/* A day that matters: an event so many days "in", or a "month" and "day_of_month" of every year. */
static gboolean
day (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  JsonObject *steps = cb_json_get_array (act, "steps");
  gint64 end_us = take_due (demo, act);
  g_autoptr (GDateTime) on = g_date_time_new_from_unix_local (end_us / CB_US_PER_SECOND - 1);
  g_autoptr (CbOccasionDraft) draft = cb_occasion_draft_new ();
  g_autoptr (CbOccasion) saved = NULL;

  draft->kind = end_us != 0 ? CB_OCCASION_EVENT : CB_OCCASION_YEARLY;
  draft->year = end_us != 0 ? g_date_time_get_year (on) : 0;
  draft->month = end_us != 0 ? g_date_time_get_month (on) : (int) cb_json_get_int (act, "month", 0);
  draft->day = end_us != 0 ? g_date_time_get_day_of_month (on)
                           : (int) cb_json_get_int (act, "day_of_month", 0);
  if (!take_provenance (act, "provenance", &draft->provenance, error) ||
      !cb_ctl_take_string (act, "text", &draft->text, error) ||
      !cb_ctl_take_string (act, "for", &draft->for_role, error))
    return FALSE;
  for (gsize i = 0; steps != NULL && i < json_object_array_length (steps); i++)
    {
      if (!add_step (demo, json_object_array_get_idx (steps, i), draft, error))
        return FALSE;
    }
  saved = cb_book_add_occasion (demo->book, scene->by, scene->customer, draft, error);
  return saved != NULL;
}

static gboolean
contact (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  CbReachDraft draft = { .purpose = cb_json_get_string (act, "purpose") };
  g_autofree char *id = NULL;

  if (!take_channel (act, "channel", &draft.channel, error) ||
      !take_outcome (act, "outcome", &draft.outcome, error))
    return FALSE;
  id = cb_book_log_reach (demo->book, scene->by, scene->customer, &draft, error);
  return id != NULL;
}

static gboolean
erase (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error)
{
  CbEraseReason reason = CB_ERASE_REQUEST;

  return take_erase_reason (act, "reason", &reason, error) &&
         cb_book_erase (demo->book, scene->by, scene->customer, reason, error);
}

/* --- performing --- */

typedef gboolean (
  *ActFunc) (CbDemo *demo, const Scene *scene, JsonObject *person, JsonObject *act, GError **error);

static const struct
{
  const char *name;
  ActFunc func;
} acts[] = {
  { "answers", answers }, { "arrive", arrive },         { "ask", ask },
  { "confirm", confirm }, { "contact", contact },       { "day", day },
  { "erase", erase },     { "limit", limit },           { "move", move },
  { "note", note },       { "preference", preference }, { "withdraw", withdraw },
};

gboolean
cb_ctl_demo_perform (CbDemo *demo, JsonObject *person, JsonObject *act, GError **error)
{
  const char *name = cb_json_get_string (act, "do");
  const char *key = cb_json_get_string (person, "key");
  const Scene scene = {
    .by = g_hash_table_lookup (demo->staff, cb_json_get_string (act, "by")),
    .key = key,
    .customer = g_hash_table_lookup (demo->customers, key),
  };

  if (scene.by == NULL)
    return fail_word ("by", error);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      if (g_strcmp0 (acts[i].name, name) == 0 && (scene.customer != NULL || acts[i].func == arrive))
        return acts[i].func (demo, &scene, person, act, error);
    }
  return fail_word ("do", error);
}
