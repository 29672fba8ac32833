/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"
#include "service/cb-address.h"
#include "support/cb-service-fixture.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-terminal.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

/* Runs the program with those words alone; its exit code. The texts may be NULL. */
static int
run (const char *const *words, char **output, char **complaint)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int status = 0;

  g_ptr_array_add (argv, (gpointer) g_getenv ("CB_TEST_PROFILED"));
  for (; *words != NULL; words++)
    g_ptr_array_add (argv, (gpointer) *words);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  if (output != NULL)
    *output = g_steal_pointer (&out);
  if (complaint != NULL)
    *complaint = g_steal_pointer (&err);
  return WEXITSTATUS (status);
}

static void
test_usage_is_told (void)
{
  const char *const wrong[][6] = {
    { NULL },
    { "dump", NULL },
    { "--database", "profiles.db", NULL },
    { "--database", "sqlite:", NULL },
    { "--database", "postgresql://somebody:secret@localhost/x", NULL },
    { "--database", "postgresql://localhost/x?password=secret", NULL },
    { "--database", "dbname=x password=secret", NULL },
    { "--database", "dbname=x host", NULL },
    { "--database", "postgresql://db.example.com/x?sslmode=prefer", NULL },
    { "--database", "host=/run/postgresql,192.0.2.1 sslmode=disable", NULL },
    { "--database", "sqlite:/nowhere/x.db", "--state", "/nowhere", NULL },
    { "--database", "sqlite:/nowhere/x.db", "enrol", NULL },
    { "--database", "sqlite:/nowhere/x.db", "enrol", "--store", "", NULL },
    { "--database", "sqlite:/nowhere/x.db", "enrol", "--store", "a\nb" },
    { "--database", "sqlite:/nowhere/x.db", "revoke", NULL },
    { "--database", "sqlite:/nowhere/x.db", "revoke", "x", NULL },
    { "--database", "sqlite:/nowhere/x.db", "dance", NULL },
    { "--database", "sqlite:/nowhere/x.db", "dump", "more", NULL },
    { "--database", "sqlite:/nowhere/x.db", "--listen", "8447", NULL },
    { "--database", "sqlite:/nowhere/x.db", "--listen", "example.com:8447" },
    { "--database", "sqlite:/nowhere/x.db", "--listen", "0.0.0.0:0", NULL },
    { "--database", "sqlite:/nowhere/x.db", "--listen", "[::]:0", NULL },
    { "--database", "sqlite:/nowhere/x.db", "--tls-cert", "x", NULL },
    { "--unheard-of", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *output = NULL;
      g_autofree char *complaint = NULL;
      const char *words[7] = { NULL };

      memcpy (words, wrong[i], sizeof wrong[i]);
      g_assert_cmpint (run (words, &output, &complaint), ==, 2);
      g_assert_cmpstr (output, ==, "");
      g_assert_true (g_str_has_prefix (complaint, "counterbook-profiled: "));
      g_assert_cmpstr (strchr (complaint, '\n'), ==, "\n");
    }
}

static void
test_help_and_version_need_no_database (void)
{
  g_autofree char *help = NULL;
  g_autofree char *version = NULL;

  g_assert_cmpint (run ((const char *[]){ "--help", NULL }, &help, NULL), ==, 0);
  g_assert_nonnull (strstr (help, "enrol --store NAME"));
  g_assert_cmpint (run ((const char *[]){ "--version", NULL }, &version, NULL), ==, 0);
  g_assert_true (g_str_has_prefix (version, "counterbook-profiled "));
}

static void
test_absent_database_is_a_failure (void)
{
  const char *const commands[] = { "dump", "check" };
  g_autofree char *complaint = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_assert_cmpint (
      run ((const char *[]){ commands[i], "--database", "sqlite:/nowhere/x.db", NULL }, NULL, NULL),
      ==, 1);
  g_assert_cmpint (
    run ((const char *[]){ "--database", "sqlite:/nowhere/x.db", NULL }, NULL, &complaint), ==, 1);
  g_assert_cmpstr (strchr (complaint, '\n'), ==, "\n");
}

static void
test_addresses_are_read (void)
{
  const char *const loopback[] = { "127.0.0.1:8447", "[::1]:0", "localhost:80", "127.9.9.9:1" };
  const char *const beyond[] = { "0.0.0.0:1", "[::]:1", "192.0.2.1:443", "[2001:db8::1]:443" };
  const char *const none[] = {
    "",
    ":",
    "8447",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:x",
    "127.0.0.1:65536",
    "127.0.0.1:-1",
    "::1:80",
    "[::1:80",
    "example.com:80",
    "[localhost]:80",
    "127.0.0.1:80 ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (loopback); i++)
    {
      g_autoptr (GSocketAddress) address = cb_address_parse (loopback[i]);

      g_assert_nonnull (address);
      g_assert_true (cb_address_is_loopback (address));
    }
  for (guint i = 0; i < G_N_ELEMENTS (beyond); i++)
    {
      g_autoptr (GSocketAddress) address = cb_address_parse (beyond[i]);

      g_assert_nonnull (address);
      g_assert_false (cb_address_is_loopback (address));
    }
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_null (cb_address_parse (none[i]));
}

static void
test_commands_run_beside_the_service (void)
{
  g_autoptr (CbServiceFixture) service = cb_service_fixture_new ();
  g_autoptr (CbTestTerminal) terminal = cb_test_terminal_new (cb_service_fixture_get_url (service));
  g_autofree char *code = cb_service_fixture_enrol (service, "Port Halden");
  g_autofree char *customer = cb_id_new ();
  g_autofree char *yes = cb_test_grant (NULL, customer, "shop", "*", "spoken", NULL);
  g_autofree char *report = NULL;
  g_autofree char *unknown = cb_id_new ();

  g_assert_cmpuint (cb_test_terminal_enrol (terminal, code), ==, 200);
  g_assert_cmpuint (cb_test_terminal_fetch_token (terminal), ==, 200);
  g_assert_cmpint (cb_test_terminal_push_one (terminal, yes), ==, CB_ACK_APPLIED);
  g_assert_true (cb_service_fixture_dump_has (service, customer));
  g_assert_cmpint (cb_service_fixture_run (service, &report, "check", NULL), ==, 0);
  g_assert_nonnull (strstr (report, "answers: 1\n"));
  g_assert_nonnull (strstr (report, "head: 1\n"));
  g_assert_true (g_str_has_suffix (report, "all is well\n"));
  g_assert_cmpint (cb_service_fixture_run (service, NULL, "revoke", unknown, NULL), ==, 1);
  g_assert_cmpint (
    cb_service_fixture_run (service, NULL, "revoke", cb_test_terminal_get_id (terminal), NULL), ==,
    0);
  cb_service_fixture_terminate (service);
  g_assert_true (cb_service_fixture_dump_has (service, customer));
}

/* The database alone, without a service, is enough for a code. */
static void
test_enrol_before_the_first_start (void)
{
  g_autofree char *directory = g_dir_make_tmp ("cb-enrol-XXXXXX", NULL);
  g_autofree char *option = g_strconcat ("sqlite:", directory, "/p.db", NULL);
  g_autofree char *code = NULL;

  g_assert_cmpint (
    run ((const char *[]){ "enrol", "--database", option, "--store", "Quay", NULL }, &code, NULL),
    ==, 0);
  g_assert_cmpuint (strlen (code), ==, 20);
  g_assert_cmpint (code[19], ==, '\n');
  g_assert_cmpint (run ((const char *[]){ "--database", option, "check", NULL }, NULL, NULL), ==,
                   0);
  g_assert_cmpint (
    run ((const char *[]){ "--store", "Quay", "--database", option, "enrol", NULL }, NULL, NULL),
    ==, 0);

  for (guint i = 0; i < 3; i++)
    {
      const char *const names[] = { "p.db", "p.db.epoch", "p.db.lock" };
      g_autofree char *path = g_build_filename (directory, names[i], NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      g_assert_true (g_file_delete (file, NULL, NULL));
    }
  g_rmdir (directory);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/commands/usage-is-told", test_usage_is_told);
  g_test_add_func ("/service/commands/help-and-version-need-no-database",
                   test_help_and_version_need_no_database);
  g_test_add_func ("/service/commands/absent-database-is-a-failure",
                   test_absent_database_is_a_failure);
  g_test_add_func ("/service/commands/addresses-are-read", test_addresses_are_read);
  g_test_add_func ("/service/commands/run-beside-the-service",
                   test_commands_run_beside_the_service);
  g_test_add_func ("/service/commands/enrol-before-the-first-start",
                   test_enrol_before_the_first_start);

  return g_test_run ();
}
