/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "customer/cb-preference-row.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-words.h"
#include "widgets/cb-wrapping.h"

struct _CbPreferenceRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *about;
  GtkLabel *value;
  GtkLabel *age;
  GtkWidget *confirm;
};

enum
{
  SIGNAL_CONFIRMED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbPreferenceRow, cb_preference_row, GTK_TYPE_WIDGET)

/* "Size · boot · Alder" */
static char *
dup_about (CbPreference *preference)
{
  g_autoptr (GString) about = g_string_new (cb_words_facet (cb_preference_get_facet (preference)));

  if (cb_preference_get_garment (preference) != NULL)
    g_string_append_printf (about, " · %s", cb_preference_get_garment (preference));
  if (cb_preference_get_maker (preference) != NULL)
    g_string_append_printf (about, " · %s", cb_preference_get_maker (preference));
  if (cb_preference_get_provenance (preference) != CB_PROVENANCE_SAID)
    g_string_append_printf (about, " · %s",
                            cb_words_provenance (cb_preference_get_provenance (preference)));
  return g_string_free (g_steal_pointer (&about), FALSE);
}

static char *
dup_value (CbPreference *preference)
{
  g_autofree char *value = cb_words_dup_isolated (cb_preference_get_value (preference));

  switch (cb_preference_get_polarity (preference))
    {
    case CB_POLARITY_LIKE:
      return g_strdup (cb_preference_get_value (preference));
    case CB_POLARITY_DISLIKE:
      return g_strdup_printf (_ ("Rather not %s"), value);
    case CB_POLARITY_NEVER:
      return g_strdup_printf (_ ("Never %s"), value);
    }
  g_return_val_if_reached (NULL);
}

static char *
dup_age (CbPreference *preference, gint64 now_us)
{
  g_autofree char *age = cb_words_dup_preference_age (preference, now_us);

  if (cb_preference_get_life (preference) == CB_LIFE_UNASKED)
    return g_strdup_printf (_ ("%s · not asked yet"), age);
  if (cb_preference_get_life (preference) == CB_LIFE_TONIGHT)
    return g_strdup_printf (_ ("%s · ends with the day"), age);
  return g_steal_pointer (&age);
}

static void
name_confirm (CbPreferenceRow *self, const char *value)
{
  /* Translators: what a button does, and for what: a size or a taste. */
  g_autofree char *text = g_strdup_printf (_ ("%s: %s"), _ ("Still right"), value);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->confirm), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
}

static void
on_confirm (CbPreferenceRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CONFIRMED], 0);
}

void
cb_preference_row_set_preference (CbPreferenceRow *self, CbPreference *preference, gint64 now_us)
{
  g_autofree char *about = NULL;
  g_autofree char *value = NULL;
  g_autofree char *age = NULL;

  g_return_if_fail (CB_IS_PREFERENCE_ROW (self));

  if (preference != NULL)
    {
      about = dup_about (preference);
      value = dup_value (preference);
      age = dup_age (preference, now_us);
    }
  if (preference != NULL && cb_preference_get_age (preference, now_us) == CB_AGE_FADED)
    gtk_widget_add_css_class (GTK_WIDGET (self->value), "cb-quiet");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->value), "cb-quiet");
  gtk_widget_set_visible (self->confirm,
                          preference != NULL &&
                            cb_preference_get_age (preference, now_us) != CB_AGE_FRESH);
  if (value != NULL)
    name_confirm (self, value);
  gtk_label_set_label (self->about, about != NULL ? about : "");
  gtk_label_set_label (self->value, value != NULL ? value : "");
  gtk_label_set_label (self->age, age != NULL ? age : "");
}

static void
cb_preference_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_PREFERENCE_ROW);

  G_OBJECT_CLASS (cb_preference_row_parent_class)->dispose (object);
}

static void
cb_preference_row_class_init (CbPreferenceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_preference_row_dispose;
  signals[SIGNAL_CONFIRMED] = g_signal_new ("confirmed", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-preference-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceRow, about);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceRow, value);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceRow, age);
  gtk_widget_class_bind_template_child (widget_class, CbPreferenceRow, confirm);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-preference-row");
}

static void
cb_preference_row_init (CbPreferenceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_preference_row_new (void)
{
  return g_object_new (CB_TYPE_PREFERENCE_ROW, NULL);
}
