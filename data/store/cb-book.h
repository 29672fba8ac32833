/* SPDX-License-Identifier: Apache-2.0 */

/* The open book: the store without threads. Everything that is kept is written and read here, in
 * one transaction an act, sealed, with its outbox rows and its audit row. CbStore runs it on
 * cb-store; programs without a window and tests may run it on a thread of theirs. One thread at a
 * time.
 *
 * `actor` is who does it; their role is checked here, where the work is done
 * (CB_STORE_ERROR_FORBIDDEN). NULL is the system itself: timers and the sync engine. */

#pragma once

#include <gio/gio.h>

#include "base/cb-clock.h"
#include "base/cb-timekeeper.h"
#include "records/cb-audit-row.h"
#include "records/cb-conflict.h"
#include "records/cb-dossier.h"
#include "records/cb-drafts.h"
#include "records/cb-ending.h"
#include "records/cb-errand.h"
#include "records/cb-found.h"
#include "records/cb-outbox-item.h"
#include "records/cb-permission.h"
#include "records/cb-product.h"
#include "records/cb-proof.h"
#include "records/cb-review.h"
#include "records/cb-said-conditions.h"
#include "records/cb-staff.h"
#include "records/cb-unanswered.h"
#include "records/cb-unsaved.h"
#include "store/cb-arrival.h"
#include "store/cb-import.h"
#include "store/cb-incoming.h"
#include "store/cb-outbox.h"
#include "store/cb-sync-state.h"

G_BEGIN_DECLS

#define CB_TYPE_BOOK (cb_book_get_type ())
G_DECLARE_FINAL_TYPE (CbBook, cb_book, CB, BOOK, GObject)

/* --- making, opening, locking --- */

/* Three years from the last visit, as the French authority recommends for customers' files. */
#define CB_KEEP_SILENT_DAYS 1095

typedef struct
{
  const char *name;       /* of the shop; NULL keeps what is there */
  const char *region;     /* "GB": whose national phone numbers are meant; NULL keeps */
  int keep_unasked_days;  /* 0 to 30; -1 keeps */
  const char *keep_basis; /* the recorded reason for keeping; needed when days > 0 */
  int keep_silent_days;   /* since the last visit, 90 to 3650; 0 keeps what is set */
  gboolean begins_anew;   /* though back-ups of a store that is gone are there: they go aside */
} CbBookOptions;

/* Makes the store, or changes its options when it is there. `recovery_code` is set only for a new
 * one; wipe it after showing it. CB_STORE_ERROR_LOST where one was, and its back-ups still are. */
CbBook *cb_book_create (const char *home,
                        const char *state_root,
                        CbClock *clock,
                        const CbBookOptions *options,
                        char **recovery_code,
                        GError **error);

/* Opens, migrates, replays the ledger of tombstones, leaves the keys unlocked. */
CbBook *cb_book_open (const char *home, const char *state_root, CbClock *clock, GError **error);

/* The same when the device key is lost: the recovery code opens the store, which is sealed to a new
 * device key from then on. Nobody else may have it open (CB_STORE_ERROR_BUSY). PINs that the old
 * device key went into have to be set anew. CB_STORE_ERROR_INVALID for a mistyped code. */
CbBook *cb_book_open_with_code (const char *home,
                                const char *state_root,
                                CbClock *clock,
                                const char *code,
                                GError **error);

/* A new store key, and a new recovery code when `recovery_code` is not NULL: the old one opens
 * neither the store nor later back-ups any more. Admins only; NULL is whoever had the old code. */
gboolean cb_book_reseal (CbBook *self, CbStaff *actor, char **recovery_code, GError **error);
void cb_book_close (CbBook *self);

/* Destroys the store, by order of the service: its keys, the database, its back-ups, and the copies
 * made for customers that still lie where they were put. Closes it, also when it fails; then the
 * next opening goes on with it. From here on it does not open: CB_STORE_ERROR_WIPED. */
gboolean cb_book_wipe (CbBook *self, GError **error);

/* Wipes keys and index. The next act unlocks the keys again by the device key. */
void cb_book_lock (CbBook *self);

const char *cb_book_get_store_id (CbBook *self);
const char *cb_book_get_name (CbBook *self);
guint cb_book_get_keep_unasked_days (CbBook *self);

