/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "store/cb-book-private.h"
#include "store/cb-repair-private.h"

/* --- a no of which only a trace is left --- */

typedef struct
{
  char *customer;
  char *purpose;
  CbChannel channel;
} Yes;

static void
yes_free (gpointer data)
{
  Yes *yes = data;

  g_free (yes->customer);
  g_free (yes->purpose);
  g_free (yes);
}

static gboolean
add_yeses (CbStmt *rows, GPtrArray *doubtful, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    {
      Yes *yes = g_new0 (Yes, 1);

      yes->customer = g_strdup (cb_stmt_text (rows, 0));
      yes->purpose = g_strdup (cb_stmt_text (rows, 1));
      cb_channel_from_id (cb_stmt_text (rows, 2), &yes->channel);
      g_ptr_array_add (doubtful, yes);
    }
  return !cb_error_hand_on (&local_error, error);
}

/* Standing yeses that are older than such a trace: an operation that takes something back and whose
 * answer is gone; an audit row that tells of a no, without the no; something that was shown and
 * answered, without the answer; conditions that it was bound to. The audit is written a moment
 * after the answer it is about. */
static gboolean
add_traced (CbBook *self, GPtrArray *doubtful, GError **error)
{
  static const char SQL_LIST_DOUBTFUL[] =
    "WITH trace (customer, purpose, channel, at_us) AS ("
    " SELECT o.customer, o.purpose, o.channel, o.created_us FROM outbox AS o"
    "  WHERE o.kind = 'consent' AND o.act IN ('withdraw', 'refuse')"
    "  AND NOT EXISTS (SELECT 1 FROM consent_event AS e WHERE e.id = o.record)"
    " UNION ALL SELECT a.customer, a.object, NULL, a.at_us FROM audit AS a"
    "  WHERE (a.action IN ('consent.withdraw', 'consent.import', 'consent.hear')"
    "   OR (a.action = 'consent.answer' AND a.code = 'no'))"
    "  AND NOT EXISTS (SELECT 1 FROM consent_event AS e WHERE e.customer = a.customer"
    "   AND (a.object IS NULL OR e.purpose = a.object) AND e.state IN ('refused', 'withdrawn')"
    "   AND e.at_us BETWEEN a.at_us - 60000000 AND a.at_us)"
    " UNION ALL SELECT r.customer, NULL, NULL, r.shown_us FROM consent_request AS r"
    "  WHERE r.outcome = 'answered'"
    "  AND NOT EXISTS (SELECT 1 FROM consent_event AS e WHERE e.request = r.id)"
    " UNION ALL SELECT l.customer, l.object, l.code, l.at_us FROM audit AS l"
    "  WHERE l.action = 'consent.limit' AND l.object <> 'asked'"
    "  AND NOT EXISTS (SELECT 1 FROM consent_condition AS c WHERE c.customer = l.customer"
    "   AND c.purpose = l.object AND c.at_us BETWEEN l.at_us - 60000000 AND l.at_us))"
    " SELECT DISTINCT n.customer, n.purpose, n.channel FROM trace AS t"
    " JOIN consent_now AS n ON n.customer = t.customer"
    " WHERE n.state IN ('given', 'renewed') AND n.at_us <= t.at_us"
    "  AND (t.purpose IS NULL OR n.purpose = t.purpose"
    "   OR (t.purpose = 'shop' AND n.purpose = 'everywhere'))"
    "  AND (t.channel IS NULL OR t.channel = '*' OR n.channel = t.channel)";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_DOUBTFUL);

  return add_yeses (rows, doubtful, error);
}

/* --- a no that an index still names, or that nobody does --- */

