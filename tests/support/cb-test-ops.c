/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-test-ops.h"

#include "base/cb-id.h"
#include "base/cb-json.h"

#include <string.h>

#define AT                                                                                         \
  "{\"wall\":\"2026-11-21T19:04:05.123Z\",\"boot\":\"b\",\"mono\":1,\"tz\":\"Europe/Berlin\"}"

/* What every operation has; `body` is taken. */
static JsonObject *
op_new (const char *op,
        const char *customer,
        const char *kind,
        const char *act,
        const char *key,
        JsonObject *body)
{
  g_autofree char *fresh = cb_id_new ();
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "op", op != NULL ? op : fresh);
  cb_json_set_int (object, "seq", 1);
  cb_json_set_string (object, "key", key);
  cb_json_set_string (object, "customer", customer);
  cb_json_set_string (object, "kind", kind);
  cb_json_set_string (object, "act", act);
  cb_json_set_string (object, "base", NULL);
  cb_json_set_int (object, "schema", 1);
  cb_json_set_string (object, "scope", NULL);
  cb_json_set_string (object, "basis", NULL);
  cb_json_set_string (object, "by", "system");
  json_object_object_add (object, "at", json_tokener_parse (AT));
  json_object_object_add (object, "body", body);
  return object;
}

static const char *
scope_of (const char *purpose)
{
  if (strcmp (purpose, "asked") == 0)
    return "request";
  if (strcmp (purpose, "shop") == 0)
    return "store";
  return strcmp (purpose, "everywhere") == 0 ? "company" : "outreach";
}

static JsonObject *
evidence_new (const char *method)
{
  JsonObject *evidence = json_object_new_object ();

  cb_json_set_string (evidence, "entity", "customer");
  cb_json_set_string (evidence, "method", method);
  cb_json_set_string (evidence, "notice", "counter");
  cb_json_set_int (evidence, "version", 1);
  cb_json_set_string (evidence, "language", "en");
  cb_json_set_string (evidence, "receipt", "R-EVIDENCE");
  cb_json_set_string (evidence, "proof", NULL);
  cb_json_set_string (evidence, "valid_until", "2028-11-21T00:00:00Z");
  return evidence;
}

static JsonObject *
answer_new (const char *op,
            const char *customer,
            const char *act,
            const char *purpose,
            const char *channel)
{
  g_autofree char *key = g_strjoin ("/", "consent", customer, purpose, channel, NULL);
  JsonObject *body = json_object_new_object ();

  cb_json_set_string (body, "purpose", purpose);
  cb_json_set_string (body, "channel", strcmp (channel, "*") != 0 ? channel : NULL);
  return op_new (op, customer, "consent", act, key, body);
}

char *
cb_test_grant (const char *op,
               const char *customer,
               const char *purpose,
               const char *channel,
               const char *method,
               const char *saw)
{
  g_autoptr (JsonObject) object = answer_new (op, customer, "grant", purpose, channel);
  JsonObject *body = cb_json_get_object (object, "body");

  cb_json_set_string (object, "scope", scope_of (purpose));
  cb_json_set_string (body, "saw", saw);
  json_object_object_add (body, "evidence", evidence_new (method));
  return cb_json_to_line (object);
}

char *
cb_test_refuse (const char *op, const char *customer, const char *purpose, const char *channel)
{
  g_autoptr (JsonObject) object = answer_new (op, customer, "refuse", purpose, channel);

  json_object_object_add (cb_json_get_object (object, "body"), "evidence", evidence_new ("spoken"));
  return cb_json_to_line (object);
}

char *
cb_test_withdraw (const char *op, const char *customer, const char *purpose, const char *channel)
{
  g_autoptr (JsonObject) object = answer_new (op, customer, "withdraw", purpose, channel);

  cb_json_set_string (cb_json_get_object (object, "body"), "grant", NULL);
  return cb_json_to_line (object);
}

