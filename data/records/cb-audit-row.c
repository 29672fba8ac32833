/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-audit-row.h"

void
cb_audit_row_free (CbAuditRow *self)
{
  g_free (self->staff);
  g_free (self->action);
  g_free (self->customer);
  g_free (self->object);
  g_free (self->code);
  g_clear_pointer (&self->mac, g_bytes_unref);
  g_free (self);
}
