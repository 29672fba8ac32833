/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-model-outbox.h"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "engine/cb-settling.h"
#include "store/cb-incoming.h"

#include <string.h>

#define TRIES_MAX 20

struct _CbModelOutbox
{
  GObject parent_instance;

  CbClock *clock;
  GPtrArray *ops;    /* of CbModelOp */
  GHashTable *by_id; /* borrowed */
  CbEnrolment *enrolment;
  const char *failing; /* the call */
  guint n_failures;
  int failure;
  guint n_takes;
  CbModelHook hook;
  gpointer hook_data;
  gboolean is_held;
  char *cursor;
  guint n_heard;
  gint64 heard; /* the newest number */
  gboolean has_gaps;
  guint n_wiped;
};

G_DEFINE_FINAL_TYPE (CbModelOutbox, cb_model_outbox, G_TYPE_OBJECT)

static void
op_free (CbModelOp *op)
{
  g_free (op->op_id);
  g_free (op->key);
  g_free (op->code);
  g_bytes_unref (op->line);
  g_free (op);
}

static gboolean
must_fail (CbModelOutbox *self, const char *call, GTask *task)
{
  if (self->n_failures == 0 || g_strcmp0 (self->failing, call) != 0)
    return FALSE;

  self->n_failures--;
  g_task_return_new_error (task, CB_STORE_ERROR, self->failure, "made to fail");

  return TRUE;
}

static void
call_hook (CbModelOutbox *self, const char *call)
{
  if (self->hook != NULL)
    self->hook (self, call, self->hook_data);
}

static GTask *
task_new (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  return g_task_new (outbox, NULL, callback, user_data);
}

/* --- enrolment --- */

static void
load_enrolment_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  if (must_fail (self, "load", task))
    return;

  g_task_return_pointer (task, self->enrolment != NULL ? cb_enrolment_ref (self->enrolment) : NULL,
                         (GDestroyNotify) cb_enrolment_unref);
}

static gpointer
finish_pointer (GObject *outbox, GAsyncResult *result, GError **error)
{
  g_assert_true (g_task_is_valid (result, outbox));

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
finish_boolean (GObject *outbox, GAsyncResult *result, GError **error)
{
  g_assert_true (g_task_is_valid (result, outbox));

  return g_task_propagate_boolean (G_TASK (result), error);
}

static CbEnrolment *
load_enrolment_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return finish_pointer (outbox, result, error);
}

static void
save_enrolment_async (GObject *outbox,
                      CbEnrolment *enrolment,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  if (must_fail (self, "save", task))
    return;

  cb_model_outbox_set_enrolment (self, enrolment);
  g_task_return_boolean (task, TRUE);
}

/* --- what was decided elsewhere --- */

static void
load_cursor_async (GObject *outbox,
                   CbCursorSort sort,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  if (must_fail (self, "cursor", task))
    return;

  g_task_return_pointer (task, g_strdup (cb_model_outbox_get_cursor (self)), g_free);
}

static char *
load_cursor_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return finish_pointer (outbox, result, error);
}

/* Told from the beginning, or going on where it was. */
static void
take_changes_async (GObject *outbox,
                    GPtrArray *changes,
                    const char *cursor,
                    gboolean is_end,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  if (must_fail (self, "changes", task))
    return;

  self->is_held = TRUE;
  for (guint i = 0; i < changes->len; i++)
    {
      const CbIncoming *incoming = g_ptr_array_index (changes, i);

      g_assert_true (incoming->n == self->heard + 1 || incoming->n == 1 ||
                     (self->has_gaps && incoming->n > self->heard));
      self->heard = incoming->n;
      self->n_heard++;
    }
  g_free (self->cursor);
  self->cursor = g_strdup (cursor);
  g_task_return_boolean (task, TRUE);
  call_hook (self, "changes");
}

static void
meet_history_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  if (must_fail (self, "history", task))
    return;

  self->is_held = TRUE;
  for (guint i = 0; i < self->ops->len; i++)
    {
      CbModelOp *op = g_ptr_array_index (self->ops, i);

      if (op->state == CB_MODEL_ACCEPTED)
        op->state = CB_MODEL_WAITING;
    }
  g_free (self->cursor);
  self->cursor = NULL;
  g_task_return_boolean (task, TRUE);
  call_hook (self, "history");
}

/* --- taking --- */

static gboolean
is_ready (CbModelOutbox *self, const CbModelOp *op)
{
  return op->state == CB_MODEL_WAITING && op->not_before_us <= cb_clock_get_now_us (self->clock);
}

static gboolean
is_open (const CbModelOp *op)
{
  return op->state == CB_MODEL_WAITING || op->state == CB_MODEL_PARKED ||
         op->state == CB_MODEL_CONFLICT;
}

