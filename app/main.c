/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gi18n.h>
#include <stdio.h>

#include "cb-application.h"
#include "cb-config.h"
#include "cb-environment.h"
#include "cb-language.h"
#include "cb-till.h"
#include "engine/cb-transport.h"
#include "store/cb-data.h"

typedef struct
{
  char *home;
  char *import_folder;
  char *size;
  double text_scale;
  int veil_after_s;
  int lock_after_s;
  gboolean is_dark;
  gboolean is_light;
  gboolean is_kiosk;
  gboolean is_right_to_left;
  gboolean hands_over;
  gboolean exits_after_startup;
  gboolean shows_version;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->home);
  g_free (arguments->import_folder);
  g_free (arguments->size);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
parse (Arguments *arguments, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "home", 0, 0, G_OPTION_ARG_FILENAME, &arguments->home, N_ ("The store's directory"), "DIR" },
    { "import-folder", 0, 0, G_OPTION_ARG_FILENAME, &arguments->import_folder,
      N_ ("Where files lie that a manager brings in"), "DIR" },
    { "kiosk", 0, 0, G_OPTION_ARG_NONE, &arguments->is_kiosk, N_ ("Take the whole screen"), NULL },
    { "size", 0, 0, G_OPTION_ARG_STRING, &arguments->size, N_ ("The window's size"), "WxH" },
    { "text-scale", 0, 0, G_OPTION_ARG_DOUBLE, &arguments->text_scale,
      N_ ("Size of text, 1.0 to 2.0"), "N" },
    { "dark", 0, 0, G_OPTION_ARG_NONE, &arguments->is_dark, N_ ("Light ink on dark paper"), NULL },
    { "light", 0, 0, G_OPTION_ARG_NONE, &arguments->is_light, N_ ("Dark ink on light paper"),
      NULL },
    { "right-to-left", 0, 0, G_OPTION_ARG_NONE, &arguments->is_right_to_left,
      N_ ("Lay out from right to left"), NULL },
    { "veil-after", 0, 0, G_OPTION_ARG_INT, &arguments->veil_after_s,
      N_ ("Seconds of quiet until the veil"), "S" },
    { "lock-after", 0, 0, G_OPTION_ARG_INT, &arguments->lock_after_s,
      N_ ("Seconds of quiet until the lock, at most 900"), "S" },
    { "customer-from-stdin", 0, 0, G_OPTION_ARG_NONE, &arguments->hands_over,
      N_ ("Open at the running terminal whose card number stands on standard input"), NULL },
    { "exit-after-startup", 0, 0, G_OPTION_ARG_NONE, &arguments->exits_after_startup,
      N_ ("Print milliseconds from start to first frame, and leave"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &arguments->shows_version, N_ ("Print the version"),
      NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
fill_options (const Arguments *arguments, CbOptions *options, GError **error)
{
  options->home = arguments->home;
  options->import_folder = arguments->import_folder;
  options->text_scale = arguments->text_scale;
  options->veil_after_s = CLAMP (arguments->veil_after_s, 0, 900);
  options->lock_after_s = CLAMP (arguments->lock_after_s, 0, 900);
  options->is_kiosk = arguments->is_kiosk;
  options->is_right_to_left = arguments->is_right_to_left;
  options->exits_after_startup = arguments->exits_after_startup;
  options->scheme = CB_SCHEME_DESKTOP;
  if (arguments->is_dark || arguments->is_light)
    options->scheme = arguments->is_dark ? CB_SCHEME_DARK : CB_SCHEME_LIGHT;
  if (arguments->size != NULL &&
      (sscanf (arguments->size, "%dx%d", &options->width, &options->height) != 2 ||
       options->width < 1 || options->height < 1))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--size takes a width and a height, like 1280x800");
      return FALSE;
    }
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_auto (Arguments) arguments = { .text_scale = 1.0 };
  g_autoptr (CbApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  CbOptions options = { 0 };

  cb_environment_prepare (argv);
  cb_transport_prepare_process ();
  cb_language_prepare (CB_LOCALE_DIR);

  if (!parse (&arguments, &argc, &argv, &error) || !fill_options (&arguments, &options, &error))
    {
      g_printerr ("counterbook: %s\n", error->message);
      return 2;
    }
  if (arguments.shows_version)
    {
      g_print ("counterbook %s\n", CB_VERSION);
      return 0;
    }
  cb_data_init ();
  if (arguments.hands_over)
    {
      g_autofree char *home =
        arguments.home != NULL ? g_strdup (arguments.home) : cb_data_dup_default_home ();

      return cb_till_hand_over (home);
    }
  application = cb_application_new (&options);
  g_set_prgname ("counterbook");
  return g_application_run (G_APPLICATION (application), 1, argv);
}
