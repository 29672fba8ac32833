/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-envelope-private.h"

#include "base/cb-id.h"
#include "wire/cb-codes.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"
#include "wire/cb-scan.h"

#include <sodium.h>
#include <string.h>

/* What JSON numbers carry exactly from one program to another. */
#define MAX_EXACT_INT (G_GINT64_CONSTANT (1) << 53)
#define SHORT_TEXT 64

G_STATIC_ASSERT (CB_ENVELOPE_HASH_BYTES == crypto_hash_sha256_BYTES);

typedef struct
{
  CbEnvelope envelope; /* first: what callers see is the whole */
  GBytes *line;
  JsonObject *root;
  char **key_parts; /* a withdrawal whose body is silent is read from its key */
} Parsed;

typedef struct
{
  const char *kind_id;
  const char *act_id;
  CbKind kind;
  CbAct act;
} Operation;

static const Operation operations[] = {
  { "customer", "put", CB_KIND_CUSTOMER, CB_ACT_PUT },
  { "note", "put", CB_KIND_NOTE, CB_ACT_PUT },
  { "preference", "put", CB_KIND_PREFERENCE, CB_ACT_PUT },
  { "request", "put", CB_KIND_REQUEST, CB_ACT_PUT },
  { "consent", "grant", CB_KIND_CONSENT, CB_ACT_GRANT },
  { "consent", "refuse", CB_KIND_CONSENT, CB_ACT_REFUSE },
  { "consent", "withdraw", CB_KIND_CONSENT, CB_ACT_WITHDRAW },
  { "erase", "erase", CB_KIND_ERASE, CB_ACT_ERASE },
};

static const char *const kinds[] = {
  "customer", "note", "preference", "request", "consent", "erase",
};

const char *
cb_kind_to_id (CbKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kinds), NULL);

  return kinds[kind];
}

gboolean
cb_envelope_fail (GError **error, const char *why)
{
  g_set_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID, "an operation is not valid: %s",
               why);
  return FALSE;
}

void
cb_envelope_free (CbEnvelope *self)
{
  Parsed *parsed = (Parsed *) self;

  g_clear_pointer (&parsed->line, g_bytes_unref);
  g_clear_pointer (&parsed->root, json_object_put);
  g_strfreev (parsed->key_parts);
  g_free (parsed);
}

/* --- the line as JSON --- */

/* How many members the objects in a value have kept; json-c keeps the last of two of one name. */
static guint
count_members (JsonObject *value)
{
  guint n_members = 0;

  if (json_object_is_type (value, json_type_object))
    {
      struct json_object_iterator at = json_object_iter_begin (value);
      const struct json_object_iterator end = json_object_iter_end (value);

      for (; !json_object_iter_equal (&at, &end); json_object_iter_next (&at))
        n_members += 1 + count_members (json_object_iter_peek_value (&at));
    }
  else if (json_object_is_type (value, json_type_array))
    {
      for (gsize i = 0; i < json_object_array_length (value); i++)
        n_members += count_members (json_object_array_get_idx (value, i));
    }
  return n_members;
}

/* The scan has judged the text, so json-c need not: it only reads. */
static JsonObject *
read_json (const char *text, gsize length)
{
  json_tokener *tokener = json_tokener_new_ex (CB_LIMIT_DEPTH + 1);
  JsonObject *object = json_tokener_parse_ex (tokener, text, (int) length);

  json_tokener_free (tokener);
  return object;
}

static gboolean
fail_too_large (GError **error)
{
  g_set_error_literal (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_TOO_LARGE,
                       "an operation of too many bytes");
  return FALSE;
}

/* Reads the line into the envelope: the root, and where its body stands. */
static gboolean
read_line (Parsed *parsed, gsize limit, GError **error)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (parsed->line, &length);
  CbScanned scanned = { .member = "body" };

  if (length > limit)
    return fail_too_large (error);
  if (length == 0 || memchr (text, '\n', length) != NULL ||
      !cb_scan_object (text, length, &scanned))
    return cb_envelope_fail (error, "it is no JSON object");

  parsed->root = read_json (text, length);
  if (parsed->root == NULL)
    return cb_envelope_fail (error, "it is no JSON object");
  if (count_members (parsed->root) != scanned.n_members)
    return cb_envelope_fail (error, "a name stands twice in one object");

  parsed->envelope.body = scanned.value;
  parsed->envelope.body_length = scanned.value_length;
  return TRUE;
}

/* --- what every operation has --- */

static gboolean
read_id (JsonObject *object, const char *member, const char **id, GError **error)
{
  *id = cb_json_get_string (object, member);
  return (*id != NULL && cb_id_is_valid (*id)) || cb_envelope_fail (error, member);
}

