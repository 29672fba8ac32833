/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-timeline.h"

#include "customer/cb-note-row.h"

struct _CbTimeline
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkListView *view;

  CbClock *clock;
  GListStore *notes;
  GHashTable *used;  /* how often, by id */
  GHashTable *stale; /* ids of those that helped since they were shown */
  char *reader;      /* whose own notes can be corrected; NULL: nobody's */
};

enum
{
  SIGNAL_HELPED,
  SIGNAL_CORRECT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbTimeline, cb_timeline, GTK_TYPE_WIDGET)

static gboolean
is_same_note (CbTimeline *self, CbNote *one, CbNote *other)
{
  return !g_hash_table_contains (self->stale, cb_note_get_id (one)) &&
         g_strcmp0 (cb_note_get_id (one), cb_note_get_id (other)) == 0 &&
         cb_note_get_life (one) == cb_note_get_life (other) &&
         cb_note_get_delivery (one) == cb_note_get_delivery (other) &&
         cb_note_get_ends_us (one) == cb_note_get_ends_us (other) &&
         cb_note_get_corrected_us (one) == cb_note_get_corrected_us (other) &&
         cb_note_get_review (one) == cb_note_get_review (other) &&
         g_strcmp0 (cb_note_get_review_remark (one), cb_note_get_review_remark (other)) == 0;
}

void
cb_timeline_set_notes (CbTimeline *self, GPtrArray *notes)
{
  guint head = 0;
  guint tail = 0;
  guint old;

  g_return_if_fail (CB_IS_TIMELINE (self));

  old = g_list_model_get_n_items (G_LIST_MODEL (self->notes));
  while (head < MIN (old, notes->len))
    {
      g_autoptr (CbNote) shown = g_list_model_get_item (G_LIST_MODEL (self->notes), head);

      if (!is_same_note (self, shown, g_ptr_array_index (notes, head)))
        break;
      head++;
    }
  while (tail < MIN (old, notes->len) - head)
    {
      g_autoptr (CbNote) shown = g_list_model_get_item (G_LIST_MODEL (self->notes), old - 1 - tail);

      if (!is_same_note (self, shown, g_ptr_array_index (notes, notes->len - 1 - tail)))
        break;
      tail++;
    }
  if (old != notes->len || head < old)
    g_list_store_splice (self->notes, head, old - head - tail, notes->pdata + head,
                         notes->len - head - tail);
  /* The list keeps its place when something comes in above; a new note is to be seen. */
  if (head == 0 && notes->len > old)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", 0);
  gtk_stack_set_visible_child_name (self->stack, notes->len > 0 ? "notes" : "none");
}

/* As the store has it: one's own, on its day or when it came back, and whole. */
static gboolean
may_correct (CbTimeline *self, CbNote *note, gint64 now_us)
{
  CbReviewState review = cb_note_get_review (note);

  return self->reader != NULL && g_strcmp0 (cb_note_get_author_id (note), self->reader) == 0 &&
         review != CB_REVIEW_REDACTED &&
         (review == CB_REVIEW_RETURNED ||
          now_us < cb_clock_day_end_us (cb_note_get_created_us (note), 0));
}

void
cb_timeline_set_used (CbTimeline *self, GPtrArray *used, const char *reader)
{
  g_return_if_fail (CB_IS_TIMELINE (self));

  g_hash_table_remove_all (self->stale);
  for (guint i = 0; i < used->len; i++)
    {
      const CbUsed *one = g_ptr_array_index (used, i);

      if (GPOINTER_TO_UINT (g_hash_table_lookup (self->used, one->record)) != one->n)
        g_hash_table_add (self->stale, g_strdup (one->record));
      g_hash_table_insert (self->used, g_strdup (one->record), GUINT_TO_POINTER (one->n));
    }
  g_free (self->reader);
  self->reader = g_strdup (reader);
}

static void
on_row_helped (GtkListItem *item, CbNoteRow *row)
{
  GtkWidget *self = gtk_widget_get_ancestor (GTK_WIDGET (row), CB_TYPE_TIMELINE);

  if (self != NULL && gtk_list_item_get_item (item) != NULL)
    g_signal_emit (self, signals[SIGNAL_HELPED], 0, gtk_list_item_get_item (item));
}

static void
on_row_correct (GtkListItem *item, CbNoteRow *row)
{
  GtkWidget *self = gtk_widget_get_ancestor (GTK_WIDGET (row), CB_TYPE_TIMELINE);

  if (self != NULL && gtk_list_item_get_item (item) != NULL)
    g_signal_emit (self, signals[SIGNAL_CORRECT], 0, gtk_list_item_get_item (item));
}

static void
on_setup (CbTimeline *self, GtkListItem *item)
{
  GtkWidget *row = cb_note_row_new ();

  g_signal_connect_object (row, "helped", G_CALLBACK (on_row_helped), item, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "correct", G_CALLBACK (on_row_correct), item, G_CONNECT_SWAPPED);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (CbTimeline *self, GtkListItem *item)
{
  CbNoteRow *row = CB_NOTE_ROW (gtk_list_item_get_child (item));
  CbNote *note = gtk_list_item_get_item (item);
  gint64 now_us = cb_clock_get_now_us (self->clock);

  cb_note_row_set_note (row, note, now_us);
  cb_note_row_set_acts (row,
                        GPOINTER_TO_UINT (g_hash_table_lookup (self->used, cb_note_get_id (note))),
                        may_correct (self, note, now_us));
}

static void
on_unbind (CbTimeline *self, GtkListItem *item)
{
  cb_note_row_set_note (CB_NOTE_ROW (gtk_list_item_get_child (item)), NULL, 0);
}

void
cb_timeline_clear (CbTimeline *self)
{
  g_return_if_fail (CB_IS_TIMELINE (self));

  g_list_store_remove_all (self->notes);
  g_hash_table_remove_all (self->used);
}

void
cb_timeline_set_clock (CbTimeline *self, CbClock *clock)
{
  g_return_if_fail (CB_IS_TIMELINE (self));

  g_set_object (&self->clock, clock);
}

static void
cb_timeline_dispose (GObject *object)
{
  CbTimeline *self = CB_TIMELINE (object);

  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
  g_clear_object (&self->notes);
  g_clear_pointer (&self->used, g_hash_table_unref);
  g_clear_pointer (&self->stale, g_hash_table_unref);
  g_clear_pointer (&self->reader, g_free);
  g_clear_object (&self->clock);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_TIMELINE);

  G_OBJECT_CLASS (cb_timeline_parent_class)->dispose (object);
}

static void
cb_timeline_class_init (CbTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_timeline_dispose;
  signals[SIGNAL_HELPED] = g_signal_new ("helped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, CB_TYPE_NOTE);
  signals[SIGNAL_CORRECT] = g_signal_new ("correct", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, CB_TYPE_NOTE);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-timeline.ui");
  gtk_widget_class_bind_template_child (widget_class, CbTimeline, stack);
  gtk_widget_class_bind_template_child (widget_class, CbTimeline, view);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
cb_timeline_init (CbTimeline *self)
{
  g_autoptr (GtkSelectionModel) unselectable = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->notes = g_list_store_new (CB_TYPE_NOTE);
  self->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stale = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  unselectable =
    GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->notes))));
  gtk_list_view_set_model (self->view, unselectable);
}

GtkWidget *
cb_timeline_new (void)
{
  return g_object_new (CB_TYPE_TIMELINE, NULL);
}
