/* SPDX-License-Identifier: Apache-2.0 */

/* A terminal as the service sees one, made of the contract alone: a key, a token, requests. It
 * shares no code with the engine, so that the service is tested and not two halves of one mistake.
 * Blocking; what can't be reached fails the test unless it is asked for. */

#pragma once

#include "wire/cb-ack.h"

G_BEGIN_DECLS

typedef struct _CbTestTerminal CbTestTerminal;

CbTestTerminal *cb_test_terminal_new (const char *url);
void cb_test_terminal_free (CbTestTerminal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTestTerminal, cb_test_terminal_free)

const char *cb_test_terminal_get_id (CbTestTerminal *self);    /* NULL before it is enrolled */
const char *cb_test_terminal_get_token (CbTestTerminal *self); /* NULL before it has one */
const char *cb_test_terminal_get_store (CbTestTerminal *self);
const guint8 *cb_test_terminal_get_public_key (CbTestTerminal *self);

/* A header of the next request alone; NULL leaves out one that would be there. */
void cb_test_terminal_set_header (CbTestTerminal *self, const char *name, const char *value);

/* The status, 0 when there was no reply. `type` and `body` may be NULL. */
guint cb_test_terminal_request (CbTestTerminal *self,
                                const char *method,
                                const char *path,
                                const char *type,
                                GBytes *body);
guint cb_test_terminal_request_json (CbTestTerminal *self, const char *path, const char *json);

/* Of the last request; borrowed. */
const char *cb_test_terminal_get_reply (CbTestTerminal *self);
const char *cb_test_terminal_get_reply_header (CbTestTerminal *self, const char *name);
char *cb_test_terminal_dup_reply_text (CbTestTerminal *self, const char *member);

/* Each the status; 200 is done. */
guint cb_test_terminal_enrol (CbTestTerminal *self, const char *code);
guint cb_test_terminal_fetch_token (CbTestTerminal *self);
char *cb_test_terminal_fetch_nonce (CbTestTerminal *self);
guint cb_test_terminal_send_nonce (CbTestTerminal *self, const char *nonce, gboolean sign_well);

/* Lines as texts. NULL when the reply was not a success. */
CbAckList *cb_test_terminal_push (CbTestTerminal *self, GPtrArray *lines);

/* The state of the one operation in the batch. */
CbAckState cb_test_terminal_push_one (CbTestTerminal *self, const char *line);

/* The body that cb_test_terminal_push() sends. */
GBytes *cb_test_terminal_join (GPtrArray *lines);

G_END_DECLS
