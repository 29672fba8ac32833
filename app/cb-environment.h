/* SPDX-License-Identifier: Apache-2.0 */

/* Makes the process fit to hold what customers say, before any library that remembers does
 * anything: no core dump, no reading by another process of the same user, freed memory overwritten,
 * no variable that makes a library talk, proxy or load what we did not ship. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* First thing in main(). It may start the program once more with a clean environment; then it does
 * not come back. */
void cb_environment_prepare (char **argv);

/* Microseconds since this program was executed, the second start of cb_environment_prepare() and
 * the dynamic linker's work included. */
gint64 cb_environment_get_age_us (void);

G_END_DECLS
