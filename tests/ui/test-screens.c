/* SPDX-License-Identifier: Apache-2.0 */

/* Every scene of the terminal, in the looks it may be worn in. Without a word it is a test: nothing
 * is clipped, cut short or too small to touch, in a few looks, and in all of them with
 * CB_TEST_LONG. Else:
 *
 *   test-screens --pictures FOLDER [LOOK …]   a PNG of each scene in each look, or in those named
 *   test-screens --walk LOOK [STEP]           says each (or each STEP-th) scene, and goes on at a
 * line of input test-screens --scenes                     says them all, and shows none */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cb-fit.h"
#include "cb-screens.h"

/* How often something is looked at again that does not fit, a few frames apart. */
#define PATIENCE 12

static const CbLook looks[] = {
  { "light", 1280, 800, 1.0, NULL, FALSE, FALSE, FALSE },
  { "dark", 1280, 800, 1.0, NULL, TRUE, FALSE, FALSE },
  { "contrast", 1280, 800, 1.0, NULL, FALSE, TRUE, FALSE },
  { "contrast-dark", 1280, 800, 1.0, NULL, TRUE, TRUE, FALSE },
  { "small", 1024, 768, 1.0, NULL, FALSE, FALSE, FALSE },
  { "small-150", 1024, 768, 1.5, NULL, FALSE, FALSE, FALSE },
  { "small-200", 1024, 768, 2.0, NULL, FALSE, FALSE, FALSE },
  { "dark-200", 1280, 800, 2.0, NULL, TRUE, FALSE, FALSE },
  { "large", 1920, 1080, 1.0, NULL, FALSE, FALSE, FALSE },
  { "large-150", 1920, 1080, 1.5, NULL, FALSE, FALSE, FALSE },
  { "large-200", 1920, 1080, 2.0, NULL, FALSE, FALSE, FALSE },
  { "right-to-left", 1280, 800, 1.0, NULL, FALSE, FALSE, TRUE },
  { "right-to-left-small-200", 1024, 768, 2.0, NULL, FALSE, FALSE, TRUE },
  { "german", 1280, 800, 1.0, "de_DE.UTF-8", FALSE, FALSE, FALSE },
  { "french", 1280, 800, 1.0, "fr_FR.UTF-8", FALSE, FALSE, FALSE },
  { "spanish", 1280, 800, 1.0, "es_ES.UTF-8", FALSE, FALSE, FALSE },
  { "german-small-200", 1024, 768, 2.0, "de_DE.UTF-8", FALSE, FALSE, FALSE },
  { "french-small-200", 1024, 768, 2.0, "fr_FR.UTF-8", FALSE, FALSE, FALSE },
  { "spanish-small-200", 1024, 768, 2.0, "es_ES.UTF-8", FALSE, FALSE, FALSE },
};

/* Those that a short run is content with: the tightest ones. */
static const char *const quick[] = { "light", "small-200", "german-small-200", NULL };

static char *
dup_dashed (const char *name)
{
  return g_strdelimit (g_strdup (name), "_", '-');
}

/* --- the test --- */

static GPtrArray *
find_fault (CbScreens *screens, const CbLook *look)
{
  GtkWidget *window = GTK_WIDGET (screens->window);
  GPtrArray *complaints = cb_fit_check (window);

  if (gtk_widget_get_width (window) != look->width ||
      gtk_widget_get_height (window) != look->height)
    g_ptr_array_add (complaints,
                     g_strdup_printf ("the window grows to %d × %d", gtk_widget_get_width (window),
                                      gtk_widget_get_height (window)));
  return complaints;
}

/* What is on its way somewhere is given a moment to arrive. */
static guint
check_scene (CbScreens *screens, const CbLook *look, const char *scene)
{
  g_autoptr (GPtrArray) complaints = find_fault (screens, look);

  for (guint tries = 0; tries < PATIENCE && complaints->len > 0; tries++)
    {
      cb_ui_settle ();
      g_ptr_array_unref (complaints);
      complaints = find_fault (screens, look);
    }
  for (guint i = 0; i < complaints->len; i++)
    g_test_message ("%s: %s: %s", look->name, scene, (char *) complaints->pdata[i]);
  return complaints->len;
}

