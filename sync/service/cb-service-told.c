/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-told.h"

#include "base/cb-json.h"
#include "consent/cb-notice.h"
#include "records/cb-operation.h"
#include "service/cb-cursor.h"
#include "service/cb-judge.h"
#include "wire/cb-changes.h"
#include "wire/cb-codes.h"
#include "wire/cb-limits.h"

#include <string.h>

static gint64
get_now_us (CbService *self)
{
  return cb_clock_get_now_us (cb_service_get_clock (self));
}

static CbToldRow *
read_told (CbService *self, const char *customer, GError **error)
{
  CbStorage *storage = cb_service_get_storage (self);

  return storage->methods->read_told (storage, customer, error);
}

/* --- writing --- */

/* Ids, codes and times alone: nothing in them needs escaping. NULL and "" are null. */
static void
write_word (GString *into, const char *member, const char *word)
{
  if (word != NULL && *word != '\0')
    g_string_append_printf (into, "\"%s\":\"%s\",", member, word);
  else
    g_string_append_printf (into, "\"%s\":null,", member);
}

static void
write_time (GString *into, const char *member, gint64 at_us)
{
  g_autofree char *text = at_us > 0 ? cb_operation_format_time (at_us) : NULL;

  write_word (into, member, text);
}

static const char *
channel_or_null (const char *channel)
{
  return strcmp (channel, CB_CHANNEL_ANY) != 0 ? channel : NULL;
}

/* --- the profile --- */

static void
write_record (const CbRecordRow *row, GString *into)
{
  const char *slash = strchr (row->key, '/');

  g_string_append_c (into, '{');
  write_word (into, "id", slash != NULL ? slash + 1 : row->key);
  write_word (into, "version", row->version);
  write_word (into, "at", row->captured);
  g_string_append_printf (into, "\"body\":%s}", row->body);
}

/* What ends has ended here too, though its terminal has not said so yet; and what is not to be
 * mentioned is for people, for a machine can't keep a secret. */
static gboolean
may_be_told (const CbRecordRow *row, gint64 now_us)
{
  g_autoptr (JsonObject) body =
    cb_json_parse (row->body, strlen (row->body), CB_LIMIT_OP_BYTES, NULL);
  const gint64 ends_us = cb_judge_read_time (cb_json_get_string (body, "ends"));

  return body != NULL && (ends_us == 0 || ends_us > now_us) &&
         g_strcmp0 (cb_json_get_string (body, "discretion"), "private") != 0;
}

static void
write_records (const CbToldRow *told,
               const char *kind,
               const char *member,
               gint64 now_us,
               GString *into)
{
  const char *comma = "";

  g_string_append_printf (into, ",\"%s\":[", member);
  for (guint i = 0; i < told->records->len; i++)
    {
      const CbRecordRow *row = told->records->pdata[i];

      if (strcmp (row->kind, kind) != 0 || !may_be_told (row, now_us))
        continue;
      g_string_append (into, comma);
      write_record (row, into);
      comma = ",";
    }
  g_string_append_c (into, ']');
}

static void
write_card (const CbToldRow *told, GString *into)
{
  const CbRecordRow *first = told->records->len > 0 ? told->records->pdata[0] : NULL;

  g_string_append (into, "\"card\":");
  if (first != NULL && strcmp (first->kind, "customer") == 0)
    write_record (first, into);
  else
    g_string_append (into, "null");
}

gboolean
cb_told_write_profile (CbService *service,
                       const char *customer,
                       gboolean has_notes,
                       GString *reply,
                       GError **error)
{
  g_autoptr (CbToldRow) told = read_told (service, customer, error);
  const gint64 now_us = get_now_us (service);
  CbJudgement judgement;

  if (told == NULL)
    return FALSE;
  cb_judge (told, "everywhere", CB_CHANNEL_ANY, CB_CIRCUMSTANCE_NONE, now_us, &judgement);
  if (judgement.verdict != CB_VERDICT_ALLOWED)
    return FALSE;

  g_string_append_c (reply, '{');
  write_word (reply, "customer", customer);
  write_time (reply, "until", judgement.until_us);
  write_card (told, reply);
  write_records (told, "preference", "preferences", now_us, reply);
  if (has_notes)
    write_records (told, "note", "notes", now_us, reply);
  g_string_append (reply, "}\n");
  return TRUE;
}

/* --- consents --- */

static void
write_judgement (const CbJudgement *judgement, GString *into)
{
  write_word (into, "verdict", cb_verdict_to_id (judgement->verdict));
  write_word (into, "reason", cb_verdict_get_reason (judgement->verdict));
  write_time (into, "until", judgement->until_us);
}

