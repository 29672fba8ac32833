/* SPDX-License-Identifier: Apache-2.0 */

/* customer: making, finding, showing and listing the people of the shop. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-output.h"
#include "ctl/cb-ctl-records.h"
#include "vault/cb-seal.h"

#define FIND_LIMIT 20
#define FIND_LIMIT_MAX 1000
#define LIST_LIMIT 1000

/* --- add --- */

static gboolean
fill_draft (JsonObject *record, CbCustomerDraft *draft, GError **error)
{
  return cb_ctl_take_string (record, "given", &draft->given, error) &&
         cb_ctl_take_string (record, "family", &draft->family, error) &&
         cb_ctl_take_string (record, "preferred", &draft->preferred, error) &&
         cb_ctl_take_string (record, "language", &draft->language, error) &&
         cb_ctl_take_strings (record, "emails", &draft->emails, error) &&
         cb_ctl_take_strings (record, "phones", &draft->phones, error) &&
         cb_ctl_take_strings (record, "numbers", &draft->numbers, error);
}

static gboolean
run_add (CbCtl *ctl, JsonObject **answer, GError **error)
{
  static const char *const known[] = {
    "given", "family", "preferred", "language", "emails", "phones", "numbers", NULL,
  };
  g_autoptr (JsonObject) record = cb_ctl_read_record (known, error);
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autofree char *id = NULL;

  if (record == NULL || !fill_draft (record, draft, error))
    return FALSE;
  id = cb_book_add_customer (ctl->book, ctl->actor, draft, error);
  if (id == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "id", id);
  return TRUE;
}

/* --- it is right, it is put right, it is to be left alone --- */

static JsonObject *
name_customer (CbCtl *ctl)
{
  JsonObject *answer = json_object_new_object ();

  cb_json_set_string (answer, "id", ctl->word);
  return answer;
}

static gboolean
run_confirm (CbCtl *ctl, JsonObject **answer, GError **error)
{
  if (!cb_book_confirm_customer (ctl->book, ctl->actor, ctl->word, error))
    return FALSE;
  *answer = name_customer (ctl);
  return TRUE;
}

static gboolean
run_change (CbCtl *ctl, JsonObject **answer, GError **error)
{
  static const char *const known[] = {
    "given", "family", "preferred", "language", "emails", "phones", NULL,
  };
  g_autoptr (JsonObject) record = cb_ctl_read_record (known, error);
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();

  if (record == NULL || !fill_draft (record, draft, error) ||
      !cb_book_change_customer (ctl->book, ctl->actor, ctl->word, draft, error))
    return FALSE;
  *answer = name_customer (ctl);
  return TRUE;
}

static gboolean
set_restricted (CbCtl *ctl, gboolean is_restricted, JsonObject **answer, GError **error)
{
  if (!cb_book_restrict_customer (ctl->book, ctl->actor, ctl->word, is_restricted, error))
    return FALSE;
  *answer = name_customer (ctl);
  cb_json_set_boolean (*answer, "restricted", is_restricted);
  return TRUE;
}

static gboolean
run_restrict (CbCtl *ctl, JsonObject **answer, GError **error)
{
  return set_restricted (ctl, TRUE, answer, error);
}

static gboolean
run_release (CbCtl *ctl, JsonObject **answer, GError **error)
{
  return set_restricted (ctl, FALSE, answer, error);
}

/* --- find --- */

static gboolean
build_index (CbBook *book, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint done;
  guint total;

  if (!cb_book_start_index (book, error))
    return FALSE;
  while (cb_book_grow_index (book, &done, &total, &local_error))
    continue;
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
check_find (CbCtl *ctl, GError **error)
{
  if (cb_ctl_has_option (ctl, "text-stdin") == (ctl->word == NULL))
    return TRUE;
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE,
                       "what is looked for is TEXT or comes by --text-stdin");
  return FALSE;
}

/* A person is one row, however many of their notes match beside their name. Whose words of a note
 * are in it is told of it, first. */
static JsonObject *
tell_found (CbCtl *ctl, GPtrArray *found, guint limit, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (JsonObject) rows = json_object_new_array ();
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();

  for (guint i = 0; i < found->len && json_object_array_length (rows) < limit; i++)
    {
      CbFound *one = g_ptr_array_index (found, i);
      gpointer customer = (gpointer) cb_found_get_customer_id (one);

      if (!g_hash_table_add (seen, customer))
        continue;
      json_object_array_add (rows, cb_ctl_encode_found (one));
      if (cb_found_is_note (one))
        g_ptr_array_add (shown, customer);
    }
  g_ptr_array_add (shown, NULL);
  return cb_book_log_shown (ctl->book, ctl->actor, (const char *const *) shown->pdata, error)
           ? g_steal_pointer (&rows)
           : NULL;
}

