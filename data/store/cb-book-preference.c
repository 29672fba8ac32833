/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-arrival-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "records/cb-operation.h"
#include "store/cb-sealed-json.h"

#define COLUMN_BODY "preference.body"

/* From then on a preference is pale on the screen and asked again: bodies and tastes change. */
#define FADES_AFTER_DAYS 365

/* --- the sealed body --- */

static GBytes *
seal_body (const CbKey *key, const char *id, const CbPreferenceDraft *draft)
{
  g_autoptr (JsonObject) body = json_object_new_object ();

  cb_json_set_string (body, "value", draft->value);
  cb_json_set_string (body, "polarity", cb_polarity_to_id (draft->polarity));
  cb_json_set_string (body, "garment", draft->garment);
  cb_json_set_string (body, "maker", draft->maker);
  return cb_sealed_json_new (key, COLUMN_BODY, id, body);
}

/* --- reading --- */

static CbPreference *
preference_from_row (CbBook *self, const CbKey *key, CbStmt *stmt, GError **error)
{
  const char *id = cb_stmt_text (stmt, 0);
  g_autoptr (JsonObject) body = cb_sealed_json_open (key, COLUMN_BODY, id, stmt, 5, error);
  g_autofree char *record_key = g_strdup_printf ("preference/%s", id);
  CbPreferenceFields fields = {
    .id = id,
    .customer_id = cb_stmt_text (stmt, 1),
    .purpose = cb_stmt_text (stmt, 2),
    .author_id = cb_stmt_text (stmt, 6),
    .confirmed_us = cb_stmt_int (stmt, 7),
    .fades_us = cb_stmt_int (stmt, 8),
    .ends_us = cb_stmt_int (stmt, 9),
  };

  if (body == NULL)
    return NULL;
  cb_facet_from_id (cb_stmt_text (stmt, 3), &fields.facet);
  cb_provenance_from_id (cb_stmt_text (stmt, 4), &fields.provenance);
  cb_life_from_id (cb_stmt_text (stmt, 10), &fields.life);
  cb_polarity_from_id (cb_json_get_string (body, "polarity"), &fields.polarity);
  fields.value = cb_json_get_string (body, "value");
  fields.garment = cb_json_get_string (body, "garment");
  fields.maker = cb_json_get_string (body, "maker");
  fields.delivery = cb_book_read_delivery (self, fields.customer_id, record_key, NULL, NULL);
  return cb_preference_new (&fields);
}

GPtrArray *
cb_book_list_preferences (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  static const char SQL_LIST_PREFERENCES[] =
    "SELECT id, customer, purpose, facet, provenance, body, author, confirmed_us, fades_us,"
    " ends_us, life FROM preference"
    " WHERE customer = ?1 AND ends_us > ?2 ORDER BY facet <> 'size', facet, created_us, rowid";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_PREFERENCES);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      g_autoptr (CbPreference) preference = preference_from_row (self, &key, stmt, &local_error);

      if (preference != NULL && cb_book_may_see (actor, cb_preference_get_life (preference),
                                                 cb_preference_get_author_id (preference)))
        g_ptr_array_add (list, g_steal_pointer (&preference));
      else if (preference == NULL)
        cb_book_pass_over (self, &local_error);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

/* --- writing --- */

static gboolean
is_short_text (const char *text)
{
  return text == NULL || (strlen (text) <= CB_VALUE_MAX && cb_text_is_valid (text, -1));
}

static gboolean
check_preference (const CbPreferenceDraft *draft, GError **error)
{
  const CbPurpose *purpose =
    cb_purpose_find (draft->purpose != NULL ? draft->purpose : CB_PURPOSE_SHOP);
  const char *wrong = NULL;

  if (draft->value == NULL || strspn (draft->value, " \t\n") == strlen (draft->value))
    wrong = "a preference needs a value";
  else if (!is_short_text (draft->value) || !is_short_text (draft->garment) ||
           !is_short_text (draft->maker))
    wrong = "a preference is at most 1000 bytes of UTF-8 text";
  else if (purpose == NULL || cb_purpose_is_marketing (purpose) || !cb_purpose_is_on_card (purpose))
    wrong = "a preference serves this shop or every shop";
  if (wrong == NULL)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, wrong);
  return FALSE;
}

/* Whether the new one says the same thing about the same thing: one size a garment and maker, but
 * any number of colours. */
