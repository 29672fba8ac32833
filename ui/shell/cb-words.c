/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-words.h"

#include <glib/gi18n-lib.h>

#include "base/cb-clock.h"
#include "consent/cb-purpose.h"
#include "shell/cb-when.h"

static const char *const roles[] = {
  [CB_ROLE_ASSOCIATE] = N_ ("Associate"),
  [CB_ROLE_MANAGER] = N_ ("Manager"),
  [CB_ROLE_PRIVACY] = N_ ("Privacy officer"),
  [CB_ROLE_ADMIN] = N_ ("Administrator"),
};

static const char *const visits[] = {
  [CB_VISIT_ADVICE] = N_ ("Advice"),           [CB_VISIT_TRY_ON] = N_ ("Try-on"),
  [CB_VISIT_PURCHASE] = N_ ("Purchase"),       [CB_VISIT_COLLECTION] = N_ ("Collection"),
  [CB_VISIT_RETURN] = NC_ ("visit", "Return"), [CB_VISIT_REPAIR] = N_ ("Repair"),
};

static const char *const intents[] = {
  [CB_INTENT_VISIT] = N_ ("This visit only"),
  [CB_INTENT_PROFILE] = N_ ("Remember it"),
  [CB_INTENT_TELL_ME] = N_ ("Tell them when"),
  [CB_INTENT_GIFT] = N_ ("It is a gift"),
};

static const char *const discretions[] = {
  [CB_DISCRETION_MENTION] = N_ ("May mention"),
  [CB_DISCRETION_SILENT] = N_ ("Use silently"),
  [CB_DISCRETION_PRIVATE] = N_ ("Do not mention"),
};

static const char *const provenances[] = {
  [CB_PROVENANCE_SAID] = N_ ("They said it"),
  [CB_PROVENANCE_ASKED] = N_ ("We asked"),
  [CB_PROVENANCE_OBSERVED] = N_ ("We saw it"),
};

static const char *const facets[] = {
  [CB_FACET_SIZE] = N_ ("Size"),         [CB_FACET_FIT] = N_ ("Fit"),
  [CB_FACET_COLOUR] = N_ ("Colour"),     [CB_FACET_MATERIAL] = N_ ("Material"),
  [CB_FACET_BRAND] = N_ ("Maker"),       [CB_FACET_STYLE] = N_ ("Style"),
  [CB_FACET_BUDGET] = N_ ("Budget"),     [CB_FACET_OCCASION] = N_ ("Occasion"),
  [CB_FACET_OTHER] = N_ ("Other taste"),
};

static const char *const polarities[] = {
  [CB_POLARITY_LIKE] = N_ ("Likes"),
  [CB_POLARITY_DISLIKE] = N_ ("Rather not"),
  [CB_POLARITY_NEVER] = N_ ("Never"),
};

/* A way of contact, as in "Offers and invitations by post". */
static const char *const channels[] = {
  [CB_CHANNEL_NONE] = "",
  [CB_CHANNEL_EMAIL] = NC_ ("by", "email"),
  [CB_CHANNEL_SMS] = NC_ ("by", "text"),
  [CB_CHANNEL_PHONE] = NC_ ("by", "phone"),
  [CB_CHANNEL_POST] = NC_ ("by", "post"),
  [CB_CHANNEL_MESSENGER] = NC_ ("by", "messenger"),
};

static const char *const known_roles[] = {
  N_ ("partner"), N_ ("daughter"), N_ ("son"), N_ ("mother"), N_ ("father"), N_ ("friend"), NULL,
};

const char *
cb_words_role (CbRole role)
{
  return _ (roles[role]);
}

const char *
cb_words_visit (CbVisit visit)
{
  if (visit == CB_VISIT_RETURN)
    return C_ ("visit", "Return");
  return _ (visits[visit]);
}

const char *
cb_words_intent (CbIntent intent)
{
  return _ (intents[intent]);
}

const char *
cb_words_discretion (CbDiscretion discretion)
{
  return _ (discretions[discretion]);
}

const char *
cb_words_provenance (CbProvenance provenance)
{
  return _ (provenances[provenance]);
}

const char *
cb_words_facet (CbFacet facet)
{
  return _ (facets[facet]);
}

const char *
cb_words_polarity (CbPolarity polarity)
{
  return _ (polarities[polarity]);
}

const char *
cb_words_channel (CbChannel channel)
{
  if (channel == CB_CHANNEL_NONE)
    return "";
  return g_dpgettext2 (GETTEXT_PACKAGE, "by", channels[channel]);
}

