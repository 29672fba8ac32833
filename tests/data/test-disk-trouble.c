/* SPDX-License-Identifier: Apache-2.0 */

/* Every call to the disk fails, one after the other, once and from then on, with an I/O error and
 * for want of room; every allocation of SQLite's fails. Each act is done and kept, or it fails with
 * a clear error and nothing of it is kept; and the book goes on, at once where the trouble is over,
 * else when it is opened again. Where memory ends, the program may die; what it had reported is
 * there. */

#define G_LOG_DOMAIN "Counterbook"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "cb-seeded-ids.h"
#include "cb-test-world.h"
#include "db/cb-db.h"

#define SEED 20260302
#define COMPLAINTS_TOLD 12
#define TRIALS_MAX 100000

/* Of a short run one call in so many; under a sanitizer, where everything takes so much longer, one
 * in many more. */
#define STRIDE_DISK 23
#define STRIDE_MEMORY 1201
#define SANITIZED 15

static guint
thin_out (guint stride)
{
  if (g_getenv ("CB_TEST_SANITIZED") != NULL)
    return stride * SANITIZED;
  return g_getenv ("CB_TEST_LONG") != NULL ? 1 : stride;
}

/* --- one act, and the disk before it --- */

typedef struct
{
  const CbTestAct *act;
  CbTestWorld *world; /* as before the act; closed */
  CbDisk *before;
  guint64 seed;
  char *view_before;
  GPtrArray *between; /* views after each of its syncs: some acts are of several transactions */
  char *view_after;
  guint n_failed; /* the act said it failed */
  guint n_done;   /* it was done in spite of the trouble */
  guint n_kept;   /* it said it failed and is there, whole */
  guint n_died;
  guint n_complaints;
} Scene;

static void
complain (Scene *scene, const char *how, guint number, const char *complaint)
{
  if (scene->n_complaints++ < COMPLAINTS_TOLD)
    g_printerr ("# %s, %s at %u: %s\n", scene->act->name, how, number, complaint);
}

static char *
look (Scene *scene, CbDisk *disk, GError **error)
{
  return cb_test_world_look (scene->world, disk, error);
}

/* What only a sync has made sure of. */
static char *
look_after_cut (Scene *scene, CbDisk *disk, GError **error)
{
  g_autoptr (CbDisk) cut = cb_disk_cut (disk, 0);

  return look (scene, cut, error);
}

static gboolean
is_clear (const GError *error)
{
  return error != NULL && error->domain == CB_STORE_ERROR &&
         (error->code == CB_STORE_ERROR_IO || error->code == CB_STORE_ERROR_FULL);
}

/* A new act of the same book, or of one that is opened anew. */
static const char *
go_on (Scene *scene, CbTestWorld *twin, CbDisk *disk)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *view = NULL;
  g_autofree char *ben = g_strconcat ("customer ", scene->world->ben, NULL);

  if (scene->world->anna == NULL)
    return cb_test_first_acts[0].run (twin, &error) ? NULL : "the store can't be made after it";
  if (twin->test.book == NULL && !cb_test_world_open (twin, &error))
    return "the book does not open after it";
  if (!cb_test_world_go_on (twin, &error))
    return "the book does not go on";
  view = look_after_cut (scene, disk, &error);
  cb_disk_mount (disk);
  if (view == NULL)
    return "the book does not open after it and a power cut";
  return strstr (view, "goes on") != NULL && strstr (view, ben) == NULL
           ? NULL
           : "what was done after it is lost in a power cut";
}

static const char *
check_view (Scene *scene, const char *view, gboolean done)
{
  if (g_strcmp0 (view, scene->view_after) == 0)
    {
      scene->n_kept += !done && g_strcmp0 (scene->view_before, scene->view_after) != 0;
      return NULL;
    }
  if (done)
    return "it was reported as done and is not there";
  for (guint i = 0; i < scene->between->len; i++)
    {
      if (g_strcmp0 (view, scene->between->pdata[i]) == 0)
        return NULL;
    }
  return g_strcmp0 (view, scene->view_before) == 0 ? NULL : "half of it is there";
}

static const char *
check_outcome (Scene *scene, CbDisk *disk, gboolean done)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *view = look_after_cut (scene, disk, &error);

  cb_disk_mount (disk);
  return error != NULL ? "the book does not open after a power cut"
                       : check_view (scene, view, done);
}

