/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "consent/cb-purpose.h"

/* Acknowledged operations are offered again after the service was restored from a back-up; older
 * ones than its oldest usable back-up are not needed. */
#define ACCEPTED_DAYS 35

/* Cards that are ended in one run: each is a line of the ledger that is synced. */
#define CARDS_A_RUN 100

/* --- how long a record lives --- */

static CbLifetime
reckon_by_verdict (CbBook *self,
                   CbPermission *permission,
                   gint64 created_us,
                   const CbLifetime *before)
{
  gint64 now_us = cb_clock_get_now_us (self->clock);
  gboolean was_tonight = before->life == CB_LIFE_TONIGHT && before->ends_us > 0;
  gboolean was_agreed = before->life == CB_LIFE_AGREED;
  gboolean is_request = g_str_equal (cb_permission_get_purpose (permission), CB_PURPOSE_ASKED);
  CbVerdict verdict = cb_permission_get_verdict (permission);
  gint64 until_us = cb_permission_get_until_us (permission);
  gint64 tonight_us = cb_clock_day_end_us (now_us, 0);

  /* Nobody's day is put off, but by a freeze. */
  if (was_tonight)
    tonight_us = MIN (tonight_us, before->ends_us);
  /* A request that was taken back is not revived by the next one. */
  if (was_tonight && is_request)
    return (CbLifetime){ CB_LIFE_TONIGHT, tonight_us, 0 };
  if (is_request)
    until_us = before->until_us != 0 ? before->until_us
                                     : cb_clock_day_end_us (created_us, CB_ASKED_DAYS_MAX);
  if (cb_permission_is_allowed (permission))
    return (CbLifetime){ is_request ? CB_LIFE_ASKED : CB_LIFE_AGREED, until_us, 0 };
  /* Agreed and now not asked: it rested on a wider yes that was taken back. */
  if (verdict == CB_VERDICT_REFUSED || verdict == CB_VERDICT_WITHDRAWN ||
      (was_agreed && verdict == CB_VERDICT_NOT_ASKED))
    return (CbLifetime){
      CB_LIFE_TONIGHT,
      tonight_us,
      0,
    };
  if (verdict == CB_VERDICT_OUTDATED)
    return (CbLifetime){ CB_LIFE_UNASKED, until_us, 0 };
  return (CbLifetime){
    CB_LIFE_UNASKED,
    cb_clock_day_end_us (verdict == CB_VERDICT_EXPIRED ? now_us : created_us,
                         self->keep_unasked_days),
    0,
  };
}

/* What ends by itself ends then, whatever was agreed. */
void
cb_book_reckon_life (CbBook *self,
                     CbPermission *permission,
                     CbIntent intent,
                     gint64 created_us,
                     CbLifetime *lifetime)
{
  CbLifetime before = *lifetime;

  if (cb_permission_get_verdict (permission) == CB_VERDICT_RESTRICTED)
    {
      *lifetime = cb_book_freeze_life (self, &before);
      return;
    }
  if (intent == CB_INTENT_VISIT)
    *lifetime = (CbLifetime){ CB_LIFE_TONIGHT, cb_clock_day_end_us (created_us, 0), 0 };
  else
    *lifetime = reckon_by_verdict (self, permission, created_us, &before);
  if (before.until_us != 0)
    lifetime->ends_us = MIN (lifetime->ends_us, before.until_us);
}

/* --- after an answer, a withdrawal or a capture --- */

typedef struct
{
  char *id;
  char *purpose;
  CbIntent intent;
  gint64 created_us;
  CbLifetime lifetime;
} Living;

static void
living_free (gpointer data)
{
  Living *living = data;

  g_free (living->id);
  g_free (living->purpose);
  g_free (living);
}

