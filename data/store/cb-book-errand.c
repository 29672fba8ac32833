/* SPDX-License-Identifier: Apache-2.0 */

/* What is to be done, with the names of those it is for: the board, and what of it is for today. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-errand-private.h"

#include "base/cb-error.h"
#include "consent/cb-purpose.h"

/* Days that matter are told of so long before. */
#define AHEAD_DAYS 7

/* Nobody reads more at a time. */
#define READ_MOST 1000

static CbErrand *
errand_new (CbBook *self, const char *customer, CbMatter *matter, CbOccasion *occasion)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, NULL);
  const char *promiser = matter != NULL ? cb_matter_get_fields (matter)->promised_by : NULL;
  g_autoptr (CbStaff) staff = promiser != NULL ? cb_book_find_staff (self, promiser, NULL) : NULL;
  char *name = card != NULL ? cb_customer_dup_display_name (card) : g_strdup ("");
  CbErrandFields fields = {
    .customer_id = customer,
    .customer_name = name,
    .promised_by = staff != NULL ? cb_staff_get_name (staff) : NULL,
    .matter = matter,
    .occasion = occasion,
  };
  CbErrand *errand = cb_errand_new (&fields);

  cb_text_wipe (name);
  return errand;
}

/* Due or overdue today, or arrived and not told. */
static gboolean
is_for_today (CbMatter *matter, gint64 now_us)
{
  const CbMatterFields *fields = cb_matter_get_fields (matter);
  CbKeeping keeping = cb_matter_get_keeping (matter, now_us);

  return fields->state == CB_MATTER_READY || keeping == CB_KEEPING_DUE ||
         keeping == CB_KEEPING_OVERDUE;
}

static GPtrArray *
make_errands (CbBook *self, GPtrArray *matters, GPtrArray *occasions, gboolean today, guint limit)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 now_us = cb_clock_get_now_us (self->clock);

  for (guint i = 0; i < matters->len && list->len < limit; i++)
    {
      CbMatter *matter = g_ptr_array_index (matters, i);

      if (!today || is_for_today (matter, now_us))
        g_ptr_array_add (
          list, errand_new (self, cb_matter_get_fields (matter)->customer_id, matter, NULL));
    }
  for (guint i = 0; i < occasions->len && list->len < limit; i++)
    {
      CbOccasion *occasion = g_ptr_array_index (occasions, i);

      g_ptr_array_add (
        list, errand_new (self, cb_occasion_get_fields (occasion)->customer_id, NULL, occasion));
    }
  return list;
}

/* The counter shows it after every customer: of each who reads, once a day and process is enough.
 */
static gboolean
log_reading (CbBook *self, CbStaff *actor, GError **error)
{
  gint64 day_us = cb_clock_day_end_us (cb_clock_get_now_us (self->clock), 0);
  g_autofree char *read = g_strdup_printf ("%s %" G_GINT64_FORMAT, cb_staff_get_id (actor), day_us);
  g_auto (CbTransaction) transaction = NULL;

  if (g_strcmp0 (read, self->board_read) == 0)
    return TRUE;
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_audit (self, actor, "request.list", NULL, NULL, NULL, error) ||
      !cb_book_audit (self, actor, "occasion.list", NULL, NULL, NULL, error))
    return FALSE;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  g_free (self->board_read);
  self->board_read = g_steal_pointer (&read);
  return TRUE;
}

GPtrArray *
cb_book_list_errands (CbBook *self, CbStaff *actor, gboolean today, guint limit, GError **error)
{
  g_autoptr (GPtrArray) matters = NULL;
  g_autoptr (GPtrArray) occasions = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REQUESTS, error) || !log_reading (self, actor, error) ||
      !cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  matters = cb_book_read_board (self, actor, FALSE, today ? READ_MOST : limit, error);
  if (matters != NULL)
    occasions = cb_book_read_coming (self, actor, AHEAD_DAYS, limit, error);
  if (occasions == NULL)
    return NULL;
  list = make_errands (self, matters, occasions, today, limit);
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
cb_book_list_ways (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) ways = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REQUESTS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error))
    return NULL;
  for (guint channel = CB_CHANNEL_EMAIL; channel <= CB_CHANNEL_MESSENGER; channel++)
    {
      CbPermission *way = cb_book_read_permission_for (
        self, customer, CB_PURPOSE_ASKED, (CbChannel) channel, CB_CIRCUMSTANCE_ARRIVED, error);

      if (way == NULL)
        return NULL;
      g_ptr_array_add (ways, way);
    }
  if (!cb_book_audit (self, actor, CB_READ_CONSENT, customer, CB_PURPOSE_ASKED, NULL, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&ways) : NULL;
}
