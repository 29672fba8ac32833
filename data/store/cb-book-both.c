/* SPDX-License-Identifier: Apache-2.0 */

/* A record that was changed here and elsewhere. Field by field, what one side alone has changed
 * since the version that both knew is right; only where both changed the same, or nobody knows any
 * more what it was, a person has to choose between two readings, and until then both are kept: ours
 * in the record, theirs sealed beside the operation that met it. No clock takes part. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-arrival-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"

#define COLUMN_BYTES "outbox.bytes"
#define COLUMN_THEIRS "outbox.theirs"
#define UNSETTLED "customer = ?1 AND key = ?2 AND act = 'put' AND state <> 'accepted'"

/* --- two readings --- */

/* Words alone: each terminal reckons the times of its own copy. */
static gboolean
is_time (const char *member)
{
  static const char *const times[] = { "created", "ends", "confirmed", "fades", "closed", NULL };

  return g_strv_contains (times, member);
}

static JsonObject *
get (JsonObject *body, const char *member)
{
  JsonObject *value = NULL;

  if (body != NULL)
    json_object_object_get_ex (body, member, &value);
  return value;
}

static void
copy_member (JsonObject *to, JsonObject *from, const char *member)
{
  json_object_object_add (to, member, json_object_get (get (from, member)));
}

/* FALSE where both changed it, or nobody knows who did. */
static gboolean
merge_member (JsonObject *merged,
              JsonObject *mine,
              JsonObject *base,
              const char *member,
              gboolean *ours)
{
  JsonObject *before = get (base, member);
  JsonObject *here = get (mine, member);
  JsonObject *there = get (merged, member);

  if (json_object_equal (here, there))
    return TRUE;
  if (base == NULL)
    return FALSE;
  if (json_object_equal (before, here))
    return TRUE;
  if (!json_object_equal (before, there))
    return FALSE;
  copy_member (merged, mine, member);
  *ours = TRUE;
  return TRUE;
}

/* What is still right was last asked on the later of two days; a state has the day it was reached.
 */
static void
merge_times (JsonObject *merged, JsonObject *mine, gboolean *ours)
{
  const char *here = cb_json_get_string (mine, "confirmed");
  const char *there = cb_json_get_string (merged, "confirmed");

  if (here != NULL && g_strcmp0 (here, there) > 0)
    {
      copy_member (merged, mine, "confirmed");
      copy_member (merged, mine, "fades");
      *ours = TRUE;
    }
  if (get (mine, "state") != NULL &&
      json_object_equal (get (mine, "state"), get (merged, "state")) &&
      get (merged, "closed") == NULL)
    copy_member (merged, mine, "closed");
}

/* Theirs with what is ours alone; NULL where a person has to choose. `ours` says whether there is
 * anything that they do not have. `base` may be NULL. */
static JsonObject *
merge (JsonObject *mine, JsonObject *theirs, JsonObject *base, gboolean *ours)
{
  JsonObject *merged = NULL;
  gboolean is_agreed = TRUE;

  *ours = FALSE;
  if (json_object_deep_copy (theirs, &merged, NULL) != 0)
    return NULL;
  json_object_object_foreach (mine, member, value)
  {
    (void) value;
    is_agreed = is_agreed && (is_time (member) || merge_member (merged, mine, base, member, ours));
  }
  json_object_object_foreach (theirs, other, said)
  {
    (void) said;
    is_agreed = is_agreed && (is_time (other) || get (mine, other) != NULL ||
                              merge_member (merged, mine, base, other, ours));
  }
  merge_times (merged, mine, ours);
  if (is_agreed)
    return merged;
  json_object_put (merged);
  return NULL;
}

/* --- what both knew --- */