const char *
cb_words_purpose (const char *purpose)
{
  if (g_strcmp0 (purpose, CB_PURPOSE_ASKED) == 0)
    return _ ("What they asked for");
  if (g_strcmp0 (purpose, CB_PURPOSE_EVERYWHERE) == 0)
    return _ ("All shops and online");
  if (g_strcmp0 (purpose, CB_PURPOSE_NEWS) == 0)
    return _ ("News they care about");
  if (g_strcmp0 (purpose, CB_PURPOSE_INVITATIONS) == 0)
    return _ ("Offers and invitations");
  return _ ("This shop");
}

const char *
cb_words_for_role (const char *role)
{
  if (role == NULL)
    return _ ("Themselves");
  if (g_strv_contains (known_roles, role))
    return _ (role);
  return role;
}

const char *const *
cb_words_known_roles (void)
{
  return known_roles;
}

char *
cb_words_dup_initials (const char *name)
{
  g_autoptr (GString) initials = g_string_new (NULL);
  g_auto (GStrv) words = g_strsplit_set (name != NULL ? name : "", " -", -1);
  guint count = g_strv_length (words);

  for (guint i = 0; i < count; i++)
    {
      gunichar letter = g_utf8_get_char (words[i]);

      if (g_unichar_isalnum (letter) && (initials->len == 0 || i + 1 == count))
        g_string_append_unichar (initials, g_unichar_toupper (letter));
    }
  return g_string_free (g_steal_pointer (&initials), FALSE);
}

char *
cb_words_dup_isolated (const char *text)
{
  return g_strconcat ("\u2068", text, "\u2069", NULL);
}

char *
cb_words_dup_address (const char *address)
{
  GString *parts = g_string_new (address);

  g_string_replace (parts, "@", "\u200B@", 0);
  g_string_replace (parts, ".", "\u200B.", 0);
  g_string_prepend (parts, "\u2068");
  g_string_append (parts, "\u2069");
  return g_string_free (parts, FALSE);
}

