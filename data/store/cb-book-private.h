/* SPDX-License-Identifier: Apache-2.0 */

/* One type over several files: what the files of the book share. Included by data/store and its
 * tests only. */

#pragma once

#include "base/cb-id.h"
#include "base/cb-json.h"
#include "base/cb-timekeeper.h"
#include "db/cb-db.h"
#include "search/cb-index.h"
#include "store/cb-arrival.h"
#include "store/cb-book.h"
#include "store/cb-canaries.h"
#include "store/cb-door.h"
#include "store/cb-queue-private.h"
#include "vault/cb-seal.h"
#include "vault/cb-vault.h"

G_BEGIN_DECLS

/* The store's own keys, unwrapped while the book is unlocked. */
typedef struct
{
  CbKey book;  /* seals staff names, erase operations, the terminal's secrets */
  CbKey local; /* exact look-up inside this store; never changes */
  CbKey audit;
  CbKey chain; /* exact look-up across shops; only when has_chain */
  gboolean has_chain;

  CbKey customer;                     /* the one that the running transaction asked for last */
  char customer_id[CB_ID_LENGTH + 1]; /* "": none */
  guint64 customer_transaction;
} CbBookKeys;

struct _CbBook
{
  GObject parent_instance;

  char *home;
  char *state_root;
  char *state_directory;
  char *store_id;
  char *name;
  char *region;
  guint keep_unasked_days;
  guint keep_silent_days;     /* since the last visit */
  char *visited;              /* the customer whose visit is open in this process, or NULL */
  char *identified;           /* the customer who showed who they are, or NULL */
  gint64 identified_until_us; /* by the machine's monotonic clock */
  CbClock *clock;

  CbDb *db;
  CbDoor *door;
  CbVault *vault;
  GCancellable *given_up; /* what takes long ends with it; NULL: never */
  CbBookKeys *keys;       /* sodium_malloc; NULL while locked */
  int store_lock;
  CbCanaries *canaries; /* of the erased, until their traces were looked for; NULL: none */
  int sync_lock;
  gint64 data_version;
  gint64 audit_seq; /* the newest row this process has seen */

  CbIndex *index;
  gboolean is_index_ready;
  gboolean index_has_names;
  gint64 index_last_visit_us; /* where the next piece goes on */
  gint64 index_last_row;
  guint index_done;
  guint index_total;

  gboolean reads_in_part; /* what does not open is counted and passed over */
  guint n_unread;

  GPtrArray *missing_copies; /* CbMissingCopy that nobody was told of */

  GArray *owed; /* readings that wait to be written down; NULL: none may */
  guint n_paid; /* of them, in the transaction that is open */
  gboolean is_writing;
  guint n_written; /* transactions that were committed */

  char *board_read; /* by whom, and until when it is the same day; NULL: by nobody */

  GPtrArray *touched;     /* of char *, since the last take */
  GHashTable *is_touched; /* the same, borrowed: an import touches thousands */
  GHashTable *unindexed;  /* of char *: whom the index has to read anew */
  GPtrArray *new_notes;   /* of CbNote: of those whom it need not */
  gboolean is_outbox_touched;
  gint64 n_accepted; /* -1: count again */
  gint64 last_accepted_us;
};

/* A connection with the functions that the views ask. */
CbDb *cb_book_open_connection (const char *home, gboolean create, CbClock *clock, GError **error);

/* FALSE with G_IO_ERROR_CANCELLED. Asked between the pieces of what takes long. */
gboolean cb_book_goes_on (CbBook *self, GError **error);

/* --- transactions: every act is one --- */

/* Unlocks the keys when they are not, begins, and notices a rotation by another process. */
gboolean cb_book_begin (CbBook *self, GError **error);
gboolean cb_book_begin_read (CbBook *self, GError **error);

/* Commits, then brings the index up to date with whom the act touched. */
gboolean cb_book_commit (CbBook *self, GError **error);

/* Inside a write: the index and the screens must look at this customer again. */
void cb_book_touch (CbBook *self, const char *customer);

