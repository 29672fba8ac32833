/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-engine-private.h"

#include "engine/cb-wiped-buffer.h"
#include "wire/cb-codes.h"

#define MINUTES(n) (G_GINT64_CONSTANT (60) * (n) *G_USEC_PER_SEC)

/* So often the same batch makes the service stumble before it is searched. */
#define FAULTS_BEFORE_SEARCH 3
/* So many operations in a row may be parked before the fault is sought elsewhere. */
#define POISONED_BEFORE_DOUBT 3
/* After a time-out, halving below this gains nothing. */
#define SMALLEST_BUDGET 1024
/* What was once too large is tried again after so long: a service or a proxy may have been mended.
 */
#define CEILING_LASTS_US MINUTES (60)

typedef struct
{
  CbContact contact;
  gint64 pause_us; /* 0: the growing wait */
  gboolean is_order;
} Response;

static const Response responses[] = {
  [CB_TRANSPORT_ERROR_UNREACHED] = { CB_CONTACT_UNREACHABLE, 0, FALSE },
  [CB_TRANSPORT_ERROR_TIMED_OUT] = { CB_CONTACT_UNREACHABLE, 0, FALSE },
  [CB_TRANSPORT_ERROR_BUSY] = { CB_CONTACT_BUSY, 0, TRUE },
  [CB_TRANSPORT_ERROR_PORTAL] = { CB_CONTACT_PORTAL, 0, FALSE },
  [CB_TRANSPORT_ERROR_UNTRUSTED] = { CB_CONTACT_UNTRUSTED, MINUTES (5), FALSE },
  [CB_TRANSPORT_ERROR_CONFIG] = { CB_CONTACT_TROUBLE, MINUTES (5), FALSE },
  [CB_TRANSPORT_ERROR_FAULT] = { CB_CONTACT_TROUBLE, 0, FALSE },
  [CB_TRANSPORT_ERROR_FULL] = { CB_CONTACT_TROUBLE, MINUTES (15), TRUE },
  [CB_TRANSPORT_ERROR_OUTDATED] = { CB_CONTACT_UPDATE_NEEDED, MINUTES (15), FALSE },
  [CB_TRANSPORT_ERROR_REVOKED] = { CB_CONTACT_REVOKED, MINUTES (60), FALSE },
  [CB_TRANSPORT_ERROR_CURSOR] = { CB_CONTACT_TROUBLE, MINUTES (5), FALSE },
  [CB_TRANSPORT_ERROR_AUTH] = { CB_CONTACT_AUTH_REQUIRED, MINUTES (5), FALSE },
  [CB_TRANSPORT_ERROR_POISON] = { CB_CONTACT_TROUBLE, MINUTES (5), FALSE },
  [CB_TRANSPORT_ERROR_TOO_LARGE] = { CB_CONTACT_TROUBLE, MINUTES (5), FALSE },
  [CB_TRANSPORT_ERROR_ENCODING] = { CB_CONTACT_TROUBLE, MINUTES (5), FALSE },
  [CB_TRANSPORT_ERROR_BAD_URL] = { CB_CONTACT_TROUBLE, MINUTES (5), FALSE },
};

static const Response *
response_to (const GError *error)
{
  /* A reply that is not what the contract says. */
  if (error->domain != CB_TRANSPORT_ERROR)
    return &responses[CB_TRANSPORT_ERROR_CONFIG];

  return &responses[CLAMP (error->code, 0, (int) G_N_ELEMENTS (responses) - 1)];
}

/* --- trouble that is not in a batch --- */

static gboolean
is_code (const GError *error, CbTransportError code)
{
  return g_error_matches (error, CB_TRANSPORT_ERROR, (int) code);
}

/* Only a single cycle is cancelled while it is current: by its caller, or because time is up. */
static void
end_cancelled (CbEngine *self, GError *error)
{
  if (self->is_over_time)
    {
      g_clear_error (&error);
      error = g_error_new_literal (CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_TIMED_OUT,
                                   "syncing once: it took too long");
      cb_engine_set_contact (self, CB_CONTACT_UNREACHABLE);
    }

  cb_engine_end_cycle (self, CB_WAIT_NONE, 0, error);
}

typedef struct
{
  gpointer step;
  GError *error;
} Wiping;

/* What could not be destroyed now is when the store is next opened; the order stands on its disk.
 */
