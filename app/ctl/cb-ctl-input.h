/* SPDX-License-Identifier: Apache-2.0 */

/* Standard input, where personal texts come from: bounded, valid UTF-8, wiped by whoever takes it.
 * What is wrong with it is CB_STORE_ERROR_INVALID and never quotes it. */

#pragma once

#include "base/cb-json.h"

G_BEGIN_DECLS

/* More than any text, record or certificate of ours needs. */
#define CB_CTL_INPUT_MAX 65536

/* A text, of which one newline at the end is taken away. cb_text_wipe() it. */
char *cb_ctl_read_text (GError **error);

/* A PIN or a code: one short line; not echoed when it is typed at a terminal. cb_text_wipe() it. */
char *cb_ctl_read_secret (GError **error);

/* A JSON object that has no other members than `known`, NULL-terminated. */
JsonObject *cb_ctl_read_record (const char *const *known, GError **error);

/* That it is an object with no other members. */
gboolean cb_ctl_check_members (JsonObject *record, const char *const *known, GError **error);

/* Members of a record, NULL when absent or null; FALSE when they are something else. */
gboolean cb_ctl_take_string (JsonObject *record, const char *member, char **text, GError **error);
gboolean cb_ctl_take_strings (JsonObject *record,
                              const char *member,
                              char ***texts,
                              GError **error);

/* A member that is a day, "2027-01-31": the moment that ends it here. 0 when absent or null. */
gboolean cb_ctl_take_day_end (JsonObject *record,
                              const char *member,
                              gint64 *end_us,
                              GError **error);

/* "2027-01-31", without asking whether there is such a day. */
gboolean cb_ctl_read_date (const char *text, int *year, int *month, int *day);

/* The end of the day that is named; 0 when it is no date. */
gint64 cb_ctl_read_day_end (const char *text);

G_END_DECLS
