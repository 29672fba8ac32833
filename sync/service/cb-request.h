/* SPDX-License-Identifier: Apache-2.0 */

/* One request between the network and the endpoints: who asks, what came, and the answer. */

#pragma once

#include <libsoup/soup.h>

#include "base/cb-json.h"
#include "service/cb-keys.h"
#include "service/cb-meter.h"
#include "service/cb-rate.h"
#include "service/cb-service.h"
#include "service/cb-waits.h"
#include "wire/cb-limits.h"

G_BEGIN_DECLS

/* libsoup has no names for them. */
#define CB_STATUS_UPGRADE_REQUIRED 426
#define CB_STATUS_TOO_MANY_REQUESTS 429

/* What is refused is still read up to here, for libsoup answers behind the body. */
#define CB_REQUEST_DRAIN_LIMIT (8 * CB_LIMIT_BYTES)

typedef enum
{
  CB_CALLER_ANYBODY,
  CB_CALLER_TERMINAL, /* by its token */
  CB_CALLER_SYSTEM,   /* another of the retailer's, by its key */
  CB_CALLER_OPERATOR, /* whoever is on this machine; from elsewhere by a key */
} CbCaller;

/* An endpoint answers exactly once, or has the request wait and is called again. */
typedef void (*CbEndpoint) (CbRequestContext *request);

typedef struct
{
  const char *method;
  const char *path; /* "{id}" stands for one id */
  const char *type; /* the body's; NULL when there is none */
  gsize limit;      /* of the body */
  CbCaller caller;
  CbScopes scope; /* that a system's key must have */
  gboolean may_be_packed;
  CbEndpoint endpoint;
} CbRoute;

struct _CbRequestContext
{
  CbService *service;
  SoupServerMessage *message; /* borrowed: the context is the message's */
  const CbRoute *route;       /* NULL when there is none */
  CbTerminalRow terminal;     /* who asks, where that is a terminal */
  CbKeyRow key;               /* or another system */
  CbRate *rate;               /* of such systems; borrowed */
  const CbMeter *meter;       /* borrowed */
  CbWaits *waits;             /* borrowed */
  char *id;                   /* from the path */
  GHashTable *query;          /* of texts, borrowed while the endpoint runs; NULL: none */
  GBytes *body;
  gsize received;
  guint n_ops;
  gint64 started_us;
  gboolean is_whole; /* all of its body was read */
  gboolean is_answered;
  gboolean is_over_limit;
  gboolean is_cut; /* the rest of the body is not waited for: the connection ends with the answer */
};

CbRequestContext *cb_request_context_new (CbService *service,
                                          CbRate *rate,
                                          const CbMeter *meter,
                                          CbWaits *waits,
                                          SoupServerMessage *message);
void cb_request_context_free (CbRequestContext *self);

/* What the head alone decides: the route, the protocol's version, sizes, types, who asks. FALSE
 * when it answered. */
gboolean cb_request_admit (CbRequestContext *self, const char *path);

/* Does who asks still may, after a while? It is no request more. FALSE when it answered. */
gboolean cb_request_admit_again (CbRequestContext *self);

/* The body as it was meant, unpacked. FALSE when it answered. */
gboolean cb_request_take_body (CbRequestContext *self, GBytes *body);

/* Takes the text. */
void cb_request_answer (CbRequestContext *self, guint status, const char *type, GString *text);
void cb_request_answer_json (CbRequestContext *self, guint status, JsonObject *object);

/* A word of the query, or NULL. */
const char *cb_request_get_query (CbRequestContext *self, const char *name);

/* The body as an object; NULL when it is none, and then it answered. Free it. */
JsonObject *cb_request_parse_body (CbRequestContext *self);

/* {"code","message"}; the message is for whoever reads logs. */
void cb_request_fail (CbRequestContext *self, guint status, const char *code, const char *message);

/* Who proved to be a terminal that is shut out; with what it is ordered to do, if anything. */
void cb_request_fail_revoked (CbRequestContext *self, const CbTerminalRow *terminal);

/* What went wrong in the service or with the batch, as a status. */
void cb_request_fail_with (CbRequestContext *self, const GError *error);

G_END_DECLS
