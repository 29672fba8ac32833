/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-customer-page.h"

#include <glib/gi18n-lib.h>

#include "base/cb-error.h"
#include "customer/cb-asking.h"
#include "customer/cb-columns-layout.h"
#include "customer/cb-matters.h"
#include "customer/cb-person-panel.h"
#include "customer/cb-tastes.h"
#include "customer/cb-timeline.h"
#include "customer/cb-writing.h"
#include "shell/cb-messages.h"
#include "visit/cb-ask-strip.h"
#include "visit/cb-composer.h"
#include "widgets/cb-aside-layout.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-page-layout.h"
#include "widgets/cb-wrapping.h"

/* In characters. */
#define LONG_NAME 48

struct _CbCustomerPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkStack *stack;
  CbEmptyState *failed;
  GtkLabel *name;
  GtkLabel *full_name;
  CbPersonPanel *person;
  CbAskStrip *strip;
  CbTimeline *timeline;
  CbComposer *composer;
  GtkAdjustment *height;
  guint scrolling; /* a source; 0: none */
  CbMatters *matters;
  CbTastes *tastes;

  CbStore *store;
  CbDraftShelf *shelf;
  CbAsking *asking;   /* what stands on the strip */
  CbWriting *writing; /* what becomes of the composer's note */
  GCancellable *loading;
  CbDossier *dossier;
  char *customer_id;
};

enum
{
  SIGNAL_TURN,
  SIGNAL_SHOW_ALL,
  SIGNAL_EDIT_PREFERENCE,
  SIGNAL_CORRECT_NOTE,
  SIGNAL_ADD_ERRAND,
  SIGNAL_ADD_DAY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbCustomerPage, cb_customer_page, GTK_TYPE_WIDGET)

static gint64
now_us (CbCustomerPage *self)
{
  return cb_clock_get_now_us (cb_store_get_clock (self->store));
}

/* --- asking and writing --- */

const char *
cb_customer_page_get_purpose (CbCustomerPage *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER_PAGE (self), NULL);

  return cb_asking_get_purpose (self->asking);
}

static void
on_answer_recorded (CbCustomerPage *self)
{
  cb_writing_say (self->writing, _ ("Their answer is recorded."));
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
on_answer_failed (CbCustomerPage *self, const GError *error)
{
  cb_writing_complain (self->writing, cb_messages_for (error, CB_DURING_ANSWER));
}

static void
on_note_saved (CbCustomerPage *self, CbNote *note)
{
  if (cb_note_get_life (note) == CB_LIFE_UNASKED)
    cb_ask_strip_set_expanded (self->strip, TRUE);
}

/* Asking and writing take turns: there is room for the words of one of them. */
static void
on_strip_expanded (CbCustomerPage *self, gboolean is_expanded)
{
  cb_composer_set_compact (self->composer, is_expanded);
}

static gboolean
scroll_to_bottom (gpointer data)
{
  CbCustomerPage *self = data;

  self->scrolling = 0;
  gtk_adjustment_set_value (self->height, gtk_adjustment_get_upper (self->height));
  return G_SOURCE_REMOVE;
}

/* Where the page does not fit the screen, what went wrong and what to do about it, at the bottom,
 * is what must be seen. Later: the viewport puts its own value back once it has said this. */
static void
on_height_changed (CbCustomerPage *self)
{
  if (self->scrolling == 0 && cb_composer_tells_problem (self->composer))
    self->scrolling = g_idle_add (scroll_to_bottom, self);
}

static void
on_begun (CbCustomerPage *self)
{
  cb_ask_strip_set_expanded (self->strip, FALSE);
}

static void
on_turn_clicked (CbCustomerPage *self)
{
  if (self->dossier != NULL)
    g_signal_emit (self, signals[SIGNAL_TURN], 0, cb_customer_page_get_purpose (self));
}

static void
on_show_all (CbCustomerPage *self)
{
  if (self->dossier != NULL)
    g_signal_emit (self, signals[SIGNAL_SHOW_ALL], 0);
}

static void
on_edit_taste (CbCustomerPage *self, CbPreference *preference)
{
  if (self->dossier != NULL)
    g_signal_emit (self, signals[SIGNAL_EDIT_PREFERENCE], 0, preference);
}

static void
on_add_errand (CbCustomerPage *self)
{
  if (self->dossier != NULL)
    g_signal_emit (self, signals[SIGNAL_ADD_ERRAND], 0);
}

static void
on_add_day (CbCustomerPage *self)
{
  if (self->dossier != NULL)
    g_signal_emit (self, signals[SIGNAL_ADD_DAY], 0);
}

static void
on_used_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbCustomerPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = cb_store_mark_used_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  if (done)
    cb_writing_say (self->writing, _ ("Noted: it helped."));
  else
    cb_writing_complain (self->writing, cb_messages_for (error, CB_DURING_CHANGE));
}

static void
on_note_helped (CbCustomerPage *self, CbNote *note)
{
  cb_store_mark_used_async (self->store, cb_note_get_id (note), NULL, on_used_done,
                            g_object_ref (self));
}

