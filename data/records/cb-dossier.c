/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-dossier.h"

#include "vault/cb-seal.h"

struct _CbDossier
{
  GObject parent_instance;
  CbCustomer *customer;
  GPtrArray *notes;
  GPtrArray *preferences;
  GPtrArray *requests;
  GPtrArray *occasions;
  GPtrArray *purchases;
  GPtrArray *wishes;
  GPtrArray *used;
  GPtrArray *reaches;
  char *home;
  char *associate;
  char *zone;
  char **confirmed;
  GPtrArray *permissions;
  gint64 unconfirmed_us;
  guint n_unread;
};

G_DEFINE_FINAL_TYPE (CbDossier, cb_dossier, G_TYPE_OBJECT)

CbCustomer *
cb_dossier_get_customer (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->customer;
}

GPtrArray *
cb_dossier_get_notes (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->notes;
}

GPtrArray *
cb_dossier_get_preferences (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->preferences;
}

GPtrArray *
cb_dossier_get_requests (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->requests;
}

GPtrArray *
cb_dossier_get_occasions (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->occasions;
}

GPtrArray *
cb_dossier_get_purchases (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->purchases;
}

GPtrArray *
cb_dossier_get_wishes (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->wishes;
}

GPtrArray *
cb_dossier_get_used (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->used;
}

GPtrArray *
cb_dossier_get_reaches (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->reaches;
}

const char *
cb_dossier_get_home (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->home;
}

const char *
cb_dossier_get_zone (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->zone;
}

const char *
cb_dossier_get_associate (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->associate;
}

GPtrArray *
cb_dossier_get_permissions (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return self->permissions;
}

const char *const *
cb_dossier_get_confirmed (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), NULL);

  return (const char *const *) self->confirmed;
}

guint
cb_dossier_get_n_unread (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), 0);

  return self->n_unread;
}

gint64
cb_dossier_get_unconfirmed_us (CbDossier *self)
{
  g_return_val_if_fail (CB_IS_DOSSIER (self), 0);

  return self->unconfirmed_us;
}

static void
cb_dossier_finalize (GObject *object)
{
  CbDossier *self = CB_DOSSIER (object);

  g_object_unref (self->customer);
  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->preferences);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->occasions);
  g_ptr_array_unref (self->purchases);
  g_ptr_array_unref (self->wishes);
  g_ptr_array_unref (self->used);
  g_ptr_array_unref (self->reaches);
  cb_text_wipe (self->home);
  g_free (self->associate);
  cb_text_wipe (self->zone);
  for (guint i = 0; self->confirmed[i] != NULL; i++)
    cb_text_wipe (self->confirmed[i]);
  g_free (self->confirmed);
  g_ptr_array_unref (self->permissions);

  G_OBJECT_CLASS (cb_dossier_parent_class)->finalize (object);
}

static void
cb_dossier_class_init (CbDossierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_dossier_finalize;
}

static void
cb_dossier_init (CbDossier *self)
{
}

CbDossier *
cb_dossier_new (const CbDossierFields *fields)
{
  CbDossier *self = g_object_new (CB_TYPE_DOSSIER, NULL);

  self->customer = g_object_ref (fields->customer);
  self->notes = g_ptr_array_ref (fields->notes);
  self->preferences = g_ptr_array_ref (fields->preferences);
  self->requests = g_ptr_array_ref (fields->requests);
  self->occasions = g_ptr_array_ref (fields->occasions);
  self->purchases = g_ptr_array_ref (fields->purchases);
  self->wishes = g_ptr_array_ref (fields->wishes);
  self->used = g_ptr_array_ref (fields->used);
  self->reaches = g_ptr_array_ref (fields->reaches);
  self->home = g_strdup (fields->home);
  self->associate = g_strdup (fields->associate);
  self->zone = g_strdup (fields->zone);
  self->confirmed =
    fields->confirmed != NULL ? g_strdupv ((char **) fields->confirmed) : g_new0 (char *, 1);
  self->permissions = g_ptr_array_ref (fields->permissions);
  self->unconfirmed_us = fields->unconfirmed_us;
  self->n_unread = fields->n_unread;
  return self;
}
