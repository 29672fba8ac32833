/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-window-private.h"

#include "turned/cb-turned-words.h"

gboolean
cb_window_is_on_screen (CbWindow *self, const char *screen)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->screens), screen) == 0;
}

gboolean
cb_window_is_on_page (CbWindow *self, gpointer page)
{
  return page != NULL && cb_window_is_on_screen (self, SCREEN_WORK) &&
         gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (page);
}

void
cb_window_show_screen (CbWindow *self, const char *screen)
{
  gtk_stack_set_visible_child_name (self->screens, screen);
  cb_window_update_actions (self);
}

/* What was cut, copied or merely selected here belongs to nobody's next visit. */
static void
empty_clipboards (CbWindow *self)
{
  GdkClipboard *clipboards[] = {
    gtk_widget_get_clipboard (GTK_WIDGET (self)),
    gtk_widget_get_primary_clipboard (GTK_WIDGET (self)),
  };

  for (guint i = 0; i < G_N_ELEMENTS (clipboards); i++)
    {
      if (gdk_clipboard_is_local (clipboards[i]))
        gdk_clipboard_set_content (clipboards[i], NULL);
    }
}

void
cb_window_part_from_customer (CbWindow *self)
{
  cb_forms_leave (self->forms);
  empty_clipboards (self);
}

/* Of pages that show several customers nothing stays behind. */
static void
leave_lists (CbWindow *self)
{
  cb_board_page_clear (self->board);
  if (self->review != NULL)
    cb_review_page_clear (self->review);
}

void
cb_window_show_counter (CbWindow *self)
{
  cb_customer_page_close (self->customer);
  leave_lists (self);
  cb_window_part_from_customer (self);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->counter));
  cb_window_show_screen (self, SCREEN_WORK);
  cb_counter_page_start (self->counter);
}

void
cb_window_show_customer (CbWindow *self, const char *customer_id)
{
  cb_sheet_close (self->sheet);
  leave_lists (self);
  cb_window_part_from_customer (self);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->customer));
  cb_window_show_screen (self, SCREEN_WORK);
  cb_customer_page_open (self->customer, customer_id);
}

void
cb_window_show_import (CbWindow *self)
{
  cb_sheet_close (self->sheet);
  cb_customer_page_close (self->customer);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->import));
  cb_window_show_screen (self, SCREEN_WORK);
  cb_import_page_start (self->import);
}

void
cb_window_show_board (CbWindow *self)
{
  cb_sheet_close (self->sheet);
  cb_customer_page_close (self->customer);
  leave_lists (self);
  cb_window_part_from_customer (self);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->board));
  cb_window_show_screen (self, SCREEN_WORK);
  cb_board_page_start (self->board);
}

void
cb_window_show_review (CbWindow *self)
{
  cb_sheet_close (self->sheet);
  cb_customer_page_close (self->customer);
  cb_window_part_from_customer (self);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->review));
  cb_window_show_screen (self, SCREEN_WORK);
  cb_review_page_start (self->review);
}

/* --- the turned screen and the way back --- */

/* No control has the focus at first: a ring around an answer would be a nudge. */
static void
show_turned (CbWindow *self)
{
  cb_window_show_screen (self, SCREEN_TURNED);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

void
cb_window_cover (CbWindow *self)
{
  const char *language = cb_turned_page_get_language (self->turned);

  cb_turned_page_cover (self->turned);
  cb_window_show_screen (self, SCREEN_COVER);
  cb_cover_page_show (self->cover, cb_turned_words (CB_TURNED_THANKS, language),
                      cb_turned_words (CB_TURNED_BACK, language));
}

void
cb_window_turn (CbWindow *self, const char *purpose)
{
  CbDossier *dossier = cb_customer_page_get_dossier (self->customer);

  if (dossier == NULL)
    return;
  cb_sheet_close (self->sheet);
  cb_window_part_from_customer (self);
  cb_turned_page_show (self->turned, dossier, purpose);
  show_turned (self);
}

void
cb_window_turn_record (CbWindow *self, gboolean is_shown)
{
  CbDossier *dossier = cb_customer_page_get_dossier (self->customer);

  if (dossier == NULL)
    return;
  cb_sheet_close (self->sheet);
  cb_window_part_from_customer (self);
  cb_turned_page_show_record (self->turned, dossier, cb_customer_page_get_purpose (self->customer),
                              is_shown);
  cb_window_show_screen (self, SCREEN_TURNED);
}

void
cb_window_uncover (CbWindow *self)
{
  show_turned (self);
}

void
cb_window_resume (CbWindow *self)
{
  gboolean is_erased = cb_turned_page_is_erased (self->turned);

  cb_turned_page_clear (self->turned);
  if (is_erased)
    {
      cb_window_show_counter (self);
      return;
    }
  cb_window_show_screen (self, SCREEN_WORK);
  cb_customer_page_write (self->customer);
}
