/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "consent/cb-verdict.h"

static const struct
{
  const char *id;
  const char *reason;
} verdicts[] = {
  [CB_VERDICT_ALLOWED] = { "allowed", "the customer agreed" },
  [CB_VERDICT_NOT_ASKED] = { "not-asked", "the customer has not been asked" },
  [CB_VERDICT_LATER] = { "later", "the customer was asked and put the answer off" },
  [CB_VERDICT_REFUSED] = { "refused", "the customer said no" },
  [CB_VERDICT_WITHDRAWN] = { "withdrawn", "the customer took the agreement back" },
  [CB_VERDICT_EXPIRED] = { "expired", "the agreement has run out" },
  [CB_VERDICT_OUTDATED] = { "outdated", "the notice has changed since the customer agreed" },
  [CB_VERDICT_UNCONFIRMED] = { "unconfirmed", "the owner of the address has not confirmed it" },
  [CB_VERDICT_NO_ADDRESS] = { "no-address", "nothing is on file for this channel" },
  [CB_VERDICT_NO_CHANNEL] = { "no-channel", "this purpose permits no contact" },
  [CB_VERDICT_RESTRICTED] = { "restricted", "the record is restricted" },
  [CB_VERDICT_SUPPRESSED] = { "suppressed",
                              "the address or number is on the list of those not to be contacted" },
  [CB_VERDICT_PAUSED] = { "paused", "the customer paused it" },
  [CB_VERDICT_UNMET] = { "unmet", "the customer agreed for an occasion that this is not" },
  [CB_VERDICT_TOO_OFTEN] = { "too-often", "it was as often as the customer agreed to already" },
  [CB_VERDICT_QUIET] = { "quiet", "these are hours at which the customer is not to be disturbed" },
};

const char *
cb_verdict_to_id (CbVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (verdicts), NULL);

  return verdicts[verdict].id;
}

gboolean
cb_verdict_from_id (const char *id, CbVerdict *verdict)
{
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      if (g_strcmp0 (verdicts[i].id, id) == 0)
        {
          *verdict = (CbVerdict) i;
          return TRUE;
        }
    }
  return FALSE;
}

const char *
cb_verdict_get_reason (CbVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (verdicts), NULL);

  return verdicts[verdict].reason;
}

gboolean
cb_verdict_may_be_asked (CbVerdict verdict)
{
  switch (verdict)
    {
    case CB_VERDICT_NOT_ASKED:
    case CB_VERDICT_LATER:
    case CB_VERDICT_EXPIRED:
    case CB_VERDICT_OUTDATED:
      return TRUE;
    case CB_VERDICT_ALLOWED:
    case CB_VERDICT_REFUSED:
    case CB_VERDICT_WITHDRAWN:
    case CB_VERDICT_UNCONFIRMED:
    case CB_VERDICT_NO_ADDRESS:
    case CB_VERDICT_NO_CHANNEL:
    case CB_VERDICT_RESTRICTED:
    case CB_VERDICT_SUPPRESSED:
    case CB_VERDICT_PAUSED:
    case CB_VERDICT_UNMET:
    case CB_VERDICT_TOO_OFTEN:
    case CB_VERDICT_QUIET:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}
