/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-doctor.h"

#include <sys/stat.h>

#include "base/cb-error.h"
#include "base/cb-volume.h"
#include "store/cb-book-private.h"
#include "vault/cb-backup.h"

#define PIECE_BYTES (256 * 1024)
#define BACKUP_DAYS_MAX 2
#define DAMAGE_MEANS                                                                               \
  "Part of what was saved may not be readable. counterbookctl doctor --repair saves what can be "  \
  "saved and keeps the damaged file; counterbookctl restore FILE goes back to the last back-up."
#define READ_ONLY_MEANS                                                                            \
  "Often the first sign that a disk fails. Nothing was changed. A session that is open can still " \
  "read; nobody can sign in or save. Take both folders, the store's and that of its keys, to a "   \
  "sound disk and open the store there: counterbookctl --home DIR, with XDG_STATE_HOME."
/* A store that has less than twice itself can't be cleaned. */
#define SPACE_SPARE (G_GINT64_CONSTANT (256) << 20)

CbFindingState
cb_doctor_judge_space (gint64 free_bytes, gint64 store_bytes)
{
  if (free_bytes >= 0 && free_bytes < CB_ROOM_LEAST_BYTES)
    return CB_FINDING_BAD;
  return free_bytes < 2 * store_bytes + SPACE_SPARE ? CB_FINDING_WARNING : CB_FINDING_GOOD;
}

static void
finding_free (gpointer data)
{
  CbFinding *finding = data;

  g_free (finding->says);
  g_free (finding);
}

static void
add (GPtrArray *findings, const char *what, CbFindingState state, char *says, const char *means)
{
  CbFinding *finding = g_new0 (CbFinding, 1);

  *finding = (CbFinding){ what, state, says, means };
  g_ptr_array_add (findings, finding);
}

const char *
cb_finding_state_to_id (CbFindingState state)
{
  static const char *const ids[] = { "good", "warning", "bad" };

  return ids[state];
}

/* --- what protects it --- */

