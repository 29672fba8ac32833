/* SPDX-License-Identifier: Apache-2.0 */

/* counterbook-profiled: the central profile service. Options and their meaning; the work is in
 * cb-commands.c. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "service/cb-address.h"
#include "service/cb-commands.h"
#include "service/cb-version.h"
#include "wire/cb-codes.h"

#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define DEFAULT_LISTEN "127.0.0.1:8447"
#define NAME_BYTES 200

typedef struct
{
  char *database;
  char *state;
  char *listen;
  char *tls_cert;
  char *tls_key;
  char *store;
  char *name;
  char *scope;
  char **words; /* the command and what follows it */
  gboolean wants_wipe;
  gboolean wants_version;
} Options;

static const char summary[] =
  "The central profile service of Counterbook.\n"
  "\n"
  "Commands, each beside a live service:\n"
  "  (none)                 serve until SIGTERM\n"
  "  enrol --store NAME     print a one-time code for a terminal of that store\n"
  "  revoke [--wipe] TERMINAL\n"
  "                         shut a terminal out; with --wipe it destroys what it holds as soon\n"
  "                         as it asks for anything, for good\n"
  "  terminals              a line each: id, shop, state, changes heard of all, since when\n"
  "  key add --name NAME --scope SCOPE,...\n"
  "                         print a key for another system: profile, notes, consents,\n"
  "                         permission, changes, contacts, opt-outs, metrics\n"
  "  key list               a line each: id, name, scopes, state, since when\n"
  "  key revoke KEY         end a key, by its id\n"
  "  erase CUSTOMER         forget a customer here and at every terminal\n"
  "  withdraw CUSTOMER PURPOSE [CHANNEL]\n"
  "                         end a yes here and at every terminal of their shops\n"
  "  restored               the database was put back from a back-up: begin a new history\n"
  "                         (no service may run on it; then start every one)\n"
  "  dump                   print each current record as a line of JSON\n"
  "  check                  look for what must not be; exit 1 when there is something\n"
  "\n"
  "Exit: 0 done, 1 failed, 2 usage.";

