/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-sim-private.h"

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "service/cb-admission.h"
#include "service/cb-place.h"
#include "support/cb-seeded-ids.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define YEAR (365 * CB_US_PER_DAY)

/* After the faults: within this time everything must have been sent, heard and put right. Waiting
 * for a yes that another terminal has to offer again takes a quarter of an hour. */
#define HEALING (90 * MINUTE)

CbSimTally cb_sim_tally;

/* Nobody pulls the plug of this machine: a simulated one goes off between two calls. */
int fsync (int fd);
int fdatasync (int fd);

int
fsync (int fd)
{
  return 0;
}

int
fdatasync (int fd)
{
  return 0;
}

const char *
cb_sim_mutant_name (CbSimMutant mutant)
{
  static const char *const names[] = {
    [CB_SIM_SOUND] = "sound",
    [CB_SIM_NO_RETRY] = "a-retry-is-not-armed",
    [CB_SIM_ACCEPTS_UNHEARD] = "accepted-before-there-is-an-answer",
    [CB_SIM_CURSOR_FIRST] = "the-cursor-is-kept-before-its-page",
    [CB_SIM_NO_LEDGER] = "the-ledger-is-lost-with-the-database",
    [CB_SIM_NO_NEW_HISTORY] = "no-new-history-after-a-restore",
    [CB_SIM_NO_DEDUPLICATION] = "an-operation-has-as-many-effects-as-it-has-arrivals",
    [CB_SIM_BATCH_FAILS] = "one-bad-operation-spoils-its-batch",
    [CB_SIM_CLEARS_ALL] = "an-answer-clears-all-that-waits",
    [CB_SIM_WATERMARK] = "what-is-older-than-the-newest-counts-as-known",
    [CB_SIM_CLIENT_CLOCK] = "a-terminals-clock-decides",
    [CB_SIM_PRUNES] = "the-erased-are-forgotten",
    [CB_SIM_OLD_NAME] = "a-terminal-that-was-put-back-goes-on",
  };

  return names[mutant];
}

/* --- numbers --- */

gboolean
cb_sim_chance (CbSim *self, gdouble of)
{
  return g_rand_double (self->random) < of;
}

gint64
cb_sim_between (CbSim *self, gint64 from_us, gint64 to_us)
{
  return from_us + (gint64) (g_rand_double (self->random) * (gdouble) (to_us - from_us));
}

void
cb_sim_complain (CbSim *self, const char *format, ...)
{
  va_list args;

  if (self->trouble->len > 0)
    return;
  va_start (args, format);
  g_string_vprintf (self->trouble, format, args);
  va_end (args);
}

void
cb_sim_trace (CbSim *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (g_getenv ("CB_SIM_TRACE") == NULL)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("%8.3f s  %s",
                  (gdouble) cb_virtual_time_get_elapsed_us (self->time) / CB_US_PER_SECOND, text);
}

/* --- files --- */

