/* SPDX-License-Identifier: Apache-2.0 */

/* init: the store is made, or its options are changed. Saying the same again changes nothing. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-demo.h"
#include "vault/cb-seal.h"

#define KEEP_UNASKED_MAX 30
#define KEEP_SILENT_MIN 90
#define KEEP_SILENT_MAX 3650

static gboolean
fail_usage (GError **error, const char *why)
{
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, why);
  return FALSE;
}

static gboolean
check_init (CbCtl *ctl, GError **error)
{
  const char *region = cb_ctl_get_option (ctl, "region");
  const char *days = cb_ctl_get_option (ctl, "keep-unasked");
  gboolean has_basis = cb_ctl_has_option (ctl, "keep-basis");
  const char *silent = cb_ctl_get_option (ctl, "keep-silent");
  gint64 n_days = 0;

  if (cb_ctl_has_option (ctl, "demo") && (cb_ctl_has_option (ctl, "store") || region != NULL ||
                                          days != NULL || has_basis || silent != NULL))
    return fail_usage (error, "--demo brings its own name, region and days");
  if (region != NULL &&
      !(g_ascii_isalpha (region[0]) && g_ascii_isalpha (region[1]) && region[2] == '\0'))
    return fail_usage (error, "--region takes two letters, such as GB");
  if (days != NULL && !g_ascii_string_to_signed (days, 10, 0, KEEP_UNASKED_MAX, &n_days, NULL))
    return fail_usage (error, "--keep-unasked takes 0 to 30 days");
  if (n_days > 0 && !has_basis)
    return fail_usage (error, "--keep-unasked needs the operator's recorded --keep-basis");
  if (silent != NULL &&
      !g_ascii_string_to_signed (silent, 10, KEEP_SILENT_MIN, KEEP_SILENT_MAX, NULL, NULL))
    return fail_usage (error, "--keep-silent takes 90 to 3650 days");
  if (days == NULL && has_basis)
    return fail_usage (error, "--keep-basis belongs to --keep-unasked");
  return TRUE;
}

static const char *
unless_set (CbBook *book, const char *key, const char *value)
{
  g_autofree char *known = cb_book_dup_setting (book, key, NULL);

  return g_strcmp0 (known, value) == 0 ? NULL : value;
}

/* What is as it is asked for is not written again. From its enrolment on a shop is called what the
 * service calls it. */
static void
leave_out_what_is_set (CbCtl *ctl, CbBookOptions *options)
{
  g_autoptr (CbBook) book = cb_book_open (ctl->home, ctl->state_root, ctl->clock, NULL);
  g_autofree char *days = g_strdup_printf ("%d", options->keep_unasked_days);
  g_autofree char *silent = g_strdup_printf ("%d", options->keep_silent_days);
  g_autofree char *terminal = NULL;

  if (book == NULL)
    return;
  terminal = cb_book_dup_setting (book, "terminal", NULL);
  options->name = terminal != NULL ? NULL : unless_set (book, "name", options->name);
  options->region = unless_set (book, "region", options->region);
  if (unless_set (book, "keep-unasked", days) == NULL &&
      (options->keep_basis == NULL ||
       unless_set (book, "keep-unasked-basis", options->keep_basis) == NULL))
    options->keep_unasked_days = -1;
  if (unless_set (book, "keep-silent", silent) == NULL)
    options->keep_silent_days = 0;
  cb_book_close (book);
}

static CbBook *
make_store (CbCtl *ctl, char **recovery, GError **error)
{
  g_autofree char *region = cb_ctl_has_option (ctl, "region")
                              ? g_ascii_strup (cb_ctl_get_option (ctl, "region"), -1)
                              : NULL;
  CbBookOptions options = {
    .name = cb_ctl_get_option (ctl, "store"),
    .region = region,
    .keep_unasked_days = (int) cb_ctl_get_number (ctl, "keep-unasked", -1),
    .keep_basis = cb_ctl_get_option (ctl, "keep-basis"),
    .keep_silent_days = (int) cb_ctl_get_number (ctl, "keep-silent", 0),
    .begins_anew = cb_ctl_has_option (ctl, "anew"),
  };

  leave_out_what_is_set (ctl, &options);
  return cb_book_create (ctl->home, ctl->state_root, ctl->clock, &options, recovery, error);
}

static gboolean
run_init (CbCtl *ctl, JsonObject **answer, GError **error)
{
  char *recovery = NULL;

  if (cb_ctl_has_option (ctl, "demo"))
    ctl->book = cb_ctl_make_demo (ctl->home, ctl->state_root, ctl->clock, &recovery, error);
  else
    ctl->book = make_store (ctl, &recovery, error);
  if (ctl->book == NULL)
    return FALSE;

  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "store", cb_book_get_store_id (ctl->book));
  if (recovery != NULL)
    {
      cb_json_set_string (*answer, "recovery", recovery);
      cb_text_wipe (recovery);
    }
  return TRUE;
}

static const CbCtlOption init_options[] = {
  { "store", "NAME", "what the shop is called; the service's name for it replaces this one" },
  { "region", "CC", "whose national phone numbers are meant, such as GB" },
  { "keep-unasked", "DAYS", "0 to 30: how long a note is kept that nobody was asked about" },
  { "keep-basis", "TEXT", "the operator's recorded reason for keeping them; needed above 0" },
  { "keep-silent", "DAYS", "90 to 3650: how long somebody is kept who does not come (else 1095)" },
  { "anew", NULL, "though the store is gone and its back-ups are here: they are put aside" },
  { "demo", NULL, "fill it with the invented shop Fennick & Vale" },
  { NULL },
};

const CbCtlCommand cb_ctl_init_commands[] = {
  {
    .family = "init",
    .summary =
      "Make the store, or change its options. The recovery code, which opens it when the "
      "device key is lost, is shown the first time only: write it down. Who missed it makes "
      "another with 'reseal --new-code'.",
    .options = init_options,
    .needs_no_store = TRUE,
    .check = check_init,
    .run = run_init,
  },
  { NULL },
};
