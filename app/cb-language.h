/* SPDX-License-Identifier: Apache-2.0 */

/* The language of the associate's screens: the one of the environment (LC_ALL, LC_MESSAGES, LANG,
 * LANGUAGE), for which the machine must have the locale. The customer's own screen does not ask it:
 * see turned/cb-turned-words.h. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `installed` is where the catalogues are when the program is installed. One that runs in its build
 * tree takes those that were built beside it. Main thread, once, before GTK. */
void cb_language_prepare (const char *installed);

G_END_DECLS
