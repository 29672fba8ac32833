/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "vault/cb-seal.h"

#include <string.h>

#define COLUMN "note.body"
#define RECORD "00112233445566778899aabbccddeeff"
#define OTHER_RECORD "00112233445566778899aabbccddeef0"

static void
assert_does_not_open (const CbKey *key,
                      const char *column,
                      const char *record_id,
                      const void *sealed,
                      gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = cb_unseal (key, column, record_id, sealed, length, &error);

  g_assert_null (plain);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
}

static void
test_round_trip (void)
{
  static const gsize lengths[] = { 0, 1, 15, 16, 17, 600, 70000 };
  g_auto (CbKey) key = { 0 };

  cb_key_random (&key);

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *text = g_strnfill (lengths[i], 'x');
      g_autoptr (GBytes) sealed = cb_seal (&key, COLUMN, RECORD, text, lengths[i]);
      g_autoptr (GBytes) again = cb_seal (&key, COLUMN, RECORD, text, lengths[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) plain = NULL;
      gsize length = 0;
      const char *bytes = NULL;

      g_assert_cmpuint (g_bytes_get_size (sealed), ==, lengths[i] + CB_SEAL_OVERHEAD);
      g_assert_false (g_bytes_equal (sealed, again));

      plain = cb_unseal (&key, COLUMN, RECORD, g_bytes_get_data (sealed, NULL),
                         g_bytes_get_size (sealed), &error);
      g_assert_no_error (error);
      bytes = g_bytes_get_data (plain, &length);
      g_assert_cmpmem (bytes, length, text, lengths[i]);
      g_assert_cmpint (bytes == NULL ? 0 : bytes[length], ==, '\0');
    }
}

/* Sealed for one place, it opens in no other. The second pair would make the same bytes if column
 * and record were only put one behind the other. */
static void
test_swaps (void)
{
  static const struct
  {
    const char *column;
    const char *record_id;
  } others[] = {
    { "note.title", RECORD },
    { COLUMN "0", &RECORD[1] },
    { COLUMN, OTHER_RECORD },
    { "note.bod", "y" RECORD },
    { COLUMN, "" },
    { "", RECORD },
    { "customer.name", RECORD },
    { COLUMN, RECORD "0" },
  };
  g_auto (CbKey) key = { 0 };
  g_auto (CbKey) other_key = { 0 };
  g_autoptr (GBytes) sealed = NULL;
  gconstpointer data = NULL;
  gsize length = 0;

  cb_key_random (&key);
  cb_key_random (&other_key);
  sealed = cb_seal_text (&key, COLUMN, RECORD, "words of a note");
  data = g_bytes_get_data (sealed, &length);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    assert_does_not_open (&key, others[i].column, others[i].record_id, data, length);
  assert_does_not_open (&other_key, COLUMN, RECORD, data, length);
}

static void
test_every_bit (void)
{
  g_auto (CbKey) key = { 0 };
  g_autoptr (GBytes) sealed = NULL;
  g_autofree guint8 *damaged = NULL;
  gsize length = 0;

  cb_key_random (&key);
  sealed = cb_seal_text (&key, COLUMN, RECORD, "words");
  length = g_bytes_get_size (sealed);

  for (gsize i = 0; i < length * 8; i++)
    {
      g_free (damaged);
      damaged = g_memdup2 (g_bytes_get_data (sealed, NULL), length);
      damaged[i / 8] ^= (guint8) (1 << i % 8);
      assert_does_not_open (&key, COLUMN, RECORD, damaged, length);
    }
}

static void
test_every_length (void)
{
  g_auto (CbKey) key = { 0 };
  g_autoptr (GBytes) sealed = NULL;
  g_autofree guint8 *longer = NULL;
  gsize length = 0;

  cb_key_random (&key);
  sealed = cb_seal_text (&key, COLUMN, RECORD, "words");
  length = g_bytes_get_size (sealed);

  for (gsize shorter = 0; shorter < length; shorter++)
    assert_does_not_open (&key, COLUMN, RECORD, g_bytes_get_data (sealed, NULL), shorter);
  assert_does_not_open (&key, COLUMN, RECORD, NULL, 0);

  longer = g_malloc0 (length + 1);
  memcpy (longer, g_bytes_get_data (sealed, NULL), length);
  assert_does_not_open (&key, COLUMN, RECORD, longer, length + 1);
}

