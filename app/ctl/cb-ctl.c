/* SPDX-License-Identifier: Apache-2.0 */

/* counterbookctl: one command a run. What each does is in its family's file. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include <locale.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-help.h"
#include "ctl/cb-ctl-output.h"
#include "engine/cb-transport.h"
#include "store/cb-data.h"

const CbCtlCommand *const cb_ctl_families[] = {
  cb_ctl_init_commands,
  cb_ctl_staff_commands,
  cb_ctl_customer_commands,
  cb_ctl_note_commands,
  cb_ctl_review_commands,
  cb_ctl_preference_commands,
  cb_ctl_request_commands,
  cb_ctl_occasion_commands,
  cb_ctl_care_commands,
  cb_ctl_consent_commands,
  cb_ctl_outbox_commands,
  cb_ctl_sync_commands,
  cb_ctl_store_commands,
  cb_ctl_retention_commands,
  cb_ctl_import_commands,
  cb_ctl_backup_commands,
  cb_ctl_doctor_commands,
  cb_ctl_export_commands,
  NULL,
};

/* --- the process --- */

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  /* Standard output is the answer's, and an expected failure is told once, in its own line. */
  if ((level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) != 0 &&
      g_getenv ("G_MESSAGES_DEBUG") == NULL)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, data);
}

/* What customers said goes through this memory: no other user's files, no core dumps. */
static void
prepare_process (void)
{
  const struct rlimit none = { 0, 0 };

  umask (077);
  setrlimit (RLIMIT_CORE, &none);
  setlocale (LC_ALL, "");
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_writer_func (write_log, NULL, NULL);
  cb_transport_prepare_process ();
  cb_data_init ();
}

/* --- the book and who acts --- */

gboolean
cb_ctl_check_role (CbCtl *ctl, GError **error)
{
  guint roles = ctl->command->roles;
  g_autofree char *names = cb_ctl_dup_roles (roles);

  if (ctl->actor != NULL && cb_staff_is_disabled (ctl->actor))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN,
                   "whoever --as names is no longer of the staff");
      return FALSE;
    }
  if (roles == CB_CTL_BY_ANYONE ||
      (ctl->actor != NULL && (roles & (1u << cb_staff_get_role (ctl->actor))) != 0))
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN,
               ctl->actor != NULL ? "not permitted to this role; it is for %s"
                                  : "say by --as STAFF who does it; it is for %s",
               names);
  return FALSE;
}

gboolean
cb_ctl_open_book (CbCtl *ctl, GError **error)
{
  ctl->book = cb_book_open (ctl->home, ctl->state_root, ctl->clock, error);
  return ctl->book != NULL;
}

void
cb_ctl_close_book (CbCtl *ctl)
{
  if (ctl->book != NULL)
    cb_book_close (ctl->book);
  g_clear_object (&ctl->book);
}

gboolean
cb_ctl_find_actor (CbCtl *ctl, GError **error)
{
  if (ctl->as == NULL)
    return TRUE;
  ctl->actor = cb_book_find_staff (ctl->book, ctl->as, error);
  if (ctl->actor == NULL)
    g_prefix_error_literal (error, "--as: ");
  return ctl->actor != NULL;
}

static gboolean
open_for_command (CbCtl *ctl, GError **error)
{
  return ctl->command->needs_no_store ||
         (cb_ctl_open_book (ctl, error) && cb_ctl_find_actor (ctl, error) &&
          cb_ctl_check_role (ctl, error));
}

/* --- one run --- */

static CbCtlExit
exit_of (const GError *error)
{
  if (g_error_matches (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE) ||
      g_error_matches (error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_BAD_URL))
    return CB_CTL_USAGE;
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED))
    return CB_CTL_REFUSED;
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN))
    return CB_CTL_FORBIDDEN;
  return CB_CTL_FAILED;
}

static CbCtlExit
report (CbCtl *ctl, const GError *error)
{
  CbCtlExit code = exit_of (error);
  g_autofree char *line = g_strdup (error->message);
  g_autofree char *name = ctl->command != NULL ? cb_ctl_dup_command_name (ctl->command) : NULL;

  g_strdelimit (line, "\r\n", ' ');
  fprintf (stderr, "counterbookctl: %s", line);
  if (code == CB_CTL_USAGE)
    fprintf (stderr, "; see counterbookctl %s%s--help", name != NULL ? name : "",
             name != NULL ? " " : "");
  fputc ('\n', stderr);
  return code;
}

static gboolean
run_command (CbCtl *ctl, JsonObject **answer, GError **error)
{
  gboolean is_done = cb_ctl_check_arguments (ctl, error) && open_for_command (ctl, error) &&
                     ctl->command->run (ctl, answer, error);

  cb_ctl_close_book (ctl);
  return is_done;
}

static CbCtlExit
run (CbCtl *ctl, int argc, char **argv)
{
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (!cb_ctl_read_arguments (ctl, argc, argv, &error))
    return report (ctl, error);
  if (ctl->wants_version)
    return puts ("counterbookctl " CB_VERSION) >= 0 ? CB_CTL_DONE : CB_CTL_FAILED;
  if (ctl->wants_help)
    {
      cb_ctl_print_help (ctl->command);
      return CB_CTL_DONE;
    }
  if (!run_command (ctl, &answer, &error))
    return report (ctl, error);
  if (answer == NULL)
    answer = json_object_new_object ();
  if (cb_ctl_print (answer, ctl->is_json))
    return CB_CTL_DONE;
  fputs ("counterbookctl: it is done, but standard output could not be written\n", stderr);
  return CB_CTL_FAILED;
}

static void
clear (CbCtl *ctl)
{
  cb_ctl_close_book (ctl);
  g_clear_object (&ctl->actor);
  g_clear_object (&ctl->clock);
  g_clear_pointer (&ctl->options, g_hash_table_unref);
  g_free (ctl->word);
  g_free (ctl->second_word);
  g_free (ctl->home);
  g_free (ctl->state_root);
}

int
main (int argc, char **argv)
{
  CbCtl ctl = { 0 };
  CbCtlExit code;

  prepare_process ();
  ctl.options = g_hash_table_new (g_str_hash, g_str_equal);
  ctl.home = cb_data_dup_default_home ();
  ctl.state_root = cb_data_dup_state_root ();
  ctl.clock = cb_clock_new_system ();
  code = run (&ctl, argc, argv);
  clear (&ctl);
  return code;
}
