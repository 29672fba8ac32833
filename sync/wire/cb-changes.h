/* SPDX-License-Identifier: Apache-2.0 */

/* A page of what was decided elsewhere, as it travels: one line a change, in the order of their
 * numbers, then a trailer that says where to go on. Pure; any thread. */

#pragma once

#include "base/cb-json.h"
#include "store/cb-incoming.h"

G_BEGIN_DECLS

#define CB_CURSOR_MAX 64

/* Each writes its line and the newline. */
void cb_changes_write_erased (gint64 n, const char *customer, GString *into);
void cb_changes_write_withdrawn (gint64 n,
                                 const char *customer,
                                 const char *purpose,
                                 const char *channel,
                                 const char *withdrawal,
                                 GString *into);
void cb_changes_write_trailer (const char *cursor, gboolean has_more, gint64 head, GString *into);

/* Has the trailer of the page that ends there say that records came as well. */
void cb_changes_mark_arrived (GString *page);

/* FALSE when it is none. */
gboolean cb_changes_read_trailer (JsonObject *object,
                                  char **cursor,
                                  gboolean *has_more,
                                  gint64 *head);

typedef struct
{
  GPtrArray *changes; /* of CbIncoming */
  char *cursor;       /* where the page ends: for the next, once this one is on the disk */
  gboolean has_more;
  gboolean has_arrived; /* there are records to ask for; said to those who waited */
  gint64 head;          /* the service's newest change number */
} CbChangesPage;

/* Whole or not at all: a page that was cut, or that says what this version does not know, is
 * CB_PROTOCOL_ERROR_INVALID, for the cursor behind it would pass over something. */
CbChangesPage *cb_changes_page_parse (GBytes *reply, GError **error);
void cb_changes_page_free (CbChangesPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbChangesPage, cb_changes_page_free)

G_END_DECLS
