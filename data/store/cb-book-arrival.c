/* SPDX-License-Identifier: Apache-2.0 */

/* What other terminals of this shop put comes in here, a page and the cursor behind it in one
 * transaction. A record that is changed here and not yet sent is left as it is: the service will
 * say that both changed it. What is known already, by its version, changes nothing; what this
 * terminal forgot for good never comes back. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-arrival-private.h"
#include "store/cb-consent-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"

/* What `sql` answers about it. */
static gboolean
ask (CbBook *self, const char *sql, const char *about, gboolean *is, GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);

  cb_stmt_bind_text (stmt, 1, about);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

/* --- the yes --- */

static gboolean
add_yes (CbBook *self,
         const char *customer,
         const CbArrivedYes *yes,
         const char *state,
         GError **error)
{
  static const char SQL_ADD_YES[] =
    "INSERT INTO consent_event (id, customer, purpose, channel, state, entity, method, proof,"
    " notice, version, language, receipt, saw, staff, at_us, tz_minutes)"
    " VALUES (?1, ?2, ?3, '*', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'system', ?13, 0)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_YES);
  const char *proof = cb_json_get_string (yes->evidence, "proof");
  g_autoptr (GBytes) sealed = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  if (proof != NULL)
    sealed = cb_seal_text (&key, "consent_event.proof", yes->op, proof);
  cb_stmt_bind_text (stmt, 1, yes->op);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, yes->purpose);
  cb_stmt_bind_text (stmt, 4, state);
  cb_stmt_bind_text (stmt, 5, cb_json_get_string (yes->evidence, "entity"));
  cb_stmt_bind_text (stmt, 6, cb_json_get_string (yes->evidence, "method"));
  cb_stmt_bind_bytes (stmt, 7, sealed);
  cb_stmt_bind_text (stmt, 8, cb_json_get_string (yes->evidence, "notice"));
  cb_stmt_bind_int (stmt, 9, cb_json_get_int (yes->evidence, "version", 0));
  cb_stmt_bind_text (stmt, 10, cb_json_get_string (yes->evidence, "language"));
  cb_stmt_bind_text (stmt, 11, cb_json_get_string (yes->evidence, "receipt"));
  cb_stmt_bind_text (stmt, 12, yes->saw);
  cb_stmt_bind_int (stmt, 13, MIN (yes->at_us, cb_clock_get_now_us (self->clock)));
  return cb_stmt_run (stmt, error);
}

/* One that this build understands: by whom and how; and that is bound to nothing, for what binds a
 * yes is not carried over here. */
static gboolean
is_plain (const CbArrivedYes *yes)
{
  static const char *const entities[] = { "customer", "guardian", NULL };
  static const char *const methods[] = {
    "tapped", "signed", "spoken", "own-phone", "request", NULL
  };
  const char *entity = cb_json_get_string (yes->evidence, "entity");
  const char *method = cb_json_get_string (yes->evidence, "method");
  JsonObject *conditions = cb_json_get_array (yes->evidence, "conditions");

  return entity != NULL && g_strv_contains (entities, entity) && method != NULL &&
         g_strv_contains (methods, method) &&
         (conditions == NULL || json_object_array_length (conditions) == 0);
}

/* A no that is known here stands against a yes that did not see it. */
static gboolean
take_yes (CbBook *self,
          const char *customer,
          const CbArrivedYes *yes,
          gboolean *news,
          GError **error)
{
  static const char SQL_KNOWS[] = "SELECT EXISTS (SELECT 1 FROM consent_event WHERE id = ?1)";
  g_autofree char *state = NULL;
  g_autofree char *grant = NULL;
  g_autofree char *withdrawal = NULL;
  gboolean is_known = FALSE;

  if (!is_plain (yes))
    return TRUE;
  if (!ask (self, SQL_KNOWS, yes->op, &is_known, error))
    return FALSE;
  if (is_known)
    return TRUE;
  if (!cb_book_read_history (self, customer, yes->purpose, "*", &state, &grant, &withdrawal, error))
    return FALSE;
  if (g_strcmp0 (state, "refused") == 0 ||
      (withdrawal != NULL && g_strcmp0 (withdrawal, yes->saw) != 0))
    return TRUE;
  *news = TRUE;
  return add_yes (self, customer, yes,
                  g_strcmp0 (state, "given") == 0 || g_strcmp0 (state, "renewed") == 0 ? "renewed"
                                                                                       : "given",
                  error);
}

