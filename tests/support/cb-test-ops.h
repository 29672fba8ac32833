/* SPDX-License-Identifier: Apache-2.0 */

/* Operations as a terminal would send them, each one line of JSON without a newline. Free them.
 * `op` may be NULL where the id does not matter; `channel` is "*" for none. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cb_test_grant (const char *op,
                     const char *customer,
                     const char *purpose,
                     const char *channel,
                     const char *method,
                     const char *saw);
char *cb_test_refuse (const char *op,
                      const char *customer,
                      const char *purpose,
                      const char *channel);
char *cb_test_withdraw (const char *op,
                        const char *customer,
                        const char *purpose,
                        const char *channel);
char *cb_test_erase (const char *op, const char *customer);

/* `grant` NULL: it names no basis. */
typedef struct
{
  const char *op;
  const char *customer;
  const char *scope;
  const char *purpose;
  const char *grant;
  const char *base;
  const char *text;
} CbTestPut;

char *cb_test_card (const CbTestPut *put); /* `text` is the given name */
char *cb_test_note (const char *id, const CbTestPut *put);
char *cb_test_preference (const char *id, const CbTestPut *put);
char *cb_test_request (const char *id, const CbTestPut *put); /* `text` is the value */

/* The line with a member of the outermost object replaced by `json` (NULL: removed). */
char *cb_test_op_with (const char *line, const char *member, const char *json);

G_END_DECLS