/* FALSE when the act makes fewer calls. */
static gboolean
try_trouble (Scene *scene, CbDiskTrouble trouble, guint number, gboolean lasting)
{
  static const char *const kinds[][2] = { { "an I/O error", "I/O errors from then on" },
                                          { "no room once", "no room" } };
  g_autoptr (CbDisk) disk = cb_disk_copy (scene->before, CB_DISK_EXT4);
  g_autoptr (CbTestWorld) twin = cb_test_world_twin (scene->world);
  g_autoptr (GError) error = NULL;
  const char *how = kinds[trouble][lasting];
  const char *complaint = NULL;
  gboolean done;
  gboolean failed;

  cb_disk_mount (disk);
  if (scene->world->anna != NULL && !cb_test_world_open (twin, &error))
    g_assert_no_error (error);
  cb_seed_ids (scene->seed);
  cb_disk_fail_at (disk, trouble, number, lasting);
  done = scene->act->run (twin, &error);
  failed = cb_disk_has_failed (disk);
  cb_disk_fail_at (disk, trouble, 0, FALSE);
  if (failed)
    {
      scene->n_done += done;
      scene->n_failed += !done;
      if (!done && !is_clear (error))
        complain (scene, how, number, error != NULL ? error->message : "it fails without an error");
      complaint = check_outcome (scene, disk, done);
      if (complaint == NULL)
        {
          if (lasting)
            cb_test_world_close (twin);
          complaint = go_on (scene, twin, disk);
        }
      if (complaint != NULL)
        complain (scene, how, number, complaint);
    }
  cb_test_world_close (twin);
  return failed;
}

/* --- memory --- */

static sqlite3_mem_methods real_memory;
static guint memory_fails_at; /* counted down; 0: it does not */
static gboolean memory_has_failed;

static gboolean
memory_ends (void)
{
  if (memory_fails_at == 0 || --memory_fails_at > 0)
    return FALSE;
  memory_has_failed = TRUE;
  return TRUE;
}

static void *
allocate (int size)
{
  return memory_ends () ? NULL : real_memory.xMalloc (size);
}

static void *
reallocate (void *memory, int size)
{
  return memory_ends () ? NULL : real_memory.xRealloc (memory, size);
}

static void
take_over_memory (void)
{
  sqlite3_mem_methods methods;

  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_GETMALLOC, &real_memory), ==, SQLITE_OK);
  methods = real_memory;
  methods.xMalloc = allocate;
  methods.xRealloc = reallocate;
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_MALLOC, &methods), ==, SQLITE_OK);
}

typedef enum
{
  CHILD_ANSWERED,
  CHILD_STUCK, /* it failed, and so did what came after it */
  CHILD_UNTOUCHED,
} Child;

#define MARK_DONE 1
#define MARK_FAILED 2
#define MARK_WENT_ON 3

/* One act with its book open, from which every process sets out; and of which disks is known what
 * is on them: where memory ends between the same two writes the same is left. */
typedef struct
{
  Scene *scene;
  CbTestWorld *twin;
  CbDisk *before;      /* as it is when the act begins */
  CbTrace *trace;      /* what the last process did */
  GHashTable *looked;  /* sums of disks that were found whole after the act */
  GHashTable *went_on; /* and of those that were, cut, after the next one */
} Memory;

/* In a process of its own, which may die of it. */
static Child
act_without_memory (Memory *self, guint number)
{
  g_autoptr (GError) error = NULL;
  gboolean done;

  cb_seed_ids (self->scene->seed);
  memory_fails_at = number;
  done = self->scene->act->run (self->twin, &error);
  memory_fails_at = 0;
  if (!memory_has_failed)
    return CHILD_UNTOUCHED;
  cb_trace_mark (self->trace, done ? MARK_DONE : MARK_FAILED);
  /* What comes after the same comes out the same, however far the act had drawn. */
  cb_seed_ids (~self->scene->seed);
  sqlite3_randomness (0, NULL);
  if ((self->twin->test.book == NULL && !cb_test_world_open (self->twin, NULL)) ||
      !cb_test_world_add_next (self->twin, NULL))
    return CHILD_STUCK;
  cb_trace_mark (self->trace, MARK_WENT_ON);
  return CHILD_ANSWERED;
}

