/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-import-line.h"

#include "vault/cb-seal.h"

struct _CbImportLine
{
  GObject parent_instance;
  guint64 line;
  CbFate fate;
  char *name;
  char **values;
  const char *reason;
};

G_DEFINE_FINAL_TYPE (CbImportLine, cb_import_line, G_TYPE_OBJECT)

guint64
cb_import_line_get_line (CbImportLine *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_LINE (self), 0);

  return self->line;
}

CbFate
cb_import_line_get_fate (CbImportLine *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_LINE (self), CB_FATE_REJECTED);

  return self->fate;
}

const char *
cb_import_line_get_name (CbImportLine *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_LINE (self), NULL);

  return self->name;
}

const char *const *
cb_import_line_get_values (CbImportLine *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_LINE (self), NULL);

  return (const char *const *) self->values;
}

const char *
cb_import_line_get_reason (CbImportLine *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_LINE (self), NULL);

  return self->reason;
}

static void
cb_import_line_finalize (GObject *object)
{
  CbImportLine *self = CB_IMPORT_LINE (object);

  cb_text_wipe (self->name);
  for (guint i = 0; self->values[i] != NULL; i++)
    cb_text_wipe (self->values[i]);
  g_free (self->values);

  G_OBJECT_CLASS (cb_import_line_parent_class)->finalize (object);
}

static void
cb_import_line_class_init (CbImportLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_import_line_finalize;
}

static void
cb_import_line_init (CbImportLine *self)
{
}

static char *
join_name (const CbCustomerDraft *draft)
{
  const char *given = draft != NULL && draft->given != NULL ? draft->given : "";
  const char *family = draft != NULL && draft->family != NULL ? draft->family : "";

  return g_strconcat (given, *given != '\0' && *family != '\0' ? " " : "", family, NULL);
}

static char **
join_values (const CbCustomerDraft *draft)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (draft != NULL && draft->phones != NULL)
    g_strv_builder_addv (builder, (const char **) draft->phones);
  if (draft != NULL && draft->emails != NULL)
    g_strv_builder_addv (builder, (const char **) draft->emails);
  return g_strv_builder_end (builder);
}

CbImportLine *
cb_import_line_new (guint64 line, CbFate fate, const CbCustomerDraft *draft, const char *reason)
{
  CbImportLine *self = g_object_new (CB_TYPE_IMPORT_LINE, NULL);

  self->line = line;
  self->fate = fate;
  self->name = join_name (draft);
  self->values = join_values (draft);
  self->reason = reason;
  return self;
}
