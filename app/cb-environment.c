/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-environment.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

#define STARTED "COUNTERBOOK_STARTED_US"
#define PERTURB_BYTE 0xa5
#define TUNABLES "GLIBC_TUNABLES"
#define NO_THREAD_CACHE "glibc.malloc.tcache_count=0"

/* What a terminal needs of its surroundings. Everything else goes, so that a library's next
 * debugging switch need not be known here. */
static const char *const kept[] = {
  "AT_SPI_BUS_ADDRESS",
  "CREDENTIALS_DIRECTORY",
  "DBUS_SESSION_BUS_ADDRESS",
  "DISPLAY",
  "GDK_BACKEND",
  "GDK_DEBUG",
  "GDK_DISABLE",
  "GDK_DPI_SCALE",
  "GDK_SCALE",
  "GSETTINGS_BACKEND",
  "GSK_RENDERER",
  "GTK_A11Y",
  "GTK_IM_MODULE",
  "G_DEBUG",
  "G_SLICE",
  "HOME",
  "LANG",
  "LANGUAGE",
  "LOCPATH",
  "LOGNAME",
  "NOTIFY_SOCKET",
  "NO_AT_BRIDGE",
  "PATH",
  "TZ",
  "USER",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XMODIFIERS",
  STARTED,
  TUNABLES,
};

static const char *const kept_prefixes[] = {
  "LC_",   "XDG_",  "COUNTERBOOK_",
#if IS_SANITIZED
  "ASAN_", "LSAN_", "UBSAN_",
#endif
};

/* A kiosk's machine has nothing to say about looks, debugging or where things are installed. */
static const char *const kept_in_kiosk[] = {
  "XDG_CACHE_HOME",  "XDG_CONFIG_HOME", "XDG_DATA_HOME",
  "XDG_RUNTIME_DIR", "XDG_SESSION_ID",  "XDG_STATE_HOME",
};

static const char *const dropped_in_kiosk[] = {
  "GDK_DEBUG",
  "GDK_DISABLE",
  "GSETTINGS_BACKEND",
  "G_DEBUG",
};

static gint64
monotonic_us (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int
is_among (const char *const *names, size_t n_names, const char *variable, size_t length)
{
  for (size_t i = 0; i < n_names; i++)
    {
      if (strlen (names[i]) == length && strncmp (names[i], variable, length) == 0)
        return 1;
    }
  return 0;
}

static int
is_kept (const char *variable, size_t length, int is_kiosk)
{
  if (is_kiosk && strncmp (variable, "XDG_", 4) == 0)
    return is_among (kept_in_kiosk, G_N_ELEMENTS (kept_in_kiosk), variable, length);
  if (is_kiosk && is_among (dropped_in_kiosk, G_N_ELEMENTS (dropped_in_kiosk), variable, length))
    return 0;
  if (is_among (kept, G_N_ELEMENTS (kept), variable, length))
    return 1;
  for (size_t i = 0; i < G_N_ELEMENTS (kept_prefixes); i++)
    {
      if (strncmp (variable, kept_prefixes[i], strlen (kept_prefixes[i])) == 0)
        return 1;
    }
  return 0;
}

/* Plain libc: GLib must not have been used when this runs. Answers whether one of those that went
 * had already been obeyed by the dynamic linker. */
static int
drop_variables (int is_kiosk)
{
  extern char **environ;
  int was_obeyed = 0;
  size_t i = 0;

  while (environ[i] != NULL)
    {
      size_t length = strcspn (environ[i], "=");
      char name[256];

      if (is_kept (environ[i], length, is_kiosk) || length >= sizeof name)
        {
          i++;
          continue;
        }
      memcpy (name, environ[i], length);
      name[length] = '\0';
      if (!IS_SANITIZED && strncmp (name, "LD_", 3) == 0)
        was_obeyed = 1;
      if (unsetenv (name) != 0)
        i++;
    }
  return was_obeyed;
}

/* GTK prepares OpenGL even when cairo draws. On a terminal without a GPU, not doing so saves 50 ms
 * and 60 MB; whoever sets these has one. The second name is the one that GTK 4.16 and later read.
 */
static void
choose_renderer (void)
{
  if (getenv ("GSK_RENDERER") == NULL)
    {
      setenv ("GSK_RENDERER", "cairo", 1);
      setenv ("GDK_DEBUG", "gl-disable", 0);
      setenv ("GDK_DISABLE", "gl,vulkan,dmabuf", 0);
    }
  /* Our own style sheet says it all; a desktop's theme below it would only move the pixels. */
  setenv ("GTK_THEME", "Empty", 1);
}

/* Before anything reads the options, for GTK must not have started. */
static int
asks_for_kiosk (char **argv)
{
  for (size_t i = 1; argv[0] != NULL && argv[i] != NULL && strcmp (argv[i], "--") != 0; i++)
    {
      if (strcmp (argv[i], "--kiosk") == 0)
        return 1;
    }
  return 0;
}

/* No settings of a desktop, and no file but those on this machine. */
static void
settle_kiosk (void)
{
  setenv ("GSETTINGS_BACKEND", "memory", 1);
  setenv ("GIO_USE_VFS", "local", 1);
}

/* The time this process has computed so far is what the kernel and the dynamic linker needed. */
static void
remember_start (void)
{
  char text[32];

  if (getenv (STARTED) != NULL)
    return;
  snprintf (text, sizeof text, "%lld",
            (long long) (monotonic_us (CLOCK_MONOTONIC) - monotonic_us (CLOCK_PROCESS_CPUTIME_ID)));
  setenv (STARTED, text, 1);
}

static void
start_again (char **argv)
{
  char path[4096];
  ssize_t length = readlink ("/proc/self/exe", path, sizeof path - 1);

  if (length <= 0)
    return;
  path[length] = '\0';
  execv (path, argv);
}

void
cb_environment_prepare (char **argv)
{
  const struct rlimit none = { 0, 0 };
  const int is_kiosk = asks_for_kiosk (argv);
  int must_restart = 0;

  remember_start ();
  must_restart = drop_variables (is_kiosk);
  if (is_kiosk)
    settle_kiosk ();
#if !GLIB_CHECK_VERSION(2, 76, 0)
  /* GLib's slices keep freed blocks as they are, and were set up before main (). */
  if (getenv ("G_SLICE") == NULL)
    {
      setenv ("G_SLICE", "always-malloc", 1);
      must_restart = 1;
    }
#endif
  /* What malloc keeps at hand for each thread is not written over when it is freed, whatever
   * M_PERTURB says: names were still to be read in a locked terminal's memory. */
  if (getenv (TUNABLES) == NULL || strcmp (getenv (TUNABLES), NO_THREAD_CACHE) != 0)
    {
      setenv (TUNABLES, NO_THREAD_CACHE, 1);
      must_restart |= !IS_SANITIZED;
    }
  choose_renderer ();
  if (must_restart)
    start_again (argv);

  setrlimit (RLIMIT_CORE, &none);
  /* The leak checker reads this process as another would. */
  if (!IS_SANITIZED)
    prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  mallopt (M_PERTURB, PERTURB_BYTE);
}

gint64
cb_environment_get_age_us (void)
{
  const char *started = g_getenv (STARTED);

  if (started == NULL)
    return 0;
  return monotonic_us (CLOCK_MONOTONIC) - g_ascii_strtoll (started, NULL, 10);
}
