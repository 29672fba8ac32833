/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-lock-page.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-door-layout.h"
#include "shell/cb-messages.h"
#include "shell/cb-pin-pad.h"
#include "shell/cb-sign-in-layout.h"
#include "shell/cb-staff-tile.h"
#include "shell/cb-when.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-column-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-page-layout.h"
#include "widgets/cb-wrap-layout.h"
#include "widgets/cb-wrapping.h"

struct _CbLockPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *shop;
  GtkLabel *time;
  GtkLabel *day;
  GtkStack *people;
  GtkWidget *asking;
  GtkWidget *tiles;
  CbEmptyState *nobody;
  GtkLabel *prompt;
  GtkLabel *message;
  CbPinPad *pad;

  CbStore *store;
  GCancellable *listing;
  CbStaff *chosen;
  guint clock_source;
  gboolean is_checking;
};

enum
{
  SIGNAL_SIGNED_IN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbLockPage, cb_lock_page, GTK_TYPE_WIDGET)

static void
show_time (CbLockPage *self)
{
  gint64 now_us = cb_clock_get_now_us (cb_store_get_clock (self->store));
  g_autofree char *time = cb_when_dup_time (now_us);
  g_autofree char *day = cb_when_dup_long_day (now_us);

  gtk_label_set_label (self->time, time);
  gtk_label_set_label (self->day, day);
}

static gboolean
on_clock_tick (gpointer user_data)
{
  show_time (user_data);
  return G_SOURCE_CONTINUE;
}

static void
show_message (CbLockPage *self, const char *text, gboolean is_problem)
{
  gtk_label_set_label (self->message, text);
  if (is_problem)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "cb-problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "cb-problem");
}

static void
choose (CbLockPage *self, CbStaff *staff)
{
  g_set_object (&self->chosen, staff);
  cb_pin_pad_clear (self->pad);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pad), staff != NULL);
  gtk_label_set_label (self->prompt,
                       staff != NULL ? cb_staff_get_name (staff) : _ ("Who is at the counter?"));
  show_message (self, staff != NULL ? _ ("Enter your PIN") : _ ("Choose your name"), FALSE);
}

static void
on_tile_toggled (GtkToggleButton *tile, CbLockPage *self)
{
  if (gtk_toggle_button_get_active (tile))
    choose (self, cb_staff_tile_get_staff (CB_STAFF_TILE (tile)));
}

static void
clear_tiles (CbLockPage *self)
{
  GtkWidget *tile;

  while ((tile = gtk_widget_get_first_child (self->tiles)) != NULL)
    gtk_box_remove (GTK_BOX (self->tiles), tile);
}

static void
release_tiles (CbLockPage *self)
{
  for (GtkWidget *tile = gtk_widget_get_first_child (self->tiles); tile != NULL;
       tile = gtk_widget_get_next_sibling (tile))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (tile), FALSE);
}

static gboolean
is_same_person (CbStaff *one, CbStaff *other)
{
  return g_strcmp0 (cb_staff_get_id (one), cb_staff_get_id (other)) == 0 &&
         g_strcmp0 (cb_staff_get_name (one), cb_staff_get_name (other)) == 0 &&
         cb_staff_get_role (one) == cb_staff_get_role (other);
}

/* Tiles that are right stay: assistive technology loses sight of what is taken away and put back,
 * and so does a finger that is on its way. */
static gboolean
are_tiles_of (CbLockPage *self, GPtrArray *staff)
{
  GtkWidget *tile = gtk_widget_get_first_child (self->tiles);

  for (guint i = 0; i < staff->len; i++)
    {
      if (cb_staff_is_disabled (g_ptr_array_index (staff, i)))
        continue;
      if (tile == NULL || !is_same_person (cb_staff_tile_get_staff (CB_STAFF_TILE (tile)),
                                           g_ptr_array_index (staff, i)))
        return FALSE;
      tile = gtk_widget_get_next_sibling (tile);
    }
  return tile == NULL && staff->len > 0;
}

static void
fill_tiles (CbLockPage *self, GPtrArray *staff)
{
  GtkToggleButton *first = NULL;

  if (are_tiles_of (self, staff))
    return;
  clear_tiles (self);
  for (guint i = 0; i < staff->len; i++)
    {
      CbStaff *person = g_ptr_array_index (staff, i);
      GtkWidget *tile;

      if (cb_staff_is_disabled (person))
        continue;
      tile = cb_staff_tile_new (person);
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (tile), first);
      if (first == NULL)
        first = GTK_TOGGLE_BUTTON (tile);
      g_signal_connect_object (tile, "toggled", G_CALLBACK (on_tile_toggled), self, 0);
      gtk_box_append (GTK_BOX (self->tiles), tile);
    }
  gtk_stack_set_visible_child_name (self->people, first != NULL ? "tiles" : "nobody");
  cb_empty_state_set (self->nobody, "cb-person-symbolic", _ ("Nobody can sign in yet"),
                      _ ("Whoever looks after this terminal adds the staff with “counterbookctl "
                         "staff add”."),
                      NULL);
  if (first != NULL && staff->len == 1)
    gtk_toggle_button_set_active (first, TRUE);
}