static char *
dup_base (CbBook *self, const char *customer, const char *key, char **author)
{
  static const char SQL_GET_BASE[] =
    "SELECT base, author FROM outbox WHERE " UNSETTLED " ORDER BY rowid LIMIT 1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_BASE);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, key);
  if (!cb_stmt_next (stmt, NULL))
    return NULL;
  *author = g_strdup (cb_stmt_text (stmt, 1));
  return g_strdup (cb_stmt_text (stmt, 0));
}

/* The body of a version that was acknowledged or told; NULL when it is not kept any more. */
static JsonObject *
read_version (CbBook *self, const CbKey *sealing, const char *version)
{
  static const char SQL_GET_BYTES[] =
    "SELECT bytes FROM outbox WHERE op_id = ?1 AND state = 'accepted' AND length (bytes) > 0";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_BYTES);
  g_autoptr (JsonObject) line = NULL;
  const void *sealed;
  gsize length;
  char *text;

  cb_stmt_bind_text (stmt, 1, version);
  if (version == NULL || !cb_stmt_next (stmt, NULL))
    return NULL;
  sealed = cb_stmt_blob (stmt, 0, &length);
  text = cb_unseal_text (sealing, COLUMN_BYTES, version, sealed, length, NULL);
  if (text == NULL)
    return NULL;
  line = cb_json_parse (text, strlen (text), G_MAXINT, NULL);
  cb_text_wipe (text);
  return json_object_get (get (line, "body"));
}

/* --- settling it --- */

gboolean
cb_book_drop_unsettled (CbBook *self, const char *customer, const char *key, GError **error)
{
  static const char SQL_DROP_UNSETTLED[] = "DELETE FROM outbox WHERE " UNSETTLED;
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_DROP_UNSETTLED);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, key);
  self->is_outbox_touched = TRUE;
  return cb_stmt_run (stmt, error);
}

static gboolean
set_version (CbBook *self, const CbArrivedRecord *record, GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, cb_book_find_kind (record->kind)->set_version);

  cb_stmt_bind_text (stmt, 1, record->id);
  cb_stmt_bind_text (stmt, 2, record->version);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_rebase (CbBook *self,
                const char *customer,
                const char *key,
                const CbArrivedRecord *theirs,
                GError **error)
{
  static const char SQL_DROP_OLDER[] =
    "DELETE FROM outbox WHERE " UNSETTLED
    " AND rowid < (SELECT max(l.rowid) FROM outbox AS l WHERE l.customer = ?1 AND l.key = ?2"
    "  AND l.act = 'put' AND l.state <> 'accepted')";
  static const char SQL_REBASE[] =
    "UPDATE outbox SET op_id = ?3, state = 'held', turn = NULL, bytes = NULL, theirs = NULL,"
    " code = NULL, tries = 0, n = 0, not_before_us = 0, settled_us = NULL, base = ?4"
    " WHERE " UNSETTLED;
  g_autoptr (CbStmt) older = cb_db_prepare (self->db, SQL_DROP_OLDER);
  g_autoptr (CbStmt) newest = cb_db_prepare (self->db, SQL_REBASE);
  g_autofree char *fresh = cb_id_new ();

  cb_stmt_bind_text (older, 1, customer);
  cb_stmt_bind_text (older, 2, key);
  cb_stmt_bind_text (newest, 1, customer);
  cb_stmt_bind_text (newest, 2, key);
  cb_stmt_bind_text (newest, 3, fresh);
  cb_stmt_bind_text (newest, 4, theirs->version);
  self->is_outbox_touched = TRUE;
  return cb_stmt_run (older, error) && cb_stmt_run (newest, error) &&
         set_version (self, theirs, error);
}

static gboolean
put_in_place (CbBook *self,
              const CbKey *sealing,
              const char *customer,
              const CbArrivedRecord *theirs,
              JsonObject *body,
              const char *author,
              gboolean *is_taken,
              GError **error)
{
  const char *purpose = cb_book_get_arrived_purpose (theirs);
  CbArrivedRecord merged = *theirs;

  merged.body = body;
  if (author != NULL)
    merged.by = (char *) author;
  return cb_book_find_kind (theirs->kind)
    ->take (self, sealing, customer, purpose, &merged, is_taken, error);
}

