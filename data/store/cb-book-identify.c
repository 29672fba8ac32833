/* SPDX-License-Identifier: Apache-2.0 */

/* Who stands there. Today's visit needs no check; what was kept before, a copy of it and its
 * erasure are for the one whom it is about. What they type is compared here, offline, and kept
 * nowhere: the audit says that it was tried or held, and of what kind it was. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "exchange/cb-export.h"
#include "exchange/cb-receipt-code.h"

#define TRY "customer.try"
#define IDENTIFY "customer.identify"

/* Nobody guesses two facts in so many; who mistypes comes back after a coffee, or shows a document.
 */
#define TRIES 5
#define TRIES_US (30 * G_TIME_SPAN_MINUTE)

/* Longer than reading everything takes, shorter than a terminal stays with one customer. */
#define HOLDS_US (15 * G_TIME_SPAN_MINUTE)

#define FACTS_NEEDED 2

/* --- how often it was tried --- */

/* Counted in the audit, which nobody can wind back: a try is in it before its outcome is told. */
static gboolean
check_tries (CbBook *self, const char *customer, gint64 *wait_until_us, GError **error)
{
  static const char SQL_COUNT_TRIES[] =
    "SELECT count(*), min(at_us) FROM (SELECT at_us FROM audit"
    " WHERE customer = ?1 AND action = '" TRY
    "' AND at_us > ?2"
    " AND seq > coalesce((SELECT max(seq) FROM audit"
    "  WHERE customer = ?1 AND action = '" IDENTIFY "'), 0) ORDER BY seq DESC LIMIT ?3)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_COUNT_TRIES);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock) - TRIES_US);
  cb_stmt_bind_int (stmt, 3, TRIES);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) < TRIES)
    return TRUE;
  *wait_until_us = cb_stmt_int (stmt, 1) + TRIES_US;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_THROTTLED, "too many tries");
  return FALSE;
}

/* --- what is compared --- */

static gboolean
asks (CbBook *self,
      const char *sql,
      const char *customer,
      GBytes *hash,
      guint *n_right,
      GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_bytes (stmt, 2, hash);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *n_right += cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

static gboolean
compare_contact (CbBook *self,
                 const char *customer,
                 const char *kind,
                 const char *typed,
                 guint *n_right,
                 GError **error)
{
  static const char SQL_HAS_CONTACT[] =
    "SELECT EXISTS (SELECT 1 FROM contact WHERE customer = ?1 AND local_hash = ?2)";
  g_autoptr (GBytes) hash = NULL;
  char *normal;

  if (typed == NULL)
    return TRUE;
  normal = cb_book_normalise_contact (self, kind, typed);
  hash = cb_book_hash_contact (&self->keys->local, kind, normal);
  cb_text_wipe (normal);
  return asks (self, SQL_HAS_CONTACT, customer, hash, n_right, error);
}

static gboolean
compare_card (CbBook *self, const char *customer, const char *typed, guint *n_right, GError **error)
{
  static const char SQL_HAS_CARD[] =
    "SELECT EXISTS (SELECT 1 FROM card_number WHERE customer = ?1 AND local_hash = ?2)";
  g_autoptr (GBytes) hash = typed != NULL ? cb_book_hash_card_number (self, typed) : NULL;

  return typed == NULL || asks (self, SQL_HAS_CARD, customer, hash, n_right, error);
}

/* The same number, however it is grouped and in whichever case. To be wiped. */
static char *
dup_number (const char *text)
{
  GString *number = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    {
      if (!g_ascii_isspace (*c) && *c != '-')
        g_string_append_c (number, g_ascii_tolower (*c));
    }
  return g_string_free (number, FALSE);
}

static gboolean
is_receipt_of_answers (CbBook *self,
                       const char *customer,
                       const char *typed,
                       gboolean *is_theirs,
                       GError **error)
{
  static const char SQL_HAS_RECEIPT[] =
    "SELECT EXISTS (SELECT 1 FROM consent_event WHERE customer = ?1 AND receipt = ?2)";
  g_autofree char *receipt = cb_receipt_code_parse (typed);
  g_autoptr (CbStmt) stmt = NULL;

  if (receipt == NULL)
    return TRUE;
  stmt = cb_db_prepare (self->db, SQL_HAS_RECEIPT);
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, receipt);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is_theirs = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

/* What the till printed is sealed with the rest of the purchase. */
static gboolean
is_receipt_of_purchase (CbBook *self,
                        const char *customer,
                        const char *number,
                        gboolean *is_theirs,
                        GError **error)
{
  g_autoptr (GPtrArray) purchases = cb_book_read_purchases (self, customer, error);

  for (guint i = 0; purchases != NULL && !*is_theirs && i < purchases->len; i++)
    {
      const char *receipt = cb_purchase_get_fields (g_ptr_array_index (purchases, i))->receipt;
      char *theirs = receipt != NULL ? dup_number (receipt) : NULL;

      *is_theirs = theirs != NULL && *theirs != '\0' && g_str_equal (theirs, number);
      cb_text_wipe (theirs);
    }
  return purchases != NULL;
}

static gboolean
compare_receipt (CbBook *self,
                 const char *customer,
                 const char *typed,
                 gboolean *is_theirs,
                 GError **error)
{
  char *number = typed != NULL ? dup_number (typed) : NULL;
  gboolean is_done =
    number == NULL ||
    (is_receipt_of_answers (self, customer, typed, is_theirs, error) &&
     (*is_theirs || is_receipt_of_purchase (self, customer, number, is_theirs, error)));

  cb_text_wipe (number);
  return is_done;
}

/* `method` stays NULL when what they gave does not show that it is them. */
static gboolean
judge (CbBook *self,
       const char *customer,
       const CbProof *proof,
       const char **method,
       GError **error)
{
  gboolean is_receipt = FALSE;
  guint n_right = 0;

  *method = cb_document_to_id (proof->document);
  if (*method != NULL)
    return TRUE;
  if (!compare_receipt (self, customer, proof->receipt, &is_receipt, error) ||
      !compare_contact (self, customer, "email", proof->email, &n_right, error) ||
      !compare_contact (self, customer, "phone", proof->phone, &n_right, error) ||
      !compare_card (self, customer, proof->card, &n_right, error))
    return FALSE;
  if (is_receipt)
    *method = "receipt";
  else if (n_right >= FACTS_NEEDED)
    *method = "two-facts";
  return TRUE;
}

static gboolean
check_proof (const CbProof *proof, GError **error)
{
  guint n_facts = (proof->email != NULL) + (proof->phone != NULL) + (proof->card != NULL);

  if (proof->document != CB_DOCUMENT_NONE || proof->receipt != NULL || n_facts >= FACTS_NEEDED)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                       "a receipt number or two facts are needed");
  return FALSE;
}

