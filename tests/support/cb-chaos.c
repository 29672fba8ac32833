/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-chaos.h"

#include <stdio.h>
#include <string.h>

struct _CbChaos
{
  GSubprocess *process;
  GDataInputStream *output;
  guint port;
  char *url;
};

static char *
read_line (CbChaos *self)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (self->output, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);

  return line;
}

CbChaos *
cb_chaos_new (guint target_port, guint seed, const char *record)
{
  const char *program = g_getenv ("CB_TEST_CHAOS_PROXY");
  g_autofree char *target = g_strdup_printf ("%u", target_port);
  g_autofree char *seed_text = g_strdup_printf ("%u", seed);
  CbChaos *self = g_new0 (CbChaos, 1);
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (program);
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    &error, program, "--commands", "--target", target, "--seed",
                                    seed_text, record != NULL ? "--record" : NULL, record, NULL);
  g_assert_no_error (error);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));

  line = read_line (self);
  self->port = (guint) g_ascii_strtoull (line, NULL, 10);
  g_assert_cmpuint (self->port, >, 0);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);

  return self;
}

/* The end of its standard input is its end. */
void
cb_chaos_free (CbChaos *self)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait_check (self->process, NULL, &error);
  g_assert_no_error (error);

  g_object_unref (self->output);
  g_object_unref (self->process);
  g_free (self->url);
  g_free (self);
}

guint
cb_chaos_get_port (CbChaos *self)
{
  return self->port;
}

const char *
cb_chaos_get_url (CbChaos *self)
{
  return self->url;
}

static char *
command (CbChaos *self, const char *words)
{
  g_autofree char *line = g_strconcat (words, "\n", NULL);
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->process), line, strlen (line), NULL,
                             NULL, &error);
  g_assert_no_error (error);

  return read_line (self);
}

void
cb_chaos_set_mode (CbChaos *self, const char *mode)
{
  g_autofree char *answer = command (self, mode);

  g_assert_cmpstr (answer, ==, "ok");
}

void
cb_chaos_count (CbChaos *self, gsize *asked, gsize *replied)
{
  g_autofree char *answer = command (self, "count");

  g_assert_cmpint (sscanf (answer, "%zu %zu", asked, replied), ==, 2);
}
