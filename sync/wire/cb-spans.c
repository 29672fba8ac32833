/* SPDX-License-Identifier: Apache-2.0 */

#include "wire/cb-spans.h"

#include <string.h>

/* The first span that ends at `n` or behind it. */
static guint
find (const CbSpans *self, gint64 n)
{
  guint at = 0;

  while (at < self->n_spans && self->spans[at].to < n)
    at++;
  return at;
}

static void
take_out (CbSpans *self, guint at)
{
  self->n_spans--;
  memmove (self->spans + at, self->spans + at + 1, (self->n_spans - at) * sizeof (CbSpan));
}

static guint
find_shortest (const CbSpans *self)
{
  guint shortest = 0;

  for (guint i = 1; i < self->n_spans; i++)
    if (self->spans[i].to - self->spans[i].from <
        self->spans[shortest].to - self->spans[shortest].from)
      shortest = i;
  return shortest;
}

static void
put_in (CbSpans *self, gint64 n)
{
  guint at = 0;

  if (self->n_spans == CB_SPANS_MAX)
    take_out (self, find_shortest (self));
  at = find (self, n);
  memmove (self->spans + at + 1, self->spans + at, (self->n_spans - at) * sizeof (CbSpan));
  self->spans[at] = (CbSpan){ n, n };
  self->n_spans++;
}

void
cb_spans_add (CbSpans *self, gint64 n)
{
  const guint at = find (self, n);
  const gboolean ends_there = at > 0 && self->spans[at - 1].to == n - 1;
  const gboolean begins_there = at < self->n_spans && self->spans[at].from == n + 1;

  if (cb_spans_contain (self, n))
    return;
  if (ends_there)
    self->spans[at - 1].to = begins_there ? self->spans[at].to : n;
  if (ends_there && begins_there)
    take_out (self, at);
  else if (begins_there)
    self->spans[at].from = n;
  else if (!ends_there)
    put_in (self, n);
}

gboolean
cb_spans_contain (const CbSpans *self, gint64 n)
{
  const guint at = find (self, n);

  return at < self->n_spans && self->spans[at].from <= n;
}

void
cb_spans_forget (CbSpans *self, gint64 n)
{
  while (self->n_spans > 0 && self->spans[0].to <= n)
    take_out (self, 0);
  if (self->n_spans > 0)
    self->spans[0].from = MAX (self->spans[0].from, n + 1);
}

static char *
write_spans (const CbSpans *self, const char *before, const char *between, const char *behind)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n_spans; i++)
    g_string_append_printf (text, "%s%s%" G_GINT64_FORMAT "%s%" G_GINT64_FORMAT "%s",
                            i > 0 ? "," : "", before, self->spans[i].from, between,
                            self->spans[i].to, behind);
  return g_string_free (text, FALSE);
}

char *
cb_spans_format (const CbSpans *self)
{
  return write_spans (self, "", "-", "");
}

char *
cb_spans_to_json (const CbSpans *self)
{
  g_autofree char *list = write_spans (self, "[", ",", "]");

  return g_strdup_printf ("[%s]", list);
}

static gboolean
read_span (const char *text, CbSpan *span)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 3);
  guint64 from = 0;
  guint64 to = 0;

  if (g_strv_length (ends) != 2 ||
      !g_ascii_string_to_unsigned (ends[0], 10, 1, G_MAXINT64 - 1, &from, NULL) ||
      !g_ascii_string_to_unsigned (ends[1], 10, from, G_MAXINT64 - 1, &to, NULL))
    return FALSE;
  *span = (CbSpan){ (gint64) from, (gint64) to };
  return TRUE;
}

gboolean
cb_spans_parse (CbSpans *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", CB_SPANS_MAX + 2);
  CbSpans read = { .n_spans = 0 };

  if (g_strv_length (parts) > CB_SPANS_MAX)
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      CbSpan *span = &read.spans[read.n_spans];

      if (!read_span (parts[i], span) || (i > 0 && span->from <= span[-1].to + 1))
        return FALSE;
      read.n_spans++;
    }
  *self = read;
  return TRUE;
}
