/* SPDX-License-Identifier: Apache-2.0 */

/* A small TCP proxy that goes wrong on purpose, for tests between a terminal and its service. One
 * thread, poll(), loopback only, seeded: the same seed and the same traffic go wrong the same way.
 *
 *   chaos-proxy --target PORT [--listen PORT] [--seed N] [--record FILE] [--mode MODE] [--commands]
 *
 * It prints the port it listens on. Modes:
 *   - pass: lets everything through
 *   - refuse: closes each connection before a byte has moved, and those that stand
 *   - stall: takes everything and passes nothing on
 *   - cut=N: closes after N bytes of a connection's replies; the target has answered, that is
 *     committed, by then. cut=0: no byte of a reply arrives.
 *   - cut-random=P: with probability P, drawn for each piece that comes back, closes in the middle
 *     of it
 *   - cut-request=N: closes after N bytes of a connection's requests, which arrive
 *   - drop=P: with probability P, drawn for each connection, resets it at its first byte
 *
 * The recording holds both directions in the order in which they came: a line "> LENGTH" or
 * "< LENGTH", the bytes, a newline. With --commands each line on standard input sets the mode anew,
 * and "ok" answers it. It ends when standard input ends then, else on a signal. */

#define G_LOG_DOMAIN "Counterbook"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE 16384
#define MAX_VISITS 200

typedef enum
{
  MODE_PASS,
  MODE_REFUSE,
  MODE_STALL,
  MODE_CUT,
  MODE_CUT_RANDOM,
  MODE_CUT_REQUEST,
  MODE_DROP,
} Mode;

/* One connection through the proxy. Each direction holds what its receiver does not take yet. */
typedef struct
{
  int near; /* the terminal */
  int far;  /* the service; -1 while stalled */
  GByteArray *to_far;
  GByteArray *to_near;
  gsize n_asked;
  gsize n_replied;
  gboolean near_ended;
  gboolean far_ended;
  gboolean is_over;
  gboolean is_reset;
} Visit;

typedef struct
{
  int listener;
  guint16 target;
  Mode mode;
  gsize cut_after;
  gdouble probability;
  GRand *random;
  FILE *record;
  gboolean has_commands;
  gboolean is_over;
  GPtrArray *visits;
  GString *command;
} Proxy;

/* --- modes --- */

static gboolean
set_mode (Proxy *proxy, const char *text)
{
  static const struct
  {
    const char *name;
    Mode mode;
    gboolean has_value;
  } modes[] = {
    { "pass", MODE_PASS, FALSE },
    { "refuse", MODE_REFUSE, FALSE },
    { "stall", MODE_STALL, FALSE },
    { "cut", MODE_CUT, TRUE },
    { "drop", MODE_DROP, TRUE },
    { "cut-random", MODE_CUT_RANDOM, TRUE },
    { "cut-request", MODE_CUT_REQUEST, TRUE },
  };
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_strcmp0 (parts[0], modes[i].name) == 0 && modes[i].has_value == (parts[1] != NULL))
      {
        proxy->mode = modes[i].mode;
        proxy->cut_after = parts[1] != NULL ? (gsize) g_ascii_strtoull (parts[1], NULL, 10) : 0;
        proxy->probability = parts[1] != NULL ? g_ascii_strtod (parts[1], NULL) : 0;
        for (guint j = 0; proxy->mode == MODE_REFUSE && j < proxy->visits->len; j++)
          ((Visit *) g_ptr_array_index (proxy->visits, j))->is_over = TRUE;
        return TRUE;
      }

  return FALSE;
}

/* --- one connection --- */

static void
record (Proxy *proxy, char direction, const guint8 *bytes, gsize length)
{
  if (proxy->record == NULL)
    return;

  fprintf (proxy->record, "%c %zu\n", direction, length);
  fwrite (bytes, 1, length, proxy->record);
  fputc ('\n', proxy->record);
  fflush (proxy->record);
}

static void
visit_free (Visit *visit)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  if (visit->is_reset)
    setsockopt (visit->near, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);

  close (visit->near);
  if (visit->far >= 0)
    close (visit->far);
  g_byte_array_unref (visit->to_far);
  g_byte_array_unref (visit->to_near);
  g_free (visit);
}

static int
connect_to_target (guint16 port)
{
  const struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  /* Loopback answers at once, one way or the other. */
  if (fd >= 0 && connect (fd, (const struct sockaddr *) &address, sizeof address) != 0)
    {
      close (fd);
      return -1;
    }

  if (fd >= 0)
    fcntl (fd, F_SETFL, O_NONBLOCK);

  return fd;
}

