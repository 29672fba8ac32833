/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-errand-words.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-when.h"
#include "shell/cb-words.h"

const char *
cb_errand_words_kind (CbMatterKind kind)
{
  switch (kind)
    {
    case CB_MATTER_HOLD:
      return _ ("Put aside");
    case CB_MATTER_ORDER:
      return _ ("Order");
    case CB_MATTER_REPAIR:
      return _ ("Repair");
    case CB_MATTER_ALTERATION:
      return _ ("Alteration");
    case CB_MATTER_TELL_ME:
      return _ ("Wants to be told");
    case CB_MATTER_PROMISE:
      return _ ("Promise");
    case CB_MATTER_OTHER:
      return _ ("Request");
    }
  g_return_val_if_reached (NULL);
}

const char *
cb_errand_words_state (CbMatterState state)
{
  switch (state)
    {
    case CB_MATTER_OPEN:
      return _ ("To be done");
    case CB_MATTER_IN_HAND:
      return _ ("In hand");
    case CB_MATTER_READY:
      return _ ("It is here");
    case CB_MATTER_TOLD:
      return _ ("They were told");
    case CB_MATTER_DONE:
      return _ ("Done");
    case CB_MATTER_BROKEN:
      return _ ("Not kept");
    case CB_MATTER_CANCELLED:
      return _ ("Taken back");
    }
  g_return_val_if_reached (NULL);
}

char *
cb_errand_words_dup_kind (CbErrand *errand)
{
  const CbErrandFields *fields = cb_errand_get_fields (errand);
  g_autofree char *who = NULL;

  if (fields->matter == NULL)
    return g_strdup (_ ("A day that matters"));
  if (fields->promised_by == NULL)
    return g_strdup (cb_errand_words_kind (cb_matter_get_fields (fields->matter)->kind));
  who = cb_words_dup_isolated (fields->promised_by);
  /* Translators: the name of a colleague whose word it is. */
  return g_strdup_printf (_ ("Promise · %s"), who);
}

char *
cb_errand_words_dup_what (CbErrand *errand)
{
  const CbErrandFields *fields = cb_errand_get_fields (errand);
  const char *text = fields->matter != NULL ? cb_matter_get_fields (fields->matter)->text
                                            : cb_occasion_get_fields (fields->occasion)->text;
  const char *role = fields->matter != NULL ? cb_matter_get_fields (fields->matter)->for_role
                                            : cb_occasion_get_fields (fields->occasion)->for_role;
  g_autofree char *isolated = cb_words_dup_isolated (text);

  if (role == NULL)
    return g_strdup (text);
  /* Translators: what is to be done, and for whom: a role such as "daughter". */
  return g_strdup_printf (_ ("%s (for their %s)"), isolated, cb_words_for_role (role));
}

/* The formats are literals of this file with one %s. */
static char *
with (const char *format, const char *day)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (format, day);
#pragma GCC diagnostic pop
}

static char *
with_day (const char *format, gint64 at_us, gint64 now_us)
{
  g_autofree char *day = cb_when_dup_day (at_us, now_us);

  return with (format, day);
}

/* The end of a day belongs to it. */
static char *
with_last_day (const char *format, gint64 end_us, gint64 now_us)
{
  g_autofree char *day = cb_when_dup_last_day (end_us, now_us);

  return with (format, day);
}

gboolean
cb_errand_words_is_late (CbErrand *errand, gint64 now_us)
{
  const CbErrandFields *fields = cb_errand_get_fields (errand);

  return fields->matter != NULL &&
         cb_matter_get_keeping (fields->matter, now_us) == CB_KEEPING_OVERDUE;
}

static char *
dup_when_of_matter (CbMatter *matter, gint64 now_us)
{
  const CbMatterFields *fields = cb_matter_get_fields (matter);

  if (fields->state == CB_MATTER_READY)
    return with_day (_ ("Here since %s: not told yet"), fields->moved_us, now_us);
  if (fields->state == CB_MATTER_TOLD)
    return with_day (_ ("Told %s"), fields->moved_us, now_us);
  if (fields->due_us == 0)
    return with_day (_ ("Asked %s, no day named"), fields->created_us, now_us);
  if (cb_matter_get_keeping (matter, now_us) == CB_KEEPING_OVERDUE)
    return with_last_day (_ ("Its day was %s"), fields->due_us, now_us);
  return with_last_day (_ ("By %s"), fields->due_us, now_us);
}

/* The first step that is not done, else the day itself. */
static char *
dup_when_of_occasion (CbOccasion *occasion, gint64 now_us)
{
  const CbOccasionFields *fields = cb_occasion_get_fields (occasion);
  g_autofree char *isolated = NULL;
  g_autofree char *day = NULL;

  for (guint i = 0; i < fields->steps->len; i++)
    {
      CbOccasionStep *step = g_ptr_array_index (fields->steps, i);

      if (step->done_us != 0)
        continue;
      isolated = cb_words_dup_isolated (step->text);
      day = cb_when_dup_last_day (step->due_us, now_us);
      /* Translators: a step such as "fitting", and the day by which. */
      return g_strdup_printf (_ ("%s by %s"), isolated, day);
    }
  return with_last_day (_ ("It is %s"), cb_occasion_get_next_us (occasion, now_us), now_us);
}

char *
cb_errand_words_dup_day (CbErrand *errand, gint64 now_us)
{
  const CbErrandFields *fields = cb_errand_get_fields (errand);

  return fields->occasion != NULL
           ? with_last_day (_ ("It is %s"), cb_occasion_get_next_us (fields->occasion, now_us),
                            now_us)
           : NULL;
}

char *
cb_errand_words_dup_when (CbErrand *errand, gint64 now_us)
{
  const CbErrandFields *fields = cb_errand_get_fields (errand);

  return fields->matter != NULL ? dup_when_of_matter (fields->matter, now_us)
                                : dup_when_of_occasion (fields->occasion, now_us);
}
