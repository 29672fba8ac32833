/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "consent/cb-purpose.h"
#include "store/cb-import-private.h"
#include "vault/cb-seal.h"

#define ALL_MARKETING "*"

/* One address or number that is to be closed on some channels. */
typedef struct
{
  GBytes *local_hash;
  GBytes *chain_hash; /* NULL until the chain's key is known */
  guint refused;      /* channels, 1 << CbChannel */
  guint unreachable;
} Closed;

static void
closed_clear (gpointer data)
{
  Closed *closed = data;

  g_clear_pointer (&closed->local_hash, g_bytes_unref);
  g_clear_pointer (&closed->chain_hash, g_bytes_unref);
}

/* --- reading --- */

static void
optout_clear (gpointer data)
{
  cb_optout_clear (data);
}

GArray *
cb_import_read_optouts (CbImport *import)
{
  GArray *optouts = g_array_sized_new (FALSE, FALSE, sizeof (CbOptout), import->piece_entries);
  CbOptout optout;

  g_array_set_clear_func (optouts, optout_clear);
  while (optouts->len < import->piece_entries && !import->is_at_end)
    {
      if (cb_optouts_next (import->optouts, &optout, &import->failure))
        g_array_append_val (optouts, optout);
      else
        import->is_at_end = TRUE;
    }
  return optouts;
}

/* --- which values, on which channels --- */

#define EMAIL_CHANNELS (1u << CB_CHANNEL_EMAIL)
#define PHONE_CHANNELS (1u << CB_CHANNEL_SMS | 1u << CB_CHANNEL_PHONE | 1u << CB_CHANNEL_MESSENGER)

static void
add_values (CbBook *self, GArray *list, const char *kind, char **values, guint refused, guint gone)
{
  if (refused == 0 && gone == 0)
    return;
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    {
      char *normal = cb_book_normalise_contact (self, kind, values[i]);
      Closed closed = {
        .local_hash = cb_book_hash_contact (&self->keys->local, kind, normal),
        .chain_hash =
          self->keys->has_chain ? cb_book_hash_contact (&self->keys->chain, kind, normal) : NULL,
        .refused = refused,
        .unreachable = gone,
      };

      cb_text_wipe (normal);
      g_array_append_val (list, closed);
    }
}

/* A channel that the row has no value for, letters above all, is closed by the values it has: they
 * tell who it is. */
static guint
channels_of (guint wanted, guint kind, gboolean has_this, gboolean has_other)
{
  guint other = kind == EMAIL_CHANNELS ? PHONE_CHANNELS : EMAIL_CHANNELS;
  guint channels = wanted & ~other;

  if (!has_other)
    channels |= wanted & other;
  return has_this ? channels : 0;
}

static GArray *
list_closed (CbBook *self, const CbOptout *optout)
{
  GArray *list = g_array_new (FALSE, TRUE, sizeof (Closed));
  CbCustomerDraft *draft = optout->draft;
  gboolean has_email = draft->emails != NULL && draft->emails[0] != NULL;
  gboolean has_phone = draft->phones != NULL && draft->phones[0] != NULL;

  g_array_set_clear_func (list, closed_clear);
  add_values (self, list, "email", draft->emails,
              channels_of (optout->refused, EMAIL_CHANNELS, has_email, has_phone),
              channels_of (optout->unreachable, EMAIL_CHANNELS, has_email, has_phone));
  add_values (self, list, "phone", draft->phones,
              channels_of (optout->refused, PHONE_CHANNELS, has_phone, has_email),
              channels_of (optout->unreachable, PHONE_CHANNELS, has_phone, has_email));
  return list;
}

/* --- suppressions --- */

