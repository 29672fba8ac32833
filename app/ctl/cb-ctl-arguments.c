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
  guint most = ctl->command->words != NULL ? 1 : 0;

  if (words->len > most)
    return fail_usage (error, "there are too many words");
  if (words->len == 1)
    ctl->word = g_strdup (g_ptr_array_index (words, 0));
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

static gboolean
check_options (CbCtl *ctl, GError **error)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, ctl->options);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      if (find_option (global_options, name) == NULL &&
          find_option (ctl->command->options, name) == NULL)
        {
          g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--%s is not for this command",
                       (const char *) name);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
cb_ctl_check_arguments (CbCtl *ctl, GError **error)
{
  const CbCtlOption *options = ctl->command->options;
  const char *words = ctl->command->words;

  if (!check_options (ctl, error))
    return FALSE;
  for (const CbCtlOption *option = options; option != NULL && option->name != NULL; option++)
    {
      if (option->is_needed && !cb_ctl_has_option (ctl, option->name))
        {
          g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--%s is missing", option->name);
          return FALSE;
        }
    }
  if (words == NULL || *words == '[' || ctl->word != NULL)
    return TRUE;
  g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "%s is missing", words);
  return FALSE;
}

/* --- values --- */

/* Says what the table says the option takes. */
static gboolean
fail_value (CbCtl *ctl, const char *name, GError **error)
{
  g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE, "--%s takes %s", name,
               find_option (ctl->command->options, name)->value);
  return FALSE;
}

gboolean
cb_ctl_take_number (CbCtl *ctl,
                    const char *name,
                    gint64 least,
                    gint64 most,
                    gint64 *number,
                    GError **error)
{
  const char *text = cb_ctl_get_option (ctl, name);

  if (text == NULL || g_ascii_string_to_signed (text, 10, least, most, number, NULL))
    return TRUE;
  g_set_error (error, CB_CTL_ERROR, CB_CTL_ERROR_USAGE,
               "--%s takes a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, name,
               least, most);
  return FALSE;
}

gboolean
cb_ctl_take_purpose (CbCtl *ctl, const char **purpose, GError **error)
{
  const char *id = cb_ctl_get_option (ctl, "purpose");
  const CbPurpose *known = cb_purpose_find (id);

  *purpose = known != NULL ? cb_purpose_get_id (known) : NULL;
  return id == NULL || known != NULL || fail_value (ctl, "purpose", error);
}

#define CB_CTL_DEFINE_TERM(Type, name)                                                             \
  gboolean cb_ctl_take_##name (CbCtl *ctl, const char *option, Type *value, GError **error)        \
  {                                                                                                \
    const char *id = cb_ctl_get_option (ctl, option);                                              \
                                                                                                   \
    return id == NULL || cb_##name##_from_id (id, value) || fail_value (ctl, option, error);       \
  }

CB_CTL_DEFINE_TERM (CbRole, role)
CB_CTL_DEFINE_TERM (CbVisit, visit)
CB_CTL_DEFINE_TERM (CbIntent, intent)
CB_CTL_DEFINE_TERM (CbDiscretion, discretion)
CB_CTL_DEFINE_TERM (CbProvenance, provenance)
CB_CTL_DEFINE_TERM (CbAnswer, answer)
CB_CTL_DEFINE_TERM (CbMethod, method)
CB_CTL_DEFINE_TERM (CbEraseReason, erase_reason)

/* The id of no channel is a star, which is for the database and no word of the command line. */
gboolean
cb_ctl_take_channel (CbCtl *ctl, const char *option, CbChannel *value, GError **error)
{
  const char *id = cb_ctl_get_option (ctl, option);

  if (id == NULL)
    return TRUE;
  return (cb_channel_from_id (id, value) && *value != CB_CHANNEL_NONE) ||
         fail_value (ctl, option, error);
}