/* By which the words that they saw are known again. */
static const char *
find_words (const CbAnswerRow *row)
{
  g_autoptr (JsonObject) evidence =
    row->evidence != NULL
      ? cb_json_parse (row->evidence, strlen (row->evidence), CB_LIMIT_OP_BYTES, NULL)
      : NULL;
  const char *id = cb_json_get_string (evidence, "notice");
  const gint64 version = cb_json_get_int (evidence, "version", 0);
  const CbNotice *notice =
    id != NULL && version > 0 && version < G_MAXINT ? cb_notice_find (id, (guint) version) : NULL;
  const char *language = cb_json_get_string (evidence, "language");

  if (notice == NULL || language == NULL ||
      !g_strv_contains (cb_notice_get_languages (notice), language))
    return NULL;
  return cb_notice_get_sha256 (notice, language);
}

static void
write_answer (const CbToldRow *told, const CbAnswerRow *row, gint64 now_us, GString *into)
{
  CbJudgement judgement;

  cb_judge (told, row->purpose, row->channel, CB_CIRCUMSTANCE_NONE, now_us, &judgement);
  g_string_append_c (into, '{');
  write_word (into, "purpose", row->purpose);
  write_word (into, "channel", channel_or_null (row->channel));
  write_word (into, "state", row->state);
  write_judgement (&judgement, into);
  write_word (into, "at", row->captured);
  write_word (into, "grant", row->grant);
  write_word (into, "withdrawal", row->withdrawal);
  write_word (into, "words_sha256", find_words (row));
  g_string_append_printf (into, "\"evidence\":%s}", row->evidence != NULL ? row->evidence : "null");
}

gboolean
cb_told_write_consents (CbService *service, const char *customer, GString *reply, GError **error)
{
  g_autoptr (CbToldRow) told = read_told (service, customer, error);
  const gint64 now_us = get_now_us (service);
  const char *comma = "";
  gsize begin;

  if (told == NULL)
    return FALSE;
  g_string_append_c (reply, '{');
  write_word (reply, "customer", customer);
  g_string_append (reply, "\"answers\":[");
  begin = reply->len;
  for (guint i = 0; i < told->answers->len; i++)
    {
      const CbAnswerRow *row = told->answers->pdata[i];

      /* A purpose of a later version may be a shop's own. */
      if (!cb_judge_is_told (row->purpose))
        continue;
      g_string_append (reply, comma);
      write_answer (told, row, now_us, reply);
      comma = ",";
    }
  if (reply->len == begin)
    return FALSE;
  g_string_append (reply, "]}\n");
  return TRUE;
}

/* --- permission --- */

static void
write_permission (const CbJudgement *judgement, gint64 now_us, GString *reply)
{
  g_string_append_printf (reply, "{\"allowed\":%s,",
                          judgement->verdict == CB_VERDICT_ALLOWED ? "true" : "false");
  write_judgement (judgement, reply);
  write_time (reply, "next", judgement->next_us);
  write_time (reply, "at", now_us);
  reply->str[reply->len - 1] = '}';
  g_string_append_c (reply, '\n');
}

gboolean
cb_told_write_permission (CbService *service,
                          const char *customer,
                          const char *purpose,
                          const char *channel,
                          CbCircumstance circumstance,
                          GString *reply,
                          GError **error)
{
  g_autoptr (CbToldRow) told = read_told (service, customer, error);
  const gint64 now_us = get_now_us (service);
  CbJudgement judgement;

  if (told == NULL)
    return FALSE;
  cb_judge (told, purpose, channel, circumstance, now_us, &judgement);
  write_permission (&judgement, now_us, reply);
  return TRUE;
}

/* --- contacts --- */

static const CbContactRow *
find_contact (const CbToldRow *told, const char *op)
{
  for (guint i = 0; i < told->contacts->len; i++)
    {
      const CbContactRow *row = &g_array_index (told->contacts, CbContactRow, i);

      if (strcmp (row->op, op) == 0)
        return row;
    }
  return NULL;
}

/* Whose answer was lost asks again, and has made no contact since: it was a yes, and is one still
 * but for what it would have counted itself. */
static void
judge_without (CbToldRow *told,
               const CbContactWish *wish,
               const CbContactRow *made,
               gint64 now_us,
               CbJudgement *judgement)
{
  if (made != NULL)
    g_array_remove_index (told->contacts, (guint) (made - (CbContactRow *) told->contacts->data));
  cb_judge (told, wish->purpose, wish->channel, wish->circumstance, now_us, judgement);
}

