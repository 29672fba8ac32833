/* SPDX-License-Identifier: Apache-2.0 */

/* What machines do: they crash, they are copied, put back, doubled and wiped. */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-sim-private.h"

#include "cb-test-book.h"

#include <glib/gstdio.h>

#define SECOND G_GINT64_CONSTANT (1000000)

/* --- files --- */

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
  g_assert_true (
    g_file_set_contents_full (to, bytes, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

void
cb_sim_copy_tree (const char *from, const char *to)
{
  g_autoptr (GDir) directory = g_dir_open (from, 0, NULL);
  const char *name;

  g_mkdir_with_parents (to, 0700);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        cb_sim_copy_tree (source, target);
      else
        copy_file (source, target);
    }
}

/* A database without its log, of which nothing is open. */
static void
replace_database (const char *from, const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *index = g_strconcat (path, "-shm", NULL);

  g_remove (log);
  g_remove (index);
  copy_file (from, path);
}

static char *
image_of (CbSimTill *till)
{
  return g_strdup_printf ("%s/image%u", till->sim->folder, till->index);
}

/* --- what a disk that goes takes with it --- */

static gboolean
is_unsent (CbOutboxItem *item)
{
  const CbDelivery state = cb_outbox_item_get_state (item);

  return state == CB_DELIVERY_WAITING || state == CB_DELIVERY_SENT;
}

/* Erasures and withdrawals that nobody but this machine knows of: ids, and "customer/purpose". */
static GHashTable *
list_unsent_ends (CbSimTill *till)
{
  g_autoptr (GPtrArray) items = cb_book_list_outbox (till->book, G_MAXUINT, NULL);
  GHashTable *ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < items->len; i++)
    {
      CbOutboxItem *item = items->pdata[i];
      const char *act = cb_outbox_item_get_act (item);
      const char *customer = cb_outbox_item_get_customer_id (item);

      if (!is_unsent (item))
        continue;
      if (g_strcmp0 (act, "erase") == 0)
        g_hash_table_add (ends, g_strdup (customer));
      if (g_strcmp0 (act, "withdraw") == 0)
        g_hash_table_add (ends,
                          g_strdup_printf ("%s/%s", customer, cb_outbox_item_get_purpose (item)));
    }
  return ends;
}

/* What nobody was told of is lost with the disk: since the copy that is put back. */
static void
forget_since (CbSimTill *till)
{
  g_autoptr (GHashTable) ends = list_unsent_ends (till);

  for (guint i = 0; i < till->since->len; i++)
    {
      const char *what = till->since->pdata[i];

      g_hash_table_remove (till->sim->words, what);
      if (!g_hash_table_contains (ends, what))
        continue;
      cb_sim_lose_end (till->sim->withdrawn, what, till->index);
      cb_sim_lose_end (till->sim->erased, what, till->index);
    }
  g_ptr_array_set_size (till->since, 0);
}

static gboolean
is_of (gpointer id, gpointer said, gpointer till)
{
  return g_ascii_strtoull (said, NULL, 10) == ((CbSimTill *) till)->index;
}

/* The same where there is no copy. */
static void
forget_all (CbSimTill *till)
{
  g_autoptr (GHashTable) ends = list_unsent_ends (till);
  GHashTableIter iter;
  gpointer what = NULL;

  g_hash_table_foreach_remove (till->sim->words, is_of, till);
  g_hash_table_iter_init (&iter, ends);
  while (g_hash_table_iter_next (&iter, &what, NULL))
    {
      cb_sim_lose_end (till->sim->withdrawn, what, till->index);
      cb_sim_lose_end (till->sim->erased, what, till->index);
    }
  g_ptr_array_set_size (till->since, 0);
}

/* --- a terminal --- */

static void
begin_again (CbSimTill *till)
{
  cb_sim_till_open (till);
  cb_sim_till_start (till);
}

void
cb_sim_crash_till (CbSimTill *till)
{
  cb_sim_tally.n_crashes++;
  cb_sim_trace (till->sim, "till %u: crashes", till->index);
  cb_sim_till_close (till);
  begin_again (till);
}

void
cb_sim_copy_till (CbSimTill *till)
{
  g_autofree char *image = image_of (till);

  cb_sim_trace (till->sim, "till %u: is copied", till->index);
  cb_sim_till_close (till);
  cb_test_remove_tree (image);
  cb_sim_copy_tree (till->folder, image);
  till->has_copy = TRUE;
  g_ptr_array_set_size (till->since, 0);
  begin_again (till);
}

/* The key lies apart from the store, and every erasure makes another. */
static GBytes *
read_key (const char *folder)
{
  g_autofree char *state = g_build_filename (folder, "state", NULL);
  g_autoptr (GDir) directory = g_dir_open (state, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (state, name, "store.key", NULL);
      char *bytes = NULL;
      gsize length = 0;

      if (g_file_get_contents (path, &bytes, &length, NULL))
        return g_bytes_new_take (bytes, length);
    }
  return NULL;
}

static gboolean
has_same_key (CbSimTill *till, const char *image)
{
  g_autoptr (GBytes) own = read_key (till->folder);
  g_autoptr (GBytes) other = read_key (image);

  return g_bytes_equal (own, other);
}

/* An older database that an erasure's new key has left behind opens for nobody; an older disk with
 * its older key does. */
