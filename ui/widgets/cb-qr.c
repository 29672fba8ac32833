/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "widgets/cb-qr.h"

#include <qrencode.h>

/* ISO/IEC 18004, 6.3.8: so much white on each side. */
#define QUIET_MODULES 4

/* Logical pixels: what a telephone reads at arm's length, and what is left of it on a small screen.
 */
#define MODULE_LEAST 4
#define MODULE_LIKED 6

#define DARK 1

struct _CbQr
{
  GtkWidget parent_instance;

  QRcode *code; /* NULL: nothing to show */
};

G_DEFINE_FINAL_TYPE (CbQr, cb_qr, GTK_TYPE_WIDGET)

static int
count_modules (CbQr *self)
{
  return self->code != NULL ? self->code->width + 2 * QUIET_MODULES : 0;
}

void
cb_qr_set_text (CbQr *self, const char *text)
{
  g_return_if_fail (CB_IS_QR (self));

  g_clear_pointer (&self->code, QRcode_free);
  if (text != NULL)
    self->code = QRcode_encodeString (text, 0, QR_ECLEVEL_Q, QR_MODE_8, 1);
  gtk_widget_set_visible (GTK_WIDGET (self), self->code != NULL);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
cb_qr_set_label (CbQr *self, const char *label)
{
  g_return_if_fail (CB_IS_QR (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
cb_qr_measure (GtkWidget *widget,
               GtkOrientation orientation,
               int for_size,
               int *minimum,
               int *natural,
               int *minimum_baseline,
               int *natural_baseline)
{
  int n = count_modules (CB_QR (widget));

  *minimum = n * MODULE_LEAST;
  *natural = n * MODULE_LIKED;
}

/* Modules of one line that are dark are drawn as one, so that no seam shows between them. */
static void
snapshot_line (CbQr *self, GtkSnapshot *snapshot, int y, float module)
{
  static const GdkRGBA black = { 0, 0, 0, 1 };
  const unsigned char *line = self->code->data + (gsize) y * self->code->width;

  for (int x = 0; x < self->code->width; x++)
    {
      int first = x;

      while (x < self->code->width && (line[x] & DARK) != 0)
        x++;
      if (x > first)
        gtk_snapshot_append_color (snapshot, &black,
                                   &GRAPHENE_RECT_INIT ((QUIET_MODULES + first) * module,
                                                        (QUIET_MODULES + y) * module,
                                                        (x - first) * module, module));
    }
}

/* A module is a whole number of the screen's own pixels: one that is blurred is not read. */
static void
cb_qr_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const GdkRGBA white = { 1, 1, 1, 1 };
  CbQr *self = CB_QR (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  int room = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  int n = count_modules (self);
  float module;
  float size;

  if (n == 0)
    return;
  module = (float) (room * scale / n) / (float) scale;
  size = module * (float) n;
  gtk_snapshot_append_color (snapshot, &white, &GRAPHENE_RECT_INIT (0, 0, size, size));
  for (int y = 0; y < self->code->width; y++)
    snapshot_line (self, snapshot, y, module);
}

static void
cb_qr_finalize (GObject *object)
{
  g_clear_pointer (&CB_QR (object)->code, QRcode_free);

  G_OBJECT_CLASS (cb_qr_parent_class)->finalize (object);
}

static void
cb_qr_class_init (CbQrClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cb_qr_finalize;
  widget_class->measure = cb_qr_measure;
  widget_class->snapshot = cb_qr_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "cb-qr");
}

static void
cb_qr_init (CbQr *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
cb_qr_new (void)
{
  return g_object_new (CB_TYPE_QR, NULL);
}