/* Whom the last committed act touched (customer ids, "" for "may be anybody"), and whether the
 * outbox was touched; the call takes the list and clears it. */
GPtrArray *cb_book_take_touched (CbBook *self, gboolean *outbox);

/* Notices what another process committed: keys, index, touched list. */
gboolean cb_book_refresh (CbBook *self, GError **error);

/* Idle work: a checkpoint when the WAL has grown. */
void cb_book_do_idle (CbBook *self);

/* New store key, every key wrapped anew. Done after an erasure. */
gboolean cb_book_rotate (CbBook *self, GError **error);

/* --- staff --- */

/* The first, and the first admin, need no actor; others an admin. Answers the id. */
char *cb_book_add_staff (CbBook *self,
                         CbStaff *actor,
                         const char *name,
                         CbRole role,
                         const char *pin,
                         GError **error);
GPtrArray *cb_book_list_staff (CbBook *self, GError **error);
gboolean cb_book_disable_staff (CbBook *self, CbStaff *actor, const char *id, GError **error);

/* A new PIN, for one that was forgotten or that went with a lost device key; its tries begin anew.
 */
gboolean cb_book_set_pin (CbBook *self,
                          CbStaff *actor,
                          const char *id,
                          const char *pin,
                          GError **error);

/* By id, or by a name that only one of them has. */
CbStaff *cb_book_find_staff (CbBook *self, const char *id_or_name, GError **error);

/* The count of wrong tries is raised and committed before the PIN is verified. */
CbStaff *cb_book_sign_in (CbBook *self,
                          const char *staff_id,
                          const char *pin,
                          guint *tries_left,
                          gint64 *wait_until_us,
                          GError **error);

/* --- customers --- */

char *cb_book_add_customer (CbBook *self,
                            CbStaff *actor,
                            const CbCustomerDraft *draft,
                            GError **error);

/* Whose record is read is written down. Where it can't be, for the disk is full or can only be
 * read, it is not shown; unless readings may wait. */
CbDossier *cb_book_load_dossier (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 GError **error);

/* For a program that stays: from now on a reading that can't be written down is remembered, and
 * written with the next act that can be, or by cb_book_write_owed (). What is owed when the program
 * dies is lost. */
void cb_book_let_readings_wait (CbBook *self);
guint cb_book_count_owed (CbBook *self);
gboolean cb_book_write_owed (CbBook *self, GError **error);

/* Acts that were committed by this book; for whoever asks whether anything can be written. */
guint cb_book_count_written (CbBook *self);

/* Cards of CbCustomer by id, after `after` (NULL: from the first). Managers only; logged. */
GPtrArray *cb_book_list_customers (CbBook *self,
                                   CbStaff *actor,
                                   guint limit,
                                   const char *after,
                                   GError **error);

/* Brings in the next entries of an old book, in one transaction; `more` when there are further
 * ones. Managers only. Nothing of it may leave before its owner agrees. After a failure what was
 * counted is what is kept. */
gboolean cb_book_import_piece (CbBook *self,
                               CbStaff *actor,
                               CbImport *import,
                               gboolean *more,
                               GError **error);

/* "From the old book: still right?", with the customer in front of the associate. Confirming says
 * that the card is right; changing puts it right, names, language and contacts as in the draft (and
 * is permitted for any card). Either way it is their own word from then on: it is kept as long as a
 * card of today, and follows the card that has left, if they agreed to that. */
gboolean cb_book_confirm_customer (CbBook *self,
                                   CbStaff *actor,
                                   const char *customer,
                                   GError **error);
gboolean cb_book_change_customer (CbBook *self,
                                  CbStaff *actor,
                                  const char *customer,
                                  const CbCustomerDraft *draft,
                                  GError **error);

/* They want it left as it is: kept, and used for nothing, until it is released. Nothing of it
 * leaves or ends meanwhile, nobody is contacted, and associates do not see it: they can freeze it,
 * and managers and who answers for privacy can release it. */
gboolean cb_book_restrict_customer (CbBook *self,
                                    CbStaff *actor,
                                    const char *customer,
                                    gboolean is_restricted,
                                    GError **error);

/* They do not want to be in it: erased, with a tombstone. An associate may while the old book is
 * all that is known of them; else CB_STORE_ERROR_FORBIDDEN, and it is a manager's to erase. */