static void
on_note_correct (CbCustomerPage *self, CbNote *note)
{
  g_signal_emit (self, signals[SIGNAL_CORRECT_NOTE], 0, note);
}

static void
on_confirm_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbCustomerPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbPreference) confirmed =
    cb_store_confirm_preference_finish (CB_STORE (source), result, &error);

  if (self->store == NULL)
    return;
  if (confirmed != NULL)
    cb_writing_say (self->writing, _ ("Noted: still right."));
  else
    cb_writing_complain (self->writing, cb_messages_for (error, CB_DURING_CHANGE));
}

static void
on_confirm_taste (CbCustomerPage *self, CbPreference *preference)
{
  cb_store_confirm_preference_async (self->store, cb_preference_get_id (preference), NULL,
                                     on_confirm_done, g_object_ref (self));
}

/* --- reading --- */

static const char *
get_reader (CbCustomerPage *self)
{
  CbStaff *actor = cb_store_get_actor (self->store);

  return actor != NULL ? cb_staff_get_id (actor) : NULL;
}

/* A name as long as names get would leave no room for the page at 200 % of text. */
static void
choose_size (GtkWidget *name, const char *text)
{
  gboolean is_long = g_utf8_strlen (text, -1) > LONG_NAME;

  gtk_widget_remove_css_class (name, is_long ? "cb-display" : "cb-title");
  gtk_widget_add_css_class (name, is_long ? "cb-title" : "cb-display");
}

static void
show_names (CbCustomerPage *self)
{
  CbCustomer *customer = cb_dossier_get_customer (self->dossier);
  g_autofree char *display = cb_customer_dup_display_name (customer);
  g_autofree char *full = g_strstrip (
    g_strjoin (" ", cb_customer_get_given (customer), cb_customer_get_family (customer), NULL));
  gboolean differs = *full != '\0' && g_strcmp0 (display, full) != 0;

  choose_size (GTK_WIDGET (self->name), display);
  gtk_label_set_label (self->name,
                       *display != '\0'
                         ? display
                         : cb_messages_for_no_name (cb_dossier_get_n_unread (self->dossier) > 0));
  gtk_label_set_label (self->full_name, differs ? full : "");
  gtk_widget_set_visible (GTK_WIDGET (self->full_name), differs);
}

/* Whoever comes next is read from the beginning, not from where the one before was left. */
static void
scroll_to_top (gpointer widget)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);

  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)),
                            0);
}

static void
show_dossier (CbCustomerPage *self, CbDossier *dossier)
{
  gboolean is_first = self->dossier == NULL;

  g_set_object (&self->dossier, dossier);
  show_names (self);
  cb_person_panel_set_dossier (self->person, dossier, now_us (self));
  cb_timeline_set_used (self->timeline, cb_dossier_get_used (dossier), get_reader (self));
  cb_timeline_set_notes (self->timeline, cb_dossier_get_notes (dossier));
  cb_matters_set_dossier (self->matters, dossier, now_us (self));
  cb_tastes_set_preferences (self->tastes, cb_dossier_get_preferences (dossier));
  cb_writing_set_dossier (self->writing, dossier);
  cb_asking_set_dossier (self->asking, dossier);
  gtk_stack_set_visible_child_name (self->stack, "customer");
  if (!is_first)
    return;
  scroll_to_top (self->person);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
on_load_dossier_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = cb_store_load_dossier_finish (CB_STORE (source), result, &error);
  CbCustomerPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (dossier != NULL)
    {
      show_dossier (self, dossier);
      return;
    }
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    cb_draft_shelf_forget (self->shelf, self->customer_id);
  cb_empty_state_set (self->failed, "cb-attention-symbolic", _ ("This record cannot be shown"),
                      cb_messages_for (error, CB_DURING_READ), _ ("Try again"));
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
load (CbCustomerPage *self)
{
  if (self->customer_id == NULL)
    return;
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->loading = g_cancellable_new ();
  cb_store_load_dossier_async (self->store, self->customer_id, self->loading, on_load_dossier_done,
                               self);
}

static void
on_store_changed (CbCustomerPage *self, const char *customer_id)
{
  if (self->customer_id != NULL &&
      (customer_id == NULL || g_strcmp0 (customer_id, self->customer_id) == 0))
    load (self);
}

/* --- what the window asks --- */

void
cb_customer_page_close (CbCustomerPage *self)
{
  g_return_if_fail (CB_IS_CUSTOMER_PAGE (self));

  cb_writing_close (self->writing);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->dossier);
  if (self->customer_id != NULL)
    cb_store_set_visited (self->store, NULL);
  g_clear_pointer (&self->customer_id, g_free);
  cb_timeline_clear (self->timeline);
  cb_matters_set_dossier (self->matters, NULL, 0);
  cb_tastes_clear (self->tastes);
  cb_person_panel_set_dossier (self->person, NULL, 0);
  cb_asking_set_dossier (self->asking, NULL);
  gtk_label_set_label (self->name, "");
  gtk_label_set_label (self->full_name, "");
}

