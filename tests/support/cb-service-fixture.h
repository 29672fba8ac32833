/* SPDX-License-Identifier: Apache-2.0 */

/* A counterbook-profiled of the test's own: a child process on a loopback port that it picked, with
 * a database in a temporary directory, or in PostgreSQL where the test runs under with-postgresql.
 * The program's path is in CB_TEST_PROFILED. Whatever fails here fails the test. The child dies
 * with the test. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CbServiceFixture CbServiceFixture;

/* Started. */
CbServiceFixture *cb_service_fixture_new (void);

/* Stops what runs, removes the directory. */
void cb_service_fixture_free (CbServiceFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbServiceFixture, cb_service_fixture_free)

const char *cb_service_fixture_get_url (CbServiceFixture *self);
const char *cb_service_fixture_get_directory (CbServiceFixture *self);
const char *cb_service_fixture_get_database (CbServiceFixture *self); /* the file's path */
const char *cb_service_fixture_get_option (CbServiceFixture *self);   /* of --database */
guint cb_service_fixture_get_port (CbServiceFixture *self);

/* Starts again on the same port. */
void cb_service_fixture_start (CbServiceFixture *self);

/* SIGKILL, reaped. */
void cb_service_fixture_kill (CbServiceFixture *self);

/* SIGSTOP, and once it stands still; SIGCONT. */
void cb_service_fixture_freeze (CbServiceFixture *self);
void cb_service_fixture_thaw (CbServiceFixture *self);

/* SIGTERM; it must leave with 0 in good time. */
void cb_service_fixture_terminate (CbServiceFixture *self);

/* A one-time code for a terminal of that store. */
char *cb_service_fixture_enrol (CbServiceFixture *self, const char *store);

/* The lines of `dump`, as texts. */
GPtrArray *cb_service_fixture_dump (CbServiceFixture *self);

/* Is `text` in one of those lines? */
gboolean cb_service_fixture_dump_has (CbServiceFixture *self, const char *text);

/* Runs a command on this database; its exit code. `output` may be NULL; free it. */
int cb_service_fixture_run (CbServiceFixture *self, char **output, ...) G_GNUC_NULL_TERMINATED;

/* What the service has written to its standard error so far. */
char *cb_service_fixture_read_log (CbServiceFixture *self);

/* How many files and connections the service has open. */
guint cb_service_fixture_count_open (CbServiceFixture *self);

/* In how many files of the directory does `text` stand? Bytes, not rows. */
guint cb_service_fixture_count_files_with (CbServiceFixture *self, const char *text);

G_END_DECLS
