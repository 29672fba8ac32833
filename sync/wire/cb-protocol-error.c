/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-protocol-error.h"

G_DEFINE_QUARK (cb_protocol_error_quark, cb_protocol_error)
