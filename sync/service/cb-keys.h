/* SPDX-License-Identifier: Apache-2.0 */

/* The keys of the retailer's other systems: 256 random bits, shown once and kept as a hash, each
 * with the scopes that it was made for and nothing beyond them. */

#pragma once

#include "service/cb-service.h"

G_BEGIN_DECLS

typedef enum
{
  CB_SCOPE_PROFILE = 1 << 0,    /* the card and the preferences that are everybody's */
  CB_SCOPE_NOTES = 1 << 1,      /* the notes too */
  CB_SCOPE_CONSENTS = 1 << 2,   /* the answers with what proves them */
  CB_SCOPE_PERMISSION = 1 << 3, /* may they be contacted now? */
  CB_SCOPE_CHANGES = 1 << 4,    /* whose profile or answers have changed */
  CB_SCOPE_OPT_OUTS = 1 << 5,   /* to take a no to the centre */
  CB_SCOPE_METRICS = 1 << 6,    /* how the service is doing; nobody's */
  CB_SCOPE_CONTACTS = 1 << 7,   /* to contact somebody, and to be counted */
} CbScopes;

/* "profile,consents": 0 when a word is none of them, or there is none. */
CbScopes cb_scopes_read (const char *text);

/* In their order, without spaces; free it. */
char *cb_scopes_write (CbScopes scopes);

/* The key, to be shown once; `row` becomes what is stored of it. NULL on failure. */
char *cb_keys_make (CbService *service,
                    const char *name,
                    CbScopes scopes,
                    CbKeyRow *row,
                    GError **error);

/* FALSE without an error when there is no such key, or it was revoked. */
gboolean cb_keys_check (CbService *service, const char *key, CbKeyRow *row, GError **error);

/* FALSE without an error when there is no such key. */
gboolean cb_keys_revoke (CbService *service, const char *id, GError **error);

G_END_DECLS
