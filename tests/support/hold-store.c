/* SPDX-License-Identifier: Apache-2.0 */

/* A terminal without a window: the store on its own thread, a session, the index in memory. A test
 * tells it what to do and looks at what it leaves behind when it is locked or dies.
 *
 *   hold-store HOME [STAFF]
 *
 * Each line on standard input is a command, answered by "ok" and perhaps a number, or by "error":
 *   sign-in PIN          as the associate, or as STAFF, and wait for the index
 *   find TEXT            how many people and notes
 *   show CUSTOMER        how many notes; the page stays open
 *   leave                closes the page
 *   note CUSTOMER TEXT   as the one who is signed in
 *   draft CUSTOMER TEXT  the same, kept and not saved
 *   erase CUSTOMER
 *   lock
 * It ends when standard input ends. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib-unix.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/cb-data.h"
#include "store/cb-store.h"
#include "vault/cb-seal.h"

#define STAFF "Hand"
/* Longer than a note may be. */
#define LINE_MAX_BYTES 16384
#define PERTURB_BYTE 0xa5

typedef struct
{
  CbStore *store;
  GMainLoop *loop;
  GAsyncResult *result;
  const char *staff;
  CbDossier *shown;
  CbStaff *actor;
  GError *error;
} Holder;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Holder *holder = user_data;

  holder->result = g_object_ref (result);
  g_main_loop_quit (holder->loop);
}

static GAsyncResult *
await (Holder *holder)
{
  g_main_loop_run (holder->loop);
  return g_steal_pointer (&holder->result);
}

/* Finished at once: whoever is signed in by the time the index is ready is told so. */
static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Holder *holder = user_data;

  holder->actor = cb_store_sign_in_finish (CB_STORE (source), result, NULL, NULL, &holder->error);
  g_main_loop_quit (holder->loop);
}

static int
sign_in (Holder *holder, const char *pin, GError **error)
{
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GPtrArray) staff = NULL;
  g_autoptr (CbStaff) actor = NULL;
  const char *id = NULL;

  cb_store_list_staff_async (holder->store, NULL, on_done, holder);
  listed = await (holder);
  staff = cb_store_list_staff_finish (holder->store, listed, error);
  for (guint i = 0; staff != NULL && i < staff->len; i++)
    {
      CbStaff *one = g_ptr_array_index (staff, i);

      if (g_str_equal (cb_staff_get_name (one), holder->staff))
        id = cb_staff_get_id (one);
    }
  if (id == NULL)
    return -1;

  cb_store_sign_in_async (holder->store, id, g_strdup (pin), NULL, on_signed_in, holder);
  g_main_loop_run (holder->loop);
  actor = g_steal_pointer (&holder->actor);
  if (actor == NULL)
    g_propagate_error (error, g_steal_pointer (&holder->error));
  while (actor != NULL && !cb_store_is_index_ready (holder->store))
    g_main_context_iteration (NULL, TRUE);
  return actor != NULL ? 1 : -1;
}

static int
find (Holder *holder, const char *typed, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;

  cb_store_find_async (holder->store, typed, 20, NULL, on_done, holder);
  result = await (holder);
  found = cb_store_find_finish (holder->store, result, error);
  return found != NULL ? (int) found->len : -1;
}

static int
show (Holder *holder, const char *customer, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cb_store_load_dossier_async (holder->store, customer, NULL, on_done, holder);
  result = await (holder);
  g_clear_object (&holder->shown);
  holder->shown = cb_store_load_dossier_finish (holder->store, result, error);
  return holder->shown != NULL ? (int) cb_dossier_get_notes (holder->shown)->len : -1;
}

static int
leave (Holder *holder)
{
  g_clear_object (&holder->shown);
  return 0;
}

typedef gboolean (*Write) (Holder *holder,
                           const char *customer,
                           CbNoteDraft *draft,
                           GError **error);

static gboolean
write_note (Holder *holder, const char *customer, CbNoteDraft *draft, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CbNote) note = NULL;

  cb_store_add_note_async (holder->store, customer, draft, NULL, on_done, holder);
  result = await (holder);
  note = cb_store_add_note_finish (holder->store, result, error);
  return note != NULL;
}