static GPtrArray *
list_living (CbBook *self, const char *sql, const char *customer, GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (living_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  while (cb_stmt_next (stmt, &local_error))
    {
      Living *living = g_new0 (Living, 1);

      living->id = g_strdup (cb_stmt_text (stmt, 0));
      living->purpose = g_strdup (cb_stmt_text (stmt, 1));
      cb_intent_from_id (cb_stmt_text (stmt, 2), &living->intent);
      living->created_us = cb_stmt_int (stmt, 3);
      cb_life_from_id (cb_stmt_text (stmt, 4), &living->lifetime.life);
      living->lifetime.ends_us = cb_stmt_int (stmt, 5);
      living->lifetime.until_us = cb_stmt_int (stmt, 6);
      g_ptr_array_add (list, living);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

/* A request that was taken back and is made anew the same day is another one: nothing brings the
 * first on its way again, and nothing says that it is elsewhere. */
static gboolean
settle_taken_back (CbBook *self,
                   const CbRecordKind *kind,
                   const char *customer,
                   const Living *living,
                   const CbLifetime *lifetime,
                   GError **error)
{
  g_autoptr (CbStmt) forget = NULL;

  if (lifetime->life != CB_LIFE_TONIGHT || !g_str_equal (living->purpose, CB_PURPOSE_ASKED) ||
      kind->set_version == NULL)
    return TRUE;
  forget = cb_db_prepare (self->db, kind->set_version);
  cb_stmt_bind_text (forget, 1, living->id);
  cb_stmt_bind_text (forget, 2, NULL);
  return cb_stmt_run (forget, error) &&
         cb_book_drop_record (self, customer, kind->kind, living->id, error);
}

static gboolean
reckon_living (CbBook *self,
               const CbRecordKind *kind,
               const char *customer,
               Living *living,
               GError **error)
{
  CbLifetime lifetime = living->lifetime;
  g_autoptr (CbPermission) permission =
    cb_book_read_permission (self, customer, living->purpose, CB_CHANNEL_NONE, error);
  g_autoptr (CbStmt) stmt = NULL;

  if (permission == NULL)
    return FALSE;
  cb_book_reckon_life (self, permission, living->intent, living->created_us, &lifetime);
  if (lifetime.life == living->lifetime.life && lifetime.ends_us == living->lifetime.ends_us)
    return TRUE;
  stmt = cb_db_prepare (self->db, kind->set_life);
  cb_stmt_bind_text (stmt, 1, living->id);
  cb_stmt_bind_text (stmt, 2, cb_life_to_id (lifetime.life));
  cb_stmt_bind_int (stmt, 3, lifetime.ends_us);
  return cb_stmt_run (stmt, error) &&
         settle_taken_back (self, kind, customer, living, &lifetime, error);
}

static gboolean
reckon_lives (CbBook *self, const CbRecordKind *kind, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) list = list_living (self, kind->list_living, customer, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      if (!reckon_living (self, kind, customer, g_ptr_array_index (list, i), error))
        return FALSE;
    }
  return list != NULL;
}

/* "2 years from your last visit" counts from the day, so that the ends of all records are written
 * once a day at most. */
static gboolean
mark_visit (CbBook *self, const char *customer, gboolean *is_first_today, GError **error)
{
  static const char SQL_MARK_VISIT[] =
    "UPDATE customer SET last_visit_us = ?2 WHERE id = ?1 AND last_visit_us < ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_MARK_VISIT);
  gint64 now_us = cb_clock_get_now_us (self->clock);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, now_us);
  cb_stmt_bind_int (stmt, 3, cb_clock_day_end_us (now_us, 0) - CB_US_PER_DAY);
  if (!cb_stmt_run (stmt, error))
    return FALSE;
  *is_first_today = cb_db_get_changes (self->db) > 0;
  return TRUE;
}

static gboolean
reckon_all (CbBook *self, const char *customer, GError **error)
{
  guint n_kinds;
  const CbRecordKind *kinds = cb_book_get_kinds (&n_kinds);

  for (guint i = 0; i < n_kinds; i++)
    {
      if (kinds[i].list_living != NULL && !reckon_lives (self, &kinds[i], customer, error))
        return FALSE;
    }
  return cb_book_reckon_outbox (self, customer, error);
}

gboolean
cb_book_reckon_absent (CbBook *self, const char *customer, GError **error)
{
  cb_book_touch (self, customer);
  return reckon_all (self, customer, error);
}

gboolean
cb_book_reckon_customer (CbBook *self, const char *customer, GError **error)
{
  gboolean is_first_today;

  cb_book_touch (self, customer);
  return mark_visit (self, customer, &is_first_today, error) && reckon_all (self, customer, error);
}

gboolean
cb_book_note_visit (CbBook *self, const char *customer, gint64 at_us, GError **error)
{
  static const char SQL_NOTE_VISIT[] =
    "UPDATE customer SET last_visit_us = ?2 WHERE id = ?1 AND last_visit_us < ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_NOTE_VISIT);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, MIN (at_us, cb_clock_get_now_us (self->clock)));
  if (!cb_stmt_run (stmt, error))
    return FALSE;
  return cb_db_get_changes (self->db) == 0 || cb_book_reckon_absent (self, customer, error);
}

gboolean
cb_book_reckon_capture (CbBook *self,
                        const char *customer,
                        const char *kind,
                        const char *record,
                        GError **error)
{
  gboolean is_first_today;

  if (!mark_visit (self, customer, &is_first_today, error))
    return FALSE;
  if (is_first_today)
    {
      cb_book_touch (self, customer);
      return reckon_all (self, customer, error);
    }
  cb_book_touch_record (self, customer);
  return kind == NULL || cb_book_reckon_record (self, customer, kind, record, error);
}

/* --- what has had its day --- */

static void
bind_day (CbBook *self, CbStmt *stmt, gint64 now_us)
{
  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_text (stmt, 2, self->visited);
  cb_stmt_bind_int (stmt, 3, now_us - CB_WRITING_US);
}

static gboolean
end_records (CbBook *self, const CbRecordKind *kind, gint64 now_us, gint *n_ended, GError **error)
{
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, kind->list_ended);
  g_autoptr (CbStmt) change = cb_db_prepare (self->db, kind->end);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *action = g_strdup_printf ("%s.end", kind->kind);

  bind_day (self, rows, now_us);
  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      g_autofree char *id = g_strdup (cb_stmt_text (rows, 0));
      g_autofree char *customer = g_strdup (cb_stmt_text (rows, 1));

      cb_stmt_bind_text (change, 1, id);
      if (cb_stmt_run (change, &local_error) &&
          cb_book_drop_record (self, customer, kind->kind, id, &local_error) &&
          cb_book_audit (self, NULL, action, customer, id, "retention", &local_error))
        {
          cb_book_touch (self, customer);
          (*n_ended)++;
        }
      cb_stmt_again (change);
    }
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
end_all_records (CbBook *self, gint64 now_us, gint *n_ended, GError **error)
{
  guint n_kinds;
  const CbRecordKind *kinds = cb_book_get_kinds (&n_kinds);

  for (guint i = 0; i < n_kinds; i++)
    {
      if (kinds[i].end != NULL && !end_records (self, &kinds[i], now_us, n_ended, error))
        return FALSE;
    }
  return TRUE;
}

