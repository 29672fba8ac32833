/* SPDX-License-Identifier: Apache-2.0 */

/* The envelope of one operation, written once as one line of JSON (sync/PROTOCOL.md): the exact
 * bytes that are sealed, sent and hashed. This is the only place that encodes one; sync/wire reads
 * it. */

#pragma once

#include "base/cb-json.h"

G_BEGIN_DECLS

#define CB_OPERATION_SCHEMA 1
#define CB_OPERATION_MAX 65536

typedef struct
{
  const char *id;
  const char *key; /* "note/<id>" */
  const char *customer;
  const char *kind;
  const char *act;
  const char *base;    /* the version edited, or NULL */
  const char *scope;   /* or NULL */
  const char *purpose; /* of the basis, or NULL */
  const char *grant;   /* of the basis, or NULL */
  const char *by;      /* staff id, or "system" */
  gint64 seq;
  gint64 wall_us;
  gint64 monotonic_us; /* in the run of the machine that boot_id names: so the service can say by
                        * how much a wall clock was wrong */
  const char *boot_id;
  JsonObject *body; /* borrowed */
} CbOperation;

/* CB_STORE_ERROR_INVALID when the line would be longer than CB_OPERATION_MAX. The bytes wipe
 * themselves when freed. */
GBytes *cb_operation_encode (const CbOperation *operation, GError **error);

/* The zone that this machine stands in, by its name. */
const char *cb_operation_get_time_zone (void);

/* "2026-11-21T19:04:05.123Z" */
char *cb_operation_format_time (gint64 wall_us);

G_END_DECLS
