/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-counter-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "models/cb-shown-words.h"
#include "shell/cb-messages.h"
#include "shell/cb-when.h"
#include "visit/cb-errands.h"
#include "visit/cb-found-row.h"
#include "widgets/cb-banner.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-field.h"
#include "widgets/cb-wrap-layout.h"

struct _CbCounterPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  CbBanner *room;
  CbBanner *clock;
  GtkEntry *search;
  GtkWidget *clear;
  GtkStack *stack;
  GtkListView *list;
  CbEmptyState *none;
  CbEmptyState *failed;
  GtkLabel *progress;
  GtkWidget *bring_in;
  GtkButton *reviews;
  CbErrands *errands;
  GtkWidget *today;

  CbStore *store;
  GListStore *found;
  GtkSingleSelection *selection;
  GCancellable *finding; /* NULL when the list is what was typed last */
  GCancellable *carding;
  gboolean opens_first; /* once the list is there */
  CbShownWords *shown;
  GCancellable *counting;
};

enum
{
  SIGNAL_CUSTOMER_CHOSEN,
  SIGNAL_NEW_CUSTOMER,
  SIGNAL_TELL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbCounterPage, cb_counter_page, GTK_TYPE_WIDGET)

static const char *
typed_text (CbCounterPage *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->search));
}

static gboolean
is_blank (const char *text)
{
  while (g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return *text == '\0';
}

static void
stop_finding (CbCounterPage *self)
{
  g_cancellable_cancel (self->finding);
  g_clear_object (&self->finding);
}

static void
stop_entering (CbCounterPage *self)
{
  self->opens_first = FALSE;
  g_cancellable_cancel (self->carding);
  g_clear_object (&self->carding);
}

/* A scanner ends with Enter sooner than the list follows: what stands there may be another's. */
static void
open_first (CbCounterPage *self)
{
  g_autofree char *chosen = g_strdup (cb_counter_page_get_chosen (self));

  self->opens_first = self->finding != NULL;
  if (!self->opens_first && chosen != NULL)
    g_signal_emit (self, signals[SIGNAL_CUSTOMER_CHOSEN], 0, chosen);
}

/* What nobody sees, behind another page, is not shown. */
static void
note_shown (CbCounterPage *self)
{
  if (self->shown != NULL)
    cb_shown_words_show (
      self->shown, gtk_widget_get_mapped (GTK_WIDGET (self)) ? G_LIST_MODEL (self->found) : NULL);
}

static void
show_found (CbCounterPage *self, GPtrArray *found)
{
  g_list_store_splice (self->found, 0, g_list_model_get_n_items (G_LIST_MODEL (self->found)),
                       found->pdata, found->len);
  if (found->len > 0)
    gtk_single_selection_set_selected (self->selection, 0);
  gtk_stack_set_visible_child_name (self->stack, found->len > 0 ? "found" : "none");
  note_shown (self);
}

static void
on_find_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = cb_store_find_finish (CB_STORE (source), result, &error);
  CbCounterPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->finding);
  if (found != NULL)
    {
      show_found (self, found);
      if (self->opens_first)
        open_first (self);
      return;
    }
  self->opens_first = FALSE;
  cb_empty_state_set (self->failed, "cb-attention-symbolic", _ ("The search did not work"),
                      cb_messages_for (error, CB_DURING_READ), _ ("Try again"));
  gtk_stack_set_visible_child_name (self->stack, "failed");
  cb_shown_words_show (self->shown, NULL);
}

static void
find (CbCounterPage *self)
{
  const char *typed = typed_text (self);

  stop_finding (self);
  gtk_widget_set_visible (self->clear, *typed != '\0');
  if (is_blank (typed))
    {
      g_list_store_remove_all (self->found);
      note_shown (self);
      gtk_stack_set_visible_child_name (self->stack, "start");
      return;
    }
  self->finding = g_cancellable_new ();
  cb_store_find_async (self->store, typed, CB_FOUND_MAX, self->finding, on_find_done, self);
}

static void
show_progress (CbCounterPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), !cb_store_is_index_ready (self->store));
}

static void
on_store_changed (CbCounterPage *self)
{
  if (!is_blank (typed_text (self)) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    find (self);
}

static void
on_index_progress (CbCounterPage *self, guint done, guint total)
{
  show_progress (self);
  /* All names are there by half of it: what has been typed is looked for again then and at the end.
   */
  if (done >= total || done * 2 == total)
    on_store_changed (self);
}

/* --- today --- */

static void
on_errands_listed (CbCounterPage *self, guint n)
{
  gtk_widget_set_visible (self->today, n > 0);
}

static void
on_errand_opened (CbCounterPage *self, const char *customer_id)
{
  g_signal_emit (self, signals[SIGNAL_CUSTOMER_CHOSEN], 0, customer_id);
}

static void
on_tell (CbCounterPage *self, CbErrand *errand)
{
  g_signal_emit (self, signals[SIGNAL_TELL], 0, errand);
}

/* --- notes that a manager reads --- */

static void
on_count_reviews_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;
  CbCounterPage *self;
  guint n = 0;

  if (!cb_store_count_reviews_finish (CB_STORE (source), result, &n, &error) &&
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data;
  label = n > 0 ? g_strdup_printf (ngettext ("Read %u note", "Read %u notes", n), n)
                : g_strdup (_ ("Notes to read"));
  gtk_button_set_label (self->reviews, label);
}

static void
count_reviews (CbCounterPage *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self->reviews)))
    return;
  g_cancellable_cancel (self->counting);
  g_clear_object (&self->counting);
  self->counting = g_cancellable_new ();
  cb_store_count_reviews_async (self->store, self->counting, on_count_reviews_done, self);
}