gboolean cb_book_remove_imported (CbBook *self,
                                  CbStaff *actor,
                                  const char *customer,
                                  GError **error);

/* The index in memory: begin, then pieces until it answers FALSE. */
gboolean cb_book_start_index (CbBook *self, GError **error);
gboolean cb_book_grow_index (CbBook *self, guint *done, guint *total, GError **error);
gboolean cb_book_is_index_ready (CbBook *self);
void cb_book_drop_index (CbBook *self);
GPtrArray *cb_book_find (CbBook *self,
                         CbStaff *actor,
                         const char *typed,
                         guint limit,
                         GError **error);

/* Whose card carries that number, whose id it is, or whose receipt: what a scanner reads.
 * CB_STORE_ERROR_NOT_FOUND for nobody, for several, and for an associate of whoever is restricted.
 * Free it. */
char *cb_book_find_card (CbBook *self, CbStaff *actor, const char *number, GError **error);

/* Words of their notes stood before the actor's eyes in an answer to a search: it is written down,
 * of each customer once a day, or waits as other readings do. For whoever shows what was found, and
 * not for every keystroke's answer. Who is not here any more is passed over. */
gboolean cb_book_log_shown (CbBook *self,
                            CbStaff *actor,
                            const char *const *customers,
                            GError **error);

/* --- capture --- */

CbNote *cb_book_add_note (CbBook *self,
                          CbStaff *actor,
                          const char *customer,
                          const CbNoteDraft *draft,
                          GError **error);
CbPreference *cb_book_set_preference (CbBook *self,
                                      CbStaff *actor,
                                      const char *customer,
                                      const CbPreferenceDraft *draft,
                                      GError **error);

/* Its author changes the words of a note: on the day it was written, or when it was returned to
 * them. It says so from then on, and what was on its way goes as it is now. */
CbNote *cb_book_correct_note (CbBook *self,
                              CbStaff *actor,
                              const char *id,
                              const char *text,
                              GError **error);

/* --- notes that a manager reads --- */

/* Of CbReview, what has waited longest first, what was escalated behind: for managers, and of what
 * was escalated for who answers for privacy; never the reader's own. Logged. */
GPtrArray *cb_book_list_reviews (CbBook *self, CbStaff *actor, guint limit, GError **error);

/* How many there are: ids, words and names stay where they are, so it is not logged. */
gboolean cb_book_count_reviews (CbBook *self, CbStaff *actor, guint *n_reviews, GError **error);

/* One of them, with its words: a reading, and written down. CB_STORE_ERROR_FORBIDDEN for a note of
 * one's own, _NOT_FOUND for one that waits for nobody. */
CbReview *cb_book_read_review (CbBook *self, CbStaff *actor, const char *note, GError **error);

/* Approved, returned, redacted or escalated. What is redacted is gone here at once, leaves the disk
 * with the cleaning (cb_book_clean ()), and is followed to the service; words can only be taken
 * out. */
gboolean cb_book_review (CbBook *self,
                         CbStaff *actor,
                         const char *note,
                         const CbReviewDraft *draft,
                         GError **error);

/* Of a hundred notes so many are read by lot; 10 until somebody says otherwise. Managers. */
gboolean cb_book_set_review_sample (CbBook *self, CbStaff *actor, guint percent, GError **error);

/* --- requests and promises --- */

/* A request rests on itself: its grant is recorded with it. Whoever sees the customer sees it. */
CbMatter *cb_book_add_request (CbBook *self,
                               CbStaff *actor,
                               const char *customer,
                               const CbMatterDraft *draft,
                               GError **error);

/* Of CbMatter, of everybody, by their day, those without one behind: what is open, and what is
 * closed and not yet ended if that is wanted. Associates and managers; logged. */
GPtrArray *cb_book_list_requests (CbBook *self,
                                  CbStaff *actor,
                                  gboolean with_closed,
                                  guint limit,
                                  GError **error);

/* `channel` is how they were told, CB_CHANNEL_NONE when they stood there; it is for that state
 * alone, and CB_STORE_ERROR_REFUSED when it is not permitted. A closed one may be opened again. */
CbMatter *cb_book_move_request (CbBook *self,
                                CbStaff *actor,
                                const char *id,
                                CbMatterState state,
                                CbChannel channel,
                                GError **error);

