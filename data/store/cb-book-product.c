/* SPDX-License-Identifier: Apache-2.0 */

/* The shop's catalogue: what it sells, and nothing of anybody. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "store/cb-import-private.h"

#define TEXT_MAX 400

/* --- reading --- */

static CbProduct *
product_from_row (CbStmt *stmt)
{
  CbProductFields fields = {
    .sku = cb_stmt_text (stmt, 0),
    .title = cb_stmt_text (stmt, 1),
    .brand = cb_stmt_text (stmt, 2),
    .garment = cb_stmt_text (stmt, 3),
    .colour = cb_stmt_text (stmt, 4),
    .size = cb_stmt_text (stmt, 5),
  };

  return cb_product_new (&fields);
}

GPtrArray *
cb_book_list_products (CbBook *self, guint limit, const char *after, GError **error)
{
  static const char SQL_LIST_PRODUCTS[] =
    "SELECT sku, title, brand, garment, colour, size FROM product WHERE sku > ?1"
    " ORDER BY sku LIMIT ?2";
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CbStmt) stmt = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  stmt = cb_db_prepare (self->db, SQL_LIST_PRODUCTS);
  cb_stmt_bind_text (stmt, 1, after != NULL ? after : "");
  cb_stmt_bind_int (stmt, 2, limit);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list, product_from_row (stmt));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

char *
cb_book_dup_product_title (CbBook *self, const char *sku)
{
  static const char SQL_GET_TITLE[] = "SELECT title FROM product WHERE sku = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_TITLE);

  cb_stmt_bind_text (stmt, 1, sku);
  return cb_stmt_next (stmt, NULL) ? g_strdup (cb_stmt_text (stmt, 0)) : NULL;
}

/* --- one row of a catalogue --- */

static gboolean
is_text (const char *text)
{
  return text == NULL || (strlen (text) <= TEXT_MAX && cb_text_is_valid (text, -1));
}

/* Names of several lines and paths of categories come as one line. */
static const char *
find_fault (const CbGoodsRow *row)
{
  if (row->reason != NULL)
    return row->reason;
  if (row->cells[CB_GOODS_SKU] == NULL)
    return "the row has no article number";
  if (row->cells[CB_GOODS_TITLE] == NULL)
    return "the row has no name of the article";
  for (guint i = CB_GOODS_SKU; i <= CB_GOODS_SIZE; i++)
    {
      if (row->cells[i] != NULL)
        g_strdelimit (row->cells[i], "\r\n\t", ' ');
      if (!is_text (row->cells[i]))
        return "a cell of the row is longer than 400 bytes or no text";
    }
  return NULL;
}

static gboolean
has_product (CbBook *self, const char *sku, gboolean *is_there, GError **error)
{
  static const char SQL_HAS_PRODUCT[] = "SELECT EXISTS (SELECT 1 FROM product WHERE sku = ?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_PRODUCT);

  cb_stmt_bind_text (stmt, 1, sku);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is_there = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

/* A second row of an article fills what the first left open, and corrects what it says otherwise.
 */
static gboolean
put_product (CbBook *self, const CbGoodsRow *row, GError **error)
{
  static const char SQL_PUT_PRODUCT[] =
    "INSERT INTO product (sku, title, brand, garment, colour, size, added_us, changed_us)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT (sku) DO UPDATE SET"
    " title = excluded.title, brand = coalesce (excluded.brand, brand),"
    " garment = coalesce (excluded.garment, garment), colour = coalesce (excluded.colour, colour),"
    " size = coalesce (excluded.size, size), changed_us = excluded.changed_us";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_PUT_PRODUCT);

  cb_stmt_bind_text (stmt, 1, row->cells[CB_GOODS_SKU]);
  cb_stmt_bind_text (stmt, 2, row->cells[CB_GOODS_TITLE]);
  cb_stmt_bind_text (stmt, 3, row->cells[CB_GOODS_BRAND]);
  cb_stmt_bind_text (stmt, 4, row->cells[CB_GOODS_GARMENT]);
  cb_stmt_bind_text (stmt, 5, row->cells[CB_GOODS_COLOUR]);
  cb_stmt_bind_text (stmt, 6, row->cells[CB_GOODS_SIZE]);
  cb_stmt_bind_int (stmt, 7, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_take_product (CbBook *self,
                      CbImport *import,
                      const CbGoodsRow *row,
                      CbTally *tally,
                      GError **error)
{
  const char *fault = find_fault (row);
  gboolean is_known;

  if (fault != NULL)
    {
      cb_tally_reject (tally, row->line, fault);
      return TRUE;
    }
  if (!has_product (self, row->cells[CB_GOODS_SKU], &is_known, error))
    return FALSE;
  if (import->is_dry_run)
    {
      g_autoptr (GBytes) sku =
        g_bytes_new (row->cells[CB_GOODS_SKU], strlen (row->cells[CB_GOODS_SKU]));

      is_known |= cb_import_count_again (import, sku) > 0;
    }
  *(is_known ? &tally->n_merged : &tally->n_added) += 1;
  return import->is_dry_run || put_product (self, row, error);
}
