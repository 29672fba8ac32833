/* SPDX-License-Identifier: Apache-2.0 */

/* What a customer would like in return, in their own words: it is theirs. Immutable. Any thread. */

#pragma once

#include <gio/gio.h>

#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_WISH (cb_wish_get_type ())
G_DECLARE_FINAL_TYPE (CbWish, cb_wish, CB, WISH, GObject)

typedef struct
{
  const char *id;
  const char *customer_id;
  const char *text;
  const char *author_id; /* who wrote it down */
  gint64 created_us;
  gint64 ends_us; /* the moment it is gone */
  CbLife life;
} CbWishFields;

/* Copies the fields. */
CbWish *cb_wish_new (const CbWishFields *fields);

/* Borrowed. */
const CbWishFields *cb_wish_get_fields (CbWish *self);

G_END_DECLS
