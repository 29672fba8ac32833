/* SPDX-License-Identifier: Apache-2.0 */

/* One type over four files: the window itself with its session and its veil (cb-window.c), which
 * screen is shown (cb-window-screens.c), whom a card opens (cb-window-scan.c), and what the actions
 * win.* do (cb-window-actions.c).
 * Included by those alone. */

#pragma once

#include "customer/cb-customer-page.h"
#include "manager/cb-import-page.h"
#include "manager/cb-review-page.h"
#include "models/cb-draft-shelf.h"
#include "shell/cb-cover-page.h"
#include "shell/cb-forms.h"
#include "shell/cb-lock-page.h"
#include "shell/cb-sync-chip.h"
#include "shell/cb-veil.h"
#include "shell/cb-window.h"
#include "turned/cb-turned-page.h"
#include "visit/cb-board-page.h"
#include "visit/cb-counter-page.h"
#include "widgets/cb-empty-state.h"
#include "widgets/cb-sheet.h"

G_BEGIN_DECLS

/* Names of the pages of `screens`. */
#define SCREEN_LOCK "lock"
#define SCREEN_WORK "work"
#define SCREEN_TURNED "turned"
#define SCREEN_COVER "cover"

struct _CbWindow
{
  GtkApplicationWindow parent_instance;

  GtkStack *screens;
  CbEmptyState *trouble;
  GtkStack *pages;
  GtkLabel *shop;
  CbSyncChip *chip;
  GtkLabel *initials;
  GtkLabel *actor;
  CbSheet *sheet;
  CbVeil *veil;

  CbStore *store;
  CbDraftShelf *shelf;
  CbLockPage *lock; /* pages are the stack's; these borrow */
  CbCounterPage *counter;
  CbBoardPage *board;
  CbCustomerPage *customer;
  CbTurnedPage *turned;
  CbCoverPage *cover;
  CbImportPage *import; /* NULL unless a manager is signed in */
  char *import_folder;
  CbReviewPage *review; /* the same */
  CbForms *forms;
  GtkWidget *veiled_focus; /* weak: had the focus before the veil */
};

/* --- which screen is shown --- */

gboolean cb_window_is_on_screen (CbWindow *self, const char *screen);

/* A page of `pages`, or NULL. */
gboolean cb_window_is_on_page (CbWindow *self, gpointer page);

void cb_window_show_screen (CbWindow *self, const char *screen);
void cb_window_show_counter (CbWindow *self);
void cb_window_show_customer (CbWindow *self, const char *customer_id);

void cb_window_show_board (CbWindow *self);

/* There must be one: a manager is signed in. */
void cb_window_show_import (CbWindow *self);
void cb_window_show_review (CbWindow *self);

/* Nothing of one customer reaches the next: neither what was copied nor what was about to open. */
void cb_window_part_from_customer (CbWindow *self);

/* The way of a turned screen: to the customer, covered when it is handed back, from there either
 * back to the customer or, after a PIN, on with the work. */
void cb_window_turn (CbWindow *self, const char *purpose);
void cb_window_turn_record (CbWindow *self, gboolean is_shown);
void cb_window_cover (CbWindow *self);
void cb_window_uncover (CbWindow *self);
void cb_window_resume (CbWindow *self);

/* --- actions --- */

/* Once, when the template is there. */
void cb_window_add_actions (CbWindow *self);
void cb_window_add_keys (GtkWidgetClass *widget_class);

/* After every change of screen or page. */
void cb_window_update_actions (CbWindow *self);

G_END_DECLS
