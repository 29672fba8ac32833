/* SPDX-License-Identifier: Apache-2.0 */

/* Two terminals serve one customer and have not heard of each other yet: what is said at this one
 * must hold whatever was said there. Each of these was found by the simulation. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"

#define WITHDRAWAL "bfdac9662e88427f85671e821f858058"

typedef struct
{
  CbTestBook test;
  char *customer;
} World;

static void
set_up (World *world, gconstpointer data)
{
  cb_test_book_set_up (&world->test);
  world->customer = cb_test_book_add_customer (&world->test, "Mara", "Testperson", NULL, NULL);
}

static void
tear_down (World *world, gconstpointer data)
{
  cb_test_book_tear_down (&world->test);
  g_free (world->customer);
}

static void
say (World *world, const char *purpose, CbAnswer answer)
{
  cb_test_book_answer (&world->test, world->customer, purpose, CB_CHANNEL_NONE, answer,
                       CB_METHOD_TAPPED);
}

static void
withdraw (World *world, const char *purpose)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_withdraw (world->test.book, world->test.associate, world->customer,
                                   purpose, CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
}

static void
hear_end (World *world, const char *purpose, gint64 n)
{
  g_autoptr (GPtrArray) changes =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incoming_free);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (changes,
                   cb_incoming_new_withdrawn (n, world->customer, purpose, "*", WITHDRAWAL));
  g_assert_true (cb_book_take_changes (world->test.book, changes, "cursor", TRUE, &error));
  g_assert_no_error (error);
}

/* How many operations of that act on that purpose leave now; NULL stands for any. */
static guint
count_leaving (World *world, const char *act, const char *purpose)
{
  g_autoptr (GPtrArray) sent = cb_test_book_push (&world->test);
  guint n_found = 0;

  for (guint i = 0; i < sent->len; i++)
    {
      JsonObject *body = cb_json_get_object (sent->pdata[i], "body");

      if (g_strcmp0 (cb_json_get_string (sent->pdata[i], "act"), act) == 0 &&
          (purpose == NULL || g_strcmp0 (cb_json_get_string (body, "purpose"), purpose) == 0))
        n_found++;
    }
  return n_found;
}

/* --- */

/* In between they may have said yes at the other one, which saw the first end. */
static void
test_twice_is_said_twice (World *world, gconstpointer data)
{
  say (world, "shop", CB_ANSWER_YES);
  g_assert_cmpuint (count_leaving (world, "grant", "shop"), ==, 1);
  withdraw (world, "shop");
  g_assert_cmpuint (count_leaving (world, "withdraw", "shop"), ==, 1);
  withdraw (world, "shop");
  g_assert_cmpuint (count_leaving (world, "withdraw", "shop"), ==, 1);
}

static void
test_a_no_after_the_end (World *world, gconstpointer data)
{
  say (world, "shop", CB_ANSWER_YES);
  withdraw (world, "shop");
  g_assert_cmpuint (count_leaving (world, "withdraw", "shop"), ==, 1);
  say (world, "shop", CB_ANSWER_NO);
  g_assert_cmpuint (count_leaving (world, "withdraw", "shop"), ==, 1);
}

/* Here nothing but the wider yes is known; there they may have agreed to the shop alone. */
static void
test_what_is_not_known_here (World *world, gconstpointer data)
{
  say (world, "everywhere", CB_ANSWER_YES);
  g_assert_cmpuint (count_leaving (world, "grant", "everywhere"), ==, 1);
  withdraw (world, "shop");
  g_assert_cmpuint (count_leaving (world, "withdraw", NULL), ==, 2);
}

/* Nobody has heard of them, and nobody does. */
static void
test_of_a_stranger (World *world, gconstpointer data)
{
  withdraw (world, "shop");
  g_assert_cmpuint (count_leaving (world, "withdraw", NULL), ==, 0);
}

/* Records may have named the first one. */
static void
test_a_renewal_keeps_the_first (World *world, gconstpointer data)
{
  say (world, "shop", CB_ANSWER_YES);
  say (world, "shop", CB_ANSWER_YES);
  g_assert_cmpuint (count_leaving (world, "grant", "shop"), ==, 2);
}

/* --- which end a yes names --- */

/* Sends all, and says what the one operation of that act says of `member`, or in which operation it
 * came. */
static char *
push_one (World *world, const char *act, const char *member)
{
  g_autoptr (GPtrArray) sent = cb_test_book_push (&world->test);
  char *found = NULL;

  for (guint i = 0; i < sent->len; i++)
    {
      JsonObject *operation = sent->pdata[i];
      JsonObject *from = member == NULL ? operation : cb_json_get_object (operation, "body");

      if (g_strcmp0 (cb_json_get_string (operation, "act"), act) != 0)
        continue;
      g_assert_null (found);
      found = g_strdup (cb_json_get_string (from, member == NULL ? "op" : member));
    }
  g_assert_nonnull (found);
  return found;
}

