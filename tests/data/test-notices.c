/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "consent/cb-notice-private.h"
#include "consent/cb-purpose.h"

#include <string.h>

#define SHOP "Fennick & Vale"
#define NOTICE_FILE "/counterbook/consent/notices/counter-1.json"

static const char *const languages[] = { "de", "en", "es", "fr" };
static const char *const purposes[] = { "asked", "shop", "everywhere", "news", "invitations" };

/* What a released version said when it was released. A line is added with each version and never
 * changed: a test that fails here means that words somebody agreed to were altered. */
static const struct
{
  guint version;
  const char *language;
  const char *sha256;
} released[] = {
  { 1, "de", "8dafea9179dca9c506bbfabdd413dbf4da15946cac3f33cd044529b5cef541ef" },
  { 1, "en", "258235665f01e6b58f16b7b9d49b48929bff6d70a9ec063bc6e8b8c48c083d61" },
  { 1, "es", "1f39a6d1e90c8ab7a5c58b5c7b0f46b99ea6529fb582400a71a4792ee39f1635" },
  { 1, "fr", "15f7fd0e389d0b8e56c3a63e167fc0d5cdd92d839ea896763fb7821af35cb6de" },
};

typedef void (*TextFunc) (const char *text, const char *english, const char *language);

/* Every text of every language, with the English one beside it. */
static void
for_each_text (TextFunc func)
{
  const CbNotice *notice = cb_notice_get_current ();

  for (guint l = 0; l < G_N_ELEMENTS (languages); l++)
    {
      for (int part = 0; part <= CB_NOTICE_WITHDRAWN; part++)
        {
          g_autofree char *text = cb_notice_dup_text (notice, part, languages[l], SHOP);
          g_autofree char *english = cb_notice_dup_text (notice, part, "en", SHOP);

          func (text, english, languages[l]);
        }
      for (guint p = 0; p < G_N_ELEMENTS (purposes); p++)
        for (int part = 0; part <= CB_NOTICE_SCRIPT; part++)
          {
            g_autofree char *text =
              cb_notice_dup_purpose_text (notice, purposes[p], part, languages[l], SHOP);
            g_autofree char *english =
              cb_notice_dup_purpose_text (notice, purposes[p], part, "en", SHOP);

            func (text, english, languages[l]);
          }
    }
}