static gboolean
has_credential (void)
{
  const char *directory = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path =
    directory != NULL ? g_build_filename (directory, "counterbook.key", NULL) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
look_at_device_key (GPtrArray *findings, const char *state_root, CbVolume volume)
{
  g_autofree char *path = g_build_filename (state_root, "device.key", NULL);
  struct stat status;

  if (has_credential ())
    add (findings, "device-key", CB_FINDING_GOOD,
         g_strdup ("the device key comes from the service manager"),
         "A copy of the store shows nobody. Whether a stolen terminal does depends on what the "
         "credential is sealed to: with a TPM it opens on this machine alone.");
  else if (stat (path, &status) != 0)
    add (
      findings, "device-key", CB_FINDING_BAD, g_strdup ("there is no device key"),
      "The store does not open. The recovery code opens it: counterbookctl reseal, with the code "
      "on standard input.");
  else if ((status.st_mode & 077) != 0)
    add (
      findings, "device-key", CB_FINDING_BAD,
      g_strdup ("others on this machine may read the file of the device key"),
      "Whoever reads it and copies the store can read the customers. Take the others' rights away "
      "and reseal the store.");
  else if (volume == CB_VOLUME_ENCRYPTED)
    add (findings, "device-key", CB_FINDING_GOOD,
         g_strdup ("the device key is a file on an encrypted disk"),
         "A copy of the store shows nobody, and neither does the disk when the machine is off.");
  else
    add (
      findings, "device-key", CB_FINDING_WARNING, g_strdup ("the device key is a file"),
      "A copy of the store alone shows nobody. Whoever takes the whole machine, or its disk, has "
      "the key too: encrypt the disk, or seal the key to a TPM as a systemd credential.");
}

static void
look_at_disk (GPtrArray *findings, CbVolume volume)
{
  switch (volume)
    {
    case CB_VOLUME_ENCRYPTED:
      add (findings, "disk", CB_FINDING_GOOD, g_strdup ("the disk below is encrypted"),
           "A disk that is taken out, thrown away or sold shows nobody, what was erased included.");
      break;
    case CB_VOLUME_PLAIN:
      add (findings, "disk", CB_FINDING_WARNING, g_strdup ("the disk below is not encrypted"),
           "The store is sealed, but its key lies on the same disk unless a TPM holds it, and old "
           "blocks of a disk are never surely gone. Put the store on an encrypted one (LUKS).");
      break;
    case CB_VOLUME_MEMORY:
      add (findings, "disk", CB_FINDING_BAD, g_strdup ("the store lies in memory"),
           "It is gone when the machine is switched off.");
      break;
    case CB_VOLUME_UNKNOWN:
      add (findings, "disk", CB_FINDING_WARNING,
           g_strdup ("whether the disk below is encrypted can't be told"),
           "Ask whoever set up the machine, or put the store on a disk that is known to be.");
      break;
    }
}

static void
look_at_space (GPtrArray *findings, const char *home)
{
  g_autofree char *path = g_build_filename (home, "counterbook.db", NULL);
  gint64 free_bytes = cb_volume_get_free (home);
  struct stat status;
  gint64 store_bytes = stat (path, &status) == 0 ? (gint64) status.st_size : 0;
  CbFindingState state = cb_doctor_judge_space (free_bytes, store_bytes);
  g_autofree char *size = g_format_size ((guint64) MAX (free_bytes, 0));

  if (cb_volume_takes_nothing (home))
    add (findings, "space", CB_FINDING_BAD, g_strdup ("the disk can only be read"),
         READ_ONLY_MEANS);
  else if (free_bytes < 0)
    add (findings, "space", state, g_strdup ("how much room is left can't be told"),
         "When the disk is full nothing more is saved; what was saved stays.");
  else if (state == CB_FINDING_BAD)
    add (findings, "space", state, g_strdup_printf ("%s are free", size),
         "Soon nothing more can be saved, and nobody can be erased for good. Make room.");
  else if (state == CB_FINDING_WARNING)
    add (findings, "space", state, g_strdup_printf ("%s are free", size),
         "Saving goes on, but cleaning up after an erasure and the back-up need more room.");
  else
    add (findings, "space", state, g_strdup_printf ("%s are free", size),
         "There is room for the store, its cleaning and its back-up.");
}

/* --- the back-up --- */

static gboolean
read_backup (const char *state_root, const char *path, CbBackupHead *head, GError **error)
{
  g_autoptr (CbSealedReader) reader = cb_backup_open (state_root, path, NULL, head, error);
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  gssize got = -1;

  while (reader != NULL && (got = cb_sealed_reader_read (reader, piece, PIECE_BYTES, error)) > 0)
    continue;
  return got == 0;
}

/* The store was found damaged: what was made since holds what could be read, damage included. */
static void
look_at_last_good (GPtrArray *findings, const char *home, const char *state_root, CbClock *clock)
{
  g_autofree char *path = g_build_filename (home, "backups", CB_BACKUP_MANAGED, NULL);
  g_auto (CbBackupHead) head = { 0 };
  struct stat status;
  gint64 age_us;
  gint64 left_us;

  if (stat (path, &status) != 0 || !read_backup (state_root, path, &head, NULL))
    {
      add (findings, "backup-before-damage", CB_FINDING_BAD,
           g_strdup ("the store was found damaged, and no back-up from before that is left here"),
           "What is damaged can't be put back from here: it was made too long ago, or somebody was "
           "erased since, whom it still held. Look for one on another disk before you repair.");
      return;
    }
  age_us = cb_clock_get_now_us (clock) - head.made_us;
  left_us = cb_book_get_kept_until_us (status.st_mtime) - cb_clock_get_now_us (clock);
  add (findings, "backup-before-damage", CB_FINDING_WARNING,
       g_strdup_printf (
         "the store was found damaged; the last back-up from before that is %" G_GINT64_FORMAT
         " days old and stays %" G_GINT64_FORMAT " days more",
         MAX (age_us / CB_US_PER_DAY, 0), MAX (left_us / CB_US_PER_DAY, 0)),
       "backups/" CB_BACKUP_MANAGED
       " is put back whole with counterbookctl restore, without what "
       "was written since; counterbookctl doctor --repair keeps what can be read of today's. "
       "Decide soon: when somebody is erased it goes at once, for it still holds them.");
}

static void
look_at_backup (GPtrArray *findings, const char *home, const char *state_root, CbClock *clock)
{
  g_autofree char *since = g_build_filename (home, "backups", CB_BACKUP_SINCE, NULL);
  gboolean was_damaged = g_file_test (since, G_FILE_TEST_EXISTS);
  g_autofree char *path = was_damaged ? g_steal_pointer (&since)
                                      : g_build_filename (home, "backups", CB_BACKUP_MANAGED, NULL);
  g_auto (CbBackupHead) head = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 days;

  if (was_damaged)
    look_at_last_good (findings, home, state_root, clock);
  if (!read_backup (state_root, path, &head, &error))
    {
      gboolean is_absent = g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);

      add (findings, "backup", is_absent ? CB_FINDING_WARNING : CB_FINDING_BAD,
           is_absent ? g_strdup ("there is no back-up yet")
                     : g_strdup_printf ("the back-up does not open: %s", error->message),
           "If this disk fails, what it holds is lost. Write one to another disk: counterbookctl "
           "backup FILE.");
      return;
    }
  days = (cb_clock_get_now_us (clock) - head.made_us) / CB_US_PER_DAY;
  add (findings, "backup", days > BACKUP_DAYS_MAX ? CB_FINDING_WARNING : CB_FINDING_GOOD,
       g_strdup_printf ("the last back-up opens to its end; it is %" G_GINT64_FORMAT " days old",
                        MAX (days, 0)),
       "It helps against a damaged file and lies on the same disk: against a lost one, copy it, or "
       "write another elsewhere with counterbookctl backup FILE.");
}