/* Of CbErrand: what is to be done for whom, by its day, and the days that matter within a week. For
 * today alone: what is due or overdue, and what arrived and nobody was told of. Logged as the lists
 * that it is made of, once a day. */
GPtrArray *cb_book_list_errands (CbBook *self,
                                 CbStaff *actor,
                                 gboolean today,
                                 guint limit,
                                 GError **error);

/* Of CbPermission: by which ways a customer may be told now that something arrived, and why not by
 * the others. A reading, and logged. */
GPtrArray *cb_book_list_ways (CbBook *self, CbStaff *actor, const char *customer, GError **error);

/* --- days that matter --- */

/* Kept for this shop, as a preference is, and never sent anywhere; an event ends by itself some
 * days after it. */
CbOccasion *cb_book_add_occasion (CbBook *self,
                                  CbStaff *actor,
                                  const char *customer,
                                  const CbOccasionDraft *draft,
                                  GError **error);

/* Of CbOccasion, of everybody: what is to be looked at from now until the end of the day in so many
 * days, by that day; a step that is overdue first. Associates and managers; logged. */
GPtrArray *cb_book_list_occasions (CbBook *self,
                                   CbStaff *actor,
                                   guint days,
                                   guint limit,
                                   GError **error);

/* A step was done, or was not after all; the day is still right; it is not, or no longer theirs. */
CbOccasion *cb_book_do_step (CbBook *self,
                             CbStaff *actor,
                             const char *step,
                             gboolean is_done,
                             GError **error);
CbOccasion *cb_book_confirm_occasion (CbBook *self, CbStaff *actor, const char *id, GError **error);
gboolean cb_book_remove_occasion (CbBook *self, CbStaff *actor, const char *id, GError **error);

/* They said it again: it is still right, and fades a year from now. */
CbPreference *cb_book_confirm_preference (CbBook *self,
                                          CbStaff *actor,
                                          const char *id,
                                          GError **error);

/* --- what they would like in return --- */

CbWish *cb_book_add_wish (CbBook *self,
                          CbStaff *actor,
                          const char *customer,
                          const char *text,
                          GError **error);
gboolean cb_book_remove_wish (CbBook *self, CbStaff *actor, const char *id, GError **error);

/* --- used for you --- */

/* A note or a preference helped its customer. */
gboolean cb_book_mark_used (CbBook *self, CbStaff *actor, const char *record, GError **error);

/* Of CbUsed: notes that were written down at least so many days ago and never helped, oldest first:
 * proposed for deletion. Managers; logged. */
GPtrArray *cb_book_list_unused (CbBook *self,
                                CbStaff *actor,
                                guint days,
                                guint limit,
                                GError **error);

/* --- the contact log --- */

/* The verdict is asked in the same act. Where it permits no such contact that is what is logged,
 * and CB_STORE_ERROR_REFUSED. Answers the id. */
char *cb_book_log_reach (CbBook *self,
                         CbStaff *actor,
                         const char *customer,
                         const CbReachDraft *draft,
                         GError **error);

/* --- where they belong --- */

/* The shop they call theirs, who usually serves them, and by whose clock their hours are meant. */
gboolean cb_book_set_belonging (CbBook *self,
                                CbStaff *actor,
                                const char *customer,
                                const CbBelongingDraft *draft,
                                GError **error);

/* --- the catalogue --- */

/* Of CbProduct by their number, after `after` (NULL: from the first). It is nobody's, so anybody's.
 */
GPtrArray *cb_book_list_products (CbBook *self, guint limit, const char *after, GError **error);

/* --- drafts --- */

/* What `author` began to write and has not saved, sealed under the customer's key; `customer` NULL
 * is somebody who is not in the book yet. It is theirs alone: nobody else finds it, whatever their
 * role. It replaces what was kept in its place, and an empty one takes that away. It ends as a note
 * that nobody was asked about. No operation, audit row or index knows of it. */
gboolean cb_book_keep_draft (CbBook *self,
                             CbStaff *author,
                             const char *customer,
                             const CbUnsaved *unsaved,
                             GError **error);

/* `about` as cb_unsaved_dup_about() says it. */
gboolean cb_book_drop_draft (CbBook *self,
                             CbStaff *author,
                             const char *customer,
                             const char *about,
                             GError **error);

