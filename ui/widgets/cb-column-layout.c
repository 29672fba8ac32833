/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-column-layout.h"

/* What is left of a scroller where there is hardly any room. */
#define SCROLLER_LEAST 72

struct _CbColumnLayout
{
  GtkLayoutManager parent_instance;
  int spacing;
};

typedef enum
{
  PROP_SPACING = 1,
} CbColumnLayoutProperty;

static GParamSpec *props[PROP_SPACING + 1];

G_DEFINE_FINAL_TYPE (CbColumnLayout, cb_column_layout, GTK_TYPE_LAYOUT_MANAGER)

/* What lies in a scroller, below the viewport it may have been given. */
static GtkWidget *
content_of (GtkWidget *scroller)
{
  GtkWidget *content = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scroller));

  return GTK_IS_VIEWPORT (content) ? gtk_viewport_get_child (GTK_VIEWPORT (content)) : content;
}

/* One that may not scroll is as high as what lies in it. */
static gboolean
may_scroll (GtkWidget *child)
{
  GtkPolicyType policy = GTK_POLICY_NEVER;

  if (GTK_IS_SCROLLED_WINDOW (child))
    gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (child), NULL, &policy);
  return policy != GTK_POLICY_NEVER;
}

static void
measure_child (GtkWidget *child,
               GtkOrientation orientation,
               int for_size,
               int *minimum,
               int *natural)
{
  int own;

  if (!GTK_IS_SCROLLED_WINDOW (child))
    {
      gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
      return;
    }
  gtk_widget_measure (content_of (child), orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL || !may_scroll (child))
    return;
  /* Not less than its own parts need: a scrollbar is as high as a finger. */
  gtk_widget_measure (child, orientation, for_size, &own, NULL, NULL, NULL);
  *minimum = MAX (MIN (*minimum, SCROLLER_LEAST), own);
  *natural = MAX (*natural, *minimum);
}

static GtkWidget *
next_visible (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static void
cb_column_layout_measure (GtkLayoutManager *layout,
                          GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  CbColumnLayout *self = CB_COLUMN_LAYOUT (layout);
  GtkWidget *child = next_visible (gtk_widget_get_first_child (widget));
  int gap = 0;

  /* How wide it must be at a height is nobody's question: see cb-page-layout.h. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    for_size = -1;
  *minimum = 0;
  *natural = 0;
  for (; child != NULL; child = next_visible (gtk_widget_get_next_sibling (child)))
    {
      int child_minimum;
      int child_natural;

      measure_child (child, orientation, for_size, &child_minimum, &child_natural);
      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        {
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
          continue;
        }
      *minimum += child_minimum + gap;
      *natural += child_natural + gap;
      gap = self->spacing;
    }
}

/* Beyond its least, what does not scroll is served first, and of that the lowest: there stands what
 * was last said. */
static void
share_room (GArray *sizes, GArray *scrolls, int room)
{
  for (gboolean scrolling = FALSE; scrolling <= TRUE; scrolling++)
    {
      for (guint i = sizes->len; i-- > 0;)
        {
          GtkRequestedSize *size = &g_array_index (sizes, GtkRequestedSize, i);
          int more = MIN (room, size->natural_size - size->minimum_size);

          if (g_array_index (scrolls, gboolean, i) != scrolling)
            continue;
          size->minimum_size += more;
          room -= more;
        }
    }
}

static void
cb_column_layout_allocate (GtkLayoutManager *layout,
                           GtkWidget *widget,
                           int width,
                           int height,
                           int baseline)
{
  CbColumnLayout *self = CB_COLUMN_LAYOUT (layout);
  GtkWidget *child = next_visible (gtk_widget_get_first_child (widget));
  g_autoptr (GArray) sizes = g_array_new (FALSE, TRUE, sizeof (GtkRequestedSize));
  g_autoptr (GArray) scrolls = g_array_new (FALSE, TRUE, sizeof (gboolean));
  int room = height + self->spacing;
  int y = 0;

  for (; child != NULL; child = next_visible (gtk_widget_get_next_sibling (child)))
    {
      GtkRequestedSize size = { .data = child };
      gboolean is_scroller = may_scroll (child);

      measure_child (child, GTK_ORIENTATION_VERTICAL, width, &size.minimum_size,
                     &size.natural_size);
      room -= size.minimum_size + self->spacing;
      g_array_append_val (sizes, size);
      g_array_append_val (scrolls, is_scroller);
    }
  share_room (sizes, scrolls, MAX (room, 0));
  for (guint i = 0; i < sizes->len; i++)
    {
      GtkRequestedSize *size = &g_array_index (sizes, GtkRequestedSize, i);
      GtkAllocation place = { 0, y, width, size->minimum_size };

      gtk_widget_size_allocate (size->data, &place, -1);
      y += size->minimum_size + self->spacing;
    }
}

static GtkSizeRequestMode
cb_column_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cb_column_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((CbColumnLayoutProperty) id)
    {
    case PROP_SPACING:
      CB_COLUMN_LAYOUT (object)->spacing = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_column_layout_class_init (CbColumnLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = cb_column_layout_set_property;
  layout_class->get_request_mode = cb_column_layout_get_request_mode;
  layout_class->measure = cb_column_layout_measure;
  layout_class->allocate = cb_column_layout_allocate;

  props[PROP_SPACING] =
    g_param_spec_int ("spacing", NULL, NULL, 0, 100, 0,
                      G_PARAM_WRITABLE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), G_N_ELEMENTS (props), props);
}

static void
cb_column_layout_init (CbColumnLayout *self)
{
}
