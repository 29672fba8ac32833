/* SPDX-License-Identifier: Apache-2.0 */

/* A yes that a guardian gives for a child: on what it rests and by which act, that it goes out as
 * theirs, and that a no of either is as easy as any. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "consent/cb-conditions.h"
#include "db/cb-db.h"
#include "store/cb-book-private.h"
#include "store/cb-repair.h"

#define PROOF "zq7form 17, grey folder"

typedef struct
{
  CbTestBook test;
  char *child;
} World;

static void
set_up (World *world, gconstpointer data)
{
  cb_test_book_set_up (&world->test);
  world->child =
    cb_test_book_add_customer (&world->test, "Pia", "Testperson", NULL, "07700 900417");
}

static void
tear_down (World *world, gconstpointer data)
{
  g_free (world->child);
  cb_test_book_tear_down (&world->test);
}

static CbAnswerDraft *
draft_new (const char *purpose, CbAnswer answer, CbMethod method, const char *proof)
{
  CbAnswerDraft *draft = cb_answer_draft_new ();

  draft->purpose = g_strdup (purpose);
  draft->channel = g_str_equal (purpose, "news") ? CB_CHANNEL_PHONE : CB_CHANNEL_NONE;
  draft->entity = CB_ENTITY_GUARDIAN;
  draft->answer = answer;
  draft->method = method;
  draft->proof = g_strdup (proof);
  return draft;
}

/* Takes the draft. */
static gboolean
record (World *world, CbAnswerDraft *draft, GError **error)
{
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_autofree char *receipt = NULL;

  g_ptr_array_add (answers, draft);
  receipt =
    cb_book_record_answers (world->test.book, world->test.associate, world->child, answers, error);
  return receipt != NULL;
}

static void
agree (World *world, const char *purpose)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
    record (world, draft_new (purpose, CB_ANSWER_YES, CB_METHOD_SIGNED, PROOF), &error));
  g_assert_no_error (error);
}

static void
assert_stands (World *world, const char *purpose, CbVerdict verdict, const char *by)
{
  g_autoptr (CbPermission) permission = cb_book_permit (
    world->test.book, world->test.associate, world->child, purpose,
    g_str_equal (purpose, "news") ? CB_CHANNEL_PHONE : CB_CHANNEL_NONE, CB_CIRCUMSTANCE_NONE, NULL);

  g_assert_cmpint (cb_permission_get_verdict (permission), ==, verdict);
  g_assert_cmpstr (cb_permission_get_by (permission), ==, by);
}

/* Another connection, past everything that the book would say. */
static gint64
count (World *world, const char *sql)
{
  g_autofree char *path = g_build_filename (world->test.home, "counterbook.db", NULL);
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, world->test.clock, NULL);
  gint64 value;

  {
    g_autoptr (CbStmt) stmt = cb_db_prepare (db, sql);

    g_assert_true (cb_stmt_next (stmt, NULL));
    value = cb_stmt_int (stmt, 0);
  }
  cb_db_close (db);
  return value;
}

#define COUNT_EVENTS(state)                                                                        \
  "SELECT count(*) FROM consent_event WHERE entity = 'guardian' AND state = '" state "'"

/* The evidence of the yes that is on its way. */
static JsonObject *
find_evidence (GPtrArray *sent)
{
  for (guint i = 0; i < sent->len; i++)
    {
      JsonObject *op = g_ptr_array_index (sent, i);

      if (g_strcmp0 (cb_json_get_string (op, "act"), "grant") == 0)
        return cb_json_get_object (cb_json_get_object (op, "body"), "evidence");
    }
  return NULL;
}

static void
assert_evidence (GPtrArray *sent)
{
  JsonObject *evidence = find_evidence (sent);

  g_assert_nonnull (evidence);
  g_assert_cmpstr (cb_json_get_string (evidence, "entity"), ==, "guardian");
  g_assert_cmpstr (cb_json_get_string (evidence, "method"), ==, "signed");
  g_assert_cmpstr (cb_json_get_string (evidence, "proof"), ==, PROOF);
}

