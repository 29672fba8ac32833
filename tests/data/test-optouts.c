/* SPDX-License-Identifier: Apache-2.0 */

/* Lists of opt-outs as the usual programs write them, row by row. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "exchange/cb-optouts.h"

/* "given|emails|phones|refused|unreachable|purpose|day" or "- reason". */
static char *
join_row (const CbOptout *row)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GDateTime) day = g_date_time_new_from_unix_utc (row->since_us / G_USEC_PER_SEC);
  g_autofree char *date = row->since_us > 0 ? g_date_time_format (day, "%F") : g_strdup ("");
  g_autofree char *emails = NULL;
  g_autofree char *phones = NULL;

  if (row->reason != NULL)
    return g_strdup_printf ("%d - %s", (int) row->line, row->reason);
  emails = g_strjoinv (" ", row->draft->emails);
  phones = g_strjoinv (" ", row->draft->phones);
  g_string_append_printf (line, "%d %s|%s|%s|", (int) row->line,
                          row->draft->given != NULL ? row->draft->given : "", emails, phones);
  for (guint i = 0; i < 32; i++)
    {
      if ((row->refused & (1u << i)) != 0)
        g_string_append_printf (line, "%s ", cb_channel_to_id (i));
    }
  g_string_append_c (line, '|');
  for (guint i = 0; i < 32; i++)
    {
      if ((row->unreachable & (1u << i)) != 0)
        g_string_append_printf (line, "%s ", cb_channel_to_id (i));
    }
  g_string_append_printf (line, "|%s|%s%s", row->purpose != NULL ? row->purpose : "", date,
                          row->says_yes ? "|yes" : "");
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
assert_rows (const char *text, const char *const *expected)
{
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (g_strdup (text), -1, g_free);
  g_autoptr (CbOptouts) list = cb_optouts_new (stream);
  g_autoptr (GError) error = NULL;

  for (guint i = 0;; i++)
    {
      g_auto (CbOptout) row = { 0 };
      g_autofree char *line = NULL;

      if (!cb_optouts_next (list, &row, &error))
        {
          g_assert_no_error (error);
          g_assert_cmpstr (NULL, ==, expected[i]);
          return;
        }
      line = join_row (&row);
      g_assert_cmpstr (line, ==, expected[i]);
    }
}

#define NO_WORDING "a yes without its wording and its day is none: they count as not asked"
#define UNSAID "the row says neither yes nor no: they count as not asked"
#define NO_VALUE "the row has no email address and no phone number"

static void
test_bare_lists (void)
{
  const char *const lines[] = { "1 |a@example.com||email |||",
                                "2 ||+44 7700 900123|sms phone messenger |||", "3 - " NO_VALUE,
                                NULL };
  const char *const headed[] = { "2 |a@example.com||email |||2023-05-06", NULL };
  const char *const loose[] = { "1 Vera|v@example.com||email |||2022-02-01", "2 - " NO_WORDING,
                                NULL };

  assert_rows ("a@example.com\n+44 7700 900123\nnobody\n", lines);
  assert_rows (
    "\xef\xbb\xbf"
    "email,created\na@example.com,1683360000\n",
    headed);
  assert_rows ("Vera;v@example.com;unsubscribed;2022-02-01\nWill;w@example.com;subscribed;\n",
               loose);
}

static void
test_mailing_programs (void)
{
  const char *const unsubscribed[] = { "2 Vera|v@example.com||email |||2024-03-02", NULL };
  const char *const subscribed[] = { "2 - " NO_WORDING, NULL };
  const char *const cleaned[] = { "2 |v@example.com|||email ||", NULL };
  const char *const klaviyo[] = { "2 |v@example.com|+44 7700 900123|email |||2024-03-02|yes",
                                  "3 - " UNSAID, NULL };
  const char *const hubspot[] = { "2 - " UNSAID, "3 |b@example.com||email |||", NULL };

  assert_rows (
    "\"Email Address\",\"First Name\",OPTIN_TIME,OPTIN_IP,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,"
    "UNSUB_REASON\nv@example.com,Vera,2020-01-02 10:00:00,192.0.2.1,2024-03-02 "
    "11:00:00,Winter,no longer\n",
    unsubscribed);
  assert_rows ("Email Address,First Name,OPTIN_TIME\nv@example.com,Vera,2020-01-02 10:00:00\n",
               subscribed);
  assert_rows ("Email,Status\nv@example.com,cleaned\n", cleaned);
  assert_rows (
    "Email,Phone Number,Email Marketing Consent,Email Marketing Consent Timestamp,SMS "
    "Marketing Consent\nv@example.com,+44 7700 900123,UNSUBSCRIBED,2024-03-02T10:00:00Z,"
    "SUBSCRIBED\nw@example.com,,NEVER_SUBSCRIBED,,\n",
    klaviyo);
  assert_rows ("Email,Unsubscribed from all email\na@example.com,\nb@example.com,true\n", hubspot);
}

