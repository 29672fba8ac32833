/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-door-layout.h"

#include "widgets/cb-em.h"

/* What the desk wants for one name beside another. */
#define DESK_EM 34

struct _CbDoorLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (CbDoorLayout, cb_door_layout, GTK_TYPE_LAYOUT_MANAGER)

static int
least_width (GtkWidget *child)
{
  int minimum;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static int
door_width (GtkWidget *widget, int width)
{
  GtkWidget *door = gtk_widget_get_first_child (widget);
  /* Never less on a wider screen, or GTK would search for a width without end. */
  int desk = MAX (width / 2, MIN (width * 2 / 3, (int) (DESK_EM * cb_em (widget))));

  return MIN (MAX (width - desk, least_width (door)),
              width - least_width (gtk_widget_get_next_sibling (door)));
}

static void
cb_door_layout_measure (GtkLayoutManager *layout,
                        GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  GtkWidget *door = gtk_widget_get_first_child (widget);
  GtkWidget *desk = gtk_widget_get_next_sibling (door);
  int door_for = -1;
  int desk_for = -1;
  int door_minimum;
  int door_natural;
  int desk_minimum;
  int desk_natural;

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    {
      door_for = door_width (widget, for_size);
      desk_for = for_size - door_for;
    }
  gtk_widget_measure (door, orientation, door_for, &door_minimum, &door_natural, NULL, NULL);
  gtk_widget_measure (desk, orientation, desk_for, &desk_minimum, &desk_natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = door_minimum + desk_minimum;
      *natural = door_natural + desk_natural;
      return;
    }
  *minimum = MAX (door_minimum, desk_minimum);
  *natural = MAX (door_natural, desk_natural);
}

static void
cb_door_layout_allocate (GtkLayoutManager *layout,
                         GtkWidget *widget,
                         int width,
                         int height,
                         int baseline)
{
  GtkWidget *door = gtk_widget_get_first_child (widget);
  gboolean is_mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int split = door_width (widget, width);
  GtkAllocation left = { 0, 0, is_mirrored ? width - split : split, height };
  GtkAllocation right = { left.width, 0, width - left.width, height };

  gtk_widget_size_allocate (door, is_mirrored ? &right : &left, -1);
  gtk_widget_size_allocate (gtk_widget_get_next_sibling (door), is_mirrored ? &left : &right, -1);
}

static GtkSizeRequestMode
cb_door_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cb_door_layout_class_init (CbDoorLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = cb_door_layout_get_request_mode;
  layout_class->measure = cb_door_layout_measure;
  layout_class->allocate = cb_door_layout_allocate;
}

static void
cb_door_layout_init (CbDoorLayout *self)
{
}
