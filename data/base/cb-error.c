/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"

G_DEFINE_QUARK (cb_store_error_quark, cb_store_error)

gboolean
cb_error_hand_on (GError **local_error, GError **error)
{
  if (*local_error == NULL)
    return FALSE;

  g_propagate_error (error, g_steal_pointer (local_error));
  return TRUE;
}
