/* SPDX-License-Identifier: Apache-2.0 */

/* What was said at this terminal after a back-up was made still holds when the back-up is put back:
 * a no, a pause or a limit, a record that is frozen, an address that is closed, a colleague who has
 * left. A yes does not come along: whoever gave it is asked again. Where copies lie that were made
 * since is known too, or an erasure would leave them there. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "consent/cb-purpose.h"

typedef struct
{
  char *customer;
  char *purpose;
  char *channel;
  CbEntity entity;
} No;

static void
no_free (gpointer data)
{
  No *no = data;

  g_free (no->customer);
  g_free (no->purpose);
  g_free (no->channel);
  g_free (no);
}

/* One that both know of was followed by a yes in the back-up, or is a no there as well. */
static GPtrArray *
list_noes (CbBook *self, gboolean *is_whole)
{
  static const char SQL_LIST_NOES[] =
    "SELECT n.customer, n.purpose, n.channel, r.entity FROM replaced.consent_now AS n"
    " JOIN replaced.consent_event AS r ON r.seq = n.seq"
    " WHERE n.state IN ('refused', 'withdrawn')"
    " AND n.customer IN (SELECT c.id FROM main.customer AS c)"
    " AND n.id NOT IN (SELECT e.id FROM main.consent_event AS e) ORDER BY n.customer, n.seq";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_NOES);
  g_autoptr (GError) error = NULL;
  GPtrArray *noes = g_ptr_array_new_with_free_func (no_free);

  while (cb_stmt_next (rows, &error))
    {
      No *no = g_new0 (No, 1);

      no->customer = g_strdup (cb_stmt_text (rows, 0));
      no->purpose = g_strdup (cb_stmt_text (rows, 1));
      no->channel = g_strdup (cb_stmt_text (rows, 2));
      no->entity = CB_ENTITY_CUSTOMER;
      cb_entity_from_id (cb_stmt_text (rows, 3), &no->entity);
      g_ptr_array_add (noes, no);
    }
  *is_whole = *is_whole && error == NULL;
  return noes;
}

static gboolean
carry_no (CbBook *self, CbStaff *actor, const No *no, gboolean *is_whole, GError **error)
{
  CbChannel channel;

  if (cb_purpose_find (no->purpose) == NULL || !cb_channel_from_id (no->channel, &channel))
    {
      *is_whole = FALSE;
      return TRUE;
    }
  return cb_book_record_imported_no (self, actor, no->customer, no->entity, no->purpose, channel,
                                     error) &&
         cb_book_reckon_absent (self, no->customer, error);
}

static GPtrArray *
list_frozen (CbBook *self, gboolean *is_whole)
{
  static const char SQL_LIST_FROZEN[] =
    "SELECT id FROM main.customer WHERE restricted = 0"
    " AND id IN (SELECT r.id FROM replaced.customer AS r WHERE r.restricted = 1)";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_FROZEN);
  g_autoptr (GError) error = NULL;
  GPtrArray *frozen = g_ptr_array_new_with_free_func (g_free);

  while (cb_stmt_next (rows, &error))
    g_ptr_array_add (frozen, g_strdup (cb_stmt_text (rows, 0)));
  *is_whole = *is_whole && error == NULL;
  return frozen;
}

/* Their records are kept from now on, as those of anybody who is frozen here. */
static gboolean
carry_frozen (CbBook *self, CbStaff *actor, gboolean *is_whole, GError **error)
{
  g_autoptr (GPtrArray) frozen = list_frozen (self, is_whole);

  for (guint i = 0; i < frozen->len; i++)
    {
      if (!cb_book_write_restricted (self, actor, g_ptr_array_index (frozen, i), TRUE, error))
        return FALSE;
    }
  return TRUE;
}

/* What of the other store can't be read is told, and does not stand in the way. */
static void
carry_rows (CbBook *self, const char *sql, gboolean *is_whole)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);
  g_autoptr (GError) error = NULL;

  if (!cb_stmt_run (stmt, &error))
    *is_whole = FALSE;
}