static gboolean
replaces (CbPreference *old, const CbPreferenceDraft *draft)
{
  if (draft->id != NULL)
    return g_str_equal (cb_preference_get_id (old), draft->id);
  if (cb_preference_get_facet (old) != draft->facet ||
      g_strcmp0 (cb_preference_get_garment (old), draft->garment) != 0 ||
      g_strcmp0 (cb_preference_get_maker (old), draft->maker) != 0)
    return FALSE;
  return draft->facet == CB_FACET_SIZE || draft->facet == CB_FACET_BUDGET ||
         g_strcmp0 (cb_preference_get_value (old), draft->value) == 0;
}

typedef struct
{
  const char *id;
  const char *customer;
  const char *purpose;
  const CbPreferenceDraft *draft;
  char *base;
  gint64 now_us;
  CbLifetime lifetime;
} NewPreference;

/* The draft may name the one it replaces, or say again what is known. Seen as the actor sees it. */
static gboolean
find_replaced (CbBook *self, CbStaff *actor, const NewPreference *new, char **id, GError **error)
{
  g_autoptr (GPtrArray) known = cb_book_list_preferences (self, actor, new->customer, error);

  *id = NULL;
  for (guint i = 0; known != NULL && i < known->len && *id == NULL; i++)
    {
      CbPreference *old = g_ptr_array_index (known, i);

      if (replaces (old, new->draft))
        *id = g_strdup (cb_preference_get_id (old));
    }
  if (known != NULL && new->draft->id != NULL &&*id == NULL)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such preference");
      return FALSE;
    }
  return known != NULL;
}

static gboolean
upsert (CbBook *self, CbStaff *actor, NewPreference *new, GError **error)
{
  static const char SQL_SET_PREFERENCE[] =
    "INSERT INTO preference (id, customer, purpose, facet, provenance, body, author, created_us,"
    " confirmed_us, fades_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11)"
    " ON CONFLICT (id) DO UPDATE SET purpose = excluded.purpose, facet = excluded.facet,"
    " provenance = excluded.provenance, body = excluded.body, author = excluded.author,"
    " created_us = excluded.created_us, confirmed_us = excluded.confirmed_us,"
    " fades_us = excluded.fades_us, ends_us = excluded.ends_us, life = excluded.life"
    " RETURNING version";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_PREFERENCE);
  g_autoptr (GBytes) body = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, new->customer, &key, error))
    return FALSE;
  body = seal_body (&key, new->id, new->draft);
  cb_stmt_bind_text (stmt, 1, new->id);
  cb_stmt_bind_text (stmt, 2, new->customer);
  cb_stmt_bind_text (stmt, 3, new->purpose);
  cb_stmt_bind_text (stmt, 4, cb_facet_to_id (new->draft->facet));
  cb_stmt_bind_text (stmt, 5, cb_provenance_to_id (new->draft->provenance));
  cb_stmt_bind_bytes (stmt, 6, body);
  cb_stmt_bind_text (stmt, 7, cb_staff_get_id (actor));
  cb_stmt_bind_int (stmt, 8, new->now_us);
  cb_stmt_bind_int (stmt, 9, cb_clock_day_end_us (new->now_us, FADES_AFTER_DAYS));
  cb_stmt_bind_int (stmt, 10, new->lifetime.ends_us);
  cb_stmt_bind_text (stmt, 11, cb_life_to_id (new->lifetime.life));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  new->base = g_strdup (cb_stmt_text (stmt, 0));
  return cb_stmt_run (stmt, error);
}

static gboolean
queue_preference (CbBook *self, CbStaff *actor, const NewPreference *new, GError **error)
{
  CbQueued queued = {
    .kind = "preference",
    .act = "put",
    .record = new->id,
    .customer = new->customer,
    .purpose = new->purpose,
    .base = new->base,
    .lane = 1,
  };

  return cb_book_queue (self, actor, &queued, error);
}

/* It was begun as a new one even when it turns out to replace a known one. */
static gboolean
end_draft (CbBook *self, CbStaff *actor, const NewPreference *new, GError **error)
{
  g_autofree char *about = new->draft->id != NULL
                             ? g_strdup_printf ("preference/%s", new->draft->id)
                             : g_strdup ("preference");

  return !new->draft->ends_draft || cb_book_end_draft (self, actor, new->customer, about, error);
}

