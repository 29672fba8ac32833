/* SPDX-License-Identifier: Apache-2.0 */

/* Both documents as pages. A record of everything has members that one to take elsewhere has not:
 * what is not there is not written. */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-export.h"

#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "consent/cb-verdict.h"
#include "exchange/cb-page.h"

typedef void (*WriteFunc) (CbPage *page, JsonObject *record);

static void
write_all (CbPage *page, JsonObject *document, const char *member, const char *key, WriteFunc write)
{
  JsonObject *records = cb_json_get_array (document, member);
  gsize n_records = json_object_array_length (records);

  cb_page_heading (page, key);
  if (n_records == 0)
    cb_page_say (page, cb_page_word (page, "none"));
  for (gsize i = 0; i < n_records; i++)
    write (page, json_object_array_get_idx (records, i));
}

/* Its title in the notice of today; an id that nobody knows any more is shown as it is. */
static const char *
get_title (CbPage *page, const char *id)
{
  const CbPurpose *purpose = cb_purpose_find (id);

  return purpose != NULL ? cb_purpose_get_title (purpose, cb_page_get_language (page)) : id;
}

/* "Tell me about things I care about · email" */
static char *
dup_use (CbPage *page, JsonObject *record)
{
  const char *purpose = get_title (page, cb_json_get_string (record, "purpose"));
  const char *channel = cb_json_get_string (record, "channel");

  if (channel == NULL)
    return g_strdup (purpose);
  return g_strdup_printf ("%s · %s", purpose, cb_page_term (page, "channel", channel));
}

/* --- records --- */

/* Why it is kept, on what that rests, until when, where it is. */
static void
write_keeping (CbPage *page, JsonObject *record)
{
  const char *purpose = cb_json_get_string (record, "purpose");
  const char *basis = cb_json_get_string (cb_json_get_object (record, "rests_on"), "purpose");

  /* A request is its own purpose. */
  cb_page_pair (page, "kept-for", get_title (page, purpose));
  cb_page_pair_term (page, "state", "life", cb_json_get_string (record, "life"));
  if (purpose != NULL && g_strcmp0 (basis, purpose) != 0)
    cb_page_pair (page, "rests-on", get_title (page, basis));
  cb_page_pair_last_day (page, "until", cb_json_get_string (record, "ends"));
  cb_page_pair_term (page, "delivery", "delivery", cb_json_get_string (record, "delivery"));
  if (cb_json_get_int (record, "used", 0) > 0)
    {
      g_autofree char *used = g_strdup_printf ("%d", (int) cb_json_get_int (record, "used", 0));

      cb_page_pair (page, "used", used);
    }
}

/* The one a gift is for may stand beside them. */
static gboolean
is_confidential (JsonObject *note)
{
  return g_strcmp0 (cb_json_get_string (note, "intent"), cb_intent_to_id (CB_INTENT_GIFT)) == 0 ||
         g_strcmp0 (cb_json_get_string (note, "discretion"),
                    cb_discretion_to_id (CB_DISCRETION_PRIVATE)) == 0;
}

static void
write_note (CbPage *page, JsonObject *note)
{
  cb_page_open (page, NULL, NULL);
  if (is_confidential (note))
    cb_page_veil (page);
  cb_page_quote (page, cb_json_get_string (note, "text"));
  cb_page_pair_theirs (page, "for", cb_json_get_string (note, "for"));
  cb_page_pair_time (page, "written", cb_json_get_string (note, "created"));
  cb_page_pair_term (page, "author", "role", cb_json_get_string (note, "author_role"));
  cb_page_pair_term (page, "provenance", "provenance", cb_json_get_string (note, "provenance"));
  cb_page_pair_term (page, "visit", "visit", cb_json_get_string (note, "kind"));
  cb_page_pair_term (page, "intent", "intent", cb_json_get_string (note, "intent"));
  cb_page_pair_term (page, "discretion", "discretion", cb_json_get_string (note, "discretion"));
  cb_page_pair_time (page, "corrected", cb_json_get_string (note, "corrected"));
  cb_page_pair_term (page, "review", "review", cb_json_get_string (note, "review"));
  cb_page_pair_theirs (page, "review-remark", cb_json_get_string (note, "review_remark"));
  write_keeping (page, note);
  cb_page_close (page);
}