/* --- holding --- */

gboolean
cb_book_is_identified (CbBook *self, const char *customer)
{
  return self->identified != NULL && g_str_equal (self->identified, customer) &&
         g_get_monotonic_time () < self->identified_until_us;
}

void
cb_book_part (CbBook *self)
{
  g_clear_pointer (&self->identified, g_free);
}

static void
hold (CbBook *self, const char *customer)
{
  cb_book_part (self);
  self->identified = g_strdup (customer);
  self->identified_until_us = g_get_monotonic_time () + HOLDS_US;
}

gboolean
cb_book_identify (CbBook *self,
                  CbStaff *actor,
                  const char *customer,
                  const CbProof *proof,
                  gint64 *wait_until_us,
                  GError **error)
{
  const char *method = NULL;
  g_auto (CbTransaction) transaction = NULL;

  *wait_until_us = 0;
  cb_book_part (self);
  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error) || !check_proof (proof, error) ||
      !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error) ||
      (proof->document == CB_DOCUMENT_NONE &&
       !check_tries (self, customer, wait_until_us, error)) ||
      !judge (self, customer, proof, &method, error) ||
      !cb_book_audit (self, actor, method != NULL ? IDENTIFY : TRY, customer, customer, method,
                      error))
    return FALSE;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  if (method != NULL)
    hold (self, customer);
  else
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED, "that is not what is kept");
  return method != NULL;
}

gboolean
cb_book_require_theirs (CbBook *self,
                        CbStaff *actor,
                        CbAct act,
                        const char *customer,
                        GError **error)
{
  if (cb_book_is_identified (self, customer) &&
      cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, NULL))
    return TRUE;
  return cb_book_require (self, actor, act, error);
}

/* --- everything, to read it here --- */

GPtrArray *
cb_book_show_everything (CbBook *self,
                         CbStaff *actor,
                         const char *customer,
                         const char *language,
                         GError **error)
{
  const CbCopy copy = { .what = "access" };
  g_autoptr (JsonObject) document = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require_theirs (self, actor, CB_ACT_EXPORT, customer, error) ||
      !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error) ||
      !cb_book_audit (self, actor, "customer.show", customer, customer, NULL, error))
    return NULL;
  document = cb_book_make_access (self, actor, customer, &copy, error);
  if (document == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? cb_access_list_parts (document, language) : NULL;
}
