/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-test-told.h"

#include "service/cb-told.h"
#include "support/cb-test-ops.h"

#include <string.h>

#define ADDRESSES                                                                                  \
  "{\"given\":\"Mara\",\"family\":\"Ellingsen\",\"preferred\":null,\"language\":\"en\","           \
  "\"emails\":[\"mara@example.com\"],\"phones\":[\"07700 900142\"],"                               \
  "\"verified\":[\"mara@example.com\"]}"

JsonObject *
cb_test_told_ask (CbTestService *book,
                  const char *purpose,
                  const char *channel,
                  CbCircumstance occasion)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  g_assert_true (cb_told_write_permission (book->service, CB_TEST_TOLD_CUSTOMER, purpose, channel,
                                           occasion, reply, &error));
  g_assert_no_error (error);
  object = cb_json_parse (reply->str, reply->len, 65536, &error);
  g_assert_no_error (error);
  return object;
}

void
cb_test_told_expect (CbTestService *book,
                     const char *purpose,
                     const char *channel,
                     const char *verdict)
{
  g_autoptr (JsonObject) object = cb_test_told_ask (book, purpose, channel, CB_CIRCUMSTANCE_NONE);

  g_assert_cmpstr (cb_json_get_string (object, "verdict"), ==, verdict);
  g_assert_true (cb_json_get_boolean (object, "allowed", FALSE) ==
                 (strcmp (verdict, "allowed") == 0));
  g_assert_nonnull (cb_json_get_string (object, "reason"));
}

void
cb_test_told_grant (CbTestService *book, const char *op, const char *purpose, const char *channel)
{
  cb_test_service_expect (
    book, cb_test_grant (op, CB_TEST_TOLD_CUSTOMER, purpose, channel, "tapped", NULL), "applied");
}

void
cb_test_told_grant_bound (CbTestService *book, const char *conditions, const char *zone)
{
  g_autofree char *plain =
    cb_test_grant (NULL, CB_TEST_TOLD_CUSTOMER, "news", "email", "tapped", NULL);
  g_autoptr (JsonObject) object = json_tokener_parse (plain);
  JsonObject *evidence = cb_json_get_object (cb_json_get_object (object, "body"), "evidence");

  json_object_object_add (evidence, "conditions", json_tokener_parse (conditions));
  json_object_object_add (evidence, "zone", json_tokener_parse (zone));
  cb_test_service_expect (book, cb_json_to_line (object), "applied");
}

void
cb_test_told_put_card (CbTestService *book, const char *scope, const char *purpose, const char *yes)
{
  const CbTestPut put = {
    CB_TEST_TOLD_CARD, CB_TEST_TOLD_CUSTOMER, scope, purpose, yes, NULL, "Mara"
  };
  g_autofree char *plain = cb_test_card (&put);

  cb_test_service_expect (book, cb_test_op_with (plain, "body", ADDRESSES), "applied");
}

CbTestService *
cb_test_told_new_book (void)
{
  CbTestService *book = cb_test_service_new ();
  CbTestPut put = { NULL, CB_TEST_TOLD_CUSTOMER, "company", "everywhere", CB_TEST_TOLD_ALL,
                    NULL, "told in every shop" };

  cb_test_told_grant (book, CB_TEST_TOLD_ALL, "everywhere", "*");
  cb_test_told_grant (book, CB_TEST_TOLD_SHOP, "shop", "*");
  cb_test_told_grant (book, CB_TEST_TOLD_ASKED, "asked", "*");
  cb_test_told_put_card (book, "company", "everywhere", CB_TEST_TOLD_ALL);
  cb_test_service_expect (book, cb_test_note ("11111111111111111111111111111111", &put), "applied");
  put.text = "38 narrow";
  cb_test_service_expect (book, cb_test_preference ("22222222222222222222222222222222", &put),
                          "applied");
  put = (CbTestPut){ NULL, CB_TEST_TOLD_CUSTOMER, "store", "shop", CB_TEST_TOLD_SHOP,
                     NULL, "for this shop alone" };
  cb_test_service_expect (book, cb_test_note ("33333333333333333333333333333333", &put), "applied");
  put = (CbTestPut){ NULL, CB_TEST_TOLD_CUSTOMER, "request", "asked", CB_TEST_TOLD_ASKED,
                     NULL, "ring when it is here" };
  cb_test_service_expect (book, cb_test_request ("44444444444444444444444444444444", &put),
                          "applied");
  return book;
}
