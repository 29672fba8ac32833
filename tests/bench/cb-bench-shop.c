/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-bench-shop.h"

#include <json-c/json.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cb-clock.h"
#include "base/cb-id.h"
#include "cb-bench.h"
#include "store/cb-book-private.h"
#include "store/cb-sealed-json.h"

#define PIECE 5000

/* --- people nobody is --- */

static void
add_names (json_object *names, GPtrArray *list)
{
  if (json_object_is_type (names, json_type_array))
    {
      for (size_t i = 0; i < json_object_array_length (names); i++)
        {
          json_object *name = json_object_array_get_idx (names, i);

          if (json_object_is_type (name, json_type_string))
            g_ptr_array_add (list, g_strdup (json_object_get_string (name)));
        }
    }
  else if (json_object_is_type (names, json_type_object))
    {
      json_object_object_foreach (names, key, value)
      {
        if (*key != '\0')
          add_names (value, list);
      }
    }
}

/* The shared lists, one a language; those of a language stay together, for people are called by
 * names of one. */
typedef struct
{
  GPtrArray *given;
  GPtrArray *family;
} Names;

static void
read_language (GArray *all, const char *path)
{
  json_object *root = json_object_from_file (path);
  json_object *person = NULL;
  json_object *given = NULL;
  json_object *family = NULL;
  Names names = { g_ptr_array_new (), g_ptr_array_new () };

  if (root != NULL && json_object_object_get_ex (root, "person", &person) &&
      json_object_object_get_ex (person, "first_name", &given) &&
      json_object_object_get_ex (person, "last_name", &family))
    {
      add_names (given, names.given);
      add_names (family, names.family);
    }
  if (names.given->len > 20 && names.family->len > 20)
    g_array_append_val (all, names);
  json_object_put (root);
}

/* The largest lists first. */
static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  return (int) ((const Names *) b)->family->len - (int) ((const Names *) a)->family->len;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GArray *
get_names (void)
{
  static GArray *all;
  const char *shared = g_getenv ("CB_TEST_SHARED");
  g_autofree char *folder = NULL;
  g_autoptr (GDir) directory = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (all != NULL)
    return all;
  all = g_array_new (FALSE, FALSE, sizeof (Names));
  folder = g_build_filename (shared != NULL ? shared : "", "names-faker-js", "derived", NULL);
  directory = g_dir_open (folder, 0, NULL);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_paths);
  for (guint i = 0; i < paths->len; i++)
    read_language (all, g_ptr_array_index (paths, i));
  g_array_sort (all, compare_sizes);
  return all;
}

/* Some names are everybody's, most are rare. */
static guint
skew (guint number, guint n)
{
  guint64 even = (number * G_GUINT64_CONSTANT (2654435761)) % 1000003;

  return (guint) (even * even / 1000003 * n / 1000003);
}

CbBenchPerson
cb_bench_person_make (guint number)
{
  GArray *all = get_names ();
  CbBenchPerson person = {
    .email = g_strdup_printf ("person%u@example.org", number),
    .phone = g_strdup_printf ("+44 20 7%07u", number * 97u % 10000000u),
    .card = number % 2 == 0
              ? g_strdup_printf ("GF-%07u-%02u", number * 131u % 10000000u, number % 97u)
              : NULL,
  };

  if (all->len == 0)
    {
      person.given = cb_bench_make_name (skew (number, 1000));
      person.family = cb_bench_make_name (number * 31u % 49152u);
      return person;
    }
  {
    /* Half of them of a few languages, as in a shop of one country. */
    guint language = number % 2 == 0 ? number / 2 % 4 : number / 2 % all->len;
    const Names *names = &g_array_index (all, Names, language);
    const char *given = names->given->pdata[skew (number, names->given->len)];
    const char *family = names->family->pdata[skew (number * 7 + 3, names->family->len)];

    person.given = g_strdup (given);

    /* The lists are short; a real book of so many has a name of its own for every fifth. */
    if (number % 5 == 0)
      {
        g_autofree char *second = cb_bench_make_name (number / 5);

        person.family = g_strconcat (family, "-", second, NULL);
      }
    else
      person.family = g_strdup (family);
  }
  return person;
}

void
cb_bench_person_clear (CbBenchPerson *person)
{
  g_free (person->given);
  g_free (person->family);
  g_free (person->email);
  g_free (person->phone);
  g_free (person->card);
}

char *
cb_bench_note_make (guint number)
{
  static const char *const words[] = {
    "navy",    "wool",     "sleeve",   "likes",       "the",     "longer",  "and",      "for",
    "her",     "sister",   "again",    "by",          "Friday",  "waist",   "taken",    "in",
    "at",      "never",    "silk",     "size",        "forty",   "asked",   "trousers", "cashmere",
    "narrow",  "wide",     "bordeaux", "sandals",     "wedding", "evening", "repair",   "collect",
    "shoes",   "boots",    "heel",     "leather",     "suede",   "velvet",  "pleated",  "lining",
    "husband", "daughter", "gift",     "anniversary", "summer",  "winter",  "linen",    "cotton",
  };
  GString *text = g_string_new (NULL);
  guint n = 8 + number % 7;

  for (guint i = 0; i < n; i++)
    {
      guint which = skew (number * 13 + i * 101, i % 3 == 2 ? 20000 : G_N_ELEMENTS (words));

      if (which < G_N_ELEMENTS (words))
        g_string_append_printf (text, "%s%s", i > 0 ? " " : "", words[which]);
      else
        {
          g_autofree char *rare = cb_bench_make_name (which);

          g_string_append_printf (text, "%s%s", i > 0 ? " " : "", rare);
        }
    }
  return g_string_free (text, FALSE);
}

