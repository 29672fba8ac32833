/* SPDX-License-Identifier: Apache-2.0 */

/* One request on one easy handle: every option a request needs, set in one place, and the
 * collecting of what comes back. cb-net thread only; included by cb-net.c alone. */

#pragma once

#include <curl/curl.h>

#include "engine/cb-net.h"

G_BEGIN_DECLS

typedef struct _CbTransfer CbTransfer;

/* Borrows the handle, which must be fresh or reset. `cancelled` is polled while bytes move. NULL
 * when libcurl refuses an option: a request that is less safe than asked for is not made. */
CbTransfer *cb_transfer_new (CURL *easy,
                             CbRequest *request,
                             const CbNetLimits *limits,
                             const gint *cancelled);

/* What came back, once; `result` is libcurl's word on the whole. */
CbNetOutcome *cb_transfer_finish (CbTransfer *self, CURLcode result);

/* After the handle was taken out of its multi. */
void cb_transfer_free (CbTransfer *self);

G_END_DECLS