/* Order holds within a key: what an earlier one blocks does not go. `blocked` collects the keys. */
static void
take_lane (CbModelOutbox *self,
           guint lane,
           guint max_ops,
           gsize max_bytes,
           GHashTable *blocked,
           GArray *taken,
           gsize *n_bytes)
{
  for (guint i = 0; i < self->ops->len && taken->len < max_ops; i++)
    {
      CbModelOp *op = g_ptr_array_index (self->ops, i);
      CbBatchOp out = { .op_id = op->op_id, .line = op->line };

      if (op->lane != lane)
        continue;

      if (!is_ready (self, op) || g_hash_table_contains (blocked, op->key))
        {
          if (is_open (op))
            g_hash_table_add (blocked, op->key);
          continue;
        }

      *n_bytes += g_bytes_get_size (op->line) + 1;
      if (taken->len > 0 && *n_bytes > max_bytes)
        return;

      out.is_first = !op->was_sent;
      op->was_sent = TRUE;
      op->n_taken++;
      g_array_append_val (taken, out);
    }
}

/* Only the first open operation of a key can become ready by itself. */
static gint64
next_ready (CbModelOutbox *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 next_us = -1;

  for (guint i = 0; i < self->ops->len; i++)
    {
      const CbModelOp *op = g_ptr_array_index (self->ops, i);

      if (!is_open (op) || !g_hash_table_add (seen, op->key))
        continue;

      if (op->state == CB_MODEL_WAITING && (next_us < 0 || op->not_before_us < next_us))
        next_us = op->not_before_us;
    }

  return next_us;
}

static void
take_batch_async (GObject *outbox,
                  guint max_ops,
                  gsize max_bytes,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (CbBatchOp));
  g_autoptr (GHashTable) blocked = g_hash_table_new (g_str_hash, g_str_equal);
  gsize n_bytes = 0;

  self->n_takes++;
  if (must_fail (self, "take", task))
    return;

  self->is_held = TRUE;
  for (guint lane = 0; lane <= 1; lane++)
    take_lane (self, lane, max_ops, max_bytes, blocked, taken, &n_bytes);

  g_task_return_pointer (task,
                         cb_batch_new ((CbBatchOp *) (gpointer) taken->data, taken->len,
                                       taken->len > 0 ? 0 : next_ready (self)),
                         (GDestroyNotify) cb_batch_unref);
  call_hook (self, "take");
}

static CbBatch *
take_batch_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return finish_pointer (outbox, result, error);
}

static void
forget_waits_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  for (guint i = 0; i < self->ops->len; i++)
    cb_model_outbox_get (self, i)->not_before_us = 0;

  g_task_return_boolean (task, TRUE);
}

/* --- settling --- */

static void
settle_one (CbModelOutbox *self, const CbSettlement *settlement)
{
  static const CbModelState states[] = {
    [CB_SETTLED_ACCEPTED] = CB_MODEL_ACCEPTED, [CB_SETTLED_RETRY] = CB_MODEL_WAITING,
    [CB_SETTLED_PARKED] = CB_MODEL_PARKED,     [CB_SETTLED_CONFLICT] = CB_MODEL_CONFLICT,
    [CB_SETTLED_GONE] = CB_MODEL_GONE,         [CB_SETTLED_UNSENT] = CB_MODEL_WAITING,
  };
  CbModelOp *op = cb_model_outbox_find (self, settlement->op_id);

  g_assert_nonnull (op);
  g_assert_cmpint (op->state, ==, CB_MODEL_WAITING);

  if (settlement->settled == CB_SETTLED_UNSENT)
    {
      g_assert_true (op->was_sent);
      op->was_sent = FALSE;
      return;
    }

  op->state = states[settlement->settled];
  op->not_before_us = settlement->not_before_us;
  g_free (op->code);
  op->code = g_strdup (settlement->code);

  if (op->state != CB_MODEL_WAITING)
    op->n_settled++;
  else if (g_strcmp0 (op->code, CB_CODE_UNKNOWN_ANSWER) == 0 && ++op->n_unknown >= TRIES_MAX)
    op->state = CB_MODEL_PARKED;
}

static void
settle_async (GObject *outbox,
              GPtrArray *settlements,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  if (must_fail (self, "settle", task))
    return;

  for (guint i = 0; i < settlements->len; i++)
    settle_one (self, g_ptr_array_index (settlements, i));

  g_task_return_boolean (task, TRUE);
  call_hook (self, "settle");
}

static void
end_sync_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (outbox);
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  self->is_held = FALSE;
  g_task_return_boolean (task, TRUE);
  call_hook (self, "end");
}

static void
wipe_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = task_new (outbox, callback, user_data);

  CB_MODEL_OUTBOX (outbox)->n_wiped++;
  if (!must_fail (CB_MODEL_OUTBOX (outbox), "wipe", task))
    g_task_return_boolean (task, TRUE);
}

const CbOutboxPort cb_model_outbox_port = {
  .load_enrolment_async = load_enrolment_async,
  .load_enrolment_finish = load_enrolment_finish,
  .save_enrolment_async = save_enrolment_async,
  .save_enrolment_finish = finish_boolean,
  .forget_waits_async = forget_waits_async,
  .forget_waits_finish = finish_boolean,
  .load_cursor_async = load_cursor_async,
  .load_cursor_finish = load_cursor_finish,
  .take_changes_async = take_changes_async,
  .take_changes_finish = finish_boolean,
  .meet_history_async = meet_history_async,
  .meet_history_finish = finish_boolean,
  .take_batch_async = take_batch_async,
  .take_batch_finish = take_batch_finish,
  .settle_async = settle_async,
  .settle_finish = finish_boolean,
  .end_sync_async = end_sync_async,
  .end_sync_finish = finish_boolean,
  .wipe_async = wipe_async,
  .wipe_finish = finish_boolean,
};

