/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-aside-layout.h"

#include "widgets/cb-em.h"

struct _CbAsideLayout
{
  GtkLayoutManager parent_instance;
  int spacing;
  double least;
};

typedef enum
{
  PROP_SPACING = 1,
  PROP_LEAST,
} CbAsideLayoutProperty;

typedef struct
{
  GtkWidget *text;
  GtkWidget *aside;
  int aside_width;
} Pair;

static GParamSpec *props[PROP_LEAST + 1];

G_DEFINE_FINAL_TYPE (CbAsideLayout, cb_aside_layout, GTK_TYPE_LAYOUT_MANAGER)

static Pair
pair_of (GtkWidget *widget)
{
  Pair pair = { gtk_widget_get_first_child (widget), NULL, 0 };

  pair.aside = gtk_widget_get_next_sibling (pair.text);
  gtk_widget_measure (pair.aside, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &pair.aside_width, NULL,
                      NULL);
  return pair;
}

static gboolean
is_beside (CbAsideLayout *self, GtkWidget *widget, const Pair *pair, int width)
{
  int natural;

  gtk_widget_measure (pair->text, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return width - self->spacing - pair->aside_width >= MIN (natural, self->least * cb_em (widget));
}

static void
measure_height (GtkWidget *child, int width, int *minimum, int *natural)
{
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, minimum, natural, NULL, NULL);
}

static void
measure_width (CbAsideLayout *self, const Pair *pair, int *minimum, int *natural)
{
  int aside;

  gtk_widget_measure (pair->text, GTK_ORIENTATION_HORIZONTAL, -1, minimum, natural, NULL, NULL);
  gtk_widget_measure (pair->aside, GTK_ORIENTATION_HORIZONTAL, -1, &aside, NULL, NULL, NULL);
  *minimum = MAX (*minimum, aside);
  *natural += self->spacing + pair->aside_width;
}

static void
cb_aside_layout_measure (GtkLayoutManager *layout,
                         GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  CbAsideLayout *self = CB_ASIDE_LAYOUT (layout);
  Pair pair = pair_of (widget);
  int aside;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (self, &pair, minimum, natural);
      return;
    }
  if (for_size < 0 || is_beside (self, widget, &pair, for_size))
    {
      measure_height (pair.aside, pair.aside_width, &aside, NULL);
      for_size = for_size < 0 ? -1 : for_size - self->spacing - pair.aside_width;
      measure_height (pair.text, for_size, minimum, natural);
      *minimum = MAX (*minimum, aside);
      *natural = MAX (*natural, aside);
      return;
    }
  measure_height (pair.aside, MIN (pair.aside_width, for_size), &aside, NULL);
  measure_height (pair.text, for_size, minimum, natural);
  *minimum += self->spacing + aside;
  *natural += self->spacing + aside;
}

static void
place (GtkWidget *widget, GtkWidget *child, int width, GtkAllocation box)
{
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    box.x = width - box.x - box.width;
  gtk_widget_size_allocate (child, &box, -1);
}

static void
cb_aside_layout_allocate (GtkLayoutManager *layout,
                          GtkWidget *widget,
                          int width,
                          int height,
                          int baseline)
{
  CbAsideLayout *self = CB_ASIDE_LAYOUT (layout);
  Pair pair = pair_of (widget);
  int aside_width = MIN (pair.aside_width, width);
  int x = width - aside_width;
  int aside;
  int upper;

  if (is_beside (self, widget, &pair, width))
    {
      place (widget, pair.text, width, (GtkAllocation){ 0, 0, x - self->spacing, height });
      place (widget, pair.aside, width, (GtkAllocation){ x, 0, aside_width, height });
      return;
    }
  measure_height (pair.aside, aside_width, &aside, NULL);
  upper = MAX (height - self->spacing - aside, 0);
  place (widget, pair.text, width, (GtkAllocation){ 0, 0, width, upper });
  place (widget, pair.aside, width, (GtkAllocation){ x, height - aside, aside_width, aside });
}

static GtkSizeRequestMode
cb_aside_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cb_aside_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CbAsideLayout *self = CB_ASIDE_LAYOUT (object);

  switch ((CbAsideLayoutProperty) id)
    {
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      break;
    case PROP_LEAST:
      self->least = g_value_get_double (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_aside_layout_class_init (CbAsideLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->set_property = cb_aside_layout_set_property;
  layout_class->get_request_mode = cb_aside_layout_get_request_mode;
  layout_class->measure = cb_aside_layout_measure;
  layout_class->allocate = cb_aside_layout_allocate;

  props[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, 100, 8, flags);
  props[PROP_LEAST] = g_param_spec_double ("least", NULL, NULL, 1, 100, 14, flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), G_N_ELEMENTS (props), props);
}

static void
cb_aside_layout_init (CbAsideLayout *self)
{
}
