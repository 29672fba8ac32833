/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-matters.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-errand-words.h"
#include "widgets/cb-wrapping.h"

struct _CbMatters
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkWidget *rows;
  GtkWidget *scroller;
  GtkWidget *days;
  GtkWidget *days_scroller;
};

enum
{
  SIGNAL_ADD,
  SIGNAL_ADD_DAY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbMatters, cb_matters, GTK_TYPE_WIDGET)

static void
add_label (GtkWidget *row, char *text, const char *const *css_classes)
{
  GtkWidget *label = gtk_label_new (text);

  cb_wrapping_follow_label (GTK_LABEL (label));
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  /* What scrolls asks for the height that it needs at the width it would like. */
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_set_css_classes (label, (const char **) css_classes);
  gtk_box_append (GTK_BOX (row), label);
  g_free (text);
}

/* The heading above the days says what kind of thing they are. */
static void
add_row (GtkWidget *rows, const CbErrandFields *fields, gint64 now_us)
{
  static const char *const strong[] = { "cb-strong", NULL };
  static const char *const small[] = { "cb-small", NULL };
  static const char *const quiet[] = { "cb-small", "cb-quiet", NULL };
  g_autoptr (CbErrand) errand = cb_errand_new (fields);
  g_autofree char *day = cb_errand_words_dup_day (errand, now_us);
  g_autofree char *when = cb_errand_words_dup_when (errand, now_us);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  add_label (row, cb_errand_words_dup_what (errand), strong);
  add_label (row, day != NULL ? g_strdup (day) : cb_errand_words_dup_kind (errand), small);
  /* Without a step the day is all there is to say of when. */
  if (g_strcmp0 (day, when) != 0)
    add_label (row, g_steal_pointer (&when),
               cb_errand_words_is_late (errand, now_us) ? small : quiet);
  gtk_box_append (GTK_BOX (rows), row);
}

static void
add_matters (CbMatters *self, GPtrArray *matters, const char *customer_id, gint64 now_us)
{
  for (guint i = 0; i < matters->len; i++)
    {
      CbErrandFields fields = {
        .customer_id = customer_id,
        .customer_name = "",
        .matter = g_ptr_array_index (matters, i),
      };

      if (cb_matter_get_fields (fields.matter)->closed_us == 0)
        add_row (self->rows, &fields, now_us);
    }
}

/* An event that is over is no longer to be prepared. */
static void
add_occasions (CbMatters *self, GPtrArray *occasions, const char *customer_id, gint64 now_us)
{
  for (guint i = 0; i < occasions->len; i++)
    {
      CbErrandFields fields = {
        .customer_id = customer_id,
        .customer_name = "",
        .occasion = g_ptr_array_index (occasions, i),
      };

      if (cb_occasion_get_next_us (fields.occasion, now_us) > now_us)
        add_row (self->days, &fields, now_us);
    }
}

static void
empty (GtkWidget *rows)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (rows)) != NULL)
    gtk_box_remove (GTK_BOX (rows), row);
}

void
cb_matters_set_dossier (CbMatters *self, CbDossier *dossier, gint64 now_us)
{
  const char *id;

  g_return_if_fail (CB_IS_MATTERS (self));

  empty (self->rows);
  empty (self->days);
  if (dossier != NULL)
    {
      id = cb_customer_get_id (cb_dossier_get_customer (dossier));
      add_matters (self, cb_dossier_get_requests (dossier), id, now_us);
      add_occasions (self, cb_dossier_get_occasions (dossier), id, now_us);
    }
  gtk_widget_set_visible (self->scroller, gtk_widget_get_first_child (self->rows) != NULL);
  gtk_widget_set_visible (self->days_scroller, gtk_widget_get_first_child (self->days) != NULL);
}

static void
on_add_clicked (CbMatters *self)
{
  g_signal_emit (self, signals[SIGNAL_ADD], 0);
}

static void
on_add_day_clicked (CbMatters *self)
{
  g_signal_emit (self, signals[SIGNAL_ADD_DAY], 0);
}

static void
cb_matters_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_MATTERS);

  G_OBJECT_CLASS (cb_matters_parent_class)->dispose (object);
}

static void
cb_matters_class_init (CbMattersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_matters_dispose;
  signals[SIGNAL_ADD] = g_signal_new ("add", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ADD_DAY] = g_signal_new ("add-day", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/counterbook/ui/cb-matters.ui");
  gtk_widget_class_bind_template_child (widget_class, CbMatters, content);
  gtk_widget_class_bind_template_child (widget_class, CbMatters, rows);
  gtk_widget_class_bind_template_child (widget_class, CbMatters, scroller);
  gtk_widget_class_bind_template_child (widget_class, CbMatters, days);
  gtk_widget_class_bind_template_child (widget_class, CbMatters, days_scroller);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_add_day_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-matters");
}

static void
cb_matters_init (CbMatters *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cb_matters_new (void)
{
  return g_object_new (CB_TYPE_MATTERS, NULL);
}
