/* SPDX-License-Identifier: Apache-2.0 */

/* What customers bought, as a till tells it. Kept for this shop, as what they said is: agreed to,
 * or for as long as anything that nobody was asked about. It goes nowhere from here. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "exchange/cb-optout-words.h"
#include "store/cb-import-private.h"
#include "store/cb-sealed-json.h"

#define COLUMN_BODY "purchase.body"

/* --- reading --- */

static CbPurchase *
purchase_from_row (CbBook *self, const CbKey *key, CbStmt *stmt, GError **error)
{
  const char *id = cb_stmt_text (stmt, 0);
  g_autoptr (JsonObject) body = cb_sealed_json_open (key, COLUMN_BODY, id, stmt, 2, error);
  CbPurchaseFields fields = {
    .id = id,
    .customer_id = cb_stmt_text (stmt, 1),
    .bought_us = cb_stmt_int (stmt, 3),
    .ends_us = cb_stmt_int (stmt, 4),
  };

  if (body == NULL)
    return NULL;
  cb_life_from_id (cb_stmt_text (stmt, 5), &fields.life);
  fields.sku = cb_json_get_string (body, "sku");
  fields.title = cb_json_get_string (body, "title");
  fields.colour = cb_json_get_string (body, "colour");
  fields.size = cb_json_get_string (body, "size");
  fields.receipt = cb_json_get_string (body, "receipt");
  fields.quantity = (int) cb_json_get_int (body, "quantity", 0);
  return cb_purchase_new (&fields);
}

GPtrArray *
cb_book_read_purchases (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_LIST_PURCHASES[] =
    "SELECT id, customer, body, bought_us, ends_us, life FROM purchase"
    " WHERE customer = ?1 AND ends_us > ?2 ORDER BY bought_us DESC, rowid DESC";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_PURCHASES);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      CbPurchase *purchase = purchase_from_row (self, &key, stmt, &local_error);

      if (purchase != NULL)
        g_ptr_array_add (list, purchase);
      else
        cb_book_pass_over (self, &local_error);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

/* --- one line of a till --- */

/* What the line says, as far as it holds. */
typedef struct
{
  const CbGoodsRow *row;
  char *title; /* of the line, else of the catalogue; may be NULL */
  int quantity;
  gint64 bought_us;
} Line;

