/* SPDX-License-Identifier: Apache-2.0 */

/* What an operator does for the store to outlive its machine. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include <poll.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-output.h"
#include "store/cb-restore.h"
#include "vault/cb-seal.h"

/* How long standard input is waited for when nobody said that something comes there. */
#define CODE_WAIT_MS 2000

#define UNHEARD_MEANS                                                                              \
  "What was erased or taken back after that moment is not known here and may stand in the store "  \
  "again: sync, which tells it, or do it again and say so with 'retention confirm-erasures'."

/* --- the recovery code --- */

static gboolean
is_code_there (void)
{
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

  return !isatty (STDIN_FILENO) && poll (&input, 1, CODE_WAIT_MS) == 1 &&
         (input.revents & POLLIN) != 0;
}

/* NULL when none is given; with `error` when what is given is none. */
static char *
read_code (CbCtl *ctl, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  char *code = NULL;

  if (!cb_ctl_has_option (ctl, "code-stdin") && !is_code_there ())
    return NULL;
  code = cb_ctl_read_secret (&local_error);
  /* An empty standard input is what a script gives that has nothing to say. */
  if (code == NULL && cb_ctl_has_option (ctl, "code-stdin"))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return code;
}

/* The store is there and open, and what of this fails is due still. */
static void
look_after (CbBook *book, gboolean (*back_up) (CbBook *, GError **))
{
  g_autoptr (GError) error = NULL;

  if (!cb_book_look_after (book, &error) || !back_up (book, &error))
    g_message ("the store is open, but its back-up can't be made anew: %s", error->message);
}

/* --- backup --- */

static gboolean
run_backup (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbBackup backup;

  if (!cb_book_back_up (ctl->book, ctl->actor, ctl->word, &backup, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "store", backup.store_id);
  cb_ctl_set_time (*answer, "made", backup.made_us);
  cb_json_set_int (*answer, "schema", backup.schema);
  cb_json_set_int (*answer, "bytes", (gint64) backup.length);
  return TRUE;
}

/* --- restore --- */

typedef gboolean (*OpenFunc) (CbCtl *ctl, const char *code, gpointer data, GError **error);

/* The code is read only where the device key does not fit: nothing is asked. */
static gboolean
open_by_either (CbCtl *ctl, OpenFunc open, gpointer data, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GError) input_error = NULL;
  gboolean done = FALSE;
  char *code;

  if (!cb_ctl_has_option (ctl, "code-stdin"))
    {
      if (open (ctl, NULL, data, &local_error))
        return TRUE;
      if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
  code = read_code (ctl, &input_error);
  if (code != NULL)
    done = open (ctl, code, data, error);
  else if (input_error != NULL)
    g_propagate_error (error, g_steal_pointer (&input_error));
  else
    g_propagate_prefixed_error (error, g_steal_pointer (&local_error),
                                "the recovery code can be given on standard input: ");
  cb_text_wipe (code);
  return done;
}

static gboolean
restore (CbCtl *ctl, const char *code, gpointer data, GError **error)
{
  ctl->book =
    cb_restore (ctl->home, ctl->state_root, ctl->clock, ctl->word, ctl->as, code, data, error);
  return ctl->book != NULL;
}

static gboolean
run_restore (CbCtl *ctl, JsonObject **answer, GError **error)
{
  CbRestored restored;

  if (!open_by_either (ctl, restore, &restored, error))
    return FALSE;
  look_after (ctl->book, cb_book_back_up_managed);
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "store", restored.backup.store_id);
  cb_ctl_set_time (*answer, "made", restored.backup.made_us);
  cb_json_set_int (*answer, "schema", restored.backup.schema);
  cb_json_set_int (*answer, "erased", restored.n_erased);
  cb_json_set_int (*answer, "carried", restored.n_carried);
  cb_json_set_int (*answer, "noes", restored.n_noes);
  cb_json_set_boolean (*answer, "whole", restored.is_whole);
  if (!restored.is_heard)
    {
      cb_ctl_set_time (*answer, "unheard_since", restored.backup.made_us);
      cb_json_set_string (*answer, "means", UNHEARD_MEANS);
    }
  cb_json_set_boolean (*answer, "needs_pins", restored.needs_pins);
  return TRUE;
}

/* --- reseal --- */

static gboolean
open_to_reseal (CbCtl *ctl, const char *code, gpointer data, GError **error)
{
  gboolean *is_by_code = data;

  *is_by_code = code != NULL;
  ctl->book = code != NULL
                ? cb_book_open_with_code (ctl->home, ctl->state_root, ctl->clock, code, error)
                : cb_book_open (ctl->home, ctl->state_root, ctl->clock, error);
  return ctl->book != NULL;
}

static gboolean
run_reseal (CbCtl *ctl, JsonObject **answer, GError **error)
{
  gboolean makes_code = cb_ctl_has_option (ctl, "new-code");
  char *recovery = NULL;
  gboolean is_by_code;

  if (!open_by_either (ctl, open_to_reseal, &is_by_code, error) || !cb_ctl_find_actor (ctl, error))
    return FALSE;
  if (ctl->actor == NULL && !is_by_code)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN,
                           "say by --as STAFF who does it; it is for admin");
      return FALSE;
    }
  if (!cb_book_reseal (ctl->book, ctl->actor, makes_code ? &recovery : NULL, error))
    return FALSE;
  /* What opened the last one is no longer what opens the store. */
  look_after (ctl->book, cb_book_back_up_anew);
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "store", cb_book_get_store_id (ctl->book));
  cb_json_set_boolean (*answer, "needs_pins", is_by_code);
  if (makes_code)
    cb_json_set_string (*answer, "recovery", recovery);
  cb_text_wipe (recovery);
  return TRUE;
}

static const CbCtlOption restore_options[] = {
  { "code-stdin", NULL, "open it by the recovery code on standard input" },
  { NULL },
};

static const CbCtlOption reseal_options[] = {
  { "code-stdin", NULL, "open it by the recovery code on standard input" },
  { "new-code", NULL, "make a new recovery code; the old one opens nothing of later any more" },
  { NULL },
};

const CbCtlCommand cb_ctl_backup_commands[] = {
  {
    .family = "backup",
    .words = "FILE",
    .summary = "Write the whole store into one sealed file, and open it again to be sure. This "
               "machine's device key opens it, or the recovery code; neither is in it.",
    .roles = CB_CTL_BY (ADMIN),
    .run = run_backup,
  },
  {
    .family = "restore",
    .words = "FILE",
    .summary =
      "Put a back-up in the place of the store. Whoever was erased since stays erased; what "
      "is replaced goes once the other has been opened. It asks nothing; where this "
      "machine's device key does not open it, standard input holds the recovery code.",
    .options = restore_options,
    .roles = CB_CTL_BY (ADMIN),
    .needs_no_store = TRUE,
    .run = run_restore,
  },
  {
    .family = "reseal",
    .summary =
      "Seal the store anew for this machine's device key. When that is lost, standard input "
      "holds the recovery code; everybody's PIN has to be set anew then.",
    .options = reseal_options,
    .roles = CB_CTL_BY (ADMIN),
    .needs_no_store = TRUE,
    .run = run_reseal,
  },
  { NULL },
};
