/* SPDX-License-Identifier: Apache-2.0 */

/* The seam between the engine and the outbox: what the engine asks of a store, as functions over an
 * object it does not know. A terminal fills it with its CbStore (cb_outbox_port_store); tests and
 * the simulator with an outbox of their own. The contracts are those of store/cb-store.h. */

#pragma once

#include <gio/gio.h>

#include "store/cb-incoming.h"
#include "store/cb-outbox.h"

G_BEGIN_DECLS

typedef struct
{
  void (*load_enrolment_async) (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data);
  CbEnrolment *(*load_enrolment_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  void (*save_enrolment_async) (GObject *outbox,
                                CbEnrolment *enrolment,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
  gboolean (*save_enrolment_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* Before a single cycle: what had to wait is ready. NULL for an outbox that knows no waits. */
  void (*forget_waits_async) (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*forget_waits_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* At least one operation when any is ready, also when it alone is over `max_bytes`. */
  void (*take_batch_async) (GObject *outbox,
                            guint max_ops,
                            gsize max_bytes,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  CbBatch *(*take_batch_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* `settlements` is an array of CbSettlement. */
  void (*settle_async) (GObject *outbox,
                        GPtrArray *settlements,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*settle_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* Where the last page ended, "" before the first; and a page with the cursor behind it, kept in
   * one transaction, and whether it is the last. `changes` is an array of CbIncoming. These and the
   * next two NULL for an outbox that is told nothing. */
  void (*load_cursor_async) (GObject *outbox,
                             CbCursorSort sort,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  char *(*load_cursor_finish) (GObject *outbox, GAsyncResult *result, GError **error);
  /* Which of the service's numbers stand here as acknowledged, an array of gint64, the newest
   * first. NULL for an outbox that does not say. */
  void (*list_known_async) (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data);
  GArray *(*list_known_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  void (*take_changes_async) (GObject *outbox,
                              GPtrArray *changes,
                              const char *cursor,
                              gboolean is_end,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  gboolean (*take_changes_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* The service's history is another than the cursors': they are forgotten, and what it
   * acknowledged is ready again. */
  void (*meet_history_async) (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*meet_history_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* As take_changes, of what other terminals put, an array of CbArrival; both NULL where none is
   * wanted. */
  void (*take_arrivals_async) (GObject *outbox,
                               GPtrArray *arrivals,
                               const char *cursor,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
  gboolean (*take_arrivals_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* Lets another process sync until the next batch is taken. */
  void (*end_sync_async) (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*end_sync_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* The service ordered, and signed, that everything here is destroyed: nothing else is asked of
   * the outbox afterwards. NULL for an outbox that has nothing. */
  void (*wipe_async) (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*wipe_finish) (GObject *outbox, GAsyncResult *result, GError **error);

  /* What time it is at the service, which was just asked. NULL for an outbox that keeps no time. */
  void (*hear_time) (GObject *outbox, gint64 service_us);
} CbOutboxPort;

/* Over a CbStore. */
extern const CbOutboxPort cb_outbox_port_store;

G_END_DECLS
