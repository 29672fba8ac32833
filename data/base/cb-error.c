/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"

G_DEFINE_QUARK (cb_store_error_quark, cb_store_error)
