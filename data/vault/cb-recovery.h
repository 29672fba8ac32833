/* SPDX-License-Identifier: Apache-2.0 */

/* The recovery code: 160 random bits that a person writes down. It is the seed of an X25519 key
 * pair, so the store key can be sealed to it again and again without anybody typing it.
 *
 * Written as eight groups of five symbols of Crockford's base 32, which leaves out I, L, O and U.
 * The fifth symbol of a group checks the other four and the group's place: any one wrong symbol,
 * two swapped neighbours and swapped groups are noticed, and in which group. */

#pragma once

#include "vault/cb-vault.h"

G_BEGIN_DECLS

#define CB_RECOVERY_CODE_BYTES 20
#define CB_RECOVERY_PUBLIC_BYTES 32

typedef struct
{
  guint8 bytes[CB_RECOVERY_CODE_BYTES];
} CbRecoveryCode;

typedef struct
{
  guint8 public_key[CB_RECOVERY_PUBLIC_BYTES];
  CbKey secret_key;
} CbRecoveryPair;

void cb_recovery_code_clear (CbRecoveryCode *code);
void cb_recovery_pair_clear (CbRecoveryPair *pair);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbRecoveryCode, cb_recovery_code_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbRecoveryPair, cb_recovery_pair_clear)

void cb_recovery_code_random (CbRecoveryCode *code);

/* cb_text_wipe() it. */
char *cb_recovery_code_write (const CbRecoveryCode *code);

/* As a person types it: any case, O for 0, I and L for 1, dashes and spaces anywhere or nowhere.
 * CB_STORE_ERROR_INVALID; the message names the group and nothing of the code. */
gboolean cb_recovery_code_read (const char *typed, CbRecoveryCode *code, GError **error);

void cb_recovery_pair_derive (const CbRecoveryCode *code, CbRecoveryPair *pair);

G_END_DECLS