/* What the service has of a record leaves a shadow: the operation without its bytes and its day. By
 * it a withdrawal holds the record again, a yes sends it again, and the customer is told. The rest
 * goes. */
static gboolean
prune_accepted (CbBook *self, gint64 now_us, GError **error)
{
  static const char SQL_PRUNE_ACCEPTED[] =
    "DELETE FROM outbox WHERE state = 'accepted' AND settled_us < ?1 AND NOT (act = 'put'"
    " AND NOT EXISTS (SELECT 1 FROM outbox AS later WHERE later.customer = outbox.customer"
    "  AND later.key = outbox.key AND later.state = 'accepted' AND later.turn > outbox.turn))";
  static const char SQL_MAKE_SHADOWS[] =
    "UPDATE outbox SET bytes = zeroblob (0), theirs = NULL, settled_us = NULL"
    " WHERE state = 'accepted' AND settled_us < ?1";
  static const char *const steps[] = { SQL_PRUNE_ACCEPTED, SQL_MAKE_SHADOWS };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, steps[i]);

      cb_stmt_bind_int (stmt, 1, now_us - ACCEPTED_DAYS * CB_US_PER_DAY);
      if (!cb_stmt_run (stmt, error))
        return FALSE;
      if (cb_db_get_changes (self->db) > 0)
        self->n_accepted = -1;
    }
  return TRUE;
}