static int
run_child (Memory *self, guint number)
{
  pid_t child = fork ();
  int status = 0;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      struct rlimit none = { 0, 0 };

      setrlimit (RLIMIT_CORE, &none);
      if (freopen ("/dev/null", "w", stderr) == NULL || freopen ("/dev/null", "w", stdout) == NULL)
        _exit (CHILD_STUCK);
      _exit (act_without_memory (self, number));
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return status;
}

/* Whether nobody looked at such a disk yet. */
static gboolean
is_new (GHashTable *known, CbDisk *disk, guint mark)
{
  gint64 sum = (gint64) (cb_disk_sum (disk, NULL) + mark);

  return g_hash_table_add (known, g_memdup2 (&sum, sizeof sum));
}

/* What the process left when it died or answered: of a process, not of a machine. */
static const char *
check_remains (Memory *self, CbDisk *disk, guint mark)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDisk) copy = NULL;
  g_autofree char *view = NULL;

  if (!is_new (self->looked, disk, mark))
    return NULL;
  copy = cb_disk_copy (disk, CB_DISK_EXT4);
  view = look (self->scene, copy, &error);
  return error != NULL ? "the book does not open behind it"
                       : check_view (self->scene, view, mark == MARK_DONE);
}

/* What it did after that survives a power cut. */
static const char *
check_next (Memory *self, CbDisk *disk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDisk) cut = cb_disk_cut (disk, 0);
  g_autofree char *view = NULL;

  if (!is_new (self->went_on, cut, 0))
    return NULL;
  view = look (self->scene, cut, &error);
  return view != NULL && strstr (view, "goes on") != NULL
           ? NULL
           : "what was done after it is lost in a power cut";
}

static const char *
check_process (Memory *self, int status)
{
  g_autoptr (CbDisk) disk = cb_disk_copy (self->before, CB_DISK_EXT4);
  CbTracePlace place = { 0 };
  guint mark = cb_disk_replay_to_mark (disk, self->trace, &place);
  const char *complaint = check_remains (self, disk, mark);

  self->scene->n_died += mark == 0;
  self->scene->n_done += mark == MARK_DONE;
  self->scene->n_failed += mark == MARK_FAILED;
  if (complaint == NULL && !WIFSIGNALED (status) && WEXITSTATUS (status) != CHILD_ANSWERED)
    complaint = "the book does not go on";
  if (complaint == NULL && cb_disk_replay_to_mark (disk, self->trace, &place) == MARK_WENT_ON)
    complaint = check_next (self, disk);
  return complaint;
}

static void
try_memory (Scene *scene, guint stride, guint offset)
{
  CbDisk *disk = cb_disk_copy (scene->before, CB_DISK_EXT4);
  g_autoptr (CbTestWorld) twin = cb_test_world_twin (scene->world);
  g_autoptr (CbDisk) before = NULL;
  g_autoptr (CbTrace) trace = cb_trace_new ();
  g_autoptr (GHashTable) looked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) went_on =
    g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  Memory self = { scene, twin, NULL, trace, looked, went_on };

  cb_disk_mount (disk);
  cb_test_world_open (twin, &error);
  g_assert_no_error (error);
  self.before = before = cb_disk_copy (disk, CB_DISK_EXT4);
  for (guint number = 1 + offset * 7 % stride; number < TRIALS_MAX; number += stride)
    {
      const char *complaint;
      int status;

      cb_trace_clear (trace);
      cb_disk_mount (disk);
      cb_disk_record (disk, trace);
      status = run_child (&self, number);
      cb_disk_record (disk, NULL);
      if (WIFEXITED (status) && WEXITSTATUS (status) == CHILD_UNTOUCHED)
        break;
      complaint = check_process (&self, status);
      if (complaint != NULL)
        complain (scene, "the end of memory", number, complaint);
    }
  cb_disk_mount (disk);
  cb_test_world_close (twin);
  cb_disk_free (disk);
}

/* --- the acts in their order --- */

typedef void (*Trial) (Scene *scene, guint stride, guint offset);

/* Where a single call of many once went wrong: the keys of a batch are each read, and what is not
 * read is easily taken for damaged. Few enough to try each, always. */
static gboolean
is_tried_whole (const CbTestAct *act)
{
  return g_str_equal (act->name, "take a batch");
}

