/* SPDX-License-Identifier: Apache-2.0 */

/* The floor under a first paint: a GTK 4 window with one label, which says when it has painted its
 * first frame and leaves. */

#include <gtk/gtk.h>
#include <stdio.h>

static void
on_after_paint (GdkFrameClock *clock, gpointer data)
{
  puts ("painted");
  fflush (stdout);
  g_application_quit (data);
}

static void
on_activate (GtkApplication *application, gpointer data)
{
  GtkWidget *window = gtk_application_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  gtk_window_set_child (GTK_WINDOW (window), gtk_label_new ("A window"));
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_after_paint),
                    application);
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application =
    gtk_application_new ("org.counterbook.BareWindow", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 0, NULL);
}
