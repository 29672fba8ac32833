/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-book.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/cb-json.h"
#include "vault/cb-seal.h"

static CbStaff *
add_staff (CbTestBook *test, const char *name, CbRole role)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = cb_book_add_staff (test->book, test->admin, name, role, "482915", &error);
  CbStaff *staff;

  g_assert_no_error (error);
  staff = cb_book_find_staff (test->book, id, &error);
  g_assert_no_error (error);
  return staff;
}

void
cb_test_book_set_up (CbTestBook *test)
{
  CbBookOptions options = {
    .name = "Test Shop",
    .region = "GB",
    .keep_unasked_days = 7,
    .keep_basis = "legitimate-interest",
  };
  g_autoptr (GError) error = NULL;
  char *recovery = NULL;

  test->root = g_dir_make_tmp ("cb-book-XXXXXX", &error);
  g_assert_no_error (error);
  test->home = g_build_filename (test->root, "home", NULL);
  test->state_root = g_build_filename (test->root, "state", NULL);
  test->last_n = 0;
  test->clock = cb_clock_new_manual (CB_TEST_MORNING_US);
  test->book =
    cb_book_create (test->home, test->state_root, test->clock, &options, &recovery, &error);
  g_assert_no_error (error);
  g_assert_nonnull (recovery);
  cb_text_wipe (recovery);
  test->admin = add_staff (test, "Test Admin", CB_ROLE_ADMIN);
  test->manager = add_staff (test, "Test Manager", CB_ROLE_MANAGER);
  test->associate = add_staff (test, "Test Associate", CB_ROLE_ASSOCIATE);
  test->other = add_staff (test, "Test Other", CB_ROLE_ASSOCIATE);
  test->privacy = add_staff (test, "Test Privacy", CB_ROLE_PRIVACY);
}

void
cb_test_remove_tree (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        cb_test_remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
cb_test_book_tear_down (CbTestBook *test)
{
  g_clear_object (&test->admin);
  g_clear_object (&test->manager);
  g_clear_object (&test->associate);
  g_clear_object (&test->other);
  g_clear_object (&test->privacy);
  g_assert_finalize_object (test->book);
  g_assert_finalize_object (test->clock);
  cb_test_remove_tree (test->root);
  g_free (test->root);
  g_free (test->home);
  g_free (test->state_root);
}

void
cb_test_book_reopen (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;

  g_assert_finalize_object (test->book);
  test->book = cb_book_open (test->home, test->state_root, test->clock, &error);
  g_assert_no_error (error);
}

char *
cb_test_book_add_customer (CbTestBook *test,
                           const char *given,
                           const char *family,
                           const char *email,
                           const char *phone)
{
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autoptr (GError) error = NULL;
  const char *emails[] = { email, NULL };
  const char *phones[] = { phone, NULL };
  char *id;

  draft->given = g_strdup (given);
  draft->family = g_strdup (family);
  draft->emails = g_strdupv ((char **) emails);
  draft->phones = g_strdupv ((char **) phones);
  id = cb_book_add_customer (test->book, test->associate, draft, &error);
  g_assert_no_error (error);
  return id;
}

CbNote *
cb_test_book_add_note (CbTestBook *test,
                       const char *customer,
                       const char *purpose,
                       const char *text)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (GError) error = NULL;
  CbNote *note;

  draft->text = g_strdup (text);
  draft->purpose = g_strdup (purpose);
  note = cb_book_add_note (test->book, test->associate, customer, draft, &error);
  g_assert_no_error (error);
  return note;
}

void
cb_test_book_answer (CbTestBook *test,
                     const char *customer,
                     const char *purpose,
                     CbChannel channel,
                     CbAnswer answer,
                     CbMethod method)
{
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *receipt = NULL;
  CbAnswerDraft *draft = cb_answer_draft_new ();

  draft->purpose = g_strdup (purpose);
  draft->channel = channel;
  draft->answer = answer;
  draft->method = method;
  g_ptr_array_add (answers, draft);
  receipt = cb_book_record_answers (test->book, test->associate, customer, answers, &error);
  g_assert_no_error (error);
  g_assert_nonnull (receipt);
}

CbVerdict
cb_test_book_verdict (CbTestBook *test,
                      const char *customer,
                      const char *purpose,
                      CbChannel channel)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbPermission) permission = cb_book_permit (
    test->book, test->associate, customer, purpose, channel, CB_CIRCUMSTANCE_NONE, &error);

  g_assert_no_error (error);
  return cb_permission_get_verdict (permission);
}

CbDelivery
cb_test_book_state (CbTestBook *test, const char *kind, const char *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = cb_book_list_outbox (test->book, G_MAXUINT, &error);
  CbDelivery state = CB_DELIVERY_LOCAL;

  g_assert_no_error (error);
  for (guint i = 0; i < items->len; i++)
    {
      CbOutboxItem *item = g_ptr_array_index (items, i);

      if (g_str_equal (cb_outbox_item_get_kind (item), kind) &&
          g_str_equal (cb_outbox_item_get_record_id (item), record))
        state = cb_outbox_item_get_state (item);
    }
  return state;
}

GPtrArray *
cb_test_book_push (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBatch) batch = cb_book_take_batch (test->book, 500, 1 << 20, &error);
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  GPtrArray *sent = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_put);

  g_assert_no_error (error);
  for (guint i = 0; i < cb_batch_get_length (batch); i++)
    {
      const CbBatchOp *op = cb_batch_get_op (batch, i);
      CbSettlement *settlement = cb_settlement_new (op->op_id, CB_SETTLED_ACCEPTED);
      gsize length;
      const char *line = g_bytes_get_data (op->line, &length);

      settlement->n = ++test->last_n;
      g_ptr_array_add (settlements, settlement);
      g_ptr_array_add (sent, cb_json_parse (line, length, 65536, &error));
      g_assert_no_error (error);
    }
  g_assert_true (cb_book_settle (test->book, settlements, &error));
  g_assert_no_error (error);
  return sent;
}

guint
cb_test_count_files_with (const char *directory, const char *needle)
{
  g_autoptr (GDir) listing = g_dir_open (directory, 0, NULL);
  const char *name;
  guint n_files = 0;

  while (listing != NULL && (name = g_dir_read_name (listing)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n_files += cb_test_count_files_with (path, needle);
      else if (g_file_get_contents (path, &bytes, &length, NULL) &&
               memmem (bytes, length, needle, strlen (needle)) != NULL)
        n_files++;
    }
  return n_files;
}