/* Of CbUnsaved, the oldest first. */
GPtrArray *cb_book_list_drafts (CbBook *self,
                                CbStaff *author,
                                const char *customer,
                                GError **error);

/* --- retention --- */

/* Ends what has had its day, by a time that was confirmed or has gone on by itself; nothing while
 * the clock is doubted, and nothing of whose visit is open or about whom somebody is writing.
 * Answers how many records ended. */
gint cb_book_run_retention (CbBook *self, GError **error);

/* Whose visit is open in this process; NULL: nobody's. */
void cb_book_set_visited (CbBook *self, const char *customer);

/* What ends tonight and within so many days more, the first to end first: of CbEnding, at most
 * `most`. For managers and the privacy officer; ids, kinds and times alone. */
GPtrArray *cb_book_list_ends (CbBook *self, CbStaff *actor, guint days, guint most, GError **error);

typedef struct
{
  CbTimeDoubt doubt;
  gint64 jump_us;        /* how far the wall clock is from what was expected */
  gint64 time_us;        /* what is taken for the time when deleting */
  gint64 latest_us;      /* the latest time that was believed */
  gboolean is_confirmed; /* since the machine started */
} CbTimeState;

/* Whether the wall clock is believed. */
gboolean cb_book_judge_time (CbBook *self, CbTimeState *state, GError **error);

/* A manager or admin says that date and time are right; the service says what it is there. */
gboolean cb_book_confirm_time (CbBook *self, CbStaff *actor, GError **error);
gboolean cb_book_hear_time (CbBook *self, gint64 service_us, GError **error);

/* --- consent --- */

/* The one function that gives the verdict on a use at this moment, and its reason: without a
 * channel on keeping and sharing, with one on a contact by it, for which `circumstance` is why now.
 */
CbPermission *cb_book_permit (CbBook *self,
                              CbStaff *actor,
                              const char *customer,
                              const char *purpose,
                              CbChannel channel,
                              CbCircumstance circumstance,
                              GError **error);

/* The same for a person who wants to know it, which is a reading and written down; it needs a disk
 * that takes it. What is asked in order to act is told by the act. */
CbPermission *cb_book_look_up_permission (CbBook *self,
                                          CbStaff *actor,
                                          const char *customer,
                                          const char *purpose,
                                          CbChannel channel,
                                          CbCircumstance circumstance,
                                          GError **error);

/* When and how often they may be contacted for a purpose; it replaces what they said of exactly
 * that way before, and no conditions at all take it away. It stands through a no and a new yes,
 * until they say otherwise. Less is as easy as a spoken word; more than was agreed, for marketing,
 * is CB_STORE_ERROR_REFUSED without an act of their own. */
gboolean cb_book_set_conditions (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 const CbConditionsDraft *draft,
                                 GError **error);

/* Of CbSaidConditions: those that stand; when somebody sleeps is theirs to tell, so it is logged.
 */
GPtrArray *cb_book_list_conditions (CbBook *self,
                                    CbStaff *actor,
                                    const char *customer,
                                    GError **error);

/* `answers`: of CbAnswerDraft. Answers the id of the receipt. */
char *cb_book_record_answers (CbBook *self,
                              CbStaff *actor,
                              const char *customer,
                              GPtrArray *answers,
                              GError **error);

/* Cards that went away without an answer. It authors no answer and changes no verdict. One is
 * written down a day, purpose and notice as it was worded, and none of what has an answer that
 * stands; `n_recorded` says how many were. */
gboolean cb_book_record_dismissed (CbBook *self,
                                   CbStaff *actor,
                                   const char *customer,
                                   const CbDismissal *dismissal,
                                   guint *n_recorded,
                                   GError **error);

/* Of CbUnanswered, in the order in which they were shown. */
GPtrArray *cb_book_list_unanswered (CbBook *self,
                                    CbStaff *actor,
                                    const char *customer,
                                    GError **error);

/* `purpose` NULL is all that they agreed to. What we have in hand for them is not: it stands, and
 * is taken back by its purpose. */
gboolean cb_book_withdraw (CbBook *self,
                           CbStaff *actor,
                           const char *customer,
                           const char *purpose,
                           CbChannel channel,
                           GError **error);