static void
on_list_staff_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) staff = cb_store_list_staff_finish (CB_STORE (source), result, &error);
  CbLockPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_label (self->shop, cb_store_get_name (self->store));
  if (staff != NULL)
    {
      fill_tiles (self, staff);
      return;
    }
  cb_empty_state_set (self->nobody, "cb-attention-symbolic", _ ("The names could not be read"),
                      cb_messages_for (error, CB_DURING_READ), _ ("Try again"));
  gtk_stack_set_visible_child_name (self->people, "nobody");
}

void
cb_lock_page_reset (CbLockPage *self)
{
  g_return_if_fail (CB_IS_LOCK_PAGE (self));

  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  self->listing = g_cancellable_new ();
  release_tiles (self);
  choose (self, NULL);
  show_time (self);
  cb_store_list_staff_async (self->store, self->listing, on_list_staff_done, self);
}

static void
on_sign_in_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbLockPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  guint tries_left = 0;
  gint64 wait_us = 0;
  g_autoptr (CbStaff) actor =
    cb_store_sign_in_finish (CB_STORE (source), result, &tries_left, &wait_us, &error);

  self->is_checking = FALSE;
  if (self->store == NULL)
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->pad), self->chosen != NULL);
  if (actor != NULL)
    {
      release_tiles (self);
      choose (self, NULL);
      g_signal_emit (self, signals[SIGNAL_SIGNED_IN], 0);
      return;
    }
  message = cb_messages_dup_sign_in (error, tries_left, wait_us);
  show_message (self, message, TRUE);
}

static void
on_pin_complete (CbLockPage *self)
{
  if (self->chosen == NULL || self->is_checking)
    return;
  self->is_checking = TRUE;
  show_message (self, _ ("One moment"), FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pad), FALSE);
  cb_store_sign_in_async (self->store, cb_staff_get_id (self->chosen),
                          cb_pin_pad_take_pin (self->pad), NULL, on_sign_in_done,
                          g_object_ref (self));
}

/* Where nobody can be chosen there is no PIN to ask for. */
static void
on_people_changed (CbLockPage *self)
{
  const char *shown = gtk_stack_get_visible_child_name (self->people);

  gtk_widget_set_visible (self->asking, g_strcmp0 (shown, "nobody") != 0);
}

static void
on_try_again (CbLockPage *self)
{
  cb_lock_page_reset (self);
}

/* Digits go to the pad wherever the focus is. */
static gboolean
on_key_pressed (CbLockPage *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 || self->chosen == NULL)
    return FALSE;
  return cb_pin_pad_press_key (self->pad, keyval);
}

static void
cb_lock_page_map (GtkWidget *widget)
{
  CbLockPage *self = CB_LOCK_PAGE (widget);

  GTK_WIDGET_CLASS (cb_lock_page_parent_class)->map (widget);
  show_time (self);
  self->clock_source = g_timeout_add_seconds (1, on_clock_tick, self);
}

static void
cb_lock_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&CB_LOCK_PAGE (widget)->clock_source, g_source_remove);

  GTK_WIDGET_CLASS (cb_lock_page_parent_class)->unmap (widget);
}

static void
cb_lock_page_dispose (GObject *object)
{
  CbLockPage *self = CB_LOCK_PAGE (object);

  g_clear_handle_id (&self->clock_source, g_source_remove);
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  g_clear_object (&self->chosen);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_LOCK_PAGE);

  G_OBJECT_CLASS (cb_lock_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-lock-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, shop);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, time);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, day);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, people);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, asking);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, tiles);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, nobody);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, prompt);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, message);
  gtk_widget_class_bind_template_child (widget_class, CbLockPage, pad);
  gtk_widget_class_bind_template_callback (widget_class, on_pin_complete);
  gtk_widget_class_bind_template_callback (widget_class, on_people_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_try_again);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
}

static void
cb_lock_page_class_init (CbLockPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_lock_page_dispose;
  widget_class->map = cb_lock_page_map;
  widget_class->unmap = cb_lock_page_unmap;
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_COLUMN_LAYOUT);
  g_type_ensure (CB_TYPE_DOOR_LAYOUT);
  g_type_ensure (CB_TYPE_EMPTY_STATE);
  g_type_ensure (CB_TYPE_PIN_PAD);
  g_type_ensure (CB_TYPE_SIGN_IN_LAYOUT);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);

  signals[SIGNAL_SIGNED_IN] = g_signal_new ("signed-in", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-lock-page");
}

static void
cb_lock_page_init (CbLockPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_lock_page_new (CbStore *store)
{
  CbLockPage *self = g_object_new (CB_TYPE_LOCK_PAGE, NULL);

  self->store = g_object_ref (store);
  choose (self, NULL);
  return GTK_WIDGET (self);
}
