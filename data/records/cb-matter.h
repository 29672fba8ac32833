/* SPDX-License-Identifier: Apache-2.0 */

/* What a customer asked us to do, or what we said we would do: by when, for whom, how far it is.
 * Immutable. Any thread. */

#pragma once

#include <gio/gio.h>

#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_MATTER (cb_matter_get_type ())
G_DECLARE_FINAL_TYPE (CbMatter, cb_matter, CB, MATTER, GObject)

typedef struct
{
  const char *id;
  const char *customer_id;
  CbMatterKind kind;
  CbMatterState state;
  const char *text;
  const char *for_role;    /* NULL is the customer */
  const char *author_id;   /* who wrote it down */
  const char *promised_by; /* id of the staff whose word it is; NULL: nobody's */
  const char *answers;     /* id of the request a promise is about; may be NULL */
  gint64 created_us;
  gint64 due_us;    /* the end of the day by which; 0: no day was named */
  gint64 moved_us;  /* when the state last changed */
  gint64 closed_us; /* 0: it is open */
  gint64 ends_us;   /* the moment it is gone */
  CbLife life;
  CbDelivery delivery;
} CbMatterFields;

/* Copies the fields. */
CbMatter *cb_matter_new (const CbMatterFields *fields);

/* Borrowed. */
const CbMatterFields *cb_matter_get_fields (CbMatter *self);

/* Whether what was said by when holds at that moment. */
CbKeeping cb_matter_get_keeping (CbMatter *self, gint64 now_us);

gboolean cb_matter_state_is_closed (CbMatterState state);

G_END_DECLS