static void
write_preference (CbPage *page, JsonObject *preference)
{
  cb_page_open (page, cb_page_term (page, "facet", cb_json_get_string (preference, "facet")), NULL);
  cb_page_quote (page, cb_json_get_string (preference, "value"));
  cb_page_say (page, cb_page_term (page, "polarity", cb_json_get_string (preference, "polarity")));
  cb_page_pair_theirs (page, "garment", cb_json_get_string (preference, "garment"));
  cb_page_pair_theirs (page, "maker", cb_json_get_string (preference, "maker"));
  cb_page_pair_day (page, "heard", cb_json_get_string (preference, "confirmed"));
  cb_page_pair_term (page, "author", "role", cb_json_get_string (preference, "author_role"));
  cb_page_pair_term (page, "provenance", "provenance",
                     cb_json_get_string (preference, "provenance"));
  write_keeping (page, preference);
  cb_page_close (page);
}

static void
write_request (CbPage *page, JsonObject *request)
{
  cb_page_open (page, cb_page_term (page, "matter", cb_json_get_string (request, "kind")), NULL);
  cb_page_quote (page, cb_json_get_string (request, "text"));
  cb_page_pair_theirs (page, "for", cb_json_get_string (request, "for"));
  cb_page_pair_term (page, "progress", "progress", cb_json_get_string (request, "state"));
  cb_page_pair (page, "due", cb_json_get_string (request, "due"));
  cb_page_pair_term (page, "promised-by", "role", cb_json_get_string (request, "promised_by_role"));
  cb_page_pair_time (page, "written", cb_json_get_string (request, "created"));
  cb_page_pair_term (page, "author", "role", cb_json_get_string (request, "author_role"));
  write_keeping (page, request);
  cb_page_close (page);
}

/* "shoes to the cobbler · 2027-06-01 · done" */
static void
write_step (CbPage *page, JsonObject *step)
{
  gboolean is_done = cb_json_get_string (step, "done") != NULL;
  g_autofree char *line = g_strdup_printf ("%s · %s%s%s", cb_json_get_string (step, "text"),
                                           cb_json_get_string (step, "due"), is_done ? " · " : "",
                                           is_done ? cb_page_word (page, "done") : "");

  cb_page_pair_theirs (page, "step", line);
}

static void
write_occasion (CbPage *page, JsonObject *occasion)
{
  JsonObject *steps = cb_json_get_array (occasion, "steps");
  g_autofree char *date =
    g_strdup_printf ("%s · %s", cb_json_get_string (occasion, "date"),
                     cb_page_term (page, "occasion", cb_json_get_string (occasion, "kind")));

  cb_page_open (page, NULL, NULL);
  cb_page_quote (page, cb_json_get_string (occasion, "text"));
  cb_page_pair (page, "date", date);
  cb_page_pair_theirs (page, "for", cb_json_get_string (occasion, "for"));
  for (gsize i = 0; i < json_object_array_length (steps); i++)
    write_step (page, json_object_array_get_idx (steps, i));
  cb_page_pair_day (page, "heard", cb_json_get_string (occasion, "confirmed"));
  cb_page_pair_term (page, "author", "role", cb_json_get_string (occasion, "author_role"));
  cb_page_pair_term (page, "provenance", "provenance", cb_json_get_string (occasion, "provenance"));
  write_keeping (page, occasion);
  cb_page_close (page);
}

static void
write_purchase (CbPage *page, JsonObject *purchase)
{
  const char *title = cb_json_get_string (purchase, "title");
  int quantity = (int) cb_json_get_int (purchase, "quantity", 0);
  g_autofree char *pieces = g_strdup_printf ("%d", ABS (quantity));

  cb_page_open (page, NULL, NULL);
  cb_page_quote (page, title != NULL ? title : cb_json_get_string (purchase, "sku"));
  cb_page_pair (page, quantity < 0 ? "brought-back" : "bought", pieces);
  cb_page_pair (page, "on", cb_json_get_string (purchase, "day"));
  cb_page_pair_theirs (page, "sku", cb_json_get_string (purchase, "sku"));
  cb_page_pair_theirs (page, "colour", cb_json_get_string (purchase, "colour"));
  cb_page_pair_theirs (page, "size", cb_json_get_string (purchase, "size"));
  cb_page_pair_theirs (page, "receipt", cb_json_get_string (purchase, "receipt"));
  write_keeping (page, purchase);
  cb_page_close (page);
}

