/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-counter.h"

#include "shell/cb-lock-page.h"
#include "visit/cb-counter-page.h"

void
cb_ui_counter_open (CbUiCounter *counter, const char *import_folder)
{
  counter->window = cb_window_new (NULL, counter->world.store);
  if (import_folder != NULL)
    cb_window_set_import_folder (counter->window, import_folder);
  gtk_window_set_default_size (GTK_WINDOW (counter->window), 1024, 768);
  gtk_window_present (GTK_WINDOW (counter->window));
  cb_window_start (counter->window);
}

void
cb_ui_counter_set_up (CbUiCounter *counter, gconstpointer data)
{
  cb_ui_world_set_up (&counter->world, NULL);
  cb_ui_counter_open (counter, NULL);
}

void
cb_ui_counter_tear_down (CbUiCounter *counter, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (counter->window));
  cb_ui_world_tear_down (&counter->world, NULL);
}

GtkWidget *
cb_ui_counter_find_type (CbUiCounter *counter, GType type)
{
  return cb_ui_find_type (GTK_WIDGET (counter->window), type);
}

GtkWidget *
cb_ui_counter_find_button (CbUiCounter *counter, const char *label)
{
  return cb_ui_find_button (GTK_WIDGET (counter->window), label);
}

gboolean
cb_ui_counter_shows (CbUiCounter *counter, const char *text)
{
  return cb_ui_shows (GTK_WIDGET (counter->window), text);
}

void
cb_ui_counter_click (CbUiCounter *counter, const char *label)
{
  GtkWidget *button = NULL;

  CB_UI_UNTIL ((button = cb_ui_counter_find_button (counter, label)) != NULL);
  cb_ui_click (button);
  cb_ui_settle ();
}

void
cb_ui_counter_act (CbUiCounter *counter, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (counter->window), action, NULL);
  cb_ui_settle ();
}

void
cb_ui_counter_enter_pin (CbUiCounter *counter, GType page, const char *pin)
{
  GtkWidget *widget = cb_ui_counter_find_type (counter, page);

  for (const char *digit = pin; *digit != '\0'; digit++)
    g_assert_true (cb_ui_press (widget, GDK_KEY_0 + (guint) (*digit - '0'), 0));
}

void
cb_ui_counter_choose_person (CbUiCounter *counter, const char *name)
{
  GtkWidget *tile = NULL;

  CB_UI_UNTIL ((tile = cb_ui_counter_find_button (counter, name)) != NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (tile), TRUE);
}

void
cb_ui_counter_sign_in (CbUiCounter *counter, const char *name)
{
  cb_ui_counter_choose_person (counter, name);
  cb_ui_counter_enter_pin (counter, CB_TYPE_LOCK_PAGE, CB_TEST_PIN);
  CB_UI_UNTIL (cb_ui_counter_find_type (counter, CB_TYPE_COUNTER_PAGE) != NULL &&
               cb_ui_counter_shows (counter, "Type anywhere") &&
               cb_store_is_index_ready (counter->world.store));
  cb_ui_settle ();
}

void
cb_ui_counter_open_customer (CbUiCounter *counter, const char *id)
{
  g_action_group_activate_action (G_ACTION_GROUP (counter->window), "show-customer",
                                  g_variant_new_string (id));
  CB_UI_UNTIL (cb_ui_counter_shows (counter, "What they allow"));
  cb_ui_settle ();
}
