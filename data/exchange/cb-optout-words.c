/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-optout-words.h"

#include <stdio.h>
#include <string.h>

#include "base/cb-clock.h"
#include "base/cb-fold.h"
#include "consent/cb-purpose.h"
#include "records/cb-terms.h"

/* Headings without case, accents and punctuation. English, German, French, Spanish, Italian, Dutch.
 */
static const char *const out_parts[] = {
  "unsub",     "optout",     "optedout", "donot",     "dontcall",  "dontmail",
  "blacklist", "blocklist",  "blocked",  "suppress",  "abgemeld",  "abmeld",
  "abbestel",  "widerruf",   "gesperrt", "sperr",     "desinscr",  "desabonn",
  "refus",     "opposition", "baja",     "noquiere",  "disiscri",  "revoc",
  "afgemeld",  "afmeld",     "uitgesch", "objection", "nocontact", "complain",
};
static const char *const in_parts[] = {
  "optin",     "optedin",   "consent",  "accepts",    "subscri", "permission",
  "marketing", "einwillig", "zustimm",  "angemeld",   "inscri",  "abonn",
  "suscri",    "iscri",     "toestemm", "newsletter", "confirm", "allow",
};
static const char *const date_parts[] = {
  "date", "datum", "fecha", "time", "created", "since", "zeitpunkt", "horodat",
};
static const char *const noise_words[] = {
  "ip",    "id",     "campaign", "reason", "grund", "raison", "motivo",
  "title", "source", "method",   "count",  "other", "url",    "token",
};

typedef struct
{
  CbOptoutColumn column;
  const char *headings;
} Known;

static const Known known_headings[] = {
  { CB_OPTOUT_STATUS,
    " status state zustand statut estado stato globalstatus emailstatus contactstatus memberstatus"
    " answer antwort reponse respuesta risposta antwoord " },
  { CB_OPTOUT_CHANNEL, " channel kanal canal canale kanaal medium via channels " },
  { CB_OPTOUT_PURPOSE,
    " purpose zweck finalite finalidad finalita doel topic topics list liste lista " },
  { CB_OPTOUT_DATE,
    " date datum fecha data time timestamp created createdat created added addedat since seit depuis"
    " desde am le on lastchanged updatedat " },
  { CB_OPTOUT_WORDING,
    " wording wortlaut text consenttext optintext einwilligungstext texte formulation statement"
    " libelle testo tekst " },
};