static void
try_disk (Scene *scene, guint stride, guint offset)
{
  if (is_tried_whole (scene->act))
    stride = 1;
  for (CbDiskTrouble trouble = CB_DISK_EIO; trouble <= CB_DISK_ENOSPC; trouble++)
    {
      for (guint lasting = 0; lasting < 2; lasting++)
        {
          guint number = 1 + (offset + 3 * trouble + 5 * lasting) % stride;

          while (number < TRIALS_MAX && try_trouble (scene, trouble, number, lasting != 0))
            number += stride;
        }
    }
}

static void
list_between (Scene *scene, CbTrace *trace)
{
  g_autoptr (CbDisk) disk = cb_disk_copy (scene->before, CB_DISK_EXT4);
  CbTracePlace place = { 0 };

  while (cb_disk_replay (disk, trace, &place))
    {
      g_autoptr (GError) error = NULL;

      if (place.is_sync)
        {
          g_autoptr (CbDisk) copy = cb_disk_copy (disk, CB_DISK_EXT4);

          g_ptr_array_add (scene->between, look (scene, copy, &error));
          g_assert_no_error (error);
        }
    }
}

/* The act as it should go; the disk after it. */
static CbDisk *
act_in_peace (Scene *scene)
{
  g_autoptr (CbTrace) trace = cb_trace_new ();
  CbDisk *disk = cb_disk_copy (scene->before, CB_DISK_EXT4);
  g_autoptr (CbDisk) copy = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done;

  cb_disk_mount (disk);
  cb_disk_record (disk, trace);
  if (scene->world->anna != NULL && !cb_test_world_open (scene->world, &error))
    g_assert_no_error (error);
  cb_seed_ids (scene->seed);
  done = scene->act->run (scene->world, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  cb_test_world_close (scene->world);
  cb_disk_record (disk, NULL);
  list_between (scene, trace);
  copy = cb_disk_copy (disk, CB_DISK_EXT4);
  scene->view_after = look (scene, copy, &error);
  g_assert_no_error (error);
  return disk;
}

static void
try_acts (const CbTestAct *acts,
          guint n_acts,
          gboolean from_nothing,
          Trial trial,
          guint stride,
          const char *what)
{
  g_autoptr (CbTestWorld) world = cb_test_world_new ();
  CbDisk *disk = cb_disk_new (CB_DISK_EXT4);
  Scene sum = { 0 };

  cb_seed_ids (SEED);
  cb_disk_mount (disk);
  if (!from_nothing)
    cb_test_world_set_up (world);
  for (guint i = 0; i < n_acts; i++)
    {
      Scene scene = { .act = &acts[i], .world = world, .before = disk, .seed = SEED + 1 + i };
      g_autoptr (CbDisk) copy = cb_disk_copy (disk, CB_DISK_EXT4);
      g_autoptr (GError) error = NULL;
      CbDisk *after;

      scene.between = g_ptr_array_new_with_free_func (g_free);
      scene.view_before = look (&scene, copy, &error);
      g_assert_no_error (error);
      after = act_in_peace (&scene);
      trial (&scene, stride, i);
      sum.n_failed += scene.n_failed;
      sum.n_done += scene.n_done;
      sum.n_kept += scene.n_kept;
      sum.n_died += scene.n_died;
      sum.n_complaints += scene.n_complaints;
      cb_disk_free (disk);
      disk = after;
      g_free (scene.view_before);
      g_free (scene.view_after);
      g_ptr_array_unref (scene.between);
    }
  cb_disk_mount (NULL);
  cb_disk_free (disk);
  g_test_message (
    "%s: %u trials: %u failed, of them %u are there whole; %u done in spite of it; %u "
    "died; %u complaints",
    what, sum.n_failed + sum.n_done + sum.n_died, sum.n_failed, sum.n_kept, sum.n_done, sum.n_died,
    sum.n_complaints);
  g_assert_cmpuint (sum.n_complaints, ==, 0);
}

static void
test_first_disk (void)
{
  try_acts (cb_test_first_acts, 1, TRUE, try_disk, thin_out (STRIDE_DISK), "the first day");
}

static void
test_counter_disk (void)
{
  try_acts (cb_test_counter_acts, cb_test_n_counter_acts, FALSE, try_disk, thin_out (STRIDE_DISK),
            "the counter");
}

static void
test_later_disk (void)
{
  try_acts (cb_test_later_acts, cb_test_n_later_acts, FALSE, try_disk, thin_out (STRIDE_DISK),
            "later");
}

static void
test_later_memory (void)
{
  try_acts (cb_test_later_acts, cb_test_n_later_acts, FALSE, try_memory, thin_out (STRIDE_MEMORY),
            "later");
}

static void
test_erasure_disk (void)
{
  try_acts (cb_test_erasure_acts, cb_test_n_erasure_acts, FALSE, try_disk, thin_out (STRIDE_DISK),
            "erasure");
}

static void
test_counter_memory (void)
{
  try_acts (cb_test_counter_acts, cb_test_n_counter_acts, FALSE, try_memory,
            thin_out (STRIDE_MEMORY), "the counter");
}

static void
test_erasure_memory (void)
{
  try_acts (cb_test_erasure_acts, cb_test_n_erasure_acts, FALSE, try_memory,
            thin_out (STRIDE_MEMORY), "erasure");
}

/* --- taking back, when memory ends in it --- */

static void
set (CbDb *db, int value)
{
  static const char SQL_SET[] = "UPDATE fact SET value = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_SET);
  g_autoptr (GError) error = NULL;

  cb_stmt_bind_int (stmt, 1, value);
  g_assert_true (cb_stmt_run (stmt, &error));
  g_assert_no_error (error);
}

static gint64
get (CbDb *db)
{
  static const char SQL_GET[] = "SELECT value FROM fact";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_GET);
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_stmt_next (stmt, &error));
  g_assert_no_error (error);
  return cb_stmt_int (stmt, 0);
}

