/* SPDX-License-Identifier: Apache-2.0 */

/* A shop with the terminal's whole window, and what a person does at the counter with it. */

#pragma once

#include "cb-ui-world.h"
#include "shell/cb-window.h"

G_BEGIN_DECLS

typedef struct
{
  CbUiWorld world;
  CbWindow *window;
} CbUiCounter;

/* The window is up and asks who is here. */
void cb_ui_counter_set_up (CbUiCounter *counter, gconstpointer data);
void cb_ui_counter_tear_down (CbUiCounter *counter, gconstpointer data);

/* The second half of setting up, for a test that has to prepare its world first. */
void cb_ui_counter_open (CbUiCounter *counter, const char *import_folder);

GtkWidget *cb_ui_counter_find_type (CbUiCounter *counter, GType type);
GtkWidget *cb_ui_counter_find_button (CbUiCounter *counter, const char *label);
gboolean cb_ui_counter_shows (CbUiCounter *counter, const char *text);

/* Waits for the button, clicks it, lets happen what follows. */
void cb_ui_counter_click (CbUiCounter *counter, const char *label);
void cb_ui_counter_act (CbUiCounter *counter, const char *action);

/* By tile and PIN, until the counter can be searched; cb_ui_counter_enter_pin() only types. */
void cb_ui_counter_sign_in (CbUiCounter *counter, const char *name);
void cb_ui_counter_enter_pin (CbUiCounter *counter, GType page, const char *pin);
void cb_ui_counter_choose_person (CbUiCounter *counter, const char *name);

/* Until their page is there. */
void cb_ui_counter_open_customer (CbUiCounter *counter, const char *id);

G_END_DECLS
