/* SPDX-License-Identifier: Apache-2.0 */

/* An outbox in memory that keeps the contract of CbOutboxPort, with knobs for what a real one can
 * do to the engine: be busy, have no room, not be enrolled. For tests of the engine and the
 * simulator. */

#pragma once

#include "base/cb-clock.h"
#include "engine/cb-outbox-port.h"

G_BEGIN_DECLS

typedef enum
{
  CB_MODEL_WAITING,
  CB_MODEL_ACCEPTED,
  CB_MODEL_PARKED,
  CB_MODEL_CONFLICT,
  CB_MODEL_GONE,
} CbModelState;

typedef struct
{
  char *op_id;
  char *key;
  GBytes *line;
  guint lane;
  CbModelState state;
  char *code;
  gint64 not_before_us;
  gboolean was_sent; /* handed out, and not taken back since */
  guint n_unknown;
  guint n_taken;
  guint n_settled; /* to an end */
} CbModelOp;

#define CB_TYPE_MODEL_OUTBOX (cb_model_outbox_get_type ())
G_DECLARE_FINAL_TYPE (CbModelOutbox, cb_model_outbox, CB, MODEL_OUTBOX, GObject)

CbModelOutbox *cb_model_outbox_new (CbClock *clock);
extern const CbOutboxPort cb_model_outbox_port;

/* Adds an operation and gives it, borrowed. `key` NULL: a key of its own. `size` is that of its
 * line, at least. */
CbModelOp *cb_model_outbox_add (CbModelOutbox *self, const char *key, guint lane, gsize size);
CbModelOp *cb_model_outbox_add_line (CbModelOutbox *self,
                                     const char *op_id,
                                     const char *key,
                                     guint lane,
                                     const char *line);
void cb_model_outbox_add_many (CbModelOutbox *self, guint n, gsize size);

guint cb_model_outbox_get_length (CbModelOutbox *self);
CbModelOp *cb_model_outbox_get (CbModelOutbox *self, guint index);
CbModelOp *cb_model_outbox_find (CbModelOutbox *self, const char *op_id);
guint cb_model_outbox_count (CbModelOutbox *self, CbModelState state);

/* How often it was told to destroy everything. */
guint cb_model_outbox_count_wiped (CbModelOutbox *self);

/* Something may be taken now. */
gboolean cb_model_outbox_has_ready (CbModelOutbox *self);

/* NULL: not enrolled. */
void cb_model_outbox_set_enrolment (CbModelOutbox *self, CbEnrolment *enrolment);
CbEnrolment *cb_model_outbox_get_enrolment (CbModelOutbox *self);

/* The next `n` calls of the kind fail: "take", "settle", "load", "save", "cursor", "changes". */
void cb_model_outbox_fail_next (CbModelOutbox *self,
                                const char *call,
                                guint n,
                                int store_error_code);

/* Called at every call, once it has done its work and before anybody learns of it: "take",
 * "settle", "end". */
typedef void (*CbModelHook) (CbModelOutbox *outbox, const char *call, gpointer data);
void cb_model_outbox_set_hook (CbModelOutbox *self, CbModelHook hook, gpointer data);

/* How many erasures it was told of, each time counted, and the newest number; where the last page
 * ended, borrowed. A page that leaves one out is a failed assertion. */
guint cb_model_outbox_count_heard (CbModelOutbox *self);
gint64 cb_model_outbox_get_heard (CbModelOutbox *self);

/* A real service gives numbers to what is sent as well; without this each must follow the last. */
void cb_model_outbox_expect_gaps (CbModelOutbox *self);
const char *cb_model_outbox_get_cursor (CbModelOutbox *self);

guint cb_model_outbox_count_takes (CbModelOutbox *self);
gboolean cb_model_outbox_is_held (CbModelOutbox *self);

G_END_DECLS