static void
test_is_theirs (World *world, gconstpointer data)
{
  g_autoptr (GPtrArray) sent = NULL;

  agree (world, "shop");
  assert_stands (world, "shop", CB_VERDICT_ALLOWED, "guardian");
  assert_stands (world, "everywhere", CB_VERDICT_NOT_ASKED, NULL);
  sent = cb_test_book_push (&world->test);
  assert_evidence (sent);
  cb_test_book_reopen (&world->test);
  assert_stands (world, "shop", CB_VERDICT_ALLOWED, "guardian");
  g_assert_cmpint (count (world, COUNT_EVENTS ("given")), ==, 1);
  g_assert_cmpuint (cb_test_count_files_with (world->test.home, PROOF), ==, 0);
}

/* What suffices for the customer's own yes to this shop does not for a guardian's. */
static void
test_needs_proof_and_act (World *world, gconstpointer data)
{
  static const struct
  {
    CbMethod method;
    const char *proof;
  } wrong[] = {
    { CB_METHOD_SPOKEN, PROOF }, { CB_METHOD_SPOKEN, NULL },   { CB_METHOD_SIGNED, NULL },
    { CB_METHOD_TAPPED, "" },    { CB_METHOD_OWN_PHONE, " " }, { CB_METHOD_SIGNED, "\t\n " },
  };
  static const char *const purposes[] = { "shop", "everywhere", "news", "invitations" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    for (guint k = 0; k < G_N_ELEMENTS (purposes); k++)
      {
        g_autoptr (GError) error = NULL;

        g_assert_false (record (
          world, draft_new (purposes[k], CB_ANSWER_YES, wrong[i].method, wrong[i].proof), &error));
        g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
        g_assert_null (strstr (error->message, "zq7"));
      }
  g_assert_cmpint (count (world, "SELECT count(*) FROM consent_event"), ==, 0);
  for (guint k = 0; k < G_N_ELEMENTS (purposes); k++)
    agree (world, purposes[k]);
  g_assert_cmpint (count (world, COUNT_EVENTS ("given")), ==, G_N_ELEMENTS (purposes));
}

static void
test_no_is_as_easy (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
    record (world, draft_new ("shop", CB_ANSWER_LATER, CB_METHOD_SPOKEN, NULL), &error));
  g_assert_true (record (world, draft_new ("news", CB_ANSWER_NO, CB_METHOD_SPOKEN, NULL), &error));
  assert_stands (world, "shop", CB_VERDICT_LATER, "guardian");
  assert_stands (world, "news", CB_VERDICT_REFUSED, "guardian");
  agree (world, "shop");
  g_assert_true (cb_book_withdraw_by (world->test.book, world->test.associate, world->child,
                                      CB_ENTITY_GUARDIAN, "shop", CB_CHANNEL_NONE, &error));
  assert_stands (world, "shop", CB_VERDICT_WITHDRAWN, "guardian");
  g_assert_cmpint (count (world, COUNT_EVENTS ("withdrawn")), ==, 1);
  g_assert_no_error (error);
}

/* And the child's own ends what a guardian agreed to. */
static void
test_child_says_no (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  agree (world, "shop");
  agree (world, "news");
  g_assert_true (cb_book_withdraw (world->test.book, world->test.associate, world->child, "shop",
                                   CB_CHANNEL_NONE, &error));
  cb_test_book_answer (&world->test, world->child, "news", CB_CHANNEL_PHONE, CB_ANSWER_NO,
                       CB_METHOD_SPOKEN);
  assert_stands (world, "shop", CB_VERDICT_WITHDRAWN, "customer");
  assert_stands (world, "news", CB_VERDICT_WITHDRAWN, "customer");
  g_assert_cmpint (count (world, COUNT_EVENTS ("withdrawn")), ==, 0);
  sent = cb_test_book_push (&world->test);
  g_assert_null (find_evidence (sent));
}

static gboolean
limit (World *world, guint at_most, GError **error)
{
  CbConditionsDraft draft = {
    .purpose = "news",
    .channel = CB_CHANNEL_PHONE,
    .method = CB_METHOD_TAPPED,
    .conditions = CB_CONDITIONS_NONE,
  };

  draft.conditions.at_most = at_most;
  draft.conditions.per_days = at_most > 0 ? 30 : 0;
  return cb_book_set_conditions (world->test.book, world->test.associate, world->child, &draft,
                                 error);
}

