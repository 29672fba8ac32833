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

/* --- what is to be done in it --- */

static void
add_matter (CbBook *book,
            CbStaff *actor,
            const char *customer,
            CbMatterKind kind,
            CbMatterState state,
            const char *text)
{
  g_autoptr (CbMatterDraft) draft = cb_matter_draft_new ();
  g_autoptr (CbMatter) added = NULL;
  g_autoptr (CbMatter) moved = NULL;
  g_autoptr (GError) error = NULL;

  draft->kind = kind;
  draft->text = g_strdup (text);
  draft->for_role = kind == CB_MATTER_HOLD ? g_strdup ("daughter") : NULL;
  if (kind == CB_MATTER_PROMISE)
    draft->due_us = cb_clock_day_end_us (g_get_real_time (), 0);
  added = cb_book_add_request (book, actor, customer, draft, &error);
  g_assert_no_error (error);
  if (state == CB_MATTER_OPEN)
    return;
  moved = cb_book_move_request (book, actor, cb_matter_get_fields (added)->id, state,
                                CB_CHANNEL_NONE, &error);
  g_assert_no_error (error);
}

static void
fill_board (CbScreens *screens)
{
  static const char long_text[] =
    "Ring when the long coat with the wide sleeves is back from the workshop, in the morning.";
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBook) book = cb_book_open (screens->home, screens->state_root, clock, &error);
  g_autoptr (CbStaff) manager = cb_book_find_staff (book, "Ines Obermatt", &error);
  g_autoptr (CbStaff) associate = cb_book_find_staff (book, "Tomas Wren", &error);
  g_autoptr (GPtrArray) customers = NULL;

  g_assert_no_error (error);
  customers = cb_book_list_customers (book, manager, 100, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < customers->len; i++)
    {
      const char *id = cb_customer_get_id (g_ptr_array_index (customers, i));
      const char *family = cb_customer_get_family (g_ptr_array_index (customers, i));

      if (g_strcmp0 (family, "Ellingsen") == 0)
        add_matter (book, associate, id, CB_MATTER_PROMISE, CB_MATTER_OPEN, long_text);
      else if (g_strcmp0 (family, "Beltrán") == 0)
        add_matter (book, associate, id, CB_MATTER_HOLD, CB_MATTER_READY, "Alder boot, 39");
      else if (family != NULL && strstr (family, "Oosterhuis") != NULL)
        add_matter (book, associate, id, CB_MATTER_REPAIR, CB_MATTER_READY, long_text);
      else if (g_strcmp0 (family, "Raman") == 0)
        add_matter (book, associate, id, CB_MATTER_ORDER, CB_MATTER_OPEN, "Corrie scarf");
    }
  cb_book_close (book);
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
  fill_board (screens);
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