/* The same of a new record, which the index does not hold; of a note, which it does. */
void cb_book_touch_record (CbBook *self, const char *customer);
void cb_book_touch_note (CbBook *self, CbNote *note);

/* --- what is damaged --- */

/* A reading that shows what can be shown; no write may rest on it. Ended by the other, which
 * answers how much could not be opened. */
void cb_book_begin_in_part (CbBook *self);
guint cb_book_end_in_part (CbBook *self);

/* In such a reading: forgets the error of a value that does not open. */
gboolean cb_book_pass_over (CbBook *self, GError **error);

/* --- keys --- */

/* Begins as `begin` does, with the keys of the epoch that the transaction sees; the other is for
 * what needs the keys alone, inside a transaction or not. */
gboolean cb_book_begin_unlocked (CbBook *self,
                                 gboolean (*begin) (CbDb *, GError **),
                                 GError **error);
gboolean cb_book_unlock (CbBook *self, GError **error);
void cb_book_wipe_keys (CbBook *self);
gboolean cb_book_get_customer_key (CbBook *self, const char *customer, CbKey *key, GError **error);
void cb_book_forget_customer_key (CbBook *self);
GBytes *cb_book_hash_contact (const CbKey *key, const char *kind, const char *normal);

/* The last of a store that is made ready to take another's place: its keys are changed and opened
 * again, its audit and its file are gone through, and all of it is in the database's one file. */
gboolean cb_book_prove_restored (CbBook *self, GError **error);

/* The language of a customer's card; NULL when there is none. */
char *cb_book_dup_language (CbBook *self, const char *customer);

/* The card, opened. */
CbCustomer *cb_book_read_customer (CbBook *self, const char *customer, GError **error);

/* --- customers, inside a write --- */

/* CB_STORE_ERROR_INVALID with a reason that quotes nothing and lives as long as the program. */
gboolean cb_book_check_customer (const CbCustomerDraft *draft, GError **error);

/* `origin` goes into the audit row; NULL is the counter. */
gboolean cb_book_write_customer (CbBook *self,
                                 CbStaff *actor,
                                 const char *id,
                                 const CbCustomerDraft *draft,
                                 const char *origin,
                                 GError **error);

/* Names and language only. */
gboolean cb_book_set_card (CbBook *self,
                           const CbKey *key,
                           const char *customer,
                           const CbCustomerDraft *draft,
                           GError **error);

/* --- contacts: `kind` is "email" or "phone"; writing is inside a write --- */

/* What two ways of typing one address or number have in common. To be wiped. */
char *cb_book_normalise_contact (CbBook *self, const char *kind, const char *value);

gboolean cb_book_add_contact (CbBook *self,
                              const CbKey *key,
                              const char *customer,
                              const char *kind,
                              guint position,
                              const char *value,
                              GError **error);

/* Those of a customer who has none of this kind yet; NULL is none. */
gboolean cb_book_add_contacts (CbBook *self,
                               const CbKey *key,
                               const char *customer,
                               const char *kind,
                               char *const *values,
                               GError **error);

/* What a statement answers as an id and a sealed column, opened: a new vector of texts, each to be
 * wiped. */
gboolean cb_book_read_values (CbBook *self,
                              CbStmt *stmt,
                              const CbKey *key,
                              const char *column,
                              char ***values,
                              GError **error);

/* In their order. `values` is a new vector of texts, each to be wiped. */
gboolean cb_book_read_contacts (CbBook *self,
                                const CbKey *key,
                                const char *customer,
                                const char *kind,
                                char ***values,
                                GError **error);

void cb_book_wipe_values (char **values);

/* The emails and the phones that their owner confirmed; as above. */
gboolean cb_book_read_confirmed (CbBook *self,
                                 const CbKey *key,
                                 const char *customer,
                                 char ***values,
                                 GError **error);

/* That the owner of a value confirmed it, where it is one of theirs; an earlier day stays. */
gboolean cb_book_mark_verified (CbBook *self,
                                const char *customer,
                                const char *value,
                                gint64 at_us,
                                GError **error);

