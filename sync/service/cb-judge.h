/* SPDX-License-Identifier: Apache-2.0 */

/* The verdict at the centre, by the rules of the terminal's (data/consent/cb-verdict.h): from what
 * the retailer's other systems may be told of a customer, and from nothing else, so that no verdict
 * betrays what a shop keeps for itself. Everything that is not known is a no. Pure. */

#pragma once

#include "consent/cb-conditions.h"
#include "consent/cb-verdict.h"
#include "service/cb-storage.h"

G_BEGIN_DECLS

typedef struct
{
  CbVerdict verdict;
  gint64 until_us; /* of a yes that stands: when it lapses; 0 otherwise */
  gint64 next_us;  /* where conditions are in the way: from when they may not be; 0 unknown */
} CbJudgement;

/* Are answers to that purpose told at all? */
gboolean cb_judge_is_told (const char *purpose);

/* `channel` "*" asks whether what rests on the purpose may be known. */
void cb_judge (const CbToldRow *told,
               const char *purpose,
               const char *channel,
               CbCircumstance circumstance,
               gint64 now_us,
               CbJudgement *judgement);

/* "2026-11-21T19:04:05.123Z"; 0 when it is no such text. */
gint64 cb_judge_read_time (const char *text);

G_END_DECLS
