/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-wrap-layout.h"

struct _CbWrapLayout
{
  GtkLayoutManager parent_instance;
  int spacing;
  gboolean is_equal;
};

typedef enum
{
  PROP_SPACING = 1,
  PROP_EQUAL,
} CbWrapLayoutProperty;

static GParamSpec *props[PROP_EQUAL + 1];

G_DEFINE_FINAL_TYPE (CbWrapLayout, cb_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkWidget *
next_visible (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
first_of (GtkWidget *widget)
{
  return next_visible (gtk_widget_get_first_child (widget));
}

static GtkWidget *
after (GtkWidget *child)
{
  return next_visible (gtk_widget_get_next_sibling (child));
}

static void
child_width (GtkWidget *child, int *minimum, int *natural)
{
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, minimum, natural, NULL, NULL);
}

static int
child_height (GtkWidget *child, int width)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}

/* The width of every cell when they are equal, else -1. */
static int
cell_width (CbWrapLayout *self, GtkWidget *widget, int width)
{
  int widest = 1;
  int count = 0;
  int columns;

  if (!self->is_equal)
    return -1;
  for (GtkWidget *child = first_of (widget); child != NULL; child = after (child))
    {
      int natural;

      child_width (child, NULL, &natural);
      widest = MAX (widest, natural);
      count++;
    }
  columns = CLAMP ((width + self->spacing) / (widest + self->spacing), 1, MAX (count, 1));
  return (width - (columns - 1) * self->spacing) / columns;
}

/* How wide a child is in a line of `width`. */
static int
fit (GtkWidget *child, int cell, int width)
{
  int minimum;
  int natural;

  if (cell >= 0)
    return cell;
  child_width (child, &minimum, &natural);
  return MAX (minimum, MIN (natural, width));
}

/* The children from `child` on that share one line; answers the first that does not, and the
 * line's height. */
static GtkWidget *
measure_line (CbWrapLayout *self, GtkWidget *child, int cell, int width, int *height)
{
  int used = 0;

  *height = 0;
  for (; child != NULL; child = after (child))
    {
      int wide = fit (child, cell, width);

      if (used > 0 && used + self->spacing + wide > width)
        return child;
      used += wide + (used > 0 ? self->spacing : 0);
      *height = MAX (*height, child_height (child, wide));
    }
  return NULL;
}

static void
measure_across (CbWrapLayout *self, GtkWidget *widget, int *minimum, int *natural)
{
  int widest = 0;
  int count = 0;

  *minimum = 0;
  *natural = 0;
  for (GtkWidget *child = first_of (widget); child != NULL; child = after (child))
    {
      int child_minimum;
      int child_natural;

      child_width (child, &child_minimum, &child_natural);
      *minimum = MAX (*minimum, child_minimum);
      *natural += child_natural + (count > 0 ? self->spacing : 0);
      widest = MAX (widest, child_natural);
      count++;
    }
  if (self->is_equal && count > 0)
    *natural = count * widest + (count - 1) * self->spacing;
}

static void
cb_wrap_layout_measure (GtkLayoutManager *layout,
                        GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  CbWrapLayout *self = CB_WRAP_LAYOUT (layout);
  GtkWidget *child = first_of (widget);
  int width = for_size;
  int total = 0;
  int least;
  int cell;

  measure_across (self, widget, &least, &width);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = least;
      *natural = width;
      return;
    }
  if (for_size >= 0)
    width = MAX (least, for_size);
  cell = cell_width (self, widget, width);
  while (child != NULL)
    {
      int height;

      child = measure_line (self, child, cell, width, &height);
      total += height + (total > 0 ? self->spacing : 0);
    }
  *minimum = total;
  *natural = total;
}

static void
cb_wrap_layout_allocate (GtkLayoutManager *layout,
                         GtkWidget *widget,
                         int width,
                         int height,
                         int baseline)
{
  CbWrapLayout *self = CB_WRAP_LAYOUT (layout);
  gboolean is_mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int cell = cell_width (self, widget, width);
  GtkWidget *child = first_of (widget);
  int y = 0;

  while (child != NULL)
    {
      int line_height;
      GtkWidget *end = measure_line (self, child, cell, width, &line_height);
      int x = 0;

      for (; child != end; child = after (child))
        {
          int wide = fit (child, cell, width);
          GtkAllocation place = { is_mirrored ? width - x - wide : x, y, wide, line_height };

          gtk_widget_size_allocate (child, &place, -1);
          x += wide + self->spacing;
        }
      y += line_height + self->spacing;
    }
}

static GtkSizeRequestMode
cb_wrap_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cb_wrap_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CbWrapLayout *self = CB_WRAP_LAYOUT (object);

  switch ((CbWrapLayoutProperty) id)
    {
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      break;
    case PROP_EQUAL:
      self->is_equal = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_wrap_layout_class_init (CbWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->set_property = cb_wrap_layout_set_property;
  layout_class->get_request_mode = cb_wrap_layout_get_request_mode;
  layout_class->measure = cb_wrap_layout_measure;
  layout_class->allocate = cb_wrap_layout_allocate;

  props[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, 100, 8, flags);
  props[PROP_EQUAL] = g_param_spec_boolean ("equal", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), G_N_ELEMENTS (props), props);
}

static void
cb_wrap_layout_init (CbWrapLayout *self)
{
}
