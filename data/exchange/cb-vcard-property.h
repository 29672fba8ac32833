/* SPDX-License-Identifier: Apache-2.0 */

/* One unfolded line of a card: [group.]NAME[;parameters]:value, in the dialects of 2.1, 3.0 and
 * 4.0, where a parameter may be bare, quoted or broken. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;        /* in upper case, without its group */
  char *charset;     /* as spelt, or NULL */
  const char *value; /* into the line */
  gsize length;
  gboolean is_quoted_printable;
  gboolean is_base64;
  gboolean is_late; /* fax, pager */
  guint preference; /* 1 is first; 100 when it does not say */
} CbVcardProperty;

/* FALSE when the line is no property. Clear it after use. */
gboolean cb_vcard_property_parse (CbVcardProperty *self, const char *line, gsize length);
void cb_vcard_property_clear (CbVcardProperty *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbVcardProperty, cb_vcard_property_clear)

/* Where the value begins, behind the first colon that is not in quotation marks; 0 for none. */
gsize cb_vcard_find_value (const char *line, gsize length);

/* The value whole, decoded and unescaped. cb_text_wipe() it. */
char *cb_vcard_property_dup_text (const CbVcardProperty *self);

/* One component of a value that has several, counted from 0; NULL when there are not so many. */
char *cb_vcard_property_dup_part (const CbVcardProperty *self, guint number);

G_END_DECLS
