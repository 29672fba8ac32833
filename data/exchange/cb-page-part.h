/* SPDX-License-Identifier: Apache-2.0 */

/* One part of a page that is shown on a screen instead of written for a browser: the same words in
 * the same order. Immutable once it is handed out; its texts are wiped when it is freed. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_PAGE_HEADING, /* `text` is ours */
  CB_PAGE_ENTRY,   /* one entry of a list begins; `text` is its title, or NULL */
  CB_PAGE_END,     /* and ends */
  CB_PAGE_SAY,     /* a paragraph of ours */
  CB_PAGE_SAID,    /* a paragraph of theirs, in its own language and direction */
  CB_PAGE_PAIR,    /* `label` and `text` */
} CbPageKind;

typedef struct
{
  CbPageKind kind;
  char *label; /* of a pair, else NULL */
  char *text;
  gboolean is_theirs; /* the text of a pair was not written by us */
  gboolean
    is_veiled; /* of an entry: not to be read over a shoulder, so it shows when it is asked for */
} CbPagePart;

CbPagePart *cb_page_part_new (CbPageKind kind, const char *label, const char *text);
void cb_page_part_free (CbPagePart *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPagePart, cb_page_part_free)

G_END_DECLS
