/* SPDX-License-Identifier: Apache-2.0 */

/* Which change numbers somebody knows: a few spans of them, in order and apart. What does not fit
 * is left out, so that the set never says more than was put into it. A plain value; no thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_SPANS_MAX 32

typedef struct
{
  gint64 from;
  gint64 to; /* inclusive */
} CbSpan;

typedef struct
{
  CbSpan spans[CB_SPANS_MAX];
  guint n_spans;
} CbSpans;

/* `n` is positive. Where there is no room the shortest span goes. */
void cb_spans_add (CbSpans *self, gint64 n);
gboolean cb_spans_contain (const CbSpans *self, gint64 n);

/* Forgets everything up to `n`. */
void cb_spans_forget (CbSpans *self, gint64 n);

/* "6-8,12-20", "" for none; free it. Reading refuses what cb_spans_format() does not write: spans
 * that touch or are out of order, and more of them than there is room for. */
char *cb_spans_format (const CbSpans *self);
gboolean cb_spans_parse (CbSpans *self, const char *text);

/* "[[6,8],[12,20]]", as a database takes it; free it. */
char *cb_spans_to_json (const CbSpans *self);

G_END_DECLS