/* The same, and who said it is written down. */
gboolean cb_book_withdraw_by (CbBook *self,
                              CbStaff *actor,
                              const char *customer,
                              CbEntity entity,
                              const char *purpose,
                              CbChannel channel,
                              GError **error);

/* A code for their so-manieth address of that kind, from 1, to be sent there by whoever sends; who
 * says it owns the address. It needs a yes to marketing on that channel (CB_STORE_ERROR_REFUSED),
 * takes the place of an earlier one, is logged as a contact and good for a few days. Wipe it. */
char *cb_book_make_address_code (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 CbChannel channel,
                                 guint number,
                                 gint64 *ends_us,
                                 GError **error);

/* CB_STORE_ERROR_REFUSED when it is not the code, or not any more; five tries are all. */
gboolean cb_book_confirm_address (CbBook *self,
                                  CbStaff *actor,
                                  const char *customer,
                                  const char *code,
                                  GError **error);

/* --- who stands there --- */

/* Whether the one at the counter is this customer: who showed it may read everything here, take it
 * home and have it gone, whichever role serves them. It holds for a quarter of an hour in this
 * process, until the next call, cb_book_part() or the lock. CB_STORE_ERROR_INVALID: too little was
 * given, which is no try; _REFUSED: it is not what is kept; _THROTTLED: of five tries without the
 * right one the next waits until `wait_until_us`, unless a document was seen. */
gboolean cb_book_identify (CbBook *self,
                           CbStaff *actor,
                           const char *customer,
                           const CbProof *proof,
                           gint64 *wait_until_us,
                           GError **error);
gboolean cb_book_is_identified (CbBook *self, const char *customer);
void cb_book_part (CbBook *self);

/* Everything that is kept about them, in `language`: CbPagePart. For who showed that it is theirs,
 * for managers and who answers for privacy; audited as shown. */
GPtrArray *cb_book_show_everything (CbBook *self,
                                    CbStaff *actor,
                                    const char *customer,
                                    const char *language,
                                    GError **error);

/* --- erasure --- */

/* At once: what is sealed, the key, the tombstone (ledger first), the erase operation, the
 * rotation. For managers, who answers for privacy, and whoever showed that it is about them. */
gboolean cb_book_erase (CbBook *self,
                        CbStaff *actor,
                        const char *customer,
                        CbEraseReason reason,
                        GError **error);

/* --- taking it home --- */

/* What a customer told us, for them to take elsewhere, in a file of that format; or everything that
 * is kept about them, why, who looked and whom we told, as pages (CB_EXPORT_HTML) or
 * CB_EXPORT_JSON. Managers, who answers for privacy, and whoever showed that it is about them; each
 * copy has a mark of its own, in the file and in the audit, and an erasure reaches it. The file is
 * whole or absent and for its owner alone; one that is there already is left alone
 * (CB_STORE_ERROR_INVALID). Answers the mark. */
char *cb_book_export (CbBook *self,
                      CbStaff *actor,
                      const char *customer,
                      CbExportFormat format,
                      const char *path,
                      GError **error);
char *cb_book_access (CbBook *self,
                      CbStaff *actor,
                      const char *customer,
                      CbExportFormat format,
                      const char *path,
                      GError **error);

/* Removes the copies of a customer who is erased, or of all who are when it is NULL, as long as
 * they lie where they were put and are still what was put there. Any erasure has done it, and
 * opening and retention do it again for what could not be reached then. Answers the paths (char *)
 * of those that are there and could not be removed: a person has to. */
GPtrArray *cb_book_reach_copies (CbBook *self, const char *customer, GError **error);

/* A copy of somebody who is erased that was carried away from where it was put, or written over
 * there. A person may know where it is; its mark is in it. */
typedef struct
{
  char *mark;
  char *place;
  gint64 made_us;
} CbMissingCopy;

void cb_missing_copy_free (CbMissingCopy *self);

/* Those that were found missing since it was last asked (CbMissingCopy); they are told once. */
GPtrArray *cb_book_take_missing_copies (CbBook *self);

/* --- outbox, door, enrolment --- */

GPtrArray *cb_book_list_outbox (CbBook *self, guint limit, GError **error);
/* Of all counts the one that asks for no verdicts. */
gboolean cb_book_count_accepted (CbBook *self, guint *n_accepted, GError **error);
gboolean cb_book_count_outbox (CbBook *self, CbOutboxCounts *counts, GError **error);

