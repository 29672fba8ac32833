/* SPDX-License-Identifier: Apache-2.0 */

/* The words a customer reads or hears before they answer, in every language, by version. They are
 * data (data/consent/notices/), compiled in; a released version never changes, so that an answer
 * that names notice, version and language can be shown with the very words seen. A change of words
 * is a new version. Notices are read once, never freed, and may be used from any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The notice of the consent card at the counter. */
#define CB_NOTICE_COUNTER "counter"

typedef struct _CbNotice CbNotice;

/* What stands once on a card, a receipt or beside a withdrawal. */
typedef enum
{
  CB_NOTICE_HEAD,
  CB_NOTICE_FOOT, /* what all share, how to change one's mind, where to complain */
  CB_NOTICE_YES,
  CB_NOTICE_NO,
  CB_NOTICE_LATER, /* counts as no, and may be asked again */
  CB_NOTICE_MORE,  /* "More choices" */
  CB_NOTICE_LABEL_WHAT_FOR,
  CB_NOTICE_LABEL_YOU_GET,
  CB_NOTICE_LABEL_HOW_LONG,
  CB_NOTICE_LABEL_WHO,
  CB_NOTICE_LABEL_WHERE,
  CB_NOTICE_LABEL_CONTACT,
  CB_NOTICE_CHANNEL_EMAIL,
  CB_NOTICE_CHANNEL_SMS,
  CB_NOTICE_CHANNEL_PHONE,
  CB_NOTICE_CHANNEL_POST,
  CB_NOTICE_CHANNEL_MESSENGER,
  CB_NOTICE_RECEIPT_TITLE,
  CB_NOTICE_RECEIPT_BODY,
  CB_NOTICE_RECEIPT_CODE, /* the label before the code */
  CB_NOTICE_WITHDRAW,     /* the button */
  CB_NOTICE_WITHDRAWAL,   /* what a withdrawal does, said before it is tapped */
  CB_NOTICE_WITHDRAWN,    /* said after it */
} CbNoticePart;

/* What is said of each purpose. */
typedef enum
{
  CB_NOTICE_TITLE,
  CB_NOTICE_WHAT_FOR,
  CB_NOTICE_YOU_GET,
  CB_NOTICE_HOW_LONG,
  CB_NOTICE_WHO,
  CB_NOTICE_WHERE,
  CB_NOTICE_CONTACT, /* by which way it lets us reach them, if any */
  CB_NOTICE_SCRIPT,  /* what the associate reads aloud for a spoken answer */
} CbNoticePurposePart;

/* The newest version of CB_NOTICE_COUNTER: what a card shows now. */
const CbNotice *cb_notice_get_current (void);

/* NULL when this build has no such version. */
const CbNotice *cb_notice_find (const char *id, guint version);

/* Must an answer given under this version be asked for again, because a later version changed what
 * matters for that purpose? Also TRUE for a notice or purpose this build does not know: no words,
 * no yes. A version newer than any known here isn't outdated. */
gboolean cb_notice_is_outdated_for (const char *id, guint version, const char *purpose);

const char *cb_notice_get_id (const CbNotice *self);
guint cb_notice_get_version (const CbNotice *self);

/* ISO date, "2026-01-01". */
const char *cb_notice_get_effective_from (const CbNotice *self);

/* A country code, or "*" for one that fits everywhere. */
const char *cb_notice_get_jurisdiction (const CbNotice *self);

/* Did this version change what matters for that purpose? */
gboolean cb_notice_has_material_change (const CbNotice *self, const char *purpose);

/* The languages it is whole in ("de", "en", "es", "fr"), NULL-terminated. */
const char *const *cb_notice_get_languages (const CbNotice *self);

/* The one of them that fits a language tag ("fr_CH.UTF-8", "de-AT", NULL …), else "en". This is
 * what an answer must record as the language seen. */
const char *cb_notice_pick_language (const CbNotice *self, const char *language);

/* Words with the name of who answers for the data (the shop's name) filled in; only the foot and
 * the receipt have it, so that it may be NULL for the others. Any language tag is taken as by
 * cb_notice_pick_language. NULL for an unknown purpose; free with g_free(). */
char *cb_notice_dup_text (const CbNotice *self,
                          CbNoticePart part,
                          const char *language,
                          const char *controller);
char *cb_notice_dup_purpose_text (const CbNotice *self,
                                  const char *purpose,
                                  CbNoticePurposePart part,
                                  const char *language,
                                  const char *controller);

/* The title alone; it names no controller and is borrowed. */
const char *cb_notice_get_title (const CbNotice *self, const char *purpose, const char *language);

/* All words of one language in one text of fixed form, the controller's name left open, and its
 * SHA-256 in lower-case hexadecimal: the evidence of what was shown. */
char *cb_notice_dup_canonical_text (const CbNotice *self, const char *language);
const char *cb_notice_get_sha256 (const CbNotice *self, const char *language);

/* Makes the compiled-in files known to GResource; harmless when called again. cb_data_init() calls
 * it, and so does the first use of a notice or a purpose. */
void cb_consent_register_resources (void);

G_END_DECLS