static gboolean
write_preference (CbBook *self, CbStaff *actor, NewPreference *new, GError **error)
{
  g_autoptr (CbPermission) permission =
    cb_book_read_permission (self, new->customer, new->purpose, CB_CHANNEL_NONE, error);

  if (permission == NULL)
    return FALSE;
  new->lifetime = (CbLifetime){ CB_LIFE_UNASKED, 0 };
  cb_book_reckon_life (self, permission, CB_INTENT_PROFILE, new->now_us, &new->lifetime);
  return upsert (self, actor, new, error) && queue_preference (self, actor, new, error) &&
         end_draft (self, actor, new, error) &&
         cb_book_audit (self, actor, "preference.set", new->customer, new->id, NULL, error) &&
         cb_book_reckon_capture (self, new->customer, "preference", new->id, error);
}

static CbPreference *
read_preference (CbBook *self, const char *customer, const char *id, GError **error)
{
  static const char SQL_GET_PREFERENCE[] =
    "SELECT id, customer, purpose, facet, provenance, body, author, confirmed_us, fades_us,"
    " ends_us, life FROM preference WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_PREFERENCE);
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  cb_stmt_bind_text (stmt, 1, id);
  return cb_stmt_next (stmt, error) ? preference_from_row (self, &key, stmt, error) : NULL;
}