static gboolean
is_any_record_due (CbBook *self, gint64 now_us, gboolean *due, GError **error)
{
  guint n_kinds;
  const CbRecordKind *kinds = cb_book_get_kinds (&n_kinds);
  g_autoptr (GError) local_error = NULL;

  *due = FALSE;
  for (guint i = 0; i < n_kinds && !*due && local_error == NULL; i++)
    {
      g_autoptr (CbStmt) rows = NULL;

      if (kinds[i].list_ended == NULL)
        continue;
      rows = cb_db_prepare (self->db, kinds[i].list_ended);
      bind_day (self, rows, now_us);
      *due = cb_stmt_next (rows, &local_error);
    }
  return !cb_error_hand_on (&local_error, error);
}

/* Asks whether anything is due before it takes the write lock: most of the time nothing is. */
static gboolean
is_anything_due (CbBook *self, gint64 now_us, gboolean *due, GError **error)
{
  static const char SQL_ANY_DUE[] =
    "SELECT EXISTS (SELECT 1 FROM imported WHERE keep_until_us <= ?1)"
    " OR EXISTS (SELECT 1 FROM draft WHERE ends_us <= ?1)"
    " OR EXISTS (SELECT 1 FROM outbox WHERE state = 'accepted' AND settled_us < ?2)";
  g_autoptr (CbStmt) stmt = NULL;

  if (!is_any_record_due (self, now_us, due, error))
    return FALSE;
  if (*due)
    return TRUE;
  stmt = cb_db_prepare (self->db, SQL_ANY_DUE);
  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_int (stmt, 2, now_us - ACCEPTED_DAYS * CB_US_PER_DAY);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *due = cb_stmt_int (stmt, 0) != 0;
  return *due || cb_book_is_anybody_silent (self, now_us, due, error);
}

/* Drafts first: what ended with its day keeps nothing else from ending. */
static gboolean
end_all (CbBook *self, gint64 now_us, gint *n_ended, guint *n_cards, GError **error)
{
  return cb_book_end_drafts (self, now_us, error) &&
         end_all_records (self, now_us, n_ended, error) &&
         cb_book_end_imported (self, now_us, CARDS_A_RUN, n_cards, error) &&
         cb_book_end_silent (self, now_us, CARDS_A_RUN, n_cards, error) &&
         prune_accepted (self, now_us, error);
}

gint
cb_book_run_retention (CbBook *self, GError **error)
{
  CbTimeState time;
  gboolean due;
  gboolean is_worth_keeping;
  gint n_ended = 0;
  guint n_cards = 0;
  g_auto (CbTransaction) transaction = NULL;

  cb_book_try_to_reach_copies (self);
  if (!cb_book_judge_time (self, &time, error))
    return -1;
  if (time.doubt != CB_TIME_BELIEVED)
    return 0;
  if (!is_anything_due (self, time.time_us, &due, error) ||
      !cb_book_is_time_worth_keeping (self, &time, &is_worth_keeping, error))
    return -1;
  if (!due && !is_worth_keeping)
    return 0;
  if (!cb_book_begin (self, error))
    return -1;
  transaction = self->db;
  if (!cb_book_keep_time (self, error) ||
      (due && !end_all (self, time.time_us, &n_ended, &n_cards, error)))
    return -1;
  transaction = NULL;
  if (!cb_book_commit (self, error) || (n_cards > 0 && !cb_book_rotate_if_due (self, error)))
    return -1;
  return n_ended + (gint) n_cards;
}

void
cb_book_set_visited (CbBook *self, const char *customer)
{
  g_free (self->visited);
  self->visited = g_strdup (customer);
}
