/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "consent/cb-notice-private.h"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "consent/cb-purpose.h"

#include <string.h>

#define NOTICE_LIMIT (1024 * 1024)
#define CONTROLLER "{controller}"
#define FALLBACK "en"

static const char *const part_members[] = {
  [CB_NOTICE_HEAD] = "head",
  [CB_NOTICE_FOOT] = "foot",
  [CB_NOTICE_YES] = "yes",
  [CB_NOTICE_NO] = "no",
  [CB_NOTICE_LATER] = "later",
  [CB_NOTICE_MORE] = "more",
  [CB_NOTICE_LABEL_WHAT_FOR] = "label_what_for",
  [CB_NOTICE_LABEL_YOU_GET] = "label_you_get",
  [CB_NOTICE_LABEL_HOW_LONG] = "label_how_long",
  [CB_NOTICE_LABEL_WHO] = "label_who",
  [CB_NOTICE_LABEL_WHERE] = "label_where",
  [CB_NOTICE_LABEL_CONTACT] = "label_contact",
  [CB_NOTICE_CHANNEL_EMAIL] = "channel_email",
  [CB_NOTICE_CHANNEL_SMS] = "channel_sms",
  [CB_NOTICE_CHANNEL_PHONE] = "channel_phone",
  [CB_NOTICE_CHANNEL_POST] = "channel_post",
  [CB_NOTICE_CHANNEL_MESSENGER] = "channel_messenger",
  [CB_NOTICE_RECEIPT_TITLE] = "receipt_title",
  [CB_NOTICE_RECEIPT_BODY] = "receipt_body",
  [CB_NOTICE_RECEIPT_CODE] = "receipt_code",
  [CB_NOTICE_WITHDRAW] = "withdraw",
  [CB_NOTICE_WITHDRAWAL] = "withdrawal",
  [CB_NOTICE_WITHDRAWN] = "withdrawn",
};

static const char *const purpose_members[] = {
  [CB_NOTICE_TITLE] = "title",     [CB_NOTICE_WHAT_FOR] = "what_for",
  [CB_NOTICE_YOU_GET] = "you_get", [CB_NOTICE_HOW_LONG] = "how_long",
  [CB_NOTICE_WHO] = "who",         [CB_NOTICE_WHERE] = "where",
  [CB_NOTICE_CONTACT] = "contact", [CB_NOTICE_SCRIPT] = "script",
};

#define N_PARTS G_N_ELEMENTS (part_members)
#define N_PURPOSE_PARTS G_N_ELEMENTS (purpose_members)

/* The words of one language. */
typedef struct
{
  char *language;
  char *parts[N_PARTS];
  GHashTable *purposes; /* purpose id → strv of N_PURPOSE_PARTS */
  char *sha256;
} Words;

struct _CbNotice
{
  char *id;
  guint version;
  char *effective_from;
  char *jurisdiction;
  GHashTable *material; /* set of purpose ids */
  GPtrArray *words;     /* of Words */
  char **languages;
};

static void
words_free (Words *words)
{
  g_free (words->language);
  for (guint i = 0; i < N_PARTS; i++)
    g_free (words->parts[i]);
  g_hash_table_unref (words->purposes);
  g_free (words->sha256);
  g_free (words);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Words, words_free)

static char *
dup_member (JsonObject *object, const char *member, GError **error)
{
  const char *text = cb_json_get_string (object, member);

  if (text == NULL || *text == '\0' || strpbrk (text, "\n\t") != NULL)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "no line of text '%s'", member);
      return NULL;
    }
  return g_strdup (text);
}

static gboolean
has_members (JsonObject *object, guint n, const char *what, GError **error)
{
  if (object != NULL && (guint) json_object_object_length (object) == n)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "'%s' hasn't exactly its %u members",
               what, n);
  return FALSE;
}

static char **
purpose_words_from_json (JsonObject *object, const char *purpose, GError **error)
{
  g_auto (GStrv) texts = g_new0 (char *, N_PURPOSE_PARTS + 1);

  if (!has_members (object, N_PURPOSE_PARTS, purpose, error))
    return NULL;
  for (guint i = 0; i < N_PURPOSE_PARTS; i++)
    {
      texts[i] = dup_member (object, purpose_members[i], error);
      if (texts[i] == NULL)
        return NULL;
    }
  return g_steal_pointer (&texts);
}

