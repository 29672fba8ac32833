/* SPDX-License-Identifier: Apache-2.0 */

/* A customer whom the retailer's other systems may know: in a service without its network. */

#pragma once

#include "base/cb-json.h"
#include "consent/cb-conditions.h"
#include "support/cb-test-service.h"

G_BEGIN_DECLS

#define CB_TEST_TOLD_CUSTOMER "3f8590c97a07477c81905ed61e1ece7a"
#define CB_TEST_TOLD_CARD "061fc6ecee194c669df48bcdd8e07aa6"

/* Their yeses: to be known everywhere, in this shop, and for what they asked for. */
#define CB_TEST_TOLD_ALL "221fc6ecee194c669df48bcdd8e07aa2"
#define CB_TEST_TOLD_SHOP "321fc6ecee194c669df48bcdd8e07aa3"
#define CB_TEST_TOLD_ASKED "421fc6ecee194c669df48bcdd8e07aa4"

/* Somebody who is known everywhere, in this shop, and waits for something. */
CbTestService *cb_test_told_new_book (void);

/* A yes of theirs; `op` is its id, a new one when it is NULL. */
void cb_test_told_grant (CbTestService *book,
                         const char *op,
                         const char *purpose,
                         const char *channel);

/* A yes to news by email with conditions: a JSON array; `zone` is JSON too. */
void cb_test_told_grant_bound (CbTestService *book, const char *conditions, const char *zone);

/* Their card, resting on the yes `yes`. */
void cb_test_told_put_card (CbTestService *book,
                            const char *scope,
                            const char *purpose,
                            const char *yes);

/* What `permission` answers; the caller's. */
JsonObject *cb_test_told_ask (CbTestService *book,
                              const char *purpose,
                              const char *channel,
                              CbCircumstance occasion);

/* Its verdict, on no occasion. */
void cb_test_told_expect (CbTestService *book,
                          const char *purpose,
                          const char *channel,
                          const char *verdict);

G_END_DECLS
