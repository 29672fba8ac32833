/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-service-fixture.h"

#include "support/cb-test-pg.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTENING "listening on http://127.0.0.1:"
#define LINE_LIMIT 256
#define STOP_TRIES 1000

struct _CbServiceFixture
{
  char *directory;
  char *database;
  char *option; /* --database */
  char *log;
  char *url;
  guint port;
  GPid pid;   /* 0: not running */
  int output; /* the child's standard output */
};

static const char *
get_program (void)
{
  const char *program = g_getenv ("CB_TEST_PROFILED");

  g_assert_nonnull (program);
  return program;
}

/* In the child: a test that fails leaves nothing running. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* --- starting --- */

/* Byte by byte, so that nothing behind the line is taken from the pipe. */
static char *
read_line (int fd)
{
  GString *line = g_string_new (NULL);
  char next = '\0';

  while (line->len < LINE_LIMIT && read (fd, &next, 1) == 1 && next != '\n')
    g_string_append_c (line, next);
  return g_string_free (line, FALSE);
}

static void
read_port (CbServiceFixture *self)
{
  g_autofree char *line = read_line (self->output);
  guint64 port = 0;

  if (!g_str_has_prefix (line, LISTENING))
    {
      g_autofree char *log = cb_service_fixture_read_log (self);

      g_test_message ("the service said “%s” and logged:\n%s", line, log);
    }
  g_assert_true (g_str_has_prefix (line, LISTENING));
  g_assert_true (
    g_ascii_string_to_unsigned (line + strlen (LISTENING), 10, 1, G_MAXUINT16, &port, NULL));
  self->port = (guint) port;
}

void
cb_service_fixture_start (CbServiceFixture *self)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->port);
  const char *argv[] = { get_program (),  "--database", self->option,
                         "--listen",      listen,       cb_test_pg_is_on () ? "--state" : NULL,
                         self->directory, NULL };
  g_autoptr (GError) error = NULL;
  int log = open (self->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int ends[2] = { -1, -1 };

  g_assert_cmpint (self->pid, ==, 0);
  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  g_spawn_async_with_fds (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, die_with_parent,
                          NULL, &self->pid, -1, ends[1], log, &error);
  g_assert_no_error (error);
  close (ends[1]);
  close (log);
  self->output = ends[0];
  read_port (self);
  g_free (self->url);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

const char *
cb_service_fixture_get_option (CbServiceFixture *self)
{
  return self->option;
}

CbServiceFixture *
cb_service_fixture_new (void)
{
  CbServiceFixture *self = g_new0 (CbServiceFixture, 1);
  g_autoptr (GError) error = NULL;

  self->output = -1;
  self->directory = g_dir_make_tmp ("cb-service-XXXXXX", &error);
  g_assert_no_error (error);
  self->database = g_build_filename (self->directory, "profiles.db", NULL);
  self->option =
    cb_test_pg_is_on () ? cb_test_pg_new_address () : g_strconcat ("sqlite:", self->database, NULL);
  self->log = g_strconcat (self->directory, ".log", NULL);
  cb_service_fixture_start (self);
  return self;
}

/* --- stopping --- */

static void
forget_child (CbServiceFixture *self)
{
  close (self->output);
  self->output = -1;
  self->pid = 0;
}

void
cb_service_fixture_kill (CbServiceFixture *self)
{
  g_assert_cmpint (self->pid, >, 0);
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  forget_child (self);
}

void
cb_service_fixture_freeze (CbServiceFixture *self)
{
  int status = 0;

  g_assert_cmpint (self->pid, >, 0);
  kill (self->pid, SIGSTOP);
  g_assert_cmpint (waitpid (self->pid, &status, WUNTRACED), ==, self->pid);
  g_assert_true (WIFSTOPPED (status));
}

void
cb_service_fixture_thaw (CbServiceFixture *self)
{
  kill (self->pid, SIGCONT);
}

void
cb_service_fixture_terminate (CbServiceFixture *self)
{
  int status = 0;
  pid_t found = 0;

  g_assert_cmpint (self->pid, >, 0);
  kill (self->pid, SIGTERM);
  for (guint i = 0; i < STOP_TRIES && found == 0; i++)
    {
      found = waitpid (self->pid, &status, WNOHANG);
      if (found == 0)
        g_usleep (10000);
    }
  g_assert_cmpint (found, ==, self->pid);
  forget_child (self);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
remove_directory (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_remove (child);
    }
  g_rmdir (path);
}

void
cb_service_fixture_free (CbServiceFixture *self)
{
  if (self->pid != 0)
    cb_service_fixture_kill (self);
  remove_directory (self->directory);
  g_remove (self->log);
  g_free (self->directory);
  g_free (self->database);
  g_free (self->option);
  g_free (self->log);
  g_free (self->url);
  g_free (self);
}

/* --- looking --- */

const char *
cb_service_fixture_get_url (CbServiceFixture *self)
{
  return self->url;
}

const char *
cb_service_fixture_get_directory (CbServiceFixture *self)
{
  return self->directory;
}

const char *
cb_service_fixture_get_database (CbServiceFixture *self)
{
  return self->database;
}

guint
cb_service_fixture_get_port (CbServiceFixture *self)
{
  return self->port;
}

char *
cb_service_fixture_read_log (CbServiceFixture *self)
{
  char *text = NULL;

  return g_file_get_contents (self->log, &text, NULL, NULL) ? text : g_strdup ("");
}

static int
run (GPtrArray *argv, char **output)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *complaint = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, output, &complaint,
                &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) != 0)
    g_test_message ("%s", complaint);
  return WEXITSTATUS (status);
}