/* --- a clock that jumped --- */

static gboolean
may_confirm_date (CbCounterPage *self)
{
  CbStaff *actor = cb_store_get_actor (self->store);
  CbRole role = actor != NULL ? cb_staff_get_role (actor) : CB_ROLE_ASSOCIATE;

  return role == CB_ROLE_MANAGER || role == CB_ROLE_ADMIN;
}

static void
show_clock (CbCounterPage *self)
{
  gboolean is_asked = may_confirm_date (self);
  g_autofree char *day = NULL;
  g_autofree char *text = NULL;

  if (cb_store_get_time_doubt (self->store) == CB_TIME_BELIEVED)
    {
      cb_banner_hide (self->clock);
      return;
    }
  /* With its year, which may be what is wrong. */
  day = cb_when_dup_day (cb_clock_get_now_us (cb_store_get_clock (self->store)), 0);
  text = g_strdup_printf (
    is_asked ? _ ("This terminal's clock has jumped: it says %s. Until the date is confirmed, "
                  "nothing in the book ends by itself.")
             : _ ("This terminal's clock has jumped: it says %s. Until a manager confirms the "
                  "date, nothing in the book ends by itself."),
    day);
  cb_banner_show (self->clock, CB_BANNER_PROBLEM, text, is_asked ? _ ("The date is right") : NULL);
}

static void
on_confirm_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbCounterPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cb_store_confirm_time_finish (CB_STORE (source), result, &error) && self->store != NULL)
    cb_banner_show (self->clock, CB_BANNER_PROBLEM, cb_messages_for (error, CB_DURING_CHANGE),
                    NULL);
}

static void
on_date_confirmed (CbCounterPage *self)
{
  cb_store_confirm_time_async (self->store, NULL, on_confirm_done, g_object_ref (self));
}

/* --- a disk that takes nothing --- */

void
cb_counter_page_show_room (CbCounterPage *self, CbRoom room)
{
  const char *text = cb_messages_for_room (room);

  g_return_if_fail (CB_IS_COUNTER_PAGE (self));

  if (text != NULL)
    cb_banner_show (self->room, CB_BANNER_PROBLEM, text, NULL);
  else
    cb_banner_hide (self->room);
}

static void
on_room_changed (CbCounterPage *self)
{
  cb_counter_page_show_room (self, cb_store_get_room (self->store));
}

const char *
cb_counter_page_get_chosen (CbCounterPage *self)
{
  CbFound *found;

  g_return_val_if_fail (CB_IS_COUNTER_PAGE (self), NULL);

  found = gtk_single_selection_get_selected_item (self->selection);
  return found != NULL ? cb_found_get_customer_id (found) : NULL;
}

static void
on_row_activated (CbCounterPage *self, guint position)
{
  g_autoptr (CbFound) found = g_list_model_get_item (G_LIST_MODEL (self->found), position);

  if (found != NULL)
    g_signal_emit (self, signals[SIGNAL_CUSTOMER_CHOSEN], 0, cb_found_get_customer_id (found));
}

static void
on_find_card_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *customer = cb_store_find_card_finish (CB_STORE (source), result, &error);
  CbCounterPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->carding);
  if (customer != NULL)
    g_signal_emit (self, signals[SIGNAL_CUSTOMER_CHOSEN], 0, customer);
  else
    open_first (self);
}

/* The number on a card is in no list; whose it is comes before who is like it. */
static void
on_search_activate (CbCounterPage *self)
{
  const char *typed = typed_text (self);

  stop_entering (self);
  if (strpbrk (typed, "0123456789") == NULL)
    {
      open_first (self);
      return;
    }
  self->carding = g_cancellable_new ();
  cb_store_find_card_async (self->store, typed, self->carding, on_find_card_done, self);
}

static void
on_search_changed (CbCounterPage *self)
{
  stop_entering (self);
  find (self);
}

static void
on_new_customer_clicked (CbCounterPage *self)
{
  g_signal_emit (self, signals[SIGNAL_NEW_CUSTOMER], 0, typed_text (self));
}

