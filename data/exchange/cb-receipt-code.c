/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-receipt-code.h"

#include <string.h>

#include "base/cb-id.h"

#define BEFORE "COUNTERBOOK:"

/* Longer than any number of ours with a blank between any two of its digits. */
#define LONGEST 256

char *
cb_receipt_code_make (const char *receipt)
{
  g_autofree char *upper = NULL;

  g_return_val_if_fail (cb_id_is_valid (receipt), NULL);

  upper = g_ascii_strup (receipt, -1);
  return g_strconcat (BEFORE, upper, NULL);
}

char *
cb_receipt_code_parse (const char *text)
{
  g_autoptr (GString) number = NULL;

  while (g_ascii_isspace (*text))
    text++;
  if (g_ascii_strncasecmp (text, BEFORE, strlen (BEFORE)) == 0)
    text += strlen (BEFORE);
  if (strlen (text) > LONGEST)
    return NULL;
  number = g_string_new (NULL);
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isspace (*text) && *text != '-')
        g_string_append_c (number, g_ascii_tolower (*text));
    }
  if (!cb_id_is_valid (number->str))
    return NULL;
  return g_string_free (g_steal_pointer (&number), FALSE);
}
