/* SPDX-License-Identifier: Apache-2.0 */

/* Records as the JSON that scripts read. Each text stands once. */

#pragma once

#include "ctl/cb-ctl.h"

#include "records/cb-dossier.h"
#include "records/cb-found.h"

G_BEGIN_DECLS

JsonObject *cb_ctl_encode_card (CbCustomer *customer);
JsonObject *cb_ctl_encode_found (CbFound *found);
JsonObject *cb_ctl_encode_permission (CbPermission *permission, CbCtl *ctl);
JsonObject *cb_ctl_encode_note (CbNote *note, CbCtl *ctl);
JsonObject *cb_ctl_encode_preference (CbPreference *preference, CbCtl *ctl);
JsonObject *cb_ctl_encode_request (CbMatter *request, CbCtl *ctl);
JsonObject *cb_ctl_encode_occasion (CbOccasion *occasion, CbCtl *ctl);
JsonObject *cb_ctl_encode_product (CbProduct *product, CbCtl *ctl);
JsonObject *cb_ctl_encode_wish (CbWish *wish, CbCtl *ctl);
JsonObject *cb_ctl_encode_used (const CbUsed *used, CbCtl *ctl);
JsonObject *cb_ctl_encode_dossier (CbDossier *dossier, CbCtl *ctl);

/* What each of a list of records is made of by. */
typedef JsonObject *(*CbCtlEncodeFunc) (gpointer record, CbCtl *ctl);
JsonObject *cb_ctl_encode_list (GPtrArray *records, CbCtlEncodeFunc encode, CbCtl *ctl);

/* By name as far as it is known, else by id; null for nobody. */
void cb_ctl_set_staff (JsonObject *object, const char *member, CbCtl *ctl, const char *id);

/* agreed, asked, unasked, review: what ends tonight has nobody's yes either. */
const char *cb_ctl_get_state (CbLife life);

/* A channel's id, NULL for none. */
const char *cb_ctl_name_channel (CbChannel channel);

G_END_DECLS
