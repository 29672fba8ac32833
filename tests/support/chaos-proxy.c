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
 *   - cut-request=N: closes after N bytes of a connection's requests, which arrive
 *   - reset=N, reset-request=N: the same, and the terminal is reset instead
 *   - stall=N, stall-request=N: the same, and nothing more passes in that direction; the
 *     connection stands for as long as the terminal keeps it
 *   - cut-random=P: with probability P, drawn for each piece that comes back, closes in the middle
 *     of it
 *   - drop=P: with probability P, drawn for each connection, resets it at its first byte
 *   - corrupt=N: flips the lowest bit of byte N of a connection's replies, heads included
 *   - corrupt-text=TEXT: flips the lowest bit of the last byte of the text where it is in a piece
 * of a reply
 *   - corrupt-request=N: flips the lowest bit of byte N of the bodies of a connection's requests
 *   - duplicate=1, duplicate=2: each request is delivered twice, on two connections, the second
 *     time when the first is being answered; the reply of the first or of the second comes back
 *   - portal=200, portal=302: answers by itself, with a page or with the way to one
 *   - longer=N: replies announce N bytes more than there are, and the connection ends there
 *   - shorter=N: replies announce N bytes fewer than there are, and go on
 *   - chunked=N: replies come in chunks; the connection ends after N bytes of the first
 *
 * Bytes are counted from 0, of each connection and from the moment at which the mode was set. With
 * "@TEXT" behind it a mode begins, and counts, at the first request of a connection whose first
 * line holds the text: "cut=0@/v1/sync/push".
 *
 * With "!" behind its number a mode that ends a connection refuses everybody from then on, until
 * the next mode: "cut=7!". Without, who asks again on another connection is let in.
 *
 * The recording holds both directions in the order in which they came: a line "> LENGTH" or
 * "< LENGTH", the bytes, a newline. With --commands each line on standard input sets the mode anew,
 * and "ok" answers it; "count" is answered by how many bytes of requests and of replies have come
 * since the mode was set. It ends when standard input ends then, else on a signal. */

#define G_LOG_DOMAIN "Counterbook"

#include "chaos-frame.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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
  MODE_CUT_REQUEST,
  MODE_RESET,
  MODE_RESET_REQUEST,
  MODE_STALL_REPLY,
  MODE_STALL_REQUEST,
  MODE_CUT_RANDOM,
  MODE_DROP,
  MODE_CORRUPT,
  MODE_CORRUPT_TEXT,
  MODE_CORRUPT_REQUEST,
  MODE_DUPLICATE,
  MODE_PORTAL,
  MODE_LONGER,
  MODE_SHORTER,
  MODE_CHUNKED,
} Mode;

/* One connection through the proxy. Each direction holds what its receiver does not take yet. */
typedef struct
{
  int near; /* the terminal */
  int far;  /* the service; -1 while stalled */
  int twin; /* the service once more; -1 unless doubled */
  GByteArray *to_far;
  GByteArray *to_near;
  GByteArray *to_twin;
  GByteArray *held; /* for whom a request is delivered to second */
  ChaosFrame asked;
  ChaosFrame replied;
  gsize n_asked;
  gsize n_replied;
  gboolean is_meant;  /* the mode is for what passes now */
  gboolean is_asking; /* the last byte was a request's */
  gboolean near_ended;
  gboolean far_ended;
  gboolean twin_owes; /* it was asked and has not answered */
  gboolean is_over;
  gboolean is_reset;
  gboolean is_stuck; /* it stands until the terminal goes */
} Visit;

typedef struct
{
  int listener;
  guint16 target;
  Mode mode;
  gsize value;
  char *text;
  char *only; /* of which requests; NULL: of all */
  gboolean is_final;
  gboolean is_closed; /* somebody was ended, and that was final */
  gdouble probability;
  GRand *random;
  FILE *record;
  gsize n_asked;
  gsize n_replied;
  gboolean has_commands;
  gboolean is_over;
  GPtrArray *visits;
  GString *command;
} Proxy;

/* --- modes --- */

