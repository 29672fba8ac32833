/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-sealed-file.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "vault/cb-store-key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT 1
#define PIECE_BYTES (64 * 1024)
#define SEALED_PIECE_BYTES (PIECE_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES)

/* The epoch of the wrapping, which a file that is never wrapped anew has no use for. */
#define EPOCH 1

static const guint8 magic[8] = { 'C', 'B', 'S', 'E', 'A', 'L', 'E', 'D' };

/* Byte arrays alone, so that the struct is the file's beginning. All of it is bound to the first
 * piece, and each piece to those before it. */
typedef struct
{
  guint8 magic[8];
  guint8 format[4]; /* big endian */
  char id[CB_ID_LENGTH];
  CbStoreKeyFile key; /* bound to the id in the place of a store's */
  guint8 stream[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
} Beginning;

struct _CbSealedWriter
{
  char *path;
  char *part_path;
  int part; /* -1: published, or given up */
  gboolean is_ended;
  Beginning beginning;
  gboolean is_begun;
  crypto_secretstream_xchacha20poly1305_state *state;
  guint8 *plain; /* PIECE_BYTES, of which so many are filled */
  gsize n_plain;
  guint8 *sealed;
};

struct _CbSealedReader
{
  int fd;
  Beginning beginning;
  gboolean is_begun;
  gboolean is_of_device;
  gboolean is_at_end;
  crypto_secretstream_xchacha20poly1305_state *state;
  guint8 *plain;
  gsize n_plain;
  gsize n_taken;
  guint8 *sealed;
};

static gboolean
refuse (GError **error, CbStoreError code, const char *why)
{
  g_set_error (error, CB_STORE_ERROR, code, "cannot open the sealed file: %s", why);

  return FALSE;
}

/* --- writing --- */

/* Always FALSE. Reads errno. */
static gboolean
fail_to_look (GError **error)
{
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_IO,
               "cannot write the sealed file: cannot look at what is there: %s",
               g_strerror (errno));

  return FALSE;
}

/* Whether nothing would be lost: a slip of the finger must not cost the store itself. What can't be
 * looked at is a disk's trouble, and nobody's slip. */
static gboolean
may_replace (const char *path, GError **error)
{
  struct stat status;
  guint8 first[sizeof magic] = { 0 };
  gssize got = 0;

  if (lstat (path, &status) != 0)
    return errno == ENOENT || fail_to_look (error);
  if (S_ISREG (status.st_mode) && status.st_size == 0)
    return TRUE;
  if (S_ISREG (status.st_mode))
    {
      int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

      got = fd >= 0 ? read (fd, first, sizeof first) : -1;
      if (got < 0)
        fail_to_look (error);
      if (fd >= 0)
        close (fd);
    }
  if (got < 0)
    return FALSE;
  if (got == sizeof first && memcmp (first, magic, sizeof magic) == 0)
    return TRUE;

  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
                       "cannot write the sealed file: there is something else of that name");

  return FALSE;
}

CbSealedWriter *
cb_sealed_writer_new (const char *path,
                      const CbKey *device_key,
                      const guint8 *recovery_public,
                      GError **error)
{
  g_autoptr (CbSealedWriter) self = NULL;
  g_auto (CbKey) key = { 0 };
  g_autofree char *id = cb_id_new ();
  guint32 format = GUINT32_TO_BE (FORMAT);

  if (sodium_init () < 0)
    g_assert_not_reached ();
  if (!may_replace (path, error))
    return NULL;

  self = g_new0 (CbSealedWriter, 1);
  self->path = g_strdup (path);
  self->part_path = cb_files_dup_part_path (path);
  self->part = cb_files_begin (path, error);
  if (self->part < 0)
    return NULL;

  cb_key_random (&key);
  memcpy (self->beginning.magic, magic, sizeof magic);
  memcpy (self->beginning.format, &format, sizeof format);
  memcpy (self->beginning.id, id, CB_ID_LENGTH);
  cb_store_key_file_make (&self->beginning.key, id, EPOCH, recovery_public, &key, device_key);

  self->state = sodium_malloc (sizeof *self->state);
  self->plain = sodium_malloc (PIECE_BYTES);
  self->sealed = g_malloc (SEALED_PIECE_BYTES);
  g_assert (self->state != NULL && self->plain != NULL);
  crypto_secretstream_xchacha20poly1305_init_push (self->state, self->beginning.stream, key.bytes);

  return cb_files_add (self->part, &self->beginning, sizeof self->beginning, error)
           ? g_steal_pointer (&self)
           : NULL;
}

