/* SPDX-License-Identifier: Apache-2.0 */

/* Ids, keys and nonces that can be had again: libsodium's random numbers follow from a seed, for
 * the whole process and from one thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cb_seed_ids (guint64 seed);

G_END_DECLS
