/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-test-service.h"

#include "service/cb-dump.h"
#include "support/cb-test-pg.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

CbService *
cb_test_service_open_other (CbTestService *self)
{
  g_autoptr (GError) error = NULL;
  CbStorage *storage = cb_place_open (&self->place, TRUE, &error);
  CbService *service = NULL;

  g_assert_no_error (error);
  service = cb_service_new (storage, self->place.path, self->clock, &error);
  g_assert_no_error (error);
  return service;
}

static void
open_book (CbTestService *self)
{
  self->service = cb_test_service_open_other (self);
}

static void
choose_place (CbTestService *self)
{
  g_autofree char *address =
    cb_test_pg_is_on () ? cb_test_pg_new_address () : g_strconcat ("sqlite:", self->path, NULL);

  g_assert_null (
    cb_place_parse (&self->place, address, cb_test_pg_is_on () ? self->directory : NULL));
}

CbTestService *
cb_test_service_new (void)
{
  CbTestService *self = g_new0 (CbTestService, 1);
  g_autofree char *id = cb_id_new ();

  g_assert_cmpint (sodium_init (), >=, 0);
  self->directory = g_dir_make_tmp ("cb-book-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "profiles.db", NULL);
  self->clock = cb_clock_new_manual (CB_TEST_NOW_US);
  self->reply = g_string_new (NULL);
  g_strlcpy (self->terminal.id, id, sizeof self->terminal.id);
  cb_test_service_set_store (self, "Port Halden");
  choose_place (self);
  open_book (self);
  return self;
}

void
cb_test_service_free (CbTestService *self)
{
  g_autoptr (GDir) directory = g_dir_open (self->directory, 0, NULL);
  const char *name = NULL;

  g_clear_pointer (&self->service, cb_service_free);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      g_remove (path);
    }
  g_rmdir (self->directory);
  cb_terminal_row_clear (&self->terminal);
  g_object_unref (self->clock);
  g_string_free (self->reply, TRUE);
  cb_place_clear (&self->place);
  g_free (self->path);
  g_free (self->directory);
  g_free (self);
}

void
cb_test_service_reopen (CbTestService *self)
{
  g_clear_pointer (&self->service, cb_service_free);
  open_book (self);
}

void
cb_test_service_set_store (CbTestService *self, const char *store)
{
  g_free (self->terminal.store);
  self->terminal.store = g_strdup (store);
}

CbAckList *
cb_test_service_push (CbTestService *self, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  guint n_ops = 0;

  g_string_truncate (self->reply, 0);
  cb_service_push (self->service, &self->terminal, body, self->reply, &n_ops, &error);
  g_assert_no_error (error);
  reply = g_bytes_new (self->reply->str, self->reply->len);
  return cb_ack_list_parse (reply);
}

void
cb_test_service_expect (CbTestService *self, char *line, const char *answer)
{
  g_autoptr (CbAckList) list = cb_test_service_push (self, line);
  g_autofree char *found = NULL;
  CbAck *ack = NULL;

  g_assert_true (list->is_complete);
  g_assert_cmpuint (list->acks->len, ==, 1);
  ack = list->acks->pdata[0];
  found = ack->code != NULL ? g_strjoin (":", cb_ack_state_to_id (ack->state), ack->code, NULL)
                            : g_strdup (cb_ack_state_to_id (ack->state));
  g_assert_cmpstr (found, ==, answer);
  g_free (line);
}

static gboolean
on_record (const CbRecordRow *row, gpointer data)
{
  cb_dump_record (row, data);
  return TRUE;
}

static gboolean
on_answer (const CbAnswerRow *row, gpointer data)
{
  cb_dump_answer (row, data);
  return TRUE;
}

char *
cb_test_service_dump (CbTestService *self)
{
  CbStorage *storage = cb_service_get_storage (self->service);
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  storage->methods->walk (storage, on_record, on_answer, text, &error);
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

guint
cb_test_service_count (CbTestService *self, const char *customer)
{
  g_autofree char *text = cb_test_service_dump (self);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint count = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && (customer == NULL || strstr (lines[i], customer) != NULL))
      count++;
  return count;
}

static void
on_report (const char *line, gboolean is_problem, gpointer data)
{
  guint *n_problems = data;

  if (!is_problem)
    return;
  g_test_message ("%s", line);
  (*n_problems)++;
}

guint
cb_test_service_count_problems (CbTestService *self)
{
  CbStorage *storage = cb_service_get_storage (self->service);
  g_autoptr (GError) error = NULL;
  guint n_problems = 0;

  storage->methods->inspect (storage, on_report, &n_problems, &error);
  g_assert_no_error (error);
  return n_problems;
}
