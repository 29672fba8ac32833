/* SPDX-License-Identifier: Apache-2.0 */

/* The local truth, as the screens and the sync engine see it: one object on the main thread, every
 * call a GTask pair that runs on cb-store in the order it was made. Writes that were accepted are
 * never cancelled; a cancelled read ends in G_IO_ERROR_CANCELLED. Errors are CB_STORE_ERROR.
 *
 * Whoever is signed in is the actor of each call; the store checks what their role may do. It
 * refuses everything about customers while nobody is signed in.
 *
 * Ownership: `_finish` gives a full reference (or a copy) unless it says otherwise; drafts are
 * taken by the call, also when it fails. */

#pragma once

#include <gio/gio.h>

#include "base/cb-clock.h"
#include "base/cb-timekeeper.h"
#include "base/cb-volume.h"
#include "exchange/cb-page-part.h"
#include "records/cb-conflict.h"
#include "records/cb-customer.h"
#include "records/cb-dossier.h"
#include "records/cb-drafts.h"
#include "records/cb-errand.h"
#include "records/cb-found.h"
#include "records/cb-note.h"
#include "records/cb-outbox-item.h"
#include "records/cb-permission.h"
#include "records/cb-preference.h"
#include "records/cb-proof.h"
#include "records/cb-review.h"
#include "records/cb-staff.h"
#include "records/cb-unsaved.h"
#include "store/cb-incoming.h"
#include "store/cb-outbox.h"
#include "store/cb-sync-state.h"

G_BEGIN_DECLS

#define CB_TYPE_STORE (cb_store_get_type ())
G_DECLARE_FINAL_TYPE (CbStore, cb_store, CB, STORE, GObject)

/* Signals, all on the main thread:
 *   changed (const char *customer_id)  after a commit; NULL when it may be anybody
 *   work-ready ()                      an operation became ready to be sent
 *   session-changed ()                 somebody signed in or the terminal was locked
 *   index-progress (guint done, guint total)   while the index grows after sign-in: everybody
 *                                      counts twice, for their name and for the rest
 *   time-doubted ()                    the clock jumped, or is believed again
 *   room-changed ()                    the disk begins or ceases to be full, or to be written to
 *   wiped ()                           the store was destroyed by order of the service; nobody is
 *                                      signed in, and each call ends in CB_STORE_ERROR_WIPED */

/* `home` is the store directory; `state_root` is $XDG_STATE_HOME/counterbook. Nothing is opened. */
CbStore *cb_store_new (const char *home, const char *state_root, CbClock *clock);

/* Stops intake, drains what is queued, closes the file as the last job, joins. Once, from app. */
void cb_store_close (CbStore *self);

CbClock *cb_store_get_clock (CbStore *self);
CbSyncState *cb_store_get_sync_state (CbStore *self);

/* What the store is called, "" before it is open; and the days a not-yet-asked note is kept. */
const char *cb_store_get_name (CbStore *self);
guint cb_store_get_keep_unasked_days (CbStore *self);