/* --- a record --- */

const char *
cb_book_get_arrived_purpose (const CbArrivedRecord *record)
{
  if (g_str_equal (record->scope, "request"))
    return CB_PURPOSE_ASKED;
  return g_str_equal (record->scope, "company") ? CB_PURPOSE_EVERYWHERE : CB_PURPOSE_SHOP;
}

/* Known, or older than what is known, or changed here meanwhile, or without a yes that is known. */
static gboolean
is_to_be_taken (CbBook *self,
                const char *customer,
                const CbArrivedRecord *record,
                const char *key,
                gboolean *is,
                GError **error)
{
  static const char SQL_IS_WANTED[] =
    "SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE customer = ?1 AND key = ?2"
    "  AND (op_id = ?3 OR (act = 'put' AND state <> 'accepted') OR n >= ?4))"
    " AND EXISTS (SELECT 1 FROM consent_now WHERE customer = ?1 AND channel = '*'"
    "  AND state IN ('given', 'renewed')"
    "  AND (purpose = ?5 OR (?5 = 'shop' AND purpose = 'everywhere')))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_WANTED);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, key);
  cb_stmt_bind_text (stmt, 3, record->version);
  cb_stmt_bind_int (stmt, 4, record->n);
  cb_stmt_bind_text (stmt, 5, cb_book_get_arrived_purpose (record));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

/* --- one that is also changed here --- */

/* Of those that never left: what was on its way is answered by the service. */
static gboolean
has_unsent (CbBook *self, const char *customer, const char *key, gboolean *has, GError **error)
{
  static const char SQL_HAS_UNSENT[] =
    "SELECT EXISTS (SELECT 1 FROM outbox WHERE customer = ?1 AND key = ?2 AND act = 'put'"
    "  AND (state = 'held' OR (state = 'waiting' AND tries = 0)))"
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE customer = ?1 AND key = ?2"
    "  AND (state IN ('sent', 'parked') OR (state = 'waiting' AND tries > 0)))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_UNSENT);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, key);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *has = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

static gboolean
is_known (CbBook *self, const char *version, gboolean *is, GError **error)
{
  static const char SQL_IS_KNOWN[] = "SELECT EXISTS (SELECT 1 FROM outbox WHERE op_id = ?1)";

  return ask (self, SQL_IS_KNOWN, version, is, error);
}

/* Two terminals that hold a record again after a no would both send it after the next yes; and each
 * may have changed a field of its own. */
static gboolean
meet_unsent (CbBook *self,
             const char *customer,
             const char *key,
             const CbArrivedRecord *record,
             gboolean *news,
             GError **error)
{
  gboolean has = FALSE;
  gboolean knows = FALSE;
  gboolean is_settled = FALSE;

  if (!has_unsent (self, customer, key, &has, error) ||
      !is_known (self, record->version, &knows, error))
    return FALSE;
  if (!has || knows)
    return TRUE;
  if (!cb_book_meet (self, customer, key, record, &is_settled, error))
    return FALSE;
  *news = *news || is_settled;
  return TRUE;
}

/* Whoever has to choose sees the newest there is, and who wrote it. */
static gboolean
tell_parked (CbBook *self,
             const char *customer,
             const char *key,
             const CbArrivedRecord *record,
             GError **error)
{
  static const char SQL_FIND_PARKED[] =
    "SELECT op_id FROM outbox WHERE customer = ?1 AND key = ?2 AND state = 'parked'"
    " AND code = 'conflict' AND n <= ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FIND_PARKED);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *op_id = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, key);
  cb_stmt_bind_int (stmt, 3, record->n);
  if (cb_stmt_next (stmt, &local_error))
    op_id = g_strdup (cb_stmt_text (stmt, 0));
  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  return op_id == NULL || cb_book_keep_theirs (self, op_id, customer, record, error);
}

/* --- what is taken --- */

/* A version that a later one replaced is kept by nobody: its words may have been taken out. */
static gboolean
drop_older (CbBook *self,
            const char *customer,
            const CbArrivedRecord *record,
            const char *key,
            GError **error)
{
  static const char SQL_DROP_OLDER[] =
    "DELETE FROM outbox WHERE customer = ?1 AND key = ?2 AND state = 'accepted' AND op_id <> ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_DROP_OLDER);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, key);
  cb_stmt_bind_text (stmt, 3, record->version);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_add_shadow (CbBook *self,
                    const char *customer,
                    const CbArrivedRecord *record,
                    const char *key,
                    GError **error)
{
  static const char SQL_ADD_SHADOW[] =
    "INSERT OR IGNORE INTO outbox (op_id, turn, key, kind, act, record, customer, purpose, channel,"
    " author, lane, state, bytes, n, created_us, settled_us)"
    " VALUES (?1, ?2, ?3, ?4, 'put', ?5, ?6, ?7, '*', ?8, 1, 'accepted', ?9, ?10, ?11, ?12)";
  g_autoptr (CbStmt) add = cb_db_prepare (self->db, SQL_ADD_SHADOW);
  const gint64 turn = cb_book_next_turn (self, error);
  g_autoptr (JsonObject) line = json_object_new_object ();
  g_autofree char *text = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_auto (CbKey) sealing;

  if (turn == 0 || !drop_older (self, customer, record, key, error) ||
      !cb_book_get_customer_key (self, customer, &sealing, error))
    return FALSE;
  json_object_object_add (line, "body", json_object_get (record->body));
  text = cb_json_to_line (line);
  sealed = cb_seal_text (&sealing, "outbox.bytes", record->version, text);
  cb_text_wipe (g_steal_pointer (&text));
  cb_stmt_bind_text (add, 1, record->version);
  cb_stmt_bind_int (add, 2, turn);
  cb_stmt_bind_text (add, 3, key);
  cb_stmt_bind_text (add, 4, record->kind);
  cb_stmt_bind_text (add, 5, record->id);
  cb_stmt_bind_text (add, 6, customer);
  cb_stmt_bind_text (add, 7, cb_book_get_arrived_purpose (record));
  cb_stmt_bind_text (add, 8, record->by);
  cb_stmt_bind_bytes (add, 9, sealed);
  cb_stmt_bind_int (add, 10, record->n);
  cb_stmt_bind_int (add, 11, record->at_us);
  cb_stmt_bind_int (add, 12, cb_clock_get_now_us (self->clock));
  self->n_accepted = -1;
  return cb_stmt_run (add, error);
}

static gboolean
set_version (CbBook *self, const CbRecordKind *kind, const CbArrivedRecord *record, GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, kind->set_version);

  cb_stmt_bind_text (stmt, 1, record->id);
  cb_stmt_bind_text (stmt, 2, record->version);
  return cb_stmt_run (stmt, error);
}

static gboolean
take_record (CbBook *self,
             const char *customer,
             const CbArrivedRecord *record,
             gboolean *news,
             GError **error)
{
  const CbRecordKind *kind = cb_book_find_kind (record->kind);
  g_autofree char *key = g_strdup_printf ("%s/%s", record->kind, record->id);
  gboolean is_wanted = FALSE;
  gboolean is_taken = FALSE;
  g_auto (CbKey) sealing;

  if (!cb_book_get_customer_key (self, customer, &sealing, error) ||
      !meet_unsent (self, customer, key, record, news, error) ||
      !tell_parked (self, customer, key, record, error) ||
      !is_to_be_taken (self, customer, record, key, &is_wanted, error))
    return FALSE;
  if (!is_wanted)
    return TRUE;
  if (!kind->take (self, &sealing, customer, cb_book_get_arrived_purpose (record), record,
                   &is_taken, error))
    return FALSE;
  if (!is_taken)
    {
      g_message ("a record of another terminal says what is not understood here");
      return TRUE;
    }
  *news = TRUE;
  return cb_book_add_shadow (self, customer, record, key, error) &&
         set_version (self, kind, record, error) &&
         cb_book_note_visit (self, customer, record->at_us, error);
}

/* --- somebody --- */

static const CbArrivedRecord *
find_card (const CbArrival *arrival)
{
  for (guint i = 0; i < arrival->records->len; i++)
    {
      const CbArrivedRecord *record = arrival->records->pdata[i];

      if (g_str_equal (record->kind, "customer"))
        return record;
    }
  return NULL;
}

/* Whoever is here stays; whoever is not comes with a card and a yes, or not at all. */
static gboolean
ensure_customer (CbBook *self,
                 const CbArrival *arrival,
                 gboolean *is_here,
                 gboolean *is_new,
                 GError **error)
{
  static const char SQL_IS_HERE[] = "SELECT EXISTS (SELECT 1 FROM customer WHERE id = ?1)";
  static const char SQL_IS_GONE[] = "SELECT EXISTS (SELECT 1 FROM tombstone WHERE customer = ?1)";
  const CbArrivedRecord *card = find_card (arrival);
  gboolean is_gone = FALSE;

  if (!ask (self, SQL_IS_HERE, arrival->customer, is_here, error) ||
      !ask (self, SQL_IS_GONE, arrival->customer, &is_gone, error))
    return FALSE;
  if (*is_here || is_gone || card == NULL || arrival->yeses->len == 0)
    return TRUE;
  if (!cb_book_admit_customer (self, arrival->customer, card, is_here, error))
    return FALSE;
  *is_new = *is_here;
  return TRUE;
}

/* Of whom no yes could be taken is nobody here. */
static gboolean
turn_away (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_TURN_AWAY[] = "DELETE FROM customer WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_TURN_AWAY);

  cb_book_forget_customer_key (self);
  cb_stmt_bind_text (stmt, 1, customer);
  return cb_stmt_run (stmt, error);
}

static gboolean
take_all (CbBook *self, const CbArrival *arrival, gboolean *news, GError **error)
{
  for (guint i = 0; i < arrival->yeses->len; i++)
    {
      if (!take_yes (self, arrival->customer, arrival->yeses->pdata[i], news, error))
        return FALSE;
    }
  for (guint i = 0; i < arrival->records->len; i++)
    {
      if (!take_record (self, arrival->customer, arrival->records->pdata[i], news, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take (CbBook *self, const CbArrival *arrival, GError **error)
{
  gboolean is_here = FALSE;
  gboolean is_new = FALSE;
  gboolean news = FALSE;

  if (!ensure_customer (self, arrival, &is_here, &is_new, error))
    return FALSE;
  if (!is_here)
    return TRUE;
  if (!take_all (self, arrival, &news, error))
    return FALSE;
  if (!news)
    return !is_new || turn_away (self, arrival->customer, error);
  return cb_book_audit (self, NULL, "customer.hear", arrival->customer, arrival->customer, NULL,
                        error) &&
         cb_book_reckon_absent (self, arrival->customer, error);
}

gboolean
cb_book_take_arrivals (CbBook *self, GPtrArray *arrivals, const char *cursor, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_take_sync_lock (self, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  for (guint i = 0; i < arrivals->len; i++)
    {
      const CbArrival *arrival = g_ptr_array_index (arrivals, i);

      if (!take (self, arrival, error))
        return FALSE;
    }
  if (!cb_book_set_setting (self, CB_SETTING_RECORDS_CURSOR, cursor, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

gint64
cb_book_read_wire_time (JsonObject *body, const char *member)
{
  const char *text = cb_json_get_string (body, member);
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (time == NULL)
    return 0;
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}
