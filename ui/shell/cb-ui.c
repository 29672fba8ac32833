/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-ui.h"

#include "cb-ui-resources.h"

#define BASE "/org/counterbook/ui/"
#define PLAIN_DPI (96 * 1024)

typedef struct
{
  GdkDisplay *display;    /* borrowed: it outlives its settings */
  GtkCssProvider *tokens; /* colours: light, dark, high contrast */
  GtkCssProvider *style;
} Dress;

void
cb_ui_init (void)
{
  static gsize is_registered = 0;

  if (g_once_init_enter (&is_registered))
    {
      cb_ui_register_resource ();
      g_once_init_leave (&is_registered, 1);
    }
}

static gboolean
is_high_contrast (GtkSettings *settings)
{
  g_autofree char *theme = NULL;

  g_object_get (settings, "gtk-theme-name", &theme, NULL);
  return theme != NULL &&
         (g_str_has_prefix (theme, "HighContrast") || strstr (theme, "-hc") != NULL);
}

static gboolean
is_dark (GtkSettings *settings)
{
  g_autofree char *theme = NULL;
  gboolean prefers_dark = FALSE;

  g_object_get (settings, "gtk-theme-name", &theme, "gtk-application-prefer-dark-theme",
                &prefers_dark, NULL);
  return prefers_dark || (theme != NULL && (g_str_has_suffix (theme, "-dark") ||
                                            g_str_has_suffix (theme, "Inverse")));
}

static void
choose_tokens (GtkSettings *settings, Dress *dress)
{
  gboolean dark = is_dark (settings);

  if (is_high_contrast (settings))
    gtk_css_provider_load_from_resource (dress->tokens, dark ? BASE "style/contrast-dark.css"
                                                             : BASE "style/contrast.css");
  else
    gtk_css_provider_load_from_resource (dress->tokens,
                                         dark ? BASE "style/dark.css" : BASE "style/light.css");
}

static void
on_scheme_changed (GtkSettings *settings, GParamSpec *pspec, gpointer user_data)
{
  choose_tokens (settings, user_data);
}

static void
dress_free (gpointer data)
{
  Dress *dress = data;

  g_object_unref (dress->tokens);
  g_object_unref (dress->style);
  g_free (dress);
}

static void
load_style (Dress *dress, GtkSettings *settings)
{
  dress->tokens = gtk_css_provider_new ();
  dress->style = gtk_css_provider_new ();
  choose_tokens (settings, dress);
  gtk_css_provider_load_from_resource (dress->style, BASE "style/style.css");
  gtk_style_context_add_provider_for_display (dress->display, GTK_STYLE_PROVIDER (dress->tokens),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_style_context_add_provider_for_display (dress->display, GTK_STYLE_PROVIDER (dress->style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

void
cb_ui_dress (GdkDisplay *display)
{
  GtkSettings *settings = gtk_settings_get_for_display (display);
  Dress *dress;

  if (g_object_get_data (G_OBJECT (settings), "cb-dress") != NULL)
    return;

  dress = g_new0 (Dress, 1);
  dress->display = display;
  g_object_set (settings, "gtk-enable-primary-paste", FALSE, "gtk-recent-files-enabled", FALSE,
                NULL);
  load_style (dress, settings);
  g_object_set_data_full (G_OBJECT (settings), "cb-dress", dress, dress_free);
  g_signal_connect (settings, "notify::gtk-application-prefer-dark-theme",
                    G_CALLBACK (on_scheme_changed), dress);
  g_signal_connect (settings, "notify::gtk-theme-name", G_CALLBACK (on_scheme_changed), dress);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display), BASE "icons");
}

void
cb_ui_scale_text (GdkDisplay *display, double scale)
{
  GtkSettings *settings = gtk_settings_get_for_display (display);
  int dpi = 0;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  if (dpi <= 0)
    dpi = PLAIN_DPI;
  g_object_set (settings, "gtk-xft-dpi", (int) (dpi * CLAMP (scale, 1.0, 2.0)), NULL);
}
