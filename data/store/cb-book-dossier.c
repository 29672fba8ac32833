/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "consent/cb-purpose.h"

static gboolean
add_permission (CbBook *self,
                GPtrArray *list,
                const char *customer,
                const char *purpose,
                CbChannel channel,
                GError **error)
{
  CbPermission *permission = cb_book_read_permission (self, customer, purpose, channel, error);

  if (permission != NULL)
    g_ptr_array_add (list, permission);
  return permission != NULL;
}

GPtrArray *
cb_book_list_permissions (CbBook *self, const char *customer, GError **error)
{
  const CbPurpose *const *purposes = cb_purposes_get_all ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; purposes[i] != NULL; i++)
    {
      if (!add_permission (self, list, customer, cb_purpose_get_id (purposes[i]), CB_CHANNEL_NONE,
                           error))
        return NULL;
    }
  for (guint i = 0; purposes[i] != NULL; i++)
    {
      const char *const *channels = cb_purpose_get_channels (purposes[i]);

      for (guint j = 0; channels[j] != NULL; j++)
        {
          CbChannel channel = CB_CHANNEL_NONE;

          cb_channel_from_id (channels[j], &channel);
          if (!add_permission (self, list, customer, cb_purpose_get_id (purposes[i]), channel,
                               error))
            return NULL;
        }
    }
  return g_steal_pointer (&list);
}

static CbDossier *
read_all (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);
  g_autoptr (GPtrArray) notes = NULL;
  g_autoptr (GPtrArray) preferences = NULL;
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GPtrArray) occasions = NULL;
  g_autoptr (GPtrArray) purchases = NULL;
  g_autoptr (GPtrArray) wishes = NULL;
  g_autoptr (GPtrArray) used = NULL;
  g_autoptr (GPtrArray) reaches = NULL;
  g_autoptr (GPtrArray) permissions = NULL;
  g_auto (CbBelonging) belonging = { 0 };
  g_auto (CbKey) key = { 0 };
  CbDossierFields fields;
  CbDossier *dossier;
  char **confirmed = NULL;
  gint64 unconfirmed_us;

  if (card == NULL)
    return NULL;
  if (cb_customer_is_restricted (card) && cb_staff_get_role (actor) == CB_ROLE_ASSOCIATE)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN, "this record is restricted");
      return NULL;
    }
  notes = cb_book_list_notes (self, actor, customer, error);
  preferences = notes != NULL ? cb_book_list_preferences (self, actor, customer, error) : NULL;
  requests = preferences != NULL ? cb_book_read_requests (self, customer, error) : NULL;
  occasions = requests != NULL ? cb_book_read_occasions (self, actor, customer, error) : NULL;
  purchases = occasions != NULL ? cb_book_read_purchases (self, customer, error) : NULL;
  wishes = purchases != NULL ? cb_book_read_wishes (self, actor, customer, error) : NULL;
  used = wishes != NULL ? cb_book_read_used (self, customer, error) : NULL;
  reaches = used != NULL ? cb_book_read_reaches (self, customer, error) : NULL;
  permissions = reaches != NULL ? cb_book_list_permissions (self, customer, error) : NULL;
  if (permissions == NULL || !cb_book_read_unconfirmed (self, customer, &unconfirmed_us, error) ||
      !cb_book_read_belonging (self, customer, &belonging, error) ||
      !cb_book_get_customer_key (self, customer, &key, error) ||
      !cb_book_read_confirmed (self, &key, customer, &confirmed, error))
    return NULL;
  fields = (CbDossierFields){
    .customer = card,
    .notes = notes,
    .preferences = preferences,
    .requests = requests,
    .occasions = occasions,
    .purchases = purchases,
    .wishes = wishes,
    .used = used,
    .reaches = reaches,
    .home = belonging.home,
    .associate = belonging.associate,
    .zone = belonging.zone,
    .permissions = permissions,
    .confirmed = (const char *const *) confirmed,
    .unconfirmed_us = unconfirmed_us,
    .n_unread = self->n_unread,
  };
  dossier = cb_dossier_new (&fields);
  cb_book_wipe_values (confirmed);
  return dossier;
}

/* What is damaged is told and keeps nothing else from being seen. */
static CbDossier *
read_dossier (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  CbDossier *dossier;

  cb_book_begin_in_part (self);
  dossier = read_all (self, actor, customer, error);
  cb_book_end_in_part (self);
  return dossier;
}

/* Read and written down in one. */
static CbDossier *
load (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbDossier) dossier = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  dossier = read_dossier (self, actor, customer, error);
  if (dossier == NULL ||
      !cb_book_audit (self, actor, CB_READ_RECORD, customer, customer, NULL, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&dossier) : NULL;
}

/* Read alone: that it was is written down when there is room again. */
static CbDossier *
load_on_credit (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbDossier) dossier = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  dossier = read_dossier (self, actor, customer, error);
  return dossier != NULL && cb_book_owe_reading (self, actor, customer, CB_READ_RECORD)
           ? g_steal_pointer (&dossier)
           : NULL;
}

CbDossier *
cb_book_load_dossier (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  CbDossier *dossier;

  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error))
    return NULL;
  dossier = load (self, actor, customer, &local_error);
  if (dossier == NULL && cb_book_is_of_the_disk (local_error))
    dossier = load_on_credit (self, actor, customer, NULL);
  if (dossier == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return dossier;
}
