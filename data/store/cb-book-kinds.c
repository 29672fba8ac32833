/* SPDX-License-Identifier: Apache-2.0 */

/* What the outbox, the lives of a record and retention need to know of each kind: one row a kind,
 * so that a further one is added in one place. What never leaves has no version and is not encoded.
 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-arrival-private.h"

#define SET_VERSION(table) "UPDATE " table " SET version = ?2 WHERE id = ?1"
#define RESTORE_VERSION(table) "UPDATE " table " SET version = ?3 WHERE id = ?1 AND version = ?2"
#define SET_LIFE(table) "UPDATE " table " SET life = ?2, ends_us = ?3 WHERE id = ?1"
/* Whose record is frozen asked for it to be left as it is. */
#define NOT_FROZEN(table)                                                                          \
  " AND NOT EXISTS (SELECT 1 FROM customer AS f WHERE f.id = " table                               \
  ".customer AND f.restricted = 1)"
/* ?1 the time, ?2 whose visit is open, ?3 since when a draft is one that is being written. */
#define LIST_ENDED(table)                                                                          \
  "SELECT id, customer FROM " table                                                                \
  " WHERE ends_us <= ?1 AND customer IS NOT ?2" CB_NOT_WRITTEN_ABOUT (table, "?3")                 \
    NOT_FROZEN (table)
#define LIST_ENDS(table)                                                                           \
  "SELECT id, customer, life, ends_us FROM " table " WHERE ends_us <= ?1" NOT_FROZEN (table)
#define END(table) "DELETE FROM " table " WHERE id = ?1"

static const CbRecordKind kinds[] = {
  {
    .kind = "customer",
    .set_version = SET_VERSION ("customer"),
    .restore_version = RESTORE_VERSION ("customer"),
    .encode = cb_book_encode_card,
    .take = cb_book_take_card,
  },
  {
    .kind = "note",
    .set_version = SET_VERSION ("note"),
    .restore_version = RESTORE_VERSION ("note"),
    .list_living = "SELECT id, purpose, intent, created_us, life, ends_us, 0 FROM note"
                   " WHERE customer = ?1 AND life <> 'review'",
    .set_life = SET_LIFE ("note"),
    .list_ended = LIST_ENDED ("note"),
    .list_ends = LIST_ENDS ("note"),
    .end = END ("note"),
    .encode = cb_book_encode_note,
    .take = cb_book_take_note,
  },
  {
    .kind = "preference",
    .set_version = SET_VERSION ("preference"),
    .restore_version = RESTORE_VERSION ("preference"),
    .list_living = "SELECT id, purpose, 'profile', created_us, life, ends_us, 0 FROM preference"
                   " WHERE customer = ?1 AND life <> 'review'",
    .set_life = SET_LIFE ("preference"),
    .list_ended = LIST_ENDED ("preference"),
    .list_ends = LIST_ENDS ("preference"),
    .end = END ("preference"),
    .encode = cb_book_encode_preference,
    .take = cb_book_take_preference,
  },
  {
    .kind = "request",
    .set_version = SET_VERSION ("request"),
    .restore_version = RESTORE_VERSION ("request"),
    .list_living = "SELECT id, 'asked', 'profile', created_us, life, ends_us, keep_until_us"
                   " FROM request WHERE customer = ?1",
    .set_life = SET_LIFE ("request"),
    .list_ended = LIST_ENDED ("request"),
    .list_ends = LIST_ENDS ("request"),
    .end = END ("request"),
    .encode = cb_book_encode_request,
    .take = cb_book_take_request,
  },
  {
    .kind = "occasion",
    .list_living = "SELECT id, 'shop', 'profile', created_us, life, ends_us, until_us"
                   " FROM occasion WHERE customer = ?1",
    .set_life = SET_LIFE ("occasion"),
    .list_ended = LIST_ENDED ("occasion"),
    .list_ends = LIST_ENDS ("occasion"),
    .end = END ("occasion"),
  },
  {
    .kind = "purchase",
    .list_living = "SELECT id, 'shop', 'profile', created_us, life, ends_us, 0"
                   " FROM purchase WHERE customer = ?1",
    .set_life = SET_LIFE ("purchase"),
    .list_ended = LIST_ENDED ("purchase"),
    .list_ends = LIST_ENDS ("purchase"),
    .end = END ("purchase"),
  },
  {
    .kind = "wish",
    .list_living = "SELECT id, 'shop', 'profile', created_us, life, ends_us, 0"
                   " FROM wish WHERE customer = ?1",
    .set_life = SET_LIFE ("wish"),
    .list_ended = LIST_ENDED ("wish"),
    .list_ends = LIST_ENDS ("wish"),
    .end = END ("wish"),
  },
  {
    .kind = "reach",
    .list_ended = LIST_ENDED ("reach"),
    .end = END ("reach"),
  },
  {
    .kind = "address-code",
    .list_ended = "SELECT contact, customer FROM address_code"
                  " WHERE ends_us <= ?1 AND customer IS NOT ?2 AND ?3 IS NOT NULL",
    .end = "DELETE FROM address_code WHERE contact = ?1",
  },
};

const CbRecordKind *
cb_book_get_kinds (guint *n_kinds)
{
  *n_kinds = G_N_ELEMENTS (kinds);
  return kinds;
}

const CbRecordKind *
cb_book_find_kind (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_str_equal (kinds[i].kind, kind))
        return &kinds[i];
    }
  return NULL;
}