static guint
count_purposes (void)
{
  guint n = 0;

  while (cb_purposes_get_all ()[n] != NULL)
    n++;
  return n;
}

static gboolean
read_purposes (Words *words, JsonObject *purposes, GError **error)
{
  const CbPurpose *const *all = cb_purposes_get_all ();

  if (!has_members (purposes, count_purposes (), "purposes", error))
    return FALSE;
  for (guint i = 0; all[i] != NULL; i++)
    {
      const char *id = cb_purpose_get_id (all[i]);
      char **texts = purpose_words_from_json (cb_json_get_object (purposes, id), id, error);

      if (texts == NULL)
        return FALSE;
      g_hash_table_insert (words->purposes, g_strdup (id), texts);
    }
  return TRUE;
}

static Words *
words_from_json (const char *language, JsonObject *object, GError **error)
{
  g_autoptr (Words) words = g_new0 (Words, 1);

  words->language = g_strdup (language);
  words->purposes =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  if (!has_members (object, N_PARTS + 1, language, error))
    return NULL;
  for (guint i = 0; i < N_PARTS; i++)
    {
      words->parts[i] = dup_member (object, part_members[i], error);
      if (words->parts[i] == NULL)
        return NULL;
    }
  if (!read_purposes (words, cb_json_get_object (object, "purposes"), error))
    return NULL;
  return g_steal_pointer (&words);
}

/* One line a text, in the order of the enumerations: a form of our own, because the bytes of a JSON
 * file may change where the words don't. A text holds no line break, so lines can't be confused. */
static char *
canonical_text (const CbNotice *self, const Words *words)
{
  const CbPurpose *const *all = cb_purposes_get_all ();
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%s %u %s\n", self->id, self->version, words->language);
  for (guint i = 0; i < N_PARTS; i++)
    g_string_append_printf (text, "%s\t%s\n", part_members[i], words->parts[i]);
  for (guint i = 0; all[i] != NULL; i++)
    {
      const char *id = cb_purpose_get_id (all[i]);
      char **texts = g_hash_table_lookup (words->purposes, id);

      for (guint part = 0; part < N_PURPOSE_PARTS; part++)
        g_string_append_printf (text, "%s.%s\t%s\n", id, purpose_members[part], texts[part]);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_languages (CbNotice *self, JsonObject *languages, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (languages == NULL || cb_json_get_object (languages, FALLBACK) == NULL)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "no words in '%s'", FALLBACK);
      return FALSE;
    }

  json_object_object_foreach (languages, language, object)
  {
    g_autofree char *canonical = NULL;
    Words *words = words_from_json (language, object, error);

    if (words == NULL)
      {
        g_prefix_error (error, "language '%s': ", language);
        return FALSE;
      }
    g_ptr_array_add (self->words, words);
    g_strv_builder_add (names, language);
    canonical = canonical_text (self, words);
    words->sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, canonical, -1);
  }
  self->languages = g_strv_builder_end (names);
  return TRUE;
}

static gboolean
read_material_changes (CbNotice *self, JsonObject *changes, GError **error)
{
  const CbPurpose *const *all = cb_purposes_get_all ();

  if (!has_members (changes, count_purposes (), "material_change", error))
    return FALSE;
  for (guint i = 0; all[i] != NULL; i++)
    if (cb_json_get_boolean (changes, cb_purpose_get_id (all[i]), TRUE))
      g_hash_table_add (self->material, g_strdup (cb_purpose_get_id (all[i])));
  return TRUE;
}

static gboolean
read_heading (CbNotice *self, JsonObject *document, GError **error)
{
  gint64 version = cb_json_get_int (document, "version", 0);

  self->id = dup_member (document, "notice", error);
  if (self->id == NULL)
    return FALSE;
  self->effective_from = dup_member (document, "effective_from", error);
  if (self->effective_from == NULL)
    return FALSE;
  self->jurisdiction = dup_member (document, "jurisdiction", error);
  if (self->jurisdiction == NULL)
    return FALSE;
  if (version < 1 || version > G_MAXUINT16)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "no version");
      return FALSE;
    }
  self->version = (guint) version;
  return TRUE;
}