static void
test_address_books (void)
{
  const char *const sales[] = { "2 Vera|v@example.com|+44 7700 900123|email phone |||",
                                "3 - " UNSAID, NULL };
  const char *const dynamics[] = { "2 |v@example.com||email |||", "3 - " UNSAID, NULL };
  const char *const shop[] = { "2 |v@example.com||email |||", "3 - " NO_WORDING, NULL };

  assert_rows (
    "First Name,Email,Mobile Phone,Email Opt Out,Do Not Call\n"
    "Vera,v@example.com,+44 7700 900123,1,1\nWill,w@example.com,,0,0\n",
    sales);
  assert_rows ("Email;Do not allow Emails\nv@example.com;Do Not Allow\nw@example.com;Allow\n",
               dynamics);
  assert_rows ("Email,Accepts Email Marketing\nv@example.com,no\nw@example.com,yes\n", shop);
}

static void
test_languages (void)
{
  const char *const german[] = { "2 Vera|v@example.com||email |||2024-12-31", NULL };
  const char *const french[] = { "2 |v@example.com||email |||", "3 - " NO_WORDING, NULL };
  const char *const spanish[] = { "2 ||+34 600 000 000|sms |||2024-12-31", NULL };

  assert_rows ("Vorname;Nachname;E-Mail;Abgemeldet am\nVera;Test;v@example.com;31.12.2024\n",
               german);
  assert_rows ("Courriel;Statut\nv@example.com;désinscrit\nw@example.com;inscrit\n", french);
  assert_rows ("Teléfono;Canal;Estado;Fecha\n+34 600 000 000;SMS;baja;31/12/2024\n", spanish);
}

static void
test_columns (void)
{
  const char *const rows[] = {
    "2 |a@example.com||email ||news|",
    "3 |b@example.com||post ||invitations|",
    "4 |c@example.com||email |||",
    "5 - a yes given elsewhere is not kept: they count as "
    "not asked until they answer here",
    "6 - a quotation mark is never closed",
    "7 |e@example.com||email |||",
    NULL,
  };

  assert_rows (
    "Email,Channel,Purpose,Status,Date,Wording\n"
    "a@example.com,email,News about care,no,,\n"
    "b@example.com,letter,Invitations,no,,\n"
    "c@example.com,carrier pigeon,Newsletter and offers,no,,\n"
    "d@example.com,email,News,yes,2024-01-02,I want the news\n"
    "\"x@example.com,email,,no,,\n"
    "e@example.com,email,,no,03/04/2024,\n",
    rows);
}

static void
test_no_table (void)
{
  static const char *const texts[] = {
    "BEGIN:VCARD\nFN:Vera Test\nEMAIL:v@example.com\nEND:VCARD\n",
    "PK\003\004 whatever a spreadsheet holds",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GInputStream) stream =
        g_memory_input_stream_new_from_data (g_strdup (texts[i]), -1, g_free);
      g_autoptr (CbOptouts) list = cb_optouts_new (stream);
      g_auto (CbOptout) row = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (cb_optouts_next (list, &row, &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optouts/one-value-a-line", test_bare_lists);
  g_test_add_func ("/optouts/mailing-programs", test_mailing_programs);
  g_test_add_func ("/optouts/address-books-and-shops", test_address_books);
  g_test_add_func ("/optouts/other-languages", test_languages);
  g_test_add_func ("/optouts/channel-purpose-day-and-wording", test_columns);
  g_test_add_func ("/optouts/what-is-no-table", test_no_table);
  return g_test_run ();
}
