/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"

#define COLUMN_SECRET "vault.terminal-secret"

/* The Ed25519 key is longer than a key of ours, so it is sealed under the book key like any value.
 */
static gboolean
write_secret (CbBook *self, GBytes *secret, GError **error)
{
  g_autoptr (GBytes) sealed = cb_seal (&self->keys->book, COLUMN_SECRET, self->store_id,
                                       g_bytes_get_data (secret, NULL), g_bytes_get_size (secret));
  g_autofree char *text =
    g_base64_encode (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));

  return cb_book_set_setting (self, "terminal-secret", text, error);
}

static GBytes *
read_secret (CbBook *self, GError **error)
{
  g_autofree char *text = cb_book_dup_setting (self, "terminal-secret", error);
  g_autofree guchar *sealed = NULL;
  gsize length;

  if (text == NULL)
    return NULL;
  sealed = g_base64_decode (text, &length);
  return cb_unseal (&self->keys->book, COLUMN_SECRET, self->store_id, sealed, length, error);
}

/* Public, and so in the clear. */
static gboolean
write_order_key (CbBook *self, GBytes *key, GError **error)
{
  g_autofree char *text =
    key != NULL ? g_base64_encode (g_bytes_get_data (key, NULL), g_bytes_get_size (key)) : NULL;

  return cb_book_set_setting (self, "order-key", text != NULL ? text : "", error);
}

static GBytes *
read_order_key (CbBook *self)
{
  g_autofree char *text = cb_book_dup_setting (self, "order-key", NULL);
  gsize length = 0;
  guchar *key = text != NULL ? g_base64_decode (text, &length) : NULL;

  return g_bytes_new_take (key, length);
}

static gboolean
write_chain_key (CbBook *self, GBytes *bytes, GError **error)
{
  static const char SQL_SET_CHAIN_KEY[] =
    "INSERT INTO vault_key (name, wrapped) VALUES ('chain', ?1)"
    " ON CONFLICT (name) DO UPDATE SET wrapped = excluded.wrapped";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_CHAIN_KEY);
  g_autoptr (GBytes) wrapped = NULL;

  if (bytes == NULL || g_bytes_get_size (bytes) != CB_KEY_BYTES)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "the service gave no key for look-ups");
      return FALSE;
    }
  memcpy (self->keys->chain.bytes, g_bytes_get_data (bytes, NULL), CB_KEY_BYTES);
  self->keys->has_chain = TRUE;
  wrapped = cb_vault_wrap (self->vault, "chain", &self->keys->chain);
  cb_stmt_bind_bytes (stmt, 1, wrapped);
  return cb_stmt_run (stmt, error);
}

static gboolean
fill_chain_hash (CbBook *self, const char *id, const char *kind, const char *value, GError **error)
{
  static const char SQL_SET_CHAIN_HASH[] = "UPDATE contact SET chain_hash = ?2 WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_CHAIN_HASH);
  char *normal = cb_book_normalise_contact (self, kind, value);
  g_autoptr (GBytes) hash = cb_book_hash_contact (&self->keys->chain, kind, normal);

  cb_text_wipe (normal);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_bytes (stmt, 2, hash);
  return cb_stmt_run (stmt, error);
}

/* What was captured before the chain's key was known. */
static gboolean
fill_chain_hashes (CbBook *self, GError **error)
{
  static const char SQL_LIST_UNHASHED[] = "SELECT id, customer, kind, value FROM contact";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_UNHASHED);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      gsize length;
      const void *sealed = cb_stmt_blob (stmt, 3, &length);
      char *value;
      g_auto (CbKey) key;

      if (!cb_book_get_customer_key (self, cb_stmt_text (stmt, 1), &key, &local_error))
        break;
      value = cb_unseal_text (&key, "contact.value", cb_stmt_text (stmt, 0), sealed, length,
                              &local_error);
      if (value != NULL)
        {
          fill_chain_hash (self, cb_stmt_text (stmt, 0), cb_stmt_text (stmt, 2), value,
                           &local_error);
          cb_text_wipe (value);
        }
    }
  return !cb_error_hand_on (&local_error, error);
}

/* A list keeps no value to be hashed again: those whose address is in the book get the chain's hash
 * from there, the others when their list is brought in again. */
static gboolean
fill_suppressions (CbBook *self, GError **error)
{
  static const char SQL_FILL_SUPPRESSIONS[] =
    "UPDATE suppression SET chain_hash = (SELECT c.chain_hash FROM contact AS c"
    "  WHERE c.local_hash = suppression.local_hash LIMIT 1)"
    " WHERE EXISTS (SELECT 1 FROM contact AS c WHERE c.local_hash = suppression.local_hash)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FILL_SUPPRESSIONS);

  return cb_stmt_run (stmt, error);
}

static gboolean
write_enrolment (CbBook *self, const CbEnrolmentFields *fields, GError **error)
{
  return cb_book_set_setting (self, "service", fields->service_url, error) &&
         cb_book_set_setting (self, "terminal", fields->terminal_id, error) &&
         cb_book_set_setting (self, "name", fields->store_name, error) &&
         cb_book_set_setting (self, "service-ca", fields->ca_pem != NULL ? fields->ca_pem : "",
                              error) &&
         cb_book_set_setting (self, "service-pins", fields->pins != NULL ? fields->pins : "",
                              error) &&
         write_order_key (self, fields->order_key, error) && cb_book_offer_again (self, error) &&
         write_secret (self, fields->secret_key, error) &&
         write_chain_key (self, fields->chain_key, error) && fill_chain_hashes (self, error) &&
         fill_suppressions (self, error) &&
         cb_book_audit (self, NULL, "store.enrol", NULL, fields->terminal_id, NULL, error);
}

gboolean
cb_book_save_enrolment (CbBook *self, CbEnrolment *enrolment, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!write_enrolment (self, cb_enrolment_peek (enrolment), error))
    return FALSE;
  transaction = NULL;
  self->data_version = -1; /* the name has changed: the next transaction reads the settings */
  return cb_book_commit (self, error) && cb_book_refresh (self, error);
}

CbEnrolment *
cb_book_load_enrolment (CbBook *self, GError **error)
{
  g_autofree char *service = NULL;
  g_autofree char *terminal = NULL;
  g_autofree char *ca = NULL;
  g_autofree char *pins = NULL;
  g_autofree char *incarnation = NULL;
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (GBytes) order_key = NULL;
  g_auto (CbTransaction) transaction = NULL;
  CbEnrolmentFields fields;

  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  service = cb_book_dup_setting (self, "service", error);
  if (service == NULL)
    return NULL;
  terminal = cb_book_dup_setting (self, "terminal", error);
  ca = cb_book_dup_setting (self, "service-ca", NULL);
  pins = cb_book_dup_setting (self, "service-pins", NULL);
  incarnation = cb_book_dup_setting (self, "incarnation", NULL);
  order_key = read_order_key (self);
  secret = read_secret (self, error);
  if (terminal == NULL || secret == NULL)
    return NULL;
  fields = (CbEnrolmentFields){
    .service_url = service,
    .terminal_id = terminal,
    .store_name = self->name,
    .ca_pem = ca != NULL && *ca != '\0' ? ca : NULL,
    .pins = pins != NULL && *pins != '\0' ? pins : NULL,
    .incarnation = incarnation,
    .secret_key = secret,
    .order_key = g_bytes_get_size (order_key) > 0 ? order_key : NULL,
  };
  return cb_enrolment_new (&fields);
}
