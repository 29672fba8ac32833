/* SPDX-License-Identifier: Apache-2.0 */

/* A JSContact Card (RFC 9553) that says what the vCard says, property by property as RFC 9555 maps
 * them: the mark of the copy, which no standard knows, stands among `vCardProps`. */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-export.h"

#include <string.h>

static JsonObject *
new_typed (const char *type)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "@type", type);
  return object;
}

static void
add_component (JsonObject *components, const char *kind, const char *value)
{
  JsonObject *component;

  if (value == NULL)
    return;
  component = new_typed ("NameComponent");
  cb_json_set_string (component, "kind", kind);
  cb_json_set_string (component, "value", value);
  json_object_array_add (components, component);
}

static void
add_name (JsonObject *card, JsonObject *person)
{
  g_autofree char *full = cb_export_dup_full_name (person);
  JsonObject *components;
  JsonObject *name;

  if (full == NULL)
    return;
  components = json_object_new_array ();
  name = new_typed ("Name");
  cb_json_set_string (name, "full", full);
  add_component (components, "given", cb_json_get_string (person, "given"));
  add_component (components, "surname", cb_json_get_string (person, "family"));
  if (json_object_array_length (components) > 0)
    json_object_object_add (name, "components", components);
  else
    json_object_put (components);
  json_object_object_add (card, "name", name);
}

/* One object of a map whose keys mean nothing but which it is. */
static void
add_one (JsonObject *card,
         const char *member,
         const char *key,
         const char *type,
         const char *field,
         const char *value)
{
  JsonObject *map = json_object_new_object ();
  JsonObject *one;

  if (value != NULL)
    {
      one = new_typed (type);
      cb_json_set_string (one, field, value);
      json_object_object_add (map, key, one);
      json_object_object_add (card, member, map);
    }
  else
    json_object_put (map);
}

static void
add_contacts (JsonObject *card,
              const char *member,
              const char *type,
              const char *field,
              JsonObject *values)
{
  gsize n_values = json_object_array_length (values);
  JsonObject *map;

  if (n_values == 0)
    return;
  map = json_object_new_object ();
  for (gsize i = 0; i < n_values; i++)
    {
      g_autofree char *key = g_strdup_printf ("%c%d", *member, (int) i + 1);
      JsonObject *one = new_typed (type);

      cb_json_set_string (one, field,
                          json_object_get_string (json_object_array_get_idx (values, i)));
      if (n_values > 1)
        cb_json_set_int (one, "pref", (gint64) i + 1);
      json_object_object_add (map, key, one);
    }
  json_object_object_add (card, member, map);
}

/* [["x-counterbook-copy", {}, "unknown", "…"]], as a property of jCard. */
static void
add_mark (JsonObject *card, const char *mark)
{
  JsonObject *property = json_object_new_array ();
  JsonObject *properties = json_object_new_array ();

  json_object_array_add (property, json_object_new_string ("x-counterbook-copy"));
  json_object_array_add (property, json_object_new_object ());
  json_object_array_add (property, json_object_new_string ("unknown"));
  json_object_array_add (property, json_object_new_string (mark));
  json_object_array_add (properties, property);
  json_object_object_add (card, "vCardProps", properties);
}

GString *
cb_export_write_jscontact (JsonObject *document)
{
  JsonObject *person = cb_json_get_object (document, "person");
  JsonObject *copy = cb_json_get_object (document, "copy");
  g_autoptr (JsonObject) card = new_typed ("Card");
  g_autofree char *language = g_strdup (cb_json_get_string (person, "language"));
  /* A UTCDateTime has no fraction of nothing. */
  g_autofree char *made = g_strdup_printf ("%.19sZ", cb_json_get_string (copy, "made"));

  if (language != NULL)
    g_strdelimit (language, "_", '-');
  cb_json_set_string (card, "version", "1.0");
  cb_json_set_string (card, "uid", cb_export_get_uid (document));
  cb_json_set_string (card, "prodId", "-//Counterbook//NONSGML Counterbook//EN");
  cb_json_set_string (card, "updated", made);
  add_name (card, person);
  add_one (card, "nicknames", "k1", "Nickname", "name", cb_json_get_string (person, "preferred"));
  add_contacts (card, "emails", "EmailAddress", "address", cb_json_get_array (person, "emails"));
  add_contacts (card, "phones", "Phone", "number", cb_json_get_array (person, "phones"));
  add_one (card, "preferredLanguages", "l1", "LanguagePref", "language", language);
  add_mark (card, cb_json_get_string (copy, "id"));
  return cb_export_write_json (card, FALSE);
}