static void
accept_visit (Proxy *proxy)
{
  const int near = accept4 (proxy->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  Visit *visit = NULL;

  if (near < 0)
    return;

  if (proxy->mode == MODE_REFUSE || proxy->visits->len >= MAX_VISITS)
    {
      close (near);
      return;
    }

  visit = g_new0 (Visit, 1);
  visit->near = near;
  visit->far = proxy->mode == MODE_STALL ? -1 : connect_to_target (proxy->target);
  visit->to_far = g_byte_array_new ();
  visit->to_near = g_byte_array_new ();
  visit->is_over = visit->far < 0 && proxy->mode != MODE_STALL;
  visit->is_reset = proxy->mode == MODE_DROP && g_rand_double (proxy->random) < proxy->probability;
  g_ptr_array_add (proxy->visits, visit);
}

/* What the terminal says. */
static void
take_request (Proxy *proxy, Visit *visit)
{
  guint8 piece[PIECE];
  const ssize_t length = read (visit->near, piece, sizeof piece);

  if (length > 0 && visit->is_reset)
    {
      visit->is_over = TRUE;
      return;
    }

  if (length > 0)
    {
      gsize part = (gsize) length;

      if (proxy->mode == MODE_CUT_REQUEST)
        part = MIN (part, proxy->cut_after - MIN (proxy->cut_after, visit->n_asked));
      record (proxy, '>', piece, part);
      if (proxy->mode != MODE_STALL)
        g_byte_array_append (visit->to_far, piece, (guint) part);
      visit->n_asked += part;
      if (part < (gsize) length)
        visit->near_ended = TRUE;
    }
  else if (length == 0 || errno != EAGAIN)
    {
      visit->near_ended = TRUE;
    }
}

/* How much of a piece of reply may pass; less than all ends the connection. */
static gsize
passing_part (Proxy *proxy, const Visit *visit, gsize length)
{
  if (proxy->mode == MODE_CUT)
    return MIN (length, proxy->cut_after - MIN (proxy->cut_after, visit->n_replied));

  if (proxy->mode == MODE_CUT_RANDOM && g_rand_double (proxy->random) < proxy->probability)
    return (gsize) g_rand_int_range (proxy->random, 0, (gint32) length);

  return length;
}

/* What the service says. */
static void
take_reply (Proxy *proxy, Visit *visit)
{
  guint8 piece[PIECE];
  const ssize_t length = read (visit->far, piece, sizeof piece);
  gsize part = 0;

  if (length <= 0)
    {
      visit->far_ended = length == 0 || errno != EAGAIN;
      return;
    }

  record (proxy, '<', piece, (gsize) length);
  if (proxy->mode == MODE_STALL)
    return;

  part = passing_part (proxy, visit, (gsize) length);
  g_byte_array_append (visit->to_near, piece, (guint) part);
  visit->n_replied += part;
  if (part < (gsize) length)
    visit->far_ended = TRUE;
}

/* FALSE when the receiver is gone. */
static gboolean
give (int fd, GByteArray *bytes)
{
  const ssize_t length = bytes->len > 0 ? send (fd, bytes->data, bytes->len, MSG_NOSIGNAL) : 0;

  if (length > 0)
    g_byte_array_remove_range (bytes, 0, (guint) length);

  return length >= 0 || errno == EAGAIN;
}

static void
serve_visit (Proxy *proxy, Visit *visit, const struct pollfd *near, const struct pollfd *far)
{
  if (visit->is_over)
    return;

  if (near->revents & (POLLIN | POLLHUP | POLLERR))
    take_request (proxy, visit);
  if (visit->far >= 0 && far->revents & (POLLIN | POLLHUP | POLLERR))
    take_reply (proxy, visit);

  if (visit->far >= 0 && !give (visit->far, visit->to_far))
    visit->far_ended = TRUE;
  if (!give (visit->near, visit->to_near))
    visit->near_ended = TRUE;

  if (visit->near_ended || (visit->far_ended && visit->to_near->len == 0))
    visit->is_over = TRUE;
}

/* --- all of them --- */

static void
take_commands (Proxy *proxy)
{
  char piece[256];
  const ssize_t length = read (STDIN_FILENO, piece, sizeof piece);
  char *newline = NULL;

  if (length <= 0)
    {
      proxy->is_over = TRUE;
      return;
    }

  g_string_append_len (proxy->command, piece, length);
  while ((newline = strchr (proxy->command->str, '\n')) != NULL)
    {
      *newline = '\0';
      puts (set_mode (proxy, proxy->command->str) ? "ok" : "unknown");
      fflush (stdout);
      g_string_erase (proxy->command, 0, newline - proxy->command->str + 1);
    }
}

static short
interest (const GByteArray *waiting)
{
  return (short) (POLLIN | (waiting->len > 0 ? POLLOUT : 0));
}

static void
turn (Proxy *proxy)
{
  struct pollfd fds[2 + 2 * MAX_VISITS] = { 0 };
  const guint n_visits = proxy->visits->len;

  fds[0] = (struct pollfd){ .fd = proxy->listener, .events = POLLIN };
  fds[1] = (struct pollfd){ .fd = proxy->has_commands ? STDIN_FILENO : -1, .events = POLLIN };
  for (guint i = 0; i < n_visits; i++)
    {
      Visit *visit = g_ptr_array_index (proxy->visits, i);

      fds[2 + 2 * i] = (struct pollfd){ .fd = visit->near, .events = interest (visit->to_near) };
      fds[3 + 2 * i] = (struct pollfd){ .fd = visit->far_ended ? -1 : visit->far,
                                        .events = interest (visit->to_far) };
    }

  if (poll (fds, 2 + 2 * n_visits, -1) < 0)
    return;

  /* A command first: what it says holds for what comes in with it. */
  if (fds[1].revents != 0)
    take_commands (proxy);
  for (guint i = 0; i < n_visits; i++)
    serve_visit (proxy, g_ptr_array_index (proxy->visits, i), &fds[2 + 2 * i], &fds[3 + 2 * i]);
  if (fds[0].revents != 0)
    accept_visit (proxy);

  for (guint i = proxy->visits->len; i > 0; i--)
    {
      Visit *visit = g_ptr_array_index (proxy->visits, i - 1);

      if (visit->is_over)
        g_ptr_array_remove_index_fast (proxy->visits, i - 1);
    }
}

static gboolean
listen_on (Proxy *proxy, guint16 port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;
  const int yes = 1;

  proxy->listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (proxy->listener < 0)
    return FALSE;

  setsockopt (proxy->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind (proxy->listener, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (proxy->listener, 64) != 0 ||
      getsockname (proxy->listener, (struct sockaddr *) &address, &length) != 0)
    return FALSE;

  printf ("%u\n", ntohs (address.sin_port));
  fflush (stdout);

  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_autofree char *mode = NULL;
  g_autofree char *record_path = NULL;
  int listen_port = 0;
  int target_port = 0;
  int seed = 1;
  Proxy proxy = {
    .visits = g_ptr_array_new_with_free_func ((GDestroyNotify) visit_free),
  };
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_INT, &listen_port, "Port to listen on; 0 picks one", "PORT" },
    { "target", 0, 0, G_OPTION_ARG_INT, &target_port, "Port of the service", "PORT" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Where chance begins", "N" },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &mode, "How to go wrong", "MODE" },
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &record_path, "Write what passes there", "FILE" },
    { "commands", 0, 0, G_OPTION_ARG_NONE, &proxy.has_commands, "Take modes from stdin", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, NULL) || target_port <= 0 ||
      target_port > G_MAXUINT16 || listen_port < 0 || listen_port > G_MAXUINT16 ||
      !set_mode (&proxy, mode != NULL ? mode : "pass"))
    {
      fprintf (stderr, "chaos-proxy: see the head of its source\n");
      return 2;
    }

  signal (SIGPIPE, SIG_IGN);
  proxy.target = (guint16) target_port;
  proxy.random = g_rand_new_with_seed ((guint32) seed);
  proxy.command = g_string_new (NULL);
  proxy.record = record_path != NULL ? fopen (record_path, "wb") : NULL;
  if ((record_path != NULL && proxy.record == NULL) || !listen_on (&proxy, (guint16) listen_port))
    {
      fprintf (stderr, "chaos-proxy: %s\n", g_strerror (errno));
      return 1;
    }

  while (!proxy.is_over)
    turn (&proxy);

  g_ptr_array_unref (proxy.visits);
  g_rand_free (proxy.random);
  g_string_free (proxy.command, TRUE);
  close (proxy.listener);
  if (proxy.record != NULL)
    fclose (proxy.record);

  return 0;
}
