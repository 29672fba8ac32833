/* SPDX-License-Identifier: Apache-2.0 */

/* How often an executable waits for its disk, libraries included: every fsync() and fdatasync() of
 * the process comes through here and goes on to the kernel. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Since it began. Any thread. */
guint cb_syncs_count (void);

G_END_DECLS
