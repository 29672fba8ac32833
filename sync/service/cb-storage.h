/* SPDX-License-Identifier: Apache-2.0 */

/* What the service needs of a database, so that its rules know none. One object, one thread. Every
 * lookup answers TRUE when the row is there, FALSE without an error when it is not. Errors are
 * CB_STORE_ERROR and CB_STORAGE_ERROR. Lookups and changes of the book stand inside begin and
 * commit; `begin` is told all that the transaction is about, so that a database across a network
 * may fetch at once what is looked up later, and write in sets when it commits: an operation may
 * stumble there only. */

#pragma once

#include <glib.h>

#include "base/cb-clock.h"
#include "base/cb-id.h"
#include "wire/cb-envelope.h"
#include "wire/cb-spans.h"

G_BEGIN_DECLS

/* So long contacts are kept: the longest time that a frequency can be agreed for. */
#define CB_CONTACTS_KEPT_US (365 * CB_US_PER_DAY)

#define CB_HASH_BYTES 32
#define CB_PUBLIC_KEY_BYTES 32
#define CB_CHAIN_KEY_BYTES 32

#define CB_STORAGE_ERROR (cb_storage_error_quark ())

typedef enum
{
  CB_STORAGE_ERROR_AWAY, /* the database cannot be reached; whether it has committed is not known */
  CB_STORAGE_ERROR_AGAIN /* others were in the way: the same transaction at once may go well */
} CbStorageError;

GQuark cb_storage_error_quark (void);

typedef char CbIdText[CB_ID_LENGTH + 1]; /* "" is none */

/* --- rows; texts are owned by the row --- */

typedef struct
{
  guint8 hash[CB_ENVELOPE_HASH_BYTES];
  gint64 n;
} CbAppliedRow;

typedef struct
{
  CbIdText op;
  char *purpose;
  char *store;
  gboolean is_ended;
} CbGrantRow;

typedef struct
{
  char *customer;
  char *purpose;
  char *channel;
  char *state; /* "given", "refused", "withdrawn" */
  CbIdText grant;
  CbIdText withdrawal;
  char *evidence; /* JSON or NULL; personal */
  char *store;
  CbIdText version;
  gint64 n;
  char *captured;     /* of a told yes alone: when it was given */
  gboolean is_stored; /* it was read from the database */
} CbAnswerRow;

typedef struct
{
  char *customer;
  char *key;
  char *kind;
  char *scope;
  char *store;
  char *purpose;
  CbIdText grant;
  CbIdText version;
  gint64 n;
  char *body;     /* JSON; personal */
  char *author;   /* of a profile's alone */
  char *captured; /* likewise */
} CbRecordRow;

typedef struct
{
  CbIdText id;
  char *store;
  guint8 public_key[CB_PUBLIC_KEY_BYTES];
  gboolean is_revoked;
  gint64 wipe_us;       /* since when it is to destroy what it holds; 0: it is not */
  gint64 heard_n;       /* walked terminals alone: how far it has heard and kept what was decided */
  gint64 heard_us;      /* since when; 0: it never asked */
  CbIdText incarnation; /* of this request alone: which life of its store speaks; "" unknown */
  CbSpans own;          /* likewise: what it sent itself and knows of */
} CbTerminalRow;

/* In the place of a shop's name: no shop is known, and each may be meant. */
#define CB_STORE_EVERY "*"

/* Whose operation it is: what is sent from there is not told there again. */
typedef struct
{
  const char *store;
  const char *source; /* an incarnation, or "" */
} CbOrigin;

/* Something that was decided: somebody is erased, or the answer to a purpose knows an end. */
typedef struct
{
  gint64 n;
  CbIdText customer;
  char *purpose; /* NULL: erased */
  char *channel;
  CbIdText withdrawal;
} CbChangeRow;

/* A yes that stands, with all that was said with it. */
typedef struct
{
  CbIdText op;
  char *purpose;
  CbIdText saw;
  char *captured;
  char *evidence; /* JSON; personal */
} CbStandingRow;

/* What a shop's terminals may have of one customer. */
typedef struct
{
  GPtrArray *answers; /* of CbStandingRow */
  GPtrArray *records; /* of CbRecordRow, with author and captured, the card first */
} CbProfileRow;

/* That one of the retailer's other systems contacted somebody; purpose and channel are words of
 * closed lists, the code's own. */
typedef struct
{
  CbIdText op;
  const char *purpose;
  const char *channel;
  gint64 at_us;
} CbContactRow;

/* What the retailer's other systems may have of one customer: the answers to what goes beyond the
 * shop and the request, and the records that are everybody's. */
