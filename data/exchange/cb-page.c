/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-page.h"

#include <gio/gio.h>
#include <string.h>

#include "cb-exchange-resources.h"
#include "consent/cb-notice.h"
#include "exchange/cb-export.h"

#define WORDS_PATH "/counterbook/exchange/page-words.json"
#define WORDS_LIMIT (256 * 1024)

struct _CbPage
{
  GString *out;
  JsonObject *words; /* of one language; borrowed */
  const char *language;
  gboolean is_in_list;
  GPtrArray *told; /* of CbPagePart, of a page for a screen; NULL: it is written */
};

/* Print: black on white, no colour that carries meaning, nothing cut between two sheets that is
 * short. A roll of 80 mm gets the same column with smaller margins. */
static const char style[] =
  "@page{margin:14mm}"
  "html{font:11pt/1.45 'Noto Sans','Liberation Sans',sans-serif;color:#000;background:#fff}"
  "body{max-width:42rem;margin:1.5rem auto;padding:0 1rem}"
  "h1{font-size:1.5em;line-height:1.2;margin:.2em 0 .6em}"
  "h2{font-size:1.15em;margin:2em 0 .6em;padding-bottom:.2em;border-bottom:2px solid #000;"
  "break-after:avoid}"
  "h3{font-size:1em;margin:0 0 .2em;break-after:avoid}"
  "p{margin:0 0 .5em}"
  ".said{font-size:1.1em;white-space:pre-wrap;overflow-wrap:anywhere;margin-bottom:.4em}"
  ".entry{padding:.6em 0;border-bottom:1px solid #bbb;break-inside:avoid}"
  ".entry:last-child{border-bottom:0}"
  ".long{break-inside:auto}"
  "dl{margin:0}"
  "dl+p{margin-top:.5em}"
  "dl div{display:flex;flex-wrap:wrap;gap:0 .8em}"
  "dt{flex:0 0 13em;color:#444}"
  "dd{flex:1 1 14em;margin:0;overflow-wrap:anywhere;white-space:pre-wrap}"
  "a{color:inherit}"
  "@media print{body{margin:0;padding:0;max-width:none}}"
  "@media (max-width:80mm){@page{margin:3mm}html{font-size:9pt}dt{flex-basis:100%}}";

/* --- words --- */

/* Read once, never freed. A mistake in a compiled-in file is a mistake of the build. */
static JsonObject *
get_all_words (void)
{
  static JsonObject *words;

  if (g_once_init_enter (&words))
    {
      g_autoptr (GBytes) bytes = NULL;
      JsonObject *read = NULL;
      gsize length;
      const char *text;

      cb_exchange_register_resource ();
      bytes = g_resources_lookup_data (WORDS_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      g_assert (bytes != NULL);
      text = g_bytes_get_data (bytes, &length);
      read = cb_json_parse (text, length, WORDS_LIMIT, NULL);
      g_assert (read != NULL);
      g_once_init_leave (&words, read);
    }
  return words;
}

const char *
cb_page_get_language (CbPage *self)
{
  return self->language;
}

const char *
cb_page_word (CbPage *self, const char *key)
{
  const char *word = cb_json_get_string (self->words, key);

  return word != NULL ? word : key;
}

const char *
cb_page_term (CbPage *self, const char *group, const char *id)
{
  g_autofree char *key = g_strdup_printf ("%s.%s", group, id);
  const char *word = cb_json_get_string (self->words, key);

  return word != NULL ? word : id;
}

/* --- texts --- */

/* What a browser would obey or swallow instead of showing is shown by its picture. */
static void
append_escaped (GString *out, const char *text)
{
  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (c == '\r')
        {
          if (next[1] != '\n')
            g_string_append_c (out, '\n');
        }
      else if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'')
        g_string_append_printf (out, "&#%u;", c);
      else if (c == '\n' || c == '\t')
        g_string_append_c (out, (char) c);
      else if (c < 0x20 || c == 0x7f)
        g_string_append_unichar (out, c < 0x20 ? 0x2400 + c : 0x2421);
      else if (g_unichar_iscntrl (c) || (c & 0xfffe) == 0xfffe)
        g_string_append_unichar (out, 0xfffd);
      else if (g_unichar_type (c) == G_UNICODE_FORMAT)
        g_string_append_printf (out, "&#%u;", c);
      else
        g_string_append_unichar (out, c);
    }
}

static char *
dup_formatted (const char *time, int seconds_later, const char *format)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (time, NULL);
  g_autoptr (GDateTime) then =
    moment != NULL ? g_date_time_add_seconds (moment, seconds_later) : NULL;
  g_autoptr (GDateTime) here = then != NULL ? g_date_time_to_local (then) : NULL;

  return here != NULL ? g_date_time_format (here, format) : g_strdup (time);
}

char *
cb_page_dup_time (const char *time)
{
  return dup_formatted (time, 0, "%Y-%m-%d %H:%M");
}

