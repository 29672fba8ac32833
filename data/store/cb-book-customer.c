/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-arrival-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "store/cb-sealed-json.h"

#define COLUMN_CARD "customer.card"
#define LANGUAGE_MAX 35

/* --- checking what was typed --- */

static gboolean
is_name (const char *text)
{
  return text == NULL || (strlen (text) <= CB_NAME_MAX && cb_text_is_valid (text, -1));
}

static gboolean
are_contacts (char **values)
{
  guint n_values = values != NULL ? g_strv_length (values) : 0;

  for (guint i = 0; i < n_values; i++)
    {
      if (*values[i] == '\0' || strlen (values[i]) > CB_CONTACT_MAX ||
          !cb_text_is_sound (values[i], -1))
        return FALSE;
    }
  return n_values <= CB_CONTACTS_MAX;
}

static gboolean
is_language (const char *tag)
{
  if (tag == NULL)
    return TRUE;
  for (const char *c = tag; *c != '\0'; c++)
    {
      if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
        return FALSE;
    }
  return *tag != '\0' && strlen (tag) <= LANGUAGE_MAX;
}

static gboolean
has_word (const char *text)
{
  return text != NULL && strspn (text, " \t\n") < strlen (text);
}

gboolean
cb_book_check_customer (const CbCustomerDraft *draft, GError **error)
{
  const char *wrong = NULL;

  if (!is_name (draft->given) || !is_name (draft->family) || !is_name (draft->preferred))
    wrong = "a name is at most 1000 bytes of UTF-8 text";
  else if (!are_contacts (draft->emails) || !are_contacts (draft->phones))
    wrong = "emails and phones are up to 16 short texts each";
  else if (!are_contacts (draft->numbers))
    wrong = "numbers are up to 16 short texts";
  else if (!is_language (draft->language))
    wrong = "a language is a tag such as en or fr-CH";
  else if (!has_word (draft->given) && !has_word (draft->family) && !has_word (draft->preferred) &&
           (draft->emails == NULL || draft->emails[0] == NULL) &&
           (draft->phones == NULL || draft->phones[0] == NULL))
    wrong = "a customer needs a name, an email or a phone";
  if (wrong == NULL)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, wrong);
  return FALSE;
}

/* --- the sealed card --- */

static GBytes *
seal_card (const CbKey *key, const char *id, const CbCustomerDraft *draft)
{
  g_autoptr (JsonObject) card = json_object_new_object ();

  cb_json_set_string (card, "given", draft->given != NULL ? draft->given : "");
  cb_json_set_string (card, "family", draft->family != NULL ? draft->family : "");
  cb_json_set_string (card, "preferred", draft->preferred);
  cb_json_set_string (card, "language", draft->language);
  return cb_sealed_json_new (key, COLUMN_CARD, id, card);
}

/* --- writing --- */

static gboolean
insert_customer (CbBook *self,
                 const char *id,
                 const CbKey *key,
                 const CbCustomerDraft *draft,
                 gint64 since_us,
                 GError **error)
{
  static const char SQL_ADD_CUSTOMER[] =
    "INSERT INTO customer (id, key, card, created_us, last_visit_us)"
    " VALUES (?1, ?2, ?3, ?4, ?4)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_CUSTOMER);
  g_autoptr (GBytes) wrapped = cb_vault_wrap (self->vault, id, key);
  g_autoptr (GBytes) card = seal_card (key, id, draft);

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_bytes (stmt, 2, wrapped);
  cb_stmt_bind_bytes (stmt, 3, card);
  cb_stmt_bind_int (stmt, 4, MIN (since_us, cb_clock_get_now_us (self->clock)));
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_write_customer (CbBook *self,
                        CbStaff *actor,
                        const char *id,
                        const CbCustomerDraft *draft,
                        const char *origin,
                        GError **error)
{
  CbQueued queued = {
    .kind = "customer",
    .act = "put",
    .record = id,
    .customer = id,
    .purpose = CB_PURPOSE_SHOP,
    .lane = 1,
  };
  g_auto (CbKey) key;

  cb_key_random (&key);
  if (!insert_customer (self, id, &key, draft, cb_clock_get_now_us (self->clock), error) ||
      !cb_book_add_contacts (self, &key, id, "email", draft->emails, error) ||
      !cb_book_add_contacts (self, &key, id, "phone", draft->phones, error) ||
      !cb_book_add_card_numbers (self, &key, id, draft->numbers, error) ||
      !cb_book_hold (self, actor, &queued, error) ||
      !cb_book_audit (self, actor, "customer.add", id, id, origin, error))
    return FALSE;
  cb_book_touch (self, id);
  return TRUE;
}

gboolean
cb_book_set_card (CbBook *self,
                  const CbKey *key,
                  const char *customer,
                  const CbCustomerDraft *draft,
                  GError **error)
{
  static const char SQL_SET_CARD[] = "UPDATE customer SET card = ?2 WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_CARD);
  g_autoptr (GBytes) card = seal_card (key, customer, draft);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_bytes (stmt, 2, card);
  return cb_stmt_run (stmt, error);
}

char *
cb_book_add_customer (CbBook *self, CbStaff *actor, const CbCustomerDraft *draft, GError **error)
{
  g_autofree char *id = cb_id_new ();
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) ||
      !cb_book_check_customer (draft, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_write_customer (self, actor, id, draft, NULL, error) ||
      (draft->ends_draft && !cb_book_end_draft (self, actor, NULL, "customer", error)))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&id) : NULL;
}

