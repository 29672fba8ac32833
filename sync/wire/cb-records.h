/* SPDX-License-Identifier: Apache-2.0 */

/* A page of what other terminals put, as it travels: a line a yes and a line a record, everything
 * of one customer together, the yeses and the card first, then a trailer that says where to go on.
 * Each line is as deep and as long as the operation that it came in. Pure; any thread. */

#pragma once

#include "store/cb-arrival.h"

G_BEGIN_DECLS

/* --- writing; texts are borrowed, `evidence` and `body` are JSON as they came --- */

typedef struct
{
  const char *customer;
  const char *op;
  const char *purpose;
  const char *saw; /* or NULL */
  const char *at;
  const char *evidence;
} CbRecordsYes;

typedef struct
{
  const char *customer;
  const char *key;
  const char *scope;
  const char *version;
  gint64 n;
  const char *by;
  const char *at;
  const char *body;
} CbRecordsRecord;

void cb_records_write_yes (const CbRecordsYes *yes, GString *into);
void cb_records_write_record (const CbRecordsRecord *record, GString *into);

/* --- reading --- */

typedef struct
{
  GPtrArray *arrivals; /* of CbArrival */
  char *cursor;
  gboolean has_more;
  gint64 head;
} CbRecordsPage;

/* Whole or not at all, as cb_changes_page_parse(); the trailer is that of a page of changes. What
 * is of no kind that is known here is passed over: it stays with the service. */
CbRecordsPage *cb_records_page_parse (GBytes *reply, GError **error);
void cb_records_page_free (CbRecordsPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbRecordsPage, cb_records_page_free)

G_END_DECLS
