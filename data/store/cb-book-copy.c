/* SPDX-License-Identifier: Apache-2.0 */

/* The copies that are made here for a customer to take home: made, remembered, found again when
 * their owner is erased. */

#define G_LOG_DOMAIN "Counterbook"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "exchange/cb-export.h"

#define COLUMN_PLACE "copy.place"

/* Longer than any copy of ours: what is there instead is not read whole to find that out. */
#define COPY_MAX (256 * 1024 * 1024)

/* --- remembering --- */

static gboolean
add_copy (CbBook *self,
          CbStaff *actor,
          const char *customer,
          const CbCopy *copy,
          const char *place,
          GError **error)
{
  static const char SQL_ADD_COPY[] =
    "INSERT INTO copy (id, customer, what, format, place, staff, made_us)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_COPY);
  g_autoptr (GBytes) sealed = cb_seal_text (&self->keys->book, COLUMN_PLACE, copy->id, place);
  const char *format = cb_export_format_to_id (copy->format);
  g_autofree char *action = g_strconcat ("customer.", copy->what, NULL);

  cb_stmt_bind_text (stmt, 1, copy->id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, copy->what);
  cb_stmt_bind_text (stmt, 4, format);
  cb_stmt_bind_bytes (stmt, 5, sealed);
  cb_stmt_bind_text (stmt, 6, cb_staff_get_id (actor));
  cb_stmt_bind_int (stmt, 7, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error) &&
         cb_book_audit (self, actor, action, customer, copy->id, format, error);
}

/* The row goes, with what became of its file in the audit. */
static gboolean
end_copy (CbBook *self,
          CbStaff *actor,
          const char *customer,
          const char *id,
          const char *became,
          GError **error)
{
  static const char SQL_END_COPY[] = "DELETE FROM copy WHERE id = ?1";
  g_autoptr (CbStmt) stmt = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  stmt = cb_db_prepare (self->db, SQL_END_COPY);
  cb_stmt_bind_text (stmt, 1, id);
  if (!cb_stmt_run (stmt, error) ||
      !cb_book_audit (self, actor, "copy.end", customer, id, became, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- making --- */

static gboolean
check_place (const char *place, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (place);
  GStatBuf status;

  if (g_lstat (place, &status) == 0)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "there is a file of that name already; it is left as it is");
      return FALSE;
    }
  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "there is no folder to put it in");
  return FALSE;
}

static gboolean
put_file (const char *place, GBytes *bytes, GError **error)
{
  gsize length;
  const void *start = g_bytes_get_data (bytes, &length);
  gboolean is_made = FALSE;

  if (cb_files_create (place, start, length, &is_made, error))
    {
      if (is_made)
        return TRUE;
      check_place (place, error);
      return FALSE;
    }
  /* A name that the folder may forget again in a power cut is none to hand out. */
  if (is_made)
    g_unlink (place);
  g_prefix_error_literal (error, "nothing was written: ");
  return FALSE;
}

typedef JsonObject *(*MakeFunc) (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 const CbCopy *copy,
                                 GError **error);

/* Read, remembered and logged in one transaction. */
static GBytes *
write_copy (CbBook *self,
            CbStaff *actor,
            const char *customer,
            const CbCopy *copy,
            const char *place,
            MakeFunc make,
            GError **error)
{
  g_autoptr (JsonObject) document = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error) ||
      !add_copy (self, actor, customer, copy, place, error))
    return NULL;
  document = make (self, actor, customer, copy, error);
  if (document == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? cb_export_encode (document, copy->format) : NULL;
}