/* --- reading --- */

void
cb_book_wipe_values (char **values)
{
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    cb_text_wipe (values[i]);
  g_free (values);
}

CbCustomer *
cb_book_read_customer (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_GET_CUSTOMER[] =
    "SELECT card, created_us, last_visit_us, restricted, version FROM customer WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_CUSTOMER);
  g_autoptr (JsonObject) card = NULL;
  CbCustomer *record = NULL;
  char **emails = NULL;
  char **phones = NULL;
  char **numbers = NULL;
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  cb_stmt_bind_text (stmt, 1, customer);
  if (!cb_stmt_next (stmt, error))
    return NULL;
  card = cb_sealed_json_open (&key, COLUMN_CARD, customer, stmt, 0, &local_error);
  /* Of whose card is damaged the rest is shown all the same. */
  if (card == NULL && cb_book_pass_over (self, &local_error))
    card = json_object_new_object ();
  if (cb_error_hand_on (&local_error, error))
    return NULL;
  if (cb_book_read_contacts (self, &key, customer, "email", &emails, error) &&
      cb_book_read_contacts (self, &key, customer, "phone", &phones, error) &&
      cb_book_read_card_numbers (self, &key, customer, &numbers, error))
    {
      CbCustomerFields fields = {
        .id = customer,
        .given = cb_json_get_string (card, "given"),
        .family = cb_json_get_string (card, "family"),
        .preferred = cb_json_get_string (card, "preferred"),
        .language = cb_json_get_string (card, "language"),
        .emails = (const char *const *) emails,
        .phones = (const char *const *) phones,
        .numbers = (const char *const *) numbers,
        .created_us = cb_stmt_int (stmt, 1),
        .last_visit_us = cb_stmt_int (stmt, 2),
        .is_restricted = cb_stmt_int (stmt, 3) != 0,
        .version = cb_stmt_text (stmt, 4),
      };

      record = cb_customer_new (&fields);
    }
  cb_book_wipe_values (emails);
  cb_book_wipe_values (phones);
  cb_book_wipe_values (numbers);
  return record;
}

char *
cb_book_dup_language (CbBook *self, const char *customer)
{
  g_autoptr (CbCustomer) record = cb_book_read_customer (self, customer, NULL);

  return record != NULL ? g_strdup (cb_customer_get_language (record)) : NULL;
}

