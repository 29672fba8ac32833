/* SPDX-License-Identifier: Apache-2.0 */

/* What customers would like in return for what they tell us. Kept for this shop, and theirs. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"

#define COLUMN_BODY "wish.body"

static CbWish *
wish_from_row (const CbKey *key, CbStmt *stmt, GError **error)
{
  const char *id = cb_stmt_text (stmt, 0);
  gsize length;
  const void *sealed = cb_stmt_blob (stmt, 2, &length);
  char *text = cb_unseal_text (key, COLUMN_BODY, id, sealed, length, error);
  CbWishFields fields = {
    .id = id,
    .customer_id = cb_stmt_text (stmt, 1),
    .text = text,
    .author_id = cb_stmt_text (stmt, 3),
    .created_us = cb_stmt_int (stmt, 4),
    .ends_us = cb_stmt_int (stmt, 5),
  };
  CbWish *wish;

  if (text == NULL)
    return NULL;
  cb_life_from_id (cb_stmt_text (stmt, 6), &fields.life);
  wish = cb_wish_new (&fields);
  cb_text_wipe (text);
  return wish;
}

GPtrArray *
cb_book_read_wishes (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  static const char SQL_LIST_WISHES[] =
    "SELECT id, customer, body, author, created_us, ends_us, life FROM wish"
    " WHERE customer = ?1 AND ends_us > ?2 ORDER BY created_us DESC, rowid DESC";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_WISHES);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      g_autoptr (CbWish) wish = wish_from_row (&key, stmt, &local_error);

      if (wish != NULL && cb_book_may_see (actor, cb_wish_get_fields (wish)->life,
                                           cb_wish_get_fields (wish)->author_id))
        g_ptr_array_add (list, g_steal_pointer (&wish));
      else if (wish == NULL)
        cb_book_pass_over (self, &local_error);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

static gboolean
insert_wish (CbBook *self, CbStaff *actor, const CbWishFields *new, GError **error)
{
  static const char SQL_ADD_WISH[] =
    "INSERT INTO wish (id, customer, body, author, created_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_WISH);
  g_autoptr (GBytes) body = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_get_customer_key (self, new->customer_id, &key, error))
    return FALSE;
  body = cb_seal_text (&key, COLUMN_BODY, new->id, new->text);
  cb_stmt_bind_text (stmt, 1, new->id);
  cb_stmt_bind_text (stmt, 2, new->customer_id);
  cb_stmt_bind_bytes (stmt, 3, body);
  cb_stmt_bind_text (stmt, 4, new->author_id);
  cb_stmt_bind_int (stmt, 5, new->created_us);
  cb_stmt_bind_int (stmt, 6, new->ends_us);
  cb_stmt_bind_text (stmt, 7, cb_life_to_id (new->life));
  return cb_stmt_run (stmt, error) &&
         cb_book_audit (self, actor, "wish.add", new->customer_id, new->id, NULL, error) &&
         cb_book_reckon_capture (self, new->customer_id, "wish", new->id, error);
}

static gboolean
check_text (const char *text, GError **error)
{
  if (text != NULL && strlen (text) <= CB_VALUE_MAX && cb_text_is_valid (text, -1) &&
      strspn (text, " \t\n") < strlen (text))
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                       "a wish is up to 1000 bytes of UTF-8 text");
  return FALSE;
}

CbWish *
cb_book_add_wish (CbBook *self,
                  CbStaff *actor,
                  const char *customer,
                  const char *text,
                  GError **error)
{
  g_autofree char *id = cb_id_new ();
  CbLifetime lifetime = { CB_LIFE_UNASKED, 0, 0 };
  CbWishFields new = { .id = id, .customer_id = customer, .text = text };
  g_autoptr (CbPermission) permission = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !check_text (text, error) ||
      !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error))
    return NULL;
  permission = cb_book_read_permission (self, customer, CB_PURPOSE_SHOP, CB_CHANNEL_NONE, error);
  if (permission == NULL)
    return NULL;
  new.author_id = cb_staff_get_id (actor);
  new.created_us = cb_clock_get_now_us (self->clock);
  cb_book_reckon_life (self, permission, CB_INTENT_PROFILE, new.created_us, &lifetime);
  new.ends_us = lifetime.ends_us;
  new.life = lifetime.life;
  if (!insert_wish (self, actor, &new, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? cb_wish_new (&new) : NULL;
}

/* They thought better of it, or it was granted. */
gboolean
cb_book_remove_wish (CbBook *self, CbStaff *actor, const char *id, GError **error)
{
  static const char SQL_REMOVE_WISH[] = "DELETE FROM wish WHERE id = ?1 RETURNING customer";
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *customer = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  stmt = cb_db_prepare (self->db, SQL_REMOVE_WISH);
  cb_stmt_bind_text (stmt, 1, id);
  if (!cb_stmt_next (stmt, &local_error))
    {
      if (!cb_error_hand_on (&local_error, error))
        g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such wish");
      return FALSE;
    }
  customer = g_strdup (cb_stmt_text (stmt, 0));
  if (!cb_stmt_run (stmt, error) || !cb_book_require_open (self, actor, customer, error) ||
      !cb_book_audit (self, actor, "wish.remove", customer, id, NULL, error))
    return FALSE;
  cb_book_touch (self, customer);
  transaction = NULL;
  return cb_book_commit (self, error);
}