static void
do_nothing (sqlite3_context *context, int n_arguments, sqlite3_value **arguments)
{
}

/* SQLite prepares everything anew after that, ROLLBACK too. */
static void
expire_statements (CbDb *db)
{
  g_autoptr (GError) error = NULL;

  cb_db_add_function (db, "nothing", 0, do_nothing, NULL, &error);
  g_assert_no_error (error);
}

/* FALSE: memory would have had to end later. */
static gboolean
take_back_without_memory (CbDb *db, guint number, guint *n_left_open)
{
  g_autoptr (GError) error = NULL;

  expire_statements (db);
  g_assert_true (cb_db_begin (db, &error));
  set (db, 2);
  expire_statements (db);
  memory_has_failed = FALSE;
  memory_fails_at = number;
  cb_db_rollback (db);
  memory_fails_at = 0;
  *n_left_open += cb_db_is_in_transaction (db);

  /* Of what comes next nothing goes with it: neither by itself nor in a transaction. */
  g_assert_cmpint (get (db), ==, 1);
  g_assert_false (cb_db_is_in_transaction (db));
  g_assert_true (cb_db_begin (db, &error));
  set (db, 3);
  g_assert_true (cb_db_commit (db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get (db), ==, 3);
  set (db, 1);
  return memory_has_failed;
}

static void
test_taking_back (void)
{
  g_autofree char *folder = g_dir_make_tmp ("cb-trouble-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "fact.db", NULL);
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, TRUE, clock, &error);
  guint n_left_open = 0;

  g_assert_no_error (error);
  g_assert_true (
    cb_db_run (db, "CREATE TABLE fact (value INTEGER); INSERT INTO fact VALUES (1)", &error));
  for (guint number = 1; take_back_without_memory (db, number, &n_left_open); number++)
    g_assert_cmpuint (number, <, 1000);
  g_assert_cmpuint (n_left_open, >, 0);
  cb_db_close (db);
  cb_test_remove_tree (folder);
}

/* What the product says on the way is not what this is about. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) == 0)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_standard_streams (level, fields, n_fields, data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
  cb_seed_ids (SEED);
  take_over_memory ();
  g_test_add_func ("/trouble/memory/taking-back", test_taking_back);
  g_test_add_func ("/trouble/disk/first-day", test_first_disk);
  g_test_add_func ("/trouble/disk/counter", test_counter_disk);
  g_test_add_func ("/trouble/disk/later", test_later_disk);
  g_test_add_func ("/trouble/disk/erasure", test_erasure_disk);
  g_test_add_func ("/trouble/memory/counter", test_counter_memory);
  g_test_add_func ("/trouble/memory/later", test_later_memory);
  g_test_add_func ("/trouble/memory/erasure", test_erasure_memory);
  return g_test_run ();
}