static gboolean
flush (CbSealedWriter *self, guint8 tag, GError **error)
{
  unsigned long long length = 0;

  crypto_secretstream_xchacha20poly1305_push (
    self->state, self->sealed, &length, self->plain, self->n_plain,
    self->is_begun ? NULL : (const guint8 *) &self->beginning,
    self->is_begun ? 0 : sizeof self->beginning, tag);
  self->is_begun = TRUE;
  self->n_plain = 0;

  return cb_files_add (self->part, self->sealed, (gsize) length, error);
}

gboolean
cb_sealed_writer_add (CbSealedWriter *self, const void *bytes, gsize length, GError **error)
{
  const guint8 *next = bytes;

  g_return_val_if_fail (!self->is_ended, FALSE);

  while (length > 0)
    {
      gsize room = MIN (length, PIECE_BYTES - self->n_plain);

      memcpy (self->plain + self->n_plain, next, room);
      self->n_plain += room;
      next += room;
      length -= room;
      if (self->n_plain == PIECE_BYTES &&
          !flush (self, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
cb_sealed_writer_end (CbSealedWriter *self, GError **error)
{
  g_return_val_if_fail (!self->is_ended, FALSE);

  self->is_ended = TRUE;

  return flush (self, crypto_secretstream_xchacha20poly1305_TAG_FINAL, error);
}

const char *
cb_sealed_writer_get_part_path (CbSealedWriter *self)
{
  return self->part_path;
}

gboolean
cb_sealed_writer_publish (CbSealedWriter *self, GError **error)
{
  int part = self->part;

  g_return_val_if_fail (self->is_ended && part >= 0, FALSE);

  self->part = -1;

  return cb_files_finish (self->path, part, error);
}

void
cb_sealed_writer_free (CbSealedWriter *self)
{
  if (self->part >= 0)
    cb_files_abandon (self->path, self->part);
  sodium_free (self->state);
  sodium_free (self->plain);
  g_free (self->sealed);
  g_free (self->path);
  g_free (self->part_path);
  g_free (self);
}

/* --- reading --- */

/* So many bytes, or as many as there are; -1 on error. */
static gssize
read_all (int fd, void *buffer, gsize length, GError **error)
{
  gsize got = 0;

  while (got < length)
    {
      gssize count = read (fd, (guint8 *) buffer + got, length - got);

      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        {
          refuse (error, CB_STORE_ERROR_IO, g_strerror (errno));
          return -1;
        }
      if (count == 0)
        break;
      got += (gsize) count;
    }

  return (gssize) got;
}

static gboolean
open_file (CbSealedReader *self, const char *path, GError **error)
{
  struct stat status;

  /* Not blocking: a pipe in the place of a file must not stop the program. */
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0)
    return refuse (error, errno == ENOENT ? CB_STORE_ERROR_NOT_FOUND : CB_STORE_ERROR_IO,
                   g_strerror (errno));
  if (fstat (self->fd, &status) != 0 || !S_ISREG (status.st_mode))
    return refuse (error, CB_STORE_ERROR_IO, "it is no file");

  return TRUE;
}

static gboolean
read_beginning (CbSealedReader *self, GError **error)
{
  Beginning *beginning = &self->beginning;
  gssize got = read_all (self->fd, beginning, sizeof *beginning, error);
  guint32 format = 0;

  if (got < 0)
    return FALSE;
  memcpy (&format, beginning->format, sizeof format);
  if (got < (gssize) (sizeof beginning->magic + sizeof format) ||
      memcmp (beginning->magic, magic, sizeof magic) != 0)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "this is no such file");
  if (GUINT32_FROM_BE (format) > FORMAT)
    return refuse (error, CB_STORE_ERROR_TOO_NEW, "a newer Counterbook wrote it");
  if (got < (gssize) sizeof *beginning || GUINT32_FROM_BE (format) != FORMAT)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "it is cut");

  return TRUE;
}

/* What the wrapping says of a store key is said of the file's own, in words of its own. */
static gboolean
unwrap (CbSealedReader *self,
        const CbKey *device_key,
        const CbRecoveryPair *pair,
        CbKey *key,
        GError **error)
{
  g_autofree char *id = g_strndup (self->beginning.id, CB_ID_LENGTH);
  g_autoptr (GError) why = NULL;

  if (device_key != NULL &&
      cb_store_key_file_open (&self->beginning.key, id, device_key, key, &why))
    {
      self->is_of_device = TRUE;
      return TRUE;
    }
  if (pair != NULL)
    {
      g_clear_error (&why);
      if (cb_store_key_file_open_with_recovery (&self->beginning.key, id, pair, key, &why))
        return TRUE;
    }

  if (why != NULL && !g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY))
    return refuse (error, CB_STORE_ERROR_CORRUPT, "it is damaged");

  return refuse (error, CB_STORE_ERROR_NO_KEY,
                 pair != NULL ? "the recovery code is another store's"
                              : "another device's key sealed it");
}

