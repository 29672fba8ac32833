/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-window-private.h"

#include <glib/gi18n-lib.h>

#include "customer/cb-correction.h"
#include "customer/cb-show-sheet.h"
#include "shell/cb-kiosk.h"
#include "shell/cb-messages.h"
#include "shell/cb-words.h"
#include "turned/cb-turned-words.h"
#include "visit/cb-tell-sheet.h"
#include "widgets/cb-bar-layout.h"

enum
{
  SIGNAL_ACTIVITY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbWindow, cb_window, GTK_TYPE_APPLICATION_WINDOW)

/* --- new customer and preferences, on the sheet --- */

static void
on_customer_added (CbWindow *self, const char *customer_id)
{
  cb_counter_page_reset (self->counter);
  cb_window_show_customer (self, customer_id);
}

static void
on_new_customer (CbWindow *self, const char *typed)
{
  cb_forms_open_new_customer (self->forms, typed);
}

static void
on_edit_preference (CbWindow *self, CbPreference *preference)
{
  cb_forms_open_preference (self->forms, cb_customer_page_get_customer_id (self->customer),
                            preference);
}

static void
on_add_errand (CbWindow *self)
{
  cb_forms_open_errand (self->forms, cb_customer_page_get_customer_id (self->customer));
}

static void
on_add_day (CbWindow *self)
{
  cb_forms_open_day (self->forms, cb_customer_page_get_customer_id (self->customer));
}

/* --- a note is put right; somebody was told that something arrived --- */

static void
on_corrected (CbWindow *self)
{
  cb_sheet_close (self->sheet);
}

static void
on_correct_note (CbWindow *self, CbNote *note)
{
  GtkWidget *form = cb_correction_new (self->store, note);

  g_signal_connect_object (form, "saved", G_CALLBACK (on_corrected), self, G_CONNECT_SWAPPED);
  cb_sheet_open (self->sheet, _ ("Correct your note"), form);
}

static void
on_told (CbWindow *self)
{
  cb_sheet_close (self->sheet);
}

static void
on_tell (CbWindow *self, CbErrand *errand)
{
  GtkWidget *sheet = cb_tell_sheet_new (self->store, errand);

  g_signal_connect_object (sheet, "told", G_CALLBACK (on_told), self, G_CONNECT_SWAPPED);
  cb_sheet_open (self->sheet, _ ("How were they told?"), sheet);
}

static void
on_show_all (CbWindow *self)
{
  CbDossier *dossier = cb_customer_page_get_dossier (self->customer);
  GtkWidget *sheet;

  if (dossier == NULL)
    return;
  sheet = cb_show_sheet_new (self->store, cb_customer_get_id (cb_dossier_get_customer (dossier)));
  g_signal_connect_object (sheet, "turn", G_CALLBACK (cb_window_turn_record), self,
                           G_CONNECT_SWAPPED);
  cb_sheet_open (self->sheet, _ ("Show them everything"), sheet);
}

/* --- the session --- */

static gpointer
add_screen (GtkStack *stack, GtkWidget *page, const char *name)
{
  gtk_stack_add_named (stack, page, name);
  return page;
}

