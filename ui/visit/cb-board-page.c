/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "visit/cb-board-page.h"

#include <glib/gi18n-lib.h>

#include "visit/cb-errands.h"
#include "widgets/cb-clamp-layout.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-page-layout.h"

struct _CbBoardPage
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkStack *stack;
  CbErrands *errands;
  CbEmptyState *empty;
};

enum
{
  SIGNAL_CUSTOMER_CHOSEN,
  SIGNAL_TELL,
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbBoardPage, cb_board_page, GTK_TYPE_WIDGET)

static void
on_customer_chosen (CbBoardPage *self, const char *customer_id)
{
  g_signal_emit (self, signals[SIGNAL_CUSTOMER_CHOSEN], 0, customer_id);
}

static void
on_tell (CbBoardPage *self, CbErrand *errand)
{
  g_signal_emit (self, signals[SIGNAL_TELL], 0, errand);
}

static void
on_listed (CbBoardPage *self, guint n)
{
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "errands" : "empty");
}

static void
on_empty_acted (CbBoardPage *self)
{
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

void
cb_board_page_start (CbBoardPage *self)
{
  g_return_if_fail (CB_IS_BOARD_PAGE (self));

  cb_errands_read (self->errands);
}

void
cb_board_page_clear (CbBoardPage *self)
{
  g_return_if_fail (CB_IS_BOARD_PAGE (self));

  cb_errands_clear (self->errands);
}

static void
cb_board_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_BOARD_PAGE);

  G_OBJECT_CLASS (cb_board_page_parent_class)->dispose (object);
}

static void
cb_board_page_class_init (CbBoardPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_board_page_dispose;
  g_type_ensure (CB_TYPE_CLAMP_LAYOUT);
  g_type_ensure (CB_TYPE_EMPTY_STATE);
  g_type_ensure (CB_TYPE_ERRANDS);
  signals[SIGNAL_CUSTOMER_CHOSEN] = g_signal_new ("customer-chosen", type, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TELL] = g_signal_new ("tell", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, CB_TYPE_ERRAND);
  signals[SIGNAL_DONE] =
    g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/counterbook/ui/cb-board-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CbBoardPage, content);
  gtk_widget_class_bind_template_child (widget_class, CbBoardPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CbBoardPage, errands);
  gtk_widget_class_bind_template_child (widget_class, CbBoardPage, empty);
  gtk_widget_class_bind_template_callback (widget_class, on_customer_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_tell);
  gtk_widget_class_bind_template_callback (widget_class, on_listed);
  gtk_widget_class_bind_template_callback (widget_class, on_empty_acted);
  gtk_widget_class_set_layout_manager_type (widget_class, CB_TYPE_PAGE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "cb-board-page");
}

static void
cb_board_page_init (CbBoardPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_empty_state_set (self->empty, "cb-check-symbolic", _ ("Nothing is to be done"),
                      _ ("What customers ask for and what is promised to them stands here by its "
                         "day."),
                      _ ("Back to the counter"));
}

GtkWidget *
cb_board_page_new (CbStore *store)
{
  CbBoardPage *self = g_object_new (CB_TYPE_BOARD_PAGE, NULL);

  cb_errands_set_store (self->errands, store, FALSE);
  return GTK_WIDGET (self);
}
