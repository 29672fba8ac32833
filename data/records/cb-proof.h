/* SPDX-License-Identifier: Apache-2.0 */

/* What somebody at the counter gives to show that a record is theirs: a receipt number or two facts
 * that they type themselves, or a document that an associate has seen. Of a document its kind alone
 * is ever held. The texts are wiped when it is freed. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_DOCUMENT_NONE, /* they type */
  CB_DOCUMENT_PASSPORT,
  CB_DOCUMENT_IDENTITY_CARD,
  CB_DOCUMENT_DRIVING_LICENCE,
  CB_DOCUMENT_OTHER,
} CbDocument;

/* "passport"; NULL of none. */
const char *cb_document_to_id (CbDocument document);

/* What was not given is NULL. */
typedef struct
{
  CbDocument document;
  char *receipt; /* of their answers, or of anything they bought */
  char *email;
  char *phone;
  char *card; /* the number on it */
} CbProof;

CbProof *cb_proof_new (void);
void cb_proof_free (CbProof *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbProof, cb_proof_free)

G_END_DECLS