gboolean
cb_book_meet (CbBook *self,
              const char *customer,
              const char *key,
              const CbArrivedRecord *theirs,
              gboolean *is_settled,
              GError **error)
{
  g_autofree char *author = NULL;
  g_autofree char *base = dup_base (self, customer, key, &author);
  g_autoptr (JsonObject) before = NULL;
  g_autoptr (JsonObject) mine = NULL;
  g_autoptr (JsonObject) merged = NULL;
  gboolean ours = FALSE;
  g_auto (CbKey) sealing;

  *is_settled = FALSE;
  if (!cb_book_get_customer_key (self, customer, &sealing, error))
    return FALSE;
  mine = cb_book_find_kind (theirs->kind)->encode (self, &sealing, theirs->id, NULL);
  before = read_version (self, &sealing, base);
  merged = mine != NULL ? merge (mine, theirs->body, before, &ours) : NULL;
  if (merged == NULL)
    return TRUE;
  if (!put_in_place (self, &sealing, customer, theirs, merged, ours ? author : NULL, is_settled,
                     error))
    return FALSE;
  if (!*is_settled)
    return TRUE;
  return (ours ? cb_book_rebase (self, customer, key, theirs, error)
               : cb_book_drop_unsettled (self, customer, key, error)) &&
         cb_book_add_shadow (self, customer, theirs, key, error) &&
         set_version (self, theirs, error);
}

/* --- kept until somebody chooses --- */

gboolean
cb_book_keep_theirs (CbBook *self,
                     const char *op_id,
                     const char *customer,
                     const CbArrivedRecord *theirs,
                     GError **error)
{
  static const char SQL_KEEP_THEIRS[] =
    "UPDATE outbox SET theirs = ?2 WHERE op_id = ?1 AND state = 'parked' AND code = 'conflict'";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_KEEP_THEIRS);
  g_autoptr (JsonObject) object = json_object_new_object ();
  g_autofree char *line = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_auto (CbKey) sealing;

  if (!cb_book_get_customer_key (self, customer, &sealing, error))
    return FALSE;
  cb_json_set_string (object, "version", theirs->version);
  cb_json_set_string (object, "scope", theirs->scope);
  cb_json_set_string (object, "by", theirs->by);
  cb_json_set_int (object, "n", theirs->n);
  cb_json_set_int (object, "at", theirs->at_us);
  json_object_object_add (object, "body", json_object_get (theirs->body));
  line = cb_json_to_line (object);
  sealed = cb_seal_text (&sealing, COLUMN_THEIRS, op_id, line);
  cb_text_wipe (g_steal_pointer (&line));
  cb_stmt_bind_text (stmt, 1, op_id);
  cb_stmt_bind_bytes (stmt, 2, sealed);
  return cb_stmt_run (stmt, error);
}

/* An arrival of that one record; NULL when nothing readable is kept. */
static CbArrival *
open_theirs (CbBook *self, CbStmt *row, GError **error)
{
  const char *op_id = cb_stmt_text (row, 0);
  const char *customer = cb_stmt_text (row, 1);
  g_autoptr (JsonObject) object = NULL;
  JsonObject *body;
  CbArrivedRecord *record;
  CbArrival *arrival;
  const void *sealed;
  gsize length;
  char *text;
  g_auto (CbKey) sealing;

  if (!cb_book_get_customer_key (self, customer, &sealing, error))
    return NULL;
  sealed = cb_stmt_blob (row, 4, &length);
  text = cb_unseal_text (&sealing, COLUMN_THEIRS, op_id, sealed, length, error);
  if (text == NULL)
    return NULL;
  object = cb_json_parse (text, strlen (text), G_MAXINT, error);
  cb_text_wipe (text);
  body = object != NULL ? cb_json_get_object (object, "body") : NULL;
  if (body == NULL)
    return NULL;
  arrival = cb_arrival_new (customer);
  record = cb_arrival_add_record (arrival, cb_stmt_text (row, 2), cb_stmt_text (row, 3),
                                  json_object_get (body));
  g_strlcpy (record->version, cb_json_get_string (object, "version"), sizeof record->version);
  record->scope = g_strdup (cb_json_get_string (object, "scope"));
  record->by = g_strdup (cb_json_get_string (object, "by"));
  record->n = cb_json_get_int (object, "n", 0);
  record->at_us = cb_json_get_int (object, "at", 0);
  return arrival;
}