static void
line_clear (Line *line)
{
  cb_text_wipe (line->title);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static gboolean
is_short (const char *text)
{
  return text == NULL || (strlen (text) <= CB_VALUE_MAX && cb_text_is_valid (text, -1));
}

static const char *
find_fault (CbBook *self, const CbGoodsRow *row, Line *line)
{
  const char *day = row->cells[CB_GOODS_DAY];

  if (row->reason != NULL)
    return row->reason;
  if (row->cells[CB_GOODS_SKU] == NULL && row->cells[CB_GOODS_TITLE] == NULL)
    return "the line names no article";
  for (guint i = 0; i < CB_GOODS_N_COLUMNS; i++)
    {
      if (!is_short (row->cells[i]))
        return "the line is longer than anything that is bought";
    }
  line->quantity = cb_goods_read_quantity (row);
  if (line->quantity == 0)
    return "the line says no number of pieces";
  if (day == NULL || !cb_optout_words_read_date (day, &line->bought_us))
    return "the line has no day that can be read";
  if (line->bought_us > cb_clock_day_end_us (cb_clock_get_now_us (self->clock), 1))
    return "the day of the line is still to come";
  return NULL;
}

/* The same line twice on one receipt is two pieces; the same file twice is one. */
static GBytes *
make_mark (CbBook *self, CbImport *import, const char *customer, const Line *line)
{
  char *const *cells = line->row->cells;
  g_autofree char *day = g_strdup_printf ("%" G_GINT64_FORMAT, line->bought_us);
  g_autofree char *number = g_strdup_printf ("%d", line->quantity);
  const char *parts[] = {
    customer,
    cells[CB_GOODS_RECEIPT] != NULL ? cells[CB_GOODS_RECEIPT] : "",
    cells[CB_GOODS_SKU] != NULL ? cells[CB_GOODS_SKU] : "",
    cells[CB_GOODS_TITLE] != NULL ? cells[CB_GOODS_TITLE] : "",
    cells[CB_GOODS_COLOUR] != NULL ? cells[CB_GOODS_COLOUR] : "",
    cells[CB_GOODS_SIZE] != NULL ? cells[CB_GOODS_SIZE] : "",
    day,
    number,
    NULL,
  };
  char *text = g_strjoinv ("\n", (char **) parts);
  g_autoptr (GBytes) plain = cb_book_hash_contact (&self->keys->local, "purchase", text);
  guint n = cb_import_count_again (import, plain);
  g_autofree char *nth = g_strdup_printf ("%u", n);
  char *whole = g_strjoin ("\n", text, nth, NULL);
  GBytes *mark = cb_book_hash_contact (&self->keys->local, "purchase", whole);

  cb_text_wipe (text);
  cb_text_wipe (whole);
  return mark;
}

static GBytes *
seal_line (const CbKey *key, const char *id, const Line *line)
{
  g_autoptr (JsonObject) body = json_object_new_object ();

  cb_json_set_string (body, "sku", line->row->cells[CB_GOODS_SKU]);
  cb_json_set_string (body, "title", line->title);
  cb_json_set_string (body, "colour", line->row->cells[CB_GOODS_COLOUR]);
  cb_json_set_string (body, "size", line->row->cells[CB_GOODS_SIZE]);
  cb_json_set_string (body, "receipt", line->row->cells[CB_GOODS_RECEIPT]);
  cb_json_set_int (body, "quantity", line->quantity);
  return cb_sealed_json_new (key, COLUMN_BODY, id, body);
}

static gboolean
has_mark (CbBook *self, GBytes *mark, gboolean *is_there, GError **error)
{
  static const char SQL_HAS_PURCHASE[] = "SELECT EXISTS (SELECT 1 FROM purchase WHERE mark = ?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_PURCHASE);

  cb_stmt_bind_bytes (stmt, 1, mark);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is_there = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

static gboolean
insert_purchase (CbBook *self,
                 const char *id,
                 const char *customer,
                 const Line *line,
                 GBytes *mark,
                 const CbLifetime *lifetime,
                 GError **error)
{
  static const char SQL_ADD_PURCHASE[] =
    "INSERT INTO purchase (id, customer, body, mark, bought_us, created_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_PURCHASE);
  g_autoptr (GBytes) body = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  body = seal_line (&key, id, line);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_bytes (stmt, 3, body);
  cb_stmt_bind_bytes (stmt, 4, mark);
  cb_stmt_bind_int (stmt, 5, line->bought_us);
  cb_stmt_bind_int (stmt, 6, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_int (stmt, 7, lifetime->ends_us);
  cb_stmt_bind_text (stmt, 8, cb_life_to_id (lifetime->life));
  return cb_stmt_run (stmt, error);
}

/* Who said no to being remembered is not remembered by what they buy. */
static const char *
judge (CbPermission *permission)
{
  CbVerdict verdict = cb_permission_get_verdict (permission);

  if (verdict == CB_VERDICT_REFUSED || verdict == CB_VERDICT_WITHDRAWN)
    return "this customer does not want to be remembered here";
  if (verdict == CB_VERDICT_RESTRICTED)
    return "this customer's record is to be left as it is";
  return NULL;
}

static gboolean
keep_line (CbBook *self,
           CbStaff *actor,
           CbImport *import,
           const char *customer,
           const Line *line,
           CbTally *tally,
           GError **error)
{
  g_autoptr (CbPermission) permission =
    cb_book_read_permission (self, customer, CB_PURPOSE_SHOP, CB_CHANNEL_NONE, error);
  g_autoptr (GBytes) mark = NULL;
  g_autofree char *id = cb_id_new ();
  CbLifetime lifetime = { CB_LIFE_UNASKED, 0, 0 };
  gboolean is_known;
  const char *reason = permission != NULL ? judge (permission) : NULL;

  if (permission == NULL)
    return FALSE;
  if (reason != NULL)
    {
      cb_tally_reject (tally, line->row->line, reason);
      return TRUE;
    }
  mark = make_mark (self, import, customer, line);
  if (!has_mark (self, mark, &is_known, error))
    return FALSE;
  *(is_known ? &tally->n_merged : &tally->n_added) += 1;
  if (is_known || import->is_dry_run)
    return TRUE;
  cb_book_reckon_life (self, permission, CB_INTENT_PROFILE, cb_clock_get_now_us (self->clock),
                       &lifetime);
  cb_book_touch (self, customer);
  return insert_purchase (self, id, customer, line, mark, &lifetime, error) &&
         cb_book_note_visit (self, customer, line->bought_us, error) &&
         cb_book_audit (self, actor, "purchase.add", customer, id, "import", error);
}

gboolean
cb_book_take_purchase (CbBook *self,
                       CbStaff *actor,
                       CbImport *import,
                       const CbGoodsRow *row,
                       CbTally *tally,
                       GError **error)
{
  g_auto (Line) line = { .row = row };
  const char *fault = find_fault (self, row, &line);
  g_autofree char *customer = NULL;
  CbBuyer buyer = { 0 };

  if (fault == NULL)
    {
      if (!cb_book_find_buyer (self, row->cells[CB_GOODS_CUSTOMER], row->cells[CB_GOODS_EMAIL],
                               row->cells[CB_GOODS_PHONE], &buyer, error))
        return FALSE;
      customer = buyer.customer;
      fault = !buyer.is_named    ? "the line names no customer"
              : buyer.is_several ? "more than one customer is known by that"
              : customer == NULL ? "no customer here is known by that"
                                 : NULL;
    }
  if (fault != NULL)
    {
      cb_tally_reject (tally, row->line, fault);
      return TRUE;
    }
  line.title = row->cells[CB_GOODS_TITLE] != NULL
                 ? g_strdup (row->cells[CB_GOODS_TITLE])
                 : cb_book_dup_product_title (self, row->cells[CB_GOODS_SKU]);
  return keep_line (self, actor, import, customer, &line, tally, error);
}