/* --- for the test --- */

guint
cb_model_outbox_count_wiped (CbModelOutbox *self)
{
  return self->n_wiped;
}

guint
cb_model_outbox_count_heard (CbModelOutbox *self)
{
  return self->n_heard;
}

void
cb_model_outbox_expect_gaps (CbModelOutbox *self)
{
  self->has_gaps = TRUE;
}

gint64
cb_model_outbox_get_heard (CbModelOutbox *self)
{
  return self->heard;
}

const char *
cb_model_outbox_get_cursor (CbModelOutbox *self)
{
  return self->cursor != NULL ? self->cursor : "";
}

CbModelOp *
cb_model_outbox_add_line (CbModelOutbox *self,
                          const char *op_id,
                          const char *key,
                          guint lane,
                          const char *line)
{
  CbModelOp *op = g_new0 (CbModelOp, 1);

  op->op_id = g_strdup (op_id);
  op->key = key != NULL ? g_strdup (key) : g_strconcat ("note/", op_id, NULL);
  op->lane = lane;
  op->line = g_bytes_new (line, strlen (line));

  g_ptr_array_add (self->ops, op);
  g_hash_table_insert (self->by_id, op->op_id, op);

  return op;
}

CbModelOp *
cb_model_outbox_add (CbModelOutbox *self, const char *key, guint lane, gsize size)
{
  g_autofree char *op_id = cb_id_new ();
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_printf (line, "{\"op\":\"%s\",\"pad\":\"", op_id);
  while (line->len + 2 < size)
    g_string_append_c (line, (char) ('a' + line->len % 26));
  g_string_append (line, "\"}");

  return cb_model_outbox_add_line (self, op_id, key, lane, line->str);
}

void
cb_model_outbox_add_many (CbModelOutbox *self, guint n, gsize size)
{
  for (guint i = 0; i < n; i++)
    cb_model_outbox_add (self, NULL, 1, size);
}

guint
cb_model_outbox_get_length (CbModelOutbox *self)
{
  return self->ops->len;
}

CbModelOp *
cb_model_outbox_get (CbModelOutbox *self, guint index)
{
  return g_ptr_array_index (self->ops, index);
}

CbModelOp *
cb_model_outbox_find (CbModelOutbox *self, const char *op_id)
{
  return g_hash_table_lookup (self->by_id, op_id);
}

guint
cb_model_outbox_count (CbModelOutbox *self, CbModelState state)
{
  guint n = 0;

  for (guint i = 0; i < self->ops->len; i++)
    n += cb_model_outbox_get (self, i)->state == state;

  return n;
}

gboolean
cb_model_outbox_has_ready (CbModelOutbox *self)
{
  for (guint i = 0; i < self->ops->len; i++)
    if (is_ready (self, cb_model_outbox_get (self, i)))
      return TRUE;

  return FALSE;
}

void
cb_model_outbox_set_enrolment (CbModelOutbox *self, CbEnrolment *enrolment)
{
  if (enrolment != NULL)
    cb_enrolment_ref (enrolment);

  g_clear_pointer (&self->enrolment, cb_enrolment_unref);
  self->enrolment = enrolment;
}

CbEnrolment *
cb_model_outbox_get_enrolment (CbModelOutbox *self)
{
  return self->enrolment;
}

void
cb_model_outbox_fail_next (CbModelOutbox *self, const char *call, guint n, int store_error_code)
{
  self->failing = call;
  self->n_failures = n;
  self->failure = store_error_code;
}

void
cb_model_outbox_set_hook (CbModelOutbox *self, CbModelHook hook, gpointer data)
{
  self->hook = hook;
  self->hook_data = data;
}

guint
cb_model_outbox_count_takes (CbModelOutbox *self)
{
  return self->n_takes;
}

gboolean
cb_model_outbox_is_held (CbModelOutbox *self)
{
  return self->is_held;
}

static void
cb_model_outbox_finalize (GObject *object)
{
  CbModelOutbox *self = CB_MODEL_OUTBOX (object);

  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->ops, g_ptr_array_unref);
  g_clear_pointer (&self->enrolment, cb_enrolment_unref);
  g_clear_pointer (&self->cursor, g_free);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (cb_model_outbox_parent_class)->finalize (object);
}

static void
cb_model_outbox_class_init (CbModelOutboxClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_model_outbox_finalize;
}

static void
cb_model_outbox_init (CbModelOutbox *self)
{
  self->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) op_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

CbModelOutbox *
cb_model_outbox_new (CbClock *clock)
{
  CbModelOutbox *self = g_object_new (CB_TYPE_MODEL_OUTBOX, NULL);

  self->clock = g_object_ref (clock);

  return self;
}
