/* SPDX-License-Identifier: Apache-2.0 */

/* What a person at the counter reads instead of an error's message: what happened, that nothing is
 * lost, and what to do next. Chosen by domain and code alone. */

#pragma once

#include <glib.h>

#include "base/cb-volume.h"

G_BEGIN_DECLS

/* During what it happened; it changes what is safe and what to do. */
typedef enum
{
  CB_DURING_OPEN,
  CB_DURING_SIGN_IN,
  CB_DURING_READ,
  CB_DURING_SAVE,   /* of what somebody wrote */
  CB_DURING_CHANGE, /* of something by a tap: there are no words that could be lost */
  CB_DURING_ANSWER,
  CB_DURING_IMPORT,
} CbDuring;

/* Static, translated. */
const char *cb_messages_for (const GError *error, CbDuring during);

/* What the PIN pad says: with how many tries are left, or until when it is locked. */
char *cb_messages_dup_sign_in (const GError *error, guint tries_left, gint64 wait_until_us);

/* Of the screen that stands in place of all others when the store does not open. */
const char *cb_messages_title_for (const GError *error);

/* In place of a name where there is none. */
const char *cb_messages_for_no_name (gboolean is_damaged);

/* What everybody at the counter should know of the disk; NULL: nothing. */
const char *cb_messages_for_room (CbRoom room);

G_END_DECLS