char *
cb_page_dup_day (const char *time)
{
  return dup_formatted (time, 0, "%Y-%m-%d");
}

/* --- a page for a screen --- */

static CbPagePart *
tell (CbPage *self, CbPageKind kind, const char *label, const char *text)
{
  CbPagePart *part = cb_page_part_new (kind, label, text);

  g_ptr_array_add (self->told, part);
  return part;
}

/* TRUE when that is all there is to do. */
static gboolean
tells (CbPage *self, CbPageKind kind, const char *label, const char *text)
{
  if (self->told != NULL)
    tell (self, kind, label, text);
  return self->told != NULL;
}

void
cb_page_veil (CbPage *self)
{
  CbPagePart *part = self->told != NULL && self->told->len > 0
                       ? g_ptr_array_index (self->told, self->told->len - 1)
                       : NULL;

  if (part != NULL && part->kind == CB_PAGE_ENTRY)
    part->is_veiled = TRUE;
}

/* --- parts --- */

static void
end_list (CbPage *self)
{
  if (self->is_in_list)
    g_string_append (self->out, "</dl>\n");
  self->is_in_list = FALSE;
}

static void
append_element (CbPage *self, const char *element, const char *attributes, const char *text)
{
  end_list (self);
  g_string_append_printf (self->out, "<%s%s>", element, attributes);
  append_escaped (self->out, text);
  g_string_append_printf (self->out, "</%s>\n", element);
}

void
cb_page_heading (CbPage *self, const char *key)
{
  if (!tells (self, CB_PAGE_HEADING, NULL, cb_page_word (self, key)))
    append_element (self, "h2", "", cb_page_word (self, key));
}

void
cb_page_say (CbPage *self, const char *text)
{
  if (text != NULL && !tells (self, CB_PAGE_SAY, NULL, text))
    append_element (self, "p", "", text);
}

void
cb_page_quote (CbPage *self, const char *text)
{
  if (!tells (self, CB_PAGE_SAID, NULL, text))
    append_element (self, "p", " class=\"said\" dir=\"auto\" lang=\"\"", text);
}

void
cb_page_open (CbPage *self, const char *title, const char *anchor)
{
  if (tells (self, CB_PAGE_ENTRY, NULL, title))
    return;
  end_list (self);
  if (anchor != NULL)
    g_string_append_printf (self->out, "<div class=\"entry long\" id=\"%s\">\n", anchor);
  else
    g_string_append (self->out, "<div class=\"entry\">\n");
  if (title != NULL)
    append_element (self, "h3", "", title);
}

void
cb_page_close (CbPage *self)
{
  if (tells (self, CB_PAGE_END, NULL, NULL))
    return;
  end_list (self);
  g_string_append (self->out, "</div>\n");
}

static void
begin_pair (CbPage *self, const char *key)
{
  if (!self->is_in_list)
    g_string_append (self->out, "<dl>\n");
  self->is_in_list = TRUE;
  g_string_append (self->out, "<div><dt>");
  append_escaped (self->out, cb_page_word (self, key));
  g_string_append (self->out, "</dt><dd>");
}

static void
end_pair (CbPage *self)
{
  g_string_append (self->out, "</dd></div>\n");
}

void
cb_page_pair (CbPage *self, const char *key, const char *value)
{
  if (value == NULL || tells (self, CB_PAGE_PAIR, cb_page_word (self, key), value))
    return;
  begin_pair (self, key);
  append_escaped (self->out, value);
  end_pair (self);
}

void
cb_page_pair_theirs (CbPage *self, const char *key, const char *value)
{
  if (value == NULL)
    return;
  if (self->told != NULL)
    {
      tell (self, CB_PAGE_PAIR, cb_page_word (self, key), value)->is_theirs = TRUE;
      return;
    }
  begin_pair (self, key);
  g_string_append (self->out, "<bdi lang=\"\">");
  append_escaped (self->out, value);
  g_string_append (self->out, "</bdi>");
  end_pair (self);
}

void
cb_page_pair_linked (CbPage *self, const char *key, const char *value, const char *anchor)
{
  if (tells (self, CB_PAGE_PAIR, cb_page_word (self, key), value))
    return;
  begin_pair (self, key);
  g_string_append_printf (self->out, "<a href=\"#%s\">", anchor);
  append_escaped (self->out, value);
  g_string_append (self->out, "</a>");
  end_pair (self);
}

void
cb_page_pair_time (CbPage *self, const char *key, const char *time)
{
  g_autofree char *text = time != NULL ? cb_page_dup_time (time) : NULL;

  cb_page_pair (self, key, text);
}

void
cb_page_pair_day (CbPage *self, const char *key, const char *time)
{
  g_autofree char *text = time != NULL ? cb_page_dup_day (time) : NULL;

  cb_page_pair (self, key, text);
}

