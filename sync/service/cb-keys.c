/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-keys.h"

#include <sodium.h>
#include <string.h>

/* Says what it is where one turns up in a place that it should not be in. */
#define PREFIX "cbk_"
#define KEY_BYTES 32
#define KEY_LENGTH (sizeof PREFIX - 1 + 43)

static const char *const words[] = {
  "profile", "notes", "consents", "permission", "changes", "opt-outs", "metrics", "contacts",
};

/* --- scopes --- */

static CbScopes
find_scope (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i], word) == 0)
      return (CbScopes) (1 << i);
  return 0;
}

CbScopes
cb_scopes_read (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint scopes = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const CbScopes scope = find_scope (parts[i]);

      if (scope == 0)
        return 0;
      scopes |= scope;
    }
  return (CbScopes) scopes;
}

char *
cb_scopes_write (CbScopes scopes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((scopes & (1 << i)) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", words[i]);
  return g_string_free (text, FALSE);
}

/* --- keys --- */

/* So many random bits need no slow hash. */
static void
hash_key (const char *key, guint8 *hash)
{
  crypto_generichash (hash, CB_HASH_BYTES, (const guchar *) key, strlen (key), NULL, 0);
}

static char *
draw_key (void)
{
  guint8 bytes[KEY_BYTES];
  char text[sodium_base64_ENCODED_LEN (KEY_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  char *key;

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (text, sizeof text, bytes, sizeof bytes,
                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  key = g_strconcat (PREFIX, text, NULL);
  sodium_memzero (bytes, sizeof bytes);
  sodium_memzero (text, sizeof text);
  return key;
}

/* Ends a transaction that goes well or not at all. */
static gboolean
end (CbStorage *storage, gboolean is_good, GError **error)
{
  if (is_good && storage->methods->commit (storage, NULL, error))
    return TRUE;
  storage->methods->rollback (storage);
  return FALSE;
}

char *
cb_keys_make (CbService *service, const char *name, CbScopes scopes, CbKeyRow *row, GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  g_autofree char *key = draw_key ();
  g_autofree char *id = cb_id_new ();
  guint8 hash[CB_HASH_BYTES];

  hash_key (key, hash);
  g_strlcpy (row->id, id, sizeof row->id);
  row->name = g_strdup (name);
  row->scopes = cb_scopes_write (scopes);
  row->made_us = cb_clock_get_now_us (cb_service_get_clock (service));
  if (!storage->methods->begin (storage, NULL, NULL, error))
    return NULL;
  return end (storage, storage->methods->add_key (storage, row, hash, error), error)
           ? g_steal_pointer (&key)
           : NULL;
}

gboolean
cb_keys_check (CbService *service, const char *key, CbKeyRow *row, GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  guint8 hash[CB_HASH_BYTES];

  if (strlen (key) != KEY_LENGTH || !g_str_has_prefix (key, PREFIX))
    return FALSE;
  hash_key (key, hash);
  return storage->methods->find_key (storage, hash, row, error) && row->revoked_us == 0;
}

gboolean
cb_keys_revoke (CbService *service, const char *id, GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  const gint64 now_us = cb_clock_get_now_us (cb_service_get_clock (service));

  if (!storage->methods->begin (storage, NULL, NULL, error))
    return FALSE;
  return end (storage,
              storage->methods->revoke_key (storage, id, now_us, error) &&
                cb_service_note_revoked (service, id, error),
              error);
}
