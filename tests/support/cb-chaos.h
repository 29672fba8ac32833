/* SPDX-License-Identifier: Apache-2.0 */

/* A chaos-proxy of the test's own, whose modes it sets as it goes. The program's path is in
 * CB_TEST_CHAOS_PROXY; its modes are at the head of its source. Whatever fails here fails the test.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CbChaos CbChaos;

/* `record` may be NULL. */
CbChaos *cb_chaos_new (guint target_port, guint seed, const char *record);
void cb_chaos_free (CbChaos *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbChaos, cb_chaos_free)

guint cb_chaos_get_port (CbChaos *self);
const char *cb_chaos_get_url (CbChaos *self);

/* When it returns, the mode holds. */
void cb_chaos_set_mode (CbChaos *self, const char *mode);

/* How many bytes of requests and of replies have come since. */
void cb_chaos_count (CbChaos *self, gsize *asked, gsize *replied);

G_END_DECLS