CbSealedReader *
cb_sealed_reader_new (const char *path,
                      const CbKey *device_key,
                      const CbRecoveryPair *pair,
                      GError **error)
{
  g_autoptr (CbSealedReader) self = g_new0 (CbSealedReader, 1);
  g_auto (CbKey) key = { 0 };

  if (sodium_init () < 0)
    g_assert_not_reached ();
  if (!open_file (self, path, error) || !read_beginning (self, error) ||
      !unwrap (self, device_key, pair, &key, error))
    return NULL;

  self->state = sodium_malloc (sizeof *self->state);
  self->plain = sodium_malloc (PIECE_BYTES);
  self->sealed = g_malloc (SEALED_PIECE_BYTES);
  g_assert (self->state != NULL && self->plain != NULL);
  if (crypto_secretstream_xchacha20poly1305_init_pull (self->state, self->beginning.stream,
                                                       key.bytes) != 0)
    {
      refuse (error, CB_STORE_ERROR_CORRUPT, "it is damaged");
      return NULL;
    }

  return g_steal_pointer (&self);
}

gboolean
cb_sealed_reader_is_of_device (CbSealedReader *self)
{
  return self->is_of_device;
}

const guint8 *
cb_sealed_reader_get_recovery_public (CbSealedReader *self)
{
  return self->beginning.key.recovery_public;
}

static gboolean
next_piece (CbSealedReader *self, GError **error)
{
  gssize got = read_all (self->fd, self->sealed, SEALED_PIECE_BYTES, error);
  unsigned long long length = 0;
  guint8 tag = 0;
  guint8 beyond = 0;
  gssize more = 0;

  if (got < 0)
    return FALSE;
  if (got == 0)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "it is cut");
  if (crypto_secretstream_xchacha20poly1305_pull (
        self->state, self->plain, &length, &tag, self->sealed, (unsigned long long) got,
        self->is_begun ? NULL : (const guint8 *) &self->beginning,
        self->is_begun ? 0 : sizeof self->beginning) != 0)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "it is damaged or cut");

  self->is_begun = TRUE;
  self->n_plain = (gsize) length;
  self->n_taken = 0;
  self->is_at_end = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  if (self->is_at_end)
    more = read_all (self->fd, &beyond, 1, error);
  if (more > 0)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "something stands behind its end");

  return more == 0;
}

gssize
cb_sealed_reader_read (CbSealedReader *self, void *buffer, gsize length, GError **error)
{
  guint8 *next = buffer;
  gsize left = length;

  while (left > 0)
    {
      gsize n = MIN (left, self->n_plain - self->n_taken);

      memcpy (next, self->plain + self->n_taken, n);
      self->n_taken += n;
      next += n;
      left -= n;
      if (left == 0 || (n == 0 && self->is_at_end))
        break;
      if (self->n_taken == self->n_plain && !self->is_at_end && !next_piece (self, error))
        return -1;
    }

  return (gssize) (length - left);
}

void
cb_sealed_reader_free (CbSealedReader *self)
{
  if (self->fd >= 0)
    close (self->fd);
  sodium_free (self->state);
  sodium_free (self->plain);
  g_free (self->sealed);
  g_free (self);
}
