/* SPDX-License-Identifier: Apache-2.0 */

/* Addresses that their owner confirmed: a code goes to the address, and whoever says it has read it
 * there. Of the code only a keyed hash is kept; it is good once, for a few days and a few tries. */

#define G_LOG_DOMAIN "Counterbook"

#include <sodium.h>
#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"

#define CODE_DAYS 7
#define CODE_TRIES 5
#define CODE_BOUND 1000000

/* Who does not say the first few did not ask for more of them. */
#define CODES_A_DAY 3

static gboolean
fail (GError **error, CbStoreError code, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, code, why);
  return FALSE;
}

static GBytes *
hash_code (CbBook *self, const char *contact, const char *code)
{
  char *value = g_strdup_printf ("%s/%s", contact, code);
  GBytes *hash = cb_keyed_hash (&self->keys->local, "address_code", value);

  cb_text_wipe (value);
  return hash;
}

/* --- the code --- */

/* The address that is meant: the so-manieth of its kind, from 1. */
static gboolean
find_address (CbBook *self,
              const char *customer,
              CbChannel channel,
              guint number,
              char **contact,
              GError **error)
{
  static const char SQL_GET_CONTACT[] =
    "SELECT id FROM contact WHERE customer = ?1 AND kind = ?2 ORDER BY position LIMIT 1 OFFSET ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_CONTACT);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, cb_book_contact_kind (channel));
  cb_stmt_bind_int (stmt, 3, (gint64) number - 1);
  if (number > 0 && cb_stmt_next (stmt, &local_error))
    *contact = g_strdup (cb_stmt_text (stmt, 0));
  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  return *contact != NULL ||
         fail (error, CB_STORE_ERROR_NOT_FOUND, "there is no such address of theirs");
}

/* Nor does a code come while they want nothing to come. */
static gboolean
judge_hour (CbBook *self,
            const char *customer,
            const char *purpose,
            CbChannel channel,
            CbVerdict *verdict,
            GError **error)
{
  CbPermissionFields fields = {
    .purpose = purpose,
    .channel = channel,
    .verdict = CB_VERDICT_ALLOWED,
  };

  if (!cb_book_judge_conditions (self, customer, CB_CIRCUMSTANCE_NONE, &fields, error))
    return FALSE;
  if (fields.verdict == CB_VERDICT_PAUSED || fields.verdict == CB_VERDICT_QUIET)
    *verdict = fields.verdict;
  return TRUE;
}

static gboolean
check_codes_of_today (CbBook *self, const char *customer, CbChannel channel, GError **error)
{
  static const char SQL_COUNT_CODES[] =
    "SELECT count(*) FROM reach WHERE customer = ?1 AND channel = ?2 AND outcome = 'code'"
    " AND at_us > ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_COUNT_CODES);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, cb_channel_to_id (channel));
  cb_stmt_bind_int (stmt, 3, cb_clock_get_now_us (self->clock) - CB_US_PER_DAY);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  return cb_stmt_int (stmt, 0) < CODES_A_DAY ||
         fail (error, CB_STORE_ERROR_REFUSED, "as many codes as may went there today");
}

/* The code is a message too: it needs a yes on that channel which waits for it, or has it already.
 */
static gboolean
find_yes (CbBook *self,
          const char *customer,
          CbChannel channel,
          const char **purpose,
          char **grant,
          GError **error)
{
  static const char SQL_GET_YES[] =
    "SELECT id FROM consent_now WHERE customer = ?1 AND purpose = ?2 AND channel = ?3";
  static const char *const purposes[] = { CB_PURPOSE_NEWS, CB_PURPOSE_INVITATIONS };
  const char *why = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    {
      g_autoptr (CbPermission) permission =
        cb_book_read_permission (self, customer, purposes[i], channel, error);
      g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_YES);
      CbVerdict verdict;

      if (permission == NULL)
        return FALSE;
      verdict = cb_permission_get_verdict (permission);
      if (verdict == CB_VERDICT_UNCONFIRMED &&
          !judge_hour (self, customer, purposes[i], channel, &verdict, error))
        return FALSE;
      if (why == NULL || verdict == CB_VERDICT_PAUSED || verdict == CB_VERDICT_QUIET)
        why = cb_verdict_get_reason (verdict);
      if (verdict != CB_VERDICT_ALLOWED && verdict != CB_VERDICT_UNCONFIRMED)
        continue;
      cb_stmt_bind_text (stmt, 1, customer);
      cb_stmt_bind_text (stmt, 2, purposes[i]);
      cb_stmt_bind_text (stmt, 3, cb_channel_to_id (channel));
      if (!cb_stmt_next (stmt, error))
        return FALSE;
      *purpose = purposes[i];
      *grant = g_strdup (cb_stmt_text (stmt, 0));
      return TRUE;
    }
  return fail (error, CB_STORE_ERROR_REFUSED, why);
}

