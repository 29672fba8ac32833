/* SPDX-License-Identifier: Apache-2.0 */

/* One result of a search: who, how well, and which bytes of which field matched, so that a screen
 * can mark them. It carries personal text: it belongs to the session and goes with it. Immutable;
 * may cross threads. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Persons come before notes. */
typedef enum
{
  CB_HIT_PERSON,
  CB_HIT_NOTE,
} CbHitGroup;

/* Better is smaller. */
typedef enum
{
  CB_HIT_EXACT,  /* what was typed is the whole name, address or number */
  CB_HIT_WORD,   /* every word typed is a whole word */
  CB_HIT_PREFIX, /* some word typed begins one (or ends a number) */
  CB_HIT_NEAR,   /* the same, with a typing error in some word */
} CbHitRank;

typedef enum
{
  CB_HIT_GIVEN,
  CB_HIT_FAMILY,
  CB_HIT_PREFERRED,
  CB_HIT_EMAIL,
  CB_HIT_PHONE,
  CB_HIT_CARD, /* the number on it */
  CB_HIT_TEXT, /* of a note */
} CbHitField;

/* Bytes [start, end) of the text of a field as it was put into the index. `item` counts among the
 * emails, phones or cards; 0 elsewhere. */
typedef struct
{
  CbHitField field;
  guint item;
  gsize start;
  gsize end;
} CbHitSpan;

#define CB_TYPE_HIT (cb_hit_get_type ())
G_DECLARE_FINAL_TYPE (CbHit, cb_hit, CB, HIT, GObject)

const char *cb_hit_get_customer_id (CbHit *self);

/* NULL for a person. */
const char *cb_hit_get_note_id (CbHit *self);
CbHitGroup cb_hit_get_group (CbHit *self);
CbHitRank cb_hit_get_rank (CbHit *self);

/* What matched, ordered by field, item and start, never overlapping, on character boundaries. */
const CbHitSpan *cb_hit_get_spans (CbHit *self, guint *n_spans);

/* The text the spans of that field count in; NULL when nothing matched in it. Borrowed. */
const char *cb_hit_get_text (CbHit *self, CbHitField field, guint item);

G_END_DECLS
