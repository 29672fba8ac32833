/* SPDX-License-Identifier: Apache-2.0 */

/* The closed vocabularies of the wire and what they permit: purposes with their scopes, channels
 * and methods. One small table, so that the service can judge an operation without the terminal's
 * code. Pure; any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why an operation was refused (protocol of acknowledgements). */
#define CB_CODE_SCHEMA_INVALID "schema_invalid"
#define CB_CODE_CONSENT_MISSING "consent_missing"
#define CB_CODE_CONSENT_WITHDRAWN "consent_withdrawn"
#define CB_CODE_STALE_GRANT "stale_grant"
#define CB_CODE_FORBIDDEN "forbidden"
#define CB_CODE_TOO_LARGE "too_large"
#define CB_CODE_ID_REUSE "id_reuse"

/* Why an operation is to be sent again. */
#define CB_CODE_INTERNAL "internal"

/* Why a whole request is: its body is not what was sent. */
#define CB_CODE_DIGEST "digest"

/* Why every request of a terminal is: it was shut out. */
#define CB_CODE_REVOKED "terminal_revoked"

/* The channel of a consent that is about no channel. */
#define CB_CHANNEL_ANY "*"

/* "request", "store", "company", "outreach"; NULL when there is no such purpose. */
const char *cb_codes_purpose_scope (const char *purpose);

/* May a consent to `purpose` be bound to `channel` ("*" is none)? */
gboolean cb_codes_purpose_takes_channel (const char *purpose, const char *channel);

/* Does this act of the customer suffice for a yes to `purpose`? FALSE for unknown ones. */
gboolean cb_codes_purpose_takes_method (const char *purpose, const char *method);

/* Does this act of a guardian suffice for a yes to anything? */
gboolean cb_codes_guardian_takes_method (const char *method);

/* A way in which a customer can answer, whatever it suffices for. */
gboolean cb_codes_is_method (const char *method);

/* Did a card with a notice stand in front of the customer? Not for what they asked for themselves.
 */
gboolean cb_codes_purpose_has_notice (const char *purpose);

/* May a yes to `purpose` carry a record of that scope? Nothing rests on news or invitations. */
gboolean cb_codes_purpose_carries (const char *purpose, const char *scope);
gboolean cb_codes_purpose_carries_records (const char *purpose);

/* A word of lower-case letters, digits and '-', at most 32 bytes. */
gboolean cb_codes_is_word (const char *text);

/* What a terminal signs to get a token; `nonce` as it came, in base64. Free it. */
char *cb_codes_token_message (const char *terminal, const char *nonce);

G_END_DECLS