static void
on_clear_clicked (CbCounterPage *self)
{
  cb_counter_page_reset (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* Up and Down choose among the found while the field keeps the focus. */
static gboolean
on_search_key_pressed (CbCounterPage *self, guint keyval, guint keycode, GdkModifierType state)
{
  guint count = g_list_model_get_n_items (G_LIST_MODEL (self->found));
  guint selected = gtk_single_selection_get_selected (self->selection);

  if (count == 0 || (keyval != GDK_KEY_Down && keyval != GDK_KEY_Up))
    return FALSE;
  if (keyval == GDK_KEY_Down)
    selected = MIN (selected + 1, count - 1);
  else
    selected = selected > 0 ? selected - 1 : 0;
  gtk_single_selection_set_selected (self->selection, selected);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", selected);
  return TRUE;
}

void
cb_counter_page_start (CbCounterPage *self)
{
  g_return_if_fail (CB_IS_COUNTER_PAGE (self));

  show_progress (self);
  count_reviews (self);
  cb_errands_read (self->errands);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

void
cb_counter_page_reset (CbCounterPage *self)
{
  g_return_if_fail (CB_IS_COUNTER_PAGE (self));

  cb_field_reset_editable (GTK_EDITABLE (self->search));
}

gboolean
cb_counter_page_take_key (CbCounterPage *self, GtkEventControllerKey *controller)
{
  GtkEditable *text;

  g_return_val_if_fail (CB_IS_COUNTER_PAGE (self), FALSE);

  text = gtk_editable_get_delegate (GTK_EDITABLE (self->search));
  gtk_entry_grab_focus_without_selecting (self->search);
  return gtk_event_controller_key_forward (controller, GTK_WIDGET (text));
}

static void
cb_counter_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cb_counter_page_parent_class)->map (widget);
  note_shown (CB_COUNTER_PAGE (widget));
}

static void
cb_counter_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cb_counter_page_parent_class)->unmap (widget);
  note_shown (CB_COUNTER_PAGE (widget));
}

static void
cb_counter_page_dispose (GObject *object)
{
  CbCounterPage *self = CB_COUNTER_PAGE (object);

  stop_finding (self);
  stop_entering (self);
  g_cancellable_cancel (self->counting);
  g_clear_object (&self->counting);
  if (self->shown != NULL)
    cb_shown_words_show (self->shown, NULL);
  g_clear_object (&self->shown);
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->found);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_COUNTER_PAGE);

  G_OBJECT_CLASS (cb_counter_page_parent_class)->dispose (object);
}

static guint
add_text_signal (gpointer klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-counter-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, room);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, clock);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, search);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, clear);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, list);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, none);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, failed);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, progress);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, bring_in);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, reviews);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, errands);
  gtk_widget_class_bind_template_child (widget_class, CbCounterPage, today);
  gtk_widget_class_bind_template_callback (widget_class, on_date_confirmed);
  gtk_widget_class_bind_template_callback (widget_class, find);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_new_customer_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_errands_listed);
  gtk_widget_class_bind_template_callback (widget_class, on_errand_opened);
  gtk_widget_class_bind_template_callback (widget_class, on_tell);
}

static void
cb_counter_page_class_init (CbCounterPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_counter_page_dispose;
  widget_class->map = cb_counter_page_map;
  widget_class->unmap = cb_counter_page_unmap;
  g_type_ensure (CB_TYPE_BANNER);
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_EMPTY_STATE);
  g_type_ensure (CB_TYPE_ERRANDS);
  g_type_ensure (CB_TYPE_FOUND_ROW);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);

  signals[SIGNAL_CUSTOMER_CHOSEN] = add_text_signal (klass, "customer-chosen");
  signals[SIGNAL_NEW_CUSTOMER] = add_text_signal (klass, "new-customer");
  signals[SIGNAL_TELL] = g_signal_new ("tell", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, CB_TYPE_ERRAND);

  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-counter-page");
}

static void
cb_counter_page_init (CbCounterPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->found = g_list_store_new (CB_TYPE_FOUND);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->found)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  cb_empty_state_set (self->none, "cb-search-symbolic", _ ("Not on this terminal"),
                      _ ("Nobody here has this name, number or address. They may be new, or known "
                         "at another shop."),
                      _ ("Add as a new customer"));
}

GtkWidget *
cb_counter_page_new (CbStore *store)
{
  CbCounterPage *self = g_object_new (CB_TYPE_COUNTER_PAGE, NULL);
  CbStaff *actor = cb_store_get_actor (store);

  self->store = g_object_ref (store);
  self->shown = cb_shown_words_new (store);
  cb_errands_set_store (self->errands, store, TRUE);
  gtk_widget_set_visible (self->bring_in,
                          actor != NULL && cb_staff_get_role (actor) == CB_ROLE_MANAGER);
  gtk_widget_set_visible (GTK_WIDGET (self->reviews),
                          actor != NULL && cb_staff_get_role (actor) == CB_ROLE_MANAGER);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "index-progress", G_CALLBACK (on_index_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "time-doubted", G_CALLBACK (show_clock), self, G_CONNECT_SWAPPED);
  show_progress (self);
  g_signal_connect_object (store, "room-changed", G_CALLBACK (on_room_changed), self,
                           G_CONNECT_SWAPPED);
  show_clock (self);
  on_room_changed (self);
  return GTK_WIDGET (self);
}