static void
copy_tree (const char *from, const char *to)
{
  g_autoptr (GDir) directory = g_dir_open (from, 0, NULL);
  const char *name;

  g_mkdir_with_parents (to, 0700);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length = 0;

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        copy_tree (source, target);
      else if (g_file_get_contents (source, &bytes, &length, NULL))
        g_assert_true (g_file_set_contents_full (target, bytes, (gssize) length,
                                                 G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

static GBytes *
read_file (const char *path)
{
  char *bytes = NULL;
  gsize length = 0;

  return g_file_get_contents (path, &bytes, &length, NULL) ? g_bytes_new_take (bytes, length)
                                                           : NULL;
}

/* A database without its log, of which nothing is open. */
static void
write_database (const char *path, GBytes *bytes)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *index = g_strconcat (path, "-shm", NULL);
  gsize length = 0;
  const char *data = g_bytes_get_data (bytes, &length);

  g_remove (log);
  g_remove (index);
  g_assert_true (
    g_file_set_contents_full (path, data, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* --- the mould --- */

static void
enrol (CbService *service, CbTestBook *shop)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  g_autofree char *code = cb_admission_make_code (service, "Port Halden", NULL);
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (GBytes) chain_key =
    g_bytes_new (cb_service_get_identity (service)->chain_key, CB_CHAIN_KEY_BYTES);
  g_autoptr (CbEnrolment) enrolment = NULL;
  g_autoptr (GError) error = NULL;
  CbEnrolmentFields fields = { .service_url = "http://127.0.0.1:1", .store_name = "Port Halden" };

  crypto_sign_keypair (public_key, secret_key);
  secret = g_bytes_new (secret_key, sizeof secret_key);
  g_assert_cmpint (cb_admission_enrol (service, code, public_key, &terminal, &error), ==,
                   CB_ADMISSION_GRANTED);
  fields.terminal_id = terminal.id;
  fields.secret_key = secret;
  fields.chain_key = chain_key;
  enrolment = cb_enrolment_new (&fields);
  g_assert_true (cb_book_save_enrolment (shop->book, enrolment, &error));
  g_assert_no_error (error);
}

CbSimMould *
cb_sim_mould_new (void)
{
  CbSimMould *self = g_new0 (CbSimMould, 1);
  g_autoptr (CbClock) clock = cb_clock_new_manual (CB_SIM_START_US);
  g_auto (CbPlace) place = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  CbService *service = NULL;

  umask (077);
  g_assert_cmpint (sodium_init (), >=, 0);
  cb_seed_ids (1);
  self->folder = g_dir_make_tmp ("cb-sim-XXXXXX", NULL);
  address = g_strconcat ("sqlite:", self->folder, "/service/profiles.db", NULL);
  g_assert_null (cb_place_parse (&place, address, NULL));
  g_mkdir_with_parents (place.path, 0700);
  g_rmdir (place.path);
  service = cb_service_new (cb_place_open (&place, TRUE, &error), place.path, clock, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < CB_SIM_TILLS; i++)
    {
      CbTestBook shop = { 0 };
      g_autofree char *target = g_strdup_printf ("%s/till%u", self->folder, i);

      cb_test_book_set_up (&shop);
      enrol (service, &shop);
      self->staff[i] = g_object_ref (shop.associate);
      self->managers[i] = g_object_ref (shop.manager);
      g_assert_finalize_object (g_steal_pointer (&shop.book));
      copy_tree (shop.root, target);
      shop.book = cb_book_open (shop.home, shop.state_root, shop.clock, &error);
      cb_test_book_tear_down (&shop);
    }
  cb_service_free (service);
  return self;
}

void
cb_sim_mould_free (CbSimMould *self)
{
  cb_test_remove_tree (self->folder);
  for (guint i = 0; i < CB_SIM_TILLS; i++)
    {
      g_object_unref (self->staff[i]);
      g_object_unref (self->managers[i]);
    }
  g_free (self->folder);
  g_free (self);
}

/* --- the world --- */

static void
set_up_till (CbSim *self, guint index)
{
  CbSimTill *till = &self->tills[index];
  gint64 wrong_us = 0;

  if (cb_sim_chance (self, 0.3))
    wrong_us = cb_sim_between (self, -YEAR, YEAR);
  till->sim = self;
  till->index = index;
  till->folder = g_strdup_printf ("%s/till%u", self->folder, index);
  till->home = g_build_filename (till->folder, "home", NULL);
  till->state = g_build_filename (till->folder, "state", NULL);
  till->clock = cb_virtual_time_add_clock (self->time, CB_SIM_START_US + wrong_us);
  till->sync_state = cb_sync_state_new ();
  till->since = g_ptr_array_new_with_free_func (g_free);
  till->staff = self->mould->staff[index];
  till->manager = self->mould->managers[index];
}

CbSim *
cb_sim_new (const CbSimMould *mould, guint64 seed, CbSimMutant mutant)
{
  CbSim *self = g_new0 (CbSim, 1);

  cb_seed_ids (seed);
  self->mould = mould;
  self->seed = seed;
  self->mutant = mutant;
  self->random = g_rand_new_with_seed ((guint32) (seed ^ (seed >> 32)));
  self->folder = g_dir_make_tmp ("cb-sim-XXXXXX", NULL);
  copy_tree (mould->folder, self->folder);
  self->database = g_build_filename (self->folder, "service", "profiles.db", NULL);
  self->time = cb_virtual_time_new (CB_SIM_START_US);
  self->poisoned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->newest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->yeses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->people = g_ptr_array_new_with_free_func (g_free);
  self->erased = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->withdrawn = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->trouble = g_string_new (NULL);
  self->drop = cb_sim_chance (self, 0.8) ? 0.15 : 0;
  self->doubling = cb_sim_chance (self, 0.8) ? 0.1 : 0;
  self->poison = cb_sim_chance (self, 0.3) ? 0.05 : 0;
  for (guint i = 0; i < CB_SIM_TILLS; i++)
    set_up_till (self, i);
  return self;
}

void
cb_sim_free (CbSim *self)
{
  for (guint i = 0; i < CB_SIM_TILLS; i++)
    {
      CbSimTill *till = &self->tills[i];

      cb_sim_till_close (till);
    }
  cb_sim_net_clear (self);
  cb_sim_service_close (self);
  for (guint i = 0; i < CB_SIM_TILLS; i++)
    {
      CbSimTill *till = &self->tills[i];

      g_clear_object (&till->outbox);
      g_clear_object (&till->sender);
      g_clear_object (&till->sync_state);
      g_clear_pointer (&till->copy, g_bytes_unref);
      g_clear_pointer (&till->copy_key, g_bytes_unref);
      g_ptr_array_unref (till->since);
      g_free (till->folder);
      g_free (till->home);
      g_free (till->state);
    }
  g_ptr_array_unref (self->flights);
  g_clear_pointer (&self->copy, g_bytes_unref);
  cb_virtual_time_free (self->time);
  cb_test_remove_tree (self->folder);
  g_hash_table_unref (self->poisoned);
  g_hash_table_unref (self->newest);
  g_hash_table_unref (self->ends);
  g_hash_table_unref (self->yeses);
  g_ptr_array_unref (self->people);
  g_hash_table_unref (self->erased);
  g_hash_table_unref (self->withdrawn);
  g_hash_table_unref (self->words);
  g_string_free (self->trouble, TRUE);
  g_rand_free (self->random);
  g_free (self->database);
  g_free (self->folder);
  g_free (self);
}

/* --- what people do --- */

static const char *
pick_person (CbSim *self)
{
  if (self->people->len == 0)
    return NULL;
  return self->people->pdata[g_rand_int_range (self->random, 0, (gint32) self->people->len)];
}

/* Whoever is not there, or was erased, is nobody to write about. */
static gboolean
knows (CbSimTill *till, const char *customer)
{
  g_autoptr (CbDossier) dossier = NULL;

  if (customer == NULL)
    return FALSE;
  dossier = cb_book_load_dossier (till->book, till->manager, customer, NULL);
  return dossier != NULL;
}

static const char *
pick_purpose (CbSim *self)
{
  return cb_sim_chance (self, 0.7) ? "shop" : "everywhere";
}

static gboolean
is_allowed (CbSimTill *till, const char *customer, const char *purpose)
{
  g_autoptr (CbPermission) permission = cb_book_permit (
    till->book, till->staff, customer, purpose, CB_CHANNEL_NONE, CB_CIRCUMSTANCE_NONE, NULL);

  return permission != NULL && cb_permission_is_allowed (permission);
}

static void
answer_yes (CbSimTill *till, const char *customer, const char *purpose)
{
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_autofree char *receipt = NULL;
  g_autofree char *key = g_strdup_printf ("%s/%s", customer, purpose);
  g_autoptr (GError) error = NULL;
  CbAnswerDraft *draft = cb_answer_draft_new ();

  draft->purpose = g_strdup (purpose);
  draft->channel = CB_CHANNEL_NONE;
  draft->answer = CB_ANSWER_YES;
  draft->method = CB_METHOD_TAPPED;
  g_ptr_array_add (answers, draft);
  receipt = cb_book_record_answers (till->book, till->staff, customer, answers, &error);
  g_assert_no_error (error);
  g_hash_table_remove (till->sim->withdrawn, key);
  cb_sim_net_note_yes (till, key);
  cb_sim_trace (till->sim, "till %u: %s says yes to %s", till->index, customer, purpose);
}

static void
act_withdraw (CbSimTill *till, const char *customer)
{
  const char *purpose = pick_purpose (till->sim);
  g_autoptr (GError) error = NULL;

  if (!is_allowed (till, customer, purpose))
    return;
  g_assert_true (
    cb_book_withdraw (till->book, till->staff, customer, purpose, CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  g_hash_table_add (till->sim->withdrawn, g_strdup_printf ("%s/%s", customer, purpose));
  g_ptr_array_add (till->since, g_strdup_printf ("%s/%s", customer, purpose));
  cb_sim_trace (till->sim, "till %u: %s withdraws %s", till->index, customer, purpose);
  cb_sim_tally.n_withdrawals++;
}

static void
act_note (CbSimTill *till, const char *customer)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;

  draft->text = g_strdup_printf ("note %u of till %u", cb_sim_tally.n_acts, till->index);
  draft->purpose = g_strdup (pick_purpose (till->sim));
  note = cb_book_add_note (till->book, till->staff, customer, draft, &error);
  g_assert_no_error (error);
  g_hash_table_insert (till->sim->words, g_strdup (cb_note_get_id (note)),
                       g_strdup_printf ("%u/%s/%s", till->index, customer, draft->text));
  g_ptr_array_add (till->since, g_strdup (cb_note_get_id (note)));
  cb_sim_trace (till->sim, "till %u: note %s of %s for %s", till->index, cb_note_get_id (note),
                customer, draft->purpose);
}

static void
act_preference (CbSimTill *till, const char *customer)
{
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) preference = NULL;
  g_autoptr (GError) error = NULL;

  draft->value = g_strdup_printf ("%d", g_rand_int_range (till->sim->random, 30, 50));
  draft->garment = g_strdup (cb_sim_chance (till->sim, 0.5) ? "boot" : "coat");
  preference = cb_book_set_preference (till->book, till->staff, customer, draft, &error);
  g_assert_no_error (error);
  cb_sim_trace (till->sim, "till %u: preference %s of %s", till->index,
                cb_preference_get_id (preference), customer);
}

static void
act_arrive (CbSimTill *till)
{
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  draft->given = g_strdup_printf ("Guest %u", till->sim->people->len);
  draft->family = g_strdup ("Simulated");
  id = cb_book_add_customer (till->book, till->staff, draft, &error);
  g_assert_no_error (error);
  g_ptr_array_add (till->sim->people, id);
  cb_sim_trace (till->sim, "till %u: %s is new", till->index, id);
  if (cb_sim_chance (till->sim, 0.8))
    answer_yes (till, id, pick_purpose (till->sim));
  act_note (till, id);
}

static void
act_erase (CbSimTill *till, const char *customer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_erase (till->book, till->manager, customer, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  g_hash_table_add (till->sim->erased, g_strdup (customer));
  cb_sim_trace (till->sim, "till %u: %s is erased", till->index, customer);
  cb_sim_tally.n_erasures++;
}

typedef enum
{
  ACT_ARRIVE,
  ACT_NOTE,
  ACT_PREFERENCE,
  ACT_YES,
  ACT_WITHDRAW,
  ACT_ERASE,
} Act;

static const guint act_weights[CB_SIM_N_ACTS] = { 20, 35, 17, 12, 10, 6 };

/* One of them, as likely as its weight. */
static guint
pick (CbSim *self, const guint *weights, guint n_weights)
{
  guint sum = 0;
  guint at = 0;
  gint drawn = 0;

  for (guint i = 0; i < n_weights; i++)
    sum += weights[i];
  drawn = g_rand_int_range (self->random, 0, (gint32) sum);
  while (drawn >= (gint) weights[at])
    drawn -= (gint) weights[at++];
  return at;
}

static void
act_at_counter (CbSimTill *till)
{
  CbSim *sim = till->sim;
  const char *customer = pick_person (sim);
  const Act act = pick (sim, sim->acts, CB_SIM_N_ACTS);

  cb_sim_tally.n_acts++;
  switch (knows (till, customer) ? act : ACT_ARRIVE)
    {
    case ACT_ARRIVE:
      act_arrive (till);
      break;
    case ACT_NOTE:
      act_note (till, customer);
      break;
    case ACT_PREFERENCE:
      act_preference (till, customer);
      break;
    case ACT_YES:
      answer_yes (till, customer, pick_purpose (sim));
      break;
    case ACT_WITHDRAW:
      act_withdraw (till, customer);
      break;
    case ACT_ERASE:
      act_erase (till, customer);
      break;
    }
  cb_engine_wake (till->engine);
}

/* --- what machines do --- */

static void
crash_till (CbSimTill *till)
{
  cb_sim_tally.n_crashes++;
  cb_sim_trace (till->sim, "till %u: crashes", till->index);
  cb_sim_till_close (till);
  cb_sim_till_open (till);
  cb_sim_till_start (till);
}

static char *
path_of (CbSimTill *till, const char *name)
{
  return g_build_filename (till->home, name, NULL);
}

/* The key lies apart from the store, and every erasure makes another. */
static GBytes *
read_key (CbSimTill *till)
{
  g_autoptr (GDir) directory = g_dir_open (till->state, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (till->state, name, "store.key", NULL);
      GBytes *key = read_file (path);

      if (key != NULL)
        return key;
    }
  return NULL;
}

static void
copy_till (CbSimTill *till)
{
  g_autofree char *path = path_of (till, "counterbook.db");

  cb_sim_trace (till->sim, "till %u: is copied", till->index);
  cb_sim_till_close (till);
  g_clear_pointer (&till->copy, g_bytes_unref);
  g_clear_pointer (&till->copy_key, g_bytes_unref);
  till->copy = read_file (path);
  till->copy_key = read_key (till);
  g_ptr_array_set_size (till->since, 0);
  cb_sim_till_open (till);
  cb_sim_till_start (till);
}

/* What nobody was told of is lost with the disk. */
static void
forget_since (CbSimTill *till)
{
  for (guint i = 0; i < till->since->len; i++)
    {
      g_hash_table_remove (till->sim->words, till->since->pdata[i]);
      g_hash_table_remove (till->sim->withdrawn, till->since->pdata[i]);
    }
  g_ptr_array_set_size (till->since, 0);
}

/* An older copy that an erasure's new key has left behind opens for nobody. */
static void
put_till_back (CbSimTill *till)
{
  g_autofree char *path = path_of (till, "counterbook.db");
  g_autoptr (GBytes) key = NULL;

  if (till->copy == NULL)
    return;
  cb_sim_till_close (till);
  key = read_key (till);
  if (g_bytes_equal (key, till->copy_key))
    {
      cb_sim_trace (till->sim, "till %u: is put back", till->index);
      cb_sim_tally.n_till_restores++;
      write_database (path, till->copy);
      forget_since (till);
    }
  cb_sim_till_open (till);
  cb_sim_till_start (till);
}

static void
decide_at_centre (CbSim *self)
{
  const char *customer = pick_person (self);
  const char *purpose = pick_purpose (self);
  g_autoptr (GError) error = NULL;

  if (self->service == NULL || customer == NULL)
    return;
  if (cb_sim_chance (self, 0.3))
    {
      g_assert_true (cb_service_erase (self->service, customer, &error));
      g_hash_table_add (self->erased, g_strdup (customer));
      cb_sim_trace (self, "centre: %s is erased", customer);
      cb_sim_tally.n_erasures++;
    }
  else if (!g_hash_table_contains (self->erased, customer))
    {
      g_assert_true (cb_service_withdraw (self->service, customer, purpose, NULL, &error));
      g_hash_table_add (self->withdrawn, g_strdup_printf ("%s/%s", customer, purpose));
      cb_sim_trace (self, "centre: %s withdraws %s", customer, purpose);
      cb_sim_tally.n_withdrawals++;
    }
  g_assert_no_error (error);
}

static void
lose_beside (CbSim *self, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (self->database);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_remove (path);
}

static void
forget_erased (CbSim *self)
{
  lose_beside (self, "erasures.log");
  cb_sim_service_edit (self, "DELETE FROM erased");
}

static void
crash_service (CbSim *self)
{
  cb_sim_tally.n_service_crashes++;
  cb_sim_trace (self, "service: crashes");
  cb_sim_service_close (self);
  if (self->mutant == CB_SIM_PRUNES)
    forget_erased (self);
  cb_virtual_time_run (self->time, cb_sim_between (self, 0, 30 * SECOND));
  cb_sim_service_open (self, FALSE);
}

static void
copy_service (CbSim *self)
{
  cb_sim_service_close (self);
  g_clear_pointer (&self->copy, g_bytes_unref);
  self->copy = read_file (self->database);
  cb_sim_trace (self, "service: is copied");
  cb_sim_service_open (self, FALSE);
}

static void
restore_service (CbSim *self)
{
  if (self->copy == NULL)
    return;
  cb_sim_tally.n_service_restores++;
  cb_sim_trace (self, "service: is put back");
  cb_sim_service_close (self);
  write_database (self->database, self->copy);
  if (self->mutant == CB_SIM_NO_LEDGER)
    {
      lose_beside (self, "erasures.log");
      lose_beside (self, "ends.log");
    }
  cb_sim_service_open (self, self->mutant != CB_SIM_NO_NEW_HISTORY);
}

typedef enum
{
  EVENT_ACT,
  EVENT_CRASH,
  EVENT_SERVICE_CRASH,
  EVENT_SERVICE_COPY,
  EVENT_SERVICE_RESTORE,
  EVENT_CENTRE,
  EVENT_CUT,
  EVENT_COPY,
  EVENT_RESTORE,
} Event;

static const guint event_weights[CB_SIM_N_EVENTS] = { 72, 7, 4, 4, 3, 3, 7, 4, 3 };

static void
cut_or_mend (CbSimTill *till)
{
  gboolean *is_cut_off = &till->sim->is_cut_off[till->index];

  *is_cut_off = !*is_cut_off;
  cb_sim_trace (till->sim, "till %u: %s", till->index,
                *is_cut_off ? "is cut off" : "is there again");
}

static void
happen (CbSim *self)
{
  CbSimTill *till = &self->tills[g_rand_int_range (self->random, 0, CB_SIM_TILLS)];

  switch ((Event) pick (self, self->events, CB_SIM_N_EVENTS))
    {
    case EVENT_ACT:
      act_at_counter (till);
      break;
    case EVENT_CRASH:
      crash_till (till);
      break;
    case EVENT_SERVICE_CRASH:
      crash_service (self);
      break;
    case EVENT_SERVICE_COPY:
      copy_service (self);
      break;
    case EVENT_SERVICE_RESTORE:
      restore_service (self);
      break;
    case EVENT_CENTRE:
      decide_at_centre (self);
      break;
    case EVENT_CUT:
      cut_or_mend (till);
      break;
    case EVENT_COPY:
      copy_till (till);
      break;
    case EVENT_RESTORE:
      put_till_back (till);
      break;
    }
}

/* Each world has its own mixture, for what goes wrong together is rare in the average one (Groce
 * and others, "Swarm testing", ISSTA 2012). What the first stands for happens in each. */
static void
mix (CbSim *self, const guint *from, guint n, guint *into)
{
  static const guint factors[] = { 0, 1, 1, 4 };

  into[0] = from[0];
  for (guint i = 1; i < n; i++)
    into[i] = from[i] * factors[g_rand_int_range (self->random, 0, G_N_ELEMENTS (factors))];
}

/* --- a run --- */

static void
go_wrong (CbSim *self)
{
  const int n_events = g_rand_int_range (self->random, 8, 32);

  mix (self, act_weights, CB_SIM_N_ACTS, self->acts);
  mix (self, event_weights, CB_SIM_N_EVENTS, self->events);
  self->is_lying = TRUE;
  for (int i = 0; i < n_events; i++)
    {
      cb_virtual_time_run (self->time, cb_sim_between (self, 0, 20 * SECOND));
      happen (self);
    }
}

static void
heal (CbSim *self)
{
  cb_sim_trace (self, "everything is mended");
  self->is_lying = FALSE;
  memset (self->is_cut_off, 0, sizeof self->is_cut_off);
  for (gint64 waited_us = 0; waited_us < HEALING; waited_us += 5 * MINUTE)
    {
      cb_virtual_time_run (self->time, 5 * MINUTE);
      g_string_truncate (self->trouble, 0);
      cb_sim_judge (self);
      if (self->trouble->len == 0)
        return;
    }
}

char *
cb_sim_run (CbSim *self)
{
  cb_sim_service_open (self, FALSE);
  for (guint i = 0; i < CB_SIM_TILLS; i++)
    {
      cb_sim_till_open (&self->tills[i]);
      cb_sim_till_start (&self->tills[i]);
    }
  go_wrong (self);
  heal (self);
  return self->trouble->len > 0 ? g_strdup (self->trouble->str) : NULL;
}
