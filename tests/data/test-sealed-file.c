/* SPDX-License-Identifier: Apache-2.0 */

/* A sealed file opens whole, by its two keys, or not at all. */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-sealed-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cb-error.h"
#include "test-dir.h"

#define PIECE (64 * 1024)

typedef struct
{
  TestDir *dir;
  char *path;
  CbKey device_key;
  CbRecoveryCode code;
  CbRecoveryPair pair;
} Fixture;

static void
set_up (Fixture *fixture)
{
  fixture->dir = test_dir_new ();
  fixture->path = g_build_filename (fixture->dir, "sealed", NULL);
  cb_key_random (&fixture->device_key);
  cb_recovery_code_random (&fixture->code);
  cb_recovery_pair_derive (&fixture->code, &fixture->pair);
}

static void
tear_down (Fixture *fixture)
{
  g_free (fixture->path);
  test_dir_free (fixture->dir);
}

static guint8 *
make_content (gsize length)
{
  guint8 *content = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    content[i] = (guint8) (i * 31 + i / 251);

  return content;
}

static void
write_sealed (Fixture *fixture, const guint8 *content, gsize length, gsize step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbSealedWriter) writer =
    cb_sealed_writer_new (fixture->path, &fixture->device_key, fixture->pair.public_key, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < length; i += step)
    g_assert_true (cb_sealed_writer_add (writer, content + i, MIN (step, length - i), &error));
  g_assert_true (cb_sealed_writer_end (writer, &error));
  g_assert_true (cb_sealed_writer_publish (writer, &error));
  g_assert_no_error (error);
}

/* The content, or NULL with `error`. */
static GByteArray *
read_sealed (const char *path,
             const CbKey *device_key,
             const CbRecoveryPair *pair,
             gsize step,
             GError **error)
{
  g_autoptr (CbSealedReader) reader = cb_sealed_reader_new (path, device_key, pair, error);
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (step);
  gssize got = -1;

  while (reader != NULL && (got = cb_sealed_reader_read (reader, buffer, step, error)) > 0)
    g_byte_array_append (content, buffer, (guint) got);

  return got == 0 ? g_steal_pointer (&content) : NULL;
}

static void
check_opens (Fixture *fixture, const guint8 *content, gsize length, gsize step)
{
  const CbKey *keys[] = { &fixture->device_key, NULL };
  const CbRecoveryPair *pairs[] = { NULL, &fixture->pair };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) found = read_sealed (fixture->path, keys[i], pairs[i], step, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (found->data, found->len, content, length);
    }
}

static void
test_opens_whole (void)
{
  static const gsize lengths[] = { 0, 1, 1000, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE, 300000 };
  static const gsize steps[] = { 1 << 20, 4096, 777 };
  Fixture fixture = { 0 };
  struct stat status;

  set_up (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint j = 0; j < G_N_ELEMENTS (steps); j++)
      {
        g_autofree guint8 *content = make_content (lengths[i]);

        write_sealed (&fixture, content, lengths[i], steps[j]);
        check_opens (&fixture, content, lengths[i], steps[(j + 1) % G_N_ELEMENTS (steps)]);
      }
  g_assert_cmpint (stat (fixture.path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  tear_down (&fixture);
}

static void
put (const char *path, const char *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, &error));
}

static gboolean
is_refused (Fixture *fixture, const char *path, CbStoreError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) found =
    read_sealed (path, &fixture->device_key, &fixture->pair, 4096, &error);

  return found == NULL && g_error_matches (error, CB_STORE_ERROR, code);
}

/* Cut anywhere, at the seams of the pieces too. */
static void
test_cut (void)
{
  Fixture fixture = { 0 };
  g_autofree guint8 *content = make_content (3 * PIECE);
  g_autofree char *cut = NULL;
  g_autofree char *bytes = NULL;
  gsize length;
  gsize beginning;

  set_up (&fixture);
  cut = g_build_filename (fixture.dir, "cut", NULL);
  write_sealed (&fixture, content, 3 * PIECE, 4096);
  g_assert_true (g_file_get_contents (fixture.path, &bytes, &length, NULL));
  beginning = length - 3 * (PIECE + 17) - 17;
  for (gsize at = 0; at < length; at += at < beginning + 64 ? 1 : 997)
    {
      put (cut, bytes, at);
      g_assert_true (is_refused (&fixture, cut, CB_STORE_ERROR_CORRUPT));
    }
  for (guint n = 0; n <= 3; n++)
    {
      put (cut, bytes, beginning + n * (PIECE + 17));
      g_assert_true (is_refused (&fixture, cut, CB_STORE_ERROR_CORRUPT));
    }
  tear_down (&fixture);
}