void cb_store_open_async (CbStore *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean cb_store_open_finish (CbStore *self, GAsyncResult *result, GError **error);

/* --- session --- */

/* Those who may sign in: of CbStaff, by name. Allowed while locked. */
void cb_store_list_staff_async (CbStore *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GPtrArray *cb_store_list_staff_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Wrong PIN: CB_STORE_ERROR_WRONG_PIN, and `tries_left` says how many remain before the lock-out.
 * CB_STORE_ERROR_THROTTLED: `wait_until_us` says until when. Both may be NULL. Signing in starts
 * the index. `pin` is wiped by the store. */
void cb_store_sign_in_async (CbStore *self,
                             const char *staff_id,
                             char *pin,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
CbStaff *cb_store_sign_in_finish (CbStore *self,
                                  GAsyncResult *result,
                                  guint *tries_left,
                                  gint64 *wait_until_us,
                                  GError **error);

/* Drops the index and wipes the keys; what is due to end tonight ends when its day is over. */
void cb_store_lock_async (CbStore *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean cb_store_lock_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Who is signed in; NULL when locked. Borrowed. */
CbStaff *cb_store_get_actor (CbStore *self);

/* FALSE while the index is still being built. */
gboolean cb_store_is_index_ready (CbStore *self);

/* --- what time it is --- */

/* While the clock is doubted nothing ends by itself: a person or the service has to say what time
 * it is. Confirming is for managers and admins. */
CbTimeDoubt cb_store_get_time_doubt (CbStore *self);
void cb_store_confirm_time_async (CbStore *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cb_store_confirm_time_finish (CbStore *self, GAsyncResult *result, GError **error);

/* What the service says it is; by the sync engine. */
void cb_store_hear_time (CbStore *self, gint64 service_us);

/* Whose page is open, so that nothing of theirs ends meanwhile; NULL: nobody's. */
void cb_store_set_visited (CbStore *self, const char *customer_id);

/* --- the disk --- */

/* Of the store and of its keys, whichever has less. Looked at every few seconds. */
CbRoom cb_store_get_room (CbStore *self);

/* --- customers --- */

/* At most `limit` rows of CbFound: persons first, then words of notes. */
void cb_store_find_async (CbStore *self,
                          const char *typed,
                          guint limit,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
GPtrArray *cb_store_find_finish (CbStore *self, GAsyncResult *result, GError **error);

/* The id of whose card was scanned; as in cb-book.h. The index is not needed. */
void cb_store_find_card_async (CbStore *self,
                               const char *number,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
char *cb_store_find_card_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Words of notes of these customers (NULL ends them) were on the screen long enough to be read. */
void cb_store_log_shown_async (CbStore *self,
                               const char *const *customers,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cb_store_log_shown_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Answers the id of the new customer. */
void cb_store_add_customer_async (CbStore *self,
                                  CbCustomerDraft *draft,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
char *cb_store_add_customer_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Reading a record is written to the audit. */
void cb_store_load_dossier_async (CbStore *self,
                                  const char *customer_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CbDossier *cb_store_load_dossier_finish (CbStore *self, GAsyncResult *result, GError **error);

/* As in cb-book.h. */
void cb_store_confirm_customer_async (CbStore *self,
                                      const char *customer_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean cb_store_confirm_customer_finish (CbStore *self, GAsyncResult *result, GError **error);
void cb_store_change_customer_async (CbStore *self,
                                     const char *customer_id,
                                     CbCustomerDraft *draft,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean cb_store_change_customer_finish (CbStore *self, GAsyncResult *result, GError **error);
void cb_store_remove_imported_async (CbStore *self,
                                     const char *customer_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean cb_store_remove_imported_finish (CbStore *self, GAsyncResult *result, GError **error);

/* --- the whole of it, for whom it is about --- */

/* Whether the one at the counter is this customer; takes `proof`. It holds for a quarter of an hour
 * at this terminal, until somebody else shows who they are, until cb_store_part() or the lock.
 * CB_STORE_ERROR_REFUSED: it isn't shown; _INVALID: too little was given, and it counts as no try;
 * _THROTTLED: after five tries the next waits until `wait_until_us`, a document excepted. */
void cb_store_identify_async (CbStore *self,
                              const char *customer_id,
                              CbProof *proof,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cb_store_identify_finish (CbStore *self,
                                   GAsyncResult *result,
                                   gint64 *wait_until_us,
                                   GError **error);
void cb_store_part (CbStore *self);

/* Everything that is kept about them, in `language`: CbPagePart, in the order of the page that they
 * may take home. For who showed that it is theirs; else for managers and who answers for privacy.
 */
void cb_store_show_everything_async (CbStore *self,
                                     const char *customer_id,
                                     const char *language,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GPtrArray *cb_store_show_everything_finish (CbStore *self, GAsyncResult *result, GError **error);

/* For the same. `n_missing` copies that were made for them are not where they were put, and were
 * not reached. */
void cb_store_erase_customer_async (CbStore *self,
                                    const char *customer_id,
                                    CbEraseReason reason,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean cb_store_erase_customer_finish (CbStore *self,
                                         GAsyncResult *result,
                                         guint *n_missing,
                                         GError **error);

/* --- capture --- */

/* The saved note, as the timeline shows it: when this finishes it is on the disk. */
void cb_store_add_note_async (CbStore *self,
                              const char *customer_id,
                              CbNoteDraft *draft,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CbNote *cb_store_add_note_finish (CbStore *self, GAsyncResult *result, GError **error);

void cb_store_set_preference_async (CbStore *self,
                                    const char *customer_id,
                                    CbPreferenceDraft *draft,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
CbPreference *cb_store_set_preference_finish (CbStore *self, GAsyncResult *result, GError **error);

/* --- what is to be done, as in cb-book.h --- */

void cb_store_list_errands_async (CbStore *self,
                                  gboolean today,
                                  guint limit,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GPtrArray *cb_store_list_errands_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Takes the draft. The saved one, as the board shows it: when this finishes it is on the disk. */
void cb_store_add_request_async (CbStore *self,
                                 const char *customer_id,
                                 CbMatterDraft *draft,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
CbMatter *cb_store_add_request_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Takes the draft. The saved one: when this finishes it is on the disk. */
void cb_store_add_occasion_async (CbStore *self,
                                  const char *customer_id,
                                  CbOccasionDraft *draft,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CbOccasion *cb_store_add_occasion_finish (CbStore *self, GAsyncResult *result, GError **error);

void cb_store_list_ways_async (CbStore *self,
                               const char *customer_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *cb_store_list_ways_finish (CbStore *self, GAsyncResult *result, GError **error);

void cb_store_move_request_async (CbStore *self,
                                  const char *id,
                                  CbMatterState state,
                                  CbChannel channel,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CbMatter *cb_store_move_request_finish (CbStore *self, GAsyncResult *result, GError **error);

/* --- used for you; still right, as in cb-book.h --- */

void cb_store_mark_used_async (CbStore *self,
                               const char *record,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cb_store_mark_used_finish (CbStore *self, GAsyncResult *result, GError **error);
void cb_store_confirm_preference_async (CbStore *self,
                                        const char *id,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
CbPreference *cb_store_confirm_preference_finish (CbStore *self,
                                                  GAsyncResult *result,
                                                  GError **error);

/* --- notes that a manager reads, as in cb-book.h --- */

void cb_store_list_reviews_async (CbStore *self,
                                  guint limit,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GPtrArray *cb_store_list_reviews_finish (CbStore *self, GAsyncResult *result, GError **error);

void cb_store_count_reviews_async (CbStore *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean cb_store_count_reviews_finish (CbStore *self,
                                        GAsyncResult *result,
                                        guint *n_reviews,
                                        GError **error);

void cb_store_read_review_async (CbStore *self,
                                 const char *note,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
CbReview *cb_store_read_review_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Takes the draft. */
void cb_store_review_async (CbStore *self,
                            const char *note,
                            CbReviewDraft *draft,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cb_store_review_finish (CbStore *self, GAsyncResult *result, GError **error);

/* The author's own, as the timeline shows it. */
void cb_store_correct_note_async (CbStore *self,
                                  const char *note,
                                  const char *text,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CbNote *cb_store_correct_note_finish (CbStore *self, GAsyncResult *result, GError **error);

/* --- drafts, as in cb-book.h: of `author`, who may just have been locked out --- */

void cb_store_keep_draft_async (CbStore *self,
                                CbStaff *author,
                                const char *customer_id,
                                CbUnsaved *unsaved,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cb_store_keep_draft_finish (CbStore *self, GAsyncResult *result, GError **error);

void cb_store_drop_draft_async (CbStore *self,
                                CbStaff *author,
                                const char *customer_id,
                                const char *about,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cb_store_drop_draft_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Of CbUnsaved. */
void cb_store_list_drafts_async (CbStore *self,
                                 CbStaff *author,
                                 const char *customer_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GPtrArray *cb_store_list_drafts_finish (CbStore *self, GAsyncResult *result, GError **error);

/* --- consent --- */

/* Records what a customer answered, all in one transaction; answers the receipt's id. A spoken yes
 * to a purpose that needs the customer's own act is CB_STORE_ERROR_REFUSED. `answers` is an array
 * of CbAnswerDraft. */
void cb_store_record_answers_async (CbStore *self,
                                    const char *customer_id,
                                    GPtrArray *answers,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
char *cb_store_record_answers_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Cards that `asker` had shown and that went away without an answer, as in cb-book.h: also when
 * that was because the terminal was locked. */
void cb_store_record_dismissed_async (CbStore *self,
                                      CbStaff *asker,
                                      const char *customer_id,
                                      CbDismissal *dismissal,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean cb_store_record_dismissed_finish (CbStore *self, GAsyncResult *result, GError **error);

/* `purpose` NULL withdraws everything that was given; `channel` CB_CHANNEL_NONE the purpose with
 * all its channels. */
void cb_store_withdraw_async (CbStore *self,
                              const char *customer_id,
                              const char *purpose,
                              CbChannel channel,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cb_store_withdraw_finish (CbStore *self, GAsyncResult *result, GError **error);

/* --- the outbox, for the sheet and for the engine --- */

/* Of each state: nobody reads more, and a long queue must open at once (a list view of GTK 4.8
 * makes up to 200 rows, however few are seen). */
#define CB_STORE_OUTBOX_SHOWN 40

/* Of CbOutboxItem, accepted ones left out: the refused, the waiting and the held, at most
 * CB_STORE_OUTBOX_SHOWN of each; how many there are stands in the CbSyncState. */
void cb_store_list_outbox_async (CbStore *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GPtrArray *cb_store_list_outbox_finish (CbStore *self, GAsyncResult *result, GError **error);

/* What was refused, sent once more, `op_id` NULL: all of it; or kept here alone. See
 * cb_book_retry(); both need a role, and somebody signed in. */
void cb_store_retry_async (CbStore *self,
                           const char *op_id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cb_store_retry_finish (CbStore *self, GAsyncResult *result, GError **error);
void cb_store_discard_async (CbStore *self,
                             const char *op_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cb_store_discard_finish (CbStore *self, GAsyncResult *result, GError **error);

/* What was changed elsewhere too, one at a time, for reading it is logged: see
 * cb_book_load_conflict() and cb_book_resolve(). */
void cb_store_load_conflict_async (CbStore *self,
                                   const char *op_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CbConflict *cb_store_load_conflict_finish (CbStore *self, GAsyncResult *result, GError **error);
void cb_store_resolve_async (CbStore *self,
                             const char *op_id,
                             CbKeep keep,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cb_store_resolve_finish (CbStore *self, GAsyncResult *result, GError **error);

/* For the engine; these need nobody signed in. Taking marks the operations as sent, committed,
 * before it finishes. The engine holds sync.lock while it syncs: `take` answers CB_STORE_ERROR_BUSY
 * when another process holds it. */
void cb_store_take_batch_async (CbStore *self,
                                guint max_ops,
                                gsize max_bytes,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CbBatch *cb_store_take_batch_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Before a single cycle that somebody asked for: what had to wait is ready. */
void cb_store_forget_waits_async (CbStore *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cb_store_forget_waits_finish (CbStore *self, GAsyncResult *result, GError **error);

/* `settlements` is an array of CbSettlement. An operation it does not name keeps its state. */
void cb_store_settle_async (CbStore *self,
                            GPtrArray *settlements,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cb_store_settle_finish (CbStore *self, GAsyncResult *result, GError **error);

/* What was decided elsewhere, with the cursor behind it: see cb_book_take_changes(). */
void cb_store_load_cursor_async (CbStore *self,
                                 CbCursorSort sort,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
char *cb_store_load_cursor_finish (CbStore *self, GAsyncResult *result, GError **error);
void cb_store_list_known_numbers_async (CbStore *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GArray *cb_store_list_known_numbers_finish (CbStore *self, GAsyncResult *result, GError **error);
void cb_store_take_changes_async (CbStore *self,
                                  GPtrArray *changes,
                                  const char *cursor,
                                  gboolean is_end,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cb_store_take_changes_finish (CbStore *self, GAsyncResult *result, GError **error);

/* See cb_book_meet_history(). */
void cb_store_meet_history_async (CbStore *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cb_store_meet_history_finish (CbStore *self, GAsyncResult *result, GError **error);

/* What other terminals put, likewise: see cb_book_take_arrivals(). */
void cb_store_take_arrivals_async (CbStore *self,
                                   GPtrArray *arrivals,
                                   const char *cursor,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean cb_store_take_arrivals_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Releases sync.lock between cycles. */
void cb_store_end_sync_async (CbStore *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cb_store_end_sync_finish (CbStore *self, GAsyncResult *result, GError **error);

/* The service ordered it: locks, and destroys the store (cb_book_wipe ()). */
void cb_store_wipe_async (CbStore *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cb_store_wipe_finish (CbStore *self, GAsyncResult *result, GError **error);

/* NULL without error when the terminal is not enrolled. */
void cb_store_load_enrolment_async (CbStore *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
CbEnrolment *cb_store_load_enrolment_finish (CbStore *self, GAsyncResult *result, GError **error);

/* Keeps the keys sealed, takes the store's name over, fills the chain hashes. */
void cb_store_save_enrolment_async (CbStore *self,
                                    CbEnrolment *enrolment,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean cb_store_save_enrolment_finish (CbStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