/* --- the store itself --- */

static void
look_at_integrity (GPtrArray *findings, CbBook *book)
{
  g_autoptr (GError) error = NULL;

  if (cb_book_is_sound (book, &error))
    add (findings, "integrity", CB_FINDING_GOOD, g_strdup ("the file is sound"),
         "What was saved can be read.");
  else
    add (findings, "integrity", CB_FINDING_BAD, g_strdup (error->message), DAMAGE_MEANS);
}

static void
look_at_audit (GPtrArray *findings, CbBook *book)
{
  g_autoptr (GError) error = NULL;
  guint n_rows = 0;
  gint64 seq = 0;

  if (cb_book_verify_audit (book, &n_rows, &error) && cb_book_find_audit_gap (book, &seq, &error) &&
      seq == 0)
    add (findings, "audit", CB_FINDING_GOOD,
         g_strdup_printf ("the audit is whole, %u rows", n_rows),
         "Who did what can be told, and nobody has changed it.");
  else
    add (findings, "audit", CB_FINDING_BAD,
         error != NULL
           ? g_strdup (error->message)
           : g_strdup_printf ("rows of the audit are missing before row %" G_GINT64_FORMAT, seq),
         "Somebody, or a damaged disk, has changed the record of who did what. Keep a copy of the "
         "store as it is, and tell the privacy officer.");
}

static char *
dup_erasures (gint64 n)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s", n, n == 1 ? "erasure" : "erasures");
}

static char *
dup_day (gint64 at_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (at_us / CB_US_PER_SECOND);

  return g_date_time_format (at, "%Y-%m-%d %H:%M UTC");
}

static gboolean
look_at_unheard (GPtrArray *findings, CbBook *book)
{
  g_autofree char *day = NULL;
  gint64 since_us;

  if (!cb_book_get_unheard_since (book, &since_us, NULL) || since_us == 0)
    return FALSE;
  day = dup_day (since_us);
  add (findings, "erasures", CB_FINDING_BAD,
       g_strdup_printf ("what was erased and taken back after %s is not known here", day),
       "A back-up of then was put back. Whoever was erased since may stand in the store again: "
       "counterbookctl sync hears of them; where there is no service, do it again and say so with "
       "counterbookctl retention confirm-erasures.");
  return TRUE;
}

