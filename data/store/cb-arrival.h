/* SPDX-License-Identifier: Apache-2.0 */

/* What the service tells a terminal of one customer that came from another: the yeses that stand
 * and the records, whole. Personal; immutable once it is handed over, and then one thread's at a
 * time. */

#pragma once

#include "base/cb-id.h"
#include "base/cb-json.h"

G_BEGIN_DECLS

typedef struct
{
  char op[CB_ID_LENGTH + 1]; /* the yes */
  char *purpose;             /* "asked", "shop", "everywhere" */
  char *saw;                 /* the withdrawal it saw, or NULL */
  gint64 at_us;
  JsonObject *evidence;
} CbArrivedYes;

typedef struct
{
  char id[CB_ID_LENGTH + 1];
  char *kind;  /* "customer", "note", "preference", "request" */
  char *scope; /* "request", "store", "company" */
  char version[CB_ID_LENGTH + 1];
  gint64 n;
  char *by;
  gint64 at_us;
  JsonObject *body;
} CbArrivedRecord;

typedef struct
{
  char customer[CB_ID_LENGTH + 1];
  GPtrArray *yeses;   /* of CbArrivedYes */
  GPtrArray *records; /* of CbArrivedRecord, the card first */
} CbArrival;

CbArrival *cb_arrival_new (const char *customer);
void cb_arrival_free (CbArrival *self);

/* Take the object. */
void cb_arrival_add_yes (CbArrival *self,
                         const char *op,
                         const char *purpose,
                         const char *saw,
                         gint64 at_us,
                         JsonObject *evidence);
CbArrivedRecord *cb_arrival_add_record (CbArrival *self,
                                        const char *kind,
                                        const char *id,
                                        JsonObject *body);

G_END_DECLS