static void
check_is_said (const char *text, const char *english, const char *language)
{
  g_assert_nonnull (text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (strlen (text), >, 1);
  g_assert_null (strchr (text, '{'));
  g_assert_false (g_ascii_isspace (text[0]) || g_ascii_isspace (text[strlen (text) - 1]));

  /* The one word that Spanish and English share. */
  if (!g_str_equal (language, "en") && !g_str_equal (text, "No"))
    g_assert_cmpstr (text, !=, english);
}

static void
test_every_language_is_whole (void)
{
  const CbNotice *notice = cb_notice_get_current ();
  const char *const *offered = cb_notice_get_languages (notice);

  g_assert_cmpuint (g_strv_length ((char **) offered), ==, G_N_ELEMENTS (languages));
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    g_assert_true (g_strv_contains (offered, languages[i]));
  for_each_text (check_is_said);
}

static void
check_holds_no (const char *text, const char *const *wrong)
{
  for (guint i = 0; wrong[i] != NULL; i++)
    if (strstr (text, wrong[i]) != NULL)
      g_test_fail_printf ("'%s' in: %s", wrong[i], text);
}

static void
check_typography (const char *text, const char *english, const char *language)
{
  static const char *const anywhere[] = { "\"", "'", "  ", "...", NULL };
  static const char *const french[] = { " :", " ;", " ?", " !", " »", "« ", "“", "„", NULL };
  static const char *const german[] = { "”", "«", "»", NULL };
  static const char *const spanish[] = { "“", "”", "« ", " »", NULL };
  static const char *const british[] = { "«", "»", "„", NULL };

  /* Two French titles are written that way where they were agreed. */
  if (!g_str_has_prefix (text, "Faire ce que j'ai") &&
      !g_str_has_prefix (text, "Me prévenir de ce"))
    check_holds_no (text, anywhere);
  if (g_str_equal (language, "fr"))
    check_holds_no (text, french);
  if (g_str_equal (language, "de"))
    check_holds_no (text, german);
  if (g_str_equal (language, "es"))
    {
      check_holds_no (text, spanish);
      g_assert_cmpint (strchr (text, '?') != NULL, ==, strstr (text, "¿") != NULL);
    }
  if (g_str_equal (language, "en"))
    check_holds_no (text, british);
}

static void
test_typography_is_each_languages_own (void)
{
  for_each_text (check_typography);
}

static void
test_titles_are_the_agreed_words (void)
{
  static const char *const titles[][G_N_ELEMENTS (purposes)] = {
    { "Erledigen, worum ich bitte", "In diesem Geschäft an mich denken",
      "Mich in jedem Geschäft und online kennen", "Mir melden, was mich interessiert",
      "Angebote und Einladungen" },
    { "Do what I asked", "Remember me in this shop", "Know me in every shop and online",
      "Tell me about things I care about", "Offers and invitations" },
    { "Hacer lo que pido", "Recordarme en esta tienda", "Conocerme en todas las tiendas y en línea",
      "Avisarme de lo que me interesa", "Ofertas e invitaciones" },
    { "Faire ce que j'ai demandé", "Se souvenir de moi dans ce magasin",
      "Me reconnaître dans tous vos magasins et en ligne", "Me prévenir de ce qui m'intéresse",
      "Offres et invitations" },
  };

  for (guint l = 0; l < G_N_ELEMENTS (languages); l++)
    for (guint p = 0; p < G_N_ELEMENTS (purposes); p++)
      {
        const CbPurpose *purpose = cb_purpose_find (purposes[p]);

        g_assert_cmpstr (cb_purpose_get_title (purpose, languages[l]), ==, titles[l][p]);
      }
}

static void
test_head_is_the_agreed_words (void)
{
  static const char *const heads[] = {
    "Was Sie uns sagen, gehört Ihnen. Auch bei Nein bedienen wir Sie genauso gut. Wir verkaufen "
    "nichts davon.",
    "What you tell us is yours. Say no and we serve you just the same. We never sell it.",
    "Lo que nos cuenta es suyo. Si dice que no, le atendemos igual. Nunca vendemos sus datos.",
    "Ce que vous nous dites vous appartient. Si vous dites non, nous vous servons tout aussi bien. "
    "Nous ne vendons jamais vos données.",
  };

  for (guint l = 0; l < G_N_ELEMENTS (languages); l++)
    {
      g_autofree char *head =
        cb_notice_dup_text (cb_notice_get_current (), CB_NOTICE_HEAD, languages[l], SHOP);

      g_assert_cmpstr (head, ==, heads[l]);
    }
}

static void
test_foot_names_who_answers (void)
{
  g_autofree char *yes = cb_notice_dup_text (cb_notice_get_current (), CB_NOTICE_YES, "en", NULL);

  g_assert_cmpstr (yes, ==, "Yes");
  for (guint l = 0; l < G_N_ELEMENTS (languages); l++)
    {
      g_autofree char *foot =
        cb_notice_dup_text (cb_notice_get_current (), CB_NOTICE_FOOT, languages[l], SHOP);

      g_assert_nonnull (strstr (foot, SHOP));
    }
}

static void
test_released_words_never_change (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (released); i++)
    {
      const CbNotice *notice = cb_notice_find (CB_NOTICE_COUNTER, released[i].version);

      g_assert_nonnull (notice);
      g_assert_cmpstr (cb_notice_get_sha256 (notice, released[i].language), ==, released[i].sha256);
    }

  /* And every version there is stands in the table. */
  g_assert_cmpuint (cb_notice_get_version (cb_notice_get_current ()) * G_N_ELEMENTS (languages), ==,
                    G_N_ELEMENTS (released));
}

