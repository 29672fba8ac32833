/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-proof.h"

#include "vault/cb-seal.h"

const char *
cb_document_to_id (CbDocument document)
{
  static const char *const ids[] = {
    [CB_DOCUMENT_NONE] = NULL,
    [CB_DOCUMENT_PASSPORT] = "passport",
    [CB_DOCUMENT_IDENTITY_CARD] = "identity-card",
    [CB_DOCUMENT_DRIVING_LICENCE] = "driving-licence",
    [CB_DOCUMENT_OTHER] = "document",
  };

  g_return_val_if_fail ((guint) document < G_N_ELEMENTS (ids), NULL);

  return ids[document];
}

CbProof *
cb_proof_new (void)
{
  return g_new0 (CbProof, 1);
}

void
cb_proof_free (CbProof *self)
{
  cb_text_wipe (self->receipt);
  cb_text_wipe (self->email);
  cb_text_wipe (self->phone);
  cb_text_wipe (self->card);
  g_free (self);
}
