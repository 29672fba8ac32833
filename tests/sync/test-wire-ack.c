/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-ack.h"
#include "wire/cb-codes.h"
#include "wire/cb-limits.h"
#include "wire/cb-lines.h"
#include "wire/cb-protocol-error.h"

#include <string.h>

#define OP "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define OTHER "00112233445566778899aabbccddeeff"

static CbAck *
round_trip (CbAck *ack)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  CbAck *back = NULL;

  cb_ack_write (ack, text);
  g_assert_cmpint (text->str[text->len - 1], ==, '\n');
  back = cb_ack_parse (text->str, text->len - 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (back->state, ==, ack->state);
  g_assert_cmpint (back->was, ==, ack->was);
  g_assert_cmpstr (back->op, ==, ack->op);
  g_assert_cmpuint (back->line, ==, ack->line);
  g_assert_cmpint (back->n, ==, ack->n);
  g_assert_cmpstr (back->version, ==, ack->version);
  g_assert_cmpstr (back->body, ==, ack->body);
  g_assert_cmpstr (back->code, ==, ack->code);
  g_assert_cmpstr (back->by, ==, ack->by);
  g_assert_cmpstr (back->customer, ==, ack->customer);
  g_assert_cmpint (back->after_ms, ==, ack->after_ms);
  g_string_free (text, TRUE);
  cb_ack_free (ack);
  return back;
}

static void
test_every_answer_round_trips (void)
{
  CbAck *ack = cb_ack_new (CB_ACK_APPLIED, OP);

  ack->n = 7;
  cb_ack_free (round_trip (ack));

  ack = cb_ack_new (CB_ACK_DUPLICATE, OP);
  ack->was = CB_ACK_APPLIED;
  ack->n = 7;
  cb_ack_free (round_trip (ack));

  ack = cb_ack_new (CB_ACK_CONFLICT, OP);
  ack->n = 9;
  ack->version = g_strdup (OTHER);
  ack->body = g_strdup ("{\"text\": \"a \\\"b\\\" é\", \"k\":[1.50]}");
  cb_ack_free (round_trip (ack));

  ack = cb_ack_new (CB_ACK_REFUSED, OP);
  ack->code = g_strdup (CB_CODE_STALE_GRANT);
  cb_ack_free (round_trip (ack));

  ack = cb_ack_new (CB_ACK_REFUSED, NULL);
  ack->line = 17;
  ack->code = g_strdup (CB_CODE_SCHEMA_INVALID);
  cb_ack_free (round_trip (ack));

  ack = cb_ack_new (CB_ACK_BLOCKED, OP);
  ack->by = g_strdup (OTHER);
  cb_ack_free (round_trip (ack));

  ack = cb_ack_new (CB_ACK_GONE, OP);
  ack->customer = g_strdup (OTHER);
  ack->n = 3;
  cb_ack_free (round_trip (ack));

  ack = cb_ack_new (CB_ACK_RETRY, OP);
  ack->code = g_strdup (CB_CODE_INTERNAL);
  ack->after_ms = 1500;
  cb_ack_free (round_trip (ack));
}

static void
test_unknown_state_is_survived (void)
{
  const char line[] = "{\"op\":\"" OP "\",\"st\":\"pondering\",\"n\":4,\"x\":[]}";
  g_autoptr (CbAck) ack = cb_ack_parse (line, strlen (line), NULL);

  g_assert_cmpint (ack->state, ==, CB_ACK_UNKNOWN);
  g_assert_cmpstr (ack->op, ==, OP);
}

static void
test_what_is_no_answer_is_refused (void)
{
  const char *const bad[] = {
    "",
    "{}",
    "[]",
    "applied",
    "{\"op\":\"" OP "\"}",
    "{\"st\":\"applied\"}",
    "{\"op\":null,\"st\":\"refused\"}",
    "{\"op\":null,\"line\":0,\"st\":\"refused\"}",
    "{\"op\":null,\"line\":-4,\"st\":\"refused\"}",
    "{\"op\":\"x\",\"st\":\"applied\"}",
    "{\"op\":\"" OP "\",\"st\":7}",
    "{\"op\":\"" OP "\",\"st\":\"gone\",\"customer\":\"x\"}",
    "{\"op\":\"" OP "\",\"st\":\"conflict\",\"version\":\"x\"}",
    "{\"op\":\"" OP "\",\"st\":\"applied\",\"n\":NaN}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (cb_ack_parse (bad[i], strlen (bad[i]), &error));
      g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
    }
}

static CbAckList *
parse_list (const char *text, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  return cb_ack_list_parse (bytes);
}

#define WHOLE                                                                                      \
  "{\"op\":\"" OP                                                                                  \
  "\",\"st\":\"applied\",\"n\":1}\n"                                                               \
  "{\"op\":\"" OTHER "\",\"st\":\"gone\",\"customer\":\"" OP                                       \
  "\",\"n\":2}\n"                                                                                  \
  "{\"end\":2,\"head\":91}\n"

