/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-world.h"

#include <string.h>

#include "base/cb-error.h"
#include "cb-test-schema.h"
#include "store/cb-book-private.h"
#include "vault/cb-seal.h"

#define PIN "482915"
#define WRONG_PIN "739264"

/* Nonce, key and tag at the end of store.key. */
#define WRAPPED_BYTES 72

static const char old_book[] =
  "First Name,Last Name,E-mail,Phone\n"
  "Ada,Qcanary,ada.qcanary@example.org,020 7946 0101\n"
  "Ben,Qcanary,ben.qcanary@example.org,\n"
  "Qcanary,,,\n";

static const char opt_outs[] = "Email\nada.qcanary@example.org\nnobody.qcanary@example.org\n";

/* --- the world --- */

CbTestWorld *
cb_test_world_new (void)
{
  CbTestWorld *world = g_new0 (CbTestWorld, 1);

  world->test.root = g_strdup (CB_DISK_ROOT);
  world->test.home = g_strdup (CB_DISK_ROOT "/store");
  world->test.state_root = g_strdup (CB_DISK_ROOT "/state");
  world->test.clock = cb_clock_new_manual (CB_TEST_MORNING_US);
  world->erased = g_ptr_array_new_with_free_func (g_free);
  return world;
}

CbTestWorld *
cb_test_world_twin (CbTestWorld *world)
{
  CbTestWorld *twin = cb_test_world_new ();

  g_set_object (&twin->test.clock, world->test.clock);
  g_set_object (&twin->test.admin, world->test.admin);
  g_set_object (&twin->test.manager, world->test.manager);
  g_set_object (&twin->test.associate, world->test.associate);
  twin->anna = g_strdup (world->anna);
  twin->ben = g_strdup (world->ben);
  twin->cara = g_strdup (world->cara);
  twin->dora = g_strdup (world->dora);
  return twin;
}

/* --- opening and closing --- */

void
cb_test_world_close (CbTestWorld *world)
{
  g_clear_pointer (&world->batch, cb_batch_unref);
  if (world->test.book != NULL)
    g_assert_finalize_object (world->test.book);
  world->test.book = NULL;
}

void
cb_test_world_free (CbTestWorld *world)
{
  cb_test_world_close (world);
  g_clear_object (&world->test.admin);
  g_clear_object (&world->test.manager);
  g_clear_object (&world->test.associate);
  g_clear_object (&world->test.clock);
  g_ptr_array_unref (world->erased);
  g_clear_pointer (&world->old_key, g_bytes_unref);
  g_clear_pointer (&world->recovery, cb_text_wipe);
  g_free (world->anna);
  g_free (world->ben);
  g_free (world->cara);
  g_free (world->dora);
  g_free (world->test.root);
  g_free (world->test.home);
  g_free (world->test.state_root);
  g_free (world);
}

gboolean
cb_test_world_open (CbTestWorld *world, GError **error)
{
  world->test.book =
    cb_book_open (world->test.home, world->test.state_root, world->test.clock, error);
  return world->test.book != NULL;
}

/* --- acts of the counter --- */

static gboolean
add_customer (CbTestWorld *world, const char *given, char **id, GError **error)
{
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autofree char *email = g_strdup_printf ("%s.qcanary@example.com", given);
  const char *emails[] = { email, NULL };
  const char *phones[] = { "07700 900888", NULL };
  g_autofree char *fresh = NULL;

  draft->given = g_strdup (given);
  draft->family = g_strdup ("Qcanary");
  draft->emails = g_strdupv ((char **) emails);
  draft->phones = g_strdupv ((char **) phones);
  fresh = cb_book_add_customer (world->test.book, world->test.associate, draft, error);
  if (id != NULL)
    {
      g_free (*id);
      *id = g_strdup (fresh);
    }
  return fresh != NULL;
}

static gboolean
add_note (CbTestWorld *world,
          const char *customer,
          const char *text,
          gboolean ends_draft,
          GError **error)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNote) note = NULL;

  draft->text = g_strdup (text);
  draft->ends_draft = ends_draft;
  note = cb_book_add_note (world->test.book, world->test.associate, customer, draft, error);
  return note != NULL;
}

