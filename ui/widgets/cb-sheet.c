/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-sheet.h"

#include "widgets/cb-column-layout.h"

struct _CbSheet
{
  GtkWidget parent_instance;

  GtkWidget *scrim;
  GtkWidget *paper;
  GtkLabel *title;
  GtkWidget *slot;
  GtkWidget *foot;

  GtkWidget *beneath; /* weak */
  GtkWidget *focused; /* weak: had the focus when the sheet was opened */
};

enum
{
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbSheet, cb_sheet, GTK_TYPE_WIDGET)

static void
set_beneath_reachable (CbSheet *self, gboolean is_reachable)
{
  if (self->beneath == NULL)
    return;
  gtk_widget_set_can_focus (self->beneath, is_reachable);
  gtk_widget_set_can_target (self->beneath, is_reachable);
}

/* Climbing to the root is this widget's to do: nobody else gives the focus back. */
static void
remember_focus (CbSheet *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focused = root != NULL ? gtk_root_get_focus (root) : NULL;

  g_set_weak_pointer (&self->focused, focused);
}

/* Before the sheet goes: a window that loses the widget with its focus looks for another one by
 * itself, and GTK 4.8 forgets a reference to the lost one on the way. */
static void
give_focus_back (CbSheet *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->focused == NULL || !gtk_widget_get_mapped (self->focused) ||
      !gtk_widget_grab_focus (self->focused))
    gtk_root_set_focus (root, NULL);
  g_clear_weak_pointer (&self->focused);
}

static void
empty (GtkWidget *box)
{
  GtkWidget *child = gtk_widget_get_first_child (box);

  if (child != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static void
drop_content (CbSheet *self)
{
  empty (self->slot);
  empty (self->foot);
  gtk_widget_set_visible (self->foot, FALSE);
}

void
cb_sheet_set_beneath (CbSheet *self, GtkWidget *beneath)
{
  g_return_if_fail (CB_IS_SHEET (self));

  g_set_weak_pointer (&self->beneath, beneath);
}

void
cb_sheet_open (CbSheet *self, const char *title, GtkWidget *content)
{
  g_return_if_fail (CB_IS_SHEET (self));
  g_return_if_fail (GTK_IS_WIDGET (content));

  if (cb_sheet_is_open (self))
    drop_content (self);
  else
    remember_focus (self);
  gtk_label_set_label (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->paper), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
  gtk_box_append (GTK_BOX (self->slot), content);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  set_beneath_reachable (self, FALSE);
  if (!gtk_widget_child_focus (self->slot, GTK_DIR_TAB_FORWARD))
    gtk_widget_child_focus (self->paper, GTK_DIR_TAB_FORWARD);
}

void
cb_sheet_set_action (CbSheet *self, GtkWidget *action)
{
  g_return_if_fail (CB_IS_SHEET (self));
  g_return_if_fail (GTK_IS_WIDGET (action));

  empty (self->foot);
  gtk_box_append (GTK_BOX (self->foot), action);
  gtk_widget_set_visible (self->foot, TRUE);
}

void
cb_sheet_close (CbSheet *self)
{
  g_return_if_fail (CB_IS_SHEET (self));

  if (!cb_sheet_is_open (self))
    return;
  set_beneath_reachable (self, TRUE);
  give_focus_back (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  drop_content (self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

gboolean
cb_sheet_is_open (CbSheet *self)
{
  g_return_val_if_fail (CB_IS_SHEET (self), FALSE);

  return gtk_widget_get_visible (GTK_WIDGET (self));
}

static void
on_scrim_released (CbSheet *self)
{
  cb_sheet_close (self);
}

static void
cb_sheet_dispose (GObject *object)
{
  CbSheet *self = CB_SHEET (object);

  g_clear_weak_pointer (&self->beneath);
  g_clear_weak_pointer (&self->focused);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_SHEET);

  G_OBJECT_CLASS (cb_sheet_parent_class)->dispose (object);
}

static gboolean
close_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  cb_sheet_close (CB_SHEET (widget));
  return TRUE;
}

static gboolean
act_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GtkWidget *action = gtk_widget_get_first_child (CB_SHEET (widget)->foot);

  return action != NULL && gtk_widget_activate (action);
}

static void
cb_sheet_class_init (CbSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_sheet_dispose;
  g_type_ensure (CB_TYPE_COLUMN_LAYOUT);

  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, CbSheet, scrim);
  gtk_widget_class_bind_template_child (widget_class, CbSheet, paper);
  gtk_widget_class_bind_template_child (widget_class, CbSheet, title);
  gtk_widget_class_bind_template_child (widget_class, CbSheet, slot);
  gtk_widget_class_bind_template_child (widget_class, CbSheet, foot);
  gtk_widget_class_bind_template_callback (widget_class, on_scrim_released);
  gtk_widget_class_bind_template_callback (widget_class, cb_sheet_close);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, close_by_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, act_by_key, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-sheet");
}

static void
cb_sheet_init (CbSheet *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_sheet_new (void)
{
  return g_object_new (CB_TYPE_SHEET, NULL);
}