static void
test_look (gconstpointer data)
{
  const CbLook *look = data;
  CbScreens screens = { 0 };
  guint n_complaints = 0;

  cb_screens_set_up (&screens);
  if (cb_screens_wear (&screens, look))
    {
      for (const CbScene *scene = cb_screens_get_scenes (); scene->name != NULL; scene++)
        {
          g_autofree char *name = dup_dashed (scene->name);

          scene->show (&screens);
          cb_ui_settle ();
          n_complaints += check_scene (&screens, look, name);
        }
      cb_screens_take_off (&screens);
      if (n_complaints > 0)
        g_test_fail ();
    }
  else
    g_test_skip ("this machine cannot make the locale");
  cb_screens_tear_down (&screens);
}

/* --- that the test can fail --- */

static GPtrArray *
judge (GtkWidget *bad)
{
  GtkWindow *window = cb_ui_world_show (bad, 400, 300);
  GPtrArray *complaints = cb_fit_check (GTK_WIDGET (window));

  gtk_window_destroy (window);
  cb_ui_settle ();
  return complaints;
}

static void
assert_found (GtkWidget *bad, const char *words)
{
  g_autoptr (GPtrArray) complaints = judge (bad);
  gboolean is_found = FALSE;

  for (guint i = 0; i < complaints->len; i++)
    is_found = is_found || strstr (complaints->pdata[i], words) != NULL;
  if (!is_found)
    g_test_message ("nobody said: %s", words);
  g_assert_true (is_found);
}

static GtkWidget *
new_narrow (GtkWidget *child, int width)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_size_request (box, width, -1);
  gtk_widget_set_halign (box, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), child);
  return box;
}

static void
test_good (void)
{
  g_autoptr (GPtrArray) complaints = judge (gtk_label_new ("All is well"));

  g_assert_cmpuint (complaints->len, ==, 0);
}

static void
test_out (void)
{
  GtkWidget *fixed = gtk_fixed_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_fixed_put (GTK_FIXED (fixed), gtk_label_new ("Somewhere else"), 380, 280);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_EXTERNAL,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (fixed, 900, 900);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), fixed);
  assert_found (scroller, "px out of its GtkViewport sideways");
}

static void
test_over (void)
{
  GtkWidget *fixed = gtk_fixed_new ();

  gtk_fixed_put (GTK_FIXED (fixed), gtk_label_new ("One upon"), 40, 40);
  gtk_fixed_put (GTK_FIXED (fixed), gtk_label_new ("the other"), 44, 44);
  assert_found (fixed, "lies on the GtkLabel beside it");
}

static void
test_short (void)
{
  GtkWidget *label = gtk_label_new ("This is far too long for the place it is given");

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 8);
  assert_found (new_narrow (label, 80), "is cut short");
}

static void
test_broken_word (void)
{
  GtkWidget *label = gtk_label_new ("Datenschutzerklärung");

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 8);
  assert_found (new_narrow (label, 80), "has a word that is broken in two");
}

static void
measure_flat (GtkWidget *widget,
              GtkOrientation orientation,
              int for_size,
              int *minimum,
              int *natural,
              int *minimum_baseline,
              int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 100 : 20;
}

static void
allocate_flat (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (gtk_widget_get_first_child (widget),
                            &(GtkAllocation){ 0, 0, width, height }, -1);
}

static void
test_high (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_layout_manager (box, gtk_custom_layout_new (NULL, measure_flat, allocate_flat));
  gtk_widget_set_valign (box, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), gtk_label_new ("One line\nand another\nand a third"));
  assert_found (box, "px out of its place");
}

static void
test_small (void)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "bad");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_button_set_child (GTK_BUTTON (button), gtk_label_new ("X"));
  assert_found (button, "too small for a finger");
}

/* --- pictures, and a walk for somebody who looks on --- */

static const CbLook *
find_look (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      if (g_str_equal (looks[i].name, name))
        return &looks[i];
    }
  return NULL;
}

