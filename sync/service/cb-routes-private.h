/* SPDX-License-Identifier: Apache-2.0 */

/* The endpoints of the retailer's other systems, and what all of them answer alike. */

#pragma once

#include "service/cb-request.h"

G_BEGIN_DECLS

void cb_routes_get_profile (CbRequestContext *request);
void cb_routes_get_consents (CbRequestContext *request);
void cb_routes_get_permission (CbRequestContext *request);
void cb_routes_post_opt_out (CbRequestContext *request);
void cb_routes_post_contact (CbRequestContext *request);
void cb_routes_get_news (CbRequestContext *request);
void cb_routes_get_metrics (CbRequestContext *request);

/* For how long who asks would wait; 0: not at all. FALSE when it answered. */
gboolean cb_routes_read_wait (CbRequestContext *request, guint *seconds);

/* Takes the page; `error` is that of CB_TOLD_NOTHING. */
void cb_routes_answer_told (CbRequestContext *request,
                            CbTold told,
                            GString *reply,
                            const GError *error);

G_END_DECLS
