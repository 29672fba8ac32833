/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-codes.h"

#include <string.h>

#define WORD_LENGTH 32

typedef struct
{
  const char *id;
  const char *scope;
  gboolean has_channels;
  gboolean has_notice;
  const char *methods[6];
  const char *carries[3];
} Purpose;

/* The methods of `asked` are all there are: whatever the customer says in asking for it will do. */
static const Purpose purposes[] = {
  { "asked",
    "request",
    FALSE,
    FALSE,
    { "request", "tapped", "signed", "spoken", "own-phone", NULL },
    { "request", NULL } },
  { "shop",
    "store",
    FALSE,
    TRUE,
    { "tapped", "signed", "spoken", "own-phone", NULL },
    { "store", NULL } },
  { "everywhere",
    "company",
    FALSE,
    TRUE,
    { "tapped", "signed", "own-phone", NULL },
    { "store", "company", NULL } },
  { "news", "outreach", TRUE, TRUE, { "tapped", "signed", "own-phone", NULL }, { NULL } },
  { "invitations", "outreach", TRUE, TRUE, { "tapped", "signed", "own-phone", NULL }, { NULL } },
};

static const char *const channels[] = { "email", "sms", "phone", "post", "messenger", NULL };

static const Purpose *
find_purpose (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    if (g_strcmp0 (purposes[i].id, id) == 0)
      return &purposes[i];
  return NULL;
}

/* g_strv_contains() does not take NULL for the word. */
static gboolean
contains (const char *const *words, const char *word)
{
  return word != NULL && g_strv_contains (words, word);
}

const char *
cb_codes_purpose_scope (const char *purpose)
{
  const Purpose *found = find_purpose (purpose);

  return found != NULL ? found->scope : NULL;
}

gboolean
cb_codes_purpose_takes_channel (const char *purpose, const char *channel)
{
  const Purpose *found = find_purpose (purpose);

  if (found == NULL)
    return FALSE;
  if (g_strcmp0 (channel, CB_CHANNEL_ANY) == 0)
    return TRUE;
  return found->has_channels && contains (channels, channel);
}

gboolean
cb_codes_purpose_takes_method (const char *purpose, const char *method)
{
  const Purpose *found = find_purpose (purpose);

  return found != NULL && contains (found->methods, method);
}

gboolean
cb_codes_guardian_takes_method (const char *method)
{
  static const char *const methods[] = { "tapped", "signed", "own-phone", NULL };

  return contains (methods, method);
}

gboolean
cb_codes_is_method (const char *method)
{
  return cb_codes_purpose_takes_method ("asked", method);
}

gboolean
cb_codes_purpose_has_notice (const char *purpose)
{
  const Purpose *found = find_purpose (purpose);

  return found != NULL && found->has_notice;
}

gboolean
cb_codes_purpose_carries (const char *purpose, const char *scope)
{
  const Purpose *found = find_purpose (purpose);

  return found != NULL && contains (found->carries, scope);
}

gboolean
cb_codes_purpose_carries_records (const char *purpose)
{
  const Purpose *found = find_purpose (purpose);

  return found != NULL && found->carries[0] != NULL;
}

gboolean
cb_codes_is_word (const char *text)
{
  const gsize length = strlen (text);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_islower (text[i]) && !g_ascii_isdigit (text[i]) && text[i] != '-')
      return FALSE;
  return length > 0 && length <= WORD_LENGTH;
}

char *
cb_codes_token_message (const char *terminal, const char *nonce)
{
  return g_strconcat ("counterbook-token-v1\n", terminal, "\n", nonce, NULL);
}