static void
write_wish (CbPage *page, JsonObject *wish)
{
  cb_page_open (page, NULL, NULL);
  cb_page_quote (page, cb_json_get_string (wish, "text"));
  cb_page_pair_time (page, "written", cb_json_get_string (wish, "created"));
  cb_page_pair_term (page, "author", "role", cb_json_get_string (wish, "author_role"));
  write_keeping (page, wish);
  cb_page_close (page);
}

static void
write_reach (CbPage *page, JsonObject *reach)
{
  cb_page_open (page, cb_page_term (page, "channel", cb_json_get_string (reach, "channel")), NULL);
  cb_page_say (page, cb_page_term (page, "outcome", cb_json_get_string (reach, "outcome")));
  cb_page_pair_time (page, "when", cb_json_get_string (reach, "at"));
  cb_page_pair (page, "kept-for", get_title (page, cb_json_get_string (reach, "purpose")));
  cb_page_pair_term (page, "why-not", "verdict", cb_json_get_string (reach, "verdict"));
  cb_page_pair_term (page, "author", "role", cb_json_get_string (reach, "author_role"));
  cb_page_pair_last_day (page, "until", cb_json_get_string (reach, "ends"));
  cb_page_close (page);
}

/* Two numbers or hours with a sign between; NULL where nothing was said. */
static char *
dup_range (const char *from, const char *sign, const char *to)
{
  return from != NULL && to != NULL ? g_strconcat (from, sign, to, NULL) : NULL;
}

static char *
dup_often (JsonObject *conditions)
{
  int at_most = (int) cb_json_get_int (conditions, "at_most", 0);
  int per_days = (int) cb_json_get_int (conditions, "per_days", 0);

  return at_most > 0 ? g_strdup_printf ("%d / %d", at_most, per_days) : NULL;
}

static void
write_conditions (CbPage *page, JsonObject *conditions)
{
  const char *channel = cb_json_get_string (conditions, "channel");
  g_autofree char *often = dup_often (conditions);
  g_autofree char *hours = dup_range (cb_json_get_string (conditions, "quiet_from"), " – ",
                                      cb_json_get_string (conditions, "quiet_to"));
  g_autofree char *title = g_strdup_printf (
    "%s · %s", get_title (page, cb_json_get_string (conditions, "purpose")),
    channel != NULL ? cb_page_term (page, "channel", channel) : cb_page_word (page, "every-way"));

  cb_page_open (page, title, NULL);
  cb_page_pair (page, "often", often);
  cb_page_pair (page, "quiet-hours", hours);
  cb_page_pair (page, "paused-until", cb_json_get_string (conditions, "paused_until"));
  cb_page_pair_term (page, "only-when", "when", cb_json_get_string (conditions, "only_when"));
  cb_page_pair_time (page, "when", cb_json_get_string (conditions, "at"));
  cb_page_pair_term (page, "method", "method", cb_json_get_string (conditions, "method"));
  cb_page_pair_term (page, "noted-by", "role", cb_json_get_string (conditions, "author_role"));
  cb_page_close (page);
}

/* "counter 1 (fr)", and where on the page its words stand. */
static char *
dup_notice_name (JsonObject *notice)
{
  return g_strdup_printf ("%s %d (%s)", cb_json_get_string (notice, "id"),
                          (int) cb_json_get_int (notice, "version", 0),
                          cb_json_get_string (notice, "language"));
}

static char *
dup_notice_anchor (JsonObject *notice)
{
  return g_strdup_printf ("notice-%s-%d-%s", cb_json_get_string (notice, "id"),
                          (int) cb_json_get_int (notice, "version", 0),
                          cb_json_get_string (notice, "language"));
}

/* Where the words are further down the page. */
static void
write_notice_shown (CbPage *page, JsonObject *notice)
{
  g_autofree char *name = NULL;
  g_autofree char *anchor = NULL;

  if (notice == NULL)
    return;
  name = dup_notice_name (notice);
  anchor = dup_notice_anchor (notice);
  cb_page_pair_linked (page, "words-shown", name, anchor);
}

