/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-transport-error.h"

#include "wire/cb-codes.h"

G_DEFINE_QUARK (cb_transport_error_quark, cb_transport_error)

typedef struct
{
  guint status;
  /* A proxy or a portal may send this status for reasons of its own. Unless the service itself sent
   * it, nothing about our data or our standing may be concluded from it. */
  gboolean only_genuine;
  CbTransportError error;
} StatusMeaning;

static const StatusMeaning meanings[] = {
  { 400, TRUE, CB_TRANSPORT_ERROR_POISON },     { 401, TRUE, CB_TRANSPORT_ERROR_AUTH },
  { 403, TRUE, CB_TRANSPORT_ERROR_CONFIG },     { 404, TRUE, CB_TRANSPORT_ERROR_CONFIG },
  { 405, TRUE, CB_TRANSPORT_ERROR_CONFIG },     { 408, FALSE, CB_TRANSPORT_ERROR_TIMED_OUT },
  { 409, TRUE, CB_TRANSPORT_ERROR_CONFIG },     { 410, TRUE, CB_TRANSPORT_ERROR_CURSOR },
  { 413, FALSE, CB_TRANSPORT_ERROR_TOO_LARGE }, { 415, TRUE, CB_TRANSPORT_ERROR_ENCODING },
  { 422, TRUE, CB_TRANSPORT_ERROR_POISON },     { 426, TRUE, CB_TRANSPORT_ERROR_OUTDATED },
  { 429, FALSE, CB_TRANSPORT_ERROR_BUSY },      { 500, FALSE, CB_TRANSPORT_ERROR_FAULT },
  { 502, FALSE, CB_TRANSPORT_ERROR_UNREACHED }, { 503, FALSE, CB_TRANSPORT_ERROR_BUSY },
  { 504, FALSE, CB_TRANSPORT_ERROR_TIMED_OUT }, { 507, FALSE, CB_TRANSPORT_ERROR_FULL },
  { 511, FALSE, CB_TRANSPORT_ERROR_PORTAL },
};

static CbTransportError
meaning_of_unlisted (guint status, gboolean is_genuine)
{
  if (status >= 500)
    return CB_TRANSPORT_ERROR_UNREACHED;

  return is_genuine && status >= 400 ? CB_TRANSPORT_ERROR_CONFIG : CB_TRANSPORT_ERROR_PORTAL;
}

gboolean
cb_transport_error_from_status (guint status,
                                gboolean is_genuine,
                                const char *code,
                                CbTransportError *error)
{
  if ((status == 200 || status == 201) && is_genuine)
    return FALSE;

  *error = meaning_of_unlisted (status, is_genuine);

  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].status == status && (is_genuine || !meanings[i].only_genuine))
      *error = meanings[i].error;

  if (status == 403 && is_genuine && g_strcmp0 (code, CB_CODE_REVOKED) == 0)
    *error = CB_TRANSPORT_ERROR_REVOKED;

  /* The records are not to blame for what the network made of them. */
  if (status == 400 && is_genuine && g_strcmp0 (code, CB_CODE_DIGEST) == 0)
    *error = CB_TRANSPORT_ERROR_UNREACHED;

  return TRUE;
}