static gboolean
has_suppression (CbBook *self,
                 const Closed *closed,
                 const char *channel,
                 const char *purpose,
                 gboolean *is_there,
                 GError **error)
{
  static const char SQL_HAS_SUPPRESSION[] =
    "SELECT EXISTS (SELECT 1 FROM suppression WHERE local_hash = ?1 AND channel = ?2"
    " AND (purpose = '*' OR purpose = ?3))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_SUPPRESSION);

  cb_stmt_bind_bytes (stmt, 1, closed->local_hash);
  cb_stmt_bind_text (stmt, 2, channel);
  cb_stmt_bind_text (stmt, 3, purpose);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is_there = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

static gboolean
add_suppression (CbBook *self,
                 const Closed *closed,
                 const char *channel,
                 const char *purpose,
                 const char *reason,
                 gint64 since_us,
                 GError **error)
{
  static const char SQL_ADD_SUPPRESSION[] =
    "INSERT INTO suppression (local_hash, channel, purpose, chain_hash, reason, since_us, added_us)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_SUPPRESSION);
  gint64 now_us = cb_clock_get_now_us (self->clock);

  cb_stmt_bind_bytes (stmt, 1, closed->local_hash);
  cb_stmt_bind_text (stmt, 2, channel);
  cb_stmt_bind_text (stmt, 3, purpose);
  cb_stmt_bind_bytes (stmt, 4, closed->chain_hash);
  cb_stmt_bind_text (stmt, 5, reason);
  if (since_us > 0 && since_us <= now_us)
    cb_stmt_bind_int (stmt, 6, since_us);
  cb_stmt_bind_int (stmt, 7, now_us);
  return cb_stmt_run (stmt, error);
}

/* What came before the chain's key was known, and a bounced address whose owner now says no. */
static gboolean
fill_suppression (CbBook *self,
                  const Closed *closed,
                  const char *channel,
                  const char *reason,
                  GError **error)
{
  static const char SQL_FILL_SUPPRESSION[] =
    "UPDATE suppression SET chain_hash = coalesce (chain_hash, ?3),"
    " reason = CASE WHEN ?4 = 'objected' THEN ?4 ELSE reason END"
    " WHERE local_hash = ?1 AND channel = ?2"
    " AND ((chain_hash IS NULL AND ?3 IS NOT NULL) OR (reason <> ?4 AND ?4 = 'objected'))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FILL_SUPPRESSION);

  cb_stmt_bind_bytes (stmt, 1, closed->local_hash);
  cb_stmt_bind_text (stmt, 2, channel);
  cb_stmt_bind_bytes (stmt, 3, closed->chain_hash);
  cb_stmt_bind_text (stmt, 4, reason);
  return cb_stmt_run (stmt, error);
}

/* A dry run remembers what it would have added; nothing of names goes with it. */
static gboolean
was_noted (CbImport *import, const Closed *closed, const char *channel, const char *purpose)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  gsize length;
  const guint8 *hash = g_bytes_get_data (closed->local_hash, &length);

  g_byte_array_append (key, hash, (guint) length);
  g_byte_array_append (key, (const guint8 *) channel, (guint) strlen (channel) + 1);
  g_byte_array_append (key, (const guint8 *) purpose, (guint) strlen (purpose));
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&key));
  return !g_hash_table_insert (import->seen, g_bytes_ref (bytes), g_ptr_array_new ());
}

static gboolean
close_channel (CbBook *self,
               CbImport *import,
               const CbOptout *optout,
               const Closed *closed,
               CbChannel channel,
               gboolean *is_new,
               GError **error)
{
  const char *id = cb_channel_to_id (channel);
  const char *purpose = optout->purpose != NULL ? optout->purpose : ALL_MARKETING;
  const char *reason = (closed->refused & (1u << channel)) != 0 ? "objected" : "unreachable";
  gboolean is_there;

  if (!has_suppression (self, closed, id, purpose, &is_there, error))
    return FALSE;
  if (import->is_dry_run)
    {
      *is_new |= !is_there && !was_noted (import, closed, id, purpose);
      return TRUE;
    }
  if (is_there)
    return fill_suppression (self, closed, id, reason, error);
  *is_new = TRUE;
  return add_suppression (self, closed, id, purpose, reason, optout->since_us, error);
}

/* --- whom among the customers it means --- */

