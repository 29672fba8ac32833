/* SPDX-License-Identifier: Apache-2.0 */

/* The device key: 32 random bytes per user. It comes from the service manager's credential
 * (which a TPM may have sealed), else from a file. One that is there is never replaced. */

#pragma once

#include "vault/cb-vault.h"

G_BEGIN_DECLS

/* CB_STORE_ERROR_NO_KEY when there is none, CORRUPT when what is there is no key. */
gboolean cb_device_key_load (const char *state_root, CbKey *key, GError **error);

/* The same, and makes one when there is none. Of several processes at once all get the same. */
gboolean cb_device_key_ensure (const char *state_root, CbKey *key, GError **error);

G_END_DECLS
