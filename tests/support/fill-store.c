/* SPDX-License-Identifier: Apache-2.0 */

/* Writes many notes about one customer into a store, as fast as they can be saved one by one: a
 * proof that needs a thousand would otherwise start a thousand programs.
 *
 *   fill-store HOME CUSTOMER COUNT BYTES [PAUSE_MS]
 *
 * Prints a line a note: its id, a space, its text. */

#define G_LOG_DOMAIN "Counterbook"

#include <stdio.h>
#include <stdlib.h>

#include "store/cb-book.h"
#include "store/cb-data.h"

#define STAFF "Hand"

/* Words that compress about as well as what people write, and differ from note to note. */
static char *
make_text (GRand *random, gsize length)
{
  static const char *const words[] = {
    "navy", "wool",   "sleeve", "likes", "the",    "longer",   "and",   "for",
    "her",  "sister", "again",  "by",    "Friday", "trousers", "taken", "in",
    "at",   "waist",  "never",  "silk",  "size",   "forty",    "two",   "asked",
  };
  g_autoptr (GString) text = g_string_new (NULL);

  while (text->len < length)
    {
      if (text->len > 0)
        g_string_append_c (text, ' ');
      if (g_rand_int_range (random, 0, 6) == 0)
        g_string_append_printf (text, "%x", g_rand_int (random));
      else
        g_string_append (text, words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
    }
  g_string_truncate (text, length);
  /* A note's end is part of it; one that ended in a space would be harder to read in a failure. */
  text->str[length - 1] = '.';
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
fill (CbBook *book, const char *customer, guint count, gsize length, guint pause_ms, GError **error)
{
  g_autoptr (CbStaff) actor = cb_book_find_staff (book, STAFF, error);
  g_autoptr (GRand) random = g_rand_new ();

  for (guint i = 0; actor != NULL && i < count; i++)
    {
      g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
      g_autoptr (CbNote) note = NULL;

      draft->text = make_text (random, length);
      note = cb_book_add_note (book, actor, customer, draft, error);
      if (note == NULL)
        return FALSE;
      printf ("%s %s\n", cb_note_get_id (note), cb_note_get_text (note));
      cb_book_do_idle (book);
      g_usleep (pause_ms * 1000);
    }
  return actor != NULL;
}

int
main (int argc, char **argv)
{
  g_autofree char *state_root = NULL;
  g_autoptr (CbClock) clock = NULL;
  g_autoptr (CbBook) book = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_filled = FALSE;

  if (argc < 5 || argc > 6 || atoi (argv[4]) < 1)
    {
      fprintf (stderr, "fill-store: see the head of its source\n");
      return 2;
    }
  cb_data_init ();
  state_root = cb_data_dup_state_root ();
  clock = cb_clock_new_system ();
  book = cb_book_open (argv[1], state_root, clock, &error);
  if (book != NULL)
    {
      is_filled = fill (book, argv[2], (guint) atoi (argv[3]), (gsize) atoi (argv[4]),
                        argc == 6 ? (guint) atoi (argv[5]) : 0, &error);
      cb_book_close (book);
    }
  if (is_filled && fflush (stdout) == 0)
    return 0;
  fprintf (stderr, "fill-store: %s\n", error != NULL ? error->message : "standard output failed");
  return 1;
}