#define SELECT_CONFLICTS                                                                           \
  "SELECT op_id, customer, kind, record, theirs, created_us FROM outbox WHERE state = 'parked'"    \
  " AND state IN ('held', 'parked')"                                                               \
  " AND code = 'conflict' AND theirs IS NOT NULL"

/* Reads it, and says who read it. */
static CbConflict *
read_conflict (CbBook *self, CbStaff *actor, CbStmt *row, GError **error)
{
  CbArrival *arrival = open_theirs (self, row, error);
  g_autoptr (CbCustomer) card = NULL;
  const CbArrivedRecord *theirs;
  CbConflict *conflict;
  g_auto (CbKey) sealing;

  if (arrival == NULL)
    return NULL;
  card = cb_book_read_customer (self, arrival->customer, error);
  if (card == NULL || !cb_book_get_customer_key (self, arrival->customer, &sealing, error) ||
      !cb_book_audit (self, actor, CB_READ_RECORD, arrival->customer, arrival->customer, NULL,
                      error))
    {
      cb_arrival_free (arrival);
      return NULL;
    }
  theirs = arrival->records->pdata[0];
  conflict = g_new0 (CbConflict, 1);
  conflict->op_id = g_strdup (cb_stmt_text (row, 0));
  conflict->customer = g_strdup (arrival->customer);
  conflict->name = cb_customer_dup_display_name (card);
  conflict->kind = g_strdup (cb_stmt_text (row, 2));
  conflict->record = g_strdup (cb_stmt_text (row, 3));
  conflict->theirs = json_object_get (theirs->body);
  conflict->mine =
    cb_book_find_kind (conflict->kind)->encode (self, &sealing, conflict->record, NULL);
  conflict->mine_us = cb_stmt_int (row, 5);
  conflict->theirs_us = theirs->at_us;
  cb_arrival_free (arrival);
  return conflict;
}

GPtrArray *
cb_book_list_conflicts (CbBook *self, CbStaff *actor, GError **error)
{
  static const char SQL_LIST_CONFLICTS[] = SELECT_CONFLICTS " ORDER BY rowid";
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_conflict_free);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CbStmt) rows = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_RESOLVE, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  rows = cb_db_prepare (self->db, SQL_LIST_CONFLICTS);
  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      CbConflict *conflict = read_conflict (self, actor, rows, &local_error);

      if (conflict != NULL)
        g_ptr_array_add (list, conflict);
    }
  if (cb_error_hand_on (&local_error, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}

/* --- choosing --- */

/* What was typed here goes on as a note of its own, and so does theirs. */
static gboolean
keep_both (CbBook *self,
           CbStaff *actor,
           const CbKey *sealing,
           const char *customer,
           const CbArrivedRecord *theirs,
           GError **error)
{
  g_autofree char *id = cb_id_new ();
  g_autoptr (JsonObject) mine =
    cb_book_find_kind ("note")->encode (self, sealing, theirs->id, error);
  CbQueued queued = {
    .kind = "note",
    .act = "put",
    .record = id,
    .customer = customer,
    .purpose = cb_book_get_arrived_purpose (theirs),
    .lane = 1,
  };
  CbArrivedRecord own = *theirs;
  gboolean is_taken = FALSE;

  if (mine == NULL)
    return FALSE;
  g_strlcpy (own.id, id, sizeof own.id);
  return put_in_place (self, sealing, customer, &own, mine, cb_book_actor_id (actor), &is_taken,
                       error) &&
         (!is_taken || cb_book_hold (self, actor, &queued, error));
}

static gboolean
choose_theirs (CbBook *self,
               const CbKey *sealing,
               const char *customer,
               const char *key,
               const CbArrivedRecord *theirs,
               GError **error)
{
  gboolean is_taken = FALSE;

  if (!put_in_place (self, sealing, customer, theirs, theirs->body, NULL, &is_taken, error))
    return FALSE;
  if (is_taken)
    return cb_book_drop_unsettled (self, customer, key, error) &&
           cb_book_add_shadow (self, customer, theirs, key, error) &&
           set_version (self, theirs, error);
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                       "what they wrote is not understood here");
  return FALSE;
}

