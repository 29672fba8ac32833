/* SPDX-License-Identifier: Apache-2.0 */

/* What the columns and cells of a list of opt-outs mean, as mailing programs, shops and address
 * books write them in several languages. Pure functions over words; nothing here is a verdict. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_OPTOUT_OTHER,   /* not about consent: a contact value, or nothing of use */
  CB_OPTOUT_STATUS,  /* says yes, no or neither in words */
  CB_OPTOUT_OUT,     /* a flag or day of opting out: whatever is not "no" is a no */
  CB_OPTOUT_IN_DATE, /* the day of a yes */
  CB_OPTOUT_CHANNEL,
  CB_OPTOUT_PURPOSE,
  CB_OPTOUT_DATE,
  CB_OPTOUT_WORDING,
  CB_OPTOUT_NOISE, /* about consent, but nobody's answer: campaigns, reasons, machine addresses */
} CbOptoutColumn;

typedef enum
{
  CB_SAID_NOTHING,
  CB_SAID_YES,
  CB_SAID_NO,
  CB_SAID_UNREACHABLE, /* bounced, cleaned: not to be written to, and no answer of anybody's */
} CbSaid;

/* A set of channels: 1 << CbChannel. */
#define CB_CHANNELS_NONE 0u

/* `channels`: those that the heading names, or none. */
CbOptoutColumn cb_optout_words_find_column (const char *heading, guint *channels);

CbSaid cb_optout_words_read_status (const char *cell);

/* Under a heading of opting out: an empty cell, "no" and "0" say nothing. */
CbSaid cb_optout_words_read_out (const char *cell);
guint cb_optout_words_read_channels (const char *cell);

/* One of the marketing purposes, or NULL for what names none. */
const char *cb_optout_words_read_purpose (const char *cell);

/* ISO 8601, 31.12.2025, seconds or milliseconds since 1970, and 12/31/2025 where only one reading
 * is a day. FALSE when it is no date. */
gboolean cb_optout_words_read_date (const char *cell, gint64 *us);

G_END_DECLS
