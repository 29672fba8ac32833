/* SPDX-License-Identifier: Apache-2.0 */

/* The command line, read by the tables of the families. Nothing of it is ever quoted in an error,
 * for people type names where they shouldn't. */

#pragma once

#include "ctl/cb-ctl.h"

#include "consent/cb-conditions.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

/* Fills command, options, word and the global options. CB_CTL_ERROR_USAGE. */
gboolean cb_ctl_read_arguments (CbCtl *ctl, int argc, char **argv, GError **error);

/* After it is known that no help is wanted: what belongs to the command, what it takes, what it
 * can't do without. CB_CTL_ERROR_USAGE. */
gboolean cb_ctl_check_arguments (CbCtl *ctl, GError **error);

/* NULL when it was not given; "" for a flag. Borrowed. */
const char *cb_ctl_get_option (CbCtl *ctl, const char *name);
gboolean cb_ctl_has_option (CbCtl *ctl, const char *name);

/* What the tables let through: a whole number, a purpose or NULL, words of the closed vocabularies.
 * `fallback` when it was not given. */
gint64 cb_ctl_get_number (CbCtl *ctl, const char *name, gint64 fallback);
const char *cb_ctl_get_purpose (CbCtl *ctl);

#define CB_CTL_DECLARE_TERM(Type, name)                                                            \
  Type cb_ctl_get_##name (CbCtl *ctl, const char *option, Type fallback);

CB_CTL_DECLARE_TERM (CbRole, role)
CB_CTL_DECLARE_TERM (CbVisit, visit)
CB_CTL_DECLARE_TERM (CbIntent, intent)
CB_CTL_DECLARE_TERM (CbDiscretion, discretion)
CB_CTL_DECLARE_TERM (CbProvenance, provenance)
CB_CTL_DECLARE_TERM (CbAnswer, answer)
CB_CTL_DECLARE_TERM (CbEntity, entity)
CB_CTL_DECLARE_TERM (CbMethod, method)
CB_CTL_DECLARE_TERM (CbChannel, channel)
CB_CTL_DECLARE_TERM (CbOutcome, outcome)
CB_CTL_DECLARE_TERM (CbCircumstance, circumstance)
CB_CTL_DECLARE_TERM (CbEraseReason, erase_reason)
CB_CTL_DECLARE_TERM (CbExportFormat, export_format)
CB_CTL_DECLARE_TERM (CbReviewReason, review_reason)

G_END_DECLS
