/* SPDX-License-Identifier: Apache-2.0 */

/* export, access: what a customer takes home. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "ctl/cb-ctl-arguments.h"

static JsonObject *
encode_copy (const char *id, CbExportFormat format)
{
  JsonObject *answer = json_object_new_object ();

  cb_json_set_string (answer, "copy", id);
  cb_json_set_string (answer, "format", cb_export_format_to_id (format));
  return answer;
}

static gboolean
check_output (CbCtl *ctl, GError **error)
{
  const char *output = cb_ctl_get_option (ctl, "output");

  if (*output != '\0' && !g_str_has_suffix (output, "/"))
    return TRUE;
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--output takes FILE");
  return FALSE;
}

static gboolean
run_export (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbExportFormat format = cb_ctl_get_export_format (ctl, "format", CB_EXPORT_JSON);
  g_autofree char *id = cb_book_export (ctl->book, ctl->actor, ctl->word, format,
                                        cb_ctl_get_option (ctl, "output"), error);

  if (id == NULL)
    return FALSE;
  *answer = encode_copy (id, format);
  return TRUE;
}

static gboolean
run_access (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbExportFormat format = cb_ctl_get_export_format (ctl, "format", CB_EXPORT_HTML);
  g_autofree char *id = cb_book_access (ctl->book, ctl->actor, ctl->word, format,
                                        cb_ctl_get_option (ctl, "output"), error);

  if (id == NULL)
    return FALSE;
  *answer = encode_copy (id, format);
  return TRUE;
}

static const CbCtlOption export_options[] = {
  { "format", "json|vcard|jscontact|html", "what the file is to be", TRUE },
  { "output", "FILE", "where to; a file that is there already is left alone", TRUE },
  { NULL },
};

static const CbCtlOption access_options[] = {
  { "output", "FILE", "where to; a file that is there already is left alone", TRUE },
  { "format", "html|json", "html: pages, and in them the same for a program to read" },
  { NULL },
};

const CbCtlCommand cb_ctl_export_commands[] = {
  {
    .family = "export",
    .words = "CUSTOMER",
    .summary = "What a customer told us, in a file for them to take elsewhere; marked and logged.",
    .options = export_options,
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY),
    .check = check_output,
    .run = run_export,
  },
  {
    .family = "access",
    .words = "CUSTOMER",
    .summary = "Everything that is kept about a customer, and who looked; marked and logged. "
               "Read it before you hand it over: notes may speak of others.",
    .options = access_options,
    .roles = CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY),
    .check = check_output,
    .run = run_access,
  },
  { NULL },
};
