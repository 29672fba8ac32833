/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-conflict.h"

#include "vault/cb-seal.h"

void
cb_conflict_free (CbConflict *self)
{
  g_free (self->op_id);
  g_free (self->customer);
  cb_text_wipe (self->name);
  g_free (self->kind);
  g_free (self->record);
  json_object_put (self->mine);
  json_object_put (self->theirs);
  g_free (self);
}
