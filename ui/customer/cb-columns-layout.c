/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-columns-layout.h"

#include <math.h>

#include "widgets/cb-em.h"

/* In em of the page's text. */
#define WIDE_FROM 62.0
#define SIDE_LEAST 14.5
#define SIDE_MOST 20.0

/* Asked for a height at no particular width, GTK wants the least of all widths. */
#define ANY_WIDTH (1 << 20)

struct _CbColumnsLayout
{
  GtkLayoutManager parent_instance;
};

typedef struct
{
  GtkWidget *start;
  GtkWidget *middle;
  GtkWidget *end;
} Columns;

G_DEFINE_FINAL_TYPE (CbColumnsLayout, cb_columns_layout, GTK_TYPE_LAYOUT_MANAGER)

static Columns
columns_of (GtkWidget *widget)
{
  Columns columns = { gtk_widget_get_first_child (widget), NULL, NULL };

  columns.middle = gtk_widget_get_next_sibling (columns.start);
  columns.end = gtk_widget_get_next_sibling (columns.middle);
  return columns;
}

static int
least (GtkWidget *child, GtkOrientation orientation, int for_size)
{
  int minimum;

  gtk_widget_measure (child, orientation, for_size, &minimum, NULL, NULL, NULL);
  return minimum;
}

static gboolean
is_wide (GtkWidget *widget, int width)
{
  return width >= WIDE_FROM * cb_em (widget);
}

/* The width of an outer column: about a quarter, within bounds, and never too narrow for what is in
 * it. */
static int
side_width (GtkWidget *widget, const Columns *columns, int width)
{
  double em = cb_em (widget);
  int side = (int) CLAMP (width * 0.235, SIDE_LEAST * em, SIDE_MOST * em);

  side = MAX (side, least (columns->start, GTK_ORIENTATION_HORIZONTAL, -1));
  return MAX (side, least (columns->end, GTK_ORIENTATION_HORIZONTAL, -1));
}

static int
least_side_by_side (GtkWidget *widget, const Columns *columns, int width)
{
  int side = side_width (widget, columns, width);
  int height = least (columns->middle, GTK_ORIENTATION_VERTICAL, MAX (width - 2 * side, 0));

  height = MAX (height, least (columns->start, GTK_ORIENTATION_VERTICAL, side));
  return MAX (height, least (columns->end, GTK_ORIENTATION_VERTICAL, side));
}

/* A wider page must never need more height: GTK 4.8 looks for a window's width by halving and does
 * not come back from a jump. The middle column is narrower just beyond the width from which three
 * stand side by side than just below, so that what is needed there is asked for below too. */
static int
least_height (GtkWidget *widget, const Columns *columns, int width)
{
  int threshold = (int) ceil (WIDE_FROM * cb_em (widget));
  int side = side_width (widget, columns, width);
  int height;
  int outer;

  if (is_wide (widget, width))
    return least_side_by_side (widget, columns, width);
  height = least (columns->middle, GTK_ORIENTATION_VERTICAL, width - side);
  outer = least (columns->start, GTK_ORIENTATION_VERTICAL, side) +
          least (columns->end, GTK_ORIENTATION_VERTICAL, side);
  return MAX (MAX (height, outer), least_side_by_side (widget, columns, threshold));
}

static void
cb_columns_layout_measure (GtkLayoutManager *layout,
                           GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  Columns columns = columns_of (widget);
  int start = least (columns.start, GTK_ORIENTATION_HORIZONTAL, -1);
  int middle = least (columns.middle, GTK_ORIENTATION_HORIZONTAL, -1);
  int end = least (columns.end, GTK_ORIENTATION_HORIZONTAL, -1);
  int narrowest = (int) (SIDE_LEAST * cb_em (widget));

  narrowest = MAX (narrowest, MAX (start, end)) + middle;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = narrowest;
  else
    *minimum =
      least_height (widget, &columns, for_size < 0 ? ANY_WIDTH : MAX (for_size, narrowest));
  *natural = *minimum;
}

static void
place (GtkWidget *widget, GtkWidget *child, int width, GtkAllocation box)
{
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    box.x = width - box.x - box.width;
  gtk_widget_size_allocate (child, &box, -1);
}

static void
cb_columns_layout_allocate (GtkLayoutManager *layout,
                            GtkWidget *widget,
                            int width,
                            int height,
                            int baseline)
{
  Columns columns = columns_of (widget);
  int side = side_width (widget, &columns, width);
  int upper;

  if (is_wide (widget, width))
    {
      /* The rule below it is for when another column stands there. */
      place (widget, columns.start, width, (GtkAllocation){ 0, 0, side, height + 1 });
      place (widget, columns.middle, width, (GtkAllocation){ side, 0, width - 2 * side, height });
      place (widget, columns.end, width, (GtkAllocation){ width - side, 0, side, height });
      return;
    }
  gtk_widget_measure (columns.start, GTK_ORIENTATION_VERTICAL, side, NULL, &upper, NULL, NULL);
  upper = MIN (upper, height / 2);
  upper = MIN (upper, height - least (columns.end, GTK_ORIENTATION_VERTICAL, side));
  place (widget, columns.start, width, (GtkAllocation){ 0, 0, side, upper });
  place (widget, columns.end, width, (GtkAllocation){ 0, upper, side, height - upper });
  place (widget, columns.middle, width, (GtkAllocation){ side, 0, width - side, height });
}

static GtkSizeRequestMode
cb_columns_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cb_columns_layout_class_init (CbColumnsLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = cb_columns_layout_get_request_mode;
  layout_class->measure = cb_columns_layout_measure;
  layout_class->allocate = cb_columns_layout_allocate;
}

static void
cb_columns_layout_init (CbColumnsLayout *self)
{
}
