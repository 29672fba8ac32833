/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gi18n-lib.h>

#include "cb-hand.h"
#include "cb-scenes.h"
#include "shell/cb-sync-sheet.h"
#include "store/cb-book.h"

/* --- on the way to head office --- */

static void
sync_sheet (CbScreens *screens)
{
  cb_hand_act (screens, "back");
  cb_hand_act (screens, "sync");
  CB_UI_UNTIL (!cb_ui_shows (cb_hand_whole (screens), _ ("Reading the list …")));
}

static void
tell_contact (CbScreens *screens, CbContact contact)
{
  cb_sync_state_set_contact (cb_store_get_sync_state (screens->store), contact,
                             cb_clock_get_now_us (screens->clock));
  cb_ui_settle ();
}

#define CONTACT(name, contact)                                                                     \
  static void name (CbScreens *screens) { tell_contact (screens, contact); }
CONTACT (sync_never, CB_CONTACT_NEVER)
CONTACT (sync_syncing, CB_CONTACT_SYNCING)
CONTACT (sync_reached, CB_CONTACT_REACHED)
CONTACT (sync_unreachable, CB_CONTACT_UNREACHABLE)
CONTACT (sync_portal, CB_CONTACT_PORTAL)
CONTACT (sync_untrusted, CB_CONTACT_UNTRUSTED)
CONTACT (sync_auth_required, CB_CONTACT_AUTH_REQUIRED)
CONTACT (sync_revoked, CB_CONTACT_REVOKED)
CONTACT (sync_update_needed, CB_CONTACT_UPDATE_NEEDED)
CONTACT (sync_trouble, CB_CONTACT_TROUBLE)
CONTACT (sync_busy, CB_CONTACT_BUSY)
#undef CONTACT

/* Head office refuses the next of what may leave, as another process hears it. */
static void
refuse_next (CbBook *book, const char *code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBatch) batch = cb_book_take_batch (book, 1, 1 << 20, &error);
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  CbSettlement *settlement;

  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (batch), ==, 1);
  settlement = cb_settlement_new (cb_batch_get_op (batch, 0)->op_id, CB_SETTLED_PARKED);
  settlement->code = g_strdup (code);
  g_ptr_array_add (settlements, settlement);
  g_assert_true (cb_book_settle (book, settlements, &error));
  cb_book_end_sync (book);
}

static void
sync_refused (CbScreens *screens)
{
  static const char *const codes[] = { "poison", "conflict", "consent_withdrawn" };
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBook) book =
    cb_book_open (screens->home, screens->state_root, screens->clock, &error);
  CbOutboxCounts counts;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    refuse_next (book, codes[i]);
  g_assert_true (cb_book_count_outbox (book, &counts, &error));
  cb_book_close (book);
  cb_sync_state_set_counts (cb_store_get_sync_state (screens->store), &counts);
  cb_hand_await (screens, _ ("Head office has another version of it. Both are kept."));
}

/* More than anybody reads: the sheet shows the oldest. */
static void
sync_long (CbScreens *screens)
{
  CbOutboxCounts counts = { .waiting = 9960,
                            .held = 12,
                            .parked = 3,
                            .accepted = 184203,
                            .oldest_us = cb_clock_get_now_us (screens->clock) -
                                         9 * 24 * 3600 * (gint64) G_USEC_PER_SEC };

  cb_sync_state_set_counts (cb_store_get_sync_state (screens->store), &counts);
  cb_ui_settle ();
}

static void
sync_failed (CbScreens *screens)
{
  const CbHandEmpty empty = { "empty", "cb-attention-symbolic", _ ("The list could not be read"),
                              _ ("This could not be read. Nothing is lost. Try again."),
                              _ ("Try again") };

  cb_hand_show_empty (screens, CB_TYPE_SYNC_SHEET, "stack", &empty);
}

static void
sync_nothing (CbScreens *screens)
{
  const CbHandEmpty empty = { "empty", "cb-check-symbolic", _ ("Nothing is on its way"),
                              _ ("What a customer agrees to share appears here until head office "
                                 "has confirmed it."),
                              NULL };

  cb_hand_show_empty (screens, CB_TYPE_SYNC_SHEET, "stack", &empty);
}

/* What the chip says at other counts; the store counts again with the next act. */
static void
chip (CbScreens *screens, guint waiting, guint parked)
{
  gint64 now_us = cb_clock_get_now_us (screens->clock);
  CbOutboxCounts counts = { .waiting = waiting,
                            .parked = parked,
                            .accepted = 12,
                            .last_accepted_us = now_us };

  cb_sync_state_set_counts (cb_store_get_sync_state (screens->store), &counts);
  cb_ui_settle ();
}

static void
chip_all_sent (CbScreens *screens)
{
  tell_contact (screens, CB_CONTACT_REACHED);
  cb_hand_act (screens, "back");
  chip (screens, 0, 0);
}

static void
chip_refused (CbScreens *screens)
{
  chip (screens, 3, 1);
}

const CbScene cb_scenes_office[] = {
  CB_SCENE (sync_sheet),
  CB_SCENE (sync_never),
  CB_SCENE (sync_syncing),
  CB_SCENE (sync_reached),
  CB_SCENE (sync_unreachable),
  CB_SCENE (sync_portal),
  CB_SCENE (sync_untrusted),
  CB_SCENE (sync_auth_required),
  CB_SCENE (sync_revoked),
  CB_SCENE (sync_update_needed),
  CB_SCENE (sync_trouble),
  CB_SCENE (sync_busy),
  CB_SCENE (sync_refused),
  CB_SCENE (sync_long),
  CB_SCENE (sync_failed),
  CB_SCENE (sync_nothing),
  CB_SCENE (chip_all_sent),
  CB_SCENE (chip_refused),
  { NULL, NULL },
};
