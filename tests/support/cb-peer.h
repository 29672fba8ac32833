/* SPDX-License-Identifier: Apache-2.0 */

/* A scripted HTTP peer on loopback, in threads of its own: it answers each request with the next
 * reply of its script, in whatever broken way that says, and remembers what it was asked. With a
 * certificate it speaks TLS. For tests alone. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All zero but `status` is a plain, whole, prompt reply without a body. */
typedef struct
{
  const char *status;  /* "200 OK"; NULL: `body` is sent raw, status line and all */
  const char *headers; /* lines ending in \r\n, or NULL; Content-Length is added */
  const char *body;    /* may be NULL */
  gsize length;        /* of the body; 0: up to its NUL */
  gsize cut_after;     /* close after so many bytes of the reply, headers counted; 0: send all */
  guint delay_ms;      /* before the first byte */
  guint drip_ms;       /* between two bytes */
  gboolean reset;      /* end with a reset instead of a close */
  gboolean close;      /* end the connection after the reply */
} CbPeerReply;

typedef struct
{
  char *method;
  char *path;
  char *headers; /* all lines as they came */
  GBytes *body;
} CbPeerRequest;

typedef struct _CbPeer CbPeer;

/* `certificate` NULL: plain HTTP. */
CbPeer *cb_peer_new (GTlsCertificate *certificate);
void cb_peer_free (CbPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPeer, cb_peer_free)

/* "http://127.0.0.1:PORT" or "https://localhost:PORT". */
const char *cb_peer_get_url (CbPeer *self);
guint16 cb_peer_get_port (CbPeer *self);

/* The texts are copied. When the script is at its end, its last reply is given again. */
void cb_peer_script (CbPeer *self, const CbPeerReply *reply);

/* Instead of a script: decides each reply as the request comes, in a thread of the peer's, one at a
 * time. The texts it leaves in `reply` must live until the next call. */
typedef void (*CbPeerTeller) (const CbPeerRequest *request, CbPeerReply *reply, gpointer data);
void cb_peer_set_teller (CbPeer *self, CbPeerTeller teller, gpointer data);

guint cb_peer_count_requests (CbPeer *self);
guint cb_peer_count_connections (CbPeer *self);

/* Borrowed until the peer is freed. */
const CbPeerRequest *cb_peer_get_request (CbPeer *self, guint index);

/* The value of a header of the request, or NULL. */
char *cb_peer_request_dup_header (const CbPeerRequest *request, const char *name);

/* A port on which nobody listens. */
guint16 cb_peer_find_dead_port (void);

/* --- certificates, made by openssl in a folder of the test's own --- */

typedef struct
{
  char *folder;
  char *ca_pem;       /* signed the server's */
  char *other_ca_pem; /* signed nothing here */
  char *server_file;  /* certificate and key, for "localhost" and 127.0.0.1 */
  char *server_pin;   /* "sha256//…" */
  char *wrong_pin;
  GTlsCertificate *server;
  GTlsCertificate *stranger; /* for another host name, signed by the same authority */
} CbPeerCertificates;

/* Made anew by openssl, one of the packages that the tests install. */
CbPeerCertificates *cb_peer_certificates_new (void);
void cb_peer_certificates_free (CbPeerCertificates *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPeerCertificates, cb_peer_certificates_free)

G_END_DECLS
