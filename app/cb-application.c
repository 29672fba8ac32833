/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "cb-environment.h"
#include "cb-idle.h"
#include "cb-settings.h"
#include "cb-syncing.h"
#include "cb-till.h"
#include "shell/cb-kiosk.h"
#include "shell/cb-ui.h"
#include "shell/cb-window.h"
#include "store/cb-data.h"
#include "store/cb-store.h"
#include "store/cb-wipe.h"

#define APPLICATION_ID "org.counterbook.Counterbook"
#define BUS "DBUS_SESSION_BUS_ADDRESS"

struct _CbApplication
{
  GtkApplication parent_instance;

  CbOptions options;
  char *home;
  char *import_folder;
  char *bus; /* its address, while that is hidden */

  CbStore *store;
  CbWindow *window; /* weak: the application's list of windows owns it */
  CbSyncing *syncing;
  CbIdle *idle;
  CbTill *till;
  guint interrupt_source;
  guint terminate_source;
};

G_DEFINE_FINAL_TYPE (CbApplication, cb_application, GTK_TYPE_APPLICATION)

/* --- the store --- */

static void
start_idle (CbApplication *self)
{
  g_autofree char *path = cb_settings_dup_path ();
  CbSettings settings = cb_settings_read (path);

  if (self->options.veil_after_s > 0)
    settings.veil_after_s = (guint) self->options.veil_after_s;
  if (self->options.lock_after_s > 0)
    settings.lock_after_s = (guint) self->options.lock_after_s;
  self->idle = cb_idle_new (self->window, &settings);
}

static void
on_open_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_open = cb_store_open_finish (CB_STORE (source), result, &error);

  if (self->window == NULL || self->store == NULL)
    return;
  if (!is_open)
    {
      g_message ("the store did not open: %s", error->message);
      cb_window_show_trouble (self->window, error);
      return;
    }
  cb_window_start (self->window);
  start_idle (self);
  self->syncing = cb_syncing_new (self->store);
  self->till = cb_till_new (self->window, self->home);
}

/* Nothing is left that anybody could sign in to; the window says why. */
static void
on_wiped (CbStore *store, CbApplication *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->till);
  g_clear_object (&self->idle);
  if (self->syncing != NULL)
    cb_syncing_close (self->syncing);
  g_clear_object (&self->syncing);
  cb_wipe_tell (&error);
  g_message ("%s", error->message);
  if (self->window != NULL)
    cb_window_show_trouble (self->window, error);
}

static void
open_store (CbApplication *self)
{
  g_autofree char *state_root = cb_data_dup_state_root ();
  g_autoptr (CbClock) clock = cb_clock_new_system ();

  self->store = cb_store_new (self->home, state_root, clock);
  g_signal_connect_object (self->store, "wiped", G_CALLBACK (on_wiped), self, 0);
  cb_store_open_async (self->store, NULL, on_open_done, g_object_ref (self));
}

/* --- the window --- */

static void
on_first_paint (GdkFrameClock *clock, CbApplication *self)
{
  g_signal_handlers_disconnect_by_func (clock, on_first_paint, self);
  g_print ("%.1f\n", (double) cb_environment_get_age_us () / 1000.0);
  g_application_quit (G_APPLICATION (self));
}

static void
dress (CbApplication *self)
{
  GdkDisplay *display = gdk_display_get_default ();

  cb_ui_init ();
  cb_ui_dress (display);
  if (self->options.scheme != CB_SCHEME_DESKTOP)
    g_object_set (gtk_settings_get_for_display (display), "gtk-application-prefer-dark-theme",
                  self->options.scheme == CB_SCHEME_DARK, NULL);
  if (self->options.text_scale > 1.0)
    cb_ui_scale_text (display, self->options.text_scale);
  if (self->options.is_right_to_left)
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
}

static char *
dup_import_folder (const CbOptions *options)
{
  g_autofree char *path = cb_settings_dup_path ();

  return options->import_folder != NULL ? g_canonicalize_filename (options->import_folder, NULL)
                                        : cb_settings_dup_import_folder (path);
}

