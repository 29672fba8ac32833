/* SPDX-License-Identifier: Apache-2.0 */

/* A page for a person to read and a shop's printer to print: one file that asks for nothing else,
 * without script, one column for a sheet or a roll of paper. Our words are in the reader's language
 * (page-words.json); texts of people stand isolated, in their own direction, escaped. The same
 * calls make the parts of a page for a screen. */

#pragma once

#include "base/cb-json.h"
#include "exchange/cb-page-part.h"

G_BEGIN_DECLS

typedef struct _CbPage CbPage;

/* Begins the page for a document: head, title, who made it and its mark. */
CbPage *cb_page_new (JsonObject *document, const char *title);

/* Ends it, with the document inside for a program to read when it is asked for, which no browser
 * runs; hands the text over. */
GString *cb_page_finish (CbPage *self, JsonObject *document, gboolean with_document);

/* A page for a screen, in that language or the one nearest to it, without a head; ended by handing
 * over its parts (CbPagePart). */
CbPage *cb_page_new_told (const char *language);
GPtrArray *cb_page_finish_told (CbPage *self);

/* "en", "de", "fr" or "es". */
const char *cb_page_get_language (CbPage *self);

/* Our word for a key; `group` and `id` make "group.id". What no list knows is its own word. */
const char *cb_page_word (CbPage *self, const char *key);
const char *cb_page_term (CbPage *self, const char *group, const char *id);

/* "2026-03-02 10:00", or the day alone, here where the shop is. */
char *cb_page_dup_time (const char *time);
char *cb_page_dup_day (const char *time);

void cb_page_heading (CbPage *self, const char *key);

/* A paragraph of ours, nothing when there is no text, and one of theirs. */
void cb_page_say (CbPage *self, const char *text);
void cb_page_quote (CbPage *self, const char *text);

/* One entry of a list is what stands between; `title` may be NULL. */
void cb_page_open (CbPage *self, const char *title, const char *anchor);
void cb_page_close (CbPage *self);

/* The entry that was just opened is not for who stands beside; paper has no veil. */
void cb_page_veil (CbPage *self);

/* A line "label: value"; nothing when there is no value. */
void cb_page_pair (CbPage *self, const char *key, const char *value);
void cb_page_pair_theirs (CbPage *self, const char *key, const char *value);
void cb_page_pair_linked (CbPage *self, const char *key, const char *value, const char *anchor);
void cb_page_pair_time (CbPage *self, const char *key, const char *time);
void cb_page_pair_day (CbPage *self, const char *key, const char *time);

/* The last day of what ends at that moment, which as a rule is a midnight. */
void cb_page_pair_last_day (CbPage *self, const char *key, const char *time);

/* The word of a vocabulary for a member of a record; nothing when it has none. */
void cb_page_pair_term (CbPage *self, const char *key, const char *group, const char *id);

/* The card, which both pages show. */
void cb_page_person (CbPage *self, JsonObject *person);

G_END_DECLS