/* For the sheet: of what is not acknowledged the refused, the waiting and the held, each oldest
 * first and at most so many. */
GPtrArray *cb_book_list_open (CbBook *self, guint most_each, GError **error);

/* What the service refused, after a person looked at it: sent once more, as the record is now and
 * with what it rests on now; or kept here alone, the record untouched. Audited by id and code.
 * CB_STORE_ERROR_NOT_FOUND unless it is refused; _REFUSED for discarding an answer or an erasure,
 * which have to arrive. */
gboolean cb_book_retry (CbBook *self, CbStaff *actor, const char *op_id, GError **error);
gboolean cb_book_retry_all (CbBook *self, CbStaff *actor, guint *n_retried, GError **error);
gboolean cb_book_discard (CbBook *self, CbStaff *actor, const char *op_id, GError **error);

CbBatch *cb_book_take_batch (CbBook *self, guint max_ops, gsize max_bytes, GError **error);
gboolean cb_book_settle (CbBook *self, GPtrArray *settlements, GError **error);

/* A page of what was decided elsewhere (CbIncoming), and the cursor behind it, in one transaction:
 * whoever is erased there is erased here, and a yes ends that did not see the withdrawal. Customers
 * that are not here are passed over. `is_end`: none is behind it. CB_STORE_ERROR_BUSY while another
 * process syncs. */
gboolean cb_book_take_changes (CbBook *self,
                               GPtrArray *changes,
                               const char *cursor,
                               gboolean is_end,
                               GError **error);

/* A page of what other terminals of the shop put (CbArrival), likewise. What is changed here and
 * not yet sent stays as it is. */
gboolean cb_book_take_arrivals (CbBook *self,
                                GPtrArray *arrivals,
                                const char *cursor,
                                GError **error);

/* The service's history is another than the one that was heard: what it acknowledged is offered
 * again, as far as it still holds and its bytes are kept, and both cursors go back to "". */
gboolean cb_book_meet_history (CbBook *self, GError **error);

/* Since when erasures and withdrawals may be missing here, for an older back-up was put back where
 * nobody knew of them; 0: never, or the service has told them since, to the end. Somebody who knows
 * otherwise what was done in between, and has done it again, may say so. */
gboolean cb_book_get_unheard_since (CbBook *self, gint64 *since_us, GError **error);
gboolean cb_book_confirm_erasures (CbBook *self, CbStaff *actor, GError **error);

/* Where the last page ended, of decisions or of records; "" before the first. */
char *cb_book_dup_cursor (CbBook *self, CbCursorSort sort, GError **error);

/* The service's numbers (gint64) of what stands here as acknowledged, the newest that became so
 * first and not without end; none of before a repair or of another history. Free it. */
GArray *cb_book_list_known_numbers (CbBook *self, GError **error);

/* What waits for a choice (CbConflict), for a manager or who answers for privacy; reading one is
 * logged as reading the record. `keep` CB_KEEP_BOTH is for notes. */
GPtrArray *cb_book_list_conflicts (CbBook *self, CbStaff *actor, GError **error);
CbConflict *cb_book_load_conflict (CbBook *self, CbStaff *actor, const char *op_id, GError **error);
gboolean cb_book_resolve (CbBook *self,
                          CbStaff *actor,
                          const char *op_id,
                          CbKeep keep,
                          GError **error);

void cb_book_end_sync (CbBook *self);
gboolean cb_book_forget_waits (CbBook *self, GError **error);
CbEnrolment *cb_book_load_enrolment (CbBook *self, GError **error);
gboolean cb_book_save_enrolment (CbBook *self, CbEnrolment *enrolment, GError **error);

/* --- after an erasure --- */

/* Cleans the file of what was erased, makes the managed back-up anew and looks through everything
 * in the store's folders; the result is in tombstone, ledger and audit, and in `passed`. Nothing to
 * be done is TRUE. CB_STORE_ERROR_BUSY when another process reads, or cleans: try again. On any
 * error it is still due, and so it is after a crash. Takes as long as reading and writing all of
 * it. */
gboolean cb_book_clean (CbBook *self, gboolean *passed, GError **error);
gboolean cb_book_is_cleaning_due (CbBook *self);