/* A tag matches when its first part is the language: "fr", "fr-CH", "fr_FR.UTF-8". */
static const Words *
match_words (const CbNotice *self, const char *language)
{
  for (guint i = 0; i < self->words->len; i++)
    {
      const Words *words = g_ptr_array_index (self->words, i);
      gsize length = strlen (words->language);

      if (g_ascii_strncasecmp (language, words->language, length) == 0 &&
          !g_ascii_isalnum (language[length]))
        return words;
    }
  return NULL;
}

static const Words *
find_words (const CbNotice *self, const char *language)
{
  const Words *words = language != NULL ? match_words (self, language) : NULL;

  return words != NULL ? words : match_words (self, FALLBACK);
}

static char *
fill_in (const char *text, const char *controller)
{
  g_auto (GStrv) pieces = NULL;

  /* Most texts name nobody; one that does must not be shown with a hole in it. */
  if (strstr (text, CONTROLLER) == NULL)
    return g_strdup (text);
  g_return_val_if_fail (controller != NULL, NULL);

  pieces = g_strsplit (text, CONTROLLER, -1);
  return g_strjoinv (controller, pieces);
}

const char *
cb_notice_get_id (const CbNotice *self)
{
  return self->id;
}

guint
cb_notice_get_version (const CbNotice *self)
{
  return self->version;
}

const char *
cb_notice_get_effective_from (const CbNotice *self)
{
  return self->effective_from;
}

const char *
cb_notice_get_jurisdiction (const CbNotice *self)
{
  return self->jurisdiction;
}

gboolean
cb_notice_has_material_change (const CbNotice *self, const char *purpose)
{
  return purpose != NULL && g_hash_table_contains (self->material, purpose);
}

const char *const *
cb_notice_get_languages (const CbNotice *self)
{
  return (const char *const *) self->languages;
}

const char *
cb_notice_pick_language (const CbNotice *self, const char *language)
{
  return find_words (self, language)->language;
}

char *
cb_notice_dup_text (const CbNotice *self,
                    CbNoticePart part,
                    const char *language,
                    const char *controller)
{
  g_return_val_if_fail ((guint) part < N_PARTS, NULL);

  return fill_in (find_words (self, language)->parts[part], controller);
}

char *
cb_notice_dup_purpose_text (const CbNotice *self,
                            const char *purpose,
                            CbNoticePurposePart part,
                            const char *language,
                            const char *controller)
{
  char **texts;

  g_return_val_if_fail ((guint) part < N_PURPOSE_PARTS, NULL);
  g_return_val_if_fail (purpose != NULL, NULL);

  texts = g_hash_table_lookup (find_words (self, language)->purposes, purpose);
  return texts != NULL ? fill_in (texts[part], controller) : NULL;
}

const char *
cb_notice_get_title (const CbNotice *self, const char *purpose, const char *language)
{
  char **texts = g_hash_table_lookup (find_words (self, language)->purposes, purpose);

  return texts != NULL ? texts[CB_NOTICE_TITLE] : NULL;
}

char *
cb_notice_dup_canonical_text (const CbNotice *self, const char *language)
{
  return canonical_text (self, find_words (self, language));
}

const char *
cb_notice_get_sha256 (const CbNotice *self, const char *language)
{
  return find_words (self, language)->sha256;
}

void
cb_notice_free (CbNotice *self)
{
  g_free (self->id);
  g_free (self->effective_from);
  g_free (self->jurisdiction);
  g_hash_table_unref (self->material);
  g_ptr_array_unref (self->words);
  g_strfreev (self->languages);
  g_free (self);
}

CbNotice *
cb_notice_new_from_bytes (GBytes *file, GError **error)
{
  g_autoptr (CbNotice) self = g_new0 (CbNotice, 1);
  g_autoptr (JsonObject) document = NULL;

  self->material = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->words = g_ptr_array_new_with_free_func ((GDestroyNotify) words_free);
  document =
    cb_json_parse (g_bytes_get_data (file, NULL), g_bytes_get_size (file), NOTICE_LIMIT, error);
  if (document == NULL || !read_heading (self, document, error) ||
      !read_material_changes (self, cb_json_get_object (document, "material_change"), error) ||
      !read_languages (self, cb_json_get_object (document, "languages"), error))
    return NULL;
  return g_steal_pointer (&self);
}
