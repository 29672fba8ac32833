/* SPDX-License-Identifier: Apache-2.0 */

/* Days that matter to customers. They are kept for this shop, as what is said of a taste is, and go
 * nowhere; of a day that comes back no year is kept, for nobody needs an age. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-errand-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "records/cb-unsaved.h"
#include "store/cb-sealed-json.h"

#define COLUMN_BODY "occasion.body"
#define COLUMN_STEP "occasion_step.body"

/* As a preference: from then on it is asked again. */
#define FADES_AFTER_DAYS 365

#define STEPS_MAX 32

/* --- the sealed bodies --- */

static GBytes *
seal_body (const CbKey *key, const char *id, const CbOccasionDraft *draft)
{
  g_autoptr (JsonObject) body = json_object_new_object ();

  cb_json_set_string (body, "text", draft->text);
  cb_json_set_string (body, "for", draft->for_role);
  if (draft->kind == CB_OCCASION_EVENT)
    cb_json_set_int (body, "year", draft->year);
  cb_json_set_int (body, "month", draft->month);
  cb_json_set_int (body, "day", draft->day);
  return cb_sealed_json_new (key, COLUMN_BODY, id, body);
}

/* --- reading --- */

#define SELECT_OCCASION                                                                            \
  "SELECT o.id, o.customer, o.kind, o.provenance, o.body, o.author, o.created_us, o.confirmed_us," \
  " o.fades_us, o.ends_us, o.life FROM occasion AS o"

static GPtrArray *
read_steps (CbBook *self, const CbKey *key, const char *occasion, GError **error)
{
  static const char SQL_LIST_STEPS[] =
    "SELECT id, body, due_us, done_us FROM occasion_step WHERE occasion = ?1 ORDER BY due_us, rowid";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_STEPS);
  g_autoptr (GPtrArray) steps =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_occasion_step_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, occasion);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      const char *id = cb_stmt_text (stmt, 0);
      gsize length;
      const void *sealed = cb_stmt_blob (stmt, 1, &length);
      char *text = cb_unseal_text (key, COLUMN_STEP, id, sealed, length, &local_error);

      if (text != NULL)
        g_ptr_array_add (
          steps, cb_occasion_step_new (id, text, cb_stmt_int (stmt, 2), cb_stmt_int (stmt, 3)));
      else
        cb_book_pass_over (self, &local_error);
      cb_text_wipe (text);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&steps);
}

static CbOccasion *
occasion_from_row (CbBook *self, const CbKey *key, CbStmt *stmt, GError **error)
{
  const char *id = cb_stmt_text (stmt, 0);
  g_autoptr (JsonObject) body = cb_sealed_json_open (key, COLUMN_BODY, id, stmt, 4, error);
  g_autoptr (GPtrArray) steps = body != NULL ? read_steps (self, key, id, error) : NULL;
  CbOccasionFields fields = {
    .id = id,
    .customer_id = cb_stmt_text (stmt, 1),
    .author_id = cb_stmt_text (stmt, 5),
    .created_us = cb_stmt_int (stmt, 6),
    .confirmed_us = cb_stmt_int (stmt, 7),
    .fades_us = cb_stmt_int (stmt, 8),
    .ends_us = cb_stmt_int (stmt, 9),
    .steps = steps,
  };

  if (steps == NULL)
    return NULL;
  cb_occasion_kind_from_id (cb_stmt_text (stmt, 2), &fields.kind);
  cb_provenance_from_id (cb_stmt_text (stmt, 3), &fields.provenance);
  cb_life_from_id (cb_stmt_text (stmt, 10), &fields.life);
  fields.text = cb_json_get_string (body, "text");
  fields.for_role = cb_json_get_string (body, "for");
  fields.year = (int) cb_json_get_int (body, "year", 0);
  fields.month = (int) cb_json_get_int (body, "month", 1);
  fields.day = (int) cb_json_get_int (body, "day", 1);
  return cb_occasion_new (&fields);
}

