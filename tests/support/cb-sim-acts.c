/* SPDX-License-Identifier: Apache-2.0 */

/* What people do: at the counters, and at the centre. */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-sim-private.h"

typedef enum
{
  ACT_ARRIVE,
  ACT_NOTE,
  ACT_PREFERENCE,
  ACT_YES,
  ACT_WITHDRAW,
  ACT_ERASE,
} Act;

const guint cb_sim_act_weights[CB_SIM_N_ACTS] = { 20, 35, 17, 12, 10, 6 };

static const char *
pick_person (CbSim *self)
{
  if (self->people->len == 0)
    return NULL;
  return self->people->pdata[g_rand_int_range (self->random, 0, (gint32) self->people->len)];
}

/* --- ends, and who made them --- */

static void
note_end (GHashTable *ends, char *what, guint who)
{
  const guint by = GPOINTER_TO_UINT (g_hash_table_lookup (ends, what));

  g_hash_table_insert (ends, what, GUINT_TO_POINTER (by | 1u << who));
}

void
cb_sim_lose_end (GHashTable *ends, const char *what, guint who)
{
  const guint by = GPOINTER_TO_UINT (g_hash_table_lookup (ends, what)) & ~(1u << who);

  if (by == 0)
    g_hash_table_remove (ends, what);
  else
    g_hash_table_insert (ends, g_strdup (what), GUINT_TO_POINTER (by));
}

/* --- acts --- */

/* Whoever is not there, or was erased, is nobody to write about. */
gboolean
cb_sim_knows (CbSimTill *till, const char *customer)
{
  g_autoptr (CbDossier) dossier = NULL;

  if (till->book == NULL || customer == NULL)
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

void
cb_sim_say_yes (CbSimTill *till, const char *customer, const char *purpose)
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
  note_end (till->sim->withdrawn, g_strdup_printf ("%s/%s", customer, purpose), till->index);
  g_ptr_array_add (till->since, g_strdup_printf ("%s/%s", customer, purpose));
  cb_sim_trace (till->sim, "till %u: %s withdraws %s", till->index, customer, purpose);
  cb_sim_tally.n_withdrawals++;
}

void
cb_sim_note (CbSimTill *till, const char *customer)
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

const char *
cb_sim_arrive (CbSimTill *till)
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
    cb_sim_say_yes (till, id, pick_purpose (till->sim));
  cb_sim_note (till, id);
  return id;
}

void
cb_sim_erase (CbSimTill *till, const char *customer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_erase (till->book, till->manager, customer, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  note_end (till->sim->erased, g_strdup (customer), till->index);
  g_ptr_array_add (till->since, g_strdup (customer));
  cb_sim_trace (till->sim, "till %u: %s is erased", till->index, customer);
  cb_sim_tally.n_erasures++;
}

void
cb_sim_act (CbSimTill *till)
{
  CbSim *sim = till->sim;
  const char *customer = pick_person (sim);
  const Act act = cb_sim_pick (sim, sim->acts, CB_SIM_N_ACTS);

  cb_sim_tally.n_acts++;
  switch (cb_sim_knows (till, customer) ? act : ACT_ARRIVE)
    {
    case ACT_ARRIVE:
      cb_sim_arrive (till);
      break;
    case ACT_NOTE:
      cb_sim_note (till, customer);
      break;
    case ACT_PREFERENCE:
      act_preference (till, customer);
      break;
    case ACT_YES:
      cb_sim_say_yes (till, customer, pick_purpose (sim));
      break;
    case ACT_WITHDRAW:
      act_withdraw (till, customer);
      break;
    case ACT_ERASE:
      cb_sim_erase (till, customer);
      break;
    }
  cb_engine_wake (till->engine);
}

void
cb_sim_erase_at_centre (CbSim *self, const char *customer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_service_erase (self->service, customer, &error));
  g_assert_no_error (error);
  note_end (self->erased, g_strdup (customer), CB_SIM_CENTRE);
  cb_sim_trace (self, "centre: %s is erased", customer);
  cb_sim_tally.n_erasures++;
}

static void
withdraw_at_centre (CbSim *self, const char *customer, const char *purpose)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_service_withdraw (self->service, customer, purpose, NULL, &error));
  g_assert_no_error (error);
  note_end (self->withdrawn, g_strdup_printf ("%s/%s", customer, purpose), CB_SIM_CENTRE);
  cb_sim_trace (self, "centre: %s withdraws %s", customer, purpose);
  cb_sim_tally.n_withdrawals++;
}

void
cb_sim_decide_at_centre (CbSim *self)
{
  const char *customer = pick_person (self);
  const char *purpose = pick_purpose (self);

  if (self->service == NULL || customer == NULL)
    return;
  if (cb_sim_chance (self, 0.3))
    cb_sim_erase_at_centre (self, customer);
  else if (!g_hash_table_contains (self->erased, customer))
    withdraw_at_centre (self, customer, purpose);
}
