/* SPDX-License-Identifier: Apache-2.0 */

/* A row of the book as a line of JSON, for `dump`. Pure. */

#pragma once

#include "service/cb-storage.h"

G_BEGIN_DECLS

/* Writes the line and its newline. */
void cb_dump_record (const CbRecordRow *row, GString *into);
void cb_dump_answer (const CbAnswerRow *row, GString *into);

G_END_DECLS