static gboolean
write_draft (Holder *holder, const char *customer, CbNoteDraft *draft, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cb_store_keep_draft_async (holder->store, cb_store_get_actor (holder->store), customer,
                             cb_unsaved_new_note (draft), NULL, on_done, holder);
  result = await (holder);
  return cb_store_keep_draft_finish (holder->store, result, error);
}

static int
take_down (Holder *holder, const char *customer_and_text, Write write, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (customer_and_text, " ", 2);
  CbNoteDraft *draft = cb_note_draft_new ();
  gboolean done;

  draft->text = g_strdup (parts[0] != NULL ? parts[1] : NULL);
  done = write (holder, parts[0], draft, error);
  if (parts[0] != NULL && parts[1] != NULL)
    explicit_bzero (parts[1], strlen (parts[1]));
  return done ? 1 : -1;
}

static int
erase (Holder *holder, const char *customer, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cb_store_erase_customer_async (holder->store, customer, CB_ERASE_REQUEST, NULL, on_done, holder);
  result = await (holder);
  return cb_store_erase_customer_finish (holder->store, result, NULL, error) ? 1 : -1;
}

static int
lock (Holder *holder, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cb_store_lock_async (holder->store, NULL, on_done, holder);
  result = await (holder);
  return cb_store_lock_finish (holder->store, result, error) ? 1 : -1;
}

static int
obey (Holder *holder, char *line, GError **error)
{
  if (g_str_has_prefix (line, "sign-in "))
    return sign_in (holder, line + strlen ("sign-in "), error);
  if (g_str_has_prefix (line, "find "))
    return find (holder, line + strlen ("find "), error);
  if (g_str_has_prefix (line, "show "))
    return show (holder, line + strlen ("show "), error);
  if (g_str_equal (line, "leave"))
    return leave (holder);
  if (g_str_has_prefix (line, "note "))
    return take_down (holder, line + strlen ("note "), write_note, error);
  if (g_str_has_prefix (line, "draft "))
    return take_down (holder, line + strlen ("draft "), write_draft, error);
  if (g_str_has_prefix (line, "erase "))
    return erase (holder, line + strlen ("erase "), error);
  return g_str_equal (line, "lock") ? lock (holder, error) : -1;
}

static gboolean
on_line (int fd, GIOCondition condition, gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Meanwhile the store looks after itself, as in a terminal that nobody is using. */
static void
await_line (void)
{
  gboolean is_there = FALSE;

  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_line, &is_there);
  while (!is_there)
    g_main_context_iteration (NULL, TRUE);
}

static char *
read_line (char *line, int length)
{
  await_line ();
  return fgets (line, length, stdin);
}

/* The line is this program's own, so it leaves no copy of it either. */
static void
obey_all (Holder *holder)
{
  static char line[LINE_MAX_BYTES];

  setvbuf (stdin, NULL, _IONBF, 0);
  while (read_line (line, sizeof line) != NULL)
    {
      g_autoptr (GError) error = NULL;
      int answer = -1;

      line[strcspn (line, "\n")] = '\0';
      answer = obey (holder, line, &error);
      explicit_bzero (line, sizeof line);
      if (answer >= 0)
        printf ("ok %d\n", answer);
      else
        printf ("error %s\n", error != NULL ? error->message : "no such command");
      fflush (stdout);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *state_root = NULL;
  g_autoptr (CbClock) clock = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GError) error = NULL;
  Holder holder = { 0 };
  gboolean is_open = FALSE;

  if (argc < 2 || argc > 3)
    return 2;
  /* As the terminal does: what is freed is written over. */
  mallopt (M_PERTURB, PERTURB_BYTE);
  cb_data_init ();
  state_root = cb_data_dup_state_root ();
  clock = cb_clock_new_system ();
  holder.staff = argc > 2 ? argv[2] : STAFF;
  holder.loop = g_main_loop_new (NULL, FALSE);
  holder.store = cb_store_new (argv[1], state_root, clock);
  cb_store_open_async (holder.store, NULL, on_done, &holder);
  opened = await (&holder);
  is_open = cb_store_open_finish (holder.store, opened, &error);
  if (is_open)
    obey_all (&holder);
  else
    fprintf (stderr, "hold-store: %s\n", error->message);
  g_clear_object (&holder.shown);
  cb_store_close (holder.store);
  g_clear_object (&holder.store);
  g_main_loop_unref (holder.loop);
  return is_open ? 0 : 1;
}
