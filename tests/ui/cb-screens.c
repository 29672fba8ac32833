/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-screens.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libintl.h>
#include <locale.h>

#include "base/cb-error.h"
#include "records/cb-terms.h"
#include "shell/cb-cover-page.h"
#include "shell/cb-lock-page.h"
#include "store/cb-data.h"

#define PLAIN_DPI (96 * 1024)

/* --- the shop --- */

static char *
dup_of_build (const char *path)
{
  const char *build = g_getenv ("CB_TEST_BUILD_ROOT");

  g_assert_nonnull (build);
  return g_build_filename (build, path, NULL);
}

static void
make_shop (CbScreens *screens, const char *home)
{
  g_autofree char *ctl = dup_of_build ("app/ctl/counterbookctl");
  g_autofree char *state = g_build_filename (screens->root, "state", NULL);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "XDG_STATE_HOME", state, TRUE);
  const char *const command[] = { ctl, "--home", home, "init", "--demo", NULL };
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) command, environment, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
cb_screens_set_up (CbScreens *screens)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  screens->root = g_dir_make_tmp ("cb-screens-XXXXXX", &error);
  g_assert_no_error (error);
  screens->home = g_build_filename (screens->root, "store", NULL);
  screens->state_root = g_build_filename (screens->root, "state", "counterbook", NULL);
  make_shop (screens, screens->home);
  screens->import_folder = g_build_filename (screens->root, "import", NULL);
  g_assert_cmpint (g_mkdir (screens->import_folder, 0700), ==, 0);
  screens->clock = cb_clock_new_system ();
  screens->store = cb_store_new (screens->home, screens->state_root, screens->clock);
  cb_store_open_async (screens->store, NULL, on_done, &result);
  CB_UI_UNTIL (result != NULL);
  cb_store_open_finish (screens->store, result, &error);
  g_assert_no_error (error);
}

void
cb_screens_tear_down (CbScreens *screens)
{
  cb_ui_settle ();
  cb_store_close (screens->store);
  cb_ui_settle ();
  g_assert_finalize_object (screens->store);
  g_assert_finalize_object (screens->clock);
  cb_test_remove_tree (screens->root);
  g_free (screens->import_folder);
  g_free (screens->state_root);
  g_free (screens->home);
  g_free (screens->root);
}

/* --- looks --- */

gboolean
cb_screens_wear (CbScreens *screens, const CbLook *look)
{
  GtkSettings *settings = gtk_settings_get_default ();
  g_autofree char *catalogues = dup_of_build ("ui/po");

  bindtextdomain (GETTEXT_PACKAGE, catalogues);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  if (setlocale (LC_ALL, look->locale != NULL ? look->locale : "C.UTF-8") == NULL)
    return FALSE;
  gtk_widget_set_default_direction (look->is_right_to_left ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  g_object_set (settings, "gtk-xft-dpi", (int) (PLAIN_DPI * look->scale), "gtk-theme-name",
                look->is_contrast ? "HighContrast" : "Empty", "gtk-application-prefer-dark-theme",
                look->is_dark, "gtk-cursor-blink", FALSE, NULL);
  screens->window = cb_window_new (NULL, screens->store);
  cb_window_set_import_folder (screens->window, screens->import_folder);
  gtk_window_set_default_size (GTK_WINDOW (screens->window), look->width, look->height);
  gtk_window_present (GTK_WINDOW (screens->window));
  CB_UI_UNTIL (gtk_widget_get_height (GTK_WIDGET (screens->window)) > 0);
  return TRUE;
}

void
cb_screens_take_off (CbScreens *screens)
{
  cb_window_lock (screens->window);
  CB_UI_UNTIL (cb_store_get_actor (screens->store) == NULL);
  gtk_window_destroy (GTK_WINDOW (screens->window));
  screens->window = NULL;
  cb_ui_settle ();
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  setlocale (LC_ALL, "C.UTF-8");
}

/* NULL before the window was first drawn. */
static GskRenderNode *
draw (GtkWidget *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window),
                          gtk_widget_get_height (window));
  return gtk_snapshot_free_to_node (snapshot);
}

void
cb_screens_save_picture (CbScreens *screens, const char *path)
{
  GtkWidget *window = GTK_WIDGET (screens->window);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  CB_UI_UNTIL ((node = draw (window)) != NULL);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}
