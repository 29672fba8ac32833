/* SPDX-License-Identifier: Apache-2.0 */

/* What of a damaged store can be told to be right: each row is taken out of the file below SQLite
 * (db/cb-pages.h), and goes into the new one when it has the shape of its table, when every sealed
 * value of it opens, and when the customer it belongs to is there. A page of which nobody says any
 * more what it is of goes by what its rows are. The audit is told apart by its chain.
 *
 * Says how many rows of which table could not be saved, and nothing of what was in them. */

#pragma once

#include "db/cb-db.h"
#include "db/cb-pages.h"
#include "store/cb-book.h"
#include "vault/cb-vault.h"

G_BEGIN_DECLS

typedef struct
{
  char *name; /* of the table */
  guint n_saved;
  guint n_lost; /* at least so many; of a customer the card alone, where their key is there */
} CbSalvaged;

typedef struct _CbSalvage CbSalvage;

/* Both are the caller's and outlive it. */
CbSalvage *cb_salvage_new (CbPages *pages);
void cb_salvage_free (CbSalvage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSalvage, cb_salvage_free)

/* --- before there is a new one --- */

/* NULL when it is not there any more. */
char *cb_salvage_dup_setting (CbSalvage *self, const char *key);

/* Whether its tables, as far as they are told, are those of `db`, but for what is damaged. */
gboolean cb_salvage_is_of_schema (CbSalvage *self, CbDb *db);

/* Whether all of the file's own list of tables can be read. Where it can't, a table of which every
 * row is lost may be missing without a number. */
gboolean cb_salvage_has_whole_list (CbSalvage *self);

/* How many of the wrapped keys in it the vault opens, of the first few. */
guint cb_salvage_count_keys (CbSalvage *self, CbVault *vault);

/* --- into the new one --- */

/* `book` has a database with this build's schema and nothing in it, inside a write without foreign
 * keys; its vault is unlocked. First the settings and the store's own keys, which the seals of the
 * rest need, then the rest. */
gboolean cb_salvage_fill_keys (CbSalvage *self, CbBook *book, GError **error);
gboolean cb_salvage_fill (CbSalvage *self, CbBook *book, GError **error);

/* An answer whose row could not be saved, and of which an index still tells that there was one:
 * what it said is not known. */
typedef struct
{
  char *customer;
  char *purpose;
  char *channel;
  gint64 seq;
} CbLostAnswer;

void cb_lost_answer_free (CbLostAnswer *self);

/* After all is filled: whether answers or conditions are missing that the back-up may have. */
gboolean cb_salvage_may_lack_answers (CbSalvage *self);

/* After that: adds to `answers`, and to `conditions` what a yes was bound to. FALSE where
 * some may be lost without anybody knowing whose. */
gboolean cb_salvage_list_lost (CbSalvage *self, GPtrArray *answers, GPtrArray *conditions);

/* Of CbSalvaged, those of which there was anything. */
GPtrArray *cb_salvage_list (CbSalvage *self);

G_END_DECLS
