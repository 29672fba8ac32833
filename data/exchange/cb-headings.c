/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-headings.h"

#include <string.h>

#include "base/cb-fold.h"

/* Headings without case, accents, punctuation and numbers: "Organization 1 - Name" is
 * "organizationname". English, German, French, Spanish, Italian, Dutch, Portuguese, Swedish,
 * Norwegian, Danish, Finnish, Polish, Czech, Russian, Turkish, Japanese, Chinese. */
static const struct
{
  CbColumn column;
  const char *headings;
} known_headings[] = {
  { CB_COLUMN_GIVEN,
    " firstname givenname given first forename vorname rufname prenom nombre nombredepila nome"
    " primeironome nomeproprio voornaam roepnaam fornamn fornavn etunimi imie imiona jmeno krestni"
    " имя ad adi isim keresztnev utonev prenume 名 givennames " },
  { CB_COLUMN_FAMILY,
    " lastname familyname surname family last nachname familienname zuname nomdefamille apellidos"
    " apellido primerapellido cognome sobrenome apelido ultimonome achternaam familienaam efternamn"
    " etternavn efternavn sukunimi nazwisko prijmeni фамилия soyad soyadi vezeteknev numedefamilie"
    " 姓 姓氏 nom " },
  { CB_COLUMN_ADDITIONAL,
    " middlename additionalname weiterevornamen zweitervorname deuxiemeprenom secondprenom"
    " segundonombre secondonome tweedevoornaam middelstenaam nomedomeio mellannavn отчество " },
  { CB_COLUMN_FULL,
    " name fullname displayname display contactname customername contact customer anzeigename"
    " vollername vollstandigername kundenname kunde nomcomplet nomaffiche nomaafficher client"
    " nomdusage nombrecompleto nombreparamostrar nombremostrado nombrepublico nombrevisible cliente"
    " nomecompleto nomevisualizzato nomedavisualizzare nomedeexibicao weergavenaam volledigenaam"
    " naam klant namn visningsnamn navn visningsnavn nimi nayttonimi nazwa nazwawyswietlana"
    " zobrazovanejmeno fio фио полноеимя отображаемоеимя 氏名 名前 表示名 姓名 名称 fileas"
    " speichernunter " },
  { CB_COLUMN_NICKNAME,
    " nickname nick alias shortname spitzname surnom pseudo apodo soprannome bijnaam smeknamn"
    " kallenavn apelidoalcunha alcunha pseudonim prezdivka псевдоним ник 昵称 " },
  { CB_COLUMN_ORGANISATION,
    " company companyname organization organisation organizationname organisationname employer firma"
    " firmenname unternehmen societe entreprise empresa organizacion compania organizzazione societa"
    " azienda bedrijf bedrijfsnaam organisatie foretag firmanavn yritys organizacja spolecnost"
    " organizacao организация компания sirket 会社 公司 " },
  { CB_COLUMN_LANGUAGE, " language locale sprache langue idioma lingua taal sprak jezyk язык " },
};

/* What makes a column an address or a number, and what makes it one about them. In words and parts
 * of words. */
