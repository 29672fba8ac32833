/* SPDX-License-Identifier: Apache-2.0 */

/* The numbers on a customer's card, by which a till and its files know them. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "exchange/cb-receipt-code.h"

#define COLUMN_VALUE "card_number.value"

/* "17850.0" is how a spreadsheet writes 17850; spaces and dashes are for the eye. To be wiped. */
static char *
normalise (const char *value)
{
  GString *normal = g_string_new (NULL);
  char *text;

  for (const char *c = value; *c != '\0'; c++)
    {
      if (!g_ascii_isspace (*c) && *c != '-')
        g_string_append_c (normal, g_ascii_toupper (*c));
    }
  text = g_string_free (normal, FALSE);
  if (g_str_has_suffix (text, ".0") && strspn (text, "0123456789") == strlen (text) - 2)
    text[strlen (text) - 2] = '\0';
  return text;
}

GBytes *
cb_book_hash_card_number (CbBook *self, const char *value)
{
  char *normal = normalise (value);
  GBytes *hash = cb_book_hash_contact (&self->keys->local, "card", normal);

  cb_text_wipe (normal);
  return hash;
}

gboolean
cb_book_add_card_numbers (CbBook *self,
                          const CbKey *key,
                          const char *customer,
                          char *const *numbers,
                          GError **error)
{
  static const char SQL_ADD_CARD_NUMBER[] =
    "INSERT INTO card_number (id, customer, position, value, local_hash)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";

  for (guint i = 0; numbers != NULL && numbers[i] != NULL; i++)
    {
      g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_CARD_NUMBER);
      g_autofree char *id = cb_id_new ();
      g_autoptr (GBytes) value = cb_seal_text (key, COLUMN_VALUE, id, numbers[i]);
      g_autoptr (GBytes) hash = cb_book_hash_card_number (self, numbers[i]);

      cb_stmt_bind_text (stmt, 1, id);
      cb_stmt_bind_text (stmt, 2, customer);
      cb_stmt_bind_int (stmt, 3, i);
      cb_stmt_bind_bytes (stmt, 4, value);
      cb_stmt_bind_bytes (stmt, 5, hash);
      if (!cb_stmt_run (stmt, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
cb_book_read_card_numbers (CbBook *self,
                           const CbKey *key,
                           const char *customer,
                           char ***numbers,
                           GError **error)
{
  static const char SQL_LIST_CARD_NUMBERS[] =
    "SELECT id, value FROM card_number WHERE customer = ?1 ORDER BY position";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_CARD_NUMBERS);

  cb_stmt_bind_text (stmt, 1, customer);
  return cb_book_read_values (self, stmt, key, COLUMN_VALUE, numbers, error);
}

/* --- whom a line of the till means --- */

/* The one customer whom a statement finds by a hash or an id. */
static gboolean
find_one (CbBook *self, CbStmt *stmt, CbBuyer *buyer, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (stmt, &local_error))
    {
      buyer->is_several = buyer->customer != NULL;
      if (buyer->customer == NULL)
        buyer->customer = g_strdup (cb_stmt_text (stmt, 0));
    }
  if (buyer->is_several)
    g_clear_pointer (&buyer->customer, g_free);
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
find_by_number (CbBook *self, const char *number, CbBuyer *buyer, GError **error)
{
  static const char SQL_FIND_BY_NUMBER[] =
    "SELECT DISTINCT customer FROM card_number WHERE local_hash = ?1"
    " UNION SELECT id FROM customer WHERE id = ?2 LIMIT 2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FIND_BY_NUMBER);
  g_autoptr (GBytes) hash = cb_book_hash_card_number (self, number);

  cb_stmt_bind_bytes (stmt, 1, hash);
  cb_stmt_bind_text (stmt, 2, number);
  return find_one (self, stmt, buyer, error);
}

static gboolean
find_by_contact (CbBook *self, const char *kind, const char *value, CbBuyer *buyer, GError **error)
{
  static const char SQL_FIND_BY_CONTACT[] =
    "SELECT DISTINCT customer FROM contact WHERE local_hash = ?1 LIMIT 2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FIND_BY_CONTACT);
  char *normal = cb_book_normalise_contact (self, kind, value);
  g_autoptr (GBytes) hash = cb_book_hash_contact (&self->keys->local, kind, normal);

  cb_text_wipe (normal);
  cb_stmt_bind_bytes (stmt, 1, hash);
  return find_one (self, stmt, buyer, error);
}

gboolean
cb_book_find_buyer (CbBook *self,
                    const char *number,
                    const char *email,
                    const char *phone,
                    CbBuyer *buyer,
                    GError **error)
{
  *buyer = (CbBuyer){ .is_named = number != NULL || email != NULL || phone != NULL };
  if (number != NULL && !find_by_number (self, number, buyer, error))
    return FALSE;
  if (buyer->customer == NULL && !buyer->is_several && email != NULL &&
      !find_by_contact (self, "email", email, buyer, error))
    return FALSE;
  return buyer->customer != NULL || buyer->is_several || phone == NULL ||
         find_by_contact (self, "phone", phone, buyer, error);
}

/* It was scanned from their telephone, or from paper. */
static gboolean
find_by_receipt (CbBook *self, const char *scanned, char **customer, GError **error)
{
  static const char SQL_FIND_RECEIPT[] =
    "SELECT customer FROM consent_event WHERE receipt = ?1 LIMIT 1";
  g_autofree char *receipt = cb_receipt_code_parse (scanned);
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (GError) local_error = NULL;

  if (receipt == NULL)
    return TRUE;
  stmt = cb_db_prepare (self->db, SQL_FIND_RECEIPT);
  cb_stmt_bind_text (stmt, 1, receipt);
  if (cb_stmt_next (stmt, &local_error))
    *customer = g_strdup (cb_stmt_text (stmt, 0));
  return !cb_error_hand_on (&local_error, error);
}

char *
cb_book_find_card (CbBook *self, CbStaff *actor, const char *number, GError **error)
{
  CbBuyer buyer = { 0 };
  g_autofree char *customer = NULL;
  gboolean is_restricted = FALSE;
  gboolean is_read;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error))
    return NULL;
  if (!cb_text_is_valid (number, -1))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "that is not UTF-8 text");
      return NULL;
    }
  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  is_read = find_by_number (self, number, &buyer, error);
  customer = buyer.customer;
  if (!is_read || (customer == NULL && !find_by_receipt (self, number, &customer, error)) ||
      (customer != NULL && !cb_book_is_restricted (self, customer, &is_restricted, error)))
    return NULL;
  if (customer == NULL || (is_restricted && cb_staff_get_role (actor) == CB_ROLE_ASSOCIATE))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                   "nobody's card has this number");
      return NULL;
    }
  return g_steal_pointer (&customer);
}