/* Less is for anybody to say, and the yes that is sent again stays the guardian's. */
static void
test_more_is_a_new_yes (World *world, gconstpointer data)
{
  CbAnswerDraft *wider = draft_new ("news", CB_ANSWER_YES, CB_METHOD_SIGNED, PROOF);
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;

  agree (world, "news");
  first = cb_test_book_push (&world->test);
  assert_evidence (first);
  g_assert_true (limit (world, 1, &error));
  g_assert_no_error (error);
  again = cb_test_book_push (&world->test);
  assert_evidence (again);
  g_assert_nonnull (cb_json_get_array (find_evidence (again), "conditions"));
  g_assert_false (limit (world, 5, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (limit (world, 0, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  g_clear_error (&error);
  wider->has_conditions = TRUE;
  wider->conditions.at_most = 5;
  wider->conditions.per_days = 30;
  g_assert_true (record (world, wider, &error));
  g_assert_no_error (error);
}

/* Nothing in place of the page on which every answer is; the book is closed for it. */
static void
damage_answers (World *world)
{
  static const char SQL_GET_ROOT[] =
    "SELECT rootpage FROM sqlite_schema WHERE name = 'consent_event'";
  static const char SQL_GET_PAGE_BYTES[] = "PRAGMA page_size";
  g_autofree char *path = g_build_filename (world->test.home, "counterbook.db", NULL);
  g_autofree char *bytes = NULL;
  gsize page = (gsize) count (world, SQL_GET_ROOT) - 1;
  gsize length = (gsize) count (world, SQL_GET_PAGE_BYTES);
  gsize all;

  g_assert_true (cb_db_checkpoint (world->test.book->db, TRUE, NULL));
  g_clear_object (&world->test.book);
  g_assert_true (g_file_get_contents (path, &bytes, &all, NULL));
  memset (bytes + page * length, 0, length);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) all, NULL));
}

static void
repair (World *world)
{
  g_auto (CbRepaired) repaired = { 0 };
  g_autoptr (GError) error = NULL;

  world->test.book = cb_repair (world->test.home, world->test.state_root, world->test.clock,
                                "Test Admin", &repaired, &error);
  g_assert_no_error (error);
}

/* Who said it and on what it rests come through a repair: with the row, and by the back-up where
 * the row is lost. What was said since that back-up and is lost permits nothing. */
static void
test_is_repaired (World *world, gconstpointer data)
{
  g_autoptr (CbPermission) permission = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;

  agree (world, "shop");
  g_assert_true (record (world, draft_new ("news", CB_ANSWER_NO, CB_METHOD_SPOKEN, NULL), &error));
  g_clear_object (&world->test.book);
  repair (world);
  assert_stands (world, "shop", CB_VERDICT_ALLOWED, "guardian");
  assert_stands (world, "news", CB_VERDICT_REFUSED, "guardian");
  g_assert_true (cb_book_back_up_managed (world->test.book, &error));
  damage_answers (world);
  repair (world);
  g_assert_cmpint (count (world, COUNT_EVENTS ("given")), ==, 1);
  assert_stands (world, "shop", CB_VERDICT_ALLOWED, "guardian");
  assert_stands (world, "news", CB_VERDICT_REFUSED, "guardian");
  sent = cb_test_book_push (&world->test);
  assert_evidence (sent);
  agree (world, "everywhere");
  assert_stands (world, "everywhere", CB_VERDICT_ALLOWED, "guardian");
  damage_answers (world);
  repair (world);
  permission = cb_book_permit (world->test.book, world->test.associate, world->child, "everywhere",
                               CB_CHANNEL_NONE, CB_CIRCUMSTANCE_NONE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cb_permission_get_verdict (permission), !=, CB_VERDICT_ALLOWED);
  assert_stands (world, "news", CB_VERDICT_REFUSED, "guardian");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, World, NULL, set_up, test, tear_down)
  ADD ("/guardian/a-yes-is-theirs-here-and-on-the-way", test_is_theirs);
  ADD ("/guardian/a-yes-needs-a-proof-and-their-own-act", test_needs_proof_and_act);
  ADD ("/guardian/a-no-is-as-easy-as-any", test_no_is_as_easy);
  ADD ("/guardian/the-childs-no-ends-it", test_child_says_no);
  ADD ("/guardian/who-said-it-comes-through-a-repair", test_is_repaired);
  ADD ("/guardian/more-than-they-agreed-to-is-a-new-yes", test_more_is_a_new_yes);
#undef ADD

  return g_test_run ();
}
