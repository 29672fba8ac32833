/* SPDX-License-Identifier: Apache-2.0 */

/* What the customer does with the whole of their record: shows that it is theirs, reads it, has it
 * gone. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

#include "base/cb-error.h"

/* --- who stands there --- */

typedef struct
{
  char *customer;
  CbProof *proof;
} Identify;

typedef struct
{
  GError *error; /* NULL: it is them */
  gint64 wait_until_us;
} Identified;

static void
identify_free (gpointer data)
{
  Identify *input = data;

  g_free (input->customer);
  cb_proof_free (input->proof);
  g_free (input);
}

static void
identified_free (gpointer data)
{
  Identified *outcome = data;

  g_clear_error (&outcome->error);
  g_free (outcome);
}

static gpointer
identify_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Identify *input = data;
  Identified *outcome = g_new0 (Identified, 1);

  cb_book_identify (self->book, actor, input->customer, input->proof, &outcome->wait_until_us,
                    &outcome->error);
  return outcome;
}

void
cb_store_identify_async (CbStore *self,
                         const char *customer_id,
                         CbProof *proof,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Identify *input = g_new0 (Identify, 1);

  input->customer = g_strdup (customer_id);
  input->proof = proof;
  cb_store_run_async (self, identify_in_worker, input, identify_free, identified_free,
                      cb_store_identify_async, cancellable, callback, user_data);
}

gboolean
cb_store_identify_finish (CbStore *self,
                          GAsyncResult *result,
                          gint64 *wait_until_us,
                          GError **error)
{
  Identified *outcome = cb_store_run_finish (self, result, cb_store_identify_async, error);
  gboolean is_them;

  if (outcome == NULL)
    return FALSE;
  is_them = outcome->error == NULL;
  if (wait_until_us != NULL)
    *wait_until_us = outcome->wait_until_us;
  if (!is_them)
    g_propagate_error (error, g_steal_pointer (&outcome->error));
  identified_free (outcome);
  return is_them;
}

static gpointer
part_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  if (self->book != NULL)
    cb_book_part (self->book);
  return CB_STORE_DONE;
}

void
cb_store_part (CbStore *self)
{
  cb_store_run_async (self, part_in_worker, NULL, NULL, NULL, cb_store_part, NULL, NULL, NULL);
}

/* --- everything --- */

typedef struct
{
  char *customer;
  char *language;
} Show;

static void
show_free (gpointer data)
{
  Show *input = data;

  g_free (input->customer);
  g_free (input->language);
  g_free (input);
}

static gpointer
show_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Show *input = data;

  return cb_book_show_everything (self->book, actor, input->customer, input->language, error);
}

void
cb_store_show_everything_async (CbStore *self,
                                const char *customer_id,
                                const char *language,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Show *input = g_new0 (Show, 1);

  input->customer = g_strdup (customer_id);
  input->language = g_strdup (language);
  cb_store_run_async (self, show_in_worker, input, show_free, (GDestroyNotify) g_ptr_array_unref,
                      cb_store_show_everything_async, cancellable, callback, user_data);
}

GPtrArray *
cb_store_show_everything_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_show_everything_async, error);
}

/* --- erasure --- */

typedef struct
{
  char *customer;
  CbEraseReason reason;
} Erase;

typedef struct
{
  guint n_missing;
} Erased;

static void
erase_free (gpointer data)
{
  Erase *input = data;

  g_free (input->customer);
  g_free (input);
}

static gpointer
erase_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Erase *input = data;
  g_autoptr (GPtrArray) missing = NULL;
  Erased *outcome;

  if (!cb_book_erase (self->book, actor, input->customer, input->reason, error))
    return NULL;
  missing = cb_book_take_missing_copies (self->book);
  outcome = g_new0 (Erased, 1);
  outcome->n_missing = missing->len;
  return outcome;
}

void
cb_store_erase_customer_async (CbStore *self,
                               const char *customer_id,
                               CbEraseReason reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Erase *input = g_new0 (Erase, 1);

  input->customer = g_strdup (customer_id);
  input->reason = reason;
  cb_store_run_async (self, erase_in_worker, input, erase_free, g_free,
                      cb_store_erase_customer_async, cancellable, callback, user_data);
}

gboolean
cb_store_erase_customer_finish (CbStore *self,
                                GAsyncResult *result,
                                guint *n_missing,
                                GError **error)
{
  g_autofree Erased *outcome =
    cb_store_run_finish (self, result, cb_store_erase_customer_async, error);

  if (outcome != NULL && n_missing != NULL)
    *n_missing = outcome->n_missing;
  return outcome != NULL;
}