static gboolean
run_find (CbCtl *ctl, JsonObject **answer, GError **error)
{
  gint64 limit = cb_ctl_get_number (ctl, "limit", FIND_LIMIT);
  g_autoptr (GPtrArray) found = NULL;
  char *typed = ctl->word != NULL ? g_strdup (ctl->word) : cb_ctl_read_text (error);

  if (typed == NULL)
    return FALSE;
  /* More than a screenful is a list, which is a manager's and is logged. */
  limit =
    MIN (limit, cb_staff_get_role (ctl->actor) == CB_ROLE_ASSOCIATE ? FIND_LIMIT : FIND_LIMIT_MAX);
  if (build_index (ctl->book, error))
    found = cb_book_find (ctl->book, ctl->actor, typed, (guint) limit, error);
  cb_text_wipe (typed);
  cb_book_drop_index (ctl->book);
  if (found == NULL)
    return FALSE;
  *answer = tell_found (ctl, found, (guint) limit, error);
  return *answer != NULL;
}

/* --- show and list --- */

static gboolean
run_show (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (CbDossier) dossier = cb_book_load_dossier (ctl->book, ctl->actor, ctl->word, error);

  if (dossier == NULL)
    return FALSE;
  *answer = cb_ctl_encode_dossier (dossier, ctl);
  return TRUE;
}

static gboolean
run_list (CbCtl *ctl, JsonObject **answer, GError **error)
{
  guint limit = (guint) cb_ctl_get_number (ctl, "limit", LIST_LIMIT);
  g_autoptr (GPtrArray) customers =
    cb_book_list_customers (ctl->book, ctl->actor, limit, cb_ctl_get_option (ctl, "after"), error);

  if (customers == NULL)
    return FALSE;
  *answer = json_object_new_array ();
  for (guint i = 0; i < customers->len; i++)
    json_object_array_add (*answer, cb_ctl_encode_card (g_ptr_array_index (customers, i)));
  return TRUE;
}

/* --- the table --- */

static const CbCtlOption add_options[] = {
  { "record-stdin", NULL,
    "{\"given\",\"family\",\"preferred\",\"language\",\"emails\":[],\"phones\":[],"
    "\"numbers\":[]}; numbers are those on their card, by which the till knows them",
    TRUE },
  { NULL },
};

static const CbCtlOption change_options[] = {
  { "record-stdin", NULL,
    "{\"given\",\"family\",\"preferred\",\"language\",\"emails\":[],\"phones\":[]}, the "
    "whole of it: what is left out is taken away",
    TRUE },
  { NULL },
};

static const CbCtlOption find_options[] = {
  { "text-stdin", NULL, "what is looked for on standard input, where no other user sees it" },
  { "limit", "N", "at most so many; 20, and never more for an associate" },
  { NULL },
};

static const CbCtlOption list_options[] = {
  { "limit", "N", "at most so many; 1000" },
  { "after", "ID", "go on behind this one" },
  { NULL },
};

#define EVERYBODY_BUT_ADMINS (CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY))

const CbCtlCommand cb_ctl_customer_commands[] = {
  {
    .family = "customer",
    .verb = "add",
    .summary = "Make a customer from a record on standard input.",
    .options = add_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .run = run_add,
  },
  {
    .family = "customer",
    .verb = "change",
    .words = "CUSTOMER",
    .summary = "Put a card right, as its owner says it.",
    .options = change_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .run = run_change,
  },
  {
    .family = "customer",
    .verb = "confirm",
    .words = "CUSTOMER",
    .summary = "Their card from the old book is still right, they say.",
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .run = run_confirm,
  },
  {
    .family = "customer",
    .verb = "restrict",
    .words = "CUSTOMER",
    .summary = "Leave a record as it is: kept, and used for nothing, until it is released.",
    .roles = EVERYBODY_BUT_ADMINS,
    .run = run_restrict,
  },
  {
    .family = "customer",
    .verb = "release",
    .words = "CUSTOMER",
    .summary = "A record that was left as it was may be used again, as they agreed.",
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY),
    .run = run_release,
  },
  {
    .family = "customer",
    .verb = "find",
    .words = "[TEXT]",
    .summary =
      "Find by name, phone in any format or its last four digits, email, or words of notes. "
      "Nobody found is no failure.",
    .options = find_options,
    .roles = EVERYBODY_BUT_ADMINS,
    .check = check_find,
    .run = run_find,
  },
  {
    .family = "customer",
    .verb = "show",
    .words = "CUSTOMER",
    .summary = "Everything that is known of one customer; that it was read is logged.",
    .roles = EVERYBODY_BUT_ADMINS,
    .run = run_show,
  },
  {
    .family = "customer",
    .verb = "list",
    .summary = "All customers by id, a page at a time; logged.",
    .options = list_options,
    .roles = CB_CTL_BY (MANAGER),
    .run = run_list,
  },
  { NULL },
};
