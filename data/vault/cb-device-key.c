/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-device-key.h"

#include "base/cb-error.h"
#include "base/cb-files.h"

#include <sodium.h>
#include <string.h>

#define CREDENTIAL "counterbook.key"
#define KEY_FILE "device.key"
#define MOST_BYTES 4096

static gboolean
read_key (const char *path, CbKey *key, GError **error)
{
  gsize length = 0;
  char *bytes = cb_files_read (path, MOST_BYTES, &length, error);

  if (bytes == NULL)
    {
      g_prefix_error_literal (error, "cannot read the device key: ");
      return FALSE;
    }

  if (length == CB_KEY_BYTES)
    memcpy (key->bytes, bytes, CB_KEY_BYTES);
  sodium_memzero (bytes, length);
  g_free (bytes);

  if (length != CB_KEY_BYTES)
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                         "cannot read the device key: it has not 32 bytes");

  return length == CB_KEY_BYTES;
}

/* TRUE when the service manager hands over a key, good or bad: a bad one is an error and not a
 * reason to look elsewhere, or the store would be wrapped by a key the operator doesn't know of. */
static gboolean
find_credential (char **path)
{
  const char *directory = g_getenv ("CREDENTIALS_DIRECTORY");

  if (directory == NULL || *directory == '\0')
    return FALSE;

  *path = g_build_filename (directory, CREDENTIAL, NULL);

  return g_file_test (*path, G_FILE_TEST_EXISTS);
}

gboolean
cb_device_key_load (const char *state_root, CbKey *key, GError **error)
{
  g_autofree char *credential = NULL;
  g_autofree char *path = g_build_filename (state_root, KEY_FILE, NULL);
  g_autoptr (GError) local_error = NULL;

  if (find_credential (&credential))
    return read_key (credential, key, error);
  if (read_key (path, key, &local_error))
    return TRUE;

  if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    local_error->code = CB_STORE_ERROR_NO_KEY;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

gboolean
cb_device_key_ensure (const char *state_root, CbKey *key, GError **error)
{
  g_autofree char *path = g_build_filename (state_root, KEY_FILE, NULL);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) fresh = { 0 };
  gboolean made = FALSE;

  if (cb_device_key_load (state_root, key, &local_error))
    return TRUE;
  if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  cb_key_random (&fresh);
  if (!cb_files_ensure_directory (state_root, error) ||
      !cb_files_create (path, fresh.bytes, CB_KEY_BYTES, &made, error))
    {
      g_prefix_error_literal (error, "cannot make the device key: ");
      return FALSE;
    }

  /* Read back even when it was made here, so that every process uses what lies on the disk. */
  return cb_device_key_load (state_root, key, error);
}