/* Both ended it; that of this terminal came to the service last, and is heard of first. */
static void
test_yes_names_the_own_end (World *world, gconstpointer data)
{
  g_autofree char *own = NULL;
  g_autofree char *saw = NULL;

  say (world, "shop", CB_ANSWER_YES);
  g_assert_cmpuint (count_leaving (world, "grant", "shop"), ==, 1);
  withdraw (world, "shop");
  hear_end (world, "shop", 3);
  world->test.last_n = 9;
  own = push_one (world, "withdraw", NULL);
  say (world, "shop", CB_ANSWER_YES);
  saw = push_one (world, "grant", "saw");
  g_assert_cmpstr (saw, ==, own);
}

static void
test_yes_names_the_end_on_its_way (World *world, gconstpointer data)
{
  g_autofree char *saw = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  say (world, "shop", CB_ANSWER_YES);
  g_assert_cmpuint (count_leaving (world, "grant", "shop"), ==, 1);
  withdraw (world, "shop");
  hear_end (world, "shop", 30);
  say (world, "shop", CB_ANSWER_YES);
  sent = cb_test_book_push (&world->test);
  g_assert_cmpuint (sent->len, >=, 2);
  g_assert_cmpstr (cb_json_get_string (sent->pdata[0], "act"), ==, "withdraw");
  g_assert_cmpstr (cb_json_get_string (sent->pdata[1], "act"), ==, "grant");
  saw = g_strdup (cb_json_get_string (cb_json_get_object (sent->pdata[1], "body"), "saw"));
  g_assert_cmpstr (saw, ==, cb_json_get_string (sent->pdata[0], "op"));
}

/* Told once more, and later than what was done here: it is the newest after all. */
static void
test_yes_names_the_newest_by_number (World *world, gconstpointer data)
{
  g_autofree char *own = NULL;
  g_autofree char *saw = NULL;

  say (world, "shop", CB_ANSWER_YES);
  g_assert_cmpuint (count_leaving (world, "grant", "shop"), ==, 1);
  withdraw (world, "shop");
  hear_end (world, "shop", 3);
  world->test.last_n = 9;
  own = push_one (world, "withdraw", NULL);
  hear_end (world, "shop", 20);
  say (world, "shop", CB_ANSWER_YES);
  saw = push_one (world, "grant", "saw");
  g_assert_cmpstr (saw, ==, WITHDRAWAL);
}

/* Numbers of another history order nothing in this one. */
static void
test_yes_after_another_history (World *world, gconstpointer data)
{
  g_autofree char *own = NULL;
  g_autofree char *again = NULL;
  g_autofree char *saw = NULL;
  g_autoptr (GError) error = NULL;

  say (world, "shop", CB_ANSWER_YES);
  g_assert_cmpuint (count_leaving (world, "grant", "shop"), ==, 1);
  withdraw (world, "shop");
  hear_end (world, "shop", 500);
  own = push_one (world, "withdraw", NULL);
  g_assert_true (cb_book_meet_history (world->test.book, &error));
  g_assert_no_error (error);
  again = push_one (world, "withdraw", NULL);
  g_assert_cmpstr (again, ==, own);
  say (world, "shop", CB_ANSWER_YES);
  saw = push_one (world, "grant", "saw");
  g_assert_cmpstr (saw, ==, own);
}

/* --- the wider yes ends, the one to this shop stands --- */

static char *
write_note (World *world)
{
  g_autoptr (CbNote) note =
    cb_test_book_add_note (&world->test, world->customer, "shop", "navy, not wool");

  return g_strdup (cb_note_get_id (note));
}

static CbDelivery
state_of (World *world, const char *note)
{
  return cb_test_book_state (&world->test, "note", note);
}

/* An end overtakes everything, so the service hears of it before it hears of the yes, and deletes
 * what rested on it. */
static void
test_the_end_overtakes (World *world, gconstpointer data)
{
  g_autofree char *note = NULL;

  say (world, "everywhere", CB_ANSWER_YES);
  note = write_note (world);
  g_assert_cmpuint (count_leaving (world, "put", NULL), ==, 2);
  say (world, "shop", CB_ANSWER_YES);
  withdraw (world, "everywhere");
  g_assert_cmpint (state_of (world, note), ==, CB_DELIVERY_WAITING);
  g_assert_cmpuint (count_leaving (world, "put", NULL), ==, 2);
  g_assert_cmpint (state_of (world, note), ==, CB_DELIVERY_ACCEPTED);
}