typedef struct
{
  GPtrArray *answers;  /* of CbAnswerRow */
  GPtrArray *records;  /* of CbRecordRow, with author and captured, the card first */
  GArray *contacts;    /* of CbContactRow, the newest first */
  gboolean is_counted; /* whether who asks is counted with them; nobody is who only looks */
} CbToldRow;

/* A key of one of those systems. */
typedef struct
{
  CbIdText id;
  char *name;
  char *scopes; /* as cb-keys.h writes them */
  gint64 made_us;
  gint64 revoked_us; /* 0: it holds */
} CbKeyRow;

/* What an operator watches. */
typedef struct
{
  gint64 head;
  gint64 n_terminals;
  gint64 n_revoked;
  gint64 n_behind;   /* terminals in use that have not heard of every erasure */
  gint64 unheard_us; /* since when the oldest of those waits to be heard of; 0: none, or unknown */
} CbMeasures;

typedef enum
{
  CB_NEWS_ERASED,
  CB_NEWS_ANSWER,
  CB_NEWS_RECORD,
} CbNewsSort;

/* Something that those systems are told of. */
typedef struct
{
  gint64 n;
  CbIdText customer;
  CbNewsSort sort;
  char *purpose; /* of an answer alone */
  char *channel;
  char *state;
} CbNewsRow;

/* What the database knows of itself; borrowed for its life. */
typedef struct
{
  CbIdText epoch;
  guint8 chain_key[CB_CHAIN_KEY_BYTES];
  guint8 nonce_key[CB_HASH_BYTES];
} CbIdentity;

void cb_grant_row_clear (CbGrantRow *row);
void cb_answer_row_clear (CbAnswerRow *row);
void cb_answer_row_drop_evidence (CbAnswerRow *row); /* wiped */
void cb_answer_row_free (CbAnswerRow *row);
void cb_record_row_clear (CbRecordRow *row);
void cb_record_row_set_body (CbRecordRow *row, const char *body, gsize length); /* NULL: none */
void cb_record_row_free (CbRecordRow *row);
void cb_terminal_row_clear (CbTerminalRow *row);
void cb_change_row_free (CbChangeRow *row);
CbProfileRow *cb_profile_row_new (void);
void cb_profile_row_free (CbProfileRow *row);
CbToldRow *cb_told_row_new (void);
void cb_told_row_free (CbToldRow *row);
void cb_key_row_clear (CbKeyRow *row);
char *cb_storage_write_stores (GPtrArray *stores); /* of texts, as a list that a database takes */
const char *cb_contact_word (const char *text);    /* the code's own, or "" for none of them */
void cb_news_row_free (CbNewsRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbGrantRow, cb_grant_row_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbAnswerRow, cb_answer_row_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbRecordRow, cb_record_row_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbTerminalRow, cb_terminal_row_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbKeyRow, cb_key_row_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbProfileRow, cb_profile_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbToldRow, cb_told_row_free)

/* Where a new history begins, the numbers go on this far behind those of the copy: none that was
 * given after it is given again, so a number names one change in all of them. */
#define CB_STORAGE_LEAP (G_GINT64_CONSTANT (1) << 32)

/* --- the interface --- */

typedef struct _CbStorage CbStorage;

/* FALSE stops the walk. */
typedef gboolean (*CbRecordFunc) (const CbRecordRow *row, gpointer data);
typedef gboolean (*CbAnswerFunc) (const CbAnswerRow *row, gpointer data);
typedef gboolean (*CbTerminalFunc) (const CbTerminalRow *row, gpointer data);
typedef gboolean (*CbKeyFunc) (const CbKeyRow *row, gpointer data);
typedef void (*CbReportFunc) (const char *line, gboolean is_problem, gpointer data);