static gboolean
has_part (const char *text, const char *const *parts, gsize n_parts)
{
  for (gsize i = 0; i < n_parts; i++)
    {
      if (strstr (text, parts[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Letters and digits alone. */
static char *
reduce (const char *text)
{
  g_auto (GStrv) words = cb_fold_words (text);

  return g_strjoinv ("", words);
}

static gboolean
has_noise (const char *heading)
{
  g_auto (GStrv) words = cb_fold_words (heading);

  for (guint i = 0; words[i] != NULL; i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (noise_words); j++)
        {
          if (g_str_equal (words[i], noise_words[j]))
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
is_listed (const char *list, const char *plain)
{
  g_autofree char *word = g_strdup_printf (" %s ", plain);

  return strstr (list, word) != NULL;
}

/* --- channels --- */

#define BIT(channel) (1u << CB_CHANNEL_##channel)

static guint
find_channels (const char *plain)
{
  static const struct
  {
    const char *part;
    guint channels;
  } parts[] = {
    { "email", BIT (EMAIL) },        { "courriel", BIT (EMAIL) },
    { "correoelec", BIT (EMAIL) },   { "sms", BIT (SMS) },
    { "textmess", BIT (SMS) },       { "phone", BIT (PHONE) },
    { "call", BIT (PHONE) },         { "telefon", BIT (PHONE) },
    { "anruf", BIT (PHONE) },        { "appel", BIT (PHONE) },
    { "llamada", BIT (PHONE) },      { "telef", BIT (PHONE) },
    { "post", BIT (POST) },          { "letter", BIT (POST) },
    { "brief", BIT (POST) },         { "courrier", BIT (POST) },
    { "whatsapp", BIT (MESSENGER) }, { "messenger", BIT (MESSENGER) },
    { "telegram", BIT (MESSENGER) },
  };
  guint channels = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if (strstr (plain, parts[i].part) != NULL)
        channels |= parts[i].channels;
    }
  if (strstr (plain, "newsletter") != NULL)
    channels &= ~BIT (POST);
  /* Newsletters go by email; and "mail" is a letter in English and an email elsewhere: both. */
  if (channels == 0 && strstr (plain, "newsletter") != NULL)
    channels = BIT (EMAIL);
  else if (channels == 0 && strstr (plain, "mail") != NULL)
    channels = BIT (EMAIL) | BIT (POST);
  return channels;
}

guint
cb_optout_words_read_channels (const char *cell)
{
  g_autofree char *plain = reduce (cell);

  if (g_str_equal (plain, "text") || g_str_equal (plain, "mobile"))
    return BIT (SMS);
  return find_channels (plain);
}

CbOptoutColumn
cb_optout_words_find_column (const char *heading, guint *channels)
{
  g_autofree char *plain = reduce (heading);
  gboolean is_out = has_part (plain, out_parts, G_N_ELEMENTS (out_parts));
  gboolean is_in = !is_out && has_part (plain, in_parts, G_N_ELEMENTS (in_parts));

  *channels = CB_CHANNELS_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (known_headings); i++)
    {
      if (is_listed (known_headings[i].headings, plain))
        return known_headings[i].column;
    }
  if (!is_out && !is_in)
    return CB_OPTOUT_OTHER;
  if (has_noise (heading))
    return CB_OPTOUT_NOISE;
  *channels = find_channels (plain);
  if (is_out)
    return CB_OPTOUT_OUT;
  return has_part (plain, date_parts, G_N_ELEMENTS (date_parts)) ? CB_OPTOUT_IN_DATE
                                                                 : CB_OPTOUT_STATUS;
}

/* --- answers --- */

static const char yes_words[] =
  " yes y true 1 x on subscribed subscriber optedin optin in confirmed active allow allowed granted"
  " accepted agreed ja j wahr angemeldet bestatigt zugestimmt aktiv oui o vrai inscrit abonne accepte"
  " si s verdadero suscrito alta vero iscritto aangemeld singleoptin doubleoptin ";
static const char no_words[] =
  " no n false 0 off unsubscribed unsubscribe optedout optout out stop stopped blocked blacklisted"
  " blocklisted suppressed declined refused rejected withdrawn revoked objected denied disallow"
  " donotallow notallowed donotcontact donotcall donotemail donotmail optedoutofemail complained"
  " complaint spam spamcomplaint spamreport abuse nein falsch abgemeldet abbestellt widerrufen"
  " gesperrt abgelehnt non faux desabonne desinscrit refuse oppose baja dadodebaja falso rechazado"
  " disiscritto rifiutato nee afgemeld uitgeschreven geweigerd ";
static const char unreachable_words[] =
  " cleaned bounced bounce hardbounce hardbounced softbounce invalid undeliverable undelivered"
  " unzustellbar ungultig invalide rebotado ";
static const char falsy_words[] =
  " no n false 0 off nein n non nee falsch faux falso allow allowed none null never ";

CbSaid
cb_optout_words_read_status (const char *cell)
{
  g_autofree char *plain = reduce (cell);

  if (*plain == '\0')
    return CB_SAID_NOTHING;
  if (is_listed (no_words, plain))
    return CB_SAID_NO;
  if (is_listed (unreachable_words, plain))
    return CB_SAID_UNREACHABLE;
  return is_listed (yes_words, plain) ? CB_SAID_YES : CB_SAID_NOTHING;
}

CbSaid
cb_optout_words_read_out (const char *cell)
{
  g_autofree char *plain = reduce (cell);

  return *plain == '\0' || is_listed (falsy_words, plain) ? CB_SAID_NOTHING : CB_SAID_NO;
}

const char *
cb_optout_words_read_purpose (const char *cell)
{
  static const struct
  {
    const char *part;
    const char *purpose;
  } parts[] = {
    { "invit", CB_PURPOSE_INVITATIONS },  { "einlad", CB_PURPOSE_INVITATIONS },
    { "offer", CB_PURPOSE_INVITATIONS },  { "angebot", CB_PURPOSE_INVITATIONS },
    { "offre", CB_PURPOSE_INVITATIONS },  { "oferta", CB_PURPOSE_INVITATIONS },
    { "offert", CB_PURPOSE_INVITATIONS }, { "news", CB_PURPOSE_NEWS },
    { "topics", CB_PURPOSE_NEWS },        { "noticias", CB_PURPOSE_NEWS },
    { "nouvelles", CB_PURPOSE_NEWS },     { "notizie", CB_PURPOSE_NEWS },
  };
  g_autofree char *plain = reduce (cell);
  const char *found = NULL;

  /* "Newsletter" is what programs call all of it; and two purposes are all there are. */
  if (strstr (plain, "newsletter") != NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if (strstr (plain, parts[i].part) == NULL)
        continue;
      if (found != NULL && !g_str_equal (found, parts[i].purpose))
        return NULL;
      found = parts[i].purpose;
    }
  return found;
}

/* --- dates --- */

static gboolean
take_day (int year, int month, int day, gint64 *us)
{
  g_autoptr (GDateTime) noon = NULL;

  if (year < 1980 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
    return FALSE;
  noon = g_date_time_new_utc (year, month, day, 12, 0, 0);
  if (noon == NULL)
    return FALSE;
  *us = g_date_time_to_unix (noon) * CB_US_PER_SECOND;
  return TRUE;
}

static gboolean
read_seconds (const char *text, gint64 *us)
{
  gsize length = strspn (text, "0123456789");
  gint64 number;

  if (text[length] != '\0' || (length != 10 && length != 13))
    return FALSE;
  number = g_ascii_strtoll (text, NULL, 10);
  *us = length == 13 ? number * 1000 : number * CB_US_PER_SECOND;
  return TRUE;
}

/* A day is all that is kept of a moment: zones and hours of another program's clock say nothing. */
gboolean
cb_optout_words_read_date (const char *cell, gint64 *us)
{
  g_autofree char *text = g_strstrip (g_strdup (cell));
  int a;
  int b;
  int c;
  char mark;

  if (read_seconds (text, us))
    return TRUE;
  if ((sscanf (text, "%4d-%2d-%2d", &a, &b, &c) == 3 ||
       sscanf (text, "%4d/%2d/%2d", &a, &b, &c) == 3) &&
      a > 31)
    return take_day (a, b, c, us);
  if (sscanf (text, "%2d%c%2d%*1[./-]%4d", &a, &mark, &b, &c) != 4 || strchr ("./-", mark) == NULL)
    return FALSE;
  if (mark == '.' || a > 12)
    return take_day (c, b, a, us);
  /* 03/04/2025 is a day in March to some and in April to others. */
  return b > 12 && take_day (c, a, b, us);
}