/* One bit, anywhere; pieces left out, exchanged, repeated; something behind the end. */
static void
test_changed (void)
{
  Fixture fixture = { 0 };
  g_autofree guint8 *content = make_content (3 * PIECE + 10);
  g_autofree char *changed = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *other = NULL;
  gsize length;
  gsize beginning;

  set_up (&fixture);
  changed = g_build_filename (fixture.dir, "changed", NULL);
  write_sealed (&fixture, content, 3 * PIECE + 10, 4096);
  g_assert_true (g_file_get_contents (fixture.path, &bytes, &length, NULL));
  beginning = length - 3 * (PIECE + 17) - 27;
  for (gsize at = 0; at < length; at += at < beginning + 64 ? 1 : 1009)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) found = NULL;

      bytes[at] ^= (char) (1 << at % 8);
      put (changed, bytes, length);
      bytes[at] ^= (char) (1 << at % 8);
      found = read_sealed (changed, &fixture.device_key, NULL, PIECE, &error);
      g_assert_null (found);
      g_assert_true (error->domain == CB_STORE_ERROR && (error->code == CB_STORE_ERROR_CORRUPT ||
                                                         error->code == CB_STORE_ERROR_NO_KEY ||
                                                         error->code == CB_STORE_ERROR_TOO_NEW));
    }

  other = g_malloc (length + 1);
  memcpy (other, bytes, length);
  memcpy (other + beginning, bytes + beginning + PIECE + 17, PIECE + 17);
  put (changed, other, length);
  g_assert_true (is_refused (&fixture, changed, CB_STORE_ERROR_CORRUPT));
  memcpy (other + beginning + PIECE + 17, bytes + beginning, PIECE + 17);
  put (changed, other, length);
  g_assert_true (is_refused (&fixture, changed, CB_STORE_ERROR_CORRUPT));
  memcpy (other, bytes, length);
  memmove (other + beginning, bytes + beginning + PIECE + 17, length - beginning - PIECE - 17);
  put (changed, other, length - PIECE - 17);
  g_assert_true (is_refused (&fixture, changed, CB_STORE_ERROR_CORRUPT));
  memcpy (other, bytes, length);
  other[length] = 0;
  put (changed, other, length + 1);
  g_assert_true (is_refused (&fixture, changed, CB_STORE_ERROR_CORRUPT));
  tear_down (&fixture);
}

static void
test_keys (void)
{
  Fixture fixture = { 0 };
  g_autofree guint8 *content = make_content (5000);
  g_auto (CbKey) other = { 0 };
  g_auto (CbRecoveryCode) code = { 0 };
  g_auto (CbRecoveryPair) pair = { 0 };
  g_autofree char *garbage = NULL;

  set_up (&fixture);
  write_sealed (&fixture, content, 5000, 5000);
  cb_key_random (&other);
  cb_recovery_code_random (&code);
  cb_recovery_pair_derive (&code, &pair);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) found =
        read_sealed (fixture.path, i > 0 ? &other : NULL, i > 1 ? &pair : NULL, 4096, &error);

      g_assert_null (found);
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
    }
  garbage = g_build_filename (fixture.dir, "garbage", NULL);
  g_assert_true (is_refused (&fixture, garbage, CB_STORE_ERROR_NOT_FOUND));
  put (garbage, (const char *) content, 5000);
  g_assert_true (is_refused (&fixture, garbage, CB_STORE_ERROR_CORRUPT));
  g_assert_true (is_refused (&fixture, fixture.dir, CB_STORE_ERROR_IO));
  tear_down (&fixture);
}

/* Nothing appears under the name before it is whole, and nothing of another's is replaced. */
static void
test_whole_or_absent (void)
{
  Fixture fixture = { 0 };
  g_autofree guint8 *content = make_content (5000);
  g_autoptr (CbSealedWriter) writer = NULL;
  g_autoptr (CbSealedWriter) refused = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *part = NULL;
  g_autofree char *text = NULL;

  set_up (&fixture);
  write_sealed (&fixture, content, 5000, 5000);
  writer =
    cb_sealed_writer_new (fixture.path, &fixture.device_key, fixture.pair.public_key, &error);
  g_assert_no_error (error);
  part = g_strdup (cb_sealed_writer_get_part_path (writer));
  g_assert_true (cb_sealed_writer_add (writer, "other", 5, &error));
  check_opens (&fixture, content, 5000, 4096);
  g_clear_pointer (&writer, cb_sealed_writer_free);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  check_opens (&fixture, content, 5000, 4096);

  put (fixture.path, "a letter to somebody", 20);
  refused =
    cb_sealed_writer_new (fixture.path, &fixture.device_key, fixture.pair.public_key, &error);
  g_assert_null (refused);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED);
  g_assert_true (g_file_get_contents (fixture.path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "a letter to somebody");
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sealed-file/opens/whole-by-both-keys", test_opens_whole);
  g_test_add_func ("/sealed-file/cut/anywhere-does-not-open", test_cut);
  g_test_add_func ("/sealed-file/changed/anywhere-does-not-open", test_changed);
  g_test_add_func ("/sealed-file/keys/others-do-not-open-it", test_keys);
  g_test_add_func ("/sealed-file/writing/is-whole-or-absent", test_whole_or_absent);
  return g_test_run ();
}
