/* SPDX-License-Identifier: Apache-2.0 */

/* What a request's failure means for the one who sent it. The engine asks one question of it: try
 * later, try after proving anew who we are, or is it the batch itself? The further codes are
 * answers to the same question that wait differently. Nobody outside cb-transport.c and this file
 * knows an HTTP status or a code of libcurl. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_TRANSPORT_ERROR (cb_transport_error_quark ())

typedef enum
{
  /* Later. */
  CB_TRANSPORT_ERROR_UNREACHED, /* no connection, cut, reset: the outcome is unknown */
  CB_TRANSPORT_ERROR_TIMED_OUT, /* the same, and a smaller batch may help */
  CB_TRANSPORT_ERROR_BUSY,      /* the service asks to wait */
  CB_TRANSPORT_ERROR_PORTAL,    /* something that is not the service answered */
  CB_TRANSPORT_ERROR_UNTRUSTED, /* TLS could not be verified: never hasten, never fall back */
  CB_TRANSPORT_ERROR_CONFIG,    /* the service does not offer what was asked, or not to us */
  CB_TRANSPORT_ERROR_FAULT,     /* the service stumbled */
  CB_TRANSPORT_ERROR_FULL,      /* the service has no room */
  CB_TRANSPORT_ERROR_OUTDATED,  /* this program is too old or too new for the service */
  CB_TRANSPORT_ERROR_REVOKED,   /* this terminal is shut out; stop */
  CB_TRANSPORT_ERROR_CURSOR,    /* the service's history is another than the cursor's */
  /* After authenticating. */
  CB_TRANSPORT_ERROR_AUTH,
  /* It is the batch. */
  CB_TRANSPORT_ERROR_POISON,    /* something in it makes the whole batch unreadable */
  CB_TRANSPORT_ERROR_TOO_LARGE, /* send less at a time */
  CB_TRANSPORT_ERROR_ENCODING,  /* send it uncompressed */
  /* Before anything was sent. */
  CB_TRANSPORT_ERROR_BAD_URL,
} CbTransportError;

GQuark cb_transport_error_quark (void);

/* The meaning of a whole reply's status. `is_genuine`: it carries the service's epoch, so it comes
 * from the service and not from something on the way; `code` is the service's own word or NULL.
 * FALSE: the status is a success. */
gboolean cb_transport_error_from_status (guint status,
                                         gboolean is_genuine,
                                         const char *code,
                                         CbTransportError *error);

G_END_DECLS