/* The page says you to whoever it is about, who did not answer themselves where a guardian did. */
static void
write_answerer (CbPage *page, JsonObject *answer)
{
  const char *by = cb_json_get_string (answer, "by");
  const char *method = cb_json_get_string (answer, "method");

  if (g_strcmp0 (by, "guardian") != 0)
    {
      cb_page_pair_term (page, "method", "method", method);
      return;
    }
  cb_page_pair_term (page, "answered-by", "entity", by);
  cb_page_pair_term (page, "guardian-method", "guardian-method", method);
}

static void
write_answer (CbPage *page, JsonObject *answer)
{
  JsonObject *notice = cb_json_get_object (answer, "notice");
  g_autofree char *title = dup_use (page, answer);

  cb_page_open (page, title, NULL);
  cb_page_say (page, cb_page_term (page, "answer", cb_json_get_string (answer, "answer")));
  cb_page_pair_time (page, "when", cb_json_get_string (answer, "at"));
  cb_page_pair_day (page, "holds-until", cb_json_get_string (answer, "valid_until"));
  write_answerer (page, answer);
  cb_page_pair_theirs (page, "proof", cb_json_get_string (answer, "proof"));
  cb_page_pair_term (page, "noted-by", "role", cb_json_get_string (answer, "author_role"));
  cb_page_pair (page, "receipt", cb_json_get_string (answer, "receipt"));
  write_notice_shown (page, notice);
  cb_page_close (page);
}

static void
write_unanswered (CbPage *page, JsonObject *unanswered)
{
  JsonObject *notice = cb_json_get_object (unanswered, "notice");
  g_autofree char *title = dup_use (page, unanswered);

  cb_page_open (page, title, NULL);
  cb_page_pair_time (page, "when", cb_json_get_string (notice, "shown"));
  cb_page_pair_term (page, "noted-by", "role", cb_json_get_string (unanswered, "author_role"));
  write_notice_shown (page, notice);
  cb_page_close (page);
}

/* Most answer what they are asked. */
static void
write_all_unanswered (CbPage *page, JsonObject *document)
{
  if (json_object_array_length (cb_json_get_array (document, "unanswered")) == 0)
    return;
  write_all (page, document, "unanswered", "unanswered", write_unanswered);
  cb_page_say (page, cb_page_word (page, "unanswered.say"));
}

/* --- of everything --- */

static void
write_controller (CbPage *page, JsonObject *controller)
{
  JsonObject *service = cb_json_get_object (controller, "service");

  cb_page_heading (page, "who-we-are");
  cb_page_pair_theirs (page, "shop", cb_json_get_string (controller, "name"));
  if (service != NULL)
    cb_page_pair (page, "service", cb_json_get_string (service, "url"));
  else
    cb_page_say (page, cb_page_word (page, "no-service"));
}

static void
write_origin (CbPage *page, JsonObject *origin)
{
  cb_page_pair_term (page, "origin", "origin", cb_json_get_string (origin, "from"));
  cb_page_pair_day (page, "origin.since", cb_json_get_string (origin, "imported"));
  cb_page_pair_term (page, "origin.basis", "basis", cb_json_get_string (origin, "basis"));
  cb_page_pair_last_day (page, "until", cb_json_get_string (origin, "keep_until"));
  if (cb_json_get_string (origin, "unconfirmed_since") != NULL)
    cb_page_say (page, cb_page_word (page, "unconfirmed"));
}

static void
write_draft (CbPage *page, JsonObject *draft)
{
  cb_page_open (page, NULL, NULL);
  cb_page_pair_time (page, "written", cb_json_get_string (draft, "written"));
  cb_page_pair_term (page, "author", "role", cb_json_get_string (draft, "author_role"));
  cb_page_pair_last_day (page, "until", cb_json_get_string (draft, "ends"));
  cb_page_close (page);
}

static char *
dup_day_or_nothing (const char *before, const char *time)
{
  g_autofree char *day = time != NULL ? cb_page_dup_day (time) : NULL;

  return day != NULL ? g_strconcat (before, day, NULL) : g_strdup ("");
}

