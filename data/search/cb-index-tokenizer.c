/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include <string.h>

static int
create_tokenizer (void *context, const char **arguments, int n_arguments, Fts5Tokenizer **tokenizer)
{
  /* There is no state; FTS5 only wants something that is not NULL. */
  static const char nothing = 0;

  *tokenizer = (Fts5Tokenizer *) &nothing;
  return SQLITE_OK;
}

static void
delete_tokenizer (Fts5Tokenizer *tokenizer)
{
}

static int
tokenize (Fts5Tokenizer *tokenizer,
          void *context,
          int flags,
          const char *text,
          int length,
          int (*take) (void *, int, const char *, int, int, int))
{
  int start = 0;

  while (start < length)
    {
      const char *space = memchr (text + start, ' ', (size_t) (length - start));
      int end = space != NULL ? (int) (space - text) : length;
      int result = SQLITE_OK;

      if (end > start)
        result = take (context, 0, text + start, end - start, start, end);
      if (result != SQLITE_OK)
        return result;
      start = end + 1;
    }
  return SQLITE_OK;
}

static fts5_api *
get_fts5 (sqlite3 *handle)
{
  fts5_api *api = NULL;
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (handle, "SELECT fts5 (?1)", -1, &statement, NULL) == SQLITE_OK)
    {
      sqlite3_bind_pointer (statement, 1, &api, "fts5_api_ptr", NULL);
      sqlite3_step (statement);
    }
  sqlite3_finalize (statement);
  return api;
}

gboolean
cb_index_add_tokenizer (sqlite3 *handle)
{
  static fts5_tokenizer spaces = { create_tokenizer, delete_tokenizer, tokenize };
  fts5_api *api = get_fts5 (handle);

  return api != NULL && api->xCreateTokenizer (api, "spaces", NULL, &spaces, NULL) == SQLITE_OK;
}
