/* SPDX-License-Identifier: Apache-2.0 */

/* What the two files of the envelope share, and their tests. */

#pragma once

#include "base/cb-json.h"
#include "wire/cb-envelope.h"

G_BEGIN_DECLS

/* Sets CB_PROTOCOL_ERROR_INVALID; `why` names a member or a rule. Always FALSE. */
gboolean cb_envelope_fail (GError **error, const char *why);

/* Is it "2026-11-21T19:04:05Z", with or without a fraction? */
gboolean cb_envelope_is_time (const char *text);

/* Is the member absent or null? */
gboolean cb_envelope_lacks (JsonObject *object, const char *member);

/* The rules of customer, note, preference and request. */
gboolean cb_envelope_check_record (CbKind kind, JsonObject *body, GError **error);

/* Reads purpose, channel, saw and evidence into the envelope and checks them. The texts are
 * borrowed from `body`; spans point into the envelope's own body. */
gboolean cb_envelope_read_answer (CbEnvelope *self, JsonObject *body, GError **error);

G_END_DECLS
