/* SPDX-License-Identifier: Apache-2.0 */

/* What the service tells a terminal that was decided elsewhere: somebody is erased, a yes has
 * ended. Random ids and codes alone. Immutable once it is handed over; any thread. */

#pragma once

#include <glib.h>

#include "base/cb-id.h"

G_BEGIN_DECLS

/* The two streams that come down, each with a cursor of its own. */
typedef enum
{
  CB_CURSOR_DECISIONS,
  CB_CURSOR_RECORDS,
} CbCursorSort;

typedef enum
{
  CB_INCOMING_ERASED,
  CB_INCOMING_WITHDRAWN,
} CbIncomingSort;

typedef struct
{
  CbIncomingSort sort;
  gint64 n; /* the service's change number; rises from one to the next */
  char customer[CB_ID_LENGTH + 1];

  /* Of a withdrawal. */
  char withdrawal[CB_ID_LENGTH + 1]; /* a later yes names it */
  char *purpose;
  char *channel; /* "*" when it is about none */
} CbIncoming;

/* A copy of everything it is given. */
CbIncoming *cb_incoming_new_erased (gint64 n, const char *customer);
CbIncoming *cb_incoming_new_withdrawn (gint64 n,
                                       const char *customer,
                                       const char *purpose,
                                       const char *channel,
                                       const char *withdrawal);
void cb_incoming_free (CbIncoming *incoming);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbIncoming, cb_incoming_free)

G_END_DECLS
