/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl-demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "ctl/cb-ctl-demo-acts.h"
#include "vault/cb-seal.h"

#define SHOP_PATH "/counterbook/demo/shop.json"
#define SHOP_MAX (256 * 1024)

/* What stands as the basis until the last act is done: a shop that was cut off is told by it. */
#define BEING_MADE "the demo shop is being made"

static gboolean
fail (GError **error, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED, why);
  return FALSE;
}

/* "{T+42}" in a text is that day from today as the shop's English notes write it: 2 January. */
static char *
fill_in_days (const char *text, gint64 now_us)
{
  static const char *const months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
  };
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / CB_US_PER_SECOND);
  g_auto (GStrv) parts = g_strsplit (text, "{T", -1);
  GString *filled = g_string_new (parts[0]);

  for (guint i = 1; parts[i] != NULL; i++)
    {
      char *end = parts[i];
      g_autoptr (GDateTime) day = g_date_time_add_days (now, (int) strtol (parts[i], &end, 10));

      g_string_append_printf (filled, "%d %s%s", g_date_time_get_day_of_month (day),
                              months[g_date_time_get_month (day) - 1], *end == '}' ? end + 1 : end);
    }
  return g_string_free (filled, FALSE);
}

static JsonObject *
load_shop (CbClock *clock, GError **error)
{
  g_autoptr (GBytes) bytes =
    g_resources_lookup_data (SHOP_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *text = NULL;

  if (bytes == NULL)
    return NULL;
  /* A resource ends in a NUL that is not counted. */
  text = fill_in_days (g_bytes_get_data (bytes, NULL), cb_clock_get_now_us (clock));
  return cb_json_parse (text, strlen (text), SHOP_MAX, error);
}

/* --- the past, in order --- */

typedef struct
{
  gint64 at_us;
  guint position; /* in the file: what happens at one moment happens in its order */
  JsonObject *person;
  JsonObject *act;
} Moment;

/* "years" and "day" count from today, "at" is a time of the shop's day; nothing lies ahead of now.
 */
static gint64
reckon_moment (JsonObject *act, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / CB_US_PER_SECOND);
  g_autoptr (GDateTime) year = g_date_time_add_years (now, (int) cb_json_get_int (act, "years", 0));
  g_autoptr (GDateTime) day = g_date_time_add_days (year, (int) cb_json_get_int (act, "day", 0));
  const char *time = cb_json_get_string (act, "at");
  int hour = 12;
  int minute = 0;
  g_autoptr (GDateTime) moment = NULL;

  if (time != NULL && sscanf (time, "%2d:%2d", &hour, &minute) != 2)
    hour = 12;
  moment = g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                  g_date_time_get_day_of_month (day), hour, minute, 0);
  return moment != NULL ? MIN (g_date_time_to_unix (moment) * CB_US_PER_SECOND, now_us) : now_us;
}

static int
compare_moments (gconstpointer a, gconstpointer b)
{
  const Moment *left = a;
  const Moment *right = b;

  if (left->at_us != right->at_us)
    return left->at_us < right->at_us ? -1 : 1;
  return left->position < right->position ? -1 : left->position > right->position;
}

static GArray *
list_moments (JsonObject *shop, gint64 now_us)
{
  GArray *moments = g_array_new (FALSE, FALSE, sizeof (Moment));
  JsonObject *people = cb_json_get_array (shop, "people");

  for (gsize i = 0; people != NULL && i < json_object_array_length (people); i++)
    {
      JsonObject *person = json_object_array_get_idx (people, i);
      JsonObject *acts = cb_json_get_array (person, "acts");

      for (gsize j = 0; acts != NULL && j < json_object_array_length (acts); j++)
        {
          JsonObject *act = json_object_array_get_idx (acts, j);
          Moment moment = { reckon_moment (act, now_us), moments->len, person, act };

          g_array_append_val (moments, moment);
        }
    }
  g_array_sort (moments, compare_moments);
  return moments;
}

/* --- replaying --- */

static gboolean
take_on (CbDemo *demo, JsonObject *one, CbStaff *admin, CbStaff **taken, GError **error)
{
  CbRole role = CB_ROLE_ASSOCIATE;
  g_autofree char *id = NULL;

  if (!cb_role_from_id (cb_json_get_string (one, "role"), &role))
    return fail (error, "the demo shop's data has no such role");
  id = cb_book_add_staff (demo->book, admin, cb_json_get_string (one, "name"), role,
                          cb_json_get_string (one, "pin"), error);
  *taken = id != NULL ? cb_book_find_staff (demo->book, id, error) : NULL;
  if (*taken != NULL)
    g_hash_table_insert (demo->staff, g_strdup (cb_json_get_string (one, "key")), *taken);
  return *taken != NULL;
}

