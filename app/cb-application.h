/* SPDX-License-Identifier: Apache-2.0 */

/* The terminal's life: opens the store behind the first frame, starts syncing, watches for quiet,
 * and takes everything down in the reverse order. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  CB_SCHEME_DESKTOP,
  CB_SCHEME_LIGHT,
  CB_SCHEME_DARK,
} CbScheme;

/* From the command line; copied. */
typedef struct
{
  const char *home;          /* NULL: where stores lie unless somebody says otherwise */
  const char *import_folder; /* NULL: the settings' */
  CbScheme scheme;
  double text_scale; /* 1.0 to 2.0 */
  int width;         /* 0: the window's own idea */
  int height;
  int lock_after_s; /* 0: the settings' */
  int veil_after_s; /* 0: the settings' */
  gboolean is_kiosk;
  gboolean is_right_to_left;
  gboolean exits_after_startup; /* prints how long it took */
} CbOptions;

#define CB_TYPE_APPLICATION (cb_application_get_type ())
G_DECLARE_FINAL_TYPE (CbApplication, cb_application, CB, APPLICATION, GtkApplication)

CbApplication *cb_application_new (const CbOptions *options);

G_END_DECLS
