/* SPDX-License-Identifier: Apache-2.0 */

/* The service without its network: takes a batch, gives the answer, and keeps the book and its
 * ledger in step. What it answers is on disk. One thread. */

#pragma once

#include "base/cb-clock.h"
#include "service/cb-storage.h"

G_BEGIN_DECLS

typedef struct _CbService CbService;

/* Takes the storage, also when it fails. Carries out what only the ledger knows. */
CbService *cb_service_new (CbStorage *storage,
                           const char *database,
                           CbClock *clock,
                           GError **error);
void cb_service_free (CbService *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbService, cb_service_free)

CbStorage *cb_service_get_storage (CbService *self);
CbClock *cb_service_get_clock (CbService *self);
const CbIdentity *cb_service_get_identity (CbService *self);

/* Does the database answer? CB_STORAGE_ERROR_AWAY or CB_STORE_ERROR when it does not. */
gboolean cb_service_is_well (CbService *self, GError **error);

/* Applies a batch and writes the answer, one line an operation and a trailer. One spoilt operation
 * spoils no other. CB_PROTOCOL_ERROR_TOO_LARGE for the batch as a whole; CB_STORE_ERROR when
 * nothing of it was kept. `n_ops` counts the lines. */
gboolean cb_service_push (CbService *self,
                          const CbTerminalRow *terminal,
                          GBytes *body,
                          GString *reply,
                          guint *n_ops,
                          GError **error);

/* How many operations had which answer since the start; `code` is "" where it has none. */
typedef void (*CbCountFunc) (const char *state, const char *code, guint64 n, gpointer data);
void cb_service_walk_counts (CbService *self, CbCountFunc on_count, gpointer data);

typedef enum
{
  CB_TOLD,
  CB_TOLD_OF_OTHERS, /* the cursor is of another history */
  CB_TOLD_AHEAD,     /* the cursor is ahead: this database is older than what it told */
  CB_TOLD_BEHIND,    /* the terminal is older than it was, or stands twice */
  CB_TOLD_NOTHING,   /* the database stumbled: `error` */
} CbTold;

/* A page of what was decided behind the cursor, NULL for everything, and notes that the terminal
 * has kept what lies before it. */
CbTold cb_service_tell_changes (CbService *self,
                                const CbTerminalRow *terminal,
                                const char *cursor,
                                GString *reply,
                                GError **error);

typedef struct
{
  gboolean has_any; /* on the page, or among the records */
  gint64 head;      /* at which that was so */
} CbNewsFound;

/* The same for a terminal that would wait: the page says as well whether records came behind the
 * cursor. `found` may be NULL: it would not. */
CbTold cb_service_tell_waiting (CbService *self,
                                const CbTerminalRow *terminal,
                                const char *cursor,
                                CbNewsFound *found,
                                GString *reply,
                                GError **error);

/* A page of the records and yeses that other terminals put for this terminal's shop behind the
 * cursor, by customer. */
CbTold cb_service_tell_records (CbService *self,
                                const CbTerminalRow *terminal,
                                const char *cursor,
                                GString *reply,
                                GError **error);

/* The newest number that is told. */
gboolean cb_service_read_head (CbService *self, gint64 *head, GError **error);

/* Decided at the centre, on a customer's word: as if a terminal had sent it. FALSE with
 * CB_PROTOCOL_ERROR when the ids or codes are none. */
gboolean cb_service_erase (CbService *self, const char *customer, GError **error);
gboolean cb_service_withdraw (CbService *self,
                              const char *customer,
                              const char *purpose,
                              const char *channel,
                              GError **error);

/* That a terminal or a key is shut out, where no older copy of the database brings it back; before
 * the commit. */
gboolean cb_service_note_revoked (CbService *self, const char *id, GError **error);
gboolean cb_service_note_wipe (CbService *self, const char *id, GError **error);

/* A no that another channel was told: the reply to a letter, the page of a web shop. Whoever says
 * it again, because the answer was lost, says it under the same id and at the same time. */
typedef struct
{
  const char *op;
  const char *purpose; /* NULL: every purpose of outreach */
  const char *channel; /* NULL: by no way at all */
  const char *at;      /* when they said so */
} CbOptOut;

typedef enum
{
  CB_OPT_OUT_DONE,
  CB_OPT_OUT_GONE,    /* the customer is erased */
  CB_OPT_OUT_ID_USED, /* for something else */
  CB_OPT_OUT_FAILED,  /* CB_PROTOCOL_ERROR when it says nothing that could be meant */
} CbOptOutEnd;

/* All of it at once. */
CbOptOutEnd cb_service_opt_out (CbService *self,
                                const char *customer,
                                const CbOptOut *no,
                                GError **error);

/* Does something deleted still stand in the database's files? Scrubbing is quick and done at once;
 * rewriting finds the last copies, takes long on a large database, and waits for an idle moment.
 * BUSY is a reason to try again. */
gboolean cb_service_wants_scrub (CbService *self);
gboolean cb_service_scrub (CbService *self, GError **error);
gboolean cb_service_wants_rewrite (CbService *self);
gboolean cb_service_rewrite (CbService *self, GError **error);

G_END_DECLS