static char *
unseal_text (const CbKey *key, GBytes *sealed, GError **error)
{
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (sealed, &length);

  return cb_unseal_text (key, COLUMN, RECORD, data, length, error);
}

static void
test_text (void)
{
  g_auto (CbKey) key = { 0 };
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) empty = NULL;
  g_autoptr (GBytes) no_text = NULL;
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  cb_key_random (&key);
  g_assert_null (cb_seal_text (&key, COLUMN, RECORD, NULL));

  sealed = cb_seal_text (&key, COLUMN, RECORD, "Straßmüller\n👟");
  text = unseal_text (&key, sealed, &error);
  g_assert_cmpstr (text, ==, "Straßmüller\n👟");
  cb_text_wipe (text);

  empty = cb_seal_text (&key, COLUMN, RECORD, "");
  text = unseal_text (&key, empty, &error);
  g_assert_cmpstr (text, ==, "");
  cb_text_wipe (text);
  cb_text_wipe (NULL);

  no_text = cb_seal (&key, COLUMN, RECORD, "a\0b", 3);
  g_assert_null (unseal_text (&key, no_text, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
}

static void
test_says_nothing (void)
{
  g_auto (CbKey) key = { 0 };
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;
  const char *words = "CANARYCANARYCANARY";
  gsize length = 0;
  const char *data = NULL;

  cb_key_random (&key);
  sealed = cb_seal_text (&key, COLUMN, RECORD, words);
  data = g_bytes_get_data (sealed, &length);
  g_assert_null (memmem (data, length, "CANARY", 6));

  g_assert_null (cb_unseal (&key, "note.other", RECORD, data, length, &error));
  g_assert_null (strstr (error->message, RECORD));
}

static void
test_keyed_hash (void)
{
  static const struct
  {
    const char *domain;
    const char *value;
  } others[] = {
    { "email", "mara@example.con" },
    { "phone", "mara@example.com" },
    { "emailm", "ara@example.com" },
    { "emai", "lmara@example.com" },
    { "email", "" },
    { "", "mara@example.com" },
  };
  g_auto (CbKey) key = { 0 };
  g_auto (CbKey) other_key = { 0 };
  g_autoptr (GBytes) hash = NULL;
  g_autoptr (GBytes) same = NULL;
  g_autoptr (GBytes) with_other_key = NULL;

  cb_key_random (&key);
  cb_key_random (&other_key);
  hash = cb_keyed_hash (&key, "email", "mara@example.com");
  same = cb_keyed_hash (&key, "email", "mara@example.com");
  with_other_key = cb_keyed_hash (&other_key, "email", "mara@example.com");

  g_assert_cmpuint (g_bytes_get_size (hash), ==, 32);
  g_assert_true (g_bytes_equal (hash, same));
  g_assert_false (g_bytes_equal (hash, with_other_key));

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GBytes) other = cb_keyed_hash (&key, others[i].domain, others[i].value);

      g_assert_false (g_bytes_equal (hash, other));
    }
}

/* Written by an independent implementation (Python's hashlib), so that a store made today can be
 * looked up in for ever: key 00 01 … 1f, "email" NUL "mara@example.com". */
static void
test_keyed_hash_is_fixed (void)
{
  static const char expected[] = "2d1aa9bb1d7ecca8cd7572e5ec0ed3a0797deedaf70f7160ea7b32ef1349db27";
  g_auto (CbKey) key = { 0 };
  g_autoptr (GBytes) hash = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);
  const guint8 *data = NULL;

  for (guint8 i = 0; i < CB_KEY_BYTES; i++)
    key.bytes[i] = i;

  hash = cb_keyed_hash (&key, "email", "mara@example.com");
  data = g_bytes_get_data (hash, NULL);
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  g_assert_cmpstr (hex->str, ==, expected);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/seal/bytes/round-trip", test_round_trip);
  g_test_add_func ("/seal/bytes/open-in-their-own-place-alone", test_swaps);
  g_test_add_func ("/seal/bytes/any-flipped-bit-is-refused", test_every_bit);
  g_test_add_func ("/seal/bytes/any-other-length-is-refused", test_every_length);
  g_test_add_func ("/seal/text/round-trips-and-is-text", test_text);
  g_test_add_func ("/seal/text/shows-nowhere", test_says_nothing);
  g_test_add_func ("/seal/hash/depends-on-key-domain-and-value", test_keyed_hash);
  g_test_add_func ("/seal/hash/never-changes", test_keyed_hash_is_fixed);

  return g_test_run ();
}