static void
test_hash_is_of_the_canonical_text (void)
{
  const CbNotice *notice = cb_notice_get_current ();
  g_autofree char *text = cb_notice_dup_canonical_text (notice, "fr");
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  g_assert_true (g_str_has_prefix (text, "counter 1 fr\nhead\tCe que vous nous dites"));
  g_assert_nonnull (strstr (text, "\nshop.title\tSe souvenir de moi dans ce magasin\n"));
  g_assert_cmpstr (sha256, ==, cb_notice_get_sha256 (notice, "fr"));
  g_assert_cmpstr (sha256, !=, cb_notice_get_sha256 (notice, "en"));
}

static void
test_a_language_tag_finds_its_language (void)
{
  const CbNotice *notice = cb_notice_get_current ();

  g_assert_cmpstr (cb_notice_pick_language (notice, "fr"), ==, "fr");
  g_assert_cmpstr (cb_notice_pick_language (notice, "fr-CH"), ==, "fr");
  g_assert_cmpstr (cb_notice_pick_language (notice, "DE_at.UTF-8"), ==, "de");
  g_assert_cmpstr (cb_notice_pick_language (notice, "est"), ==, "en");
  g_assert_cmpstr (cb_notice_pick_language (notice, "ar"), ==, "en");
  g_assert_cmpstr (cb_notice_pick_language (notice, ""), ==, "en");
  g_assert_cmpstr (cb_notice_pick_language (notice, NULL), ==, "en");
}

static char *
replace (const char *text, const char *old, const char *fresh)
{
  g_auto (GStrv) pieces = g_strsplit (text, old, -1);

  g_assert_cmpuint (g_strv_length (pieces), >, 1);
  return g_strjoinv (fresh, pieces);
}