/* Inside a write: the card leaves again as it stands by then. */
gboolean cb_book_queue_card (CbBook *self, CbStaff *actor, const char *customer, GError **error);

/* What stays keeps its row and what was found out about it. */
gboolean cb_book_set_contacts (CbBook *self,
                               const CbKey *key,
                               const char *customer,
                               const char *kind,
                               char *const *values,
                               GError **error);

/* --- the numbers on their cards, inside a write and a read --- */

GBytes *cb_book_hash_card_number (CbBook *self, const char *value);
gboolean cb_book_add_card_numbers (CbBook *self,
                                   const CbKey *key,
                                   const char *customer,
                                   char *const *numbers,
                                   GError **error);

/* In their order. `numbers` is a new vector of texts, each to be wiped. */
gboolean cb_book_read_card_numbers (CbBook *self,
                                    const CbKey *key,
                                    const char *customer,
                                    char ***numbers,
                                    GError **error);

/* Whom a line of the till means. */
typedef struct
{
  char *customer;      /* NULL: nobody here; free it */
  gboolean is_named;   /* the line says something of them */
  gboolean is_several; /* what it says fits more than one */
} CbBuyer;

/* By a number or an id, else an email, else a phone; each may be NULL. */
gboolean cb_book_find_buyer (CbBook *self,
                             const char *number,
                             const char *email,
                             const char *phone,
                             CbBuyer *buyer,
                             GError **error);

/* --- what an old book brought --- */

/* Erases imported cards whose day has come and that are all that is known of somebody, at most so
 * many; counts them in `n_ended`. */
gboolean cb_book_end_imported (CbBook *self,
                               gint64 now_us,
                               guint most,
                               guint *n_ended,
                               GError **error);

/* Imported cards that nobody has agreed to are kept so long. */
#define CB_IMPORTED_KEEP_DAYS 365

/* Something about this customer came from the old book: "still right?" is to be asked. */
gboolean cb_book_mark_unconfirmed (CbBook *self, const char *customer, GError **error);

/* Since when it is to be asked; 0 when it is not. */
gboolean cb_book_read_unconfirmed (CbBook *self,
                                   const char *customer,
                                   gint64 *since_us,
                                   GError **error);

/* --- drafts, inside a write --- */

gboolean cb_book_end_draft (CbBook *self,
                            CbStaff *author,
                            const char *customer,
                            const char *about,
                            GError **error);
gboolean cb_book_end_drafts (CbBook *self, gint64 now_us, GError **error);

/* --- a store that is gone --- */

/* CB_STORE_ERROR_LOST where back-ups of one are there; the message says where. */
gboolean cb_book_check_not_lost (const char *home, GError **error);

/* Makes CB_STORE_ERROR_LOST of an error that there is no store, where that is more to the point. */
void cb_book_tell_lost (const char *home, GError **error);

/* Under another name in the same place; none there is as good. */
gboolean cb_book_put_backups_aside (const char *home, CbClock *clock, GError **error);

/* A back-up that is another store's gets a name of its own beside it. */
gboolean cb_book_keep_foreign_backup (CbBook *self, const char *path, GError **error);

/* --- settings and counters --- */

/* What of the settings is kept in the book itself. */
gboolean cb_book_load_settings (CbBook *self, GError **error);

/* Where the pages end of what was decided elsewhere: a word of the service that is enrolled with.
 */
#define CB_SETTING_CURSOR "cursor"
#define CB_SETTING_RECORDS_CURSOR "cursor-records"

/* The newest turn at which it came into doubt whether what was acknowledged is still here. */
#define CB_SETTING_DOUBTED_TURN "doubted-turn"

/* The moment of a back-up that was put back while nobody here knew what was erased and taken back
 * since, as text; "" or absent: it is known. */
#define CB_SETTING_UNHEARD "unheard-since"
gboolean cb_book_begin_unheard (CbBook *self, gint64 since_us, GError **error);

