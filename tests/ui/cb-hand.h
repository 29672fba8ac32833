/* SPDX-License-Identifier: Apache-2.0 */

/* A hand and an eye for the scenes: they touch what is on the screen and wait for what comes.
 * Nothing here has a return for failure: what does not come ends the test. */

#pragma once

#include "cb-screens.h"

G_BEGIN_DECLS

/* As long as such things get outside of novels. */
#define CB_LONG_GIVEN "Maximiliane Friederike Annegret"
#define CB_LONG_FAMILY "Freifrau von Hohenstein-Wolfenbüttel"
#define CB_LONG_EMAIL "maximiliane.friederike.hohenstein-wolfenbuettel@example.com"

GtkWidget *cb_hand_whole (CbScreens *screens);
/* The one of that type that is on the screen, counted from 0; waits for it. */
GtkWidget *cb_hand_nth (CbScreens *screens, GType type, guint number);
GtkWidget *cb_hand_page (CbScreens *screens, GType type);
/* Until the text is on the screen. */
void cb_hand_await (CbScreens *screens, const char *text);
/* Whose label it is and not only part of it; NULL when none is on the screen. */
GtkWidget *cb_hand_find_button (GtkWidget *root, const char *label);
void cb_hand_press (CbScreens *screens, const char *label);

/* From here on no file grows. */
void cb_hand_fill_disk (void);
void cb_hand_free_disk (void);
/* On a full disk; until the button may be pressed again. */
void cb_hand_press_in_vain (CbScreens *screens, const char *label);
void cb_hand_press_icon (CbScreens *screens, const char *icon);
void cb_hand_press_part (CbScreens *screens, GType type, const char *part);
void cb_hand_act (CbScreens *screens, const char *action);
void cb_hand_press_digits (GtkWidget *widget, const char *digits);
void cb_hand_set_entry (CbScreens *screens, GtkWidget *within, guint number, const char *text);
/* Into the composer, without saving it. */
void cb_hand_write_note (CbScreens *screens, const char *text);
/* On the lock page. */
void cb_hand_choose_person (CbScreens *screens, const char *name);
void cb_hand_search (CbScreens *screens, const char *text);
/* By what is typed at the counter; until the page of `name` is there. */
void cb_hand_open_customer (CbScreens *screens, const char *typed, const char *name);

typedef struct
{
  const char *part; /* of the page, and of its stack */
  const char *icon;
  const char *title;
  const char *body;
  const char *action; /* or NULL */
} CbHandEmpty;

/* What a page shows when it could not read something, or has nothing to show, where a book that is
 * whole and full never brings it about. */
void cb_hand_show_empty (CbScreens *screens,
                         GType type,
                         const char *stack,
                         const CbHandEmpty *empty);

G_END_DECLS