static void
show_window (CbApplication *self)
{
  CbWindow *window = cb_window_new (GTK_APPLICATION (self), self->store);

  cb_window_set_import_folder (window, self->import_folder);
  g_set_weak_pointer (&self->window, window);
  if (self->options.width > 0)
    gtk_window_set_default_size (GTK_WINDOW (window), self->options.width, self->options.height);
  if (self->options.is_kiosk)
    cb_kiosk_hold (GTK_WINDOW (window));
  gtk_window_present (GTK_WINDOW (window));
  if (self->options.exits_after_startup)
    g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (window)), "after-paint",
                             G_CALLBACK (on_first_paint), self, 0);
}

/* --- actions --- */

static void
sync_now_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbApplication *self = user_data;

  if (self->syncing != NULL)
    cb_syncing_try_now (self->syncing);
}

static gboolean
on_signal (gpointer user_data)
{
  g_application_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* --- the bus --- */

/* GApplication puts the actions app.* and win.* onto the session's bus, where no PIN is asked for,
 * whatever its flags say. Where it finds no bus it does without; GTK looks for the one of assistive
 * technology later, and would call its place there by that of the default application, which has
 * none. No other thread runs yet. */
static void
hide_bus (CbApplication *self)
{
  self->bus = g_strdup (g_getenv (BUS));
  g_setenv (BUS, "disabled:", TRUE);
  g_application_set_default (NULL);
}

static void
show_bus (CbApplication *self)
{
  if (self->bus != NULL)
    g_setenv (BUS, self->bus, TRUE);
  else
    g_unsetenv (BUS);
  g_clear_pointer (&self->bus, g_free);
}

/* --- the application --- */

static void
cb_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "sync-now", .activate = sync_now_action },
  };
  CbApplication *self = CB_APPLICATION (application);

  show_bus (self);
  G_APPLICATION_CLASS (cb_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->interrupt_source = g_unix_signal_add (SIGINT, on_signal, self);
  self->terminate_source = g_unix_signal_add (SIGTERM, on_signal, self);
  dress (self);
}

static void
cb_application_activate (GApplication *application)
{
  CbApplication *self = CB_APPLICATION (application);

  if (self->window != NULL)
    {
      gtk_window_present (GTK_WINDOW (self->window));
      return;
    }
  open_store (self);
  show_window (self);
}

/* The reverse of starting: quiet, engine, window with its words, store. */
static void
cb_application_shutdown (GApplication *application)
{
  CbApplication *self = CB_APPLICATION (application);

  g_clear_object (&self->till);
  g_clear_object (&self->idle);
  if (self->syncing != NULL)
    cb_syncing_close (self->syncing);
  g_clear_object (&self->syncing);
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_clear_weak_pointer (&self->window);
  if (self->store != NULL)
    cb_store_close (self->store);
  g_clear_object (&self->store);
  g_clear_handle_id (&self->interrupt_source, g_source_remove);
  g_clear_handle_id (&self->terminate_source, g_source_remove);

  G_APPLICATION_CLASS (cb_application_parent_class)->shutdown (application);
}

static void
cb_application_finalize (GObject *object)
{
  g_clear_pointer (&CB_APPLICATION (object)->bus, g_free);
  g_clear_pointer (&CB_APPLICATION (object)->home, g_free);
  g_clear_pointer (&CB_APPLICATION (object)->import_folder, g_free);

  G_OBJECT_CLASS (cb_application_parent_class)->finalize (object);
}

static void
cb_application_class_init (CbApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cb_application_finalize;
  application_class->startup = cb_application_startup;
  application_class->activate = cb_application_activate;
  application_class->shutdown = cb_application_shutdown;
}

static void
cb_application_init (CbApplication *self)
{
}

CbApplication *
cb_application_new (const CbOptions *options)
{
  /* Not unique: two stores on one machine are two terminals. */
  CbApplication *self = g_object_new (CB_TYPE_APPLICATION, "application-id", APPLICATION_ID,
                                      "flags", G_APPLICATION_NON_UNIQUE, NULL);

  hide_bus (self);
  self->options = *options;
  self->home = options->home != NULL ? g_strdup (options->home) : cb_data_dup_default_home ();
  self->options.home = self->home;
  self->import_folder = dup_import_folder (options);
  return self;
}
