/* SPDX-License-Identifier: Apache-2.0 */

/* The command line, read by the tables of the families. Nothing of it is ever quoted in an error,
 * for people type names where they shouldn't. */

#pragma once

#include "ctl/cb-ctl.h"

#include "records/cb-terms.h"

G_BEGIN_DECLS

/* Fills command, options, word and the global options. CB_CTL_ERROR_USAGE. */
gboolean cb_ctl_read_arguments (CbCtl *ctl, int argc, char **argv, GError **error);

/* After the rest is known to be wanted: what a command can't do without. */
gboolean cb_ctl_check_arguments (CbCtl *ctl, GError **error);

/* NULL when it was not given; "" for a flag. Borrowed. */
const char *cb_ctl_get_option (CbCtl *ctl, const char *name);
gboolean cb_ctl_has_option (CbCtl *ctl, const char *name);

/* FALSE with CB_CTL_ERROR_USAGE when it is no whole number from `least` to `most`; `number` keeps
 * its value when the option was not given. */
gboolean cb_ctl_take_number (CbCtl *ctl,
                             const char *name,
                             gint64 least,
                             gint64 most,
                             gint64 *number,
                             GError **error);

/* A purpose by its id, NULL when the option was not given. */
gboolean cb_ctl_take_purpose (CbCtl *ctl, const char **purpose, GError **error);

/* Words of the closed vocabularies: `value` keeps what it has when the option was not given. */
#define CB_CTL_DECLARE_TERM(Type, name)                                                            \
  gboolean cb_ctl_take_##name (CbCtl *ctl, const char *option, Type *value, GError **error);

CB_CTL_DECLARE_TERM (CbRole, role)
CB_CTL_DECLARE_TERM (CbVisit, visit)
CB_CTL_DECLARE_TERM (CbIntent, intent)
CB_CTL_DECLARE_TERM (CbDiscretion, discretion)
CB_CTL_DECLARE_TERM (CbProvenance, provenance)
CB_CTL_DECLARE_TERM (CbAnswer, answer)
CB_CTL_DECLARE_TERM (CbMethod, method)
CB_CTL_DECLARE_TERM (CbChannel, channel)
CB_CTL_DECLARE_TERM (CbEraseReason, erase_reason)

G_END_DECLS
