/* SPDX-License-Identifier: Apache-2.0 */

/* A shop with a window: a store of its own in a temporary directory, the looks of the program, and
 * the short ways in which a test sees and touches a screen as a person would. */

#pragma once

#include <gtk/gtk.h>

#include "cb-test-book.h"
#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TEST_PIN "482915"

typedef struct
{
  CbTestBook book; /* the same store as another process has it */
  CbStore *store;
  char *mara;   /* a customer: English, phone and email */
  char *jurgen; /* another: no contact */
} CbUiWorld;

/* In place of g_test_init(): GTK, resources, looks. */
void cb_ui_world_init (int *argc, char ***argv);

/* An open store with two customers, nobody signed in. */
void cb_ui_world_set_up (CbUiWorld *world, gconstpointer data);
void cb_ui_world_tear_down (CbUiWorld *world, gconstpointer data);

/* The associate, or another of the book's staff, without a screen. */
void cb_ui_world_sign_in (CbUiWorld *world);
void cb_ui_world_sign_in_as (CbUiWorld *world, CbStaff *staff);

/* A window around a page, mapped and laid out. */
GtkWindow *cb_ui_world_show (GtkWidget *page, int width, int height);

/* The first one below (or at) `root` that is shown; NULL when there is none. */
GtkWidget *cb_ui_find_type (GtkWidget *root, GType type);
GtkWidget *cb_ui_find_button (GtkWidget *root, const char *label);
gboolean cb_ui_shows (GtkWidget *root, const char *text);

void cb_ui_click (GtkWidget *button);

/* As if the key were pressed while the widget has the focus; asks its controllers alone. */
gboolean cb_ui_press (GtkWidget *widget, guint keyval, GdkModifierType state);

/* Nothing takes this long but on a machine that is very busy, or that watches its memory. */
#ifdef __SANITIZE_ADDRESS__
#define CB_UI_PATIENCE_S 180
#else
#define CB_UI_PATIENCE_S 60
#endif

/* Spins the main loop; fails the test after a while. */
#define CB_UI_UNTIL(condition)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 cb_end_us = g_get_monotonic_time () + CB_UI_PATIENCE_S * G_USEC_PER_SEC;                \
                                                                                                   \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, cb_end_us);                                   \
        g_main_context_iteration (NULL, FALSE);                                                    \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* Lets everything that is ready happen, a frame included. */
void cb_ui_settle (void);

G_END_DECLS
