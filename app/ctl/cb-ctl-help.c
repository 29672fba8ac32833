/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl-help.h"

#include <stdio.h>

static const char program_help[] =
  "counterbookctl [--home DIR] [--json] [--as STAFF] COMMAND …\n"
  "\n"
  "The store of Counterbook without a screen.\n"
  "\n";

static const char program_notes[] =
  "\n"
  "  --home DIR   the store's directory; else $COUNTERBOOK_HOME, else\n"
  "               $XDG_DATA_HOME/counterbook\n"
  "  --json       standard output holds exactly one JSON document\n"
  "  --as STAFF   who acts, by name or id; holding this user's device key is the\n"
  "               authentication, no PIN is asked\n"
  "  --help       of the program, or behind a command of that command\n"
  "  --version\n"
  "\n"
  "Texts that are personal are read from standard input, in UTF-8, where other users\n"
  "of this machine can't see them. One newline at the end of a --text-stdin is not\n"
  "part of the text; everything else is kept as it came.\n"
  "\n"
  "Exit: 0 done · 1 failed or not there, one line on standard error says why ·\n"
  "2 usage · 3 refused by consent · 4 not permitted to this role.\n";

char *
cb_ctl_dup_command_name (const CbCtlCommand *command)
{
  return command->verb != NULL ? g_strjoin (" ", command->family, command->verb, NULL)
                               : g_strdup (command->family);
}

char *
cb_ctl_dup_roles (guint roles)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint role = CB_ROLE_ASSOCIATE; role <= CB_ROLE_ADMIN; role++)
    {
      if ((roles & (1u << role)) != 0)
        g_ptr_array_add (names, (gpointer) cb_role_to_id (role));
    }
  if (names->len == 0)
    return g_strdup ("anyone");
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" or ", (char **) names->pdata);
}

static void
print_usage (const CbCtlCommand *command)
{
  g_autofree char *name = cb_ctl_dup_command_name (command);

  printf ("counterbookctl %s", name);
  if (command->words != NULL)
    printf (" %s", command->words);
  for (const CbCtlOption *option = command->options; option != NULL && option->name != NULL;
       option++)
    {
      printf (option->is_needed ? " --%s" : " [--%s", option->name);
      if (option->value != NULL)
        printf (" %s", option->value);
      fputs (option->is_needed ? "" : "]", stdout);
    }
  putchar ('\n');
}

static void
print_command_help (const CbCtlCommand *command)
{
  g_autofree char *roles = cb_ctl_dup_roles (command->roles);

  print_usage (command);
  printf ("\n%s\n\n", command->summary);
  for (const CbCtlOption *option = command->options; option != NULL && option->name != NULL;
       option++)
    printf ("  --%-14s %s\n", option->name, option->help);
  printf ("%sFor: %s\n", command->options != NULL ? "\n" : "", roles);
}

void
cb_ctl_print_help (const CbCtlCommand *command)
{
  if (command != NULL)
    {
      print_command_help (command);
      return;
    }
  fputs (program_help, stdout);
  for (guint i = 0; cb_ctl_families[i] != NULL; i++)
    {
      for (const CbCtlCommand *row = cb_ctl_families[i]; row->family != NULL; row++)
        {
          g_autofree char *name = cb_ctl_dup_command_name (row);
          gsize length = strcspn (row->summary, ".;");

          printf ("  %-18s %.*s\n", name, (int) length, row->summary);
        }
    }
  fputs (program_notes, stdout);
}
