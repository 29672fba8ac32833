/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-sync-state.h"

struct _CbSyncState
{
  GObject parent_instance;
  CbOutboxCounts counts;
  gboolean is_counted;
  CbContact contact;
  gint64 last_contact_us;
  gint64 next_try_us;
};

G_DEFINE_FINAL_TYPE (CbSyncState, cb_sync_state, G_TYPE_OBJECT)

typedef enum
{
  PROP_WAITING = 1,
  PROP_HELD,
  PROP_ACCEPTED,
  PROP_PARKED,
  PROP_OLDEST_US,
  PROP_LAST_ACCEPTED_US,
  PROP_CONTACT,
  PROP_LAST_CONTACT_US,
  PROP_NEXT_TRY_US,
} CbSyncStateProperty;

static GParamSpec *props[PROP_NEXT_TRY_US + 1];

static void
notify_if (CbSyncState *self, gboolean changed, CbSyncStateProperty property)
{
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

void
cb_sync_state_set_counts (CbSyncState *self, const CbOutboxCounts *counts)
{
  CbOutboxCounts old;

  g_return_if_fail (CB_IS_SYNC_STATE (self));

  old = self->counts;
  self->counts = *counts;
  /* All together, so that nobody who listens sees half of a change. */
  g_object_freeze_notify (G_OBJECT (self));
  notify_if (self, !self->is_counted || old.waiting != counts->waiting, PROP_WAITING);
  notify_if (self, old.held != counts->held, PROP_HELD);
  notify_if (self, old.accepted != counts->accepted, PROP_ACCEPTED);
  notify_if (self, old.parked != counts->parked, PROP_PARKED);
  notify_if (self, old.oldest_us != counts->oldest_us, PROP_OLDEST_US);
  notify_if (self, old.last_accepted_us != counts->last_accepted_us, PROP_LAST_ACCEPTED_US);
  self->is_counted = TRUE;
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
cb_sync_state_is_counted (CbSyncState *self)
{
  g_return_val_if_fail (CB_IS_SYNC_STATE (self), FALSE);

  return self->is_counted;
}

void
cb_sync_state_set_contact (CbSyncState *self, CbContact contact, gint64 at_us)
{
  gboolean changed;
  gboolean moved;

  g_return_if_fail (CB_IS_SYNC_STATE (self));

  changed = self->contact != contact;
  moved = contact == CB_CONTACT_REACHED && self->last_contact_us != at_us;
  self->contact = contact;
  if (moved)
    self->last_contact_us = at_us;
  notify_if (self, moved, PROP_LAST_CONTACT_US);
  notify_if (self, changed, PROP_CONTACT);
}

void
cb_sync_state_set_next_try_us (CbSyncState *self, gint64 next_try_us)
{
  gboolean changed;

  g_return_if_fail (CB_IS_SYNC_STATE (self));

  changed = self->next_try_us != next_try_us;
  self->next_try_us = next_try_us;
  notify_if (self, changed, PROP_NEXT_TRY_US);
}

guint
cb_sync_state_get_waiting (CbSyncState *self)
{
  return self->counts.waiting;
}

guint
cb_sync_state_get_held (CbSyncState *self)
{
  return self->counts.held;
}

guint
cb_sync_state_get_accepted (CbSyncState *self)
{
  return self->counts.accepted;
}

guint
cb_sync_state_get_parked (CbSyncState *self)
{
  return self->counts.parked;
}

gint64
cb_sync_state_get_oldest_us (CbSyncState *self)
{
  return self->counts.oldest_us;
}

gint64
cb_sync_state_get_last_accepted_us (CbSyncState *self)
{
  return self->counts.last_accepted_us;
}

CbContact
cb_sync_state_get_contact (CbSyncState *self)
{
  return self->contact;
}

gint64
cb_sync_state_get_last_contact_us (CbSyncState *self)
{
  return self->last_contact_us;
}

gint64
cb_sync_state_get_next_try_us (CbSyncState *self)
{
  return self->next_try_us;
}

static void
cb_sync_state_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CbSyncState *self = CB_SYNC_STATE (object);

  switch ((CbSyncStateProperty) id)
    {
    case PROP_WAITING:
      g_value_set_uint (value, self->counts.waiting);
      break;
    case PROP_HELD:
      g_value_set_uint (value, self->counts.held);
      break;
    case PROP_ACCEPTED:
      g_value_set_uint (value, self->counts.accepted);
      break;
    case PROP_PARKED:
      g_value_set_uint (value, self->counts.parked);
      break;
    case PROP_OLDEST_US:
      g_value_set_int64 (value, self->counts.oldest_us);
      break;
    case PROP_LAST_ACCEPTED_US:
      g_value_set_int64 (value, self->counts.last_accepted_us);
      break;
    case PROP_CONTACT:
      g_value_set_uint (value, self->contact);
      break;
    case PROP_LAST_CONTACT_US:
      g_value_set_int64 (value, self->last_contact_us);
      break;
    case PROP_NEXT_TRY_US:
      g_value_set_int64 (value, self->next_try_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
install_count (GObjectClass *klass, CbSyncStateProperty property, const char *name)
{
  props[property] = g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0,
                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (klass, property, props[property]);
}

static void
install_time (GObjectClass *klass, CbSyncStateProperty property, const char *name)
{
  props[property] = g_param_spec_int64 (name, NULL, NULL, 0, G_MAXINT64, 0,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (klass, property, props[property]);
}

static void
cb_sync_state_class_init (CbSyncStateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = cb_sync_state_get_property;
  install_count (object_class, PROP_WAITING, "waiting");
  install_count (object_class, PROP_HELD, "held");
  install_count (object_class, PROP_ACCEPTED, "accepted");
  install_count (object_class, PROP_PARKED, "parked");
  install_count (object_class, PROP_CONTACT, "contact");
  install_time (object_class, PROP_OLDEST_US, "oldest-us");
  install_time (object_class, PROP_LAST_ACCEPTED_US, "last-accepted-us");
  install_time (object_class, PROP_LAST_CONTACT_US, "last-contact-us");
  install_time (object_class, PROP_NEXT_TRY_US, "next-try-us");
}

static void
cb_sync_state_init (CbSyncState *self)
{
}

CbSyncState *
cb_sync_state_new (void)
{
  return g_object_new (CB_TYPE_SYNC_STATE, NULL);
}
