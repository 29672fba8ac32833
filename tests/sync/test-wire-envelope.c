/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"
#include "support/cb-test-ops.h"
#include "wire/cb-envelope.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"

#include <string.h>

#define CUSTOMER "0123456789abcdef0123456789abcdef"
#define GRANT "fedcba9876543210fedcba9876543210"
#define RECORD "00112233445566778899aabbccddeeff"
#define OP "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"

static CbEnvelope *
parse (const char *line, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (line, strlen (line));

  return cb_envelope_parse (bytes, error);
}

/* Takes the line. */
static void
accept (char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbEnvelope) envelope = parse (line, &error);

  g_assert_no_error (error);
  g_assert_nonnull (envelope);
  g_free (line);
}

static void
refuse (char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbEnvelope) envelope = parse (line, &error);

  if (envelope != NULL)
    g_test_message ("accepted: %s", line);
  g_assert_null (envelope);
  g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
  g_free (line);
}

static char *
good_note (void)
{
  const CbTestPut put = { .op = OP,
                          .customer = CUSTOMER,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = GRANT,
                          .text = "38 narrow" };

  return cb_test_note (RECORD, &put);
}

static char *
good_card (void)
{
  const CbTestPut put = { .customer = CUSTOMER,
                          .scope = "company",
                          .purpose = "everywhere",
                          .grant = GRANT,
                          .text = "M" };

  return cb_test_card (&put);
}

static char *
good_preference (void)
{
  const CbTestPut put = { .customer = CUSTOMER,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = GRANT,
                          .text = "38" };

  return cb_test_preference (RECORD, &put);
}

static char *
good_request (void)
{
  const CbTestPut put = { .customer = CUSTOMER,
                          .scope = "request",
                          .purpose = "asked",
                          .grant = GRANT,
                          .text = "the boots" };

  return cb_test_request (RECORD, &put);
}

/* A line with a member of its body replaced; NULL removes it. */
static char *
with_body (char *line, const char *member, const char *json)
{
  const char *body = strstr (line, "\"body\":") + strlen ("\"body\":");
  g_autofree char *plain = g_strndup (body, strlen (body) - 1);
  g_autofree char *changed = cb_test_op_with (plain, member, json);
  char *whole = cb_test_op_with (line, "body", changed);

  g_free (line);
  return whole;
}

static char *
with (char *line, const char *member, const char *json)
{
  char *changed = cb_test_op_with (line, member, json);

  g_free (line);
  return changed;
}

/* --- what is good --- */

static void
test_note_is_read (void)
{
  g_autofree char *line = good_note ();
  g_autoptr (CbEnvelope) envelope = parse (line, NULL);
  g_autofree char *body = g_strndup (envelope->body, envelope->body_length);

  g_assert_cmpint (envelope->kind, ==, CB_KIND_NOTE);
  g_assert_cmpint (envelope->act, ==, CB_ACT_PUT);
  g_assert_cmpstr (envelope->op, ==, OP);
  g_assert_cmpstr (envelope->key, ==, "note/" RECORD);
  g_assert_cmpstr (envelope->customer, ==, CUSTOMER);
  g_assert_cmpstr (envelope->scope, ==, "store");
  g_assert_cmpstr (envelope->basis_purpose, ==, "shop");
  g_assert_cmpstr (envelope->basis_grant, ==, GRANT);
  g_assert_null (envelope->base);
  g_assert_true (g_str_has_prefix (body, "{\"text\":\"38 narrow\""));
  g_assert_true (g_str_has_suffix (line, "}"));
}

static void
test_every_kind_is_read (void)
{
  accept (good_note ());
  accept (good_card ());
  accept (good_preference ());
  accept (good_request ());
  accept (cb_test_grant (NULL, CUSTOMER, "shop", "*", "spoken", NULL));
  accept (cb_test_grant (NULL, CUSTOMER, "everywhere", "*", "tapped", GRANT));
  accept (cb_test_grant (NULL, CUSTOMER, "news", "email", "own-phone", NULL));
  accept (cb_test_grant (NULL, CUSTOMER, "invitations", "*", "signed", NULL));
  accept (cb_test_grant (NULL, CUSTOMER, "asked", "*", "request", NULL));
  accept (cb_test_refuse (NULL, CUSTOMER, "everywhere", "*"));
  accept (with_body (cb_test_refuse (NULL, CUSTOMER, "everywhere", "*"), "evidence", NULL));
  accept (cb_test_withdraw (NULL, CUSTOMER, "news", "sms"));
  accept (cb_test_erase (NULL, CUSTOMER));
}