/* Both cursors go back to the beginning, and nothing of before is said to be known. */
gboolean cb_book_forget_told (CbBook *self, GError **error);

/* What the service acknowledged is offered to one that may not have it; in a transaction. */
gboolean cb_book_offer_again (CbBook *self, GError **error);

gboolean cb_book_put_setting (CbDb *db, const char *key, const char *value, GError **error);
gboolean cb_book_set_setting (CbBook *self, const char *key, const char *value, GError **error);

/* Inside a write: from now on the service tells this store from any copy of it. */
gboolean cb_book_begin_incarnation (CbBook *self, GError **error);
gint64 cb_book_next_turn (CbBook *self, GError **error); /* 0 on error */

/* CB_STORE_ERROR_NOT_FOUND when there is no such customer. */
gboolean cb_book_require_customer (CbBook *self, const char *customer, GError **error);

/* The same, and CB_STORE_ERROR_FORBIDDEN for an associate whose customer wants the record left as
 * it is. */
gboolean cb_book_require_open (CbBook *self, CbStaff *actor, const char *customer, GError **error);

/* --- roles --- */

typedef enum
{
  CB_ACT_SEE_CUSTOMERS,
  CB_ACT_WRITE_CUSTOMERS,
  CB_ACT_LIST_CUSTOMERS,
  CB_ACT_IMPORT,
  CB_ACT_REQUESTS,
  CB_ACT_CONSENT,
  CB_ACT_ERASE,
  CB_ACT_EXPORT,
  CB_ACT_AUDIT,
  CB_ACT_RESTRICT,
  CB_ACT_RELEASE,
  CB_ACT_STAFF,
  CB_ACT_RETRY,
  CB_ACT_RESOLVE,
  CB_ACT_DISCARD,
  CB_ACT_BACK_UP,
  CB_ACT_SEE_ENDS,
  CB_ACT_CONFIRM_TIME,
  CB_ACT_CONFIRM_ERASURES,
  CB_ACT_REVIEW,
  CB_ACT_SAMPLE,
} CbAct;

gboolean cb_book_require (CbBook *self, CbStaff *actor, CbAct act, GError **error);

/* The same, or that it is done for the customer, who showed who they are. */
gboolean cb_book_require_theirs (CbBook *self,
                                 CbStaff *actor,
                                 CbAct act,
                                 const char *customer,
                                 GError **error);
const char *cb_book_actor_id (CbStaff *actor);

/* --- what time it is, when something is to be deleted --- */

gboolean cb_book_read_timekeeper (CbBook *self, CbTimekeeper *keeper, GError **error);

/* Whether the moment should be remembered; remembering it is inside a write. */
gboolean cb_book_is_time_worth_keeping (CbBook *self,
                                        const CbTimeState *state,
                                        gboolean *worth,
                                        GError **error);
gboolean cb_book_keep_time (CbBook *self, GError **error);

/* --- who wants to be left alone --- */

/* Inside a write. */
gboolean cb_book_write_restricted (CbBook *self,
                                   CbStaff *actor,
                                   const char *customer,
                                   gboolean is_restricted,
                                   GError **error);
gboolean cb_book_is_restricted (CbBook *self,
                                const char *customer,
                                gboolean *is_restricted,
                                GError **error);

/* --- who has not been here for as long as anybody is kept --- */

/* Whether anybody is to be listed or erased; the other does it, inside a write, at most so many. */
gboolean cb_book_is_anybody_silent (CbBook *self, gint64 now_us, gboolean *is_due, GError **error);
gboolean cb_book_end_silent (CbBook *self,
                             gint64 now_us,
                             guint most,
                             guint *n_ended,
                             GError **error);

/* --- audit --- */

gboolean cb_book_audit (CbBook *self,
                        CbStaff *actor,
                        const char *action,
                        const char *customer,
                        const char *object,
                        const char *code,
                        GError **error);

