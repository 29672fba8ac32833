/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-incoming.h"

static CbIncoming *
new_incoming (CbIncomingSort sort, gint64 n, const char *customer)
{
  CbIncoming *incoming = g_new0 (CbIncoming, 1);

  incoming->sort = sort;
  incoming->n = n;
  g_strlcpy (incoming->customer, customer, sizeof incoming->customer);
  return incoming;
}

CbIncoming *
cb_incoming_new_erased (gint64 n, const char *customer)
{
  return new_incoming (CB_INCOMING_ERASED, n, customer);
}

CbIncoming *
cb_incoming_new_withdrawn (gint64 n,
                           const char *customer,
                           const char *purpose,
                           const char *channel,
                           const char *withdrawal)
{
  CbIncoming *incoming = new_incoming (CB_INCOMING_WITHDRAWN, n, customer);

  incoming->purpose = g_strdup (purpose);
  incoming->channel = g_strdup (channel);
  g_strlcpy (incoming->withdrawal, withdrawal, sizeof incoming->withdrawal);
  return incoming;
}

void
cb_incoming_free (CbIncoming *incoming)
{
  g_free (incoming->purpose);
  g_free (incoming->channel);
  g_free (incoming);
}