/* The log comes before the file: what is out is in the log, whatever happens in between. */
static char *
make_copy (CbBook *self,
           CbStaff *actor,
           const char *customer,
           CbCopy *copy,
           const char *path,
           MakeFunc make,
           GError **error)
{
  g_autofree char *id = cb_id_new ();
  g_autofree char *place = g_canonicalize_filename (path, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local_error = NULL;

  copy->id = id;
  if (!cb_book_require_theirs (self, actor, CB_ACT_EXPORT, customer, error) ||
      !check_place (place, error))
    return NULL;
  bytes = write_copy (self, actor, customer, copy, place, make, error);
  if (bytes == NULL)
    return NULL;
  if (put_file (place, bytes, error))
    return g_steal_pointer (&id);
  /* On a full disk this may fail as well; then an erasure finds no file, and says so. */
  if (!end_copy (self, actor, customer, id, "failed", &local_error))
    g_message ("that a copy was not written could not be noted: %s", local_error->message);
  return NULL;
}

char *
cb_book_export (CbBook *self,
                CbStaff *actor,
                const char *customer,
                CbExportFormat format,
                const char *path,
                GError **error)
{
  CbCopy copy = { .what = "export", .format = format };

  return make_copy (self, actor, customer, &copy, path, cb_book_make_export, error);
}

char *
cb_book_access (CbBook *self,
                CbStaff *actor,
                const char *customer,
                CbExportFormat format,
                const char *path,
                GError **error)
{
  CbCopy copy = { .what = "access", .format = format };

  g_return_val_if_fail (format == CB_EXPORT_HTML || format == CB_EXPORT_JSON, NULL);
  return make_copy (self, actor, customer, &copy, path, cb_book_make_access, error);
}

/* --- reaching them --- */

typedef struct
{
  char *id;
  char *customer;
  char *place;
  gint64 made_us;
} Lost;

static void
lost_free (gpointer data)
{
  Lost *lost = data;

  g_free (lost->id);
  g_free (lost->customer);
  cb_text_wipe (lost->place);
  g_free (lost);
}

#define SELECT_COPY "SELECT c.id, c.customer, c.place, c.made_us FROM copy AS c"
#define WHERE_LOST                                                                                 \
  " WHERE (?1 IS NULL OR c.customer = ?1)"                                                         \
  " AND EXISTS (SELECT 1 FROM tombstone AS t WHERE t.customer = c.customer)"

/* Asked before anything that needs the keys: as a rule there is none, and who is locked stays so.
 */
static gboolean
is_any_lost (CbBook *self, const char *customer, gboolean *is_any, GError **error)
{
  static const char SQL_IS_ANY_LOST[] = "SELECT EXISTS (SELECT 1 FROM copy AS c" WHERE_LOST ")";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_ANY_LOST);

  cb_stmt_bind_text (stmt, 1, customer);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is_any = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

/* `sql` asks by a customer, or by NULL for all. */
static GPtrArray *
list_copies (CbBook *self, const char *sql, const char *customer, GError **error)
{
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (lost_free);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  stmt = cb_db_prepare (self->db, sql);
  cb_stmt_bind_text (stmt, 1, customer);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      Lost *lost = g_new0 (Lost, 1);
      gsize length;
      const void *sealed = cb_stmt_blob (stmt, 2, &length);

      lost->id = g_strdup (cb_stmt_text (stmt, 0));
      lost->customer = g_strdup (cb_stmt_text (stmt, 1));
      lost->made_us = cb_stmt_int (stmt, 3);
      lost->place =
        cb_unseal_text (&self->keys->book, COLUMN_PLACE, lost->id, sealed, length, &local_error);
      g_ptr_array_add (list, lost);
      if (lost->place != NULL)
        continue;
      /* One that is damaged keeps no other from being reached. */
      g_ptr_array_remove_index (list, list->len - 1);
      if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
        {
          g_message ("where a copy of an erased customer lies can't be read");
          g_clear_error (&local_error);
        }
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

/* Whether what lies there is the copy: its mark is in it. */
static gboolean
is_copy (const Lost *lost, gboolean *is_ours, GError **error)
{
  gsize length;
  char *bytes = cb_files_read (lost->place, COPY_MAX, &length, error);

  if (bytes == NULL)
    return FALSE;
  *is_ours = memmem (bytes, length, lost->id, strlen (lost->id)) != NULL;
  explicit_bzero (bytes, length);
  g_free (bytes);
  return TRUE;
}

/* A folder that is not there may be on a stick that is not in, or a share that is not mounted. */
static gboolean
is_folder_there (const char *place)
{
  g_autofree char *folder = g_path_get_dirname (place);

  return g_file_test (folder, G_FILE_TEST_IS_DIR);
}

/* What became of the file, for the audit; NULL when it is there, or may be, and can't be removed.
 */
static const char *
remove_copy (const Lost *lost)
{
  g_autoptr (GError) error = NULL;
  gboolean is_ours = FALSE;

  if (!is_copy (lost, &is_ours, &error))
    return g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND) &&
               is_folder_there (lost->place)
             ? "absent"
             : NULL;
  if (!is_ours)
    return "changed";
  return cb_files_erase (lost->place, &error) ? "removed" : NULL;
}

/* --- what is not where it was put --- */

void
cb_missing_copy_free (CbMissingCopy *self)
{
  g_free (self->mark);
  cb_text_wipe (self->place);
  g_free (self);
}

/* Somebody has carried it away, or put another in its place: nobody but a person finds it now. */
static void
note_missing (CbBook *self, const Lost *lost, const char *became)
{
  CbMissingCopy *missing;

  if (g_str_equal (became, "removed"))
    return;
  missing = g_new0 (CbMissingCopy, 1);
  missing->mark = g_strdup (lost->id);
  missing->place = g_strdup (lost->place);
  missing->made_us = lost->made_us;
  g_ptr_array_add (self->missing_copies, missing);
}

GPtrArray *
cb_book_take_missing_copies (CbBook *self)
{
  GPtrArray *missing = g_steal_pointer (&self->missing_copies);

  self->missing_copies = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_missing_copy_free);
  return missing;
}

GPtrArray *
cb_book_reach_copies (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_LIST_LOST[] = SELECT_COPY WHERE_LOST;
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) list = NULL;
  gboolean is_any;

  if (!is_any_lost (self, customer, &is_any, error))
    return NULL;
  if (!is_any)
    return g_steal_pointer (&left);
  list = list_copies (self, SQL_LIST_LOST, customer, error);
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const Lost *lost = g_ptr_array_index (list, i);
      const char *became = remove_copy (lost);

      if (became == NULL)
        g_ptr_array_add (left, g_strdup (lost->place));
      else if (end_copy (self, NULL, lost->customer, lost->id, became, error))
        note_missing (self, lost, became);
      else
        return NULL;
    }
  return list != NULL ? g_steal_pointer (&left) : NULL;
}

void
cb_book_try_to_reach_copies (CbBook *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = cb_book_reach_copies (self, NULL, &error);

  if (left == NULL)
    g_message ("the copies of the erased have to wait: %s", error->message);
  else if (left->len > 0)
    g_message ("%u copies of the erased could not be removed", left->len);
}

/* Nobody keeps what became of each: the book goes too. */
void
cb_book_remove_all_copies (CbBook *self)
{
  static const char SQL_LIST_COPIES[] = SELECT_COPY " WHERE ?1 IS NULL";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = list_copies (self, SQL_LIST_COPIES, NULL, &error);
  guint n_left = 0;

  for (guint i = 0; list != NULL && i < list->len; i++)
    n_left += remove_copy (g_ptr_array_index (list, i)) == NULL;
  if (error != NULL)
    g_message ("where copies lie can't be read: %s", error->message);
  else if (n_left > 0)
    g_message ("%u copies could not be removed", n_left);
}