void
cb_sim_put_till_back (CbSimTill *till, CbSimPart part)
{
  g_autofree char *image = image_of (till);
  g_autofree char *from = g_build_filename (image, "home", "counterbook.db", NULL);
  g_autofree char *path = g_build_filename (till->home, "counterbook.db", NULL);

  if (!till->has_copy || (part == CB_SIM_DATABASE && !has_same_key (till, image)))
    return;
  cb_sim_trace (till->sim, "till %u: is put back%s", till->index,
                part == CB_SIM_DISK ? ", its whole disk" : "");
  cb_sim_tally.n_till_restores++;
  forget_since (till);
  cb_sim_till_close (till);
  if (part == CB_SIM_DATABASE)
    replace_database (from, path);
  else
    {
      cb_test_remove_tree (till->folder);
      cb_sim_copy_tree (image, till->folder);
    }
  begin_again (till);
}

/* Its disk as it stands now goes on in another machine as well. */
void
cb_sim_clone_till (CbSimTill *till)
{
  CbSimTill *twin = &till->sim->tills[CB_SIM_TWIN];

  if (twin->book != NULL)
    return;
  cb_sim_trace (till->sim, "till %u: stands twice", till->index);
  cb_sim_tally.n_clones++;
  cb_sim_till_close (till);
  cb_sim_copy_tree (till->folder, twin->folder);
  twin->staff = till->staff;
  twin->manager = till->manager;
  begin_again (till);
  begin_again (twin);
}

/* A new disk, with which it is another terminal; there is one such. */
void
cb_sim_wipe_till (CbSimTill *till)
{
  CbSim *sim = till->sim;
  g_autofree char *spare = g_build_filename (sim->folder, "spare", NULL);

  if (sim->is_spare_used)
    return;
  sim->is_spare_used = TRUE;
  cb_sim_trace (sim, "till %u: is wiped", till->index);
  cb_sim_tally.n_wipes++;
  forget_all (till);
  cb_sim_till_close (till);
  cb_test_remove_tree (till->folder);
  cb_sim_copy_tree (spare, till->folder);
  till->has_copy = FALSE;
  till->staff = sim->mould->staff[CB_SIM_SPARE];
  till->manager = sim->mould->managers[CB_SIM_SPARE];
  begin_again (till);
}

/* --- the service --- */

static char *
beside_database (CbSim *self, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (self->database);

  return g_build_filename (folder, name, NULL);
}

static void
lose_beside (CbSim *self, const char *name)
{
  g_autofree char *path = beside_database (self, name);

  g_remove (path);
}

static void
forget_erased (CbSim *self)
{
  lose_beside (self, "erasures.log");
  cb_sim_service_edit (self, "DELETE FROM erased");
}

void
cb_sim_crash_service (CbSim *self)
{
  cb_sim_tally.n_service_crashes++;
  cb_sim_trace (self, "service: crashes");
  cb_sim_service_close (self);
  if (self->mutant == CB_SIM_PRUNES)
    forget_erased (self);
  cb_virtual_time_run (self->time, cb_sim_between (self, 0, 30 * SECOND));
  cb_sim_service_open (self, FALSE);
}

static char *
copy_of_service (CbSim *self)
{
  return g_build_filename (self->folder, "profiles.copy", NULL);
}

void
cb_sim_copy_service (CbSim *self)
{
  g_autofree char *copy = copy_of_service (self);

  cb_sim_service_close (self);
  copy_file (self->database, copy);
  cb_sim_trace (self, "service: is copied");
  cb_sim_service_open (self, FALSE);
}

void
cb_sim_put_service_back (CbSim *self)
{
  g_autofree char *copy = copy_of_service (self);

  if (!g_file_test (copy, G_FILE_TEST_EXISTS))
    return;
  cb_sim_tally.n_service_restores++;
  cb_sim_trace (self, "service: is put back");
  self->was_put_back = TRUE;
  cb_sim_service_close (self);
  replace_database (copy, self->database);
  if (self->mutant == CB_SIM_NO_LEDGER)
    {
      lose_beside (self, "erasures.log");
      lose_beside (self, "ends.log");
    }
  cb_sim_service_open (self, self->mutant != CB_SIM_NO_NEW_HISTORY);
}

static void
point_at_service (CbSim *self, const char *folder)
{
  g_free (self->database);
  self->database = g_build_filename (self->folder, folder, "profiles.db", NULL);
}

void
cb_sim_move_service (CbSim *self)
{
  g_autofree char *from = g_path_get_dirname (self->database);
  g_autofree char *to = g_build_filename (self->folder, "elsewhere", NULL);

  cb_sim_trace (self, "service: goes on elsewhere");
  cb_sim_service_close (self);
  cb_sim_copy_tree (from, to);
  point_at_service (self, "elsewhere");
  cb_sim_service_open (self, TRUE);
}

void
cb_sim_move_service_home (CbSim *self)
{
  cb_sim_trace (self, "service: is at home again");
  cb_sim_service_close (self);
  point_at_service (self, "service");
  cb_sim_service_open (self, FALSE);
}

void
cb_sim_wipe_service (CbSim *self)
{
  g_autofree char *folder = g_path_get_dirname (self->database);

  cb_sim_trace (self, "service: is wiped");
  cb_sim_service_close (self);
  cb_test_remove_tree (folder);
  self->service = cb_sim_make_service (self->database, cb_virtual_time_get_clock (self->time));
  for (guint i = 0; i < CB_SIM_MACHINES; i++)
    {
      CbSimTill *till = &self->tills[i];

      if (till->book == NULL)
        continue;
      cb_sim_till_close (till);
      cb_sim_till_open (till);
      cb_sim_enrol (self->service, till->book);
      cb_sim_till_start (till);
    }
}
