/* SPDX-License-Identifier: Apache-2.0 */

/* The keys of one screen. To be put into a CbSheet. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  CB_SCREEN_COUNTER = 1 << 0,
  CB_SCREEN_CUSTOMER = 1 << 1,
  CB_SCREEN_REVIEW = 1 << 2,
} CbScreen;

#define CB_TYPE_KEYS_SHEET (cb_keys_sheet_get_type ())
G_DECLARE_FINAL_TYPE (CbKeysSheet, cb_keys_sheet, CB, KEYS_SHEET, GtkWidget)

GtkWidget *cb_keys_sheet_new (CbScreen screen);

G_END_DECLS