int
cb_service_fixture_run (CbServiceFixture *self, char **output, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *unwanted = NULL;
  const char *word = NULL;
  va_list words;

  g_ptr_array_add (argv, (gpointer) get_program ());
  va_start (words, output);
  while ((word = va_arg (words, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) word);
  va_end (words);
  g_ptr_array_add (argv, (gpointer) "--database");
  g_ptr_array_add (argv, self->option);
  if (cb_test_pg_is_on ())
    {
      g_ptr_array_add (argv, (gpointer) "--state");
      g_ptr_array_add (argv, self->directory);
    }
  g_ptr_array_add (argv, NULL);
  return run (argv, output != NULL ? output : &unwanted);
}

char *
cb_service_fixture_enrol (CbServiceFixture *self, const char *store)
{
  char *code = NULL;

  g_assert_cmpint (cb_service_fixture_run (self, &code, "enrol", "--store", store, NULL), ==, 0);
  return g_strchomp (code);
}

GPtrArray *
cb_service_fixture_dump (CbServiceFixture *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_cmpint (cb_service_fixture_run (self, &text, "dump", NULL), ==, 0);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      g_ptr_array_add (rows, g_strdup (lines[i]));
  return rows;
}

gboolean
cb_service_fixture_dump_has (CbServiceFixture *self, const char *text)
{
  g_autoptr (GPtrArray) rows = cb_service_fixture_dump (self);

  for (guint i = 0; i < rows->len; i++)
    if (strstr (rows->pdata[i], text) != NULL)
      return TRUE;
  return FALSE;
}

guint
cb_service_fixture_count_open (CbServiceFixture *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", (int) self->pid);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n_open = 0;

  g_assert_nonnull (directory);
  while (g_dir_read_name (directory) != NULL)
    n_open++;
  return n_open;
}

guint
cb_service_fixture_count_files_with (CbServiceFixture *self, const char *text)
{
  g_autoptr (GDir) directory = g_dir_open (self->directory, 0, NULL);
  const char *name = NULL;
  guint n_files = 0;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length = 0;

      if (g_file_get_contents (path, &bytes, &length, NULL) &&
          memmem (bytes, length, text, strlen (text)) != NULL)
        n_files++;
    }
  return n_files;
}