static char *
with_day (const char *format, gint64 at_us, gint64 now_us)
{
  g_autofree char *day = cb_when_dup_day (at_us, now_us);

  /* The formats are literals of this file with one %s. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (format, day);
#pragma GCC diagnostic pop
}

char *
cb_words_dup_verdict (CbPermission *permission, gint64 now_us)
{
  gint64 since_us = cb_permission_get_since_us (permission);
  gint64 next_us = cb_permission_get_next_us (permission);

  switch (cb_permission_get_verdict (permission))
    {
    case CB_VERDICT_ALLOWED:
      return with_day (_ ("Yes, since %s"), since_us, now_us);
    case CB_VERDICT_NOT_ASKED:
      return g_strdup (_ ("Not asked yet"));
    case CB_VERDICT_LATER:
      return with_day (_ ("Asked %s, not decided"), since_us, now_us);
    case CB_VERDICT_REFUSED:
      return with_day (_ ("No, since %s: do not ask again"), since_us, now_us);
    case CB_VERDICT_WITHDRAWN:
      return with_day (_ ("Taken back %s"), since_us, now_us);
    case CB_VERDICT_EXPIRED:
      return g_strdup (_ ("Ran out: may be asked again"));
    case CB_VERDICT_OUTDATED:
      return g_strdup (_ ("The notice has changed: ask again"));
    case CB_VERDICT_UNCONFIRMED:
      return g_strdup (_ ("Yes, to be confirmed by them"));
    case CB_VERDICT_NO_ADDRESS:
      return g_strdup (_ ("Nothing on file to reach them"));
    case CB_VERDICT_NO_CHANNEL:
      return g_strdup (_ ("Permits no contact"));
    case CB_VERDICT_RESTRICTED:
      return g_strdup (_ ("Frozen at their wish"));
    case CB_VERDICT_SUPPRESSED:
      return g_strdup (_ ("No: on the list of those not to be contacted"));
    case CB_VERDICT_PAUSED:
      return next_us > 0 ? with_day (_ ("Yes, but not before %s"), next_us, now_us)
                         : g_strdup (_ ("Yes, but they want a pause"));
    case CB_VERDICT_UNMET:
      return g_strdup (_ ("Yes, but only on the occasion they named"));
    case CB_VERDICT_TOO_OFTEN:
      return with_day (_ ("Yes, but not again before %s"), next_us, now_us);
    case CB_VERDICT_QUIET:
      return g_strdup (_ ("Yes, but not at this hour of theirs"));
    }
  g_return_val_if_reached (NULL);
}

static const char *
delivery_words (CbDelivery delivery)
{
  switch (delivery)
    {
    case CB_DELIVERY_LOCAL:
      return _ ("stays on this terminal");
    case CB_DELIVERY_HELD:
      return _ ("stays here for now");
    case CB_DELIVERY_WAITING:
      return _ ("waiting to send");
    case CB_DELIVERY_SENT:
      return _ ("sent, not yet confirmed");
    case CB_DELIVERY_ACCEPTED:
      return _ ("sent");
    case CB_DELIVERY_PARKED:
      return _ ("refused: needs a person");
    }
  g_return_val_if_reached (NULL);
}

char *
cb_words_dup_note_fate (CbNote *note, gint64 now_us)
{
  g_autofree char *last = cb_when_dup_last_day (cb_note_get_ends_us (note), now_us);
  const char *delivery = delivery_words (cb_note_get_delivery (note));

  switch (cb_note_get_life (note))
    {
    case CB_LIFE_ASKED:
      return g_strdup_printf (_ ("Their request · %s"), delivery);
    case CB_LIFE_AGREED:
      return g_strdup_printf (_ ("Agreed · until %s · %s"), last, delivery);
    case CB_LIFE_UNASKED:
      if (cb_note_get_ends_us (note) <= cb_clock_day_end_us (now_us, 0))
        return g_strdup (_ ("Not asked yet · ask today · stays on this terminal"));
      return g_strdup_printf (_ ("Not asked yet · ask by %s · stays on this terminal"), last);
    case CB_LIFE_TONIGHT:
      return g_strdup (_ ("Ends with the day · stays on this terminal"));
    case CB_LIFE_REVIEW:
      return g_strdup (_ ("Waits for a manager · stays on this terminal"));
    }
  g_return_val_if_reached (NULL);
}

char *
cb_words_dup_preference_age (CbPreference *preference, gint64 now_us)
{
  if (cb_preference_get_age (preference, now_us) == CB_AGE_FADED)
    return with_day (_ ("Last heard %s: still right?"), cb_preference_get_confirmed_us (preference),
                     now_us);
  return with_day (_ ("Heard %s"), cb_preference_get_confirmed_us (preference), now_us);
}

const char *
cb_words_operation (CbOutboxItem *item)
{
  static const struct
  {
    const char *kind;
    const char *words;
  } kinds[] = {
    { "customer", N_ ("A customer’s card") },      { "note", N_ ("A note") },
    { "preference", N_ ("A preference") },         { "request", N_ ("A request or a promise") },
    { "consent", N_ ("An answer about consent") }, { "erase", N_ ("An erasure") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_strcmp0 (kinds[i].kind, cb_outbox_item_get_kind (item)) == 0)
        return _ (kinds[i].words);
    }
  return _ ("A record");
}

/* The store gives its reason as a sentence for scripts; NULL when there is none here for it. */
static const char *
reason_words (const char *reason)
{
  static const char *const words[] = {
    [CB_VERDICT_ALLOWED] = N_ ("The customer agreed."),
    [CB_VERDICT_NOT_ASKED] = N_ ("The customer has not been asked."),
    [CB_VERDICT_LATER] = N_ ("The customer put the answer off."),
    [CB_VERDICT_REFUSED] = N_ ("The customer said no."),
    [CB_VERDICT_WITHDRAWN] = N_ ("The customer took the agreement back."),
    [CB_VERDICT_EXPIRED] = N_ ("The agreement has run out."),
    [CB_VERDICT_OUTDATED] = N_ ("The notice has changed since the customer agreed."),
    [CB_VERDICT_UNCONFIRMED] = N_ ("The owner of the address has not confirmed it."),
    [CB_VERDICT_NO_ADDRESS] = N_ ("Nothing is on file for this way of contact."),
    [CB_VERDICT_NO_CHANNEL] = N_ ("What they agreed to permits no contact."),
    [CB_VERDICT_RESTRICTED] = N_ ("The record is frozen at the customer’s wish."),
    [CB_VERDICT_SUPPRESSED] =
      N_ ("The address or number is on the list of those not to be contacted."),
    [CB_VERDICT_PAUSED] = N_ ("The customer wants a pause."),
    [CB_VERDICT_UNMET] = N_ ("The customer agreed for an occasion that this is not."),
    [CB_VERDICT_TOO_OFTEN] = N_ ("It was as often as the customer agreed to already."),
    [CB_VERDICT_QUIET] = N_ ("The customer does not want to be disturbed at this hour."),
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_strcmp0 (reason, cb_verdict_get_reason ((CbVerdict) i)) == 0)
        return _ (words[i]);
    }
  if (g_strcmp0 (reason, "a withdrawal or an erasure may always leave") == 0)
    return _ ("A withdrawal or an erasure may always leave.");
  if (g_strcmp0 (reason, "it waits for an earlier answer") == 0)
    return _ ("It waits for an earlier answer.");
  if (g_strcmp0 (reason, "a no goes only where something of theirs is kept") == 0)
    return _ ("A no goes only where something of theirs is kept.");
  return NULL;
}

