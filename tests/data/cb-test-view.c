/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-world.h"

#include "base/cb-error.h"
#include "store/cb-book-private.h"

static void
see_texts (GString *view, const char *const *texts)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    g_string_append_printf (view, " <%s>", texts[i]);
}

static void
see_notes (GString *view, GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++)
    {
      CbNote *note = notes->pdata[i];

      g_string_append_printf (view, "  note %s <%.80s> %s life %d delivery %d\n",
                              cb_note_get_id (note), cb_note_get_text (note),
                              cb_note_get_purpose (note), cb_note_get_life (note),
                              cb_note_get_delivery (note));
    }
}

static void
see_preferences (GString *view, GPtrArray *preferences)
{
  for (guint i = 0; i < preferences->len; i++)
    {
      CbPreference *preference = preferences->pdata[i];

      g_string_append_printf (
        view, "  preference %s <%s> life %d delivery %d\n", cb_preference_get_id (preference),
        cb_preference_get_value (preference), cb_preference_get_life (preference),
        cb_preference_get_delivery (preference));
    }
}

static void
see_requests (GString *view, GPtrArray *requests)
{
  for (guint i = 0; i < requests->len; i++)
    {
      const CbMatterFields *matter = cb_matter_get_fields (requests->pdata[i]);

      g_string_append_printf (view, "  request %s %d <%s> state %d due %d delivery %d\n",
                              matter->id, matter->kind, matter->text, matter->state,
                              matter->due_us != 0, matter->delivery);
    }
}

static void
see_permissions (GString *view, GPtrArray *permissions)
{
  for (guint i = 0; i < permissions->len; i++)
    {
      CbPermission *permission = permissions->pdata[i];

      g_string_append_printf (view, "  %s/%d: %d\n", cb_permission_get_purpose (permission),
                              cb_permission_get_channel (permission),
                              cb_permission_get_verdict (permission));
    }
}

/* Each answer with what was shown for it, and what was shown in vain. */
static gboolean
see_shown (CbTestWorld *world, GString *view, const char *customer, GError **error)
{
  static const char SQL_SEE_ANSWERS[] =
    "SELECT e.purpose, e.state, r.outcome FROM consent_event AS e"
    " LEFT JOIN consent_request AS r ON r.id = e.request WHERE e.customer = ?1 ORDER BY e.seq";
  g_autoptr (CbStmt) stmt = cb_db_prepare (world->test.book->db, SQL_SEE_ANSWERS);
  g_autoptr (GPtrArray) unanswered =
    cb_book_list_unanswered (world->test.book, world->test.manager, customer, error);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  while (unanswered != NULL && cb_stmt_next (stmt, &local_error))
    g_string_append_printf (view, "  answer %s %s %s\n", cb_stmt_text (stmt, 0),
                            cb_stmt_text (stmt, 1),
                            cb_stmt_is_null (stmt, 2) ? "-" : cb_stmt_text (stmt, 2));
  for (guint i = 0; unanswered != NULL && i < unanswered->len; i++)
    g_string_append_printf (view, "  unanswered %s\n",
                            ((const CbUnanswered *) unanswered->pdata[i])->purpose);
  return unanswered != NULL && !cb_error_hand_on (&local_error, error);
}

static gboolean
see_drafts (CbTestWorld *world, GString *view, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) drafts =
    cb_book_list_drafts (world->test.book, world->test.associate, customer, error);

  for (guint i = 0; drafts != NULL && i < drafts->len; i++)
    {
      g_autofree char *text = cb_unsaved_to_text (drafts->pdata[i]);

      g_string_append_printf (view, "  draft %s\n", text);
    }
  return drafts != NULL;
}

static gboolean
see_customer (CbTestWorld *world, GString *view, const char *id, GError **error)
{
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (world->test.book, world->test.manager, id, error);
  CbCustomer *card;

  if (dossier == NULL)
    return FALSE;
  card = cb_dossier_get_customer (dossier);
  g_string_append_printf (view, "customer %s <%s> <%s>", id, cb_customer_get_given (card),
                          cb_customer_get_family (card));
  see_texts (view, cb_customer_get_emails (card));
  see_texts (view, cb_customer_get_phones (card));
  g_string_append_printf (view, " unconfirmed %d restricted %d\n",
                          cb_dossier_get_unconfirmed_us (dossier) != 0,
                          cb_customer_is_restricted (card));
  see_notes (view, cb_dossier_get_notes (dossier));
  see_preferences (view, cb_dossier_get_preferences (dossier));
  see_requests (view, cb_dossier_get_requests (dossier));
  see_permissions (view, cb_dossier_get_permissions (dossier));
  return see_shown (world, view, id, error) && see_drafts (world, view, id, error);
}

static gboolean
see_customers (CbTestWorld *world, GString *view, GError **error)
{
  g_autoptr (GPtrArray) list =
    cb_book_list_customers (world->test.book, world->test.manager, 1000, NULL, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      if (!see_customer (world, view, cb_customer_get_id (list->pdata[i]), error))
        return FALSE;
    }
  return list != NULL;
}

/* An erasure that is made up for has an operation of another id. */
static gboolean
see_outbox (CbTestWorld *world, GString *view, GError **error)
{
  g_autoptr (GPtrArray) items = cb_book_list_outbox (world->test.book, G_MAXUINT, error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      CbOutboxItem *item = items->pdata[i];

      g_string_append_printf (view, "op %s %s %s state %d\n", cb_outbox_item_get_kind (item),
                              cb_outbox_item_get_act (item), cb_outbox_item_get_customer_id (item),
                              cb_outbox_item_get_state (item));
    }
  return items != NULL;
}

static gboolean
see_staff (CbTestWorld *world, GString *view, GError **error)
{
  g_autoptr (GPtrArray) list = cb_book_list_staff (world->test.book, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    g_string_append_printf (view, "staff <%s> %d\n", cb_staff_get_name (list->pdata[i]),
                            cb_staff_get_role (list->pdata[i]));
  return list != NULL;
}

/* Whole or absent, whatever was cut. */
static gboolean
see_backup (CbTestWorld *world, GString *view, GError **error)
{
  g_autofree char *path = cb_book_dup_managed_path (world->test.book);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_string_append (view, "back-up\n");
  return cb_book_check_backup (world->test.book, path, NULL, error);
}

char *
cb_test_world_see (CbTestWorld *world, GError **error)
{
  g_autoptr (GString) view = g_string_new (NULL);
  guint n_rows = 0;

  g_string_append_printf (view, "shop <%s>\n", cb_book_get_name (world->test.book));
  if (!cb_book_verify_audit (world->test.book, &n_rows, error) || !see_staff (world, view, error) ||
      (world->test.manager != NULL && !see_customers (world, view, error)) ||
      !see_outbox (world, view, error) || !see_backup (world, view, error))
    return NULL;
  return g_string_free (g_steal_pointer (&view), FALSE);
}

char *
cb_test_world_look (CbTestWorld *world, CbDisk *disk, GError **error)
{
  g_autoptr (CbTestWorld) twin = cb_test_world_twin (world);
  g_autoptr (GError) local_error = NULL;

  cb_disk_mount (disk);
  if (cb_test_world_open (twin, &local_error))
    return cb_test_world_see (twin, error);
  if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}
