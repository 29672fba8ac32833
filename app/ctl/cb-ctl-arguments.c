/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl-arguments.h"

#include <string.h>

#include "consent/cb-purpose.h"

G_DEFINE_QUARK (cb - ctl - error - quark, cb_ctl_error)

static gboolean
fail_usage (GError **error, const char *why)
{
  g_set_error_literal (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, why);
  return FALSE;
}

/* --- options --- */

static const CbCtlOption global_options[] = {
  { "home", "DIR", NULL }, { "json", NULL, NULL },    { "as", "STAFF", NULL },
  { "help", NULL, NULL },  { "version", NULL, NULL }, { NULL },
};

static const CbCtlOption *
find_option (const CbCtlOption *options, const char *name)
{
  for (const CbCtlOption *option = options; option != NULL && option->name != NULL; option++)
    {
      if (g_str_equal (option->name, name))
        return option;
    }
  return NULL;
}

/* Whether an option takes a value must be known before the command is, for options may stand
 * first. No two commands mean different things by one name. */
static const CbCtlOption *
find_option_anywhere (const char *name)
{
  const CbCtlOption *option = find_option (global_options, name);

  for (guint i = 0; option == NULL && cb_ctl_families[i] != NULL; i++)
    {
      for (const CbCtlCommand *row = cb_ctl_families[i]; option == NULL && row->family != NULL;
           row++)
        option = find_option (row->options, name);
    }
  return option;
}

/* `next` is the argument behind, which a value may be. Answers how many arguments were used. */
static guint
read_option (CbCtl *ctl, const char *argument, const char *next, GError **error)
{
  const char *equals = strchr (argument, '=');
  g_autofree char *name =
    equals != NULL ? g_strndup (argument, (gsize) (equals - argument)) : g_strdup (argument);
  const CbCtlOption *option = find_option_anywhere (name);
  guint used = 1;

  if (option == NULL)
    {
      fail_usage (error, "there is no such option");
      return 0;
    }
  if ((option->value == NULL) ? equals != NULL : (equals == NULL && next == NULL))
    {
      g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--%s takes %s", option->name,
                   option->value != NULL ? option->value : "no value");
      return 0;
    }
  if (g_hash_table_contains (ctl->options, option->name))
    {
      g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--%s is given twice", option->name);
      return 0;
    }
  if (option->value != NULL && equals == NULL)
    used = 2;
  g_hash_table_insert (ctl->options, (gpointer) option->name,
                       (gpointer) (option->value == NULL ? ""
                                   : equals != NULL      ? equals + 1
                                                         : next));
  return used;
}

const char *
cb_ctl_get_option (CbCtl *ctl, const char *name)
{
  return g_hash_table_lookup (ctl->options, name);
}

gboolean
cb_ctl_has_option (CbCtl *ctl, const char *name)
{
  return g_hash_table_contains (ctl->options, name);
}

/* --- the command --- */

static gboolean
find_command (CbCtl *ctl, GPtrArray *words, GError **error)
{
  const char *family = words->len > 0 ? g_ptr_array_index (words, 0) : NULL;
  const char *verb = words->len > 1 ? g_ptr_array_index (words, 1) : NULL;
  gboolean is_family_known = FALSE;

  for (guint i = 0; cb_ctl_families[i] != NULL; i++)
    {
      for (const CbCtlCommand *row = cb_ctl_families[i]; row->family != NULL; row++)
        {
          if (!g_str_equal (row->family, family))
            continue;
          is_family_known = TRUE;
          if (row->verb == NULL || g_strcmp0 (row->verb, verb) == 0)
            {
              ctl->command = row;
              g_ptr_array_remove_range (words, 0, row->verb != NULL ? 2 : 1);
              return TRUE;
            }
        }
    }
  return fail_usage (error, is_family_known ? "that command needs one of its verbs behind it"
                                            : "there is no such command");
}

static gboolean
take_word (CbCtl *ctl, GPtrArray *words, GError **error)
{
  const char *wanted = ctl->command->words;
  guint most = wanted == NULL ? 0 : strchr (wanted, ' ') != NULL ? 2 : 1;

  if (words->len > most)
    return fail_usage (error, "there are too many words");
  if (words->len > 0)
    ctl->word = g_strdup (g_ptr_array_index (words, 0));
  if (words->len > 1)
    ctl->second_word = g_strdup (g_ptr_array_index (words, 1));
  return TRUE;
}

static void
take_global_options (CbCtl *ctl)
{
  ctl->is_json = cb_ctl_has_option (ctl, "json");
  ctl->wants_help = cb_ctl_has_option (ctl, "help");
  ctl->wants_version = cb_ctl_has_option (ctl, "version");
  ctl->as = cb_ctl_get_option (ctl, "as");
  if (cb_ctl_has_option (ctl, "home"))
    {
      g_free (ctl->home);
      ctl->home = g_canonicalize_filename (cb_ctl_get_option (ctl, "home"), NULL);
    }
}