static GPtrArray *
read_page (CbBook *self, guint limit, const char *after, GError **error)
{
  static const char SQL_LIST_CUSTOMERS[] =
    "SELECT id FROM customer WHERE id > ?1 ORDER BY id LIMIT ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_CUSTOMERS);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, after != NULL ? after : "");
  cb_stmt_bind_int (stmt, 2, limit);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      CbCustomer *customer = cb_book_read_customer (self, cb_stmt_text (stmt, 0), &local_error);

      if (customer != NULL)
        g_ptr_array_add (list, customer);
      else
        cb_book_pass_over (self, &local_error);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

GPtrArray *
cb_book_list_customers (CbBook *self,
                        CbStaff *actor,
                        guint limit,
                        const char *after,
                        GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_LIST_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  cb_book_begin_in_part (self);
  list = read_page (self, limit, after, error);
  if (cb_book_end_in_part (self) > 0)
    g_message ("some records can't be read, or not all of them: see counterbookctl doctor");
  if (list == NULL || !cb_book_audit (self, actor, "customer.list", NULL, NULL, NULL, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}

/* --- what leaves of a card --- */

static JsonObject *
encode_values (const char *const *values)
{
  JsonObject *array = json_object_new_array ();

  for (guint i = 0; values[i] != NULL; i++)
    json_object_array_add (array, json_object_new_string (values[i]));
  return array;
}

/* Whose owner said that they are theirs; nothing at all where none did. */
static gboolean
add_verified (CbBook *self,
              const CbKey *key,
              const char *customer,
              JsonObject *body,
              GError **error)
{
  char **values = NULL;

  if (!cb_book_read_confirmed (self, key, customer, &values, error))
    return FALSE;
  if (values[0] != NULL)
    json_object_object_add (body, "verified", encode_values ((const char *const *) values));
  cb_book_wipe_values (values);
  return TRUE;
}

JsonObject *
cb_book_encode_card (CbBook *self, const CbKey *key, const char *customer, GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);
  g_autoptr (JsonObject) body = json_object_new_object ();

  if (card == NULL)
    return NULL;
  cb_json_set_string (body, "given", cb_customer_get_given (card));
  cb_json_set_string (body, "family", cb_customer_get_family (card));
  cb_json_set_string (body, "preferred", cb_customer_get_preferred (card));
  cb_json_set_string (body, "language", cb_customer_get_language (card));
  json_object_object_add (body, "emails", encode_values (cb_customer_get_emails (card)));
  json_object_object_add (body, "phones", encode_values (cb_customer_get_phones (card)));
  return add_verified (self, key, customer, body, error) ? g_steal_pointer (&body) : NULL;
}

/* --- another terminal's --- */

static char **
read_values (JsonObject *card, const char *member)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  JsonObject *array = cb_json_get_array (card, member);
  const gsize n = array != NULL ? json_object_array_length (array) : 0;

  for (gsize i = 0; i < n; i++)
    {
      JsonObject *value = json_object_array_get_idx (array, i);

      if (json_object_is_type (value, json_type_string))
        g_ptr_array_add (values, g_strdup (json_object_get_string (value)));
    }
  g_ptr_array_add (values, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&values), FALSE);
}

static CbCustomerDraft *
read_draft (JsonObject *card)
{
  CbCustomerDraft *draft = cb_customer_draft_new ();

  draft->given = g_strdup (cb_json_get_string (card, "given"));
  draft->family = g_strdup (cb_json_get_string (card, "family"));
  draft->preferred = g_strdup (cb_json_get_string (card, "preferred"));
  draft->language = g_strdup (cb_json_get_string (card, "language"));
  draft->emails = read_values (card, "emails");
  draft->phones = read_values (card, "phones");
  return draft;
}

gboolean
cb_book_admit_customer (CbBook *self,
                        const char *id,
                        const CbArrivedRecord *card,
                        gboolean *is_here,
                        GError **error)
{
  g_autoptr (CbCustomerDraft) draft = read_draft (card->body);
  g_auto (CbKey) key;

  if (!cb_book_check_customer (draft, NULL))
    return TRUE;
  cb_key_random (&key);
  *is_here = insert_customer (self, id, &key, draft, card->at_us, error);
  return *is_here;
}

/* An address that its owner confirmed at another terminal need not be confirmed again. */
static gboolean
take_verified (CbBook *self, const char *customer, const CbArrivedRecord *record, GError **error)
{
  char **values = read_values (record->body, "verified");
  gboolean is_good = TRUE;

  for (guint i = 0; is_good && values[i] != NULL; i++)
    is_good = cb_book_mark_verified (self, customer, values[i], record->at_us, error);
  cb_book_wipe_values (values);
  return is_good;
}

CB_TAKES (card)
{
  g_autoptr (CbCustomerDraft) draft = read_draft (record->body);

  *is_taken = cb_book_check_customer (draft, NULL);
  return !*is_taken || (cb_book_set_card (self, key, customer, draft, error) &&
                        cb_book_set_contacts (self, key, customer, "email", draft->emails, error) &&
                        cb_book_set_contacts (self, key, customer, "phone", draft->phones, error) &&
                        take_verified (self, customer, record, error));
}