static void
on_wiped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Wiping *wiping = user_data;
  g_autoptr (GError) revoked = wiping->error;
  g_autoptr (CbEngine) self = cb_engine_end_step (wiping->step);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!self->parts.outbox_port->wipe_finish (source, result, &error))
    g_message ("destroying what this terminal holds: %s", error->message);
  /* There is no outbox any more that could be released. */
  self->holds_lock = FALSE;
  cb_engine_end_cycle (self, CB_WAIT_FOREVER, 0, g_steal_pointer (&revoked));
}

static void
meet_revocation (CbEngine *self, GError *error)
{
  Wiping *wiping = NULL;

  cb_engine_forget_access (self);
  if (!self->is_to_wipe)
    {
      cb_engine_end_cycle (self, CB_WAIT_FOREVER, 0, error);
      return;
    }

  wiping = g_new0 (Wiping, 1);
  wiping->error = error;
  wiping->step = cb_engine_start_step (self);
  cb_engine_set_stage (self, CB_ENGINE_RELEASING);
  self->parts.outbox_port->wipe_async (self->parts.outbox, on_wiped, wiping);
}

void
cb_engine_meet_trouble (CbEngine *self, GError *error, gint64 floor_us)
{
  const Response *response = NULL;
  gint64 delay_us = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      end_cancelled (self, error);
      return;
    }

  response = response_to (error);
  g_info ("%s", error->message);
  cb_engine_set_contact (self, response->contact);

  if (is_code (error, CB_TRANSPORT_ERROR_REVOKED))
    {
      meet_revocation (self, error);
      return;
    }

  /* Perhaps this terminal was enrolled anew by another process: look before the next try. */
  if (is_code (error, CB_TRANSPORT_ERROR_AUTH))
    {
      cb_engine_forget_access (self);
      self->has_reauthenticated = FALSE;
    }

  if (response->pause_us > 0)
    delay_us = cb_backoff_pause (MAX (response->pause_us, floor_us), self->parts.random);
  else
    delay_us = cb_backoff_fail (&self->backoff, floor_us, self->parts.random);

  cb_engine_end_cycle (self,
                       response->is_order && (floor_us > 0 || response->pause_us > 0)
                         ? CB_WAIT_ORDER
                         : CB_WAIT_TROUBLE,
                       delay_us, error);
}

gboolean
cb_engine_renew_token (CbEngine *self, const GError *error)
{
  if (!is_code (error, CB_TRANSPORT_ERROR_AUTH) || self->has_reauthenticated)
    return FALSE;

  self->has_reauthenticated = TRUE;
  g_clear_pointer (&self->token, cb_wiped_free);
  cb_engine_enter_authenticating (self);

  return TRUE;
}

/* --- trouble with a batch --- */

static guint
window_length (CbEngine *self)
{
  return self->window.to - self->window.from;
}

/* Parks the operation that stands alone in the window. FALSE: too many in a row were "poison" for
 * the fault to lie in the records. */
static gboolean
park_window (CbEngine *self, const char *code)
{
  if (self->n_poisoned >= POISONED_BEFORE_DOUBT)
    return FALSE;

  self->n_poisoned++;
  g_clear_pointer (&self->settlements, g_ptr_array_unref);
  self->settlements = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_ptr_array_add (self->settlements, cb_settling_park (&self->window, code));
  cb_narrowing_end (&self->narrowing);
  cb_engine_enter_acknowledging (self);

  return TRUE;
}

/* The search came down to one operation. TRUE: dealt with. */
static gboolean
meet_found (CbEngine *self)
{
  const gboolean is_fault = self->narrowing_for == CB_TRANSPORT_ERROR_FAULT;

  /* A service that stumbles may stumble over everything. Before an operation is parked for it,
   * another part of the batch must have passed: the rest is asked when nothing did so far. */
  if (is_fault && !self->narrowing.has_passed)
    {
      if (self->asks_witness || self->window.to >= cb_batch_get_length (self->batch))
        return FALSE;

      self->asks_witness = TRUE;
      cb_engine_enter_sending (self);
      return TRUE;
    }

  return park_window (self, CB_CODE_POISON);
}

/* TRUE: the batch is searched for the operation that is to blame. */
static gboolean
search_batch (CbEngine *self, CbTransportError code)
{
  if (self->asks_witness)
    return FALSE;

  if (!self->narrowing.is_on)
    {
      self->narrowing_for = code;
      cb_narrowing_begin (&self->narrowing, window_length (self));
      if (window_length (self) == 1)
        return meet_found (self);
    }
  else if (self->narrowing_for != code)
    {
      return FALSE;
    }
  else if (cb_narrowing_report (&self->narrowing, FALSE) == CB_NARROWING_FOUND)
    {
      return meet_found (self);
    }

  cb_engine_enter_sending (self);

  return TRUE;
}

