/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-timers.h"

typedef struct
{
  CbTimerFunc func;
  gpointer user_data;
} Call;

static gboolean
call_once (gpointer data)
{
  Call *call = data;

  call->func (call->user_data);

  return G_SOURCE_REMOVE;
}

static guint
add_to_main_context (gpointer data, gint64 delay_us, CbTimerFunc func, gpointer user_data)
{
  const gint64 delay_ms = CLAMP ((delay_us + 999) / 1000, 0, G_MAXINT);
  Call *call = g_new (Call, 1);

  call->func = func;
  call->user_data = user_data;

  return g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) delay_ms, call_once, call, g_free);
}

static void
remove_from_main_context (gpointer data, guint id)
{
  g_source_remove (id);
}

CbTimers
cb_timers_system (void)
{
  return (CbTimers){ .add = add_to_main_context, .remove = remove_from_main_context };
}
