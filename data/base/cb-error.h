/* SPDX-License-Identifier: Apache-2.0 */

/* The error domain of everything local. A code exists only if some caller branches on it.
 * Messages are for logs: what was attempted, then why; never a name, a contact value or words
 * of a note. What an associate reads is chosen from domain and code by ui/shell/cb-messages.c. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_STORE_ERROR (cb_store_error_quark ())

typedef enum
{
  CB_STORE_ERROR_FAILED,
  CB_STORE_ERROR_NOT_FOUND, /* no such record on this terminal */
  CB_STORE_ERROR_INVALID,   /* the input breaks a rule of the record */
  CB_STORE_ERROR_FORBIDDEN, /* not permitted to this role */
  CB_STORE_ERROR_REFUSED,   /* refused by consent or by the guard */
  CB_STORE_ERROR_WRONG_PIN,
  CB_STORE_ERROR_THROTTLED, /* too many wrong PINs; wait */
  CB_STORE_ERROR_BUSY,      /* another process holds what is needed */
  CB_STORE_ERROR_FULL,      /* no room on the disk */
  CB_STORE_ERROR_READ_ONLY, /* the disk can be read and nothing more */
  CB_STORE_ERROR_IO,
  CB_STORE_ERROR_CORRUPT,  /* a seal does not open, or the file is damaged */
  CB_STORE_ERROR_TOO_NEW,  /* written by a newer Counterbook */
  CB_STORE_ERROR_NO_KEY,   /* the key that opens this store is not here */
  CB_STORE_ERROR_NO_STORE, /* there is no store in this directory */
  CB_STORE_ERROR_LOST,     /* nor in this one, and a back-up of one is */
  CB_STORE_ERROR_WIPED     /* nor in this one: the service ordered that it be destroyed */
} CbStoreError;

GQuark cb_store_error_quark (void);

/* At the end of a function that collected its error in a variable of its own: hands it on to the
 * caller. TRUE when there was one. */
gboolean cb_error_hand_on (GError **local_error, GError **error);

G_END_DECLS
