/* SPDX-License-Identifier: Apache-2.0 */

/* Random 128-bit ids, written as 32 lower-case hexadecimal digits. They say nothing about the
 * person or the moment they were made for, so an id alone is not personal data. Any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_ID_LENGTH 32

char *cb_id_new (void);
gboolean cb_id_is_valid (const char *id);

G_END_DECLS
