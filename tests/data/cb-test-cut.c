/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-cut.h"

#include <string.h>

#include "base/cb-error.h"
#include "db/cb-db.h"
#include "vault/cb-seal.h"
#include "vault/cb-vault.h"

#define DATABASE CB_DISK_ROOT "/store/counterbook.db"
#define BOOK_EVERY 11
#define DOUBLE_EVERY 16
#define COMPLAINTS_TOLD 8

/* What is visible from an operation on when all that was written is there. */
typedef struct
{
  guint index;
  guint mark;
  guint64 rows; /* of every table */
  char *view;   /* NULL: there is no store yet */
} State;

typedef struct
{
  const CbTestPlan *plan;
  CbDiskKind kind;
  CbTestWorld *world;
  CbDisk *base;
  CbTrace *trace;
  GArray *states;   /* of State */
  GArray *erased;   /* by mark: how many of world->erased are acknowledged */
  guint key_dies;   /* the mark from which on the old key is nowhere; 0: never */
  GHashTable *seen; /* sums of images, and of what a book would find on them */
  CbTrace *second;
  gboolean tell;
  CbTestCuts *cuts;
} Run;

static void
state_clear (gpointer data)
{
  g_free (((State *) data)->view);
}

/* --- every row of the database --- */

static guint64
mix (guint64 sum, const void *bytes, gsize length)
{
  const guint8 *next = bytes;

  for (gsize i = 0; i < length; i++)
    sum = (sum ^ next[i]) * G_GUINT64_CONSTANT (1099511628211);
  return (sum ^ length) * G_GUINT64_CONSTANT (1099511628211);
}

static guint64
mix_query (sqlite3 *handle, const char *sql, guint64 sum, int *code)
{
  sqlite3_stmt *stmt = NULL;

  *code = sqlite3_prepare_v2 (handle, sql, -1, &stmt, NULL);
  while (*code == SQLITE_OK && (*code = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      for (int i = 0; i < sqlite3_column_count (stmt); i++)
        {
          const void *bytes = sqlite3_column_blob (stmt, i);

          sum = mix (sum, bytes, (gsize) sqlite3_column_bytes (stmt, i));
        }
      *code = SQLITE_OK;
    }
  if (*code == SQLITE_DONE)
    *code = SQLITE_OK;
  sqlite3_finalize (stmt);
  return sum;
}

static gboolean
mix_tables (sqlite3 *handle, guint64 *sum)
{
  sqlite3_stmt *tables = NULL;
  int code = sqlite3_prepare_v2 (
    handle, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", -1, &tables, NULL);

  *sum = mix_query (handle, "SELECT type, name, sql FROM sqlite_schema", 1, &code);
  if (code == SQLITE_OK)
    *sum = mix_query (handle, "PRAGMA user_version", *sum, &code);
  while (code == SQLITE_OK && (code = sqlite3_step (tables)) == SQLITE_ROW)
    {
      g_autofree char *sql =
        g_strdup_printf ("SELECT * FROM \"%s\"", (const char *) sqlite3_column_text (tables, 0));

      *sum = mix_query (handle, sql, *sum, &code);
    }
  sqlite3_finalize (tables);
  return code == SQLITE_OK || code == SQLITE_DONE;
}

static gboolean
is_sound (sqlite3 *handle)
{
  sqlite3_stmt *stmt = NULL;
  gboolean sound = FALSE;

  if (sqlite3_prepare_v2 (handle, "PRAGMA integrity_check", -1, &stmt, NULL) == SQLITE_OK)
    sound = sqlite3_step (stmt) == SQLITE_ROW &&
            g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), "ok") == 0;
  sqlite3_finalize (stmt);
  stmt = NULL;
  if (sound &&
      sqlite3_prepare_v2 (handle, "PRAGMA foreign_key_check", -1, &stmt, NULL) == SQLITE_OK)
    sound = sqlite3_step (stmt) == SQLITE_DONE;
  sqlite3_finalize (stmt);
  return sound;
}