/* Rows that this store's book key opens: those of another store, or of keys that a repair had to
 * make anew, would stand in the way of every later look for copies. */
static gboolean
add_carried_copy (CbBook *self, CbStmt *row, GError **error)
{
  static const char SQL_ADD_COPY[] =
    "INSERT OR IGNORE INTO main.copy (id, customer, what, format, place, staff, made_us)"
    " SELECT r.id, r.customer, r.what, r.format, r.place, r.staff, r.made_us"
    " FROM replaced.copy AS r WHERE r.id = ?1";
  const char *id = cb_stmt_text (row, 0);
  gsize length;
  const void *sealed = cb_stmt_blob (row, 1, &length);
  char *place = cb_unseal_text (&self->keys->book, "copy.place", id, sealed, length, error);
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_COPY);

  if (place == NULL)
    return FALSE;
  cb_text_wipe (place);
  cb_stmt_bind_text (stmt, 1, id);
  return cb_stmt_run (stmt, error);
}

/* A store that an older build made does not have each table. */
static gboolean
has_table (CbBook *self, const char *name)
{
  static const char SQL_HAS_TABLE[] =
    "SELECT EXISTS (SELECT 1 FROM replaced.sqlite_schema WHERE name = ?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_TABLE);

  cb_stmt_bind_text (stmt, 1, name);
  return cb_stmt_next (stmt, NULL) && cb_stmt_int (stmt, 0) != 0;
}

static void
carry_copies (CbBook *self, gboolean *is_whole)
{
  static const char SQL_LIST_COPIES[] =
    "SELECT id, place FROM replaced.copy WHERE id NOT IN (SELECT o.id FROM main.copy AS o)";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_COPIES);
  g_autoptr (GError) error = NULL;

  while (cb_stmt_next (rows, &error))
    {
      if (!add_carried_copy (self, rows, NULL))
        *is_whole = FALSE;
    }
  *is_whole = *is_whole && error == NULL;
}

gboolean
cb_book_carry_noes (CbBook *self,
                    CbStaff *actor,
                    guint *n_carried,
                    gboolean *is_whole,
                    GError **error)
{
  /* Hashes under the key of another store mean nobody here, unless they are the chain's. */
  static const char SQL_CLOSE[] =
    "INSERT OR IGNORE INTO main.suppression"
    " (local_hash, channel, purpose, chain_hash, reason, since_us, added_us)"
    " SELECT r.local_hash, r.channel, r.purpose, r.chain_hash, r.reason, r.since_us, r.added_us"
    " FROM replaced.suppression AS r WHERE r.chain_hash IS NOT NULL"
    " OR (SELECT s.value FROM replaced.setting AS s WHERE s.key = 'store-id')"
    "  = (SELECT o.value FROM main.setting AS o WHERE o.key = 'store-id')";
  /* An admin stays: whoever followed may not be in the back-up, and a shop needs one. */
  static const char SQL_DISABLE[] =
    "UPDATE main.staff SET disabled_us ="
    "  (SELECT r.disabled_us FROM replaced.staff AS r WHERE r.id = main.staff.id)"
    " WHERE disabled_us IS NULL AND role <> 'admin' AND id IN"
    "  (SELECT t.id FROM replaced.staff AS t WHERE t.disabled_us IS NOT NULL)";
  g_autoptr (GPtrArray) noes = list_noes (self, is_whole);

  for (guint i = 0; i < noes->len; i++)
    {
      if (!carry_no (self, actor, g_ptr_array_index (noes, i), is_whole, error))
        return FALSE;
    }
  *n_carried = noes->len;
  if (!carry_frozen (self, actor, is_whole, error) ||
      !cb_book_carry_conditions (self, actor, is_whole, error))
    return FALSE;
  if (has_table (self, "suppression"))
    carry_rows (self, SQL_CLOSE, is_whole);
  carry_rows (self, SQL_DISABLE, is_whole);
  if (has_table (self, "copy"))
    carry_copies (self, is_whole);
  return TRUE;
}