static void
look_at_erasures (GPtrArray *findings, CbBook *book)
{
  static const char SQL_COUNT[] =
    "SELECT coalesce(sum(selfcheck IS NULL), 0), coalesce(sum(selfcheck = 'fail'), 0), count(*)"
    " FROM tombstone";
  g_autoptr (CbStmt) stmt = cb_db_prepare (book->db, SQL_COUNT);
  gint64 n_due = 0;
  gint64 n_failed = 0;
  gint64 n_all = 0;
  g_autofree char *failed = NULL;
  g_autofree char *due = NULL;
  g_autofree char *done = NULL;

  if (cb_stmt_next (stmt, NULL))
    {
      n_due = cb_stmt_int (stmt, 0);
      n_failed = cb_stmt_int (stmt, 1);
      n_all = cb_stmt_int (stmt, 2);
    }
  failed = dup_erasures (n_failed);
  due = dup_erasures (n_due);
  done = dup_erasures (n_all);
  if (n_failed > 0)
    add (
      findings, "erasures", CB_FINDING_BAD,
      g_strdup_printf ("something was still found after %s", failed),
      "A file in the store's folders holds something of somebody who was erased: a copy that was "
      "put there by hand, as a rule. Find it and remove it.");
  else if (n_due > 0)
    add (findings, "erasures", CB_FINDING_WARNING,
         g_strdup_printf ("the file is still to be cleaned after %s", due),
         "They are erased and can't be opened any more. The terminal cleans when it is idle; "
         "counterbookctl retention run does it now.");
  else
    add (findings, "erasures", CB_FINDING_GOOD, g_strdup_printf ("%s, all cleaned up after", done),
         "Nothing of who was erased is left in the store's files.");
}

static void
look_at_clock (GPtrArray *findings, CbBook *book)
{
  g_autoptr (GError) error = NULL;
  CbTimeState state = { 0 };

  if (!cb_book_judge_time (book, &state, &error))
    add (findings, "clock", CB_FINDING_BAD, g_strdup (error->message),
         "What should end by itself may not.");
  else if (state.doubt != CB_TIME_BELIEVED)
    add (findings, "clock", CB_FINDING_BAD,
         g_strdup_printf ("the clock has jumped by %" G_GINT64_FORMAT " hours",
                          ABS (state.jump_us) / CB_US_PER_SECOND / 3600),
         "Nothing ends by itself until the clock is right, or somebody says that it is: "
         "counterbookctl retention confirm-time.");
  else
    add (findings, "clock", CB_FINDING_GOOD,
         g_strdup (state.is_confirmed ? "the clock is right; the service or somebody said so"
                                      : "the clock has gone on as it should"),
         "What has had its day ends on its day.");
}

/* Why it does not open decides what helps. */
static void
look_at_opening (GPtrArray *findings, const GError *why)
{
  char *says = why != NULL ? g_strdup_printf ("the store does not open: %s", why->message)
                           : g_strdup ("the store opens");

  if (why == NULL)
    add (findings, "store", CB_FINDING_GOOD, says, "The shop can work.");
  else if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
    add (findings, "store", CB_FINDING_BAD, says, DAMAGE_MEANS);
  else if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_LOST))
    add (findings, "store", CB_FINDING_BAD, says,
         "What people told the shop is in the back-up alone. Look for the file of the store first, "
         "counterbook.db; where it is gone for good, put the back-up back. Nothing takes its place "
         "until then.");
  else if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_WIPED))
    add (findings, "store", CB_FINDING_BAD, says,
         "Head office shut this terminal out. Ask there before a new store is begun here: "
         "counterbookctl init.");
  else if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY))
    add (findings, "store", CB_FINDING_BAD, says,
         "The key of this machine is missing or another. Nothing is lost: counterbookctl reseal "
         "opens the store by the recovery code.");
  else if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW))
    add (findings, "store", CB_FINDING_BAD, says,
         "A newer Counterbook has had this store. Nothing is lost: install that one again.");
  else if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_READ_ONLY))
    add (findings, "store", CB_FINDING_BAD, says, READ_ONLY_MEANS);
  else
    add (findings, "store", CB_FINDING_BAD, says,
         "Nothing was changed or deleted. Make sure that the disk is there, has room and can be "
         "written to, then try again.");
}

GPtrArray *
cb_doctor_examine (const char *home,
                   const char *state_root,
                   CbClock *clock,
                   CbBook *book,
                   const GError *why)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func (finding_free);
  CbVolume volume = cb_volume_find (home);

  look_at_opening (findings, book == NULL ? why : NULL);
  look_at_device_key (findings, state_root, volume);
  look_at_disk (findings, volume);
  look_at_backup (findings, home, state_root, clock);
  look_at_space (findings, home);
  if (book == NULL)
    return findings;
  look_at_integrity (findings, book);
  look_at_audit (findings, book);
  if (!look_at_unheard (findings, book))
    look_at_erasures (findings, book);
  look_at_clock (findings, book);
  return findings;
}