static void
test_consent_is_read (void)
{
  g_autofree char *line = cb_test_grant (OP, CUSTOMER, "news", "email", "tapped", GRANT);
  g_autoptr (CbEnvelope) envelope = parse (line, NULL);
  g_autofree char *evidence = g_strndup (envelope->evidence, envelope->evidence_length);

  g_assert_cmpint (envelope->act, ==, CB_ACT_GRANT);
  g_assert_cmpstr (envelope->purpose, ==, "news");
  g_assert_cmpstr (envelope->channel, ==, "email");
  g_assert_cmpstr (envelope->saw, ==, GRANT);
  g_assert_true (g_str_has_prefix (evidence, "{\"entity\":\"customer\""));
  g_assert_true (g_str_has_suffix (evidence, "}"));
}

static void
test_hash_is_of_the_line (void)
{
  g_autofree char *line = good_note ();
  g_autofree char *spaced = g_strconcat (line, " ", NULL);
  g_autofree char *wanted = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line, -1);
  g_autoptr (CbEnvelope) first = parse (line, NULL);
  g_autoptr (CbEnvelope) second = parse (spaced, NULL);
  GString *found = g_string_new (NULL);

  for (guint i = 0; i < sizeof first->hash; i++)
    g_string_append_printf (found, "%02x", first->hash[i]);
  g_assert_cmpstr (found->str, ==, wanted);
  g_assert_cmpmem (first->hash, 4, first->hash, 4);
  g_assert_cmpint (memcmp (first->hash, second->hash, sizeof first->hash), !=, 0);
  g_string_free (found, TRUE);
}

static void
test_members_of_tomorrow_are_let_be (void)
{
  accept (with (good_note (), "mood", "{\"a\":[1]}"));
  accept (with_body (good_note (), "mood", "\"x\""));
  accept (with_body (good_card (), "socials", "[]"));
}

/* --- what is not --- */

static void
test_ids_are_strict (void)
{
  const char *const ids[] = {
    NULL,
    "null",
    "1",
    "\"\"",
    "\"x\"",
    "[]",
    "\"A0A1A2A3A4A5A6A7A8A9AAABACADAEAF\"",
    "\"a0a1a2a3a4a5a6a7a8a9aaabacadaea\"",
    "\"a0a1a2a3a4a5a6a7a8a9aaabacadaeaff\"",
    "\"a0a1a2a3a4a5a6a7a8a9aaabacadaea/\"",
    "\"a0a1a2a3a4a5a6a7a8a9aaabacadaea\\u00e9\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      refuse (with (good_note (), "op", ids[i]));
      refuse (with (good_note (), "customer", ids[i]));
      refuse (with (cb_test_erase (NULL, CUSTOMER), "customer", ids[i]));
    }
  refuse (with (good_note (), "base", "\"x\""));
  refuse (with (good_note (), "base", "7"));
  refuse (with_body (cb_test_grant (NULL, CUSTOMER, "shop", "*", "tapped", NULL), "saw", "\"x\""));
  refuse (with_body (cb_test_grant (NULL, CUSTOMER, "shop", "*", "tapped", NULL), "saw", "true"));
}

