/* SPDX-License-Identifier: Apache-2.0 */

/* Who did what, and when: a row of the audit. Ids and codes alone. Any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 seq;
  gint64 at_us;
  char *staff; /* an id; NULL: the system itself */
  char *action;
  char *customer;
  char *object;
  char *code;
  GBytes *mac; /* chains it to the one before it */
} CbAuditRow;

void cb_audit_row_free (CbAuditRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbAuditRow, cb_audit_row_free)

G_END_DECLS