static GPtrArray *
list_owners (CbBook *self, const Closed *closed, GError **error)
{
  static const char SQL_LIST_OWNERS[] =
    "SELECT DISTINCT customer FROM contact WHERE local_hash = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_OWNERS);
  g_autoptr (GPtrArray) owners = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_bytes (stmt, 1, closed->local_hash);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (owners, g_strdup (cb_stmt_text (stmt, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&owners);
}

static gboolean
refuse_purposes (CbBook *self,
                 CbStaff *actor,
                 const char *customer,
                 const CbOptout *optout,
                 CbChannel channel,
                 GError **error)
{
  const CbPurpose *const *purposes = cb_purposes_get_all ();

  for (guint i = 0; purposes[i] != NULL; i++)
    {
      const char *id = cb_purpose_get_id (purposes[i]);

      if (!cb_purpose_has_channel (purposes[i], cb_channel_to_id (channel)) ||
          (optout->purpose != NULL && !g_str_equal (optout->purpose, id)))
        continue;
      if (!cb_book_record_imported_no (self, actor, customer, CB_ENTITY_CUSTOMER, id, channel,
                                       error))
        return FALSE;
    }
  return TRUE;
}

/* Who shares a number with somebody of another name said nothing; the number is closed for them as
 * well, and their own answers stay theirs. */
static gboolean
refuse_for_owner (CbBook *self,
                  CbStaff *actor,
                  const char *customer,
                  const CbOptout *optout,
                  guint channels,
                  GError **error)
{
  gboolean is_named;
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key;

  /* Whose key is damaged can have nothing written down any more; their number is closed. */
  if (!cb_book_get_customer_key (self, customer, &key, &local_error) &&
      g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
    return TRUE;
  if (!cb_book_agrees_with (self, optout->draft, customer, &is_named, error))
    return FALSE;
  for (guint channel = 0; is_named && channel < sizeof (channels) * 8; channel++)
    {
      if ((channels & (1u << channel)) != 0 &&
          !refuse_purposes (self, actor, customer, optout, (CbChannel) channel, error))
        return FALSE;
    }
  if (!cb_book_reckon_outbox (self, customer, error))
    return FALSE;
  cb_book_touch (self, customer);
  return TRUE;
}

static gboolean
refuse_for_owners (CbBook *self,
                   CbStaff *actor,
                   const CbOptout *optout,
                   const Closed *closed,
                   GError **error)
{
  g_autoptr (GPtrArray) owners = list_owners (self, closed, error);

  for (guint i = 0; owners != NULL && i < owners->len; i++)
    {
      if (!refuse_for_owner (self, actor, g_ptr_array_index (owners, i), optout, closed->refused,
                             error))
        return FALSE;
    }
  return owners != NULL;
}

/* --- who objects and goes --- */

/* A number that somebody else here has too is theirs to answer for. */
gboolean
cb_book_suppress_contacts (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  static const char SQL_SUPPRESS_CONTACTS[] =
    "WITH way (kind, channel) AS (VALUES ('email', 'email'), ('phone', 'sms'), ('phone', 'phone'),"
    "  ('phone', 'messenger'))"
    " INSERT INTO suppression (local_hash, channel, purpose, chain_hash, reason, since_us, added_us)"
    " SELECT c.local_hash, w.channel, '*', c.chain_hash, 'objected', ?2, ?2 FROM contact AS c"
    " JOIN way AS w ON w.kind = c.kind WHERE c.customer = ?1 AND NOT EXISTS ("
    "  SELECT 1 FROM contact AS o WHERE o.local_hash = c.local_hash AND o.customer <> ?1)"
    " GROUP BY c.local_hash, w.channel"
    " ON CONFLICT (local_hash, channel, purpose) DO UPDATE SET reason = 'objected',"
    "  chain_hash = coalesce (chain_hash, excluded.chain_hash)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SUPPRESS_CONTACTS);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error) &&
         (cb_db_get_changes (self->db) == 0 ||
          cb_book_audit (self, actor, "suppression.add", NULL, NULL, "objection", error));
}

/* --- one row --- */

static gboolean
close_value (CbBook *self,
             CbStaff *actor,
             CbImport *import,
             const CbOptout *optout,
             const Closed *closed,
             gboolean *is_new,
             GError **error)
{
  guint channels = closed->refused | closed->unreachable;

  for (guint channel = 0; channel < sizeof (channels) * 8; channel++)
    {
      if ((channels & (1u << channel)) != 0 &&
          !close_channel (self, import, optout, closed, (CbChannel) channel, is_new, error))
        return FALSE;
    }
  return import->is_dry_run || refuse_for_owners (self, actor, optout, closed, error);
}

gboolean
cb_book_take_optout (CbBook *self,
                     CbStaff *actor,
                     CbImport *import,
                     const CbOptout *optout,
                     CbTally *tally,
                     GError **error)
{
  g_autoptr (GArray) list = NULL;
  gboolean is_new = FALSE;

  tally->n_not_asked += optout->says_yes;
  if (optout->reason != NULL)
    {
      cb_tally_reject (tally, optout->line, optout->reason);
      cb_import_sample (import, optout->line, CB_FATE_REJECTED, optout->draft, optout->reason);
      return TRUE;
    }
  list = list_closed (self, optout);
  for (guint i = 0; i < list->len; i++)
    {
      if (!close_value (self, actor, import, optout, &g_array_index (list, Closed, i), &is_new,
                        error))
        return FALSE;
    }
  *(is_new ? &tally->n_added : &tally->n_merged) += 1;
  cb_import_sample (import, optout->line, is_new ? CB_FATE_ADDED : CB_FATE_MERGED, optout->draft,
                    NULL);
  return !is_new || import->is_dry_run ||
         cb_book_audit (self, actor, "suppression.add", NULL, NULL, "import", error);
}
