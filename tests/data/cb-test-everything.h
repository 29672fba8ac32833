/* SPDX-License-Identifier: Apache-2.0 */

/* A book with something in each of its tables, for what must forget none of them. */

#pragma once

#include "cb-test-book.h"

G_BEGIN_DECLS

/* `n` customers with notes, a yes and more, and one who is erased. Adds their ids to `customers`,
 * which owns them, and to `refused` those of whoever took the yes back. */
void cb_test_fill_everything (CbTestBook *test, int n, GPtrArray *customers, GPtrArray *refused);

G_END_DECLS