static void
test_basics_are_strict (void)
{
  refuse (with (good_note (), "seq", NULL));
  refuse (with (good_note (), "seq", "-1"));
  refuse (with (good_note (), "seq", "\"1\""));
  refuse (with (good_note (), "seq", "1.5"));
  refuse (with (good_note (), "seq", "9007199254740993"));
  refuse (with (good_note (), "schema", "0"));
  refuse (with (good_note (), "schema", "2"));
  refuse (with (good_note (), "schema", NULL));
  refuse (with (good_note (), "by", NULL));
  refuse (with (good_note (), "by", "\"somebody\""));
  refuse (with (good_note (), "at", NULL));
  refuse (with (good_note (), "at", "\"now\""));
  refuse (with (good_note (), "at", "{\"wall\":\"yesterday\",\"boot\":\"b\",\"mono\":1}"));
  refuse (with (good_note (), "at", "{\"wall\":\"2026-11-21T19:04:05\",\"boot\":\"b\"}"));
  refuse (with (good_note (), "at", "{\"wall\":\"2026-11-21T19:04:05.1234567Z\"}"));
  refuse (with (good_note (), "at", "{\"wall\":\"2026-11-21T19:04:05Z\",\"mono\":-1}"));
  accept (with (good_note (), "at", "{\"wall\":\"2026-11-21T19:04:05Z\"}"));
  refuse (with (good_note (), "body", NULL));
  refuse (with (good_note (), "body", "[]"));
  refuse (with (good_note (), "body", "\"{}\""));
}

static void
test_kinds_and_acts_are_closed (void)
{
  refuse (with (good_note (), "kind", "\"gossip\""));
  refuse (with (good_note (), "kind", NULL));
  refuse (with (good_note (), "act", "\"delete\""));
  refuse (with (good_note (), "act", "\"grant\""));
  refuse (with (cb_test_erase (NULL, CUSTOMER), "kind", "\"customer\""));
  refuse (with (cb_test_grant (NULL, CUSTOMER, "shop", "*", "tapped", NULL), "act", "\"put\""));
}

static void
test_keys_say_what_they_are_of (void)
{
  refuse (with (good_note (), "key", NULL));
  refuse (with (good_note (), "key", "\"note/x\""));
  refuse (with (good_note (), "key", "\"note/" RECORD "/\""));
  refuse (with (good_note (), "key", "\"preference/" RECORD "\""));
  refuse (with (good_note (), "key", "\"note\""));
  refuse (with (good_card (), "key", "\"customer/" RECORD "\""));
  refuse (with (cb_test_grant (NULL, CUSTOMER, "shop", "*", "tapped", NULL), "key",
                "\"consent/" CUSTOMER "/everywhere/*\""));
  refuse (with (cb_test_grant (NULL, CUSTOMER, "news", "sms", "tapped", NULL), "key",
                "\"consent/" CUSTOMER "/news/*\""));
}

static void
test_scopes_and_bases_are_closed (void)
{
  refuse (with (good_note (), "scope", "null"));
  refuse (with (good_note (), "scope", "\"world\""));
  refuse (with (good_note (), "scope", "\"outreach\""));
  refuse (with (good_card (), "scope", "\"request\""));
  refuse (with (good_request (), "scope", "\"store\""));
  refuse (with (good_request (), "scope", "\"company\""));
  refuse (with (good_note (), "basis", "\"shop\""));
  refuse (with (good_note (), "basis", "{}"));
  refuse (with (good_note (), "basis", "{\"purpose\":\"shop\"}"));
  refuse (with (good_note (), "basis", "{\"purpose\":\"news\",\"grant\":\"" GRANT "\"}"));
  refuse (with (good_note (), "basis", "{\"purpose\":\"fun\",\"grant\":\"" GRANT "\"}"));
  /* No basis is no mistake of form: the service says that consent is missing. */
  accept (with (good_note (), "basis", "null"));
  refuse (with (cb_test_grant (NULL, CUSTOMER, "shop", "*", "tapped", NULL), "basis",
                "{\"purpose\":\"shop\",\"grant\":\"" GRANT "\"}"));
  refuse (
    with (cb_test_grant (NULL, CUSTOMER, "shop", "*", "tapped", NULL), "scope", "\"company\""));
}

