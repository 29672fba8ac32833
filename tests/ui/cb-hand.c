/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-hand.h"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <sys/resource.h>

#include "visit/cb-composer.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-empty-state.h"

/* --- what they see and touch --- */

GtkWidget *
cb_hand_whole (CbScreens *screens)
{
  return GTK_WIDGET (screens->window);
}

static GtkWidget *
find_nth (GtkWidget *root, GType type, guint *left)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && (*left)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_nth (child, type, left);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The one of that type that is on the screen, counted from 0; waits for it. */
GtkWidget *
cb_hand_nth (CbScreens *screens, GType type, guint number)
{
  GtkWidget *found = NULL;
  guint left = number;

  CB_UI_UNTIL ((left = number, found = find_nth (cb_hand_whole (screens), type, &left)) != NULL);
  return found;
}

GtkWidget *
cb_hand_page (CbScreens *screens, GType type)
{
  return cb_hand_nth (screens, type, 0);
}

void
cb_hand_await (CbScreens *screens, const char *text)
{
  CB_UI_UNTIL (cb_ui_shows (cb_hand_whole (screens), text));
}

/* Whose label it is and not only part of it: "Add customer" is not "Add as a new customer". */
GtkWidget *
cb_hand_find_button (GtkWidget *root, const char *label)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (GTK_IS_BUTTON (root) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = cb_hand_find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
cb_hand_press (CbScreens *screens, const char *label)
{
  GtkWidget *button = NULL;

  CB_UI_UNTIL ((button = cb_hand_find_button (cb_hand_whole (screens), label)) != NULL);
  cb_ui_click (button);
  cb_ui_settle ();
}

/* --- what cannot be written --- */

static struct rlimit before_full;

void
cb_hand_fill_disk (void)
{
  struct rlimit none;

  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before_full);
  none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before_full.rlim_max };
  setrlimit (RLIMIT_FSIZE, &none);
}

void
cb_hand_free_disk (void)
{
  setrlimit (RLIMIT_FSIZE, &before_full);
}

void
cb_hand_press_in_vain (CbScreens *screens, const char *label)
{
  cb_hand_fill_disk ();
  cb_hand_press (screens, label);
  CB_UI_UNTIL (gtk_widget_is_sensitive (cb_hand_find_button (cb_hand_whole (screens), label)));
  cb_hand_free_disk ();
}

void
cb_hand_press_icon (CbScreens *screens, const char *icon)
{
  GtkWidget *button;
  guint number = 0;

  do
    button = cb_hand_nth (screens, GTK_TYPE_BUTTON, number++);
  while (g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (button)), icon) != 0);
  cb_ui_click (button);
  cb_ui_settle ();
}

void
cb_hand_press_part (CbScreens *screens, GType type, const char *part)
{
  cb_ui_click (
    GTK_WIDGET (gtk_widget_get_template_child (cb_hand_page (screens, type), type, part)));
  cb_ui_settle ();
}

void
cb_hand_act (CbScreens *screens, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (screens->window), action, NULL);
  cb_ui_settle ();
}

void
cb_hand_press_digits (GtkWidget *widget, const char *digits)
{
  for (; *digits != '\0'; digits++)
    cb_ui_press (widget, GDK_KEY_0 + (guint) (*digits - '0'), 0);
}

void
cb_hand_set_entry (CbScreens *screens, GtkWidget *within, guint number, const char *text)
{
  guint left = number;

  gtk_editable_set_text (GTK_EDITABLE (find_nth (within, GTK_TYPE_ENTRY, &left)), text);
}

void
cb_hand_write_note (CbScreens *screens, const char *text)
{
  GtkTextView *view = GTK_TEXT_VIEW (cb_hand_page (screens, GTK_TYPE_TEXT_VIEW));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), text, -1);
}

/* --- what they do together --- */

void
cb_hand_choose_person (CbScreens *screens, const char *name)
{
  GtkWidget *tile = NULL;

  CB_UI_UNTIL ((tile = cb_ui_find_button (cb_hand_whole (screens), name)) != NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (tile), TRUE);
}

void
cb_hand_search (CbScreens *screens, const char *text)
{
  cb_hand_act (screens, "search");
  cb_hand_set_entry (screens, cb_hand_page (screens, CB_TYPE_COUNTER_PAGE), 0, text);
}

void
cb_hand_open_customer (CbScreens *screens, const char *typed, const char *name)
{
  cb_hand_search (screens, typed);
  /* The name may stand on the start page too, and is chosen among the found alone. */
  CB_UI_UNTIL (cb_counter_page_get_chosen (
                 CB_COUNTER_PAGE (cb_hand_page (screens, CB_TYPE_COUNTER_PAGE))) != NULL);
  cb_hand_await (screens, name);
  cb_hand_act (screens, "write");
  cb_hand_page (screens, CB_TYPE_COMPOSER);
  cb_hand_await (screens, _ ("What they allow"));
  cb_ui_settle ();
}

/* --- what comes about only where something is broken --- */

void
cb_hand_show_empty (CbScreens *screens, GType type, const char *stack, const CbHandEmpty *empty)
{
  GtkWidget *page = cb_hand_page (screens, type);
  GObject *state = gtk_widget_get_template_child (page, type, empty->part);

  cb_empty_state_set (CB_EMPTY_STATE (state), empty->icon, empty->title, empty->body,
                      empty->action);
  gtk_stack_set_visible_child_name (GTK_STACK (gtk_widget_get_template_child (page, type, stack)),
                                    empty->part);
  cb_hand_await (screens, empty->title);
}