static void
build_pages (CbWindow *self)
{
  self->counter = add_screen (self->pages, cb_counter_page_new (self->store), "counter");
  self->customer =
    add_screen (self->pages, cb_customer_page_new (self->store, self->shelf), "customer");
  self->board = add_screen (self->pages, cb_board_page_new (self->store), "board");
  g_signal_connect_object (self->board, "customer-chosen", G_CALLBACK (cb_window_show_customer),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->board, "tell", G_CALLBACK (on_tell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->board, "done", G_CALLBACK (cb_window_show_counter), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->counter, "tell", G_CALLBACK (on_tell), self, G_CONNECT_SWAPPED);
  self->turned = add_screen (self->screens, cb_turned_page_new (self->store), SCREEN_TURNED);
  self->cover = add_screen (self->screens, cb_cover_page_new (self->store), SCREEN_COVER);
  g_signal_connect_object (self->counter, "customer-chosen", G_CALLBACK (cb_window_show_customer),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->counter, "new-customer", G_CALLBACK (on_new_customer), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->customer, "turn", G_CALLBACK (cb_window_turn), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->customer, "show-all", G_CALLBACK (on_show_all), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->customer, "correct-note", G_CALLBACK (on_correct_note), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->customer, "edit-preference", G_CALLBACK (on_edit_preference), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->customer, "add-errand", G_CALLBACK (on_add_errand), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->customer, "add-day", G_CALLBACK (on_add_day), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->turned, "handed-back", G_CALLBACK (cb_window_cover), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->cover, "resumed", G_CALLBACK (cb_window_resume), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->cover, "back", G_CALLBACK (cb_window_uncover), self,
                           G_CONNECT_SWAPPED);
}

static void
build_manager_pages (CbWindow *self)
{
  if (cb_staff_get_role (cb_store_get_actor (self->store)) != CB_ROLE_MANAGER)
    return;
  self->review = add_screen (self->pages, cb_review_page_new (self->store), "review");
  g_signal_connect_object (self->review, "done", G_CALLBACK (cb_window_show_counter), self,
                           G_CONNECT_SWAPPED);
  if (self->import_folder == NULL)
    return;
  self->import =
    add_screen (self->pages, cb_import_page_new (self->store, self->import_folder), "import");
  g_signal_connect_object (self->import, "done", G_CALLBACK (cb_window_show_counter), self,
                           G_CONNECT_SWAPPED);
}

/* The pages go, not only their contents: a locked terminal holds no words. GTK 4.8 would keep the
 * one with the focus, and the cover has half a PIN. */
static void
drop_pages (CbWindow *self)
{
  if (self->counter == NULL)
    return;
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  cb_customer_page_close (self->customer);
  cb_turned_page_clear (self->turned);
  gtk_stack_remove (self->pages, GTK_WIDGET (self->counter));
  cb_board_page_clear (self->board);
  gtk_stack_remove (self->pages, GTK_WIDGET (self->board));
  gtk_stack_remove (self->pages, GTK_WIDGET (self->customer));
  gtk_stack_remove (self->screens, GTK_WIDGET (self->turned));
  gtk_stack_remove (self->screens, GTK_WIDGET (self->cover));
  if (self->import != NULL)
    gtk_stack_remove (self->pages, GTK_WIDGET (self->import));
  if (self->review != NULL)
    {
      cb_review_page_clear (self->review);
      gtk_stack_remove (self->pages, GTK_WIDGET (self->review));
    }
  self->counter = NULL;
  self->board = NULL;
  self->customer = NULL;
  self->turned = NULL;
  self->cover = NULL;
  self->import = NULL;
  self->review = NULL;
}

static void
show_actor (CbWindow *self)
{
  CbStaff *actor = cb_store_get_actor (self->store);
  const char *name = actor != NULL ? cb_staff_get_name (actor) : "";
  g_autofree char *initials = cb_words_dup_initials (name);

  gtk_label_set_label (self->initials, initials);
  gtk_label_set_label (self->actor, name);
  gtk_label_set_label (self->shop, cb_store_get_name (self->store));
}

static void
on_signed_in (CbWindow *self)
{
  drop_pages (self);
  build_pages (self);
  build_manager_pages (self);
  show_actor (self);
  cb_window_show_counter (self);
}

static void
show_lock (CbWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->veil), FALSE);
  cb_sheet_close (self->sheet);
  cb_window_show_screen (self, SCREEN_LOCK);
  drop_pages (self);
  cb_draft_shelf_flush (self->shelf);
  gtk_label_set_label (self->initials, "");
  gtk_label_set_label (self->actor, "");
  cb_window_part_from_customer (self);
  cb_lock_page_reset (self->lock);
  gtk_widget_child_focus (GTK_WIDGET (self->lock), GTK_DIR_TAB_FORWARD);
}

static void
on_session_changed (CbWindow *self)
{
  if (cb_store_get_actor (self->store) == NULL && self->counter != NULL)
    show_lock (self);
}

static void
on_lock_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cb_store_lock_finish (CB_STORE (source), result, &error))
    g_message ("locking the store: %s", error->message);
}

gboolean
cb_window_is_in_use (CbWindow *self)
{
  g_return_val_if_fail (CB_IS_WINDOW (self), FALSE);

  return self->counter != NULL;
}

void
cb_window_lock (CbWindow *self)
{
  g_return_if_fail (CB_IS_WINDOW (self));

  if (!cb_window_is_in_use (self))
    return;
  show_lock (self);
  cb_store_lock_async (self->store, NULL, on_lock_done, NULL);
}

/* --- the veil --- */

void
cb_window_veil (CbWindow *self)
{
  gboolean is_turned;

  g_return_if_fail (CB_IS_WINDOW (self));

  is_turned = cb_window_is_on_screen (self, SCREEN_TURNED);
  if (gtk_widget_get_visible (GTK_WIDGET (self->veil)) ||
      (!is_turned && !cb_window_is_on_screen (self, SCREEN_WORK)))
    return;
  g_set_weak_pointer (&self->veiled_focus, gtk_window_get_focus (GTK_WINDOW (self)));
  cb_veil_set_words (
    self->veil, cb_store_get_name (self->store),
    is_turned ? cb_turned_words (CB_TURNED_TOUCH, cb_turned_page_get_language (self->turned))
              : _ ("Touch to go on"));
  gtk_widget_set_visible (GTK_WIDGET (self->veil), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->veil));
}

