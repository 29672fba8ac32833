/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-outbox-port.h"

#include "store/cb-store.h"

/* Nothing here can be cancelled: taking and settling are writes, and loading is over at once. */

static void
load_enrolment_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  cb_store_load_enrolment_async (CB_STORE (outbox), NULL, callback, user_data);
}

static CbEnrolment *
load_enrolment_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_load_enrolment_finish (CB_STORE (outbox), result, error);
}

static void
save_enrolment_async (GObject *outbox,
                      CbEnrolment *enrolment,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  cb_store_save_enrolment_async (CB_STORE (outbox), enrolment, NULL, callback, user_data);
}

static gboolean
save_enrolment_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_save_enrolment_finish (CB_STORE (outbox), result, error);
}

static void
forget_waits_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  cb_store_forget_waits_async (CB_STORE (outbox), NULL, callback, user_data);
}

static gboolean
forget_waits_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_forget_waits_finish (CB_STORE (outbox), result, error);
}

static void
load_cursor_async (GObject *outbox,
                   CbCursorSort sort,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  cb_store_load_cursor_async (CB_STORE (outbox), sort, NULL, callback, user_data);
}

static char *
load_cursor_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_load_cursor_finish (CB_STORE (outbox), result, error);
}

static void
list_known_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  cb_store_list_known_numbers_async (CB_STORE (outbox), NULL, callback, user_data);
}

static GArray *
list_known_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_list_known_numbers_finish (CB_STORE (outbox), result, error);
}

static void
take_changes_async (GObject *outbox,
                    GPtrArray *changes,
                    const char *cursor,
                    gboolean is_end,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  cb_store_take_changes_async (CB_STORE (outbox), changes, cursor, is_end, NULL, callback,
                               user_data);
}

static gboolean
take_changes_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_take_changes_finish (CB_STORE (outbox), result, error);
}

static void
meet_history_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  cb_store_meet_history_async (CB_STORE (outbox), NULL, callback, user_data);
}

static gboolean
meet_history_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_meet_history_finish (CB_STORE (outbox), result, error);
}

static void
take_arrivals_async (GObject *outbox,
                     GPtrArray *arrivals,
                     const char *cursor,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  cb_store_take_arrivals_async (CB_STORE (outbox), arrivals, cursor, NULL, callback, user_data);
}

static gboolean
take_arrivals_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_take_arrivals_finish (CB_STORE (outbox), result, error);
}

static void
take_batch_async (GObject *outbox,
                  guint max_ops,
                  gsize max_bytes,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  cb_store_take_batch_async (CB_STORE (outbox), max_ops, max_bytes, NULL, callback, user_data);
}

static CbBatch *
take_batch_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_take_batch_finish (CB_STORE (outbox), result, error);
}

static void
settle_async (GObject *outbox,
              GPtrArray *settlements,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  cb_store_settle_async (CB_STORE (outbox), settlements, NULL, callback, user_data);
}

static gboolean
settle_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_settle_finish (CB_STORE (outbox), result, error);
}

static void
end_sync_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  cb_store_end_sync_async (CB_STORE (outbox), NULL, callback, user_data);
}

static gboolean
end_sync_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_end_sync_finish (CB_STORE (outbox), result, error);
}

static void
wipe_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  cb_store_wipe_async (CB_STORE (outbox), callback, user_data);
}

static gboolean
wipe_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return cb_store_wipe_finish (CB_STORE (outbox), result, error);
}

static void
hear_time (GObject *outbox, gint64 service_us)
{
  cb_store_hear_time (CB_STORE (outbox), service_us);
}

const CbOutboxPort cb_outbox_port_store = {
  .load_enrolment_async = load_enrolment_async,
  .load_enrolment_finish = load_enrolment_finish,
  .save_enrolment_async = save_enrolment_async,
  .save_enrolment_finish = save_enrolment_finish,
  .forget_waits_async = forget_waits_async,
  .forget_waits_finish = forget_waits_finish,
  .load_cursor_async = load_cursor_async,
  .load_cursor_finish = load_cursor_finish,
  .list_known_async = list_known_async,
  .list_known_finish = list_known_finish,
  .take_changes_async = take_changes_async,
  .take_changes_finish = take_changes_finish,
  .meet_history_async = meet_history_async,
  .meet_history_finish = meet_history_finish,
  .take_arrivals_async = take_arrivals_async,
  .take_arrivals_finish = take_arrivals_finish,
  .take_batch_async = take_batch_async,
  .take_batch_finish = take_batch_finish,
  .settle_async = settle_async,
  .settle_finish = settle_finish,
  .end_sync_async = end_sync_async,
  .end_sync_finish = end_sync_finish,
  .wipe_async = wipe_async,
  .wipe_finish = wipe_finish,
  .hear_time = hear_time,
};
