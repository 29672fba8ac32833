/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-page-part.h"

#include "vault/cb-seal.h"

CbPagePart *
cb_page_part_new (CbPageKind kind, const char *label, const char *text)
{
  CbPagePart *self = g_new0 (CbPagePart, 1);

  self->kind = kind;
  self->label = g_strdup (label);
  self->text = g_strdup (text);
  return self;
}

void
cb_page_part_free (CbPagePart *self)
{
  cb_text_wipe (self->label);
  cb_text_wipe (self->text);
  g_free (self);
}