static void
on_veil_lifted (CbWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->veil), FALSE);
  if (self->veiled_focus != NULL && gtk_widget_get_mapped (self->veiled_focus))
    gtk_widget_grab_focus (self->veiled_focus);
  g_clear_weak_pointer (&self->veiled_focus);
}

/* --- events --- */

static gboolean
on_event (CbWindow *self, GdkEvent *event)
{
  switch ((int) gdk_event_get_event_type (event))
    {
    case GDK_KEY_PRESS:
    case GDK_BUTTON_PRESS:
    case GDK_MOTION_NOTIFY:
    case GDK_SCROLL:
    case GDK_TOUCH_BEGIN:
    case GDK_TOUCH_UPDATE:
      g_signal_emit (self, signals[SIGNAL_ACTIVITY], 0);
      break;
    default:
      break;
    }
  return FALSE;
}

/* A letter that nobody wanted starts a search. */
static gboolean
on_key_pressed (CbWindow *self,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                GtkEventControllerKey *controller)
{
  gunichar letter = gdk_keyval_to_unicode (keyval);

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0 ||
      !g_unichar_isgraph (letter) || cb_sheet_is_open (self->sheet) ||
      !cb_window_is_on_page (self, self->counter))
    return FALSE;
  return cb_counter_page_take_key (self->counter, controller);
}

/* No inspector on a counter. */
static gboolean
cb_window_enable_debugging (GtkWindow *window, gboolean toggle)
{
  return FALSE;
}

/* --- the type --- */

void
cb_window_start (CbWindow *self)
{
  g_return_if_fail (CB_IS_WINDOW (self));

  if (self->lock == NULL)
    {
      self->lock = add_screen (self->screens, cb_lock_page_new (self->store), SCREEN_LOCK);
      g_signal_connect_object (self->lock, "signed-in", G_CALLBACK (on_signed_in), self,
                               G_CONNECT_SWAPPED);
    }
  show_lock (self);
}

void
cb_window_set_import_folder (CbWindow *self, const char *folder)
{
  g_return_if_fail (CB_IS_WINDOW (self));

  g_free (self->import_folder);
  self->import_folder = g_strdup (folder);
}

void
cb_window_show_trouble (CbWindow *self, const GError *error)
{
  g_return_if_fail (CB_IS_WINDOW (self));

  cb_empty_state_set (self->trouble, "cb-attention-symbolic", cb_messages_title_for (error),
                      cb_messages_for (error, CB_DURING_OPEN), NULL);
  cb_window_show_screen (self, "trouble");
}

static void
cb_window_dispose (GObject *object)
{
  CbWindow *self = CB_WINDOW (object);

  g_clear_object (&self->forms);
  g_clear_weak_pointer (&self->veiled_focus);
  /* The store closes after the window, and writes what it was given before. */
  if (self->shelf != NULL)
    cb_draft_shelf_flush (self->shelf);
  g_clear_pointer (&self->import_folder, g_free);
  g_clear_object (&self->shelf);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_WINDOW);

  G_OBJECT_CLASS (cb_window_parent_class)->dispose (object);
}

static void
cb_window_class_init (CbWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_window_dispose;
  GTK_WINDOW_CLASS (klass)->enable_debugging = cb_window_enable_debugging;
  g_type_ensure (CB_TYPE_BAR_LAYOUT);
  g_type_ensure (CB_TYPE_EMPTY_STATE);
  g_type_ensure (CB_TYPE_SHEET);
  g_type_ensure (CB_TYPE_SYNC_CHIP);
  g_type_ensure (CB_TYPE_VEIL);

  signals[SIGNAL_ACTIVITY] = g_signal_new ("activity", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CbWindow, screens);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, trouble);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, shop);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, chip);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, initials);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, actor);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, sheet);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, veil);
  gtk_widget_class_bind_template_callback (widget_class, on_event);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_veil_lifted);
  cb_window_add_keys (widget_class);
}

static void
cb_window_init (CbWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_sheet_set_beneath (self->sheet, GTK_WIDGET (self->screens));
  cb_window_add_actions (self);
  cb_kiosk_refuse_choosers (GTK_WINDOW (self));
}

CbWindow *
cb_window_new (GtkApplication *application, CbStore *store)
{
  CbWindow *self = g_object_new (CB_TYPE_WINDOW, "application", application, NULL);

  self->store = g_object_ref (store);
  self->shelf = cb_draft_shelf_new (store);
  self->forms = cb_forms_new (store, self->shelf, self->sheet);
  g_signal_connect_object (self->forms, "added", G_CALLBACK (on_customer_added), self,
                           G_CONNECT_SWAPPED);
  cb_sync_chip_set_state (self->chip, cb_store_get_sync_state (store), cb_store_get_clock (store));
  g_signal_connect_object (store, "session-changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}