/* TRUE: smaller batches from now on, and the outbox is asked anew. */
static gboolean
send_less (CbEngine *self, const CbReply *reply)
{
  const gsize bytes = cb_calls_window_bytes (&self->window);

  if (window_length (self) == 1)
    {
      /* Only the service itself may say that of a record. */
      return reply->epoch != NULL && park_window (self, CB_CODE_TOO_LARGE);
    }

  /* Down to one operation, which the outbox gives whatever its size: a floor above that would be
   * refused again and again, at once. Growing again ends well below what was refused, or each
   * second batch would be refused too. */
  self->byte_ceiling = MAX (bytes / 4 * 3, 1);
  self->byte_ceiling_until_us = cb_clock_get_monotonic_us (self->parts.clock) + CEILING_LASTS_US;
  self->byte_budget = MAX (bytes / 2, 1);
  cb_engine_enter_collecting (self);

  return TRUE;
}

static gboolean
send_plainly (CbEngine *self)
{
  if (self->is_uncompressed)
    return FALSE;

  self->is_uncompressed = TRUE;
  cb_engine_enter_sending (self);

  return TRUE;
}

/* Each request of a single cycle is tried once, so the same batch is not sent three times there. */
static gboolean
search_after_faults (CbEngine *self)
{
  self->n_faults++;

  if (!self->narrowing.is_on &&
      (self->n_faults < FAULTS_BEFORE_SEARCH || window_length (self) == 1))
    return FALSE;

  if (search_batch (self, CB_TRANSPORT_ERROR_FAULT))
    return TRUE;

  /* It was the service: a search in vain is not repeated at once. */
  self->n_faults = 0;

  return FALSE;
}

static gboolean
answer_push_trouble (CbEngine *self, const GError *error, const CbReply *reply)
{
  if (error->domain != CB_TRANSPORT_ERROR)
    return FALSE;

  switch ((CbTransportError) error->code)
    {
    case CB_TRANSPORT_ERROR_AUTH:
      return cb_engine_renew_token (self, error);

    case CB_TRANSPORT_ERROR_POISON:
      return search_batch (self, CB_TRANSPORT_ERROR_POISON);

    case CB_TRANSPORT_ERROR_FAULT:
      return search_after_faults (self);

    case CB_TRANSPORT_ERROR_TOO_LARGE:
      return send_less (self, reply);

    case CB_TRANSPORT_ERROR_ENCODING:
      return send_plainly (self);

    case CB_TRANSPORT_ERROR_TIMED_OUT:
      self->byte_budget = MAX (self->byte_budget / 2, SMALLEST_BUDGET);
      return FALSE;

    case CB_TRANSPORT_ERROR_UNREACHED:
    case CB_TRANSPORT_ERROR_BUSY:
    case CB_TRANSPORT_ERROR_PORTAL:
    case CB_TRANSPORT_ERROR_UNTRUSTED:
    case CB_TRANSPORT_ERROR_CONFIG:
    case CB_TRANSPORT_ERROR_FULL:
    case CB_TRANSPORT_ERROR_OUTDATED:
    case CB_TRANSPORT_ERROR_REVOKED:
    case CB_TRANSPORT_ERROR_CURSOR:
    case CB_TRANSPORT_ERROR_BAD_URL:
      break;
    }

  return FALSE;
}

void
cb_engine_meet_push_trouble (CbEngine *self, GError *error, const CbReply *reply)
{
  /* Limits may have changed when the service refuses what they permit. */
  if (is_code (error, CB_TRANSPORT_ERROR_TOO_LARGE) || is_code (error, CB_TRANSPORT_ERROR_OUTDATED))
    self->limits_until_us = 0;

  if (answer_push_trouble (self, error, reply))
    g_error_free (error);
  else
    cb_engine_meet_trouble (self, error, reply != NULL ? reply->retry_after_us : 0);
}

void
cb_engine_narrow_after_success (CbEngine *self)
{
  /* The rest passed: it was the one operation after all. */
  if (self->asks_witness)
    {
      self->asks_witness = FALSE;
      self->window.from = self->narrowing.low;
      self->window.to = self->narrowing.high;
      self->narrowing.has_passed = TRUE;
      if (!park_window (self, CB_CODE_POISON))
        cb_engine_enter_collecting (self);
    }
  else if (cb_narrowing_report (&self->narrowing, TRUE) == CB_NARROWING_CLEARED)
    {
      cb_engine_enter_collecting (self);
    }
  else
    {
      cb_engine_enter_sending (self);
    }
}