#define CB_READ_RECORD "customer.read"
#define CB_READ_WORDS "note.found"     /* words of a note stood in an answer to a search */
#define CB_READ_CONSENT "consent.read" /* what is permitted */
#define CB_READ_NOTE "note.review"     /* one note, by whoever decides about it */

/* That somebody read something of a customer, then. */
gboolean cb_book_audit_reading (CbBook *self,
                                gint64 at_us,
                                const char *staff,
                                const char *customer,
                                const char *action,
                                GError **error);

/* --- readings that a disk has no room for (cb-book-owed.c) --- */

/* Remembers one of CB_READ_…; FALSE when none may wait, or so many do already. */
gboolean cb_book_owe_reading (CbBook *self,
                              CbStaff *actor,
                              const char *customer,
                              const char *action);

/* Whether it waits from a time that ends with the same day. */
gboolean cb_book_is_owed (CbBook *self,
                          CbStaff *actor,
                          const char *customer,
                          const char *action,
                          gint64 day_end_us);

/* The disk takes nothing, and it is no other failure. */
gboolean cb_book_is_of_the_disk (const GError *error);

/* First thing inside a write, and after its commit. */
gboolean cb_book_pay_readings (CbBook *self, GError **error);
void cb_book_forget_paid (CbBook *self);

/* Of the attached database `replaced`, inside a write: the rows that followed on what both have in
 * common. `is_whole` is FALSE when not all of them could be read or did not fit together. */
gboolean cb_book_carry_audit (CbBook *self, guint *n_carried, gboolean *is_whole, GError **error);

/* Of the same, inside a write: each no that the customers here said there, what is frozen or
 * closed, who has left, and where copies lie that customers took home. What can't be read makes
 * `is_whole` FALSE and is no error. */
gboolean cb_book_carry_noes (CbBook *self,
                             CbStaff *actor,
                             guint *n_carried,
                             gboolean *is_whole,
                             GError **error);

/* Inside a write, into an audit that is empty: those of CbAuditRow, in the order of their numbers,
 * that are chained to the one before them. Behind a gap they are chained anew, and a row says so.
 */
gboolean cb_book_refill_audit (CbBook *self,
                               GPtrArray *rows,
                               guint *n_kept,
                               guint *n_lost,
                               GError **error);

/* Of somebody who objects and is erased stay hashes of what they can be reached by: nobody asks
 * them again when their address comes in once more. Inside a write, before they are forgotten. */
gboolean cb_book_suppress_contacts (CbBook *self,
                                    CbStaff *actor,
                                    const char *customer,
                                    GError **error);

/* --- the kinds of record --- */

typedef struct
{
  const char *kind;            /* in the outbox, in keys, in the audit: "note" */
  const char *set_version;     /* NULL: it never leaves */
  const char *restore_version; /* ... if it is still that of an operation */
  const char *list_living;     /* of a customer; NULL: it lives as long as they are known */
  const char *set_life;
  const char *list_ended; /* what has had its day */
  const char *list_ends;  /* what will have had it by then */
  const char *end;

  /* The body, from its sealed column. NULL on error. */
  JsonObject *(*encode) (CbBook *self, const CbKey *key, const char *record, GError **error);

  /* Another terminal's, in place of what is here of it; its life is reckoned afterwards. `is_taken`
   * FALSE: it says what this build does not understand. */
  gboolean (*take) (CbBook *self,
                    const CbKey *key,
                    const char *customer,
                    const char *purpose,
                    const CbArrivedRecord *record,
                    gboolean *is_taken,
                    GError **error);
} CbRecordKind;

const CbRecordKind *cb_book_get_kinds (guint *n_kinds);
const CbRecordKind *cb_book_find_kind (const char *kind); /* NULL: there is none */

/* --- the lives of a record --- */

/* A request nobody marked as done is not kept for ever. */
#define CB_ASKED_DAYS_MAX 365

/* What decides how long a record is kept. */
typedef struct
{
  CbLife life; /* in: as it was; out: as it is */
  gint64 ends_us;
  gint64 until_us; /* in: its own end, of a request that stands, of an event; 0: it has none */
} CbLifetime;