static const char *const email_parts[] = {
  "email",    "mailadres", "epost",    "correoe", "correoel", "messagerie", "postaelettronica",
  "courriel", "correioel", "sahkopos", "почт",    "メール",   "邮件",       "邮箱",
};
static const char *const phone_parts[] = {
  "phone",    "telefon", "telefoon", "telemov", "telephon", "mobil",    "cellul",
  "celular",  "handy",   "mobiel",   "gsm",     "movil",    "portable", "puhelin",
  "kannykka", "телефон", "моб",      "電話",    "携帯",     "电话",     "手机",
};
static const char *const phone_words[] = {
  "tel", "tels", "cell", "mob", "natel", "ttytdd", "callback", "isdn",
};
static const char *const fax_parts[] = { "fax", "pager", "факс", "beeper", "buscapersonas" };
static const char *const about_parts[] = {
  "type",      "typ",       "tipo",      "label",    "display",    "anzeige",
  "angezeigt", "weergave",  "visuali",   "pantalla", "nomcomplet", "visning",
  "yomi",      "phonetic",  "assist",    "mailing",  "mostrar",    "nombrepara",
  "certif",    "allow",     "preferred", "webpage",  "website",    "website",
  "provider",  "extension", "carrier",   "телеграм", "messenger",  "format",
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

static gboolean
has_word (const char *heading, const char *const *list, gsize n_list)
{
  g_auto (GStrv) words = cb_fold_words (heading);

  for (guint i = 0; words[i] != NULL; i++)
    {
      for (gsize j = 0; j < n_list; j++)
        {
          if (g_str_equal (words[i], list[j]))
            return TRUE;
        }
    }
  return FALSE;
}

/* Letters alone. */
static char *
reduce (const char *heading)
{
  g_autofree char *folded = cb_fold (heading);
  GString *plain = g_string_new (NULL);

  for (const char *next = folded; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (g_unichar_isalpha (c))
        g_string_append_unichar (plain, c);
    }
  return g_string_free (plain, FALSE);
}

static CbColumn
find_known (const char *plain)
{
  g_autofree char *word = g_strdup_printf (" %s ", plain);

  for (guint i = 0; i < G_N_ELEMENTS (known_headings); i++)
    {
      if (strstr (known_headings[i].headings, word) != NULL)
        return known_headings[i].column;
    }
  return CB_COLUMN_OTHER;
}

static CbColumn
find_column (const char *heading)
{
  g_autofree char *plain = reduce (heading);
  CbColumn column;

  if (*plain == '\0')
    return CB_COLUMN_OTHER;
  column = find_known (plain);
  if (column != CB_COLUMN_OTHER)
    return column;
  if (has_part (plain, about_parts, G_N_ELEMENTS (about_parts)))
    return CB_COLUMN_OTHER;
  if (g_str_equal (plain, "mail") || has_part (plain, email_parts, G_N_ELEMENTS (email_parts)))
    return CB_COLUMN_EMAIL;
  if (has_part (plain, fax_parts, G_N_ELEMENTS (fax_parts)))
    return CB_COLUMN_FAX;
  if (has_part (plain, phone_parts, G_N_ELEMENTS (phone_parts)) ||
      has_word (heading, phone_words, G_N_ELEMENTS (phone_words)))
    return CB_COLUMN_PHONE;
  return CB_COLUMN_OTHER;
}

static gboolean
has_column (GArray *columns, CbColumn column)
{
  for (guint i = 0; i < columns->len; i++)
    {
      if (g_array_index (columns, CbColumn, i) == column)
        return TRUE;
    }
  return FALSE;
}

static void
replace_column (GArray *columns, CbColumn from, CbColumn to)
{
  for (guint i = 0; i < columns->len; i++)
    {
      if (g_array_index (columns, CbColumn, i) == from)
        g_array_index (columns, CbColumn, i) = to;
    }
}

/* "Vorname, Name" and "Prénom, Nom": the general word beside the given name is the family's; and
 * one half of a name without the other, "Nom" alone, is the whole of it. */
static void
settle_columns (GArray *columns)
{
  gboolean has_given = has_column (columns, CB_COLUMN_GIVEN);
  gboolean has_family = has_column (columns, CB_COLUMN_FAMILY);
  gboolean has_full = has_column (columns, CB_COLUMN_FULL);

  if (has_given && !has_family && has_full)
    replace_column (columns, CB_COLUMN_FULL, CB_COLUMN_FAMILY);
  else if (has_given != has_family && !has_full)
    replace_column (columns, has_given ? CB_COLUMN_GIVEN : CB_COLUMN_FAMILY, CB_COLUMN_FULL);
}

static gboolean
is_phone (const char *text)
{
  g_autofree char *folded = cb_fold_phone (text, NULL);

  return folded != NULL && strlen (folded) >= 7;
}

/* A heading holds no address and no number. */
static gboolean
is_data (const char *text)
{
  return strchr (text, '@') != NULL || is_phone (text);
}

GArray *
cb_headings_read (GPtrArray *cells)
{
  g_autoptr (GArray) columns = g_array_new (FALSE, TRUE, sizeof (CbColumn));
  gboolean is_any = FALSE;

  for (guint i = 0; i < cells->len; i++)
    {
      CbColumn column = find_column (g_ptr_array_index (cells, i));

      if (is_data (g_ptr_array_index (cells, i)))
        return NULL;
      is_any |= column != CB_COLUMN_OTHER;
      g_array_append_val (columns, column);
    }
  if (!is_any)
    return NULL;
  settle_columns (columns);
  return g_steal_pointer (&columns);
}

/* --- cells --- */

/* Gmail keeps several values of one type in one cell, with " ::: " between. */
static void
fill_contact (CbCard *card, CbColumn column, const char *cell)
{
  g_auto (GStrv) values = g_strsplit (cell, ":::", -1);

  for (guint i = 0; values[i] != NULL; i++)
    {
      if (column == CB_COLUMN_EMAIL)
        cb_card_add_email (card, values[i], FALSE);
      else
        cb_card_add_phone (card, values[i], FALSE, column == CB_COLUMN_FAX);
    }
}

static void
fill_cell (CbCard *card, CbColumn column, const char *cell)
{
  switch (column)
    {
    case CB_COLUMN_GIVEN:
      cb_card_set (&card->given, cell);
      break;
    case CB_COLUMN_FAMILY:
      cb_card_set (&card->family, cell);
      break;
    case CB_COLUMN_ADDITIONAL:
      cb_card_set (&card->additional, cell);
      break;
    case CB_COLUMN_FULL:
      cb_card_set (&card->full, cell);
      break;
    case CB_COLUMN_NICKNAME:
      cb_card_set (&card->nickname, cell);
      break;
    case CB_COLUMN_ORGANISATION:
      cb_card_set (&card->organisation, cell);
      break;
    case CB_COLUMN_LANGUAGE:
      cb_card_set_language (card, cell, 1);
      break;
    case CB_COLUMN_EMAIL:
    case CB_COLUMN_PHONE:
    case CB_COLUMN_FAX:
      fill_contact (card, column, cell);
      break;
    case CB_COLUMN_OTHER:
      break;
    }
}

void
cb_headings_fill (GArray *columns, GPtrArray *cells, CbCard *card)
{
  for (guint i = 0; i < MIN (columns->len, cells->len); i++)
    fill_cell (card, g_array_index (columns, CbColumn, i), g_ptr_array_index (cells, i));
}

/* --- without headings --- */

/* Words that begin with a capital or a letter of a script that has none. */
static gboolean
is_name (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint n_capitals = 0;

  if (strlen (text) > CB_NAME_MAX || strpbrk (text, "0123456789/:@") != NULL)
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    {
      gunichar c = g_utf8_get_char (words[i]);

      if (*words[i] == '\0')
        continue;
      if (!g_unichar_isalpha (c))
        return FALSE;
      n_capitals += !g_unichar_islower (c);
    }
  return n_capitals > 0;
}

static void
take_names (CbCard *card, GPtrArray *names)
{
  const char *first = names->len > 0 ? g_ptr_array_index (names, 0) : NULL;
  const char *second = names->len > 1 ? g_ptr_array_index (names, 1) : NULL;
  const char *third = names->len > 2 ? g_ptr_array_index (names, 2) : NULL;

  if (third != NULL && strstr (first, second) != NULL && strstr (first, third) != NULL)
    {
      cb_card_set (&card->given, second);
      cb_card_set (&card->family, third);
    }
  else if (second != NULL && strchr (first, ' ') == NULL)
    {
      cb_card_set (&card->given, first);
      cb_card_set (&card->family, second);
    }
  else if (first != NULL)
    cb_card_set (&card->full, first);
}

gboolean
cb_headings_guess (GPtrArray *cells, CbCard *card)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gboolean is_whole;

  for (guint i = 0; i < cells->len; i++)
    {
      const char *cell = g_ptr_array_index (cells, i);

      if (strchr (cell, '@') != NULL && strpbrk (cell, "\n{}") == NULL)
        cb_card_add_email (card, cell, FALSE);
      else if (is_phone (cell))
        cb_card_add_phone (card, cell, FALSE, FALSE);
      else if (is_name (cell))
        g_ptr_array_add (names, (gpointer) cell);
    }
  take_names (card, names);
  is_whole = card->full != NULL && strchr (card->full, ' ') != NULL;
  return card->emails->len > 0 || card->phones->len > 0 || is_whole ||
         (card->given != NULL && card->family != NULL);
}