/* What is to be done when the counter is idle: the cleaning. */
gboolean cb_book_look_after (CbBook *self, GError **error);

/* The day's back-up. Takes as long as reading all of the store twice and writing it once, so a
 * terminal makes it over a book and on a thread of its own. Not while somebody cleans, who makes
 * one too: CB_STORE_ERROR_BUSY. */
gboolean cb_book_is_backup_due (CbBook *self);
gboolean cb_book_back_up_if_due (CbBook *self, GError **error);

/* What takes long in this book ends with G_IO_ERROR_CANCELLED from when any thread cancels this.
 * Once. */
void cb_book_give_up_with (CbBook *self, GCancellable *given_up);

/* CB_STORE_ERROR_CORRUPT when the file is damaged, or a seal in it does not open. Reads all of it.
 */
gboolean cb_book_is_sound (CbBook *self, GError **error);

/* --- back-up --- */

/* What a back-up was found to be when it was opened. */
typedef struct
{
  char store_id[33];
  guint schema;
  gint64 made_us;
  guint64 length; /* bytes of the database inside */
} CbBackup;

/* Writes one sealed file, opens it again to its end, and only then gives it its name. Whatever was
 * committed before is in it; others go on writing meanwhile. Admins only. CB_STORE_ERROR_FULL
 * leaves what was there before. */
gboolean cb_book_back_up (CbBook *self,
                          CbStaff *actor,
                          const char *path,
                          CbBackup *backup,
                          GError **error);

/* The one that lives in the store's own folder, made anew. A back-up of a damaged store does not
 * take the place of one from before the damage: it gets the second name, and so do those that
 * follow, also of a store that was repaired, for what a repair lost is in the first. That one stays
 * CB_BACKUP_KEPT_DAYS from when the damage was found. Reads all of the store. */
#define CB_BACKUP_MANAGED "counterbook.backup"
#define CB_BACKUP_SINCE "counterbook-since-damage.backup"
#define CB_BACKUP_KEPT_DAYS 14
gboolean cb_book_back_up_managed (CbBook *self, GError **error);

/* After a repair that lost something: the last one is kept as one from before the damage. */
gboolean cb_book_back_up_repaired (CbBook *self, GError **error);

/* After an erasure, and when the keys are new: the same, and none from before stays, whatever it
 * may be good for. The other drops all. */
gboolean cb_book_back_up_anew (CbBook *self, GError **error);
gboolean cb_book_drop_managed (CbBook *self, GError **error);

char *cb_book_dup_managed_path (CbBook *self);
char *cb_book_dup_newest_path (CbBook *self); /* the second, where there is one */

/* Until when the one from before the damage stays, by the time of its file. */
gint64 cb_book_get_kept_until_us (gint64 found_s);

/* Opens a back-up of this store and reads it to its end. CB_STORE_ERROR_NOT_FOUND, CORRUPT, … */
gboolean cb_book_check_backup (CbBook *self, const char *path, CbBackup *backup, GError **error);

/* --- audit --- */

/* Walks the chain; CB_STORE_ERROR_CORRUPT names the first row that does not fit, or says that its
 * end is missing. */
gboolean cb_book_verify_audit (CbBook *self, guint *n_rows, GError **error);

/* Where rows were once taken from its end, and it went on: the first such row; 0: nowhere. */
gboolean cb_book_find_audit_gap (CbBook *self, gint64 *seq, GError **error);

/* The last row's number and hash, for somebody to keep elsewhere ("" when there is none), and
 * whether the row that ended it then still stands in it (CB_STORE_ERROR_CORRUPT): who has the
 * machine can put back an older store whole, and can't do that with what is elsewhere. */
char *cb_book_dup_audit_head (CbBook *self, GError **error);
gboolean cb_book_check_audit_head (CbBook *self, const char *head, GError **error);

/* Of CbAuditRow, behind that one, at most so many. For who answers for privacy; logged. */
GPtrArray *cb_book_list_audit (CbBook *self,
                               CbStaff *actor,
                               gint64 after,
                               guint limit,
                               GError **error);

/* A setting that is neither personal nor secret, or NULL. Free it. */
char *cb_book_dup_setting (CbBook *self, const char *key, GError **error);

G_END_DECLS
