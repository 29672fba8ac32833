/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-sign-in-layout.h"

#define SPACING 16

struct _CbSignInLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (CbSignInLayout, cb_sign_in_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct
{
  GtkWidget *people;
  GtkWidget *pad;
} Pair;

static Pair
pair_of (GtkWidget *widget)
{
  GtkWidget *people = gtk_widget_get_first_child (widget);

  return (Pair){ people, gtk_widget_get_next_sibling (people) };
}

static void
measure (GtkWidget *child, GtkOrientation orientation, int for_size, int *minimum, int *natural)
{
  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

/* All of them, without scrolling. */
static void
measure_people (GtkWidget *people, GtkOrientation orientation, int for_size, int *minimum, int *all)
{
  GtkWidget *content = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (people));
  int least;

  measure (content, orientation, for_size, &least, all);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = least;
  else
    measure (people, orientation, -1, minimum, NULL);
  *all = MAX (*all, *minimum);
}

static void
cb_sign_in_layout_measure (GtkLayoutManager *layout,
                           GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  Pair pair = pair_of (widget);
  int people_minimum;
  int people_natural;
  int pad_minimum;
  int pad_natural;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    for_size = -1;
  measure_people (pair.people, orientation, for_size, &people_minimum, &people_natural);
  measure (pair.pad, orientation, for_size, &pad_minimum, &pad_natural);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MAX (people_minimum, pad_minimum);
      *natural = MAX (people_natural, pad_natural);
      return;
    }
  *minimum = people_minimum + SPACING + pad_minimum;
  *natural = people_natural + SPACING + pad_natural;
}

static gboolean
stands_beside (const Pair *pair, int width, int height)
{
  int people_least;
  int people_all;
  int pad_least;
  int pad_all;

  measure_people (pair->people, GTK_ORIENTATION_VERTICAL, width, &people_least, &people_all);
  measure (pair->pad, GTK_ORIENTATION_VERTICAL, width, NULL, &pad_all);
  if (people_all + SPACING + pad_all <= height)
    return FALSE;
  measure_people (pair->people, GTK_ORIENTATION_HORIZONTAL, -1, &people_least, &people_all);
  measure (pair->pad, GTK_ORIENTATION_HORIZONTAL, -1, &pad_least, NULL);
  return people_least + SPACING + pad_least <= width;
}

static void
place (GtkWidget *child, int x, int y, int width, int height)
{
  gtk_widget_size_allocate (child, &(GtkAllocation){ x, y, width, height }, -1);
}

/* The pad has the lesser half, or what it needs; each stands in the middle of the height. */
static void
place_beside (GtkWidget *widget, const Pair *pair, int width, int height)
{
  gboolean is_mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int people_least;
  int people_all;
  int pad_width;
  int pad_height;
  int people_width;

  measure (pair->pad, GTK_ORIENTATION_HORIZONTAL, -1, &pad_width, NULL);
  measure_people (pair->people, GTK_ORIENTATION_HORIZONTAL, -1, &people_least, &people_all);
  pad_width = MAX (pad_width, MIN (width / 2, width - SPACING - people_least));
  people_width = width - SPACING - pad_width;
  measure_people (pair->people, GTK_ORIENTATION_VERTICAL, people_width, &people_least, &people_all);
  measure (pair->pad, GTK_ORIENTATION_VERTICAL, pad_width, NULL, &pad_height);
  people_all = CLAMP (people_all, people_least, MAX (height, people_least));
  pad_height = MIN (pad_height, height);
  place (pair->people, is_mirrored ? width - people_width : 0, (height - people_all) / 2,
         people_width, people_all);
  place (pair->pad, is_mirrored ? 0 : width - pad_width, (height - pad_height) / 2, pad_width,
         pad_height);
}

static void
cb_sign_in_layout_allocate (GtkLayoutManager *layout,
                            GtkWidget *widget,
                            int width,
                            int height,
                            int baseline)
{
  Pair pair = pair_of (widget);
  int people_least;
  int people_all;
  int pad_least;
  int pad_all;
  int room;

  if (stands_beside (&pair, width, height))
    {
      place_beside (widget, &pair, width, height);
      return;
    }
  measure_people (pair.people, GTK_ORIENTATION_VERTICAL, width, &people_least, &people_all);
  measure (pair.pad, GTK_ORIENTATION_VERTICAL, width, &pad_least, &pad_all);
  pad_all = MAX (pad_least, MIN (pad_all, height - SPACING - people_least));
  room = MAX (height - SPACING - pad_all, people_least);
  people_all = MIN (MAX (people_all, people_least), room);
  place (pair.people, 0, 0, width, people_all);
  place (pair.pad, 0, people_all + SPACING, width, pad_all);
}

static GtkSizeRequestMode
cb_sign_in_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cb_sign_in_layout_class_init (CbSignInLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = cb_sign_in_layout_get_request_mode;
  layout_class->measure = cb_sign_in_layout_measure;
  layout_class->allocate = cb_sign_in_layout_allocate;
}

static void
cb_sign_in_layout_init (CbSignInLayout *self)
{
}
