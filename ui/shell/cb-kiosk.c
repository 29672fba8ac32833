/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-kiosk.h"

#define CONTROL GDK_CONTROL_MASK
#define SHIFT GDK_SHIFT_MASK

typedef struct
{
  guint keyval;
  GdkModifierType modifiers;
} Key;

/* Input hints hide the emoji of a context menu; the keys open the chooser all the same. */
static const Key chooser_keys[] = {
  { GDK_KEY_period, CONTROL },    { GDK_KEY_semicolon, CONTROL }, { GDK_KEY_i, CONTROL | SHIFT },
  { GDK_KEY_d, CONTROL | SHIFT }, { GDK_KEY_u, CONTROL | SHIFT },
};

static const Key kiosk_keys[] = {
  { GDK_KEY_F10, 0 },
  { GDK_KEY_F10, SHIFT },
  { GDK_KEY_F10, GDK_ALT_MASK },
  { GDK_KEY_F11, 0 },
  { GDK_KEY_Menu, 0 },
  { GDK_KEY_F4, GDK_ALT_MASK },
  { GDK_KEY_space, GDK_ALT_MASK },
  { GDK_KEY_q, CONTROL },
  { GDK_KEY_w, CONTROL },
};

static gboolean
refuse_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  return TRUE;
}

static void
refuse_keys (GtkWindow *window, const Key *keys, gsize n_keys)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (gsize i = 0; i < n_keys; i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].keyval, keys[i].modifiers),
                        gtk_callback_action_new (refuse_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (window), controller);
}

static void
on_menu_click (GtkGesture *gesture)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
refuse_menu_button (GtkWindow *window)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (gesture), GTK_PHASE_CAPTURE);
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_menu_click), NULL);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (gesture));
}

static gboolean
refuse_close (GtkWindow *window)
{
  return TRUE;
}

void
cb_kiosk_refuse_choosers (GtkWindow *window)
{
  g_return_if_fail (GTK_IS_WINDOW (window));

  refuse_keys (window, chooser_keys, G_N_ELEMENTS (chooser_keys));
}

void
cb_kiosk_hold (GtkWindow *window)
{
  g_return_if_fail (GTK_IS_WINDOW (window));

  refuse_keys (window, kiosk_keys, G_N_ELEMENTS (kiosk_keys));
  refuse_menu_button (window);
  g_signal_connect (window, "close-request", G_CALLBACK (refuse_close), NULL);
  gtk_window_set_decorated (window, FALSE);
  gtk_window_set_deletable (window, FALSE);
  gtk_window_set_handle_menubar_accel (window, FALSE);
  gtk_window_fullscreen (window);
}