static void
write_use (CbPage *page, JsonObject *use)
{
  gboolean is_allowed = cb_json_get_boolean (use, "allowed", FALSE);
  const char *channel = cb_json_get_string (use, "channel");
  const char *id = cb_json_get_string (use, "verdict");
  const char *until = is_allowed ? cb_json_get_string (use, "until") : NULL;
  g_autofree char *title = dup_use (page, use);
  g_autofree char *from = dup_day_or_nothing (" · ", cb_json_get_string (use, "since"));
  g_autofree char *to = dup_day_or_nothing (" – ", until);
  gboolean is_for_them = g_strcmp0 (cb_json_get_string (use, "by"), "guardian") == 0;
  g_autofree char *verdict =
    g_strconcat (cb_page_term (page, "verdict", id), from, to, is_for_them ? " · " : "",
                 is_for_them ? cb_page_term (page, "answered-for-you", "guardian") : "", NULL);

  /* That they were not asked is said once of each purpose. */
  if (channel == NULL || g_strcmp0 (id, cb_verdict_to_id (CB_VERDICT_NOT_ASKED)) != 0)
    cb_page_pair (page, title, verdict);
}

/* The labels are those of the card that was shown, in its language. */
static void
write_purpose_words (CbPage *page, JsonObject *words, const CbNotice *shown, const char *language)
{
  static const struct
  {
    CbNoticePart label;
    const char *member;
  } parts[] = {
    { CB_NOTICE_LABEL_WHAT_FOR, "what_for" }, { CB_NOTICE_LABEL_YOU_GET, "you_get" },
    { CB_NOTICE_LABEL_HOW_LONG, "how_long" }, { CB_NOTICE_LABEL_WHO, "who" },
    { CB_NOTICE_LABEL_WHERE, "where" },       { CB_NOTICE_LABEL_CONTACT, "contact" },
  };

  cb_page_open (page, cb_json_get_string (words, "title"), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *label = cb_notice_dup_text (shown, parts[i].label, language, NULL);

      cb_page_pair (page, label, cb_json_get_string (words, parts[i].member));
    }
  cb_page_pair (page, "read-aloud", cb_json_get_string (words, "script"));
  cb_page_close (page);
}

static void
write_notice (CbPage *page, JsonObject *notice)
{
  const char *language = cb_json_get_string (notice, "language");
  const CbNotice *shown = cb_notice_find (cb_json_get_string (notice, "id"),
                                          (guint) cb_json_get_int (notice, "version", 0));
  JsonObject *purposes = cb_json_get_array (notice, "purposes");
  g_autofree char *name = dup_notice_name (notice);
  g_autofree char *title = g_strdup_printf ("%s %s", cb_page_word (page, "notice"), name);
  g_autofree char *anchor = dup_notice_anchor (notice);

  cb_page_open (page, title, anchor);
  cb_page_say (page, cb_json_get_string (notice, "head"));
  for (gsize i = 0; i < json_object_array_length (purposes); i++)
    write_purpose_words (page, json_object_array_get_idx (purposes, i), shown, language);
  cb_page_say (page, cb_json_get_string (notice, "foot"));
  cb_page_pair (page, "SHA-256", cb_json_get_string (notice, "sha256"));
  cb_page_close (page);
}

static void
write_suppression (CbPage *page, JsonObject *suppression)
{
  const char *purpose = cb_json_get_string (suppression, "purpose");
  const char *channel = cb_page_term (page, "channel", cb_json_get_string (suppression, "channel"));

  cb_page_pair (page, channel,
                purpose != NULL ? get_title (page, purpose) : cb_page_word (page, "all-marketing"));
}

static void
write_look (CbPage *page, JsonObject *look)
{
  g_autofree char *when = cb_page_dup_time (cb_json_get_string (look, "at"));
  g_autofree char *what =
    g_strdup_printf ("%s · %s", cb_page_term (page, "role", cb_json_get_string (look, "role")),
                     cb_page_term (page, "action", cb_json_get_string (look, "action")));

  cb_page_pair (page, when, what);
}

static void
write_told (CbPage *page, JsonObject *told)
{
  const char *at = cb_json_get_string (told, "at");
  JsonObject *rests_on = cb_json_get_object (told, "rests_on");
  const char *basis = cb_json_get_string (rests_on, "purpose");
  g_autofree char *when = at != NULL ? cb_page_dup_time (at) : g_strdup ("–");
  g_autofree char *what =
    g_strdup_printf ("%s · %s%s%s", cb_page_term (page, "kind", cb_json_get_string (told, "kind")),
                     cb_page_term (page, "told", cb_json_get_string (told, "state")),
                     basis != NULL ? " · " : "", basis != NULL ? get_title (page, basis) : "");

  cb_page_pair (page, when, what);
}