/* Opens what is there with our own connection and nothing else; a complaint, or NULL. */
static const char *
read_rows (Run *run, CbDisk *disk, guint64 *rows)
{
  g_autoptr (CbDisk) copy = cb_disk_copy (disk, run->kind);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = NULL;
  const char *complaint = NULL;
  g_autoptr (GBytes) there = cb_disk_read (disk, DATABASE);

  *rows = 0;
  if (there == NULL)
    return NULL;
  cb_disk_mount (copy);
  db = cb_db_open (DATABASE, FALSE, run->world->test.clock, &error);
  if (db == NULL)
    complaint = "the database does not open";
  else if (!is_sound (cb_db_get_handle (db)))
    complaint = "SQLite finds fault with the database";
  else if (!mix_tables (cb_db_get_handle (db), rows))
    complaint = "a table can't be read";
  if (db != NULL)
    cb_db_close (db);
  return complaint;
}

/* --- what the book says --- */

typedef struct
{
  CbTestWorld world; /* borrows all but the book */
  char *view;
} Look;

static void
look_clear (Look *look)
{
  cb_test_world_close (&look->world);
  g_clear_pointer (&look->view, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

/* Mounts the disk. Without a store the view is NULL and there is no error. */
static gboolean
look_at (Run *run, CbDisk *disk, Look *look, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  look->world = *run->world;
  look->world.test.book = NULL;
  look->world.batch = NULL;
  cb_disk_mount (disk);
  if (cb_test_world_open (&look->world, &local_error))
    look->view = cb_test_world_see (&look->world, &local_error);
  else if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE))
    g_clear_error (&local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static void
add_state (Run *run, CbDisk *disk, const CbTracePlace *place)
{
  g_autoptr (CbDisk) copy = cb_disk_copy (disk, run->kind);
  g_auto (Look) look = { 0 };
  g_autoptr (GError) error = NULL;
  State state = { place->index, place->mark, 0, NULL };
  const char *complaint = read_rows (run, disk, &state.rows);

  if (complaint != NULL)
    g_printerr ("# %s: operation %u: %s\n", run->plan->name, place->index, complaint);
  if (!look_at (run, copy, &look, &error))
    g_printerr ("# %s: operation %u: %s\n", run->plan->name, place->index, error->message);
  state.view = g_strdup (look.view);
  g_array_append_val (run->states, state);
  look_clear (&look);
}

/* --- the acts, recorded --- */

static void
record (Run *run)
{
  g_autoptr (CbDisk) disk = cb_disk_copy (run->base, run->kind);
  guint n_done = 0;

  cb_disk_mount (disk);
  cb_disk_record (disk, run->trace);
  for (guint i = 0; i < run->plan->n_acts; i++)
    {
      const CbTestAct *act = &run->plan->acts[i];
      g_autoptr (GError) error = NULL;
      guint n_erased;

      if (i > 0 && run->plan->break_it != NULL && run->world->test.book != NULL)
        run->plan->break_it (run->world);
      if (!act->run (run->world, &error))
        g_printerr ("# %s: %s: %s\n", run->plan->name, act->name, error->message);
      g_assert_no_error (error);
      cb_trace_mark (run->trace, ++n_done);
      n_erased = run->world->erased->len;
      g_array_append_val (run->erased, n_erased);
      if (run->key_dies == 0 && run->world->old_key != NULL && n_erased > 0)
        run->key_dies = n_done;
    }
  cb_test_world_close (run->world);
  cb_disk_record (disk, NULL);
}

static void
list_states (Run *run)
{
  g_autoptr (CbDisk) disk = cb_disk_copy (run->base, run->kind);
  CbTracePlace place = { 0 };
  guint mark = 0;

  add_state (run, disk, &place);
  while (cb_disk_replay (disk, run->trace, &place))
    {
      if (place.is_sync || place.mark != mark)
        add_state (run, disk, &place);
      mark = place.mark;
    }
  add_state (run, disk, &place);
}

/* --- an image, looked at --- */

/* Which of the states may be there: from the one that was acknowledged last to the next one that
 * was becoming visible. */
static void
find_window (Run *run, const CbTracePlace *place, guint *low, guint *high)
{
  guint i = 0;

  for (; i < run->states->len; i++)
    {
      if (g_array_index (run->states, State, i).mark >= place->mark)
        break;
    }
  *low = i;
  while (i + 1 < run->states->len && g_array_index (run->states, State, i).index < place->index)
    i++;
  *high = i;
}

static gboolean
is_known_rows (Run *run, guint low, guint high, guint64 rows)
{
  for (guint i = low; i <= high; i++)
    {
      if (g_array_index (run->states, State, i).rows == rows)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_known_view (Run *run, guint low, guint high, const char *view)
{
  for (guint i = low; i <= high; i++)
    {
      if (g_strcmp0 (g_array_index (run->states, State, i).view, view) == 0)
        return TRUE;
    }
  return FALSE;
}

/* One line of the ledger says that this customer was erased. */
static gboolean
ledger_has (CbDisk *disk, CbTestWorld *world, const char *customer)
{
  g_autofree char *path = g_build_filename (
    world->test.state_root, cb_book_get_store_id (world->test.book), "tombstones", NULL);
  g_autoptr (GBytes) bytes = cb_disk_read (disk, path);
  gsize length = 0;
  const char *next = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  const char *end = next + length;

  while (next != NULL && next < end)
    {
      const char *zero = memchr (next, '\0', (gsize) (end - next));
      const char *feed = memchr (next, '\n', (gsize) (end - next));
      const char *stop = zero != NULL && (feed == NULL || zero < feed) ? zero : feed;
      g_autofree char *line = g_strndup (next, (gsize) ((stop != NULL ? stop : end) - next));
      g_auto (GStrv) fields = g_strsplit (line, " ", -1);

      if (stop != NULL && g_strv_length (fields) == 3 && g_str_equal (fields[0], customer) &&
          g_ascii_strtoll (fields[2], NULL, 10) > 0)
        return TRUE;
      next = stop != NULL ? stop + 1 : NULL;
    }
  return FALSE;
}

/* Of the disk as the cut left it, which somebody may take away before it is ever opened again. */
static const char *
check_left (Run *run, CbDisk *disk, guint mark)
{
  gsize length;
  const void *key;

  if (cb_disk_holds (disk, CB_TEST_CANARY, strlen (CB_TEST_CANARY)))
    return "a word that somebody said can be read";
  if (run->key_dies == 0 || mark < run->key_dies)
    return NULL;
  key = g_bytes_get_data (run->world->old_key, &length);
  return cb_disk_holds (disk, key, length) ? "the key of who was erased is still there" : NULL;
}

static const char *
check_erased (Run *run, CbDisk *disk, Look *look, guint mark)
{
  guint n_erased = mark > 0 ? g_array_index (run->erased, guint, mark - 1) : 0;

  for (guint i = 0; i < n_erased; i++)
    {
      if (!ledger_has (disk, &look->world, run->world->erased->pdata[i]))
        return "an erasure is not in the ledger";
    }
  return check_left (run, disk, mark);
}

/* With the recovery code alone. */
static const char *
check_recovery (Run *run, CbDisk *disk)
{
  g_autoptr (CbDisk) copy = cb_disk_copy (disk, run->kind);
  g_auto (Look) look = { 0 };
  g_autoptr (CbVault) vault = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *epoch = NULL;
  g_autofree char *backup = NULL;

  if (!look_at (run, copy, &look, &error))
    return "the book does not open once more";
  /* It is wrapped by the device key that is lost, and made anew. */
  backup = cb_book_dup_managed_path (look.world.test.book);
  epoch = cb_book_dup_setting (look.world.test.book, "key-epoch", NULL);
  vault = cb_vault_new (run->world->test.state_root, cb_book_get_store_id (look.world.test.book));
  cb_test_world_close (&look.world);
  cb_disk_remove (copy, CB_DISK_ROOT "/state/device.key");
  cb_disk_remove (copy, backup);
  if (!cb_vault_unlock_with_recovery (vault, g_ascii_strtoull (epoch, NULL, 10),
                                      run->world->recovery, &error))
    return "the recovery code does not open the store";
  g_clear_object (&vault);
  look_clear (&look);
  return look_at (run, copy, &look, &error) ? NULL : "the recovered store does not open";
}

/* The first init was cut: the next one makes the store. */
static const char *
check_new_beginning (Run *run, CbDisk *disk)
{
  CbTestWorld *world = cb_test_world_new ();
  g_autoptr (GError) error = NULL;
  gboolean done;

  cb_disk_mount (disk);
  done = cb_test_first_acts[0].run (world, &error);
  cb_test_world_free (world);
  return done ? NULL : "there is no store, and none can be made";
}

static const char *
check_book (Run *run, CbDisk *image, const CbTracePlace *place, guint32 seed, gboolean *lost)
{
  g_auto (Look) look = { 0 };
  g_autoptr (GError) error = NULL;
  guint low;
  guint high;
  const char *complaint;

  *lost = FALSE;
  run->cuts->n_books++;
  find_window (run, place, &low, &high);
  if (!look_at (run, image, &look, &error))
    return error->code == CB_STORE_ERROR_NO_KEY ? "no key opens the book"
                                                : "the book does not open";
  *lost = TRUE;
  if (!is_known_view (run, low, high, look.view))
    return "an acknowledged act is not in the book, or half of one is";
  if (look.view == NULL)
    return check_new_beginning (run, image);
  complaint = check_erased (run, image, &look, place->mark);
  if (complaint != NULL)
    return complaint;
  *lost = FALSE;
  if (seed % 4 == 3 && run->world->recovery != NULL)
    {
      /* What lies on the disk, not what the open book would still write. */
      cb_test_world_close (&look.world);
      complaint = check_recovery (run, image);
      cb_disk_mount (image);
      if (complaint == NULL && !cb_test_world_open (&look.world, NULL))
        complaint = "the book does not open again";
    }
  if (complaint == NULL && look.world.test.manager != NULL &&
      !cb_test_world_go_on (&look.world, &error))
    complaint = "the book does not go on";
  if (complaint == NULL && look.world.ben != NULL &&
      !ledger_has (image, &look.world, look.world.ben))
    complaint = "an erasure behind the cut is not in the ledger";
  return complaint;
}

/* Cut once more while the book was being opened. */
static const char *
check_again (Run *run, CbDisk *image, const CbTracePlace *place, guint32 seed, gboolean *lost)
{
  g_autoptr (CbDisk) first = cb_disk_copy (image, run->kind);
  g_autoptr (CbDisk) disk = cb_disk_copy (image, run->kind);
  g_autoptr (CbDisk) cut = NULL;
  CbTracePlace second = { 0 };
  guint stop;

  *lost = FALSE;
  cb_trace_clear (run->second);
  {
    g_auto (Look) look = { 0 };
    g_autoptr (GError) error = NULL;

    cb_disk_record (first, run->second);
    if (!look_at (run, first, &look, &error))
      return "the book does not open";
    cb_disk_record (first, NULL);
  }
  if (cb_trace_get_length (run->second) == 0)
    return NULL;
  stop = (seed * 2654435761u >> 8) % cb_trace_get_length (run->second) + 1;
  while (second.index < stop && cb_disk_replay (disk, run->second, &second))
    ;
  cut = cb_disk_cut (disk, seed * 31 + 7);
  run->cuts->n_doubles++;
  return check_book (run, cut, place, 0, lost);
}

static void
complain (Run *run, const CbTracePlace *place, guint32 seed, const char *complaint, gboolean lost)
{
  guint n_told = run->cuts->n_lost + run->cuts->n_damaged;

  if (run->tell && n_told < COMPLAINTS_TOLD)
    g_printerr ("# %s, %s: operation %u of %u, behind act %u, seed %u: %s\n", run->plan->name,
                run->kind == CB_DISK_EXT4 ? "ext4" : "strict", place->index,
                cb_trace_get_length (run->trace), place->mark, seed, complaint);
  if (lost)
    run->cuts->n_lost++;
  else
    run->cuts->n_damaged++;
}

/* TRUE the first time. */
static gboolean
is_new (Run *run, guint64 sum)
{
  guint64 *key = g_new (guint64, 1);

  *key = sum;
  return g_hash_table_add (run->seen, key);
}

/* What the book finds is in the rows and in our own files; how the rows lie in the file and its WAL
 * is SQLite's, and was read. So of images that agree in both most are not opened once more. */
static gboolean
is_for_the_book (Run *run, CbDisk *image, guint64 rows, guint64 window, guint32 seed)
{
  guint64 sum = (cb_disk_sum (image, DATABASE) ^ rows) * 31 + window;

  return is_new (run, sum + 1) || seed % BOOK_EVERY == 0;
}

static void
check_image (Run *run, CbDisk *image, const CbTracePlace *place, guint32 seed)
{
  guint64 rows;
  guint64 window;
  guint low;
  guint high;
  gboolean lost = FALSE;
  const char *complaint;

  run->cuts->n_cuts++;
  find_window (run, place, &low, &high);
  window = ((guint64) low << 32 | high) * 31 + place->mark;
  if (!is_new (run, cb_disk_sum (image, NULL) * 31 + window))
    return;
  run->cuts->n_images++;
  complaint = read_rows (run, image, &rows);
  if (complaint == NULL && !is_known_rows (run, low, high, rows))
    {
      lost = TRUE;
      complaint = "an acknowledged act is not in the database, or half of one is";
    }
  if (complaint == NULL)
    {
      complaint = check_left (run, image, place->mark);
      lost = complaint != NULL;
    }
  if (complaint == NULL && (seed + place->index) % DOUBLE_EVERY == 0)
    complaint = check_again (run, image, place, seed, &lost);
  if (complaint == NULL && is_for_the_book (run, image, rows, window, seed + place->index))
    complaint = check_book (run, image, place, seed, &lost);
  if (complaint != NULL)
    complain (run, place, seed, complaint, lost);
}

static void
cut_everywhere (Run *run, guint stride, guint n_seeds)
{
  g_autoptr (CbDisk) disk = cb_disk_copy (run->base, run->kind);
  CbTracePlace place = { 0 };

  while (cb_disk_replay (disk, run->trace, &place))
    {
      if (place.index % stride != 0)
        continue;
      for (guint32 seed = 0; seed < n_seeds; seed++)
        {
          /* Of the random ones no two places share one. */
          g_autoptr (CbDisk) image =
            cb_disk_cut (disk, seed < 2 ? seed : seed + place.index * 7919u);

          check_image (run, image, &place, seed);
          /* All seeds leave the same. */
          if (cb_disk_is_settled (disk))
            break;
        }
    }
}

void
cb_test_cut_run (const CbTestPlan *plan,
                 guint stride,
                 guint n_seeds,
                 gboolean tell,
                 CbTestCutsOfKinds cuts)
{
  Run run = { .plan = plan, .tell = tell };

  run.world = cb_test_world_new ();
  run.base = cb_disk_new (CB_DISK_EXT4);
  run.trace = cb_trace_new ();
  run.second = cb_trace_new ();
  run.states = g_array_new (FALSE, FALSE, sizeof (State));
  g_array_set_clear_func (run.states, state_clear);
  run.erased = g_array_new (FALSE, FALSE, sizeof (guint));
  cb_disk_mount (run.base);
  if (plan->set_up != NULL)
    plan->set_up (run.world);
  /* What is done, and what can be seen of it, is the same on every kind. */
  record (&run);
  list_states (&run);
  for (run.kind = CB_DISK_EXT4; run.kind <= CB_DISK_STRICT; run.kind++)
    {
      gint64 start_us = g_get_monotonic_time ();

      run.cuts = &cuts[run.kind];
      run.seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      cut_everywhere (&run, stride, n_seeds);
      run.cuts->n_operations = cb_trace_get_length (run.trace);
      run.cuts->seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
      g_hash_table_unref (run.seen);
    }
  cb_disk_mount (NULL);
  cb_test_world_free (run.world);
  cb_disk_free (run.base);
  cb_trace_free (run.trace);
  cb_trace_free (run.second);
  g_array_unref (run.states);
  g_array_unref (run.erased);
}