static gboolean
answer (CbTestWorld *world,
        const char *customer,
        const char *purpose,
        CbChannel channel,
        CbAnswer given,
        GError **error)
{
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_autofree char *receipt = NULL;
  CbAnswerDraft *draft = cb_answer_draft_new ();

  draft->purpose = g_strdup (purpose);
  draft->channel = channel;
  draft->answer = given;
  draft->method = CB_METHOD_TAPPED;
  g_ptr_array_add (answers, draft);
  receipt =
    cb_book_record_answers (world->test.book, world->test.associate, customer, answers, error);
  return receipt != NULL;
}

static gboolean
act_add_customer (CbTestWorld *world, GError **error)
{
  return add_customer (world, "Eva", NULL, error);
}

/* The count of wrong tries is what has to be kept: the PIN is refused in any case. */
static gboolean
act_wrong_pin (CbTestWorld *world, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint tries_left = 0;
  gint64 wait_until_us = 0;
  g_autoptr (CbStaff) staff =
    cb_book_sign_in (world->test.book, cb_staff_get_id (world->test.associate), WRONG_PIN,
                     &tries_left, &wait_until_us, &local_error);

  g_assert_null (staff);
  if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_WRONG_PIN))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
act_agreed_note (CbTestWorld *world, GError **error)
{
  return add_note (world, world->anna, "qcanary likes navy", FALSE, error);
}

static gboolean
act_unasked_note (CbTestWorld *world, GError **error)
{
  return add_note (world, world->ben, "qcanary likes red", FALSE, error);
}

/* Longer than a page. */
static gboolean
act_long_note (CbTestWorld *world, GError **error)
{
  g_autofree char *text = g_strnfill (7000, 'w');

  memcpy (text, "qcanary", 7);
  return add_note (world, world->anna, text, FALSE, error);
}

static gboolean
set_preference (CbTestWorld *world, const char *customer, const char *value, GError **error)
{
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) set = NULL;

  draft->value = g_strdup (value);
  draft->garment = g_strdup ("boot");
  set = cb_book_set_preference (world->test.book, world->test.associate, customer, draft, error);
  return set != NULL;
}

static gboolean
act_preference (CbTestWorld *world, GError **error)
{
  return set_preference (world, world->anna, "38 qcanary", error);
}

static gboolean
act_preference_again (CbTestWorld *world, GError **error)
{
  return set_preference (world, world->anna, "39 qcanary", error);
}

static gboolean
act_consent (CbTestWorld *world, GError **error)
{
  return answer (world, world->ben, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES, error);
}

static gboolean
act_refusal (CbTestWorld *world, GError **error)
{
  return answer (world, world->ben, "news", CB_CHANNEL_EMAIL, CB_ANSWER_NO, error);
}

static gboolean
act_withdrawal (CbTestWorld *world, GError **error)
{
  return cb_book_withdraw (world->test.book, world->test.associate, world->anna, "shop",
                           CB_CHANNEL_NONE, error);
}

static gboolean
act_draft (CbTestWorld *world, GError **error)
{
  CbNoteDraft *note = cb_note_draft_new ();
  g_autoptr (CbUnsaved) unsaved = cb_unsaved_new_note (note);

  note->text = g_strdup ("qcanary half a sen");
  return cb_book_keep_draft (world->test.book, world->test.associate, world->ben, unsaved, error);
}

static gboolean
act_note_of_draft (CbTestWorld *world, GError **error)
{
  return add_note (world, world->ben, "qcanary half a sentence", TRUE, error);
}

static gboolean
act_batch (CbTestWorld *world, GError **error)
{
  g_clear_pointer (&world->batch, cb_batch_unref);
  world->batch = cb_book_take_batch (world->test.book, 500, 1 << 20, error);
  return world->batch != NULL;
}