/* Somebody who was writing about a customer a moment ago is still with them: `since` is the
 * parameter that says how long ago. */
#define CB_WRITING_US (4 * 60 * 60 * CB_US_PER_SECOND)
#define CB_NOT_WRITTEN_ABOUT(table, since)                                                         \
  " AND NOT EXISTS (SELECT 1 FROM draft AS d WHERE d.customer = " table                            \
  ".customer AND d.written_us > " since ")"

/* How a record lives while its owner's is frozen. */
CbLifetime cb_book_freeze_life (CbBook *self, const CbLifetime *before);

/* A new record starts as CB_LIFE_UNASKED with an end of 0. `permission` is the verdict on its
 * purpose. */
void cb_book_reckon_life (CbBook *self,
                          CbPermission *permission,
                          CbIntent intent,
                          gint64 created_us,
                          CbLifetime *lifetime);

/* Marks that the customer was here, then reckons life, end and outbox row of each of their records:
 * after an answer, a withdrawal, a capture. Inside a write. */
gboolean cb_book_reckon_customer (CbBook *self, const char *customer, GError **error);

/* The same of somebody who is not here: what they said came another way. */
gboolean cb_book_reckon_absent (CbBook *self, const char *customer, GError **error);

/* They were here then, which is heard of now; the same where it is news. */
gboolean cb_book_note_visit (CbBook *self, const char *customer, gint64 at_us, GError **error);

/* The same after a capture that changed nothing but one record: unless the customer is here for the
 * first time today, no other record's life can have changed. `kind`: NULL when cb_book_put() has
 * judged the record already. */
gboolean cb_book_reckon_capture (CbBook *self,
                                 const char *customer,
                                 const char *kind,
                                 const char *record,
                                 GError **error);

/* --- consent, inside a transaction --- */

/* The verdict without role and audit. */
CbPermission *cb_book_read_permission (CbBook *self,
                                       const char *customer,
                                       const char *purpose,
                                       CbChannel channel,
                                       GError **error);

/* The same of a contact for a reason of its own. */
CbPermission *cb_book_read_permission_for (CbBook *self,
                                           const char *customer,
                                           const char *purpose,
                                           CbChannel channel,
                                           CbCircumstance circumstance,
                                           GError **error);

/* "email" or "phone"; "" where nothing of the kind is kept. */
const char *cb_book_contact_kind (CbChannel channel);

/* Of CbSaidConditions, those that stand: of one purpose or, when it is NULL, of all; those of the
 * channel and of every way alike, or all of them for CB_CHANNEL_NONE. */
GPtrArray *cb_book_read_conditions (CbBook *self,
                                    const char *customer,
                                    const char *purpose,
                                    CbChannel channel,
                                    GError **error);

/* Of CbUnanswered. */
GPtrArray *cb_book_read_unanswered (CbBook *self, const char *customer, GError **error);

/* A part of the verdict, for what is permitted so far: turns it into a no where a condition of
 * theirs is not met at this moment. */
gboolean cb_book_judge_conditions (CbBook *self,
                                   const char *customer,
                                   CbCircumstance circumstance,
                                   CbPermissionFields *fields,
                                   GError **error);

/* Inside a write: without telling the service. */
gboolean cb_book_write_conditions (CbBook *self,
                                   CbStaff *actor,
                                   const char *customer,
                                   const CbConditionsDraft *draft,
                                   GError **error);

/* Inside a write: the standing yeses to be contacted are told anew, with what they are bound to
 * now. Of one purpose (NULL: all) and channel (CB_CHANNEL_NONE: all). */
gboolean cb_book_restate_grants (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 const char *purpose,
                                 CbChannel channel,
                                 GError **error);

/* Of the attached database `replaced`, inside a write: what was said there since to be contacted
 * less. */
gboolean cb_book_carry_conditions (CbBook *self,
                                   CbStaff *actor,
                                   gboolean *is_whole,
                                   GError **error);