static void
options_clear (Options *options)
{
  g_free (options->database);
  g_free (options->state);
  g_free (options->listen);
  g_free (options->tls_cert);
  g_free (options->tls_key);
  g_free (options->store);
  g_free (options->name);
  g_free (options->scope);
  g_strfreev (options->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static int
fail_usage (const char *why)
{
  g_printerr ("counterbook-profiled: %s; see --help\n", why);
  return CB_EXIT_USAGE;
}

static gboolean
parse (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "database", 0, 0, G_OPTION_ARG_STRING, &options->database, "Where the book is",
      "sqlite:PATH|postgresql://HOST/NAME" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &options->state,
      "With PostgreSQL: where the epoch and the ledger of erasures stand", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen,
      "Where to listen (" DEFAULT_LISTEN "); port 0 picks one", "HOST:PORT" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_cert, "Certificate, PEM", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_key, "Its key, PEM", "FILE" },
    { "store", 0, 0, G_OPTION_ARG_STRING, &options->store, "With enrol: the shop's name", "NAME" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "With key add: the system's name",
      "NAME" },
    { "scope", 0, 0, G_OPTION_ARG_STRING, &options->scope, "With key add: what it is for",
      "SCOPE,..." },
    { "wipe", 0, 0, G_OPTION_ARG_NONE, &options->wants_wipe,
      "With revoke: the terminal destroys what it holds", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->wants_version, "Print the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->words, NULL, "[COMMAND]" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

/* --- serve --- */

static int
serve (const Options *options, const CbPlace *place)
{
  g_autoptr (GSocketAddress) address =
    cb_address_parse (options->listen != NULL ? options->listen : DEFAULT_LISTEN);
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  if (address == NULL)
    return fail_usage ("--listen takes an address and a port");
  if ((options->tls_cert == NULL) != (options->tls_key == NULL))
    return fail_usage ("--tls-cert and --tls-key go together");
  if (options->tls_cert == NULL && !cb_address_is_loopback (address))
    return fail_usage ("beyond this machine only with --tls-cert and --tls-key");

  if (options->tls_cert != NULL)
    {
      certificate = g_tls_certificate_new_from_files (options->tls_cert, options->tls_key, &error);
      if (certificate == NULL)
        {
          g_printerr ("counterbook-profiled: cannot read the certificate: %s\n", error->message);
          return CB_EXIT_USAGE;
        }
    }
  return cb_command_serve (place, address, certificate);
}

/* One line that an operator can read, and a list can hold. */
static gboolean
is_name (const char *name)
{
  return name != NULL && *name != '\0' && strlen (name) <= NAME_BYTES &&
         cb_text_is_sound (name, -1) && strpbrk (name, "\n\t") == NULL;
}

static int
enrol (const Options *options, const CbPlace *place)
{
  if (!is_name (options->store))
    return fail_usage ("enrol takes --store NAME, of one line");
  return cb_command_enrol (place, options->store);
}

static int
revoke_terminal (const Options *options, const CbPlace *place)
{
  if (!cb_id_is_valid (options->words[1]))
    return fail_usage ("revoke takes a terminal's id");
  return cb_command_revoke (place, options->words[1], options->wants_wipe);
}

static int
erase_customer (const char *customer, const CbPlace *place)
{
  if (!cb_id_is_valid (customer))
    return fail_usage ("erase takes a customer's id");
  return cb_command_erase (place, customer);
}

static int
withdraw (char **words, const CbPlace *place)
{
  if (!cb_id_is_valid (words[1]) || cb_codes_purpose_scope (words[2]) == NULL ||
      (words[3] != NULL && !cb_codes_purpose_takes_channel (words[2], words[3])))
    return fail_usage ("withdraw takes a customer's id, a purpose, and a channel of that purpose");
  return cb_command_withdraw (place, words[1], words[2], words[3]);
}

static int
manage_keys (const Options *options, guint n_words, const CbPlace *place)
{
  const char *act = n_words > 1 ? options->words[1] : "";
  const CbScopes scopes = options->scope != NULL ? cb_scopes_read (options->scope) : 0;

  if (strcmp (act, "list") == 0 && n_words == 2)
    return cb_command_keys (place);
  if (strcmp (act, "revoke") == 0 && n_words == 3 && cb_id_is_valid (options->words[2]))
    return cb_command_key_revoke (place, options->words[2]);
  if (strcmp (act, "add") == 0 && n_words == 2 && is_name (options->name) && scopes != 0)
    return cb_command_key_add (place, options->name, scopes);
  return fail_usage ("key takes add --name NAME --scope SCOPE,..., list, or revoke and a key's id");
}

static int
dispatch (const Options *options, const CbPlace *place)
{
  const guint n_words = options->words != NULL ? g_strv_length (options->words) : 0;
  const char *command = n_words > 0 ? options->words[0] : NULL;

  if (command == NULL)
    return serve (options, place);
  if (strcmp (command, "revoke") == 0 && n_words == 2)
    return revoke_terminal (options, place);
  if (strcmp (command, "erase") == 0 && n_words == 2)
    return erase_customer (options->words[1], place);
  if (strcmp (command, "withdraw") == 0 && (n_words == 3 || n_words == 4))
    return withdraw (options->words, place);
  if (strcmp (command, "key") == 0)
    return manage_keys (options, n_words, place);
  if (n_words > 1)
    return fail_usage ("too many words");
  if (strcmp (command, "enrol") == 0)
    return enrol (options, place);
  if (strcmp (command, "terminals") == 0)
    return cb_command_terminals (place);
  if (strcmp (command, "dump") == 0)
    return cb_command_dump (place);
  if (strcmp (command, "check") == 0)
    return cb_command_check (place);
  if (strcmp (command, "restored") == 0)
    return cb_command_restored (place);
  return fail_usage ("no such command");
}

/* --- the program --- */

/* Whoever runs the service keeps its log; it says nothing of a person. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if ((level & G_LOG_LEVEL_DEBUG) == 0 && g_strcmp0 (fields[i].key, "MESSAGE") == 0)
      fprintf (stderr, "%s\n", (const char *) fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

/* What customers said goes through this memory: no other user's files, no core dumps. */
static void
keep_private (void)
{
  const struct rlimit none = { 0, 0 };

  umask (077);
  setrlimit (RLIMIT_CORE, &none);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_auto (CbPlace) place = { 0 };
  const char *why = NULL;

  setlocale (LC_ALL, "");
  keep_private ();
  g_log_set_writer_func (write_log, NULL, NULL);
  if (sodium_init () < 0)
    return CB_EXIT_FAILED;

  if (!parse (&options, &argc, &argv, &error))
    return fail_usage (error->message);
  if (options.wants_version)
    {
      printf ("counterbook-profiled %s\n", CB_VERSION);
      return CB_EXIT_DONE;
    }
  if (options.database == NULL)
    return fail_usage ("--database is missing");
  why = cb_place_parse (&place, options.database, options.state);
  if (why != NULL)
    return fail_usage (why);
  return dispatch (&options, &place);
}
