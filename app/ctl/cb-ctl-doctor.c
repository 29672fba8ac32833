/* SPDX-License-Identifier: Apache-2.0 */

/* doctor: what an operator should know, and what it means for the shop. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "store/cb-doctor.h"

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

/* A store that does not open has no staff to ask; what is told then is of the machine. */
static gboolean
run_doctor (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) why = NULL;
  JsonObject *rows;
  CbFindingState worst = CB_FINDING_GOOD;

  ctl->book = cb_book_open (ctl->home, ctl->state_root, ctl->clock, &why);
  if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  if (ctl->book != NULL && (!cb_ctl_find_actor (ctl, error) || !cb_ctl_check_role (ctl, error)))
    return FALSE;
  *answer = json_object_new_object ();
  rows = json_object_new_array ();
  findings = cb_doctor_examine (ctl->home, ctl->state_root, ctl->clock, ctl->book, why);
  for (guint i = 0; i < findings->len; i++)
    {
      const CbFinding *finding = g_ptr_array_index (findings, i);

      worst = MAX (worst, finding->state);
      json_object_array_add (rows, encode_finding (finding));
    }
  cb_json_set_string (*answer, "state", cb_finding_state_to_id (worst));
  json_object_object_add (*answer, "findings", rows);
  return TRUE;
}

const CbCtlCommand cb_ctl_doctor_commands[] = {
  {
    .family = "doctor",
    .summary = "What protects the store, whether it and its last back-up are sound, and what each "
               "finding means for the shop. Changes nothing.",
    .roles = CB_CTL_BY (ADMIN),
    .needs_no_store = TRUE,
    .run = run_doctor,
  },
  { NULL },
};