JsonObject *cb_book_encode_conditions (const CbSaidConditions *said);

/* What a yes is bound to, for its evidence; nothing where nothing was said. */
gboolean cb_book_add_conditions (CbBook *self,
                                 const char *customer,
                                 const char *purpose,
                                 CbChannel channel,
                                 JsonObject *evidence,
                                 GError **error);

/* BUSY while another process syncs; held until cb_book_end_sync(). */
gboolean cb_book_take_sync_lock (CbBook *self, GError **error);

/* A withdrawal that the service told; nothing when it is known already. Within a transaction. */
gboolean cb_book_hear_withdrawal (CbBook *self, const CbIncoming *incoming, GError **error);

/* A no that was said elsewhere and came with a list: takes a standing yes back, else is remembered
 * as a refusal; what is a no already stays as it is. `entity` said it. The customer was not here:
 * nothing else changes.
 */
gboolean cb_book_record_imported_no (CbBook *self,
                                     CbStaff *actor,
                                     const char *customer,
                                     CbEntity entity,
                                     const char *purpose,
                                     CbChannel channel,
                                     GError **error);

/* A note under `asked` is itself the request: records it as the grant it rests on. */
gboolean cb_book_record_request (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 GError **error);

/* --- erasure --- */

/* What was erased can be read back from old pages with the old store key until a new one is in
 * place: inside the erasure's write the one, outside of any the other. Another process may have
 * done it meanwhile, which is as good. */
gboolean cb_book_want_rotation (CbBook *self, GError **error);
gboolean cb_book_rotate_if_due (CbBook *self, GError **error);

/* What the ledger names and the database still has. Not inside a transaction. */
gboolean cb_book_replay_ledger (CbBook *self, guint *n_erased, GError **error);

/* Inside a write, before they are gone: what must be found nowhere afterwards. */
gboolean cb_book_gather_canaries (CbBook *self, const char *customer, GError **error);
void cb_book_drop_canaries (CbBook *self);
extern const char cb_book_sql_list_sealed[];

/* What became of it, in a line for each. */
#define CB_LEDGER_PASS "pass"
#define CB_LEDGER_FAIL "fail"
gboolean cb_book_note_in_ledger (CbBook *self,
                                 GHashTable *erased,
                                 const char *result,
                                 GError **error);

/* What a statement tells of tombstones (customer, reason, executed_us) and the ledger has not. */
gboolean cb_book_complete_ledger (CbBook *self, const char *select, GError **error);

/* The store's own tombstones into the ledger, and then as cb_book_replay_ledger(). */
gboolean cb_book_settle_ledger (CbBook *self, guint *n_erased, GError **error);
gboolean cb_book_forget (CbBook *self,
                         const char *customer,
                         const char *reason,
                         const char *origin,
                         GError **error);

/* Inside a write: whoever's time has come, or who takes back what was never asked, is forgotten as
 * if by an erasure. The service is told when it can know of them. */
gboolean cb_book_end_customer (CbBook *self,
                               CbStaff *actor,
                               const char *customer,
                               CbEraseReason reason,
                               GError **error);

/* The service says that this customer is erased: they are forgotten here too. Inside a write. */
gboolean cb_book_record_gone (CbBook *self, const char *customer, GError **error);

/* --- reading for the dossier --- */

GPtrArray *cb_book_list_notes (CbBook *self, CbStaff *actor, const char *customer, GError **error);
GPtrArray *cb_book_list_preferences (CbBook *self,
                                     CbStaff *actor,
                                     const char *customer,
                                     GError **error);

GPtrArray *cb_book_read_requests (CbBook *self, const char *customer, GError **error);
GPtrArray *cb_book_read_occasions (CbBook *self,
                                   CbStaff *actor,
                                   const char *customer,
                                   GError **error);

/* Of CbPermission: every purpose without channel, then each channel of the outreach purposes. */
GPtrArray *cb_book_list_permissions (CbBook *self, const char *customer, GError **error);

