/* SPDX-License-Identifier: Apache-2.0 */

/* Whose notes' words stand on the screen in an answer to a search, and since when. What stood there
 * long enough to be read is told to the store, which writes it down: of each customer once, not for
 * every keystroke. One for each session. Main thread only. */

#pragma once

#include <gio/gio.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_SHOWN_WORDS (cb_shown_words_get_type ())
G_DECLARE_FINAL_TYPE (CbShownWords, cb_shown_words, CB, SHOWN_WORDS, GObject)

/* So long a row has to stand; who types on meanwhile changes nothing for a row that stays. */
#define CB_SHOWN_WORDS_MS 800

CbShownWords *cb_shown_words_new (CbStore *store);

/* What is on the screen now, of CbFound; NULL is nothing. */
void cb_shown_words_show (CbShownWords *self, GListModel *found);

G_END_DECLS
