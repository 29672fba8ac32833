/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-staff-tile.h"

#include "shell/cb-words.h"
#include "widgets/cb-wrapping.h"

struct _CbStaffTile
{
  GtkToggleButton parent_instance;

  GtkLabel *initials;
  GtkLabel *name;
  GtkLabel *role;

  CbStaff *staff;
};

G_DEFINE_FINAL_TYPE (CbStaffTile, cb_staff_tile, GTK_TYPE_TOGGLE_BUTTON)

CbStaff *
cb_staff_tile_get_staff (CbStaffTile *self)
{
  g_return_val_if_fail (CB_IS_STAFF_TILE (self), NULL);

  return self->staff;
}

static void
cb_staff_tile_dispose (GObject *object)
{
  g_clear_object (&CB_STAFF_TILE (object)->staff);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_STAFF_TILE);

  G_OBJECT_CLASS (cb_staff_tile_parent_class)->dispose (object);
}

static void
cb_staff_tile_class_init (CbStaffTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_staff_tile_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-staff-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, CbStaffTile, initials);
  gtk_widget_class_bind_template_child (widget_class, CbStaffTile, name);
  gtk_widget_class_bind_template_child (widget_class, CbStaffTile, role);
}

static void
cb_staff_tile_init (CbStaffTile *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_staff_tile_new (CbStaff *staff)
{
  CbStaffTile *self = g_object_new (CB_TYPE_STAFF_TILE, NULL);
  g_autofree char *initials = cb_words_dup_initials (cb_staff_get_name (staff));

  self->staff = g_object_ref (staff);
  gtk_label_set_label (self->initials, initials);
  gtk_label_set_label (self->name, cb_staff_get_name (staff));
  gtk_label_set_label (self->role, cb_words_role (cb_staff_get_role (staff)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cb_staff_get_name (staff), -1);
  return GTK_WIDGET (self);
}