/* One of them is refused, one is to be tried again, the rest is taken. */
static gboolean
act_settle (CbTestWorld *world, GError **error)
{
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  guint n_ops;

  if (world->batch == NULL && !act_batch (world, error))
    return FALSE;
  n_ops = cb_batch_get_length (world->batch);
  g_assert_cmpuint (n_ops, >, 2);
  for (guint i = 0; i < n_ops; i++)
    {
      CbSettled settled = i + 1 == n_ops   ? CB_SETTLED_PARKED
                          : i + 2 == n_ops ? CB_SETTLED_RETRY
                                           : CB_SETTLED_ACCEPTED;
      CbSettlement *settlement =
        cb_settlement_new (cb_batch_get_op (world->batch, i)->op_id, settled);

      settlement->n = i + 1;
      settlement->code =
        settled == CB_SETTLED_ACCEPTED ? NULL : g_strdup (i + 1 == n_ops ? "forbidden" : "busy");
      g_ptr_array_add (settlements, settlement);
    }
  return cb_book_settle (world->test.book, settlements, error);
}

static CbImport *
new_import (const char *text, gboolean is_list)
{
  static const CbImportOptions options = { 0 };
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, -1, NULL);

  return is_list ? cb_import_new_suppressions (stream, &options)
                 : cb_import_new (stream, CB_EXCHANGE_CSV, &options);
}