/* One that nobody gave words here is shown as it is, with a capital and a full stop. */
char *
cb_words_dup_reason (CbOutboxItem *item)
{
  const char *reason = cb_outbox_item_get_reason (item);
  const char *words = reason_words (reason);
  gboolean is_closed;

  if (words != NULL)
    return g_strdup (words);
  if (reason == NULL || *reason == '\0')
    return g_strdup ("");
  is_closed = g_str_has_suffix (reason, ".");
  return g_strdup_printf ("%c%s%s", g_ascii_toupper (*reason), reason + 1, is_closed ? "" : ".");
}

/* What waits will not go by itself. */
static gboolean
needs_somebody (CbSyncState *state)
{
  switch (cb_sync_state_get_contact (state))
    {
    case CB_CONTACT_PORTAL:
    case CB_CONTACT_UNTRUSTED:
    case CB_CONTACT_AUTH_REQUIRED:
    case CB_CONTACT_REVOKED:
    case CB_CONTACT_UPDATE_NEEDED:
      return TRUE;
    case CB_CONTACT_NOT_ENROLLED:
    case CB_CONTACT_NEVER:
    case CB_CONTACT_SYNCING:
    case CB_CONTACT_REACHED:
    case CB_CONTACT_UNREACHABLE:
    case CB_CONTACT_TROUBLE:
    case CB_CONTACT_BUSY:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

gboolean
cb_words_sync_is_problem (CbSyncState *state)
{
  return cb_sync_state_get_parked (state) > 0 ||
         (cb_sync_state_get_waiting (state) > 0 && needs_somebody (state));
}

char *
cb_words_dup_sync (CbSyncState *state, gint64 now_us)
{
  guint parked = cb_sync_state_get_parked (state);
  guint waiting = cb_sync_state_get_waiting (state);
  gint64 accepted_us = cb_sync_state_get_last_accepted_us (state);
  g_autofree char *when = NULL;

  if (parked > 0)
    return g_strdup_printf (_ ("Needs a person (%u)"), parked);
  if (waiting > 0 && cb_sync_state_get_contact (state) == CB_CONTACT_PORTAL)
    return g_strdup_printf (_ ("Sign in to the network (%u)"), waiting);
  if (waiting > 0 && needs_somebody (state))
    return g_strdup_printf (_ ("Cannot send (%u)"), waiting);
  if (waiting > 0)
    return g_strdup_printf (_ ("Waiting to send (%u)"), waiting);
  /* Before the first count nobody knows. */
  if (!cb_sync_state_is_counted (state))
    return g_strdup (_ ("Counting …"));
  if (accepted_us == 0)
    return g_strdup (_ ("Nothing to send"));
  when = cb_when_dup_short (accepted_us, now_us);
  return g_strdup_printf (_ ("All sent %s"), when);
}

static char *
dup_reached (gint64 at_us, gint64 now_us)
{
  g_autofree char *when = cb_when_dup_moment (at_us, now_us);

  return g_strdup_printf (_ ("Head office was last reached %s."), when);
}

char *
cb_words_dup_contact (CbSyncState *state, gint64 now_us)
{
  switch (cb_sync_state_get_contact (state))
    {
    case CB_CONTACT_NOT_ENROLLED:
      return g_strdup (
        _ ("This terminal is not connected to a head office. Everything works and "
           "stays here."));
    case CB_CONTACT_NEVER:
      return g_strdup (_ ("Nothing has been tried yet."));
    case CB_CONTACT_SYNCING:
      return g_strdup (_ ("Sending now …"));
    case CB_CONTACT_REACHED:
      return dup_reached (cb_sync_state_get_last_contact_us (state), now_us);
    case CB_CONTACT_UNREACHABLE:
      return g_strdup (
        _ ("Head office cannot be reached. Nothing is lost: it is sent as soon as "
           "there is a way."));
    case CB_CONTACT_PORTAL:
      return g_strdup (
        _ ("The network wants somebody to sign in before it lets anything through."));
    case CB_CONTACT_UNTRUSTED:
      return g_strdup (
        _ ("What answered is not head office. Nothing was sent. Tell whoever looks "
           "after the terminal."));
    case CB_CONTACT_AUTH_REQUIRED:
      return g_strdup (
        _ ("Head office does not know this terminal. Nothing is lost. It has to be "
           "enrolled again."));
    case CB_CONTACT_REVOKED:
      return g_strdup (
        _ ("Head office has shut this terminal out. Nothing leaves it any more. Tell "
           "whoever looks after the terminal."));
    case CB_CONTACT_UPDATE_NEEDED:
      return g_strdup (
        _ ("Head office asks for a newer Counterbook. Nothing is lost. Update this "
           "terminal."));
    case CB_CONTACT_TROUBLE:
      return g_strdup (
        _ ("Head office answers with errors. Nothing is lost: it is tried again by "
           "itself."));
    case CB_CONTACT_BUSY:
      return g_strdup (
        _ ("Head office is busy and asks this terminal to wait. It is tried again by "
           "itself."));
    }
  g_return_val_if_reached (NULL);
}