char *
cb_test_erase (const char *op, const char *customer)
{
  g_autofree char *key = g_strconcat ("customer/", customer, NULL);
  JsonObject *body = json_object_new_object ();
  g_autoptr (JsonObject) object = op_new (op, customer, "erase", "erase", key, body);

  cb_json_set_string (body, "reason", "request");
  return cb_json_to_line (object);
}

/* --- records; `body` is taken --- */

static char *
put_line (const char *kind, const char *id, const CbTestPut *put, JsonObject *body)
{
  g_autofree char *key = g_strjoin ("/", kind, id, NULL);
  g_autoptr (JsonObject) object = op_new (put->op, put->customer, kind, "put", key, body);

  cb_json_set_string (object, "scope", put->scope);
  cb_json_set_string (object, "base", put->base);
  if (put->grant != NULL)
    {
      JsonObject *basis = json_object_new_object ();

      cb_json_set_string (basis, "purpose", put->purpose);
      cb_json_set_string (basis, "grant", put->grant);
      json_object_object_add (object, "basis", basis);
    }
  return cb_json_to_line (object);
}

char *
cb_test_card (const CbTestPut *put)
{
  JsonObject *body = json_object_new_object ();

  cb_json_set_string (body, "given", put->text);
  cb_json_set_string (body, "family", "");
  cb_json_set_string (body, "preferred", NULL);
  cb_json_set_string (body, "language", "en");
  json_object_object_add (body, "emails", json_object_new_array ());
  json_object_object_add (body, "phones", json_object_new_array ());
  return put_line ("customer", put->customer, put, body);
}

char *
cb_test_note (const char *id, const CbTestPut *put)
{
  JsonObject *body = json_object_new_object ();

  cb_json_set_string (body, "text", put->text);
  cb_json_set_string (body, "kind", "advice");
  cb_json_set_string (body, "intent", "profile");
  cb_json_set_string (body, "discretion", "mention");
  cb_json_set_string (body, "for", NULL);
  cb_json_set_string (body, "provenance", "said");
  cb_json_set_string (body, "created", "2026-11-21T19:04:05.123Z");
  cb_json_set_string (body, "ends", "2028-11-21T19:04:05.123Z");
  return put_line ("note", id, put, body);
}

char *
cb_test_preference (const char *id, const CbTestPut *put)
{
  JsonObject *body = json_object_new_object ();

  cb_json_set_string (body, "facet", "size");
  cb_json_set_string (body, "value", put->text);
  cb_json_set_string (body, "polarity", "like");
  cb_json_set_string (body, "garment", "boot");
  cb_json_set_string (body, "maker", NULL);
  cb_json_set_string (body, "provenance", "said");
  cb_json_set_string (body, "confirmed", "2026-11-21T19:04:05.123Z");
  cb_json_set_string (body, "fades", "2027-11-21T19:04:05.123Z");
  return put_line ("preference", id, put, body);
}

char *
cb_test_request (const char *id, const CbTestPut *put)
{
  JsonObject *body = json_object_new_object ();

  cb_json_set_string (body, "text", put->text);
  cb_json_set_string (body, "for", NULL);
  cb_json_set_string (body, "kind", "order");
  cb_json_set_string (body, "state", "open");
  cb_json_set_string (body, "promised_by", NULL);
  cb_json_set_string (body, "answers", NULL);
  cb_json_set_string (body, "created", "2026-11-21T19:04:05.123Z");
  cb_json_set_string (body, "due", "2026-11-28T00:00:00.000Z");
  cb_json_set_string (body, "closed", NULL);
  cb_json_set_string (body, "ends", "2027-11-28T00:00:00.000Z");
  return put_line ("request", id, put, body);
}

char *
cb_test_op_with (const char *line, const char *member, const char *json)
{
  g_autoptr (JsonObject) object = json_tokener_parse (line);

  json_object_object_del (object, member);
  if (json != NULL)
    json_object_object_add (object, member, json_tokener_parse (json));
  return cb_json_to_line (object);
}