/* Those that the actor may see; NULL sees all. */
static GPtrArray *
read_rows (CbBook *self, CbStaff *actor, CbStmt *stmt, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      g_auto (CbKey) key = { 0 };
      g_autoptr (CbOccasion) occasion = NULL;

      if (cb_book_get_customer_key (self, cb_stmt_text (stmt, 1), &key, &local_error))
        occasion = occasion_from_row (self, &key, stmt, &local_error);
      if (occasion != NULL && cb_book_may_see (actor, cb_occasion_get_fields (occasion)->life,
                                               cb_occasion_get_fields (occasion)->author_id))
        g_ptr_array_add (list, g_steal_pointer (&occasion));
      else if (occasion == NULL)
        cb_book_pass_over (self, &local_error);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

GPtrArray *
cb_book_read_occasions (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  static const char SQL_LIST_OF_CUSTOMER[] =
    SELECT_OCCASION " WHERE o.customer = ?1 AND o.ends_us > ?2 ORDER BY o.created_us, o.rowid";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_OF_CUSTOMER);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  return read_rows (self, actor, stmt, error);
}

static CbOccasion *
read_occasion (CbBook *self, CbStaff *actor, const char *id, GError **error)
{
  static const char SQL_GET_OCCASION[] = SELECT_OCCASION " WHERE o.id = ?1 AND o.ends_us > ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_OCCASION);
  g_autoptr (GPtrArray) list = NULL;

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  list = read_rows (self, actor, stmt, error);
  if (list == NULL)
    return NULL;
  if (list->len == 1)
    return g_object_ref (g_ptr_array_index (list, 0));
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such occasion");
  return NULL;
}

/* --- what is coming --- */

/* The day by which somebody should look at it: the first step that is not done, else itself. */
static gint64
get_look_us (CbOccasion *occasion, gint64 now_us)
{
  const CbOccasionFields *fields = cb_occasion_get_fields (occasion);

  for (guint i = 0; i < fields->steps->len; i++)
    {
      const CbOccasionStep *step = g_ptr_array_index (fields->steps, i);

      if (step->done_us == 0)
        return step->due_us;
    }
  return cb_occasion_get_next_us (occasion, now_us);
}

typedef struct
{
  gint64 look_us;
  CbOccasion *occasion; /* borrowed */
} Coming;

static int
compare_coming (gconstpointer a, gconstpointer b)
{
  const Coming *left = a;
  const Coming *right = b;

  return (left->look_us > right->look_us) - (left->look_us < right->look_us);
}

/* An event that is over is no longer coming. */
static GPtrArray *
pick_coming (GPtrArray *all, gint64 now_us, gint64 until_us, guint limit)
{
  g_autoptr (GArray) coming = g_array_new (FALSE, FALSE, sizeof (Coming));
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < all->len; i++)
    {
      Coming one = { .occasion = g_ptr_array_index (all, i) };

      one.look_us = get_look_us (one.occasion, now_us);
      if (one.look_us <= until_us && cb_occasion_get_next_us (one.occasion, now_us) > now_us)
        g_array_append_val (coming, one);
    }
  g_array_sort (coming, compare_coming);
  for (guint i = 0; i < MIN (coming->len, limit); i++)
    g_ptr_array_add (list, g_object_ref (g_array_index (coming, Coming, i).occasion));
  return list;
}

/* The days are sealed, so all of them are opened: a shop has hundreds, and it is asked once a day.
 */
GPtrArray *
cb_book_read_coming (CbBook *self, CbStaff *actor, guint days, guint limit, GError **error)
{
  static const char SQL_LIST_ALL[] = SELECT_OCCASION
    " JOIN customer AS c ON c.id = o.customer"
    " WHERE o.ends_us > ?1 AND c.restricted <= ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_ALL);
  gint64 now_us = cb_clock_get_now_us (self->clock);
  g_autoptr (GPtrArray) all = NULL;

  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_int (stmt, 2, cb_staff_get_role (actor) != CB_ROLE_ASSOCIATE);
  all = read_rows (self, actor, stmt, error);
  if (all == NULL)
    return NULL;
  return pick_coming (all, now_us, cb_clock_day_end_us (now_us, days), limit);
}

