/* SPDX-License-Identifier: Apache-2.0 */

/* A shop with one customer's page in a window of its own, the associate signed in. */

#pragma once

#include "cb-ui-world.h"
#include "customer/cb-customer-page.h"

G_BEGIN_DECLS

typedef struct
{
  CbUiWorld world;
  CbDraftShelf *shelf;
  CbCustomerPage *page;
  GtkWindow *window;
} CbUiPage;

void cb_ui_page_set_up (CbUiPage *fixture, gconstpointer data);
void cb_ui_page_tear_down (CbUiPage *fixture, gconstpointer data);

G_END_DECLS