void
cb_page_pair_last_day (CbPage *self, const char *key, const char *time)
{
  g_autofree char *text = time != NULL ? dup_formatted (time, -1, "%Y-%m-%d") : NULL;

  cb_page_pair (self, key, text);
}

void
cb_page_pair_term (CbPage *self, const char *key, const char *group, const char *id)
{
  cb_page_pair (self, key, id != NULL ? cb_page_term (self, group, id) : NULL);
}

static void
append_contacts (CbPage *self, const char *key, JsonObject *values)
{
  for (gsize i = 0; values != NULL && i < json_object_array_length (values); i++)
    cb_page_pair_theirs (self, key, json_object_get_string (json_object_array_get_idx (values, i)));
}

void
cb_page_person (CbPage *self, JsonObject *person)
{
  cb_page_pair_theirs (self, "given", cb_json_get_string (person, "given"));
  cb_page_pair_theirs (self, "family", cb_json_get_string (person, "family"));
  cb_page_pair_theirs (self, "preferred", cb_json_get_string (person, "preferred"));
  cb_page_pair (self, "language", cb_json_get_string (person, "language"));
  append_contacts (self, "email", cb_json_get_array (person, "emails"));
  append_contacts (self, "phone", cb_json_get_array (person, "phones"));
  append_contacts (self, "confirmed", cb_json_get_array (person, "confirmed"));
  append_contacts (self, "card-numbers", cb_json_get_array (person, "numbers"));
  cb_page_pair_day (self, "since", cb_json_get_string (person, "since"));
  cb_page_pair_day (self, "last-visit", cb_json_get_string (person, "last_visit"));
  cb_page_pair_theirs (self, "home", cb_json_get_string (person, "home"));
  cb_page_pair (self, "zone", cb_json_get_string (person, "zone"));
  cb_page_pair (self, "number", cb_json_get_string (person, "id"));
}

/* --- the page --- */

/* The title is what a printer's queue and a browser's history show: it names nobody. */
static void
append_head (CbPage *self, const char *title, const char *mark)
{
  g_string_append_printf (
    self->out,
    "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\""
    " content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n"
    "<meta name=\"counterbook-copy\" content=\"%s\">\n",
    self->language, mark);
  append_element (self, "title", "", title);
  /* The mark is on each sheet where the browser can write there. */
  g_string_append_printf (self->out,
                          "<style>%s@page{@bottom-left{content:'%s';font-size:8pt}"
                          "@bottom-right{content:counter(page) ' / ' counter(pages);font-size:8pt}}"
                          "</style>\n</head>\n<body>\n",
                          style, mark);
}

CbPage *
cb_page_new (JsonObject *document, const char *title)
{
  CbPage *self = g_new0 (CbPage, 1);
  JsonObject *person = cb_json_get_object (document, "person");
  JsonObject *copy = cb_json_get_object (document, "copy");
  JsonObject *controller = cb_json_get_object (document, "controller");

  self->out = g_string_sized_new (16 * 1024);
  self->language =
    cb_notice_pick_language (cb_notice_get_current (), cb_json_get_string (person, "language"));
  self->words = cb_json_get_object (get_all_words (), self->language);
  append_head (self, cb_page_word (self, title), cb_json_get_string (copy, "id"));
  g_string_append (self->out, "<header>\n");
  cb_page_quote (self, cb_json_get_string (controller, "name"));
  append_element (self, "h1", "", cb_page_word (self, title));
  cb_page_pair_time (self, "made", cb_json_get_string (copy, "made"));
  cb_page_pair_term (self, "by", "role", cb_json_get_string (copy, "role"));
  cb_page_pair (self, "mark", cb_json_get_string (copy, "id"));
  end_list (self);
  g_string_append (self->out, "</header>\n<main>\n");
  return self;
}

CbPage *
cb_page_new_told (const char *language)
{
  CbPage *self = g_new0 (CbPage, 1);

  self->language = cb_notice_pick_language (cb_notice_get_current (), language);
  self->words = cb_json_get_object (get_all_words (), self->language);
  self->told = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_page_part_free);
  return self;
}

GPtrArray *
cb_page_finish_told (CbPage *self)
{
  GPtrArray *told = self->told;

  g_free (self);
  return told;
}

GString *
cb_page_finish (CbPage *self, JsonObject *document, gboolean with_document)
{
  GString *out = self->out;

  end_list (self);
  g_string_append (out, "</main>\n");
  if (with_document)
    {
      GString *inside = cb_export_write_json (document, TRUE);

      g_string_append (out, "<script type=\"application/json\" id=\"" CB_ACCESS_DOCUMENT "\">\n");
      g_string_append_len (out, inside->str, (gssize) inside->len);
      g_string_append (out, "</script>\n");
      explicit_bzero (inside->str, inside->len);
      g_string_free (inside, TRUE);
    }
  g_string_append (out, "</body>\n</html>\n");
  g_free (self);
  return out;
}
