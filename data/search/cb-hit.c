/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-hit.h"

#include "search/cb-index-private.h"

struct _CbHit
{
  GObject parent_instance;

  char *customer_id;
  char *note_id;
  CbHitGroup group;
  CbHitRank rank;
  GArray *spans;      /* of CbHitSpan */
  GPtrArray *texts;   /* of char *, one a field in which something matched */
  GArray *text_spans; /* of CbHitSpan: which field the text of the same position is */
};

G_DEFINE_FINAL_TYPE (CbHit, cb_hit, G_TYPE_OBJECT)

static int
compare_places (const CbHitSpan *left, const CbHitSpan *right)
{
  if (left->field != right->field)
    return left->field < right->field ? -1 : 1;
  return (left->item > right->item) - (left->item < right->item);
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const CbHitSpan *left = a;
  const CbHitSpan *right = b;
  int order = compare_places (left, right);

  return order != 0 ? order : (left->start > right->start) - (left->start < right->start);
}

static void
take_spans (CbHit *self, GArray *spans)
{
  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++)
    {
      const CbHitSpan *span = &g_array_index (spans, CbHitSpan, i);
      CbHitSpan *last =
        self->spans->len > 0 ? &g_array_index (self->spans, CbHitSpan, self->spans->len - 1) : NULL;

      if (last != NULL && compare_places (last, span) == 0 && span->start <= last->end)
        last->end = MAX (last->end, span->end);
      else
        g_array_append_val (self->spans, *span);
    }
}

static void
keep_text (CbHit *self, CbHitField field, guint item, const char *text)
{
  CbHitSpan place = { field, item, 0, 0 };

  for (guint i = 0; i < self->spans->len; i++)
    if (compare_places (&g_array_index (self->spans, CbHitSpan, i), &place) == 0)
      {
        g_ptr_array_add (self->texts, g_strdup (text));
        g_array_append_val (self->text_spans, place);
        return;
      }
}

const char *
cb_hit_get_customer_id (CbHit *self)
{
  g_return_val_if_fail (CB_IS_HIT (self), NULL);

  return self->customer_id;
}

const char *
cb_hit_get_note_id (CbHit *self)
{
  g_return_val_if_fail (CB_IS_HIT (self), NULL);

  return self->note_id;
}

CbHitGroup
cb_hit_get_group (CbHit *self)
{
  g_return_val_if_fail (CB_IS_HIT (self), CB_HIT_PERSON);

  return self->group;
}

CbHitRank
cb_hit_get_rank (CbHit *self)
{
  g_return_val_if_fail (CB_IS_HIT (self), CB_HIT_PREFIX);

  return self->rank;
}

const CbHitSpan *
cb_hit_get_spans (CbHit *self, guint *n_spans)
{
  g_return_val_if_fail (CB_IS_HIT (self), NULL);

  *n_spans = self->spans->len;
  return (const CbHitSpan *) (gpointer) self->spans->data;
}

const char *
cb_hit_get_text (CbHit *self, CbHitField field, guint item)
{
  CbHitSpan place = { field, item, 0, 0 };

  g_return_val_if_fail (CB_IS_HIT (self), NULL);

  for (guint i = 0; i < self->texts->len; i++)
    if (compare_places (&g_array_index (self->text_spans, CbHitSpan, i), &place) == 0)
      return g_ptr_array_index (self->texts, i);
  return NULL;
}

static void
cb_hit_finalize (GObject *object)
{
  CbHit *self = CB_HIT (object);

  g_free (self->customer_id);
  g_free (self->note_id);
  g_array_unref (self->spans);
  g_ptr_array_unref (self->texts);
  g_array_unref (self->text_spans);

  G_OBJECT_CLASS (cb_hit_parent_class)->finalize (object);
}

static void
cb_hit_class_init (CbHitClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_hit_finalize;
}

static void
cb_hit_init (CbHit *self)
{
  self->spans = g_array_new (FALSE, FALSE, sizeof (CbHitSpan));
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->text_spans = g_array_new (FALSE, FALSE, sizeof (CbHitSpan));
}

static CbHit *
hit_new (const char *customer_id, CbHitGroup group, CbHitRank rank, GArray *spans)
{
  CbHit *self = g_object_new (CB_TYPE_HIT, NULL);

  self->customer_id = g_strdup (customer_id);
  self->group = group;
  self->rank = rank;
  take_spans (self, spans);
  return self;
}

CbHit *
cb_hit_new_person (const char *customer_id,
                   CbHitRank rank,
                   const CbPersonText *person,
                   GArray *spans)
{
  CbHit *self = hit_new (customer_id, CB_HIT_PERSON, rank, spans);

  keep_text (self, CB_HIT_GIVEN, 0, person->given);
  keep_text (self, CB_HIT_FAMILY, 0, person->family);
  keep_text (self, CB_HIT_PREFERRED, 0, person->preferred);
  for (guint i = 0; person->emails[i] != NULL; i++)
    keep_text (self, CB_HIT_EMAIL, i, person->emails[i]);
  for (guint i = 0; person->phones[i] != NULL; i++)
    keep_text (self, CB_HIT_PHONE, i, person->phones[i]);
  for (guint i = 0; person->cards[i] != NULL; i++)
    keep_text (self, CB_HIT_CARD, i, person->cards[i]);
  return self;
}

CbHit *
cb_hit_new_note (const char *customer_id,
                 const char *note_id,
                 CbHitRank rank,
                 const char *text,
                 GArray *spans)
{
  CbHit *self = hit_new (customer_id, CB_HIT_NOTE, rank, spans);

  self->note_id = g_strdup (note_id);
  keep_text (self, CB_HIT_TEXT, 0, text);
  return self;
}
