/* SPDX-License-Identifier: Apache-2.0 */

/* What the code on a receipt says when it is scanned: the receipt's number and nothing about
 * anybody, "COUNTERBOOK:0123456789ABCDEF0123456789ABCDEF". Every character of it is in the
 * alphanumeric set of QR codes (ISO/IEC 18004, 7.4.4), which makes it small. Any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `receipt` is 32 hexadecimal digits, as the store has them. Free it. */
char *cb_receipt_code_make (const char *receipt);

/* The receipt of a code that was scanned, or of a number that was typed from paper: in groups, in
 * either case, with or without what stands before it. NULL: it is none. Free it. */
char *cb_receipt_code_parse (const char *text);

G_END_DECLS
