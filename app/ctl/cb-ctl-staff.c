/* SPDX-License-Identifier: Apache-2.0 */

/* staff: who may sign in, and who acts by --as. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "vault/cb-seal.h"

static gboolean
run_add (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbRole role = cb_ctl_get_role (ctl, "role", CB_ROLE_ASSOCIATE);
  g_autofree char *id = NULL;
  char *pin = cb_ctl_read_secret (error);

  if (pin == NULL)
    return FALSE;
  id = cb_book_add_staff (ctl->book, ctl->actor, ctl->word, role, pin, error);
  cb_text_wipe (pin);
  if (id == NULL)
    {
      if (ctl->actor == NULL && error != NULL &&
          g_error_matches (*error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN))
        g_prefix_error_literal (error,
                                "all but the first, who is an admin best, need --as an admin: ");
      return FALSE;
    }
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "id", id);
  return TRUE;
}

static gboolean
run_list (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) staff = cb_book_list_staff (ctl->book, error);

  if (staff == NULL)
    return FALSE;
  *answer = json_object_new_array ();
  for (guint i = 0; i < staff->len; i++)
    {
      CbStaff *one = g_ptr_array_index (staff, i);
      JsonObject *row = json_object_new_object ();

      cb_json_set_string (row, "id", cb_staff_get_id (one));
      cb_json_set_string (row, "name", cb_staff_get_name (one));
      cb_json_set_string (row, "role", cb_role_to_id (cb_staff_get_role (one)));
      cb_json_set_boolean (row, "disabled", cb_staff_is_disabled (one));
      json_object_array_add (*answer, row);
    }
  return TRUE;
}

static gboolean
run_disable (CbCtl *ctl, JsonObject **answer, GError **error)
{
  if (!cb_book_disable_staff (ctl->book, ctl->actor, ctl->word, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "disabled", ctl->word);
  return TRUE;
}

static gboolean
run_pin (CbCtl *ctl, JsonObject **answer, GError **error)
{
  char *pin = cb_ctl_read_secret (error);
  gboolean is_set = pin != NULL && cb_book_set_pin (ctl->book, ctl->actor, ctl->word, pin, error);

  cb_text_wipe (pin);
  if (!is_set)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "id", ctl->word);
  return TRUE;
}

static const CbCtlOption pin_options[] = {
  { "pin-stdin", NULL, "their PIN of six digits on standard input", TRUE },
  { NULL },
};

static const CbCtlOption add_options[] = {
  { "role", "associate|manager|privacy|admin", "what they may do", TRUE },
  { "pin-stdin", NULL, "their PIN of six digits on standard input", TRUE },
  { NULL },
};

const CbCtlCommand cb_ctl_staff_commands[] = {
  {
    .family = "staff",
    .verb = "add",
    .words = "NAME",
    .summary =
      "Take somebody on; the first, who needs no --as, had better be an admin, for only an "
      "admin takes on others.",
    .options = add_options,
    .run = run_add,
  },
  {
    .family = "staff",
    .verb = "list",
    .summary = "Everybody who ever was of the staff.",
    .run = run_list,
  },
  {
    .family = "staff",
    .verb = "pin",
    .words = "ID",
    .summary = "Give somebody a new PIN; needed for all after the device key was lost.",
    .options = pin_options,
    .roles = CB_CTL_BY (ADMIN),
    .run = run_pin,
  },
  {
    .family = "staff",
    .verb = "disable",
    .words = "ID",
    .summary = "They can't sign in or act any more; what they wrote keeps their name.",
    .roles = CB_CTL_BY (ADMIN),
    .run = run_disable,
  },
  { NULL },
};
