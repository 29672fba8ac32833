/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-syncing.h"

#include "engine/cb-engine.h"
#include "engine/cb-transport.h"

struct _CbSyncing
{
  GObject parent_instance;

  CbEngine *engine;
  CbTransport *transport;
};

G_DEFINE_FINAL_TYPE (CbSyncing, cb_syncing, G_TYPE_OBJECT)

static void
on_network_changed (CbSyncing *self, gboolean is_available)
{
  if (is_available && self->engine != NULL)
    cb_engine_try_now (self->engine);
}

static void
on_work_ready (CbSyncing *self)
{
  if (self->engine != NULL)
    cb_engine_wake (self->engine);
}

void
cb_syncing_try_now (CbSyncing *self)
{
  g_return_if_fail (CB_IS_SYNCING (self));

  if (self->engine != NULL)
    cb_engine_try_now (self->engine);
}

void
cb_syncing_close (CbSyncing *self)
{
  g_return_if_fail (CB_IS_SYNCING (self));

  if (self->engine == NULL)
    return;
  cb_engine_stop (self->engine);
  cb_transport_close (self->transport);
  g_clear_object (&self->engine);
  g_clear_object (&self->transport);
}

static void
cb_syncing_dispose (GObject *object)
{
  cb_syncing_close (CB_SYNCING (object));

  G_OBJECT_CLASS (cb_syncing_parent_class)->dispose (object);
}

static void
cb_syncing_class_init (CbSyncingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_syncing_dispose;
}

static void
cb_syncing_init (CbSyncing *self)
{
}

CbSyncing *
cb_syncing_new (CbStore *store)
{
  CbSyncing *self = g_object_new (CB_TYPE_SYNCING, NULL);
  CbEngineParts parts;

  self->transport = cb_transport_new (NULL);
  parts = (CbEngineParts){
    .outbox_port = &cb_outbox_port_store,
    .outbox = G_OBJECT (store),
    .send_port = &cb_transport_send_port,
    .sender = G_OBJECT (self->transport),
    .state = cb_store_get_sync_state (store),
    .clock = cb_store_get_clock (store),
    .timers = cb_timers_system (),
    .random = cb_random_system (),
  };
  self->engine = cb_engine_new (&parts);
  g_signal_connect_object (store, "work-ready", G_CALLBACK (on_work_ready), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (on_network_changed), self, G_CONNECT_SWAPPED);
  cb_engine_start (self->engine);
  return self;
}