static void
test_whole_answer_is_complete (void)
{
  g_autoptr (CbAckList) list = parse_list (WHOLE, strlen (WHOLE));

  g_assert_true (list->is_complete);
  g_assert_cmpuint (list->acks->len, ==, 2);
  g_assert_cmpint (list->head, ==, 91);
}

/* Wherever the reply is cut, what came before the cut counts and the cut is seen. */
static void
test_every_cut_is_seen (void)
{
  const gsize first = (gsize) (strchr (WHOLE, '\n') - WHOLE) + 1;
  const gsize second = (gsize) (strchr (WHOLE + first, '\n') - WHOLE) + 1;

  for (gsize i = 0; i < strlen (WHOLE); i++)
    {
      g_autoptr (CbAckList) list = parse_list (WHOLE, i);

      g_assert_false (list->is_complete);
      g_assert_cmpuint (list->acks->len, ==, (i >= first) + (i >= second));
    }
}

static void
test_trailer_must_count_right (void)
{
  const char *const wrong[] = {
    "{\"end\":1,\"head\":0}\n",
    "{\"op\":\"" OP "\",\"st\":\"applied\"}\n{\"end\":0,\"head\":0}\n",
    "{\"op\":\"" OP "\",\"st\":\"applied\"}\n{\"end\":2,\"head\":0}\n",
    "{\"op\":\"" OP "\",\"st\":\"applied\"}\n{\"end\":1,\"head\":7}\nmore\n",
    "{\"op\":\"" OP "\",\"st\":\"applied\"}\n{\"end\":1,\"head\":0}\n{\"end\":1,\"head\":0}\n",
    "{\"op\":\"" OP "\",\"st\":\"applied\"}\n<html>\n",
    "{\"end\":-1}\n",
    "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (CbAckList) list = parse_list (wrong[i], strlen (wrong[i]));

      g_test_message ("%s", wrong[i]);
      g_assert_false (list->is_complete);
      g_assert_cmpint (list->head, ==, 0);
    }
}

static void
test_empty_batch_is_complete (void)
{
  GString *text = g_string_new (NULL);
  g_autoptr (CbAckList) list = NULL;

  cb_ack_list_write_trailer (0, 12, text);
  list = parse_list (text->str, text->len);
  g_assert_true (list->is_complete);
  g_assert_cmpint (list->head, ==, 12);
  g_string_free (text, TRUE);
}

/* --- lines --- */

static GPtrArray *
split (const char *text, guint max_lines, GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return cb_lines_split (body, max_lines, error);
}

static void
test_lines_join_and_split (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) back = NULL;
  g_autoptr (GBytes) joined = NULL;

  g_ptr_array_add (lines, g_bytes_new_static ("{}", 2));
  g_ptr_array_add (lines, g_bytes_new_static ("", 0));
  g_ptr_array_add (lines, g_bytes_new_static ("{\"a\":1}", 7));
  joined = cb_lines_join (lines);
  g_assert_cmpmem (g_bytes_get_data (joined, NULL), g_bytes_get_size (joined), "{}\n\n{\"a\":1}\n",
                   12);
  back = cb_lines_split (joined, 3, NULL);
  g_assert_cmpuint (back->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_bytes_equal (lines->pdata[i], back->pdata[i]));
}

static void
test_last_line_may_lack_its_newline (void)
{
  g_autoptr (GPtrArray) lines = split ("a\nb", 2, NULL);
  g_autoptr (GPtrArray) none = split ("", 2, NULL);

  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_lines_are_counted (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (split ("a\nb\nc\n", 2, &error));
  g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_TOO_LARGE);
}

static void
test_body_is_bounded (void)
{
  g_autofree char *full = g_strnfill (CB_LIMIT_BYTES, 'a');
  g_autofree char *over = g_strnfill (CB_LIMIT_BYTES + 1, 'a');
  g_autoptr (GPtrArray) lines = split (full, 1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_null (split (over, 1, &error));
  g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/ack/every-answer-round-trips", test_every_answer_round_trips);
  g_test_add_func ("/wire/ack/unknown-state-is-survived", test_unknown_state_is_survived);
  g_test_add_func ("/wire/ack/what-is-no-answer-is-refused", test_what_is_no_answer_is_refused);
  g_test_add_func ("/wire/ack/whole-answer-is-complete", test_whole_answer_is_complete);
  g_test_add_func ("/wire/ack/every-cut-is-seen", test_every_cut_is_seen);
  g_test_add_func ("/wire/ack/trailer-must-count-right", test_trailer_must_count_right);
  g_test_add_func ("/wire/ack/empty-batch-is-complete", test_empty_batch_is_complete);
  g_test_add_func ("/wire/lines/join-and-split", test_lines_join_and_split);
  g_test_add_func ("/wire/lines/last-may-lack-its-newline", test_last_line_may_lack_its_newline);
  g_test_add_func ("/wire/lines/are-counted", test_lines_are_counted);
  g_test_add_func ("/wire/lines/body-is-bounded", test_body_is_bounded);

  return g_test_run ();
}
