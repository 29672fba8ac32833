/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "store/cb-sealed-json.h"

/* A piece of the index must not stand before a save for longer than about 5 ms. */
#define PIECE_US 4000

/* What the values were bound to when they were sealed. */
#define COLUMN_CARD "customer.card"
#define COLUMN_VALUE "contact.value"
#define COLUMN_BODY "note.body"

/* Of a piece. */
#define COLUMN_OF_VISIT 1
#define COLUMN_OF_ROW 2
#define COLUMN_OF_KEY 3
#define COLUMN_OF_CARD 4
#define COLUMN_OF_RESTRICTED 5

/* --- filling --- */

/* As they are looked for: with their calling code. */
static GPtrArray *
normalise_phones (CbBook *self, const char *const *typed)
{
  GPtrArray *phones = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);

  for (guint i = 0; typed[i] != NULL; i++)
    g_ptr_array_add (phones, cb_book_normalise_contact (self, "phone", typed[i]));
  g_ptr_array_add (phones, NULL);
  return phones;
}

static void
put_card (CbBook *self, CbCustomer *card)
{
  g_autoptr (GPtrArray) phones = normalise_phones (self, cb_customer_get_phones (card));
  CbPersonText person = {
    .given = cb_customer_get_given (card),
    .family = cb_customer_get_family (card),
    .preferred = cb_customer_get_preferred (card),
    .emails = cb_customer_get_emails (card),
    .phones = (const char *const *) phones->pdata,
    .cards = cb_customer_get_numbers (card),
  };

  cb_index_put_customer (self->index, cb_customer_get_id (card), &person,
                         cb_customer_get_last_visit_us (card));
  cb_index_hide_customer (self->index, cb_customer_get_id (card), cb_customer_is_restricted (card));
}

static gboolean
put_contacts (CbBook *self, const char *customer, const CbKey *key, GError **error)
{
  static const char SQL_LIST_VALUES[] =
    "SELECT kind, id, value FROM contact WHERE customer = ?1 ORDER BY kind, position";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_VALUES);
  g_autoptr (GPtrArray) emails = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);
  g_autoptr (GPtrArray) phones = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GPtrArray) cards = NULL;
  char **numbers = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  while (cb_stmt_next (stmt, &local_error))
    {
      gboolean is_email = g_str_equal (cb_stmt_text (stmt, 0), "email");
      gsize length;
      const void *sealed = cb_stmt_blob (stmt, 2, &length);
      char *value =
        cb_unseal_text (key, COLUMN_VALUE, cb_stmt_text (stmt, 1), sealed, length, &local_error);

      if (value == NULL && cb_book_pass_over (self, &local_error))
        continue;
      if (value == NULL)
        break;
      if (is_email)
        {
          g_ptr_array_add (emails, value);
          continue;
        }
      g_ptr_array_add (phones, cb_book_normalise_contact (self, "phone", value));
      cb_text_wipe (value);
    }
  if (cb_error_hand_on (&local_error, error) ||
      !cb_book_read_card_numbers (self, key, customer, &numbers, error))
    return FALSE;
  cards = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);
  for (guint i = 0; numbers[i] != NULL; i++)
    g_ptr_array_add (cards, numbers[i]);
  g_free (numbers);
  g_ptr_array_add (cards, NULL);
  g_ptr_array_add (emails, NULL);
  g_ptr_array_add (phones, NULL);
  cb_index_put_contacts (self->index, customer, (const char *const *) emails->pdata,
                         (const char *const *) phones->pdata, (const char *const *) cards->pdata);
  return TRUE;
}

static gboolean
put_note (CbBook *self, const char *customer, const CbKey *key, CbStmt *stmt, GError **error)
{
  static const char *const members[] = { "text", NULL };
  const char *id = cb_stmt_text (stmt, 0);
  const char *text = NULL;
  g_auto (CbSealedTexts) opened = { NULL, 0 };

  if (!cb_sealed_json_open_texts (key, COLUMN_BODY, id, stmt, 1, members, &text, &opened, error))
    return FALSE;
  if (text != NULL)
    cb_index_put_note (self->index, id, customer, text);
  return TRUE;
}

/* Words of what nobody was asked about are not searched; oldest first, so that new ones lead. A
 * note's words never change, so that those already in the index need not be opened again. */
static gboolean
put_notes (CbBook *self, const char *customer, const CbKey *key, GError **error)
{
  static const char SQL_LIST_SEARCHED[] =
    "SELECT id, body FROM note"
    " WHERE customer = ?1 AND ends_us > ?2 AND (life = 'asked' OR life = 'agreed')"
    " ORDER BY created_us, rowid";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_SEARCHED);
  g_autoptr (GHashTable) gone = cb_index_list_notes (self->index, customer);
  GHashTableIter left;
  gpointer left_id;
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      const char *id = cb_stmt_text (stmt, 0);

      if (!g_hash_table_remove (gone, id) && !put_note (self, customer, key, stmt, &local_error))
        cb_book_pass_over (self, &local_error);
    }
  g_hash_table_iter_init (&left, gone);
  while (local_error == NULL && g_hash_table_iter_next (&left, &left_id, NULL))
    cb_index_remove_note (self->index, left_id);
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
index_customer (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, &local_error);
  g_auto (CbKey) key;

  if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    {
      cb_index_remove_customer (self->index, customer);
      return TRUE;
    }
  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  put_card (self, card);
  return cb_book_get_customer_key (self, customer, &key, error) &&
         put_notes (self, customer, &key, error);
}

static gboolean
is_searched (CbNote *note)
{
  return cb_note_get_life (note) == CB_LIFE_ASKED || cb_note_get_life (note) == CB_LIFE_AGREED;
}