/* The released file, and one with `old` replaced in it. */
static GPtrArray *
make_files (const char *old, const char *fresh)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GBytes *first;
  g_autofree char *text = NULL;
  char *changed;

  cb_consent_register_resources ();
  first = g_resources_lookup_data (NOTICE_FILE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert_nonnull (first);
  g_ptr_array_add (files, first);
  text = g_strndup (g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  changed = replace (text, old, fresh);
  g_ptr_array_add (files, g_bytes_new_take (changed, strlen (changed)));
  return g_steal_pointer (&files);
}

static void
test_a_material_change_asks_again (void)
{
  g_autoptr (GPtrArray) files = make_files ("\"version\": 1", "\"version\": 2");
  g_autofree char *second = NULL;
  g_autofree char *changed = NULL;
  g_autoptr (CbNoticeSet) set = NULL;
  g_autoptr (GError) error = NULL;

  second = g_strndup (g_bytes_get_data (files->pdata[1], NULL), g_bytes_get_size (files->pdata[1]));
  changed = replace (second, "\"shop\": false", "\"shop\": true");
  g_ptr_array_remove_index (files, 1);
  g_ptr_array_add (files, g_bytes_new (changed, strlen (changed)));
  set = cb_notice_set_new (files, &error);
  g_assert_no_error (error);

  g_assert_true (cb_notice_set_is_outdated_for (set, "counter", 1, "shop"));
  g_assert_false (cb_notice_set_is_outdated_for (set, "counter", 1, "everywhere"));
  g_assert_false (cb_notice_set_is_outdated_for (set, "counter", 2, "shop"));
  g_assert_cmpuint (cb_notice_get_version (cb_notice_set_get_current (set, "counter")), ==, 2);
  g_assert_cmpuint (cb_notice_get_version (cb_notice_set_find (set, "counter", 1)), ==, 1);
  g_assert_true (cb_notice_has_material_change (cb_notice_set_find (set, "counter", 2), "shop"));
}

static void
test_what_is_unknown_is_outdated (void)
{
  guint current = cb_notice_get_version (cb_notice_get_current ());

  g_assert_false (cb_notice_is_outdated_for (CB_NOTICE_COUNTER, current, CB_PURPOSE_SHOP));
  g_assert_false (cb_notice_is_outdated_for (CB_NOTICE_COUNTER, current + 1, CB_PURPOSE_SHOP));
  g_assert_true (cb_notice_is_outdated_for (CB_NOTICE_COUNTER, 0, CB_PURPOSE_SHOP));
  g_assert_true (cb_notice_is_outdated_for ("leaflet", 1, CB_PURPOSE_SHOP));
  g_assert_true (cb_notice_is_outdated_for (CB_NOTICE_COUNTER, current, "selling"));
  g_assert_true (cb_notice_is_outdated_for (NULL, current, NULL));
  g_assert_null (cb_notice_find (CB_NOTICE_COUNTER, current + 1));
  g_assert_null (cb_notice_find (NULL, 1));
}

static void
check_is_refused (const char *old, const char *fresh)
{
  g_autoptr (GPtrArray) files = make_files (old, fresh);
  g_autoptr (CbNotice) notice = NULL;
  g_autoptr (GError) error = NULL;

  notice = cb_notice_new_from_bytes (files->pdata[1], &error);
  g_assert_null (notice);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
}

static void
test_half_a_notice_is_refused (void)
{
  check_is_refused ("\"Nein\"", "\"\"");
  check_is_refused ("\"yes\": \"Oui\",", "");
  check_is_refused ("\"title\": \"Recordarme en esta tienda\",", "");
  check_is_refused ("\"en\": {", "\"nl\": {");
  check_is_refused ("\"Sí\"", "\"S\\ní\"");
  check_is_refused ("\"version\": 1", "\"version\": 0");
  check_is_refused ("\"news\": false,", "");
  check_is_refused ("\"more\":", "\"mehr\":");
}

static void
test_a_gap_between_versions_is_refused (void)
{
  g_autoptr (GPtrArray) gap = make_files ("\"version\": 1", "\"version\": 3");
  g_autoptr (GPtrArray) twice = make_files ("\"Oui\"", "\"Oui.\"");
  g_autoptr (GError) error = NULL;

  g_assert_null (cb_notice_set_new (gap, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (cb_notice_set_new (twice, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
}

static void
test_purposes_are_as_agreed (void)
{
  static const struct
  {
    const char *scope;
    CbPurposeContact contact;
    guint n_channels;
    gboolean is_marketing;
    gboolean is_spoken_enough;
    gboolean is_on_card;
  } expected[] = {
    { "request", CB_PURPOSE_CONTACT_MATTER, 0, FALSE, TRUE, FALSE },
    { "store", CB_PURPOSE_CONTACT_NONE, 0, FALSE, TRUE, TRUE },
    { "company", CB_PURPOSE_CONTACT_NONE, 0, FALSE, FALSE, TRUE },
    { "outreach", CB_PURPOSE_CONTACT_CHANNEL, 5, TRUE, FALSE, TRUE },
    { "outreach", CB_PURPOSE_CONTACT_CHANNEL, 5, TRUE, FALSE, TRUE },
  };
  const CbPurpose *const *all = cb_purposes_get_all ();

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const CbPurpose *purpose = all[i];
      const char *const *channels = cb_purpose_get_channels (purpose);

      g_assert_cmpstr (cb_purpose_get_id (purpose), ==, purposes[i]);
      g_assert_true (cb_purpose_find (purposes[i]) == purpose);
      g_assert_cmpstr (cb_purpose_get_scope (purpose), ==, expected[i].scope);
      g_assert_cmpint (cb_purpose_get_contact (purpose), ==, expected[i].contact);
      g_assert_cmpuint (g_strv_length ((char **) channels), ==, expected[i].n_channels);
      g_assert_cmpint (cb_purpose_has_channel (purpose, "sms"), ==, expected[i].n_channels > 0);
      g_assert_false (cb_purpose_has_channel (purpose, NULL));
      g_assert_cmpint (cb_purpose_is_marketing (purpose), ==, expected[i].is_marketing);
      g_assert_cmpint (cb_purpose_is_spoken_enough (purpose), ==, expected[i].is_spoken_enough);
      g_assert_cmpint (cb_purpose_is_on_card (purpose), ==, expected[i].is_on_card);
      g_assert_cmpstr (cb_purpose_get_lawful_basis (purpose), ==, i == 0 ? "contract" : "consent");
      g_assert_true (g_str_has_prefix (cb_purpose_get_dpv_iri (purpose), "https://w3id.org/dpv#"));
    }
  g_assert_null (all[G_N_ELEMENTS (expected)]);
  g_assert_null (cb_purpose_find ("selling"));
  g_assert_null (cb_purpose_find (NULL));
}

static void
test_everywhere_includes_this_shop (void)
{
  const CbPurpose *everywhere = cb_purpose_find (CB_PURPOSE_EVERYWHERE);
  const CbPurpose *shop = cb_purpose_find (CB_PURPOSE_SHOP);

  g_assert_true (cb_purpose_includes (everywhere, CB_PURPOSE_SHOP));
  g_assert_true (cb_purpose_includes (shop, CB_PURPOSE_SHOP));
  g_assert_false (cb_purpose_includes (shop, CB_PURPOSE_EVERYWHERE));
  g_assert_false (cb_purpose_includes (everywhere, CB_PURPOSE_NEWS));
  g_assert_false (cb_purpose_includes (everywhere, NULL));
}

static gint64
at (int year, int month, int day)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (year, month, day, 15, 30, 0);

  return g_date_time_to_unix (time) * CB_US_PER_SECOND + 7;
}

static void
test_time_runs_as_it_was_said (void)
{
  const CbPurpose *asked = cb_purpose_find (CB_PURPOSE_ASKED);
  const CbPurpose *shop = cb_purpose_find (CB_PURPOSE_SHOP);
  const CbPurpose *news = cb_purpose_find (CB_PURPOSE_NEWS);

  g_assert_cmpint (cb_purpose_get_valid_from (asked), ==, CB_PURPOSE_FROM_DONE);
  g_assert_cmpint (cb_purpose_get_valid_from (shop), ==, CB_PURPOSE_FROM_LAST_VISIT);
  g_assert_cmpint (cb_purpose_get_valid_from (news), ==, CB_PURPOSE_FROM_ANSWER);

  g_assert_cmpint (cb_purpose_get_valid_until_us (asked, at (2026, 12, 15)), ==, at (2027, 1, 14));
  g_assert_cmpint (cb_purpose_get_valid_until_us (shop, at (2027, 3, 1)), ==, at (2029, 3, 1));
  g_assert_cmpint (cb_purpose_get_valid_until_us (shop, at (2028, 2, 29)), ==, at (2030, 2, 28));
  g_assert_cmpint (cb_purpose_get_valid_until_us (news, at (2026, 3, 1)), ==, at (2027, 3, 1));
  g_assert_cmpint (cb_purpose_get_valid_until_us (news, at (2028, 1, 1)), ==, at (2028, 12, 31));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/notices/every-language-is-whole", test_every_language_is_whole);
  g_test_add_func ("/notices/typography-is-each-language-s-own",
                   test_typography_is_each_languages_own);
  g_test_add_func ("/notices/titles-are-the-agreed-words", test_titles_are_the_agreed_words);
  g_test_add_func ("/notices/head-is-the-agreed-words", test_head_is_the_agreed_words);
  g_test_add_func ("/notices/foot-names-who-answers", test_foot_names_who_answers);
  g_test_add_func ("/notices/released-words-never-change", test_released_words_never_change);
  g_test_add_func ("/notices/hash-is-of-the-canonical-text", test_hash_is_of_the_canonical_text);
  g_test_add_func ("/notices/a-language-tag-finds-its-language",
                   test_a_language_tag_finds_its_language);
  g_test_add_func ("/notices/a-material-change-asks-again", test_a_material_change_asks_again);
  g_test_add_func ("/notices/what-is-unknown-is-outdated", test_what_is_unknown_is_outdated);
  g_test_add_func ("/notices/half-a-notice-is-refused", test_half_a_notice_is_refused);
  g_test_add_func ("/notices/a-gap-between-versions-is-refused",
                   test_a_gap_between_versions_is_refused);
  g_test_add_func ("/purposes/are-as-agreed", test_purposes_are_as_agreed);
  g_test_add_func ("/purposes/everywhere-includes-this-shop", test_everywhere_includes_this_shop);
  g_test_add_func ("/purposes/time-runs-as-it-was-said", test_time_runs_as_it_was_said);

  return g_test_run ();
}
