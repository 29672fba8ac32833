/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-routes-private.h"

#include "service/cb-judge.h"
#include "service/cb-told.h"
#include "wire/cb-codes.h"

/* Whoever is unknown, erased, or known to a shop alone is one and the same answer. */
static void
answer_one (CbRequestContext *request, gboolean is_there, GString *reply, const GError *error)
{
  if (is_there)
    {
      cb_request_answer (request, SOUP_STATUS_OK, CB_MEDIA_JSON, reply);
      return;
    }
  g_string_free (reply, TRUE);
  if (error != NULL)
    cb_request_fail_with (request, error);
  else
    cb_request_fail (request, SOUP_STATUS_NOT_FOUND, "not_found",
                     "there is nobody here who may be told of");
}

void
cb_routes_get_profile (CbRequestContext *request)
{
  const gboolean has_notes = (cb_scopes_read (request->key.scopes) & CB_SCOPE_NOTES) != 0;
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const gboolean is_there =
    cb_told_write_profile (request->service, request->id, has_notes, reply, &error);

  answer_one (request, is_there, reply, error);
}

void
cb_routes_get_consents (CbRequestContext *request)
{
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const gboolean is_there = cb_told_write_consents (request->service, request->id, reply, &error);

  answer_one (request, is_there, reply, error);
}

void
cb_routes_get_permission (CbRequestContext *request)
{
  const char *purpose = cb_request_get_query (request, "purpose");
  const char *channel = cb_request_get_query (request, "channel");
  const char *occasion = cb_request_get_query (request, "occasion");
  CbCircumstance circumstance = CB_CIRCUMSTANCE_NONE;
  GString *reply = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good = FALSE;

  if (!cb_judge_is_told (purpose) ||
      (channel != NULL && !cb_codes_purpose_takes_channel ("news", channel)) ||
      (occasion != NULL && !cb_circumstance_from_id (occasion, &circumstance)))
    {
      cb_request_fail (request, SOUP_STATUS_BAD_REQUEST, "malformed",
                       "a purpose, and if there is one a channel and an occasion");
      return;
    }
  reply = g_string_new (NULL);
  is_good = cb_told_write_permission (request->service, request->id, purpose,
                                      channel != NULL ? channel : CB_CHANNEL_ANY, circumstance,
                                      reply, &error);
  answer_one (request, is_good, reply, error);
}

static void
answer_opt_out (CbRequestContext *request, const CbOptOut *no)
{
  g_autoptr (JsonObject) object = json_object_new_object ();

  cb_json_set_string (object, "customer", request->id);
  cb_json_set_string (object, "op", no->op);
  cb_request_answer_json (request, SOUP_STATUS_OK, object);
}

/* A member that is there and is neither text nor null would be passed over, and with it a limit to
 * what was meant. */
static gboolean
is_text_or_null (JsonObject *object, const char *member)
{
  JsonObject *value = NULL;

  return !json_object_object_get_ex (object, member, &value) || value == NULL ||
         json_object_is_type (value, json_type_string);
}

void
cb_routes_post_opt_out (CbRequestContext *request)
{
  g_autoptr (JsonObject) asked = cb_request_parse_body (request);
  const CbOptOut no = {
    .op = cb_json_get_string (asked, "op"),
    .purpose = cb_json_get_string (asked, "purpose"),
    .channel = cb_json_get_string (asked, "channel"),
    .at = cb_json_get_string (asked, "at"),
  };
  g_autoptr (GError) error = NULL;

  if (asked == NULL)
    return;
  if (!is_text_or_null (asked, "purpose") || !is_text_or_null (asked, "channel"))
    {
      cb_request_fail (request, SOUP_STATUS_BAD_REQUEST, "malformed",
                       "a purpose or channel that is no text");
      return;
    }
  switch (cb_service_opt_out (request->service, request->id, &no, &error))
    {
    case CB_OPT_OUT_DONE:
      answer_opt_out (request, &no);
      break;
    case CB_OPT_OUT_GONE:
      cb_request_fail (request, SOUP_STATUS_NOT_FOUND, "not_found",
                       "there is nobody here who may be told of");
      break;
    case CB_OPT_OUT_ID_USED:
      cb_request_fail (request, SOUP_STATUS_CONFLICT, "id_reuse",
                       "the id was used for something else");
      break;
    case CB_OPT_OUT_FAILED:
      cb_request_fail_with (request, error);
      break;
    }
}

static gboolean
read_wish (JsonObject *asked, CbContactWish *wish)
{
  const char *occasion = cb_json_get_string (asked, "occasion");

  wish->op = cb_json_get_string (asked, "op");
  wish->purpose = cb_json_get_string (asked, "purpose");
  wish->channel = cb_json_get_string (asked, "channel");
  return wish->op != NULL && cb_id_is_valid (wish->op) &&
         *cb_contact_word (wish->channel) != '\0' &&
         cb_codes_purpose_takes_channel (wish->purpose, wish->channel) &&
         is_text_or_null (asked, "occasion") &&
         (occasion == NULL || cb_circumstance_from_id (occasion, &wish->circumstance));
}

void
cb_routes_post_contact (CbRequestContext *request)
{
  g_autoptr (JsonObject) asked = cb_request_parse_body (request);
  CbContactWish wish = { .circumstance = CB_CIRCUMSTANCE_NONE };
  GString *reply = NULL;
  g_autoptr (GError) error = NULL;
  CbWishEnd end;

  if (asked == NULL)
    return;
  if (!read_wish (asked, &wish))
    {
      cb_request_fail (request, SOUP_STATUS_BAD_REQUEST, "malformed",
                       "an id, and a purpose and channel that go together");
      return;
    }
  reply = g_string_new (NULL);
  end = cb_told_write_contact (request->service, request->id, &wish, reply, &error);
  if (end == CB_WISH_ID_USED)
    {
      g_string_free (reply, TRUE);
      cb_request_fail (request, SOUP_STATUS_CONFLICT, "id_reuse",
                       "the id was used for something else");
      return;
    }
  answer_one (request, end == CB_WISH_JUDGED, reply, error);
}

void
cb_routes_get_news (CbRequestContext *request)
{
  GString *reply = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_news = FALSE;
  guint seconds = 0;
  CbTold told;

  if (!cb_routes_read_wait (request, &seconds))
    return;
  reply = g_string_new (NULL);
  told = cb_told_write_news (request->service, cb_request_get_query (request, "cursor"), reply,
                             &has_news, &error);
  if (told == CB_TOLD && !has_news && cb_waits_take (request->waits, request, seconds, 0))
    {
      g_string_free (reply, TRUE);
      return;
    }
  cb_routes_answer_told (request, told, reply, error);
}
