/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-window-private.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-keys-sheet.h"
#include "shell/cb-sync-sheet.h"

static void
search_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  cb_sheet_close (self->sheet);
  cb_counter_page_reset (self->counter);
  cb_window_show_counter (self);
}

/* On the counter a note needs its customer first: the chosen one, else one to be found. */
static void
write_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;
  const char *chosen;

  cb_sheet_close (self->sheet);
  if (cb_window_is_on_page (self, self->customer))
    {
      cb_customer_page_write (self->customer);
      return;
    }
  chosen = cb_counter_page_get_chosen (self->counter);
  if (chosen != NULL)
    cb_window_show_customer (self, chosen);
  else
    cb_counter_page_start (self->counter);
}

static void
turn_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  cb_window_turn (self, cb_customer_page_get_purpose (self->customer));
}

static void
lock_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  cb_window_lock (user_data);
}

static void
sync_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  cb_sheet_open (self->sheet, _ ("On the way to head office"), cb_sync_sheet_new (self->store));
}

static void
keys_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;
  CbScreen screen = cb_window_is_on_page (self, self->customer) ? CB_SCREEN_CUSTOMER
                    : cb_window_is_on_page (self, self->review) ? CB_SCREEN_REVIEW
                                                                : CB_SCREEN_COUNTER;

  cb_sheet_open (self->sheet, _ ("The keys of this screen"), cb_keys_sheet_new (screen));
}

static void
import_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  if (self->import != NULL)
    cb_window_show_import (self);
}

static void
board_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  cb_window_show_board (user_data);
}

static void
review_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  if (self->review != NULL)
    cb_window_show_review (self);
}

static void
back_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  if (cb_sheet_is_open (self->sheet))
    cb_sheet_close (self->sheet);
  else if (cb_window_is_on_screen (self, SCREEN_TURNED))
    cb_window_cover (self);
  else if (cb_window_is_on_screen (self, SCREEN_COVER))
    cb_window_uncover (self);
  else if (cb_window_is_on_page (self, self->counter))
    cb_counter_page_start (self->counter);
  else if (cb_window_is_on_page (self, self->customer) &&
           !cb_customer_page_step_back (self->customer))
    cb_window_show_counter (self);
  else if (cb_window_is_on_page (self, self->board))
    cb_window_show_counter (self);
  else if (cb_window_is_on_page (self, self->import) && !cb_import_page_step_back (self->import))
    cb_window_show_counter (self);
  else if (cb_window_is_on_page (self, self->review) && !cb_review_page_step_back (self->review))
    cb_window_show_counter (self);
}

static void
change_card_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;
  CbDossier *dossier = cb_customer_page_get_dossier (self->customer);

  if (dossier != NULL)
    cb_forms_open_card (self->forms, cb_dossier_get_customer (dossier));
}

static void
show_customer_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  cb_window_show_customer (user_data, g_variant_get_string (parameter, NULL));
}

/* --- which there are, and which may be used now --- */

void
cb_window_update_actions (CbWindow *self)
{
  static const struct
  {
    const char *name;
    gboolean needs_customer;
  } actions[] = {
    { "search", FALSE }, { "write", FALSE },         { "turn", TRUE },        { "sync", FALSE },
    { "keys", FALSE },   { "show-customer", FALSE }, { "change-card", TRUE }, { "board", FALSE },
  };
  GAction *import = g_action_map_lookup_action (G_ACTION_MAP (self), "import");
  GAction *review = g_action_map_lookup_action (G_ACTION_MAP (self), "review");
  gboolean is_work = cb_window_is_on_screen (self, SCREEN_WORK);
  gboolean is_customer = cb_window_is_on_page (self, self->customer);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), actions[i].name);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                                   actions[i].needs_customer ? is_customer : is_work);
    }
  g_simple_action_set_enabled (G_SIMPLE_ACTION (import), is_work && self->import != NULL);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (review), is_work && self->review != NULL);
}

void
cb_window_add_actions (CbWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "search", .activate = search_action },
    { .name = "write", .activate = write_action },
    { .name = "turn", .activate = turn_action },
    { .name = "lock", .activate = lock_action },
    { .name = "sync", .activate = sync_action },
    { .name = "keys", .activate = keys_action },
    { .name = "back", .activate = back_action },
    { .name = "import", .activate = import_action },
    { .name = "review", .activate = review_action },
    { .name = "board", .activate = board_action },
    { .name = "change-card", .activate = change_card_action },
    { .name = "show-customer", .activate = show_customer_action, .parameter_type = "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  cb_window_update_actions (self);
}

void
cb_window_add_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint keyval;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_k, GDK_CONTROL_MASK, "win.search" },
    { GDK_KEY_n, GDK_CONTROL_MASK, "win.write" },
    { GDK_KEY_t, GDK_CONTROL_MASK, "win.turn" },
    { GDK_KEY_l, GDK_CONTROL_MASK, "win.lock" },
    { GDK_KEY_F1, 0, "win.keys" },
    { GDK_KEY_Escape, 0, "win.back" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].keyval, keys[i].modifiers,
                                         keys[i].action, NULL);
}