static void
test_bodies_are_strict (void)
{
  refuse (with_body (good_note (), "text", NULL));
  refuse (with_body (good_note (), "text", "\"\""));
  refuse (with_body (good_note (), "text", "7"));
  refuse (with_body (good_note (), "kind", "\"chat\""));
  refuse (with_body (good_note (), "intent", "\"spy\""));
  refuse (with_body (good_note (), "provenance", "\"inferred\""));
  refuse (with_body (good_note (), "ends", "\"soon\""));
  accept (with_body (good_note (), "for", "\"a niece\""));
  refuse (with_body (good_card (), "emails", "\"a@example.com\""));
  refuse (with_body (good_card (), "phones", "[1]"));
  refuse (with_body (good_card (), "given", "[]"));
  accept (with_body (good_card (), "given", "null"));
  refuse (with_body (good_preference (), "facet", "\"health\""));
  refuse (with_body (good_preference (), "facet", NULL));
  refuse (with_body (good_preference (), "value", NULL));
  refuse (with_body (good_preference (), "polarity", "\"meh\""));
  refuse (with_body (good_request (), "text", NULL));
  refuse (with_body (good_request (), "kind", NULL));
  refuse (with_body (good_request (), "kind", "\"favour\""));
  refuse (with_body (good_request (), "state", "\"forgotten\""));
  refuse (with_body (good_request (), "due", "\"soon\""));
  refuse (with_body (good_request (), "promised_by", "\"Tomas\""));
  accept (with_body (good_request (), "promised_by", "\"" RECORD "\""));
}

static char *
with_evidence (const char *purpose, const char *evidence)
{
  const char *method = g_str_equal (purpose, "asked") ? "request" : "tapped";

  return with_body (cb_test_grant (NULL, CUSTOMER, purpose, "*", method, NULL), "evidence",
                    evidence);
}

static void
test_evidence_is_strict (void)
{
  accept (with_evidence ("shop",
                         "{\"entity\":\"customer\",\"method\":\"signed\",\"notice\":\"n\","
                         "\"version\":3,\"language\":\"fr\"}"));
  refuse (with_evidence ("shop", NULL));
  refuse (with_evidence ("shop", "{}"));
  refuse (with_evidence ("shop", "[]"));
  refuse (with_evidence ("shop",
                         "{\"entity\":\"controller\",\"method\":\"signed\",\"notice\":\"n\","
                         "\"version\":3,\"language\":\"fr\"}"));
  refuse (with_evidence ("shop",
                         "{\"entity\":\"customer\",\"method\":\"guessed\",\"notice\":\"n\","
                         "\"version\":3,\"language\":\"fr\"}"));
  refuse (with_evidence ("shop",
                         "{\"entity\":\"customer\",\"method\":\"request\",\"notice\":\"n\","
                         "\"version\":3,\"language\":\"fr\"}"));
  refuse (with_evidence (
    "shop", "{\"entity\":\"customer\",\"method\":\"signed\",\"version\":3,\"language\":\"fr\"}"));
  refuse (with_evidence ("shop",
                         "{\"entity\":\"customer\",\"method\":\"signed\",\"notice\":\"n\","
                         "\"version\":0,\"language\":\"fr\"}"));
  refuse (with_evidence ("shop",
                         "{\"entity\":\"customer\",\"method\":\"signed\",\"notice\":\"n\","
                         "\"version\":3,\"language\":\"fr\",\"valid_until\":\"never\"}"));
  /* No card is shown for what a customer asks for themselves. */
  accept (with_evidence (
    "asked", "{\"entity\":\"customer\",\"method\":\"request\",\"notice\":null,\"version\":0}"));
}

static void
test_spoken_suffices_for_the_shop_alone (void)
{
  accept (cb_test_grant (NULL, CUSTOMER, "shop", "*", "spoken", NULL));
  refuse (cb_test_grant (NULL, CUSTOMER, "everywhere", "*", "spoken", NULL));
  refuse (cb_test_grant (NULL, CUSTOMER, "news", "*", "spoken", NULL));
  refuse (cb_test_grant (NULL, CUSTOMER, "news", "email", "spoken", NULL));
  refuse (cb_test_grant (NULL, CUSTOMER, "invitations", "*", "spoken", NULL));
}

#define BY_GUARDIAN(method, rest)                                                                  \
  "{\"entity\":\"guardian\",\"method\":\"" method                                                  \
  "\",\"notice\":\"n\",\"version\":1,\"language\":\"en\"" rest "}"

