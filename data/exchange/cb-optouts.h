/* SPDX-License-Identifier: Apache-2.0 */

/* A list of those who do not want to be contacted, as a stream of rows: a table with headings of
 * the usual programs or none, or one address a line. Where a table says nothing of yes and no, it
 * is read as what it was given for: a list of refusals. A row that says yes is nobody's yes here:
 * it is told apart, with whether it has the wording and the day that would make it worth looking
 * up. */

#pragma once

#include <gio/gio.h>

#include "records/cb-drafts.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 line;           /* where it begins in the file */
  CbCustomerDraft *draft; /* name, emails and phones; NULL when there is no value */
  guint refused;          /* channels, 1 << CbChannel */
  guint unreachable;      /* the same: closed, and nobody's answer */
  const char *purpose;    /* NULL: all marketing */
  gint64 since_us;        /* the day, 0 when it does not say */
  gboolean says_yes;      /* to something; never kept */
  const char *reason;     /* why there is nothing to keep; a constant that quotes nothing */
} CbOptout;

void cb_optout_clear (CbOptout *optout);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbOptout, cb_optout_clear)

typedef struct _CbOptouts CbOptouts;

CbOptouts *cb_optouts_new (GInputStream *stream);
void cb_optouts_free (CbOptouts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbOptouts, cb_optouts_free)

/* FALSE at the end, or with `error` set: the stream's own errors, and CB_STORE_ERROR_INVALID when
 * the file is no table. */
gboolean cb_optouts_next (CbOptouts *self, CbOptout *optout, GError **error);

/* Bytes of the file that were read so far. */
guint64 cb_optouts_get_position (CbOptouts *self);

G_END_DECLS
