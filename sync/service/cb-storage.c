/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-storage.h"

#include "base/cb-json.h"

#include <sodium.h>
#include <string.h>

G_DEFINE_QUARK (cb - storage - error - quark, cb_storage_error)

static void
wipe (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

void
cb_grant_row_clear (CbGrantRow *row)
{
  g_free (row->purpose);
  g_free (row->store);
  *row = (CbGrantRow){ 0 };
}

void
cb_answer_row_drop_evidence (CbAnswerRow *row)
{
  wipe (g_steal_pointer (&row->evidence));
}

void
cb_answer_row_clear (CbAnswerRow *row)
{
  g_free (row->customer);
  g_free (row->purpose);
  g_free (row->channel);
  g_free (row->state);
  g_free (row->store);
  g_free (row->captured);
  cb_answer_row_drop_evidence (row);
  *row = (CbAnswerRow){ 0 };
}

void
cb_answer_row_free (CbAnswerRow *row)
{
  cb_answer_row_clear (row);
  g_free (row);
}

void
cb_record_row_clear (CbRecordRow *row)
{
  g_free (row->customer);
  g_free (row->key);
  g_free (row->kind);
  g_free (row->scope);
  g_free (row->store);
  g_free (row->purpose);
  g_free (row->author);
  g_free (row->captured);
  wipe (row->body);
  *row = (CbRecordRow){ 0 };
}

void
cb_record_row_set_body (CbRecordRow *row, const char *body, gsize length)
{
  wipe (row->body);
  row->body = body != NULL ? g_strndup (body, length) : NULL;
}

void
cb_record_row_free (CbRecordRow *row)
{
  cb_record_row_clear (row);
  g_free (row);
}

void
cb_terminal_row_clear (CbTerminalRow *row)
{
  g_free (row->store);
  *row = (CbTerminalRow){ 0 };
}

void
cb_change_row_free (CbChangeRow *row)
{
  g_free (row->purpose);
  g_free (row->channel);
  g_free (row);
}

static void
standing_row_free (gpointer data)
{
  CbStandingRow *row = data;

  g_free (row->purpose);
  g_free (row->captured);
  wipe (row->evidence);
  g_free (row);
}

CbProfileRow *
cb_profile_row_new (void)
{
  CbProfileRow *row = g_new0 (CbProfileRow, 1);

  row->answers = g_ptr_array_new_with_free_func (standing_row_free);
  row->records = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_record_row_free);
  return row;
}

void
cb_profile_row_free (CbProfileRow *row)
{
  g_ptr_array_unref (row->answers);
  g_ptr_array_unref (row->records);
  g_free (row);
}

CbToldRow *
cb_told_row_new (void)
{
  CbToldRow *row = g_new0 (CbToldRow, 1);

  row->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_row_free);
  row->records = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_record_row_free);
  row->contacts = g_array_new (FALSE, FALSE, sizeof (CbContactRow));
  return row;
}

char *
cb_storage_write_stores (GPtrArray *stores)
{
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; i < stores->len; i++)
    json_object_array_add (list, json_object_new_string (stores->pdata[i]));
  return cb_json_to_line (list);
}

const char *
cb_contact_word (const char *text)
{
  static const char *const words[] = {
    "news", "invitations", "email", "sms", "phone", "post", "messenger",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (words[i], text) == 0)
      return words[i];
  return "";
}

void
cb_told_row_free (CbToldRow *row)
{
  g_array_unref (row->contacts);
  g_ptr_array_unref (row->answers);
  g_ptr_array_unref (row->records);
  g_free (row);
}

void
cb_key_row_clear (CbKeyRow *row)
{
  g_free (row->name);
  g_free (row->scopes);
  *row = (CbKeyRow){ 0 };
}

void
cb_news_row_free (CbNewsRow *row)
{
  g_free (row->purpose);
  g_free (row->channel);
  g_free (row->state);
  g_free (row);
}
