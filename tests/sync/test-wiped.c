/* SPDX-License-Identifier: Apache-2.0 */

/* The order to destroy everything, from the service's command to the terminal's disk. */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-both-ends.h"

#include <locale.h>

#include "base/cb-error.h"
#include "base/cb-id.h"

static int
shut_out (CbBothEnds *ends, const char *option)
{
  g_autoptr (CbEnrolment) enrolment = cb_book_load_enrolment (ends->shop.book, NULL);
  const char *terminal = cb_enrolment_peek (enrolment)->terminal_id;

  return cb_service_fixture_run (ends->service, NULL, "revoke", terminal, option, NULL);
}

static gboolean
is_store_there (CbBothEnds *ends)
{
  g_autofree char *path = g_build_filename (ends->shop.home, "counterbook.db", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Who is shut out keeps what they have, until they are told otherwise; what had arrived stays. */
static void
test_order (void)
{
  CbBothEnds ends = { 0 };
  g_autoptr (GError) error = NULL;

  cb_both_ends_set_up (&ends);
  cb_both_ends_save_three (&ends);
  g_assert_cmpint (cb_both_ends_sync (&ends), ==, -1);
  cb_both_ends_save_three (&ends);

  g_assert_cmpint (shut_out (&ends, NULL), ==, 0);
  g_assert_cmpint (cb_both_ends_sync (&ends), ==, CB_TRANSPORT_ERROR_REVOKED);
  g_assert_true (is_store_there (&ends));

  g_assert_cmpint (shut_out (&ends, "--wipe"), ==, 0);
  cb_book_close (ends.shop.book);
  cb_both_ends_restart (&ends);
  g_assert_cmpint (cb_both_ends_sync (&ends), ==, CB_TRANSPORT_ERROR_REVOKED);
  g_assert_false (is_store_there (&ends));
  g_assert_null (cb_book_open (ends.shop.home, ends.shop.state_root, ends.shop.clock, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_WIPED);
  cb_both_ends_tear_down (&ends);
}

/* Whoever waits for news is told as soon as there is something, or their time is up. */
static void
test_whoever_waits (void)
{
  CbBothEnds ends = { 0 };
  g_autofree char *somebody = cb_id_new ();
  const gint64 until_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  cb_both_ends_set_up (&ends);
  cb_engine_start (ends.engine);
  while (cb_engine_get_stage (ends.engine) != CB_ENGINE_WAITING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (shut_out (&ends, "--wipe"), ==, 0);
  g_assert_cmpint (cb_service_fixture_run (ends.service, NULL, "erase", somebody, NULL), ==, 0);
  cb_book_close (ends.shop.book);
  while (is_store_there (&ends) && g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_store_there (&ends));
  while (cb_engine_get_stage (ends.engine) != CB_ENGINE_REVOKED)
    g_main_context_iteration (NULL, TRUE);
  cb_both_ends_tear_down (&ends);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wiped/by-order", test_order);
  g_test_add_func ("/wiped/whoever-waits", test_whoever_waits);

  return g_test_run ();
}