/* A condition binds whatever yes there is. */
static gboolean
add_named (CbBook *self,
           GPtrArray *lost,
           gboolean is_condition,
           GPtrArray *doubtful,
           GError **error)
{
  static const char SQL_LIST_STANDING[] =
    "SELECT customer, purpose, channel FROM consent_now WHERE customer = ?1 AND seq < ?4"
    " AND state IN ('given', 'renewed') AND (channel = ?3 OR ?3 = '*')"
    " AND (purpose = ?2 OR (purpose = 'everywhere' AND ?2 = 'shop'))";

  for (guint i = 0; i < lost->len; i++)
    {
      const CbLostAnswer *answer = g_ptr_array_index (lost, i);
      g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_STANDING);

      cb_stmt_bind_text (rows, 1, answer->customer);
      cb_stmt_bind_text (rows, 2, answer->purpose);
      cb_stmt_bind_text (rows, 3, answer->channel);
      cb_stmt_bind_int (rows, 4, is_condition ? G_MAXINT64 : answer->seq);
      if (!add_yeses (rows, doubtful, error))
        return FALSE;
    }
  return TRUE;
}

/* Answers are told apart by their numbers, which nothing seals: a number that is damaged puts a no
 * before the yes that it took back. Then their times say otherwise. */
static gboolean
add_misplaced (CbBook *self, GPtrArray *doubtful, GError **error)
{
  static const char SQL_LIST_MISPLACED[] =
    "SELECT DISTINCT y.customer, y.purpose, y.channel FROM consent_now AS y"
    " JOIN consent_event AS n ON n.customer = y.customer AND n.seq < y.seq AND n.at_us > y.at_us"
    " WHERE y.state IN ('given', 'renewed') AND n.state IN ('refused', 'withdrawn')"
    " AND n.channel = y.channel"
    " AND (n.purpose = y.purpose OR (n.purpose = 'shop' AND y.purpose = 'everywhere'))";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_MISPLACED);

  return add_yeses (rows, doubtful, error);
}

static gboolean
add_all_that_lead_out (CbBook *self, GPtrArray *doubtful, GError **error)
{
  static const char SQL_LIST_LEADING_OUT[] =
    "SELECT customer, purpose, channel FROM consent_now"
    " WHERE state IN ('given', 'renewed') AND purpose NOT IN ('asked', 'shop')";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_LEADING_OUT);

  return add_yeses (rows, doubtful, error);
}

/* Asked of the store after what the back-up has is in it: that is not lost any more. */
static gboolean
add_unnamed (CbBook *self, CbSalvage *salvage, GPtrArray *doubtful, GError **error)
{
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_lost_answer_free);
  g_autoptr (GPtrArray) conditions =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_lost_answer_free);
  gboolean is_known = cb_salvage_list_lost (salvage, answers, conditions);

  return add_named (self, answers, FALSE, doubtful, error) &&
         add_named (self, conditions, TRUE, doubtful, error) &&
         (is_known || add_all_that_lead_out (self, doubtful, error));
}

static gboolean
has_yes (CbBook *self, const Yes *yes)
{
  static const char SQL_HAS_YES[] =
    "SELECT 1 FROM consent_now WHERE customer = ?1 AND purpose = ?2 AND channel = ?3"
    " AND state IN ('given', 'renewed')";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_YES);

  cb_stmt_bind_text (stmt, 1, yes->customer);
  cb_stmt_bind_text (stmt, 2, yes->purpose);
  cb_stmt_bind_text (stmt, 3, cb_channel_to_id (yes->channel));
  return cb_stmt_next (stmt, NULL);
}

/* One may be doubted for several reasons, and ends once. */
static gboolean
end_yeses (CbBook *self, GPtrArray *doubtful, guint *n_ended, GError **error)
{
  for (guint i = 0; i < doubtful->len; i++)
    {
      const Yes *yes = g_ptr_array_index (doubtful, i);

      if (!has_yes (self, yes))
        continue;
      if (!cb_book_record_imported_no (self, NULL, yes->customer, CB_ENTITY_CUSTOMER, yes->purpose,
                                       yes->channel, error))
        return FALSE;
      (*n_ended)++;
    }
  return TRUE;
}

gboolean
cb_repair_answers (CbBook *self, CbSalvage *salvage, guint *n_ended, GError **error)
{
  g_autoptr (GPtrArray) doubtful = g_ptr_array_new_with_free_func (yes_free);
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!add_traced (self, doubtful, error) || !add_misplaced (self, doubtful, error) ||
      !add_unnamed (self, salvage, doubtful, error) || !end_yeses (self, doubtful, n_ended, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