/* Enough of a guardian is what they did themselves, on something that they name. */
static void
test_guardians_yes_names_its_proof (void)
{
  static const char *const purposes[] = { "shop", "everywhere", "news", "invitations", "asked" };

  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    {
      accept (with_evidence (purposes[i], BY_GUARDIAN ("signed", ",\"proof\":\"form 17\"")));
      refuse (with_evidence (purposes[i], BY_GUARDIAN ("spoken", ",\"proof\":\"form 17\"")));
    }
  accept (with_evidence ("shop", BY_GUARDIAN ("tapped", ",\"proof\":\"form 17\"")));
  accept (with_evidence ("shop", BY_GUARDIAN ("own-phone", ",\"proof\":\"form 17\"")));
  refuse (with_evidence ("asked", BY_GUARDIAN ("request", ",\"proof\":\"form 17\"")));
  refuse (with_evidence ("shop", BY_GUARDIAN ("signed", "")));
  refuse (with_evidence ("shop", BY_GUARDIAN ("signed", ",\"proof\":null")));
  refuse (with_evidence ("shop", BY_GUARDIAN ("signed", ",\"proof\":\"\"")));
  refuse (with_evidence ("shop", BY_GUARDIAN ("signed", ",\"proof\":\" \\n\"")));
  /* A no is as easy for them as for anybody. */
  accept (with_body (cb_test_refuse (NULL, CUSTOMER, "everywhere", "*"), "evidence",
                     BY_GUARDIAN ("spoken", "")));
  refuse (with_body (cb_test_refuse (NULL, CUSTOMER, "everywhere", "*"), "evidence",
                     "{\"entity\":\"neighbour\",\"method\":\"spoken\"}"));
  refuse (with_evidence ("shop",
                         "{\"entity\":\"neighbour\",\"method\":\"signed\",\"notice\":\"n\","
                         "\"version\":1,\"language\":\"en\",\"proof\":\"form 17\"}"));
}

static void
test_channels_belong_to_outreach (void)
{
  refuse (cb_test_grant (NULL, CUSTOMER, "shop", "email", "tapped", NULL));
  refuse (cb_test_grant (NULL, CUSTOMER, "news", "pigeon", "tapped", NULL));
  refuse (with_body (cb_test_grant (NULL, CUSTOMER, "news", "*", "tapped", NULL), "channel", "5"));
}

/* --- withdrawals and erasures --- */

static void
test_withdrawals_are_read_with_patience (void)
{
  char *line = cb_test_withdraw (OP, CUSTOMER, "shop", "*");
  g_autoptr (CbEnvelope) envelope = NULL;

  accept (with (g_strdup (line), "seq", NULL));
  accept (with (g_strdup (line), "schema", "9"));
  accept (with (g_strdup (line), "at", NULL));
  accept (with (g_strdup (line), "by", "7"));
  accept (with (g_strdup (line), "scope", "\"store\""));
  accept (with (g_strdup (line), "basis", "{}"));
  accept (with (g_strdup (line), "key", "\"x\""));
  refuse (with (with (g_strdup (line), "key", "\"x\""), "body", "{}"));
  refuse (with (g_strdup (line), "customer", "\"x\""));
  refuse (with_body (with (g_strdup (line), "key", "\"x\""), "purpose", "\"Not a word\""));

  /* The key helps out where the body is silent. */
  line = with (line, "body", NULL);
  envelope = parse (line, NULL);
  g_assert_cmpstr (envelope->purpose, ==, "shop");
  g_assert_cmpstr (envelope->channel, ==, "*");
  g_free (line);
}

static void
test_erasures_are_read_with_patience (void)
{
  char *line = cb_test_erase (OP, CUSTOMER);

  accept (with (g_strdup (line), "body", "{\"reason\":\"unheard-of\"}"));
  accept (with (g_strdup (line), "body", NULL));
  accept (with (g_strdup (line), "key", NULL));
  accept (with (line, "schema", "9"));
}

/* --- the line --- */

static void
test_names_stand_once (void)
{
  g_autofree char *line = good_note ();
  g_auto (GStrv) halves = g_strsplit (line, "\"text\":", 2);

  refuse (g_strjoinv ("\"text\":\"a\",\"text\":", halves));
  refuse (g_strjoinv ("\"te\\u0078t\":\"a\",\"text\":", halves));
  refuse (g_strjoinv ("\"deep\":[{\"a\":1,\"a\":2}],\"text\":", halves));
  refuse (g_strconcat ("{\"op\":\"" OP "\",", line + 1, NULL));
}

