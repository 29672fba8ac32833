/* SPDX-License-Identifier: Apache-2.0 */

/* The requests a terminal makes and what their replies say, as pure functions: addresses, headers
 * and bodies one way, checked values the other. Replies are read strictly;
 * CB_PROTOCOL_ERROR_INVALID when they are not what the contract says. Code, token and key pass
 * through here and are wiped. */

#pragma once

#include "engine/cb-exchange.h"
#include "engine/cb-settling.h"
#include "store/cb-outbox.h"
#include "wire/cb-spans.h"

G_BEGIN_DECLS

/* --- becoming a terminal: POST /v1/terminals --- */

typedef struct
{
  char *terminal_id;
  char *store_name;
  GBytes *chain_key; /* 32 bytes */
  GBytes *order_key; /* likewise, or NULL: a service that gives no orders */
} CbEnrolled;

void cb_enrolled_free (CbEnrolled *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbEnrolled, cb_enrolled_free)

#define CB_PUBLIC_KEY_BYTES 32
#define CB_SECRET_KEY_BYTES 64

CbRequest *cb_calls_enrol (const char *service_url,
                           CbTrust *trust,
                           const char *code,
                           const guint8 public_key[CB_PUBLIC_KEY_BYTES]);
CbEnrolled *cb_calls_read_enrolled (GBytes *reply, GError **error);

/* --- proving it: POST /v1/terminals/{id}/token, twice --- */

CbRequest *cb_calls_ask_nonce (const CbEnrolmentFields *enrolment, CbTrust *trust);
char *cb_calls_read_nonce (GBytes *reply, GError **error);

CbRequest *cb_calls_ask_token (const CbEnrolmentFields *enrolment,
                               CbTrust *trust,
                               const char *nonce);

/* The token, to be freed with cb_wiped_free(), and how long it lasts. */
char *cb_calls_read_token (GBytes *reply, gint64 *lasts_us, GError **error);

/* --- what may be sent: GET /v1/sync/config --- */

typedef struct
{
  guint max_ops;
  gsize max_bytes;
  gboolean speaks_our_schema;
  gint64 time_us; /* the service's clock; 0 when it says nothing readable */
  gint64 poll_us; /* how often to ask what was decided elsewhere; 0: the service tells nothing */
  guint wait_s;   /* how long it holds an answer back until there is something; 0: it does not */
} CbServiceLimits;

CbRequest *cb_calls_ask_limits (const CbEnrolmentFields *enrolment,
                                CbTrust *trust,
                                const char *token);
gboolean cb_calls_read_limits (GBytes *reply, CbServiceLimits *limits, GError **error);

/* --- what was decided elsewhere: GET /v1/sync/changes, read by cb_changes_page_parse() --- */

/* `cursor` is "" for everything from the beginning. */
CbRequest *cb_calls_ask_changes (const CbEnrolmentFields *enrolment,
                                 CbTrust *trust,
                                 const char *token,
                                 const char *cursor);

/* The same, and an answer is held back for `wait_s` seconds while there is nothing to tell: nothing
 * there, nor among the records, of which `own` are this terminal's. */
CbRequest *cb_calls_await_changes (const CbEnrolmentFields *enrolment,
                                   CbTrust *trust,
                                   const char *token,
                                   const char *cursor,
                                   const CbSpans *own,
                                   guint wait_s);

/* What other terminals put: GET /v1/sync/records, read by cb_records_page_parse(); likewise. of
 * what this terminal sent itself, `own` need not be told. */
CbRequest *cb_calls_ask_records (const CbEnrolmentFields *enrolment,
                                 CbTrust *trust,
                                 const char *token,
                                 const char *cursor,
                                 const CbSpans *own);

/* --- sending: POST /v1/sync/push --- */

/* Bytes of the window's lines as they count against a limit, newlines included. */
gsize cb_calls_window_bytes (const CbWindow *window);

CbRequest *cb_calls_push (const CbEnrolmentFields *enrolment,
                          CbTrust *trust,
                          const char *token,
                          const CbWindow *window,
                          gboolean compress);

G_END_DECLS
