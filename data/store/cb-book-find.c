/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"

#define EXCERPT_BEFORE 24
#define EXCERPT_BYTES 96

/* More than a screenful is a list of people, which is a manager's. */
#define FOUND_BY_ASSOCIATES_MAX 20

/* The words around what matched, cut at characters. */
static char *
cut_excerpt (const char *text, gsize start, gsize end, guint *mark_start, guint *mark_end)
{
  const char *from = text + (start > EXCERPT_BEFORE ? start - EXCERPT_BEFORE : 0);
  const char *to = text + MIN (strlen (text), MAX (end, (gsize) (from - text) + EXCERPT_BYTES));
  const char *lead;
  g_autofree char *middle = NULL;
  char *excerpt;

  while (from > text && (*from & 0xc0) == 0x80)
    from--;
  while (*to != '\0' && (*to & 0xc0) == 0x80)
    to++;
  lead = from > text ? "…" : "";
  middle = g_strndup (from, to - from);
  excerpt = g_strconcat (lead, middle, *to != '\0' ? "…" : "", NULL);
  *mark_start = (guint) (strlen (lead) + start - (from - text));
  *mark_end = (guint) (strlen (lead) + end - (from - text));
  g_strdelimit (excerpt, "\n\t", ' ');
  return excerpt;
}

/* "…4821 · ma…@example.com" tells two of one name apart without showing either whole. */
static char *
make_detail (CbBook *self, CbCustomer *card)
{
  g_autoptr (GString) detail = g_string_new (NULL);
  const char *phone = cb_customer_get_phones (card)[0];
  const char *email = cb_customer_get_emails (card)[0];

  if (phone != NULL)
    {
      char *normal = cb_book_normalise_contact (self, "phone", phone);
      glong length = g_utf8_strlen (normal, -1);

      g_string_append_printf (detail, "…%s",
                              g_utf8_offset_to_pointer (normal, MAX (length - 4, 0)));
      cb_text_wipe (normal);
    }
  if (email != NULL)
    {
      const char *at = strrchr (email, '@');
      const char *two = g_utf8_offset_to_pointer (email, MIN (g_utf8_strlen (email, -1), 2));
      const char *shown = at != NULL ? MIN (at, two) : two;

      g_string_append (detail, detail->len > 0 ? " · " : "");
      g_string_append_len (detail, email, shown - email);
      g_string_append_printf (detail, "…%s", at != NULL ? at : "");
    }
  return detail->len > 0 ? g_strdup (detail->str) : NULL;
}

/* Which part of the shown name matched: given and family stand one after the other in it. */
static gboolean
mark_name (const CbHitSpan *span, CbCustomer *card, const char *name, CbFoundFields *fields)
{
  const char *part = span->field == CB_HIT_GIVEN    ? cb_customer_get_given (card)
                     : span->field == CB_HIT_FAMILY ? cb_customer_get_family (card)
                                                    : cb_customer_get_preferred (card);
  const char *at;

  if (part == NULL || *part == '\0' || span->end > strlen (part))
    return FALSE;
  /* The last occurrence for the family name: "Ann Annis". */
  at = span->field == CB_HIT_FAMILY ? g_strrstr (name, part) : strstr (name, part);
  if (at == NULL)
    return FALSE;
  fields->mark_start = (guint) (at - name + span->start);
  fields->mark_end = (guint) (at - name + span->end);
  return TRUE;
}

static CbFound *
found_from_hit (CbBook *self, CbHit *hit, CbCustomer *card, gboolean is_damaged)
{
  g_autofree char *name = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *excerpt = NULL;
  CbFoundFields fields = { 0 };
  const CbHitSpan *spans;
  guint n_spans;

  name = cb_customer_dup_display_name (card);
  detail = make_detail (self, card);
  spans = cb_hit_get_spans (hit, &n_spans);
  fields.customer_id = cb_customer_get_id (card);
  fields.name = name;
  fields.detail = detail;
  fields.is_note = cb_hit_get_group (hit) == CB_HIT_NOTE;
  fields.last_visit_us = cb_customer_get_last_visit_us (card);
  fields.is_damaged = is_damaged;
  fields.card = card;
  if (n_spans > 0 && (spans[0].field > CB_HIT_PREFERRED || !mark_name (spans, card, name, &fields)))
    {
      const char *text = cb_hit_get_text (hit, spans[0].field, spans[0].item);

      if (text != NULL)
        excerpt =
          cut_excerpt (text, spans[0].start, spans[0].end, &fields.mark_start, &fields.mark_end);
      fields.matched = excerpt;
    }
  return cb_found_new (&fields);
}

/* Frozen records are not for everybody. The index leaves them out; of those that another program
 * has frozen or ended since it was built it is told here, and has to be asked again: whoever is not
 * shown takes nobody's place. */
static gboolean
add_found (CbBook *self,
           CbStaff *actor,
           CbHit *hit,
           GPtrArray *list,
           gboolean *is_stale,
           GError **error)
{
  const char *customer = cb_hit_get_customer_id (hit);
  guint n_unread = self->n_unread;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, &local_error);

  if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND) ||
      cb_book_pass_over (self, &local_error))
    {
      g_clear_error (&local_error);
      *is_stale = TRUE;
      cb_index_remove_customer (self->index, customer);
      return TRUE;
    }
  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  if (cb_customer_is_restricted (card) && cb_staff_get_role (actor) == CB_ROLE_ASSOCIATE)
    {
      *is_stale = TRUE;
      cb_index_hide_customer (self->index, customer, TRUE);
      return TRUE;
    }
  g_ptr_array_add (list, found_from_hit (self, hit, card, self->n_unread > n_unread));
  return TRUE;
}

static GPtrArray *
find_once (CbBook *self,
           CbStaff *actor,
           const char *typed,
           guint limit,
           gboolean *is_stale,
           GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) hits = cb_staff_get_role (actor) == CB_ROLE_ASSOCIATE
                                 ? cb_index_find_open (self->index, typed, limit)
                                 : cb_index_find (self->index, typed, limit);

  *is_stale = FALSE;
  for (guint i = 0; i < hits->len && list->len < limit; i++)
    {
      if (!add_found (self, actor, g_ptr_array_index (hits, i), list, is_stale, error))
        return NULL;
    }
  return g_steal_pointer (&list);
}

/* Each further time the index knows of somebody whom it did not know of before. */
static GPtrArray *
find_shown (CbBook *self, CbStaff *actor, const char *typed, guint limit, GError **error)
{
  gboolean is_stale = FALSE;
  GPtrArray *list = NULL;

  do
    {
      g_clear_pointer (&list, g_ptr_array_unref);
      list = find_once (self, actor, typed, limit, &is_stale, error);
    }
  while (list != NULL && is_stale);
  return list;
}

GPtrArray *
cb_book_find (CbBook *self, CbStaff *actor, const char *typed, guint limit, GError **error)
{
  GPtrArray *list;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error))
    return NULL;
  if (!cb_text_is_valid (typed, -1))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "that is not UTF-8 text");
      return NULL;
    }
  if (cb_staff_get_role (actor) == CB_ROLE_ASSOCIATE)
    limit = MIN (limit, FOUND_BY_ASSOCIATES_MAX);
  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  if (self->index == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);
  cb_book_begin_in_part (self);
  list = find_shown (self, actor, typed, limit, error);
  cb_book_end_in_part (self);
  return list;
}
