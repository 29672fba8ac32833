/* SPDX-License-Identifier: Apache-2.0 */

/* What can be wrong with something that came over the wire. Messages name the member or the rule
 * that failed and never quote a value. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_PROTOCOL_ERROR (cb_protocol_error_quark ())

typedef enum
{
  CB_PROTOCOL_ERROR_INVALID,   /* not what the contract says: `schema_invalid` */
  CB_PROTOCOL_ERROR_TOO_LARGE, /* over a limit: `too_large` */
} CbProtocolError;

GQuark cb_protocol_error_quark (void);

G_END_DECLS