static gboolean
put_code (CbBook *self,
          const char *customer,
          const char *contact,
          const char *code,
          gint64 ends_us,
          GError **error)
{
  static const char SQL_PUT_CODE[] =
    "INSERT INTO address_code (contact, customer, local_hash, tries, ends_us)"
    " VALUES (?1, ?2, ?3, 0, ?4) ON CONFLICT (contact) DO UPDATE SET"
    " local_hash = excluded.local_hash, tries = 0, ends_us = excluded.ends_us";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_PUT_CODE);
  g_autoptr (GBytes) hash = hash_code (self, contact, code);

  cb_stmt_bind_text (stmt, 1, contact);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_bytes (stmt, 3, hash);
  cb_stmt_bind_int (stmt, 4, ends_us);
  return cb_stmt_run (stmt, error);
}

static gboolean
log_code (CbBook *self,
          CbStaff *actor,
          const char *customer,
          CbChannel channel,
          const char *purpose,
          const char *grant,
          GError **error)
{
  g_autofree char *id = cb_id_new ();
  CbReachFields reach = {
    .id = id,
    .customer_id = customer,
    .purpose = purpose,
    .channel = channel,
    .outcome = CB_OUTCOME_CODE,
    .permitted_by = grant,
  };

  return cb_book_insert_reach (self, actor, &reach, error);
}

static gboolean
check_channel (CbChannel channel, GError **error)
{
  return channel == CB_CHANNEL_EMAIL || channel == CB_CHANNEL_SMS ||
         channel == CB_CHANNEL_MESSENGER ||
         fail (error, CB_STORE_ERROR_INVALID, "a code goes by email, text or messenger");
}

char *
cb_book_make_address_code (CbBook *self,
                           CbStaff *actor,
                           const char *customer,
                           CbChannel channel,
                           guint number,
                           gint64 *ends_us,
                           GError **error)
{
  g_autofree char *contact = NULL;
  g_autofree char *grant = NULL;
  g_autofree char *code = NULL;
  const char *purpose = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_CONSENT, error) || !check_channel (channel, error) ||
      !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error) ||
      !find_address (self, customer, channel, number, &contact, error) ||
      !find_yes (self, customer, channel, &purpose, &grant, error) ||
      !check_codes_of_today (self, customer, channel, error))
    return NULL;
  code = g_strdup_printf ("%06u", randombytes_uniform (CODE_BOUND));
  *ends_us = cb_clock_get_now_us (self->clock) + CODE_DAYS * CB_US_PER_DAY;
  if (!put_code (self, customer, contact, code, *ends_us, error) ||
      !log_code (self, actor, customer, channel, purpose, grant, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&code) : NULL;
}

/* --- said --- */

/* Which address the code was for; NULL when it is none of those that count. Time is taken by each.
 */
static gboolean
match_code (CbBook *self, const char *customer, const char *code, char **contact, GError **error)
{
  static const char SQL_LIST_CODES[] =
    "SELECT contact, local_hash FROM address_code"
    " WHERE customer = ?1 AND tries < ?2 AND ends_us > ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_CODES);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, CODE_TRIES);
  cb_stmt_bind_int (stmt, 3, cb_clock_get_now_us (self->clock));
  while (cb_stmt_next (stmt, &local_error))
    {
      g_autoptr (GBytes) hash = hash_code (self, cb_stmt_text (stmt, 0), code);
      gsize length;
      const void *kept = cb_stmt_blob (stmt, 1, &length);

      if (*contact == NULL && length == g_bytes_get_size (hash) &&
          sodium_memcmp (kept, g_bytes_get_data (hash, NULL), length) == 0)
        *contact = g_strdup (cb_stmt_text (stmt, 0));
    }
  return !cb_error_hand_on (&local_error, error);
}

/* A wrong one counts against each that it could have been. */
static gboolean
count_try (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_COUNT_TRY[] =
    "UPDATE address_code SET tries = tries + 1 WHERE customer = ?1 AND tries < ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_COUNT_TRY);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, CODE_TRIES);
  return cb_stmt_run (stmt, error);
}

static gboolean
set_verified (CbBook *self,
              CbStaff *actor,
              const char *customer,
              const char *contact,
              GError **error)
{
  static const char SQL_VERIFY[] = "UPDATE contact SET verified_us = ?2 WHERE id = ?1";
  static const char SQL_END_CODE[] = "DELETE FROM address_code WHERE contact = ?1";
  g_autoptr (CbStmt) verify = cb_db_prepare (self->db, SQL_VERIFY);
  g_autoptr (CbStmt) end = cb_db_prepare (self->db, SQL_END_CODE);

  cb_stmt_bind_text (verify, 1, contact);
  cb_stmt_bind_int (verify, 2, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_text (end, 1, contact);
  cb_book_touch (self, customer);
  return cb_stmt_run (verify, error) && cb_stmt_run (end, error) &&
         cb_book_queue_card (self, actor, customer, error) &&
         cb_book_audit (self, actor, "customer.verify", customer, contact, NULL, error);
}

gboolean
cb_book_confirm_address (CbBook *self,
                         CbStaff *actor,
                         const char *customer,
                         const char *code,
                         GError **error)
{
  g_autofree char *contact = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_CONSENT, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error) ||
      !match_code (self, customer, code, &contact, error))
    return FALSE;
  if (contact != NULL ? !set_verified (self, actor, customer, contact, error)
                      : !count_try (self, customer, error))
    return FALSE;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  return contact != NULL || fail (error, CB_STORE_ERROR_REFUSED,
                                  "that is not the code that went there, or it is no longer good");
}