CbPreference *
cb_book_set_preference (CbBook *self,
                        CbStaff *actor,
                        const char *customer,
                        const CbPreferenceDraft *draft,
                        GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *base = NULL;
  g_autoptr (CbPreference) saved = NULL;
  g_auto (CbTransaction) transaction = NULL;
  NewPreference new = {
    .customer = customer,
    .purpose = draft->purpose != NULL ? draft->purpose : CB_PURPOSE_SHOP,
    .draft = draft,
  };

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) ||
      !check_preference (draft, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  new.now_us = cb_clock_get_now_us (self->clock);
  if (!cb_book_require_open (self, actor, customer, error) ||
      !find_replaced (self, actor, &new, &id, error))
    return NULL;
  if (id == NULL)
    id = cb_id_new ();
  new.id = id;
  if (!write_preference (self, actor, &new, error))
    {
      g_free (new.base);
      return NULL;
    }
  base = new.base;
  saved = read_preference (self, customer, id, error);
  if (saved == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

/* --- it is still right --- */

/* What the actor may see of it. */
static CbPreference *
find_preference (CbBook *self, CbStaff *actor, const char *id, GError **error)
{
  static const char SQL_GET_OWNER[] =
    "SELECT customer FROM preference WHERE id = ?1 AND ends_us > ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_OWNER);
  g_autoptr (CbPreference) preference = NULL;
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  if (cb_stmt_next (stmt, &local_error))
    preference = read_preference (self, cb_stmt_text (stmt, 0), id, &local_error);
  if (cb_error_hand_on (&local_error, error))
    return NULL;
  if (preference != NULL && cb_book_may_see (actor, cb_preference_get_life (preference),
                                             cb_preference_get_author_id (preference)))
    return g_steal_pointer (&preference);
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such preference");
  return NULL;
}

static gboolean
write_confirmed (CbBook *self, CbStaff *actor, CbPreference *preference, GError **error)
{
  static const char SQL_CONFIRM_PREFERENCE[] =
    "UPDATE preference SET confirmed_us = ?2, fades_us = ?3 WHERE id = ?1 RETURNING version";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_CONFIRM_PREFERENCE);
  gint64 now_us = cb_clock_get_now_us (self->clock);
  NewPreference new = {
    .id = cb_preference_get_id (preference),
    .customer = cb_preference_get_customer_id (preference),
    .purpose = cb_preference_get_purpose (preference),
  };
  g_autofree char *base = NULL;

  cb_stmt_bind_text (stmt, 1, new.id);
  cb_stmt_bind_int (stmt, 2, now_us);
  cb_stmt_bind_int (stmt, 3, cb_clock_day_end_us (now_us, FADES_AFTER_DAYS));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  base = g_strdup (cb_stmt_text (stmt, 0));
  new.base = base;
  return cb_stmt_run (stmt, error) && queue_preference (self, actor, &new, error) &&
         cb_book_audit (self, actor, "preference.confirm", new.customer, new.id, NULL, error) &&
         cb_book_reckon_capture (self, new.customer, "preference", new.id, error);
}

CbPreference *
cb_book_confirm_preference (CbBook *self, CbStaff *actor, const char *id, GError **error)
{
  g_autoptr (CbPreference) preference = NULL;
  g_autoptr (CbPreference) saved = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  preference = find_preference (self, actor, id, error);
  if (preference == NULL ||
      !cb_book_require_open (self, actor, cb_preference_get_customer_id (preference), error) ||
      !write_confirmed (self, actor, preference, error))
    return NULL;
  saved = read_preference (self, cb_preference_get_customer_id (preference), id, error);
  if (saved == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

JsonObject *
cb_book_encode_preference (CbBook *self, const CbKey *key, const char *preference, GError **error)
{
  static const char SQL_GET_PREFERENCE_BODY[] =
    "SELECT body, facet, provenance, confirmed_us, fades_us FROM preference WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_PREFERENCE_BODY);
  JsonObject *body;
  g_autofree char *confirmed = NULL;
  g_autofree char *fades = NULL;

  cb_stmt_bind_text (stmt, 1, preference);
  if (!cb_stmt_next (stmt, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such preference");
      return NULL;
    }
  body = cb_sealed_json_open (key, COLUMN_BODY, preference, stmt, 0, error);
  if (body == NULL)
    return NULL;
  confirmed = cb_operation_format_time (cb_stmt_int (stmt, 3));
  fades = cb_operation_format_time (cb_stmt_int (stmt, 4));
  cb_json_set_string (body, "facet", cb_stmt_text (stmt, 1));
  cb_json_set_string (body, "provenance", cb_stmt_text (stmt, 2));
  cb_json_set_string (body, "confirmed", confirmed);
  cb_json_set_string (body, "fades", fades);
  return body;
}

/* --- another terminal's --- */

CB_TAKES (preference)
{
  static const char SQL_TAKE_PREFERENCE[] =
    "INSERT INTO preference (id, customer, purpose, facet, provenance, body, author, created_us,"
    " confirmed_us, fades_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 'unasked')"
    " ON CONFLICT (id) DO UPDATE SET purpose = excluded.purpose, facet = excluded.facet,"
    " provenance = excluded.provenance, body = excluded.body, author = excluded.author,"
    " created_us = excluded.created_us, confirmed_us = excluded.confirmed_us,"
    " fades_us = excluded.fades_us WHERE customer = excluded.customer";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_TAKE_PREFERENCE);
  const gint64 said_us = cb_book_read_wire_time (record->body, "confirmed");
  const gint64 confirmed_us = said_us > 0 ? said_us : record->at_us;
  const gint64 fades_us = cb_book_read_wire_time (record->body, "fades");
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (GBytes) body = NULL;

  draft->provenance = CB_PROVENANCE_SAID;
  cb_provenance_from_id (cb_json_get_string (record->body, "provenance"), &draft->provenance);
  draft->value = g_strdup (cb_json_get_string (record->body, "value"));
  draft->garment = g_strdup (cb_json_get_string (record->body, "garment"));
  draft->maker = g_strdup (cb_json_get_string (record->body, "maker"));
  draft->purpose = g_strdup (purpose);
  *is_taken =
    cb_facet_from_id (cb_json_get_string (record->body, "facet"), &draft->facet) &&
    cb_polarity_from_id (cb_json_get_string (record->body, "polarity"), &draft->polarity) &&
    check_preference (draft, NULL);
  if (!*is_taken)
    return TRUE;
  body = seal_body (key, record->id, draft);
  cb_stmt_bind_text (stmt, 1, record->id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, purpose);
  cb_stmt_bind_text (stmt, 4, cb_facet_to_id (draft->facet));
  cb_stmt_bind_text (stmt, 5, cb_provenance_to_id (draft->provenance));
  cb_stmt_bind_bytes (stmt, 6, body);
  cb_stmt_bind_text (stmt, 7, record->by);
  cb_stmt_bind_int (stmt, 8, record->at_us);
  cb_stmt_bind_int (stmt, 9, confirmed_us);
  cb_stmt_bind_int (stmt, 10,
                    fades_us > 0 ? fades_us : cb_clock_day_end_us (confirmed_us, FADES_AFTER_DAYS));
  return cb_stmt_run (stmt, error);
}