GPtrArray *cb_book_read_wishes (CbBook *self, CbStaff *actor, const char *customer, GError **error);
GPtrArray *cb_book_read_used (CbBook *self, const char *customer, GError **error);
GPtrArray *cb_book_read_reaches (CbBook *self, const char *customer, GError **error);

/* NULL is what is not known. */
typedef struct
{
  char *home;
  char *associate;
  char *zone;
} CbBelonging;

void cb_belonging_clear (CbBelonging *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbBelonging, cb_belonging_clear)

gboolean cb_book_read_belonging (CbBook *self,
                                 const char *customer,
                                 CbBelonging *belonging,
                                 GError **error);

/* Inside a write: by the actor, now. */
gboolean cb_book_insert_reach (CbBook *self,
                               CbStaff *actor,
                               const CbReachFields *new,
                               GError **error);

/* Inside a write: what came of it where `permission` allows it, else that it was refused. `made` is
 * the id; may be NULL. */
gboolean cb_book_write_reach (CbBook *self,
                              CbStaff *actor,
                              CbPermission *permission,
                              const char *customer,
                              CbOutcome outcome,
                              const char *request,
                              char **made,
                              GError **error);

/* Of CbPurchase, the newest first. */
GPtrArray *cb_book_read_purchases (CbBook *self, const char *customer, GError **error);

/* What the catalogue calls an article; NULL when it does not know it. */
char *cb_book_dup_product_title (CbBook *self, const char *sku);

/* "Not yet asked" is seen by its author, by managers, and by who answers access requests. */
gboolean cb_book_may_see (CbStaff *actor, CbLife life, const char *author);

/* --- taking it home, inside a transaction --- */

/* The copy that a document is written for. */
typedef struct
{
  const char *id;
  const char *what; /* "export" or "access" */
  CbExportFormat format;
} CbCopy;

/* What they told us; everything that is kept about them. The schemas lie in data/exchange. */
JsonObject *cb_book_make_export (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 const CbCopy *copy,
                                 GError **error);
JsonObject *cb_book_make_access (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 const CbCopy *copy,
                                 GError **error);

/* What both begin with: format, copy, controller, person. `card` is borrowed. */
JsonObject *cb_book_begin_document (CbBook *self,
                                    CbStaff *actor,
                                    CbCustomer *card,
                                    const CbCopy *copy);

/* Every answer in its order, in the terms of ISO/IEC TS 27560 and DPV. */
JsonObject *cb_book_encode_consents (CbBook *self,
                                     const CbKey *key,
                                     const char *customer,
                                     GError **error);
JsonObject *cb_book_encode_told_unanswered (const CbUnanswered *unanswered);
JsonObject *cb_book_encode_told_note (CbNote *note);
JsonObject *cb_book_encode_told_preference (CbPreference *preference);
JsonObject *cb_book_encode_told_request (CbMatter *request);
JsonObject *cb_book_encode_told_occasion (CbOccasion *occasion);
JsonObject *cb_book_encode_told_purchase (CbPurchase *purchase);
JsonObject *cb_book_encode_told_wish (CbWish *wish);

/* Into `person`: which shop is theirs, and whose clock. */
gboolean cb_book_add_belonging (CbBook *self,
                                const char *customer,
                                JsonObject *person,
                                GError **error);
JsonObject *cb_book_encode_all_conditions (CbBook *self, const char *customer, GError **error);

/* After an erasure and outside of a transaction: the copies of whoever is gone. What can't be done
 * now is done later; nothing fails for it. */
void cb_book_try_to_reach_copies (CbBook *self);

/* Of whomever; tried once. */
void cb_book_remove_all_copies (CbBook *self);

/* "2026-11-21T19:04:05.123Z", or null for 0. */
void cb_book_set_time (JsonObject *object, const char *member, gint64 at_us);

/* --- index --- */

gboolean cb_book_index_customer (CbBook *self, const char *customer, GError **error);

/* One new note of somebody who is in the index, whole. */
void cb_book_index_note (CbBook *self, CbNote *note);

G_END_DECLS
