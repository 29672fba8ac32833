/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-window.h"

#include <glib/gi18n-lib.h>

#include "customer/cb-customer-page.h"
#include "manager/cb-import-page.h"
#include "models/cb-draft-shelf.h"
#include "shell/cb-cover-page.h"
#include "shell/cb-forms.h"
#include "shell/cb-keys-sheet.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-messages.h"
#include "shell/cb-sync-chip.h"
#include "shell/cb-sync-sheet.h"
#include "shell/cb-veil.h"
#include "shell/cb-words.h"
#include "turned/cb-turned-page.h"
#include "turned/cb-turned-words.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-bar-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-sheet.h"

/* Names of the pages of `screens`. */
#define SCREEN_LOCK "lock"
#define SCREEN_WORK "work"
#define SCREEN_TURNED "turned"
#define SCREEN_COVER "cover"

struct _CbWindow
{
  GtkApplicationWindow parent_instance;

  GtkStack *screens;
  CbEmptyState *trouble;
  GtkStack *pages;
  GtkLabel *shop;
  CbSyncChip *chip;
  GtkLabel *initials;
  GtkLabel *actor;
  CbSheet *sheet;
  CbVeil *veil;

  CbStore *store;
  CbDraftShelf *shelf;
  CbLockPage *lock; /* pages are the stack's; these borrow */
  CbCounterPage *counter;
  CbCustomerPage *customer;
  CbTurnedPage *turned;
  CbCoverPage *cover;
  CbImportPage *import; /* NULL unless a manager is signed in */
  char *import_folder;
  CbForms *forms;
  GtkWidget *veiled_focus; /* weak: had the focus before the veil */
};

enum
{
  SIGNAL_ACTIVITY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbWindow, cb_window, GTK_TYPE_APPLICATION_WINDOW)

/* --- which screen --- */

static gboolean
is_on_screen (CbWindow *self, const char *screen)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->screens), screen) == 0;
}

static gboolean
is_on_page (CbWindow *self, gpointer page)
{
  return page != NULL && is_on_screen (self, SCREEN_WORK) &&
         gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (page);
}

static void
update_actions (CbWindow *self)
{
  static const struct
  {
    const char *name;
    gboolean needs_customer;
  } actions[] = {
    { "search", FALSE }, { "write", FALSE },         { "turn", TRUE },        { "sync", FALSE },
    { "keys", FALSE },   { "show-customer", FALSE }, { "change-card", TRUE },
  };
  GAction *import = g_action_map_lookup_action (G_ACTION_MAP (self), "import");
  gboolean is_work = is_on_screen (self, SCREEN_WORK);
  gboolean is_customer = is_on_page (self, self->customer);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), actions[i].name);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                                   actions[i].needs_customer ? is_customer : is_work);
    }
  g_simple_action_set_enabled (G_SIMPLE_ACTION (import), is_work && self->import != NULL);
}

static void
show_screen (CbWindow *self, const char *screen)
{
  gtk_stack_set_visible_child_name (self->screens, screen);
  update_actions (self);
}

/* What was cut, copied or merely selected here belongs to nobody's next visit. */
static void
empty_clipboards (CbWindow *self)
{
  GdkClipboard *clipboards[] = {
    gtk_widget_get_clipboard (GTK_WIDGET (self)),
    gtk_widget_get_primary_clipboard (GTK_WIDGET (self)),
  };

  for (guint i = 0; i < G_N_ELEMENTS (clipboards); i++)
    {
      if (gdk_clipboard_is_local (clipboards[i]))
        gdk_clipboard_set_content (clipboards[i], NULL);
    }
}

/* Nothing of one customer reaches the next: neither what was copied nor what was about to open. */
static void
part_from_customer (CbWindow *self)
{
  cb_forms_leave (self->forms);
  empty_clipboards (self);
}

static void
show_counter (CbWindow *self)
{
  cb_customer_page_close (self->customer);
  part_from_customer (self);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->counter));
  show_screen (self, SCREEN_WORK);
  cb_counter_page_start (self->counter);
}

static void
show_customer (CbWindow *self, const char *customer_id)
{
  cb_sheet_close (self->sheet);
  part_from_customer (self);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->customer));
  show_screen (self, SCREEN_WORK);
  cb_customer_page_open (self->customer, customer_id);
}

/* --- new customer and preferences, on the sheet --- */