/* --- the book --- */

static void
insert_customer (CbBook *book, const char *id, const CbKey *key, guint number)
{
  static const char SQL_ADD[] =
    "INSERT INTO customer (id, key, card, created_us, last_visit_us) VALUES (?1, ?2, ?3, ?4, ?4)";
  g_auto (CbBenchPerson) person = cb_bench_person_make (number);
  g_autoptr (CbStmt) stmt = cb_db_prepare (book->db, SQL_ADD);
  g_autoptr (JsonObject) card = json_object_new_object ();
  g_autoptr (GBytes) wrapped = cb_vault_wrap (book->vault, id, key);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;

  cb_json_set_string (card, "given", person.given);
  cb_json_set_string (card, "family", person.family);
  sealed = cb_sealed_json_new (key, "customer.card", id, card);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_bytes (stmt, 2, wrapped);
  cb_stmt_bind_bytes (stmt, 3, sealed);
  cb_stmt_bind_int (stmt, 4, cb_clock_get_now_us (book->clock) - number * 60000000ll);
  cb_stmt_run (stmt, &error);
  g_assert_no_error (error);
  cb_book_add_contact (book, key, id, "email", 0, person.email, &error);
  cb_book_add_contact (book, key, id, "phone", 0, person.phone, &error);
  cb_book_add_card_numbers (book, key, id, (char *const[]){ person.card, NULL }, &error);
  g_assert_no_error (error);
}

static void
insert_note (CbBook *book, const char *customer, const CbKey *key, guint number)
{
  static const char SQL_ADD[] =
    "INSERT INTO note (id, customer, purpose, visit, intent, discretion, provenance, body, author,"
    " created_us, ends_us, life) VALUES (?1, ?2, 'shop', 'advice', 'profile', 'mention', 'said',"
    " ?3, 'bench', ?4, ?5, 'agreed')";
  g_autoptr (CbStmt) stmt = cb_db_prepare (book->db, SQL_ADD);
  g_autoptr (JsonObject) body = json_object_new_object ();
  g_autofree char *id = cb_id_new ();
  g_autofree char *text = cb_bench_note_make (number);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now_us = cb_clock_get_now_us (book->clock);

  cb_json_set_string (body, "text", text);
  sealed = cb_sealed_json_new (key, "note.body", id, body);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_bytes (stmt, 3, sealed);
  cb_stmt_bind_int (stmt, 4, now_us - number);
  cb_stmt_bind_int (stmt, 5, now_us + 365 * CB_US_PER_DAY);
  cb_stmt_run (stmt, &error);
  g_assert_no_error (error);
}

static void
fill_piece (CbBook *book, const CbBenchShop *shop, guint from)
{
  g_autoptr (GError) error = NULL;

  cb_book_begin (book, &error);
  g_assert_no_error (error);
  for (guint i = from; i < MIN (from + PIECE, shop->n_customers); i++)
    {
      g_autofree char *id = cb_id_new ();
      g_auto (CbKey) key;
      guint64 first = (guint64) i * shop->n_notes / shop->n_customers;
      guint64 last = (i + 1ull) * shop->n_notes / shop->n_customers;

      cb_key_random (&key);
      insert_customer (book, id, &key, i);
      for (guint64 note = first; note < last; note++)
        insert_note (book, id, &key, (guint) note);
    }
  cb_book_commit (book, &error);
  g_assert_no_error (error);
  cb_book_do_idle (book);
}

static void
fill_book (const CbBenchShop *shop)
{
  CbBookOptions options = { .name = "Bench", .region = "GB", .keep_unasked_days = -1 };
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  g_autoptr (CbStaff) admin = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *recovery = NULL;
  g_autoptr (CbBook) book =
    cb_book_create (shop->home, shop->state_root, clock, &options, &recovery, &error);

  g_assert_no_error (error);
  g_free (cb_book_add_staff (book, NULL, "Bench Admin", CB_ROLE_ADMIN, CB_BENCH_PIN, &error));
  admin = cb_book_find_staff (book, "Bench Admin", &error);
  g_free (cb_book_add_staff (book, admin, CB_BENCH_MANAGER, CB_ROLE_MANAGER, CB_BENCH_PIN, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < shop->n_customers; i += PIECE)
    fill_piece (book, shop, i);
  cb_book_close (book);
}

void
cb_bench_shop_set_up (CbBenchShop *shop, guint n_customers, guint n_notes)
{
  const char *kept = g_getenv ("CB_BENCH_SHOP");
  pid_t child;
  int status;

  shop->n_customers = n_customers;
  shop->n_notes = n_notes;
  shop->root = kept != NULL ? g_strdup_printf ("%s/%u-%u", kept, n_customers, n_notes)
                            : g_dir_make_tmp ("cb-bench-XXXXXX", NULL);
  shop->home = g_build_filename (shop->root, "home", NULL);
  shop->state_root = g_build_filename (shop->root, "state", NULL);
  if (g_file_test (shop->home, G_FILE_TEST_IS_DIR))
    return;
  g_assert_cmpint (g_mkdir_with_parents (shop->root, 0700), ==, 0);
  child = fork ();
  if (child == 0)
    {
      fill_book (shop);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

void
cb_bench_shop_tear_down (CbBenchShop *shop)
{
  const char *argv[] = { "rm", "-rf", "--", shop->root, NULL };

  if (g_getenv ("CB_BENCH_SHOP") == NULL)
    g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                                 NULL, NULL, NULL));
  g_free (shop->root);
  g_free (shop->home);
  g_free (shop->state_root);
}
