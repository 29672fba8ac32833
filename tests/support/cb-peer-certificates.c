/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-peer.h"

#include <glib/gstdio.h>

static const char SCRIPT[] =
  "set -e\n"
  "new='openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
  "for ca in ca other; do\n"
  "  $new -x509 -days 2 -keyout $ca.key -out $ca.pem -subj /CN=Test-authority-$ca\n"
  "done\n"
  "sign () { $new -keyout $1.key -out $1.csr -subj /CN=$2\n"
  "  printf 'subjectAltName=%s\\n' \"$3\" > $1.ext\n"
  "  openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -days 2 -out $1.crt -extfile $1.ext\n"
  "  cat $1.crt $1.key > $1.pem; }\n"
  "sign server localhost DNS:localhost,IP:127.0.0.1\n"
  "sign stranger elsewhere.invalid DNS:elsewhere.invalid\n"
  "pin () { openssl x509 -in $1 -pubkey -noout | openssl pkey -pubin -outform der |\n"
  "  openssl dgst -sha256 -binary | openssl enc -base64; }\n"
  "pin server.crt > server.pin\n"
  "pin other.pem > other.pin\n";

static char *
read_text (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

static char *
read_pin (const char *folder, const char *name)
{
  g_autofree char *text = read_text (folder, name);

  return g_strconcat ("sha256//", g_strstrip (text), NULL);
}

static GTlsCertificate *
read_certificate (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);

  return certificate;
}

CbPeerCertificates *
cb_peer_certificates_new (void)
{
  const char *const arguments[] = { "/bin/sh", "-c", SCRIPT, NULL };
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  g_autoptr (GError) error = NULL;
  CbPeerCertificates *self = NULL;
  int status = 0;

  g_assert_nonnull (openssl);

  self = g_new0 (CbPeerCertificates, 1);
  self->folder = g_dir_make_tmp ("cb-peer-XXXXXX", &error);
  g_assert_no_error (error);

  g_spawn_sync (self->folder, (char **) arguments, NULL,
                G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);

  self->ca_pem = read_text (self->folder, "ca.pem");
  self->other_ca_pem = read_text (self->folder, "other.pem");
  self->server_file = g_build_filename (self->folder, "server.pem", NULL);
  self->server_pin = read_pin (self->folder, "server.pin");
  self->wrong_pin = read_pin (self->folder, "other.pin");
  self->server = read_certificate (self->folder, "server.pem");
  self->stranger = read_certificate (self->folder, "stranger.pem");

  return self;
}

void
cb_peer_certificates_free (CbPeerCertificates *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *name = NULL;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);

  g_free (self->folder);
  g_free (self->ca_pem);
  g_free (self->other_ca_pem);
  g_free (self->server_file);
  g_free (self->server_pin);
  g_free (self->wrong_pin);
  g_clear_object (&self->server);
  g_clear_object (&self->stranger);
  g_free (self);
}
