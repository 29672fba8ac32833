/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-conflict-words.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-errand-words.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"
#include "vault/cb-seal.h"

typedef char *(*ReadFunc) (const char *said, gint64 now_us);

/* What a member of a record's body is called, and how what it says is read. */
typedef struct
{
  const char *kind; /* NULL: of each that has it */
  const char *member;
  const char *label;
  ReadFunc read; /* NULL: as it was typed */
} Member;

/* A word of a vocabulary in the language of the shop; one that a newer version brought as it is. */
#define READS(name, Type, from_id, to_words)                                                       \
  static char *read_##name (const char *said, gint64 now_us)                                       \
  {                                                                                                \
    Type term;                                                                                     \
                                                                                                   \
    return g_strdup (from_id (said, &term) ? to_words (term) : said);                              \
  }

READS (visit, CbVisit, cb_visit_from_id, cb_words_visit)
READS (intent, CbIntent, cb_intent_from_id, cb_words_intent)
READS (discretion, CbDiscretion, cb_discretion_from_id, cb_words_discretion)
READS (provenance, CbProvenance, cb_provenance_from_id, cb_words_provenance)
READS (facet, CbFacet, cb_facet_from_id, cb_words_facet)
READS (polarity, CbPolarity, cb_polarity_from_id, cb_words_polarity)
READS (errand, CbMatterKind, cb_matter_kind_from_id, cb_errand_words_kind)
READS (state, CbMatterState, cb_matter_state_from_id, cb_errand_words_state)

static char *
read_role (const char *said, gint64 now_us)
{
  return g_strdup (cb_words_for_role (said));
}

static char *
read_day (const char *said, gint64 now_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_iso8601 (said, NULL);

  return at != NULL ? cb_when_dup_day (g_date_time_to_unix (at) * G_USEC_PER_SEC, now_us)
                    : g_strdup (said);
}

static const Member members[] = {
  { NULL, "text", N_ ("What it says"), NULL },
  { NULL, "value", N_ ("In their words"), NULL },
  { NULL, "polarity", N_ ("What they think of it"), read_polarity },
  { NULL, "facet", N_ ("What it is about"), read_facet },
  { NULL, "garment", N_ ("Of what"), NULL },
  { NULL, "maker", N_ ("Maker"), NULL },
  { "request", "kind", N_ ("What is asked for"), read_errand },
  { "note", "kind", N_ ("Visit"), read_visit },
  { NULL, "state", N_ ("How far it is"), read_state },
  { NULL, "due", N_ ("By when"), read_day },
  { NULL, "for", N_ ("For"), read_role },
  { NULL, "intent", N_ ("What it is for"), read_intent },
  { NULL, "discretion", N_ ("How discreet to be"), read_discretion },
  { NULL, "provenance", N_ ("How we know"), read_provenance },
  { NULL, "given", N_ ("Given name"), NULL },
  { NULL, "family", N_ ("Family name"), NULL },
  { NULL, "preferred", N_ ("How to address them"), NULL },
  { NULL, "language", N_ ("Language"), NULL },
  { NULL, "emails", N_ ("Email"), NULL },
  { NULL, "phones", N_ ("Phone"), NULL },
};

/* Each terminal reckons them of its own copy; who answers for a promise has an id and no name. */
static const char *const left_out[] = { "created", "ends",        "confirmed", "fades",
                                        "closed",  "promised_by", "answers",   NULL };

void
cb_reading_free (CbReading *self)
{
  g_free (self->label);
  cb_text_wipe (self->mine);
  cb_text_wipe (self->theirs);
  g_free (self);
}

static JsonObject *
get (JsonObject *body, const char *member)
{
  JsonObject *value = NULL;

  if (body != NULL)
    json_object_object_get_ex (body, member, &value);
  return value;
}

static const Member *
find_member (const char *kind, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      if (g_str_equal (members[i].member, name) &&
          (members[i].kind == NULL || g_str_equal (members[i].kind, kind)))
        return &members[i];
    }
  return NULL;
}

static char *
dup_list (JsonObject *array)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < json_object_array_length (array); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            json_object_get_string (json_object_array_get_idx (array, i)));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* NULL where it says nothing. */
static char *
dup_said (JsonObject *value, const Member *member, gint64 now_us)
{
  const char *said;
  char *text;

  if (value == NULL)
    return NULL;
  if (json_object_is_type (value, json_type_array))
    text = dup_list (value);
  else
    {
      said = json_object_get_string (value);
      text = member != NULL && member->read != NULL ? member->read (said, now_us) : g_strdup (said);
    }
  if (text != NULL && *text != '\0')
    return text;
  g_free (text);
  return NULL;
}

static void
add_reading (GPtrArray *list, const CbConflict *conflict, const char *name, gint64 now_us)
{
  const Member *member = find_member (conflict->kind, name);
  JsonObject *mine = get (conflict->mine, name);
  JsonObject *theirs = get (conflict->theirs, name);
  CbReading *reading = g_new0 (CbReading, 1);

  reading->label = g_strdup (member != NULL ? _ (member->label) : name);
  reading->mine = dup_said (mine, member, now_us);
  reading->theirs = dup_said (theirs, member, now_us);
  reading->is_different = !json_object_equal (mine, theirs);
  if (reading->mine != NULL || reading->theirs != NULL)
    g_ptr_array_add (list, reading);
  else
    cb_reading_free (reading);
}

/* The members there are: those that are known in their order, then what a newer version brought. */
static GPtrArray *
list_members (const CbConflict *conflict)
{
  JsonObject *bodies[] = { conflict->mine, conflict->theirs };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      if (find_member (conflict->kind, members[i].member) == &members[i])
        g_ptr_array_add (names, g_strdup (members[i].member));
    }
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      if (bodies[i] == NULL)
        continue;
      json_object_object_foreach (bodies[i], name, value)
      {
        (void) value;
        if (!g_strv_contains (left_out, name) &&
            !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
          g_ptr_array_add (names, g_strdup (name));
      }
    }
  return g_steal_pointer (&names);
}

static int
compare_readings (gconstpointer a, gconstpointer b)
{
  const CbReading *const *one = a;
  const CbReading *const *other = b;

  return (*other)->is_different - (*one)->is_different;
}

GPtrArray *
cb_conflict_words_list (const CbConflict *conflict, gint64 now_us)
{
  g_autoptr (GPtrArray) names = list_members (conflict);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_reading_free);

  for (guint i = 0; i < names->len; i++)
    add_reading (list, conflict, g_ptr_array_index (names, i), now_us);
  g_ptr_array_sort (list, compare_readings);
  return list;
}
