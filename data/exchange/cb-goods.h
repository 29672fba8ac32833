/* SPDX-License-Identifier: Apache-2.0 */

/* A table of articles or of what was bought, as shops and tills write them: what its columns hold
 * is seen from its headings, in several languages. Rows come out as cells by meaning; what they
 * amount to is judged elsewhere. Pure; any thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CB_GOODS_CUSTOMER, /* a number or an id of theirs */
  CB_GOODS_EMAIL,
  CB_GOODS_PHONE,
  CB_GOODS_RECEIPT,
  CB_GOODS_SKU, /* the article's own number */
  CB_GOODS_TITLE,
  CB_GOODS_BRAND,
  CB_GOODS_GARMENT, /* of what kind it is */
  CB_GOODS_COLOUR,
  CB_GOODS_SIZE,
  CB_GOODS_QUANTITY,
  CB_GOODS_DAY,
  CB_GOODS_SORT, /* bought or brought back, in words */
  CB_GOODS_N_COLUMNS,
} CbGoodsColumn;

typedef struct
{
  guint64 line;                    /* where it begins in the file */
  char *cells[CB_GOODS_N_COLUMNS]; /* trimmed; NULL: there is nothing */
  const char *reason; /* why nothing can be read from it; a constant that quotes nothing */
} CbGoodsRow;

void cb_goods_row_clear (CbGoodsRow *row);

typedef struct _CbGoods CbGoods;

CbGoods *cb_goods_new (GInputStream *stream);
void cb_goods_free (CbGoods *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbGoods, cb_goods_free)

/* FALSE at the end, or with `error` set. The heading row is no row. */
gboolean cb_goods_next (CbGoods *self, CbGoodsRow *row, GError **error);

/* Bytes of the file that were read so far. */
guint64 cb_goods_get_position (CbGoods *self);

/* How many, less than nothing for what was brought back: "6", "-1", "1.0", "2,0". One when there is
 * no cell; 0 when it is no whole number but nought, or more than any customer carries. */
int cb_goods_read_quantity (const CbGoodsRow *row);

G_END_DECLS