/* The first in the file is the admin, who takes on the others. */
static gboolean
take_on_staff (CbDemo *demo, JsonObject *shop, GError **error)
{
  JsonObject *staff = cb_json_get_array (shop, "staff");
  CbStaff *admin = NULL;

  for (gsize i = 0; staff != NULL && i < json_object_array_length (staff); i++)
    {
      CbStaff *taken;

      if (!take_on (demo, json_object_array_get_idx (staff, i), admin, &taken, error))
        return FALSE;
      if (admin == NULL)
        admin = taken;
    }
  return admin != NULL || fail (error, "the demo shop's data names no staff");
}

/* What would have ended on the way ends on the way. */
static gboolean
replay (CbDemo *demo, GArray *moments, GError **error)
{
  for (guint i = 0; i < moments->len; i++)
    {
      const Moment *moment = &g_array_index (moments, Moment, i);

      cb_clock_advance (demo->clock, moment->at_us - cb_clock_get_now_us (demo->clock));
      if (cb_book_run_retention (demo->book, error) < 0)
        return FALSE;
      if (!cb_ctl_demo_perform (demo, moment->person, moment->act, error))
        {
          g_prefix_error (error, "act %u of the demo shop: ", i);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
fill_shop (CbBook *book, CbClock *past, JsonObject *shop, GArray *moments, GError **error)
{
  g_autoptr (GHashTable) staff =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_autoptr (GHashTable) customers =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) matters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  CbDemo demo = { book, past, staff, customers, matters };

  return take_on_staff (&demo, shop, error) && replay (&demo, moments, error);
}

/* --- making --- */

static CbBookOptions
options_of (JsonObject *shop, const char *basis)
{
  return (CbBookOptions){
    .name = cb_json_get_string (shop, "name"),
    .region = cb_json_get_string (shop, "region"),
    .keep_unasked_days = (int) cb_json_get_int (shop, "keep_unasked", 0),
    .keep_basis = basis,
  };
}

static gboolean
make_shop (const char *home,
           const char *state_root,
           CbClock *clock,
           JsonObject *shop,
           char **recovery_code,
           GError **error)
{
  g_autoptr (GArray) moments = list_moments (shop, cb_clock_get_now_us (clock));
  gint64 first_us =
    moments->len > 0 ? g_array_index (moments, Moment, 0).at_us : cb_clock_get_now_us (clock);
  g_autoptr (CbClock) past = cb_clock_new_manual (first_us - CB_US_PER_DAY);
  CbBookOptions options = options_of (shop, BEING_MADE);
  g_autoptr (CbBook) book = cb_book_create (home, state_root, past, &options, recovery_code, error);
  gboolean is_filled;

  if (book == NULL)
    return FALSE;
  is_filled = fill_shop (book, past, shop, moments, error);
  cb_book_close (book);
  return is_filled;
}

/* What is in the directory already: the demo shop, a store nobody has used yet, or neither. */
static gboolean
look_at_store (const char *home,
               const char *state_root,
               CbClock *clock,
               const char *basis,
               CbBook **demo,
               GError **error)
{
  g_autoptr (CbBook) book = cb_book_open (home, state_root, clock, NULL);
  g_autofree char *kept =
    book != NULL ? cb_book_dup_setting (book, "keep-unasked-basis", NULL) : NULL;
  g_autoptr (GPtrArray) staff = book != NULL ? cb_book_list_staff (book, error) : NULL;

  if (book == NULL)
    return TRUE;
  if (g_strcmp0 (kept, basis) == 0)
    {
      *demo = g_steal_pointer (&book);
      return TRUE;
    }
  cb_book_close (book);
  if (staff == NULL)
    return FALSE;
  if (g_strcmp0 (kept, BEING_MADE) == 0)
    return fail (error, "a demo shop was only half made here: remove the directory and begin anew");
  return staff->len == 0 || fail (error, "there is a store here already that is not the demo shop");
}

CbBook *
cb_ctl_make_demo (const char *home,
                  const char *state_root,
                  CbClock *clock,
                  char **recovery_code,
                  GError **error)
{
  g_autoptr (JsonObject) shop = load_shop (clock, error);
  const char *basis = shop != NULL ? cb_json_get_string (shop, "keep_basis") : NULL;
  CbBook *book = NULL;
  CbBookOptions options;
  char *none = NULL;

  if (shop == NULL || !look_at_store (home, state_root, clock, basis, &book, error))
    return NULL;
  if (book != NULL)
    return book;
  if (make_shop (home, state_root, clock, shop, recovery_code, error))
    {
      options = options_of (shop, basis);
      book = cb_book_create (home, state_root, clock, &options, &none, error);
    }
  if (book == NULL && *recovery_code != NULL)
    cb_text_wipe (g_steal_pointer (recovery_code));
  return book;
}
