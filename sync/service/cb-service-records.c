/* SPDX-License-Identifier: Apache-2.0 */

/* What goes down to the other terminals of a shop: whoever was changed elsewhere, whole, so that no
 * order of the numbers matters: a card is told with its notes, and each with the yes it rests on.
 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-service.h"

#include "service/cb-cursor.h"
#include "wire/cb-changes.h"
#include "wire/cb-records.h"

/* Numbers looked at for a page; one that holds more than this of text ends there. */
#define WINDOW 200
#define PAGE_BYTES (512 * 1024)
#define PROFILE_BYTES (16 * 1024 * 1024)

/* Nobody has as much; what would be left out is the newest of thousands. */
static gboolean
is_full (gsize begin, const GString *reply)
{
  if (reply->len - begin < PROFILE_BYTES)
    return FALSE;
  g_warning ("a profile is too long to be told whole");
  return TRUE;
}

static void
write_profile (const char *customer, const CbProfileRow *profile, GString *reply)
{
  const gsize begin = reply->len;

  for (guint i = 0; i < profile->answers->len; i++)
    {
      const CbStandingRow *row = profile->answers->pdata[i];
      const CbRecordsYes yes = {
        .customer = customer,
        .op = row->op,
        .purpose = row->purpose,
        .saw = *row->saw != '\0' ? row->saw : NULL,
        .at = row->captured,
        .evidence = row->evidence,
      };

      cb_records_write_yes (&yes, reply);
    }
  for (guint i = 0; i < profile->records->len && !is_full (begin, reply); i++)
    {
      const CbRecordRow *row = profile->records->pdata[i];
      const CbRecordsRecord record = {
        .customer = customer,
        .key = row->key,
        .scope = row->scope,
        .version = row->version,
        .n = row->n,
        .by = row->author,
        .at = row->captured,
        .body = row->body,
      };

      cb_records_write_record (&record, reply);
    }
}

static gboolean
tell_one (CbService *self,
          const CbTerminalRow *terminal,
          const char *customer,
          GString *reply,
          GError **error)
{
  CbStorage *storage = cb_service_get_storage (self);
  g_autoptr (CbProfileRow) profile =
    storage->methods->read_profile (storage, customer, terminal->store, error);

  if (profile == NULL)
    return FALSE;
  /* Whoever took back everything meanwhile, or is erased. */
  if (profile->answers->len > 0 || profile->records->len > 0)
    write_profile (customer, profile, reply);
  return TRUE;
}

/* Everybody once, however often they are among the numbers. Answers where the page ends. */
static gboolean
tell_all (CbService *self,
          const CbTerminalRow *terminal,
          GPtrArray *rows,
          gboolean *is_cut,
          gint64 *last,
          GString *reply,
          GError **error)
{
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);

  *is_cut = rows->len == WINDOW;
  for (guint i = 0; i < rows->len; i++)
    {
      CbChangeRow *row = rows->pdata[i];

      if (!g_hash_table_contains (told, row->customer))
        {
          if (reply->len > PAGE_BYTES)
            {
              *is_cut = TRUE;
              return TRUE;
            }
          if (!tell_one (self, terminal, row->customer, reply, error))
            return FALSE;
          g_hash_table_add (told, row->customer);
        }
      *last = row->n;
    }
  return TRUE;
}

CbTold
cb_service_tell_records (CbService *self,
                         const CbTerminalRow *terminal,
                         const char *cursor,
                         GString *reply,
                         GError **error)
{
  CbStorage *storage = cb_service_get_storage (self);
  const CbIdentity *identity = cb_service_get_identity (self);
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *next = NULL;
  gboolean is_cut = FALSE;
  gint64 after = 0;
  gint64 head = 0;
  gint64 last = 0;

  if (cursor != NULL && cb_cursor_read (cursor, identity, &after) != CB_CURSOR_GOOD)
    return CB_TOLD_OF_OTHERS;
  rows = storage->methods->list_arrived (storage, terminal, after, WINDOW, &head, error);
  if (rows == NULL)
    return CB_TOLD_NOTHING;
  if (after > head)
    return CB_TOLD_AHEAD;
  if (!tell_all (self, terminal, rows, &is_cut, &last, reply, error))
    return CB_TOLD_NOTHING;
  next = cb_cursor_make (identity, is_cut ? last : head);
  cb_changes_write_trailer (next, is_cut, head, reply);
  return CB_TOLD;
}
