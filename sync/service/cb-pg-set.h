/* SPDX-License-Identifier: Apache-2.0 */

/* What one transaction can touch, in memory: fetched at its beginning, looked up and changed by the
 * rules, written in sets at its end. So a batch costs two journeys to the database, whatever it
 * holds. No database here. */

#pragma once

#include "service/cb-storage.h"

G_BEGIN_DECLS

typedef struct
{
  CbIdText op;
  CbAppliedRow row;
  gboolean is_stored;
} CbSetApplied;

typedef struct
{
  CbIdText customer;
  gint64 n;
  gint64 at_us;
  gboolean is_stored;
} CbSetErased;

typedef struct
{
  CbIdText customer;
  CbIdText op;
  char *purpose;
  char *channel;
  char *store;
  char *source;
  char *captured;
  char *evidence; /* of a new one; NULL otherwise; personal */
  CbIdText saw;
  CbIdText ended_by;
  gint64 n;
  gboolean is_stored;
  gboolean is_changed; /* it was ended */
} CbSetGrant;

void cb_set_grant_drop_evidence (CbSetGrant *grant); /* wiped */

typedef struct
{
  CbAnswerRow row;
  gboolean is_changed;
} CbSetAnswer;

typedef struct
{
  CbRecordRow row; /* without a body where none was asked for */
  char *author;
  char *captured;
  char *source;
  gint64 schema;
  gboolean is_stored;
  gboolean is_gone;
  gboolean is_put;   /* all of it is to be written */
  gboolean is_moved; /* what it rests on is to be written */
} CbSetRecord;

/* One customer of the transaction. */
typedef struct
{
  CbIdText id;
  GPtrArray *grants;
  GPtrArray *answers;
  GPtrArray *records;
  CbSetErased *erased; /* or NULL */
  gboolean is_forgotten;
} CbSetCustomer;

typedef struct
{
  GHashTable *customers;   /* by id */
  GHashTable *applied;     /* by op */
  GHashTable *records;     /* by key and customer; they belong to the customers */
  gboolean is_purge_noted; /* to be written */
} CbPgSet;

CbPgSet *cb_pg_set_new (void);
void cb_pg_set_free (CbPgSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPgSet, cb_pg_set_free)

/* Everything is as the database has it now. */
void cb_pg_set_settle (CbPgSet *self);

/* Never NULL; made when it is new. */
CbSetCustomer *cb_pg_set_get_customer (CbPgSet *self, const char *id);

/* Empty ones, to be filled in. A record that is there already is answered as it is. */
CbSetApplied *cb_pg_set_add_applied (CbPgSet *self, const char *op);
CbSetErased *cb_pg_set_add_erased (CbPgSet *self, const char *customer);
CbSetGrant *cb_pg_set_add_grant (CbPgSet *self, const char *customer);
CbSetAnswer *cb_pg_set_add_answer (CbPgSet *self, const char *customer);
CbSetRecord *cb_pg_set_add_record (CbPgSet *self, const char *customer, const char *key);

/* NULL when there is none. */
CbSetApplied *cb_pg_set_find_applied (CbPgSet *self, const char *op);
CbSetGrant *cb_pg_set_find_grant (CbPgSet *self, const char *customer, const char *op);
CbSetAnswer *cb_pg_set_find_answer (CbPgSet *self,
                                    const char *customer,
                                    const char *purpose,
                                    const char *channel);
CbSetRecord *cb_pg_set_find_record (CbPgSet *self, const char *customer, const char *key);

/* Nothing is left but that it was. */
void cb_pg_set_forget (CbPgSet *self, const char *customer);

G_END_DECLS
