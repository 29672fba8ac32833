/* SPDX-License-Identifier: Apache-2.0 */

/* The verdicts of the one function that decides every use (store/cb-book-consent.h). Everything but
 * CB_VERDICT_ALLOWED is a no; where nothing is known the answer is CB_VERDICT_NOT_ASKED. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_VERDICT_ALLOWED,
  CB_VERDICT_NOT_ASKED,
  CB_VERDICT_LATER,   /* asked, put off: neither yes nor no, treated as no */
  CB_VERDICT_REFUSED, /* a no; remembered, not asked again */
  CB_VERDICT_WITHDRAWN,
  CB_VERDICT_EXPIRED,
  CB_VERDICT_OUTDATED,    /* the notice changed in substance since */
  CB_VERDICT_UNCONFIRMED, /* a yes whose address its owner has not confirmed */
  CB_VERDICT_NO_ADDRESS,  /* nothing on file for that channel */
  CB_VERDICT_NO_CHANNEL,  /* this purpose permits no contact at all */
  CB_VERDICT_RESTRICTED,  /* the record is frozen */
  CB_VERDICT_SUPPRESSED,  /* the address is on the list of those not to be contacted; don't ask */
  /* A yes whose conditions are not met now, the strongest first: */
  CB_VERDICT_PAUSED,    /* not until a day is over */
  CB_VERDICT_UNMET,     /* only when something arrived, or they are near */
  CB_VERDICT_TOO_OFTEN, /* as often as was agreed already */
  CB_VERDICT_QUIET,     /* not at this hour of theirs */
} CbVerdict;

/* "allowed", "not-asked", … */
const char *cb_verdict_to_id (CbVerdict verdict);
gboolean cb_verdict_from_id (const char *id, CbVerdict *verdict);

/* One plain English sentence for logs and scripts; the screen has its own, translated. */
const char *cb_verdict_get_reason (CbVerdict verdict);

/* Whether the customer may be asked, where that is the verdict on a purpose: a no is remembered and
 * not asked again, and an answer that stands needs no other. */
gboolean cb_verdict_may_be_asked (CbVerdict verdict);

G_END_DECLS
