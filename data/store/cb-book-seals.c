/* SPDX-License-Identifier: Apache-2.0 */

/* Whether every seal opens. SQLite's own check sees that a page is a page, and not that what stands
 * on it is still what was put there. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

typedef struct
{
  guint n_open;
  guint n_damaged;
} SealCount;

/* By which key a value is sealed, and to what it is bound. */
static void
count (const CbKey *key, const char *column, const char *id, CbStmt *rows, SealCount *seals)
{
  gsize length;
  const void *sealed = cb_stmt_blob (rows, 2, &length);
  g_autoptr (GBytes) plain = NULL;

  if (sealed == NULL)
    return;
  plain = cb_unseal (key, column, id, sealed, length, NULL);
  if (plain != NULL)
    seals->n_open++;
  else
    seals->n_damaged++;
}

static gboolean
check_rows (CbStmt *rows, const CbKey *key, SealCount *seals, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    {
      /* The customer's own key has been opened to get here. */
      if (!g_str_equal (cb_stmt_text (rows, 0), "customer.key"))
        count (key, cb_stmt_text (rows, 0), cb_stmt_text (rows, 1), rows, seals);
    }
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
check_customer (CbBook *self, const char *customer, SealCount *seals, GError **error)
{
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, cb_book_sql_list_sealed);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_get_customer_key (self, customer, &key, &local_error))
    {
      if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
        return !cb_error_hand_on (&local_error, error);
      seals->n_damaged++;
      return TRUE;
    }
  seals->n_open++;
  cb_stmt_bind_text (rows, 1, customer);
  return check_rows (rows, &key, seals, error);
}

/* What is nobody's, or outlives whose it was. */
static gboolean
check_own (CbBook *self, SealCount *seals, GError **error)
{
  static const char SQL_LIST_OWN[] =
    "SELECT 'staff.name', id, name FROM staff"
    " UNION ALL SELECT 'copy.place', id, place FROM copy"
    " UNION ALL SELECT 'outbox.bytes', op_id, bytes FROM outbox WHERE kind = 'erase'";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_OWN);

  return check_rows (rows, &self->keys->book, seals, error);
}

static gboolean
check_seals (CbBook *self, SealCount *seals, GError **error)
{
  static const char SQL_LIST_CUSTOMERS[] = "SELECT id FROM customer";
  g_autoptr (CbStmt) customers = NULL;
  g_autoptr (GError) local_error = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return FALSE;
  transaction = self->db;
  customers = cb_db_prepare (self->db, SQL_LIST_CUSTOMERS);
  while (local_error == NULL && cb_book_goes_on (self, &local_error) &&
         cb_stmt_next (customers, &local_error))
    check_customer (self, cb_stmt_text (customers, 0), seals, &local_error);
  return !cb_error_hand_on (&local_error, error) && check_own (self, seals, error);
}

gboolean
cb_book_is_sound (CbBook *self, GError **error)
{
  SealCount seals = { 0 };

  if (!cb_db_check_integrity (self->db, error) || !check_seals (self, &seals, error))
    return FALSE;
  g_info ("%u seals open, %u do not", seals.n_open, seals.n_damaged);
  if (seals.n_damaged == 0)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
               "%u of %u sealed values can't be opened any more", seals.n_damaged,
               seals.n_open + seals.n_damaged);
  return FALSE;
}
