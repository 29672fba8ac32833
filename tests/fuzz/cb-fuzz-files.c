/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-fuzz.h"

#include "exchange/cb-entries.h"
#include "exchange/cb-goods.h"
#include "exchange/cb-optouts.h"

#include <string.h>

static GInputStream *
open_stream (const guint8 *bytes, gsize length)
{
  return g_memory_input_stream_new_from_data (bytes, (gssize) length, NULL);
}

static void
check_text (const char *text)
{
  g_assert (text == NULL || g_utf8_validate (text, -1, NULL));
}

static void
check_texts (char **texts)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      check_text (texts[i]);
      g_assert (*texts[i] != '\0');
    }
}

static void
check_draft (const CbCustomerDraft *draft)
{
  check_text (draft->given);
  check_text (draft->family);
  check_text (draft->preferred);
  check_text (draft->language);
  check_texts (draft->emails);
  check_texts (draft->phones);
  check_texts (draft->numbers);
}

/* An entry is read or it is rejected for a reason; lines are counted upwards. */
static void
read_entries (const guint8 *bytes, gsize length, CbExchangeFormat format)
{
  g_autoptr (GInputStream) stream = open_stream (bytes, length);
  g_autoptr (CbEntries) entries = cb_entries_new (stream, format);
  CbEntry entry = { 0 };

  while (cb_entries_next (entries, &entry, NULL))
    {
      g_assert ((entry.draft == NULL) == (entry.reason != NULL));
      g_assert (entry.line > 0 && entry.line <= length + 1);
      if (entry.draft != NULL)
        check_draft (entry.draft);
      cb_entry_clear (&entry);
    }
  g_assert (cb_entries_get_position (entries) <= length);
}

void
cb_fuzz_vcard (const guint8 *bytes, gsize length)
{
  cb_exchange_recognise ((const char *) bytes, length);
  read_entries (bytes, length, CB_EXCHANGE_VCARD);
}

void
cb_fuzz_csv (const guint8 *bytes, gsize length)
{
  read_entries (bytes, length, CB_EXCHANGE_CSV);
}

void
cb_fuzz_goods (const guint8 *bytes, gsize length)
{
  g_autoptr (GInputStream) stream = open_stream (bytes, length);
  g_autoptr (CbGoods) goods = cb_goods_new (stream);
  CbGoodsRow row = { 0 };

  while (cb_goods_next (goods, &row, NULL))
    {
      g_assert (row.line > 0);
      for (guint i = 0; i < CB_GOODS_N_COLUMNS; i++)
        check_text (row.cells[i]);
      cb_goods_read_quantity (&row);
      cb_goods_row_clear (&row);
    }
}

void
cb_fuzz_optouts (const guint8 *bytes, gsize length)
{
  g_autoptr (GInputStream) stream = open_stream (bytes, length);
  g_autoptr (CbOptouts) optouts = cb_optouts_new (stream);
  CbOptout optout = { 0 };

  while (cb_optouts_next (optouts, &optout, NULL))
    {
      g_assert (optout.draft != NULL || optout.reason != NULL);
      if (optout.draft != NULL)
        check_draft (optout.draft);
      cb_optout_clear (&optout);
    }
}