static gboolean
import_all (CbTestWorld *world, CbImport *import, GError **error)
{
  gboolean more = TRUE;

  while (more)
    {
      if (!cb_book_import_piece (world->test.book, world->test.manager, import, &more, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
act_import (CbTestWorld *world, GError **error)
{
  g_autoptr (CbImport) import = new_import (old_book, FALSE);

  return import_all (world, import, error);
}

static gboolean
act_opt_outs (CbTestWorld *world, GError **error)
{
  g_autoptr (CbImport) import = new_import (opt_outs, TRUE);

  return import_all (world, import, error);
}

static gboolean
act_checkpoint (CbTestWorld *world, GError **error)
{
  return cb_db_checkpoint (world->test.book->db, FALSE, error);
}

static gboolean
act_truncate (CbTestWorld *world, GError **error)
{
  return cb_db_checkpoint (world->test.book->db, TRUE, error);
}

static gboolean
act_reopen (CbTestWorld *world, GError **error)
{
  cb_test_world_close (world);
  return cb_test_world_open (world, error);
}

static gboolean
act_unanswered (CbTestWorld *world, GError **error)
{
  const char *const purposes[] = { "shop", "everywhere", "news", NULL };
  g_autoptr (CbDismissal) dismissal = cb_dismissal_new (purposes);
  guint n_recorded;

  return cb_book_record_dismissed (world->test.book, world->test.associate, world->ben, dismissal,
                                   &n_recorded, error);
}

static gboolean
act_retention (CbTestWorld *world, GError **error)
{
  return cb_book_run_retention (world->test.book, error) >= 0;
}

static gboolean
act_back_up (CbTestWorld *world, GError **error)
{
  return cb_book_back_up_managed (world->test.book, error);
}

const CbTestAct cb_test_counter_acts[] = {
  { "open", act_reopen },
  { "add a customer", act_add_customer },
  { "wrong PIN", act_wrong_pin },
  { "note that may leave", act_agreed_note },
  { "note nobody was asked about", act_unasked_note },
  { "preference", act_preference },
  { "checkpoint", act_checkpoint },
  { "preference anew", act_preference_again },
  { "cards without an answer", act_unanswered },
  { "consent", act_consent },
  { "take a batch", act_batch },
  { "settle", act_settle },
  { "refusal", act_refusal },
  { "withdrawal", act_withdrawal },
  { "truncate the WAL", act_truncate },
  { "keep a draft", act_draft },
  { "note of a draft", act_note_of_draft },
  { "back-up", act_back_up },
  { "import", act_import },
  { "import opt-outs", act_opt_outs },
  { "long note", act_long_note },
  { "retention", act_retention },
  { "close and open", act_reopen },
};
const guint cb_test_n_counter_acts = G_N_ELEMENTS (cb_test_counter_acts);

/* What it finds is said once: after that nothing is due. */
static gboolean
act_clean (CbTestWorld *world, GError **error)
{
  gboolean passed = FALSE;
  gboolean done = cb_book_clean (world->test.book, &passed, error);

  g_assert_true (!done || passed);
  return done;
}

/* --- what is done with what is there --- */

/* Of Anna's, the one that was written or asked for last. */
static char *
dup_newest_note (CbTestWorld *world, GError **error)
{
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (world->test.book, world->test.associate, world->anna, error);
  GPtrArray *notes = dossier != NULL ? cb_dossier_get_notes (dossier) : NULL;

  return notes != NULL && notes->len > 0 ? g_strdup (cb_note_get_id (notes->pdata[0])) : NULL;
}

static char *
dup_open_request (CbTestWorld *world, GError **error)
{
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (world->test.book, world->test.associate, world->anna, error);
  GPtrArray *requests = dossier != NULL ? cb_dossier_get_requests (dossier) : NULL;

  return requests != NULL && requests->len > 0
           ? g_strdup (cb_matter_get_fields (requests->pdata[0])->id)
           : NULL;
}

static gboolean
act_correction (CbTestWorld *world, GError **error)
{
  g_autofree char *id = dup_newest_note (world, error);
  g_autoptr (CbNote) note = id != NULL
                              ? cb_book_correct_note (world->test.book, world->test.associate, id,
                                                      "qcanary likes dark navy", error)
                              : NULL;

  return note != NULL;
}

static gboolean
act_redaction (CbTestWorld *world, GError **error)
{
  g_autofree char *id = dup_newest_note (world, error);
  g_autoptr (CbReviewDraft) draft =
    cb_review_draft_new (CB_REVIEW_REDACTED, CB_REVIEW_REASON_OPINION);

  draft->kept = g_strdup ("likes dark navy");
  return id != NULL && cb_book_review (world->test.book, world->test.manager, id, draft, error);
}

/* From here on. */
static gboolean
act_read_all (CbTestWorld *world, GError **error)
{
  return cb_book_set_review_sample (world->test.book, world->test.manager, 100, error);
}

static gboolean
act_restriction (CbTestWorld *world, GError **error)
{
  return cb_book_restrict_customer (world->test.book, world->test.manager, world->dora, TRUE,
                                    error);
}

static gboolean
act_release (CbTestWorld *world, GError **error)
{
  return cb_book_restrict_customer (world->test.book, world->test.manager, world->dora, FALSE,
                                    error);
}

static gboolean
add_matter (CbTestWorld *world, CbMatterKind kind, GError **error)
{
  g_autoptr (CbMatterDraft) draft = cb_matter_draft_new ();
  g_autoptr (CbMatter) matter = NULL;

  draft->kind = kind;
  draft->text = g_strdup ("the qcanary boot in 38");
  draft->due_us = CB_TEST_MORNING_US + 3 * CB_US_PER_DAY;
  matter = cb_book_add_request (world->test.book, world->test.associate, world->anna, draft, error);
  return matter != NULL;
}

static gboolean
act_request (CbTestWorld *world, GError **error)
{
  return add_matter (world, CB_MATTER_ORDER, error);
}

static gboolean
act_promise (CbTestWorld *world, GError **error)
{
  return add_matter (world, CB_MATTER_PROMISE, error);
}

static gboolean
move_request (CbTestWorld *world, CbMatterState state, GError **error)
{
  g_autofree char *id = dup_open_request (world, error);
  g_autoptr (CbMatter) moved = id != NULL
                                 ? cb_book_move_request (world->test.book, world->test.associate,
                                                         id, state, CB_CHANNEL_NONE, error)
                                 : NULL;

  return moved != NULL;
}

static gboolean
act_in_hand (CbTestWorld *world, GError **error)
{
  return move_request (world, CB_MATTER_IN_HAND, error);
}

static gboolean
act_done (CbTestWorld *world, GError **error)
{
  return move_request (world, CB_MATTER_DONE, error);
}

const CbTestAct cb_test_later_acts[] = {
  { "open", act_reopen },
  { "all are read", act_read_all },
  { "note", act_agreed_note },
  { "correction", act_correction },
  { "request", act_request },
  { "request in hand", act_in_hand },
  { "request done", act_done },
  { "promise", act_promise },
  { "restriction", act_restriction },
  { "redaction", act_redaction },
  { "cleaning", act_clean },
  { "release", act_release },
  { "close and open", act_reopen },
};
const guint cb_test_n_later_acts = G_N_ELEMENTS (cb_test_later_acts);

/* --- erasure --- */

/* The wrapped store key: with it gone, nothing that lies about of an old page opens. */
static void
remember_key (CbTestWorld *world)
{
  g_autofree char *path = g_build_filename (
    world->test.state_root, cb_book_get_store_id (world->test.book), "store.key", NULL);
  g_autoptr (GBytes) bytes = cb_disk_read (cb_disk_get_mounted (), path);

  g_assert_cmpuint (g_bytes_get_size (bytes), >, WRAPPED_BYTES);
  g_clear_pointer (&world->old_key, g_bytes_unref);
  world->old_key =
    g_bytes_new_from_bytes (bytes, g_bytes_get_size (bytes) - WRAPPED_BYTES, WRAPPED_BYTES);
}

static gboolean
act_erase (CbTestWorld *world, GError **error)
{
  if (world->old_key == NULL)
    remember_key (world);
  if (!cb_book_erase (world->test.book, world->test.manager, world->cara, CB_ERASE_REQUEST, error))
    return FALSE;
  g_ptr_array_add (world->erased, g_strdup (world->cara));
  return TRUE;
}

static gboolean
act_gone (CbTestWorld *world, GError **error)
{
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GPtrArray) items = cb_book_list_outbox (world->test.book, G_MAXUINT, error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      CbOutboxItem *item = items->pdata[i];

      if (g_str_equal (cb_outbox_item_get_customer_id (item), world->dora))
        g_ptr_array_add (settlements,
                         cb_settlement_new (cb_outbox_item_get_id (item), CB_SETTLED_GONE));
      else if (cb_outbox_item_get_state (item) == CB_DELIVERY_WAITING)
        g_ptr_array_add (settlements,
                         cb_settlement_new (cb_outbox_item_get_id (item), CB_SETTLED_ACCEPTED));
    }
  if (items == NULL || !cb_book_settle (world->test.book, settlements, error))
    return FALSE;
  g_ptr_array_add (world->erased, g_strdup (world->dora));
  return TRUE;
}

static gboolean
act_rotate (CbTestWorld *world, GError **error)
{
  return cb_book_rotate (world->test.book, error);
}

const CbTestAct cb_test_erasure_acts[] = {
  { "open", act_reopen },
  { "erasure", act_erase },
  { "note after it", act_agreed_note },
  { "the service says gone", act_gone },
  { "close and open", act_reopen },
  { "cleaning", act_clean },
  { "back-up", act_back_up },
  { "rotation", act_rotate },
  { "truncate the WAL", act_truncate },
  { "back-up anew", act_back_up },
  { "preference", act_preference },
};
const guint cb_test_n_erasure_acts = G_N_ELEMENTS (cb_test_erasure_acts);

/* --- the first day --- */

static gboolean
act_create (CbTestWorld *world, GError **error)
{
  CbBookOptions options = {
    .name = "Test Shop",
    .region = "GB",
    .keep_unasked_days = 7,
    .keep_basis = "legitimate-interest",
  };

  cb_test_world_close (world);
  g_clear_pointer (&world->recovery, cb_text_wipe);
  world->test.book = cb_book_create (world->test.home, world->test.state_root, world->test.clock,
                                     &options, &world->recovery, error);
  return world->test.book != NULL;
}

static gboolean
add_staff (CbTestWorld *world, const char *name, CbRole role, CbStaff **staff, GError **error)
{
  g_autofree char *id =
    cb_book_add_staff (world->test.book, world->test.admin, name, role, PIN, error);

  if (id == NULL)
    return FALSE;
  g_clear_object (staff);
  *staff = cb_book_find_staff (world->test.book, id, error);
  return *staff != NULL;
}

static gboolean
act_add_admin (CbTestWorld *world, GError **error)
{
  return add_staff (world, "Qcanary Admin", CB_ROLE_ADMIN, &world->test.admin, error);
}

static gboolean
act_add_manager (CbTestWorld *world, GError **error)
{
  return add_staff (world, "Qcanary Manager", CB_ROLE_MANAGER, &world->test.manager, error);
}

static gboolean
act_add_associate (CbTestWorld *world, GError **error)
{
  return add_staff (world, "Qcanary Associate", CB_ROLE_ASSOCIATE, &world->test.associate, error);
}

const CbTestAct cb_test_first_acts[] = {
  { "create the store", act_create },     { "add an admin", act_add_admin },
  { "add a manager", act_add_manager },   { "add an associate", act_add_associate },
  { "add a customer", act_add_customer },
};
const guint cb_test_n_first_acts = G_N_ELEMENTS (cb_test_first_acts);

void
cb_test_world_set_up (CbTestWorld *world)
{
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;

  for (guint i = 0; done && i < 4; i++)
    done = cb_test_first_acts[i].run (world, &error);
  g_assert_no_error (error);
  done = add_customer (world, "Anna", &world->anna, &error) &&
         answer (world, world->anna, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, &error) &&
         act_agreed_note (world, &error) && add_customer (world, "Ben", &world->ben, &error) &&
         act_unasked_note (world, &error) && add_customer (world, "Cara", &world->cara, &error) &&
         answer (world, world->cara, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES, &error) &&
         add_note (world, world->cara, "qcanary of one who goes", FALSE, &error) &&
         set_preference (world, world->cara, "40 qcanary", &error) &&
         add_customer (world, "Dora", &world->dora, &error) &&
         answer (world, world->dora, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  cb_test_world_close (world);
}

/* --- a store of an older version --- */

const CbTestAct cb_test_migration_acts[] = {
  { "open and migrate", act_reopen },
  { "add a customer", act_add_customer },
  { "close and open", act_reopen },
};
const guint cb_test_n_migration_acts = G_N_ELEMENTS (cb_test_migration_acts);

/* As the first version would have made it: a shop, and who works there. */
void
cb_test_world_set_up_old (CbTestWorld *world)
{
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;

  cb_test_schema_set_newest (1);
  for (guint i = 0; done && i < 4; i++)
    done = cb_test_first_acts[i].run (world, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  cb_test_world_close (world);
  cb_test_schema_set_newest (0);
}

/* Of the version before answers could stay away: two customers, and what one of them answered as
 * that version wrote it. */
void
cb_test_world_set_up_answered (CbTestWorld *world)
{
  static const char old_answer[] =
    "INSERT INTO consent_request (id, customer, notice, version, language, medium, staff, shown_us,"
    " outcome) SELECT 'shown-' || id, id, 'counter', 1, 'en', 'screen', 'staff', created_us,"
    " 'answered' FROM customer;"
    "INSERT INTO consent_event (id, request, customer, purpose, channel, state, entity, method,"
    " notice, version, language, staff, at_us, tz_minutes)"
    " SELECT 'answer-' || id, 'shown-' || id, id, 'shop', '*', 'given', 'customer', 'tapped',"
    " 'counter', 1, 'en', 'staff', created_us, 0 FROM customer";
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;

  cb_test_schema_set_newest (14);
  for (guint i = 0; done && i < 4; i++)
    done = cb_test_first_acts[i].run (world, &error);
  g_assert_no_error (error);
  done = add_customer (world, "Anna", &world->anna, &error) &&
         add_customer (world, "Ben", &world->ben, &error) &&
         cb_db_run (world->test.book->db, old_answer, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  cb_test_world_close (world);
  cb_test_schema_set_newest (0);
}

const CbTestAct cb_test_answered_acts[] = {
  { "open and migrate", act_reopen },
  { "note that may leave", act_agreed_note },
  { "close and open", act_reopen },
};
const guint cb_test_n_answered_acts = G_N_ELEMENTS (cb_test_answered_acts);

gboolean
cb_test_world_add_next (CbTestWorld *world, GError **error)
{
  return add_note (world, world->anna, "qcanary goes on", FALSE, error);
}

gboolean
cb_test_world_go_on (CbTestWorld *world, GError **error)
{
  if (world->anna == NULL)
    return TRUE;
  return cb_test_world_add_next (world, error) &&
         cb_book_erase (world->test.book, world->test.manager, world->ben, CB_ERASE_REQUEST, error);
}
