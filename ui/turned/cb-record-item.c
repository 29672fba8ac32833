/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "turned/cb-record-item.h"

struct _CbRecordItem
{
  GObject parent_instance;

  GPtrArray *parts;
  guint first;
  guint n_parts;
  gboolean is_uncovered;
};

G_DEFINE_FINAL_TYPE (CbRecordItem, cb_record_item, G_TYPE_OBJECT)

const CbPagePart *const *
cb_record_item_get_parts (CbRecordItem *self, guint *n_parts)
{
  g_return_val_if_fail (CB_IS_RECORD_ITEM (self), NULL);

  *n_parts = self->n_parts;
  return (const CbPagePart *const *) self->parts->pdata + self->first;
}

gboolean
cb_record_item_is_covered (CbRecordItem *self)
{
  const CbPagePart *part;

  g_return_val_if_fail (CB_IS_RECORD_ITEM (self), TRUE);

  part = g_ptr_array_index (self->parts, self->first);
  return part->is_veiled && !self->is_uncovered;
}

void
cb_record_item_uncover (CbRecordItem *self)
{
  g_return_if_fail (CB_IS_RECORD_ITEM (self));

  self->is_uncovered = TRUE;
}

static CbPageKind
kind_at (GPtrArray *parts, guint at)
{
  return ((const CbPagePart *) g_ptr_array_index (parts, at))->kind;
}

/* Where what begins there ends: an entry with those inside it. */
static guint
find_end (GPtrArray *parts, guint first)
{
  CbPageKind kind = kind_at (parts, first);
  guint depth = 0;
  guint at = first;

  if (kind == CB_PAGE_HEADING)
    return first + 1;
  for (; at < parts->len; at++)
    {
      CbPageKind here = kind_at (parts, at);

      depth += here == CB_PAGE_ENTRY;
      if (here == CB_PAGE_END && --depth == 0)
        return at + 1;
      if (depth == 0 && here == CB_PAGE_HEADING)
        return at;
      if (kind != CB_PAGE_ENTRY && here == CB_PAGE_ENTRY)
        return at;
    }
  return at;
}

GListModel *
cb_record_items_new (GPtrArray *parts)
{
  GListStore *items = g_list_store_new (CB_TYPE_RECORD_ITEM);
  guint end;

  for (guint at = 0; at < parts->len; at = end)
    {
      g_autoptr (CbRecordItem) item = g_object_new (CB_TYPE_RECORD_ITEM, NULL);

      end = find_end (parts, at);
      item->parts = g_ptr_array_ref (parts);
      item->first = at;
      item->n_parts = end - at;
      g_list_store_append (items, item);
    }
  return G_LIST_MODEL (items);
}

static void
cb_record_item_finalize (GObject *object)
{
  CbRecordItem *self = CB_RECORD_ITEM (object);

  g_clear_pointer (&self->parts, g_ptr_array_unref);

  G_OBJECT_CLASS (cb_record_item_parent_class)->finalize (object);
}

static void
cb_record_item_class_init (CbRecordItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_record_item_finalize;
}

static void
cb_record_item_init (CbRecordItem *self)
{
}
