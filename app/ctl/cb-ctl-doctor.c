/* SPDX-License-Identifier: Apache-2.0 */

/* doctor: what an operator should know, and what it means for the shop. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "store/cb-doctor.h"
#include "store/cb-repair.h"

static JsonObject *
encode_finding (const CbFinding *finding)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "what", finding->what);
  cb_json_set_string (object, "state", cb_finding_state_to_id (finding->state));
  cb_json_set_string (object, "says", finding->says);
  cb_json_set_string (object, "means", finding->means);
  return object;
}

static void
add_findings (CbCtl *ctl, JsonObject *answer, const GError *why)
{
  g_autoptr (GPtrArray) findings =
    cb_doctor_examine (ctl->home, ctl->state_root, ctl->clock, ctl->book, why);
  JsonObject *rows = json_object_new_array ();
  CbFindingState worst = CB_FINDING_GOOD;

  for (guint i = 0; i < findings->len; i++)
    {
      const CbFinding *finding = g_ptr_array_index (findings, i);

      worst = MAX (worst, finding->state);
      json_object_array_add (rows, encode_finding (finding));
    }
  cb_json_set_string (answer, "state", cb_finding_state_to_id (worst));
  json_object_object_add (answer, "findings", rows);
}

/* --- repair --- */

static gint64
add_tables (JsonObject *answer, GPtrArray *tables)
{
  JsonObject *rows = json_object_new_array ();
  gint64 n_lost = 0;

  for (guint i = 0; i < tables->len; i++)
    {
      const CbSalvaged *salvaged = g_ptr_array_index (tables, i);
      JsonObject *row = json_object_new_object ();

      cb_json_set_string (row, "table", salvaged->name);
      cb_json_set_int (row, "saved", salvaged->n_saved);
      cb_json_set_int (row, "lost", salvaged->n_lost);
      json_object_array_add (rows, row);
      n_lost += salvaged->n_lost;
    }
  json_object_object_add (answer, "tables", rows);
  return n_lost;
}

static const char *
get_meaning (const CbRepaired *repaired, gint64 n_lost)
{
  if (repaired->n_keys_renewed > 0)
    return "What could be told to be right is there again. Keys of the store's own are lost: enrol "
           "it again, add its staff again, and bring in again the lists of who must not be "
           "contacted.";
  if (n_lost > 0 || repaired->n_absent > 0 || repaired->is_uncounted)
    return "What could be told to be right is there again; the rest can't be read any more. The "
           "last back-up may still have it. The damaged file is kept until somebody is erased.";
  return "Everything that was found is there again. The damaged file is kept until somebody is "
         "erased.";
}

static gboolean
repair (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_auto (CbRepaired) repaired = { 0 };
  gint64 n_lost;

  cb_ctl_close_book (ctl);
  ctl->book = cb_repair (ctl->home, ctl->state_root, ctl->clock, ctl->as, &repaired, error);
  if (ctl->book == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_boolean (*answer, "repaired", TRUE);
  n_lost = add_tables (*answer, repaired.tables);
  cb_json_set_int (*answer, "lost", n_lost);
  cb_json_set_int (*answer, "pages_absent", repaired.n_absent);
  cb_json_set_boolean (*answer, "more_may_be_lost", repaired.is_uncounted);
  cb_json_set_int (*answer, "answers_from_backup", repaired.n_borrowed);
  cb_json_set_int (*answer, "erased", repaired.n_erased);
  cb_json_set_int (*answer, "answers_ended", repaired.n_ended);
  cb_json_set_int (*answer, "keys_renewed", repaired.n_keys_renewed);
  cb_json_set_string (*answer, "kept", repaired.kept);
  cb_json_set_string (*answer, "means", get_meaning (&repaired, n_lost));
  add_findings (ctl, *answer, NULL);
  return TRUE;
}

static gboolean
is_sound (CbBook *book)
{
  guint n_rows;

  return cb_book_verify_audit (book, &n_rows, NULL) && cb_book_is_sound (book, NULL);
}

/* Not the file's fault: to put another in its place would be wrong. */
static gboolean
is_no_damage (const GError *why)
{
  return g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_BUSY) ||
         g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_FULL) ||
         g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_READ_ONLY) ||
         g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_LOST) ||
         g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_WIPED) ||
         g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW);
}

/* --- the command --- */

/* A store that does not open has no staff to ask; what is told then is of the machine. Who may
 * repair one is asked of the staff that could be saved. */
static gboolean
run_doctor (CbCtl *ctl, JsonObject **answer, GError **error)
{
  gboolean wants_repair = cb_ctl_has_option (ctl, "repair");
  g_autoptr (GError) why = NULL;

  ctl->book = cb_book_open (ctl->home, ctl->state_root, ctl->clock, &why);
  if (is_no_damage (why)
        ? wants_repair
        : !wants_repair && g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  if (wants_repair && (ctl->book == NULL || !is_sound (ctl->book)))
    return repair (ctl, answer, error);
  if (ctl->book != NULL && (!cb_ctl_find_actor (ctl, error) || !cb_ctl_check_role (ctl, error)))
    return FALSE;
  *answer = json_object_new_object ();
  if (wants_repair)
    cb_json_set_boolean (*answer, "repaired", FALSE);
  add_findings (ctl, *answer, why);
  return TRUE;
}

static const CbCtlOption doctor_options[] = {
  { "repair", NULL, "of a damaged store save what can be saved, and keep the damaged file" },
  { NULL },
};

const CbCtlCommand cb_ctl_doctor_commands[] = {
  {
    .family = "doctor",
    .summary = "What protects the store, whether it and its last back-up are sound, and what each "
               "finding means for the shop. Changes nothing unless it is to repair.",
    .options = doctor_options,
    .roles = CB_CTL_BY (ADMIN),
    .needs_no_store = TRUE,
    .run = run_doctor,
  },
  { NULL },
};
