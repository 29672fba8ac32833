/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-engine-private.h"

#include "engine/cb-transport.h"
#include "engine/cb-wiped-buffer.h"

#include <sodium.h>

/* One enrolment on its way. */
typedef struct
{
  char *service_url;
  CbTrust *trust;
  GBytes *secret_key;
} Enrolling;

static void
enrolling_free (Enrolling *enrolling)
{
  g_free (enrolling->service_url);
  cb_trust_unref (enrolling->trust);
  g_clear_pointer (&enrolling->secret_key, g_bytes_unref);
  g_free (enrolling);
}

/* The secret half never leaves this terminal, and its bytes are wiped with their last reference. */
static GBytes *
make_key_pair (guint8 public_key[CB_PUBLIC_KEY_BYTES])
{
  g_auto (CbWipedBuffer) secret_key = { 0 };

  cb_wiped_buffer_reserve (&secret_key, CB_SECRET_KEY_BYTES);
  crypto_sign_keypair (public_key, secret_key.data);
  secret_key.length = CB_SECRET_KEY_BYTES;

  return cb_wiped_buffer_steal_bytes (&secret_key);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CbEngine *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!self->parts.outbox_port->save_enrolment_finish (source, result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  cb_engine_start_anew (self);
  g_task_return_boolean (task, TRUE);
}

static CbEnrolment *
make_enrolment (const Enrolling *enrolling, const CbEnrolled *enrolled)
{
  const CbEnrolmentFields fields = {
    .service_url = enrolling->service_url,
    .terminal_id = enrolled->terminal_id,
    .store_name = enrolled->store_name,
    .ca_pem = enrolling->trust->ca_pem,
    .pins = enrolling->trust->pins,
    .secret_key = enrolling->secret_key,
    .chain_key = enrolled->chain_key,
    .order_key = enrolled->order_key,
  };

  return cb_enrolment_new (&fields);
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CbEngine *self = g_task_get_source_object (task);
  g_autoptr (CbReply) reply = NULL;
  g_autoptr (CbEnrolled) enrolled = NULL;
  g_autoptr (CbEnrolment) enrolment = NULL;
  g_autoptr (GError) error = NULL;

  if (self->parts.send_port->send_finish (source, result, &reply, &error))
    enrolled = cb_calls_read_enrolled (reply->body, &error);

  if (enrolled == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  enrolment = make_enrolment (g_task_get_task_data (task), enrolled);
  self->parts.outbox_port->save_enrolment_async (self->parts.outbox, enrolment, on_saved,
                                                 g_steal_pointer (&task));
}

void
cb_engine_enrol_async (CbEngine *self,
                       const char *service_url,
                       const char *code,
                       const char *ca_pem,
                       const char *pins,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbRequest) request = NULL;
  g_autofree char *checked = NULL;
  Enrolling *enrolling = NULL;
  guint8 public_key[CB_PUBLIC_KEY_BYTES] = { 0 };

  g_return_if_fail (CB_IS_ENGINE (self));
  g_return_if_fail (service_url != NULL && code != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_engine_enrol_async);

  checked = cb_transport_check_url (service_url, &error);
  if (checked == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  enrolling = g_new0 (Enrolling, 1);
  enrolling->service_url = g_steal_pointer (&checked);
  enrolling->trust = cb_trust_new (ca_pem, pins);
  enrolling->secret_key = make_key_pair (public_key);
  g_task_set_task_data (task, enrolling, (GDestroyNotify) enrolling_free);

  /* Once the service has used the code, nothing is cancelled any more. */
  g_task_set_check_cancellable (task, FALSE);

  request = cb_calls_enrol (enrolling->service_url, enrolling->trust, code, public_key);
  self->parts.send_port->send_async (self->parts.sender, request, cancellable, on_enrolled,
                                     g_steal_pointer (&task));
}

gboolean
cb_engine_enrol_finish (CbEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
