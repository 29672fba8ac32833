/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-occasion.h"

#include "base/cb-clock.h"
#include "vault/cb-seal.h"

struct _CbOccasion
{
  GObject parent_instance;
  CbOccasionFields fields; /* whose texts are its own */
};

G_DEFINE_FINAL_TYPE (CbOccasion, cb_occasion, G_TYPE_OBJECT)

CbOccasionStep *
cb_occasion_step_new (const char *id, const char *text, gint64 due_us, gint64 done_us)
{
  CbOccasionStep *step = g_new0 (CbOccasionStep, 1);

  step->id = g_strdup (id);
  step->text = g_strdup (text);
  step->due_us = due_us;
  step->done_us = done_us;
  return step;
}

void
cb_occasion_step_free (CbOccasionStep *step)
{
  g_free (step->id);
  cb_text_wipe (step->text);
  g_free (step);
}

const CbOccasionFields *
cb_occasion_get_fields (CbOccasion *self)
{
  g_return_val_if_fail (CB_IS_OCCASION (self), NULL);

  return &self->fields;
}

/* Who was born on a leap day is remembered on the day before where there is none. */
static gint64
end_of_day_in (int year, int month, int day)
{
  gint64 end_us = cb_clock_date_end_us (year, month, day);

  return end_us != 0 ? end_us : cb_clock_date_end_us (year, month, day - 1);
}

gint64
cb_occasion_get_next_us (CbOccasion *self, gint64 now_us)
{
  const CbOccasionFields *fields = &self->fields;
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / CB_US_PER_SECOND);
  gint64 end_us;

  g_return_val_if_fail (CB_IS_OCCASION (self), 0);

  if (fields->year != 0)
    return cb_clock_date_end_us (fields->year, fields->month, fields->day);
  end_us = end_of_day_in (g_date_time_get_year (now), fields->month, fields->day);
  if (end_us > now_us)
    return end_us;
  return end_of_day_in (g_date_time_get_year (now) + 1, fields->month, fields->day);
}

CbAge
cb_occasion_get_age (CbOccasion *self, gint64 now_us)
{
  g_return_val_if_fail (CB_IS_OCCASION (self), CB_AGE_FADED);

  return cb_age_reckon (self->fields.confirmed_us, self->fields.fades_us, now_us);
}

char *
cb_occasion_dup_date (CbOccasion *self)
{
  const CbOccasionFields *fields = &self->fields;

  g_return_val_if_fail (CB_IS_OCCASION (self), NULL);

  if (fields->year == 0)
    return g_strdup_printf ("%02d-%02d", fields->month, fields->day);
  return g_strdup_printf ("%04d-%02d-%02d", fields->year, fields->month, fields->day);
}

static void
cb_occasion_finalize (GObject *object)
{
  CbOccasionFields *fields = &CB_OCCASION (object)->fields;

  g_free ((char *) fields->id);
  g_free ((char *) fields->customer_id);
  cb_text_wipe ((char *) fields->text);
  cb_text_wipe ((char *) fields->for_role);
  g_free ((char *) fields->author_id);
  g_ptr_array_unref (fields->steps);

  G_OBJECT_CLASS (cb_occasion_parent_class)->finalize (object);
}

static void
cb_occasion_class_init (CbOccasionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_occasion_finalize;
}

static void
cb_occasion_init (CbOccasion *self)
{
}

CbOccasion *
cb_occasion_new (const CbOccasionFields *fields)
{
  CbOccasion *self = g_object_new (CB_TYPE_OCCASION, NULL);

  self->fields = *fields;
  self->fields.id = g_strdup (fields->id);
  self->fields.customer_id = g_strdup (fields->customer_id);
  self->fields.text = g_strdup (fields->text);
  self->fields.for_role = g_strdup (fields->for_role);
  self->fields.author_id = g_strdup (fields->author_id);
  self->fields.steps = g_ptr_array_ref (fields->steps);
  return self;
}
