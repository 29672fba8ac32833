/* SPDX-License-Identifier: Apache-2.0 */

/* What the network's end of the service counts for its operator, in the text format of Prometheus:
 * requests by route and answer, how long they took, what is open. Nothing of it is about anybody:
 * routes are templates, and there are as many lines as there are routes and answers. One thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CbMeter CbMeter;

CbMeter *cb_meter_new (void);
void cb_meter_free (CbMeter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbMeter, cb_meter_free)

/* A request that has its answer; the texts must be constants, or there is no end of them. */
typedef struct
{
  const char *method;
  const char *route;
  guint status;
  gint64 us;
} CbMeterRequest;

void cb_meter_note (CbMeter *self, const CbMeterRequest *request);

/* What is open at the moment. */
void cb_meter_set_load (CbMeter *self, guint n_connections, guint n_under_way);

/* Appends. */
void cb_meter_write (const CbMeter *self, GString *into);

/* What comes before the values of a name. */
void cb_meter_write_head (GString *into, const char *name, const char *type, const char *help);

/* A value without labels; and with its head. */
void cb_meter_write_value (GString *into, const char *name, double value);
void cb_meter_write_gauge (GString *into, const char *name, const char *help, double value);

G_END_DECLS
