/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-bar-layout.h"

struct _CbBarLayout
{
  GtkLayoutManager parent_instance;
  int spacing;
};

typedef enum
{
  PROP_SPACING = 1,
} CbBarLayoutProperty;

static GParamSpec *props[PROP_SPACING + 1];

G_DEFINE_FINAL_TYPE (CbBarLayout, cb_bar_layout, GTK_TYPE_LAYOUT_MANAGER)

static void
cb_bar_layout_measure (GtkLayoutManager *layout,
                       GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  CbBarLayout *self = CB_BAR_LAYOUT (layout);
  GtkWidget *first = gtk_widget_get_first_child (widget);

  *minimum = 0;
  *natural = 0;
  for (GtkWidget *child = first; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum;
      int child_natural;

      if (!gtk_widget_should_layout (child) && child != first)
        continue;
      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      if (orientation == GTK_ORIENTATION_VERTICAL)
        {
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
          continue;
        }
      *minimum += child != first ? child_minimum + self->spacing : 0;
      *natural += child_natural + self->spacing;
    }
}

/* The widths of all but the first; gives what they leave to it. */
static int
share_width (CbBarLayout *self, GtkWidget *first, int width, GArray *sizes)
{
  int left = width;

  for (GtkWidget *child = gtk_widget_get_next_sibling (first); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkRequestedSize size = { .data = child };

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &size.minimum_size,
                          &size.natural_size, NULL, NULL);
      left -= size.minimum_size + self->spacing;
      g_array_append_val (sizes, size);
    }
  return gtk_distribute_natural_allocation (MAX (left, 0), sizes->len,
                                            (GtkRequestedSize *) (void *) sizes->data);
}

static void
place (GtkWidget *widget, GtkWidget *child, int width, GtkAllocation box)
{
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    box.x = width - box.x - box.width;
  gtk_widget_size_allocate (child, &box, -1);
}

static void
cb_bar_layout_allocate (GtkLayoutManager *layout,
                        GtkWidget *widget,
                        int width,
                        int height,
                        int baseline)
{
  CbBarLayout *self = CB_BAR_LAYOUT (layout);
  GtkWidget *first = gtk_widget_get_first_child (widget);
  g_autoptr (GArray) sizes = g_array_new (FALSE, TRUE, sizeof (GtkRequestedSize));
  int left;
  int natural;
  int x;

  if (first == NULL)
    return;
  left = share_width (self, first, width, sizes);
  gtk_widget_measure (first, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  gtk_widget_set_child_visible (first, natural <= left);
  if (natural <= left)
    place (widget, first, width, (GtkAllocation){ 0, 0, left, height });
  x = left;
  for (guint i = 0; i < sizes->len; i++)
    {
      const GtkRequestedSize *size = &g_array_index (sizes, GtkRequestedSize, i);

      x += self->spacing;
      place (widget, size->data, width, (GtkAllocation){ x, 0, size->minimum_size, height });
      x += size->minimum_size;
    }
}

static GtkSizeRequestMode
cb_bar_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
cb_bar_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((CbBarLayoutProperty) id)
    {
    case PROP_SPACING:
      CB_BAR_LAYOUT (object)->spacing = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_bar_layout_class_init (CbBarLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = cb_bar_layout_set_property;
  layout_class->get_request_mode = cb_bar_layout_get_request_mode;
  layout_class->measure = cb_bar_layout_measure;
  layout_class->allocate = cb_bar_layout_allocate;

  props[PROP_SPACING] =
    g_param_spec_int ("spacing", NULL, NULL, 0, 100, 0,
                      G_PARAM_WRITABLE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), G_N_ELEMENTS (props), props);
}

static void
cb_bar_layout_init (CbBarLayout *self)
{
}