void
cb_book_index_note (CbBook *self, CbNote *note)
{
  if (is_searched (note))
    cb_index_put_note (self->index, cb_note_get_id (note), cb_note_get_customer_id (note),
                       cb_note_get_text (note));
}

/* Who can't be read can't be found, and keeps nobody else from it. */
gboolean
cb_book_index_customer (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  cb_book_begin_in_part (self);
  if (!index_customer (self, customer, &local_error))
    cb_book_pass_over (self, &local_error);
  cb_book_end_in_part (self);
  return !cb_error_hand_on (&local_error, error);
}

/* --- building in pieces --- */

void
cb_book_drop_index (CbBook *self)
{
  g_clear_pointer (&self->index, cb_index_free);
  self->is_index_ready = FALSE;
}

/* From whoever was seen last. */
static void
begin_round (CbBook *self, gboolean has_names)
{
  self->index_has_names = has_names;
  self->index_last_visit_us = G_MAXINT64;
  self->index_last_row = G_MAXINT64;
}

gboolean
cb_book_start_index (CbBook *self, GError **error)
{
  static const char SQL_COUNT_CUSTOMERS[] = "SELECT count(*) FROM customer";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_COUNT_CUSTOMERS);

  cb_book_drop_index (self);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  self->index = cb_index_new ();
  self->index_total = (guint) cb_stmt_int (stmt, 0);
  self->index_done = 0;
  begin_round (self, FALSE);
  return TRUE;
}

static gboolean
unwrap_key (CbBook *self, const char *customer, CbStmt *stmt, CbKey *key, GError **error)
{
  g_autoptr (GBytes) wrapped = cb_stmt_dup_bytes (stmt, COLUMN_OF_KEY);

  return cb_vault_unwrap (self->vault, customer, wrapped, key, error);
}

/* Whom an act has touched meanwhile is there already, and whole. */
static gboolean
put_name (CbBook *self, const char *customer, CbStmt *stmt, GError **error)
{
  static const char *const members[] = { "given", "family", "preferred", NULL };
  const char *texts[G_N_ELEMENTS (members)] = { NULL };
  g_auto (CbSealedTexts) opened = { NULL, 0 };
  CbPersonText person = { 0 };
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key;

  if (cb_index_has_customer (self->index, customer))
    return TRUE;
  if (!unwrap_key (self, customer, stmt, &key, error))
    return FALSE;
  /* Whose card is damaged is found by their number, their address and words of their notes. */
  if (!cb_sealed_json_open_texts (&key, COLUMN_CARD, customer, stmt, COLUMN_OF_CARD, members, texts,
                                  &opened, &local_error) &&
      !cb_book_pass_over (self, &local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  person.given = texts[0];
  person.family = texts[1];
  person.preferred = texts[2];
  cb_index_put_customer (self->index, customer, &person, cb_stmt_int (stmt, COLUMN_OF_VISIT));
  cb_index_hide_customer (self->index, customer, cb_stmt_int (stmt, COLUMN_OF_RESTRICTED) != 0);
  return TRUE;
}

static gboolean
put_rest (CbBook *self, const char *customer, CbStmt *stmt, GError **error)
{
  g_auto (CbKey) key;

  return unwrap_key (self, customer, stmt, &key, error) &&
         put_contacts (self, customer, &key, error) && put_notes (self, customer, &key, error);
}

/* Names are what is looked for first, and those of who was seen lately; their addresses, numbers
 * and notes follow in a second round. */
static gboolean
put_piece (CbBook *self, gboolean *more, GError **error)
{
  static const char SQL_LIST_PIECE[] =
    "SELECT id, last_visit_us, rowid, key, card, restricted FROM customer"
    " WHERE last_visit_us <= ?1 AND (last_visit_us < ?1 OR rowid < ?2)"
    " ORDER BY last_visit_us DESC, rowid DESC";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_PIECE);
  g_autoptr (GError) local_error = NULL;
  gint64 until_us = g_get_monotonic_time () + PIECE_US;

  cb_stmt_bind_int (stmt, 1, self->index_last_visit_us);
  cb_stmt_bind_int (stmt, 2, self->index_last_row);
  *more = FALSE;
  while (!*more && cb_stmt_next (stmt, &local_error))
    {
      const char *customer = cb_stmt_text (stmt, 0);

      if (!(self->index_has_names ? put_rest : put_name) (self, customer, stmt, &local_error) &&
          !cb_book_pass_over (self, &local_error))
        break;
      self->index_last_visit_us = cb_stmt_int (stmt, COLUMN_OF_VISIT);
      self->index_last_row = cb_stmt_int (stmt, COLUMN_OF_ROW);
      self->index_done++;
      *more = g_get_monotonic_time () >= until_us;
    }
  return !cb_error_hand_on (&local_error, error);
}

gboolean
cb_book_grow_index (CbBook *self, guint *done, guint *total, GError **error)
{
  gboolean more;
  gboolean is_put;
  g_auto (CbTransaction) transaction = NULL;

  if (self->index == NULL || self->is_index_ready)
    return FALSE;
  if (!cb_book_begin_read (self, error))
    return FALSE;
  transaction = self->db;
  cb_book_begin_in_part (self);
  is_put = put_piece (self, &more, error);
  if (cb_book_end_in_part (self) > 0)
    g_message ("not everybody can be found: some values are damaged, see counterbookctl doctor");
  if (!is_put)
    return FALSE;
  if (!more && !self->index_has_names)
    {
      self->index_total = self->index_done;
      begin_round (self, TRUE);
      more = TRUE;
    }
  self->is_index_ready = !more;
  *done = self->index_done;
  *total = MAX (self->index_total * 2, self->index_done);
  transaction = NULL;
  return cb_book_commit (self, error) && more;
}

gboolean
cb_book_is_index_ready (CbBook *self)
{
  return self->is_index_ready;
}