GPtrArray *
cb_book_list_occasions (CbBook *self, CbStaff *actor, guint days, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REQUESTS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  list = cb_book_read_coming (self, actor, days, limit, error);
  if (list == NULL || !cb_book_audit (self, actor, "occasion.list", NULL, NULL, NULL, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}

/* --- what is written --- */

static gboolean
fail_invalid (GError **error, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, why);
  return FALSE;
}

static gboolean
is_text (const char *text, gsize most)
{
  return text != NULL && strlen (text) <= most && cb_text_is_valid (text, -1) &&
         strspn (text, " \t\n") < strlen (text);
}

static gboolean
check_date (const CbOccasionDraft *draft, gint64 now_us, GError **error)
{
  gint64 end_us;

  /* A leap year has every day that there is. */
  if (draft->kind == CB_OCCASION_YEARLY)
    return (draft->year == 0 && cb_clock_date_end_us (2024, draft->month, draft->day) != 0) ||
           fail_invalid (error, "a day that comes back is a month and a day, without a year");
  end_us = cb_clock_date_end_us (draft->year, draft->month, draft->day);
  return (end_us > now_us && end_us <= cb_clock_day_end_us (now_us, CB_EVENT_DAYS_MAX)) ||
         fail_invalid (error, "an event is on a day from today on, within five years");
}

static gboolean
check_steps (const CbOccasionDraft *draft, GError **error)
{
  gint64 end_us = cb_clock_date_end_us (draft->year, draft->month, draft->day);

  if (draft->steps->len > 0 && draft->kind != CB_OCCASION_EVENT)
    return fail_invalid (error, "only an event has steps");
  if (draft->steps->len > STEPS_MAX)
    return fail_invalid (error, "an event has at most 32 steps");
  for (guint i = 0; i < draft->steps->len; i++)
    {
      const CbOccasionStep *step = g_ptr_array_index (draft->steps, i);

      if (!is_text (step->text, CB_VALUE_MAX))
        return fail_invalid (error, "a step is up to 1000 bytes of UTF-8 text");
      if (step->due_us <= 0 || step->due_us > end_us)
        return fail_invalid (error, "a step has a day, not after the event's");
    }
  return TRUE;
}

static gboolean
check_occasion (const CbOccasionDraft *draft, gint64 now_us, GError **error)
{
  if (!is_text (draft->text, CB_VALUE_MAX))
    return fail_invalid (error, "an occasion is up to 1000 bytes of UTF-8 text");
  if (draft->for_role != NULL && !is_text (draft->for_role, CB_ROLE_MAX))
    return fail_invalid (error, "for whom is a short role, such as daughter");
  return check_date (draft, now_us, error) && check_steps (draft, error);
}

typedef struct
{
  const char *id;
  const char *customer;
  const CbOccasionDraft *draft;
  gint64 now_us;
  CbLifetime lifetime;
} NewOccasion;

static gboolean
insert_steps (CbBook *self, const CbKey *key, const NewOccasion *new, GError **error)
{
  static const char SQL_ADD_STEP[] =
    "INSERT INTO occasion_step (id, occasion, customer, body, due_us) VALUES (?1, ?2, ?3, ?4, ?5)";

  for (guint i = 0; i < new->draft->steps->len; i++)
    {
      const CbOccasionStep *step = g_ptr_array_index (new->draft->steps, i);
      g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_STEP);
      g_autofree char *id = cb_id_new ();
      g_autoptr (GBytes) body = cb_seal_text (key, COLUMN_STEP, id, step->text);

      cb_stmt_bind_text (stmt, 1, id);
      cb_stmt_bind_text (stmt, 2, new->id);
      cb_stmt_bind_text (stmt, 3, new->customer);
      cb_stmt_bind_bytes (stmt, 4, body);
      cb_stmt_bind_int (stmt, 5, step->due_us);
      if (!cb_stmt_run (stmt, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_occasion (CbBook *self,
                 CbStaff *actor,
                 const CbKey *key,
                 const NewOccasion *new,
                 gint64 until_us,
                 GError **error)
{
  static const char SQL_ADD_OCCASION[] =
    "INSERT INTO occasion (id, customer, kind, provenance, body, author, created_us, confirmed_us,"
    " fades_us, until_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, nullif (?9, 0), ?10, ?11)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_OCCASION);
  g_autoptr (GBytes) body = seal_body (key, new->id, new->draft);

  cb_stmt_bind_text (stmt, 1, new->id);
  cb_stmt_bind_text (stmt, 2, new->customer);
  cb_stmt_bind_text (stmt, 3, cb_occasion_kind_to_id (new->draft->kind));
  cb_stmt_bind_text (stmt, 4, cb_provenance_to_id (new->draft->provenance));
  cb_stmt_bind_bytes (stmt, 5, body);
  cb_stmt_bind_text (stmt, 6, cb_staff_get_id (actor));
  cb_stmt_bind_int (stmt, 7, new->now_us);
  cb_stmt_bind_int (stmt, 8, cb_clock_day_end_us (new->now_us, FADES_AFTER_DAYS));
  cb_stmt_bind_int (stmt, 9, until_us);
  cb_stmt_bind_int (stmt, 10, new->lifetime.ends_us);
  cb_stmt_bind_text (stmt, 11, cb_life_to_id (new->lifetime.life));
  return cb_stmt_run (stmt, error);
}

static gint64
get_until_us (const CbOccasionDraft *draft)
{
  gint64 end_us = cb_clock_date_end_us (draft->year, draft->month, draft->day);

  return draft->kind == CB_OCCASION_EVENT ? cb_clock_day_end_us (end_us, CB_EVENT_KEPT_DAYS - 1)
                                          : 0;
}

static gboolean
write_occasion (CbBook *self, CbStaff *actor, NewOccasion *new, GError **error)
{
  gint64 until_us = get_until_us (new->draft);
  g_autoptr (CbPermission) permission = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_require_open (self, actor, new->customer, error) ||
      !cb_book_get_customer_key (self, new->customer, &key, error))
    return FALSE;
  permission =
    cb_book_read_permission (self, new->customer, CB_PURPOSE_SHOP, CB_CHANNEL_NONE, error);
  if (permission == NULL)
    return FALSE;
  new->lifetime = (CbLifetime){ CB_LIFE_UNASKED, 0, until_us };
  cb_book_reckon_life (self, permission, CB_INTENT_PROFILE, new->now_us, &new->lifetime);
  return insert_occasion (self, actor, &key, new, until_us, error) &&
         insert_steps (self, &key, new, error) &&
         (!new->draft->ends_draft ||
          cb_book_end_draft (self, actor, new->customer, CB_UNSAVED_DAY, error)) &&
         cb_book_audit (self, actor, "occasion.add", new->customer, new->id,
                        cb_occasion_kind_to_id (new->draft->kind), error) &&
         cb_book_reckon_capture (self, new->customer, "occasion", new->id, error);
}

CbOccasion *
cb_book_add_occasion (CbBook *self,
                      CbStaff *actor,
                      const char *customer,
                      const CbOccasionDraft *draft,
                      GError **error)
{
  g_autofree char *id = cb_id_new ();
  g_autoptr (CbOccasion) saved = NULL;
  g_auto (CbTransaction) transaction = NULL;
  NewOccasion new = {
    .id = id,
    .customer = customer,
    .draft = draft,
    .now_us = cb_clock_get_now_us (self->clock),
  };

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) ||
      !check_occasion (draft, new.now_us, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!write_occasion (self, actor, &new, error))
    return NULL;
  saved = read_occasion (self, actor, id, error);
  if (saved == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

/* --- what becomes of it --- */

/* Runs a change of one that the actor may see, in a transaction of its own. */
static CbOccasion *
change (CbBook *self,
        CbStaff *actor,
        const char *id,
        CbStmt *stmt,
        const char *action,
        const char *object,
        GError **error)
{
  g_autoptr (CbOccasion) occasion = read_occasion (self, actor, id, error);
  const char *customer;

  if (occasion == NULL)
    return NULL;
  customer = cb_occasion_get_fields (occasion)->customer_id;
  if (!cb_book_require_open (self, actor, customer, error) || !cb_stmt_run (stmt, error) ||
      !cb_book_audit (self, actor, action, customer, object, NULL, error))
    return NULL;
  cb_book_touch (self, customer);
  return g_steal_pointer (&occasion);
}

static char *
find_occasion_of_step (CbBook *self, const char *step, GError **error)
{
  static const char SQL_GET_OCCASION_OF[] = "SELECT occasion FROM occasion_step WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_OCCASION_OF);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, step);
  if (cb_stmt_next (stmt, &local_error))
    return g_strdup (cb_stmt_text (stmt, 0));
  if (!cb_error_hand_on (&local_error, error))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such step");
  return NULL;
}

CbOccasion *
cb_book_do_step (CbBook *self, CbStaff *actor, const char *step, gboolean is_done, GError **error)
{
  static const char SQL_DO_STEP[] =
    "UPDATE occasion_step SET done_us = coalesce (done_us, ?2), done_by = coalesce (done_by, ?3)"
    " WHERE id = ?1";
  static const char SQL_UNDO_STEP[] =
    "UPDATE occasion_step SET done_us = NULL, done_by = NULL WHERE id = ?1";
  g_autofree char *id = NULL;
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (CbOccasion) before = NULL;
  g_autoptr (CbOccasion) saved = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  id = find_occasion_of_step (self, step, error);
  if (id == NULL)
    return NULL;
  stmt = cb_db_prepare (self->db, is_done ? SQL_DO_STEP : SQL_UNDO_STEP);
  cb_stmt_bind_text (stmt, 1, step);
  if (is_done)
    {
      cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
      cb_stmt_bind_text (stmt, 3, cb_staff_get_id (actor));
    }
  before =
    change (self, actor, id, stmt, is_done ? "occasion.step" : "occasion.unstep", step, error);
  saved = before != NULL ? read_occasion (self, actor, id, error) : NULL;
  if (saved == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

CbOccasion *
cb_book_confirm_occasion (CbBook *self, CbStaff *actor, const char *id, GError **error)
{
  static const char SQL_CONFIRM_OCCASION[] =
    "UPDATE occasion SET confirmed_us = ?2, fades_us = ?3 WHERE id = ?1";
  gint64 now_us = cb_clock_get_now_us (self->clock);
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (CbOccasion) before = NULL;
  g_autoptr (CbOccasion) saved = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  stmt = cb_db_prepare (self->db, SQL_CONFIRM_OCCASION);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_int (stmt, 2, now_us);
  cb_stmt_bind_int (stmt, 3, cb_clock_day_end_us (now_us, FADES_AFTER_DAYS));
  before = change (self, actor, id, stmt, "occasion.confirm", id, error);
  saved = before != NULL ? read_occasion (self, actor, id, error) : NULL;
  if (saved == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

gboolean
cb_book_remove_occasion (CbBook *self, CbStaff *actor, const char *id, GError **error)
{
  static const char SQL_REMOVE_OCCASION[] = "DELETE FROM occasion WHERE id = ?1";
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (CbOccasion) before = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  stmt = cb_db_prepare (self->db, SQL_REMOVE_OCCASION);
  cb_stmt_bind_text (stmt, 1, id);
  before = change (self, actor, id, stmt, "occasion.remove", id, error);
  if (before == NULL)
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
