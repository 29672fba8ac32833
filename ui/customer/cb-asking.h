/* SPDX-License-Identifier: Apache-2.0 */

/* Asking a customer for what is kept here unasked: what is to be asked about first, which words
 * stand on the strip, and the spoken answer on its way into the store. The strip is the page's, and
 * only borrowed. Signals: "recorded", the answer is on the disk; "failed" (GError), it is not. */

#pragma once

#include "store/cb-store.h"
#include "visit/cb-ask-strip.h"

G_BEGIN_DECLS

#define CB_TYPE_ASKING (cb_asking_get_type ())
G_DECLARE_FINAL_TYPE (CbAsking, cb_asking, CB, ASKING, GObject)

CbAsking *cb_asking_new (CbStore *store, CbAskStrip *strip);

/* NULL while nobody is shown: then nothing stands on the strip either. */
void cb_asking_set_dossier (CbAsking *self, CbDossier *dossier);

/* The purpose the customer should be asked about first. Borrowed from the dossier. */
const char *cb_asking_get_purpose (CbAsking *self);

G_END_DECLS