/* What was counted and held of a connection so far was the last mode's. */
static void
begin_mode (Proxy *proxy, Visit *visit)
{
  visit->n_asked = 0;
  visit->n_replied = 0;
  visit->is_meant = proxy->only == NULL;
  visit->is_over = visit->is_over || proxy->mode == MODE_REFUSE;
}

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
    { "cut-request", MODE_CUT_REQUEST, TRUE },
    { "reset", MODE_RESET, TRUE },
    { "reset-request", MODE_RESET_REQUEST, TRUE },
    { "stall", MODE_STALL_REPLY, TRUE },
    { "stall-request", MODE_STALL_REQUEST, TRUE },
    { "cut-random", MODE_CUT_RANDOM, TRUE },
    { "drop", MODE_DROP, TRUE },
    { "corrupt", MODE_CORRUPT, TRUE },
    { "corrupt-text", MODE_CORRUPT_TEXT, TRUE },
    { "corrupt-request", MODE_CORRUPT_REQUEST, TRUE },
    { "duplicate", MODE_DUPLICATE, TRUE },
    { "portal", MODE_PORTAL, TRUE },
    { "longer", MODE_LONGER, TRUE },
    { "shorter", MODE_SHORTER, TRUE },
    { "chunked", MODE_CHUNKED, TRUE },
  };
  g_auto (GStrv) halves = g_strsplit (text, "@", 2);
  g_auto (GStrv) parts = g_strsplit (halves[0] != NULL ? halves[0] : "", "=", 2);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_strcmp0 (parts[0], modes[i].name) == 0 && modes[i].has_value == (parts[1] != NULL))
      {
        proxy->mode = modes[i].mode;
        proxy->value = parts[1] != NULL ? (gsize) g_ascii_strtoull (parts[1], NULL, 10) : 0;
        proxy->probability = parts[1] != NULL ? g_ascii_strtod (parts[1], NULL) : 0;
        proxy->is_final = parts[1] != NULL && g_str_has_suffix (parts[1], "!");
        proxy->is_closed = FALSE;
        proxy->n_asked = 0;
        proxy->n_replied = 0;
        g_free (proxy->text);
        proxy->text = g_strdup (parts[1]);
        g_free (proxy->only);
        proxy->only = g_strdup (halves[1]);
        for (guint j = 0; j < proxy->visits->len; j++)
          begin_mode (proxy, g_ptr_array_index (proxy->visits, j));
        return TRUE;
      }

  return FALSE;
}

static gboolean
is_meant (Proxy *proxy, const Visit *visit, Mode mode)
{
  return proxy->mode == mode && visit->is_meant;
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
  if (visit->twin >= 0)
    close (visit->twin);
  g_byte_array_unref (visit->to_far);
  g_byte_array_unref (visit->to_near);
  g_byte_array_unref (visit->to_twin);
  g_byte_array_unref (visit->held);
  chaos_frame_clear (&visit->asked);
  chaos_frame_clear (&visit->replied);
  g_free (visit);
}

/* What comes in pieces goes on in pieces: waiting for more costs 40 ms each time. */
static void
hurry (int fd)
{
  const int yes = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
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
    {
      fcntl (fd, F_SETFL, O_NONBLOCK);
      hurry (fd);
    }

  return fd;
}

