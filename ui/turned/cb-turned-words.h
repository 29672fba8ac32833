/* SPDX-License-Identifier: Apache-2.0 */

/* The turned screen's own few words, in the languages of the notices. The customer's language is
 * not the associate's, so gettext cannot choose them; what is evidence stands in the notice itself
 * (consent/cb-notice.h). */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_TURNED_DONE,
  CB_TURNED_HAND_BACK,
  CB_TURNED_THANKS,      /* on the cover, to whoever holds the terminal */
  CB_TURNED_BACK,        /* from the cover to the customer's own screen */
  CB_TURNED_UNTIL_NOW,   /* before the answer that holds now */
  CB_TURNED_HOW_REACHED, /* above the channels */
  CB_TURNED_NO_CONTACT,
  CB_TURNED_NOT_KEPT,   /* recording failed */
  CB_TURNED_SPOKEN_FOR, /* the accessible name of the language buttons */
  CB_TURNED_TOUCH,      /* on the veil */
  CB_TURNED_CHANGE,     /* from the receipt back to the answers */
  CB_TURNED_SCAN,       /* beside the receipt's code, as a picture */

  /* of the whole record */
  CB_TURNED_EVERYTHING, /* the way to the whole record */
  CB_TURNED_ANSWERS,    /* and from it to the questions */
  CB_TURNED_IDENTIFY,
  CB_TURNED_IDENTIFY_SAY,
  CB_TURNED_RECEIPT_NUMBER,
  CB_TURNED_OR_TWO,
  CB_TURNED_EMAIL,
  CB_TURNED_PHONE,
  CB_TURNED_CARD,
  CB_TURNED_IDENTIFY_ELSE,
  CB_TURNED_GO_ON,
  CB_TURNED_TOO_LITTLE,
  CB_TURNED_NOT_SHOWN,
  CB_TURNED_WAIT, /* a time of day follows */
  CB_TURNED_NOT_READ,
  CB_TURNED_VEILED, /* over an entry that is not for every eye */
  CB_TURNED_ERASE,
  CB_TURNED_ERASE_ASK,
  CB_TURNED_ERASE_GOES,
  CB_TURNED_ERASE_STAYS,
  CB_TURNED_KEEP,
  CB_TURNED_ERASED,
  CB_TURNED_ERASED_SAY,
  CB_TURNED_ERASED_COPIES,
  CB_TURNED_NOT_ERASED,
} CbTurnedWord;

/* `language` is one that cb_notice_pick_language() gives. */
const char *cb_turned_words (CbTurnedWord word, const char *language);

/* A language by its own name: "Deutsch". The tag itself when it is not known. */
const char *cb_turned_words_language_name (const char *language);

G_END_DECLS