static void
picture_look (CbScreens *screens, const CbLook *look, const char *folder)
{
  g_autofree char *own = g_build_filename (folder, look->name, NULL);
  guint number = 0;

  if (!cb_screens_wear (screens, look))
    {
      g_print ("%s: this machine cannot make the locale\n", look->name);
      return;
    }
  cb_test_remove_tree (own);
  g_mkdir_with_parents (own, 0755);
  for (const CbScene *scene = cb_screens_get_scenes (); scene->name != NULL; scene++)
    {
      g_autofree char *name = dup_dashed (scene->name);
      g_autofree char *file = g_strdup_printf ("%02u-%s.png", ++number, name);
      g_autofree char *path = g_build_filename (own, file, NULL);

      scene->show (screens);
      cb_ui_settle ();
      cb_screens_save_picture (screens, path);
    }
  cb_screens_take_off (screens);
  g_print ("%s: %u pictures\n", look->name, number);
}

/* A shop for each: what is answered in one is not asked in the next. */
static void
take_pictures (const char *folder, char **names)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      CbScreens screens = { 0 };

      if (*names != NULL && !g_strv_contains ((const char *const *) names, looks[i].name))
        continue;
      cb_screens_set_up (&screens);
      picture_look (&screens, &looks[i], folder);
      cb_screens_tear_down (&screens);
    }
}

static gboolean
on_input (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  g_autofree char *line = NULL;

  *(gboolean *) user_data = TRUE;
  g_io_channel_read_line (channel, &line, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
wait_for_line (void)
{
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (0);
  gboolean is_told = FALSE;

  g_io_add_watch (channel, G_IO_IN | G_IO_HUP, on_input, &is_told);
  while (!is_told)
    g_main_context_iteration (NULL, TRUE);
}

static void
list_scenes (void)
{
  for (const CbScene *scene = cb_screens_get_scenes (); scene->name != NULL; scene++)
    {
      g_autofree char *dashed = dup_dashed (scene->name);

      puts (dashed);
    }
}

static int
walk (const char *name, guint step)
{
  CbScreens screens = { 0 };
  const CbLook *look = find_look (name);
  guint n = 0;
  int status = 0;

  if (look == NULL || step == 0)
    return 2;
  cb_screens_set_up (&screens);
  if (cb_screens_wear (&screens, look))
    {
      for (const CbScene *scene = cb_screens_get_scenes (); scene->name != NULL; scene++)
        {
          g_autofree char *dashed = dup_dashed (scene->name);

          scene->show (&screens);
          cb_ui_settle ();
          if (n++ % step != 0)
            continue;
          /* Not g_print (), which later GLibs turn into a comment of the test's. */
          puts (dashed);
          fflush (stdout);
          wait_for_line ();
        }
      cb_screens_take_off (&screens);
    }
  else
    status = 77;
  cb_screens_tear_down (&screens);
  return status;
}

int
main (int argc, char *argv[])
{
  gboolean is_long = g_getenv ("CB_TEST_LONG") != NULL;

  /* Needs no display. */
  if (argc == 2 && g_str_equal (argv[1], "--scenes"))
    {
      list_scenes ();
      return 0;
    }
  cb_ui_world_init (&argc, &argv);
  if (argc >= 3 && g_str_equal (argv[1], "--pictures"))
    {
      take_pictures (argv[2], argv + 3);
      return 0;
    }
  if ((argc == 3 || argc == 4) && g_str_equal (argv[1], "--walk"))
    return walk (argv[2], argc == 4 ? (guint) atoi (argv[3]) : 1);

  g_test_add_func ("/screens/what-fits-draws-no-complaint", test_good);
  g_test_add_func ("/screens/what-reaches-out-is-found", test_out);
  g_test_add_func ("/screens/what-lies-on-another-is-found", test_over);
  g_test_add_func ("/screens/what-is-cut-short-is-found", test_short);
  g_test_add_func ("/screens/a-broken-word-is-found", test_broken_word);
  g_test_add_func ("/screens/words-out-of-their-place-are-found", test_high);
  g_test_add_func ("/screens/what-is-too-small-to-touch-is-found", test_small);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autofree char *path = g_strconcat ("/screens/all-fit/", looks[i].name, NULL);

      if (is_long || g_strv_contains (quick, looks[i].name))
        g_test_add_data_func (path, &looks[i], test_look);
    }
  return g_test_run ();
}