static void
write_copy (CbPage *page, JsonObject *copy)
{
  g_autofree char *when = cb_page_dup_time (cb_json_get_string (copy, "made"));
  g_autofree char *what = g_strdup_printf (
    "%s (%s) · %s · %s", cb_page_term (page, "purpose", cb_json_get_string (copy, "what")),
    cb_json_get_string (copy, "format"),
    cb_page_term (page, "role", cb_json_get_string (copy, "role")),
    cb_json_get_string (copy, "id"));

  cb_page_pair (page, when, what);
}

static void
write_rights (CbPage *page, JsonObject *document)
{
  const char *name = cb_json_get_string (cb_json_get_object (document, "controller"), "name");
  g_autofree char *foot = cb_notice_dup_text (cb_notice_get_current (), CB_NOTICE_FOOT,
                                              cb_page_get_language (page), name);

  cb_page_heading (page, "rights");
  cb_page_say (page, cb_page_word (page, "rights.say"));
  cb_page_say (page, foot);
  cb_page_say (page, cb_page_word (page, "rights.decisions"));
}

/* --- the pages --- */

GString *
cb_export_write_page (JsonObject *document)
{
  CbPage *page = cb_page_new (document, "title.export");

  cb_page_heading (page, "you");
  cb_page_person (page, cb_json_get_object (document, "person"));
  write_all (page, document, "notes", "notes.export", write_note);
  write_all (page, document, "preferences", "preferences", write_preference);
  write_all (page, document, "requests", "requests", write_request);
  write_all (page, document, "occasions", "occasions", write_occasion);
  write_all (page, document, "purchases", "purchases", write_purchase);
  write_all (page, document, "wishes", "wishes", write_wish);
  write_all (page, document, "conditions", "conditions", write_conditions);
  write_all (page, document, "consents", "answers", write_answer);
  write_all_unanswered (page, document);
  return cb_page_finish (page, document, FALSE);
}

static void
write_everything (CbPage *page, JsonObject *document)
{
  JsonObject *person = cb_json_get_object (document, "person");

  write_controller (page, cb_json_get_object (document, "controller"));
  cb_page_heading (page, "you");
  cb_page_person (page, person);
  cb_page_pair_term (page, "associate", "role", cb_json_get_string (person, "associate_role"));
  write_origin (page, cb_json_get_object (person, "origin"));
  if (cb_json_get_boolean (person, "restricted", FALSE))
    cb_page_say (page, cb_page_word (page, "restricted"));
  write_all (page, document, "notes", "notes.access", write_note);
  write_all (page, document, "preferences", "preferences", write_preference);
  write_all (page, document, "requests", "requests", write_request);
  write_all (page, document, "occasions", "occasions", write_occasion);
  write_all (page, document, "purchases", "purchases", write_purchase);
  write_all (page, document, "wishes", "wishes", write_wish);
  write_all (page, document, "reached", "reached", write_reach);
  if (json_object_array_length (cb_json_get_array (document, "drafts")) > 0)
    {
      write_all (page, document, "drafts", "drafts", write_draft);
      cb_page_say (page, cb_page_word (page, "drafts.say"));
    }
  write_all (page, document, "conditions", "conditions", write_conditions);
  write_all (page, document, "uses", "uses", write_use);
  write_all (page, document, "consents", "answers", write_answer);
  write_all_unanswered (page, document);
  write_all (page, document, "notices", "notices", write_notice);
  write_all (page, document, "suppressions", "suppressions", write_suppression);
  write_all (page, document, "looked", "looked", write_look);
  cb_page_say (page, cb_page_word (page, "looked.say"));
  write_all (page, document, "told", "told", write_told);
  cb_page_say (page, cb_page_word (page, "told.say"));
  write_all (page, document, "copies", "copies", write_copy);
  write_rights (page, document);
}

GString *
cb_access_write_page (JsonObject *document)
{
  CbPage *page = cb_page_new (document, "title.access");

  write_everything (page, document);
  return cb_page_finish (page, document, TRUE);
}

GPtrArray *
cb_access_list_parts (JsonObject *document, const char *language)
{
  CbPage *page = cb_page_new_told (language);

  write_everything (page, document);
  return cb_page_finish_told (page);
}
