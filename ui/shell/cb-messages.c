/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-messages.h"

#include <glib/gi18n-lib.h>

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "shell/cb-when.h"

typedef struct
{
  CbDuring during;
  int code;
  const char *text;
} Message;

/* The first row that fits is taken; -1 fits any code. */
static const Message messages[] = {
  { CB_DURING_OPEN, CB_STORE_ERROR_NO_STORE,
    N_ ("There is no book on this terminal yet. Whoever looks after it makes one with "
        "“counterbookctl init” and adds the staff with “counterbookctl staff add”.") },
  { CB_DURING_OPEN, CB_STORE_ERROR_LOST,
    N_ ("The book of this terminal is gone, and a back-up of it is still here. Nothing takes its "
        "place. Call whoever looks after the terminal: “counterbookctl restore” puts the back-up "
        "back.") },
  { CB_DURING_OPEN, CB_STORE_ERROR_WIPED,
    N_ ("Head office shut this terminal out and had its book destroyed. What had been sent before "
        "is at head office. Ask there before anybody starts a new book here.") },
  { CB_DURING_OPEN, CB_STORE_ERROR_NO_KEY,
    N_ ("The key that opens this book is not on this terminal. Nothing is changed and nothing is "
        "lost. Whoever looks after the terminal can open it with the recovery code that was "
        "written down when the book was made.") },
  { CB_DURING_OPEN, CB_STORE_ERROR_TOO_NEW,
    N_ ("This book was written by a newer Counterbook. Nothing is changed. Update Counterbook on "
        "this terminal, then start it again.") },
  { CB_DURING_OPEN, CB_STORE_ERROR_CORRUPT,
    N_ ("Part of this book cannot be read. The file is left exactly as it is. Do not copy over it: "
        "whoever looks after the terminal can check it with “counterbookctl doctor” or bring back "
        "the last back-up.") },
  { CB_DURING_OPEN, CB_STORE_ERROR_BUSY,
    N_ ("Another program is working on this book at the moment. Nothing is lost. Wait until it has "
        "finished, then start Counterbook again.") },
  { CB_DURING_OPEN, CB_STORE_ERROR_FULL,
    N_ ("The disk of this terminal is full. What is in the book is safe. Call whoever looks after "
        "the terminal to make room, then start Counterbook again.") },
  { CB_DURING_OPEN, CB_STORE_ERROR_READ_ONLY,
    N_ ("The disk of this terminal can only be read, often the first sign that it fails. What is "
        "in the book is safe. Tell whoever looks after the terminal.") },
  { CB_DURING_OPEN, -1,
    N_ ("The book could not be opened. The file is left exactly as it is. Start Counterbook again; "
        "if it happens again, tell whoever looks after the terminal.") },

  { CB_DURING_SIGN_IN, CB_STORE_ERROR_WRONG_PIN, N_ ("That is not the right PIN. Try again.") },
  { CB_DURING_SIGN_IN, CB_STORE_ERROR_THROTTLED,
    N_ ("Too many wrong PINs. Wait a little, then try again.") },
  { CB_DURING_SIGN_IN, CB_STORE_ERROR_FORBIDDEN,
    N_ ("This person may not sign in here any more. Ask a manager.") },
  { CB_DURING_SIGN_IN, CB_STORE_ERROR_NOT_FOUND,
    N_ ("This person may not sign in here any more. Ask a manager.") },
  { CB_DURING_SIGN_IN, CB_STORE_ERROR_NO_KEY,
    N_ ("The key of this book is not on this terminal any more. Nothing is lost. Tell whoever "
        "looks after the terminal.") },
  { CB_DURING_SIGN_IN, CB_STORE_ERROR_FULL,
    N_ ("The disk of this terminal is full, and each try of a PIN has to be written down. Nothing "
        "is lost. Call whoever looks after the terminal to make room, then try again.") },
  { CB_DURING_SIGN_IN, CB_STORE_ERROR_READ_ONLY,
    N_ ("The disk of this terminal can only be read, and each try of a PIN has to be written down. "
        "Nothing is lost. Tell whoever looks after the terminal.") },
  { CB_DURING_SIGN_IN, -1, N_ ("Signing in did not work. Nothing is lost. Try again.") },

  { CB_DURING_READ, CB_STORE_ERROR_NOT_FOUND,
    N_ ("This customer is not on this terminal any more. Somebody may have erased the record.") },
  { CB_DURING_READ, CB_STORE_ERROR_FORBIDDEN,
    N_ ("Your role does not include this. Ask a manager.") },
  { CB_DURING_READ, CB_STORE_ERROR_CORRUPT,
    N_ ("This record cannot be read on this terminal. Nothing was deleted. Tell whoever looks "
        "after the terminal.") },
  { CB_DURING_READ, CB_STORE_ERROR_FULL,
    N_ ("The disk of this terminal is full, and who reads a record is written down. Nothing is "
        "lost. Call whoever looks after the terminal to make room, then try again.") },
  { CB_DURING_READ, -1, N_ ("This could not be read. Nothing is lost. Try again.") },

  { CB_DURING_SAVE, CB_STORE_ERROR_NOT_FOUND,
    N_ ("Not saved: this customer is not on this terminal any more. Your words are still here.") },
  { CB_DURING_SAVE, CB_STORE_ERROR_INVALID,
    N_ ("Not saved: something in it cannot be kept, an invisible character or too long a text. "
        "Your words are still here. Change them and save again.") },
  { CB_DURING_SAVE, CB_STORE_ERROR_FORBIDDEN,
    N_ ("Not saved: your role does not include this. Your words are still here. Ask a manager.") },
  { CB_DURING_SAVE, CB_STORE_ERROR_REFUSED,
    N_ ("Not saved: the customer has not agreed to this. Your words are still here.") },
  { CB_DURING_SAVE, CB_STORE_ERROR_FULL,
    N_ ("Not saved: the disk of this terminal is full. Your words are still here, and what was "
        "saved before is safe. Call whoever looks after the terminal to make room, then save "
        "again.") },
  { CB_DURING_SAVE, CB_STORE_ERROR_READ_ONLY,
    N_ ("Not saved: the disk of this terminal can only be read. Your words are still here, and "
        "what was saved before is safe. Tell whoever looks after the terminal.") },
  { CB_DURING_SAVE, CB_STORE_ERROR_CORRUPT,
    N_ ("Not saved: part of this record cannot be read on this terminal. Your words are still "
        "here, and nothing was deleted. Tell whoever looks after the terminal.") },
  { CB_DURING_SAVE, CB_STORE_ERROR_BUSY,
    N_ ("Not saved yet: another program is using the book. Your words are still here. Save again "
        "in a moment.") },
  { CB_DURING_SAVE, -1, N_ ("Not saved. Your words are still here. Save again.") },

  { CB_DURING_CHANGE, CB_STORE_ERROR_FORBIDDEN,
    N_ ("Your role does not include this. Ask a manager.") },
  { CB_DURING_CHANGE, CB_STORE_ERROR_FULL,
    N_ ("Not done: the disk of this terminal is full. What was saved before is safe. Call whoever "
        "looks after the terminal to make room, then try again.") },
  { CB_DURING_CHANGE, CB_STORE_ERROR_READ_ONLY,
    N_ ("Not done: the disk of this terminal can only be read. What was saved before is safe. Tell "
        "whoever looks after the terminal.") },
  { CB_DURING_CHANGE, CB_STORE_ERROR_CORRUPT,
    N_ ("Not done: part of this record cannot be read on this terminal. Nothing was deleted. Tell "
        "whoever looks after the terminal.") },
  { CB_DURING_CHANGE, -1, N_ ("Not done, and nothing has changed. Try again.") },

  { CB_DURING_IMPORT, CB_STORE_ERROR_INVALID,
    N_ (
      "It is not a file that can be brought in: neither vCard nor a table. Save it as vCard or as "
      "CSV in the program it comes from. Nothing has changed here.") },
  { CB_DURING_IMPORT, CB_STORE_ERROR_NOT_FOUND,
    N_ (
      "The file is not there any more. Put it into the folder again. Nothing has changed here.") },
  { CB_DURING_IMPORT, CB_STORE_ERROR_FORBIDDEN, N_ ("Only a manager can bring a file in.") },
  { CB_DURING_IMPORT, CB_STORE_ERROR_FULL,
    N_ ("The disk of this terminal is full. What was brought in before is whole and stays. Call "
        "whoever looks after the terminal to make room, then bring the file in again: nobody is "
        "added twice.") },
  { CB_DURING_IMPORT, CB_STORE_ERROR_READ_ONLY,
    N_ ("The disk of this terminal can only be read. What was brought in before is whole and "
        "stays. Tell whoever looks after the terminal.") },
  { CB_DURING_IMPORT, -1,
    N_ ("The file could not be read to its end. What was brought in before is whole and stays. "
        "Bring the file in again: nobody is added twice.") },

  { CB_DURING_ANSWER, CB_STORE_ERROR_REFUSED,
    N_ ("Not recorded: this needs the customer’s own tap. Turn the screen to them.") },
  { CB_DURING_ANSWER, CB_STORE_ERROR_FULL,
    N_ ("Not recorded: the disk of this terminal is full. What was recorded before holds. Call "
        "whoever looks after the terminal to make room, then ask again.") },
  { CB_DURING_ANSWER, CB_STORE_ERROR_READ_ONLY,
    N_ ("Not recorded: the disk of this terminal can only be read. What was recorded before holds. "
        "Tell whoever looks after the terminal.") },
  { CB_DURING_ANSWER, CB_STORE_ERROR_CORRUPT,
    N_ ("Not recorded: part of this record cannot be read on this terminal. What was recorded "
        "before holds. Tell whoever looks after the terminal.") },
  { CB_DURING_ANSWER, -1, N_ ("Not recorded. What was answered before still holds. Try again.") },
};