static gboolean
resolve (CbBook *self, CbStaff *actor, const CbArrival *arrival, CbKeep keep, GError **error)
{
  const CbArrivedRecord *theirs = arrival->records->pdata[0];
  g_autofree char *key = g_strdup_printf ("%s/%s", theirs->kind, theirs->id);
  g_auto (CbKey) sealing;

  if (!cb_book_get_customer_key (self, arrival->customer, &sealing, error))
    return FALSE;
  if (keep == CB_KEEP_MINE)
    return cb_book_rebase (self, arrival->customer, key, theirs, error) &&
           cb_book_add_shadow (self, arrival->customer, theirs, key, error);
  if (keep == CB_KEEP_BOTH && !g_str_equal (theirs->kind, "note"))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                           "only two notes can stand side by side; choose one of the readings");
      return FALSE;
    }
  return (keep != CB_KEEP_BOTH ||
          keep_both (self, actor, &sealing, arrival->customer, theirs, error)) &&
         choose_theirs (self, &sealing, arrival->customer, key, theirs, error);
}

/* On the row of that operation; NULL when it waits for no choice. */
static CbStmt *
find_conflict (CbBook *self, const char *op_id, GError **error)
{
  static const char SQL_GET_CONFLICT[] = SELECT_CONFLICTS " AND op_id = ?1";
  g_autoptr (CbStmt) row = cb_db_prepare (self->db, SQL_GET_CONFLICT);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (row, 1, op_id);
  if (cb_stmt_next (row, &local_error))
    return g_steal_pointer (&row);
  if (!cb_error_hand_on (&local_error, error))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                         "no operation of that id waits for a choice");
  return NULL;
}

CbConflict *
cb_book_load_conflict (CbBook *self, CbStaff *actor, const char *op_id, GError **error)
{
  g_autoptr (CbStmt) row = NULL;
  g_autoptr (CbConflict) conflict = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_RESOLVE, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  row = find_conflict (self, op_id, error);
  conflict = row != NULL ? read_conflict (self, actor, row, error) : NULL;
  g_clear_pointer (&row, cb_stmt_done);
  if (conflict == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&conflict) : NULL;
}

gboolean
cb_book_resolve (CbBook *self, CbStaff *actor, const char *op_id, CbKeep keep, GError **error)
{
  static const char *const codes[] = { "mine", "theirs", "both" };
  g_autoptr (CbStmt) row = NULL;
  CbArrival *arrival = NULL;
  gboolean is_done;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_RESOLVE, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  row = find_conflict (self, op_id, error);
  arrival = row != NULL ? open_theirs (self, row, error) : NULL;
  g_clear_pointer (&row, cb_stmt_done);
  if (arrival == NULL)
    return FALSE;
  is_done =
    resolve (self, actor, arrival, keep, error) &&
    cb_book_audit (self, actor, "outbox.resolve", arrival->customer, op_id, codes[keep], error) &&
    cb_book_reckon_absent (self, arrival->customer, error);
  cb_arrival_free (arrival);
  if (!is_done)
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
