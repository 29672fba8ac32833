/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-fit.h"

#include <math.h>
#include <string.h>

#include "widgets/cb-sheet.h"

/* Layouts reckon in whole pixels, transforms do not. */
#define SLACK 1.0f
#define TOUCH 56.0f

/* Beyond it a run of letters is an address or a code, which may break anywhere. */
#define LONGEST_WORD 26

static void complain (GPtrArray *complaints, GtkWidget *widget, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

/* "CbComposer > GtkBox > GtkLabel.cb-status “Saved …”" */
static char *
dup_path (GtkWidget *widget)
{
  g_autoptr (GString) path = g_string_new (NULL);
  guint depth = 0;

  for (GtkWidget *at = widget; at != NULL && depth < 4; at = gtk_widget_get_parent (at), depth++)
    {
      g_auto (GStrv) classes = gtk_widget_get_css_classes (at);
      g_autofree char *joined = g_strjoinv (".", classes);

      g_string_prepend (path, depth > 0 ? " > " : "");
      g_string_prepend (path, joined);
      g_string_prepend (path, *joined != '\0' ? "." : "");
      g_string_prepend (path, G_OBJECT_TYPE_NAME (at));
    }
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (path, " “%.60s”", gtk_label_get_text (GTK_LABEL (widget)));
  return g_string_free (g_steal_pointer (&path), FALSE);
}

static void
complain (GPtrArray *complaints, GtkWidget *widget, const char *format, ...)
{
  g_autofree char *path = dup_path (widget);
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (complaints, g_strdup_printf ("%s %s", path, text));
}

static gboolean
is_shown (GtkWidget *widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_child_visible (widget) &&
         gtk_widget_get_opacity (widget) > 0;
}

/* --- reaching out --- */

/* Text fields scroll their own text, and the toolkit's scrollbars lie where they like. */
static gboolean
minds_its_own (GtkWidget *widget)
{
  return GTK_IS_TEXT (widget) || GTK_IS_TEXT_VIEW (widget) || GTK_IS_SCROLLBAR (widget) ||
         GTK_IS_RANGE (widget);
}

static void
check_within (GPtrArray *complaints, GtkWidget *parent, GtkWidget *child)
{
  graphene_rect_t inner;
  graphene_rect_t outer;
  float left;
  float right;
  float below;

  if (!gtk_widget_compute_bounds (child, parent, &inner) ||
      !gtk_widget_compute_bounds (parent, parent, &outer))
    return;
  left = outer.origin.x - inner.origin.x;
  right = inner.origin.x + inner.size.width - outer.origin.x - outer.size.width;
  below = inner.origin.y + inner.size.height - outer.origin.y - outer.size.height;
  if (MAX (left, right) > SLACK)
    complain (complaints, child, "reaches %d px out of its %s sideways",
              (int) ceilf (MAX (left, right)), G_OBJECT_TYPE_NAME (parent));
  if (!GTK_IS_SCROLLABLE (parent) && below > SLACK)
    complain (complaints, child, "reaches %d px out of its %s at the bottom", (int) ceilf (below),
              G_OBJECT_TYPE_NAME (parent));
}

/* --- lying on a neighbour --- */

static gboolean
lays_over (GtkWidget *parent)
{
  return GTK_IS_OVERLAY (parent) || GTK_IS_STACK (parent) || GTK_IS_SCROLLABLE (parent) ||
         GTK_IS_SCROLLED_WINDOW (parent) || CB_IS_SHEET (parent) || minds_its_own (parent);
}

static void
check_beside (GPtrArray *complaints, GtkWidget *parent, GtkWidget *child)
{
  graphene_rect_t one;

  if (!gtk_widget_compute_bounds (child, parent, &one))
    return;
  graphene_rect_inset (&one, SLACK, SLACK);
  for (GtkWidget *next = gtk_widget_get_next_sibling (child); next != NULL;
       next = gtk_widget_get_next_sibling (next))
    {
      graphene_rect_t other;

      if (is_shown (next) && one.size.width > 0 && one.size.height > 0 &&
          gtk_widget_compute_bounds (next, parent, &other) &&
          graphene_rect_intersection (&one, &other, NULL))
        complain (complaints, child, "lies on the %s beside it", G_OBJECT_TYPE_NAME (next));
    }
}

/* --- words --- */

static gboolean
is_word_broken (const char *text, int at)
{
  const char *start = text + at;
  const char *end = text + at;
  const char *before = g_utf8_find_prev_char (text, start);

  if (before == NULL || !g_unichar_isalpha (g_utf8_get_char (before)) ||
      !g_unichar_isalpha (g_utf8_get_char (start)) || g_unichar_iswide (g_utf8_get_char (start)) ||
      g_unichar_iswide (g_utf8_get_char (before)))
    return FALSE;
  while (start > text && !g_ascii_isspace (start[-1]))
    start--;
  while (*end != '\0' && !g_ascii_isspace (*end))
    end++;
  return g_utf8_strlen (start, end - start) <= LONGEST_WORD &&
         memchr (start, '@', (gsize) (end - start)) == NULL;
}

static void
check_words (GPtrArray *complaints, GtkLabel *label)
{
  PangoLayout *layout = gtk_label_get_layout (label);
  const char *text = pango_layout_get_text (layout);
  int height;
  int below;
  int top;

  if (pango_layout_is_ellipsized (layout) &&
      !gtk_widget_has_css_class (GTK_WIDGET (label), "cb-may-shorten"))
    complain (complaints, GTK_WIDGET (label), "is cut short");
  gtk_label_get_layout_offsets (label, NULL, &top);
  pango_layout_get_pixel_size (layout, NULL, &height);
  below = top + height - gtk_widget_get_height (GTK_WIDGET (label));
  if (MAX (-top, below) > SLACK)
    complain (complaints, GTK_WIDGET (label), "has words %d px out of its place",
              MAX (-top, below));
  for (GSList *line = pango_layout_get_lines_readonly (layout); line != NULL; line = line->next)
    {
      int at = ((PangoLayoutLine *) line->data)->start_index;

      if (at > 0 && is_word_broken (text, at))
        complain (complaints, GTK_WIDGET (label), "has a word that is broken in two");
    }
}

/* --- what is touched --- */

static void
check_touch (GPtrArray *complaints, GtkWidget *widget)
{
  graphene_rect_t bounds;

  if (!GTK_IS_BUTTON (widget) && !GTK_IS_ENTRY (widget))
    return;
  if (gtk_widget_compute_bounds (widget, widget, &bounds) &&
      MIN (bounds.size.width, bounds.size.height) < TOUCH - SLACK)
    complain (complaints, widget, "is %d × %d px, too small for a finger", (int) bounds.size.width,
              (int) bounds.size.height);
}

/* A list keeps rows at hand that it has not placed yet. */
static gboolean
is_scrolled_away (GtkWidget *parent, GtkWidget *child)
{
  graphene_rect_t inner;
  graphene_rect_t outer;

  return GTK_IS_SCROLLABLE (parent) && gtk_widget_compute_bounds (child, parent, &inner) &&
         gtk_widget_compute_bounds (parent, parent, &outer) &&
         !graphene_rect_intersection (&inner, &outer, NULL);
}

static void
check_below (GPtrArray *complaints, GtkWidget *widget)
{
  check_touch (complaints, widget);
  if (GTK_IS_LABEL (widget))
    check_words (complaints, GTK_LABEL (widget));
  if (minds_its_own (widget) || GTK_IS_LABEL (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (!is_shown (child) || is_scrolled_away (widget, child))
        continue;
      if (!minds_its_own (child))
        check_within (complaints, widget, child);
      if (!lays_over (widget))
        check_beside (complaints, widget, child);
      check_below (complaints, child);
    }
}

GPtrArray *
cb_fit_check (GtkWidget *root)
{
  GPtrArray *complaints = g_ptr_array_new_with_free_func (g_free);

  check_below (complaints, root);
  return complaints;
}