static void
test_the_end_came_first (World *world, gconstpointer data)
{
  g_autofree char *note = NULL;

  say (world, "everywhere", CB_ANSWER_YES);
  note = write_note (world);
  g_assert_cmpuint (count_leaving (world, "put", NULL), ==, 2);
  say (world, "shop", CB_ANSWER_YES);
  hear_end (world, "everywhere", 90);
  g_assert_cmpint (state_of (world, note), ==, CB_DELIVERY_WAITING);
}

/* It knew of the yes: it kept them for this shop, and nothing is sent for nothing. */
static void
test_the_yes_came_first (World *world, gconstpointer data)
{
  g_autofree char *note = NULL;

  say (world, "everywhere", CB_ANSWER_YES);
  say (world, "shop", CB_ANSWER_YES);
  note = write_note (world);
  g_assert_cmpuint (count_leaving (world, "put", NULL), ==, 2);
  hear_end (world, "everywhere", 90);
  g_assert_cmpint (state_of (world, note), ==, CB_DELIVERY_ACCEPTED);
}

/* --- refused for want of a yes --- */

static void
test_a_yes_frees_what_was_refused (World *world, gconstpointer data)
{
  g_autofree char *note = NULL;
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GError) error = NULL;
  CbSettlement *refused = NULL;

  say (world, "shop", CB_ANSWER_YES);
  g_assert_cmpuint (count_leaving (world, "grant", "shop"), ==, 1);
  note = write_note (world);
  batch = cb_book_take_batch (world->test.book, 1, 1 << 20, &error);
  g_assert_no_error (error);
  refused = cb_settlement_new (cb_batch_get_op (batch, 0)->op_id, CB_SETTLED_PARKED);
  refused->code = g_strdup ("consent_missing");
  g_ptr_array_add (settlements, refused);
  g_assert_true (cb_book_settle (world->test.book, settlements, &error));
  g_assert_cmpint (state_of (world, note), ==, CB_DELIVERY_PARKED);

  say (world, "shop", CB_ANSWER_YES);
  g_assert_cmpint (state_of (world, note), ==, CB_DELIVERY_WAITING);
  g_assert_cmpuint (count_leaving (world, "put", NULL), ==, 1);
}

/* The one that was refused had not seen an end. Nothing of it goes again. */
static void
test_a_yes_replaces_the_refused (World *world, gconstpointer data)
{
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *op = NULL;
  CbSettlement *settlement = NULL;

  say (world, "shop", CB_ANSWER_YES);
  batch = cb_book_take_batch (world->test.book, 1, 1 << 20, &error);
  g_assert_no_error (error);
  refused = g_strdup (cb_batch_get_op (batch, 0)->op_id);
  settlement = cb_settlement_new (refused, CB_SETTLED_PARKED);
  settlement->code = g_strdup ("stale_grant");
  g_ptr_array_add (settlements, settlement);
  g_assert_true (cb_book_settle (world->test.book, settlements, &error));

  say (world, "shop", CB_ANSWER_YES);
  op = push_one (world, "grant", NULL);
  g_assert_cmpstr (op, !=, refused);
}

static void
add (const char *path, void (*func) (World *world, gconstpointer data))
{
  g_test_add (path, World, NULL, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/taken-back/twice-is-said-twice", test_twice_is_said_twice);
  add ("/taken-back/a-no-after-the-end", test_a_no_after_the_end);
  add ("/taken-back/what-is-not-known-here", test_what_is_not_known_here);
  add ("/taken-back/of-a-stranger", test_of_a_stranger);
  add ("/taken-back/a-renewal-keeps-the-first", test_a_renewal_keeps_the_first);
  add ("/taken-back/the-end-overtakes", test_the_end_overtakes);
  add ("/taken-back/the-end-came-first", test_the_end_came_first);
  add ("/taken-back/the-yes-came-first", test_the_yes_came_first);
  add ("/taken-back/a-yes-frees-what-was-refused", test_a_yes_frees_what_was_refused);
  add ("/taken-back/a-yes-replaces-the-refused", test_a_yes_replaces_the_refused);
  add ("/taken-back/yes-names/the-own-end", test_yes_names_the_own_end);
  add ("/taken-back/yes-names/the-end-on-its-way", test_yes_names_the_end_on_its_way);
  add ("/taken-back/yes-names/the-newest-by-number", test_yes_names_the_newest_by_number);
  add ("/taken-back/yes-names/after-another-history", test_yes_after_another_history);
  return g_test_run ();
}