const char *
cb_messages_for (const GError *error, CbDuring during)
{
  int code = error != NULL && error->domain == CB_STORE_ERROR ? error->code : -1;

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      if (messages[i].during == during && (messages[i].code == code || messages[i].code == -1))
        return _ (messages[i].text);
    }
  g_return_val_if_reached (NULL);
}

char *
cb_messages_dup_sign_in (const GError *error, guint tries_left, gint64 wait_until_us)
{
  g_autofree char *until = NULL;

  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_WRONG_PIN))
    return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "That is not the right PIN. %u try is left.",
                   "That is not the right PIN. %u tries are left.", tries_left),
      tries_left);
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_THROTTLED) && wait_until_us > 0)
    {
      /* The next whole minute: at the one it says, it is over. */
      until = cb_when_dup_time (wait_until_us + 60 * CB_US_PER_SECOND - 1);
      return g_strdup_printf (_ ("Too many wrong PINs. Locked until %s."), until);
    }
  return g_strdup (cb_messages_for (error, CB_DURING_SIGN_IN));
}

const char *
cb_messages_title_for (const GError *error)
{
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE))
    return _ ("No book here yet");
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_LOST))
    return _ ("The book is gone");
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_WIPED))
    return _ ("This terminal was shut out");
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY))
    return _ ("The key is not here");
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW))
    return _ ("Counterbook is too old for this book");
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL))
    return _ ("The disk is full");
  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_READ_ONLY))
    return _ ("The disk can only be read");
  return _ ("The book does not open");
}

const char *
cb_messages_for_no_name (gboolean is_damaged)
{
  return is_damaged ? _ ("Name cannot be read here") : _ ("No name yet");
}

const char *
cb_messages_for_room (CbRoom room)
{
  switch (room)
    {
    case CB_ROOM_ENOUGH:
      return NULL;
    case CB_ROOM_LITTLE:
      return _ (
        "The disk of this terminal is nearly full. Everything is still being saved. Tell whoever "
        "looks after the terminal today, before it is full.");
    case CB_ROOM_NONE:
      return _ (
        "The disk of this terminal is full: nothing new can be saved. What is in the book is safe "
        "and can be read. Call whoever looks after the terminal to make room.");
    case CB_ROOM_READ_ONLY:
      return _ (
        "The disk of this terminal can only be read, often the first sign that it fails: nothing "
        "new can be saved. What is in the book is safe and can be read. Call whoever looks after "
        "the terminal.");
    }
  g_return_val_if_reached (NULL);
}
