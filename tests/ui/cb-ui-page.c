/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-ui-page.h"

void
cb_ui_page_set_up (CbUiPage *fixture, gconstpointer data)
{
  cb_ui_world_set_up (&fixture->world, NULL);
  cb_ui_world_sign_in (&fixture->world);
  fixture->shelf = cb_draft_shelf_new (fixture->world.store);
  fixture->page = CB_CUSTOMER_PAGE (cb_customer_page_new (fixture->world.store, fixture->shelf));
  fixture->window = cb_ui_world_show (GTK_WIDGET (fixture->page), 1024, 700);
}

void
cb_ui_page_tear_down (CbUiPage *fixture, gconstpointer data)
{
  gpointer shelf = fixture->shelf;

  gtk_window_destroy (fixture->window);
  /* It lives until what it is writing is written. */
  g_object_add_weak_pointer (G_OBJECT (shelf), &shelf);
  g_object_unref (fixture->shelf);
  CB_UI_UNTIL (shelf == NULL);
  cb_ui_world_tear_down (&fixture->world, NULL);
}
