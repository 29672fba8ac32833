/* SPDX-License-Identifier: Apache-2.0 */

/* How often saving waits for the disk. What makes each of those waits necessary is the matter of
 * test-power-cut; here there are no more than that. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-syncs.h"
#include "cb-test-book.h"

/* Enough for what was written to be moved out of the WAL a few times. */
#define NOTES 300
#define SYNCS_PER_HUNDRED 107

static void
test_note (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GError) error = NULL;
  guint done;
  guint total;
  guint before;
  guint at_once;
  guint n;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_true (cb_book_start_index (test.book, &error));
  while (cb_book_grow_index (test.book, &done, &total, &error))
    ;
  g_assert_no_error (error);
  before = cb_syncs_count ();
  for (guint i = 0; i < NOTES; i++)
    {
      g_autofree char *text =
        g_strdup_printf ("Likes the sleeve longer, said for the %uth time", i);
      guint first = cb_syncs_count ();
      g_autoptr (CbNote) note = cb_test_book_add_note (&test, customer, NULL, text);

      at_once = cb_syncs_count () - first;
      g_assert_cmpuint (at_once, >=, 1);
      /* The first one behind a moment of idleness begins the log anew. */
      g_assert_cmpuint (at_once, <=, 2);
      /* Between two acts, as on the counter: nothing waits for it. */
      cb_book_do_idle (test.book);
    }
  n = cb_syncs_count () - before;
  g_test_message ("%u syncs for %u notes, those of idle moments included", n, NOTES);
  g_assert_cmpuint (n, >, NOTES);
  g_assert_cmpuint (n * 100, <=, NOTES * SYNCS_PER_HUNDRED);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/syncs/note/one-and-now-and-then-two-more", test_note);
  return g_test_run ();
}
