/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer's two functions; CB_FUZZ_TARGET says what they feed. One program for all targets,
 * because linking it takes longer than compiling any of them. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-fuzz.h"

#include <stdlib.h>

/* That the fuzzer is one: it has to find these four bytes by what they make the code do. */
static void
fuzz_self (const guint8 *bytes, gsize length)
{
  if (length == 4 && bytes[0] == 'b' && bytes[1] == 'o' && bytes[2] == 'o' && bytes[3] == 't')
    g_assert_not_reached ();
}

static const struct
{
  const char *name;
  CbFuzzFunc func;
} targets[] = {
  { "acks", cb_fuzz_acks },       { "operations", cb_fuzz_operations },
  { "changes", cb_fuzz_changes }, { "packed", cb_fuzz_packed },
  { "replies", cb_fuzz_replies }, { "vcard", cb_fuzz_vcard },
  { "csv", cb_fuzz_csv },         { "goods", cb_fuzz_goods },
  { "optouts", cb_fuzz_optouts }, { "records", cb_fuzz_records },
  { "spans", cb_fuzz_spans },     { "self", fuzz_self },
};

static CbFuzzFunc func;

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);

int
LLVMFuzzerInitialize (int *argc G_GNUC_UNUSED, char ***argv G_GNUC_UNUSED)
{
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      if (g_strcmp0 (g_getenv ("CB_FUZZ_TARGET"), targets[i].name) == 0)
        func = targets[i].func;
    }
  if (func == NULL)
    {
      g_printerr ("CB_FUZZ_TARGET names no target\n");
      exit (2);
    }
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  func (bytes, length);
  return 0;
}