void
cb_customer_page_open (CbCustomerPage *self, const char *customer_id)
{
  g_return_if_fail (CB_IS_CUSTOMER_PAGE (self));
  g_return_if_fail (customer_id != NULL);

  if (g_strcmp0 (self->customer_id, customer_id) == 0)
    {
      load (self);
      return;
    }
  cb_customer_page_close (self);
  self->customer_id = g_strdup (customer_id);
  cb_store_set_visited (self->store, customer_id);
  cb_writing_open (self->writing, customer_id);
  gtk_stack_set_visible_child_name (self->stack, "reading");
  load (self);
}

const char *
cb_customer_page_get_customer_id (CbCustomerPage *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER_PAGE (self), NULL);

  return self->customer_id;
}

CbDossier *
cb_customer_page_get_dossier (CbCustomerPage *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER_PAGE (self), NULL);

  return self->dossier;
}

void
cb_customer_page_write (CbCustomerPage *self)
{
  g_return_if_fail (CB_IS_CUSTOMER_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

gboolean
cb_customer_page_step_back (CbCustomerPage *self)
{
  g_return_val_if_fail (CB_IS_CUSTOMER_PAGE (self), FALSE);

  return cb_composer_close_options (self->composer);
}

/* --- the type --- */

static void
cb_customer_page_dispose (GObject *object)
{
  CbCustomerPage *self = CB_CUSTOMER_PAGE (object);

  g_clear_handle_id (&self->scrolling, g_source_remove);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->asking);
  g_clear_object (&self->writing);
  g_clear_object (&self->dossier);
  g_clear_object (&self->shelf);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CUSTOMER_PAGE);

  G_OBJECT_CLASS (cb_customer_page_parent_class)->dispose (object);
}

static void
cb_customer_page_finalize (GObject *object)
{
  g_clear_pointer (&CB_CUSTOMER_PAGE (object)->customer_id, g_free);

  G_OBJECT_CLASS (cb_customer_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-customer-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, failed);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, name);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, full_name);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, person);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, strip);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, composer);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, height);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, matters);
  gtk_widget_class_bind_template_child (widget_class, CbCustomerPage, tastes);
  gtk_widget_class_bind_template_callback (widget_class, load);
  gtk_widget_class_bind_template_callback (widget_class, on_turn_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
  gtk_widget_class_bind_template_callback (widget_class, on_strip_expanded);
  gtk_widget_class_bind_template_callback (widget_class, on_height_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_begun);
  gtk_widget_class_bind_template_callback (widget_class, on_add_errand);
  gtk_widget_class_bind_template_callback (widget_class, on_add_day);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_taste);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm_taste);
  gtk_widget_class_bind_template_callback (widget_class, on_note_helped);
  gtk_widget_class_bind_template_callback (widget_class, on_note_correct);
}

static void
add_signals (GType type)
{
  signals[SIGNAL_TURN] = g_signal_new ("turn", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SHOW_ALL] =
    g_signal_new ("show-all", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EDIT_PREFERENCE] =
    g_signal_new ("edit-preference", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  CB_TYPE_PREFERENCE);
  signals[SIGNAL_CORRECT_NOTE] = g_signal_new ("correct-note", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, CB_TYPE_NOTE);
  signals[SIGNAL_ADD_ERRAND] =
    g_signal_new ("add-errand", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ADD_DAY] =
    g_signal_new ("add-day", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cb_customer_page_class_init (CbCustomerPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_customer_page_dispose;
  object_class->finalize = cb_customer_page_finalize;
  g_type_ensure (CB_TYPE_ASIDE_LAYOUT);
  g_type_ensure (CB_TYPE_ASK_STRIP);
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_COLUMNS_LAYOUT);
  g_type_ensure (CB_TYPE_COMPOSER);
  g_type_ensure (CB_TYPE_EMPTY_STATE);
  g_type_ensure (CB_TYPE_MATTERS);
  g_type_ensure (CB_TYPE_PERSON_PANEL);
  g_type_ensure (CB_TYPE_TASTES);
  g_type_ensure (CB_TYPE_TIMELINE);

  add_signals (G_TYPE_FROM_CLASS (klass));
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-customer-page");
}

static void
cb_customer_page_init (CbCustomerPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

static void
connect_parts (CbCustomerPage *self)
{
  g_signal_connect_object (self->asking, "recorded", G_CALLBACK (on_answer_recorded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->asking, "failed", G_CALLBACK (on_answer_failed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->writing, "saved", G_CALLBACK (on_note_saved), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
cb_customer_page_new (CbStore *store, CbDraftShelf *shelf)
{
  CbCustomerPage *self = g_object_new (CB_TYPE_CUSTOMER_PAGE, NULL);

  self->store = g_object_ref (store);
  cb_person_panel_set_store (self->person, store);
  cb_timeline_set_clock (self->timeline, cb_store_get_clock (store));
  cb_tastes_set_clock (self->tastes, cb_store_get_clock (store));
  self->shelf = g_object_ref (shelf);
  self->asking = cb_asking_new (store, self->strip);
  self->writing = cb_writing_new (store, shelf, self->composer);
  connect_parts (self);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
