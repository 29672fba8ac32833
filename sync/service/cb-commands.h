/* SPDX-License-Identifier: Apache-2.0 */

/* What counterbook-profiled does, one function a command; each opens the database for itself, so
 * that all run beside a live service. They answer the exit code and say why on standard error. */

#pragma once

#include "service/cb-keys.h"
#include "service/cb-place.h"

#include <gio/gio.h>

G_BEGIN_DECLS

enum
{
  CB_EXIT_DONE = 0,
  CB_EXIT_FAILED = 1,
  CB_EXIT_USAGE = 2,
};

/* Runs until SIGTERM or SIGINT. `certificate` may be NULL. */
int cb_command_serve (const CbPlace *place, GSocketAddress *address, GTlsCertificate *certificate);
int cb_command_enrol (const CbPlace *place, const char *store);
int cb_command_revoke (const CbPlace *place, const char *terminal, gboolean wants_wipe);
/* A line a terminal: id, shop, whether it is shut out, how far it has heard of how much, since
 * when. */
int cb_command_terminals (const CbPlace *place);

/* A key of another system, which stands alone on standard output and nowhere else; a line a key:
 * id, name, scopes, whether it holds, since when; and the end of one, at once. */
int cb_command_key_add (const CbPlace *place, const char *name, CbScopes scopes);
int cb_command_keys (const CbPlace *place);
int cb_command_key_revoke (const CbPlace *place, const char *id);

/* On a customer's word at the centre; terminals carry it out as they hear of it. */
int cb_command_erase (const CbPlace *place, const char *customer);
int cb_command_withdraw (const CbPlace *place,
                         const char *customer,
                         const char *purpose,
                         const char *channel);
/* The database was put back from a back-up: from now on it is another history, and terminals offer
 * what it lost. */
int cb_command_restored (const CbPlace *place);

int cb_command_dump (const CbPlace *place);
int cb_command_check (const CbPlace *place);

/* The commands' files among themselves. */
CbService *cb_command_open (const CbPlace *place, gboolean create, GError **error);
int cb_command_fail (const GError *error);

G_END_DECLS
