/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-outbox-words.h"

#include <glib/gi18n-lib.h>

#include "consent/cb-purpose.h"
#include "shell/cb-when.h"
#include "shell/cb-words.h"

typedef struct
{
  const char *code;
  const char *what;
  const char *advice;
} Refusal;

/* The codes of the protocol, then this terminal's own. */
static const Refusal refusals[] = {
  { "schema_invalid", N_ ("Head office could not read it."),
    N_ ("Have this terminal updated, then try again.") },
  { "consent_missing", N_ ("Head office knows of no agreement for it."),
    N_ ("Ask the customer once more, then try again.") },
  { "consent_withdrawn", N_ ("The customer took the agreement back somewhere else."),
    N_ ("Keep it here only. If the customer agrees anew, try again.") },
  { "stale_grant", N_ ("The customer took the agreement back before this terminal knew."),
    N_ ("Ask the customer once more, then try again.") },
  { "forbidden", N_ ("Head office does not take it from this shop."),
    N_ ("It is another shop’s record. Keep it here only, or ask head office.") },
  { "too_large", N_ ("It is longer than head office takes."),
    N_ ("Write it again in shorter notes and keep this one here only.") },
  { "id_reuse", N_ ("Head office has something else under its number."),
    N_ ("Try again: it gets a new number.") },
  { "poison", N_ ("Head office stumbled over it and took all the others."),
    N_ ("Try again. If it is refused once more, tell whoever looks after the terminal.") },
  { "unknown_answer", N_ ("Head office gave no answer to it that can be understood."),
    N_ ("Try again: nothing happens twice.") },
  { "damaged", N_ ("What was to be sent does not open any more. The record itself is here."),
    N_ ("Try again: it is written anew.") },
  { "conflict", N_ ("Head office has another version of it. Both are kept."),
    N_ ("What it says there comes with the next contact. Then somebody can compare the two.") },
};

static const Refusal *
find_refusal (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      if (g_strcmp0 (refusals[i].code, code) == 0)
        return &refusals[i];
    }
  return NULL;
}

static gboolean
is_act (CbOutboxItem *item, const char *act)
{
  return g_strcmp0 (cb_outbox_item_get_act (item), act) == 0;
}

const char *
cb_outbox_words_state (CbOutboxItem *item)
{
  switch (cb_outbox_item_get_state (item))
    {
    case CB_DELIVERY_PARKED:
      return _ ("refused");
    case CB_DELIVERY_HELD:
    case CB_DELIVERY_LOCAL:
      return _ ("stays here for now");
    case CB_DELIVERY_ACCEPTED:
      return _ ("sent");
    case CB_DELIVERY_WAITING:
      return _ ("waiting to send");
    case CB_DELIVERY_SENT:
      return _ ("sent, not yet confirmed");
    }
  g_return_val_if_reached (NULL);
}

/* A sentence for each purpose, the day in its place: languages differ in more than the words. */
static const char *
basis_words (CbOutboxItem *item)
{
  const char *purpose = cb_outbox_item_get_purpose (item);
  const char *basis = cb_outbox_item_get_basis (item);

  if (g_strcmp0 (purpose, CB_PURPOSE_ASKED) == 0)
    /* Translators: %s is a day such as "today" or "3 March". */
    return _ ("May leave: they asked for it themselves, %s.");
  if (g_strcmp0 (basis, CB_PURPOSE_EVERYWHERE) == 0 && g_strcmp0 (purpose, basis) != 0)
    return _ ("May leave: their yes to all shops and online, %s, covers this shop.");
  if (g_strcmp0 (purpose, CB_PURPOSE_EVERYWHERE) == 0)
    return _ ("May leave: they agreed to all shops and online, %s.");
  return _ ("May leave: they agreed to being remembered in this shop, %s.");
}

static char *
with_text (const char *format, const char *text)
{
  /* The formats are literals of this file with one %s. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (format, text);
#pragma GCC diagnostic pop
}

static char *
dup_why_it_leaves (CbOutboxItem *item, gint64 now_us)
{
  const char *purpose = cb_words_purpose (cb_outbox_item_get_purpose (item));
  g_autofree char *day = NULL;

  if (is_act (item, "erase"))
    return g_strdup (_ ("An erasure may always leave, and goes first."));
  if (is_act (item, "withdraw"))
    return g_strdup_printf (_ ("They took “%s” back. That may always leave, and goes first."),
                            purpose);
  if (is_act (item, "refuse"))
    return g_strdup_printf (_ ("Their no to “%s”, so that nobody asks them again."), purpose);
  if (is_act (item, "grant"))
    return g_strdup_printf (_ ("Their yes to “%s”, which everything under it needs."), purpose);
  day = cb_when_dup_day (cb_outbox_item_get_since_us (item), now_us);
  return with_text (basis_words (item), day);
}

static char *
dup_why_it_was_refused (CbOutboxItem *item)
{
  const char *code = cb_outbox_item_get_code (item);
  const Refusal *refusal = find_refusal (code);

  if (refusal != NULL)
    return g_strdup (_ (refusal->what));
  if (code == NULL)
    return g_strdup (_ ("Head office refused it and gave no reason."));
  /* Translators: %s is a word of the service's, such as "moon_phase". */
  return g_strdup_printf (_ ("Head office refused it (%s)."), code);
}

char *
cb_outbox_words_dup_why (CbOutboxItem *item, gint64 now_us)
{
  switch (cb_outbox_item_get_state (item))
    {
    case CB_DELIVERY_PARKED:
      return dup_why_it_was_refused (item);
    case CB_DELIVERY_HELD:
    case CB_DELIVERY_LOCAL:
      return cb_words_dup_reason (item);
    case CB_DELIVERY_WAITING:
    case CB_DELIVERY_SENT:
    case CB_DELIVERY_ACCEPTED:
      return dup_why_it_leaves (item, now_us);
    }
  g_return_val_if_reached (NULL);
}

const char *
cb_outbox_words_advice (CbOutboxItem *item)
{
  const Refusal *refusal = find_refusal (cb_outbox_item_get_code (item));

  if (cb_outbox_item_get_state (item) != CB_DELIVERY_PARKED)
    return NULL;
  /* Whatever the code: an answer is only ever tried again. */
  if (!cb_outbox_words_can_discard (item))
    return _ (
      "It has to arrive. Try again; if that does not help, tell whoever looks after the "
      "terminal.");
  if (cb_outbox_item_is_choice (item))
    return _ ("Compare the two, with the customer if they are here, and say which one is right.");
  return refusal != NULL ? _ (refusal->advice)
                         : _ ("Try again. If it is refused once more, keep it here only.");
}

gboolean
cb_outbox_words_can_retry (CbOutboxItem *item)
{
  return cb_outbox_item_get_state (item) == CB_DELIVERY_PARKED && !cb_outbox_item_is_choice (item);
}

gboolean
cb_outbox_words_can_compare (CbOutboxItem *item)
{
  return cb_outbox_item_is_choice (item);
}

gboolean
cb_outbox_words_can_discard (CbOutboxItem *item)
{
  return cb_outbox_item_get_state (item) == CB_DELIVERY_PARKED && is_act (item, "put");
}
