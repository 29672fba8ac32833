/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-customer.h"

#include "vault/cb-seal.h"

struct _CbCustomer
{
  GObject parent_instance;
  char *id;
  char *given;
  char *family;
  char *preferred;
  char *language;
  char **emails;
  char **phones;
  char **numbers;
  gint64 created_us;
  gint64 last_visit_us;
  gboolean is_restricted;
  char *version;
};

G_DEFINE_FINAL_TYPE (CbCustomer, cb_customer, G_TYPE_OBJECT)

const char *
cb_customer_get_id (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return self->id;
}

const char *
cb_customer_get_given (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return self->given;
}

const char *
cb_customer_get_family (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return self->family;
}

const char *
cb_customer_get_preferred (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return self->preferred;
}

const char *
cb_customer_get_language (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return self->language;
}

const char *const *
cb_customer_get_emails (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return (const char *const *) self->emails;
}

const char *const *
cb_customer_get_phones (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return (const char *const *) self->phones;
}

const char *const *
cb_customer_get_numbers (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return (const char *const *) self->numbers;
}

gint64
cb_customer_get_created_us (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), 0);

  return self->created_us;
}

gint64
cb_customer_get_last_visit_us (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), 0);

  return self->last_visit_us;
}

gboolean
cb_customer_is_restricted (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), 0);

  return self->is_restricted;
}

const char *
cb_customer_get_version (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  return self->version;
}

char *
cb_customer_dup_display_name (CbCustomer *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER (self), NULL);

  if (self->preferred != NULL && *self->preferred != '\0')
    return g_strdup (self->preferred);
  if (*self->given == '\0' || *self->family == '\0')
    return g_strdup (*self->given != '\0' ? self->given : self->family);
  return g_strdup_printf ("%s %s", self->given, self->family);
}

static void
cb_customer_finalize (GObject *object)
{
  CbCustomer *self = CB_CUSTOMER (object);

  g_free (self->id);
  cb_text_wipe (self->given);
  cb_text_wipe (self->family);
  cb_text_wipe (self->preferred);
  g_free (self->language);
  for (guint i = 0; self->emails[i] != NULL; i++)
    cb_text_wipe (self->emails[i]);
  g_free (self->emails);
  for (guint i = 0; self->phones[i] != NULL; i++)
    cb_text_wipe (self->phones[i]);
  g_free (self->phones);
  for (guint i = 0; self->numbers[i] != NULL; i++)
    cb_text_wipe (self->numbers[i]);
  g_free (self->numbers);
  g_free (self->version);

  G_OBJECT_CLASS (cb_customer_parent_class)->finalize (object);
}

static void
cb_customer_class_init (CbCustomerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_customer_finalize;
}

static void
cb_customer_init (CbCustomer *self)
{
}

CbCustomer *
cb_customer_new (const CbCustomerFields *fields)
{
  CbCustomer *self = g_object_new (CB_TYPE_CUSTOMER, NULL);

  self->id = g_strdup (fields->id);
  self->given = g_strdup (fields->given != NULL ? fields->given : "");
  self->family = g_strdup (fields->family != NULL ? fields->family : "");
  self->preferred = g_strdup (fields->preferred);
  self->language = g_strdup (fields->language);
  self->emails = fields->emails != NULL ? g_strdupv ((char **) fields->emails) : g_new0 (char *, 1);
  self->phones = fields->phones != NULL ? g_strdupv ((char **) fields->phones) : g_new0 (char *, 1);
  self->numbers =
    fields->numbers != NULL ? g_strdupv ((char **) fields->numbers) : g_new0 (char *, 1);
  self->created_us = fields->created_us;
  self->last_visit_us = fields->last_visit_us;
  self->is_restricted = fields->is_restricted;
  self->version = g_strdup (fields->version);
  return self;
}
