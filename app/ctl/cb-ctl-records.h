/* SPDX-License-Identifier: Apache-2.0 */

/* Records as the JSON that scripts read. Each text stands once. */

#pragma once

#include "base/cb-json.h"
#include "records/cb-dossier.h"
#include "records/cb-found.h"

G_BEGIN_DECLS

JsonObject *cb_ctl_encode_card (CbCustomer *customer);
JsonObject *cb_ctl_encode_found (CbFound *found);
JsonObject *cb_ctl_encode_permission (CbPermission *permission);
JsonObject *cb_ctl_encode_preference (CbPreference *preference);
JsonObject *cb_ctl_encode_dossier (CbDossier *dossier);

/* agreed, asked, unasked, review: what ends tonight has nobody's yes either. */
const char *cb_ctl_get_state (CbLife life);

/* A channel's id, NULL for none. */
const char *cb_ctl_name_channel (CbChannel channel);

G_END_DECLS