static void
on_customer_added (CbWindow *self, const char *customer_id)
{
  cb_counter_page_reset (self->counter);
  show_customer (self, customer_id);
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

/* --- the turned screen and the way back --- */

/* No control has the focus at first: a ring around an answer would be a nudge. */
static void
show_turned (CbWindow *self)
{
  show_screen (self, SCREEN_TURNED);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

static void
on_handed_back (CbWindow *self)
{
  const char *language = cb_turned_page_get_language (self->turned);

  show_screen (self, SCREEN_COVER);
  cb_cover_page_show (self->cover, cb_turned_words (CB_TURNED_THANKS, language),
                      cb_turned_words (CB_TURNED_BACK, language));
}

static void
on_turn (CbWindow *self, const char *purpose)
{
  CbDossier *dossier = cb_customer_page_get_dossier (self->customer);

  if (dossier == NULL)
    return;
  cb_sheet_close (self->sheet);
  part_from_customer (self);
  cb_turned_page_show (self->turned, dossier, purpose);
  show_turned (self);
}

static void
on_cover_back (CbWindow *self)
{
  show_turned (self);
}

static void
on_cover_resumed (CbWindow *self)
{
  cb_turned_page_clear (self->turned);
  show_screen (self, SCREEN_WORK);
  cb_customer_page_write (self->customer);
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
  self->turned = add_screen (self->screens, cb_turned_page_new (self->store), SCREEN_TURNED);
  self->cover = add_screen (self->screens, cb_cover_page_new (self->store), SCREEN_COVER);
  g_signal_connect_object (self->counter, "customer-chosen", G_CALLBACK (show_customer), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->counter, "new-customer", G_CALLBACK (on_new_customer), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->customer, "turn", G_CALLBACK (on_turn), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->customer, "edit-preference", G_CALLBACK (on_edit_preference), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->turned, "handed-back", G_CALLBACK (on_handed_back), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->cover, "resumed", G_CALLBACK (on_cover_resumed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->cover, "back", G_CALLBACK (on_cover_back), self,
                           G_CONNECT_SWAPPED);
}

static void
build_manager_pages (CbWindow *self)
{
  if (cb_staff_get_role (cb_store_get_actor (self->store)) != CB_ROLE_MANAGER ||
      self->import_folder == NULL)
    return;
  self->import =
    add_screen (self->pages, cb_import_page_new (self->store, self->import_folder), "import");
  g_signal_connect_object (self->import, "done", G_CALLBACK (show_counter), self,
                           G_CONNECT_SWAPPED);
}

/* The pages go, not only their contents: a locked terminal holds no words. */
static void
drop_pages (CbWindow *self)
{
  if (self->counter == NULL)
    return;
  cb_customer_page_close (self->customer);
  cb_turned_page_clear (self->turned);
  gtk_stack_remove (self->pages, GTK_WIDGET (self->counter));
  gtk_stack_remove (self->pages, GTK_WIDGET (self->customer));
  gtk_stack_remove (self->screens, GTK_WIDGET (self->turned));
  gtk_stack_remove (self->screens, GTK_WIDGET (self->cover));
  if (self->import != NULL)
    gtk_stack_remove (self->pages, GTK_WIDGET (self->import));
  self->counter = NULL;
  self->customer = NULL;
  self->turned = NULL;
  self->cover = NULL;
  self->import = NULL;
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
  show_counter (self);
}

static void
show_lock (CbWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->veil), FALSE);
  cb_sheet_close (self->sheet);
  show_screen (self, SCREEN_LOCK);
  drop_pages (self);
  cb_draft_shelf_flush (self->shelf);
  gtk_label_set_label (self->initials, "");
  gtk_label_set_label (self->actor, "");
  part_from_customer (self);
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

  is_turned = is_on_screen (self, SCREEN_TURNED);
  if (gtk_widget_get_visible (GTK_WIDGET (self->veil)) ||
      (!is_turned && !is_on_screen (self, SCREEN_WORK)))
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

/* --- actions --- */

static void
search_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  cb_sheet_close (self->sheet);
  cb_counter_page_reset (self->counter);
  show_counter (self);
}

/* On the counter a note needs its customer first: the chosen one, else one to be found. */
static void
write_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;
  const char *chosen;

  cb_sheet_close (self->sheet);
  if (is_on_page (self, self->customer))
    {
      cb_customer_page_write (self->customer);
      return;
    }
  chosen = cb_counter_page_get_chosen (self->counter);
  if (chosen != NULL)
    show_customer (self, chosen);
  else
    cb_counter_page_start (self->counter);
}

static void
turn_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  on_turn (self, cb_customer_page_get_purpose (self->customer));
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
  CbScreen screen = is_on_page (self, self->customer) ? CB_SCREEN_CUSTOMER : CB_SCREEN_COUNTER;

  cb_sheet_open (self->sheet, _ ("The keys of this screen"), cb_keys_sheet_new (screen));
}

static void
import_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  if (self->import == NULL)
    return;
  cb_sheet_close (self->sheet);
  cb_customer_page_close (self->customer);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->import));
  show_screen (self, SCREEN_WORK);
  cb_import_page_start (self->import);
}

static void
back_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CbWindow *self = user_data;

  if (cb_sheet_is_open (self->sheet))
    cb_sheet_close (self->sheet);
  else if (is_on_screen (self, SCREEN_TURNED))
    on_handed_back (self);
  else if (is_on_screen (self, SCREEN_COVER))
    on_cover_back (self);
  else if (is_on_page (self, self->counter))
    cb_counter_page_start (self->counter);
  else if (is_on_page (self, self->customer) && !cb_customer_page_step_back (self->customer))
    show_counter (self);
  else if (is_on_page (self, self->import) && !cb_import_page_step_back (self->import))
    show_counter (self);
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
  show_customer (user_data, g_variant_get_string (parameter, NULL));
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
      !is_on_page (self, self->counter))
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
  show_screen (self, "trouble");
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
add_keys (GtkWidgetClass *widget_class)
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
  add_keys (widget_class);
}

static void
cb_window_init (CbWindow *self)
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
    { .name = "change-card", .activate = change_card_action },
    { .name = "show-customer", .activate = show_customer_action, .parameter_type = "s" },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  cb_sheet_set_beneath (self->sheet, GTK_WIDGET (self->screens));
  update_actions (self);
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