gboolean
cb_ctl_read_arguments (CbCtl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  gboolean are_words = FALSE;

  for (int i = 1; i < argc;)
    {
      guint used = 1;

      if (!are_words && g_str_equal (argv[i], "--"))
        are_words = TRUE;
      else if (!are_words && g_str_has_prefix (argv[i], "--"))
        used = read_option (ctl, argv[i] + 2, i + 1 < argc ? argv[i + 1] : NULL, error);
      else if (!are_words && argv[i][0] == '-' && argv[i][1] != '\0')
        return fail_usage (error, "options are written out, with two dashes");
      else
        g_ptr_array_add (words, argv[i]);
      if (used == 0)
        return FALSE;
      i += (int) used;
    }

  take_global_options (ctl);
  if (words->len == 0)
    return ctl->wants_help || ctl->wants_version || fail_usage (error, "which command?");
  if (!find_command (ctl, words, error))
    return FALSE;
  return ctl->wants_help || take_word (ctl, words, error);
}

/* --- checking --- */

/* Says what the table says the option takes. */
static gboolean
fail_value (const CbCtlOption *option, GError **error)
{
  g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--%s takes %s", option->name,
               g_str_equal (option->value, "N") ? "a whole number from 1 on" : option->value);
  return FALSE;
}

static gboolean
check_value (const CbCtlOption *option, const char *value, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (option->value == NULL)
    return TRUE;
  if (g_str_equal (option->value, "N"))
    return g_ascii_string_to_signed (value, 10, 1, G_MAXUINT, NULL, NULL) ||
           fail_value (option, error);
  if (strchr (option->value, '|') == NULL)
    return TRUE;
  words = g_strsplit (option->value, "|", -1);
  return g_strv_contains ((const char *const *) words, value) || fail_value (option, error);
}

static gboolean
check_options (CbCtl *ctl, GError **error)
{
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  g_hash_table_iter_init (&iter, ctl->options);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const CbCtlOption *option = find_option (global_options, name);

      if (option == NULL)
        option = find_option (ctl->command->options, name);
      if (option == NULL)
        {
          g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--%s is not for this command",
                       (const char *) name);
          return FALSE;
        }
      if (!check_value (option, value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_needed (CbCtl *ctl, GError **error)
{
  const char *words = ctl->command->words;

  for (const CbCtlOption *option = ctl->command->options; option != NULL && option->name != NULL;
       option++)
    {
      if (option->is_needed && !cb_ctl_has_option (ctl, option->name))
        {
          g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--%s is missing", option->name);
          return FALSE;
        }
    }
  if (words == NULL || *words == '[' ||
      (ctl->word != NULL && (strchr (words, ' ') == NULL || ctl->second_word != NULL)))
    return TRUE;
  g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "%s is missing", words);
  return FALSE;
}

gboolean
cb_ctl_check_arguments (CbCtl *ctl, GError **error)
{
  return check_options (ctl, error) && check_needed (ctl, error) &&
         (ctl->command->check == NULL || ctl->command->check (ctl, error));
}

/* --- values --- */

gint64
cb_ctl_get_number (CbCtl *ctl, const char *name, gint64 fallback)
{
  const char *text = cb_ctl_get_option (ctl, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : fallback;
}

const char *
cb_ctl_get_purpose (CbCtl *ctl)
{
  const CbPurpose *purpose = cb_purpose_find (cb_ctl_get_option (ctl, "purpose"));

  return purpose != NULL ? cb_purpose_get_id (purpose) : NULL;
}

/* The table has let through no other word than the vocabulary's. */
#define CB_CTL_DEFINE_TERM(Type, name)                                                             \
  Type cb_ctl_get_##name (CbCtl *ctl, const char *option, Type fallback)                           \
  {                                                                                                \
    Type value = fallback;                                                                         \
                                                                                                   \
    cb_##name##_from_id (cb_ctl_get_option (ctl, option), &value);                                 \
    return value;                                                                                  \
  }

CB_CTL_DEFINE_TERM (CbRole, role)
CB_CTL_DEFINE_TERM (CbVisit, visit)
CB_CTL_DEFINE_TERM (CbIntent, intent)
CB_CTL_DEFINE_TERM (CbDiscretion, discretion)
CB_CTL_DEFINE_TERM (CbProvenance, provenance)
CB_CTL_DEFINE_TERM (CbAnswer, answer)
CB_CTL_DEFINE_TERM (CbEntity, entity)
CB_CTL_DEFINE_TERM (CbMethod, method)
CB_CTL_DEFINE_TERM (CbChannel, channel)
CB_CTL_DEFINE_TERM (CbOutcome, outcome)
CB_CTL_DEFINE_TERM (CbCircumstance, circumstance)
CB_CTL_DEFINE_TERM (CbEraseReason, erase_reason)
CB_CTL_DEFINE_TERM (CbExportFormat, export_format)
CB_CTL_DEFINE_TERM (CbReviewReason, review_reason)
