/* SPDX-License-Identifier: Apache-2.0 */

/* Text as a person compares it. Any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Folds case and accents (NFKD, marks dropped, case folded; ß as ss, æ as ae, ø as o, ł as l …)
 * so that "Straßmüller" and "STRASSMULLER" are one word. Arabic loses harakat and tatweel and
 * Hebrew its niqqud, digits of every script become 0 to 9, invisible characters go. Scripts without
 * case pass through otherwise. NULL folds to "". */
char *cb_fold (const char *text);

/* The folded words of a text, in order. Letters and digits make words; CJK text is cut into single
 * characters, which is how it is looked for. Free with g_strfreev(). */
char **cb_fold_words (const char *text);

/* A phone number as typed, reduced to digits with a leading '+': spaces, dots, brackets, a leading
 * 00 and a trunk 0 are dropped, digits of other scripts read; a national number gets the calling
 * code of `region` ("GB", "DE" …), and stays without '+' when the region is NULL or unknown. An
 * extension is left out. NULL when it is no phone number. */
char *cb_fold_phone (const char *typed, const char *region);

/* An email address as it is compared: trimmed, domain and local part in lower case. NULL when
 * there is no single @ with something on both sides, or white space within. */
char *cb_fold_email (const char *typed);

/* TRUE for valid UTF-8 without NUL: what somebody said may hold anything else that can be typed. */
gboolean cb_text_is_valid (const char *text, gssize length);

/* TRUE for valid UTF-8 without NUL and without control characters other than tab and newline. */
gboolean cb_text_is_sound (const char *text, gssize length);

G_END_DECLS
