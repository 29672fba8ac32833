/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "store/cb-import-private.h"

static gboolean
has_value (CbBook *self, const char *kind, const char *const *known, const char *value)
{
  g_autofree char *normal = cb_book_normalise_contact (self, kind, value);

  for (guint i = 0; known[i] != NULL; i++)
    {
      g_autofree char *other = cb_book_normalise_contact (self, kind, known[i]);

      if (g_str_equal (normal, other))
        return TRUE;
    }
  return FALSE;
}

static gboolean
fill_contacts (CbBook *self,
               const CbKey *key,
               const char *customer,
               const char *kind,
               const char *const *known,
               char **values,
               gboolean *is_changed,
               GError **error)
{
  guint position = g_strv_length ((char **) known);

  for (guint i = 0; values != NULL && values[i] != NULL && position < CB_CONTACTS_MAX; i++)
    {
      if (has_value (self, kind, known, values[i]))
        continue;
      if (!cb_book_add_contact (self, key, customer, kind, position++, values[i], error))
        return FALSE;
      *is_changed = TRUE;
    }
  return TRUE;
}

static gboolean
is_missing (const char *known, const char *text)
{
  return (known == NULL || *known == '\0') && text != NULL && *text != '\0';
}

static gboolean
fill_names (CbBook *self,
            const CbKey *key,
            CbCustomer *card,
            const CbCustomerDraft *draft,
            gboolean *is_changed,
            GError **error)
{
  const char *given = cb_customer_get_given (card);
  const char *family = cb_customer_get_family (card);
  const char *language = cb_customer_get_language (card);
  g_autoptr (CbCustomerDraft) filled = NULL;

  /* The same words in other places are no missing name. */
  gboolean is_same =
    (*given != '\0' || *family != '\0') &&
    cb_import_are_same_words (given, family, draft->given != NULL ? draft->given : "",
                              draft->family != NULL ? draft->family : "");

  if (is_same || (!is_missing (given, draft->given) && !is_missing (family, draft->family)))
    {
      if (!is_missing (language, draft->language))
        return TRUE;
    }
  filled = cb_customer_draft_new ();
  filled->given = g_strdup (!is_same && is_missing (given, draft->given) ? draft->given : given);
  filled->family =
    g_strdup (!is_same && is_missing (family, draft->family) ? draft->family : family);
  filled->preferred = g_strdup (cb_customer_get_preferred (card));
  filled->language = g_strdup (is_missing (language, draft->language) ? draft->language : language);
  *is_changed = TRUE;
  return cb_book_set_card (self, key, cb_customer_get_id (card), filled, error);
}

gboolean
cb_book_merge_entry (CbBook *self,
                     CbStaff *actor,
                     const char *customer,
                     const CbCustomerDraft *draft,
                     GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);
  gboolean is_changed = FALSE;
  g_auto (CbKey) key;

  if (card == NULL || !cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  /* Whose record is restricted asked for it to be left as it is. */
  if (cb_customer_is_restricted (card))
    return TRUE;
  if (!fill_names (self, &key, card, draft, &is_changed, error) ||
      !fill_contacts (self, &key, customer, "email", cb_customer_get_emails (card), draft->emails,
                      &is_changed, error) ||
      !fill_contacts (self, &key, customer, "phone", cb_customer_get_phones (card), draft->phones,
                      &is_changed, error))
    return FALSE;
  if (!is_changed)
    return TRUE;
  cb_book_touch (self, customer);
  /* A card that has left is not followed by what the old book says: its owner has not agreed to
   * that. It goes with their confirmation. */
  return cb_book_mark_unconfirmed (self, customer, error) &&
         cb_book_audit (self, actor, "customer.merge", customer, customer, "import", error);
}
