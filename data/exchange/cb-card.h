/* SPDX-License-Identifier: Apache-2.0 */

/* What one entry of an old book says of one person, as it is gathered from properties or cells, and
 * the customer that is made of it. Texts are cleaned on the way in: one line, no control
 * characters, within the limits of a draft. */

#pragma once

#include "records/cb-drafts.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 line; /* where it begins */
  char *given;
  char *family;
  char *additional;
  char *full;
  char *nickname;
  char *organisation;
  char *language;
  gboolean is_company;
  gboolean has_first_email; /* the preferred one stands first; the first that says so */
  gboolean has_first_phone;
  guint language_rank; /* of the language; 0: none yet */
  GPtrArray *emails;
  GPtrArray *phones;
  GPtrArray *late_phones; /* fax and pager: nobody is reached there by talking */
} CbCard;

CbCard *cb_card_new (guint64 line);
void cb_card_free (CbCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbCard, cb_card_free)

/* Sets a text unless it has one already; takes it cleaned. Empty text sets nothing. */
void cb_card_set (char **field, const char *text);

/* Several addresses in one field are several; "mailto:" and "Name <address>" are the address. */
void cb_card_add_email (CbCard *card, const char *text, gboolean is_first);
void cb_card_add_phone (CbCard *card, const char *text, gboolean is_first, gboolean is_late);

/* A tag such as "de" or "fr-CH"; anything else is not a language. The lowest rank wins. */
void cb_card_set_language (CbCard *card, const char *text, guint rank);

/* NULL when it names nobody and gives no way to reach them. */
CbCustomerDraft *cb_card_make_draft (CbCard *card);

G_END_DECLS
