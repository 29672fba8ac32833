/* SPDX-License-Identifier: Apache-2.0 */

/* What a run says on standard output: with --json one document on one line, else the same document
 * as plain text. Errors never come here. */

#pragma once

#include "base/cb-json.h"

G_BEGIN_DECLS

/* FALSE when standard output could not be written whole. */
gboolean cb_ctl_print (JsonObject *answer, gboolean is_json);

/* "2026-11-21T19:04:05.123Z", or null for 0. */
void cb_ctl_set_time (JsonObject *object, const char *member, gint64 at_us);

/* The local day that a moment ends, "2027-01-31"; null for 0. */
void cb_ctl_set_day (JsonObject *object, const char *member, gint64 end_us);

/* A NULL list is an empty one. */
void cb_ctl_set_strings (JsonObject *object, const char *member, const char *const *texts);

G_END_DECLS