static void
test_lines_are_bounded (void)
{
  g_autofree char *line = good_note ();
  gsize length = strlen (line);
  g_autofree char *space = g_strnfill (CB_LIMIT_OP_BYTES - length, ' ');
  g_autofree char *full = g_strconcat (line, space, NULL);
  g_autofree char *over = g_strconcat (full, " ", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (over, strlen (over));
  g_autofree char *op = cb_envelope_find_op (bytes);
  g_autoptr (GError) error = NULL;

  accept (g_steal_pointer (&full));
  g_assert_null (parse (over, &error));
  g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_TOO_LARGE);
  g_assert_cmpstr (op, ==, OP);
}

static void
test_a_newline_is_no_part_of_a_line (void)
{
  g_autofree char *line = good_note ();

  refuse (g_strconcat (line, "\n", NULL));
  refuse (g_strconcat ("\n", line, NULL));
}

static void
test_every_cut_is_refused (void)
{
  g_autofree char *line = good_note ();

  for (gsize i = 0; i < strlen (line); i++)
    refuse (g_strndup (line, i));
}

/* Every byte of a good line replaced: never a crash, and what passes still is an operation. */
static void
test_every_spoilt_byte_is_survived (void)
{
  g_autofree char *line = cb_test_grant (OP, CUSTOMER, "news", "email", "tapped", GRANT);
  const char bytes[] = { '\0', '"', '\\', '{', '}', '[', ',', '9', 'a', '\x80', '\xff' };
  const gsize length = strlen (line);

  for (gsize i = 0; i < length; i++)
    for (guint k = 0; k < sizeof bytes; k++)
      {
        g_autofree char *spoilt = g_strdup (line);
        g_autoptr (GBytes) raw = NULL;
        g_autoptr (CbEnvelope) envelope = NULL;

        spoilt[i] = bytes[k];
        raw = g_bytes_new (spoilt, length);
        envelope = cb_envelope_parse (raw, NULL);
        if (envelope != NULL)
          g_assert_true (cb_id_is_valid (envelope->op) && cb_id_is_valid (envelope->customer));
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add_func ("/wire/envelope/" path, func)
  ADD ("a-note-is-read", test_note_is_read);
  ADD ("every-kind-is-read", test_every_kind_is_read);
  ADD ("a-consent-is-read", test_consent_is_read);
  ADD ("hash-is-of-the-line", test_hash_is_of_the_line);
  ADD ("members-of-tomorrow-are-let-be", test_members_of_tomorrow_are_let_be);
  ADD ("ids-are-strict", test_ids_are_strict);
  ADD ("basics-are-strict", test_basics_are_strict);
  ADD ("kinds-and-acts-are-closed", test_kinds_and_acts_are_closed);
  ADD ("keys-say-what-they-are-of", test_keys_say_what_they_are_of);
  ADD ("scopes-and-bases-are-closed", test_scopes_and_bases_are_closed);
  ADD ("bodies-are-strict", test_bodies_are_strict);
  ADD ("evidence-is-strict", test_evidence_is_strict);
  ADD ("spoken-suffices-for-the-shop-alone", test_spoken_suffices_for_the_shop_alone);
  ADD ("guardians-yes-names-its-proof", test_guardians_yes_names_its_proof);
  ADD ("channels-belong-to-outreach", test_channels_belong_to_outreach);
  ADD ("withdrawals-are-read-with-patience", test_withdrawals_are_read_with_patience);
  ADD ("erasures-are-read-with-patience", test_erasures_are_read_with_patience);
  ADD ("names-stand-once", test_names_stand_once);
  ADD ("lines-are-bounded", test_lines_are_bounded);
  ADD ("a-newline-is-no-part-of-a-line", test_a_newline_is_no_part_of_a_line);
  ADD ("every-cut-is-refused", test_every_cut_is_refused);
  ADD ("every-spoilt-byte-is-survived", test_every_spoilt_byte_is_survived);
#undef ADD

  return g_test_run ();
}