static gboolean
read_id_or_null (JsonObject *object, const char *member, const char **id, GError **error)
{
  return cb_envelope_lacks (object, member) || read_id (object, member, id, error);
}

static gboolean
read_whose (CbEnvelope *self, JsonObject *root, GError **error)
{
  const char *kind = cb_json_get_string (root, "kind");
  const char *act = cb_json_get_string (root, "act");

  if (!read_id (root, "op", &self->op, error) ||
      !read_id (root, "customer", &self->customer, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_strcmp0 (operations[i].kind_id, kind) == 0 && g_strcmp0 (operations[i].act_id, act) == 0)
      {
        self->kind = operations[i].kind;
        self->act = operations[i].act;
        return TRUE;
      }
  return cb_envelope_fail (error, "kind and act");
}

static gboolean
is_exact_int (JsonObject *object, const char *member)
{
  const gint64 number = cb_json_get_int (object, member, -1);

  return number >= 0 && number <= MAX_EXACT_INT;
}

static gboolean
is_short_or_null (JsonObject *object, const char *member)
{
  const char *text = cb_json_get_string (object, member);

  return cb_envelope_lacks (object, member) || (text != NULL && strlen (text) <= SHORT_TEXT);
}

static gboolean
read_moment (CbEnvelope *self, JsonObject *root, GError **error)
{
  JsonObject *at = cb_json_get_object (root, "at");

  self->wall = cb_json_get_string (at, "wall");
  if (self->wall == NULL || !cb_envelope_is_time (self->wall))
    return cb_envelope_fail (error, "at.wall");
  if (!is_short_or_null (at, "boot") || !is_short_or_null (at, "tz"))
    return cb_envelope_fail (error, "at");
  return cb_envelope_lacks (at, "mono") || is_exact_int (at, "mono") ||
         cb_envelope_fail (error, "at.mono");
}

static gboolean
read_basics (CbEnvelope *self, JsonObject *root, GError **error)
{
  self->seq = cb_json_get_int (root, "seq", -1);
  self->schema = cb_json_get_int (root, "schema", 0);
  self->by = cb_json_get_string (root, "by");
  self->scope = cb_json_get_string (root, "scope");
  self->key = cb_json_get_string (root, "key");

  if (!is_exact_int (root, "seq"))
    return cb_envelope_fail (error, "seq");
  if (self->schema < CB_SCHEMA_MIN || self->schema > CB_SCHEMA_MAX)
    return cb_envelope_fail (error, "schema");
  if (self->by == NULL || (!cb_id_is_valid (self->by) && strcmp (self->by, "system") != 0))
    return cb_envelope_fail (error, "by");
  if (self->scope == NULL && !cb_envelope_lacks (root, "scope"))
    return cb_envelope_fail (error, "scope");
  return read_moment (self, root, error);
}

static gboolean
check_body (const CbEnvelope *self, GError **error)
{
  return (self->body != NULL && *self->body == '{') || cb_envelope_fail (error, "body");
}

/* --- records --- */

static gboolean
read_basis (CbEnvelope *self, JsonObject *root, GError **error)
{
  JsonObject *basis = cb_json_get_object (root, "basis");

  if (cb_envelope_lacks (root, "basis"))
    return TRUE;
  self->basis_purpose = cb_json_get_string (basis, "purpose");
  if (!cb_codes_purpose_carries_records (self->basis_purpose))
    return cb_envelope_fail (error, "basis.purpose");
  return read_id (basis, "grant", &self->basis_grant, error);
}

static gboolean
check_record_scope (const CbEnvelope *self, GError **error)
{
  static const char *const of_cards[] = { "store", "company", NULL };
  static const char *const of_requests[] = { "request", NULL };
  static const char *const of_others[] = { "request", "store", "company", NULL };
  const char *const *scopes = self->kind == CB_KIND_CUSTOMER  ? of_cards
                              : self->kind == CB_KIND_REQUEST ? of_requests
                                                              : of_others;

  return (self->scope != NULL && g_strv_contains (scopes, self->scope)) ||
         cb_envelope_fail (error, "scope");
}

static gboolean
check_record_key (const CbEnvelope *self, GError **error)
{
  const char *kind = cb_kind_to_id (self->kind);
  const gsize length = strlen (kind);
  const char *id = NULL;

  if (self->key == NULL || strncmp (self->key, kind, length) != 0 || self->key[length] != '/')
    return cb_envelope_fail (error, "key");
  id = self->key + length + 1;
  if (self->kind == CB_KIND_CUSTOMER && strcmp (id, self->customer) != 0)
    return cb_envelope_fail (error, "key");
  return cb_id_is_valid (id) || cb_envelope_fail (error, "key");
}

static gboolean
read_record (Parsed *parsed, GError **error)
{
  CbEnvelope *self = &parsed->envelope;
  JsonObject *body = cb_json_get_object (parsed->root, "body");

  return read_basics (self, parsed->root, error) && check_body (self, error) &&
         read_id_or_null (parsed->root, "base", &self->base, error) &&
         read_basis (self, parsed->root, error) && check_record_scope (self, error) &&
         check_record_key (self, error) && cb_envelope_check_record (self->kind, body, error);
}

/* --- consents --- */

static gboolean
check_answer_key (const CbEnvelope *self, GError **error)
{
  g_autofree char *key =
    g_strjoin ("/", "consent", self->customer, self->purpose, self->channel, NULL);

  return g_strcmp0 (self->key, key) == 0 || cb_envelope_fail (error, "key");
}

static gboolean
check_answer_scope (const CbEnvelope *self, JsonObject *root, GError **error)
{
  if (!cb_envelope_lacks (root, "basis"))
    return cb_envelope_fail (error, "basis");
  if (self->act == CB_ACT_REFUSE && self->scope == NULL)
    return TRUE;
  return g_strcmp0 (self->scope, cb_codes_purpose_scope (self->purpose)) == 0 ||
         cb_envelope_fail (error, "scope");
}

static gboolean
read_answer (Parsed *parsed, GError **error)
{
  CbEnvelope *self = &parsed->envelope;
  JsonObject *body = cb_json_get_object (parsed->root, "body");

  return read_basics (self, parsed->root, error) && check_body (self, error) &&
         cb_envelope_read_answer (self, body, error) && check_answer_key (self, error) &&
         check_answer_scope (self, parsed->root, error);
}

/* What is withdrawn stands in the body and again in the key; the body decides, the key helps out.
 * A purpose of a later version is no reason to refuse. */
static gboolean
read_withdrawal (Parsed *parsed, GError **error)
{
  CbEnvelope *self = &parsed->envelope;
  JsonObject *body = cb_json_get_object (parsed->root, "body");
  guint n_parts = 0;

  self->key = cb_json_get_string (parsed->root, "key");
  parsed->key_parts = g_strsplit (self->key != NULL ? self->key : "", "/", 5);
  n_parts = g_strv_length (parsed->key_parts);

  self->purpose = cb_json_get_string (body, "purpose");
  self->channel = cb_json_get_string (body, "channel");
  if (self->purpose == NULL && n_parts == 4)
    {
      self->purpose = parsed->key_parts[2];
      self->channel = parsed->key_parts[3];
    }
  if (self->channel == NULL)
    self->channel = CB_CHANNEL_ANY;

  if (self->purpose == NULL || !cb_codes_is_word (self->purpose))
    return cb_envelope_fail (error, "purpose");
  return strcmp (self->channel, CB_CHANNEL_ANY) == 0 || cb_codes_is_word (self->channel) ||
         cb_envelope_fail (error, "channel");
}

static gboolean
read_operation (Parsed *parsed, GError **error)
{
  if (!read_whose (&parsed->envelope, parsed->root, error))
    return FALSE;

  switch (parsed->envelope.act)
    {
    case CB_ACT_PUT:
      return read_record (parsed, error);
    case CB_ACT_GRANT:
    case CB_ACT_REFUSE:
      return read_answer (parsed, error);
    case CB_ACT_WITHDRAW:
      return read_withdrawal (parsed, error);
    case CB_ACT_ERASE:
      return TRUE;
    }
  return FALSE;
}

CbEnvelope *
cb_envelope_parse (GBytes *line, GError **error)
{
  g_autoptr (CbEnvelope) self = (CbEnvelope *) g_new0 (Parsed, 1);
  Parsed *parsed = (Parsed *) self;
  gsize length = 0;
  const guchar *bytes = g_bytes_get_data (line, &length);

  parsed->line = g_bytes_ref (line);
  if (!read_line (parsed, CB_LIMIT_OP_BYTES, error) || !read_operation (parsed, error))
    return NULL;

  crypto_hash_sha256 (self->hash, bytes, length);
  return g_steal_pointer (&self);
}

char *
cb_envelope_find_op (GBytes *line)
{
  g_autoptr (CbEnvelope) self = (CbEnvelope *) g_new0 (Parsed, 1);
  Parsed *parsed = (Parsed *) self;
  const char *op = NULL;

  parsed->line = g_bytes_ref (line);
  if (!read_line (parsed, CB_LIMIT_BYTES, NULL))
    return NULL;
  op = cb_json_get_string (parsed->root, "op");
  return op != NULL && cb_id_is_valid (op) ? g_strdup (op) : NULL;
}
