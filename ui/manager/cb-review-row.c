/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "manager/cb-review-row.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-messages.h"
#include "shell/cb-review-words.h"
#include "widgets/cb-wrapping.h"

struct _CbReviewRow
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *name;
  GtkLabel *cause;
  GtkLabel *age;
};

G_DEFINE_FINAL_TYPE (CbReviewRow, cb_review_row, GTK_TYPE_WIDGET)

void
cb_review_row_set_review (CbReviewRow *self, CbReview *review, gint64 now_us)
{
  const CbReviewFields *fields;
  g_autofree char *age = NULL;

  g_return_if_fail (CB_IS_REVIEW_ROW (self));

  if (review == NULL)
    {
      gtk_label_set_label (self->name, "");
      return;
    }
  fields = cb_review_get_fields (review);
  age = cb_review_words_dup_age (fields, now_us);
  gtk_label_set_label (self->name, *fields->customer_name != '\0'
                                     ? fields->customer_name
                                     : cb_messages_for_no_name (FALSE));
  gtk_label_set_label (self->cause, cb_review_words_cause (fields->cause));
  gtk_label_set_label (self->age, age);
}

static void
cb_review_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_REVIEW_ROW);

  G_OBJECT_CLASS (cb_review_row_parent_class)->dispose (object);
}

static void
cb_review_row_class_init (CbReviewRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_review_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-review-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbReviewRow, content);
  gtk_widget_class_bind_template_child (widget_class, CbReviewRow, name);
  gtk_widget_class_bind_template_child (widget_class, CbReviewRow, cause);
  gtk_widget_class_bind_template_child (widget_class, CbReviewRow, age);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-review-row");
}

static void
cb_review_row_init (CbReviewRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_wrapping_follow (GTK_WIDGET (self));
}

GtkWidget *
cb_review_row_new (void)
{
  return g_object_new (CB_TYPE_REVIEW_ROW, NULL);
}
