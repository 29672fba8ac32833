/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-clamp-layout.h"

#include "widgets/cb-em.h"

struct _CbClampLayout
{
  GtkLayoutManager parent_instance;
  double maximum; /* em */
};

typedef enum
{
  PROP_MAXIMUM = 1,
} CbClampLayoutProperty;

static GParamSpec *props[PROP_MAXIMUM + 1];

G_DEFINE_FINAL_TYPE (CbClampLayout, cb_clamp_layout, GTK_TYPE_LAYOUT_MANAGER)

static int
clamp_width (CbClampLayout *self, GtkWidget *widget, int minimum, int width)
{
  int most = (int) (self->maximum * cb_em (widget));

  return MAX (minimum, MIN (width, most));
}

static void
measure_child (CbClampLayout *self,
               GtkWidget *widget,
               GtkWidget *child,
               GtkOrientation orientation,
               int for_size,
               int *minimum,
               int *natural)
{
  int least = 0;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (child, orientation, -1, minimum, natural, NULL, NULL);
      *natural = clamp_width (self, widget, *minimum, G_MAXINT);
      return;
    }
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  for_size = clamp_width (self, widget, least, for_size >= 0 ? for_size : G_MAXINT);
  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
cb_clamp_layout_measure (GtkLayoutManager *layout,
                         GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  CbClampLayout *self = CB_CLAMP_LAYOUT (layout);

  *minimum = 0;
  *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum;
      int child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      measure_child (self, widget, child, orientation, for_size, &child_minimum, &child_natural);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static void
cb_clamp_layout_allocate (GtkLayoutManager *layout,
                          GtkWidget *widget,
                          int width,
                          int height,
                          int baseline)
{
  CbClampLayout *self = CB_CLAMP_LAYOUT (layout);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkAllocation place = { 0, 0, 0, height };
      int least;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      place.width = clamp_width (self, widget, least, width);
      place.x = (width - place.width) / 2;
      gtk_widget_size_allocate (child, &place, -1);
    }
}

static GtkSizeRequestMode
cb_clamp_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cb_clamp_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CbClampLayout *self = CB_CLAMP_LAYOUT (object);

  switch ((CbClampLayoutProperty) id)
    {
    case PROP_MAXIMUM:
      self->maximum = g_value_get_double (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_clamp_layout_class_init (CbClampLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = cb_clamp_layout_set_property;
  layout_class->get_request_mode = cb_clamp_layout_get_request_mode;
  layout_class->measure = cb_clamp_layout_measure;
  layout_class->allocate = cb_clamp_layout_allocate;

  props[PROP_MAXIMUM] =
    g_param_spec_double ("maximum", NULL, NULL, 1.0, 1000.0, 44.0,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), G_N_ELEMENTS (props), props);
}

static void
cb_clamp_layout_init (CbClampLayout *self)
{
}
