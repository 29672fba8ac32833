/* SPDX-License-Identifier: Apache-2.0 */

/* The service as the engine sees it, behind CbSendPort and in memory: it checks signature and
 * token, unpacks and applies batches, answers operation by operation, and goes wrong in every way a
 * test asks for. Replies take virtual time. For tests of the engine and the simulator. */

#pragma once

#include "engine/cb-exchange.h"
#include "engine/cb-transport-error.h"
#include "store/cb-outbox.h"
#include "support/cb-model-orders.h"
#include "support/cb-virtual-time.h"

G_BEGIN_DECLS

typedef enum
{
  CB_CALL_ENROL,
  CB_CALL_NONCE,
  CB_CALL_TOKEN,
  CB_CALL_LIMITS,
  CB_CALL_PUSH,
  CB_CALL_CHANGES,
  CB_CALL_WAIT, /* for changes */
} CbCall;

#define CB_N_CALLS (CB_CALL_WAIT + 1)

#define CB_TYPE_MODEL_SERVICE (cb_model_service_get_type ())
G_DECLARE_FINAL_TYPE (CbModelService, cb_model_service, CB, MODEL_SERVICE, GObject)

CbModelService *cb_model_service_new (CbVirtualTime *time);
extern const CbSendPort cb_model_service_port;

/* An enrolment this service knows, with a key pair of its own. */
CbEnrolment *cb_model_service_make_enrolment (CbModelService *self);

/* --- how it is --- */

/* How long each reply takes. */
void cb_model_service_set_latency_us (CbModelService *self, gint64 latency_us);
void cb_model_service_set_limits (CbModelService *self, guint max_ops, gsize max_bytes);

/* What it really takes, whatever it says. */
void cb_model_service_set_hidden_max_bytes (CbModelService *self, gsize max_bytes);
void cb_model_service_set_takes_gzip (CbModelService *self, gboolean takes_gzip);
void cb_model_service_set_schema (CbModelService *self, guint min, guint max);
void cb_model_service_forget_tokens (CbModelService *self);

/* Whoever is told to be shut out is told this as well. */
void cb_model_service_order_wipe (CbModelService *self, CbModelOrder order);

/* The next `n` calls of this kind fail so; n is G_MAXUINT: from now on, 0: no more. */
void cb_model_service_fail_next (CbModelService *self,
                                 CbCall call,
                                 guint n,
                                 CbTransportError error,
                                 gint64 retry_after_us);

/* Failures do not carry the service's epoch: something on the way says it. */
void cb_model_service_set_is_stranger (CbModelService *self, gboolean is_stranger);

/* Failures come before a byte of the request has left. */
void cb_model_service_set_is_absent (CbModelService *self, gboolean is_absent);

/* The next `n` pushes are applied, but of the reply only `n_acks` acknowledgements arrive; -1:
 * nothing does. `is_silent_cut`: the connection ended as if the reply were whole. */
void cb_model_service_cut_next (CbModelService *self, guint n, int n_acks, gboolean is_silent_cut);

/* --- what it tells --- */

/* It tells what was decided elsewhere, `per_page` changes at a time, and asks to be asked every
 * `poll_s`. */
void cb_model_service_tell (CbModelService *self, guint poll_s, guint per_page);

gboolean cb_model_service_tells (CbModelService *self);

/* It offers to hold an answer back for so long, and does where `has_room`. */
void cb_model_service_offer_waiting (CbModelService *self, guint wait_s, gboolean has_room);
guint cb_model_service_count_waiting (CbModelService *self); /* now */
void cb_model_service_say_arrived (CbModelService *self);    /* once, to who waits */

/* `n` more customers are erased elsewhere. */
void cb_model_service_erase_more (CbModelService *self, guint n);

/* Whatever a cursor spoke of is another history's. `for_ever`: every cursor but the beginning is.
 */
void cb_model_service_begin_history (CbModelService *self, gboolean for_ever);

/* The next `n` pages are no pages. */
void cb_model_service_garble_next (CbModelService *self, guint n);

/* --- what it makes of one operation --- */

/* Any batch with it fails so. */
void cb_model_service_poison (CbModelService *self, const char *op_id, CbTransportError error);

/* Answers it with this line instead, for ever: "%s" is replaced by its id. "": no answer. It may be
 * several lines. */
void cb_model_service_answer (CbModelService *self, const char *op_id, const char *line);

/* --- what it saw --- */

guint cb_model_service_count (CbModelService *self, CbCall call);
guint cb_model_service_count_all (CbModelService *self);

/* How often the operation took effect: never more than once. */
guint cb_model_service_count_effects (CbModelService *self, const char *op_id);
guint cb_model_service_count_applied (CbModelService *self);

/* The ids in the order in which they took effect, borrowed. */
GPtrArray *cb_model_service_get_order (CbModelService *self);

/* The bytes of the lines in the newest push, and how many there were. */
gsize cb_model_service_get_last_push_bytes (CbModelService *self);
guint cb_model_service_get_last_push_ops (CbModelService *self);
gboolean cb_model_service_was_last_push_packed (CbModelService *self);
gsize cb_model_service_get_largest_push_bytes (CbModelService *self);

G_END_DECLS