/* Inside a transaction. */
static CbWishEnd
settle_wish (CbService *service,
             const char *customer,
             const CbContactWish *wish,
             GString *reply,
             GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  g_autoptr (CbToldRow) told = read_told (service, customer, error);
  const gint64 now_us = get_now_us (service);
  CbContactRow row = { .purpose = cb_contact_word (wish->purpose),
                       .channel = cb_contact_word (wish->channel),
                       .at_us = now_us };
  const CbContactRow *made = NULL;
  gboolean is_new = FALSE;
  CbJudgement judgement;

  if (told == NULL)
    return CB_WISH_FAILED;
  told->is_counted = TRUE;
  made = find_contact (told, wish->op);
  is_new = made == NULL;
  if (!is_new &&
      (strcmp (made->purpose, row.purpose) != 0 || strcmp (made->channel, row.channel) != 0))
    return CB_WISH_ID_USED;
  judge_without (told, wish, made, now_us, &judgement);
  g_strlcpy (row.op, wish->op, sizeof row.op);
  if (is_new && judgement.verdict == CB_VERDICT_ALLOWED &&
      !storage->methods->add_contact (storage, customer, &row, error))
    return CB_WISH_FAILED;
  write_permission (&judgement, now_us, reply);
  return CB_WISH_JUDGED;
}

CbWishEnd
cb_told_write_contact (CbService *service,
                       const char *customer,
                       const CbContactWish *wish,
                       GString *reply,
                       GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  CbWishEnd end = CB_WISH_FAILED;

  if (storage->methods->begin (storage, NULL, NULL, error) &&
      storage->methods->lock_customer (storage, customer, error))
    end = settle_wish (service, customer, wish, reply, error);
  if (end == CB_WISH_JUDGED && storage->methods->commit (storage, NULL, error))
    return end;
  storage->methods->rollback (storage);
  return end == CB_WISH_ID_USED ? end : CB_WISH_FAILED;
}

/* --- news --- */

static void
write_news (const CbNewsRow *row, GString *into)
{
  static const char *const sorts[] = {
    [CB_NEWS_ERASED] = "erased",
    [CB_NEWS_ANSWER] = "answer",
    [CB_NEWS_RECORD] = "profile",
  };

  g_string_append_printf (into, "{\"n\":%" G_GINT64_FORMAT ",", row->n);
  write_word (into, "t", sorts[row->sort]);
  write_word (into, "customer", row->customer);
  if (row->sort == CB_NEWS_ANSWER)
    {
      write_word (into, "purpose", row->purpose);
      write_word (into, "channel", channel_or_null (row->channel));
      write_word (into, "state", row->state);
    }
  into->str[into->len - 1] = '}';
  g_string_append_c (into, '\n');
}

/* That a profile has changed is said once a page: whoever reads it then reads all of it. */
static void
write_page (GPtrArray *rows, GString *into)
{
  g_autoptr (GHashTable) changed = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < rows->len; i++)
    {
      CbNewsRow *row = rows->pdata[i];

      if (row->sort == CB_NEWS_ANSWER && !cb_judge_is_told (row->purpose))
        continue;
      if (row->sort == CB_NEWS_RECORD && !g_hash_table_add (changed, row->customer))
        continue;
      write_news (row, into);
    }
}

CbTold
cb_told_write_news (CbService *service,
                    const char *cursor,
                    GString *reply,
                    gboolean *has_news,
                    GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  const CbIdentity *identity = cb_service_get_identity (service);
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *next = NULL;
  gboolean is_full = FALSE;
  gint64 after = 0;
  gint64 head = 0;

  if (cursor != NULL && cb_cursor_read (cursor, identity, &after) != CB_CURSOR_GOOD)
    return CB_TOLD_OF_OTHERS;
  rows = storage->methods->list_news (storage, after, CB_LIMIT_CHANGES, &head, error);
  if (rows == NULL)
    return CB_TOLD_NOTHING;
  if (after > head)
    return CB_TOLD_AHEAD;
  is_full = rows->len == CB_LIMIT_CHANGES;
  next = cb_cursor_make (identity, is_full ? ((CbNewsRow *) rows->pdata[rows->len - 1])->n : head);
  write_page (rows, reply);
  *has_news = reply->len > 0 || is_full;
  cb_changes_write_trailer (next, is_full, head, reply);
  return CB_TOLD;
}