typedef struct
{
  void (*close) (CbStorage *self);
  const CbIdentity *(*get_identity) (CbStorage *self);

  /* Does the database answer? Outside of transactions. */
  gboolean (*ping) (CbStorage *self, GError **error);

  /* Transactions. `envelopes` is the batch, `customers` the ids of those to be forgotten; the book
   * is looked into and changed for these alone, and both may be NULL. */
  gboolean (*begin) (CbStorage *self, GPtrArray *envelopes, GPtrArray *customers, GError **error);
  /* The number that those to be given follow. Where others write at the same time it stands for a
   * number that only the commit knows, and lies above every number there is. */
  gboolean (*get_head) (CbStorage *self, gint64 *head, GError **error);
  /* `head` goes in as the number given last and comes out as what it became: every number above the
   * one that get_head answered has moved by the difference. NULL when none was given. */
  gboolean (*commit) (CbStorage *self, gint64 *head, GError **error);
  void (*rollback) (CbStorage *self);

  /* A mark is a place to come back to; keeping it writes what was changed since. */
  gboolean (*mark) (CbStorage *self, GError **error);
  gboolean (*keep_mark) (CbStorage *self, GError **error);
  gboolean (*back_to_mark) (CbStorage *self, GError **error);

  /* What was done. */
  gboolean (*find_applied) (CbStorage *self, const char *op, CbAppliedRow *row, GError **error);
  gboolean (*add_applied) (CbStorage *self, const CbEnvelope *envelope, gint64 n, GError **error);
  gboolean (*find_erased) (CbStorage *self, const char *customer, gint64 *n, GError **error);
  gboolean (
    *add_erased) (CbStorage *self, const char *customer, gint64 n, gint64 now_us, GError **error);
  /* Those of the ids, texts both, that are not known as erased. Needs no transaction. */
  GPtrArray *(*list_unerased) (CbStorage *self, GPtrArray *customers, GError **error);
  /* Every row of the customer; no more than `applied` ids stay. */
  gboolean (*forget_customer) (CbStorage *self, const char *customer, GError **error);

  /* Answers. */
  gboolean (*find_grant) (CbStorage *self,
                          const char *customer,
                          const char *op,
                          CbGrantRow *row,
                          GError **error);
  /* The newest yes that still stands; of that store when `store` is not NULL. */
  gboolean (*find_standing) (CbStorage *self,
                             const char *customer,
                             const char *purpose,
                             const char *channel,
                             const char *store,
                             CbGrantRow *row,
                             GError **error);
  gboolean (*add_grant) (CbStorage *self,
                         const CbEnvelope *envelope,
                         const CbOrigin *origin,
                         gint64 n,
                         GError **error);
  /* Ends those that did not see `withdrawal`; their evidence goes. */
  gboolean (*end_grants) (CbStorage *self,
                          const char *customer,
                          const char *purpose,
                          const char *channel,
                          const char *withdrawal,
                          GError **error);
  gboolean (*find_answer) (CbStorage *self,
                           const char *customer,
                           const char *purpose,
                           const char *channel,
                           CbAnswerRow *row,
                           GError **error);
  /* The channels that have an answer, as texts. */
  GPtrArray *(*list_channels) (CbStorage *self,
                               const char *customer,
                               const char *purpose,
                               GError **error);
  gboolean (*put_answer) (CbStorage *self, const CbAnswerRow *row, GError **error);

  /* Records. */
  gboolean (*find_record) (CbStorage *self,
                           const char *customer,
                           const char *key,
                           CbRecordRow *row,
                           GError **error);
  gboolean (*put_record) (CbStorage *self,
                          const CbEnvelope *envelope,
                          const CbOrigin *origin,
                          gint64 n,
                          gboolean is_new,
                          GError **error);
  /* Those that rest on a yes that has ended, as CbRecordRow without bodies. */
  GPtrArray *(*list_adrift) (CbStorage *self, const char *customer, GError **error);
  gboolean (*move_record) (CbStorage *self, const CbRecordRow *row, GError **error);
  gboolean (*delete_record) (CbStorage *self,
                             const char *customer,
                             const char *key,
                             GError **error);

  /* Terminals. */
  gboolean (*add_code) (CbStorage *self,
                        const guint8 *hash,
                        const char *store,
                        gint64 expires_us,
                        GError **error);
  /* The code is gone after this; `store` is NULL when there was none that still held. */
  gboolean (
    *take_code) (CbStorage *self, const guint8 *hash, gint64 now_us, char **store, GError **error);
  gboolean (*put_terminal) (CbStorage *self,
                            const CbTerminalRow *row,
                            gint64 now_us,
                            GError **error);
  gboolean (*find_terminal) (CbStorage *self, const char *id, CbTerminalRow *row, GError **error);
  gboolean (*find_terminal_by_key) (CbStorage *self,
                                    const guint8 *public_key,
                                    CbTerminalRow *row,
                                    GError **error);
  gboolean (*revoke_terminal) (CbStorage *self, const char *id, gint64 now_us, GError **error);
  /* That it is to destroy what it holds; the first time counts. */
  gboolean (*order_wipe) (CbStorage *self, const char *id, gint64 now_us, GError **error);
  /* FALSE without an error when it was used before. */
  gboolean (*use_nonce) (CbStorage *self,
                         const guint8 *hash,
                         gsize length,
                         gint64 expires_us,
                         GError **error);
  gboolean (*add_token) (CbStorage *self,
                         const guint8 *hash,
                         const char *terminal,
                         gint64 expires_us,
                         GError **error);
  /* The terminal that a token speaks for, while it holds. */
  gboolean (*find_by_token) (CbStorage *self,
                             const guint8 *hash,
                             gint64 now_us,
                             CbTerminalRow *row,
                             GError **error);
  /* Codes, tokens and nonces whose time is over, and contacts that no condition reaches back to. */
  gboolean (*sweep) (CbStorage *self, gint64 now_us, GError **error);

  /* Telling. What was decided behind `after` and concerns the terminal, as CbChangeRow in the order
   * of their numbers, at most `limit`, and the head that they were read at: one snapshot. */
  GPtrArray *(*list_changes) (CbStorage *self,
                              const char *terminal,
                              gint64 after,
                              guint limit,
                              gint64 *head,
                              GError **error);
  /* Whose records or yeses came behind `after` from elsewhere, for a terminal of that store: as
   * CbChangeRow of number and customer alone, in the order of their numbers, at most `limit`, and
   * the head that they were read at. */
  GPtrArray *(*list_arrived) (CbStorage *self,
                              const CbTerminalRow *terminal,
                              gint64 after,
                              guint limit,
                              gint64 *head,
                              GError **error);
  /* Those of the stores, texts, whose terminals may have something to hear that came behind
   * `after`, CB_STORE_EVERY among them where it concerns all; more than that may be said, never
   * less. And the head that they were read at. */
  GPtrArray *(
    *list_moved) (CbStorage *self, GPtrArray *stores, gint64 after, gint64 *head, GError **error);
  /* What a terminal of that store may have of them. */
  CbProfileRow *(*read_profile) (CbStorage *self,
                                 const char *customer,
                                 const char *store,
                                 GError **error);
  /* That the terminal has kept everything up to `n`. TRUE in `is_behind`, and nothing is noted,
   * when the same incarnation said more than that before; NULL: it begins anew. Needs no
   * transaction. */
  gboolean (*note_heard) (CbStorage *self,
                          const CbTerminalRow *terminal,
                          gint64 n,
                          gint64 now_us,
                          gboolean *is_behind,
                          GError **error);
  gboolean (*walk_terminals) (CbStorage *self,
                              CbTerminalFunc on_terminal,
                              gpointer data,
                              GError **error);

  /* The retailer's other systems. Revoking needs a transaction, and is FALSE without an error when
   * there is no such key; a revoked key is still found. */
  gboolean (*add_key) (CbStorage *self, const CbKeyRow *row, const guint8 *hash, GError **error);
  gboolean (*find_key) (CbStorage *self, const guint8 *hash, CbKeyRow *row, GError **error);
  gboolean (*revoke_key) (CbStorage *self, const char *id, gint64 now_us, GError **error);
  gboolean (*walk_keys) (CbStorage *self, CbKeyFunc on_key, gpointer data, GError **error);
  /* What they may have of a customer, the answers no newer than the records; empty for nobody. In a
   * transaction or outside. */
  CbToldRow *(*read_told) (CbStorage *self, const char *customer, GError **error);
  /* Of two transactions about the same customer the second waits until the first has ended; batches
   * lock their own. Within a transaction and before anything is read in it. */
  gboolean (*lock_customer) (CbStorage *self, const char *customer, GError **error);
  gboolean (*add_contact) (CbStorage *self,
                           const char *customer,
                           const CbContactRow *row,
                           GError **error);
  /* What happened behind `after`, as CbNewsRow in the order of their numbers, at most `limit`, and
   * the head that they were read at: one snapshot. */
  GPtrArray *(
    *list_news) (CbStorage *self, gint64 after, guint limit, gint64 *head, GError **error);

  /* Looking, in one snapshot each, beside whoever writes. */
  gboolean (*walk) (CbStorage *self,
                    CbRecordFunc on_record,
                    CbAnswerFunc on_answer,
                    gpointer data,
                    GError **error);
  gboolean (*inspect) (CbStorage *self, CbReportFunc report, gpointer data, GError **error);
  gboolean (*measure) (CbStorage *self, CbMeasures *measures, GError **error);

  /* What was deleted leaves the files too: notes in a transaction that something was, empties what
   * still holds it, and rewrites what may hold older copies of it. The last two FALSE with
   * CB_STORE_ERROR_BUSY while somebody reads; the last takes as long as the database is large. */
  gboolean (*note_purge) (CbStorage *self, GError **error);
  gboolean (*is_purge_noted) (CbStorage *self, GError **error);
  gboolean (*scrub) (CbStorage *self, GError **error);
  gboolean (*rewrite) (CbStorage *self, GError **error);
} CbStorageMethods;

struct _CbStorage
{
  const CbStorageMethods *methods;
};

G_END_DECLS
