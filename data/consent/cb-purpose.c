/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "consent/cb-purpose.h"

#include "base/cb-clock.h"
#include "base/cb-json.h"
#include "consent/cb-notice.h"

#include <gio/gio.h>

#define PURPOSES_PATH "/counterbook/consent/purposes.json"

/* Longer than any file of ours will be, so that the parser always has a bound. */
#define PURPOSES_LIMIT (64 * 1024)

struct _CbPurpose
{
  char *id;
  char *scope;
  char **channels;
  char *dpv_iri;
  char *lawful_basis;
  char **includes;
  CbPurposeContact contact;
  CbPurposeFrom valid_from;
  guint valid_days;
  guint valid_years;
  gboolean is_marketing;
  gboolean is_spoken_enough;
  gboolean is_on_card;
};

static const char *const contact_ids[] = { "none", "matter", "channel", NULL };
static const char *const from_ids[] = { "done", "last-visit", "answer", NULL };

/* A mistake in a compiled-in file is a mistake of the build, which no caller could answer; tests
 * read every file, so a build that passed them never comes here. */
static guint
position_of (const char *const *ids, const char *id)
{
  guint position = 0;

  while (ids[position] != NULL && g_strcmp0 (ids[position], id) != 0)
    position++;
  g_assert (ids[position] != NULL);
  return position;
}

static char **
dup_strings (JsonObject *object, const char *member)
{
  JsonObject *array = cb_json_get_array (object, member);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_assert (array != NULL);
  for (gsize i = 0; i < json_object_array_length (array); i++)
    g_strv_builder_add (builder, json_object_get_string (json_object_array_get_idx (array, i)));
  return g_strv_builder_end (builder);
}

static char *
dup_string (JsonObject *object, const char *member)
{
  const char *text = cb_json_get_string (object, member);

  g_assert (text != NULL && *text != '\0');
  return g_strdup (text);
}

static CbPurpose *
purpose_from_json (JsonObject *object)
{
  CbPurpose *self = g_new0 (CbPurpose, 1);
  JsonObject *valid = cb_json_get_object (object, "valid");

  g_assert (valid != NULL);
  self->id = dup_string (object, "id");
  self->scope = dup_string (object, "scope");
  self->channels = dup_strings (object, "channels");
  self->dpv_iri = dup_string (object, "dpv");
  self->lawful_basis = dup_string (object, "lawful_basis");
  self->includes = dup_strings (object, "includes");
  self->contact = position_of (contact_ids, cb_json_get_string (object, "contact"));
  self->valid_from = position_of (from_ids, cb_json_get_string (valid, "from"));
  self->valid_days = (guint) cb_json_get_int (valid, "days", 0);
  self->valid_years = (guint) cb_json_get_int (valid, "years", 0);
  self->is_marketing = cb_json_get_boolean (object, "is_marketing", TRUE);
  self->is_spoken_enough = cb_json_get_boolean (object, "spoken_suffices", FALSE);
  self->is_on_card = cb_json_get_boolean (object, "on_card", TRUE);
  g_assert (self->valid_days > 0 || self->valid_years > 0);
  return self;
}

static CbPurpose **
load_purposes (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (GPtrArray) purposes = g_ptr_array_new ();
  JsonObject *array;

  cb_consent_register_resources ();
  bytes = g_resources_lookup_data (PURPOSES_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (bytes != NULL);
  document =
    cb_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), PURPOSES_LIMIT, NULL);
  g_assert (document != NULL);
  array = cb_json_get_array (document, "purposes");
  g_assert (array != NULL);
  for (gsize i = 0; i < json_object_array_length (array); i++)
    g_ptr_array_add (purposes, purpose_from_json (json_object_array_get_idx (array, i)));
  g_ptr_array_add (purposes, NULL);
  return (CbPurpose **) g_ptr_array_steal (purposes, NULL);
}

const CbPurpose *const *
cb_purposes_get_all (void)
{
  static CbPurpose **all = NULL;

  if (g_once_init_enter (&all))
    g_once_init_leave (&all, load_purposes ());
  return (const CbPurpose *const *) all;
}

const CbPurpose *
cb_purpose_find (const char *id)
{
  const CbPurpose *const *all = cb_purposes_get_all ();

  for (guint i = 0; all[i] != NULL; i++)
    if (g_strcmp0 (all[i]->id, id) == 0)
      return all[i];
  return NULL;
}

const char *
cb_purpose_get_id (const CbPurpose *self)
{
  return self->id;
}

const char *
cb_purpose_get_scope (const CbPurpose *self)
{
  return self->scope;
}

const char *const *
cb_purpose_get_channels (const CbPurpose *self)
{
  return (const char *const *) self->channels;
}

gboolean
cb_purpose_has_channel (const CbPurpose *self, const char *channel)
{
  return channel != NULL && g_strv_contains ((const char *const *) self->channels, channel);
}

CbPurposeContact
cb_purpose_get_contact (const CbPurpose *self)
{
  return self->contact;
}

const char *
cb_purpose_get_dpv_iri (const CbPurpose *self)
{
  return self->dpv_iri;
}

const char *
cb_purpose_get_lawful_basis (const CbPurpose *self)
{
  return self->lawful_basis;
}

gboolean
cb_purpose_is_marketing (const CbPurpose *self)
{
  return self->is_marketing;
}

gboolean
cb_purpose_is_spoken_enough (const CbPurpose *self)
{
  return self->is_spoken_enough;
}

gboolean
cb_purpose_is_on_card (const CbPurpose *self)
{
  return self->is_on_card;
}

gboolean
cb_purpose_includes (const CbPurpose *self, const char *other)
{
  if (other == NULL)
    return FALSE;
  return g_str_equal (self->id, other) ||
         g_strv_contains ((const char *const *) self->includes, other);
}

CbPurposeFrom
cb_purpose_get_valid_from (const CbPurpose *self)
{
  return self->valid_from;
}

/* "2 years from your last visit" is said to a customer, so it is the same date two years on and not
 * 730 days; 29 February becomes the 28th. */
static gint64
add_years (gint64 from_us, guint years)
{
  gint64 seconds = from_us / CB_US_PER_SECOND;
  g_autoptr (GDateTime) from = g_date_time_new_from_unix_utc (seconds);
  g_autoptr (GDateTime) until = from != NULL ? g_date_time_add_years (from, (int) years) : NULL;

  if (until == NULL)
    return from_us;
  return g_date_time_to_unix (until) * CB_US_PER_SECOND + from_us % CB_US_PER_SECOND;
}

gint64
cb_purpose_get_valid_until_us (const CbPurpose *self, gint64 from_us)
{
  return add_years (from_us, self->valid_years) + self->valid_days * CB_US_PER_DAY;
}

const char *
cb_purpose_get_title (const CbPurpose *self, const char *language)
{
  return cb_notice_get_title (cb_notice_get_current (), self->id, language);
}
