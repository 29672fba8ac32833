/* SPDX-License-Identifier: Apache-2.0 */

/* A long file that is sealed as a whole, under a random key of its own. That key is wrapped twice
 * at the file's beginning, as a store key is: by the device key and to the recovery code. Behind it
 * the content goes in pieces (libsodium's secretstream, XChaCha20-Poly1305): none can be changed,
 * left out, repeated or moved, and the last one says that it is the last, so that a file that was
 * cut does not open. Nothing but random bytes and the mark of the format can be seen from outside.
 *
 * Written whole or not at all: what is being written lies beside the file until it is published. A
 * file that is there and is no sealed file is never replaced (CB_STORE_ERROR_FAILED). Blocking. */

#pragma once

#include "vault/cb-recovery.h"
#include "vault/cb-vault.h"

G_BEGIN_DECLS

/* --- writing --- */

typedef struct _CbSealedWriter CbSealedWriter;

CbSealedWriter *cb_sealed_writer_new (const char *path,
                                      const CbKey *device_key,
                                      const guint8 *recovery_public,
                                      GError **error);
gboolean cb_sealed_writer_add (CbSealedWriter *self,
                               const void *bytes,
                               gsize length,
                               GError **error);

/* Seals the end. Then it can be read under the other name, and published under its own. */
gboolean cb_sealed_writer_end (CbSealedWriter *self, GError **error);
const char *cb_sealed_writer_get_part_path (CbSealedWriter *self);
gboolean cb_sealed_writer_publish (CbSealedWriter *self, GError **error);

/* Removes what was not published. */
void cb_sealed_writer_free (CbSealedWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSealedWriter, cb_sealed_writer_free)

/* --- reading --- */

typedef struct _CbSealedReader CbSealedReader;

/* By the device key, or by the pair of the recovery code; either may be NULL.
 * CB_STORE_ERROR_NOT_FOUND, NO_KEY when neither fits, CORRUPT when it is no such file, TOO_NEW, IO.
 */
CbSealedReader *cb_sealed_reader_new (const char *path,
                                      const CbKey *device_key,
                                      const CbRecoveryPair *pair,
                                      GError **error);

/* Whether this device's key wrapped it, and the public key of the recovery code it is sealed to. */
gboolean cb_sealed_reader_is_of_device (CbSealedReader *self);
const guint8 *cb_sealed_reader_get_recovery_public (CbSealedReader *self);

/* Fills the buffer, but for the end: then it is fewer bytes, and 0 behind it. -1 on error. What has
 * been read is what was written, but whether it is all of it is known at the end alone. */
gssize cb_sealed_reader_read (CbSealedReader *self, void *buffer, gsize length, GError **error);

void cb_sealed_reader_free (CbSealedReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSealedReader, cb_sealed_reader_free)

G_END_DECLS
