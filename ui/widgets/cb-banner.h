/* SPDX-License-Identifier: Apache-2.0 */

/* One sentence that stays until it is dismissed or replaced, with at most one thing to do about it.
 * It never covers what somebody is typing. Signal "acted": the button was pressed. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  CB_BANNER_NOTE,    /* good to know */
  CB_BANNER_PROBLEM, /* something did not work; nothing is lost */
} CbBannerKind;

#define CB_TYPE_BANNER (cb_banner_get_type ())
G_DECLARE_FINAL_TYPE (CbBanner, cb_banner, CB, BANNER, GtkWidget)

GtkWidget *cb_banner_new (void);

/* `action` is the button's label; NULL shows none. */
void cb_banner_show (CbBanner *self, CbBannerKind kind, const char *text, const char *action);
void cb_banner_hide (CbBanner *self);

G_END_DECLS
