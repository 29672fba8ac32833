/* SPDX-License-Identifier: Apache-2.0 */

/* note: fact, context and intent. A purpose nobody agreed to is no error: the note says so. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-records.h"

static gboolean
run_add (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNote) note = NULL;

  draft->visit = cb_ctl_get_visit (ctl, "kind", draft->visit);
  draft->intent = cb_ctl_get_intent (ctl, "intent", draft->intent);
  draft->discretion = cb_ctl_get_discretion (ctl, "discretion", draft->discretion);
  draft->provenance = cb_ctl_get_provenance (ctl, "provenance", draft->provenance);
  draft->purpose = g_strdup (cb_ctl_get_purpose (ctl));
  draft->for_role = g_strdup (cb_ctl_get_option (ctl, "for"));
  draft->text = cb_ctl_read_text (error);
  if (draft->text == NULL)
    return FALSE;
  note = cb_book_add_note (ctl->book, ctl->actor, ctl->word, draft, error);
  if (note == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "id", cb_note_get_id (note));
  cb_json_set_string (*answer, "state", cb_ctl_get_state (cb_note_get_life (note)));
  json_object_object_add (*answer, "findings", json_object_new_array ());
  return TRUE;
}

static const CbCtlOption add_options[] = {
  { "text-stdin", NULL, "the note on standard input, at most 8000 bytes", TRUE },
  { "kind", "advice|try-on|purchase|collection|return|repair", "of visit; advice" },
  { "intent", "visit|profile|tell-me|gift", "what they want done with it; profile" },
  { "discretion", "mention|silent|private", "how discreet to be with it; mention" },
  { "for", "ROLE", "for whom, such as daughter; else the customer" },
  { "provenance", "said|asked|observed", "how we know; said" },
  { "purpose", "asked|shop|everywhere", "what it is kept for; shop" },
  { NULL },
};

const CbCtlCommand cb_ctl_note_commands[] = {
  {
    .family = "note",
    .verb = "add",
    .words = "CUSTOMER",
    .summary =
      "Write a note down; its state says whether its purpose is agreed to, asked for by the "
      "customer, or not yet asked.",
    .options = add_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .run = run_add,
  },
  { NULL },
};
