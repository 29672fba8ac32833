/* SPDX-License-Identifier: Apache-2.0 */

/* Who may speak: one-time codes that enrol a terminal, tokens that it gets by signing a nonce, and
 * revocation. Codes and tokens are stored as hashes; a nonce carries its own proof and is stored
 * only once it was used, so that nobody unknown can make the service write. */

#pragma once

#include "service/cb-service.h"

G_BEGIN_DECLS

#define CB_CODE_LIFE_US (10 * 60 * CB_US_PER_SECOND)
#define CB_TOKEN_LIFE_US (15 * 60 * CB_US_PER_SECOND)
#define CB_NONCE_LIFE_US (2 * 60 * CB_US_PER_SECOND)

typedef enum
{
  CB_ADMISSION_GRANTED,
  CB_ADMISSION_CODE,      /* no such code, used, or its time is over */
  CB_ADMISSION_NONCE,     /* not ours, used, or its time is over */
  CB_ADMISSION_SIGNATURE, /* not this terminal's, or no such terminal */
  CB_ADMISSION_TOKEN,     /* no such token, or its time is over */
  CB_ADMISSION_REVOKED,
  CB_ADMISSION_FAILED, /* the database failed; the error says how */
} CbAdmission;

/* A code to type, good for ten minutes and one terminal. NULL on failure. */
char *cb_admission_make_code (CbService *service, const char *store, GError **error);

/* Uses up the code. A key that is known keeps its terminal's id. */
CbAdmission cb_admission_enrol (CbService *service,
                                const char *code,
                                const guint8 *public_key,
                                CbTerminalRow *terminal,
                                GError **error);

/* In base64. */
char *cb_admission_make_nonce (CbService *service, const char *terminal);

/* `token` is set when granted, `row` once the terminal has proved who it is. */
CbAdmission cb_admission_make_token (CbService *service,
                                     const char *terminal,
                                     const char *nonce,
                                     const guint8 *signature,
                                     CbTerminalRow *row,
                                     char **token,
                                     GError **error);

CbAdmission cb_admission_check_token (CbService *service,
                                      const char *token,
                                      CbTerminalRow *terminal,
                                      GError **error);

/* FALSE without an error when there is no such terminal. */
gboolean cb_admission_revoke (CbService *service, const char *terminal, GError **error);

/* Shuts it out as well: the order goes out with the refusal of whatever it asks next, once it has
 * proved who it is. */
gboolean cb_admission_order_wipe (CbService *service, const char *terminal, GError **error);

G_END_DECLS