static void
accept_visit (Proxy *proxy)
{
  const int near = accept4 (proxy->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  Visit *visit = NULL;

  if (near < 0)
    return;

  if (proxy->mode == MODE_REFUSE || proxy->is_closed || proxy->visits->len >= MAX_VISITS)
    {
      close (near);
      return;
    }

  visit = g_new0 (Visit, 1);
  visit->near = near;
  hurry (near);
  visit->far = proxy->mode == MODE_STALL ? -1 : connect_to_target (proxy->target);
  visit->twin = -1;
  visit->to_far = g_byte_array_new ();
  visit->to_near = g_byte_array_new ();
  visit->to_twin = g_byte_array_new ();
  visit->held = g_byte_array_new ();
  begin_mode (proxy, visit);
  visit->is_over = visit->far < 0 && proxy->mode != MODE_STALL;
  visit->is_reset = proxy->mode == MODE_DROP && g_rand_double (proxy->random) < proxy->probability;
  g_ptr_array_add (proxy->visits, visit);
}

/* How much of a piece may pass where so many bytes have passed already and no more than the mode's
 * number may. */
static gsize
passing_part (Proxy *proxy, gsize n_passed, gsize length)
{
  return MIN (length, proxy->value - MIN (proxy->value, n_passed));
}

/* It ends as the mode says; what passed before arrives. */
static void
end_visit (Proxy *proxy, Visit *visit, gboolean *ended)
{
  visit->is_reset = proxy->mode == MODE_RESET || proxy->mode == MODE_RESET_REQUEST;
  visit->is_stuck = proxy->mode == MODE_STALL_REPLY || proxy->mode == MODE_STALL_REQUEST;
  *ended = !visit->is_stuck;
  proxy->is_closed = proxy->is_final;
}

/* --- what the terminal says --- */

static void
begin_exchange (Proxy *proxy, Visit *visit, const guint8 *piece, gsize length)
{
  const guint8 *end = memchr (piece, '\r', length);

  visit->is_asking = TRUE;
  if (visit->is_meant || end == NULL ||
      memmem (piece, (gsize) (end - piece), proxy->only, strlen (proxy->only)) == NULL)
    return;

  visit->is_meant = TRUE;
  visit->n_asked = 0;
  visit->n_replied = 0;
}

/* Bodies are counted of each message by itself where one request is meant. */
static void
corrupt_request (Proxy *proxy, Visit *visit, guint8 *piece, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (chaos_frame_take (&visit->asked, piece[i]) == CHAOS_IN_BODY &&
        is_meant (proxy, visit, MODE_CORRUPT_REQUEST) && visit->n_asked++ == proxy->value)
      piece[i] ^= 1;
}

static void
answer_as_portal (Proxy *proxy, Visit *visit)
{
  static const char page[] = "<!doctype html><title>Welcome</title><p>Please sign in.";
  g_autofree char *answer = g_strdup_printf (
    "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
    proxy->value == 302 ? "302 Found\r\nLocation: http://login.invalid/" : "200 OK", strlen (page),
    page);

  g_byte_array_append (visit->to_near, (const guint8 *) answer, (guint) strlen (answer));
  visit->is_stuck = TRUE;
}

/* The one of both who hears it first hears it now. */
static void
double_request (Proxy *proxy, Visit *visit, const guint8 *piece, gsize length)
{
  GByteArray *first = proxy->value == 1 ? visit->to_far : visit->to_twin;

  if (visit->twin < 0)
    visit->twin = connect_to_target (proxy->target);
  g_byte_array_append (first, piece, (guint) length);
  g_byte_array_append (visit->held, piece, (guint) length);
  visit->twin_owes = TRUE;
}

/* The first is being answered: now the other one. */
static void
deliver_again (Proxy *proxy, Visit *visit, gboolean is_twin)
{
  GByteArray *second = is_twin ? visit->to_far : visit->to_twin;

  if (visit->held->len == 0 || is_twin != (proxy->value == 2))
    return;

  g_byte_array_append (second, visit->held->data, visit->held->len);
  g_byte_array_set_size (visit->held, 0);
}

static void
pass_request (Proxy *proxy, Visit *visit, guint8 *piece, gsize length)
{
  const gboolean is_counted = is_meant (proxy, visit, MODE_CUT_REQUEST) ||
                              is_meant (proxy, visit, MODE_RESET_REQUEST) ||
                              is_meant (proxy, visit, MODE_STALL_REQUEST);
  const gsize part = is_counted ? passing_part (proxy, visit->n_asked, length) : length;

  record (proxy, '>', piece, part);
  corrupt_request (proxy, visit, piece, part);
  if (is_meant (proxy, visit, MODE_DUPLICATE))
    double_request (proxy, visit, piece, part);
  else
    g_byte_array_append (visit->to_far, piece, (guint) part);

  if (proxy->mode != MODE_CORRUPT_REQUEST)
    visit->n_asked += part;
  if (part < length)
    end_visit (proxy, visit, &visit->near_ended);
}

static void
take_request (Proxy *proxy, Visit *visit)
{
  guint8 piece[PIECE];
  const ssize_t length = read (visit->near, piece, sizeof piece);

  if (length <= 0)
    {
      visit->near_ended = length == 0 || errno != EAGAIN;
      return;
    }

  proxy->n_asked += (gsize) length;
  if (visit->is_reset)
    {
      visit->is_over = TRUE;
      return;
    }

  if (!visit->is_asking)
    begin_exchange (proxy, visit, piece, (gsize) length);
  if (proxy->mode == MODE_STALL || visit->is_stuck)
    return;

  if (is_meant (proxy, visit, MODE_PORTAL))
    answer_as_portal (proxy, visit);
  else
    pass_request (proxy, visit, piece, (gsize) length);
}

/* --- what the service says --- */

static gsize
passing_reply (Proxy *proxy, const Visit *visit, gsize length)
{
  if (is_meant (proxy, visit, MODE_CUT) || is_meant (proxy, visit, MODE_RESET) ||
      is_meant (proxy, visit, MODE_STALL_REPLY))
    return passing_part (proxy, visit->n_replied, length);

  if (is_meant (proxy, visit, MODE_CUT_RANDOM) &&
      g_rand_double (proxy->random) < proxy->probability)
    return (gsize) g_rand_int_range (proxy->random, 0, (gint32) length);

  return length;
}

static void
give_text (Visit *visit, const char *text)
{
  g_byte_array_append (visit->to_near, (const guint8 *) text, (guint) strlen (text));
}

/* Another length than it has. */
static void
announce (Proxy *proxy, Visit *visit)
{
  const gsize length = visit->replied.length;
  g_autofree char *chunk = g_strdup_printf ("%zx\r\n", length);
  g_autofree char *head = chaos_frame_announce (
    &visit->replied, proxy->mode == MODE_LONGER    ? length + proxy->value
                     : proxy->mode == MODE_SHORTER ? length - MIN (length, proxy->value)
                                                   : G_MAXSIZE);

  give_text (visit, head);
  if (proxy->mode == MODE_CHUNKED)
    give_text (visit, chunk);
  visit->n_replied = 0;
}

static void
misframe (Proxy *proxy, Visit *visit, const guint8 *piece, gsize length)
{
  for (gsize i = 0; i < length && !visit->far_ended; i++)
    {
      const ChaosPart part = chaos_frame_take (&visit->replied, piece[i]);

      if (part == CHAOS_HEAD_ENDS)
        announce (proxy, visit);
      if (part == CHAOS_IN_BODY &&
          (proxy->mode != MODE_CHUNKED || visit->n_replied++ < proxy->value))
        g_byte_array_append (visit->to_near, &piece[i], 1);
      if (chaos_frame_is_whole (&visit->replied) && proxy->mode != MODE_SHORTER)
        visit->far_ended = TRUE;
    }
}

static void
corrupt_reply (Proxy *proxy, Visit *visit, guint8 *piece, gsize length)
{
  guint8 *text = NULL;

  if (is_meant (proxy, visit, MODE_CORRUPT) && proxy->value >= visit->n_replied &&
      proxy->value - visit->n_replied < length)
    piece[proxy->value - visit->n_replied] ^= 1;

  if (is_meant (proxy, visit, MODE_CORRUPT_TEXT))
    text = memmem (piece, length, proxy->text, strlen (proxy->text));
  if (text != NULL)
    text[strlen (proxy->text) - 1] ^= 1;
}

static void
pass_reply (Proxy *proxy, Visit *visit, guint8 *piece, gsize length)
{
  const gsize part = passing_reply (proxy, visit, length);

  if (is_meant (proxy, visit, MODE_LONGER) || is_meant (proxy, visit, MODE_SHORTER) ||
      is_meant (proxy, visit, MODE_CHUNKED))
    {
      misframe (proxy, visit, piece, length);
      return;
    }

  corrupt_reply (proxy, visit, piece, length);
  g_byte_array_append (visit->to_near, piece, (guint) part);
  visit->n_replied += part;
  if (part < length)
    end_visit (proxy, visit, &visit->far_ended);
}

static void
take_reply (Proxy *proxy, Visit *visit)
{
  guint8 piece[PIECE];
  const ssize_t length = read (visit->far, piece, sizeof piece);

  if (length <= 0)
    {
      visit->far_ended = length == 0 || errno != EAGAIN;
      return;
    }

  record (proxy, '<', piece, (gsize) length);
  proxy->n_replied += (gsize) length;
  visit->is_asking = FALSE;
  deliver_again (proxy, visit, FALSE);
  if (proxy->mode != MODE_STALL && !visit->is_stuck)
    pass_reply (proxy, visit, piece, (gsize) length);
}

/* Nobody is told what it says. */
static void
take_twin (Proxy *proxy, Visit *visit)
{
  guint8 piece[PIECE];
  const ssize_t length = read (visit->twin, piece, sizeof piece);

  if (length < 0 && errno == EAGAIN)
    return;

  visit->twin_owes = FALSE;
  deliver_again (proxy, visit, TRUE);
  if (length <= 0)
    {
      close (visit->twin);
      visit->twin = -1;
    }
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

#define HAS_SOMETHING (POLLIN | POLLHUP | POLLERR)

static void
serve_visit (Proxy *proxy, Visit *visit, const struct pollfd *fds)
{
  if (visit->is_over)
    return;

  if (fds[0].revents & HAS_SOMETHING)
    take_request (proxy, visit);
  if (visit->far >= 0 && fds[1].revents & HAS_SOMETHING)
    take_reply (proxy, visit);
  if (visit->twin >= 0 && fds[2].revents & HAS_SOMETHING)
    take_twin (proxy, visit);

  if (visit->far >= 0 && !give (visit->far, visit->to_far))
    visit->far_ended = TRUE;
  if (visit->twin >= 0 && !give (visit->twin, visit->to_twin))
    visit->twin_owes = FALSE;
  if (!visit->near_ended && !give (visit->near, visit->to_near))
    visit->near_ended = TRUE;

  /* Somebody who is delivered to twice is so even when the terminal has gone. */
  if (visit->near_ended)
    visit->is_over = visit->twin < 0 || !visit->twin_owes;
  else if (visit->far_ended && !visit->is_stuck)
    visit->is_over = visit->to_near->len == 0;
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
      if (g_strcmp0 (proxy->command->str, "count") == 0)
        printf ("%zu %zu\n", proxy->n_asked, proxy->n_replied);
      else
        puts (set_mode (proxy, proxy->command->str) ? "ok" : "unknown");
      fflush (stdout);
      g_string_erase (proxy->command, 0, newline - proxy->command->str + 1);
    }
}

static struct pollfd
watch (int fd, const GByteArray *waiting)
{
  return (struct pollfd){ .fd = fd, .events = (short) (POLLIN | (waiting->len > 0 ? POLLOUT : 0)) };
}

static void
turn (Proxy *proxy)
{
  struct pollfd fds[2 + 3 * MAX_VISITS] = { 0 };
  const guint n_visits = proxy->visits->len;

  fds[0] = (struct pollfd){ .fd = proxy->listener, .events = POLLIN };
  fds[1] = (struct pollfd){ .fd = proxy->has_commands ? STDIN_FILENO : -1, .events = POLLIN };
  for (guint i = 0; i < n_visits; i++)
    {
      Visit *visit = g_ptr_array_index (proxy->visits, i);

      fds[2 + 3 * i] = watch (visit->near_ended ? -1 : visit->near, visit->to_near);
      fds[3 + 3 * i] = watch (visit->far_ended ? -1 : visit->far, visit->to_far);
      fds[4 + 3 * i] = watch (visit->twin, visit->to_twin);
    }

  if (poll (fds, 2 + 3 * n_visits, -1) < 0)
    return;

  /* A command first: what it says holds for what comes in with it. */
  if (fds[1].revents != 0)
    take_commands (proxy);
  for (guint i = 0; i < n_visits; i++)
    serve_visit (proxy, g_ptr_array_index (proxy->visits, i), &fds[2 + 3 * i]);
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
  g_free (proxy.text);
  g_free (proxy.only);
  close (proxy.listener);
  if (proxy.record != NULL)
    fclose (proxy.record);

  return 0;
}
