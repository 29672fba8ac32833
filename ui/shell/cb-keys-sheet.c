/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-keys-sheet.h"

#include <glib/gi18n-lib.h>

#include "widgets/cb-clamp-layout.h"

#define EVERYWHERE (CB_SCREEN_COUNTER | CB_SCREEN_CUSTOMER | CB_SCREEN_REVIEW)

struct _CbKeysSheet
{
  GtkWidget parent_instance;

  GtkGrid *grid;
};

static const struct
{
  guint screens;
  const char *keys;
  const char *meaning;
} rows[] = {
  { CB_SCREEN_COUNTER, N_ ("Any letter"), N_ ("Search") },
  { CB_SCREEN_COUNTER, N_ ("Up, Down"), N_ ("Choose among the found") },
  { CB_SCREEN_COUNTER, N_ ("Enter"), N_ ("Open the chosen customer") },
  { CB_SCREEN_CUSTOMER, N_ ("Ctrl + Enter"), N_ ("Save the note") },
  { CB_SCREEN_REVIEW, N_ ("Up, Down"), N_ ("Choose a note") },
  { CB_SCREEN_REVIEW, N_ ("A"), N_ ("Approve") },
  { CB_SCREEN_REVIEW, N_ ("R"), N_ ("Return to its author") },
  { CB_SCREEN_REVIEW, N_ ("X"), N_ ("Take words out") },
  { CB_SCREEN_REVIEW, N_ ("E"), N_ ("Hand on") },
  { EVERYWHERE, N_ ("Ctrl + K"), N_ ("Find a customer") },
  { EVERYWHERE, N_ ("Ctrl + N"), N_ ("Write a note") },
  { CB_SCREEN_CUSTOMER, N_ ("Ctrl + T"), N_ ("Turn the screen to the customer") },
  { EVERYWHERE, N_ ("Ctrl + L"), N_ ("Lock, or let a colleague sign in") },
  { EVERYWHERE, N_ ("Esc"), N_ ("One step back; nothing typed is lost") },
  { EVERYWHERE, N_ ("F1"), N_ ("The keys of this screen") },
};

G_DEFINE_FINAL_TYPE (CbKeysSheet, cb_keys_sheet, GTK_TYPE_WIDGET)

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, css_class);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  return label;
}

static void
fill (CbKeysSheet *self, CbScreen screen)
{
  int line = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *meaning;

      if ((rows[i].screens & screen) == 0)
        continue;
      meaning = new_label (_ (rows[i].meaning), "cb-meaning");
      gtk_widget_set_hexpand (meaning, TRUE);
      gtk_grid_attach (self->grid, new_label (_ (rows[i].keys), "cb-keycap"), 0, line, 1, 1);
      gtk_grid_attach (self->grid, meaning, 1, line, 1, 1);
      line++;
    }
}

static void
cb_keys_sheet_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_KEYS_SHEET);

  G_OBJECT_CLASS (cb_keys_sheet_parent_class)->dispose (object);
}

static void
cb_keys_sheet_class_init (CbKeysSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_keys_sheet_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-keys-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, CbKeysSheet, grid);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_CLAMP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-keys-sheet");
}

static void
cb_keys_sheet_init (CbKeysSheet *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_keys_sheet_new (CbScreen screen)
{
  CbKeysSheet *self = g_object_new (CB_TYPE_KEYS_SHEET, NULL);

  fill (self, screen);
  return GTK_WIDGET (self);
}
