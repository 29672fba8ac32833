/* SPDX-License-Identifier: Apache-2.0 */

/* Entries of an old book as one line of text each, which the tests of exchange and import compare.
 */

#pragma once

#include "exchange/cb-entries.h"

G_BEGIN_DECLS

/* "given|family|language|email email|phone phone" or "- reason"; "" for what is missing. */
char *cb_test_entry_join (const CbEntry *entry);

/* What has to be right of an entry, salted and hashed: real people's cards stay out of the project.
 */
char *cb_test_entry_hash (const CbEntry *entry, const char *file);

/* Paths of every address book below the folder of files that nobody here wrote, sorted. */
GPtrArray *cb_test_list_books (const char *folder);

/* The folder of files nobody here wrote, or NULL after skipping the test. */
const char *cb_test_need_shared (void);

char *cb_test_get_fixture (const char *name);

G_END_DECLS
